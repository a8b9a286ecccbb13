//! The cockpit in lines: for screen readers, logs and scripts. The same model and the same rules as the screen, without a screen:
//! one line per change, a line to ask for something, a question for each field of a form. No escape sequence is written.

mod changes;
mod commands;
mod prompts;
mod tell;
mod words;

use std::{
    io::{self, Write},
    sync::Arc,
    thread,
    time::Duration,
};

use chrono::TimeDelta;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc;

use super::{
    CockpitConfig, CockpitError, CockpitExit, CockpitIo, Effect, Keymap, Message, Model, Request, update,
    when::moment,
};
use gonogo_domain::Now;
use gonogo_text::clean;

/// So long nothing is looked at when nothing is known to change.
const LONGEST_NAP: Duration = Duration::from_secs(30);
/// A board that is due again at once is evaluated again after this long at the earliest.
const PAUSE: Duration = Duration::from_secs(1);

/// The lines of standard input, read in a thread of its own. It ends where the input ends.
///
/// # Errors
/// The system cannot start a thread.
pub fn stdin_lines() -> io::Result<impl Stream<Item = String> + Unpin> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    thread::Builder::new().name("lines".to_owned()).spawn(move || {
        for line in io::stdin().lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    })?;
    Ok(stream::poll_fn(move |context| receiver.poll_recv(context)))
}

/// Shows the board in lines until somebody leaves. Each line of `input` is a command, or the answer to the question that was
/// asked last; when the input ends, the lines go on.
///
/// # Errors
/// The application ended first.
pub async fn run_plain(
    config: CockpitConfig,
    io: CockpitIo,
    mut input: impl Stream<Item = String> + Unpin,
    output: impl Write,
) -> Result<CockpitExit, CockpitError> {
    // A size of which the model makes no layout: it is never drawn.
    let model = Model::new(config.launch, config.board, (80, 24));
    let mut plain = Plain { seen: changes::Seen::of(&model), model, io, output, asked: None, gone: false };
    let mut listening = true;
    // What is known before the first frame of a screen is known before the first line.
    plain.take(Message::Keys(Arc::default()));
    while let Ok(message) = plain.io.messages.try_recv() {
        plain.take(message);
    }
    plain.greet();
    plain.tell_changes();
    plain.follow_form();
    while !plain.gone {
        let nap = plain.nap();
        tokio::select! {
            biased;
            message = plain.io.messages.recv() => match message {
                Some(message) => plain.update(message),
                None => return Err(CockpitError::ApplicationGone),
            },
            line = input.next(), if listening => match line {
                Some(line) => {
                    if plain.obey(&line) {
                        return Ok(CockpitExit::Said(plain.model.board().word));
                    }
                }
                None => listening = false,
            },
            () = tokio::time::sleep(nap) => {}
        }
        plain.keep_true();
        plain.follow_form();
    }
    Ok(CockpitExit::TerminalGone)
}

struct Plain<W> {
    model: Model,
    io: CockpitIo,
    output: W,
    /// What has been told already.
    seen: changes::Seen,
    /// What was asked for last.
    asked: Option<prompts::Prompted>,
    /// Nobody reads.
    gone: bool,
}

impl<W: Write> Plain<W> {
    fn now(&self) -> Now {
        self.model.board().clock.judge((self.io.now)())
    }

    /// Writes one line. What it holds of foreign text cannot act.
    fn say(&mut self, line: &str) {
        let written = writeln!(self.output, "{}", clean(line)).and_then(|()| self.output.flush());
        self.gone |= written.is_err();
    }

    fn say_all(&mut self, lines: &[String]) {
        lines.iter().for_each(|line| self.say(line));
    }

    fn greet(&mut self) {
        self.say("gonogo, in lines. Say help for what can be said, and quit to leave.");
        let lines = tell::status(&self.model, self.now());
        self.say_all(&lines);
    }

    /// Takes a message in, does what comes of it, and tells what changed.
    fn update(&mut self, message: Message) {
        self.take(message);
        self.tell_changes();
    }

    /// Takes a message in, and does what comes of it. Where the screen names a key, a line names the word.
    fn take(&mut self, message: Message) {
        let message = match message {
            Message::Keys(keymap) => Message::Keys(Arc::new(Keymap::clone(&keymap).in_words(words::words()))),
            other => other,
        };
        let now = self.now();
        let effects = update(&mut self.model, message, now);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(request) => self.ask(request),
                Effect::Copy(text) => self.say(&format!("copied: {text}")),
                // What it is about is described by its kind.
                Effect::Alert(_)
                | Effect::Export
                | Effect::Suspend
                | Effect::TurnLook
                | Effect::Redraw
                | Effect::Quit => {}
            }
        }
    }

    fn ask(&mut self, request: Request) {
        if let Some(message) = self.io.ask(request) {
            let now = self.now();
            update(&mut self.model, message, now);
        }
    }

    fn tell_changes(&mut self) {
        let zone = self.model.launch.schedule.zone;
        let now = self.now();
        let at = moment(now.wall, now.wall, zone);
        for line in self.seen.changes(&self.model) {
            self.say(&format!("{at} {line}"));
        }
    }

    /// Evaluates again when the board has expired, so that no line shows a verdict that no longer holds.
    fn keep_true(&mut self) {
        let local = (self.io.now)();
        let now = self.model.board().clock.judge(local);
        if self.model.board().changes_at.is_some_and(|at| at <= now.wall) {
            let board = (self.io.reevaluate)(local);
            self.update(Message::BoardChanged(board));
        }
    }

    /// How long until the board changes by itself.
    fn nap(&self) -> Duration {
        let now = self.now();
        let ahead = self.model.board().changes_at.map(|at| at - now.wall);
        let shown = ahead.map(|it| it.max(TimeDelta::zero()).to_std().unwrap_or(LONGEST_NAP));
        let real = match (shown, self.model.playback()) {
            (None, _) => None,
            (Some(shown), None) => Some(shown),
            (Some(shown), Some(playback)) => playback.real_time(shown),
        };
        real.map_or(LONGEST_NAP, |it| it.max(PAUSE)).min(LONGEST_NAP)
    }
}
