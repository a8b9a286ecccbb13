//! What a gate says by itself, before needs, embargoes and waivers.

use chrono::{DateTime, Utc};

use super::super::{Advice, Party, Rule, Stamp, StepKind, Str, Verdict, Word, format};

/// What a gate says by itself.
#[derive(Clone, Debug)]
pub(super) struct Assessment {
    pub verdict: Verdict,
    pub rule: Rule,
    pub reason: Str,
    /// What would make it go.
    pub next: Advice,
    /// Who can do that.
    pub who: Vec<Party>,
    pub url: Option<Str>,
    pub seen: Option<Stamp>,
    pub stale: bool,
    pub rows: Vec<Str>,
    /// What people recorded about it.
    pub words: Vec<Word>,
    /// The evidence in one line, with its lineage.
    pub evidence: Str,
    pub trouble: Option<Str>,
    /// When it changes unaided.
    pub changes_at: Option<DateTime<Utc>>,
    /// Since when it is go.
    pub since: Option<DateTime<Utc>>,
    /// What sort of step would open it.
    pub step: StepKind,
    /// The earliest moment at which it can be go, if that is known.
    pub earliest: Option<DateTime<Utc>>,
}

impl Assessment {
    pub fn new(verdict: Verdict, rule: Rule, reason: impl Into<Str>) -> Self {
        Self {
            verdict,
            rule,
            reason: reason.into(),
            next: Advice::default(),
            who: Vec::new(),
            url: None,
            seen: None,
            stale: false,
            rows: Vec::new(),
            words: Vec::new(),
            evidence: Str::default(),
            trouble: None,
            changes_at: None,
            since: None,
            step: StepKind::Act,
            earliest: None,
        }
    }

    pub fn unknown(rule: Rule, reason: impl Into<Str>) -> Self {
        Self::new(Verdict::Unknown, rule, reason)
    }

    pub fn pending(rule: Rule, reason: impl Into<Str>) -> Self {
        Self::new(Verdict::Pending, rule, reason)
    }

    pub fn next(mut self, next: impl Into<Advice>) -> Self {
        self.next = next.into();
        self
    }

    pub fn by(mut self, step: StepKind) -> Self {
        self.step = step;
        self
    }

    pub fn who(mut self, who: Vec<Party>) -> Self {
        self.who = who;
        self
    }

    /// Notes a moment at which it may change unaided.
    pub fn changes(&mut self, at: impl Into<Option<DateTime<Utc>>>) {
        self.changes_at = format::earlier(self.changes_at, at.into());
    }
}
