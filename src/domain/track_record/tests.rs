//! The numbers, on days made by hand and on any day.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Act, Actor, Digest, GateId, KeptBoard, Known};

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
            let (adherence, readiness) = (reading.adherence().unwrap(), reading.readiness().unwrap());
            prop_assert!(0.0 <= adherence && adherence <= readiness && readiness <= 1.0);
            prop_assert!(told.reached.is_some());
        }
        let after = record(&day, minute + later);
        prop_assert!(after.held >= told.held && after.waivers == told.waivers && after.holds == told.holds);
        prop_assert_eq!(after.no_go_to_go, told.no_go_to_go);
    }
}
