//! `gonogo message`: who is told what. Nothing goes out unless a person confirms the exact text.

use std::time::Duration;

use super::{
    Exit,
    act::tell,
    confirm::asking,
    options::{
        ActArgs, AnswerArgs, LaunchArgs, MessageArgs, MessageLook, MessageVerb, OutputFormat, SendArgs,
        TimeoutArgs,
    },
    output::{print, print_json, say},
    replay, runtime,
    sign::{act, recorded},
    unused::refuse,
    why,
};
use gonogo_app::{self as app, ActPlanner, AppError, Past, PlannedActs, SendRequest, Situation};
use gonogo_domain::{Board, Command, Digest, MessageState, MessageWish, Str, Via};
use gonogo_files::{self as files, FileError};
use gonogo_report::{message_text, messages_json, messages_text};
use gonogo_text::{clean, clean_block};

/// How long whoever copies a text waits for what it names, as whoever signs does for the commit.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest text that is read from a file, in bytes; a longer one is refused.
const LONGEST: u64 = 64 << 10;

/// Runs one of its verbs.
pub(super) fn run(args: MessageArgs) -> Result<Exit, AppError> {
    match args.verb {
        MessageVerb::List { launch, look } => list(launch, &look),
        MessageVerb::Show { message, launch, look } => show(&message, launch, &look),
        MessageVerb::Draft { message, text, file, act } => {
            let text = match (text, file) {
                (Some(text), _) => text,
                (None, Some(file)) => read(&file)?,
                (None, None) => String::new(),
            };
            record(act, &message, MessageWish::Draft { text: text.into() })
        }
        MessageVerb::Approve { message, withdraw: true, reason, act } => {
            let reason = reason.unwrap_or_default().into();
            record(act, &message, MessageWish::WithdrawApproval { reason })
        }
        MessageVerb::Approve { message, act, .. } => approve(act, message),
        MessageVerb::Send(args) => send(args),
        MessageVerb::NotNeeded { message, reason, end, act } => {
            let reason = reason.into();
            let wish =
                if end { MessageWish::NeededAgain { reason } } else { MessageWish::NotNeeded { reason } };
            record(act, &message, wish)
        }
    }
}

fn list(launch: LaunchArgs, look: &MessageLook) -> Result<Exit, AppError> {
    let (board, exit) = board(launch, look)?;
    Ok(match look.answer.format {
        OutputFormat::Text => print(&messages_text(&board), exit),
        OutputFormat::Json => {
            print_json(&messages_json(&board, &board.messages.iter().collect::<Vec<_>>()), exit)
        }
    })
}

fn show(id: &str, launch: LaunchArgs, look: &MessageLook) -> Result<Exit, AppError> {
    let (board, exit) = board(launch, look)?;
    let state = found(&board, id)?;
    Ok(match look.answer.format {
        OutputFormat::Text => print(&message_text(state), exit),
        OutputFormat::Json => print_json(&messages_json(&board, &[state]), exit),
    })
}

/// The board now, or as it was.
fn board(launch: LaunchArgs, look: &MessageLook) -> Result<(Board, Exit), AppError> {
    let opened = why::open(launch)?;
    let Some(at) = &look.at else {
        let checked = why::ask(&opened, look.answer.wait_for.timeout)?;
        let exit = why::exit(&checked);
        return Ok((checked.board, exit));
    };
    let mut past = Past::open(&opened)?;
    let (at, board) = past.as_it_was(&opened, at)?;
    say(&replay::outside(&past, at));
    Ok((board, Exit::Go))
}

fn found<'b>(board: &'b Board, id: &str) -> Result<&'b MessageState, AppError> {
    board.message(id).ok_or_else(|| {
        let all: Vec<&str> = board.messages.iter().map(|it| &*it.of.message).collect();
        let there = if all.is_empty() {
            "the launch has none".to_owned()
        } else {
            format!("choose from {}", all.join(", "))
        };
        AppError::input(format!("no message `{}` is due now; {}", clean(id), clean(&there)))
    })
}

fn read(file: &str) -> Result<String, AppError> {
    let text = if file == "-" {
        let bytes = files::rest(std::io::stdin().lock(), LONGEST);
        bytes.and_then(|bytes| String::from_utf8(bytes).map_err(|_| FileError::NotText))
    } else {
        files::read_text(file.as_ref(), LONGEST)
    };
    text.map_err(|error| AppError::input(format!("{}: {error}", clean(file))))
}

/// Records it, and shows where the message is then.
fn record(args: ActArgs, id: &str, wish: MessageWish) -> Result<Exit, AppError> {
    let command = Command::Message { message: id.into(), cause: None, wish };
    done(args, id, Box::new(move |_| Ok(PlannedActs::new(vec![command]))))
}

fn done(args: ActArgs, id: &str, plan: ActPlanner) -> Result<Exit, AppError> {
    let (rehearsal, id) = (args.launch.rehearse, id.to_owned());
    act(args, plan, |signed| {
        let shown = signed.board.message(&id).map(message_text).unwrap_or_default();
        print(&format!("{}\n{shown}", recorded(signed, rehearsal)), Exit::Go)
    })
}

/// The very words are shown, and a typed word approves them.
fn approve(args: ActArgs, id: String) -> Result<Exit, AppError> {
    let plan: ActPlanner = {
        let id = id.clone();
        Box::new(move |now| {
            let (state, digest) = shown(now, &id)?;
            let what = format!("{}\n\n{}\n", whereto(state), clean_block(&state.text));
            let wish = MessageWish::Approve { digest };
            let command = Command::Message { message: id.as_str().into(), cause: Some(state.of.cause), wish };
            Ok(PlannedActs::asking(vec![command], what, "APPROVE"))
        })
    };
    done(args, &id, plan)
}

/// What a message says, and what it is called by; what is not whole the rules refuse.
fn shown<'a>(now: &Situation<'a>, id: &str) -> Result<(&'a MessageState, Digest), AppError> {
    let state = found(now.board, id)?;
    let digest = state.digest.clone().unwrap_or_else(|| Digest::of([]));
    Ok((state, digest))
}

/// The newest occurrence that says these words, by the first digits of their digest.
fn worded<'a>(now: &Situation<'a>, id: &str, words: &str) -> Result<(&'a MessageState, Digest), AppError> {
    let says =
        |it: &&MessageState| it.digest.as_ref().is_some_and(|digest| digest.as_str().starts_with(words));
    let mut all = now.board.messages.iter().filter(|it| *it.of.message == *id);
    let found = all.rfind(says).filter(|_| words.len() >= 8);
    let found = found.and_then(|it| Some((it, it.digest.clone()?)));
    found.ok_or_else(|| {
        let (id, words) = (clean(id), clean(words));
        AppError::input(format!(
            "{id} does not say the words {words}: gonogo message show {id}; if it was sent in other words, write them down first: \
             gonogo message draft {id}"
        ))
    })
}

/// `changelog to customers, by hand: Blog`.
fn whereto(it: &MessageState) -> String {
    clean(&format!("{} to {}, {}", it.of.message, it.audience, it.via.said())).into_owned()
}

fn send(args: SendArgs) -> Result<Exit, AppError> {
    let SendArgs { message, sent, link, words, failed, arrived, not_arrived, overrides, reason, act } = args;
    let why = reason.as_deref().map(Str::from);
    if failed {
        return record(act, &message, MessageWish::Failed { reason: why.unwrap_or_else(|| "".into()) });
    }
    if arrived || not_arrived {
        return settle(act, &message, arrived, why);
    }
    refuse("a reason is recorded only with --override", &[("--reason", why.is_some() && !overrides)])?;
    let overrides = why.filter(|_| overrides);
    if sent {
        return by_hand(act, message, words, link.as_deref().map(Str::from), overrides);
    }
    let opened = app::open(LaunchArgs::from(act.launch.clone()).into())?;
    let via = opened.loaded.launch.message(&message).map(|(_, it)| it.via.clone());
    match via {
        Some(Via { source: None, .. }) => copy(act, &message),
        _ => {
            let request = SendRequest {
                message,
                overrides,
                on_behalf: act.on_behalf,
                preview: act.preview,
                confirm: asking(act.yes_i_know),
                waiting: Box::new(say),
                by_eye: "record what you see: --arrived, or --not-arrived --reason …",
            };
            let handled = runtime()?.block_on(app::send_message(&opened, request))?;
            Ok(tell(&handled))
        }
    }
}

/// What is sent by hand is shown for copying: the text on standard output, everything else on standard error.
fn copy(args: ActArgs, id: &str) -> Result<Exit, AppError> {
    let answer = AnswerArgs { format: OutputFormat::Text, wait_for: TimeoutArgs { timeout: PATIENCE } };
    let look = MessageLook { at: None, answer };
    let (board, exit) = board(LaunchArgs::from(args.launch), &look)?;
    let state = found(&board, id)?;
    say(&format!("{}: {}, {}", whereto(state), state.status.word(), clean(&state.reason)));
    let words = state.digest.as_ref().map(|it| format!(" --words {}", it.short())).unwrap_or_default();
    say(&format!(
        "gonogo does not send this one: copy the text and send it, then: gonogo message send {} --sent{words} --link URL",
        clean(id)
    ));
    Ok(print(&format!("{}\n", clean_block(&state.text)), exit))
}

/// The person has sent it. `words`: which, where it may say something else by now.
fn by_hand(
    args: ActArgs,
    id: String,
    words: Option<String>,
    link: Option<Str>,
    overrides: Option<Str>,
) -> Result<Exit, AppError> {
    let plan: ActPlanner = {
        let id = id.clone();
        Box::new(move |now| {
            let (state, digest) = match &words {
                Some(words) => worded(now, &id, words)?,
                None => shown(now, &id)?,
            };
            // Whoever names the words may speak of an occurrence that is over.
            let cause = words.is_some().then_some(state.of.cause);
            let anyway = overrides.is_some();
            let wish = MessageWish::Sent { digest, link, overrides };
            let command = Command::Message { message: id.as_str().into(), cause, wish };
            if anyway {
                let what = format!("{} is sent although it {}", whereto(state), clean(&state.reason));
                return Ok(PlannedActs::asking(vec![command], what, "OVERRIDE"));
            }
            Ok(PlannedActs::new(vec![command]))
        })
    };
    done(args, &id, plan)
}

/// A person has looked what became of a request without an answer.
fn settle(args: ActArgs, id: &str, arrived: bool, note: Option<Str>) -> Result<Exit, AppError> {
    record(args, id, MessageWish::Looked { arrived, note })
}
