//! What the whole screen is: presented, opened to look, of a launch whose files cannot be used any more.

use crate::{Action, Faults, Model, Notice};

/// Carries `action` out if it is one of these; whether it was is the answer.
pub(super) fn act(model: &mut Model, action: Action) -> bool {
    match action {
        Action::Present => {
            (model.presenting, model.detail) = (!model.presenting, false);
            model.rebuild();
        }
        Action::ShowFaults => {
            model.faults_shown = !model.faults_shown && model.faults.is_some();
            if model.faults.is_none() {
                model.tell(Notice::plain("the files that are open can be used"));
            }
        }
        Action::Jump => model.jumping = true,
        _ => return false,
    }
    true
}

pub(super) fn read_only(model: &mut Model) {
    model.read_only = true;
    model.rebuild();
}

/// What is wrong with the files now, or nothing any more.
pub(super) fn files(model: &mut Model, told: Option<Faults>) {
    (model.faults_shown, model.faults) = (told.is_some(), told);
    model.rebuild();
}
