//! What tells how far a release is out: a share of everybody, now.

use super::{
    DecodedLimits, GateLimits,
    api::FindingResult,
    finding::finding,
    guardrail::{self, Queries, Wanted},
    spec::Spec,
};
use gonogo_domain::{Failure, FailureKind, Measured, Outcome, Real, Str};
use gonogo_yaml::{Problem, Shape, Spanned};
use serde::Deserialize;

/// What a question about the real state is called among the things of a source that has no other word for it.
pub const ACTUAL: &str = "actual";

/// A question of the rollout as its source understood it: the thing that is asked about, and how.
pub type Gauged = (&'static str, DecodedLimits);

/// How a source is asked it.
#[derive(Clone, Copy, Debug)]
pub struct Gauges {
    /// Reads one from a file, strictly; `None` after having reported problems.
    pub decode: fn(&GateLimits<'_>, &mut Vec<Problem>) -> Option<Gauged>,
    /// What it may say: the type that `decode` reads, as `Shape::of::<Keys>`.
    pub shape: fn() -> Shape,
}

/// Those who have the release, and all, by queries.
pub(super) const EXPOSURE: Gauges = Gauges { decode: exposure, shape: exposure_shape };

/// What such queries may say.
pub(super) fn exposure_shape() -> Shape {
    Shape::of::<Keys>()
}

#[derive(Deserialize)]
struct Keys {
    seen: Spanned<String>,
    total: Spanned<String>,
}

/// Reads `seen` and `total` of a source whose queries are text: those who have the release, and all. They are counted
/// like the bad ones of a guardrail and all of them.
fn exposure(limits: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<Gauged> {
    exposure_with(limits, problems, |_, _| ())
}

/// The same, with what the source asks of its queries.
pub(super) fn exposure_with(
    limits: &GateLimits<'_>,
    problems: &mut Vec<Problem>,
    check: guardrail::QueryCheck,
) -> Option<Gauged> {
    let mut spec = Spec::new(limits, problems);
    let keys: Keys = spec.read()?;
    check(&mut spec, &keys.seen);
    check(&mut spec, &keys.total);
    let (seen, total) = (spec.text(&keys.seen, "the query"), spec.text(&keys.total, "the query"));
    let said = format!("{} of {}", one_line(&seen), one_line(&total));
    let stage = Queries { bad: Some(seen), total: Some(total), value: None };
    let wanted = Wanted { stage, control: None, scale: 1.0, window: None, since: None };
    Some((guardrail::THING, spec.finish(wanted, said)?))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The finding of a share between two percentages, 0 to 100 each.
///
/// # Errors
/// [`FailureKind::Rejected`]: these are none.
pub(super) fn told(low: f64, high: f64, lineage: &str) -> FindingResult {
    let fine = (0.0..=100.0).contains(&low) && (low..=100.0).contains(&high);
    let (Some(low), Some(high), true) = (Real::new(low), Real::new(high), fine) else {
        let message = "the answer about how far the rollout is out is not a percentage from 0 to 100";
        return Err(Failure::new(FailureKind::Rejected, message));
    };
    let mut found = finding(Outcome::Unclear, "", lineage);
    found.measured = Some(Measured::Reach { low, high });
    Ok(found)
}

/// The finding where it cannot be told, and why.
pub(super) fn untold(why: impl Into<Str>, lineage: &str) -> FindingResult {
    Ok(finding(Outcome::Unclear, why, lineage))
}
