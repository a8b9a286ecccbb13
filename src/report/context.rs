//! What an answer for CI says beside the board: whose files it was made from, and what they were compared with.

use std::{collections::HashMap, fmt::Write as _};

use serde::Serialize;

use super::harmless;
use gonogo_domain::{Board, GateId, Loosened, LooseningKind, Place};
use gonogo_text::clean;

/// Differences that the reasons and the text list one by one; the JSON has them all.
const MOST_TOLD: usize = 50;

/// Beside the board.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportContext {
    /// Where the launch's files come from; `None`: from no checkout, and no platform runs us.
    pub files: Option<Origin>,
    /// What they were compared with; `None`: nothing was asked for.
    pub baseline: Option<Compared>,
    /// Where gates are written down, by files as they are called from the top of the repository.
    pub places: HashMap<GateId, Place>,
}

/// Where the files of a launch come from. Foreign words in it are not yet sanitised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// `owner/name`, as the platform or the checkout says.
    pub repository: Option<String>,
    /// The ref that is checked out.
    pub git_ref: Option<String>,
    /// The commit that is checked out, in full.
    pub commit: Option<String>,
    /// What set the run off, for people: `pull_request 12 from somebody/rocket`.
    pub event: Option<String>,
    /// Whose word repository, ref and commit are.
    pub by: ToldBy,
    /// Why whoever wrote the files is not to be believed; `None`: nothing speaks against them.
    pub doubt: Option<String>,
}

/// Whose word it is where files come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldBy {
    /// The platform's that runs us.
    #[default]
    Platform,
    /// That of the checkout's own `.git`, which whoever made the folder wrote.
    Checkout,
    /// The commit is the platform's, and the files are proved to be those of that commit.
    Proof,
}

/// A comparison with the launch of the base branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What was compared with, for people: a path, or a ref with its commit.
    pub with: String,
    /// What is looser than there.
    pub loosened: Vec<Loosened>,
}

impl Origin {
    /// In one line: repository, ref, commit, and what set the run off.
    pub fn describe(&self) -> String {
        let part = |part: &Option<String>, none: &str| match part {
            Some(part) => clean(part).into_owned(),
            None => none.to_owned(),
        };
        let event = self.event.as_ref().map(|event| format!(" ({})", clean(event))).unwrap_or_default();
        let by = match self.by {
            ToldBy::Platform => "",
            ToldBy::Checkout => ", as its .git says",
            ToldBy::Proof => ", proved to be the files of that commit",
        };
        format!(
            "{} at {}, commit {}{by}{event}",
            part(&self.repository, "an unknown repository"),
            part(&self.git_ref, "no ref"),
            part(&self.commit, "unknown"),
        )
    }
}

impl ReportContext {
    /// Lowers a board whose launch is looser than its baseline.
    pub fn judge(&self, board: &mut Board) {
        if let Some(it) = self.baseline.as_ref().filter(|it| !it.loosened.is_empty()) {
            board.compared(&it.with, &it.loosened);
        }
    }

    /// The lines below the board.
    pub fn text(&self, board: &Board) -> String {
        let mut out = String::new();
        match &self.baseline {
            Some(it) if it.loosened.is_empty() => {
                let _ = writeln!(out, "\nbaseline: nothing is looser than in {}", clean(&it.with));
            }
            Some(it) => {
                let _ = writeln!(
                    out,
                    "\nNO-GO: looser than the baseline {}. A change of the rules is merged before it counts:",
                    clean(&it.with)
                );
                for said in it.told() {
                    let _ = writeln!(out, "  - {}", clean(&said));
                }
            }
            None => {}
        }
        if let Some(files) = &self.files {
            let commit = board.commit.as_ref().map_or("unknown", |commit| commit.as_str());
            let target = board.target.as_ref().map_or_else(
                || "none".into(),
                |it| format!("{} at {}, commit {commit}", clean(&it.repository), clean(&it.git_ref)),
            );
            let _ = writeln!(out, "\nfiles:  {}", files.describe());
            let _ = writeln!(out, "target: {target}");
            if let Some(doubt) = &files.doubt {
                let _ = writeln!(
                    out,
                    "UNTRUSTED FILES, allowed by --allow-untrusted-checklist: {}",
                    clean(doubt)
                );
            }
        }
        harmless(&out)
    }
}

impl Compared {
    pub(super) fn told(&self) -> impl Iterator<Item = String> + '_ {
        let more = self.loosened.len().saturating_sub(MOST_TOLD);
        let more = (more > 0).then(|| format!("and {more} more differences"));
        self.loosened.iter().take(MOST_TOLD).map(Loosened::describe).chain(more)
    }
}

/// [`Origin`] for machines.
#[derive(Serialize)]
pub(super) struct Files {
    repository: Option<String>,
    r#ref: Option<String>,
    commit: Option<String>,
    event: Option<String>,
    by: ToldBy,
    doubt: Option<String>,
}

/// [`Compared`] for machines.
#[derive(Serialize)]
pub(super) struct BaselineReport {
    with: String,
    loosened: Vec<Difference>,
}

/// [`Loosened`] for machines.
#[derive(Serialize)]
pub(super) struct Difference {
    what: LooseningKind,
    gate: Option<String>,
    key: String,
    was: String,
    now: String,
}

impl From<&Origin> for Files {
    fn from(it: &Origin) -> Self {
        let plain = |text: &Option<String>| text.as_deref().map(|text| clean(text).into_owned());
        Self {
            repository: plain(&it.repository),
            r#ref: plain(&it.git_ref),
            commit: plain(&it.commit),
            event: plain(&it.event),
            by: it.by,
            doubt: plain(&it.doubt),
        }
    }
}

impl From<&Compared> for BaselineReport {
    fn from(it: &Compared) -> Self {
        Self {
            with: clean(&it.with).into_owned(),
            loosened: it.loosened.iter().map(Difference::from).collect(),
        }
    }
}

impl From<&Loosened> for Difference {
    fn from(it: &Loosened) -> Self {
        let plain = |text: &str| clean(text).into_owned();
        Self {
            what: it.what,
            gate: it.gate.as_ref().map(|gate| plain(gate.as_str())),
            key: plain(&it.key),
            was: plain(&it.was),
            now: plain(&it.now),
        }
    }
}
