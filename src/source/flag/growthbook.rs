//! GrowthBook's REST API, version 2 of features: rules stand beside the environments, each with a scope of its own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Flag,
    share::{Share, Switch, UpstreamFlags, UpstreamReading},
};
use crate::api::{Api, Poll};
use gonogo_domain::{Failure, FailureKind};

#[derive(Deserialize)]
struct FeatureEnvelope {
    feature: Feature,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feature {
    id: String,
    archived: bool,
    value_type: String,
    default_value: String,
    environments: HashMap<String, Environment>,
    rules: Option<Vec<Rule>>,
    #[serde(default)]
    prerequisites: Vec<Prerequisite>,
    holdout: Option<Holdout>,
}

/// Another flag, which must be true: this version of the API has its key and nothing else.
#[derive(Deserialize)]
#[serde(untagged)]
enum Prerequisite {
    Key(String),
    Named { id: String },
}

/// Some users, nobody here knows how many, who get this value whatever the rules say.
#[derive(Deserialize)]
struct Holdout {
    value: String,
}

#[derive(Deserialize)]
struct Environment {
    enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
    enabled: Option<bool>,
    /// 0 to 1.
    coverage: Option<f64>,
    value: Option<Value>,
    condition: Option<Value>,
    #[serde(default)]
    saved_groups: Vec<Value>,
    #[serde(default)]
    saved_group_targeting: Vec<Value>,
    #[serde(default)]
    prerequisites: Vec<Value>,
    all_environments: Option<bool>,
    #[serde(default)]
    environments: Vec<String>,
    /// False: only for some of the projects that get the flag.
    all_projects: Option<bool>,
    /// Moments at which it is switched on and off.
    schedule_rules: Option<Vec<Scheduled>>,
}

#[derive(Deserialize)]
struct Scheduled {
    /// ISO 8601; null: open on this side.
    timestamp: Option<String>,
    enabled: bool,
}

/// In what environment, and when, rules are looked at.
#[derive(Clone, Copy)]
struct RuleScope<'a> {
    environment: &'a str,
    /// By the server's clock, which switches what is scheduled; `None`: it did not tell.
    now: Option<DateTime<Utc>>,
}

/// Reads one flag.
pub(super) async fn read(api: &Api, flag: &Flag, poll: &Poll<'_>) -> Result<Switch, Failure> {
    let feature = ask(api, &flag.key, poll).await?;
    let mut switch = Switch { archived: Some(feature.archived), ..Switch::default() };
    let Some(name) = &flag.environment else { return Ok(switch) };
    let Some(environment) = feature.environments.get(name) else {
        return Err(Failure::new(FailureKind::NotFound, format!("the flag has no environment {name}"))
            .advise("check `environment`"));
    };
    switch.enabled = Some(environment.enabled);
    let scope = RuleScope { environment: name, now: poll.server_time() };
    switch.above = above(api, scope, &feature.prerequisites, poll).await?;
    switch.share = if environment.enabled { share(&feature, scope, &switch.above) } else { Ok(Share::NONE) };
    let rules = feature.rules.iter().flatten().filter(|rule| rule.applies(scope) != Some(false)).count();
    if rules > 0 {
        switch.notes.push(format!("{rules} rules"));
    }
    switch.notes.extend(feature.holdout.as_ref().map(|_| "a holdout".to_owned()));
    Ok(switch)
}

async fn ask(api: &Api, key: &str, poll: &Poll<'_>) -> Result<Feature, Failure> {
    let what = format!("the flag {key}");
    let FeatureEnvelope { feature } = api.get(poll, &["api", "v2", "features", key], &[], &what).await?;
    if feature.id != key {
        return Err(Failure::new(FailureKind::Malformed, "the answer is about another flag"));
    }
    Ok(feature)
}

/// Whether the prerequisites let it through: each must be true for whoever asks.
async fn above(
    api: &Api,
    scope: RuleScope<'_>,
    all: &[Prerequisite],
    poll: &Poll<'_>,
) -> Result<UpstreamFlags, Failure> {
    let mut reading = UpstreamReading::new();
    for Prerequisite::Key(key) | Prerequisite::Named { id: key } in all {
        match ask(api, key, poll).await {
            Err(failure) => reading.misses(key, failure),
            Ok(known) => reading.says(lets_through(&known, scope)),
        }
    }
    reading.end()
}

fn lets_through(it: &Feature, scope: RuleScope<'_>) -> UpstreamFlags {
    let key = &it.id;
    let Some(environment) = it.environments.get(scope.environment) else {
        return UpstreamFlags::Unread(format!("{key}, which has no such environment"));
    };
    if it.archived {
        return UpstreamFlags::Unread(format!("{key}, which is archived"));
    }
    if !environment.enabled {
        return UpstreamFlags::Unmet(format!("its prerequisite {key} is off"));
    }
    // What stands above it in turn is not followed.
    let above = if it.prerequisites.is_empty() { UpstreamFlags::Free } else { UpstreamFlags::Depends };
    match share(it, scope, &above) {
        Ok(Share::NONE) => UpstreamFlags::Unmet(format!("nobody gets its prerequisite {key}")),
        Ok(Share::ALL) => UpstreamFlags::Met,
        _ => UpstreamFlags::Depends,
    }
}

/// The first rule that matches a user decides; a rollout leaves those outside of it to the rules below.
fn share(feature: &Feature, scope: RuleScope<'_>, above: &UpstreamFlags) -> Result<Share, String> {
    if feature.value_type != "boolean" {
        return Err("it is not a boolean flag".into());
    }
    let whole = |text: &str| match text {
        "true" => Ok(Share::ALL),
        "false" => Ok(Share::NONE),
        _ => Err("a value that is neither true nor false".to_owned()),
    };
    let rules = feature.rules.as_ref().ok_or("its rules are not in the answer")?;
    let mut share = whole(&feature.default_value)?;
    let mut partial = 0;
    for rule in rules.iter().rev() {
        let applies = rule.applies(scope);
        if applies == Some(false) {
            continue;
        }
        let served = match rule.kind.as_str() {
            "force" | "rollout" => whole(&rule.text().ok_or("a rule without its value")?)?,
            // An experiment has variations of its own.
            _ => Share::ANY,
        };
        let coverage = if rule.kind == "rollout" {
            rule.coverage.ok_or("a rollout without its share")?
        } else {
            rule.coverage.unwrap_or(1.0)
        };
        if !(0.0..=1.0).contains(&coverage) {
            return Err("a rule with an invalid share".into());
        }
        partial += u32::from(coverage > 0.0 && coverage < 1.0);
        let mixed = if coverage >= 1.0 {
            served
        } else if partial > 1 {
            // Two rollouts may take the same users or different ones.
            share.or(served)
        } else {
            let mix = |on: f64, rest: f64| on * coverage + rest * (1.0 - coverage);
            Share { low: mix(served.low, share.low), high: mix(served.high, share.high) }
        };
        share = if rule.is_narrowed() || applies.is_none() { share.or(mixed) } else { mixed };
    }
    if let Some(holdout) = &feature.holdout {
        share = share.or(whole(&holdout.value)?);
    }
    // A prerequisite that is not met means off.
    Ok(above.share(share, Share::NONE))
}

impl Rule {
    /// Whether it counts in the environment now; `None`: its schedule cannot be told.
    fn applies(&self, scope: RuleScope<'_>) -> Option<bool> {
        if self.is_for(scope.environment) { self.is_scheduled(scope.now) } else { Some(false) }
    }

    /// The newest moment that is past decides, and before all of them the opposite of the first.
    fn is_scheduled(&self, now: Option<DateTime<Utc>>) -> Option<bool> {
        let timed = self.schedule_rules.iter().flatten();
        let timed = timed.filter_map(|it| Some((it.timestamp.as_deref()?, it.enabled)));
        let parsed: Option<Vec<(DateTime<Utc>, bool)>> =
            timed.map(|(at, enabled)| Some((at.parse().ok()?, enabled))).collect();
        let mut moments = parsed?;
        moments.sort_by_key(|(at, _)| *at);
        let Some((_, first)) = moments.first() else { return Some(true) };
        let now = now?;
        let past = moments.iter().rev().find(|(at, _)| *at <= now);
        Some(past.map_or(!first, |(_, enabled)| *enabled))
    }

    /// A rule that does not say whom it is for may be for this environment: fail closed by counting it.
    fn is_for(&self, environment: &str) -> bool {
        let off = self.enabled == Some(false);
        let all = self.all_environments.unwrap_or(self.environments.is_empty());
        !off && (all || self.environments.iter().any(|name| name == environment))
    }

    fn is_narrowed(&self) -> bool {
        let condition = match &self.condition {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !matches!(text.trim(), "" | "{}"),
            Some(Value::Object(entries)) => !entries.is_empty(),
            Some(_) => true,
        };
        condition
            || !self.saved_groups.is_empty()
            || !self.saved_group_targeting.is_empty()
            || !self.prerequisites.is_empty()
            || self.all_projects == Some(false)
    }

    fn text(&self) -> Option<String> {
        match self.value.as_ref()? {
            Value::String(text) => Some(text.clone()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shared(rules: Value) -> Result<(f64, f64), String> {
        let feature = json!({"id": "k", "archived": false, "valueType": "boolean", "defaultValue": "false",
            "environments": {}, "rules": rules});
        let scope = RuleScope { environment: "production", now: "2026-12-01T12:00:00Z".parse().ok() };
        share(&serde_json::from_value(feature).unwrap(), scope, &UpstreamFlags::Free)
            .map(|share| (share.low, share.high))
    }

    fn rollout(coverage: f64) -> Value {
        json!({"type": "rollout", "enabled": true, "coverage": coverage, "value": "true", "allEnvironments": true})
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        assert_eq!(shared(json!([])), Ok((0.0, 0.0)));
        assert_eq!(shared(json!([rollout(0.25)])), Ok((25.0, 25.0)));
        let off = json!({"type": "force", "value": "false", "allEnvironments": true});
        assert_eq!(shared(json!([off, rollout(1.0)])), Ok((0.0, 0.0)), "what stands above wins");
        assert_eq!(shared(json!([rollout(0.1), rollout(0.2)])), Ok((20.0, 100.0)));
    }

    #[test]
    fn rules_of_other_environments_and_disabled_ones_do_not_count() {
        let mut other = rollout(1.0);
        other["allEnvironments"] = json!(false);
        other["environments"] = json!(["staging"]);
        assert_eq!(shared(json!([other])), Ok((0.0, 0.0)));
        let mut disabled = rollout(1.0);
        disabled["enabled"] = json!(false);
        assert_eq!(shared(json!([disabled])), Ok((0.0, 0.0)));
        let unscoped = json!({"type": "force", "value": "true"});
        assert_eq!(shared(json!([unscoped])), Ok((100.0, 100.0)));
    }

    #[test]
    fn a_rule_counts_only_within_its_schedule() {
        let (before, after) = (json!("2026-12-01T11:59:00Z"), json!("2026-12-02T09:00:00+02:00"));
        for (start, end, expected) in [
            (Value::Null, Value::Null, (100.0, 100.0)),
            (after.clone(), Value::Null, (0.0, 0.0)),
            (before.clone(), Value::Null, (100.0, 100.0)),
            (before.clone(), after.clone(), (100.0, 100.0)),
            (Value::Null, before.clone(), (0.0, 0.0)),
            (Value::Null, after, (100.0, 100.0)),
            (json!("2026-12-01T12:00:00Z"), Value::Null, (100.0, 100.0)),
            (json!("soon"), Value::Null, (0.0, 100.0)),
        ] {
            let mut rule = rollout(1.0);
            rule["scheduleRules"] =
                json!([{"timestamp": start, "enabled": true}, {"timestamp": end, "enabled": false}]);
            assert_eq!(shared(json!([rule])), Ok(expected), "{start} to {end}");
        }
    }

    #[test]
    fn conditions_and_experiments_open_the_span() {
        let mut narrowed = rollout(1.0);
        narrowed["condition"] = json!("{\"country\": \"US\"}");
        assert_eq!(shared(json!([narrowed])), Ok((0.0, 100.0)));
        let mut of_one_project = rollout(1.0);
        of_one_project["allProjects"] = json!(false);
        assert_eq!(shared(json!([of_one_project])), Ok((0.0, 100.0)));
        assert_eq!(shared(json!([{"type": "experiment-ref", "allEnvironments": true}])), Ok((0.0, 100.0)));
        let mut bad = rollout(1.5);
        assert!(shared(json!([bad.clone()])).is_err());
        bad["coverage"] = Value::Null;
        assert!(shared(json!([bad])).is_err());
    }
}
