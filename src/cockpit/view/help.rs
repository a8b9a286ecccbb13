//! The help, straight from the table of bindings: what matters on this screen first, and what is typed leaves only what is
//! about it. Above them stands what the screen is for, and what the chosen gate asks for.

use ratatui::layout::{Position, Rect};

use super::{
    Canvas, advice,
    canvas::{Piece, piece},
    footer, header,
    look::verdict_role,
    wrap::wrap,
};
use crate::{
    Binding, Context, Key, Model, Pane, Target,
    model::{Finds, Form, Fuzzy, Subject, Value},
};
use gonogo_domain::Verdict;
use gonogo_text as text;
use gonogo_theme::Role;

/// The groups in their usual order.
const GROUPS: [Context; 24] = [
    Context::List,
    Context::Gate,
    Context::Detail,
    Context::Screens,
    Context::Timeline,
    Context::Path,
    Context::Sources,
    Context::RollCall,
    Context::Rollback,
    Context::Incident,
    Context::Comms,
    Context::Readiness,
    Context::People,
    Context::Risks,
    Context::History,
    Context::Playback,
    Context::Past,
    Context::Moment,
    Context::Form,
    Context::Palette,
    Context::Search,
    Context::Filter,
    Context::Help,
    Context::Always,
];

/// Columns that one column of the help needs.
const COLUMN: u16 = 38;
const KEYS: usize = 11;

/// One line of the help.
enum HelpLine {
    Blank,
    Title(&'static str),
    Verdict(Verdict),
    Key {
        keys: String,
        help: &'static str,
        key_marks: Vec<u32>,
        marks: Vec<u32>,
        /// It would do nothing now.
        idle: bool,
    },
}

/// Draws it; where the text cursor stands is the answer.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>) -> Option<Position> {
    let (width, height) = (canvas.width(), canvas.height());
    canvas.clear();
    // The word stays in sight.
    header::word_line(model, canvas);
    let lines = lines(model);
    let columns = (width / COLUMN).clamp(1, 4);
    let rows = lines.len().div_ceil(usize::from(columns));
    let about = about(model, width, height);
    for (y, line) in (2..).zip(&about) {
        canvas.line(1, y, line);
    }
    let top = 2 + u16::try_from(about.len()).unwrap_or_default() + u16::from(!about.is_empty());
    let shown = usize::from(height.saturating_sub(top + 1));
    let first = model.scroll.help.min(rows.saturating_sub(shown));
    canvas.hot_whole(Target::Pane(Pane::Help, rows.saturating_sub(shown)));
    for column in 0..columns {
        let x = column * (width / columns);
        let mine = lines.iter().skip(usize::from(column) * rows).take(rows).skip(first).take(shown);
        let mut part = canvas.part(Rect { x, y: top, width: width / columns, height });
        for (y, line) in (0..).zip(mine) {
            draw_line(line, y, &mut part);
        }
    }
    let mut foot = canvas.part(Rect { x: 0, y: height.saturating_sub(1), width, height: 1 });
    let start = footer::only_keys(model, 0, &mut foot);
    let typed = text::clean(model.help_field.text()).into_owned();
    let x = foot.put(1, 0, 6, "find ", Role::KeyHint);
    let end = foot.put(x, 0, start.saturating_sub(x + 1), &typed, Role::Text);
    let said = match (typed.is_empty(), lines.is_empty()) {
        (true, _) if first + shown < rows => "type to find; down: more",
        (true, _) => "type to find",
        (false, true) => "no key is about it",
        (false, false) => "",
    };
    foot.put(end + 1, 0, start.saturating_sub(end + 2), said, Role::Dim);
    Some(Position { x: end.min(width.saturating_sub(1)), y: height.checked_sub(1)? })
}

fn draw_line(line: &HelpLine, y: u16, part: &mut Canvas<'_>) {
    match line {
        HelpLine::Blank => {}
        HelpLine::Title(title) => {
            part.put(1, y, u16::MAX, title, Role::Title);
        }
        HelpLine::Verdict(verdict) => {
            let shape = format!("{} {:<8} ", part.look.shape(*verdict), verdict.word());
            part.line(1, y, &[piece(shape, verdict_role(*verdict)), piece(meaning(*verdict), Role::Dim)]);
        }
        HelpLine::Key { keys, help, key_marks, marks, idle } => {
            let (key, about) = if *idle { (Role::Dim, Role::Dim) } else { (Role::KeyHint, Role::Text) };
            let cols = u16::try_from(KEYS).unwrap_or_default();
            part.put_marked((1, y, cols), keys, key_marks, (key, Role::SearchMatch));
            part.put_marked((1 + cols, y, u16::MAX), help, marks, (about, Role::SearchMatch));
        }
    }
}

/// Fewer rows than these are left to the keys.
const LEAST: u16 = 16;

/// What the screen is for, and what is to be done about the chosen gate; nothing while something is looked for.
fn about(model: &Model, width: u16, height: u16) -> Vec<Vec<Piece<'static>>> {
    if height < LEAST || !model.help_field.text().is_empty() {
        return Vec::new();
    }
    let cols = width.saturating_sub(2);
    if let Some(form) = &model.form {
        return about_field(form, cols);
    }
    let context = model.context_below();
    let mut lines: Vec<Vec<Piece<'_>>> =
        wrap(purpose(context), cols, 2).into_iter().map(|line| vec![piece(line, Role::Text)]).collect();
    if let Some(gate) = model.chosen_gate().filter(|_| matches!(context, Context::List | Context::Detail)) {
        let keys = advice::keys(model, gate).unwrap_or_else(|| "nothing to do".to_owned());
        lines.push(vec![
            piece("chosen: ", Role::Dim),
            piece(format!("{} {}", gate.verdict.word(), gate.id), verdict_role(gate.verdict)),
            piece(format!("  {keys}"), Role::KeyHint),
        ]);
    }
    lines
}

/// What the field of a form asks for, and what it takes: all of the line that a narrow screen cuts.
fn about_field(form: &Form, cols: u16) -> Vec<Vec<Piece<'static>>> {
    let mut lines = vec![vec![piece(form.title.clone(), Role::Title)]];
    let Some(field) = form.fields.get(form.focus) else { return lines };
    let mut add = |text: &str, role| {
        lines.extend(wrap(text, cols, 3).into_iter().map(|line| vec![piece(line, role)]));
    };
    let needed = if field.required { "needed" } else { "may be left empty" };
    add(&format!("{}, {needed}: {}", field.label, field.hint), Role::Text);
    if let Value::Pick { options, .. } = &field.value {
        let all: Vec<_> = options.iter().map(|it| format!("{} {}", it.key, it.label)).collect();
        add(&all.join("   "), Role::KeyHint);
    }
    lines
}

/// What a screen is for.
fn purpose(of: Context) -> &'static str {
    match of {
        Context::Detail => {
            "One gate in full: why it is what it is, what to do, on what evidence, what changed."
        }
        Context::Timeline => {
            "The rollout on a line of time: each stage, what it waits for, and who may move it."
        }
        Context::Path => "Everything that stands between now and GO, in order, with who does it.",
        Context::Sources => "How each source answered last, what went wrong, and when it is asked again.",
        Context::RollCall => {
            "The go/no-go poll: each station answers for itself, then the final call is made."
        }
        Context::Rollback => {
            "The way back, one step at a time, and who answers the question whether to take it."
        }
        Context::Incident => "What is wrong, since when, who leads it, and when people are told next.",
        Context::Comms => "Every message of the launch: when it is due, who writes, approves and sends it.",
        Context::History => "How launches went, what was learned, and what follows from it.",
        Context::Readiness => {
            "Each item with the word of whoever is asked for it, and how ready it was day by day."
        }
        Context::People => "Who is on call, who answers for what, and what each of them has to do.",
        Context::Risks => "What can go wrong with the launch as a whole, and what is done about it.",
        _ => "The word for the launch, and every gate behind it; what is open stands first.",
    }
}

/// What works on this screen comes first, then what the shapes mean, then the rest.
fn lines(model: &Model) -> Vec<HelpLine> {
    let query = model.help_field.text().trim();
    let here = if model.form.is_some() { Context::Form } else { model.context_below() }.chain();
    let is_here =
        |group: &Context| here.contains(group) && (*group != Context::Playback || model.playback.is_some());
    let near = here.iter().copied().filter(is_here);
    let far = GROUPS.into_iter().filter(|group| !is_here(group));
    let mut lines = Vec::new();
    let finds = |finds: Finds, query: &str| {
        let mut lines = Vec::new();
        for group in near.clone() {
            add_group(model, group, true, &mut Fuzzy::new(query, finds), &mut lines);
        }
        if query.is_empty() {
            lines.push(HelpLine::Blank);
            lines.push(HelpLine::Title("Verdicts"));
            lines.extend(Verdict::ALL.into_iter().map(HelpLine::Verdict));
        }
        for group in far.clone() {
            add_group(model, group, false, &mut Fuzzy::new(query, finds), &mut lines);
        }
        lines
    };
    lines.extend(finds(Finds::Words, query));
    if lines.is_empty() {
        lines.extend(finds(Finds::Letters, query));
    }
    if matches!(lines.first(), Some(HelpLine::Blank)) {
        lines.remove(0);
    }
    lines
}

fn add_group(model: &Model, group: Context, near: bool, wanted: &mut Fuzzy, lines: &mut Vec<HelpLine>) {
    let matters = if near { model.matters() } else { Vec::new() };
    let own = |(it, _): &(&'static Binding, &[Key])| it.contexts.first() == Some(&group);
    let mut mine: Vec<_> = model.keymap.bindings().filter(own).collect();
    // What is of use now stands before what is not; both keep the order of the table.
    mine.sort_by_key(|(it, _)| matters.iter().position(|action| *action == it.action).unwrap_or(usize::MAX));
    let named = wanted.score(group.title()).is_some();
    let found: Vec<HelpLine> =
        mine.iter().filter_map(|(it, keys)| line(model, near, it, keys, named, wanted)).collect();
    if !found.is_empty() {
        lines.push(HelpLine::Blank);
        lines.push(HelpLine::Title(group.title()));
        lines.extend(found);
    }
}

/// The line of a binding, if it is about what is looked for: by its words, its name or its keys.
fn line(
    model: &Model,
    near: bool,
    binding: &Binding,
    keys: &[Key],
    named: bool,
    wanted: &mut Fuzzy,
) -> Option<HelpLine> {
    let names: Vec<_> = keys.iter().map(|key| key.short()).collect();
    let keys = if names.is_empty() { format!(":{}", binding.action.name()) } else { names.join(" ") };
    let found = [binding.help, &binding.action.name(), &keys].iter().any(|text| wanted.score(text).is_some());
    let idle = near && model.refusal(binding.action, &Subject::Chosen).is_some();
    (found || named).then(|| HelpLine::Key {
        key_marks: wanted.marks(&keys),
        marks: wanted.marks(binding.help),
        keys,
        help: binding.help,
        idle,
    })
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Go => "proved for this release",
        Verdict::NoGo => "failed",
        Verdict::Pending => "in progress, or waiting",
        Verdict::Unknown => "not known, so it blocks",
        Verdict::Waived => "exception, counted apart",
        Verdict::NotApplicable => "left out, with a reason",
    }
}
