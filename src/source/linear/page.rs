//! Where a person would look, for what has no page of its own in the answer.

use super::spec::{Spec, ViewOf};

/// Where people work; the API has a host of its own.
const APP: &str = "https://linear.app";

/// Whether a gate's page is made from the name of the workspace.
pub(super) fn is_made(spec: &Spec) -> bool {
    matches!(spec, Spec::Issues(_) | Spec::IssuesDone(_) | Spec::Cycle(_) | Spec::View(_))
}

/// The page of a list, as near as its address can be told.
pub(super) fn of(spec: &Spec, url_key: &str) -> Option<String> {
    let team = |key: &str, page: &str| vec!["team".to_owned(), key.to_owned(), page.to_owned()];
    let parts = match spec {
        Spec::Issues(it) => it.team.as_deref().map(|key| team(key, "all")).unwrap_or_default(),
        Spec::IssuesDone(it) => vec!["issue".into(), it.ids.first()?.clone()],
        Spec::Cycle(it) => {
            let cycle = if it.number == "next" { "upcoming" } else { &it.number };
            [team(&it.team, "cycle"), vec![cycle.into()]].concat()
        }
        Spec::View(it) => {
            vec![if it.of == ViewOf::Issues { "view" } else { "projects/view" }.into(), it.id.clone()]
        }
        _ => return None,
    };
    let mut url = reqwest::Url::parse(APP).ok()?;
    url.path_segments_mut().ok()?.push(url_key).extend(parts.iter().flat_map(|part| part.split('/')));
    Some(url.into())
}
