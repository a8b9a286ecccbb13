//! The readiness review, for people, machines and pages: every item by who is asked for it, and how ready the launch was
//! each day.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    headline,
    json::{name, part_page, plain},
    markdown::{escape, head, row},
    runner::harmless,
    tally,
};
use gonogo_domain::{
    Board, Party, PlanStanding, PlanState, Readiness, ReadinessDay, ReadinessItem, ReadinessTally, Score,
};
use gonogo_text::{clean, fit, pad, width};

/// What a page of the review is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReadinessPage<'a> {
    /// The board that it is of.
    pub board: &'a Board,
    /// The items.
    pub review: &'a Readiness,
    /// How ready it was each day, oldest first; empty: there is no journal.
    pub days: &'a [ReadinessDay],
    /// Only items that nobody has confirmed.
    pub only_open: bool,
}

impl ReadinessPage<'_> {
    fn items(&self) -> Vec<(String, Vec<&ReadinessItem>)> {
        let wanted = |item: &&ReadinessItem| !self.only_open || is_open(item);
        let all = self.review.by_owner().into_iter().map(|(asked, items)| {
            let items: Vec<_> = items.into_iter().filter(wanted).collect();
            (asked_of(asked), items)
        });
        all.filter(|(_, items)| !items.is_empty()).collect()
    }
}

/// Whether somebody still has to speak of it, or has said that it is not well.
fn is_open(item: &ReadinessItem) -> bool {
    match item.standing {
        PlanStanding::Confirmed => false,
        PlanStanding::NewDate | PlanStanding::AtRisk => true,
        PlanStanding::Void | PlanStanding::Unconfirmed => !item.verdict.satisfies(),
    }
}

fn asked_of(asked: &[Party]) -> String {
    let all: Vec<_> = asked.iter().map(|it| clean(it.as_str()).into_owned()).collect();
    if all.is_empty() { "nobody: give it an owner".into() } else { all.join(", ") }
}

/// As text, ending with a line end.
pub fn readiness_text(it: &ReadinessPage<'_>) -> String {
    let board = it.board;
    let mut out = format!("{}  {} {}\n", headline(board), clean(&board.title), clean(&board.version));
    let _ = writeln!(out, "readiness: {}", it.review.tally.describe());
    let all = it.items();
    let column = all.iter().flat_map(|(_, items)| items).map(|it| width(it.gate.as_str())).max();
    let column = column.unwrap_or_default().clamp(12, 32);
    for (asked, items) in &all {
        let _ = writeln!(out, "\n{asked}");
        for item in items {
            entry(&mut out, item, column);
        }
    }
    if all.is_empty() {
        out.push_str(if it.only_open {
            "\nevery item is confirmed\n"
        } else {
            "\nthere is no item to confirm\n"
        });
    }
    if !it.days.is_empty() {
        out.push_str("\nready, day by day\n");
        for day in it.days {
            let _ = writeln!(out, "  {}  {}", day.day, told(day));
        }
    }
    harmless(&out)
}

fn entry(out: &mut String, item: &ReadinessItem, column: usize) {
    let id = pad(&fit(&clean(item.gate.as_str()), column), column);
    let due = item.due.map(|at| format!("  due {}", time(at))).unwrap_or_default();
    let now = if item.verdict.satisfies() { format!("  ({} now)", item.verdict) } else { String::new() };
    let _ = writeln!(out, "  {:<13} {id}  {}{due}{now}", item.standing.word(), clean(&item.title));
    let indent = " ".repeat(2 + 13 + 1 + column + 2);
    if let Some(word) = &item.word {
        let _ = writeln!(out, "{indent}{}", clean(&said(word)));
        for line in word.more() {
            let _ = writeln!(out, "{indent}{}", clean(line));
        }
    }
}

/// Who said it, when, and what with it.
fn said(word: &PlanState) -> String {
    let by = word.by.map(|at| format!("by {}, ", time(at))).unwrap_or_default();
    format!("{by}{}", word.by_whom(&format!(", {}", time(word.voice.at))))
}

/// How ready it was on a day.
fn told(day: &ReadinessDay) -> String {
    match &day.reading {
        None => "nothing is on record".into(),
        Some(it) => {
            let unknown = match it.score.unknown {
                0 => String::new(),
                many => format!(", {many} unknown"),
            };
            let at = it.at.format("%H:%M UTC");
            format!(
                "{}{unknown}; {} of {} confirmed (at {at})",
                tally(&it.score),
                it.tally.confirmed,
                it.tally.of
            )
        }
    }
}

/// As Markdown, ending with a line end.
pub fn readiness_markdown(it: &ReadinessPage<'_>) -> String {
    let board = it.board;
    let mut out = format!("# Readiness: {} {}\n\n", escape(&board.title), escape(&board.version));
    let _ = writeln!(out, "- Board: {}, {}", escape(&headline(board)), tally(&board.score));
    let _ = writeln!(out, "- Review: {}", escape(&it.review.tally.describe()));
    let _ = writeln!(out, "- Written: {}", time(board.evaluated_at));
    for (asked, items) in it.items() {
        let _ = writeln!(out, "\n## {}\n", escape(&asked));
        out.push_str(&head(["Review", "Item", "Title", "Due", "Now", "In their words"]));
        for item in items {
            let due = item.due.map(time).unwrap_or_default();
            let word = item.word.as_ref();
            let mut words: Vec<String> = word.map(said).into_iter().collect();
            words.extend(word.iter().flat_map(|it| it.link.iter().chain(&it.void)).map(ToString::to_string));
            let gate = escape(item.gate.as_str());
            let words = escape(&words.join("; "));
            let now = item.verdict.word();
            out.push_str(&row([item.standing.word(), &gate, &escape(&item.title), &due, now, &words]));
        }
    }
    if !it.days.is_empty() {
        out.push_str("\n## Day by day\n\n");
        out.push_str(&head(["Day", "Ready"]));
        for day in it.days {
            out.push_str(&row([&day.day.to_string(), &escape(&told(day))]));
        }
    }
    out
}

#[derive(Serialize)]
struct ReadinessPart {
    evaluated_at: DateTime<Utc>,
    tally: ReadinessTally,
    items: Vec<ItemJson>,
    days: Vec<DayJson>,
}

#[derive(Serialize)]
struct ItemJson {
    gate: String,
    title: String,
    asked: Vec<String>,
    due: Option<DateTime<Utc>>,
    verdict: &'static str,
    standing: &'static str,
    word: Option<ReviewJson>,
}

/// A word of the review, in every document.
#[derive(Serialize)]
pub(super) struct ReviewJson {
    standing: &'static str,
    by: String,
    written_down_by: Option<String>,
    stands_in: Option<String>,
    at: DateTime<Utc>,
    promised: Option<DateTime<Utc>>,
    link: Option<String>,
    said: Option<String>,
    void: Option<String>,
    warning: Option<String>,
}

#[derive(Serialize)]
struct DayJson {
    day: String,
    at: Option<DateTime<Utc>>,
    score: Option<Score>,
    tally: Option<ReadinessTally>,
}

/// As JSON, ending with a line end. `complete` is the last key: a page without it was cut.
pub fn readiness_json(it: &ReadinessPage<'_>) -> String {
    let wanted = |item: &&ReadinessItem| !it.only_open || is_open(item);
    let day = |day: &ReadinessDay| DayJson {
        day: day.day.to_string(),
        at: day.reading.map(|it| it.at),
        score: day.reading.map(|it| it.score),
        tally: day.reading.map(|it| it.tally),
    };
    part_page(
        it.board,
        ReadinessPart {
            evaluated_at: it.board.evaluated_at,
            tally: it.review.tally,
            items: it.review.items.iter().filter(wanted).map(ItemJson::from).collect(),
            days: it.days.iter().map(day).collect(),
        },
    )
}

impl From<&ReadinessItem> for ItemJson {
    fn from(it: &ReadinessItem) -> Self {
        Self {
            gate: plain(it.gate.as_str()),
            title: plain(&it.title),
            asked: it.asked.iter().map(name).collect(),
            due: it.due,
            verdict: it.verdict.as_str(),
            standing: it.standing.as_str(),
            word: it.word.as_ref().map(ReviewJson::from),
        }
    }
}

impl From<&PlanState> for ReviewJson {
    fn from(it: &PlanState) -> Self {
        Self {
            standing: it.standing.as_str(),
            by: name(&it.voice.by.name),
            written_down_by: it.voice.spoken().recorder.map(|it| name(&it.name)),
            stands_in: it.voice.stands_in.as_ref().map(name),
            at: it.voice.at,
            promised: it.by,
            link: it.link.as_deref().map(plain),
            said: it.said.as_deref().map(plain),
            void: it.void.as_deref().map(plain),
            warning: it.warning.as_deref().map(plain),
        }
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
