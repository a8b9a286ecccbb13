//! A theme file as it is written.

use ratatui::style::{Modifier, Style};
use serde::Deserialize;

use super::Colour;
use gonogo_yaml::{Document, Entries, NodeId, Problem, Spanned, nearest};

/// ```yaml
/// theme: night
/// about: For dark rooms
/// inherits: dark
/// colours: { sea: "#3fa7d6" }
/// roles:
///   accent: { fg: sea, bold: true }
/// ```
#[derive(Debug, Deserialize)]
pub(super) struct ThemeFile {
    pub theme: Spanned<String>,
    /// One line for lists of themes.
    #[serde(rename = "about")]
    pub _about: Option<String>,
    pub inherits: Option<Spanned<String>>,
    #[serde(default)]
    pub colours: Entries<Spanned<String>>,
    #[serde(default)]
    pub roles: Entries<RoleStyle>,
}

/// How a role looks; what is not said is not set.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "that is how people write attributes")]
pub(super) struct RoleStyle {
    fg: Option<Spanned<String>>,
    bg: Option<Spanned<String>>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    dim: bool,
    #[serde(default)]
    italic: bool,
    #[serde(default)]
    underlined: bool,
    #[serde(default)]
    reversed: bool,
}

/// Named colours, those of the inherited themes first.
pub(super) type NamedColours = Vec<(String, Colour)>;

impl ThemeFile {
    /// Adds the file's own colours to those it inherits; a name that is there already changes.
    pub(super) fn extend(
        &self,
        palette: &mut NamedColours,
        document: &Document,
        problems: &mut Vec<Problem>,
    ) {
        for (name, written) in &self.colours.0 {
            let Ok(colour) = written.value.parse::<Colour>() else {
                let problem = Problem::new("colour", format!("`{}` is not a colour", written.value))
                    .at(document.span(written.at), "expected \"#rrggbb\"")
                    .help("write red, green and blue as six hexadecimal digits, in quotes: \"#3fa7d6\"");
                problems.push(problem);
                continue;
            };
            palette.retain(|(known, _)| *known != name.value);
            palette.push((name.value.clone(), colour));
        }
    }
}

impl RoleStyle {
    /// The style it describes.
    pub(super) fn style(
        &self,
        palette: &NamedColours,
        document: &Document,
        problems: &mut Vec<Problem>,
    ) -> Style {
        let mut colour = |named: &Option<Spanned<String>>| {
            let named = named.as_ref()?;
            let found = palette.iter().find(|(name, _)| *name == named.value);
            if found.is_none() {
                problems.push(unknown_colour(&named.value, named.at, palette, document));
            }
            found.map(|(_, colour)| (*colour).into())
        };
        let (fg, bg) = (colour(&self.fg), colour(&self.bg));
        Style { fg, bg, add_modifier: self.modifiers(), ..Style::new() }
    }

    fn modifiers(&self) -> Modifier {
        let all = [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underlined, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ];
        all.into_iter().filter(|(set, _)| *set).map(|(_, modifier)| modifier).collect()
    }
}

fn unknown_colour(name: &str, at: NodeId, palette: &NamedColours, document: &Document) -> Problem {
    let names: Vec<&str> = palette.iter().map(|(name, _)| name.as_str()).collect();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("define it under `colours` first; defined are {}", names.join(", ")),
    };
    Problem::new("colour", format!("no colour is called `{name}`"))
        .at(document.span(at), "unknown")
        .help(help)
}
