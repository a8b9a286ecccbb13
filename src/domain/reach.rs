//! How far the release really is out: by the record, by a source, and by the traffic.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{GateId, Launch, Query, StageId, Stamp, Str};

/// A question of the rollout as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gauge {
    /// What its source is asked.
    pub query: Query,
    /// A connection of the user's settings, by name.
    pub connection: Option<Str>,
    /// How old an answer may be and still count (V5).
    pub fresh: Duration,
    /// The length of a window, where it counts over time.
    pub window: Option<Duration>,
}

/// Which question of the rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaugeKind {
    /// `rollout.actual`: what tells how far the release is out.
    Actual,
    /// `rollout.exposure`: the share of the traffic that has the release.
    Exposure,
}

impl GaugeKind {
    /// What observations call it: the name of no gate and of no guardrail.
    pub fn subject(self) -> GateId {
        GateId::new(match self {
            Self::Actual => "guardrail/.actual",
            Self::Exposure => "guardrail/.exposure",
        })
    }
}

/// The stage that is out, by the record and in truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// The newest stage that is out by the record; `None`: all were taken back.
    pub stage: Option<StageId>,
    /// Whom it reaches by the record, for people: `10 %`.
    pub recorded: Str,
    /// The same as a percentage, 0 to 100; `None`: the audience is none.
    pub percent: Option<f64>,
    /// The source that knows it; `None`: the launch asks none.
    pub actual: Option<ActualState>,
    /// What the traffic says; `None`: the launch asks nobody, or no stage is out.
    pub exposure: Option<ExposureState>,
    /// The first moment at which it changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
}

/// Whether record and truth agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// They do.
    Same,
    /// They do not: drift.
    Differs,
    /// It is not known, and should be.
    Unknown,
    /// The audience of the stage cannot be compared with it.
    Apart,
}

/// What tells how far the release is out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActualState {
    /// Who tells: the source.
    pub source: Str,
    /// What it is, for people: `25 %`, `3f2a1bc`; empty while it is not known. Foreign text in it is not yet sanitised.
    pub real: Str,
    /// The same as a percentage, 0 to 100: the least and the most; `None`: it is none.
    pub percent: Option<(f64, f64)>,
    /// Whether it is as recorded.
    pub agreement: Agreement,
    /// In one line for people.
    pub reason: Str,
    /// When it was last told.
    pub observed_at: Option<Stamp>,
    /// The page a person would open.
    pub url: Option<Str>,
}

/// The share of the traffic that has the release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExposureState {
    /// Of those, 0 to 1; `None`: nothing fresh is known.
    pub share: Option<f64>,
    /// Counted since the stage started: those that have the release, and all.
    pub counted: Option<(u64, u64)>,
    /// It is shown that the stage does not get its share.
    pub off: bool,
    /// In one line for people: `3 % seen (60 of 2,000)`.
    pub reason: Str,
    /// When it was last measured.
    pub observed_at: Option<Stamp>,
}

/// What is asked beside the gates, as long as a stage is out.
#[derive(Clone, Debug)]
pub struct Sounding<'a> {
    /// What observations call it.
    pub subject: GateId,
    /// What its source is asked.
    pub query: &'a Query,
    /// A connection of the user's settings, by name.
    pub connection: Option<&'a Str>,
    /// How old an answer may be and still count (V5).
    pub fresh: Duration,
}

fn gauge(kind: GaugeKind, it: Option<&Gauge>) -> Option<Sounding<'_>> {
    let it = it?;
    let connection = it.connection.as_ref();
    Some(Sounding { subject: kind.subject(), query: &it.query, connection, fresh: it.fresh })
}

impl Launch {
    /// The guardrails, and what tells how far the release is out.
    pub fn soundings(&self) -> Vec<Sounding<'_>> {
        let guardrails = self.guardrails.values().map(|it| Sounding {
            subject: it.subject(),
            query: &it.query,
            connection: it.connection.as_ref(),
            fresh: it.fresh,
        });
        let of_all = self.rollout.iter().flat_map(|it| {
            [gauge(GaugeKind::Actual, it.actual.as_ref()), gauge(GaugeKind::Exposure, it.exposure.as_ref())]
        });
        guardrails.chain(of_all.flatten()).collect()
    }
}

impl Reach {
    /// `stage/canary: 10 % recorded, 25 % by flag, 3 % seen (60 of 2,000)`.
    pub fn describe(&self) -> String {
        let stage = self.stage.as_ref().map_or_else(|| "rolled back".to_owned(), |id| format!("stage/{id}"));
        format!("{stage}: {}", self.facts())
    }

    /// The same without the stage: `10 % recorded, 25 % by flag`.
    pub fn facts(&self) -> String {
        let recorded = format!("{} recorded", self.recorded);
        let actual = self.actual.as_ref().map(|it| it.reason.to_string());
        let seen = self.exposure.as_ref().map(|it| it.reason.to_string());
        [Some(recorded), actual, seen].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whether record and truth are known to differ.
    pub fn drifts(&self) -> bool {
        self.actual.as_ref().is_some_and(|it| it.agreement == Agreement::Differs)
    }
}
