//! `comms`: who is told what, when and how.

use crate::{
    attached::Attached,
    gate::{self, text},
    kinds::Channel,
    limits::MOST_STEPS,
    moments::some_duration,
    names::{NameTable, Where, is_id, listed, no_id},
    reader::{Reader, SpannedText, keys},
    reference::Reference,
    shapes::{id, key, length, when, word, words},
    symbols::Symbols,
    when::ConditionScope,
};
use gonogo_domain::{Comms, CommsMessage, Occasion, SourceId, Str, Via};
use gonogo_yaml::{NodeId, NodeRef, Problem, Shape};

keys! {
    /// The keys of `comms`.
    struct CommsKeys { update_every: length(), messages: Shape::Named("message").filled() }
}
keys! {
    /// The keys of a message.
    struct MessageKeys {
        message: id(), title: word(), audience: word(), via: Shape::Named("via"), owner: word(),
        approved_by: words(), at: word(), not_before: word(), needs: words(), occasion: Shape::of::<Occasion>(),
        file: word(), text: word(), when: when(), public: Shape::Flag,
    }
    needs { message, audience, via }
}

/// What the plan may say.
pub(super) fn shape() -> Shape {
    CommsKeys::shape()
}

/// What a message may say.
pub(in super::super) fn message_shape() -> Shape {
    MessageKeys::shape()
}

/// What a `via` may say.
pub(in super::super) fn via_shape(channels: &[Channel]) -> Shape {
    let by_hand = std::iter::once("by_hand");
    Shape::Keys(by_hand.chain(channels.iter().map(|it| it.source)).map(|name| key(name, word())).collect())
}

/// The plan, but for what messages need, which is looked up when all gates are known.
#[derive(Default)]
pub(in super::super) struct CommsDraft {
    pub(in super::super) comms: Comms,
    /// What each message needs, as written.
    pub(in super::super) needs: Vec<Vec<SpannedText>>,
    /// Where each message stands.
    pub(in super::super) at: Vec<NodeId>,
}

/// The names of the messages, and what each is about: gates, steps and messages refer to them.
pub(super) fn names(reader: &mut Reader<'_>, node: Option<NodeId>) -> NameTable<Occasion> {
    let mut table = NameTable::new("a message of the launch", "unknown-message");
    let doc = reader.doc;
    let Some(messages) = node.and_then(|node| doc.get(node, "messages")) else { return table };
    for item in doc.items(messages).iter().take(MOST_STEPS) {
        let Some((at, name)) = doc.get(*item, "message").and_then(|at| Some((at, doc.text(at)?))) else {
            table.whole = false;
            continue;
        };
        let said = doc.get(*item, "occasion").and_then(|value| doc.text(value));
        let occasion = Occasion::ALL.into_iter().find(|it| Some(it.as_str()) == said).unwrap_or_default();
        if !is_id(name) {
            reader.problems.push(no_id(name, doc.span(at)));
        }
        if let Some(earlier) = table.insert(name.into(), Where::of(doc, at), occasion) {
            let help = format!("the other one is at {earlier}");
            let message = format!("two messages are called `{name}`");
            reader.advise("duplicate-id", message, at, "given again", help);
        }
    }
    table
}

/// Reads the plan.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
    values: ConditionScope<'_>,
    texts: &[Attached],
) -> Option<CommsDraft> {
    let keys = CommsKeys::read(reader, node)?;
    let update_every = reader.word(keys.update_every);
    let update_every = some_duration(reader, update_every);
    let items: Option<Vec<NodeRef>> = reader.get(keys.messages);
    let readable = items.is_some();
    let mut items = items.unwrap_or_default();
    reader.at_most(MOST_STEPS, &mut items, node);
    if let (Some(list), true) = (keys.messages, readable && items.is_empty()) {
        reader.report("empty-list", "a comms plan without messages", list, "empty");
    }
    let mut drafted =
        CommsDraft { comms: Comms { update_every, messages: Vec::new() }, ..CommsDraft::default() };
    for NodeRef(item) in items {
        if let Some((message, needs)) = message(reader, item, world, values, texts) {
            drafted.comms.messages.push(message);
            drafted.needs.push(needs);
            drafted.at.push(item);
        }
    }
    Some(drafted)
}

fn message(
    reader: &mut Reader<'_>,
    node: NodeId,
    world: &Symbols<'_>,
    values: ConditionScope<'_>,
    texts: &[Attached],
) -> Option<(CommsMessage, Vec<SpannedText>)> {
    let keys = MessageKeys::read(reader, node)?;
    let id = reader.word(keys.message);
    let title = text(reader, keys.title);
    let audience = text(reader, keys.audience);
    let via = keys.via.and_then(|via| self::via(reader, via, world));
    let owner = reader.word(keys.owner);
    let owner = world.some_party(reader, owner);
    let approved_by = reader.words(keys.approved_by).unwrap_or_default();
    let approved_by = world.all_parties(reader, approved_by);
    let at = reader.word(keys.at);
    let at = world.some_moment(reader, at);
    let not_before = reader.word(keys.not_before);
    let not_before = world.some_moment(reader, not_before);
    let needs = reader.words(keys.needs).unwrap_or_default();
    let occasion = reader.get::<Occasion>(keys.occasion).unwrap_or_default();
    timed(reader, &keys, occasion);
    let words = said(reader, node, &keys, texts);
    of_update(reader, &keys, occasion, words.as_ref());
    let condition = keys.when.and_then(|when| values.read(reader, when));
    let public = reader.get::<bool>(keys.public).unwrap_or_default();
    let id: Str = id?.value.into();
    let (text, file) = words?;
    let message = CommsMessage {
        after_step: step_before(reader, &id),
        id,
        title,
        audience: audience?,
        via: via?,
        owner,
        approved_by,
        at,
        not_before,
        needs: Vec::new(),
        occasion,
        text,
        file,
        excluded: condition.and_then(|condition| condition.excluded),
        public,
        place: Some(gate::place(reader, node)),
    };
    Some((message, needs))
}

/// The event decides when it is sent, so there is no time.
fn timed(reader: &mut Reader<'_>, keys: &MessageKeys, occasion: Occasion) {
    if let (Some(at), true) = (keys.at, occasion != Occasion::Plan) {
        let message = format!("a message with `occasion: {}` cannot have a time", occasion.as_str());
        let help = "remove `at`, or the `occasion`";
        reader.advise("two-times", message, at, "it is due when that happens", help);
    }
}

/// Only a message about an update can use its text.
fn of_update(
    reader: &mut Reader<'_>,
    keys: &MessageKeys,
    occasion: Occasion,
    words: Option<&(Str, Option<Str>)>,
) {
    let names = words.is_some_and(|(text, _)| gonogo_domain::names_update(text));
    if let (Some(at), true) = (keys.text.or(keys.file), names && occasion != Occasion::Update) {
        let message = format!("a message with `occasion: {}` has no `launch.update`", occasion.as_str());
        let help = "write `occasion: update`, or remove `launch.update`";
        reader.advise("no-update", message, at, "uses `launch.update`", help);
    }
}

/// Exactly one of `file` and `text`.
fn said(
    reader: &mut Reader<'_>,
    node: NodeId,
    keys: &MessageKeys,
    texts: &[Attached],
) -> Option<(Str, Option<Str>)> {
    match (keys.file, keys.text) {
        (Some(file), None) => {
            // What is wrong with the file has been noted.
            let attached = texts.iter().find(|it| it.at == file)?;
            Some((attached.text()?.into(), Some(attached.file.doc.name().into())))
        }
        (None, Some(_)) => Some((text(reader, keys.text)?, None)),
        (Some(_), Some(second)) => {
            let help = "remove one of them";
            reader.advise(
                "two-texts",
                "a message has a `text` or a `file`, not both",
                second,
                "a second text",
                help,
            );
            None
        }
        (None, None) => {
            let problem = Problem::new("missing-key", "a message needs `file` or `text`");
            let problem = problem.at(reader.doc.head_span(node), "has neither");
            reader
                .problems
                .push(problem.help("write what it says (`text: ...`), or name a file (`file: ...`)"));
            None
        }
    }
}

/// Exactly one way, by hand or by a source that takes messages.
fn via(reader: &mut Reader<'_>, node: NodeId, world: &Symbols<'_>) -> Option<Via> {
    let channels = world.kinds.channels();
    let known: Vec<&str> = std::iter::once("by_hand").chain(channels.iter().map(|it| it.source)).collect();
    let mut ways: Vec<(NodeId, NodeId)> = Vec::new();
    for (key, value) in reader.pairs(node)? {
        let name = reader.doc.text(key).unwrap_or_default();
        if known.contains(&name) {
            ways.push((key, value));
        } else {
            reader.unknown_key(key, &known);
        }
    }
    let (key, value) = match ways.as_slice() {
        [one] => *one,
        [] => {
            let problem = Problem::new("no-way", "the message does not say how it is sent");
            let help = format!("write one of {}: `by_hand: Blog`", listed(known.iter().copied()));
            reader.problems.push(problem.at(reader.doc.head_span(node), "how?").help(help));
            return None;
        }
        [first, second, ..] => {
            let problem = Problem::new("two-ways", "a message is sent one way")
                .at(reader.doc.span(second.0), "a second one")
                .also(reader.doc.span(first.0), "the first one")
                .help("make it two messages");
            reader.problems.push(problem);
            return None;
        }
    };
    let to = reader.word(Some(value))?;
    let source = reader.doc.text(key)?;
    let channel = channels.iter().find(|it| it.source == source);
    if let Some(channel) = channel.filter(|channel| !(channel.fits)(&to.value)) {
        let message = format!("`{}` is not {}", to.value, channel.place);
        reader.advise(
            "no-place",
            message,
            to.at,
            "not a place to send to",
            format!("write {}", channel.place),
        );
        return None;
    }
    Some(Via { source: channel.map(|it| SourceId::new(it.source)), to: to.value.trim().into() })
}

/// The step of the rollback that tells this message.
fn step_before(reader: &Reader<'_>, id: &str) -> Option<Str> {
    let doc = reader.doc;
    let steps = doc.get(doc.get(doc.root(), "rollback")?, "steps")?;
    let tells = |step: &&NodeId| {
        let told = doc.get(**step, "tell").map_or(&[][..], |told| doc.items(told));
        told.iter()
            .any(|word| doc.text(*word).is_some_and(|word| Reference::parse(word) == Reference::Message(id)))
    };
    let step = doc.items(steps).iter().take(MOST_STEPS).find(tells)?;
    doc.text(doc.get(*step, "step")?).map(Into::into)
}
