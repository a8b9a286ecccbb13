//! How launches went, for those who prepare the next one: what a journal knows about a launch as a whole.
//!
//! Only what is known is shown. A board of another launch cannot be evaluated without its files; then the boards that
//! its decisions were made on, which the journal keeps whole, are what is known of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    BoardWord, Decision, DecisionRecord, Event, Figures, GateId, History, RiskCourse, RiskTally,
    RollbackResult, Score, StageAct, Stood, Str, Verdict,
};

/// How one launch went.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackRecord {
    /// The launch's id.
    pub launch: Str,
    /// Its title, as the newest decision's board had it.
    pub title: Option<Str>,
    /// The version of its newest act.
    pub version: Str,
    /// T-0, after scrubs; `None`: no decision tells it.
    pub t0: Option<DateTime<Utc>>,
    /// When the T clock stood at zero, holds counted; `None` until then.
    pub reached: Option<DateTime<Utc>>,
    /// First and last act.
    pub acts: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The counts at T-0; `None` until then, or when nothing tells them.
    pub at_t0: Option<BoardAtT0>,
    /// Waivers given.
    pub waivers: u32,
    /// HOLD decisions.
    pub holds: u32,
    /// How long the T clock stood in them, up to the moment that was asked for.
    pub held: Duration,
    /// SCRUB decisions.
    pub scrubs: u32,
    /// GO against a board that was not GO (V12).
    pub overrides: u32,
    /// Stages taken back one by one, and rollbacks that took something back.
    pub rollbacks: u32,
    /// From the first board that said NO-GO to the first GO after it; `None`: there was none, or no GO since.
    pub no_go_to_go: Option<Duration>,
    /// The reasons of its HOLD decisions, in order.
    pub hold_reasons: Vec<Str>,
    /// Incidents that were opened.
    pub incidents: u32,
    /// Its risks, in the order in which they were stated, with what had become of each when it was closed; of an open launch by now.
    pub risks: Vec<RiskCourse>,
    /// When it was closed, and whether it was unfinished then; `None`: it is open.
    pub closed: Option<(DateTime<Utc>, bool)>,
    /// What its boards came to, as kept when it was closed; `None`: nothing tells it.
    pub figures: Option<Figures>,
    /// The gates that counted on the board of [`Self::at_t0`], and whether each was waived.
    pub gates_at_t0: Vec<(GateId, bool)>,
}

/// A gate that later launches may do without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prune {
    /// The gate.
    pub gate: GateId,
    /// What the record of this gate shows.
    pub why: PruneWhy,
    /// In so many launches, which is all that have it and tell of it.
    pub launches: u32,
}

/// Why a gate may be one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PruneWhy {
    /// It was never no-go on any board.
    NeverRed,
    /// It was waived at every T-0.
    AlwaysWaived,
}

/// The counts of the board by which a launch went: that of the GO that was the newest decision at T-0, or of the first GO
/// after it. One that did not go is described by the newest decision at T-0, and not measured. A board is never
/// evaluated again: files and answers of another day would count other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BoardAtT0 {
    /// The counts.
    pub score: Score,
    /// The board's word.
    pub word: BoardWord,
    /// The board's own moment.
    pub at: DateTime<Utc>,
    /// GO was decided on it, by an OVERRIDE or not.
    pub went: bool,
}

/// Several launches together. Shares are over all their gates, not over launches: a small launch weighs less.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Together {
    /// How many launches are counted together.
    pub launches: u32,
    /// Launches that went, and whose counts then are known.
    pub measured: u32,
    /// The sum of their counts.
    pub score: Score,
    /// Waivers given.
    pub waivers: u32,
    /// HOLD decisions.
    pub holds: u32,
    /// How long the T clock stood in them.
    pub held: Duration,
    /// Decisions for GO against a board that was not GO.
    pub overrides: u32,
    /// Stages taken back.
    pub rollbacks: u32,
    /// Risks, by what became of them.
    pub risks: RiskTally,
}

/// What is needed of a board that a decision keeps. Boards of older versions have fewer keys, of newer ones more.
#[derive(Deserialize)]
struct KeptFigures {
    title: Str,
    t0: DateTime<Utc>,
    evaluated_at: DateTime<Utc>,
    score: Score,
    word: BoardWord,
    #[serde(default)]
    gates: Vec<KeptGate>,
}

#[derive(Deserialize)]
struct KeptGate {
    id: GateId,
    verdict: Verdict,
    #[serde(default)]
    counted: bool,
}

impl TrackRecord {
    /// What the acts tell, as of `now`.
    pub fn of<'a>(launch: Str, events: impl IntoIterator<Item = &'a Event>, now: DateTime<Utc>) -> Self {
        let (mut history, mut acts, mut version) = (History::default(), None, Str::from(""));
        for event in events {
            history.apply(event);
            version.clone_from(&event.version);
            let (first, last) = acts.unwrap_or((event.at, event.at));
            acts = Some((event.at.min(first), event.at.max(last)));
        }
        let newest = history.decisions.iter().rev().find_map(KeptFigures::of);
        let t0 = history.t0().or(newest.as_ref().map(|kept| kept.t0));
        let zero = |t0| {
            let (t0, stood) = history.t_clock(None, t0, now);
            Stood::shift(&stood, t0)
        };
        let reached = t0.map(zero).filter(|zero| *zero <= now);
        let count =
            |of: fn(&DecisionRecord) -> bool| sum(history.decisions.iter().filter(|it| of(it)).count());
        let steps = history.stages.values().flatten();
        let ended = history
            .rollbacks
            .iter()
            .filter(|run| run.ended.as_ref().is_some_and(|end| end.result != RollbackResult::ForwardFix));
        let ended = ended.count();
        let before_t0 = reached.and_then(|zero| went_in_by(&history.decisions, zero));
        let holds = history.decisions.iter().filter(|it| matches!(it.decision, Decision::Hold { .. }));
        let closing = history.closings.last();
        let closed = closing.filter(|it| it.reopened.is_empty());
        let end = closed.map_or(now, |it| it.voice.at);
        Self {
            launch,
            title: newest.map(|kept| kept.title),
            version,
            t0,
            acts,
            at_t0: before_t0.as_ref().map(|(kept, went)| BoardAtT0::of(kept, *went)),
            gates_at_t0: before_t0.iter().flat_map(|(kept, _)| kept.counted()).collect(),
            hold_reasons: holds.map(|it| it.reason.clone()).collect(),
            incidents: sum(history.incidents.len()),
            risks: history.risks.iter().filter_map(|it| it.course(end)).collect(),
            closed: closed.map(|it| (it.voice.at, !it.unfinished.is_empty())),
            figures: closing.and_then(|it| it.figures.as_deref().cloned()),
            reached,
            waivers: sum(history.waivers.values().map(Vec::len).sum()),
            holds: count(|it| matches!(it.decision, Decision::Hold { .. })),
            held: history.held_ever(now),
            scrubs: count(|it| matches!(it.decision, Decision::Scrub { .. })),
            overrides: count(|it| it.overrides),
            rollbacks: sum(steps.filter(|it| it.step == StageAct::RolledBack).count() + ended),
            no_go_to_go: turned(history.decisions.iter().map(|it| (it.at, said(it)))),
        }
    }
}

impl BoardAtT0 {
    fn of(kept: &KeptFigures, went: bool) -> Self {
        Self { score: kept.score, word: kept.word, at: kept.evaluated_at, went }
    }

    /// Adherence: the share of blocking gates that were go without a waiver, 0 to 1. What does not apply is left out.
    /// `None`: there was no gate, or the launch did not go, and whoever stops has not left the checklist.
    pub fn adherence(&self) -> Option<f64> {
        share(self.score.go, self.score.of).filter(|_| self.went)
    }

    /// Readiness: the share that blocked nothing, waived gates included, 0 to 1.
    pub fn readiness(&self) -> Option<f64> {
        share(self.score.go.saturating_add(self.score.waived), self.score.of)
    }
}

impl Together {
    /// These launches.
    pub fn of<'a>(all: impl IntoIterator<Item = &'a TrackRecord>) -> Self {
        let mut it = Self::default();
        for record in all {
            it.launches += 1;
            it.waivers = it.waivers.saturating_add(record.waivers);
            it.holds = it.holds.saturating_add(record.holds);
            it.held = it.held.saturating_add(record.held);
            it.overrides = it.overrides.saturating_add(record.overrides);
            it.rollbacks = it.rollbacks.saturating_add(record.rollbacks);
            it.risks = it.risks.plus(RiskTally::of(&record.risks));
            if let Some(reading) = record.at_t0.as_ref().filter(|it| it.went) {
                it.measured += 1;
                it.score = plus(it.score, reading.score);
            }
        }
        it
    }

    /// How many of the measured launches reached a target, and of how many.
    pub fn met<'a>(all: impl IntoIterator<Item = &'a TrackRecord>, target: f64) -> (u32, u32) {
        let shares = all.into_iter().filter_map(|it| it.at_t0.as_ref()?.adherence());
        shares.fold((0, 0), |(met, of), share| (met + u32::from(share + f64::EPSILON >= target), of + 1))
    }

    /// Adherence over all measured launches.
    pub fn adherence(&self) -> Option<f64> {
        share(self.score.go, self.score.of)
    }
}

impl KeptFigures {
    fn of(record: &DecisionRecord) -> Option<Self> {
        record.board.read().ok()
    }

    fn counted(&self) -> impl Iterator<Item = (GateId, bool)> + '_ {
        let counted = self.gates.iter().filter(|it| it.counted && it.verdict != Verdict::NotApplicable);
        counted.map(|it| (it.id.clone(), it.verdict == Verdict::Waived))
    }
}

/// The board by which a launch went, and whether it did; see [`BoardAtT0`].
fn went_in_by(decisions: &[DecisionRecord], t0: DateTime<Utc>) -> Option<(KeptFigures, bool)> {
    let by_then = decisions.iter().rfind(|record| record.at <= t0);
    let late = || decisions.iter().find(|record| record.at > t0 && record.decision.is_go());
    let go = by_then.filter(|record| record.decision.is_go()).or_else(late);
    match go {
        // A stop that the GO ended still stood on the board that was kept.
        Some(record) => Some((KeptFigures { word: record.word, ..KeptFigures::of(record)? }, true)),
        None => Some((by_then.and_then(KeptFigures::of)?, false)),
    }
}

/// Gates that were never red, or waived every time, in at least two launches and in all that tell of them.
pub fn prune(all: &[TrackRecord]) -> Vec<Prune> {
    let mut seen: Vec<(&GateId, PruneWhy, u32, bool)> = Vec::new();
    let mut count =
        |gate, why, holds: bool| match seen.iter_mut().find(|(id, of, ..)| *id == gate && *of == why) {
            Some((_, _, launches, always)) => (*launches, *always) = (*launches + 1, *always && holds),
            None => seen.push((gate, why, 1, holds)),
        };
    for record in all {
        let boards = record.figures.iter().flat_map(|it| &it.gates);
        boards.for_each(|it| count(&it.gate, PruneWhy::NeverRed, !it.red));
        record.gates_at_t0.iter().for_each(|(gate, waived)| count(gate, PruneWhy::AlwaysWaived, *waived));
    }
    let always = seen.into_iter().filter(|(_, _, launches, always)| *always && *launches > 1);
    let mut found: Vec<_> =
        always.map(|(gate, why, launches, _)| Prune { gate: gate.clone(), why, launches }).collect();
    found.sort_by(|a, b| (a.why, &a.gate).cmp(&(b.why, &b.gate)));
    found
}

/// The word of a decision, as far as it tells the board's: GO only when board and people agreed (V12).
fn said(record: &DecisionRecord) -> BoardWord {
    match (&record.decision, record.word) {
        (Decision::NoGo { .. }, _) | (_, BoardWord::NoGo) => BoardWord::NoGo,
        (Decision::Go { .. }, BoardWord::Go) if !record.overrides => BoardWord::Go,
        _ => BoardWord::Hold,
    }
}

/// From the first NO-GO to the first GO after it.
fn turned(words: impl Iterator<Item = (DateTime<Utc>, BoardWord)>) -> Option<Duration> {
    let mut words = words.skip_while(|(_, word)| *word != BoardWord::NoGo);
    let (from, _) = words.next()?;
    let (to, _) = words.find(|(_, word)| *word == BoardWord::Go)?;
    Some((to - from).to_std().unwrap_or_default())
}

fn plus(one: Score, other: Score) -> Score {
    Score {
        of: one.of.saturating_add(other.of),
        go: one.go.saturating_add(other.go),
        no_go: one.no_go.saturating_add(other.no_go),
        pending: one.pending.saturating_add(other.pending),
        unknown: one.unknown.saturating_add(other.unknown),
        waived: one.waived.saturating_add(other.waived),
        not_applicable: one.not_applicable.saturating_add(other.not_applicable),
    }
}

fn share(part: u32, of: u32) -> Option<f64> {
    (of > 0).then(|| f64::from(part) / f64::from(of))
}

fn sum(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
