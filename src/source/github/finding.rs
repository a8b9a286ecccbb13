//! Findings, put together step by step.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::fact::Judged;
use crate::domain::{Finding, Oid, Outcome};

/// Most rows of detail.
const MOST_ROWS: usize = 10;

/// A finding in the making.
#[derive(Clone, Debug)]
#[must_use]
pub(super) struct Draft(Finding);

impl Draft {
    /// Nothing but the outcome and the facts in one line.
    pub(super) fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        let reason: String = reason.into();
        Self(Finding {
            outcome,
            reason: reason.into(),
            about: None,
            until: None,
            since: None,
            url: None,
            rows: Vec::new(),
            lineage: "".into(),
            accepted: Vec::new(),
        })
    }

    /// The commit that it is about.
    pub(super) fn about(mut self, oid: &Oid) -> Self {
        self.0.about = Some(oid.clone());
        self
    }

    /// The page to open.
    pub(super) fn url(mut self, url: Option<&str>) -> Self {
        self.0.url = url.map(Into::into);
        self
    }

    /// The first ten rows.
    pub(super) fn rows<S: Into<String>>(mut self, rows: impl IntoIterator<Item = S>) -> Self {
        self.0.rows = rows.into_iter().take(MOST_ROWS).map(|row| row.into().into()).collect();
        self
    }

    /// Good for so long after the fact.
    pub(super) fn within(mut self, fact: Option<DateTime<Utc>>, max_age: Option<Duration>) -> Self {
        let Some(age) = max_age else { return self };
        // A fact without a time is of unknown age: it was good at no time.
        let fact = fact.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
        self.0.until = Some(fact.checked_add_signed(age).unwrap_or(DateTime::<Utc>::MAX_UTC));
        self
    }

    /// Since when it holds, by GitHub's own time.
    pub(super) fn since(mut self, fact: Option<DateTime<Utc>>) -> Self {
        self.0.since = fact.filter(|_| self.0.outcome == Outcome::Holds);
        self
    }

    /// States that were let pass.
    pub(super) fn accepted(mut self, states: impl IntoIterator<Item = String>) -> Self {
        self.0.accepted = states.into_iter().map(Into::into).collect();
        self
    }

    /// The judgement, with the class of endpoint that it came from.
    pub(super) fn from(mut self, lineage: &str) -> Judged {
        self.0.lineage = lineage.into();
        Ok(self.0)
    }
}

/// `1 issue`, `3 issues`.
pub(super) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`.
pub(super) fn list<S: AsRef<str>>(items: &[S]) -> String {
    let words: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => "nothing".into(),
        [one] => (*one).to_owned(),
        [init @ .., last] if words.len() <= 4 => format!("{} and {last}", init.join(", ")),
        [a, b, c, rest @ ..] => format!("{a}, {b}, {c} and {} more", rest.len()),
        _ => String::new(),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either<S: AsRef<str>>(items: &[S]) -> String {
    let words: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => "nothing".into(),
        [init @ .., last] if !init.is_empty() => format!("{} or {last}", init.join(", ")),
        [one, ..] => (*one).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_for_people() {
        assert_eq!(list(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(either(&["a", "b", "c"]), "a, b or c");
        assert_eq!((count(1, "issue"), count(0, "issue")), ("1 issue".into(), "0 issues".into()));
    }

    #[test]
    fn a_fact_without_a_time_is_too_old() {
        let draft = Draft::new(Outcome::Holds, "x").within(None, Some(Duration::from_secs(60)));
        assert!(draft.0.until.unwrap() < DateTime::UNIX_EPOCH);
        let none = Draft::new(Outcome::Holds, "x").within(Some(DateTime::UNIX_EPOCH), None);
        assert_eq!(none.0.until, None);
    }
}
