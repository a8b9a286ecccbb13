//! That somebody was asked about a gate.

use super::{
    super::{Act, GateId, Str, whom_to_ask},
    Refusal,
    rights::{ActContext, maybe_said},
};

/// Records that whoever can act on an open gate was asked.
pub(super) fn ask(ctx: &ActContext<'_>, gate: GateId, note: Option<Str>) -> Result<Act, Refusal> {
    ctx.gate(&gate)?;
    let state = ctx.board.gate(&gate).filter(|it| it.verdict.blocks());
    let Some(state) = state else {
        return Err(Refusal::new("nothing-to-ask", format!("{gate} is not open")).instead("nothing to do"));
    };
    let of = whom_to_ask(state);
    if of.is_empty() {
        return Err(Refusal::new("nobody-to-ask", format!("nobody owns {gate}, and nobody can act on it"))
            .instead("give it an owner in its file"));
    }
    Ok(Act::Asked { gate, of, note: maybe_said("note", note)? })
}
