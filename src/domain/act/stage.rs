//! Moving the rollout: in order, soaked, on GO, outside freezes (V10).

use super::{
    super::{
        Act, Blocks, BoardWord, Stage, StageAct, StageId, StageStatus, Str,
        evaluate::{
            decision,
            stage::{self, Run},
        },
        words,
    },
    Refusal,
    rights::{Desk, maybe_said},
};

/// A stage that starts, is held, goes on, is taken back or is closed.
pub(super) fn stage(desk: &Desk<'_>, id: StageId, step: StageAct, note: Option<Str>) -> Result<Act, Refusal> {
    let Some((at, stage)) = desk.launch.stage(&id) else {
        return Err(Refusal::new("unknown-stage", format!("there is no stage `{id}` in this launch")));
    };
    if let Some(why) = &stage.excluded {
        return Err(Refusal::new("not-applicable", format!("stage {id} does not apply: {why}")));
    }
    may_move(desk, stage, step)?;
    let runs = stage::runs(desk.launch, desk.history, desk.context.now.wall);
    let note = maybe_said("note", note)?;
    match step {
        StageAct::Started => start(desk, &runs, at, stage, note.as_ref())?,
        StageAct::Held => hold(&runs[at], &id, note.as_ref())?,
        StageAct::Resumed if runs[at].status != StageStatus::Held => {
            return Err(Refusal::new("not-held", format!("stage {id} is not held")));
        }
        StageAct::Resumed => {}
        StageAct::RolledBack => roll_back(&runs[at], &id, note.as_ref())?,
        StageAct::Closed => close(desk, &runs[at], stage, note.as_ref())?,
    }
    Ok(Act::Stage { stage: id, step, note })
}

/// Who watches a stage may stop it; all else is for those who may advance.
fn may_move(desk: &Desk<'_>, stage: &Stage, step: StageAct) -> Result<(), Refusal> {
    let mut who = desk.launch.rollout.as_ref().map(|rollout| rollout.advance_by.clone()).unwrap_or_default();
    if matches!(step, StageAct::Held) {
        who.extend(stage.watcher.clone());
    }
    desk.may("may-not-advance", "move the rollout", &who)
}

fn start(desk: &Desk<'_>, runs: &[Run], at: usize, stage: &Stage, note: Option<&Str>) -> Result<(), Refusal> {
    let id = &stage.id;
    if !matches!(runs[at].status, StageStatus::Planned | StageStatus::RolledBack) {
        return Err(Refusal::new("already-started", format!("stage {id} has started already")));
    }
    if let Some(why) = stage::before(desk.launch, runs, at) {
        let soaking = runs[..at].iter().any(|run| run.status == StageStatus::Soaking);
        let code = if soaking { "soak-not-over" } else { "earlier-stage" };
        return Err(Refusal::new(code, why.to_string()).instead("wait for it, or close it when it is done"));
    }
    desk.fresh_board()?;
    if !desk.board.scope.is_whole() {
        return Err(
            Refusal::new("not-on-board", "this board is narrowed").instead("look at the whole launch")
        );
    }
    if !stage.pilot {
        decided(desk, id)?;
    }
    let shut =
        |gate: &&super::super::GateState| gate.blocks == Blocks::Stage(id.clone()) && gate.verdict.blocks();
    let open: Vec<_> = desk.board.gates.iter().filter(shut).map(|gate| &gate.id).collect();
    if !open.is_empty() {
        return Err(Refusal::new("gates-open", format!("stage {id} waits for {}", words::list(&open)))
            .instead(format!("settle {} first", open[0])));
    }
    not_frozen(desk, note)
}

/// What is no pilot goes out on a GO board, or on a recorded override (V12); where a poll is planned, by a decision.
fn decided(desk: &Desk<'_>, id: &StageId) -> Result<(), Refusal> {
    let board = desk.board;
    let Some(why) = decision::stops_stages(desk.launch, board.decision.as_ref(), board.evidence) else {
        return Ok(());
    };
    if board.evidence != BoardWord::Go && board.overridden.is_none() {
        let why = board.evidence_reason().map(|why| format!(": {why}")).unwrap_or_default();
        return Err(Refusal::new("not-go", format!("the board is {}{why}", board.evidence))
            .instead("only a pilot stage starts before GO"));
    }
    Err(Refusal::new("not-decided", format!("stage {id} waits for {why}"))
        .instead("make the final call: gonogo decide --go --reason …"))
}

/// In a freeze of the rollout only who may make exceptions starts a stage, and says why.
fn not_frozen(desk: &Desk<'_>, note: Option<&Str>) -> Result<(), Refusal> {
    let Some(freeze) = desk.launch.schedule.rollout_freeze(desk.context.now.wall) else { return Ok(()) };
    let until = words::moment(freeze.until.at, desk.launch.schedule.zone);
    let refusal = Refusal::new("freeze", format!("the freeze {} holds until {until}", freeze.name));
    if desk.speaks_for(&freeze.exceptions_by).is_empty() {
        return Err(if freeze.exceptions_by.is_empty() {
            refusal
        } else {
            refusal.instead(format!("{} may make an exception", words::list(&freeze.exceptions_by)))
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
fn close(desk: &Desk<'_>, run: &Run, stage: &Stage, note: Option<&Str>) -> Result<(), Refusal> {
    let id = &stage.id;
    match run.status {
        StageStatus::Soaked => Ok(()),
        StageStatus::Soaking => {
            if let Some(end) = run.soaked_at.filter(|end| *end > desk.context.now.wall) {
                let end = words::moment(end, desk.launch.schedule.zone);
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
