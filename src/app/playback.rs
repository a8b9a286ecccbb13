//! The clock of a recorded day: it runs faster, stands still, and jumps, always forwards on the boot-time clock; only a story
//! that is played again from an earlier chapter sets it back.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};

use gonogo_clock::Clock;
use gonogo_domain::Now;
use gonogo_source::recorded::Chapter;

/// The clock of a recorded day. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct PlaybackClock {
    state: Arc<Mutex<PlaybackState>>,
    clock: Clock,
}

#[derive(Debug)]
struct PlaybackState {
    /// Where playback starts and ends.
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// The day's clock at the last change of pace, and the machine's boot clock then.
    played: Duration,
    since: Duration,
    /// Seconds of the day per second; in a story, how many times its own pace.
    speed: f64,
    /// The paces of a story, from a place in the day on, in seconds of the day per second; empty: one pace throughout.
    paces: Vec<(Duration, f64)>,
    paused: bool,
    /// Somebody writes, and the story waits for them.
    waits: bool,
}

/// What the playback is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaybackStatus {
    /// The moment of the day.
    pub at: DateTime<Utc>,
    /// Seconds of the day per second.
    pub speed: f64,
    /// How many times the story's own pace that is; `None`: it is no story.
    pub times: Option<f64>,
    /// Standing still.
    pub paused: bool,
    /// Standing still because somebody writes.
    pub waits: bool,
    /// The recording is over.
    pub ended: bool,
}

/// The bounds of how fast a day without chapters may be played, and of how many times its own pace a story may.
const PLAIN: (f64, f64) = (1.0, 3_600.0);
const STORY: (f64, f64) = (0.25, 16.0);

impl PlaybackClock {
    /// A playback that stands at `from` and runs at once.
    pub fn new(clock: Clock, from: DateTime<Utc>, until: DateTime<Utc>, speed: u32) -> Self {
        Self::with(clock, (from, until), f64::from(speed).clamp(PLAIN.0, PLAIN.1), Vec::new())
    }

    /// A story that plays chapter by chapter, each at its own pace.
    pub fn story(clock: Clock, from: DateTime<Utc>, until: DateTime<Utc>, chapters: &[Chapter]) -> Self {
        let ends = chapters.iter().skip(1).map(|it| it.at).chain([until]);
        let paces = chapters.iter().zip(ends).map(|(chapter, end)| {
            let length = (end - chapter.at).to_std().unwrap_or_default().as_secs_f64();
            let place = (chapter.at - from).to_std().unwrap_or_default();
            (place, (length / f64::from(chapter.seconds.max(1))).max(1.0))
        });
        let paces = paces.collect();
        Self::with(clock, (from, until), 1.0, paces)
    }

    fn with(
        clock: Clock,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        speed: f64,
        paces: Vec<(Duration, f64)>,
    ) -> Self {
        let since = clock.read().boot;
        let (paused, waits, played) = (false, false, Duration::ZERO);
        let state = PlaybackState { from, until, played, since, speed, paces, paused, waits };
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
        let played = state.played_at(boot);
        let at = state.wall(played);
        PlaybackStatus {
            at,
            speed: state.pace(played).0 * state.factor(),
            times: (!state.paces.is_empty()).then_some(state.speed),
            paused: state.paused,
            waits: state.waits,
            ended: at >= state.until,
        }
    }

    /// Whether its clock stands still, until somebody moves it.
    pub fn is_still(&self) -> bool {
        let status = self.status();
        status.paused || status.waits || status.ended
    }

    /// The end of the recorded day.
    pub fn end(&self) -> DateTime<Utc> {
        self.lock().until
    }

    /// Changes the speed: seconds per second from 1 to 3,600, or a story's own pace from a quarter to 16 times.
    pub fn set_speed(&self, speed: f64) {
        self.change(|state| {
            let (least, most) = if state.paces.is_empty() { PLAIN } else { STORY };
            state.speed = speed.clamp(least, most);
        });
    }

    /// Stands still, or goes on.
    pub fn pause(&self, paused: bool) {
        self.change(|state| state.paused = paused);
    }

    /// Waits for somebody who writes, or goes on.
    pub fn wait_for(&self, somebody: bool) {
        self.change(|state| state.waits = somebody);
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

    /// Sets it back to a moment: for whoever has forgotten all that came after it.
    pub fn rewind(&self, to: DateTime<Utc>) {
        self.change(|state| {
            let target = (to - state.from).to_std().unwrap_or_default();
            state.played = state.played.min(target);
        });
    }

    /// How long, of the machine's time, until the day's clock shows `moment`; `None` while it stands still.
    pub fn until(&self, moment: DateTime<Utc>) -> Option<Duration> {
        let now = self.now().wall;
        let state = self.lock();
        if state.paused || state.waits {
            return None;
        }
        let (from, to) = ((now - state.from).to_std(), (moment - state.from).to_std());
        Some(state.takes(from.unwrap_or_default(), to.unwrap_or_default()))
    }

    fn change(&self, change: impl FnOnce(&mut PlaybackState)) {
        let boot = self.clock.read().boot;
        let mut state = self.lock();
        state.played = state.played_at(boot);
        state.since = boot;
        change(&mut state);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, PlaybackState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PlaybackState {
    /// By what the pace of a place is multiplied.
    fn factor(&self) -> f64 {
        if self.paces.is_empty() { 1.0 } else { self.speed }
    }

    /// The pace at a place of the day, and where it ends.
    fn pace(&self, at: Duration) -> (f64, Duration) {
        let next = self.paces.partition_point(|(from, _)| *from <= at);
        let end = self.paces.get(next).map_or(Duration::MAX, |(from, _)| *from);
        let own = next.checked_sub(1).and_then(|at| self.paces.get(at)).or(self.paces.first());
        (own.map_or(self.speed, |(_, pace)| *pace), end)
    }

    fn played_at(&self, boot: Duration) -> Duration {
        let still = self.paused || self.waits;
        let mut left = if still { 0.0 } else { boot.saturating_sub(self.since).as_secs_f64() };
        let mut at = self.played;
        let length = self.length();
        while left > 0.0 && at < length {
            let (pace, end) = self.pace(at);
            let pace = pace * self.factor();
            let room = end.min(length).saturating_sub(at).as_secs_f64() / pace;
            if left < room {
                let ahead = Duration::try_from_secs_f64(left * pace).unwrap_or(Duration::MAX);
                return at.saturating_add(ahead).min(length);
            }
            (at, left) = (end.min(length), left - room);
        }
        at
    }

    /// How long it takes from one place to another.
    fn takes(&self, from: Duration, to: Duration) -> Duration {
        let (mut at, mut seconds) = (from, 0.0);
        while at < to {
            let (pace, end) = self.pace(at);
            let next = end.min(to);
            seconds += next.saturating_sub(at).as_secs_f64() / (pace * self.factor());
            at = next;
        }
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
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
        let playback = PlaybackClock::new(clock, at(100), at(200), 60);
        hands.advance(Duration::from_secs(10));
        assert_eq!(playback.now().wall, at(110));
        playback.pause(true);
        hands.advance(Duration::from_secs(10));
        assert_eq!(playback.now().wall, at(110));
        assert_eq!(playback.until(at(120)), None);
        playback.pause(false);
        playback.set_speed(600.0);
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
    fn a_story_has_a_pace_for_each_chapter() {
        let chapter = |minute, seconds| Chapter { at: at(minute), title: String::new(), seconds };
        let (clock, hands) = Clock::manual(at(0));
        // Ten minutes in ten seconds, then 80 in two, then ten in ten.
        let chapters = [chapter(100, 10), chapter(110, 2), chapter(190, 10)];
        let playback = PlaybackClock::story(clock, at(100), at(200), &chapters);
        assert_eq!(playback.until(at(200)), Some(Duration::from_secs(22)));
        hands.advance(Duration::from_secs(5));
        assert_eq!(playback.now().wall, at(105));
        assert_eq!((playback.status().speed, playback.status().times), (60.0, Some(1.0)));
        hands.advance(Duration::from_secs(6));
        assert_eq!(playback.now().wall, at(150), "over the end of a chapter in one step");
        playback.wait_for(true);
        hands.advance(Duration::from_secs(60));
        assert_eq!(
            (playback.now().wall, playback.until(at(190))),
            (at(150), None),
            "it waits for who writes"
        );
        playback.wait_for(false);
        playback.set_speed(2.0);
        assert_eq!(playback.until(at(190)), Some(Duration::from_millis(500)));
        hands.advance(Duration::from_millis(500));
        assert_eq!(playback.now().wall, at(190));
        playback.rewind(at(110));
        assert_eq!(playback.now().wall, at(110), "told again");
        playback.rewind(at(150));
        assert_eq!(playback.now().wall, at(110), "never ahead");
        playback.set_speed(1_000.0);
        assert_eq!(playback.status().times, Some(16.0));
        hands.advance(Duration::from_secs(100));
        assert!(playback.status().ended);
    }

    #[test]
    fn both_clocks_agree_at_any_speed() {
        let (clock, hands) = Clock::manual(at(0));
        let playback = PlaybackClock::new(clock, at(0), at(100_000), 3_600);
        let before = playback.now();
        hands.advance(Duration::from_secs(77));
        let after = playback.now();
        assert_eq!(
            (after.wall - before.wall).to_std().unwrap(),
            after.boot.checked_sub(before.boot).unwrap()
        );
    }
}
