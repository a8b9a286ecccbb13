//! Who may do what by role, and whether somebody does it only as a fallback: speaking for somebody else is never
//! recorded as if it were the holder's own.

use std::borrow::Cow;

use super::{
    super::{
        Act, CommsMessage, FollowUp, IncidentStep, Launch, MessageStep, Party, ReviewStep, RiskStep,
        RollCallPlan, Stage, StageAct,
        evaluate::{incident, rollback},
        readiness::who_confirms,
    },
    rights::ActContext,
};

/// The fallback by which the actor says it; `None`: they hold a role that may, or it asks for none.
pub(super) fn stands_in(ctx: &ActContext<'_>, act: &Act) -> Option<Party> {
    let who = who_may(ctx, act);
    if !ctx.speaks_as(&who, false).is_empty() {
        return None;
    }
    who.iter().find_map(|party| ctx.stands_in(party))
}

/// By whom such an act may be done, as persons and roles; empty: by anybody, or by whoever did what it ends.
fn who_may<'a>(ctx: &'a ActContext<'_>, act: &'a Act) -> Cow<'a, [Party]> {
    let launch = ctx.launch;
    let one = |party: &'a Party| Cow::Borrowed(std::slice::from_ref(party));
    match act {
        Act::SignedOff { role, .. } => one(role),
        Act::Waived { .. } | Act::WaiverEnded { .. } => Cow::Borrowed(&launch.policies.waive_by),
        Act::NotNeeded { gate, .. } | Act::NeededAgain { gate, .. } => {
            launch.gate(gate).map_or_else(Cow::default, |gate| Cow::Borrowed(gate.na_by.as_slice()))
        }
        Act::Stage { stage, step, .. } => launch
            .stage(stage)
            .map_or_else(Cow::default, |(_, stage)| Cow::Owned(may_move(launch, stage, *step))),
        Act::BreachAccepted { .. } => Cow::Owned(may_accept(launch)),
        Act::CriterionJudged { stage, .. }
        | Act::StageAnswered { stage, .. }
        | Act::AcceptanceEnded { stage, .. } => launch
            .stage(stage)
            .map_or_else(Cow::default, |(_, stage)| Cow::Owned(may_speak_of(launch, stage))),
        Act::RollbackStarted { .. } => Cow::Owned(may_start_rollback(launch)),
        Act::RollbackStepDone { step, .. } | Act::RollbackStepSkipped { step, .. } => {
            Cow::Owned(may_do_step(launch, step))
        }
        Act::RollbackEnded { .. } => Cow::Owned(rollback::who(launch)),
        Act::Incident { step, .. } => of_incident(ctx, step),
        Act::Risk { risk, step } => of_risk(ctx, risk, step),
        Act::RollCallOpened { .. } => {
            launch.roll_call.as_ref().map_or_else(Cow::default, |plan| Cow::Owned(may_open(plan)))
        }
        Act::Voted { passes_over: true, .. } => {
            launch.roll_call.as_ref().map_or_else(Cow::default, |plan| one(&plan.final_call))
        }
        Act::Voted { station, .. } => {
            let poll = ctx.board.roll_call.as_ref();
            // A delegate speaks by the delegation.
            let given = poll.and_then(|poll| poll.station(station)?.delegated.as_ref());
            let delegate = given.filter(|it| !ctx.speaks_for(std::slice::from_ref(&it.to)).is_empty());
            delegate.map_or_else(|| one(station), |_| Cow::default())
        }
        Act::Decided { .. } | Act::HoldEnded { .. } => {
            launch.roll_call.as_ref().map_or_else(Cow::default, |plan| one(&plan.final_call))
        }
        Act::ClockCorrected { .. } => Cow::Owned(may_correct(launch)),
        Act::Message { of, step } => launch
            .message(&of.message)
            .map_or_else(Cow::default, |(_, it)| Cow::Owned(may_do(launch, it, step))),
        Act::Confirmed { gate, .. } => {
            launch.gate(gate).map_or_else(Cow::default, |gate| Cow::Owned(who_confirms(gate)))
        }
        Act::Review { step } => Cow::Owned(of_review(ctx, step)),
        Act::Close { .. } => Cow::Owned(may_close(launch)),
        Act::Asked { .. } | Act::Withdrawn { .. } | Act::Wrote { .. } | Act::Note { .. } => Cow::default(),
    }
}

/// Who may do this with the review: anybody, except that a follow-up is settled by its owner or who closes.
fn of_review(ctx: &ActContext<'_>, step: &ReviewStep) -> Vec<Party> {
    let (ReviewStep::Done { number, .. } | ReviewStep::Dropped { number, .. }) = step else {
        return Vec::new();
    };
    let it = ctx.history.review.follow_up(*number);
    it.map_or_else(Vec::new, |it| may_settle(ctx.launch, it))
}

/// Who may do this with a message.
fn may_do(launch: &Launch, message: &CommsMessage, step: &MessageStep) -> Vec<Party> {
    let approvers = message.approved_by.iter().cloned();
    match step {
        MessageStep::Approved { .. } => approvers.collect(),
        MessageStep::Drafted { .. } | MessageStep::ApprovalWithdrawn { .. } => {
            message.senders(launch).into_iter().chain(approvers).collect()
        }
        _ => message.senders(launch),
    }
}

/// Who may close the launch and open it again: who makes the final call, else who may waive or advance, else any role.
pub(super) fn may_close(launch: &Launch) -> Vec<Party> {
    if let Some(plan) = &launch.roll_call {
        return vec![plan.final_call.clone()];
    }
    let advance = launch.rollout.iter().flat_map(|rollout| &rollout.advance_by);
    let mut who: Vec<Party> = launch.policies.waive_by.iter().chain(advance).cloned().collect();
    if who.is_empty() {
        who.extend(launch.roles.keys().cloned());
    }
    who
}

/// Who may say that a follow-up is done or given up: its owner, and whoever closes the launch.
pub(super) fn may_settle(launch: &Launch, it: &FollowUp) -> Vec<Party> {
    it.owner.iter().cloned().chain(may_close(launch)).collect()
}

fn of_incident<'a>(ctx: &'a ActContext<'_>, step: &IncidentStep) -> Cow<'a, [Party]> {
    if !step.takes_a_right() {
        return Cow::default();
    }
    let newest = incident::newest(ctx.launch, ctx.history);
    // Whoever opens one has no lead before them.
    let newest = newest.filter(|_| !matches!(step, IncidentStep::Opened(_)));
    Cow::Owned(incident::who(ctx.launch, newest.as_ref().map(|(_, standing)| &standing.lead)))
}

fn of_risk<'a>(ctx: &'a ActContext<'_>, risk: &str, step: &RiskStep) -> Cow<'a, [Party]> {
    match step {
        RiskStep::Accepted { .. } => Cow::Borrowed(&ctx.launch.policies.waive_by),
        RiskStep::Mitigated { .. } | RiskStep::Closed { .. } => {
            let known = ctx.board.risks.iter().find(|it| *it.id == *risk);
            known.map_or_else(Cow::default, |it| Cow::Owned(super::risk::who(ctx, it)))
        }
        RiskStep::Stated(_) | RiskStep::Reopened { .. } => Cow::default(),
    }
}

/// Who may move a stage: those who advance the rollout, and to stop it whoever watches it.
pub(super) fn may_move(launch: &Launch, stage: &Stage, step: StageAct) -> Vec<Party> {
    let mut who = launch.rollout.as_ref().map(|rollout| rollout.advance_by.clone()).unwrap_or_default();
    if matches!(step, StageAct::Held) {
        who.extend(stage.watcher.clone());
    }
    who
}

/// Who may accept a breach: those who advance the rollout.
pub(super) fn may_accept(launch: &Launch) -> Vec<Party> {
    launch.rollout.as_ref().map(|rollout| rollout.advance_by.clone()).unwrap_or_default()
}

/// Who may say what a stage has shown: those who advance the rollout, and whoever watches it.
pub(super) fn may_speak_of(launch: &Launch, stage: &Stage) -> Vec<Party> {
    may_move(launch, stage, StageAct::Held)
}

/// Who may start the rollback: who runs it, those who advance the rollout, and whoever watches a stage.
pub(super) fn may_start_rollback(launch: &Launch) -> Vec<Party> {
    let watchers =
        launch.rollout.iter().flat_map(|rollout| &rollout.stages).filter_map(|it| it.watcher.clone());
    rollback::who(launch).into_iter().chain(watchers).collect()
}

/// Who may tick a step off: its owner, and who runs the rollback.
pub(super) fn may_do_step(launch: &Launch, step: &str) -> Vec<Party> {
    let steps = launch.rollback.iter().flat_map(|plan| &plan.steps);
    let own = steps.filter(|it| *it.id == *step).filter_map(|it| it.owner.clone());
    own.chain(rollback::who(launch)).collect()
}

/// Who may open a round of the poll while none is open: the final call's holder and every station.
pub(super) fn may_open(plan: &RollCallPlan) -> Vec<Party> {
    let stations = plan.order().into_iter().map(|(station, _)| station.role.clone());
    std::iter::once(plan.final_call.clone()).chain(stations).collect()
}

/// Who may say that the largest clock ever seen was wrong: who may waive, and who makes the final call.
pub(super) fn may_correct(launch: &Launch) -> Vec<Party> {
    let mut who = launch.policies.waive_by.clone();
    who.extend(launch.roll_call.iter().map(|plan| plan.final_call.clone()));
    who
}
