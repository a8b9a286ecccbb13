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

    /// Notes that `place` was cleared: what lay there can not be pointed at any more.
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

    /// Every target with its place, the lowest first.
    pub fn all(&self) -> impl Iterator<Item = (Rect, &Target)> {
        self.0.iter().filter_map(|(place, target)| Some((*place, target.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
