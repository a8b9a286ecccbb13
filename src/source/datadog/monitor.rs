//! `datadog.monitor`: a monitor is OK.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Datadog;
use crate::{
    domain::{Failure, FailureKind, Outcome, Question},
    source::{
        Decoded, Limits,
        api::{Answered, Poll},
        fact::finding,
        spec::{Spec, args},
    },
    yaml::{Problem, Spot},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    id: String,
}

#[derive(Deserialize)]
struct Keys {
    id: Spot<String>,
}

#[derive(Deserialize)]
struct Monitor {
    id: u64,
    name: String,
    overall_state: Option<String>,
    deleted: Option<Value>,
}

pub(super) fn decode(limits: &Limits<'_>, problems: &mut Vec<Problem>) -> Option<Decoded> {
    let mut spec = Spec::new(limits, problems);
    let keys: Keys = spec.read()?;
    let id = spec.text(&keys.id, "the id");
    let said = format!("monitor {id} is OK");
    spec.finish(Wanted { id }, said)
}

pub(super) async fn answer(datadog: &Datadog, question: &Question, poll: &Poll<'_>) -> Answered {
    let wanted: Wanted = args(question)?;
    let what = format!("the monitor {}", wanted.id);
    let monitor: Monitor = datadog.api.get(poll, &["api", "v1", "monitor", &wanted.id], &[], &what).await?;
    if monitor.id.to_string() != wanted.id {
        return Err(Failure::new(FailureKind::Malformed, "the answer is about another monitor"));
    }
    let deleted = monitor.deleted.as_ref().is_some_and(|at| !at.is_null());
    let state = monitor.overall_state.as_deref().unwrap_or("none");
    let outcome = match state {
        _ if deleted => Outcome::Unclear,
        "OK" => Outcome::Holds,
        "Alert" | "Warn" => Outcome::Fails,
        // "No Data", "Skipped", "Ignored", "Unknown", and what did not exist when this was built.
        _ => Outcome::Unclear,
    };
    let said = if deleted { "deleted" } else { state };
    let mut found = finding(outcome, format!("the monitor's state is {said}"), "monitor");
    found.rows = vec![monitor.name.into()];
    found.url = datadog.page(&["monitors", &wanted.id]);
    Ok(found)
}
