//! Accepting a breach: the third answer to what it asks, beside a hold and a rollback (V20).

use chrono::{DateTime, Utc};

use super::{
    super::{Act, CallsFor, GuardrailState, Spoken, Stage, StageId, StageSaid, Standing, Str, format},
    Refusal, fallback,
    rights::{ActContext, said},
    waive,
};

/// A breach is accepted by whoever may advance the rollout, with a reason and an end that comes no later than a waiver's.
pub(super) fn accept(
    ctx: &ActContext<'_>,
    id: StageId,
    guardrail: &str,
    reason: &str,
    until: DateTime<Utc>,
) -> Result<Act, Refusal> {
    known(ctx, &id)?;
    ctx.may("may-not-advance", "accept a breach", &fallback::may_accept(ctx.launch))?;
    if ctx.history.open_rollback().is_some() {
        return Err(Refusal::new("rollback-runs", "the rollback runs: that answers every breach")
            .instead("say how it ended: gonogo rollback end --result … --reason …"));
    }
    ctx.fresh_board()?;
    let state = watched(ctx, &id, guardrail)?;
    if state.standing != Standing::Breach {
        let word = state.standing.word();
        return Err(Refusal::new("no-breach", format!("guardrail/{} is {word}, no breach", state.id))
            .instead("there is nothing to accept; --override goes on without it being ok, on record"));
    }
    if state.calls_for == CallsFor::Tell {
        return Err(Refusal::new(
            "no-breach",
            format!("guardrail/{} only tells, and asks nothing", state.id),
        )
        .instead("leave a note; --override goes on without it being ok, on record"));
    }
    holder_first(ctx, &id, state)?;
    waive::ends_in_time(ctx, until, ("an acceptance", "in-the-past", "acceptance-too-long"))?;
    let since = state.breached_at.ok_or_else(|| Refusal::new("no-breach", "the breach has no moment"))?;
    let (guardrail, limit, reason) = (state.id.clone(), state.limit.clone(), said("reason", reason)?);
    Ok(Act::BreachAccepted { stage: id, guardrail, limit, since, reason, until })
}

/// A fallback does not accept past a holder who accepts it until another moment, or ended that of this breach.
fn holder_first(ctx: &ActContext<'_>, id: &StageId, state: &GuardrailState) -> Result<(), Refusal> {
    let by = fallback::may_accept(ctx.launch);
    let accepted = state.accepted.as_ref().map(|it| it.voice.spoken());
    let words = ctx.history.stage_words.get(id).map_or(&[][..], Vec::as_slice);
    let ended = words.iter().rfind(|word| {
        matches!(&word.said, StageSaid::AcceptanceEnded { guardrail, .. } if *guardrail == state.id)
            && state.breached_at.is_some_and(|shown| shown <= word.at)
    });
    let own = accepted
        .map(|own| (own, "accepts"))
        .or(ended.map(|end| (end.spoken(), "has ended the acceptance of")));
    let over = |word: Spoken<'_>| own.filter(|(own, _)| ctx.launch.is_over(*own, word, &by));
    ctx.as_fallback(&by, over).map_or(Ok(()), |(own, does)| {
        Err(ctx.holder_has_spoken(own, &format!("{does} the breach of guardrail/{}", state.id)))
    })
}

/// It is ended by whoever gave it, may give it, or watches the stage.
pub(super) fn end(ctx: &ActContext<'_>, id: StageId, guardrail: &str, reason: &str) -> Result<Act, Refusal> {
    let stage = known(ctx, &id)?;
    let state = watched(ctx, &id, guardrail)?;
    let Some(accepted) = &state.accepted else {
        return Err(Refusal::new(
            "not-accepted",
            format!("nobody accepts a breach of guardrail/{}", state.id),
        ));
    };
    if !accepted.voice.by.is_same(&ctx.context.actor) {
        let who = fallback::may_speak_of(ctx.launch, stage);
        ctx.may("may-not-advance", "end the acceptance of a breach", &who)?;
    }
    let (guardrail, reason) = (state.id.clone(), said("reason", reason)?);
    Ok(Act::AcceptanceEnded { stage: id, guardrail, reason })
}

fn known<'a>(ctx: &ActContext<'a>, id: &StageId) -> Result<&'a Stage, Refusal> {
    let found = ctx.launch.stage(id).map(|(_, stage)| stage);
    found.ok_or_else(|| Refusal::new("unknown-stage", format!("there is no stage `{id}` in this launch")))
}

/// The guardrail of a stage that is out. `guardrail/ID` is understood too.
fn watched<'a>(ctx: &ActContext<'a>, id: &StageId, guardrail: &str) -> Result<&'a GuardrailState, Refusal> {
    let name = guardrail.trim();
    let name = name.strip_prefix("guardrail/").unwrap_or(name);
    let all = ctx.board.stage(id).map_or(&[][..], |stage| stage.guardrails.as_slice());
    if all.is_empty() {
        return Err(Refusal::new("no-breach", format!("no guardrail watches stage {id} now"))
            .instead("a breach is one of a stage that is out"));
    }
    all.iter().find(|it| *it.id == *name).ok_or_else(|| {
        let ids: Vec<&Str> = all.iter().map(|it| &it.id).collect();
        Refusal::new("unknown-guardrail", format!("stage {id} has no guardrail `{name}`"))
            .instead(format!("it has {}", format::list(&ids)))
    })
}
