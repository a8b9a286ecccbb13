//! Where a redirect may lead: the same origin, somewhere new, at most three times, for reads only.

use http::{HeaderValue, Method, header};
use reqwest::Url;

use super::error::{HttpError, RedirectFault, host_of};
use super::request::origin_of;
use super::wire::RawResponse;

/// Most redirects followed for one request.
const MAX: usize = 3;

/// The next address, or None if `answer` is not a redirect. `visited` holds every address so far.
pub(super) fn next(
    method: &Method,
    from: &Url,
    answer: &RawResponse,
    visited: &[Url],
) -> Result<Option<Url>, HttpError> {
    if !matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = answer.headers.get(header::LOCATION).map(HeaderValue::as_bytes);
    target(method, from, location, visited)
        .map(Some)
        .map_err(|fault| HttpError::Redirect { host: host_of(from), fault })
}

fn target(
    method: &Method,
    from: &Url,
    location: Option<&[u8]>,
    visited: &[Url],
) -> Result<Url, RedirectFault> {
    if method != Method::GET {
        return Err(RedirectFault::Method);
    }
    let text = location.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(RedirectFault::Invalid);
    }
    let mut to = from.join(text).map_err(|_| RedirectFault::Invalid)?;
    to.set_fragment(None);
    if !to.username().is_empty() || to.password().is_some() {
        return Err(RedirectFault::Invalid);
    }
    if !matches!(to.scheme(), "http" | "https") || origin_of(&to) != origin_of(from) {
        return Err(RedirectFault::OtherOrigin);
    }
    if visited.contains(&to) {
        return Err(RedirectFault::Loop);
    }
    if visited.len() > MAX {
        return Err(RedirectFault::TooMany);
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(location: &[u8]) -> Result<String, RedirectFault> {
        let from = Url::parse("https://api.example/repos/a/b").expect("url");
        target(&Method::GET, &from, Some(location), std::slice::from_ref(&from)).map(|url| url.to_string())
    }

    #[test]
    fn only_the_same_origin_is_followed() {
        assert_eq!(go(b"/repositories/1").as_deref(), Ok("https://api.example/repositories/1"));
        assert_eq!(go(b"https://api.example:443/x#f").as_deref(), Ok("https://api.example/x"));
        for away in
            ["http://api.example/x", "https://api.example:8443/", "https://evil.example/", "//evil.example/"]
        {
            assert_eq!(go(away.as_bytes()), Err(RedirectFault::OtherOrigin), "{away}");
        }
        for away in ["file:///etc/passwd", "data:,x", "javascript:1", "https://api.example.evil/"] {
            assert_eq!(go(away.as_bytes()), Err(RedirectFault::OtherOrigin), "{away}");
        }
    }

    #[test]
    fn a_location_that_is_no_url_is_refused_without_a_panic() {
        for bad in [
            &b""[..],
            b"https://u@api.example/",
            b"https://u:p@api.example/",
            b"\xff\xfe",
            "/é".as_bytes(),
            b"https://[",
        ] {
            assert_eq!(go(bad), Err(RedirectFault::Invalid), "{bad:?}");
        }
    }

    #[test]
    fn circles_and_long_chains_end() {
        let url = |n: usize| Url::parse(&format!("https://api.example/{n}")).expect("url");
        assert_eq!(target(&Method::GET, &url(0), Some(b"/0"), &[url(0)]), Err(RedirectFault::Loop));
        let visited = [url(0), url(1), url(2), url(3)];
        assert_eq!(target(&Method::GET, &url(3), Some(b"/4"), &visited), Err(RedirectFault::TooMany));
        assert!(target(&Method::GET, &url(2), Some(b"/3"), &visited[..3]).is_ok());
        assert_eq!(target(&Method::POST, &url(0), Some(b"/1"), &[url(0)]), Err(RedirectFault::Method));
    }
}
