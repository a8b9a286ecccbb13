//! Forms of the rollout beside moving a stage: what it has shown, and the way back.

use super::{
    Model,
    form::{Choice, Field, Form, Meaning, Name, Purpose, answer_hint, choice},
    speaker::standing_in,
};
use crate::Action;
use gonogo_domain::{
    CriterionState, Party, RollbackPhase, RollbackResult, RollbackState, StageState, StepState,
};

/// Keys that pick a criterion.
const KEYS: &str = "123456789abcdefhijklmopqrstuvwxyz";

impl Form {
    /// Say whether one of its criteria holds. `None`: it has none.
    pub fn criterion(model: &Model, state: &StageState) -> Option<Self> {
        if state.criteria.is_empty() {
            return None;
        }
        let each = || KEYS.chars().zip(&state.criteria);
        let options: Vec<Choice> = each()
            .map(|(key, it)| Choice { key, label: String::new(), means: Meaning::Criterion(it.text.clone()) })
            .collect();
        let open = state.criteria.iter().position(|it| it.holds != Some(true));
        let word = vec![
            choice('g', "it holds", Meaning::Go(true)),
            choice('n', "it does NOT hold", Meaning::Go(false)),
        ];
        let mut fields = vec![
            Field::pick(Name::Criterion, "criterion", options, open.filter(|at| *at < KEYS.len())),
            Field::pick(Name::Word, "say", word, None),
            Field::optional(Name::Note, "note", "in your own words; needed where it does not hold"),
        ];
        fields.extend(standing_in(model, &who(model, state)));
        let intro = each().map(|(key, it)| format!("{key}  {}: {}", said(it), it.text)).collect();
        let title = format!("Criteria of stage {}", state.id);
        Some(Self::new(Purpose::Criterion(state.id.clone()), title, intro, fields))
    }

    /// Give its results. `None`: it asks for none.
    pub fn results(model: &Model, state: &StageState) -> Option<Self> {
        if state.answers.is_empty() {
            return None;
        }
        let field = |it: &gonogo_domain::StageAnswer| {
            let (name, label) = (Name::Answer(it.name.clone(), it.kind), it.name.replace('_', " "));
            let field = Field::optional(name, label, answer_hint(it.kind));
            it.answer.as_ref().map_or(field.clone(), |answer| field.filled(answer))
        };
        let mut fields: Vec<_> = state.answers.iter().map(field).collect();
        fields.extend(standing_in(model, &who(model, state)));
        let title = format!("Results of stage {}", state.id);
        let intro = vec!["what is left empty is not answered yet".to_owned()];
        Some(Self::new(Purpose::Results(state.id.clone()), title, intro, fields))
    }

    /// Start the rollback.
    pub fn start_rollback(model: &Model, state: Option<&RollbackState>) -> Self {
        let mut fields = vec![Field::needed(Name::Reason, "reason", "what is wrong; it is kept")];
        fields.extend(state.and_then(|it| standing_in(model, &it.who)));
        let out: Vec<_> =
            model.board.stages.iter().filter(|it| it.status.is_out()).map(|it| it.id.as_str()).collect();
        let mut intro =
            vec![format!("out now: {}", if out.is_empty() { "nothing".into() } else { out.join(", ") })];
        intro.extend(state.and_then(|it| it.notes.as_ref()).map(|notes| format!("notes: {notes}")));
        Self::new(Purpose::StartRollback, "Start the rollback".to_owned(), intro, fields)
    }

    /// Its step is done.
    pub fn step_done(model: &Model, state: &RollbackState, step: &StepState) -> Self {
        let mut fields = vec![Field::optional(Name::Note, "note", "in your own words; it is kept")];
        fields.extend(standing_in(model, &may_tick(state, step)));
        let title = format!("Step {} is done", step.plan.id);
        Self::new(Purpose::DoStep(step.plan.id.clone()), title, vec![step.plan.title.to_string()], fields)
    }

    /// Its step is skipped.
    pub fn skip_step(model: &Model, state: &RollbackState, step: &StepState) -> Self {
        let mut fields = vec![Field::needed(Name::Reason, "reason", "why it is not needed")];
        fields.extend(standing_in(model, &may_tick(state, step)));
        let title = format!("Skip step {}", step.plan.id);
        Self::new(Purpose::SkipStep(step.plan.id.clone()), title, vec![step.plan.title.to_string()], fields)
    }

    /// How it ended.
    pub fn end_rollback(model: &Model, state: &RollbackState) -> Self {
        let keys = ['b', 'p', 'f'];
        let labels = ["rolled back", "partly", "forward fix"];
        let options = RollbackResult::ALL.iter().zip(keys.iter().zip(labels));
        let options =
            options.map(|(result, (key, label))| choice(*key, label, Meaning::Result(*result))).collect();
        let mut fields = vec![
            Field::pick(Name::Result, "result", options, None),
            Field::needed(Name::Reason, "reason", "how things stand now; it is kept"),
        ];
        fields.extend(standing_in(model, &state.who));
        let intro = vec!["whatever it is: only a new final call makes GO again".to_owned()];
        Self::new(Purpose::EndRollback, "How the rollback ended".to_owned(), intro, fields)
    }
}

fn who(model: &Model, state: &StageState) -> Vec<Party> {
    let advance = model.launch.rollout.iter().flat_map(|it| &it.advance_by);
    advance.chain(&state.watcher).cloned().collect()
}

fn may_tick(state: &RollbackState, step: &StepState) -> Vec<Party> {
    step.plan.owner.iter().chain(&state.who).cloned().collect()
}

fn said(it: &CriterionState) -> &'static str {
    match it.holds {
        Some(true) => "confirmed",
        Some(false) => "DOES NOT HOLD",
        None => "open",
    }
}

impl Model {
    /// Whether this can be done with the rollback now.
    pub(crate) fn offers_back(&self, action: Action) -> bool {
        let running = self.running_rollback();
        match action {
            Action::StepDone | Action::SkipStep => running.is_some_and(|it| it.current().is_some()),
            Action::EndRollback => running.is_some(),
            Action::StartRollback => running.is_none(),
            _ => true,
        }
    }

    /// The rollback, while it runs.
    pub(crate) fn running_rollback(&self) -> Option<&RollbackState> {
        self.board.rollback.as_ref().filter(|it| it.phase == RollbackPhase::Running)
    }
}
