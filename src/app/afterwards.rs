//! What a launch comes to by its record: the review after it, how ready it was each day, whom to ask.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{AppError, Archive, Happening, Opened, Past, Reported, named_gate};
use gonogo_domain::{BoardWord, ChecklistId, Figures, Party, ReadinessDay, TrackRecord, Verdict, Whom};
use gonogo_report::{LaunchHistory, MinutesInput, ReviewPage};
use gonogo_text::clean;
use gonogo_yaml::nearest;

/// The record of a launch, told.
#[derive(Debug)]
pub struct Afterwards {
    /// What happened, in order: when, and what in possibly foreign words.
    pub happened: Vec<(DateTime<Utc>, String)>,
    /// What its boards came to.
    pub figures: Option<Figures>,
    /// What its acts came to.
    pub went: TrackRecord,
}

/// Reads the record of a launch: its journal, or the recording that is open.
///
/// # Errors
/// As [`Past::open`].
pub fn afterwards(opened: &Opened) -> Result<Afterwards, AppError> {
    let mut past = Past::open(opened)?;
    let (moments, figures) = past.account();
    let launch = opened.loaded.launch.id.clone();
    let until = past.span().1;
    let went = TrackRecord::of(launch, past.events(), until.max(gonogo_clock::Clock::system().read().wall));
    let told = moments.into_iter().filter(|it| is_worth_telling(&it.what));
    let happened = told.map(|it| (it.at, it.what.describe())).collect();
    Ok(Afterwards { happened, figures, went })
}

/// Acts, words of the board, and gates that turned red or were red no more: every other change is in the journal.
fn is_worth_telling(what: &Happening) -> bool {
    match what {
        Happening::Act { .. } => true,
        Happening::Word { from, to, .. } => from.is_some() || *to != BoardWord::Hold,
        Happening::Flip(flip) => flip.to == Verdict::NoGo || flip.from == Some(Verdict::NoGo),
    }
}

impl Afterwards {
    /// The page of the review on this board.
    pub fn page<'a>(&'a self, reported: &'a Reported, rehearsal: bool) -> ReviewPage<'a> {
        let Reported { launch, board, history, head, .. } = reported;
        ReviewPage {
            record: MinutesInput { board, history, head, rehearsal },
            launch,
            went: &self.went,
            figures: self.figures.as_ref(),
            happened: &self.happened,
        }
    }
}

/// What the boards of a launch came to; `None`: nothing is on record, or it cannot be read.
pub fn figures(opened: &Opened) -> Option<Figures> {
    Past::open(opened).ok()?.account().1
}

/// How ready the launch was each day; empty: nothing is on record.
pub fn readiness_days(opened: &Opened) -> Vec<ReadinessDay> {
    Past::open(opened).map(|mut past| past.days()).unwrap_or_default()
}

/// How launches went, or why that cannot be told. A recording is of one day only.
pub(super) fn launch_history(opened: &Opened) -> Result<Arc<LaunchHistory>, String> {
    if opened.recording.is_some() {
        return Err("this is a recording of one day; `gonogo history` and this screen tell of the launches in a journal".to_owned());
    }
    let chosen = &opened.chosen;
    let told = Archive::find(chosen.journal.as_deref(), chosen.settings.as_deref());
    let told = told.and_then(|archive| archive.told(Some(opened)));
    told.map(Arc::new).map_err(|error| error.line())
}

/// How ready the launch was each day, or why that cannot be told.
pub(super) fn days_or_why(opened: &Opened) -> Result<Arc<Vec<ReadinessDay>>, String> {
    let told = Past::open(opened).map(|mut past| Arc::new(past.days()));
    told.map_err(|error| error.line())
}

/// The gate, person, role or checklist of this name.
///
/// # Errors
/// There is none; the error has the nearest name.
pub fn whom(opened: &Opened, name: &str) -> Result<Whom, AppError> {
    let launch = &opened.loaded.launch;
    let party = Party::from(name);
    if launch.roles.contains_key(&party) || launch.people.contains_key(&party) {
        return Ok(Whom::Party(party));
    }
    let list = ChecklistId::from(name.strip_prefix("checklist/").unwrap_or(name));
    if launch.checklists.iter().any(|it| it.id == list) {
        return Ok(Whom::Checklist(list));
    }
    if let Ok(gate) = named_gate(&opened.loaded.launch, name) {
        return Ok(Whom::Gate(gate));
    }
    let parties = launch.roles.keys().chain(launch.people.keys()).map(Party::as_str);
    let lists = launch.checklists.iter().map(|it| it.id.as_str());
    let known = parties.chain(lists).chain(launch.gates.iter().map(|it| it.id.as_str()));
    let near = nearest(name, known).map(|near| format!(": did you mean {near}?")).unwrap_or_default();
    Err(AppError::input(format!("there is no gate, role, person or checklist {}{near}", clean(name))))
}
