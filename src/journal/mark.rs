//! The clock's high-water mark (V9): waivers end by the largest clock ever seen, so that turning the clock back does
//! not revive one.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{Actor, Str};

/// A wall clock this far from a server's own date is not believed.
const SANE: TimeDelta = TimeDelta::minutes(10);

/// What the journal knows about clocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The largest believable clock ever seen, to the microsecond.
    pub high_water: Option<DateTime<Utc>>,
    /// Recorded corrections, oldest first.
    pub corrections: Vec<Correction>,
}

/// A person's word that the mark was wrong: a clock that ran ahead while no server could be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// When it was made, by the recorder's clock.
    pub at: DateTime<Utc>,
    /// The mark from now on.
    pub to: DateTime<Utc>,
    /// Who says so.
    pub by: Actor,
    /// Why.
    pub reason: Str,
}

/// Whether a wall clock may raise the mark. `server` is a server's own date at that moment, where one was asked.
pub(super) fn believable(wall: DateTime<Utc>, server: Option<DateTime<Utc>>) -> bool {
    server.is_none_or(|server| (wall - server).abs() <= SANE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_far_from_the_servers_is_not_believed() {
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap();
        assert!(believable(at(0), None));
        for (wall, believed) in
            [(600, true), (601, false), (-600, true), (-601, false), (86_400 * 365, false)]
        {
            assert_eq!(believable(at(wall), Some(at(0))), believed, "{wall}");
        }
        assert!(!believable(DateTime::<Utc>::MAX_UTC, Some(DateTime::<Utc>::MIN_UTC)), "no overflow");
    }
}
