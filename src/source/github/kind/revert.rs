//! What names a pull request to take it back: another pull request, as GitHub's button writes it, or a commit of `git revert`.

use serde::Deserialize;

use super::pull::Pull;
use gonogo_domain::Oid;

/// What refers to a pull request, newest last.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Timeline {
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
    /// The commit that does it.
    pub(super) oid: Oid,
    /// What it is called: `#7 "Revert ..."`, `commit 1a2b3c4`.
    pub(super) name: String,
}

impl Timeline {
    /// What says that it takes this pull request back, merged as `merge`.
    pub(super) fn reverts(&self, pull: &Pull, merge: &Oid) -> Vec<Revert> {
        let found = self.nodes.iter().flatten().filter_map(|it| match it {
            Mention::CrossReferencedEvent { is_cross_repository: false, source } => {
                by_pull(source, pull, merge)
            }
            Mention::ReferencedEvent { is_cross_repository: false, commit: Some(commit) } => {
                let oid = Oid::parse(&commit.oid).filter(|_| takes_back(&commit.message, merge))?;
                Some(Revert { name: format!("commit {}", oid.short()), oid })
            }
            _ => None,
        });
        found.collect()
    }
}

fn by_pull(source: &Referrer, pull: &Pull, merge: &Oid) -> Option<Revert> {
    let Referrer::PullRequest { number, title, body, state, merge_commit: Some(merged) } = source else {
        return None;
    };
    let oid = Oid::parse(&merged.oid).filter(|_| state == "MERGED")?;
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
