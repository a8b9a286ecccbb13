//! One run of a program: its environment, its limits, and its end.

use std::{
    env::split_paths,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command as Process},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{CommandPolicy, CommandSpec};
use gonogo_domain::{Failure, FailureKind};
use gonogo_text::Veil;

/// Most output that is taken, both streams together counted apart.
const MOST_OUTPUT: usize = 64 * 1024;
/// How long the streams may stay open after the program and its group have ended.
const AFTERMATH: Duration = Duration::from_secs(1);
/// Lines of output that are shown.
const SHOWN: usize = 5;
/// The longest line that is shown, in characters.
const LONGEST_LINE: usize = 200;

/// How a run ended.
pub(super) struct RunEnd {
    /// None after a signal.
    pub(super) code: Option<i32>,
    /// The end of its output.
    pub(super) last_lines: Vec<String>,
}

/// Runs the program to its end, or ends it.
pub(super) async fn run(
    config: &CommandPolicy,
    job: &CommandSpec,
    variables: &[(&'static str, String)],
    cancel: &CancellationToken,
) -> Result<RunEnd, Failure> {
    let root = config.root.as_deref().ok_or_else(|| {
        Failure::new(FailureKind::NotAllowed, "this launch has no folder to run a command in")
            .advise("save the launch in a folder, and name that folder")
    })?;
    let name = job.argv.first().map(String::as_str).unwrap_or_default();
    let program = find(config.path.as_deref(), root, name).ok_or_else(|| missing(name))?;
    let mut process = Process::new(program);
    process.args(job.argv.get(1..).unwrap_or_default()).current_dir(root).env_clear();
    process.envs(environment(config)).envs(variables.iter().map(|(name, value)| (*name, value)));
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    own_group(&mut process)?;
    let mut child = process.spawn().map_err(|error| {
        Failure::new(FailureKind::NotFound, format!("{name} cannot be run: {error}"))
            .advise("check that it exists and is executable")
    })?;
    let group = ProcessGroup::of(&child);
    let patience = Duration::from_secs(job.timeout);
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Failure::new(FailureKind::TimedOut, "cancelled")),
        ended = timeout(patience, watch(&mut child, &group, &config.veil)) => ended.unwrap_or_else(|_| {
            Err(Failure::new(FailureKind::TimedOut, format!("{name} ran for more than {} s and was ended", job.timeout)))
        }),
    };
    // Whatever happened: nothing of it goes on running.
    group.end();
    outcome
}

/// Waits for the end of the program, then ends what it left behind, then reads the rest of the output.
async fn watch(child: &mut Child, group: &ProcessGroup, veil: &Veil) -> Result<RunEnd, Failure> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let mut out = Box::pin(gather(stdout));
    let mut err = Box::pin(gather(stderr));
    let (mut out_done, mut err_done) = (None, None);
    let status: ExitStatus = loop {
        tokio::select! {
            biased;
            text = &mut out, if out_done.is_none() => out_done = Some(text?),
            text = &mut err, if err_done.is_none() => err_done = Some(text?),
            status = child.wait() => break status.map_err(|error| {
                Failure::new(FailureKind::Crashed, format!("how it ended is not known: {error}"))
            })?,
        }
    };
    group.end_for_good();
    if out_done.is_none() {
        out_done = timeout(AFTERMATH, out).await.ok().transpose()?;
    }
    if err_done.is_none() {
        err_done = timeout(AFTERMATH, err).await.ok().transpose()?;
    }
    let output = [out_done, err_done].into_iter().flatten().flatten().collect::<Vec<u8>>();
    // Before anything of it is cut: half a secret is one too.
    let output = veil.hide(&output).unwrap_or(output);
    Ok(RunEnd { code: status.code(), last_lines: last_lines(&output) })
}

/// All output of a stream, or a failure if it is too much.
async fn gather(stream: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Failure> {
    let Some(stream) = stream else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    let limit = MOST_OUTPUT as u64 + 1;
    stream
        .take(limit)
        .read_to_end(&mut bytes)
        .await
        .map_err(|error| Failure::new(FailureKind::Crashed, format!("its output cannot be read: {error}")))?;
    if bytes.len() > MOST_OUTPUT {
        let message = format!("it wrote more than {} KiB and was ended", MOST_OUTPUT / 1024);
        return Err(Failure::new(FailureKind::Rejected, message).advise("make it print less"));
    }
    Ok(bytes)
}

fn last_lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let shown = &lines[lines.len().saturating_sub(SHOWN)..];
    shown.iter().map(|line| line.chars().take(LONGEST_LINE).collect()).collect()
}

/// The program: a path counts from the launch's folder, a name is looked for in `PATH`, in full folders only.
pub(super) fn find(path: Option<&OsStr>, root: &Path, name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(root.join(name)).filter(|path| path.is_file());
    }
    split_paths(path?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn missing(name: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("the program {name} was not found"))
        .advise("install it, or write its path (with a slash, relative to the launch's folder)")
}

fn environment(config: &CommandPolicy) -> Vec<(&'static str, std::ffi::OsString)> {
    let user = [("PATH", &config.path), ("LANG", &config.lang)];
    let user = user.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
    user.chain([("TERM", "dumb".into())]).collect()
}

#[cfg(unix)]
fn own_group(process: &mut Process) -> Result<(), Failure> {
    process.process_group(0);
    Ok(())
}

#[cfg(not(unix))]
fn own_group(_: &mut Process) -> Result<(), Failure> {
    // Without process groups what a program starts could not be ended with it.
    Err(Failure::new(FailureKind::NotAllowed, "command gates are not supported on this system"))
}

/// The process group of a program, ended when dropped: a cancelled poll leaves nothing running.
struct ProcessGroup {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
    /// The program has been waited for, so that its number may soon be another's.
    over: AtomicBool,
}

impl ProcessGroup {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { leader: id.and_then(rustix::process::Pid::from_raw), over: AtomicBool::new(false) }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Self { over: AtomicBool::new(false) }
    }

    /// Ends what the program left behind; afterwards nothing of it is touched.
    fn end_for_good(&self) {
        self.end();
        self.over.store(true, Ordering::Relaxed);
    }

    #[cfg(unix)]
    fn end(&self) {
        if let Some(leader) = self.leader.filter(|_| !self.over.load(Ordering::Relaxed)) {
            // An error means that nobody of it is left.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    fn end(&self) {}
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.end();
    }
}
