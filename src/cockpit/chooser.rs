//! Several launches on a screen: which one to open. It has no board and no journal, and says of each what was known last, with
//! its age, and never that it is GO now.

use chrono::{DateTime, Utc};
use ratatui::{Frame, layout::Rect};

use super::{
    Code, Key, Look, Pane, Pointed, Target, Zones,
    view::{Canvas, wrapped},
};
use gonogo_report::{Fleet, FleetLine, fleet_clashes, fleet_line};
use gonogo_theme::Role;

/// Rows of a launch: its name and clock, what is next, and a free one where there is room for all.
const ROWS: usize = 2;
/// Fewer columns than these have no room for dates.
const NARROW: u16 = 90;
/// Rows above and below the list: title, a free one, the keys.
const AROUND: u16 = 3;

/// The list, and which of it is chosen.
#[derive(Clone, Debug)]
pub struct Chooser {
    fleet: Fleet,
    at: usize,
    size: (u16, u16),
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChooserWish {
    /// To open the launch at this place of the list, from 0.
    Launch(usize),
    /// To leave.
    Nothing,
}

impl Chooser {
    /// The first of the list is chosen, on a terminal of so many columns and rows.
    pub fn new(fleet: Fleet, size: (u16, u16)) -> Self {
        Self { fleet, at: 0, size }
    }

    /// The terminal has this many columns and rows now.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
    }

    /// Takes a key: moves, or answers what is wanted. A digit chooses the launch of that number.
    pub fn key(&mut self, key: Key) -> Option<ChooserWish> {
        let last = self.fleet.entries.len().saturating_sub(1);
        let page = self.shown().max(2) - 1;
        self.at = match key.code {
            Code::Enter => return self.wants(),
            Code::Esc => return Some(ChooserWish::Nothing),
            Code::Char('c' | 'd') if key.ctrl => return Some(ChooserWish::Nothing),
            Code::Char(_) if key.ctrl || key.alt => self.at,
            Code::Char('q') => return Some(ChooserWish::Nothing),
            Code::Up | Code::Char('k') => self.at.saturating_sub(1),
            Code::Down | Code::Char('j') => self.at + 1,
            Code::PageUp => self.at.saturating_sub(page),
            Code::PageDown => self.at + page,
            Code::Home | Code::Char('g') => 0,
            Code::End | Code::Char('G') => last,
            Code::Char(digit @ '1'..='9') => {
                let number = digit.to_digit(10).and_then(|it| usize::try_from(it).ok()).unwrap_or(1);
                if number - 1 <= last { number - 1 } else { self.at }
            }
            _ => self.at,
        }
        .min(last);
        None
    }

    /// Takes what the pointer did: one click chooses, two open.
    pub fn point(&mut self, pointed: &Pointed) -> Option<ChooserWish> {
        let last = self.fleet.entries.len().saturating_sub(1);
        match pointed {
            Pointed::Click(Target::Launch(at)) => self.at = (*at).min(last),
            Pointed::Double(Target::Launch(at)) => {
                self.at = (*at).min(last);
                return self.wants();
            }
            Pointed::Wheel { down, .. } => {
                self.at = if *down { (self.at + 1).min(last) } else { self.at.saturating_sub(1) };
            }
            _ => {}
        }
        None
    }

    fn wants(&self) -> Option<ChooserWish> {
        self.fleet.entries.get(self.at).map(|_| ChooserWish::Launch(self.at))
    }

    /// Rows for clashes, their heading included.
    fn below(&self) -> usize {
        let clashes = self.fleet.clashes.len();
        let most = usize::from(self.size.1 / 3);
        if clashes == 0 { 0 } else { (2 * clashes + 2).min(most) }
    }

    fn room(&self) -> usize {
        usize::from(self.size.1.saturating_sub(AROUND)).saturating_sub(self.below())
    }

    /// Rows of each launch.
    fn rows(&self) -> usize {
        if self.fleet.entries.len() * (ROWS + 1) <= self.room() + 1 { ROWS + 1 } else { ROWS }
    }

    /// How many launches are in sight.
    fn shown(&self) -> usize {
        (self.room() / self.rows()).max(1)
    }

    /// Draws it as it is at `now`; what stands where is the answer.
    pub fn draw(&self, look: &Look, now: DateTime<Utc>, frame: &mut Frame) -> Zones {
        let area = frame.area();
        let mut zones = Zones::default();
        let mut canvas = Canvas::new(frame.buffer_mut(), area, look, &mut zones);
        canvas.clear();
        self.draw_on(now, &mut canvas);
        zones
    }

    fn draw_on(&self, now: DateTime<Utc>, canvas: &mut Canvas<'_>) {
        let (width, height) = (canvas.width(), canvas.height());
        let many = self.fleet.entries.len();
        let end = canvas.put(1, 0, u16::MAX, "Launches", Role::Title);
        let said = format!("{many} in this folder; none of them was asked anything now");
        canvas.put(end + 2, 0, u16::MAX, &said, Role::Dim);
        let rows = u16::try_from(self.room()).unwrap_or(u16::MAX);
        let list = Rect { x: 0, y: 2, width, height: rows.min(height.saturating_sub(2)) };
        self.list(now, &mut canvas.part(list));
        let below = u16::try_from(self.below()).unwrap_or(0);
        let y = height.saturating_sub(below + 1);
        self.clashes(&mut canvas.part(Rect { x: 0, y, width, height: below }));
        let mut x = 1;
        let keys = canvas.symbols().keys[0];
        for (key, does) in [(keys, "open"), ("j k", "down, up"), ("Esc", "leave")] {
            let last = height.saturating_sub(1);
            x = canvas.put(x, last, u16::MAX, key, Role::KeyHint) + 1;
            x = canvas.put(x, last, u16::MAX, does, Role::Dim) + 2;
        }
    }

    fn list(&self, now: DateTime<Utc>, canvas: &mut Canvas<'_>) {
        canvas.hot_whole(Target::Pane(Pane::Launches, self.fleet.entries.len()));
        let (rows, shown) = (self.rows(), self.shown());
        let first = (self.at + 1).saturating_sub(shown);
        let all = self.fleet.entries.iter().enumerate().skip(first).take(shown);
        let width = canvas.width();
        for ((at, entry), y) in all.zip((0_u16..).step_by(rows)) {
            one(at, &fleet_line(entry, now), y, canvas);
            canvas.hot(Rect { x: 0, y, width, height: 2 }, Target::Launch(at));
            if at == self.at {
                canvas.over(0, y, width, Role::Selection);
                canvas.ground(0, y + 1, width, Role::Selection);
            }
        }
        canvas.thumb(first, shown, self.fleet.entries.len());
    }

    fn clashes(&self, canvas: &mut Canvas<'_>) {
        if canvas.height() == 0 {
            return;
        }
        canvas.line_across(0, 0, canvas.width());
        canvas.put(1, 1, u16::MAX, "In each other's way", Role::Hold);
        let cols = canvas.width().saturating_sub(4);
        let lines = fleet_clashes(&self.fleet);
        let lines = lines.iter().flat_map(|line| wrapped(line, cols, 2));
        for (y, line) in (2..canvas.height()).zip(lines) {
            canvas.put(3, y, u16::MAX, &line, Role::Text);
        }
    }
}

/// Its number and name, its clock and its last known word; below, what is next.
fn one(at: usize, it: &FleetLine, y: u16, canvas: &mut Canvas<'_>) {
    let width = canvas.width();
    let (name, clock) = if it.over { (Role::Dim, Role::Dim) } else { (Role::Title, Role::Text) };
    let mut x = canvas.put(2, y, 5, &format!("{:>2}", at + 1), Role::Dim) + 2;
    let end = canvas.put_right(width.saturating_sub(1), y, 24, &it.last, Role::Dim).saturating_sub(2);
    // Where there is little room the name of a launch is more than the date.
    let when = if width < NARROW || it.at.is_empty() {
        it.clock.clone()
    } else {
        format!("{}, {}", it.clock, it.at)
    };
    let end = canvas.put_right(end, y, 52, &when, clock).saturating_sub(2);
    let hotfix = if it.hotfix { "HOTFIX" } else { "" };
    let room = end.saturating_sub(x + canvas.cols(hotfix) + 1);
    x = canvas.put(x, y, room, &it.name, name) + 2;
    canvas.put(x, y, end.saturating_sub(x), hotfix, Role::Hold);
    let (below, role) = match (&it.trouble, &it.next) {
        (Some(why), _) => (why.as_str(), Role::Error),
        (None, Some(next)) => (next.as_str(), Role::Text),
        (None, None) => (if it.over { "over" } else { "nothing is to be done" }, Role::Dim),
    };
    canvas.put(6, y + 1, width.saturating_sub(7), below, role);
}
