//! What of a JQL text can make it find nothing without a word: as much of the language as that takes.

/// Fields that may be empty. A negative comparison leaves those issues out in which they are
/// (Atlassian, *JQL operators*: `NOT IN`, `!=`).
const MAY_BE_EMPTY: [&str; 7] =
    ["labels", "component", "fixVersion", "affectedVersion", "assignee", "sprint", "parent"];

/// One word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
enum JqlWord {
    /// A field, an operator, a value.
    Plain(String),
    /// What stands in quotes is a field or a value, never an operator.
    Quoted(String),
    /// `=`, `!=`, `(`, `,` and the like.
    Sign(String),
}

impl JqlWord {
    fn is(&self, wanted: &str) -> bool {
        match self {
            Self::Plain(text) | Self::Sign(text) => text.eq_ignore_ascii_case(wanted),
            Self::Quoted(_) => false,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Plain(text) | Self::Quoted(text) => Some(text),
            Self::Sign(_) => None,
        }
    }

    fn is_field(&self, field: &str) -> bool {
        self.text().is_some_and(|text| text.eq_ignore_ascii_case(field))
    }
}

fn words(jql: &str) -> Vec<JqlWord> {
    let mut all = Vec::new();
    let mut rest = jql.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' | '\'' => {
                let mut text = String::new();
                while let Some(next) = rest.next().filter(|next| *next != c) {
                    text.push(if next == '\\' { rest.next().unwrap_or(next) } else { next });
                }
                all.push(JqlWord::Quoted(text));
            }
            '(' | ')' | ',' => all.push(JqlWord::Sign(c.into())),
            '=' | '!' | '<' | '>' | '~' => {
                let mut sign = String::from(c);
                while let Some(next) = rest.next_if(|next| matches!(next, '=' | '~')) {
                    sign.push(next);
                }
                all.push(JqlWord::Sign(sign));
            }
            c if c.is_whitespace() => {}
            c => {
                let mut text = String::from(c);
                let ends = |c: char| c.is_whitespace() || "\"'(),=!<>~".contains(c);
                while let Some(next) = rest.next_if(|next| !ends(*next)) {
                    text.push(next);
                }
                all.push(JqlWord::Plain(text));
            }
        }
    }
    all
}

/// The labels that a query names, each once.
pub(super) fn labels(jql: &str) -> Vec<String> {
    let words = words(jql);
    let mut found: Vec<String> = Vec::new();
    for at in (0..words.len()).filter(|at| words.get(*at).is_some_and(|it| it.is_field("labels"))) {
        let rest = words.get(at + 1..).unwrap_or_default();
        let values: Vec<&str> = match rest {
            [sign, value, ..] if sign.is("=") || sign.is("!=") => value.text().into_iter().collect(),
            [not, is_in, open, values @ ..] if not.is("not") && is_in.is("in") && open.is("(") => {
                listed(values)
            }
            [is_in, open, values @ ..] if is_in.is("in") && open.is("(") => listed(values),
            _ => Vec::new(),
        };
        for value in values {
            let keyword = ["empty", "null"].iter().any(|it| value.eq_ignore_ascii_case(it));
            if !(keyword || found.iter().any(|it| it == value)) {
                found.push(value.to_owned());
            }
        }
    }
    found
}

fn listed(values: &[JqlWord]) -> Vec<&str> {
    values.iter().take_while(|it| !it.is(")")).filter_map(JqlWord::text).collect()
}

/// The first field that is compared in the negative, where nothing says what is to become of issues in which it is empty.
pub(super) fn leaves_out_empty(jql: &str) -> Option<&'static str> {
    let words = words(jql);
    let said = |field: &str, is_it: &dyn Fn(&[JqlWord]) -> bool| {
        (0..words.len()).any(|at| {
            words.get(at).is_some_and(|it| it.is_field(field)) && words.get(at + 1..).is_some_and(is_it)
        })
    };
    let negative = |rest: &[JqlWord]| match rest {
        // `field != EMPTY` says it itself.
        [sign, value, ..] if sign.is("!=") => !(value.is("empty") || value.is("null")),
        [not, is_in, ..] => not.is("not") && is_in.is("in"),
        _ => false,
    };
    let empty = |it: &JqlWord| it.is("empty") || it.is("null");
    let decided = |rest: &[JqlWord]| match rest {
        [is, value, ..] if (is.is("is") || is.is("=") || is.is("!=")) && empty(value) => true,
        [is, not, value, ..] => is.is("is") && not.is("not") && empty(value),
        _ => false,
    };
    MAY_BE_EMPTY.into_iter().find(|field| said(field, &negative) && !said(field, &decided))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_labels_of_a_query_are_found() {
        for (jql, expected) in [
            ("labels = release-blocker AND resolution = EMPTY", &["release-blocker"][..]),
            (
                "LABELS in (p0, \"needs docs\", p0) and labels != 'wont fix'",
                &["p0", "needs docs", "wont fix"],
            ),
            ("labels is EMPTY OR labels not in (wontfix)", &["wontfix"]),
            ("labels = EMPTY", &[]),
            ("text ~ \"labels = x\" AND project = labels-team", &[]),
            ("labels in", &[]),
            ("labels in (\"a\\\"b\"", &["a\"b"]),
        ] {
            assert_eq!(labels(jql), expected, "{jql}");
        }
    }

    #[test]
    fn what_leaves_issues_out_without_a_word_is_found() {
        for (jql, expected) in [
            ("project = CHK AND labels not in (wontfix)", Some("labels")),
            ("labels!=wontfix", Some("labels")),
            ("fixVersion != \"3.0\"", Some("fixVersion")),
            ("assignee NOT IN (ada, bo)", Some("assignee")),
            ("(labels is EMPTY OR labels not in (wontfix))", None),
            ("labels is not empty AND labels != wontfix", None),
            ("labels = EMPTY or labels != wontfix", None),
            ("labels != EMPTY", None),
            ("status != Done AND project not in (A, B)", None),
            ("labels in (a)", None),
            ("summary ~ \"labels != x\"", None),
            ("", None),
        ] {
            assert_eq!(leaves_out_empty(jql), expected, "{jql}");
        }
    }
}
