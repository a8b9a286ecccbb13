//! The poll and the decisions of a scenario.

use super::*;

/// The plan.
#[derive(Deserialize, Default, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct PollSpec {
    pub stations: Vec<StationSpec>,
    pub quorum: Option<u32>,
    pub options: Vec<String>,
    /// Whose the final call is: the launch-director's, if nothing is said.
    pub final_call: Option<String>,
}

#[derive(Deserialize, Default, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct StationSpec {
    pub station: String,
    pub checklists: Vec<String>,
    pub computed: bool,
    pub stations: Vec<StationSpec>,
}

/// What is done in the poll, or decided.
#[derive(Deserialize, Default, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a word of the scenario files")]
pub struct CallSpec {
    pub open: bool,
    pub vote: Option<String>,
    pub says: Option<String>,
    pub conditions: Vec<String>,
    pub to: Option<String>,
    pub corrects: bool,
    pub corrects_something_else: bool,
    /// What the station's gates said when the answer was given.
    pub saw: Option<BoardWord>,
    pub round: Option<u32>,
    pub decide: Option<String>,
    pub until: Option<String>,
    pub until_true: Vec<String>,
    pub option: Option<String>,
    /// Stations whose no-go is acknowledged.
    pub over: Vec<String>,
    pub seen: Option<u64>,
    pub resume: bool,
    /// Conditions, as they are typed.
    pub to_do: Vec<String>,
    pub replaces: bool,
    pub review: Option<String>,
    /// Risks that the decider was told of.
    pub told: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectPeople {
    /// `round 1, 2 of 3, open`.
    pub poll: Option<String>,
    /// By station: what [`said`] says.
    pub stations: BTreeMap<String, String>,
    /// By station: the fallback by which it was answered.
    pub stand_ins: BTreeMap<String, String>,
    /// `GO stands`, `OVERRIDE void`.
    pub decision: Option<String>,
    /// Part of why it is void.
    pub void: Option<String>,
    /// `support NO-GO: why`.
    pub dissent: Option<Vec<String>>,
    /// Part of the override's line; empty: there is none.
    pub overridden: Option<String>,
    /// How long earlier holds were.
    pub held_for: Option<String>,
    /// Whether the T clock stands now.
    pub held: Option<bool>,
    /// `+2d` from noon: the T-0 of the journal.
    pub t0: Option<String>,
}

impl PollSpec {
    pub fn build(&self) -> RollCallPlan {
        RollCallPlan {
            at: None,
            stations: self.stations.iter().map(StationSpec::build).collect(),
            final_call: self.final_call.as_deref().unwrap_or("launch-director").into(),
            quorum: self.quorum,
            options: self.options.iter().map(|it| it.as_str().into()).collect(),
        }
    }
}

impl StationSpec {
    fn build(&self) -> Station {
        Station {
            role: self.station.as_str().into(),
            checklists: self.checklists.iter().map(|it| it.as_str().into()).collect(),
            computed: self.computed,
            stations: self.stations.iter().map(Self::build).collect(),
        }
    }
}

impl CallSpec {
    pub fn command(&self, day: &Day, note: Option<Str>, reason: Str) -> Command {
        if self.open {
            return Command::OpenRollCall;
        }
        if self.resume {
            return Command::EndHold { reason };
        }
        if let Some(what) = &self.decide {
            let decision = self.decision(what);
            let over = self.over.iter().map(|it| it.as_str().into()).collect();
            return Command::Decide {
                decision,
                reason,
                overrides: what == "override",
                over,
                seen: self.seen,
                terms: self.terms(day),
            };
        }
        let station = Party::from(self.vote.as_deref().expect("a vote"));
        let poll = day.history.roll_calls.last();
        let newest = poll.and_then(|poll| poll.newest(&station)).map(|it| it.id);
        let other = self.corrects_something_else.then(|| uuid::Uuid::from_u128(999));
        Command::Vote {
            round: self.round.or(poll.map(|poll| poll.round)).unwrap_or(1),
            vote: self.says(),
            note,
            corrects: other.or(newest.filter(|_| self.corrects)),
            saw: self.saw,
            station,
        }
    }

    /// As the journal would hold it, allowed or not: a round that opens, an answer, or a decision on a GO board.
    pub fn act(&self, note: Option<Str>, reason: Str) -> Act {
        let round = self.round.unwrap_or(1);
        if let Some(what) = &self.decide {
            return Act::Decided {
                round: None,
                decision: self.decision(what),
                reason,
                board: gonogo::domain::KeptBoard::default(),
                word: BoardWord::Go,
                overrides: what == "override",
                over: self.over.iter().map(|it| it.as_str().into()).collect(),
                terms: DecisionTerms::default(),
            };
        }
        if self.open {
            return Act::RollCallOpened { round };
        }
        let station = Party::from(self.vote.as_deref().expect("a vote"));
        let (corrects, computed, passes_over) = (None, None, false);
        Act::Voted { round, station, vote: self.says(), note, corrects, computed, passes_over }
    }

    fn terms(&self, day: &Day) -> DecisionTerms {
        let condition = |it: &String| Condition::parse(it, &day.launch, day.now.wall).expect("a condition");
        let board = day.board();
        let told = board.risks.iter().filter(|it| self.told.iter().any(|id| **id == *it.id));
        DecisionTerms {
            considered: Vec::new(),
            conditions: self.to_do.iter().map(condition).collect(),
            replaces: self.replaces,
            review: self.review.as_deref().map(|at| moment(at).at),
            risks: told.map(RiskState::decided).collect(),
        }
    }

    fn says(&self) -> Vote {
        match self.says.as_deref() {
            Some("go") => Vote::Go,
            Some("no-go") => Vote::NoGo,
            Some("abstain") => Vote::Abstain,
            Some("conditions") => Vote::GoWithConditions {
                conditions: self.conditions.iter().map(|it| it.as_str().into()).collect(),
            },
            Some("delegate") => Vote::Delegate { to: self.to.as_deref().expect("to").into() },
            other => panic!("{other:?} is no vote"),
        }
    }

    fn decision(&self, what: &str) -> Decision {
        let until = self.until.as_deref().map(|at| moment(at).at);
        match what {
            "go" | "override" => Decision::Go { option: self.option.as_deref().map(Into::into) },
            "no-go" => Decision::NoGo { option: self.option.as_deref().map(Into::into), new_date: until },
            "hold" => Decision::Hold {
                until,
                until_true: self.until_true.iter().map(|it| it.as_str().into()).collect(),
            },
            "scrub" => Decision::Scrub { t0: until.expect("until") },
            other => panic!("{other} is no decision"),
        }
    }
}

/// A station in one line.
fn said(it: &StationState) -> String {
    let mut line = it.vote.as_ref().map_or("silent", Vote::word).to_owned();
    if let Some(by) = &it.by {
        line.push_str(&format!(" by {}", by.name));
    }
    if let Some(given) = &it.delegated {
        line.push_str(&format!(", left to {} by {}", given.to, given.by));
    }
    if it.corrected > 0 {
        line.push_str(&format!(", corrected {}", it.corrected));
    }
    let marks = [
        (it.heard, "heard"),
        (it.passed_over, "passed over"),
        (it.void.is_some(), "void"),
        (it.is_next, "next"),
    ];
    for (is, mark) in marks {
        if is {
            line.push_str(&format!(", {mark}"));
        }
    }
    if let Some(word) = it.computed {
        line.push_str(&format!(", gates {word}"));
    }
    line
}

impl ExpectPeople {
    pub fn compare(&self, day: &Day, board: &Board) {
        let poll = board.roll_call.as_ref();
        if let Some(want) = &self.poll {
            let poll = poll.expect("a poll");
            let open = if poll.open { "open" } else { "closed" };
            let quorate = if poll.is_quorate() { ", quorate" } else { "" };
            let got = format!("round {}, {} of {}, {open}{quorate}", poll.round, poll.heard, poll.quorum);
            assert_eq!(got, *want);
        }
        for (role, want) in &self.stations {
            let station = poll.and_then(|poll| poll.station(&role.as_str().into())).expect("station");
            assert_eq!(said(station), *want, "{role}");
        }
        for (role, want) in &self.stand_ins {
            let station = poll.and_then(|poll| poll.station(&role.as_str().into())).expect("station");
            assert_eq!(station.stands_in, Some(Party::from(want.as_str())), "{role}");
        }
        let decision = board.decision.as_ref();
        if let Some(want) = &self.decision {
            let decision = decision.expect("a decision");
            let stands = if decision.stands { "stands" } else { "void" };
            assert_eq!(format!("{} {stands}", decision.label()), *want, "{:?}", decision.void);
        }
        if let Some(part) = &self.void {
            let void = decision.and_then(|it| it.void.as_deref()).unwrap_or_default();
            assert!(void.contains(part), "{part}: {void}");
        }
        if let Some(want) = &self.dissent {
            let line = |it: &Dissent| {
                let said: Vec<_> =
                    it.vote.conditions().iter().chain(&it.note).map(ToString::to_string).collect();
                format!("{} {}: {}", it.station, it.vote.word(), said.join("; "))
            };
            let got: Vec<_> = decision.expect("a decision").dissent.iter().map(line).collect();
            assert_eq!(got, *want);
        }
        if let Some(part) = &self.overridden {
            let said = board.overridden.as_deref().unwrap_or_default();
            let fits = if part.is_empty() { said.is_empty() } else { said.contains(part) };
            assert!(fits, "{part}: {said}");
        }
        self.clock(day, board);
    }

    fn clock(&self, day: &Day, board: &Board) {
        if let Some(length) = &self.held_for {
            assert_eq!(board.held_for, span(length));
        }
        if let Some(held) = self.held {
            assert_eq!(board.held_since.is_some(), held, "held since {:?}", board.held_since);
        }
        if let Some(at) = &self.t0 {
            assert_eq!(day.history.t0(), Some(moment(at).at));
        }
    }
}
