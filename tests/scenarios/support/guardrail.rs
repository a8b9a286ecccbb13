//! Guardrails of scenario files, and the windows that their sources measured.

use std::time::Duration;

use gonogo::domain::*;
use serde::Deserialize;

use super::{noon, span};

/// A guardrail with windows of five minutes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardrailSpec {
    pub id: String,
    /// A share; a value where `value` is set.
    pub at_most: Option<f64>,
    #[serde(default)]
    pub value: bool,
    pub control: Option<f64>,
    pub watch_at: Option<f64>,
    pub stop_at: Option<f64>,
    #[serde(default)]
    pub calls_for: CallsFor,
}

/// So many windows that are alike.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowsSpec {
    /// When the first began, before noon.
    pub from: String,
    pub count: i64,
    #[serde(default)]
    pub bad: f64,
    #[serde(default)]
    pub total: f64,
    pub value: Option<f64>,
}

impl GuardrailSpec {
    pub fn build(&self) -> (Str, Guardrail) {
        let id: Str = self.id.as_str().into();
        let measure = if self.value { Measure::Value } else { Measure::Share };
        let limits = Limits {
            measure,
            at_most: self.at_most,
            control: self.control,
            watch_at: self.watch_at,
            stop_at: self.stop_at,
            cluster: 1.0,
            unit: LimitUnit::Plain,
        };
        let query = Query {
            source: "prometheus".into(),
            thing: "guardrail".into(),
            args: serde_json::json!({ "of": self.id }),
            bound: Bound::Free,
            said: self.id.as_str().into(),
        };
        let guardrail = Guardrail {
            title: id.clone(),
            calls_for: self.calls_for,
            window: Duration::from_secs(300),
            limits,
            query,
            connection: None,
            fresh: Duration::from_secs(600),
            id: id.clone(),
        };
        (id, guardrail)
    }
}

impl WindowsSpec {
    pub fn measured(all: &[Self]) -> Option<Measured> {
        (!all.is_empty()).then(|| Measured::Windows(all.iter().flat_map(Self::windows).collect()))
    }

    fn windows(&self) -> Vec<Window> {
        let real = |value| Real::new(value).expect("a number");
        let is = match self.value {
            Some(value) => Measurement::Value(real(value)),
            None => Measurement::Share(real(self.bad), real(self.total)),
        };
        let from = noon().wall.timestamp() - i64::try_from(span(&self.from).as_secs()).unwrap();
        let one = |n| Window { from: from + n * 300, to: from + (n + 1) * 300, is, control: None };
        (0..self.count).map(one).collect()
    }
}
