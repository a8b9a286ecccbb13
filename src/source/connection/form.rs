//! How a server's address and token are written: for errors, advice and `docs/gates.md`. Each source declares its own.

use reqwest::Url;

/// How a connection of one source is written.
#[derive(Clone, Copy, Debug)]
pub struct ServerForm {
    /// The source, as settings name it.
    pub source: &'static str,
    /// Its address.
    pub url: &'static str,
    /// Its token; empty where any text will do.
    pub token: &'static str,
    /// The path that is added by us, and so must not end the address.
    added: &'static str,
    /// The provider's own hosts hold this: only of them is it known what is where.
    domain: &'static str,
    /// Beginnings of its hosts on which people work, and no API answers.
    consoles: &'static [&'static str],
    /// A part that the path must have.
    path: &'static str,
    /// On hosts that end like this the token has two parts.
    paired_on: &'static str,
}

impl ServerForm {
    /// A server with its address, the form of its token, and the path that is added to the address.
    pub(crate) const fn new(
        source: &'static str,
        url: &'static str,
        token: &'static str,
        added: &'static str,
    ) -> Self {
        Self { source, url, token, added, domain: "", consoles: &[], path: "", paired_on: "" }
    }

    /// The provider's own domain, and its hosts on which no API answers.
    pub(crate) const fn on(self, domain: &'static str, consoles: &'static [&'static str]) -> Self {
        Self { domain, consoles, ..self }
    }

    /// Its path must have this part.
    pub(crate) const fn with(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// Its token has two parts on hosts that end like this; any other token would count as anonymous.
    pub(crate) const fn paired_on(self, paired_on: &'static str) -> Self {
        Self { paired_on, ..self }
    }

    /// Whether a token of one part cannot be right there.
    pub(super) fn needs_pair(&self, base: &Url) -> bool {
        !self.paired_on.is_empty() && base.host_str().is_some_and(|host| host.ends_with(self.paired_on))
    }

    /// What is wrong with an address, if anything can be told from it.
    pub(crate) fn fault(&self, base: &Url) -> Option<String> {
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
