//! What the pointer can be over and do. Where things stand is noted while they are drawn ([`Zones`]): there is no second
//! computation of the layout that could differ from what people see.

use ratatui::layout::Rect;

use super::Action;
use gonogo_domain::{ChecklistId, GateId, MessageRef, Party, StageId, Str};

/// Something on the screen that can be pointed at. By name, not by place: what was drawn is what is meant, wherever it has
/// moved since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A gate of the list.
    Gate(GateId),
    /// The line of a checklist.
    Checklist(ChecklistId),
    /// The line of gates that have something else in common.
    Group(Str),
    /// A step of the path to GO; 0 is the first.
    Step(usize),
    /// A stage of the rollout.
    Stage(StageId),
    /// A station of the roll call; `None`: the final call.
    Station(Option<Party>),
    /// An occurrence of a message.
    Message(MessageRef),
    /// A risk.
    Risk(Str),
    /// An item of the readiness review.
    Item(GateId),
    /// A follow-up of the review after the launch, by its number.
    FollowUp(u32),
    /// The log of the incident.
    Log,
    /// A launch of several; 0 is the first.
    Launch(usize),
    /// Does what the key of this action does where the keyboard is.
    Action(Action),
    /// A field of the open form; 0 is the first.
    Field(usize),
    /// A choice of such a field.
    Choice(usize, usize),
    /// An entry of the palette; 0 is the first.
    Entry(usize),
    /// The line between the list and what stands beside it.
    Split,
    /// A place that scrolls, and the largest number of lines that is of use.
    Pane(Pane, usize),
}

/// Letters for rows, those under the fingers first.
const LETTERS: &str = "asdfghjklqwertyuiopzxcvbnmASDFGHJKLQWERTYUIOPZXCVBNM";

impl Target {
    /// Whether it is a row that can be chosen. What has a key of its own is none.
    fn is_row(&self) -> bool {
        match self {
            Self::Gate(_)
            | Self::Checklist(_)
            | Self::Group(_)
            | Self::Step(_)
            | Self::Stage(_)
            | Self::Station(_)
            | Self::Message(_)
            | Self::Risk(_)
            | Self::Item(_) => true,
            Self::FollowUp(_)
            | Self::Log
            | Self::Launch(_)
            | Self::Action(_)
            | Self::Field(_)
            | Self::Choice(..)
            | Self::Entry(_)
            | Self::Split
            | Self::Pane(..) => false,
        }
    }
}

/// A place that scrolls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The list of gates.
    List,
    /// One gate in full.
    Detail,
    /// The path to GO as a screen.
    Path,
    /// The timeline as a screen.
    Timeline,
    /// The sources.
    Sources,
    /// The order of the roll call.
    Order,
    /// How launches went.
    History,
    /// The log of the incident.
    Incident,
    /// Who is who.
    People,
    /// The messages of the comms plan.
    Comms,
    /// The items of the readiness review.
    Readiness,
    /// The risks.
    Risks,
    /// The launches of a folder.
    Launches,
    /// The help.
    Help,
}

/// What the pointer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pointed {
    /// One click.
    Click(Target),
    /// The second click in quick succession; the first was a [`Pointed::Click`].
    Double(Target),
    /// The letter of a row was typed.
    Jump(Target),
    /// One notch of the wheel over a pane that is of use up to so many lines.
    Wheel {
        /// What is under the pointer.
        pane: Pane,
        /// The largest number of lines to scroll by.
        most: usize,
        /// Towards the user.
        down: bool,
    },
    /// The line beside the list was drawn to this column.
    Split(u16),
}

/// What stands where on one frame.
#[derive(Clone, Debug, Default)]
pub struct Zones(Vec<(Rect, Option<Target>)>);

impl Zones {
    /// Notes that `target` was drawn on `place`, over what was there.
    pub(super) fn add(&mut self, place: Rect, target: Target) {
        if !place.is_empty() {
            self.0.push((place, Some(target)));
        }
    }

    /// Notes that `place` was cleared: what lay there cannot be pointed at any more.
    pub(super) fn cover(&mut self, place: Rect) {
        self.0.push((place, None));
    }

    /// What is on top in this column and row, both from 0.
    pub fn at(&self, column: u16, row: u16) -> Option<&Target> {
        self.over(column, row).next()
    }

    /// The pane in this column and row, whatever of it is pointed at.
    pub fn pane_at(&self, column: u16, row: u16) -> Option<(Pane, usize)> {
        self.over(column, row).find_map(|target| match target {
            Target::Pane(pane, most) => Some((*pane, *most)),
            _ => None,
        })
    }

    /// All in this column and row, the topmost first, down to what covers the rest.
    fn over(&self, column: u16, row: u16) -> impl Iterator<Item = &Target> {
        let here = move |place: &Rect| place.contains((column, row).into());
        let found = self.0.iter().rev().filter(move |(place, _)| here(place));
        found.map_while(|(_, target)| target.as_ref())
    }

    /// The rows that can be chosen, from the top, each with the letter that chooses it. What has more rows than there are
    /// letters leaves the last without.
    pub fn lettered(&self) -> Vec<(char, Rect, &Target)> {
        let in_sight = |(place, target): &(Rect, &Target)| self.at(place.x, place.y) == Some(*target);
        let mut rows: Vec<_> = self.all().filter(|(_, target)| target.is_row()).filter(in_sight).collect();
        rows.sort_by_key(|(place, _)| (place.y, place.x));
        let mut all: Vec<(char, Rect, &Target)> = Vec::new();
        let mut letters = LETTERS.chars();
        for (place, target) in rows {
            if all.iter().any(|(.., other)| *other == target) {
                continue;
            }
            let Some(letter) = letters.next() else { break };
            all.push((letter, place, target));
        }
        all
    }

    /// Every target with its place, the lowest first.
    pub fn all(&self) -> impl Iterator<Item = (Rect, &Target)> {
        self.0.iter().filter_map(|(place, target)| Some((*place, target.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_in_sight_has_one_letter_from_the_top() {
        let mut zones = Zones::default();
        zones.add(Rect::new(0, 0, 10, 9), Target::Pane(Pane::List, 3));
        for (y, id) in [(3, "qa/b"), (2, "qa/a"), (7, "qa/c"), (5, "qa/a")] {
            zones.add(Rect::new(0, y, 10, 1), Target::Gate(id.into()));
        }
        zones.add(Rect::new(0, 8, 4, 1), Target::Action(Action::Quit));
        zones.cover(Rect::new(0, 7, 10, 2));
        let all: Vec<_> =
            zones.lettered().into_iter().map(|(letter, place, it)| (letter, place.y, it.clone())).collect();
        let gate = |id: &str| Target::Gate(id.into());
        assert_eq!(all, [('a', 2, gate("qa/a")), ('s', 3, gate("qa/b"))]);
        (0..99).for_each(|at| zones.add(Rect::new(0, at, 10, 1), Target::Step(at.into())));
        assert_eq!(zones.lettered().len(), LETTERS.len());
    }

    #[test]
    fn what_was_drawn_last_is_what_is_pointed_at_and_what_is_cleared_is_gone() {
        let mut zones = Zones::default();
        let whole = Rect::new(0, 0, 10, 10);
        zones.add(whole, Target::Pane(Pane::List, 3));
        zones.add(Rect::new(0, 2, 10, 1), Target::Gate("qa/smoke".into()));
        zones.add(Rect::default(), Target::Split);
        assert_eq!(zones.at(4, 2), Some(&Target::Gate("qa/smoke".into())));
        assert_eq!(zones.at(4, 3), Some(&Target::Pane(Pane::List, 3)));
        assert_eq!(zones.pane_at(4, 2), Some((Pane::List, 3)), "a row is part of its pane");
        assert_eq!(zones.at(10, 2), None, "outside");
        zones.cover(Rect::new(0, 2, 10, 8));
        zones.add(Rect::new(0, 5, 4, 1), Target::Field(0));
        assert_eq!(zones.at(4, 2), None);
        assert_eq!(zones.at(1, 5), Some(&Target::Field(0)));
        assert_eq!(zones.pane_at(1, 5), None, "the list lies under it");
    }
}
