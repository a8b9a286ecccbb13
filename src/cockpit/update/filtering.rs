//! Keys while a filter is typed. What is typed is listed at once; Enter keeps it, Esc takes it back.

use super::always;
use crate::{
    Action, Effect, Model,
    model::{Filtering, TextField},
};

pub(super) fn open(model: &mut Model) {
    let before = model.list.criteria.text().to_owned();
    // Whoever goes on typing writes another term.
    let field = if before.is_empty() { TextField::default() } else { TextField::new(format!("{before} ")) };
    model.filtering = Some(Filtering { field, before, at: 0 });
}

pub(super) fn key(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Redraw | Action::Suspend => return always(action),
        Action::Cancel => {
            if let Some(filtering) = model.filtering.take() {
                model.set_filter(&filtering.before);
            }
        }
        // What has a fault is shown with it, and kept by nobody.
        Action::Submit if model.list.criteria.faults().is_empty() => {
            model.filtering = None;
            model.looked_at();
        }
        Action::Up | Action::Down => {
            let last = model.completions().len().saturating_sub(1);
            if let Some(filtering) = &mut model.filtering {
                let at = filtering.at;
                filtering.at = if action == Action::Down { (at + 1).min(last) } else { at.saturating_sub(1) };
            }
        }
        Action::Complete => complete(model),
        _ => {
            if model.filtering.as_mut().is_some_and(|filtering| filtering.field.edit(action)) {
                take(model);
            }
        }
    }
    Vec::new()
}

/// Types or pastes.
pub(super) fn type_text(model: &mut Model, text: &str) {
    if let Some(filtering) = &mut model.filtering {
        filtering.field.insert(text);
        take(model);
    }
}

/// The chosen candidate in the place of the term before the cursor.
fn complete(model: &mut Model) {
    let all = model.completions();
    let Some(filtering) = &mut model.filtering else { return };
    let Some(found) = all.get(filtering.at.min(all.len().saturating_sub(1))) else { return };
    let typed = filtering.term().chars().count();
    (0..typed).for_each(|_| filtering.field.delete_back());
    // What still asks for a value goes on.
    let end = if found.name.ends_with([':', '>', '<']) { "" } else { " " };
    filtering.field.insert(&format!("{}{end}", found.name));
    take(model);
}

fn take(model: &mut Model) {
    let Some(filtering) = &mut model.filtering else { return };
    filtering.at = 0;
    let text = filtering.field.text().to_owned();
    model.set_filter(&text);
}
