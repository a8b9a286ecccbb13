//! One request that changes something: sent once, and what is known of it after.

use tokio_util::sync::CancellationToken;

use super::http::{Http, Request, Response};
use gonogo_domain::Failure;

/// What is known of a request after it was to be sent.
#[derive(Debug)]
pub(crate) enum Delivered {
    /// The server said something, whatever it is.
    Answered(Response),
    /// It never left: nothing was changed.
    NotSent(Failure),
    /// No whole answer came: it may have arrived.
    Unknown(Failure),
}

/// Sends it, once. No redirect is followed.
pub(crate) async fn deliver(http: &Http, request: Request, cancel: &CancellationToken) -> Delivered {
    match http.send(request.without_redirects(), cancel).await {
        Ok(response) => Delivered::Answered(response),
        Err(error) if error.never_left() => Delivered::NotSent(error.into()),
        Err(error) => Delivered::Unknown(error.into()),
    }
}
