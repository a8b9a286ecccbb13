//! Which commits of a ref have been scanned: no alerts of a commit that nobody looked at prove nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::super::super::{
    fact::{FactResult, RestFact, Take},
    judge_context::{JudgeContext, gap},
    needs,
    refusal::short,
};
use gonogo_domain::Oid;

/// So many commits before the target tell what usually scans one.
const LOOKED_BACK: usize = 10;

#[derive(Deserialize)]
struct Analysis {
    #[serde(rename = "ref")]
    git_ref: String,
    commit_sha: String,
    created_at: DateTime<Utc>,
    category: Option<String>,
    /// What ran it: `.github/workflows/codeql.yml:analyze`, or GitHub's own setup.
    analysis_key: Option<String>,
    error: Option<String>,
    tool: Tool,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

/// What has been scanned of the target commit.
pub(super) enum Scanned {
    /// By everything that scans its branch.
    Whole,
    /// By nothing.
    Not,
    /// Not by these, which scan its branch: a scan in several parts is still under way, or was cut short.
    Without(Vec<String>),
    /// By several things that GitHub cannot tell apart: the alerts are those of whichever came last.
    Twice(String, Vec<String>),
    /// The newest scan by something ended with an error.
    Failed(String),
}

/// The newest hundred analyses of a ref.
pub(super) fn fact(case: &JudgeContext<'_>, git_ref: &str) -> RestFact {
    let path = ["code-scanning", "analyses"];
    RestFact::of(case.repo, &path, Take::First(""), "code scanning analyses", &[&needs::CODE_SCANNING])
        .with("ref", git_ref)
        .with("sort", "created")
        .with("direction", "desc")
        .with("per_page", "100")
}

pub(super) fn of(case: &JudgeContext<'_>, fact: &RestFact, git_ref: &str, oid: &Oid) -> FactResult<Scanned> {
    let mut all: Vec<Analysis> = case.rest(fact)?;
    if all.iter().any(|it| it.git_ref != git_ref) {
        return Err(gap("code scanning analyses"));
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.created_at));
    let (own, others): (Vec<&Analysis>, Vec<&Analysis>) =
        all.iter().partition(|it| it.commit_sha == oid.as_str());
    if own.is_empty() {
        return Ok(Scanned::Not);
    }
    let done: BTreeSet<(String, String)> = own.iter().map(|it| it.identity()).collect();
    if let Some(((by, _), _)) = done.iter().zip(done.iter().skip(1)).find(|(one, next)| one.0 == next.0) {
        let keys = done.iter().filter(|it| it.0 == *by).map(|it| it.1.clone()).collect();
        return Ok(Scanned::Twice(by.clone(), keys));
    }
    // The newest of each decides: a scan that failed may have been repeated.
    let mut seen = BTreeSet::new();
    for it in own.iter().filter(|it| seen.insert(it.by())) {
        if let Some(error) = it.error.as_deref().filter(|error| !error.is_empty()) {
            return Ok(Scanned::Failed(short(error)));
        }
    }
    let missing = missing(&others, &done);
    Ok(if missing.is_empty() { Scanned::Whole } else { Scanned::Without(missing) })
}

/// What should have scanned the target and has not: all that scanned the commit before it; what scanned the one before that
/// and not this one, whose scan a newer push may have cut short; and all that scanned at least half of the last ten. What
/// looks at a commit now and then, such as a weekly scan, is not waited for.
fn missing(others: &[&Analysis], done: &BTreeSet<(String, String)>) -> Vec<String> {
    let mut commits: Vec<(&str, BTreeSet<(String, String)>)> = Vec::new();
    for it in others {
        if let Some((_, by)) = commits.iter_mut().find(|(oid, _)| *oid == it.commit_sha) {
            by.insert(it.identity());
        } else if commits.len() < LOOKED_BACK {
            commits.push((&it.commit_sha, [it.identity()].into()));
        }
    }
    let names = |by: &BTreeSet<(String, String)>| by.iter().map(|it| it.0.clone()).collect::<BTreeSet<_>>();
    let scanned = names(done);
    let mut last = commits.iter().map(|(_, by)| by);
    let before = last.next().cloned().unwrap_or_default();
    let earlier = last.next().map(&names).unwrap_or_default();
    let earlier: BTreeSet<String> = earlier.difference(&names(&before)).cloned().collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    commits.iter().flat_map(|(_, by)| names(by)).for_each(|by| *times.entry(by).or_default() += 1);
    let usual = times.into_iter().filter(|(_, times)| times * 2 >= commits.len()).map(|(by, _)| by);
    let named = earlier.into_iter().chain(usual).filter(|by| !scanned.contains(by));
    let said = |(by, key): &(String, String)| {
        if scanned.contains(by) { format!("{by} of {key}") } else { by.clone() }
    };
    let all: BTreeSet<String> = before.difference(done).map(said).chain(named).collect();
    all.into_iter().collect()
}

impl Analysis {
    /// What it is. Another workflow, or GitHub's own setup, may scan under the same name and find less.
    fn identity(&self) -> (String, String) {
        (self.by(), self.analysis_key.clone().unwrap_or_default())
    }

    /// The tool, and which part of the code it looked at.
    fn by(&self) -> String {
        match self.category.as_deref().filter(|category| !category.is_empty()) {
            Some(category) => format!("{} ({category})", self.tool.name),
            None => self.tool.name.clone(),
        }
    }
}
