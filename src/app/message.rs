//! `gonogo message send`: a message of the comms plan goes out by its source, once, at a person's word. The walk is that of
//! `gonogo act`: allowed by the user's own settings, shown to the letter, the intent in the journal first, and what became of
//! it after.

use tokio_util::sync::CancellationToken;

use super::{
    AppError, Opened,
    error::failed,
    opened::env,
    origin,
    server_write::{WriteOutcome, look_back, said, settle},
    sign::{self, Confirm, ConfirmPrompt, WaitNotice},
    sources, time,
    writer::event_id,
};
use gonogo_domain::{
    Carried, Digest, History, MessageRef, MessageState, Prepared, SourceId, Str, Write, WriteAsk,
    WriteRecord, WriteState,
};
use gonogo_source::register::declared;
use gonogo_text::{clean, clean_block};

/// A message that a person wants sent.
pub struct SendRequest {
    /// The message, by its id in the files.
    pub message: String,
    /// Why it is sent although it should wait: an OVERRIDE.
    pub overrides: Option<Str>,
    /// Whose word it is, when somebody else writes it down.
    pub on_behalf: Option<String>,
    /// Only show what would be sent.
    pub preview: bool,
    /// Asks for the typed word.
    pub confirm: Confirm,
    /// Tells whoever waits, in one line, what is waited for.
    pub waiting: WaitNotice,
    /// How a person says here whether it arrived, where no server tells: `say what you see: --arrived`.
    pub by_eye: &'static str,
}

/// Sends it, once the person has said yes to the very words and the very request. Where an earlier request got no answer, it is
/// looked for, and nothing is sent.
///
/// # Errors
/// [`AppError::Refused`] by the rules, bad input, a server that cannot be asked, a journal that does not take it. What
/// was recorded before the error stays recorded.
pub async fn send_message(opened: &Opened, request: SendRequest) -> Result<WriteOutcome, AppError> {
    let SendRequest { message, overrides, on_behalf, preview, confirm, waiting, by_eye } = request;
    let by = way(opened, &message)?;
    if !preview {
        // Files of whoever proposes a change must not write for those who did not.
        origin::admit(opened, &env, false)?;
        allowed(opened, &by)?;
    }
    let now = time::system();
    let mut signing = sign::begin(opened, on_behalf.as_deref(), waiting, &now).await?;
    let board = signing.board(now());
    let state = board.message(&message).ok_or_else(|| {
        AppError::input(format!("{}: nothing that it reports has happened", clean(&message)))
    })?;
    let server = sources::sender(&opened.settings, &by, &state.via.to)?;
    let stop = CancellationToken::new();
    if let (Some(open), false) = (under_way(signing.history(), &state.of), preview) {
        let found = server.look(&open.write, &stop).await;
        let found = found.map_err(|why| {
            // A server that does not answer now may tell in a minute: then nobody need say what they believe they see.
            let (told_later, why) = (why.kind.is_transient(), failed(why));
            if told_later { why } else { AppError::input(format!("{}; {by_eye}", why.line())) }
        })?;
        return look_back(&mut signing, open, found, &now).await;
    }
    let id = event_id(now());
    let target = opened.loaded.launch.target.as_ref();
    let ask = WriteAsk::Message {
        via: state.via.clone(),
        repository: target.map(|target| target.repository.clone()),
        title: state.title.clone(),
        text: state.text.clone(),
        occasion: state.occasion,
        id,
    };
    let write = match server.prepare(&ask, &stop).await.map_err(failed)? {
        Prepared::AlreadySo { subject, told } => return Ok(WriteOutcome::AlreadySo { subject, told }),
        Prepared::Send(write) => write,
    };
    let word = if overrides.is_some() { "OVERRIDE" } else { "SEND" };
    let write = Write { id, message: Some(carried(state, overrides)), ..write };
    if preview {
        return Ok(WriteOutcome::Shown(write));
    }
    let intent = said(&write, WriteState::Intended, None);
    let shown = signing.preview(std::slice::from_ref(&intent), now())?;
    confirm(&ConfirmPrompt { what: &shown_to(state, &write), word, preview: &shown })?;
    signing.record(intent, true, &now).await?;
    signing.tell("sending it, once");
    let (became, told) = settle(&*server, &write, &stop, &|line| signing.tell(line)).await;
    let recorded = signing.record(said(&write, became, Some(told.clone())), false, &now).await;
    recorded.map_err(|error| signing.so_far(error))?;
    Ok(WriteOutcome::Known { subject: write.subject, state: became, told })
}

/// The source that a message goes out by.
fn way(opened: &Opened, message: &str) -> Result<SourceId, AppError> {
    let launch = &opened.loaded.launch;
    let Some((_, found)) = launch.message(message) else {
        let all: Vec<&str> = launch.comms.messages.iter().map(|it| &*it.id).collect();
        let there = if all.is_empty() {
            "the launch has none".into()
        } else {
            format!("there are {}", all.join(", "))
        };
        return Err(AppError::input(format!("there is no message `{}`; {there}", clean(message))));
    };
    found.via.source.clone().ok_or_else(|| {
        let id = clean(&found.id);
        AppError::input(format!(
            "{id} goes out by hand: send it, then say so: gonogo message send {id} --sent"
        ))
    })
}

/// Whether the user's own settings allow it.
fn allowed(opened: &Opened, by: &SourceId) -> Result<(), AppError> {
    if opened.chosen.rehearse {
        return Err(AppError::input(
            "a rehearsal sends nothing to anybody: --preview shows what would be sent",
        ));
    }
    if opened.recording.is_some() {
        return Err(AppError::input("a recording sends nothing: leave out --demo and --replay"));
    }
    let kind = declared(by.as_str()).and_then(|it| it.sends).map_or("", |it| it.writes);
    if opened.settings.writes.iter().any(|it| it == kind) {
        return Ok(());
    }
    Err(AppError::input(format!(
        "gonogo sends nothing, unless your own settings say otherwise: add `writes: [{kind}]` to your settings file (gonogo \
         doctor says where it is), or copy it: gonogo message show, then gonogo message send --sent"
    )))
}

fn carried(state: &MessageState, overrides: Option<Str>) -> Carried {
    // What is not whole the rules refuse.
    let digest = state.digest.clone().unwrap_or_else(|| Digest::of([]));
    Carried { of: state.of.clone(), digest, text: state.text.clone(), overrides }
}

/// A request with this message of which it is not known whether it arrived.
fn under_way(history: &History, of: &MessageRef) -> Option<WriteRecord> {
    let mut open = history.writes.iter().rev().filter(|it| it.state.is_open());
    open.find(|it| it.write.message.as_ref().is_some_and(|carried| carried.of == *of)).cloned()
}

/// The words as people will read them, where they go, and the request to the letter.
fn shown_to(state: &MessageState, write: &Write) -> String {
    let to = format!("{} to {}, {}", state.of.message, state.audience, state.via.said());
    format!("{}\n\n{}\n\n{}", clean(&to), clean_block(&state.text), clean_block(&write.describe()))
}
