//! Statsig's console API.

use serde::Deserialize;
use serde_json::Value;

use super::{
    Flag,
    share::{Share, Switch},
};
use crate::{
    api::{Api, Poll},
    finding::count,
    http::HttpRequest,
};
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
    holdouts: Vec<Value>,
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

#[derive(Deserialize)]
struct EnvironmentsEnvelope {
    data: Environments,
}

#[derive(Deserialize)]
struct Environments {
    environments: Vec<Environment>,
}

#[derive(Deserialize)]
struct Environment {
    name: String,
}

#[derive(Deserialize)]
struct OverridesEnvelope {
    data: Overrides,
}

/// Who passes or fails by name, before any rule is looked at.
#[derive(Deserialize)]
struct Overrides {
    #[serde(rename = "passingUserIDs")]
    passing_users: Vec<Value>,
    #[serde(rename = "failingUserIDs")]
    failing_users: Vec<Value>,
    #[serde(default, rename = "passingCustomIDs")]
    passing_custom: Vec<Value>,
    #[serde(default, rename = "failingCustomIDs")]
    failing_custom: Vec<Value>,
    #[serde(default, rename = "environmentOverrides")]
    environments: Vec<EnvironmentOverride>,
}

#[derive(Deserialize)]
struct EnvironmentOverride {
    /// Null means all.
    environment: Option<String>,
    #[serde(default, rename = "passingIDs")]
    passing: Vec<Value>,
    #[serde(default, rename = "failingIDs")]
    failing: Vec<Value>,
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
    if let Some(name) = &flag.environment {
        known(api, &data, name, poll).await?;
    }
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
    let named = named(api, flag, poll).await?;
    notes.extend((named > 0).then(|| count(named as u64, "override")));
    Ok(Switch { enabled, archived, share, notes, singled_out: named > 0, ..Switch::default() })
}

/// Whether the project has the environment. To a name that no rule has, a misspelt one looks like one that nobody gets
/// anything in.
async fn known(api: &Api, gate: &Gate, environment: &str, poll: &Poll<'_>) -> Result<(), Failure> {
    if !gate.leaves_out(environment) {
        return Ok(());
    }
    let path = ["console", "v1", "environments"];
    let EnvironmentsEnvelope { data } = api.get(poll, &path, &[], "the environments of the project").await?;
    if data.environments.iter().any(|it| it.name.eq_ignore_ascii_case(environment)) {
        return Ok(());
    }
    let all = data.environments.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    Err(Failure::new(FailureKind::NotFound, format!("the project has no environment {environment}"))
        .advise(format!("check `environment`: there are {all}")))
}

impl Gate {
    /// Whether rules name environments, and none of them this one.
    fn leaves_out(&self, environment: &str) -> bool {
        let rules = self.rules.iter().flatten();
        let named: Vec<&String> = rules.filter_map(|rule| rule.environments.as_ref()).flatten().collect();
        !named.is_empty() && !named.iter().any(|name| name.eq_ignore_ascii_case(environment))
    }
}

/// How many are named for whom a limit of nobody, or of everybody, does not hold. Where no gate asks for that, nobody
/// is looked for.
async fn named(api: &Api, flag: &Flag, poll: &Poll<'_>) -> Result<usize, Failure> {
    let (nobody, everybody) = (flag.percent_at_most == Some(0.0), flag.percent_at_least == Some(100.0));
    if !nobody && !everybody {
        return Ok(0);
    }
    let url = api.url(&["console", "v1", "gates", &flag.key, "overrides"], &[])?;
    let response = api.exchange(poll, HttpRequest::get(url)).await?;
    // Its reference says 201 for this one.
    if !matches!(response.status(), 200 | 201) {
        return Err(api.refused(poll, &response, &format!("the overrides of the gate {}", flag.key)));
    }
    let OverridesEnvelope { data } = api.read(&response)?;
    let here = |it: &&EnvironmentOverride| match (&it.environment, &flag.environment) {
        (Some(of), Some(name)) => of.eq_ignore_ascii_case(name),
        _ => true,
    };
    let (mut passing, mut failing) = (
        data.passing_users.len() + data.passing_custom.len(),
        data.failing_users.len() + data.failing_custom.len(),
    );
    for it in data.environments.iter().filter(here) {
        passing += it.passing.len();
        failing += it.failing.len();
    }
    Ok(if nobody { passing } else { 0 } + if everybody { failing } else { 0 })
}

/// The first rule whose conditions match decides by its percentage; nobody matched means off.
fn share(gate: &Gate, environment: &str) -> Result<Share, String> {
    let rules = gate.rules.as_ref().ok_or("its rules are not in the answer")?;
    let applies = |rule: &&Rule| {
        rule.environments
            .as_ref()
            .is_none_or(|all| all.iter().any(|name| name.eq_ignore_ascii_case(environment)))
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
    use serde_json::json;

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
