//! What there is to say of a board as a whole, beside its gates: one list for every form that has no layout of its own
//! for each of them, so that no form leaves one out.

use chrono::{DateTime, Utc};

use super::{ReportContext, decision, incident, plain::criterion, risks, rollback};
use gonogo_domain::{
    Board, BoardWord, ClauseKind, DecisionState, IncidentPhase, MessageStatus, RollbackPhase, StageState,
    Standing,
};
use gonogo_text::clean;

/// One thing to say, sanitised: a line each.
pub(super) struct BoardFact {
    /// The best word that it leaves; `None`: it changes no word.
    pub at_most: Option<BoardWord>,
    /// Whether it is worth a look although it changes no word.
    pub warns: bool,
    /// What it is about, in a word or two.
    pub name: &'static str,
    /// The text.
    pub text: String,
    /// What would end it; may be empty.
    pub next: String,
}

impl BoardFact {
    fn told(name: &'static str, text: &str) -> Self {
        Self { at_most: None, warns: false, name, text: clean(text).into_owned(), next: String::new() }
    }

    fn warned(name: &'static str, text: &str) -> Self {
        Self { warns: true, ..Self::told(name, text) }
    }
}

/// All of it: what lowers the board first.
pub(super) fn facts(board: &Board, context: &ReportContext) -> Vec<BoardFact> {
    let mut all: Vec<BoardFact> = board
        .lowered
        .iter()
        .map(|it| BoardFact {
            at_most: Some(it.at_most),
            next: clean(&it.next.to_string()).into_owned(),
            ..BoardFact::warned(it.cause.name(), &it.reason)
        })
        .collect();
    all.extend(board.decision.as_ref().map(decided));
    all.extend(board.overridden.as_ref().map(|it| BoardFact::warned("OVERRIDE", it)));
    for stage in &board.stages {
        shown(stage, &mut all);
    }
    if let Some(state) = board.rollback.as_ref().filter(|it| it.phase != RollbackPhase::Planned) {
        all.push(BoardFact::warned("rollback", &rollback::said(state)));
    }
    if let Some(state) = board.incident.as_ref().filter(|it| it.phase != IncidentPhase::Closed) {
        all.push(BoardFact {
            warns: state.is_running(),
            ..BoardFact::told("incident", &incident::said(state))
        });
    }
    for it in board.risks.iter().filter(|it| it.is_there()) {
        all.push(BoardFact { warns: it.asks(), ..BoardFact::told("risk", &risks::fact(it)) });
    }
    if let Some(reach) = &board.reach {
        let (name, text) = (if reach.drifts() { "DRIFT" } else { "out" }, reach.describe());
        all.push(BoardFact { warns: reach.drifts(), ..BoardFact::told(name, &text) });
    }
    // What is overdue is among the notes.
    let asking = board.messages.iter().filter(|it| it.status.asks() && !it.overdue);
    all.extend(asking.map(|it| BoardFact {
        warns: it.status == MessageStatus::Unknown,
        ..BoardFact::told("message", &super::message::line(it))
    }));
    beside(context, &mut all);
    all.extend(board.remarks.iter().map(|it| BoardFact::told("note", it)));
    all
}

fn decided(it: &DecisionState) -> BoardFact {
    let terms: String =
        decision::terms(it).iter().map(|(name, value)| format!("; {name}: {value}")).collect();
    let void = it.void.as_ref().map(|why| format!("; it does not stand: {why}")).unwrap_or_default();
    let text =
        format!("{} by {} at {}: {}{terms}{void}", it.label(), it.spoken().named(), moment(it.at), it.reason);
    BoardFact { warns: !it.stands || !it.is_go(), ..BoardFact::told("decision", &text) }
}

/// What a stage was started or closed against, and what its watchers say.
fn shown(stage: &StageState, all: &mut Vec<BoardFact>) {
    let id = &stage.id;
    if let Some(who) = &stage.overridden {
        all.push(BoardFact::warned("OVERRIDE", &format!("stage {id} was started {who}")));
    }
    if let Some(who) = &stage.closed_early {
        all.push(BoardFact::warned("OVERRIDE", &format!("stage {id} was closed {who}")));
    }
    if let Some(hold) = stage.clauses.iter().find(|it| it.kind == ClauseKind::Hold) {
        all.push(BoardFact::warned("hold", &format!("stage {id} waits for {}", hold.text)));
    }
    for it in &stage.guardrails {
        let text = format!("{} of stage {id} is {}: {}", it.id, it.standing.word(), it.reason);
        let fact = match it.standing {
            Standing::Ok => BoardFact::told("guardrail", &text),
            Standing::Breach => BoardFact::warned("BREACH", &text),
            Standing::Watch | Standing::NotEnoughYet | Standing::NoData => {
                BoardFact::warned("guardrail", &text)
            }
        };
        all.push(BoardFact { next: clean(&it.next.to_string()).into_owned(), ..fact });
    }
    for it in stage.criteria.iter().filter(|_| stage.started.is_some()) {
        let by = it.spoken().map(|word| format!(" ({})", word.named())).unwrap_or_default();
        let note = it.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        let text = format!("of stage {id}, {}: {}{by}{note}", criterion(it.holds), it.text);
        all.push(BoardFact { warns: it.holds == Some(false), ..BoardFact::told("criterion", &text) });
    }
    for it in stage.answers.iter().filter(|_| stage.started.is_some()) {
        let answer = it.answer.as_deref().unwrap_or("not given yet");
        all.push(BoardFact::told("result", &format!("of stage {id}, {}: {answer}", it.name)));
    }
}

/// Whose files they are, and what they were compared with.
fn beside(context: &ReportContext, all: &mut Vec<BoardFact>) {
    if let Some(it) = &context.baseline {
        // Whatever is looser lowers the board, and is shown there.
        let said = if it.loosened.is_empty() { "nothing is looser than in" } else { "compared with" };
        all.push(BoardFact::told("baseline", &format!("{said} {}", it.with)));
        all.extend(it.told().map(|said| BoardFact::warned("looser", &said)));
    }
    if let Some(it) = &context.files {
        all.push(BoardFact::told("files", &it.describe()));
        if let Some(doubt) = &it.doubt {
            let text = format!("allowed by --allow-untrusted-checklist: {doubt}");
            all.push(BoardFact::warned("UNTRUSTED FILES", &text));
        }
    }
}

/// `2026-12-02 09:00 UTC`.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The commit that the board is about, for people.
pub(super) fn about(board: &Board) -> String {
    let commit = board.commit.as_ref().map_or("not known", |oid| oid.as_str());
    match &board.target {
        Some(it) => format!("{} at {}, commit {commit}", clean(&it.repository), clean(&it.git_ref)),
        None => "no commit".into(),
    }
}
