//! Addresses that may be opened, or drawn as links.

use super::class::{CharClass, class};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// Longer addresses are no address a person wants to open.
const MAX_LEN: usize = 2_048;

/// The text is not an address that may be used as a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a plain http or https address without user name or password")]
pub struct NotALink;

/// An address that we looked at ourselves: `http` or `https`, a host, no user name or password, printable
/// ASCII only (other scripts appear percent-encoded, or as `xn--` in the host), at most 2,048 characters.
///
/// It may be handed to a browser or written into a terminal's link sequence. On a screen show
/// [`Link::shown`]: queries and fragments carry tokens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(String);

impl Link {
    /// The address in `text`, normalised; none if it is not one that we would open.
    pub fn parse(text: &str) -> Option<Self> {
        // The URL standard drops tabs and newlines and turns `\` into `/` in silence: what people would read
        // is then not what opens.
        let unfit = |c: char| c.is_whitespace() || c == '\\' || class(c) == CharClass::Unfit;
        if text.len() > MAX_LEN || text.contains(unfit) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none();
        let address = String::from(url);
        let fits = address.len() <= MAX_LEN && address.bytes().all(|b| b.is_ascii_graphic());
        // `https://@host` parses with an empty user name that the normal form drops.
        let has_userinfo = authority(text).contains('@');
        (plain && fits && !has_userinfo).then_some(Self(address))
    }

    /// The whole address: to open, never to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address without query and fragment: to show.
    pub fn shown(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or_default()
    }
}

/// What stands between `//` and the next `/`, `?` or `#`.
fn authority(text: &str) -> &str {
    let rest = text.split_once(':').map_or(text, |(_, rest)| rest).trim_start_matches('/');
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Without query and fragment, as they may hold secrets and `Debug` ends up in logs.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({})", self.shown())
    }
}

impl TryFrom<String> for Link {
    type Error = NotALink;

    fn try_from(text: String) -> Result<Self, NotALink> {
        Self::parse(&text).ok_or(NotALink)
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_addresses_are_links() {
        for (text, whole, shown) in [
            ("https://example.org", "https://example.org/", "https://example.org/"),
            ("http://example.org:8080/a", "http://example.org:8080/a", "http://example.org:8080/a"),
            (
                "https://example.org/a?token=s3cret#x",
                "https://example.org/a?token=s3cret#x",
                "https://example.org/a",
            ),
            ("https://example.org/a@b", "https://example.org/a@b", "https://example.org/a@b"),
            (
                "https://bücher.example/ü",
                "https://xn--bcher-kva.example/%C3%BC",
                "https://xn--bcher-kva.example/%C3%BC",
            ),
        ] {
            let link = Link::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((link.as_str(), link.shown()), (whole, shown));
            assert!(!format!("{link:?}").contains("s3cret"));
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "example.org",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "ftp://example.org/",
            "https://",
            "https://user@example.org/",
            "https://user:pass@example.org/",
            "https://@example.org/",
            "https://:@example.org/",
            "https://good.example\\@evil.example/",
            "https://example.org\\path",
            "https://example.org/a\nb",
            "https://example.org/\u{1b}]8;;",
            "https://exa\tmple.org/",
            " https://example.org/",
            "https://example.org/ a",
            "https://example.org/\u{202e}",
            "https://example.org/\u{9c}",
            "https:///user@example.org",
        ] {
            assert_eq!(Link::parse(text), None, "{text:?}");
        }
        assert_eq!(Link::parse(&format!("https://example.org/{}", "a".repeat(MAX_LEN))), None);
        assert_eq!(Link::parse(&format!("https://example.org/{}", "ü".repeat(MAX_LEN / 3))), None);
    }

    #[test]
    fn no_scalar_value_gets_a_link_to_do_anything() {
        let (sharp, plain): (Vec<char>, Vec<char>) = ('\0'..=char::MAX)
            .partition(|c| c.is_ascii() || class(*c) == CharClass::Unfit || c.is_whitespace());
        // What makes the whole address unfit is tried alone, the rest by the dozen.
        let parts = sharp.chunks(1).chain(plain.chunks(24)).map(String::from_iter);
        let hosts = ('\0'..='\u{3000}').map(|c| format!("https://e{c}.org/"));
        for text in parts.map(|p| format!("https://example.org/{p}?{p}#{p}")).chain(hosts) {
            if let Some(link) = Link::parse(&text) {
                assert!(link.as_str().bytes().all(|b| b.is_ascii_graphic()), "{text:?}");
                assert!(!link.shown().contains(['?', '#']), "{text:?}");
            }
        }
    }

    #[test]
    fn reading_one_back_checks_it_again() {
        let link = Link::parse("https://example.org/a").unwrap();
        let json = serde_json::to_string(&link).unwrap();
        assert_eq!(json, "\"https://example.org/a\"");
        assert_eq!(serde_json::from_str::<Link>(&json).unwrap(), link);
        assert!(serde_json::from_str::<Link>("\"javascript:1\"").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]
        #[test]
        fn a_link_is_its_own_normal_form(text in "https?://[a-z@:.\\\\/?#%ü]{0,24}") {
            if let Some(link) = Link::parse(&text) {
                prop_assert_eq!(Link::parse(link.as_str()), Some(link.clone()));
                prop_assert!(!authority(link.as_str()).contains('@'));
            }
        }
    }
}
