//! What of a launch may be told outside the team: to sales and to customers.
//!
//! Pages for them are made from [`Outward`] alone, so that nothing else can be on them: no names of people, no commits, no
//! repositories, no links, no reasons in anybody's words. What it says is never better than what is known: whatever keeps
//! the board from GO, nothing is "as planned" ("No false GO").

use crate::Zone;
use chrono::{DateTime, Utc};

use super::{
    Board, BoardWord, Cause, Decision, Gate, GateState, Launch, MessageState, MessageStatus, Occasion, Party,
    Played, RollbackPhase, StageState, StageStatus, Str, Verdict, reach::Agreement,
};

/// A commit id, or the beginning of one, is at least so long.
const SHORTEST_COMMIT: usize = 7;

/// What may be told outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Outward {
    /// The launch's title.
    pub title: Str,
    /// Its version, unless that is a commit or somebody's answer.
    pub version: Option<Str>,
    /// What it brings, in the words of the launch file.
    pub summary: Option<Str>,
    /// It is not about the present.
    pub played: Option<Played>,
    /// Where it is.
    pub going: Going,
    /// Whether the board is GO now: without it nothing goes as planned.
    pub confirmed: bool,
    /// When the first customers get it, as far as that can be said; `None`: nobody can say.
    pub date: Option<DateTime<Utc>>,
    /// The date that was planned first, where that was another one.
    pub planned: Option<DateTime<Utc>>,
    /// The zone that the launch counts days in.
    pub zone: Zone,
    /// Who gets it when, in order.
    pub steps: Vec<OutwardStep>,
    /// Gates of which the launch says that they are public.
    pub gates: Vec<OutwardGate>,
    /// Messages of which the launch says that they are public, the newest first.
    pub messages: Vec<OutwardMessage>,
    /// Titles of the roles that own these: whom sales can ask.
    pub ask: Vec<Str>,
    /// When this was known.
    pub at: DateTime<Utc>,
}

/// Where a launch is, for people outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Going {
    /// It has a date, and nobody has decided yet.
    Planned,
    /// It has a date, and goes out then by what is known.
    Confirmed,
    /// It has a new date.
    Moved,
    /// It waits; a hold has an end at which people look again, or none.
    Paused {
        /// It is out to so many, 0 to 100; `None`: to nobody, or it is not known.
        percent: Option<f64>,
        /// Whether it is out to anybody.
        out: bool,
        /// The hold's planned end.
        until: Option<DateTime<Utc>>,
    },
    /// It does not go out by the plan.
    Stopped {
        /// A date that is looked at.
        looked_at: Option<DateTime<Utc>>,
    },
    /// Its date is over, and it is not known to be out.
    Overdue,
    /// Some have it.
    GoingOut {
        /// So many, 0 to 100; `None`: a group, or it is not known.
        percent: Option<f64>,
    },
    /// Everybody has it.
    Out,
    /// It is being taken back.
    BeingTakenBack,
    /// It was taken back.
    TakenBack,
    /// Some of it was taken back.
    PartlyTakenBack,
    /// What is known does not tell.
    Unclear,
}

/// A step of the rollout.
#[derive(Clone, Debug, PartialEq)]
pub struct OutwardStep {
    /// So many get it, 0 to 100; `None`: a group of people.
    pub percent: Option<f64>,
    /// Since when they have it, or from when on by the plan; `None`: that is open.
    pub at: Option<DateTime<Utc>>,
    /// Whether they have it.
    pub out: bool,
}

/// A public gate.
#[derive(Clone, Debug, PartialEq)]
pub struct OutwardGate {
    /// Its title.
    pub title: Str,
    /// Whether it is so, by what is known now. An exception is none.
    pub holds: bool,
    /// When it is due, while it is open.
    pub due: Option<DateTime<Utc>>,
}

/// A public message.
#[derive(Clone, Debug, PartialEq)]
pub struct OutwardMessage {
    /// Its title.
    pub title: Str,
    /// Whom it is for.
    pub audience: Str,
    /// What it said; `None`: it was not sent yet.
    pub text: Option<Str>,
    /// When it was sent, or is to be by the plan; `None`: that is open.
    pub at: Option<DateTime<Utc>>,
}

impl Outward {
    /// What of this launch may be told outside, by this board of it.
    pub fn of(launch: &Launch, board: &Board) -> Self {
        let going = going(launch, board);
        let stands = matches!(going, Going::Planned | Going::Confirmed | Going::Moved);
        let first = out(launch, board).filter_map(|stage| stage.started).min();
        let at_once = going == Going::Out && has_no_stages(launch, board);
        let date = first.or_else(|| (stands || at_once).then_some(board.t_zero));
        let files = launch.t0_of_files();
        let public = |gate: &&Gate| gate.public && gate.excluded.is_none();
        let known = |gate: &Gate| board.gate(&gate.id).filter(|it| it.verdict != Verdict::NotApplicable);
        let gates: Vec<_> =
            launch.gates.iter().filter(public).filter_map(|it| Some((it, known(it)?))).collect();
        Self {
            title: launch.title.clone(),
            version: version(launch),
            summary: launch.summary.clone(),
            played: board.scope.played,
            confirmed: is_confirmed(board),
            planned: (board.t_zero != files || date.is_none()).then_some(files),
            date,
            zone: launch.schedule.zone,
            steps: steps(launch, board, going),
            ask: {
                let of_messages = public_messages(board).filter_map(|it| it.owner.as_ref());
                ask(launch, gates.iter().filter_map(|(gate, _)| gate.owner.as_ref()).chain(of_messages))
            },
            messages: messages(board, going),
            gates: gates.into_iter().map(|it| gate(it, going)).collect(),
            going,
            at: board.evaluated_at,
        }
    }
}

/// The board is GO; or the launch is closed, finished, and its evidence still is.
fn is_confirmed(board: &Board) -> bool {
    let word = if is_finished(board) { board.evidence } else { board.word };
    word == BoardWord::Go && board.scope.has_all_gates()
}

/// A version that is a commit is not told, nor one that waits for an answer.
fn version(launch: &Launch) -> Option<Str> {
    let hash = launch.version.len() >= SHORTEST_COMMIT
        && launch.version.bytes().all(|it| it.is_ascii_hexdigit())
        && launch.version.bytes().any(|it| it.is_ascii_alphabetic());
    (!hash && !launch.version.contains("{{")).then(|| launch.version.clone())
}

fn gate((gate, state): (&Gate, &GateState), going: Going) -> OutwardGate {
    let holds = state.verdict == Verdict::Go && !state.stale;
    let due = state.due.as_ref().map(|due| due.at).filter(|_| !holds && plan_holds(going));
    OutwardGate { title: gate.title.clone(), holds, due }
}

/// Titles of roles. People are not named: what a person owns names nobody.
fn ask<'a>(launch: &Launch, owners: impl Iterator<Item = &'a Party>) -> Vec<Str> {
    let mut all: Vec<Str> = Vec::new();
    for owner in owners {
        let Some(role) = launch.roles.get(owner) else { continue };
        let title = role.title.clone().unwrap_or_else(|| owner.text());
        if !all.contains(&title) {
            all.push(title);
        }
    }
    all
}

/// Stages that are counted outside: those that the launch has, without pilots, which run before GO.
fn counted<'a>(launch: &'a Launch, board: &'a Board) -> impl Iterator<Item = &'a StageState> {
    let pilot = |stage: &StageState| {
        let all = launch.rollout.iter().flat_map(|it| &it.stages);
        all.into_iter().any(|it| it.id == stage.id && it.pilot)
    };
    board.stages.iter().filter(move |it| it.status != StageStatus::NotApplicable && !pilot(it))
}

/// Stages that are out.
fn out<'a>(launch: &'a Launch, board: &'a Board) -> impl Iterator<Item = &'a StageState> {
    counted(launch, board).filter(|it| it.started.is_some() && it.status != StageStatus::RolledBack)
}

fn going(launch: &Launch, board: &Board) -> Going {
    let blind = [Cause::JournalBroken, Cause::JournalOffline, Cause::ClockUnknown, Cause::FilesBroken];
    if board.lowered.iter().any(|it| blind.contains(&it.cause)) {
        return Going::Unclear;
    }
    // Some have it under a name that the launch does not know any more.
    let stray = board.lowered.iter().any(|it| it.cause == Cause::StrayStage);
    if stray && out(launch, board).next().is_none() {
        return Going::Unclear;
    }
    let rollback = board.rollback.as_ref();
    match rollback.map(|it| it.phase) {
        Some(RollbackPhase::Running) => return Going::BeingTakenBack,
        Some(RollbackPhase::Partly) if rollback.is_some_and(|it| it.is_newest) => {
            return if agrees(board) { Going::PartlyTakenBack } else { Going::Unclear };
        }
        _ if board.is_rolled_back() => {
            return if agrees(board) { Going::TakenBack } else { Going::Unclear };
        }
        _ => {}
    }
    match out(launch, board).last() {
        // Of a launch that is closed nothing goes on: whoever does not have it does not get it by this plan.
        Some(newest) if board.closed.is_some() => match while_out(launch, board, newest) {
            Going::GoingOut { percent } => Going::Paused { percent, out: true, until: None },
            going => going,
        },
        None if board.closed.is_some() => {
            let whole = is_finished(board) && has_no_stages(launch, board) && is_called(launch, board);
            if whole { Going::Out } else { Going::Stopped { looked_at: None } }
        }
        Some(newest) => while_out(launch, board, newest),
        None => before(launch, board),
    }
}

/// What stops it while it is out: people's word, or harm that was seen.
fn is_stopped(board: &Board) -> bool {
    let harm = [Cause::Guardrail, Cause::Drift, Cause::StrayStage, Cause::Incident];
    // That a launch is closed takes nothing from anybody.
    let stops = |cause: Cause| cause.is_decided() && cause != Cause::Closed;
    board.lowered.iter().any(|it| stops(it.cause) || harm.contains(&it.cause))
}

/// Whether nothing speaks against the record of how far it is out.
fn agrees(board: &Board) -> bool {
    let actual = board.reach.as_ref().and_then(|it| it.actual.as_ref());
    actual.is_none_or(|it| matches!(it.agreement, Agreement::Same | Agreement::Apart))
}

fn while_out(launch: &Launch, board: &Board, newest: &StageState) -> Going {
    // Where record and truth are not known to agree, nobody knows how far it is out.
    let agreed = agrees(board);
    let percent = share(launch, newest).filter(|_| agreed);
    let held = out(launch, board).any(|it| it.status == StageStatus::Held);
    if held || is_stopped(board) {
        return Going::Paused { percent, out: true, until: until(board) };
    }
    let last = counted(launch, board).last().is_some_and(|it| it.id == newest.id);
    let whole = newest.ramp.is_none_or(|ramp| ramp.full_at.is_some_and(|at| at <= board.evaluated_at));
    // Nothing follows, and all of it is reached: a share below 100 is some.
    let everybody = last && whole && agreed && share(launch, newest).is_none_or(|share| share >= 100.0);
    if everybody { Going::Out } else { Going::GoingOut { percent } }
}

/// So many get a stage; on a ramp, so many as it has reached.
fn share(launch: &Launch, stage: &StageState) -> Option<f64> {
    let ramped = stage.ramp.and_then(|ramp| ramp.now);
    ramped.or_else(|| percent(launch, stage))
}

fn percent(launch: &Launch, stage: &StageState) -> Option<f64> {
    let mut all = launch.rollout.iter().flat_map(|it| &it.stages);
    all.find(|it| it.id == stage.id).and_then(|it| it.audience.percent())
}

/// Before anybody has it.
fn before(launch: &Launch, board: &Board) -> Going {
    let decided = board.decision.as_ref().filter(|it| it.stands);
    match decided.map(|it| &it.decision) {
        Some(Decision::NoGo { new_date, .. }) => return Going::Stopped { looked_at: *new_date },
        Some(Decision::Hold { .. }) => {
            return Going::Paused { percent: None, out: false, until: until(board) };
        }
        _ if board.held_since.is_some() || board.lowered.iter().any(|it| it.cause == Cause::Incident) => {
            return Going::Paused { percent: None, out: false, until: until(board) };
        }
        _ => {}
    }
    let confirmed = is_called(launch, board) && board.word == BoardWord::Go && board.scope.has_all_gates();
    if board.t_zero <= board.evaluated_at {
        // Where nothing records who has it, the decision is all that there is to tell.
        let told = confirmed && has_no_stages(launch, board);
        return if told { Going::Confirmed } else { Going::Overdue };
    }
    if matches!(decided.map(|it| &it.decision), Some(Decision::Scrub { .. })) {
        return Going::Moved;
    }
    if confirmed { Going::Confirmed } else { Going::Planned }
}

/// Whether it was closed with nothing left to do.
fn is_finished(board: &Board) -> bool {
    board.closed.as_ref().is_some_and(|it| it.unfinished.is_empty())
}

/// Whether GO was decided, where somebody decides it.
fn is_called(launch: &Launch, board: &Board) -> bool {
    launch.roll_call.is_none() || board.decision.as_ref().is_some_and(super::DecisionState::is_go)
}

/// Whether the launch goes out at once, and nothing records how far.
fn has_no_stages(launch: &Launch, board: &Board) -> bool {
    counted(launch, board).next().is_none()
}

/// The planned end of the hold that stands.
fn until(board: &Board) -> Option<DateTime<Utc>> {
    let decided = board.decision.as_ref().filter(|it| it.stands)?;
    match &decided.decision {
        Decision::Hold { until, .. } => until.filter(|at| *at > board.evaluated_at),
        _ => None,
    }
}

/// Planned dates are shown only while the plan stands.
fn steps(launch: &Launch, board: &Board, going: Going) -> Vec<OutwardStep> {
    if matches!(going, Going::Unclear | Going::BeingTakenBack | Going::TakenBack | Going::PartlyTakenBack) {
        return Vec::new();
    }
    let holds = plan_holds(going);
    counted(launch, board)
        .map(|stage| {
            let out = stage.started.is_some() && stage.status != StageStatus::RolledBack;
            let planned = stage.planned.filter(|at| holds && *at > board.evaluated_at);
            let at = if out { stage.started } else { planned };
            OutwardStep { percent: percent(launch, stage), at, out }
        })
        .collect()
}

/// Whether planned dates may be told.
fn plan_holds(going: Going) -> bool {
    matches!(going, Going::Planned | Going::Confirmed | Going::Moved | Going::GoingOut { .. } | Going::Out)
}

fn public_messages(board: &Board) -> impl Iterator<Item = &MessageState> {
    board.messages.iter().filter(|it| it.public && it.status != MessageStatus::NotNeeded)
}

/// What was sent, the newest first, then what is to be sent. Nobody outside sees a message about something that has not happened.
fn messages(board: &Board, going: Going) -> Vec<OutwardMessage> {
    let mut all: Vec<_> = public_messages(board)
        .filter(|it| it.sent.is_some() || it.occasion == Occasion::Plan)
        .map(|it| OutwardMessage {
            title: it.title.clone(),
            audience: it.audience.clone(),
            text: it.sent.as_ref().map(|sent| sent.text.clone()),
            at: match &it.sent {
                Some(sent) => Some(sent.voice.at),
                None => it.due.filter(|at| plan_holds(going) && *at > board.evaluated_at),
            },
        })
        .collect();
    all.sort_by_key(|it| (it.text.is_none(), it.text.as_ref().and(it.at).map(std::cmp::Reverse), it.at));
    all
}
