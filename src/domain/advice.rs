//! What to do next.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{GateId, StageId, Str};

/// What to do next, in words, and which acts it means. In a text the commands of those acts stand behind the words; the
/// cockpit shows its keys instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Advice {
    /// In words, for whoever looks; empty: nothing is to be done.
    pub text: Str,
    /// The same for those whom it asks, who are not told to ask themselves; empty: it is no different.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub own: Str,
    /// The acts; empty: it is none of gonogo's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Suggested>,
}

/// An act that would help.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suggested {
    /// To say go on a gate.
    SayGo {
        /// The gate.
        gate: GateId,
        /// The answers that go with it, by name.
        answers: Vec<Str>,
    },
    /// To request a waiver for a gate.
    Waive(GateId),
    /// To make the final call.
    FinalCall,
    /// To start the rollback.
    StartRollback,
    /// To go on with its steps.
    RunRollback,
    /// To hold a stage that is out.
    Hold(StageId),
    /// To take a stage back.
    TakeBack(StageId),
    /// To accept a breach for a time.
    Accept {
        /// The stage.
        stage: StageId,
        /// Its guardrail.
        guardrail: Str,
    },
    /// To end that before its time.
    EndAcceptance {
        /// The stage.
        stage: StageId,
        /// Its guardrail.
        guardrail: Str,
    },
    /// To approve the words of a message.
    ApproveMessage(Str),
    /// To send a message.
    SendMessage(Str),
    /// To see to the incident.
    Incident,
    /// To see to the risks.
    Risks,
    /// To tell stakeholders how it stands.
    GiveUpdate,
    /// To move a stage; `None`: whichever it is about.
    Stage(Option<StageId>),
}

fn is_nothing(text: &Str) -> bool {
    text.is_empty()
}

impl Advice {
    /// `ask qa to sign it`, and for qa `sign it`.
    pub fn asking(whom: &str, deed: &str) -> Self {
        Self { own: deed.into(), ..format!("ask {whom} to {deed}").into() }
    }

    /// `qa: run it again`, and for qa `run it again`.
    pub fn owed(by: &str, deed: &str) -> Self {
        Self { own: deed.into(), ..format!("{by}: {deed}").into() }
    }

    /// As it is told to those whom it asks.
    #[must_use]
    pub fn to_oneself(&self) -> Self {
        if self.own.is_empty() { self.clone() } else { Self { text: self.own.clone(), ..self.clone() } }
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The same, which one does by this act.
    #[must_use]
    pub fn by(mut self, act: Suggested) -> Self {
        self.acts.push(act);
        self
    }

    /// The same acts in other words.
    #[must_use]
    pub fn said(self, words: impl Fn(&str) -> String) -> Self {
        let own = if self.own.is_empty() { Str::default() } else { words(&self.own).into() };
        Self { text: words(&self.text).into(), own, ..self }
    }
}

impl Suggested {
    /// The gate that it is done about, if it is about one.
    pub fn gate(&self) -> Option<&GateId> {
        match self {
            Self::SayGo { gate, .. } | Self::Waive(gate) => Some(gate),
            _ => None,
        }
    }

    /// The command that does it; `…` is for the person to fill in.
    pub fn command(&self) -> String {
        match self {
            Self::SayGo { gate, answers } => {
                let answers: String = answers.iter().map(|name| format!(" --answer {name}=…")).collect();
                format!("gonogo sign {gate} --go{answers}")
            }
            Self::Waive(gate) => format!("gonogo waive {gate} --reason … --risk … --for …"),
            Self::FinalCall => "gonogo decide --go --reason …".to_owned(),
            Self::StartRollback => "gonogo rollback start --reason …".to_owned(),
            Self::RunRollback => "gonogo rollback show".to_owned(),
            Self::Hold(stage) => format!("gonogo stage {stage} --hold --note …"),
            Self::TakeBack(stage) => format!("gonogo stage {stage} --roll-back --note …"),
            Self::Accept { stage, guardrail } => {
                format!("gonogo stage {stage} --accept {guardrail} --for … --note …")
            }
            Self::EndAcceptance { stage, guardrail } => {
                format!("gonogo stage {stage} --accept {guardrail} --end --note …")
            }
            Self::ApproveMessage(id) => format!("gonogo message approve {id}"),
            Self::SendMessage(id) => format!("gonogo message send {id}"),
            Self::Incident => "gonogo incident show".to_owned(),
            Self::Risks => "gonogo risk list".to_owned(),
            Self::GiveUpdate => "gonogo incident update …".to_owned(),
            Self::Stage(_) => "gonogo stage --help".to_owned(),
        }
    }
}

impl From<&str> for Advice {
    fn from(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl From<String> for Advice {
    fn from(text: String) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl From<Str> for Advice {
    fn from(text: Str) -> Self {
        Self { text, ..Self::default() }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for (n, act) in self.acts.iter().enumerate() {
            write!(f, "{} {}", if n == 0 { ":" } else { " or" }, act.command())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_the_commands_behind_the_words() {
        let gate = GateId::new("qa/smoke");
        let sign = Suggested::SayGo { gate: gate.clone(), answers: vec!["report".into()] };
        let advice = Advice::asking("qa", "do it and say so").by(sign).by(Suggested::Waive(gate));
        assert_eq!(
            advice.to_string(),
            "ask qa to do it and say so: gonogo sign qa/smoke --go --answer report=… or \
             gonogo waive qa/smoke --reason … --risk … --for …"
        );
        assert_eq!(Advice::from("wait").to_string(), "wait");
        let late = advice.said(|text| format!("overdue: call hu; {text}"));
        assert_eq!(late.text, "overdue: call hu; ask qa to do it and say so".into());
        assert_eq!(late.to_oneself().text, "overdue: call hu; do it and say so".into());
        assert_eq!(Advice::from("wait").to_oneself(), "wait".into());
    }
}
