//! Windows of a guardrail: range queries, one per count.

use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::{
    Prometheus,
    answer::{data, malformed, parse, refused},
};
use crate::{
    api::{FindingResult, Poll},
    guardrail::{Points, Ranges, Wanted, WindowSpan, ask_for, none_yet, span},
    http::{Body, HttpRequest},
    spec::args,
};
use gonogo_domain::{Failure, FailureKind, Question};

/// How long a server may take to have the samples of a window: a scrape and then some, or the length of a short window,
/// which is scraped more often.
const LAG: i64 = 30;

#[derive(Deserialize)]
struct Series {
    values: Option<Vec<(f64, String)>>,
    histograms: Option<serde_json::Value>,
}

pub(super) async fn measure(prometheus: &Prometheus, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    // The server's own clock: ours may be wrong, and a window that is not over counts too little.
    let now = prometheus.ask_for("time()", None, poll).await?;
    let now = now.reading.value.filter(|now| now.is_finite()).ok_or_else(|| malformed("no time"))?;
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
    let now = now.floor() as i64;
    let Some(span) = span(wanted.window, wanted.since, now, LAG.min(wanted.window.unwrap_or(LAG))) else {
        return none_yet(QueryCall::LINEAGE);
    };
    let mut found = ask_for(&QueryCall { prometheus, poll }, &wanted, span).await?;
    let query = wanted.stage.value.as_deref().or(wanted.stage.bad.as_deref()).unwrap_or_default();
    found.url = prometheus.page(query).map(|url| url.as_str().into());
    Ok(found)
}

struct QueryCall<'a> {
    prometheus: &'a Prometheus,
    poll: &'a Poll<'a>,
}

impl Ranges for QueryCall<'_> {
    /// Servers refuse more than 11,000 points.
    const MOST_POINTS: i64 = 10_000;
    const MOST_REQUESTS: usize = 4;
    const LINEAGE: &'static str = "range query";
    const ZERO: &'static str = "... or vector(0)";

    fn range<'s>(&'s self, query: &'s str, span: WindowSpan) -> BoxFuture<'s, Result<Points, Failure>> {
        Box::pin(self.windows(query, span))
    }
}

impl QueryCall<'_> {
    async fn windows(&self, query: &str, (from, to, step): WindowSpan) -> Result<Points, Failure> {
        let form = [
            ("query", query.to_owned()),
            ("start", from.to_string()),
            ("end", to.to_string()),
            ("step", step.to_string()),
            ("timeout", super::PATIENCE.to_owned()),
        ];
        let form = form.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let api = &self.prometheus.api;
        let url = api.url(&["api", "v1", "query_range"], &[])?;
        let response = api.exchange(self.poll, HttpRequest::post(url, Body::Form(form))).await?;
        let data = data(api, self.poll, &response)?;
        if let Some(doubt) = data.doubts.first() {
            // The series that is missing may be the one that fails (V3).
            return Err(Failure::new(FailureKind::Incomplete, format!("the answer may be partial: {doubt}"))
                .advise("check the server and the storage behind it"));
        }
        if data.kind != "matrix" {
            return Err(malformed("a range query without a range"));
        }
        let mut all: Vec<Series> =
            serde_json::from_value(data.result).map_err(|_| malformed("a result in an unexpected form"))?;
        if all.len() > 1 {
            let message = format!("the query gives {} series; a guardrail needs one", all.len());
            return Err(
                Failure::new(FailureKind::Rejected, message).advise("aggregate it in the query: sum(...)")
            );
        }
        let Some(series) = all.pop() else { return Ok(Points::new()) };
        if series.histograms.is_some() {
            return Err(refused("a histogram", "get a number from it: histogram_count(...)"));
        }
        points(&series.values.unwrap_or_default(), (from, to, step))
    }
}

/// Values by the end of their window. What is no number is no data.
fn points(values: &[(f64, String)], (from, to, step): WindowSpan) -> Result<Points, Failure> {
    let mut points = Points::new();
    for (at, text) in values {
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
        let end = at.round() as i64;
        let asked = (at - at.round()).abs() < 1e-3 && (from..=to).contains(&end) && (end - from) % step == 0;
        if !asked {
            return Err(malformed("a point that was not asked for"));
        }
        let value = parse(text)?;
        if points.insert(end, value).is_some() {
            return Err(malformed("two points for the same moment"));
        }
    }
    points.retain(|_, value| value.is_finite());
    Ok(points)
}
