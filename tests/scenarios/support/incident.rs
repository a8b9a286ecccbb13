//! The incident that scenario files expect on the board.

use gonogo::domain::*;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectIncident {
    /// `incident 1 (SEV-1) open, led by octo`; empty: there is none.
    pub is: Option<String>,
    pub holds: Option<bool>,
    /// `octo: why`; empty: nobody said so.
    pub goes_on: Option<String>,
    /// `12:15`, with `, overdue`; empty: none is asked for.
    pub update: Option<String>,
    /// `decision hu: text`.
    pub log: Option<Vec<String>>,
    /// Minutes to detect, decide, mitigate and resolve; `-`: not known.
    pub minutes: Option<String>,
    /// Parts of the draft of the next update.
    pub draft: Vec<String>,
    pub who: Option<Vec<String>>,
    pub follow_up: Option<Vec<String>>,
}

impl ExpectIncident {
    pub fn compare(&self, launch: &Launch, board: &Board) {
        let state = board.incident.as_ref();
        if let Some(want) = &self.is {
            let got = state
                .map(|it| format!("{} {}, led by {}", it.name(), it.phase.word(), it.lead))
                .unwrap_or_default();
            assert_eq!(got, *want);
        }
        let Some(state) = state else { return };
        if let Some(want) = self.holds {
            assert_eq!(state.holds, want);
        }
        if let Some(want) = &self.goes_on {
            let got = state.goes_on.as_ref().map(|it| format!("{}: {}", it.voice.by.name, it.text));
            assert_eq!(got.unwrap_or_default(), *want);
        }
        if let Some(want) = &self.update {
            let late = |it: &UpdateDue| if it.overdue { ", overdue" } else { "" };
            let got = state.update.map(|it| format!("{}{}", it.at.format("%H:%M"), late(&it)));
            assert_eq!(got.unwrap_or_default(), *want);
        }
        if let Some(want) = &self.log {
            let line = |it: &IncidentLine| format!("{} {}: {}", it.kind.word(), it.voice.by.name, it.text);
            assert_eq!(state.log.iter().map(line).collect::<Vec<_>>(), *want);
        }
        if let Some(want) = &self.minutes {
            let it = &state.times;
            let all = [it.to_detect(), it.to_decide(), it.to_mitigate(), it.to_resolve()];
            let said = |it: Option<std::time::Duration>| {
                it.map_or_else(|| "-".to_owned(), |it| (it.as_secs() / 60).to_string())
            };
            assert_eq!(all.map(said).join(" "), *want);
        }
        let draft = state.draft(board.evaluated_at, launch);
        for part in &self.draft {
            assert!(draft.contains(part.as_str()), "{part}: {draft}");
        }
        if let Some(want) = &self.who {
            assert_eq!(state.who.iter().map(ToString::to_string).collect::<Vec<_>>(), *want);
        }
        if let Some(want) = &self.follow_up {
            assert_eq!(state.follow_up.iter().map(ToString::to_string).collect::<Vec<_>>(), *want);
        }
    }
}
