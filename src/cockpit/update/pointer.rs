//! What the pointer does: what a key could do as well, on what was pointed at.

use super::gates;
use crate::{
    Action, Context, Effect, GroupId, Model, Pane, Pointed, Screen, Target,
    model::{RowAnchor, Subject, Value},
};
use gonogo_domain::{GateId, MessageRef, Now, StageId};

/// Rows that one notch of the wheel moves.
const NOTCH: usize = 3;

pub(super) fn act(model: &mut Model, pointed: Pointed, now: Now) -> Vec<Effect> {
    match pointed {
        Pointed::Wheel { pane, most, down } => wheel(model, pane, most, down, now),
        Pointed::Split(column) => split(model, column),
        Pointed::Click(target) => return click(model, target, Clicks::One, now),
        Pointed::Double(target) => return click(model, target, Clicks::Two, now),
        // A gate that is named on another screen is chosen on the board.
        Pointed::Jump(target) => {
            let elsewhere = model.screen != Screen::Board && matches!(target, Target::Gate(_));
            return click(model, target, if elsewhere { Clicks::Two } else { Clicks::One }, now);
        }
    }
    Vec::new()
}

/// How often something was clicked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clicks {
    One,
    Two,
}

fn click(model: &mut Model, target: Target, clicks: Clicks, now: Now) -> Vec<Effect> {
    match target {
        // Whoever clicks twice means it once.
        Target::Action(_) if clicks == Clicks::Two => return Vec::new(),
        Target::Action(action) => return super::perform(model, action, now),
        Target::Field(at) => focus(model, at),
        Target::Choice(at, choice) => choose(model, at, choice),
        Target::Entry(at) => return super::palette::point(model, at, clicks, now),
        // What lies over the screen has the pointer to itself.
        _ if matches!(
            model.context(),
            Context::Form | Context::Help | Context::Moment | Context::Palette | Context::Filter
        ) => {}
        Target::Gate(id) => return gate(model, &id, clicks, now),
        Target::Checklist(id) => return group(model, GroupId::Checklist(id), clicks, now),
        Target::Group(name) => return group(model, GroupId::Named(name), clicks, now),
        Target::Step(at) => return step(model, at, clicks, now),
        Target::Stage(id) => return stage(model, id, clicks, now),
        Target::Station(role) => super::meeting::look_at(model, role),
        Target::Message(of) => return message(model, of, clicks, now),
        Target::Risk(id) => {
            model.risk = Some(id);
            return if_two(model, clicks, Action::MitigateRisk, now);
        }
        Target::Item(id) => {
            model.choose_item(&id);
            return if_two(model, clicks, Action::ConfirmItem, now);
        }
        Target::FollowUp(number) if clicks == Clicks::Two => {
            ask(model, Action::SettleFollowUp, &Subject::FollowUp(number));
        }
        Target::Log if clicks == Clicks::Two => return super::perform(model, Action::LogIncident, now),
        // The list of launches has no model behind it.
        Target::FollowUp(_) | Target::Log | Target::Launch(_) => {}
        Target::Split | Target::Pane(..) => {}
    }
    Vec::new()
}

/// Chooses a gate; a second click opens it, on the board.
fn gate(model: &mut Model, id: &GateId, clicks: Clicks, now: Now) -> Vec<Effect> {
    model.search.typing = false;
    if model.gate(id).is_none() {
        return Vec::new();
    }
    if clicks == Clicks::Two && model.screen != Screen::Board {
        super::show_screen(model, Screen::Board);
    }
    model.choose_gate(id);
    open_if(model, clicks, now)
}

/// Chooses a message; a second click sends it where messages are, and elsewhere shows it there.
fn message(model: &mut Model, of: MessageRef, clicks: Clicks, now: Now) -> Vec<Effect> {
    model.told = Some(of);
    match (model.screen, clicks) {
        (_, Clicks::One) => Vec::new(),
        (Screen::Comms, Clicks::Two) => super::perform(model, Action::SendMessage, now),
        (_, Clicks::Two) => super::perform(model, Action::ShowComms, now),
    }
}

/// Opens the form of an act about what was pointed at, or says why there is none.
fn ask(model: &mut Model, action: Action, about: &Subject) {
    let form = match model.locked().filter(|_| action.speaks()) {
        Some(why) => Some(Err(why)),
        None => gates::form(model, action, about),
    };
    match form {
        Some(Ok(form)) => model.form = Some(form),
        Some(Err(why)) => model.tell(why),
        None => {}
    }
}

fn group(model: &mut Model, id: GroupId, clicks: Clicks, now: Now) -> Vec<Effect> {
    model.search.typing = false;
    let wanted = Some(RowAnchor::Group(id));
    let Some(row) = (0..model.list.rows.len()).find(|at| model.anchor_at(*at) == wanted) else {
        return Vec::new();
    };
    model.choose_row(row);
    open_if(model, clicks, now)
}

/// A second click does what Enter does.
fn open_if(model: &mut Model, clicks: Clicks, now: Now) -> Vec<Effect> {
    if_two(model, clicks, Action::Open, now)
}

fn if_two(model: &mut Model, clicks: Clicks, action: Action, now: Now) -> Vec<Effect> {
    if clicks == Clicks::Two { super::perform(model, action, now) } else { Vec::new() }
}

fn step(model: &mut Model, at: usize, clicks: Clicks, now: Now) -> Vec<Effect> {
    if model.screen == Screen::Path {
        model.scroll.path = at.min(model.board.path.steps.len().saturating_sub(1));
        return open_if(model, clicks, now);
    }
    let gate = model.board.path.steps.get(at).and_then(|step| step.gate().cloned());
    if let Some(gate) = gate {
        model.choose_gate(&gate);
    }
    Vec::new()
}

fn stage(model: &mut Model, id: StageId, clicks: Clicks, now: Now) -> Vec<Effect> {
    model.stage = Some(id);
    let there = model.screen == Screen::Timeline;
    if_two(model, clicks, if there { Action::MoveStage } else { Action::ShowTimeline }, now)
}

fn focus(model: &mut Model, at: usize) {
    if let Some(form) = model.form.as_mut().filter(|form| at < form.fields.len()) {
        form.focus = at;
    }
}

/// Picks a choice: pointing at it is as deliberate as left and right are.
fn choose(model: &mut Model, at: usize, choice: usize) {
    focus(model, at);
    let Some(form) = &mut model.form else { return };
    if let Some(Value::Pick { options, picked, made }) = form.focused().map(|field| &mut field.value)
        && choice < options.len()
    {
        (*picked, *made) = (Some(choice), true);
        form.error = None;
        form.grow();
    }
}

fn wheel(model: &mut Model, pane: Pane, most: usize, down: bool, now: Now) {
    let over =
        matches!(model.context(), Context::Form | Context::Moment | Context::Palette | Context::Filter);
    let moved = |at: usize| {
        let at = at.min(most);
        if down { (at + NOTCH).min(most) } else { at.saturating_sub(NOTCH) }
    };
    let one = if down { Action::Down } else { Action::Up };
    match pane {
        Pane::Help => model.scroll.help = moved(model.scroll.help),
        _ if over || model.help => {}
        Pane::Launches => {}
        Pane::List => model.scroll_list(down, NOTCH),
        Pane::Detail => model.scroll.detail = moved(model.scroll.detail),
        Pane::Sources => model.scroll.sources = moved(model.scroll.sources),
        // Its newest line is at the foot.
        Pane::Incident => {
            let at = model.scroll.incident;
            model.scroll.incident = if down { at.saturating_sub(NOTCH) } else { (at + NOTCH).min(most) };
        }
        Pane::People => model.scroll.people = moved(model.scroll.people),
        Pane::History => model.scroll.history = moved(model.scroll.history),
        Pane::Comms => super::navigation::act(model, Context::Comms, one, now),
        Pane::Risks => super::navigation::act(model, Context::Risks, one, now),
        Pane::Readiness => super::navigation::act(model, Context::Readiness, one, now),
        Pane::Path => super::navigation::act(model, Context::Path, one, now),
        Pane::Timeline => super::navigation::act(model, Context::Timeline, one, now),
        Pane::Order => super::navigation::act(model, Context::RollCall, one, now),
    }
}

/// Gives the list the columns up to `column`, as a share, so that it holds in another size as well.
fn split(model: &mut Model, column: u16) {
    let share = u32::from(column) * 100 / u32::from(model.size.0.max(1));
    model.split = Some(u16::try_from(share).unwrap_or(100));
    model.rebuild();
}
