//! What a server or a program repeats of a credential is hidden before anything else reads its text.
//!
//! Hidden are the secret itself, its base64 (wherever it stands in what was encoded) and its hexadecimal digits; in any
//! case of letters; and with any of its characters written as `%67`, `%2567`, `\u0067`, `\x67`, `\/` or `&#103;`.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What is shorter is no secret, and would star out ordinary words.
const SHORTEST: usize = 8;
/// The shortest key among two in one secret.
const SHORTEST_KEY: usize = 16;
/// How often one character may be written in another way: an address in JSON in an address.
const MOST_WRAPPINGS: u8 = 3;
/// What replaces it.
const STARS: &[u8] = b"***";

/// Everything to hide. `Debug` shows how much it is, and nothing of it.
#[derive(Clone, Default)]
pub struct Veil {
    needles: Vec<Vec<u8>>,
    /// Whether a needle begins with this byte.
    begins: Vec<bool>,
}

impl Veil {
    /// Hides each of `secrets` in every form.
    pub fn over<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self::of(secrets.into_iter().flat_map(|secret| pieces(secret.trim())))
    }

    fn of(secrets: impl Iterator<Item = String>) -> Self {
        let mut needles: Vec<Vec<u8>> = Vec::new();
        for secret in secrets.filter(|secret| secret.len() >= SHORTEST) {
            needles.push(secret.to_ascii_lowercase().into_bytes());
            needles.push(secret.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
            for before in 0..3 {
                let encoded = within_base64(secret.as_bytes(), before).to_ascii_lowercase();
                needles.push(encoded.replace('+', "-").replace('/', "_").into_bytes());
                needles.push(encoded.into_bytes());
            }
        }
        Self::hiding(needles)
    }

    fn hiding(mut needles: Vec<Vec<u8>>) -> Self {
        // The longest first, so that nothing of it is left beside a shorter one.
        needles.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
        let mut begins = vec![false; 256];
        for needle in &needles {
            if let Some(begin) = needle.first().and_then(|first| begins.get_mut(usize::from(*first))) {
                *begin = true;
            }
        }
        Self { needles, begins }
    }

    /// Hides what either of the two does.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self::hiding(self.needles.iter().chain(&other.needles).cloned().collect())
    }

    /// The bytes without any of it; `None`: there is nothing of it in them.
    pub fn hide(&self, text: &[u8]) -> Option<Vec<u8>> {
        if self.needles.is_empty() {
            return None;
        }
        let mut out: Option<Vec<u8>> = None;
        let (mut at, mut kept) = (0, 0);
        while at < text.len() {
            match self.end_of_match(text, at) {
                Some(end) => {
                    let out = out.get_or_insert_default();
                    out.extend_from_slice(text.get(kept..at).unwrap_or_default());
                    out.extend_from_slice(STARS);
                    (at, kept) = (end, end);
                }
                None => at += 1,
            }
        }
        if let Some(out) = &mut out {
            out.extend_from_slice(text.get(kept..).unwrap_or_default());
        }
        out
    }

    fn end_of_match(&self, text: &[u8], at: usize) -> Option<usize> {
        let (first, _) = unit(text, at, MOST_WRAPPINGS)?;
        if !self.begins.get(usize::from(first)).copied().unwrap_or_default() {
            return None;
        }
        self.needles.iter().find_map(|needle| {
            needle.iter().try_fold(at, |at, wanted| {
                let (byte, end) = unit(text, at, MOST_WRAPPINGS)?;
                (byte == *wanted).then_some(end)
            })
        })
    }

    /// The text without any of it.
    pub fn text(&self, text: String) -> String {
        match self.hide(text.as_bytes()) {
            Some(hidden) => String::from_utf8_lossy(&hidden).into_owned(),
            None => text,
        }
    }
}

/// A secret, and what is secret of `first:second`: the second, or the first where that is long and no address of mail,
/// as of a pair of keys. Who a password belongs to is no secret, and may be what a gate looks for.
fn pieces(secret: &str) -> Vec<String> {
    let is_key = |text: &str| {
        text.len() >= SHORTEST_KEY && !text.contains('@') && text.contains(|c: char| c.is_ascii_digit())
    };
    let halves = secret.split_once(':').into_iter().flat_map(|(first, second)| {
        let first = (is_key(first) || second.len() < SHORTEST).then(|| first.to_owned());
        first.into_iter().chain([second.to_owned()])
    });
    halves.chain([secret.to_owned()]).collect()
}

/// What stands in any base64 of a text that has the secret in it behind so many bytes (counted from a multiple of
/// three), whatever comes before and after.
fn within_base64(secret: &[u8], before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret);
    let encoded = STANDARD.encode(&bytes);
    let (start, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    encoded.get(start..end).unwrap_or_default().to_owned()
}

/// The character that is written at a place, in small letters, and where the next one begins.
fn unit(text: &[u8], at: usize, wrappings: u8) -> Option<(u8, usize)> {
    let byte = *text.get(at)?;
    if wrappings == 0 || !matches!(byte, b'%' | b'\\' | b'&') {
        // Anything may have been written as a sign of an escape, and only those are looked behind.
        return Some((byte.to_ascii_lowercase(), at + 1));
    }
    let (sign, next) = unit(text, at, wrappings - 1)?;
    let inner = wrappings - 1;
    let digits = |start: usize, count: usize| -> Option<(u32, usize)> {
        (0..count).try_fold((0, start), |(value, at), _| {
            let (digit, next) = unit(text, at, inner)?;
            Some((value * 16 + char::from(digit).to_digit(16)?, next))
        })
    };
    let decoded = match sign {
        b'%' => digits(next, 2),
        b'\\' => match unit(text, next, inner)? {
            (b'u', start) => digits(start, 4),
            (b'x', start) => digits(start, 2),
            (other, end) => Some((u32::from(other), end)),
        },
        b'&' => entity(text, next, inner),
        _ => None,
    };
    let plain = decoded.and_then(|(value, end)| Some((u8::try_from(value).ok()?.to_ascii_lowercase(), end)));
    Some(plain.unwrap_or((sign, next)))
}

/// `#103;` and `#x67;`.
fn entity(text: &[u8], at: usize, wrappings: u8) -> Option<(u32, usize)> {
    let (mark, mut at) = unit(text, at, wrappings)?;
    if mark != b'#' {
        return None;
    }
    let mut radix = 10;
    let mut value: u32 = 0;
    for place in 0..8 {
        let (digit, next) = unit(text, at, wrappings)?;
        at = next;
        match digit {
            b'x' if place == 0 => radix = 16,
            b';' if place > 0 => return Some((value, at)),
            other => value = value.checked_mul(radix)?.checked_add(char::from(other).to_digit(radix)?)?,
        }
    }
    None
}

impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Veil({})", self.needles.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "ghp_Canary/0123+456789";

    fn veil() -> Veil {
        Veil::over([SECRET])
    }

    fn hidden(text: &str) -> String {
        veil().text(text.to_owned())
    }

    #[test]
    fn two_veils_hide_what_either_of_them_does() {
        let both = Veil::over(["canary-1234"]).and(&Veil::over(["nightingale-5678"]));
        assert_eq!(both.text("canary-1234 and nightingale-5678".into()), "*** and ***");
    }

    #[test]
    fn every_form_is_hidden_and_nothing_else() {
        let each = |form: fn(char) -> String| SECRET.chars().map(form).collect::<String>();
        let url = each(|c| format!("%{:02X}", u32::from(c)));
        let forms = [
            SECRET.to_owned(),
            SECRET.to_ascii_uppercase(),
            SECRET.to_ascii_lowercase(),
            url.clone(),
            url.replace('%', "%25"),
            SECRET.replace('/', "%2F").replace('+', "%2b"),
            SECRET.replace('/', "\\/"),
            each(|c| format!("\\u{:04x}", u32::from(c))),
            each(|c| format!("\\x{:02x}", u32::from(c))),
            each(|c| format!("&#{};", u32::from(c))),
            each(|c| format!("&#x{:x};", u32::from(c))),
            url.replace('%', "\\u0025"),
            SECRET.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ];
        for form in forms {
            assert_eq!(hidden(&format!("bad key \"{form}\" of octo")), "bad key \"***\" of octo", "{form}");
        }
        for around in ["", "me:", "you@example.com:", "x"] {
            let encoded = STANDARD.encode(format!("{around}{SECRET}!!"));
            for encoded in [encoded.replace('+', "-").replace('/', "_"), encoded] {
                let shown = hidden(&encoded);
                // What is shared with what stands before and after may be left: a letter or two.
                assert!(
                    shown.contains("***") && shown.len() < encoded.len() - SECRET.len(),
                    "{encoded}: {shown}"
                );
            }
        }
        for other in ["", "%", "\\u00", "&#", "ghp_Canary/0123", "100 % of \\u0067hp_ \u{1f680} é"] {
            assert_eq!(hidden(other), other);
        }
    }

    #[test]
    fn an_answer_in_json_stays_json() {
        let body = format!(
            "{{\"message\":\"bad \\u0067hp_Canary\\/0123+456789\",\"url\":\"https://h/{SECRET}?x\"}}"
        );
        let value: serde_json::Value = serde_json::from_str(&hidden(&body)).unwrap();
        assert_eq!(value["message"], "bad ***");
        assert_eq!(value["url"], "https://h/***?x");
    }

    #[test]
    fn of_a_user_and_a_password_the_password_is_hidden() {
        let veil = Veil::over(["me@acme.example:canary-1234"]);
        assert_eq!(veil.text("me@acme.example has canary-1234".into()), "me@acme.example has ***");
        let pair = Veil::over(["canary-0123456789:canary-abcdefghij"]);
        assert_eq!(pair.text("canary-abcdefghij, canary-0123456789".into()), "***, ***");
        assert_eq!(Veil::over(["short"]).text("short".into()), "short");
    }

    #[test]
    fn a_long_answer_costs_no_more_than_its_length() {
        for piece in ["%25", "\\\\", "&#1", "ghp_Canary/0123+45678", "%2"] {
            let text = piece.repeat((1 << 20) / piece.len());
            assert!(veil().hide(text.as_bytes()).is_none());
        }
    }
}
