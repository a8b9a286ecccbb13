//! Moments and lengths as they are written elsewhere: what a text that is none was probably meant to be.

use super::{Length, MomentExpr, Unit};

/// The length that a text which is none was probably meant to be: `24 hours`, `2min`, `1h30m`, `1.5h`, `PT24H`, `2w`.
pub(super) fn meant_length(text: &str) -> Option<Length> {
    let plain = text.trim().to_lowercase();
    let plain = match plain.strip_prefix('p') {
        // ISO 8601: `P1D`, `PT30M`. `P1M` is a month, which no length is.
        Some(iso) if iso.contains('t') || !iso.contains('m') => iso.replacen('t', "", 1),
        Some(_) => return None,
        None => plain,
    };
    let (mut rest, mut parts) = (plain.as_str(), Vec::new());
    while !rest.is_empty() {
        let (part, behind) = counted(rest)?;
        parts.push(part);
        rest = behind;
    }
    let length = match parts.as_slice() {
        [(tenths, unit)] if tenths % 10 == 0 => {
            Length { count: i32::try_from(tenths / 10).ok()?, unit: *unit }
        }
        [] => return None,
        parts => sum(parts)?,
    };
    (length.count > 0).then_some(length)
}

/// The moment that a text which is none was probably meant to be: `T - 1d`, `T-1 day`, `T–1d`, `-1d`, `2026-12-02 09:00`,
/// `2026-12-02T09:00:00Z`.
pub(super) fn meant_moment(text: &str) -> Option<MomentExpr> {
    let plain =
        text.trim().replace(['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}'], "-");
    let said =
        if plain.starts_with(|c: char| c.is_ascii_digit()) { absolute(&plain)? } else { relative(&plain)? };
    MomentExpr::parse(&said).ok().filter(|_| said != text)
}

/// A number in tenths, the unit behind it, and the rest of the text.
fn counted(text: &str) -> Option<((i64, Unit), &str)> {
    let text = text.trim_start();
    let number = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|at| *at > 0)?;
    let (number, rest) = text.split_at(number);
    let rest = rest.trim_start();
    let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (count, unit) = unit(rest[..end].trim())?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let tenths: i64 = part.parse().ok().filter(|_| part.len() == 1)?;
    // More than a calendar needs is no slip in how it is written.
    let whole: i64 = whole.parse().ok().filter(|whole| *whole < 1_000_000)?;
    Some((((whole * 10 + tenths) * count, unit), &rest[end..]))
}

/// A unit in words, and how many of ours it is.
fn unit(word: &str) -> Option<(i64, Unit)> {
    Some(match word {
        "s" | "sec" | "secs" | "second" | "seconds" => (1, Unit::Seconds),
        "m" | "min" | "mins" | "minute" | "minutes" => (1, Unit::Minutes),
        "h" | "hr" | "hrs" | "hour" | "hours" => (1, Unit::Hours),
        "d" | "day" | "days" => (1, Unit::Days),
        "w" | "wk" | "week" | "weeks" => (7, Unit::Days),
        "wd" | "bd" | "working day" | "working days" | "workday" | "workdays" | "business day"
        | "business days" | "weekday" | "weekdays" => (1, Unit::WorkingDays),
        _ => return None,
    })
}

/// Several of them, or a part of one, in the greatest unit that says it exactly.
fn sum(parts: &[(i64, Unit)]) -> Option<Length> {
    let seconds = |unit| match unit {
        Unit::Seconds => Some(1),
        Unit::Minutes => Some(60),
        Unit::Hours => Some(3_600),
        Unit::Days => Some(86_400),
        Unit::WorkingDays => None,
    };
    let tenths = parts
        .iter()
        .try_fold(0_i64, |sum, (tenths, unit)| sum.checked_add(tenths.checked_mul(seconds(*unit)?)?))?;
    let all = (tenths % 10 == 0).then_some(tenths / 10)?;
    let units = [Unit::Days, Unit::Hours, Unit::Minutes, Unit::Seconds];
    units.into_iter().find_map(|unit| {
        let one = seconds(unit)?;
        (all % one == 0).then_some(Length { count: i32::try_from(all / one).ok()?, unit })
    })
}

/// A date and a time with a blank between them, with seconds, with `Z`, or with an hour of one digit.
fn absolute(text: &str) -> Option<String> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':')).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let clock = clock.strip_suffix(":00").filter(|clock| clock.contains(':')).unwrap_or(clock);
    let clock = if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() };
    let zone = match zone.trim() {
        "" => String::new(),
        "Z" | "z" => " UTC".to_owned(),
        offset if offset.starts_with(['+', '-']) => offset.to_owned(),
        place => format!(" {place}"),
    };
    Some(format!("{date}T{clock}{zone}"))
}

/// An anchor, or `T`, and a length in words behind a sign with blanks around it; a time of day may follow.
fn relative(text: &str) -> Option<String> {
    let sign = text.find(['+', '-'])?;
    let (anchor, rest) = text.split_at(sign);
    let anchor = if anchor.is_empty() { "T" } else { anchor.trim_end() };
    let (sign, rest) = rest.split_at(1);
    let clock = rest.find(':').and_then(|at| rest[..at].rfind(' '));
    let (length, clock) = clock.map_or((rest, ""), |at| rest.split_at(at));
    let clock = clock.trim();
    let clock = if clock.find(':') == Some(1) { format!(" 0{clock}") } else { format!(" {clock}") };
    Some(format!("{anchor}{sign}{}{}", meant_length(length)?, clock.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_in_words_and_of_other_formats_are_known() {
        for (text, meant) in [
            ("24 hours", "24h"),
            ("2min", "2m"),
            ("1 day", "1d"),
            ("1D", "1d"),
            ("2w", "14d"),
            ("5 working days", "5wd"),
            ("1h30m", "90m"),
            ("1h 30min", "90m"),
            ("1.5h", "90m"),
            ("1d12h", "36h"),
            ("PT24H", "24h"),
            ("P1D", "1d"),
            ("PT1H30M", "90m"),
        ] {
            assert_eq!(meant_length(text).map(|it| it.to_string()).as_deref(), Some(meant), "{text}");
        }
        for text in
            ["", "soon", "24", "h", "0h", "P1M", "1.25h", "1.5wd", "-2h", "99999999999 days", "1 fortnight"]
        {
            assert_eq!(meant_length(text), None, "{text}");
        }
    }

    #[test]
    fn moments_of_other_formats_are_known() {
        for (text, meant) in [
            ("T - 1d", "T-1d"),
            ("T-1 day", "T-1d"),
            ("T-1D", "T-1d"),
            ("T-1w", "T-7d"),
            ("T\u{2013}1d", "T-1d"),
            ("T\u{2212}2h", "T-2h"),
            ("-1d", "T-1d"),
            ("+2 hours", "T+2h"),
            ("freeze - 2 days 8:00", "freeze-2d 08:00"),
            ("2026-12-02 09:00", "2026-12-02T09:00"),
            ("2026-12-02 9:00", "2026-12-02T09:00"),
            ("2026-12-02T09:00Z", "2026-12-02T09:00 UTC"),
            ("2026-12-02T09:00:00Z", "2026-12-02T09:00 UTC"),
            ("2026-12-02T09:00:00+01:00", "2026-12-02T09:00+01:00"),
            ("2026-12-02 09:00 Europe/London", "2026-12-02T09:00 Europe/London"),
        ] {
            assert_eq!(meant_moment(text).map(|it| it.to_string()).as_deref(), Some(meant), "{text}");
        }
        for text in
            ["", "soon", "12/02/2026", "2026-12-02", "0 9 * * 1", "T-", "T-1x", "2026-13-02 09:00", "-"]
        {
            assert_eq!(meant_moment(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_meaning_or_none_without_panic(text in "[-+–. :0-9TPthmdwsé]{0,20}") {
            let _ = (meant_length(&text), meant_moment(&text));
        }
    }
}
