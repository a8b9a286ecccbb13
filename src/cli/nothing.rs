//! What whoever starts gonogo where no launch is can do.

use std::path::Path;

use super::options::{LaunchArgs, command};
use gonogo_app::launch_folders;

/// What there is where no launch was named.
pub(super) enum Here {
    /// Something to open, or to refuse.
    Launch,
    /// No launch, and launches below.
    Launches,
    /// Nothing: what to do next.
    Nothing(String),
}

/// What is here, if no launch was named.
pub(super) fn here(launch: &LaunchArgs) -> Here {
    let files = &launch.files;
    if let Some(meant) = files.path.as_deref().and_then(meant) {
        return Here::Nothing(meant);
    }
    let named = files.path.is_some() || files.launch.is_some() || launch.replay.is_some() || launch.demo;
    // What cannot be seen is for the loader to tell.
    if named || !matches!(Path::new("launch.yaml").try_exists(), Ok(false)) {
        return Here::Launch;
    }
    if launch_folders(Path::new(".")).is_empty() { Here::Nothing(usual()) } else { Here::Launches }
}

/// A word that is no file, and nearly a command: that was meant.
fn meant(path: &Path) -> Option<String> {
    let word = path.to_str().filter(|it| it.chars().all(|c| c.is_ascii_lowercase() || c == '-'))?;
    if !matches!(path.try_exists(), Ok(false)) {
        return None;
    }
    let all = command();
    let verb = gonogo_yaml::nearest(word, all.get_subcommands().map(clap::Command::get_name))?;
    Some(format!(
        "error: there is no command, file or folder `{word}`: did you mean `gonogo {verb}`?\n       gonogo --help lists every command\n"
    ))
}

fn usual() -> String {
    let usual = [
        ("gonogo demo", "plays a bundled launch day: no token, no account"),
        ("gonogo init", "writes a launch for this repository: four questions"),
        ("gonogo PATH", "opens a launch in another folder"),
        ("gonogo man", "shows the manual; gonogo --help lists every command"),
    ];
    let column = usual.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    let all: String =
        usual.iter().map(|(command, what)| format!("  {command:<column$}   {what}\n")).collect();
    format!("There is no launch.yaml in this folder.\n\n{all}")
}
