//! One gate beside the same gate of the baseline.

use super::{
    super::{About, Ask, Blocks, Bound, Gate, GateId, Kind, Launch},
    FoundLoosenings, LooseningKind, WrittenSpan, args, is_earlier, parties,
};

/// What is looser about a gate that both have.
pub(super) fn compare(
    list: &mut FoundLoosenings,
    (base, was): (&Launch, &Gate),
    (launch, now): (&Launch, &Gate),
) {
    if was.blocks != now.blocks && was.blocks != Blocks::Nothing && now.blocks != Blocks::Go {
        list.add(LooseningKind::GateOptional, "blocks", &was.blocks, &now.blocks);
    }
    if was.excluded.is_none() && now.excluded.is_some() {
        list.add(LooseningKind::GateOptional, "when", &"it applies", &now.excluded);
    }
    list.stays_on(LooseningKind::GateOptional, "waivable: false", !was.waivable, !now.waivable);
    list.no_more(LooseningKind::GateOptional, "na_by", &was.na_by, &now.na_by);
    if was.owner.is_some() {
        // Whoever owns a gate does not waive it.
        list.unless_same(LooseningKind::People, "owner", &was.owner, &now.owner);
    }
    if was.parent != now.parent && one_of_many(launch, now).is_some() {
        list.add(LooseningKind::GateOptional, "one_of", &was.parent, &now.parent);
    }
    list.at_most(
        LooseningKind::Freshness,
        "fresh",
        Some(WrittenSpan(was.fresh)),
        Some(WrittenSpan(now.fresh)),
    );
    list.unless_same(LooseningKind::Evidence, "component", &was.component, &now.component);
    list.unless_same(LooseningKind::Evidence, "connection", &was.connection, &now.connection);
    list.stays_on(LooseningKind::Order, "point_of_no_return", was.point_of_no_return, now.point_of_no_return);
    list.unless_same(LooseningKind::Order, "by_hand", &was.by_hand, &now.by_hand);
    list.no_fewer(LooseningKind::Order, "needs", &was.needs, &now.needs);
    if now.counts_from.as_ref().map(|it| it.at) > was.counts_from.as_ref().map(|it| it.at) {
        let said = |gate: &Gate| gate.counts_from.as_ref().map(|it| it.said.clone());
        list.add(LooseningKind::GateOptional, "repeat", &said(was), &said(now));
    }
    let embargo = |gate: &Gate| gate.not_before.iter().max_by_key(|moment| moment.at).cloned();
    if let Some(old) = embargo(was) {
        let new = embargo(now);
        if new.as_ref().is_none_or(|new| is_earlier(&old, &base.schedule, new, &launch.schedule)) {
            list.add(LooseningKind::Order, "not_before", &old.said, &new.map(|it| it.said));
        }
    }
    kind(list, was, now);
}

/// What is looser because of a gate that the baseline does not have.
pub(super) fn added(list: &mut FoundLoosenings, base: &Launch, launch: &Launch, new: &Gate) {
    // A further way to be go of something that was there before.
    if let Some(group) = one_of_many(launch, new).filter(|group| base.gate(group).is_some()) {
        list.add(LooseningKind::GateOptional, "one_of", &"none", &format!("another way for {group}"));
    }
}

/// The group around a gate of which one go inside is enough.
fn one_of_many(launch: &Launch, gate: &Gate) -> Option<GateId> {
    let mut around = gate.parent.as_ref().and_then(|id| launch.gate(id));
    while let Some(group) = around {
        if group.kind == Kind::OneOf {
            return Some(group.id.clone());
        }
        around = group.parent.as_ref().and_then(|id| launch.gate(id));
    }
    None
}

fn kind(list: &mut FoundLoosenings, was: &Gate, now: &Gate) {
    match (&was.kind, &now.kind) {
        (Kind::Evidence(old), Kind::Evidence(new)) => {
            if (&old.source, &old.thing) == (&new.source, &new.thing) {
                args::compare(list, "", &old.args, &new.args);
            } else {
                let name = |query: &super::super::Query| format!("{} {}", query.source, query.thing);
                list.add(LooseningKind::Evidence, "evidence", &name(old), &name(new));
            }
            if old.bound == Bound::Commit {
                list.unless_same(LooseningKind::Evidence, "about", &old.bound, &new.bound);
            }
        }
        (Kind::Task(old), Kind::Task(new)) | (Kind::SignOff(old), Kind::SignOff(new)) => {
            // What people say go to is the text.
            list.unless_same(LooseningKind::Evidence, "title", &was.title, &now.title);
            list.unless_same(LooseningKind::Evidence, "notes", &was.notes, &now.notes);
            ask(list, old, new);
        }
        (Kind::Timer { since: old, wait: least }, Kind::Timer { since: new, wait }) => {
            list.unless_same(LooseningKind::Evidence, "timer.since", old, new);
            list.at_least(
                LooseningKind::Evidence,
                "timer.wait",
                Some(WrittenSpan(*least)),
                Some(WrittenSpan(*wait)),
            );
        }
        (old, new) if std::mem::discriminant(old) == std::mem::discriminant(new) => {}
        _ => list.add(LooseningKind::Evidence, "evidence", &was.source(), &now.source()),
    }
}

fn ask(list: &mut FoundLoosenings, was: &Ask, now: &Ask) {
    let people = LooseningKind::People;
    if was.count.is_some() == now.count.is_some() {
        parties(list, "by", was.count.is_some(), &was.by, &now.by);
        list.at_least(people, "count", was.count, now.count);
    } else {
        let said = |ask: &Ask| ask.count.map_or_else(|| "each of `by`".into(), |count| count.to_string());
        list.add(people, "count", &said(was), &said(now));
    }
    list.no_fewer(people, "apart_from", &was.apart_from, &now.apart_from);
    for (name, old) in &was.asks {
        list.unless_same(LooseningKind::Evidence, &format!("asks.{name}"), &Some(old), &now.asks.get(name));
    }
    list.at_most(
        LooseningKind::Freshness,
        "max_age",
        was.max_age.map(WrittenSpan),
        now.max_age.map(WrittenSpan),
    );
    let strictness = |about: About| match about {
        About::Commit => 2,
        About::Version => 1,
        About::Launch => 0,
    };
    if strictness(now.about) < strictness(was.about) {
        list.add(LooseningKind::Evidence, "about", &was.about, &now.about);
    }
}
