//! How things look: roles with meaning, never colours, are what the cockpit asks for.
//!
//! What it promises:
//!
//! - Every [`Role`] has a style in every theme: what a theme leaves out falls back (`board.go` to `go` to `text`).
//! - Only GO has the go colour; a theme that gives it to something else is warned about.
//! - Nothing is ignored in silence: what can be lived with is a [`Warning`], what cannot is a [`ThemeError`]
//!   with file, line and column.
//! - Without colour ([`Theme::mono`]) attributes carry the difference, and [`SymbolSet`] do in any case.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod colour;
mod file;
mod load;
mod role;
mod symbols;

pub use colour::{Colour, Depth, contrast, is_light};
pub use load::{BUNDLED, ThemeError, Warning};
pub use role::Role;
pub use symbols::SymbolSet;

use std::path::Path;

use ratatui::style::{Color, Style};

/// A style for every role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    name: String,
    styles: [Style; Role::ALL.len()],
}

impl Theme {
    /// Loads a theme and all it inherits from. A name with a path separator or ending in `.yaml` is a file; any
    /// other is looked for as `NAME.yaml` in `user_dir`, then among the [`BUNDLED`].
    ///
    /// # Errors
    /// [`ThemeError`] if there is no such theme, or if it cannot be used as it is written.
    pub fn load(name_or_path: &str, user_dir: Option<&Path>) -> Result<(Self, Vec<Warning>), ThemeError> {
        load::load(name_or_path, user_dir)
    }

    /// No colours at all: for `NO_COLOR`, for paper, and as the theme that cannot fail.
    pub fn mono() -> Self {
        load::bundled_or_plain("mono")
    }

    /// The theme used when nobody chose one, on a dark ground or one that is not known.
    pub fn dark() -> Self {
        load::bundled_or_plain("dark")
    }

    /// The theme used when nobody chose one, on a light ground.
    pub fn light() -> Self {
        load::bundled_or_plain("light")
    }

    /// What it is exchanged for on the other ground: the bundled one of its family, else the usual one of that ground. Itself
    /// where there are no colours.
    #[must_use]
    pub fn counterpart(&self) -> Self {
        /// The dark and the light one of each family whose names differ in more than `-light`.
        const PAIRS: [(&str, &str); 2] = [("dark", "light"), ("catppuccin", "catppuccin-latte")];
        let Some(Color::Rgb(r, g, b)) = self.colours(Role::Text).1 else { return self.clone() };
        let bundled = |name: &str| BUNDLED.iter().any(|(known, _)| *known == name);
        let pair = PAIRS.iter().find_map(|(dark, light)| match self.name.as_str() {
            name if name == *dark => Some((*light).to_owned()),
            name if name == *light => Some((*dark).to_owned()),
            _ => None,
        });
        let family = || match self.name.strip_suffix("-light") {
            Some(dark) => dark.to_owned(),
            None => format!("{}-light", self.name),
        };
        let name = pair.unwrap_or_else(family);
        match (bundled(&name), is_light((r, g, b))) {
            (true, _) => load::bundled_or_plain(&name),
            (false, true) => Self::dark(),
            (false, false) => Self::light(),
        }
    }

    /// Its name, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How a role looks. [`Role::Text`] alone carries the background of the whole screen: the cockpit draws it
    /// first and puts the others on top.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The same theme on a terminal with fewer colours. Without any it is [`Theme::mono`].
    #[must_use]
    pub fn at(self, depth: Depth) -> Self {
        if depth == Depth::Mono {
            return Self::mono();
        }
        let adapt = |style: Style| Style {
            fg: style.fg.map(|colour| depth.adapt(colour)),
            bg: style.bg.map(|colour| depth.adapt(colour)),
            ..style
        };
        Self { name: self.name, styles: self.styles.map(adapt) }
    }

    /// Everything in the terminal's own colours: what is left if a bundled theme could not be read.
    fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), styles: [Style::new(); Role::ALL.len()] }
    }

    /// The colours of a role as they meet on the screen: its own, or those of the screen.
    fn colours(&self, role: Role) -> (Option<Color>, Option<Color>) {
        let (style, text) = (self.style(role), self.style(Role::Text));
        (style.fg.or(text.fg), style.bg.or(text.bg))
    }
}

/// What a theme's file may contain.
pub fn shape() -> gonogo_yaml::Shape {
    gonogo_yaml::Shape::of::<file::ThemeFile>()
}

#[cfg(test)]
mod tests;
