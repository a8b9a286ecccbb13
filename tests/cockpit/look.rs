//! Pictures for human eyes: `GONOGO_PICTURES=folder cargo test --test cockpit pictures` writes them as SVG.

use std::fmt::Write as _;

use gonogo::{
    cockpit::{Look, Message, Model, Playback, render_to_cells},
    report::{Grid, GridColour},
};

use crate::fixture::*;

fn colour(colour: GridColour, default: &str) -> String {
    match colour {
        GridColour::Default => default.to_owned(),
        GridColour::Indexed(n) => format!("#{0:02x}{0:02x}{0:02x}", n.saturating_mul(16)),
        GridColour::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

fn svg(grid: &Grid) -> String {
    let (w, h) = (f64::from(grid.width) * 8.4, f64::from(grid.height) * 17.0);
    let mut out = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{w}' height='{h}' font-family='DejaVu Sans Mono' font-size='14'><rect width='100%' height='100%' fill='#000'/>"
    );
    for y in 0..grid.height {
        for (x, cell) in grid.row(y).iter().enumerate() {
            let (mut fg, mut bg) = (colour(cell.fg, "#ddd"), colour(cell.bg, "#000"));
            if cell.reversed {
                std::mem::swap(&mut fg, &mut bg);
            }
            let px = x as f64 * 8.4;
            let _ = write!(out, "<rect x='{px:.1}' y='{}' width='8.5' height='17.1' fill='{bg}'/>", y * 17);
        }
        for (x, cell) in grid.row(y).iter().enumerate() {
            if cell.symbol.trim().is_empty() {
                continue;
            }
            let mut fg = colour(cell.fg, "#ddd");
            if cell.reversed {
                fg = colour(cell.bg, "#000");
            }
            let px = x as f64 * 8.4;
            if cell.symbol == "█" {
                let _ =
                    write!(out, "<rect x='{px:.1}' y='{}' width='8.5' height='17.1' fill='{fg}'/>", y * 17);
                continue;
            }
            if cell.symbol == "▀" {
                let _ =
                    write!(out, "<rect x='{px:.1}' y='{}' width='8.5' height='8.5' fill='{fg}'/>", y * 17);
                continue;
            }
            if cell.symbol == "▄" {
                let _ = write!(
                    out,
                    "<rect x='{px:.1}' y='{}' width='8.5' height='8.6' fill='{fg}'/>",
                    f64::from(y) * 17.0 + 8.5
                );
                continue;
            }
            let text = cell.symbol.replace('&', "&amp;").replace('<', "&lt;");
            let _ = write!(
                out,
                "<text x='{px:.1}' y='{}' fill='{fg}'{}{}{}{}>{text}</text>",
                y * 17 + 13,
                if cell.bold { " font-weight='bold'" } else { "" },
                if cell.italic { " font-style='italic'" } else { "" },
                if cell.underlined { " text-decoration='underline'" } else { "" },
                if cell.dim { " opacity='0.6'" } else { "" }
            );
        }
    }
    out + "</svg>"
}

fn shoot(name: &str, model: &Model, look: &Look, (w, h): (u16, u16)) {
    let Ok(folder) = std::env::var("GONOGO_PICTURES") else { return };
    std::fs::write(format!("{folder}/{name}.svg"), svg(&render_to_cells(model, look, now(), w, h))).unwrap();
}

#[test]
fn pictures() {
    for size in [(80, 24), (120, 40), (200, 60), (64, 20), (44, 14)] {
        let m = model(size);
        shoot(&format!("board-{}x{}", size.0, size.1), &m, &dark(), size);
    }
    let size = (80, 24);
    let mut m = model(size);
    keys(&mut m, "\n");
    shoot("detail", &m, &dark(), size);
    let mut m = model(size);
    keys(&mut m, "t");
    shoot("timeline", &m, &dark(), size);
    let mut m = model((120, 40));
    keys(&mut m, "t");
    shoot("timeline-120", &m, &dark(), (120, 40));
    let mut m = model(size);
    keys(&mut m, "?");
    shoot("help", &m, &dark(), size);
    let mut m = model((200, 60));
    keys(&mut m, "?");
    shoot("help-200", &m, &dark(), (200, 60));
    let mut m = model(size);
    keys(&mut m, "p");
    shoot("path", &m, &dark(), size);
    let mut m = model(size);
    keys(&mut m, "i");
    shoot("sources", &m, &dark(), size);
    let mut m = model(size);
    keys(&mut m, "/sign\nsg\t");
    shoot("sign", &m, &dark(), size);
    let mut m = model(size);
    keys(&mut m, "w\n");
    shoot("waive", &m, &dark(), size);
    shoot("ascii", &model(size), &ascii(), size);
    let mut b = go_board();
    b.overridden = None;
    let mut m = model_of(b, size);
    send(
        &mut m,
        Message::Playback(Some(Playback {
            name: "DEMO".into(),
            speed: 60.0,
            paused: false,
            at: now().wall,
            end: later(9000).wall,
        })),
    );
    shoot("go", &m, &dark(), size);
    let mut b = board();
    b.gates.iter_mut().for_each(|g| {
        if g.verdict == gonogo::domain::Verdict::NoGo {
            g.verdict = gonogo::domain::Verdict::Pending
        }
    });
    b.word = gonogo::domain::BoardWord::Hold;
    b.held_since = Some(later(-300).wall);
    b.held_for = std::time::Duration::from_secs(600);
    shoot("hold", &model_of(b, size), &dark(), size);
}
