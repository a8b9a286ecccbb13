//! `datadog.monitor`: a monitor is OK.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Datadog;
use crate::{
    DecodedLimits, Description,
    api::{FindingResult, Poll},
    finding::finding,
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    id: String,
    /// A monitor that is muted is let pass.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    muted: bool,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    id: Spanned<String>,
    accept: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
struct Monitor {
    id: u64,
    name: String,
    overall_state: Option<String>,
    deleted: Option<Value>,
    /// `draft` or `published`. One that is a draft wakes nobody.
    draft_status: Option<String>,
    #[serde(default)]
    options: Options,
    #[serde(default)]
    matching_downtimes: Vec<Downtime>,
}

#[derive(Default, Deserialize)]
struct Options {
    /// By what is muted (`*` for all): until when, in epoch seconds; null for no end.
    #[serde(default)]
    silenced: Option<HashMap<String, Option<f64>>>,
    /// What it does when nothing is sent; `resolve`: it says OK.
    on_missing_data: Option<String>,
}

/// Another way of muting.
#[derive(Deserialize)]
struct Downtime {
    start: Option<f64>,
    end: Option<f64>,
}

impl Monitor {
    /// Whether somebody silenced it, in whole or in part: then whoever would be woken by it is not.
    fn is_muted(&self, now: i64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
        let now = now as f64;
        let lasts = |end: Option<f64>| end.is_none_or(|end| end > now);
        let silenced = self.options.silenced.iter().flatten().any(|(_, end)| lasts(*end));
        let down = |it: &Downtime| it.start.is_none_or(|start| start <= now) && lasts(it.end);
        silenced || self.matching_downtimes.iter().any(down)
    }
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a monitor is quiet",
        keys: &[("id", "its number, as in its address"), ("accept", "`muted`: a muted monitor passes too")],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let id = spec.text(&self.id, "the id");
        let muted =
            self.accept.iter().flatten().filter_map(|spot| spec.word(spot, &[("muted", ())])).count() > 0;
        let said = format!("monitor {id} is OK{}", if muted { ", even if it is muted" } else { "" });
        spec.finish(Wanted { id, muted }, said)
    }
}

pub(super) async fn answer(datadog: &Datadog, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    let what = format!("the monitor {}", wanted.id);
    let monitor: Monitor = datadog
        .api
        .get(poll, &["api", "v1", "monitor", &wanted.id], &[("with_downtimes", "true")], &what)
        .await?;
    if monitor.id.to_string() != wanted.id {
        return Err(Failure::new(FailureKind::Malformed, "the answer is about another monitor"));
    }
    let deleted = monitor.deleted.as_ref().is_some_and(|at| !at.is_null());
    let draft = monitor.draft_status.as_deref() == Some("draft");
    let state = monitor.overall_state.as_deref().unwrap_or("none");
    // By either clock: ours may be ahead, and a silence would seem over.
    let clocks = [Some((datadog.clock)().wall), poll.server_time()];
    let muted = clocks.into_iter().flatten().any(|now| monitor.is_muted(now.timestamp()));
    let outcome = match state {
        _ if deleted => Outcome::Unclear,
        "OK" if draft => Outcome::Unclear,
        "OK" if muted && !wanted.muted => Outcome::Unclear,
        "OK" => Outcome::Holds,
        "Alert" | "Warn" => Outcome::Fails,
        // "No Data", "Skipped", "Ignored", "Unknown", and what did not exist when this was built.
        _ => Outcome::Unclear,
    };
    let said = if deleted { "deleted" } else { state };
    let muted = if muted { ", and it is muted" } else { "" };
    let draft = if draft { ", but it is a draft and alerts nobody: publish it" } else { "" };
    let silent = state == "OK" && monitor.options.on_missing_data.as_deref() == Some("resolve");
    let silent = if silent { ", which it is also when nothing is sent" } else { "" };
    let reason = format!("the monitor's state is {said}{silent}{muted}{draft}");
    let mut found = finding(outcome, reason, "monitor");
    found.accepted =
        (outcome == Outcome::Holds && !muted.is_empty()).then(|| "muted".into()).into_iter().collect();
    found.rows = vec![monitor.name.into()];
    found.url = datadog.page(&["monitors", &wanted.id]);
    Ok(found)
}
