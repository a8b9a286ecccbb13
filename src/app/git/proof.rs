//! Files proved to be those of a commit, whatever a `.git` says that anybody may have made up.
//!
//! git finds objects by name and does not look whether a blob is what its name says. So each object on the way from the
//! commit's id, which somebody else told, to the file is hashed again, outside of the checkout and its configuration.

use std::{collections::BTreeMap, path::Path};

use super::Git;

/// Folders within folders.
const DEEPEST: usize = 64;

/// What a folder holds: mode and object of each name.
type Folder = BTreeMap<Vec<u8>, (String, String)>;

impl Git {
    /// The contents of these files in a commit, in their order. Names are from the top folder.
    ///
    /// # Errors
    /// One of them is not in the commit, or an object is not what its id says.
    pub fn proved(&self, commit: &str, names: &[&str]) -> Result<Vec<Vec<u8>>, String> {
        let said = self.object("commit", commit)?;
        let root = said.strip_prefix(b"tree ").and_then(|rest| rest.split(|byte| *byte == b'\n').next());
        let root = root.and_then(|id| std::str::from_utf8(id).ok()).ok_or("the commit is not understood")?;
        let mut known: BTreeMap<String, Folder> = BTreeMap::new();
        let mut contents = Vec::new();
        for name in names {
            let parts: Vec<&str> = name.split('/').collect();
            let Some((file, folders)) = parts.split_last().filter(|_| parts.len() <= DEEPEST) else {
                return Err(format!("{name} is not understood"));
            };
            let mut at = root.to_owned();
            for folder in folders {
                at = self.inside(&mut known, &at, folder, "40000")?;
            }
            let blob = self.inside(&mut known, &at, file, "100")?;
            contents.push(self.object("blob", &blob)?);
        }
        Ok(contents)
    }

    fn inside(
        &self,
        known: &mut BTreeMap<String, Folder>,
        tree: &str,
        name: &str,
        mode: &str,
    ) -> Result<String, String> {
        if !known.contains_key(tree) {
            let folder =
                folder(&self.object("tree", tree)?, tree.len() / 2).ok_or("a tree is not understood")?;
            known.insert(tree.to_owned(), folder);
        }
        let entry = known.get(tree).and_then(|folder| folder.get(name.as_bytes()));
        let entry = entry.filter(|(found, _)| found.starts_with(mode));
        entry.map(|(_, id)| id.clone()).ok_or_else(|| format!("{name} is not a file or folder of the commit"))
    }

    /// An object that is what its id says.
    fn object(&self, kind: &str, id: &str) -> Result<Vec<u8>, String> {
        let content = self.ask(&["cat-file", kind, id], Vec::new())?;
        let format = if id.len() == 64 { "sha256" } else { "sha1" };
        let outside = Self { top: Path::new("/").to_owned(), ..self.clone() };
        let hash = outside.ask_with(
            &[("GIT_DEFAULT_HASH", format)],
            &["hash-object", "-t", kind, "--stdin"],
            content.clone(),
        )?;
        if String::from_utf8_lossy(&hash).trim() == id {
            Ok(content)
        } else {
            Err(format!("{id} is not what its id says"))
        }
    }
}

/// `MODE NAME NUL ID`, again and again.
fn folder(tree: &[u8], id: usize) -> Option<Folder> {
    let mut rest = tree;
    let mut all = Folder::new();
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let end = rest.iter().position(|byte| *byte == 0).filter(|end| *end > space)?;
        let mode = std::str::from_utf8(rest.get(..space)?).ok()?;
        let object: String =
            rest.get(end + 1..end + 1 + id)?.iter().map(|byte| format!("{byte:02x}")).collect();
        // Twice the same name is no tree that git makes: nobody knows which of them is meant.
        if all.insert(rest.get(space + 1..end)?.to_vec(), (mode.to_owned(), object)).is_some() {
            return None;
        }
        rest = rest.get(end + 1 + id..)?;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_to_its_end_or_not_at_all() {
        let mut tree = b"100644 a b.yaml\0".to_vec();
        tree.extend([0xab; 20]);
        tree.extend(b"40000 launch\0");
        tree.extend([0x01; 20]);
        let read = folder(&tree, 20).unwrap();
        assert_eq!(read[b"a b.yaml".as_slice()], ("100644".into(), "ab".repeat(20)));
        assert_eq!(read[b"launch".as_slice()], ("40000".into(), "01".repeat(20)));
        assert!(folder(&tree[..tree.len() - 1], 20).is_none(), "cut");
        assert!(folder(b"100644a\0", 20).is_none() && folder(b"x", 20).is_none());
        let twice = [tree.clone(), tree].concat();
        assert!(folder(&twice, 20).is_none());
        assert_eq!(folder(b"", 20), Some(Folder::new()));
    }
}
