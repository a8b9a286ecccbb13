//! How somebody who is looking elsewhere is alerted: the terminal's bell, and a notification if the user wants one.

use gonogo_text::{cap, clean};

/// How the user wants to be told that a breach asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BellSettings {
    /// By the terminal's bell.
    pub bell: bool,
    /// By a notification of the desktop, in the form that the terminal understands.
    pub notification: Option<Notification>,
}

/// A form of notification that terminals understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notification {
    /// OSC 9: a text.
    Osc9,
    /// OSC 777: a title and a text.
    Osc777,
}

/// In characters.
const LONGEST: usize = 160;

impl Default for BellSettings {
    fn default() -> Self {
        Self { bell: true, notification: None }
    }
}

/// What is sent to the terminal. Between the ends of a notification there is text, and nothing that ends or parts it.
pub(super) fn sequence(text: &str, alerts: BellSettings) -> String {
    let mut out = String::new();
    if let Some(form) = alerts.notification {
        let text = clean(text).replace(';', ",");
        let text = cap(&text, LONGEST);
        out.push_str(&match form {
            Notification::Osc9 => format!("\x1b]9;gonogo: {text}\x1b\\"),
            Notification::Osc777 => format!("\x1b]777;notify;gonogo;{text}\x1b\\"),
        });
    }
    if alerts.bell {
        out.push('\x07');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_can_not_end_its_notification() {
        let evil = "breach\u{1b}\\\u{7}\u{9c};x";
        assert_eq!(sequence(evil, BellSettings { bell: false, notification: None }), "");
        assert_eq!(sequence(evil, BellSettings::default()), "\x07");
        for (form, head) in
            [(Notification::Osc9, "\x1b]9;"), (Notification::Osc777, "\x1b]777;notify;gonogo;")]
        {
            let said = sequence(evil, BellSettings { bell: true, notification: Some(form) });
            let inside = said.strip_prefix(head).unwrap().strip_suffix("\x1b\\\x07").unwrap();
            assert!(inside.chars().all(|c| !c.is_control() && c != ';'), "{inside:?}");
        }
        let long = sequence(
            &"x".repeat(1_000),
            BellSettings { bell: false, notification: Some(Notification::Osc9) },
        );
        assert!(long.len() < 200);
    }
}
