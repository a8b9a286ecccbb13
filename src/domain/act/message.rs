//! Messages: who drafts, approves and sends them, and when one may go out (V25).

use super::{
    super::{
        Act, Actor, Carried, CommsMessage, Digest, Launch, MessageRef, MessageState, MessageStatus,
        MessageStep, Party, Spoken, Str, WriteState, format,
    },
    Refusal,
    rights::{ActContext, said},
};

/// The most characters of a message: what channels take whole.
const LONGEST: usize = 20_000;

/// What somebody wants of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageWish {
    /// Let it say these words in place of those of the files.
    Draft {
        /// All of it.
        text: Str,
    },
    /// Approve what it says.
    Approve {
        /// What was shown when they said so; refused when it says something else by now.
        digest: Digest,
    },
    /// Take the approval back.
    WithdrawApproval {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// It was sent, by hand.
    Sent {
        /// What was shown when they took it.
        digest: Digest,
        /// Where it can be seen.
        link: Option<Str>,
        /// Why it was sent although it was to wait: an OVERRIDE.
        overrides: Option<Str>,
    },
    /// It could not be sent.
    Failed {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// Somebody has looked what became of a request that got no answer.
    Looked {
        /// It is there.
        arrived: bool,
        /// In their own words; mandatory where it is not there.
        note: Option<Str>,
    },
    /// It need not be sent.
    NotNeeded {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
    /// It is to be sent after all.
    NeededAgain {
        /// In the words of whoever does it; kept in the journal.
        reason: Str,
    },
}

impl From<MessageStep> for MessageWish {
    fn from(step: MessageStep) -> Self {
        match step {
            MessageStep::Drafted { text } => Self::Draft { text },
            MessageStep::Approved { digest } => Self::Approve { digest },
            MessageStep::ApprovalWithdrawn { reason } => Self::WithdrawApproval { reason },
            MessageStep::Sent { digest, link, overrides, .. } => Self::Sent { digest, link, overrides },
            MessageStep::Failed { reason } => Self::Failed { reason },
            MessageStep::NotNeeded { reason } => Self::NotNeeded { reason },
            MessageStep::NeededAgain { reason } => Self::NeededAgain { reason },
        }
    }
}

/// Does it with this occurrence, or with the newest that is open.
pub(super) fn message(
    ctx: &ActContext<'_>,
    id: &str,
    cause: Option<u64>,
    wish: MessageWish,
) -> Result<Act, Refusal> {
    let (message, state) = found(ctx, id, cause)?;
    let step = match wish {
        MessageWish::Looked { arrived, note } => return looked(ctx, state, arrived, note),
        MessageWish::Draft { text } => draft(ctx, message, state, &text)?,
        MessageWish::Approve { digest } => approve(ctx, message, state, digest)?,
        MessageWish::WithdrawApproval { reason } => {
            still_open(state)?;
            let who = [message.approved_by.as_slice(), &message.senders(ctx.launch)].concat();
            ctx.may("may-not-approve", "take the approval back", &who)?;
            if state.approved.is_none() {
                return Err(Refusal::new("not-approved", format!("nobody's approval of {id} stands")));
            }
            MessageStep::ApprovalWithdrawn { reason: said("reason", &reason)? }
        }
        MessageWish::Sent { digest, link, overrides } => {
            // What somebody did with words that they name is so, also where nothing has to be told any more.
            let dropped = ctx.history.message(&state.of).is_some_and(|it| it.dropped.is_some());
            if cause.is_none() || dropped || state.status != MessageStatus::NotNeeded {
                still_open(state)?;
            }
            let Carried { digest, text, overrides, .. } = may_go_out(ctx, message, state, digest, overrides)?;
            let link = link.map(|link| said("link", &link)).transpose()?;
            MessageStep::Sent { digest, text, link, overrides }
        }
        MessageWish::Failed { reason } => {
            still_open(state)?;
            ctx.may("may-not-send", "say that of it", &message.senders(ctx.launch))?;
            MessageStep::Failed { reason: said("reason", &reason)? }
        }
        MessageWish::NotNeeded { reason } => {
            still_open(state)?;
            ctx.may("may-not-send", "say that it is not needed", &message.senders(ctx.launch))?;
            MessageStep::NotNeeded { reason: said("reason", &reason)? }
        }
        MessageWish::NeededAgain { reason } => {
            ctx.may("may-not-send", "say that it is needed", &message.senders(ctx.launch))?;
            let record = ctx.history.message(&state.of);
            if record.is_none_or(|it| it.dropped.is_none()) {
                return Err(Refusal::new("message-needed", format!("nobody said that {id} is not needed")));
            }
            MessageStep::NeededAgain { reason: said("reason", &reason)? }
        }
    };
    Ok(Act::Message { of: state.of.clone(), step })
}

/// What became of a request that got no answer, by somebody who has looked where it went.
fn looked(
    ctx: &ActContext<'_>,
    state: &MessageState,
    arrived: bool,
    note: Option<Str>,
) -> Result<Act, Refusal> {
    let id = &state.of.message;
    let mut open = ctx.history.writes.iter().rev().filter(|it| it.state.is_open());
    let open = open.find(|it| it.write.message.as_ref().is_some_and(|carried| carried.of == state.of));
    let open = open.ok_or_else(|| {
        Refusal::new("no-write", format!("no request with {id} is open: nothing has to be looked for"))
    })?;
    let note = if arrived { note } else { Some(said("reason", &note.unwrap_or_else(|| "".into()))?) };
    let note = note.map(|note| format!(": {note}")).unwrap_or_default();
    let (state, what) =
        if arrived { (WriteState::Done, "it is there") } else { (WriteState::NotDone, "it is not there") };
    let told = Some(format!("{} has looked, {what}{note}", ctx.context.actor.name).into());
    Ok(Act::Wrote { write: open.write.clone(), state, told })
}

/// A request that carries a message: it may go out as if it were sent by hand.
pub(super) fn carried(ctx: &ActContext<'_>, carried: &Carried) -> Result<(), Refusal> {
    let (message, state) = found(ctx, &carried.of.message, Some(carried.of.cause))?;
    if message.via.source.is_none() {
        return Err(Refusal::new("by-hand", format!("{} goes out by hand", message.id)));
    }
    still_open(state)?;
    let fit = may_go_out(ctx, message, state, carried.digest.clone(), carried.overrides.clone())?;
    if fit == *carried { Ok(()) } else { Err(changed(message)) }
}

/// What may go out now, to the letter.
///
/// # Errors
/// Nobody has approved it, it is to wait, or it says something else by now.
fn may_go_out(
    ctx: &ActContext<'_>,
    message: &CommsMessage,
    state: &MessageState,
    digest: Digest,
    overrides: Option<Str>,
) -> Result<Carried, Refusal> {
    ctx.fresh_board()?;
    ctx.may("may-not-send", "send it", &message.senders(ctx.launch))?;
    let id = &message.id;
    if !state.is_whole() {
        let open = format::list(&state.waits_for);
        return Err(Refusal::new(
            "message-waits",
            format!("what {id} says is not known yet: it waits for {open}"),
        )
        .instead(format!("answer that, or write it yourself: gonogo message draft {id} --text …")));
    }
    if state.digest.as_ref() != Some(&digest) {
        return Err(changed(message));
    }
    if !state.approved_by.is_empty() && state.approved.is_none() {
        let who = format::list(&state.approved_by);
        return Err(Refusal::new("message-not-approved", format!("nobody has approved these words of {id}"))
            .instead(format!("let {who} approve them: gonogo message approve {id}")));
    }
    let overrides = overrides.map(|why| said("reason", &why)).transpose()?;
    let early = early(ctx, state);
    match (&overrides, early) {
        (None, Some(why)) => {
            return Err(Refusal::new("message-waits", format!("{id} {why}"))
                .instead("wait for it, or send it all the same: --override --reason …"));
        }
        (Some(_), None) => {
            return Err(Refusal::new("nothing-to-override", format!("nothing keeps {id} from being sent"))
                .instead("send it without --override"));
        }
        _ => {}
    }
    Ok(Carried { of: state.of.clone(), digest, text: state.text.clone(), overrides })
}

/// Why it should not go out now.
fn early(ctx: &ActContext<'_>, state: &MessageState) -> Option<String> {
    let (now, zone) = (ctx.context.now.wall, ctx.launch.schedule.zone);
    if let Some(end) = state.embargo.filter(|end| *end > now) {
        return Some(format!("is under embargo until {}", format::moment(end, zone)));
    }
    if !state.waits_for.is_empty() {
        return Some(format!("waits for {}", format::list(&state.waits_for)));
    }
    let due = state.due.filter(|due| *due > now)?;
    Some(format!("is due {}", format::moment(due, zone)))
}

fn draft(
    ctx: &ActContext<'_>,
    message: &CommsMessage,
    state: &MessageState,
    text: &str,
) -> Result<MessageStep, Refusal> {
    still_open(state)?;
    let who = [&message.senders(ctx.launch), message.approved_by.as_slice()].concat();
    ctx.may("may-not-draft", "write it", &who)?;
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Err(Refusal::new("words-missing", "a message without words").instead("give all that it says"));
    }
    let length = text.chars().count();
    if length > LONGEST {
        return Err(Refusal::new("words-too-long", format!("the message has {length} characters"))
            .instead(format!("keep it within {LONGEST}")));
    }
    if *state.text == *text {
        return Err(Refusal::new("already-so", format!("{} says so already", message.id)));
    }
    Ok(MessageStep::Drafted { text: text.into() })
}

fn approve(
    ctx: &ActContext<'_>,
    message: &CommsMessage,
    state: &MessageState,
    digest: Digest,
) -> Result<MessageStep, Refusal> {
    still_open(state)?;
    ctx.fresh_board()?;
    let id = &message.id;
    if message.approved_by.is_empty() {
        return Err(Refusal::new("no-approval", format!("{id} asks for nobody's approval"))
            .instead("name somebody in `approved_by`, or send it"));
    }
    ctx.may("may-not-approve", "approve it", &message.approved_by)?;
    if !state.is_whole() {
        let open = format::list(&state.waits_for);
        return Err(Refusal::new(
            "message-waits",
            format!("what {id} says is not known yet: it waits for {open}"),
        ));
    }
    if state.digest.as_ref() != Some(&digest) {
        return Err(changed(message));
    }
    let me = &ctx.context.actor;
    let record = ctx.history.message(&state.of);
    let wrote = |me: &Actor| {
        let draft = record.and_then(|it| it.draft());
        draft.is_some_and(|(voice, _)| voice.spoken().voices().any(|it| it.is_same(me)))
    };
    if let Some(own) = ctx.context.spoken().voices().find(|it| wrote(it))
        && has_others(ctx.launch, &message.approved_by, &own.name)
    {
        return Err(Refusal::new("own-words", format!("{} wrote these words of {id}", own.name))
            .instead(format!("let somebody else of {} approve them", format::list(&message.approved_by))));
    }
    let took_back = |word: Spoken<'_>| record?.took_back(ctx.launch, &message.approved_by, &digest, word);
    if let Some(own) = ctx.as_fallback(&message.approved_by, took_back) {
        let did = format!("has taken the approval of these words of {id} back");
        return Err(ctx.holder_has_spoken(own.spoken(), &did));
    }
    if state.approved.as_ref().is_some_and(|it| it.by.is_same(me)) {
        return Err(Refusal::new("already-so", format!("{} has approved these words", me.name)));
    }
    Ok(MessageStep::Approved { digest })
}

/// Whether somebody else may approve too.
fn has_others(launch: &Launch, who: &[Party], me: &Party) -> bool {
    let speaks = |person: &Party| who.iter().any(|party| launch.speaks_for(person, party, &[]));
    let teams = who.iter().any(|party| !launch.names_all(party));
    teams || launch.people.keys().any(|person| person != me && speaks(person))
}

fn changed(message: &CommsMessage) -> Refusal {
    Refusal::new("message-changed", format!("{} says something else by now", message.id))
        .instead(format!("read it again: gonogo message show {}", message.id))
}

/// One that went out, is under way or need not be sent is no more to be changed.
fn still_open(state: &MessageState) -> Result<(), Refusal> {
    let id = &state.of.message;
    Err(match state.status {
        MessageStatus::Sent => Refusal::new("message-sent", format!("{id} is {}", state.reason)),
        MessageStatus::NotNeeded => {
            Refusal::new("message-not-needed", format!("{id} is not needed: {}", state.reason))
        }
        MessageStatus::Unknown => {
            Refusal::new("message-unknown", format!("of {id} it is not known whether it arrived"))
                .instead(format!("look for it first: gonogo message send {id}"))
        }
        _ => return Ok(()),
    })
}

fn found<'a>(
    ctx: &ActContext<'a>,
    id: &str,
    cause: Option<u64>,
) -> Result<(&'a CommsMessage, &'a MessageState), Refusal> {
    let message = ctx.launch.message(id).map(|(at, _)| at).and_then(|at| ctx.launch.comms.messages.get(at));
    let Some(message) = message else {
        let ids: Vec<_> = ctx.launch.comms.messages.iter().map(|it| &it.id).collect();
        let there = if ids.is_empty() {
            "the launch has none".into()
        } else {
            format!("there are {}", format::list(&ids))
        };
        return Err(Refusal::new("unknown-message", format!("there is no message `{id}`")).instead(there));
    };
    let of = |cause| ctx.board.message_of(&MessageRef { message: message.id.clone(), cause });
    let state = cause.map_or_else(|| ctx.board.message(id), of);
    let state = state.ok_or_else(|| {
        let occasion = message.occasion.with_article();
        Refusal::new("no-occasion", format!("{id} tells of {occasion}, and there is none"))
    })?;
    Ok((message, state))
}
