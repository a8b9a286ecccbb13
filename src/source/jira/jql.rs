//! What of a JQL text can make it find nothing without a word: as much of the language as that takes.

/// Fields that are never empty. A negative comparison leaves those issues out in which a field is
/// (Atlassian, *JQL operators*: `NOT`, `NOT IN`, `!=`, `!~`); a field that is not in this list may be.
const NEVER_EMPTY: [&str; 17] = [
    "project",
    "status",
    "statusCategory",
    "issuetype",
    "type",
    "key",
    "issuekey",
    "issue",
    "id",
    "summary",
    "created",
    "createdDate",
    "updated",
    "updatedDate",
    "creator",
    "watchers",
    "votes",
];

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
pub(super) fn leaves_out_empty(jql: &str) -> Option<String> {
    let words = words(jql);
    let negated = negated(&words);
    let fields = words.iter().enumerate().filter_map(|(at, word)| Some((at, word.text()?)));
    let mut compared = fields.filter(|(at, _)| {
        let rest = words.get(at + 1..).unwrap_or_default();
        is_negative(rest) || (negated.get(*at) == Some(&true) && is_comparison(rest))
    });
    // `status was not in (…)` asks of the past.
    let never = |field: &str| {
        field.eq_ignore_ascii_case("was") || NEVER_EMPTY.iter().any(|it| it.eq_ignore_ascii_case(field))
    };
    let found = compared.find(|(_, field)| !never(field) && !says_empty(&words, field));
    found.map(|(_, field)| field.to_owned())
}

fn is_empty(word: &JqlWord) -> bool {
    word.is("empty") || word.is("null")
}

/// What follows a field is a comparison that holds for none in which it is empty, and is one in the negative.
fn is_negative(rest: &[JqlWord]) -> bool {
    match rest {
        // `field != EMPTY` says it itself.
        [sign, value, ..] if sign.is("!=") || sign.is("!~") => !is_empty(value),
        [not, is_in, ..] => not.is("not") && is_in.is("in"),
        _ => false,
    }
}

fn is_comparison(rest: &[JqlWord]) -> bool {
    match rest {
        [sign @ JqlWord::Sign(_), value, ..] => {
            !(sign.is("(") || sign.is(")") || sign.is(",") || is_empty(value))
        }
        [is_in, ..] => is_in.is("in"),
        [] => false,
    }
}

/// Whether a query says somewhere what is to become of issues in which this field is empty.
fn says_empty(words: &[JqlWord], field: &str) -> bool {
    let mut places = words.iter().enumerate().filter(|(_, word)| word.is_field(field));
    places.any(|(at, _)| match words.get(at + 1..).unwrap_or_default() {
        [is, value, ..] if (is.is("is") || is.is("=") || is.is("!=")) && is_empty(value) => true,
        [is, not, value, ..] => is.is("is") && not.is("not") && is_empty(value),
        _ => false,
    })
}

/// Of each word whether a `NOT` stands before it or before the brackets around it.
fn negated(words: &[JqlWord]) -> Vec<bool> {
    let (mut around, mut next) = (vec![false], false);
    let mut before: Option<&JqlWord> = None;
    let mut all = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let outer = around.last().copied().unwrap_or_default();
        all.push(outer || next);
        // `is not`, `was not` and `not in` belong to their field.
        let of_field = before.is_some_and(|it| it.is("is") || it.is("was"))
            || words.get(at + 1).is_some_and(|it| it.is("in"));
        if word.is("(") {
            around.push(outer || next);
        } else if word.is(")") && around.len() > 1 {
            around.pop();
        }
        next = (word.is("not") && !of_field) || word.is("!");
        before = Some(word);
    }
    all
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
            ("project = CHK AND resolution not in (Fixed, \"Won't Do\")", Some("resolution")),
            ("resolution = Unresolved", None),
            ("project = CHK AND NOT labels = wontfix", Some("labels")),
            ("NOT labels in (a, b)", Some("labels")),
            ("NOT (project = X OR (labels = wontfix))", Some("labels")),
            ("NOT (project = X) AND labels = p0", None),
            ("NOT labels is EMPTY AND priority = High", None),
            ("priority is not EMPTY", None),
            ("\"Epic Link\" != CHK-1", Some("Epic Link")),
            ("cf[10010] != red", Some("cf[10010]")),
            ("description !~ flaky", Some("description")),
            ("NOT status = Done AND !project = X", None),
            ("status was not in (Done)", None),
            ("summary ~ \"labels != x\"", None),
            ("", None),
        ] {
            assert_eq!(leaves_out_empty(jql).as_deref(), expected, "{jql}");
        }
    }
}
