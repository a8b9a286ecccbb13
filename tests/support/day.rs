//! A launch day on a clock of ours: real files, the real evaluator, the real rules.

use std::{path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
    domain::*,
};

/// A launch under way on a clock of ours.
pub struct Day {
    pub launch: Launch,
    pub history: History,
    /// What people did, in order.
    pub events: Vec<Event>,
    pub now: DateTime<Utc>,
    pub from: DateTime<Utc>,
    /// What each guardrail measures: bad ones and all in a second, from a moment on.
    pub measured: Vec<(&'static str, DateTime<Utc>, f64, f64)>,
}

impl Day {
    pub fn new(name: &str, from: &str) -> Self {
        Self::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("checklists/examples").join(name), from)
    }

    /// The launch at a path, which loads without a warning.
    pub fn of(path: &Path, from: &str) -> Self {
        let loaded = load(&LoadRequest::path(path), &Registry).unwrap_or_else(|found| panic!("{found:#?}"));
        assert!(loaded.warnings.is_empty(), "{:#?}", loaded.warnings);
        let from = from.parse().unwrap();
        Self {
            launch: loaded.launch,
            history: History::default(),
            events: Vec::new(),
            now: from,
            from,
            measured: Vec::new(),
        }
    }

    pub fn clocks(&self) -> Now {
        let boot = Duration::from_secs(1_000_000) + (self.now - self.from).to_std().unwrap();
        Now { wall: self.now, boot }
    }

    pub fn pass(&mut self, length: &str) {
        let length = Length::parse(length).unwrap().exact().unwrap();
        self.now += TimeDelta::from_std(length).unwrap();
    }

    /// From now on so many a second, and so many of them bad.
    pub fn measures(&mut self, guardrail: &'static str, bad: f64, all: f64) {
        self.measured.push((guardrail, self.now, bad, all));
    }

    pub fn windows(&self, id: &str, window: i64) -> Vec<Window> {
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

    pub fn board(&self) -> Board {
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
            let measured = Some(Measured::Windows(windows));
            let finding = Finding { measured, ..Finding::new(Outcome::Unclear, "", "test") };
            evidence.observe(Observation {
                gate,
                question: question.digest,
                seen,
                answer: Answer::Found(finding),
            });
        }
        evaluate(&self.launch, &evidence, &self.history, self.clocks(), &Scope::default())
    }

    pub fn tries(&mut self, who: &str, command: Command) -> Result<(), &'static str> {
        let actor = Actor { name: who.into(), known: Known::Claimed };
        let id = uuid::Uuid::from_u128(u128::from(self.history.len) + 1);
        let context = ActEnvelope::new(actor, self.clocks(), id);
        let event =
            act(&self.launch, &self.history, &self.board(), command, &context).map_err(|it| it.code)?;
        self.history.apply(&event);
        self.events.push(event);
        Ok(())
    }

    pub fn does(&mut self, who: &str, command: Command) {
        let said = format!("{command:?}");
        self.tries(who, command).unwrap_or_else(|code| panic!("{said}: {code}: {:#?}", self.board().stages));
    }

    /// Every gate but those of the time after is said to be go, by somebody who may.
    pub fn ready(&mut self) {
        let before = self.launch.gates.iter().filter(|gate| gate.blocks != Blocks::Close);
        let gates: Vec<_> = before.map(|gate| (gate.id.clone(), gate.ask().cloned())).collect();
        for (gate, ask) in gates {
            let ask = ask.unwrap();
            let who = self.launch.roles[&ask.by[0]].people[0].to_string();
            let link = |(name, kind): (&Str, &AskType)| {
                let answer = match kind {
                    AskType::Number => "1",
                    AskType::Date => "2026-12-01",
                    AskType::Sha => "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                    AskType::Link | AskType::Text => "https://acme.test/1",
                };
                (name.clone(), Str::from(answer))
            };
            let answers = ask.asks.iter().map(link).collect();
            self.does(&who, Command::SignOff { gate, go: true, role: None, note: None, answers });
        }
    }

    pub fn starts(&mut self, who: &str, stage: &str) {
        self.does(who, moved(stage, StageAct::Started));
    }

    pub fn status(&self, stage: &str) -> StageStatus {
        self.board().stage(&stage.into()).unwrap().status
    }

    pub fn standing(&self, stage: &str, guardrail: &str) -> Standing {
        let board = self.board();
        let all = &board.stage(&stage.into()).unwrap().guardrails;
        all.iter().find(|it| *it.id == *guardrail).unwrap().standing
    }
}

pub fn moved(stage: &str, step: StageAct) -> Command {
    Command::Stage { stage: stage.into(), step, note: Some("so".into()), overrides: false }
}

pub fn back(reason: &str) -> Command {
    Command::StartRollback { reason: reason.into() }
}

pub fn step(step: &str) -> Command {
    Command::DoStep { step: Some(step.into()), note: None }
}

pub fn ended(result: RollbackResult) -> Command {
    Command::EndRollback { result, reason: "it is as before".into() }
}
