//! Several launches side by side: where each stands, and where their plans are in each other's way.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Blocks, Board, BoardWord, Brief, Decision, DecisionState, History, Launch, Party, StageState,
    StageStatus, Str, format,
};

/// How long a stage without a soak is taken to be under way.
const A_DAY: Duration = Duration::from_secs(24 * 3_600);

/// One launch of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its id.
    pub launch: Str,
    /// Title for people.
    pub title: Str,
    /// The version going out.
    pub version: Str,
    /// When T-0 comes by the T clock.
    pub t_zero: DateTime<Utc>,
    /// Since when a hold has stopped the T clock.
    pub held_since: Option<DateTime<Utc>>,
    /// What was known last; `None`: nobody has asked or said anything yet.
    pub last: Option<LastKnown>,
    /// What is to be done next, by the journal alone, and who can.
    pub next: Option<(Str, Vec<Party>)>,
    /// It is out, or will not go out: nothing of it is in anybody's way.
    pub over: bool,
    /// Others are asked to wait for it.
    pub holds_others: bool,
}

/// A word of before. It is none about now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastKnown {
    /// The word then.
    pub word: BoardWord,
    /// As it was named then: `SCRUB`, `ROLLED BACK`.
    pub named: Str,
    /// When that was.
    pub at: DateTime<Utc>,
}

/// Two plans that are in each other's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What sort.
    pub kind: ClashKind,
    /// The launch that is to look at its plan.
    pub launch: Str,
    /// The one that it meets.
    pub with: Str,
    /// In one line for people.
    pub what: Str,
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when; `None`: until the other is over.
    pub until: Option<DateTime<Utc>>,
}

/// Sorts of clashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClashKind {
    /// Both roll out of the same repository at the same time.
    Windows,
    /// A stage is planned within a freeze of the other that stops the rollout.
    Freeze,
    /// A hotfix of the same repository is under way, and asks others to wait.
    Hotfix,
    /// Both have one id, and so one journal: what is said of one is said of the other.
    Id,
}

impl ClashKind {
    /// The word in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Freeze => "freeze",
            Self::Hotfix => "hotfix",
            Self::Id => "id",
        }
    }
}

impl Listed {
    /// A launch, by what its journal says now, and by the board of the last moment of which something is on record.
    pub fn of(launch: &Launch, board: &Board, history: &History, last: Option<&Board>) -> Self {
        let ask = Brief::of(launch, board, history).asks.into_iter().next().map(|it| (it.what, it.who));
        let step = board.path.steps.first().map(|it| (it.does.to_string().into(), it.who.clone()));
        let over = is_over(board);
        Self {
            launch: launch.id.clone(),
            title: launch.title.clone(),
            version: board.version.clone(),
            t_zero: board.t_zero,
            held_since: board.held_since,
            last: last.map(|it| LastKnown { word: it.word, named: it.named().into(), at: it.evaluated_at }),
            next: ask.or(step).filter(|_| !over),
            over,
            holds_others: launch.holds_others,
        }
    }
}

/// Everybody has it, or it was decided that nobody will.
fn is_over(board: &Board) -> bool {
    // Harm that goes on is not over, whatever was decided.
    if board.incident.as_ref().is_some_and(super::IncidentState::is_running) {
        return false;
    }
    if board.closed.is_some() {
        return true;
    }
    let stops =
        |it: &DecisionState| it.stands && matches!(it.decision, Decision::NoGo { new_date: None, .. });
    let some_have_it =
        board.stages.iter().any(|it| it.started.is_some() && it.status != StageStatus::RolledBack);
    if board.decision.as_ref().is_some_and(stops) && !some_have_it {
        return true;
    }
    let open = board.gates.iter().any(|it| it.blocks == Blocks::Close && it.verdict.blocks());
    let last = board.stages.iter().rev().find(|it| it.status != StageStatus::NotApplicable);
    let out = last.is_some_and(|it| matches!(it.status, StageStatus::Done | StageStatus::Soaked));
    out && !open
}

/// When a stage is under way, or would be by the plan.
fn span(stage: &StageState) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let out = !matches!(stage.status, StageStatus::NotApplicable | StageStatus::RolledBack);
    let from = stage.started.or(stage.planned).filter(|_| out)?;
    let end = stage.ended.or(stage.soaked_at).filter(|end| *end > from);
    Some((from, end.unwrap_or_else(|| format::later(from, A_DAY))))
}

/// When the rollout is under way: from its first stage to the end of its last; without stages, the day of T-0.
fn window(board: &Board) -> (DateTime<Utc>, DateTime<Utc>) {
    let spans: Vec<_> = board.stages.iter().filter_map(span).collect();
    let from = spans.iter().map(|it| it.0).min().unwrap_or(board.t_zero);
    let until = spans.iter().map(|it| it.1).max().unwrap_or_else(|| format::later(board.t_zero, A_DAY));
    (from, until)
}

/// Where the plans of launches collide, the nearest first. Launches that are over collide with none, except that one with the
/// id of another is told of: it may be over only by what is on record of the other.
pub fn clashes(all: &[(&Launch, &Board)]) -> Vec<Clash> {
    let open: Vec<_> = all.iter().filter(|(_, board)| !is_over(board)).collect();
    let mut found = Vec::new();
    for (at, one) in all.iter().enumerate() {
        let twins = all.iter().skip(at + 1).filter(|other| other.0.id == one.0.id);
        found.extend(twins.map(|other| one_id(*one, *other)));
    }
    for (at, (launch, board)) in open.iter().enumerate() {
        for (other, there) in open.iter().skip(at + 1) {
            if launch.id != other.id {
                windows((launch, board), (other, there), &mut found);
            }
        }
        for (other, there) in open.iter().filter(|(other, _)| other.id != launch.id) {
            freezes((launch, board), other, &mut found);
            hotfix((launch, board), (other, there), &mut found);
        }
    }
    found.sort_by_key(|it| it.from);
    found
}

fn share_a_repository(one: &Launch, other: &Launch) -> Option<Str> {
    let (one, other) = (one.target.as_ref()?, other.target.as_ref()?);
    one.repository.eq_ignore_ascii_case(&other.repository).then(|| one.repository.clone())
}

fn windows(one: (&Launch, &Board), other: (&Launch, &Board), found: &mut Vec<Clash>) {
    let Some(repository) = share_a_repository(one.0, other.0) else { return };
    let (a, b) = (window(one.1), window(other.1));
    let (from, until) = (a.0.max(b.0), a.1.min(b.1));
    if from < until {
        let what = format!("{} and {} roll out of {repository} at the same time", one.0.id, other.0.id);
        found.push(clash(ClashKind::Windows, (one.0, other.0), what, (from, Some(until))));
    }
}

/// A copy of a launch, such as a hotfix, that kept its id.
fn one_id(one: (&Launch, &Board), other: (&Launch, &Board)) -> Clash {
    let (id, a, b) = (&one.0.id, &one.1.version, &other.1.version);
    let what = format!("{id} {a} and {id} {b} have one id, and so one journal: give one of them another id");
    clash(ClashKind::Id, (one.0, other.0), what, (one.1.evaluated_at, None))
}

/// A freeze of another launch that a stage is planned in. What is out already does not start again.
fn freezes(one: (&Launch, &Board), other: &Launch, found: &mut Vec<Clash>) {
    for freeze in other.schedule.freezes.iter().filter(|it| it.stops_rollout) {
        for stage in one.1.stages.iter().filter(|it| it.started.is_none()) {
            let Some((at, _)) = span(stage) else { continue };
            if freeze.from.at <= at && at < freeze.until.at {
                let what = format!(
                    "stage {} of {} is planned within {} of {}",
                    stage.id,
                    one.0.id,
                    format::freeze(&freeze.name),
                    other.id
                );
                found.push(clash(ClashKind::Freeze, (one.0, other), what, (at, Some(freeze.until.at))));
            }
        }
    }
}

fn hotfix(one: (&Launch, &Board), other: (&Launch, &Board), found: &mut Vec<Clash>) {
    let asks = other.0.holds_others && !one.0.holds_others;
    let Some(repository) = share_a_repository(one.0, other.0).filter(|_| asks) else { return };
    let waits = match one.1.decision.as_ref().and_then(DecisionState::stops) {
        Some(word) => format!("{word} stands for {}", one.0.id),
        None => format!("{} should wait, and is not on HOLD", one.0.id),
    };
    let what = format!("{} is a hotfix of {repository}: {waits}", other.0.id);
    found.push(clash(ClashKind::Hotfix, (one.0, other.0), what, (other.1.evaluated_at, None)));
}

fn clash(
    kind: ClashKind,
    (launch, with): (&Launch, &Launch),
    what: String,
    (from, until): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Clash {
    Clash { kind, launch: launch.id.clone(), with: with.id.clone(), what: what.into(), from, until }
}
