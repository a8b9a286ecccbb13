//! The URL of a shared journal: what of it goes to the server, and how the way there is protected.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::{
    Config,
    config::{Host, SslMode, TargetSessionAttrs},
};

use crate::{Access, JournalError};
use gonogo_text::Veil;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Where to connect, and by what to know the server.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    /// `sslrootcert`: the only authorities to trust, instead of the system's.
    pub(super) authorities: Option<PathBuf>,
    /// What hides the password in all that the server says.
    pub(super) veil: Veil,
}

impl Address {
    /// Reads a URL. Beyond this machine the connection is always encrypted and the server's name checked, unless the
    /// URL itself says `sslmode=disable`.
    pub(super) fn read(
        url: &SecretString,
        password: Option<&SecretString>,
        access: Access,
    ) -> Result<Self, JournalError> {
        let wrong = |why: String| JournalError::Location { why };
        let (url, authorities) = split(url.expose_secret());
        // The library's own text may hold a part of the URL, a password perhaps.
        let mut config: Config =
            url.parse().map_err(|_| wrong("the PostgreSQL URL is not understood".into()))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(wrong("the PostgreSQL URL names no host".into()));
        }
        if config.get_password().is_none()
            && let Some(password) = password
        {
            config.password(password.expose_secret());
        }
        if config.get_ssl_mode() == SslMode::Prefer && !is_local(&config) {
            config.ssl_mode(SslMode::Require);
        }
        if access.writes() {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        config.application_name("gonogo").connect_timeout(CONNECT).tcp_user_timeout(2 * CONNECT);
        config.keepalives_idle(2 * CONNECT).keepalives_interval(CONNECT).keepalives_retries(2);
        let password = config.get_password().map(String::from_utf8_lossy);
        let veil = Veil::over(password.iter().map(|it| &**it));
        Ok(Self { config, authorities, veil })
    }
}

/// Takes out what other clients know and the library does not: `sslrootcert`, and the two `verify` modes, which is
/// what `require` always means here.
fn split(url: &str) -> (String, Option<PathBuf>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut authorities = None;
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslrootcert", path)) => authorities = Some(PathBuf::from(decoded(path))),
            Some(("sslmode", "verify-full" | "verify-ca")) => kept.push("sslmode=require"),
            _ => kept.push(pair),
        }
    }
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    (format!("{base}{query}"), authorities)
}

/// `%2F` and the like.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let digits = more.get(..2).filter(|_| *first == b'%').and_then(|it| std::str::from_utf8(it).ok());
        if let Some(byte) = digits.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            bytes.push(byte);
            rest = more.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_local(config: &Config) -> bool {
    let loopback =
        |host: &str| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
    let hosts = config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => loopback(name),
    });
    hosts && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Address {
        Address::read(&url.into(), Some(&"from-elsewhere".into()), Access::Write).unwrap()
    }

    #[test]
    fn beyond_this_machine_the_way_is_encrypted() {
        for (url, mode) in [
            ("postgres://db.example/l", SslMode::Require),
            ("postgres://db.example/l?sslmode=prefer", SslMode::Require),
            ("postgres://db.example/l?sslmode=verify-full&connect_timeout=3", SslMode::Require),
            ("postgres://localhost,db.example/l", SslMode::Require),
            ("postgres://localhost/l?hostaddr=192.0.2.1", SslMode::Require),
            ("postgres://db.example/l?sslmode=disable", SslMode::Disable),
            ("postgres://localhost/l", SslMode::Prefer),
            ("postgres://127.0.0.1/l", SslMode::Prefer),
            ("postgres://%2Fvar%2Frun/l", SslMode::Prefer),
        ] {
            assert_eq!(read(url).config.get_ssl_mode(), mode, "{url}");
        }
    }

    #[test]
    fn parameters_of_other_clients_are_understood() {
        let address = read("postgres://db.example/l?sslrootcert=%2Fetc%2Fca%20one.pem&sslmode=verify-ca");
        assert_eq!(address.authorities, Some("/etc/ca one.pem".into()));
        assert_eq!(address.config.get_dbname(), Some("l"));
    }

    #[test]
    fn a_password_in_the_url_wins_and_none_is_ever_shown() {
        assert_eq!(read("postgres://ann:in-url@h/l").config.get_password(), Some(b"in-url".as_slice()));
        assert_eq!(read("postgres://ann@h/l").config.get_password(), Some(b"from-elsewhere".as_slice()));
        for wrong in [
            "postgres://ann:canary@h:x/l",
            "postgres://ann:canary@h/l?canary",
            "postgres:///l?host=&sslmode=canary",
        ] {
            let why = Address::read(&wrong.into(), None, Access::Write).map(|_| ()).unwrap_err();
            assert!(!format!("{why} {why:?}").contains("canary"), "{why:?}");
        }
    }
}
