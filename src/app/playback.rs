//! The clock of a recorded day: it runs faster, stands still, and jumps, always forwards on the boot-time clock.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use gonogo_clock::Clock;
use gonogo_domain::Now;

/// The clock of a recorded day. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct Playback {
    state: Arc<Mutex<State>>,
    clock: Clock,
}

#[derive(Debug)]
struct State {
    /// Where playback starts and ends.
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// The day's clock at the last change of pace, and the machine's boot clock then.
    played: Duration,
    since: Duration,
    /// Seconds of the day per second.
    speed: u32,
    paused: bool,
}

/// What the playback is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaybackStatus {
    /// The moment of the day.
    pub at: DateTime<Utc>,
    /// Seconds of the day per second.
    pub speed: u32,
    /// Standing still.
    pub paused: bool,
    /// The recording is over.
    pub ended: bool,
}

impl Playback {
    /// A playback that stands at `from` and runs at once.
    pub fn new(clock: Clock, from: DateTime<Utc>, until: DateTime<Utc>, speed: u32) -> Self {
        let since = clock.read().boot;
        let state =
            State { from, until, played: Duration::ZERO, since, speed: speed.clamp(1, 3_600), paused: false };
        Self { state: Arc::new(Mutex::new(state)), clock }
    }

    /// The moment of the day by both clocks: they agree, so nothing in a playback is stale by V7.
    pub fn now(&self) -> Now {
        let boot = self.clock.read().boot;
        let state = self.lock();
        let played = state.played_at(boot);
        Now { wall: state.wall(played), boot: played }
    }

    /// A moment of the day by both clocks.
    pub fn at(&self, moment: DateTime<Utc>) -> Now {
        let played = (moment - self.lock().from).to_std().unwrap_or_default();
        Now { wall: moment, boot: played }
    }

    /// What it is doing.
    pub fn status(&self) -> PlaybackStatus {
        let boot = self.clock.read().boot;
        let state = self.lock();
        let at = state.wall(state.played_at(boot));
        PlaybackStatus { at, speed: state.speed, paused: state.paused, ended: at >= state.until }
    }

    /// Whether its clock stands still, until somebody moves it.
    pub fn is_still(&self) -> bool {
        let status = self.status();
        status.paused || status.ended
    }

    /// The end of the recorded day.
    pub fn end(&self) -> DateTime<Utc> {
        self.lock().until
    }

    /// Changes the speed, from 1 to 3,600 seconds per second.
    pub fn set_speed(&self, speed: u32) {
        self.change(|state| state.speed = speed.clamp(1, 3_600));
    }

    /// Stands still, or goes on.
    pub fn pause(&self, paused: bool) {
        self.change(|state| state.paused = paused);
    }

    /// Jumps ahead to the end.
    pub fn finish(&self) {
        self.change(|state| state.played = state.length());
    }

    /// Jumps ahead to a moment; one that has passed is ignored.
    pub fn jump(&self, to: DateTime<Utc>) {
        self.change(|state| {
            let target = (to - state.from).to_std().unwrap_or_default();
            state.played = state.played.max(target).min(state.length());
        });
    }

    /// How long, of the machine's time, until the day's clock shows `moment`; `None` while it stands still.
    pub fn until(&self, moment: DateTime<Utc>) -> Option<Duration> {
        let now = self.now().wall;
        let state = self.lock();
        let ahead = (moment - now).to_std().unwrap_or_default();
        (!state.paused).then(|| ahead / state.speed)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let boot = self.clock.read().boot;
        let mut state = self.lock();
        state.played = state.played_at(boot);
        state.since = boot;
        change(&mut state);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn played_at(&self, boot: Duration) -> Duration {
        let real = if self.paused { Duration::ZERO } else { boot.saturating_sub(self.since) };
        self.played.saturating_add(real.saturating_mul(self.speed)).min(self.length())
    }

    fn length(&self) -> Duration {
        (self.until - self.from).to_std().unwrap_or_default()
    }

    fn wall(&self, played: Duration) -> DateTime<Utc> {
        let delta = TimeDelta::from_std(played).unwrap_or(TimeDelta::MAX);
        self.from.checked_add_signed(delta).unwrap_or(self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    #[test]
    fn it_runs_pauses_jumps_and_ends() {
        let (clock, hands) = Clock::manual(at(0));
        let playback = Playback::new(clock, at(100), at(200), 60);
        hands.advance(Duration::from_secs(10));
        assert_eq!(playback.now().wall, at(110));
        playback.pause(true);
        hands.advance(Duration::from_secs(10));
        assert_eq!(playback.now().wall, at(110));
        assert_eq!(playback.until(at(120)), None);
        playback.pause(false);
        playback.set_speed(600);
        hands.advance(Duration::from_secs(1));
        assert_eq!(playback.now().wall, at(120));
        playback.jump(at(105));
        assert_eq!(playback.now().wall, at(120), "never back");
        assert_eq!(playback.until(at(130)), Some(Duration::from_secs(1)));
        hands.advance(Duration::from_secs(10_000));
        assert!(playback.status().ended);
        assert_eq!(playback.now().wall, at(200));
    }

    #[test]
    fn both_clocks_agree_at_any_speed() {
        let (clock, hands) = Clock::manual(at(0));
        let playback = Playback::new(clock, at(0), at(100_000), 3_600);
        let before = playback.now();
        hands.advance(Duration::from_secs(77));
        let after = playback.now();
        assert_eq!(
            (after.wall - before.wall).to_std().unwrap(),
            after.boot.checked_sub(before.boot).unwrap()
        );
    }
}
