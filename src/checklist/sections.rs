//! `launch.yaml`, section by section, each on its own: a problem in one hides none in the next.

pub(super) mod comms;
mod feasible;
pub(super) mod guardrails;
mod people;
pub(super) mod policies;
pub(super) mod reach;
pub(super) mod roll_call;
pub(super) mod rollback;
mod rollout;
mod schedule;
mod target;
pub(super) mod variables;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    attached::Attached,
    entries::ChecklistEntry,
    index::GateIndex,
    inherit::Inherited,
    interpolate::{Filler, PartKind},
    kinds::EvidenceKinds,
    names::{is_id, no_id},
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText, keys},
    scope::{Variable, VariableScope},
    shapes::{id, word},
    symbols::Symbols,
    template::answers_in,
    when::ConditionScope,
};
use gonogo_domain::{Guardrail, Risk, RollCallPlan, Rollout, Str, TargetRef};
use gonogo_yaml::{NodeId, Problem, Shape};

keys! {
    /// The sections of a launch.
    struct LaunchKeys {
        launch: id(), title: word(), version: word(), summary: word(), risk: Shape::of::<Risk>(),
        hold_others: Shape::Flag,
        target: target::shape(), components: target::shape().named(), schedule: schedule::shape(),
        people: people::person_shape().named(), roles: people::role_shape().named(),
        roll_call: roll_call::shape(), policies: Shape::Named("policies"), variables: Shape::Text.named(),
        defaults: Shape::Named("defaults"), checklists: crate::entries::shape().list(),
        guardrails: Shape::Named("guardrail").named(), rollout: rollout::shape(), rollback: rollback::shape(), comms: comms::shape(), gates: Shape::Named("gate").filled(),
    }
    needs { launch, title, version, schedule, people, roles }
}

/// What a launch file may contain.
pub(super) fn shape() -> Shape {
    LaunchKeys::shape()
}

/// What a launch says beside its gates and what they refer to. `None`: missing or wrong, which has been noted.
pub(super) struct LaunchSections {
    pub(super) id: Option<Str>,
    pub(super) title: Option<Str>,
    pub(super) summary: Option<Str>,
    pub(super) holds_others: bool,
    pub(super) risk: Risk,
    /// `Some(None)`: the launch is about no commit.
    pub(super) target: Option<Option<TargetRef>>,
    pub(super) components: BTreeMap<Str, TargetRef>,
    pub(super) roll_call: Option<RollCallPlan>,
    pub(super) guardrails: BTreeMap<Str, Guardrail>,
    pub(super) rollout: Option<Rollout>,
    pub(super) rollback: Option<rollback::RollbackDraft>,
    pub(super) comms: comms::CommsDraft,
}

/// A launch file without its gates.
pub(super) struct LaunchFile<'k> {
    pub(super) world: Symbols<'k>,
    pub(super) scope: VariableScope,
    pub(super) facts: LaunchSections,
    /// The variables of each checklist, and what applies to all of it.
    pub(super) inputs: Vec<(VariableScope, Inherited)>,
}

/// Reads the launch file, which is the first unit, and what it gives to the checklists.
pub(super) fn read<'k>(
    units: &mut [ParsedFile],
    entries: &[ChecklistEntry],
    texts: &mut [Attached],
    index: &GateIndex,
    set: &[(String, String)],
    kinds: &'k dyn EvidenceKinds,
) -> Option<LaunchFile<'k>> {
    let (unit, others) = units.split_first_mut()?;
    let mut world = Symbols::new(kinds);
    let root = unit.doc.root();
    let mut reader = Reader::new(&unit.doc, &mut unit.problems);
    let keys = LaunchKeys::read(&mut reader, root)?;
    any_gates(&mut reader, root, &keys);
    if let (None, Some(checklist)) = (keys.launch, unit.doc.get(root, "checklist")) {
        reader.advise(
            "no-launch",
            "this is a checklist, not a launch",
            checklist,
            "a checklist says what must be true; a launch says who, when and where",
            "give the launch.yaml that lists it",
        );
    }
    let mut scope = variables::read(&mut reader, &keys, set);
    names_and_version(unit, &keys, &mut world, &mut scope, index, set);
    let filler = Filler::of_launch(&world, &scope, index);
    fill(unit, &keys, &filler, kinds);
    for text in texts.iter_mut() {
        let lines = text.file.doc.root();
        filler.fill_in(&mut text.file, lines, "text", PartKind::Plain);
    }
    let facts = sections(unit, &keys, texts, &mut world, &scope, index);
    let inputs = entries
        .iter()
        .map(|entry| variables::inputs(unit, others.get_mut(entry.unit - 1), entry, &world, &scope))
        .collect();
    Some(LaunchFile { world, scope, facts, inputs })
}

/// There must be something to check.
fn any_gates(reader: &mut Reader<'_>, root: NodeId, keys: &LaunchKeys) {
    if keys.checklists.is_none() && keys.gates.is_none() {
        let problem = Problem::new("missing-key", "a launch needs `checklists` or `gates`")
            .at(reader.doc.head_span(root), "has neither")
            .help("nothing to check is never GO");
        reader.problems.push(problem);
    }
}

/// Fills in the version and the title, which every file can name.
fn names_and_version(
    unit: &mut ParsedFile,
    keys: &LaunchKeys,
    world: &mut Symbols<'_>,
    scope: &mut VariableScope,
    index: &GateIndex,
    set: &[(String, String)],
) {
    let risk = keys.risk.and_then(|node| unit.doc.text(node)).unwrap_or("medium").to_owned();
    if let Some(node) = keys.version {
        Filler::of_launch(world, scope, index).fill_in(unit, node, "version", PartKind::Plain);
    }
    let word = Reader::new(&unit.doc, &mut unit.problems).word(keys.version);
    let given = set.iter().rev().find(|(name, _)| name == "version").map(|(_, value)| value.as_str());
    world.version = given.or(word.as_ref().map(|word| word.value.as_str())).unwrap_or_default().into();
    scope.built_in("version", &world.version);
    let risks = ["low", "medium", "high"].map(Str::from);
    scope.insert("risk", Variable::new(risk.into(), None).with_values(Arc::new(risks.into())));
    if let Some(node) = keys.title {
        Filler::of_launch(world, scope, index).fill_in(unit, node, "title", PartKind::Plain);
    }
    let title = keys.title.and_then(|node| unit.doc.text(node)).unwrap_or_default().to_owned();
    scope.built_in("title", &title);
}

/// Fills in all sections but those that are filled in elsewhere or hold names only.
fn fill(unit: &mut ParsedFile, keys: &LaunchKeys, filler: &Filler<'_>, kinds: &dyn EvidenceKinds) {
    let elsewhere = [keys.variables, keys.gates, keys.title, keys.version, keys.guardrails, keys.rollout];
    for (key, value) in unit.doc.entries(unit.doc.root()).collect::<Vec<_>>() {
        let name = unit.doc.text(key).unwrap_or_default().to_owned();
        if !elsewhere.contains(&Some(value)) {
            filler.fill_in(unit, value, &name, PartKind::Plain);
        }
    }
    guardrails::fill(unit, keys.guardrails, filler, &kinds.measures());
    reach::fill(unit, keys.rollout, filler);
}

fn sections(
    unit: &mut ParsedFile,
    keys: &LaunchKeys,
    texts: &[Attached],
    world: &mut Symbols<'_>,
    scope: &VariableScope,
    index: &GateIndex,
) -> LaunchSections {
    let mut reader = Reader::new(&unit.doc, &mut unit.problems);
    let reader = &mut reader;
    let id = reader.word(keys.launch).and_then(|word| checked_id(reader, word));
    let title = super::gate::text(reader, keys.title);
    let summary = summary(reader, keys.summary);
    let holds_others = reader.get(keys.hold_others).unwrap_or(false);
    let risk = reader.get(keys.risk).unwrap_or_default();
    people::read(reader, keys.people, keys.roles, world, &mut unit.warnings);
    let target = match keys.target {
        Some(node) => target::one(reader, node).map(Some),
        None => Some(None),
    };
    let components = target::components(reader, keys.components, world);
    schedule::read(reader, keys.schedule, world, &mut unit.warnings);
    policies::read(reader, keys.policies, world);
    world.defaults = policies::defaults(reader, keys.defaults, world);
    let mut guardrails = guardrails::read(reader, keys.guardrails, world);
    world.guardrails = guardrails::names(reader, keys.guardrails);
    world.stages = rollout::names(reader, keys.rollout);
    world.messages = comms::names(reader, keys.comms);
    let values = ConditionScope { scope, axes: &[], hints: &world.hints };
    let rollout = keys.rollout.and_then(|node| rollout::read(reader, node, world, values));
    reach::without_target(reader, keys.rollout, (rollout.as_ref(), target == Some(None)));
    let rollback = keys
        .rollback
        .and_then(|node| rollback::read(reader, node, world, (&mut guardrails, keys.guardrails)));
    let comms =
        keys.comms.and_then(|node| comms::read(reader, node, world, values, texts)).unwrap_or_default();
    let roll_call = keys.roll_call.and_then(|node| roll_call::read(reader, node, world, index));
    guardrails::unused(reader, keys, &guardrails, rollout.as_ref(), &mut unit.warnings);
    unit.warnings.extend(feasible::warnings(reader.doc, rollout.as_ref(), &guardrails));
    LaunchSections {
        id,
        title,
        summary,
        holds_others,
        risk,
        target,
        components,
        roll_call,
        guardrails,
        rollout,
        rollback,
        comms,
    }
}

fn checked_id(reader: &mut Reader<'_>, word: SpannedText) -> Option<Str> {
    if is_id(&word.value) {
        return Some(word.value.into());
    }
    let span = reader.span(word.at);
    reader.problems.push(no_id(&word.value, span));
    None
}

/// What the launch says of itself to people outside. What people answer is theirs, and not told there.
fn summary(reader: &mut Reader<'_>, node: Option<NodeId>) -> Option<Str> {
    let text = super::gate::text(reader, node)?;
    if let Some(node) = node.filter(|_| !answers_in(&text).is_empty()) {
        let message = "the summary cannot hold an answer";
        let help = "remove `{{ answers... }}`: people outside read the summary";
        reader.advise("public-answer", message, node, "holds `{{ answers... }}`", help);
    }
    Some(text)
}
