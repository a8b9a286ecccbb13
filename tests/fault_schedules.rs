//! Seeded schedules of faults in simulated time, through the real poller and the real evaluator: never a false GO, and
//! back to the truth soon after the last fault.
//!
//! 1,000 schedules run by default; `GONOGO_LONG=1` runs 10,000, and `GONOGO_SEED=N` repeats one. The oracle knows
//! nothing of the evaluator: it keeps the world's own answers, and when the cockpit was told them.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test tells what went wrong")]

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use gonogo::{
    app::{Live, Registry},
    checklist::{LoadRequest, load},
    domain::{
        BoardWord, Failure, FailureKind, Finding, GateId, History, Launch, Now, Oid, Outcome, Scope, SourceId,
    },
    poller::{NowFn, Pace, PollEvent, Polled, Poller, SourceKey},
    source::{Batch, Report, Source},
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: main }
schedule: { t0: 2030-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo } }
roles: { qa: { people: [octo] } }
policies: { freshness: { default: 3m } }
gates:
  - { gate: build, title: Green, github: { checks: { required: [build] } } }
  - { gate: suite, title: Green, github: { workflow: { file: ci.yml } } }
  - { gate: bugs, title: None, github: { issues: { labels: [bug] } } }
";
const FRESH: Duration = Duration::from_secs(180);
const INTERVAL: Duration = Duration::from_secs(30);
const FAULTY: Duration = Duration::from_secs(900);

const FAILURES: [FailureKind; 10] = [
    FailureKind::Unreachable,
    FailureKind::TimedOut,
    FailureKind::ServerError,
    FailureKind::Malformed,
    FailureKind::Unauthorized,
    FailureKind::Forbidden,
    FailureKind::NotFound,
    FailureKind::Incomplete,
    FailureKind::FeatureOff,
    FailureKind::Rejected,
];

/// What is true, what is broken, and what was truly answered when.
struct World {
    random: fastrand::Rng,
    commit: u8,
    red: Vec<bool>,
    fault: Option<Fault>,
    /// Clocks: how far the wall is off, and how much suspended time the boot clock has seen.
    wall_off: TimeDelta,
    slept: Duration,
    /// By gate: the boot-time moment, commit and colour of the newest complete answer; none after a definitive failure.
    answered: BTreeMap<GateId, (Duration, u8, bool)>,
    resolved: Option<(Duration, u8)>,
    /// Steps of the wall clock: when, by the boot clock, and how far off it was from then on.
    steps: Vec<(Duration, TimeDelta)>,
    waiting_until: Duration,
    /// What the oracle will know once the cockpit has been told the same: one per poll, in order.
    told: VecDeque<Option<Known>>,
}

/// The newest true answers, and where the ref was seen to point.
type Known = (BTreeMap<GateId, (Duration, u8, bool)>, Option<(Duration, u8)>);

#[derive(Clone, Copy, Debug)]
enum Fault {
    Fails(FailureKind),
    OneGateFails(FailureKind),
    RateLimited(u64),
    Hangs(u64),
    Panics,
    WrongCommit,
    Silent,
}

struct Simulated {
    world: Arc<Mutex<World>>,
    now: NowFn,
}

fn oid(commit: u8) -> Oid {
    Oid::parse(&format!("{commit:040x}")).unwrap()
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            commit: 1,
            red: vec![false; 3],
            fault: None,
            wall_off: TimeDelta::zero(),
            slept: Duration::ZERO,
            answered: BTreeMap::new(),
            resolved: None,
            steps: vec![(Duration::ZERO, TimeDelta::zero())],
            waiting_until: Duration::ZERO,
            told: VecDeque::new(),
        }
    }

    /// One turn of fate.
    fn turn(&mut self, now: Duration) {
        match self.random.u8(0..12) {
            0 | 1 => self.fault = None,
            2 => {
                let gate = self.random.usize(0..3);
                self.red[gate] = !self.red[gate];
            }
            3 => self.commit = self.commit.wrapping_add(1),
            4 => {
                let step = [-3_600, 3_600, -315_360_000, 315_360_000][self.random.usize(0..4)];
                self.wall_off = TimeDelta::seconds(step);
                self.steps.push((now, self.wall_off));
            }
            5 => self.slept += Duration::from_secs(28_800),
            _ => self.fault = Some(self.misfortune()),
        }
    }

    fn misfortune(&mut self) -> Fault {
        let kind = FAILURES[self.random.usize(0..FAILURES.len())];
        match self.random.u8(0..9) {
            0..3 => Fault::Fails(kind),
            3 => Fault::OneGateFails(kind),
            4 => Fault::RateLimited(self.random.u64(1..400)),
            5 => Fault::Hangs(self.random.u64(1..60)),
            6 => Fault::Panics,
            7 => Fault::WrongCommit,
            _ => Fault::Silent,
        }
    }

    /// Whether GO can be true at this moment: every gate's newest true answer is green, about the present commit as it
    /// was last looked up, and young enough; and the clocks have been steady since.
    fn may_be_go(&self, now: Duration) -> bool {
        let off = |at: Duration| self.steps.iter().rev().find(|(from, _)| *from <= at).map(|(_, off)| *off);
        let steady = |at: Duration| off(at) == Some(self.wall_off);
        let young = |at: Duration| now.saturating_sub(at) <= FRESH + Duration::from_secs(1) && steady(at);
        let Some((looked, commit)) = self.resolved.filter(|(at, _)| young(*at)) else { return false };
        let _ = looked;
        let bound = |gate: &GateId| gate.as_str() != "launch/bugs";
        self.answered.len() == 3
            && self
                .answered
                .iter()
                .all(|(gate, (at, about, green))| *green && young(*at) && (!bound(gate) || *about == commit))
    }
}

impl Source for Simulated {
    fn id(&self) -> SourceId {
        SourceId::new("github")
    }

    fn resolves_targets(&self) -> bool {
        true
    }

    fn ask<'a>(&'a self, batch: &'a Batch, _: &'a CancellationToken) -> BoxFuture<'a, Report> {
        let asked_at = (self.now)().boot;
        let fault = self.world.lock().unwrap().fault;
        Box::pin(async move {
            if let Some(Fault::Hangs(seconds)) = fault {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            if matches!(fault, Some(Fault::Panics)) {
                self.world.lock().unwrap().told.push_back(None);
                panic!("simulated crash");
            }
            let world = &mut *self.world.lock().unwrap();
            assert!(asked_at >= world.waiting_until, "asked before the server allowed it");
            let before = world.told.iter().rev().flatten().next().cloned();
            let (answered, resolved) = before.unwrap_or_else(|| (world.answered.clone(), world.resolved));
            let mut known = (answered, resolved);
            let report = answer(world, &mut known, batch, fault, asked_at);
            world.told.push_back(Some(known));
            report
        })
    }
}

fn answer(world: &mut World, known: &mut Known, batch: &Batch, fault: Option<Fault>, at: Duration) -> Report {
    let mut report = Report::default();
    let fail = |kind| Failure::new(kind, "simulated");
    for (index, question) in batch.questions.iter().enumerate() {
        let broken = match fault {
            Some(Fault::Fails(kind)) => Some(kind),
            Some(Fault::OneGateFails(kind)) if index == 0 => Some(kind),
            Some(Fault::RateLimited(_)) => Some(FailureKind::RateLimited),
            Some(Fault::Silent) if index == 1 => {
                known.0.remove(&question.gate);
                continue;
            }
            _ => None,
        };
        if let Some(kind) = broken {
            if !kind.is_transient() {
                known.0.remove(&question.gate);
            }
            report.answers.push((question.gate.clone(), Err(fail(kind))));
            continue;
        }
        let about = if matches!(fault, Some(Fault::WrongCommit)) {
            world.commit.wrapping_add(100)
        } else {
            world.commit
        };
        let green = !world.red[index % 3];
        known.0.insert(question.gate.clone(), (at, about, green));
        report.answers.push((question.gate.clone(), Ok(finding(green, about))));
    }
    for target in &batch.targets {
        let broken = match fault {
            Some(Fault::Fails(kind)) => Some(kind),
            Some(Fault::RateLimited(_)) => Some(FailureKind::RateLimited),
            _ => None,
        };
        match broken {
            None => known.1 = Some((at, world.commit)),
            Some(kind) if !kind.is_transient() => known.1 = None,
            Some(_) => {}
        }
        report
            .targets
            .push((target.component.clone(), broken.map_or(Ok(oid(world.commit)), |kind| Err(fail(kind)))));
    }
    if let Some(Fault::RateLimited(seconds)) = fault {
        report.wait = Some(Duration::from_secs(seconds));
        world.waiting_until = at + Duration::from_secs(seconds);
    }
    report
}

fn finding(green: bool, about: u8) -> Finding {
    Finding {
        outcome: if green { Outcome::Holds } else { Outcome::Fails },
        reason: "simulated".into(),
        about: Some(oid(about)),
        until: None,
        url: None,
        rows: Vec::new(),
        lineage: "simulation".into(),
        accepted: Vec::new(),
    }
}

fn clock(world: &Arc<Mutex<World>>) -> NowFn {
    let (start, world) = (Instant::now(), Arc::clone(world));
    Arc::new(move || {
        let passed = start.elapsed();
        let world = world.lock().unwrap();
        let boot = Duration::from_secs(1_000) + passed + world.slept;
        let steady: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Now { wall: steady + passed + world.slept + world.wall_off, boot }
    })
}

/// Runs one schedule; answers how long after the last fault the truth was on the board, if it came in time.
async fn schedule(launch: Arc<Launch>, seed: u64) -> Option<Duration> {
    let world = Arc::new(Mutex::new(World::new(seed)));
    let now = clock(&world);
    let key = SourceKey { source: SourceId::new("github"), connection: None };
    let source = Arc::new(Simulated { world: Arc::clone(&world), now: Arc::clone(&now) });
    let pace = Pace { interval: INTERVAL, jitter: 0.15 };
    let (poller, mut events) = Poller::start(vec![Polled { key, source }], pace, &now);
    let mut live = Live::new(launch, History::default(), Scope::default());
    poller.demand(live.demands());
    let began = Instant::now();
    while began.elapsed() < FAULTY {
        let pause = Duration::from_millis(world.lock().unwrap().random.u64(500..45_000));
        watch(&mut live, &mut events, &world, &now, pause, seed).await;
        let at = now().boot;
        world.lock().unwrap().turn(at);
        judge(&mut live, &world, &now, seed);
    }
    let wait = heal(&world, &now);
    // A fault ends when the server's wait, or our own back-off for it, ends: at most a minute.
    let limit = wait + Duration::from_secs(60) + 2 * INTERVAL + Duration::from_secs(5);
    let healed = Instant::now();
    while healed.elapsed() <= limit {
        watch(&mut live, &mut events, &world, &now, Duration::from_secs(1), seed).await;
        if live.board(now()).word == BoardWord::Go {
            return Some(healed.elapsed());
        }
    }
    None
}

fn heal(world: &Mutex<World>, now: &NowFn) -> Duration {
    let at = now().boot;
    let mut world = world.lock().unwrap();
    world.fault = None;
    world.red = vec![false; 3];
    world.waiting_until.saturating_sub(at)
}

/// Takes in what comes for so long, looking at the board after each event and whenever it changes unaided.
async fn watch(
    live: &mut Live,
    events: &mut tokio::sync::mpsc::Receiver<PollEvent>,
    world: &Mutex<World>,
    now: &NowFn,
    pause: Duration,
    seed: u64,
) {
    let end = Instant::now() + pause;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let changes = live.board(now()).changes_at.and_then(|at| (at - now().wall).to_std().ok());
        let nap = left.min(changes.unwrap_or(left)).max(Duration::from_millis(1));
        if let Ok(Some(event)) = tokio::time::timeout(nap, events.recv()).await {
            if matches!(event, PollEvent::Answered { .. }) {
                let world = &mut *world.lock().unwrap();
                if let Some(Some((answered, resolved))) = world.told.pop_front() {
                    (world.answered, world.resolved) = (answered, resolved);
                }
            }
            live.take(event);
        }
        judge(live, world, now, seed);
        if left.is_zero() {
            return;
        }
    }
}

fn judge(live: &mut Live, world: &Mutex<World>, now: &NowFn, seed: u64) {
    let board = live.board(now());
    if board.word == BoardWord::Go {
        let at = now().boot;
        let world = world.lock().unwrap();
        assert!(
            world.may_be_go(at),
            "FALSE GO with seed {seed} at {at:?}: answers {:?}, resolved {:?}, steps {:?}, fault {:?}",
            world.answered,
            world.resolved,
            world.steps,
            world.fault
        );
    }
}

#[test]
fn no_schedule_makes_a_false_go_and_the_truth_comes_back() {
    let launch =
        load(&LoadRequest::text("launch.yaml", LAUNCH), &Registry).expect("the launch is sound").launch;
    let launch = Arc::new(launch);
    let long = std::env::var_os("GONOGO_LONG").is_some();
    let chosen = std::env::var("GONOGO_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let seeds = chosen.map_or(0..if long { 10_000 } else { 1_000 }, |seed| seed..seed + 1);
    let count = seeds.end - seeds.start;
    // The simulated crashes are meant; their reports would drown everything else.
    std::panic::set_hook(Box::new(|info| {
        let said = info.to_string();
        if !said.contains("simulated crash") {
            eprintln!("{said}");
        }
    }));
    let mut late = Vec::new();
    for seed in seeds {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        if runtime.block_on(schedule(Arc::clone(&launch), seed)).is_none() {
            late.push(seed);
        }
    }
    assert!(late.len() as u64 * 1_000 <= count, "{} of {count} came back late: {late:?}", late.len());
}
