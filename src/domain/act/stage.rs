//! Moving the rollout: in order, soaked, on GO, outside freezes (V10).

use super::{
    super::{
        Act, Blocks, GateState, GuardrailState, Stage, StageAct, StageId, StageStatus, Standing, Str,
        evaluate::{
            eval_context,
            stage::{self, Rail, Run, Wait},
        },
        format,
    },
    Refusal, fallback,
    rights::{ActContext, maybe_said},
};

/// A stage that starts, is held, goes on, is taken back or is closed.
pub(super) fn stage(
    ctx: &ActContext<'_>,
    id: StageId,
    step: StageAct,
    note: Option<Str>,
    overrides: bool,
) -> Result<Act, Refusal> {
    let Some((at, stage)) = ctx.launch.stage(&id) else {
        return Err(Refusal::new("unknown-stage", format!("there is no stage `{id}` in this launch")));
    };
    if let Some(why) = &stage.excluded {
        return Err(Refusal::new("not-applicable", format!("stage {id} does not apply: {why}")));
    }
    may_move(ctx, stage, step)?;
    if overrides && step != StageAct::Started {
        return Err(Refusal::new("nothing-to-override", "only a start can be an override")
            .instead("leave --override out"));
    }
    let now = ctx.context.now.wall;
    let mut runs = stage::runs(ctx.launch, ctx.history, now);
    let guardrails: Vec<_> = ctx.board.stages.iter().map(|it| it.guardrails.clone()).collect();
    stage::soaked(ctx.launch, &mut runs, &guardrails, now);
    let note = maybe_said("note", note)?;
    match step {
        StageAct::Started => {
            start(ctx, (runs.as_slice(), guardrails.as_slice()), at, stage, (note.as_ref(), overrides))?;
        }
        StageAct::Held => hold(&runs[at], &id, note.as_ref())?,
        StageAct::Resumed if runs[at].status != StageStatus::Held => {
            return Err(Refusal::new("not-held", format!("stage {id} is not held")));
        }
        StageAct::Resumed => {}
        StageAct::RolledBack => roll_back(&runs[at], &id, note.as_ref())?,
        StageAct::Closed => close(ctx, &runs[at], stage, note.as_ref())?,
    }
    Ok(Act::Stage { stage: id, step, note, overrides })
}

fn may_move(ctx: &ActContext<'_>, stage: &Stage, step: StageAct) -> Result<(), Refusal> {
    ctx.may("may-not-advance", "move the rollout", &fallback::may_move(ctx.launch, stage, step))
}

fn start(
    ctx: &ActContext<'_>,
    (runs, guardrails): (&[Run], &[Vec<GuardrailState>]),
    at: usize,
    stage: &Stage,
    (note, overrides): (Option<&Str>, bool),
) -> Result<(), Refusal> {
    let id = &stage.id;
    if !matches!(runs[at].status, StageStatus::Planned | StageStatus::RolledBack) {
        return Err(Refusal::new("already-started", format!("stage {id} has started already")));
    }
    let (launch, history, now) = (ctx.launch, ctx.history, ctx.context.now);
    let rail = Rail {
        launch,
        history,
        runs,
        guardrails,
        gates: &ctx.board.gates,
        word: ctx.board.evidence,
        now: now.wall,
        latest: eval_context::latest(history, now.wall),
    };
    let waits = rail.waits(at);
    // Nothing of the board is needed to know of an earlier stage.
    if let (Some(wait @ Wait::Earlier { .. }), false) = (waits.first(), overrides) {
        return Err(refusal(ctx, id, wait));
    }
    ctx.fresh_board()?;
    if !ctx.board.scope.is_whole() {
        return Err(
            Refusal::new("not-on-board", "this board is narrowed").instead("look at the whole launch")
        );
    }
    let early = waits.iter().find(|wait| wait.yields());
    match early {
        Some(wait) if !overrides => return Err(refusal(ctx, id, wait)),
        Some(_) => may_override(ctx, &waits, note)?,
        None if overrides => {
            return Err(Refusal::new("nothing-to-override", format!("stage {id} may start"))
                .instead("leave --override out"));
        }
        None => {}
    }
    let gates: Vec<_> = waits.iter().filter(|wait| matches!(wait, Wait::Gate(..))).collect();
    if let Some(wait) = gates.first() {
        return Err(refusal(ctx, id, wait));
    }
    not_frozen(ctx, note)
}

/// Against a decision goes only who makes it; all else may be overridden by who may start a stage at all.
fn may_override(ctx: &ActContext<'_>, waits: &[Wait], note: Option<&Str>) -> Result<(), Refusal> {
    let decided = waits.iter().any(|wait| matches!(wait, Wait::Word(_) | Wait::Decision(_)));
    if let Some(plan) = ctx.launch.roll_call.as_ref().filter(|_| decided) {
        let who = std::slice::from_ref(&plan.final_call);
        ctx.may("not-final-call", "start a stage against what was decided", who)?;
    }
    reason_given(note, "stage that starts by an override")
}

/// Why it does not start, and what to do.
fn refusal(ctx: &ActContext<'_>, id: &StageId, wait: &Wait) -> Refusal {
    let said = wait.describe(ctx.launch.schedule.zone);
    let waits = format!("stage {id} waits for {said}");
    match wait {
        Wait::Earlier { soaking, .. } => {
            let code = if *soaking { "soak-not-over" } else { "earlier-stage" };
            Refusal::new(code, said.to_string())
                .instead("wait for it, or close it when it is done; --override starts early, on record")
        }
        Wait::Guardrail { standing, reason, .. } => Refusal::new("guardrail", format!("{waits}: {reason}"))
            .instead(match standing {
                Standing::Breach => "decide: hold or roll back; --override goes on against it, on record",
                _ => "wait for it; --override goes on without it, on record",
            }),
        Wait::Start(_) => {
            Refusal::new("not-yet", waits).instead("wait for it; --override starts it early, on record")
        }
        Wait::Word(word) => {
            let why = ctx.board.evidence_reason().map(|why| format!(": {why}")).unwrap_or_default();
            Refusal::new("not-go", format!("the board is {word}{why}"))
                .instead("only a pilot stage starts before GO; --override goes against that, on record")
        }
        Wait::Decision(_) => Refusal::new("not-decided", waits).instead(
            "make the final call: gonogo decide --go --reason …; --override goes against it, on record",
        ),
        Wait::Gate(gate, _) => {
            let shut = |it: &&GateState| it.blocks == Blocks::Stage(id.clone()) && it.verdict.blocks();
            let open: Vec<_> = ctx.board.gates.iter().filter(shut).map(|it| &it.id).collect();
            Refusal::new("gates-open", format!("stage {id} waits for {}", format::list(&open)))
                .instead(format!("resolve {gate} first, or request a waiver"))
        }
        Wait::Freeze(..) => Refusal::new("freeze", waits),
    }
}

/// In a freeze of the rollout only who may make exceptions starts a stage, and says why.
fn not_frozen(ctx: &ActContext<'_>, note: Option<&Str>) -> Result<(), Refusal> {
    let Some(freeze) = ctx.launch.schedule.rollout_freeze(ctx.context.now.wall) else { return Ok(()) };
    let until = format::moment(freeze.until.at, ctx.launch.schedule.zone);
    let refusal = Refusal::new("freeze", format!("{} lasts until {until}", format::freeze(&freeze.name)));
    if ctx.speaks_for(&freeze.exceptions_by).is_empty() {
        return Err(if freeze.exceptions_by.is_empty() {
            refusal
        } else {
            refusal.instead(format!("{} may make an exception", format::list(&freeze.exceptions_by)))
        });
    }
    if note.is_none() { Err(refusal.instead("say in a note why this is an exception")) } else { Ok(()) }
}

fn hold(run: &Run, id: &StageId, note: Option<&Str>) -> Result<(), Refusal> {
    if !matches!(run.status, StageStatus::Soaking | StageStatus::Soaked) {
        return Err(Refusal::new("not-running", format!("stage {id} is not running")));
    }
    reason_given(note, "hold")
}

fn roll_back(run: &Run, id: &StageId, note: Option<&Str>) -> Result<(), Refusal> {
    if matches!(run.status, StageStatus::Planned | StageStatus::RolledBack | StageStatus::NotApplicable) {
        return Err(Refusal::new(
            "not-started",
            format!("stage {id} is not out: there is nothing to take back"),
        ));
    }
    reason_given(note, "rollback")
}

/// A stage is closed once its time is over; the samples are a person's word.
fn close(ctx: &ActContext<'_>, run: &Run, stage: &Stage, note: Option<&Str>) -> Result<(), Refusal> {
    let id = &stage.id;
    match run.status {
        StageStatus::Soaked => Ok(()),
        StageStatus::Soaking => {
            if let Some(end) = run.soaked_at.filter(|end| *end > ctx.context.now.wall) {
                let end = format::moment(end, ctx.launch.schedule.zone);
                return Err(Refusal::new("soak-not-over", format!("stage {id} soaks until {end}"))
                    .instead("wait for it"));
            }
            reason_given(note, "stage with samples")
        }
        StageStatus::Held => {
            Err(Refusal::new("held", format!("stage {id} is held")).instead("end the hold first"))
        }
        StageStatus::Done => Err(Refusal::new("already-closed", format!("stage {id} is done already"))),
        _ => Err(Refusal::new("not-started", format!("stage {id} has not started"))),
    }
}

fn reason_given(note: Option<&Str>, what: &str) -> Result<(), Refusal> {
    let missing =
        || Refusal::new("words-missing", format!("a {what} needs a reason")).instead("give it as the note");
    note.map(|_| ()).ok_or_else(missing)
}
