//! Where a journal is.

use std::{fmt, path::PathBuf, str::FromStr};

use secrecy::{ExposeSecret as _, SecretString};

use super::JournalError;

/// Where a journal is. Given by the user or the caller, never found beside a launch file (V11).
#[derive(Clone)]
pub enum Location {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database by URL, for several cockpits at one launch. The URL may hold a password, so it is
    /// neither printed nor logged.
    Postgres(SecretString),
    /// In memory, gone at the end: rehearsals, the demo, tests.
    Memory,
}

impl FromStr for Location {
    type Err = JournalError;

    /// `postgres://...` or `postgresql://...`, `:memory:`, else a path. What looks like an address and is none is
    /// refused: as a path it would be shown, and a file made of it, with the password in its name. The text is never
    /// in the error.
    fn from_str(text: &str) -> Result<Self, JournalError> {
        let wrong = |why: &str| Err(JournalError::Location { why: why.into() });
        let text = text.trim();
        if text.is_empty() || text.contains('\0') {
            return wrong("the name is empty or holds a NUL");
        }
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.into())),
            Some(("sqlite" | "file", _)) => wrong("give the path of an SQLite file without a scheme"),
            Some(_) => wrong("only a path, `postgres://...` and `:memory:` are known"),
            None if text == ":memory:" => Ok(Self::Memory),
            None if is_half_an_address(text) => {
                wrong("it looks like the address of a database: write it as `postgres://user@host/database`")
            }
            None => Ok(Self::File(text.into())),
        }
    }
}

/// `postgres:/...`, `host=... password=...`, `user:password@host/...`.
fn is_half_an_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let scheme = ["postgres:", "postgresql:", "pg:", "jdbc:"].iter().any(|it| lower.starts_with(it));
    let setting = ["password", "user", "host", "hostaddr", "dbname", "port"].iter().any(|name| {
        lower
            .split(|it: char| it.is_whitespace() || matches!(it, '?' | '&' | ';'))
            .any(|part| part.split_once('=').is_some_and(|(own, _)| own == *name))
    });
    let spaced = lower.contains("password") && lower.contains('=');
    // A path that begins as one may hold what it likes.
    let plain = ["./", "../", "~/"].iter().any(|it| text.starts_with(it))
        || (text.starts_with('/') && !text.starts_with("//"));
    let login = text.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    scheme || setting || spaced || (login && !plain)
}

impl fmt::Display for Location {
    /// Without user, password and parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Memory => f.write_str(":memory:"),
            Self::Postgres(url) => f.write_str(&without_secrets(url.expose_secret())),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(two)) => one == two,
            (Self::Postgres(one), Self::Postgres(two)) => one.expose_secret() == two.expose_secret(),
            (Self::Memory, Self::Memory) => true,
            _ => false,
        }
    }
}

/// Host and database alone. An address that does not take apart cleanly shows nothing: half a password is a leak too.
fn without_secrets(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = host.rsplit_once(':').map_or("0", |(_, port)| port);
    if path.contains('@') || !port.bytes().all(|it| it.is_ascii_digit()) {
        return "postgres://(not shown)".into();
    }
    let database = path.split(['?', '#']).next().unwrap_or_default();
    format!("postgres://{host}{database}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let location: Location = text.parse().unwrap();
        assert_eq!(format!("Location({location})"), format!("{location:?}"));
        location.to_string()
    }

    #[test]
    fn names_are_told_apart() {
        assert_eq!("a/b.db".parse(), Ok(Location::File("a/b.db".into())));
        assert_eq!(":memory:".parse(), Ok(Location::Memory));
        assert!(matches!("postgresql://h/d".parse(), Ok(Location::Postgres(_))));
        for wrong in ["", "mysql://h/d", "sqlite://x", "a\0b", "file:///x"] {
            assert!(matches!(wrong.parse::<Location>(), Err(JournalError::Location { .. })), "{wrong}");
        }
    }

    #[test]
    fn half_an_address_is_no_path_and_is_not_repeated() {
        for wrong in [
            "postgres:/u:canary@h/x",
            "postgresql:u:canary@h/x",
            "Postgres:u:canary@h/x",
            "POSTGRES://u:canary@h/x",
            "host=h dbname=x password=canary",
            "host = h password = canary",
            "dbname=x",
            "x postgres://u:canary@h/x",
            "jdbc:postgresql://h/x?password=canary",
            "u:canary@h/x",
            "//u:canary@h/x",
            "h/x?user=u&password=canary",
        ] {
            let error = wrong.parse::<Location>().unwrap_err();
            assert!(matches!(error, JournalError::Location { .. }), "{wrong}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        assert!(matches!(" postgres://u:canary@h/x\n".parse(), Ok(Location::Postgres(_))));
        assert_eq!(shown("\tpostgres://u:canary@h/x "), "postgres://h/x");
        for path in ["./a:b@c.db", "/home/u/a:b@c.db", "C:/x.db", "port/host.db", "postgres.db", "a=b.db"] {
            assert_eq!(path.parse(), Ok(Location::File(path.into())));
        }
    }

    #[test]
    fn no_password_is_ever_shown() {
        assert_eq!(shown("postgres://ann:canary@db.example/launch"), "postgres://db.example/launch");
        assert_eq!(shown("postgres://ann:ca@nary@db.example/l?password=canary"), "postgres://db.example/l");
        assert_eq!(shown("postgres://db.example:5433/l?password=canary"), "postgres://db.example:5433/l");
        for unclean in
            ["db.example/l?password=can@ary", "ann:ca/na?ry@db.example/l", "ann:canary", "ann:can#ary@h"]
        {
            assert_eq!(shown(&format!("postgres://{unclean}")), "postgres://(not shown)");
        }
    }
}
