//! Why a mode could not do its work.

use std::{
    collections::BTreeSet,
    error::Error,
    fmt::Write as _,
    io, iter,
    path::{Path, PathBuf},
};

use tokio::task::JoinError;

use gonogo_checklist::Loaded;
use gonogo_cockpit::CockpitError;
use gonogo_domain::{Diagnostic, Distrust, Failure, Redactor, Refusal, Str};
use gonogo_journal::JournalError;
use gonogo_settings::{SettingsError, TokenError, TrustError};
use gonogo_source::recorded::RecordingError;
use gonogo_text::{clean, clean_block};
use gonogo_theme::ThemeError;
use gonogo_yaml as yaml;

/// What the system, or a file that was read, said.
type BoxedError = Box<dyn Error + Send + Sync>;

/// Why a mode could not do its work. Its text is one sentence that is not sanitised yet, its causes are its sources;
/// [`AppError::shown`] puts them together for people.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The launch's files, all that is wrong with them at once; `of` says which, where it is not the usual ones.
    #[error("{}; nothing was checked", counted(.problems))]
    Files {
        /// Each with its place.
        problems: Vec<Diagnostic>,
        /// Whose they are.
        of: Option<String>,
    },
    /// The user's settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A theme.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// A credential.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// What keeps the user's trust in a launch.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A recording.
    #[error("{file}")]
    Recording {
        /// Where it is.
        file: String,
        /// What is wrong with it.
        source: RecordingError,
    },
    /// An argument, or a file that one names.
    #[error("{what}")]
    Input {
        /// What is wrong, and what to do.
        what: String,
        /// What the system reported.
        source: Option<BoxedError>,
    },
    /// An act that the rules refuse. Nothing was recorded.
    #[error("{refusal}{}", .notes.iter().map(|note| format!("; {note}")).collect::<String>())]
    Refused {
        /// Why, and what to do instead.
        refusal: Refusal,
        /// What may be behind it: a team that could not be seen.
        notes: Vec<String>,
    },
    /// An act that nobody confirmed. Nothing was recorded.
    #[error("{0}")]
    NotConfirmed(String),
    /// There is no journal, or nothing can be recorded in it.
    #[error("{0}")]
    NoJournal(String),
    /// The journal cannot be trusted (V11).
    #[error("{0}")]
    Distrusted(Distrust),
    /// The journal did not do what was asked.
    #[error("{}", .what.clone().unwrap_or_else(|| .source.to_string()))]
    Journal {
        /// What could not be done; `None`: what the journal says is all there is to say.
        what: Option<String>,
        /// What the journal said.
        source: JournalError,
        /// What to do next.
        next: Option<String>,
    },
    /// It failed after this was recorded, which stays recorded.
    #[error("{error}")]
    After {
        /// What failed.
        error: Box<Self>,
        /// What was recorded.
        recorded: String,
    },
    /// The cockpit could not go on, or not begin.
    #[error(transparent)]
    Cockpit(#[from] CockpitError),
    /// No threads.
    #[error("no threads can be started")]
    Threads(#[source] io::Error),
    /// A task of our own ended before its work was done.
    #[error("a task of gonogo failed")]
    Task(#[from] JoinError),
    /// The half of the cockpit behind the screen panicked.
    #[error("gonogo itself failed: {said}")]
    Crashed {
        /// What the panic said.
        said: String,
        /// Where the whole report is.
        log: Option<PathBuf>,
    },
    /// Something that cannot happen.
    #[error("{0}")]
    Internal(&'static str),
}

impl AppError {
    /// Something wrong with an argument, in one line of possibly foreign words.
    pub fn input(what: impl std::fmt::Display) -> Self {
        Self::Input { what: what.to_string(), source: None }
    }

    /// A file that an argument names cannot be used.
    pub fn file(what: impl std::fmt::Display, source: impl Into<BoxedError>) -> Self {
        Self::Input { what: what.to_string(), source: Some(source.into()) }
    }

    /// Everything that is wrong with the files.
    pub fn diagnostics(problems: Vec<Diagnostic>) -> Self {
        Self::Files { problems, of: None }
    }

    /// Whether it is about the user's files, arguments, settings or rights (exit 2), and not about the journal or gonogo
    /// itself (exit 4).
    pub fn is_about_input(&self) -> bool {
        match self {
            Self::Files { .. }
            | Self::Settings(_)
            | Self::Theme(_)
            | Self::Token(_)
            | Self::Trust(_)
            | Self::Recording { .. }
            | Self::Input { .. }
            | Self::Refused { .. }
            | Self::NotConfirmed(_)
            | Self::Cockpit(CockpitError::NoTerminal(_)) => true,
            Self::After { error, .. } => error.is_about_input(),
            Self::NoJournal(_)
            | Self::Distrusted(_)
            | Self::Journal { .. }
            | Self::Cockpit(_)
            | Self::Threads(_)
            | Self::Task(_)
            | Self::Crashed { .. }
            | Self::Internal(_) => false,
        }
    }

    /// What is told of a file with mistakes where names and titles are hidden: a snippet holds whatever the file does.
    pub const FAULTS_HIDDEN: &str = "error: gonogo validate shows what is wrong";

    /// The same as [`AppError::shown`] for whoever must not see names and titles.
    pub fn shown_redacted(&self, redactor: &Redactor) -> String {
        match self {
            Self::Files { .. } | Self::Settings(_) | Self::Theme(_) | Self::Recording { .. } => {
                Self::FAULTS_HIDDEN.to_owned()
            }
            _ => redactor.text(&self.shown()),
        }
    }

    /// For people, sanitised: what happened, what to do next, and the chain of causes: in the same line for whoever can
    /// mend it at once, each in a line of its own for whoever has to look into it.
    pub fn shown(&self) -> String {
        match self {
            Self::Files { problems, of } => {
                let of = of.as_ref().map(|of| format!("\nin {}", clean(of))).unwrap_or_default();
                format!("{}error: {self}{of}", blocks(problems))
            }
            Self::Settings(SettingsError::Invalid { problems, source_text })
            | Self::Theme(ThemeError::Invalid { problems, source_text }) => {
                let shown = yaml::render(problems, source_text, &|text| clean_block(text).into_owned());
                format!("{}\n\nerror: {}", shown.trim_end(), clean(&self.to_string()))
            }
            Self::Refused { .. } | Self::NotConfirmed(_) => format!("refused: {}", clean(&self.to_string())),
            Self::After { error, recorded } => format!("{}\nrecorded before that, {recorded}", error.shown()),
            Self::Crashed { log, .. } => {
                let log = log.as_ref().map(|path| format!("; the whole report is in {}", path.display()));
                format!(
                    "error: {}{}\nNothing that was recorded is lost. Start it again; if it fails again, please report it.",
                    clean(&self.to_string()),
                    clean(&log.unwrap_or_default())
                )
            }
            _ if self.is_about_input() => format!("error: {}", clean(&self.line())),
            _ => {
                let mut shown = format!("error: {}{}", clean(&self.to_string()), self.next());
                for cause in self.causes() {
                    let _ = write!(shown, "\n  because: {}", clean(&cause));
                }
                shown
            }
        }
    }

    /// All of it in one line, not sanitised: for a place that has one.
    pub fn line(&self) -> String {
        let causes = self.causes().into_iter().map(|cause| format!(": {cause}"));
        format!("{self}{}{}", causes.collect::<String>(), self.next())
    }

    fn next(&self) -> String {
        let Self::Journal { next: Some(next), .. } = self else { return String::new() };
        format!("; {}", clean(next))
    }

    /// What is behind it, the nearest first. A cause whose words were said already is left out.
    fn causes(&self) -> Vec<String> {
        let mut told = vec![self.to_string()];
        for cause in iter::successors(self.source(), |cause: &&(dyn Error + 'static)| (*cause).source()) {
            let cause = cause.to_string();
            if !told.iter().any(|it| it.ends_with(&cause)) {
                told.push(cause);
            }
        }
        told.split_off(1)
    }
}

impl From<JournalError> for AppError {
    fn from(source: JournalError) -> Self {
        let missing = matches!(source, JournalError::Missing { .. });
        let next = missing.then(|| "check --journal, or record something first".to_owned());
        Self::Journal { what: None, source, next }
    }
}

fn blocks(problems: &[Diagnostic]) -> String {
    problems.iter().map(|it| format!("{}\n\n", it.rendered.trim_end())).collect()
}

fn counted(problems: &[Diagnostic]) -> String {
    let files: BTreeSet<_> =
        problems.iter().filter_map(|it| it.place.as_ref().map(|place| &place.file)).collect();
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let spread = if files.is_empty() { String::new() } else { format!(" in {}", count(files.len(), "file")) };
    format!("{}{spread}", count(problems.len(), "problem"))
}

/// What a server, or the way to it, refused, and what to do next.
pub(super) fn told_of(failure: &Failure) -> Str {
    let next = failure.next.as_ref().map(|next| format!("; {next}")).unwrap_or_default();
    format!("{}{next}", failure.message).into()
}

/// The same where nothing can be done without it.
pub(super) fn failed(failure: Failure) -> AppError {
    AppError::input(told_of(&failure))
}

/// Problems with their files named from where the user is, so that a terminal can open them: `folder` is how the launch's
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

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_domain::Severity;

    #[test]
    fn a_snippet_of_a_file_is_not_told_where_names_are_hidden() {
        let rendered = "error: nobody is called Maria Rossi".to_owned();
        let problem = Diagnostic {
            severity: Severity::Error,
            code: "unknown-person".to_owned(),
            message: rendered.clone(),
            place: None,
            help: None,
            rendered,
        };
        let error = AppError::Files { problems: vec![problem], of: None };
        assert!(error.shown().contains("Maria Rossi"));
        assert_eq!(error.shown_redacted(&Redactor::default()), AppError::FAULTS_HIDDEN);
        let other = AppError::input("there is no gate \"Call Maria\"");
        assert!(!other.shown_redacted(&Redactor::default()).contains("Maria"));
    }
}
