//! What comes over the wire. States and other open sets stay text: a value that is new must not break an answer.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::domain::{Failure, FailureKind};

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
struct Wire<T> {
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
        let wire: Wire<T> = read(answer)?;
        Ok(Self { nodes: wire.nodes, more: wire.info.has_next_page, cursor: wire.info.end_cursor })
    }

    /// The only row. None if there is none; a failure if there are several, since a name should mean one thing.
    pub(super) fn only(self, what: &str, advice: &str) -> Result<Option<T>, Failure> {
        let Self { nodes, more, .. } = self;
        let mut nodes = nodes.into_iter();
        match (nodes.next(), nodes.next(), more) {
            (first, None, false) => Ok(first),
            _ => {
                let message = format!("{what} is not unique: Linear has several");
                Err(Failure::new(FailureKind::Rejected, message).advise(advice))
            }
        }
    }
}

/// Reads a part of an answer.
pub(super) fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, Failure> {
    T::deserialize(answer).map_err(|error| {
        let message = format!("Linear left out something that was asked for: {error}");
        Failure::new(FailureKind::Incomplete, message)
    })
}

/// Only its presence matters.
#[derive(Debug, Deserialize)]
pub(super) struct Present {
    #[serde(rename = "id")]
    _id: String,
}

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
    pub(super) assignee: Option<User>,
    #[serde(default)]
    pub(super) previous_identifiers: Vec<String>,
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
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update {
    pub(super) created_at: DateTime<Utc>,
    pub(super) url: String,
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
}

#[derive(Debug, Deserialize)]
pub(super) struct InitiativeFacts {
    #[serde(deserialize_with = "plain")]
    pub(super) name: String,
    pub(super) url: String,
    pub(super) status: String,
    pub(super) health: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DocumentFacts {
    #[serde(deserialize_with = "plain")]
    pub(super) title: String,
    pub(super) url: String,
    pub(super) updated_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReleaseFacts {
    pub(super) url: String,
    pub(super) commit_sha: Option<String>,
    pub(super) issue_count: u64,
    pub(super) stage: Stage,
    pub(super) pipeline: Named,
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
