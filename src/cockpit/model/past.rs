//! Looking back: the board as it was at another moment of the day. The present goes on behind it.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Index, Model, TextField};
use crate::{PastMoment, PastView};
use gonogo_domain::{Board, Flip, GateId, Launch, Now};

/// The state of looking back.
#[derive(Clone, Debug)]
pub(crate) struct LookBack {
    /// The moment that was asked for; the answer may still be on its way.
    pub asked: DateTime<Utc>,
    /// What is shown; `None` until the first answer.
    pub view: Option<PastView>,
    /// A time that is being typed.
    pub typing: Option<TextField>,
    /// The board as it was last shown when looking back began.
    pub left: Arc<Board>,
    /// What the application told meanwhile.
    pub newer: Option<(Option<Arc<Launch>>, Arc<Board>)>,
}

impl LookBack {
    /// The present board.
    pub fn present(&self) -> &Arc<Board> {
        self.newer.as_ref().map_or(&self.left, |(_, board)| board)
    }

    /// All moments of the day, oldest first.
    pub fn moments(&self) -> &[PastMoment] {
        self.view.as_ref().map_or(&[], |view| &view.moments)
    }

    /// The next moment, or the one before.
    pub fn beside(&self, forward: bool) -> Option<DateTime<Utc>> {
        let mut moments = self.moments().iter().map(|it| it.at);
        if forward { moments.find(|at| *at > self.asked) } else { moments.rfind(|at| *at < self.asked) }
    }

    /// What happened last before the moment that is shown.
    pub fn newest(&self) -> Option<&PastMoment> {
        let at = self.view.as_ref()?.at;
        self.moments().iter().rfind(|moment| moment.at <= at)
    }

    /// The moment within the day.
    pub fn within(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.view.as_ref().map_or(at, |view| at.clamp(view.from.min(view.to), view.to.max(view.from)))
    }
}

impl Model {
    /// Whether a gate has changed and nobody looked at it since. That is about now: nothing is said of it while somebody looks back.
    pub(crate) fn is_news(&self, gate: &GateId) -> bool {
        !self.looks_back() && self.flips.unseen().contains(gate)
    }

    /// Of these changes those that had happened by the moment that is shown.
    pub(crate) fn happened<'a>(&self, all: impl Iterator<Item = &'a Flip>) -> impl Iterator<Item = &'a Flip> {
        let until = self.past.as_ref().and_then(|past| past.view.as_ref()).map(|view| view.at);
        all.filter(move |flip| until.is_none_or(|until| flip.at <= until))
    }

    /// Whether the board on the screen is not the present one.
    pub fn looks_back(&self) -> bool {
        self.past.is_some()
    }

    /// The clocks that what is on the screen is to be read by.
    pub(crate) fn clock(&self, now: Now) -> Now {
        self.past.as_ref().and_then(|past| past.view.as_ref()).map_or(now, |view| view.now)
    }

    /// Shows another board without taking it for news.
    pub(crate) fn swap_board(&mut self, board: Arc<Board>) {
        self.index = Index::new(&self.launch, &board, self.list.group_by);
        self.board = board;
        self.rebuild();
    }
}
