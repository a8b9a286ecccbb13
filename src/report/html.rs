//! The board as one page of HTML: all that is known, for whoever opens the result of a check.

use std::fmt::Write as _;

use super::{
    ReportContext,
    chart::{self, WIDE},
    document::document,
    facts::{about, facts, moment},
    headline,
    plain::place,
    svg::escape,
    tally,
    words::by_what,
};
use gonogo_domain::{Board, GateState};
use gonogo_text::{age_in_words, clean};

/// The page, ending with a line end.
pub fn html(board: &Board, context: &ReportContext) -> String {
    let name = format!("{} {}", clean(&board.title), clean(&board.version));
    let line = headline(board);
    let mut out = format!(
        "<h1 class=\"{}\">{}</h1>\n<p><strong>{}</strong>: {}<br/>{}</p>\n",
        board.word.as_str(),
        escape(&line),
        escape(&name),
        tally(&board.score),
        escape(&about(board)),
    );
    out.push_str(&chart::squares(board, &WIDE));
    told(&mut out, board, context);
    path(&mut out, board);
    let _ = writeln!(out, "<h2>Timeline</h2>\n<p>T-0: {}</p>", moment(board.t_zero));
    out.push_str(&chart::timeline(board, &WIDE).unwrap_or_default());
    gates(&mut out, board);
    let _ = writeln!(
        out,
        "<p><small>gonogo {}, evaluated {}, checklists {}</small></p>",
        env!("CARGO_PKG_VERSION"),
        moment(board.evaluated_at),
        escape(board.checklist_digest.as_str())
    );
    document(&format!("{line} - {name}"), &out)
}

fn told(out: &mut String, board: &Board, context: &ReportContext) {
    let all = facts(board, context);
    if all.is_empty() {
        return;
    }
    out.push_str("<h2>About the whole</h2>\n<ul>\n");
    for fact in all {
        let word = fact.at_most.map(|word| format!("{word}: ")).unwrap_or_default();
        let next =
            if fact.next.is_empty() { String::new() } else { format!("<br/>next: {}", escape(&fact.next)) };
        let tag = if fact.warns { "strong" } else { "span" };
        let _ = writeln!(out, "<li><{tag}>{word}{}</{tag}>: {}{next}</li>", fact.name, escape(&fact.text));
    }
    out.push_str("</ul>\n");
}

fn path(out: &mut String, board: &Board) {
    if board.path.steps.is_empty() {
        return;
    }
    out.push_str("<h2>Path to GO</h2>\n<ol>\n");
    for step in &board.path.steps {
        let sort = by_what(step.kind);
        let who: Vec<_> = step.who.iter().map(|it| clean(it.as_str()).into_owned()).collect();
        let _ = writeln!(
            out,
            "<li>{}{sort} <small>{}</small></li>",
            escape(&clean(&step.does.to_string())),
            escape(&who.join(", "))
        );
    }
    out.push_str("</ol>\n");
    if let Some(at) = board.path.not_before {
        let _ = writeln!(out, "<p>GO is possible at {} at the earliest.</p>", moment(at));
    }
}

fn gates(out: &mut String, board: &Board) {
    out.push_str("<h2>Gates</h2>\n<table class=\"stack\">\n<thead><tr><th>Says</th><th>Gate</th><th>Why</th><th>Seen</th><th>Who</th></tr></thead>\n<tbody>\n");
    let mut all: Vec<_> = board.gates.iter().filter(|it| !it.group || it.counted).collect();
    all.sort_by_key(|gate| (!gate.counted, std::cmp::Reverse(gate.verdict)));
    for gate in all {
        line(out, board, gate);
    }
    out.push_str("</tbody>\n</table>\n");
}

fn line(out: &mut String, board: &Board, gate: &GateState) {
    let late = if gate.overdue { " OVERDUE" } else { "" };
    let seen = gate.observed_at.map_or_else(String::new, |seen| {
        let age = age_in_words((board.evaluated_at - seen.wall).to_std().unwrap_or_default());
        format!("{age} ago{}", if gate.stale { ", stale" } else { "" })
    });
    let mut why = escape(&clean(&gate.reason));
    for row in &gate.rows {
        let _ = write!(why, "<br/>- {}", escape(&clean(row)));
    }
    if gate.verdict.blocks() && !gate.next.is_empty() {
        let _ = write!(why, "<br/>next: {}", escape(&clean(&gate.next.to_string())));
    }
    let who: Vec<_> = gate.who.iter().map(|it| clean(it.as_str()).into_owned()).collect();
    let _ = writeln!(
        out,
        "<tr><td class=\"word {}\">{}{late}</td><td>{}{}<br/><small>{}</small></td><td>{why}</td><td>{seen}</td><td>{}</td></tr>",
        gate.verdict.as_str(),
        gate.verdict.word(),
        escape(&clean(&gate.title)),
        escape(&place(gate)),
        escape(&clean(gate.id.as_str())),
        escape(&who.join(", ")),
    );
}
