//! The one evaluator.

use super::{Board, Evidence, GateId, History, Launch, Now, Question, Scope};

/// What to evaluate.
pub type Filter = Scope;

/// The board at `now`: the only place where verdicts are made.
pub fn evaluate(launch: &Launch, evidence: &Evidence, history: &History, now: Now, scope: &Filter) -> Board {
    let _ = (evidence, history, scope);
    Board {
        word: super::BoardWord::Hold,
        reasons: Vec::new(),
        score: super::Score::default(),
        scope: scope.clone(),
        launch: launch.id.clone(),
        title: launch.title.clone(),
        version: launch.version.clone(),
        repository: launch.target.repository.clone(),
        git_ref: launch.target.git_ref.clone(),
        commit: None,
        moved_from: None,
        checklist_digest: launch.digest.clone(),
        evaluated_at: now.wall,
        t0: launch.schedule.t0,
        held_since: None,
        held_for: std::time::Duration::ZERO,
        checklists: Vec::new(),
        gates: Vec::new(),
        stages: Vec::new(),
        path: super::PathToGo::default(),
        changes_at: None,
        overridden: None,
        remarks: Vec::new(),
    }
}

/// The questions to put to sources now: answers of people filled in, gates that do not apply, or whose answers are
/// still missing, left out.
pub fn demands(launch: &Launch, history: &History) -> Vec<(GateId, Question)> {
    let _ = (launch, history);
    Vec::new()
}
