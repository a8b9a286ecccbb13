//! Colours: how they are written, how they shrink to what a terminal has, and how well they are read.

use std::str::FromStr;

use ratatui::style::Color;

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None, or none wanted.
    Mono,
    /// The sixteen named ones, whose looks the user chose.
    Ansi16,
    /// The palette of 256.
    Ansi256,
    /// All 16 million of 24 bits.
    True,
}

/// A colour of a theme, as it is written: `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// The exact colour.
    pub rgb: (u8, u8, u8),
}

/// The usual looks of the sixteen colours, in the order of their numbers.
const ANSI: [(Color, (u8, u8, u8)); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (170, 0, 0)),
    (Color::Green, (0, 170, 0)),
    (Color::Yellow, (170, 85, 0)),
    (Color::Blue, (0, 0, 170)),
    (Color::Magenta, (170, 0, 170)),
    (Color::Cyan, (0, 170, 170)),
    (Color::Gray, (170, 170, 170)),
    (Color::DarkGray, (85, 85, 85)),
    (Color::LightRed, (255, 85, 85)),
    (Color::LightGreen, (85, 255, 85)),
    (Color::LightYellow, (255, 255, 85)),
    (Color::LightBlue, (85, 85, 255)),
    (Color::LightMagenta, (255, 85, 255)),
    (Color::LightCyan, (85, 255, 255)),
    (Color::White, (255, 255, 255)),
];

/// The steps of the 6x6x6 cube in the palette of 256.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Depth {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`.
    pub fn from_env(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let term = env("TERM").unwrap_or_default();
        if env("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" {
            return Self::Mono;
        }
        let colours = env("COLORTERM").unwrap_or_default();
        if colours == "truecolor" || colours == "24bit" || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }

    /// The nearest colour that a terminal of this depth has.
    pub fn adapt(self, colour: Color) -> Color {
        let Color::Rgb(r, g, b) = colour else { return colour };
        match self {
            Self::True => colour,
            Self::Ansi256 => Color::Indexed(nearest_256((r, g, b))),
            Self::Ansi16 => nearest_16((r, g, b)),
            Self::Mono => Color::Reset,
        }
    }
}

fn nearest_256(rgb: (u8, u8, u8)) -> u8 {
    let step = |value: u8| (0..6).min_by_key(|at| STEPS[usize::from(*at)].abs_diff(value)).unwrap_or(0);
    let (r, g, b) = (step(rgb.0), step(rgb.1), step(rgb.2));
    let cube = (STEPS[usize::from(r)], STEPS[usize::from(g)], STEPS[usize::from(b)]);
    let mean = (u16::from(rgb.0) + u16::from(rgb.1) + u16::from(rgb.2)) / 3;
    let grey_step = u8::try_from((mean.saturating_sub(3) / 10).min(23)).unwrap_or(23);
    let grey = 8 + 10 * grey_step;
    if distance((grey, grey, grey), rgb) < distance(cube, rgb) {
        232 + grey_step
    } else {
        16 + 36 * r + 6 * g + b
    }
}

/// Hue first: a pale green must stay green, not become grey. So among the colours with a hue like its own, the
/// nearest; greys only for greys.
fn nearest_16(rgb: (u8, u8, u8)) -> Color {
    let grey = spread(rgb) < 48;
    let candidates = ANSI.iter().filter(|(_, ansi)| (spread(*ansi) == 0) == grey);
    let away = |ansi: (u8, u8, u8)| {
        if grey { distance(ansi, rgb) } else { turn(ansi, rgb) + distance(ansi, rgb) / 8 }
    };
    candidates.min_by_key(|(_, ansi)| away(*ansi)).map_or(Color::Reset, |(colour, _)| *colour)
}

fn spread((r, g, b): (u8, u8, u8)) -> u8 {
    r.max(g).max(b) - r.min(g).min(b)
}

/// How far apart the hues are: the distance after brightness and paleness are taken out.
fn turn(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    distance(pure(a), pure(b))
}

fn pure(rgb: (u8, u8, u8)) -> (u8, u8, u8) {
    let low = rgb.0.min(rgb.1).min(rgb.2);
    let range = u16::from(spread(rgb).max(1));
    let stretch = |value: u8| u8::try_from(u16::from(value - low) * 255 / range).unwrap_or(u8::MAX);
    (stretch(rgb.0), stretch(rgb.1), stretch(rgb.2))
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    // The eye sees green best and blue least.
    3 * square(a.0, b.0) + 4 * square(a.1, b.1) + 2 * square(a.2, b.2)
}

/// Contrast of two exact colours, 1 to 21 (WCAG 2.2); `None` if one of them is the terminal's own.
pub fn contrast(a: Color, b: Color) -> Option<f64> {
    let (a, b) = (luminance(a)?, luminance(b)?);
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

fn luminance(colour: Color) -> Option<f64> {
    let Color::Rgb(r, g, b) = colour else { return None };
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b))
}

/// Whether a ground is light: black is read better on it than white.
pub fn is_light((r, g, b): (u8, u8, u8)) -> bool {
    let ground = Color::Rgb(r, g, b);
    contrast(ground, Color::Rgb(0, 0, 0)) > contrast(ground, Color::Rgb(255, 255, 255))
}

impl FromStr for Colour {
    type Err = ();

    /// `#rrggbb`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let hex =
            text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let hex = hex.ok_or(())?;
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).map_err(drop);
        Ok(Self { rgb: (part(0)?, part(2)?, part(4)?) })
    }
}

impl From<Colour> for Color {
    fn from(colour: Colour) -> Self {
        let (r, g, b) = colour.rgb;
        Self::Rgb(r, g, b)
    }
}
