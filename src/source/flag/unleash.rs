//! Unleash's admin API.

use serde::Deserialize;
use serde_json::Value;

use super::{
    Flag,
    share::{Share, Switch, UpstreamFlags, UpstreamReading},
};
use crate::api::{Api, Poll};
use gonogo_domain::{Failure, FailureKind};

#[derive(Deserialize)]
struct Feature {
    name: String,
    archived: bool,
    environments: Vec<Environment>,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    #[serde(default)]
    stale: bool,
}

/// A flag above this one: it must be on, or off if `enabled` is false.
#[derive(Deserialize)]
struct Dependency {
    feature: String,
    enabled: Option<bool>,
    #[serde(default)]
    variants: Vec<Value>,
}

/// What was archived in a project.
#[derive(Deserialize)]
struct ArchivedFlags {
    features: Vec<Archived>,
}

#[derive(Deserialize)]
struct Archived {
    name: String,
}

#[derive(Deserialize)]
struct Environment {
    name: String,
    enabled: bool,
    strategies: Option<Vec<Strategy>>,
}

#[derive(Deserialize)]
struct Strategy {
    name: String,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    parameters: Parameters,
    #[serde(default)]
    constraints: Vec<Value>,
    #[serde(default)]
    segments: Vec<Value>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    /// A text.
    rollout: Option<String>,
}

/// Reads one flag of a project.
pub(super) async fn read(api: &Api, flag: &Flag, poll: &Poll<'_>) -> Result<Switch, Failure> {
    let answer = match ask(api, flag, &flag.key, poll).await {
        Ok(answer) => answer,
        // An archived flag is not there for this question.
        Err(failure) if failure.kind == FailureKind::NotFound => {
            return match is_archived(api, flag, poll).await {
                Ok(true) => Ok(Switch { archived: Some(true), ..Switch::default() }),
                Err(other) if other.kind.is_transient() => Err(other),
                _ => Err(failure),
            };
        }
        Err(failure) => return Err(failure),
    };
    let mut switch = Switch { archived: Some(answer.archived), ..Switch::default() };
    let Some(name) = &flag.environment else { return Ok(switch) };
    let Some(environment) = answer.environments.iter().find(|environment| environment.name == *name) else {
        return Err(Failure::new(
            FailureKind::NotFound,
            format!("the flag has no environment {name}, or not for this token"),
        )
        .advise("check `environment`"));
    };
    switch.enabled = Some(environment.enabled);
    switch.above = above(api, flag, &answer.dependencies, poll).await?;
    switch.share = share(environment, &switch.above);
    if let Some(strategies) = environment.strategies.as_ref().filter(|all| !all.is_empty()) {
        switch.notes.push(format!("{} strategies", strategies.len()));
    }
    switch.notes.extend(answer.stale.then(|| "marked as stale".to_owned()));
    Ok(switch)
}

async fn ask(api: &Api, flag: &Flag, key: &str, poll: &Poll<'_>) -> Result<Feature, Failure> {
    let project = flag.project.as_deref().unwrap_or_default();
    let what = format!("the flag {key}");
    let path = ["api", "admin", "projects", project, "features", key];
    let answer: Feature = api.get(poll, &path, &[], &what).await?;
    if answer.name != key {
        return Err(Failure::new(FailureKind::Malformed, "the answer is about another flag"));
    }
    Ok(answer)
}

async fn is_archived(api: &Api, flag: &Flag, poll: &Poll<'_>) -> Result<bool, Failure> {
    let project = flag.project.as_deref().unwrap_or_default();
    let path = ["api", "admin", "archive", "features", project];
    let archive: ArchivedFlags = api.get(poll, &path, &[], "the archive of the project").await?;
    Ok(archive.features.iter().any(|feature| feature.name == flag.key))
}

/// Whether its parents let it through; a parent has none of its own.
async fn above(
    api: &Api,
    flag: &Flag,
    dependencies: &[Dependency],
    poll: &Poll<'_>,
) -> Result<UpstreamFlags, Failure> {
    let mut reading = UpstreamReading::new();
    for it in dependencies {
        match ask(api, flag, &it.feature, poll).await {
            Err(failure) => reading.misses(&it.feature, failure),
            Ok(answer) => {
                let all = &answer.environments;
                let environment = all.iter().find(|one| Some(&one.name) == flag.environment.as_ref());
                reading.says(lets_through(it, environment));
            }
        }
    }
    reading.end()
}

fn lets_through(it: &Dependency, environment: Option<&Environment>) -> UpstreamFlags {
    let (parent, wanted) = (&it.feature, it.enabled.unwrap_or(true));
    let Some(environment) = environment else {
        return UpstreamFlags::Unread(format!("{parent}, which has no such environment"));
    };
    if !environment.enabled && wanted {
        return UpstreamFlags::Unmet(format!("its parent {parent} is off"));
    }
    match share(environment, &UpstreamFlags::Free) {
        Ok(Share::ALL) if wanted && it.variants.is_empty() => UpstreamFlags::Met,
        Ok(Share::NONE) if !wanted => UpstreamFlags::Met,
        Ok(Share::ALL) if !wanted => UpstreamFlags::Unmet(format!("its parent {parent} is on")),
        _ => UpstreamFlags::Depends,
    }
}

/// Strategies are alternatives: a user for whom one of them is on has the flag.
fn share(environment: &Environment, above: &UpstreamFlags) -> Result<Share, String> {
    if !environment.enabled {
        return Ok(Share::NONE);
    }
    let strategies = environment.strategies.as_ref().ok_or("its strategies are not in the answer")?;
    let active: Vec<&Strategy> = strategies.iter().filter(|strategy| !strategy.disabled).collect();
    let share = match (strategies.len(), active.len()) {
        (0, _) => Share::ALL,
        // Whether nothing but disabled strategies means all or nobody differs between versions.
        (_, 0) => Share::ANY,
        _ => active.iter().try_fold(Share::NONE, |sum, strategy| {
            let one = of_strategy(strategy)?;
            Ok::<_, String>(Share { low: sum.low.max(one.low), high: (sum.high + one.high).min(100.0) })
        })?,
    };
    Ok(above.share(share, Share::NONE))
}

fn of_strategy(strategy: &Strategy) -> Result<Share, String> {
    let whole = match strategy.name.as_str() {
        "default" => Share::ALL,
        "flexibleRollout" => {
            let text = strategy.parameters.rollout.as_deref().unwrap_or_default();
            let share = text.trim().parse().ok().and_then(Share::exactly);
            share.ok_or("a rollout without its percentage")?
        }
        // Users, addresses, hosts, strategies of the user's own: nobody here knows how many they match.
        _ => Share::ANY,
    };
    let narrowed = !strategy.constraints.is_empty() || !strategy.segments.is_empty();
    Ok(if narrowed { whole.at_most() } else { whole })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shared(strategies: Value) -> Result<(f64, f64), String> {
        let environment = json!({"name": "production", "enabled": true, "strategies": strategies});
        share(&serde_json::from_value(environment).unwrap(), &UpstreamFlags::Free)
            .map(|share| (share.low, share.high))
    }

    fn rollout(percent: &str) -> Value {
        json!({"name": "flexibleRollout", "parameters": {"rollout": percent, "stickiness": "default"}})
    }

    #[test]
    fn strategies_are_alternatives() {
        assert_eq!(shared(json!([])), Ok((100.0, 100.0)), "enabled without a strategy is on for all");
        assert_eq!(shared(json!([rollout("25")])), Ok((25.0, 25.0)));
        assert_eq!(shared(json!([rollout("25"), rollout("40")])), Ok((40.0, 65.0)));
        assert_eq!(shared(json!([rollout("25"), {"name": "default"}])), Ok((100.0, 100.0)));
        assert_eq!(shared(json!([rollout("25"), {"name": "userWithId"}])), Ok((25.0, 100.0)));
    }

    #[test]
    fn constraints_segments_and_disabled_strategies_count() {
        let narrowed = |key: &str| {
            let mut strategy = rollout("25");
            strategy[key] = json!([1]);
            shared(json!([strategy]))
        };
        assert_eq!(narrowed("constraints"), Ok((0.0, 25.0)));
        assert_eq!(narrowed("segments"), Ok((0.0, 25.0)));
        let mut disabled = rollout("100");
        disabled["disabled"] = json!(true);
        assert_eq!(shared(json!([disabled.clone(), rollout("5")])), Ok((5.0, 5.0)));
        assert_eq!(shared(json!([disabled])), Ok((0.0, 100.0)));
    }

    #[test]
    fn a_percentage_that_is_none_is_not_guessed() {
        for bad in ["", "x", "101", "-1", "NaN"] {
            assert!(shared(json!([rollout(bad)])).is_err(), "{bad}");
        }
        assert!(shared(Value::Null).is_err());
    }
}
