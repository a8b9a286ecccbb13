//! Who is who in a launch: who answers for what, who is on call, whom to call when somebody is silent, what each has to do
//! now, and where nobody is.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Advice, Board, Checklist, ChecklistId, GateId, Launch, MessageState, Party, Str, format};

/// Somebody must be on call from so long before T-0.
const COVER_BEFORE: TimeDelta = TimeDelta::hours(1);
/// To so long after it.
const COVER_AFTER: TimeDelta = TimeDelta::hours(24);

/// Who is who.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// Each checklist, in order.
    pub areas: Vec<Area>,
    /// Each role.
    pub roles: Vec<RoleCard>,
    /// Who is or will be on call, soonest first.
    pub on_call: Vec<Shift>,
    /// What each has to do now, overdue first.
    pub to_do: Vec<ToDo>,
    /// Where nobody is.
    pub gaps: Vec<Gap>,
}

/// Who answers for a checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// The checklist.
    pub checklist: ChecklistId,
    /// Title for people.
    pub title: Str,
    /// Who does it: its owner.
    pub responsible: Option<Party>,
    /// Who answers for it: as written, else who makes the final call, else who may waive.
    pub accountable: Vec<Party>,
    /// The files say so; else it follows from who decides.
    pub accountable_named: bool,
    /// Who is asked before.
    pub consulted: Vec<Party>,
    /// Who is told afterwards.
    pub informed: Vec<Party>,
}

/// A role with who is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleCard {
    /// The role.
    pub role: Party,
    /// Title for people.
    pub title: Str,
    /// Who holds it.
    pub holders: Vec<Party>,
    /// The GitHub team that holds it.
    pub team: Option<Str>,
    /// Whom to call when nobody of these answers, in order: fallbacks, then those above.
    pub then: Vec<Party>,
    /// Nobody holds it; a fallback may speak for it all the same.
    pub vacant: bool,
    /// It is on call now.
    pub on_call: bool,
}

/// A time on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The role or person.
    pub role: Party,
    /// Who holds it.
    pub holders: Vec<Party>,
    /// The first moment that belongs to it.
    pub from: DateTime<Utc>,
    /// The first moment that does not.
    pub until: DateTime<Utc>,
    /// It is now.
    pub now: bool,
}

/// Something that somebody has to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToDo {
    /// The person or role that has to do it.
    pub who: Party,
    /// What it is about: a gate, or the board as a whole.
    pub about: Str,
    /// The gate, if it is one.
    pub gate: Option<GateId>,
    /// What is to be done.
    pub does: Advice,
    /// It is past its due date.
    pub overdue: bool,
}

/// Where nobody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Stable code: `role-vacant`, `on-call-gap`, `area-without-owner`.
    pub code: &'static str,
    /// What, in words.
    pub text: Str,
    /// What to write.
    pub help: &'static str,
}

/// Whom a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Those of a gate.
    Gate(GateId),
    /// A person or a role.
    Party(Party),
    /// Those of a checklist.
    Checklist(ChecklistId),
}

impl Area {
    /// Nobody is named where somebody should be. The gates of `launch.yaml` itself have no common owner.
    #[must_use]
    pub fn is_unowned(&self) -> bool {
        self.responsible.is_none() && self.checklist.as_str() != "launch"
    }

    /// Who is responsible, as every page says it.
    #[must_use]
    pub fn responsible_text(&self) -> &str {
        match &self.responsible {
            Some(party) => party.as_str(),
            None if self.is_unowned() => "NOBODY",
            None => "each gate by itself",
        }
    }
}

impl Directory {
    /// Of this launch, on this board.
    pub fn of(launch: &Launch, board: &Board) -> Self {
        let now = board.evaluated_at;
        Self {
            areas: launch.checklists.iter().map(|list| area(launch, list)).collect(),
            roles: launch.roles.keys().map(|role| card(launch, role, now)).collect(),
            on_call: shifts(launch, now),
            to_do: to_do(board),
            gaps: gaps(launch),
        }
    }

    /// What is about these; of a person also the roles that they hold.
    #[must_use]
    pub fn about(&self, launch: &Launch, whom: &Whom) -> Self {
        let (parties, list) = match whom {
            Whom::Party(party) => (vec![party.clone()], None),
            Whom::Checklist(id) => {
                let list = launch.checklists.iter().find(|it| it.id == *id);
                (list.and_then(|it| it.owner.clone()).into_iter().collect(), Some(id.clone()))
            }
            Whom::Gate(id) => {
                let gate = launch.gate(id);
                let asked = gate.and_then(|it| it.ask()).map(|ask| ask.by.clone()).unwrap_or_default();
                let owner = gate.and_then(|it| it.owner.clone());
                (owner.into_iter().chain(asked).collect(), gate.map(|it| it.checklist.clone()))
            }
        };
        let mut about = self.of_parties(launch, &parties, list.as_ref());
        if let Whom::Gate(id) = whom {
            about.areas.retain(|area| list.as_ref() == Some(&area.checklist));
            about.to_do = self.to_do.iter().filter(|it| it.gate.as_ref() == Some(id)).cloned().collect();
        }
        about
    }

    fn of_parties(&self, launch: &Launch, parties: &[Party], list: Option<&ChecklistId>) -> Self {
        let holds = |card: &&RoleCard| card.holders.iter().any(|it| parties.contains(it));
        let mut all = parties.to_vec();
        all.extend(self.roles.iter().filter(holds).map(|card| card.role.clone()));
        let is = |party: &Party| all.contains(party);
        let area = |it: &&Area| {
            let named = it.responsible.iter().chain(&it.accountable).chain(&it.consulted).chain(&it.informed);
            list == Some(&it.checklist) || named.clone().any(is)
        };
        let holders: Vec<Party> = launch
            .roles
            .iter()
            .filter(|(role, _)| is(role))
            .flat_map(|(_, role)| role.people.clone())
            .collect();
        let someone = |party: &Party| is(party) || holders.contains(party);
        Self {
            areas: self.areas.iter().filter(area).cloned().collect(),
            roles: self.roles.iter().filter(|it| is(&it.role)).cloned().collect(),
            on_call: self.on_call.iter().filter(|it| is(&it.role)).cloned().collect(),
            to_do: self.to_do.iter().filter(|it| someone(&it.who)).cloned().collect(),
            gaps: Vec::new(),
        }
    }
}

fn area(launch: &Launch, list: &Checklist) -> Area {
    let named = list.accountable.clone();
    let accountable_named = named.is_some();
    let decides = || match &launch.roll_call {
        Some(plan) => vec![plan.final_call.clone()],
        None => launch.policies.waive_by.clone(),
    };
    Area {
        checklist: list.id.clone(),
        title: list.title.clone(),
        responsible: list.owner.clone(),
        accountable: named.map_or_else(decides, |it| vec![it]),
        accountable_named,
        consulted: list.consulted.clone(),
        informed: list.informed.clone(),
    }
}

fn card(launch: &Launch, name: &Party, now: DateTime<Utc>) -> RoleCard {
    let role = launch.roles.get(name);
    let holders = role.map(|it| it.people.clone()).unwrap_or_default();
    let team = role.and_then(|it| it.github_team.clone());
    RoleCard {
        role: name.clone(),
        title: launch.title_of(name),
        vacant: holders.is_empty() && team.is_none(),
        then: launch.call_order(name),
        holders,
        team,
        on_call: launch
            .schedule
            .on_call
            .iter()
            .any(|it| it.role == *name && it.from.at <= now && now < it.until.at),
    }
}

fn shifts(launch: &Launch, now: DateTime<Utc>) -> Vec<Shift> {
    let ahead = launch.schedule.on_call.iter().filter(|it| it.until.at > now);
    let holders =
        |role: &Party| launch.roles.get(role).map_or_else(|| vec![role.clone()], |it| it.people.clone());
    let mut all: Vec<_> = ahead
        .map(|it| Shift {
            role: it.role.clone(),
            holders: holders(&it.role),
            from: it.from.at,
            until: it.until.at,
            now: it.from.at <= now,
        })
        .collect();
    all.sort_by_key(|it| it.from);
    all
}

/// One line for each who can act on a step of the path, and for those who speak of what stages and closing wait for.
fn to_do(board: &Board) -> Vec<ToDo> {
    let mut all: Vec<ToDo> = Vec::new();
    // A closed launch takes no answer, and its path is empty.
    let open = board.closed.is_none();
    for step in &board.path.steps {
        let gate = step.gate().cloned();
        let overdue = gate.as_ref().and_then(|id| board.gate(id)).is_some_and(|it| it.overdue);
        for who in &step.who {
            let (about, does) = (step.name().into(), step.does.to_oneself());
            all.push(ToDo { who: who.clone(), about, gate: gate.clone(), does, overdue });
        }
    }
    let told = |all: &[ToDo], id: &GateId| all.iter().any(|it| it.gate.as_ref() == Some(id));
    let later = board.gates.iter().filter(|it| !it.group && it.verdict.blocks() && !it.next.is_empty());
    for gate in later.filter(|_| open) {
        if told(&all, &gate.id) {
            continue;
        }
        let more = gate.who.iter().map(|who| ToDo {
            who: who.clone(),
            about: gate.id.as_str().into(),
            gate: Some(gate.id.clone()),
            does: gate.next.to_oneself(),
            overdue: gate.overdue,
        });
        all.extend(more.collect::<Vec<_>>());
    }
    let open = board.review.follow_ups.iter().filter(|it| it.ended.is_none());
    all.extend(open.filter_map(|it| {
        let overdue = board.review.overdue.contains(&it.number);
        let about = format!("follow-up {}", it.number).into();
        Some(ToDo { who: it.owner.clone()?, about, gate: None, does: (&*it.text).into(), overdue })
    }));
    all.extend(board.messages.iter().filter(|it| it.status.asks()).flat_map(to_tell));
    all.sort_by_key(|it| !it.overdue);
    all
}

/// A message that asks to be approved, sent or looked for.
fn to_tell(it: &MessageState) -> impl Iterator<Item = ToDo> + '_ {
    it.who.iter().map(|who| ToDo {
        who: who.clone(),
        about: format!("message {}", it.of.message).into(),
        gate: None,
        does: it.next.to_oneself(),
        overdue: it.overdue,
    })
}

/// Where nobody is, by the files alone.
pub fn gaps(launch: &Launch) -> Vec<Gap> {
    let asked = |party: &Party| {
        let gate = |it: &super::Gate| {
            it.owner.as_ref() == Some(party) || it.ask().is_some_and(|ask| ask.by.contains(party))
        };
        launch.gates.iter().filter(|it| it.excluded.is_none()).any(gate)
            || launch.roll_call.as_ref().is_some_and(|plan| plan.final_call == *party)
    };
    let roles = launch.roles.keys().filter(|role| is_empty(launch, role)).map(|role| Gap {
        code: "role-vacant",
        text: format!("nobody holds the role {role}{}", if asked(role) { ", which is asked" } else { "" })
            .into(),
        help: "put people into the role, or give it a `github_team` or a `fallback`",
    });
    let areas = launch.checklists.iter().map(|list| area(launch, list)).filter(Area::is_unowned);
    let areas = areas.map(|it| Gap {
        code: "area-without-owner",
        text: format!("nobody is responsible for the checklist {}", it.checklist).into(),
        help: "give it an `owner`",
    });
    roles.chain(areas).chain(uncovered(launch)).collect()
}

/// Whether the files name nobody for a role, no team and no fallback.
fn is_empty(launch: &Launch, role: &Party) -> bool {
    let it = launch.roles.get(role);
    it.is_some_and(|it| it.people.is_empty() && it.github_team.is_none() && it.fallback.is_none())
}

/// Times between T-1h and T+24h at which nobody is on call, where somebody is to be at all.
fn uncovered(launch: &Launch) -> Option<Gap> {
    let zero = launch.schedule.t_zero();
    let (from, until) = (zero.checked_sub_signed(COVER_BEFORE)?, zero.checked_add_signed(COVER_AFTER)?);
    if launch.schedule.on_call.is_empty() {
        return None;
    }
    let held = launch.schedule.on_call.iter().filter(|it| !is_empty(launch, &it.role));
    let mut shifts: Vec<_> = held.map(|it| (it.from.at, it.until.at)).collect();
    shifts.sort_unstable();
    let mut open = Vec::new();
    let mut covered = from;
    for (start, end) in shifts {
        if start > covered && covered < until {
            open.push((covered, start.min(until)));
        }
        covered = covered.max(end);
    }
    if covered < until {
        open.push((covered, until));
    }
    let zone = launch.schedule.zone;
    let said: Vec<_> = open
        .iter()
        .map(|(start, end)| {
            format!("from {} to {}", format::moment(*start, zone), format::moment(*end, zone))
        })
        .collect();
    (!said.is_empty()).then(|| Gap {
        code: "on-call-gap",
        text: format!("nobody is on call {}", said.join(" and ")).into(),
        help: "somebody must be reachable from T-1h to T+24h: add a line to `schedule.on_call`",
    })
}

impl Launch {
    /// Whom to call when a person or role does not answer, in order: the fallbacks of the role, then those above it.
    pub fn call_order(&self, party: &Party) -> Vec<Party> {
        let mut all: Vec<Party> = Vec::new();
        let mut push = |it: &Party| {
            if it != party && !all.contains(it) {
                all.push(it.clone());
            }
        };
        let mut current = self.roles.get(party);
        // A circle of fallbacks is an error of the files; here it ends.
        for _ in 0..self.roles.len() {
            let Some(next) = current.and_then(|role| role.fallback.as_ref()) else { break };
            push(next);
            current = self.roles.get(next);
        }
        let mut above = self.roles.get(party).and_then(|role| role.escalate_to.as_ref());
        for _ in 0..self.roles.len() {
            let Some(next) = above else { break };
            push(next);
            above = self.roles.get(next).and_then(|role| role.escalate_to.as_ref());
        }
        all
    }
}
