//! Findings, put together step by step: the one kit that every source makes them with.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use gonogo_domain::{Finding, Oid, Outcome, Str};

/// Most rows of detail in a finding.
pub(super) const MOST_ROWS: usize = 10;

/// One condition of several: how it stands, and the fact in words.
pub(super) type ConditionResult = (Outcome, String);

/// A finding in the making.
#[derive(Clone, Debug)]
#[must_use]
pub(super) struct FindingDraft(Finding);

impl FindingDraft {
    /// Nothing but the outcome and the facts in one line.
    pub(super) fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self(Finding::new(outcome, reason.into(), ""))
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
        self.0.until = Some(ends(fact.unwrap_or(DateTime::<Utc>::MIN_UTC), age));
        self
    }

    /// Since when it holds, by the server's own time.
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
    pub(super) fn from<E>(mut self, lineage: &str) -> Result<Finding, E> {
        self.0.lineage = lineage.into();
        Ok(self.0)
    }
}

/// A finding without details, with the class of endpoint that it came from.
pub(super) fn finding(outcome: Outcome, reason: impl Into<Str>, lineage: &str) -> Finding {
    let FindingDraft(finding) = FindingDraft::new(outcome, String::new());
    Finding { reason: reason.into(), lineage: lineage.into(), ..finding }
}

/// All conditions must hold. The reason names those that decide: the ones as bad as the worst.
pub(super) fn all(conditions: &[ConditionResult], lineage: &str) -> Finding {
    let worst = conditions.iter().map(|(outcome, _)| *outcome).max();
    // Nothing was asked, so nothing is proved (V1).
    let worst = worst.unwrap_or(Outcome::Unclear);
    let decisive = conditions.iter().filter(|(outcome, _)| *outcome == worst).map(|(_, fact)| fact.as_str());
    finding(worst, decisive.collect::<Vec<_>>().join("; "), lineage)
}

/// When a fact with this age limit ends to count. A moment beyond the calendar never does.
pub(super) fn ends(fact: DateTime<Utc>, max_age: Duration) -> DateTime<Utc> {
    let age = TimeDelta::from_std(max_age).unwrap_or(TimeDelta::MAX);
    fact.checked_add_signed(age).unwrap_or(DateTime::<Utc>::MAX_UTC)
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
        let draft = FindingDraft::new(Outcome::Holds, "x").within(None, Some(Duration::from_secs(60)));
        assert!(draft.0.until.unwrap() < DateTime::UNIX_EPOCH);
        let none = FindingDraft::new(Outcome::Holds, "x").within(Some(DateTime::UNIX_EPOCH), None);
        assert_eq!(none.0.until, None);
    }

    #[test]
    fn the_worst_condition_decides_and_is_named() {
        use Outcome::{Fails, Holds, Pending, Unclear};
        let say = |outcome, text: &str| (outcome, text.to_owned());
        let finding = all(&[say(Holds, "a"), say(Pending, "b"), say(Unclear, "c"), say(Pending, "d")], "x");
        assert_eq!((finding.outcome, &*finding.reason), (Unclear, "c"));
        assert_eq!(all(&[say(Unclear, "a"), say(Fails, "b"), say(Fails, "c")], "x").reason, "b; c".into());
        assert_eq!(all(&[say(Pending, "a"), say(Holds, "b")], "x").outcome, Pending);
        assert_eq!(all(&[], "x").outcome, Unclear);
    }
}
