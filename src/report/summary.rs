//! The board as a page of Markdown: a job summary, a comment. The word first; everything foreign escaped.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{
    ReportContext,
    facts::{about as about_of, facts, moment},
    headline,
    markdown::{code, escape, head, row},
    plain::place,
    tally,
    words::by_what,
};
use gonogo_domain::{Board, BoardWord, GateState, StageState, StageStatus, Verdict};
use gonogo_text::{age_in_words, cap};

/// Rows of a table. A job summary may have 1 MiB.
const MOST_ROWS: usize = 100;
/// Characters of a comment: GitHub takes 65,536.
const MOST_OF_A_COMMENT: usize = 60_000;
/// Steps of the path.
const MOST_STEPS: usize = 30;
/// Characters of a cell.
const LONGEST: usize = 300;

/// The page, ending with a line end.
pub fn summary(board: &Board, context: &ReportContext) -> String {
    let mut out = title(board);
    let _ = writeln!(out, "{}, {}.\n", tally(&board.score), escape(&about_of(board)));
    told(&mut out, board, context);
    path(&mut out, board);
    let (open, rest): (Vec<_>, Vec<_>) =
        board.gates.iter().filter(|it| !it.group || it.counted).partition(|it| is_open(it));
    if !open.is_empty() {
        let mut open = open;
        open.sort_by_key(|gate| (!gate.counted, std::cmp::Reverse(gate.verdict)));
        out.push_str("\n### Gates that are not go\n\n");
        gates(&mut out, &open, board.evaluated_at);
    }
    if !rest.is_empty() {
        let _ = writeln!(out, "\n<details><summary>{} that are go or not needed</summary>\n", rest.len());
        gates(&mut out, &rest, board.evaluated_at);
        out.push_str("\n</details>\n");
    }
    timeline(&mut out, board);
    let _ = writeln!(
        out,
        "\n<sub>gonogo {}, evaluated {}, checklists {}</sub>",
        env!("CARGO_PKG_VERSION"),
        moment(board.evaluated_at),
        code(board.checklist_digest.as_str())
    );
    super::harmless(&out)
}

/// The page as a comment that is found again by its beginning, which readers do not see; and that beginning. Where the
/// page is too long for a comment, the word and the count are left.
pub fn comment(board: &Board, context: &ReportContext) -> (String, String) {
    let plain = |text: &str| {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect::<String>()
    };
    let mut about = plain(&board.launch);
    for id in &board.scope.only {
        about.push_str(&format!(" only {}", plain(id.as_str())));
    }
    if board.scope.evidence_only {
        about.push_str(" evidence only");
    }
    let marker = format!("<!-- gonogo: {about} -->");
    let mut page = summary(board, context);
    if page.chars().count() > MOST_OF_A_COMMENT {
        let count = format!("{}, {}.", tally(&board.score), escape(&about_of(board)));
        page = super::harmless(&format!(
            "{}{count}\n\nThe board is too long for a comment: see the log or the summary of the job.\n",
            title(board)
        ));
    }
    let body = format!("{marker}\n{page}");
    (marker, body)
}

/// The word of the board, and what it is about.
fn title(board: &Board) -> String {
    let mark = match board.word {
        BoardWord::Go => "✅",
        BoardWord::Hold => "⏸️",
        BoardWord::NoGo => "⛔",
    };
    format!(
        "## {mark} {}\n\n**{} {}**: ",
        escape(&headline(board)),
        escape(&board.title),
        escape(&board.version)
    )
}

fn is_open(gate: &GateState) -> bool {
    !matches!(gate.verdict, Verdict::Go | Verdict::NotApplicable)
}

/// What is about the whole.
fn told(out: &mut String, board: &Board, context: &ReportContext) {
    for fact in facts(board, context) {
        let word = fact.at_most.map(|word| format!("{word}: ")).unwrap_or_default();
        let next =
            if fact.next.is_empty() { String::new() } else { format!(". Next: {}", short(&fact.next)) };
        let name = escape(fact.name);
        let bold = if fact.warns { "**" } else { "" };
        let _ = writeln!(out, "- {bold}{word}{name}{bold}: {}{next}", short(&fact.text));
    }
}

fn path(out: &mut String, board: &Board) {
    if board.path.steps.is_empty() {
        return;
    }
    out.push_str("\n### Path to GO\n\n");
    for (number, step) in board.path.steps.iter().take(MOST_STEPS).enumerate() {
        let sort = by_what(step.kind);
        let who: Vec<_> = step.who.iter().map(|it| escape(it.as_str())).collect();
        let who = if who.is_empty() { String::new() } else { format!("; who: {}", who.join(", ")) };
        let _ = writeln!(out, "{}. {}{sort}{who}", number + 1, short(&step.does.to_string()));
    }
    if board.path.steps.len() > MOST_STEPS {
        let _ = writeln!(out, "\nand {} more steps.", board.path.steps.len() - MOST_STEPS);
    }
    if let Some(at) = board.path.not_before {
        let _ = writeln!(out, "\nGO is possible at {} at the earliest.", moment(at));
    }
}

fn gates(out: &mut String, all: &[&GateState], now: DateTime<Utc>) {
    out.push_str(&head(["Verdict", "Gate", "Why", "Seen", "Who"]));
    for gate in all.iter().take(MOST_ROWS) {
        let late = if gate.overdue { " OVERDUE" } else { "" };
        let word = format!("**{}**{late}", escape(gate.verdict.word()));
        let place = format!(" {}", escape(&place(gate)));
        let name = format!("{}{}<br>{}", escape(gate.id.as_str()), place.trim_end(), short(&gate.title));
        let next = if gate.next.is_empty() || !gate.verdict.blocks() {
            String::new()
        } else {
            format!("<br>next: {}", short(&gate.next.to_string()))
        };
        let why = format!("{}{next}", short(&gate.reason));
        let seen = gate.observed_at.map_or_else(String::new, |seen| {
            let age = age_in_words((now - seen.wall).to_std().unwrap_or_default());
            format!("{age} ago{}", if gate.stale { ", stale" } else { "" })
        });
        let who: Vec<_> = gate.who.iter().map(|it| escape(it.as_str())).collect();
        out.push_str(&row([&word, &name, &why, &seen, &who.join(", ")]));
    }
    if all.len() > MOST_ROWS {
        let _ = writeln!(out, "\nand {} more gates.", all.len() - MOST_ROWS);
    }
}

fn timeline(out: &mut String, board: &Board) {
    out.push_str("\n### Timeline\n\n");
    let held = board.held_since.map(|since| format!(", held since {}", moment(since))).unwrap_or_default();
    let _ = writeln!(out, "T-0: {}{held}", moment(board.t_zero));
    let stages: Vec<&StageState> =
        board.stages.iter().filter(|it| it.status != StageStatus::NotApplicable).collect();
    if !stages.is_empty() {
        self::stages(out, stages);
    }
    messages(out, board);
}

/// Each message where it went out or is due.
fn messages(out: &mut String, board: &Board) {
    let marks = board.message_marks();
    if marks.is_empty() {
        return;
    }
    out.push('\n');
    out.push_str(&head(["Message", "To", "Is", "At"]));
    for (at, mark, it) in marks.into_iter().take(MOST_ROWS) {
        let (id, to) = (escape(&it.of.message), escape(&it.audience));
        out.push_str(&row([&id, &to, mark.word(), &moment(at)]));
    }
}

fn stages(out: &mut String, stages: Vec<&StageState>) {
    out.push('\n');
    out.push_str(&head(["Stage", "Who gets it", "Is", "Starts", "Soaked", "Ended"]));
    for stage in stages.into_iter().take(MOST_ROWS) {
        let at = |at: Option<DateTime<Utc>>| at.map(moment).unwrap_or_default();
        let started = stage.started.map(moment).or(stage.planned.map(|at| format!("{} (plan)", moment(at))));
        out.push_str(&row([
            &escape(stage.id.as_str()),
            &escape(&stage.audience),
            stage.status.word(),
            &started.unwrap_or_default(),
            &at(stage.soaked_at),
            &at(stage.ended),
        ]));
    }
}

fn short(text: &str) -> String {
    escape(&cap(text, LONGEST))
}
