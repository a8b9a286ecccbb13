//! A frame of the cockpit as a picture: one SVG, no script, no outside reference, text that can be selected.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Grid, GridCell, GridColour};

/// Size of a cell, in user units.
pub(super) const CELL: (f64, f64) = (8.4, 18.0);
/// Distance of the baseline from a cell's top.
const BASELINE: f64 = 13.5;
/// Margin around the frame.
pub(super) const MARGIN: f64 = 12.0;
/// What the terminal's own colours look like here.
pub(super) const TEXT: (u8, u8, u8) = (0xd8, 0xde, 0xe9);
const GROUND: (u8, u8, u8) = (0x14, 0x18, 0x20);

/// The grid as an SVG document.
pub fn svg(grid: &Grid) -> String {
    let ground = ground([grid]);
    let mut out = head(size(grid), ground);
    for y in 0..grid.height {
        row(&mut out, grid.row(y), MARGIN + f64::from(y) * CELL.1, ground);
    }
    out.push_str("</svg>\n");
    // A runner that prints this obeys `##[` anywhere in a line.
    super::runner::harmless_xml(&out)
}

/// Width and height of a picture of this grid.
pub(super) fn size(grid: &Grid) -> (f64, f64) {
    (f64::from(grid.width) * CELL.0 + 2.0 * MARGIN, f64::from(grid.height) * CELL.1 + 2.0 * MARGIN)
}

/// The begin of a document, up to its ground.
pub(super) fn head((width, height): (f64, f64), ground: (u8, u8, u8)) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', \
         monospace\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        hex(ground)
    )
}

/// The ground of most cells: a banner at the top is not what the picture is framed in.
pub(super) fn ground<'a>(grids: impl IntoIterator<Item = &'a Grid>) -> (u8, u8, u8) {
    let mut counts: BTreeMap<(u8, u8, u8), u32> = BTreeMap::new();
    for cell in grids.into_iter().flat_map(|grid| &grid.cells) {
        *counts.entry(colours(cell).1).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(GROUND, |(colour, _)| colour)
}

/// One row at this height: grounds first, then text; neighbours of one style become one element.
pub(super) fn row(out: &mut String, cells: &[GridCell], top: f64, ground: (u8, u8, u8)) {
    for (start, run) in runs(cells, |a, b| colours(a).1 == colours(b).1) {
        let colour = run.first().map_or(ground, |cell| colours(cell).1);
        if colour != ground {
            let (x, width) = (left(start), CELL.0 * count(run.len()));
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                CELL.1,
                hex(colour)
            );
        }
    }
    for (start, run) in runs(cells, same_style) {
        words(out, run, start, top);
    }
}

fn words(out: &mut String, run: &[GridCell], start: usize, top: f64) {
    let text: String = run.iter().map(|cell| cell.symbol.as_str()).collect();
    let Some(first) = run.first().filter(|_| !text.trim().is_empty()) else { return };
    let mut style = format!("fill=\"{}\"", hex(colours(first).0));
    for (wanted, attribute) in [
        (first.bold, " font-weight=\"bold\""),
        (first.dim, " opacity=\"0.65\""),
        (first.italic, " font-style=\"italic\""),
        (first.underlined, " text-decoration=\"underline\""),
    ] {
        if wanted {
            style.push_str(attribute);
        }
    }
    // The length pins the columns, whatever font the reader has.
    let length = CELL.0 * count(run.len());
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" {style}>{}</text>",
        left(start),
        top + BASELINE,
        escape(&text)
    );
}

/// Runs of neighbours that belong together, with the column of their first cell.
fn runs(
    cells: &[GridCell],
    together: impl Fn(&GridCell, &GridCell) -> bool,
) -> impl Iterator<Item = (usize, &[GridCell])> {
    let mut start = 0;
    cells.chunk_by(together).map(move |run| {
        let at = start;
        start += run.len();
        (at, run)
    })
}

fn same_style(a: &GridCell, b: &GridCell) -> bool {
    let style = |cell: &GridCell| (colours(cell), cell.bold, cell.dim, cell.italic, cell.underlined);
    style(a) == style(b)
}

#[expect(clippy::cast_precision_loss, reason = "columns of a terminal")]
fn count(cells: usize) -> f64 {
    cells as f64
}

fn left(column: usize) -> f64 {
    MARGIN + CELL.0 * count(column)
}

/// Text and ground, with reversal and defaults worked out.
fn colours(cell: &GridCell) -> ((u8, u8, u8), (u8, u8, u8)) {
    let (text, ground) = (colour(cell.fg, TEXT), colour(cell.bg, GROUND));
    if cell.reversed { (ground, text) } else { (text, ground) }
}

fn colour(colour: GridColour, default: (u8, u8, u8)) -> (u8, u8, u8) {
    match colour {
        GridColour::Default => default,
        GridColour::Rgb(red, green, blue) => (red, green, blue),
        GridColour::Indexed(index) => indexed(index),
    }
}

/// The 256-colour palette: 16 named ones, a cube of 6, and 24 greys.
fn indexed(index: u8) -> (u8, u8, u8) {
    const NAMED: [(u8, u8, u8); 16] = [
        (0x1d, 0x1f, 0x21),
        (0xcc, 0x66, 0x66),
        (0xb5, 0xbd, 0x68),
        (0xf0, 0xc6, 0x74),
        (0x81, 0xa2, 0xbe),
        (0xb2, 0x94, 0xbb),
        (0x8a, 0xbe, 0xb7),
        (0xc5, 0xc8, 0xc6),
        (0x66, 0x66, 0x66),
        (0xd5, 0x4e, 0x53),
        (0xb9, 0xca, 0x4a),
        (0xe7, 0xc5, 0x47),
        (0x7a, 0xa6, 0xda),
        (0xc3, 0x97, 0xd8),
        (0x70, 0xc0, 0xb1),
        (0xff, 0xff, 0xff),
    ];
    let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
    match index {
        0..16 => NAMED[usize::from(index)],
        16..232 => {
            let cube = index - 16;
            (step(cube / 36), step(cube / 6 % 6), step(cube % 6))
        }
        grey => {
            let level = 8 + 10 * (grey - 232);
            (level, level, level)
        }
    }
}

pub(super) fn hex((red, green, blue): (u8, u8, u8)) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Foreign text within an element or an attribute.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(symbol: &str) -> GridCell {
        GridCell { symbol: symbol.into(), ..GridCell::default() }
    }

    #[test]
    fn foreign_text_can_not_leave_its_element() {
        let cells = ["<", "/", "t", ">", "&", "\""].map(cell).to_vec();
        let drawn = svg(&Grid { width: 6, height: 1, cells });
        assert!(drawn.contains("&lt;/t&gt;&amp;&quot;</text>"), "{drawn}");
        assert_eq!(drawn.matches("<text").count(), 1);
    }

    #[test]
    fn neighbours_of_one_style_are_one_element_and_reversal_swaps() {
        let loud = GridCell { bold: true, fg: GridColour::Rgb(1, 2, 3), reversed: true, ..cell("x") };
        let drawn = svg(&Grid { width: 4, height: 1, cells: vec![cell("a"), cell("b"), loud.clone(), loud] });
        assert_eq!(drawn.matches("<text").count(), 2, "{drawn}");
        assert!(drawn.contains("fill=\"#010203\"/>"), "the reversed ground: {drawn}");
    }

    #[test]
    fn a_banner_is_not_the_ground_of_the_picture() {
        let banner = GridCell { bg: GridColour::Rgb(9, 9, 9), ..cell("!") };
        let drawn = svg(&Grid { width: 1, height: 3, cells: vec![banner, cell("a"), cell("b")] });
        assert!(drawn.contains(&format!("rx=\"8\" fill=\"{}\"", hex(GROUND))), "{drawn}");
        assert!(drawn.contains("fill=\"#090909\"/>"), "{drawn}");
    }

    #[test]
    fn the_palette_has_its_corners() {
        assert_eq!(indexed(16), (0, 0, 0));
        assert_eq!(indexed(231), (255, 255, 255));
        assert_eq!(indexed(255), (238, 238, 238));
    }
}
