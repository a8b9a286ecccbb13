//! The second stream: polls in, a replay out.

use std::time::Duration;

use super::kit::at;
use crate::{Journal, RecordedAnswer, RecordedPoll};
use gonogo_domain::{
    Answer, Digest, Evidence, Failure, FailureKind, Finding, GateId, Measured, Measurement, Now, Observation,
    Oid, Outcome, Real, Stamp, TargetAnswer, Window,
};

fn stamp(seconds: i64) -> Stamp {
    Stamp::at(Now { wall: at(seconds), boot: Duration::from_secs(1_000 + seconds.unsigned_abs()) })
}

fn finding(reason: &str) -> Answer {
    Answer::Found(Finding {
        outcome: Outcome::Holds,
        reason: reason.into(),
        about: None,
        until: None,
        since: None,
        url: None,
        rows: vec!["a row".into()],
        lineage: "rest".into(),
        accepted: Vec::new(),
        measured: None,
    })
}

/// One poll: gates with reasons; a reason `!` is a failure.
pub(super) fn poll(seconds: i64, gates: &[(&str, &str)]) -> RecordedPoll {
    let seen = stamp(seconds);
    let failed = || {
        let message = "no answer in time".into();
        Answer::Failed(Failure {
            kind: FailureKind::TimedOut,
            message,
            next: None,
            url: None,
            missing: Vec::new(),
        })
    };
    let observe = |(gate, reason): &(&str, &str)| Observation {
        gate: GateId::from(*gate),
        question: Digest::of([gate.as_bytes()]),
        seen,
        answer: if *reason == "!" { failed() } else { finding(reason) },
    };
    let oid = Oid::parse(&format!("{:040x}", seconds / 300)).unwrap();
    let target = TargetAnswer { component: None, seen, answer: Ok(oid) };
    RecordedPoll {
        source: "github".into(),
        observations: gates.iter().map(observe).collect(),
        targets: vec![target],
    }
}

fn day() -> Vec<RecordedPoll> {
    let mut polls: Vec<RecordedPoll> = (0..20_i64)
        .map(|n| {
            let flaky = if n % 7 == 3 { "!" } else { "fine" };
            let slow = format!("{} open", n / 5);
            poll(n * 60, &[("qa/steady", "same"), ("qa/flaky", flaky), ("qa/slow", &slow)])
        })
        .collect();
    // A poll that asks about fewer gates renews only those.
    polls.push(poll(1_300, &[("qa/flaky", "fine")]));
    polls
}

pub(super) fn record_a_day(journal: &Journal) {
    for poll in day() {
        assert_eq!(journal.record_observations(poll).wait(), Ok(true));
    }
}

fn feed(evidence: &mut Evidence, observation: Observation) {
    evidence.observe(observation);
}

/// After each poll of the day, evidence from the record equals evidence as it was, freshness included.
pub(super) fn a_replay_sees_what_was_seen(journal: &Journal) {
    record_a_day(journal);
    let mut live = Evidence::default();
    for poll in day() {
        let moment = poll.targets[0].seen.wall;
        poll.observations.into_iter().for_each(|it| feed(&mut live, it));
        poll.targets.into_iter().for_each(|it| live.resolve(it));
        let mut replayed = Evidence::default();
        for recorded in journal.observations_between(at(0), moment).wait().unwrap() {
            let seen = Stamp { wall: recorded.at, boot: recorded.boot };
            match recorded.answer {
                RecordedAnswer::Gate(it) => {
                    assert_eq!(it.seen.boot, None, "what was on disk belongs to no boot (V7)");
                    feed(&mut replayed, Observation { seen, ..it });
                }
                RecordedAnswer::Target(it) => replayed.resolve(TargetAnswer { seen, ..it }),
            }
        }
        assert_eq!(replayed.gates, live.gates, "at {moment}");
        assert_eq!(replayed.targets, live.targets, "at {moment}");
    }
    // From the middle of the day: the state before it, then what came.
    let late = journal.observations_between(at(1_250), at(9_999)).wait().unwrap();
    assert_eq!(late.iter().filter(|it| it.at < at(1_250)).count(), 4, "three gates and a target");
    assert_eq!(late.iter().filter(|it| it.at >= at(1_250)).count(), 2);
}

/// A poll of a guardrail that has run for so many minutes: all windows since its start, each time.
fn windows(minutes: i64) -> Observation {
    let real = |value: i64| Real::new(f64::from(i32::try_from(value).unwrap())).unwrap();
    let window = |n: i64| Window {
        from: n * 60,
        to: (n + 1) * 60,
        is: Measurement::Share(real(n % 3), real(100)),
        control: None,
    };
    let Answer::Found(mut found) = finding("") else { panic!("a finding") };
    found.measured = Some(Measured::Windows((0..minutes).map(window).collect()));
    Observation {
        gate: "guardrail/errors".into(),
        question: Digest::of([b"errors".as_slice()]),
        seen: stamp(minutes * 60),
        answer: Answer::Found(found),
    }
}

fn recorded_windows(journal: &Journal) -> Vec<i64> {
    let all = journal.observations_between(at(0), at(99_999)).wait().unwrap();
    let of = |it: crate::RecordedMoment| match it.answer {
        RecordedAnswer::Gate(Observation { answer: Answer::Found(found), .. }) => match found.measured {
            Some(Measured::Windows(windows)) => windows.into_iter().map(|it| it.from / 60).collect(),
            _ => Vec::new(),
        },
        _ => Vec::<i64>::new(),
    };
    all.into_iter().flat_map(of).collect()
}

#[test]
fn a_window_is_written_down_once_however_often_it_is_asked_for() {
    let dir = super::kit::folder(20);
    let journal = super::kit::open(&dir.path().join("j.db"), "windows").unwrap();
    let record = |live: &mut Evidence, seen: Observation| {
        let news = live.news(&seen);
        live.observe(seen);
        let poll =
            RecordedPoll { source: "prometheus".into(), observations: vec![news], targets: Vec::new() };
        assert_eq!(journal.record_observations(poll).wait(), Ok(true));
    };
    let mut live = Evidence::default();
    (1..=20).for_each(|minutes| record(&mut live, windows(minutes)));
    assert_eq!(recorded_windows(&journal), (0..20).collect::<Vec<_>>(), "one more with each poll");
    // A cockpit that is started again knows what was written down.
    let mut again = Evidence::default();
    let before = journal.observations_between(at(0), at(99_999)).wait().unwrap();
    again.remember(before.into_iter().filter_map(|it| match it.answer {
        RecordedAnswer::Gate(seen) => Some(seen),
        RecordedAnswer::Target(_) => None,
    }));
    record(&mut again, windows(21));
    assert_eq!(recorded_windows(&journal), (0..21).collect::<Vec<_>>());
    assert_eq!(again.series(&"guardrail/errors".into()).map(<[_]>::len), Some(21));
    // A point that came late: its window alone is written down again.
    let mut late = windows(21);
    let Answer::Found(found) = &mut late.answer else { panic!("a finding") };
    let Some(Measured::Windows(all)) = &mut found.measured else { panic!("windows") };
    all[7].control = Some(all[8].is);
    record(&mut again, late);
    assert_eq!(recorded_windows(&journal), (0..21).chain([7]).collect::<Vec<_>>());
}

#[test]
fn answers_that_stay_cost_one_row_a_poll() {
    let dir = super::kit::folder(20);
    let path = dir.path().join("j.db");
    let journal = super::kit::open(&path, "rows").unwrap();
    for n in 0..10 {
        let same = poll(n, &[("qa/a", "same"), ("qa/b", "same"), ("qa/c", "same")]);
        journal.record_observations(same).wait().unwrap();
    }
    super::kit::close(&journal);
    let db = rusqlite::Connection::open(&path).unwrap();
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM observations WHERE kind = 'renewed'"), 9);
    assert_eq!(count("SELECT count(*) FROM observations WHERE kind <> 'renewed'"), 4);
}
