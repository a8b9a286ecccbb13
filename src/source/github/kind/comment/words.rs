//! Go and no-go as words of a comment.

use super::super::super::markdown::{any_line_begins, lines};

/// What a comment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SpokenAnswer {
    Go,
    NoGo,
}

/// The words that are listened for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase<'a> {
    pub(super) go: &'a str,
    pub(super) version: &'a str,
    /// Only with the version behind it.
    pub(super) with_version: bool,
}

impl Phrase<'_> {
    /// What the text says, if anything. One that says both says no-go.
    pub(super) fn describe(self, body: &str) -> Option<SpokenAnswer> {
        if any_line_begins(body, &no(self.go)) {
            return Some(SpokenAnswer::NoGo);
        }
        lines(body).iter().any(|line| self.is_go(line)).then_some(SpokenAnswer::Go)
    }

    /// Whether somebody may have meant it as a go: the phrase stands at the beginning of a line.
    pub(super) fn is_meant(self, body: &str) -> bool {
        any_line_begins(body, self.go)
    }

    /// The phrase and nothing else, or the phrase and this very version and nothing else.
    fn is_go(self, line: &str) -> bool {
        let (line, version) = (line.to_lowercase(), self.version.to_lowercase());
        let Some(rest) = line.strip_prefix(&self.go.trim().to_lowercase()) else { return false };
        if rest.is_empty() {
            return !self.with_version;
        }
        let word = rest.trim();
        rest.starts_with(char::is_whitespace) && (word == version || word.strip_prefix('v') == Some(&version))
    }
}

/// The phrase with `no-` before its first letter: `/no-go` for `/go`, `no-GO for launch` for `GO for launch`.
pub(super) fn no(phrase: &str) -> String {
    let phrase = phrase.trim();
    let at = phrase.find(char::is_alphanumeric).unwrap_or(0);
    let (before, after) = phrase.split_at(at);
    format!("{before}no-{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Option<SpokenAnswer> {
        Phrase { go: "GO for launch", version: "3.0.0", with_version: false }.describe(body)
    }

    #[test]
    fn the_phrase_alone_on_a_line_or_with_the_version_is_go() {
        for body in [
            "GO for launch",
            "go for launch",
            "Checked.\n  GO for launch\nSee you",
            "GO for launch 3.0.0",
            "GO for launch v3.0.0",
            "**GO for launch**",
        ] {
            assert_eq!(said(body), Some(SpokenAnswer::Go), "{body}");
        }
    }

    #[test]
    fn a_quoted_longer_or_doubtful_phrase_says_nothing() {
        for body in [
            "> GO for launch",
            "not GO for launch",
            "GO for launches",
            "GO for launch-day",
            "GO for launch? No, wait",
            "GO for launch, but not yet",
            "GO for launch 2.9.0",
            "GO for launch 3.0.0-rc.1",
            "GO for launch 13.0.0",
            "GO for launch 3.0.0 tomorrow",
            "GO for launch3.0.0",
            "```\nGO for launch\n```",
            "",
        ] {
            assert_eq!(said(body), None, "{body}");
        }
    }

    #[test]
    fn no_go_is_heard_wherever_it_stands_and_outweighs_go() {
        for body in ["NO-GO for launch", "no-go for launch: a bug", "GO for launch\n\n- no-GO for launch"] {
            assert_eq!(said(body), Some(SpokenAnswer::NoGo), "{body}");
        }
        assert_eq!((no("/go").as_str(), no(" GO ").as_str()), ("/no-go", "no-GO"));
    }

    #[test]
    fn where_the_version_is_asked_for_the_whole_word_counts() {
        let said = |body| Phrase { go: "/go", version: "3.0.0", with_version: true }.describe(body);
        assert_eq!((said("/go 3.0.0"), said("/go v3.0.0")), (Some(SpokenAnswer::Go), Some(SpokenAnswer::Go)));
        for body in
            ["/go", "/go 3.0.0-rc.1", "/go 13.0.0", "/go 3.0.01", "/go for 3.0.0", "/go 3.0.0 or later"]
        {
            assert_eq!(said(body), None, "{body}");
        }
    }
}
