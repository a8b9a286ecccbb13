//! An incident for people and for machines: where it stands, who leads it, when the next update is due, and its record.

use std::{fmt::Write as _, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    headline,
    json::{name, part_page, plain},
    markdown::{code, escape, head, row},
    message,
    minutes::{spoken, time},
    runner::harmless,
    speaker::SpeakerJson,
};
use gonogo_domain::{
    Board, History, IncidentLine, IncidentPhase, IncidentRecord, IncidentRole, IncidentState, IncidentTimes,
    IncidentWord, LineKind, Voice,
};
use gonogo_text::{clean, length};

/// The newest incident as text, ending with a line end: what `gonogo incident show` says. `draft` is that of the next
/// update, see [`IncidentState::draft`].
pub fn incident_text(board: &Board, draft: Option<&str>) -> String {
    let mut out = format!("{}  {} {}\n", headline(board), clean(&board.title), clean(&board.version));
    match &board.incident {
        Some(state) => {
            whole(&mut out, board, state);
            if let Some(draft) = draft.filter(|_| state.is_running()) {
                let _ = writeln!(out, "\n  draft of the next update:\n  {}", clean(draft));
            }
        }
        None => {
            out.push_str(
                "\nno incident has been opened: gonogo incident open --severity N --title TEXT opens one\n",
            );
        }
    }
    harmless(&out)
}

/// What there is to say of it below a board: nothing once it is closed.
pub(super) fn below(out: &mut String, board: &Board) {
    if let Some(state) = board.incident.as_ref().filter(|it| it.phase != IncidentPhase::Closed) {
        let _ = writeln!(out, "\n{}", clean(&said(state)));
        let _ = writeln!(out, "  {}", clean(&next_update(state)));
    }
}

/// Where it is, in a sentence. Foreign text in it is not yet sanitised.
pub(super) fn said(state: &IncidentState) -> String {
    let holds = match &state.goes_on {
        _ if !state.is_running() => String::new(),
        Some(word) => format!("; the rollout goes on by {}: {}", word.voice.spoken().named(), word.text),
        None => "; the rollout waits".to_owned(),
    };
    let (name, phase, since) = (state.name(), state.phase.word(), moment(since(state)));
    format!("{name} {phase} since {since}, led by {}: {}{holds}", state.lead, state.title)
}

/// Since when it is where it is.
fn since(state: &IncidentState) -> DateTime<Utc> {
    let it = &state.times;
    let of = match state.phase {
        IncidentPhase::Open => None,
        IncidentPhase::Mitigated => it.mitigated,
        IncidentPhase::Resolved => it.resolved,
        IncidentPhase::Closed => it.closed,
    };
    of.unwrap_or(it.opened)
}

fn next_update(state: &IncidentState) -> String {
    match state.update {
        Some(it) if it.overdue => format!("update OVERDUE since {}", moment(it.at)),
        Some(it) => format!("next update by {}", moment(it.at)),
        None => "no more updates are due".to_owned(),
    }
}

fn whole(out: &mut String, board: &Board, state: &IncidentState) {
    let _ = writeln!(out, "\n{}", clean(&said(state)));
    let _ = writeln!(out, "  {}", clean(&next_update(state)));
    for it in board.messages_of_incident() {
        let _ = writeln!(out, "  message {}", message::line(it));
    }
    for (role, who) in roles(state) {
        let _ = writeln!(out, "  {:<9} {}", role.word(), clean(&who));
    }
    if let Some(link) = &state.link {
        let _ = writeln!(out, "  {:<9} {}", "link", clean(link));
    }
    let _ = writeln!(out, "  {:<9} {}", "times", spans(&state.times));
    out.push('\n');
    for line in &state.log {
        let (at, kind) = (line.voice.at.format("%H:%M:%S"), line.kind.word());
        let by = line.voice.spoken().named();
        let _ = writeln!(out, "  {at}  {kind:<8}  {}", clean(&format!("{by}: {}", line.text)));
    }
    for it in &state.follow_up {
        let _ = writeln!(out, "  follow-up: {}", clean(it));
    }
}

fn roles(state: &IncidentState) -> impl Iterator<Item = (IncidentRole, String)> {
    let who = |role| match role {
        IncidentRole::Lead => Some(state.lead.to_string()),
        IncidentRole::Comms => state.comms.as_ref().map(ToString::to_string),
        IncidentRole::Scribe => state.scribe.as_ref().map(ToString::to_string),
    };
    IncidentRole::ALL.into_iter().filter_map(move |role| Some((role, who(role)?)))
}

/// `to detect 4m, to decide 5m, to mitigate 25m, to resolve not yet`.
fn spans(times: &IncidentTimes) -> String {
    let one = |what: &str, span: Option<Duration>, none: &str| match span {
        Some(span) => format!("to {what} {}", length(span)),
        None => format!("to {what} {none}"),
    };
    [
        one("detect", times.to_detect(), "not known"),
        one("decide", times.to_decide(), "not yet"),
        one("mitigate", times.to_mitigate(), "not yet"),
        one("resolve", times.to_resolve(), "not yet"),
    ]
    .join(", ")
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The record of an incident as Markdown: its times, its people, facts and decisions apart, what follows from it.
/// `None`: there was none of that number; without one it is the newest.
pub fn incident_record(
    history: &History,
    number: Option<u32>,
    journal_head: &str,
    rehearsal: bool,
) -> Option<String> {
    let newest = history.last_incident()?.number;
    let number = number.unwrap_or(newest);
    let record = history.incidents.iter().find(|it| it.number == number)?;
    let mut out = format!("# Incident {number}: {}\n\n", escape(&record.opening.title));
    if rehearsal {
        out.push_str("> **REHEARSAL**: this was practice. Nothing on this page happened.\n\n");
    }
    body(&mut out, record, history, "##");
    let _ = writeln!(out, "\nJournal: {} entries, head {}.", history.len, code(journal_head));
    Some(out)
}

/// Every incident, as a part of the minutes.
pub(super) fn in_minutes(out: &mut String, history: &History) {
    for record in &history.incidents {
        let _ = writeln!(out, "\n## Incident {}: {}\n", record.number, escape(&record.opening.title));
        body(out, record, history, "###");
    }
}

fn body(out: &mut String, record: &IncidentRecord, history: &History, level: &str) {
    let (said, times) = (record.said(), record.times(history));
    let _ = writeln!(out, "- Severity: {}", said.severity);
    let _ = writeln!(out, "- Status: {}", said.phase.word());
    let _ = writeln!(out, "- Opened by {}", spoken(record.voice.spoken()));
    for role in IncidentRole::ALL {
        if let Some(who) = said.of(role) {
            let _ = writeln!(out, "- {}: {}", title(role), escape(who.as_str()));
        }
    }
    if let Some(link) = &record.opening.link {
        let _ = writeln!(out, "- Link: {}", escape(link));
    }
    let _ = writeln!(out, "\n{level} Times\n");
    out.push_str(&head(["Moment", "At", "After it was seen"]));
    for (what, at) in [
        ("Began", times.began),
        ("Seen", Some(times.detected)),
        ("Opened", Some(times.opened)),
        ("First decision", times.decided),
        ("Mitigated", times.mitigated),
        ("Resolved", times.resolved),
        ("Closed", times.closed),
    ] {
        let after = at.and_then(|at| (at - times.detected).to_std().ok()).map(length).unwrap_or_default();
        out.push_str(&row([what, &at.map_or_else(|| "not known".into(), time), &after]));
    }
    let _ = writeln!(out, "\nTime {}.", spans(&times));
    let lines = record.timeline(history);
    for (kind, title) in [
        (LineKind::Fact, "Facts"),
        (LineKind::Decision, "Decisions"),
        (LineKind::Update, "Updates given, and messages sent"),
    ] {
        let _ = writeln!(out, "\n{level} {title}\n");
        table(out, lines.iter().filter(|line| line.kind == kind));
    }
    let _ = writeln!(out, "\n{level} What follows\n");
    if said.follow_up.is_empty() {
        out.push_str("Nothing was written down.\n");
    }
    for it in &said.follow_up {
        let _ = writeln!(out, "- {}", escape(it));
    }
}

fn title(role: IncidentRole) -> &'static str {
    match role {
        IncidentRole::Lead => "Lead",
        IncidentRole::Comms => "Comms",
        IncidentRole::Scribe => "Scribe",
    }
}

fn table<'a>(out: &mut String, lines: impl Iterator<Item = &'a IncidentLine>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        out.push_str("None.\n");
        return;
    }
    out.push_str(&head(["At", "By", "What"]));
    for line in lines {
        out.push_str(&row([&time(line.voice.at), &spoken(line.voice.spoken()), &escape(&line.text)]));
    }
}

#[derive(Serialize)]
struct IncidentPart {
    incident: Option<IncidentJson>,
    draft: Option<String>,
}

/// The incident as JSON: what `--check` calls `incident`, with the draft of the next update, ending with a line end.
pub fn incident_json(board: &Board, draft: Option<&str>) -> String {
    part_page(
        board,
        IncidentPart { incident: board.incident.as_ref().map(IncidentJson::from), draft: draft.map(plain) },
    )
}

/// The incident of a board.
#[derive(Serialize)]
pub(super) struct IncidentJson {
    number: u32,
    title: String,
    severity: u8,
    phase: IncidentPhase,
    holds: bool,
    lead: String,
    comms: Option<String>,
    scribe: Option<String>,
    link: Option<String>,
    who: Vec<String>,
    began: Option<DateTime<Utc>>,
    detected: DateTime<Utc>,
    opened: DateTime<Utc>,
    decided: Option<DateTime<Utc>>,
    mitigated: Option<DateTime<Utc>>,
    resolved: Option<DateTime<Utc>>,
    closed: Option<DateTime<Utc>>,
    goes_on: Option<WordJson>,
    update_due: Option<DateTime<Utc>>,
    update_overdue: bool,
    told: Option<WordJson>,
    log: Vec<LogLine>,
    follow_up: Vec<String>,
}

#[derive(Serialize)]
struct WordJson {
    #[serde(flatten)]
    speaker: SpeakerJson,
    at: DateTime<Utc>,
    text: String,
}

#[derive(Serialize)]
struct LogLine {
    entry: u64,
    kind: LineKind,
    #[serde(flatten)]
    word: WordJson,
}

impl From<&IncidentState> for IncidentJson {
    fn from(it: &IncidentState) -> Self {
        let times = &it.times;
        Self {
            number: it.number,
            title: plain(&it.title),
            severity: it.severity.number(),
            phase: it.phase,
            holds: it.holds,
            lead: name(&it.lead),
            comms: it.comms.as_ref().map(name),
            scribe: it.scribe.as_ref().map(name),
            link: it.link.as_deref().map(plain),
            who: it.who.iter().map(name).collect(),
            began: times.began,
            detected: times.detected,
            opened: times.opened,
            decided: times.decided,
            mitigated: times.mitigated,
            resolved: times.resolved,
            closed: times.closed,
            goes_on: it.goes_on.as_ref().map(WordJson::from),
            update_due: it.update.map(|it| it.at),
            update_overdue: it.update.is_some_and(|it| it.overdue),
            told: it.told.as_ref().map(WordJson::from),
            log: it.log.iter().map(LogLine::from).collect(),
            follow_up: it.follow_up.iter().map(|it| plain(it)).collect(),
        }
    }
}

impl From<&IncidentLine> for LogLine {
    fn from(it: &IncidentLine) -> Self {
        Self { entry: it.seq, kind: it.kind, word: word(&it.voice, &it.text) }
    }
}

fn word(voice: &Voice, text: &str) -> WordJson {
    WordJson { speaker: SpeakerJson::from(voice), at: voice.at, text: plain(text) }
}

impl From<&IncidentWord> for WordJson {
    fn from(it: &IncidentWord) -> Self {
        word(&it.voice, &it.text)
    }
}
