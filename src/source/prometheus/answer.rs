//! What the query API answers.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    api::{Api, Poll},
    http::{Response, decode_json},
    metric::MetricReading,
};
use gonogo_domain::{Failure, FailureKind};

/// The longest quotation of a warning or an error, in characters.
const LONGEST: usize = 160;

#[derive(Deserialize)]
struct Envelope {
    status: String,
    data: Option<Data>,
    #[serde(rename = "errorType")]
    error_type: Option<String>,
    error: Option<String>,
    warnings: Option<Vec<String>>,
    infos: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    result_type: String,
    result: Value,
}

#[derive(Deserialize)]
struct Series {
    value: Option<SamplePair>,
    histogram: Option<Value>,
}

/// The moment of evaluation and the value, as text.
type SamplePair = (f64, String);

/// A reading and the moment of the server's clock that it was taken at; none if nothing was found.
pub(super) struct Instant {
    pub(super) at: Option<f64>,
    pub(super) reading: MetricReading,
}

/// What a good answer holds.
pub(super) struct QueryData {
    /// `vector`, `matrix`, ...
    pub(super) kind: String,
    pub(super) result: Value,
    /// Warnings: the answer may be partial.
    pub(super) doubts: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Reads an answer to an instant query.
pub(super) fn instant(api: &Api, poll: &Poll<'_>, response: &Response) -> Result<Instant, Failure> {
    let QueryData { kind, result, doubts, notes } = data(api, poll, response)?;
    let sample = one_sample(&kind, result)?;
    let value = sample.as_ref().map(|(_, text)| parse(text)).transpose()?;
    let reading = MetricReading { value, doubts, notes, old: None };
    Ok(Instant { at: sample.map(|(at, _)| at), reading })
}

/// Reads an answer to any query.
pub(super) fn data(api: &Api, poll: &Poll<'_>, response: &Response) -> Result<QueryData, Failure> {
    let status = response.status();
    if status != 200 {
        // Refusals have the API's own words only where the API itself answered.
        let told = if matches!(status, 400 | 422 | 500 | 503) {
            decode_json::<Envelope>(response).ok()
        } else {
            None
        };
        let refused = api.refused(poll, response, "the query API");
        return Err(told.and_then(|told| error(&told)).unwrap_or(refused));
    }
    let envelope: Envelope = api.read(response)?;
    if envelope.status != "success" {
        return Err(error(&envelope).unwrap_or_else(|| malformed("neither success nor error")));
    }
    let data = envelope.data.ok_or_else(|| malformed("success without data"))?;
    let short = |all: Option<Vec<String>>| all.unwrap_or_default().iter().map(|text| cut(text)).collect();
    let (doubts, notes) = (short(envelope.warnings), short(envelope.infos));
    Ok(QueryData { kind: data.result_type, result: data.result, doubts, notes })
}

/// The one sample of a scalar or a vector; none if the vector is empty.
fn one_sample(kind: &str, result: Value) -> Result<Option<SamplePair>, Failure> {
    let shape = |_| malformed("a result in an unexpected form");
    match kind {
        "scalar" => serde_json::from_value(result).map(Some).map_err(shape),
        "vector" => {
            let mut all: Vec<Series> = serde_json::from_value(result).map_err(shape)?;
            if all.len() > 1 {
                let message = format!("the query gives {} series; a gate needs one number", all.len());
                return Err(Failure::new(FailureKind::Rejected, message)
                    .advise("aggregate it in the query: sum(...), max(...) or avg(...)"));
            }
            let Some(series) = all.pop() else { return Ok(None) };
            match (series.value, series.histogram) {
                (Some(sample), None) => Ok(Some(sample)),
                (None, Some(_)) => {
                    Err(refused("a histogram", "get a number from it: histogram_quantile(0.95, ...)"))
                }
                _ => Err(malformed("a series without its one value")),
            }
        }
        "matrix" => {
            Err(refused("a range of samples", "get a number from it: rate(...[5m]), max_over_time(...)"))
        }
        "string" => Err(refused("text", "write a query that gives a number")),
        _ => Err(refused("a type this version does not know", "write a query that gives a number")),
    }
}

pub(super) fn refused(what: &str, advice: &str) -> Failure {
    Failure::new(FailureKind::Rejected, format!("the query gives {what}; a gate needs one number"))
        .advise(advice)
}

pub(super) fn malformed(why: &str) -> Failure {
    Failure::new(FailureKind::Malformed, format!("not an answer of the query API: {why}"))
}

/// Values are text, `NaN`, `+Inf` and `-Inf` included.
pub(super) fn parse(text: &str) -> Result<f64, Failure> {
    text.parse().map_err(|_| malformed("a value that is not a number"))
}

fn error(told: &Envelope) -> Option<Failure> {
    let words = cut(told.error.as_deref().unwrap_or("no reason given"));
    let (kind, next) = match told.error_type.as_deref()? {
        "bad_data" => (FailureKind::Rejected, Some("correct the query of the gate")),
        "execution" => (FailureKind::Rejected, Some("correct the query: the server cannot evaluate it")),
        "timeout" | "canceled" => (FailureKind::TimedOut, None),
        "not_found" => (FailureKind::NotFound, None),
        "unavailable" | "internal" => (FailureKind::ServerError, None),
        _ => return None,
    };
    let failure = Failure::new(kind, format!("the query failed: {words}"));
    Some(match next {
        Some(next) => failure.advise(next),
        None => failure,
    })
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
