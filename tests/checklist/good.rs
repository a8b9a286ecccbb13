//! What the format promises, said in files and looked at in the launch that comes of them.

use std::time::Duration;

use gonogo::domain::{About, AskType, Audience, Blocks, Gate, GateId, Kind, Launch, Need, Occasion, Risk};

use crate::checklist::kinds::{HEAD, codes, launch, load_files, sound};

fn gate<'l>(launch: &'l Launch, id: &str) -> &'l Gate {
    launch.gate(&GateId::from(id)).unwrap_or_else(|| {
        let all: Vec<&str> = launch.gates.iter().map(|gate| gate.id.as_str()).collect();
        panic!("no gate {id} in {all:?}")
    })
}

fn needs(launch: &Launch, id: &str) -> Vec<String> {
    gate(launch, id).needs.iter().map(|need| need.describe().to_string()).collect()
}

fn of(rest: &str) -> Launch {
    sound(launch(rest)).launch
}

/// A checklist in a launch that gives it these variables.
fn listed(variables: &str, checklist: &str) -> Launch {
    let head = format!("{HEAD}{variables}checklists: [{{ file: qa.yaml }}]\n");
    sound(load_files(&[("launch.yaml", &head), ("qa.yaml", checklist)], &[])).launch
}

#[test]
fn every_section_of_a_launch_arrives() {
    let launch = of("\
risk: high
components: { docs: { repository: octocat/docs, ref: main } }
policies:
  freshness: { default: 5m, by_source: { linear: 2m } }
  waivers: { by: [lead], longest: 12h, most: 2 }
  sign_offs: { valid_for: 48h, void_after_hold: true, identity: checked }
roll_call:
  at: T-15m
  stations:
    - { station: qa, checklists: [launch], computed: true, stations: [{ station: lead }] }
  final_call: lead
  quorum: 2
  options: [slip]
rollout:
  advance_by: [lead]
  stalled_after: 12h
  each_stage: { soak: { time: 1h }, watcher: qa, by_hand: look, by_hand_back: undo, criteria: [Fine], asks: { users: number } }
  stages:
    - { stage: pilot, audience: { cohort: testers }, pilot: true, start: freeze }
    - { stage: ten, audience: { percent: 10.5 }, soak: { time: 24h, samples: 500 }, watcher: lead }
    - { stage: ring, audience: { ring: pro }, when: { risk: [low] }, independent: true }
    - { stage: all, audience: { percent: 100 }, over: 48h, point_of_no_return: true, by_hand: 'go {{ target.commit }}', criteria: [], asks: {} }
gates:
  - { gate: a, title: A, github: { tag: { name: 'v{{ version }}' } }, component: docs, connection: work }
  - { gate: b, title: B, linear: { issues: { labels: [x] } }, fresh: 30s }
");
    assert_eq!((launch.id.as_ref(), launch.risk), ("checkout-3", Risk::High));
    assert_eq!(launch.schedule.t0.to_rfc3339(), "2026-12-02T09:00:00+00:00");
    assert_eq!(launch.components["docs"].repository.as_ref(), "octocat/docs");
    let policies = &launch.policies;
    assert_eq!(policies.longest_waiver, Duration::from_secs(12 * 3600));
    assert_eq!(
        (policies.most_waivers, policies.void_after_hold, policies.checked_identity),
        (Some(2), true, true)
    );
    assert_eq!(policies.sign_offs_valid_for, Some(Duration::from_secs(48 * 3600)));
    let poll = launch.roll_call.as_ref().unwrap();
    assert_eq!((poll.quorum, poll.stations[0].stations.len(), poll.stations[0].computed), (Some(2), 1, true));
    assert_eq!(poll.at.as_ref().unwrap().at.to_rfc3339(), "2026-12-02T08:45:00+00:00");
    let stages = &launch.rollout.as_ref().unwrap().stages;
    assert_eq!(stages[0].start.as_ref().unwrap().at.to_rfc3339(), "2026-11-25T10:00:00+00:00", "the cut-off");
    assert_eq!(stages[1].audience, Audience::Percent(10.5));
    assert_eq!(stages[1].soak.unwrap().samples, Some(500));
    assert_eq!(stages[0].soak.unwrap().time, Some(Duration::from_secs(3600)), "from each_stage");
    assert_eq!(
        [&stages[0], &stages[1]].map(|stage| stage.watcher.as_ref().unwrap().as_str()),
        ["qa", "lead"]
    );
    assert!(stages[2].excluded.as_ref().unwrap().contains("only when risk is low; it is high"));
    assert!(stages[3].point_of_no_return && stages[2].independent && stages[0].pilot);
    assert_eq!(stages[3].by_hand.as_deref(), Some("go {{ target.commit }}"));
    assert_eq!(stages[3].by_hand_back.as_deref(), Some("undo"), "from each_stage");
    assert_eq!(launch.rollout.as_ref().unwrap().stalled_after, Some(Duration::from_secs(12 * 3600)));
    assert_eq!(stages[3].over, Some(Duration::from_secs(48 * 3600)));
    assert_eq!((stages[0].criteria.len(), stages[0].asks.len()), (1, 1), "from each_stage");
    assert!(stages[3].criteria.is_empty() && stages[3].asks.is_empty(), "a stage may replace each");
    let a = gate(&launch, "launch/a");
    assert_eq!((a.component.as_deref(), a.connection.as_deref()), (Some("docs"), Some("work")));
    assert_eq!(a.fresh, Duration::from_secs(300));
    let Kind::Evidence(query) = &a.kind else { panic!("a source") };
    assert_eq!(query.args, serde_json::json!({ "name": "v3.0.0" }));
    assert_eq!(gate(&launch, "launch/b").fresh, Duration::from_secs(30));
    let list = &launch.checklists[0];
    assert_eq!((list.id.as_str(), list.title.as_ref(), launch.checklists.len()), ("launch", "Launch", 1));
}

#[test]
fn what_proves_the_rollback_counts_for_go_whatever_it_says_elsewhere() {
    let launch = of("\
gates:
  - { gate: rehearsed, title: R, blocks: nothing, task: { by: [lead] } }
  - gate: drill
    title: D
    blocks: nothing
    gates:
      - { gate: on-staging, title: S, task: { by: [lead] } }
  - { gate: other, title: O, blocks: nothing, task: { by: [lead] } }
rollback:
  owner: lead
  decide_within: 15m
  ready_when: [rehearsed, drill]
  notes: Whenever support asks for it
  steps:
    - { step: flag-off, title: Turn the flag off, by_hand: 'flagctl off {{ target.commit }}', within: 5m }
    - { step: verify, title: All is as before, owner: octo, notes: The dashboard }
");
    let blocks = |id: &str| gate(&launch, id).blocks.clone();
    assert_eq!((blocks("launch/rehearsed"), blocks("launch/on-staging")), (Blocks::Go, Blocks::Go));
    assert_eq!(blocks("launch/other"), Blocks::Nothing);
    let plan = launch.rollback.as_ref().unwrap();
    assert_eq!(
        plan.ready_when.iter().map(GateId::as_str).collect::<Vec<_>>(),
        ["launch/rehearsed", "launch/drill"]
    );
    assert_eq!((plan.owner.as_str(), plan.decide_within), ("lead", Some(Duration::from_secs(900))));
    assert_eq!(plan.steps[0].within, Some(Duration::from_secs(300)));
    assert_eq!(plan.steps[0].by_hand.as_deref(), Some("flagctl off {{ target.commit }}"));
    assert_eq!(plan.steps[1].owner.as_ref().map(gonogo::domain::Party::as_str), Some("octo"));
}

#[test]
fn the_nearest_wins_or_all_add_up() {
    let checklist = "\
checklist: qa
title: Quality
owner: qa
due: T-1d
blocks: nothing
fresh: 2m
needs: [launch/own]
not_before: freeze
when: { tier: [gold] }
gates:
  - gate: outer
    title: Outer
    owner: lead
    needs: [first]
    not_before: T-3d
    blocks: go
    gates:
      - { gate: inner, title: Inner, due: T-2h, needs: [second], not_before: T-1h, github: { tag: { name: a } } }
      - { gate: other, title: Other, when: { size: [small] }, task: {} }
  - { gate: first, title: First, task: {} }
  - { gate: second, title: Second, task: {} }
";
    let head = format!(
        "{HEAD}variables: {{ tier: gold, size: large }}\nchecklists: [{{ file: qa.yaml }}]\n\
         gates: [{{ gate: own, title: Own, task: {{ by: [lead] }} }}]\n"
    );
    let launch = sound(load_files(&[("launch.yaml", &head), ("qa.yaml", checklist)], &[])).launch;
    let inner = gate(&launch, "qa/inner");
    assert_eq!(inner.owner.as_ref().unwrap().as_str(), "lead");
    assert_eq!(inner.due.as_ref().unwrap().said.as_ref(), "T-2h");
    assert_eq!((&inner.blocks, inner.fresh), (&Blocks::Go, Duration::from_secs(120)));
    assert_eq!(needs(&launch, "qa/inner"), ["launch/own", "qa/first", "qa/second"]);
    let embargoes: Vec<&str> = inner.not_before.iter().map(|moment| moment.said.as_ref()).collect();
    assert_eq!(embargoes, ["freeze", "T-3d", "T-1h"]);
    assert_eq!((inner.parent.as_ref().unwrap().as_str(), &inner.excluded), ("qa/outer", &None));
    let other = gate(&launch, "qa/other");
    assert_eq!(other.excluded.as_deref(), Some("only when size is small; it is large"));
    assert_eq!(other.due.as_ref().unwrap().said.as_ref(), "T-1d");
    assert_eq!(gate(&launch, "qa/first").blocks, Blocks::Nothing);
    let order: Vec<&str> = launch.gates.iter().map(|gate| gate.id.as_str()).collect();
    assert_eq!(order, ["qa/outer", "qa/inner", "qa/other", "qa/first", "qa/second", "launch/own"]);
    let list = &launch.checklists[0];
    assert_eq!((list.title.as_ref(), list.owner.as_ref().unwrap().as_str()), ("Quality", "qa"));
}

#[test]
fn cells_are_gates_of_their_own() {
    let launch = of("\
gates:
  - gate: build
    title: Build on {{ os }}
    matrix: { os: [linux, mac] }
    gates:
      - { gate: start, title: Start, task: { by: [lead], asks: { id: text } } }
      - { gate: image, title: 'Image {{ answers.start.id }}', needs: [start], matrix: { arch: [x86, arm] }, task: { by: [lead] } }
      - { gate: only, title: Only, when: { os: [mac] }, task: { by: [lead] } }
  - { gate: all, title: All, needs: [build, image], task: { by: [lead] } }
  - { gate: some, title: Some, needs: [image@mac, start@linux, image@mac@arm], task: { by: [lead] } }
  - { gate: asks, title: '{{ answers.start@mac.id }}', sign_off: { by: [qa], apart_from: [start] } }
");
    let ids: Vec<&str> = launch.gates.iter().map(|gate| gate.id.local()).collect();
    assert_eq!(ids[..5], ["build@linux", "start@linux", "image@linux@x86", "image@linux@arm", "only@linux"]);
    assert_eq!(gate(&launch, "launch/build@mac").title.as_ref(), "Build on mac");
    assert_eq!(needs(&launch, "launch/image@mac@arm"), ["launch/start@mac"], "the own cell's");
    let image = gate(&launch, "launch/image@mac@arm");
    assert_eq!(image.title.as_ref(), "Image {{ answers.launch/start@mac.id }}");
    assert_eq!(image.id.cell(), Some("mac@arm"));
    assert_eq!(needs(&launch, "launch/all").len(), 2 + 4, "every cell");
    let some = ["launch/image@mac@x86", "launch/image@mac@arm", "launch/start@linux"];
    assert_eq!(needs(&launch, "launch/some"), some);
    assert!(gate(&launch, "launch/only@linux").excluded.is_some());
    assert!(gate(&launch, "launch/only@mac").excluded.is_none());
    let apart = &gate(&launch, "launch/asks").ask().unwrap().apart_from;
    assert_eq!(
        apart.iter().map(GateId::as_str).collect::<Vec<_>>(),
        ["launch/start@linux", "launch/start@mac"]
    );
}

#[test]
fn in_strict_order_each_waits_for_the_one_before() {
    let launch = of("\
gates:
  - gate: steps
    title: Steps
    order: strict
    gates:
      - { gate: one, title: One, matrix: { os: [a, b] }, task: { by: [lead] } }
      - { gate: two, title: Two, gates: [{ gate: inner, title: Inner, task: { by: [lead] } }] }
      - { gate: three, title: Three, task: { by: [lead] } }
");
    assert!(needs(&launch, "launch/one@a").is_empty() && needs(&launch, "launch/one@b").is_empty());
    let ones = ["launch/one@a", "launch/one@b"];
    assert_eq!([needs(&launch, "launch/two"), needs(&launch, "launch/inner")], [ones, ones]);
    assert_eq!(needs(&launch, "launch/three"), ["launch/two"]);
}

#[test]
fn occurrences_count_from_their_own_time() {
    let launch = of("\
gates:
  - gate: bugs
    title: Bugs
    blocks: nothing
    due: T+9d
    repeat: { every: 1wd, from: T-3wd, until: T-1d }
    task: { by: [lead] }
  - { gate: figures, title: Figures, blocks: close, repeat: { at: [T+7d, T+30d] }, task: { by: [lead] } }
  - { gate: often, title: Often, blocks: nothing, repeat: { every: 12h, from: T, until: T+1d }, task: { by: [lead] } }
");
    let ids: Vec<&str> = launch.gates.iter().map(|gate| gate.id.local()).collect();
    let expected = [
        "bugs@2026-11-27",
        "bugs@2026-11-30",
        "bugs@2026-12-01",
        "figures@2026-12-09",
        "figures@2027-01-01",
        "often@2026-12-02T0900",
        "often@2026-12-02T2100",
        "often@2026-12-03T0900",
    ];
    assert_eq!(ids, expected);
    let bugs = gate(&launch, "launch/bugs@2026-11-30");
    assert_eq!(bugs.counts_from.as_ref().unwrap().at.to_rfc3339(), "2026-11-30T10:00:00+00:00");
    assert_eq!(bugs.due.as_ref().unwrap().said.as_ref(), "T+9d", "its own");
    let figures = gate(&launch, "launch/figures@2026-12-09");
    assert_eq!(figures.due.as_ref().unwrap().said.as_ref(), "T+7d", "when it counts from");
}

/// Only what is inside is signed: a word that is typed there is typed for the gate of gates.
#[test]
fn a_gate_of_gates_that_is_no_way_back_asks_for_typed_words_inside() {
    let launch = of("\
gates:
  - gate: publish
    title: All of it is published
    point_of_no_return: true
    one_of:
      - { gate: by-hand, title: By hand, task: { by: [lead] } }
      - gate: both
        title: Both say so
        gates:
          - { gate: one, title: One, point_of_no_return: false, task: { by: [lead] } }
          - { gate: two, title: Two, task: { by: [lead] } }
  - { gate: other, title: Other, task: { by: [lead] } }
");
    let asks = |id: &str| gate(&launch, &format!("launch/{id}")).point_of_no_return;
    assert_eq!(["publish", "by-hand", "both", "two"].map(asks), [true; 4]);
    assert!(!asks("one") && !asks("other"), "the nearest says it");
}

#[test]
fn people_are_asked_as_written() {
    let launch = of("\
gates:
  - { gate: chore, title: Chore, owner: lead, task: {} }
  - gate: judge
    title: Judge
    waivable: false
    na_by: [lead]
    point_of_no_return: true
    by_hand: relctl ship {{ target.commit }}
    notes: '{{{{ is two braces'
    links: { how: 'https://example.com/{{ version }}' }
    sign_off: { by: [qa, lead], count: 2, max_age: 3d, about: version, apart_from: [chore], asks: { a: link, b: sha, c: text, d: number, e: date } }
  - { gate: wait, title: Wait, timer: { since: chore, wait: 90m } }
  - { gate: either, title: Either, one_of: [{ gate: x, title: X, task: { by: [lead] } }, { gate: y, title: Y, github: { tag: { name: t } } }] }
");
    let chore = gate(&launch, "launch/chore").ask().unwrap();
    assert_eq!((chore.by[0].as_str(), chore.about, chore.count), ("lead", About::Launch, None));
    let judge = gate(&launch, "launch/judge");
    assert!(!judge.waivable && judge.point_of_no_return);
    assert_eq!(judge.by_hand.as_deref(), Some("relctl ship {{ target.commit }}"));
    assert_eq!(judge.notes.as_deref(), Some("{{ is two braces"));
    assert_eq!(judge.links[0].1.as_ref(), "https://example.com/3.0.0");
    let ask = judge.ask().unwrap();
    assert_eq!((ask.by.len(), ask.count, ask.about), (2, Some(2), About::Version));
    assert_eq!(ask.max_age, Some(Duration::from_secs(3 * 86_400)));
    assert_eq!(ask.apart_from, [GateId::from("launch/chore")]);
    assert_eq!(
        ask.asks.values().copied().collect::<Vec<_>>(),
        [AskType::Link, AskType::Sha, AskType::Text, AskType::Number, AskType::Date,]
    );
    let since = Need::Gate("launch/chore".into());
    assert_eq!(gate(&launch, "launch/wait").kind, Kind::Timer { since, wait: Duration::from_secs(5400) });
    assert_eq!(gate(&launch, "launch/either").kind, Kind::OneOf);
    assert_eq!(gate(&launch, "launch/y").parent, Some("launch/either".into()));
    assert_eq!(gate(&launch, "launch/x").place.as_ref().unwrap().file, "launch.yaml");
}

#[test]
fn one_file_serves_twice_and_inputs_have_three_sources() {
    let checklist = "\
checklist: platform
title: Platform {{ platform }}
owner: qa
inputs:
  platform: { one_of: [amd64, arm64], default: amd64 }
  product: {}
gates:
  - { gate: smoke, title: '{{ product }} on {{ platform }}: {{ title }} {{ version }}', task: {} }
  - { gate: done, title: Done, needs: [smoke], task: {} }
";
    let head = format!(
        "{HEAD}variables: {{ product: Checkout }}\nchecklists:\n  - {{ file: p.yaml }}\n  \
         - {{ file: p.yaml, as: arm, with: {{ platform: arm64, product: 'New {{{{ title }}}}' }}, when: {{ product: [Other] }} }}\n"
    );
    let files = [("launch.yaml", head.as_str()), ("p.yaml", checklist)];
    let launch = sound(load_files(&files, &[])).launch;
    assert_eq!(gate(&launch, "platform/smoke").title.as_ref(), "Checkout on amd64: Checkout v3 3.0.0");
    assert_eq!(gate(&launch, "arm/smoke").title.as_ref(), "New Checkout v3 on arm64: Checkout v3 3.0.0");
    assert_eq!(needs(&launch, "arm/done"), ["arm/smoke"], "each refers to its own");
    assert!(
        gate(&launch, "arm/smoke").excluded.is_some() && gate(&launch, "platform/smoke").excluded.is_none()
    );
    let set = sound(load_files(&files, &[("product", "Other"), ("version", "9")])).launch;
    assert_eq!(gate(&set, "platform/smoke").title.as_ref(), "Other on amd64: Checkout v3 9");
    assert!(gate(&set, "arm/smoke").excluded.is_none());
    assert_eq!(codes(load_files(&files, &[("prodcut", "x")])), ["unknown-variable"]);
    assert_eq!(codes(load_files(&files, &[("platform", "arm64")])), ["unknown-variable"], "not the launch's");
}

#[test]
fn a_version_may_wait_for_an_answer() {
    let head = HEAD.replace("version: 3.0.0", "version: '3.0.{{ answers.qa/start.build }}'");
    let head = format!("{head}checklists: [{{ file: qa.yaml }}]\n");
    let checklist = "\
checklist: qa
title: Quality
owner: qa
gates:
  - { gate: start, title: 'Start {{ version }}', task: { asks: { build: number } } }
  - { gate: tag, title: Tag, github: { tag: { name: 'v{{ version }}' } } }
";
    let launch = sound(load_files(&[("launch.yaml", &head), ("qa.yaml", checklist)], &[])).launch;
    assert_eq!(launch.version.as_ref(), "3.0.{{ answers.qa/start.build }}");
    let Kind::Evidence(query) = &gate(&launch, "qa/tag").kind else { panic!("a source") };
    assert_eq!(query.args["name"], "v3.0.{{ answers.qa/start.build }}");
    let waits = checklist.replace("title: 'Start {{ version }}'", "title: Start, needs: [tag]");
    let found = codes(load_files(&[("launch.yaml", &head), ("qa.yaml", &waits)], &[]));
    assert_eq!(found, ["cycle"], "the version waits for a gate that waits for the version");
}

#[test]
fn four_braces_are_two_that_name_nothing_wherever_the_text_is_read_again() {
    let launch = of("\
gates:
  - { gate: start, title: Start, task: { by: [lead], asks: { id: text } } }
  - { gate: told, title: 'Say {{{{ answers.launch/start.id }} of {{ answers.start.id }}', task: { by: [lead] } }
  - { gate: plain, title: 'Say {{{{ .State }}', task: { by: [lead] } }
");
    let told = |id: &str| {
        let history = gonogo::domain::History::default();
        history.expand(&launch, &"launch".into(), &gate(&launch, id).title).into_owned()
    };
    assert_eq!(told("launch/told"), "Say {{ answers.launch/start.id }} of <id>");
    assert_eq!(told("launch/plain"), "Say {{ .State }}");
}

#[test]
fn no_value_brings_a_name_with_it() {
    let title = HEAD.replace("title: ", "title: '{{ answers.launch/start.id }}' # ");
    let gates = "gates: [{ gate: start, title: Start, task: { by: [lead], asks: { id: text } } }]\n";
    assert_eq!(codes(load_files(&[("launch.yaml", &format!("{title}{gates}"))], &[])), ["template-place"]);
    let head = format!("{HEAD}{gates}");
    let set = [("version", "{{ answers.launch/start.id }}")];
    assert_eq!(codes(load_files(&[("launch.yaml", &head)], &set)), ["template-place"]);
}

#[test]
fn sign_offs_bind_to_what_was_read_and_to_nothing_else() {
    let text = "\
checklist: qa
title: Quality
owner: qa
gates:
  - { gate: a, title: A, notes: N, due: T-1d, needs: [b], when: { tier: [gold] }, sign_off: { by: [qa] } }
  - { gate: b, title: B, task: {} }
  - { gate: c, title: C, task: {} }
  - { gate: g, title: G, when: { tier: [gold] }, gates: [{ gate: d, title: D, github: { tag: { name: '{{ tier }}' } } }] }
";
    let digest = |variables: &str, text: &str, id: &str| gate(&listed(variables, text), id).digest.clone();
    let gold = "variables: { tier: gold }\n";
    let (a, d) = (digest(gold, text, "qa/a"), digest(gold, text, "qa/d"));
    let same = |from: &str, to: &str, id: &str| {
        assert!(text.contains(from));
        let changed = digest(gold, &text.replacen(from, to, 1), id);
        changed == if id == "qa/a" { a.clone() } else { d.clone() }
    };
    for (from, to) in [
        ("owner: qa\n", "owner: lead\n"),
        ("due: T-1d", "due: T-2d"),
        ("gates:\n", "gates: # note\n"),
        ("title: C", "title: X"),
    ] {
        assert!(same(from, to, "qa/a"), "{from}");
    }
    for (from, to) in [
        ("title: A", "title: A2"),
        ("notes: N", "notes: M"),
        ("needs: [b]", "needs: [c]"),
        ("by: [qa]", "by: [qa, lead]"),
        ("when: { tier: [gold] }, sign_off", "when: { tier: [gold, silver] }, sign_off"),
        ("sign_off: { by: [qa] }", "sign_off: { by: [qa], about: version }"),
    ] {
        assert!(!same(from, to, "qa/a"), "{from}");
    }
    assert!(
        !same("gate: g, title: G, when: { tier: [gold] }", "gate: g, title: G", "qa/d"),
        "a `when` around it"
    );
    assert!(!same("name: '{{ tier }}'", "name: 'x{{ tier }}'", "qa/d"));
    let silver = text.replace("[gold]", "[gold, silver]");
    assert_ne!(
        digest(gold, &silver, "qa/d"),
        digest("variables: { tier: silver }\n", &silver, "qa/d"),
        "as expanded"
    );
}

#[test]
fn the_launch_digest_changes_with_every_file_and_value() {
    let qa = "checklist: qa\ntitle: Quality\nowner: qa\ngates: [{ gate: a, title: A, task: {} }]\n";
    let head = format!("{HEAD}checklists: [{{ file: qa.yaml }}]\nvariables: {{ x: y }}\n");
    let digest = |head: &str, qa: &str, set: &[(&str, &str)]| {
        sound(load_files(&[("launch.yaml", head), ("qa.yaml", qa)], set)).launch.digest.clone()
    };
    let plain = digest(&head, qa, &[]);
    assert_eq!(plain, digest(&head, qa, &[]));
    let others = [
        digest(&format!("{head}# more\n"), qa, &[]),
        digest(&head, &format!("{qa}# more\n"), &[]),
        digest(&head, qa, &[("x", "z")]),
        digest(&head, qa, &[("version", "4")]),
    ];
    for (at, other) in others.iter().enumerate() {
        assert!(*other != plain && !others[..at].contains(other), "{at}");
    }
}

#[test]
fn slips_of_the_pen_are_warnings() {
    let loaded = sound(launch(
        "\
variables: { used: x, unused: y }
gates:
  - { gate: a, title: '{{ used }}', due: T+1d, task: { by: [lead] } }
  - { gate: b, title: B, due: T+1d, blocks: close, task: { by: [lead] } }
",
    ));
    let found: Vec<&str> = loaded.warnings.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(found, ["unused-variable", "late-due"]);
    let drawn = &loaded.warnings[1].rendered;
    assert!(drawn.starts_with("warning[late-due]: `launch/a` blocks GO and is due after T-0\n"), "{drawn}");
}

#[test]
fn a_stage_may_be_blocked_by_what_waits_for_an_earlier_one() {
    let launch = of("\
rollout:
  advance_by: [lead]
  stages:
    - { stage: pilot, audience: { cohort: x }, pilot: true }
    - { stage: canary, audience: { percent: 10 } }
    - { stage: all, audience: { percent: 100 } }
gates:
  - { gate: pilot-done, title: P, needs: [stage/pilot], task: { by: [lead] } }
  - { gate: soaked, title: S, blocks: stage/all, timer: { since: stage/canary, wait: 24h } }
  - { gate: press, title: R, blocks: stage/all, needs: [pilot-done, stage/canary], task: { by: [lead] } }
");
    assert_eq!(needs(&launch, "launch/press"), ["launch/pilot-done", "stage/canary"]);
}

/// A source that refuses without a word must not make its gate disappear.
#[test]
fn no_gate_is_lost_in_silence() {
    struct Mute;
    impl gonogo::checklist::EvidenceKinds for Mute {
        fn offers(&self) -> Vec<gonogo::checklist::SourceOffer> {
            vec![gonogo::checklist::SourceOffer {
                things: vec!["tag"],
                ..gonogo::checklist::SourceOffer::of("github")
            }]
        }
        fn decode(
            &self,
            _: &gonogo::checklist::GateLimits<'_>,
            _: &mut Vec<gonogo::yaml::Problem>,
        ) -> Option<gonogo::checklist::DecodedLimits> {
            None
        }
    }
    let gates = "gates: [{ gate: a, title: A, task: { by: [lead] } }, { gate: b, title: B, github: { tag: { name: x } } }]";
    let request = gonogo::checklist::LoadRequest::text("-", format!("{HEAD}{gates}\n"));
    assert_eq!(codes(gonogo::checklist::load(&request, &Mute)), ["internal"]);
}

/// `--set market=uK` would leave out in silence what is only for some markets.
#[test]
fn a_value_from_outside_that_no_condition_knows_is_pointed_out() {
    let gates = "gates:\n  - { gate: a, title: A, task: { by: [lead] } }\n  \
        - { gate: b, title: B, when: { market: [eu, uk] }, task: { by: [lead] } }\n";
    let text = format!("{HEAD}variables: {{ market: eu }}\n{gates}");
    let warned = |value: &str| {
        let loaded = sound(load_files(&[("launch.yaml", &text)], &[("market", value)]));
        loaded.warnings.into_iter().map(|it| (it.code, it.help.unwrap_or_default())).collect::<Vec<_>>()
    };
    assert!(warned("uk").is_empty());
    assert_eq!(warned("uK"), [("unknown-value".to_owned(), "did you mean `uk`?".to_owned())]);
}

#[test]
fn the_comms_plan_arrives_with_its_texts() {
    let yaml = format!(
        "{HEAD}
variables: {{ product: Checkout }}
comms:
  update_every: 15m
  messages:
    - {{ message: changelog, title: Changelog, audience: customers, via: {{ by_hand: Blog }}, owner: qa, approved_by: [lead], at: T+1h, not_before: T, needs: [a, stage/one], file: comms/changelog.md, public: true }}
    - {{ message: cleared, audience: staff, via: {{ slack: launch-room }}, occasion: rollback, text: \"{{{{ product }}}} is {{{{ launch.word }}}}\" }}
    - {{ message: other, audience: sales, via: {{ github: 7 }}, when: {{ risk: [high] }}, text: 'Build {{{{ answers.a.build }}}}', needs: [message/changelog] }}
rollback: {{ owner: lead, steps: [{{ step: off, title: Off }}, {{ step: look, title: Look, tell: [message/cleared] }}] }}
rollout: {{ advance_by: [lead], stages: [{{ stage: one, audience: {{ percent: 10 }} }}] }}
gates:
  - {{ gate: a, title: A, task: {{ by: [qa], asks: {{ build: text }} }} }}
  - {{ gate: told, title: B, blocks: close, needs: [message/changelog], task: {{ by: [qa] }} }}
"
    );
    let text = "# {{ product }} {{ version }}\r\n\r\nIt is {{ launch.word }}.\n\n";
    let loaded = sound(load_files(&[("launch.yaml", &yaml), ("comms/changelog.md", text)], &[]));
    let launch = &loaded.launch;
    assert_eq!(launch.comms.update_every, Some(Duration::from_secs(900)));
    let [changelog, cleared, other] = launch.comms.messages.as_slice() else { panic!("three") };
    assert_eq!(changelog.text.as_ref(), "# Checkout 3.0.0\n\nIt is {{ launch.word }}.");
    assert_eq!((changelog.via.said().as_str(), changelog.public), ("by hand: Blog", true));
    let named: Vec<_> = changelog.needs.iter().map(|need| need.describe().to_string()).collect();
    assert_eq!(named, ["launch/a", "stage/one"]);
    assert_eq!((cleared.occasion, cleared.after_step.as_deref()), (Occasion::Rollback, Some("look")));
    assert_eq!(cleared.via.source.as_ref().map(gonogo::domain::SourceId::as_str), Some("slack"));
    assert!(other.excluded.is_some() && other.text.contains("answers.launch/a.build"), "{other:?}");
    assert_eq!(needs(launch, "launch/told"), ["message/changelog"]);
    // The text is part of what people agreed to.
    let changed = [("launch.yaml", yaml.as_str()), ("comms/changelog.md", "other")];
    assert_ne!(sound(load_files(&changed, &[])).launch.digest, launch.digest);
    assert!(loaded.files.iter().any(|file| file.name == "comms/changelog.md"));
}

/// What cannot be waived as a whole cannot be waived part by part.
#[test]
fn what_is_inside_can_be_waived_only_where_all_around_it_can() {
    let launch = of("\
gates:
  - gate: blockers
    title: No blocker is open
    waivable: false
    one_of:
      - { gate: one, title: One, task: { by: [lead] } }
      - { gate: deep, title: Deep, gates: [{ gate: two, title: Two, waivable: true, task: { by: [lead] } }] }
  - { gate: other, title: Other, task: { by: [lead] } }
");
    let fixed = |id: &str| !gate(&launch, id).waivable;
    assert!(["launch/blockers", "launch/one", "launch/deep", "launch/two"].iter().all(|id| fixed(id)));
    assert!(!fixed("launch/other"));
}
