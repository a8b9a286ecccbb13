//! Reading the parts of a file one by one, so that a problem in one key hides none in the next.

use serde::Deserialize;

use super::{
    limits::MOST_DIAGNOSTICS,
    names::{SpellingHints, listed},
};
use gonogo_yaml::{Document, Entries, NodeId, NodeKind, NodeRef, Problem, Span, Spanned};

/// Text with its place.
pub(super) type SpannedText = Spanned<String>;

/// A file, and the problems found in it.
pub(super) struct Reader<'a> {
    pub(super) doc: &'a Document,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(doc: &'a Document, problems: &'a mut Vec<Problem>) -> Self {
        Self { doc, problems }
    }

    /// Decodes a part that may be absent.
    pub(super) fn get<T: Deserialize<'a>>(&mut self, node: Option<NodeId>) -> Option<T> {
        self.doc.decode(node?, self.problems)
    }

    /// The text of a part that may be absent; text that says nothing is a problem.
    pub(super) fn word(&mut self, node: Option<NodeId>) -> Option<SpannedText> {
        let word: SpannedText = self.get(node)?;
        if word.value.trim().is_empty() {
            self.report("empty-value", "this text is empty", word.at, "empty");
            return None;
        }
        Some(word)
    }

    /// A list of texts; an empty one is a problem, because an absent key says the same in fewer words.
    pub(super) fn words(&mut self, node: Option<NodeId>) -> Option<Vec<SpannedText>> {
        let words: Vec<SpannedText> = self.get(node)?;
        if let (Some(node), true) = (node, words.is_empty()) {
            self.report("empty-list", "this list is empty", node, "empty");
            return None;
        }
        Some(words)
    }

    /// Notes a problem at a node.
    pub(super) fn report(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        at: NodeId,
        label: impl Into<String>,
    ) {
        let span = self.span(at);
        self.problems.push(Problem::new(code, message).at(span, label));
    }

    /// Notes a problem at a node, with what to do.
    pub(super) fn advise(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        at: NodeId,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        let span = self.span(at);
        self.problems.push(Problem::new(code, message).at(span, label).help(help));
    }

    /// Cuts a list that is longer than anybody needs, with a problem.
    pub(super) fn at_most<T>(&mut self, most: usize, list: &mut Vec<T>, at: NodeId) {
        if list.len() > most {
            let span = self.doc.head_span(at);
            let message = format!("{} entries; the limit is {most}", list.len());
            self.problems.push(Problem::new("too-many-values", message).at(span, "too many"));
            list.truncate(most);
        }
    }

    /// Takes the value, or notes the problem.
    pub(super) fn take<T>(&mut self, result: Result<T, Box<Problem>>) -> Option<T> {
        result.map_err(|problem| self.problems.push(*problem)).ok()
    }

    /// Where to point for a node: the whole of it on one line, else its head.
    pub(super) fn span(&self, node: NodeId) -> Span {
        span_of(self.doc, node)
    }

    /// Says that a key is missing from a map.
    pub(super) fn missing(&mut self, map: NodeId, key: &str) {
        self.problems.push(Problem::missing_key(self.doc, map, key));
    }

    /// Says that a key of the format is for a later version.
    pub(super) fn not_built(&mut self, what: &str, at: NodeId) {
        self.advise(
            "not-built",
            format!("`{what}` does not exist yet in this version"),
            at,
            "not there yet",
            "remove it for now: gonogo ignores nothing that you write",
        );
    }

    /// Names and values of a map in which people chose the names, each value to be read on its own.
    pub(super) fn named(&mut self, node: Option<NodeId>) -> Vec<(SpannedText, NodeId)> {
        let entries: Entries = self.get(node).unwrap_or_default();
        entries.0.into_iter().map(|(name, NodeRef(value))| (name, value)).collect()
    }

    /// As [`Reader::pairs`], of a map with these keys: what is no map is shown as the one that was probably meant.
    pub(super) fn pairs_of(&mut self, node: NodeId, keys: &[&str]) -> Option<Vec<(NodeId, NodeId)>> {
        let before = self.problems.len();
        let pairs = self.pairs(node);
        if pairs.is_none() {
            let help = meant_map(self.doc, node, keys);
            self.help_with(before, help);
        }
        pairs
    }

    /// Says what to write for the first of the problems that were found since, unless it says so itself.
    pub(super) fn help_with(&mut self, before: usize, help: String) {
        if let Some(problem) = self.problems.get_mut(before) {
            problem.help.get_or_insert(help);
        }
    }

    /// Keys and values of a map; `None`, with a problem, for anything else.
    pub(super) fn pairs(&mut self, node: NodeId) -> Option<Vec<(NodeId, NodeId)>> {
        if self.doc.kind(node) == NodeKind::Map {
            return Some(self.doc.entries(node).collect());
        }
        self.get::<Entries>(Some(node));
        None
    }

    /// Says that a map has a key it does not know.
    pub(super) fn unknown_key(&mut self, key: NodeId, keys: &[&str]) {
        let name = self.doc.text(key).unwrap_or_default();
        if self.problems.len() > MOST_DIAGNOSTICS {
            // Nobody will see it: it is enough to know that there is one more.
            self.report("unknown-key", "unknown key", key, "");
            return;
        }
        let near = SpellingHints::default().nearest(name, keys.iter().copied());
        let help = match near.or_else(|| called_elsewhere(name, keys)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("allowed here: {}", listed_all(keys)),
        };
        self.advise("unknown-key", format!("unknown key `{name}`"), key, "not a key here", help);
    }
}

/// Keys under the names that they have in other tools.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("name", &["title"]),
    ("label", &["title"]),
    ("id", &["gate", "stage", "step", "message", "station", "checklist", "launch"]),
    ("if", &["when"]),
    ("condition", &["when"]),
    ("depends_on", &["needs"]),
    ("dependson", &["needs"]),
    ("requires", &["needs"]),
    ("after", &["needs"]),
    ("deadline", &["due"]),
    ("due_date", &["due"]),
    ("assignee", &["owner"]),
    ("responsible", &["owner"]),
    ("description", &["notes", "summary"]),
    ("comment", &["notes"]),
    ("url", &["links"]),
    ("branch", &["ref"]),
    ("commit", &["ref"]),
    ("repo", &["repository"]),
    ("tz", &["timezone"]),
    ("zone", &["timezone"]),
    ("date", &["t0"]),
    ("start", &["t0"]),
    ("members", &["people"]),
    ("users", &["people"]),
    ("team", &["github_team"]),
    ("approvers", &["by", "approved_by"]),
    ("reviewers", &["by", "approved_by"]),
    ("approval", &["sign_off"]),
    ("approve", &["sign_off"]),
    ("manual", &["task"]),
    ("tasks", &["gates"]),
    ("items", &["gates"]),
    ("includes", &["checklists"]),
    ("parallel", &["gates"]),
    ("any_of", &["one_of"]),
    ("vars", &["variables"]),
    ("env", &["variables"]),
];

/// A key that has another name elsewhere.
fn called_elsewhere<'k>(name: &str, keys: &[&'k str]) -> Option<&'k str> {
    let plain = name.to_lowercase().replace('-', "_");
    let (_, ours) = ELSEWHERE.iter().find(|(word, _)| *word == plain)?;
    keys.iter().copied().find(|key| ours.contains(key))
}

/// The map that a text or a list in its place was probably meant to be: `{ by: [qa] }` for `qa`.
fn meant_map(doc: &Document, node: NodeId, keys: &[&str]) -> String {
    const LONGEST: usize = 60;
    let span = doc.span(node);
    let said = doc.source().text().get(span.start..span.end);
    let said = said.filter(|text| text.len() <= LONGEST && !text.contains(['\n', ':', '{', '"', '\'']));
    let list = doc.kind(node) == NodeKind::List;
    match (keys.first(), said) {
        (Some(&("by" | "people")), Some("true" | "yes" | "on")) => {
            "write {} if there is nothing to add".to_owned()
        }
        (Some(key @ (&"by" | &"people")), Some(text)) if list => format!("write `{{ {key}: {text} }}`"),
        (Some(key @ (&"by" | &"people")), Some(text)) => format!("write `{{ {key}: [{text}] }}`"),
        (Some(key @ &"station"), Some(text)) if !list => format!("write `{{ {key}: {text} }}`"),
        _ => format!("its keys: {}", listed_all(keys)),
    }
}

fn listed_all(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// Where to point for a node: the whole of it on one line, else its head.
pub(super) fn span_of(doc: &Document, node: NodeId) -> Span {
    let span = doc.span(node);
    let one_line = doc.source().text().get(span.start..span.end).is_some_and(|text| !text.contains('\n'));
    if one_line { span } else { doc.head_span(node) }
}

/// The problem of a value that is none of a fixed set of words.
pub(super) fn unknown_value(word: &SpannedText, doc: &Document, allowed: &[&str]) -> Problem {
    let help = match SpellingHints::default().nearest(&word.value, allowed.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("allowed here: {}", listed(allowed.iter().copied())),
    };
    Problem::new("unknown-value", format!("unknown value `{}`", word.value))
        .at(span_of(doc, word.at), "not allowed here")
        .help(help)
}

/// Declares a struct with the values of a map by key, and how to read it: unknown keys are problems, and so are those
/// that it `needs` and lacks; known ones that are for a later version say so, and nothing else is looked at yet. What stands behind a key may be told by its
/// [`shape`](crate::shapes), for editors: the schema is made from the same declaration.
macro_rules! keys {
    (
        $(#[$doc:meta])* struct $name:ident { $($key:ident $(: $shape:expr)?),* $(,)? }
        $(needs { $($need:ident),* })?
        $(later { $($later:ident),* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct $name {
            $(pub(super) $key: Option<gonogo_yaml::NodeId>,)*
        }

        impl $name {
            /// The keys that can be written.
            pub(super) const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            /// What such a map may contain.
            pub(super) fn shape() -> gonogo_yaml::Shape {
                let keys = gonogo_yaml::Shape::Keys(vec![
                    $(crate::shapes::key(stringify!($key), crate::shapes::one_of!($($shape)?))),*
                ]);
                crate::shapes::needing(keys, &[$($(stringify!($need)),*)?])
            }

            /// Takes the value of a key; `false` for a key that is not one of them.
            fn take(&mut self, name: &str, value: gonogo_yaml::NodeId) -> bool {
                match name {
                    $(stringify!($key) => self.$key = Some(value),)*
                    _ => return false,
                }
                true
            }

            /// Keys of the format that this version cannot do.
            const LATER: &'static [&'static str] = &[$($(stringify!($later)),*)?];

            /// Reads the keys of a map; `None`, with a problem, if it is none.
            #[allow(dead_code, reason = "gates read their keys themselves, because sources are keys as well")]
            pub(super) fn read(
                reader: &mut crate::reader::Reader<'_>,
                node: gonogo_yaml::NodeId,
            ) -> Option<Self> {
                let mut found = Self::default();
                for (key, value) in reader.pairs_of(node, Self::KEYS)? {
                    let name = reader.doc.text(key).unwrap_or_default();
                    if found.take(name, value) {
                        continue;
                    }
                    if Self::LATER.contains(&name) {
                        reader.not_built(name, key);
                    } else {
                        reader.unknown_key(key, Self::KEYS);
                    }
                }
                $($(if found.$need.is_none() {
                    reader.missing(node, stringify!($need));
                })*)?
                Some(found)
            }
        }
    };
}
pub(super) use keys;
