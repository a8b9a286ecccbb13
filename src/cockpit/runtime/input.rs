//! From what crossterm reads to messages.

use std::{
    io,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    thread,
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::Stream;
use tokio::sync::mpsc;

use crate::{Code, Key, Message};

/// So much of a paste is kept; no field holds more.
const LONGEST_PASTE: usize = 16 * 1_024;

/// So many events may wait; then the terminal's own buffer has to hold the rest.
const WAITING: usize = 1_024;

/// What the one thread that reads has read while nobody listened: two of them would take each other's keys.
static PARKED: Mutex<Option<mpsc::Receiver<io::Result<Event>>>> = Mutex::new(None);

fn parked() -> MutexGuard<'static, Option<mpsc::Receiver<io::Result<Event>>>> {
    PARKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The events of the terminal. Whoever listens next goes on behind the last one.
pub(super) struct Events(Option<mpsc::Receiver<io::Result<Event>>>);

impl Stream for Events {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().map_or(Poll::Ready(None), |receiver| receiver.poll_recv(context))
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        *parked() = self.0.take();
    }
}

/// Reads the terminal on a thread of its own. Crossterm's stream is not used: each look at it fights for a lock by
/// giving the processor away, which costs tens of milliseconds a key on a busy machine.
///
/// # Errors
/// The system cannot start a thread.
pub(super) fn listen() -> io::Result<Events> {
    if let Some(receiver) = parked().take() {
        return Ok(Events(Some(receiver)));
    }
    let (sender, receiver) = mpsc::channel(WAITING);
    thread::Builder::new().name("keyboard".to_owned()).spawn(move || {
        loop {
            let event = crossterm::event::read();
            let failed = event.is_err();
            if sender.blocking_send(event).is_err() || failed {
                return;
            }
        }
    })?;
    Ok(Events(Some(receiver)))
}

/// The message of an event; `None` for what the cockpit does not use.
pub(super) fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Message::Key(translate(key)?)),
        Event::Paste(mut text) => {
            let end = (0..=LONGEST_PASTE.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
            text.truncate(end.unwrap_or_default());
            Some(Message::Paste(text))
        }
        Event::Resize(width, height) => Some(Message::Resize(width, height)),
        _ => None,
    }
}

fn translate(key: KeyEvent) -> Option<Key> {
    let has = |modifier| key.modifiers.contains(modifier);
    let ctrl = has(KeyModifiers::CONTROL);
    let code = match key.code {
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if has(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(1) => Code::F1,
        _ => return None,
    };
    let named = !matches!(code, Code::Char(_));
    // Alt with a named key means nothing to us and is taken as the key alone.
    Some(Key { code, ctrl: ctrl && !named, alt: has(KeyModifiers::ALT) && !named })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_translated_and_releases_left_out() {
        let press = |code, modifiers| message(Event::Key(KeyEvent::new(code, modifiers)));
        let is = |message: Option<Message>, key: Key| matches!(message, Some(Message::Key(it)) if it == key);
        assert!(is(press(KeyCode::Char('C'), KeyModifiers::CONTROL), Key::ctrl('c')));
        assert!(is(press(KeyCode::Char('G'), KeyModifiers::SHIFT), Key::char('G')));
        assert!(is(press(KeyCode::Tab, KeyModifiers::SHIFT), Key::plain(Code::BackTab)));
        assert!(press(KeyCode::F(2), KeyModifiers::NONE).is_none());
        let mut release = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        release.kind = KeyEventKind::Release;
        assert!(message(Event::Key(release)).is_none());
    }

    #[test]
    fn a_paste_is_bounded_and_cut_between_characters() {
        let Some(Message::Paste(text)) = message(Event::Paste("é".repeat(1_000_000))) else { panic!() };
        assert_eq!(text.len(), LONGEST_PASTE);
        let Some(Message::Paste(text)) = message(Event::Paste(format!("a{}", "é".repeat(10_000)))) else {
            panic!()
        };
        assert_eq!(text.len(), LONGEST_PASTE - 1);
    }
}
