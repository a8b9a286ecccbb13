//! Every rule of the board, one small file each: `tests/scenarios/*.yaml`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on stops"
)]

mod edited;
pub(crate) mod support;

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use gonogo::domain::*;
use support::{Day, Expect, Scenario, moment, span};

#[test]
fn every_scenario_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "yaml"));
    files.sort();
    assert!(files.len() >= 40, "only {} scenarios were found", files.len());
    let failed: Vec<_> = files.iter().filter(|path| !passes(path)).collect();
    assert!(failed.is_empty(), "{} of {} scenarios failed: {failed:#?}", failed.len(), files.len());
}

/// A rule without a scenario is a rule that nobody would miss.
#[test]
fn every_rule_has_a_scenario_of_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    for rule in (1..=12).chain(15..=18).chain([20, 22, 23, 24, 25]) {
        let start = format!("v{rule:02}-");
        assert!(
            names.iter().any(|name| name.starts_with(&start)),
            "no scenario is about V{rule}: {start}*.yaml"
        );
    }
}

/// A board that is past its own limit, or of other files, says nothing about now.
#[test]
fn nothing_is_done_on_an_old_board() {
    let text = "
        about: a stage, a sign-off, and evidence that goes stale
        launch: { advance_by: [launch-director] }
        gates: [{ gate: qa/a, free: a }, { gate: qa/b, task: [qa] }]
        stages: [{ stage: one, pilot: true }]
        evidence: [{ gate: qa/a, holds: well }]
        expect: { word: hold }";
    let day = serde_yaml::from_str::<Scenario>(text).unwrap().day();
    let go =
        Command::SignOff { gate: "qa/b".into(), go: true, role: None, note: None, answers: BTreeMap::new() };
    let no = match go.clone() {
        Command::SignOff { gate, role, note, answers, .. } => {
            Command::SignOff { gate, go: false, role, note, answers }
        }
        other => other,
    };
    let start = Command::Stage { stage: "one".into(), step: StageAct::Started, note: None, overrides: false };
    let board = day.board();
    let limit = board.changes_at.unwrap();
    let tried = |board: &Board, command: &Command, now: Now| {
        let actor = Actor { name: "octo".into(), known: Known::Claimed };
        let context = ActEnvelope::new(actor, now, uuid::Uuid::nil());
        act(&day.launch, &day.history, board, command.clone(), &context).map(|_| ()).map_err(|it| it.code)
    };
    let mut late = day.now;
    late.wall = limit;
    for command in [&go, &start] {
        assert_eq!(tried(&board, command, day.now), Ok(()));
        assert_eq!(tried(&board, command, late), Err("board-is-old"));
    }
    assert_eq!(tried(&board, &no, late), Ok(()), "a no-go is heard at any time");
    let other = Board { checklist_digest: Digest::of([b"other".as_slice()]), ..board.clone() };
    assert_eq!(tried(&other, &no, day.now), Err("board-is-old"));
    let other = Board { launch: "other".into(), ..board };
    assert_eq!(tried(&other, &no, day.now), Err("board-is-old"));
}

fn passes(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap();
    let run = std::panic::AssertUnwindSafe(|| {
        let scenario: Scenario = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
        eprintln!("{}: {}", path.file_name().unwrap().display(), scenario.about);
        let mut day = scenario.day();
        scenario.act(&mut day);
        let board = day.board();
        compare(&day, &board, &scenario.expect);
        hold_for_every_board(&day, &board);
    });
    let passed = std::panic::catch_unwind(run).is_ok();
    if !passed {
        eprintln!("FAILED: {}", path.display());
    }
    passed
}

fn compare(day: &Day, board: &Board, expect: &Expect) {
    assert_eq!(board.word.as_str(), expect.word, "{:#?}", board.reasons);
    let computed = expect.evidence.as_ref().unwrap_or(&expect.word);
    assert_eq!(board.evidence.as_str(), computed, "evidence: {:#?}", board.reasons);
    if let Some(named) = &expect.named {
        assert_eq!(board.named(), named);
    }
    each(board, &expect.verdicts, |gate| gate.verdict);
    each(board, &expect.rules, |gate| gate.rule);
    contains(board, "reason", &expect.reasons, |gate| gate.reason.to_string());
    contains(board, "next", &expect.next, |gate| gate.next.to_string());
    contains(board, "rows", &expect.rows, |gate| gate.rows.join("\n"));
    contains(board, "title", &expect.titles, |gate| gate.title.to_string());
    contains(board, "trouble", &expect.trouble, |gate| gate.trouble.as_deref().unwrap_or("none").to_owned());
    each(board, &expect.who, |gate| gate.who.iter().map(ToString::to_string).collect::<Vec<_>>());
    each(board, &expect.waits_for, |gate| gate.waits_for.iter().map(ToString::to_string).collect::<Vec<_>>());
    marked(board, "stale", expect.stale.as_ref(), |gate| gate.stale);
    marked(board, "overdue", expect.overdue.as_ref(), |gate| gate.overdue);
    marked(board, "counted", expect.counted.as_ref(), |gate| gate.counted);
    marked(board, "shown", expect.shown.as_ref(), |_| true);
    if let Some(part) = &expect.board_reason {
        assert!(board.reasons.iter().any(|it| it.contains(part)), "{part}: {:#?}", board.reasons);
    }
    for part in expect.remark.iter().chain(&expect.remarks) {
        assert!(board.remarks.iter().any(|it| it.contains(part)), "{part}: {:#?}", board.remarks);
    }
    if let Some(part) = &expect.no_remark {
        assert!(!board.remarks.iter().any(|it| it.contains(part)), "{part}: {:#?}", board.remarks);
    }
    if let Some(counts) = &expect.score {
        let it = board.score;
        let text = format!("{} go + {} waived of {}, {} n/a", it.go, it.waived, it.of, it.not_applicable);
        assert_eq!(text, *counts);
    }
    for (id, verdict) in &expect.checklists {
        let list = board.checklists.iter().find(|list| list.id.as_str() == id).expect("checklist");
        assert_eq!(list.verdict, *verdict, "{id}");
    }
    timing(day, board, expect);
    rollout(board, expect);
    expect.people.compare(day, board);
    expect.back.compare(board);
    expect.messages.compare(board);
    expect.after.compare(&day.launch, board);
    if let Some(want) = &expect.risks {
        let got: Vec<_> = board.risks.iter().map(|it| format!("{} {}", it.id, it.word())).collect();
        assert_eq!(got, *want);
    }
    expect.incident.compare(&day.launch, board);
}

fn timing(day: &Day, board: &Board, expect: &Expect) {
    if let Some(length) = &expect.changes_in {
        let after = (board.changes_at.expect("changes") - board.evaluated_at).to_std().unwrap();
        let late = after.checked_sub(span(length));
        assert!(
            late.is_some_and(|late| late < Duration::from_millis(1)),
            "changes in {after:?}, not {length}"
        );
    }
    if expect.never_changes {
        assert_eq!(board.changes_at, None);
    }
    if let Some(at) = &expect.not_before {
        assert_eq!(board.path.not_before, Some(moment(at).at));
    }
    if let Some(steps) = &expect.path {
        let said: Vec<_> = board
            .path
            .steps
            .iter()
            .map(|it| {
                let gate = it.gate().map_or_else(|| it.name(), |gate| gate.as_str());
                let more = match it.also.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("{:?} {gate}{more}", it.kind)
            })
            .collect();
        assert_eq!(said, *steps, "{:#?}", board.path);
    }
    for part in &expect.path_says {
        let said: Vec<_> = board.path.steps.iter().map(|it| it.does.to_string()).collect();
        assert!(said.iter().any(|it| it.contains(part)), "{part}: {said:#?}");
    }
    if let Some(ids) = &expect.demands {
        let asked: Vec<_> = demands(&day.launch, &day.history).iter().map(|(id, _)| id.to_string()).collect();
        assert_eq!(asked, *ids);
    }
}

fn rollout(board: &Board, expect: &Expect) {
    let stage = |id: &String| board.stages.iter().find(|it| it.id.as_str() == id).expect("stage");
    for (id, status) in &expect.stages {
        assert_eq!(stage(id).status, *status, "{id}");
    }
    for (id, who) in &expect.overridden {
        assert_eq!(stage(id).overridden.as_deref().unwrap_or_default(), who, "{id}");
    }
    let guardrail = |name: &String| {
        let (of, id) = name.split_once('/').expect("STAGE/GUARDRAIL");
        let all = &stage(&of.to_owned()).guardrails;
        all.iter().find(|it| *it.id == *id).unwrap_or_else(|| panic!("{name} is not on the board"))
    };
    for (name, standing) in &expect.guardrails {
        let found = guardrail(name);
        assert_eq!(found.standing, *standing, "{name}: {}", found.describe());
    }
    for (name, part) in &expect.guardrail_says {
        let said = guardrail(name).describe();
        assert!(said.contains(part), "{name}: {said}");
    }
    for (name, want) in &expect.guardrail_next {
        assert_eq!(guardrail(name).next.to_string(), *want, "{name}");
    }
    for (name, want) in &expect.accepted {
        let it = guardrail(name);
        let said = match (&it.accepted, it.asks_since) {
            (Some(it), None) => {
                format!("{} until {}", it.voice.spoken().named(), it.until.format("%H:%M"))
            }
            (None, Some(since)) => format!("asks since {}", since.format("%H:%M")),
            (None, None) => "nothing".to_owned(),
            both => panic!("{name}: {both:?}"),
        };
        assert_eq!(said, *want, "{name}");
    }
    for (id, want) in &expect.clauses {
        let said: Vec<_> = stage(id).clauses.iter().map(clause).collect();
        assert_eq!(said, *want, "{id}");
    }
    for (id, want) in &expect.ramps {
        let ramp = stage(id).ramp.expect("a ramp");
        let now = ramp.now.map_or("not yet".to_owned(), |now| format!("{now:.1}"));
        assert_eq!(format!("{} to {}: {now}", ramp.from, ramp.to), *want, "{id}");
    }
    for (id, part) in &expect.stage_waits {
        let waits = &stage(id).waits_for;
        let fits = if part.is_empty() { waits.is_empty() } else { waits.iter().any(|it| it.contains(part)) };
        assert!(fits, "{id}: {part}: {waits:#?}");
    }
}

/// A clause in one line.
fn clause(it: &Clause) -> String {
    let of = it.of.as_ref().map(|of| format!(" {of}")).unwrap_or_default();
    let mut line = format!("{}{of}: {}", it.kind.word(), if it.met { "met" } else { "open" });
    if let Some(share) = it.share().filter(|_| !it.met) {
        line.push_str(&format!(", {:.0} %", share * 100.0));
    }
    if let Some(at) = it.at {
        line.push_str(&format!(", at {}", at.format("%dT%H:%M")));
    }
    if it.lagging {
        line.push_str(", lagging");
    }
    line
}

fn find<'b>(board: &'b Board, id: &str) -> &'b GateState {
    board
        .gates
        .iter()
        .find(|gate| gate.id.as_str() == id)
        .unwrap_or_else(|| panic!("{id} is not on the board"))
}

fn each<T: PartialEq + std::fmt::Debug>(
    board: &Board,
    want: &BTreeMap<String, T>,
    of: impl Fn(&GateState) -> T,
) {
    for (id, want) in want {
        let gate = find(board, id);
        assert_eq!(of(gate), *want, "{id}: {}", gate.reason);
    }
}

fn contains(board: &Board, what: &str, want: &BTreeMap<String, String>, of: impl Fn(&GateState) -> String) {
    for (id, part) in want {
        let text = of(find(board, id));
        assert!(text.contains(part), "{what} of {id}: {text}");
    }
}

fn marked(board: &Board, what: &str, want: Option<&Vec<String>>, of: impl Fn(&GateState) -> bool) {
    if let Some(want) = want {
        let ids: Vec<_> =
            board.gates.iter().filter(|gate| of(gate)).map(|gate| gate.id.to_string()).collect();
        assert_eq!(ids, *want, "{what}");
    }
}

/// What must be true of every board there is.
fn hold_for_every_board(day: &Day, board: &Board) {
    for gate in &board.gates {
        if gate.verdict.blocks() {
            assert!(!gate.reason.is_empty() && !gate.next.is_empty(), "{} says nothing: {gate:#?}", gate.id);
        }
    }
    assert_eq!(*board, day.board(), "the same board twice");
    if board.word == BoardWord::Go {
        assert!(board.path.steps.is_empty() && board.score.go > 0);
    } else {
        assert!(!board.reasons.is_empty());
    }
    if let Some(at) = board.changes_at {
        let until = (at - board.evaluated_at).to_std().unwrap();
        let before = until.checked_sub(Duration::from_nanos(1)).unwrap();
        let then = day.board_at(day.after(before));
        assert_eq!(flips(board, &then), [], "something changed before changes_at");
        let messages =
            |board: &Board| board.messages.iter().map(|it| (it.status, it.overdue)).collect::<Vec<_>>();
        assert_eq!(messages(board), messages(&then), "a message changed before changes_at");
    }
}
