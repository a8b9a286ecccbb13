//! Verdicts that changed, newest first, and which of them nobody has looked at yet.

use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use gonogo_domain::{Board, Flip, GateId, GateState, Verdict};

/// So many flips are kept.
const KEPT: usize = 1_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct FlipLog {
    /// Newest first.
    all: VecDeque<(Flip, News)>,
    unseen: BTreeSet<GateId>,
    /// When the first board was made; what was known before that is no news.
    began: Option<DateTime<Utc>>,
}

/// What a flip tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Something changed.
    Change,
    /// The first answer after the start, or what follows from it: nothing happened.
    FirstAnswer,
    /// It is from before the start: history only.
    Before,
}

impl FlipLog {
    /// Of a cockpit that was opened on `board`.
    pub fn since(board: &Board) -> Self {
        Self { began: Some(board.evaluated_at), ..Self::default() }
    }

    /// Takes in what changed from one board to the next. While sources have yet to answer for the first time (`starting`), what
    /// follows from their answers is no news either.
    pub fn changed(&mut self, old: &Board, new: &Board, starting: bool) {
        let flips = gonogo_domain::flips(old, new);
        let answered = |flip: &Flip| self.is_first_answer(old.gate(&flip.gate), new.gate(&flip.gate));
        let starting = starting || flips.iter().any(answered);
        let told = flips.into_iter().map(|flip| {
            let follows = || starting && self.follows(&flip, new.gate(&flip.gate));
            let first = answered(&flip) || follows();
            (flip, if first { News::FirstAnswer } else { News::Change })
        });
        let told: Vec<_> = told.collect();
        told.into_iter().rev().for_each(|(flip, news)| self.note(flip, news));
        self.all.truncate(KEPT);
    }

    fn note(&mut self, flip: Flip, news: News) {
        if news == News::Change {
            self.unseen.insert(flip.gate.clone());
        }
        self.all.push_front((flip, news));
    }

    /// Whether nothing was known of a gate since the start but that it had not been looked at yet. One whose source failed was
    /// looked at.
    fn is_first_answer(&self, old: Option<&GateState>, new: Option<&GateState>) -> bool {
        let (Some(old), Some(new)) = (old, new) else { return false };
        let before = |it: &GateState| it.observed_at.is_none_or(|seen| Some(seen.wall) < self.began);
        old.verdict == Verdict::Unknown && old.trouble.is_none() && before(old) && new.observed_at.is_some()
    }

    /// Whether a gate that people or other gates answer only follows first answers: nobody has said anything about it since the
    /// start.
    fn follows(&self, flip: &Flip, new: Option<&GateState>) -> bool {
        let open = matches!(flip.from, None | Some(Verdict::Unknown | Verdict::Pending));
        let follows = |it: &GateState| {
            let by_source = it.observed_at.is_some() && it.words.is_empty();
            !by_source && it.words.iter().all(|word| Some(word.at) < self.began)
        };
        open && new.is_some_and(follows)
    }

    /// Takes in history from before the start.
    pub fn remember(&mut self, flips: Vec<Flip>) {
        for flip in flips {
            let known = |old: &Flip| old.gate == flip.gate && old.at == flip.at && old.to == flip.to;
            if !self.all.iter().any(|(old, _)| known(old)) {
                self.all.push_back((flip, News::Before));
            }
        }
        self.all.make_contiguous().sort_by_key(|(flip, _)| std::cmp::Reverse(flip.at));
        self.all.truncate(KEPT);
    }

    /// What is worth showing on the board, newest first. History serves when nothing has happened yet.
    pub fn recent(&self) -> impl Iterator<Item = &Flip> {
        let tells = |(flip, news): &&(Flip, News)| match news {
            News::Change => true,
            News::FirstAnswer => false,
            News::Before => flip.from.is_some(),
        };
        self.all.iter().filter(tells).map(|(flip, _)| flip)
    }

    /// All that is known about one gate, newest first.
    pub fn of<'a>(&'a self, gate: &'a GateId) -> impl Iterator<Item = &'a Flip> {
        self.all.iter().map(|(flip, _)| flip).filter(move |flip| flip.gate == *gate)
    }

    pub fn unseen(&self) -> &BTreeSet<GateId> {
        &self.unseen
    }

    pub fn seen(&mut self, gate: &GateId) {
        self.unseen.remove(gate);
    }

    pub fn seen_all(&mut self) {
        self.unseen.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flip(gate: &str, from: Option<Verdict>, to: Verdict, at: i64) -> Flip {
        Flip { gate: gate.into(), from, to, at: DateTime::from_timestamp(at, 0).unwrap(), reason: "".into() }
    }

    #[test]
    fn history_is_put_in_its_place_once() {
        let mut log = FlipLog::default();
        log.note(flip("qa/a", Some(Verdict::Go), Verdict::NoGo, 9), News::Change);
        for _ in 0..2 {
            log.remember(vec![
                flip("qa/a", Some(Verdict::Go), Verdict::NoGo, 9),
                flip("qa/a", None, Verdict::Go, 3),
            ]);
        }
        let times: Vec<_> = log.of(&"qa/a".into()).map(|it| it.at.timestamp()).collect();
        assert_eq!(times, [9, 3]);
        assert_eq!(log.recent().count(), 1);
    }
}
