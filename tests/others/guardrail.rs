//! Windows of guardrails, and how guardrails stand in files.

mod datadog;
mod files;
mod http;
mod past;
mod prometheus;
mod reach;
mod real;
mod sentry;

use std::{collections::BTreeMap, time::Duration};

use gonogo::{
    domain::{Bound, Digest, Finding, Limits, Measured, Query, Question, SourceId, Window},
    source::{guardrail::DecodedGuardrail, register::declared},
    yaml,
};

/// What stands in a guardrail: `prometheus: { bad: ..., total: ..., at_most: 1% }`.
fn planned(text: &str) -> Result<(String, DecodedGuardrail), Vec<String>> {
    planned_with(text, Duration::from_secs(3_600))
}

fn planned_with(text: &str, window: Duration) -> Result<(String, DecodedGuardrail), Vec<String>> {
    let document = yaml::parse("guardrail.yaml", text.as_bytes()).expect("the YAML of a test");
    let (key, node) = document.entries(document.root()).next().expect("a source");
    let source = document.text(key).expect("its name").to_owned();
    let decode = declared(&source).and_then(|it| it.measures).expect("a source that measures").decode;
    let (defaults, people) = (BTreeMap::new(), BTreeMap::new());
    let limits = gonogo::source::GateLimits {
        document: &document,
        node,
        defaults: &defaults,
        version: "3.0.0",
        people: &people,
    };
    let mut problems = Vec::new();
    match decode(&limits, window, &mut problems) {
        Some(planned) if problems.is_empty() => Ok((source, planned)),
        _ => Err(problems
            .into_iter()
            .map(|it| format!("{}; {}", it.message, it.help.unwrap_or_default()))
            .collect()),
    }
}

fn limits(text: &str) -> Limits {
    planned(text).unwrap_or_else(|problems| panic!("{problems:?}")).1.limits
}

/// The question as the evaluator puts it, with windows of so many seconds since then.
fn question(text: &str, window: i64, since: i64) -> Question {
    let (source, planned) = planned(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut args = planned.args;
    args["window"] = window.into();
    args["since"] = since.into();
    let said = planned.said;
    Question {
        gate: "guardrail/errors".into(),
        digest: Digest::of([text.as_bytes()]),
        query: Query {
            source: SourceId::new(source),
            thing: "guardrail".into(),
            args,
            bound: Bound::Free,
            said,
        },
        version: "3.0.0".into(),
        component: None,
        repository: "acme/checkout".into(),
        git_ref: "release/3.0".into(),
        connection: None,
    }
}

fn windows(finding: &Finding) -> &[Window] {
    match &finding.measured {
        Some(Measured::Windows(windows)) => windows,
        other => panic!("no windows: {other:?}"),
    }
}
