//! Plans as people publish them, written as launches (`checklists/examples/`): each loads without a warning, and is carried
//! through its stages by the real evaluator and the real rules, to the end and back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can not go on stops")]

use std::{path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
    domain::*,
    report::{Record, minutes},
};

/// A launch under way on a clock of ours.
struct Day {
    launch: Launch,
    history: History,
    now: DateTime<Utc>,
    from: DateTime<Utc>,
    /// What each guardrail measures: bad ones and all in a second, from a moment on.
    measured: Vec<(&'static str, DateTime<Utc>, f64, f64)>,
}

impl Day {
    fn new(name: &str, from: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("checklists/examples").join(name);
        let loaded = load(&LoadRequest::path(path), &Registry).unwrap_or_else(|found| panic!("{found:#?}"));
        assert!(loaded.warnings.is_empty(), "{:#?}", loaded.warnings);
        let from = from.parse().unwrap();
        Self { launch: loaded.launch, history: History::default(), now: from, from, measured: Vec::new() }
    }

    fn clocks(&self) -> Now {
        let boot = Duration::from_secs(1_000_000) + (self.now - self.from).to_std().unwrap();
        Now { wall: self.now, boot }
    }

    fn pass(&mut self, length: &str) {
        let length = Length::parse(length).unwrap().exact().unwrap();
        self.now += TimeDelta::from_std(length).unwrap();
    }

    /// From now on so many a second, and so many of them bad.
    fn measures(&mut self, guardrail: &'static str, bad: f64, all: f64) {
        self.measured.push((guardrail, self.now, bad, all));
    }

    fn windows(&self, id: &str, window: i64) -> Vec<Window> {
        let (first, last) = (self.from.timestamp() / window + 1, self.now.timestamp() / window);
        let at = |from: i64| {
            let of = |it: &&(&str, DateTime<Utc>, f64, f64)| it.0 == id && it.1.timestamp() <= from;
            let (.., bad, all) = self.measured.iter().rev().find(of)?;
            #[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
            let length = window as f64;
            let real = |rate: &f64| Real::new((rate * length).round()).unwrap();
            let is = Measurement::Share(real(bad), real(all));
            Some(Window { from, to: from + window, is, control: Some(is) })
        };
        (first..last).filter_map(|nth| at(nth * window)).collect()
    }

    fn board(&self) -> Board {
        let (mut evidence, seen) = (Evidence::default(), Stamp::at(self.clocks()));
        let commit = Oid::parse(&"a".repeat(40)).unwrap();
        evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(commit) });
        for (gate, question) in demands(&self.launch, &self.history) {
            let id = gate.to_string();
            let Some(id) = id.strip_prefix("guardrail/") else { continue };
            let window = i64::try_from(self.launch.guardrails[id].window.as_secs()).unwrap();
            let mut windows = self.windows(id, window);
            if self.launch.guardrails[id].limits.control.is_none() {
                windows.iter_mut().for_each(|it| it.control = None);
            }
            let finding = Finding {
                outcome: Outcome::Unclear,
                reason: "".into(),
                about: None,
                until: None,
                since: None,
                url: None,
                rows: Vec::new(),
                lineage: "test".into(),
                accepted: Vec::new(),
                measured: Some(Measured::Windows(windows)),
            };
            evidence.observe(Observation {
                gate,
                question: question.digest,
                seen,
                answer: Answer::Found(finding),
            });
        }
        evaluate(&self.launch, &evidence, &self.history, self.clocks(), &Scope::default())
    }

    fn tries(&mut self, who: &str, command: Command) -> Result<(), &'static str> {
        let actor = Actor { name: who.into(), known: Known::Claimed };
        let id = uuid::Uuid::from_u128(u128::from(self.history.len) + 1);
        let (teams, recorder_teams, now) = (Vec::new(), Vec::new(), self.clocks());
        let context = Context { actor, recorder: None, teams, recorder_teams, by_name: false, now, id };
        let event =
            act(&self.launch, &self.history, &self.board(), command, &context).map_err(|it| it.code)?;
        self.history.apply(&event);
        Ok(())
    }

    fn does(&mut self, who: &str, command: Command) {
        let said = format!("{command:?}");
        self.tries(who, command).unwrap_or_else(|code| panic!("{said}: {code}: {:#?}", self.board().stages));
    }

    /// Every gate is said to be go, by somebody who may.
    fn ready(&mut self) {
        let gates: Vec<_> =
            self.launch.gates.iter().map(|gate| (gate.id.clone(), gate.ask().cloned())).collect();
        for (gate, ask) in gates {
            let ask = ask.unwrap();
            let who = self.launch.roles[&ask.by[0]].people[0].to_string();
            let link = |(name, _): (&Str, &AskType)| (name.clone(), Str::from("https://acme.test/1"));
            let answers = ask.asks.iter().map(link).collect();
            self.does(&who, Command::SignOff { gate, go: true, role: None, note: None, answers });
        }
    }

    fn starts(&mut self, who: &str, stage: &str) {
        self.does(who, moved(stage, StageAct::Started));
    }

    fn status(&self, stage: &str) -> StageStatus {
        self.board().stage(&stage.into()).unwrap().status
    }

    fn standing(&self, stage: &str, guardrail: &str) -> Standing {
        let board = self.board();
        let all = &board.stage(&stage.into()).unwrap().guardrails;
        all.iter().find(|it| *it.id == *guardrail).unwrap().standing
    }
}

fn moved(stage: &str, step: StageAct) -> Command {
    Command::Stage { stage: stage.into(), step, note: Some("so".into()), overrides: false }
}

fn back(reason: &str) -> Command {
    Command::StartRollback { reason: reason.into() }
}

fn step(step: &str) -> Command {
    Command::DoStep { step: Some(step.into()), note: None }
}

fn ended(result: RollbackResult) -> Command {
    Command::EndRollback { result, reason: "it is as before".into() }
}

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
    let page = minutes(&Record { board: &board, history: &day.history, head: "0", rehearsal: false });
    for line in
        ["## Guardrails", "| quarter | errors | at most 2 % | BREACH |", "unique\\_users = 812", "SKIPPED"]
    {
        assert!(page.contains(line), "{line}: {page}");
    }
    day.does("hu", ended(RollbackResult::RolledBack));
    assert_eq!((day.board().named(), day.status("canary")), ("ROLLED BACK", StageStatus::RolledBack));
}
