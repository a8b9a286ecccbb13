//! A journal as a whole, whatever launches it holds: its proof, copies of it, and how the launches went.

use std::path::Path;

use super::{AppError, LaunchSelection, Opened, open, sources, store};
use gonogo_clock::Clock;
use gonogo_domain::{Event, TrackRecord};
use gonogo_files as files;
use gonogo_journal::{Access, Head, Journal, JournalError, Location, read_export};
use gonogo_report::LaunchHistory;

/// The largest export that is read, in bytes: some million entries.
const MOST_EXPORT: u64 = 1 << 30;

/// A journal with all its launches.
#[derive(Debug)]
pub struct Archive {
    location: Location,
}

/// The proof of one launch's chain.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainProof {
    /// The launch's id.
    pub launch: String,
    /// The head, or why the chain cannot be trusted.
    pub chain: Result<Head, Unproven>,
}

/// Why a chain cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// The first entry that does not fit, if it is one.
    pub entry: Option<u64>,
    /// How it was seen; not yet sanitised.
    pub why: String,
}

impl Archive {
    /// The journal that is named, or the usual one of the settings.
    ///
    /// # Errors
    /// Settings that cannot be used, a name that names no journal, or no place for one.
    pub fn find(named: Option<&str>, settings: Option<&Path>) -> Result<Self, AppError> {
        let settings = sources::settings(settings)?;
        let location = store::place(named, &settings)?;
        let nowhere =
            || AppError::input("there is no state folder: set HOME, or name a journal with --journal");
        Ok(Self { location: location.ok_or_else(nowhere)? })
    }

    /// Where it is. Prints without secrets.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// What whoever reads it should know of where it is kept.
    pub fn remarks(&self) -> Vec<String> {
        store::remarks(&self.location)
    }

    /// The launches in it.
    ///
    /// # Errors
    /// [`AppError::Journal`]: it is not there, or cannot be read or trusted.
    pub fn launches(&self) -> Result<Vec<String>, AppError> {
        let journal = self.open("", Access::Read).map_err(failed)?;
        journal.launches().wait().map_err(failed)
    }

    /// Walks the chain of every launch, or of one.
    ///
    /// # Errors
    /// [`AppError::Journal`]: nothing can be read at all. [`AppError::Input`]: no such launch is in it.
    pub fn prove(&self, only: Option<&str>, kept: Option<Head>) -> Result<Vec<ChainProof>, AppError> {
        let mut launches = self.launches()?;
        if let Some(only) = only {
            let there = launches.join(", ");
            launches.retain(|launch| launch == only);
            if launches.is_empty() {
                return Err(AppError::input(format!(
                    "no launch `{only}` is in {}; it has {there}",
                    self.location
                )));
            }
        }
        if launches.len() > 1 && kept.is_some() {
            let names = launches.join(", ");
            return Err(AppError::input(format!(
                "which launch is the head from? name it with --only; there are {names}"
            )));
        }
        let proof =
            |launch: String| ChainProof { chain: self.chain(&launch, kept).map_err(Into::into), launch };
        Ok(launches.into_iter().map(proof).collect())
    }

    /// How the launches went, by the journal alone. `here` is the launch of these files, which gives it a name.
    ///
    /// # Errors
    /// [`AppError::Journal`]: nothing can be read at all.
    pub fn told(&self, here: Option<&Opened>) -> Result<LaunchHistory, AppError> {
        let now = Clock::system().read().wall;
        let target = here.and_then(|here| here.loaded.launch.policies.adherence);
        let mut told = LaunchHistory { target, ..LaunchHistory::default() };
        for launch in self.launches()? {
            match self.events(&launch) {
                Ok(events) => {
                    let record = TrackRecord::of(launch.as_str().into(), &events, now);
                    let here = here.filter(|here| *here.loaded.launch.id == *launch);
                    told.launches.push(match here {
                        Some(here) => named(here, record),
                        None => record,
                    });
                }
                Err(error) => told.broken.push((launch, error.to_string())),
            }
        }
        told.launches.sort_by_key(|it| it.acts.map(|(_, last)| last));
        Ok(told)
    }

    fn chain(&self, launch: &str, kept: Option<Head>) -> Result<Head, JournalError> {
        Ok(self.open(launch, Access::Read)?.prove(kept)?.head)
    }

    fn events(&self, launch: &str) -> Result<Vec<Event>, JournalError> {
        let entries = self.open(launch, Access::Read)?.read_since(0).wait()?;
        Ok(entries.into_iter().map(|entry| entry.event).collect())
    }

    fn open(&self, launch: &str, access: Access) -> Result<Journal, JournalError> {
        Journal::open(&self.location, store::options(launch, access))
    }
}

/// The launch here, with what its files alone tell: its name and its T-0. Nothing that is counted comes from them, so
/// that the counts are the same wherever they are asked for.
fn named(here: &Opened, record: TrackRecord) -> TrackRecord {
    let launch = &here.loaded.launch;
    let (title, t0) = (record.title.or(Some(launch.title.clone())), record.t0.or(Some(launch.schedule.t0)));
    // Its boards can be evaluated again here; of the others what was kept when they were closed is known.
    let figures = record.figures.or_else(|| super::figures(here));
    TrackRecord { title, t0, figures, ..record }
}

/// The launch of the files here, or of those that are named; `None`: there are none here.
///
/// # Errors
/// The files that are named, or are here, cannot be loaded.
pub fn launch_here(chosen: LaunchSelection) -> Result<Option<Opened>, AppError> {
    if chosen.path.is_none() && !Path::new("launch.yaml").exists() {
        return Ok(None);
    }
    open(chosen).map(Some)
}

/// Copies every launch, and proves both ends. It can be cut short at any moment: the next one goes on from there.
///
/// # Errors
/// [`AppError::Journal`] with what was copied so far: a launch of the target has a history of its own, or one of the two
/// cannot be read, trusted or written.
pub fn copy(from: &str, to: &str) -> Result<Vec<ChainProof>, AppError> {
    let locations: Result<Vec<Location>, JournalError> = [from, to].iter().map(|it| it.parse()).collect();
    let Ok([from, to]) = <[Location; 2]>::try_from(locations.map_err(AppError::input)?) else {
        return Err(AppError::Internal("two places are needed"));
    };
    if from == to || to == Location::Memory {
        return Err(AppError::input(format!(
            "a journal cannot be copied to {to}: name another file or database"
        )));
    }
    let (from, to) = (Archive { location: from }, Archive { location: to });
    let mut done: Vec<ChainProof> = Vec::new();
    for launch in from.launches()? {
        let head = one(&from, &to, &launch).map_err(|source| {
            let so_far: Vec<_> = done.iter().map(|it| it.launch.as_str()).collect();
            let so_far = if so_far.is_empty() { "nothing".into() } else { so_far.join(", ") };
            let next = Some(format!("copied before that: {so_far}; run it again to go on"));
            AppError::Journal { what: Some(format!("{launch} is not copied")), source, next }
        })?;
        done.push(ChainProof { launch, chain: Ok(head) });
    }
    Ok(done)
}

fn one(from: &Archive, to: &Archive, launch: &str) -> Result<Head, JournalError> {
    let source = from.open(launch, Access::Read)?;
    let target = to.open(launch, Access::Write)?;
    Journal::copy(&source, &target)?;
    let (one, other) = (source.verify(None).wait()?.head, target.verify(None).wait()?.head);
    // An act of this very moment is in the source alone; it comes with the next copy.
    if one != other && source.verify(Some(other)).wait().is_err() {
        return Err(JournalError::Unreadable { why: format!("the heads differ: {one} and {other}") });
    }
    target.close().wait()?;
    Ok(other)
}

/// Proves an export that was kept elsewhere.
///
/// # Errors
/// [`AppError::Input`]: the file cannot be read.
pub fn prove_export(file: &Path) -> Result<ChainProof, AppError> {
    let bytes = files::read(file, MOST_EXPORT)
        .map_err(|error| AppError::file(format!("{} cannot be read", file.display()), error))?;
    Ok(match read_export(&bytes) {
        Ok((launch, entries)) => {
            let head = entries.last().map_or_else(|| Head::genesis(&launch), gonogo_journal::Entry::head);
            ChainProof { launch: launch.to_string(), chain: Ok(head) }
        }
        Err(error) => ChainProof { launch: file.display().to_string(), chain: Err(error.into()) },
    })
}

fn failed(source: JournalError) -> AppError {
    let missing = matches!(source, JournalError::Missing { .. });
    let next = missing.then(|| "name another with --journal, or record something first".to_owned());
    AppError::Journal { what: None, source, next }
}

impl From<JournalError> for Unproven {
    fn from(error: JournalError) -> Self {
        let entry = if let JournalError::Broken { seq, .. } = &error { *seq } else { None };
        Self { entry, why: error.to_string() }
    }
}
