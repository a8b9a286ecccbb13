//! A launch day again: the board as it was at any moment, by the same evaluator.
//!
//! What people did and what sources answered is read once and folded up to the asked moment, each answer with the
//! freshness that it had then: the day's own clocks are put back, so that what was stale is stale. Where a recorder's
//! clocks cannot be put back (another machine took over, a restart) an answer is stale until the next one, as any
//! other doubt is (V7).

mod day;
mod days;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::day::{DayEvent, DayStep, RecordedDay};
use super::{AppError, LaunchSelection, Opened, Session, journal_view};
use gonogo_domain::{
    Act, Answer, Board, BoardWord, Figures, Flip, Launch, Ledger, Now, Observation, Played, SourceHealth,
    Stamp, Str, TargetAnswer, flips,
};

/// A day that can be looked at in any order.
pub struct Past {
    day: RecordedDay,
    here: PastState,
    /// States along the way, so that going back is not going through the whole day again.
    kept: Vec<PastState>,
}

/// The state after some of the day's steps.
#[derive(Clone)]
struct PastState {
    /// Steps taken in.
    next: usize,
    live: Session,
    /// The clocks of the recorder at the newest answer.
    clocks: Option<(DateTime<Utc>, std::time::Duration)>,
}

/// Something that happened on the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// The moment of the day.
    pub at: DateTime<Utc>,
    /// What happened then.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// Somebody did something: who, how the name is known, and what, in words that are not yet sanitised.
    Act {
        /// The name, and how it is known.
        by: String,
        /// What happened then.
        said: String,
    },
    /// A gate's verdict changed.
    Flip(Flip),
    /// The board's word changed; `None` before is the first board.
    Word {
        /// The word before; `None` at the beginning of the day.
        from: Option<BoardWord>,
        /// The word from then on.
        to: BoardWord,
        /// What lowered it, if neither a gate nor a person did; not yet sanitised.
        why: Option<Str>,
    },
}

impl Past {
    /// Reads the day: of the recording if one is open, else of the launch's journal.
    ///
    /// # Errors
    /// [`AppError::Journal`]: there is no journal, or it cannot be read or trusted. [`AppError::Input`]: nothing is
    /// recorded, or the recording does not fit the launch.
    pub fn open(opened: &Opened) -> Result<Self, AppError> {
        let (day, live) = RecordedDay::open(opened)?;
        let here = PastState { next: 0, live, clocks: None };
        Ok(Self { day, kept: vec![here.clone()], here })
    }

    /// The launch, as its files are now, with the T-0 that stood at the moment that was looked at last.
    pub fn launch(&self) -> &Arc<Launch> {
        self.here.live.launch()
    }

    /// The hash of the journal's newest entry of that moment; `None`: there was none, or it is a recording.
    pub fn head(&self) -> Option<&str> {
        self.day.head_at(self.history().len)
    }

    /// The first and the last moment of which something is recorded.
    pub fn span(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.day.from, self.day.until)
    }

    /// The day's clocks at a moment: what draws a board of the past must use these.
    pub fn now_at(&mut self, moment: DateTime<Utc>) -> Now {
        self.seek(moment);
        self.now(moment)
    }

    /// The board as it was.
    pub fn board_at(&mut self, moment: DateTime<Utc>) -> Board {
        self.seek(moment);
        self.board(moment)
    }

    /// How sources had answered by then.
    pub fn answered_at(&mut self, moment: DateTime<Utc>) -> Vec<SourceHealth> {
        self.seek(moment);
        let now = self.now(moment);
        let mut live = self.here.live.clone();
        self.day.look(&mut live, moment);
        live.answered(now)
    }

    /// A moment as it is typed, and the board as it was then, which says that it is not about the present.
    ///
    /// # Errors
    /// [`AppError::Input`]: it is no moment.
    pub fn as_it_was(&mut self, opened: &Opened, typed: &str) -> Result<(DateTime<Utc>, Board), AppError> {
        // T-0 is the newest one: a SCRUB moves it.
        self.seek(self.day.until);
        let at = self.launch().schedule.typed_past(typed, self.day.until).map_err(AppError::input)?;
        let mut board = self.board_at(at);
        board.scope.played = Some(match &opened.chosen {
            LaunchSelection { demo: true, .. } => Played::Demo,
            LaunchSelection { rehearse: true, .. } => Played::Rehearsal,
            _ => Played::Recording,
        });
        Ok((at, board))
    }

    /// All acts and flips of the day, in order.
    pub fn moments(&mut self) -> Vec<Happened> {
        self.tell(DayNarrative::default()).all
    }

    /// The same with what the boards came to.
    pub fn account(&mut self) -> (Vec<Happened>, Option<Figures>) {
        let told = self.tell(DayNarrative { ledger: Some(Ledger::default()), ..DayNarrative::default() });
        let figures = told.ledger.and_then(|ledger| ledger.close(self.day.until));
        (told.all, figures)
    }

    fn tell(&mut self, mut told: DayNarrative) -> DayNarrative {
        let mut next = 0;
        self.seek(DateTime::<Utc>::MIN_UTC);
        while let Some(at) = self.day.steps.get(next).map(|step| step.at) {
            told.ledger.iter_mut().for_each(|ledger| ledger.alive(at));
            self.unaided(&mut told, at);
            let end = self.day.before(at);
            let steps = self.day.steps.get(next..end).unwrap_or_default();
            let acts = steps.iter().filter_map(act);
            told.all.extend(acts.map(|what| Happened { at, what }));
            let changed = steps.iter().any(|step| self.here.is_news(step));
            next = end;
            self.seek(at);
            if changed || told.is_due(at) {
                told.board(self.board(at));
            }
        }
        self.unaided(&mut told, self.day.until);
        told
    }

    /// What time alone changed before `end`.
    fn unaided(&mut self, told: &mut DayNarrative, end: DateTime<Utc>) {
        while let Some(at) = told.last.as_ref().and_then(|board| board.changes_at).filter(|at| *at < end) {
            told.board(self.board(at));
        }
    }

    fn board(&mut self, moment: DateTime<Utc>) -> Board {
        let now = self.now(moment);
        // A recording is asked on the side; what it says then is not of the state that goes on.
        let mut asked = self.day.is_asked().then(|| self.here.live.clone());
        let live = asked.as_mut().unwrap_or(&mut self.here.live);
        self.day.look(live, moment);
        let mut board = live.board(now);
        let digest = self.day.files_at(self.here.next);
        if digest.is_some_and(|digest| *digest != live.launch().digest) {
            board.remarks.push(
                "the launch's files have changed since then: the board is what the files of today make of it"
                    .into(),
            );
        }
        board
    }

    fn now(&self, moment: DateTime<Utc>) -> Now {
        self.day.played(moment).unwrap_or_else(|| self.here.now(moment))
    }

    /// Folds the day up to a moment, from the nearest state before it.
    fn seek(&mut self, moment: DateTime<Utc>) {
        let end = self.day.before(moment);
        let nearest = self.kept.iter().rfind(|place| place.next <= end);
        if let Some(nearest) = nearest
            && (self.here.next > end || nearest.next > self.here.next)
        {
            self.here = nearest.clone();
        }
        while self.here.next < end {
            self.here.step(&self.day);
            let newest = self.kept.last().map_or(0, |place| place.next);
            if self.here.next >= newest + self.day.keep_every() {
                self.kept.push(self.here.clone());
            }
        }
    }
}

impl PastState {
    fn now(&self, moment: DateTime<Utc>) -> Now {
        let boot = self.clocks.map(|(wall, boot)| {
            let since = moment - wall;
            match since.to_std() {
                Ok(since) => boot.saturating_add(since),
                Err(_) => boot.saturating_sub((-since).to_std().unwrap_or_default()),
            }
        });
        Now { wall: moment, boot: boot.unwrap_or_default() }
    }

    fn step(&mut self, day: &RecordedDay) {
        let Some(step) = day.steps.get(self.next) else { return };
        self.next += 1;
        match &step.what {
            DayEvent::Did(event) => self.live.take_event(event),
            DayEvent::Look => day.look(&mut self.live, step.at),
            DayEvent::Gate(seen, boot) => {
                self.clock(step.at, *boot);
                let seen = Observation { seen: Stamp { wall: step.at, boot: *boot }, ..seen.clone() };
                self.live.take_answers(vec![seen], Vec::new());
            }
            DayEvent::Target(seen, boot) => {
                self.clock(step.at, *boot);
                let seen = TargetAnswer { seen: Stamp { wall: step.at, boot: *boot }, ..seen.clone() };
                self.live.take_answers(Vec::new(), vec![seen]);
            }
        }
    }

    fn clock(&mut self, wall: DateTime<Utc>, boot: Option<std::time::Duration>) {
        self.clocks = boot.map(|boot| (wall, boot)).or(self.clocks);
    }

    /// Whether a step can change a verdict. The same answer again, in time, cannot.
    fn is_news(&self, step: &DayStep) -> bool {
        let evidence = self.live.evidence();
        match &step.what {
            // No rule depends on a note, and an answer in the poll changes no verdict.
            DayEvent::Did(event) => !matches!(
                event.act,
                Act::Note { .. }
                    | Act::Asked { .. }
                    | Act::Voted { .. }
                    | Act::Wrote { .. }
                    | Act::Confirmed { .. }
                    | Act::Review { .. }
            ),
            DayEvent::Look => true,
            DayEvent::Gate(seen, _) => !evidence.gates.get(&seen.gate).is_some_and(|known| {
                let (found, failed) = (known.finding.as_ref(), known.failure.as_ref());
                let limit = self.live.launch().gate(&seen.gate).map(|gate| gate.fresh).unwrap_or_default();
                let same = match &seen.answer {
                    Answer::Found(finding) => {
                        failed.is_none() && found.is_some_and(|it| it.value == *finding)
                    }
                    Answer::Failed(failure) => failed.is_some_and(|it| it.value == *failure),
                };
                let in_time = found.is_none_or(|it| it.seen.age(self.now(step.at)).is_fresh(limit));
                same && in_time && known.question == seen.question
            }),
            DayEvent::Target(seen, _) => !evidence.targets.get(&seen.component).is_some_and(|known| {
                let same = matches!(&seen.answer, Ok(oid) if known.failure.is_none()
                    && known.oid.as_ref().is_some_and(|it| it.value == *oid));
                let limit = self.live.launch().gates.iter().map(|gate| gate.fresh).min().unwrap_or_default();
                let now = self.now(step.at);
                same && known.oid.as_ref().is_some_and(|it| it.seen.age(now).is_fresh(limit))
            }),
        }
    }
}

/// What has been shown of the day so far.
#[derive(Default)]
struct DayNarrative {
    all: Vec<Happened>,
    last: Option<Board>,
    ledger: Option<Ledger>,
}

impl DayNarrative {
    fn is_due(&self, at: DateTime<Utc>) -> bool {
        self.last.as_ref().is_none_or(|board| board.changes_at.is_some_and(|due| due <= at))
    }

    fn board(&mut self, board: Board) {
        self.ledger.iter_mut().for_each(|ledger| ledger.board(&board));
        let at = board.evaluated_at;
        if let Some(last) = &self.last {
            let flips = flips(last, &board).into_iter().map(Happening::Flip);
            self.all.extend(flips.map(|what| Happened { at, what }));
        }
        let (from, to) = (self.last.as_ref().map(|last| last.word), board.word);
        if from != Some(to) {
            // Words and gates have lines of their own; a breach, drift or an incident has none.
            let lowered = board.lowered.iter().find(|it| it.at_most == to && !it.cause.is_decided());
            let why = lowered.map(|it| it.reason.clone());
            self.all.push(Happened { at, what: Happening::Word { from, to, why } });
        }
        self.last = Some(board);
    }
}

fn act(step: &DayStep) -> Option<Happening> {
    let DayEvent::Did(event) = &step.what else { return None };
    let by = event.spoken().to_string();
    Some(Happening::Act { by, said: journal_view::said(&event.act) })
}

impl Happening {
    /// In one line of possibly foreign words.
    pub fn describe(&self) -> String {
        match self {
            Self::Act { by, said } => format!("{by}: {said}"),
            Self::Flip(flip) => {
                let from = flip.from.map_or("new", gonogo_domain::Verdict::word);
                format!("{}: {from} -> {}: {}", flip.gate, flip.to.word(), flip.reason)
            }
            Self::Word { from, to, why } => {
                let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
                match from {
                    None => format!("the board begins as {to}{why}"),
                    Some(from) => format!("the board: {from} -> {to}{why}"),
                }
            }
        }
    }
}
