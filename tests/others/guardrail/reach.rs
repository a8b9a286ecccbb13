//! How far a release is out: as written, as asked, and what becomes of the board.

use std::time::Duration;

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
    domain::{
        Act, Actor, Agreement, Answer, Board, BoardWord, Cause, ClauseKind, Digest, Event, Evidence, Failure,
        FailureKind, Finding, History, Known, Launch, Measured, Measurement, Now, Observation, Oid, Outcome,
        Query, Question, Real, Scope, SourceId, StageAct, Stamp, TargetAnswer, Window, demands, evaluate,
    },
    source::register::declared,
    yaml,
};
use serde_json::{Value, json};

use super::files::{launch, problems};
use crate::{
    others::{
        kit::{CANARY, ask, clock, ok, serve, source, word},
        probe::{Names, config, probe_with},
        tls::{GOOD, TlsServer, answer},
    },
    support::server::Req,
};

const ROLLOUT: &str = "
rollout:
  advance_by: [lead]
  actual: { flag: { key: checkout-v3, provider: launchdarkly, project: checkout, environment: production } }
  exposure:
    window: 1m
    prometheus:
      seen: 'sum(increase(checkout_total{flag=\"on\"}[{{ window }}]))'
      total: 'sum(increase(checkout_total[{{ window }}]))'
  stages:
    - { stage: pilot, audience: { cohort: testers }, pilot: true }
    - { stage: canary, audience: { percent: 10 }, soak: { time: 1h } }
    - { stage: ramp, audience: { percent: 50 }, over: 10h }
    - { stage: everyone, audience: { percent: 100 } }
";
const START: i64 = 1_796_000_000;

fn loaded(rollout: &str) -> Launch {
    launch(rollout).unwrap_or_else(|found| panic!("{found:#?}")).launch
}

fn at(seconds: i64) -> Now {
    let wall = chrono::DateTime::from_timestamp(START + seconds, 0).unwrap();
    Now { wall, boot: Duration::from_secs(10_000 + seconds.unsigned_abs()) }
}

fn oid() -> Oid {
    Oid::parse(&"a".repeat(40)).unwrap()
}

fn moved(launch: &Launch, stage: &str, step: StageAct, seconds: i64) -> Event {
    Event {
        id: uuid::Uuid::from_u128(u128::from(seconds.unsigned_abs()) + 1),
        at: at(seconds).wall,
        actor: Actor { name: "octo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: launch.id.clone(),
        version: launch.version.clone(),
        commit: Some(oid()),
        checklist_digest: launch.digest.clone(),
        act: Act::Stage { stage: stage.into(), step, note: Some("so".into()), overrides: true },
    }
}

fn finding() -> Finding {
    Finding::new(Outcome::Unclear, "", "test")
}

fn real(value: f64) -> Real {
    Real::new(value).unwrap()
}

/// What is known at a moment: the flag, and how many of a hundred requests a minute had the release.
struct Told {
    percent: Result<(f64, f64), FailureKind>,
    seen: Option<f64>,
}

fn board(launch: &Launch, history: &History, told: &Told, seconds: i64) -> Board {
    let mut evidence = Evidence::default();
    let seen = Stamp::at(at(seconds));
    evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(oid()) });
    for (gate, question) in demands(launch, history) {
        let subject = gate.to_string();
        let answer = if subject.ends_with(".actual") {
            match told.percent {
                Ok((low, high)) => {
                    let measured = Some(Measured::Reach { low: real(low), high: real(high) });
                    Answer::Found(Finding { measured, ..finding() })
                }
                Err(kind) => Answer::Failed(Failure::new(kind, "no such flag")),
            }
        } else if subject.ends_with(".exposure") {
            let Some(share) = told.seen else { continue };
            let window = |n: i64| Window {
                from: START + n * 60,
                to: START + n * 60 + 60,
                is: Measurement::Share(real(share), real(100.0)),
                control: None,
            };
            let windows = (0..seconds / 60).map(window).collect();
            Answer::Found(Finding { measured: Some(Measured::Windows(windows)), ..finding() })
        } else {
            Answer::Found(Finding { outcome: Outcome::Holds, about: Some(oid()), ..finding() })
        };
        evidence.observe(Observation { gate, question: question.digest, seen, answer });
    }
    evaluate(launch, &evidence, history, at(seconds), &Scope::default())
}

fn out(launch: &Launch, stages: &[(&str, StageAct, i64)]) -> History {
    let events: Vec<Event> =
        stages.iter().map(|(stage, step, at)| moved(launch, stage, *step, *at)).collect();
    History::fold(&events)
}

fn drift(board: &Board) -> Option<String> {
    board.lowered.iter().find(|it| it.cause == Cause::Drift).map(|it| it.reason.to_string())
}

#[test]
fn record_and_truth_stand_side_by_side_and_drift_is_a_hold() {
    let launch = loaded(ROLLOUT);
    let canary = out(&launch, &[("canary", StageAct::Started, 0)]);
    for (percent, agreement, part) in [
        (Ok((10.0, 10.0)), Agreement::Same, None),
        (Ok((10.1, 10.1)), Agreement::Same, None),
        (
            Ok((25.0, 25.0)),
            Agreement::Differs,
            Some("10 % is recorded for stage/canary, and 25 % is real by flag"),
        ),
        (Ok((0.0, 0.0)), Agreement::Differs, Some("and 0 % is real")),
        // Rules of the flag may raise it: that it is 10 % is not shown.
        (Ok((10.0, 100.0)), Agreement::Unknown, Some("between 10 and 100 %")),
        (
            Err(FailureKind::NotFound),
            Agreement::Unknown,
            Some("what is real is not known: flag: no such flag"),
        ),
    ] {
        let board = board(&launch, &canary, &Told { percent, seen: Some(10.0) }, 600);
        let reach = board.reach.as_ref().unwrap();
        assert_eq!((&*reach.recorded, reach.percent), ("10 %", Some(10.0)));
        assert_eq!(reach.actual.as_ref().unwrap().agreement, agreement, "{percent:?}");
        assert_eq!(board.word == BoardWord::Go, part.is_none(), "{percent:?}: {:?}", board.reasons);
        let said = drift(&board).unwrap_or_default();
        assert!(said.contains(part.unwrap_or_default()), "{percent:?}: {said}");
        // The next stage waits for it, unless a person overrides.
        let clauses = &board.stages[2].clauses;
        let clause = clauses.iter().find(|it| it.kind == ClauseKind::Reach).unwrap();
        assert_eq!((clause.met, clause.yields), (part.is_none(), true), "{percent:?}");
    }
}

#[test]
fn before_anything_is_out_nothing_is_asked_and_after_a_rollback_it_still_is() {
    let launch = loaded(ROLLOUT);
    let none = History::default();
    let asked = |history: &History| {
        demands(&launch, history)
            .into_iter()
            .filter(|(id, _)| id.to_string().starts_with("guardrail/."))
            .count()
    };
    assert_eq!(asked(&none), 0);
    assert!(board(&launch, &none, &Told { percent: Ok((10.0, 10.0)), seen: None }, 600).reach.is_none());
    let back = out(&launch, &[("canary", StageAct::Started, 0), ("canary", StageAct::RolledBack, 60)]);
    assert_eq!(asked(&back), 1, "nobody has it, so there is no share to be seen");
    let still = board(&launch, &back, &Told { percent: Ok((10.0, 10.0)), seen: None }, 600);
    assert!(drift(&still).unwrap().contains("nobody is recorded for the rollback, and 10 % is real"));
    let gone = board(&launch, &back, &Told { percent: Ok((0.0, 0.0)), seen: None }, 600);
    assert_eq!(drift(&gone), None);
    // People that are no percentage cannot be compared with one, and nothing is missing.
    let pilot = out(&launch, &[("pilot", StageAct::Started, 0)]);
    for percent in [Ok((3.0, 3.0)), Err(FailureKind::NotFound)] {
        let board = board(&launch, &pilot, &Told { percent, seen: None }, 600);
        assert_eq!(board.reach.as_ref().unwrap().actual.as_ref().unwrap().agreement, Agreement::Apart);
        assert_eq!(drift(&board), None);
    }
}

#[test]
fn an_answer_that_is_old_is_not_what_is_real() {
    let launch = loaded(ROLLOUT);
    let history = out(&launch, &[("canary", StageAct::Started, 0)]);
    let mut evidence = Evidence::default();
    for (gate, question) in
        demands(&launch, &history).into_iter().filter(|(id, _)| id.to_string().ends_with(".actual"))
    {
        let measured = Some(Measured::Reach { low: real(10.0), high: real(10.0) });
        let answer = Answer::Found(Finding { measured, ..finding() });
        evidence.observe(Observation { gate, question: question.digest, seen: Stamp::at(at(60)), answer });
    }
    let agreement = |seconds: i64| {
        let board = evaluate(&launch, &evidence, &history, at(seconds), &Scope::default());
        let changes = board.changes_at;
        (board.reach.unwrap().actual.unwrap().agreement, changes)
    };
    let (fresh, changes) = agreement(120);
    assert_eq!(fresh, Agreement::Same);
    assert!(changes.unwrap() <= at(60 + 601).wall, "it is looked at again when it gets old: {changes:?}");
    assert_eq!(agreement(60 + 601).0, Agreement::Unknown);
}

#[test]
fn on_a_ramp_anything_on_its_way_is_as_recorded() {
    let launch = loaded(ROLLOUT);
    let history = out(&launch, &[("canary", StageAct::Started, 0), ("ramp", StageAct::Started, 60)]);
    let of = |percent: f64, seconds: i64| {
        let board = board(&launch, &history, &Told { percent: Ok((percent, percent)), seen: None }, seconds);
        board.reach.unwrap().actual.unwrap().agreement
    };
    assert_eq!(
        (of(10.0, 600), of(30.0, 600), of(50.0, 600)),
        (Agreement::Same, Agreement::Same, Agreement::Same)
    );
    assert_eq!((of(5.0, 600), of(80.0, 600)), (Agreement::Differs, Agreement::Differs));
    assert_eq!((of(30.0, 36_100), of(50.0, 36_100)), (Agreement::Differs, Agreement::Same), "it is over");
}

#[test]
fn a_stage_that_does_not_get_its_traffic_is_said_and_lowers_nothing() {
    let launch = loaded(ROLLOUT);
    let history = out(&launch, &[("canary", StageAct::Started, 0)]);
    let of = |seen: Option<f64>, seconds: i64| {
        board(&launch, &history, &Told { percent: Ok((10.0, 10.0)), seen }, seconds)
    };
    let few = of(Some(3.0), 1_200);
    let exposure = few.reach.as_ref().unwrap().exposure.clone().unwrap();
    assert!(exposure.off && exposure.counted == Some((60, 2_000)), "{exposure:?}");
    assert!(
        few.remarks.iter().any(|it| it.starts_with("10 % recorded, 3 % seen (60 of 2,000)")),
        "{:?}",
        few.remarks
    );
    assert_eq!(few.word, BoardWord::Go, "{:?}", few.reasons);
    for (seen, off) in [(Some(9.5), false), (Some(11.0), false), (Some(16.0), true), (Some(0.0), true)] {
        assert_eq!(of(seen, 1_200).reach.unwrap().exposure.unwrap().off, off, "{seen:?}");
    }
    // Too few to say: three of two hundred could be chance no more than once in twenty.
    assert!(!of(Some(6.0), 120).reach.unwrap().exposure.unwrap().off);
    let nothing = of(None, 1_200).reach.unwrap().exposure.unwrap();
    assert!(nothing.share.is_none() && nothing.reason.contains("not known"), "{nothing:?}");
}

#[test]
fn what_is_wrong_with_them_is_said_with_what_to_write() {
    let with = |actual: &str, exposure: &str| {
        let start = ROLLOUT.find("  actual:").unwrap();
        let end = ROLLOUT.find("  stages:").unwrap();
        format!("{}{actual}{exposure}{}", &ROLLOUT[..start], &ROLLOUT[end..])
    };
    for (text, part) in [
        (with("  actual: { jira: { issues: { jql: x } } }\n", ""), "write one of github, http, flag"),
        (with("  actual: {}\n", ""), "the source is missing"),
        (with("  actual: { flag: { key: a, provider: ofrep } }\n", ""), "has no percentages"),
        (with("  actual: { http: { url: 'http://h/x', json: /p } }\n", ""), "not an https address"),
        (
            with("  actual: { window: 5m, http: { url: 'https://h.example/x', json: /p } }\n", ""),
            "has no window",
        ),
        (
            with("  actual: { flag: { key: a }, http: { url: 'https://h.example/x', json: /p } }\n", ""),
            "one source",
        ),
        (with("", "  exposure: { prometheus: { seen: a } }\n"), "total"),
        (with("", "  exposure: { datadog: { seen: 'sum:a{}', total: 'sum:b{}' } }\n"), "window_seconds"),
        (with("", "  exposure: { sentry: { seen: a, total: b } }\n"), "cannot answer this"),
    ] {
        let said = problems(&text);
        assert!(said.contains(part) && said.contains("launch.yaml:"), "{part}\n{said}");
    }
    let alone = "
launch: x
title: X
version: 1.0.0
schedule: { t0: 2026-12-02T09:00, timezone: UTC }
people: { octo: { name: Octo } }
roles: { lead: { people: [octo] } }
gates: [{ gate: a, title: A, task: { by: [lead] } }]
rollout:
  advance_by: [lead]
  actual: { github: { deployment: { environment: production } } }
  stages: [{ stage: canary, audience: { percent: 10 } }]
";
    let found = load(&LoadRequest::text("launch.yaml", alone), &Registry).unwrap_err();
    assert!(found.iter().any(|it| it.code == "no-target"), "{found:?}");
    let deployed = with("  actual: { github: { deployment: { environment: production } } }\n", "");
    let actual = loaded(&deployed).rollout.clone().unwrap().actual.unwrap();
    assert_eq!((actual.query.source.as_str(), &*actual.query.thing), ("github", "deployment"));
}

/// What is real is told by a deployment.
fn deployed() -> Launch {
    let end = ROLLOUT.find("  stages:").unwrap();
    let text = format!(
        "\nrollout:\n  advance_by: [lead]\n  actual: {{ github: {{ deployment: {{ environment: production }} }} }}\n{}",
        &ROLLOUT[end..]
    );
    loaded(&text)
}

#[test]
fn a_deployment_is_compared_with_the_target() {
    let launch = deployed();
    let history = out(&launch, &[("pilot", StageAct::Started, 0)]);
    let other = Oid::parse(&"b".repeat(40)).unwrap();
    for (about, outcome, agreement) in [
        (oid(), Outcome::Holds, Agreement::Same),
        (oid(), Outcome::Pending, Agreement::Unknown),
        (oid(), Outcome::Fails, Agreement::Unknown),
        (other, Outcome::Holds, Agreement::Differs),
    ] {
        let mut evidence = Evidence::default();
        let seen = Stamp::at(at(60));
        evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(oid()) });
        for (gate, question) in demands(&launch, &history) {
            let about = Some(if gate.to_string().ends_with(".actual") { about.clone() } else { oid() });
            let outcome = if gate.to_string().ends_with(".actual") { outcome } else { Outcome::Holds };
            let answer = Answer::Found(Finding { about, outcome, ..finding() });
            evidence.observe(Observation { gate, question: question.digest, seen, answer });
        }
        let board = evaluate(&launch, &evidence, &history, at(90), &Scope::default());
        assert_eq!(
            board.reach.as_ref().unwrap().actual.as_ref().unwrap().agreement,
            agreement,
            "{outcome:?}"
        );
        assert_eq!(drift(&board).is_some(), agreement != Agreement::Same);
    }
}

/// Where nothing is out by the record, no commit of this launch may be.
#[test]
fn what_is_deployed_while_nothing_is_out_is_drift_whichever_commit_it_is() {
    let launch = deployed();
    let history = out(&launch, &[("pilot", StageAct::Started, 0), ("pilot", StageAct::RolledBack, 30)]);
    let next = Oid::parse(&"b".repeat(40)).unwrap();
    let before = Oid::parse(&"c".repeat(40)).unwrap();
    for (real, agreement) in
        [(oid(), Agreement::Differs), (next.clone(), Agreement::Differs), (before, Agreement::Same)]
    {
        let mut evidence = Evidence::default();
        let seen = Stamp::at(at(60));
        evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(next.clone()) });
        for (gate, question) in demands(&launch, &history) {
            let about = Some(if gate.to_string().ends_with(".actual") { real.clone() } else { next.clone() });
            let answer = Answer::Found(Finding { about, outcome: Outcome::Holds, ..finding() });
            evidence.observe(Observation { gate, question: question.digest, seen, answer });
        }
        let board = evaluate(&launch, &evidence, &history, at(90), &Scope::default());
        assert_eq!(board.reach.unwrap().actual.unwrap().agreement, agreement, "{real}");
    }
}

/// A GO decision pins the commit: where the ref points by now says nothing of what went out by it.
#[test]
fn a_deployment_is_compared_with_the_commit_that_went_out() {
    let launch = deployed();
    // It started at the commit of then.
    let history = out(&launch, &[("pilot", StageAct::Started, 0)]);
    let moved = Oid::parse(&"b".repeat(40)).unwrap();
    for (real, agreement) in [(oid(), Agreement::Same), (moved.clone(), Agreement::Differs)] {
        let mut evidence = Evidence::default();
        let seen = Stamp::at(at(60));
        evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(moved.clone()) });
        for (gate, question) in demands(&launch, &history) {
            let (about, outcome) = (Some(real.clone()), Outcome::Holds);
            let answer = Answer::Found(Finding { about, outcome, ..finding() });
            evidence.observe(Observation { gate, question: question.digest, seen, answer });
        }
        let board = evaluate(&launch, &evidence, &history, at(90), &Scope::default());
        assert_eq!(board.reach.unwrap().actual.unwrap().agreement, agreement);
    }
}

/// The question about what is real, as the evaluator puts it.
fn actual(text: &str) -> Question {
    let document = yaml::parse("actual.yaml", text.as_bytes()).unwrap();
    let (key, node) = document.entries(document.root()).next().unwrap();
    let source = document.text(key).unwrap().to_owned();
    let (defaults, people) = Default::default();
    let limits = gonogo::source::GateLimits {
        document: &document,
        node,
        defaults: &defaults,
        version: "3.0.0",
        people: &people,
    };
    let decode = declared(&source).unwrap().actual.unwrap().decode;
    let (thing, decoded) = decode(&limits, &mut Vec::new()).unwrap();
    Question {
        gate: "guardrail/.actual".into(),
        digest: Digest::of([text.as_bytes()]),
        query: Query {
            source: SourceId::new(source),
            thing: thing.into(),
            args: decoded.args,
            bound: decoded.bound,
            said: decoded.said,
        },
        version: "3.0.0".into(),
        component: None,
        repository: "acme/checkout".into(),
        git_ref: "release/3.0".into(),
        connection: None,
    }
}

fn reached(found: &Finding) -> (f64, f64) {
    match found.measured {
        Some(Measured::Reach { low, high }) => (low.get(), high.get()),
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_flag_tells_for_how_many_it_is_on() {
    let question = actual(
        "flag: { key: checkout-v3, provider: launchdarkly, project: checkout, environment: production }",
    );
    let flag = |fallthrough: Value, on: bool| {
        json!({
            "key": "checkout-v3", "archived": false,
            "variations": [{"value": true}, {"value": false}],
            "environments": {"production": {
                "on": on, "archived": false, "offVariation": 1, "targets": [], "contextTargets": [], "rules": [],
                "fallthrough": fallthrough, "prerequisites": [],
            }},
        })
    };
    let quarter = json!({"rollout": {"variations": [{"variation": 0, "weight": 25_000}, {"variation": 1, "weight": 75_000}]}});
    for (body, percent) in [
        (flag(quarter.clone(), true), 25.0),
        (flag(json!({"variation": 0}), true), 100.0),
        (flag(quarter, false), 0.0),
    ] {
        let answer = body.clone();
        let server = serve(move |_: &Req| ok(&answer));
        let source = source(&question, "launchdarkly", &server, Some(CANARY));
        let found = ask(&*source, &question).await.unwrap_or_else(|failure| panic!("{failure:?}"));
        assert_eq!(reached(&found), (percent, percent), "{body}");
    }
}

#[tokio::test]
async fn an_address_tells_a_percentage_or_nothing() {
    for (body, expected) in [
        (r#"{"percent": 10}"#, Ok(10.0)),
        (r#"{"percent": "12.5"}"#, Ok(12.5)),
        (r#"{"percent": 101}"#, Err("Rejected")),
        (r#"{"percent": -1}"#, Err("Rejected")),
        (r#"{"percent": null}"#, Err("Incomplete")),
        ("{}", Err("Incomplete")),
        ("<p>", Err("Malformed")),
    ] {
        let reply = answer(200, "Content-Type: application/json\r\n", body);
        let server = TlsServer::start(GOOD, move |_| reply.clone());
        let question =
            actual(&format!("http: {{ url: '{}', json: /percent }}", server.url("probe.test", "/rollout")));
        let probe = probe_with(config(&[], &["probe.test"]), &Names::are(&["127.0.0.1"]), clock());
        let found = ask(&probe, &question).await;
        match expected {
            Ok(percent) => assert_eq!(reached(&found.unwrap()), (percent, percent), "{body}"),
            Err(kind) => assert_eq!(word(&found), kind, "{body}"),
        }
    }
}

/// Counters tell of now alone: what they grew by between two looks is a window.
#[tokio::test]
async fn an_address_counts_who_has_the_release() {
    let launch = loaded(
        "
rollout:
  advance_by: [lead]
  exposure: { window: 1m, http: { url: 'https://probe.test/stats', seen: /with, total: /all } }
  stages: [{ stage: canary, audience: { percent: 10 } }]
",
    );
    let gauge = launch.rollout.clone().unwrap().exposure.unwrap();
    assert_eq!((gauge.query.source.as_str(), &*gauge.query.args["window"].to_string()), ("http", "60"));
    let history = out(&launch, &[("canary", StageAct::Started, 0)]);
    let asked =
        demands(&launch, &history).into_iter().find(|(gate, _)| gate.to_string().ends_with(".exposure"));
    let (gate, question) = asked.unwrap();
    let mut evidence = Evidence::default();
    let mut last = at(0);
    for (seconds, with, all) in [(0, 1_000, 50_000), (60, 1_030, 51_000), (120, 1_060, 52_000)] {
        let body = json!({"with": with, "all": all}).to_string();
        let reply = answer(200, "Content-Type: application/json\r\n", &body);
        let server = TlsServer::start(GOOD, move |_| reply.clone());
        let mut put = question.clone();
        put.query.args["url"] = server.url("probe.test", "/stats").as_str().into();
        let probe = probe_with(config(&[], &["probe.test"]), &Names::are(&["127.0.0.1"]), clock());
        let mut found = ask(&probe, &put).await.unwrap();
        let Some(Measured::Counters(counters)) = &mut found.measured else { panic!("{found:?}") };
        assert_eq!(counters.is, Measurement::Share(real(f64::from(with)), real(f64::from(all))));
        last = at(seconds);
        counters.at = last.wall.timestamp();
        let (seen, answer) = (Stamp::at(last), Answer::Found(found));
        evidence.observe(Observation { gate: gate.clone(), question: question.digest.clone(), seen, answer });
    }
    evidence.resolve(TargetAnswer { component: None, seen: Stamp::at(last), answer: Ok(oid()) });
    let board = evaluate(&launch, &evidence, &history, last, &Scope::default());
    let exposure = board.reach.unwrap().exposure.unwrap();
    assert_eq!(exposure.counted, Some((60, 2_000)), "{exposure:?}");
    assert!(exposure.off && exposure.reason.contains("3 % seen"), "{exposure:?}");
}
