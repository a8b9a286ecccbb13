//! A journal that has become long costs no more than its length: neither to fold, nor for each board on it.
//!
//! What is measured is the processor time of this very thread, so that a busy machine changes nothing, and it is
//! compared with itself: four times the events may cost far more than four times as much before a test fails, and
//! sixteen times, which is what each walk over all events for each event costs, is far beyond that.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use gonogo::{
    app::{Happening, LaunchSelection, Past, Session, open},
    domain::{Event, History, Now, Scope},
    journal::Location,
};
use rustix::time::{ClockId, clock_gettime};

use crate::support::long_journal::Day;

fn worked(work: impl FnOnce()) -> Duration {
    let spent = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let before = spent();
    work();
    spent().saturating_sub(before)
}

/// The best of seven each, taken in turns: what disturbs a run makes it longer, never shorter, and disturbs both alike.
fn least(few: impl Fn(), many: impl Fn()) -> (Duration, Duration) {
    let runs: Vec<_> = (0..7).map(|_| (worked(&few), worked(&many))).collect();
    (runs.iter().map(|it| it.0).min().unwrap(), runs.iter().map(|it| it.1).min().unwrap())
}

fn events(day: &Day, count: u64) -> Vec<Event> {
    (0..count).map(|n| day.event(n)).collect()
}

#[test]
fn four_times_the_events_are_folded_in_four_times_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let day = Day::new(folder.path());
    let events = events(&day, 40_000);
    let fold = |count: usize| assert_eq!(History::fold(&events[..count]).len, count as u64);
    let (few, many) = least(|| fold(10_000), || fold(40_000));
    assert!(many < few * 8, "{few:?} for 10,000 events, {many:?} for 40,000");
}

#[test]
fn a_board_costs_the_same_after_a_thousand_events_and_after_many_thousand() {
    let folder = tempfile::tempdir().unwrap();
    let day = Day::new(folder.path());
    let events = events(&day, 24_000);
    let live = |count: u64| {
        let history = History::fold(&events[..usize::try_from(count).unwrap()]);
        let mut live = Session::new(Arc::new(day.launch().clone()), history, Scope::default());
        let now = Now { wall: day.at(count), boot: Duration::from_secs(1) };
        assert_eq!(live.board(now).seen, count);
        move || {
            let mut live = live.clone();
            (0..50).for_each(|_| drop(live.board(now)));
        }
    };
    // Both end in the middle of a round, and long after the newest SCRUB.
    let (few, many) = least(live(1_020), live(23_020));
    assert!(many < few * 3, "50 boards: {few:?} after 1,020 events, {many:?} after 23,020");
}

/// What a replay tells of a long journal: every act, and each turn of a verdict, with the same board as a reader who goes
/// through the whole day makes.
#[test]
fn a_replay_keeps_few_states_and_goes_back_to_the_same_boards() {
    let folder = tempfile::tempdir().unwrap();
    let day = Day::new(folder.path());
    let place = std::path::Path::new("/dev/shm");
    let shelf =
        if place.is_dir() { tempfile::tempdir_in(place).unwrap() } else { tempfile::tempdir().unwrap() };
    let journal = shelf.path().join("long.db");
    day.keep(&Location::File(journal.clone()), 2_400);
    let opened = open(LaunchSelection {
        path: Some(folder.path().to_owned()),
        settings: Some(folder.path().join("settings.yaml")),
        journal: Some(journal.display().to_string()),
        ..LaunchSelection::default()
    })
    .unwrap();
    let mut past = Past::open(&opened).unwrap();
    let told = past.moments();
    let acts = told.iter().filter(|it| matches!(it.what, Happening::Act { .. })).count();
    assert_eq!(acts, 2_400);
    let events = events(&day, 2_400);
    for count in [2_399, 17, 1_231, 700, 2_100] {
        let at = day.at(count);
        let mut live = Session::new(Arc::new(day.launch().clone()), History::default(), Scope::default());
        events.iter().filter(|event| event.at <= at).for_each(|event| live.take_event(event));
        let now = past.now_at(at);
        // Twice: a hold moves what is counted from T with the first.
        live.board(now);
        assert_eq!(past.board_at(at), live.board(now), "after event {count}");
    }
}
