//! Keys while a form is open.

use crate::{
    Action, Effect, Model, Notice, Request,
    model::{Field, Form, Purpose, TextField, Value, compose},
};
use gonogo_domain::Now;

pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    match action {
        Action::Redraw | Action::Suspend => return super::always(action),
        Action::Help => super::help::open(model),
        Action::Cancel => return cancel(model),
        Action::Submit => return submit(model, now),
        Action::CursorRight if model.ghost().is_some() => {
            let ghost = model.ghost().unwrap_or_default();
            if let Some(form) = &mut model.form {
                form.error = None;
                form.focused().and_then(Field::text_field).into_iter().for_each(|text| text.insert(&ghost));
                form.grow();
            }
        }
        _ => {
            if let Some(form) = &mut model.form {
                form.error = None;
                edit(form, action);
            }
        }
    }
    Vec::new()
}

/// Types into the field that has the focus, or picks by letter.
pub(super) fn type_char(model: &mut Model, typed: char) {
    let Some(form) = &mut model.form else { return };
    form.error = None;
    let Some(field) = form.focused() else { return };
    match &mut field.value {
        Value::Text(field) | Value::Typed { text: field, .. } => field.insert(typed.encode_utf8(&mut [0; 4])),
        Value::Pick { options, picked: Some(at), made: true } => {
            // A slip of the hand, or a reason that was typed too early, never turns one choice into another.
            let chosen = options.get(*at).map_or("", |it| it.label.as_str());
            let why = format!("{chosen} is chosen: left and right change it, Tab goes on to the next field");
            form.error = Some(why);
            return;
        }
        Value::Pick { options, picked, made } => {
            let found = options.iter().position(|choice| choice.key == typed);
            if found.is_none() {
                form.error = Some(format!("no choice has the letter {typed}; Tab goes on to the next field"));
                return;
            }
            *made |= found.is_some();
            *picked = found.or(*picked);
        }
    }
    form.grow();
}

/// Pastes into a text field. Choices and words of confirmation have to be typed.
pub(super) fn paste(model: &mut Model, text: &str) {
    let Some(form) = &mut model.form else { return };
    match form.focused().map(|field| &mut field.value) {
        Some(Value::Text(field)) => {
            field.insert(text);
            form.grow();
        }
        Some(Value::Typed { .. }) => form.error = Some("these words have to be typed".to_owned()),
        _ => {}
    }
}

fn edit(form: &mut Form, action: Action) {
    match action {
        Action::NextField => form.next_field(),
        Action::PreviousField => form.previous_field(),
        Action::BreakLine => {
            form.focused().and_then(Field::text_field).into_iter().for_each(TextField::break_line);
        }
        _ => {
            if let Some(field) = form.focused() {
                edit_field(field, action);
            }
        }
    }
}

fn edit_field(field: &mut Field, action: Action) {
    if let Value::Pick { options, picked, made } = &mut field.value {
        let last = options.len().saturating_sub(1);
        *picked = match (action, *picked) {
            (Action::CursorRight, Some(at)) => Some(if at >= last { 0 } else { at + 1 }),
            (Action::CursorLeft, Some(at)) => Some(at.checked_sub(1).unwrap_or(last)),
            (Action::CursorRight, None) => Some(0),
            (Action::CursorLeft, None) => Some(last),
            (_, picked) => picked,
        };
        *made |= matches!(action, Action::CursorRight | Action::CursorLeft);
        return;
    }
    if let Some(text) = field.text_field() {
        text.edit(action);
    }
}

/// Sends the form if it is complete; else goes to the first field that is not.
fn submit(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(form) = &model.form else { return Vec::new() };
    let purpose = form.purpose.clone();
    if matches!(purpose, Purpose::Offer | Purpose::Request) {
        return write(model);
    }
    let drafted = model.only_drafts_because();
    let kept = matches!(purpose, Purpose::Vote(_)) && drafted.is_some() && model.me.is_some();
    let local = kept || matches!(purpose, Purpose::DropDraft(_));
    if let Some(why) = model.no_acts_because().filter(|_| !local) {
        // The form covers the line where notices stand.
        if let Some(form) = &mut model.form {
            form.error = Some(why.text.clone());
        }
        model.tell(why.sticky());
        return Vec::new();
    }
    let Some(form) = &mut model.form else { return Vec::new() };
    if std::mem::take(&mut form.changed) {
        return Vec::new();
    }
    if let Purpose::Several(several, _) = purpose {
        return super::together::submit_several(model, several);
    }
    if let Purpose::Ask(first, more) = purpose {
        return super::together::submit(model, first, more);
    }
    let command = match (compose(form, &model.launch, now.wall), purpose) {
        (Err((_, _)), Purpose::DropDraft(station)) if form.is_typed() => {
            model.form = None;
            super::meeting::dropped(model, &station);
            return Vec::new();
        }
        (Err((at, why)), _) => {
            (form.focus, form.error) = (at, Some(why));
            return Vec::new();
        }
        (Ok(command), _) => command,
    };
    let Some(mut form) = model.form.take() else { return Vec::new() };
    form.error = None;
    match drafted.filter(|_| kept) {
        Some(why) => {
            super::meeting::keep(model, command, form, why);
            Vec::new()
        }
        None => vec![super::meeting::send(model, command, form, false)],
    }
}

/// Closes the form. A request that waited for its answer is told that none will come.
fn cancel(model: &mut Model) -> Vec<Effect> {
    let form = model.form.take();
    let waited = form.is_some_and(|form| form.purpose == Purpose::Request);
    if waited { vec![Effect::Ask(Request::WriteSaid(false))] } else { Vec::new() }
}

/// What is wanted of the server, or the word that sends the request.
fn write(model: &mut Model) -> Vec<Effect> {
    let Some(form) = &mut model.form else { return Vec::new() };
    let request = match (&form.purpose, form.wish()) {
        (Purpose::Offer, Some(wish)) => Request::Write(wish),
        (Purpose::Offer, None) => {
            form.error = Some("pick what the server is told, or Esc".to_owned());
            return Vec::new();
        }
        _ if form.is_typed() => Request::WriteSaid(true),
        _ => {
            form.error = form.fields.first().map(|it| it.hint.clone());
            return Vec::new();
        }
    };
    model.form = None;
    model.offer.busy = true;
    let said = match request {
        Request::Write(_) => "looking at what would be sent; nothing is sent yet",
        _ => "recording it, then sending it, once",
    };
    model.tell(Notice::plain(said));
    vec![Effect::Ask(request)]
}
