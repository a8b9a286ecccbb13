//! The answer as an in-toto statement, shaped after the SLSA verification summary. Unsigned, and without any SLSA
//! level: it says what this program computed, not how the software was built. Whatever is not a whole, decided GO is
//! exported as FAILED with its reasons.

use serde_json::{Value, json};

use crate::{
    domain::{Board, BoardWord, DecisionState},
    text::clean,
};

/// An attestation and whether it says PASSED.
#[derive(Clone, Debug, PartialEq)]
pub struct Attestation {
    /// The statement, as JSON that ends with a line end.
    pub text: String,
    /// GO was computed for the whole launch and, where a roll call is planned, decided.
    pub passed: bool,
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
    let reasons = failures(board, decision, rehearsal);
    let passed = reasons.is_empty();
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
            "gonogo": own(board, decision, &reasons),
        }
    });
    let text = serde_json::to_string_pretty(&statement).unwrap_or_default();
    Attestation { text: super::harmless_json(&text) + "\n", passed }
}

fn own(board: &Board, decision: Option<&DecisionState>, reasons: &[String]) -> Value {
    json!({
        "word": board.word.word(),
        "version": clean(&board.version),
        "reasons": reasons,
        "waived": board.score.waived,
        "override": board.overridden.as_deref().map(clean),
        "decision": decision.map(|it| json!({
            "decision": it.label(),
            "by": clean(it.by.name.as_str()),
            "known": clean(&it.by.known.to_string()),
            "written_down_by": it.spoken().recorder.map(|it| clean(it.name.as_str())),
            "at": it.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            "stands": it.stands,
        })),
    })
}

/// Why it is not PASSED.
fn failures(board: &Board, decision: Option<&DecisionState>, rehearsal: bool) -> Vec<String> {
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
    if board.word != BoardWord::Go {
        all.push(format!("the board is {}", board.word));
        all.extend(board.reasons.iter().map(|it| clean(it).into_owned()));
    }
    match decision {
        Some(it) if it.is_go() => {}
        Some(it) => {
            let why = it.void.as_ref().map(|why| format!(", which does not stand: {}", clean(why)));
            all.push(format!("the newest decision is {}{}", it.label(), why.unwrap_or_default()));
        }
        None if board.roll_call.is_some() => all.push("the GO decision has not been made".to_owned()),
        None => {}
    }
    all
}
