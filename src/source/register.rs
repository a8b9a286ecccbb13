//! Every source there is. A new one adds its line here, beside its `mod` in [`super`], and is known everywhere.

use std::sync::Arc;

use super::{
    Declaration, Setup, Source, command, connection::ServerForm, datadog, flag, github, jira, linear, macros,
    notion, pagerduty, probe, prometheus, sentry, setup::unserved, slack, statuspage,
};

/// What each source says of itself.
pub const DECLARED: &[&Declaration] = &[
    &github::SOURCE,
    &linear::SOURCE,
    &probe::SOURCE,
    &prometheus::SOURCE,
    &datadog::SOURCE,
    &sentry::SOURCE,
    &flag::SOURCE,
    &macros::SOURCE,
    &jira::SOURCE,
    &notion::SOURCE,
    &pagerduty::SOURCE,
    &statuspage::SOURCE,
    &slack::SOURCE,
    &command::SOURCE,
];

/// The source of a name.
pub fn declared(name: &str) -> Option<&'static Declaration> {
    DECLARED.iter().find(|it| it.name == name).copied()
}

/// The source that tells where refs point and who somebody is.
pub fn of_targets() -> Option<&'static Declaration> {
    DECLARED.iter().find(|it| it.tells_targets).copied()
}

/// Every server that a connection can be of, by name.
pub fn servers() -> Vec<&'static ServerForm> {
    let mut all: Vec<&ServerForm> = DECLARED.iter().flat_map(|it| it.servers).collect();
    all.sort_by_key(|it| it.source);
    all
}

/// All that gonogo can write at a person's word, by what the user's settings call it.
pub fn writes() -> Vec<&'static str> {
    let own = DECLARED.iter().flat_map(|it| it.writes).copied();
    own.chain(DECLARED.iter().filter_map(|it| Some(it.sends?.writes))).collect()
}

/// The source for the gates that ask `source` by `connection`; none for a source that there is not. One that lacks its
/// server or its credential answers every question with what to do about it.
pub fn open(setup: &Setup, source: &str, connection: Option<&str>) -> Option<Arc<dyn Source>> {
    let it = declared(source)?;
    let unopened = |failure| unserved(it.name, it.tells_targets, failure);
    Some((it.open)(setup, connection).unwrap_or_else(unopened))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_source_is_declared_whole_and_once() {
        let names: BTreeSet<_> = DECLARED.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), DECLARED.len(), "a name twice");
        let servers: BTreeSet<_> = servers().iter().map(|it| it.source).collect();
        assert_eq!(servers.len(), super::servers().len(), "a server twice");
        for it in DECLARED {
            assert!(!it.name.is_empty(), "{it:?}");
            assert!(!it.things.is_empty() || it.sends.is_some(), "{it:?}");
            let [one] = it.things else {
                assert!(it.things.iter().all(|thing| !thing.name.is_empty()), "{}", it.name);
                continue;
            };
            assert!(it.values.text.iter().all(|key| !it.values.addresses.contains(key)), "{one:?}");
        }
        assert_eq!(DECLARED.iter().filter(|it| it.tells_targets).count(), 1);
    }

    #[test]
    fn every_key_of_every_kind_is_explained_and_no_other() {
        for (source, thing) in DECLARED.iter().flat_map(|it| it.things.iter().map(move |thing| (it, thing))) {
            let gonogo_yaml::Shape::Keys(keys) = (thing.shape)() else {
                panic!("{}.{} has no keys", source.name, thing.name)
            };
            let there: BTreeSet<_> = keys.iter().map(|key| key.name).collect();
            let told: Vec<_> = thing.description.keys.iter().map(|(name, _)| *name).collect();
            let once: BTreeSet<_> = told.iter().copied().collect();
            assert_eq!((once.len(), &once), (told.len(), &there), "{}.{}", source.name, thing.name);
            assert!(!thing.description.proves.is_empty() && !source.title.is_empty(), "{}", source.name);
        }
    }

    #[test]
    fn the_usual_addresses_are_fine_and_are_those_of_the_documentation() {
        let gates = include_str!("../../docs/gates.md");
        for form in servers() {
            let url = form.url.replace("SITE", "acme").replace("SUB", "acme").replace("HOST", "h.example");
            assert_eq!(form.fault(&url.parse().unwrap()), None, "{url}");
            let row = format!("| `{}` | `{}` | {} |", form.source, form.url, token(form));
            assert!(gates.contains(&row), "docs/gates.md lacks {row}");
        }
    }

    fn token(form: &ServerForm) -> String {
        match form.token {
            "" => "the token".into(),
            it if it.contains(' ') || it == "none" => it.into(),
            it => format!("`{it}`"),
        }
    }

    #[test]
    fn an_address_that_can_not_be_right_is_told() {
        let fault = |source: &str, url: &str| {
            let form = servers().into_iter().find(|form| form.source == source).unwrap();
            form.fault(&url.parse().unwrap())
        };
        for (source, url) in [
            ("sentry", "https://sentry.io"),
            ("sentry", "https://sentry.io/api/0"),
            ("sentry", "https://de.sentry.io/api/0/projects/acme/web"),
            ("sentry", "https://sentry.example.com/api/0/"),
            ("flagsmith", "https://edge.api.flagsmith.com"),
            ("flagsmith", "https://flags.example.com/"),
            ("datadog", "https://app.datadoghq.com"),
            ("datadog", "https://us5.datadoghq.com"),
            ("datadog", "https://api.datadoghq.com/api/v1/"),
            ("jira", "https://acme.atlassian.net/rest/api/3"),
            ("zendesk", "https://acme.zendesk.com/api/v2"),
            ("prometheus", "https://p.example.com/prom/api/v1"),
            ("notion", "https://www.notion.com"),
            ("statuspage", "https://api.statuspage.io"),
        ] {
            assert!(fault(source, url).is_some(), "{url}");
        }
        for (source, url) in [
            ("sentry", "https://sentry.example.com/api/0/organizations/acme"),
            ("sentry", "http://127.0.0.1:9/base"),
            ("datadog", "https://api.us5.datadoghq.com"),
            ("datadog", "https://api.datadoghq.eu"),
            ("launchdarkly", "https://app.eu.launchdarkly.com"),
            ("intercom", "https://api.eu.intercom.io"),
            ("statuspage", "https://api.acme.example"),
            ("prometheus", "https://p.example.com/api/prom"),
        ] {
            assert_eq!(fault(source, url), None, "{url}");
        }
    }
}
