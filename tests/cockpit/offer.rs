//! What the server may be told after a decision or the start of a stage: offered only where the settings allow it, shown to
//! the letter, and sent at a typed word alone. Closing a stage that has not shown all, which takes a word as well.

use std::sync::Arc;

use gonogo::{
    cockpit::{ActResult, Effect, Message, Model, Notice, Request, Wish},
    domain::{Clause, ClauseKind, Command, StageAct, StageStatus},
};

use super::{
    fixture::{dark, go_board, keys, model_of, send},
    snap::snap,
};

fn asked(effects: &[Effect]) -> Vec<&Request> {
    let requests =
        effects.iter().filter_map(|it| if let Effect::Ask(request) = it { Some(request) } else { None });
    requests.filter(|it| !matches!(it, Request::Preview(..))).collect()
}

fn allowed(writes: &[&str]) -> Model {
    let mut model = model_of(go_board(), (80, 24));
    send(&mut model, Message::Writes(writes.iter().map(|it| (*it).into()).collect()));
    model
}

/// Holds or starts a stage, and hears that it was recorded.
fn recorded(model: &mut Model, typed: &str) {
    let effects = keys(model, typed);
    let ticket = effects.iter().find_map(|it| match it {
        Effect::Ask(Request::Act(ticket, _)) => Some(*ticket),
        _ => None,
    });
    let result = ActResult::Recorded(uuid::Uuid::nil());
    send(model, Message::Acted(ticket.unwrap(), result));
}

#[test]
fn it_is_offered_where_the_settings_allow_it() {
    for (writes, offered) in [(&[][..], false), (&["status"], true)] {
        let mut model = allowed(writes);
        recorded(&mut model, "tsh\ta look\n");
        assert!(!model.is_asking(), "the hold of a stage tells the server nothing");
        recorded(&mut model, "jss\n");
        assert_eq!(model.is_asking(), offered, "{writes:?}");
    }
    let mut model = allowed(&[]);
    keys(&mut model, "A");
    assert!(model.notice().is_some_and(|it| it.text.contains("gonogo only reads")));
}

#[test]
fn the_request_is_shown_to_the_letter_and_takes_its_word() {
    let mut model = allowed(&["status", "approve-deployment"]);
    keys(&mut model, "A");
    snap("offer", &model, &dark(), (80, 24));
    assert!(asked(&keys(&mut model, "\n")).is_empty(), "Enter alone tells the server nothing");
    let effects = keys(&mut model, "s\n");
    assert_eq!(asked(&effects), [&Request::Write(Wish::Status)]);
    assert!(!model.is_asking());
    let body = "{\"context\":\"gonogo/launch\",\"description\":\"GO by octo, decision 1a2b3c4d5e6f\",\"state\":\"success\"}";
    let what = format!(
        "POST https://api.github.com/repos/acme/checkout/statuses/8f3c2ab51d7e09c4a6b2f8e13d5907c4be61fa20\n{body}"
    );
    send(&mut model, Message::WriteAsked(what, "STATUS success".to_owned()));
    snap("offer_request", &model, &dark(), (80, 24));
    assert!(asked(&keys(&mut model, "success\n")).is_empty(), "another word is none");
    assert!(model.is_asking());
    let mut other = model.clone();
    assert_eq!(asked(&keys(&mut other, "\u{1b}")), [&Request::WriteSaid(false)]);
    for _ in 0.."success".len() {
        keys(&mut model, "\u{8}");
    }
    send(&mut model, Message::Key(gonogo::cockpit::Key::ctrl('u')));
    assert_eq!(asked(&keys(&mut model, "STATUS success\n")), [&Request::WriteSaid(true)]);
    send(&mut model, Message::Wrote(Notice::done("done: commit status gonogo/launch")));
    assert!(model.notice().is_some_and(|it| it.text.starts_with("done")));
    keys(&mut model, "A");
    assert!(model.is_asking(), "another may follow");
}

#[test]
fn a_stage_is_closed_past_an_open_clause_by_a_typed_word() {
    let mut board = go_board();
    let stage = &mut board.stages[0];
    stage.status = StageStatus::Soaking;
    stage.clauses = vec![Clause {
        kind: ClauseKind::Criterion,
        stage: stage.id.clone(),
        of: None,
        met: false,
        text: "criterion 1 to be confirmed: Nobody is harmed".into(),
        done: None,
        needed: None,
        at: None,
        lagging: true,
        yields: true,
    }];
    let id = stage.id.clone();
    let of = |typed: &str| {
        let mut model = model_of(board.clone(), (80, 24));
        model = model.showing(gonogo::cockpit::Screen::Timeline);
        send(&mut model, Message::BoardChanged(Arc::new(board.clone())));
        let effects = keys(&mut model, typed);
        asked(&effects).into_iter().find_map(|it| match it {
            Request::Act(_, command) => Some(command.clone()),
            _ => None,
        })
    };
    let moved = |step, note: &str, overrides| {
        Some(Command::Stage { stage: id.clone(), step, note: Some(note.into()), overrides })
    };
    assert_eq!(of("sh\ta look\n"), moved(StageAct::Held, "a look", false), "a hold takes no typed word");
    assert_eq!(of("so\t\n"), None, "an override has a reason");
    assert_eq!(of("so\tit is known\n"), None, "and a typed word");
    assert_eq!(of("so\tit is known\tOVERRIDE\n"), moved(StageAct::Closed, "it is known", true));
    assert_eq!(of("sc\tdone\n"), None, "there is no other close");
}
