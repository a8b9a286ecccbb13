//! Pull requests at platforms that say little more than that a run is of one.

use gonogo_settings::Env;

/// Whose the files of a pull request are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proposed {
    /// Somebody's who has a fork.
    ByFork,
    /// The platform tells of the pull request, and not of its repository.
    NotKnown,
}

/// Two variables that name the repository of the change and the one that it is for.
const REPOSITORIES: [(&str, &str); 3] = [
    ("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO"),
    ("TRAVIS_PULL_REQUEST_SLUG", "TRAVIS_REPO_SLUG"),
    ("APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME", "APPVEYOR_REPO_NAME"),
];

/// Whose files these are; `None`: this is no run of a pull request, or one of a branch of the repository itself.
pub(super) fn proposed(env: &Env<'_>) -> Option<Proposed> {
    let set = |name: &str| env(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let marked = set("SYSTEM_PULLREQUEST_ISFORK").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    if marked || set("CIRCLE_PR_REPONAME").is_some() || set("CHANGE_FORK").is_some() {
        return Some(Proposed::ByFork);
    }
    let named = REPOSITORIES.iter().find_map(|(from, to)| Some((set(from)?, set(to))));
    if let Some((from, to)) = named {
        return (to.and_then(|it| name(&it)) != name(&from)).then_some(Proposed::ByFork);
    }
    // These tell of a pull request, and not, or not always, of its repository.
    let told = |name: &str, is_one: &dyn Fn(&str) -> bool| set(name).is_some_and(|it| is_one(&it));
    let runs = told("DRONE_BUILD_EVENT", &|event| event == "pull_request")
        || told("CI_PIPELINE_EVENT", &|event| event.starts_with("pull_request"))
        || told("TRAVIS_PULL_REQUEST", &|number| number != "false")
        || set("APPVEYOR_PULL_REQUEST_NUMBER").is_some();
    runs.then_some(Proposed::NotKnown)
}

/// `owner/name` of a repository's address, whatever its form.
fn name(address: &str) -> Option<String> {
    let address = address.trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase();
    let mut parts = address.rsplit(['/', ':']);
    Some(format!("{1}/{0}", parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Option<Proposed> {
        proposed(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_fork_is_known_by_its_mark_or_by_its_repository() {
        for mark in [
            ("SYSTEM_PULLREQUEST_ISFORK", "True"),
            ("CIRCLE_PR_REPONAME", "rocket"),
            ("CHANGE_FORK", "somebody"),
        ] {
            assert_eq!(of(&[mark]), Some(Proposed::ByFork), "{mark:?}");
        }
        let buildkite = |from| {
            of(&[("BUILDKITE_REPO", "git@github.com:acme/rocket.git"), ("BUILDKITE_PULL_REQUEST_REPO", from)])
        };
        assert_eq!(buildkite("git://github.com/somebody/rocket.git"), Some(Proposed::ByFork));
        assert_eq!(buildkite("https://github.com/Acme/rocket"), None);
        assert_eq!(buildkite(""), None, "a push");
        assert_eq!(
            of(&[("BUILDKITE_PULL_REQUEST_REPO", "x/y")]),
            Some(Proposed::ByFork),
            "for whom is not known"
        );
        for (number, from, own) in [
            ("TRAVIS_PULL_REQUEST", "TRAVIS_PULL_REQUEST_SLUG", "TRAVIS_REPO_SLUG"),
            ("APPVEYOR_PULL_REQUEST_NUMBER", "APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME", "APPVEYOR_REPO_NAME"),
        ] {
            let pull = |whose| of(&[(number, "7"), (from, whose), (own, "acme/rocket")]);
            assert_eq!(pull("somebody/rocket"), Some(Proposed::ByFork), "{number}");
            assert_eq!(pull("acme/rocket"), None, "{number}");
            assert_eq!(pull(""), Some(Proposed::NotKnown), "{number}");
        }
    }

    #[test]
    fn where_nothing_tells_whose_it_is_it_is_not_known() {
        for event in ["pull_request", "pull_request_closed", "pull_request_metadata"] {
            assert_eq!(
                of(&[("CI", "woodpecker"), ("CI_PIPELINE_EVENT", event)]),
                Some(Proposed::NotKnown),
                "{event}"
            );
        }
        assert_eq!(of(&[("DRONE_BUILD_EVENT", "pull_request")]), Some(Proposed::NotKnown));
        for none in [
            ("DRONE_BUILD_EVENT", "push"),
            ("CI_PIPELINE_EVENT", "tag"),
            ("TRAVIS_PULL_REQUEST", "false"),
            ("CIRCLE_PR_REPONAME", " "),
            ("CHANGE_FORK", ""),
        ] {
            assert_eq!(of(&[none]), None, "{none:?}");
        }
    }
}
