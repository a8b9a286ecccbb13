//! From the events of a mouse to what they mean on the frame that people saw.

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::{Message, Pointed, Target, Zones};

/// Two clicks within this are one double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// Where the pointer is at work. It knows the newest frame, and nothing else of the screen.
#[derive(Default)]
pub(super) struct Pointer {
    zones: Zones,
    /// The last press: when, where and on what.
    last: Option<(Duration, (u16, u16), Target)>,
    /// The line beside the list is held.
    splitting: bool,
}

impl Pointer {
    /// A frame was drawn.
    pub(super) fn drawn(&mut self, zones: Zones) {
        self.zones = zones;
    }

    /// What an event means; `None`: nothing, and nothing is drawn for it.
    pub(super) fn message(&mut self, event: MouseEvent, now: Duration) -> Option<Message> {
        let (column, row) = (event.column, event.row);
        let pointed = match event.kind {
            MouseEventKind::Down(MouseButton::Left) => self.press((column, row), now)?,
            MouseEventKind::Drag(MouseButton::Left) if self.splitting => Pointed::Split(column),
            MouseEventKind::Up(MouseButton::Left) => {
                self.splitting = false;
                return None;
            }
            MouseEventKind::ScrollDown | MouseEventKind::ScrollUp => {
                let (pane, most) = self.zones.pane_at(column, row)?;
                Pointed::Wheel { pane, most, down: event.kind == MouseEventKind::ScrollDown }
            }
            _ => return None,
        };
        Some(Message::Pointer(pointed))
    }

    /// The row that this letter stands at.
    pub(super) fn jump(&self, letter: char) -> Option<Message> {
        let (_, _, target) = self.zones.lettered().into_iter().find(|(it, ..)| *it == letter)?;
        Some(Message::Pointer(Pointed::Jump(target.clone())))
    }

    fn press(&mut self, at: (u16, u16), now: Duration) -> Option<Pointed> {
        let target = self.zones.at(at.0, at.1).cloned();
        let quick =
            self.last.take().filter(|(then, place, _)| *place == at && now.saturating_sub(*then) <= DOUBLE);
        self.splitting = target == Some(Target::Split);
        let target = target.filter(|it| !matches!(it, Target::Split | Target::Pane(..)))?;
        match quick {
            Some((_, _, before)) if before == target => Some(Pointed::Double(target)),
            // The first click brought something else under the pointer: the second was not meant for it.
            Some(_) => None,
            None => {
                self.last = Some((now, at, target.clone()));
                Some(Pointed::Click(target))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;
    use ratatui::layout::Rect;

    use super::*;
    use crate::{Action, Pane};

    fn zones(target: Target) -> Zones {
        let mut zones = Zones::default();
        zones.add(Rect::new(0, 0, 20, 10), Target::Pane(Pane::List, 5));
        zones.add(Rect::new(0, 4, 20, 1), target);
        zones.add(Rect::new(12, 0, 1, 10), Target::Split);
        zones
    }

    fn event(kind: MouseEventKind, column: u16, row: u16) -> MouseEvent {
        MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }
    }

    fn pointed(message: Option<Message>) -> Option<Pointed> {
        message.map(|it| match it {
            Message::Pointer(pointed) => pointed,
            other => panic!("{other:?}"),
        })
    }

    const PRESS: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

    #[test]
    fn two_quick_clicks_are_a_double_click_and_two_slow_ones_are_not() {
        let gate = Target::Gate("qa/smoke".into());
        let mut pointer = Pointer::default();
        pointer.drawn(zones(gate.clone()));
        let now = Duration::from_secs(1);
        let mut press =
            |after: u64| pointed(pointer.message(event(PRESS, 3, 4), now + Duration::from_millis(after)));
        assert_eq!(press(0), Some(Pointed::Click(gate.clone())));
        assert_eq!(press(300), Some(Pointed::Double(gate.clone())));
        assert_eq!(press(400), Some(Pointed::Click(gate.clone())), "a third begins anew");
        assert_eq!(press(900), Some(Pointed::Click(gate)), "too slow");
    }

    #[test]
    fn what_the_first_click_brought_under_the_pointer_is_not_hit_by_the_second() {
        let mut pointer = Pointer::default();
        pointer.drawn(zones(Target::Action(Action::Submit)));
        let now = Duration::from_secs(1);
        assert!(pointer.message(event(PRESS, 3, 4), now).is_some());
        pointer.drawn(zones(Target::Action(Action::Quit)));
        assert!(pointer.message(event(PRESS, 3, 4), now + Duration::from_millis(150)).is_none());
        assert!(pointer.message(event(PRESS, 3, 4), now + Duration::from_millis(900)).is_some());
    }

    #[test]
    fn the_line_is_drawn_while_it_is_held_and_movement_alone_says_nothing() {
        let mut pointer = Pointer::default();
        pointer.drawn(zones(Target::Field(0)));
        let now = Duration::from_secs(1);
        let drag = |column| event(MouseEventKind::Drag(MouseButton::Left), column, 2);
        assert!(pointer.message(event(MouseEventKind::Moved, 3, 4), now).is_none());
        assert!(pointer.message(drag(5), now).is_none(), "not held");
        assert!(pointer.message(event(PRESS, 12, 2), now).is_none());
        assert_eq!(pointed(pointer.message(drag(15), now)), Some(Pointed::Split(15)));
        assert!(pointer.message(event(MouseEventKind::Up(MouseButton::Left), 15, 2), now).is_none());
        assert!(pointer.message(drag(5), now).is_none(), "let go");
        let wheel = pointed(pointer.message(event(MouseEventKind::ScrollDown, 3, 4), now));
        assert_eq!(wheel, Some(Pointed::Wheel { pane: Pane::List, most: 5, down: true }));
        assert!(pointer.message(event(MouseEventKind::ScrollUp, 30, 4), now).is_none(), "over nothing");
    }
}
