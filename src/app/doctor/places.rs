//! This machine: the journal, and what the user trusts.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    super::{
        AppError, Opened,
        store::{self, OpenedJournal},
        teams::Teams,
        trust,
    },
    said,
};
use gonogo_domain::{Failure, Launch, Str};
use gonogo_journal::{Access, Journal, JournalError, Location};
use gonogo_text::shell_word;

/// The journal. Everything in it is clean.
#[derive(Debug, Serialize)]
pub struct JournalCheck {
    /// Where; without user and password. None: there is no place for one.
    pub place: Option<String>,
    /// Whether it is there and its chain is whole.
    pub readable: bool,
    /// Whether acts can be recorded.
    pub writable: bool,
    /// Whether it is there and cannot be read or trusted.
    pub broken: bool,
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the newest.
    pub head: Option<String>,
    /// What prevents it, or that there is none yet.
    pub remark: Option<String>,
    /// It has seen a clock ahead of this machine's, and what to do.
    pub clock: Option<String>,
}

/// What the launch may do on this machine.
#[derive(Debug, Serialize)]
pub struct TrustCheck {
    /// Gates that ask an address of the launch's choice.
    pub http_gates: usize,
    /// Gates that run a program.
    pub command_gates: usize,
    /// Whether the user trusts exactly these files.
    pub trusted: bool,
    /// What to do; none: nothing is needed.
    pub next: Option<String>,
}

/// A GitHub team that holds roles.
#[derive(Debug, Serialize)]
pub struct TeamCheck {
    /// `org/slug`.
    pub team: String,
    /// The roles.
    pub roles: Vec<String>,
    /// How many members it has; none: they cannot be seen, and nobody speaks for the roles by the team.
    pub members: Option<usize>,
    /// Why not.
    pub problem: Option<String>,
    /// What to do.
    pub next: Option<String>,
}

/// What can be seen of the teams.
pub(super) fn teams(launch: &Launch, teams: &Teams) -> Vec<TeamCheck> {
    let of = |(team, seen): (&Str, Result<usize, &Failure>)| {
        let roles = launch.roles.iter().filter(|(_, role)| role.github_team.as_ref() == Some(team));
        let failure = seen.err();
        TeamCheck {
            team: said(team),
            roles: roles.map(|(name, _)| said(name.as_str())).collect(),
            members: seen.ok(),
            problem: failure.map(|it| said(&it.message)),
            next: failure.and_then(|it| it.next.as_deref()).map(said),
        }
    };
    teams.each().map(of).collect()
}

/// Looks at the journal without making one.
pub(super) fn journal(
    opened: &Opened,
    store: &OpenedJournal,
    now: DateTime<Utc>,
) -> Result<JournalCheck, AppError> {
    let location = store::location(opened)?;
    let broken = store.history.broken.is_some();
    let (writable, hindrance) = match &location {
        Some(location) if !broken => writable(opened, location, store.journal.is_some()),
        _ => (false, None),
    };
    Ok(JournalCheck {
        place: location.map(|it| said(&it.to_string())),
        readable: store.journal.is_some(),
        writable,
        broken,
        entries: store.head.as_ref().map_or(0, |head| head.seq),
        head: store.head.as_ref().map(|head| head.hash.to_string()),
        remark: hindrance.or_else(|| store.view_only.clone()).map(|it| said(&it)),
        clock: store::clock_remark(&store.history, now).map(|it| said(&it)),
    })
}

/// Whether acts could be recorded, and if not, why.
fn writable(opened: &Opened, location: &Location, there: bool) -> (bool, Option<String>) {
    if let (Location::File(path), false) = (location, there) {
        return match folder_above(path).map(|folder| (folder, may_write(folder))) {
            Some((_, true)) => (true, None),
            Some((folder, false)) => {
                (false, Some(format!("it cannot be created: no permission to write to {}", folder.display())))
            }
            None => (false, Some("it cannot be created: there is no folder for it".to_owned())),
        };
    }
    if !there {
        // Opened to write, it would be made.
        return (true, Some("empty so far: the first recorded act creates the tables".to_owned()));
    }
    let options = store::options(opened.loaded.launch.id.clone(), Access::Write);
    match Journal::open(location, options) {
        Ok(_) => (true, None),
        Err(JournalError::NotWritable { why, .. }) => (false, Some(why)),
        Err(error) => (false, Some(error.to_string())),
    }
}

/// The nearest folder above that is there.
fn folder_above(path: &Path) -> Option<&Path> {
    path.ancestors()
        .skip(1)
        .map(|it| if it.as_os_str().is_empty() { Path::new(".") } else { it })
        .find(|it| it.is_dir())
}

#[cfg(unix)]
fn may_write(folder: &Path) -> bool {
    let wanted = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    rustix::fs::access(folder, wanted).is_ok()
}

#[cfg(not(unix))]
fn may_write(folder: &Path) -> bool {
    folder.metadata().is_ok_and(|it| !it.permissions().readonly())
}

/// Whether the gates that need the user's trust have it.
pub(super) fn granted(opened: &Opened) -> TrustCheck {
    let asked = trust::queries(&opened.loaded.launch);
    let asked: Vec<&str> = asked.map(|(source, _)| source).collect();
    let count = |source: &str| asked.iter().filter(|it| **it == source).count();
    let (http_gates, command_gates) = (count("http"), count("command"));
    let trusted = trust::is_trusted(opened);
    let needed = http_gates + command_gates > 0 && !trusted;
    let path = opened.chosen.path.as_ref().map(|path| format!(" {}", shell_word(&path.to_string_lossy())));
    let path = path.unwrap_or_default();
    let next = if trust::root(opened).is_some() {
        format!("read what they do, then allow them: gonogo trust{path}")
    } else {
        "save the launch in a folder: a launch from standard input cannot be trusted".to_owned()
    };
    TrustCheck { http_gates, command_gates, trusted, next: needed.then(|| said(&next)) }
}
