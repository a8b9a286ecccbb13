//! Keys and what they do: one table ([`BINDINGS`]), with the keys that a user chose ([`Keymap`]), feeds dispatch, key line,
//! help and palette.

mod action;
mod names;
mod table;
mod user;

use std::borrow::Cow;

pub use action::Action;
pub use table::{BINDINGS, UNBOUND};
pub use user::KeyFault;

/// A key as the cockpit sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The key itself, without what is held down with it.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
}

/// Which key. Shift is part of the character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the keys' own")]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F1,
}

/// What has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Everything, text fields included.
    Always,
    /// Every screen without a text field.
    Screens,
    /// The list of gates.
    List,
    /// A gate, on the list or as a whole screen.
    Gate,
    /// The detail of one gate as a whole screen.
    Detail,
    /// The timeline of the rollout.
    Timeline,
    /// The sources.
    Sources,
    /// The path to GO.
    Path,
    /// The go/no-go meeting.
    RollCall,
    /// The rollback.
    Rollback,
    /// The incident.
    Incident,
    /// The comms plan.
    Comms,
    /// How launches went.
    History,
    /// The readiness review.
    Readiness,
    /// Who is who.
    People,
    /// The risks.
    Risks,
    /// The help.
    Help,
    /// A form with fields.
    Form,
    /// The line in which a search is typed.
    Search,
    /// The line in which a filter is typed.
    Filter,
    /// Any screen of a demo or replay.
    Playback,
    /// Any screen while it shows an earlier moment.
    Past,
    /// The line in which such a moment is typed.
    Moment,
    /// The palette, in which is typed what to do.
    Palette,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What happens.
    pub action: Action,
    /// The keys, the one to show first.
    pub keys: &'static [Key],
    /// Where it applies.
    pub contexts: &'static [Context],
    /// What it does, for the help.
    pub help: &'static str,
    /// One word for the footer; empty: not shown there.
    pub label: &'static str,
}

impl Action {
    /// Whether it records something, or opens the form for it: what a read-only screen refuses.
    pub fn speaks(self) -> bool {
        matches!(
            self,
            Self::Sign
                | Self::Withdraw
                | Self::Waive
                | Self::EndWaiver
                | Self::NotNeeded
                | Self::Note
                | Self::MoveStage
                | Self::JudgeCriterion
                | Self::AnswerStage
                | Self::AnswerBreach
                | Self::TellServer
                | Self::StartRollback
                | Self::StepDone
                | Self::SkipStep
                | Self::EndRollback
                | Self::OpenIncident
                | Self::LogIncident
                | Self::UpdateIncident
                | Self::MoveIncident
                | Self::IncidentRollout
                | Self::ChangeIncident
                | Self::AddRisk
                | Self::ChangeRisk
                | Self::MitigateRisk
                | Self::AcceptRisk
                | Self::CloseRisk
                | Self::DraftMessage
                | Self::ApproveMessage
                | Self::SendMessage
                | Self::DropMessage
                | Self::ConfirmItem
                | Self::Learn
                | Self::FollowUp
                | Self::SettleFollowUp
                | Self::CloseLaunch
                | Self::OpenRound
                | Self::Go
                | Self::NoGo
                | Self::Conditions
                | Self::Abstain
                | Self::Delegate
                | Self::Correct
                | Self::CallHold
                | Self::CallScrub
                | Self::EndHold
                | Self::WriteMinutes
                | Self::SendDrafts
                | Self::DropDraft
        )
    }
}

impl Key {
    /// A key without Ctrl or Alt.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character.
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }

    /// The key in few columns: `PgDn`, `^U`.
    pub fn short(self) -> String {
        match self.code {
            _ if self.alt => format!("A-{}", Self { alt: false, ..self }.short()),
            Code::Char(c) if self.ctrl => format!("^{}", c.to_ascii_uppercase()),
            Code::PageUp => "PgUp".to_owned(),
            Code::PageDown => "PgDn".to_owned(),
            Code::Backspace => "Bksp".to_owned(),
            Code::BackTab => "S-Tab".to_owned(),
            Code::Delete => "Del".to_owned(),
            _ => self.name(),
        }
    }

    /// The key in words: `Enter`, `Ctrl-C`, `s`. ASCII only.
    pub fn name(self) -> String {
        let code = match self.code {
            Code::Char(' ') => "Space".to_owned(),
            Code::Char(c) if self.ctrl => c.to_ascii_uppercase().to_string(),
            Code::Char(c) => c.to_string(),
            other => format!("{other:?}"),
        };
        let ctrl = if self.ctrl { "Ctrl-" } else { "" };
        let alt = if self.alt { "Alt-" } else { "" };
        format!("{ctrl}{alt}{code}")
    }

    /// What it types, if it types anything.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

impl Binding {
    /// Whether it works while `context` has the keyboard.
    pub fn is_in(&self, context: Context) -> bool {
        self.contexts.iter().any(|place| *place == context || context.chain().contains(place))
    }
}

impl Context {
    /// Where a key is looked up while this has the keyboard, nearest first.
    pub fn chain(self) -> &'static [Self] {
        match self {
            Self::List => &[Self::List, Self::Gate, Self::Playback, Self::Screens, Self::Always],
            Self::Detail => &[Self::Detail, Self::Gate, Self::Playback, Self::Screens, Self::Always],
            Self::Timeline => &[Self::Timeline, Self::Playback, Self::Screens, Self::Always],
            Self::Sources => &[Self::Sources, Self::Playback, Self::Screens, Self::Always],
            Self::Path => &[Self::Path, Self::Playback, Self::Screens, Self::Always],
            Self::RollCall => &[Self::RollCall, Self::Playback, Self::Screens, Self::Always],
            Self::Rollback => &[Self::Rollback, Self::Playback, Self::Screens, Self::Always],
            Self::Incident => &[Self::Incident, Self::Playback, Self::Screens, Self::Always],
            Self::Comms => &[Self::Comms, Self::Playback, Self::Screens, Self::Always],
            Self::History => &[Self::History, Self::Playback, Self::Screens, Self::Always],
            Self::Readiness => &[Self::Readiness, Self::Playback, Self::Screens, Self::Always],
            Self::People => &[Self::People, Self::Playback, Self::Screens, Self::Always],
            Self::Risks => &[Self::Risks, Self::Playback, Self::Screens, Self::Always],
            Self::Help => &[Self::Help, Self::Always],
            Self::Form => &[Self::Form, Self::Always],
            Self::Search => &[Self::Search, Self::Always],
            Self::Filter => &[Self::Filter, Self::Always],
            Self::Moment => &[Self::Moment, Self::Always],
            Self::Palette => &[Self::Palette, Self::Always],
            Self::Always | Self::Screens | Self::Gate | Self::Playback | Self::Past => &[Self::Always],
        }
    }

    /// The name of its group in the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::Screens => "Every screen",
            Self::List => "Board",
            Self::Gate => "The chosen gate",
            Self::Detail => "Detail",
            Self::Timeline => "Timeline",
            Self::Sources => "Sources",
            Self::Path => "Path to GO",
            Self::RollCall => "Roll call",
            Self::Rollback => "Rollback",
            Self::Incident => "Incident",
            Self::Comms => "Messages",
            Self::History => "History",
            Self::Readiness => "Readiness",
            Self::People => "People",
            Self::Risks => "Risks",
            Self::Help => "Help",
            Self::Form => "Forms",
            Self::Search => "Find",
            Self::Filter => "Filter",
            Self::Playback => "Demo and replay",
            Self::Past => "Looking back",
            Self::Moment => "A time of the day",
            Self::Palette => "Palette",
        }
    }

    /// Whether its keys are the same for everybody: where text is typed, and what leaves or redraws whatever is open.
    pub fn is_fixed(self) -> bool {
        use Context::{Always, Filter, Form, Help, Moment, Palette, Search};
        matches!(self, Always | Filter | Form | Help | Moment | Palette | Search)
    }
}

/// Which keys do what: the table, with what the user said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// The keys of each line of [`BINDINGS`], in its order.
    keys: Vec<Cow<'static, [Key]>>,
    /// What is said instead of a key; empty where there are keys.
    words: Vec<(Action, &'static str)>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self { keys: BINDINGS.iter().map(|it| Cow::Borrowed(it.keys)).collect(), words: Vec::new() }
    }
}

impl Keymap {
    /// For somebody who says words on a line and has no keys: a next step names the word of its action.
    #[must_use]
    pub fn in_words(self, words: Vec<(Action, &'static str)>) -> Self {
        Self { words, ..self }
    }

    /// Whether there are words and no keys.
    pub fn is_in_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// The word to say for an action, where there are no keys.
    pub fn word(&self, action: Action) -> Option<&'static str> {
        self.words.iter().find(|(it, _)| *it == action).map(|(_, word)| *word)
    }

    /// Every line of the table with its keys, in the order of the table.
    pub fn bindings(&self) -> impl Iterator<Item = (&'static Binding, &[Key])> {
        BINDINGS.iter().zip(self.keys.iter().map(|keys| &**keys))
    }

    /// The action of a key while `context` has the keyboard. Playback keys work only in a demo or replay.
    pub fn lookup(&self, context: Context, playback: bool, key: Key) -> Option<Action> {
        let on = |wanted: &&Context| **wanted != Context::Playback || playback;
        context.chain().iter().filter(on).find_map(|place| self.in_place(*place, key))
    }

    /// The action of a key while the screen shows an earlier moment: these come before all others.
    pub fn lookup_past(&self, key: Key) -> Option<Action> {
        self.in_place(Context::Past, key)
    }

    fn in_place(&self, place: Context, key: Key) -> Option<Action> {
        let own = |(it, keys): &(&Binding, &[Key])| it.contexts.contains(&place) && keys.contains(&key);
        self.bindings().find(own).map(|(it, _)| it.action)
    }

    /// The key to show for an action in `context`: the first one that does it there; `None`: no key does.
    pub fn key_in(&self, context: Context, action: Action) -> Option<Key> {
        let own = |(it, _): &(&Binding, &[Key])| it.action == action;
        let here = |it: &Binding| it.is_in(context);
        let mut all = self.bindings().filter(own).filter(|(_, keys)| !keys.is_empty());
        all.find(|(it, _)| here(it)).and_then(|(_, keys)| keys.first().copied())
    }

    /// The key to show for an action, in words: `Enter`. What has no key is typed into the palette: `:find`. Without keys it is
    /// the word to say: `waive`.
    pub fn said(&self, action: Action) -> String {
        if let Some(word) = self.word(action) {
            return word.to_owned();
        }
        let bound = self.bindings().filter(|(it, _)| it.action == action).find_map(|(_, keys)| keys.first());
        bound.map_or_else(|| format!(":{}", action.name()), |key| key.name())
    }

    /// The bindings to offer in the key line while `context` has the keyboard, nearest first, each with the key to show.
    pub fn offered(&self, context: Context, playback: bool) -> impl Iterator<Item = (&'static Binding, Key)> {
        let on = move |wanted: &&Context| **wanted != Context::Playback || playback;
        let of = |place: &'static Context| {
            let own = move |it: &Binding| !it.label.is_empty() && it.contexts.first() == Some(place);
            self.bindings().filter(move |(it, _)| own(it))
        };
        // A key that means something nearer is not offered for what it means farther away.
        let free = move |(it, keys): (&'static Binding, &[Key])| {
            let first = keys.first().copied()?;
            (self.lookup(context, playback, first) == Some(it.action)).then_some((it, first))
        };
        context.chain().iter().filter(on).flat_map(of).filter_map(free)
    }
}

/// One word for what an action does in `context`, for the key line.
pub fn label(context: Context, action: Action) -> &'static str {
    let own = |it: &&Binding| it.action == action && !it.label.is_empty();
    BINDINGS.iter().filter(own).find(|it| it.is_in(context)).map_or("", |it| it.label)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn lookup(context: Context, playback: bool, key: Key) -> Option<Action> {
        Keymap::default().lookup(context, playback, key)
    }

    #[test]
    fn every_action_is_bound_or_says_that_it_is_not() {
        for action in Action::ALL {
            let bound = BINDINGS.iter().any(|it| it.action == *action && !it.keys.is_empty());
            let excused = UNBOUND.iter().any(|(it, why)| it == action && !why.is_empty());
            assert!(bound != excused, "{action:?}: bound {bound}, excused {excused}");
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let mut seen = HashSet::new();
        for binding in BINDINGS {
            for context in binding.contexts {
                for key in binding.keys {
                    assert!(seen.insert((*context, *key)), "{} twice in {context:?}", key.name());
                }
            }
        }
    }

    #[test]
    fn text_fields_take_every_character() {
        for context in [Context::Form, Context::Search, Context::Moment, Context::Palette, Context::Filter] {
            for c in (' '..='~').chain(['é', '世']) {
                assert_eq!(lookup(context, true, Key::char(c)), None, "{c:?} in {context:?}");
            }
        }
    }

    #[test]
    fn help_and_quit_are_never_shadowed() {
        let screens = [Context::List, Context::Detail, Context::Timeline, Context::Sources, Context::Path];
        for context in screens.into_iter().chain([Context::RollCall]) {
            assert_eq!(lookup(context, true, Key::char('?')), Some(Action::Help), "{context:?}");
            assert_eq!(lookup(context, true, Key::char('q')), Some(Action::Quit), "{context:?}");
        }
        for binding in BINDINGS {
            assert_eq!(lookup(Context::Form, false, Key::ctrl('c')), Some(Action::Quit));
            assert!(!binding.help.is_empty() && !binding.contexts.is_empty());
        }
    }

    #[test]
    fn playback_keys_work_only_in_a_recording() {
        let space = Key::char(' ');
        assert_eq!(lookup(Context::List, true, space), Some(Action::Pause));
        assert_eq!(lookup(Context::List, false, space), None);
        let keymap = Keymap::default();
        assert!(keymap.offered(Context::List, false).all(|(it, _)| it.contexts != [Context::Playback]));
    }

    #[test]
    fn the_help_fits_two_columns_of_80() {
        for binding in BINDINGS {
            assert!(binding.help.len() <= 26, "{}", binding.help);
            let keys: Vec<_> = binding.keys.iter().map(|key| key.short()).collect();
            assert!(keys.join(" ").len() <= 10, "{keys:?}");
        }
    }

    #[test]
    fn names_are_readable() {
        assert_eq!(Key::ctrl('c').name(), "Ctrl-C");
        assert_eq!(Key::char(' ').name(), "Space");
        assert_eq!(Key::plain(Code::PageDown).name(), "PageDown");
        assert_eq!(Key::char('G').name(), "G");
    }
}
