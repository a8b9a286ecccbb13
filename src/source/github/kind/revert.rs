//! What names a pull request to take it back: another pull request, as GitHub's button writes it, or a commit of `git revert`.

use serde::Deserialize;
use serde_json::json;

use super::{
    super::{
        fact::FactResult,
        judge_context::{Backwards, JudgeContext, gap},
        query_template,
    },
    pull::Pull,
};
use gonogo_domain::Oid;

/// Pages of a hundred mentions that are looked through.
pub(super) const MOST_PAGES: usize = 10;

/// What refers to a pull request, newest last.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timeline {
    page_info: Backwards,
    /// A null is something that this token does not see.
    nodes: Vec<Option<Mention>>,
}

/// One thing that refers to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "__typename")]
enum Mention {
    #[serde(rename_all = "camelCase")]
    CrossReferencedEvent { is_cross_repository: bool, source: Referrer },
    #[serde(rename_all = "camelCase")]
    ReferencedEvent { is_cross_repository: bool, commit: Option<MentioningCommit> },
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "__typename")]
enum Referrer {
    #[serde(rename_all = "camelCase")]
    PullRequest { number: u64, title: String, body: String, state: String, merge_commit: Option<MergedAs> },
    #[serde(other)]
    Other,
}

#[derive(Clone, Debug, Deserialize)]
struct MergedAs {
    oid: String,
}

#[derive(Clone, Debug, Deserialize)]
struct MentioningCommit {
    oid: String,
    message: String,
}

/// Something that took a pull request back, where it was merged itself.
pub(super) struct Revert {
    /// The commit that does it; `None`: GitHub does not say which.
    pub(super) oid: Option<Oid>,
    /// What it is called: `#7 "Revert ..."`, `commit 1a2b3c4`.
    pub(super) name: String,
}

impl Timeline {
    /// A hundred of those that refer to a pull request: the newest, or those before a cursor.
    pub(super) fn read(case: &JudgeContext<'_>, pull: &Pull, before: Option<&str>) -> FactResult<Self> {
        let variables = [("number", json!(pull.number)), ("before", json!(before))];
        let found: Option<Pull> = case.find(&case.graph(&query_template::PULL_REQUEST, variables))?;
        found.and_then(|it| it.timeline_items).ok_or_else(|| gap("what refers to the pull request"))
    }

    /// Before what the older ones are; `None`: these are the oldest.
    pub(super) fn older(&self) -> Option<&str> {
        self.page_info.start_cursor.as_deref().filter(|_| self.page_info.has_previous_page)
    }

    /// What says that it takes this pull request back, merged as `merge`.
    pub(super) fn reverts(&self, pull: &Pull, merge: &Oid) -> Vec<Revert> {
        let found = self.nodes.iter().flatten().filter_map(|it| match it {
            Mention::CrossReferencedEvent { is_cross_repository: false, source } => {
                by_pull(source, pull, merge)
            }
            Mention::ReferencedEvent { is_cross_repository: false, commit: Some(commit) } => {
                let oid = Oid::parse(&commit.oid).filter(|_| takes_back(&commit.message, merge))?;
                Some(Revert { name: format!("commit {}", oid.short()), oid: Some(oid) })
            }
            _ => None,
        });
        found.collect()
    }
}

fn by_pull(source: &Referrer, pull: &Pull, merge: &Oid) -> Option<Revert> {
    let Referrer::PullRequest { number, title, body, state, merge_commit } = source else {
        return None;
    };
    if state != "MERGED" {
        return None;
    }
    let oid = merge_commit.as_ref().and_then(|merged| Oid::parse(&merged.oid));
    let named = body.lines().any(|line| names(line, pull.number)) || takes_back(body, merge);
    named.then(|| Revert { oid, name: format!("#{number} \"{title}\"") })
}

/// `Reverts acme/rocket#5`, as GitHub's button writes it.
fn names(line: &str, number: u64) -> bool {
    let named = line.trim().strip_prefix("Reverts ").map(|rest| rest.trim_end_matches('.'));
    let named = named.filter(|it| !it.contains(char::is_whitespace)).and_then(|it| it.rsplit_once('#'));
    named.is_some_and(|(_, it)| it == number.to_string())
}

/// `This reverts commit 1a2b3c4…`, as `git revert` writes it; people shorten it.
fn takes_back(message: &str, merge: &Oid) -> bool {
    /// The fewest digits that name a commit.
    const FEWEST: usize = 7;
    message.split("This reverts commit ").skip(1).any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        let named = rest.get(..end).unwrap_or_default().to_ascii_lowercase();
        named.len() >= FEWEST && merge.as_str().starts_with(&named)
    })
}
