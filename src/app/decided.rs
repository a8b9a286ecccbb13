//! A decision as it was made: the history up to it, its head, and the board that was kept with it.

use std::sync::Arc;

use super::{AppError, Opened, store};
use gonogo_domain::{Board, History};

/// A decision with all that its pages are made of.
#[derive(Debug)]
pub struct Decided {
    /// What people had said, the decision included.
    pub history: History,
    /// The hash of the decision's own entry.
    pub head: String,
    /// The board it was made on, with the decision.
    pub board: Board,
}

/// The decision of this number, from 1; the newest without one.
///
/// # Errors
/// [`AppError::Journal`]: the journal cannot be read or trusted. [`AppError::Input`]: no such decision is in it, or the
/// board that was kept with it cannot be read.
pub fn decided(opened: &Opened, number: Option<usize>) -> Result<Decided, AppError> {
    let (store, entries) = store::read_whole(opened)?;
    if store.journal.is_none() {
        return Err(AppError::NoJournal(store.view_only.unwrap_or_else(|| "there is no journal".into())));
    }
    let all = store.history.decisions.len();
    let wanted = number.unwrap_or(all);
    let Some(seq) = wanted.checked_sub(1).and_then(|at| store.history.decisions.get(at)).map(|it| it.seq)
    else {
        let what =
            if all == 0 { "nothing has been decided".into() } else { format!("there are {all} decisions") };
        return Err(AppError::input(what));
    };
    let until = entries.iter().take_while(|entry| entry.seq <= seq);
    let history = History::fold(until.clone().map(|entry| &entry.event));
    let head = until.last().map(|entry| entry.hash.to_string()).unwrap_or_default();
    let Some(record) = history.decision() else { return Err(AppError::input("nothing has been decided")) };
    let board = record.board.read::<Board>();
    let board = board.map_err(|_| AppError::input("the board kept with the decision cannot be read"))?;
    let mut board = board.decided(record.as_made(), &opened.loaded.launch);
    if let Some(poll) = &mut board.roll_call {
        poll.open = false;
    }
    Ok(Decided { history, head, board })
}

/// All that people said, with the hash of the newest entry.
///
/// # Errors
/// [`AppError::NoJournal`]: there is none, or it cannot be read or trusted.
pub fn recorded_history(opened: &Opened) -> Result<(Arc<History>, String), AppError> {
    let store = store::read(opened)?;
    if store.journal.is_none() {
        return Err(AppError::NoJournal(store.view_only.unwrap_or_else(|| "there is no journal".into())));
    }
    let head = store.head.map(|head| head.hash.to_string()).unwrap_or_default();
    Ok((store.history, head))
}

/// What was said until now, on a board that was just asked for: minutes of a meeting that may not be over.
///
/// # Errors
/// [`AppError::Journal`]: the journal cannot be read or trusted.
pub fn so_far(opened: &Opened, board: Board) -> Result<Decided, AppError> {
    let (store, _) = store::read_whole(opened)?;
    if let Some(why) = &store.history.broken {
        return Err(AppError::NoJournal(why.to_string()));
    }
    let head = store.head.as_ref().map(|head| head.hash.to_string()).unwrap_or_default();
    Ok(Decided { history: (*store.history).clone(), head, board })
}
