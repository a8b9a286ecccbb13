//! Windows of a guardrail: sessions of a release by the hour, and how they ended.
//!
//! - Every session is in one of the states that Sentry knows; a state that we do not know could be a bad one, and such an
//!   answer is refused.
//! - A session counts from its begin on and gets its end later: a window can change after it was first seen.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::{ReleaseScope, Sentry};
use crate::{
    GateLimits,
    api::{FindingResult, Poll},
    finding::finding,
    guardrail::{DecodedGuardrail, WindowSpan, WrittenLimits, counted, limits, none_yet, of_control, span},
    http::HttpRequest,
    spec::{Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Measure, Measured, Measurement, Outcome, Question, Window};
use gonogo_yaml::{Problem, Spanned};

const LINEAGE: &str = "sessions by interval";
pub(super) const SUM: &str = "sum(session)";
pub(super) const STATUS: &str = "session.status";
/// Sentry's shortest interval, and its longest.
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// How long sessions may take to arrive, in seconds.
const LAG: i64 = 300;
/// States of a session; the first one is the only good one.
const STATES: [&str; 5] = ["healthy", "errored", "unhandled", "crashed", "abnormal"];

/// Which sessions are bad ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bad {
    /// The application ended by itself.
    Crashed,
    /// Anything went wrong, crashes included.
    Errored,
}

impl Bad {
    fn is(self, status: &str) -> bool {
        match self {
            Self::Crashed => status == "crashed",
            Self::Errored => status != "healthy",
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Crashed => "crashed",
            Self::Errored => "errored",
        }
    }

    /// Reads it.
    pub(super) fn read(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<Self> {
        spec.word(spot, &[("crashed", Self::Crashed), ("errored", Self::Errored)])
    }
}

#[derive(Serialize, Deserialize)]
struct Wanted {
    place: ReleaseScope,
    bad: Bad,
    /// The release to compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    control: Option<String>,
    /// Seconds. The loader adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<i64>,
    /// From when on, in seconds since 1970. Whoever asks adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    release: Option<Spanned<String>>,
    environment: Option<Spanned<String>>,
    project: Option<Spanned<String>>,
    bad: Spanned<String>,
    at_most: Option<Spanned<String>>,
    watch_at: Option<Spanned<String>>,
    stop_at: Option<Spanned<String>>,
    cluster: Option<Spanned<u64>>,
    control: Option<Control>,
}

#[derive(Deserialize)]
struct Control {
    release: Spanned<String>,
    at_most: Spanned<String>,
}

#[derive(Deserialize)]
struct Sessions {
    intervals: Vec<DateTime<Utc>>,
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    by: BTreeMap<String, String>,
    series: BTreeMap<String, Vec<Option<f64>>>,
}

pub(super) fn decode(
    written: &GateLimits<'_>,
    window: Duration,
    problems: &mut Vec<Problem>,
) -> Option<DecodedGuardrail> {
    let mut spec = Spec::new(written, problems);
    let keys: Keys = spec.read()?;
    let seconds = window.as_secs();
    if !seconds.is_multiple_of(HOUR) || seconds == 0 || !DAY.is_multiple_of(seconds) {
        spec.lacks(
            "Sentry counts sessions by whole hours that divide a day",
            "write `window: 1h` beside it (or 2h, 3h, 4h, 6h, 8h, 12h, 24h)",
        );
    }
    let bad = Bad::read(&mut spec, &keys.bad);
    let place = ReleaseScope::check(
        &mut spec,
        keys.release.as_ref(),
        keys.environment.as_ref(),
        keys.project.as_ref(),
    );
    let control = keys.control.as_ref().map(|it| of_control(&mut spec, &it.at_most));
    let Keys { at_most, watch_at, stop_at, cluster, .. } = keys;
    let written = WrittenLimits { unit: None, at_most, watch_at, stop_at, cluster };
    let (tested, _) = limits(&mut spec, Measure::Share, &written, control);
    let control = keys.control.as_ref().map(|it| {
        let other = ReleaseScope::check(&mut spec, Some(&it.release), None, None).release;
        if other == place.release {
            spec.wrong(it.release.at, "a release cannot be compared with itself", "name the one before it");
        }
        other
    });
    let bad = bad?;
    let said = format!("{} sessions of {}: {}", bad.word(), place.describe(), tested.describe());
    let wanted = Wanted { place, bad, control, window: None, since: None };
    let decoded = spec.finish(wanted, said)?;
    Some(DecodedGuardrail { args: decoded.args, limits: tested, said: decoded.said })
}

pub(super) async fn measure(sentry: &Sentry, question: &Question, poll: &Poll<'_>) -> FindingResult {
    let wanted: Wanted = args(question)?;
    let project = sentry.release(&wanted.place, poll).await?.project;
    // By the server's clock: ours may be ahead, and an hour that is not over counts too little.
    let now = poll.server_time().ok_or_else(|| {
        Failure::new(
            FailureKind::Incomplete,
            "Sentry does not say what time it is, so it is not known which hours are over",
        )
    })?;
    let Some(span) = span(wanted.window, wanted.since, now.timestamp(), LAG) else {
        return none_yet(LINEAGE);
    };
    let asking = QueryCall { sentry, poll, project: &project, bad: wanted.bad, span };
    let stage = asking.windows(&wanted.place).await?;
    let control = match &wanted.control {
        Some(release) => {
            let place = ReleaseScope { release: release.clone(), ..wanted.place.clone() };
            Some(asking.windows(&place).await?)
        }
        None => None,
    };
    let window = wanted.window.unwrap_or_default();
    let one = |(to, is): (&i64, &Measurement)| {
        let control = match &control {
            // Half of a comparison is none.
            Some(control) => Some(*control.get(to)?),
            None => None,
        };
        Some(Window { from: to - window, to: *to, is: *is, control })
    };
    let windows: Vec<Window> = stage.iter().filter_map(one).collect();
    let reason = if windows.is_empty() { "no sessions" } else { "" };
    let mut found = finding(Outcome::Unclear, reason, LINEAGE);
    found.measured = Some(Measured::Windows(windows));
    found.url = sentry.page(&wanted.place);
    Ok(found)
}

struct QueryCall<'a> {
    sentry: &'a Sentry,
    poll: &'a Poll<'a>,
    project: &'a str,
    bad: Bad,
    span: WindowSpan,
}

impl QueryCall<'_> {
    /// By the end of each window.
    async fn windows(&self, place: &ReleaseScope) -> Result<BTreeMap<i64, Measurement>, Failure> {
        let (first, last, window) = self.span;
        let moment = |at: i64| {
            let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
            at.to_rfc3339_opts(SecondsFormat::Secs, true)
        };
        let (start, end) = (moment(first - window), moment(last));
        let (interval, search) = (format!("{}h", window / 3_600), format!("release:\"{}\"", place.release));
        let mut query = place.query(self.project);
        query.extend([("field", SUM), ("groupBy", STATUS), ("interval", &interval)]);
        query.extend([("start", start.as_str()), ("end", &end), ("includeTotals", "0"), ("query", &search)]);
        let url = self.sentry.api.folder(&["sessions"], &query)?;
        let response = self.sentry.api.send(self.poll, HttpRequest::get(url), "the sessions").await?;
        let sessions: Sessions = self.sentry.api.read(&response)?;
        tally(&sessions, self.bad, self.span)
    }
}

/// How many sessions were bad ones, and how many there were, by state. No state at all is no sessions.
///
/// # Errors
/// A state that is not known, is there twice, or has no count; or the one that is asked about is missing.
pub(super) fn states_of<'a>(
    bad: Bad,
    states: impl Iterator<Item = (Option<&'a str>, Option<f64>)>,
) -> Result<(f64, f64), Failure> {
    let wrong = |message: &str| Failure::new(FailureKind::Malformed, message.to_owned());
    let hole = |message: String| Failure::new(FailureKind::Incomplete, message);
    let mut known = Vec::new();
    let (mut bads, mut all) = (0.0, 0.0);
    for (status, count) in states {
        let status = status.ok_or_else(|| wrong("a group without its status"))?;
        if !STATES.contains(&status) {
            return Err(wrong("sessions in a state that this version does not know"));
        }
        if known.contains(&status) {
            return Err(wrong("two groups with the same state"));
        }
        known.push(status);
        let count = count.ok_or_else(|| hole(format!("Sentry does not say how many sessions {status}")))?;
        bads += if bad.is(status) { count } else { 0.0 };
        all += count;
    }
    let wanted = if bad == Bad::Crashed { "crashed" } else { "healthy" };
    if known.is_empty() || known.contains(&wanted) {
        Ok((bads, all))
    } else {
        Err(hole(format!("Sentry does not give the {wanted} sessions")))
    }
}

/// The windows of an answer. Without any group there were no sessions, and nothing was counted.
fn tally(
    sessions: &Sessions,
    bad: Bad,
    (first, last, window): WindowSpan,
) -> Result<BTreeMap<i64, Measurement>, Failure> {
    let wrong = |message: &str| Failure::new(FailureKind::Malformed, message.to_owned());
    // Of a state without counts nobody knows what it would say: the sum of all hours is of no use but for that.
    let states = sessions.groups.iter().map(|group| (group.by.get(STATUS).map(String::as_str), Some(0.0)));
    states_of(bad, states)?;
    let mut counts: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    let mut holes = BTreeSet::new();
    for group in &sessions.groups {
        let is_bad = group.by.get(STATUS).is_some_and(|status| bad.is(status));
        let series = group.series.get(SUM).ok_or_else(|| wrong("a group without its series"))?;
        if series.len() != sessions.intervals.len() {
            return Err(wrong("not one count for each interval"));
        }
        for (at, count) in sessions.intervals.iter().zip(series) {
            let at = at.timestamp();
            if at.rem_euclid(window) != 0 {
                return Err(Failure::new(FailureKind::Rejected, "Sentry answered with other intervals")
                    .advise("write `window: 1h` for the guardrail"));
            }
            let Some(count) = count else {
                holes.insert(at + window);
                continue;
            };
            let entry = counts.entry(at + window).or_default();
            entry.0 += if is_bad { *count } else { 0.0 };
            entry.1 += count;
        }
    }
    let starts: Vec<i64> = sessions.intervals.iter().map(DateTime::timestamp).collect();
    if starts.windows(2).any(|pair| matches!(pair, [a, b] if b - a != window)) {
        return Err(wrong("intervals with gaps"));
    }
    let asked = counts.into_iter().filter(|(end, _)| (first..=last).contains(end) && !holes.contains(end));
    let all = asked.map(|(end, (bad, total))| Ok(counted(bad, total)?.map(|it| (end, it))));
    all.filter_map(Result::transpose).collect()
}
