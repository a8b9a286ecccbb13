//! What a stage will see before it runs, from the traffic of everybody that the launch expects.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Audience, Guardrail, Rollout, Stage, StageId, Str,
    guardrail::{counts, said, shows},
};

/// What a stage will see of a guardrail, and what that can show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The stage.
    pub stage: StageId,
    /// The guardrail's id.
    pub guardrail: Str,
    /// The share of everybody that the stage reaches, 0 to 100; `None`: the audience is not a percentage.
    pub percent: Option<f64>,
    /// How long it soaks; `None`: no time is asked for.
    pub soak: Option<Duration>,
    /// The chance of a false call that the guardrail has in this stage.
    pub alpha: f64,
    /// What the soak counts by the traffic that is expected; `None`: one of these is not known, or it does not count.
    pub samples: Option<f64>,
    /// The largest share that so many samples show to be under the limit; `None`: not even that of nothing at all, or
    /// `samples` is not known.
    pub shows: Option<f64>,
    /// Its limit, a share from 0 to 1; `None`: it does not count.
    pub limit: Option<f64>,
}

/// For each stage the guardrails that watch it.
pub fn forecasts(rollout: &Rollout, guardrails: &BTreeMap<Str, Guardrail>) -> Vec<Forecast> {
    let stages = rollout.stages.iter().filter(|stage| stage.excluded.is_none());
    let of_stage = |stage: &Stage| {
        let all: Vec<&Guardrail> = stage.guardrails.iter().filter_map(|id| guardrails.get(id)).collect();
        let share = alpha_share(all.len());
        all.into_iter().map(|it| one(stage, it, share, rollout.expect_traffic)).collect::<Vec<_>>()
    };
    stages.flat_map(of_stage).collect()
}

/// Over how many guardrails of a stage the chance of a false call is shared.
pub(crate) fn alpha_share(guardrails: usize) -> f64 {
    f64::from(u32::try_from(guardrails.max(1)).unwrap_or(u32::MAX))
}

fn one(stage: &Stage, guardrail: &Guardrail, share: f64, traffic: Option<f64>) -> Forecast {
    let limits = &guardrail.limits;
    let percent = match stage.audience {
        Audience::Percent(percent) => Some(percent),
        Audience::Cohort(_) | Audience::Ring(_) => None,
    };
    let soak = stage.soak.and_then(|soak| soak.time);
    let alpha = guardrail.calls_for.alpha() / share;
    let known = (traffic, percent, soak);
    let samples = match known {
        (Some(traffic), Some(percent), Some(soak)) if counts(limits) => {
            Some(traffic * soak.as_secs_f64() * percent / 100.0)
        }
        _ => None,
    };
    let tests = if limits.control.is_some() { 2.0 } else { 1.0 };
    let limit = limits.at_most.filter(|_| counts(limits));
    let shows = samples.zip(limit).and_then(|(samples, limit)| {
        if samples > 0.0 { shows(limit, samples / limits.cluster, alpha / tests) } else { None }
    });
    Forecast {
        stage: stage.id.clone(),
        guardrail: guardrail.id.clone(),
        percent,
        soak,
        alpha,
        samples,
        shows,
        limit,
    }
}

impl Forecast {
    /// Whether the soak is too short, or its audience too small: it shows the limit only of what stays under half of it.
    pub fn is_too_little(&self) -> bool {
        match (self.samples, self.limit, self.shows) {
            (Some(_), Some(limit), shown) => shown.is_none_or(|shown| shown < limit / 2.0),
            _ => false,
        }
    }

    /// `24 h at 10 % gives 5,760: enough to show that 0.6 % is under 1 %`; `None`: not known.
    pub fn describe(&self) -> Option<String> {
        let (samples, limit, soak, percent) = (self.samples?, self.limit?, self.soak?, self.percent?);
        let counted = said::grouped(said::whole(samples));
        let most = said::percent(limit);
        let shown = match self.shows {
            Some(shown) => {
                format!("enough to show that {} is under {most}, and no more", said::percent(shown))
            }
            None => format!("not enough to show anything under {most}, not even that nothing fails"),
        };
        Some(format!("{} at {percent} % gives {counted}: {shown}", super::format::span(soak)))
    }
}
