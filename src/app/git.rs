//! Files as they are in a commit, by git itself, which is run so that a checkout somebody else wrote can make it do
//! nothing but read.

mod proof;

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::opened::env;

/// The longest that one question to git may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most that one answer may hold, in bytes.
const MOST_OUTPUT: u64 = 64 << 20;

/// The git of this machine, in one checkout.
#[derive(Clone)]
pub(super) struct Git {
    program: PathBuf,
    path: String,
    top: PathBuf,
}

/// A file of a commit.
pub(super) struct CommittedFile {
    /// Its name from the top folder.
    pub name: String,
    object: String,
    size: u64,
}

impl Git {
    /// The git in `PATH`, in full folders only: `.` would run whatever lies beside the files.
    pub fn at(top: &Path) -> Result<Self, String> {
        let path = env("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
        let name = format!("git{}", std::env::consts::EXE_SUFFIX);
        let program = folders.map(|folder| folder.join(&name)).find(|program| program.is_file());
        let program = program.ok_or("there is no git on this machine")?;
        Ok(Self { program, path, top: top.to_owned() })
    }

    /// The full id of the commit that a ref names; `None`: it names none here.
    pub fn commit(&self, name: &str) -> Result<Option<String>, String> {
        if name.is_empty() || name.starts_with('-') || name.contains([':', '\0', '\n', ' ']) {
            return Ok(None);
        }
        self.must_name_one(name)?;
        let wanted = format!("{name}^{{commit}}");
        let said = self.ask(&["rev-parse", "--verify", "--quiet", &wanted], Vec::new());
        let said = said.unwrap_or_default();
        let text = String::from_utf8_lossy(&said).trim().to_owned();
        Ok(super::checkout::is_commit(&text).then_some(text))
    }

    /// Git takes a tag before a branch. Whoever may push tags alone must not choose what a change is compared with.
    fn must_name_one(&self, name: &str) -> Result<(), String> {
        let base = name.split(['~', '^']).next().unwrap_or(name);
        let base = base.split_once("@{").map_or(base, |(base, _)| base);
        let listed = self.ask(&["for-each-ref", "--format=%(refname)"], Vec::new())?;
        let listed = String::from_utf8_lossy(&listed);
        let means = |full: &str| {
            let tag_or_branch = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
            let short = tag_or_branch.iter().any(|start| full.strip_prefix(start) == Some(base));
            // A checkout in CI often has the branch under its remote alone.
            let remote = full.strip_prefix("refs/remotes/").and_then(|it| it.split_once('/'));
            short || remote.is_some_and(|(_, branch)| branch == base)
        };
        let meant: Vec<&str> = listed.lines().filter(|full| means(full)).collect();
        let is_tag = |full: &&str| full.starts_with("refs/tags/");
        match (meant.iter().find(|full| is_tag(full)), meant.iter().find(|full| !is_tag(full))) {
            (Some(tag), Some(branch)) => Err(format!("this is a tag and a branch: write {branch} or {tag}")),
            _ => Ok(()),
        }
    }

    /// The regular files of a commit below a folder (empty: all).
    pub fn list(&self, commit: &str, folder: &str) -> Result<Vec<CommittedFile>, String> {
        let mut args = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
        if !folder.is_empty() {
            args.extend(["--", folder]);
        }
        let said = self.ask(&args, Vec::new())?;
        let entries = said.split(|byte| *byte == 0).filter_map(|entry| std::str::from_utf8(entry).ok());
        let listed = entries.filter_map(|entry| {
            let (about, name) = entry.split_once('\t')?;
            let mut about = about.split_whitespace();
            let (mode, _, object, size) = (about.next()?, about.next()?, about.next()?, about.next()?);
            // Links, and repositories within, are no files.
            mode.starts_with("100").then_some(())?;
            Some(CommittedFile { name: name.to_owned(), object: object.to_owned(), size: size.parse().ok()? })
        });
        Ok(listed.collect())
    }

    /// The contents of files, in their order.
    pub fn read(&self, files: &[CommittedFile]) -> Result<Vec<Vec<u8>>, String> {
        let size: u64 = files.iter().map(|file| file.size).sum();
        if size > MOST_OUTPUT / 2 {
            return Err(format!("its files are larger than {} MiB together", MOST_OUTPUT >> 21));
        }
        let wanted: String = files.iter().map(|file| format!("{}\n", file.object)).collect();
        let said = self.ask(&["cat-file", "--batch"], wanted.into_bytes())?;
        let mut rest = said.as_slice();
        let mut contents = Vec::new();
        for _ in files {
            let (content, after) = first(rest).ok_or("git's answer is not understood")?;
            contents.push(content.to_vec());
            rest = after;
        }
        Ok(contents)
    }

    /// One question. The configuration of this user and machine is left out, and so is what a checkout's own could
    /// start: hooks, monitors, pagers, transports.
    fn ask(&self, args: &[&str], input: Vec<u8>) -> Result<Vec<u8>, String> {
        self.ask_with(&[], args, input)
    }

    fn ask_with(&self, env: &[(&str, &str)], args: &[&str], input: Vec<u8>) -> Result<Vec<u8>, String> {
        let mut command = Command::new(&self.program);
        command.env_clear().env("PATH", &self.path).env("LC_ALL", "C");
        for name in ["GIT_CONFIG_NOSYSTEM", "GIT_NO_LAZY_FETCH", "GIT_NO_REPLACE_OBJECTS"] {
            command.env(name, "1");
        }
        for name in ["GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS"] {
            command.env(name, "0");
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_ALLOW_PROTOCOL", "none");
        command.envs(env.iter().copied());
        let settings = [
            "safe.directory=*",
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "core.alternateRefsCommand=",
            "core.sshCommand=false",
            "core.askPass=",
            "credential.helper=",
            "protocol.allow=never",
        ];
        command.arg("--no-pager").arg("-C").arg(&self.top);
        for setting in settings {
            command.args(["-c", setting]);
        }
        command.arg("--literal-pathspecs").args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("git cannot be run: {error}"))?;
        let answer = exchange(&mut child, input);
        if answer.is_err() {
            drop(child.kill());
        }
        let ended = child.wait().map_err(|error| format!("git cannot be run: {error}"))?;
        let answer = answer?;
        if ended.success() { Ok(answer) } else { Err(format!("git {} failed", args.first().unwrap_or(&""))) }
    }
}

/// Writes and reads at the same time, within the limits.
fn exchange(child: &mut Child, input: Vec<u8>) -> Result<Vec<u8>, String> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let stdout = stdout.ok_or("git cannot be read")?;
    thread::spawn(move || {
        // It may end before it has read all of it.
        stdin.map(|mut stdin| drop(stdin.write_all(&input)))
    });
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MOST_OUTPUT + 1).read_to_end(&mut bytes);
        // Nobody listens any more if the time is up.
        drop(sender.send(read.map(|_| bytes)));
    });
    let late = |_| format!("git did not answer within {} s", PATIENCE.as_secs());
    let bytes = receiver.recv_timeout(PATIENCE).map_err(late)?;
    let bytes = bytes.map_err(|error| format!("git cannot be read: {error}"))?;
    if bytes.len() as u64 > MOST_OUTPUT {
        return Err(format!("git's answer is larger than {} MiB", MOST_OUTPUT >> 20));
    }
    Ok(bytes)
}

/// The first content of an answer in batches, and what comes after.
fn first(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let size: usize = head.split_once(" blob ")?.1.parse().ok()?;
    let body = answer.get(end + 1..)?;
    Some((body.get(..size)?, body.get(size + 1..)?))
}
