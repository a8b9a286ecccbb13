//! Rows of a list, counted page by page until the limits are decided. A count is exact only on the last page.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{
    answer::said,
    document::DocumentField,
    filter::CLOSED,
    row::{IssueRow, Page, ProjectRow, read},
    spec::{Count, View, ViewOf},
};
use crate::finding::{ConditionResult, MOST_ROWS};
use gonogo_domain::{Failure, FailureKind, Finding, Outcome, Str};

/// The smallest and the largest page that is asked for.
pub(super) const PAGE: std::ops::RangeInclusive<u32> = 10..=250;

/// What is counted.
#[derive(Clone, Debug)]
enum CountedSet {
    /// Issues that pass a filter.
    Issues(Value),
    /// What a view lists.
    View(View),
}

/// One row, as far as the board shows it.
#[derive(Clone, Debug)]
pub(super) struct CountedRow {
    /// `CHK-108`, or a project's name.
    pub(super) name: String,
    /// Title of an issue.
    pub(super) title: Option<String>,
    /// In one line: `CHK-108 Refund twice (In Progress, Ada)`.
    pub(super) line: Str,
    pub(super) url: String,
    /// Whether it is done with, done or not.
    pub(super) closed: bool,
}

/// A count in the making.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    source: CountedSet,
    pub(super) limits: Count,
    pub(super) rows: Vec<CountedRow>,
    /// Whether there are more rows than these.
    pub(super) more: bool,
    /// Where the next page begins.
    cursor: Option<String>,
    cursors: HashSet<String>,
    ids: HashSet<String>,
}

impl Counter {
    /// Of issues that pass a filter.
    pub(super) fn issues(filter: Value, limits: Count) -> Self {
        Self::new(CountedSet::Issues(filter), limits)
    }

    /// Of the rows of a view.
    pub(super) fn view(view: View) -> Self {
        let limits = view.count;
        Self::new(CountedSet::View(view), limits)
    }

    fn new(source: CountedSet, limits: Count) -> Self {
        let (cursors, ids) = (HashSet::new(), HashSet::new());
        Self { source, limits, rows: Vec::new(), more: true, cursor: None, cursors, ids }
    }

    /// One row more than the limits allow decides; fewer than ten are too few to show.
    fn page_size(&self) -> u32 {
        let most = self.limits.at_most.map_or(0, |most| most.saturating_add(1));
        most.max(self.limits.at_least.unwrap_or(0)).clamp(*PAGE.start(), *PAGE.end())
    }

    /// The field that answers the next page.
    pub(super) fn item(&self) -> DocumentField {
        let after = if self.cursor.is_some() { ", after: $1" } else { "" };
        let page = format!("first: {}{after}", self.page_size());
        let (text, mut variables) = match &self.source {
            CountedSet::Issues(filter) => (
                format!("issues({page}, filter: $0) {{ ...IssuePage }}"),
                vec![("IssueFilter", filter.clone())],
            ),
            CountedSet::View(view) => {
                let (field, rows) = match view.of {
                    ViewOf::Issues => ("issues", "IssuePage"),
                    ViewOf::Projects => ("projects", "ProjectPage"),
                };
                let text = format!("customView(id: $0) {{ name modelName {field}({page}) {{ ...{rows} }} }}");
                (text, vec![("String!", json!(view.id))])
            }
        };
        variables.extend(self.cursor.as_ref().map(|cursor| ("String", json!(cursor))));
        DocumentField { text, variables }
    }

    /// Takes in a page.
    pub(super) fn feed(&mut self, answer: &Value) -> Result<(), Failure> {
        match &self.source {
            CountedSet::Issues(filter) => {
                let page = Page::<IssueRow>::read(answer)?;
                let open = filter.pointer("/state/type/nin").is_some();
                if open && page.nodes.iter().any(|row| CLOSED.contains(&row.state.kind.as_str())) {
                    let message = "Linear answered with closed issues where open ones were asked for";
                    return Err(Failure::new(FailureKind::Incomplete, message));
                }
                self.add(page)
            }
            CountedSet::View(view) => {
                check_model(view, answer)?;
                let rows = answer.get(view.of.word()).unwrap_or(&Value::Null);
                match view.of {
                    ViewOf::Issues => self.add(Page::<IssueRow>::read(rows)?),
                    ViewOf::Projects => self.add(Page::<ProjectRow>::read(rows)?),
                }
            }
        }
    }

    fn add<T: Into<(String, CountedRow)>>(&mut self, page: Page<T>) -> Result<(), Failure> {
        for (id, row) in page.nodes.into_iter().map(Into::into) {
            // A list that changes while it is read may show a row on two pages.
            if self.ids.insert(id) {
                self.rows.push(row);
            }
        }
        self.more = page.more;
        if page.more {
            let fresh = page.cursor.filter(|cursor| self.cursors.insert(cursor.clone()));
            self.cursor = Some(fresh.ok_or_else(|| {
                Failure::new(
                    FailureKind::Incomplete,
                    "Linear has more rows, but does not say where to continue",
                )
            })?);
        }
        Ok(())
    }

    /// How many rows are known.
    pub(super) fn known(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Whether the limits hold. None: the next page decides.
    pub(super) fn decided(&self) -> Option<bool> {
        let known = self.known();
        if self.limits.at_most.is_some_and(|most| known > most) {
            return Some(false);
        }
        let enough = self.limits.at_least.is_none_or(|least| known >= least);
        match (enough, self.more, self.limits.at_most) {
            (true, _, None) | (true, false, _) => Some(true),
            (false, false, _) => Some(false),
            (_, true, _) => None,
        }
    }
}

/// A finished count against its limits. `noun` is of one row: `open issue`.
pub(super) fn counted(counter: &Counter, noun: &str) -> ConditionResult {
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
        [CountedRow { name, title: Some(title), .. }] => format!("{amount}{limits}: {name} \"{title}\""),
        rows => {
            let names: Vec<_> = rows.iter().take(3).map(|row| row.name.as_str()).collect();
            let rest = if rows.len() > 3 || counter.more { ", …" } else { "" };
            format!("{amount}{limits}: {}{rest}", names.join(", "))
        }
    }
}

/// Rows, at most ten, and the page of the only one.
pub(super) fn with_rows(mut finding: Finding, rows: &[CountedRow]) -> Finding {
    finding.rows = rows.iter().take(MOST_ROWS).map(|row| row.line.clone()).collect();
    if let [only] = rows {
        finding.url = Some(only.url.as_str().into());
    }
    finding
}

/// A view fills only the list of its own model: another list is empty, and empty would read as "none".
fn check_model(view: &View, answer: &Value) -> Result<(), Failure> {
    let model: String = read(answer.get("modelName").unwrap_or(&Value::Null))?;
    let expected = match view.of {
        ViewOf::Issues => "Issue",
        ViewOf::Projects => "Project",
    };
    if model == expected {
        return Ok(());
    }
    let message = format!("view {} does not list {}: it lists {}", view.id, view.of.word(), said(&model));
    Err(Failure::new(FailureKind::Rejected, message).advise("correct `of`, or name another view"))
}

impl From<IssueRow> for (String, CountedRow) {
    fn from(row: IssueRow) -> Self {
        let (line, closed) = (row.line().into(), CLOSED.contains(&row.state.kind.as_str()));
        (row.id, CountedRow { name: row.identifier, title: Some(row.title), line, url: row.url, closed })
    }
}

impl From<ProjectRow> for (String, CountedRow) {
    fn from(row: ProjectRow) -> Self {
        let line = format!("{} ({})", row.name, row.status.name).into();
        let closed = CLOSED.contains(&row.status.kind.as_str());
        (row.id, CountedRow { name: row.name, title: None, line, url: row.url, closed })
    }
}

impl IssueRow {
    /// `CHK-108 Refund twice (In Progress, Ada)`.
    pub(super) fn line(&self) -> String {
        let who = self.assignee.as_ref().map(|user| format!(", {}", user.display_name)).unwrap_or_default();
        format!("{} {} ({}{who})", self.identifier, self.title, self.state.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(from: usize, rows: usize, more: bool, cursor: Option<&str>) -> Value {
        let row = |at: usize| {
            json!({ "id": at.to_string(), "identifier": format!("A-{at}"), "title": "t", "url": "u",
                "state": { "name": "Todo", "type": "unstarted" }, "assignee": null })
        };
        let nodes: Vec<_> = (from..from + rows).map(row).collect();
        json!({ "nodes": nodes, "pageInfo": { "hasNextPage": more, "endCursor": cursor } })
    }

    fn counter(at_most: Option<u32>, at_least: Option<u32>) -> Counter {
        Counter::issues(json!({}), Count { at_most, at_least })
    }

    #[test]
    fn a_count_decides_only_what_it_knows() {
        for (most, least, rows, more, expected) in [
            (Some(0), None, 0, false, Some(true)),
            (Some(0), None, 0, true, None),
            (Some(0), None, 1, true, Some(false)),
            (Some(3), None, 3, false, Some(true)),
            (Some(3), None, 3, true, None),
            (Some(3), None, 4, false, Some(false)),
            (None, Some(2), 2, true, Some(true)),
            (None, Some(2), 1, true, None),
            (None, Some(2), 1, false, Some(false)),
            (Some(5), Some(2), 3, true, None),
            (Some(5), Some(2), 3, false, Some(true)),
        ] {
            let mut counter = counter(most, least);
            counter.feed(&page(0, rows, more, Some("c"))).unwrap();
            assert_eq!(counter.decided(), expected, "{most:?} {least:?} {rows} {more}");
        }
    }

    #[test]
    fn a_row_on_two_pages_counts_once() {
        let mut counter = counter(Some(100), None);
        counter.feed(&page(0, 10, true, Some("x"))).unwrap();
        counter.feed(&page(5, 10, false, None)).unwrap();
        assert_eq!((counter.known(), counter.decided()), (15, Some(true)));
    }

    #[test]
    fn a_cursor_that_is_missing_or_leads_back_is_no_answer() {
        let mut lost = counter(Some(100), None);
        assert_eq!(lost.feed(&page(0, 1, true, None)).unwrap_err().kind, FailureKind::Incomplete);
        let mut circle = counter(Some(100), None);
        circle.feed(&page(0, 1, true, Some("x"))).unwrap();
        assert_eq!(circle.feed(&page(1, 1, true, Some("x"))).unwrap_err().kind, FailureKind::Incomplete);
    }

    #[test]
    fn the_page_is_as_large_as_the_limits_need() {
        let first = |most, least| counter(most, least).page_size();
        assert_eq!(first(Some(0), None), 10);
        assert_eq!(first(Some(30), None), 31);
        assert_eq!(first(None, Some(40)), 40);
        assert_eq!(first(Some(2_000), None), 250);
    }
}
