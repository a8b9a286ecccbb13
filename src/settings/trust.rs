//! Which launches the user trusts: only their files may ask addresses of their own choice (`http` gates) and run
//! programs (`command` gates).
//!
//! - Trust is for one folder and for the exact bytes of its files. Any change ends it, and so does a copy elsewhere.
//! - It is kept in the user's data folder, readable and writable by the user alone, and replaced as a whole.
//! - A store that cannot be read, or that somebody else could have written, trusts nothing.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::private_folder;
use gonogo_domain::Digest;
use gonogo_files::{self as files, FileError, Links};
use gonogo_text::{clean, shell_word};

pub(super) const FILE: &str = "trust.json";
const LOCK: &str = "trust.lock";
/// Some thousand launches.
const MOST_BYTES: u64 = 4 << 20;

/// What would be allowed, and to which files: what a person looks at before saying yes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grants {
    /// The folder, links resolved.
    pub root: String,
    /// Name and fingerprint of each file that the launch is made of.
    pub files: Vec<(String, Digest)>,
    /// The same of what its commands run and are given, wherever it is: a change of it stops the command.
    #[serde(default)]
    pub named: Vec<(String, Digest)>,
    /// Addresses that `http` gates ask, without their queries.
    pub addresses: Vec<String>,
    /// Programs with their arguments.
    pub commands: Vec<Vec<String>>,
}

/// A launch that is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    /// See [`Grants::digest`].
    pub digest: Digest,
    /// When the user said so.
    pub at: DateTime<Utc>,
    /// What the user was shown.
    pub grants: Grants,
}

/// The launches that the user trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustStore {
    folder: PathBuf,
    entries: Vec<Trusted>,
}

/// Why the store cannot be used. Nothing is trusted then.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Reading or writing failed.
    #[error("{path}: {cause}")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system said.
        cause: io::Error,
    },
    /// Somebody else could have written it.
    #[error("{path}: {why}; remove it, or correct its owner and mode (0600)")]
    Open {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is not what we wrote.
    #[error("{path} is damaged: remove it, then trust your launches again")]
    Damaged {
        /// The file.
        path: String,
    },
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustFile {
    trusted: Vec<Trusted>,
}

impl Grants {
    /// What trust is given for: the folder and every file in it that counts, whatever their order.
    pub fn digest(&self) -> Digest {
        let sorted = |all: &[(String, Digest)]| {
            let mut all = all.to_vec();
            all.sort();
            all
        };
        let (files, named) = (sorted(&self.files), sorted(&self.named));
        let bytes = |all: &[(String, Digest)]| -> Vec<Vec<u8>> {
            let both = all.iter().flat_map(|(name, digest)| [name.as_str(), digest.as_str()]);
            both.map(|it| it.as_bytes().to_vec()).collect()
        };
        let mut parts = vec![b"gonogo trust 2".to_vec(), self.root.as_bytes().to_vec()];
        parts.push(files.len().to_string().into_bytes());
        parts.extend(bytes(&files));
        parts.extend(bytes(&named));
        Digest::of(parts.iter().map(Vec::as_slice))
    }

    /// Whether there is anything to allow.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.commands.is_empty()
    }
}

/// One line for each thing that would be allowed.
impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "in {}:", clean(&self.root))?;
        if self.is_empty() {
            writeln!(f, "  nothing: no gate asks an address or runs a program")?;
        }
        for address in &self.addresses {
            writeln!(f, "  ask {}", clean(address))?;
        }
        for command in &self.commands {
            let words: Vec<String> = command.iter().map(|word| shell_word(word)).collect();
            writeln!(f, "  run {}", words.join(" "))?;
        }
        if !self.commands.is_empty() {
            let not =
                "whatever a program reads or starts by itself: libraries, modules, settings, other programs";
            writeln!(f, "  not covered, so changes to it go unnoticed: {not}")?;
        }
        for (name, digest) in self.files.iter().chain(&self.named) {
            writeln!(f, "  as {} is now ({})", clean(name), digest.short())?;
        }
        Ok(())
    }
}

impl TrustStore {
    /// Reads the store of a data folder ([`super::Folders::data`]); one that is not there trusts nothing.
    ///
    /// # Errors
    /// [`TrustError`] for one that cannot be read, is damaged, or could have been written by others.
    pub fn open(folder: &Path) -> Result<Self, TrustError> {
        Ok(Self { folder: folder.to_owned(), entries: read(&folder.join(FILE))?.trusted })
    }

    /// What the user trusts of the launch that is made of these files in this folder; `None`: it is not trusted.
    pub fn granted(&self, root: &str, files: &[(String, Digest)]) -> Option<&Grants> {
        let same = |entry: &&Trusted| {
            let known = &entry.grants;
            known.root == root
                && known.files.len() == files.len()
                && files.iter().all(|file| known.files.contains(file))
        };
        self.entries.iter().find(same).map(|entry| &entry.grants)
    }

    /// All that is trusted, the oldest first.
    pub fn entries(&self) -> &[Trusted] {
        &self.entries
    }

    /// Trusts what the user was shown. It replaces what was trusted of the same folder before.
    ///
    /// # Errors
    /// [`TrustError`]; then nothing has changed.
    pub fn trust(&mut self, grants: Grants, at: DateTime<Utc>) -> Result<Digest, TrustError> {
        let digest = grants.digest();
        let entry = Trusted { digest: digest.clone(), at, grants };
        self.change(|entries| {
            entries.retain(|old| old.grants.root != entry.grants.root);
            entries.push(entry);
        })?;
        Ok(digest)
    }

    /// Takes the trust in a folder back. Says whether there was any.
    ///
    /// # Errors
    /// [`TrustError`]; then nothing has changed.
    pub fn revoke(&mut self, root: &str) -> Result<bool, TrustError> {
        let mut found = false;
        self.change(|entries| {
            let before = entries.len();
            entries.retain(|entry| entry.grants.root != root);
            found = entries.len() < before;
        })?;
        Ok(found)
    }

    /// Changes what is in the file now, which another gonogo may have written since we read it.
    fn change(&mut self, change: impl FnOnce(&mut Vec<Trusted>)) -> Result<(), TrustError> {
        let io = |cause| TrustError::Io { path: self.folder.display().to_string(), cause };
        private_folder(&self.folder).map_err(io)?;
        let lock = private(&self.folder.join(LOCK)).map_err(io)?;
        lock.lock().map_err(io)?;
        let path = self.folder.join(FILE);
        let mut written = read(&path)?;
        change(&mut written.trusted);
        replace(&self.folder, &path, &written).map_err(io)?;
        self.entries = written.trusted;
        Ok(())
    }
}

fn read(path: &Path) -> Result<TrustFile, TrustError> {
    let name = || path.display().to_string();
    let io = |cause| TrustError::Io { path: name(), cause };
    let file = match files::open(path, Links::Refuse) {
        Ok(file) => file,
        Err(unfit) if unfit.is_missing() => return Ok(TrustFile::default()),
        Err(FileError::Io(error)) => return Err(io(error)),
        Err(_) => return Err(TrustError::Open { path: name(), why: "it is not a file" }),
    };
    if let Some(why) = open_to_others(&file.metadata().map_err(io)?) {
        return Err(TrustError::Open { path: name(), why });
    }
    let bytes = match files::rest(file, MOST_BYTES) {
        Ok(bytes) => bytes,
        Err(FileError::Io(error)) => return Err(io(error)),
        Err(_) => return Err(TrustError::Damaged { path: name() }),
    };
    let written: Option<TrustFile> = serde_json::from_slice(&bytes).ok();
    // A digest that is not that of what it stands beside was not written by us.
    let sound =
        written.filter(|written| written.trusted.iter().all(|entry| entry.grants.digest() == entry.digest));
    sound.ok_or_else(|| TrustError::Damaged { path: name() })
}

#[cfg(unix)]
fn open_to_others(found: &std::fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Some("it belongs to somebody else");
    }
    (found.mode() & 0o022 != 0).then_some("others can write to it")
}

#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> Option<&'static str> {
    None
}

/// Opens or makes a file for the user alone.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A reader sees the old file or the new one, also after a power cut.
fn replace(folder: &Path, path: &Path, written: &TrustFile) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, written)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(root: &str, bytes: &[u8]) -> Grants {
        Grants {
            root: root.into(),
            files: vec![
                ("launch.yaml".into(), Digest::of([bytes])),
                ("qa.yaml".into(), Digest::of([&b"qa"[..]])),
            ],
            addresses: vec!["https://status.example.com/up".into()],
            named: vec![("./check.sh".into(), Digest::of([&b"check"[..]]))],
            commands: vec![vec!["./check.sh".into(), "--all".into(), "a b".into()]],
        }
    }

    fn at() -> DateTime<Utc> {
        "2026-11-21T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn trust_is_for_a_folder_and_the_exact_bytes_of_its_files() {
        let home = tempfile::tempdir().unwrap();
        TrustStore::open(home.path()).unwrap().trust(grants("/launch", b"one"), at()).unwrap();
        let store = TrustStore::open(home.path()).unwrap();
        let trusts = |it: &Grants| store.granted(&it.root, &it.files).is_some();
        assert!(trusts(&grants("/launch", b"one")));
        assert!(!trusts(&grants("/launch", b"two")) && !trusts(&grants("/copy", b"one")));
        let mut reordered = grants("/launch", b"one");
        reordered.files.reverse();
        assert!(trusts(&reordered));
        let mut renamed = grants("/launch", b"one");
        renamed.files[1].0 = "other.yaml".into();
        assert!(!trusts(&renamed));
        let mut fewer = grants("/launch", b"one");
        fewer.files.pop();
        assert!(!trusts(&fewer));
        let known = store.granted("/launch", &reordered.files).unwrap();
        assert_eq!(known.named, grants("/launch", b"one").named, "what its commands run, as it was shown");
    }

    #[test]
    fn the_newest_word_about_a_folder_counts_and_can_be_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let mut store = TrustStore::open(home.path()).unwrap();
        let trusts = |store: &TrustStore, bytes: &[u8]| {
            let it = grants("/launch", bytes);
            store.granted(&it.root, &it.files).is_some()
        };
        store.trust(grants("/launch", b"one"), at()).unwrap();
        store.trust(grants("/launch", b"two"), at()).unwrap();
        assert!(!trusts(&store, b"one") && trusts(&store, b"two"));
        assert!(store.revoke("/launch").unwrap());
        assert!(!store.revoke("/launch").unwrap());
        assert!(!trusts(&TrustStore::open(home.path()).unwrap(), b"two"));
    }

    #[test]
    fn what_another_gonogo_trusted_meanwhile_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let (mut one, mut two) =
            (TrustStore::open(home.path()).unwrap(), TrustStore::open(home.path()).unwrap());
        one.trust(grants("/a", b"x"), at()).unwrap();
        two.trust(grants("/b", b"x"), at()).unwrap();
        assert!(["/a", "/b"].iter().all(|root| two.granted(root, &grants(root, b"x").files).is_some()));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_the_users_alone_and_one_that_others_could_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("gonogo");
        TrustStore::open(&folder).unwrap().trust(grants("/a", b"x"), at()).unwrap();
        let path = folder.join(FILE);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder), mode(&folder.join(LOCK))), (0o600, 0o700, 0o600));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o620)).unwrap();
        assert!(matches!(TrustStore::open(&folder), Err(TrustError::Open { .. })));
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert!(matches!(TrustStore::open(&folder), Err(TrustError::Open { .. })));
    }

    #[test]
    fn a_damaged_or_altered_store_trusts_nothing_and_is_not_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let digest = TrustStore::open(home.path()).unwrap().trust(grants("/a", b"x"), at()).unwrap();
        let path = home.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        let other = grants("/a", b"other").digest();
        for bad in [
            &text[..text.len() / 2],
            "",
            "{}",
            "{\"trusted\": [], \"x\": 1}",
            &text.replace(digest.as_str(), other.as_str()),
        ] {
            std::fs::write(&path, bad).unwrap();
            assert!(matches!(TrustStore::open(home.path()), Err(TrustError::Damaged { .. })), "{bad}");
        }
        let mut blank = TrustStore { folder: home.path().into(), entries: Vec::new() };
        assert!(blank.trust(grants("/b", b"x"), at()).is_err());
    }

    #[test]
    fn what_is_allowed_is_said_line_by_line_and_can_not_draw() {
        let mut shown = grants("/launch", b"one");
        shown.commands.push(vec!["sh\u{1b}[2J".into(), "it's".into()]);
        let text = shown.to_string();
        assert!(text.contains("  ask https://status.example.com/up\n"), "{text}");
        assert!(text.contains("  run ./check.sh --all 'a b'\n"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
