//! The board as JUnit XML. It passes exactly when the board is GO: whatever lowers the whole is a failing case of its own,
//! and so is the word, since a reader of JUnit looks at nothing else.

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{
    ReportContext,
    facts::{BoardFact, about, facts},
    headline,
    plain::place,
    runner::harmless,
    tally,
};
use gonogo_domain::{Board, BoardWord, GateState, Verdict};
use gonogo_text::clean;

/// The suite of what is about the board as a whole. No checklist has a name with blanks.
const WHOLE: &str = "the whole board";

/// The board as JUnit XML, ending with a line end: a suite for the whole, and one for each checklist.
pub fn junit(board: &Board, context: &ReportContext) -> String {
    let mut report = Report::new(headline(board));
    report.set_timestamp(board.evaluated_at);
    report.add_test_suite(whole(board, context));
    for checklist in &board.checklists {
        let mut suite = TestSuite::new(clean(checklist.id.as_str()).as_ref());
        suite.add_property(("title", clean(&checklist.title).as_ref()));
        let own = board.gates.iter().filter(|gate| gate.id.checklist() == checklist.id.as_str());
        let own = own.filter(|gate| !gate.group || gate.counted);
        suite.add_test_cases(own.map(|gate| case(gate, context)));
        if suite.tests > 0 {
            report.add_test_suite(suite);
        }
    }
    // What cannot be written by the types was sanitised before; an empty text is a verdict to nobody. Not every reader of
    // JUnit knows characters by number, so that blanks keep a runner off here.
    harmless(&report.to_string().unwrap_or_default())
}

fn whole(board: &Board, context: &ReportContext) -> TestSuite {
    let mut suite = TestSuite::new(WHOLE);
    for (name, value) in [
        ("launch", clean(&board.launch).into_owned()),
        ("version", clean(&board.version).into_owned()),
        ("target", about(board)),
        ("checklist_digest", board.checklist_digest.as_str().to_owned()),
        ("score", tally(&board.score)),
    ] {
        suite.add_property((name, value.as_str()));
    }
    let reasons: Vec<_> = board.reasons.iter().map(|it| clean(it).into_owned()).collect();
    let mut word = TestCase::new("the board says GO", of(board.word, &headline(board), &reasons.join("\n")));
    word.set_classname(WHOLE).set_system_out(headline(board));
    suite.add_test_case(word);
    let mut seen = std::collections::HashMap::new();
    for fact in facts(board, context) {
        let number = seen.entry(fact.name).or_insert(0_u32);
        *number += 1;
        suite.add_test_case(told(&fact, *number));
    }
    suite
}

/// Whatever lowers the board fails; other remarks are skipped cases.
fn told(fact: &BoardFact, number: u32) -> TestCase {
    let status = match fact.at_most {
        Some(word) => of(word, &fact.text, &fact.next),
        None => skipped(&fact.text, if fact.warns { "warning" } else { "note" }),
    };
    let name = if number == 1 { fact.name.to_owned() } else { format!("{} {number}", fact.name) };
    let mut case = TestCase::new(name, status);
    case.set_classname(WHOLE);
    case
}

fn of(word: BoardWord, message: &str, more: &str) -> TestCaseStatus {
    let kind = match word {
        BoardWord::Go => return TestCaseStatus::success(),
        BoardWord::Hold => NonSuccessKind::Error,
        BoardWord::NoGo => NonSuccessKind::Failure,
    };
    bad(kind, word.as_str(), message, more)
}

fn bad(kind: NonSuccessKind, sort: &str, message: &str, more: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message).set_type(sort);
    if !more.is_empty() {
        status.set_description(more);
    }
    status
}

fn skipped(message: &str, sort: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message).set_type(sort);
    status
}

fn case(gate: &GateState, context: &ReportContext) -> TestCase {
    let reason = clean(&gate.reason).into_owned();
    let told = details(gate);
    let sort = gate.verdict.as_str();
    let status = match gate.verdict {
        // What does not count cannot fail it.
        verdict if !gate.counted && verdict != Verdict::Go => {
            skipped(&format!("{sort}{}: {reason}", place(gate)), sort)
        }
        Verdict::Go => TestCaseStatus::success(),
        Verdict::Waived | Verdict::NotApplicable => skipped(&reason, sort),
        Verdict::NoGo => bad(NonSuccessKind::Failure, sort, &reason, &told),
        Verdict::Pending | Verdict::Unknown => bad(NonSuccessKind::Error, sort, &reason, &told),
    };
    let id = clean(gate.id.as_str()).into_owned();
    let mut case = TestCase::new(format!("{id}: {}", clean(&gate.title)), status);
    case.set_classname(clean(gate.id.checklist()).as_ref()).set_system_out(format!("{reason}\n{told}"));
    if let Some(seen) = gate.observed_at {
        case.set_timestamp(seen.wall);
    }
    if let Some(at) = context.places.get(&gate.id) {
        // GitLab and others link a case to its file.
        case.extra.insert("file".into(), clean(&at.file).as_ref().into());
        case.extra.insert("line".into(), at.line.to_string().into());
    }
    case
}

/// What else there is to know of a gate, a line each. None begins a line with what a runner obeys.
fn details(gate: &GateState) -> String {
    let mut out = String::new();
    for row in &gate.rows {
        let _ = writeln!(out, "- {}", clean(row));
    }
    let who: Vec<_> = gate.who.iter().map(|it| clean(it.as_str()).into_owned()).collect();
    for (name, value) in [
        ("evidence", clean(&gate.evidence).into_owned()),
        ("next", clean(&gate.next.to_string()).into_owned()),
        ("who", who.join(", ")),
        ("page", gate.url.as_deref().map(clean).unwrap_or_default().into_owned()),
        ("overdue", if gate.overdue { "yes".into() } else { String::new() }),
    ] {
        if !value.is_empty() {
            let _ = writeln!(out, "{name}: {value}");
        }
    }
    out
}
