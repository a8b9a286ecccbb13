//! The door through which every answer of a server enters: what it repeats of a credential is hidden before anything else
//! reads it.

use gonogo_text::Veil;
use http::{HeaderValue, header::HeaderMap};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::{Response, error::HttpError};

/// What hides these secrets.
pub(super) fn over<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Veil {
    Veil::over(secrets.into_iter().map(SecretString::expose_secret))
}

/// The answer without any of it: body, headers, and the address that it came from.
pub(super) fn response(veil: &Veil, mut response: Response) -> Response {
    if let Some(body) = veil.hide(&response.body) {
        response.body = body;
    }
    headers(veil, &mut response.headers);
    if let Some(hidden) = veil.hide(response.final_url.as_str().as_bytes()) {
        let text = String::from_utf8_lossy(&hidden).into_owned();
        response.final_url = Url::parse(&text).unwrap_or_else(|_| bare(&response.final_url));
    }
    response
}

/// The error without any of it.
pub(super) fn error(veil: &Veil, error: HttpError) -> HttpError {
    match error {
        HttpError::Connect { host, cause } => HttpError::Connect { host, cause: veil.text(cause) },
        HttpError::Tls { host, cause } => HttpError::Tls { host, cause: veil.text(cause) },
        HttpError::Cut { host, cause } => HttpError::Cut { host, cause: veil.text(cause) },
        other => other,
    }
}

fn headers(veil: &Veil, headers: &mut HeaderMap) {
    for value in headers.values_mut() {
        if let Some(hidden) = veil.hide(value.as_bytes()) {
            *value = HeaderValue::from_bytes(&hidden).unwrap_or_else(|_| HeaderValue::from_static("***"));
        }
    }
}

fn bare(url: &Url) -> Url {
    let mut bare = url.clone();
    bare.set_path("");
    bare.set_query(None);
    bare.set_fragment(None);
    bare
}
