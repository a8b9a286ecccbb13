//! What can be done with the chosen gate or stage.

use crate::{
    Action, Effect, Model, Notice, Request, Screen,
    model::{Form, IncidentAsk, MessageAsk, Several, Subject},
};
use gonogo_domain::{GateState, MessageStatus, Said, StageState, Str, Verdict};
use gonogo_text::Link;

/// Carries `action` out if it is one of these; `None` if it is not.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::OpenLink | Action::CopyLink => return Some(link(model, action)),
        Action::CopyCommand => return Some(copy_command(model)),
        Action::SendMessage if model.sends_itself().is_some() => return Some(send_message(model)),
        Action::CopyMessage => return Some(copy_message(model)),
        _ => match form(model, action, &Subject::Chosen)? {
            Ok(form) => model.form = Some(form),
            Err(why) => model.tell(why),
        },
    }
    Some(Vec::new())
}

/// The form of an act about a gate, a stage or the rollback, or why there is none; `None`: it is no such act.
pub(super) fn form(model: &Model, action: Action, target: &Subject) -> Option<Result<Form, Notice>> {
    match action {
        // Its words are of use where nothing can be recorded, too.
        Action::Ask => return Some(super::together::form(model, target).map_err(Notice::bad)),
        Action::Sign
        | Action::Withdraw
        | Action::Waive
        | Action::EndWaiver
        | Action::NotNeeded
        | Action::Note
        | Action::MoveStage
        | Action::JudgeCriterion
        | Action::AnswerStage
        | Action::StartRollback
        | Action::StepDone
        | Action::SkipStep
        | Action::EndRollback
        | Action::OpenIncident
        | Action::LogIncident
        | Action::UpdateIncident
        | Action::MoveIncident
        | Action::IncidentRollout
        | Action::ChangeIncident
        | Action::AddRisk
        | Action::ChangeRisk
        | Action::MitigateRisk
        | Action::AcceptRisk
        | Action::CloseRisk
        | Action::DraftMessage
        | Action::ApproveMessage
        | Action::SendMessage
        | Action::DropMessage
        | Action::ConfirmItem
        | Action::Learn
        | Action::FollowUp
        | Action::SettleFollowUp
        | Action::CloseLaunch
        | Action::AnswerBreach
        | Action::TellServer => {}
        _ => return None,
    }
    Some(match model.no_acts_because() {
        Some(why) => Err(why),
        None => allowed_form(model, action, target).map_err(Notice::bad),
    })
}

/// The gate that is meant.
fn gate_of<'m>(model: &'m Model, target: &Subject) -> Option<&'m GateState> {
    match target {
        Subject::Gate(id) => model.gate(id),
        _ => model.chosen_gate(),
    }
}

/// The stage that is meant.
fn stage_of<'m>(model: &'m Model, target: &Subject) -> Option<&'m StageState> {
    match target {
        Subject::Stage(id) => model.board.stage(id),
        _ => model.chosen_stage(),
    }
}

fn allowed_form(model: &Model, action: Action, target: &Subject) -> Result<Form, String> {
    let named = match target {
        Subject::Gate(id) => Some(id),
        _ => model.chosen().filter(|_| model.screen == Screen::Board),
    };
    if let Some(form) = model.around_form(action, named, target) {
        return form;
    }
    if let Some(ask) = IncidentAsk::of(action) {
        return model.incident_form(ask);
    }
    if let Some(form) = model.risk_form(action, target) {
        return form;
    }
    if let Some(ask) = MessageAsk::of(action) {
        return model.message_form(ask);
    }
    match action {
        Action::MoveStage | Action::JudgeCriterion | Action::AnswerStage => {
            return stage_form(model, action, stage_of(model, target));
        }
        Action::StartRollback | Action::StepDone | Action::SkipStep | Action::EndRollback => {
            return rollback_form(model, action);
        }
        Action::AnswerBreach => return model.answer_breach(),
        Action::TellServer => return model.offer_form(),
        _ => {}
    }
    if action == Action::Sign && *target == Subject::Chosen && !model.list.together.is_empty() {
        return model.several_form(Several::Sign);
    }
    let chosen = gate_of(model, target);
    if action == Action::Note {
        return Ok(Form::note(chosen.map(|gate| &gate.id)));
    }
    let gate = chosen.ok_or("choose a gate first")?;
    if let Some(act) = model.acts.of_gate(&gate.id) {
        return Err(format!("{} is still being recorded", act.what));
    }
    let plan = || model.launch.gate(&gate.id).ok_or("this gate is not in the launch's files any more");
    match action {
        Action::Sign => sign_form(model, gate),
        Action::Withdraw => Ok(Form::withdraw(model, gate)),
        Action::EndWaiver if gate.verdict != Verdict::Waived => Err(format!("{} has no waiver", gate.id)),
        Action::EndWaiver => Ok(Form::end_waiver(model, gate)),
        Action::NotNeeded if gate.words.iter().any(|word| word.said == Said::NotNeeded) => {
            Ok(Form::needed_again(model, plan()?, gate))
        }
        Action::NotNeeded => Ok(Form::not_needed(model, plan()?, gate)),
        _ => waive_form(model, gate),
    }
}

fn sign_form(model: &Model, gate: &GateState) -> Result<Form, String> {
    let plan = model.launch.gate(&gate.id).ok_or("this gate is not in the launch's files any more")?;
    match plan.ask() {
        Some(ask) => Ok(Form::sign(model, plan, gate, ask)),
        None if gate.group => Err(format!("{} is the sum of what is inside it", gate.id)),
        None => {
            let waive = model.keymap.said(Action::Waive);
            Err(format!(
                "{} is answered by {}, not by people; {waive} asks for a waiver",
                gate.id,
                plan.source()
            ))
        }
    }
}

fn waive_form(model: &Model, gate: &GateState) -> Result<Form, String> {
    if !model.launch.gate(&gate.id).is_some_and(|plan| plan.waivable) {
        return Err(format!("{} may not be waived", gate.id));
    }
    Ok(Form::waive(model, gate, &model.longest_exception()))
}

fn stage_form(model: &Model, action: Action, state: Option<&StageState>) -> Result<Form, String> {
    let state = state.ok_or("there is no stage to move")?;
    let id = &state.id;
    if let Some(act) = model.acts.of_stage(id) {
        return Err(format!("{} is still being recorded", act.what));
    }
    let rollout = model.launch.rollout.as_ref();
    let plan = rollout.and_then(|rollout| rollout.stages.iter().find(|stage| stage.id == *id));
    match action {
        Action::JudgeCriterion => {
            return Form::criterion(model, state).ok_or_else(|| format!("stage {id} has no criteria"));
        }
        Action::AnswerStage => {
            return Form::results(model, state).ok_or_else(|| format!("stage {id} asks for no results"));
        }
        _ => {}
    }
    Form::stage(model, state, plan).ok_or_else(|| format!("{id} is not part of this launch"))
}

fn rollback_form(model: &Model, action: Action) -> Result<Form, String> {
    if let Some(act) = model.acts.of_rollback() {
        return Err(format!("{} is still being recorded", act.what));
    }
    if action == Action::StartRollback {
        return match model.running_rollback() {
            Some(_) => Err("the rollback runs already".to_owned()),
            None => Ok(Form::start_rollback(model, model.board.rollback.as_ref())),
        };
    }
    let key = |action| model.keymap.said(action);
    let none = || format!("no rollback runs: {} starts it", key(Action::StartRollback));
    let state = model.running_rollback().ok_or_else(none)?;
    if action == Action::EndRollback {
        return Ok(Form::end_rollback(model, state));
    }
    let settled = || format!("every step is settled: {} says how it ended", key(Action::EndRollback));
    let step = state.current().ok_or_else(settled)?;
    Ok(match action {
        Action::StepDone => Form::step_done(model, state, step),
        _ => Form::skip_step(model, state, step),
    })
}

/// The link of the gate that is meant, or why there is none.
pub(super) fn link_of(model: &Model, target: &Subject) -> Result<Link, String> {
    let gate = gate_of(model, target).ok_or("choose a gate first")?;
    let link = gate.url.as_deref().and_then(Link::parse);
    link.ok_or_else(|| format!("{} has no link that can be opened", gate.id))
}

fn link(model: &mut Model, action: Action) -> Vec<Effect> {
    let link = match link_of(model, &Subject::Chosen) {
        Ok(link) => link,
        Err(why) => {
            model.tell(Notice::bad(why));
            return Vec::new();
        }
    };
    if action == Action::OpenLink {
        model.tell(Notice::plain(format!("opening {}", link.shown())));
        return vec![Effect::Ask(Request::OpenUrl(link))];
    }
    model.tell(Notice::plain(format!("copied {}", link.shown())));
    vec![Effect::Copy(link.as_str().to_owned())]
}

/// The command that is done by hand for what is meant, or why there is none.
pub(super) fn command_of(model: &Model, target: &Subject) -> Result<Str, &'static str> {
    let of_stage = || stage_of(model, target).and_then(|stage| stage.by_hand.clone());
    let of_gate = || {
        let id = gate_of(model, target).map(|gate| &gate.id)?;
        model.launch.gate(id).and_then(|gate| model.board.command(gate.by_hand.as_ref()?))
    };
    let by_hand = match (target, model.screen) {
        (Subject::Gate(_), _) => of_gate(),
        (_, Screen::Timeline) => of_stage(),
        (_, Screen::Rollback) => {
            let state = model.board.rollback.as_ref();
            // Before it runs the first step is the one to look at.
            let step = state.and_then(|it| it.current().or_else(|| it.steps.first()));
            step.and_then(|step| step.plan.by_hand.clone())
        }
        _ => of_gate(),
    };
    by_hand.ok_or("there is no command to copy")
}

/// The application is asked for the very request; nothing is sent yet.
fn send_message(model: &mut Model) -> Vec<Effect> {
    if let Some(why) = model.no_acts_because() {
        model.tell(why);
        return Vec::new();
    }
    let Some(it) = model.sends_itself() else { return Vec::new() };
    let (id, unknown) = (it.of.message.clone(), it.status == MessageStatus::Unknown);
    let looks_for = unknown.then(|| it.of.clone());
    model.offer.busy = true;
    model.tell(Notice::plain(if unknown {
        "looking whether it arrived; nothing is sent"
    } else {
        "looking at what would be sent; nothing is sent yet"
    }));
    model.offer.looks_for = looks_for;
    vec![Effect::Ask(Request::SendMessage(id))]
}

/// The words of the chosen message, as they are shown.
fn copy_message(model: &mut Model) -> Vec<Effect> {
    let Some(it) = model.chosen_message() else { return Vec::new() };
    let (id, text) = (it.of.message.clone(), gonogo_text::clean_block(&it.text).into_owned());
    model.tell(Notice::plain(format!("copied the words of {id}")));
    vec![Effect::Copy(text)]
}

fn copy_command(model: &mut Model) -> Vec<Effect> {
    let command = match command_of(model, &Subject::Chosen) {
        Ok(command) => command,
        Err(why) => {
            model.tell(Notice::bad(why));
            return Vec::new();
        }
    };
    // What is copied is what was shown: with its controls made visible it cannot act when pasted into a shell.
    let shown = gonogo_text::clean(&command).into_owned();
    model.tell(Notice::plain(format!("copied, not run: {shown}")));
    vec![Effect::Copy(shown)]
}
