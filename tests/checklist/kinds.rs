//! Kinds of evidence for tests: the keys of the format, and nothing behind them.

use std::time::Duration;

use gonogo::{
    checklist::{
        Channel, DecodedGuardrail, DecodedLimits, EvidenceKinds, GateLimits, LaunchInput, LoadRequest,
        Loaded, SourceOffer, load,
    },
    domain::{Bound, Diagnostic, LimitUnit, Limits, Measure},
    yaml::{NodeKind, Problem},
};

/// Source, thing, mandatory keys, other keys, whether it is about the commit.
type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], bool);

const ROWS: &[Row] = &[
    ("github", "workflow", &["file"], &["consecutive", "max_age", "event", "branch", "accept"], true),
    ("github", "checks", &[], &["required", "from_branch_rules", "accept"], true),
    ("github", "pull_request", &[], &["number", "branch", "expect"], false),
    ("github", "approvals", &[], &["number", "branch", "count", "team", "code_owners", "stale"], true),
    ("github", "issues", &[], &["labels", "milestone", "search", "at_most", "at_least"], false),
    ("github", "milestone", &["title"], &["at_most"], false),
    ("github", "release", &["tag"], &["expect", "prerelease", "assets"], true),
    ("github", "tag", &["name"], &[], true),
    ("github", "deployment", &["environment"], &["max_age"], true),
    ("linear", "issues", &[], &["team", "labels", "project", "states", "at_most", "at_least"], false),
    ("linear", "issues_done", &["ids"], &["accept"], false),
    ("linear", "project", &["name"], &["status", "health", "progress_at_least", "update_max_age"], false),
    ("linear", "milestone", &["project", "name"], &[], false),
    ("command", "", &["argv"], &[], false),
];

pub struct TestKinds;

impl EvidenceKinds for TestKinds {
    fn offers(&self) -> Vec<SourceOffer> {
        let things = |source| ROWS.iter().filter(|row| row.0 == source).map(|row| row.1).collect();
        let text = &["labels", "milestone", "title", "name", "project"];
        let github =
            SourceOffer { things: things("github"), text, of_target: true, ..SourceOffer::of("github") };
        let linear =
            SourceOffer { things: things("linear"), text, defaults: &["team"], ..SourceOffer::of("linear") };
        let command = SourceOffer { connected: false, ..SourceOffer::of("command") };
        vec![github, linear, command]
    }

    fn decode(&self, asked: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<DecodedLimits> {
        let (_, _, mandatory, others, bound) =
            ROWS.iter().find(|row| (row.0, row.1) == (asked.source, asked.thing))?;
        let doc = asked.document;
        if doc.kind(asked.node) != NodeKind::Map {
            problems.push(Problem::new("type", "expected a map").at(doc.head_span(asked.node), "the limits"));
            return None;
        }
        for (key, value) in doc.entries(asked.node) {
            let name = doc.text(key)?;
            if doc.kind(value) == NodeKind::Broken {
                return None;
            }
            if !mandatory.contains(&name) && !others.contains(&name) {
                let message = format!("unknown key `{name}`");
                problems.push(Problem::new("unknown-key", message).at(doc.span(key), "not a limit of this"));
            }
        }
        for key in mandatory.iter().filter(|key| doc.get(asked.node, key).is_none()) {
            let message = format!("`{key}` is missing");
            problems.push(Problem::new("missing-key", message).at(doc.head_span(asked.node), "needs it"));
        }
        let mut args = doc.to_json(asked.node);
        for (key, value) in asked.defaults {
            if others.contains(&&**key)
                && let Some(map) = args.as_object_mut()
            {
                map.entry(&**key).or_insert_with(|| value.to_string().into());
            }
        }
        let bound = if *bound { Bound::Commit } else { Bound::Free };
        Some(DecodedLimits { args, bound, said: format!("{} {}", asked.source, asked.thing).into() })
    }

    fn channels(&self) -> Vec<Channel> {
        let number = |to: &str| to.parse::<u64>().is_ok();
        let github = Channel { source: "github", place: "the number of an issue", fits: number };
        vec![github, Channel { source: "slack", place: "a channel", fits: |to| !to.contains(' ') }]
    }

    fn measures(&self) -> Vec<&'static str> {
        vec!["prometheus"]
    }

    fn measure(&self, asked: &GateLimits<'_>, _: Duration, _: &mut Vec<Problem>) -> Option<DecodedGuardrail> {
        let limits = Limits {
            measure: Measure::Share,
            at_most: Some(0.01),
            control: None,
            watch_at: None,
            stop_at: None,
            cluster: 1.0,
            unit: LimitUnit::Percent,
        };
        Some(DecodedGuardrail { args: asked.document.to_json(asked.node), limits, said: asked.source.into() })
    }
}

/// Loads files in memory; the first is the launch.
pub fn load_files(files: &[(&str, &str)], set: &[(&str, &str)]) -> Result<Loaded, Vec<Diagnostic>> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    load(&LoadRequest { input: LaunchInput::Memory(files), set }, &TestKinds)
}

/// The beginning of a launch that needs only gates or checklists to be whole.
pub const HEAD: &str = "\
launch: checkout-3
title: Checkout v3
version: 3.0.0
target: { repository: octocat/checkout, ref: release/3.0 }
schedule:
  t0: 2026-12-02T09:00
  timezone: Europe/London
  anchors: { freeze: T-5wd, announce: 2026-12-03T08:00 }
  cutoff: \"10:00\"
people:
  octo: { name: Octo, github: octocat }
  hu: { name: Hu, github: hubot }
roles:
  lead: { people: [octo] }
  qa: { people: [octo, hu] }
";

/// A launch in one text: the usual head, and what is given.
pub fn launch(rest: &str) -> Result<Loaded, Vec<Diagnostic>> {
    load_files(&[("launch.yaml", &format!("{HEAD}{rest}"))], &[])
}

/// The codes of all problems, in order.
pub fn codes(result: Result<Loaded, Vec<Diagnostic>>) -> Vec<String> {
    result.map_or_else(|found| found.into_iter().map(|it| it.code).collect(), |_| Vec::new())
}

/// The launch, or all that is wrong with it.
pub fn sound(result: Result<Loaded, Vec<Diagnostic>>) -> Loaded {
    result.unwrap_or_else(|found| {
        let drawn: Vec<String> = found.into_iter().map(|it| it.rendered).collect();
        panic!("{}", drawn.join("\n\n"))
    })
}
