//! The numbers, on days made by hand and on any day.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Act, Actor, Digest, GateId, KeptBoard, Known, RiskFigures, RiskStatus, RiskStep};

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_900_000_000 + minute * 60, 0).unwrap()
}

fn event(minute: i64, act: Act) -> Event {
    Event {
        id: uuid::Uuid::from_u128(u128::from(minute.unsigned_abs())),
        at: at(minute),
        actor: Actor { name: "octo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: "rocket".into(),
        version: "2.0.0".into(),
        commit: None,
        checklist_digest: Digest::of([b"x".as_slice()]),
        act,
    }
}

/// A board as an older version may have kept it: no more keys than are needed.
fn board(minute: i64, t0: i64, word: &str, go: u32, waived: u32, of: u32) -> Value {
    json!({
        "title": "Rocket", "t0": at(t0), "evaluated_at": at(minute), "word": word,
        "score": { "of": of, "go": go, "no_go": 0, "pending": of - go - waived, "unknown": 0, "waived": waived, "not_applicable": 2 },
    })
}

fn decided(minute: i64, decision: Decision, word: BoardWord, board: Value) -> Event {
    let overrides = decision.is_go() && word != BoardWord::Go;
    event(
        minute,
        Act::Decided {
            round: None,
            decision,
            reason: "so".into(),
            board: KeptBoard::written(board.to_string()),
            word,
            overrides,
            over: Vec::new(),
            terms: crate::DecisionTerms::default(),
        },
    )
}

fn hold(minute: i64, until: Option<i64>) -> Event {
    let decision = Decision::Hold { until: until.map(at), until_true: Vec::new() };
    decided(minute, decision, BoardWord::Hold, Value::Null)
}

fn waived(minute: i64) -> Event {
    event(
        minute,
        Act::Waived {
            gate: GateId::new("qa/a"),
            digest: Digest::of([b"g".as_slice()]),
            reason: "r".into(),
            risk: "r".into(),
            until: at(minute + 60),
            conditions: Vec::new(),
        },
    )
}

fn record(events: &[Event], now: i64) -> TrackRecord {
    TrackRecord::of("rocket".into(), events, at(now))
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

#[test]
fn a_launch_that_went_well_is_told_by_its_decision() {
    let no_go = Decision::NoGo { option: None, new_date: None };
    let day = [
        decided(10, no_go, BoardWord::NoGo, board(10, 100, "no-go", 15, 0, 21)),
        waived(40),
        decided(70, Decision::GO, BoardWord::Go, board(69, 100, "go", 18, 1, 19)),
        event(
            120,
            Act::Stage { stage: "canary".into(), step: StageAct::RolledBack, note: None, overrides: false },
        ),
        // A decision after T-0 does not change how the launch went into it.
        decided(130, Decision::GO, BoardWord::Go, board(129, 100, "go", 19, 0, 19)),
    ];
    let told = record(&day, 200);
    let reading = told.at_t0.unwrap();
    assert_eq!((reading.score.go, reading.score.of, reading.at), (18, 19, at(69)));
    assert!((reading.adherence().unwrap() - 18.0 / 19.0).abs() < 1e-9, "a waiver is no adherence");
    assert_eq!(reading.readiness(), Some(1.0));
    assert_eq!((told.waivers, told.holds, told.rollbacks, told.overrides), (1, 0, 1, 0));
    assert_eq!(told.no_go_to_go, Some(minutes(60)));
    assert_eq!((told.t0, told.reached, told.acts), (Some(at(100)), Some(at(100)), Some((at(10), at(130)))));
    assert_eq!(record(&day[..3], 99).at_t0, None, "nothing is told of T-0 before it");
}

#[test]
fn holds_move_the_moment_of_t_zero_and_scrubs_begin_anew() {
    let resumed = event(60, Act::HoldEnded { reason: "fixed".into() });
    let go = |minute| decided(minute, Decision::GO, BoardWord::Go, board(minute, 100, "go", 1, 0, 1));
    let told = record(&[hold(40, None), resumed.clone(), go(80)], 119);
    assert_eq!((told.reached, told.at_t0, told.held), (None, None, minutes(20)), "T-0 is at 120");
    let told = record(&[hold(40, None), resumed.clone(), go(80)], 120);
    assert_eq!(told.reached, Some(at(120)));
    let open = record(&[go(30), hold(40, None)], 500);
    assert_eq!((open.reached, open.held), (None, minutes(460)), "the clock stands");
    let late = record(&[go(30), hold(140, Some(150))], 500);
    assert_eq!((late.reached, late.held), (Some(at(100)), minutes(10)), "a hold after T-0 moves nothing");
    let scrub = decided(70, Decision::Scrub { t0: at(300) }, BoardWord::Hold, Value::Null);
    let told = record(&[hold(40, None), resumed, scrub, go(290)], 400);
    assert_eq!((told.t0, told.reached, told.scrubs, told.holds), (Some(at(300)), Some(at(300)), 1, 1));
    assert_eq!(told.held, minutes(20), "what was held before a scrub was held");
}

#[test]
fn a_stop_that_the_go_ended_is_not_the_word_at_t_zero() {
    let scrub = decided(10, Decision::Scrub { t0: at(100) }, BoardWord::Go, Value::Null);
    let go = decided(40, Decision::GO, BoardWord::Go, board(40, 100, "hold", 2, 0, 2));
    assert_eq!(record(&[scrub, go], 200).at_t0.unwrap().word, BoardWord::Go);
}

#[test]
fn an_override_is_no_go_and_what_is_not_known_is_not_told() {
    let no_go = decided(5, Decision::NoGo { option: None, new_date: None }, BoardWord::NoGo, Value::Null);
    let override_ = decided(10, Decision::GO, BoardWord::Hold, board(10, 20, "hold", 1, 0, 2));
    let told = record(&[no_go, override_], 30);
    assert_eq!((told.overrides, told.no_go_to_go), (1, None));
    assert_eq!(told.at_t0.unwrap().word, BoardWord::Hold);
    let told = record(&[waived(1)], 30);
    assert_eq!((told.t0, told.at_t0, told.title, told.waivers), (None, None, None, 1));
    let empty = record(&[], 30);
    assert_eq!((empty.acts, empty.t0), (None, None));
    // A board that an unknown version wrote is not guessed at.
    let odd = decided(10, Decision::GO, BoardWord::Go, json!({ "score": "good" }));
    assert_eq!(record(&[odd], 30).at_t0, None);
}

/// Each counted by hand: go without a waiver, of all that block GO and apply.
#[test]
fn adherence_is_of_the_board_that_the_launch_went_by() {
    let go = |minute, t0, word, (go, waived, of)| {
        decided(minute, Decision::GO, word, board(minute, t0, word.as_str(), go, waived, of))
    };
    let no_go = |minute, new| {
        let decision = Decision::NoGo { option: None, new_date: None };
        decided(minute, decision, BoardWord::NoGo, board(minute, 100, "no-go", new, 0, 10))
    };
    let scrub = |minute, t0| {
        let kept = board(minute, 100, "hold", 5, 0, 10);
        decided(minute, Decision::Scrub { t0: at(t0) }, BoardWord::Hold, kept)
    };
    let share = |events: &[Event], now| record(events, now).at_t0.and_then(|it| it.adherence());
    let near = |is: Option<f64>, want: f64| assert!((is.unwrap() - want).abs() < 1e-9, "{is:?} {want}");
    // Two of ten are waived: eight of ten, whatever did not apply.
    near(share(&[go(90, 100, BoardWord::Go, (8, 2, 10))], 200), 0.8);
    // An OVERRIDE counts what was go, and no more.
    near(share(&[go(90, 100, BoardWord::Hold, (7, 0, 10))], 200), 0.7);
    // Late: what stopped it at T-0 is not what it went by.
    near(share(&[no_go(95, 6), go(130, 100, BoardWord::Go, (10, 0, 10))], 200), 1.0);
    // Scrubbed: by the GO for the new date, also when that comes late, and never by the board of the SCRUB or of a GO before it.
    near(
        share(
            &[
                go(80, 100, BoardWord::Go, (9, 1, 10)),
                scrub(90, 300),
                go(290, 300, BoardWord::Go, (10, 0, 10)),
            ],
            400,
        ),
        1.0,
    );
    near(share(&[scrub(90, 300), go(310, 300, BoardWord::Go, (9, 0, 10))], 400), 0.9);
    let stopped = [go(80, 100, BoardWord::Go, (9, 1, 10)), scrub(90, 300)];
    assert_eq!(share(&stopped, 400), None, "it never went");
    assert_eq!(share(&[no_go(90, 6)], 200), None, "whoever stops has not left the checklist");
    // And all of them together: 8 + 7 + 10 + 10 + 9 of 50, over what went.
    let all = [
        record(&[go(90, 100, BoardWord::Go, (8, 2, 10))], 200),
        record(&[go(90, 100, BoardWord::Hold, (7, 0, 10))], 200),
        record(&[no_go(95, 6), go(130, 100, BoardWord::Go, (10, 0, 10))], 200),
        record(&[scrub(90, 300), go(290, 300, BoardWord::Go, (10, 0, 10))], 400),
        record(&[scrub(90, 300), go(310, 300, BoardWord::Go, (9, 0, 10))], 400),
        record(&stopped, 400),
        record(&[no_go(90, 6)], 200),
    ];
    let together = Together::of(&all);
    assert_eq!((together.launches, together.measured, together.score.go, together.score.of), (7, 5, 44, 50));
    near(together.adherence(), 0.88);
    assert_eq!(Together::met(&all, 0.9), (3, 5));
}

#[test]
fn together_is_over_gates_and_leaves_out_what_is_not_measured() {
    let one = record(&[decided(1, Decision::GO, BoardWord::Go, board(1, 2, "go", 9, 1, 10))], 9);
    let two = record(&[decided(1, Decision::GO, BoardWord::Go, board(1, 2, "go", 90, 0, 90))], 9);
    let none = record(&[waived(1)], 9);
    let all = Together::of([&one, &two, &none]);
    assert_eq!((all.launches, all.measured, all.score.of, all.waivers), (3, 2, 100, 1));
    assert_eq!(all.adherence(), Some(0.99));
    assert_eq!(Together::of([&none]).adherence(), None);
}

fn risky(minute: i64, risk: &str, step: RiskStep) -> Event {
    event(minute, Act::Risk { risk: risk.into(), step })
}

fn figures(severity: u8, users: f64) -> RiskFigures {
    RiskFigures {
        what: "refunds fail".into(),
        severity: crate::SeverityLevel::try_from(severity).unwrap(),
        likelihood: crate::Risk::High,
        users: Some(users),
        workaround: None,
        owner: "qa".into(),
        gate: None,
    }
}

#[test]
fn risks_are_told_from_the_first_word_to_the_last() {
    let blocks = figures(1, 12.0);
    let accepted = |of: &RiskFigures, until| RiskStep::Accepted {
        of: of.digest(),
        reason: "few".into(),
        until: at(until),
    };
    let day = [
        risky(1, "refunds", RiskStep::Stated(blocks.clone())),
        risky(2, "refunds", accepted(&blocks, 50)),
        // Milder by now, and still told as what it was.
        risky(3, "refunds", RiskStep::Stated(figures(3, 1.0))),
        risky(4, "refunds", RiskStep::Mitigated { note: "behind a flag".into() }),
        risky(5, "mails", RiskStep::Stated(blocks.clone())),
        risky(6, "mails", accepted(&blocks, 50)),
        risky(7, "never", RiskStep::Closed { reason: "never stated".into() }),
    ];
    let told = record(&day, 20);
    let [refunds, mails] = told.risks.as_slice() else { panic!("{:?}", told.risks) };
    assert_eq!((refunds.worst, refunds.became), (crate::Triage::Blocks, RiskStatus::Mitigated));
    assert!(refunds.accepted.is_some(), "that it was accepted once is told");
    assert_eq!((mails.became, mails.accepted.as_ref().unwrap().until), (RiskStatus::Accepted, at(50)));
    let count = |tally: RiskTally| [tally.opened, tally.accepted, tally.mitigated, tally.closed, tally.open];
    assert_eq!(count(RiskTally::of(&told.risks)), [2, 2, 1, 0, 1]);
    // What is accepted for a time is open after it.
    let later = record(&day, 60);
    assert_eq!(later.risks[1].became, RiskStatus::Open);
    assert!(later.risks[1].said().ends_with("left open"), "{}", later.risks[1].said());
    // A name that comes up again is told of both.
    let other = record(
        &[
            risky(1, "mails", RiskStep::Stated(figures(4, 1.0))),
            risky(2, "mails", RiskStep::Closed { reason: "sent".into() }),
        ],
        9,
    );
    let again = crate::risks_again(told.risks.iter().chain(&other.risks));
    assert_eq!(again.len(), 1);
    assert_eq!((&*again[0].id, again[0].launches, count(again[0].tally)), ("mails", 2, [2, 1, 0, 1, 1]));
    assert_eq!(Together::of([&told, &other]).risks.said(), "3 (2 accepted): 1 mitigated, 1 closed, 1 open");
}

proptest! {
    /// Whatever happened: shares stay shares, nothing is counted twice, and time alone adds only to a hold that goes on.
    #[test]
    fn the_numbers_of_any_day_add_up(
        steps in prop::collection::vec((0_i64..50, 0_u8..6, 0_u32..20, 0_u32..20), 0..25), later in 0_i64..5_000,
    ) {
        let (mut minute, mut day) = (0, Vec::new());
        for (gap, kind, go, waived_gates) in steps {
            minute += gap;
            let of = go + waived_gates + 1;
            day.push(match kind {
                0 => waived(minute),
                1 => hold(minute, (go % 2 == 0).then_some(minute + i64::from(go))),
                2 => event(minute, Act::HoldEnded { reason: "r".into() }),
                3 => decided(minute, Decision::Scrub { t0: at(minute + 30) }, BoardWord::Hold, Value::Null),
                4 => decided(minute, Decision::NoGo { option: None, new_date: None }, BoardWord::NoGo, board(minute, 200, "no-go", go, waived_gates, of)),
                _ => decided(minute, Decision::GO, BoardWord::Go, board(minute, 200, "go", go, waived_gates, of)),
            });
        }
        let told = record(&day, minute);
        let count = |of: fn(&Event) -> bool| day.iter().filter(|it| of(it)).count();
        prop_assert_eq!(told.waivers as usize, count(|it| matches!(it.act, Act::Waived { .. })));
        prop_assert_eq!(told.holds as usize, count(|it| matches!(it.act, Act::Decided { decision: Decision::Hold { .. }, .. })));
        let length = minutes(u64::try_from(minute).unwrap());
        prop_assert!(told.held <= length, "{:?} of {:?}", told.held, length);
        prop_assert!(told.no_go_to_go.is_none_or(|it| it <= length));
        prop_assert!(told.reached.is_none_or(|zero| zero <= at(minute) && told.t0.is_some_and(|t0| t0 <= zero)));
        if let Some(reading) = told.at_t0 {
            let readiness = reading.readiness().unwrap();
            prop_assert_eq!(reading.adherence().is_some(), reading.went);
            let adherence = reading.adherence().unwrap_or_default();
            prop_assert!(0.0 <= adherence && adherence <= readiness && readiness <= 1.0);
            prop_assert!(told.reached.is_some());
        }
        let after = record(&day, minute + later);
        prop_assert!(after.held >= told.held && after.waivers == told.waivers && after.holds == told.holds);
        prop_assert_eq!(after.no_go_to_go, told.no_go_to_go);
    }
}
