//! Acts from the command line: evidence is settled, the rules are asked, the journal is told.

use std::{sync::Arc, time::Duration};

use uuid::Uuid;

use super::{
    AppError, Live, Opened, check::clocks, desk::event_id, sources, store, teams::Teams, who, who::Keyboard,
};
use crate::{
    clock::Clock,
    domain::{
        Act, Actor, Board, Command, Context, Event, History, Kind, Launch, Now, Oid, Party, Refusal, Scope,
        Str, act,
    },
    journal::{Append, Correction, Entry, Head, Journal},
    poller::{Heard, NowFn, settle},
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
    /// Now, by the clock that the board was judged by: `--for 2h` counts from it.
    pub now: Now,
    /// Whose word it will be.
    pub actor: &'a Party,
}

/// Acts in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    commands: Vec<Command>,
    confirmed: bool,
}

impl Planned {
    /// Acts that the rules decide on the newest history, whatever it says by then.
    pub fn new(commands: Vec<Command>) -> Self {
        Self { commands, confirmed: false }
    }

    /// Acts that a person confirmed on what they saw: refused when the journal has anything new since.
    pub fn confirmed(commands: Vec<Command>) -> Self {
        Self { commands, confirmed: true }
    }
}

/// Works out the acts from what stands now. It may ask a person to confirm.
pub type Plan = Box<dyn FnOnce(&Situation<'_>) -> Result<Planned, AppError> + Send>;

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
    /// Each act in words, with the journal's head after it.
    pub done: Vec<(Head, String)>,
    /// The newest entry of `history`.
    pub head: String,
    /// The board after it.
    pub board: Board,
    /// What people said, this included.
    pub history: History,
}

impl SignRequest {
    /// A single act that is known beforehand.
    pub fn of(command: Command, on_behalf: Option<String>) -> Self {
        Self { plan: Box::new(|_| Ok(Planned::new(vec![command]))), on_behalf }
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
    let by_name = request.on_behalf.is_some();
    let Spoken { actor, recorder, unchecked } = people(opened, request.on_behalf.as_deref()).await?;
    let teams = Teams::ask(opened).await?;
    let mut live = Live::new(Arc::new(opened.loaded.launch.clone()), store.history, Scope::default())
        .remembering(store.before);
    look(opened, &mut live, &now).await?;
    let head = store.head.unwrap_or_else(|| Head::genesis(&opened.loaded.launch.id));
    let done = Vec::new();
    let mut desk = Desk { live, journal, head, actor, recorder, by_name, unchecked, teams, done };
    desk.catch_up().await?;
    desk.witness(now()).await?;
    let commands = desk.plan(request.plan, now())?;
    desk.rehearse(&commands.commands, now())?;
    for command in commands.commands {
        desk.record(command, commands.confirmed, &now).await.map_err(|error| desk.so_far(error))?;
    }
    Ok(desk.signed(now()))
}

/// Whose word, and who writes it down when that is somebody else.
struct Spoken {
    actor: Actor,
    recorder: Option<Actor>,
    /// Why the login behind the keyboard's token is not known.
    unchecked: Option<String>,
}

/// A word without a known writer is nobody's.
async fn people(opened: &Opened, on_behalf: Option<&str>) -> Result<Spoken, AppError> {
    let Keyboard { actor, unchecked } = who::at_keyboard(opened).await?;
    Ok(match on_behalf {
        // One's own name is one's own word, checked as far as it can be.
        Some(name) if actor.name.as_str() != name => {
            Spoken { actor: who::on_behalf(name), recorder: Some(actor), unchecked: None }
        }
        _ => Spoken { actor, recorder: None, unchecked },
    })
}

/// Asks the sources once, also for the time. A launch of people only, at a full commit id, has nothing to ask them.
async fn look(opened: &Opened, live: &mut Live, now: &NowFn) -> Result<(), AppError> {
    let launch = live.launch();
    let asks = launch.gates.iter().any(|gate| matches!(gate.kind, Kind::Evidence(_)));
    let mut refs = launch.components.values().chain(&launch.target);
    if !asks && refs.all(|target| Oid::parse(&target.git_ref).is_some()) {
        return Ok(());
    }
    let polled = sources::build(opened)?;
    let keys: Vec<_> = polled.iter().map(|it| it.key.clone()).collect();
    live.refuse_unserved(&keys, now());
    let settled = settle(polled, &live.demands(), PATIENCE, now).await;
    live.take_answers(settled.observations, settled.targets);
    let heard = |it: &Heard| live.hear(&it.key, it.clock, now());
    settled.heard.iter().for_each(heard);
    Ok(())
}

/// What is decided and the head that is named are of one history: that which has been folded in.
struct Desk {
    live: Live,
    journal: Journal,
    /// The newest entry that `live` knows.
    head: Head,
    actor: Actor,
    recorder: Option<Actor>,
    by_name: bool,
    unchecked: Option<String>,
    teams: Teams,
    done: Vec<(Head, String)>,
}

impl Desk {
    /// Takes in what others recorded while sources were asked.
    async fn catch_up(&mut self) -> Result<(), AppError> {
        let newer = self.journal.read_since(self.head.seq).await.map_err(|error| store(&error))?;
        self.take(&newer);
        Ok(())
    }

    /// A time that is borne out raises the journal's mark (V9).
    async fn witness(&mut self, now: Now) -> Result<(), AppError> {
        let judged = self.live.judge(now);
        if judged.borne_out {
            let wall = judged.now.wall;
            self.journal.note_clock(wall, Some(wall)).await.map_err(|error| store(&error))?;
        }
        Ok(())
    }

    fn take(&mut self, entries: &[Entry]) {
        for entry in entries {
            if entry.seq == self.head.seq + 1 {
                self.live.take_event(&entry.event);
                self.head = entry.head();
            }
        }
    }

    fn plan(&mut self, plan: Plan, now: Now) -> Result<Planned, AppError> {
        let board = self.live.board(now);
        let (launch, history, now) = (self.live.launch(), self.live.history(), board.clock.judge(now));
        plan(&Situation { launch, board: &board, history, now, actor: &self.actor.name })
    }

    /// Asks the rules about all of the acts before the first is recorded.
    fn rehearse(&mut self, commands: &[Command], now: Now) -> Result<(), AppError> {
        let before = self.live.clone();
        let mut result = Ok(());
        for command in commands {
            match self.event(command.clone(), Uuid::nil(), now) {
                Ok(event) => self.live.take_event(&event),
                Err(refusal) => {
                    result = Err(self.refused(&refusal));
                    break;
                }
            }
        }
        self.live = before;
        result
    }

    async fn record(&mut self, command: Command, confirmed: bool, now: &NowFn) -> Result<(), AppError> {
        let id = event_id(now());
        loop {
            let event = self.event(command.clone(), id, now());
            let event = event.map_err(|refusal| self.refused(&refusal))?;
            match self.journal.append(&event, self.head).await.map_err(|error| store(&error))? {
                Append::Appended(entry) => {
                    self.take(std::slice::from_ref(&*entry));
                    self.correct_clock(&entry.event).await?;
                    self.done.push((entry.head(), super::ledger::said(&entry.event.act)));
                    return Ok(());
                }
                Append::Conflict(newer) if confirmed => {
                    return Err(self.refused(&Refusal::something_new(newer.len())));
                }
                Append::Conflict(newer) => self.take(&newer),
            }
        }
    }

    /// The journal keeps its mark beside the chain: a correction sets both. Said again, it is set again.
    async fn correct_clock(&self, event: &Event) -> Result<(), AppError> {
        let Act::ClockCorrected { to, reason } = &event.act else { return Ok(()) };
        let (by, reason) = (event.actor.clone(), reason.clone());
        let correction = Correction { at: event.at, to: *to, by, reason };
        self.journal.correct_clock(correction).await.map_err(|error| store(&error))
    }

    fn event(&mut self, command: Command, id: Uuid, now: Now) -> Result<Event, Refusal> {
        let board = self.live.board(now);
        let (actor, recorder) = (self.actor.clone(), self.recorder.clone());
        let teams_of = |it: &Actor| self.teams.of(it, self.live.launch());
        let teams = teams_of(&actor);
        let recorder_teams = recorder.as_ref().map(teams_of).unwrap_or_default();
        let context = Context { actor, recorder, teams, recorder_teams, by_name: self.by_name, now, id };
        act(self.live.launch(), self.live.history(), &board, command, &context)
    }

    /// Whoever a team might have given the right is told that the team could not be seen, and whoever is known only by
    /// claim why.
    fn refused(&self, refusal: &Refusal) -> AppError {
        let unseen = self.teams.unseen().filter(|_| refusal.is_about_rights());
        let unchecked = self.unchecked.clone().filter(|_| refusal.is_about_identity());
        let more: String = [unchecked, unseen].into_iter().flatten().map(|why| format!("; {why}")).collect();
        AppError::Refused(format!("refused: {}", clean(&format!("{refusal}{more}"))))
    }

    /// An error after something was recorded says what was.
    fn so_far(&self, error: AppError) -> AppError {
        let Some((head, said)) = self.done.last() else { return error };
        let before = format!("\nrecorded before that, as entry {}: {}", head.seq, clean(said));
        match error {
            AppError::Refused(why) => AppError::Refused(why + &before),
            AppError::Store(why) => AppError::Store(why + &before),
            other => other,
        }
    }

    fn signed(mut self, now: Now) -> Signed {
        let named = |actor: &Actor| format!("{} ({})", actor.name, actor.known).into();
        Signed {
            by: named(&self.actor),
            recorder: self.recorder.as_ref().map(named),
            done: self.done,
            head: self.head.hash.to_string(),
            board: self.live.board(now),
            history: self.live.history().clone(),
        }
    }
}

fn store(error: &crate::journal::JournalError) -> AppError {
    AppError::Store(format!("error: {}", clean(&error.to_string())))
}
