//! A token that a program of the user's keeps, if it is installed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Env, Token, TokenError, TokenOrigin};

/// More than this is no token.
const MOST_OUTPUT: u64 = 16 << 10;

/// A program that hands over a token for a host.
#[derive(Clone, Copy, Debug)]
pub struct CredentialHelper<'a> {
    /// Its name, looked for in `PATH`.
    pub program: &'a str,
    /// What it is told; the host follows.
    pub args: &'a [&'a str],
    /// An environment variable, and its value, that keep it from asking the user.
    pub quiet: (&'a str, &'a str),
    /// The host, as it calls it.
    pub host: &'a str,
}

impl CredentialHelper<'_> {
    /// The text for a token's origin: `` `gh auth token` for github.com``.
    fn describe(&self) -> String {
        let words = self.args.iter().filter(|it| !it.starts_with('-'));
        let line = words.fold(self.program.to_owned(), |line, word| format!("{line} {word}"));
        format!("`{line}` for {}", self.host)
    }
}

/// What came of asking.
#[derive(Clone, Debug, Default)]
pub(super) struct HelperAnswer {
    /// The token; `None`: there is none, which the sources say.
    pub token: Option<Token>,
    /// There is such a program, and it did not answer within this.
    pub silent: Option<Duration>,
}

/// Asks the program. No token if there is none, it knows none, or it takes too long.
pub(super) fn token(
    keeper: CredentialHelper<'_>,
    env: &Env<'_>,
    patience: Duration,
) -> Result<HelperAnswer, TokenError> {
    let Some(program) = find(keeper.program, env) else { return Ok(HelperAnswer::default()) };
    match ask(&program, keeper, patience) {
        Ok(output) => Token::new(output, TokenOrigin::Program(keeper.describe()))
            .map(|token| HelperAnswer { token, ..HelperAnswer::default() }),
        Err(Nothing::Silence) => Ok(HelperAnswer { silent: Some(patience), ..HelperAnswer::default() }),
        Err(Nothing::NoToken) => Ok(HelperAnswer::default()),
    }
}

/// Why there is no output.
enum Nothing {
    /// It ended without one.
    NoToken,
    /// It did not end in time.
    Silence,
}

/// A program in a folder of `PATH` that is named in full: `.` or an empty entry would run whatever lies beside a
/// checklist.
fn find(program: &str, env: &Env<'_>) -> Option<PathBuf> {
    let path = env("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    folders.map(|folder| folder.join(&name)).find(|program| is_executable(program))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

fn ask(program: &Path, keeper: CredentialHelper<'_>, patience: Duration) -> Result<String, Nothing> {
    let mut command = Command::new(program);
    command.args(keeper.args).arg(keeper.host).env(keeper.quiet.0, keeper.quiet.1);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // A group of its own, so that helpers it starts end with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|_| Nothing::NoToken)?;
    let output = child.stdout.take().map(read_aside).ok_or(Nothing::NoToken)?;
    let text = output.recv_timeout(patience);
    let ended = text.is_ok() && ends_well(&mut child);
    stop(&mut child);
    text.map_err(|_| Nothing::Silence)?.filter(|_| ended).ok_or(Nothing::NoToken)
}

/// Reads to the end in a thread of its own: a pipe has no time limit.
fn read_aside(output: ChildStdout) -> mpsc::Receiver<Option<String>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = output.take(MOST_OUTPUT).read_to_string(&mut text);
        // Nobody listens any more if the time is up.
        let _ = sender.send(read.ok().map(|_| text));
    });
    receiver
}

/// It closed its output, so it is about to end.
fn ends_well(child: &mut Child) -> bool {
    for _ in 0..100 {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(_) => return false,
        }
    }
    false
}

fn stop(child: &mut Child) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
