//! One request that changes something: sent once, and what is known of it after.

use tokio_util::sync::CancellationToken;

use super::http::{Http, Request, Response};
use gonogo_domain::Sent;

/// Sends it, once: what the server said, whatever it is; or what is known where it said nothing. No redirect is followed.
///
/// # Errors
/// [`Sent::Refused`]: it never left, and nothing was changed. [`Sent::Unknown`]: no whole answer came, and it may have
/// arrived.
pub(crate) async fn deliver(
    http: &Http,
    request: Request,
    cancel: &CancellationToken,
) -> Result<Response, Sent> {
    http.send(request.without_redirects(), cancel).await.map_err(|error| {
        if error.never_left() { Sent::Refused(error.into()) } else { Sent::Unknown(error.into()) }
    })
}
