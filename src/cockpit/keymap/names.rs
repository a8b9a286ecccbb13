//! Names of actions and keys, as a user writes them.

use super::{Action, Code, Key};

/// Names of keys beside what they are called in words.
const SHORT: &[(&str, Code)] = &[
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Del", Code::Delete),
    ("Shift-Tab", Code::BackTab),
    ("Space", Code::Char(' ')),
];

/// Keys with a name.
const NAMED: &[Code] = &[
    Code::Enter,
    Code::Esc,
    Code::Tab,
    Code::BackTab,
    Code::Backspace,
    Code::Delete,
    Code::Up,
    Code::Down,
    Code::Left,
    Code::Right,
    Code::Home,
    Code::End,
    Code::PageUp,
    Code::PageDown,
    Code::F1,
];

impl Action {
    /// Its name, as settings write it and the palette shows it: `next-blocker`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in self.identifier().chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    }

    /// The action of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }
}

impl Key {
    /// The key of a name: `s`, `Ctrl-S`, `Alt-x`, `Space`, `PageDown`.
    ///
    /// # Errors
    /// What is wrong with the name, and what to write.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        let whole = |code| Ok(Self::plain(code));
        let mut letters = name.chars();
        if let (Some(c), None) = (letters.next(), letters.next()) {
            let fits = !c.is_control() && !c.is_whitespace();
            return if fits { whole(Code::Char(c)) } else { Err("write Space, Tab or Enter by name") };
        }
        if let Some(code) = named(name) {
            return whole(code);
        }
        match name.split_once('-') {
            Some((with, letter)) if with.eq_ignore_ascii_case("ctrl") => with_ctrl(letter),
            Some((with, letter)) if with.eq_ignore_ascii_case("alt") => match single(letter) {
                Some(c) if !c.is_control() && !c.is_whitespace() => {
                    Ok(Self { code: Code::Char(c), ctrl: false, alt: true })
                }
                _ => Err("Alt goes with one character: Alt-x"),
            },
            _ => Err("write a character, Ctrl-X, Alt-x, Space, Enter, Tab, Home, PageDown or the like"),
        }
    }
}

fn named(name: &str) -> Option<Code> {
    let short = SHORT.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, code)| *code);
    short.or_else(|| NAMED.iter().copied().find(|code| format!("{code:?}").eq_ignore_ascii_case(name)))
}

fn single(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

fn with_ctrl(letter: &str) -> Result<Key, &'static str> {
    match single(letter).map(|c| c.to_ascii_lowercase()) {
        // These are the same bytes.
        Some('i') => Err("a terminal cannot tell Ctrl-I from Tab"),
        Some('m') => Err("a terminal cannot tell Ctrl-M from Enter"),
        Some('j') => Err("a terminal cannot tell Ctrl-J from Enter"),
        Some('h') => Err("many terminals cannot tell Ctrl-H from Backspace"),
        Some(c @ 'a'..='z') => Ok(Key::ctrl(c)),
        _ => Err("Ctrl goes with one letter from a to z: Ctrl-S"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_what_they_name() {
        for action in Action::ALL {
            assert_eq!(Action::named(&action.name()), Some(*action));
        }
        assert_eq!(Action::NextBlocker.name(), "next-blocker");
        for code in NAMED {
            let key = Key::plain(*code);
            assert_eq!(Key::parse(&key.name()), Ok(key));
        }
        for key in [Key::char('s'), Key::char(':'), Key::char('-'), Key::char(' '), Key::char('é')] {
            assert_eq!(Key::parse(&key.name()), Ok(key));
        }
        assert_eq!(Key::parse("ctrl-s"), Ok(Key::ctrl('s')));
        assert_eq!(Key::parse("Alt-X"), Ok(Key { code: Code::Char('X'), ctrl: false, alt: true }));
        assert_eq!(Key::parse("pgdn"), Ok(Key::plain(Code::PageDown)));
    }

    #[test]
    fn what_is_no_key_says_what_to_write() {
        for name in ["", "F2", "Ctrl-", "Ctrl-1", "Ctrl-I", "ctrl-m", "Alt-ab", "word", " ", "\t", "\u{1b}"] {
            assert!(Key::parse(name).is_err(), "{name:?}");
        }
    }
}
