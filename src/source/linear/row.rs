//! What comes over the wire. States and other open sets stay text: a value that is new must not break an answer.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use gonogo_domain::{Failure, FailureKind};

/// One page of a connection. Every key is mandatory: a null where data was asked is no answer (V3).
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) nodes: Vec<T>,
    /// Whether there are more rows behind this page.
    pub(super) more: bool,
    /// Where they begin.
    pub(super) cursor: Option<String>,
}

#[derive(Deserialize)]
struct ConnectionNode<T> {
    nodes: Vec<T>,
    #[serde(rename = "pageInfo")]
    info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    #[serde(default)]
    end_cursor: Option<String>,
}

impl<T: DeserializeOwned> Page<T> {
    /// Reads a page.
    pub(super) fn read(answer: &Value) -> Result<Self, Failure> {
        let wire: ConnectionNode<T> = read(answer)?;
        Ok(Self { nodes: wire.nodes, more: wire.info.has_next_page, cursor: wire.info.end_cursor })
    }

    /// What a name means.
    pub(super) fn only(self) -> Matches<T> {
        let Self { mut nodes, more, .. } = self;
        match (nodes.len(), more) {
            (1, false) => nodes.pop().map_or(Matches::None, Matches::One),
            (0, false) => Matches::None,
            _ => Matches::Several(nodes),
        }
    }
}

/// The rows behind a name, which should mean one thing.
#[derive(Debug)]
pub(super) enum Matches<T> {
    None,
    One(T),
    /// Which of them is meant is anybody's guess.
    Several(Vec<T>),
}

/// Reads a part of an answer.
pub(super) fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, Failure> {
    // The decoder's own words may quote the answer, so they are not repeated.
    T::deserialize(answer).map_err(|_| {
        let message = "Linear left out something that was asked for, or answered with another type";
        Failure::new(FailureKind::Incomplete, message)
    })
}

/// Only its presence matters.
#[derive(Debug, Deserialize)]
pub(super) struct Present {
    #[serde(rename = "id")]
    _id: String,
    /// Where it is asked for.
    #[serde(default)]
    pub(super) trashed: Option<bool>,
    /// Where it is asked for.
    #[serde(default)]
    pub(super) url: Option<String>,
    /// The team above, where it is asked for.
    #[serde(default)]
    pub(super) parent: Option<ParentTeam>,
}

/// A team above another.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ParentTeam {
    pub(super) key: String,
    #[serde(default)]
    pub(super) parent: Option<Box<ParentTeam>>,
}

/// What can be opened in a browser.
pub(super) trait Linked {
    fn link(&self) -> &str;
}

macro_rules! linked {
    ($($facts:ident $(.$place:ident)*),* $(,)?) => {
        $(impl Linked for $facts {
            fn link(&self) -> &str {
                &self$(.$place)*.url
            }
        })*
    };
}

linked!(ProjectFacts, InitiativeFacts, MilestoneFacts.project, DocumentFacts, ReleaseFacts);

/// A name and the type that gates go by.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Status {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssueRow {
    pub(super) id: String,
    pub(super) identifier: String,
    #[serde(deserialize_with = "plain")]
    pub(super) title: String,
    pub(super) url: String,
    pub(super) state: Status,
    pub(super) completed_at: Option<DateTime<Utc>>,
    pub(super) assignee: Option<User>,
    #[serde(default)]
    pub(super) previous_identifiers: Vec<String>,
    #[serde(default)]
    pub(super) archived_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) trashed: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    #[serde(deserialize_with = "plain")]
    pub(super) display_name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ProjectRow {
    pub(super) id: String,
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    pub(super) url: String,
    pub(super) status: Status,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProjectFacts {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    pub(super) url: String,
    pub(super) progress: f64,
    pub(super) health: Option<String>,
    pub(super) status: Status,
    pub(super) last_update: Option<Update>,
    pub(super) trashed: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update {
    pub(super) created_at: DateTime<Utc>,
    pub(super) url: String,
    /// By Linear's own rule: the workspace's rhythm of updates has passed without another one.
    pub(super) is_stale: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MilestoneFacts {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    pub(super) status: String,
    pub(super) progress: f64,
    pub(super) target_date: Option<NaiveDate>,
    pub(super) project: InProject,
}

#[derive(Debug, Deserialize)]
pub(super) struct InProject {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    pub(super) url: String,
    pub(super) status: Status,
    pub(super) trashed: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InitiativeFacts {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    pub(super) url: String,
    pub(super) status: String,
    pub(super) health: Option<String>,
    pub(super) last_update: Option<Update>,
    pub(super) trashed: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CycleFacts {
    pub(super) number: f64,
    pub(super) is_past: bool,
    pub(super) ends_at: DateTime<Utc>,
    /// What was open when it ended, and still is.
    #[serde(rename = "uncompletedIssuesUponClose")]
    pub(super) left: LeftOpen,
}

/// The first page of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LeftOpen {
    pub(super) page_info: LeftPage,
    pub(super) nodes: Vec<IssueRow>,
}

/// Whether it is the whole list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LeftPage {
    pub(super) has_next_page: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DocumentFacts {
    #[serde(deserialize_with = "plain")]
    pub(super) title: String,
    pub(super) url: String,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) trashed: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReleaseFacts {
    pub(super) url: String,
    pub(super) commit_sha: Option<String>,
    pub(super) issue_count: u64,
    pub(super) stage: Stage,
    pub(super) pipeline: Named,
    pub(super) canceled_at: Option<DateTime<Utc>>,
    pub(super) trashed: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Stage {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) frozen: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
}

/// Text that people typed. Linear escapes some of it for HTML: undone here, once.
pub(super) fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| unescape(&text))
}

/// `&amp;lt;` is `&lt;`: what was unescaped is not looked at again.
pub(super) fn unescape(text: &str) -> String {
    const NAMES: [(&str, char); 6] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&#x27;", '\'')];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, escaped) = rest.split_at(at);
        let (name, c) = NAMES.into_iter().find(|(name, _)| escaped.starts_with(name)).unwrap_or(("&", '&'));
        out.push_str(before);
        out.push(c);
        rest = escaped.get(name.len()..).unwrap_or_default();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_unescaped_once() {
        assert_eq!(unescape("Q&amp;A &lt;b&gt; &#39;x&#x27; &quot;y&quot;"), "Q&A <b> 'x' \"y\"");
        assert_eq!(unescape("&amp;lt;"), "&lt;");
        assert_eq!(unescape("a & b &unknown; &"), "a & b &unknown; &");
    }
}
