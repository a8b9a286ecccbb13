//! The last lines: what changed, how the sources are doing, which keys help.

use ratatui::layout::{Position, Rect};

use super::{
    Canvas,
    canvas::{Piece, piece},
    sources,
    when::moment,
};
use crate::{
    Action, Code, Context, Key, Model, Screen, Target, Tone, keymap, layout,
    model::{GroupBy, Shown},
};
use gonogo_domain::{BoardWord, Now};
use gonogo_text as text;
use gonogo_theme::Role;

/// The line of news: a notice, else the latest flips.
pub(super) fn news(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    if canvas.height() == 0 || notice(model, canvas) {
        return;
    }
    let unseen = if model.looks_back() { 0 } else { model.flips.unseen().len() };
    let mut end = canvas.width().saturating_sub(1);
    if unseen > 0 {
        end = canvas
            .put_right(
                end,
                0,
                24,
                &format!("{unseen} new, {}: seen", model.keymap.said(Action::MarkSeen)),
                Role::Changed,
            )
            .saturating_sub(2);
    }
    let (arrow, dash) = (canvas.symbols().arrow, canvas.symbols().dash);
    let mut x = 1;
    for (n, flip) in model.happened(model.flips.recent()).take(4).enumerate() {
        let from = flip.from.map_or(dash, |from| canvas.look.shape(from));
        let at = moment(flip.at, now.wall, model.launch.schedule.zone);
        let mut text = format!("{at} {} {from}{arrow}{}", flip.gate.local(), canvas.look.shape(flip.to));
        if n == 0 && !flip.reason.is_empty() {
            text = format!("{text} {}", text::fit(&flip.reason, 40));
        }
        let room = end.saturating_sub(x);
        if n > 0 && canvas.cols(&text) > room {
            break;
        }
        let role = if model.is_news(&flip.gate) { Role::Changed } else { Role::Dim };
        x = canvas.put(x, 0, room, &text, role) + 3;
    }
    if x == 1 {
        canvas.put(1, 0, end, "nothing has changed since the cockpit was opened", Role::Dim);
    }
}

/// Draws the notice, if there is one.
pub(super) fn notice(model: &Model, canvas: &mut Canvas<'_>) -> bool {
    let Some(notice) = &model.notice else { return false };
    let role = match notice.tone {
        Tone::Plain => Role::Text,
        Tone::Done => Role::Title,
        Tone::Bad => Role::Error,
    };
    let mut end = canvas.width().saturating_sub(1);
    if notice.sticky {
        let start = canvas.put_right(end, 0, 12, "Esc closes", Role::KeyHint);
        canvas.hot_row(start, 0, end - start, Target::Action(Action::Back));
        end = start.saturating_sub(1);
    }
    canvas.put(1, 0, end.saturating_sub(1), &notice.text, role);
    true
}

/// The last lines: one, or two where there is room for the screens as well. In a compact board the notice has it too.
pub(super) fn draw(model: &Model, now: Now, compact: bool, canvas: &mut Canvas<'_>) {
    let told = compact && !model.search.typing && notice(model, canvas);
    let groups = left(model, now, canvas);
    let width = canvas.width();
    let least = if model.search.typing { width / 2 } else { width.min(LEAST_FOR_STATUS) };
    if canvas.height() > 1 {
        if !told {
            let mut upper = canvas.part(Rect { x: 0, y: 0, width, height: 1 });
            let start = acts(model, least, &mut upper);
            status(&groups, start, &mut upper);
        }
        let mut lower = canvas.part(Rect { x: 0, y: 1, width, height: 1 });
        let start = ways_on(model, &mut lower);
        screens(model, start, &mut lower);
        return;
    }
    if told {
        return;
    }
    // Where nothing else has to be said, the screens stand there by name.
    let named = screens_cols(model, canvas);
    let start = if groups.is_empty() && width >= ROOMY { named } else { least };
    let start = keys(model, start, canvas);
    if groups.is_empty() && start > named {
        screens(model, start, canvas);
    } else {
        status(&groups, start, canvas);
    }
}

/// So many columns are left to the sources before the keys of one line.
const LEAST_FOR_STATUS: u16 = 30;

/// From this width on, the key line names the screens.
const ROOMY: u16 = 120;

/// So many columns are left to what can be done here, whatever the screens are called.
const LEAST_FOR_KEYS: u16 = 26;

/// As many groups as fit before `start`.
fn status(groups: &[Vec<Piece<'_>>], start: u16, canvas: &mut Canvas<'_>) {
    let mut x = 1;
    let mut hidden = 0;
    for group in groups {
        let cols: u16 = group.iter().map(|(text, _)| canvas.cols(text)).sum();
        if x + cols + 1 > start && x > 1 {
            hidden += 1;
        } else {
            let mut part = canvas.part(Rect { x: 0, y: 0, width: start.saturating_sub(1), height: 1 });
            x = part.line(x, 0, group) + 2;
        }
    }
    if hidden > 0 && x + 3 < start {
        canvas.put(x, 0, start - x, &format!("+{hidden}"), Role::Dim);
    }
}

/// The screens by key and name, the one that is shown set off.
fn screens(model: &Model, start: u16, canvas: &mut Canvas<'_>) {
    if model.presenting {
        return;
    }
    let mut x = 1;
    for (screen, action, name, key) in shown_screens(model, start.saturating_sub(1), canvas) {
        let here = screen == model.screen;
        let next = canvas.put(x, 0, 12, &key, if here { Role::Title } else { Role::KeyHint });
        let end = canvas.put(next + 1, 0, u16::MAX, name, if here { Role::Title } else { Role::Dim });
        if !here {
            canvas.hot_row(x, 0, end - x, Target::Action(action));
        }
        x = end + 2;
    }
}

/// A screen, what shows it, its name and its key.
type NamedScreen = (Screen, Action, &'static str, String);

/// As many screens as fit into so many columns, the one that is shown always among them.
fn shown_screens(model: &Model, room: u16, canvas: &Canvas<'_>) -> Vec<NamedScreen> {
    let named = Screen::ALL.iter().filter_map(|(screen, action, name)| {
        let key = model.keymap.key_in(Context::Screens, *action)?;
        Some((*screen, *action, *name, key.short()))
    });
    let mut all: Vec<NamedScreen> = named.collect();
    let cols = |it: &NamedScreen| canvas.cols(&it.3) + canvas.cols(it.2) + 3;
    let here = all.iter().position(|it| it.0 == model.screen);
    let mut used = 0;
    let fit = all.iter().take_while(|it| {
        used += cols(it);
        used <= room + 1
    });
    let mut fit = fit.count();
    if let Some(here) = here.filter(|here| *here >= fit).map(|here| all.remove(here)) {
        while fit > 0 && all.iter().take(fit).map(cols).sum::<u16>() + cols(&here) > room + 1 {
            fit -= 1;
        }
        all.insert(fit, here);
        fit += 1;
    }
    all.truncate(fit);
    all
}

fn screens_cols(model: &Model, canvas: &Canvas<'_>) -> u16 {
    let cols = |(_, action, name): &(Screen, Action, &str)| {
        let key = model.keymap.key_in(Context::Screens, *action);
        key.map_or(0, |key| canvas.cols(&key.short()) + canvas.cols(name) + 3)
    };
    // What can be done comes before the names of screens: those that are left out have their keys in the help.
    let all = Screen::ALL.iter().map(cols).sum::<u16>() + 1;
    all.min(canvas.width().saturating_sub(LEAST_FOR_KEYS))
}

fn left<'a>(model: &'a Model, now: Now, canvas: &Canvas<'_>) -> Vec<Vec<Piece<'a>>> {
    let mut groups = Vec::new();
    let (before, behind) = model.search.field.halves();
    let wanted = model.search.wanted().is_some();
    if model.search.typing || wanted {
        let mut line = vec![piece("/", Role::KeyHint), piece(format!("{before}{behind}"), Role::Text)];
        if wanted {
            line.push(piece(format!("  {} found", model.search.found), Role::Dim));
        }
        groups.push(line);
    }
    if model.search.typing {
        return groups;
    }
    if model.list.group_by != GroupBy::default() {
        groups.push(vec![piece(format!("by {}", model.list.group_by.name()), Role::Title)]);
    }
    let recording = model.acts.len();
    if recording > 0 {
        groups.push(vec![piece(format!("recording {recording}..."), Role::Hold)]);
    }
    if !model.presenting {
        groups.extend(sources::summary(model, now, canvas));
    }
    groups
}

/// Where the cursor stands while a search is typed.
pub(super) fn search_cursor(model: &Model, area: Rect) -> Option<Position> {
    let (before, _) = model.search.field.halves();
    let x = 2 + u16::try_from(text::width(before)).unwrap_or(u16::MAX);
    let last = (area.width / 2).checked_sub(1)?;
    Some(Position {
        x: area.x + x.min(last),
        y: area.y + area.height.checked_sub(layout::foot_rows(model.size))?,
    })
}

/// Key hints from the right edge on, leaving `least` columns; the column where they start is the answer.
fn keys(model: &Model, least: u16, canvas: &mut Canvas<'_>) -> u16 {
    if is_presented(model) {
        return leave_presenting(model, canvas);
    }
    let mut hints = hints(model, canvas);
    let acts = hints.len();
    hints.extend(last_hints(model, least));
    lined_up(model, &hints, acts, least, canvas)
}

/// The keys of what can be done here, alone.
fn acts(model: &Model, least: u16, canvas: &mut Canvas<'_>) -> u16 {
    let hints = if is_presented(model) { Vec::new() } else { hints(model, canvas) };
    lined_up(model, &hints, hints.len(), least, canvas)
}

/// The keys that lead elsewhere, where the screens stand by name.
fn ways_on(model: &Model, canvas: &mut Canvas<'_>) -> u16 {
    if is_presented(model) {
        return leave_presenting(model, canvas);
    }
    let width = canvas.width();
    lined_up(model, &last_hints(model, width), 0, 0, canvas)
}

fn is_presented(model: &Model) -> bool {
    model.presenting && model.context() == model.context_below()
}

/// Draws as many of the hints as fit beside `least` columns, the first `acts` of which are acts.
fn lined_up(model: &Model, hints: &[Hint], acts: usize, least: u16, canvas: &mut Canvas<'_>) -> u16 {
    let room = canvas.width().saturating_sub(least + 1);
    let mut used: u16 = 0;
    let mut kept: Vec<usize> = Vec::new();
    let mut full = false;
    for place in by_need(acts, hints.len(), model.context()) {
        let Some(hint) = hints.get(place) else { continue };
        let cols = hint_cols(hint, canvas);
        // One act that does not fit is not passed over for a later one.
        full |= used + cols > room && place < acts;
        if (used + cols > room || full && place < acts) && !kept.is_empty() {
            continue;
        }
        used += cols;
        kept.push(place);
    }
    kept.sort_unstable();
    let start = canvas.width().saturating_sub(used);
    kept.iter().filter_map(|place| hints.get(*place)).fold(start, |x, hint| {
        let role = if hint.of_use { Role::KeyHint } else { Role::Dim };
        let next = canvas.put(x, 0, 12, &hint.key, role);
        let end = canvas.put(next + 1, 0, u16::MAX, hint.label, Role::Dim);
        if let Some(action) = hint.action {
            canvas.hot_row(x, 0, end - x, Target::Action(action));
        }
        end + 2
    });
    start
}

/// The places of hints, what is needed most first: what explains the rest, the acts that matter, all that can be done, the
/// other screens, further acts.
fn by_need(acts: usize, all: usize, context: Context) -> Vec<usize> {
    let first = if context == Context::RollCall { 5 } else { 3 }.min(acts);
    let last = (acts..all).rev();
    let help = last.clone().take(1);
    help.chain(0..first).chain(last.skip(1)).chain(first..acts).collect()
}

/// A key and its label.
struct Hint {
    /// What a click on it does.
    action: Option<Action>,
    key: String,
    label: &'static str,
    /// It would do something now.
    of_use: bool,
}

/// The acts that matter here.
fn hints(model: &Model, canvas: &Canvas<'_>) -> Vec<Hint> {
    let context = model.context();
    if context != model.context_below() {
        let offered = model.keymap.offered(context, model.playback.is_some());
        return offered
            .map(|(it, key)| Hint {
                action: Some(it.action),
                key: shown(key, canvas),
                label: it.label,
                of_use: true,
            })
            .collect();
    }
    let of = |(action, of_use): (Action, bool)| {
        let key = shown(model.keymap.key_in(context, action)?, canvas);
        Some(Hint { action: Some(action), key, label: label(model, context, action), of_use })
    };
    model.line_acts().into_iter().filter_map(of).collect()
}

/// The other screens where they are not named, all that can be done, and the help.
fn last_hints(model: &Model, least: u16) -> Vec<Hint> {
    let context = model.context();
    if context != model.context_below() {
        return Vec::new();
    }
    let key = |action| model.keymap.key_in(context, action).map(Key::short);
    let digit = |(at, (_, action, _)): (usize, &(Screen, Action, &str))| {
        key(*action).is_some_and(|key| key.parse() == Ok(at + 1))
    };
    let in_order = Screen::ALL.iter().enumerate().all(digit);
    let named = least > 50;
    let screens = (in_order && !named).then(|| (None, format!("1-{}", Screen::ALL.len()), "screens"));
    let all = key(Action::Palette).map(|key| (Some(Action::Palette), key, "all"));
    let help = key(Action::Help).map(|key| (Some(Action::Help), key, "help"));
    let last = screens.into_iter().chain(all).chain(help);
    last.map(|(action, key, label)| Hint { action, key, label, of_use: true }).collect()
}

/// The keys that are shown while presenting: how to end it, and the other ground for a bright room.
fn leave_presenting(model: &Model, canvas: &mut Canvas<'_>) -> u16 {
    let mut end = canvas.width().saturating_sub(1);
    for (action, does) in [(Action::Present, "ends presenting"), (Action::OtherGround, "light or dark")] {
        let said = format!("{} {does}", model.keymap.said(action));
        let start = canvas.put_right(end, 0, 30, &said, Role::KeyHint);
        canvas.hot_row(start, 0, end.saturating_sub(start), Target::Action(action));
        end = start.saturating_sub(3);
    }
    end
}

fn shown(key: Key, canvas: &Canvas<'_>) -> String {
    match key.code {
        Code::Enter if !canvas.look.is_ascii() => canvas.symbols().keys[0].to_owned(),
        Code::Char(' ') if !canvas.look.is_ascii() => canvas.symbols().keys[1].to_owned(),
        _ => key.short(),
    }
}

fn label(model: &Model, context: Context, action: Action) -> &'static str {
    match action {
        // At the end of the poll the key of GO makes the final call; against the board it is called what it is.
        Action::Go
            if matches!(model.shown(), Shown::FinalCall(_)) && model.board.evidence != BoardWord::Go =>
        {
            "OVERRIDE"
        }
        _ => keymap::label(context, action),
    }
}

fn hint_cols(hint: &Hint, canvas: &Canvas<'_>) -> u16 {
    canvas.cols(&hint.key) + canvas.cols(hint.label) + 3
}

/// The last line of the meeting: who writes, and the keys that are of use now.
pub(super) fn of_meeting(model: &Model, canvas: &mut Canvas<'_>) {
    let start = keys(model, 0, canvas);
    let me =
        model.me.as_ref().map_or("nobody at the keyboard".to_owned(), |me| format!("{} writes", me.name));
    if canvas.cols(&me) + 3 <= start {
        canvas.put(1, 0, start, &me, Role::Dim);
    }
}

/// The keys of the context, for screens that draw their own last line, leaving `least` columns; the column where they
/// start is the answer.
pub(super) fn only_keys(model: &Model, least: u16, canvas: &mut Canvas<'_>) -> u16 {
    if matches!(model.context(), Context::Help | Context::Form | Context::Palette | Context::Filter) {
        keys(model, least, canvas)
    } else {
        canvas.width()
    }
}
