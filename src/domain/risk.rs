//! What a waiver puts at risk: severity times likelihood, for whom, and the way around it.

mod course;
mod register;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    course::{RiskAcceptance, RiskAgain, RiskCourse, RiskTally, again},
    register::{
        DecidedRisk, RiskEntry, RiskFigures, RiskRecord, RiskState, RiskStatus, RiskStep, Triage, triage,
    },
};
use super::{Risk, Str};

/// What can go wrong under a waiver. A plain text is one without the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenRisk", deny_unknown_fields)]
pub struct WaiverRisk {
    /// What can go wrong, in words.
    pub what: Str,
    /// How bad it would be.
    pub severity: Option<Risk>,
    /// How likely it is.
    pub likelihood: Option<Risk>,
    /// Whom it would reach, and how many.
    pub users: Option<Str>,
    /// The way around it for those.
    pub workaround: Option<Str>,
}

/// As it is read: a text, or all of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenRisk {
    Words(Str),
    Whole(FullRisk),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullRisk {
    what: Str,
    severity: Option<Risk>,
    likelihood: Option<Risk>,
    users: Option<Str>,
    workaround: Option<Str>,
}

impl From<WrittenRisk> for WaiverRisk {
    fn from(written: WrittenRisk) -> Self {
        match written {
            WrittenRisk::Words(what) => what.into(),
            WrittenRisk::Whole(FullRisk { what, severity, likelihood, users, workaround }) => {
                Self { what, severity, likelihood, users, workaround }
            }
        }
    }
}

impl<T: Into<Str>> From<T> for WaiverRisk {
    fn from(what: T) -> Self {
        Self { what: what.into(), ..Self::default() }
    }
}

impl fmt::Display for WaiverRisk {
    /// `press only; severity high, likelihood low; users: 2 %; workaround: by mail`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match (self.severity, self.likelihood) {
            (Some(severity), Some(likelihood)) => {
                write!(f, "; severity {}, likelihood {}", severity.word(), likelihood.word())?;
            }
            (Some(severity), None) => write!(f, "; severity {}", severity.word())?,
            (None, Some(likelihood)) => write!(f, "; likelihood {}", likelihood.word())?,
            (None, None) => {}
        }
        if let Some(users) = &self.users {
            write!(f, "; users: {users}")?;
        }
        self.workaround.iter().try_for_each(|way| write!(f, "; workaround: {way}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_and_a_whole_one_are_read_and_what_is_unknown_is_not() {
        let plain: WaiverRisk = serde_json::from_str("\"slow answers\"").unwrap();
        assert_eq!(plain, "slow answers".into());
        let whole = WaiverRisk {
            severity: Some(Risk::High),
            likelihood: Some(Risk::Low),
            users: Some("2 %".into()),
            workaround: Some("by mail".into()),
            ..plain
        };
        let text = "slow answers; severity high, likelihood low; users: 2 %; workaround: by mail";
        assert_eq!(whole.to_string(), text);
        let written = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<WaiverRisk>(&written).unwrap(), whole);
        assert!(serde_json::from_str::<WaiverRisk>("{\"what\":\"x\",\"chance\":\"low\"}").is_err());
    }
}
