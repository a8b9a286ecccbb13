//! A loopback GitHub with state, faults on the wire, and everything of ours from the socket to the board.
//!
//! The oracle knows what was true at each poll and whether anything was broken in it. It says nothing of how a poll is
//! made: GO needs, for every gate, a poll that is young enough and in which the gate was truly green at the present
//! commit; and no poll after it that was whole and saw something else.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::DateTime;
use gonogo::{
    app::{Registry, Session},
    checklist::{LoadRequest, load},
    domain::{Answer, BoardWord, History, Launch, Now, Observation, Scope, Stamp, TargetAnswer},
    source::{
        Batch, Report, Source,
        github::{Github, GithubConfig},
        http::{ExchangeLimits, Http, Url},
    },
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{
    github::{Alert, GithubServer, GithubWorld, oid},
    server::{Fault, Reply, Req},
};

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
  - { gate: found, title: None, github: { issues: { search: 'label:p0' } } }
  - { gate: holes, title: None, github: { alerts: { tool: dependabot } } }
  - { gate: notes, title: There, github: { file: { path: notes.md } } }
";
const REPO: &str = "acme/rocket";
const TOKEN: &str = "canary-token";
const FRESH: Duration = Duration::from_secs(180);
const TURNS: usize = 16;

/// What is true: green is 0 everywhere, the other numbers are ways not to be.
#[derive(Clone, Copy, Debug, Default)]
struct Truth {
    commit: u32,
    checks: u8,
    run: u8,
    bugs: u8,
    found: u8,
    holes: u8,
    notes: u8,
    hidden: bool,
}

impl Truth {
    fn turn(&mut self, random: &mut fastrand::Rng) {
        match random.u8(0..12) {
            0 => self.commit += 1,
            1 => self.checks = random.u8(0..8),
            2 => self.run = random.u8(0..6),
            3 => self.bugs = random.u8(0..4),
            4 => self.holes = random.u8(0..3),
            9 => self.found = random.u8(0..3),
            5 => self.notes = random.u8(0..2),
            6 => self.hidden = random.u8(0..4) == 0,
            7..9 => *self = Self { commit: self.commit, ..Self::default() },
            _ => {}
        }
    }

    /// Which of the six gates are green.
    fn green(&self) -> [bool; 6] {
        let seen = !self.hidden;
        [self.checks, self.run, self.bugs, self.found, self.holes, self.notes].map(|it| seen && it == 0)
    }

    fn build(&self, world: &mut GithubWorld) {
        world.repos.clear();
        let repo = world.repo(REPO);
        repo.private = true;
        let name = format!("c{}", self.commit);
        // What was green about the commit before must not count for this one.
        repo.commit("main", &format!("before {name}")).check("build", "success");
        repo.run("ci.yml", "main", "success");
        let commit = repo.commit("main", &name);
        match self.checks {
            0 => drop(commit.check("build", "success").check("lint", "failure")),
            1 => drop(commit.check("build", "failure")),
            2 => drop(commit.check("lint", "success")),
            3 => drop(commit.check("build", "skipped")),
            4 => drop(commit.check("build", "a_new_word")),
            5 => {
                commit.check("build", "success");
                for n in 0..101 {
                    commit.check(&format!("job {n}"), "success");
                }
                commit.check("build", "failure");
            }
            6 => {
                commit.check("build", "success");
                let check = commit.checks.last_mut().unwrap();
                (check.status, check.conclusion) = ("in_progress".into(), None);
            }
            _ => {}
        }
        match self.run {
            0 => drop(repo.run("ci.yml", "main", "success")),
            1 => drop(repo.run("ci.yml", "main", "failure")),
            2 => {}
            3 => {
                repo.run("ci.yml", "main", "success");
                let run = repo.run("ci.yml", "main", "success");
                (run.status, run.conclusion) = ("in_progress".into(), None);
            }
            4 => repo.run("ci.yml", "main", "success").from = Some("mallory/rocket".into()),
            _ => drop(repo.run("ci.yml", "main", "a_new_word")),
        }
        match self.bugs {
            0 => repo.label("bug"),
            1 => {
                repo.issue(7, "Leaks").label("bug");
            }
            2 => {}
            _ => {
                for n in 1..110 {
                    repo.issue(n, "Leaks").label("bug");
                }
            }
        }
        match self.found {
            0 => repo.label("p0"),
            1 => {
                repo.issue(300, "Burns").label("p0");
            }
            _ => {}
        }
        repo.dependabot = match self.holes {
            0 => Some(Vec::new()),
            1 => Some(vec![Alert { number: 1, open: true, severity: "low".into(), package: "zlib".into() }]),
            _ => None,
        };
        if self.notes == 0 {
            repo.file("main", "notes.md", "# Notes\n");
        }
        let token = world.token(TOKEN, "octo");
        token.repos = if self.hidden { Vec::new() } else { vec![REPO.into()] };
    }
}

/// One poll as the oracle saw it.
#[derive(Clone, Copy, Debug)]
struct Poll {
    at: Duration,
    truth: Truth,
    broken: bool,
}

fn may_be_go(polls: &[Poll], now: Duration) -> bool {
    let Some(last) = polls.last() else { return false };
    let young = polls.iter().filter(|it| now.saturating_sub(it.at) <= FRESH + Duration::from_secs(1));
    let whole = polls.iter().rposition(|it| !it.broken).map_or(Duration::ZERO, |at| polls[at].at);
    let counts: Vec<_> = young.filter(|it| it.at >= whole).collect();
    // Which commit was seen last is not known while polls are broken: any that may have been.
    let seen: Vec<u32> = polls.iter().filter(|it| it.at >= whole).map(|it| it.truth.commit).collect();
    (last.broken || last.truth.green() == [true; 6])
        && seen.iter().any(|commit| {
            (0..6).all(|gate| {
                counts.iter().any(|it| it.truth.green()[gate] && (gate > 1 || it.truth.commit == *commit))
            })
        })
}

/// Breaks some of the next answers; the flag says whether it did.
fn misfortune(server: &GithubServer, random: &mut fastrand::Rng, hit: &Arc<AtomicBool>) {
    let broken = Arc::clone(hit);
    let sort = random.u8(0..13);
    let fault = match sort {
        0 => Fault::Cut(random.usize(0..400)),
        1 => Fault::Reset,
        2 => Fault::Garbage,
        3 => Fault::Html,
        4 => Fault::status([500, 502, 503, 403, 404, 410, 422][random.usize(0..7)]),
        // "Not modified", about another version than ours or about none at all.
        5 | 12 => Fault::Reply(Reply::empty(304).with("ETag", "\"another\"")),
        6 => Fault::ContentType("text/plain"),
        7 => half(random.u64(..)),
        8 => of_another_commit(),
        _ => distort(random.u64(..)),
    };
    let (mut share, mut kind) = (random.u8(1..4), random.u8(0..3));
    if matches!(sort, 5 | 12) {
        // Only reads are asked conditionally; anything else would only fail the whole poll.
        (share, kind) = (4, 0);
    }
    let dice = Mutex::new(fastrand::Rng::with_seed(random.u64(..)));
    server.fault_when(
        move |request| {
            let wanted = match kind {
                0 => request.method == "GET",
                1 => request.method == "POST",
                _ => true,
            };
            let now = wanted && dice.lock().unwrap().u8(0..4) < share;
            broken.fetch_or(now, Ordering::Relaxed);
            now
        },
        fault,
    );
}

/// An answer that was broken off: empty lists, and an error or a mark that says so.
fn half(seed: u64) -> Fault {
    let dice = Mutex::new(fastrand::Rng::with_seed(seed));
    Fault::Change(Arc::new(move |body: &mut Value| {
        if body.get("incomplete_results").is_some() {
            *body = json!({ "total_count": 0, "incomplete_results": true, "items": [] });
        }
        let Some(facts) = body.pointer_mut("/data/r0").and_then(Value::as_object_mut) else { return };
        let mut errors = Vec::new();
        for (alias, fact) in facts.iter_mut().filter(|(alias, _)| *alias != "nameWithOwner") {
            if dice.lock().unwrap().bool() {
                empty_lists(fact);
                errors.push(json!({ "type": "SOMETHING", "message": "no", "path": ["r0", alias] }));
            }
        }
        if !errors.is_empty() {
            body["errors"] = json!(errors);
        }
    }))
}

fn empty_lists(value: &mut Value) {
    let Some(map) = value.as_object_mut() else { return };
    for (key, inner) in map {
        match key.as_str() {
            "nodes" => *inner = json!([]),
            "totalCount" => *inner = json!(0),
            "hasNextPage" => *inner = json!(false),
            _ => empty_lists(inner),
        }
    }
}

/// Green checks and runs, of a commit that was not asked about.
fn of_another_commit() -> Fault {
    Fault::Change(Arc::new(|body: &mut Value| {
        for run in body.get_mut("workflow_runs").and_then(Value::as_array_mut).into_iter().flatten() {
            run["head_sha"] = json!(oid("another"));
            run["status"] = json!("completed");
            run["conclusion"] = json!("success");
        }
        let Some(facts) = body.pointer_mut("/data/r0").and_then(Value::as_object_mut) else { return };
        for fact in facts.values_mut().filter(|fact| fact.get("statusCheckRollup").is_some()) {
            fact["oid"] = json!(oid("another"));
            let checks = fact.pointer_mut("/statusCheckRollup/contexts/nodes").and_then(Value::as_array_mut);
            for check in checks.into_iter().flatten() {
                check["status"] = json!("COMPLETED");
                check["conclusion"] = json!("SUCCESS");
            }
        }
    }))
}

/// One place of the answer says nothing, or something nobody knows.
fn distort(seed: u64) -> Fault {
    let dice = Mutex::new(fastrand::Rng::with_seed(seed));
    Fault::Change(Arc::new(move |body: &mut Value| {
        let dice = &mut *dice.lock().unwrap();
        let mut places = Vec::new();
        all_places(body, "", &mut places);
        if places.is_empty() {
            return;
        }
        let with = [Value::Null, json!("SOMETHING_NEW"), json!([])][dice.usize(0..3)].clone();
        if let Some(place) = body.pointer_mut(&places[dice.usize(0..places.len())]) {
            *place = with;
        }
    }))
}

fn all_places(value: &Value, at: &str, out: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, it)| (key.replace('/', "~1"), it)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect(),
        _ => return,
    };
    for (key, it) in inner {
        let place = format!("{at}/{key}");
        all_places(it, &place, out);
        out.push(place);
    }
}

struct Rig {
    server: Arc<GithubServer>,
    source: Github,
    live: Session,
    batch: Batch,
    boot: Duration,
    polls: Vec<Poll>,
    hit: Arc<AtomicBool>,
}

impl Rig {
    fn new(launch: Arc<Launch>) -> Self {
        let server = Arc::new(GithubServer::start(|world| Truth::default().build(world)));
        let rest = Url::parse(&server.url()).unwrap();
        let graphql = rest.join("/graphql").unwrap();
        let config = GithubConfig { rest, graphql, token: Some(TOKEN.to_owned().into()), own_run: None };
        let source = Github::new(Http::direct(ExchangeLimits::default()).unwrap(), config);
        let live = Session::new(launch, History::default(), Scope::default());
        let demands = live.demands();
        let batch = Batch { questions: demands.questions, targets: demands.targets };
        let boot = Duration::from_secs(1_000);
        Self { server, source, live, batch, boot, polls: Vec::new(), hit: Arc::default() }
    }

    fn now(&self) -> Now {
        Now { wall: DateTime::from_timestamp(1_800_000_000, 0).unwrap() + self.boot, boot: self.boot }
    }

    /// The world becomes another one when so many requests of the next poll have been answered.
    fn moves(&mut self, after: usize, to: Truth) -> Arc<AtomicBool> {
        let (moved, count) = (Arc::new(AtomicBool::new(false)), AtomicUsize::new(0));
        let (server, flag) = (Arc::downgrade(&self.server), Arc::clone(&moved));
        let now = move |_: &Req| {
            if count.fetch_add(1, Ordering::Relaxed) == after
                && let Some(server) = server.upgrade()
            {
                server.edit(|world| to.build(world));
                flag.store(true, Ordering::Relaxed);
            }
            false
        };
        self.server.fault_when(now, Fault::Reset);
        moved
    }

    /// One poll, as the poller makes it, and a look at the board.
    async fn poll(
        &mut self,
        truth: Truth,
        next: Option<(Truth, Arc<AtomicBool>)>,
        seed: u64,
    ) -> (bool, Report) {
        let seen = Stamp::at(self.now());
        self.hit.store(false, Ordering::Relaxed);
        let report = self.source.ask(&self.batch, &CancellationToken::new()).await.complete(&self.batch);
        let moved = next.filter(|(_, moved)| moved.load(Ordering::Relaxed));
        // A world that moved may have been seen as either: no answer is known to be about one of them.
        let broken = self.hit.load(Ordering::Relaxed) || moved.is_some();
        self.polls.push(Poll { at: self.boot, truth, broken });
        self.polls.extend(moved.map(|(truth, _)| Poll { at: self.boot, truth, broken }));
        let told = report.answers.iter().map(|(gate, answer)| {
            let question = self.batch.questions.iter().find(|it| it.gate == *gate).unwrap().digest.clone();
            let answer = answer.clone().map_or_else(Answer::Failed, Answer::Found);
            Observation { gate: gate.clone(), question, seen, answer }
        });
        let targets = report.targets.iter().cloned();
        let targets = targets.map(|(component, answer)| TargetAnswer { component, seen, answer });
        self.live.take_answers(told.collect(), targets.collect());
        (self.look(seed, &report), report)
    }

    fn look(&mut self, seed: u64, report: &Report) -> bool {
        let go = self.live.board(self.now()).word == BoardWord::Go;
        assert!(
            !go || may_be_go(&self.polls, self.boot),
            "FALSE GO with seed {seed} at {:?}: polls {:?}\nthe last answered {:?}",
            self.boot,
            self.polls,
            report.answers
        );
        go
    }
}

/// One schedule: how often GO was said amid the faults, and whether it is said once all is well again.
async fn schedule(launch: Arc<Launch>, seed: u64) -> (u32, bool) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut rig = Rig::new(launch);
    let (mut truth, mut greens) = (Truth::default(), 0);
    for _ in 0..TURNS {
        truth.turn(&mut random);
        rig.server.edit(|world| truth.build(world));
        rig.server.heal();
        if random.u8(0..3) > 0 {
            misfortune(&rig.server, &mut random, &rig.hit);
        }
        let mut next = None;
        if random.u8(0..4) == 0 {
            let mut to = truth;
            (0..3).for_each(|_| to.turn(&mut random));
            // A label that is deleted with its issues between two requests is truly on none: no false go.
            (to.bugs, to.found) = (truth.bugs, truth.found);
            next = Some((to, rig.moves(random.usize(1..5), to)));
        }
        let (go, report) = rig.poll(truth, next.clone(), seed).await;
        if let Some((to, _)) = next.filter(|(_, moved)| moved.load(Ordering::Relaxed)) {
            truth = to;
        }
        greens += u32::from(go);
        let wait = report.wait.unwrap_or_default().max(Duration::from_secs(30));
        // Nothing is taken in meanwhile: what is on the board grows old.
        for _ in 0..random.u8(1..9) {
            rig.boot += wait.min(Duration::from_secs(30));
            rig.look(seed, &report);
        }
    }
    rig.server.heal();
    truth = Truth { commit: truth.commit, ..Truth::default() };
    rig.server.edit(|world| truth.build(world));
    rig.boot += Duration::from_secs(900);
    let (first, _) = rig.poll(truth, None, seed).await;
    rig.boot += Duration::from_secs(30);
    (greens, first || rig.poll(truth, None, seed).await.0)
}

#[test]
fn no_fault_on_the_wire_makes_a_false_go() {
    let launch =
        load(&LoadRequest::text("launch.yaml", LAUNCH), &Registry).expect("the launch is sound").launch;
    let launch = Arc::new(launch);
    let seeds = super::seeds(150);
    let count = seeds.end - seeds.start;
    let (mut late, mut greens) = (Vec::new(), 0);
    for seed in seeds {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (said, back) = runtime.block_on(schedule(Arc::clone(&launch), seed));
        greens += u64::from(said);
        if !back {
            late.push(seed);
        }
    }
    eprintln!("{count} schedules on the wire, GO {greens} times amid the faults, not back: {late:?}");
    assert!(late.is_empty(), "never green again: {late:?}");
    assert!(count < 100 || greens >= count, "GO was said {greens} times in {count} schedules only");
}
