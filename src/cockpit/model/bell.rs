//! What the bell has already announced to somebody who is looking elsewhere. Each thing is announced once. What was there
//! when the cockpit was opened is on the screen of whoever opened it, and is not told again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Model;
use gonogo_domain::{MessageRef, MessageState};

/// What was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct BellLog {
    /// When the cockpit was opened, by the clock of the launch; `None`: nothing has happened yet.
    since: Option<DateTime<Utc>>,
    told: BTreeSet<RungFor>,
}

/// Something that asks for somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RungFor {
    /// The incident of this number was opened.
    Incident(u32),
    /// Its update was due at this moment.
    Update(u32, DateTime<Utc>),
    /// This occurrence of a message is overdue.
    Message(MessageRef),
}

impl Model {
    /// Lines for whoever looks elsewhere: a breach asks, an incident was opened, its update or a message is overdue.
    pub(crate) fn ring(&mut self, now: DateTime<Utc>) -> Vec<String> {
        let opening = self.bell.since.is_none();
        self.bell.since.get_or_insert(now);
        let mut lines: Vec<String> = self.raise().into_iter().collect();
        lines.extend(self.incident_line());
        lines.extend(self.message_lines());
        if opening { Vec::new() } else { lines }
    }

    fn incident_line(&mut self) -> Option<String> {
        let state = self.board().incident.as_ref().filter(|it| it.is_running())?;
        let late = state.update.filter(|it| it.overdue).map(|it| it.at);
        let (name, title, number) = (state.name(), state.title.clone(), state.number);
        // Whoever is told that an update is late knows about the incident.
        let opened = self.bell.told.insert(RungFor::Incident(number));
        match late {
            Some(at) => self
                .bell
                .told
                .insert(RungFor::Update(number, at))
                .then(|| format!("{name}: the update of stakeholders is overdue")),
            None => opened.then(|| format!("{name}: {title}")),
        }
    }

    /// One line for each message that has become overdue since the cockpit was opened: what was before that may have been told
    /// by the cockpit before this one.
    fn message_lines(&mut self) -> Vec<String> {
        let since = self.bell.since;
        let late: Vec<_> = self.board().messages.iter().filter(|it| it.overdue).map(late).collect();
        let told = &mut self.bell.told;
        let new = late.into_iter().filter(|(of, ..)| told.insert(RungFor::Message(of.clone())));
        new.filter(|(_, at, _)| *at >= since).map(|(.., line)| line).collect()
    }
}

fn late(it: &MessageState) -> (MessageRef, Option<DateTime<Utc>>, String) {
    let line = format!("overdue: {} message {} to {}", it.verb(), it.of.message, it.audience);
    (it.of.clone(), it.late_at(), line)
}
