//! The next page of a list, from the `Link` header: same origin, new, and not for ever.

use std::collections::HashSet;

use reqwest::Url;

use super::Response;
use super::request::origin_of;

/// Why the pages of a list cannot all be had: the list is incomplete and proves nothing (V3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PagingError {
    /// The next page is on another server.
    #[error("the next page is on another server")]
    OtherOrigin,
    /// The next page was read already.
    #[error("the pages lead in a circle")]
    Loop,
    /// There are more pages than we read.
    #[error("there are too many pages to read")]
    TooMany,
    /// The link is no usable URL.
    #[error("the link to the next page is not a usable URL")]
    Invalid,
}

/// The pages of one list that were read so far.
#[derive(Debug, Clone)]
pub struct SeenPages {
    pages: HashSet<Url>,
    cap: usize,
}

impl SeenPages {
    /// For a list of which at most `cap` pages are read.
    pub fn new(cap: usize) -> Self {
        Self { pages: HashSet::new(), cap }
    }
}

/// The address of the page after `response`, or None on the last one. `asked` is the address that was asked for.
///
/// # Errors
/// A [`PagingError`]: the list must then be treated as incomplete.
pub fn next_page(asked: &Url, response: &Response, seen: &mut SeenPages) -> Result<Option<Url>, PagingError> {
    seen.pages.insert(asked.clone());
    seen.pages.insert(response.final_url().clone());
    let Some(link) = link(response, "next")? else { return Ok(None) };
    let url = response.final_url().join(link.target).map_err(|_| PagingError::Invalid)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(PagingError::Invalid);
    }
    if origin_of(&url) != origin_of(asked) {
        return Err(PagingError::OtherOrigin);
    }
    if seen.pages.contains(&url) {
        return Err(PagingError::Loop);
    }
    if seen.pages.len() >= seen.cap {
        return Err(PagingError::TooMany);
    }
    Ok(Some(url))
}

/// One link of a `Link` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLink<'a> {
    /// Where it leads: a URL, perhaps relative.
    pub target: &'a str,
    parameters: &'a str,
}

impl<'a> PageLink<'a> {
    /// The value of a parameter, without quotes.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.parameters;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ';']);
            let (one, after) = rest.split_at(end_of(rest, b';'));
            match one.split_once('=') {
                Some((found, value)) if found.trim().eq_ignore_ascii_case(name) => {
                    return Some(value.trim().trim_matches('"'));
                }
                _ if rest.is_empty() => return None,
                _ => rest = after,
            }
        }
    }

    fn leads(&self, relation: &str) -> bool {
        let relations = self.parameter("rel").unwrap_or_default();
        relations.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case(relation))
    }
}

/// The one link of an answer with a relation, such as `next`.
///
/// # Errors
/// [`PagingError::Invalid`] for a header that is not understood, and for several such links.
pub fn link<'a>(response: &'a Response, relation: &str) -> Result<Option<PageLink<'a>>, PagingError> {
    let mut found = None;
    for header in response.headers.get_all("link") {
        let text = std::str::from_utf8(header.as_bytes()).ok().filter(|text| text.is_ascii());
        for link in links(text.ok_or(PagingError::Invalid)?)? {
            if link.leads(relation) && found.replace(link).is_some() {
                return Err(PagingError::Invalid);
            }
        }
    }
    Ok(found)
}

/// Splits `<url>; rel="next", <url>; rel="last"` into targets and their parameters.
fn links(mut text: &str) -> Result<Vec<PageLink<'_>>, PagingError> {
    let mut all = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\t', ',']);
        if text.is_empty() {
            return Ok(all);
        }
        let (target, rest) =
            text.strip_prefix('<').and_then(|text| text.split_once('>')).ok_or(PagingError::Invalid)?;
        let (parameters, after) = rest.split_at(end_of(rest, b','));
        all.push(PageLink { target, parameters });
        text = after;
    }
}

/// The first of these signs that is not inside quotes.
fn end_of(text: &str, sign: u8) -> usize {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            _ if byte == sign && !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;

    fn page(link: Option<&[u8]>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(link) = link {
            headers.insert("link", HeaderValue::from_bytes(link).expect("value"));
        }
        Response {
            status: StatusCode::OK,
            headers,
            body: Vec::new(),
            final_url: start(),
            not_modified: false,
            certificate: None,
        }
    }

    fn start() -> Url {
        Url::parse("https://api.example/r/issues?page=1").expect("url")
    }

    fn next(link: &str) -> Result<Option<String>, PagingError> {
        let found = next_page(&start(), &page(Some(link.as_bytes())), &mut SeenPages::new(10))?;
        Ok(found.map(|url| url.to_string()))
    }

    #[test]
    fn the_next_link_is_found_among_others() {
        let link = r#"<https://api.example/x?page=1&q=a,b;c>; rel="prev", <https://api.example/x?page=3>; title="a, b"; rel="next""#;
        assert_eq!(next(link), Ok(Some("https://api.example/x?page=3".into())));
        assert_eq!(next(r#"<https://api.example/x>; rel="last""#), Ok(None));
        assert_eq!(next("</x?page=2>; rel=next"), Ok(Some("https://api.example/x?page=2".into())));
        assert_eq!(next_page(&start(), &page(None), &mut SeenPages::new(10)), Ok(None));
    }

    #[test]
    fn parameters_are_read_by_name_and_not_out_of_one_another() {
        let answer = page(Some(
            br#"</x>; crossorigin; title="a; results=1"; Rel="next"; results="true"; cursor="0:100:0""#,
        ));
        let link = link(&answer, "next").expect("a header").expect("a link");
        assert_eq!(link.parameter("results"), Some("true"));
        assert_eq!((link.parameter("cursor"), link.parameter("other")), (Some("0:100:0"), None));
    }

    #[test]
    fn a_next_page_elsewhere_or_unreadable_is_an_error_and_not_the_end() {
        for away in
            ["<https://evil.example/x>; rel=next", "<http://api.example/x>; rel=next", "<//evil/>; rel=next"]
        {
            assert_eq!(next(away), Err(PagingError::OtherOrigin), "{away}");
        }
        for bad in [
            "https://api.example/x; rel=next",
            "<https://api.example/x; rel=next",
            "<https://u:p@api.example/>; rel=next",
        ] {
            assert_eq!(next(bad), Err(PagingError::Invalid), "{bad}");
        }
        let two = "</a>; rel=next, </b>; rel=next";
        assert_eq!(next(two), Err(PagingError::Invalid));
    }

    #[test]
    fn circles_and_endless_lists_end() {
        assert_eq!(next("</r/issues?page=1>; rel=next"), Err(PagingError::Loop));
        let mut seen = SeenPages::new(5);
        let mut asked = start();
        for turn in 2.. {
            let mut answer = page(Some(format!("</r/issues?page={turn}>; rel=next").as_bytes()));
            answer.final_url = asked.clone();
            match next_page(&asked, &answer, &mut seen) {
                Ok(Some(url)) => asked = url,
                other => {
                    assert_eq!((turn, other), (6, Err(PagingError::TooMany)));
                    break;
                }
            }
        }
    }
}
