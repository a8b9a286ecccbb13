//! `--baseline`: the launch of the base branch, from a file or a ref, that this one may not be looser than.

use std::path::{Path, PathBuf};

use super::{
    AppError, Opened, Registry,
    checkout::Checkout,
    git::{CommittedFile, Git},
};
use gonogo_checklist::{self as checklist, LaunchInput, LoadRequest};
use gonogo_domain::loosened;
use gonogo_report::Compared;
use gonogo_text::clean;

/// Files of a launch that are looked at in a commit.
const MOST_FILES: usize = 2_000;

/// Compares the launch with the one that is named: a file or folder, or a ref of the repository that holds it.
///
/// # Errors
/// [`AppError::Input`]: it is neither or both, cannot be read, or is no launch.
pub(super) fn compare(opened: &Opened, named: &str) -> Result<Compared, AppError> {
    let refused = |why: String| AppError::input(format!("--baseline {}: {why}", clean(named)));
    let (with, input) = find(opened, named).map_err(refused)?;
    let mut set = opened.chosen.set.clone();
    if set.iter().all(|(name, _)| name != "version") {
        // Its rules for this version: what its texts make of another one is no difference.
        set.push(("version".into(), opened.loaded.launch.version.to_string()));
    }
    let base = checklist::load(&LoadRequest { input, set }, &Registry)
        .map_err(|all| AppError::Files { problems: all, of: Some(format!("--baseline {named}")) })?;
    Ok(Compared { with, loosened: loosened(&base.launch, &opened.loaded.launch) })
}

/// A change could add a file that is named like a ref, so that the change is compared with itself: a plain word is a
/// ref, and a path only where it can be no other thing.
fn find(opened: &Opened, named: &str) -> Result<(String, LaunchInput), String> {
    let path = Path::new(named);
    let says_path = ["/", "./", "../"].iter().any(|start| named.starts_with(start))
        || matches!(named, "." | "..")
        || [".yaml", ".yml"].iter().any(|end| named.ends_with(end));
    if says_path {
        return Ok((named.to_owned(), LaunchInput::Path(path.to_owned())));
    }
    let launch = launch_file(opened);
    let checkout = launch.as_deref().and_then(Path::parent).and_then(Checkout::around);
    let Some((launch, checkout)) = launch.zip(checkout) else {
        if path.exists() {
            return Ok((named.to_owned(), LaunchInput::Path(path.to_owned())));
        }
        return Err(
            "there is no such file, and the launch is in no git repository that could have such a ref".into(),
        );
    };
    let git = Git::at(&checkout.top)?;
    match (git.commit(named)?, path.exists()) {
        (Some(commit), false) => {
            let files = launch_at(&git, &commit, &launch, &checkout.top)?;
            Ok((format!("{named}, commit {commit}"), LaunchInput::Memory(files)))
        }
        (Some(_), true) => {
            Err(format!("this is a ref and a file: write ./{named}, or the whole name of the ref, refs/..."))
        }
        (None, true) => Err(format!(
            "there is no such ref, and a file of this name could be part of the change: fetch the ref first, or write \
             ./{named} for the file"
        )),
        (None, false) => Err(
            "there is no such file and no such ref here; fetch the ref first (git fetch origin main), as checkouts in CI \
             often have one commit only"
                .into(),
        ),
    }
}

fn launch_file(opened: &Opened) -> Option<PathBuf> {
    opened.loaded.files.first().and_then(|file| file.path.clone())
}

/// The files of the launch's folder in a commit, the launch first.
fn launch_at(git: &Git, commit: &str, launch: &Path, top: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let name =
        launch.strip_prefix(top).ok().and_then(Path::to_str).ok_or("the launch is not in its repository")?;
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let within = |file: &CommittedFile| file.name.strip_prefix(&prefix).unwrap_or(&file.name).to_owned();
    let (launch, others): (Vec<_>, Vec<_>) =
        git.list(commit, folder)?.into_iter().partition(|file| file.name == name);
    let text = git.read(&launch)?.concat();
    if launch.is_empty() {
        return Err(format!("there is no {name} at commit {commit}: a new launch has no baseline yet"));
    }
    let text = String::from_utf8_lossy(&text);
    // Texts of messages are files of any name, and the launch names them.
    let counts = |file: &CommittedFile| {
        [".yaml", ".yml"].iter().any(|end| file.name.ends_with(end)) || text.contains(&within(file))
    };
    let files: Vec<_> = launch.into_iter().chain(others.into_iter().filter(counts)).collect();
    if files.len() > MOST_FILES {
        return Err(format!("{folder} has more than {MOST_FILES} files there"));
    }
    let contents = git.read(&files)?;
    Ok(files.iter().map(within).zip(contents).collect())
}
