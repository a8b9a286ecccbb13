//! What the terminal is sent makes it show what was drawn: checked with another program's idea of a terminal.

use std::sync::{Arc, Mutex};

use gonogo::cockpit::{Ansi, FrameSink};
use proptest::prelude::*;
use ratatui::{
    Terminal,
    style::{Color, Modifier, Style},
};
use tokio::sync::Notify;

#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl FrameSink for Bytes {
    fn send(&mut self, frame: Vec<u8>) {
        self.0.lock().unwrap().extend(frame);
    }

    fn is_idle(&self) -> bool {
        true
    }

    fn is_gone(&self) -> bool {
        false
    }

    fn changed(&self) -> Arc<Notify> {
        Arc::new(Notify::new())
    }
}

const WIDTH: u16 = 30;
const HEIGHT: u16 = 4;

type Write = (u16, u16, &'static str, Style);

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let colours = prop::sample::select(vec![
        Color::Reset,
        Color::Red,
        Color::LightBlue,
        Color::Indexed(123),
        Color::Rgb(1, 2, 3),
    ]);
    let modifiers = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::ITALIC,
        Modifier::UNDERLINED | Modifier::REVERSED,
        Modifier::BOLD | Modifier::ITALIC,
    ]);
    let style = (colours.clone(), colours, modifiers).prop_map(|(fg, bg, modifier)| Style {
        bg: Some(bg).filter(|it| *it != Color::Reset),
        ..Style::new().fg(fg).add_modifier(modifier)
    });
    let text = prop::sample::select(vec![
        "a",
        "GO",
        "NO-GO",
        "世",
        "é",
        "e\u{301}x",
        "🚀",
        " ",
        "█▀",
        "x世y",
        "a              b",
        "            ",
        "ab cd ef",
    ]);
    // One behind the other in a row: nobody writes over half of a wide letter.
    let row = (0..WIDTH, prop::collection::vec((text, style), 1..4));
    prop::collection::btree_map(0..HEIGHT, row, 0..4).prop_map(|rows| {
        let behind = |(y, (x, texts)): (u16, (u16, Vec<Piece>))| {
            let place = move |x: &mut u16, (text, style): Piece| {
                let at = *x;
                *x += u16::try_from(unicode_width::UnicodeWidthStr::width(text)).unwrap();
                Some((at, y, text, style))
            };
            texts.into_iter().scan(x, place).filter(|(x, ..)| *x < WIDTH)
        };
        rows.into_iter().flat_map(behind).collect()
    })
}

/// A text, and how it is drawn.
type Piece = (&'static str, Style);

fn vt_colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(n) => vt100::Color::Idx(n),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]
    #[test]
    fn the_terminal_shows_what_was_drawn(frames in prop::collection::vec(writes(), 1..6), erases: bool) {
        let sink = Bytes::default();
        let mut terminal = Terminal::new(Ansi::new(sink.clone(), (WIDTH, HEIGHT)).erasing(erases)).unwrap();
        let mut other = crate::cockpit::fixture::terminal(HEIGHT, WIDTH);
        for writes in frames {
            let drawn = terminal.draw(|frame| {
                // As the cockpit does: the ground of the screen first. On the terminal's own ground ratatui trusts
                // that what is left of a wide letter is blanked in no colour.
                let area = frame.area();
                frame.buffer_mut().set_style(area, Style::new().bg(Color::Rgb(9, 9, 9)));
                for (x, y, text, style) in &writes {
                    frame.buffer_mut().set_string(*x, *y, text, *style);
                }
            }).unwrap().buffer.clone();
            other.process(&std::mem::take(&mut *sink.0.lock().unwrap()));
            let mut hidden = 0;
            for y in 0..HEIGHT {
                for x in 0..WIDTH {
                    let cell = &drawn[(x, y)];
                    let shown = other.screen().cell(y, x).unwrap();
                    if x == 0 { hidden = 0; }
                    if hidden > 0 { hidden -= 1; continue; }
                    hidden = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
                    let symbol = if shown.contents().is_empty() { " " } else { shown.contents() };
                    prop_assert_eq!(symbol, cell.symbol(), "at {},{}", x, y);
                    prop_assert_eq!(shown.bgcolor(), vt_colour(cell.bg), "at {},{}", x, y);
                    let has = |it| cell.modifier.contains(it);
                    prop_assert_eq!((shown.underline(), shown.inverse()), (has(Modifier::UNDERLINED), has(Modifier::REVERSED)));
                    // The rest cannot be seen on a blank, and is not sent for one.
                    if symbol != " " {
                        prop_assert_eq!(shown.fgcolor(), vt_colour(cell.fg), "at {},{}", x, y);
                        prop_assert_eq!((shown.bold(), shown.italic()), (has(Modifier::BOLD), has(Modifier::ITALIC)));
                    }
                }
            }
        }
    }
}

#[test]
fn the_same_frame_twice_sends_nothing() {
    let sink = Bytes::default();
    let mut terminal = Terminal::new(Ansi::new(sink.clone(), (WIDTH, HEIGHT))).unwrap();
    for n in 0..3 {
        terminal
            .draw(|frame| {
                frame.buffer_mut().set_string(1, 1, "NO-GO", Style::new().fg(Color::Red));
            })
            .unwrap();
        let sent = std::mem::take(&mut *sink.0.lock().unwrap());
        assert_eq!(sent.is_empty(), n > 0, "{:?}", String::from_utf8_lossy(&sent));
    }
    // The cursor of a text field is moved once, not with every frame.
    for n in 0..3 {
        terminal
            .draw(|frame| {
                frame.buffer_mut().set_string(1, 1, "NO-GO", Style::new().fg(Color::Red));
                frame.set_cursor_position((3, 2));
            })
            .unwrap();
        assert_eq!(std::mem::take(&mut *sink.0.lock().unwrap()).is_empty(), n > 0);
    }
}

/// What stands between two changes is written anew where that is shorter, and a run of blanks is erased, in a ground of its own
/// only where the terminal erases in it.
#[test]
fn short_ways_are_written_and_long_blanks_erased() {
    let sent = |erases: bool, before: &str, after: &str| {
        let sink = Bytes::default();
        let mut terminal = Terminal::new(Ansi::new(sink.clone(), (WIDTH, HEIGHT)).erasing(erases)).unwrap();
        for text in [before, after] {
            sink.0.lock().unwrap().clear();
            terminal
                .draw(|frame| {
                    let area = frame.area();
                    frame.buffer_mut().set_style(area, Style::new().bg(Color::Indexed(3)));
                    frame.buffer_mut().set_string(0, 0, text, Style::new());
                })
                .unwrap();
        }
        String::from_utf8(sink.0.lock().unwrap().clone()).unwrap()
    };
    assert_eq!(sent(true, "one is green", "two is green"), "\rtwo");
    assert_eq!(sent(true, "abc def", "xbc dex"), "\rxbc dex");
    assert_eq!(sent(true, "a 2345678 b", "x 2345678 y"), "\rx\x1b[9Cy");
    assert_eq!(sent(true, "a long text stands here", "a"), "\x1b[3G\x1b[K");
    assert_eq!(sent(false, "a long text stands here", "a"), format!("\x1b[3G{}", " ".repeat(21)));
}

/// What one pen writes is written together: a change of colours takes more bytes than a move. What terminals may draw wider than
/// it is comes before all that it may spill over.
#[test]
fn each_pen_is_taken_once() {
    let sink = Bytes::default();
    let mut terminal = Terminal::new(Ansi::new(sink.clone(), (WIDTH, HEIGHT))).unwrap();
    terminal
        .draw(|frame| {
            for y in 0..HEIGHT {
                frame.buffer_mut().set_string(0, y, "why", Style::new().fg(Color::Indexed(3)));
                frame.buffer_mut().set_string(9, y, "waits", Style::new().fg(Color::Indexed(4)));
                frame.buffer_mut().set_string(15, y, "█", Style::new().fg(Color::Indexed(5)));
            }
        })
        .unwrap();
    let sent = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    for colour in ["38;5;3m", "38;5;4m", "38;5;5m"] {
        assert_eq!(sent.matches(colour).count(), 1, "{sent:?}");
    }
    assert!(sent.rfind('█') < sent.find("waits"), "{sent:?}");
}

#[test]
fn no_control_character_reaches_the_terminal() {
    let sink = Bytes::default();
    let mut terminal = Terminal::new(Ansi::new(sink.clone(), (WIDTH, HEIGHT))).unwrap();
    terminal
        .draw(|frame| {
            for (x, evil) in (0..).zip(["\u{1b}[31m", "\u{7}", "\u{9b}", "\r", "\u{7f}"]) {
                frame.buffer_mut()[(x, 0)].set_symbol(evil);
            }
        })
        .unwrap();
    let sent = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(!sent.contains("[31m") && !sent.contains(['\u{7}', '\u{9b}', '\r', '\u{7f}']), "{sent:?}");
}
