//! Guardrails as they are written.

use std::time::Duration;

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, Loaded, load},
    domain::{CallsFor, Diagnostic, LimitUnit, Measure},
};

use super::{limits, planned};

pub const HEAD: &str = "
launch: checkout-3
title: Checkout v3
version: 3.0.0
target: { repository: acme/checkout, ref: release/3.0 }
schedule: { t0: 2026-12-02T09:00, timezone: Europe/London }
people: { octo: { name: Octo, github: octocat } }
roles: { lead: { people: [octo] } }
variables: { flag: checkout-v3, wild: 'a\"b' }
policies: { freshness: { by_source: { prometheus: 2m } } }
gates: [{ gate: smoke, title: Smoke, github: { workflow: { file: smoke.yml } } }]
";

pub fn launch(rest: &str) -> Result<Loaded, Vec<Diagnostic>> {
    load(&LoadRequest::text("launch.yaml", format!("{HEAD}{rest}")), &Registry)
}

pub fn problems(rest: &str) -> String {
    let found = launch(rest).err().unwrap_or_default();
    found.into_iter().map(|it| format!("{} {}\n", it.code, it.rendered)).collect()
}

const ERRORS: &str = "
guardrails:
  errors:
    title: Share of checkouts that fail
    calls_for: rollback
    window: 1m
    prometheus:
      bad: 'sum(increase(failed{flag=\"{{ flag }}\"}[{{ window }}]))'
      total: 'sum(increase(total[{{ window }}]))'
      at_most: 1%
      watch_at: 0.5%
      stop_at: 10%
      control: { bad: 'other_failed[{{ window }}]', total: other, at_most: 120% }
  queue: { title: Depth of the queue, prometheus: { value: 'max(queue)', at_most: 10000 } }
";
const ROLLOUT: &str = "
rollout:
  advance_by: [lead]
  each_stage: { guardrails: [errors, queue] }
  stages:
    - { stage: canary, audience: { percent: 10 }, soak: { time: 24h } }
    - { stage: half, audience: { percent: 50 }, guardrails: [errors] }
    - { stage: everyone, audience: { percent: 100 }, guardrails: [] }
";

#[test]
fn a_guardrail_arrives_with_its_window_in_its_queries() {
    let loaded = launch(&format!("{ERRORS}{ROLLOUT}")).unwrap_or_else(|found| panic!("{found:#?}"));
    assert!(loaded.warnings.iter().all(|it| it.code == "unused-variable"), "{:?}", loaded.warnings);
    assert!(loaded.sources.iter().any(|it| it.as_str() == "prometheus"), "its server is needed");
    let errors = &loaded.launch.guardrails["errors"];
    assert_eq!((errors.calls_for, errors.window), (CallsFor::Rollback, Duration::from_secs(60)));
    assert_eq!(errors.fresh, Duration::from_secs(120), "the policy of its source");
    assert_eq!(errors.query.args["stage"]["bad"], "sum(increase(failed{flag=\"checkout-v3\"}[1m]))");
    assert_eq!(errors.query.args["control"]["bad"], "other_failed[1m]");
    assert_eq!(errors.query.args["window"], 60);
    let limits = errors.limits;
    assert_eq!((limits.at_most, limits.watch_at, limits.stop_at), (Some(0.01), Some(0.005), Some(0.1)));
    assert_eq!((limits.control, limits.measure), (Some(1.2), Measure::Share));
    let queue = &loaded.launch.guardrails["queue"];
    assert_eq!((queue.calls_for, queue.window), (CallsFor::Hold, Duration::from_secs(300)));
    assert_eq!((queue.limits.measure, queue.limits.at_most), (Measure::Value, Some(10_000.0)));
    let stages = &loaded.launch.rollout.as_ref().unwrap().stages;
    let of = |at: usize| stages[at].guardrails.iter().map(|it| &**it).collect::<Vec<_>>();
    assert_eq!((of(0), of(1), of(2)), (vec!["errors", "queue"], vec!["errors"], vec![]));
}

#[test]
fn what_is_wrong_with_a_guardrail_is_said_with_what_to_write() {
    let one = |body: &str| {
        format!("guardrails:\n  errors:\n    title: Errors\n{body}{ROLLOUT}").replace(", queue", "")
    };
    let cases = [
        ("    prometheus: { bad: x, total: y, at_most: 1%, breach_after: 3 }\n", "overlapping", true),
        ("    breach_after: 3\n", "`breach_after` is no longer a key", true),
        ("    samples: 500\n", "counts its own samples", true),
        ("    action: rollback\n", "calls_for", true),
        ("    prometheus: { query: x, at_most: 0.01 }\n", "`bad:` and `total:`", true),
        ("    prometheus: { bad: x, total: y, at_most: 0.01 }\n", "the % sign: 1%", true),
        ("    prometheus: { bad: x, total: y, at_most: 150% }\n", "between 0 and 100", true),
        ("    prometheus: { bad: x, at_most: 1% }\n", "belong together", true),
        ("    prometheus: { bad: x, total: y }\n", "it has no limit", true),
        ("    prometheus: { bad: x, total: y, at_most: 1%, stop_at: 0.5% }\n", "far above", true),
        ("    prometheus: { bad: x, total: y, at_most: 1%, unit: ms }\n", "counts have no unit", true),
        ("    prometheus: { value: x, at_most: 250ms, stop_at: 1 }\n", "without its unit", true),
        ("    prometheus: { value: x, at_most: fast }\n", "not a limit", true),
        (
            "    prometheus: { bad: x, total: y, at_most: 1%, control: { value: z, at_most: 120% } }\n",
            "the same thing",
            true,
        ),
        ("    prometheus: { bad: 'x{{ wild }}', total: y, at_most: 1% }\n", "cannot be used in", true),
        ("    window: 1s\n    prometheus: { bad: x, total: y, at_most: 1% }\n", "not a useful window", true),
        ("    calls_for: panic\n    prometheus: { bad: x, total: y, at_most: 1% }\n", "panic", true),
        ("    jira: { issues: { jql: x } }\n", "cannot measure `jira` over time", true),
        ("", "does not say what to measure", true),
    ];
    for (body, part, found) in cases {
        let said = problems(&one(body));
        assert_eq!(said.contains(part), found, "{body}: {part}\n{said}");
        assert!(said.contains("launch.yaml:"), "{body}: no place\n{said}");
    }
    let unknown = problems(&format!("{ERRORS}{}", ROLLOUT.replace("[errors]", "[erors]")));
    assert!(unknown.contains("did you mean `errors`"), "{unknown}");
}

#[test]
fn a_trigger_of_the_rollback_calls_for_it() {
    let back = "rollback:\n  owner: lead\n  triggers: [guardrail/errors, guardrail/queue]\n  steps: [{ step: off, title: Off }]\n";
    let loaded = launch(&format!("{ERRORS}{ROLLOUT}{back}")).unwrap_or_else(|found| panic!("{found:#?}"));
    let of = |id: &str| loaded.launch.guardrails[id].calls_for;
    assert_eq!(
        (of("errors"), of("queue")),
        (CallsFor::Rollback, CallsFor::Rollback),
        "whatever they say themselves"
    );
    let otherwise =
        problems(&format!("{}{ROLLOUT}{back}", ERRORS.replace("calls_for: rollback", "calls_for: hold")));
    assert!(otherwise.contains("two-calls") && otherwise.contains("contradicts this"), "{otherwise}");
    let bare = problems(&format!("{ERRORS}{ROLLOUT}{}", back.replace("guardrail/queue", "queue")));
    assert!(bare.contains("write guardrail/queue"), "{bare}");
    let unknown =
        problems(&format!("{ERRORS}{ROLLOUT}{}", back.replace("guardrail/queue", "guardrail/queu")));
    assert!(unknown.contains("did you mean `queue`"), "{unknown}");
}

#[test]
fn a_guardrail_that_no_stage_names_is_pointed_out() {
    let loaded = launch(&format!("{ERRORS}{}", ROLLOUT.replace(", queue", ""))).unwrap();
    assert!(loaded.warnings.iter().any(|it| it.code == "unused-guardrail"), "{:?}", loaded.warnings);
}

#[test]
fn limits_of_a_value_have_the_unit_of_the_query() {
    let time = limits("prometheus: { value: p95, at_most: 250ms, stop_at: 2s }");
    assert_eq!((time.at_most, time.stop_at, time.unit), (Some(0.25), Some(2.0), LimitUnit::Seconds));
    let (_, given) = planned("prometheus: { value: p95, unit: ms, at_most: 250ms }").unwrap();
    assert_eq!((given.limits.at_most, &given.args["scale"]), (Some(0.25), &serde_json::json!(0.001)));
    assert_eq!(given.limits.describe(), "at most 250 ms");
    assert_eq!(limits("prometheus: { value: x, at_most: 2% }").describe(), "at most 2 %");
    let cluster = limits("prometheus: { bad: b, total: t, at_most: 1%, cluster: 5 }").cluster;
    assert!((cluster - 5.0).abs() < f64::EPSILON, "{cluster}");
}
