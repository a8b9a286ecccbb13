//! Moving the rollout: in order, soaked and proved, on GO, outside freezes (V10).

use super::{
    super::{
        Act, Blocks, Clause, ClauseKind, GateState, Stage, StageAct, StageId, StageStatus, Standing, Str,
        evaluate::{
            contract::{ContractTerm, Rail, Wait},
            eval_context,
            stage::{self, StageRun},
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
        return Err(unknown(&id));
    };
    if let Some(why) = &stage.excluded {
        return Err(Refusal::new("not-applicable", format!("stage {id} does not apply: {why}")));
    }
    may_move(ctx, stage, step)?;
    if overrides && !matches!(step, StageAct::Started | StageAct::Closed) {
        return Err(Refusal::new("nothing-to-override", "only a start and a close can be an override")
            .instead("leave --override out"));
    }
    let now = ctx.context.now.wall;
    let mut runs = stage::runs(ctx.launch, ctx.history, now);
    let guardrails: Vec<_> = ctx.board.stages.iter().map(|it| it.guardrails.clone()).collect();
    stage::soaked(ctx.launch, &mut runs, &guardrails, now);
    let rail = Rail {
        launch: ctx.launch,
        history: ctx.history,
        runs: &runs,
        guardrails: &guardrails,
        reach: ctx.board.reach.as_ref(),
        gates: &ctx.board.gates,
        word: ctx.board.evidence,
        now,
        latest: eval_context::latest(ctx.history, now),
    };
    let Some(run) = runs.get(at) else { return Err(unknown(&id)) };
    let note = maybe_said("note", note)?;
    match step {
        StageAct::Started => start(ctx, &rail, (at, stage, run), (note.as_ref(), overrides))?,
        StageAct::Held => hold(run, &id, note.as_ref())?,
        StageAct::Resumed if run.status != StageStatus::Held => {
            return Err(Refusal::new("not-held", format!("stage {id} is not held")));
        }
        StageAct::Resumed => {}
        StageAct::RolledBack => roll_back(run, &id, note.as_ref())?,
        StageAct::Closed => close(ctx, &rail, (at, stage, run), (note.as_ref(), overrides))?,
    }
    Ok(Act::Stage { stage: id, step, note, overrides })
}

fn unknown(id: &StageId) -> Refusal {
    Refusal::new("unknown-stage", format!("there is no stage `{id}` in this launch"))
}

fn may_move(ctx: &ActContext<'_>, stage: &Stage, step: StageAct) -> Result<(), Refusal> {
    ctx.may("may-not-advance", "move the rollout", &fallback::may_move(ctx.launch, stage, step))
}

/// A stage with its place and where it is.
type Placed<'a> = (usize, &'a Stage, &'a StageRun);

fn start(
    ctx: &ActContext<'_>,
    rail: &Rail<'_>,
    (at, stage, run): Placed<'_>,
    (note, overrides): (Option<&Str>, bool),
) -> Result<(), Refusal> {
    let id = &stage.id;
    if !matches!(run.status, StageStatus::Planned | StageStatus::RolledBack) {
        return Err(Refusal::new("already-started", format!("stage {id} has started already")));
    }
    let open: Vec<ContractTerm> = rail.start(at).into_iter().filter(|term| !term.clause.met).collect();
    // Nothing of the board is needed to know of an earlier stage.
    if let (Some(term), false) = (open.first().filter(|it| it.clause.kind == ClauseKind::Earlier), overrides)
    {
        return Err(refusal(ctx, id, term));
    }
    ctx.fresh_board()?;
    if !ctx.board.scope.is_whole() {
        return Err(
            Refusal::new("not-on-board", "this board is narrowed").instead("look at the whole launch")
        );
    }
    let early = open.iter().find(|term| term.clause.yields);
    match early {
        Some(term) if !overrides => return Err(refusal(ctx, id, term)),
        Some(_) => may_override(ctx, &open, note)?,
        None if overrides => {
            return Err(Refusal::new("nothing-to-override", format!("stage {id} may start"))
                .instead("leave --override out"));
        }
        None => {}
    }
    let strict = open.iter().find(|term| !term.clause.yields && term.clause.kind != ClauseKind::Freeze);
    if let Some(term) = strict {
        return Err(refusal(ctx, id, term));
    }
    not_frozen(ctx, note)
}

/// Against a decision goes only who makes it; all else may be overridden by who may start a stage at all.
fn may_override(ctx: &ActContext<'_>, open: &[ContractTerm], note: Option<&Str>) -> Result<(), Refusal> {
    let decided = open.iter().any(|it| matches!(it.clause.kind, ClauseKind::Word | ClauseKind::Decision));
    if let Some(plan) = ctx.launch.roll_call.as_ref().filter(|_| decided) {
        let who = std::slice::from_ref(&plan.final_call);
        ctx.may("not-final-call", "start a stage against what was decided", who)?;
        ctx.notes_fallback(who);
    }
    reason_given(note, "stage that starts by an override")
}

/// Why it does not start, and what to do.
fn refusal(ctx: &ActContext<'_>, id: &StageId, term: &ContractTerm) -> Refusal {
    let said = &term.clause.text;
    let waits = format!("stage {id} waits for {said}");
    match &term.wait {
        Wait::Earlier { soaking } => {
            let code = if *soaking { "soak-not-over" } else { "earlier-stage" };
            Refusal::new(code, said.to_string()).instead(if *soaking {
                "wait for it, or close it when it is done; --override starts early, on record"
            } else {
                "start it or let it go on first; --override starts early, on record"
            })
        }
        Wait::Guardrail { standing, accepted, reason } => {
            let refusal = Refusal::new("guardrail", format!("{waits}: {reason}"));
            refusal.instead(match (standing, accepted) {
                (Standing::Breach, true) => {
                    "it is accepted and not ok: --override goes on against it, on record"
                }
                (Standing::Breach, false) => {
                    "decide: hold, roll back or accept it; --override goes on against it, on record"
                }
                _ => "wait for it; --override goes on without it, on record",
            })
        }
        Wait::Word(word) => {
            let why = ctx.board.evidence_reason().map(|why| format!(": {why}")).unwrap_or_default();
            Refusal::new("not-go", format!("the evidence is {word}{why}"))
                .instead("only a pilot stage starts before GO; --override goes against that, on record")
        }
        Wait::Gate(gate) => {
            let shut = |it: &&GateState| it.blocks == Blocks::Stage(id.clone()) && it.verdict.blocks();
            let open: Vec<_> = ctx.board.gates.iter().filter(shut).map(|it| &it.id).collect();
            Refusal::new("gates-open", format!("stage {id} waits for {}", format::list(&open)))
                .instead(format!("resolve {gate} first, or request a waiver"))
        }
        Wait::Other => other(&term.clause, waits),
    }
}

fn other(clause: &Clause, waits: String) -> Refusal {
    let stage = &clause.stage;
    match clause.kind {
        ClauseKind::Start => {
            Refusal::new("not-yet", waits).instead("wait for it; --override starts it early, on record")
        }
        ClauseKind::Freeze => Refusal::new("freeze", waits),
        ClauseKind::Rollback => Refusal::new("rollback-runs", waits)
            .instead("end the rollback first: gonogo rollback end --result … --reason …"),
        ClauseKind::Incident => Refusal::new("incident-holds", waits).instead(
            "say that it goes on: gonogo incident rollout goes-on REASON; --override starts it against that, on record",
        ),
        ClauseKind::Criterion => Refusal::new("criteria-open", waits).instead(format!(
            "confirm it once it holds: gonogo stage {stage} --confirm N; --override goes on without it, on record"
        )),
        ClauseKind::Answer => Refusal::new("answers-missing", waits).instead(format!(
            "give it: gonogo stage {stage} --answer {}=…; --override goes on without it, on record",
            clause.of.as_deref().unwrap_or("NAME")
        )),
        ClauseKind::Reach => Refusal::new("drift", waits).instead(
            "bring what is out and the record together; --override goes on without it, on record",
        ),
        ClauseKind::Time | ClauseKind::Samples => Refusal::new("soak-not-over", waits)
            .instead("wait for it; --override goes on without it, on record"),
        _ => Refusal::new("not-decided", waits).instead(
            "make the final call: gonogo decide --go --reason …; --override goes against it, on record",
        ),
    }
}

/// In a freeze of the rollout only who may make exceptions starts a stage, and says why; in several, whoever may in each.
fn not_frozen(ctx: &ActContext<'_>, note: Option<&Str>) -> Result<(), Refusal> {
    for freeze in ctx.launch.schedule.rollout_freezes(ctx.context.now.wall) {
        let until = format::moment(freeze.until.at, ctx.launch.schedule.zone);
        let refusal = Refusal::new("freeze", format!("{} lasts until {until}", format::freeze(&freeze.name)));
        if ctx.speaks_for(&freeze.exceptions_by).is_empty() {
            return Err(if freeze.exceptions_by.is_empty() {
                refusal
            } else {
                refusal.instead(format!("{} may make an exception", format::list(&freeze.exceptions_by)))
            });
        }
        ctx.notes_fallback(&freeze.exceptions_by);
        if note.is_none() {
            return Err(refusal.instead("say in a note why this is an exception"));
        }
    }
    Ok(())
}

fn hold(run: &StageRun, id: &StageId, note: Option<&Str>) -> Result<(), Refusal> {
    if !matches!(run.status, StageStatus::Soaking | StageStatus::Soaked) {
        return Err(Refusal::new("not-running", format!("stage {id} is not running")));
    }
    reason_given(note, "hold")
}

fn roll_back(run: &StageRun, id: &StageId, note: Option<&Str>) -> Result<(), Refusal> {
    if matches!(run.status, StageStatus::Planned | StageStatus::RolledBack | StageStatus::NotApplicable) {
        return Err(Refusal::new(
            "not-started",
            format!("stage {id} is not out: there is nothing to take back"),
        ));
    }
    reason_given(note, "rollback")
}

/// A stage is closed once it has shown what it must. Where nothing counts its samples, they are a person's word.
fn close(
    ctx: &ActContext<'_>,
    rail: &Rail<'_>,
    (at, stage, run): Placed<'_>,
    (note, overrides): (Option<&Str>, bool),
) -> Result<(), Refusal> {
    let id = &stage.id;
    match run.status {
        StageStatus::Soaking | StageStatus::Soaked => {}
        StageStatus::Held => {
            return Err(Refusal::new("held", format!("stage {id} is held")).instead("end the hold first"));
        }
        StageStatus::Done => {
            return Err(Refusal::new("already-closed", format!("stage {id} is done already")));
        }
        _ => return Err(Refusal::new("not-started", format!("stage {id} has not started"))),
    }
    let open = |term: &ContractTerm| !term.clause.met && term.clause.kind != ClauseKind::Advance;
    let open: Vec<ContractTerm> = rail.soak(at, stage, run).into_iter().filter(open).collect();
    match (open.iter().find(|term| term.clause.keeps_from_closing()), overrides) {
        (Some(term), false) => Err(refusal(ctx, id, term)),
        (Some(_), true) => reason_given(note, "stage that is closed by an override"),
        (None, true) => Err(Refusal::new("nothing-to-override", format!("stage {id} may be closed"))
            .instead("leave --override out")),
        (None, false) if !open.is_empty() => reason_given(note, "stage with samples"),
        (None, false) => Ok(()),
    }
}

fn reason_given(note: Option<&Str>, what: &str) -> Result<(), Refusal> {
    let missing =
        || Refusal::new("words-missing", format!("a {what} needs a reason")).instead("give it as the note");
    note.map(|_| ()).ok_or_else(missing)
}
