//! One word each on several gates at once: listed before it is said, nothing of what was not shown, one event for each.

use std::sync::Arc;

use gonogo::{
    cockpit::{ActResult, Effect, Key, Message, Model, Request, render_to_cells},
    domain::*,
};

use super::{fixture::*, snap::snap};

/// octo is of qa; three gates of qa are open, one of them asks for more than a word, one octo has signed, and two are not octo's.
fn world() -> (Arc<Launch>, Board) {
    let mut parts: LaunchParts = (**launch()).clone();
    parts.roles.insert("qa".into(), LaunchRole { people: vec!["octo".into()], ..LaunchRole::default() });
    parts.roles.insert("marketing".into(), LaunchRole { people: vec!["mo".into()], ..LaunchRole::default() });
    let asks = Ask { asks: [("report".into(), AskType::Link)].into(), ..ask(&["qa"]) };
    for gate in &mut parts.gates {
        gate.needs.clear();
        gate.kind = match gate.id.as_str() {
            "qa/qa-sign-off" | "flags/audit" => Kind::SignOff(ask(&["qa"])),
            "support/macros" => Kind::Task(ask(&["qa"])),
            "support/briefing" => Kind::SignOff(asks.clone()),
            "gtm/docs-live" => Kind::SignOff(ask(&["marketing"])),
            _ => gate.kind.clone(),
        };
    }
    let mut board = board();
    let by = Actor { name: "octo".into(), known: Known::Claimed };
    let word = Word {
        said: Said::Go,
        by,
        recorder: None,
        role: Some("qa".into()),
        stands_in: None,
        at: later(-60).wall,
        void: None,
    };
    for gate in &mut board.gates {
        let open = ["qa/qa-sign-off", "support/macros", "support/briefing", "gtm/docs-live", "flags/audit"];
        if open.contains(&gate.id.as_str()) {
            (gate.verdict, gate.reason) = (Verdict::Pending, "nobody has signed".into());
            gate.waits_for.clear();
        }
        if gate.id.as_str() == "flags/audit" {
            gate.words = vec![word.clone()];
        }
    }
    (Arc::new(Launch::new(parts)), board)
}

fn cockpit(size: (u16, u16)) -> Model {
    let (launch, board) = world();
    let mut model = Model::new(launch, Arc::new(board), size);
    send(&mut model, Message::Identity(Some(me())));
    model
}

/// Chooses these, one after the other, wherever they stand.
fn chosen(size: (u16, u16)) -> Model {
    let mut model = cockpit(size);
    for title in
        ["QA stands", "Macros are", "The team is", "The documentation is", "Flag changes", "No open release"]
    {
        keys(&mut model, &format!("/{title}\n"));
        press(&mut model, Key::char('e'));
    }
    model
}

fn shown(model: &Model, (w, h): (u16, u16)) -> String {
    let grid = render_to_cells(model, &dark(), now(), w, h);
    let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>() + "\n";
    (0..h).map(line).collect()
}

fn signed(effects: &[Effect]) -> Vec<String> {
    let said = |it: &Effect| match it {
        Effect::Ask(Request::Act(_, Command::SignOff { gate, go: true, role: None, note, .. })) => {
            Some(format!("{gate} {}", note.as_deref().unwrap_or_default()))
        }
        _ => None,
    };
    effects.iter().filter_map(said).collect()
}

#[test]
fn the_form_lists_what_is_recorded_and_what_is_left_out_and_why() {
    for (w, h) in [(80, 24), (120, 40)] {
        let mut model = chosen((w, h));
        assert!(model.notice().unwrap().text.starts_with("6 gates are chosen"), "{:?}", model.notice());
        keys(&mut model, "s");
        snap(&format!("several_{w}x{h}"), &model, &dark(), (w, h));
        let form = shown(&model, (w, h));
        for said in ["GO as qa on qa/qa-sign-off at 8f3c2ab", "done: support/macros", "Sign 2 of 6 gates"] {
            assert!(form.contains(said), "{said}: {form}");
        }
        for left in ["qa/blockers", "flags/audit", "gtm/docs-live", "support/briefing"] {
            assert!(form.contains(left), "{left}: {form}");
        }
    }
    let mut model = chosen((120, 40));
    keys(&mut model, "s");
    assert!(keys(&mut model, "\n").is_empty(), "Enter alone says nothing");
    assert!(model.is_asking());
    let effects = keys(&mut model, "g\tlooked at both\n");
    assert_eq!(signed(&effects), ["qa/qa-sign-off looked at both", "support/macros looked at both"]);
    assert_eq!(model.recording(), 2, "one event each");
    keys(&mut model, "s");
    assert!(!shown(&model, (120, 40)).contains("Sign 2 of"), "they are let go");
}

#[test]
fn what_changed_between_opening_and_pressing_is_not_said() {
    let opened = || {
        let mut model = chosen((120, 40));
        keys(&mut model, "sg\tlooked at both");
        model
    };
    let (_, before) = world();
    let changes: [fn(&mut GateState); 3] = [
        |gate| gate.reason = "the build behind it failed".into(),
        |gate| gate.verdict = Verdict::NoGo,
        |gate| gate.waits_for = vec!["qa/blockers".into()],
    ];
    for change in changes {
        let mut model = opened();
        let mut board = before.clone();
        board.gates.iter_mut().filter(|it| it.id.as_str() == "support/macros").for_each(change);
        send(&mut model, Message::BoardChanged(Arc::new(board)));
        assert!(signed(&keys(&mut model, "\n")).is_empty(), "Enter says nothing of another board");
        assert!(model.is_asking() && shown(&model, (120, 40)).contains("looked at both"), "the note is kept");
    }
    // Another commit makes another word of every sign-off.
    let mut model = opened();
    let mut board = before.clone();
    board.commit = Oid::parse("1111111111111111111111111111111111111111");
    send(&mut model, Message::BoardChanged(Arc::new(board)));
    assert!(shown(&model, (120, 40)).contains("it has changed while this was open"));
    assert!(signed(&keys(&mut model, "\n")).is_empty());
    // Said anew, of what is shown now.
    assert_eq!(signed(&keys(&mut model, "g\n")).len(), 2, "{}", shown(&model, (120, 40)));
    // Somebody else signed one: it is not said twice.
    let mut model = opened();
    let mut board = before;
    board
        .gates
        .iter_mut()
        .filter(|it| it.id.as_str() == "support/macros")
        .for_each(|it| it.verdict = Verdict::Go);
    send(&mut model, Message::BoardChanged(Arc::new(board)));
    assert_eq!(signed(&keys(&mut model, "g\n")).len(), 1);
}

#[test]
fn a_word_that_is_refused_is_told_by_name_and_stays_chosen() {
    let mut model = chosen((120, 40));
    let effects = keys(&mut model, "sg\n");
    let tickets: Vec<_> = effects
        .iter()
        .filter_map(|it| if let Effect::Ask(Request::Act(ticket, _)) = it { Some(*ticket) } else { None })
        .collect();
    let refusal = Refusal { code: "embargo", reason: "not before noon".into(), next: None };
    for ticket in tickets {
        send(&mut model, Message::Acted(ticket, ActResult::Refused(refusal.clone())));
    }
    let said = &model.notice().unwrap().text;
    assert!(said.contains("GO on qa/qa-sign-off") && said.contains("GO on support/macros"), "{said}");
    assert!(!model.is_asking());
    keys(&mut model, "s");
    assert!(shown(&model, (120, 40)).contains("Sign 2 of 2 gates"));
}

#[test]
fn a_small_screen_takes_as_many_as_it_can_show() {
    let mut model = chosen((60, 15));
    keys(&mut model, "s");
    let form = shown(&model, (60, 15));
    assert!(form.contains("Sign 1 of 6 gates") && form.contains("1 more stay chosen"), "{form}");
    assert_eq!(signed(&keys(&mut model, "g\n")).len(), 1);
    keys(&mut model, "s");
    assert!(shown(&model, (60, 15)).contains("Sign 1 of 1 gates"), "{}", shown(&model, (60, 15)));
}

#[test]
fn items_of_the_readiness_review_are_confirmed_together() {
    let size = (120, 40);
    let (launch, mut board) = world();
    board.readiness = vec![PlanState {
        gate: "qa/smoke".into(),
        standing: PlanStanding::Confirmed,
        voice: Voice {
            by: Actor { name: "octo".into(), known: Known::Claimed },
            recorder: None,
            stands_in: None,
            at: later(-60).wall,
        },
        link: None,
        by: None,
        said: None,
        void: None,
        warning: None,
    }];
    let mut model = Model::new(launch, Arc::new(board), size);
    send(&mut model, Message::Identity(Some(me())));
    keys(&mut model, "0eeee");
    assert!(
        model.notice().unwrap().text.starts_with("4 gates are chosen: c confirms"),
        "{:?}",
        model.notice()
    );
    keys(&mut model, "c");
    let form = shown(&model, size);
    assert!(
        form.contains("left out: qa/smoke: confirmed already") && form.contains("confirmed: qa/blockers"),
        "{form}"
    );
    let effects = keys(&mut model, "g\n");
    let confirmed = effects.iter().filter(|it| {
        matches!(
            it,
            Effect::Ask(Request::Act(_, Command::Confirm { step: ConfirmStep::Confirmed { .. }, .. }))
        )
    });
    assert_eq!(confirmed.count(), 2, "{effects:?}");
    keys(&mut model, "e\u{1b}");
    keys(&mut model, "c");
    assert!(shown(&model, size).contains("The plan of"), "without others it is about the one that is chosen");
}
