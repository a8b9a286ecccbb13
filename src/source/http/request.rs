//! What is sent, and the credential that may go with it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use gonogo_text::Veil;

use super::{HttpError, veil};

/// Headers that are ours to set: a caller that could set them could leak or smuggle.
const RESERVED: [HeaderName; 9] = [
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::ACCEPT_ENCODING,
    header::UPGRADE,
];

/// How a secret is put into a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer SECRET` (GitHub, OAuth).
    Bearer,
    /// `Authorization: SECRET` (Linear's personal keys).
    Bare,
    /// `Authorization: WORDSECRET`, with the service's own word and blank in front (`OAuth `, `Token token=`).
    Word(&'static str),
    /// `Authorization: Basic`, of a secret `user:password`.
    Basic,
    /// As `Basic` for a secret with a colon in it, else as `Bearer`.
    BasicOrBearer,
    /// A header of the service's own.
    Header(HeaderName),
    /// Two headers of the service's own, of a secret `first:second`.
    Pair(HeaderName, HeaderName),
}

/// A secret, how it is sent, and the one origin (scheme, host, port) it may be sent to.
#[derive(Clone)]
pub struct Credential {
    secret: SecretString,
    scheme: Scheme,
    origin: String,
    veil: Arc<Veil>,
}

impl Credential {
    /// Binds `secret` to the origin of `server`. Blanks around the secret are dropped.
    ///
    /// # Errors
    /// [`HttpError::InvalidRequest`] if the secret is empty or holds anything but visible ASCII, as a token
    /// with a line break would.
    pub fn new(secret: &SecretString, scheme: Scheme, server: &Url) -> Result<Self, HttpError> {
        let text = secret.expose_secret().trim();
        if text.is_empty() {
            return Err(HttpError::invalid("the token is empty"));
        }
        let scheme = match scheme {
            Scheme::BasicOrBearer if text.contains(':') => Scheme::Basic,
            Scheme::BasicOrBearer => Scheme::Bearer,
            given => given,
        };
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(HttpError::invalid(
                "the token has a space, a line break or another character that no token contains",
            ));
        }
        if matches!(scheme, Scheme::Basic | Scheme::Pair(..)) && halves(text).is_none() {
            return Err(HttpError::invalid("the token must be two parts with a colon between them"));
        }
        let secret: SecretString = text.to_owned().into();
        let veil = Arc::new(veil::over([&secret]));
        Ok(Self { secret, scheme, origin: origin_of(server), veil })
    }

    /// Whether this credential may be sent to `url`.
    pub fn is_for(&self, url: &Url) -> bool {
        self.origin == origin_of(url)
    }

    /// Tells two credentials apart without giving one away: the start of its SHA-256. Never shown.
    pub(super) fn fingerprint(&self) -> [u8; 16] {
        let digest = Sha256::digest(self.secret.expose_secret().as_bytes());
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        short
    }

    /// The headers that carry it, marked sensitive so that no library logs or indexes them.
    pub(super) fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, HttpError> {
        let carried = self.carried().into_iter().map(|(name, text)| {
            let mut value = HeaderValue::try_from(text)
                .map_err(|_| HttpError::invalid("the token is no header value"))?;
            value.set_sensitive(true);
            Ok((name, value))
        });
        carried.collect()
    }

    fn carried(&self) -> Vec<(HeaderName, String)> {
        let secret = self.secret.expose_secret();
        let authorization = |text: String| vec![(header::AUTHORIZATION, text)];
        match &self.scheme {
            Scheme::Bearer | Scheme::BasicOrBearer => authorization(format!("Bearer {secret}")),
            Scheme::Bare => authorization(secret.to_owned()),
            Scheme::Word(word) => authorization(format!("{word}{secret}")),
            Scheme::Basic => authorization(format!("Basic {}", STANDARD.encode(secret))),
            Scheme::Header(name) => vec![(name.clone(), secret.to_owned())],
            Scheme::Pair(first, second) => {
                let (left, right) = halves(secret).unwrap_or((secret, ""));
                vec![(first.clone(), left.to_owned()), (second.clone(), right.to_owned())]
            }
        }
    }

    /// What hides it in all that servers say.
    pub(super) fn veil(&self) -> &Veil {
        &self.veil
    }
}

/// The two parts of `first:second`.
fn halves(secret: &str) -> Option<(&str, &str)> {
    secret.split_once(':').filter(|(left, right)| !left.is_empty() && !right.is_empty())
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential(*** for {})", self.origin)
    }
}

/// What is sent in a request's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `application/json`.
    Json(serde_json::Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Anything else, with its content type.
    Bytes(HeaderValue, Vec<u8>),
}

/// One request. Build it with [`HttpRequest::get`] or [`HttpRequest::post`] and the methods that take `self`.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Body>,
    auth: Option<Credential>,
    follow: bool,
}

impl HttpRequest {
    /// A request without a body. It accepts JSON until [`HttpRequest::accept`] says otherwise.
    pub fn new(method: Method, url: Url) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        Self { method, url, headers, body: None, auth: None, follow: true }
    }

    /// A read.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A POST with `body`.
    pub fn post(url: Url, body: Body) -> Self {
        Self { body: Some(body), ..Self::new(Method::POST, url) }
    }

    /// A PATCH with `body`.
    pub fn patch(url: Url, body: Body) -> Self {
        Self { body: Some(body), ..Self::new(Method::PATCH, url) }
    }

    /// Sets what is accepted, in place of JSON.
    #[must_use]
    pub fn accept(mut self, value: HeaderValue) -> Self {
        self.headers.insert(header::ACCEPT, value);
        self
    }

    /// Sets a header. [`HttpRequest::check`] refuses those that are the client's own to set.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sends `credential` along, if the URL is of its origin; else the request is refused.
    #[must_use]
    pub fn auth(mut self, credential: Option<Credential>) -> Self {
        self.auth = credential;
        self
    }

    /// Takes a redirect for the answer instead of following it.
    #[must_use]
    pub fn without_redirects(mut self) -> Self {
        self.follow = false;
        self
    }

    /// Whether redirects are followed.
    pub(super) fn follows(&self) -> bool {
        self.follow
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The headers set so far, without the credential.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What is asked, without who asks: two requests that say the same have one answer.
    pub(crate) fn describe(&self) -> String {
        format!("{} {} {:?}", self.method, self.url, self.body)
    }

    /// The credential, if any.
    pub fn credential(&self) -> Option<&Credential> {
        self.auth.as_ref()
    }

    pub(super) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// Says whether this request may be sent at all. [`super::Http::send`] asks first.
    ///
    /// # Errors
    /// [`HttpError::InvalidRequest`]: not http(s), a user name in the URL, a reserved header, plain HTTP beyond
    /// this machine, or a credential for another origin.
    pub fn check(&self) -> Result<(), HttpError> {
        let url = &self.url;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(HttpError::invalid("only http and https addresses can be asked"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpError::invalid("the address holds a user name or a password"));
        }
        if let Some(name) = RESERVED.iter().find(|name| self.headers.contains_key(*name)) {
            return Err(HttpError::invalid(format!("the header {name} cannot be set here")));
        }
        if url.scheme() == "http" && !is_this_machine(url) {
            return Err(HttpError::invalid("http works for this machine only; use https"));
        }
        match &self.auth {
            Some(credential) if !credential.is_for(url) => {
                Err(HttpError::invalid("the credential is for another server"))
            }
            _ => Ok(()),
        }
    }

    /// The body's bytes and content type.
    pub(super) fn encoded(&self) -> Option<(HeaderValue, Vec<u8>)> {
        match self.body.as_ref()? {
            Body::Json(value) => {
                Some((HeaderValue::from_static("application/json"), value.to_string().into_bytes()))
            }
            Body::Form(pairs) => Some((
                HeaderValue::from_static("application/x-www-form-urlencoded"),
                form(pairs).into_bytes(),
            )),
            Body::Bytes(kind, bytes) => Some((kind.clone(), bytes.clone())),
        }
    }
}

/// Form encoding is the encoding of a URL's query.
fn form(pairs: &[(String, String)]) -> String {
    let Ok(mut url) = Url::parse("http://form.invalid/") else { return String::new() };
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().to_owned()
}

/// Scheme, host and port in one comparable text.
pub(super) fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// What all requests to one server with one credential have in common; tells nothing of the credential.
pub(crate) fn server_of(server: &Url, credential: Option<&SecretString>) -> gonogo_domain::Digest {
    let secret = credential.map(|secret| secret.expose_secret().trim()).unwrap_or_default();
    gonogo_domain::Digest::of([origin_of(server).as_bytes(), secret.as_bytes()])
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("url")
    }

    fn token(text: &str) -> Result<Credential, HttpError> {
        Credential::new(&SecretString::from(text), Scheme::Bearer, &url("https://api.example"))
    }

    #[test]
    fn a_token_with_a_line_break_is_an_error_and_blanks_around_it_are_not() {
        for bad in ["", "  ", "a\nb", "a\r\nX-Evil: 1", "a b", "a\0b", "tök"] {
            assert!(token(bad).is_err(), "{bad:?}");
        }
        assert_eq!(token(" abc\n").expect("trimmed").headers().expect("header")[0].1, "Bearer abc");
    }

    #[test]
    fn a_credential_is_never_printed() {
        let credential = token("canary-123").expect("credential");
        let request = HttpRequest::get(url("https://api.example/")).auth(Some(credential.clone()));
        assert!(!format!("{credential:?} {request:?} {:?}", credential.headers()).contains("canary"));
    }

    #[test]
    fn each_scheme_sends_what_its_service_reads() {
        let sent = |secret: &str, scheme: Scheme| {
            let credential =
                Credential::new(&SecretString::from(secret), scheme, &url("https://api.example"))?;
            let headers = credential.headers()?.into_iter();
            Ok::<_, HttpError>(
                headers
                    .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                    .collect::<Vec<_>>(),
            )
        };
        let (first, second) =
            (HeaderName::from_static("dd-api-key"), HeaderName::from_static("dd-application-key"));
        assert_eq!(
            sent("a:b", Scheme::Pair(first, second)).unwrap(),
            ["dd-api-key: a", "dd-application-key: b"]
        );
        assert_eq!(sent("x", Scheme::Word("Token token=")).unwrap(), ["authorization: Token token=x"]);
        assert_eq!(sent("Aladdin:open", Scheme::Basic).unwrap(), ["authorization: Basic QWxhZGRpbjpvcGVu"]);
        for half in ["x", ":x", "x:"] {
            assert!(sent(half, Scheme::Basic).is_err(), "{half}");
        }
        let either = |secret| sent(secret, Scheme::BasicOrBearer);
        assert_eq!(either("Aladdin:open").unwrap(), ["authorization: Basic QWxhZGRpbjpvcGVu"]);
        assert_eq!(either("token").unwrap(), ["authorization: Bearer token"]);
        assert!(either(":x").is_err(), "half of a pair is no token");
    }

    #[test]
    fn a_credential_goes_to_its_exact_origin() {
        let credential = token("abc").expect("credential");
        for (to, fine) in [
            ("https://api.example/x", true),
            ("https://api.example:443/x", true),
            ("https://api.example:8443/x", false),
            ("http://api.example/x", false),
            ("https://api.example.evil/x", false),
            ("https://evil/?https://api.example", false),
        ] {
            let request = HttpRequest::get(url(to)).auth(Some(credential.clone()));
            assert_eq!(request.check().is_ok(), fine, "{to}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        assert!(HttpRequest::get(url("http://127.0.0.1:1/")).check().is_ok());
        assert!(HttpRequest::get(url("http://[::1]:1/")).check().is_ok());
        assert!(HttpRequest::get(url("http://prometheus.example/")).check().is_err());
    }

    #[test]
    fn odd_addresses_and_reserved_headers_are_refused() {
        for bad in ["file:///etc/passwd", "ftp://h/", "https://user@h/", "https://u:p@h/", "data:,x"] {
            assert!(HttpRequest::get(url(bad)).check().is_err(), "{bad}");
        }
        let smuggled =
            HttpRequest::get(url("https://h/")).header(header::AUTHORIZATION, HeaderValue::from_static("x"));
        assert!(smuggled.check().is_err());
    }

    #[test]
    fn a_form_is_encoded() {
        assert_eq!(form(&[("a b".into(), "c&d=é".into())]), "a+b=c%26d%3D%C3%A9");
    }
}
