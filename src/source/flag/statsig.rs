//! Statsig's console API.

use serde::Deserialize;

use super::{
    Flag,
    share::{Share, Switch},
};
use crate::api::{Api, Poll};
use gonogo_domain::{Failure, FailureKind};

#[derive(Deserialize)]
struct GateEnvelope {
    data: Gate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Gate {
    id: String,
    is_enabled: bool,
    status: String,
    rules: Option<Vec<Rule>>,
    /// Held out of it are some users, whatever the rules say.
    #[serde(default, rename = "holdoutIDs")]
    holdouts: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    pass_percentage: f64,
    #[serde(default)]
    conditions: Vec<Condition>,
    /// Null means all.
    environments: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
}

/// Reads one gate.
pub(super) async fn read(api: &Api, flag: &Flag, poll: &Poll<'_>) -> Result<Switch, Failure> {
    let what = format!("the gate {}", flag.key);
    let GateEnvelope { data } = api.get(poll, &["console", "v1", "gates", &flag.key], &[], &what).await?;
    if data.id != flag.key {
        return Err(Failure::new(FailureKind::Malformed, "the answer is about another gate"));
    }
    let archived = match data.status.as_str() {
        "In Progress" | "Launched" | "Disabled" => Some(false),
        "Archived" => Some(true),
        _ => None,
    };
    let enabled = match data.status.as_str() {
        "Disabled" if data.is_enabled => None,
        // What a status that nobody knows does to the gate, nobody knows either (V4).
        _ => archived.and(Some(data.is_enabled)),
    };
    let share = match (&flag.environment, archived) {
        (None, _) => Err("no environment is named".into()),
        (_, None) => Err("its status is unknown to this version".into()),
        (Some(_), _) if !data.is_enabled => Ok(Share::NONE),
        // Everybody gets it then, whatever its rules were.
        (Some(name), _) if data.status == "Launched" => match share(&data, name) {
            Ok(Share::ALL) => Ok(Share::ALL),
            Ok(_) => Err("it is launched, but its rules say otherwise".into()),
            unreadable => unreadable,
        },
        (Some(name), _) => share(&data, name),
    };
    let mut notes = vec![format!("status {}", data.status)];
    notes.extend((!data.holdouts.is_empty()).then(|| format!("{} holdouts", data.holdouts.len())));
    Ok(Switch { enabled, archived, share, notes, ..Switch::default() })
}

/// The first rule whose conditions match decides by its percentage; nobody matched means off.
fn share(gate: &Gate, environment: &str) -> Result<Share, String> {
    let rules = gate.rules.as_ref().ok_or("its rules are not in the answer")?;
    let applies = |rule: &&Rule| {
        rule.environments.as_ref().is_none_or(|all| all.iter().any(|name| name == environment))
    };
    let mut share = Share::NONE;
    for rule in rules.iter().filter(applies).collect::<Vec<_>>().into_iter().rev() {
        let passes = Share::exactly(rule.pass_percentage).ok_or("a rule with an invalid percentage")?;
        let everybody = rule.conditions.iter().all(|condition| condition.kind == "public");
        share = if everybody { passes } else { share.or(passes) };
    }
    Ok(if gate.holdouts.is_empty() { share } else { share.at_most() })
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shared(rules: Value) -> Result<(f64, f64), String> {
        let gate = json!({"id": "k", "isEnabled": true, "status": "In Progress", "rules": rules});
        share(&serde_json::from_value(gate).unwrap(), "production").map(|share| (share.low, share.high))
    }

    fn rule(percent: f64, condition: &str, environments: Value) -> Value {
        json!({"name": "r", "passPercentage": percent, "conditions": [{"type": condition}], "environments": environments})
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let all = Value::Null;
        assert_eq!(shared(json!([])), Ok((0.0, 0.0)));
        assert_eq!(shared(json!([rule(90.0, "public", all.clone())])), Ok((90.0, 90.0)));
        let both = json!([rule(10.0, "public", all.clone()), rule(90.0, "public", all.clone())]);
        assert_eq!(shared(both), Ok((10.0, 10.0)));
        let narrowed = json!([rule(100.0, "country", all.clone()), rule(10.0, "public", all)]);
        assert_eq!(shared(narrowed), Ok((10.0, 100.0)));
    }

    #[test]
    fn rules_of_other_environments_do_not_count() {
        assert_eq!(shared(json!([rule(100.0, "public", json!(["development"]))])), Ok((0.0, 0.0)));
        assert_eq!(shared(json!([rule(5.0, "public", json!(["production"]))])), Ok((5.0, 5.0)));
        assert!(shared(json!([rule(150.0, "public", Value::Null)])).is_err());
    }
}
