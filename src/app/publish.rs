//! What `--check` writes beside its answer, where whoever runs it says so: one comment on the pull request, and the commit
//! status (ADR 11, "In CI"). Nobody types a word here: the flag is in a workflow that a person wrote, and settings or
//! environment, which no launch file reaches, allow it. The journal is not written: it holds what people say.

use std::time::Duration;

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    AppError, Checked, Opened,
    error::failed,
    opened::env,
    server_write::{settle, status},
    sources, store,
};
use gonogo_domain::{Prepared, Str, WriteAsk, WriteState};
use gonogo_files as files;
use gonogo_report::comment;
use gonogo_source::Source;

/// The largest description of an event that is read, in bytes: GitHub's own limit is 25 MB.
const MOST_EVENT: u64 = 32 << 20;
/// How long the journal is read for the hash of the decision.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publish {
    /// The comment of the launch on this pull request.
    Comment {
        /// Where the pull request is: `owner/name`.
        repository: Str,
        /// Its number.
        number: u64,
    },
    /// The commit status `gonogo/launch` on the target.
    Status,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What was asked for.
    pub subject: Str,
    /// What is known of it.
    pub state: WriteState,
    /// What the server said, or why it is not known.
    pub told: Str,
}

#[derive(Default, Deserialize)]
struct WebhookEvent {
    number: Option<u64>,
    pull_request: Option<Numbered>,
    issue: Option<Issue>,
}

#[derive(Deserialize)]
struct Numbered {
    number: Option<u64>,
}

#[derive(Deserialize)]
struct Issue {
    number: Option<u64>,
    pull_request: Option<serde_json::Value>,
}

impl Publish {
    /// The comment on a pull request: the one that is named, else the one that set off this run.
    ///
    /// # Errors
    /// [`AppError::Input`]: there is none.
    pub fn comment(opened: &Opened, named: Option<u64>) -> Result<Self, AppError> {
        let target = opened.loaded.launch.target.as_ref().map(|it| it.repository.clone());
        let repository = env("GITHUB_REPOSITORY").map(Str::from).or(target);
        let repository = repository.ok_or_else(|| {
            AppError::input(
                "--comment: whose pull request? the launch has no target, and GITHUB_REPOSITORY is not set",
            )
        })?;
        let number = named.or_else(of_event).ok_or_else(|| {
            AppError::input("--comment: no pull request started this run; name one with --pr NUMBER")
        })?;
        Ok(Self::Comment { repository, number })
    }

    /// What the settings call it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Comment { .. } => "comment",
            Self::Status => "status",
        }
    }
}

/// The pull request that the event of this run is about.
fn of_event() -> Option<u64> {
    let bytes = files::read(env("GITHUB_EVENT_PATH")?.as_ref(), MOST_EVENT).ok()?;
    let event: WebhookEvent = serde_json::from_slice(&bytes).ok()?;
    let of_issue = event.issue.filter(|it| it.pull_request.is_some()).and_then(|it| it.number);
    event.pull_request.and_then(|it| it.number.or(event.number)).or(of_issue)
}

/// Whether it may be written, as far as that is known before anybody is asked.
///
/// # Errors
/// [`AppError::Input`]: the user's settings do not allow it, or it is not about the present.
pub fn may_publish(opened: &Opened, wanted: &[Publish]) -> Result<(), AppError> {
    for it in wanted {
        let kind = it.kind();
        if opened.recording.is_some() {
            return Err(AppError::input(format!(
                "--{kind}: a recording contacts no server, so nothing is written for it"
            )));
        }
        if opened.settings.writes.iter().all(|allowed| allowed != kind) {
            return Err(AppError::input(format!(
                "--{kind}: gonogo only reads, unless your own settings say otherwise: set {}={kind} beside the token, or add \
                 `writes: [{kind}]` to your settings file",
                gonogo_settings::WRITES
            )));
        }
    }
    Ok(())
}

/// Writes each, once. A failure is reported like a success.
///
/// # Errors
/// [`AppError::Input`]: the files are not to be believed, or no source can write.
pub async fn publish(
    opened: &Opened,
    checked: &Checked,
    wanted: &[Publish],
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Published>, AppError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(doubt) = checked.context.files.as_ref().and_then(|it| it.doubt.as_ref()) {
        // Whoever proposes a change would speak with the repository's own voice.
        return Err(AppError::input(format!("nothing is written for files that cannot be trusted: {doubt}")));
    }
    let source = sources::of_people(&opened.settings)?;
    let server = source.as_deref().and_then(Source::writes);
    let server = server.ok_or_else(|| AppError::input("no source of this launch can write"))?;
    let stop = CancellationToken::new();
    let mut done = Vec::new();
    for it in wanted {
        let ask = asked(opened, checked, it).await?;
        let known = |subject: Str, state, told: Str| Published { subject, state, told };
        done.push(match server.prepare(&ask, &stop).await {
            Ok(Prepared::AlreadySo { subject, told }) => known(subject, WriteState::Done, told),
            Ok(Prepared::Send(write)) => {
                let (state, told) = settle(server, &write, &stop, tell).await;
                known(write.subject, state, told)
            }
            Err(failure) => known(it.kind().into(), WriteState::NotDone, failed(failure).line().into()),
        });
    }
    Ok(done)
}

async fn asked(opened: &Opened, checked: &Checked, wanted: &Publish) -> Result<WriteAsk, AppError> {
    let board = &checked.board;
    Ok(match wanted {
        Publish::Comment { repository, number } => {
            let (marker, body) = comment(board, &checked.context);
            WriteAsk::Comment {
                repository: repository.clone(),
                number: *number,
                marker: marker.into(),
                body: body.into(),
            }
        }
        Publish::Status => {
            let opened = opened.clone();
            let again = opened.clone();
            let read = tokio::task::spawn_blocking(move || store::read_whole(&again));
            let read = tokio::time::timeout(PATIENCE, read).await.ok().and_then(Result::ok);
            let entries = read.and_then(Result::ok).map(|(_, entries)| entries).unwrap_or_default();
            status(&opened, board, &entries)?
        }
    })
}
