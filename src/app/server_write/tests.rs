//! A yes that took a while, by a clock that runs on meanwhile.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use futures_util::future::BoxFuture;
use gonogo_domain::{Decision, Now};
use gonogo_source::AnswerFuture;

use super::*;
use crate::{ActPlanner, LaunchSelection, PlannedActs, SignRequest, sign::sign};

const LAUNCH: &str = "\
launch: rocket
title: Rocket
version: 2.0.0
target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }
schedule: { t0: 2100-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo } }
roles: { director: { people: [octo] } }
roll_call: { stations: [{ station: director }], final_call: director }
gates: [{ gate: tested, title: Tested, sign_off: { by: [director] } }]
";

/// Keeps what it is sent.
#[derive(Default)]
struct Server(Mutex<Vec<Str>>);

impl Writes for Server {
    fn prepare<'a>(&'a self, ask: &'a WriteAsk, _: &'a CancellationToken) -> AnswerFuture<'a, Prepared> {
        let write = Write::new("commit status", "POST", "http://127.0.0.1/status", format!("{ask:?}"));
        Box::pin(std::future::ready(Ok(Prepared::Send(write))))
    }

    fn send<'a>(&'a self, write: &'a Write, _: &'a CancellationToken) -> BoxFuture<'a, Sent> {
        self.0.lock().unwrap().push(write.body.clone());
        Box::pin(std::future::ready(Sent::Done("ok".into())))
    }

    fn look<'a>(&'a self, _: &'a Write, _: &'a CancellationToken) -> AnswerFuture<'a, Option<Str>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

fn opened(home: &std::path::Path) -> Opened {
    std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
    std::fs::write(home.join("settings.yaml"), "identity: { name: octo }\nwrites: [status]\n").unwrap();
    let chosen = LaunchSelection {
        path: Some(home.into()),
        journal: Some(home.join("journal.db").display().to_string()),
        settings: Some(home.join("settings.yaml")),
        ..LaunchSelection::default()
    };
    crate::open(chosen).unwrap()
}

/// What others record.
fn record(opened: &Opened, command: Command) {
    let plan: ActPlanner = Box::new(move |_| Ok(PlannedActs::new(vec![command])));
    let request =
        SignRequest { plan, on_behalf: None, confirm: Box::new(|_| Ok(())), waiting: Box::new(|_| ()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(sign(opened, request)).unwrap();
}

fn hold() -> Command {
    Command::Decide {
        decision: Decision::Hold { until: None, until_true: Vec::new() },
        reason: "refunds fail".into(),
        overrides: false,
        over: Vec::new(),
        seen: None,
        terms: gonogo_domain::DecisionTerms::default(),
    }
}

/// Says yes after so many seconds, while others record something; how it ended, and what the server got.
fn yes_after(seconds: u64, meanwhile: Command) -> (Result<WriteOutcome, AppError>, usize) {
    let home = tempfile::tempdir().unwrap();
    let opened = opened(home.path());
    record(&opened, Command::Note { gate: None, text: "it begins".into() });
    let passed = Arc::new(AtomicU64::new(0));
    let start = gonogo_clock::Clock::system().read();
    let clock = Arc::clone(&passed);
    let now: NowFn = Arc::new(move || {
        let passed = Duration::from_secs(clock.load(Ordering::SeqCst));
        Now { wall: start.wall + passed, boot: start.boot + passed }
    });
    let others = opened.clone();
    let confirm: Confirm = Box::new(move |_| {
        passed.store(seconds, Ordering::SeqCst);
        std::thread::spawn(move || record(&others, meanwhile)).join().unwrap();
        Ok(())
    });
    let request = WriteRequest {
        wish: RequestedWrite::Status,
        on_behalf: None,
        preview: false,
        confirm,
        waiting: Box::new(|_| ()),
    };
    let server = Server::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(act_on(&server, &opened, request, &now));
    let sent = server.0.lock().unwrap().len();
    (ended, sent)
}

#[test]
fn a_yes_that_took_over_a_minute_is_judged_anew() {
    let note = || Command::Note { gate: None, text: "still green".into() };
    let (soon, sent) = yes_after(59, note());
    assert!(soon.unwrap_err().to_string().contains("1 new entry"), "said on what was seen");
    assert_eq!(sent, 0);
    let (late, sent) = yes_after(61, note());
    assert!(matches!(late, Ok(WriteOutcome::Known { state: WriteState::Done, .. })), "{late:?}");
    assert_eq!(sent, 1, "looked at anew, and it says the same");
    let (changed, sent) = yes_after(61, hold());
    assert!(changed.unwrap_err().to_string().contains("has changed since you were asked"));
    assert_eq!(sent, 0);
}
