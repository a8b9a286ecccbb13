//! A ratatui backend that writes as few bytes as it can: nothing for a frame that changes nothing, no reset behind
//! every frame, no cursor move where the cursor stands already or where the letters on the way are cheaper, each pen taken once.

mod known;
mod runs;

use std::{cmp::Ordering, convert::Infallible, fmt::Write as _};

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
    style::{Color, Modifier},
};

use self::known::KnownCells;
use super::FrameSink;

/// From so many bytes on, a frame is wrapped in a synchronised update; fewer go out in one write, which terminals take at once.
const LARGE: usize = 1_024;
/// So many letters on the way to the next change are written anew rather than passed over: a move takes as many bytes.
const SHORT_WAY: u16 = 5;
/// A place at most so far below and aside is gone to from where the cursor is.
const NEAR: u16 = 9;
/// From so many blanks on, erasing them takes fewer bytes than writing them and, where something follows, going on behind them.
const ERASED: (u16, u16) = (6, 11);
const SYNC: (&str, &str) = ("\x1b[?2026h", "\x1b[?2026l");

/// Encodes frames for a terminal and hands them to a sink, one at a time.
pub struct Ansi<S> {
    sink: S,
    out: String,
    size: Size,
    pen: Option<Pen>,
    /// Where the terminal's cursor is known to stand.
    at: Option<Position>,
    /// Its row: known for longer, as no letter is so wide that it leaves it.
    row: Option<u16>,
    visible: Option<bool>,
    known: KnownCells,
    /// Erasing leaves the ground that is set, also where that is not the terminal's own.
    erases: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }
}

const PLAIN: Pen = Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };
const ATTRIBUTES: [(Modifier, &str); 6] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::REVERSED, "7"),
    (Modifier::CROSSED_OUT, "9"),
];

/// One code ends both.
const WEIGHT: Modifier = Modifier::BOLD.union(Modifier::DIM);
const ENDS: [(Modifier, &str); 5] = [
    (WEIGHT, "22"),
    (Modifier::ITALIC, "23"),
    (Modifier::UNDERLINED, "24"),
    (Modifier::REVERSED, "27"),
    (Modifier::CROSSED_OUT, "29"),
];
/// What is seen on a blank; of all else there only the ground is.
const ON_BLANKS: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

impl<S: FrameSink> Ansi<S> {
    /// A terminal of this size behind this sink.
    pub fn new(sink: S, (width, height): (u16, u16)) -> Self {
        let size = Size { width, height };
        Self {
            sink,
            out: String::new(),
            size,
            pen: None,
            at: None,
            row: None,
            visible: None,
            known: KnownCells::nothing(size),
            erases: false,
        }
    }

    /// The same on a terminal that erases in the ground that is set (`bce` in terminfo).
    #[must_use]
    pub fn erasing(self, erases: bool) -> Self {
        Self { erases, ..self }
    }

    /// The sink.
    pub fn sink(&self) -> &S {
        &self.sink
    }

    /// The terminal has a new size.
    pub fn resize(&mut self, (width, height): (u16, u16)) {
        self.size = Size { width, height };
        (self.at, self.row, self.known) = (None, None, KnownCells::nothing(self.size));
    }

    /// Somebody else wrote to the terminal: nothing is known about its state.
    pub fn forget(&mut self) {
        (self.pen, self.at, self.row, self.visible) = (None, None, None, None);
        self.known = KnownCells::nothing(self.size);
    }

    /// Puts a sequence of ours before the next frame.
    pub fn raw(&mut self, sequence: &str) {
        self.out.push_str(sequence);
    }

    fn go(&mut self, x: u16, y: u16) {
        let target = Position { x, y };
        if self.at == Some(target) {
            return;
        }
        // Writing to a string does not fail.
        let _ = match (self.at, x) {
            (_, 0) if self.row == Some(y) => write!(self.out, "\r"),
            (Some(at), _) if at.y == y && at.x < x => self.out.write_str(&forward(x - at.x)),
            (Some(at), _) if at.y < y && at.y + NEAR >= y && at.x + NEAR >= x && x + NEAR >= at.x => {
                self.out.write_str(&near(at, target))
            }
            (_, 0) => write!(self.out, "\x1b[{}H", u32::from(y) + 1),
            _ if self.row == Some(y) => write!(self.out, "\x1b[{}G", u32::from(x) + 1),
            _ => write!(self.out, "\x1b[{};{}H", u32::from(y) + 1, u32::from(x) + 1),
        };
        (self.at, self.row) = (Some(target), Some(y));
    }

    /// Writes the few letters that stand between the cursor and this place anew, where they are known and need no other pen.
    fn walk(&mut self, x: u16, y: u16) {
        let Some((from, pen)) = self.at.filter(|at| at.y == y).map(|at| at.x).zip(self.pen) else { return };
        if !x.checked_sub(from).is_some_and(|gap| (1..=SHORT_WAY).contains(&gap)) {
            return;
        }
        let Some(letters) = self.known.between(from, x, y, pen) else { return };
        self.out.push_str(&letters);
        self.at = Some(Position { x, y });
    }

    fn take_pen(&mut self, pen: Pen) {
        if self.pen == Some(pen) {
            return;
        }
        let mut codes: Vec<String> = Vec::new();
        let mut old = self.pen.unwrap_or(PLAIN);
        if self.pen.is_none() || pen == PLAIN {
            codes.push("0".to_owned());
            old = PLAIN;
        }
        // Attributes are taken away one by one: after a reset both colours would have to be said again.
        let gone = old.modifier - pen.modifier;
        codes.extend(ENDS.iter().filter(|(it, _)| gone.intersects(*it)).map(|(_, code)| (*code).to_owned()));
        if gone.intersects(WEIGHT) {
            old.modifier -= WEIGHT;
        }
        let added = pen.modifier - old.modifier;
        codes.extend(
            ATTRIBUTES.iter().filter(|(it, _)| added.contains(*it)).map(|(_, code)| (*code).to_owned()),
        );
        if pen.fg != old.fg {
            codes.push(colour(pen.fg, 30));
        }
        if pen.bg != old.bg {
            codes.push(colour(pen.bg, 40));
        }
        if !codes.is_empty() {
            let _ = write!(self.out, "\x1b[{}m", codes.join(";"));
        }
        self.pen = Some(pen);
    }

    /// The pen at hand with another ground, where that is all that can be told apart.
    fn for_blank(&self, wanted: Pen) -> Pen {
        match self.pen {
            Some(pen) if !(pen.modifier | wanted.modifier).intersects(ON_BLANKS) => {
                Pen { bg: wanted.bg, ..pen }
            }
            _ => wanted,
        }
    }

    fn cell(&mut self, x: u16, y: u16, cell: &Cell) {
        self.walk(x, y);
        self.go(x, y);
        let symbol = cell.symbol();
        let pen = Pen::of(cell);
        self.take_pen(if symbol == " " { self.for_blank(pen) } else { pen });
        // Text is sanitised long before; should anything slip through, it does not reach the terminal.
        let harmless = !symbol.is_empty() && !symbol.chars().any(char::is_control);
        let symbol = if harmless { symbol } else { " " };
        self.out.push_str(symbol);
        self.known.wrote(x, y, symbol, self.pen.unwrap_or(pen));
        // Terminals do not agree on how wide anything but ASCII is, and the last column does not move the cursor.
        let sure = symbol.is_ascii() && x + 1 < self.size.width;
        self.at = sure.then_some(Position { x: x + 1, y });
    }

    fn run(&mut self, changes: &[Change<'_>]) {
        let mut rest = changes;
        while let Some(first) = rest.first() {
            let (blanks, cells) = self.blanks(rest);
            // What is no blank is written alone. Blanks that are not worth erasing together are not by parts either.
            let (now, behind) = rest.split_at(blanks.max(1));
            if !self.erase(*first, cells, !behind.is_empty()) {
                now.iter().for_each(|(x, y, cell)| self.cell(*x, *y, cell));
            }
            rest = behind;
        }
    }

    /// How many of these changes are blanks of one ground with nothing else between them, and how many cells they reach over.
    fn blanks(&self, changes: &[Change<'_>]) -> (usize, u16) {
        let Some((x, y, first)) = changes.first() else { return (0, 0) };
        let mut end = *x;
        let run = changes.iter().take_while(|(col, row, cell)| {
            let ground = cell.bg == first.bg && !(cell.modifier | first.modifier).intersects(ON_BLANKS);
            let joins = row == y && *col >= end && self.known.are_blank(end, *col, *y, first.bg);
            let joins = joins && cell.symbol() == " " && ground;
            end = if joins { col.saturating_add(1) } else { end };
            joins
        });
        (run.count(), end - x)
    }

    /// Erases so many cells, if that takes fewer bytes than writing blanks; the cursor stays where they begin.
    fn erase(&mut self, (x, y, cell): Change<'_>, cells: u16, followed: bool) -> bool {
        let pen = Pen::of(cell);
        let least = if followed { ERASED.1 } else { ERASED.0 };
        // Where nothing was written yet, some programs that record a terminal do not note the ground of what is erased.
        let in_colour = pen.bg == Color::Reset || self.erases && self.known.have_ground(x, y, cells);
        if cells < least || !in_colour || pen.modifier.intersects(ON_BLANKS) {
            return false;
        }
        self.walk(x, y);
        self.go(x, y);
        self.take_pen(self.for_blank(pen));
        let end = x + cells;
        // To the end of the row it takes no number.
        if end >= self.size.width || self.known.are_blank(end, self.size.width, y, pen.bg) {
            self.out.push_str("\x1b[K");
        } else {
            let _ = write!(self.out, "\x1b[{cells}X");
        }
        let pen = self.pen.unwrap_or(pen);
        (x..end).for_each(|x| self.known.wrote(x, y, " ", pen));
        true
    }
}

/// To the right by so many columns.
fn forward(by: u16) -> String {
    if by == 1 { "\x1b[C".to_owned() } else { format!("\x1b[{by}C") }
}

/// Down to a place nearby: never longer than to say where it is.
fn near(from: Position, to: Position) -> String {
    let down = match to.y - from.y {
        1 => "\x1b[B".to_owned(),
        rows => format!("\x1b[{rows}B"),
    };
    let aside = match to.x.cmp(&from.x) {
        Ordering::Equal => String::new(),
        Ordering::Greater => forward(to.x - from.x),
        Ordering::Less => match from.x - to.x {
            by @ 1..=3 => "\u{8}".repeat(usize::from(by)),
            by => format!("\x1b[{by}D"),
        },
    };
    down + &aside
}

/// A cell that is to change, and where.
type Change<'a> = (u16, u16, &'a Cell);

/// The SGR code of a colour; `base` is 30 for text and 40 for the ground.
fn colour(colour: Color, base: u8) -> String {
    let named = |n: u8| (base + n).to_string();
    let bright = |n: u8| (base + 60 + n).to_string();
    match colour {
        Color::Reset => named(9),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(n) => format!("{};5;{n}", base + 8),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
    }
}

impl<S: FrameSink> Backend for Ansi<S> {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let changes: Vec<Change<'_>> = content.collect();
        for run in runs::ordered(&changes, self.pen) {
            self.run(run.changes);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        if self.visible != Some(false) {
            self.out.push_str("\x1b[?25l");
            self.visible = Some(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        if self.visible != Some(true) {
            self.out.push_str("\x1b[?25h");
            self.visible = Some(true);
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        let Position { x, y } = position.into();
        self.go(x, y);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.take_pen(PLAIN);
        self.out.push_str("\x1b[2J");
        self.known.cleared(PLAIN);
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        if self.out.is_empty() {
            return Ok(());
        }
        let frame = std::mem::take(&mut self.out);
        let frame = if frame.len() >= LARGE { format!("{}{frame}{}", SYNC.0, SYNC.1) } else { frame };
        self.sink.send(frame.into_bytes());
        Ok(())
    }
}
