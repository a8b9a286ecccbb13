//! Prometheus and what speaks like it (Mimir, Thanos, Cortex, Grafana Cloud): one number against limits, or counts.
//!
//! - Exactly one sample counts. No series is "no data", not zero; many series are refused, so that nobody has to guess
//!   which one was meant.
//! - `NaN` and infinite values prove nothing.
//! - A warning means that the answer may be partial: such an answer can fail a gate and never pass it (V3).
//! - How old a sample may be that still counts is the server's own rule (five minutes, by default): the
//!   answer tells the moment of evaluation, and not that of the sample.
//! - All queries of a gate are evaluated by the server's clock, those of a baseline relative to the first.
//!
//! A connection may have no token, a bearer token, or `user:password` for basic authentication.

mod answer;
mod range;
use reqwest::Url;
use serde::Deserialize;

use self::answer::{Instant, instant};
use super::{
    Declaration, DecodedLimits, Description, Thing, VariablePlaces,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::ServerForm,
    declaration::Measures,
    finding::{MOST_ROWS, finding},
    guardrail,
    http::{Body, HttpRequest, Scheme},
    metric::{
        BaselineSource, Metric, MetricKeys, MetricReading, MonitoringQuery, Readings, WrittenBaseline,
        WrittenSamples, judge,
    },
    reach,
    setup::opened,
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, Question};
use gonogo_yaml::Spanned;

/// How its connection is written.
const SERVER: ServerForm =
    ServerForm::new("prometheus", "https://HOST", "none, a bearer token, or user:password", "/api/v1");

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "prometheus",
    title: "Prometheus",
    things: &[Thing::of::<Keys>("")],
    values: VariablePlaces { queries: &["query", "bad", "total", "value", "seen"], ..VariablePlaces::STRICT },
    servers: &[SERVER],
    measures: Some(Measures { decode: guardrail::decode, shape: guardrail::shape }),
    exposes: Some(reach::EXPOSURE),
    open: |setup, connection| {
        opened(Prometheus { api: setup.open_api(&SERVER, connection, Scheme::BasicOrBearer)? })
    },
    ..Declaration::PLAIN
};

/// How long the server may work on one query.
const PATIENCE: &str = "20s";

/// One Prometheus.
struct Prometheus {
    api: Api,
}

#[derive(Deserialize)]
struct Keys {
    query: Option<Spanned<String>>,
    bad: Option<Spanned<String>>,
    total: Option<Spanned<String>>,
    at_most: Option<Spanned<String>>,
    at_least: Option<Spanned<f64>>,
    samples: Option<WrittenSamples>,
    baseline: Option<WrittenBaseline>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a number from your metrics is within limits",
        keys: &[
            MetricKeys::QUERY,
            MetricKeys::BAD,
            MetricKeys::TOTAL,
            MetricKeys::AT_MOST,
            MetricKeys::AT_LEAST,
            MetricKeys::SAMPLES,
            MetricKeys::BASELINE,
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let Keys { query, bad, total, at_most, at_least, samples, baseline } = self;
        let written = MetricKeys { query, bad, total, window: None, at_most, at_least, samples, baseline };
        let measured = MonitoringQuery::check(&mut spec, written)?;
        let said = measured.describe();
        spec.finish(measured, said)
    }
}

/// The same reason, with what to do about silence: an alert that is not firing has no series at all. With a zero in its
/// place, what is gone or misspelt is zero as well, unless something else shows that there is something to count.
fn with_zero(reason: String, all: &[MetricReading], counted: bool) -> String {
    if all.iter().all(|it| it.value.is_some()) {
        return reason;
    }
    let shown = if counted {
        ""
    } else {
        " and, so that what is gone does not count as 0, `samples: { query: count(...), at_least: 1 }`"
    };
    format!("{reason}; no data is not zero: if nothing to count is 0, write `... or vector(0)`{shown}")
}

impl Prometheus {
    async fn readings(&self, metric: &Metric, poll: &Poll<'_>) -> Result<Readings, Failure> {
        let Instant { at, reading: value } = self.ask_for(&metric.query, None, poll).await?;
        let samples = match &metric.samples {
            Some(samples) => Some(self.reading(&samples.query, at, poll).await?),
            None => None,
        };
        let baseline = match metric.baseline.as_ref().map(|baseline| &baseline.against) {
            Some(BaselineSource::Query(query)) => Some(self.reading(query, at, poll).await?),
            #[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
            Some(BaselineSource::Earlier(earlier)) => match at {
                Some(at) => Some(self.reading(&metric.query, Some(at - *earlier as f64), poll).await?),
                // Without data now there is no moment to count back from, and nothing to compare.
                None => None,
            },
            None => None,
        };
        Ok(Readings { value, samples, baseline })
    }

    async fn reading(&self, query: &str, at: Option<f64>, poll: &Poll<'_>) -> Result<MetricReading, Failure> {
        Ok(self.ask_for(query, at, poll).await?.reading)
    }

    /// A form in a POST: queries may be long, and a JSON body is not read.
    async fn ask_for(&self, query: &str, at: Option<f64>, poll: &Poll<'_>) -> Result<Instant, Failure> {
        let mut form =
            vec![("query".to_owned(), query.to_owned()), ("timeout".to_owned(), PATIENCE.to_owned())];
        form.extend(at.map(|at| ("time".to_owned(), format!("{at:.3}"))));
        let url = self.api.url(&["api", "v1", "query"], &[])?;
        let response = self.api.exchange(poll, HttpRequest::post(url, Body::Form(form))).await?;
        instant(&self.api, poll, &response)
    }

    /// The page on which a person would look at the query.
    fn page(&self, query: &str) -> Option<Url> {
        self.api.url(&["graph"], &[("g0.expr", query), ("g0.tab", "1")]).ok()
    }
}

impl QuestionSource for Prometheus {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        Some(&self.api)
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        if &*question.query.thing == guardrail::THING {
            return range::measure(self, question, poll).await;
        }
        let (outcome, reason, query, all, counted) = match args::<MonitoringQuery>(question)? {
            MonitoringQuery::Proportion(counts) => {
                let Instant { at, reading: total } = self.ask_for(&counts.total, None, poll).await?;
                // Both at one moment: what came in between would be in one of them.
                let bad = self.reading(&counts.bad, at, poll).await?;
                let (outcome, reason) = counts.judge(&bad, &total);
                (outcome, reason, counts.bad, vec![bad, total], true)
            }
            MonitoringQuery::Metric(metric) => {
                let readings = self.readings(&metric, poll).await?;
                let (outcome, reason) = judge(&metric, &readings);
                let all = [Some(readings.value), readings.samples, readings.baseline];
                let counted = metric.samples.is_some();
                (outcome, reason, metric.query, all.into_iter().flatten().collect(), counted)
            }
        };
        let mut finding = finding(outcome, with_zero(reason, &all, counted), "instant query");
        let all = all.into_iter();
        let notes =
            all.flat_map(|it| it.doubts.into_iter().map(|it| format!("warning: {it}")).chain(it.notes));
        finding.rows = notes.take(MOST_ROWS).map(Into::into).collect();
        finding.url = self.page(&query).map(|url| url.as_str().into());
        Ok(finding)
    }
}
