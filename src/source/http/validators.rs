//! Bodies worth asking about again: `ETag`, and the body it stands for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{self, HeaderName, HeaderValue};
use http::{Method, StatusCode};

use super::error::host_of;
use super::{HttpError, HttpRequest, Response};

/// Most answers that are kept.
const MAX_ENTRIES: usize = 512;

/// Most bytes of bodies that are kept.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// What an entity tag depends on: a new token starts cold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CacheKey {
    url: String,
    accept: Option<HeaderValue>,
    credential: Option<[u8; 16]>,
}

#[derive(Debug)]
struct CachedResponse {
    tag: HeaderValue,
    response: Response,
    used: u64,
}

#[derive(Debug, Default)]
struct CacheStore {
    entries: HashMap<CacheKey, Arc<CachedResponse>>,
    bytes: usize,
    turn: u64,
}

/// The answers of earlier requests, in memory only. Shared by reference between tasks.
#[derive(Debug, Default)]
pub struct Validators {
    store: Mutex<CacheStore>,
}

/// Which stored body a conditional request asked about.
#[derive(Debug)]
#[must_use = "the answer means something only together with its ticket"]
pub struct Revalidation(Option<Arc<CachedResponse>>);

impl Validators {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `If-None-Match` to a GET whose answer is stored. The request must carry its credential already.
    pub fn prepare(&self, request: &mut HttpRequest) -> Revalidation {
        let entry = key(request).and_then(|key| self.locked().entries.get(&key).cloned());
        request.headers_mut().remove(header::IF_NONE_MATCH);
        if let Some(entry) = &entry {
            request.headers_mut().insert(header::IF_NONE_MATCH, entry.tag.clone());
        }
        Revalidation(entry)
    }

    /// Keeps a whole 200 that has parsed. Anything else, and an answer that came from here, is left alone.
    pub fn store(&self, request: &HttpRequest, response: &Response) {
        let Some(key) = key(request) else { return };
        if response.status != StatusCode::OK || response.not_modified {
            return;
        }
        let mut store = self.locked();
        store.remove(&key);
        let Some(tag) = response.headers.get(header::ETAG).cloned() else { return };
        if response.body.len() > MAX_BYTES {
            return;
        }
        while store.entries.len() >= MAX_ENTRIES || store.bytes + response.body.len() > MAX_BYTES {
            store.drop_oldest();
        }
        store.turn += 1;
        store.bytes += response.body.len();
        let entry = CachedResponse { tag, response: response.clone(), used: store.turn };
        store.entries.insert(key, Arc::new(entry));
    }

    /// Forgets the answer to a request: a server whose 304 speaks of another body would do so for ever.
    pub fn forget(&self, request: &HttpRequest) {
        if let Some(key) = key(request) {
            self.locked().remove(&key);
        }
    }

    /// How many answers are kept.
    pub fn len(&self) -> usize {
        self.locked().entries.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, CacheStore> {
        // Every change keeps the store whole, so a panic elsewhere does not spoil it.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheStore {
    fn remove(&mut self, key: &CacheKey) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.response.body.len();
        }
    }

    fn drop_oldest(&mut self) {
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
        match oldest {
            Some(key) => self.remove(&key),
            None => self.bytes = 0,
        }
    }
}

impl Revalidation {
    /// Turns a 304 into the very answer it renews (V6); any other answer passes through.
    ///
    /// The renewed answer has the stored body. What speaks of the exchange (`Date`, `Age`, the rates) is the 304's own or
    /// none: the stored one is of another time. `Link` is the 304's where it has one (RFC 9111, 4.3.4): a list may have got
    /// a further page while this one stayed as it was.
    ///
    /// # Errors
    /// [`HttpError::NotModified`] if nothing was asked about.
    pub fn settle(self, response: Response) -> Result<Response, HttpError> {
        if response.status != StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        let Some(entry) = self.0 else {
            return Err(HttpError::NotModified { host: host_of(&response.final_url) });
        };
        if response.headers.get(header::ETAG).is_some_and(|tag| weak(tag) != weak(&entry.tag)) {
            return Err(HttpError::NotModified { host: host_of(&response.final_url) });
        }
        let mut renewed = entry.response.clone();
        let old: Vec<HeaderName> = renewed.headers.keys().filter(|name| is_fresh(name)).cloned().collect();
        for name in old {
            renewed.headers.remove(name);
        }
        let new = |name: &&HeaderName| is_fresh(name) || **name == header::LINK;
        for name in response.headers.keys().filter(new) {
            renewed.headers.remove(name);
            for value in response.headers.get_all(name) {
                renewed.headers.append(name.clone(), value.clone());
            }
        }
        renewed.not_modified = true;
        Ok(renewed)
    }
}

/// Headers that speak of this exchange rather than of the body.
fn is_fresh(name: &HeaderName) -> bool {
    [header::DATE, header::AGE, header::RETRY_AFTER].contains(name) || name.as_str().contains("ratelimit")
}

/// A tag without its weak mark: a proxy that compresses may add one.
fn weak(tag: &HeaderValue) -> &[u8] {
    tag.as_bytes().strip_prefix(b"W/").unwrap_or(tag.as_bytes())
}

fn key(request: &HttpRequest) -> Option<CacheKey> {
    (request.method() == Method::GET).then(|| CacheKey {
        url: request.url().as_str().to_owned(),
        accept: request.headers().get(header::ACCEPT).cloned(),
        credential: request.credential().map(super::Credential::fingerprint),
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use reqwest::Url;
    use secrecy::SecretString;

    use super::*;
    use crate::http::{Credential, Scheme};

    fn url() -> Url {
        Url::parse("https://api.example/r").expect("url")
    }

    fn response(status: StatusCode, headers: &[(&'static str, &'static str)], body: &str) -> Response {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        Response {
            status,
            headers: map,
            body: body.into(),
            final_url: url(),
            not_modified: false,
            certificate: None,
        }
    }

    fn not_modified() -> Response {
        response(StatusCode::NOT_MODIFIED, &[("x-ratelimit-remaining", "7")], "")
    }

    fn with_token(token: &str) -> HttpRequest {
        let credential =
            Credential::new(&SecretString::from(token), Scheme::Bearer, &url()).expect("credential");
        HttpRequest::get(url()).auth(Some(credential))
    }

    #[test]
    fn a_304_gives_back_the_body_with_its_links_and_the_new_rate() {
        let validators = Validators::new();
        let mut request = HttpRequest::get(url());
        let first = [("etag", "W/\"1\""), ("link", "</r?page=2>; rel=next"), ("x-ratelimit-remaining", "9")];
        validators.store(&request, &response(StatusCode::OK, &first, "{\"a\":1}"));
        let ticket = validators.prepare(&mut request);
        assert_eq!(request.headers()["if-none-match"], "W/\"1\"");
        let renewed = ticket.settle(not_modified()).expect("renewed");
        assert_eq!(
            (renewed.status(), renewed.body(), renewed.not_modified()),
            (200, &b"{\"a\":1}"[..], true)
        );
        assert_eq!(renewed.header("link"), Some("</r?page=2>; rel=next"));
        assert_eq!(renewed.header("x-ratelimit-remaining"), Some("7"));
    }

    #[test]
    fn a_304_tells_no_time_of_its_own_by_an_old_date_and_of_a_page_that_came_later() {
        let validators = Validators::new();
        let mut request = HttpRequest::get(url());
        let first = [
            ("etag", "\"1\""),
            ("date", "Mon, 30 Nov 2026 09:00:00 GMT"),
            ("age", "30"),
            ("retry-after", "60"),
            ("x-ratelimit-remaining", "9"),
        ];
        validators.store(&request, &response(StatusCode::OK, &first, "[]"));
        let ticket = validators.prepare(&mut request);
        let grown = [("link", "</r?page=2>; rel=next")];
        let renewed = ticket.settle(response(StatusCode::NOT_MODIFIED, &grown, "")).expect("renewed");
        for name in ["date", "age", "retry-after", "x-ratelimit-remaining"] {
            assert_eq!(renewed.header(name), None, "{name}");
        }
        assert_eq!(renewed.header("link"), Some("</r?page=2>; rel=next"));
    }

    #[test]
    fn a_304_renews_only_the_body_it_was_asked_about() {
        let validators = Validators::new();
        let mut request = HttpRequest::get(url());
        assert!(validators.prepare(&mut request).settle(not_modified()).is_err());
        validators.store(&request, &response(StatusCode::OK, &[("etag", "\"1\"")], "old"));
        let ticket = validators.prepare(&mut request);
        validators.store(&request, &response(StatusCode::OK, &[("etag", "\"2\"")], "new"));
        assert_eq!(ticket.settle(not_modified()).expect("renewed").body(), b"old");
        let ticket = validators.prepare(&mut request);
        let other = response(StatusCode::NOT_MODIFIED, &[("etag", "\"9\"")], "");
        assert!(ticket.settle(other).is_err());
    }

    #[test]
    fn errors_other_methods_and_other_tokens_are_not_mixed_in() {
        let validators = Validators::new();
        let tag = [("etag", "\"1\"")];
        validators.store(&with_token("a"), &response(StatusCode::NOT_FOUND, &tag, "{}"));
        validators.store(&HttpRequest::new(Method::POST, url()), &response(StatusCode::OK, &tag, "{}"));
        validators.store(&with_token("a"), &response(StatusCode::OK, &[], "{}"));
        assert!(validators.is_empty());
        validators.store(&with_token("a"), &response(StatusCode::OK, &tag, "{}"));
        assert!(validators.prepare(&mut with_token("b")).0.is_none());
        assert!(validators.prepare(&mut HttpRequest::get(url())).0.is_none());
        let raw = HeaderValue::from_static("application/vnd.github.raw+json");
        assert!(validators.prepare(&mut with_token("a").accept(raw)).0.is_none());
        assert!(validators.prepare(&mut with_token("a")).0.is_some());
    }

    #[test]
    fn the_store_has_a_size() {
        let validators = Validators::new();
        for n in 0..MAX_ENTRIES + 10 {
            let mut address = url();
            address.set_query(Some(&n.to_string()));
            validators
                .store(&HttpRequest::get(address), &response(StatusCode::OK, &[("etag", "\"1\"")], "{}"));
        }
        assert_eq!(validators.len(), MAX_ENTRIES);
        assert!(
            validators
                .prepare(&mut HttpRequest::get({
                    let mut first = url();
                    first.set_query(Some("0"));
                    first
                }))
                .0
                .is_none()
        );
    }
}
