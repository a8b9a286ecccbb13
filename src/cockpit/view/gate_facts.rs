//! What there is to say of one gate, beside its verdict and its reason: the same on the screen and in lines.

use super::{
    advice,
    list::row_age,
    when::{moment, moment_zoned},
};
use crate::{Action, Model};
use gonogo_domain::{Flip, GateId, GateState, Now, Party, Verdict};
use gonogo_text::{Link, age};
use gonogo_theme::Role;

/// Changes of its verdict that are told.
const LATEST: usize = 8;

/// One thing to say.
pub(crate) struct GateFact {
    /// What it is of.
    pub name: &'static str,
    /// It goes on with what was said before it: a column of labels has none here.
    pub goes_on: bool,
    /// Never empty.
    pub text: String,
    /// Its colour.
    pub role: Role,
}

/// All that is known, in the order in which it is told.
pub(crate) fn gate_facts(
    model: &Model,
    gate: &GateState,
    now: Now,
    flip: &dyn Fn(&Flip) -> String,
) -> Vec<GateFact> {
    let mut facts = FactList(Vec::new());
    for (n, row) in gate.rows.iter().enumerate() {
        if n == 0 && gate.reason.is_empty() {
            facts.add("why", row, Role::Text);
        } else {
            facts.more("evidence", row, Role::Text);
        }
    }
    facts.add("next", &advice::said(model, &gate.next, &gate.who), Role::Title);
    facts.more("next", &advice::keys(model, gate).unwrap_or_default(), Role::KeyHint);
    facts.add("who", &parties(&gate.who), Role::Text);
    if let Some(act) = model.acts.of_gate(&gate.id) {
        let state = if act.unsure { "being looked up" } else { "being recorded, not yet acknowledged" };
        facts.add("act", &format!("{}: {state}", act.what), Role::Hold);
    }
    facts.add("trouble", gate.trouble.as_deref().unwrap_or_default(), Role::Error);
    facts.add("evidence", &evidence(gate, now), Role::Text);
    if let Some(link) = gate.url.as_deref().and_then(Link::parse) {
        facts.add("link", link.shown(), Role::Accent);
    }
    about_others(model, gate, now, &mut facts);
    plan_word(model, gate, now, &mut facts);
    facts.add("owner", gate.owner.as_ref().map_or("", |owner| owner.as_str()), Role::Text);
    waiver(model, gate, now, &mut facts);
    let asked = model.board.asked(&gate.id).map(|it| it.describe(&model.launch.schedule));
    facts.add("asked", asked.as_deref().unwrap_or_default(), Role::Text);
    planned(model, gate, &mut facts);
    for (n, it) in model.happened(model.flips.of(&gate.id)).take(LATEST).enumerate() {
        let text = format!("{} {}", moment(it.at, now.wall, model.launch.schedule.zone), flip(it));
        if n == 0 {
            facts.add("history", &text, Role::Dim);
        } else {
            facts.more("history", &text, Role::Dim);
        }
    }
    facts.0
}

struct FactList(Vec<GateFact>);

impl FactList {
    fn add(&mut self, name: &'static str, text: &str, role: Role) {
        self.put(name, false, text, role);
    }

    fn more(&mut self, name: &'static str, text: &str, role: Role) {
        self.put(name, true, text, role);
    }

    fn put(&mut self, name: &'static str, goes_on: bool, text: &str, role: Role) {
        if !text.is_empty() {
            self.0.push(GateFact { name, goes_on, text: text.to_owned(), role });
        }
    }
}

pub(super) fn parties(list: &[Party]) -> String {
    list.iter().map(Party::as_str).collect::<Vec<_>>().join(", ")
}

/// What it waits for, what waits for it, and until when it has to be.
fn about_others(model: &Model, gate: &GateState, now: Now, facts: &mut FactList) {
    facts.add("needs", &gate.waits_for.join(", "), Role::Text);
    let needed: Vec<_> = model.index.needed_by(&gate.id).iter().map(GateId::as_str).collect();
    facts.add("needed by", &needed.join(", "), Role::Text);
    if let Some(due) = &gate.due {
        let late = if gate.overdue { ", overdue" } else { "" };
        let at = moment_zoned(due.at, now.wall, model.launch.schedule.zone);
        let role = if gate.overdue { Role::Overdue } else { Role::Text };
        facts.add("due", &format!("{}, {at}{late}", due.said), role);
    }
}

/// What the files say of how it is done.
fn planned(model: &Model, gate: &GateState, facts: &mut FactList) {
    let Some(plan) = model.launch.gate(&gate.id) else { return };
    let by_hand = plan.by_hand.as_ref().and_then(|it| model.board.command(it));
    facts.add("by hand", by_hand.as_deref().unwrap_or_default(), Role::Accent);
    facts.add("notes", plan.notes.as_deref().unwrap_or_default(), Role::Text);
    for (name, address) in &plan.links {
        let shown = Link::parse(address).map_or_else(|| address.to_string(), |link| link.shown().to_owned());
        facts.add("see", &format!("{name}: {shown}"), Role::Dim);
    }
}

/// What its owner said in the readiness review.
fn plan_word(model: &Model, gate: &GateState, now: Now, facts: &mut FactList) {
    let Some(word) = model.board.plan_of(&gate.id) else { return };
    let at = moment_zoned(word.voice.at, now.wall, model.launch.schedule.zone);
    let text = word.describe(&format!(" {at}"), model.launch.schedule.zone);
    let role = if word.warning.is_some() { Role::Hold } else { Role::Text };
    facts.add("plan", &text, role);
    for line in word.more() {
        facts.more("plan", line, role);
    }
}

fn evidence(gate: &GateState, now: Now) -> String {
    let old = row_age(gate, now).map(|old| format!("{} ago", age(old)));
    let stale = gate.stale.then(|| "stale: it does not count".to_owned());
    let parts = [Some(gate.evidence.to_string()).filter(|it| !it.is_empty()), old, stale];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn waiver(model: &Model, gate: &GateState, now: Now, facts: &mut FactList) {
    let zone = model.launch.schedule.zone;
    if let Some(until) = gate.waived_until.filter(|_| gate.verdict == Verdict::Waived) {
        facts.add(
            "waiver",
            &format!(
                "until {}; {} ends it",
                moment_zoned(until, now.wall, zone),
                model.keymap.said(Action::EndWaiver)
            ),
            Role::Waived,
        );
    } else if gate.verdict.blocks()
        && model.launch.gate(&gate.id).is_some_and(|plan| plan.waivable && !plan.is_group())
    {
        let by = parties(&model.launch.policies.waive_by);
        let by = if by.is_empty() {
            "nobody may waive in this launch".to_owned()
        } else {
            format!("it takes {by}")
        };
        facts.add("waiver", &format!("none; {by}"), Role::Dim);
    }
}
