//! What belongs to the user and not to the launch: which servers may be asked and with which tokens, who is at
//! the keyboard, how things look, where records are kept.
//!
//! What it promises:
//!
//! - A launch or checklist cannot reach in here: hosts, base URLs and tokens come from the user's settings
//!   file and environment only.
//! - The settings file is strict; a fault has file, line, column and what to write instead.
//! - Tokens are read when they are needed, never printed, never stored; what is said of one is its
//!   [origin](TokenOrigin).
//! - Plain `http` is for this machine only.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod endpoint;
mod file;
mod folders;
mod identity;
mod keeper;
mod mask;
mod token;
mod trust;

pub use endpoint::{BaseUrl, NotAUrl, address, second_address};
pub use file::{Connection, HttpHosts, JournalAt, Notifications, Observations, PollSettings};
pub use folders::{Folders, private_folder};
pub use identity::UserIdentity;
pub use keeper::CredentialHelper;
pub use token::{Token, TokenError, TokenOrigin};
pub use trust::{Grants, TrustError, TrustStore, Trusted};

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gonogo_yaml::{Problem, SourceText};

/// How to ask for an environment variable. The real one is `|name| std::env::var(name).ok()`.
pub type Env<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// How long a program that keeps a token may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The user's settings, complete: what the file leaves out has its default.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file they came from; `None` if there is none.
    pub path: Option<PathBuf>,
    /// Name or path of a theme; `None` leaves the choice to the terminal.
    pub theme: Option<String>,
    /// Draw with ASCII only; `None` leaves the choice to the locale.
    pub ascii: Option<bool>,
    /// The cockpit listens to the mouse; else the terminal keeps it for selecting text.
    pub mouse: bool,
    /// Ring the terminal's bell when something waits for a person: a breach, an incident, a message that is due.
    pub bell: bool,
    /// Ask the terminal for a notification then; `None`: none.
    pub notifications: Option<Notifications>,
    /// Who is at the keyboard, as far as the settings and the system say: a claim.
    pub identity: UserIdentity,
    /// Where the journal is; `None` is the usual place in the state folder.
    pub journal: Option<JournalAt>,
    /// How often sources are asked.
    pub poll: PollSettings,
    /// Which hosts `http` gates may ask.
    pub http: HttpHosts,
    /// How much of what sources answered is kept.
    pub observations: Observations,
    /// Servers beside the usual ones, by the name that gates call them.
    pub connections: BTreeMap<String, Connection>,
    /// The keys that the file says: `theme`, `poll.interval`. All others are as they are by default.
    pub written: BTreeSet<String>,
    /// What gonogo may change on servers where a person says so: `status`, ...; by the file, or
    /// by [`WRITES`] in the environment. Empty: it only reads.
    pub writes: Vec<String>,
    /// Keys of the cockpit that are not the usual ones: actions by name, each with all of its keys.
    pub keys: Vec<(String, Vec<String>)>,
    /// Filters of the board by the names that the user gave them, in the order of the file.
    pub views: Vec<(String, String)>,
    /// The user's folders.
    pub folders: Folders,
    /// What programs that keep tokens answered, by program and host: each is asked once, and clones share the answer.
    kept: Arc<Mutex<BTreeMap<String, keeper::HelperAnswer>>>,
    patience: Duration,
}

/// Tells what is wrong with keys for actions, by name.
pub type KeyCheck = dyn Fn(&[(String, Vec<String>)]) -> Vec<KeyFault>;

/// Tells what is wrong with a filter of the board and its name.
pub type ViewCheck = dyn Fn(&str, &str) -> Option<ViewFault>;

/// What is wrong with a filter that was given a name. Messages are one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewFault {
    /// Its name.
    Name {
        /// What is wrong.
        message: String,
        /// What to write instead.
        help: String,
    },
    /// The filter itself.
    Filter {
        /// What is wrong.
        message: String,
        /// What to write instead.
        help: String,
    },
}

/// What only whoever opens the settings knows.
pub struct KnownNames<'a> {
    /// What a connection can be of.
    pub servers: &'a [&'a str],
    /// What gonogo can write at a person's word.
    pub writes: &'a [&'a str],
    /// What is wrong with keys for actions, by name.
    pub keys: &'a KeyCheck,
    /// What is wrong with a filter that has a name.
    pub views: &'a ViewCheck,
}

/// What is wrong with a key that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFault {
    /// Which of the actions, from 0.
    pub action: usize,
    /// Which of its keys, from 0; `None`: the action itself.
    pub key: Option<usize>,
    /// One sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// The environment variable that says what `writes` in the settings file says, where a job has no settings file: words with
/// commas between them. It is set where the token is, and no file of a launch can set it.
pub const WRITES: &str = "GONOGO_WRITES";

fn or_from_env(mut writes: Vec<String>, known: &[&str], env: &Env<'_>) -> Result<Vec<String>, SettingsError> {
    for word in env(WRITES).iter().flat_map(|all| all.split(',')).map(str::trim).filter(|it| !it.is_empty()) {
        if !known.contains(&word) {
            let cause = format!("it holds something gonogo cannot write; use some of {}", known.join(","));
            return Err(SettingsError::Environment { name: WRITES, cause });
        }
        if writes.iter().all(|it| it != word) {
            writes.push(word.to_owned());
        }
    }
    Ok(writes)
}

/// What the settings file may contain.
pub fn shape() -> gonogo_yaml::Shape {
    file::shape()
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is there but cannot be read, or was named and is not there.
    #[error("the settings {path} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        cause: String,
    },
    /// The file can be read but not used.
    #[error("the settings {} cannot be used", source_text.name())]
    Invalid {
        /// What is wrong, at least one thing.
        problems: Vec<Problem>,
        /// The text the problems are about, for [`gonogo_yaml::render`]; with stars for what may be secret.
        source_text: SourceText,
    },
    /// An environment variable cannot be used.
    #[error("{name}: {cause}")]
    Environment {
        /// The variable.
        name: &'static str,
        /// What is wrong with it, without its value.
        cause: String,
    },
}

impl Settings {
    /// Reads the settings file and the environment. Without `path` the file is `gonogo/settings.yaml` in the
    /// user's configuration folder, and may be missing.
    ///
    /// # Errors
    /// [`SettingsError`] if there is a file that cannot be used.
    pub fn load(path: Option<&Path>, env: &Env<'_>, known: &KnownNames<'_>) -> Result<Self, SettingsError> {
        let folders = Folders::from_env(env);
        let usual = folders.config.as_ref().map(|folder| folder.join("settings.yaml"));
        let found = match (path, usual) {
            (Some(path), _) => Some(path.to_owned()),
            (None, Some(usual)) if usual.try_exists().unwrap_or(true) => Some(usual),
            (None, _) => None,
        };
        let chosen =
            found.as_deref().map(|path| file::read(path, &folders, known)).transpose()?.unwrap_or_default();
        Ok(Self {
            path: found,
            theme: chosen.theme,
            ascii: chosen.ascii,
            mouse: chosen.mouse.unwrap_or(true),
            bell: chosen.bell.unwrap_or(true),
            notifications: chosen.notifications,
            identity: chosen.identity.or_from_env(env),
            journal: chosen.journal,
            poll: chosen.poll,
            observations: chosen.observations,
            http: chosen.http,
            connections: chosen.connections,
            writes: or_from_env(chosen.writes, known.writes, env)?,
            keys: chosen.keys,
            views: chosen.views,
            written: chosen.written,
            folders,
            kept: Arc::default(),
            patience: PATIENCE,
        })
    }

    /// The token for a server: the first of these environment variables that is set, else what a program keeps. The
    /// latter may take seconds. `None` if there is none.
    ///
    /// # Errors
    /// [`TokenError`] if the first one found cannot be a token: it is not skipped in silence.
    pub fn token(
        &self,
        variables: &[&str],
        keeper: Option<CredentialHelper<'_>>,
        env: &Env<'_>,
    ) -> Result<Option<Token>, TokenError> {
        for name in variables {
            if let Some(token) = token::from_env(name, env)? {
                return Ok(Some(token));
            }
        }
        let Some(keeper) = keeper else { return Ok(None) };
        Ok(self.kept(keeper, env)?.token)
    }

    /// Asks a program once; clones of these settings share the answer.
    fn kept(&self, keeper: CredentialHelper<'_>, env: &Env<'_>) -> Result<keeper::HelperAnswer, TokenError> {
        let name = format!("{} {}", keeper.program, keeper.host);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = kept.get(&name) {
            return Ok(said.clone());
        }
        let said = keeper::token(keeper, env, self.patience)?;
        kept.insert(name, said.clone());
        Ok(said)
    }

    /// Programs that keep tokens are waited for no longer than this, and never longer than 5 s.
    #[must_use]
    pub fn hurried(mut self, longest: Duration) -> Self {
        self.patience = self.patience.min(longest);
        self
    }

    /// For how long a program was waited for, if it was asked and did not answer.
    pub fn was_silent(&self, program: &str, host: &str) -> Option<Duration> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&format!("{program} {host}")).and_then(|said| said.silent)
    }
}

#[cfg(test)]
mod tests;
