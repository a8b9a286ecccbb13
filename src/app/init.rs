//! A first launch for a repository: what can be seen of it, what is asked, what is written.

mod look;
mod workflows;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{AppError, FileForm, Registry, names_of, schema, sources};
use gonogo_checklist::{self as checklist, LaunchInput, LoadRequest};
use gonogo_clock::Clock;
use gonogo_files as files;
use gonogo_settings::Settings;
use gonogo_source::Survey;
use gonogo_start::{LaunchPlan, Member, Template, as_id, first_launch};

use look::RepositoryLook;

/// How long GitHub may take to say what a repository has.
const PATIENCE: Duration = Duration::from_secs(10);
/// The file with the schema, beside the launch.
const SCHEMA: &str = "launch.schema.json";

/// A launch that is about to be written, and what it was made from.
#[derive(Clone, Debug)]
pub struct LaunchDraft {
    /// All of it; answers are put in here.
    pub plan: LaunchPlan,
    /// What was looked at, in words.
    pub told: Vec<String>,
}

/// Looks at a folder, at its repository, and, with a token, at what GitHub shows of it.
///
/// # Errors
/// A settings file or a token that cannot be used.
pub async fn draft(folder: &Path, settings: Option<&Path>) -> Result<LaunchDraft, AppError> {
    let settings = sources::settings(settings)?;
    let RepositoryLook { mut seen, mut told, name } = look::look(folder);
    if let Some(target) = &mut seen.target {
        match survey(&settings, &target.repository).await? {
            Some(Ok(survey)) => {
                look::add(&mut seen, &survey);
                told.push(format!(
                    "GitHub: {} labels, {} open milestones, {} environments",
                    survey.labels.len(),
                    survey.milestones.len(),
                    survey.environments.len()
                ));
            }
            Some(Err(said)) => told.push(format!("GitHub could not be read completely: {said}")),
            None => {
                told.push("GitHub was not asked: there is no token (GITHUB_TOKEN, or gh auth login)".into());
            }
        }
    }
    let now = Clock::system().read().wall;
    let plan = LaunchPlan {
        template: Template::default(),
        id: as_id(&name).unwrap_or_else(|| "launch".into()),
        title: name,
        version: "1.0.0".into(),
        t0: look::in_a_week(now),
        timezone: look::timezone(),
        me: me(&settings),
        seen,
        schema: Some(SCHEMA.into()),
    };
    Ok(LaunchDraft { plan, told })
}

/// What GitHub shows; `None`: nobody is asked without a token.
async fn survey(settings: &Settings, repository: &str) -> Result<Option<Result<Survey, String>>, AppError> {
    if !sources::has_own_token(settings)? {
        return Ok(None);
    }
    let Some(source) = sources::of_people(settings)? else { return Ok(None) };
    let answer = tokio::time::timeout(PATIENCE, source.survey(repository)).await;
    Ok(Some(match answer {
        Ok(Ok(survey)) => Ok(survey),
        Ok(Err(failure)) => Err(failure.message.to_string()),
        Err(_) => Err(format!("it did not answer within {} s", PATIENCE.as_secs())),
    }))
}

/// Whoever begins, by the settings or the system.
fn me(settings: &Settings) -> Member {
    let identity = &settings.identity;
    let name = identity.name.clone().or_else(|| identity.github.clone()).unwrap_or_else(|| "Me".into());
    let id = identity.github.as_deref().or(Some(&name)).and_then(as_id).unwrap_or_else(|| "me".into());
    Member { id, name, github: identity.github.clone() }
}

/// The text of the launch, checked by the loader: nothing is written that would be refused.
///
/// # Errors
/// What was answered cannot be used, with the diagnostics of the loader.
pub fn write_launch(plan: &LaunchPlan) -> Result<String, AppError> {
    let text = first_launch(plan);
    let request = LoadRequest {
        input: LaunchInput::Memory(vec![("launch.yaml".into(), text.clone().into_bytes())]),
        set: Vec::new(),
    };
    checklist::load(&request, &Registry).map_err(AppError::diagnostics)?;
    Ok(text)
}

/// Writes the launch and its schema into a folder, which is made if it is not there. Nothing that is there is written
/// over.
///
/// # Errors
/// A launch is there already, or nothing can be written.
pub fn init(folder: &Path, plan: &LaunchPlan) -> Result<Vec<PathBuf>, AppError> {
    let launch = write_launch(plan)?;
    let at = folder.join("launch.yaml");
    refuse_over(&at)?;
    std::fs::create_dir_all(folder)
        .map_err(|error| AppError::file(format!("{} cannot be created", folder.display()), error))?;
    let mut written = Vec::new();
    let form = folder.join(SCHEMA);
    if !form.exists() {
        create(&form, &schema(FileForm::Launch))?;
        written.push(form);
    }
    create(&at, &launch)?;
    written.push(at);
    Ok(written)
}

/// Refuses a folder that has a launch, before anything is asked.
///
/// # Errors
/// There is one.
pub fn no_launch_in(folder: &Path) -> Result<(), AppError> {
    refuse_over(&folder.join("launch.yaml"))
}

/// Nobody's launch is written over.
fn refuse_over(path: &Path) -> Result<(), AppError> {
    if path.symlink_metadata().is_ok() {
        return Err(AppError::input(format!(
            "{} already exists and is not overwritten: open it with gonogo, or name another folder",
            path.display()
        )));
    }
    Ok(())
}

/// Writes a new file.
///
/// # Errors
/// Something of that name is there, or it cannot be written.
pub(super) fn create(path: &Path, text: &str) -> Result<(), AppError> {
    let refused = |error: &dyn std::fmt::Display| {
        AppError::input(format!("{} cannot be written: {error}", path.display()))
    };
    let mut file = files::create(path).map_err(|unfit| refused(&unfit))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| refused(&error))
}

/// Whether a folder has a launch that loads.
pub(super) fn has_launch(folder: &Path) -> bool {
    names_of(folder).is_some()
}

/// A moment to begin with, where none was said.
pub(super) fn default_t0(now: chrono::DateTime<chrono::Utc>) -> String {
    look::in_a_week(now)
}
