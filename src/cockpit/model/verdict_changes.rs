//! Verdicts that changed, newest first, and which of them nobody has looked at yet.

use std::collections::{BTreeSet, VecDeque};

use gonogo_domain::{Flip, GateId, Verdict};

/// So many flips are kept.
const KEPT: usize = 1_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct FlipLog {
    /// Newest first.
    all: VecDeque<(Flip, News)>,
    unseen: BTreeSet<GateId>,
}

/// Whether a flip is worth a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Something changed.
    Yes,
    /// A first answer after the start, or something from before it: history only.
    No,
}

impl FlipLog {
    /// Takes in what changed from one board to the next. While sources have yet to answer for the first time
    /// (`starting`), what comes out of unknown is no news.
    pub fn changed(&mut self, flips: Vec<Flip>, starting: bool) {
        for flip in flips.into_iter().rev() {
            let first_answer = matches!(flip.from, None | Some(Verdict::Unknown)) && starting;
            let news = if first_answer { News::No } else { News::Yes };
            if news == News::Yes {
                self.unseen.insert(flip.gate.clone());
            }
            self.all.push_front((flip, news));
        }
        self.all.truncate(KEPT);
    }

    /// Takes in history from before the start.
    pub fn remember(&mut self, flips: Vec<Flip>) {
        for flip in flips {
            let known = |old: &Flip| old.gate == flip.gate && old.at == flip.at && old.to == flip.to;
            if !self.all.iter().any(|(old, _)| known(old)) {
                self.all.push_back((flip, News::No));
            }
        }
        self.all.make_contiguous().sort_by_key(|(flip, _)| std::cmp::Reverse(flip.at));
        self.all.truncate(KEPT);
    }

    /// What is worth showing on the board, newest first. History serves when nothing has happened yet.
    pub fn recent(&self) -> impl Iterator<Item = &Flip> {
        self.all.iter().filter(|(flip, news)| *news == News::Yes || flip.from.is_some()).map(|(flip, _)| flip)
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
    use chrono::DateTime;

    use super::*;

    fn flip(gate: &str, from: Option<Verdict>, to: Verdict, at: i64) -> Flip {
        Flip { gate: gate.into(), from, to, at: DateTime::from_timestamp(at, 0).unwrap(), reason: "".into() }
    }

    #[test]
    fn first_answers_are_no_news_and_later_changes_are() {
        let mut log = FlipLog::default();
        log.changed(vec![flip("qa/a", Some(Verdict::Unknown), Verdict::Go, 1)], true);
        assert!(log.unseen().is_empty());
        log.changed(vec![flip("qa/b", Some(Verdict::Go), Verdict::NoGo, 2)], true);
        log.changed(vec![flip("qa/a", Some(Verdict::Unknown), Verdict::Go, 3)], false);
        assert_eq!(log.unseen().len(), 2);
        log.seen(&"qa/b".into());
        assert_eq!(log.unseen().iter().map(GateId::as_str).collect::<Vec<_>>(), ["qa/a"]);
        assert_eq!(log.of(&"qa/a".into()).count(), 2);
    }

    #[test]
    fn history_is_put_in_its_place_once() {
        let mut log = FlipLog::default();
        log.changed(vec![flip("qa/a", Some(Verdict::Go), Verdict::NoGo, 9)], false);
        for _ in 0..2 {
            log.remember(vec![
                flip("qa/a", Some(Verdict::Go), Verdict::NoGo, 9),
                flip("qa/a", None, Verdict::Go, 3),
            ]);
        }
        let times: Vec<_> = log.of(&"qa/a".into()).map(|it| it.at.timestamp()).collect();
        assert_eq!(times, [9, 3]);
    }

    #[test]
    fn the_log_does_not_grow_for_ever() {
        let mut log = FlipLog::default();
        for at in 0..3_000 {
            log.changed(vec![flip("qa/a", Some(Verdict::Go), Verdict::NoGo, at)], false);
        }
        assert_eq!(log.all.len(), KEPT);
        assert_eq!(log.recent().next().unwrap().at.timestamp(), 2_999);
    }
}
