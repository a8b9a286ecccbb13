//! What the cockpit wants done: by the runtime, which has the terminal, or by the application, which has the rest.

use chrono::{DateTime, TimeDelta, Utc};

use gonogo_domain::{Command, Party, Str};
use gonogo_report::Grid;
use gonogo_text::Link;

/// What an update wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// By the application.
    Ask(Request),
    /// Draw the present screen into a [`Grid`] and hand it on as [`Request::Export`].
    Export,
    /// Put this into the user's clipboard, through the terminal (OSC 52).
    Copy(String),
    /// Tell whoever looks elsewhere that something asks: by the bell, and as their settings say.
    Alert(String),
    /// Draw light what was dark, or dark what was light.
    TurnLook,
    /// Give the terminal back and stop until the shell wakes us.
    Suspend,
    /// Draw every cell again: something else wrote to the terminal.
    Redraw,
    /// Give the terminal back and end.
    Quit,
}

/// What the application is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Check this act and append its event; answer with [`super::Message::Acted`] and the same ticket.
    Act(Ticket, Command),
    /// As [`Request::Act`], for somebody else, written down by whoever is at the keyboard.
    ActFor(Ticket, Party, Command),
    /// Tell what this act would make of the board, as one's own word or as somebody else's; nothing is recorded. Answer
    /// with [`super::Message::Preview`] and the same number.
    Preview(u64, Option<Party>, Command),
    /// Write the minutes and the record of the newest decision to files; answer with
    /// [`super::Message::MinutesWritten`].
    Minutes,
    /// Show the board as it was at that moment: answer with [`super::Message::Past`].
    LookBack(DateTime<Utc>),
    /// Tell how launches went: answer with [`super::Message::History`].
    History,
    /// Tell how ready the launch was each day: answer with [`super::Message::Readiness`].
    Readiness,
    /// Nobody looks back any more.
    LookNow,
    /// Ask all sources now.
    Refresh,
    /// Open this in a browser.
    OpenUrl(Link),
    /// Write this picture of the screen to a file and tell the user where.
    Export(Box<Grid>),
    /// Move the demo or replay.
    Playback(PlaybackMove),
    /// Work out what would be sent to the server of the target for this: answer with [`super::Message::WriteAsked`] or
    /// [`super::Message::Wrote`].
    Write(Wish),
    /// Work out what would be sent for this message: answer as to [`Self::Write`].
    SendMessage(Str),
    /// Whether the word was typed that sends the request; without it nothing is sent.
    WriteSaid(bool),
}

/// What a person wants the server of the target to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The commit status.
    Status,
    /// Approve the deployment that waits.
    Approve,
    /// Reject it.
    Reject,
}

/// Names one act between asking for it and hearing what became of it. Counts up from 1 within a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// How to move a demo or replay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaybackMove {
    /// Stand still, or go on.
    Pause(bool),
    /// So many recorded seconds per second; so many times the pace of a story.
    Speed(f64),
    /// Jump by this much of the recording.
    Seek(TimeDelta),
    /// To the next chapter of a story, or back to the beginning of this one or the one before.
    Chapter(bool),
    /// Wait for somebody who writes, or go on.
    Wait(bool),
}
