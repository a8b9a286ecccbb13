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
        Pointed::Click(target) => return click(model, target, false, now),
        Pointed::Double(target) => return click(model, target, true, now),
    }
    Vec::new()
}

fn click(model: &mut Model, target: Target, double: bool, now: Now) -> Vec<Effect> {
    match target {
        // Whoever clicks twice means it once.
        Target::Action(_) if double => return Vec::new(),
        Target::Action(action) => return super::perform(model, action, now),
        Target::Field(at) => focus(model, at),
        Target::Choice(at, choice) => choose(model, at, choice),
        Target::Entry(at) => return super::palette::point(model, at, double, now),
        // What lies over the screen has the pointer to itself.
        _ if matches!(
            model.context(),
            Context::Form | Context::Help | Context::Moment | Context::Palette | Context::Filter
        ) => {}
        Target::Gate(id) => return gate(model, &id, double, now),
        Target::Checklist(id) => return group(model, GroupId::Checklist(id), double, now),
        Target::Group(name) => return group(model, GroupId::Named(name), double, now),
        Target::Step(at) => return step(model, at, double, now),
        Target::Stage(id) => return stage(model, id, double, now),
        Target::Station(role) => super::meeting::look_at(model, role),
        Target::Message(of) => return message(model, of, double, now),
        Target::Risk(id) => {
            model.risk = Some(id);
            return if double { super::perform(model, Action::MitigateRisk, now) } else { Vec::new() };
        }
        Target::Item(id) => {
            model.choose_item(&id);
            return if double { super::perform(model, Action::ConfirmItem, now) } else { Vec::new() };
        }
        Target::FollowUp(number) if double => {
            ask(model, Action::SettleFollowUp, &Subject::FollowUp(number));
        }
        Target::Log if double => return super::perform(model, Action::LogIncident, now),
        // The list of launches has no model behind it.
        Target::FollowUp(_) | Target::Log | Target::Launch(_) => {}
        Target::Split | Target::Pane(..) => {}
    }
    Vec::new()
}

/// Chooses a gate; a second click opens it, on the board.
fn gate(model: &mut Model, id: &GateId, double: bool, now: Now) -> Vec<Effect> {
    model.search.typing = false;
    if model.gate(id).is_none() {
        return Vec::new();
    }
    if double && model.screen != Screen::Board {
        super::show_screen(model, Screen::Board);
    }
    model.choose_gate(id);
    open_if(model, double, now)
}

/// Chooses a message; a second click sends it where messages are, and elsewhere shows it there.
fn message(model: &mut Model, of: MessageRef, double: bool, now: Now) -> Vec<Effect> {
    model.told = Some(of);
    match (model.screen, double) {
        (_, false) => Vec::new(),
        (Screen::Comms, true) => super::perform(model, Action::SendMessage, now),
        (_, true) => super::perform(model, Action::ShowComms, now),
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

fn group(model: &mut Model, id: GroupId, double: bool, now: Now) -> Vec<Effect> {
    model.search.typing = false;
    let wanted = Some(RowAnchor::Group(id));
    let Some(row) = (0..model.list.rows.len()).find(|at| model.anchor_at(*at) == wanted) else {
        return Vec::new();
    };
    model.choose_row(row);
    open_if(model, double, now)
}

/// A second click does what Enter does.
fn open_if(model: &mut Model, double: bool, now: Now) -> Vec<Effect> {
    if double { super::perform(model, Action::Open, now) } else { Vec::new() }
}

fn step(model: &mut Model, at: usize, double: bool, now: Now) -> Vec<Effect> {
    if model.screen == Screen::Path {
        model.scroll.path = at.min(model.board.path.steps.len().saturating_sub(1));
        return open_if(model, double, now);
    }
    let gate = model.board.path.steps.get(at).and_then(|step| step.gate().cloned());
    if let Some(gate) = gate {
        model.choose_gate(&gate);
    }
    Vec::new()
}

fn stage(model: &mut Model, id: StageId, double: bool, now: Now) -> Vec<Effect> {
    model.stage = Some(id);
    match (model.screen, double) {
        (Screen::Timeline, true) => super::perform(model, Action::MoveStage, now),
        (Screen::Timeline, false) => Vec::new(),
        (_, true) => super::perform(model, Action::ShowTimeline, now),
        (_, false) => Vec::new(),
    }
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
