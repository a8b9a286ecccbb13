//! The question that a breach puts to people: hold, roll back, or accept it for a time. It is put up once for each breach,
//! when nothing else has the keyboard; whoever puts it away finds it again by its key.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{
    Model,
    form::{Field, Form, Meaning, Name, Purpose, Value, choice},
    speaker::standing_in,
};
use crate::{Context, Notice, when::moment};
use gonogo_domain::{
    Board, CallsFor, GuardrailState, Party, RollbackPhase, StageId, StageState, StageStatus, Str, TYPED,
};

/// A breach that asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OpenBreach {
    /// Since when it asks; once an acceptance has ended it is another question.
    since: DateTime<Utc>,
    stage: StageId,
    guardrail: Str,
}

/// Which questions were put up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Raised {
    seen: BTreeSet<OpenBreach>,
    /// Not yet on the screen: something else had the keyboard.
    waiting: Vec<OpenBreach>,
}

/// What people answer to a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Hold,
    RollBack,
    Accept,
}

/// The breaches that ask, those that call for a rollback first.
fn asking(board: &Board) -> Vec<OpenBreach> {
    if board.rollback.as_ref().is_some_and(|it| it.phase == RollbackPhase::Running) {
        return Vec::new();
    }
    // A hold of the stage is an answer.
    let out = |it: &&StageState| matches!(it.status, StageStatus::Soaking | StageStatus::Soaked);
    let each = board.stages.iter().filter(out).flat_map(|stage| {
        let asks = stage.guardrails.iter().filter(|it| it.asks() && it.calls_for != CallsFor::Tell);
        asks.filter_map(move |it| Some((it.calls_for, breach(stage, it)?)))
    });
    let mut all: Vec<(CallsFor, OpenBreach)> = each.collect();
    all.sort_by_key(|(calls, breach)| (*calls != CallsFor::Rollback, breach.since));
    all.into_iter().map(|(_, breach)| breach).collect()
}

fn breach(stage: &StageState, it: &GuardrailState) -> Option<OpenBreach> {
    Some(OpenBreach { since: it.asks_since?, stage: stage.id.clone(), guardrail: it.id.clone() })
}

impl Form {
    /// Answer a breach.
    fn breach(model: &Model, stage: &StageState, it: &GuardrailState) -> Self {
        let ways = vec![
            choice('h', "hold it", Meaning::Way(Way::Hold)),
            choice('b', "roll back", Meaning::Way(Way::RollBack)),
            choice('a', "accept it for a time", Meaning::Way(Way::Accept)),
        ];
        let longest = model.longest_exception();
        let until = format!("only where it is accepted: {TYPED}; at most {longest}");
        let mut fields = vec![
            Field::pick(Name::Way, "answer", ways, None),
            Field::needed(Name::Reason, "reason", "why; it is kept"),
            Field::optional(Name::Until, "until", until),
        ];
        fields.extend(standing_in(model, advance_by(model)));
        let mut intro = vec![it.describe()];
        intro.extend(model.deadline(&stage.id, &it.id));
        intro.push("accepting it raises no word: it stays a breach, and asks again at the end".to_owned());
        let title = format!("{} of stage {} calls for a {}", it.id, stage.id, it.calls_for.word());
        Self::new(Purpose::Breach(stage.id.clone(), it.id.clone()), title, intro, fields)
    }

    /// End the acceptance of a breach.
    fn accept_no_more(model: &Model, stage: &StageState, it: &GuardrailState) -> Self {
        let mut fields = vec![Field::needed(Name::Reason, "reason", "why it ends before its time")];
        let who: Vec<Party> = advance_by(model).iter().chain(&stage.watcher).cloned().collect();
        fields.extend(standing_in(model, &who));
        let zone = model.launch.schedule.zone;
        let intro = it.accepted.iter().map(|it| it.said(zone)).collect();
        let title = format!("Accept the breach of {} no more", it.id);
        Self::new(Purpose::AcceptNoMore(stage.id.clone(), it.id.clone()), title, intro, fields)
    }

    /// Whether anything was typed or picked.
    fn is_untouched(&self) -> bool {
        self.fields.iter().all(|field| match &field.value {
            Value::Text(text) | Value::Typed { text, .. } => text.text().is_empty(),
            Value::Pick { made, .. } => !made,
        })
    }
}

fn advance_by(model: &Model) -> &[Party] {
    model.launch.rollout.as_ref().map_or(&[], |it| &it.advance_by)
}

impl Model {
    /// How long an exception may last, as it is typed: `24h`.
    pub(crate) fn longest_exception(&self) -> String {
        let longest = self.launch.policies.longest_waiver.as_secs() / 60;
        if longest.is_multiple_of(60) { format!("{}h", longest / 60) } else { format!("{longest}m") }
    }

    /// By when people must have decided, if there is a deadline.
    fn deadline(&self, stage: &StageId, guardrail: &Str) -> Option<String> {
        let call = self.board.rollback.as_ref()?.called.as_ref()?;
        let by = call.decide_by.filter(|_| call.stage == *stage && call.guardrail == *guardrail)?;
        let at = moment(by, self.board.evaluated_at, self.launch.schedule.zone);
        Some(if call.overdue { format!("OVERDUE: to be decided by {at}") } else { format!("decide by {at}") })
    }

    /// Puts up the question of a breach that nobody was asked about yet, once nothing else has the keyboard; a line for
    /// whoever looks elsewhere is the answer where a breach is new.
    pub(crate) fn raise(&mut self) -> Option<String> {
        let asking = asking(self.board());
        let new: Vec<OpenBreach> =
            asking.iter().filter(|it| !self.raised.seen.contains(it)).cloned().collect();
        let line = new.first().map(|it| {
            format!("breach of {} in stage {}: hold, roll back or accept?", it.guardrail, it.stage)
        });
        self.raised.seen.extend(new.iter().cloned());
        self.raised.waiting.extend(new);
        self.raised.waiting.retain(|it| asking.contains(it));
        self.drop_answered(&asking);
        if self.may_be_asked()
            && let Some(next) = self.raised.waiting.first().cloned()
            && let Some(form) = self.form_of(&next)
        {
            self.raised.waiting.remove(0);
            self.form = Some(form);
        }
        line
    }

    /// Somebody else may have answered what the form asks.
    fn drop_answered(&mut self, asking: &[OpenBreach]) {
        let Some(form) = &mut self.form else { return };
        let Purpose::Breach(stage, guardrail) = &form.purpose else { return };
        if asking.iter().any(|it| it.stage == *stage && it.guardrail == *guardrail) {
            return;
        }
        if form.is_untouched() {
            let said = format!("{guardrail} of stage {stage} asks no more");
            self.form = None;
            self.tell(Notice::plain(said));
        } else {
            form.error.get_or_insert_with(|| "it asks no more: Esc closes this".to_owned());
        }
    }

    pub(super) fn may_be_asked(&self) -> bool {
        let busy = matches!(
            self.context(),
            Context::Form
                | Context::Help
                | Context::Search
                | Context::Moment
                | Context::Palette
                | Context::Filter
        );
        !busy && !self.looks_back() && self.no_acts_because().is_none()
    }

    fn form_of(&self, it: &OpenBreach) -> Option<Form> {
        let stage = self.board.stage(&it.stage)?;
        let guardrail = stage.guardrails.iter().find(|guardrail| guardrail.id == it.guardrail)?;
        Some(Form::breach(self, stage, guardrail))
    }

    /// The form that answers what asks now, or ends what is accepted.
    pub(crate) fn answer_breach(&self) -> Result<Form, String> {
        if let Some(form) = asking(&self.board).first().and_then(|it| self.form_of(it)) {
            return Ok(form);
        }
        let each =
            self.board.stages.iter().flat_map(|stage| stage.guardrails.iter().map(move |it| (stage, it)));
        let mut accepted = each.filter(|(_, it)| it.accepted.is_some());
        let (stage, it) = accepted.next().ok_or("no breach asks anything")?;
        Ok(Form::accept_no_more(self, stage, it))
    }
}
