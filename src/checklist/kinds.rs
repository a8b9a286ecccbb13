//! Kinds of evidence: what the format knows, and what this version can do.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use gonogo_domain::{Bound, GaugeKind, Limits, Logins, Str};
use gonogo_yaml::{Document, NodeId, Problem, Shape};

/// The kinds of evidence that this version can ask for. The application adapts its sources to it, so that this
/// room knows none of them.
pub trait EvidenceKinds {
    /// What each source offers.
    fn offers(&self) -> Vec<SourceOffer>;

    /// Reads the limits of one gate, strictly; `None` after having added the problems.
    fn decode(&self, asked: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<DecodedLimits>;

    /// What the limits of one kind of evidence may say, for the schema.
    fn shape(&self, source: &str, thing: &str) -> Shape {
        let _ = (source, thing);
        Shape::Any
    }

    /// What a guardrail may say of what is measured, for the schema.
    fn measure_shape(&self, source: &str) -> Shape {
        let _ = source;
        Shape::Any
    }

    /// The sources that take messages: keys of a `via`.
    fn channels(&self) -> Vec<Channel> {
        Vec::new()
    }

    /// The sources that can measure over time: keys of a guardrail.
    fn measures(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Reads what a guardrail measures in windows of that length, as [`EvidenceKinds::decode`].
    fn measure(
        &self,
        asked: &GateLimits<'_>,
        window: Duration,
        problems: &mut Vec<Problem>,
    ) -> Option<DecodedGuardrail> {
        let _ = (asked, window, problems);
        None
    }

    /// The sources that can tell how far the release is out: keys of `rollout.actual` and `rollout.exposure`.
    fn gauges(&self, kind: GaugeKind) -> Vec<&'static str> {
        let _ = kind;
        Vec::new()
    }

    /// What such a source may be asked, for the schema.
    fn gauge_shape(&self, kind: GaugeKind, source: &str) -> Shape {
        let _ = (kind, source);
        Shape::Any
    }

    /// Reads what such a source is asked, with the thing that it is asked about, as [`EvidenceKinds::decode`].
    fn gauge(
        &self,
        kind: GaugeKind,
        asked: &GateLimits<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<(&'static str, DecodedLimits)> {
        let _ = (kind, asked, problems);
        None
    }
}

/// What a source offers to files.
#[derive(Clone, Debug, Default)]
pub struct SourceOffer {
    /// The key in a gate: `github`.
    pub source: &'static str,
    /// What can stand below it: `workflow`, `checks`, ... A single empty name means that the limits stand directly below
    /// the source.
    pub things: Vec<&'static str>,
    /// Keys that `defaults` may give.
    pub defaults: &'static [&'static str],
    /// Keys of its limits into which a variable may put any text; into all others only what is plain.
    pub text: &'static [&'static str],
    /// Keys that hold a whole address: no variable before its path.
    pub addresses: &'static [&'static str],
    /// Keys that hold a query.
    pub queries: &'static [&'static str],
    /// Whether its gates may name a connection.
    pub connected: bool,
    /// Whether it looks at the target's repository.
    pub of_target: bool,
}

impl SourceOffer {
    /// A source with one kind, no defaults, and plain text everywhere.
    pub fn of(source: &'static str) -> Self {
        Self { source, things: vec![""], connected: true, ..Self::default() }
    }
}

/// What one gate asks for, as written in a file, variables filled in.
#[derive(Clone, Copy, Debug)]
pub struct GateLimits<'a> {
    /// The source: `github`.
    pub source: &'a str,
    /// The thing below it: `workflow`; empty for a source with one kind.
    pub thing: &'a str,
    /// The file.
    pub document: &'a Document,
    /// The map with the limits.
    pub node: NodeId,
    /// `defaults` of the launch for this source: `team: CHK`.
    pub defaults: &'a BTreeMap<Str, Str>,
    /// The launch's version; may hold `{{ answers.GATE.NAME }}`.
    pub version: &'a str,
    /// The GitHub accounts behind each person and role.
    pub people: &'a BTreeMap<Str, Logins>,
}

/// Limits as a source understood them.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedLimits {
    /// Canonical form: what is asked, and what a sign-off binds to.
    pub args: Value,
    /// Whether the answer must be about the target commit.
    pub bound: Bound,
    /// In one line for people: `workflow smoke.yml, 3 in a row`.
    pub said: Str,
}

/// What a guardrail measures, as its source understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedGuardrail {
    /// Canonical form: what is asked.
    pub args: Value,
    /// What it must be.
    pub limits: Limits,
    /// In one line for people.
    pub said: Str,
}

/// A source that takes messages.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// The key in a `via`.
    pub source: &'static str,
    /// What stands behind it: `the number of an issue`.
    pub place: &'static str,
    /// Whether a text can be such a place.
    pub fits: fn(&str) -> bool,
}

/// What files may ask for, asked once.
#[derive(Debug)]
pub(super) struct Offers(BTreeMap<&'static str, SourceOffer>);

impl Offers {
    pub(super) fn of(kinds: &dyn EvidenceKinds) -> Self {
        Self(kinds.offers().into_iter().map(|offer| (offer.source, offer)).collect())
    }

    /// What a source offers; `None`: there is no such source.
    pub(super) fn get(&self, source: &str) -> Option<&SourceOffer> {
        self.0.get(source)
    }

    /// The names of all sources.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}
