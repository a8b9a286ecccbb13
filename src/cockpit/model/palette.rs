//! The palette: what is to be done is typed in a few letters, instead of remembered as a key.

mod entries;
mod verbs;

use super::{Finds, Fuzzy, Model, TextField};
use crate::{Action, Context, Screen};
use gonogo_domain::{GateId, Party, StageId, Str};

/// So many are listed; who wants others types more letters.
const MOST: usize = 200;

/// The palette while it is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Palette {
    pub field: TextField,
    /// What fits, best first.
    pub entries: Vec<PaletteEntry>,
    /// How many would be listed if nothing were typed.
    pub of: usize,
    /// The place of the one that Enter does.
    pub at: usize,
}

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PaletteEntry {
    /// What it does, by the same path as its key; `None`: it only leads to its target.
    pub action: Option<Action>,
    /// What has the keyboard where its key works.
    pub context: Context,
    pub target: Subject,
    /// What is matched and completed: `sign qa/smoke`.
    pub name: String,
    /// What it does, or what it is about.
    pub about: String,
    /// The key that does the same; empty: none does.
    pub key: String,
    /// Why it would be refused, which is what happens if it is done all the same.
    pub refusal: Option<String>,
    /// The letters of the name that were typed, by graphemes.
    pub marks: Vec<u32>,
    /// The same in what it is about.
    pub about_marks: Vec<u32>,
}

/// What an entry is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subject {
    /// What is chosen, or nothing in particular.
    #[default]
    Chosen,
    Gate(GateId),
    Stage(StageId),
    /// A station of the roll call.
    Station(Party),
    Screen(Screen),
    /// A risk.
    Risk(Str),
    /// A follow-up of the review after the launch.
    FollowUp(u32),
    /// Terms of a filter.
    Filter(String),
}

impl PaletteEntry {
    fn of(action: Option<Action>, context: Context, target: Subject, name: &str, about: &str) -> Self {
        // As it is drawn, so that the letters which are marked are those on the screen.
        let clean = |text| gonogo_text::clean(text).into_owned();
        Self {
            action,
            context,
            target,
            name: clean(name),
            about: clean(about),
            key: String::new(),
            refusal: None,
            marks: Vec::new(),
            about_marks: Vec::new(),
        }
    }
}

impl Palette {
    /// The one that Enter does.
    pub fn chosen(&self) -> Option<&PaletteEntry> {
        self.entries.get(self.at)
    }
}

impl Model {
    /// Works out again what the palette lists. The one that was chosen stays so while it is listed, unless `anew`.
    pub(crate) fn list_palette(&mut self, anew: bool) {
        let Some(palette) = &self.palette else { return };
        let kept = palette.chosen().filter(|_| !anew).map(|it| it.name.clone());
        let (entries, of) = self.palette_entries(palette.field.text());
        let Some(palette) = &mut self.palette else { return };
        let at = kept.and_then(|name| entries.iter().position(|it| it.name == name));
        let held = if anew { 0 } else { palette.at };
        palette.at = at.unwrap_or(held).min(entries.len().saturating_sub(1));
        (palette.entries, palette.of) = (entries, of);
    }

    fn palette_entries(&self, query: &str) -> (Vec<PaletteEntry>, usize) {
        let actions = self.palette_actions();
        let of = actions.len();
        let query = query.trim_start();
        if query.trim().is_empty() {
            return (self.with_refusals(actions), of);
        }
        let mut found = Vec::new();
        let mut fuzzy = Fuzzy::new(query, Finds::Letters);
        for mut entry in actions {
            let score = fuzzy.score(&entry.name).map(|score| score.saturating_mul(2));
            if let Some(score) = score.or_else(|| fuzzy.score(&entry.about)) {
                let exact = entry.name == query.trim().to_lowercase();
                let rank = if exact { verbs::Rank::Exact } else { verbs::Rank::Action };
                entry.marks = fuzzy.marks(&entry.name);
                entry.about_marks =
                    if entry.marks.is_empty() { fuzzy.marks(&entry.about) } else { Vec::new() };
                found.push((rank, score, entry));
            }
        }
        found.extend(self.palette_arguments(query));
        // A stable sort: among equals the order of the table and of the files stays.
        found.sort_by(|(rank, score, _), (other, than, _)| rank.cmp(other).then(than.cmp(score)));
        found.truncate(MOST);
        (self.with_refusals(found.into_iter().map(|(_, _, entry)| entry).collect()), of)
    }

    fn with_refusals(&self, mut entries: Vec<PaletteEntry>) -> Vec<PaletteEntry> {
        for entry in &mut entries {
            entry.refusal = entry.action.and_then(|action| self.refusal(action, &entry.target));
        }
        entries
    }
}
