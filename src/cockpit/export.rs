//! The screen as a picture of cells.

use chrono::{DateTime, Utc};
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr as _;

use super::{Chooser, Look, Model, layout, view};
use gonogo_domain::Now;
use gonogo_report::{Grid, GridCell, GridColour};

/// What the cockpit would show on a terminal of so many columns and rows.
pub fn render_to_cells(model: &Model, look: &Look, now: Now, width: u16, height: u16) -> Grid {
    let mut model = model.clone();
    model.size = (width, height);
    if layout::tier(model.size) != layout::Tier::Notice {
        model.rebuild();
    }
    let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
    let Ok(frame) = terminal.draw(|frame| view(&model, look, now, frame));
    grid(frame.buffer)
}

fn grid(buffer: &Buffer) -> Grid {
    let (width, height) = (buffer.area.width, buffer.area.height);
    let mut cells = Vec::with_capacity(buffer.content().len());
    let mut covered = 0;
    for (n, cell) in buffer.content().iter().enumerate() {
        let at_edge = width == 0 || n % usize::from(width) == 0;
        covered = if at_edge { 0 } else { covered };
        cells.push(grid_cell(cell, covered > 0));
        covered = if covered > 0 { covered - 1 } else { cell.symbol().width().saturating_sub(1) };
    }
    Grid { width, height, cells }
}

impl Chooser {
    /// The same of the list of launches, for documents.
    pub fn to_cells(&self, look: &Look, now: DateTime<Utc>, (width, height): (u16, u16)) -> Grid {
        let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
        let Ok(frame) = terminal.draw(|frame| drop(self.draw(look, now, frame)));
        grid(frame.buffer)
    }
}

fn grid_cell(cell: &Cell, covered: bool) -> GridCell {
    let has = |modifier| cell.modifier.contains(modifier);
    GridCell {
        symbol: if covered { String::new() } else { cell.symbol().to_owned() },
        fg: colour(cell.fg),
        bg: colour(cell.bg),
        bold: has(Modifier::BOLD),
        dim: has(Modifier::DIM),
        italic: has(Modifier::ITALIC),
        underlined: has(Modifier::UNDERLINED),
        reversed: has(Modifier::REVERSED),
    }
}

fn colour(colour: Color) -> GridColour {
    let named = match colour {
        Color::Reset => return GridColour::Default,
        Color::Rgb(r, g, b) => return GridColour::Rgb(r, g, b),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    GridColour::Indexed(named)
}
