//! `--record FILE`: writes the day down, as a recording to replay.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::Write,
    path::Path,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{AppError, Opened};
use crate::{
    domain::{Answer, Digest, Event, Failure, GateId, Observation, Oid, Str, TargetAnswer},
    source::recorded::{Entry, Header, Line, Recording},
};

/// How long a recorded day may be; the real end is not known when it begins.
const LONGEST: TimeDelta = TimeDelta::days(14);

/// Writes a recording line by line. An answer that did not change is only said to have come again.
pub struct Recorder {
    file: File,
    newest: HashMap<GateId, (Digest, Answer)>,
    targets: HashMap<Option<Str>, Result<Oid, Failure>>,
    failed: bool,
}

impl Recorder {
    /// Starts a recording with the launch's files in it. A file that is there already is not overwritten.
    ///
    /// # Errors
    /// The file can not be made.
    pub fn create(path: &Path, opened: &Opened, from: DateTime<Utc>) -> Result<Self, AppError> {
        let refused = |error: std::io::Error| {
            AppError::input(format!("the recording {} can not be made: {error}", path.display()))
        };
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(refused)?;
        let files = opened.loaded.files.iter().filter_map(|it| {
            let text = std::fs::read_to_string(it.path.as_ref()?).ok()?;
            Some((it.name.clone(), text))
        });
        let files: BTreeMap<_, _> = files.collect();
        let until = from.checked_add_signed(LONGEST).unwrap_or(from);
        let header =
            Header { gonogo_recording: 1, from, until, look_at: None, speed: 60, files, scripted: false };
        let line = serde_json::to_string(&header).map_err(AppError::input)?;
        writeln!(file, "{line}").map_err(refused)?;
        Ok(Self { file, newest: HashMap::new(), targets: HashMap::new(), failed: false })
    }

    /// Answers of one poll.
    pub fn answers(&mut self, observations: &[Observation], targets: &[TargetAnswer]) {
        let mut again = BTreeMap::<DateTime<Utc>, (Vec<GateId>, Vec<Option<Str>>)>::new();
        for TargetAnswer { component, seen, answer } in targets {
            if self.targets.get(component) == Some(answer) {
                again.entry(seen.wall).or_default().1.push(component.clone());
                continue;
            }
            self.targets.insert(component.clone(), answer.clone());
            let (component, answer) = (component.clone(), answer.clone());
            self.line(seen.wall, Entry::Resolved { component, answer });
        }
        for Observation { gate, question, seen, answer } in observations {
            let said = (question.clone(), answer.clone());
            if self.newest.get(gate) == Some(&said) {
                again.entry(seen.wall).or_default().0.push(gate.clone());
                continue;
            }
            self.newest.insert(gate.clone(), said);
            let (gate, question, answer) = (gate.clone(), question.clone(), answer.clone());
            self.line(seen.wall, Entry::Observed { gate, question, answer });
        }
        for (at, (gates, components)) in again {
            self.line(at, Entry::Renewed { gates, components });
        }
    }

    /// What a person did.
    pub fn event(&mut self, event: &Event) {
        self.line(event.at, Entry::Did { who: event.actor.name.clone(), what: event.act.clone() });
    }

    fn line(&mut self, at: DateTime<Utc>, entry: Entry) {
        let line = Recording::line(&Line { at, entry });
        if !self.failed && self.file.write_all(line.as_bytes()).is_err() {
            // A recording that is cut is refused line by line when it is read; the launch goes on.
            self.failed = true;
        }
    }
}
