//! Finding themes, following what they inherit, and saying what is odd about them.

use std::fmt;
use std::path::{Path, PathBuf};

use ratatui::style::Style;

use super::file::{NamedColours, ThemeFile};
use super::{Role, Theme, contrast};
use gonogo_yaml::{self as yaml, Document, Problem, SourceText, nearest};

/// Names and texts of the themes that come with the program.
pub const BUNDLED: [(&str, &str); 11] = [
    ("dark", include_str!("themes/dark.yaml")),
    ("light", include_str!("themes/light.yaml")),
    ("high-contrast", include_str!("themes/high-contrast.yaml")),
    ("colour-blind-safe", include_str!("themes/colour-blind-safe.yaml")),
    ("mono", include_str!("themes/mono.yaml")),
    ("catppuccin", include_str!("themes/catppuccin.yaml")),
    ("catppuccin-latte", include_str!("themes/catppuccin-latte.yaml")),
    ("gruvbox", include_str!("themes/gruvbox.yaml")),
    ("gruvbox-light", include_str!("themes/gruvbox-light.yaml")),
    ("solarized", include_str!("themes/solarized.yaml")),
    ("solarized-light", include_str!("themes/solarized-light.yaml")),
];

/// A theme is a page of text; nothing larger is one.
const MOST_BYTES: u64 = 64 << 10;
/// Below this, text is hard to read (WCAG 2.2, AA).
const LEAST_CONTRAST: f64 = 4.5;

/// Something odd that does not keep a theme from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// `file:line:column`, or the theme's name.
    pub place: String,
    /// One sentence without a full stop.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// Nothing has that name.
    #[error("there is no theme `{name}`; choose from {known}{hint}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// All that could have been asked for.
        known: String,
        /// "; did you mean ...?" or nothing.
        hint: String,
    },
    /// The file cannot be read.
    #[error("the theme {path} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        cause: String,
    },
    /// The file can be read but not used.
    #[error("the theme {} cannot be used", source_text.name())]
    Invalid {
        /// What is wrong, at least one thing.
        problems: Vec<Problem>,
        /// The text the problems are about, for [`yaml::render`].
        source_text: SourceText,
    },
}

/// A file of the chain that a theme inherits from.
struct InheritedFile {
    origin: ThemeOrigin,
    document: Document,
    file: ThemeFile,
}

#[derive(Clone, PartialEq, Eq)]
enum ThemeOrigin {
    Bundled(&'static str),
    Path(PathBuf),
}

pub(super) fn load(name_or_path: &str, user_dir: Option<&Path>) -> Result<(Theme, Vec<Warning>), ThemeError> {
    let mut chain: Vec<InheritedFile> = vec![read(find(name_or_path, user_dir, None)?)?];
    while let Some(last) = chain.last()
        && let Some(parent) = &last.file.inherits
    {
        let origin = match find(&parent.value, user_dir, Some(&last.origin)) {
            Ok(origin) if chain.iter().all(|link| link.origin != origin) => origin,
            found => return Err(bad_parent(last, found.err())),
        };
        chain.push(read(origin)?);
    }
    build(&chain)
}

/// A theme of our own; a fault in it is caught by the tests, and does not keep the program from starting.
pub(super) fn bundled_or_plain(name: &str) -> Theme {
    load(name, None).map_or_else(|_| Theme::plain(name), |(theme, _)| theme)
}

fn bad_parent(link: &InheritedFile, cause: Option<ThemeError>) -> ThemeError {
    let message =
        cause.map_or_else(|| "themes inherit from each other in a circle".to_owned(), |e| e.to_string());
    let at = link.file.inherits.as_ref().map_or(link.document.root(), |parent| parent.at);
    let problem = Problem::new("inherits", message).at(link.document.span(at), "here");
    ThemeError::Invalid { problems: vec![problem], source_text: link.document.source().clone() }
}

/// Where a theme is. `from` is the theme that inherits it: one that names itself means the bundled one.
fn find(name: &str, user_dir: Option<&Path>, from: Option<&ThemeOrigin>) -> Result<ThemeOrigin, ThemeError> {
    let is_path = name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|ext| ext == "yaml");
    if is_path && from.is_none() {
        return Ok(ThemeOrigin::Path(name.into()));
    }
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let own = user_dir.filter(|_| plain).map(|dir| ThemeOrigin::Path(dir.join(format!("{name}.yaml"))));
    if let Some(ThemeOrigin::Path(path)) = &own
        && path.is_file()
        && own.as_ref() != from
    {
        return Ok(ThemeOrigin::Path(path.clone()));
    }
    let bundled = BUNDLED.iter().find(|(bundled, _)| *bundled == name);
    bundled.map(|(name, _)| ThemeOrigin::Bundled(name)).ok_or_else(|| unknown(name, user_dir))
}

fn unknown(name: &str, user_dir: Option<&Path>) -> ThemeError {
    let mut known: Vec<String> = BUNDLED.iter().map(|(name, _)| (*name).to_owned()).collect();
    if let Some(Ok(entries)) = user_dir.map(std::fs::read_dir) {
        let files = entries.flatten().map(|entry| entry.path());
        let themes = files.filter(|path| path.extension().is_some_and(|ext| ext == "yaml"));
        known.extend(themes.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())));
    }
    let near = nearest(name, known.iter().map(String::as_str));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    ThemeError::Unknown { name: name.to_owned(), known: known.join(", "), hint }
}

fn read(origin: ThemeOrigin) -> Result<InheritedFile, ThemeError> {
    let (name, bytes) = match &origin {
        ThemeOrigin::Bundled(name) => {
            let text = BUNDLED.iter().find(|(bundled, _)| bundled == name).map_or("", |(_, text)| text);
            (format!("themes/{name}.yaml"), text.as_bytes().to_vec())
        }
        ThemeOrigin::Path(path) => (path.display().to_string(), read_file(path)?),
    };
    let (mut problems, document) = match yaml::parse(&name, &bytes) {
        Ok(document) => (Vec::new(), document),
        Err(rejected) => {
            let (problems, document, complete) = rejected.into_parts();
            if !complete {
                return Err(ThemeError::Invalid { problems, source_text: document.source().clone() });
            }
            (problems, document)
        }
    };
    match document.decode(document.root(), &mut problems) {
        Some(file) if problems.is_empty() => Ok(InheritedFile { origin, document, file }),
        _ => Err(ThemeError::Invalid { problems, source_text: document.source().clone() }),
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, ThemeError> {
    let unreadable = |cause: String| ThemeError::Unreadable { path: path.display().to_string(), cause };
    gonogo_files::read(path, MOST_BYTES).map_err(|unfit| unreadable(unfit.to_string()))
}

/// From the oldest ancestor to the theme itself, each changing what the one before said. Colours first: an
/// ancestor's role takes a descendant's colour of the same name.
fn build(chain: &[InheritedFile]) -> Result<(Theme, Vec<Warning>), ThemeError> {
    let mut palette = NamedColours::new();
    for link in chain.iter().rev() {
        collect(link, |problems| link.file.extend(&mut palette, &link.document, problems))?;
    }
    let mut looks: [Option<Style>; Role::ALL.len()] = [None; Role::ALL.len()];
    let mut warnings = Vec::new();
    for link in chain.iter().rev() {
        collect(link, |problems| {
            for (name, look) in &link.file.roles.0 {
                let style = look.style(&palette, &link.document, problems);
                match Role::named(&name.value) {
                    Some(role) => looks[role as usize] = Some(style),
                    None => warnings.push(unknown_role(&name.value, link.document.span(name.at), link)),
                }
            }
        })?;
    }
    let name = chain.first().map(|link| link.file.theme.value.clone()).unwrap_or_default();
    let theme = Theme { name, styles: resolve(&looks) };
    warnings.extend(oddities(&theme));
    Ok((theme, warnings))
}

/// The problems of one file, as an error if there are any.
fn collect(link: &InheritedFile, find: impl FnOnce(&mut Vec<Problem>)) -> Result<(), ThemeError> {
    let mut problems = Vec::new();
    find(&mut problems);
    if problems.is_empty() {
        return Ok(());
    }
    Err(ThemeError::Invalid { problems, source_text: link.document.source().clone() })
}

/// A role that no theme spoke of looks like its parent; without the screen's background, which only `text` has.
fn resolve(looks: &[Option<Style>; Role::ALL.len()]) -> [Style; Role::ALL.len()] {
    Role::ALL.map(|role| {
        let mut at = role;
        loop {
            match (looks[at as usize], at.parent()) {
                (Some(style), _) if at == role || at != Role::Text => return style,
                (Some(style), _) => return Style { bg: None, ..style },
                (None, Some(parent)) => at = parent,
                (None, None) => return Style::new(),
            }
        }
    })
}

fn unknown_role(name: &str, span: yaml::Span, link: &InheritedFile) -> Warning {
    let near = nearest(name, Role::ALL.into_iter().map(Role::name));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Warning {
        place: link.document.source().locate(span),
        message: format!("there is no role `{name}`, so it changes nothing{hint}"),
    }
}

/// What a theme does that the user should know.
fn oddities(theme: &Theme) -> Vec<Warning> {
    let warn = |message| Warning { place: theme.name.clone(), message };
    let go = theme.style(Role::Go).fg;
    let borrowed =
        Role::ALL.into_iter().filter(|role| !role.says_go() && go.is_some() && theme.style(*role).fg == go);
    let borrowed = borrowed.map(|role| warn(format!("`{}` has the colour reserved for GO", role.name())));
    let faint = Role::ALL.into_iter().filter(|role| !role.is_graphic()).filter_map(|role| {
        let (fg, bg) = theme.colours(role);
        let contrast = contrast(fg?, bg?).filter(|contrast| *contrast < LEAST_CONTRAST)?;
        Some(warn(format!(
            "`{}` is hard to read: its contrast is {contrast:.1}, and should be {LEAST_CONTRAST} or more",
            role.name()
        )))
    });
    borrowed.chain(faint).collect()
}
