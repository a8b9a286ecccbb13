//! Who is who, for people and machines.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    headline,
    json::{name, part_page, plain},
    runner::harmless,
};
use gonogo_domain::{Board, Directory, Gap, Gate, Launch, Party, RoleCard, Shift, ToDo, Whom};
use gonogo_text::clean;

/// Who is asked about.
#[derive(Clone, Copy, Debug)]
pub struct WhoPage<'a> {
    /// The launch, by the T clock of the board.
    pub launch: &'a Launch,
    /// The board.
    pub board: &'a Board,
    /// `None`: everybody.
    pub about: Option<&'a Whom>,
}

impl WhoPage<'_> {
    fn directory(&self) -> Directory {
        let all = Directory::of(self.launch, self.board);
        match self.about {
            None => all,
            Some(whom) => all.about(self.launch, whom),
        }
    }

    fn gate(&self) -> Option<&Gate> {
        match self.about {
            Some(Whom::Gate(id)) => self.launch.gate(id),
            _ => None,
        }
    }
}

/// As text, ending with a line end.
pub fn who_text(it: &WhoPage<'_>) -> String {
    let (board, who) = (it.board, it.directory());
    let mut out = format!("{}  {} {}\n", headline(board), clean(&board.title), clean(&board.version));
    if let Some(gate) = it.gate() {
        about_gate(&mut out, it, gate);
    }
    for gap in &who.gaps {
        let _ = writeln!(out, "\nGAP: {}\n  {}", clean(&gap.text), gap.help);
    }
    on_call(&mut out, &who.on_call);
    areas(&mut out, &who);
    if !who.roles.is_empty() {
        out.push_str("\nroles\n");
    }
    for card in &who.roles {
        role(&mut out, card);
    }
    to_do(&mut out, &who.to_do);
    harmless(&out)
}

fn about_gate(out: &mut String, it: &WhoPage<'_>, gate: &Gate) {
    let _ = writeln!(out, "\n{}  {}", clean(gate.id.as_str()), clean(&gate.title));
    let mut line = |label: &str, parties: &[Party]| {
        if !parties.is_empty() {
            let _ = writeln!(out, "  {label:<12} {}", listed(parties));
        }
    };
    line("owner", &gate.owner.iter().cloned().collect::<Vec<_>>());
    line("answers", gate.ask().map_or(&[][..], |ask| &ask.by));
    if gate.waivable {
        line("waives", &it.launch.policies.waive_by);
    }
    line("drops it", &gate.na_by);
    let first = gate.owner.iter().chain(gate.ask().map_or(&[][..], |ask| &ask.by)).next();
    if let Some(first) = first {
        line("if silent", &it.launch.call_order(first));
    }
}

fn on_call(out: &mut String, all: &[Shift]) {
    if all.is_empty() {
        return;
    }
    out.push_str("\non call\n");
    for it in all {
        let when = if it.now {
            format!("now, until {}", time(it.until))
        } else {
            format!("from {} to {}", time(it.from), time(it.until))
        };
        let _ = writeln!(out, "  {}: {} ({when})", clean(it.role.as_str()), holders(&it.holders, None));
    }
}

fn areas(out: &mut String, who: &Directory) {
    if !who.areas.is_empty() {
        out.push_str("\nwho answers for what\n");
    }
    for it in &who.areas {
        let _ = writeln!(out, "  {} ({})", clean(it.checklist.as_str()), clean(&it.title));
        let _ = writeln!(out, "    {:<12} {}", "responsible", clean(it.responsible_text()));
        let note =
            if it.accountable_named || it.accountable.is_empty() { "" } else { " (decides on the launch)" };
        let _ = writeln!(out, "    {:<12} {}{note}", "accountable", listed(&it.accountable));
        for (label, parties) in [("consulted", &it.consulted), ("informed", &it.informed)] {
            if !parties.is_empty() {
                let _ = writeln!(out, "    {label:<12} {}", listed(parties));
            }
        }
    }
}

fn role(out: &mut String, it: &RoleCard) {
    let on_call = if it.on_call { "  ON CALL" } else { "" };
    let title = if it.title.as_ref() == it.role.as_str() {
        String::new()
    } else {
        format!(" ({})", clean(&it.title))
    };
    let held = if it.vacant { "NOBODY".into() } else { holders(&it.holders, it.team.as_deref()) };
    let then = if it.then.is_empty() { String::new() } else { format!("; if silent: {}", listed(&it.then)) };
    let _ = writeln!(out, "  {}{title}: {held}{then}{on_call}", clean(it.role.as_str()));
}

fn to_do(out: &mut String, all: &[ToDo]) {
    if all.is_empty() {
        return;
    }
    out.push_str("\nto do now\n");
    let mut told: Vec<&Party> = Vec::new();
    for first in all {
        if told.contains(&&first.who) {
            continue;
        }
        told.push(&first.who);
        let _ = writeln!(out, "  {}", clean(first.who.as_str()));
        for it in all.iter().filter(|it| it.who == first.who) {
            let late = if it.overdue { "OVERDUE  " } else { "" };
            let _ = writeln!(out, "    {late}{}: {}", clean(&it.about), clean(&it.does.to_string()));
        }
    }
}

fn listed(parties: &[Party]) -> String {
    let all: Vec<_> = parties.iter().map(|it| clean(it.as_str()).into_owned()).collect();
    if all.is_empty() { "NOBODY".into() } else { all.join(", ") }
}

fn holders(people: &[Party], team: Option<&str>) -> String {
    let team = team.map(|team| format!("team {}", clean(team)));
    let people = people.iter().map(|it| clean(it.as_str()).into_owned());
    let all: Vec<_> = people.chain(team).collect();
    if all.is_empty() { "NOBODY".into() } else { all.join(", ") }
}

#[derive(Serialize)]
struct WhoPart {
    areas: Vec<Area>,
    roles: Vec<RoleJson>,
    on_call: Vec<OnCallJson>,
    to_do: Vec<Task>,
    gaps: Vec<Hole>,
}

#[derive(Serialize)]
struct Area {
    checklist: String,
    title: String,
    responsible: Option<String>,
    accountable: Vec<String>,
    accountable_named: bool,
    consulted: Vec<String>,
    informed: Vec<String>,
}

#[derive(Serialize)]
struct RoleJson {
    role: String,
    title: String,
    people: Vec<String>,
    github_team: Option<String>,
    then: Vec<String>,
    vacant: bool,
    on_call: bool,
}

#[derive(Serialize)]
struct OnCallJson {
    role: String,
    people: Vec<String>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    now: bool,
}

#[derive(Serialize)]
struct Task {
    who: String,
    about: String,
    does: String,
    overdue: bool,
}

#[derive(Serialize)]
struct Hole {
    code: &'static str,
    text: String,
}

/// As JSON, ending with a line end. `complete` is the last key: a page without it was cut.
pub fn who_json(it: &WhoPage<'_>) -> String {
    let who = it.directory();
    let names = |all: &[Party]| all.iter().map(name).collect::<Vec<_>>();
    let area = |it: &gonogo_domain::Area| Area {
        checklist: plain(it.checklist.as_str()),
        title: plain(&it.title),
        responsible: it.responsible.as_ref().map(name),
        accountable: names(&it.accountable),
        accountable_named: it.accountable_named,
        consulted: names(&it.consulted),
        informed: names(&it.informed),
    };
    let role = |it: &RoleCard| RoleJson {
        role: name(&it.role),
        title: plain(&it.title),
        people: names(&it.holders),
        github_team: it.team.as_deref().map(plain),
        then: names(&it.then),
        vacant: it.vacant,
        on_call: it.on_call,
    };
    let call = |it: &Shift| OnCallJson {
        role: name(&it.role),
        people: names(&it.holders),
        from: it.from,
        until: it.until,
        now: it.now,
    };
    let task = |it: &ToDo| Task {
        who: name(&it.who),
        about: plain(&it.about),
        does: plain(&it.does.to_string()),
        overdue: it.overdue,
    };
    part_page(
        it.board,
        WhoPart {
            areas: who.areas.iter().map(area).collect(),
            roles: who.roles.iter().map(role).collect(),
            on_call: who.on_call.iter().map(call).collect(),
            to_do: who.to_do.iter().map(task).collect(),
            gaps: who.gaps.iter().map(|it: &Gap| Hole { code: it.code, text: plain(&it.text) }).collect(),
        },
    )
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
