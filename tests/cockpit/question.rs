//! The question that a breach puts: up by itself once, with a bell, never over what somebody types; and its answers.

use std::sync::Arc;

use gonogo::{
    cockpit::{Action, Code, Effect, Key, Message, Model, Screen},
    domain::{
        Acceptance, Actor, Board, CallsFor, Command, GuardrailState, Known, RollbackCall, RollbackPhase,
        RollbackState, StageAct, StageStatus, Standing, Voice,
    },
};

use super::{
    fixture::{asked, dark, go_board, keys, later, model_of, send},
    rollout::guardrail,
    snap::snap,
};

pub fn breached(calls_for: CallsFor, since: i64) -> GuardrailState {
    let state = guardrail("errors", Standing::Breach, "41 of 2,600 (1.6 %), at most 1 %", &[]);
    let at = Some(later(since).wall);
    GuardrailState { calls_for, breached_at: at, asks_since: at, ..state }
}

pub fn accepted() -> GuardrailState {
    let by = Actor { name: "octo".into(), known: Known::Claimed };
    let voice = Voice { by, recorder: None, stands_in: None, at: later(-30).wall };
    let accepted = Acceptance { voice, reason: "a known bot".into(), until: later(7_200).wall };
    GuardrailState { asks_since: None, accepted: Some(accepted), ..breached(CallsFor::Rollback, -180) }
}

pub fn board_of(state: GuardrailState) -> Board {
    let mut board = go_board();
    let asks = state.asks_since.filter(|_| state.calls_for == CallsFor::Rollback);
    let stage = &mut board.stages[1];
    stage.status = StageStatus::Soaking;
    let call = asks.map(|since| RollbackCall {
        stage: stage.id.clone(),
        guardrail: state.id.clone(),
        since,
        decide_by: Some(later(720).wall),
        overdue: false,
    });
    stage.guardrails = vec![state];
    board.rollback = Some(RollbackState {
        phase: if call.is_some() { RollbackPhase::Called } else { RollbackPhase::Planned },
        owner: Some("on-call".into()),
        who: vec!["launch-director".into()],
        notes: None,
        called: call,
        run: None,
        steps: Vec::new(),
        is_newest: false,
        is_headline: false,
    });
    board
}

fn calm() -> Model {
    model_of(go_board(), (80, 24))
}

fn tell(model: &mut Model, board: Board) -> usize {
    let effects = send(model, Message::BoardChanged(Arc::new(board)));
    effects.iter().filter(|it| matches!(it, Effect::Alert(_))).count()
}

#[test]
fn it_is_put_up_once_for_each_breach() {
    let mut model = calm();
    let breach = || board_of(breached(CallsFor::Rollback, -180));
    assert_eq!(tell(&mut model, breach()), 1, "one bell");
    assert!(model.is_asking());
    for (w, h) in [(80, 24), (120, 40)] {
        send(&mut model, Message::Resize(w, h));
        snap(&format!("question_{w}x{h}"), &model, &dark(), (w, h));
    }
    keys(&mut model, "\u{1b}");
    assert_eq!(tell(&mut model, breach()), 0);
    assert!(!model.is_asking(), "it was put away");
    keys(&mut model, "!");
    assert!(model.is_asking(), "and is found again");
    keys(&mut model, "\u{1b}");
    assert_eq!(tell(&mut model, board_of(breached(CallsFor::Rollback, -20))), 1, "a new one asks again");
    assert!(model.is_asking());
}

#[test]
fn it_waits_while_somebody_types() {
    let mut model = calm();
    keys(&mut model, "c");
    keys(&mut model, "half a no");
    assert_eq!(
        tell(&mut model, board_of(breached(CallsFor::Rollback, -180))),
        1,
        "the bell rings all the same"
    );
    let note = asked(keys(&mut model, "te\n"));
    assert!(
        matches!(note, Some(Command::Note { text, .. }) if &*text == "half a note"),
        "not a key was lost"
    );
    assert!(model.is_asking(), "now it is put up");
}

#[test]
fn what_somebody_else_answered_goes_away() {
    let mut model = calm();
    tell(&mut model, board_of(breached(CallsFor::Rollback, -180)));
    tell(&mut model, board_of(accepted()));
    assert!(!model.is_asking());
    let mut model = calm();
    tell(&mut model, board_of(breached(CallsFor::Rollback, -180)));
    keys(&mut model, "h\twe look");
    tell(&mut model, board_of(accepted()));
    assert!(model.is_asking(), "what was typed stays on the screen");
}

#[test]
fn it_takes_each_answer_with_its_reason() {
    let answer = |typed: &str| {
        let mut model = calm();
        tell(&mut model, board_of(breached(CallsFor::Hold, -180)));
        asked(keys(&mut model, typed))
    };
    let stage = super::fixture::launch().rollout.as_ref().unwrap().stages[1].id.clone();
    assert_eq!(answer("\n"), None, "Enter alone answers nothing");
    assert_eq!(answer("h\t\n"), None, "an answer has a reason");
    let held = Command::Stage {
        stage: stage.clone(),
        step: StageAct::Held,
        note: Some("a look".into()),
        overrides: false,
    };
    assert_eq!(answer("h\ta look\n"), Some(held));
    assert_eq!(answer("b\tfails\n"), Some(Command::StartRollback { reason: "fails".into() }));
    assert_eq!(answer("a\ta bot\n"), None, "an acceptance has an end");
    let Some(Command::AcceptBreach { stage: of, guardrail, until, .. }) = answer("a\ta bot\t2h\n") else {
        panic!("it is not accepted")
    };
    assert_eq!((of, &*guardrail, until), (stage.clone(), "errors", later(7_200).wall));

    let mut model = model_of(board_of(accepted()), (80, 24));
    assert!(!model.is_asking(), "what is accepted asks nothing");
    keys(&mut model, "!");
    snap("question_accepted", &model, &dark(), (80, 24));
    let ended = Command::EndAcceptance { stage, guardrail: "errors".into(), reason: "worse".into() };
    assert_eq!(asked(keys(&mut model, "worse\n")), Some(ended));
    let mut model = calm();
    keys(&mut model, "!");
    assert!(model.notice().is_some_and(|it| it.text.contains("no breach asks")));
}

#[test]
fn nobody_is_asked_by_what_only_tells_or_is_held_or_past() {
    let mut model = calm();
    assert_eq!(tell(&mut model, board_of(breached(CallsFor::Tell, -180))), 0);
    let mut held = board_of(breached(CallsFor::Rollback, -180));
    held.stages[1].status = StageStatus::Held;
    assert_eq!(tell(&mut model, held), 0);
    assert!(!model.is_asking());
    let bound = gonogo::cockpit::BINDINGS.iter().find(|it| it.action == Action::AnswerBreach).unwrap();
    assert_eq!(bound.keys, [Key::plain(Code::Char('!'))]);
    assert_eq!(model.screen(), Screen::Board);
}
