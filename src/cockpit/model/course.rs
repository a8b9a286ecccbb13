//! How the score went while the cockpit was open.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use gonogo_domain::Board;

/// So many scores are kept: more than any curve has columns.
const KEPT: usize = 60;

/// So many of how many blocking gates were go or waived.
pub(crate) type ScoreShare = (u32, u32);

/// Each score that stood, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Course(VecDeque<(DateTime<Utc>, ScoreShare)>);

impl Course {
    /// Takes in a board; the same score again is none.
    pub fn saw(&mut self, board: &Board) {
        let at = board.evaluated_at;
        // A recording can be set back: what was seen of its future has not happened yet.
        while self.0.back().is_some_and(|(seen, _)| *seen > at) {
            self.0.pop_back();
        }
        let share = (board.score.go + board.score.waived, board.score.of);
        if self.0.back().is_none_or(|(_, last)| *last != share) {
            self.0.push_back((at, share));
        }
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }

    /// What had been seen by then.
    pub fn until(&self, at: DateTime<Utc>) -> impl Iterator<Item = ScoreShare> {
        self.0.iter().take_while(move |(seen, _)| *seen <= at).map(|(_, share)| *share)
    }
}
