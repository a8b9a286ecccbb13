//! Plans as people publish them, written as launches (`checklists/examples/`): each loads without a warning, and is carried
//! through its stages by the real evaluator and the real rules, to the end and back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

use chrono::TimeDelta;
use gonogo::{
    domain::*,
    report::{MinutesInput, minutes},
};

use crate::support::day::{Day, back, ended, moved, step};

/// A ramp of two days, which is stopped in the middle: machines that fall back are found, and no time runs out unseen.
#[test]
fn an_operating_systems_stream_goes_out_over_two_days_and_is_stopped() {
    let mut day = Day::new("os-stream.yaml", "2026-12-01T12:00:00Z");
    assert_eq!(day.tries("octo", moved("early", StageAct::Started)), Err("not-yet"));
    day.ready();
    day.pass("4h");
    day.measures("fallback", 0.0005, 0.5);
    day.starts("octo", "early");
    day.pass("3h");
    let ramp = day.board().stages[0].ramp.unwrap();
    assert!((ramp.now.unwrap() - 2.5).abs() < 0.1, "{ramp:?}");
    assert_eq!(day.tries("octo", moved("window", StageAct::Started)), Err("soak-not-over"));
    day.pass("4h");
    assert_eq!((day.status("early"), day.standing("early", "fallback")), (StageStatus::Soaked, Standing::Ok));
    day.starts("mona", "window");
    day.pass("24h");
    let ramp = day.board().stages[1].ramp.unwrap();
    assert!((ramp.now.unwrap() - 52.5).abs() < 0.1, "half of the way from 5 to 100: {ramp:?}");
    // One machine in twenty boots back.
    day.measures("fallback", 0.025, 0.5);
    day.pass("4h");
    let board = day.board();
    assert_eq!((board.word, day.standing("window", "fallback")), (BoardWord::Hold, Standing::Breach));
    let call = board.rollback.unwrap().called.unwrap();
    assert_eq!((call.stage.as_str(), &*call.guardrail, call.overdue), ("window", "fallback", true));
    day.does("mona", back("machines fall back"));
    assert_eq!(day.tries("mona", step("tell")), Err("not-next"));
    for (who, name) in [("mona", "stop"), ("mona", "barrier"), ("octo", "tell")] {
        day.does(who, step(name));
    }
    day.does("mona", ended(RollbackResult::RolledBack));
    assert_eq!(day.board().named(), "ROLLED BACK");
    assert_eq!(day.status("window"), StageStatus::RolledBack);
    assert_eq!(day.tries("octo", moved("early", StageAct::Started)), Err("not-decided"));
}

/// A flag that is turned up by quarters with a bake time, and whose steps wait for gates of their own.
#[test]
fn a_feature_flag_is_turned_up_by_quarters_with_bake_times() {
    let mut day = Day::new("feature-flag.yaml", "2026-12-01T07:00:00Z");
    day.starts("octo", "staging");
    day.pass("15m");
    day.starts("octo", "own");
    day.pass("15m");
    assert_eq!(day.tries("octo", moved("quarter", StageAct::Started)), Err("criteria-open"));
    let judged = |holds| Command::JudgeCriterion {
        stage: "own".into(),
        criterion: "1".into(),
        holds,
        note: Some("a look".into()),
    };
    day.does("hu", judged(true));
    assert_eq!(day.tries("octo", moved("quarter", StageAct::Started)), Err("not-yet"));
    day.pass("2h");
    assert_eq!(day.tries("octo", moved("quarter", StageAct::Started)), Err("not-go"));
    day.ready();
    day.measures("errors", 0.05, 20.0);
    day.starts("octo", "quarter");
    day.pass("10m");
    assert_eq!(day.tries("octo", moved("half", StageAct::Started)), Err("soak-not-over"));
    day.pass("6m");
    day.starts("octo", "half");
    // Errors go up, and somebody who watches holds it; the bake time stands, the harm is heard.
    day.measures("errors", 1.5, 40.0);
    day.pass("10m");
    assert_eq!(day.standing("half", "errors"), Standing::Breach);
    day.does("hu", moved("half", StageAct::Held));
    assert!(day.board().rollback.unwrap().called.is_none(), "a hold is an answer");
    day.does("octo", moved("half", StageAct::Resumed));
    let until = day.now + TimeDelta::minutes(30);
    let (stage, guardrail, reason) = ("half".into(), "errors".into(), "a crawler, blocked by now".into());
    day.does("octo", Command::AcceptBreach { stage, guardrail, reason, until });
    assert_eq!(day.board().word, BoardWord::Hold, "what is accepted is no GO");
    day.measures("errors", 0.05, 40.0);
    day.pass("10m");
    assert_eq!(day.tries("octo", moved("most", StageAct::Started)), Err("guardrail"));
    let anyway = Command::Stage {
        stage: "most".into(),
        step: StageAct::Started,
        note: Some("the crawler is blocked".into()),
        overrides: true,
    };
    day.does("octo", anyway);
    day.pass("20m");
    day.starts("octo", "all");
    let board = day.board();
    assert_eq!(board.stages[4].overridden.as_deref(), Some("by octo: the crawler is blocked"));
    assert_eq!(board.word, BoardWord::Go, "{:?}", board.reasons);
}

/// Stages with results that somebody writes down, and pages that keep them and what the guardrails showed.
#[test]
fn a_public_service_goes_on_when_its_results_are_written_down() {
    let mut day = Day::new("public-service.yaml", "2026-12-01T18:00:00Z");
    day.ready();
    day.pass("2h");
    day.measures("errors", 0.001, 0.2);
    day.measures("slow", 0.01, 1.0);
    day.starts("octo", "canary");
    day.pass("2h");
    let open: Vec<_> = day.board().stages[0].open().map(|it| it.kind).collect();
    let (criterion, answer) = (ClauseKind::Criterion, ClauseKind::Answer);
    assert_eq!(open, [criterion, criterion, answer, answer, answer]);
    for criterion in ["1", "2"] {
        let (stage, criterion) = ("canary".into(), criterion.into());
        day.does("hu", Command::JudgeCriterion { stage, criterion, holds: true, note: None });
    }
    let answers = |all: &[(&str, &str)]| Command::AnswerStage {
        stage: "canary".into(),
        answers: all.iter().map(|(name, answer)| ((*name).into(), (*answer).into())).collect(),
    };
    assert_eq!(day.tries("octo", answers(&[("unique_users", "many")])), Err("answer-invalid"));
    day.does("octo", answers(&[("unique_users", "812"), ("errors_logged", "3")]));
    assert_eq!(day.tries("octo", moved("quarter", StageAct::Started)), Err("answers-missing"));
    day.does("hu", answers(&[("downstream_impact", "none that anybody reports")]));
    assert_eq!(day.status("canary"), StageStatus::Soaked);
    day.starts("octo", "quarter");
    // A fifth of the bookings fails at once: no proof is waited for.
    day.measures("errors", 0.3, 1.0);
    day.pass("15m");
    let board = day.board();
    let call = board.rollback.as_ref().unwrap().called.as_ref().unwrap();
    assert_eq!((call.stage.as_str(), call.overdue), ("quarter", false));
    day.does("hu", back("bookings fail"));
    day.does("hu", step("off"));
    let skip = Command::SkipStep { step: Some("bookings".into()), reason: "none was made".into() };
    day.does("hu", skip);
    assert_eq!(day.tries("hu", ended(RollbackResult::RolledBack)), Err("steps-open"));
    day.does("octo", step("tell"));
    let board = day.board();
    let page = minutes(&MinutesInput { board: &board, history: &day.history, head: "0", rehearsal: false });
    for line in
        ["## Guardrails", "| quarter | errors | at most 2 % | BREACH |", "unique\\_users = 812", "SKIPPED"]
    {
        assert!(page.contains(line), "{line}: {page}");
    }
    day.does("hu", ended(RollbackResult::RolledBack));
    assert_eq!((day.board().named(), day.status("canary")), ("ROLLED BACK", StageStatus::RolledBack));
}
