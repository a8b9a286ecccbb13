//! What the application tells.

use std::sync::Arc;

use crate::{
    cockpit::{
        ActResult, Model, Notice, Ticket,
        model::{Acts, Index},
    },
    domain::{self, Board, Launch, Phase},
};

const DOUBT: &str = "not known whether it was recorded";

pub(super) fn board(model: &mut Model, board: Arc<Board>) {
    let flips = domain::flips(&model.board, &board);
    let starting =
        model.sources.iter().any(|source| source.answered.is_none() && source.phase != Phase::BackingOff);
    let chosen_first = model.list.anchor.is_none();
    model.flips.changed(flips, starting);
    for own in model.acts.take_recorded() {
        model.flips.seen(&own);
    }
    model.index = Index::new(&model.launch, &board);
    model.board = board;
    if chosen_first {
        model.choose_first();
    } else {
        model.rebuild();
    }
    keep_stage(model);
}

pub(super) fn launch(model: &mut Model, launch: Arc<Launch>, new: Arc<Board>) {
    model.launch = launch;
    board(model, new);
    model.tell(Notice::plain("the launch's files were read again"));
}

fn keep_stage(model: &mut Model) {
    let gone = |id: &domain::StageId| !model.board.stages.iter().any(|stage| stage.id == *id);
    if model.stage.as_ref().is_some_and(gone) {
        model.stage = None;
    }
}

/// What became of an act. Only `Recorded` says that it is done.
pub(super) fn acted(model: &mut Model, ticket: Ticket, result: ActResult) {
    if let ActResult::Unsure(why) = &result {
        model.acts.unsure(ticket);
        model.tell(Notice::bad(format!("{DOUBT}, looking it up: {why}")).sticky());
        return;
    }
    let Some(act) = model.acts.settle(ticket) else { return };
    let (why, lead) = match result {
        ActResult::Recorded(_) => {
            drop_doubt(&model.acts, &mut model.notice);
            // The board may have come first.
            act.gate.iter().for_each(|gate| model.flips.seen(gate));
            model.acts.recorded(act.gate.as_ref());
            return model.tell(Notice::done(format!("recorded: {}", act.what)));
        }
        ActResult::Refused(refusal) => (refusal.to_string(), "refused"),
        ActResult::NotRecorded(why) | ActResult::Unsure(why) => (why.to_string(), "NOT recorded"),
    };
    drop_doubt(&model.acts, &mut model.notice);
    model.tell(Notice::bad(format!("{lead}: {}: {why}", act.what)).sticky());
    // What was typed is not lost: the form comes back unless another is open.
    if model.form.is_none() {
        let mut form = act.form;
        form.error = Some(format!("{lead}: {why}"));
        model.form = Some(form);
    }
}

/// The doubt is over: its notice need not stay.
fn drop_doubt(acts: &Acts, notice: &mut Option<Notice>) {
    let doubt = |it: &Notice| it.text.starts_with(DOUBT);
    if !acts.is_unsure() && notice.as_ref().is_some_and(doubt) {
        *notice = None;
    }
}
