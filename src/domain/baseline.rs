//! What makes a launch easier to be GO than the one that it is compared with: whoever proposes a change of the files
//! must not be able to vote it GO.
//!
//! What was asked for and is not, or is asked of somebody or something else, is listed; what is only stricter is not.
//! Doubt counts as looser: a change of evidence is harmless only where its direction is known.

mod args;
mod gate;

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{
    Board, BoardWord, Cause, GateId, Gauge, Guardrail, Launch, LaunchRole, Lowering, Moment, Party, Person,
    Policies, RollCallPlan, Rollout, Schedule, Stage, Str, format,
};
use gonogo_text::cap;

/// The longest quotation of a file, in characters.
const LONGEST: usize = 160;
/// Differences that a board tells one by one.
const MOST_TOLD: usize = 50;

/// One thing that is looser than in the baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loosened {
    /// What sort.
    pub what: LooseningKind,
    /// The gate, if it is one's.
    pub gate: Option<GateId>,
    /// The key, as in the files.
    pub key: Str,
    /// In the baseline, shortened.
    pub was: Str,
    /// Here, shortened; empty when it is gone.
    pub now: Str,
}

/// Sorts of [`Loosened`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LooseningKind {
    /// A gate is gone.
    GateRemoved,
    /// A gate blocks less: it became advisory, or no longer applies.
    GateOptional,
    /// A gate asks something else, accepts more, or has looser limits.
    Evidence,
    /// What is old counts for longer.
    Freshness,
    /// A gate waits for less, or not as long.
    Order,
    /// Other people may answer, decide, waive or act, or fewer must.
    People,
    /// Waivers and sign-offs are easier.
    Policies,
    /// GO is about something else.
    Target,
    /// The rollout is less careful.
    Rollout,
}

impl Loosened {
    /// In one line; foreign words in it are not yet sanitised.
    pub fn describe(&self) -> String {
        let whose = self.gate.as_ref().map(|gate| format!("{gate}: ")).unwrap_or_default();
        match (self.what, self.now.is_empty()) {
            (LooseningKind::GateRemoved, _) => format!("{whose}the gate is gone"),
            (_, true) => format!("{whose}`{}` was {}, and is gone", self.key, self.was),
            _ => format!("{whose}`{}` was {}, and is {}", self.key, self.was, self.now),
        }
    }
}

impl Board {
    /// Lowers a board whose launch is looser than the one it is compared with: NO-GO, as waiting changes nothing.
    pub fn compared(&mut self, with: &str, loosened: &[Loosened]) {
        let lowering = |said: String| Lowering {
            at_most: BoardWord::NoGo,
            next: "merge the change of the rules first: nobody votes their own change GO".into(),
            ..Lowering::to_hold(Cause::Baseline, format!("looser than the baseline {with}: {said}"))
        };
        let more = loosened.len().saturating_sub(MOST_TOLD);
        let more = (more > 0).then(|| format!("and {more} more differences"));
        let told = loosened.iter().take(MOST_TOLD).map(Loosened::describe).chain(more);
        self.lowered.extend(told.map(lowering));
        self.conclude();
    }
}

/// Everything that is looser in `launch` than in `base`, in the order of the files.
pub fn loosened(base: &Launch, launch: &Launch) -> Vec<Loosened> {
    let mut list = FoundLoosenings::default();
    list.unless_same(LooseningKind::Target, "launch", &base.id, &launch.id);
    list.unless_same(LooseningKind::Target, "target", &base.target, &launch.target);
    for (name, target) in &base.components {
        list.unless_same(
            LooseningKind::Target,
            &format!("components.{name}"),
            &Some(target),
            &launch.components.get(name),
        );
    }
    if launch.risk < base.risk {
        list.add(LooseningKind::GateOptional, "risk", &base.risk.word(), &launch.risk.word());
    }
    people(&mut list, base, launch);
    policies(&mut list, &base.policies, &launch.policies);
    roll_call(&mut list, base.roll_call.as_ref(), launch.roll_call.as_ref());
    freezes(&mut list, &base.schedule, &launch.schedule);
    rollout(&mut list, base, launch);
    rollback(&mut list, base, launch);
    for old in &base.gates {
        list.gate = Some(old.id.clone());
        match launch.gate(&old.id) {
            Some(new) => gate::compare(&mut list, (base, old), (launch, new)),
            None => list.add(LooseningKind::GateRemoved, "gate", &old.title, &""),
        }
    }
    for new in launch.gates.iter().filter(|new| base.gate(&new.id).is_none()) {
        list.gate = Some(new.id.clone());
        gate::added(&mut list, base, launch, new);
    }
    list.all
}

/// What was found so far, and the gate that is being looked at.
#[derive(Default)]
struct FoundLoosenings {
    all: Vec<Loosened>,
    gate: Option<GateId>,
}

impl FoundLoosenings {
    fn add(&mut self, what: LooseningKind, key: &str, was: &impl Serialize, now: &impl Serialize) {
        let (was, now) = (shown(was), shown(now));
        self.all.push(Loosened { what, gate: self.gate.clone(), key: key.into(), was, now });
    }

    fn unless_same<T: PartialEq + Serialize>(&mut self, what: LooseningKind, key: &str, was: &T, now: &T) {
        if was != now {
            self.add(what, key, &was, &now);
        }
    }

    /// `None` is no limit at all.
    fn at_most<T: PartialOrd + Serialize>(
        &mut self,
        what: LooseningKind,
        key: &str,
        was: Option<T>,
        now: Option<T>,
    ) {
        if was.as_ref().is_some_and(|was| now.as_ref().is_none_or(|now| now > was)) {
            self.add(what, key, &was, &now);
        }
    }

    /// `None` asks for nothing.
    fn at_least<T: PartialOrd + Serialize>(
        &mut self,
        what: LooseningKind,
        key: &str,
        was: Option<T>,
        now: Option<T>,
    ) {
        if was.as_ref().is_some_and(|was| now.as_ref().is_none_or(|now| now < was)) {
            self.add(what, key, &was, &now);
        }
    }

    /// More of them is looser.
    fn no_more<T: PartialEq + Serialize>(&mut self, what: LooseningKind, key: &str, was: &[T], now: &[T]) {
        if now.iter().any(|it| !was.contains(it)) {
            self.add(what, key, &was, &now);
        }
    }

    /// Fewer of them is looser.
    fn no_fewer<T: PartialEq + Serialize>(&mut self, what: LooseningKind, key: &str, was: &[T], now: &[T]) {
        if was.iter().any(|it| !now.contains(it)) {
            self.add(what, key, &was, &now);
        }
    }

    /// On is stricter.
    fn stays_on(&mut self, what: LooseningKind, key: &str, was: bool, now: bool) {
        if was && !now {
            self.add(what, key, &was, &now);
        }
    }
}

/// A length of time, written for people.
#[derive(PartialEq, PartialOrd)]
struct WrittenSpan(Duration);

impl Serialize for WrittenSpan {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format::span(self.0))
    }
}

/// A value for people, much as it is written in a file.
fn shown(value: &impl Serialize) -> Str {
    let text = match serde_json::to_value(value) {
        Ok(Value::Null) | Err(_) => String::new(),
        Ok(Value::String(text)) => text,
        Ok(Value::Array(all)) if all.is_empty() => "none".into(),
        Ok(other) => other.to_string().chars().filter(|c| *c != '"').collect(),
    };
    cap(&text, LONGEST).as_str().into()
}

/// Whether a moment came forward: by the clock, and also counted from its own T-0.
fn is_earlier(was: &Moment, old: &Schedule, now: &Moment, new: &Schedule) -> bool {
    let moved_along = was.said == now.said && now.at - new.t0 >= was.at - old.t0;
    now.at < was.at && !moved_along
}

fn people(list: &mut FoundLoosenings, base: &Launch, launch: &Launch) {
    let login = |person: &Person| person.github.as_ref().map(|login| login.to_lowercase());
    for (name, person) in &base.people {
        if let Some(now) = launch.people.get(name) {
            list.unless_same(
                LooseningKind::People,
                &format!("people.{name}.github"),
                &login(person),
                &login(now),
            );
        }
    }
    for (name, role) in &base.roles {
        let key = |key: &str| format!("roles.{name}.{key}");
        let now = launch.roles.get(name);
        let holders = |role: &LaunchRole| {
            let mut holders = role.people.clone();
            holders.sort();
            holders
        };
        let what = LooseningKind::People;
        list.unless_same(what, &key("people"), &Some(holders(role)), &now.map(holders));
        list.unless_same(
            what,
            &key("github_team"),
            &role.github_team,
            &now.and_then(|it| it.github_team.clone()),
        );
        list.unless_same(what, &key("fallback"), &role.fallback, &now.and_then(|it| it.fallback.clone()));
    }
}

fn policies(list: &mut FoundLoosenings, was: &Policies, now: &Policies) {
    let what = LooseningKind::Policies;
    list.no_more(what, "policies.waivers.by", &was.waive_by, &now.waive_by);
    list.at_most(
        what,
        "policies.waivers.longest",
        Some(WrittenSpan(was.longest_waiver)),
        Some(WrittenSpan(now.longest_waiver)),
    );
    list.at_most(what, "policies.waivers.most", was.most_waivers, now.most_waivers);
    list.at_most(
        what,
        "policies.sign_offs.valid_for",
        was.sign_offs_valid_for.map(WrittenSpan),
        now.sign_offs_valid_for.map(WrittenSpan),
    );
    list.stays_on(what, "policies.sign_offs.void_after_hold", was.void_after_hold, now.void_after_hold);
    list.stays_on(what, "policies.sign_offs.identity", was.checked_identity, now.checked_identity);
}

fn roll_call(list: &mut FoundLoosenings, was: Option<&RollCallPlan>, now: Option<&RollCallPlan>) {
    let what = LooseningKind::People;
    let Some(was) = was else { return };
    let Some(now) = now else { return list.add(what, "roll_call", &was.final_call, &"") };
    list.unless_same(what, "roll_call.final_call", &was.final_call, &now.final_call);
    list.no_more(what, "roll_call.options", &was.options, &now.options);
    list.at_least(what, "roll_call.quorum", Some(was.must_hear()), Some(now.must_hear()));
    // Where stations come in and the quorum stays, more of the old ones need not be heard.
    let left_out = |plan: &RollCallPlan| plan.order().len().saturating_sub(plan.must_hear() as usize);
    list.at_most(
        what,
        "roll_call: stations that need not be heard",
        Some(left_out(was)),
        Some(left_out(now)),
    );
    let stations = now.order();
    for (old, _) in was.order() {
        let key = format!("roll_call.stations.{}", old.role);
        match stations.iter().find(|(new, _)| new.role == old.role) {
            Some((new, _)) => {
                list.no_fewer(what, &key, &old.checklists, &new.checklists);
                list.unless_same(what, &format!("{key}.computed"), &old.computed, &new.computed);
            }
            None => list.add(what, &key, &old.role, &""),
        }
    }
}

/// Times in which no stage may start.
fn freezes(list: &mut FoundLoosenings, was: &Schedule, now: &Schedule) {
    for old in was.freezes.iter().filter(|freeze| freeze.stops_rollout) {
        let kept = |new: &&super::Freeze| {
            new.name == old.name
                && new.stops_rollout
                && !is_earlier(&old.until, was, &new.until, now)
                && !is_earlier(&new.from, now, &old.from, was)
        };
        let key = format!("schedule.freezes.{}", old.name);
        match now.freezes.iter().find(kept) {
            Some(new) => {
                let key = format!("{key}.exceptions_by");
                list.no_more(LooseningKind::People, &key, &old.exceptions_by, &new.exceptions_by);
            }
            None => list.add(LooseningKind::Rollout, &key, &old.until.said, &""),
        }
    }
}

fn rollout(list: &mut FoundLoosenings, base: &Launch, launch: &Launch) {
    let what = LooseningKind::Rollout;
    let Some(was) = &base.rollout else { return };
    let none = Rollout::default();
    let now = launch.rollout.as_ref().unwrap_or(&none);
    list.no_more(what, "rollout.advance_by", &was.advance_by, &now.advance_by);
    let ids = |rollout: &Rollout| rollout.stages.iter().map(|stage| stage.id.clone()).collect::<Vec<_>>();
    let (old, mut new) = (ids(was), ids(now));
    new.retain(|id| old.contains(id));
    list.unless_same(what, "rollout.stages", &old, &new);
    for old in base.guardrails.values() {
        // One that is gone from its stages is found there.
        if let Some(new) = launch.guardrails.get(&old.id) {
            guardrail(list, old, new);
        }
    }
    gauge(list, "actual", was.actual.as_ref(), now.actual.as_ref());
    gauge(list, "exposure", was.exposure.as_ref(), now.exposure.as_ref());
    for old in &was.stages {
        if let Some(new) = now.stages.iter().find(|new| new.id == old.id) {
            stage(list, (old, &base.schedule), (new, &launch.schedule));
        }
    }
    let last = now.stages.iter().rposition(|stage| old.contains(&stage.id)).unwrap_or_default();
    for (at, new) in now.stages.iter().enumerate().filter(|(_, stage)| !old.contains(&stage.id)) {
        let how = match (new.pilot || new.independent, at < last) {
            (true, _) => "runs before GO, or out of order",
            (false, true) => "goes out before stages that were there",
            (false, false) => continue,
        };
        list.add(what, &format!("rollout.stages.{}", new.id), &"none", &how);
    }
}

/// The way back: what proves that it would work, what calls for it, and how soon.
fn rollback(list: &mut FoundLoosenings, base: &Launch, launch: &Launch) {
    let what = LooseningKind::Rollout;
    let Some(was) = &base.rollback else { return };
    let Some(now) = &launch.rollback else { return list.add(what, "rollback", &was.owner, &"") };
    list.no_fewer(what, "rollback.ready_when", &was.ready_when, &now.ready_when);
    list.no_fewer(what, "rollback.triggers", &was.triggers, &now.triggers);
    list.at_most(
        what,
        "rollback.decide_within",
        was.decide_within.map(WrittenSpan),
        now.decide_within.map(WrittenSpan),
    );
    let steps = |it: &super::Rollback| it.steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>();
    list.no_fewer(what, "rollback.steps", &steps(was), &steps(now));
    list.unless_same(LooseningKind::People, "rollback.owner", &was.owner, &now.owner);
    for old in &was.steps {
        let Some(new) = now.steps.iter().find(|new| new.id == old.id) else { continue };
        let key = |key: &str| format!("rollback.steps.{}.{key}", old.id);
        list.unless_same(LooseningKind::People, &key("owner"), &old.owner, &new.owner);
        list.unless_same(what, &key("by_hand"), &old.by_hand, &new.by_hand);
    }
}

/// What tells how far the release is out: who is not asked any more cannot say otherwise.
fn gauge(list: &mut FoundLoosenings, name: &str, was: Option<&Gauge>, now: Option<&Gauge>) {
    let what = LooseningKind::Rollout;
    let Some(was) = was else { return };
    let asked = |it: &Gauge| (it.query.source.clone(), it.query.args.clone(), it.connection.clone());
    let key = format!("rollout.{name}");
    list.unless_same(what, &key, &Some(asked(was)), &now.map(asked));
    list.at_most(
        what,
        &format!("{key}.fresh"),
        Some(WrittenSpan(was.fresh)),
        now.map(|it| WrittenSpan(it.fresh)).or(Some(WrittenSpan(was.fresh))),
    );
}

fn guardrail(list: &mut FoundLoosenings, was: &Guardrail, now: &Guardrail) {
    let what = LooseningKind::Rollout;
    let key = |key: &str| format!("guardrails.{}.{key}", was.id);
    let (old, new) = (&was.limits, &now.limits);
    list.unless_same(
        what,
        &key("what is measured"),
        &(&was.query.source, &was.query.args),
        &(&now.query.source, &now.query.args),
    );
    list.unless_same(what, &key("window"), &WrittenSpan(was.window), &WrittenSpan(now.window));
    list.unless_same(what, &key("connection"), &was.connection, &now.connection);
    list.unless_same(what, &key("unit"), &(old.measure, old.unit), &(new.measure, new.unit));
    if old.at_most.is_none() && old.control.is_some() {
        // Beside a comparison a limit of its own is a second way to be ok.
        list.unless_same(what, &key("at_most"), &old.at_most, &new.at_most);
    }
    list.at_most(what, &key("at_most"), old.at_most, new.at_most);
    list.at_most(what, &key("control"), old.control, new.control);
    list.at_most(what, &key("watch_at"), old.watch_at, new.watch_at);
    list.at_most(what, &key("stop_at"), old.stop_at, new.stop_at);
    list.at_most(what, &key("cluster"), Some(old.cluster), Some(new.cluster));
    list.at_most(what, &key("fresh"), Some(WrittenSpan(was.fresh)), Some(WrittenSpan(now.fresh)));
    list.at_least(what, &key("calls_for"), Some(was.calls_for), Some(now.calls_for));
}

fn stage(list: &mut FoundLoosenings, (was, old): (&Stage, &Schedule), (now, new): (&Stage, &Schedule)) {
    let what = LooseningKind::Rollout;
    let key = |key: &str| format!("rollout.stages.{}.{key}", was.id);
    let soak = |stage: &Stage| stage.soak.unwrap_or_default();
    list.at_least(what, &key("soak.time"), soak(was).time.map(WrittenSpan), soak(now).time.map(WrittenSpan));
    list.at_least(what, &key("soak.samples"), soak(was).samples, soak(now).samples);
    list.unless_same(what, &key("audience"), &was.audience.label(), &now.audience.label());
    list.stays_on(what, &key("point_of_no_return"), was.point_of_no_return, now.point_of_no_return);
    list.stays_on(what, &key("pilot: false"), !was.pilot, !now.pilot);
    list.stays_on(what, &key("independent: false"), !was.independent, !now.independent);
    list.stays_on(what, &key("when"), was.excluded.is_none(), now.excluded.is_none());
    list.unless_same(what, &key("by_hand"), &was.by_hand, &now.by_hand);
    list.unless_same(what, &key("by_hand_back"), &was.by_hand_back, &now.by_hand_back);
    list.unless_same(LooseningKind::People, &key("watcher"), &was.watcher, &now.watcher);
    list.no_fewer(what, &key("guardrails"), &was.guardrails, &now.guardrails);
    list.no_fewer(what, &key("criteria"), &was.criteria, &now.criteria);
    let asks = |stage: &Stage| stage.asks.keys().cloned().collect::<Vec<_>>();
    list.no_fewer(what, &key("asks"), &asks(was), &asks(now));
    list.at_least(what, &key("over"), was.over.map(WrittenSpan), now.over.map(WrittenSpan));
    let forward = match (&was.start, &now.start) {
        (Some(was), Some(now)) => is_earlier(was, old, now, new),
        (Some(_), None) => true,
        (None, _) => false,
    };
    if forward {
        let said = |moment: &Option<Moment>| moment.as_ref().map(|it| it.said.clone());
        list.add(what, &key("start"), &said(&was.start), &said(&now.start));
    }
}

/// Whoever may answer: any of them with a `count`, else each of them.
fn parties(list: &mut FoundLoosenings, key: &str, any: bool, was: &[Party], now: &[Party]) {
    if any {
        list.no_more(LooseningKind::People, key, was, now);
    } else {
        list.no_fewer(LooseningKind::People, key, was, now);
    }
}
