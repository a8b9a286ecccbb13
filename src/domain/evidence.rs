//! What sources said: complete findings, typed failures, and how the newest of them are kept per gate.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Digest, Failure, GateId, Measured, Oid, Series, ServerClocks, SourceId, Stamp, Str};

/// What a source said about one gate at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The gate.
    pub gate: GateId,
    /// The question it answers, see [`super::Question::digest`].
    pub question: Digest,
    /// When the asking began: an answer is at most this old.
    pub seen: Stamp,
    /// The answer.
    pub answer: Answer,
}

/// A complete answer or a typed failure; nothing between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Complete (V3).
    Found(Finding),
    /// There is no answer, and why.
    Failed(Failure),
}

/// A complete answer. The source has compared the facts with the gate's own limits; freshness, target, order and
/// people are the evaluator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Whether the condition holds.
    pub outcome: Outcome,
    /// The facts in one line: `1 open issue: CHK-108 "Refund twice"`. Foreign text in it is not yet sanitised.
    pub reason: Str,
    /// The commit it is about; mandatory for [`super::Bound::Commit`].
    pub about: Option<Oid>,
    /// A go ends at this moment by the fact's own age (`max_age`).
    pub until: Option<DateTime<Utc>>,
    /// Since when it holds, by the source's own clock: when the run ended, when it was merged. `None`: the source does not
    /// tell, or it does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// The page a person would open.
    pub url: Option<Str>,
    /// Up to ten rows of detail: the issues, the runs, the checks.
    pub rows: Vec<Str>,
    /// The class of endpoint it came from: `graphql issues`, `rest actions/runs`.
    pub lineage: Str,
    /// States that a gate's open `accept` let pass and that are to be shown (V4).
    pub accepted: Vec<Str>,
    /// What was measured for a guardrail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

impl Finding {
    /// Nothing but whether it holds, the facts in one line, and the class of endpoint that they came from.
    pub fn new(outcome: Outcome, reason: impl Into<Str>, lineage: impl Into<Str>) -> Self {
        Self {
            outcome,
            reason: reason.into(),
            about: None,
            until: None,
            since: None,
            url: None,
            rows: Vec::new(),
            lineage: lineage.into(),
            accepted: Vec::new(),
            measured: None,
        }
    }
}

/// What a complete answer says of the condition. Ordered by badness, like the verdicts that come of it: the worse of two
/// is `max`, what fails fails, and what is unclear proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Holds,
    /// Under way: running, queued, two of three.
    Pending,
    /// The answer is complete and still proves nothing: no run found, a value not known at build time (V2, V4).
    Unclear,
    /// It does not hold.
    Fails,
}

/// Something with the moment it was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed<T> {
    /// When it was seen, by wall clock and by uptime.
    pub seen: Stamp,
    /// What was seen.
    pub value: T,
}

/// The newest of what is known about one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateEvidence {
    /// The question both are answers to.
    pub question: Digest,
    /// The last complete answer. Kept for display after a definitive failure, see `failure`.
    pub finding: Option<Observed<Finding>>,
    /// The failure since then, if the newest answer was one. A definitive one voids the finding (V6).
    pub failure: Option<Observed<Failure>>,
    /// Since when it holds without a break: set by the first finding that holds, cleared by any other finding, by a
    /// definitive failure and by another commit. Timers count from it.
    pub go_since: Option<Stamp>,
    /// When a complete answer last said otherwise: it was not true before that, whatever a source reports since.
    pub otherwise: Option<Stamp>,
}

/// What a source said about where a component's ref points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetAnswer {
    /// `None`: the launch's own target.
    pub component: Option<Str>,
    /// When the asking began.
    pub seen: Stamp,
    /// The commit, or why it is not known.
    pub answer: Result<Oid, Failure>,
}

/// How a source is doing, for the footer, the source row and `doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHealth {
    /// Which source.
    pub source: SourceId,
    /// By which connection of the settings; `None`: the default one.
    #[serde(default)]
    pub connection: Option<Str>,
    /// What it is doing.
    pub phase: Phase,
    /// When it last answered anything.
    pub answered: Option<Stamp>,
    /// How many questions it was asked last, refs included.
    #[serde(default)]
    pub asked: usize,
    /// How many of these it has not answered.
    #[serde(default)]
    pub open: usize,
    /// The newest failure, cleared by a complete answer.
    pub failure: Option<Failure>,
    /// When it will be asked next.
    pub next: Option<DateTime<Utc>>,
    /// What is left of its rate budgets, one of a sort.
    #[serde(default)]
    pub budgets: Vec<Budget>,
}

impl SourceHealth {
    /// One of which nothing else is known.
    pub fn new(source: SourceId, connection: Option<Str>, phase: Phase) -> Self {
        Self {
            source,
            connection,
            phase,
            answered: None,
            asked: 0,
            open: 0,
            failure: None,
            next: None,
            budgets: Vec::new(),
        }
    }
}

/// What a source is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Never asked yet.
    Starting,
    /// A request is under way.
    Asking,
    /// Waiting for the next interval after a good answer.
    Well,
    /// Waiting longer after a failure.
    BackingOff,
    /// The source said when to come back.
    RateLimited,
    /// Its code failed; it is asked again with back-off.
    Crashed,
}

/// What is left of a rate budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// What is counted.
    #[serde(default)]
    pub of: BudgetOf,
    /// Requests or points allowed in the window.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// When the window ends, by the server's clock where it told.
    pub resets: DateTime<Utc>,
}

/// What a rate budget counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetOf {
    /// Requests, where a server counts nothing else.
    #[default]
    Requests,
    /// GitHub's REST requests.
    Rest,
    /// GitHub's GraphQL points.
    Graphql,
    /// GitHub's searches.
    Search,
    /// Linear's complexity points.
    Complexity,
    /// Requests to one of Linear's endpoints.
    Endpoint,
}

impl BudgetOf {
    /// What so many of are left, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Rest => "REST requests",
            Self::Graphql => "GraphQL points",
            Self::Search => "searches",
            Self::Complexity => "complexity points",
            Self::Endpoint => "requests to one endpoint",
        }
    }
}

/// The newest of everything that sources said. The application keeps it beside the journal.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// By gate.
    pub gates: HashMap<GateId, GateEvidence>,
    /// Resolved commits by component (`None`: the launch's own target).
    pub targets: BTreeMap<Option<Str>, TargetEvidence>,
    /// How the sources are doing, by connection.
    pub sources: BTreeMap<(SourceId, Option<Str>), SourceHealth>,
    /// The time that their servers gave.
    pub clocks: ServerClocks,
    /// Since when gates held when they were last looked at before this process began.
    remembered: HashMap<GateId, Remembered>,
    /// The windows of each guardrail, and the question that they answer.
    series: HashMap<GateId, (Digest, Series)>,
}

/// Since when an answer holds that is on record, and when one said otherwise last.
#[derive(Clone, Debug)]
struct Remembered {
    question: Digest,
    about: Option<Oid>,
    since: Option<Stamp>,
    otherwise: Option<Stamp>,
}

/// The newest of what is known about where a ref points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetEvidence {
    /// The last commit it resolved to.
    pub oid: Option<Observed<Oid>>,
    /// The failure since then.
    pub failure: Option<Observed<Failure>>,
    /// The commit before that, when it moved while we watched.
    pub moved_from: Option<Oid>,
}

impl Evidence {
    /// Takes in one observation. An older one than what is known is ignored; a failure never renews a finding (V6);
    /// an answer to another question starts afresh.
    pub fn observe(&mut self, observation: Observation) {
        let Observation { gate, question, seen, answer } = observation;
        let asked = gate.clone();
        let entry = self.gates.entry(gate).or_insert_with(|| GateEvidence::unknown(question.clone()));
        if entry.question != question {
            *entry = GateEvidence::unknown(question);
        }
        if entry.newest().is_some_and(|newest| newest.wall > seen.wall && newest.boot >= seen.boot) {
            return;
        }
        // What was on record counts on with the first answer that says the same, and is forgotten with any other.
        let remembered = match &answer {
            Answer::Failed(value) if value.kind.is_transient() => None,
            _ => self.remembered.remove(&asked),
        };
        match answer {
            Answer::Found(mut value) => {
                match value.measured.take() {
                    reach @ Some(Measured::Reach { .. }) => value.measured = reach,
                    Some(measured) => measure(&mut self.series, asked, &entry.question, &measured),
                    None => {}
                }
                let remembered = remembered.filter(|it| it.question == entry.question);
                let before = remembered.as_ref().and_then(|it| it.otherwise);
                entry.otherwise = entry.otherwise.or(before);
                let same = remembered.filter(|it| it.about == value.about);
                if value.outcome != Outcome::Holds {
                    entry.otherwise = Some(seen);
                }
                entry.go_since = entry.since_when(&value, same.and_then(|it| it.since).unwrap_or(seen));
                entry.finding = Some(Observed { seen, value });
                entry.failure = None;
            }
            Answer::Failed(value) => {
                if !value.kind.is_transient() {
                    entry.go_since = None;
                    // That it said otherwise once stays true.
                    let remembered = remembered.filter(|it| it.question == entry.question);
                    entry.otherwise = entry.otherwise.or(remembered.and_then(|it| it.otherwise));
                }
                let definitive = entry.failure.as_ref().is_some_and(|old| !old.value.kind.is_transient());
                if !(definitive && value.kind.is_transient()) {
                    entry.failure = Some(Observed { seen, value });
                }
            }
        }
    }

    /// Takes in what was answered before this process began, oldest first: it proves nothing now, but a timer that
    /// counts since a gate is go does not start again with each process.
    pub fn remember(&mut self, observations: impl IntoIterator<Item = Observation>) {
        let mut before = Self::default();
        observations.into_iter().for_each(|it| before.observe(it));
        // What was measured is past, and stays what it was.
        self.series.extend(before.series);
        for (gate, known) in before.gates {
            let (since, otherwise) = (known.go_since, known.otherwise);
            if let (true, Some(found)) = (since.or(otherwise).is_some(), known.finding) {
                let (question, about) = (known.question, found.value.about);
                self.remembered.insert(gate, Remembered { question, about, since, otherwise });
            }
        }
    }

    /// Takes in what was answered last before this process began, to be shown until somebody answers. It belongs to no boot, and so
    /// is stale whatever its age (V7): it proves nothing, and since when something holds is not told by it. What is known
    /// already stays.
    pub fn recall(&mut self, observation: Observation) {
        let Observation { gate, question, seen, answer } = observation;
        let Answer::Found(value) = answer else { return };
        if value.measured.is_some() {
            return;
        }
        let seen = Stamp { boot: None, ..seen };
        let entry = self.gates.entry(gate).or_insert_with(|| GateEvidence::unknown(question));
        if entry.finding.is_none() && entry.failure.is_none() {
            entry.finding = Some(Observed { seen, value });
        }
    }

    /// The same for where a ref pointed.
    pub fn recall_target(&mut self, answer: TargetAnswer) {
        if self.targets.contains_key(&answer.component) || answer.answer.is_err() {
            return;
        }
        let seen = Stamp { boot: None, ..answer.seen };
        self.resolve(TargetAnswer { seen, ..answer });
    }

    /// The windows that are known of a guardrail, to the question of today.
    pub(super) fn windows(&self, guardrail: &GateId, question: &Digest) -> &[crate::Window] {
        let known = self.series.get(guardrail).filter(|(asked, _)| asked == question);
        known.map_or(&[], |(_, series)| series.windows())
    }

    /// The windows that are known of a guardrail, whatever the question was.
    pub fn series(&self, guardrail: &GateId) -> Option<&[crate::Window]> {
        self.series.get(guardrail).map(|(_, series)| series.windows())
    }

    /// What of an observation is not known yet: windows are written down once, not with every look.
    #[must_use]
    pub fn news(&self, observation: &Observation) -> Observation {
        let mut news = observation.clone();
        if let Answer::Found(Finding { measured: Some(measured), .. }) = &mut news.answer
            && let Some((asked, series)) = self.series.get(&news.gate)
            && *asked == news.question
        {
            *measured = series.news(measured);
        }
        news
    }

    /// Takes in where a ref points.
    pub fn resolve(&mut self, answer: TargetAnswer) {
        let entry = self.targets.entry(answer.component).or_default();
        match answer.answer {
            Ok(value) => {
                if let Some(old) = &entry.oid
                    && old.value != value
                {
                    entry.moved_from = Some(old.value.clone());
                }
                entry.oid = Some(Observed { seen: answer.seen, value });
                entry.failure = None;
            }
            // A transient failure after a definitive one brings nothing back (V6).
            Err(value) if entry.is_denied() && value.kind.is_transient() => {}
            Err(value) => entry.failure = Some(Observed { seen: answer.seen, value }),
        }
    }

    /// Takes in how a source is doing.
    pub fn health(&mut self, health: SourceHealth) {
        self.sources.insert((health.source.clone(), health.connection.clone()), health);
    }
}

impl TargetEvidence {
    fn is_denied(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| !failure.value.kind.is_transient())
    }
}

impl GateEvidence {
    fn unknown(question: Digest) -> Self {
        Self { question, finding: None, failure: None, go_since: None, otherwise: None }
    }

    fn since_when(&self, next: &Finding, seen: Stamp) -> Option<Stamp> {
        let same = self.finding.as_ref().is_some_and(|old| old.value.about == next.about);
        (next.outcome == Outcome::Holds).then(|| self.go_since.filter(|_| same).unwrap_or(seen))
    }

    fn newest(&self) -> Option<Stamp> {
        let finding = self.finding.as_ref().map(|it| it.seen);
        self.failure.as_ref().map(|it| it.seen).or(finding)
    }
}

impl SourceHealth {
    /// The budget with the smallest share left.
    pub fn scarcest(&self) -> Option<Budget> {
        Budget::scarcest(&self.budgets)
    }
}

impl Budget {
    /// The one with the smallest share left.
    pub fn scarcest(all: &[Self]) -> Option<Self> {
        all.iter().copied().min_by(|a, b| a.share().total_cmp(&b.share()))
    }

    /// Keeps the newer word about each sort of budget. Answers may arrive out of order: within one window the smaller
    /// remainder is the newer.
    pub fn note(all: &mut Vec<Self>, new: Self) {
        match all.iter_mut().find(|old| old.of == new.of) {
            Some(old) if old.resets == new.resets && old.remaining < new.remaining => {}
            Some(old) => *old = new,
            None => {
                all.push(new);
                all.sort_by_key(|it| it.of);
            }
        }
    }

    /// Share that is left, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share for display and pacing")]
    pub fn share(&self) -> f64 {
        if self.limit == 0 { 0.0 } else { self.remaining as f64 / self.limit as f64 }
    }

    /// Time until the window ends.
    pub fn resets_in(&self, now: DateTime<Utc>) -> Duration {
        (self.resets - now).to_std().unwrap_or_default()
    }
}

/// Adds what was measured; the answer to another question starts a series of its own.
fn measure(
    all: &mut HashMap<GateId, (Digest, Series)>,
    guardrail: GateId,
    question: &Digest,
    measured: &Measured,
) {
    let (asked, series) = all.entry(guardrail).or_insert_with(|| (question.clone(), Series::default()));
    if asked != question {
        (*asked, *series) = (question.clone(), Series::default());
    }
    series.take(measured);
}
