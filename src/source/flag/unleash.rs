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
#[serde(rename_all = "camelCase")]
struct Environment {
    name: String,
    enabled: bool,
    /// Without those of a release plan.
    strategies: Option<Vec<Strategy>>,
    /// Absent where the server keeps them elsewhere, or has none.
    release_plans: Option<Vec<ReleasePlan>>,
}

/// A rollout by milestones: the strategies of the active one are in force beside those of the environment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReleasePlan {
    active_milestone_id: Option<String>,
    milestones: Option<Vec<Milestone>>,
}

#[derive(Deserialize)]
struct Milestone {
    id: String,
    strategies: Option<Vec<Strategy>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Strategy {
    name: Option<String>,
    /// What a milestone calls the name.
    strategy_name: Option<String>,
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
    let strategies = environment.in_force().map_or(0, |(all, _)| all.len());
    if strategies > 0 {
        switch.notes.push(format!("{strategies} strategies"));
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
    let (strategies, whole) = environment.in_force().ok_or("its strategies are not in the answer")?;
    let active: Vec<&Strategy> = strategies.iter().copied().filter(|strategy| !strategy.disabled).collect();
    let share = match (strategies.len(), active.len()) {
        _ if !whole => Share::ANY,
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

impl Environment {
    /// Its strategies and those of the active milestones, and whether these are all of them; `None`: not in the answer.
    fn in_force(&self) -> Option<(Vec<&Strategy>, bool)> {
        let mut all: Vec<&Strategy> = self.strategies.as_ref()?.iter().collect();
        // An environment that is switched on has a strategy, if only the default one: without any, they may be those of
        // a plan that the answer leaves out.
        let mut whole = self.release_plans.is_some() || !all.is_empty();
        for plan in self.release_plans.iter().flatten() {
            match plan.in_force() {
                Some(strategies) => all.extend(strategies),
                None => whole = false,
            }
        }
        Some((all, whole))
    }
}

impl ReleasePlan {
    /// The strategies of the active milestone, if they are in the answer.
    fn in_force(&self) -> Option<&[Strategy]> {
        let id = self.active_milestone_id.as_ref()?;
        self.milestones.as_ref()?.iter().find(|it| it.id == *id)?.strategies.as_deref()
    }
}

fn of_strategy(strategy: &Strategy) -> Result<Share, String> {
    let whole = match strategy.name.as_deref().or(strategy.strategy_name.as_deref()).unwrap_or_default() {
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
        planned(strategies, json!([]))
    }

    fn planned(strategies: Value, plans: Value) -> Result<(f64, f64), String> {
        let environment =
            json!({"name": "production", "enabled": true, "strategies": strategies, "releasePlans": plans});
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
    fn the_active_milestone_of_a_plan_counts() {
        let plan = |active: Value| {
            let strategy = |percent: &str| json!({"strategyName": "flexibleRollout", "parameters": {"rollout": percent}});
            let milestones = json!([{"id": "m1", "strategies": [strategy("5")]}, {"id": "m2", "strategies": [strategy("100")]}]);
            json!([{"activeMilestoneId": active, "milestones": milestones}])
        };
        assert_eq!(planned(json!([]), plan(json!("m1"))), Ok((5.0, 5.0)));
        assert_eq!(planned(json!([]), plan(json!("m2"))), Ok((100.0, 100.0)));
        assert_eq!(planned(json!([rollout("20")]), plan(json!("m1"))), Ok((20.0, 25.0)));
        for unknown in [json!("m3"), Value::Null] {
            assert_eq!(
                planned(json!([rollout("20")]), plan(unknown)),
                Ok((0.0, 100.0)),
                "nobody knows its share"
            );
        }
        assert_eq!(planned(json!([]), Value::Null), Ok((0.0, 100.0)), "a plan may be kept elsewhere");
        assert_eq!(planned(json!([rollout("20")]), Value::Null), Ok((20.0, 20.0)));
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
