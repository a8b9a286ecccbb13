//! Every action of the key map, as entries of the palette.

use super::{PaletteEntry, Subject};
use crate::{Action, Context, Model, Screen};

impl Context {
    /// The screen on which it has the keyboard; `None`: on no particular one.
    pub(crate) fn screen(self) -> Option<Screen> {
        Some(match self {
            Self::List | Self::Gate | Self::Detail | Self::Search | Self::Filter => Screen::Board,
            Self::Timeline => Screen::Timeline,
            Self::Sources => Screen::Sources,
            Self::Path => Screen::Path,
            Self::RollCall => Screen::RollCall,
            Self::Rollback => Screen::Rollback,
            Self::Incident => Screen::Incident,
            Self::Comms => Screen::Comms,
            Self::Readiness => Screen::Readiness,
            Self::People => Screen::People,
            Self::Risks => Screen::Risks,
            Self::History => Screen::History,
            Self::Always
            | Self::Screens
            | Self::Help
            | Self::Form
            | Self::Playback
            | Self::Past
            | Self::Moment
            | Self::Palette => return None,
        })
    }
}

impl Model {
    /// Every action that a key can do on some screen: first what matters here, then what else works here, then the rest.
    pub(super) fn palette_actions(&self) -> Vec<PaletteEntry> {
        let here = self.context_below();
        let matters = self.matters();
        let mut entries = Vec::new();
        for (binding, keys) in self.keymap.bindings() {
            let Some(context) = self.place_of(binding.contexts, here) else { continue };
            // The palette opens itself with a key only; leaving at once is no other act than leaving.
            if binding.action == Action::Palette
                || binding.contexts == [Context::Always] && binding.action == Action::Quit
            {
                continue;
            }
            let name = binding.action.name().replace('-', " ");
            let mut entry =
                PaletteEntry::of(Some(binding.action), context, Subject::Chosen, &name, binding.help);
            entry.key = keys.first().map_or(String::new(), |key| key.name());
            let works = binding.contexts.iter().any(|it| here.chain().contains(it));
            let rank = match matters.iter().position(|it| *it == binding.action).filter(|_| works) {
                Some(at) => at,
                None if works && !binding.action.only_moves() => 100,
                None if !binding.action.only_moves() => 200,
                None if works => 300,
                None => 400,
            };
            entries.push((rank, entry));
        }
        entries.sort_by_key(|(rank, _)| *rank);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Where a binding works: here if it does, else on the first screen that it is for. `None`: only where text is typed, or
    /// only in a recording or in the past, which this is not.
    fn place_of(&self, contexts: &[Context], here: Context) -> Option<Context> {
        let on = |it: &&Context| match it {
            Context::Playback => self.playback.is_some(),
            Context::Past => self.looks_back(),
            Context::Always => true,
            it => !it.is_fixed(),
        };
        if self.looks_back() && contexts.contains(&Context::Past) {
            return Some(Context::Past);
        }
        let near = contexts.iter().filter(on).find(|it| here.chain().contains(it) || it.screen().is_none());
        near.map(|_| here).or_else(|| contexts.iter().find(on).copied())
    }
}

impl Action {
    /// Whether it only moves what is chosen or shown: of no use in a list of what can be done but to be looked up.
    fn only_moves(self) -> bool {
        matches!(
            self,
            Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::First
                | Self::Last
                | Self::ScrollUp
                | Self::ScrollDown
                | Self::PointEarlier
                | Self::PointLater
        )
    }
}
