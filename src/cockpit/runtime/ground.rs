//! Which ground the terminal has: asked once with OSC 11, and answered among the keys. Nothing waits for the answer; what comes
//! of it, whenever it comes, is taken out of the keys, so that it never acts.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// The question (xterm control sequences, "Operating System Commands", Ps = 1 1).
pub(super) const ASK: &str = "\x1b]11;?\x1b\\";
/// An answer that takes longer changes nothing any more: the screen is not turned over under people's eyes.
const PATIENCE: Duration = Duration::from_millis(100);
/// `11;rgba:ffff/ffff/ffff/ffff` is 27; what is longer is no answer.
const LONGEST: usize = 40;

/// A colour: red, green, blue.
type Rgb = (u8, u8, u8);

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReplyPart {
    /// It is none of the answer.
    Other(Event),
    /// Part of an answer.
    Swallowed,
    /// The answer, in time.
    Ground(Rgb),
}

/// Waits for one answer.
pub(super) struct Ground {
    asked: Duration,
    state: ReplyState,
}

enum ReplyState {
    Waiting,
    /// An Esc came alone: the answer may have been cut behind it.
    Escaped,
    /// So much of it has come.
    Reading(String),
    /// An Esc within it: the end may have been cut in two.
    Ending(String),
    Over,
}

impl Ground {
    /// The question was sent at this moment.
    pub(super) fn asked(asked: Duration) -> Self {
        Self { asked, state: ReplyState::Waiting }
    }

    /// Takes an event, in the order in which they come.
    pub(super) fn hear(&mut self, event: Event, now: Duration) -> ReplyPart {
        let Event::Key(key) = &event else { return ReplyPart::Other(event) };
        let key = *key;
        let (state, heard) = match std::mem::replace(&mut self.state, ReplyState::Over) {
            ReplyState::Over => (ReplyState::Over, ReplyPart::Other(event)),
            ReplyState::Waiting | ReplyState::Escaped if is_alt(key, ']') => {
                (ReplyState::Reading(String::new()), ReplyPart::Swallowed)
            }
            ReplyState::Escaped if is_plain(key, ']') => {
                (ReplyState::Reading(String::new()), ReplyPart::Swallowed)
            }
            ReplyState::Waiting | ReplyState::Escaped if key.code == KeyCode::Esc => {
                (ReplyState::Escaped, ReplyPart::Other(event))
            }
            ReplyState::Waiting | ReplyState::Escaped => (ReplyState::Waiting, ReplyPart::Other(event)),
            ReplyState::Reading(text) if is_alt(key, '\\') || is_bell(key) => {
                (ReplyState::Over, self.end(&text, now))
            }
            ReplyState::Reading(text) if key.code == KeyCode::Esc => {
                (ReplyState::Ending(text), ReplyPart::Swallowed)
            }
            ReplyState::Reading(mut text) => match key.code {
                KeyCode::Char(c) if is_part(c) && text.len() < LONGEST => {
                    text.push(c);
                    (ReplyState::Reading(text), ReplyPart::Swallowed)
                }
                _ => (ReplyState::Over, ReplyPart::Other(event)),
            },
            ReplyState::Ending(text) if is_plain(key, '\\') => (ReplyState::Over, self.end(&text, now)),
            ReplyState::Ending(_) => (ReplyState::Over, ReplyPart::Other(event)),
        };
        self.state = state;
        heard
    }

    fn end(&self, text: &str, now: Duration) -> ReplyPart {
        let in_time = now.saturating_sub(self.asked) <= PATIENCE;
        parse(text).filter(|_| in_time).map_or(ReplyPart::Swallowed, ReplyPart::Ground)
    }
}

fn is_alt(key: KeyEvent, c: char) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers.contains(KeyModifiers::ALT)
}

fn is_plain(key: KeyEvent, c: char) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers.is_empty()
}

/// BEL, as some terminals end it, is Ctrl-G among the keys.
fn is_bell(key: KeyEvent) -> bool {
    key.code == KeyCode::Char('g') && key.modifiers.contains(KeyModifiers::CONTROL)
}

fn is_part(c: char) -> bool {
    c.is_ascii_hexdigit() || matches!(c, ';' | ':' | '/' | 'r' | 'g')
}

/// `11;rgb:1e1e/1e1e/2e2e`, with one to four digits each, or `rgba:` with a fourth part.
fn parse(text: &str) -> Option<Rgb> {
    let (_, parts) = text.strip_prefix("11;rgb")?.trim_start_matches('a').split_once(':')?;
    let mut parts = parts.split('/').map(|part| {
        let most =
            16_u32.checked_pow(u32::try_from(part.len()).ok()?)?.checked_sub(1).filter(|it| *it > 0)?;
        let value = u32::from_str_radix(part, 16).ok().filter(|_| part.len() <= 4)?;
        u8::try_from(value * 255 / most).ok()
    });
    let mut next = || parts.next().flatten();
    Some((next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    /// The bytes of an answer as crossterm reads them.
    fn events(answer: &str) -> Vec<Event> {
        let mut all = Vec::new();
        let mut alt = KeyModifiers::NONE;
        for c in answer.chars() {
            match c {
                '\u{1b}' => alt = KeyModifiers::ALT,
                '\u{7}' => all.push(key(KeyCode::Char('g'), KeyModifiers::CONTROL)),
                _ => {
                    all.push(key(KeyCode::Char(c), alt));
                    alt = KeyModifiers::NONE;
                }
            }
        }
        all
    }

    fn hear(answer: &str, after: u64) -> Vec<ReplyPart> {
        let start = Duration::from_secs(1);
        let mut ground = Ground::asked(start);
        let now = start + Duration::from_millis(after);
        events(answer).into_iter().map(|event| ground.hear(event, now)).collect()
    }

    #[test]
    fn an_answer_is_understood_in_every_form_and_none_of_it_is_a_key() {
        for (answer, ground) in [
            ("\u{1b}]11;rgb:ffff/fbfb/f8f8\u{1b}\\", (255, 251, 248)),
            ("\u{1b}]11;rgb:1e/1e/2e\u{7}", (0x1e, 0x1e, 0x2e)),
            ("\u{1b}]11;rgb:0/8/f\u{1b}\\", (0, 136, 255)),
            ("\u{1b}]11;rgba:0000/0000/0000/ffff\u{7}", (0, 0, 0)),
        ] {
            let mut heard = hear(answer, 3);
            assert_eq!(heard.pop(), Some(ReplyPart::Ground(ground)), "{answer:?}");
            assert!(heard.iter().all(|it| *it == ReplyPart::Swallowed), "{heard:?}");
        }
    }

    #[test]
    fn a_late_answer_changes_nothing_and_is_no_key_either() {
        let heard = hear("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\", 5_000);
        assert!(heard.iter().all(|it| *it == ReplyPart::Swallowed), "{heard:?}");
        for broken in
            ["\u{1b}]11;rgb:fffff/0/0\u{7}", "\u{1b}]11;rgb://\u{7}", "\u{1b}]11;\u{7}", "\u{1b}]\u{7}"]
        {
            assert!(hear(broken, 1).iter().all(|it| *it == ReplyPart::Swallowed), "{broken:?}");
        }
    }

    #[test]
    fn what_people_type_passes_before_and_after() {
        let mut ground = Ground::asked(Duration::from_secs(1));
        let mut passes =
            |event: Event| ground.hear(event.clone(), Duration::from_secs(1)) == ReplyPart::Other(event);
        for c in "11;rgb?jk".chars() {
            assert!(passes(key(KeyCode::Char(c), KeyModifiers::NONE)), "{c}");
        }
        assert!(passes(key(KeyCode::Esc, KeyModifiers::NONE)));
        assert!(passes(Event::Resize(80, 24)));
        for event in events("\u{1b}]11;rgb:0/0/0\u{7}") {
            assert!(!passes(event));
        }
        for event in events("\u{1b}]11;rgb:0/0/0\u{7}") {
            assert!(passes(event), "there is one answer to one question");
        }
    }

    /// A read may end anywhere, also between the two bytes of a sequence's begin or end.
    #[test]
    fn an_answer_that_is_cut_in_two_is_still_one() {
        let mut ground = Ground::asked(Duration::from_secs(1));
        let escape = key(KeyCode::Esc, KeyModifiers::NONE);
        let plain = |c| key(KeyCode::Char(c), KeyModifiers::NONE);
        let mut heard = vec![ground.hear(escape.clone(), Duration::from_secs(1))];
        for c in "]11;rgb:ff/ff/ff".chars() {
            heard.push(ground.hear(plain(c), Duration::from_secs(1)));
        }
        heard.push(ground.hear(escape.clone(), Duration::from_secs(1)));
        heard.push(ground.hear(plain('\\'), Duration::from_secs(1)));
        assert_eq!(heard.remove(0), ReplyPart::Other(escape), "Esc alone closes what is open, and no more");
        assert_eq!(heard.pop(), Some(ReplyPart::Ground((255, 255, 255))));
        assert!(heard.iter().all(|it| *it == ReplyPart::Swallowed), "{heard:?}");
    }
}
