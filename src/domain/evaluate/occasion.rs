//! What messages tell of, as it has happened so far (V25): each HOLD, NO-GO, SCRUB, rollback, incident, update of one and
//! all clear has messages of its own, until it is over.

use chrono::{DateTime, Utc};

use super::{
    super::{
        Decision, DecisionRecord, IncidentEntry, IncidentRecord, IncidentStep, Occasion, Party,
        RollbackRecord, Str, Voice,
    },
    eval_context::EvalContext,
};

/// What an occurrence of a message is about.
pub(super) struct ToldEvent<'a> {
    /// Its place among all events.
    pub seq: u64,
    /// When it happened; `None`: the plan.
    pub at: Option<DateTime<Utc>>,
    /// Whose word that was.
    pub by: Option<&'a Party>,
    /// Why, in their words.
    pub reason: Option<&'a Str>,
    /// The run of the rollback that it is of.
    pub run: Option<&'a RollbackRecord>,
    /// The words of the update that it is of.
    pub update: Option<&'a Str>,
    /// Why it needs no message any more.
    pub over: Option<String>,
}

impl<'a> ToldEvent<'a> {
    /// What somebody said.
    fn said(seq: u64, voice: &'a Voice) -> Self {
        let (at, by) = (Some(voice.at), Some(&voice.by.name));
        Self { seq, at, by, reason: None, run: None, update: None, over: None }
    }

    fn of(record: &'a DecisionRecord, over: Option<String>) -> Self {
        let (by, reason) = (Some(&record.actor.name), Some(&record.reason));
        Self { seq: record.seq, at: Some(record.at), by, reason, run: None, update: None, over }
    }
}

/// The SCRUB that set T-0; 0: that of the files.
pub(super) fn planned_by(frame: &EvalContext<'_>) -> u64 {
    frame.history.last_scrub().map_or(0, |record| record.seq)
}

/// What a message of the plan tells of. Whoever reads it is told by the word that counts.
fn planned<'a>(frame: &EvalContext<'a>) -> ToldEvent<'a> {
    let counts = |it: &&DecisionRecord| it.spoken().doubt(frame.launch).is_none();
    let newest = frame.history.decisions.iter().rfind(counts);
    let (by, reason) = (newest.map(|it| &it.actor.name), newest.map(|it| &it.reason));
    ToldEvent { seq: planned_by(frame), at: None, by, reason, run: None, update: None, over: None }
}

/// What has happened so far of this kind.
pub(super) fn events<'a>(frame: &EvalContext<'a>, occasion: Occasion) -> Vec<ToldEvent<'a>> {
    let history = frame.history;
    match occasion {
        Occasion::Plan => vec![planned(frame)],
        Occasion::Hold | Occasion::NoGo | Occasion::Scrub => {
            let wanted = |record: &&DecisionRecord| match record.decision {
                Decision::Hold { .. } => occasion == Occasion::Hold,
                Decision::NoGo { .. } => occasion == Occasion::NoGo,
                Decision::Scrub { .. } => occasion == Occasion::Scrub,
                Decision::Go { .. } => false,
            };
            let all = history.decisions.iter().filter(wanted);
            all.map(|record| ToldEvent::of(record, decision_over(frame, record))).collect()
        }
        Occasion::Rollback => {
            let runs = history.rollbacks.iter();
            runs.map(|run| ToldEvent {
                reason: Some(&run.reason),
                run: Some(run),
                over: rollback_over(frame, run.seq),
                ..ToldEvent::said(run.seq, &run.voice)
            })
            .collect()
        }
        Occasion::AllClear => {
            let ends = history.rollbacks.iter().filter_map(|run| run.ended.as_ref());
            let ends = ends.map(|end| ToldEvent {
                reason: Some(&end.reason),
                over: within(frame, end.seq).or_else(|| rollback_over(frame, end.seq)),
                ..ToldEvent::said(end.seq, &end.voice)
            });
            let mut all: Vec<_> =
                ends.chain(history.incidents.iter().flat_map(|it| self::ends(frame, it))).collect();
            all.sort_by_key(|event| event.seq);
            all
        }
        Occasion::Incident => {
            let each = history.incidents.iter().map(|it| ToldEvent {
                reason: Some(&it.opening.title),
                over: is_resolved(frame, it).then(|| "it is resolved".to_owned()),
                ..ToldEvent::said(it.seq, &it.voice)
            });
            each.collect()
        }
        Occasion::Update => history.incidents.iter().flat_map(|it| updates(frame, it)).collect(),
    }
}

/// Whether an incident is over, and has not come back.
fn is_resolved(frame: &EvalContext<'_>, incident: &IncidentRecord) -> bool {
    !incident.standing(Some(frame.launch)).phase.goes_on()
}

/// Each update of an incident. Only the newest one needs a message, and none once the incident is over.
fn updates<'a>(frame: &EvalContext<'a>, incident: &'a IncidentRecord) -> impl Iterator<Item = ToldEvent<'a>> {
    let over = is_resolved(frame, incident).then_some("it is resolved");
    incident.entries.iter().filter_map(move |entry| {
        let IncidentStep::Updated { text } = &entry.step else { return None };
        let ends = |later: &IncidentEntry| match later.step {
            IncidentStep::Updated { .. } => Some("a newer update was given since"),
            IncidentStep::Reopened { .. } => Some("it has come back since"),
            _ => None,
        };
        let later = incident.entries.iter().filter(|later| later.seq > entry.seq);
        let over = over.or_else(|| later.into_iter().find_map(ends));
        Some(ToldEvent {
            reason: Some(&incident.opening.title),
            update: Some(text),
            over: over.map(str::to_owned),
            ..ToldEvent::said(entry.seq, &entry.voice)
        })
    })
}

/// Each time that an incident was over.
fn ends<'a>(frame: &EvalContext<'_>, incident: &'a IncidentRecord) -> impl Iterator<Item = ToldEvent<'a>> {
    let ends = incident.standing(Some(frame.launch)).ends.into_iter();
    ends.filter_map(|end| {
        let entry = incident.entries.get(end.entry)?;
        let IncidentStep::Resolved { note } = &entry.step else { return None };
        Some(ToldEvent {
            reason: note.as_ref().or(Some(&incident.opening.title)),
            over: end.is_back.then(|| "it has come back since".to_owned()),
            ..ToldEvent::said(entry.seq, &entry.voice)
        })
    })
}

/// Why a decision needs no message any more.
fn decision_over(frame: &EvalContext<'_>, record: &DecisionRecord) -> Option<String> {
    if let Some(why) = record.spoken().doubt(frame.launch) {
        return Some(format!("the {} does not count: {why}", record.label()));
    }
    let mut later = frame.history.decisions.iter().filter(|it| it.seq > record.seq);
    let ends = |it: &&DecisionRecord| match record.decision {
        // A new date is to be told until there is another, or it goes out.
        Decision::Scrub { .. } => matches!(it.decision, Decision::Scrub { .. } | Decision::Go { .. }),
        _ => true,
    };
    let counts = |it: &&DecisionRecord| it.doubt(frame.launch).is_none();
    if let Some(next) = later.by_ref().filter(counts).find(ends) {
        return Some(format!("{} was decided since", next.label()));
    }
    let hold = matches!(record.decision, Decision::Hold { .. });
    (hold && record.ended(frame.latest).is_some()).then(|| "the hold is over".to_owned())
}

/// No all clear of a rollback while an incident goes on: it has one of its own, once it is resolved.
fn within(frame: &EvalContext<'_>, seq: u64) -> Option<String> {
    let goes_on = |it: &&IncidentRecord| {
        let by_then = it.entries.iter().filter(|entry| entry.seq < seq).cloned().collect();
        let then = IncidentRecord { entries: by_then, ..(*it).clone() };
        it.seq < seq && then.standing(Some(frame.launch)).phase.goes_on()
    };
    let incident = frame.history.incidents.iter().find(goes_on)?;
    Some(format!("incident {} went on, and has an all clear of its own", incident.number))
}

/// Why a rollback needs no message any more.
fn rollback_over(frame: &EvalContext<'_>, seq: u64) -> Option<String> {
    let again = frame.history.rollbacks.iter().any(|run| run.seq > seq);
    // An override is no GO (V12), nor is what does not stand.
    let go = |it: &DecisionRecord| it.decision.is_go() && !it.overrides && it.doubt(frame.launch).is_none();
    let decided = || frame.history.decisions.iter().any(|it| it.seq > seq && go(it));
    if again {
        Some("another rollback was started since".to_owned())
    } else if decided() {
        Some("GO was decided since".to_owned())
    } else {
        None
    }
}
