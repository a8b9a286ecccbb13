//! Why there is no answer.

use serde::{Deserialize, Serialize};

use super::Str;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What sort.
    pub kind: FailureKind,
    /// What happened, one line; never a token, never a query string.
    pub message: Str,
    /// What a person can do: `set LINEAR_API_KEY`.
    pub next: Option<Str>,
    /// The page a person would open to see what is wrong.
    #[serde(default)]
    pub url: Option<Str>,
    /// The permissions that the credential lacks, by the provider's own names; empty: it is not about that, or was not
    /// told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Str>,
}

impl Failure {
    /// A failure without advice.
    pub fn new(kind: FailureKind, message: impl Into<Str>) -> Self {
        Self { kind, message: message.into(), next: None, url: None, missing: Vec::new() }
    }

    /// The same with advice: what a person can do.
    #[must_use]
    pub fn advise(mut self, next: impl Into<Str>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// The same with the permissions that the credential lacks.
    #[must_use]
    pub fn lacks<S: Into<Str>>(mut self, permissions: impl IntoIterator<Item = S>) -> Self {
        self.missing = permissions.into_iter().map(Into::into).collect();
        self
    }

    /// The same with the page that a person would open, if it has none yet.
    #[must_use]
    pub fn at(mut self, page: impl Into<Str>) -> Self {
        self.url.get_or_insert_with(|| page.into());
        self
    }
}

/// Sorts of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// No connection: name, connect, TLS.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The source asked us to wait.
    RateLimited,
    /// 5xx.
    ServerError,
    /// Cut or malformed body, not an API answer.
    Malformed,
    /// The source's own code failed.
    Crashed,
    /// No credential, or no base URL, is configured.
    NotConfigured,
    /// The credential is refused.
    Unauthorized,
    /// The credential may not see this.
    Forbidden,
    /// Not there, or not visible to this credential.
    NotFound,
    /// The answer is not whole: pages missing, partial errors, nulls where data was asked (V3).
    Incomplete,
    /// The feature is switched off there.
    FeatureOff,
    /// The question was refused as such.
    Rejected,
    /// The user has not allowed this: untrusted checklist, host not on the list.
    NotAllowed,
}

impl FailureKind {
    /// Whether the last good value keeps counting until its freshness limit (V6).
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::RateLimited
                | Self::ServerError
                | Self::Malformed
                | Self::Crashed
        )
    }
}
