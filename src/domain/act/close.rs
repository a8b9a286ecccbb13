//! Closing a launch and opening it again (V24): by whoever makes the final call, on a fresh and whole board.

use super::{
    super::{
        Act, CloseStep, CloseWish, Command, Figures, IncidentPhase, KeptBoard, RiskStep, StageAct, Str,
        evaluate::{close, incident},
        format,
    },
    Refusal, fallback,
    rights::{ActContext, said},
};

/// Closes it, or opens it again.
pub(super) fn close(ctx: &ActContext<'_>, wish: CloseWish) -> Result<Act, Refusal> {
    let step = match wish {
        CloseWish::Close { reason, unfinished, figures } => closed(ctx, &reason, unfinished, figures)?,
        CloseWish::Reopen { reason } => {
            ctx.may("may-not-close", "open the launch again", &fallback::may_close(ctx.launch))?;
            if close::standing(ctx.launch, ctx.history).is_none() {
                return Err(Refusal::new("not-closed", "the launch is not closed").instead("nothing to do"));
            }
            CloseStep::Reopened { reason: said("reason", &reason)? }
        }
    };
    Ok(Act::Close { step })
}

fn closed(
    ctx: &ActContext<'_>,
    reason: &str,
    anyway: bool,
    figures: Option<Box<Figures>>,
) -> Result<CloseStep, Refusal> {
    ctx.may("may-not-close", "close the launch", &fallback::may_close(ctx.launch))?;
    if close::standing(ctx.launch, ctx.history).is_some() {
        return Err(Refusal::new("already-closed", "the launch is closed already"));
    }
    ctx.fresh_board()?;
    if !ctx.board.scope.is_whole() {
        return Err(
            Refusal::new("not-on-board", "this board is narrowed").instead("look at the whole launch")
        );
    }
    if ctx.history.open_rollback().is_some() {
        return Err(Refusal::new("rollback-runs", "the rollback runs")
            .instead("end it first: gonogo rollback end --result … --reason …"));
    }
    let harm = incident::newest(ctx.launch, ctx.history)
        .filter(|(_, it)| matches!(it.phase, IncidentPhase::Open | IncidentPhase::Mitigated));
    if let Some((record, _)) = harm {
        let number = record.number;
        return Err(Refusal::new("incident-open", format!("incident {number} is not resolved"))
            .instead("resolve it first: gonogo incident resolved …"));
    }
    let nobodys = ctx.history.review.follow_ups.iter().filter(|it| it.ended.is_none() && it.owner.is_none());
    let nobodys: Vec<_> = nobodys.map(|it| it.number).collect();
    if let Some(first) = nobodys.first() {
        let what = format!(
            "nobody owns {} {}",
            if nobodys.len() == 1 { "follow-up" } else { "follow-ups" },
            format::list(&nobodys)
        );
        return Err(Refusal::new("follow-up-without-owner", what)
            .instead(format!("give it one: gonogo review assign {first} --owner ROLE")));
    }
    let open = close::unfinished(ctx.launch, ctx.board);
    match (open.is_empty(), anyway) {
        (false, false) => {
            let all: Vec<_> = open.iter().map(ToString::to_string).collect();
            return Err(Refusal::new(
                "not-finished",
                format!("the launch is not finished: {}", all.join("; ")),
            )
            .instead("settle it; a launch that goes no further is closed with --unfinished"));
        }
        (true, true) => {
            return Err(Refusal::new("nothing-unfinished", "the launch is finished")
                .instead("leave --unfinished out"));
        }
        _ => {}
    }
    let board = KeptBoard::of(ctx.board).map_err(|error| {
        Refusal::new("board-not-kept", format!("the board cannot be written down: {error}"))
    })?;
    Ok(CloseStep::Closed { reason: said("reason", reason)?, unfinished: open, board, figures })
}

/// A closed launch takes no word that would take it further. What stops or takes back, what is still to be done after it,
/// and notes are taken.
pub(super) fn open_for(ctx: &ActContext<'_>, command: &Command) -> Result<(), Refusal> {
    let Some(closing) = close::standing(ctx.launch, ctx.history) else { return Ok(()) };
    let further = match command {
        Command::SignOff { .. }
        | Command::Waive { .. }
        | Command::NotNeeded { .. }
        | Command::JudgeCriterion { .. }
        | Command::AnswerStage { .. }
        | Command::AcceptBreach { .. }
        | Command::OpenRollCall
        | Command::Vote { .. }
        | Command::Decide { .. }
        | Command::EndHold { .. }
        | Command::Confirm { .. }
        | Command::Ask { .. }
        | Command::Risk { step: RiskStep::Accepted { .. }, .. } => true,
        Command::Stage { step, .. } => !matches!(step, StageAct::Held | StageAct::RolledBack),
        _ => false,
    };
    if !further {
        return Ok(());
    }
    let at = format::moment(closing.voice.at, ctx.launch.schedule.zone);
    let by = closing.voice.spoken().named();
    let why: Str = format!("the launch was closed on {at} by {by}").into();
    Err(Refusal::new("launch-closed", why.to_string())
        .instead("open it again first: gonogo reopen --reason …"))
}
