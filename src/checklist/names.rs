//! Names that files define and refer to: where each one is, and what was probably meant.

use std::{cell::Cell, collections::BTreeMap, fmt};

use super::limits::{LONGEST_ID, MOST_COMPARISONS};
use gonogo_domain::Str;
use gonogo_yaml::{self as yaml, Document, NodeId, Problem, Span};

/// Where something is defined, for help texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Where {
    pub(super) file: Str,
    pub(super) line: u32,
}

impl Where {
    pub(super) fn of(document: &Document, node: NodeId) -> Self {
        Self { file: document.name().into(), line: document.span(node).line }
    }
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Searches for the nearest name, as long as they stay cheap.
#[derive(Debug)]
pub(super) struct SpellingHints {
    left: Cell<usize>,
}

impl Default for SpellingHints {
    fn default() -> Self {
        Self { left: Cell::new(MOST_COMPARISONS) }
    }
}

impl SpellingHints {
    /// Whether no search is done any more.
    pub(super) fn are_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// What `word` was probably meant to be. A hostile file can ask this question ten thousand times about ten
    /// thousand names: after a while there is no answer any more.
    pub(super) fn nearest<'a>(&self, word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let within = names.take_while(|_| {
            let left = self.left.get();
            self.left.set(left.saturating_sub(1));
            left > 0
        });
        yaml::nearest(word, within)
    }
}

/// The names of one kind of thing.
#[derive(Debug)]
pub(super) struct NameTable<T = ()> {
    /// What they are names of, with its article: `a component`.
    what: &'static str,
    /// The code of "there is no such".
    code: &'static str,
    names: BTreeMap<Str, (Where, T)>,
    /// Whether all of them could be read. If not, nothing is reported as unknown.
    pub(super) whole: bool,
}

impl<T> NameTable<T> {
    pub(super) fn new(what: &'static str, code: &'static str) -> Self {
        Self { what, code, names: BTreeMap::new(), whole: true }
    }

    /// Adds a name; gives the place of an earlier one.
    pub(super) fn insert(&mut self, name: Str, place: Where, value: T) -> Option<Where> {
        if let Some((earlier, _)) = self.names.get(&name) {
            return Some(earlier.clone());
        }
        self.names.insert(name, (place, value));
        None
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.names.get(name).map(|(_, value)| value)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(AsRef::as_ref)
    }

    /// The thing of this name, or the problem that there is none. `Ok(None)`: not known, because the section that
    /// defines the names has problems of its own.
    pub(super) fn look_up(
        &self,
        word: &str,
        span: Span,
        hints: &SpellingHints,
    ) -> Result<Option<&T>, Box<Problem>> {
        match self.get(word) {
            Some(value) => Ok(Some(value)),
            None if self.whole => Err(Box::new(self.unknown(word, span, hints))),
            None => Ok(None),
        }
    }

    /// Names without a comma between them: `[octo hu]` is one text.
    fn several(&self, word: &str) -> Option<String> {
        let words: Vec<&str> = word.split([' ', ',', ';']).filter(|it| !it.is_empty()).collect();
        let all = words.len() > 1 && words.iter().all(|it| self.get(it).is_some());
        all.then(|| format!("write a comma between them: [{}]", words.join(", ")))
    }

    /// A name with the sign that it has elsewhere: `@octo`.
    fn without_sign(&self, word: &str) -> Option<String> {
        let name = word.strip_prefix('@')?;
        self.get(name).map(|_| format!("write `{name}`, without `@`"))
    }

    fn unknown(&self, word: &str, span: Span, hints: &SpellingHints) -> Problem {
        let problem = Problem::new(self.code, format!("`{word}` is not {}", self.what))
            .at(span, "nothing has this name");
        if hints.are_spent() {
            return problem;
        }
        if let Some(help) = self.several(word).or_else(|| self.without_sign(word)) {
            return problem.help(help);
        }
        match hints.nearest(word, self.names()).and_then(|name| self.names.get_key_value(name)) {
            Some((name, (place, _))) => problem.help(format!("did you mean `{name}` ({place})?")),
            None if self.names.is_empty() => problem.help("the launch has none yet"),
            None => problem.help(format!("choose from {}", listed(self.names()))),
        }
    }
}

/// Names for a help text: `a`, `b`, `c` and 4 more.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let all: Vec<&str> = names.collect();
    let shown: Vec<String> = all.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    match all.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether a text can be an id: `[a-z0-9][a-z0-9_-]*`.
pub(super) fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= LONGEST_ID
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'_')
}

/// Whether a text can be the name of a variable, an input, an axis or an answer: `[a-z][a-z0-9_]*`.
pub(super) fn is_variable(text: &str) -> bool {
    text.len() <= LONGEST_ID
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a text can name a cell of a matrix: `[A-Za-z0-9][A-Za-z0-9._-]*`.
pub(super) fn is_cell(text: &str) -> bool {
    text.len() <= LONGEST_ID
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// The problem of a text that can be no id.
pub(super) fn no_id(text: &str, span: Span) -> Problem {
    let mut slug = String::new();
    for c in text.chars().take(LONGEST_ID) {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '_') => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_matches(['-', '_']);
    let problem = Problem::new("bad-id", format!("`{text}` cannot be an id"))
        .at(span, "an id is made of a-z, 0-9, - and _, and begins with a letter or digit");
    if is_id(slug) { problem.help(format!("write `{slug}`")) } else { problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain() {
        for good in ["qa", "0", "a-b_c", "2nd"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", "-a", "_a", "A", "a b", "a/b", "a@b", "ä", "a.b", &"a".repeat(65)] {
            assert!(!is_id(bad), "{bad}");
        }
        assert_eq!(no_id("Smoke Test!", Span::default()).help.as_deref(), Some("write `smoke-test`"));
        assert_eq!(no_id("!!", Span::default()).help, None);
    }

    #[test]
    fn a_table_that_is_not_whole_blames_nobody() {
        let mut table = NameTable::new("a role", "unknown-role");
        let place = Where { file: "launch.yaml".into(), line: 7 };
        assert_eq!(table.insert("qa-lead".into(), place.clone(), ()), None);
        assert_eq!(table.insert("qa-lead".into(), place.clone(), ()), Some(place));
        let hints = SpellingHints::default();
        let problem = table.look_up("qa_laed", Span::default(), &hints).unwrap_err();
        assert_eq!(problem.help.as_deref(), Some("did you mean `qa-lead` (launch.yaml:7)?"));
        table.whole = false;
        assert_eq!(table.look_up("qa_laed", Span::default(), &hints), Ok(None));
    }

    #[test]
    fn the_search_for_names_ends() {
        let names: Vec<String> = (0..1_000).map(|n| format!("name-{n}")).collect();
        let hints = SpellingHints::default();
        let found: Vec<_> =
            (0..1_000).filter_map(|_| hints.nearest("nam-500", names.iter().map(String::as_str))).collect();
        assert_eq!(found.len(), MOST_COMPARISONS / 1_000);
    }
}
