//! The git checkout that holds a file, read from its own files: nothing is run, and what is in it is not believed further
//! than it is shown.

use std::path::{Path, PathBuf};

use gonogo_files as files;

/// Files of git that hold one line.
const SHORT: u64 = 4 << 10;
/// Its configuration.
const CONFIG: u64 = 1 << 20;
/// Its list of packed refs.
const PACKED: u64 = 64 << 20;
/// Symbolic refs that lead to each other.
const MOST_HOPS: usize = 5;

/// A checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    /// Its top folder.
    pub top: PathBuf,
    /// The ref that is checked out; `None`: a bare commit.
    pub git_ref: Option<String>,
    /// The commit that is checked out, in full.
    pub commit: Option<String>,
    /// `owner/name` of where it was cloned from.
    pub repository: Option<String>,
}

impl Checkout {
    /// The checkout that a folder is in; `None`: it is in none.
    pub fn around(folder: &Path) -> Option<Self> {
        let top = folder.ancestors().find(|it| it.join(".git").symlink_metadata().is_ok())?;
        let folder = git_folder(top)?;
        let common = line(&folder.join("commondir")).map_or_else(|| folder.clone(), |to| folder.join(to));
        let head = line(&folder.join("HEAD"))?;
        let git_ref = head.strip_prefix("ref: ").map(|it| it.trim().to_owned());
        Some(Self {
            top: top.to_owned(),
            commit: resolve(&head, &folder, &common),
            git_ref,
            repository: origin(&common.join("config")),
        })
    }
}

fn git_folder(top: &Path) -> Option<PathBuf> {
    let inside = top.join(".git");
    if inside.is_dir() {
        return Some(inside);
    }
    // A worktree or a submodule: a file that says where.
    let to = line(&inside)?;
    Some(top.join(to.strip_prefix("gitdir:")?.trim()))
}

fn line(path: &Path) -> Option<String> {
    let text = files::read_text(path, SHORT).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

fn resolve(head: &str, folder: &Path, common: &Path) -> Option<String> {
    let mut text = head.to_owned();
    for _ in 0..MOST_HOPS {
        let Some(name) = text.strip_prefix("ref: ").map(str::trim) else { break };
        if !name.starts_with("refs/") || name.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return None;
        }
        text = [folder, common]
            .iter()
            .find_map(|it| line(&it.join(name)))
            .or_else(|| packed(&common.join("packed-refs"), name))?;
    }
    is_commit(&text).then(|| text.to_ascii_lowercase())
}

fn packed(path: &Path, name: &str) -> Option<String> {
    let text = files::read_text(path, PACKED).ok()?;
    let mut refs = text.lines().filter_map(|line| line.split_once(' '));
    refs.find(|(_, known)| *known == name).map(|(commit, _)| commit.to_owned())
}

/// Whether a text is a full commit id.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `owner/name` of the remote `origin`, without the host and whatever else an address may hold.
fn origin(config: &Path) -> Option<String> {
    let text = files::read_text(config, CONFIG).ok()?;
    let lines = text.lines().map(str::trim).skip_while(|line| *line != "[remote \"origin\"]").skip(1);
    let mut keys = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let address = keys.find(|(key, _)| key.trim() == "url").map(|(_, value)| value.trim())?;
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let mut parts = path.trim_end_matches('/').trim_end_matches(".git").rsplit(['/', ':']);
    let (name, owner) = (parts.next()?, parts.next()?);
    Some(format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "8f3c2ab8f3c2ab8f3c2ab8f3c2ab8f3c2ab8f3c2";

    #[test]
    fn what_is_checked_out_is_read_without_running_anything() {
        let top = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = top.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        assert_eq!(Checkout::around(&top.path().join("launch")), None);
        write(".git/HEAD", "ref: refs/heads/main\n");
        write(
            ".git/config",
            "[core]\n\tx = 1\n[remote \"origin\"]\n\turl = https://u:p@h.example/acme/rocket.git\n",
        );
        write(".git/packed-refs", &format!("# pack\n{COMMIT} refs/heads/main\n"));
        let seen = || Checkout::around(&top.path().join("launch")).unwrap();
        assert_eq!(seen().repository.as_deref(), Some("acme/rocket"), "and no password");
        assert_eq!(
            (seen().git_ref.as_deref(), seen().commit.as_deref()),
            (Some("refs/heads/main"), Some(COMMIT))
        );
        write(".git/refs/heads/main", &"a".repeat(40));
        assert_eq!(seen().commit, Some("a".repeat(40)), "a loose ref is newer than a packed one");
        write(".git/HEAD", COMMIT);
        assert_eq!((seen().git_ref, seen().commit.as_deref()), (None, Some(COMMIT)));
        for bad in ["ref: refs/heads/gone", "ref: refs/../../etc/passwd", "ref: HEAD", "8f3c2ab", ""] {
            write(".git/HEAD", bad);
            assert_eq!(Checkout::around(top.path()).and_then(|it| it.commit), None, "{bad:?}");
        }
        write("work/.git", "gitdir: ../.git/worktrees/work\n");
        write(".git/worktrees/work/HEAD", "ref: refs/heads/main\n");
        write(".git/worktrees/work/commondir", "../..\n");
        let work = Checkout::around(&top.path().join("work")).unwrap();
        assert_eq!((work.commit, work.repository.as_deref()), (Some("a".repeat(40)), Some("acme/rocket")));
    }
}
