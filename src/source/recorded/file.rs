//! The file of a recording.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    decode::{UnfitValue, decode, decode_strictly},
    finding::list,
    http::{BodyError, parse_json},
};
use gonogo_domain::{Act, Answer, Digest, Failure, GateId, Oid, Party, Str};

/// The largest recording that is read, in bytes.
pub const MOST_BYTES: usize = 64 << 20;

/// A scripted playback ends at most so long after the last thing that happened; a recorded one, with it.
const AFTERMATH: TimeDelta = TimeDelta::minutes(10);

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The form of the file; 1.
    pub gonogo_recording: u32,
    /// Where playback starts.
    pub from: DateTime<Utc>,
    /// Where it ends.
    pub until: DateTime<Utc>,
    /// The moment that `--check` and reports look at; the end when there is none.
    #[serde(default)]
    pub look_at: Option<DateTime<Utc>>,
    /// Seconds of the day per second of playback, to begin with.
    pub speed: u32,
    /// The launch's files by name; empty when the launch is given beside the recording.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// The parts of a story, each with its own pace; empty: one pace throughout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chapters: Vec<Chapter>,
    /// Written by hand: every answer stands, as new as at its first moment, until the next one. An answer of a day
    /// that was recorded is as old as its line, or the newest line that says it came again.
    #[serde(default)]
    pub scripted: bool,
}

/// A part of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Where in the day it begins; it goes on to the next one.
    pub at: DateTime<Utc>,
    /// What it is called.
    pub title: String,
    /// How many seconds it takes to tell.
    pub seconds: u32,
}

/// Any other line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordedLine {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    #[serde(flatten)]
    pub entry: RecordedEntry,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordedEntry {
    /// A source answered.
    Observed {
        /// The gate.
        gate: GateId,
        /// The question that was put, see [`gonogo_domain::Question::digest`]: it answers no other one (V8).
        question: Digest,
        /// The answer.
        answer: Answer,
    },
    /// Sources answered as before.
    Renewed {
        /// About these gates.
        #[serde(default)]
        gates: Vec<GateId>,
        /// About these refs; `null` is the launch's own.
        #[serde(default)]
        components: Vec<Option<Str>>,
    },
    /// A ref was looked up.
    Resolved {
        /// `None`: the launch's own target.
        #[serde(default)]
        component: Option<Str>,
        /// The commit, or why it is not known.
        answer: Result<Oid, Failure>,
    },
    /// A person did something. Played back through [`gonogo_domain::act`], like any act.
    Did {
        /// Whose word it is, by their name in the launch.
        who: Party,
        /// The login by which they were known, if it was checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        login: Option<Str>,
        /// Who wrote it down, when that was somebody else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        written_down_by: Option<Party>,
        /// What. The digest of a gate in it is that of the text that was answered (V8).
        what: Act,
    },
}

/// A recorded launch day.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The first line.
    pub header: Header,
    /// The others, in the order of their moments; those that only renew stand apart.
    pub lines: Vec<RecordedLine>,
    /// The lines that only renew, in the order of their moments.
    pub renewals: Vec<RecordedLine>,
}

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// Too large.
    #[error("the recording is larger than {} MiB", MOST_BYTES >> 20)]
    TooLarge,
    /// No header.
    #[error("line 1: this is not a gonogo recording: {0}")]
    NoHeader(String),
    /// A form that this version does not know.
    #[error("line 1: the recording has format {0}; this version plays format 1")]
    UnknownForm(u32),
    /// A broken line.
    #[error("line {line}: {problem}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
}

/// Reads one line strictly: what could be read in two ways, or says something that nobody reads, is not read at all. A
/// decoder's own messages do not help whoever made the recording, so we use ours.
fn read(text: &str) -> Result<Value, String> {
    parse_json(text.as_bytes()).map_err(|error| match error {
        BodyError::DuplicateKey { key } => format!("the key `{key}` is there twice"),
        BodyError::Malformed { column, .. } => format!("not JSON, or cut off (column {column})"),
        other => other.to_string(),
    })
}

fn header(text: &str) -> Result<Header, String> {
    decode_strictly(&read(text)?).map_err(|unfit| unfit.to_string())
}

/// A line is its moment and one entry.
fn line(text: &str) -> Result<RecordedLine, String> {
    let Value::Object(mut entries) = read(text)? else {
        return Err("each line must be a JSON object".into());
    };
    let at = entries.remove("at").ok_or("`at` is missing: the time of the entry")?;
    if entries.len() != 1 {
        let found: Vec<&str> = entries.keys().map(String::as_str).collect();
        let found = if found.is_empty() { "none of them".to_owned() } else { list(&found) };
        return Err(format!(
            "next to `at` there must be one of observed, renewed, resolved or did; found {found}"
        ));
    }
    let read = || Ok(RecordedLine { at: decode(&at)?, entry: decode_strictly(&Value::Object(entries))? });
    read().map_err(|unfit: UnfitValue| unfit.to_string())
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// The first broken line.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        if text.len() > MOST_BYTES {
            return Err(RecordingError::TooLarge);
        }
        let mut numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let (_, first) =
            numbered.next().ok_or_else(|| RecordingError::NoHeader("the file is empty".into()))?;
        let mut header = header(first).map_err(RecordingError::NoHeader)?;
        if header.gonogo_recording != 1 {
            return Err(RecordingError::UnknownForm(header.gonogo_recording));
        }
        let mut lines = Vec::new();
        for (index, text) in numbered {
            let broken = |problem: String| RecordingError::Line { line: index + 1, problem };
            lines.push(line(text).map_err(broken)?);
        }
        // A poll is dated by its beginning and written down at its end: acts may stand before it.
        lines.sort_by_key(|line: &RecordedLine| line.at);
        let last = lines.last().map_or(header.from, |line| line.at);
        let after = if header.scripted { AFTERMATH } else { TimeDelta::zero() };
        let until = header.until.min(last.checked_add_signed(after).unwrap_or(last));
        header.chapters.sort_by_key(|chapter| chapter.at);
        let (renewals, lines) =
            lines.into_iter().partition(|line| matches!(line.entry, RecordedEntry::Renewed { .. }));
        Ok(Self { header: Header { until, ..header }, lines, renewals })
    }

    /// One line as written in a file, with its line end.
    pub fn line(line: &RecordedLine) -> String {
        // The types hold nothing that JSON cannot express.
        serde_json::to_string(line).map(|text| text + "\n").unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        r#"{"gonogo_recording":1,"from":"2026-12-02T08:00:00Z","until":"2026-12-02T10:00:00Z","speed":60}"#;
    const OID: &str = "8f3c2ab8f3c2ab8f3c2ab8f3c2ab8f3c2ab8f3c2";

    fn resolved(at: &str) -> String {
        format!(r#"{{"at":"{at}","resolved":{{"answer":{{"Ok":"{OID}"}}}}}}"#)
    }

    #[test]
    fn lines_survive_being_written_and_read() {
        let text = format!("{HEADER}\n{}\n", resolved("2026-12-02T08:01:00Z"));
        let recording = Recording::parse(&text).unwrap();
        let again = format!("{HEADER}\n{}", Recording::line(&recording.lines[0]));
        assert_eq!(Recording::parse(&again).unwrap(), recording);
    }

    #[test]
    fn lines_are_put_in_order_and_the_end_is_the_last_or_near_it_in_a_script() {
        let (later, earlier) = (resolved("2026-12-02T08:01:00Z"), resolved("2026-12-02T08:00:00Z"));
        let recording = Recording::parse(&format!("{HEADER}\n{later}\n{earlier}")).unwrap();
        assert!(recording.lines[0].at < recording.lines[1].at);
        assert_eq!(recording.header.until.to_rfc3339(), "2026-12-02T08:01:00+00:00");
        let scripted = HEADER.replace("60}", "60,\"scripted\":true}");
        let recording = Recording::parse(&format!("{scripted}\n{later}\n{earlier}")).unwrap();
        assert_eq!(recording.header.until.to_rfc3339(), "2026-12-02T08:11:00+00:00");
    }

    #[test]
    fn an_answer_names_its_question() {
        let line = r#"{"at":"2026-12-02T08:01:00Z","observed":{"gate":"qa/a","answer":{"failed":{"kind":"not-found","message":"x","next":null}}}}"#;
        let error = Recording::parse(&format!("{HEADER}\n{line}")).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("question"), "{error}");
    }

    #[test]
    fn a_key_that_nobody_reads_is_an_error() {
        let question = "40c5159f31a59db61f30c9b7522f20534a39c86504bfae7e1404a80f0e306c08";
        let found = Answer::Found(gonogo_domain::Finding::new(gonogo_domain::Outcome::Holds, "x", "x"));
        let found = serde_json::to_string(&found).unwrap();
        let observed = format!(r#""observed":{{"gate":"qa/a","question":"{question}","answer":{found}}}"#);
        let act =
            r#"{"act":"confirmed","gate":"qa/a","digest":"QUESTION","step":{"confirmed":{"note":"x"}}}"#;
        let act = act.replace("QUESTION", question);
        let did = format!(r#""did":{{"who":"ana","written_down_by":"bo","what":{act}}}"#);
        let at = r#""at":"2026-12-02T08:01:00Z""#;
        let said =
            |line: &str| Recording::parse(&format!("{HEADER}\n{line}")).map_err(|error| error.to_string());
        let renewed = r#""renewed":{"gates":["qa/a"]}"#;
        for line in [observed.as_str(), renewed, did.as_str()].map(|entry| format!("{{{at},{entry}}}")) {
            assert!(said(&line).is_ok(), "{line}: {:?}", said(&line));
        }
        for (line, words) in [
            (format!("{{{at},{observed},{renewed}}}"), "observed and renewed"),
            (format!("{{{at},{observed},\"note\":1}}"), "note and observed"),
            (format!("{{{at}}}"), "one of observed"),
            (format!("{{{at},\"seen\":{{}}}}"), "seen"),
            (format!("{{{at},{}}}", did.replace("written_down_by", "written_downby")), "`written_downby`"),
            (format!("{{{at},{}}}", observed.replace("lineage", "linage")), "linage"),
            (
                format!("{{{at},{}}}", observed.replace("\"reason\"", "\"accepted_\":[\"x\"],\"reason\"")),
                "`accepted_`",
            ),
            (format!("{{{at},{at},{renewed}}}"), "twice"),
            (format!("{{{at},{}}}", renewed.replace("gates", "gate")), "`gate`"),
        ] {
            let error = said(&line).unwrap_err();
            assert!(error.contains("line 2") && error.contains(words), "{line}: {error}");
        }
    }

    #[test]
    fn broken_files_name_the_line() {
        for (text, said) in [
            (String::new(), "empty"),
            ("{}".into(), "line 1"),
            (HEADER.replace(":1,", ":2,"), "format 2"),
            (format!("{HEADER}\n{{\"at\":1}}"), "line 2"),
        ] {
            let error = Recording::parse(&text).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
