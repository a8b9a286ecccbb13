//! The poller in paused time: it asks when it should, never when it must not, and survives its sources.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use gonogo::{
    domain::{
        Answer, Bound, Budget, BudgetOf, Digest, Failure, FailureKind, Finding, GateId, Now, Outcome, Phase,
        Query, Question, SourceId,
    },
    poller::{Demands, NowFn, Pace, PollEvent, Polled, Poller, SourceKey, poll_once},
    source::{AnswerTimes, Batch, Report, Source},
};
use tokio::{sync::mpsc::Receiver, time::Instant};
use tokio_util::sync::CancellationToken;

/// A source that does what its script says, once per poll; the last line for ever.
struct Scripted {
    script: Mutex<Vec<Line>>,
    asked: Mutex<Vec<(Instant, usize)>>,
    /// What the server says beside its answers, with every poll.
    told: Mutex<(Vec<Budget>, Option<DateTime<Utc>>)>,
    /// What it shares with others, if it does.
    server: Option<Digest>,
}

#[derive(Clone, Copy)]
enum Line {
    Holds,
    Fails(FailureKind),
    RateLimited(u64),
    /// It holds, and was said at this second.
    /// Everything holds, and a cache had kept the first answer for so long.
    Kept(u64),
    Given(i64),
    /// It holds, and was looked at only so many seconds after the poll began.
    Waited(u64),
    Panics,
    Hangs,
    /// The first question is answered, the others wait until it is told to stop.
    FirstOnly,
}

impl Scripted {
    fn new(script: &[Line]) -> Arc<Self> {
        Self::at(None, script)
    }

    /// At a server that others ask with the same credential.
    fn at(server: Option<&str>, script: &[Line]) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.iter().rev().copied().collect()),
            asked: Mutex::default(),
            told: Mutex::default(),
            server: server.map(|name| Digest::of([name.as_bytes()])),
        })
    }

    /// The server has so much left of 5,000 until `resets`, and its own clock says `date`.
    fn tells(&self, remaining: u64, resets: DateTime<Utc>, date: DateTime<Utc>) {
        let budget = Budget { of: BudgetOf::Rest, limit: 5_000, remaining, resets };
        *self.told.lock().unwrap() = (vec![budget], Some(date));
    }

    fn times(&self) -> Vec<Duration> {
        let asked = self.asked.lock().unwrap();
        asked.windows(2).map(|pair| pair[1].0 - pair[0].0).collect()
    }

    fn next(&self) -> Line {
        let mut script = self.script.lock().unwrap();
        if script.len() > 1 { script.pop().unwrap() } else { script[0] }
    }
}

impl Source for Scripted {
    fn id(&self) -> SourceId {
        SourceId::new("scripted")
    }

    fn server(&self) -> Option<Digest> {
        self.server.clone()
    }

    fn ask<'a>(&'a self, batch: &'a Batch, cancel: &'a CancellationToken) -> BoxFuture<'a, Report> {
        self.asked.lock().unwrap().push((Instant::now(), batch.questions.len()));
        let line = self.next();
        Box::pin(async move {
            let failed = |kind| Report::failed(batch, &Failure::new(kind, "scripted"));
            let (budgets, server_time) = self.told.lock().unwrap().clone();
            match line {
                Line::Holds => Report {
                    answers: batch.questions.iter().map(|it| (it.gate.clone(), Ok(finding()))).collect(),
                    budgets,
                    server_time,
                    requests: 1,
                    ..Report::default()
                },
                Line::Fails(kind) => failed(kind),
                Line::Given(second) => {
                    let at = DateTime::from_timestamp(second, 0).unwrap();
                    let given = batch.questions.iter().map(|it| (it.gate.clone(), at)).collect();
                    let answers = batch.questions.iter().map(|it| (it.gate.clone(), Ok(finding()))).collect();
                    let given = AnswerTimes { gates: given, ..AnswerTimes::default() };
                    Report { answers, given, ..Report::default() }
                }
                Line::Kept(seconds) => {
                    let kept = Duration::from_secs(seconds);
                    let answers = batch.questions.iter().map(|it| (it.gate.clone(), Ok(finding()))).collect();
                    let kept = batch.questions.iter().take(1).map(|it| (it.gate.clone(), kept)).collect();
                    Report { answers, kept, ..Report::default() }
                }
                Line::Waited(seconds) => {
                    let wait = Duration::from_secs(seconds);
                    tokio::time::sleep(wait + Duration::from_secs(30)).await;
                    let answers = batch.questions.iter().map(|it| (it.gate.clone(), Ok(finding()))).collect();
                    let now = Now { wall: start() + wait, boot: Duration::from_secs(1_000) + wait };
                    let begun = batch.questions.iter().map(|it| (it.gate.clone(), now)).collect();
                    Report { answers, begun, ..Report::default() }
                }
                Line::RateLimited(seconds) => {
                    Report { wait: Some(Duration::from_secs(seconds)), ..failed(FailureKind::RateLimited) }
                }
                Line::Panics => panic!("scripted panic"),
                Line::Hangs => std::future::pending().await,
                Line::FirstOnly => {
                    cancel.cancelled().await;
                    let mut report = failed(FailureKind::TimedOut);
                    report.answers[0].1 = Ok(finding());
                    report
                }
            }
        })
    }
}

fn finding() -> Finding {
    Finding::new(Outcome::Holds, "fine", "script")
}

fn question(gate: &str) -> Question {
    Question {
        gate: GateId::new(gate),
        digest: Digest::of([gate.as_bytes()]),
        query: Query {
            source: SourceId::new("scripted"),
            thing: "x".into(),
            args: serde_json::Value::Null,
            bound: Bound::Free,
            said: "x".into(),
        },
        version: "1".into(),
        component: None,
        repository: "a/b".into(),
        git_ref: "main".into(),
        connection: None,
    }
}

fn demands(gates: &[&str]) -> Demands {
    Demands {
        questions: gates.iter().map(|gate| question(gate)).collect(),
        targets: Vec::new(),
        freshest: None,
        t0: None,
    }
}

fn polled(source: &Arc<Scripted>) -> Polled {
    let key = SourceKey { source: SourceId::new("scripted"), connection: None };
    Polled { key, source: Arc::clone(source) as Arc<dyn Source> }
}

/// Both clocks run with tokio's paused time.
fn clock() -> NowFn {
    let start = Instant::now();
    Arc::new(move || {
        let passed = start.elapsed();
        let wall = DateTime::from_timestamp(1_800_000_000, 0).unwrap() + passed;
        Now { wall, boot: Duration::from_secs(1_000) + passed }
    })
}

async fn answers(events: &mut Receiver<PollEvent>, count: usize) -> Vec<Answer> {
    let mut found = Vec::new();
    while found.len() < count {
        if let PollEvent::Answered { observations, .. } = events.recv().await.unwrap() {
            found.extend(observations.into_iter().map(|it| it.answer));
        }
    }
    found
}

async fn phase(events: &mut Receiver<PollEvent>, wanted: Phase) {
    loop {
        if matches!(events.recv().await.unwrap(), PollEvent::Health(health) if health.phase == wanted) {
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn it_asks_at_once_and_then_at_every_interval() {
    let source = Scripted::new(&[Line::Holds]);
    let (poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &clock());
    poller.demand(demands(&["a/b"]));
    answers(&mut events, 5).await;
    let times = source.times();
    assert!(times.iter().all(|gap| (25..=31).contains(&gap.as_secs())), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_nothing_is_demanded() {
    let source = Scripted::new(&[Line::Holds]);
    let (_poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &clock());
    let quiet = tokio::time::timeout(Duration::from_secs(600), events.recv()).await;
    assert!(quiet.is_err() && source.asked.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_server_decides_when_to_come_back_even_when_a_person_wants_it_sooner() {
    let source = Scripted::new(&[Line::RateLimited(300), Line::Holds]);
    let (poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &clock());
    poller.demand(demands(&["a/b"]));
    phase(&mut events, Phase::RateLimited).await;
    poller.refresh();
    poller.demand(demands(&["a/b", "a/c"]));
    answers(&mut events, 3).await;
    let times = source.times();
    assert!(times[0] >= Duration::from_secs(300), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_is_a_state_and_is_asked_again() {
    let source = Scripted::new(&[Line::Panics, Line::Holds]);
    let (poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &clock());
    poller.demand(demands(&["a/b"]));
    let both = answers(&mut events, 2).await;
    assert!(matches!(&both[0], Answer::Failed(failure) if failure.kind == FailureKind::Crashed), "{both:?}");
    assert!(matches!(both[1], Answer::Found(_)));
}

/// A loop of the poller's own panics too, not only the source's code: it is told, and the source is asked on.
#[tokio::test(start_paused = true)]
async fn a_loop_that_panics_is_told_and_begins_anew() {
    let source = Scripted::new(&[Line::Holds]);
    let (clock, looks) = (clock(), Arc::new(AtomicU32::new(0)));
    let broken: NowFn = Arc::new(move || {
        assert_ne!(looks.fetch_add(1, Ordering::Relaxed), 12, "scripted panic of the clock");
        clock()
    });
    let (poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &broken);
    poller.demand(demands(&["a/b"]));
    phase(&mut events, Phase::Crashed).await;
    let before = source.asked.lock().unwrap().len();
    phase(&mut events, Phase::Well).await;
    assert!(source.asked.lock().unwrap().len() > before, "it is asked again");
    poller.stop().await;
}

/// Two programs: `a/slow` takes nine minutes, `a/quick` none.
struct Programs;

impl Source for Programs {
    fn id(&self) -> SourceId {
        SourceId::new("scripted")
    }

    fn asks_apart(&self) -> bool {
        true
    }

    fn ask<'a>(&'a self, batch: &'a Batch, _: &'a CancellationToken) -> BoxFuture<'a, Report> {
        Box::pin(async move {
            if batch.questions.iter().any(|it| it.gate.as_str() == "a/slow") {
                tokio::time::sleep(Duration::from_secs(540)).await;
            }
            let answers = batch.questions.iter().map(|it| (it.gate.clone(), Ok(finding()))).collect();
            Report { answers, ..Report::default() }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_program_makes_no_other_gates_answer_old() {
    let key = SourceKey { source: SourceId::new("scripted"), connection: None };
    let polled = Polled { key, source: Arc::new(Programs) };
    let clock = clock();
    let (poller, mut events) = Poller::start(vec![polled], Pace::default(), &clock);
    poller.demand(demands(&["a/slow", "a/quick"]));
    let (mut slow, mut quick, mut health) = (0, Vec::new(), None);
    while slow == 0 {
        match events.recv().await.unwrap() {
            PollEvent::Answered { observations, .. } => {
                for it in observations {
                    let age = clock().wall - it.seen.wall;
                    if it.gate.as_str() == "a/quick" {
                        quick.push((Instant::now(), age));
                    } else {
                        slow += 1;
                        assert_eq!(age.num_seconds(), 540, "as old as its own run");
                    }
                }
            }
            PollEvent::Health(state) => health = Some(state),
        }
    }
    assert!(quick.len() >= 15, "{}", quick.len());
    assert!(quick.iter().all(|(_, age)| age.is_zero()), "{quick:?}");
    let health = health.unwrap();
    assert_eq!((health.phase, health.asked), (Phase::Asking, 1), "one state of both: {health:?}");
    poller.demand(demands(&["a/quick"]));
    poller.refresh();
    phase(&mut events, Phase::Well).await;
    poller.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_had_to_wait_for_its_turn_is_as_old_as_its_own_look() {
    let source = Scripted::new(&[Line::Waited(300)]);
    let settled =
        poll_once(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(600), &clock()).await;
    let seen = settled.observations[0].seen;
    assert_eq!((seen.wall - start()).num_seconds(), 300);
    assert_eq!(seen.boot, Some(Duration::from_secs(1_300)));
}

#[tokio::test(start_paused = true)]
async fn a_new_question_is_asked_at_once_and_a_refresh_too() {
    let source = Scripted::new(&[Line::Holds]);
    let (poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &clock());
    poller.demand(demands(&["a/b"]));
    answers(&mut events, 1).await;
    phase(&mut events, Phase::Well).await;
    poller.demand(demands(&["a/b", "a/c"]));
    answers(&mut events, 2).await;
    phase(&mut events, Phase::Well).await;
    poller.refresh();
    answers(&mut events, 2).await;
    assert!(source.times().iter().all(|gap| *gap < Duration::from_secs(2)), "{:?}", source.times());
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_a_source_that_hangs() {
    let source = Scripted::new(&[Line::Hangs]);
    let (poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &clock());
    poller.demand(demands(&["a/b"]));
    phase(&mut events, Phase::Asking).await;
    let before = Instant::now();
    poller.stop().await;
    assert!(before.elapsed() < Duration::from_millis(500));
}

#[tokio::test(start_paused = true)]
async fn settling_outlasts_a_bad_gateway() {
    let source = Scripted::new(&[Line::Fails(FailureKind::ServerError), Line::Panics, Line::Holds]);
    let settled =
        poll_once(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(60), &clock()).await;
    assert!(!settled.timed_out);
    assert!(matches!(settled.observations[0].answer, Answer::Found(_)));
}

#[tokio::test(start_paused = true)]
async fn settling_does_not_retry_what_is_definitive() {
    let source = Scripted::new(&[Line::Fails(FailureKind::Unauthorized), Line::Holds]);
    let settled =
        poll_once(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(60), &clock()).await;
    assert!(matches!(settled.observations[0].answer, Answer::Failed(_)));
    assert_eq!(source.asked.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_slow_answer_costs_the_others_nothing() {
    let source = Scripted::new(&[Line::FirstOnly]);
    let settled =
        poll_once(vec![polled(&source)], &demands(&["a/b", "a/c"]), Duration::from_secs(60), &clock()).await;
    assert!(settled.timed_out);
    let of = |gate: &str| &settled.observations.iter().find(|it| it.gate.as_str() == gate).unwrap().answer;
    assert!(matches!(of("a/b"), Answer::Found(_)), "{settled:?}");
    let Answer::Failed(late) = of("a/c") else { panic!("{settled:?}") };
    assert_eq!(&*late.message, "no answer within 60 s");
}

#[tokio::test(start_paused = true)]
async fn settling_ends_with_its_time_and_keeps_the_failure() {
    for line in [Line::Hangs, Line::Fails(FailureKind::ServerError), Line::RateLimited(3_600)] {
        let source = Scripted::new(&[line]);
        let before = Instant::now();
        let settled =
            poll_once(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(60), &clock()).await;
        assert!(settled.timed_out && before.elapsed() <= Duration::from_secs(61));
        let [Answer::Failed(failure)] =
            settled.observations.iter().map(|it| &it.answer).collect::<Vec<_>>()[..]
        else {
            panic!("one question, one failure: {settled:?}")
        };
        let expected = match line {
            Line::Hangs => (FailureKind::TimedOut, "no answer within 60 s"),
            Line::Fails(kind) => (kind, "scripted"),
            _ => (FailureKind::RateLimited, "scripted"),
        };
        assert_eq!((failure.kind, &*failure.message), expected);
    }
}

/// Two connections to one server: what it tells the one, the other keeps to as well, before its first question too.
#[tokio::test(start_paused = true)]
async fn settling_asks_no_server_that_told_another_connection_to_wait() {
    let limited = Scripted::at(Some("s"), &[Line::RateLimited(20), Line::Holds]);
    let failing = Scripted::at(Some("s"), &[Line::Fails(FailureKind::ServerError), Line::Holds]);
    let other = |source: &Arc<Scripted>| {
        let key = SourceKey { source: SourceId::new("scripted"), connection: Some("b".into()) };
        Polled { key, source: Arc::clone(source) as Arc<dyn Source> }
    };
    let mut both = demands(&["a/b", "a/c"]);
    both.questions[1].connection = Some("b".into());
    let sources = vec![other(&failing), polled(&limited)];
    let settled = poll_once(sources, &both, Duration::from_secs(60), &clock()).await;
    assert!(settled.observations.iter().all(|it| matches!(it.answer, Answer::Found(_))), "{settled:?}");
    for source in [&limited, &failing] {
        assert!(source.times().iter().all(|gap| *gap >= Duration::from_secs(20)), "{:?}", source.times());
    }
}

#[tokio::test(start_paused = true)]
async fn settling_asks_again_only_what_is_open() {
    let source = Scripted::new(&[Line::RateLimited(5), Line::Holds]);
    poll_once(vec![polled(&source)], &demands(&["a/b", "a/c"]), Duration::from_secs(60), &clock()).await;
    let asked: Vec<_> = source.asked.lock().unwrap().iter().map(|(_, count)| *count).collect();
    assert_eq!(asked, [2, 2]);
    assert!(source.times()[0] >= Duration::from_secs(5));
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// How long the poller waits after its first poll.
async fn first_gap(source: &Arc<Scripted>, demands: Demands) -> Duration {
    let (poller, mut events) = Poller::start(vec![polled(source)], Pace::default(), &clock());
    poller.demand(demands);
    answers(&mut events, 2).await;
    source.times()[0]
}

#[tokio::test(start_paused = true)]
async fn a_spent_budget_is_waited_for_by_the_servers_clock_whatever_ours_says() {
    // Ours is an hour ahead, an hour behind, ten years behind; the server's reset is 600 s off by its own.
    for off in [0, -3_600, 3_600, 315_360_000] {
        let source = Scripted::new(&[Line::Holds]);
        let date = start() + TimeDelta::seconds(off);
        source.tells(0, date + TimeDelta::seconds(600), date);
        let gap = first_gap(&source, demands(&["a/b"])).await.as_secs();
        assert!((600..=603).contains(&gap), "{off}: {gap}");
    }
}

#[tokio::test(start_paused = true)]
async fn below_a_fifth_of_the_budget_it_slows_down_and_before_t0_it_hurries() {
    let ask = async |remaining, until_t0| {
        let source = Scripted::new(&[Line::Holds]);
        source.tells(remaining, start() + TimeDelta::seconds(3_000), start());
        let t0 = Some(start() + TimeDelta::seconds(until_t0));
        first_gap(&source, Demands { t0, ..demands(&["a/b"]) }).await.as_secs()
    };
    let (plenty, hour) = (4_900, 3_599);
    assert!((25..=30).contains(&ask(plenty, 7_200).await), "long before T-0");
    assert!((12..=15).contains(&ask(plenty, hour).await), "in the last hour");
    assert!((25..=30).contains(&ask(plenty, -60).await), "after T-0");
    assert!((50..=60).contains(&ask(900, 7_200).await), "little is left");
    assert!((50..=60).contains(&ask(900, hour).await), "little is left in the last hour");
}

#[tokio::test(start_paused = true)]
async fn the_interval_is_a_third_of_the_freshness_at_most_also_when_little_is_left() {
    let source = Scripted::new(&[Line::Holds]);
    source.tells(10, start() + TimeDelta::seconds(3_000), start());
    let demands = Demands { freshest: Some(Duration::from_secs(60)), ..demands(&["a/b"]) };
    assert!(first_gap(&source, demands).await <= Duration::from_secs(21));
}

#[tokio::test(start_paused = true)]
async fn five_hundreds_for_five_minutes_cost_a_tenth_more_at_most_and_one_bad_answer_is_soon_forgotten() {
    let count = async |line, seconds| {
        let source = Scripted::new(&[line]);
        let (poller, mut events) = Poller::start(vec![polled(&source)], Pace::default(), &clock());
        poller.demand(demands(&["a/b"]));
        let watch = async { while events.recv().await.is_some() {} };
        drop(tokio::time::timeout(Duration::from_secs(seconds), watch).await);
        source.asked.lock().unwrap().len()
    };
    let five_xx = Line::Fails(FailureKind::ServerError);
    for seconds in [300, 36_000] {
        let (good, bad) = (count(Line::Holds, seconds).await, count(five_xx, seconds).await);
        // One request more at the start of a short spell is a tenth of little.
        assert!(bad * 10 <= good * 11 + 10, "{bad} requests instead of {good} in {seconds} s");
    }
    let source = Scripted::new(&[five_xx, Line::Holds]);
    assert!(first_gap(&source, demands(&["a/b"])).await < Duration::from_secs(6));
}

#[tokio::test(start_paused = true)]
async fn one_source_that_fails_keeps_no_other_waiting() {
    let (bad, good) = (Scripted::new(&[Line::RateLimited(900)]), Scripted::new(&[Line::Holds]));
    let other = SourceKey { source: SourceId::new("scripted"), connection: Some("other".into()) };
    let sources = vec![polled(&bad), Polled { key: other, ..polled(&good) }];
    let (poller, mut events) = Poller::start(sources, Pace::default(), &clock());
    let mut wanted = demands(&["a/b", "a/c"]);
    wanted.questions[1].connection = Some("other".into());
    poller.demand(wanted);
    let watch = async { while events.recv().await.is_some() {} };
    drop(tokio::time::timeout(Duration::from_secs(800), watch).await);
    assert_eq!(bad.asked.lock().unwrap().len(), 1, "told to wait");
    assert!(good.asked.lock().unwrap().len() >= 26, "{:?}", good.times());
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_a_recorded_day_is_as_old_as_it_was() {
    let source = Scripted::new(&[Line::Given(1_800_000_000 - 300)]);
    let settled =
        poll_once(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(5), &clock()).await;
    let seen = settled.observations[0].seen;
    assert_eq!((seen.wall.timestamp(), seen.boot), (1_800_000_000 - 300, Some(Duration::from_secs(700))));
}

/// A proxy may answer for the server with what it has.
#[tokio::test(start_paused = true)]
async fn what_a_cache_had_kept_is_as_old_as_that() {
    let source = Scripted::new(&[Line::Kept(590)]);
    let settled =
        poll_once(vec![polled(&source)], &demands(&["a/b", "a/c"]), Duration::from_secs(5), &clock()).await;
    let seen = |gate: &str| settled.observations.iter().find(|it| it.gate.to_string() == gate).unwrap().seen;
    let (old, new) = (seen("a/b"), seen("a/c"));
    assert_eq!((old.wall.timestamp(), old.boot), (1_800_000_000 - 590, Some(Duration::from_secs(410))));
    assert_eq!((new.wall.timestamp(), new.boot), (1_800_000_000, Some(Duration::from_secs(1_000))));
}

/// Two connections with one token on one server: whoever is told to wait, is told it for both.
#[tokio::test(start_paused = true)]
async fn connections_with_one_token_on_one_server_wait_together() {
    for (servers, more) in [(["s", "s"], false), (["s", "t"], true)] {
        let told = Scripted::at(Some(servers[0]), &[Line::Holds, Line::RateLimited(900)]);
        let other = Scripted::at(Some(servers[1]), &[Line::Holds]);
        let key = SourceKey { source: SourceId::new("scripted"), connection: Some("other".into()) };
        let sources = vec![polled(&told), Polled { key, ..polled(&other) }];
        let (poller, mut events) = Poller::start(sources, Pace::default(), &clock());
        let mut wanted = demands(&["a/b", "a/c"]);
        wanted.questions[1].connection = Some("other".into());
        poller.demand(wanted);
        let watch = async { while events.recv().await.is_some() {} };
        drop(tokio::time::timeout(Duration::from_secs(800), watch).await);
        let asked = other.asked.lock().unwrap().len();
        assert_eq!((told.asked.lock().unwrap().len(), asked > 3), (2, more), "{servers:?}: {asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_cockpits_that_start_together_do_not_poll_in_step() {
    let begun = Instant::now();
    let sources: Vec<_> = (0..10).map(|_| Scripted::new(&[Line::Holds])).collect();
    let mut running = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        let now = clock();
        // As on ten machines: nobody's clocks are equal to the nanosecond.
        let off = Duration::from_nanos(at as u64 * 1_001);
        let now: NowFn = Arc::new(move || Now { boot: now().boot + off, ..now() });
        let (poller, mut events) = Poller::start(vec![polled(source)], Pace::default(), &now);
        poller.demand(demands(&["a/b"]));
        running.push((poller, tokio::spawn(async move { while events.recv().await.is_some() {} })));
    }
    tokio::time::sleep(Duration::from_secs(600)).await;
    let at = |source: &Scripted| -> Vec<u64> {
        source.asked.lock().unwrap().iter().map(|(at, _)| (*at - begun).as_secs()).collect()
    };
    let last: Vec<_> = sources.iter().map(|it| at(it).into_iter().filter(|at| *at > 300)).collect();
    let mut crowd = std::collections::BTreeMap::<u64, usize>::new();
    last.into_iter().flatten().for_each(|at| *crowd.entry(at).or_default() += 1);
    assert!(crowd.values().all(|many| *many <= 4), "so many in one second: {crowd:?}");
}
