//! What belongs to the user and not to the launch: which servers may be asked and with which tokens, who is at
//! the keyboard, how things look, where records are kept.
//!
//! What it promises:
//!
//! - A launch or checklist can not reach in here: hosts, base URLs and tokens come from the user's settings
//!   file and environment only.
//! - The settings file is strict; a fault has file, line, column and what to write instead.
//! - Tokens are read when they are needed, never printed, never stored; what is said of one is its
//!   [origin](TokenOrigin).
//! - Plain `http` is for this machine only.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

use gonogo_domain as domain;
use gonogo_files as files;
use gonogo_text as text;
use gonogo_yaml as yaml;

mod endpoint;
mod file;
mod folders;
mod gh;
mod identity;
mod mask;
mod token;
mod trust;

pub use endpoint::{BaseUrl, NotAUrl};
pub use file::{Connection, HttpHosts, JournalAt, Observations, Poll, SOURCES};
pub use folders::{Folders, private_folder};
pub use identity::Identity;
pub use token::{Token, TokenError, TokenOrigin};
pub use trust::{Grants, TrustError, TrustStore, Trusted};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::yaml::{Problem, Source};

/// How to ask for an environment variable. The real one is `|name| std::env::var(name).ok()`.
pub type Env<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// How long `gh auth token` may take.
const GH_PATIENCE: Duration = Duration::from_secs(5);

/// The user's settings, complete: what the file leaves out has its default.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file they came from; `None` if there is none.
    pub path: Option<PathBuf>,
    /// Name or path of a theme; `None` leaves the choice to the terminal.
    pub theme: Option<String>,
    /// Draw with ASCII only; `None` leaves the choice to the locale.
    pub ascii: Option<bool>,
    /// Who is at the keyboard, as far as the settings and the system say: a claim.
    pub identity: Identity,
    /// Where the journal is; `None` is the usual place in the state folder.
    pub journal: Option<JournalAt>,
    /// How often sources are asked.
    pub poll: Poll,
    /// Which hosts `http` gates may ask.
    pub http: HttpHosts,
    /// How much of what sources answered is kept.
    pub observations: Observations,
    /// Servers beside the usual ones, by the name that gates call them.
    pub connections: BTreeMap<String, Connection>,
    /// GitHub's REST API.
    pub github_rest: BaseUrl,
    /// GitHub's GraphQL API, on the same host.
    pub github_graphql: BaseUrl,
    /// Linear's GraphQL API.
    pub linear: BaseUrl,
    /// The user's folders.
    pub folders: Folders,
    /// What the GitHub command line answered: it is asked once, and clones share the answer.
    gh: Arc<OnceLock<gh::Said>>,
    gh_patience: Duration,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is there but can not be read, or was named and is not there.
    #[error("the settings {path} can not be read: {cause}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        cause: String,
    },
    /// The file can be read but not used.
    #[error("the settings {} can not be used", source_text.name())]
    Invalid {
        /// What is wrong, at least one thing.
        problems: Vec<Problem>,
        /// The text the problems are about, for [`crate::yaml::render`]; with stars for what may be secret.
        source_text: Source,
    },
    /// An environment variable can not be used.
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
    /// [`SettingsError`] if there is a file that can not be used, or an address in the environment is none.
    pub fn load(path: Option<&Path>, env: &Env<'_>) -> Result<Self, SettingsError> {
        let folders = Folders::from_env(env);
        let usual = folders.config.as_ref().map(|folder| folder.join("settings.yaml"));
        let found = match (path, usual) {
            (Some(path), _) => Some(path.to_owned()),
            (None, Some(usual)) if usual.try_exists().unwrap_or(true) => Some(usual),
            (None, _) => None,
        };
        let chosen = found.as_deref().map(|path| file::read(path, &folders)).transpose()?.unwrap_or_default();
        let (github_rest, github_graphql) = endpoint::github(env)?;
        Ok(Self {
            path: found,
            theme: chosen.theme,
            ascii: chosen.ascii,
            identity: chosen.identity.or_from_env(env),
            journal: chosen.journal,
            poll: chosen.poll,
            observations: chosen.observations,
            http: chosen.http,
            connections: chosen.connections,
            github_rest,
            github_graphql,
            linear: endpoint::linear(env)?,
            folders,
            gh: Arc::default(),
            gh_patience: GH_PATIENCE,
        })
    }

    /// The token for GitHub: `GITHUB_TOKEN`, else `GH_TOKEN`, else what the GitHub command line has. May take
    /// seconds; the last is not asked for a server on this machine. `None` if there is none.
    ///
    /// # Errors
    /// [`TokenError`] if the first one found can not be a token: it is not skipped in silence.
    pub fn github_token(&self, env: &Env<'_>) -> Result<Option<Token>, TokenError> {
        for name in ["GITHUB_TOKEN", "GH_TOKEN"] {
            if let Some(token) = token::from_env(name, env)? {
                return Ok(Some(token));
            }
        }
        let Some(host) = self.github_rest.gh_host() else { return Ok(None) };
        if let Some(answered) = self.gh.get() {
            return Ok(answered.token.clone());
        }
        let said = gh::token(&host, env, self.gh_patience)?;
        Ok(self.gh.get_or_init(|| said).token.clone())
    }

    /// The GitHub command line is waited for no longer than this, and never longer than 5 s.
    #[must_use]
    pub fn hurried(mut self, longest: Duration) -> Self {
        self.gh_patience = self.gh_patience.min(longest);
        self
    }

    /// For how long the GitHub command line was waited for, if it was asked and did not answer.
    pub fn gh_was_silent(&self) -> Option<Duration> {
        self.gh.get().and_then(|said| said.silent)
    }

    /// The key for Linear: `LINEAR_API_KEY`. `None` if there is none.
    ///
    /// # Errors
    /// [`TokenError`] if it can not be one.
    pub fn linear_token(&self, env: &Env<'_>) -> Result<Option<Token>, TokenError> {
        token::from_env("LINEAR_API_KEY", env)
    }
}

#[cfg(test)]
mod tests;
