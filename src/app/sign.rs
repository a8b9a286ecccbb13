//! Acts from the command line: settle the evidence, check the rules, write to the journal.

use std::{sync::Arc, time::Duration};

use uuid::Uuid;

use super::{
    AppError, Opened, Session,
    identity::{self, Keyboard, Speaker},
    sources, store,
    teams::Teams,
    time,
    writer::{Attempt, AttemptOutcome, JournalWriter, event_id},
};
use gonogo_domain::{
    Act, ActEnvelope, Actor, Board, Command, Event, History, Kind, Launch, Now, Oid, Party, Preview, Refusal,
    Scope, Str,
};
use gonogo_journal::{Correction, Entry, Head, JournalError};
use gonogo_poller::{NowFn, ServerNotes, poll_once};
use gonogo_text::clean;

/// How long to look for the commit that the word is about.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a journal that went away in the middle of a commit is asked again, and how long between.
const TRIES: u32 = 30;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

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
pub struct PlannedActs {
    commands: Vec<Command>,
    confirmed: bool,
    /// What to ask before, and the word that has to be typed.
    asks: Option<(String, String)>,
}

impl PlannedActs {
    /// Acts that the rules decide on the newest history, whatever it says by then.
    pub fn new(commands: Vec<Command>) -> Self {
        Self { commands, confirmed: false, asks: None }
    }

    /// Acts that a person confirms on what they see: refused when the journal has anything new since.
    pub fn confirmed(commands: Vec<Command>) -> Self {
        Self { commands, confirmed: true, asks: None }
    }

    /// The same, once somebody has typed `word` on being told `what`.
    pub fn asking(commands: Vec<Command>, what: impl Into<String>, word: impl Into<String>) -> Self {
        Self { commands, confirmed: true, asks: Some((what.into(), word.into())) }
    }
}

/// Works out the acts from what stands now.
pub type ActPlanner = Box<dyn FnOnce(&Situation<'_>) -> Result<PlannedActs, AppError> + Send>;

/// Asks a person for a typed word, with what it would make of the board; an error ends it, and nothing is recorded.
pub type Confirm = Box<dyn FnOnce(&ConfirmPrompt<'_>) -> Result<(), AppError> + Send>;

/// Tells a person what is waited for.
pub type WaitNotice = Box<dyn Fn(&str) + Send + Sync>;

/// What a person is asked to confirm.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmPrompt<'a> {
    /// What there is to know before.
    pub what: &'a str,
    /// The word that has to be typed.
    pub word: &'a str,
    /// What would become of the board.
    pub preview: &'a Preview,
}

/// What to record.
pub struct SignRequest {
    /// The acts.
    pub plan: ActPlanner,
    /// Whose word it is, when somebody else writes it down.
    pub on_behalf: Option<String>,
    /// Asks for the word that some acts take.
    pub confirm: Confirm,
    /// Tells whoever waits, in one line, what is waited for.
    pub waiting: WaitNotice,
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
    /// What the user's settings let gonogo write: it may be offered now.
    pub writes: Vec<String>,
}

impl SignRequest {
    /// A single act that is known beforehand.
    pub fn of(command: Command, on_behalf: Option<String>) -> Self {
        let plan: ActPlanner = Box::new(|_| Ok(PlannedActs::new(vec![command])));
        Self { plan, on_behalf, confirm: Box::new(|_| Ok(())), waiting: Box::new(|_| ()) }
    }
}

/// Checks the acts against the launch as it stands now, and records them one by one.
///
/// # Errors
/// [`AppError::Refused`] by the rules, [`AppError::Journal`] when the journal did not take it. What was recorded before
/// the error stays recorded, and the error says so.
pub async fn sign(opened: &Opened, request: SignRequest) -> Result<Signed, AppError> {
    let now = time::system();
    let mut signing = begin(opened, request.on_behalf.as_deref(), request.waiting, &now).await?;
    let planned = signing.plan(request.plan, now())?;
    let preview = signing.preview(&planned.commands, now())?;
    if let Some((what, word)) = &planned.asks {
        (request.confirm)(&ConfirmPrompt { what, word, preview: &preview })?;
    }
    for command in planned.commands {
        let recorded = signing.record(command, planned.confirmed, &now).await;
        recorded.map_err(|error| signing.so_far(error))?;
    }
    Ok(Signed { writes: opened.settings.writes.clone(), ..signing.signed(now()) })
}

/// Who speaks, and how things stand before they do.
pub(super) async fn begin(
    opened: &Opened,
    on_behalf: Option<&str>,
    waiting: WaitNotice,
    now: &NowFn,
) -> Result<Signing, AppError> {
    let store = store::write(opened)?;
    let (Some(journal), None) = (store.journal, &store.view_only) else {
        let why = store.view_only.unwrap_or_else(|| "there is no journal".into());
        return Err(AppError::NoJournal(format!("NOT recorded: {why}")));
    };
    let spoken = people(opened, on_behalf).await?;
    let teams = Teams::ask(opened).await?;
    let mut live = Session::new(Arc::new(opened.loaded.launch.clone()), store.history, Scope::default())
        .remembering(store.before);
    look(opened, &mut live, now).await?;
    let head = store.head.unwrap_or_else(|| Head::genesis(&opened.loaded.launch.id));
    let writer = JournalWriter::new(journal, head);
    let mut signing = Signing { live, writer, spoken, teams, waiting, done: Vec::new() };
    signing.catch_up().await?;
    signing.witness(now()).await?;
    Ok(signing)
}

/// What these acts would make of the board. Nothing is recorded, and nobody is asked for a word.
///
/// # Errors
/// [`AppError::Refused`] by the rules.
pub async fn preview(
    opened: &Opened,
    plan: ActPlanner,
    on_behalf: Option<&str>,
) -> Result<Preview, AppError> {
    let store = store::read(opened)?;
    let now = time::system();
    let spoken = people(opened, on_behalf).await?;
    let teams = Teams::ask(opened).await?;
    let mut live = Session::new(Arc::new(opened.loaded.launch.clone()), store.history, Scope::default())
        .remembering(store.before);
    live.heard_from(store.journal.as_ref(), now());
    look(opened, &mut live, &now).await?;
    let boot = now();
    let board = live.board(boot);
    let (launch, history, now) = (live.launch(), live.history(), board.clock.judge(boot));
    let actor = &spoken.speaker.actor.name;
    let planned = plan(&Situation { launch, board: &board, history, now, actor })?;
    let context = spoken.context(&teams, launch, boot, Uuid::nil());
    live.preview(&planned.commands, &context).map_err(|refusal| spoken.refused(&teams, refusal))
}

/// Whose word, and who writes it down when that is somebody else.
#[derive(Clone)]
struct Attribution {
    speaker: Speaker,
    /// Why the login behind the keyboard's token is not known.
    unchecked: Option<String>,
}

impl Attribution {
    fn context(&self, teams: &Teams, launch: &Launch, now: Now, id: Uuid) -> ActEnvelope {
        self.speaker.context(|actor| teams.of(actor, launch), now, id)
    }

    /// Whoever a team might have given the right is told that the team could not be seen, and whoever is known only by
    /// claim why.
    fn refused(&self, teams: &Teams, refusal: Refusal) -> AppError {
        let unseen = teams.unseen().filter(|_| refusal.is_about_rights());
        let unchecked = self.unchecked.clone().filter(|_| refusal.is_about_identity());
        AppError::Refused { refusal, notes: [unchecked, unseen].into_iter().flatten().collect() }
    }
}

/// An entry without a known writer has no author.
async fn people(opened: &Opened, on_behalf: Option<&str>) -> Result<Attribution, AppError> {
    let Keyboard { actor, unchecked } = identity::at_keyboard(opened).await?;
    let speaker = Speaker::new(actor, on_behalf);
    // Who only writes it down is not whose word it is.
    let unchecked = unchecked.filter(|_| speaker.recorder.is_none());
    Ok(Attribution { speaker, unchecked })
}

/// Asks the sources once, also for the time. A launch of people only, at a full commit id, has nothing to ask them.
async fn look(opened: &Opened, live: &mut Session, now: &NowFn) -> Result<(), AppError> {
    let launch = live.launch();
    let of_gates = launch.gates.iter().any(|gate| matches!(gate.kind, Kind::Evidence(_)));
    let asks = of_gates || !live.demands().questions.is_empty();
    let mut refs = launch.components.values().chain(&launch.target);
    if !asks && refs.all(|target| Oid::parse(&target.git_ref).is_some()) {
        return Ok(());
    }
    let polled = sources::build(opened)?;
    let keys: Vec<_> = polled.iter().map(|it| it.key.clone()).collect();
    live.refuse_unserved(&keys, now());
    let settled = poll_once(polled, &live.demands(), PATIENCE, now).await;
    live.take_answers(settled.observations, settled.targets);
    let heard = |it: &ServerNotes| live.hear(&it.key, it.clock, now());
    settled.heard.iter().for_each(heard);
    Ok(())
}

/// Acts of one command on their way.
pub(super) struct Signing {
    live: Session,
    writer: JournalWriter,
    spoken: Attribution,
    teams: Teams,
    waiting: WaitNotice,
    done: Vec<(Head, String)>,
}

impl Signing {
    /// Takes in what others recorded while sources were asked.
    async fn catch_up(&mut self) -> Result<(), AppError> {
        let newer = self.writer.journal().read_since(self.writer.head().seq).await;
        self.writer.take(&mut self.live, &newer?);
        Ok(())
    }

    /// Asks the sources again, and takes in what others recorded.
    pub(super) async fn look_again(&mut self, opened: &Opened, now: &NowFn) -> Result<(), AppError> {
        look(opened, &mut self.live, now).await?;
        self.catch_up().await
    }

    /// A time that is borne out raises the journal's mark (V9).
    async fn witness(&mut self, now: Now) -> Result<(), AppError> {
        let judged = self.live.judge(now);
        if judged.borne_out {
            let wall = judged.now.wall;
            self.writer.journal().note_clock(wall, Some(wall)).await?;
        }
        Ok(())
    }

    /// The board as it stands.
    pub(super) fn board(&mut self, now: Now) -> Board {
        self.live.board(now)
    }

    /// What people said so far.
    pub(super) fn history(&self) -> &History {
        self.live.history()
    }

    /// All entries of the journal.
    pub(super) async fn entries(&self) -> Result<Vec<Entry>, AppError> {
        Ok(self.writer.journal().read_since(0).await?)
    }

    /// Tells whoever waits what is waited for.
    pub(super) fn tell(&self, what: &str) {
        (self.waiting)(what);
    }

    fn plan(&mut self, plan: ActPlanner, now: Now) -> Result<PlannedActs, AppError> {
        let board = self.live.board(now);
        let (launch, history, now) = (self.live.launch(), self.live.history(), board.clock.judge(now));
        plan(&Situation { launch, board: &board, history, now, actor: &self.spoken.speaker.actor.name })
    }

    /// Asks the rules about all of the acts before the first is recorded, and what they would make of the board.
    pub(super) fn preview(&mut self, commands: &[Command], now: Now) -> Result<Preview, AppError> {
        let context = self.spoken.context(&self.teams, self.live.launch(), now, Uuid::nil());
        self.live.preview(commands, &context).map_err(|refusal| self.refused(refusal))
    }

    pub(super) async fn record(
        &mut self,
        command: Command,
        confirmed: bool,
        now: &NowFn,
    ) -> Result<(), AppError> {
        let started = now();
        let context = self.spoken.context(&self.teams, self.live.launch(), started, event_id(started));
        let mut attempt = Attempt::new(command, context);
        let mut tries = 0..TRIES;
        loop {
            let begun = self.writer.begin(&mut self.live, now(), attempt);
            let (given, answer) = begun.map_err(|refusal| self.refused(refusal))?;
            match self.writer.poll_once(&mut self.live, given, answer.await) {
                AttemptOutcome::Recorded(entry) => {
                    // One that was in doubt may be found behind entries of others.
                    if entry.seq > self.writer.head().seq {
                        self.catch_up().await?;
                    }
                    self.correct_clock(&entry.event).await?;
                    self.done.push((entry.head(), super::journal_view::said(&entry.event.act)));
                    return Ok(());
                }
                AttemptOutcome::Overtaken(_, newer) if confirmed => {
                    return Err(self.refused(Refusal::something_new(newer)));
                }
                AttemptOutcome::Overtaken(again, _) => attempt = again,
                AttemptOutcome::InDoubt(again, why) => {
                    let Some(tried) = tries.next() else { return Err(in_doubt(&again, why)) };
                    self.await_journal(tried, &why).await;
                    attempt = again;
                }
                AttemptOutcome::NotRecorded(why) => return Err(why.into()),
            }
        }
    }

    /// Waits until the journal has news, or for a moment.
    async fn await_journal(&self, tried: u32, why: &JournalError) {
        if tried == 0 {
            (self.waiting)(&format!("{}; asking again until the journal answers", clean(&why.to_string())));
        }
        let mut seen = self.writer.journal().watch();
        // That it went away is no news.
        seen.mark_unchanged();
        let _ = tokio::time::timeout(BETWEEN_TRIES, seen.changed()).await;
    }

    /// The journal keeps its mark beside the chain: a correction sets both. Said again, it is set again.
    async fn correct_clock(&self, event: &Event) -> Result<(), AppError> {
        let Act::ClockCorrected { to, reason } = &event.act else { return Ok(()) };
        let (by, reason) = (event.actor.clone(), reason.clone());
        let correction = Correction { at: event.at, to: *to, by, reason };
        Ok(self.writer.journal().correct_clock(correction).await?)
    }

    fn refused(&self, refusal: Refusal) -> AppError {
        self.spoken.refused(&self.teams, refusal)
    }

    /// An error after something was recorded says what was.
    pub(super) fn so_far(&self, error: AppError) -> AppError {
        let Some((head, said)) = self.done.last() else { return error };
        AppError::After {
            error: Box::new(error),
            recorded: format!("as entry {}: {}", head.seq, clean(said)),
        }
    }

    fn signed(mut self, now: Now) -> Signed {
        let named = |actor: &Actor| format!("{} ({})", actor.name, actor.known).into();
        Signed {
            by: named(&self.spoken.speaker.actor),
            recorder: self.spoken.speaker.recorder.as_ref().map(named),
            done: self.done,
            head: self.writer.head().hash.to_string(),
            board: self.live.board(now),
            history: self.live.history().clone(),
            writes: Vec::new(),
        }
    }
}

/// Nobody knows whether it is recorded: whoever says it again looks first.
fn in_doubt(attempt: &Attempt, source: JournalError) -> AppError {
    let next = format!(
        "the journal did not come back in time; once it does, look whether event {} is in it before you say it again: \
         gonogo journal export",
        attempt.id()
    );
    AppError::Journal { what: None, source, next: Some(next) }
}
