//! How each source's address and token are written: one table for errors, advice and `docs/gates.md`.

use reqwest::Url;

/// How a connection of one source is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// The source, as settings name it.
    pub(super) source: &'static str,
    /// Its address.
    pub(super) url: &'static str,
    /// Its token; empty where any text will do.
    pub(super) token: &'static str,
    /// The path that is added by us, and so must not end the address.
    added: &'static str,
    /// The provider's own hosts hold this: only of them is it known what is where.
    domain: &'static str,
    /// Beginnings of its hosts on which people work, and no API answers.
    consoles: &'static [&'static str],
    /// A part that the path must have.
    path: &'static str,
}

const fn form(source: &'static str, url: &'static str, token: &'static str, added: &'static str) -> Form {
    Form { source, url, token, added, domain: "", consoles: &[], path: "" }
}

impl Form {
    const fn on(self, domain: &'static str, consoles: &'static [&'static str]) -> Self {
        Self { domain, consoles, ..self }
    }

    const fn with(self, path: &'static str) -> Self {
        Self { path, ..self }
    }
}

/// Every source that a connection can be of.
pub(super) const FORMS: &[Form] = &[
    form("datadog", "https://api.datadoghq.com", "API_KEY:APPLICATION_KEY", "/api/v1")
        .on("datadoghq.", &["app.", "us3.", "us5.", "ap1.", "ap2."]),
    form("flagsmith", "https://edge.api.flagsmith.com/api/v1", "the environment's key", "/flags")
        .on("flagsmith.com", &["app."])
        .with("/api/v1"),
    form("github", "https://HOST/api/v3", "", ""),
    form("growthbook", "https://api.growthbook.io", "", "/api/v2").on("growthbook.io", &["app."]),
    form("intercom", "https://api.intercom.io", "", "/macros").on("intercom.", &["app."]),
    form("jira", "https://SITE.atlassian.net", "email:api_token", "/rest/api/3"),
    form("launchdarkly", "https://app.launchdarkly.com", "", "/api/v2"),
    form("linear", "https://api.linear.app/graphql", "", ""),
    form("notion", "https://api.notion.com", "", "/v1").on("notion.", &["www."]),
    form("ofrep", "https://HOST", "", "/ofrep/v1"),
    form("pagerduty", "https://api.pagerduty.com", "", "/incidents"),
    form("prometheus", "https://HOST", "none, a bearer token, or user:password", "/api/v1"),
    form("sentry", "https://sentry.io/api/0/organizations/ORG", "", "")
        .on("sentry.io", &[])
        .with("/organizations/"),
    form("statsig", "https://statsigapi.net", "", "/console/v1").on("statsig.com", &["console."]),
    form("statuspage", "https://status.example.com", "none", "/api/v2")
        .on("statuspage.io", &["api.", "manage."]),
    form("unleash", "https://HOST", "", "/api/admin"),
    form("zendesk", "https://SUB.zendesk.com", "email/token:token", "/api/v2"),
];

/// How a connection of that source is written.
pub(super) fn of(source: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.source == source)
}

impl Form {
    /// What is wrong with an address, if anything can be told from it.
    pub(super) fn fault(&self, base: &Url) -> Option<String> {
        let path = base.path().trim_end_matches('/');
        let host = base.host_str().unwrap_or_default();
        if !self.added.is_empty() && path.ends_with(self.added) {
            return Some(format!("ends with {}, which is added to it", self.added));
        }
        let theirs = !self.domain.is_empty() && host.contains(self.domain);
        if theirs && self.consoles.iter().any(|console| host.starts_with(console)) {
            return Some("is that of the pages for people, not of the API".into());
        }
        let lacks = !self.path.is_empty() && !format!("{path}/").contains(self.path);
        let told = theirs || path.is_empty() || path == "/api/0";
        (lacks && told).then(|| format!("has no {}", self.path.trim_end_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(source: &str, url: &str) -> Option<String> {
        of(source).unwrap().fault(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_usual_addresses_are_fine_and_are_those_of_the_documentation() {
        let gates = include_str!("../../../docs/gates.md");
        for form in FORMS {
            let url = form.url.replace("SITE", "acme").replace("SUB", "acme").replace("HOST", "h.example");
            assert_eq!(fault(form.source, &url), None, "{url}");
            let row = format!("| `{}` | `{}` | {} |", form.source, form.url, token(form));
            assert!(gates.contains(&row), "docs/gates.md lacks {row}");
        }
    }

    fn token(form: &Form) -> String {
        match form.token {
            "" => "the token".into(),
            it if it.contains(' ') || it == "none" => it.into(),
            it => format!("`{it}`"),
        }
    }

    #[test]
    fn an_address_that_can_not_be_right_is_told() {
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
