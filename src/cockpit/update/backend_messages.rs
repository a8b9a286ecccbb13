//! What the application tells.

use std::sync::Arc;

use crate::{
    ActResult, JournalState, Model, Notice, Ticket, Until,
    model::{Acts, Index, Purpose, Written},
};
use gonogo_domain::{self as domain, Board, Launch, Phase};

pub(super) fn board(model: &mut Model, board: Arc<Board>) {
    let starting =
        model.sources.iter().any(|source| source.answered.is_none() && source.phase != Phase::BackingOff);
    model.flips.changed(&model.board, &board, starting);
    // Until sources have answered for the first time a score is of what is not known yet.
    if !starting {
        model.course.saw(&board);
    }
    for own in model.acts.take_recorded() {
        model.flips.seen(&own);
    }
    if let Some(moved) = model.launch.following(&board) {
        model.launch = Arc::new(moved);
    }
    model.index = Index::new(&model.launch, &board, model.list.group_by);
    model.board = board;
    model.foresee_again();
    // What somebody writes about stays chosen, whatever is worse by then.
    if !model.list.by_hand && model.form.is_none() && !model.detail {
        model.choose_first();
    } else {
        model.rebuild();
    }
    keep_stage(model);
    model.renew_several();
    if let Some(form) = &mut model.form
        && let Some(news) = form.see(&model.launch, &model.board)
    {
        (form.error, form.changed) = (Some(news), true);
    }
}

pub(super) fn launch(model: &mut Model, launch: Arc<Launch>, new: Arc<Board>) {
    let moved = model.launch.schedule.t0 != launch.schedule.t0;
    let read = model.launch.digest != launch.digest;
    model.launch = launch;
    board(model, new);
    // A hold moves what is counted from T as well, minute by minute: the T clock says so.
    if moved {
        model.tell(Notice::plain("T-0 was moved, and everything that is counted from it"));
    } else if read {
        model.tell(Notice::plain("the launch's files were read again"));
    }
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
        let text = format!("not known whether it was recorded, looking it up: {why}");
        model.tell(Notice::bad(text).sticky().until(Until::DoubtOver));
        return;
    }
    let Some(act) = model.acts.settle(ticket) else { return };
    let (why, lead) = match result {
        ActResult::Recorded(_) => {
            drop_doubt(&model.acts, &mut model.notice);
            if model.acts.came_back.take_if(|what| *what == act.what).is_some() {
                model.notice.take_if(|it| it.until == Some(Until::SaidAgain));
            }
            // The board may have come first.
            act.gate.iter().for_each(|gate| model.flips.seen(gate));
            model.acts.recorded(act.gate.as_ref());
            if act.offers {
                model.want_offer();
            }
            return recorded(model, act.what);
        }
        ActResult::Refused(ref refusal) => (refusal.to_string(), "refused"),
        ActResult::NotRecorded(ref why) | ActResult::Unsure(ref why) => (why.to_string(), "NOT recorded"),
    };
    drop_doubt(&model.acts, &mut model.notice);
    if matches!(act.form.purpose, Purpose::Several(..)) {
        return super::together::came_back(model, act.gate.as_ref(), format!("{lead}: {}: {why}", act.what));
    }
    model.tell(Notice::bad(format!("{lead}: {}: {why}", act.what)).sticky().until(Until::SaidAgain));
    model.acts.came_back = Some(act.what.clone());
    if super::meeting::came_back(model, &act, &result, &why) {
        return;
    }
    // What was typed is not lost: the form comes back unless another is open.
    if model.form.is_none() {
        let mut form = act.form;
        form.error = Some(format!("{lead}: {why}"));
        // Whoever decides again has seen what is on the screen now.
        if let Purpose::Decide { seen, .. } = &mut form.purpose {
            *seen = model.board.seen;
        }
        // What changed while it was on its way has not been seen yet.
        if let Some(news) = form.see(&model.launch, &model.board) {
            (form.error, form.changed) = (Some(format!("{lead}: {why}; {news}")), true);
        }
        if let ActResult::Refused(refusal) = &result {
            form.turn_to_refused(refusal.code);
        }
        model.form = Some(form);
    }
}

/// What was recorded stands there until a key is pressed: all of it, not only the last.
fn recorded(model: &mut Model, what: String) {
    if model.notice.as_ref() != Some(&all_recorded(&model.acts.told)) {
        model.acts.told.clear();
    }
    model.acts.told.push(what);
    model.tell(all_recorded(&model.acts.told));
}

fn all_recorded(told: &[String]) -> Notice {
    Notice::done(match told.len() {
        0 | 1 => format!("recorded: {}", told.concat()),
        n => format!("recorded {n}: {}", told.join("; ")),
    })
}

/// The journal can be written again: what said that it cannot be is not true any more.
pub(super) fn journal_is_back(model: &mut Model) {
    let gone = |it: &Notice| it.until == Some(Until::JournalBack);
    if model.journal == JournalState::Writable && model.notice.as_ref().is_some_and(gone) {
        model.notice = None;
    }
}

/// The doubt is over: its notice need not stay.
fn drop_doubt(acts: &Acts, notice: &mut Option<Notice>) {
    let doubt = |it: &Notice| it.until == Some(Until::DoubtOver);
    if !acts.is_unsure() && notice.as_ref().is_some_and(doubt) {
        *notice = None;
    }
}

/// Where the pages of the newest decision were written.
pub(super) fn minutes(model: &mut Model, paths: Vec<String>) {
    let Some(of) = model.board.decision.as_ref().map(|decision| decision.at) else { return };
    model.tell(Notice::done(format!("wrote {}", paths.join(" and "))));
    model.meeting.written = Some(Written { of, paths });
}
