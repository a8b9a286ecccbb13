//! Where files come from: the launch's own folder, or memory. Nothing outside is ever read.

use std::{
    fs,
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
};

use super::request::LaunchInput;
use gonogo_files::{self as files, FileError, Links};
use gonogo_yaml::{self as yaml, FileLimits};

/// Entries of a folder that are looked at for what a wrong name was probably meant to be.
const MOST_SIBLINGS: usize = 1_000;

/// The files of one launch.
#[derive(Debug)]
pub(super) enum FileStore {
    /// A folder, links resolved.
    Folder(PathBuf),
    /// Files in memory by name.
    Memory(Vec<(String, Vec<u8>)>),
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct ReadFile {
    /// Its name within the launch.
    pub(super) name: String,
    /// Where it is on disk.
    pub(super) path: Option<PathBuf>,
    pub(super) bytes: Vec<u8>,
}

/// Why a file was not read: a code, what happened, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Unread {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl FileStore {
    /// The store of an input, and the launch file in it.
    pub(super) fn open(input: &LaunchInput) -> Result<(Self, ReadFile), Unread> {
        match input {
            LaunchInput::Path(path) => Self::open_path(path),
            LaunchInput::Memory(files) => {
                let Some((name, bytes)) = files.first().cloned() else {
                    return Err(Unread::new("no-file", "there is no file to load"));
                };
                Ok((Self::Memory(files.clone()), ReadFile { name, path: None, bytes }))
            }
        }
    }

    fn open_path(path: &Path) -> Result<(Self, ReadFile), Unread> {
        let shown = path.display();
        let about = fs::metadata(path).map_err(|error| {
            let help = "name a folder with a launch.yaml in it, or the launch file itself";
            Unread::new("no-file", format!("`{shown}`: {}", said(&error))).help(help)
        })?;
        let (folder, name) = if about.is_dir() {
            (path.to_owned(), "launch.yaml".to_owned())
        } else {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            (folder.unwrap_or(Path::new(".")).to_owned(), name)
        };
        let root = fs::canonicalize(&folder)
            .map_err(|error| Unread::new("no-file", format!("`{}`: {}", folder.display(), said(&error))))?;
        let found = read_within(&root, &name).map_err(|unread| match unread.code {
            "no-file" => Unread::new("no-file", format!("there is no launch.yaml in {}", place(path)))
                .help("name the folder of a launch; gonogo init writes a new one, gonogo demo shows one"),
            _ => unread,
        })?;
        Ok((Self::Folder(root), found))
    }

    /// Reads a file that another one names.
    pub(super) fn read(&self, name: &str) -> Result<ReadFile, Unread> {
        check_name(name)?;
        match self {
            Self::Folder(root) => read_within(root, name).map_err(|unread| match siblings(root, name) {
                Some(near) if unread.code == "no-file" => unread.help(format!("did you mean `{near}`?")),
                _ => unread,
            }),
            Self::Memory(files) => match files.iter().find(|(known, _)| known == name) {
                Some((name, bytes)) => Ok(ReadFile { name: name.clone(), path: None, bytes: bytes.clone() }),
                None if files.len() == 1 => Err(Unread::new("no-file", format!("`{name}` cannot be found"))
                    .help("a launch from standard input cannot name other files: give its path instead")),
                None => Err(Unread::new("no-file", format!("`{name}` is not there"))),
            },
        }
    }
}

/// A folder in words.
fn place(path: &Path) -> String {
    if path == Path::new(".") { "this folder".to_owned() } else { format!("`{}`", path.display()) }
}

/// A name that files may use for each other: relative, downwards, and the same on every system.
fn check_name(name: &str) -> Result<(), Unread> {
    let plain = |component: Component<'_>| matches!(component, Component::Normal(_));
    let fits = !name.is_empty()
        && name.len() <= 255
        && !name.contains('\\')
        && !name.chars().any(char::is_control)
        && Path::new(name).components().all(plain);
    if fits {
        return Ok(());
    }
    Err(Unread::new("outside", format!("`{name}` is not a path within the launch's folder"))
        .help("write it relative to the folder of the launch file, without `..`: checklists/qa.yaml"))
}

fn read_within(root: &Path, name: &str) -> Result<ReadFile, Unread> {
    let unreadable = |error: io::Error| {
        let code = if error.kind() == io::ErrorKind::NotFound { "no-file" } else { "unreadable" };
        Unread::new(code, format!("`{name}`: {}", said(&error)))
    };
    let path = fs::canonicalize(root.join(name)).map_err(unreadable)?;
    if !path.starts_with(root) {
        return Err(Unread::new(
            "outside",
            format!("`{name}` is a link to somewhere outside the launch's folder"),
        )
        .help("put the file itself in the folder"));
    }
    // Resolved above: a link that is there now was put there since.
    let file = files::open(&path, Links::Refuse).map_err(|unfit| match unfit {
        FileError::Io(error) => unreadable(error),
        _ => Unread::new("no-regular-file", format!("`{name}` is not a regular file")),
    })?;
    let most = FileLimits::default().bytes as u64;
    let mut bytes = Vec::new();
    // One byte more than is taken: the reader says where it is too large.
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(ReadFile { name: name.to_owned(), path: Some(path), bytes })
}

fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// The file beside a missing one that was probably meant.
fn siblings(root: &Path, name: &str) -> Option<String> {
    let path = Path::new(name);
    let (parent, wanted) = (path.parent()?, path.file_name()?.to_str()?);
    let folder = fs::canonicalize(root.join(parent)).ok().filter(|folder| folder.starts_with(root))?;
    let entries = fs::read_dir(folder).ok()?.take(MOST_SIBLINGS).flatten();
    let names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let near = yaml::nearest(wanted, names.iter().map(String::as_str))?;
    Some(parent.join(near).to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<ReadFile, Unread>) -> &'static str {
        result.map_or_else(|unread| unread.code, |_| "read")
    }

    #[test]
    fn names_lead_downwards_only() {
        for bad in
            ["", "/etc/passwd", "../x", "a/../../x", "a/..", ".", "a\\b", "a\nb", "a\0b", &"x".repeat(256)]
        {
            assert_eq!(check_name(bad).unwrap_err().code, "outside", "{bad:?}");
        }
        for good in ["qa.yaml", "checklists/qa.yaml", "a/b/c", "..a"] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_the_folder_and_nothing_but_files_is_read() {
        use std::os::unix::fs::symlink;
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("launch");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::write(outer.path().join("secret"), "s").unwrap();
        fs::write(root.join("launch.yaml"), "x").unwrap();
        symlink("../secret", root.join("out")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink("launch.yaml", root.join("in")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let pipe = root.join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        let (store, found) = FileStore::open(&LaunchInput::Path(root.clone())).unwrap();
        assert_eq!((found.name.as_str(), found.bytes.as_slice()), ("launch.yaml", b"x".as_slice()));
        let read = |name| code(store.read(name));
        assert_eq!([read("launch.yaml"), read("in")], ["read", "read"]);
        assert_eq!([read("out"), read("up/secret"), read("../secret")], ["outside"; 3]);
        assert_eq!([read("pipe"), read("sub")], ["no-regular-file"; 2]);
        assert_eq!([read("loop"), read("nothing")], ["unreadable", "no-file"]);
        assert_eq!(code(FileStore::open(&LaunchInput::Path(root.join("out"))).map(|it| it.1)), "outside");
        assert_eq!(
            code(FileStore::open(&LaunchInput::Path("/dev/null".into())).map(|it| it.1)),
            "no-regular-file"
        );
        assert_eq!(code(FileStore::open(&LaunchInput::Path(root.join("sub"))).map(|it| it.1)), "no-file");
    }

    #[test]
    fn a_wrong_name_finds_its_neighbour() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("checklists")).unwrap();
        fs::write(folder.path().join("checklists/qa.yaml"), "x").unwrap();
        fs::write(folder.path().join("launch.yaml"), "x").unwrap();
        let (store, _) = FileStore::open(&LaunchInput::Path(folder.path().to_owned())).unwrap();
        let unread = store.read("checklists/qa.yml").unwrap_err();
        assert_eq!(unread.help.as_deref(), Some("did you mean `checklists/qa.yaml`?"));
    }
}
