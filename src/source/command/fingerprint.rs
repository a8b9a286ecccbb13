//! The files that a command names, as they are now.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::domain::Digest;

/// The fingerprint of every word of a command that names a file below `root`, the launch's folder: the program by its
/// path (a bare name is looked for in `PATH`), and each argument. Words that name no such file are left out. One that
/// is there and can not be read has a fingerprint that no content has.
///
/// Files that the program finds by itself are not among them.
pub fn fingerprints(root: &Path, argv: &[String]) -> BTreeMap<String, Digest> {
    let Ok(root) = root.canonicalize() else { return BTreeMap::new() };
    let words = argv.iter().enumerate().filter(|(at, word)| *at > 0 || word.contains('/'));
    words.filter_map(|(_, word)| Some((word.clone(), digest(&file(&root, word)?)))).collect()
}

fn file(root: &Path, word: &str) -> Option<PathBuf> {
    let path = root.join(word).canonicalize().ok()?;
    (path.starts_with(root) && path.is_file()).then_some(path)
}

fn digest(path: &Path) -> Digest {
    match std::fs::read(path) {
        Ok(bytes) => Digest::of([bytes.as_slice()]),
        Err(error) => Digest::of([b"unreadable".as_slice(), error.to_string().as_bytes()]),
    }
}
