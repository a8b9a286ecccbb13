//! Exceptions: waivers (V9) and "not needed".

use chrono::{DateTime, Utc};

use super::{
    super::{Act, Gate, GateId, Kind, Spoken, Str, Waiver, WaiverRisk, evaluate::eval_context, format},
    Refusal,
    rights::{ActContext, maybe_said, said},
};

/// The most conditions of one waiver.
const MOST_CONDITIONS: usize = 20;

/// A waiver: never by the gate's owner, never without reason, risk and end.
pub(super) fn waive(
    ctx: &ActContext<'_>,
    id: GateId,
    (reason, risk): (&str, WaiverRisk),
    until: DateTime<Utc>,
    conditions: &[Str],
) -> Result<Act, Refusal> {
    let gate = ctx.applicable(&id)?;
    if gate.kind == Kind::All {
        return Err(Refusal::new("not-waivable", format!("{id} is a gate of gates"))
            .instead("waive what is inside it"));
    }
    if !gate.waivable {
        return Err(Refusal::new("not-waivable", format!("{id} cannot be waived")).instead("resolve it"));
    }
    ctx.may("may-not-waive", "waive", &ctx.launch.policies.waive_by)?;
    if let Some(owner) = gate.owner.as_ref().and_then(|owner| ctx.holder(owner)) {
        return Err(Refusal::new("own-gate", format!("{} owns {id}", owner.name))
            .instead("ask somebody who may waive and does not own it"));
    }
    holder_has_waived(ctx, gate)?;
    ends_in_time(ctx, until, ("a waiver", "waiver-in-the-past", "waiver-too-long"))?;
    not_too_many(ctx, gate)?;
    if conditions.len() > MOST_CONDITIONS {
        return Err(Refusal::new("words-too-long", format!("{} conditions are too many", conditions.len()))
            .instead(format!("keep to {MOST_CONDITIONS}")));
    }
    let conditions = conditions.iter().map(|it| said("condition", it)).collect::<Result<_, _>>()?;
    let reason = said("reason", reason)?;
    let risk = WaiverRisk {
        what: said("risk", &risk.what)?,
        users: maybe_said("number of users", risk.users)?,
        workaround: maybe_said("workaround", risk.workaround)?,
        ..risk
    };
    Ok(Act::Waived { gate: id, digest: gate.digest.clone(), reason, risk, until, conditions })
}

/// A fallback does not waive past a holder who has waived it until another moment, or ended that.
fn holder_has_waived(ctx: &ActContext<'_>, gate: &Gate) -> Result<(), Refusal> {
    let all = ctx.history.waivers.get(&gate.id).map_or(&[][..], Vec::as_slice);
    let (launch, by) = (ctx.launch, &ctx.launch.policies.waive_by);
    let now = eval_context::latest(ctx.history, ctx.context.now.wall);
    let over = |word: Spoken<'_>| eval_context::holder_over(launch, gate, all, word, now);
    let Some(own) = ctx.as_fallback(by, over) else { return Ok(()) };
    Err(match &own.ended {
        Some(end) => ctx.holder_has_spoken(end.spoken(), &format!("has ended a waiver of {}", gate.id)),
        None => {
            let until = format::moment(own.until, launch.schedule.zone);
            ctx.holder_has_spoken(own.spoken(), &format!("has waived {} until {until}", gate.id))
        }
    })
}

/// An exception has an end, in the future and within what the launch allows. `what` with the codes of both refusals.
pub(super) fn ends_in_time(
    ctx: &ActContext<'_>,
    until: DateTime<Utc>,
    (what, past, too_long): (&str, &'static str, &'static str),
) -> Result<(), Refusal> {
    let zone = ctx.launch.schedule.zone;
    if until <= eval_context::latest(ctx.history, ctx.context.now.wall) {
        return Err(Refusal::new(past, format!("{} is over", format::moment(until, zone)))
            .instead("give an end in the future"));
    }
    let longest = ctx.launch.policies.longest_waiver;
    let last = format::later(ctx.context.now.wall, longest);
    if until > last {
        let said = format!("{what} runs for {} at most", format::span(longest));
        return Err(
            Refusal::new(too_long, said).instead(format!("let it end by {}", format::moment(last, zone)))
        );
    }
    Ok(())
}

fn not_too_many(ctx: &ActContext<'_>, gate: &Gate) -> Result<(), Refusal> {
    let Some(most) = ctx.launch.policies.most_waivers else { return Ok(()) };
    let others = ctx.history.waivers.keys().filter(|id| **id != gate.id && standing(ctx, id).is_some());
    if others.count() >= most as usize {
        return Err(Refusal::new(
            "too-many-waivers",
            format!("{} stand already", format::count(most as usize, "waiver")),
        )
        .instead("resolve a gate or end a waiver first"));
    }
    Ok(())
}

/// The waiver of the gate that stands.
fn standing<'a>(ctx: &ActContext<'a>, id: &GateId) -> Option<&'a Waiver> {
    let now = eval_context::latest(ctx.history, ctx.context.now.wall);
    let (gate, all) = ctx.launch.gate(id).zip(ctx.history.waivers.get(id))?;
    eval_context::waiver(ctx.launch, gate, all, now).ok()
}

/// Ends a waiver: by who may waive, or by who gave it.
pub(super) fn end(ctx: &ActContext<'_>, id: GateId, reason: &str) -> Result<Act, Refusal> {
    ctx.gate(&id)?;
    let Some(waiver) = standing(ctx, &id) else {
        return Err(Refusal::new("no-waiver", format!("no waiver stands on {id}")));
    };
    if !waiver.approver.is_same(&ctx.context.actor) {
        ctx.may("may-not-waive", "end a waiver", &ctx.launch.policies.waive_by)?;
    }
    Ok(Act::WaiverEnded { gate: id, reason: said("reason", reason)? })
}

/// Declares a gate not needed: by who the gate names for it.
pub(super) fn not_needed(ctx: &ActContext<'_>, id: GateId, reason: &str) -> Result<Act, Refusal> {
    let gate = ctx.applicable(&id)?;
    ctx.may("may-not-drop", &format!("say that {id} is not needed"), &gate.na_by)?;
    let over = |word: Spoken<'_>| eval_context::needed_by_holder(ctx.launch, ctx.history, gate, word);
    if let Some(own) = ctx.as_fallback(&gate.na_by, over) {
        return Err(ctx.holder_has_spoken(own.spoken(), &format!("has said that {id} is needed")));
    }
    Ok(Act::NotNeeded { gate: id, digest: gate.digest.clone(), reason: said("reason", reason)? })
}

/// Takes a "not needed" back: by who may say it, or by who said it.
pub(super) fn needed_again(ctx: &ActContext<'_>, id: GateId, reason: &str) -> Result<Act, Refusal> {
    let gate = ctx.gate(&id)?;
    let at = ctx.launch.position(&id);
    let said_so = ctx.history.not_needed.get(&id).zip(at);
    let Some((word, _)) =
        said_so.filter(|(word, at)| eval_context::is_not_needed(ctx.launch, ctx.history, *at, word))
    else {
        return Err(Refusal::new("not-dropped", format!("nobody has declared {id} not needed"))
            .instead("a gate inside another may be left out with it"));
    };
    if !word.actor.is_same(&ctx.context.actor) {
        ctx.may("may-not-drop", &format!("say that {id} is needed"), &gate.na_by)?;
    }
    Ok(Act::NeededAgain { gate: id, reason: said("reason", reason)? })
}
