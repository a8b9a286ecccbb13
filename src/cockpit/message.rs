//! Everything that can happen to the cockpit, in one flat list.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Key, Keymap, Looks, Me, Pointed, Ticket};
use gonogo_domain::{Board, Flip, Launch, Now, ReadinessDay, Refusal, SourceHealth, Str};
use gonogo_report::LaunchHistory;

/// Something that happened. The user's part comes from the runtime, the rest from the application.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted. It only ever goes into a text field; it never acts.
    Paste(String),
    /// The pointer did something on the frame that was drawn.
    Pointer(Pointed),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// A new board. The flips from the one before are worked out here.
    BoardChanged(Arc<Board>),
    /// Flips from before the cockpit was opened, any order; those known already are skipped.
    Flips(Vec<Flip>),
    /// How all sources are doing, in the order in which they are shown.
    Sources(Vec<SourceHealth>),
    /// What became of an act that was asked for with this ticket.
    Acted(Ticket, ActResult),
    /// What the act of this number would make of the board, or why it would be refused.
    Preview(u64, Result<String, String>),
    /// The launch's files were read again.
    LaunchReloaded(Arc<Launch>, Arc<Board>),
    /// The state of the journal changed.
    Journal(JournalState),
    /// Keys do this from now on.
    Keys(Arc<Keymap>),
    /// Filters that have a name, each with its terms, in the order in which the key goes through them.
    Views(Vec<(String, String)>),
    /// Who is at the keyboard became known, or changed.
    Identity(Option<Me>),
    /// Where a demo or replay stands; `None`: this is the real thing.
    Playback(Option<Playback>),
    /// The board as it was at another moment; only wanted while the user looks back.
    Past(PastView),
    /// How launches went, or why that cannot be told.
    History(Result<Arc<LaunchHistory>, String>),
    /// How ready the launch was each day, or why that cannot be told.
    Readiness(Result<Arc<Vec<ReadinessDay>>, String>),
    /// There is no day to look back on, and why.
    NoPast(String),
    /// All of this is practice: nothing is recorded in the launch's journal.
    Rehearsal,
    /// Files were changed and cannot be used, and what is wrong with them, in the form of `gonogo validate`; `None`: they can.
    FilesBroken(Option<Faults>),
    /// Another look: the settings or a theme were changed.
    Looks(Box<Looks>),
    /// This session was opened to look: nothing is recorded from it.
    ReadOnly,
    /// The minutes and the decision record were written here.
    MinutesWritten(Vec<String>),
    /// What the user's own settings let gonogo write; without it, it only reads.
    Writes(Vec<Str>),
    /// The request that waits for its word: to the letter, and the word.
    WriteAsked(String, String),
    /// What became of a request, or that none was sent.
    Wrote(Notice),
    /// Something to tell the user.
    Notice(Notice),
    /// A moment came at which what is on the screen changes by itself.
    Deadline,
    /// Leave, whatever is open.
    Quit,
}

/// What is wrong with files that were changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// With file, line and snippet, in several lines. Foreign text in it is sanitised when drawn.
    pub told: String,
    /// The launch is not what its files say any more; `false`: it is, and a theme cannot be used.
    pub launch: bool,
}

/// What became of an act.
#[derive(Clone, Debug, PartialEq)]
pub enum ActResult {
    /// The journal has it: acknowledged, durable.
    Recorded(Uuid),
    /// The rules do not allow it; nothing was recorded.
    Refused(Refusal),
    /// The journal could not take it; nothing was recorded.
    NotRecorded(Str),
    /// The connection broke while it was being recorded: it is being looked up. A second result follows.
    Unsure(Str),
}

/// Whether acts can be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JournalState {
    /// They can.
    #[default]
    Writable,
    /// Not at present: the shared journal does not answer.
    Offline(Str),
    /// Never in this session: a replay, a read-only file, no journal at all.
    ViewOnly(Str),
    /// The journal cannot be read or verified; the board is unknown (V11).
    Broken(Str),
}

impl JournalState {
    /// Why words can never be recorded in this session.
    pub fn view_only(&self) -> Option<Str> {
        if let Self::ViewOnly(why) = self { Some(why.clone()) } else { None }
    }
}

/// The board as it was, and the day around it.
#[derive(Clone, Debug, PartialEq)]
pub struct PastView {
    /// The board.
    pub board: Arc<Board>,
    /// The moment it is of.
    pub at: DateTime<Utc>,
    /// The clocks of that moment, by which its ages are read.
    pub now: Now,
    /// The first moment of which something is known.
    pub from: DateTime<Utc>,
    /// The last one.
    pub to: DateTime<Utc>,
    /// Everything that happened, oldest first.
    pub moments: Arc<[PastMoment]>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastMoment {
    /// The moment, in UTC.
    pub at: DateTime<Utc>,
    /// What, in one line of possibly foreign words.
    pub said: Str,
}

/// Where a demo or a replay stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// `DEMO` or `REPLAY`: shown so that nobody takes it for the real thing.
    pub name: Str,
    /// Seconds of the recording per second of ours; above 0.
    pub speed: f64,
    /// It stands still.
    pub paused: bool,
    /// The recording's moment.
    pub at: DateTime<Utc>,
    /// Where the recording ends.
    pub end: DateTime<Utc>,
    /// Where in its story it is; `None`: it has no chapters.
    pub story: Option<StoryPlace>,
}

/// A place in a story.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryPlace {
    /// Which chapter, from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
    /// What it is called. Not foreign: it is clean.
    pub title: Str,
    /// How many times its own pace it plays; `None`: it plays at one pace throughout.
    pub times: Option<f64>,
    /// It waits for somebody who writes.
    pub waits: bool,
}

/// One line for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The words. Foreign text in them is sanitised when drawn.
    pub text: String,
    /// How it went.
    pub tone: Tone,
    /// It stays until it is dismissed with Esc: something was lost or refused.
    pub sticky: bool,
    /// What makes it untrue, and with that takes it away.
    pub until: Option<Until>,
}

/// What ends a notice before anybody dismisses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The journal can be written again.
    JournalBack,
    /// It is known what became of every act.
    DoubtOver,
    /// What was not recorded was said again, and recorded.
    SaidAgain,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// By the way.
    Plain,
    /// It was done.
    Done,
    /// It was not done, or went wrong.
    Bad,
}

impl Notice {
    /// By the way; gone at the next key.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain, sticky: false, until: None }
    }

    /// Done; gone at the next key.
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Done, sticky: false, until: None }
    }

    /// Not done; gone at the next key.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Bad, sticky: false, until: None }
    }

    /// Stays until dismissed.
    #[must_use]
    pub fn sticky(self) -> Self {
        Self { sticky: true, ..self }
    }

    /// Is taken away when this happens.
    #[must_use]
    pub fn until(self, until: Until) -> Self {
        Self { until: Some(until), ..self }
    }
}

impl Playback {
    /// What "faster" and "slower" are of: the pace of a story, else the seconds per second.
    pub(crate) fn pace(&self) -> f64 {
        self.story.as_ref().and_then(|it| it.times).unwrap_or(self.speed)
    }

    /// How long of our time this much of the recording takes; `None` while it stands still.
    pub fn real_time(&self, recorded: Duration) -> Option<Duration> {
        let seconds = recorded.as_secs_f64() / self.speed;
        (!self.paused).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }
}
