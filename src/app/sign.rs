//! Acts from the command line: evidence is settled, the rules are asked, the journal is told.

use std::{sync::Arc, time::Duration};

use uuid::Uuid;

use super::{AppError, Live, Opened, check::clocks, sources, store, teams::Teams, who};
use crate::{
    clock::Clock,
    domain::{
        Actor, Board, Command, Context, Event, History, Kind, Launch, Now, Oid, Party, Refusal, Scope, Str,
        act,
    },
    journal::{Append, Journal},
    poller::{NowFn, settle},
    text::clean,
};

/// How long to look for the commit that the word is about.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a plan can look at.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The launch.
    pub launch: &'a Launch,
    /// The board as it stands.
    pub board: &'a Board,
    /// What people said so far.
    pub history: &'a History,
    /// Now.
    pub now: Now,
    /// Whose word it will be.
    pub actor: &'a Party,
}

/// Works out the acts, in their order, from what stands now. It may ask a person to confirm.
pub type Plan = Box<dyn FnOnce(&Situation<'_>) -> Result<Vec<Command>, AppError> + Send>;

/// What to record.
pub struct SignRequest {
    /// The acts.
    pub plan: Plan,
    /// Whose word it is, when somebody else writes it down.
    pub on_behalf: Option<String>,
}

/// What was recorded, and how things stand after it.
#[derive(Debug)]
pub struct Signed {
    /// Whose word, and how the name is known.
    pub by: Str,
    /// Who wrote it down, when that is somebody else.
    pub recorder: Option<Str>,
    /// Each act in words, with its place in the journal.
    pub done: Vec<(u64, String)>,
    /// The journal's new head.
    pub head: String,
    /// The board after it.
    pub board: Board,
    /// What people said, this included.
    pub history: History,
}

impl SignRequest {
    /// A single act that is known beforehand.
    pub fn of(command: Command, on_behalf: Option<String>) -> Self {
        Self { plan: Box::new(|_| Ok(vec![command])), on_behalf }
    }
}

/// Checks the acts against the launch as it stands now, and records them one by one.
///
/// # Errors
/// [`AppError::Refused`] by the rules, [`AppError::Store`] when the journal did not take it. What was recorded before
/// the error stays recorded, and the error says so.
pub async fn sign(opened: &Opened, request: SignRequest) -> Result<Signed, AppError> {
    let store = store::write(opened)?;
    let (Some(journal), None) = (store.journal, &store.view_only) else {
        let why = store.view_only.unwrap_or_else(|| "there is no journal".into());
        return Err(AppError::Store(format!("error: NOT recorded: {}", clean(&why))));
    };
    let clock = Clock::system();
    let now: NowFn = Arc::new(move || clocks(&clock));
    let (actor, recorder) = people(opened, request.on_behalf.as_deref()).await?;
    let mut live = Live::new(Arc::new(opened.loaded.launch.clone()), store.history, Scope::default());
    look(opened, &mut live, &now).await?;
    let moment = now();
    let board = live.board(moment);
    let situation = Situation {
        launch: live.launch(),
        board: &board,
        history: live.history(),
        now: moment,
        actor: &actor.name,
    };
    let commands = (request.plan)(&situation)?;
    let teams = Teams::ask(opened).await?;
    let mut desk = Desk { live, journal, actor, recorder, teams, done: Vec::new() };
    for command in commands {
        desk.record(command, &now).await.map_err(|error| desk.so_far(error))?;
    }
    desk.signed(now()).await
}

/// Whose word, and who writes it down when that is somebody else.
async fn people(opened: &Opened, on_behalf: Option<&str>) -> Result<(Actor, Option<Actor>), AppError> {
    let keyboard = who::at_keyboard(opened).await;
    let Some(name) = on_behalf else { return Ok((keyboard?, None)) };
    match keyboard {
        // One's own name is one's own word, checked as far as it can be.
        Ok(own) if own.name.as_str() == name => Ok((own, None)),
        other => Ok((who::on_behalf(name), other.ok())),
    }
}

/// Asks the sources once. A launch of people only, at a full commit id, has nothing to ask them.
async fn look(opened: &Opened, live: &mut Live, now: &NowFn) -> Result<(), AppError> {
    let launch = live.launch();
    let asks = launch.gates.iter().any(|gate| matches!(gate.kind, Kind::Evidence(_)));
    let mut refs = launch.components.values().chain(std::iter::once(&launch.target));
    if !asks && refs.all(|target| Oid::parse(&target.git_ref).is_some()) {
        return Ok(());
    }
    let polled = sources::build(opened)?;
    let keys: Vec<_> = polled.iter().map(|it| it.key.clone()).collect();
    live.refuse_unserved(&keys, now());
    let settled = settle(polled, &live.demands(), PATIENCE, now).await;
    live.take_answers(settled.observations, settled.targets);
    Ok(())
}

struct Desk {
    live: Live,
    journal: Journal,
    actor: Actor,
    recorder: Option<Actor>,
    teams: Teams,
    done: Vec<(u64, String)>,
}

impl Desk {
    async fn record(&mut self, command: Command, now: &NowFn) -> Result<(), AppError> {
        let id = Uuid::now_v7();
        loop {
            let head = self.journal.head().await.map_err(|error| store(&error))?;
            let event = self.event(command.clone(), id, now());
            let event = event.map_err(|refusal| refused(&refusal, &self.teams))?;
            match self.journal.append(&event, head).await.map_err(|error| store(&error))? {
                Append::Appended(entry) => {
                    self.live.take_event(&entry.event);
                    self.done.push((entry.seq, super::ledger::said(&entry.event.act)));
                    return Ok(());
                }
                Append::Conflict(newer) => newer.iter().for_each(|entry| self.live.take_event(&entry.event)),
            }
        }
    }

    fn event(&mut self, command: Command, id: Uuid, now: Now) -> Result<Event, Refusal> {
        let board = self.live.board(now);
        let (actor, recorder) = (self.actor.clone(), self.recorder.clone());
        let teams = self.teams.of(&actor, self.live.launch());
        let context = Context { actor, recorder, teams, now, id };
        act(self.live.launch(), self.live.history(), &board, command, &context)
    }

    /// An error after something was recorded says what was.
    fn so_far(&self, error: AppError) -> AppError {
        let Some((seq, said)) = self.done.last() else { return error };
        let before = format!("\nrecorded before that, as entry {seq}: {}", clean(said));
        match error {
            AppError::Refused(why) => AppError::Refused(why + &before),
            AppError::Store(why) => AppError::Store(why + &before),
            other => other,
        }
    }

    async fn signed(mut self, now: Now) -> Result<Signed, AppError> {
        let head = self.journal.head().await.map_err(|error| store(&error))?;
        let named = |actor: &Actor| format!("{} ({})", actor.name, who::known(actor)).into();
        Ok(Signed {
            by: named(&self.actor),
            recorder: self.recorder.as_ref().map(named),
            done: self.done,
            head: head.hash.to_string(),
            board: self.live.board(now),
            history: self.live.history().clone(),
        })
    }
}

fn store(error: &crate::journal::JournalError) -> AppError {
    AppError::Store(format!("error: {}", clean(&error.to_string())))
}

/// Whoever a team might have given the right is told that the team could not be seen.
fn refused(refusal: &Refusal, teams: &Teams) -> AppError {
    let unseen = teams.unseen().filter(|_| refusal.is_about_rights());
    let unseen = unseen.map(|unseen| format!("; {unseen}")).unwrap_or_default();
    AppError::Refused(format!("refused: {}", clean(&format!("{refusal}{unseen}"))))
}
