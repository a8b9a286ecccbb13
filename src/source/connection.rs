//! Servers of the user's settings, and which of them a gate asks.

use std::collections::BTreeMap;

use reqwest::Url;
use secrecy::SecretString;

use crate::domain::{Failure, FailureKind, Str};

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

impl Connections {
    /// The server that a gate asks: the one of its `connection`, else the one with the name of what it asks for
    /// (`prometheus`, or for a source with several providers the provider: `launchdarkly`).
    ///
    /// # Errors
    /// [`FailureKind::NotConfigured`], with the settings to write.
    pub fn pick(&self, wanted: &str, connection: Option<&str>) -> Result<&Connection, Failure> {
        let name = connection.unwrap_or(wanted);
        let missing = |message: String| Failure::new(FailureKind::NotConfigured, message);
        let found = self.0.get(name).ok_or_else(|| {
            missing(format!("no connection `{name}` is set up")).advise(format!(
                "add it to your settings: connections: {{ {name}: {{ source: {wanted}, url: https://..., token_env: {} }} }}",
                variable(wanted)
            ))
        })?;
        if *found.source != *wanted {
            let message = format!("the connection `{name}` is of {}, not of {wanted}", found.source);
            return Err(missing(message)
                .advise(format!("name a connection of {wanted} in the gate, or in your settings")));
        }
        Ok(found)
    }
}

impl Connection {
    /// What to do when the credential is missing or refused.
    pub(super) fn advice(&self) -> String {
        let settings = format!("token_env: {}", variable(&self.source));
        match &self.token_env {
            Some(name) if self.credential.is_none() => format!("set the environment variable {name}"),
            Some(name) => {
                format!("check the token in the environment variable {name}: it may be wrong or have expired")
            }
            None => format!("name the token's environment variable in the connection: {settings}"),
        }
    }
}

/// The environment variable that we propose: `PROMETHEUS_TOKEN`.
fn variable(source: &str) -> String {
    format!("{}_TOKEN", source.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(all.pick("prometheus", None).is_ok());
        assert!(all.pick("datadog", Some("eu")).is_ok());
        assert!(all.pick("datadog", None).is_err(), "another name is not guessed");
    }

    #[test]
    fn a_connection_of_another_source_is_not_asked() {
        let failure = connections().pick("prometheus", Some("eu")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotConfigured);
        assert!(failure.message.contains("datadog"), "{failure:?}");
    }

    #[test]
    fn the_advice_is_what_to_write() {
        let failure = connections().pick("launchdarkly", None).unwrap_err();
        let next = failure.next.unwrap();
        assert!(
            next.contains("launchdarkly: { source: launchdarkly") && next.contains("LAUNCHDARKLY_TOKEN"),
            "{next}"
        );
    }
}
