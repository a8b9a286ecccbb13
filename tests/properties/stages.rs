//! The rollout: whatever people do in whatever order and however the clock runs, no stage begins early without a
//! recorded override. What is early is reckoned here by hand, from the acts that were taken.

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::domain::*;
use proptest::prelude::*;

use super::support::{CallSpec, Day, Scenario, oid};

/// Stages with their start before T-0 in minutes, and their soak in minutes.
const STAGES: [(&str, Option<i64>, i64); 4] =
    [("pilot", Some(-120), 60), ("canary", Some(0), 90), ("half", None, 30), ("all", Some(600), 0)];

/// One thing somebody tries.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a few of them, in a test")]
enum Try {
    Start(usize, bool),
    Close(usize),
    RollBack(usize),
    Call(CallSpec),
    Sign(bool),
    /// Starts a rollback, or ends it.
    Back(Option<RollbackResult>),
}

fn tries() -> impl Strategy<Value = Vec<(Try, i64)>> {
    let call = |decide: Option<&str>| CallSpec { decide: decide.map(Into::into), ..CallSpec::default() };
    let vote = CallSpec { vote: Some("support".into()), says: Some("go".into()), ..CallSpec::default() };
    let decide = prop_oneof![6 => Just("go"), 1 => Just("override"), 2 => Just("hold"), 1 => Just("no-go")];
    let scrub = (1..40u32).prop_map(|hours| CallSpec {
        decide: Some("scrub".into()),
        until: Some(format!("+{hours}h")),
        ..CallSpec::default()
    });
    let hold = (1..30u32).prop_map(|hours| CallSpec {
        decide: Some("hold".into()),
        until: Some(format!("+{hours}h")),
        ..CallSpec::default()
    });
    let what = prop_oneof![
        10 => (0..STAGES.len(), proptest::bool::weighted(0.15)).prop_map(|(at, over)| Try::Start(at, over)),
        1 => (0..STAGES.len()).prop_map(Try::Close),
        1 => (0..STAGES.len()).prop_map(Try::RollBack),
        3 => Just(Try::Call(CallSpec { open: true, ..CallSpec::default() })),
        3 => Just(Try::Call(vote)),
        6 => decide.prop_map(move |what| Try::Call(call(Some(what)))),
        1 => scrub.prop_map(Try::Call),
        1 => hold.prop_map(Try::Call),
        2 => Just(Try::Call(CallSpec { resume: true, ..CallSpec::default() })),
        2 => proptest::bool::weighted(0.9).prop_map(Try::Sign),
        1 => Just(Try::Back(None)),
        1 => prop::sample::select(&RollbackResult::ALL[..]).prop_map(|it| Try::Back(Some(it))),
    ];
    prop::collection::vec((what, prop_oneof![3 => Just(0), 2 => 0..90i64, 1 => 0..900i64]), 1..60)
}

fn day() -> Day {
    let text = "
        about: a launch of one task and four stages
        gates: [{ gate: qa/a, task: [qa] }]
        launch:
          advance_by: [launch-director]
          roll_call: { stations: [{ station: support }], quorum: 1 }
        stages:
          - { stage: pilot, pilot: true, start: T-2h, soak: 1h }
          - { stage: canary, start: T, soak: 90m }
          - { stage: half, soak: 30m }
          - { stage: all, start: T+10h }
        expect: { word: hold }";
    serde_yaml::from_str::<Scenario>(text).unwrap().day()
}

/// What was recorded, by hand.
struct Record {
    t0: DateTime<Utc>,
    held: TimeDelta,
    hold: Option<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    last: Option<Decision>,
    /// A rollback runs, or has ended and no GO was decided since.
    running: bool,
    back: bool,
    stages: [Option<(DateTime<Utc>, bool)>; 4],
}

impl Record {
    /// A hold with an end of its own is over by itself.
    fn run(&mut self, now: DateTime<Utc>) {
        if let Some((since, Some(end))) = self.hold.filter(|(_, end)| end.is_some_and(|end| end <= now)) {
            self.held += end - since;
            self.hold = None;
        }
    }

    fn end_hold(&mut self, now: DateTime<Utc>) {
        if let Some((since, _)) = self.hold.take() {
            self.held += now - since;
        }
    }

    /// What the T clock shows, in time since T-0.
    fn reading(&self, now: DateTime<Utc>) -> TimeDelta {
        self.hold.map_or(now, |(since, _)| since) - self.t0 - self.held
    }

    fn is_over(&self, at: usize, now: DateTime<Utc>) -> bool {
        let later = self.stages[at + 1..].iter().any(Option::is_some);
        self.stages[at]
            .is_some_and(|(since, closed)| closed || later || since + TimeDelta::minutes(STAGES[at].2) <= now)
    }

    fn take(&mut self, act: &Act, now: DateTime<Utc>) -> Result<(), String> {
        match act {
            Act::Decided { decision, overrides, .. } => {
                self.end_hold(now);
                self.back &= !decision.is_go() || *overrides;
                match decision {
                    Decision::Hold { until, .. } => self.hold = Some((now, *until)),
                    Decision::Scrub { t0 } => (self.t0, self.held) = (*t0, TimeDelta::zero()),
                    _ => {}
                }
                self.last = Some(decision.clone());
            }
            Act::RollbackStarted { .. } => self.running = true,
            Act::RollbackEnded { result, .. } => {
                (self.running, self.back) = (false, true);
                if *result == RollbackResult::RolledBack {
                    self.stages = [None; 4];
                }
                self.last = self.last.take().filter(|it| !it.is_go());
            }
            Act::HoldEnded { .. } => self.end_hold(now),
            Act::Stage { stage, step, overrides, .. } => {
                let at = STAGES.iter().position(|it| it.0 == stage.as_str()).unwrap();
                match step {
                    StageAct::Started if !overrides => self.may_start(at, now)?,
                    _ => {}
                }
                match step {
                    StageAct::Started => self.stages[at] = Some((now, false)),
                    StageAct::Closed => self.stages[at] = self.stages[at].map(|(since, _)| (since, true)),
                    StageAct::RolledBack => self.stages[at] = None,
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn may_start(&self, at: usize, now: DateTime<Utc>) -> Result<(), String> {
        let (name, start, _) = STAGES[at];
        let pilot = name == "pilot";
        if self.running {
            return Err(format!("{name} began in a rollback"));
        }
        if self.hold.is_some() {
            return Err(format!("{name} began in a hold"));
        }
        if start.is_some_and(|start| self.reading(now) < TimeDelta::minutes(start)) {
            return Err(format!("{name} began at T{:?}", self.reading(now)));
        }
        match &self.last {
            Some(Decision::NoGo { .. }) => return Err(format!("{name} began after a NO-GO")),
            Some(it) if it.is_go() => {}
            _ if pilot => {}
            _ => return Err(format!("{name} began before GO")),
        }
        if (0..at).all(|before| self.is_over(before, now)) {
            Ok(())
        } else {
            Err(format!("{name} began before the soak of another"))
        }
    }
}

fn command(day: &Day, what: &Try) -> (&'static str, Command) {
    let stage = |at: &usize, step, overrides| Command::Stage {
        stage: STAGES[*at].0.into(),
        step,
        note: Some("because".into()),
        overrides,
    };
    match what {
        Try::Start(at, overrides) => ("octo", stage(at, StageAct::Started, *overrides)),
        Try::Close(at) => ("octo", stage(at, StageAct::Closed, false)),
        Try::RollBack(at) => ("octo", stage(at, StageAct::RolledBack, false)),
        Try::Back(None) => ("octo", Command::StartRollback { reason: "because".into() }),
        Try::Back(Some(result)) => {
            ("octo", Command::EndRollback { result: *result, reason: "because".into() })
        }
        Try::Call(call) => {
            let by = if call.vote.is_some() { "mo" } else { "octo" };
            (by, call.command(day, Some("because".into()), "because".into()))
        }
        Try::Sign(go) => {
            let answers = std::collections::BTreeMap::new();
            ("hu", Command::SignOff { gate: "qa/a".into(), go: *go, role: None, note: None, answers })
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn no_stage_begins_early_without_an_override(tries in tries()) {
        let mut day = day();
        let mut record = Record {
            t0: day.launch.schedule.t0,
            held: TimeDelta::zero(),
            hold: None,
            last: None,
            running: false,
            back: false,
            stages: [None; 4],
        };
        for (what, minutes) in tries {
            day.now.wall += TimeDelta::minutes(minutes);
            day.now.boot += std::time::Duration::from_secs(minutes.unsigned_abs() * 60);
            let seen = Stamp::at(day.now);
            day.evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(oid('a')) });
            record.run(day.now.wall);
            let (by, command) = command(&day, &what);
            let actor = Actor { name: by.into(), known: Known::Claimed };
                let context = ActEnvelope::new(actor, day.now, uuid::Uuid::from_u128(u128::from(day.history.len)));
            let board = day.board();
            let back = record.running || record.back;
            prop_assert!(!back || board.word != BoardWord::Go, "GO without a new final call: {:?}", board.reasons);
            let waits: Vec<_> = board.stages.iter().map(|stage| stage.waits_for.clone()).collect();
            if let Ok(event) = act(&day.launch, &day.history, &board, command, &context) {
                if let (Try::Start(at, overrides), Act::Stage { .. }) = (&what, &event.act) {
                    prop_assert_eq!(waits[*at].is_empty(), !overrides, "the board says the same: {:?}", waits[*at]);
                }
                day.history.apply(&event);
                record.take(&event.act, day.now.wall).map_err(TestCaseError::fail)?;
            }
        }
    }
}

/// A stage that is held and on a ramp, a breach with a deadline, a rollback with a step that is due: whatever the clock of
/// whoever records or looks says, there is a board, and it is no GO while the rollback runs.
#[test]
fn no_clock_breaks_a_rollout() {
    let text = "
        about: a rollout that is held, and rolled back
        gates: [{ gate: qa/a, task: [qa] }]
        launch:
          advance_by: [launch-director]
          stalled_after: 12h
          guardrails: [{ id: errors, at_most: 0.01, calls_for: rollback }]
          rollback: { owner: support, decide_within: 15m, steps: [{ step: off, within: 5m }, { step: verify }] }
        stages:
          - { stage: ten, percent: 10, soak: 1h, samples: 500, guardrails: [errors], criteria: [Fine] }
          - { stage: all, percent: 100, over: 48h }
        evidence:
          - { gate: guardrail/errors, unclear: '', windows: [{ from: 3h, count: 36, bad: 30, total: 500 }] }
        events: [{ by: hu, go: qa/a }, { by: octo, start: ten, ago: 3h }]
        expect: { word: hold }";
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC];
    let moments = || {
        let day = serde_yaml::from_str::<Scenario>(text).unwrap().day();
        ends.into_iter().chain([day.now.wall, day.now.wall - TimeDelta::hours(2)])
    };
    let event = |at: DateTime<Utc>, act: Act| Event {
        id: uuid::Uuid::nil(),
        at,
        actor: Actor { name: "octo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: "checkout".into(),
        version: "3.0.0".into(),
        commit: Some(oid('a')),
        checklist_digest: Digest::of([b"launch".as_slice()]),
        act,
    };
    let stage = |step| Act::Stage { stage: "ten".into(), step, note: None, overrides: false };
    for recorded in moments() {
        for looked in moments() {
            let mut day = serde_yaml::from_str::<Scenario>(text).unwrap().day();
            day.now.wall = looked;
            let acts = [
                stage(StageAct::Held),
                stage(StageAct::Resumed),
                stage(StageAct::Held),
                Act::Stage { stage: "all".into(), step: StageAct::Started, note: None, overrides: true },
                Act::RollbackStarted { reason: "errors".into() },
                Act::RollbackStepDone { step: "off".into(), note: None },
                Act::RollbackEnded { result: RollbackResult::RolledBack, reason: "done".into() },
            ];
            for act in acts {
                day.history.apply(&event(recorded, act));
                let board = day.board();
                let back = !day.history.rollbacks.is_empty();
                assert!(!back || board.word != BoardWord::Go, "{recorded} {looked}: {:?}", board.reasons);
                assert!(
                    board
                        .stages
                        .iter()
                        .filter_map(|it| it.ramp?.now)
                        .all(|now| (10.0..=100.0).contains(&now))
                );
            }
        }
    }
}

/// What is accepted stays a breach: whatever is accepted and taken back at whatever time, no board is better for it, and the
/// next stage starts by an override alone.
#[test]
fn an_acceptance_raises_no_word() {
    let text = "
        about: a breach
        gates: [{ gate: qa/a, free: a, fresh: 9d }]
        launch:
          advance_by: [launch-director]
          longest_waiver: 10d
          guardrails: [{ id: errors, at_most: 0.01, calls_for: CALL, stop_at: 0.5 }, { id: slow, at_most: 0.5 }]
          rollback: { owner: mo, decide_within: 15m, steps: [{ step: off }] }
        stages: [{ stage: ten, soak: 1h, watcher: mo, guardrails: [errors, slow] }, { stage: all, percent: 100 }]
        evidence:
          - { gate: qa/a, holds: well }
          - { gate: guardrail/errors, unclear: '', windows: [{ from: 3h, count: 36, bad: 30, total: 500 }] }
        events: [{ by: octo, start: ten, ago: 3h }]
        expect: { word: hold }";
    let mut taken = 0;
    for (calls, seed) in [("hold", 1_u64), ("rollback", 2), ("tell", 3)]
        .iter()
        .flat_map(|(calls, seed)| (0..40).map(move |n| (*calls, seed * 1_000 + n)))
    {
        let mut day = serde_yaml::from_str::<Scenario>(&text.replace("CALL", calls)).unwrap().day();
        let mut state = seed;
        let mut roll = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for step in 0..20_u128 {
            let minutes = roll(90);
            day.now = day.after(std::time::Duration::from_secs(minutes * 60));
            day.evidence.resolve(TargetAnswer {
                component: None,
                seen: Stamp::at(day.now),
                answer: Ok(oid('a')),
            });
            let guardrail: Str = if roll(4) == 0 { "slow".into() } else { "errors".into() };
            let (stage, reason) = ("ten".into(), "because".into());
            let command = if roll(3) == 0 {
                Command::EndAcceptance { stage, guardrail, reason }
            } else {
                let until = day.now.wall + TimeDelta::minutes(i64::try_from(roll(400)).unwrap() - 20);
                Command::AcceptBreach { stage, guardrail, reason, until }
            };
            let by = ["octo", "mo", "hu"][usize::try_from(roll(3)).unwrap()];
            let actor = Actor { name: by.into(), known: Known::Claimed };
            let context = ActEnvelope::new(actor, day.now, uuid::Uuid::from_u128(step));
            let before = day.board();
            let Ok(event) = act(&day.launch, &day.history, &before, command, &context) else { continue };
            taken += 1;
            assert!(*calls != *"tell", "what only tells asks nothing");
            day.history.apply(&event);
            let after = day.board();
            assert_eq!((after.word, after.evidence), (before.word, before.evidence), "{calls} {seed} {step}");
            let ten = &after.stages[0].guardrails[0];
            assert_eq!(ten.standing, Standing::Breach, "it stays a breach");
            assert!(
                ten.accepted.is_none() || by == "octo" || matches!(event.act, Act::AcceptanceEnded { .. })
            );
            assert!(
                after.stages[1].waits_for.iter().any(|it| it.contains("it is breach")),
                "{:?}",
                after.stages[1]
            );
        }
    }
    assert!(taken > 100, "only {taken} words were taken");
}
