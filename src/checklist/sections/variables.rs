//! `variables` of the launch, `inputs` of a checklist, and `with` between them.

use std::{collections::BTreeSet, sync::Arc};

use super::LaunchKeys;
use crate::{
    entries::ChecklistEntry,
    inherit::Inherited,
    limits::MOST_NAMES,
    names::{SpellingHints, Where, is_variable, listed},
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText, span_of},
    scope::{RESERVED, Variable, VariableScope},
    shapes::{word, words},
    symbols::Symbols,
    when::ConditionScope,
};
use gonogo_domain::{Digest, Str};
use gonogo_text::cap;
use gonogo_yaml::{NodeId, NodeRef, Problem, Shape, nearest};

/// The variables of the launch, with other values for those that `set` names.
pub(super) fn read(reader: &mut Reader<'_>, keys: &LaunchKeys, set: &[(String, String)]) -> VariableScope {
    let mut scope = VariableScope::new();
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
        if value.contains("{{") {
            let message = format!("`--set {name}=...`: a value is not filled in");
            reader.problems.push(Problem::new("template-place", message).help("write the value out"));
            continue;
        }
        if name == "version" {
            continue;
        }
        match scope.peek(name).cloned() {
            Some(variable) => scope.insert(name, variable.with_value(value)),
            None => reader.problems.push(not_declared(name, &scope)),
        }
    }
    scope
}

fn not_declared(name: &str, scope: &VariableScope) -> Problem {
    let message = format!("`--set {name}=...`: the launch has no variable `{name}`");
    let problem = Problem::new("unknown-variable", message);
    match SpellingHints::default().nearest(name, scope.names().chain(["version"])) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if scope.names().next().is_none() => problem.help("the only one is `version`"),
        None => problem.help(format!("there are `version`, {}", listed(scope.names()))),
    }
}

fn pairs(reader: &mut Reader<'_>, node: NodeId, scope: &mut VariableScope) -> Vec<(NodeId, NodeId)> {
    let pairs = reader.pairs(node);
    scope.whole &= pairs.is_some();
    let mut pairs = pairs.unwrap_or_default();
    reader.at_most(MOST_NAMES, &mut pairs, node);
    pairs
}

/// The name of a variable.
fn name(reader: &mut Reader<'_>, key: NodeId) -> Option<String> {
    let name = reader.doc.text(key)?;
    if !is_variable(name) {
        let label = "a name is made of a-z, 0-9 and _";
        reader.report("bad-name", format!("`{name}` cannot name a variable"), key, label);
        return None;
    }
    if RESERVED.contains(&name) {
        let help = format!("{} have a meaning of their own", listed(RESERVED.into_iter()));
        reader.advise("reserved-name", format!("`{name}` cannot name a variable"), key, "taken", help);
        return None;
    }
    Some(name.to_owned())
}

/// A value that is not filled in: variables are filled in once.
fn literal(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<SpannedText> {
    let word: SpannedText = reader.get(node)?;
    if word.value.contains("{{") {
        let help = "write the value out";
        reader.advise(
            "template-place",
            "a variable cannot be used in the value of another",
            word.at,
            "not here",
            help,
        );
        return None;
    }
    Some(word)
}

#[derive(serde::Deserialize)]
struct VariableKeys {
    default: Option<NodeRef>,
    one_of: Option<NodeRef>,
    #[serde(rename = "about")]
    _about: Option<String>,
}

/// What an input may say of itself.
pub(crate) fn input_shape() -> Shape {
    Shape::of::<VariableKeys>().with("default", word()).with("one_of", words())
}

/// What a checklist sees: its inputs, from `with`, from the launch's variables, or by default. And whether the launch
/// uses it at all.
pub(super) fn inputs(
    launch: &mut ParsedFile,
    unit: Option<&mut ParsedFile>,
    entry: &ChecklistEntry,
    world: &Symbols<'_>,
    outer: &VariableScope,
) -> (VariableScope, Inherited) {
    let mut reader = Reader::new(&launch.doc, &mut launch.problems);
    let values = ConditionScope { scope: outer, axes: &[], hints: &world.hints };
    let condition = entry.when.and_then(|node| values.read(&mut reader, node));
    let holds = match condition {
        Some(condition) => Inherited {
            excluded: condition.excluded,
            when: Some(Digest::of([condition.digest.as_str().as_bytes()])),
            ..Inherited::default()
        },
        None => Inherited::default(),
    };
    let mut with = reader.named(entry.with);
    if let Some(node) = entry.with {
        reader.at_most(MOST_NAMES, &mut with, node);
    }
    let with: Vec<(SpannedText, Option<SpannedText>)> =
        with.into_iter().map(|(name, value)| (name, reader.get(Some(value)))).collect();
    let mut scope = outer.clone();
    let Some(unit) = unit else { return (scope, holds) };
    let declared = declared(unit, &mut scope);
    for (name, _) in
        with.iter().filter(|(name, _)| !declared.iter().any(|(known, ..)| **known == *name.value))
    {
        unknown_input(&mut reader, name, unit, &declared, world);
    }
    for (name, place, input) in &declared {
        let given = with.iter().find(|(given, _)| *given.value == **name).map(|(_, word)| word.clone());
        if let Some(variable) = value(&mut reader, unit, entry, (name, place, input.as_ref()), given, outer) {
            scope.insert(name, variable);
        } else {
            scope.whole = false;
        }
    }
    (scope, holds)
}

type Declared = (Str, Where, Option<VariableKeys>);

/// The inputs that a checklist declares.
fn declared(unit: &mut ParsedFile, scope: &mut VariableScope) -> Vec<Declared> {
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
    name: &SpannedText,
    unit: &ParsedFile,
    declared: &[Declared],
    world: &Symbols<'_>,
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

/// The value of an input; `given` is what stands under `with`, if anything, as far as it could be read.
fn value(
    reader: &mut Reader<'_>,
    unit: &mut ParsedFile,
    entry: &ChecklistEntry,
    (name, place, input): (&str, &Where, Option<&VariableKeys>),
    given: Option<Option<SpannedText>>,
    outer: &VariableScope,
) -> Option<Variable> {
    let input = input?;
    let mut inner = Reader::new(&unit.doc, &mut unit.problems);
    let one_of = values(&mut inner, input);
    let default = input.default.map(|NodeRef(node)| default(&mut inner, name, node, &one_of, place));
    let (value, at) = match (given, outer.get(name), default) {
        (Some(word), ..) => {
            let word = word?;
            (Str::from(word.value), word.at)
        }
        (None, Some(variable), _) => (variable.value.clone(), entry.at),
        (None, None, Some(word)) => return word.map(|word| variable(word.value.into(), one_of, place)),
        (None, None, None) => {
            if outer.whole {
                missing_input(reader, unit, entry, name, place);
            }
            return None;
        }
    };
    if !allowed(&one_of, &value) {
        let span = reader.span(at);
        reader.problems.push(not_one_of(name, &value, &one_of, place).at(span, "not one of its values"));
        return None;
    }
    Some(variable(value, one_of, place))
}

fn variable(value: Str, one_of: BTreeSet<Str>, place: &Where) -> Variable {
    Variable::new(value, Some(place.clone())).with_values(Arc::new(one_of))
}

/// The values that an input may have; none: any.
fn values(reader: &mut Reader<'_>, input: &VariableKeys) -> BTreeSet<Str> {
    let node = input.one_of.map(|NodeRef(node)| node);
    let mut words = reader.words(node).unwrap_or_default();
    if let Some(node) = node {
        reader.at_most(MOST_NAMES, &mut words, node);
    }
    words.into_iter().map(|word| word.value.into()).collect()
}

/// The value of an input that nobody gives.
fn default(
    reader: &mut Reader<'_>,
    name: &str,
    node: NodeId,
    one_of: &BTreeSet<Str>,
    place: &Where,
) -> Option<SpannedText> {
    let word = literal(reader, Some(node))?;
    if allowed(one_of, &word.value) {
        return Some(word);
    }
    let span = span_of(reader.doc, word.at);
    reader.problems.push(not_one_of(name, &word.value, one_of, place).at(span, "not allowed"));
    None
}

fn missing_input(
    reader: &mut Reader<'_>,
    unit: &ParsedFile,
    entry: &ChecklistEntry,
    name: &str,
    place: &Where,
) {
    let message = format!("`{}` needs a value for its input `{name}`", unit.doc.name());
    let help =
        format!("declared at {place}: give it under `variables`, or here as `with: {{ {name}: ... }}`");
    reader.advise("missing-input", message, entry.at, format!("`{name}` has no value"), help);
}

fn allowed(one_of: &BTreeSet<Str>, value: &str) -> bool {
    one_of.is_empty() || one_of.contains(value)
}

fn not_one_of(name: &str, value: &str, one_of: &BTreeSet<Str>, place: &Where) -> Problem {
    let known = || one_of.iter().map(AsRef::as_ref);
    let problem = Problem::new("unknown-value", format!("`{name}` cannot be `{value}`"));
    match SpellingHints::default().nearest(value, known()) {
        Some(near) => problem.help(format!("did you mean `{near}` ({place})?")),
        None => problem.help(format!("one of {} ({place})", listed(known()))),
    }
}

/// A variable that nothing names is probably misspelt somewhere. To be asked when all files have been filled in.
pub(crate) fn unused(unit: &mut ParsedFile, scope: &VariableScope) {
    let Some(node) = unit.doc.get(unit.doc.root(), "variables") else { return };
    for (key, _) in unit.doc.entries(node) {
        let Some(name) = unit.doc.text(key) else { continue };
        if scope.peek(name).is_some_and(|variable| !variable.is_used()) {
            let problem = Problem::new("unused-variable", format!("the variable `{name}` is not used"))
                .at(unit.doc.span(key), "not used")
                .help("remove it, or check how the files write its name");
            unit.warnings.push(problem);
        }
    }
}

/// A value from the command line that no condition knows leaves out everything that is only for some values: probably a
/// slip. To be asked when all files have been read.
pub(crate) fn unknown_to_conditions(unit: &mut ParsedFile, scope: &VariableScope, set: &[(String, String)]) {
    let node = unit.doc.get(unit.doc.root(), "variables").unwrap_or(unit.doc.root());
    for (name, value) in set {
        let Some(variable) = scope.peek(name).filter(|variable| variable.is_never(value)) else { continue };
        let known = variable.compared();
        let shown = cap(value, 60);
        let message = format!("`--set {name}={shown}`: no `when` expects this value");
        let mut keys = unit.doc.entries(node);
        let key =
            keys.find(|(key, _)| unit.doc.text(*key) == Some(name.as_str())).map_or(node, |(key, _)| key);
        let help = match nearest(value, known.iter().map(AsRef::as_ref)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("conditions compare it with {}", listed(known.iter().map(AsRef::as_ref))),
        };
        let problem = Problem::new("unknown-value", message)
            .at(unit.doc.span(key), "set on the command line")
            .help(help);
        unit.warnings.push(problem);
    }
}
