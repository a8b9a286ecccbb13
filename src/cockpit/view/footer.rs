//! The last lines: what changed, how the sources are doing, which keys help.

use ratatui::layout::{Position, Rect};

use super::{
    Canvas,
    canvas::{Piece, piece},
    sources,
    when::moment,
};
use crate::{
    Action, Context, Filter, Model, Screen, Target, Tone,
    keymap::{self, Binding, Code},
    model::Shown,
};
use gonogo_domain::{BoardWord, Now};
use gonogo_text as text;
use gonogo_theme::Role;

/// The line of news: a notice, else the latest flips.
pub(super) fn news(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    if canvas.height() == 0 || notice(model, canvas) {
        return;
    }
    let unseen = model.flips.unseen().len();
    let mut end = canvas.width().saturating_sub(1);
    if unseen > 0 {
        end =
            canvas.put_right(end, 0, 24, &format!("{unseen} new, m: seen"), Role::Changed).saturating_sub(2);
    }
    let (arrow, dash) = (canvas.symbols().arrow, canvas.symbols().dash);
    let mut x = 1;
    for (n, flip) in model.flips.recent().take(4).enumerate() {
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
        let role = if model.flips.unseen().contains(&flip.gate) { Role::Changed } else { Role::Dim };
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

/// The last line. In a compact board the notice has it too.
pub(super) fn draw(model: &Model, now: Now, compact: bool, canvas: &mut Canvas<'_>) {
    if compact && !model.search.typing && notice(model, canvas) {
        return;
    }
    let left = left(model, now, canvas);
    let least: u16 = if model.search.typing { canvas.width() / 2 } else { canvas.width().min(30) };
    let start = keys(model, least, canvas);
    let mut x = 1;
    let mut hidden = 0;
    for group in left {
        let cols: u16 = group.iter().map(|(text, _)| canvas.cols(text)).sum();
        if x + cols + 1 > start && x > 1 {
            hidden += 1;
        } else {
            let mut part = canvas.part(Rect { x: 0, y: 0, width: start.saturating_sub(1), height: 1 });
            x = part.line(x, 0, &group) + 2;
        }
    }
    if hidden > 0 && x + 3 < start {
        canvas.put(x, 0, start - x, &format!("+{hidden}"), Role::Dim);
    }
}

fn left<'a>(model: &'a Model, now: Now, canvas: &Canvas<'_>) -> Vec<Vec<Piece<'a>>> {
    let mut groups = Vec::new();
    let (before, behind) = model.search.field.halves();
    if model.search.typing {
        return vec![vec![piece("/", Role::KeyHint), piece(format!("{before}{behind}"), Role::Text)]];
    }
    if model.search.wanted().is_some() {
        groups.push(vec![piece("/", Role::KeyHint), piece(format!("{before}{behind}"), Role::Text)]);
    }
    if model.list.filter != Filter::All {
        groups.push(vec![piece("filter ", Role::Dim), piece(model.list.filter.name(), Role::Title)]);
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
    Some(Position { x: area.x + x.min(last), y: area.y + area.height.checked_sub(1)? })
}

/// Key hints from the right edge on, leaving `least` columns; the column where they start is the answer.
fn keys(model: &Model, least: u16, canvas: &mut Canvas<'_>) -> u16 {
    let context = model.context();
    let is_screen = !matches!(context, Context::Form | Context::Help | Context::Search | Context::Moment);
    if model.presenting && is_screen {
        return leave_presenting(canvas);
    }
    let here = match model.screen {
        Screen::Board => Action::ShowBoard,
        Screen::Timeline => Action::ShowTimeline,
        Screen::Path => Action::ShowPath,
        Screen::Sources => Action::ShowSources,
        Screen::RollCall => Action::ShowRollCall,
        Screen::Rollback => Action::ShowRollback,
        Screen::History => Action::ShowHistory,
    };
    let offered = keymap::offered(context, model.playback.is_some());
    let asked = |it: &&Binding| context == Context::RollCall || it.action == Action::SendDrafts;
    let useful = |it: &&Binding| {
        (!asked(it) || model.offers(it.action))
            && (context != Context::Rollback || model.offers_back(it.action))
    };
    let mut hints: Vec<&Binding> = offered.filter(|it| it.action != here).filter(useful).collect();
    // What explains the rest stays when there is no room.
    let help = hints.iter().position(|it| it.action == Action::Help).map(|at| hints.remove(at));
    let room = canvas.width().saturating_sub(least + 1);
    let mut shown: Vec<(Action, (String, &str))> = Vec::new();
    let mut used = help.map_or(0, |it| hint_cols(&hint(model, it, canvas), canvas));
    for binding in hints {
        let hint = hint(model, binding, canvas);
        let cols = hint_cols(&hint, canvas);
        if used + cols > room {
            break;
        }
        used += cols;
        shown.push((binding.action, hint));
    }
    shown.extend(help.map(|it| (it.action, hint(model, it, canvas))));
    let start = canvas.width().saturating_sub(used);
    shown.iter().fold(start, |from, (action, (key, label))| {
        let x = canvas.put(from, 0, 12, key, Role::KeyHint);
        let end = canvas.put(x + 1, 0, u16::MAX, label, Role::Dim);
        canvas.hot_row(from, 0, end - from, Target::Action(*action));
        end + 2
    });
    start
}

/// The one key that is shown while presenting: how to end it.
fn leave_presenting(canvas: &mut Canvas<'_>) -> u16 {
    let said = format!("{} ends presenting", keymap::key_of(Action::Present));
    let end = canvas.width().saturating_sub(1);
    let start = canvas.put_right(end, 0, 30, &said, Role::KeyHint);
    canvas.hot_row(start, 0, end.saturating_sub(start), Target::Action(Action::Present));
    start
}

fn hint(model: &Model, binding: &Binding, canvas: &Canvas<'_>) -> (String, &'static str) {
    let key = binding.keys.first().map_or(String::new(), |key| match key.code {
        Code::Enter if !canvas.look.is_ascii() => canvas.symbols().keys[0].to_owned(),
        Code::Char(' ') if !canvas.look.is_ascii() => canvas.symbols().keys[1].to_owned(),
        _ => key.short(),
    });
    // At the end of the poll the key of GO makes the final call; against the board it is called what it is.
    let call = binding.action == Action::Go && model.context() == Context::RollCall;
    let overrides =
        call && matches!(model.shown(), Shown::FinalCall(_)) && model.board.evidence != BoardWord::Go;
    (key, if overrides { "OVERRIDE" } else { binding.label })
}

fn hint_cols((key, label): &(String, &str), canvas: &Canvas<'_>) -> u16 {
    canvas.cols(key) + canvas.cols(label) + 3
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
    if matches!(model.context(), Context::Help | Context::Form) {
        keys(model, least, canvas)
    } else {
        canvas.width()
    }
}
