//! Why a mode could not do its work.

use std::path::Path;

use crate::{
    checklist::Loaded,
    domain::Diagnostic,
    settings::{SettingsError, TokenError},
    source::{http::HttpError, recorded::RecordingError},
    text::{clean, clean_block},
    theme::ThemeError,
    yaml,
};

/// Why a mode could not do its work. The text is sanitised, for people, and says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The user's files, arguments or settings: exit 2. Nothing was checked.
    #[error("{0}")]
    Input(String),
    /// The journal: exit 4, never a verdict.
    #[error("{0}")]
    Store(String),
    /// Something that should not happen: exit 4.
    #[error("{0}")]
    Internal(String),
    /// An act that the rules refuse: exit 2. Nothing was recorded.
    #[error("{0}")]
    Refused(String),
}

impl AppError {
    /// An input error in one line of possibly foreign words.
    pub fn input(message: impl std::fmt::Display) -> Self {
        Self::Input(format!("error: {}", clean(&message.to_string())))
    }

    /// Everything that is wrong with the files, each with its place, and a count.
    pub fn diagnostics(all: &[Diagnostic]) -> Self {
        let mut text = String::new();
        for diagnostic in all {
            text.push_str(diagnostic.rendered.trim_end());
            text.push_str("\n\n");
        }
        let files: std::collections::BTreeSet<_> =
            all.iter().filter_map(|it| it.place.as_ref().map(|place| &place.file)).collect();
        let count =
            |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let spread =
            if files.is_empty() { String::new() } else { format!(" in {}", count(files.len(), "file")) };
        text.push_str(&format!("error: {}{spread}; nothing was checked", count(all.len(), "problem")));
        Self::Input(text)
    }
}

impl From<SettingsError> for AppError {
    fn from(error: SettingsError) -> Self {
        match &error {
            SettingsError::Invalid { problems, source_text } => {
                let shown = yaml::render(problems, source_text, &|text| clean_block(text).into_owned());
                Self::Input(format!("{}\n\nerror: {}", shown.trim_end(), clean(&error.to_string())))
            }
            _ => Self::input(error),
        }
    }
}

impl From<ThemeError> for AppError {
    fn from(error: ThemeError) -> Self {
        match &error {
            ThemeError::Invalid { problems, source_text } => {
                let shown = yaml::render(problems, source_text, &|text| clean_block(text).into_owned());
                Self::Input(format!("{}\n\nerror: {}", shown.trim_end(), clean(&error.to_string())))
            }
            _ => Self::input(error),
        }
    }
}

impl From<TokenError> for AppError {
    fn from(error: TokenError) -> Self {
        Self::input(error)
    }
}

impl From<RecordingError> for AppError {
    fn from(error: RecordingError) -> Self {
        Self::input(error)
    }
}

impl From<HttpError> for AppError {
    fn from(error: HttpError) -> Self {
        Self::Internal(format!("error: the network can not be used: {}", clean(&error.to_string())))
    }
}

/// The same with files named from where the user is, so that a terminal can open them: `folder` is how the launch's
/// folder was given, `None` for the current one.
pub(super) fn as_given(mut all: Vec<Diagnostic>, folder: Option<&Path>) -> Vec<Diagnostic> {
    let Some(folder) = folder else { return all };
    for it in &mut all {
        if let Some(place) = &it.place {
            let (from, to) = (clean(&place.file), folder.join(&*place.file));
            let to = clean(&to.display().to_string()).into_owned();
            it.rendered = it.rendered.replacen(&format!("--> {from}"), &format!("--> {to}"), 1);
        }
    }
    all
}

/// What worth a look was found while loading, one per line block.
pub fn warnings(loaded: &Loaded) -> String {
    loaded.warnings.iter().map(|it| format!("{}\n", it.rendered.trim_end())).collect()
}
