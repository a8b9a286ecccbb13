//! Whether the soak of a stage can show the limits that it is watched by, where the launch says how much traffic to expect.

use std::collections::BTreeMap;

use gonogo_domain::{Forecast, Guardrail, Rollout, Str, forecasts};
use gonogo_yaml::{Document, NodeId, Problem};

/// A warning for each guardrail whose stage sees too little.
pub(super) fn warnings(
    doc: &Document,
    rollout: Option<&Rollout>,
    guardrails: &BTreeMap<Str, Guardrail>,
) -> Vec<Problem> {
    let all = rollout.map(|rollout| forecasts(rollout, guardrails)).unwrap_or_default();
    let too_little = all.into_iter().filter(Forecast::is_too_little);
    too_little.filter_map(|it| warning(doc, &it)).collect()
}

fn warning(doc: &Document, forecast: &Forecast) -> Option<Problem> {
    let (stage, guardrail) = (&forecast.stage, &forecast.guardrail);
    let message = format!("stage/{stage} is too short to show the limit of guardrail/{guardrail}");
    let spot = spot(doc, stage.as_str())?;
    let help = "soak longer, reach more people, or raise the limit of the guardrail";
    Some(Problem::new("short-soak", message).at(doc.span(spot), forecast.describe()?).help(help))
}

/// The soak of the stage, or the stage where its soak is written elsewhere.
fn spot(doc: &Document, stage: &str) -> Option<NodeId> {
    let stages = doc.get(doc.get(doc.root(), "rollout")?, "stages")?;
    let is_it = |item: &&NodeId| doc.get(**item, "stage").and_then(|at| doc.text(at)) == Some(stage);
    let item = *doc.items(stages).iter().find(is_it)?;
    doc.get(item, "soak").or(Some(item))
}
