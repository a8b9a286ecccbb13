//! A launch whose journal is as long as wanted: rounds, answers and corrections, final calls with the board that they
//! were made on, holds, words on gates, waivers, stages, notes. For measuring, and for what must grow with its input.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::{
    app::{LaunchSelection, Session, open},
    domain::{
        Act, Actor, Board, Decision, Event, Gate, GateId, History, KeptBoard, Known, Launch, Now, Scope,
        StageAct, Vote,
    },
    journal::{Append, Journal, Location, OpenOptions},
};

/// The launch: everything in it is people's, so that nobody else is asked.
pub const LAUNCH: &str = "\
launch: long
title: A launch that goes on for long
version: 1.0.0
schedule: { t0: 2040-01-01T12:00, timezone: UTC }
people: { ana: { name: Ana }, bo: { name: Bo }, cy: { name: Cy }, di: { name: Di } }
roles: { qa: { people: [ana, bo] }, ops: { people: [bo] }, docs: { people: [cy] }, director: { people: [di] } }
roll_call: { stations: [{ station: qa }, { station: ops }, { station: docs }], final_call: director }
policies: { waivers: { by: [director], longest: 2000d } }
rollout:
  advance_by: [director]
  stages:
    - { stage: canary, audience: { percent: 1 }, soak: { time: 1h }, pilot: true }
    - { stage: all, audience: { percent: 100 } }
gates:
  - gate: tested
    title: QA has tested it
    waivable: true
    na_by: [director]
    task: { by: [qa] }
  - gate: reviewed
    title: Two have read it
    sign_off: { by: [qa], count: 2, apart_from: [tested], about: launch }
  - gate: written
    title: The notes are written
    na_by: [director]
    task: { by: [docs], asks: { page: text } }
  - gate: rehearsed
    title: The way back was rehearsed
    needs: [tested]
    sign_off: { by: [ops], about: launch }
  - gate: rested
    title: A day has passed since the notes were written
    timer: { since: written, wait: 24h }
";

/// One step of the day, by its number.
const STEPS: u64 = 40;

/// The same events each time.
pub struct Day {
    launch: Launch,
    board: KeptBoard,
    from: DateTime<Utc>,
}

impl Day {
    /// Writes the launch's files into a folder, and reads them.
    pub fn new(folder: &std::path::Path) -> Self {
        std::fs::write(folder.join("launch.yaml"), LAUNCH).unwrap();
        std::fs::write(folder.join("settings.yaml"), "{}\n").unwrap();
        let settings = Some(folder.join("settings.yaml"));
        let opened =
            open(LaunchSelection { path: Some(folder.to_owned()), settings, ..LaunchSelection::default() })
                .unwrap();
        let launch = opened.loaded.launch;
        let from: DateTime<Utc> = "2030-01-01T12:00:00Z".parse().unwrap();
        let board = board(&launch, History::default(), from);
        Self { board: KeptBoard::of(&board).unwrap(), launch, from }
    }

    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    fn gate(&self, name: &str) -> &Gate {
        self.launch.gates.iter().find(|gate| gate.id.as_str().ends_with(name)).unwrap()
    }

    /// The moment of the event with this number.
    pub fn at(&self, n: u64) -> DateTime<Utc> {
        self.from + TimeDelta::minutes(n.try_into().unwrap())
    }

    /// The board on what was folded, at the moment after the event with this number.
    pub fn board(&self, history: History, n: u64) -> Board {
        board(&self.launch, history, self.at(n))
    }

    /// The event with this number, from 0.
    pub fn event(&self, n: u64) -> Event {
        let (by, act) = self.act(n);
        Event {
            id: uuid::Uuid::from_u128(u128::from(n) + 1),
            at: self.at(n),
            actor: Actor { name: by.into(), known: Known::Claimed },
            recorder: None,
            stands_in: None,
            launch: self.launch.id.clone(),
            version: self.launch.version.clone(),
            commit: None,
            checklist_digest: self.launch.digest.clone(),
            act,
        }
    }

    /// Makes a journal of so many events, through the journal's own door.
    pub fn keep(&self, place: &Location, events: u64) {
        let journal = Journal::open(place, OpenOptions::new(self.launch.id.clone())).unwrap();
        let mut head = journal.head().wait().unwrap();
        for n in head.seq..events {
            let Append::Appended(entry) = journal.append(&self.event(n), head).wait().unwrap() else {
                panic!("nobody else writes here")
            };
            head = entry.head();
        }
        journal.close().wait().unwrap();
    }

    fn act(&self, n: u64) -> (&'static str, Act) {
        let round = u32::try_from(n / STEPS + 1).unwrap();
        let day = n / STEPS;
        let note = |text: &str| Some(format!("{text}, in round {round}").into());
        let vote = |station: &str, vote: Vote, corrects: Option<u64>| Act::Voted {
            round,
            station: station.into(),
            vote,
            note: note("as seen on the screen"),
            corrects: corrects.map(|back| uuid::Uuid::from_u128(u128::from(n - back) + 1)),
            computed: None,
            passes_over: false,
        };
        let sign = |gate: &str, role: &str, go: bool| {
            let gate = self.gate(gate);
            let (gate, digest) = (gate.id.clone(), gate.digest.clone());
            let answers = [("page".into(), format!("page {n}").into())].into();
            Act::SignedOff { gate, digest, go, role: role.into(), note: None, answers }
        };
        let decided = |decision: Decision| Act::Decided {
            round: Some(round),
            decision,
            reason: format!("so it was decided in round {round}").into(),
            board: self.board.clone(),
            word: gonogo::domain::BoardWord::Hold,
            overrides: false,
            over: Vec::new(),
            terms: gonogo::domain::DecisionTerms::default(),
        };
        let stage = |step| Act::Stage { stage: "canary".into(), step, note: None, overrides: false };
        let id = |gate: &str| -> GateId { self.gate(gate).id.clone() };
        let digest = |gate: &str| self.gate(gate).digest.clone();
        match n % STEPS {
            0 => ("di", Act::RollCallOpened { round }),
            1 => ("ana", vote("qa", Vote::NoGo, None)),
            2 => ("bo", vote("ops", Vote::GoWithConditions { conditions: vec!["watch it".into()] }, None)),
            3 => ("cy", vote("docs", Vote::Go, None)),
            at @ 4..=9 => {
                let back = if at == 4 { 3 } else { 1 };
                ("ana", vote("qa", if at % 2 == 0 { Vote::Go } else { Vote::NoGo }, Some(back)))
            }
            10 => ("di", decided(Decision::Hold { until: None, until_true: Vec::new() })),
            11 => ("di", Act::HoldEnded { reason: "it is mended".into() }),
            12 => ("ana", sign("tested", "qa", true)),
            13 => ("bo", sign("reviewed", "qa", true)),
            14 => ("ana", sign("reviewed", "qa", day.is_multiple_of(2))),
            15 => ("cy", sign("written", "docs", true)),
            16 => ("bo", sign("rehearsed", "ops", true)),
            17 => ("bo", Act::Withdrawn { gate: id("rehearsed"), reason: "not yet".into() }),
            18 => (
                "di",
                Act::Waived {
                    gate: id("tested"),
                    digest: digest("tested"),
                    reason: "it is small".into(),
                    risk: "little".into(),
                    until: self.at(n) + TimeDelta::days(2),
                    conditions: Vec::new(),
                },
            ),
            19 => ("di", Act::WaiverEnded { gate: id("tested"), reason: "tested".into() }),
            20 => {
                let (gate, digest) = (id("written"), digest("written"));
                ("di", Act::NotNeeded { gate, digest, reason: "nobody reads them".into() })
            }
            21 => ("di", Act::NeededAgain { gate: id("written"), reason: "somebody does".into() }),
            22 => ("di", stage(StageAct::Started)),
            23 => ("di", stage(StageAct::Held)),
            24 => ("di", stage(StageAct::Resumed)),
            25 => ("di", stage(StageAct::RolledBack)),
            38 => {
                let decision = match day % 100 {
                    99 => Decision::Scrub { t0: self.at(n) + TimeDelta::days(30) },
                    day if day % 2 == 0 => Decision::GO,
                    _ => Decision::NoGo { option: None, new_date: None },
                };
                ("di", decided(decision))
            }
            _ => {
                let who = ["ana", "bo", "cy", "di"];
                let text = format!("note {n}: {}", "what was seen on the way ".repeat(4));
                (
                    who[usize::try_from(n % 4).unwrap()],
                    Act::Note { gate: Some(id("tested")), text: text.into() },
                )
            }
        }
    }
}

fn board(launch: &Launch, history: History, at: DateTime<Utc>) -> Board {
    let now = Now { wall: at, boot: std::time::Duration::from_secs(1) };
    Session::new(Arc::new(launch.clone()), history, Scope::default()).board(now)
}
