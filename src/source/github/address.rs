//! Which GitHub is asked: the one of the user's environment, or one of their settings.

use super::{Github, GithubConfig, OwnRun, SERVER, SOURCE};
use crate::{HomeServer, OpenedSource, Setup, http::Url, setup::opened};
use gonogo_domain::{Failure, FailureKind};

/// GitHub as the user's environment says, or by a connection of the settings: another server, another token.
pub(super) fn open(setup: &Setup, connection: Option<&str>) -> OpenedSource {
    let config = match connection {
        None => usual(setup.home(SOURCE.name)?, own_run(setup.env))?,
        Some(name) => {
            let picked = setup.connections.pick(&SERVER, Some(name))?;
            picked.ready()?;
            let (rest, token) = (picked.base.clone(), picked.credential.clone());
            GithubConfig { graphql: graphql(&rest), rest, token, own_run: None }
        }
    };
    opened(Github::new(setup.http.clone(), config))
}

fn usual(home: &HomeServer, own_run: Option<OwnRun>) -> Result<GithubConfig, Failure> {
    // Without a token GitHub says what to set; here the true reason is that nobody handed over the one there is.
    if let (None, Some(after)) = (&home.credential, home.silent) {
        let message = format!(
            "`gh auth token` did not answer within {} s, and GITHUB_TOKEN is not set",
            after.as_secs_f64()
        );
        return Err(Failure::new(FailureKind::NotConfigured, message)
            .advise("set GITHUB_TOKEN, or see what keeps `gh auth token` waiting"));
    }
    let (rest, token) = (home.base.clone(), home.credential.clone());
    let graphql = home.second.clone().unwrap_or_else(|| graphql(&rest));
    Ok(GithubConfig { rest, graphql, token, own_run })
}

/// The job we run in, so that a checks gate does not wait for itself.
fn own_run(env: fn(&str) -> Option<String>) -> Option<OwnRun> {
    (env("GITHUB_ACTIONS")? == "true").then_some(())?;
    Some(OwnRun { run_id: env("GITHUB_RUN_ID")?.parse().ok()? })
}

/// The GraphQL address that belongs to a REST address: GitHub.com, GHE.com and GitHub Enterprise Server each have their
/// own rule.
fn graphql(rest: &Url) -> Url {
    let mut graphql = rest.clone();
    let path = rest.path().trim_end_matches('/');
    let path = path.strip_suffix("/v3").filter(|base| base.ends_with("/api")).unwrap_or(path);
    graphql.set_path(&format!("{path}/graphql"));
    graphql
}

/// What `gh` calls the server of an API's host.
pub(super) fn keeper_host(host: &str) -> String {
    let bare = host.strip_prefix("api.");
    let hosted = bare.filter(|bare| *bare == "github.com" || bare.ends_with(".ghe.com"));
    hosted.unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sort_of_github_has_its_own_graphql_address() {
        for (rest, expected) in [
            ("https://api.github.com", "https://api.github.com/graphql"),
            ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
            ("https://ghe.example/api/v3", "https://ghe.example/api/graphql"),
            ("https://ghe.example/github/api/v3/", "https://ghe.example/github/api/graphql"),
            ("https://proxy.example/v3", "https://proxy.example/v3/graphql"),
        ] {
            assert_eq!(graphql(&rest.parse().unwrap()).as_str(), expected);
        }
    }

    #[test]
    fn the_command_line_calls_a_server_by_its_pages() {
        for (host, expected) in [
            ("api.github.com", "github.com"),
            ("api.acme.ghe.com", "acme.ghe.com"),
            ("ghe.example", "ghe.example"),
            ("api.example", "api.example"),
        ] {
            assert_eq!(keeper_host(host), expected);
        }
    }
}
