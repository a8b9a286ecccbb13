//! From a filled form to a command. Only the shape is checked here; who may do what is `domain::act`'s.

mod around;
mod incident;
mod meeting;
mod message;
mod risk;
mod rollout;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::form::{Field, Form, Meaning, Name, Purpose, Value};
use gonogo_domain::{AskType, Command, GateId, Launch, Oid, Risk, StageAct, Str, WaiverRisk};
use gonogo_text::Link;

/// The gate of this name; a gate's local name will do where it is the only one.
pub(super) fn gate_named(launch: &Launch, text: &str) -> Option<GateId> {
    if let Some(gate) = launch.gate(&GateId::from(text)) {
        return Some(gate.id.clone());
    }
    let mut local = launch.gates.iter().filter(|gate| gate.id.local() == text);
    match (local.next(), local.next()) {
        (Some(only), None) => Some(only.id.clone()),
        _ => None,
    }
}

/// Which field is not right, and why.
pub(crate) type Wrong = (usize, String);

/// The command that the form asks for.
pub(crate) fn compose(form: &Form, launch: &Launch, now: DateTime<Utc>) -> Result<Command, Wrong> {
    let filled = FilledForm(form);
    let asked = |field: &Field| !matches!(field.value, Value::Typed { .. }) || filled.goes_ahead();
    // What stops says why before anything else is asked.
    match filled.meaning(&Name::Step) {
        Some(Meaning::Step(step)) => filled.reason_for(*step)?,
        Some(Meaning::CloseAnyway) => filled.said_why("an override needs a reason")?,
        _ => {}
    }
    for (at, field) in form.fields.iter().enumerate().filter(|(_, field)| asked(field)) {
        check(field).map_err(|why| (at, why))?;
    }
    Ok(match form.purpose.clone() {
        Purpose::Sign(gate) => Command::SignOff {
            gate,
            go: filled.meaning(&Name::Word) == Some(&Meaning::Go(true)),
            role: match filled.meaning(&Name::Role) {
                Some(Meaning::Role(role)) => Some(role.clone()),
                _ => None,
            },
            note: filled.some(&Name::Note),
            answers: filled.answers(),
        },
        Purpose::Withdraw(gate) => Command::Withdraw { gate, reason: filled.text(&Name::Reason) },
        Purpose::EndWaiver(gate) => Command::EndWaiver { gate, reason: filled.text(&Name::Reason) },
        Purpose::NotNeeded(gate) => Command::NotNeeded { gate, reason: filled.text(&Name::Reason) },
        Purpose::NeededAgain(gate) => Command::NeededAgain { gate, reason: filled.text(&Name::Reason) },
        // Of several the first: the others are asked about in the same words.
        Purpose::Ask(gate, _) => Command::Ask { gate, note: filled.some(&Name::Note) },
        Purpose::Note(gate) => Command::Note { gate, text: filled.text(&Name::Note) },
        Purpose::Waive(gate) => waive(&filled, gate, launch, now)?,
        purpose @ (Purpose::Stage(_)
        | Purpose::Criterion(_)
        | Purpose::Results(_)
        | Purpose::StartRollback
        | Purpose::DoStep(_)
        | Purpose::SkipStep(_)
        | Purpose::EndRollback
        | Purpose::Breach(..)
        | Purpose::AcceptNoMore(..)) => rollout::compose(&filled, purpose, launch, now)?,
        Purpose::Incident(ask, number) => incident::compose(&filled, (ask, number), launch, now)?,
        Purpose::Risk(ask) => risk::compose(&filled, ask, launch, now)?,
        Purpose::Message(ask, of, digest) => message::compose(&filled, ask, of, digest)?,
        Purpose::Around(ask) => around::compose(&filled, ask, launch, now)?,
        Purpose::OpenRound => Command::OpenRollCall,
        Purpose::Vote(ballot) => meeting::vote(&filled, launch, ballot)?,
        Purpose::Decide { call, seen, over, risks } => {
            meeting::decide(&filled, launch, now, meeting::Final { call, seen, over, risks })?
        }
        Purpose::EndHold => Command::EndHold { reason: filled.text(&Name::Reason) },
        // Nothing goes to the journal: what is typed throws a draft away.
        Purpose::DropDraft(_) => return Err((0, "type DROP to confirm".to_owned())),
        // These are as many commands as there are words.
        Purpose::Several(..) => return Err((0, "these are several words".to_owned())),
        // Nor here: the request of the application is recorded where it is sent.
        Purpose::Offer | Purpose::Request => return Err((0, "this is no act of the launch".to_owned())),
    })
}

fn waive(
    filled: &FilledForm<'_>,
    gate: GateId,
    launch: &Launch,
    now: DateTime<Utc>,
) -> Result<Command, Wrong> {
    let until = filled.moment(&Name::Until, launch, now)?;
    Ok(Command::Waive {
        gate,
        reason: filled.text(&Name::Reason),
        risk: WaiverRisk {
            what: filled.text(&Name::Risk),
            severity: filled.level(&Name::Severity),
            likelihood: filled.level(&Name::Likelihood),
            users: filled.some(&Name::Users),
            workaround: filled.some(&Name::Workaround),
        },
        until: until.ok_or_else(|| (filled.place(&Name::Until), "say until when".to_owned()))?,
        conditions: filled.parts(&Name::Conditions),
    })
}

fn check(field: &Field) -> Result<(), String> {
    let text = match &field.value {
        Value::Pick { picked: None, options, .. } => {
            let keys: Vec<_> = options.iter().map(|it| format!("{} ({})", it.key, it.label)).collect();
            return Err(format!("pick one: {}", keys.join(", ")));
        }
        Value::Pick { .. } => return Ok(()),
        Value::Typed { words, text } if text.text().trim() == words => return Ok(()),
        Value::Typed { words, .. } => return Err(format!("type {words} to confirm")),
        Value::Text(text) => text.text().trim(),
    };
    if text.is_empty() {
        return if field.required {
            Err(format!("{} is needed: {}", field.label, field.hint))
        } else {
            Ok(())
        };
    }
    let fits = match &field.name {
        Name::Answer(_, AskType::Link) => Link::parse(text).is_some(),
        Name::Answer(_, AskType::Sha) => Oid::parse(text).is_some(),
        Name::Answer(_, AskType::Number) => text.parse::<f64>().is_ok_and(f64::is_finite),
        Name::Answer(_, AskType::Date) => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        Name::Severity | Name::Likelihood => Risk::of(&text.to_lowercase()).is_some(),
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("that does not fit: {}", field.hint)) }
}

struct FilledForm<'a>(&'a Form);

impl FilledForm<'_> {
    fn text(&self, name: &Name) -> Str {
        let field = self.0.fields.iter().find(|it| it.name == *name);
        match field.map(|it| &it.value) {
            Some(Value::Text(text)) => text.text().trim().into(),
            _ => "".into(),
        }
    }

    fn some(&self, name: &Name) -> Option<Str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    fn level(&self, name: &Name) -> Option<Risk> {
        Risk::of(&self.text(name).to_lowercase())
    }

    fn parts(&self, name: &Name) -> Vec<Str> {
        self.text(name).split(';').map(str::trim).filter(|part| !part.is_empty()).map(Str::from).collect()
    }

    /// The lines of one kind that are not empty.
    fn lines(&self, name: &Name) -> Vec<Str> {
        let own = self.0.fields.iter().filter(|it| it.name == *name);
        let text = own.filter_map(|it| match &it.value {
            Value::Text(text) => Some(text.text().trim()),
            _ => None,
        });
        text.filter(|text| !text.is_empty()).map(Str::from).collect()
    }

    /// Where the field stands.
    fn place(&self, name: &Name) -> usize {
        self.0.fields.iter().position(|it| it.name == *name).unwrap_or_default()
    }

    /// A moment to come; `None`: the field is empty.
    fn moment(
        &self,
        name: &Name,
        launch: &Launch,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Wrong> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        match launch.schedule.typed(&text, now) {
            Ok(at) if at > now => Ok(Some(at)),
            Ok(_) => Err((self.place(name), format!("{text} is over"))),
            Err(why) => Err((self.place(name), why.to_string())),
        }
    }

    /// What stops or takes back says why.
    fn reason_for(&self, step: StageAct) -> Result<(), Wrong> {
        let needed = matches!(step, StageAct::Held | StageAct::RolledBack);
        let what = if step == StageAct::Held { "hold" } else { "rollback" };
        if needed { self.said_why(&format!("a {what} needs a reason")) } else { Ok(()) }
    }

    fn said_why(&self, rule: &str) -> Result<(), Wrong> {
        if self.text(&Name::Note).is_empty() {
            return Err((self.place(&Name::Note), format!("say why: {rule}")));
        }
        Ok(())
    }

    fn meaning(&self, name: &Name) -> Option<&Meaning> {
        self.0.picked(name)
    }

    /// It is the final call, or the step that there is no way back from: holding or refusing a gate needs no typed
    /// words.
    fn goes_ahead(&self) -> bool {
        matches!(self.0.purpose, Purpose::Decide { .. } | Purpose::DropDraft(_) | Purpose::Message(..))
            || self.meaning(&Name::Word) == Some(&Meaning::Go(true))
            || matches!(
                self.meaning(&Name::Step),
                Some(Meaning::Step(StageAct::Started) | Meaning::CloseAnyway)
            )
    }

    fn answers(&self) -> BTreeMap<Str, Str> {
        let answer = |field: &Field| match (&field.name, &field.value) {
            (Name::Answer(name, _), Value::Text(text)) => Some((name.clone(), text.text().trim().into())),
            _ => None,
        };
        self.0.fields.iter().filter_map(answer).collect()
    }
}
