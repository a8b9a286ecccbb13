//! What is wrong with a file, where, and what to write instead.

use super::{Document, NodeId, Span};

/// One thing wrong with a file. Text in it may quote the file: it is foreign until [`render`](super::render)
/// has cleaned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable short name, such as `unknown-key`.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub message: String,
    /// Where; `None` if it is about the whole file.
    pub span: Option<Span>,
    /// What stands under the marked place. May be empty.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
    /// A second place in the same file, such as "first given here".
    pub also: Option<(Span, String)>,
}

impl Problem {
    /// The label under a map that lacks a required key.
    pub fn needs(key: &str) -> String {
        format!("needs `{key}`")
    }

    /// A map lacks a key that it must have.
    pub fn missing_key(document: &Document, map: NodeId, key: &str) -> Self {
        let message = match document.called(map) {
            Some(name) => format!("`{name}` has no `{key}`"),
            None => format!("`{key}` is missing"),
        };
        Self::new("missing-key", message).at(document.head_span(map), Self::needs(key))
    }

    /// A problem without a place yet.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span: None, label: String::new(), help: None, also: None }
    }

    /// Says where, and what stands under the place.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.span = Some(span);
        self.label = label.into();
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also = Some((span, label.into()));
        self
    }
}

/// The candidate that `word` was probably meant to be: at most one slip in three letters, two letters
/// swapped being one. Upper and lower case, `-` and `_` count as the same.
///
/// ```
/// assert_eq!(gonogo_yaml::nearest("onwer", ["due", "owner"]), Some("owner"));
/// assert_eq!(gonogo_yaml::nearest("colour", ["due", "owner"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let (word, most) = (plain(word), (word.chars().count() / 3).max(1));
    let distance = |candidate: &&str| strsim::osa_distance(&word, &plain(candidate));
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (distance(&candidate), candidate))
        .filter(|(slips, candidate)| *slips <= most && *slips < candidate.chars().count())
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?" and the names that are allowed, as one help text.
pub(super) fn did_you_mean(word: &str, allowed: &[&str]) -> String {
    let all = allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match nearest(word, allowed.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? Allowed here: {all}"),
        None if allowed.is_empty() => "no key is allowed here: write {}".to_owned(),
        None => format!("allowed here: {all}"),
    }
}
