//! How the stories end: a review with what was learned and what follows, and a decision that closes the launch.

use chrono::{DateTime, Utc};
use gonogo::{
    domain::*,
    report::{MinutesInput, ReportAudience, ReviewPage, review_page},
};

use super::{page, signed};
use crate::support::day::Day;

pub fn learned(day: &mut Day, who: &str, text: &str) {
    day.does(who, Command::Review { step: ReviewStep::Learned { text: text.into() } });
}

/// Something is to be done, and nobody has it yet.
pub fn follows(day: &mut Day, who: &str, text: &str) {
    let step = ReviewStep::FollowUp { text: text.into(), owner: None, due: None };
    day.does(who, Command::Review { step });
}

pub fn given(day: &mut Day, who: &str, number: u32, owner: &str, due: DateTime<Utc>) {
    let step = ReviewStep::Assigned { number, owner: owner.into(), due: Some(due) };
    day.does(who, Command::Review { step });
}

/// The review is held, and one thing follows from it, which somebody gets.
pub fn reviewed(day: &mut Day, who: &str, (lesson, task): (&str, &str), owner: &str) {
    day.does(who, signed("launch/review", &[("notes", "https://acme.test/review")]));
    learned(day, who, lesson);
    follows(day, who, task);
    let close =
        Command::Close { wish: CloseWish::Close { reason: "so".into(), unfinished: true, figures: None } };
    assert_eq!(day.tries(who, close), Err("follow-up-without-owner"));
    let due = day.now + chrono::TimeDelta::days(10);
    given(day, who, 1, owner, due);
}

pub fn closes(day: &mut Day, who: &str, reason: &str, unfinished: bool) {
    let wish = CloseWish::Close { reason: reason.into(), unfinished, figures: None };
    day.does(who, Command::Close { wish });
    let board = day.board();
    assert!(board.closed.is_some() && board.word != BoardWord::Go, "{:?} {:?}", board.word, board.lowered);
    // Nobody takes it further without opening it again.
    assert_eq!(day.tries(who, signed(&board.gates[0].id.to_string(), &[])), Err("launch-closed"));
}

/// The page of the review.
pub fn review(day: &Day) -> String {
    let board = day.board();
    let went = TrackRecord::of(day.launch.id.clone(), &day.events, day.now);
    let launch = day.launch.following(&board).unwrap_or_else(|| day.launch.clone());
    let record = MinutesInput { board: &board, history: &day.history, head: "", rehearsal: false };
    review_page(&ReviewPage { record, launch: &launch, went: &went, figures: None, happened: &[] })
}

/// What each audience reads in the end: those who decide, those who build, sales, customers, and the minutes.
pub fn all_read(day: &Day, pages: [&[&str]; 5]) {
    let audiences = [
        ReportAudience::Executives,
        ReportAudience::Engineers,
        ReportAudience::Sales,
        ReportAudience::Customers,
        ReportAudience::Minutes,
    ];
    for (audience, words) in audiences.into_iter().zip(pages) {
        let page = page(day, audience);
        for word in words {
            assert!(page.contains(word), "{audience:?}: {word}: {page}");
        }
    }
}
