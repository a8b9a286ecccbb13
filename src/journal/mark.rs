//! The clock's high-water mark (V9): waivers end by the largest clock ever seen, so that turning the clock back does
//! not revive one.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{JournalError, observed::checksum};
use gonogo_domain::{Actor, Str};

/// A wall clock this far from a server's own date is not believed.
const SANE: TimeDelta = TimeDelta::minutes(10);

/// What the journal knows about clocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockMark {
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
    /// In the words of whoever does it; kept in the journal.
    pub reason: Str,
}

/// Whether a wall clock may raise the mark. `server` is a server's own date at that moment, where one was asked.
pub(super) fn believable(wall: DateTime<Utc>, server: Option<DateTime<Utc>>) -> bool {
    server.is_none_or(|server| (wall - server).abs() <= SANE)
}

/// A correction as a store keeps it.
pub(super) struct StoredCorrection {
    pub(super) n: i64,
    pub(super) body: Vec<u8>,
    pub(super) checksum: Vec<u8>,
}

/// What a store keeps of the mark: the microseconds with their checksum, and the corrections in order.
pub(super) fn read(
    launch: &str,
    high_water: Option<(i64, Vec<u8>)>,
    stored: &[StoredCorrection],
) -> Result<ClockMark, JournalError> {
    let damaged = || JournalError::broken(None, "the clock's mark is not what was recorded");
    let high_water = match high_water {
        Some((micros, checksum)) if checksum == sum(launch, micros) => {
            Some(DateTime::from_timestamp_micros(micros).ok_or_else(damaged)?)
        }
        Some(_) => return Err(damaged()),
        None => None,
    };
    let mut corrections = Vec::new();
    for (n, it) in (1..).zip(stored) {
        let whole = it.n == n && it.checksum == correction_sum(launch, n, &it.body);
        let correction = serde_json::from_slice(&it.body).ok().filter(|_| whole);
        corrections.push(correction.ok_or_else(damaged)?);
    }
    Ok(ClockMark { high_water, corrections })
}

/// The next correction as a store keeps it.
pub(super) fn write(
    launch: &str,
    before: usize,
    correction: &Correction,
) -> serde_json::Result<StoredCorrection> {
    let n = i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1);
    let body = serde_json::to_vec(correction)?;
    Ok(StoredCorrection { n, checksum: correction_sum(launch, n, &body), body })
}

/// The mark's checksum.
pub(super) fn sum(launch: &str, micros: i64) -> Vec<u8> {
    checksum(&[b"mark", launch.as_bytes(), &micros.to_be_bytes()])
}

fn correction_sum(launch: &str, n: i64, body: &[u8]) -> Vec<u8> {
    checksum(&[b"correction", launch.as_bytes(), &n.to_be_bytes(), body])
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
