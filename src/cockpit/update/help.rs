//! Keys while the help is open: what is typed leaves only what is about it.

use super::{always, navigation};
use crate::{Action, Effect, Model};

pub(super) fn open(model: &mut Model) {
    (model.help, model.scroll.help) = (true, 0);
    model.help_field.clear();
}

pub(super) fn key(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Cancel => model.help = false,
        Action::Redraw | Action::Suspend => return always(action),
        _ if model.help_field.edit(action) => model.scroll.help = 0,
        _ => model.scroll.help = navigation::scrolled(model.scroll.help, action, navigation::page(model)),
    }
    Vec::new()
}

/// The key that opened it closes it, unless something is looked for.
pub(super) fn type_char(model: &mut Model, typed: char) {
    if typed == '?' && model.help_field.text().is_empty() {
        model.help = false;
    } else {
        type_text(model, typed.encode_utf8(&mut [0; 4]));
    }
}

pub(super) fn type_text(model: &mut Model, text: &str) {
    model.help_field.insert(text);
    model.scroll.help = 0;
}
