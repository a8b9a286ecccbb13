//! The foot of every screen, and the figures of the board that tell how it went.

use std::sync::Arc;

use gonogo::cockpit::{Message, Model};

use crate::cockpit::fixture::*;

/// The screen that is shown stands in the line of screens, however few of them fit.
#[test]
fn the_screen_that_is_shown_is_named() {
    for size in [(120, 40), (90, 30), (200, 60)] {
        for (key, name) in
            [("1", "1 board"), ("9", "9 messages"), ("0", "0 readiness"), ("@", "@ people"), ("#", "# risks")]
        {
            let mut model = model(size);
            keys(&mut model, key);
            let said = shown(&model, size);
            let last = said.lines().last().unwrap();
            assert!(last.contains(name) && last.contains("? help"), "{size:?} {key}: {last}");
            assert!(last.starts_with(" 1 board"), "{size:?} {key}: {last}");
        }
    }
}

/// Acts keep their places from row to row: a move of the cursor redraws none of them.
#[test]
fn the_key_line_of_the_list_does_not_move() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut model = model(size);
        let foot =
            |model: &Model| shown(model, size).lines().rev().take(2).map(str::to_owned).collect::<Vec<_>>();
        let before = foot(&model);
        for key in "kjjjjjjjjjjjjk".chars() {
            keys(&mut model, &key.to_string());
            assert_eq!(foot(&model), before, "{size:?} after {key}");
        }
    }
}

/// The curve beside the score has a column for each score that stood, none before there are two, and none of a future.
#[test]
fn the_curve_shows_the_scores_that_stood() {
    let size = (120, 40);
    let mut model = model(size);
    let bar = |model: &Model| {
        let said = shown(model, size);
        said.lines().find(|line| line.starts_with(" ready ")).unwrap().to_owned()
    };
    let score = |model: &mut Model, go: u32, seconds: i64| {
        let mut board = board();
        (board.score.go, board.score.waived, board.score.pending) = (go, 0, board.score.of - go);
        board.evaluated_at = later(seconds).wall;
        send(model, Message::BoardChanged(Arc::new(board)));
    };
    score(&mut model, 3, 10);
    assert!(!bar(&model).contains('\u{2582}'), "one score is no curve: {}", bar(&model));
    score(&mut model, 3, 20);
    assert!(!bar(&model).contains('\u{2582}'), "the same again: {}", bar(&model));
    score(&mut model, 12, 30);
    score(&mut model, 21, 40);
    assert!(bar(&model).contains(" ▂▅█ 21 go of 21"), "{}", bar(&model));
    // Set back, as a recording can be.
    score(&mut model, 12, 30);
    assert!(bar(&model).contains(" ▂▅ 12 go of 21"), "{}", bar(&model));
    // No room, no curve.
    send(&mut model, Message::Resize(80, 24));
    assert!(!shown(&model, (80, 24)).contains("▂▅"));
}
