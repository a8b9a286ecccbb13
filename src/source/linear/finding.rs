//! Findings in the making: conditions that each hold or not, and the worst of them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::counter::{Counter, Row};
use crate::domain::{Finding, Outcome, Str};

/// Most rows of detail.
const MOST_ROWS: usize = 10;

/// One condition: how it stands, and the fact in words.
pub(super) type Condition = (Outcome, String);

/// A finding with nothing but an outcome and a reason.
pub(super) fn plain(outcome: Outcome, reason: impl Into<Str>) -> Finding {
    Finding {
        outcome,
        reason: reason.into(),
        about: None,
        until: None,
        since: None,
        url: None,
        rows: Vec::new(),
        lineage: "graphql".into(),
        accepted: Vec::new(),
    }
}

/// All conditions must hold. The reason names those that decide: the ones as bad as the worst.
pub(super) fn all(conditions: &[Condition]) -> Finding {
    let worst = conditions.iter().map(|(outcome, _)| *outcome).max();
    // Nothing was asked, so nothing is proved (V1).
    let worst = worst.unwrap_or(Outcome::Unclear);
    let decisive = conditions.iter().filter(|(outcome, _)| *outcome == worst).map(|(_, fact)| fact.as_str());
    let reason = decisive.collect::<Vec<_>>().join("; ");
    plain(worst, reason)
}

/// Rows, at most ten, and the page of the only one.
pub(super) fn with_rows(mut finding: Finding, rows: &[Row]) -> Finding {
    finding.rows = rows.iter().take(MOST_ROWS).map(|row| row.line.clone()).collect();
    if let [only] = rows {
        finding.url = Some(only.url.as_str().into());
    }
    finding
}

/// When a fact of this age limit ends to count. A moment beyond the calendar never does.
pub(super) fn ends(fact: DateTime<Utc>, max_age: u64) -> DateTime<Utc> {
    let age = TimeDelta::from_std(Duration::from_secs(max_age)).unwrap_or(TimeDelta::MAX);
    fact.checked_add_signed(age).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A finished count against its limits. `noun` is of one row: `open issue`.
pub(super) fn counted(counter: &Counter, noun: &str) -> Condition {
    let holds = counter.decided();
    let outcome = match holds {
        Some(true) => Outcome::Holds,
        Some(false) => Outcome::Fails,
        None => Outcome::Unclear,
    };
    (outcome, in_words(counter, noun, holds == Some(true)))
}

/// `no open issue`, `1 open issue: CHK-108 "Refund twice"`, `10+ open issues, at most 3: CHK-1, CHK-2, CHK-3, …`.
fn in_words(counter: &Counter, noun: &str, holds: bool) -> String {
    let known = counter.known();
    let amount = match (known, counter.more) {
        (0, false) => format!("no {noun}"),
        (1, false) => format!("1 {noun}"),
        (_, true) => format!("{known}+ {noun}s"),
        _ => format!("{known} {noun}s"),
    };
    let only_none = counter.limits.at_most == Some(0) && counter.limits.at_least.is_none();
    let limits = if only_none { String::new() } else { format!(", {}", counter.limits) };
    match counter.rows.as_slice() {
        rows if holds || rows.is_empty() => format!("{amount}{limits}"),
        [Row { name, title: Some(title), .. }] => format!("{amount}{limits}: {name} \"{title}\""),
        rows => {
            let names: Vec<_> = rows.iter().take(3).map(|row| row.name.as_str()).collect();
            let rest = if rows.len() > 3 || counter.more { ", …" } else { "" };
            format!("{amount}{limits}: {}{rest}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_condition_decides_and_is_named() {
        use Outcome::{Fails, Holds, Pending, Unclear};
        let say = |outcome, text: &str| (outcome, text.to_owned());
        let finding = all(&[say(Holds, "a"), say(Pending, "b"), say(Unclear, "c"), say(Pending, "d")]);
        assert_eq!((finding.outcome, &*finding.reason), (Unclear, "c"));
        assert_eq!(all(&[say(Unclear, "a"), say(Fails, "b"), say(Fails, "c")]).reason, "b; c".into());
        assert_eq!(all(&[say(Pending, "a"), say(Holds, "b")]).outcome, Pending);
        assert_eq!(all(&[]).outcome, Unclear);
    }
}
