//! Wild clocks: no panic anywhere, and the servers' word instead of this machine's.

use chrono::{DateTime, Utc};
use gonogo::{
    cockpit::{Look, Model, next_change, render_to_cells},
    report,
    theme::{Depth, SymbolSet, Theme},
};

use super::*;

/// Moments near the ends of what can be said, around 1970, around now, and anywhere.
fn wild() -> impl Strategy<Value = DateTime<Utc>> {
    let at =
        |seconds: i64| DateTime::from_timestamp(seconds, 999_999_999).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let day = 86_400i64;
    prop_oneof![
        (-8_334_601_228_800..8_210_266_876_799i64).prop_map(at),
        (-day..day).prop_map(at),
        (253_402_300_800 - day..253_402_300_800 + day).prop_map(at),
        (-400 * day..400 * day).prop_map(|off| noon().wall + TimeDelta::seconds(off)),
        Just(DateTime::<Utc>::MIN_UTC),
        Just(DateTime::<Utc>::MAX_UTC),
    ]
}

fn heard(number: u64, date: DateTime<Utc>, now: Now) -> (SourceId, ServerTime) {
    let told = ServerTime { date, wall: now.wall, sent: now.boot, came: now.boot };
    (SourceId::new(format!("s{number}")), told)
}

fn draws(launch: &Launch, board: &Board, local: Now) {
    let model =
        Model::new(std::sync::Arc::new(launch.clone()), std::sync::Arc::new(board.clone()), (100, 30));
    let look = Look::new(Theme::dark().at(Depth::True), SymbolSet::UNICODE);
    let now = board.clock.judge(local);
    render_to_cells(&model, &look, now, 100, 30);
    next_change(&model, now);
}

/// Every act that takes a time, and one that takes none.
fn commands(gate: &GateId, at: DateTime<Utc>) -> Vec<Command> {
    let (gate, reason) = (gate.clone(), Str::from("so"));
    let hold = Decision::Hold { until: Some(at), until_true: Vec::new() };
    let decide = |decision| Command::Decide {
        decision,
        reason: "so".into(),
        overrides: false,
        over: Vec::new(),
        seen: None,
        terms: gonogo::domain::DecisionTerms::default(),
    };
    vec![
        Command::SignOff { gate: gate.clone(), go: true, role: None, note: None, answers: BTreeMap::new() },
        Command::Waive {
            gate,
            reason: reason.clone(),
            risk: "low".into(),
            until: at,
            conditions: Vec::new(),
        },
        decide(hold),
        decide(Decision::Scrub { t0: at }),
        Command::CorrectClock { reason },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_clock_is_a_panic(
        plans in plans(), wall in wild(), boot: u64, dates in prop::collection::vec(wild(), 0..3),
        mark in prop::option::of(wild()), said in wild(),
    ) {
        let mut day = day(&plans);
        let now = Now { wall, boot: Duration::from_secs(boot) };
        for (number, date) in (0..).zip(dates) {
            let (source, told) = heard(number, date, now);
            day.evidence.clocks.hear(source, None, told);
        }
        day.history.high_water = mark;
        let board = day.board_at(now);
        let known = (1970..=9999).contains(&chrono::Datelike::year(&board.evaluated_at));
        prop_assert!(board.word != BoardWord::Go || known, "GO at {}", board.evaluated_at);
        report::text(&board, report::TextOptions { verbose: true });
        report::json(&board);
        report::attest(&board, None, report::Basis { server: "https://github.com", head: "", rehearsal: false });
        draws(&day.launch, &board, now);
        let actor = Actor { name: "octo".into(), known: Known::Claimed };
        let context = ActEnvelope::new(actor, now, uuid::Uuid::nil());
        for command in commands(&name(0).as_str().into(), said) {
            let done = act(&day.launch, &day.history, &board, command, &context);
            prop_assert!(done.is_err() || known, "an act at {}", board.evaluated_at);
            if let Ok(event) = done {
                let mut after = day.history.clone();
                after.apply(&event);
                let board = evaluate(&day.launch, &day.evidence, &after, now, &day.scope);
                draws(&day.launch, &board, now);
            }
        }
    }

    /// A machine whose clock is off, and that was told so by two servers, says what a right one says at that moment.
    #[test]
    fn a_clock_that_servers_correct_is_as_good_as_a_right_one(plans in plans(), off in -400_000..400_000i64) {
        let right = day(&plans);
        let mut wrong = day(&plans);
        let off = TimeDelta::seconds(off);
        if off.abs() <= TimeDelta::seconds(5) {
            return Ok(());
        }
        wrong.now.wall += off;
        for known in wrong.evidence.gates.values_mut() {
            let seen = known.finding.iter_mut().map(|it| &mut it.seen);
            let seen = seen.chain(known.failure.iter_mut().map(|it| &mut it.seen)).chain(&mut known.go_since);
            seen.for_each(|seen| seen.wall += off);
        }
        for target in wrong.evidence.targets.values_mut() {
            target.oid.iter_mut().for_each(|it| it.seen.wall += off);
        }
        // A date is cut to its second: the end of it is what a clock that is ahead goes back to.
        let cut = TimeDelta::seconds(i64::from(off > TimeDelta::zero()));
        for number in 0..2 {
            let (source, told) = heard(number, right.now.wall - cut, wrong.now);
            wrong.evidence.clocks.hear(source, None, told);
        }
        let (right, mut wrong) = (right.board(), wrong.board());
        prop_assert_eq!(wrong.clock.correction, -off);
        wrong.clock = right.clock.clone();
        wrong.remarks.retain(|it| !it.contains("this machine's clock"));
        // What was read from disk keeps the clock of its own day.
        let from_disk = plans.iter().any(|it| it.answer.as_ref().is_some_and(|said| said.from_disk));
        if !from_disk {
            prop_assert_eq!(&wrong, &right);
        }
        prop_assert_eq!(verdicts(&wrong), verdicts(&right));
    }
}
