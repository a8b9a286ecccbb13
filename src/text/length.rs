//! Lengths of time for people, in the four forms that there are: each is made here and nowhere else.

use std::time::Duration;

const MINUTE: u64 = 60;
const TEN_MINUTES: u64 = 10 * MINUTE;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// Up to here people count hours: "soak 48h", "26h ago".
const TWO_DAYS: u64 = 2 * DAY;

/// An age in one unit, short: `<1m`, `12m`, `26h`, `2d`.
pub fn age(age: Duration) -> String {
    match age.as_secs() {
        0..MINUTE => "<1m".to_owned(),
        s @ MINUTE..HOUR => format!("{}m", s / MINUTE),
        s @ HOUR..TWO_DAYS => format!("{}h", s / HOUR),
        s => format!("{}d", (s / DAY).min(9_999)),
    }
}

/// How long until [`age`] says something else.
pub fn age_changes(age: Duration) -> Duration {
    let unit = match age.as_secs() {
        0..HOUR => MINUTE,
        HOUR..TWO_DAYS => HOUR,
        _ => DAY,
    };
    Duration::from_secs(unit).saturating_sub(Duration::new(age.as_secs() % unit, age.subsec_nanos()))
}

/// An age in one unit, in a sentence: `8 s`, `12 min`, `26 h`, `2 d`.
pub fn age_in_words(age: Duration) -> String {
    match age.as_secs() {
        s @ 0..MINUTE => format!("{s} s"),
        s @ MINUTE..HOUR => format!("{} min", s / MINUTE),
        s @ HOUR..TWO_DAYS => format!("{} h", s / HOUR),
        s => format!("{} d", s / DAY),
    }
}

/// A length in its two largest units, short: `45s`, `1m30s`, `48m`, `1h12m`, `36h`, `3d04h`. From ten minutes on nobody counts
/// seconds.
pub fn length(length: Duration) -> String {
    match length.as_secs() {
        s @ 0..MINUTE => format!("{s}s"),
        s @ MINUTE..TEN_MINUTES if s % MINUTE > 0 => format!("{}m{:02}s", s / MINUTE, s % MINUTE),
        s @ MINUTE..HOUR => format!("{}m", s / MINUTE),
        s @ HOUR..=TWO_DAYS if s % HOUR < MINUTE => format!("{}h", s / HOUR),
        s @ HOUR..DAY => format!("{}h{:02}m", s / HOUR, s % HOUR / MINUTE),
        s if s % DAY < HOUR => format!("{}d", s / DAY),
        s => format!("{}d{:02}h", s / DAY, s % DAY / HOUR),
    }
}

/// A length in its two largest units, in a sentence: `2 h 5 min`, `45 s`.
pub fn span(length: Duration) -> String {
    let total = length.as_secs();
    let parts =
        [(total / DAY, "d"), (total / HOUR % 24, "h"), (total / MINUTE % 60, "min"), (total % 60, "s")];
    let mut said: Vec<String> = Vec::new();
    for (count, unit) in parts.into_iter().skip_while(|(count, _)| *count == 0).take(2) {
        if count > 0 {
            said.push(format!("{count} {unit}"));
        }
    }
    if said.is_empty() { "0 s".into() } else { said.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn ages_have_one_unit() {
        for (seconds, short, words) in [
            (0, "<1m", "0 s"),
            (59, "<1m", "59 s"),
            (60, "1m", "1 min"),
            (3_599, "59m", "59 min"),
            (3_600, "1h", "1 h"),
            (26 * 3_600, "26h", "26 h"),
            (172_799, "47h", "47 h"),
            (172_800, "2d", "2 d"),
        ] {
            assert_eq!(
                (age(secs(seconds)), age_in_words(secs(seconds))),
                (short.to_owned(), words.to_owned())
            );
        }
        assert_eq!(age(Duration::MAX), "9999d");
    }

    #[test]
    fn an_age_changes_exactly_when_it_says() {
        for seconds in [0, 1, 59, 60, 3_599, 3_600, 7_000, 86_400, 172_799, 172_800, 200_000] {
            for nanos in [0, 1, 999_999_999] {
                let now = Duration::new(seconds, nanos);
                let next = now + age_changes(now);
                assert_ne!(age(now), age(next), "{now:?}");
                assert_eq!(age(now), age(next.saturating_sub(Duration::from_nanos(1))), "{now:?}");
            }
        }
    }

    #[test]
    fn lengths_have_two_units() {
        for (seconds, short, words) in [
            (0, "0s", "0 s"),
            (45, "45s", "45 s"),
            (90, "1m30s", "1 min 30 s"),
            (300, "5m", "5 min"),
            (599, "9m59s", "9 min 59 s"),
            (601, "10m", "10 min 1 s"),
            (4_320, "1h12m", "1 h 12 min"),
            (7_500, "2h05m", "2 h 5 min"),
            (86_400, "24h", "1 d"),
            (86_430, "24h", "1 d"),
            (3 * 86_400, "3d", "3 d"),
            (276_000, "3d04h", "3 d 4 h"),
        ] {
            assert_eq!((length(secs(seconds)), span(secs(seconds))), (short.to_owned(), words.to_owned()));
        }
    }
}
