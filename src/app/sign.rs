//! `gonogo sign`: one act from the command line.

use std::{sync::Arc, time::Duration};

use uuid::Uuid;

use super::{AppError, Live, Opened, check::clocks, sources, store, who};
use crate::{
    clock::Clock,
    domain::{Actor, Command, Context, Now, Scope, Str, act},
    journal::{Append, Journal},
    poller::{NowFn, settle},
    text::clean,
};

/// How long to look for the commit that the word is about.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to record.
#[derive(Debug)]
pub struct SignRequest {
    /// The act.
    pub command: Command,
    /// Whose word it is, when somebody else writes it down.
    pub on_behalf: Option<String>,
}

/// What was recorded.
#[derive(Debug)]
pub struct Signed {
    /// Its place in the journal.
    pub seq: u64,
    /// Whose word, and how the name is known.
    pub by: Str,
    /// The journal's new head.
    pub head: String,
}

/// Checks the act against the launch as it stands now, and records it.
///
/// # Errors
/// [`AppError::Refused`] by the rules, [`AppError::Store`] when the journal did not take it.
pub async fn sign(opened: &Opened, request: SignRequest) -> Result<Signed, AppError> {
    let store = store::write(opened)?;
    let (Some(journal), None) = (store.journal, &store.view_only) else {
        let why = store.view_only.unwrap_or_else(|| "there is no journal".into());
        return Err(AppError::Store(format!("error: NOT recorded: {}", clean(&why))));
    };
    let clock = Clock::system();
    let now: NowFn = Arc::new(move || clocks(&clock));
    let keyboard = who::at_keyboard(opened).await;
    let (actor, recorder) = match &request.on_behalf {
        Some(name) => (who::on_behalf(name), keyboard.ok()),
        None => (keyboard?, None),
    };
    let mut live = Live::new(Arc::new(opened.loaded.launch.clone()), store.history, Scope::default());
    let polled = sources::build(opened)?;
    let settled = settle(polled, &live.demands(), PATIENCE, &now).await;
    live.take_answers(settled.observations, settled.targets);
    record(&mut live, &journal, &request.command, actor, recorder, now()).await
}

async fn record(
    live: &mut Live,
    journal: &Journal,
    command: &Command,
    actor: Actor,
    recorder: Option<Actor>,
    now: Now,
) -> Result<Signed, AppError> {
    let store = |error: crate::journal::JournalError| {
        AppError::Store(format!("error: {}", clean(&error.to_string())))
    };
    let by: Str = format!("{} ({})", actor.name, who::known(&actor)).into();
    let context = Context { actor, recorder, teams: Vec::new(), now, id: Uuid::now_v7() };
    loop {
        let head = journal.head().await.map_err(store)?;
        let board = live.board(now);
        let event = act(live.launch(), live.history(), &board, command.clone(), &context)
            .map_err(|refusal| AppError::Refused(format!("refused: {}", clean(&refusal.to_string()))))?;
        match journal.append(&event, head).await.map_err(store)? {
            Append::Appended(entry) => {
                let head = journal.head().await.map_err(store)?;
                return Ok(Signed { seq: entry.seq, by, head: head.hash.to_string() });
            }
            Append::Conflict(newer) => newer.iter().for_each(|entry| live.take_event(&entry.event)),
        }
    }
}
