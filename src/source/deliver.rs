//! One request that changes something: made out of what was prepared, sent once, and what is known of it after.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::http::{Body, Http, HttpRequest, Response, Url};
use gonogo_domain::{Failure, FailureKind, Sent, Write};

/// Sends it, once: what the server said, whatever it is; or what is known where it said nothing. No redirect is followed.
///
/// # Errors
/// [`Sent::Refused`]: it never left, and nothing was changed. [`Sent::Unknown`]: no whole answer came, and it may have
/// arrived.
pub(crate) async fn deliver(
    http: &Http,
    request: HttpRequest,
    cancel: &CancellationToken,
) -> Result<Response, Sent> {
    http.send(request.without_redirects(), cancel).await.map_err(|error| {
        if error.never_left() { Sent::Refused(error.into()) } else { Sent::Unknown(error.into()) }
    })
}

/// The request that a write of `server` stands for.
///
/// # Errors
/// It stands for none.
pub(crate) fn request_of(write: &Write, server: &str) -> Result<HttpRequest, Failure> {
    let url = Url::parse(&write.url).map_err(|_| foreign(server))?;
    let body = Body::Json(body_of(write, server)?);
    match &*write.method {
        "PATCH" => Ok(HttpRequest::patch(url, body)),
        "POST" => Ok(HttpRequest::post(url, body)),
        _ => Err(foreign(server)),
    }
}

/// What a write of `server` says.
///
/// # Errors
/// It is not JSON, and so none of ours.
pub(crate) fn body_of(write: &Write, server: &str) -> Result<Value, Failure> {
    serde_json::from_str(&write.body).map_err(|_| foreign(server))
}

/// No server has heard of a request before this: a day before it was made out, whatever two clocks make of it. `None`: its id
/// tells no time.
pub(crate) fn not_before(id: Uuid) -> Option<DateTime<Utc>> {
    made_at(id)?.checked_sub_signed(TimeDelta::days(1))
}

/// When a request was made out, by our clock, to the second. `None`: its id tells no time.
pub(crate) fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, _) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}

/// This is nothing that we would send to `server`.
pub(crate) fn foreign(server: &str) -> Failure {
    Failure::new(FailureKind::Rejected, format!("this is not a request to {server}"))
}

/// What is known of it after an answer that is no success: what a server that failed has done is not known.
pub(crate) fn unsuccessful(status: u16, failure: Failure) -> Sent {
    if status >= 500 { Sent::Unknown(failure) } else { Sent::Refused(failure) }
}
