//! Zones and hours that are not what they look like: what is proposed is right or nothing.

use crate::checklist::kinds::{load_files, sound};

fn at(t0: &str, zone: &str, rest: &str) -> String {
    format!(
        "launch: checkout-3\ntitle: Checkout v3\nversion: 3.0.0\n\
         target: {{ repository: octocat/checkout, ref: main }}\n\
         schedule: {{ t0: {t0}, timezone: {zone}{rest} }}\n\
         people: {{ octo: {{ name: Octo }} }}\nroles: {{ lead: {{ people: [octo] }} }}\n\
         gates: [{{ gate: a, title: A, owner: lead, task: {{}} }}]\n"
    )
}

/// Everything that is said against a launch.
fn said(text: &str) -> String {
    match load_files(&[("launch.yaml", text)], &[]) {
        Ok(loaded) => loaded.warnings.into_iter().map(|it| it.rendered).collect::<Vec<_>>().join("\n"),
        Err(found) => found.into_iter().map(|it| it.rendered).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn a_clock_is_answered_with_its_place_or_with_none() {
    for (zone, place) in [
        ("PST", Some("America/Los_Angeles")),
        ("Pacific Time", Some("America/Los_Angeles")),
        ("JST", Some("Asia/Tokyo")),
        ("BST", Some("Europe/London")),
        ("London", Some("Europe/London")),
        ("Europe/Lundon", Some("Europe/London")),
        ("GMT+5", None),
        ("UTC+2", None),
        ("CST", None),
        ("IST", None),
        ("Etc/GMT+99", None),
    ] {
        let said = said(&at("2026-12-02T09:00", zone, ""));
        assert!(said.contains("is not a time zone"), "{zone}: {said}");
        match place {
            Some(place) => assert!(said.contains(&format!("did you mean `{place}`?")), "{zone}: {said}"),
            None => assert!(!said.contains("did you mean"), "{zone}: {said}"),
        }
        let own = at(
            "2026-12-02T09:00 Europe/London",
            "Europe/London",
            &format!(", anchors: {{ x: 'T+1d 08:00 {zone}' }}"),
        );
        if !zone.contains(' ') {
            let said = self::said(&own);
            assert_eq!(said.contains("did you mean"), place.is_some(), "{zone}: {said}");
        }
    }
}

#[test]
fn a_zone_that_is_an_offset_draws_a_warning() {
    for zone in ["EST", "MST", "HST", "Etc/GMT+2", "Etc/GMT-5"] {
        let loaded = sound(load_files(&[("launch.yaml", &at("2026-07-02T09:00", zone, ""))], &[]));
        let codes: Vec<_> = loaded.warnings.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, ["fixed-zone"], "{zone}");
    }
    for zone in ["UTC", "Etc/UTC", "GMT", "America/New_York", "Africa/Lagos"] {
        assert_eq!(said(&at("2026-07-02T09:00", zone, "")), "", "{zone}");
    }
}

#[test]
fn an_hour_that_comes_twice_or_never_asks_for_its_offset() {
    let twice = said(&at("2026-10-25T01:30", "Europe/London", ""));
    assert!(twice.contains("error[time-twice]"), "{twice}");
    assert!(twice.contains("2026-10-25T01:30+01:00 or 2026-10-25T01:30+00:00"), "{twice}");
    let never = said(&at("2026-03-29T01:30", "Europe/London", ""));
    assert!(never.contains("error[no-such-time]") && never.contains("offset"), "{never}");
    for (offset, utc) in [("+01:00", "2026-10-25T00:30:00+00:00"), ("+00:00", "2026-10-25T01:30:00+00:00")] {
        let text = at(&format!("2026-10-25T01:30{offset}"), "Europe/London", "");
        let launch = sound(load_files(&[("launch.yaml", &text)], &[])).launch;
        assert_eq!(launch.schedule.t0.to_rfc3339(), utc);
    }
    let anchor = said(&at("2026-10-20T09:00", "Europe/London", ", anchors: { call: 2026-10-25T01:30 }"));
    assert!(anchor.contains("error[time-twice]"), "{anchor}");
}
