//! Intercom's macros: no mark says that one is active; being there and visible is all there is.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::{Macro, MacroName, SeenBy, Wanted};
use crate::api::{Api, Poll};
use gonogo_domain::{Failure, FailureKind};

/// The first version that has macros.
pub(super) const VERSION: &str = "2.16";

/// Pages of 150 macros.
const MOST_PAGES: usize = 20;

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "type")]
    kind: String,
    data: Vec<ListedMacro>,
    pages: Option<Pages>,
}

#[derive(Deserialize)]
struct Pages {
    next: Option<Next>,
}

#[derive(Deserialize)]
struct Next {
    starting_after: String,
}

#[derive(Deserialize)]
struct ListedMacro {
    id: String,
    name: String,
    updated_at: Option<Value>,
    visible_to: Option<String>,
    visible_to_team_ids: Option<Vec<Value>>,
}

/// The macros of that very name, or the one with that id.
pub(super) async fn find(api: &Api, wanted: &Wanted, poll: &Poll<'_>) -> Result<Vec<Macro>, Failure> {
    match &wanted.named {
        MacroName::Id(id) => {
            let found: ListedMacro = api.get(poll, &["macros", id], &[], "the macro").await?;
            if found.id != *id {
                return Err(Failure::new(FailureKind::Malformed, "the answer is about another macro"));
            }
            Ok(vec![of(api, found)])
        }
        MacroName::Title(title) => titled(api, title, poll).await,
    }
}

async fn titled(api: &Api, title: &str, poll: &Poll<'_>) -> Result<Vec<Macro>, Failure> {
    let incomplete = || Failure::new(FailureKind::Incomplete, "Intercom's list of macros is incomplete");
    let (mut found, mut after) = (Vec::new(), None::<String>);
    for _ in 0..MOST_PAGES {
        let mut query = vec![("per_page", "150")];
        query.extend(after.as_deref().map(|after| ("starting_after", after)));
        let page: Page = api.get(poll, &["macros"], &query, "the macros").await?;
        if page.kind != "list" {
            return Err(incomplete());
        }
        found.extend(page.data.into_iter().filter(|it| it.name == title).map(|it| of(api, it)));
        match page.pages.ok_or_else(incomplete)?.next {
            None => return Ok(found),
            Some(next) if after.as_ref() != Some(&next.starting_after) => after = Some(next.starting_after),
            Some(_) => return Err(incomplete()),
        }
    }
    Err(incomplete().advise("name the macro by its id"))
}

/// A macro has no page of its own: the workspace is where it is looked at.
const CONSOLES: &[(&str, &str)] = &[
    ("api.intercom.io", "https://app.intercom.com"),
    ("api.eu.intercom.io", "https://app.eu.intercom.com"),
    ("api.au.intercom.io", "https://app.au.intercom.com"),
];

fn of(api: &Api, found: ListedMacro) -> Macro {
    let id = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let seen_by = match (found.visible_to.as_deref(), &found.visible_to_team_ids) {
        (Some("everyone"), _) => SeenBy::Everyone,
        (Some("specific_teams"), Some(teams)) => SeenBy::Groups(teams.iter().map(id).collect()),
        _ => SeenBy::Unknown,
    };
    Macro {
        id: found.id,
        title: found.name,
        active: None,
        seen_by,
        updated: found.updated_at.as_ref().and_then(time),
        url: api.page(CONSOLES, &[]),
    }
}

/// ISO text or Unix seconds.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc)),
        Value::Number(number) => DateTime::from_timestamp(number.as_i64()?, 0),
        _ => None,
    }
}
