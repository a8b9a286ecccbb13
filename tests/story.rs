//! The demo in a real terminal: a story in chapters, which somebody plays in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::support::screen::Screen;

fn demo() -> Screen {
    let screen = Screen::open(&["demo"], &[], |_| {});
    screen.sees("1/12 Morning");
    screen
}

/// Stands at the beginning of a chapter.
fn at(number: usize) -> Screen {
    let mut screen = demo();
    screen.press(".");
    screen.sees("paused");
    for next in 2..=number {
        screen.press("]");
        screen.sees(&format!("{next}/12"));
    }
    screen
}

#[test]
fn whoever_answers_in_the_roll_call_is_not_answered_for() {
    let mut screen = at(4);
    screen.press("v");
    screen.sees("o opens the roll call");
    screen.press("o");
    screen.sees("Open roll call 1");
    screen.press("\r");
    screen.sees("0 of 6 heard");
    // The first station, written down for whoever holds it.
    screen.press("g");
    screen.sees("word of");
    screen.press("\r");
    screen.sees("1 of 6 heard");
    // The story goes on: the others answer, nothing is asked for twice, and it comes to a decision.
    screen.press("]");
    screen.sees("5/12");
    screen.press("]");
    let shown = screen.sees("6/12");
    assert!(!shown.contains("does not fit") && !shown.contains("goes on without"), "{shown}");
    let shown = screen.sees("6 of 6 heard");
    assert!(shown.contains("All stations said go"), "{shown}");
    assert!(shown.contains("mona, unverified, written down by octo"), "{shown}");
    // Told again, nobody has said anything yet.
    for _ in 0..2 {
        screen.press("[");
    }
    screen.sees("4/12");
    screen.sees("o opens the roll call");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn a_breach_asks_whoever_sits_there_and_the_story_waits_while_they_write() {
    let mut screen = at(7);
    screen.press(".");
    screen.sees("errors of stage canary calls for a rollback");
    screen.press("h");
    screen.sees("it waits for you");
    screen.press("\ta look first\r");
    screen.sees("recorded: stage canary: hold");
    screen.press("]");
    screen.sees("8/12");
    screen.press("7");
    screen.sees("step 1 of 2");
    screen.press("d");
    screen.sees("Step flag-off is done");
    screen.press("\r");
    screen.sees("step 2 of 2");
    // Until then one more key is asked for.
    screen.sees("recorded: step of the rollback");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}
