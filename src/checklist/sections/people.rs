//! `people` and `roles`: they share one set of names.

use std::collections::HashSet;

use crate::{
    limits::MOST_PARTIES,
    names::{Where, is_id, no_id},
    reader::{Reader, SpannedText, keys},
    shapes::{word, words},
    symbols::{PartyKind, Symbols},
};
use gonogo_domain::{LaunchRole, Party, Person, Str};
use gonogo_text::owner_and_name;
use gonogo_yaml::{Document, NodeId, Problem, Shape};

keys! {
    /// The keys of a role.
    struct RoleKeys {
        people: words(), github_team: word(), title: word(), fallback: word(), escalate_to: word(),
    }
}

#[derive(serde::Deserialize)]
struct RawPerson {
    name: SpannedText,
    github: Option<SpannedText>,
}

/// What a person may say.
pub(super) fn person_shape() -> Shape {
    Shape::of::<RawPerson>()
}

/// What a role may say.
pub(super) fn role_shape() -> Shape {
    RoleKeys::shape()
}

/// Reads both sections: all names first, since roles name each other.
pub(super) fn read(
    reader: &mut Reader<'_>,
    people: Option<NodeId>,
    roles: Option<NodeId>,
    world: &mut Symbols<'_>,
    warnings: &mut Vec<Problem>,
) {
    world.parties.whole = people.is_some() && roles.is_some();
    let persons = names(reader, people, PartyKind::Person, world);
    let roles = names(reader, roles, PartyKind::Role, world);
    for (party, _, value) in persons {
        if let Some(person) = person(reader, value) {
            world.people.insert(party, person);
        }
    }
    for (party, key, value) in &roles {
        let Some(keys) = RoleKeys::read(reader, *value) else { continue };
        let role = role(reader, &keys, world);
        if role == LaunchRole::default() {
            let problem = Problem::new("nobody", format!("nobody holds the role `{party}`"))
                .at(reader.doc.span(*key), "has no people, team or fallback")
                .help("gates that ask for this role can never be go");
            warnings.push(problem);
        }
        world.roles.insert(party.clone(), role);
    }
    fallback_circles(reader, &roles, world);
}

fn names(
    reader: &mut Reader<'_>,
    section: Option<NodeId>,
    kind: PartyKind,
    world: &mut Symbols<'_>,
) -> Vec<(Party, NodeId, NodeId)> {
    let before = reader.problems.len();
    let pairs = section.and_then(|node| reader.pairs(node));
    if let (Some(node), None) = (section, &pairs) {
        let help = one_by_one(reader.doc, node, kind);
        reader.help_with(before, help);
    }
    world.parties.whole &= pairs.is_some();
    let mut names = Vec::new();
    let mut pairs = pairs.unwrap_or_default();
    if let Some(node) = section {
        reader.at_most(MOST_PARTIES, &mut pairs, node);
    }
    for (key, value) in pairs {
        let Some(name) = reader.doc.text(key) else { continue };
        if !is_id(name) {
            reader.problems.push(no_id(name, reader.doc.span(key)));
            continue;
        }
        if let Some(earlier) = world.parties.insert(name.into(), Where::of(reader.doc, key), kind) {
            let help =
                format!("the other one is at {earlier}: a person and a role cannot have the same name");
            reader.advise("duplicate-id", format!("`{name}` is taken"), key, "given again", help);
            continue;
        }
        names.push((Party::new(name), key, value));
    }
    names
}

/// How to write people, or roles, that are given as a list.
fn one_by_one(doc: &Document, section: NodeId, kind: PartyKind) -> String {
    let first = doc.items(section).first().and_then(|item| doc.text(*item)).filter(|name| is_id(name));
    let (name, value) = match kind {
        PartyKind::Person => (first.unwrap_or("ana"), "{ name: \"Ana Ito\", github: ana }"),
        PartyKind::Role => (first.unwrap_or("qa"), "{ people: [ana] }"),
    };
    format!("write each on a line of its own, with what it is: `{name}: {value}`")
}

fn person(reader: &mut Reader<'_>, node: NodeId) -> Option<Person> {
    let raw: RawPerson = reader.get(Some(node))?;
    let login = |login: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=39).contains(&login.len()) && login.bytes().all(plain)
    };
    let github = match raw.github {
        Some(word) if login(&word.value) => Some(Str::from(word.value)),
        Some(word) => {
            let help = "write the login as in the address of the profile, without `@`";
            let message = format!("`{}` cannot be a GitHub login", word.value);
            reader.advise("bad-login", message, word.at, "not a login", help);
            None
        }
        None => None,
    };
    Some(Person { name: raw.name.value.into(), github })
}

fn role(reader: &mut Reader<'_>, keys: &RoleKeys, world: &Symbols<'_>) -> LaunchRole {
    let people = reader.words(keys.people).unwrap_or_default();
    let mut held = Vec::new();
    for party in world.all_parties(reader, people.clone()) {
        if world.parties.get(party.as_str()) == Some(&PartyKind::Role) {
            let at = people.iter().find(|word| word.value == party.as_str()).map(|word| word.at);
            let message = format!("`{party}` is a role, not a person");
            let help = "name the people; a role that stands in for another is its `fallback`";
            if let Some(at) = at {
                reader.advise("no-person", message, at, "must be a person", help);
            }
        } else {
            held.push(party);
        }
    }
    let fallback = reader.word(keys.fallback);
    let escalate_to = reader.word(keys.escalate_to);
    LaunchRole {
        title: reader.word(keys.title).map(|word| word.value.into()),
        people: held,
        github_team: team(reader, keys.github_team),
        fallback: fallback.and_then(|word| world.role(reader, &word)),
        escalate_to: world.some_party(reader, escalate_to),
    }
}

fn team(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Str> {
    let word = reader.word(node)?;
    if owner_and_name(&word.value).is_some() {
        return Some(word.value.into());
    }
    let message = format!("`{}` is not a GitHub team", word.value);
    reader.advise("bad-team", message, word.at, "not a team", "write ORGANISATION/TEAM: acme/support");
    None
}

/// A role whose fallbacks come back to it would have nobody in the end.
fn fallback_circles(reader: &mut Reader<'_>, roles: &[(Party, NodeId, NodeId)], world: &Symbols<'_>) {
    const MOST: usize = 8;
    let mut done: HashSet<&Party> = HashSet::new();
    for (start, ..) in roles {
        let mut path: Vec<&Party> = Vec::new();
        let mut current = Some(start);
        while let Some(party) = current.filter(|party| done.insert(party)) {
            path.push(party);
            current = world.roles.get(party).and_then(|role| role.fallback.as_ref());
        }
        let Some(at) = path.iter().position(|party| Some(*party) == current) else { continue };
        let (circle, first) = (&path[at..], path[at]);
        let Some((_, _, value)) = roles.iter().find(|(party, ..)| party == first) else { continue };
        let node = reader.doc.get(*value, "fallback").unwrap_or(*value);
        let shown = circle.iter().take(MOST).map(|party| party.as_str());
        let more = (circle.len() > MOST).then_some("...");
        let names: Vec<&str> = shown.chain(more).chain([first.as_str()]).collect();
        let message = format!("the fallbacks of `{first}` lead back to it: {}", names.join(" → "));
        reader.report("cycle", message, node, "closes the circle");
    }
}
