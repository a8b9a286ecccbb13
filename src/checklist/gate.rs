//! The keys of one gate.

use super::{
    asks::{self, AskKeys},
    evidence::{self, KindDraft, TimerKeys},
    inherit::{Inherited, Shared},
    kinds::Offers,
    limits::MOST_NAMES,
    reader::{Reader, SpannedText, keys},
    repeat::RepeatKeys,
    shapes::{id, length, needing, when, word, words},
    symbols::Symbols,
    template::answers_in,
    when::ConditionScope,
};
use gonogo_domain::{Digest, Gate, GateId, Kind, Party, Str};
use gonogo_text::Link;
use gonogo_yaml::{NodeId, Shape};

keys! {
    /// The keys of a gate, sources left out.
    struct GateKeys {
        gate: id(), title: word(), owner: word(), due: word(), not_before: word(), needs: words(),
        when: when(), na_by: words(), blocks: word(), waivable: Shape::Flag, component: word(),
        matrix: words().named(), repeat: RepeatKeys::shape(), order: Shape::words(&["strict"]),
        point_of_no_return: Shape::Flag, public: Shape::Flag, by_hand: word(), links: word().named(), notes: word(), fresh: length(),
        connection: id(), task: AskKeys::shape(), sign_off: needing(AskKeys::shape(), &["by"]), timer: TimerKeys::shape(),
        gates: Shape::Named("gate").filled(), one_of: Shape::Named("gate").filled(),
    }
    needs { gate, title }
}

/// A gate's keys: its own, and the source that answers it.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) own: GateKeys,
    /// Keys that are sources, with their values.
    sources: Vec<(NodeId, NodeId)>,
    /// A key that is not known holds a map: probably a misspelt kind of evidence.
    misspelt: bool,
}

/// What a gate says that is looked up when all gates are known.
#[derive(Debug, Default)]
pub(super) struct Wants {
    pub(super) needs: Vec<SpannedText>,
    pub(super) apart_from: Vec<SpannedText>,
    pub(super) since: Option<SpannedText>,
}

/// A gate as far as it can be read alone.
#[derive(Debug)]
pub(super) struct GateDraft {
    pub(super) gate: Gate,
    pub(super) wants: Wants,
    pub(super) strict: bool,
}

/// Keys that mean the same whatever the evidence is.
struct CommonKeys {
    waivable: bool,
    na_by: Vec<Party>,
    public: bool,
    by_hand: Option<Str>,
    links: Vec<(Str, Str)>,
    notes: Option<Str>,
    connection: Option<Str>,
}

impl Keys {
    /// Reads which keys there are.
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId, offers: &Offers) -> Option<Self> {
        let mut found = Self { own: GateKeys::default(), sources: Vec::new(), misspelt: false };
        for (key, value) in reader.pairs_of(node, GateKeys::KEYS)? {
            let name = reader.doc.text(key).unwrap_or_default();
            if found.own.take(name, value) {
                continue;
            }
            if offers.get(name).is_some() {
                found.sources.push((key, value));
            } else {
                let known: Vec<&str> = GateKeys::KEYS.iter().copied().chain(offers.names()).collect();
                reader.unknown_key(key, &known);
                found.misspelt |= reader.doc.kind(value) == gonogo_yaml::NodeKind::Map;
            }
        }
        Some(found)
    }

    fn shared(&self) -> Shared {
        let own = &self.own;
        Shared {
            owner: own.owner,
            due: own.due,
            component: own.component,
            blocks: own.blocks,
            fresh: own.fresh,
            not_before: own.not_before,
            when: own.when,
            point_of_no_return: own.point_of_no_return,
        }
    }

    /// What holds inside the gate.
    pub(super) fn inherited(
        &self,
        reader: &mut Reader<'_>,
        world: &Symbols<'_>,
        values: ConditionScope<'_>,
        above: &Inherited,
    ) -> Inherited {
        above.with(reader, world, values, self.shared())
    }

    /// The one key that says what the evidence is: its place, its name and its value.
    fn kind<'d>(&self, reader: &mut Reader<'d>, node: NodeId) -> Option<(NodeId, &'d str, NodeId)> {
        let own = &self.own;
        let of_people = [own.task, own.sign_off, own.timer, own.gates, own.one_of];
        let doc = reader.doc;
        let is_kind = |value: NodeId| {
            of_people.contains(&Some(value)) || self.sources.iter().any(|(_, other)| *other == value)
        };
        let mut kinds = doc.entries(node).filter(|(_, value)| is_kind(*value));
        let Some((key, value)) = kinds.next() else {
            if !self.misspelt {
                self.no_kind(reader, node);
            }
            return None;
        };
        let name = doc.text(key).unwrap_or_default();
        if let Some((second, _)) = kinds.next() {
            let other = doc.text(second).unwrap_or_default();
            let message = format!("a gate has one kind of evidence, not `{name}` and `{other}`");
            let problem = gonogo_yaml::Problem::new("two-kinds", message)
                .at(doc.span(second), "a second kind")
                .also(doc.span(key), "the first one")
                .help("make it a gate of gates: `gates:` if both must be go, `one_of:` if either is enough");
            reader.problems.push(problem);
            return None;
        }
        Some((key, name, value))
    }

    fn no_kind(&self, reader: &mut Reader<'_>, node: NodeId) {
        let id = self.own.gate.and_then(|at| reader.doc.text(at)).unwrap_or("?");
        let head = reader.doc.head_span(node);
        let problem = gonogo_yaml::Problem::new("no-kind", format!("`gate: {id}` does not say what makes it go"))
            .at(head, "needs one kind of evidence")
            .help("add `task: {}` for a chore, `sign_off: { by: [ROLE] }` for a judgement, or a source such as `github`");
        reader.problems.push(problem);
    }

    /// Reads everything that can be read without knowing other gates. `None` if the gate cannot be used; whether
    /// that is so or not, all its problems have been noted.
    pub(super) fn draft(
        &self,
        reader: &mut Reader<'_>,
        world: &Symbols<'_>,
        node: NodeId,
        holds: &Inherited,
        seat: GatePosition<'_>,
    ) -> Option<GateDraft> {
        let own = &self.own;
        let title = self.required(reader, node, own.title, "title");
        let kind = self.kind(reader, node);
        let drafted = kind.and_then(|(key, name, value)| match name {
            "task" => asks::task(reader, world, node, value, &holds.owner),
            "sign_off" => asks::sign_off(reader, world, value),
            "timer" => evidence::timer(reader, value),
            "gates" => group(reader, value, Kind::All),
            "one_of" => group(reader, value, Kind::OneOf),
            _ => evidence::ask(reader, world, key, value).map(KindDraft::from),
        });
        let needs = reader.words(own.needs).unwrap_or_default();
        let words = self.words(reader, world);
        let strict = self.strict(reader);
        if let (Some((_, name, _)), Some(at)) = (kind, own.connection)
            && !world.offers.get(name).is_some_and(|offer| offer.connected)
        {
            let message = format!("`{name}` does not use a connection");
            reader.advise("no-connection", message, at, "not used by this kind", "remove `connection`");
        }
        let (title, KindDraft { kind, apart_from, since }) = (title?, drafted?);
        let fresh = fresh(reader, world, &kind, own.fresh, holds);
        let connection = words.connection.or_else(|| provider(&kind));
        let gate = Gate {
            id: seat.id,
            title,
            checklist: seat.checklist,
            parent: seat.parent,
            kind,
            owner: holds.owner.party(),
            due: holds.due.clone(),
            not_before: holds.not_before.clone(),
            needs: Vec::new(),
            blocks: holds.blocks.clone(),
            waivable: words.waivable,
            na_by: words.na_by,
            excluded: holds.excluded.clone(),
            counts_from: holds.counts_from.clone(),
            component: holds.component.clone(),
            point_of_no_return: holds.point_of_no_return,
            public: words.public,
            by_hand: words.by_hand,
            links: words.links,
            notes: words.notes,
            fresh,
            connection,
            place: Some(place(reader, own.gate.unwrap_or(node))),
            digest: seat.blank.clone(),
        };
        Some(GateDraft { gate, wants: Wants { needs, apart_from, since }, strict })
    }

    /// The keys that mean the same whatever the evidence is.
    fn words(&self, reader: &mut Reader<'_>, world: &Symbols<'_>) -> CommonKeys {
        let own = &self.own;
        CommonKeys {
            waivable: reader.get(own.waivable).unwrap_or(true),
            na_by: na_by(reader, world, own.na_by),
            public: public(reader, own.public, own.title),
            by_hand: text(reader, own.by_hand),
            links: links(reader, own.links),
            notes: text(reader, own.notes),
            connection: connection(reader, own.connection),
        }
    }

    fn strict(&self, reader: &mut Reader<'_>) -> bool {
        if let (Some(order), None) = (self.own.order, self.own.gates) {
            reader.report("no-group", "`order` is for a gate of gates", order, "there is nothing to order");
        }
        strict(reader, self.own.order)
    }

    fn required(
        &self,
        reader: &mut Reader<'_>,
        node: NodeId,
        value: Option<NodeId>,
        key: &'static str,
    ) -> Option<Str> {
        if value.is_none() {
            reader.missing(node, key);
        }
        text(reader, value)
    }
}

/// Where in the launch a gate stands.
pub(super) struct GatePosition<'a> {
    pub(super) id: GateId,
    pub(super) checklist: gonogo_domain::ChecklistId,
    pub(super) parent: Option<GateId>,
    /// Stands for the digest until the needs are known.
    pub(super) blank: &'a Digest,
}

/// A gate of gates; what is inside is read elsewhere.
fn group(reader: &mut Reader<'_>, list: NodeId, kind: Kind) -> Option<KindDraft> {
    let inside: Vec<gonogo_yaml::NodeRef> = reader.get(Some(list))?;
    if inside.is_empty() {
        reader.report("empty-list", "there are no gates inside", list, "can never be go");
        return None;
    }
    Some(kind.into())
}

/// How old the evidence may be: as fresh as the gate or the launch asks, whichever is stricter (V5).
fn fresh(
    reader: &mut Reader<'_>,
    world: &Symbols<'_>,
    kind: &Kind,
    own: Option<NodeId>,
    holds: &Inherited,
) -> std::time::Duration {
    let Kind::Evidence(query) = kind else { return world.freshness.default };
    let policy = world.freshness.of(query.source.as_str());
    let asked = holds.fresh.unwrap_or(policy);
    // Between the source's own policy and the longest of any source, which was reported before.
    if let Some(own) = own
        && asked > policy
        && asked <= world.freshness.longest()
    {
        super::inherit::too_stale(reader, own);
    }
    asked.min(policy)
}

/// Whether gates wait for each other in their order.
pub(super) fn strict(reader: &mut Reader<'_>, order: Option<NodeId>) -> bool {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum OneOfOrder {
        Strict,
    }
    matches!(reader.get(order), Some(OneOfOrder::Strict))
}

/// Who may declare a gate not needed.
fn na_by(reader: &mut Reader<'_>, world: &Symbols<'_>, node: Option<NodeId>) -> Vec<Party> {
    let mut words = reader.words(node).unwrap_or_default();
    if let Some(node) = node {
        reader.at_most(MOST_NAMES, &mut words, node);
    }
    world.all_parties(reader, words)
}

/// Whether people outside see it. Answers stay inside: a title that repeats one cannot be public.
fn public(reader: &mut Reader<'_>, node: Option<NodeId>, title: Option<NodeId>) -> bool {
    let public = reader.get(node).unwrap_or(false);
    if let (true, Some(node), Some(title)) = (public, node, title)
        && reader.doc.text(title).is_some_and(|text| !answers_in(text).is_empty())
    {
        let help = "remove `{{ answers... }}` from the title, or `public` from the gate";
        let message = "the title of a public gate cannot hold an answer";
        reader.advise("public-answer", message, node, "the title holds `{{ answers... }}`", help);
    }
    public
}

/// Text that may be absent, and says something if it is there.
pub(super) fn text(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Str> {
    reader.word(node).map(|word| word.value.into())
}

/// Named links. What waits for an answer is looked at when the answer is there.
fn links(reader: &mut Reader<'_>, node: Option<NodeId>) -> Vec<(Str, Str)> {
    let mut links = Vec::new();
    for (name, value) in reader.named(node) {
        let Some(link) = reader.word(Some(value)) else { continue };
        if link.value.contains("{{ answers.") || Link::parse(&link.value).is_some() {
            links.push((name.value.into(), link.value.into()));
        } else {
            let message = format!("`{}` is not a link", link.value);
            let help = "write an address that begins with https:// and has no user name in it";
            reader.advise("bad-link", message, link.at, "not an address", help);
        }
    }
    links
}

/// Of a kind that several providers serve, a gate asks the connection named like its provider unless it names one: each
/// is a server of its own, with its own budget and its own bad days.
fn provider(kind: &Kind) -> Option<Str> {
    let Kind::Evidence(query) = kind else { return None };
    query.args["provider"].as_str().map(Str::from)
}

/// The name of one of the user's connections; whether they have it is theirs to know.
fn connection(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Str> {
    let word = reader.word(node)?;
    if !super::names::is_id(&word.value) {
        reader.problems.push(super::names::no_id(&word.value, reader.span(word.at)));
        return None;
    }
    Some(word.value.into())
}

pub(super) fn place(reader: &Reader<'_>, node: NodeId) -> gonogo_domain::Place {
    let span = reader.doc.span(node);
    gonogo_domain::Place { file: reader.doc.name().to_owned(), line: span.line, column: span.column }
}
