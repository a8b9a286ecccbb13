//! Kinds of evidence: what the format knows, and what this version can do.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    domain::{Bound, Limits, Logins, Str},
    yaml::{Document, NodeId, Problem},
};

/// The kinds of evidence that this version can ask for. The application adapts its sources to it, so that this
/// room knows none of them.
pub trait EvidenceKinds {
    /// The sources: keys of a gate such as `github`.
    fn sources(&self) -> Vec<&'static str>;

    /// What can stand below a source: `workflow`, `checks`, ... A single empty name means that the limits stand
    /// directly below the source.
    fn things(&self, source: &str) -> Vec<&'static str>;

    /// Reads the limits of one gate, strictly; `None` after having added the problems.
    fn decode(&self, asked: &Asked<'_>, problems: &mut Vec<Problem>) -> Option<Decoded>;

    /// The sources that can measure over time: keys of a guardrail.
    fn measures(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Reads what a guardrail measures, as [`EvidenceKinds::decode`].
    fn measure(&self, asked: &Asked<'_>, problems: &mut Vec<Problem>) -> Option<Measures> {
        let _ = (asked, problems);
        None
    }
}

/// The limits of one gate as they stand in a file, variables filled in.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
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
pub struct Decoded {
    /// Canonical form: what is asked, and what a sign-off binds to.
    pub args: Value,
    /// Whether the answer must be about the target commit.
    pub bound: Bound,
    /// In one line for people: `workflow smoke.yml, 3 in a row`.
    pub said: Str,
}

/// What a guardrail measures, as its source understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Canonical form: what is asked.
    pub args: Value,
    /// What it must be.
    pub limits: Limits,
    /// In one line for people.
    pub said: Str,
}

/// Sources of guardrails as the format has them, built or not.
pub(super) const MEASURING: &[&str] = &["prometheus", "datadog", "sentry", "http"];

/// Every source of the format with its things, built or not.
pub(super) const FORMAT: &[(&str, &[&str])] = &[
    (
        "github",
        &[
            "workflow",
            "checks",
            "pull_request",
            "approvals",
            "pull_requests",
            "issues",
            "issue",
            "milestone",
            "release",
            "tag",
            "deployment",
            "environment",
            "alerts",
            "file",
            "branch_rules",
            "project",
            "merge_queue",
            "comment",
        ],
    ),
    (
        "linear",
        &[
            "issues",
            "issues_done",
            "project",
            "initiative",
            "milestone",
            "cycle",
            "view",
            "document",
            "release",
        ],
    ),
    ("http", &[""]),
    ("prometheus", &[""]),
    ("datadog", &["monitor", "query"]),
    ("sentry", &["issues", "crash_free"]),
    ("flag", &[""]),
    ("macro", &[""]),
    ("jira", &["issues", "version"]),
    ("notion", &["page"]),
    ("pagerduty", &["incidents"]),
    ("statuspage", &["status"]),
    ("command", &[""]),
];

/// Kinds of gate for which the user's settings name no server.
pub(super) const UNCONNECTED: &[&str] = &["http", "command", "task", "sign_off", "timer", "gates", "one_of"];

/// What `defaults` may say, by source.
pub(super) const DEFAULTS: &[(&str, &[&str])] = &[
    ("linear", &["team"]),
    ("flag", &["provider", "project", "environment"]),
    ("macro", &["provider"]),
    ("jira", &["project"]),
    ("sentry", &["project", "environment"]),
];

/// What this version can ask for, asked once.
#[derive(Debug)]
pub(super) struct Built {
    sources: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Built {
    pub(super) fn of(kinds: &dyn EvidenceKinds) -> Self {
        Self { sources: kinds.sources().into_iter().map(|source| (source, kinds.things(source))).collect() }
    }

    /// The things of a source that is built.
    pub(super) fn things(&self, source: &str) -> Option<&[&'static str]> {
        self.sources.get(source).map(Vec::as_slice)
    }

    /// Whether a key of a gate is a source, built or not.
    pub(super) fn is_source(&self, key: &str) -> bool {
        self.sources.contains_key(key) || in_format(key).is_some()
    }

    /// All names of sources, built or not.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let more =
            FORMAT.iter().map(|(source, _)| *source).filter(|source| !self.sources.contains_key(source));
        self.sources.keys().copied().chain(more)
    }
}

/// The things of a source as the format has them.
pub(super) fn in_format(source: &str) -> Option<&'static [&'static str]> {
    FORMAT.iter().find(|(name, _)| *name == source).map(|(_, things)| *things)
}
