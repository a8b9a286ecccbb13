//! Addresses of servers that tokens are sent to.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;

use super::{Env, SettingsError};

/// The address of a server: `https`, or `http` on this machine; without user, query and fragment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    /// Without a slash at the end.
    text: String,
    /// In lower case, IPv6 without brackets.
    host: String,
}

/// Why a text is no [`BaseUrl`]. Says nothing of the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAUrl {
    /// Not an address at all.
    #[error("not an address like https://host/path")]
    Malformed,
    /// `http` to another machine, where anybody on the way could read the token.
    #[error("http works for this machine only; write https")]
    Plain,
    /// A scheme that is neither.
    #[error("the address must begin with https://")]
    Scheme,
    /// `user@` or `user:password@`.
    #[error("the address must not hold a user or a password; tokens go into environment variables")]
    User,
    /// `?query` or `#fragment`.
    #[error("the address must not have a query (?) or a fragment (#)")]
    Query,
}

impl BaseUrl {
    /// Without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host in lower case, without port; IPv6 without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for BaseUrl {
    type Err = NotAUrl;

    fn from_str(text: &str) -> Result<Self, NotAUrl> {
        if text.contains('#') {
            return Err(NotAUrl::Query);
        }
        let uri: Uri = text.parse().map_err(|_| NotAUrl::Malformed)?;
        let (scheme, authority) = (uri.scheme_str(), uri.authority().ok_or(NotAUrl::Malformed)?);
        if authority.as_str().contains('@') {
            return Err(NotAUrl::User);
        }
        if uri.query().is_some() {
            return Err(NotAUrl::Query);
        }
        let bare = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if bare.is_empty() || (authority.as_str().ends_with(':')) {
            return Err(NotAUrl::Malformed);
        }
        match scheme {
            Some("https") => {}
            Some("http") if is_loopback(&bare) => {}
            Some("http") => return Err(NotAUrl::Plain),
            _ => return Err(NotAUrl::Scheme),
        }
        let path = uri.path().trim_end_matches('/');
        let authority = authority.as_str().to_ascii_lowercase();
        let text = format!("{}://{authority}{path}", scheme.unwrap_or_default());
        Ok(Self { text, host: bare })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The address of a server, as an environment variable has it; `None`: it is not set.
///
/// # Errors
/// [`SettingsError::Environment`] for what cannot be one.
pub fn address(name: &'static str, env: &Env<'_>) -> Result<Option<BaseUrl>, SettingsError> {
    let Some(text) = env(name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let parsed = text.trim().parse().map(Some);
    parsed.map_err(|cause: NotAUrl| SettingsError::Environment { name, cause: cause.to_string() })
}

/// The address of a second API of a server, which gets the same token and so must be on the same host. `first` is the
/// address of the other, and the variable that may name it.
///
/// # Errors
/// As [`address`], and for another host.
pub fn second_address(
    name: &'static str,
    (first, first_env): (&BaseUrl, &str),
    env: &Env<'_>,
) -> Result<Option<BaseUrl>, SettingsError> {
    let second = address(name, env)?;
    if second.as_ref().is_none_or(|it| it.host() == first.host()) {
        return Ok(second);
    }
    let cause = format!("its host must be that of {first_env} ({}): both get the same token", first.host());
    Err(SettingsError::Environment { name, cause })
}
