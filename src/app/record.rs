//! `--record FILE`: writes the day down, as a recording to replay.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::Write,
    path::Path,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{AppError, Opened};
use gonogo_domain::{Answer, Digest, Event, Failure, GateId, Known, Observation, Oid, Str, TargetAnswer};
use gonogo_files::{self as files, FileError};
use gonogo_source::recorded::{Header, RecordedEntry, RecordedLine, Recording};

/// How long a recorded day may be; the real end is not known when it begins.
const LONGEST: TimeDelta = TimeDelta::days(14);

/// Writes a recording line by line. An answer that did not change is only said to have come again.
pub struct Recorder {
    file: File,
    newest: HashMap<GateId, (Digest, Answer)>,
    targets: HashMap<Option<Str>, Result<Oid, Failure>>,
    trouble: RecordingState,
}

/// Whether the file still takes lines.
#[derive(Debug)]
enum RecordingState {
    None,
    /// Why it does not, not told yet.
    New(std::io::Error),
    Told,
}

impl Recorder {
    /// Starts a recording with the launch's files in it. A file that is there already is not overwritten.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path, opened: &Opened, from: DateTime<Utc>) -> Result<Self, AppError> {
        let refused = |error: FileError| {
            AppError::file(format!("the recording {} cannot be made", path.display()), error)
        };
        let mut file = files::create_private(path).map_err(refused)?;
        let most = gonogo_yaml::FileLimits::default().bytes as u64;
        let files = opened.loaded.files.iter().filter_map(|it| {
            let text = files::read_text(it.path.as_ref()?, most).ok()?;
            Some((it.name.clone(), text))
        });
        let files: BTreeMap<_, _> = files.collect();
        let until = from.checked_add_signed(LONGEST).unwrap_or(from);
        let header = Header {
            gonogo_recording: 1,
            from,
            until,
            look_at: None,
            speed: 60,
            files,
            chapters: Vec::new(),
            scripted: false,
        };
        let line = serde_json::to_string(&header).map_err(AppError::input)?;
        writeln!(file, "{line}").map_err(|error| refused(error.into()))?;
        Ok(Self { file, newest: HashMap::new(), targets: HashMap::new(), trouble: RecordingState::None })
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
            self.line(seen.wall, RecordedEntry::Resolved { component, answer });
        }
        for Observation { gate, question, seen, answer } in observations {
            let said = (question.clone(), answer.clone());
            if self.newest.get(gate) == Some(&said) {
                again.entry(seen.wall).or_default().0.push(gate.clone());
                continue;
            }
            self.newest.insert(gate.clone(), said);
            let (gate, question, answer) = (gate.clone(), question.clone(), answer.clone());
            self.line(seen.wall, RecordedEntry::Observed { gate, question, answer });
        }
        for (at, (gates, components)) in again {
            self.line(at, RecordedEntry::Renewed { gates, components });
        }
    }

    /// What a person did.
    pub fn event(&mut self, event: &Event) {
        let login = match &event.actor.known {
            Known::Checked { login } => Some(login.clone()),
            Known::Claimed => None,
        };
        let written_down_by = event.spoken().recorder.map(|it| it.name.clone());
        let (who, what) = (event.actor.name.clone(), event.act.clone());
        self.line(event.at, RecordedEntry::Did { who, login, written_down_by, what });
    }

    /// Why the recording has ended early, the first time that it is asked for.
    pub fn trouble(&mut self) -> Option<String> {
        match std::mem::replace(&mut self.trouble, RecordingState::Told) {
            RecordingState::New(why) => Some(format!("the recording ends here, the launch goes on: {why}")),
            before => {
                self.trouble = before;
                None
            }
        }
    }

    fn line(&mut self, at: DateTime<Utc>, entry: RecordedEntry) {
        let line = Recording::line(&RecordedLine { at, entry });
        if matches!(self.trouble, RecordingState::None)
            && let Err(why) = self.file.write_all(line.as_bytes())
        {
            // A line that is cut is refused when it is read.
            self.trouble = RecordingState::New(why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_recording_that_can_not_go_on_is_told_once() {
        let file = File::open("/dev/null").unwrap();
        let (newest, targets) = (HashMap::new(), HashMap::new());
        let mut recorder = Recorder { file, newest, targets, trouble: RecordingState::None };
        assert_eq!(recorder.trouble(), None);
        for _ in 0..2 {
            recorder.line(
                DateTime::UNIX_EPOCH,
                RecordedEntry::Renewed { gates: Vec::new(), components: Vec::new() },
            );
        }
        let why = recorder.trouble().unwrap();
        assert!(why.starts_with("the recording ends here"), "{why}");
        recorder
            .line(DateTime::UNIX_EPOCH, RecordedEntry::Renewed { gates: Vec::new(), components: Vec::new() });
        assert_eq!(recorder.trouble(), None);
    }
}
