//! The only caller of `now()`.
//!
//! Everything else is told the time, so that a test, a replay and the real thing run the same code. A reading
//! holds two clocks that cannot be fooled in the same way: the wall clock (which people and NTP may set) and
//! the boot clock (which nobody sets, and which goes on counting while the machine sleeps). Rule V7 compares
//! the two.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

use chrono::{DateTime, TimeDelta, Utc};
use gonogo_domain::Now;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Where the time comes from. Clones are cheap and tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(TimeSource);

#[derive(Clone, Debug)]
enum TimeSource {
    System,
    Manual(Arc<Mutex<Now>>),
}

impl Clock {
    /// The machine's clocks.
    pub fn system() -> Self {
        Self(TimeSource::System)
    }

    /// A clock that stands at `wall` (boot clock at zero) until its [`ManualClock`] are moved: for replays and tests.
    pub fn manual(wall: DateTime<Utc>) -> (Self, ManualClock) {
        let reading = Arc::new(Mutex::new(Now { wall, boot: Duration::ZERO }));
        (Self(TimeSource::Manual(Arc::clone(&reading))), ManualClock(reading))
    }

    /// What both clocks say at this moment.
    pub fn read(&self) -> Now {
        match &self.0 {
            TimeSource::System => system::read(),
            TimeSource::Manual(reading) => *reading.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Moves a clock made by [`Clock::manual`]. All clones of that clock see it.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Now>>);

impl ManualClock {
    /// Lets `by` pass on both clocks. The wall clock stops at the last moment it can express.
    pub fn advance(&self, by: Duration) {
        self.change(|reading| {
            let delta = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
            reading.wall = reading.wall.checked_add_signed(delta).unwrap_or(DateTime::<Utc>::MAX_UTC);
            reading.boot = reading.boot.saturating_add(by);
        });
    }

    /// Sets the wall clock alone, either way, as NTP or a person would.
    pub fn set_wall(&self, wall: DateTime<Utc>) {
        self.change(|reading| reading.wall = wall);
    }

    fn change(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The machine's clocks: the one place where lint and architecture test let `now()` be called.
mod system {
    use super::{Now, Utc};
    use std::time::Duration;

    #[expect(clippy::disallowed_methods, reason = "only the room `clock` asks for the time")]
    pub(super) fn read() -> Now {
        Now { wall: Utc::now(), boot: boot() }
    }

    /// The clock that counts the time that the machine was suspended, unlike that of `Instant`: `CLOCK_BOOTTIME`, and
    /// on Apple's systems `CLOCK_MONOTONIC`.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    fn boot() -> Duration {
        #[cfg(target_vendor = "apple")]
        const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
        #[cfg(not(target_vendor = "apple"))]
        const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
        Duration::try_from(rustix::time::clock_gettime(CLOCK)).unwrap_or_default()
    }

    /// The best that std gives. Suspended time may be missing here; the wall clock then disagrees: V7 makes every
    /// observation stale, and V16 leaves the time unknown until a server is heard again.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    #[expect(clippy::disallowed_methods, reason = "only the room `clock` asks for the time")]
    fn boot() -> Duration {
        use std::sync::OnceLock;
        use std::time::Instant;
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_system_clock_runs_and_its_boot_clock_never_goes_back() {
        let clock = Clock::system();
        let readings: Vec<_> = (0..1_000).map(|_| clock.read()).collect();
        assert!(readings.windows(2).all(|w| w[0].boot <= w[1].boot));
        assert!(readings[0].boot < readings[999].boot, "the boot clock stands still");
        assert!(readings[0].wall > "2025-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_boot_clock_is_the_one_that_counts_suspended_time() {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
        // /proc/uptime may be given per container; it is never ahead of the real boot clock.
        assert!(Clock::system().read().boot.as_secs_f64() + 1.0 >= uptime);
    }

    #[test]
    fn a_manual_clock_stands_until_it_is_moved() {
        let (clock, hands) = Clock::manual(noon());
        assert_eq!(clock.read(), clock.clone().read());
        let twin = clock.clone();
        hands.advance(Duration::from_secs(90));
        assert_eq!(twin.read(), Now { wall: noon() + TimeDelta::seconds(90), boot: Duration::from_secs(90) });
    }

    #[test]
    fn setting_the_wall_clock_leaves_the_boot_clock_alone() {
        let (clock, hands) = Clock::manual(noon());
        hands.advance(Duration::from_secs(5));
        hands.set_wall(noon() - TimeDelta::days(365));
        assert_eq!(clock.read(), Now { wall: noon() - TimeDelta::days(365), boot: Duration::from_secs(5) });
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        let (clock, hands) = Clock::manual(noon());
        hands.advance(Duration::MAX);
        hands.advance(Duration::MAX);
        assert_eq!(clock.read(), Now { wall: DateTime::<Utc>::MAX_UTC, boot: Duration::MAX });
    }
}
