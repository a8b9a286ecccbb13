//! What changed since the last line.

use std::collections::BTreeMap;

use crate::{Faults, Model, view::source_name};
use gonogo_domain::{Board, Flip, StageId, flips};
use std::sync::Arc;

/// What has been told.
pub(super) struct Seen {
    board: Arc<Board>,
    banners: Vec<String>,
    stages: BTreeMap<StageId, &'static str>,
    votes: BTreeMap<String, String>,
    decision: Option<String>,
    troubles: BTreeMap<String, String>,
    notice: Option<String>,
    faults: Option<Faults>,
}

impl Seen {
    pub(super) fn of(model: &Model) -> Self {
        Self {
            board: Arc::clone(&model.board),
            banners: Vec::new(),
            stages: stages(model),
            votes: votes(model),
            decision: decision(model),
            troubles: BTreeMap::new(),
            notice: None,
            faults: None,
        }
    }

    /// One line for each change; what they tell counts as told.
    pub(super) fn changes(&mut self, model: &Model) -> Vec<String> {
        let mut lines = Vec::new();
        let (old, new) = (&self.board, &model.board);
        lines.extend(flips(old, new).iter().map(flipped));
        if (old.named(), old.evidence) != (new.named(), new.evidence) {
            lines.push(format!("the board: {} -> {}", old.named(), model.word_in_full()));
        }
        self.board = Arc::clone(new);
        told(&mut self.stages, stages(model), "stage ", &mut lines);
        told(&mut self.votes, votes(model), "roll call: ", &mut lines);
        let troubles = troubles(model);
        // Of one that is asked no more nothing is known.
        let asked: Vec<_> = model.sources.iter().map(source_name).collect();
        let over = self.troubles.keys().filter(|name| asked.contains(name) && !troubles.contains_key(*name));
        lines.extend(over.map(|name| format!("source {name}: it answers again")));
        told(&mut self.troubles, troubles, "source ", &mut lines);
        let decision = decision(model);
        if decision != self.decision {
            lines.extend(decision.clone());
            self.decision = decision;
        }
        let banners = banners(model);
        lines.extend(banners.iter().filter(|it| !self.banners.contains(it)).cloned());
        self.banners = banners;
        if model.faults != self.faults {
            self.faults.clone_from(&model.faults);
            let told = self.faults.as_ref().map_or("the files can be used again", |faults| &faults.told);
            lines.extend(gonogo_text::clean_block(told).lines().map(str::to_owned));
        }
        let notice = model.notice.as_ref().map(|it| it.text.clone());
        if notice != self.notice {
            lines.extend(notice.clone());
            self.notice = notice;
        }
        lines
    }
}

fn flipped(flip: &Flip) -> String {
    let from = flip.from.map_or("new", gonogo_domain::Verdict::word);
    format!("{}: {from} -> {}: {}", flip.gate, flip.to.word(), flip.reason)
}

/// Tells what is new or different under each name.
fn told<K: Ord + std::fmt::Display, V: PartialEq + std::fmt::Display>(
    before: &mut BTreeMap<K, V>,
    now: BTreeMap<K, V>,
    what: &str,
    lines: &mut Vec<String>,
) {
    let new = now.iter().filter(|(name, said)| before.get(name) != Some(said));
    lines.extend(new.map(|(name, said)| format!("{what}{name}: {said}")));
    *before = now;
}

/// A recording says how far it is in its banner, over and over: that is no change.
fn banners(model: &Model) -> Vec<String> {
    let playing = model.playback.as_ref().map(|it| it.name.to_string());
    let lines = model.banners().into_iter().map(|(_, text)| text);
    lines.filter(|text| !playing.as_ref().is_some_and(|name| text.starts_with(name.as_str()))).collect()
}

fn stages(model: &Model) -> BTreeMap<StageId, &'static str> {
    model.board.stages.iter().map(|it| (it.id.clone(), it.status.word())).collect()
}

fn votes(model: &Model) -> BTreeMap<String, String> {
    let Some(poll) = model.poll().filter(|poll| poll.round > 0) else { return BTreeMap::new() };
    let answer = |it: &gonogo_domain::StationState| {
        let vote = it.vote.as_ref()?;
        let by = it.by.as_ref().map(|by| format!(" by {}", by.name)).unwrap_or_default();
        let void = if it.void.is_some() { ", void" } else { "" };
        let mut words: Vec<&str> = vote.conditions().iter().map(|it| &**it).collect();
        words.extend(it.note.as_deref());
        let words = if words.is_empty() { String::new() } else { format!(": {}", words.join("; ")) };
        Some((format!("{} {}", poll.round, it.title), format!("{}{by}{void}{words}", vote.word())))
    };
    poll.stations.iter().filter_map(answer).collect()
}

fn decision(model: &Model) -> Option<String> {
    let it = model.board.decision.as_ref()?;
    Some(format!("decision: {} by {}: {}", it.label(), it.by.name, it.reason))
}

/// What sources fail with, each connection by itself. That nothing was asked yet is no news, and neither is the first answer.
fn troubles(model: &Model) -> BTreeMap<String, String> {
    let failing = model.sources.iter().filter_map(|it| Some((it, it.failure.as_ref()?)));
    failing.map(|(it, why)| (source_name(it), why.message.to_string())).collect()
}
