//! A program of the user's own machine: `command` gates.
//!
//! - Only trusted files may run one. A list of arguments, never a shell. The program, what interprets it, and every file
//!   and folder that an argument names must still be what was trusted, each time anew; what a program reads by itself
//!   is not seen. Nothing of them is read for files that are not trusted.
//! - It runs in the launch's folder with an empty environment but for `PATH`, `LANG`, `TERM=dumb` and the `GONOGO_*`
//!   variables: no token of ours is in it. Standard input is empty.
//! - Each is asked in a poll of its own: one that takes minutes makes no other gate's answer old.
//! - It is a process group of its own, with limits of time and output, and ends as one, children included.
//! - Only listed exit codes say anything. Any other, a signal, or a program that is not there is unknown.

mod fingerprint;
mod run;
mod spec;

use std::{collections::BTreeMap, ffi::OsString, fmt, path::PathBuf, sync::Arc};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use self::fingerprint::{Prints, Uncovered, fingerprints};
use self::{
    run::{RunEnd, run},
    spec::CommandSpec,
};
use super::{
    Declaration, NowFn, Thing,
    api::{Depends, FindingResult, Poll, QuestionSource},
    finding::finding,
    setup::{no_connection, opened},
    spec::args,
};
use gonogo_domain::{Digest, Failure, FailureKind, Oid, Outcome, Question};
use gonogo_text::{Veil, shell_word};

/// What files may ask this source for.
pub static SOURCE: Declaration = Declaration {
    name: "command",
    title: "Commands",
    things: &[Thing::of::<spec::Keys>("")],
    open: |setup, connection| {
        no_connection("command", connection)?;
        opened(
            CommandSource::new(CommandPolicy { veil: setup.http.veil(), ..setup.command.clone() })
                .timed_by(Arc::clone(&setup.clock)),
        )
    },
    ..Declaration::PLAIN
};

/// Programs that run at a time.
const AT_ONCE: usize = 2;

/// What `command` gates may do; from the user's trust and environment.
#[derive(Clone, Debug, Default)]
pub struct CommandPolicy {
    /// The files of this launch are trusted by the user.
    pub trusted: bool,
    /// What the user trusts of the files that commands name: see [`fingerprints`].
    pub files: BTreeMap<String, Digest>,
    /// The launch's folder: programs run in it. None for a launch that has none, such as from standard input.
    pub root: Option<PathBuf>,
    /// `PATH` of the user: where programs are looked for, and what they get.
    pub path: Option<OsString>,
    /// `LANG` of the user.
    pub lang: Option<OsString>,
    /// What the user would trust: the path of the launch, for advice.
    pub launch: String,
    /// Hides what a program repeats of the user's secrets.
    pub veil: Arc<Veil>,
}

/// Answers `command` gates.
pub struct CommandSource {
    config: CommandPolicy,
    turns: Semaphore,
    /// Tells when a program begins; without it, that is not told.
    clock: Option<NowFn>,
    prints: Arc<Prints>,
}

impl CommandSource {
    /// Runs programs as `config` allows.
    pub fn new(config: CommandPolicy) -> Self {
        Self { config, turns: Semaphore::new(AT_ONCE), clock: None, prints: Arc::default() }
    }

    /// The same, and its answers are as old as their own runs by this clock.
    #[must_use]
    pub fn timed_by(mut self, clock: NowFn) -> Self {
        self.clock = Some(clock);
        self
    }

    fn admit(&self) -> Result<(), Failure> {
        if self.config.trusted {
            return Ok(());
        }
        Err(Failure::new(FailureKind::NotAllowed, "commands in files that you do not trust are not run")
            .advise(format!("read what they run, then allow it: gonogo trust {}", self.launch())))
    }

    fn launch(&self) -> String {
        if self.config.launch.is_empty() { "PATH".into() } else { shell_word(&self.config.launch) }
    }

    /// Fails unless the files that this job names are the very ones that are trusted: trust was looked up when gonogo
    /// began, and a program may have been replaced since.
    async fn unchanged(&self, job: &CommandSpec, cancel: &CancellationToken) -> Result<(), Failure> {
        let Some(root) = self.config.root.clone() else { return Ok(()) };
        let (prints, path) = (Arc::clone(&self.prints), self.config.path.clone());
        let (argv, stop) = (job.argv.clone(), cancel.clone());
        let read = tokio::task::spawn_blocking(move || prints.of(&root, path.as_deref(), &argv, &stop)).await;
        if cancel.is_cancelled() {
            return Err(Failure::new(FailureKind::TimedOut, "cancelled"));
        }
        let refused = |message: String| {
            Failure::new(FailureKind::NotAllowed, message).advise(format!(
                "read what changed, allow it with gonogo trust {}, and start gonogo again",
                self.launch()
            ))
        };
        let named = read.map_err(|_| Failure::new(FailureKind::Crashed, "its files cannot be read"))?;
        let named = named.map_err(|why| refused(format!("{why}, so nothing was run")))?;
        match named.iter().find(|(name, digest)| digest.as_ref() != self.config.files.get(name)) {
            Some((name, _)) => Err(refused(format!("{name} is not what you trusted, so nothing was run"))),
            None => Ok(()),
        }
    }
}

/// What a program is told about the launch.
fn variables(question: &Question) -> Vec<(&'static str, String)> {
    let mut told = vec![
        ("GONOGO_VERSION", question.version.to_string()),
        ("GONOGO_REPOSITORY", question.repository.to_string()),
        ("GONOGO_REF", question.git_ref.to_string()),
        ("GONOGO_GATE", question.gate.to_string()),
    ];
    if let Some(commit) = Oid::parse(&question.git_ref) {
        told.push(("GONOGO_COMMIT", commit.to_string()));
    }
    told
}

fn verdict(job: &CommandSpec, ended: &RunEnd) -> (Outcome, String) {
    match ended.code {
        Some(code) if job.go.contains(&code) => (Outcome::Holds, format!("exit code {code}")),
        Some(code) if job.no_go.contains(&code) => (Outcome::Fails, format!("exit code {code}")),
        Some(code) => (Outcome::Unclear, format!("exit code {code}, which says neither go nor no-go")),
        None => (Outcome::Unclear, "it was ended by a signal".into()),
    }
}

impl fmt::Debug for CommandSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command").field("config", &self.config).finish_non_exhaustive()
    }
}

impl QuestionSource for CommandSource {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheGate;

    fn asks_apart(&self) -> bool {
        true
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        let job: CommandSpec = args(question)?;
        self.admit()?;
        let Ok(_turn) = self.turns.acquire().await else {
            return Err(Failure::new(FailureKind::TimedOut, "cancelled"));
        };
        if let Some(clock) = &self.clock {
            poll.begins(&question.gate, clock());
        }
        self.unchanged(&job, poll.cancel).await?;
        let ended = run(&self.config, &job, &variables(question), poll.cancel).await?;
        let (outcome, reason) = verdict(&job, &ended);
        let mut found = finding(outcome, reason, "exit code");
        found.rows = ended.last_lines.into_iter().map(Into::into).collect();
        Ok(found)
    }
}
