//! The pages of a meeting, written where the user stands: minutes and decision record.

use chrono::{DateTime, Utc};

use crate::picture::create;
use gonogo_report::{MinutesInput, decision_record, minutes};

/// Writes both into the current folder, under names that are not taken, and answers with the names.
pub(super) fn write(record: &MinutesInput<'_>, at: DateTime<Utc>) -> Result<Vec<String>, String> {
    let stamp = at.format("%Y%m%d-%H%M%S");
    let launch = record.board.launch.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
    let mut pages = vec![(format!("minutes-{launch}-{stamp}.md"), minutes(record))];
    pages.extend(decision_record(record).map(|page| (format!("decision-{launch}-{stamp}.md"), page)));
    let mut names = Vec::new();
    for (name, page) in pages {
        create(&name, page.as_bytes())?;
        names.push(name);
    }
    Ok(names)
}
