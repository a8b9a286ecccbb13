//! Several launches in one folder: each by its files and its journal. Nobody is asked.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{AppError, LaunchSelection, Opened, Past, Reported, on_record, open};
use gonogo_clock::Clock;
use gonogo_domain::{Board, Clash, Launch, Listed, clashes};
use gonogo_report::{Fleet, FleetEntry, Untold};

/// Folders that are looked into for a launch, how deep they may lie, and launches that are listed.
const MOST_FOLDERS: usize = 200;
const DEEPEST: usize = 2;
const MOST_LAUNCHES: usize = 50;
/// Names of a folder that are never one's own.
const NOT_OURS: &[&str] = &["target", "node_modules", "vendor", "dist", "build"];

/// Folders below this one that hold a launch, at most two levels down, as they are called from there.
pub fn launch_folders(root: &Path) -> Vec<PathBuf> {
    looked_into(root).0
}

/// The same, and whether there are more than are looked into.
fn looked_into(root: &Path) -> (Vec<PathBuf>, bool) {
    let (mut found, mut more) = (Vec::new(), false);
    let mut next = folders(root);
    for _ in 0..DEEPEST {
        more |= next.len() > MOST_FOLDERS;
        next.truncate(MOST_FOLDERS);
        let (ours, others): (Vec<_>, Vec<_>) =
            next.into_iter().partition(|folder| folder.join("launch.yaml").is_file());
        found.extend(ours);
        next = others.iter().flat_map(|folder| folders(folder)).collect();
    }
    more |= found.len() > MOST_LAUNCHES;
    found.truncate(MOST_LAUNCHES);
    let named = found.iter().filter_map(|folder| folder.strip_prefix(root).ok()).map(Path::to_owned);
    (named.collect(), more)
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
        !name.starts_with('.') && !NOT_OURS.contains(&name) && path.is_dir() && !path.is_symlink()
    };
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<_> = entries.filter(ours).collect();
    all.sort();
    all
}

/// The launch of a folder itself, if it is one, and those below it; and where they are in each other's way.
///
/// # Errors
/// [`AppError::Input`]: there is none.
pub fn launches(chosen: &LaunchSelection) -> Result<Fleet, AppError> {
    let here = PathBuf::from(".");
    let root = chosen.path.as_ref().unwrap_or(&here);
    let own = root.join("launch.yaml").is_file().then(PathBuf::new);
    let (below, more) = looked_into(root);
    let folders: Vec<_> = own.into_iter().chain(below).collect();
    if folders.is_empty() {
        return Err(AppError::input(format!(
            "there is no launch in {} or below it: a launch is a folder with a launch.yaml, at most two levels down",
            root.display()
        )));
    }
    let mut known: Vec<(Arc<Launch>, Board)> = Vec::new();
    let mut entries = Vec::new();
    let at = Clock::system().read().wall;
    for folder in folders {
        let path = root.join(&folder);
        let one = LaunchSelection { path: Some(path.clone()), ..chosen.clone() };
        let told = open(one).and_then(|opened| look(&opened));
        let named = match (root == Path::new("."), folder.as_os_str().is_empty()) {
            (_, true) => root.clone(),
            (true, false) => folder,
            (false, false) => path,
        };
        let path = named.display().to_string();
        entries.push(match told {
            Ok((launch, board, listed)) => {
                known.push((launch, board));
                FleetEntry { path, listed: Ok(listed) }
            }
            Err(error) => {
                let (why, journal) = (error.to_string(), !error.is_about_input());
                FleetEntry { path, listed: Err(Untold { why, journal }) }
            }
        });
    }
    let clashes: Vec<Clash> = {
        let all: Vec<_> = known.iter().map(|(launch, board)| (&**launch, board)).collect();
        clashes(&all)
    };
    entries.sort_by_key(|it| it.listed.as_ref().map_or((true, None), |it| (it.over, Some(it.t_zero))));
    Ok(Fleet { entries, clashes, more, at })
}

/// A launch by its journal: the board of now, on which every answer of a source is old, and what was known last.
fn look(opened: &Opened) -> Result<(Arc<Launch>, Board, Listed), AppError> {
    let Reported { launch, board, history, .. } = on_record(opened)?;
    let last = Past::open(opened).ok().map(|mut past| {
        let (_, until) = past.span();
        past.board_at(until)
    });
    let listed = Listed::of(&launch, &board, &history, last.as_ref());
    Ok((launch, board, listed))
}
