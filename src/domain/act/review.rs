//! Words of the review after a launch.

use super::{
    super::{Act, FollowUp, Party, ReviewStep},
    Refusal, fallback,
    rights::{ActContext, maybe_said, said},
};

/// Anybody may record what was learned and what is to be done; that something is done or dropped, only its owner, or
/// from whoever closes the launch.
pub(super) fn review(ctx: &ActContext<'_>, step: ReviewStep) -> Result<Act, Refusal> {
    let step = match step {
        ReviewStep::Learned { text } => ReviewStep::Learned { text: said("learning", &text)? },
        ReviewStep::FollowUp { text, owner, due } => {
            let owner = owner.map(|it| known(ctx, it)).transpose()?;
            ReviewStep::FollowUp { text: said("follow-up", &text)?, owner, due }
        }
        ReviewStep::Assigned { number, owner, due } => {
            open(ctx, number)?;
            ReviewStep::Assigned { number, owner: known(ctx, owner)?, due }
        }
        ReviewStep::Done { number, note } => {
            settles(ctx, number)?;
            ReviewStep::Done { number, note: maybe_said("note", note)? }
        }
        ReviewStep::Dropped { number, reason } => {
            settles(ctx, number)?;
            ReviewStep::Dropped { number, reason: said("reason", &reason)? }
        }
    };
    Ok(Act::Review { step })
}

fn open<'a>(ctx: &ActContext<'a>, number: u32) -> Result<&'a FollowUp, Refusal> {
    let found = ctx.history.review.follow_up(number);
    let found = found.ok_or_else(|| {
        Refusal::new("unknown-follow-up", format!("there is no follow-up {number}"))
            .instead("see their numbers: gonogo review")
    })?;
    if found.ended.is_some() {
        return Err(Refusal::new(
            "follow-up-ended",
            format!("follow-up {number} is {} already", found.word()),
        )
        .instead("record another one if it is to be done again"));
    }
    Ok(found)
}

fn settles(ctx: &ActContext<'_>, number: u32) -> Result<(), Refusal> {
    let it = open(ctx, number)?;
    let who = fallback::may_settle(ctx.launch, it);
    ctx.may("not-your-item", &format!("settle follow-up {number}"), &who)
}

fn known(ctx: &ActContext<'_>, party: Party) -> Result<Party, Refusal> {
    if ctx.launch.people.contains_key(&party) || ctx.launch.roles.contains_key(&party) {
        return Ok(party);
    }
    Err(Refusal::new("unknown-person", format!("`{party}` is neither a person nor a role of this launch"))
        .instead("name somebody of launch.yaml"))
}
