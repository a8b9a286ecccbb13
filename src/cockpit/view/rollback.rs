//! The rollback, made for a shared screen: one step large, with who does it and its clock; all of them below.

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::piece,
    frame, letters,
    roll_call::{Line, labelled, lines},
    strip::length_in_minutes,
    timeline::clause,
    when::moment_zoned,
};
use crate::{Action, Model};
use gonogo_domain::{Now, Party, RollbackPhase, RollbackState, StageState, StepState, StepStatus, Voice};
use gonogo_text::length;
use gonogo_theme::Role;

/// From so many rows above the steps on there is room for what the stage is watched by.
const TALL: u16 = 20;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::inset(frame::draw(model, now, canvas));
    draw(model, now, &mut canvas.part(body));
}

fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let Some(state) = &model.board.rollback else {
        let key = model.keymap.said(Action::StartRollback);
        let text = format!(
            "This launch plans no rollback. Add `rollback` with its owner and steps to launch.yaml; {key} starts one all the same."
        );
        let all = labelled("", &text, Role::Text, 3, canvas);
        return lines(0, &all, canvas);
    };
    let steps = u16::try_from(state.steps.len()).unwrap_or(u16::MAX);
    let least = canvas.height() / 2;
    let rows = steps.saturating_add(1).min(canvas.height().saturating_sub(least));
    let width = canvas.width();
    let above = canvas.height() - rows;
    let watched = watched(model).filter(|_| above >= TALL);
    let shown = watched.map_or(0, |stage| stage.guardrails.len().saturating_add(2));
    let shown = u16::try_from(shown).unwrap_or(u16::MAX).min(above / 3);
    let large = Rect { x: 0, y: 0, width, height: above - shown };
    let mut y = large_pane(model, now, state, &mut canvas.part(large));
    if let Some(stage) = watched {
        // One row more is left free below.
        let mut part = canvas.part(Rect { x: 0, y, width, height: shown.saturating_sub(1) });
        part.line(0, 0, &[piece(format!("{} is watched by", model.audience(&stage.id)), Role::Dim)]);
        clause::guardrails(model, now, stage, 1, &mut part);
        y += shown;
    }
    list(model, now, state, &mut canvas.part(Rect { x: 0, y, width, height: canvas.height() - y }));
}

/// The stage whose guardrails tell whether it gets better: the last one that is measured.
fn watched(model: &Model) -> Option<&StageState> {
    model.board.stages.iter().rev().find(|stage| !stage.guardrails.is_empty())
}

/// What matters now: the question, the step, or how it ended. The row behind it, and behind a free one, is the answer.
fn large_pane(model: &Model, now: Now, state: &RollbackState, canvas: &mut Canvas<'_>) -> u16 {
    let scale = if canvas.height() >= 18 { 2 } else { 1 };
    if let Some(step) = state.current() {
        let rows = letters::draw(&step.plan.title, scale, Role::Title, canvas);
        return told(rows + 1, &of_step(model, now, state, step, canvas), canvas);
    }
    let role = match state.phase {
        RollbackPhase::Called | RollbackPhase::RolledBack | RollbackPhase::Partly => Role::NoGo,
        RollbackPhase::Running | RollbackPhase::ForwardFix => Role::Hold,
        RollbackPhase::Planned => Role::Title,
    };
    let word = phase_word(state);
    let rows = letters::draw(word, scale, role, canvas);
    told(rows + 1, &of_all(model, now, state, canvas), canvas)
}

/// Where it is, as a headline.
pub(crate) fn phase_word(state: &RollbackState) -> &'static str {
    match state.phase {
        RollbackPhase::Called => "ROLL BACK?",
        RollbackPhase::Running if state.current().is_some() => "it runs",
        RollbackPhase::Running => "all steps are settled",
        RollbackPhase::RolledBack => "ROLLED BACK",
        RollbackPhase::Partly => "PARTLY ROLLED BACK",
        RollbackPhase::ForwardFix => "FORWARD FIX",
        RollbackPhase::Planned => "rollback: planned",
    }
}

fn told(from: u16, all: &[Line], canvas: &mut Canvas<'_>) -> u16 {
    lines(from, all, canvas);
    let rows = u16::try_from(all.len()).unwrap_or(u16::MAX);
    from.saturating_add(rows).saturating_add(1).min(canvas.height())
}

/// Who does the step, since when, until when, and how.
fn of_step(
    model: &Model,
    now: Now,
    state: &RollbackState,
    step: &StepState,
    canvas: &Canvas<'_>,
) -> Vec<Line> {
    let at = |moment: DateTime<Utc>| moment_zoned(moment, now.wall, model.launch.schedule.zone);
    let place = state.steps.iter().position(|it| it.plan.id == step.plan.id).map_or(0, |at| at + 1);
    let who = step.plan.owner.as_ref().map_or("nobody", Party::as_str);
    let mut all = vec![vec![
        piece(format!("step {place} of {}: {}", state.steps.len(), step.plan.id), Role::Dim),
        piece("  who: ", Role::Dim),
        piece(who.to_owned(), Role::Title),
    ]];
    if let Some(act) = model.acts.of_rollback() {
        all.push(vec![piece(format!("{}: recording, not yet acknowledged", act.what), Role::Hold)]);
    }
    if let Some(since) = step.since {
        let mut line = vec![piece(format!("since {}, {}", at(since), gone(since, now)), Role::Text)];
        match step.due {
            Some(due) if due <= now.wall => {
                line.push(piece(format!("  OVERDUE since {}, {}", at(due), gone(due, now)), Role::Error));
            }
            Some(due) => {
                line.push(piece(format!("  {} left, until {}", left(due, now), at(due)), Role::Hold));
            }
            None => {}
        }
        all.push(line);
    }
    if let Some(command) = &step.plan.by_hand {
        all.extend(labelled("by hand:", command, Role::Accent, 3, canvas));
    }
    if let Some(notes) = &step.plan.notes {
        all.extend(labelled("notes:", notes, Role::Text, 3, canvas));
    }
    all
}

/// What calls for it, how it ended, who may start it.
fn of_all(model: &Model, now: Now, state: &RollbackState, canvas: &Canvas<'_>) -> Vec<Line> {
    let at = |moment: DateTime<Utc>| moment_zoned(moment, now.wall, model.launch.schedule.zone);
    let by = |voice: &Voice| format!("by {} at {}", voice.spoken().named(), at(voice.at));
    let mut all = Vec::new();
    if let Some(act) = model.acts.of_rollback() {
        all.push(vec![piece(format!("{}: recording, not yet acknowledged", act.what), Role::Hold)]);
    }
    if let Some(call) = &state.called {
        let text =
            format!("guardrail/{} of stage/{}, breached {}", call.guardrail, call.stage, at(call.since));
        all.extend(labelled("called for by", &text, Role::Text, 2, canvas));
        all.extend(countdown(model, now).map(|(text, role)| vec![piece(text, role)]));
    }
    if let Some(run) = &state.run {
        if let (Some(ended), Some(result)) = (&run.ended, run.result) {
            let outcome = run.outcome.as_deref().unwrap_or_default();
            let label = format!("{} {}:", result.word(), by(ended));
            all.extend(labelled(&label, outcome, Role::Text, 3, canvas));
            let next = "only a new final call makes GO again";
            all.push(vec![piece(next.to_owned(), Role::Dim)]);
        }
        let label = format!("started {}:", by(&run.started));
        all.extend(labelled(&label, &run.reason, Role::Text, 3, canvas));
    }
    if let Some(notes) = &state.notes {
        all.extend(labelled("notes:", notes, Role::Text, 3, canvas));
    }
    let who: Vec<_> = state.who.iter().map(Party::as_str).collect();
    all.extend(labelled("who may start and end it:", &who.join(", "), Role::Text, 2, canvas));
    all
}

/// How long people may still take to answer a breach that calls for the rollback.
pub(super) fn countdown(model: &Model, now: Now) -> Option<(String, Role)> {
    let call = model.board.rollback.as_ref()?.called.as_ref()?;
    let by = call.decide_by?;
    let at = moment_zoned(by, now.wall, model.launch.schedule.zone);
    Some(if by <= now.wall {
        (format!("OVERDUE: to be decided by {at}, {}", gone(by, now)), Role::Error)
    } else {
        (format!("{} left to decide, until {at}", left(by, now)), Role::Hold)
    })
}

/// The same without a colour.
pub(crate) fn time_to_decide(model: &Model, now: Now) -> Option<String> {
    countdown(model, now).map(|(text, _)| text)
}

/// The rollback in one line, in place of the rollout, while it is what matters.
pub(super) fn line(model: &Model, now: Now) -> Option<(String, Role)> {
    let state = model.board.rollback.as_ref()?;
    let key = model.keymap.said(Action::ShowRollback);
    match state.phase {
        RollbackPhase::Called => {
            let call = state.called.as_ref()?;
            let left = countdown(model, now).map(|(text, _)| format!(": {text}")).unwrap_or_default();
            Some((format!("ROLL BACK? {} of {}{left}  ({key})", call.guardrail, call.stage), Role::Error))
        }
        RollbackPhase::Running => {
            let settled = state.steps.iter().filter(|step| step.voice.is_some()).count();
            let of = format!("{settled} of {} steps settled", state.steps.len());
            let step = state.current().map(|step| format!("; now {}: {}", step.plan.id, step.plan.title));
            Some((format!("ROLLBACK RUNS, {of}{}  ({key})", step.unwrap_or_default()), Role::Error))
        }
        _ => None,
    }
}

fn list(model: &Model, now: Now, state: &RollbackState, canvas: &mut Canvas<'_>) {
    canvas.line_across(0, 0, canvas.width());
    let zone = model.launch.schedule.zone;
    let room = usize::from(canvas.height().saturating_sub(1));
    let now_at = state.steps.iter().position(|it| it.status == StepStatus::Now).unwrap_or_default();
    // The step whose turn it is stays in sight.
    let first = (now_at + 2).min(state.steps.len()).saturating_sub(room);
    for (y, step) in (1..canvas.height()).zip(state.steps.iter().skip(first)) {
        let role = match step.status {
            StepStatus::Now => Role::Title,
            StepStatus::Done => Role::Go,
            StepStatus::Skipped => Role::Waived,
            StepStatus::Open => Role::Dim,
        };
        let mut text = format!("{:<8} {}  {}", step.status.word(), step.plan.id, step.plan.title);
        match &step.voice {
            Some(voice) => {
                let at = moment_zoned(voice.at, now.wall, zone);
                let note = step.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
                text.push_str(&format!("  {} {at}{note}", voice.spoken().named()));
            }
            None => {
                text.extend(step.plan.owner.as_ref().map(|owner| format!("  {owner}")));
                text.extend(step.plan.within.map(|within| format!(", within {}", length(within))));
            }
        }
        canvas.put(0, y, u16::MAX, &text, role);
    }
}

fn gone(since: DateTime<Utc>, now: Now) -> String {
    match (now.wall - since).to_std().unwrap_or_default() {
        gone if gone.as_secs() < 60 => "just now".to_owned(),
        gone => format!("{} ago", length_in_minutes(gone)),
    }
}

/// Rounded up to minutes, so that "left" is never too little.
fn left(until: DateTime<Utc>, now: Now) -> String {
    let left = (until - now.wall).to_std().unwrap_or_default();
    length(std::time::Duration::from_secs(left.as_secs().div_ceil(60).max(1) * 60))
}
