//! What people recorded about things that the launch's files no longer name: it counts for nothing there, and is listed, so that no
//! word is lost in silence when something is renamed or taken out.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{
    super::{
        Advice, Board, Cause, ConfirmStep, Decision, GateId, History, Launch, Lowering, MessageRecord,
        MessageRef, Party, SignOff, StageAct, StageId, Str, Vote, format, terms::CONDITIONS,
    },
    decision,
    eval_context::EvalContext,
};

/// How many things are listed by name.
const MOST: usize = 6;

/// The stages that are out by the journal and are no part of the launch any more (renamed, taken out, or left out by a `when`), with
/// since when. One that is closed, or was followed by another, is over.
pub(crate) fn stages_out<'a>(launch: &Launch, history: &'a History) -> Vec<(&'a StageId, DateTime<Utc>)> {
    let back = history.all_back().map_or(0, |end| end.seq);
    let ours = launch.rollout.iter().flat_map(|rollout| &rollout.stages);
    let ours = ours.filter(|stage| stage.excluded.is_none() && !stage.independent);
    let later = ours.filter_map(|stage| decision::started(launch, history.stages.get(&stage.id)?));
    let over = later.map(|record| record.seq).max().unwrap_or_default().max(back);
    let strange = |id: &StageId| launch.stage(id).is_none_or(|(_, stage)| stage.excluded.is_some());
    let all = history.stages.iter().filter(|(id, _)| strange(id));
    let out = all.filter_map(|(id, records)| {
        let began = decision::started(launch, records).filter(|it| it.spoken().doubt(launch).is_none())?;
        let closed = records.last().is_some_and(|it| it.step == StageAct::Closed);
        (!closed && began.seq > over).then_some((id, began.at))
    });
    out.collect()
}

/// Nobody watches what is out under a name that the files do not have: the board is HOLD at best.
pub(super) fn lowered(frame: &EvalContext<'_>) -> impl Iterator<Item = Lowering> {
    let launch = frame.launch;
    let broken = frame.history.broken.is_some();
    let out = if broken { Vec::new() } else { stages_out(launch, frame.history) };
    out.into_iter().map(|(id, since)| {
        let since = frame.moment(since);
        let reason = format!(
            "stage {id} is out since {since} by the journal and is no stage of this launch any more: nothing watches it"
        );
        let next = Advice::from(format!(
            "give stage {id} its name again in the files, or take it back: gonogo rollback start --reason …"
        ));
        let who = launch.rollout.iter().flat_map(|rollout| rollout.advance_by.clone()).collect();
        Lowering { next, who, ..Lowering::to_hold(Cause::StrayStage, reason) }
    })
}

/// The summary of everything else.
pub(super) fn remarks(frame: &EvalContext<'_>, board: &Board) -> Vec<Str> {
    if frame.history.broken.is_some() {
        return Vec::new();
    }
    let mut all = gates(frame);
    all.extend(messages(frame));
    all.extend(stations(frame));
    all.extend(hold(frame));
    all.extend(steps(frame));
    all.extend(owners(frame, board));
    all
}

/// Gates of that name are not there any more.
fn gates(frame: &EvalContext<'_>) -> Vec<Str> {
    let history = frame.history;
    let strange = |id: &&GateId| frame.launch.position(id).is_none() && id.checklist() != CONDITIONS;
    let signed = history.sign_offs.keys().chain(history.waivers.keys());
    let rest = history.not_needed.keys().chain(history.confirmations.keys());
    let ids: BTreeSet<&GateId> = signed.chain(rest).filter(strange).collect();
    let told = ids.into_iter().filter_map(|id| {
        let words = words(frame, id);
        (!words.is_empty()).then(|| {
            format!(
                "{id} is no gate of this launch any more, and what was said of it counts no more: {}",
                several(&words)
            )
        })
    });
    shortened(told.map(Str::from).collect(), "gate")
}

/// What stood of a gate: a no-go first.
fn words(frame: &EvalContext<'_>, id: &GateId) -> Vec<String> {
    let history = frame.history;
    let newest = history.sign_offs.get(id).map(|all| all.newest()).unwrap_or_default();
    let (goes, stops): (Vec<&SignOff>, Vec<&SignOff>) =
        newest.into_iter().filter(|it| it.withdrawn.is_none()).partition(|it| it.go);
    let said = |word: &str, it: &SignOff| {
        let note = it.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        format!("{word} by {}{note}", it.spoken().named())
    };
    let mut all: Vec<String> = stops.into_iter().map(|it| said("no-go", it)).collect();
    all.extend(goes.into_iter().map(|it| said("go", it)));
    let waiver = history.waivers.get(id).and_then(|all| all.last());
    let waiver = waiver.filter(|it| it.ended.is_none() && it.until > frame.latest);
    all.extend(waiver.map(|it| format!("waived by {}", it.spoken().named())));
    all.extend(history.not_needed.get(id).map(|it| format!("not needed, by {}", it.spoken().named())));
    let plan = history.confirmations.get(id).and_then(|all| all.last());
    let plan = plan.filter(|it| !matches!(it.step, ConfirmStep::TakenBack { .. }));
    all.extend(plan.map(|it| format!("a word on its plan, by {}", it.voice.spoken().named())));
    all
}

/// Messages that are not in the plan any more. One that went out goes out again under another name.
fn messages(frame: &EvalContext<'_>) -> Vec<Str> {
    let all = frame.history.messages.iter().filter(|(of, _)| frame.launch.message(&of.message).is_none());
    let told = all.filter_map(|(of, record)| told_of(frame, of, record));
    shortened(told.collect(), "message")
}

fn told_of(frame: &EvalContext<'_>, of: &MessageRef, record: &MessageRecord) -> Option<Str> {
    let what = if let Some(sent) = &record.sent {
        let (by, at) = (sent.voice.spoken().named(), frame.moment(sent.voice.at));
        format!("was sent by {by} at {at}")
    } else if record.sending.is_some() {
        "was being sent, and it is not known whether it arrived".to_owned()
    } else {
        let approved = record.approvals.iter().rfind(|it| it.withdrawn.is_none())?;
        format!("was approved by {}", approved.voice.spoken().named())
    };
    Some(format!("message {} {what}, and is no message of this launch any more", of.message).into())
}

/// Stations that have answered in the open round and are not called any more.
fn stations(frame: &EvalContext<'_>) -> Vec<Str> {
    let told = strange_answers(frame.launch, frame.history).into_iter().map(|(station, said)| {
        format!("{station} is no station of the poll any more, and said {} in this round", said.word()).into()
    });
    told.collect()
}

/// The answers in the open round of stations that the files do not name any more.
pub(crate) fn strange_answers<'a>(launch: &Launch, history: &'a History) -> Vec<(&'a Party, &'a Vote)> {
    let (Some(poll), Some(plan)) = (history.open_poll(), &launch.roll_call) else { return Vec::new() };
    let order = plan.order();
    let known = |role: &Party| order.iter().any(|(station, _)| station.role == *role);
    let all = poll.stations().into_iter().filter(|role| !known(role));
    all.filter_map(|role| Some((role, &poll.answered(role).ballot?.vote))).collect()
}

/// What a hold waits for and nothing can make true.
fn hold(frame: &EvalContext<'_>) -> Vec<Str> {
    let held = frame.history.standing_hold(frame.launch, frame.latest);
    let Some(Decision::Hold { until_true, .. }) = held.map(|record| &record.decision) else {
        return Vec::new();
    };
    let gone = until_true.iter().filter(|what| !decision::is_known(frame.launch, what));
    let told = gone.map(|what| {
        format!("the hold waits for {what}, which this launch does not have any more: end it with gonogo decide --resume --reason …").into()
    });
    told.collect()
}

/// Steps of a rollback that runs.
fn steps(frame: &EvalContext<'_>) -> Vec<Str> {
    let Some(run) = frame.history.open_rollback() else { return Vec::new() };
    let plan = frame.launch.rollback.iter().flat_map(|plan| &plan.steps);
    let known: Vec<&Str> = plan.map(|step| &step.id).collect();
    let gone = run.steps.iter().filter(|it| !known.contains(&&it.step));
    let told = gone.map(|it| {
        let (step, by) = (&it.step, it.voice.spoken().named());
        let did = if it.skipped { "skipped" } else { "done" };
        format!("step {step} of the rollback was {did} by {by}, and is no step of it any more").into()
    });
    told.collect()
}

/// What somebody has to see to whom the files do not name any more.
fn owners(frame: &EvalContext<'_>, board: &Board) -> Vec<Str> {
    let launch = frame.launch;
    // Members of a team are not known by name.
    let teams = launch.roles.values().any(|role| role.github_team.is_some());
    let known = |party: &Party| {
        let holds = || launch.roles.values().any(|role| role.people.contains(party));
        launch.people.contains_key(party) || launch.roles.contains_key(party) || holds()
    };
    let gone = |party: &Party| !teams && !known(party);
    let told = |what: &str, of: &Party, how: &str| -> Str {
        format!("{what} is {of}'s, whom this launch does not name any more: {how}").into()
    };
    let risks = frame.risks.iter().filter(|it| it.is_there() && gone(&it.figures.owner));
    let risks = risks
        .map(|it| told(&format!("risk {}", it.id), &it.figures.owner, "state it again with another owner"));
    let open = |id: &GateId| board.gate(id).is_some_and(|it| it.verdict.blocks());
    let conditions = launch.conditions().iter().filter(|it| gone(&it.condition.owner) && open(&it.gate));
    let conditions = conditions.map(|it| {
        told(
            it.gate.as_str(),
            &it.condition.owner,
            "waive it, or make a final call that replaces the conditions",
        )
    });
    let incident = frame.incident.as_ref().filter(|it| it.is_running() && gone(&it.lead));
    let incident = incident.map(|it| {
        told(&format!("incident {}", it.number), &it.lead, "give it a lead: gonogo incident role lead …")
    });
    let open = frame.history.review.follow_ups.iter().filter(|it| it.ended.is_none());
    let follow_ups = open.filter_map(|it| {
        let owner = it.owner.as_ref().filter(|owner| gone(owner))?;
        let number = it.number;
        let how = format!("gonogo review assign {number} --owner …");
        Some(told(&format!("follow-up {number}"), owner, &how))
    });
    risks.chain(conditions).chain(incident).chain(follow_ups).collect()
}

fn several(words: &[String]) -> String {
    let shown = words.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
    let more = words.len().saturating_sub(MOST);
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}

fn shortened(mut all: Vec<Str>, what: &str) -> Vec<Str> {
    let more = all.len().saturating_sub(MOST);
    if more > 0 {
        all.truncate(MOST);
        let more = format!("something was said of {}", format::count(more, &format!("more {what}")));
        all.push(format!("{more} under names that are not there any more: gonogo journal show").into());
    }
    all
}
