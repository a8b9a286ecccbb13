//! Every kind of evidence as it stands in a whole launch.

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
};

const LAUNCH: &str = r#"
launch: checkout-3
title: Checkout v3
version: 3.0.0
target: { repository: acme/checkout, ref: release/3.0 }
schedule: { t0: 2026-12-02T09:00, timezone: Europe/London }
people: { octo: { name: Octo, github: octocat } }
roles: { qa: { people: [octo] } }
variables: { flag: checkout-v3 }
defaults:
  flag: { provider: launchdarkly, project: checkout, environment: production }
  macro: { provider: zendesk }
  jira: { project: CHK }
gates:
"#;

const GATES: &[&str] = &[
    "http: { url: 'https://status.example.com/{{ flag }}', within: 2s, tls_valid_for: 14d, in_a_row: 3 }",
    "prometheus: { query: 'sum(rate(failed[5m]))', at_most: 0.01, samples: { query: 'sum(total)', at_least: 500 }, baseline: { earlier: 7d, at_most: 120% } }",
    "datadog: { monitor: { id: \"42\" } }",
    "datadog: { query: { query: 'avg:errors{env:prod}', window: 10m, at_most: 5 } }",
    "sentry: { issues: { environment: production } }",
    "sentry: { crash_free: { release: 'web@{{ version }}', at_least: 0.995, sessions_at_least: 1000 } }",
    "flag: { key: '{{ flag }}', expect: enabled, percent_at_most: 10 }",
    "flag: { key: k, provider: unleash, percent_at_least: 50 }",
    "macro: { title: Refund, updated_since: 2026-11-01 }",
    "jira: { issues: { jql: 'fixVersion = \"{{ version }}\"' } }",
    "jira: { version: { name: '{{ version }}', expect: no_open_issues } }",
    "notion: { page: { id: x, property: Status, done: [Done] } }",
    "pagerduty: { incidents: { service: PXXXX, urgency: high } }",
    "statuspage: { status: { page: Acme, accept: [minor] } }",
    "command: { argv: [./check.sh, '--version', '{{ version }}'], go: [0], no_go: [1], timeout: 60s }",
];

#[test]
fn every_kind_loads_with_defaults_and_variables() {
    let mut text = LAUNCH.to_owned();
    for (number, gate) in GATES.iter().enumerate() {
        text += &format!("  - gate: g{number}\n    title: It is so\n    owner: qa\n    {gate}\n");
    }
    let loaded = load(&LoadRequest::text("launch.yaml", text), &Registry);
    let loaded = loaded
        .unwrap_or_else(|all| panic!("{}", all.iter().map(|it| format!("{it:?}\n")).collect::<String>()));
    assert_eq!(loaded.launch.gates.len(), GATES.len());
    let args: Vec<String> = loaded
        .launch
        .gates
        .iter()
        .filter_map(|gate| match &gate.kind {
            gonogo::domain::Kind::Evidence(query) => Some(query.args.to_string()),
            _ => None,
        })
        .collect();
    assert!(args[0].contains("https://status.example.com/checkout-v3"), "{}", args[0]);
    assert!(args[5].contains("web@3.0.0") && args[14].contains("\"3.0.0\""), "{} {}", args[5], args[14]);
}

/// What is not said of a limit is strict: a value of a variable cannot change what is asked.
#[test]
fn limits_take_plain_text_unless_their_source_says_that_any_text_is_safe() {
    let refused = |gate: &str| {
        let head = LAUNCH.replace("flag: checkout-v3", "flag: 'a b\" c'");
        let text = format!("{head}  - gate: g\n    title: It is so\n    owner: qa\n    {gate}\n");
        let all = load(&LoadRequest::text("launch.yaml", text), &Registry).err().unwrap_or_default();
        all.iter().any(|it| it.code == "unsafe-value")
    };
    for strict in [
        "jira: { version: { name: 'Checkout {{ flag }}' } }",
        "jira: { issues: { jql: 'labels = \"{{ flag }}\"' } }",
        "pagerduty: { incidents: { service: '{{ flag }}' } }",
        "sentry: { issues: { project: '{{ flag }}' } }",
        "statuspage: { status: { page: '{{ flag }}' } }",
        "prometheus: { query: 'up{{{{flag=\"{{ flag }}\"}}', at_least: 1 }",
        "datadog: { monitor: { id: '{{ flag }}' } }",
        "flag: { key: '{{ flag }}', expect: enabled }",
        "command: { argv: [./check.sh, '{{ flag }}'], go: [0] }",
        "http: { url: 'https://status.example.com/{{ flag }}' }",
        "http: { url: 'https://status.example.com/', header: '{{ flag }}' }",
        "github: { workflow: { file: '{{ flag }}.yml' } }",
        "github: { issues: { search: '{{ flag }}' } }",
        "github: { environment: { name: '{{ flag }}', file: deploy.yml } }",
        "linear: { document: { id: '{{ flag }}' } }",
    ] {
        assert!(refused(strict), "{strict}");
    }
    for free in [
        "github: { issues: { labels: ['{{ flag }}'] } }",
        "linear: { project: { name: '{{ flag }}' } }",
        "macro: { title: 'About {{ flag }}' }",
        "notion: { page: { id: x, property: '{{ flag }}', done: [Done] } }",
        "http: { url: 'https://status.example.com/', json: /flag, equals: '{{ flag }}' }",
    ] {
        assert!(!refused(free), "{free}");
    }
}
