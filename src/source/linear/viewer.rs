//! Whose key it is and what it can see: for `doctor`.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    answer::DocumentAnswer,
    client::Client,
    row::{Page, plain, read},
};
use crate::meter::Meter;
use gonogo_domain::{Failure, FailureKind};

const QUERY: &str = include_str!("queries/viewer.graphql");

/// The owner of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The name that Linear shows.
    pub name: String,
    /// The workspace's name.
    pub workspace: String,
    /// The first part of the workspace's addresses.
    pub url_key: String,
    /// Keys of the teams whose issues this key can see, in order.
    pub teams: Vec<String>,
    /// Whether there are more teams than these.
    pub more_teams: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    #[serde(deserialize_with = "plain")]
    display_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workspace {
    #[serde(deserialize_with = "plain")]
    name: String,
    url_key: String,
}

#[derive(Deserialize)]
struct Team {
    key: String,
}

pub(super) async fn ask(client: &Client, cancel: &CancellationToken) -> Result<Viewer, Failure> {
    client.ready()?;
    let data = match client.ask((QUERY.to_owned(), json!({})), &Meter::default(), cancel).await {
        DocumentAnswer::Failed(failure) => return Err(failure),
        DocumentAnswer::Blamed(broken) => return Err(first(broken.into_values())),
        DocumentAnswer::Data { broken, .. } if !broken.is_empty() => return Err(first(broken.into_values())),
        DocumentAnswer::Data { data, .. } => data,
    };
    let part = |name: &str| data.get(name).unwrap_or(&Value::Null);
    let person: Person = read(part("viewer"))?;
    let workspace: Workspace = read(part("organization"))?;
    let teams: Page<Team> = Page::read(part("teams"))?;
    let mut keys: Vec<_> = teams.nodes.into_iter().map(|team| team.key).collect();
    keys.sort();
    Ok(Viewer {
        name: person.display_name,
        workspace: workspace.name,
        url_key: workspace.url_key,
        teams: keys,
        more_teams: teams.more,
    })
}

fn first(mut failures: impl Iterator<Item = Failure>) -> Failure {
    let nothing = || Failure::new(FailureKind::Incomplete, "Linear answered without data");
    failures.next().unwrap_or_else(nothing)
}
