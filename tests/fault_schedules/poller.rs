//! Simulated answers, simulated time: the poller, the evaluator and the clocks; and what people decide meanwhile, in a
//! journal that is cut off now and then.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use gonogo::{
    app::{Registry, Session},
    checklist::{LoadRequest, load},
    domain::{
        Act, Actor, BoardWord, Decision, Event, Failure, FailureKind, Finding, GateId, History, Launch, Now,
        Oid, Outcome, Scope, SourceId,
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
roll_call: { stations: [{ station: qa }], final_call: qa }
policies: { freshness: { default: 3m } }
gates:
  - { gate: build, title: Green, github: { checks: { required: [build] } } }
  - { gate: suite, title: Green, github: { workflow: { file: ci.yml } } }
  - { gate: bugs, title: None, github: { issues: { labels: [bug] } } }
";
const FRESH: Duration = Duration::from_secs(180);
const INTERVAL: Duration = Duration::from_secs(30);
const FAULTY: Duration = Duration::from_secs(900);
const GATES: usize = 3;

const FAILURES: [FailureKind; 14] = [
    FailureKind::Unreachable,
    FailureKind::TimedOut,
    FailureKind::RateLimited,
    FailureKind::ServerError,
    FailureKind::Malformed,
    FailureKind::Crashed,
    FailureKind::NotConfigured,
    FailureKind::Unauthorized,
    FailureKind::Forbidden,
    FailureKind::NotFound,
    FailureKind::Incomplete,
    FailureKind::FeatureOff,
    FailureKind::Rejected,
    FailureKind::NotAllowed,
];

/// Written down once more, so that the oracle does not ask the code it judges.
fn passes_by_itself(kind: FailureKind) -> bool {
    FAILURES[..6].contains(&kind)
}

/// What is true of one gate.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Truth {
    Green,
    /// Green, by a proof that is too old from this moment on, whatever our wall clock says.
    GreenUntil(DateTime<Utc>),
    Red,
    Pending,
    Unclear,
}

/// A complete answer: when it was asked for by the boot clock, about which commit, and what it said.
type Told = (Duration, u8, Truth);

/// What is true, what is broken, and what was truly answered when.
struct World {
    random: fastrand::Rng,
    commit: u8,
    truth: Vec<Truth>,
    faults: Vec<Fault>,
    /// Clocks: how far the wall is off, and how much suspended time the boot clock has seen.
    wall_off: TimeDelta,
    slept: Duration,
    /// By gate: the newest complete answer; none after a definitive failure.
    answered: BTreeMap<GateId, Told>,
    resolved: Option<(Duration, u8)>,
    /// Steps of the wall clock: when, by the boot clock, and how far off it was from then on.
    steps: Vec<(Duration, TimeDelta)>,
    waiting_until: Duration,
    /// A poll is under way that began with faults.
    in_trouble: bool,
    /// When the last fault was over for the poller, by the boot clock: with the poll that began with it.
    healed: Duration,
    /// What the oracle will know once the cockpit has been told the same: one per poll, in order.
    told: VecDeque<Option<Known>>,
    /// Requests that should not have been made.
    early: Vec<Duration>,
    /// The journal is cut off; what is decided meanwhile is not known here.
    cut: bool,
    withheld: Vec<Call>,
    /// What was decided, as far as it is known here.
    calls: Vec<Call>,
    /// When the journal was last heard, by the boot clock.
    heard: Duration,
}

/// A final call: GO of this commit, or something that stops.
#[derive(Clone, Debug)]
struct Call {
    decision: Decision,
    commit: u8,
}

impl Call {
    fn event(&self, launch: &Launch, now: Now) -> Event {
        Event {
            id: uuid::Uuid::nil(),
            at: truly(now.boot),
            actor: Actor { name: "octo".into(), known: gonogo::domain::Known::Claimed },
            recorder: None,
            stands_in: None,
            launch: launch.id.clone(),
            version: launch.version.clone(),
            commit: Some(oid(self.commit)),
            checklist_digest: launch.digest.clone(),
            act: Act::Decided {
                round: None,
                decision: self.decision.clone(),
                reason: "so".into(),
                board: gonogo::domain::KeptBoard::default(),
                word: BoardWord::Go,
                overrides: false,
                over: Vec::new(),
                terms: gonogo::domain::DecisionTerms::default(),
            },
        }
    }
}

/// What time it really is.
fn truly(boot: Duration) -> DateTime<Utc> {
    let steady: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    steady + boot - Duration::from_secs(1_000)
}

/// The newest true answers, and where the ref was seen to point.
type Known = (BTreeMap<GateId, Told>, Option<(Duration, u8)>);

/// Something broken: for which gates (a bit each), and for the commit or not.
#[derive(Clone, Copy, Debug)]
struct Fault {
    gates: u8,
    commit: bool,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Fails(FailureKind),
    RateLimited(u64),
    Hangs(u64),
    Panics,
    WrongCommit,
    NoCommit,
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
            truth: vec![Truth::Green; GATES],
            faults: Vec::new(),
            wall_off: TimeDelta::zero(),
            slept: Duration::ZERO,
            answered: BTreeMap::new(),
            resolved: None,
            steps: vec![(Duration::ZERO, TimeDelta::zero())],
            waiting_until: Duration::ZERO,
            in_trouble: false,
            healed: Duration::ZERO,
            told: VecDeque::new(),
            early: Vec::new(),
            cut: false,
            withheld: Vec::new(),
            calls: Vec::new(),
            heard: Duration::ZERO,
        }
    }

    /// One turn of fate.
    fn turn(&mut self, now: Now) {
        match self.random.u8(0..18) {
            0 | 1 => self.faults.clear(),
            2 | 3 => {
                let gate = self.random.usize(0..GATES);
                self.truth[gate] = match self.random.u8(0..8) {
                    0..3 => Truth::Green,
                    3 => Truth::GreenUntil(truly(now.boot) + TimeDelta::seconds(self.random.i64(1..200))),
                    4 => Truth::Pending,
                    5 => Truth::Unclear,
                    _ => Truth::Red,
                };
            }
            4 => self.commit = self.commit.wrapping_add(1),
            5 => {
                let step = [-3_600, 3_600, -315_360_000, 315_360_000, -60, 60][self.random.usize(0..6)];
                self.wall_off = TimeDelta::seconds(step);
                self.steps.push((now.boot, self.wall_off));
            }
            6 => self.slept += Duration::from_secs([60, 28_800][self.random.usize(0..2)]),
            7 => self.truth = vec![Truth::Green; GATES],
            8 => self.cut = true,
            9 => self.cut = false,
            10 => {
                let stop = match self.random.u8(0..3) {
                    0 => Decision::Hold { until: None, until_true: Vec::new() },
                    1 => Decision::NoGo { option: None, new_date: None },
                    _ => Decision::Scrub { t0: truly(now.boot) + TimeDelta::days(9) },
                };
                self.withheld.push(Call { decision: stop, commit: self.commit });
            }
            11 | 12 => self.calls_go(),
            _ => {
                let fault = self.misfortune();
                if self.random.bool() {
                    self.faults.clear();
                }
                self.faults.push(fault);
            }
        }
    }

    fn calls_go(&mut self) {
        self.withheld.push(Call { decision: Decision::Go { option: None }, commit: self.commit });
    }

    fn misfortune(&mut self) -> Fault {
        let kind = FAILURES[self.random.usize(0..FAILURES.len())];
        let what = match self.random.u8(0..12) {
            0..5 => What::Fails(kind),
            5 => What::RateLimited(self.random.u64(1..400)),
            6 => What::Hangs(self.random.u64(1..60)),
            7 => What::Panics,
            8 => What::NoCommit,
            9 => What::WrongCommit,
            _ => What::Silent,
        };
        // All at once, everything but the commit, or the commit alone: one of them is often the only thing between
        // an old answer and a false GO.
        let (gates, commit) = match self.random.u8(0..4) {
            0 => (0xff, true),
            1 => (self.random.u8(..), false),
            2 => (0xff, false),
            _ => (0, true),
        };
        Fault { gates, commit, what }
    }

    /// Whether GO can be true at this moment: every gate's newest true answer is green, about the present commit as it
    /// was last looked up, and young enough; and the clocks have been steady since.
    fn may_be_go(&self, now: Now) -> bool {
        let off = |at: Duration| self.steps.iter().rev().find(|(from, _)| *from <= at).map(|(_, off)| *off);
        let steady = |at: Duration| off(at) == Some(self.wall_off);
        let young =
            |at: Duration| now.boot.saturating_sub(at) <= FRESH + Duration::from_secs(1) && steady(at);
        let Some((_, commit)) = self.resolved.filter(|(at, _)| young(*at)) else { return false };
        // Whoever stopped it is heard until there is a GO for this very commit; and nobody is unheard for long.
        let since =
            self.calls.iter().rposition(|it| !it.decision.is_go()).map(|stop| &self.calls[stop + 1..]);
        let stopped = since.is_some_and(|since| !since.iter().any(|go| go.commit == commit));
        if stopped || !young(self.heard) {
            return false;
        }
        let bound = |gate: &GateId| gate.as_str() != "launch/bugs";
        let green = |truth: Truth| match truth {
            Truth::Green => true,
            Truth::GreenUntil(until) => truly(now.boot) < until + TimeDelta::seconds(2),
            _ => false,
        };
        self.answered.len() == GATES
            && self.answered.iter().all(|(gate, (at, about, truth))| {
                green(*truth) && young(*at) && (!bound(gate) || *about == commit)
            })
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
        let faults = {
            let world = &mut *self.world.lock().unwrap();
            world.in_trouble = !world.faults.is_empty();
            world.faults.clone()
        };
        Box::pin(async move {
            let hangs = |fault: &Fault| if let What::Hangs(seconds) = fault.what { seconds } else { 0 };
            tokio::time::sleep(Duration::from_secs(faults.iter().map(hangs).max().unwrap_or(0))).await;
            let over = (self.now)().boot;
            let crashes = faults.iter().any(|it| matches!(it.what, What::Panics));
            let mut guard = self.world.lock().unwrap();
            let world = &mut *guard;
            if std::mem::take(&mut world.in_trouble) {
                world.healed = over;
            }
            if crashes {
                world.told.push_back(None);
                drop(guard);
                panic!("simulated crash");
            }
            if asked_at < world.waiting_until {
                world.early.push(asked_at);
            }
            let before = world.told.iter().rev().flatten().next().cloned();
            let mut known = before.unwrap_or_else(|| (world.answered.clone(), world.resolved));
            let mut report = answer(world, &mut known, batch, &faults, asked_at);
            // A date is cut to its second.
            report.server_time = DateTime::from_timestamp(truly(over).timestamp(), 0);
            // The server counts from its answer; a machine that was suspended meanwhile heard it late.
            world.waiting_until = report.wait.map_or(world.waiting_until, |wait| over + wait);
            world.told.push_back(Some(known));
            report
        })
    }
}

fn answer(world: &mut World, known: &mut Known, batch: &Batch, faults: &[Fault], at: Duration) -> Report {
    let mut report = Report::default();
    let fail = |kind| Failure::new(kind, "simulated");
    for (index, question) in batch.questions.iter().enumerate() {
        let gate = &question.gate;
        let mine = faults.iter().rev().find(|it| it.gates & (1 << index) != 0).map(|it| it.what);
        let broken = match mine {
            Some(What::Fails(kind)) => Some(kind),
            Some(What::RateLimited(_)) => Some(FailureKind::RateLimited),
            Some(What::Silent) => {
                known.0.remove(gate);
                continue;
            }
            _ => None,
        };
        if let Some(kind) = broken {
            if !passes_by_itself(kind) {
                known.0.remove(gate);
            }
            report.answers.push((gate.clone(), Err(fail(kind))));
            continue;
        }
        let about = match mine {
            Some(What::WrongCommit) => Some(world.commit.wrapping_add(100)),
            Some(What::NoCommit) => None,
            _ => Some(world.commit),
        };
        let truth = world.truth[index % GATES];
        // No commit of the world is 0: an answer about none is about no commit there is.
        known.0.insert(gate.clone(), (at, about.unwrap_or(0), truth));
        report.answers.push((gate.clone(), Ok(finding(truth, about))));
    }
    for target in &batch.targets {
        let mine = faults.iter().rev().find(|it| it.commit).map(|it| it.what);
        let broken = match mine {
            Some(What::Fails(kind)) => Some(kind),
            Some(What::RateLimited(_)) => Some(FailureKind::RateLimited),
            Some(What::Silent) => {
                known.1 = None;
                continue;
            }
            _ => None,
        };
        match broken {
            None => known.1 = Some((at, world.commit)),
            Some(kind) if !passes_by_itself(kind) => known.1 = None,
            Some(_) => {}
        }
        let answer = broken.map_or(Ok(oid(world.commit)), |kind| Err(fail(kind)));
        report.targets.push((target.component.clone(), answer));
    }
    for fault in faults {
        if let What::RateLimited(seconds) = fault.what {
            report.wait = report.wait.max(Some(Duration::from_secs(seconds)));
        }
    }
    report
}

fn finding(truth: Truth, about: Option<u8>) -> Finding {
    Finding {
        outcome: match truth {
            Truth::Green | Truth::GreenUntil(_) => Outcome::Holds,
            Truth::Red => Outcome::Fails,
            Truth::Pending => Outcome::Pending,
            Truth::Unclear => Outcome::Unclear,
        },
        reason: "simulated".into(),
        about: about.map(oid),
        since: None,
        until: if let Truth::GreenUntil(until) = truth { Some(until) } else { None },
        url: None,
        rows: Vec::new(),
        lineage: "simulation".into(),
        accepted: Vec::new(),
        measured: None,
    }
}

fn clock(world: &Arc<Mutex<World>>) -> NowFn {
    let (start, world) = (Instant::now(), Arc::clone(world));
    Arc::new(move || {
        let passed = start.elapsed();
        let world = world.lock().unwrap();
        let boot = Duration::from_secs(1_000) + passed + world.slept;
        Now { wall: truly(boot) + world.wall_off, boot }
    })
}

/// Runs one schedule; answers whether the truth was on the board in time after the last fault, and whether GO was ever
/// said while things were breaking.
async fn schedule(launch: Arc<Launch>, seed: u64) -> (bool, bool) {
    let world = Arc::new(Mutex::new(World::new(seed)));
    let now = clock(&world);
    let key = SourceKey { source: SourceId::new("github"), connection: None };
    let source = Arc::new(Simulated { world: Arc::clone(&world), now: Arc::clone(&now) });
    let pace = Pace { interval: INTERVAL, seed, ..Pace::default() };
    let (poller, mut events) = Poller::start(vec![Polled { key, source }], pace, &now);
    let mut live = Session::new(launch, History::default(), Scope::default());
    poller.demand(live.demands());
    let began = Instant::now();
    let mut said_go = false;
    while began.elapsed() < FAULTY {
        let pause = {
            let random = &mut world.lock().unwrap().random;
            // Now and then nothing changes for longer than an answer may count.
            Duration::from_millis(if random.u8(0..6) == 0 { 240_000 } else { random.u64(500..45_000) })
        };
        said_go |= watch(&mut live, &mut events, &world, &now, pause, seed).await;
        let at = now();
        world.lock().unwrap().turn(at);
        hear_people(&mut live, &world, &now);
        judge(&mut live, &world, &now, seed);
    }
    heal(&world, &now);
    hear_people(&mut live, &world, &now);
    while !is_late(&world, &now) {
        watch(&mut live, &mut events, &world, &now, Duration::from_secs(1), seed).await;
        if live.board(now()).word == BoardWord::Go {
            return (true, said_go);
        }
    }
    (false, said_go)
}

fn heal(world: &Mutex<World>, now: &NowFn) {
    let at = now().boot;
    let mut world = world.lock().unwrap();
    world.faults.clear();
    world.truth = vec![Truth::Green; GATES];
    world.healed = at;
    world.cut = false;
    world.calls_go();
}

/// What the journal tells: all that was decided, or nothing at all.
fn hear_people(live: &mut Session, world: &Mutex<World>, now: &NowFn) {
    let at = now();
    let mut world = world.lock().unwrap();
    if world.cut {
        live.lost_journal();
        return;
    }
    for call in std::mem::take(&mut world.withheld) {
        live.take_event(&call.event(&Arc::clone(live.launch()), at));
        world.calls.push(call);
    }
    live.heard_journal(at);
    world.heard = at.boot;
}

/// Whether the truth should be on the board by now: two intervals and five seconds after the last fault, which ends
/// with the poll that began with it and with the wait that the server asked for.
fn is_late(world: &Mutex<World>, now: &NowFn) -> bool {
    let at = now().boot;
    let world = world.lock().unwrap();
    let over = world.healed.max(world.waiting_until);
    !world.in_trouble && at > over + 2 * INTERVAL + Duration::from_secs(5)
}

/// Takes in what comes for so long, looking at the board after each event and whenever it changes unaided.
async fn watch(
    live: &mut Session,
    events: &mut tokio::sync::mpsc::Receiver<PollEvent>,
    world: &Mutex<World>,
    now: &NowFn,
    pause: Duration,
    seed: u64,
) -> bool {
    let end = Instant::now() + pause;
    let mut said_go = false;
    loop {
        hear_people(live, world, now);
        let left = end.saturating_duration_since(Instant::now());
        let board = live.board(now());
        let changes = board.changes_at.and_then(|at| (at - board.clock.judge(now()).wall).to_std().ok());
        let nap = left.min(changes.unwrap_or(left)).max(Duration::from_millis(1));
        if let Ok(Some(event)) = tokio::time::timeout(nap, events.recv()).await {
            if matches!(event, PollEvent::Answered { .. }) {
                let world = &mut *world.lock().unwrap();
                if let Some(Some((answered, resolved))) = world.told.pop_front() {
                    (world.answered, world.resolved) = (answered, resolved);
                }
            }
            live.take(event, now());
        }
        said_go |= judge(live, world, now, seed);
        if left.is_zero() {
            return said_go;
        }
    }
}

fn judge(live: &mut Session, world: &Mutex<World>, now: &NowFn, seed: u64) -> bool {
    let at = now();
    let board = live.board(at);
    let world = world.lock().unwrap();
    assert!(world.early.is_empty(), "seed {seed}: asked before the server allowed it, at {:?}", world.early);
    let go = board.word == BoardWord::Go;
    assert!(
        !go || world.may_be_go(at),
        "FALSE GO with seed {seed} at {at:?}: answers {:?}, resolved {:?}, steps {:?}, faults {:?}, calls {:?}, heard {:?}",
        world.answered,
        world.resolved,
        world.steps,
        world.faults,
        world.calls,
        world.heard
    );
    go
}

/// One schedule in a time of its own.
fn alone(launch: &Arc<Launch>, seed: u64) -> (bool, bool) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(schedule(Arc::clone(launch), seed))
}

#[test]
fn no_schedule_makes_a_false_go_and_the_truth_comes_back() {
    let launch =
        load(&LoadRequest::text("launch.yaml", LAUNCH), &Registry).expect("the launch is sound").launch;
    let launch = Arc::new(launch);
    let seeds = super::seeds(1_000);
    let count = seeds.end - seeds.start;
    // The simulated crashes are meant; their reports would drown everything else.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        let said = info.to_string();
        if !said.contains("simulated crash") {
            eprintln!("{said}");
        }
    }));
    let (mut late, mut green) = (Vec::new(), 0);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let part = |first: usize| {
        let (launch, seeds) = (Arc::clone(&launch), seeds.clone().skip(first).step_by(threads));
        move || seeds.map(|seed| (seed, alone(&launch, seed))).collect::<Vec<_>>()
    };
    let all: Vec<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|first| scope.spawn(part(first))).collect();
        parts.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    for (seed, (back, said_go)) in all.into_iter().flat_map(|part| part.expect("see above")) {
        if !back {
            late.push(seed);
        }
        green += u64::from(said_go);
    }
    std::panic::set_hook(usual);
    eprintln!("{count} schedules, {} back too late, GO amid the faults in {green}", late.len());
    assert!(late.is_empty(), "{} of {count} came back late: {late:?}", late.len());
    // A board that never says GO is never wrong, and no test of this one.
    assert!(count < 100 || green * 10 >= count * 9, "GO was said in {green} of {count} only");
}
