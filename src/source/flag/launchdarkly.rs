//! LaunchDarkly's REST API.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::{
    Flag,
    share::{Share, Switch, UpstreamFlags, UpstreamReading},
};
use crate::api::{Api, Poll};
use gonogo_domain::{Failure, FailureKind};

/// The version of the API that these shapes are of.
pub(super) const VERSION: &str = "20240415";

/// Weights are thousandths of a per cent.
const WHOLE: u64 = 100_000;

#[derive(Deserialize)]
struct FeatureFlag {
    key: String,
    archived: bool,
    variations: Vec<Variation>,
    environments: HashMap<String, Environment>,
}

#[derive(Deserialize)]
struct Variation {
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    on: bool,
    #[serde(default)]
    archived: bool,
    off_variation: Option<usize>,
    fallthrough: Option<Serves>,
    #[serde(default)]
    rules: Vec<Serves>,
    #[serde(default)]
    targets: Vec<Targets>,
    #[serde(default)]
    context_targets: Vec<Targets>,
    #[serde(default)]
    prerequisites: Vec<Prerequisite>,
}

/// Another flag, and the variation of it that must be served.
#[derive(Deserialize)]
struct Prerequisite {
    key: String,
    variation: Option<usize>,
}

/// One variation, or a share of several.
#[derive(Deserialize)]
struct Serves {
    variation: Option<usize>,
    rollout: Option<Rollout>,
}

#[derive(Deserialize)]
struct Rollout {
    variations: Vec<Weighted>,
}

#[derive(Deserialize)]
struct Weighted {
    variation: usize,
    weight: u64,
}

#[derive(Deserialize)]
struct Targets {
    #[serde(default)]
    values: Vec<Value>,
    variation: Option<usize>,
}

/// Flags above flags that are followed.
const MOST_LEVELS: usize = 4;

/// Reads one flag in one environment: lists are heavier and limited.
pub(super) async fn read(api: &Api, flag: &Flag, poll: &Poll<'_>) -> Result<Switch, Failure> {
    let answer = ask(api, flag, &flag.key, poll).await?;
    let Some(name) = &flag.environment else {
        return Ok(Switch { archived: Some(answer.archived), ..Switch::default() });
    };
    let Some(environment) = answer.environments.get(name) else {
        return Err(Failure::new(
            FailureKind::NotFound,
            format!("the flag has no environment {name}, or not for this token"),
        )
        .advise("check `environment`: it is the key, such as production"));
    };
    let above = above(api, flag, &environment.prerequisites, poll).await?;
    Ok(Switch {
        enabled: Some(environment.on),
        archived: Some(answer.archived || environment.archived),
        share: share(&answer.variations, environment, &above),
        singled_out: singled_out(&answer.variations, environment),
        notes: notes(environment),
        above,
    })
}

async fn ask(api: &Api, flag: &Flag, key: &str, poll: &Poll<'_>) -> Result<FeatureFlag, Failure> {
    let project = flag.project.as_deref().unwrap_or_default();
    let query: Vec<(&str, &str)> =
        flag.environment.as_deref().map(|name| ("env", name)).into_iter().collect();
    let what = format!("the flag {key}");
    let answer: FeatureFlag = api.get(poll, &["api", "v2", "flags", project, key], &query, &what).await?;
    if answer.key != key {
        return Err(Failure::new(FailureKind::Malformed, "the answer is about another flag"));
    }
    Ok(answer)
}

/// Whether the prerequisites let the flag through: each must be on and serve the variation that is asked for, and so
/// must those above it.
async fn above(
    api: &Api,
    flag: &Flag,
    prerequisites: &[Prerequisite],
    poll: &Poll<'_>,
) -> Result<UpstreamFlags, Failure> {
    let mut reading = UpstreamReading::new();
    let mut open: Vec<(String, Option<usize>)> = wanted(prerequisites);
    for _ in 0..MOST_LEVELS {
        let mut next = Vec::new();
        for (key, variation) in open {
            let answer = match ask(api, flag, &key, poll).await {
                Ok(answer) => answer,
                Err(failure) => {
                    reading.misses(&key, failure);
                    continue;
                }
            };
            let environment = flag.environment.as_ref().and_then(|name| answer.environments.get(name));
            let Some(environment) = environment else {
                reading.says(UpstreamFlags::Unread(format!("{key}, which has no such environment")));
                continue;
            };
            reading.says(lets_through(&key, variation, environment));
            next.extend(wanted(&environment.prerequisites));
        }
        if next.is_empty() {
            return reading.end();
        }
        open = next;
    }
    reading.says(UpstreamFlags::Unread("too many prerequisites to follow".into()));
    reading.end()
}

fn wanted(prerequisites: &[Prerequisite]) -> Vec<(String, Option<usize>)> {
    prerequisites.iter().map(|it| (it.key.clone(), it.variation)).collect()
}

fn lets_through(key: &str, variation: Option<usize>, environment: &Environment) -> UpstreamFlags {
    if !environment.on {
        return UpstreamFlags::Unmet(format!("its prerequisite {key} is off"));
    }
    let served = environment.fallthrough.as_ref().and_then(|it| it.variation);
    let alone = environment.rules.is_empty() && targets(environment).next().is_none();
    match (alone, served) {
        (true, Some(served)) if Some(served) == variation => UpstreamFlags::Met,
        (true, Some(_)) => UpstreamFlags::Unmet(format!("its prerequisite {key} serves another variation")),
        _ => UpstreamFlags::Depends,
    }
}

/// Those that name anybody: a target of contexts repeats the users' without their values.
fn targets(environment: &Environment) -> impl Iterator<Item = &Targets> {
    let all = environment.targets.iter().chain(&environment.context_targets);
    all.filter(|targets| !targets.values.is_empty())
}

/// Whether somebody gets by name what not everybody gets.
fn singled_out(variations: &[Variation], environment: &Environment) -> bool {
    let is_on = |index: Option<usize>| variations.get(index?).and_then(|it| it.value.as_bool());
    let rest = environment.fallthrough.as_ref().and_then(|it| is_on(it.variation));
    environment.on && targets(environment).any(|it| is_on(it.variation) != rest || rest.is_none())
}

/// For how many the flag is true. Rules stand before the rest, and nobody here knows how many each of them matches.
fn share(
    variations: &[Variation],
    environment: &Environment,
    above: &UpstreamFlags,
) -> Result<Share, String> {
    if !variations.iter().all(|variation| variation.value.is_boolean()) {
        return Err("it is not a boolean flag".into());
    }
    let is_on = |index: usize| {
        variations.get(index).and_then(|it| it.value.as_bool()).ok_or("a variation is missing")
    };
    let whole = |on: bool| if on { Share::ALL } else { Share::NONE };
    let off = match environment.off_variation {
        Some(index) => whole(is_on(index)?),
        None => return Err("what it serves when it is off is decided in the code".into()),
    };
    if !environment.on {
        return Ok(off);
    }
    let serves = |serves: &Serves| -> Result<Share, String> {
        match (&serves.variation, &serves.rollout) {
            (Some(index), None) => Ok(whole(is_on(*index)?)),
            (None, Some(rollout)) => weighted(rollout, &is_on),
            _ => Err("what it serves is not in the answer".into()),
        }
    };
    let rest = serves(environment.fallthrough.as_ref().ok_or("what it serves is not in the answer")?)?;
    let rules = environment.rules.iter().map(serves).collect::<Result<Vec<_>, _>>()?;
    let all = rules.into_iter().fold(rest, Share::or);
    // A prerequisite that is not met serves the off variation.
    Ok(above.share(all, off))
}

fn weighted(rollout: &Rollout, is_on: &dyn Fn(usize) -> Result<bool, &'static str>) -> Result<Share, String> {
    let (mut on, mut sum) = (0_u64, 0_u64);
    for part in &rollout.variations {
        sum = sum.saturating_add(part.weight);
        if is_on(part.variation)? {
            on = on.saturating_add(part.weight);
        }
    }
    if sum != WHOLE {
        return Err("the shares of its rollout do not add up to 100 %".into());
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 100,000")]
    let percent = on as f64 / (WHOLE as f64 / 100.0);
    Share::exactly(percent).ok_or_else(|| "the shares of its rollout do not add up to 100 %".into())
}

fn notes(environment: &Environment) -> Vec<String> {
    let targets: usize = targets(environment).map(|targets| targets.values.len()).sum();
    let count = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
    let all = [
        count(environment.rules.len(), "rules before the default"),
        count(targets, "individual targets"),
        count(environment.prerequisites.len(), "prerequisites"),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shared(environment: Value) -> Result<(f64, f64), String> {
        let variations =
            serde_json::from_value::<Vec<Variation>>(json!([{"value": true}, {"value": false}])).unwrap();
        let environment: Environment = serde_json::from_value(environment).unwrap();
        let above =
            if environment.prerequisites.is_empty() { UpstreamFlags::Free } else { UpstreamFlags::Depends };
        share(&variations, &environment, &above).map(|share| (share.low, share.high))
    }

    fn rollout(on: u64, off: u64) -> Value {
        json!({"rollout": {"variations": [{"variation": 0, "weight": on}, {"variation": 1, "weight": off}]}})
    }

    #[test]
    fn the_share_is_that_of_what_is_really_served() {
        let on = |fallthrough: Value| json!({"on": true, "offVariation": 1, "fallthrough": fallthrough});
        assert_eq!(shared(on(rollout(25_000, 75_000))), Ok((25.0, 25.0)));
        assert_eq!(shared(on(json!({"variation": 0}))), Ok((100.0, 100.0)));
        assert_eq!(shared(on(json!({"variation": 1}))), Ok((0.0, 0.0)), "on, and false for everybody");
        let off = json!({"on": false, "offVariation": 0, "fallthrough": rollout(0, 100_000)});
        assert_eq!(shared(off), Ok((100.0, 100.0)), "off, and true for everybody");
    }

    #[test]
    fn rules_and_prerequisites_open_the_span() {
        let with = |rules: Value, prerequisites: Value| {
            shared(json!({"on": true, "offVariation": 1, "fallthrough": rollout(10_000, 90_000),
                "rules": rules, "prerequisites": prerequisites}))
        };
        assert_eq!(with(json!([{"variation": 0}]), json!([])), Ok((10.0, 100.0)));
        assert_eq!(with(json!([{"variation": 1}]), json!([])), Ok((0.0, 10.0)));
        assert_eq!(with(json!([rollout(10_000, 90_000)]), json!([])), Ok((10.0, 10.0)));
        assert_eq!(with(json!([]), json!([{"key": "x"}])), Ok((0.0, 10.0)));
    }

    #[test]
    fn a_prerequisite_lets_through_who_is_served_what_it_asks_for() {
        let through = |environment: Value| {
            lets_through("kill", Some(0), &serde_json::from_value::<Environment>(environment).unwrap())
        };
        let on = |fallthrough: Value| json!({"on": true, "offVariation": 1, "fallthrough": fallthrough});
        assert_eq!(through(on(json!({"variation": 0}))), UpstreamFlags::Met);
        assert!(matches!(through(on(json!({"variation": 1}))), UpstreamFlags::Unmet(_)));
        assert!(
            matches!(through(json!({"on": false, "offVariation": 0})), UpstreamFlags::Unmet(_)),
            "off is never met"
        );
        assert_eq!(through(on(rollout(50_000, 50_000))), UpstreamFlags::Depends);
        let mut ruled = on(json!({"variation": 0}));
        ruled["rules"] = json!([{"variation": 1}]);
        assert_eq!(through(ruled), UpstreamFlags::Depends);
    }

    #[test]
    fn what_does_not_add_up_has_no_share() {
        let on = |fallthrough: Value| json!({"on": true, "offVariation": 1, "fallthrough": fallthrough});
        assert!(shared(on(rollout(25_000, 0))).is_err());
        assert!(shared(on(json!({"variation": 7}))).is_err());
        assert!(shared(on(json!({}))).is_err());
        assert!(shared(json!({"on": false, "offVariation": null})).is_err());
        let text = serde_json::from_value::<Vec<Variation>>(json!([{"value": "a"}, {"value": "b"}])).unwrap();
        let environment: Environment = serde_json::from_value(on(json!({"variation": 0}))).unwrap();
        assert!(share(&text, &environment, &UpstreamFlags::Free).is_err());
    }
}
