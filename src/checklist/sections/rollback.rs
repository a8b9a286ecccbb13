//! `rollback`: the runbook of the way back, what proves that it would work, and what calls for it.

use std::collections::BTreeMap;

use crate::{
    gate::text,
    limits::MOST_STEPS,
    moments::some_duration,
    names::{is_id, no_id},
    reader::{Reader, SpannedText, keys},
    reference::Reference,
    shapes::{id, length, word, words},
    symbols::Symbols,
};
use gonogo_domain::{CallsFor, Guardrail, Occasion, Rollback, RollbackStep, Str};
use gonogo_yaml::{NodeId, NodeRef, Problem, Shape};

keys! {
    /// The keys of `rollback`.
    struct RollbackKeys {
        owner: word(), decide_within: length(), ready_when: words(), triggers: words(),
        steps: StepKeys::shape().filled(), notes: word(),
    }
    needs { owner, steps }
}
keys! {
    /// The keys of a step.
    struct StepKeys {
        step: id(), title: word(), by_hand: word(), owner: word(), within: length(), notes: word(), tell: words(),
    }
    needs { step, title }
}

/// What a rollback may say.
pub(super) fn shape() -> Shape {
    RollbackKeys::shape()
}

/// The rollback, but for the gates of `ready_when`, which are looked up when all gates are known.
pub(in super::super) struct RollbackDraft {
    /// `None`: something of it is wrong, which has been noted.
    pub(in super::super) rollback: Option<Rollback>,
    pub(in super::super) ready_when: Vec<SpannedText>,
}

/// Reads it.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
    (guardrails, written): (&mut BTreeMap<Str, Guardrail>, Option<NodeId>),
) -> Option<RollbackDraft> {
    let keys = RollbackKeys::read(reader, node)?;
    let owner = reader.word(keys.owner);
    let owner = world.some_party(reader, owner);
    let decide_within = reader.word(keys.decide_within);
    let decide_within = some_duration(reader, decide_within);
    let triggers = triggers(reader, keys.triggers, world, (guardrails, written));
    let ready_when = reader.words(keys.ready_when).unwrap_or_default();
    let notes = text(reader, keys.notes);
    let items: Option<Vec<NodeRef>> = reader.get(keys.steps);
    let readable = items.is_some();
    let mut items = items.unwrap_or_default();
    reader.at_most(MOST_STEPS, &mut items, node);
    if let (Some(list), true) = (keys.steps, readable && items.is_empty()) {
        reader.report("empty-list", "a rollback without steps", list, "empty");
    }
    let mut steps: Vec<RollbackStep> = Vec::with_capacity(items.len());
    for NodeRef(item) in items {
        steps.extend(step(reader, item, world, &steps));
    }
    let ready = Vec::new();
    let rollback =
        owner.map(|owner| Rollback { owner, decide_within, ready_when: ready, triggers, steps, notes });
    Some(RollbackDraft { rollback, ready_when })
}

fn step(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
    before: &[RollbackStep],
) -> Option<RollbackStep> {
    let keys = StepKeys::read(reader, node)?;
    let id = reader.word(keys.step);
    if let Some(word) = &id {
        if !is_id(&word.value) {
            let span = reader.span(word.at);
            reader.problems.push(no_id(&word.value, span));
        } else if before.iter().any(|step| *step.id == *word.value) {
            let message = format!("two steps are called `{}`", word.value);
            reader.advise("duplicate-id", message, word.at, "given again", "give it another name");
        }
    }
    let title = text(reader, keys.title);
    let by_hand = text(reader, keys.by_hand);
    let owner = reader.word(keys.owner);
    let owner = world.some_party(reader, owner);
    let within = reader.word(keys.within);
    let within = some_duration(reader, within);
    let notes = text(reader, keys.notes);
    tell(reader, keys.tell, world);
    Some(RollbackStep { id: id?.value.into(), title: title?, by_hand, owner, within, notes })
}

/// Messages that are due when the step is done: they must be about a rollback. Which step sends which message is
/// kept with the message.
fn tell(reader: &mut Reader<'_>, node: Option<NodeId>, world: &Symbols<'_>) {
    for word in reader.words(node).unwrap_or_default() {
        let Reference::Message(name) = Reference::parse(&word.value) else {
            let message = format!("`{}` is not a message", word.value);
            reader.advise("no-message", message, word.at, "not a message", "write message/ID");
            continue;
        };
        let span = reader.span(word.at);
        let found = reader.take(world.messages.look_up(name, span, &world.hints)).flatten();
        if found.is_some_and(|occasion| *occasion != Occasion::Rollback) {
            let message = format!("`{}` is not a message about a rollback", word.value);
            let help = "give the message `occasion: rollback`";
            reader.advise("no-message", message, word.at, "has another `occasion`", help);
        }
    }
}

/// Guardrails whose breach calls for the rollback, whatever they say themselves: the chance of a false call is the smaller one.
fn triggers(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    world: &Symbols<'_>,
    (guardrails, written): (&mut BTreeMap<Str, Guardrail>, Option<NodeId>),
) -> Vec<Str> {
    let mut all: Vec<Str> = Vec::new();
    for word in reader.words(node).unwrap_or_default() {
        let Reference::Guardrail(name) = Reference::parse(&word.value) else {
            let help = match world.guardrails.get(&word.value) {
                Some(()) => format!("write guardrail/{}", word.value),
                None => {
                    "write guardrail/ID. People can always start the rollback; say when in `notes`".into()
                }
            };
            let message = format!("`{}` is not a guardrail", word.value);
            reader.advise("unknown-guardrail", message, word.at, "only guardrails can trigger it", help);
            continue;
        };
        let span = reader.span(word.at);
        if reader.take(world.guardrails.look_up(name, span, &world.hints)).is_none() {
            continue;
        }
        if all.iter().any(|known| **known == *name) {
            let message = format!("`{}` is named twice", word.value);
            reader.advise("duplicate-value", message, word.at, "named again", "remove one of them");
            continue;
        }
        contradicted(reader, written, name, &word);
        if let Some(guardrail) = guardrails.get_mut(name) {
            guardrail.calls_for = CallsFor::Rollback;
        }
        all.push(name.into());
    }
    all
}

/// A trigger that says of itself that it calls for less.
fn contradicted(reader: &mut Reader<'_>, written: Option<NodeId>, name: &str, word: &SpannedText) {
    let doc = reader.doc;
    let own = written.and_then(|node| doc.get(node, name)).and_then(|node| doc.get(node, "calls_for"));
    let Some((at, said)) = own.and_then(|at| Some((at, doc.text(at)?))) else { return };
    if said != CallsFor::Rollback.word() {
        let message = format!("`{name}` is a trigger of the rollback, but says `calls_for: {said}`");
        let problem = Problem::new("two-calls", message)
            .at(reader.span(word.at), "calls for a rollback")
            .also(reader.span(at), "contradicts this")
            .help("write `calls_for: rollback` there, or remove it");
        reader.problems.push(problem);
    }
}
