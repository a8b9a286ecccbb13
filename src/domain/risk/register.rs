//! Risks of a launch as a whole, apart from waivers: what can go wrong with it, who sees to it, and whether it stops GO
//! (V23).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Act, Board, Digest, Event, GateId, History, Launch, Party, Risk, SeverityLevel, Spoken, Str, Voice,
    evaluate::eval_context::within_policy,
};

/// From so many percent of the users on, a risk is one of many.
const MANY: f64 = 5.0;

/// What can go wrong, how bad it would be, how likely it is, for how many, and the way around it: the words of
/// [`crate::WaiverRisk`], in figures that are weighed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskFigures {
    /// What can go wrong, in words.
    pub what: Str,
    /// How bad it would be.
    pub severity: SeverityLevel,
    /// How likely it is.
    pub likelihood: Risk,
    /// Whom it would reach, in percent of the users, 0 to 100; `None`: nobody knows, which counts as all of them.
    #[serde(default)]
    pub users: Option<f64>,
    /// The way around it for those; `None`: there is none.
    #[serde(default)]
    pub workaround: Option<Str>,
    /// Who sees to it: a person or a role.
    pub owner: Party,
    /// The gate that it is about.
    #[serde(default)]
    pub gate: Option<GateId>,
}

/// What somebody says of a risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum RiskStep {
    /// It is there; or it is another than was said.
    Stated(RiskFigures),
    /// The launch may go with it, for a time.
    Accepted {
        /// Of these words and figures: [`RiskFigures::digest`].
        of: Digest,
        /// In the words of whoever accepts it; kept in the journal.
        reason: Str,
        /// When that ends.
        until: DateTime<Utc>,
    },
    /// Something was done about it.
    Mitigated {
        /// What was done, in the words of whoever says so; kept in the journal.
        note: Str,
    },
    /// It is none any more.
    Closed {
        /// In the words of whoever closes it; kept in the journal.
        reason: Str,
    },
    /// It is one again.
    Reopened {
        /// In the words of whoever reopens it; kept in the journal.
        reason: Str,
    },
}

/// What a risk does to the launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Triage {
    /// It is written down.
    Noted,
    /// Whoever makes the final call answers it.
    Asks,
    /// It stops GO.
    Blocks,
}

/// Where a risk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskStatus {
    /// It is there.
    Open,
    /// The launch may go with it, for a time.
    Accepted,
    /// Something was done about it.
    Mitigated,
    /// It is none any more.
    Closed,
}

/// A risk, as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskRecord {
    /// Its name.
    pub id: Str,
    /// Everything recorded about it, in order; the first entry states it.
    pub entries: Vec<RiskEntry>,
}

/// One entry about a risk.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskEntry {
    /// Its place among all events, from 1.
    pub seq: u64,
    /// Whose word.
    pub voice: Voice,
    /// What was recorded.
    pub step: RiskStep,
}

/// A risk on the board. Foreign text in it is not yet sanitised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskState {
    /// Its name.
    pub id: Str,
    /// What can go wrong, and how much of it.
    pub figures: RiskFigures,
    /// What it does to the launch while it is open.
    pub triage: Triage,
    /// Where it is.
    pub status: RiskStatus,
    /// Who stated it as it is.
    pub stated: Voice,
    /// Whose word made it what it is now, if that is another: accepted, mitigated, closed, open again.
    pub word: Option<Voice>,
    /// What was said with that.
    pub note: Option<Str>,
    /// When its acceptance ends.
    pub until: Option<DateTime<Utc>>,
}

/// A risk that was open when a final call was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedRisk {
    /// Its name.
    pub id: Str,
    /// What it said then: [`RiskFigures::digest`].
    pub of: Digest,
    /// What could go wrong, in words.
    pub what: Str,
    /// What it did to the launch.
    pub triage: Triage,
    /// The launch could go with it.
    #[serde(default)]
    pub accepted: bool,
}

/// What such a risk does to a launch: how bad, for how many, and is there a way around it.
pub fn triage(figures: &RiskFigures) -> Triage {
    let many = figures.users.is_none_or(|users| users > MANY);
    let severe = figures.severity.is_severe();
    // What is hardly likely stops nothing, unless it is the worst.
    let bad = severe && (figures.severity.number() == 1 || figures.likelihood != Risk::Low);
    if bad && many && figures.workaround.is_none() {
        Triage::Blocks
    } else if many || severe {
        Triage::Asks
    } else {
        Triage::Noted
    }
}

impl RiskFigures {
    /// Over its words and figures: what is accepted is accepted of these.
    pub fn digest(&self) -> Digest {
        let users = self.users.map_or_else(String::new, |users| format!("={users}"));
        let workaround = self.workaround.as_ref().map_or_else(String::new, |it| format!("={it}"));
        let gate = self.gate.as_ref().map_or_else(String::new, |it| format!("={it}"));
        let severity = self.severity.to_string();
        let parts =
            [&*self.what, &severity, self.likelihood.word(), &users, &workaround, self.owner.as_str(), &gate];
        Digest::of(parts.map(str::as_bytes))
    }

    /// `SEV-1, likelihood high, 12 % of users, no workaround`. Foreign text in it is not yet sanitised.
    pub fn said(&self) -> String {
        let users = self
            .users
            .map_or_else(|| "nobody knows how many users".to_owned(), |it| format!("{it} % of users"));
        let way = self
            .workaround
            .as_ref()
            .map_or_else(|| "no workaround".to_owned(), |way| format!("workaround: {way}"));
        format!("{}, likelihood {}, {users}, {way}", self.severity, self.likelihood.word())
    }
}

impl RiskFigures {
    /// A share of the users, in percent: `12%`, `12 %` or `12`; `None`: it is none from 0 to 100.
    pub fn share_of_users(text: &str) -> Option<f64> {
        let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
        number.filter(|it| (0.0..=100.0).contains(it))
    }

    /// The way around it, from what was written: `none` is none.
    pub fn way_around(text: &str) -> Option<Str> {
        let way = text.trim();
        (!way.is_empty() && !way.eq_ignore_ascii_case("none")).then(|| way.into())
    }
}

impl Board {
    /// The risks: those that stop GO, those that ask, those that are noted, those that are settled.
    pub fn risks_worst_first(&self) -> Vec<&RiskState> {
        let mut all: Vec<_> = self.risks.iter().collect();
        all.sort_by_key(|it| (it.status != RiskStatus::Open, !it.is_there(), std::cmp::Reverse(it.triage)));
        all
    }
}

impl Triage {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Asks => "asks",
            Self::Blocks => "blocks",
        }
    }
}

impl RiskStatus {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Mitigated => "mitigated",
            Self::Closed => "closed",
        }
    }
}

impl RiskState {
    /// Whether it stops GO now.
    pub fn blocks(&self) -> bool {
        self.status == RiskStatus::Open && self.triage == Triage::Blocks
    }

    /// Whether whoever makes the final call answers it.
    pub fn asks(&self) -> bool {
        self.status == RiskStatus::Open && self.triage >= Triage::Asks
    }

    /// Whether it is there, accepted or not.
    pub fn is_there(&self) -> bool {
        matches!(self.status, RiskStatus::Open | RiskStatus::Accepted)
    }

    /// `blocks`, `asks`, `noted`; `accepted`, `mitigated`, `closed`.
    pub fn word(&self) -> &'static str {
        if self.status == RiskStatus::Open { self.triage.word() } else { self.status.word() }
    }

    /// As a final call keeps it.
    pub fn decided(&self) -> DecidedRisk {
        DecidedRisk {
            id: self.id.clone(),
            of: self.figures.digest(),
            what: self.figures.what.clone(),
            triage: self.triage,
            accepted: self.status == RiskStatus::Accepted,
        }
    }

    /// What a shared screen does not tell.
    pub(crate) fn redact(&mut self) {
        let hidden = || Str::from("\u{2026}");
        self.figures.what = hidden();
        self.figures.workaround.iter_mut().for_each(|it| *it = hidden());
        self.note.iter_mut().for_each(|it| *it = hidden());
    }

    fn hear(&mut self, entry: &RiskEntry, counts: bool, launch: Option<&Launch>) {
        let voice = || entry.voice.clone();
        let until = |end| launch.map_or(end, |launch| within_policy(launch, entry.voice.at, end));
        match &entry.step {
            RiskStep::Stated(figures) if counts || triage(figures) >= self.triage => {
                // Who owns it decides who may accept it: a word that does not count changes nothing of that.
                let owner = if counts { &figures.owner } else { &self.figures.owner }.clone();
                let figures = RiskFigures { owner, ..figures.clone() };
                *self = Self::of(&self.id, &figures, &entry.voice);
            }
            // The newest counts, also where it has run out by now: an older one does not come back.
            RiskStep::Accepted { of, reason, until: end }
                if counts && *of == self.figures.digest() && self.is_there() =>
            {
                (self.status, self.until) = (RiskStatus::Accepted, Some(until(*end)));
                (self.word, self.note) = (Some(voice()), Some(reason.clone()));
            }
            RiskStep::Mitigated { note } if counts && self.is_there() => {
                (self.status, self.until) = (RiskStatus::Mitigated, None);
                (self.word, self.note) = (Some(voice()), Some(note.clone()));
            }
            RiskStep::Closed { reason } if counts && self.status != RiskStatus::Closed => {
                (self.status, self.until) = (RiskStatus::Closed, None);
                (self.word, self.note) = (Some(voice()), Some(reason.clone()));
            }
            RiskStep::Reopened { reason } => {
                (self.status, self.until) = (RiskStatus::Open, None);
                (self.word, self.note) = (Some(voice()), Some(reason.clone()));
            }
            _ => {}
        }
    }

    /// Where a fallback accepts it: what a holder, for whom they stand in, said of these figures. They accepted it, or opened it
    /// again.
    pub(crate) fn holder_over(&self, launch: &Launch, word: Spoken<'_>, at: DateTime<Utc>) -> Option<&Voice> {
        let own = self.word.as_ref()?;
        match self.status {
            RiskStatus::Open => {}
            RiskStatus::Accepted if self.until.is_some_and(|until| until > at) => {}
            _ => return None,
        }
        launch.is_over(own.spoken(), word, &launch.policies.waive_by).then_some(own)
    }

    /// It is open, as if nobody had accepted it.
    fn accepted_no_more(&mut self) {
        if self.status == RiskStatus::Accepted {
            (self.status, self.until, self.word, self.note) = (RiskStatus::Open, None, None, None);
        }
    }

    fn of(id: &Str, figures: &RiskFigures, voice: &Voice) -> Self {
        Self {
            id: id.clone(),
            figures: figures.clone(),
            triage: triage(figures),
            status: RiskStatus::Open,
            stated: voice.clone(),
            word: None,
            note: None,
            until: None,
        }
    }
}

impl RiskRecord {
    /// Where it stands. Anybody can make it worse; making it milder needs a name that counts where the launch
    /// asks for checked ones. `None`: every word counts, as in a record of what was said.
    pub(crate) fn state(&self, launch: Option<&Launch>, latest: DateTime<Utc>) -> Option<RiskState> {
        let counts = |voice: &Voice| launch.is_none_or(|launch| voice.spoken().doubt(launch).is_none());
        let mut entries = self.entries.iter();
        let first = entries.next()?;
        let RiskStep::Stated(figures) = &first.step else { return None };
        let mut state = RiskState::of(&self.id, figures, &first.voice);
        let waives = |launch: &Launch, entry: &RiskEntry, owner: &Party| {
            let own = entry.voice.spoken().voices().any(|voice| launch.holds(voice, owner, &[]));
            !own && launch.may_still(entry.voice.spoken(), &launch.policies.waive_by)
        };
        for entry in entries {
            let accepts = matches!(entry.step, RiskStep::Accepted { .. });
            let over = launch
                .filter(|_| accepts)
                .and_then(|it| state.holder_over(it, entry.voice.spoken(), entry.voice.at));
            if over.is_some() {
                continue;
            }
            let may = !accepts || launch.is_none_or(|launch| waives(launch, entry, &state.figures.owner));
            let counts = counts(&entry.voice);
            if counts && !may {
                state.accepted_no_more();
            }
            state.hear(entry, counts && may, launch);
        }
        if state.until.is_some_and(|until| until <= latest) {
            state.accepted_no_more();
        }
        Some(state)
    }
}

impl RiskStep {
    /// In one line. Foreign words in it are not yet sanitised.
    pub fn said(&self) -> String {
        match self {
            Self::Stated(it) => {
                format!("{} ({}; owner {}): {}", triage(it).word(), it.said(), it.owner, it.what)
            }
            Self::Accepted { reason, until, .. } => {
                format!("accepted until {}: {reason}", until.format("%Y-%m-%d %H:%M UTC"))
            }
            Self::Mitigated { note } => format!("mitigated: {note}"),
            Self::Closed { reason } => format!("closed: {reason}"),
            Self::Reopened { reason } => format!("open again: {reason}"),
        }
    }
}

impl History {
    /// Takes in an entry about a risk. An entry about one that was never recorded is kept, and means nothing.
    pub(crate) fn hear_of_risk(&mut self, event: &Event) {
        let Act::Risk { risk, step } = &event.act else { return };
        let entry = RiskEntry { seq: self.len, voice: Voice::of(event), step: step.clone() };
        match self.risks.iter_mut().find(|it| it.id == *risk) {
            Some(record) => record.entries.push(entry),
            None if matches!(step, RiskStep::Stated(_)) => {
                self.risks.push(RiskRecord { id: risk.clone(), entries: vec![entry] });
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(severity: u8, likelihood: Risk, users: Option<f64>, workaround: bool) -> RiskFigures {
        RiskFigures {
            what: "refunds fail".into(),
            severity: SeverityLevel::try_from(severity).unwrap(),
            likelihood,
            users,
            workaround: workaround.then(|| "by mail".into()),
            owner: "qa".into(),
            gate: None,
        }
    }

    /// The table of docs/rules.md.
    #[test]
    fn bad_for_many_without_a_way_around_blocks() {
        use Risk::{High, Low, Medium};
        use Triage::{Asks, Blocks, Noted};
        for (severity, likelihood, users, workaround, want) in [
            (1, Low, Some(12.0), false, Blocks),
            (2, Medium, Some(5.1), false, Blocks),
            (2, High, None, false, Blocks),
            (2, Low, Some(12.0), false, Asks),
            (1, High, Some(12.0), true, Asks),
            (1, High, Some(5.0), false, Asks),
            (3, High, Some(40.0), false, Asks),
            (4, Low, None, true, Asks),
            (3, High, Some(5.0), false, Noted),
            (4, Low, Some(0.0), true, Noted),
        ] {
            let it = figures(severity, likelihood, users, workaround);
            assert_eq!(triage(&it), want, "{}", it.said());
        }
    }

    #[test]
    fn worse_figures_never_make_it_milder() {
        let likelihoods = [Risk::Low, Risk::Medium, Risk::High];
        let shares = [Some(0.0), Some(5.0), Some(5.1), Some(100.0), None];
        for severity in 1..=4 {
            for (n, likelihood) in likelihoods.iter().enumerate() {
                for (m, users) in shares.iter().enumerate() {
                    let here = triage(&figures(severity, *likelihood, *users, true));
                    let of = |severity, n: usize, m: usize, way| {
                        triage(&figures(severity, likelihoods[n], shares[m], way))
                    };
                    assert!(of(severity, n, m, false) >= here);
                    assert!(of(severity.saturating_sub(1).max(1), n, m, true) >= here);
                    assert!(of(severity, (n + 1).min(2), m, true) >= here);
                    assert!(of(severity, n, (m + 1).min(4), true) >= here);
                }
            }
        }
    }

    #[test]
    fn an_acceptance_is_of_every_word_and_figure() {
        let it = figures(1, Risk::High, Some(12.0), true);
        let others = [
            RiskFigures { what: "refunds fail.".into(), ..it.clone() },
            RiskFigures { severity: SeverityLevel::try_from(2).unwrap(), ..it.clone() },
            RiskFigures { likelihood: Risk::Low, ..it.clone() },
            RiskFigures { users: Some(13.0), ..it.clone() },
            RiskFigures { users: None, ..it.clone() },
            RiskFigures { workaround: None, ..it.clone() },
            RiskFigures { owner: "hu".into(), ..it.clone() },
            RiskFigures { gate: Some("qa/smoke".into()), ..it.clone() },
        ];
        for other in others {
            assert_ne!(other.digest(), it.digest(), "{}", other.said());
        }
    }
}
