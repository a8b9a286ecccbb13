//! Running the rollback: started by a word, step by step in order, ended with a result.

use super::{
    super::{
        Act, Party, RollbackResult, RollbackStep, Str,
        evaluate::{orphan, stage},
        format,
    },
    Refusal, fallback,
    rights::{ActContext, maybe_said, said},
};

/// Starts it. Whoever runs it, advances the rollout or watches a stage that is out may: stopping must not wait.
pub(super) fn start(ctx: &ActContext<'_>, reason: &str) -> Result<Act, Refusal> {
    ctx.may("may-not-roll-back", "start the rollback", &fallback::may_start_rollback(ctx.launch))?;
    if ctx.history.open_rollback().is_some() {
        return Err(Refusal::new("rollback-runs", "the rollback runs already")
            .instead("see where it is: gonogo rollback show"));
    }
    let runs = stage::runs(ctx.launch, ctx.history, ctx.context.now.wall);
    let out = runs.iter().any(|run| run.status.is_out());
    // What went out under a name that the files do not have any more can be taken back as well.
    if !out && orphan::stages_out(ctx.launch, ctx.history).is_empty() {
        return Err(Refusal::new("nothing-out", "no stage is out: there is nothing to take back"));
    }
    Ok(Act::RollbackStarted { reason: said("reason", reason)? })
}

/// Its step is done. Steps are done in their order.
pub(super) fn done(ctx: &ActContext<'_>, step: Option<&Str>, note: Option<Str>) -> Result<Act, Refusal> {
    let step = current(ctx, step)?;
    Ok(Act::RollbackStepDone { step, note: maybe_said("note", note)? })
}

/// Its step is skipped.
pub(super) fn skip(ctx: &ActContext<'_>, step: Option<&Str>, reason: &str) -> Result<Act, Refusal> {
    let step = current(ctx, step)?;
    Ok(Act::RollbackStepSkipped { step, reason: said("reason", reason)? })
}

/// Ends it. It is rolled back only once each step is done or skipped.
pub(super) fn end(ctx: &ActContext<'_>, result: RollbackResult, reason: &str) -> Result<Act, Refusal> {
    running(ctx)?;
    ctx.may("may-not-roll-back", "end the rollback", &super::super::evaluate::rollback::who(ctx.launch))?;
    if let (RollbackResult::RolledBack, Some(step)) = (result, open(ctx).first()) {
        return Err(Refusal::new(
            "steps-open",
            format!("step {} of the rollback is open: {}", step.id, step.title),
        )
        .instead("say that it is done, or skip it with a reason; or end the rollback as partly"));
    }
    Ok(Act::RollbackEnded { result, reason: said("reason", reason)? })
}

fn running(ctx: &ActContext<'_>) -> Result<(), Refusal> {
    ctx.history.open_rollback().map(|_| ()).ok_or_else(|| {
        Refusal::new("no-rollback", "no rollback runs").instead("start it: gonogo rollback start --reason …")
    })
}

/// The steps that nobody has done or skipped.
fn open<'a>(ctx: &ActContext<'a>) -> Vec<&'a RollbackStep> {
    let (Some(plan), Some(run)) = (&ctx.launch.rollback, ctx.history.open_rollback()) else {
        return Vec::new();
    };
    plan.steps.iter().filter(|step| run.steps.iter().all(|it| it.step != step.id)).collect()
}

/// The step whose turn it is, which the actor may do.
fn current(ctx: &ActContext<'_>, named: Option<&Str>) -> Result<Str, Refusal> {
    running(ctx)?;
    let steps = ctx.launch.rollback.as_ref().map_or(&[][..], |plan| &plan.steps);
    if let Some(name) = named.filter(|name| steps.iter().all(|step| step.id != **name)) {
        let ids: Vec<_> = steps.iter().map(|step| &step.id).collect();
        return Err(Refusal::new("unknown-step", format!("the rollback has no step `{name}`"))
            .instead(format!("its steps are {}", format::list(&ids))));
    }
    let open = open(ctx);
    let Some(step) = open.first() else {
        return Err(Refusal::new("no-step", "no step of the rollback is open")
            .instead("say how it ended: gonogo rollback end --result rolled-back --reason …"));
    };
    if let Some(name) = named.filter(|name| **name != step.id) {
        let done = !open.iter().any(|step| step.id == *name);
        let what = if done { "is settled already" } else { "is not next" };
        return Err(Refusal::new("not-next", format!("step {name} {what}"))
            .instead(format!("next is {}: {}", step.id, step.title)));
    }
    let who: Vec<Party> = fallback::may_do_step(ctx.launch, &step.id);
    ctx.may("may-not-roll-back", "say that of this step", &who)?;
    Ok(step.id.clone())
}
