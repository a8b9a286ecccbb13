//! What owners promise and that a launch is closed never raises a board.

use super::*;

fn step(kind: u8, at: i64) -> ConfirmStep {
    let (by, reason) = (noon().wall + TimeDelta::minutes(at), "so".into());
    match kind {
        0 => ConfirmStep::Confirmed { link: None, note: None },
        1 => ConfirmStep::NewDate { by, reason, link: None },
        2 => ConfirmStep::AtRisk { reason },
        _ => ConfirmStep::TakenBack { reason },
    }
}

fn told(launch: &Launch, gate: &Gate, kind: u8, at: i64) -> Event {
    let (id, digest) = (gate.id.clone(), gate.digest.clone());
    let due = gate.due.as_ref().map(|due| due.at);
    event(launch, "octo", 60, 'a', Act::Confirmed { gate: id, digest, due, step: step(kind, at) })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_word_about_a_plan_changes_nothing_else(
        plans in plans(), words in prop::collection::vec((0..14usize, 0..4u8, -300..3_000i64), 1..8),
    ) {
        let mut day = day(&plans);
        let before = day.board();
        for (which, kind, at) in words {
            let Some(gate) = day.launch.gates.get(which % day.launch.gates.len().max(1)) else { continue };
            let said = told(&day.launch, gate, kind, at);
            day.history.apply(&said);
        }
        let mut after = day.board();
        for gate in &after.readiness {
            prop_assert!(gate.standing != PlanStanding::Unconfirmed);
        }
        // All that it may change is what it says itself.
        prop_assert!(after.changes_at.is_none() || after.changes_at <= before.changes_at || before.changes_at.is_none());
        after.remarks.retain(|it| !it.starts_with("readiness: "));
        after.path.steps.iter_mut().for_each(|step| step.warning = None);
        (after.readiness, after.seen, after.changes_at) = (Vec::new(), before.seen, before.changes_at);
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_closed_launch_is_never_go_and_never_better(plans in plans()) {
        let mut day = day(&plans);
        let before = day.board();
        let (unfinished, board) = (Vec::new(), KeptBoard::default());
        let closed = CloseStep::Closed { reason: "done".into(), unfinished, board, figures: None };
        let close = event(&day.launch, "octo", 60, 'a', Act::Close { step: closed });
        day.history.apply(&close);
        let after = day.board();
        prop_assert!(after.word != BoardWord::Go);
        prop_assert_eq!(after.word, before.word.max(BoardWord::Hold));
        prop_assert_eq!(after.evidence, before.evidence);
        let reopened = Act::Close { step: CloseStep::Reopened { reason: "late".into() } };
        let reopened = event(&day.launch, "octo", 30, 'a', reopened);
        day.history.apply(&reopened);
        let again = day.board();
        prop_assert_eq!((again.word, again.closed), (before.word, None));
    }
}
