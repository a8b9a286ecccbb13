//! The verdict of one gate, and the rule that gave it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a gate says. Ordered by badness: the worse of two is `max`, and [`Ord`] is the only place that knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Left out of the count, with a name and a reason.
    NotApplicable,
    /// Positive, fresh, complete proof about this release.
    Go,
    /// An exception is recorded and valid. Never drawn as go.
    Waived,
    /// Known to be in progress, or waiting for somebody or something.
    Pending,
    /// Not known: absent, failed, stale, incomplete, about something else.
    Unknown,
    /// Complete proof that the condition does not hold.
    NoGo,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Self; 6] =
        [Self::NoGo, Self::Unknown, Self::Pending, Self::Waived, Self::Go, Self::NotApplicable];

    /// Whether a gate with this verdict prevents GO.
    pub fn blocks(self) -> bool {
        self >= Self::Pending
    }

    /// Whether it satisfies a `needs`.
    pub fn satisfies(self) -> bool {
        !self.blocks()
    }

    /// The word in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo => "no-go",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Waived => "waived",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::NoGo => "NO-GO",
            Self::Pending => "PENDING",
            Self::Unknown => "UNKNOWN",
            Self::Waived => "WAIVED",
            Self::NotApplicable => "N/A",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The rule of `docs/rules.md` that decided a verdict. Rules about the whole program (V11 to V14) are named where
/// they apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rule {
    /// Positive proof is needed; nothing in, nothing out.
    V1,
    /// Absence is not success.
    V2,
    /// An answer is complete or is not used.
    V3,
    /// Only listed values pass.
    V4,
    /// Past its freshness limit a go is unknown, a no-go stays and is marked stale.
    V5,
    /// An error never keeps or creates a go.
    V6,
    /// Age is the larger of two clocks; disagreement is staleness.
    V7,
    /// Evidence is bound to the target, a sign-off to the gate's digest as well.
    V8,
    /// A waiver needs approver, reason, scope, expiry, and ends.
    V9,
    /// Stages in order; an interrupted check is unknown.
    V10,
    /// A journal that cannot be trusted makes the board unknown.
    V11,
    /// An override is shown as OVERRIDE, never as GO.
    V12,
    /// What the clocks say cannot be: they disagree.
    V16,
    /// Open `needs`, embargoes and waits: pending.
    Needs,
    /// What people said or have yet to say.
    People,
    /// `when` or a recorded "not needed".
    NotApplicable,
}

#[cfg(test)]
mod tests {
    use super::{
        super::{BoardWord, Outcome},
        *,
    };

    #[test]
    fn badness_is_one_order_for_outcomes_verdicts_and_words() {
        use Outcome::{Fails, Holds, Pending, Unclear};
        let mut verdicts = Verdict::ALL;
        verdicts.sort_unstable();
        let words = verdicts.map(Verdict::as_str);
        assert_eq!(words, ["not-applicable", "go", "waived", "pending", "unknown", "no-go"]);
        assert_eq!(verdicts.map(Verdict::blocks), [false, false, false, true, true, true]);
        assert_eq!([Holds, Pending, Holds].into_iter().max(), Some(Pending));
        assert_eq!([Pending, Unclear].into_iter().max(), Some(Unclear), "what is unclear proves nothing");
        assert_eq!([Unclear, Fails, Pending].into_iter().max(), Some(Fails));
        assert_eq!(
            [BoardWord::Go, BoardWord::NoGo, BoardWord::Hold].into_iter().max(),
            Some(BoardWord::NoGo)
        );
    }
}
