//! `doctor`: for each source that the launch uses, which credential, whose it is, what it may see, and which gates
//! would be unknown and why.
//!
//! Promises: the GitHub command line is asked for a token once at most; the value of a credential is in no answer, its origin is; every problem has a next step; all foreign
//! text is cleaned when it enters the answer, so that any form of it can be printed; nothing is made or changed.

mod gates;
mod page;
mod permissions;
mod places;
mod servers;
mod writes;

use std::{sync::Arc, time::Duration};

use serde::Serialize;

pub use self::page::page;
use self::{
    gates::GateProblem,
    places::{JournalCheck, TeamCheck, TrustCheck},
    servers::ServerCheck,
    writes::WriteCheck,
};
use super::{AppError, Opened, Session, sources, store, teams::Teams, time};
use gonogo_domain::{Scope, Zone};
use gonogo_poller::poll_once;
use gonogo_text::clean;

/// The form of the document.
const FORMAT: u32 = 1;

/// What is well and what is not. Everything in it is clean.
#[derive(Debug, Serialize)]
pub struct Diagnosis {
    format: u32,
    tool_version: &'static str,
    launch: String,
    title: String,
    version: String,
    /// Gates that sources answer.
    asked: usize,
    /// Gates that would be unknown.
    unknown: usize,
    /// Worst first.
    problems: Vec<GateProblem>,
    /// Worst first.
    sources: Vec<ServerCheck>,
    /// What the settings let gonogo write; empty: it only reads.
    writes: Vec<WriteCheck>,
    /// The settings file in use; none: only defaults.
    settings: Option<String>,
    /// Where gonogo writes down what went wrong behind the screen; the file is there once something did.
    log: Option<String>,
    journal: JournalCheck,
    trust: TrustCheck,
    /// GitHub teams that hold roles.
    teams: Vec<TeamCheck>,
    /// Servers' clocks minus ours, in seconds, the one that is farthest off; none: no server told.
    clock_skew_seconds: Option<i64>,
    /// The release of the time zone database that is built in.
    time_zones: &'static str,
    /// The last field: a cut document is no answer.
    complete: bool,
}

impl Diagnosis {
    /// Whether every gate got an answer, and every team that holds a role can be seen.
    pub fn is_well(&self) -> bool {
        self.problems.is_empty() && self.teams.iter().all(|it| it.members.is_some())
    }

    /// Whether there is a journal that cannot be read or trusted.
    pub fn is_journal_broken(&self) -> bool {
        self.journal.broken
    }

    /// For machines.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }
}

/// Asks every source once, at most so long, and looks at everything around it.
///
/// # Errors
/// Bad input: a recording, a token that cannot be one, a journal that is none.
pub async fn doctor(opened: &Opened, timeout: Duration) -> Result<Diagnosis, AppError> {
    if opened.recording.is_some() {
        return Err(AppError::input(
            "a recording contacts no server, so there is nothing to check: remove --demo or --replay",
        ));
    }
    let now = time::system();
    let polled = sources::build(opened)?;
    let store = store::read(opened)?;
    let journal = places::journal(opened, &store, now().wall)?;
    let mut live = Session::new(Arc::new(opened.loaded.launch.clone()), store.history, Scope::default())
        .remembering(store.before);
    let keys: Vec<_> = polled.iter().map(|it| it.key.clone()).collect();
    live.refuse_unserved(&keys, now());
    let demands = live.demands();
    let (settled, owners, teams) = tokio::join!(
        poll_once(polled.clone(), &demands, timeout, &now),
        servers::owners(opened, &polled, timeout),
        Teams::ask(opened)
    );
    let teams = teams?;
    live.take_answers(settled.observations, settled.targets);
    let board = live.board(now());
    let problems = gates::problems(&live, &board, timeout);
    let sources = servers::check(opened, &live, (&settled.heard, now()), owners, &problems)?;
    let launch = &opened.loaded.launch;
    let skews = settled.heard.iter().filter_map(|it| it.clock).map(|it| it.offset(now()).num_seconds());
    Ok(Diagnosis {
        format: FORMAT,
        tool_version: env!("CARGO_PKG_VERSION"),
        launch: said(&launch.id),
        title: said(&launch.title),
        version: said(&launch.version),
        asked: demands.questions.len(),
        unknown: problems.iter().map(|it| it.gates.len()).sum(),
        problems,
        writes: writes::check(opened, &sources)?,
        sources,
        settings: opened.settings.path.as_ref().map(|it| said(&it.display().to_string())),
        log: super::log_path(&opened.settings.folders).map(|it| said(&it.display().to_string())),
        journal,
        trust: places::granted(opened),
        teams: places::teams(&opened.loaded.launch, &teams),
        clock_skew_seconds: skews.max_by_key(|it| it.abs()),
        time_zones: Zone::DATA_VERSION,
        complete: true,
    })
}

/// Foreign text as it may be printed.
fn said(text: &str) -> String {
    clean(text).into_owned()
}
