//! Moving about: in the list, in panes, in a search.

use crate::{
    Action, Context, Model, Notice, Screen, layout,
    model::{ListRow, RowAnchor, SearchStep},
};
use gonogo_domain::{Now, StageStatus};

pub(super) fn act(model: &mut Model, context: Context, action: Action, now: Now) {
    match context {
        Context::Sources => model.scroll.sources = scrolled(model.scroll.sources, action, page(model)),
        Context::History => {
            model.scroll.history = scrolled(model.scroll.history.min(10_000), action, page(model));
        }
        Context::Detail => detail(model, action),
        Context::Timeline => timeline(model, action, now),
        Context::Path => path(model, action),
        Context::RollCall => super::meeting::step(model, action),
        Context::People => {
            model.scroll.people = scrolled(model.scroll.people.min(10_000), action, page(model));
        }
        Context::Readiness => {
            let last = model.readiness_items().len().saturating_sub(1);
            model.scroll.readiness = scrolled(model.scroll.readiness, action, page(model)).min(last);
        }
        Context::Rollback => {}
        Context::Comms => messages(model, action),
        Context::Risks => risks(model, action),
        Context::Incident => model.scroll.incident = looked(model.scroll.incident, action, page(model)),
        _ => list(model, action),
    }
}

pub(super) fn page(model: &Model) -> usize {
    usize::from(model.size.1.saturating_sub(4)).max(1)
}

pub(super) fn scrolled(at: usize, action: Action, page: usize) -> usize {
    match action {
        Action::Up | Action::ScrollUp => at.saturating_sub(1),
        Action::Down | Action::ScrollDown => at.saturating_add(1),
        Action::PageUp => at.saturating_sub(page),
        Action::PageDown => at.saturating_add(page),
        Action::First => 0,
        // Drawing stops at the last line there is.
        Action::Last => usize::MAX / 2,
        _ => at,
    }
}

/// How far from the newest line one looks back: up is back.
fn looked(at: usize, action: Action, page: usize) -> usize {
    match action {
        Action::Up => at.saturating_add(1).min(10_000),
        Action::Down => at.saturating_sub(1),
        Action::PageUp => at.saturating_add(page).min(10_000),
        Action::PageDown => at.saturating_sub(page),
        _ => at,
    }
}

fn detail(model: &mut Model, action: Action) {
    match action {
        Action::NextBlocker => blocker(model, SearchStep::Next),
        Action::PreviousBlocker => blocker(model, SearchStep::Previous),
        _ => model.scroll.detail = scrolled(model.scroll.detail.min(10_000), action, page(model)),
    }
}

fn timeline(model: &mut Model, action: Action, now: Now) {
    let (cols, now) = (model.size.0, model.clock(now));
    match action {
        Action::PointEarlier | Action::PointLater => {
            model.lens.step(action == Action::PointLater, now.wall, cols);
        }
        Action::Nearer | Action::Farther => model.lens.zoom(action == Action::Nearer, cols),
        Action::ToPresent => (model.lens, model.stage) = Default::default(),
        _ => stage(model, action),
    }
}

fn stage(model: &mut Model, action: Action) {
    let stages: Vec<_> =
        model.board.stages.iter().filter(|it| it.status != StageStatus::NotApplicable).collect();
    let chosen = model.chosen_stage().and_then(|it| stages.iter().position(|stage| stage.id == it.id));
    let at = scrolled(chosen.unwrap_or_default(), action, 1).min(stages.len().saturating_sub(1));
    model.stage = stages.get(at).map(|stage| stage.id.clone());
}

/// Over the messages in the order of the screen: by what they tell of.
fn messages(model: &mut Model, action: Action) {
    let mut all: Vec<_> = model.board.messages.iter().map(|it| (it.occasion, it.of.clone())).collect();
    all.sort_by_key(|(occasion, _)| *occasion);
    let chosen = model.chosen_message().map(|it| it.of.clone());
    let at = all.iter().position(|(_, of)| Some(of) == chosen.as_ref()).unwrap_or_default();
    let at = scrolled(at, action, 5).min(all.len().saturating_sub(1));
    model.told = all.into_iter().nth(at).map(|(_, of)| of);
}

/// Over the risks, the worst first.
fn risks(model: &mut Model, action: Action) {
    let all: Vec<_> = model.board.risks_worst_first().into_iter().map(|it| it.id.clone()).collect();
    let at = model.chosen_risk().and_then(|chosen| all.iter().position(|id| *id == chosen.id));
    let at = scrolled(at.unwrap_or_default(), action, 5).min(all.len().saturating_sub(1));
    model.risk = all.into_iter().nth(at);
}

fn path(model: &mut Model, action: Action) {
    let steps = &model.board.path.steps;
    if action == Action::Open {
        if let Some(gate) = steps.get(model.scroll.path).and_then(|step| step.gate().cloned()) {
            model.screen = Screen::Board;
            model.choose_gate(&gate);
        }
        return;
    }
    let at = scrolled(model.scroll.path, action, page(model));
    model.scroll.path = at.min(steps.len().saturating_sub(1));
}

fn list(model: &mut Model, action: Action) {
    let page = model.list_height().max(2) - 1;
    match action {
        Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => {
            let cursor = scrolled(model.list.cursor, action, page);
            model.choose_row(cursor);
        }
        Action::ScrollUp | Action::ScrollDown => {
            model.scroll.detail = scrolled(model.scroll.detail, action, page);
        }
        Action::Open => open(model),
        Action::Fold => fold(model, true),
        Action::Unfold => fold(model, false),
        Action::FoldAll => fold_all(model),
        Action::Filter => {
            let next = model.next_filter();
            model.set_filter(&next);
        }
        Action::FilterBy => super::filtering::open(model),
        Action::Order => {
            model.arrange(model.list.group_by, model.list.order.next());
            model.tell(Notice::plain(format!("the order: {}", model.list.order.name())));
        }
        Action::Group => {
            model.arrange(model.list.group_by.next(), model.list.order);
            model.tell(Notice::plain(format!("grouped by {}", model.list.group_by.name())));
        }
        Action::Find => {
            model.search.field.clear();
            model.search.typing = true;
            model.search.from = model.chosen().cloned();
        }
        Action::NextMatch => find(model, SearchStep::Next),
        Action::PreviousMatch => find(model, SearchStep::Previous),
        Action::NextBlocker => blocker(model, SearchStep::Next),
        Action::PreviousBlocker => blocker(model, SearchStep::Previous),
        Action::MarkSeen => {
            model.flips.seen_all();
            model.rebuild();
        }
        _ => {}
    }
}

fn open(model: &mut Model) {
    match model.chosen_row() {
        Some(ListRow::Checklist { folded, .. }) => fold(model, !folded),
        Some(ListRow::Gate { .. }) if layout::tier(model.size) != layout::Tier::Notice => {
            (model.detail, model.scroll.detail) = (true, 0);
        }
        _ => {}
    }
}

fn fold(model: &mut Model, folded: bool) {
    let id = match &model.list.anchor {
        Some(RowAnchor::Group(id)) => Some(id.clone()),
        Some(RowAnchor::Gate(gate)) => model.group_of(gate),
        None => None,
    };
    let Some(id) = id else { return };
    if folded {
        model.list.anchor = Some(RowAnchor::Group(id.clone()));
        model.list.by_hand = true;
    }
    model.list.folds.insert(id, folded);
    model.rebuild();
}

fn fold_all(model: &mut Model) {
    let any_open = model.list.rows.iter().any(|row| matches!(row, ListRow::Checklist { folded: false, .. }));
    for section in model.index.sections() {
        model.list.folds.insert(section.id.clone(), any_open);
    }
    model.rebuild();
}

fn blocker(model: &mut Model, to: SearchStep) {
    let blocks = |at: &usize| model.board.gates.get(*at).is_some_and(|it| it.counted && it.verdict.blocks());
    let open: Vec<usize> = model.listed_order().into_iter().filter(blocks).collect();
    let Some(last) = open.len().checked_sub(1) else { return };
    let at = model.chosen_place().and_then(|place| open.iter().position(|it| *it == place));
    let next = match (at, to) {
        (Some(at), SearchStep::Next) if at < last => at + 1,
        (Some(0) | None, SearchStep::Previous) => last,
        (Some(at), SearchStep::Previous) => at - 1,
        _ => 0,
    };
    let Some(id) = open.get(next).and_then(|at| model.board.gates.get(*at)).map(|gate| gate.id.clone())
    else {
        return;
    };
    model.choose_gate(&id);
}

/// A key while a search is typed. Text is handled by [`type_search`].
pub(super) fn search(model: &mut Model, action: Action) {
    let field = &mut model.search.field;
    match action {
        Action::Submit => {
            model.search.typing = false;
            model.looked_at();
            return;
        }
        Action::Cancel => {
            field.clear();
            model.search.typing = false;
        }
        _ if field.edit(action) => {}
        _ => return,
    }
    if model.search.typing {
        find(model, SearchStep::Here);
    }
}

pub(super) fn type_search(model: &mut Model, text: &str) {
    model.search.field.insert(text);
    find(model, SearchStep::Here);
}

fn find(model: &mut Model, step: SearchStep) {
    let order = model.listed_order();
    // While it is typed every letter looks from where it began.
    let from = model.search.from.clone().filter(|_| step == SearchStep::Here);
    let start = from.as_ref().and_then(|id| model.index.position(id)).or_else(|| model.chosen_place());
    let found = model.search.find(&model.board, &order, start, step);
    let found = found.and_then(|at| model.board.gates.get(at)).map(|gate| gate.id.clone());
    if let Some(id) = found.or(from) {
        model.choose_gate(&id);
    }
}
