//! A ratatui backend that writes as few bytes as it can: nothing for a frame that changes nothing, no reset behind
//! every frame, no cursor move where the cursor stands already.

use std::{convert::Infallible, fmt::Write as _};

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
    style::{Color, Modifier},
};

use super::FrameSink;

/// From so many bytes on, a frame is wrapped in a synchronised update; fewer go out in one write, which terminals take at once.
const LARGE: usize = 1_024;
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
    shown: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
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
        Self {
            sink,
            out: String::new(),
            size: Size { width, height },
            pen: None,
            at: None,
            row: None,
            shown: None,
        }
    }

    /// The sink.
    pub fn sink(&self) -> &S {
        &self.sink
    }

    /// The terminal has a new size.
    pub fn resize(&mut self, (width, height): (u16, u16)) {
        self.size = Size { width, height };
        (self.at, self.row) = (None, None);
    }

    /// Somebody else wrote to the terminal: nothing is known about its state.
    pub fn forget(&mut self) {
        (self.pen, self.at, self.row, self.shown) = (None, None, None, None);
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
        let _ = match (self.row, x) {
            (Some(row), 0) if row == y => write!(self.out, "\r"),
            (Some(row), _) if row == y => write!(self.out, "\x1b[{}G", u32::from(x) + 1),
            (_, 0) => write!(self.out, "\x1b[{}H", u32::from(y) + 1),
            _ => write!(self.out, "\x1b[{};{}H", u32::from(y) + 1, u32::from(x) + 1),
        };
        (self.at, self.row) = (Some(target), Some(y));
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
        self.go(x, y);
        let symbol = cell.symbol();
        let pen = Pen { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        self.take_pen(if symbol == " " { self.for_blank(pen) } else { pen });
        // Text is sanitised long before; should anything slip through, it does not reach the terminal.
        let harmless = !symbol.is_empty() && !symbol.chars().any(char::is_control);
        self.out.push_str(if harmless { symbol } else { " " });
        // Terminals do not agree on how wide anything but ASCII is, and the last column does not move the cursor.
        let sure = (symbol.is_ascii() || !harmless) && x + 1 < self.size.width;
        self.at = sure.then_some(Position { x: x + 1, y });
    }
}

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
        content.for_each(|(x, y, cell)| self.cell(x, y, cell));
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        if self.shown != Some(false) {
            self.out.push_str("\x1b[?25l");
            self.shown = Some(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        if self.shown != Some(true) {
            self.out.push_str("\x1b[?25h");
            self.shown = Some(true);
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
