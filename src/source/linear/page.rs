//! Where a person would look, for what has no page of its own in the answer.

use super::spec::{LinearSpec, ViewOf};

/// Where people work; the API has a host of its own.
const APP: &str = "https://linear.app";

/// Whether a gate's page is made from the name of the workspace.
pub(super) fn is_made(spec: &LinearSpec) -> bool {
    matches!(
        spec,
        LinearSpec::Issues(_) | LinearSpec::IssuesDone(_) | LinearSpec::Cycle(_) | LinearSpec::View(_)
    )
}

/// The page of a list, as near as its address can be told.
pub(super) fn of(spec: &LinearSpec, url_key: &str) -> Option<String> {
    let team = |key: &str, page: &str| vec!["team".to_owned(), key.to_owned(), page.to_owned()];
    let parts = match spec {
        LinearSpec::Issues(it) => it.team.as_deref().map(|key| team(key, "all")).unwrap_or_default(),
        LinearSpec::IssuesDone(it) => vec!["issue".into(), it.ids.first()?.clone()],
        LinearSpec::Cycle(it) => {
            let cycle = if it.number == "next" { "upcoming" } else { &it.number };
            [team(&it.team, "cycle"), vec![cycle.into()]].concat()
        }
        LinearSpec::View(it) => {
            vec![if it.of == ViewOf::Issues { "view" } else { "projects/view" }.into(), it.id.clone()]
        }
        _ => return None,
    };
    let mut url = reqwest::Url::parse(APP).ok()?;
    url.path_segments_mut().ok()?.push(url_key).extend(parts.iter().flat_map(|part| part.split('/')));
    Some(url.into())
}
