//! Everything that goes on behind the screen, in one task: answers of sources, entries of the journal, acts of people,
//! the recorded day.

mod acts;
mod opening;
mod reload;
mod story;

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::sync::mpsc;

pub(super) use opening::{BuildingSources, StartedSources};
use opening::{await_journal, identify, journal_state, kept};

use super::{
    CockpitAccess, CockpitRequest,
    input::{ControllerInput, Inputs},
    replay_loader::{ReplayAnswer, ReplayLoader},
    server_write::{WritePurpose, WriteWalk},
    veil::SharedVeil,
    watch,
};
use crate::{
    AppError, Opened, PlaybackClock, Session, command_queue::CommandQueue, demo, identity, keymap,
    player::Player, record::Recorder, store::OpenedJournal, teams::Teams, writer::JournalWriter,
};
use gonogo_cockpit::{JournalState, Message, Notice, Request};
use gonogo_domain::{Actor, Board, Distrust, JudgedTime, Launch, Now, Str};
use gonogo_journal::{Entry, Journal, RecordedPoll, VerifiedState};
use gonogo_poller::{NowFn, Pace, PollEvent, Polled, Poller, SourceKey};
use gonogo_text::clean;

/// A shared journal that answered within this time is asked again without telling the screen.
const STEADY: Duration = Duration::from_secs(20);

/// What the controller is made of.
pub(super) struct ControllerParts {
    pub opened: Opened,
    pub live: Session,
    pub store: OpenedJournal,
    pub sources: StartedSources,
    pub pace: Pace,
    pub now: NowFn,
    pub playback: Option<PlaybackClock>,
    pub remarks: Vec<String>,
    pub request: CockpitRequest,
}

/// The state behind the screen.
pub(super) struct Controller {
    live: Arc<Mutex<Session>>,
    commands: CommandQueue,
    poller: Poller,
    inputs: Inputs,
    /// `None` until the sources are there.
    keys: Option<Vec<SourceKey>>,
    now: NowFn,
    player: Option<Player>,
    playback: Option<PlaybackClock>,
    recorder: Option<Recorder>,
    me: Option<Actor>,
    opened: Arc<Opened>,
    back: ReplayLoader,
    server_write: WriteWalk,
    journal: JournalState,
    /// Why the journal is only read while it can be reached.
    view_only: Option<Str>,
    /// Nothing is recorded in this session.
    read_only: bool,
    /// What the screen must not show.
    veil: SharedVeil,
    remarks: Vec<String>,
    /// Who is in the launch's GitHub teams; asked once, when the cockpit opens.
    teams: Arc<OnceLock<Teams>>,
    /// The launch as the screen was last told: a SCRUB moves its T-0.
    told: Arc<Launch>,
    /// A person has done something in the recorded day: it may lead elsewhere.
    played_in: bool,
}

type ScreenSender = mpsc::Sender<Message>;

impl Controller {
    pub(super) fn new(parts: ControllerParts) -> Result<Self, AppError> {
        let ControllerParts { opened, live, store, sources, pace, now, playback, remarks, request } = parts;
        let (polled, built) = sources.parts();
        let keys = polled.as_deref().map(keys_of);
        let (poller, polls) = Poller::start(polled.unwrap_or_default(), pace, &now);
        let journal = journal_state(&store, playback.is_some());
        let seen = store.journal.as_ref().map(Journal::watch);
        if let Some(journal) = store.journal.as_ref().filter(|_| request.access == CockpitAccess::Full) {
            // Not waited for: whoever opens the cockpit wants to see the board.
            drop(journal.prune_observations(kept(&opened.settings.observations, now().wall)));
        }
        let opened = Arc::new(opened);
        let begun = await_journal(&opened, &store);
        let writer = store.journal.zip(store.head).map(|(journal, head)| JournalWriter::new(journal, head));
        let (commands, appended) = CommandQueue::new(writer);
        let player =
            opened.recording.clone().zip(playback.clone()).map(|(day, clock)| Player::new(day, clock));
        let recorder =
            request.record.as_deref().map(|path| Recorder::create(path, &opened, now().wall)).transpose()?;
        // A newcomer to the demo is somebody in it.
        let own = || identity::claimed(&opened.settings.identity, &opened.loaded.launch);
        let me = if opened.chosen.demo { demo::somebody(&opened.loaded.launch) } else { own() };
        let teams = Arc::<OnceLock<Teams>>::default();
        let identity = (playback.is_none()).then(|| identify(&opened, &teams));
        let (back, looked) = ReplayLoader::new(Arc::clone(&opened));
        let files = watch::watch(&opened, request.clone());
        let (server_write, written) = WriteWalk::new(Arc::clone(&opened));
        let inputs = Inputs { polls, built, appended, seen, begun, identity, looked, written, files };
        let told = Arc::clone(live.launch());
        let veil = SharedVeil::new(&told, request.access == CockpitAccess::Redacted);
        let live = Arc::new(Mutex::new(live));
        Ok(Self {
            live,
            commands,
            poller,
            inputs,
            keys,
            now,
            player,
            playback,
            recorder,
            me,
            opened,
            back,
            server_write,
            view_only: journal.view_only(),
            journal,
            read_only: request.access != CockpitAccess::Full,
            veil,
            remarks,
            teams,
            told,
            played_in: false,
        })
    }

    pub(super) fn now(&self) -> NowFn {
        Arc::clone(&self.now)
    }

    /// The launch and the board for the first frame.
    pub(super) fn first(&mut self) -> (Arc<Launch>, Arc<Board>) {
        let now = (self.now)();
        let mut live = lock(&self.live);
        let board = self.veil.board(&mut live, now);
        (self.veil.launch(Arc::clone(live.launch())), board)
    }

    /// Lets the screen evaluate for itself, so that no frame shows a board past its time.
    pub(super) fn reevaluate(&self) -> Arc<dyn Fn(Now) -> Arc<Board> + Send + Sync> {
        let (live, veil) = (Arc::clone(&self.live), self.veil.clone());
        let looker = self.player.as_ref().map(Player::looker).filter(|it| it.is_scripted()).cloned();
        Arc::new(move |now| {
            let mut live = lock(&live);
            // However fast a story plays, its answers belong to its present.
            if let Some(looker) = looker.as_ref().filter(|it| !it.is_behind(now.wall)) {
                looker.look(&mut live, now.wall);
            }
            veil.board(&mut live, now)
        })
    }

    /// Works until the screen is gone.
    pub(super) async fn run(mut self, screen: ScreenSender, mut requests: mpsc::Receiver<Request>) {
        if self.play(&screen).await.is_err() {
            return;
        }
        gonogo_cockpit::fault_point("controller");
        loop {
            self.ask_sources();
            let nap = self.nap();
            let input = self.inputs.next(&mut requests, nap).await;
            let Some(input) = input else { return };
            if self.take(input, &screen).await.is_err() {
                return;
            }
        }
    }

    fn journal(&self) -> Option<&Journal> {
        self.commands.writer().map(JournalWriter::journal)
    }

    /// How long until the recorded day has something new; at most a while, so that its sources are asked. `None`: nothing
    /// comes by itself, as it is no recording or stands still.
    fn nap(&self) -> Option<Duration> {
        let playback = self.playback.as_ref().filter(|it| !it.is_still())?;
        let tick = Duration::from_millis(500);
        let next = self.player.as_ref().and_then(Player::next_at).and_then(|at| playback.until(at));
        Some(next.unwrap_or(tick).min(tick))
    }

    fn ask_sources(&mut self) {
        let Some(keys) = &self.keys else { return };
        let now = (self.now)();
        let mut live = lock(&self.live);
        live.refuse_unserved(keys, now);
        self.poller.demand(live.demands());
    }

    /// What may be written on servers from here.
    fn writes(&self) -> Message {
        Message::Writes(if self.read_only { Vec::new() } else { self.server_write.allowed() })
    }

    /// What the screen knows before its first frame: none is without the word that it is no launch, or that it only looks.
    pub(super) fn greeting(&mut self) -> Vec<Message> {
        let mut all = Vec::new();
        all.extend(self.opened.chosen.rehearse.then_some(Message::Rehearsal));
        all.extend(self.read_only.then_some(Message::ReadOnly));
        all.extend(self.playback_now());
        all.push(Message::Keys(keymap::chosen(&self.opened.settings)));
        all.push(keymap::views(&self.opened.settings));
        all.push(Message::Journal(self.journal.clone()));
        all.push(self.veil.message(Message::Identity(self.me())));
        all.push(self.writes());
        for remark in std::mem::take(&mut self.remarks) {
            let notice = Message::Notice(Notice::plain(clean(&remark).into_owned()));
            all.push(self.veil.message(notice));
        }
        if let (true, Some(me)) = (self.opened.chosen.demo, &self.me) {
            let text =
                format!("you are {} here: answer, hold, decide; the story goes on around you", me.name);
            all.push(Message::Notice(Notice::plain(text)));
        }
        all
    }

    async fn take(&mut self, input: ControllerInput, screen: &ScreenSender) -> Result<(), ()> {
        match input {
            ControllerInput::Polled(event) => self.polled(event, screen).await,
            ControllerInput::Built(built) => self.built(built, screen).await,
            ControllerInput::Asked(request) => self.asked(request, screen).await,
            ControllerInput::Appended(answer) => {
                self.write_down(answer.entries());
                let ended = self.commands.poll_once(&mut lock(&self.live), *answer);
                self.tell_acted(ended.into_iter().collect(), screen).await
            }
            ControllerInput::Journal(seen) => self.journal_news(seen, screen).await,
            ControllerInput::Begun(store) => self.begin_journal(*store, screen).await,
            ControllerInput::Identity(actor) => {
                self.me = actor.or(self.me.take());
                tell(screen, self.veil.message(Message::Identity(self.me()))).await
            }
            ControllerInput::Looked(looked) => {
                let message = match *looked {
                    ReplayAnswer::Past(Ok(view)) => Message::Past(view),
                    ReplayAnswer::Past(Err(why)) => Message::NoPast(clean(&why).into_owned()),
                    ReplayAnswer::History(told) => Message::History(told),
                    ReplayAnswer::Readiness(told) => Message::Readiness(told),
                };
                tell(screen, self.veil.message(message)).await
            }
            ControllerInput::Written(news) => self.write_progress(*news, screen).await,
            ControllerInput::Reread(reread) => self.reread(*reread, screen).await,
            ControllerInput::Tick => self.play(screen).await,
        }
    }

    async fn polled(&mut self, event: PollEvent, screen: &ScreenSender) -> Result<(), ()> {
        let now = (self.now)();
        let behind = self.player.as_ref().is_some_and(|it| it.looker().is_behind(now.wall));
        if self.playback.is_some() && (behind || is_ahead(&event, now)) {
            // It is of a moment that comes after what is played next, or was asked before the story was set back.
            return Ok(());
        }
        let answered = matches!(event, PollEvent::Answered { .. });
        let (sources, judged, news) = {
            let mut live = lock(&self.live);
            let news = match &event {
                PollEvent::Answered { observations, .. } => live.news(observations),
                PollEvent::Health(_) => Vec::new(),
            };
            live.take(event.clone(), now);
            (live.health(now), live.judge(now), news)
        };
        if let PollEvent::Answered { key, targets, .. } = event {
            let observations = news;
            self.keep(
                RecordedPoll { source: key.source, observations, targets }.shifted(&judged.clock),
                &judged,
            );
            if let Some(why) = self.recorder.as_mut().and_then(Recorder::trouble) {
                tell(screen, Message::Notice(Notice::bad(why).sticky())).await?;
            }
        }
        tell(screen, self.veil.message(Message::Sources(sources))).await?;
        if answered { self.tell_board(screen).await } else { Ok(()) }
    }

    /// Answers go into the recording and the journal's second stream, and a time that is borne out into the journal's
    /// high-water mark (V9).
    fn keep(&mut self, poll: RecordedPoll, judged: &JudgedTime) {
        if let Some(recorder) = &mut self.recorder {
            recorder.answers(&poll.observations, &poll.targets);
        }
        let Some(journal) = self.journal() else { return };
        if self.journal != JournalState::Writable || self.playback.is_some() {
            return;
        }
        // Observations can be asked for again: that they are kept is a convenience, and not waited for.
        drop(journal.record_observations(poll));
        if judged.borne_out {
            drop(journal.note_clock(judged.now.wall, Some(judged.now.wall)));
        }
    }

    async fn asked(&mut self, request: Request, screen: &ScreenSender) -> Result<(), ()> {
        match request {
            Request::Act(ticket, command) => self.act(ticket, command, None, screen).await,
            Request::ActFor(ticket, by, command) => self.act(ticket, command, Some(by), screen).await,
            Request::Preview(number, by, command) => self.preview(number, command, by, screen).await,
            Request::Minutes => self.minutes(screen).await,
            Request::LookBack(at) => {
                self.back.look(at);
                Ok(())
            }
            Request::History => {
                self.back.history();
                Ok(())
            }
            Request::Readiness => {
                self.back.readiness();
                Ok(())
            }
            Request::LookNow => {
                self.back.forget();
                Ok(())
            }
            Request::Refresh => {
                self.poller.refresh();
                Ok(())
            }
            Request::OpenUrl(link) => {
                let notice = match super::super::browser::open(&link) {
                    Ok(()) => Notice::done(format!("opened {}", link.shown())),
                    Err(why) => Notice::bad(format!("{why}: {}", link.shown())),
                };
                tell(screen, Message::Notice(notice)).await
            }
            Request::Export(grid) => {
                let notice = match super::super::picture::export(&grid, (self.now)().wall) {
                    Ok(path) => Notice::done(format!("wrote {}", clean(&path))),
                    Err(why) => Notice::bad(why).sticky(),
                };
                tell(screen, Message::Notice(notice)).await
            }
            Request::Playback(step) => self.steer(step, screen).await,
            Request::Write(wish) => {
                self.server_write.begin(WritePurpose::Target(wish));
                Ok(())
            }
            Request::SendMessage(id) => {
                self.server_write.begin(WritePurpose::Message(id));
                Ok(())
            }
            Request::WriteSaid(yes) => {
                self.server_write.answer(yes);
                Ok(())
            }
        }
    }

    /// A journal that was not there when the cockpit was opened.
    async fn begin_journal(&mut self, store: OpenedJournal, screen: &ScreenSender) -> Result<(), ()> {
        self.journal = journal_state(&store, false);
        self.view_only = self.journal.view_only();
        self.inputs.seen = store.journal.as_ref().map(Journal::watch);
        lock(&self.live).set_history(store.history);
        if let Some((journal, head)) = store.journal.zip(store.head) {
            self.commands.set_writer(JournalWriter::new(journal, head));
        }
        tell(screen, Message::Journal(self.journal.clone())).await?;
        self.tell_board(screen).await
    }

    async fn journal_news(&mut self, seen: VerifiedState, screen: &ScreenSender) -> Result<(), ()> {
        if self.heard_nothing_new(&seen) && !self.commands.is_held() {
            return Ok(());
        }
        self.commands.resume();
        let state = match (&seen.broken, &seen.offline) {
            (Some(why), _) => JournalState::Broken(Distrust::from(why).detail().into()),
            (None, Some(why)) => JournalState::Offline(why.as_str().into()),
            (None, None) => self.view_only.clone().map_or(JournalState::Writable, JournalState::ViewOnly),
        };
        if let Some(why) = &seen.broken {
            lock(&self.live).distrust(why.into());
        }
        if state != self.journal {
            self.journal = state.clone();
            tell(screen, Message::Journal(state)).await?;
        }
        let mut heard = None;
        if seen.head.seq > self.commands.seen()
            && let Some(journal) = self.journal()
            && let Ok(entries) = journal.read_since(self.commands.seen()).await
        {
            self.write_down(&entries);
            let mut live = lock(&self.live);
            self.commands.take(&mut live, &entries);
            if live.history().link.is_some() && seen.offline.is_none() {
                live.heard_from(self.journal(), (self.now)());
            }
            heard = self.commands.heard(&entries);
        }
        let told = heard.is_some();
        self.tell_acted(heard.into_iter().collect(), screen).await?;
        if told { Ok(()) } else { self.tell_board(screen).await }
    }

    /// Notes how far the journal is known; whether that was all the news.
    fn heard_nothing_new(&mut self, seen: &VerifiedState) -> bool {
        let up_to_date = seen.head.seq <= self.commands.seen() && seen.broken.is_none();
        let shared = self.journal().is_some_and(Journal::is_shared);
        let (now, mut live) = ((self.now)(), lock(&self.live));
        if !shared {
            if live.history().unread.as_deref() != seen.offline.as_deref() {
                live.set_unread(seen.offline.as_deref());
            }
            return false;
        }
        let link = live.history().link;
        let steady = link.is_some_and(|it| !it.cut && it.heard.age(now).is_fresh(STEADY));
        match seen.offline {
            Some(_) => live.lost_journal(),
            None if up_to_date => live.heard_from(self.journal(), now),
            None => {}
        }
        steady && seen.offline.is_none() && up_to_date
    }

    /// Writes acts into the recording, if there is one, before they are taken in: each once.
    fn write_down(&mut self, entries: &[Entry]) {
        let (Some(recorder), seen) = (&mut self.recorder, self.commands.seen()) else { return };
        entries.iter().filter(|entry| entry.seq > seen).for_each(|entry| recorder.event(&entry.event));
    }

    async fn tell_board(&mut self, screen: &ScreenSender) -> Result<(), ()> {
        let (launch, board) = {
            let mut live = lock(&self.live);
            let board = self.veil.board(&mut live, (self.now)());
            (Arc::clone(live.launch()), board)
        };
        if Arc::ptr_eq(&launch, &self.told) {
            return tell(screen, Message::BoardChanged(board)).await;
        }
        self.told = Arc::clone(&launch);
        tell(screen, Message::LaunchReloaded(self.veil.launch(launch), board)).await
    }
}

fn keys_of(polled: &[Polled]) -> Vec<SourceKey> {
    polled.iter().map(|it| it.key.clone()).collect()
}

/// Whether an answer is of a moment that is yet to come.
fn is_ahead(event: &PollEvent, now: Now) -> bool {
    let PollEvent::Answered { observations, targets, .. } = event else { return false };
    let mut seen = observations.iter().map(|it| it.seen).chain(targets.iter().map(|it| it.seen));
    seen.any(|seen| seen.wall > now.wall)
}

async fn tell(screen: &ScreenSender, message: Message) -> Result<(), ()> {
    screen.send(message).await.map_err(|_| ())
}

fn lock(live: &Mutex<Session>) -> MutexGuard<'_, Session> {
    live.lock().unwrap_or_else(PoisonError::into_inner)
}
