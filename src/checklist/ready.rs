//! The gates that prove that the rollback would work: they count for GO, whatever they say elsewhere.

use super::{
    expand::Insts,
    parsed_file::ParsedFile,
    reader::{Reader, SpannedText},
    reference::Reference,
    resolve::Resolver,
};
use gonogo_domain::{Blocks, GateId};

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
    for word in words {
        let Reference::Gate(reference) = Reference::parse(&word.value) else {
            let message = format!("`{}` is no gate", word.value);
            let help = "name gates, such as rehearsed or rollback/rehearsed";
            reader.advise("no-gate", message, word.at, "only gates prove it", help);
            continue;
        };
        for at in resolver.gates_named_by_launch(&mut reader, &insts.all, word.at, &reference) {
            for at in with_inside(insts, at) {
                block_go(&mut reader, insts, at, word);
            }
            ready.push(insts.all[at].gate.id.clone());
        }
    }
    ready
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
            let message = format!("`{}` blocks {what}, and must be settled before GO", inst.gate.id);
            let label = "the rollback must be ready before GO";
            reader.advise(
                "after-go",
                message,
                word.at,
                label,
                "let it block `go`, or take it out of `ready_when`",
            );
        }
    }
}
