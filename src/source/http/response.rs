//! What came back: whole, decoded, within the limits.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::StatusCode;
use http::header::{self, HeaderMap};
use reqwest::Url;

use super::wire::RawResponse;
use gonogo_domain::{Failure, FailureKind};

/// The longest that a cache may have kept an answer of a server that is asked for what is so now.
const MOST_CACHED: Duration = Duration::from_secs(600);

/// For so long a cache may have kept an answer whose `Date` still is the time.
const MOST_KEPT: Duration = Duration::from_secs(5);

/// One whole answer. `Debug` shows sizes, not content.
#[derive(Clone)]
pub struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) final_url: Url,
    pub(super) not_modified: bool,
    pub(super) certificate: Option<Vec<u8>>,
}

impl Response {
    pub(super) fn new(answer: RawResponse, final_url: Url) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            final_url,
            not_modified: false,
            certificate: answer.certificate,
        }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Whether the status is one of 2xx.
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// A header's first value, if it is visible ASCII. Names in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a header; `None` for one that is not visible ASCII.
    pub fn header_values(&self, name: &str) -> Vec<Option<&str>> {
        self.headers.get_all(name).iter().map(|value| value.to_str().ok()).collect()
    }

    /// The decoded body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Where the answer came from, after redirects: a renamed repository shows here.
    pub fn final_url(&self) -> &Url {
        &self.final_url
    }

    /// True if the server said that the stored body is still the newest (304).
    pub fn not_modified(&self) -> bool {
        self.not_modified
    }

    /// The server's certificate as it came (DER): from a [`super::Http::guarded`] client over TLS.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// The server's own clock, from the `Date` header. A cache may hand out that of the moment at which it was filled, or
    /// its own (RFC 9111, section 5.1, is kept by some of them): what it has kept for a while tells no time.
    pub fn date(&self) -> Option<DateTime<Utc>> {
        let kept = self.age().is_none_or(|age| age > MOST_KEPT);
        http_date(self.header(header::DATE.as_str())?).filter(|_| !kept)
    }

    /// For how long a cache has kept the answer; it is so much older than the request.
    ///
    /// # Errors
    /// What a proxy has kept for long is of another time (V5): it is no answer.
    pub fn kept(&self) -> Result<Duration, Failure> {
        self.age().filter(|age| *age <= MOST_CACHED).ok_or_else(|| {
            let message = "a cache has kept the answer for too long: it is of another time";
            Failure::new(FailureKind::Incomplete, message).advise("let no cache answer for the server")
        })
    }

    /// For how long a cache has kept the answer, from `Age`; zero where none says so, `None` where that cannot be read.
    pub fn age(&self) -> Option<Duration> {
        match self.header_values(header::AGE.as_str()).as_slice() {
            [] => Some(Duration::ZERO),
            [Some(text)] => text.trim().parse().ok().map(Duration::from_secs),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|date| date.with_timezone(&Utc))
}
