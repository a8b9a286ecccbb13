//! The settings file.

mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{BaseUrl, Env, Folders, KnownNames, SettingsError, Token, TokenError, UserIdentity, mask, token};
use gonogo_files::{self as files, FileError, Links};
use gonogo_yaml::{self as yaml, Document, Entries, Problem, Shape, Spanned, nearest};

/// Settings are a page of text.
const MOST_BYTES: u64 = 256 << 10;

/// Where the journal is.
#[derive(Clone)]
pub enum JournalAt {
    /// A file of this machine.
    File(PathBuf),
    /// A PostgreSQL database that several cockpits share. The URL may hold a password: it prints without.
    Postgres(SecretString),
}

/// How a notification of the desktop is asked for. Terminals differ in what they understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notifications {
    /// OSC 9.
    Osc9,
    /// OSC 777.
    Osc777,
}

impl fmt::Display for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Osc9 => "osc9",
            Self::Osc777 => "osc777",
        })
    }
}

/// How often sources are asked.
#[derive(Debug, Clone, PartialEq)]
pub struct PollSettings {
    /// Between two polls; `None` leaves it to the sources and their limits. 5 s to 1 h.
    pub interval: Option<Duration>,
    /// Share of the interval by which polls are spread, 0 to 0.5, so that cockpits do not ask in step.
    pub jitter: f64,
}

/// How much of what sources answered is kept for looking back. What people did is kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observations {
    /// The age at which an answer may go: a day to ten years. The newest about each gate always stays.
    pub keep: Duration,
    /// So many MiB of one launch's answers at most: 1 to 100,000.
    pub most_mib: u32,
}

impl Default for Observations {
    fn default() -> Self {
        Self { keep: Duration::from_secs(180 * 86_400), most_mib: 256 }
    }
}

/// Which hosts `http` gates may ask. Exact names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HttpHosts {
    /// Hosts on the internet.
    pub allow: Vec<String>,
    /// Hosts that may have private addresses.
    pub private: Vec<String>,
}

/// A server beside the usual ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What it serves, by its name in files.
    pub source: String,
    /// Its address.
    pub url: BaseUrl,
    /// The environment variable with its token.
    pub token_env: Option<String>,
}

/// What the file says.
#[derive(Debug, Clone, Default)]
pub(super) struct FileSettings {
    pub theme: Option<String>,
    pub ascii: Option<bool>,
    pub mouse: Option<bool>,
    pub bell: Option<bool>,
    pub notifications: Option<Notifications>,
    pub identity: UserIdentity,
    pub journal: Option<JournalAt>,
    pub poll: PollSettings,
    pub http: HttpHosts,
    pub observations: Observations,
    pub connections: BTreeMap<String, Connection>,
    pub written: BTreeSet<String>,
    pub writes: Vec<String>,
    pub keys: Vec<(String, Vec<String>)>,
    pub views: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct SettingsKeys {
    theme: Option<String>,
    ascii: Option<bool>,
    mouse: Option<bool>,
    bell: Option<bool>,
    notifications: Option<Notifications>,
    identity: Option<WrittenIdentity>,
    journal: Option<Spanned<String>>,
    poll: Option<WrittenPoll>,
    http: Option<WrittenHosts>,
    observations: Option<WrittenObservations>,
    #[serde(default)]
    connections: Entries<WrittenConnection>,
    #[serde(default)]
    writes: Vec<Spanned<String>>,
    #[serde(default)]
    keys: Entries<Vec<Spanned<String>>>,
    #[serde(default)]
    views: Entries<Spanned<String>>,
}

/// What the file may contain: the type that reads it.
pub(super) fn shape() -> Shape {
    Shape::of::<SettingsKeys>()
}

#[derive(Deserialize)]
struct WrittenIdentity {
    name: Option<Spanned<String>>,
    github: Option<Spanned<String>>,
}

#[derive(Deserialize)]
struct WrittenPoll {
    interval: Option<Spanned<String>>,
    jitter: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
struct WrittenObservations {
    keep: Option<Spanned<String>>,
    most_mib: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
struct WrittenHosts {
    #[serde(default)]
    allow: Vec<Spanned<String>>,
    #[serde(default)]
    private: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
struct WrittenConnection {
    source: Spanned<String>,
    url: Spanned<String>,
    token_env: Option<Spanned<String>>,
}

impl Connection {
    /// Its token; `None` if it has none or the variable is not set.
    ///
    /// # Errors
    /// [`TokenError`] if the variable holds something that cannot be a token.
    pub fn token(&self, env: &Env<'_>) -> Result<Option<Token>, TokenError> {
        self.token_env.as_deref().map_or(Ok(None), |name| token::from_env(name, env))
    }
}

impl Default for PollSettings {
    fn default() -> Self {
        Self { interval: None, jitter: 0.1 }
    }
}

impl fmt::Display for JournalAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.expose_secret().split_once("://").map_or("", |(_, rest)| rest);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                let place = place.split(['?', '#']).next().unwrap_or_default();
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for JournalAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(super) fn read(
    path: &Path,
    folders: &Folders,
    known: &KnownNames<'_>,
) -> Result<FileSettings, SettingsError> {
    let bytes = bytes_of(path)?;
    let (mut problems, document) = match yaml::parse(&path.display().to_string(), &bytes) {
        Ok(document) => (Vec::new(), document),
        Err(rejected) => {
            let (problems, document, complete) = rejected.into_parts();
            // A file of comments only is one that says nothing yet.
            if problems.iter().all(|problem| problem.code == "empty-file") {
                return Ok(FileSettings::default());
            }
            if !complete {
                return Err(invalid(problems, &document));
            }
            (problems, document)
        }
    };
    let keys = keys(&document);
    let written: Option<SettingsKeys> = document.decode(document.root(), &mut problems);
    let chosen = written.map(|written| {
        SettingsCheck { document: &document, folders, known, problems: &mut problems }.all(written)
    });
    match chosen {
        Some(chosen) if problems.is_empty() => Ok(FileSettings { written: keys, ..chosen }),
        _ => Err(invalid(problems, &document)),
    }
}

/// Every key that is written: `theme`, `poll.interval`.
fn keys(document: &Document) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (key, value) in document.entries(document.root()) {
        let name = document.text(key).unwrap_or_default();
        all.insert(name.to_owned());
        let below = document.entries(value).filter_map(|(key, _)| document.text(key));
        all.extend(below.map(|below| format!("{name}.{below}")));
    }
    all
}

fn invalid(problems: Vec<Problem>, document: &Document) -> SettingsError {
    let (problems, source_text) = mask::mask(problems, document.source());
    SettingsError::Invalid { problems, source_text }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, SettingsError> {
    let unreadable =
        |cause: &str| SettingsError::Unreadable { path: path.display().to_string(), cause: cause.to_owned() };
    let io = |error: std::io::Error| unreadable(&error.to_string());
    let unfit = |error: FileError| unreadable(&error.to_string());
    let file = files::open(path, Links::Follow).map_err(unfit)?;
    if writable_by_all(&file.metadata().map_err(io)?) {
        return Err(unreadable(
            "everybody can write to it, and it decides where tokens go; run chmod o-w on it",
        ));
    }
    files::rest(file, MOST_BYTES).map_err(unfit)
}

#[cfg(unix)]
fn writable_by_all(found: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn writable_by_all(_: &std::fs::Metadata) -> bool {
    false
}

/// Looks at the meaning of what was decoded.
struct SettingsCheck<'a> {
    document: &'a Document,
    folders: &'a Folders,
    known: &'a KnownNames<'a>,
    problems: &'a mut Vec<Problem>,
}

impl SettingsCheck<'_> {
    fn all(mut self, written: SettingsKeys) -> FileSettings {
        let identity = written.identity.map(|written| self.identity(written)).unwrap_or_default();
        FileSettings {
            theme: written.theme,
            ascii: written.ascii,
            mouse: written.mouse,
            bell: written.bell,
            notifications: written.notifications,
            identity,
            journal: written.journal.and_then(|journal| self.journal(&journal)),
            poll: written.poll.map(|poll| self.poll(&poll)).unwrap_or_default(),
            http: written.http.map(|http| self.hosts(&http)).unwrap_or_default(),
            observations: written.observations.map(|it| self.observations(&it)).unwrap_or_default(),
            writes: self.writes(&written.writes),
            keys: self.keys(&written.keys),
            views: self.views(&written.views),
            connections: self.connections(written.connections),
            written: BTreeSet::new(),
        }
    }

    fn wrong<T>(&mut self, spot: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) {
        let problem = Problem::new("setting", message).at(self.document.span(spot.at), "here").help(help);
        self.problems.push(problem);
    }

    fn identity(&mut self, written: WrittenIdentity) -> UserIdentity {
        for spot in [&written.name, &written.github].into_iter().flatten() {
            if spot.value.trim().is_empty()
                || spot.value.len() > 64
                || spot.value.chars().any(char::is_control)
            {
                self.wrong(spot, "not a name", "write up to 64 characters on one line");
            }
        }
        let value = |spot: Option<Spanned<String>>| spot.map(|spot| spot.value.trim().to_owned());
        UserIdentity { name: value(written.name), github: value(written.github), from_system: false }
    }

    fn journal(&mut self, written: &Spanned<String>) -> Option<JournalAt> {
        let text = written.value.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Some(JournalAt::Postgres(text.into()));
        }
        let path = self.folders.expand(text);
        if path.is_absolute() {
            return Some(JournalAt::File(path));
        }
        self.wrong(
            written,
            "the journal must be a full path or a PostgreSQL URL",
            "write /path, ~/path or postgres://",
        );
        None
    }

    fn poll(&mut self, written: &WrittenPoll) -> PollSettings {
        let mut poll = PollSettings::default();
        if let Some(interval) = &written.interval {
            poll.interval = duration(&interval.value).filter(|time| (5..=3600).contains(&time.as_secs()));
            if poll.interval.is_none() {
                self.wrong(interval, "not a time from 5s to 1h", "write a number with s, m or h: 30s");
            }
        }
        if let Some(jitter) = &written.jitter {
            poll.jitter = jitter.value;
            if !(0.0..=0.5).contains(&jitter.value) {
                self.wrong(jitter, "not a number from 0 to 0.5", "0.1 is a tenth of the interval");
            }
        }
        poll
    }

    fn observations(&mut self, written: &WrittenObservations) -> Observations {
        const DAY: u64 = 86_400;
        let mut chosen = Observations::default();
        if let Some(keep) = &written.keep {
            match duration(&keep.value).filter(|time| (DAY..=3_650 * DAY).contains(&time.as_secs())) {
                Some(time) => chosen.keep = time,
                None => self.wrong(keep, "not a time from 1d to 3650d", "write a number of days: 180d"),
            }
        }
        if let Some(most) = &written.most_mib {
            chosen.most_mib = most.value;
            if !(1..=100_000).contains(&most.value) {
                self.wrong(most, "not a number from 1 to 100000", "write the size in MiB, such as 256");
            }
        }
        chosen
    }

    /// What gonogo may change on servers, if a person says so: nothing unless it is named.
    fn writes(&mut self, written: &[Spanned<String>]) -> Vec<String> {
        let known = self.known.writes;
        for spot in written.iter().filter(|spot| !known.contains(&spot.value.as_str())) {
            let help = format!("write some of {}", known.join(", "));
            self.wrong(spot, "not something gonogo can write", help);
        }
        written.iter().map(|spot| spot.value.clone()).collect()
    }

    /// Keys for actions. What actions and keys there are, whoever opened the settings knows.
    fn keys(&mut self, written: &Entries<Vec<Spanned<String>>>) -> Vec<(String, Vec<String>)> {
        let plain = |keys: &Vec<Spanned<String>>| keys.iter().map(|key| key.value.clone()).collect();
        let chosen: Vec<(String, Vec<String>)> =
            written.0.iter().map(|(name, keys)| (name.value.clone(), plain(keys))).collect();
        for fault in (self.known.keys)(&chosen) {
            let Some((name, keys)) = written.0.get(fault.action) else { continue };
            let spot = fault.key.and_then(|key| keys.get(key)).unwrap_or(name);
            self.wrong(spot, fault.message, fault.help);
        }
        chosen
    }

    fn hosts(&mut self, written: &WrittenHosts) -> HttpHosts {
        HttpHosts { allow: self.host_list(&written.allow), private: self.host_list(&written.private) }
    }

    fn host_list(&mut self, written: &[Spanned<String>]) -> Vec<String> {
        for spot in written.iter().filter(|spot| !is_host(&spot.value)) {
            self.wrong(spot, "not the name of a host", "write the bare name, such as status.example.com");
        }
        written.iter().map(|spot| spot.value.to_ascii_lowercase()).collect()
    }

    fn connections(&mut self, written: Entries<WrittenConnection>) -> BTreeMap<String, Connection> {
        let mut connections = BTreeMap::new();
        for (name, connection) in written.0 {
            if !is_id(&name.value) {
                self.wrong(&name, "not an id", "use lower-case letters, digits, - and _");
            }
            if let Some(connection) = self.connection(connection) {
                connections.insert(name.value, connection);
            }
        }
        connections
    }

    fn connection(&mut self, written: WrittenConnection) -> Option<Connection> {
        let source = &written.source;
        if !self.known.servers.contains(&source.value.as_str()) {
            let near = nearest(&source.value, self.known.servers.iter().copied())
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            self.wrong(
                source,
                format!("there is no source `{}`", source.value),
                format!("{near}choose from {}", self.known.servers.join(", ")),
            );
        }
        if let Some(variable) = written.token_env.as_ref().filter(|variable| !is_variable(&variable.value)) {
            self.wrong(
                variable,
                "not the name of an environment variable",
                "name the variable; never put a token here",
            );
        }
        match written.url.value.parse() {
            Ok(url) => {
                let token_env = written.token_env.map(|variable| variable.value);
                Some(Connection { source: written.source.value, url, token_env })
            }
            Err(cause) => {
                self.wrong(
                    &written.url,
                    format!("{cause}"),
                    "write https://host, without anything secret in it",
                );
                None
            }
        }
    }
}

/// `90s`, `30m`, `2h`, `180d`.
fn duration(text: &str) -> Option<Duration> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = plain.then(|| digits.parse().ok()).flatten()?;
    number.checked_mul(unit).map(Duration::from_secs)
}

/// A name or an address, without scheme, port, path and pattern.
fn is_host(text: &str) -> bool {
    let name = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let named =
        !text.is_empty() && text.len() <= 253 && text.bytes().all(name) && !text.starts_with(['.', '-']);
    named || text.parse::<std::net::Ipv6Addr>().is_ok()
}

fn is_id(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    first && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

/// In capitals, as such variables are; so a token put there by mistake is found out.
pub(super) fn is_variable(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'_');
    first
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
