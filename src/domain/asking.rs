//! Who was asked about a gate, so that nobody is asked twice by people who do not know of each other. It is no word on the gate
//! and changes no verdict.

use serde::{Deserialize, Serialize};

use super::{Act, Board, Event, GateId, GateState, History, Launch, Party, Schedule, Str, Voice, format};
use gonogo_text::cap;

/// That somebody was asked, as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    /// Who asked.
    pub voice: Voice,
    /// Who was asked: roles or people of the launch.
    pub of: Vec<Party>,
    /// In their own words.
    pub note: Option<Str>,
}

/// The newest time that somebody was asked about a gate that is still open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskingState {
    /// The gate.
    pub gate: GateId,
    /// Who asked, and when.
    pub voice: Voice,
    /// Who was asked.
    pub of: Vec<Party>,
    /// In their own words.
    pub note: Option<Str>,
    /// How many times in all; 1 for the first.
    pub times: usize,
}

impl AskingState {
    /// In one line: `qa, 2 times, last by octo at 10:55 GMT`.
    pub fn describe(&self, schedule: &Schedule) -> String {
        let times = if self.times > 1 { format!(", {} times, last", self.times) } else { String::new() };
        let note = self.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        let at = format::moment(self.voice.at, schedule.zone);
        format!("{}{times} by {} at {at}{note}", format::list(&self.of), self.voice.spoken())
    }
}

/// Whom to ask about a gate: who can act on it, else who sees to it.
pub fn whom_to_ask(state: &GateState) -> Vec<Party> {
    if state.who.is_empty() { state.owner.iter().cloned().collect() } else { state.who.clone() }
}

impl Board {
    /// The newest asking about a gate that is still open.
    pub fn asked(&self, gate: &GateId) -> Option<&AskingState> {
        self.asked.iter().find(|it| it.gate == *gate)
    }

    /// What to send to those who can act on these gates: a paragraph for each of them, in the order of the gates. Foreign text in
    /// it is not yet sanitised.
    pub fn reminders(&self, launch: &Launch, gates: &[GateId], note: Option<&str>) -> String {
        let mut parties: Vec<(Vec<Party>, Vec<&GateState>)> = Vec::new();
        for state in gates.iter().filter_map(|id| self.gate(id)) {
            let of = whom_to_ask(state);
            match parties.iter_mut().find(|(known, _)| *known == of) {
                Some((_, all)) => all.push(state),
                None => parties.push((of, vec![state])),
            }
        }
        let said = |(of, states): &(Vec<Party>, Vec<&GateState>)| {
            let (whom, one) = (names(launch, of), states.len() == 1);
            let waits = if one { "a condition waits" } else { "conditions wait" };
            let t0 = format::moment(self.t_zero, launch.schedule.zone);
            let mut lines =
                vec![format!("{whom}: {waits} for you in {} {}, T-0 {t0}.", self.title, self.version)];
            lines.extend(note.map(str::to_owned));
            lines.extend(states.iter().map(|state| line(state)));
            lines.join("\n")
        };
        parties.iter().map(said).collect::<Vec<_>>().join("\n\n")
    }
}

/// The titles of roles with who holds them.
fn names(launch: &Launch, of: &[Party]) -> String {
    let one = |party: &Party| {
        let title = launch.title_of(party);
        let holders = launch.roles.get(party).map(|role| role.people.as_slice()).unwrap_or_default();
        let holders: Vec<_> = holders.iter().map(|it| launch.title_of(it)).collect();
        if holders.is_empty() { title.to_string() } else { format!("{title} ({})", holders.join(", ")) }
    };
    if of.is_empty() { "Everybody".to_owned() } else { of.iter().map(one).collect::<Vec<_>>().join(", ") }
}

/// `- qa/smoke: Smoke test passes. PENDING: ... Next: ... (due T-1d)`.
fn line(state: &GateState) -> String {
    /// A message is read on a phone.
    const LONGEST: usize = 240;
    let due = state.due.as_ref().map(|due| format!(" (due {})", due.said)).unwrap_or_default();
    let due = if state.overdue { due.replacen("due", "was due", 1) } else { due };
    let next = state.next.to_oneself().text;
    let next = if next.is_empty() { String::new() } else { format!(" Next: {next}") };
    let said = format!("{}: {}. {}: {}{next}", state.id, state.title, state.verdict.word(), state.reason);
    format!("- {}{due}", cap(&said, LONGEST))
}

impl History {
    /// Takes in that somebody was asked.
    pub(super) fn hear_asking(&mut self, event: &Event) {
        let Act::Asked { gate, of, note } = &event.act else { return };
        let asked = Asking { voice: Voice::of(event), of: of.clone(), note: note.clone() };
        self.asked.entry(gate.clone()).or_default().push(asked);
    }

    /// The newest asking about each gate that is still open, in the order of the board.
    pub(super) fn askings(&self, board: &Board) -> Vec<AskingState> {
        let open = board.gates.iter().filter(|gate| gate.verdict.blocks());
        let newest = open.filter_map(|gate| {
            let all = self.asked.get(&gate.id)?;
            let Asking { voice, of, note } = all.last()?.clone();
            Some(AskingState { gate: gate.id.clone(), voice, of, note, times: all.len() })
        });
        newest.collect()
    }
}
