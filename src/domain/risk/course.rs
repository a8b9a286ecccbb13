//! What became of a risk, for whoever prepares the next launch.

use chrono::{DateTime, Utc};

use super::{RiskRecord, RiskState, RiskStatus, RiskStep, Triage, triage};
use crate::{Str, Voice};

/// From the first word on a risk to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskCourse {
    /// Its name.
    pub id: Str,
    /// What could go wrong, as it was said last. Foreign text, not yet sanitised.
    pub what: Str,
    /// The most that it ever did to the launch.
    pub worst: Triage,
    /// Who stated it first, and when.
    pub opened: Voice,
    /// The newest acceptance, also one that has ended.
    pub accepted: Option<RiskAcceptance>,
    /// Where it was left. An acceptance that has ended leaves it open.
    pub became: RiskStatus,
    /// Whose word that was; `None`: nobody has said anything since it was stated.
    pub word: Option<Voice>,
    /// What was said with it.
    pub note: Option<Str>,
}

/// That the launch might go with a risk, for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskAcceptance {
    /// Whose word.
    pub voice: Voice,
    /// Why the launch may go with it, in their words.
    pub reason: Str,
    /// Until when.
    pub until: DateTime<Utc>,
}

impl RiskRecord {
    /// What had become of it at a moment, every word counted; `None`: nothing states it.
    pub fn course(&self, at: DateTime<Utc>) -> Option<RiskCourse> {
        let RiskState { id, figures, status, word, note, .. } = self.state(None, at)?;
        let stated = self.entries.iter().filter_map(|entry| match &entry.step {
            RiskStep::Stated(figures) => Some(triage(figures)),
            _ => None,
        });
        let accepted = self.entries.iter().rev().find_map(|entry| match &entry.step {
            RiskStep::Accepted { reason, until, .. } => {
                Some(RiskAcceptance { voice: entry.voice.clone(), reason: reason.clone(), until: *until })
            }
            _ => None,
        });
        Some(RiskCourse {
            id,
            what: figures.what,
            worst: stated.max()?,
            opened: self.entries.first()?.voice.clone(),
            accepted,
            became: status,
            word,
            note,
        })
    }
}

impl RiskCourse {
    /// `cents (asks), a cent too much: opened 2026-12-02 by hu; accepted 2026-12-02 by octo until 2026-12-11: few are
    /// concerned; mitigated 2026-12-08 by hu: the fix is in`. Foreign text in it is not yet sanitised.
    pub fn said(&self) -> String {
        let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
        let by = |voice: &Voice| format!("{} by {}", day(voice.at), voice.spoken().named());
        let mut said =
            vec![format!("{} ({}), {}: opened {}", self.id, self.worst.word(), self.what, by(&self.opened))];
        said.extend(
            self.accepted
                .as_ref()
                .map(|it| format!("accepted {} until {}: {}", by(&it.voice), day(it.until), it.reason)),
        );
        let note = self.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        said.push(match (self.became, &self.word) {
            (RiskStatus::Mitigated | RiskStatus::Closed, Some(word)) => {
                format!("{} {}{note}", self.became.word(), by(word))
            }
            (RiskStatus::Open, Some(word)) => format!("open again {}{note}", by(word)),
            (RiskStatus::Accepted, _) => "accepted to the end".to_owned(),
            _ => "left open".to_owned(),
        });
        said.join("; ")
    }
}

impl RiskCourse {
    /// What a shared screen does not tell: what was said, and by whom.
    pub fn redact(&mut self) {
        let hidden = || Str::from("\u{2026}");
        self.what = hidden();
        self.note.iter_mut().for_each(|it| *it = hidden());
        self.accepted.iter_mut().for_each(|it| it.reason = hidden());
        let voices = self.accepted.iter_mut().map(|it| &mut it.voice);
        voices.chain(&mut self.word).chain([&mut self.opened]).for_each(|voice| {
            voice.by.name = hidden().as_ref().into();
            (voice.recorder, voice.stands_in) = (None, None);
        });
    }
}

/// Risks counted by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RiskTally {
    /// How many were stated.
    pub opened: u32,
    /// How many were accepted for a time, whatever came of it after.
    pub accepted: u32,
    /// How many were mitigated in the end.
    pub mitigated: u32,
    /// How many were closed in the end.
    pub closed: u32,
    /// How many were neither, in the end.
    pub open: u32,
}

impl RiskTally {
    /// Of these.
    pub fn of<'a>(all: impl IntoIterator<Item = &'a RiskCourse>) -> Self {
        let mut it = Self::default();
        for risk in all {
            it.opened += 1;
            it.accepted += u32::from(risk.accepted.is_some());
            match risk.became {
                RiskStatus::Mitigated => it.mitigated += 1,
                RiskStatus::Closed => it.closed += 1,
                RiskStatus::Open | RiskStatus::Accepted => it.open += 1,
            }
        }
        it
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            opened: self.opened.saturating_add(other.opened),
            accepted: self.accepted.saturating_add(other.accepted),
            mitigated: self.mitigated.saturating_add(other.mitigated),
            closed: self.closed.saturating_add(other.closed),
            open: self.open.saturating_add(other.open),
        }
    }

    /// `3 (1 accepted): 1 mitigated, 1 closed, 1 open`.
    pub fn said(&self) -> String {
        let accepted =
            if self.accepted > 0 { format!(" ({} accepted)", self.accepted) } else { String::new() };
        let ends = [(self.mitigated, "mitigated"), (self.closed, "closed"), (self.open, "open")];
        let ends: Vec<_> =
            ends.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        let ends = if ends.is_empty() { String::new() } else { format!(": {}", ends.join(", ")) };
        format!("{}{accepted}{ends}", self.opened)
    }
}

/// A risk that came up in more than one launch, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskAgain {
    /// Its name.
    pub id: Str,
    /// In so many launches, at least two.
    pub launches: u32,
    /// What became of it there.
    pub tally: RiskTally,
}

/// Risks that came up in more than one launch, the most frequent first. A name is one only once in a launch.
pub fn again<'a>(all: impl IntoIterator<Item = &'a RiskCourse>) -> Vec<RiskAgain> {
    let mut seen: Vec<(&Str, Vec<&RiskCourse>)> = Vec::new();
    for risk in all {
        match seen.iter_mut().find(|(id, _)| **id == risk.id) {
            Some((_, courses)) => courses.push(risk),
            None => seen.push((&risk.id, vec![risk])),
        }
    }
    let often = seen.into_iter().filter(|(_, courses)| courses.len() > 1);
    let mut found: Vec<_> = often
        .map(|(id, courses)| {
            let tally = RiskTally::of(courses);
            RiskAgain { id: id.clone(), launches: tally.opened, tally }
        })
        .collect();
    found.sort_by(|a, b| b.launches.cmp(&a.launches).then_with(|| a.id.cmp(&b.id)));
    found
}
