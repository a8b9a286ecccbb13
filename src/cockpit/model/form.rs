//! Forms: what is asked before an act is sent.

pub(crate) use super::field_name::Name;
use super::{
    Model, TextField,
    around_forms::{AroundAsk, AroundMeans},
    foresee::Foreseen,
    incident_forms::{IncidentAsk, IncidentMeans},
    meeting_forms::{BallotForm, Call},
    message_forms::MessageAsk,
    question::Way,
    risk_forms::RiskAsk,
    seen::SeenSubject,
    several::{Several, SeveralWord},
    speaker::{roles, standing_in},
};
use crate::{Action, Notice, Until, Wish};
use gonogo_domain::{
    About, Ask, AskType, Board, Clause, DecidedRisk, Digest, Gate, GateId, GateState, Kind, Launch,
    MessageRef, Party, Risk, RollbackResult, Rule, SeverityLevel, Stage, StageAct, StageId, StageState,
    StageStatus, Str, TYPED,
};

/// A form on the screen.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub purpose: Purpose,
    pub title: String,
    /// What the user should know before, one line each.
    pub intro: Vec<String>,
    pub fields: Vec<Field>,
    pub focus: usize,
    /// Why it was not sent, or not accepted.
    pub error: Option<String>,
    /// What its word would do.
    pub foreseen: Foreseen,
    /// What it is about, as it was shown.
    pub shown: Option<SeenSubject>,
    /// What it is about has changed while it was open: the next Enter only says that this was seen.
    pub changed: bool,
}

/// What a form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Sign(GateId),
    Withdraw(GateId),
    Waive(GateId),
    EndWaiver(GateId),
    NotNeeded(GateId),
    NeededAgain(GateId),
    Note(Option<GateId>),
    /// The first gate, and those that were chosen with it.
    Ask(GateId, Vec<GateId>),
    /// One word each on several gates, exactly as they were shown.
    Several(Several, Vec<SeveralWord>),
    Stage(StageId),
    Criterion(StageId),
    Results(StageId),
    StartRollback,
    DoStep(Str),
    SkipStep(Str),
    EndRollback,
    /// The stage, and its guardrail.
    Breach(StageId, Str),
    AcceptNoMore(StageId, Str),
    /// What is recorded about the launch as a whole.
    Around(AroundAsk),
    /// What is recorded about a risk.
    Risk(RiskAsk),
    /// What is recorded about an incident, and about which; `None`: a new one.
    Incident(IncidentAsk, Option<u32>),
    /// Which write is wanted of the server of the target.
    Offer,
    /// The very request.
    Request,
    /// Which occurrence of which message, and what its words were called when the form was opened.
    Message(MessageAsk, MessageRef, Option<Digest>),
    OpenRound,
    Vote(BallotForm),
    /// With how many events the board showed when the form was opened, and the stations whose no-go it named.
    Decide {
        call: Call,
        seen: u64,
        over: Vec<Party>,
        /// The risks that it named.
        risks: Vec<DecidedRisk>,
    },
    EndHold,
    DropDraft(Party),
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub name: Name,
    pub label: String,
    pub hint: String,
    pub value: Value,
    pub required: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(TextField),
    /// One of several; none at first, so that Enter alone never says GO.
    Pick {
        options: Vec<Choice>,
        picked: Option<usize>,
        /// A person chose it: no letter changes it any more, only left and right.
        made: bool,
    },
    /// These very words.
    Typed {
        words: String,
        text: TextField,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// The key that picks it.
    pub key: char,
    pub label: String,
    pub means: Meaning,
}

/// What a choice stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Go(bool),
    AnyRole,
    Role(Party),
    Step(StageAct),
    Criterion(Str),
    Result(RollbackResult),
    Way(Way),
    Around(AroundMeans),
    Incident(IncidentMeans),
    Severity(SeverityLevel),
    Likelihood(Risk),
    Wish(Wish),
    /// Closed although it has not shown all.
    CloseAnyway,
    /// A request that got no answer is there, or is not.
    Arrived(bool),
    By(Party),
    /// Somebody who speaks only as a fallback for whoever is asked.
    Fallback(Party),
    Option(Option<Str>),
}

impl Field {
    /// One that must be filled in.
    pub fn needed(name: Name, label: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { required: true, ..Self::optional(name, label, hint) }
    }

    /// One that may stay empty.
    pub fn optional(name: Name, label: impl Into<String>, hint: impl Into<String>) -> Self {
        // People's own words, and nothing that is read as a name or a moment.
        let lines = matches!(name, Name::Reason | Name::Note);
        let text = if lines { TextField::of_lines("") } else { TextField::default() };
        Self { name, label: label.into(), hint: hint.into(), value: Value::Text(text), required: false }
    }

    pub fn filled(mut self, text: &str) -> Self {
        self.value = Value::Text(TextField::new(text));
        self
    }

    pub fn pick(name: Name, label: &str, options: Vec<Choice>, picked: Option<usize>) -> Self {
        let hint = "pick with its letter, or with left and right; Tab goes on".to_owned();
        let value = Value::Pick { options, picked, made: false };
        Self { name, label: label.to_owned(), hint, value, required: true }
    }

    fn typed(words: &str) -> Self {
        let hint = format!("there is no way back after GO: type {words} to confirm");
        let value = Value::Typed { words: words.to_owned(), text: TextField::default() };
        Self { name: Name::Typed, label: "no return".to_owned(), hint, value, required: true }
    }

    /// The word that sends a request.
    pub fn sends(words: &str) -> Self {
        let hint = format!("type {words} to send it, once; Esc sends nothing");
        let value = Value::Typed { words: words.to_owned(), text: TextField::default() };
        Self { name: Name::Typed, label: "send".to_owned(), hint, value, required: true }
    }

    pub(super) fn typed_override(no_way_back_after: Option<&str>) -> Self {
        let words = no_way_back_after.map_or("OVERRIDE".to_owned(), |stage| format!("OVERRIDE {stage}"));
        let back = if no_way_back_after.is_some() { ", and there is no way back" } else { "" };
        Self {
            name: Name::Override,
            label: "override".to_owned(),
            hint: format!("recorded under your name{back}: type {words} to confirm"),
            value: Value::Typed { words, text: TextField::default() },
            required: true,
        }
    }

    /// Whether it is needed and still empty.
    pub fn is_missing(&self) -> bool {
        let empty = match &self.value {
            Value::Pick { picked, .. } => picked.is_none(),
            Value::Typed { words, text } => text.text().trim() != words,
            Value::Text(text) => text.text().trim().is_empty(),
        };
        self.required && empty
    }

    /// The text that is being typed, if it takes text.
    pub fn text_field(&mut self) -> Option<&mut TextField> {
        match &mut self.value {
            Value::Text(text) | Value::Typed { text, .. } => Some(text),
            Value::Pick { .. } => None,
        }
    }
}

impl Form {
    pub fn new(purpose: Purpose, title: String, intro: Vec<String>, fields: Vec<Field>) -> Self {
        let foreseen = Foreseen::default();
        Self { purpose, title, intro, fields, focus: 0, error: None, foreseen, shown: None, changed: false }
    }

    /// What was picked in this field.
    pub fn picked(&self, name: &Name) -> Option<&Meaning> {
        let field = self.fields.iter().find(|it| it.name == *name)?;
        match &field.value {
            Value::Pick { options, picked: Some(at), .. } => options.get(*at).map(|it| &it.means),
            _ => None,
        }
    }

    pub fn focused(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// A refusal says by its code which field it is about: there the focus goes.
    pub fn turn_to_refused(&mut self, code: &str) {
        let empty = |it: &Field| matches!(&it.value, Value::Text(text) if text.text().trim().is_empty());
        let about = |it: &Field| match code {
            "words-missing" | "freeze" => {
                matches!(it.name, Name::Reason | Name::Note | Name::Risk | Name::Condition) && empty(it)
            }
            "in-the-past" | "waiver-in-the-past" | "waiver-too-long" | "acceptance-too-long" => {
                matches!(it.name, Name::Until | Name::T0 | Name::NewDate)
            }
            "answers-missing" | "answer-invalid" | "answer-is-example" | "unknown-answer" => {
                matches!(it.name, Name::Answer(..))
            }
            "unknown-condition" => it.name == Name::UntilTrue,
            "unknown-person" | "own-delegate" => matches!(it.name, Name::To | Name::Lead),
            "in-the-future" => it.name == Name::Detected,
            "no-link" => it.name == Name::Link,
            "which-role" | "role-not-asked" => it.name == Name::Role,
            "no-name" => it.name == Name::Id,
            "no-share" => it.name == Name::Users,
            "unknown-option" => it.name == Name::Option,
            "unknown-stage" | "no-conditions" => it.name == Name::ToDo,
            _ => false,
        };
        self.focus = self.fields.iter().position(about).unwrap_or(self.focus);
    }

    /// Goes to the next field; from the last to the first.
    pub fn next_field(&mut self) {
        self.focus = (self.focus + 1) % self.fields.len().max(1);
    }

    /// Goes to the field before; from the first to the last.
    pub fn previous_field(&mut self) {
        self.focus = self.focus.checked_sub(1).unwrap_or(self.fields.len().saturating_sub(1));
    }

    /// Say go or no-go, or tick a task off.
    pub fn sign(model: &Model, gate: &Gate, state: &GateState, ask: &Ask) -> Self {
        let task = matches!(gate.kind, Kind::Task(_));
        let (yes, no) = if task { ("GO, it is done", "NO-GO") } else { ("GO", "NO-GO") };
        let word = vec![choice('g', yes, Meaning::Go(true)), choice('n', no, Meaning::Go(false))];
        let mut fields = vec![Field::pick(Name::Word, "say", word, None)];
        fields.extend(roles(model, &ask.by));
        fields.extend(ask.asks.iter().map(|(name, kind)| {
            Field::needed(Name::Answer(name.clone(), *kind), name.replace('_', " "), answer_hint(*kind))
        }));
        fields.push(Field::optional(Name::Note, "note", "in your own words; it is kept"));
        if gate.point_of_no_return {
            fields.push(Field::typed(gate.id.local()));
        }
        let title = format!("{} {}", if task { "Task" } else { "Sign-off" }, gate.id);
        let intro = intro(&model.launch, &model.board, state);
        Self::new(Purpose::Sign(gate.id.clone()), title, intro, fields).showing(model.seen_gate(&state.id))
    }

    /// Take one's own word back.
    pub fn withdraw(model: &Model, state: &GateState) -> Self {
        let fields = vec![Field::needed(Name::Reason, "reason", "why your word no longer stands")];
        let title = format!("Take your word back on {}", state.id);
        let intro = intro(&model.launch, &model.board, state);
        Self::new(Purpose::Withdraw(state.id.clone()), title, intro, fields)
    }

    /// Record an exception.
    pub fn waive(model: &Model, state: &GateState, longest: &str) -> Self {
        let mut fields = vec![
            Field::needed(Name::Reason, "reason", "why the launch may go without it"),
            Field::needed(Name::Risk, "risk", "what can go wrong"),
            Field::needed(Name::Until, "until", format!("{TYPED}; at most {longest}")).filled(longest),
            Field::optional(Name::Conditions, "conditions", "under which it holds; several with ; between"),
            Field::optional(Name::Severity, "severity", "how bad: low, medium or high"),
            Field::optional(Name::Likelihood, "likelihood", "how likely: low, medium or high"),
            Field::optional(Name::Users, "users", "whom it would reach, and how many"),
            Field::optional(Name::Workaround, "workaround", "what those can do meanwhile"),
        ];
        fields.extend(standing_in(model, &model.launch.policies.waive_by));
        let title = format!("Waive {}", state.id);
        let intro = intro(&model.launch, &model.board, state);
        Self::new(Purpose::Waive(state.id.clone()), title, intro, fields).showing(model.seen_gate(&state.id))
    }

    /// End a waiver.
    pub fn end_waiver(model: &Model, state: &GateState) -> Self {
        let mut fields = vec![Field::needed(Name::Reason, "reason", "why it ends before its time")];
        fields.extend(standing_in(model, &model.launch.policies.waive_by));
        let title = format!("End the waiver of {}", state.id);
        let intro = intro(&model.launch, &model.board, state);
        Self::new(Purpose::EndWaiver(state.id.clone()), title, intro, fields)
    }

    /// Declare a gate not needed.
    pub fn not_needed(model: &Model, gate: &Gate, state: &GateState) -> Self {
        let mut fields = vec![Field::needed(Name::Reason, "reason", "why this launch does not need it")];
        fields.extend(standing_in(model, &gate.na_by));
        let title = format!("{} is not applicable", state.id);
        let intro = intro(&model.launch, &model.board, state);
        Self::new(Purpose::NotNeeded(state.id.clone()), title, intro, fields)
            .showing(model.seen_gate(&state.id))
    }

    /// Take a "not needed" back.
    pub fn needed_again(model: &Model, gate: &Gate, state: &GateState) -> Self {
        let mut fields = vec![Field::needed(Name::Reason, "reason", "why this launch needs it after all")];
        fields.extend(standing_in(model, &gate.na_by));
        let title = format!("{} is needed after all", state.id);
        let intro = intro(&model.launch, &model.board, state);
        Self::new(Purpose::NeededAgain(state.id.clone()), title, intro, fields)
    }

    /// Leave a note.
    pub fn note(gate: Option<&GateId>) -> Self {
        let fields = vec![Field::needed(Name::Note, "note", "in your own words; it is kept")];
        let title = gate.map_or("Note on the launch".to_owned(), |id| format!("Note on {id}"));
        Self::new(Purpose::Note(gate.cloned()), title, Vec::new(), fields)
    }

    /// Move a stage. `None` when nothing can be done with it.
    pub fn stage(model: &Model, state: &StageState, plan: Option<&Stage>) -> Option<Self> {
        let early = !state.early.is_empty();
        let mut steps: Vec<_> = steps(state.status).iter().map(|step| step_choice(*step)).collect();
        let first = steps.first_mut()?;
        if early {
            "start by an OVERRIDE".clone_into(&mut first.label);
        }
        let unshown = closes_early(state);
        if unshown {
            steps.retain(|it| it.means != Meaning::Step(StageAct::Closed));
            steps.push(choice('o', "close by an OVERRIDE", Meaning::CloseAnyway));
        }
        let mut fields = vec![Field::pick(Name::Step, "step", steps, None)];
        let why = if early { "why it starts all the same" } else { "why; a hold and a rollback need it" };
        fields.push(Field { required: early, ..Field::optional(Name::Note, "reason", why) });
        let advance = model.launch.rollout.as_ref().map_or(&[][..], |it| &it.advance_by);
        fields.extend(standing_in(model, advance));
        match (early, state.point_of_no_return) {
            (false, _) if unshown => fields.push(Field::typed_override(None)),
            (false, false) => {}
            (false, true) => fields.push(Field::typed(state.id.as_str())),
            (true, last) => fields.push(Field::typed_override(last.then_some(state.id.as_str()))),
        }
        let mut intro: Vec<String> = state.waits_for.iter().map(|why| format!("waits for: {why}")).collect();
        let command = |it: &Option<Str>| it.as_ref().and_then(|it| model.board.command(it));
        intro.extend(plan.and_then(|it| command(&it.by_hand)).map(|how| format!("by hand: {how}")));
        let back = plan.and_then(|it| command(&it.by_hand_back));
        intro.extend(back.map(|how| format!("by hand, to take it back: {how}")));
        let title = format!("Stage {} to {}", state.id, state.audience);
        Some(Self::new(Purpose::Stage(state.id.clone()), title, intro, fields))
    }
}

impl Model {
    /// Why this session says nothing, and how to change that.
    pub(crate) fn locked(&self) -> Option<Notice> {
        let key = self.keymap.said(Action::Present);
        let why = match (self.presenting, self.read_only) {
            (true, false) => format!("presenting: nothing is recorded from here; {key} ends it"),
            (_, true) => {
                "read-only: nothing is recorded from here; start gonogo without --read-only".to_owned()
            }
            (false, false) => return None,
        };
        Some(Notice::bad(why))
    }

    /// The first thing that keeps everybody from acting, as shown to whoever tries.
    pub(crate) fn no_acts_because(&self) -> Option<Notice> {
        use crate::JournalState::{Broken, Offline, ViewOnly, Writable};
        if let Some(why) = self.locked() {
            return Some(why);
        }
        if self.looks_back() {
            let why = "this is the past: nothing can be recorded there; Esc goes back to now";
            return Some(Notice::bad(why));
        }
        let why = match &self.journal {
            Writable if self.me.is_none() => {
                "gonogo does not know who you are: set `identity` in your settings".to_owned()
            }
            Writable => return None,
            Offline(why) => {
                let text = format!("the journal is offline, nothing can be recorded: {why}");
                return Some(Notice::bad(text).until(Until::JournalBack));
            }
            ViewOnly(why) => format!("view only: {why}"),
            Broken(why) => format!("the journal is broken, nothing can be recorded: {why}"),
        };
        Some(Notice::bad(why))
    }
}

pub(super) fn choice(key: char, label: &str, means: Meaning) -> Choice {
    Choice { key, label: label.to_owned(), means }
}

/// What a form of a gate begins with.
pub(super) fn intro(launch: &Launch, board: &Board, state: &GateState) -> Vec<String> {
    let mut lines = vec![state.title.to_string(), state.reason.to_string()];
    let ask = launch.gate(&state.id).and_then(Gate::ask);
    if let Some(commit) = board.commit.as_ref().filter(|_| ask.is_some_and(|ask| ask.about == About::Commit))
    {
        lines.push(format!("it is about the commit {}", commit.short()));
    }
    // A gate that its needs hold back names them in its reason.
    if !state.waits_for.is_empty() && state.rule != Rule::Needs {
        lines.push(format!("waits for {}", state.waits_for.join(", ")));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

pub(super) fn answer_hint(kind: AskType) -> &'static str {
    match kind {
        AskType::Link => "an http or https address",
        AskType::Sha => "a whole commit id of 40 digits",
        AskType::Text => "in your own words",
        AskType::Number => "a number",
        AskType::Date => "a day such as 2026-12-02",
    }
}

/// Whether closing it now is no word of a person's but an override of what it has yet to show.
fn closes_early(state: &StageState) -> bool {
    matches!(state.status, StageStatus::Soaking | StageStatus::Soaked)
        && state.clauses.iter().any(Clause::keeps_from_closing)
}

fn steps(status: StageStatus) -> &'static [StageAct] {
    use StageAct::{Closed, Held, Resumed, RolledBack, Started};
    match status {
        StageStatus::Planned | StageStatus::Ready | StageStatus::RolledBack => &[Started],
        StageStatus::Soaking | StageStatus::Soaked => &[Held, RolledBack, Closed],
        StageStatus::Held => &[Resumed, RolledBack],
        StageStatus::Done => &[RolledBack],
        StageStatus::NotApplicable => &[],
    }
}

fn step_choice(step: StageAct) -> Choice {
    let (key, label) = match step {
        StageAct::Started => ('s', "start"),
        StageAct::Held => ('h', "hold"),
        StageAct::Resumed => ('r', "resume"),
        StageAct::RolledBack => ('b', "roll back"),
        StageAct::Closed => ('c', "close as done"),
    };
    choice(key, label, Meaning::Step(step))
}

/// A step of a stage, for people.
pub(super) fn step_word(step: StageAct) -> String {
    step_choice(step).label
}
