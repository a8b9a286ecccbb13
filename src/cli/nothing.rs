//! What whoever starts gonogo where no launch is can do.

use std::path::{Path, PathBuf};

use super::options::LaunchArgs;
use gonogo_text::clean;

/// Folders that are looked into for a launch, and names of a folder that are never one's own.
const MOST_FOLDERS: usize = 200;
const MOST_NAMED: usize = 4;
const NOT_OURS: &[&str] = &["target", "node_modules", "vendor", "dist", "build"];

/// What to do next, if no launch was named and none is here; `None`: there is something to open.
pub(super) fn here(launch: &LaunchArgs) -> Option<String> {
    let named = launch.path.is_some() || launch.launch.is_some() || launch.replay.is_some() || launch.demo;
    // What can not be seen is for the loader to tell.
    if named || !matches!(Path::new("launch.yaml").try_exists(), Ok(false)) {
        return None;
    }
    let found = launches(Path::new("."));
    let lines = found.iter().map(|folder| {
        let folder = clean(&folder.display().to_string()).into_owned();
        (format!("gonogo {folder}/"), format!("open the launch in {folder}/"))
    });
    let usual = [
        ("gonogo demo", "play a bundled launch day: no token, no account"),
        ("gonogo init", "write a launch for this repository: four questions"),
        ("gonogo PATH", "open a launch that is somewhere else"),
        ("gonogo man", "the manual; gonogo --help lists every command"),
    ];
    let usual = usual.map(|(command, what)| (command.to_owned(), what.to_owned()));
    let all: Vec<(String, String)> = lines.chain(usual).collect();
    let column = all.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    let all: String = all.iter().map(|(command, what)| format!("  {command:<column$}   {what}\n")).collect();
    Some(format!("There is no launch.yaml in this folder.\n\n{all}"))
}

/// Folders below this one that hold a launch, at most two levels down.
fn launches(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut next = folders(root);
    for _ in 0..2 {
        let (ours, others): (Vec<_>, Vec<_>) =
            next.into_iter().partition(|folder| folder.join("launch.yaml").is_file());
        found.extend(ours);
        next = others.iter().flat_map(|folder| folders(folder)).take(MOST_FOLDERS).collect();
    }
    found.truncate(MOST_NAMED);
    found.iter().filter_map(|folder| folder.strip_prefix(".").ok()).map(Path::to_owned).collect()
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
        !name.starts_with('.') && !NOT_OURS.contains(&name) && path.is_dir() && !path.is_symlink()
    };
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<_> = entries.take(MOST_FOLDERS).filter(ours).collect();
    all.sort();
    all
}
