//! The board as workflow commands of a GitHub runner: what a reviewer sees at the lines of the gates.
//!
//! A runner shows no more than ten of each level a step, so there are at most ten in all, worst first. Everything
//! foreign is escaped as GitHub's own toolkit does it: no text can end a command or begin one.

use std::fmt::Write as _;

use super::{
    ReportContext,
    facts::{BoardFact, facts},
    headline,
    plain::{TextOptions, text},
    tally,
};
use gonogo_domain::{Board, BoardWord, GateState, Place, Verdict};
use gonogo_text::{cap, clean};

/// Annotations in all.
const MOST: usize = 10;
/// Characters of a line: GitHub cuts longer messages, and the runner takes 64 KB.
const LONGEST: usize = 600;

/// One annotation.
struct Note {
    level: &'static str,
    title: String,
    message: String,
    at: Option<Place>,
}

/// The commands, worst first, then the board as text. To be printed to the byte: it is for a runner.
pub fn annotations(board: &Board, context: &ReportContext, options: TextOptions) -> String {
    let mut notes = vec![whole(board)];
    notes.extend(facts(board, context).into_iter().filter(|it| it.at_most.is_some()).map(of_fact));
    notes.extend(board.blockers().into_iter().map(|gate| of_gate(gate, context)));
    let more = notes.len().saturating_sub(MOST);
    if more > 0 {
        notes.truncate(MOST - 1);
        let message = format!("and {} more stand in the way; the log and the job summary have all", more + 1);
        notes.push(Note { level: level(board.word), title: "more".into(), message, at: None });
    }
    let mut out: String = notes.iter().map(Note::command).collect();
    out.push_str(&text(board, options));
    out.push_str(&context.text(board));
    out
}

fn whole(board: &Board) -> Note {
    let title = headline(board);
    let named = format!("{} {}", clean(&board.title), clean(&board.version));
    Note { level: level(board.word), title, message: format!("{named}: {}", tally(&board.score)), at: None }
}

fn of_fact(fact: BoardFact) -> Note {
    let word = fact.at_most.unwrap_or(BoardWord::Hold);
    let mut message = cap(&fact.text, LONGEST);
    if !fact.next.is_empty() {
        let _ = write!(message, "\nnext: {}", cap(&fact.next, LONGEST));
    }
    Note { level: level(word), title: format!("{word}: {}", fact.name), message, at: None }
}

fn of_gate(gate: &GateState, context: &ReportContext) -> Note {
    let level = if gate.verdict == Verdict::NoGo { "error" } else { "warning" };
    let title = format!("{}: {}", gate.verdict.word(), clean(gate.id.as_str()));
    let mut message = format!("{}\n{}", cap(&gate.title, LONGEST), cap(&gate.reason, LONGEST));
    if !gate.next.is_empty() {
        let _ = write!(message, "\nnext: {}", cap(&gate.next.to_string(), LONGEST));
    }
    Note { level, title, message, at: context.places.get(&gate.id).cloned() }
}

fn level(word: BoardWord) -> &'static str {
    match word {
        BoardWord::Go => "notice",
        BoardWord::Hold => "warning",
        BoardWord::NoGo => "error",
    }
}

impl Note {
    fn command(&self) -> String {
        let mut keys = Vec::new();
        if let Some(at) = &self.at {
            keys.push(format!("file={}", property(&at.file)));
            keys.push(format!("line={},col={}", at.line, at.column));
        }
        keys.push(format!("title={}", property(&cap(&self.title, 200))));
        format!("::{} {}::{}\n", self.level, keys.join(","), data(&self.message))
    }
}

/// As `escapeData` of the runner's toolkit. `##[` begins a command anywhere in a line of the old form.
fn data(text: &str) -> String {
    let text = text.replace("##[", "# #[");
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As `escapeProperty` of the runner's toolkit.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_a_command_or_begin_one() {
        let hostile = "x::error file=a::b\r\n::add-mask::c,title=d 100% ##[error]e";
        let note = Note {
            level: "error",
            title: hostile.into(),
            message: hostile.into(),
            at: Some(Place { file: hostile.into(), line: 3, column: 1 }),
        };
        let command = note.command();
        assert_eq!(command.lines().count(), 1, "{command}");
        let (head, body) = command.trim_end().strip_prefix("::").unwrap().split_once("::").unwrap();
        assert!(!head.contains(':') && !head.contains('\r') && head.matches('=').count() >= 4, "{head}");
        assert_eq!(head.split(',').count(), 4, "file, line, col, title: {head}");
        assert!(body.starts_with("x::error") && body.contains("%0D%0A") && body.contains("100%25"), "{body}");
        assert!(!command.contains("##["), "{command}");
    }
}
