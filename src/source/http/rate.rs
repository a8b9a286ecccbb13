//! What a server says about how much may still be asked, read from its headers.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Response;
use super::response::http_date;

/// The longest `Retry-After` that is believed.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// The longest time to a reset that is believed: every budget we know refills within an hour.
pub const MAX_RESET: Duration = Duration::from_secs(60 * 60);

/// Whose headers these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `x-ratelimit-*`, reset in epoch seconds.
    Github,
    /// `X-RateLimit-Requests-*`, `-Complexity-*` and `-Endpoint-Requests-*`, reset in epoch **milliseconds**.
    Linear,
    /// `ratelimit-*` or `x-ratelimit-*`; a small reset is seconds from now, a large one epoch seconds.
    Generic,
}

/// What a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetKind {
    /// Counted in requests, whatever they ask.
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

/// What is left until the next reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateBudget {
    /// What is counted.
    pub kind: BudgetKind,
    /// How much there is per period; at least 1.
    pub limit: u64,
    /// How much is left.
    pub remaining: u64,
    /// Time until it refills, by the server's clock. At most [`MAX_RESET`].
    pub reset_in: Duration,
}

impl RateBudget {
    /// What is left as a share of the whole, 0..=1.
    #[allow(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
    pub fn share(&self) -> f64 {
        (self.remaining as f64 / self.limit as f64).min(1.0)
    }
}

/// All that one answer says about rates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rate {
    /// `Retry-After`: not before that. At most [`MAX_RETRY_AFTER`].
    pub retry_after: Option<Duration>,
    /// Each budget that was stated in full.
    pub budgets: Vec<RateBudget>,
}

impl Rate {
    /// The budget with the least left.
    pub fn tightest(&self) -> Option<&RateBudget> {
        self.budgets.iter().min_by(|a, b| a.share().total_cmp(&b.share()))
    }

    /// How long to wait, if this answer says so: `Retry-After`, else the last reset among spent budgets.
    pub fn wait(&self) -> Option<Duration> {
        let spent = self.budgets.iter().filter(|budget| budget.remaining == 0).map(|budget| budget.reset_in);
        self.retry_after.or(spent.max())
    }
}

/// Reads the rate headers of `response`, by the server's clock. Where it did not tell its time, a reset is taken for the
/// farthest that is believed: too long a wait harms less.
pub fn rate(response: &Response, dialect: Dialect) -> Rate {
    let now = response.date().unwrap_or(DateTime::UNIX_EPOCH);
    let header = |name: &str| response.header(name);
    let retry_after = header("retry-after").and_then(|text| retry_after(text, now));
    let prefixes: &[(BudgetKind, &str)] = match dialect {
        Dialect::Github => &[(github_kind(header("x-ratelimit-resource")), "x-ratelimit")],
        Dialect::Linear => &[
            (BudgetKind::Requests, "x-ratelimit-requests"),
            (BudgetKind::Complexity, "x-ratelimit-complexity"),
            (BudgetKind::Endpoint, "x-ratelimit-endpoint-requests"),
        ],
        Dialect::Generic => &[(BudgetKind::Requests, "ratelimit"), (BudgetKind::Requests, "x-ratelimit")],
    };
    let budgets = prefixes
        .iter()
        .filter_map(|(kind, prefix)| {
            let number = |part: &str| header(&format!("{prefix}-{part}")).and_then(number);
            let limit = number("limit")?.max(1);
            let reset_in = until(number("reset")?, dialect, now);
            // More than there is cannot be left.
            let remaining = number("remaining")?.min(limit);
            Some(RateBudget { kind: *kind, limit, remaining, reset_in })
        })
        .collect();
    Rate { retry_after, budgets }
}

/// GitHub names the budget in every answer.
fn github_kind(resource: Option<&str>) -> BudgetKind {
    match resource {
        Some("core") => BudgetKind::Rest,
        Some("graphql") => BudgetKind::Graphql,
        Some("search") => BudgetKind::Search,
        _ => BudgetKind::Requests,
    }
}

/// Digits only; a number too large for 64 bits counts as the largest.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Seconds, an HTTP date or (OFREP) an ISO date-time. A past date or a negative number is "now"; junk is no statement.
fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    let wait = match (number(text), text.strip_prefix('-').and_then(number)) {
        (Some(seconds), _) => Duration::from_secs(seconds),
        (None, Some(_)) => Duration::ZERO,
        (None, None) => (http_date(text).or_else(|| iso_date(text))? - now).to_std().unwrap_or_default(),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

fn iso_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|date| date.with_timezone(&Utc))
}

fn until(reset: u64, dialect: Dialect, now: DateTime<Utc>) -> Duration {
    /// Smaller than any epoch time since 2001, larger than any sensible wait.
    const EPOCH_FROM: u64 = 1_000_000_000;
    let now = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let wait = match dialect {
        Dialect::Linear => Duration::from_millis(reset.saturating_sub(now)),
        Dialect::Generic if reset < EPOCH_FROM => Duration::from_secs(reset),
        // Whole seconds: rounding down would ask a moment too early.
        Dialect::Github | Dialect::Generic => {
            Duration::from_millis(reset.saturating_mul(1000).saturating_sub(now))
        }
    };
    wait.min(MAX_RESET)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
    use reqwest::Url;

    use super::*;

    fn answer(headers: &[(&'static str, &str)]) -> Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("value"));
        }
        let url = Url::parse("https://api.example/").expect("url");
        Response {
            status: StatusCode::OK,
            headers: map,
            body: Vec::new(),
            final_url: url,
            not_modified: false,
            certificate: None,
        }
    }

    const DATE: (&str, &str) = ("date", "Tue, 17 Nov 2026 10:00:00 GMT");
    const DATE_SECONDS: u64 = 1_794_909_600;

    fn wait(text: &str) -> Option<u64> {
        rate(&answer(&[DATE, ("retry-after", text)]), Dialect::Github).retry_after.map(|d| d.as_secs())
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_clamped() {
        assert_eq!(wait("30"), Some(30));
        assert_eq!(wait("Tue, 17 Nov 2026 10:01:00 GMT"), Some(60));
        assert_eq!(wait("2026-11-17T10:02:00Z"), Some(120));
        assert_eq!(wait("2026-11-17T12:02:00+02:00"), Some(120));
        assert_eq!(wait("Tue, 17 Nov 2026 09:00:00 GMT"), Some(0));
        assert_eq!(wait("-5"), Some(0));
        assert_eq!(wait("99999999999999999999999"), Some(900));
        assert_eq!(wait("Wed, 17 Nov 9999 10:01:00 GMT"), Some(900));
        for junk in ["soon", "", "1.5", "1e3", "0x10", "５"] {
            let headers = [DATE, ("retry-after", "1")];
            let mut answer = answer(&headers);
            answer.headers.insert("retry-after", HeaderValue::from_bytes(junk.as_bytes()).expect("value"));
            assert_eq!(rate(&answer, Dialect::Github).retry_after, None, "{junk}");
        }
    }

    #[test]
    fn a_reset_is_by_the_servers_clock_and_in_its_own_unit() {
        let seconds = (DATE_SECONDS + 90).to_string();
        let github = [
            DATE,
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", &seconds),
        ];
        let read = rate(&answer(&github), Dialect::Github);
        assert_eq!(read.wait(), Some(Duration::from_secs(90)));
        assert_eq!(read.budgets[0].limit, 5000);

        let millis = ((DATE_SECONDS + 30) * 1000).to_string();
        let linear = [
            DATE,
            ("x-ratelimit-requests-limit", "2500"),
            ("x-ratelimit-requests-remaining", "2000"),
            ("x-ratelimit-requests-reset", &millis),
            ("x-ratelimit-complexity-limit", "3000000"),
            ("x-ratelimit-complexity-remaining", "0"),
            ("x-ratelimit-complexity-reset", &millis),
        ];
        let read = rate(&answer(&linear), Dialect::Linear);
        assert_eq!(read.wait(), Some(Duration::from_secs(30)));
        assert_eq!(read.tightest().map(|budget| budget.kind), Some(BudgetKind::Complexity));
    }

    #[test]
    fn without_a_date_a_reset_is_as_far_as_is_believed() {
        let reset = (DATE_SECONDS + 10).to_string();
        let headers = [
            ("x-ratelimit-limit", "1"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", reset.as_str()),
        ];
        assert_eq!(rate(&answer(&headers), Dialect::Github).wait(), Some(MAX_RESET));
    }

    #[test]
    fn half_a_budget_is_none_and_an_absurd_one_is_clamped() {
        let half = [DATE, ("x-ratelimit-limit", "5000")];
        assert_eq!(rate(&answer(&half), Dialect::Github), Rate::default());
        let absurd = [
            DATE,
            ("x-ratelimit-limit", "0"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "99999999999999999999"),
        ];
        let read = rate(&answer(&absurd), Dialect::Github);
        assert_eq!((read.wait(), read.budgets[0].limit), (Some(MAX_RESET), 1));
        let past =
            [DATE, ("x-ratelimit-limit", "9"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "12")];
        assert_eq!(rate(&answer(&past), Dialect::Github).wait(), Some(Duration::ZERO));
        let seconds =
            [DATE, ("ratelimit-limit", "9"), ("ratelimit-remaining", "0"), ("ratelimit-reset", "12")];
        assert_eq!(rate(&answer(&seconds), Dialect::Generic).wait(), Some(Duration::from_secs(12)));
    }
}
