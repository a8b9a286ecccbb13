//! The gates that prove that the rollback would work: they count for GO, whatever they say elsewhere.

use super::{
    expand::Insts,
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText},
    reference::Reference,
    resolve::Resolver,
};
use gonogo_domain::{Blocks, GateId, Kind};

/// Looks them up from `launch.yaml`, and lets each of them block GO.
pub(super) fn all(
    units: &mut [ParsedFile],
    insts: &mut Insts,
    resolver: &Resolver<'_>,
    words: &[SpannedText],
) -> Vec<GateId> {
    let Some(unit) = units.first_mut() else { return Vec::new() };
    let mut reader = Reader::new(&unit.doc, &mut unit.problems);
    let mut ready: Vec<GateId> = Vec::new();
    let mut applies = false;
    for word in words {
        let Reference::Gate(reference) = Reference::parse(&word.value) else {
            let message = format!("`{}` is not a gate", word.value);
            let help = "name a gate, such as rehearsed or rollback/rehearsed";
            reader.advise("no-gate", message, word.at, "only a gate can prove it", help);
            continue;
        };
        for at in resolver.gates_named_by_launch(&mut reader, &insts.all, word.at, &reference) {
            let within = with_inside(insts, at);
            one_way_of(&mut reader, insts, at, word);
            applies |= within.iter().any(|at| {
                let gate = &insts.all[*at].gate;
                gate.excluded.is_none() && !matches!(gate.kind, Kind::All | Kind::OneOf)
            });
            for at in within {
                block_go(&mut reader, insts, at, word);
            }
            ready.push(insts.all[at].gate.id.clone());
        }
    }
    if let (false, [first, ..], [word, ..]) = (applies, ready.as_slice(), words) {
        let message = format!("nothing proves that this launch can be rolled back: `{first}` does not apply");
        let help = "add a gate that does apply, such as a sign-off that says why the rollback needs no proof";
        reader.advise("no-proof", message, word.at, "excluded by its `when`", help);
    }
    ready
}

/// One way of several is no proof by itself: GO would come by another of them.
fn one_way_of(reader: &mut Reader<'_>, insts: &Insts, at: usize, word: &SpannedText) {
    let parent = |at: usize| insts.all.get(at).and_then(|inst| inst.parent);
    let mut above = std::iter::successors(parent(at), |&up| parent(up).filter(|&next| next < up));
    let Some(choice) = above.find_map(|up| insts.all.get(up).filter(|it| it.gate.kind == Kind::OneOf)) else {
        return;
    };
    let message = format!(
        "`{}` is one of several ways to meet `{}`, so it proves nothing by itself",
        word.value, choice.gate.id
    );
    let help = format!("name `{}` instead, or move the gate out of the `one_of`", choice.gate.id);
    reader.advise("one-way", message, word.at, "GO is possible without it", help);
}

/// A gate and all that is inside it.
fn with_inside(insts: &Insts, outer: usize) -> Vec<usize> {
    let mut all = vec![outer];
    // Gates of gates come before what is inside.
    for (at, inst) in insts.all.iter().enumerate().skip(outer + 1) {
        if inst.parent.is_some_and(|parent| all.contains(&parent)) {
            all.push(at);
        }
    }
    all
}

fn block_go(reader: &mut Reader<'_>, insts: &mut Insts, at: usize, word: &SpannedText) {
    let Some(inst) = insts.all.get_mut(at) else { return };
    match &inst.gate.blocks {
        Blocks::Go => {}
        Blocks::Nothing => inst.gate.blocks = Blocks::Go,
        later @ (Blocks::Stage(_) | Blocks::Close) => {
            let what = match later {
                Blocks::Stage(stage) => format!("stage/{stage}"),
                _ => "close".to_owned(),
            };
            let message = format!("`{}` blocks {what}, but must be go before GO", inst.gate.id);
            let label = "the rollback must be ready before GO";
            reader.advise(
                "after-go",
                message,
                word.at,
                label,
                "let it block `go`, or remove it from `ready_when`",
            );
        }
    }
}
