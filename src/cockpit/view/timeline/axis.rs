//! The times over the chart.

use chrono::{DateTime, Days, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use gonogo_domain::Zone;

use super::{NAMES, scale::Part};
use crate::view::Canvas;
use gonogo_domain::zoned;
use gonogo_theme::Role;

/// The least columns from one time to the next.
const APART: f64 = 8.0;
/// Steps of the scale, in minutes of a day.
const MINUTES: &[i64] = &[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720];
/// And in days.
const DAYS: &[u64] = &[1, 2, 7, 14, 30, 91, 182, 365, 3_650];

/// Draws the times of every part, as many as there is room for.
pub(super) fn draw(parts: &[Part], now: DateTime<Utc>, zone: Zone, canvas: &mut Canvas<'_>) {
    for part in parts {
        let end = NAMES + part.x + part.cols;
        let mut free = NAMES + part.x;
        for (at, text) in times(part, now, zone) {
            let x = NAMES + part.column(at);
            let cols = canvas.cols(&text);
            if x >= free && x + cols <= end {
                canvas.put(x, 0, cols, &text, Role::Dim);
                free = x + cols + 1;
            }
        }
    }
}

/// Even times of the zone's own clock within a part.
fn times(part: &Part, now: DateTime<Utc>, zone: Zone) -> Vec<(DateTime<Utc>, String)> {
    let least = part.seconds_a_column() * APART;
    let midnight = zoned(part.from, zone).date_naive().and_time(chrono::NaiveTime::MIN);
    let fits = |seconds: f64| seconds >= least;
    let minutes = MINUTES.iter().find(|it| fits(TimeDelta::minutes(**it).as_seconds_f64()));
    let days = DAYS.iter().find(|it| fits(86_400.0 * std::time::Duration::from_secs(**it).as_secs_f64()));
    let days = days.or(DAYS.last()).copied().unwrap_or(1);
    let next = |local: NaiveDateTime| match minutes {
        Some(minutes) => local.checked_add_signed(TimeDelta::minutes(*minutes)),
        None => local.checked_add_days(Days::new(days)),
    };
    let today = zoned(now, zone).date_naive();
    let mut times = Vec::new();
    let mut local = Some(midnight);
    while let Some(it) = local {
        // What the clocks leave out is no time of that day.
        let at = zone.from_local_datetime(&it).earliest().map(|it| it.to_utc());
        if at.is_some_and(|at| at >= part.to) || times.len() > 400 {
            break;
        }
        let near = it.date().signed_duration_since(today).num_days().abs() <= 6;
        let text = match () {
            () if it.time() != chrono::NaiveTime::MIN => it.format("%H:%M"),
            () if near => it.format("%a"),
            () if days < 300 || minutes.is_some() => it.format("%-d %b"),
            () => it.format("%Y"),
        };
        times.extend(at.filter(|at| *at >= part.from).map(|at| (at, text.to_string())));
        local = next(it);
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(from: &str, to: &str, cols: u16) -> String {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let part = Part { from: at(from), to: at(to), x: 0, cols };
        let all = times(&part, at("2026-10-24T12:00:00Z"), "Europe/London".parse().unwrap());
        all.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn times_are_even_ones_of_the_zones_clock() {
        assert_eq!(words("2026-10-24T07:10:00Z", "2026-10-24T11:10:00Z", 40), "09:00 10:00 11:00 12:00");
        // The night on which the clocks go back has one midnight, and 01:00 once.
        assert_eq!(words("2026-10-24T22:00:00Z", "2026-10-25T04:00:00Z", 50), "23:00 Sun 01:00 02:00 03:00");
        assert_eq!(words("2026-10-20T12:00:00Z", "2026-10-25T12:00:00Z", 50), "Wed Thu Fri Sat Sun");
        assert_eq!(words("2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z", 40), "31 Jul 30 Aug 29 Sep");
        assert!(words("2026-01-01T00:00:00Z", "2050-01-01T00:00:00Z", 40).starts_with("2026 2035"));
    }
}
