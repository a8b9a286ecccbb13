//! The order of work.

use std::collections::BTreeSet;

use super::{
    attached::{self, Attached},
    entries::{self, ChecklistEntry},
    expand::{self, Insts},
    file_set::FileStore,
    graph,
    index::GateIndex,
    inherit,
    kinds::{EvidenceKinds, Offers},
    limits::MOST_PROBLEMS,
    parsed_file::{OWN, ParsedFile},
    ready, report,
    request::{FileUsed, LoadRequest, Loaded},
    resolve,
    scope::VariableScope,
    sections::{self, LaunchFile, LaunchSections},
    slips,
    symbols::Symbols,
};
use gonogo_domain::{
    About, Blocks, Bound, Checklist, ChecklistId, Diagnostic, Digest, Kind, Launch, LaunchParts, Query,
    SourceId,
};
use gonogo_yaml::Problem;

/// Reads, checks and assembles a launch.
///
/// # Errors
/// Every problem of every file; then nothing of the launch may be used.
pub fn load(request: &LoadRequest, kinds: &dyn EvidenceKinds) -> Result<Loaded, Vec<Diagnostic>> {
    let (store, found) = FileStore::open(&request.input).map_err(|unread| vec![report::unread(unread)])?;
    let mut units = vec![ParsedFile::parse(found)];
    if !units.iter().all(|unit| unit.whole) {
        return Err(report::errors(&units));
    }
    let entries = entries::open(&mut units, &store);
    let mut texts = attached::open(&mut units, &store);
    units.iter_mut().for_each(slips::find);
    let index = GateIndex::build(&mut units);
    let parts = sections::read(&mut units, &entries, &mut texts, &index, &request.set, kinds)
        .and_then(|read| assemble(&mut units, &entries, &texts, &index, read, &request.set));
    units.extend(texts.into_iter().map(|text| text.file));
    let problems = report::errors(&units);
    match parts {
        Some(parts) if problems.is_empty() => Ok(loaded(units, parts)),
        // A launch that cannot be made without any problem that says why would be a fault of ours: still no launch.
        _ if problems.is_empty() => Err(vec![report::unread(super::file_set::Unread {
            code: "internal",
            message: "the launch could not be assembled".to_owned(),
            help: Some("this is a bug in gonogo, not in your files: please report it".to_owned()),
        })]),
        _ => Err(problems),
    }
}

fn loaded(units: Vec<ParsedFile>, parts: LaunchParts) -> Loaded {
    let launch = Launch::new(parts);
    let sources: BTreeSet<SourceId> = launch
        .gates
        .iter()
        .filter_map(|gate| match &gate.kind {
            Kind::Evidence(query) => Some(query.source.clone()),
            _ => None,
        })
        .chain(launch.soundings().into_iter().map(|it| it.query.source.clone()))
        .collect();
    let warnings = report::warnings(&units);
    let files = units.into_iter().map(|unit| FileUsed {
        name: unit.doc.name().to_owned(),
        path: unit.path,
        digest: unit.digest,
    });
    let mut unique: Vec<FileUsed> = Vec::new();
    for file in files {
        if !unique.iter().any(|known| known.name == file.name) {
            unique.push(file);
        }
    }
    Loaded { launch, warnings, files: unique, sources: sources.into_iter().collect() }
}

/// The launch from its sections and gates. `None` if there is any problem.
fn assemble(
    units: &mut [ParsedFile],
    entries: &[ChecklistEntry],
    texts: &[Attached],
    index: &GateIndex,
    read: LaunchFile<'_>,
    set: &[(String, String)],
) -> Option<LaunchParts> {
    let LaunchFile { world, scope, mut facts, inputs } = read;
    let mut insts = Insts::default();
    let mut checklists = Vec::new();
    for (entry, (scope, holds)) in entries.iter().zip(&inputs) {
        let Some(unit) = units.get_mut(entry.unit).filter(|unit| unit.whole) else { continue };
        match expand::checklist(unit, entry.unit, &world, index, scope, holds, &mut insts) {
            Some(checklist) => checklists.push(checklist),
            None => insts.lost += 1,
        }
    }
    let unit = units.first_mut()?;
    if unit.doc.get(unit.doc.root(), "gates").is_some() {
        expand::own(unit, &world, index, &scope, &mut insts);
        let (id, title) = (ChecklistId::new(OWN), "Launch".into());
        let (consulted, informed) = (Vec::new(), Vec::new());
        checklists.push(Checklist { id, title, owner: None, accountable: None, consulted, informed });
    }
    if insts.is_full() {
        // More than any machine should be asked for: what else is wrong with it can wait.
        return None;
    }
    inherit::waivable(&mut insts);
    let resolver = resolve::all(units, &mut insts, &world, index);
    if let Some(drafted) = &mut facts.rollback {
        let ready = ready::all(units, &mut insts, &resolver, &drafted.ready_when);
        if let Some(rollback) = &mut drafted.rollback {
            rollback.ready_when = ready;
        }
    }
    told(units, &insts, &resolver, &mut facts.comms);
    graph::check(units, &insts, index, &resolver, (facts.rollout.as_ref(), &facts.comms));
    drop(resolver);
    late_due(units, &insts, &world);
    if facts.target == Some(None) {
        no_target(units, &insts, &world.offers);
    }
    sections::variables::unused(units.first_mut()?, &scope);
    sections::variables::unknown_to_conditions(units.first_mut()?, &scope, set);
    if insts.lost > 0 {
        return None;
    }
    let digest = digest(units, texts, &scope, set);
    let gates = insts.all.into_iter().map(|inst| inst.gate).collect();
    parts(facts, world, checklists, gates, digest)
}

/// What messages need, and whether there is what they name.
fn told(
    units: &mut [ParsedFile],
    insts: &Insts,
    resolver: &resolve::Resolver<'_>,
    plan: &mut sections::comms::CommsDraft,
) {
    for ((message, words), at) in plan.comms.messages.iter_mut().zip(&plan.needs).zip(&plan.at) {
        message.needs = resolver.needs_of_launch(units, &insts.all, words);
        if let (Some(answer), Some(unit)) = (resolver.unknown_answer_in(&message.text), units.first_mut()) {
            let why = format!("this waits for an answer of `{answer}`, which does not exist");
            let span = unit.doc.head_span(*at);
            unit.problems.push(Problem::new("unknown-cell", why).at(span, "in this message"));
        }
    }
}

fn parts(
    facts: LaunchSections,
    world: Symbols<'_>,
    checklists: Vec<Checklist>,
    gates: Vec<gonogo_domain::Gate>,
    digest: Digest,
) -> Option<LaunchParts> {
    Some(LaunchParts {
        id: facts.id?,
        title: facts.title?,
        summary: facts.summary,
        holds_others: facts.holds_others,
        version: world.version,
        risk: facts.risk,
        target: facts.target?,
        components: facts.components,
        schedule: world.schedule?,
        people: world.people,
        roles: world.roles,
        roll_call: facts.roll_call,
        policies: world.policies,
        checklists,
        gates,
        guardrails: facts.guardrails,
        rollout: facts.rollout,
        rollback: facts.rollback.and_then(|drafted| drafted.rollback),
        comms: facts.comms.comms,
        digest,
    })
}

/// A fingerprint of all files and of what else decides what they say.
fn digest(
    units: &[ParsedFile],
    texts: &[Attached],
    scope: &VariableScope,
    set: &[(String, String)],
) -> Digest {
    let mut parts: Vec<&[u8]> = Vec::new();
    for unit in units.iter().chain(texts.iter().map(|text| &text.file)) {
        parts.extend([unit.doc.name().as_bytes(), unit.id.as_bytes(), unit.digest.as_str().as_bytes()]);
    }
    for (name, variable) in scope.iter() {
        parts.extend([name.as_bytes(), variable.value.as_bytes()]);
    }
    for (name, value) in set {
        parts.extend([name.as_bytes(), value.as_bytes()]);
    }
    Digest::of(parts)
}

/// What is about a commit needs a target. Only a launch in which nothing is may leave it out.
fn no_target(units: &mut [ParsedFile], insts: &Insts, offers: &Offers) {
    let of_target = |query: &Query| offers.get(query.source.as_str()).is_some_and(|it| it.of_target);
    for inst in &insts.all {
        let gate = &inst.gate;
        let about = match &gate.kind {
            Kind::Evidence(query) if query.bound == Bound::Commit => "is about a commit",
            Kind::Evidence(query) if gate.component.is_none() && of_target(query) => {
                "looks at the repository of `target`"
            }
            Kind::Task(ask) | Kind::SignOff(ask) if ask.about == About::Commit => "is about a commit",
            _ => continue,
        };
        let Some(unit) = units.get_mut(inst.unit).filter(|unit| unit.problems.len() <= MOST_PROBLEMS) else {
            continue;
        };
        let message = format!("`{}` {about}, and the launch has no `target`", gate.id);
        let span = unit.doc.span(inst.at);
        let help = match &gate.kind {
            Kind::SignOff(_) => {
                "add `target: { repository: OWNER/NAME, ref: BRANCH }`, or say `about: launch`"
            }
            _ => "add `target: { repository: OWNER/NAME, ref: BRANCH }` to launch.yaml",
        };
        unit.problems.push(Problem::new("no-target", message).at(span, "of which repository?").help(help));
    }
}

/// A gate that blocks GO and is due after T-0 is probably a slip of the pen.
fn late_due(units: &mut [ParsedFile], insts: &Insts, world: &Symbols<'_>) {
    let Some(schedule) = &world.schedule else { return };
    for inst in &insts.all {
        let gate = &inst.gate;
        let leaf = !matches!(gate.kind, Kind::All) && gate.blocks == Blocks::Go && gate.counts_from.is_none();
        let Some(due) = gate.due.as_ref().filter(|due| leaf && due.at > schedule.t0) else { continue };
        let Some(unit) = units.get_mut(inst.unit) else { continue };
        let message = format!("`{}` blocks GO and is due after T-0", gate.id);
        let span = unit.doc.span(inst.at);
        let problem = Problem::new("late-due", message).at(span, format!("due {}", due.said));
        unit.warnings.push(problem.help("let it block something else (`blocks`), or make it due before `T`"));
    }
}
