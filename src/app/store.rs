//! The journal of a launch, opened as a mode needs it.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{AppError, Opened, namesake, opened::env, rehearsal};
use gonogo_domain::{
    Answer, BoardClock, Distrust, GateId, History, JudgedTime, Kind, Launch, Measured, Need, Observation,
    SourceId, StageAct, Str, TargetAnswer,
};
use gonogo_journal::{
    Access, Entry, Head, Journal, JournalError, Location, OpenOptions, RecordedAnswer, RecordedPoll,
};
use gonogo_settings::{JournalAt, Settings};
use gonogo_text::clean;

/// A clock that is this far ahead of the mark raises it only if a server bears it out.
const LEAP: TimeDelta = TimeDelta::days(90);

/// A journal and what it held when it was opened.
pub struct OpenedJournal {
    /// The journal; `None`: there is none, or it cannot be trusted.
    pub journal: Option<Journal>,
    /// The fold of its events. `broken` says why it cannot be trusted (V11).
    pub history: Arc<History>,
    /// Its head then.
    pub head: Option<Head>,
    /// Why nothing can be recorded; `None`: it can.
    pub view_only: Option<String>,
    /// What sources answered before, of the gates that a timer counts from and of guardrails.
    pub before: Vec<Observation>,
}

/// Where the journal is: as named on the command line, in the settings, or in the user's state folder; never beside
/// a launch file (V11). `None`: there is no state folder either.
///
/// # Errors
/// A name that names no journal.
pub fn location(opened: &Opened) -> Result<Option<Location>, AppError> {
    let real = real(opened)?;
    if !opened.chosen.rehearse {
        return Ok(real);
    }
    let launch: &str = &opened.loaded.launch.id;
    Ok(real.and_then(|it| rehearsal::beside(&it, launch, opened.settings.folders.state.as_deref())))
}

fn real(opened: &Opened) -> Result<Option<Location>, AppError> {
    place(opened.chosen.journal.as_deref(), &opened.settings)
}

/// Where the journal is, whatever the launch.
///
/// # Errors
/// A name that names no journal.
pub fn place(named: Option<&str>, settings: &Settings) -> Result<Option<Location>, AppError> {
    if let Some(named) = named {
        return named.parse().map(Some).map_err(AppError::input);
    }
    Ok(match &settings.journal {
        Some(JournalAt::File(path)) => Some(Location::File(path.clone())),
        Some(JournalAt::Postgres(url)) => Some(Location::Postgres(url.clone())),
        None => settings.folders.state.as_ref().map(|folder| Location::File(folder.join("journal.db"))),
    })
}

/// The password of a shared journal that its URL does not hold: from the environment, where other users of the machine do
/// not see it.
pub fn password() -> Option<String> {
    env("GONOGO_JOURNAL_PASSWORD").or_else(|| env("PGPASSWORD"))
}

/// How to open a journal.
pub fn options(launch: impl Into<Str>, access: Access) -> OpenOptions {
    OpenOptions { password: password().map(Into::into), ..OpenOptions::new(launch).access(access) }
}

/// What whoever reads a journal should know of where it is kept; nothing where that cannot be asked.
pub fn remarks(at: &Location) -> Vec<String> {
    let Ok(journal) = Journal::open(at, options("", Access::Read)) else { return Vec::new() };
    let standby = "the journal is read from a standby server: its primary may have acknowledged more";
    let standby = journal.is_standby().then(|| standby.to_owned());
    journal.remarks().iter().cloned().chain(standby).collect()
}

/// Whether the user named a journal, rather than leaving it to us.
pub fn is_named(opened: &Opened) -> bool {
    // The copy of a rehearsal is made by the first act: until then there is none.
    !opened.chosen.rehearse && (opened.chosen.journal.is_some() || opened.settings.journal.is_some())
}

/// For a mode that only looks: no journal is an empty history, unless one was named.
///
/// # Errors
/// A named journal that cannot be found. One that cannot be trusted is a [`History`] that says so.
pub fn read(opened: &Opened) -> Result<OpenedJournal, AppError> {
    read_whole(opened).map(|(store, _)| store)
}

/// The same with its entries: a long chain is read once.
///
/// # Errors
/// As [`read`].
pub fn read_whole(opened: &Opened) -> Result<(OpenedJournal, Vec<Entry>), AppError> {
    let nothing = |store| Ok((store, Vec::new()));
    let Some(location) = location(opened)? else {
        return nothing(OpenedJournal::none("there is no state folder"));
    };
    match open_whole(opened, &location, Access::Read) {
        Ok(whole) => Ok(whole),
        Err(JournalError::Missing { .. }) if !is_named(opened) => {
            nothing(OpenedJournal::none("there is no journal yet"))
        }
        Err(error @ JournalError::Missing { .. }) => {
            nothing(OpenedJournal::untrusted(format!("{}; check --journal", clean(&error.to_string()))))
        }
        Err(error) => nothing(OpenedJournal::broken(&error)),
    }
}

/// For a mode that records. What can only be read is opened for a view.
///
/// # Errors
/// A name that names no journal.
pub fn write(opened: &Opened) -> Result<OpenedJournal, AppError> {
    let Some(location) = location(opened)? else {
        return Ok(OpenedJournal::none(
            "there is no state folder: set HOME, or name a journal with --journal",
        ));
    };
    if let Some(real) = real(opened)?.filter(|_| opened.chosen.rehearse) {
        rehearsal::prepare(&options(opened.loaded.launch.id.clone(), Access::Read), &real, &location)?;
    }
    match open(opened, &location, Access::Write) {
        Ok(store) => Ok(store),
        Err(JournalError::NotWritable { why, .. }) => Ok(match open(opened, &location, Access::Read) {
            Ok(store) => OpenedJournal { view_only: Some(why), ..store },
            Err(JournalError::Missing { .. }) => OpenedJournal::none(&why),
            Err(error) => OpenedJournal::broken(&error),
        }),
        Err(error) => Ok(OpenedJournal::broken(&error)),
    }
}

/// Raises the mark of the largest clock ever seen (V9), so that a waiver that this mode saw run out is not revived by a
/// clock that is turned back. A clock that servers contradict is not believed, nor is one that leaps where none was heard.
/// Where the journal can only be read, nothing is done: the answer of now does not need it.
pub fn note_clock(opened: &Opened, store: &OpenedJournal, judged: &JudgedTime) {
    let wall = judged.now.wall;
    let begun = store.head.is_some_and(|head| head.seq > 0) && !opened.chosen.rehearse;
    let leaps = store.history.high_water.is_none_or(|mark| wall - mark > LEAP);
    let undisputed = !judged.heard && judged.clock.doubt.is_none() && !leaps;
    if !begun || !(judged.borne_out || undisputed) {
        return;
    }
    let Ok(Some(location)) = location(opened) else { return };
    let server = judged.borne_out.then_some(wall);
    if let Ok(journal) = Journal::open(&location, to_write(opened, store)) {
        drop(journal.note_clock(wall, server).wait());
    }
}

/// To write into what this process has read and verified just now: the chain is not walked again.
fn to_write(opened: &Opened, store: &OpenedJournal) -> OpenOptions {
    OpenOptions { verified: store.head, ..options(opened.loaded.launch.id.clone(), Access::Write) }
}

/// What to do about a journal that has seen a clock ahead of this one.
pub fn clock_remark(history: &History, now: DateTime<Utc>) -> Option<String> {
    let mark = history.high_water.filter(|mark| *mark - now > TimeDelta::minutes(1))?;
    let mark = mark.format("%Y-%m-%d %H:%M UTC");
    Some(format!(
        "it has seen a clock ahead of this one, {mark}: waivers, holds and words end by that. If this clock is right, \
         say so: gonogo journal clock --correct --reason …"
    ))
}

/// In memory, for a demo or a replay.
///
/// # Errors
/// [`AppError::Journal`] if not even that works.
pub fn memory(opened: &Opened) -> Result<OpenedJournal, AppError> {
    Ok(open(opened, &Location::Memory, Access::Write)?)
}

fn open(opened: &Opened, location: &Location, access: Access) -> Result<OpenedJournal, JournalError> {
    open_whole(opened, location, access).map(|(store, _)| store)
}

fn open_whole(
    opened: &Opened,
    location: &Location,
    access: Access,
) -> Result<(OpenedJournal, Vec<Entry>), JournalError> {
    let journal = Journal::open(location, options(opened.loaded.launch.id.clone(), access))?;
    let entries = journal.read_since(0).wait()?;
    let mut store = taken_in(journal, &entries)?;
    store.before = before(opened, &store.history, store.journal.as_ref());
    // Whoever has made a final call of their own has seen it.
    let early = store.history.decisions.is_empty();
    if let Some(journal) = store.journal.as_ref().filter(|_| early) {
        let elsewhere = namesake::stopped(&opened.loaded.launch, journal);
        if elsewhere.is_some() {
            Arc::make_mut(&mut store.history).elsewhere = elsewhere;
        }
    }
    Ok((store, entries))
}

/// The gates from which timers count: since when they are go is looked up in the journal.
fn timed(launch: &Launch) -> Vec<&GateId> {
    let since = launch.gates.iter().filter_map(|gate| match &gate.kind {
        Kind::Timer { since: Need::Gate(id), .. } => Some(id),
        _ => None,
    });
    let inside = since.flat_map(|id| launch.within(id));
    inside.filter(|gate| matches!(gate.kind, Kind::Evidence(_))).map(|gate| &gate.id).collect()
}

/// So long ago something is still worth a look while nobody has answered yet.
const LAST_KNOWN: TimeDelta = TimeDelta::days(2);

/// The last answer on record about each gate and each target, for whoever opens a screen before a source has answered. A second stream
/// that cannot be read costs nothing but that.
pub fn last_known(store: &OpenedJournal, now: DateTime<Utc>) -> Vec<RecordedAnswer> {
    let Some(journal) = &store.journal else { return Vec::new() };
    let all =
        journal.observations_between(now - LAST_KNOWN, DateTime::<Utc>::MAX_UTC).wait().unwrap_or_default();
    let mut gates = BTreeMap::new();
    let mut targets = BTreeMap::new();
    for recorded in all {
        match &recorded.answer {
            // What failed since does not make it less the last that was known.
            RecordedAnswer::Gate(seen) if matches!(seen.answer, Answer::Found(_)) => {
                gates.insert(seen.gate.clone(), recorded.answer);
            }
            RecordedAnswer::Target(seen) if seen.answer.is_ok() => {
                targets.insert(seen.component.clone(), recorded.answer);
            }
            _ => {}
        }
    }
    gates.into_values().chain(targets.into_values()).collect()
}

/// What an answer measured for a guardrail.
fn measured(seen: &Observation) -> Option<&Measured> {
    match &seen.answer {
        Answer::Found(found) => found.measured.as_ref(),
        Answer::Failed(_) => None,
    }
}

/// A second stream that cannot be read costs no word: the timers then start anew.
fn before(opened: &Opened, history: &History, journal: Option<&Journal>) -> Vec<Observation> {
    let launch = &opened.loaded.launch;
    let wanted = timed(launch);
    // A timer may count from long ago; guardrails count since the first stage started, and before it there is nothing.
    let started =
        || history.stages.values().flatten().filter(|it| it.step == StageAct::Started).map(|it| it.at);
    let from = if wanted.is_empty() {
        started().min().filter(|_| !launch.soundings().is_empty())
    } else {
        Some(DateTime::<Utc>::UNIX_EPOCH)
    };
    let (Some(journal), Some(from)) = (journal, from) else { return Vec::new() };
    let all = journal.observations_between(from, DateTime::<Utc>::MAX_UTC).wait().unwrap_or_default();
    let gates = all.into_iter().filter_map(|it| match it.answer {
        RecordedAnswer::Gate(seen) => Some(seen),
        RecordedAnswer::Target(_) => None,
    });
    // Windows that were written down are not written down again.
    gates.filter(|seen| wanted.contains(&&seen.gate) || measured(seen).is_some()).collect()
}

/// Keeps what sources answered where timers count from a gate or something counts, so that both go on in the next process: then all
/// of it, since a record of some answers would tell of a board that never was. Where the journal can only be read, nothing is
/// done.
pub fn keep_answers(
    opened: &Opened,
    store: &OpenedJournal,
    (seen, targets): (&[Observation], &[TargetAnswer]),
    clock: &BoardClock,
) {
    let launch = &opened.loaded.launch;
    let wanted = timed(launch);
    // Windows can be asked for again; counters tell of now alone.
    let counters = |seen: &Observation| matches!(measured(seen), Some(Measured::Counters(_)));
    let goes_on = seen.iter().any(|seen| wanted.contains(&&seen.gate) || counters(seen));
    if store.journal.is_none() || !goes_on || opened.chosen.rehearse {
        return;
    }
    let kept = seen.iter().filter(|seen| measured(seen).is_none() || counters(seen));
    let Ok(Some(location)) = location(opened) else { return };
    let Ok(journal) = Journal::open(&location, to_write(opened, store)) else { return };
    let mut polls: BTreeMap<SourceId, RecordedPoll> = BTreeMap::new();
    for seen in kept {
        let Some(source) = source_of(launch, &seen.gate) else { continue };
        let empty = || RecordedPoll { source: source.clone(), observations: Vec::new(), targets: Vec::new() };
        polls.entry(source.clone()).or_insert_with(empty).observations.push(seen.clone());
    }
    if let Some(first) = polls.values_mut().next() {
        first.targets = targets.to_vec();
    }
    for poll in polls.into_values() {
        drop(journal.record_observations(poll.shifted(clock)).wait());
    }
}

/// Whom a gate or a guardrail asks.
fn source_of(launch: &Launch, subject: &GateId) -> Option<SourceId> {
    let of_gate = launch.gate(subject).and_then(|gate| match &gate.kind {
        Kind::Evidence(query) => Some(query),
        _ => None,
    });
    let beside = launch.soundings().into_iter().find(|it| it.subject == *subject).map(|it| it.query);
    of_gate.or(beside).map(|query| query.source.clone())
}

/// The head is that of the last entry that was folded: one that lands meanwhile comes as news, and is not passed over.
fn taken_in(journal: Journal, entries: &[Entry]) -> Result<OpenedJournal, JournalError> {
    let mut history = History::fold(entries.iter().map(|entry| &entry.event));
    history.high_water = history.high_water.max(journal.clock().wait()?.high_water);
    let head = entries.last().map_or_else(|| Head::genesis(journal.launch()), Entry::head);
    let history = Arc::new(history);
    Ok(OpenedJournal {
        journal: Some(journal),
        history,
        head: Some(head),
        view_only: None,
        before: Vec::new(),
    })
}

impl OpenedJournal {
    fn none(why: &str) -> Self {
        Self {
            journal: None,
            history: Arc::default(),
            head: None,
            view_only: Some(why.to_owned()),
            before: Vec::new(),
        }
    }

    /// Opened to look: nothing is recorded, whatever could be.
    pub fn looked_at(self) -> Self {
        let why = self.view_only.unwrap_or_else(|| "opened with --read-only".to_owned());
        Self { view_only: Some(why), ..self }
    }

    /// It did not answer: what it holds is not known (V11).
    pub fn silent(after: std::time::Duration) -> Self {
        Self::untrusted(format!("the journal did not answer within {} s", after.as_secs_f64()))
    }

    fn broken(error: &JournalError) -> Self {
        Self::untrusted(error)
    }

    fn untrusted(why: impl Into<Distrust>) -> Self {
        let why: Distrust = why.into();
        let view_only = Some(clean(&why.detail()).into_owned());
        let history = Arc::new(History::untrusted(why));
        Self { journal: None, history, head: None, view_only, before: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_domain::{Act, Actor, Digest, Event, Known};

    #[test]
    fn an_entry_that_lands_while_the_journal_is_opened_is_news() {
        let folder = tempfile::tempdir().unwrap();
        let place = Location::File(folder.path().join("journal.db"));
        let open = || Journal::open(&place, OpenOptions::new("rocket-2")).unwrap();
        let (mine, other) = (open(), open());
        let seen = mine.read_since(0).wait().unwrap();
        let event = Event {
            id: uuid::Uuid::now_v7(),
            at: chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            actor: Actor { name: "mo".into(), known: Known::Claimed },
            recorder: None,
            stands_in: None,
            launch: "rocket-2".into(),
            version: "2.0".into(),
            commit: None,
            checklist_digest: Digest::of([b"files".as_slice()]),
            act: Act::Note { gate: None, text: "NO-GO from me".into() },
        };
        other.append(&event, other.head().wait().unwrap()).wait().unwrap();
        let store = taken_in(mine.clone(), &seen).unwrap();
        let head = store.head.unwrap();
        assert_eq!((head.seq, store.history.len), (0, 0), "the head is that of what was folded");
        assert_eq!(mine.read_since(head.seq).wait().unwrap().len(), 1, "it is seen as news");
    }
}
