//! Around the launch on screen: the readiness review, who is who, and a launch that is closed.

use std::sync::Arc;

use gonogo::{
    cockpit::{Effect, Message, Request, Screen},
    domain::*,
};

use super::{fixture::*, snap::snap};

fn voice(by: &str) -> Voice {
    let by = Actor { name: by.into(), known: Known::Claimed };
    Voice { by, recorder: None, stands_in: None, at: later(-86_400).wall }
}

fn word(gate: &str, standing: PlanStanding) -> PlanState {
    let risk = standing == PlanStanding::AtRisk;
    PlanState {
        gate: gate.into(),
        standing,
        voice: voice("mo"),
        link: (!risk).then(|| "https://wiki.example.com/plan".into()),
        by: None,
        said: risk.then(|| "the vendor is late".into()),
        void: None,
        warning: risk.then(|| "at risk, says mo: the vendor is late".into()),
    }
}

/// One item is confirmed, one at risk, the others nobody spoke of.
fn reviewed() -> Board {
    let mut it = board();
    it.readiness =
        vec![word("qa/regression", PlanStanding::Confirmed), word("qa/blockers", PlanStanding::AtRisk)];
    for step in &mut it.path.steps {
        if step.gate().is_some_and(|gate| gate.as_str() == "qa/blockers") {
            step.warning = Some("at risk, says mo: the vendor is late".into());
        }
    }
    it
}

fn closed() -> Board {
    let mut it = go_board();
    it.word = BoardWord::Hold;
    let (reason, unfinished) = ("out to everybody".into(), Vec::new());
    it.closed = Some(ClosedState { voice: voice("octo"), reason, unfinished });
    it.lowered = vec![Lowering {
        cause: Cause::Closed,
        at_most: BoardWord::Hold,
        reason: "closed on 2026-12-01 09:12 GMT by octo: out to everybody".into(),
        next: Advice::default(),
        who: Vec::new(),
    }];
    it
}

fn days() -> Arc<Vec<ReadinessDay>> {
    let day = |day: &str, go: Option<u32>| ReadinessDay {
        day: day.parse().unwrap(),
        reading: go.map(|go| ReadinessReading {
            at: now().wall,
            score: Score { of: 21, go, ..Score::default() },
            tally: ReadinessTally { of: 21, confirmed: go, ..ReadinessTally::default() },
        }),
    };
    Arc::new(vec![day("2026-11-29", Some(9)), day("2026-11-30", None), day("2026-12-01", Some(12))])
}

#[test]
fn screens() {
    for (w, h) in [(80, 24), (120, 40), (200, 60)] {
        let mut model = model_of(reviewed(), (w, h));
        let asked = keys(&mut model, "0");
        assert_eq!(asked, [Effect::Ask(Request::Readiness)], "the days are asked for");
        send(&mut model, Message::Readiness(Ok(days())));
        snap(&format!("around_readiness_{w}x{h}"), &model, &dark(), (w, h));
        keys(&mut model, "@");
        assert_eq!(model.screen(), Screen::People);
        snap(&format!("around_people_{w}x{h}"), &model, &dark(), (w, h));
        let model = model_of(closed(), (w, h));
        snap(&format!("around_closed_{w}x{h}"), &model, &dark(), (w, h));
    }
}

/// A recording knows the days to come; whoever plays it does not yet.
#[test]
fn a_day_that_is_still_to_come_is_not_told() {
    let mut all = (*days()).clone();
    let last = *all.last().unwrap();
    let today = ReadinessDay { day: last.day.succ_opt().unwrap(), ..last };
    all.extend([today, ReadinessDay { day: today.day.succ_opt().unwrap(), ..last }]);
    for size in [(120, 40), (200, 60)] {
        let mut model = model_of(reviewed(), size);
        keys(&mut model, "0");
        send(&mut model, Message::Readiness(Ok(Arc::new(all.clone()))));
        let said = shown(&model, size);
        assert!(said.contains("29 Nov") && said.contains("2 Dec"), "{said}");
        assert!(!said.contains("3 Dec"), "{said}");
        // Of today it is what the board says now, not what the day comes to.
        assert_eq!(said.matches("12/21").count(), 1, "{said}");
    }
}

#[test]
fn an_item_is_confirmed_moved_or_called_at_risk_where_it_is_chosen() {
    let mut model = model_of(reviewed(), (120, 40));
    keys(&mut model, "0");
    let first = shown(&model, (120, 40));
    assert!(first.contains("1 of ") && first.contains("1 AT RISK"), "{first}");
    keys(&mut model, "c");
    assert!(model.is_asking());
    let form = shown(&model, (120, 40));
    assert!(form.contains("it is at risk") && form.contains("new date"), "{form}");
    // Without a reason it is not sent.
    keys(&mut model, "r");
    let sent = keys(&mut model, "\n");
    assert!(sent.is_empty() && shown(&model, (120, 40)).contains("say why"), "{}", shown(&model, (120, 40)));
}

#[test]
fn a_closed_launch_says_so_on_every_screen_and_size() {
    for size in [(80, 24), (60, 16), (120, 40)] {
        for (screen, ..) in Screen::ALL {
            let model = model_of(closed(), size).showing(*screen);
            let said = shown(&model, size);
            assert!(
                said.contains("CLOSED") || said.contains("closed on 2026"),
                "{screen:?} {size:?}: {said}"
            );
        }
    }
}

#[test]
fn learnings_and_the_closing_are_forms_of_the_history() {
    let mut model = model_of(go_board(), (120, 40));
    keys(&mut model, "6");
    keys(&mut model, "l");
    assert!(shown(&model, (120, 40)).contains("What was learned"));
    keys(&mut model, "brief support earlier");
    let sent = keys(&mut model, "\n");
    let learned = ReviewStep::Learned { text: "brief support earlier".into() };
    let is = |it: &Effect| matches!(it, Effect::Ask(Request::Act(_, Command::Review { step })) if *step == learned);
    assert!(sent.iter().any(is), "{sent:?}");
    keys(&mut model, "c");
    let form = shown(&model, (120, 40));
    assert!(form.contains("Close the launch"), "{form}");
}

#[test]
fn the_path_and_the_gate_tell_what_is_at_risk() {
    let model = model_of(reviewed(), (120, 40)).showing(Screen::Path);
    let path = shown(&model, (120, 40));
    assert!(path.contains("plan: at risk, says mo: the vendor is late"), "{path}");
}
