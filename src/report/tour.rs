//! A day as a moving picture: one SVG with a picture for each scene, which a style sheet shows one after the other. No script, no outside reference; whoever asks
//! their machine for less motion sees one scene and no more.

use std::{collections::HashMap, fmt::Write as _};

use super::{
    Grid,
    svg::{CELL, MARGIN, TEXT, escape, ground, head, hex, row, size},
};

/// A part of a tour.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// What the screen shows.
    pub grid: Grid,
    /// What stands below it.
    pub caption: String,
    /// How long it is shown, in seconds.
    pub seconds: f64,
    /// Shown where nothing moves; the first one that says so, else the first.
    pub still: bool,
}

/// Height of the line below the screen.
const CAPTION: f64 = 26.0;

/// The scenes, over and over, as an SVG document; all are as large as the first.
pub fn tour(scenes: &[Scene]) -> String {
    let Some(first) = scenes.first() else { return String::new() };
    let (width, height) = size(&first.grid);
    let ground = ground(scenes.iter().map(|it| &it.grid));
    let still = scenes.iter().position(|it| it.still).unwrap_or_default();
    let mut rows = Rows::default();
    let mut shown = String::new();
    for (n, scene) in scenes.iter().enumerate() {
        // Without any style sheet the still one is shown.
        let (class, hidden) = if n == still { ("s still", "") } else { ("s", " visibility=\"hidden\"") };
        let _ = writeln!(shown, "<g id=\"s{n}\" class=\"{class}\"{hidden}>");
        for y in 0..scene.grid.height {
            let mut drawn = String::new();
            row(&mut drawn, scene.grid.row(y), 0.0, ground);
            if let Some(id) = rows.id(drawn) {
                let _ = writeln!(shown, "<use href=\"#r{id}\" y=\"{:.0}\"/>", MARGIN + f64::from(y) * CELL.1);
            }
        }
        let _ = writeln!(
            shown,
            "<text x=\"{MARGIN:.0}\" y=\"{:.0}\" fill=\"{}\">{}</text>\n</g>",
            height + 6.0,
            hex(TEXT),
            escape(&scene.caption)
        );
    }
    let mut out = head((width, height + CAPTION), ground);
    let _ = writeln!(out, "<style>{}</style>\n<defs>\n{}</defs>", style(scenes), rows.defined);
    let _ = writeln!(
        out,
        "{shown}<rect class=\"bar\" y=\"{:.0}\" width=\"{width:.0}\" height=\"3\" fill=\"{}\" visibility=\"hidden\"/>\n</svg>",
        height + CAPTION - 3.0,
        hex(TEXT)
    );
    super::runner::harmless_xml(&out)
}

/// A row that appears in several scenes is drawn once.
#[derive(Default)]
struct Rows {
    ids: HashMap<String, usize>,
    defined: String,
}

impl Rows {
    /// The name of this row; `None`: there is nothing in it.
    fn id(&mut self, drawn: String) -> Option<usize> {
        if drawn.is_empty() {
            return None;
        }
        let next = self.ids.len();
        let defined = &mut self.defined;
        Some(*self.ids.entry(drawn).or_insert_with_key(|drawn| {
            let _ = writeln!(defined, "<g id=\"r{next}\">\n{drawn}</g>");
            next
        }))
    }
}

/// Who is shown when.
fn style(scenes: &[Scene]) -> String {
    let whole: f64 = scenes.iter().map(|it| it.seconds).sum();
    let mut out = format!(
        ".s{{visibility:hidden;animation-duration:{whole:.1}s;animation-timing-function:step-end;animation-iteration-count:infinite}}\
         .still{{visibility:visible}}\
         .bar{{visibility:visible;transform:scaleX(0);animation:bar {whole:.1}s linear infinite}}\
         @keyframes bar{{to{{transform:scaleX(1)}}}}"
    );
    let mut from = 0.0;
    for (n, scene) in scenes.iter().enumerate() {
        let until = from + scene.seconds;
        let at = |seconds: f64| 100.0 * seconds / whole;
        let before = if n == 0 { String::new() } else { "0%{visibility:hidden}".to_owned() };
        let after = if n + 1 == scenes.len() {
            "to{visibility:visible}".to_owned()
        } else {
            format!("{:.3}%,to{{visibility:hidden}}", at(until))
        };
        let _ = write!(
            out,
            "@keyframes k{n}{{{before}{:.3}%{{visibility:visible}}{after}}}#s{n}{{animation-name:k{n}}}",
            at(from)
        );
        from = until;
    }
    out.push_str(
        "@media(prefers-reduced-motion:reduce){.s,.bar{animation:none!important}.bar{visibility:hidden}}",
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GridCell;

    fn scene(rows: [&str; 2], seconds: f64, still: bool) -> Scene {
        let cells = rows.map(|symbol| GridCell { symbol: symbol.into(), ..GridCell::default() }).to_vec();
        Scene { grid: Grid { width: 1, height: 2, cells }, caption: "<08:10>".into(), seconds, still }
    }

    #[test]
    fn one_scene_is_shown_at_each_moment_and_a_row_is_drawn_once() {
        let drawn = tour(&[
            scene(["a", "b"], 1.0, false),
            scene(["a", "c"], 2.0, true),
            scene(["a", " "], 1.0, false),
        ]);
        assert_eq!(drawn.matches(">a</text>").count(), 1, "{drawn}");
        assert_eq!(drawn.matches("<use ").count(), 5, "an empty row is none: {drawn}");
        assert!(
            drawn.contains("#s1{animation-name:k1}")
                && drawn.contains("@keyframes k0{0.000%{visibility:visible}25.000%,to{visibility:hidden}}")
        );
        assert!(drawn.contains(
            "@keyframes k1{0%{visibility:hidden}25.000%{visibility:visible}75.000%,to{visibility:hidden}}"
        ));
        assert!(drawn.contains(
            "@keyframes k2{0%{visibility:hidden}75.000%{visibility:visible}to{visibility:visible}}"
        ));
        // Without a style sheet, and without motion, the still one alone.
        assert!(drawn.contains("<g id=\"s1\" class=\"s still\">"), "{drawn}");
        assert_eq!(drawn.matches("class=\"s\" visibility=\"hidden\"").count(), 2, "{drawn}");
        assert!(drawn.contains("prefers-reduced-motion:reduce") && !drawn.contains("<script"));
        assert!(drawn.contains("&lt;08:10&gt;"));
        assert_eq!(tour(&[]), "");
    }
}
