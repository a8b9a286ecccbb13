//! Servers of the user's settings, and which of them a gate asks.

mod form;

use std::{collections::BTreeMap, ops::Deref};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

pub use self::form::ServerForm;
use gonogo_domain::{Failure, FailureKind, Str};

/// A server of the user's settings: an entry of `connections`, its token read from the environment.
///
/// ```yaml
/// connections:
///   prometheus: { source: prometheus, url: https://prometheus.example.com, token_env: PROMETHEUS_TOKEN }
/// ```
#[derive(Clone, Debug)]
pub struct Connection {
    /// What it serves: `prometheus`, `launchdarkly`, ...
    pub source: Str,
    /// Its address. Paths are added below its own path.
    pub base: Url,
    /// Sent to the origin of `base` and nowhere else.
    pub credential: Option<SecretString>,
    /// The environment variable that the credential is read from, for advice.
    pub token_env: Option<Str>,
}

/// The servers of the user's settings by the name that gates call them.
#[derive(Clone, Debug, Default)]
pub struct Connections(pub BTreeMap<Str, Connection>);

/// A server of the settings, and how one of its kind is written.
#[derive(Clone, Copy, Debug)]
pub struct Picked<'a> {
    connection: &'a Connection,
    form: &'static ServerForm,
}

impl Connections {
    /// The server that a gate asks: the one of its `connection`, else the one with the name of what it asks for
    /// (`prometheus`, or for a source with several providers the provider: `launchdarkly`).
    ///
    /// # Errors
    /// [`FailureKind::NotConfigured`], with the settings to write.
    pub fn pick(&self, form: &'static ServerForm, connection: Option<&str>) -> Result<Picked<'_>, Failure> {
        let wanted = form.source;
        let name = connection.unwrap_or(wanted);
        let missing = |message: String| Failure::new(FailureKind::NotConfigured, message);
        let found = self.0.get(name).ok_or_else(|| {
            let ServerForm { url, token, .. } = form;
            let token_env =
                if *token == "none" { String::new() } else { format!(", token_env: {}", variable(wanted)) };
            let written = written(token);
            missing(format!("no connection `{name}` is set up")).advise(format!(
                "add it to your settings: connections: {{ {name}: {{ source: {wanted}, url: {url}{token_env} }} }}{written}"
            ))
        })?;
        if *found.source != *wanted {
            let message = format!("the connection `{name}` is of {}, not of {wanted}", found.source);
            return Err(missing(message)
                .advise(format!("name a connection of {wanted} in the gate, or in your settings")));
        }
        Ok(Picked { connection: found, form })
    }
}

impl Deref for Picked<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Picked<'_> {
    /// Fails for an address or a token that cannot be right: what would come back says less.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let wrong = |message: String| Failure::new(FailureKind::NotConfigured, message);
        if let Some(fault) = self.form.fault(&self.base) {
            let message = format!("the `url` of the {} connection {fault}", self.source);
            return Err(wrong(message).advise(self.address()));
        }
        if self.form.needs_pair(&self.base) && self.credential.is_some() && !self.has_pair() {
            return Err(wrong(format!("the token is not {}", self.form.token)).advise(self.advice()));
        }
        Ok(())
    }

    /// Whether the token has two parts, as for Basic authentication.
    fn has_pair(&self) -> bool {
        self.credential.as_ref().is_some_and(|secret| secret.expose_secret().contains(':'))
    }

    /// Fails if the settings name a token and it is not there: the server is not asked as nobody instead.
    ///
    /// # Errors
    /// [`FailureKind::NotConfigured`], with the variable to set.
    pub(super) fn ready(&self) -> Result<(), Failure> {
        let lacks = self.credential.is_none() && self.token_env.is_some();
        if lacks { Err(self.unsigned()) } else { Ok(()) }
    }

    /// Why nothing is asked without a credential.
    pub(super) fn unsigned(&self) -> Failure {
        let message = format!("no token for {} is set", self.source);
        Failure::new(FailureKind::NotConfigured, message).advise(self.advice())
    }

    /// What to do when what answers is not the source's API.
    pub(super) fn address(&self) -> String {
        let ServerForm { url, .. } = self.form;
        format!("check the `url` of the connection in your settings: {} is written {url}", self.source)
    }

    /// What to do when the credential is missing or refused.
    pub(super) fn advice(&self) -> String {
        let settings = format!("token_env: {}", variable(&self.source));
        let written = written(self.form.token);
        match &self.token_env {
            Some(name) if self.credential.is_none() => {
                format!("set the environment variable {name}{written}")
            }
            Some(name) => {
                format!(
                    "check the token in the environment variable {name}: it may be wrong or have expired{written}"
                )
            }
            None => format!("name the token's environment variable in the connection: {settings}{written}"),
        }
    }
}

/// The form of a token, for the end of an advice.
fn written(token: &str) -> String {
    if matches!(token, "" | "none") { String::new() } else { format!("; the token is {token}") }
}

/// The environment variable that we propose: `PROMETHEUS_TOKEN`.
fn variable(source: &str) -> String {
    format!("{}_TOKEN", source.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    static PROMETHEUS: ServerForm = ServerForm::new("prometheus", "https://HOST", "none", "/api/v1");
    static DATADOG: ServerForm = ServerForm::new("datadog", "https://api.datadoghq.com", "A:B", "/api/v1");
    static FLAGS: ServerForm = ServerForm::new("launchdarkly", "https://app.launchdarkly.com", "", "/api/v2");

    fn connections() -> Connections {
        let of = |source: &str| Connection {
            source: source.into(),
            base: Url::parse("https://h.example").unwrap(),
            credential: None,
            token_env: None,
        };
        Connections(
            [("prometheus", of("prometheus")), ("eu", of("datadog"))].map(|(a, b)| (a.into(), b)).into(),
        )
    }

    #[test]
    fn a_gate_asks_the_connection_it_names_or_the_one_named_like_the_source() {
        let all = connections();
        assert!(all.pick(&PROMETHEUS, None).is_ok());
        assert!(all.pick(&DATADOG, Some("eu")).is_ok());
        assert!(all.pick(&DATADOG, None).is_err(), "another name is not guessed");
    }

    #[test]
    fn a_connection_of_another_source_is_not_asked() {
        let failure = connections().pick(&PROMETHEUS, Some("eu")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotConfigured);
        assert!(failure.message.contains("datadog"), "{failure:?}");
    }

    #[test]
    fn the_advice_is_what_to_write() {
        let failure = connections().pick(&FLAGS, None).unwrap_err();
        let next = failure.next.unwrap();
        assert!(
            next.contains("launchdarkly: { source: launchdarkly") && next.contains("LAUNCHDARKLY_TOKEN"),
            "{next}"
        );
    }
}
