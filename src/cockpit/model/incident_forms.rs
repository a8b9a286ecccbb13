//! The forms of an incident: opening it, its log, the next update, where it is.

use chrono::{DateTime, Utc};

use super::{
    Model,
    form::{Field, Form, Meaning, Name, Purpose, choice},
    speaker::standing_in,
};
use crate::Action;
use gonogo_domain::{IncidentPhase, IncidentRole, IncidentState, Occasion, SeverityLevel};

/// What a form of an incident is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IncidentAsk {
    Open,
    Log,
    Update,
    Phase,
    Rollout,
    /// Its severity, or who has a role in it.
    Change,
}

/// What a choice in such a form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IncidentMeans {
    Level(SeverityLevel),
    Decision(bool),
    Phase(IncidentPhase),
    GoesOn(bool),
    Severity,
    Role(IncidentRole),
}

impl IncidentAsk {
    /// What an action asks for, if it is one of these.
    pub fn of(action: Action) -> Option<Self> {
        Some(match action {
            Action::OpenIncident => Self::Open,
            Action::LogIncident => Self::Log,
            Action::UpdateIncident => Self::Update,
            Action::MoveIncident => Self::Phase,
            Action::IncidentRollout => Self::Rollout,
            Action::ChangeIncident => Self::Change,
            _ => return None,
        })
    }
}

impl Form {
    fn of_incident(
        (ask, state): (IncidentAsk, Option<&IncidentState>),
        title: String,
        intro: Vec<String>,
        fields: Vec<Field>,
    ) -> Self {
        Self::new(Purpose::Incident(ask, state.map(|it| it.number)), title, intro, fields)
    }

    /// Open one.
    fn open_incident(model: &Model) -> Self {
        let levels = SeverityLevel::ALL.iter().zip('1'..='4');
        let levels = levels
            .map(|(level, key)| choice(key, &level.to_string(), of(IncidentMeans::Level(*level))))
            .collect();
        let rollout = vec![
            choice('h', "it waits", of(IncidentMeans::GoesOn(false))),
            choice('g', "it goes on", of(IncidentMeans::GoesOn(true))),
        ];
        let me = model.me.as_ref().map(|me| me.name.to_string()).unwrap_or_default();
        let who = "a person or role of the launch; may be empty";
        let fields = vec![
            Field::pick(Name::Level, "severity", levels, None),
            Field::needed(Name::Title, "title", "what is wrong, in a few words"),
            Field::needed(Name::Lead, "lead", "who decides: a person or role of the launch").filled(&me),
            Field::optional(Name::CommsRole, "comms", format!("who tells stakeholders: {who}")),
            Field::optional(Name::Scribe, "scribe", format!("who writes the log: {who}")),
            Field::optional(Name::Link, "link", "where people meet: an http or https address; may be empty"),
            Field::optional(Name::Detected, "seen", "when, if earlier: 10m for so long ago, or 14:30"),
            Field::pick(Name::Rollout, "rollout", rollout, Some(0)),
            Field::optional(Name::Reason, "reason", "only where it goes on: why"),
        ];
        let intro = vec!["the rollout waits, unless somebody with the right says that it goes on".to_owned()];
        Self::of_incident((IncidentAsk::Open, None), "Open an incident".to_owned(), intro, fields)
    }

    fn log_incident(state: &IncidentState) -> Self {
        let kinds = vec![
            choice('f', "a fact", of(IncidentMeans::Decision(false))),
            choice('d', "a decision", of(IncidentMeans::Decision(true))),
        ];
        let fields = vec![
            Field::needed(Name::Note, "line", "what is seen, or was decided; Enter records it"),
            Field::pick(Name::Way, "it is", kinds, Some(0)),
        ];
        let title = format!("Into the log of {}", state.name());
        Self::of_incident((IncidentAsk::Log, Some(state)), title, Vec::new(), fields)
    }

    /// The next update, with the draft of it filled in.
    fn update_incident(model: &Model, state: &IncidentState, now: DateTime<Utc>) -> Self {
        let draft = state.draft(now, &model.launch);
        let hint = "what stakeholders are told; Enter records that they were";
        let fields = vec![Field::needed(Name::Note, "update", hint).filled(&draft)];
        let plan = model.launch.comms.messages.iter().filter(|it| it.excluded.is_none());
        let sends: Vec<&str> = plan.filter(|it| it.occasion == Occasion::Update).map(|it| &*it.id).collect();
        let mut intro = vec![if sends.is_empty() {
            "it is recorded, and sent nowhere: tell them where they look".to_owned()
        } else {
            format!("it is recorded; then {} waits for you to send it", sends.join(", "))
        }];
        intro.extend(state.told.as_ref().map(|told| format!("told last: {}", told.text)));
        Self::of_incident(
            (IncidentAsk::Update, Some(state)),
            format!("Update on {}", state.name()),
            intro,
            fields,
        )
    }

    /// Where it is.
    fn move_incident(model: &Model, state: &IncidentState) -> Self {
        use IncidentPhase::{Closed, Mitigated, Open, Resolved};
        let can: &[(char, &str, IncidentPhase)] = match state.phase {
            Open => &[('m', "mitigated", Mitigated), ('r', "resolved", Resolved)],
            Mitigated => &[('r', "resolved", Resolved), ('b', "it has come back", Open)],
            _ => &[('c', "close it", Closed), ('b', "it has come back", Open)],
        };
        let options = can.iter().map(|(key, label, to)| choice(*key, label, of(IncidentMeans::Phase(*to))));
        let mut fields = vec![
            Field::pick(Name::Step, "now", options.collect(), None),
            Field::optional(Name::Note, "note", "in your own words; needed where it has come back"),
        ];
        if state.phase == Resolved {
            let hint = "what follows from it; several with ; between";
            fields.push(Field::optional(Name::Conditions, "follow-ups", hint));
        }
        fields.extend(standing_in(model, &state.who));
        let intro = vec![match state.phase {
            Open | Mitigated => "one that is mitigated still holds the rollout; resolved it does not",
            _ => "what comes back holds the rollout again",
        }];
        let intro = intro.into_iter().map(str::to_owned).collect();
        Self::of_incident(
            (IncidentAsk::Phase, Some(state)),
            format!("Where {} is", state.name()),
            intro,
            fields,
        )
    }

    fn rollout_of_incident(model: &Model, state: &IncidentState) -> Self {
        let goes_on = state.goes_on.is_none();
        let label = if goes_on { "the rollout goes on" } else { "the rollout waits" };
        let options = vec![choice('y', label, of(IncidentMeans::GoesOn(goes_on)))];
        let mut fields = vec![
            Field::pick(Name::Rollout, "say", options, Some(0)),
            Field::needed(Name::Reason, "reason", "why; it is kept"),
        ];
        if goes_on {
            fields.extend(standing_in(model, &state.who));
        }
        let title = format!("The rollout during {}", state.name());
        Self::of_incident((IncidentAsk::Rollout, Some(state)), title, Vec::new(), fields)
    }

    fn change_incident(model: &Model, state: &IncidentState) -> Self {
        let mut options = vec![choice('s', "severity", of(IncidentMeans::Severity))];
        let keys = ['l', 'c', 'r'];
        options.extend(
            IncidentRole::ALL
                .iter()
                .zip(keys)
                .map(|(role, key)| choice(key, role.word(), of(IncidentMeans::Role(*role)))),
        );
        let mut fields = vec![
            Field::pick(Name::Way, "change", options, None),
            Field::needed(Name::To, "to", "1, the worst, to 4; or a person or role of the launch"),
            Field::optional(Name::Reason, "reason", "why; needed for another severity"),
        ];
        fields.extend(standing_in(model, &state.who));
        let has =
            |role: &str, who: Option<String>| format!("{role} {}", who.unwrap_or_else(|| "nobody".into()));
        let intro = vec![format!(
            "{}, {}, {}, {}",
            state.severity,
            has("lead", Some(state.lead.to_string())),
            has("comms", state.comms.as_ref().map(ToString::to_string)),
            has("scribe", state.scribe.as_ref().map(ToString::to_string)),
        )];
        Self::of_incident(
            (IncidentAsk::Change, Some(state)),
            format!("Change {}", state.name()),
            intro,
            fields,
        )
    }
}

fn of(means: IncidentMeans) -> Meaning {
    Meaning::Incident(means)
}

impl Model {
    /// The incident that is not closed.
    pub(crate) fn incident(&self) -> Option<&IncidentState> {
        self.board.incident.as_ref().filter(|it| it.phase != IncidentPhase::Closed)
    }

    /// The incident that is neither resolved nor closed.
    pub(crate) fn running_incident(&self) -> Option<&IncidentState> {
        self.incident().filter(|it| it.is_running())
    }

    /// The form of such an act, or why there is none.
    pub(crate) fn incident_form(&self, ask: IncidentAsk) -> Result<Form, String> {
        if let Some(act) = self.acts.of_incident() {
            return Err(format!("{} is still being recorded", act.what));
        }
        let state = self.incident();
        if ask == IncidentAsk::Open {
            return match state {
                None => Ok(Form::open_incident(self)),
                Some(it) if it.is_running() => Err(format!("{} is open: write into its log", it.name())),
                Some(it) => Err(format!("{} is resolved: close it first", it.name())),
            };
        }
        let key = self.keymap.said(Action::OpenIncident);
        let state = state.ok_or_else(|| format!("no incident is open: {key} on its screen opens one"))?;
        let running = state.is_running();
        Ok(match ask {
            IncidentAsk::Update | IncidentAsk::Rollout if !running => {
                return Err(format!("{} is {}", state.name(), state.phase.word()));
            }
            IncidentAsk::Open | IncidentAsk::Log => Form::log_incident(state),
            IncidentAsk::Update => {
                let now = self.now.map_or(self.board.evaluated_at, |now| now.wall);
                Form::update_incident(self, state, now)
            }
            IncidentAsk::Phase => Form::move_incident(self, state),
            IncidentAsk::Rollout => Form::rollout_of_incident(self, state),
            IncidentAsk::Change => Form::change_incident(self, state),
        })
    }
}
