//! The forms of a risk: stating it, and what becomes of it.

use super::{
    Model, Subject,
    form::{Field, Form, Meaning, Name, Purpose, choice},
    seen::SeenSubject,
    speaker::standing_in,
};
use crate::Action;
use gonogo_domain::{Digest, Party, Risk, RiskState, RiskStatus, SeverityLevel, Str, TYPED};

/// What a form of a risk is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RiskAsk {
    Add,
    Change(Str),
    /// Of these very words and figures.
    Accept(Str, Digest),
    Mitigate(Str),
    Close(Str),
    Reopen(Str),
}

impl Form {
    fn of_risk(ask: RiskAsk, title: String, intro: Vec<String>, fields: Vec<Field>) -> Self {
        Self::new(Purpose::Risk(ask), title, intro, fields)
    }

    /// State one, or what it is now.
    fn state_risk(model: &Model, known: Option<&RiskState>) -> Self {
        let figures = known.map(|it| &it.figures);
        let levels = SeverityLevel::ALL.iter().zip('1'..='4');
        let levels = levels.map(|(it, key)| choice(key, &it.to_string(), Meaning::Severity(*it))).collect();
        let level = figures.and_then(|it| SeverityLevel::ALL.iter().position(|level| *level == it.severity));
        let likely = [('l', Risk::Low), ('m', Risk::Medium), ('h', Risk::High)];
        let likelihood = figures.and_then(|it| likely.iter().position(|(_, risk)| *risk == it.likelihood));
        let likely = likely.map(|(key, it)| choice(key, it.word(), Meaning::Likelihood(it)));
        let owner = figures.map(|it| it.owner.to_string());
        let owner = owner.or_else(|| Some(model.me.as_ref()?.name.to_string())).unwrap_or_default();
        let users = figures.and_then(|it| it.users).map(|it| format!("{it}%")).unwrap_or_default();
        let way = figures.map(|it| it.workaround.as_deref().unwrap_or("none")).unwrap_or_default();
        let gate = figures.and_then(|it| it.gate.as_ref()).map(ToString::to_string).unwrap_or_default();
        let mut fields = Vec::new();
        if known.is_none() {
            let hint = "lower-case letters, digits and hyphens: refunds";
            fields.push(Field::needed(Name::Id, "name", hint));
        }
        let what = figures.map(|it| it.what.to_string()).unwrap_or_default();
        fields.extend([
            Field::needed(Name::Title, "risk", "what can go wrong, in a few words").filled(&what),
            Field::pick(Name::Level, "severity", levels, level),
            Field::pick(Name::Likelihood, "likelihood", likely.to_vec(), likelihood),
            Field::optional(Name::Users, "users", "of all users, such as 12%; empty: nobody knows")
                .filled(&users),
            Field::needed(Name::Workaround, "workaround", "what those can do meanwhile, or none").filled(way),
            Field::needed(Name::Lead, "owner", "who sees to it: a person or role of the launch")
                .filled(&owner),
            Field::optional(Name::Gate, "gate", "the gate that it is about; may be empty").filled(&gate),
        ]);
        let (ask, title) = match known {
            None => (RiskAsk::Add, "State a risk".to_owned()),
            Some(it) => (RiskAsk::Change(it.id.clone()), format!("What risk {} is now", it.id)),
        };
        let mut intro = vec!["what is bad, for many users and without a workaround blocks GO".to_owned()];
        if known.is_some_and(|it| it.status == RiskStatus::Accepted) {
            intro.push("that it is accepted ends with it: it was accepted as it was".to_owned());
        }
        Self::of_risk(ask, title, intro, fields)
    }

    fn accept_risk(model: &Model, it: &RiskState) -> Self {
        let longest = model.longest_exception();
        let mut fields = vec![
            Field::needed(Name::Reason, "reason", "why the launch may go with it"),
            Field::needed(Name::Until, "until", format!("{TYPED}; at most {longest}")).filled(&longest),
        ];
        fields.extend(standing_in(model, &model.launch.policies.waive_by));
        let ask = RiskAsk::Accept(it.id.clone(), it.figures.digest());
        let mut intro = told(it);
        intro.push("it takes somebody who may waive and does not own it".to_owned());
        Self::of_risk(ask, format!("Accept risk {}", it.id), intro, fields)
    }

    fn mitigate_risk(model: &Model, it: &RiskState) -> Self {
        let mut fields = vec![Field::needed(Name::Note, "done", "what was done about it; it is kept")];
        fields.extend(standing_in(model, &who(model, it)));
        let ask = RiskAsk::Mitigate(it.id.clone());
        let shown = SeenSubject::risk(&model.board, &it.id);
        Self::of_risk(ask, format!("Risk {} is mitigated", it.id), told(it), fields).showing(shown)
    }

    /// It is none any more, or is one again.
    fn close_risk(model: &Model, it: &RiskState) -> Self {
        let again = it.status == RiskStatus::Closed;
        let (ask, title, hint) = if again {
            (RiskAsk::Reopen(it.id.clone()), "is open again", "why it is one again")
        } else {
            (RiskAsk::Close(it.id.clone()), "is none any more", "why it is none any more")
        };
        let mut fields = vec![Field::needed(Name::Reason, "reason", hint)];
        if !again {
            fields.extend(standing_in(model, &who(model, it)));
        }
        let shown = SeenSubject::risk(&model.board, &it.id);
        Self::of_risk(ask, format!("Risk {} {title}", it.id), told(it), fields).showing(shown)
    }
}

pub(super) fn told(it: &RiskState) -> Vec<String> {
    vec![format!("{}: {}", it.word(), it.figures.what), it.figures.said()]
}

/// Who sees to it, and who may waive.
fn who(model: &Model, it: &RiskState) -> Vec<Party> {
    std::iter::once(&it.figures.owner).chain(&model.launch.policies.waive_by).cloned().collect()
}

impl Model {
    /// The risk that is chosen: the one that somebody chose, else the worst.
    pub(crate) fn chosen_risk(&self) -> Option<&RiskState> {
        let all = self.board.risks_worst_first();
        let chosen = self.risk.as_ref().and_then(|id| all.iter().copied().find(|it| it.id == *id));
        chosen.or_else(|| all.first().copied())
    }

    /// The form of an act on a risk, or why there is none; `None`: it is no such act.
    pub(crate) fn risk_form(&self, action: Action, target: &Subject) -> Option<Result<Form, String>> {
        match action {
            Action::AddRisk => return Some(Ok(Form::state_risk(self, None))),
            Action::ChangeRisk | Action::MitigateRisk | Action::AcceptRisk | Action::CloseRisk => {}
            _ => return None,
        }
        Some(self.form_of_risk(action, target))
    }

    fn form_of_risk(&self, action: Action, target: &Subject) -> Result<Form, String> {
        let it = match target {
            Subject::Risk(id) => self.board.risks.iter().find(|it| it.id == *id),
            _ => self.chosen_risk(),
        };
        let none = || format!("no risk is stated: {} states one", self.keymap.said(Action::AddRisk));
        let it = it.ok_or_else(none)?;
        if let Some(act) = self.acts.of_risk(&it.id) {
            return Err(format!("{} is still being recorded", act.what));
        }
        let settled = || format!("risk {} is {}", it.id, it.status.word());
        Ok(match action {
            Action::ChangeRisk => Form::state_risk(self, Some(it)),
            Action::CloseRisk => Form::close_risk(self, it),
            _ if !it.is_there() => return Err(settled()),
            Action::AcceptRisk => Form::accept_risk(self, it),
            _ => Form::mitigate_risk(self, it),
        })
    }
}
