//! A change of the files that makes a launch easier to be GO is found, whatever else is made stricter beside it; a change
//! that only makes it stricter is not.

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
    domain::{Launch, loosened},
};
use proptest::prelude::*;

const BASE: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
risk: high
target: { repository: acme/rocket, ref: main }
components: { web: { repository: acme/web, ref: main } }
schedule:
  t0: 2030-01-01T09:00
  timezone: UTC
  freezes: [{ freeze: year-end, from: T-3d, until: T-2d, stops: rollout }]
people:
  octo: { name: Octo, github: octocat }
  hu: { name: Hu, github: hubot }
  mo: { name: Mo, github: mona }
roles:
  qa: { people: [octo, hu] }
  ops: { people: [hu, mo] }
  boss: { people: [mo] }
policies:
  waivers: { by: [boss], longest: 12h, most: 1 }
  sign_offs: { valid_for: 7d, void_after_hold: true, identity: checked }
roll_call:
  final_call: boss
  quorum: 2
  stations: [{ station: qa, checklists: [launch] }, { station: ops }]
guardrails:
  errors:
    title: Few fail
    calls_for: rollback
    prometheus: { bad: failed, total: total, at_most: 1%, stop_at: 10%, control: { bad: a, total: b, at_most: 120% } }
  slow:
    title: Few are slow
    prometheus: { bad: slow, total: total, control: { bad: c, total: d, at_most: 120% } }
rollout:
  advance_by: [ops]
  actual: { fresh: 5m, http: { url: 'https://shop.example.com/rollout', json: /percent } }
  exposure: { prometheus: { seen: on, total: all } }
  each_stage: { guardrails: [errors] }
  stages:
    - stage: canary
      audience: { percent: 10 }
      start: T
      soak: { time: 2h, samples: 500 }
    - stage: all
      audience: { percent: 100 }
      soak: { time: 1d }
      point_of_no_return: true
gates:
  - gate: checks
    title: Build and test are green
    github: { checks: { required: [build, test] } }
    waivable: false
  - gate: regression
    title: The suite is green three times
    github: { workflow: { file: regression.yml, consecutive: 3, max_age: 2d } }
    fresh: 5m
  - gate: bugs
    title: No bug is open
    owner: qa
    github: { issues: { labels: [blocker], at_most: 3 } }
  - gate: rate
    title: Few requests fail
    prometheus: { query: 'sum(failed)', at_most: 0.01, at_least: 0 }
  - gate: reviewed
    title: Two approve
    github: { approvals: { branch: next, count: 2 } }
  - gate: list
    title: The issue is done
    github: { issue: { number: \"77\", expect: closed, accept: [duplicate] } }
  - gate: web
    title: The web is green
    component: web
    github: { checks: { required: [build] } }
  - gate: announced
    title: It is announced
    task: { by: [qa], asks: { url: link } }
  - gate: sure
    title: QA stands behind it
    needs: [checks, announced]
    not_before: T-1d
    na_by: [boss]
    sign_off: { by: [qa, ops], count: 2, apart_from: [announced], max_age: 1d }
  - gate: ring
    title: A day has passed
    timer: { since: announced, wait: 24h }
  - gate: either
    title: One way is there
    one_of:
      - gate: manual
        title: By hand
        task: { by: [ops] }
      - gate: automatic
        title: By itself
        github: { workflow: { file: deploy.yml } }
";

/// One change: what stands there, and what instead. Each makes it easier to be GO.
const LOOSER: &[(&str, &str)] = &[
    ("launch: rocket-2", "launch: rocket-3"),
    ("risk: high", "risk: low"),
    ("target: { repository: acme/rocket", "target: { repository: acme/other"),
    ("acme/rocket, ref: main", "acme/rocket, ref: green"),
    ("repository: acme/web", "repository: acme/else"),
    ("  freezes: [{ freeze: year-end, from: T-3d, until: T-2d, stops: rollout }]\n", ""),
    ("stops: rollout", "stops: changes"),
    ("from: T-3d, until: T-2d", "from: T-3d, until: T-60h"),
    ("github: octocat", "github: mallory"),
    ("qa: { people: [octo, hu] }", "qa: { people: [octo, hu, mo] }"),
    ("boss: { people: [mo] }", "boss: { people: [octo] }"),
    ("by: [boss], longest: 12h", "by: [boss, qa], longest: 12h"),
    ("longest: 12h", "longest: 24h"),
    ("most: 1 }", "most: 2 }"),
    (", most: 1 }", " }"),
    ("valid_for: 7d, ", ""),
    ("valid_for: 7d", "valid_for: 8d"),
    ("void_after_hold: true", "void_after_hold: false"),
    ("identity: checked", "identity: claimed"),
    ("final_call: boss", "final_call: qa"),
    ("quorum: 2", "quorum: 1"),
    (
        "quorum: 2\n  stations: [{ station: qa, checklists: [launch] }, { station: ops }]",
        "stations: [{ station: qa, checklists: [launch] }]",
    ),
    ("{ station: qa, checklists: [launch] }", "{ station: qa }"),
    // Two of three need not be heard where one of two had to.
    ("{ station: ops }]", "{ station: ops }, { station: boss }]"),
    ("stops: rollout }]", "stops: rollout, exceptions_by: [ops] }]"),
    ("    - stage: canary\n", "    - { stage: now, audience: { percent: 100 } }\n    - stage: canary\n"),
    ("      start: T\n", "      start: T\n      watcher: qa\n"),
    ("{ bad: slow, total: total, control", "{ bad: slow, total: total, at_most: 99%, control"),
    ("    owner: qa\n", "    owner: ops\n"),
    ("advance_by: [ops]", "advance_by: [ops, qa]"),
    ("percent: 10 }", "percent: 50 }"),
    ("soak: { time: 2h, samples: 500 }", "soak: { time: 1h, samples: 500 }"),
    ("soak: { time: 2h, samples: 500 }", "soak: { time: 2h, samples: 5 }"),
    ("      soak: { time: 1d }\n", ""),
    ("      point_of_no_return: true\n", ""),
    ("      start: T\n", "      start: T-1d\n"),
    ("each_stage: { guardrails: [errors] }", "each_stage: { by_hand: look }"),
    ("  actual: { fresh: 5m, http: { url: 'https://shop.example.com/rollout', json: /percent } }\n", ""),
    ("json: /percent", "json: /planned"),
    ("actual: { fresh: 5m,", "actual: { fresh: 10m,"),
    ("  exposure: { prometheus: { seen: on, total: all } }\n", ""),
    ("total: total, at_most: 1%", "total: total, at_most: 2%"),
    ("bad: failed,", "bad: vector(0),"),
    ("stop_at: 10%, ", ""),
    ("at_most: 120%", "at_most: 150%"),
    (", control: { bad: a, total: b, at_most: 120% }", ""),
    ("calls_for: rollback", "calls_for: tell"),
    ("stop_at: 10%", "stop_at: 10%, cluster: 9"),
    ("required: [build, test]", "required: [build]"),
    ("required: [build, test]", "required: [build, test], accept: [skipped]"),
    ("    waivable: false\n", ""),
    ("consecutive: 3", "consecutive: 2"),
    ("consecutive: 3, ", ""),
    ("max_age: 2d", "max_age: 3d"),
    (", max_age: 2d", ""),
    ("file: regression.yml", "file: green.yml"),
    ("fresh: 5m", "fresh: 10m"),
    ("labels: [blocker], at_most: 3", "labels: [blocker], at_most: 4"),
    ("labels: [blocker], at_most: 3", "labels: [nothing], at_most: 3"),
    ("at_most: 0.01, at_least: 0", "at_most: 0.02, at_least: 0"),
    ("at_most: 0.01, at_least: 0", "at_most: 0.01, at_least: -1"),
    ("query: 'sum(failed)'", "query: 'vector(0)'"),
    ("count: 2 } }", "count: 1 } }"),
    ("accept: [duplicate]", "accept: [duplicate, not_planned]"),
    ("    component: web\n", ""),
    ("asks: { url: link }", "asks: { url: text }"),
    (", asks: { url: link }", ""),
    ("task: { by: [qa], asks", "task: { by: [ops], asks"),
    ("title: QA stands behind it", "title: QA has heard of it"),
    ("needs: [checks, announced]", "needs: [checks]"),
    ("    not_before: T-1d\n", ""),
    ("not_before: T-1d", "not_before: T-2d"),
    ("na_by: [boss]", "na_by: [boss, qa]"),
    ("by: [qa, ops], count: 2", "by: [qa, ops, boss], count: 2"),
    ("by: [qa, ops], count: 2", "by: [qa, ops], count: 1"),
    ("apart_from: [announced], ", ""),
    (", max_age: 1d }", " }"),
    ("max_age: 1d }", "max_age: 2d }"),
    ("wait: 24h", "wait: 23h"),
    ("timer: { since: announced", "timer: { since: checks"),
    ("    title: No bug is open\n", "    title: No bug is open\n    blocks: nothing\n"),
    ("    title: No bug is open\n", "    title: No bug is open\n    when: { risk: [low] }\n"),
    ("  - gate: bugs\n", "  - gate: insects\n"),
    (
        "    one_of:\n",
        "    one_of:\n      - gate: third\n        title: Anyhow\n        task: { by: [qa] }\n",
    ),
    ("    github: { issues: { labels: [blocker], at_most: 3 } }", "    task: { by: [qa] }"),
];

/// Each asks for more, or changes nothing that counts.
const STRICTER: &[(&str, &str)] = &[
    ("title: Rocket 2", "title: Rocket Two"),
    ("title: Few requests fail", "title: Hardly any request fails"),
    ("at_most: 0.01, at_least: 0", "at_most: 0.005, at_least: 0"),
    ("fresh: 5m", "fresh: 2m"),
    ("      - gate: automatic", "      # nothing\n      - gate: automatic"),
    ("version: 2.0.0", "version: 2.0.1"),
    ("wait: 24h", "wait: 25h"),
    ("gates:\n", "gates:\n  - gate: more\n    title: One more\n    task: { by: [qa] }\n"),
    ("accept: [duplicate]", "accept: []"),
    ("count: 2 } }", "count: 3 } }"),
    ("consecutive: 3", "consecutive: 4"),
    ("labels: [blocker], at_most: 3", "labels: [blocker], at_most: 2"),
    ("soak: { time: 1d }", "soak: { time: 2d }"),
    ("total: total, at_most: 1%", "total: total, at_most: 0.5%"),
    ("stop_at: 10%", "watch_at: 0.1%, stop_at: 5%"),
];

fn launch(text: &str) -> Result<Launch, String> {
    let loaded = load(&LoadRequest::text("launch.yaml", text), &Registry);
    loaded.map(|it| it.launch).map_err(|all| all.iter().map(|it| it.rendered.clone()).collect())
}

/// The files after changes that fit; `None` for one that does not.
fn changed(text: &str, (from, to): (&str, &str)) -> Option<String> {
    text.contains(from).then(|| text.replacen(from, to, 1))
}

#[test]
fn a_launch_is_no_looser_than_itself() {
    let base = launch(BASE).unwrap();
    assert_eq!(loosened(&base, &launch(BASE).unwrap()), []);
}

#[test]
fn every_change_that_makes_go_easier_is_listed() {
    let base = launch(BASE).unwrap();
    for change in LOOSER {
        let text = changed(BASE, *change).unwrap_or_else(|| panic!("{change:?} fits nowhere"));
        let found = loosened(&base, &launch(&text).unwrap_or_else(|why| panic!("{change:?}: {why}")));
        assert!(!found.is_empty(), "{change:?} is not found");
        assert!(found.iter().all(|it| !it.describe().is_empty()));
    }
}

#[test]
fn no_change_that_only_asks_for_more_is() {
    let base = launch(BASE).unwrap();
    let mut tried = 0;
    for change in STRICTER {
        let Some(text) = changed(BASE, *change) else { continue };
        let found = loosened(&base, &launch(&text).unwrap_or_else(|why| panic!("{change:?}: {why}")));
        assert!(found.is_empty(), "{change:?}: {found:?}");
        tried += 1;
    }
    assert!(tried >= 10);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]
    #[test]
    fn what_is_stricter_beside_it_hides_nothing(
        looser in 0..LOOSER.len(),
        stricter in prop::collection::vec(0..STRICTER.len(), 0..6),
    ) {
        let mut text = changed(BASE, LOOSER[looser]).expect("each fits");
        for change in stricter {
            // Not in the very words that were made looser.
            let touches = |a: &str, b: &str| a.contains(b) || b.contains(a);
            let ((from, to), (was, is)) = (STRICTER[change], LOOSER[looser]);
            if touches(from, was) || touches(from, is) || touches(to, is) {
                continue;
            }
            text = changed(&text, (from, to)).unwrap_or(text);
        }
        let base = launch(BASE).unwrap();
        if let Ok(launch) = launch(&text) {
            prop_assert!(!loosened(&base, &launch).is_empty(), "{:?}", LOOSER[looser]);
        }
    }
}
