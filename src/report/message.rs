//! The comms plan for people and for machines: who is told what, where each message stands, and its text.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    facts::moment,
    headline,
    json::{name, part_page, plain},
    markdown::{escape, head, row},
    minutes::{spoken, time},
    rollback::SpokenJson,
    runner::harmless,
};
use gonogo_domain::{Board, History, MessageState, MessageStatus, Str, Voice};
use gonogo_text::{clean, clean_block, fit, pad, width};

/// All messages as text, ending with a line end: what `gonogo message list` says.
pub fn messages_text(board: &Board) -> String {
    let mut out = format!("{}  {} {}\n\n", headline(board), clean(&board.title), clean(&board.version));
    if board.messages.is_empty() {
        out.push_str(
            "there is no message: launch.yaml has no `comms`, or nothing that they tell of has happened\n",
        );
    }
    let column = board.messages.iter().map(|it| width(&it.of.message)).max().unwrap_or(0).clamp(8, 32);
    for it in &board.messages {
        entry(&mut out, it, column);
    }
    harmless(&out)
}

/// One message with all that it says, ending with a line end.
pub fn message_text(it: &MessageState) -> String {
    let mut out = String::new();
    entry(&mut out, it, width(&it.of.message).clamp(8, 32));
    for (what, voice) in [("written", &it.drafted), ("approved", &it.approved)] {
        if let Some(voice) = voice {
            let _ = writeln!(out, "  {what} {}", said(voice));
        }
    }
    if let Some(sent) = &it.sent {
        for (what, text) in [("at", &sent.link), ("answer", &sent.told), ("OVERRIDE", &sent.overrides)] {
            if let Some(text) = text {
                let _ = writeln!(out, "  {what}: {}", clean(text));
            }
        }
    }
    let _ = writeln!(out, "\n{}", clean_block(&it.text));
    harmless(&out)
}

fn entry(out: &mut String, it: &MessageState, column: usize) {
    let id = pad(&fit(&clean(&it.of.message), column), column);
    let late = if it.overdue && it.status != MessageStatus::Overdue { "  OVERDUE" } else { "" };
    let _ = writeln!(out, "  {:<20} {id}  {}{late}", it.status.word(), clean(&it.title));
    let indent = " ".repeat(2 + 20 + 1 + column + 2);
    let owner = it.owner.as_ref().map(|party| format!(", {}", party.as_str())).unwrap_or_default();
    let to = format!("to {}, {}{owner}", it.audience, it.via.said());
    let happened = it.happened.map(|at| format!(" at {}", moment(at))).unwrap_or_default();
    let of = format!("{}{happened}", it.occasion.word());
    let _ = writeln!(out, "{indent}{}; {}", clean(&of), clean(&to));
    let _ = writeln!(out, "{indent}{}", clean(&it.reason));
    if !it.next.is_empty() {
        let _ = writeln!(out, "{indent}next: {}", clean(&it.next.to_string()));
    }
}

/// Each message where it went out or is due, in the order of time.
pub(super) fn in_time(out: &mut String, board: &Board) {
    let marks = board.message_marks();
    if marks.is_empty() {
        return;
    }
    out.push_str("\nmessages\n");
    for (at, mark, it) in marks {
        let (id, to) = (clean(&it.of.message), clean(&it.audience));
        let _ = writeln!(out, "  {}  {:<20}  {id} to {to}", moment(at), mark.word());
    }
}

/// What there is to say below a board: what asks for somebody. What is overdue is among its notes.
pub(super) fn below(out: &mut String, board: &Board) {
    let asking = board.messages.iter().filter(|it| it.status.asks() && !it.overdue);
    for (at, it) in asking.enumerate() {
        if at == 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "message {}", line(it));
    }
}

/// `changelog (customers): due since ...`, or `changelog (customers) is planned: ...` where the reason does not say it.
pub(super) fn line(it: &MessageState) -> String {
    let next = if it.next.is_empty() { String::new() } else { format!("; {}", it.next) };
    let status = match it.status {
        MessageStatus::Due | MessageStatus::Sent => String::new(),
        status => format!(" is {}", status.word()),
    };
    let said = format!("{} ({}){status}: {}{next}", it.of.message, it.audience, it.reason);
    clean(&said).into_owned()
}

/// `by octo at 2026-12-02 09:00 UTC`.
fn said(voice: &Voice) -> String {
    clean(&format!("by {} at {}", voice.spoken().named(), moment(voice.at))).into_owned()
}

/// What people did with messages, for the minutes.
pub(super) fn minutes(out: &mut String, history: &History) {
    let mut rows: Vec<(DateTime<Utc>, String)> = Vec::new();
    for (of, record) in &history.messages {
        let mut tell = |voice: &Voice, what: String| {
            let cells = [&escape(&of.message), &what, &spoken(voice.spoken()), &time(voice.at)];
            rows.push((voice.at, row(cells.map(String::as_str))));
        };
        for (voice, _) in &record.drafts {
            tell(voice, "written anew".into());
        }
        for given in &record.approvals {
            tell(&given.voice, format!("approved ({})", given.digest.short()));
            if let Some(end) = &given.withdrawn {
                let voice = Voice {
                    by: end.actor.clone(),
                    recorder: end.recorder.clone(),
                    stands_in: end.stands_in.clone(),
                    at: end.at,
                };
                tell(&voice, format!("approval taken back: {}", escape(&end.reason)));
            }
        }
        if let Some((voice, why)) = &record.failed {
            tell(voice, format!("could not be sent: {}", escape(why)));
        }
        if let Some((voice, why)) = &record.dropped {
            tell(voice, format!("not needed: {}", escape(why)));
        }
        if let Some(sent) = &record.sent {
            let why = sent.overrides.as_ref().map(|why| format!(" by an **OVERRIDE** ({})", escape(why)));
            let link = sent.link.as_ref().map(|link| format!(": {}", escape(link))).unwrap_or_default();
            tell(&sent.voice, format!("sent{}{link}", why.unwrap_or_default()));
        }
    }
    if rows.is_empty() {
        return;
    }
    rows.sort();
    out.push_str("\n## Messages\n\n");
    out.push_str(&head(["Message", "What", "By", "At"]));
    rows.iter().for_each(|(_, row)| out.push_str(row));
}

/// A message with what it says: for whoever asks for it by name, and in no answer for CI.
#[derive(Serialize)]
struct FullMessage {
    #[serde(flatten)]
    shown: MessageJson,
    text: String,
}

/// Messages as JSON, with what they say, ending with a line end.
pub fn messages_json(board: &Board, which: &[&MessageState]) -> String {
    let whole = |it: &&MessageState| FullMessage {
        shown: MessageJson::from(*it),
        text: clean_block(&it.text).into_owned(),
    };
    part_page(board, BTreeMap::from([("messages", which.iter().map(whole).collect::<Vec<_>>())]))
}

/// A message of a board, without what it says.
#[derive(Serialize)]
pub(super) struct MessageJson {
    message: String,
    cause: u64,
    title: String,
    occasion: &'static str,
    happened: Option<DateTime<Utc>>,
    audience: String,
    via: String,
    to: String,
    owner: Option<String>,
    public: bool,
    status: &'static str,
    reason: String,
    next: String,
    who: Vec<String>,
    due: Option<DateTime<Utc>>,
    overdue: bool,
    embargo: Option<DateTime<Utc>>,
    waits_for: Vec<String>,
    digest: Option<String>,
    approved_by: Vec<String>,
    written: Option<SpokenJson>,
    approved: Option<SpokenJson>,
    void: Option<String>,
    sent: Option<SentRecord>,
}

#[derive(Serialize)]
struct SentRecord {
    word: SpokenJson,
    link: Option<String>,
    told: Option<String>,
    r#override: Option<String>,
}

impl From<&MessageState> for MessageJson {
    fn from(it: &MessageState) -> Self {
        let text = |text: &Str| plain(text);
        Self {
            message: plain(&it.of.message),
            cause: it.of.cause,
            title: plain(&it.title),
            occasion: it.occasion.as_str(),
            happened: it.happened,
            audience: plain(&it.audience),
            via: it.via.source.as_ref().map_or_else(|| "by_hand".to_owned(), |it| plain(it.as_str())),
            to: plain(&it.via.to),
            owner: it.owner.as_ref().map(name),
            public: it.public,
            status: it.status.as_str(),
            reason: plain(&it.reason),
            next: plain(&it.next.to_string()),
            who: it.who.iter().map(name).collect(),
            due: it.due,
            overdue: it.overdue,
            embargo: it.embargo,
            waits_for: it.waits_for.iter().map(text).collect(),
            digest: it.digest.as_ref().map(|digest| digest.as_str().to_owned()),
            approved_by: it.approved_by.iter().map(name).collect(),
            written: it.drafted.as_ref().map(SpokenJson::from),
            approved: it.approved.as_ref().map(SpokenJson::from),
            void: it.void.as_ref().map(text),
            sent: it.sent.as_ref().map(|sent| SentRecord {
                word: SpokenJson::from(&sent.voice),
                link: sent.link.as_ref().map(text),
                told: sent.told.as_ref().map(text),
                r#override: sent.overrides.as_ref().map(text),
            }),
        }
    }
}
