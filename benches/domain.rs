//! How long the board takes: 500 and 10,000 gates. The aim is 2 ms at 10,000, and linear growth.

#![expect(clippy::expect_used, clippy::wildcard_imports, missing_docs, reason = "a benchmark")]

use std::{collections::BTreeMap, hint::black_box, time::Duration};

use chrono::{DateTime, Utc};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gonogo::domain::*;

const START: &str = "2026-12-01T12:00:00Z";

fn now() -> Now {
    Now { wall: START.parse().expect("a moment"), boot: Duration::from_secs(1_000_000) }
}

fn oid() -> Oid {
    Oid::parse(&"a".repeat(40)).expect("an id")
}

/// Of every ten gates: seven ask a source, one in them waits for the one before, two are people's, one is a group.
fn gate(at: usize) -> Gate {
    let list = format!("list{}", at / 250);
    let id = GateId::new(format!("{list}/gate-{at}"));
    let ask = Ask {
        by: vec!["qa".into()],
        count: None,
        apart_from: Vec::new(),
        asks: BTreeMap::new(),
        max_age: None,
        about: About::Launch,
    };
    let bound = if at.is_multiple_of(2) { Bound::Commit } else { Bound::Free };
    let query = Query {
        source: "github".into(),
        thing: "workflow".into(),
        args: serde_json::json!({ "file": format!("w{at}.yml") }),
        bound,
        said: format!("workflow w{at}.yml").into(),
    };
    Gate {
        title: format!("Gate number {at} is well").into(),
        checklist: list.as_str().into(),
        parent: (!at.is_multiple_of(10)).then(|| GateId::new(format!("{list}/gate-{}", at / 10 * 10))),
        kind: match at % 10 {
            0 => Kind::All,
            1 => Kind::Task(ask),
            2 => Kind::SignOff(ask),
            _ => Kind::Evidence(query),
        },
        owner: Some("qa".into()),
        due: Some(Moment { at: now().wall, said: "T-1d".into() }),
        not_before: Vec::new(),
        needs: if at % 10 == 9 {
            vec![Need::Gate(GateId::new(format!("{list}/gate-{}", at - 1)))]
        } else {
            Vec::new()
        },
        blocks: Blocks::Go,
        waivable: true,
        na_by: Vec::new(),
        excluded: None,
        counts_from: None,
        component: None,
        point_of_no_return: false,
        public: false,
        by_hand: None,
        links: Vec::new(),
        notes: None,
        fresh: Duration::from_secs(600),
        connection: None,
        place: None,
        digest: Digest::of([id.as_str().as_bytes()]),
        id,
    }
}

fn launch(gates: usize) -> Launch {
    launch_with(gates, BTreeMap::new(), None)
}

fn launch_with(gates: usize, guardrails: BTreeMap<Str, Guardrail>, rollout: Option<Rollout>) -> Launch {
    let gates: Vec<_> = (0..gates).map(gate).collect();
    let mut checklists: Vec<Checklist> = Vec::new();
    for gate in &gates {
        if checklists.last().is_none_or(|list| list.id != gate.checklist) {
            checklists.push(Checklist {
                id: gate.checklist.clone(),
                title: gate.checklist.text(),
                owner: None,
                accountable: None,
                consulted: Vec::new(),
                informed: Vec::new(),
            });
        }
    }
    Launch::new(LaunchParts {
        id: "bench".into(),
        title: "Bench".into(),
        summary: None,
        holds_others: false,
        version: "3.0.0".into(),
        risk: Risk::Medium,
        target: Some(TargetRef { repository: "acme/checkout".into(), git_ref: "main".into() }),
        components: BTreeMap::new(),
        schedule: Schedule {
            t0: now().wall,
            zone: "Europe/London".parse().expect("a zone"),
            anchors: BTreeMap::new(),
            holidays: Vec::new(),
            weekend: Vec::new(),
            cutoff: None,
            freezes: Vec::new(),
            on_call: Vec::new(),
            stood: Vec::new(),
        },
        people: BTreeMap::new(),
        roles: BTreeMap::new(),
        roll_call: None,
        policies: Policies::default(),
        checklists,
        gates,
        guardrails,
        rollout,
        rollback: None,
        comms: Comms::default(),
        digest: Digest::of([b"bench".as_slice()]),
    })
}

/// One in `bad` answers is a no-go; none for 0.
fn evidence(launch: &Launch, bad: usize) -> Evidence {
    let mut evidence = Evidence::default();
    evidence.resolve(TargetAnswer { component: None, seen: Stamp::at(now()), answer: Ok(oid()) });
    for (at, (gate, question)) in demands(launch, &History::default()).into_iter().enumerate() {
        let fails = bad > 0 && at % bad == 0;
        let finding = Finding {
            outcome: if fails { Outcome::Fails } else { Outcome::Holds },
            reason: "run 7 succeeded".into(),
            about: Some(oid()),
            until: None,
            since: None,
            url: Some("https://github.com/acme/checkout/actions/runs/7".into()),
            rows: vec!["run 7: success".into()],
            lineage: "rest actions/runs".into(),
            accepted: Vec::new(),
            measured: None,
        };
        let question = question.digest;
        evidence.observe(Observation {
            gate,
            question,
            seen: Stamp::at(now()),
            answer: Answer::Found(finding),
        });
    }
    evidence
}

fn history(launch: &Launch) -> History {
    let at: DateTime<Utc> = now().wall;
    let events = launch.gates.iter().filter(|gate| gate.ask().is_some()).map(|gate| Event {
        id: uuid::Uuid::nil(),
        at,
        actor: Actor { name: "octo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: launch.id.clone(),
        version: launch.version.clone(),
        commit: Some(oid()),
        checklist_digest: launch.digest.clone(),
        act: Act::SignedOff {
            gate: gate.id.clone(),
            digest: gate.digest.clone(),
            go: true,
            role: "qa".into(),
            note: None,
            answers: BTreeMap::new(),
        },
    });
    History::fold(&events.collect::<Vec<_>>())
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate");
    for gates in [500, 10_000] {
        let launch = launch(gates);
        let history = history(&launch);
        group.throughput(Throughput::Elements(gates as u64));
        for (name, bad) in [("all go", 0), ("1 in 10 no-go", 10)] {
            let evidence = evidence(&launch, bad);
            let board = evaluate(&launch, &evidence, &history, now(), &Scope::default());
            assert_eq!(board.word == BoardWord::Go, bad == 0, "{:?}", board.reasons.first());
            group.bench_function(BenchmarkId::new(name, gates), |bencher| {
                let run = |()| evaluate(black_box(&launch), &evidence, &history, now(), &Scope::default());
                bencher.iter_batched(|| (), run, BatchSize::PerIteration);
            });
        }
    }
    group.finish();
}

/// A stage that is out and watched by so many guardrails.
fn watched(guardrails: usize) -> Launch {
    let limits = Limits {
        measure: Measure::Share,
        at_most: Some(0.01),
        control: None,
        watch_at: None,
        stop_at: Some(0.5),
        cluster: 1.0,
        unit: LimitUnit::Percent,
    };
    let guardrail = |at: usize| Guardrail {
        id: format!("g{at}").into(),
        title: format!("Guardrail {at}").into(),
        calls_for: CallsFor::Hold,
        window: Duration::from_secs(60),
        limits,
        query: Query {
            source: "prometheus".into(),
            thing: "guardrail".into(),
            args: serde_json::json!({ "stage": { "bad": format!("b{at}"), "total": "t" }, "window": 60 }),
            bound: Bound::Free,
            said: "bad of total".into(),
        },
        connection: None,
        fresh: Duration::from_secs(600),
    };
    let all: Vec<Guardrail> = (0..guardrails).map(guardrail).collect();
    let stage = Stage {
        id: "canary".into(),
        audience: Audience::Percent(10.0),
        start: None,
        soak: Some(Soak { time: Some(Duration::from_secs(48 * 3_600)), samples: None }),
        over: None,
        pilot: true,
        independent: false,
        point_of_no_return: false,
        by_hand: None,
        by_hand_back: None,
        excluded: None,
        watcher: None,
        criteria: Vec::new(),
        asks: BTreeMap::new(),
        guardrails: all.iter().map(|it| it.id.clone()).collect(),
    };
    let rollout = Rollout { advance_by: vec!["qa".into()], stages: vec![stage], ..Rollout::default() };
    launch_with(10, all.into_iter().map(|it| (it.id.clone(), it)).collect(), Some(rollout))
}

/// 20 guardrails of 2,000 windows each: the aim is 2 ms.
fn guardrails(criterion: &mut Criterion) {
    const WINDOWS: i64 = 2_000;
    let launch = watched(20);
    let since = now().wall - chrono::TimeDelta::seconds(WINDOWS * 60 + 60);
    let started = Event {
        id: uuid::Uuid::nil(),
        at: since,
        actor: Actor { name: "octo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: launch.id.clone(),
        version: launch.version.clone(),
        commit: Some(oid()),
        checklist_digest: launch.digest.clone(),
        act: Act::Stage { stage: "canary".into(), step: StageAct::Started, note: None, overrides: false },
    };
    let history = History::fold([&started]);
    let real = |value: i64| Real::new(f64::from(i32::try_from(value).expect("small"))).expect("a number");
    let first = (now().wall.timestamp() / 60 - WINDOWS) * 60;
    let window = |n: i64| Window {
        from: first + n * 60,
        to: first + n * 60 + 60,
        // 0.5 %, with an hour in which it is at the limit.
        is: Measurement::Share(real(i64::from(n % 2 == 0 || n % 600 < 60)), real(100)),
        control: None,
    };
    let mut evidence = Evidence::default();
    for (gate, question) in demands(&launch, &history) {
        let mut finding = Finding::new(Outcome::Unclear, Str::default(), "range query");
        finding.measured = Some(Measured::Windows((0..WINDOWS).map(window).collect()));
        let (question, answer) = (question.digest, Answer::Found(finding));
        evidence.observe(Observation { gate, question, seen: Stamp::at(now()), answer });
    }
    let board = evaluate(&launch, &evidence, &history, now(), &Scope::default());
    let stage = board.stages.first().expect("a stage");
    assert!(stage.guardrails.len() == 20, "all are judged");
    assert!(stage.guardrails.iter().all(|it| it.samples == Some(200_000)), "{:?}", stage.guardrails.first());
    criterion.bench_function("evaluate/20 guardrails of 2000 windows", |bencher| {
        bencher.iter(|| evaluate(black_box(&launch), &evidence, &history, now(), &Scope::default()));
    });
}

criterion_group!(benches, bench, guardrails);
criterion_main!(benches);
