//! Gates that are chosen together, and the asking about them.

use super::meeting::send;
use crate::{
    Action, Effect, Model, Notice, Screen, Tone,
    model::{Field, Form, ListRow, Name, Purpose, Several, Subject},
};
use gonogo_domain::{Command, GateId, GateState};
use gonogo_text::clean_block;

/// Carries `action` out if it is one of these; `None` if it is not.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Choose => choose(model),
        Action::Ask => return Some(ask(model)),
        _ => return None,
    }
    Some(Vec::new())
}

/// Adds what the cursor is on to those that were chosen, or takes it out, and goes on to the next row. A checklist stands for
/// what is open in it.
fn choose(model: &mut Model) {
    let open = |gate: &&GateState| gate.verdict.blocks() && !gate.group;
    let ids: Vec<GateId> = match model.chosen_row() {
        _ if model.screen == Screen::Readiness => model.chosen_item().map(|it| it.gate).into_iter().collect(),
        Some(ListRow::Gate { at, .. }) => {
            model.board.gates.get(at).filter(|gate| !gate.group).map(|it| it.id.clone()).into_iter().collect()
        }
        Some(ListRow::Checklist { section, .. }) => {
            let gates = model.index.sections().get(section).into_iter().flat_map(|it| &it.gates);
            let gates = gates.filter_map(|(at, _)| model.board.gates.get(*at));
            gates.filter(open).map(|gate| gate.id.clone()).collect()
        }
        None => Vec::new(),
    };
    let together = &mut model.list.together;
    if ids.iter().all(|id| together.contains(id)) {
        together.retain(|id| !ids.contains(id));
    } else {
        together.extend(ids);
    }
    let key = |action| model.keymap.said(action);
    let does = match model.screen {
        Screen::Readiness => format!("{} confirms what is yours", key(Action::ConfirmItem)),
        _ => format!("{} signs what is yours, {} asks", key(Action::Sign), key(Action::Ask)),
    };
    let back = key(Action::Back);
    let said = match model.list.together.len() {
        0 => "no gate is chosen any more".to_owned(),
        1 => format!("1 gate is chosen: {does}, {back} lets it go"),
        n => format!("{n} gates are chosen: {does}, {back} lets them go"),
    };
    model.tell(Notice::plain(said));
    if model.screen == Screen::Readiness {
        let last = model.readiness_items().len().saturating_sub(1);
        model.scroll.readiness = (model.scroll.readiness + 1).min(last);
    } else {
        model.choose_row(model.list.cursor + 1);
    }
}

/// The gates that an act for several is about: those chosen together, else the one that is meant.
fn meant(model: &Model, target: &Subject) -> Vec<GateId> {
    match target {
        Subject::Gate(id) => vec![id.clone()],
        _ if !model.list.together.is_empty() => {
            let gates = model.board.gates.iter().map(|gate| &gate.id);
            gates.filter(|id| model.list.together.contains(*id)).cloned().collect()
        }
        _ => model.chosen_gate().map(|gate| gate.id.clone()).into_iter().collect(),
    }
}

/// The form of an asking, or why nobody can be asked.
pub(super) fn form(model: &Model, target: &Subject) -> Result<Form, String> {
    let open = |id: &GateId| model.gate(id).is_some_and(|gate| gate.verdict.blocks());
    let mut gates = meant(model, target);
    if gates.is_empty() {
        return Err("choose a gate first".to_owned());
    }
    gates.retain(open);
    let mut gates = gates.into_iter();
    let first = gates.next().ok_or("nothing of it is open: there is nothing to ask")?;
    Ok(Form::ask(model, first, gates.collect()))
}

fn ask(model: &mut Model) -> Vec<Effect> {
    match (form(model, &Subject::Chosen), model.no_acts_because()) {
        (Err(why), _) => model.tell(Notice::bad(why)),
        (Ok(form), None) => model.form = Some(form),
        // The words are of use where nothing can be recorded, too.
        (Ok(form), Some(why)) => {
            let Purpose::Ask(first, more) = form.purpose else { return Vec::new() };
            model.tell(Notice::bad(format!("copied; that they were asked is not recorded: {}", why.text)));
            return vec![Effect::Copy(words(model, &first, &more, None))];
        }
    }
    Vec::new()
}

fn words(model: &Model, first: &GateId, more: &[GateId], note: Option<&str>) -> String {
    let gates: Vec<_> = std::iter::once(first).chain(more).cloned().collect();
    clean_block(&model.board.reminders(&model.launch, &gates, note)).into_owned()
}

/// Copies what to send, and asks for a record of each gate.
pub(super) fn submit(model: &mut Model, first: GateId, more: Vec<GateId>) -> Vec<Effect> {
    let Some(mut form) = model.form.take() else { return Vec::new() };
    form.error = None;
    let note = form.note_typed();
    let mut effects = vec![Effect::Copy(words(model, &first, &more, note.as_deref()))];
    for gate in std::iter::once(first).chain(more) {
        let command = Command::Ask { gate, note: note.clone() };
        effects.push(send(model, command, form.clone(), false));
    }
    model.list.together.clear();
    effects
}

/// Asks for a record of each word that the form lists, if that is still what would be recorded.
pub(super) fn submit_several(model: &mut Model, several: Several) -> Vec<Effect> {
    if model.renew_several() {
        return Vec::new();
    }
    if let Some(form) = model.form.as_mut().filter(|form| form.picked(&Name::Word).is_none()) {
        let why = "pick it with its letter: nothing is said by Enter alone; Esc records nothing";
        (form.focus, form.error) = (0, Some(why.to_owned()));
        return Vec::new();
    }
    let later = model.sorted(several).later;
    let Some(mut form) = model.form.take() else { return Vec::new() };
    form.error = None;
    let Purpose::Several(_, words) = form.purpose.clone() else { return Vec::new() };
    let note = form.note_typed();
    let each = words.iter().map(|word| word.command(several, note.clone()));
    let effects = each.map(|command| send(model, command, form.clone(), false)).collect();
    model.list.together = later.into_iter().collect();
    effects
}

/// One of several words was not recorded: its gate is chosen again, and every reason stays on the screen.
pub(super) fn came_back(model: &mut Model, gate: Option<&GateId>, said: String) {
    model.list.together.extend(gate.cloned());
    let before = model.notice.take().filter(|it| it.sticky && it.tone == Tone::Bad);
    let text = before.map_or(said.clone(), |it| format!("{}; {said}", it.text));
    model.notice = Some(Notice::bad(text).sticky());
}

impl Form {
    /// Ask whoever can act on these gates.
    pub(crate) fn ask(model: &Model, first: GateId, more: Vec<GateId>) -> Self {
        let all = std::iter::once(&first).chain(&more).filter_map(|id| model.gate(id));
        let intro = all.map(|gate| {
            let of: Vec<_> = gonogo_domain::whom_to_ask(gate).iter().map(ToString::to_string).collect();
            let before = model.board.asked(&gate.id).map(|it| it.describe(&model.launch.schedule));
            let before = before.map(|it| format!(", asked {it}")).unwrap_or_default();
            format!("{}: {}{before}", gate.id, of.join(", "))
        });
        let intro = intro.collect();
        let hint = "what else to say; Enter copies it for you to send, and records that they were asked";
        let fields = vec![Field::optional(Name::Note, "note", hint)];
        let title = match more.len() {
            0 => format!("Ask about {first}"),
            n => format!("Ask about {} gates", n + 1),
        };
        Self::new(Purpose::Ask(first, more), title, intro, fields)
    }
}
