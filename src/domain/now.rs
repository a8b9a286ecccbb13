//! Time by two clocks (V7): the wall clock, which people and servers share, and the boot-time clock, which nobody
//! can set and which counts suspended time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How far the two clocks may disagree about an interval, or the wall clock step back, before what was observed in
/// it counts as stale (V7).
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(5);

/// The present moment by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Wall clock, UTC.
    pub wall: DateTime<Utc>,
    /// Time since this machine started, suspended time included. Never goes back, and means nothing outside this run.
    pub boot: Duration,
}

/// When something was observed, by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Wall clock, UTC.
    pub wall: DateTime<Utc>,
    /// Boot-time clock; `None` once the observation has been to disk, where it belongs to no boot (V7: stale).
    pub boot: Option<Duration>,
}

/// How old an observation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// The larger of both clocks' differences.
    Known(Duration),
    /// The clocks disagree, the wall clock stepped back, or the observation was read from disk: stale whatever its
    /// wall-clock age, which is kept for display.
    Unreliable(Duration),
}

impl Stamp {
    /// The stamp of an observation made at `now`.
    pub fn at(now: Now) -> Self {
        Self { wall: now.wall, boot: Some(now.boot) }
    }

    /// The age by V7.
    pub fn age(&self, now: Now) -> Age {
        let wall = now.wall.signed_duration_since(self.wall);
        let shown = wall.to_std().unwrap_or_default();
        let Some(boot) = self.boot.and_then(|boot| now.boot.checked_sub(boot)) else {
            return Age::Unreliable(shown);
        };
        let drift = (wall - TimeDelta::from_std(boot).unwrap_or(TimeDelta::MAX / 2)).abs();
        if drift.to_std().unwrap_or(Duration::MAX) > CLOCK_TOLERANCE {
            return Age::Unreliable(shown.max(boot));
        }
        Age::Known(shown.max(boot))
    }
}

impl Age {
    /// The age for people; says nothing about trust.
    pub fn shown(self) -> Duration {
        match self {
            Self::Known(age) | Self::Unreliable(age) => age,
        }
    }

    /// Whether the observation may still count under this freshness limit.
    pub fn is_fresh(self, limit: Duration) -> bool {
        matches!(self, Self::Known(age) if age <= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(wall: i64, boot: u64) -> Now {
        Now { wall: DateTime::from_timestamp(wall, 0).unwrap(), boot: Duration::from_secs(boot) }
    }

    #[test]
    fn the_larger_difference_is_the_age() {
        let stamp = Stamp::at(now(1_000, 100));
        assert_eq!(stamp.age(now(1_010, 113)), Age::Known(Duration::from_secs(13)));
        assert_eq!(stamp.age(now(1_013, 110)), Age::Known(Duration::from_secs(13)));
    }

    #[test]
    fn clocks_that_disagree_make_it_stale() {
        let stamp = Stamp::at(now(1_000, 100));
        for later in
            [now(1_000, 106), now(1_020, 110), now(990, 101), now(i64::from(u32::MAX), 101), now(1_001, 99)]
        {
            assert!(!stamp.age(later).is_fresh(Duration::from_secs(600)), "{later:?}");
        }
    }

    #[test]
    fn suspended_time_counts_and_disk_is_always_stale() {
        let stamp = Stamp::at(now(1_000, 100));
        assert_eq!(stamp.age(now(29_800, 28_900)), Age::Known(Duration::from_secs(28_800)));
        let read = Stamp { boot: None, ..stamp };
        assert!(!read.age(now(1_001, 101)).is_fresh(Duration::from_secs(600)));
    }

    #[test]
    fn no_arithmetic_panics_at_the_ends_of_time() {
        let stamp = Stamp { wall: DateTime::<Utc>::MIN_UTC, boot: Some(Duration::MAX) };
        let end = Now { wall: DateTime::<Utc>::MAX_UTC, boot: Duration::MAX };
        assert!(!stamp.age(end).is_fresh(Duration::from_secs(600)));
        let start = Now { wall: DateTime::<Utc>::MIN_UTC, boot: Duration::ZERO };
        assert!(!Stamp::at(end).age(start).is_fresh(Duration::from_secs(600)));
    }
}
