//! The answer as an in-toto statement, shaped after the SLSA verification summary. Unsigned, and without any SLSA
//! level: it says what this program computed, not how the software was built. Whatever is not a whole, decided GO is
//! exported as FAILED with its reasons.

use serde_json::{Value, json};

use gonogo_domain::{Board, BoardWord, DecisionState};
use gonogo_text::clean;

/// An attestation and whether it says PASSED.
#[derive(Clone, Debug, PartialEq)]
pub struct Attestation {
    /// The statement, as JSON that ends with a line end.
    pub text: String,
    /// GO was computed for the whole launch and, where a roll call is planned, decided.
    pub passed: bool,
    /// What `--check` says, and HOLD where it says GO and something is demanded beyond that: the exit code (V13).
    pub word: BoardWord,
    /// What a statement demands beyond `--check`, for people; empty when nothing of it is missing.
    pub demands: Vec<String>,
}

/// What a statement rests on beside the board.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The pages of the server that was asked about the repository: `https://github.com`.
    pub server: &'a str,
    /// The hash of the journal's newest entry; empty without one.
    pub head: &'a str,
    /// Words of practice.
    pub rehearsal: bool,
}

/// The statement about this board.
pub fn attest(board: &Board, decision: Option<&DecisionState>, basis: Basis<'_>) -> Attestation {
    let Basis { server, head, rehearsal } = basis;
    let demands = demands(board, decision, rehearsal);
    let mut reasons = said_by_the_board(board);
    reasons.extend(demands.iter().cloned());
    let passed = reasons.is_empty();
    let word = if demands.is_empty() { board.word } else { board.word.max(BoardWord::Hold) };
    let name = match &board.target {
        Some(it) => format!("git+{}/{}@{}", clean(server), clean(&it.repository), clean(&it.git_ref)),
        None => format!("gonogo:launch/{}, no target", clean(&board.launch)),
    };
    let digest = match &board.commit {
        Some(commit) => json!({ "gitCommit": commit.as_str() }),
        None => json!({ "sha256": board.checklist_digest.as_str() }),
    };
    let inputs = if head.is_empty() {
        json!([])
    } else {
        json!([{ "uri": "gonogo:journal", "digest": { "sha256": head } }])
    };
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": name, "digest": digest }],
        "predicateType": "https://slsa.dev/verification_summary/v1",
        "predicate": {
            "verifier": { "id": "pkg:cargo/gonogo", "version": { "gonogo": env!("CARGO_PKG_VERSION") } },
            "timeVerified": board.evaluated_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            "resourceUri": name,
            "policy": {
                "uri": format!("gonogo:launch/{}", clean(&board.launch)),
                "digest": { "sha256": board.checklist_digest.as_str() }
            },
            "inputAttestations": inputs,
            "verificationResult": if passed { "PASSED" } else { "FAILED" },
            "verifiedLevels": [],
            "gonogo": own(board, decision, &reasons, &demands),
        }
    });
    let text = serde_json::to_string_pretty(&statement).unwrap_or_default();
    Attestation { text: super::harmless_json(&text) + "\n", passed, word, demands }
}

fn own(board: &Board, decision: Option<&DecisionState>, reasons: &[String], demands: &[String]) -> Value {
    json!({
        "word": board.named(),
        "evidence": board.evidence.word(),
        "version": clean(&board.version),
        "reasons": reasons,
        "demands": demands,
        "waived": board.score.waived,
        "override": board.overridden.as_deref().map(clean),
        "decision": decision.map(super::decision::DecisionJson::from),
    })
}

/// Why `--check` does not say GO.
fn said_by_the_board(board: &Board) -> Vec<String> {
    if board.word == BoardWord::Go {
        return Vec::new();
    }
    let mut all = vec![format!("the board is {}", board.named())];
    all.extend(board.reasons.iter().map(|it| clean(it).into_owned()));
    all
}

/// What a statement demands beyond a board that says GO: it outlives the moment, so it is about the whole launch as it is
/// now, at a known commit, and where a roll call is planned the final call has been made for that commit.
fn demands(board: &Board, decision: Option<&DecisionState>, rehearsal: bool) -> Vec<String> {
    let mut all = Vec::new();
    if rehearsal {
        all.push("REHEARSAL: nothing of it is real".to_owned());
    }
    if !board.scope.has_all_gates() {
        all.push("the answer covers a part of the launch only".to_owned());
    }
    if let Some(played) = board.scope.played.filter(|_| !rehearsal) {
        all.push(format!("{}: it is not about the present", played.word()));
    }
    if board.target.is_some() && board.commit.is_none() {
        all.push("the commit is not known".to_owned());
    }
    match (decision, &board.roll_call) {
        (Some(it), _) if it.is_go() => {}
        (Some(it), _) => {
            let why = it.void.as_ref().map(|why| format!(", which does not stand: {}", clean(why)));
            all.push(format!("the newest decision is {}{}", it.label(), why.unwrap_or_default()));
        }
        (None, Some(poll)) => {
            let by = clean(poll.final_call.as_str());
            all.push(format!("the GO decision has not been made: {by} makes it with gonogo decide --go"));
        }
        (None, None) => {}
    }
    all
}
