//! Zendesk's macros.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Macro, MacroName, SeenBy, Wanted};
use crate::api::{Api, Poll};
use gonogo_domain::{Failure, FailureKind};

/// Pages of 100 macros whose title contains the words.
const MOST_PAGES: usize = 10;

#[derive(Deserialize)]
struct Page {
    macros: Vec<ListedMacro>,
    next_page: Option<String>,
    count: Option<u64>,
}

#[derive(Deserialize)]
struct MacroEnvelope {
    #[serde(rename = "macro")]
    found: ListedMacro,
}

#[derive(Deserialize)]
struct ListedMacro {
    id: u64,
    title: String,
    active: bool,
    restriction: Option<Restriction>,
    updated_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Restriction {
    #[serde(rename = "type")]
    kind: String,
    id: Option<u64>,
    ids: Option<Vec<u64>>,
}

/// The macros of that very title, or the one with that id.
pub(super) async fn find(api: &Api, wanted: &Wanted, poll: &Poll<'_>) -> Result<Vec<Macro>, Failure> {
    match &wanted.named {
        MacroName::Id(id) => {
            let MacroEnvelope { found } =
                api.get(poll, &["api", "v2", "macros", &format!("{id}.json")], &[], "the macro").await?;
            if found.id.to_string() != *id {
                return Err(Failure::new(FailureKind::Malformed, "the answer is about another macro"));
            }
            Ok(vec![of(api, found)])
        }
        MacroName::Title(title) => titled(api, title, poll).await,
    }
}

async fn titled(api: &Api, title: &str, poll: &Poll<'_>) -> Result<Vec<Macro>, Failure> {
    let (mut found, mut read, mut nested) = (Vec::new(), 0, None);
    let ending = format!("::{title}");
    for number in 1..=MOST_PAGES {
        let number = number.to_string();
        let query = [("query", title), ("per_page", "100"), ("page", &number)];
        let page: Page = api.get(poll, &["api", "v2", "macros", "search.json"], &query, "the macros").await?;
        read += page.macros.len() as u64;
        nested = nested
            .or_else(|| page.macros.iter().find(|it| it.title.ends_with(&ending)).map(|it| it.title.clone()));
        found.extend(page.macros.into_iter().filter(|it| it.title == title).map(|it| of(api, it)));
        if page.next_page.is_none() {
            let whole = page.count.is_none_or(|count| count == read);
            return match nested.filter(|_| found.is_empty()) {
                _ if !whole => Err(incomplete()),
                // Zendesk shows a macro under its categories, which are a part of its title.
                Some(there) => {
                    let message =
                        format!("no macro titled \"{title}\" exists: it is called \"{there}\" there");
                    Err(Failure::new(FailureKind::NotFound, message)
                        .advise("write the title with its categories"))
                }
                None => Ok(found),
            };
        }
    }
    Err(incomplete())
}

fn incomplete() -> Failure {
    Failure::new(FailureKind::Incomplete, "Zendesk's list of macros is incomplete")
        .advise("name the macro by its id")
}

fn of(api: &Api, found: ListedMacro) -> Macro {
    let seen_by = match found.restriction {
        None => SeenBy::Everyone,
        Some(Restriction { kind, id, ids }) => {
            let ids = ids.filter(|ids| !ids.is_empty() || id.is_none());
            match (kind.as_str(), ids.or(id.map(|id| vec![id]))) {
                ("Group", Some(ids)) => SeenBy::Groups(ids.iter().map(u64::to_string).collect()),
                ("User", _) => SeenBy::Author,
                _ => SeenBy::Unknown,
            }
        }
    };
    let page = api.url(&["admin", "workspaces", "agent-workspace", "macros", &found.id.to_string()], &[]);
    Macro {
        id: found.id.to_string(),
        title: found.title,
        active: Some(found.active),
        seen_by,
        updated: found.updated_at,
        url: page.ok().map(|url| url.to_string()),
    }
}
