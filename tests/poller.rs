//! The poller in paused time: it asks when it should, never when it must not, and survives its sources.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::DateTime;
use futures_util::future::BoxFuture;
use gonogo::{
    domain::{
        Answer, Bound, Digest, Failure, FailureKind, Finding, GateId, Now, Outcome, Phase, Query, Question,
        SourceId,
    },
    poller::{Demands, NowFn, Pace, PollEvent, Polled, Poller, SourceKey, settle},
    source::{Batch, Report, Source},
};
use tokio::{sync::mpsc::Receiver, time::Instant};
use tokio_util::sync::CancellationToken;

/// A source that does what its script says, once per poll; the last line for ever.
struct Scripted {
    script: Mutex<Vec<Line>>,
    asked: Mutex<Vec<(Instant, usize)>>,
}

#[derive(Clone, Copy)]
enum Line {
    Holds,
    Fails(FailureKind),
    RateLimited(u64),
    Panics,
    Hangs,
}

impl Scripted {
    fn new(script: &[Line]) -> Arc<Self> {
        Arc::new(Self { script: Mutex::new(script.iter().rev().copied().collect()), asked: Mutex::default() })
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

    fn ask<'a>(&'a self, batch: &'a Batch, _: &'a CancellationToken) -> BoxFuture<'a, Report> {
        self.asked.lock().unwrap().push((Instant::now(), batch.questions.len()));
        let line = self.next();
        Box::pin(async move {
            let failed = |kind| Report::failed(batch, &Failure::new(kind, "scripted"));
            match line {
                Line::Holds => Report {
                    answers: batch.questions.iter().map(|it| (it.gate.clone(), Ok(finding()))).collect(),
                    ..Report::default()
                },
                Line::Fails(kind) => failed(kind),
                Line::RateLimited(seconds) => {
                    Report { wait: Some(Duration::from_secs(seconds)), ..failed(FailureKind::RateLimited) }
                }
                Line::Panics => panic!("scripted panic"),
                Line::Hangs => std::future::pending().await,
            }
        })
    }
}

fn finding() -> Finding {
    Finding {
        outcome: Outcome::Holds,
        reason: "fine".into(),
        about: None,
        until: None,
        url: None,
        rows: Vec::new(),
        lineage: "script".into(),
        accepted: Vec::new(),
    }
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
    let settled = settle(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(60), &clock()).await;
    assert!(!settled.timed_out);
    assert!(matches!(settled.observations[0].answer, Answer::Found(_)));
}

#[tokio::test(start_paused = true)]
async fn settling_does_not_retry_what_is_definitive() {
    let source = Scripted::new(&[Line::Fails(FailureKind::Unauthorized), Line::Holds]);
    let settled = settle(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(60), &clock()).await;
    assert!(matches!(settled.observations[0].answer, Answer::Failed(_)));
    assert_eq!(source.asked.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn settling_ends_with_its_time_and_keeps_the_failure() {
    for line in [Line::Hangs, Line::Fails(FailureKind::ServerError), Line::RateLimited(3_600)] {
        let source = Scripted::new(&[line]);
        let before = Instant::now();
        let settled =
            settle(vec![polled(&source)], &demands(&["a/b"]), Duration::from_secs(60), &clock()).await;
        assert!(settled.timed_out && before.elapsed() <= Duration::from_secs(61));
        assert!(settled.observations.iter().all(|it| matches!(it.answer, Answer::Failed(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn settling_asks_again_only_what_is_open() {
    let source = Scripted::new(&[Line::RateLimited(5), Line::Holds]);
    settle(vec![polled(&source)], &demands(&["a/b", "a/c"]), Duration::from_secs(60), &clock()).await;
    let asked: Vec<_> = source.asked.lock().unwrap().iter().map(|(_, count)| *count).collect();
    assert_eq!(asked, [2, 2]);
    assert!(source.times()[0] >= Duration::from_secs(5));
}
