//! Time zones as people write them: which place was probably meant, and which zones know no summer time.

use crate::Zone;

/// Abbreviations and names of clocks that mean one place. What means several (CST, IST, AEST) is not among them: a wrong
/// place is worse than none.
const CLOCKS: &[(&str, &str)] = &[
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("pt", "America/Los_Angeles"),
    ("pacific time", "America/Los_Angeles"),
    ("pacific standard time", "America/Los_Angeles"),
    ("pacific daylight time", "America/Los_Angeles"),
    ("mdt", "America/Denver"),
    ("mountain time", "America/Denver"),
    ("mountain standard time", "America/Denver"),
    ("central time", "America/Chicago"),
    ("central standard time", "America/Chicago"),
    ("edt", "America/New_York"),
    ("et", "America/New_York"),
    ("eastern time", "America/New_York"),
    ("eastern standard time", "America/New_York"),
    ("eastern daylight time", "America/New_York"),
    ("akst", "America/Anchorage"),
    ("akdt", "America/Anchorage"),
    ("bst", "Europe/London"),
    ("british summer time", "Europe/London"),
    ("cest", "Europe/Berlin"),
    ("msk", "Europe/Moscow"),
    ("jst", "Asia/Tokyo"),
    ("japan standard time", "Asia/Tokyo"),
    ("kst", "Asia/Seoul"),
    ("sgt", "Asia/Singapore"),
    ("hkt", "Asia/Hong_Kong"),
    ("nzst", "Pacific/Auckland"),
    ("nzdt", "Pacific/Auckland"),
    ("z", "UTC"),
];

/// The zone that a text which is none was probably meant to be; none where that is a guess.
pub fn meant_zone(text: &str) -> Option<&'static str> {
    let plain = text.trim().to_lowercase();
    let clock = CLOCKS.iter().find(|(name, _)| *name == plain).map(|(_, place)| *place);
    clock.or_else(|| city(&plain.replace([' ', '-'], "_")))
}

/// A zone by its whole name or by its city, whatever its case: `london`, `New York`, `europe/london`. Only a city that
/// there is once.
fn city(name: &str) -> Option<&'static str> {
    if let Some(whole) = Zone::names().find(|zone| zone.to_lowercase() == name) {
        return Some(whole);
    }
    let is_place = |zone: &&str| zone.contains('/') && !zone.starts_with("Etc/") && !zone.starts_with("US/");
    let mut found = Zone::names()
        .filter(is_place)
        .filter(|zone| zone.rsplit('/').next().is_some_and(|city| city.to_lowercase() == name));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Zones of a place that a misspelt place may have been meant to be: those of the same part of the world.
pub fn places_near(text: &str) -> impl Iterator<Item = &'static str> {
    let part = text.split_once('/').map(|(part, _)| format!("{part}/"));
    let near = move |zone: &&str| part.as_ref().is_some_and(|part| zone.starts_with(part.as_str()));
    Zone::names().filter(|zone| !zone.starts_with("Etc/")).filter(near)
}

/// Whether a zone is an offset and no place: it has no summer time, and people who write it often have. UTC is meant.
pub fn is_fixed_offset(zone: Zone) -> bool {
    let name = zone.name();
    let offset = name.trim_start_matches("Etc/").strip_prefix("GMT");
    let numbered = offset.is_some_and(|rest| rest.starts_with(['+', '-']) && rest != "+0" && rest != "-0");
    numbered || matches!(name, "EST" | "MST" | "HST")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_a_place_or_nothing() {
        for (text, place) in [
            ("PST", Some("America/Los_Angeles")),
            ("Pacific Time", Some("America/Los_Angeles")),
            ("JST", Some("Asia/Tokyo")),
            ("BST", Some("Europe/London")),
            ("edt", Some("America/New_York")),
            ("GMT+5", None),
            ("UTC+2", None),
            ("CST", None),
            ("IST", None),
            ("AEST", None),
            ("+05:30", None),
            ("", None),
            ("london", Some("Europe/London")),
            ("New York", Some("America/New_York")),
            ("europe/london", Some("Europe/London")),
            ("utc", Some("UTC")),
            ("Mars/Base", None),
        ] {
            assert_eq!(meant_zone(text), place, "{text}");
        }
    }

    #[test]
    fn every_place_that_is_proposed_is_one() {
        for (_, place) in CLOCKS {
            assert!(place.parse::<Zone>().is_ok_and(|zone| !is_fixed_offset(zone)), "{place}");
        }
    }

    #[test]
    fn offsets_are_told_from_places() {
        for name in ["EST", "MST", "HST", "Etc/GMT+2", "Etc/GMT-14"] {
            assert!(is_fixed_offset(name.parse().unwrap()), "{name}");
        }
        for name in ["UTC", "GMT", "Etc/UTC", "Etc/GMT", "Europe/London", "CET", "EST5EDT", "Africa/Lagos"] {
            assert!(!is_fixed_offset(name.parse().unwrap()), "{name}");
        }
        assert!(places_near("Europe/Londn").any(|zone| zone == "Europe/London"));
        assert_eq!(places_near("GMT+5").count() + places_near("Etc/GMT+99").count(), 0);
    }
}
