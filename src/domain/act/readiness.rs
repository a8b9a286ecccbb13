//! The readiness review: owners speak of their items. Nothing of it goes into a verdict.

use super::{
    super::{
        Act, ConfirmStep, Gate, GateId, Kind, Str, Verdict,
        evaluate::eval_context,
        format,
        readiness::{planned_due, who_confirms, without_holds},
    },
    Refusal, answer,
    rights::{ActContext, maybe_said, said},
};

/// A word on an item, by whoever owns it.
pub(super) fn confirm(ctx: &ActContext<'_>, id: GateId, step: ConfirmStep) -> Result<Act, Refusal> {
    let gate = item(ctx, &id)?;
    let who = who_confirms(gate);
    ctx.may("not-your-item", &format!("speak of the plan of {id}"), &who)?;
    let step = match step {
        ConfirmStep::Confirmed { link, note } => {
            ConfirmStep::Confirmed { link: address(link)?, note: maybe_said("note", note)? }
        }
        ConfirmStep::NewDate { by, reason, link } => {
            if by <= eval_context::latest(ctx.history, ctx.context.now.wall) {
                let by = format::moment(by, ctx.launch.schedule.zone);
                return Err(Refusal::new("in-the-past", format!("{by} is over"))
                    .instead("promise a date in the future"));
            }
            ConfirmStep::NewDate { by, reason: said("reason", &reason)?, link: address(link)? }
        }
        ConfirmStep::AtRisk { reason } => ConfirmStep::AtRisk { reason: said("reason", &reason)? },
        ConfirmStep::TakenBack { reason } => {
            let newest = ctx.history.confirmations.get(&id).and_then(|all| all.last());
            if newest.is_none_or(|it| matches!(it.step, ConfirmStep::TakenBack { .. })) {
                return Err(Refusal::new(
                    "not-confirmed",
                    format!("nothing stands that was said of the plan of {id}"),
                )
                .instead("nothing to do"));
            }
            ConfirmStep::TakenBack { reason: said("reason", &reason)? }
        }
    };
    let due = planned_due(gate, &without_holds(ctx.launch));
    Ok(Act::Confirmed { gate: id, digest: gate.digest.clone(), due, step })
}

/// A gate that is part of this launch, also one whose time has not come.
fn item<'a>(ctx: &ActContext<'a>, id: &GateId) -> Result<&'a Gate, Refusal> {
    let gate = ctx.gate(id)?;
    if gate.kind == Kind::All {
        return Err(Refusal::new("not-an-item", format!("{id} is a gate of gates"))
            .instead("confirm what is inside it"));
    }
    let shown = ctx.board.gate(id).filter(|it| it.verdict == Verdict::NotApplicable);
    let ahead = gate.counts_from.as_ref().is_some_and(|from| from.at > ctx.context.now.wall);
    let why = gate.excluded.as_ref().or(shown.filter(|_| !ahead).map(|it| &it.reason));
    match why {
        Some(why) => Err(Refusal::new("not-applicable", format!("{id} does not apply: {why}"))),
        None => Ok(gate),
    }
}

fn address(link: Option<Str>) -> Result<Option<Str>, Refusal> {
    let Some(link) = maybe_said("link", link)? else { return Ok(None) };
    if answer::is_link(&link) {
        return Ok(Some(link));
    }
    Err(Refusal::new("answer-invalid", format!("`{link}` is no link")).instead("give it as https://…"))
}
