//! How far the release is out, for machines.

use chrono::{DateTime, Utc};
use gonogo_domain::{ActualState, Agreement, ExposureState};
use gonogo_text::clean;
use serde::Serialize;

/// Record and truth side by side.
#[derive(Serialize)]
pub(super) struct Reach {
    stage: Option<String>,
    recorded: String,
    recorded_percent: Option<f64>,
    actual: Option<Actual>,
    exposure: Option<Exposure>,
}

#[derive(Serialize)]
struct Actual {
    source: String,
    agreement: Agreement,
    real: String,
    percent: Option<(f64, f64)>,
    reason: String,
    observed_at: Option<DateTime<Utc>>,
    url: Option<String>,
}

#[derive(Serialize)]
struct Exposure {
    share: Option<f64>,
    seen: Option<u64>,
    total: Option<u64>,
    off: bool,
    reason: String,
    observed_at: Option<DateTime<Utc>>,
}

fn plain(text: &str) -> String {
    clean(text).into_owned()
}

impl From<&gonogo_domain::Reach> for Reach {
    fn from(it: &gonogo_domain::Reach) -> Self {
        Self {
            stage: it.stage.as_ref().map(|id| plain(id.as_str())),
            recorded: plain(&it.recorded),
            recorded_percent: it.percent,
            actual: it.actual.as_ref().map(Actual::from),
            exposure: it.exposure.as_ref().map(Exposure::from),
        }
    }
}

impl From<&ActualState> for Actual {
    fn from(it: &ActualState) -> Self {
        Self {
            source: plain(&it.source),
            agreement: it.agreement,
            real: plain(&it.real),
            percent: it.percent,
            reason: plain(&it.reason),
            observed_at: it.observed_at.map(|seen| seen.wall),
            url: it.url.as_deref().map(plain),
        }
    }
}

impl From<&ExposureState> for Exposure {
    fn from(it: &ExposureState) -> Self {
        Self {
            share: it.share,
            seen: it.counted.map(|it| it.0),
            total: it.counted.map(|it| it.1),
            off: it.off,
            reason: plain(&it.reason),
            observed_at: it.observed_at.map(|seen| seen.wall),
        }
    }
}
