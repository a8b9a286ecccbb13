//! The only thing that changes the model.

mod asking;
mod backend_messages;
mod filtering;
mod gates;
mod help;
mod meeting;
mod modes;
mod navigation;
mod palette;
mod past;
mod pointer;
mod refusal;
mod together;

use chrono::TimeDelta;

pub(super) use meeting::look_at;

use super::{
    Action, Code, Context, Effect, Key, Message, Model, Notice, PlaybackMove, Pointed, Request, Screen,
    model::{ListRow, RowAnchor, Seat},
};
use gonogo_domain::Now;

/// Takes in what happened and says what is to be done about it. Never waits, never fails.
pub fn update(model: &mut Model, message: Message, now: Now) -> Vec<Effect> {
    model.now = Some(now);
    let typed = matches!(message, Message::Key(_) | Message::Paste(_));
    let mut effects = take(model, message, now);
    effects.extend(model.ring(now.wall).into_iter().map(Effect::Alert));
    model.put_up_offer();
    effects.extend(model.story_waits(typed));
    if !typed && model.palette.is_some() {
        model.list_palette(false);
    }
    let question = model.foresee(now.wall);
    effects.extend(question.map(|(number, by, command)| Effect::Ask(Request::Preview(number, by, command))));
    effects
}

fn take(model: &mut Model, message: Message, now: Now) -> Vec<Effect> {
    match message {
        Message::Key(key) => return press(model, key, now),
        Message::Pointer(pointed) => return point(model, pointed, now),
        Message::Paste(text) => paste(model, &text),
        Message::Resize(width, height) => {
            model.size = (width, height);
            model.rebuild();
        }
        Message::Quit => return vec![Effect::Quit],
        Message::Deadline => model.time_passed(),
        Message::Playback(playback) => {
            model.playback = playback;
            model.rebuild();
        }
        Message::Notice(notice) => model.tell(notice),
        Message::BoardChanged(board) => {
            if !past::keep(model, None, &board) {
                backend_messages::board(model, board);
            }
        }
        Message::LaunchReloaded(launch, board) => {
            if !past::keep(model, Some(&launch), &board) {
                backend_messages::launch(model, launch, board);
            }
        }
        Message::Past(view) => past::shown(model, view),
        Message::NoPast(why) => return past::none(model, why),
        Message::Flips(flips) => model.flips.remember(flips),
        Message::Sources(sources) => {
            model.budgets.saw(&sources, now.wall);
            model.sources = sources;
        }
        Message::Acted(ticket, result) => backend_messages::acted(model, ticket, result),
        Message::Preview(number, said) => model.foresaw(number, said),
        Message::Writes(allowed) => model.offer.allowed = allowed,
        Message::WriteAsked(what, word) => model.hear_request(what, word),
        Message::Wrote(notice) => model.hear_outcome(notice),
        Message::Keys(keymap) => model.keymap = keymap,
        Message::Views(views) => model.views = views,
        Message::Rehearsal => model.rehearsal = true,
        // Whoever draws has taken it.
        Message::Looks(_) => {}
        Message::FilesBroken(told) => modes::files(model, told),
        Message::ReadOnly => modes::read_only(model),
        Message::History(told) => model.history = Some(told),
        Message::Readiness(told) => model.trend = Some(told),
        Message::MinutesWritten(paths) => backend_messages::minutes(model, paths),
        Message::Journal(state) => {
            model.journal = state;
            backend_messages::journal_is_back(model);
            model.rebuild();
        }
        Message::Identity(me) => {
            model.me = me;
            model.rebuild();
        }
    }
    Vec::new()
}

fn press(model: &mut Model, key: Key, now: Now) -> Vec<Effect> {
    if model.notice.as_ref().is_some_and(|notice| !notice.sticky) {
        model.notice = None;
    }
    // A letter that stands at a row has chosen it before it came here: any other ends the letters.
    if std::mem::take(&mut model.jumping) && (key.typed().is_some() || key.code == Code::Esc) {
        return Vec::new();
    }
    let context = model.context();
    let armed = std::mem::take(&mut model.quit_armed);
    let typing = matches!(context, Context::Help | Context::Moment | Context::Palette | Context::Filter);
    if model.looks_back() && !typing && model.notice.is_none() {
        if let Some(action) = model.keymap.lookup_past(key) {
            return past::act(model, action, now).unwrap_or_default();
        }
        // Digits are a time there, and no screens.
        if key.typed().is_some_and(|typed| typed.is_ascii_digit()) {
            type_char(model, Context::Moment, key.typed().unwrap_or_default());
            return Vec::new();
        }
    }
    match model.keymap.lookup(context, model.playback.is_some(), key) {
        Some(Action::Quit) => quit(model, armed),
        Some(action) => act(model, context, action, now),
        None => {
            if let Some(typed) = key.typed() {
                type_char(model, context, typed);
            }
            Vec::new()
        }
    }
}

/// What the pointer did counts as a key does: it takes news away that need not stay.
fn point(model: &mut Model, pointed: Pointed, now: Now) -> Vec<Effect> {
    model.jumping = false;
    if model.notice.as_ref().is_some_and(|notice| !notice.sticky) && !matches!(pointed, Pointed::Wheel { .. })
    {
        model.notice = None;
    }
    pointer::act(model, pointed, now)
}

/// Does what the key of `action` does where the keyboard is.
pub(super) fn perform(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    let context = model.context();
    let armed = std::mem::take(&mut model.quit_armed);
    match action {
        Action::Quit => quit(model, armed),
        _ => act(model, context, action, now),
    }
}

fn quit(model: &mut Model, armed: bool) -> Vec<Effect> {
    let (many, drafts) = (model.acts.len(), model.meeting.drafts.len());
    let why = match (many, drafts) {
        (0, 0) => return vec![Effect::Quit],
        (_, 0) => format!("{many} not yet recorded; press the key again to leave without knowing"),
        (_, 1) => "1 answer is NOT RECORDED and will be lost; press the key again to leave".to_owned(),
        _ => format!("{drafts} answers are NOT RECORDED and will be lost; press the key again to leave"),
    };
    if armed {
        return vec![Effect::Quit];
    }
    model.quit_armed = true;
    model.notice = Some(Notice::bad(why));
    Vec::new()
}

/// Pasted text only ever goes into a text field; it picks nothing and types no words of confirmation.
fn paste(model: &mut Model, text: &str) {
    match model.context() {
        Context::Form => asking::paste(model, text),
        Context::Search => navigation::type_search(model, text),
        Context::Palette => palette::type_text(model, text),
        Context::Filter => filtering::type_text(model, text),
        Context::Help => help::type_text(model, text),
        Context::Moment => past::paste(model, text),
        _ => {}
    }
}

fn type_char(model: &mut Model, context: Context, typed: char) {
    match context {
        Context::Form => asking::type_char(model, typed),
        Context::Search => navigation::type_search(model, typed.encode_utf8(&mut [0; 4])),
        Context::Palette => palette::type_text(model, typed.encode_utf8(&mut [0; 4])),
        Context::Filter => filtering::type_text(model, typed.encode_utf8(&mut [0; 4])),
        Context::Help => help::type_char(model, typed),
        Context::Moment => past::type_char(model, typed),
        _ => {}
    }
}

fn act(model: &mut Model, context: Context, action: Action, now: Now) -> Vec<Effect> {
    match context {
        Context::Form => return asking::act(model, action, now),
        Context::Palette => return palette::key(model, action, now),
        Context::Help => return help::key(model, action),
        Context::Filter => return filtering::key(model, action),
        Context::Moment => return [past::typing(model, action), always(action)].concat(),
        Context::Search => {
            navigation::search(model, action);
            return always(action);
        }
        _ => {}
    }
    if let Some(why) = model.locked().filter(|_| action.speaks()) {
        model.tell(why);
        return Vec::new();
    }
    if modes::act(model, action) {
        return Vec::new();
    }
    match action {
        Action::Redraw | Action::Suspend => always(action),
        Action::Refresh => vec![Effect::Ask(Request::Refresh)],
        Action::Export => vec![Effect::Export],
        Action::OtherGround => vec![Effect::TurnLook],
        Action::Help => {
            help::open(model);
            Vec::new()
        }
        Action::Palette => {
            palette::open(model);
            Vec::new()
        }
        Action::Pause | Action::Faster | Action::Slower | Action::SeekForward | Action::SeekBack => {
            playback(model, action).map(|it| Effect::Ask(Request::Playback(it))).into_iter().collect()
        }
        Action::ShowBoard
        | Action::ShowTimeline
        | Action::ShowPath
        | Action::ShowSources
        | Action::ShowRollback
        | Action::ShowIncident
        | Action::ShowComms
        | Action::ShowReadiness
        | Action::ShowPeople
        | Action::ShowRisks
        | Action::ShowRollCall
        | Action::ShowHistory => show(model, action),
        Action::Back => {
            back(model);
            Vec::new()
        }
        Action::LookBack => past::act(model, action, now).unwrap_or_default(),
        Action::Choose | Action::Ask => together::act(model, action).unwrap_or_default(),
        _ => meeting::act(model, action).or_else(|| gates::act(model, action)).unwrap_or_else(|| {
            navigation::act(model, context, action, now);
            Vec::new()
        }),
    }
}

fn always(action: Action) -> Vec<Effect> {
    match action {
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        _ => Vec::new(),
    }
}

fn show(model: &mut Model, action: Action) -> Vec<Effect> {
    let wanted = Screen::shown_by(action).unwrap_or_default();
    // A key shows its screen and nothing else: one that led away from it would give the next key, typed by somebody who
    // expects that screen, to the board.
    if model.screen == wanted {
        model.detail = false;
        return Vec::new();
    }
    show_screen(model, wanted)
}

fn show_screen(model: &mut Model, screen: Screen) -> Vec<Effect> {
    model.screen = screen;
    (model.scroll.path, model.scroll.sources, model.scroll.history, model.detail) = (0, 0, 0, false);
    model.scroll.incident = 0;
    (model.scroll.readiness, model.scroll.people) = (0, 0);
    let wanted = match screen {
        Screen::History => Some(Request::History),
        Screen::Readiness => Some(Request::Readiness),
        _ => None,
    };
    wanted.map(Effect::Ask).into_iter().collect()
}

/// Closes the nearest thing that can be closed.
fn back(model: &mut Model) {
    if !model.list.together.is_empty() && matches!(model.screen, Screen::Board | Screen::Readiness) {
        model.list.together.clear();
        model.notice = None;
    } else if model.faults_shown {
        // It says itself that Esc closes it.
        model.faults_shown = false;
    } else if model.notice.take().is_some() {
    } else if model.screen == Screen::RollCall && model.meeting.correcting {
        model.meeting.correcting = false;
    } else if model.screen == Screen::RollCall && model.meeting.seat != Seat::Called {
        model.meeting.seat = Seat::Called;
    } else if model.screen == Screen::Timeline && model.lens.cursor().is_some() {
        model.lens.reset();
    } else if model.screen != Screen::Board {
        model.screen = Screen::Board;
    } else if model.detail {
        model.detail = false;
    } else if model.search.wanted().is_some() {
        model.search.field.clear();
    } else if !model.list.criteria.text().is_empty() {
        model.set_filter("");
    }
}

fn playback(model: &Model, action: Action) -> Option<PlaybackMove> {
    let playback = model.playback.as_ref()?;
    Some(match action {
        Action::Pause => PlaybackMove::Pause(!playback.paused),
        Action::Faster => PlaybackMove::Speed(playback.pace() * 2.0),
        Action::Slower => PlaybackMove::Speed(playback.pace() / 2.0),
        Action::SeekForward | Action::SeekBack if playback.story.is_some() => {
            PlaybackMove::Chapter(action == Action::SeekForward)
        }
        Action::SeekForward => PlaybackMove::Seek(TimeDelta::minutes(5)),
        Action::SeekBack => PlaybackMove::Seek(TimeDelta::minutes(-5)),
        _ => return None,
    })
}

impl Model {
    /// Shows a line of news. A sticky one is not pushed away by one that is not.
    pub(super) fn tell(&mut self, notice: Notice) {
        let kept = self.notice.as_ref().is_some_and(|old| old.sticky) && !notice.sticky;
        if !kept {
            self.notice = Some(notice);
        }
    }

    /// The row that is chosen.
    pub(super) fn chosen_row(&self) -> Option<ListRow> {
        self.list.rows.get(self.list.cursor).copied()
    }

    /// The place on the board of the gate that is chosen.
    pub(super) fn chosen_place(&self) -> Option<usize> {
        match &self.list.anchor {
            Some(RowAnchor::Gate(id)) => self.index.position(id),
            _ => None,
        }
    }
}
