//! `github.release`: published (or drafted), at the target commit, with its assets.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{FactResult, JudgeStop, PagedList, RestFact, Take},
        finding::{FindingDraft, list},
        identity::{self, CurrentWords, IdentifiedWord, Identity, Turn},
        judge_context::{JudgeContext, Page},
        limits::{LimitProblems, Name},
        needs, query_template, target,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{Bound, Failure, FailureKind, Oid, Outcome};

const LINEAGE: &str = "graphql release";

/// So many releases behind the first draft are still looked at.
const NEAR: usize = 20;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Release {
    tag: Name,
    #[serde(default)]
    expect: Expect,
    #[serde(default)]
    prerelease: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assets: Vec<Name>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    #[default]
    Published,
    Draft,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReleaseNode {
    database_id: Option<u64>,
    tag_name: String,
    is_draft: bool,
    is_prerelease: bool,
    published_at: Option<DateTime<Utc>>,
    url: String,
    tag_commit: Option<Commit>,
}

#[derive(Clone, Deserialize)]
struct Commit {
    oid: String,
}

#[derive(Deserialize)]
struct Asset {
    name: String,
    state: String,
    size: u64,
}

impl EvidenceKind for Release {
    const THING: &'static str = "release";
    const DESCRIPTION: Description = Description {
        proves: "a release exists, with its files",
        keys: &[
            ("tag", "its tag"),
            ("expect", "`published` (the default) or `draft`"),
            ("prerelease", "`true`: it must be marked as a pre-release; otherwise it must not be"),
            ("assets", "full names of files that it must have"),
        ],
    };

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn describe(&self) -> String {
        let state = if self.expect == Expect::Draft { "drafted" } else { "published" };
        let kind = if self.prerelease { " as a prerelease" } else { "" };
        let with =
            if self.assets.is_empty() { String::new() } else { format!(" with {}", list(&self.assets)) };
        format!("{} {state}{kind}{with}", self.tag)
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.whole("assets", &self.assets);
        if self.tag.as_str().starts_with("refs/") {
            wrong.say("tag", "the tag is written without refs/tags/", "write its name only, such as v3.0.0");
        }
    }
}

impl Judge for Release {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let tag = self.tag.as_str();
        let by_tag = case.graph(&query_template::RELEASE, [("tag", json!(tag))]);
        let mut first = case.target_facts();
        first.push(by_tag.clone());
        case.need(&first)?;
        let published: Option<ReleaseNode> = case.find(&by_tag)?;
        if published.as_ref().is_some_and(|found| found.tag_name != tag) {
            return Err(super::super::judge_context::gap("the release"));
        }
        let found = match published.filter(|found| !found.is_draft) {
            Some(found) => Some(found),
            // Drafts are found by no tag: look through the list.
            None => match drafts(case, tag)? {
                Some(drafts) if drafts.rivals.is_empty() => {
                    drafts.words.into_iter().next().map(|word| word.it)
                }
                Some(drafts) => return self.several(case, &drafts),
                None => None,
            },
        };
        let Some(found) = found else { return self.none(case) };
        if found.tag_commit.is_none() && !found.is_draft {
            let reason =
                format!("release {tag} is published, but its tag does not exist, so its commit is not known");
            return FindingDraft::new(Outcome::Unclear, reason)
                .about(&case.target()?.oid)
                .url(Some(&found.url))
                .from(LINEAGE);
        }
        let about = about(case, &found)?;
        let (outcome, reason, rows) = self.settle(case, &found)?;
        let draft = FindingDraft::new(outcome, format!("release {}: {reason}", found.tag_name))
            .url(Some(&found.url))
            .rows(rows);
        // An asset may have come later than the release.
        let published = found.published_at.filter(|_| self.assets.is_empty() && !found.is_draft);
        let draft = draft.since(published);
        match &about {
            Some(oid) => draft.about(oid).from(LINEAGE),
            None => draft.from(LINEAGE),
        }
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/releases", case.home())
    }
}

impl Release {
    fn none(&self, case: &JudgeContext<'_>) -> FactResult {
        let target = case.target()?;
        let hint = match self.expect {
            Expect::Published => "",
            Expect::Draft => " (drafts are shown only to tokens with push access)",
        };
        let reason = format!("{} has no release {} yet{hint}", case.repo, self.tag);
        let page = format!("{}/releases", case.home());
        FindingDraft::new(Outcome::Pending, reason).about(&target.oid).url(Some(&page)).from(LINEAGE)
    }

    /// Nobody can tell which of several drafts will be published.
    fn several(&self, case: &JudgeContext<'_>, drafts: &CurrentWords<ReleaseNode>) -> FactResult {
        let all: Vec<&ReleaseNode> = drafts.words.iter().chain(&drafts.rivals).map(|word| &word.it).collect();
        let pages: Vec<&str> = all.iter().map(|it| it.url.as_str()).collect();
        let reason = format!(
            "release {}: there are {} drafts of this tag, and each may be the one that is published: {}; delete all \
             but one",
            self.tag,
            all.len(),
            list(&pages)
        );
        let outcome = if self.expect == Expect::Draft { Outcome::Unclear } else { Outcome::Pending };
        let draft = FindingDraft::new(outcome, reason).about(&case.target()?.oid).url(pages.first().copied());
        draft.rows(pages.iter().map(|page| format!("draft: {page}"))).from(LINEAGE)
    }

    fn settle(
        &self,
        case: &JudgeContext<'_>,
        found: &ReleaseNode,
    ) -> FactResult<(Outcome, String, Vec<String>)> {
        let bad = |outcome, reason: &str| Ok((outcome, reason.to_owned(), Vec::new()));
        match (self.expect, found.is_draft) {
            (Expect::Published, true) => return bad(Outcome::Pending, "still a draft"),
            (Expect::Draft, false) => return bad(Outcome::Fails, "already published, not a draft"),
            (Expect::Published, false) if found.published_at.is_none() => {
                return bad(Outcome::Unclear, "no draft, and not published");
            }
            _ => {}
        }
        match (self.prerelease, found.is_prerelease) {
            (false, true) => return bad(Outcome::Fails, "marked as a prerelease"),
            (true, false) => return bad(Outcome::Fails, "not marked as a prerelease"),
            _ => {}
        }
        let state = if found.is_draft { "drafted" } else { "published" };
        if self.assets.is_empty() {
            return bad(Outcome::Holds, state);
        }
        self.assets(case, found, state)
    }

    /// Every asset is there and its upload is complete.
    fn assets(
        &self,
        case: &JudgeContext<'_>,
        found: &ReleaseNode,
        state: &str,
    ) -> FactResult<(Outcome, String, Vec<String>)> {
        let id =
            found.database_id.ok_or_else(|| super::super::judge_context::gap("the release"))?.to_string();
        let path = ["releases", &id, "assets"];
        let fact = RestFact::of(case.repo, &path, Take::Pages(""), "release assets", &[&needs::CONTENTS])
            .with("per_page", "100");
        let all: PagedList<Asset> = case.rest(&fact)?;
        if all.more {
            return Err(super::super::judge_context::gap("release assets"));
        }
        let find = |name: &Name| all.items.iter().find(|asset| asset.name == name.as_str());
        let missing: Vec<&Name> = self.assets.iter().filter(|name| find(name).is_none()).collect();
        let partial: Vec<&Name> = self
            .assets
            .iter()
            .filter(|name| find(name).is_some_and(|asset| asset.state != "uploaded" || asset.size == 0))
            .collect();
        let rows =
            all.items.iter().map(|asset| format!("{}: {}, {} bytes", asset.name, asset.state, asset.size));
        let rows = rows.collect();
        Ok(if !missing.is_empty() {
            let renamed = missing.iter().find_map(|name| {
                all.items.iter().find(|asset| as_github_names(&asset.name) == as_github_names(name.as_str()))
            });
            let hint = renamed
                .map(|asset| format!(": GitHub renamed one to {}: write that", asset.name))
                .unwrap_or_default();
            (Outcome::Fails, format!("{state} without {}{hint}", list(&missing)), rows)
        } else if !partial.is_empty() {
            (Outcome::Pending, format!("{state}; {} not uploaded completely", list(&partial)), rows)
        } else {
            (Outcome::Holds, format!("{state} with {}", list(&self.assets)), rows)
        })
    }
}

/// A file's name in the way that GitHub changes it: what is no letter, digit, `-`, `_` or `+` becomes a dot, and several
/// in a row one.
fn as_github_names(name: &str) -> String {
    let dotted = name.replace(|c: char| !c.is_ascii_alphanumeric() && !"-_+".contains(c), ".");
    dotted.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// The drafts of a tag, which do not replace each other. The list is read up to the first of them, and a little further:
/// jobs that race leave theirs side by side.
fn drafts(case: &JudgeContext<'_>, tag: &str) -> FactResult<Option<CurrentWords<ReleaseNode>>> {
    let is_it = |found: &ReleaseNode| found.tag_name == tag && found.is_draft;
    let all = case.pages_until(
        "releases",
        |after| {
            case.read::<Page<ReleaseNode>>(&case.graph(&query_template::RELEASES, [("after", json!(after))]))
        },
        |all: &[ReleaseNode]| all.iter().position(is_it).is_some_and(|at| all.len() > at + NEAR),
    )?;
    let word = |it: ReleaseNode| IdentifiedWord {
        of: Identity::Draft { tag: tag.to_owned() },
        turn: Turn { number: it.database_id.unwrap_or_default(), made: None, id: it.url.clone() },
        begun: None,
        outcome: Outcome::Holds,
        skipped: false,
        shared: false,
        it,
    };
    Ok(identity::standing(all.into_iter().filter(is_it).map(word)).pop())
}

/// The commit of the tag; of a draft without a tag, the commit that the tag would be put on.
fn about(case: &JudgeContext<'_>, found: &ReleaseNode) -> FactResult<Option<Oid>> {
    #[derive(Deserialize)]
    struct Rest {
        target_commitish: String,
    }
    if let Some(commit) = &found.tag_commit {
        return Ok(Oid::parse(&commit.oid));
    }
    let Some(id) = found.database_id.filter(|_| found.is_draft) else { return Ok(None) };
    let path = ["releases", &id.to_string()];
    let fact = RestFact::of(case.repo, &path, Take::Whole, "the release", &[&needs::CONTENTS]);
    let rest: Rest = case.rest(&fact)?;
    if let Some(oid) = Oid::parse(&rest.target_commitish) {
        return Ok(Some(oid));
    }
    let branch = &rest.target_commitish;
    target::resolve(case.facts, case.repo, branch).map(|target| Some(target.oid)).map_err(|stop| match stop {
        JudgeStop::Failed(failure) if failure.kind == FailureKind::NotFound => {
            let message = format!(
                "the tag of the draft {} would be put on `{branch}`, which does not exist, so nobody can publish it",
                found.tag_name
            );
            let failure = Failure::new(FailureKind::NotFound, message).at(found.url.clone());
            JudgeStop::Failed(failure.advise("set the target of the draft to the release commit"))
        }
        stop => stop,
    })
}
