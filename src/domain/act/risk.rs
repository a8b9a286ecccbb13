//! Risks: anybody whom the launch names states one; what makes it milder takes a right (V23).

use super::{
    super::{
        Act, Digest, Party, RiskFigures, RiskState, RiskStatus, RiskStep, Spoken, Str,
        evaluate::{eval_context, risk},
        triage,
    },
    Refusal, incident,
    rights::{ActContext, maybe_said, said},
    waive,
};

/// The longest name.
const LONGEST: usize = 40;

/// An act on the risk of this name.
pub(super) fn risk(ctx: &ActContext<'_>, id: Str, step: RiskStep) -> Result<Act, Refusal> {
    incident::named(ctx)?;
    let latest = eval_context::latest(ctx.history, ctx.context.now.wall);
    let known = risk::states(ctx.launch, ctx.history, latest).into_iter().find(|it| it.id == id);
    let step = match step {
        RiskStep::Stated(figures) => RiskStep::Stated(stated(ctx, &id, known.as_ref(), figures)?),
        step => {
            let known = known.as_ref().ok_or_else(|| {
                Refusal::new("unknown-risk", format!("there is no risk `{id}`"))
                    .instead("gonogo risk list shows them all")
            })?;
            settled(ctx, known, step)?
        }
    };
    Ok(Act::Risk { risk: id, step })
}

fn stated(
    ctx: &ActContext<'_>,
    id: &str,
    known: Option<&RiskState>,
    figures: RiskFigures,
) -> Result<RiskFigures, Refusal> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > LONGEST || !id.chars().all(fits) {
        return Err(Refusal::new("no-name", format!("`{id}` is no name of a risk"))
            .instead(format!("write lower-case letters, digits and hyphens, at most {LONGEST}: refunds")));
    }
    incident::known(ctx, &figures.owner)?;
    figures.gate.as_ref().map_or(Ok(()), |gate| ctx.gate(gate).map(|_| ()))?;
    if figures.users.is_some_and(|users| !(0.0..=100.0).contains(&users)) {
        return Err(Refusal::new("no-share", "a share of users is from 0 % to 100 %")
            .instead("leave it out where nobody knows; that counts as all of them"));
    }
    let figures = RiskFigures {
        what: said("title", &figures.what)?,
        workaround: maybe_said("workaround", figures.workaround)?,
        ..figures
    };
    let Some(known) = known else { return Ok(figures) };
    if known.figures == figures {
        return Err(Refusal::new("nothing-new", format!("risk {id} says that already")));
    }
    // Anybody may say that it is worse.
    if triage(&figures) < known.triage || (known.is_there() && figures.owner != known.figures.owner) {
        ctx.may("may-not-settle", "make this risk milder, or give it to somebody else", &who(ctx, known))?;
    }
    Ok(figures)
}

/// Who sees to it, and who may waive.
pub(super) fn who(ctx: &ActContext<'_>, risk: &RiskState) -> Vec<Party> {
    std::iter::once(&risk.figures.owner).chain(&ctx.launch.policies.waive_by).cloned().collect()
}

fn settled(ctx: &ActContext<'_>, known: &RiskState, step: RiskStep) -> Result<RiskStep, Refusal> {
    let (id, status) = (&known.id, known.status);
    let already = |is: bool| {
        if is {
            return Err(Refusal::new("nothing-new", format!("risk {id} is {} already", status.word())));
        }
        Ok(())
    };
    Ok(match step {
        RiskStep::Stated(figures) => RiskStep::Stated(figures),
        RiskStep::Accepted { of, reason, until } => {
            ctx.may("may-not-waive", "accept a risk", &ctx.launch.policies.waive_by)?;
            if let Some(owner) = ctx.holder(&known.figures.owner) {
                return Err(Refusal::new("own-risk", format!("{} owns risk {id}", owner.name))
                    .instead("ask somebody who may waive and does not own it"));
            }
            already(!known.is_there())?;
            same(known, &of)?;
            holder_first(ctx, known)?;
            waive::ends_in_time(ctx, until, ("an acceptance", "in-the-past", "acceptance-too-long"))?;
            RiskStep::Accepted { of, reason: said("reason", &reason)?, until }
        }
        RiskStep::Mitigated { note } => {
            ctx.may("may-not-settle", "say that this risk is mitigated", &who(ctx, known))?;
            already(!known.is_there())?;
            RiskStep::Mitigated { note: said("note", &note)? }
        }
        RiskStep::Closed { reason } => {
            ctx.may("may-not-settle", "close this risk", &who(ctx, known))?;
            already(status == RiskStatus::Closed)?;
            RiskStep::Closed { reason: said("reason", &reason)? }
        }
        RiskStep::Reopened { reason } => {
            already(status == RiskStatus::Open)?;
            RiskStep::Reopened { reason: said("reason", &reason)? }
        }
    })
}

/// A fallback does not accept past a holder who has accepted it until another moment, or opened it again.
fn holder_first(ctx: &ActContext<'_>, known: &RiskState) -> Result<(), Refusal> {
    let over = |word: Spoken<'_>| known.holder_over(ctx.launch, word, ctx.context.now.wall);
    let Some(own) = ctx.as_fallback(&ctx.launch.policies.waive_by, over) else { return Ok(()) };
    let did = if known.status == RiskStatus::Accepted { "accepted" } else { "reopened" };
    Err(ctx.holder_has_spoken(own.spoken(), &format!("has {did} risk {}", known.id)))
}

/// Nobody accepts what they have not seen.
fn same(known: &RiskState, of: &Digest) -> Result<(), Refusal> {
    if known.figures.digest() == *of {
        return Ok(());
    }
    Err(Refusal::new("risk-changed", format!("risk {} says something else by now", known.id))
        .instead("look again, then repeat it"))
}
