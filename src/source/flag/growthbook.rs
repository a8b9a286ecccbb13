//! GrowthBook's REST API, version 2 of features: rules stand beside the environments, each with a scope of its own.

use std::collections::HashMap;

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
}

/// Another flag, and what its value must be.
#[derive(Deserialize)]
struct Prerequisite {
    id: Option<String>,
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
    switch.above = above(api, name, &feature.prerequisites, poll).await?;
    switch.share = if environment.enabled { share(&feature, name, &switch.above) } else { Ok(Share::NONE) };
    let rules = feature.rules.iter().flatten().filter(|rule| rule.is_for(name)).count();
    if rules > 0 {
        switch.notes.push(format!("{rules} rules"));
    }
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

/// Whether the prerequisites let it through. One that is off in the environment has no value, and meets nothing; what
/// one that is on is worth depends on the user.
async fn above(
    api: &Api,
    environment: &str,
    all: &[Prerequisite],
    poll: &Poll<'_>,
) -> Result<UpstreamFlags, Failure> {
    let mut reading = UpstreamReading::new();
    for it in all {
        let key = it.id.as_deref().unwrap_or_default();
        match ask(api, key, poll).await {
            Err(failure) => reading.misses(key, failure),
            Ok(known) => reading.says(match known.environments.get(environment) {
                None => UpstreamFlags::Unread(format!("{key}, which has no such environment")),
                Some(it) if it.enabled => UpstreamFlags::Depends,
                Some(_) => UpstreamFlags::Unmet(format!("its prerequisite {key} is off")),
            }),
        }
    }
    reading.end()
}

/// The first rule that matches a user decides; a rollout leaves those outside of it to the rules below.
fn share(feature: &Feature, environment: &str, above: &UpstreamFlags) -> Result<Share, String> {
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
    for rule in rules.iter().rev().filter(|rule| rule.is_for(environment)) {
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
        share = if rule.is_narrowed() { share.or(mixed) } else { mixed };
    }
    // A prerequisite that is not met means off.
    Ok(above.share(share, Share::NONE))
}

impl Rule {
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
        share(&serde_json::from_value(feature).unwrap(), "production", &UpstreamFlags::Free)
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
    fn conditions_and_experiments_open_the_span() {
        let mut narrowed = rollout(1.0);
        narrowed["condition"] = json!("{\"country\": \"US\"}");
        assert_eq!(shared(json!([narrowed])), Ok((0.0, 100.0)));
        assert_eq!(shared(json!([{"type": "experiment-ref", "allEnvironments": true}])), Ok((0.0, 100.0)));
        let mut bad = rollout(1.5);
        assert!(shared(json!([bad.clone()])).is_err());
        bad["coverage"] = Value::Null;
        assert!(shared(json!([bad])).is_err());
    }
}
