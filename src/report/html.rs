//! The board as one page of HTML that needs nothing else: no script, nothing from elsewhere, and a policy that forbids
//! both. It is well-formed XML too, so that any strict parser can hold it to that. Light, dark and paper.

use std::fmt::Write as _;

use super::{
    Context, chart,
    facts::{about, facts, moment},
    headline,
    plain::place,
    runner::harmless_xml,
    svg::escape,
    tally,
    words::by_what,
};
use gonogo_domain::{Board, GateState};
use gonogo_text::{age_in_words, clean};

/// The look. The policy below allows this text alone, by its hash.
const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--ground:#fff;--line:#d0d7de;--go:#1a7f37;--nogo:#b42318;--pending:#0b5cad;--unknown:#8a5a00;--waived:#6f42c1;--na:#6e7781}\
@media(prefers-color-scheme:dark){:root{--text:#e6e9ed;--ground:#14181f;--line:#3a424d;--go:#3fb950;--nogo:#ff7b72;--pending:#6cb6ff;--unknown:#e3b341;--waived:#c297ff;--na:#9aa4af}}\
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--ground);max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:2.4rem;margin:0}h2{margin-top:2rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
td.word,h1,li strong{white-space:nowrap}.go{--c:var(--go)}.no-go{--c:var(--nogo)}.hold,.unknown{--c:var(--unknown)}.pending{--c:var(--pending)}.waived{--c:var(--waived)}.not-applicable{--c:var(--na)}\
h1,td.word{color:var(--c);font-weight:700}h1{white-space:normal}small{color:var(--na)}\
svg{width:100%;height:auto;font:12px system-ui,sans-serif}svg rect{fill:none;stroke:var(--c);stroke-width:2}svg text{fill:var(--c)}svg .label,svg .line text,svg .stage text{fill:var(--text)}svg .line path{stroke:var(--text);stroke-dasharray:3 3}svg .faint{opacity:.5}\
@media print{:root{--text:#000;--ground:#fff;--line:#999;--go:#000;--nogo:#000;--pending:#000;--unknown:#000;--waived:#000;--na:#444}body{margin:0;max-width:none}tr,svg,li{break-inside:avoid}}";

/// Of [`STYLE`]; a test computes it anew.
const STYLE_HASH: &str = "QtrXPrW6eDGY7Hqu+23+3LzDqy5zXxykyKTEoG472Zk=";

/// The page, ending with a line end.
pub fn html(board: &Board, context: &Context) -> String {
    let name = format!("{} {}", clean(&board.title), clean(&board.version));
    let line = headline(board);
    let mut out = format!(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; \
         base-uri 'none'; form-action 'none'\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n<title>{} - {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1 class=\"{}\">{}</h1>\n<p><strong>{}</strong>: {}<br/>{}</p>\n",
        escape(&line),
        escape(&name),
        board.word.as_str(),
        escape(&line),
        escape(&name),
        tally(&board.score),
        escape(&about(board)),
    );
    out.push_str(&chart::squares(board));
    told(&mut out, board, context);
    path(&mut out, board);
    let _ = writeln!(out, "<h2>Timeline</h2>\n<p>T-0: {}</p>", moment(board.t_zero));
    out.push_str(&chart::timeline(board).unwrap_or_default());
    gates(&mut out, board);
    let _ = writeln!(
        out,
        "<p><small>gonogo {}, evaluated {}, checklists {}</small></p>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION"),
        moment(board.evaluated_at),
        escape(board.checklist_digest.as_str())
    );
    harmless_xml(&out)
}

fn told(out: &mut String, board: &Board, context: &Context) {
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
    out.push_str("<h2>Gates</h2>\n<table>\n<thead><tr><th>Says</th><th>Gate</th><th>Why</th><th>Seen</th><th>Who</th></tr></thead>\n<tbody>\n");
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_policy_allows_the_style_and_nothing_else() {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
        assert_eq!(STYLE_HASH, hash);
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"), "nothing from elsewhere");
    }
}
