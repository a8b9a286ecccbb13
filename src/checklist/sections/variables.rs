//! `variables` of the launch, `inputs` of a checklist, and `with` between them.

use super::LaunchKeys;
use crate::{
    checklist::{
        entries::Entry,
        inherit::Inherited,
        names::{Hints, Where, is_variable, listed},
        reader::{Reader, Word, span_of},
        scope::{BUILT_IN, RESERVED, Scope, Variable},
        unit::Unit,
        when::Values,
        world::World,
    },
    domain::{Digest, Str},
    yaml::{Entries, NodeId, NodeRef, Problem},
};

/// The variables of the launch, with other values for those that `set` names.
pub(super) fn read(reader: &mut Reader<'_>, keys: &LaunchKeys, set: &[(String, String)]) -> Scope {
    let mut scope = Scope::new();
    if let Some(node) = keys.variables {
        for (key, value) in pairs(reader, node, &mut scope) {
            let Some(name) = name(reader, key) else { continue };
            match literal(reader, Some(value)) {
                Some(word) => {
                    let place = Where::of(reader.doc, key);
                    scope.insert(&name, Variable::new(word.value.into(), Some(place)));
                }
                None => scope.whole = false,
            }
        }
    }
    for (name, value) in set {
        if name == "version" {
            continue;
        }
        match scope.peek(name).cloned() {
            Some(variable) => scope.insert(name, Variable { value: value.as_str().into(), ..variable }),
            None => reader.problems.push(not_declared(name, &scope)),
        }
    }
    scope
}

fn not_declared(name: &str, scope: &Scope) -> Problem {
    let message = format!("`--set {name}=...`: the launch has no variable `{name}`");
    let problem = Problem::new("unknown-variable", message);
    match Hints::default().nearest(name, scope.names().chain(["version"])) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if scope.names().next().is_none() => problem.help("it has none but `version`"),
        None => problem.help(format!("it has `version`, {}", listed(scope.names()))),
    }
}

fn pairs(reader: &mut Reader<'_>, node: NodeId, scope: &mut Scope) -> Vec<(NodeId, NodeId)> {
    let pairs = reader.pairs(node);
    scope.whole &= pairs.is_some();
    pairs.unwrap_or_default()
}

/// The name of a variable.
fn name(reader: &mut Reader<'_>, key: NodeId) -> Option<String> {
    let name = reader.doc.text(key)?;
    if !is_variable(name) {
        let label = "a name is made of a-z, 0-9 and _";
        reader.report("bad-name", format!("`{name}` can not name a variable"), key, label);
        return None;
    }
    if RESERVED.contains(&name) {
        let help = format!("{} have a meaning of their own", listed(RESERVED.into_iter()));
        reader.advise("reserved-name", format!("`{name}` can not name a variable"), key, "taken", help);
        return None;
    }
    Some(name.to_owned())
}

/// A value that is not filled in: variables are filled in once.
fn literal(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Word> {
    let word: Word = reader.get(node)?;
    if word.value.contains("{{") {
        let help = "variables are filled in once: write the value out";
        reader.advise("template-place", "a variable in the value of a variable", word.at, "not here", help);
        return None;
    }
    Some(word)
}

#[derive(serde::Deserialize)]
struct Input {
    default: Option<NodeRef>,
    one_of: Option<NodeRef>,
    #[serde(rename = "about")]
    _about: Option<String>,
}

/// What a checklist sees: its inputs, from `with`, from the launch's variables, or by default. And whether the launch
/// uses it at all.
pub(super) fn inputs(
    launch: &mut Unit,
    unit: Option<&mut Unit>,
    entry: &Entry,
    world: &World<'_>,
    outer: &Scope,
) -> (Scope, Inherited) {
    let mut reader = Reader::new(&launch.doc, &mut launch.problems);
    let values = Values { scope: outer, axes: &[], hints: &world.hints };
    let condition = entry.when.and_then(|node| values.read(&mut reader, node));
    let holds = match condition {
        Some(condition) => Inherited {
            excluded: condition.excluded,
            when: Some(Digest::of([condition.digest.as_str().as_bytes()])),
            ..Inherited::default()
        },
        None => Inherited::default(),
    };
    let with: Entries<Word> = reader.get(entry.with).unwrap_or_default();
    let mut scope = Scope::new();
    for name in BUILT_IN {
        if let Some(variable) = outer.peek(name) {
            scope.insert(name, variable.clone());
        }
    }
    let Some(unit) = unit else { return (scope, holds) };
    let declared = declared(unit, &mut scope);
    for (name, _) in
        with.0.iter().filter(|(name, _)| !declared.iter().any(|(known, ..)| **known == *name.value))
    {
        unknown_input(&mut reader, name, unit, &declared, world);
    }
    for (name, place, input) in &declared {
        let given = with.0.iter().find(|(given, _)| *given.value == **name).map(|(_, word)| word.clone());
        if let Some(variable) = value(&mut reader, unit, entry, (name, place, input), given, outer) {
            scope.insert(name, variable);
        } else {
            scope.whole = false;
        }
    }
    let elsewhere = outer.iter().filter_map(|(name, known)| Some((name.into(), known.place.clone()?)));
    scope.elsewhere = elsewhere.filter(|(name, _): &(Str, Where)| scope.peek(name).is_none()).collect();
    (scope, holds)
}

type Declared = (Str, Where, Option<Input>);

/// The inputs that a checklist declares.
fn declared(unit: &mut Unit, scope: &mut Scope) -> Vec<Declared> {
    scope.whole &= unit.whole;
    let Some(node) = unit.doc.get(unit.doc.root(), "inputs") else { return Vec::new() };
    let mut reader = Reader::new(&unit.doc, &mut unit.problems);
    let mut declared = Vec::new();
    for (key, value) in pairs(&mut reader, node, scope) {
        let Some(name) = name(&mut reader, key) else { continue };
        let input = reader.get(Some(value));
        declared.push((name.into(), Where::of(reader.doc, key), input));
    }
    declared
}

fn unknown_input(
    reader: &mut Reader<'_>,
    name: &Word,
    unit: &Unit,
    declared: &[Declared],
    world: &World<'_>,
) {
    if !unit.whole {
        return;
    }
    let names = || declared.iter().map(|(name, ..)| name.as_ref());
    let help = match world.hints.nearest(&name.value, names()) {
        Some(near) => {
            let place =
                declared.iter().find(|(known, ..)| **known == *near).map(|(_, place, _)| place.to_string());
            format!("did you mean `{near}` ({})?", place.unwrap_or_default())
        }
        None if declared.is_empty() => "it has no `inputs`".to_owned(),
        None => format!("its inputs are {}", listed(names())),
    };
    let message = format!("`{}` has no input `{}`", unit.doc.name(), name.value);
    reader.advise("unknown-input", message, name.at, "not an input of this checklist", help);
}

/// The value of an input.
fn value(
    reader: &mut Reader<'_>,
    unit: &mut Unit,
    entry: &Entry,
    (name, place, input): (&Str, &Where, &Option<Input>),
    given: Option<Word>,
    outer: &Scope,
) -> Option<Variable> {
    let input = input.as_ref()?;
    let (one_of, default) = {
        let mut inner = Reader::new(&unit.doc, &mut unit.problems);
        let words = inner.words(input.one_of.map(|NodeRef(node)| node)).unwrap_or_default();
        let one_of: Vec<Str> = words.into_iter().map(|word| word.value.into()).collect();
        let default = literal(&mut inner, input.default.map(|NodeRef(node)| node));
        if let Some(word) = &default
            && !allowed(&one_of, &word.value)
        {
            inner.problems.push(
                not_one_of(name, &word.value, &one_of, place).at(span_of(inner.doc, word.at), "not allowed"),
            );
        }
        (one_of, default)
    };
    let (value, at) = match (given, outer.get(name), default) {
        (Some(word), ..) => (Str::from(word.value), Some(word.at)),
        (None, Some(variable), _) => (variable.value.clone(), None),
        (None, None, Some(word)) => (Str::from(word.value), None),
        (None, None, None) => {
            if outer.whole {
                missing_input(reader, unit, entry, name, place);
            }
            return None;
        }
    };
    if !allowed(&one_of, &value) {
        let span = reader.span(at.unwrap_or(entry.at));
        reader.problems.push(not_one_of(name, &value, &one_of, place).at(span, "not one of its values"));
        return None;
    }
    Some(Variable { one_of, ..Variable::new(value, Some(place.clone())) })
}

fn missing_input(reader: &mut Reader<'_>, unit: &Unit, entry: &Entry, name: &str, place: &Where) {
    let message = format!("`{}` needs a value for its input `{name}`", unit.doc.name());
    let help =
        format!("declared at {place}: give it under `variables`, or here as `with: {{ {name}: ... }}`");
    reader.advise("missing-input", message, entry.at, format!("`{name}` has no value"), help);
}

fn allowed(one_of: &[Str], value: &str) -> bool {
    one_of.is_empty() || one_of.iter().any(|known| **known == *value)
}

fn not_one_of(name: &str, value: &str, one_of: &[Str], place: &Where) -> Problem {
    let known = || one_of.iter().map(AsRef::as_ref);
    let problem = Problem::new("unknown-value", format!("`{name}` can not be `{value}`"));
    match Hints::default().nearest(value, known()) {
        Some(near) => problem.help(format!("did you mean `{near}` ({place})?")),
        None => problem.help(format!("one of {} ({place})", listed(known()))),
    }
}

/// A variable that nothing names is probably misspelt somewhere.
pub(super) fn unused(unit: &mut Unit, scope: &Scope) {
    // The gates of the launch itself are filled in later; see `load`.
    let Some(node) = unit.doc.get(unit.doc.root(), "variables") else { return };
    let own = unit.doc.get(unit.doc.root(), "gates");
    for (key, _) in unit.doc.entries(node) {
        let Some(name) = unit.doc.text(key) else { continue };
        let used = scope.peek(name).is_none_or(|variable| variable.used.get());
        if !used && !own.is_some_and(|gates| mentions(unit, gates, name)) {
            let problem = Problem::new("unused-variable", format!("nothing uses the variable `{name}`"))
                .at(unit.doc.span(key), "not used")
                .help("a checklist gets it by declaring it under `inputs`");
            unit.warnings.push(problem);
        }
    }
}

/// Whether a name stands in some value, or as a key of some map, below a node.
fn mentions(unit: &Unit, node: NodeId, name: &str) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if unit
            .doc
            .text(node)
            .is_some_and(|text| text == name || (text.contains("{{") && text.contains(name)))
        {
            return true;
        }
        open.extend(unit.doc.items(node));
        open.extend(unit.doc.entries(node).flat_map(|(key, value)| [key, value]));
    }
    false
}
