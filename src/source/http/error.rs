//! What can go wrong between us and a server, as types a poller can act on.

use std::error::Error;
use std::fmt;
use std::io;

use reqwest::Url;

use super::guard::Forbidden;

/// The longest cause that is quoted, in characters.
const MAX_CAUSE: usize = 160;

/// Why there is no answer. `host` is the host, with its port where it is not the usual one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The name of the host could not be resolved.
    #[error("{host}: this name is not known (DNS)")]
    Dns {
        /// Who was asked.
        host: String,
    },
    /// Its address is one that a guarded client does not ask.
    #[error("{host}: not asked: its address is {class}")]
    Forbidden {
        /// Who was to be asked.
        host: String,
        /// What sort of address it is.
        class: &'static str,
    },
    /// No connection: refused, unreachable, or the proxy said no.
    #[error("{host}: no connection: {cause}")]
    Connect {
        /// Who was asked.
        host: String,
        /// In the words of the system.
        cause: String,
    },
    /// The server's identity or its TLS could not be accepted.
    #[error("{host}: TLS refused: {cause}")]
    Tls {
        /// Who was asked.
        host: String,
        /// In the words of the TLS library.
        cause: String,
    },
    /// A limit of [`super::ExchangeLimits`] was reached.
    #[error("{host}: no answer in time ({phase})")]
    TimedOut {
        /// Who was asked.
        host: String,
        /// Which limit.
        phase: TimeoutPhase,
    },
    /// The answer ended early or was damaged. Nothing of it may be used.
    #[error("{host}: the answer was cut off: {cause}")]
    Cut {
        /// Who was asked.
        host: String,
        /// What was wrong with it.
        cause: String,
    },
    /// The answer is larger than we take.
    #[error("{host}: the answer is too large ({part})")]
    TooLarge {
        /// Who was asked.
        host: String,
        /// Head or body.
        part: ResponsePart,
    },
    /// The server pointed elsewhere and we did not go.
    #[error("{host}: redirect refused: {fault}")]
    Redirect {
        /// Who was asked.
        host: String,
        /// Why it is not followed.
        fault: RedirectFault,
    },
    /// 304 without a validator of ours: it renews nothing (V6).
    #[error("{host}: answered \"not modified\" although nothing was cached")]
    NotModified {
        /// Who was asked.
        host: String,
    },
    /// The caller no longer wants the answer.
    #[error("cancelled")]
    Cancelled,
    /// The request was not sent because something in it is wrong.
    #[error("request not sent: {reason}")]
    InvalidRequest {
        /// What is wrong, without any secret.
        reason: String,
    },
}

/// Which limit of time was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutPhase {
    /// From the name of the host to an encrypted connection.
    Connect,
    /// Waiting for the head of the answer.
    Head,
    /// Waiting for more of the body.
    Body,
    /// The whole exchange.
    Whole,
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Head => "waiting for an answer",
            Self::Body => "waiting for the rest of the answer",
            Self::Whole => "the whole request",
        })
    }
}

/// Which part of an answer was too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponsePart {
    /// Status line and headers.
    Head,
    /// The decoded body.
    Body,
}

impl fmt::Display for ResponsePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "head",
            Self::Body => "body",
        })
    }
}

/// Why a redirect was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectFault {
    /// Another scheme, host or port.
    OtherOrigin,
    /// To a place that was visited already.
    Loop,
    /// More than three in a row.
    TooMany,
    /// `Location` is missing, not ASCII, not a URL, or carries a user name.
    Invalid,
    /// Only GET is followed.
    Method,
}

impl fmt::Display for RedirectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherOrigin => "it leads to another server",
            Self::Loop => "it leads in a circle",
            Self::TooMany => "there were too many",
            Self::Invalid => "its Location is not a usable URL",
            Self::Method => "only reads are redirected",
        })
    }
}

impl HttpError {
    /// Whether the request never left: nothing can have been changed by it.
    pub(crate) fn never_left(&self) -> bool {
        matches!(
            self,
            Self::Dns { .. }
                | Self::Connect { .. }
                | Self::Tls { .. }
                | Self::InvalidRequest { .. }
                | Self::Forbidden { .. }
        )
    }

    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::InvalidRequest { reason: reason.into() }
    }
}

/// The host for messages: without path, query or user name.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// What was found on the way down an error's causes.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent mark found on the way")]
struct Causes {
    forbidden: Option<&'static str>,
    dns: bool,
    tls: Option<String>,
    handshake: bool,
    timeout: bool,
    connect: bool,
    builder: bool,
    large_head: bool,
    last: String,
}

/// Sorts a library's error by its chain of causes. `phase` is where it happened.
pub(super) fn classify(error: &(dyn Error + 'static), host: &str, phase: TimeoutPhase) -> HttpError {
    let causes = walk(error);
    let host = host.to_owned();
    if let Some(class) = causes.forbidden {
        return HttpError::Forbidden { host, class };
    }
    if causes.builder {
        return HttpError::invalid("the HTTP library does not accept it");
    }
    if causes.timeout {
        return HttpError::TimedOut {
            host,
            phase: if causes.connect { TimeoutPhase::Connect } else { phase },
        };
    }
    // Later than that the request may have gone: what breaks the encryption then cuts the answer off.
    if let Some(cause) = causes.tls.filter(|_| causes.connect || causes.handshake) {
        return HttpError::Tls { host, cause };
    }
    if causes.dns {
        return HttpError::Dns { host };
    }
    if causes.connect {
        return HttpError::Connect { host, cause: causes.last };
    }
    if causes.large_head {
        return HttpError::TooLarge { host, part: ResponsePart::Head };
    }
    HttpError::Cut { host, cause: causes.last }
}

fn walk(error: &(dyn Error + 'static)) -> Causes {
    let mut causes = Causes { last: "no further cause".into(), ..Causes::default() };
    let mut next = Some(error);
    while let Some(error) = next {
        note(&mut causes, error);
        // The standard library's `source` of such an error skips the error inside it.
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inside.map(|inside| inside as &(dyn Error + 'static)).or_else(|| error.source());
    }
    causes
}

fn note(causes: &mut Causes, error: &(dyn Error + 'static)) {
    if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        causes.timeout |= error.is_timeout();
        causes.connect |= error.is_connect();
        causes.builder |= error.is_builder();
        // Its text would quote the URL: only its causes are quoted.
        return;
    }
    if let Some(Forbidden(class)) = error.downcast_ref() {
        causes.forbidden = Some(class);
    }
    let text = words(&error.to_string());
    if let Some(error) = error.downcast_ref::<io::Error>() {
        causes.timeout |= error.kind() == io::ErrorKind::TimedOut;
        if text.contains("tls handshake") {
            causes.tls = Some(text.clone());
            causes.handshake = true;
        }
    }
    if error.is::<rustls::Error>() {
        causes.tls = Some(text.clone());
    }
    causes.dns |= text.starts_with("dns error");
    causes.large_head |= text.contains("message head is too large");
    causes.last = text;
}

/// Library text as one short line of plain ASCII: a certificate, for one, holds words that others chose.
fn words(text: &str) -> String {
    text.chars().take(MAX_CAUSE).map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("dns error")]
    struct Lookup;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer<T: Error + 'static>(#[source] T);

    #[test]
    fn a_refused_address_is_no_trouble_of_the_network() {
        let refused = classify(&Outer(Outer(Forbidden("loopback"))), "h.example", TimeoutPhase::Head);
        assert_eq!(refused, HttpError::Forbidden { host: "h.example".into(), class: "loopback" });
    }

    #[test]
    fn the_chain_of_causes_decides_the_kind() {
        let host = "h.example";
        let dns = classify(&Outer(Lookup), host, TimeoutPhase::Head);
        assert_eq!(dns, HttpError::Dns { host: host.into() });
        let tls = io::Error::new(io::ErrorKind::UnexpectedEof, "tls handshake eof");
        assert!(matches!(classify(&Outer(tls), host, TimeoutPhase::Head), HttpError::Tls { .. }));
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        assert!(matches!(classify(&Outer(reset), host, TimeoutPhase::Body), HttpError::Cut { .. }));
    }

    #[test]
    fn what_breaks_the_encryption_after_the_handshake_does_not_prove_that_nothing_left() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::InternalError);
        let alert = io::Error::new(io::ErrorKind::InvalidData, alert);
        let error = classify(&Outer(alert), "h.example", TimeoutPhase::Head);
        assert!(matches!(error, HttpError::Cut { .. }) && !error.never_left(), "{error}");
    }

    #[test]
    fn a_cause_is_one_short_plain_line() {
        assert_eq!(words("a\u{1b}[2Jb\u{202e}c\nd"), "a?[2Jb?c?d");
        assert_eq!(words(&"x".repeat(1000)).len(), MAX_CAUSE);
    }

    #[test]
    fn a_host_in_a_message_has_no_user_and_no_query() {
        let url = Url::parse("https://user:pass@h.example:8443/p?token=1#f").expect("url");
        assert_eq!(host_of(&url), "h.example:8443");
    }
}
