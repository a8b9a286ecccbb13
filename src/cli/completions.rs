//! `gonogo completions`, and what its scripts ask at each Tab: the files of the launch and its journal on this machine, and nobody else.

use std::path::PathBuf;

use clap_complete::{
    CompletionCandidate,
    env::{CompleteEnv, Shells},
};

use super::{
    Exit,
    options::{Shell, command},
    output::{print_exactly, say},
};
use gonogo_app::{self as app, AppError};
use gonogo_domain::{History, Launch, RiskEntry, RiskStep};

/// Set by the scripts: the shell that asks.
const ASKED: &str = "GONOGO_COMPLETE";

/// Writes the script for a shell.
pub(super) fn run(shell: Shell) -> Result<Exit, AppError> {
    let name = match shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
    };
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let shell = shells.completer(name).ok_or(AppError::Internal("there is no such shell"))?;
    shell
        .write_registration(ASKED, "gonogo", "gonogo", "gonogo", &mut script)
        .map_err(|_| AppError::Internal("the script could not be written"))?;
    Ok(print_exactly(&String::from_utf8_lossy(&script), Exit::Go))
}

/// Answers a shell that asks how a line could go on; `None`: this is no such question.
pub(super) fn asked() -> Option<Exit> {
    let here = std::env::current_dir().ok();
    match CompleteEnv::with_factory(command).var(ASKED).try_complete(std::env::args_os(), here.as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(Exit::Go),
        Err(error) => {
            say(&gonogo_text::clean_block(&error.to_string()));
            Some(Exit::Input)
        }
    }
}

/// Gates that can be named.
pub(crate) fn gates() -> Vec<CompletionCandidate> {
    of_launch(|launch| launch.gates.iter().map(|it| (it.id.to_string(), it.title.to_string())).collect())
}

/// Gates that people answer.
pub(crate) fn gates_of_people() -> Vec<CompletionCandidate> {
    of_launch(|launch| {
        let gates = launch.gates.iter().filter(|it| it.ask().is_some());
        gates.map(|it| (it.id.to_string(), it.title.to_string())).collect()
    })
}

/// Roles of the launch that is here, by id.
pub(crate) fn roles() -> Vec<CompletionCandidate> {
    of_launch(|launch| {
        let title = |role: &gonogo_domain::LaunchRole| {
            role.title.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        launch.roles.iter().map(|(id, role)| (id.to_string(), title(role))).collect()
    })
}

/// Roles and people.
pub(crate) fn parties() -> Vec<CompletionCandidate> {
    let mut all = roles();
    all.extend(of_launch(|launch| {
        launch.people.iter().map(|(id, person)| (id.to_string(), person.name.to_string())).collect()
    }));
    all
}

/// Stages of the rollout.
pub(crate) fn stages() -> Vec<CompletionCandidate> {
    of_launch(|launch| {
        let stages = launch.rollout.iter().flat_map(|it| &it.stages);
        stages.map(|it| (it.id.to_string(), String::new())).collect()
    })
}

/// Messages of the comms plan.
pub(crate) fn messages() -> Vec<CompletionCandidate> {
    of_launch(|launch| {
        launch.comms.messages.iter().map(|it| (it.id.to_string(), it.named().to_string())).collect()
    })
}

/// Checklists of the launch that is here, by id.
pub(crate) fn checklists() -> Vec<CompletionCandidate> {
    of_launch(|launch| launch.checklists.iter().map(|it| (it.id.to_string(), it.title.to_string())).collect())
}

/// What a HOLD can wait for: gates, and whole checklists.
pub(crate) fn gates_and_checklists() -> Vec<CompletionCandidate> {
    let mut all = gates();
    all.extend(of_launch(|launch| {
        launch.checklists.iter().map(|it| (format!("checklist/{}", it.id), it.title.to_string())).collect()
    }));
    all
}

/// Options of the final call.
pub(crate) fn options() -> Vec<CompletionCandidate> {
    of_launch(|launch| {
        let options = launch.roll_call.iter().flat_map(|it| &it.options);
        options.map(|it| (it.to_string(), String::new())).collect()
    })
}

/// Guardrails of the launch that is here, by id.
pub(crate) fn guardrails() -> Vec<CompletionCandidate> {
    of_launch(|launch| {
        launch.guardrails.iter().map(|(id, it)| (id.to_string(), it.title.to_string())).collect()
    })
}

/// Steps of the way back.
pub(crate) fn rollback_steps() -> Vec<CompletionCandidate> {
    of_launch(|launch| {
        let steps = launch.rollback.iter().flat_map(|it| &it.steps);
        steps.map(|it| (it.id.to_string(), it.title.to_string())).collect()
    })
}

/// Risks that were stated.
pub(crate) fn risks() -> Vec<CompletionCandidate> {
    of_history(|history| {
        let title = |entries: &[RiskEntry]| {
            entries.iter().rev().find_map(|it| match &it.step {
                RiskStep::Stated(figures) => Some(figures.what.to_string()),
                _ => None,
            })
        };
        let risks = history.risks.iter();
        risks.map(|it| (it.id.to_string(), title(&it.entries).unwrap_or_default())).collect()
    })
}

/// Follow-ups of the review that are open, by their numbers.
pub(crate) fn follow_ups() -> Vec<CompletionCandidate> {
    of_history(|history| {
        let open = history.review.follow_ups.iter().filter(|it| it.ended.is_none());
        open.map(|it| (it.number.to_string(), it.text.to_string())).collect()
    })
}

/// Names and titles of what people said.
fn of_history(names: impl Fn(&History) -> Vec<(String, String)>) -> Vec<CompletionCandidate> {
    app::said_of(&folder()).map(|history| candidates(names(&history))).unwrap_or_default()
}

/// Names and titles of a launch that can be read; a file with a fault completes nothing.
fn of_launch(names: impl Fn(&Launch) -> Vec<(String, String)>) -> Vec<CompletionCandidate> {
    app::names_of(&folder()).map(|launch| candidates(names(&launch))).unwrap_or_default()
}

fn candidates(names: Vec<(String, String)>) -> Vec<CompletionCandidate> {
    let candidate = |(name, title): (String, String)| {
        let title = gonogo_text::clean(&title).into_owned();
        CompletionCandidate::new(name).help((!title.is_empty()).then(|| title.into()))
    };
    names.into_iter().map(candidate).collect()
}

/// The launch that the line names, as far as it has been written, or this folder.
fn folder() -> PathBuf {
    let written = std::env::args_os().skip_while(|it| it != "--").skip(2).map(PathBuf::from);
    let is_launch = |path: &PathBuf| path.join("launch.yaml").is_file();
    written.filter(is_launch).last().unwrap_or_else(|| PathBuf::from("."))
}
