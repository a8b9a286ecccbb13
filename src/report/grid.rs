//! A picture of a terminal as plain cells, for the formats that draw one.

/// A rectangle of cells, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// How many cells are in a row.
    pub width: u16,
    /// How many rows there are.
    pub height: u16,
    /// `width * height` cells. A wide character is followed by cells with an empty symbol.
    pub cells: Vec<GridCell>,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent attributes of a terminal cell")]
pub struct GridCell {
    /// One grapheme, already sanitised; empty behind a wide one.
    pub symbol: String,
    /// Colour of the text.
    pub fg: GridColour,
    /// Colour of the ground.
    pub bg: GridColour,
    /// Drawn heavier.
    pub bold: bool,
    /// Drawn fainter.
    pub dim: bool,
    /// Drawn slanted.
    pub italic: bool,
    /// Drawn with a line below.
    pub underlined: bool,
    /// Text and ground change places.
    pub reversed: bool,
}

/// A colour of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GridColour {
    /// The terminal's own.
    #[default]
    Default,
    /// Of the 256-colour palette; 0 to 15 are the named ones.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

impl Grid {
    /// The cells of one row; empty below the last.
    pub fn row(&self, y: u16) -> &[GridCell] {
        let start = usize::from(y) * usize::from(self.width);
        self.cells.get(start..start + usize::from(self.width)).unwrap_or_default()
    }
}
