//! What gonogo changes on a server at a person's word: who may have it done, and when a yes may go out.

use super::{
    super::{Act, Party, Str, Write, WriteState},
    Refusal,
    rights::{ActContext, said},
};

/// An intent, or what became of it.
pub(super) fn write(
    ctx: &ActContext<'_>,
    write: Write,
    state: WriteState,
    told: Option<&Str>,
) -> Result<Act, Refusal> {
    said("subject", &write.subject)?;
    let told = told.map(|text| said("answer", text)).transpose()?;
    let open = ctx.history.writes.iter().find(|it| it.write.id == write.id);
    match (state, open) {
        (WriteState::Intended, None) => {
            match &write.message {
                Some(carried) => super::message::carried(ctx, carried)?,
                None => who(ctx)?,
            }
            let other =
                ctx.history.writes.iter().find(|it| it.write.subject == write.subject && it.state.is_open());
            if let Some(other) = other {
                let reason = format!("of {} it is not known whether it arrived", other.write.subject);
                return Err(
                    Refusal::new("write-open", reason).instead("look for it first: the same command does")
                );
            }
        }
        (WriteState::Intended, Some(_)) => {
            return Err(Refusal::new("write-known", "this request is in the journal already"));
        }
        // What became of it is a fact, whoever found it out.
        (_, Some(known)) if known.write == write && known.state.is_open() => {}
        (_, _) => return Err(Refusal::new("no-write", "no such request is open in the journal")),
    }
    Ok(Act::Wrote { write, state, told })
}

/// Those who make the final call, and those who advance the rollout.
fn who(ctx: &ActContext<'_>) -> Result<(), Refusal> {
    let mut who: Vec<Party> = ctx.launch.roll_call.iter().map(|plan| plan.final_call.clone()).collect();
    who.extend(ctx.launch.rollout.iter().flat_map(|it| it.advance_by.clone()));
    who.dedup();
    if who.is_empty() {
        return Ok(());
    }
    ctx.may("may-not-write", "have gonogo write to the outside", &who)
}
