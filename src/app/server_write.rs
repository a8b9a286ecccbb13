//! `gonogo act`: what a person has gonogo change on the server that the target is on.
//!
//! - The user's own settings must allow it (`writes`), a launch file never can.
//! - The exact request is shown, and a typed word says yes to it.
//! - The intent is in the journal before the request goes out, and what became of it after.
//! - It is sent once. Where no answer came the server is asked what it has; until that is known nothing is sent again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{
    AppError, Opened,
    error::{failed, told_of},
    opened::env,
    origin,
    sign::{self, Confirm, ConfirmPrompt, Signing, WaitNotice},
    sources, time,
    writer::event_id,
};
use gonogo_domain::{
    Act, Board, BoardWord, Command, Decision, Oid, Prepared, Sent, Str, Write, WriteAsk, WriteRecord,
    WriteState,
};
use gonogo_journal::Entry;
use gonogo_poller::NowFn;
use gonogo_source::{Source, Writes};

/// How often the server is asked what it has where no answer came, and how long between.
const LOOKS: u32 = 3;
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
/// Whoever took longer to say yes said it to a board of then: sources are asked again.
const LONGEST_CONFIRMATION: Duration = Duration::from_secs(60);

/// What a person wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedWrite {
    /// The commit status `gonogo/launch` on the target.
    Status,
    /// An answer to a deployment that waits for approval.
    Deployment {
        /// The environment; `None`: the only one that waits.
        environment: Option<String>,
        /// Reject it.
        reject: bool,
        /// In the person's own words, beside the decision.
        note: Option<String>,
    },
}

impl RequestedWrite {
    /// What the settings call it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Deployment { .. } => "approve-deployment",
        }
    }
}

/// A wish, and whose.
pub struct WriteRequest {
    /// What is to be done.
    pub wish: RequestedWrite,
    /// Whose word it is, when somebody else writes it down.
    pub on_behalf: Option<String>,
    /// Only show what would be sent.
    pub preview: bool,
    /// Asks for the typed word.
    pub confirm: Confirm,
    /// Tells whoever waits, in one line, what is waited for.
    pub waiting: WaitNotice,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// Only shown.
    Shown(Write),
    /// Nothing had to be sent: it is so already.
    AlreadySo {
        /// What is so.
        subject: Str,
        /// What the server says of it.
        told: Str,
    },
    /// It was sent, or looked for, and this is known of it.
    Known {
        /// What was asked for.
        subject: Str,
        /// What is known of it.
        state: WriteState,
        /// What the server said, or why it is not known.
        told: Str,
    },
}

/// Does what the person wants, once they have said yes to the very request.
///
/// # Errors
/// [`AppError::Refused`] by the rules, bad input, a server that cannot be asked, a journal that does not take it. What
/// was recorded before the error stays recorded.
pub async fn act(opened: &Opened, request: WriteRequest) -> Result<WriteOutcome, AppError> {
    if !request.preview {
        // Files of whoever proposes a change must not write for those who did not.
        origin::admit(opened, &env, false)?;
        allowed(opened, &request.wish)?;
    }
    let source = sources::of_people(&opened.settings)?;
    let server = source.as_deref().and_then(Source::writes);
    let server = server.ok_or_else(|| AppError::input("no source of this launch can write"))?;
    act_on(server, opened, request, &time::system()).await
}

/// The same on this server, by this clock.
async fn act_on(
    server: &dyn Writes,
    opened: &Opened,
    request: WriteRequest,
    now: &NowFn,
) -> Result<WriteOutcome, AppError> {
    let WriteRequest { wish, on_behalf, preview, confirm, waiting } = request;
    let mut signing = sign::begin(opened, on_behalf.as_deref(), waiting, now).await?;
    let board = signing.board(now());
    let looked = now().boot;
    let entries = signing.entries().await?;
    let asked = asked(opened, &wish, &board, &entries)?;
    let stop = CancellationToken::new();
    let prepared = server.prepare(&asked, &stop).await.map_err(failed)?;
    if let (Some(open), false) = (open(signing.history(), &prepared), preview) {
        let found = server.look(&open.write, &stop).await.map_err(failed)?;
        return look_back(&mut signing, open, found, now).await;
    }
    let mut write = match prepared {
        Prepared::AlreadySo { subject, told } => return Ok(WriteOutcome::AlreadySo { subject, told }),
        Prepared::Send(write) => write,
    };
    if preview {
        return Ok(WriteOutcome::Shown(write));
    }
    write.id = event_id(now());
    let intent = said(&write, WriteState::Intended, None);
    let shown = signing.preview(std::slice::from_ref(&intent), now())?;
    let word = word(&asked);
    confirm(&ConfirmPrompt { what: &write.describe(), word: &word, preview: &shown })?;
    if now().boot.saturating_sub(looked) > LONGEST_CONFIRMATION {
        signing.look_again(opened, now).await?;
    }
    still_so(opened, &wish, &asked, &mut signing, now).await?;
    // Whoever said yes did so on what they saw.
    signing.record(intent, true, now).await?;
    signing.tell("sending it, once");
    let (state, told) = settle(server, &write, &stop, &|line| signing.tell(line)).await;
    let outcome = said(&write, state, Some(told.clone()));
    let recorded = signing.record(outcome, false, now).await;
    recorded.map_err(|error| signing.so_far(error))?;
    Ok(WriteOutcome::Known { subject: write.subject, state, told })
}

/// What a person said yes to is sent only while it is what would be asked now (V5).
async fn still_so(
    opened: &Opened,
    wish: &RequestedWrite,
    shown: &WriteAsk,
    signing: &mut Signing,
    now: &NowFn,
) -> Result<(), AppError> {
    let (board, entries) = (signing.board(now()), signing.entries().await?);
    if asked(opened, wish, &board, &entries)? == *shown {
        return Ok(());
    }
    let message = format!(
        "nothing was sent: what it would say has changed since you were asked (the board says {} now); look at it again",
        board.word
    );
    Err(AppError::input(message))
}

/// Whether the user's own settings allow it.
fn allowed(opened: &Opened, wish: &RequestedWrite) -> Result<(), AppError> {
    let kind = wish.kind();
    if opened.chosen.rehearse {
        return Err(AppError::input(
            "a rehearsal changes nothing on any server: --preview shows what would be sent",
        ));
    }
    if opened.recording.is_some() {
        return Err(AppError::input("a recording contacts no server: leave out --demo and --replay"));
    }
    if opened.settings.writes.iter().any(|it| it == kind) {
        return Ok(());
    }
    Err(AppError::input(format!(
        "gonogo only reads, unless your own settings say otherwise: add `writes: [{kind}]` to your settings file; gonogo doctor \
         says where it is"
    )))
}

/// The commit status that a board is worth. `success` only where `attest` would say PASSED.
pub(super) fn status(opened: &Opened, board: &Board, entries: &[Entry]) -> Result<WriteAsk, AppError> {
    let (repository, commit) = target(opened, board)?;
    let state = match (board.word, decided_go(opened, board)) {
        (BoardWord::Go, true) => "success",
        (BoardWord::NoGo, _) => "failure",
        _ => "pending",
    };
    Ok(WriteAsk::Status { repository, commit, state, description: words(board, entries).into() })
}

/// The repository and the commit that are written to.
fn target(opened: &Opened, board: &Board) -> Result<(Str, Str), AppError> {
    let target = opened.loaded.launch.target.as_ref();
    let target = target.ok_or_else(|| AppError::input("this launch has no target to write to"))?;
    let commit = board.commit.as_ref().map(Oid::as_str).ok_or_else(|| {
        AppError::input("the target's commit is not known, so there is nothing to write to: gonogo doctor")
    })?;
    Ok((target.repository.clone(), commit.into()))
}

/// The words of the decision that stands, and what is asked of the server by it.
fn asked(
    opened: &Opened,
    wish: &RequestedWrite,
    board: &Board,
    entries: &[Entry],
) -> Result<WriteAsk, AppError> {
    let (repository, commit) = target(opened, board)?;
    let words = words(board, entries);
    Ok(match wish {
        RequestedWrite::Status => status(opened, board, entries)?,
        RequestedWrite::Deployment { environment, reject, note } => {
            if !reject {
                may_approve(opened, board)?;
            }
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            WriteAsk::Deployment {
                repository,
                commit,
                environment: environment.as_deref().map(Into::into),
                approve: !reject,
                comment: format!("{words}{note}").into(),
            }
        }
    })
}

/// `GO by octo, decision 1a2b3c4d5e6f`; without a decision the board's own word.
fn words(board: &Board, entries: &[Entry]) -> String {
    let Some(decision) = &board.decision else { return format!("{}, nothing decided", board.word) };
    let made = entries.iter().rev().find(|entry| matches!(entry.event.act, Act::Decided { .. }));
    let hash = made.map(|entry| entry.head().hash.to_string()).unwrap_or_default();
    let hash: String = hash.chars().take(12).collect();
    // Where the journal could not be read again, the result is shown without it.
    let hash = if hash.is_empty() { hash } else { format!(", decision {hash}") };
    let stands = if decision.stands { "" } else { ", which does not stand" };
    // The word of now, where it is not what was decided.
    let now = if decision.is_go() && board.word != BoardWord::Go {
        format!("{} now; ", board.word)
    } else {
        String::new()
    };
    format!("{now}{} by {}{hash}{stands}", decision.label(), decision.spoken().named())
}

/// Whether a GO is decided for this commit where one is planned: as `attest` asks.
fn decided_go(opened: &Opened, board: &Board) -> bool {
    let planned = opened.loaded.launch.roll_call.is_some();
    let stands = board.decision.as_ref().is_some_and(|it| it.is_go() && it.stands);
    stands || (!planned && board.decision.is_none())
}

/// A yes to a deployment goes out on a GO alone, or on an OVERRIDE that is recorded as one.
fn may_approve(opened: &Opened, board: &Board) -> Result<(), AppError> {
    let overridden = board
        .decision
        .as_ref()
        .is_some_and(|it| it.stands && it.overrides && matches!(it.decision, Decision::Go { .. }));
    if overridden || (board.word == BoardWord::Go && decided_go(opened, board)) {
        return Ok(());
    }
    let why = match board.word {
        BoardWord::Go => "GO is not decided".to_owned(),
        word => format!("the board says {word}"),
    };
    Err(AppError::input(format!(
        "{why}: a deployment is approved on a decided GO; gonogo decide --go, or answer it with --reject"
    )))
}

fn word(asked: &WriteAsk) -> String {
    match asked {
        WriteAsk::Status { state, .. } => format!("STATUS {state}"),
        WriteAsk::Deployment { approve: true, .. } => "APPROVE".to_owned(),
        WriteAsk::Deployment { approve: false, .. } => "REJECT".to_owned(),
        WriteAsk::Comment { .. } => "COMMENT".to_owned(),
        WriteAsk::Message { .. } => "SEND".to_owned(),
    }
}

pub(super) fn said(write: &Write, state: WriteState, told: Option<Str>) -> Command {
    Command::Write { write: write.clone(), state, told }
}

/// Sends it, and where no answer came looks for it.
pub(super) async fn settle(
    server: &dyn Writes,
    write: &Write,
    stop: &CancellationToken,
    tell: &(dyn Fn(&str) + Sync),
) -> (WriteState, Str) {
    let failure = match server.send(write, stop).await {
        Sent::Done(told) => return (WriteState::Done, told),
        Sent::Refused(failure) => return (WriteState::NotDone, told_of(&failure)),
        Sent::Unknown(failure) => failure,
    };
    tell("no answer: unknown whether it arrived, looking for it");
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        if let Ok(Some(told)) = server.look(write, stop).await {
            return (WriteState::Done, format!("no answer came, and it is there: {told}").into());
        }
    }
    // It may be on its way: what is not there yet is not what never comes.
    (WriteState::Unknown, told_of(&failure))
}

/// An earlier request of the same thing of which it is not known whether it arrived.
fn open(history: &gonogo_domain::History, prepared: &Prepared) -> Option<WriteRecord> {
    let subject = match prepared {
        Prepared::Send(write) => &write.subject,
        Prepared::AlreadySo { subject, .. } => subject,
    };
    history.writes.iter().rev().find(|it| it.state.is_open() && it.write.subject == *subject).cloned()
}

/// Records what became of an earlier request. Nothing is sent: whoever still wants it says so again.
pub(super) async fn look_back(
    signing: &mut Signing,
    open: WriteRecord,
    found: Option<Str>,
    now: &NowFn,
) -> Result<WriteOutcome, AppError> {
    let (state, told) = match found {
        Some(told) => (WriteState::Done, told),
        None => (WriteState::NotDone, "it did not arrive; say it again to send it anew".into()),
    };
    signing.record(said(&open.write, state, Some(told.clone())), false, now).await?;
    Ok(WriteOutcome::Known { subject: open.write.subject, state, told })
}

#[cfg(test)]
mod tests;
