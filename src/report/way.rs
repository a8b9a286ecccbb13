//! The path to GO: all of its steps, in an order in which they can be done.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    headline,
    json::{Next, part_page},
    runner::harmless,
    tally,
    words::by_what,
};
use gonogo_domain::{Board, BoardWord, Step};
use gonogo_text::clean;

#[derive(Serialize)]
struct WayPart {
    not_before: Option<DateTime<Utc>>,
    steps: Vec<Next>,
}

/// The way as JSON: the steps that `--check` calls `next`, ending with a line end.
pub fn way_json(board: &Board) -> String {
    part_page(
        board,
        WayPart {
            not_before: board.path.not_before,
            steps: board.path.steps.iter().map(Next::from).collect(),
        },
    )
}

/// The way as text, ending with a line end.
pub fn way_text(board: &Board) -> String {
    let mut out = format!(
        "{}  {} {}  {}\n",
        headline(board),
        clean(&board.title),
        clean(&board.version),
        tally(&board.score)
    );
    let steps = &board.path.steps;
    if steps.is_empty() {
        let said = match (board.word, &board.closed) {
            (BoardWord::Go, _) => "nothing stands in the way",
            (_, Some(_)) => "the launch is closed; to open it again: gonogo reopen --reason \u{2026}",
            _ => "no step is known",
        };
        let _ = writeln!(out, "\n{said}");
    } else {
        out.push('\n');
    }
    for (number, step) in steps.iter().enumerate() {
        numbered(&mut out, number + 1, step);
    }
    if let Some(at) = board.path.not_before {
        let _ = writeln!(out, "\nGO is possible at {} at the earliest", at.format("%Y-%m-%d %H:%M UTC"));
    }
    harmless(&out)
}

/// A step: what must happen, who can do it, what it opens.
pub(super) fn numbered(out: &mut String, number: usize, step: &Step) {
    let sort = by_what(step.kind);
    let _ = writeln!(out, "{number:>3}. {}{sort}", clean(&step.does.to_string()));
    let opens = match step.gate() {
        Some(gate) => clean(gate.as_str()).into_owned(),
        None => step.name().to_owned(),
    };
    let more = if step.also.is_empty() { String::new() } else { format!(" and {} more", step.also.len()) };
    let who: Vec<_> = step.who.iter().map(|it| clean(it.as_str()).into_owned()).collect();
    let who = if who.is_empty() { String::new() } else { format!("  who: {}", who.join(", ")) };
    let until =
        step.until.map(|at| format!("  until: {}", at.format("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
    let _ = writeln!(out, "     opens: {opens}{more}{who}{until}");
    if let Some(warning) = &step.warning {
        let _ = writeln!(out, "     plan:  {}", clean(warning));
    }
}
