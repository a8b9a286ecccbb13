//! What counts as a change: what happened since the cockpit was opened, and not what was only told for the first time.

use std::sync::Arc;

use gonogo::{
    cockpit::{ActResult, Effect, Message, Model, Request},
    domain::{Actor, Board, GateState, Known, Said, Stamp, Verdict, Word},
};

use crate::cockpit::fixture::*;

const SIZE: (u16, u16) = (120, 40);
const NOTHING: &str = "nothing has changed since the cockpit was opened";

fn with(mut board: Board, ids: &[&str], change: impl Fn(&mut GateState)) -> Board {
    board.gates.iter_mut().filter(|it| ids.contains(&it.id.as_str())).for_each(change);
    board
}

fn opened(board: Board) -> Model {
    Model::new(launch(), Arc::new(board), SIZE)
}

fn not_asked_yet(gate: &mut GateState) {
    (gate.verdict, gate.observed_at, gate.trouble, gate.stale) = (Verdict::Unknown, None, None, false);
}

fn answers(model: &mut Model, board: Board, seconds: i64) {
    let board = Board { evaluated_at: later(seconds).wall, ..board };
    send(model, Message::BoardChanged(Arc::new(board)));
}

#[test]
fn the_first_answers_of_a_source_are_no_changes() {
    let ids = ["qa/smoke", "gtm/blog"];
    let before = with(go_board(), &ids, not_asked_yet);
    // One that was signed the day before waits for one of them, and follows it.
    let waits = |gate: &mut GateState| (gate.verdict, gate.observed_at) = (Verdict::Pending, None);
    let mut model = opened(with(before, &["gtm/docs-live"], waits));
    let by = Actor { name: "octo".into(), known: Known::Claimed };
    let word = Word {
        said: Said::Go,
        by,
        recorder: None,
        role: None,
        stands_in: None,
        at: later(-90_000).wall,
        void: None,
    };
    let signed = |gate: &mut GateState| (gate.words, gate.observed_at) = (vec![word.clone()], None);
    let after = with(go_board(), &["gtm/docs-live"], signed);
    answers(&mut model, after.clone(), 2);
    let said = shown(&model, SIZE);
    assert!(said.contains(NOTHING) && !said.contains(" new, "), "{said}");
    keys(&mut model, "H");
    assert!(shown(&model, SIZE).contains("Nothing has changed"), "{}", shown(&model, SIZE));
    keys(&mut model, "1");
    // From then on everything is.
    answers(&mut model, with(after, &["qa/smoke"], |gate| gate.verdict = Verdict::NoGo), 60);
    let said = shown(&model, SIZE);
    assert!(said.contains("smoke ") && said.contains("1 new, "), "{said}");
}

/// A source that failed was asked: that it answers again is a change, and so is a no-go that is none any more.
#[test]
fn what_happens_while_sources_start_is_a_change() {
    let failed = |gate: &mut GateState| {
        not_asked_yet(gate);
        gate.trouble = Some("the source did not answer".into());
    };
    let before = with(go_board(), &["qa/smoke"], not_asked_yet);
    let before = with(before, &["gtm/blog"], failed);
    let mut model = opened(with(before, &["flags/audit"], |gate| gate.verdict = Verdict::NoGo));
    answers(&mut model, go_board(), 2);
    let said = shown(&model, SIZE);
    assert!(said.contains("2 new, ") && said.contains("blog ") && said.contains("audit "), "{said}");
    assert!(!said.contains(NOTHING), "{said}");
}

/// What sources said before the cockpit was opened is stale; their first answer now only says it again.
#[test]
fn an_answer_from_before_that_is_given_again_is_no_change() {
    let stale = |gate: &mut GateState| {
        (gate.verdict, gate.stale) = (Verdict::Unknown, true);
        gate.observed_at = Some(Stamp::at(later(-3_600)));
    };
    let mut model = opened(with(go_board(), &["qa/smoke"], stale));
    answers(&mut model, go_board(), 2);
    assert!(shown(&model, SIZE).contains(NOTHING), "{}", shown(&model, SIZE));
}

/// All that was recorded since the last key stands in the notice.
#[test]
fn a_notice_names_all_that_was_recorded() {
    let mut model = model((120, 40));
    keys(&mut model, "/blockers\ne/qa-sign-off\neu");
    let effects = keys(&mut model, "now\n");
    for effect in effects {
        if let Effect::Ask(Request::Act(ticket, _)) = effect {
            send(&mut model, Message::Acted(ticket, ActResult::Recorded(uuid::Uuid::nil())));
        }
    }
    let said = model.notice().unwrap().text.clone();
    assert!(said.starts_with("recorded 2: "), "{said}");
    assert!(said.contains("qa/blockers") && said.contains("qa/qa-sign-off"), "{said}");
    keys(&mut model, "j");
    assert_eq!(model.notice(), None);
}
