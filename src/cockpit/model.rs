//! All that the cockpit knows: what the application told it, and where the user is. Changed by `update` alone.

mod acts;
mod around_forms;
mod banners;
mod bell;
mod budgets;
mod compose;
mod course;
mod criteria;
mod field;
mod field_name;
mod filtering;
mod foresee;
mod form;
mod fuzzy;
mod ghost;
mod incident_forms;
mod index;
mod lens;
mod list;
mod matters;
mod meeting;
mod meeting_forms;
mod message_forms;
mod offer;
mod palette;
mod past;
mod question;
mod risk_forms;
mod rollout_forms;
mod search;
mod seen;
mod several;
mod speaker;
mod story;
mod verdict_changes;

use std::{collections::BTreeSet, sync::Arc};

pub use lens::Lens;
use list::Filter;
pub use {criteria::filter_fault, filtering::is_filter_name, index::GroupId};

pub(super) use {
    acts::{Acts, OpenAct, describe},
    budgets::BudgetLog,
    compose::compose,
    course::Course,
    criteria::{Candidate, Words},
    field::TextField,
    filtering::Filtering,
    form::{Choice, Field, Form, Name, Purpose, Value},
    fuzzy::{Finds, Fuzzy},
    incident_forms::IncidentAsk,
    index::{GroupBy, Index, Section, other_than_go, seen_to_by},
    list::{List, ListRow, RowAnchor},
    meeting::{Draft, Meeting, Seat, Shown, Written},
    meeting_forms::{Call, Say},
    message_forms::MessageAsk,
    palette::{Palette, PaletteEntry, Subject},
    past::LookBack,
    search::{Search, SearchStep},
    several::Several,
    verdict_changes::FlipLog,
};

use super::{
    Action, Context, Faults, JournalState, Keymap, Notice, Playback,
    layout::{self, Places},
};
use gonogo_domain::{
    Board, BoardWord, GateId, GateState, Launch, MessageRef, Now, Party, ReadinessDay, SourceHealth, StageId,
    StageState, Str,
};
use gonogo_report::LaunchHistory;
use gonogo_theme::Role;

/// The state of the cockpit.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with a meaning of its own")]
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) launch: Arc<Launch>,
    pub(super) board: Arc<Board>,
    pub(super) index: Index,
    pub(super) me: Option<Me>,
    pub(super) journal: JournalState,
    pub(super) sources: Vec<SourceHealth>,
    pub(super) playback: Option<Playback>,
    pub(super) flips: FlipLog,
    pub(super) course: Course,
    pub(super) budgets: BudgetLog,
    pub(super) acts: Acts,
    pub(super) notice: Option<Notice>,
    pub(super) size: (u16, u16),
    pub(super) screen: Screen,
    pub(super) list: List,
    /// The share of the columns that somebody gave the list, in percent; `None`: what its titles want.
    pub(super) split: Option<u16>,
    pub(super) search: Search,
    /// The detail fills the screen.
    pub(super) detail: bool,
    pub(super) scroll: Scroll,
    /// The stage chosen on the timeline; `None`: the one that matters now.
    pub(super) stage: Option<StageId>,
    /// What of the timeline is shown large.
    pub(super) lens: Lens,
    pub(super) form: Option<Form>,
    pub(super) meeting: Meeting,
    /// The message chosen on the comms plan; `None`: the first that asks for somebody.
    pub(super) told: Option<MessageRef>,
    /// The risk chosen among all; `None`: the worst.
    pub(super) risk: Option<Str>,
    /// How launches went, or why that cannot be told; `None` until it was asked for.
    pub(super) history: Option<Result<Arc<LaunchHistory>, String>>,
    /// How ready the launch was each day, or why that cannot be told; `None` until it was asked for.
    pub(super) trend: Option<Result<Arc<Vec<ReadinessDay>>, String>>,
    /// The board on the screen is that of another moment.
    pub(super) past: Option<LookBack>,
    /// Nothing is recorded in the journal of the launch: it is practice.
    pub(super) rehearsal: bool,
    pub(super) help: bool,
    /// Each row has a letter, which chooses it.
    pub(super) jumping: bool,
    /// What of the help is shown; empty: all of it.
    pub(super) help_field: TextField,
    pub(super) palette: Option<Palette>,
    /// Filters that the user gave a name, each with its terms.
    pub(super) views: Vec<(String, String)>,
    /// A filter that is being typed.
    pub(super) filtering: Option<Filtering>,
    /// The clocks of what happened last.
    pub(super) now: Option<Now>,
    pub(super) keymap: Arc<Keymap>,
    /// Large, few things, and nothing is recorded: for a shared screen.
    pub(super) presenting: bool,
    /// What is wrong with files that were changed since the launch was read.
    pub(super) faults: Option<Faults>,
    /// That is shown in a pane.
    pub(super) faults_shown: bool,
    /// Nothing is recorded in this session: it was opened to look.
    pub(super) read_only: bool,
    /// The next quit leaves although acts are still being recorded.
    pub(super) quit_armed: bool,
    /// The number of the newest question what a word would do.
    pub(super) foreseen: u64,
    /// The story waits for the one who writes.
    pub(super) waits: bool,
    /// Which questions of breaches were put up.
    pub(super) raised: question::Raised,
    /// Of what whoever looks elsewhere was told.
    pub(super) bell: bell::BellLog,
    /// What gonogo may change on the server of the target, and where that is.
    pub(super) offer: offer::Offer,
}

/// Which screen is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The board.
    #[default]
    Board,
    /// The timeline of the rollout.
    Timeline,
    /// The path to GO.
    Path,
    /// The sources.
    Sources,
    /// The go/no-go meeting.
    RollCall,
    /// The rollback.
    Rollback,
    /// How launches went.
    History,
    /// The incident.
    Incident,
    /// The comms plan.
    Comms,
    /// The readiness review.
    Readiness,
    /// Who is who.
    People,
    /// The risks.
    Risks,
}

impl Screen {
    /// All of them in the order of their keys, with what shows each and what it is called.
    pub const ALL: &'static [(Self, Action, &'static str)] = &[
        (Self::Board, Action::ShowBoard, "board"),
        (Self::Timeline, Action::ShowTimeline, "timeline"),
        (Self::Path, Action::ShowPath, "path"),
        (Self::Sources, Action::ShowSources, "sources"),
        (Self::RollCall, Action::ShowRollCall, "roll call"),
        (Self::History, Action::ShowHistory, "history"),
        (Self::Rollback, Action::ShowRollback, "rollback"),
        (Self::Incident, Action::ShowIncident, "incident"),
        (Self::Comms, Action::ShowComms, "messages"),
        (Self::Readiness, Action::ShowReadiness, "readiness"),
        (Self::People, Action::ShowPeople, "people"),
        (Self::Risks, Action::ShowRisks, "risks"),
    ];

    /// The screen that this action shows.
    pub fn shown_by(action: Action) -> Option<Self> {
        Self::ALL.iter().find(|(_, by, _)| *by == action).map(|(screen, ..)| *screen)
    }
}

/// Who is at the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The name within the launch, or the claimed one.
    pub name: Party,
    /// How it is known, for people: `claimed`, `checked by GitHub`.
    pub known: Str,
    /// GitHub teams (`org/slug`).
    pub teams: Vec<Str>,
}

/// How far panes are scrolled, in lines.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scroll {
    pub detail: usize,
    pub help: usize,
    pub path: usize,
    pub sources: usize,
    pub history: usize,
    /// From the newest line of the log upwards.
    pub incident: usize,
    /// The chosen item of the readiness review.
    pub readiness: usize,
    pub people: usize,
}

impl Model {
    /// A cockpit that shows `board`, on a terminal of so many columns and rows.
    pub fn new(launch: Arc<Launch>, board: Arc<Board>, size: (u16, u16)) -> Self {
        let index = Index::new(&launch, &board, GroupBy::default());
        let flips = FlipLog::since(&board);
        let mut model = Self {
            launch,
            board,
            index,
            me: None,
            journal: JournalState::default(),
            sources: Vec::new(),
            playback: None,
            flips,
            course: Course::default(),
            budgets: BudgetLog::default(),
            acts: Acts::default(),
            notice: None,
            size,
            screen: Screen::default(),
            list: List::default(),
            split: None,
            search: Search::default(),
            detail: false,
            scroll: Scroll::default(),
            stage: None,
            lens: Lens::default(),
            form: None,
            meeting: Meeting::default(),
            told: None,
            risk: None,
            history: None,
            trend: None,
            past: None,
            rehearsal: false,
            help: false,
            jumping: false,
            help_field: TextField::default(),
            palette: None,
            views: Vec::new(),
            filtering: None,
            now: None,
            keymap: Arc::default(),
            presenting: false,
            faults: None,
            faults_shown: false,
            read_only: false,
            quit_armed: false,
            foreseen: 0,
            waits: false,
            raised: question::Raised::default(),
            bell: bell::BellLog::default(),
            offer: offer::Offer::default(),
        };
        model.choose_first();
        model
    }

    /// The same with another screen shown.
    #[must_use]
    pub fn showing(self, screen: Screen) -> Self {
        Self { screen, ..self }
    }

    /// The launch is not what its files say any more.
    pub(super) fn is_stale_launch(&self) -> bool {
        self.faults.as_ref().is_some_and(|faults| faults.launch)
    }

    /// The same as it is presented.
    #[must_use]
    pub fn presented(self) -> Self {
        Self { presenting: true, ..self }
    }

    /// The present board as last told, also while the screen shows an earlier one.
    pub fn board(&self) -> &Arc<Board> {
        self.past.as_ref().map_or(&self.board, LookBack::present)
    }

    /// Which screen is shown.
    pub fn screen(&self) -> Screen {
        self.screen
    }

    /// The gate that is chosen, if it is a gate.
    pub fn chosen(&self) -> Option<&GateId> {
        match &self.list.anchor {
            Some(RowAnchor::Gate(id)) => Some(id),
            _ => None,
        }
    }

    /// Gates whose verdict changed and that nobody looked at since.
    pub fn unseen(&self) -> &BTreeSet<GateId> {
        self.flips.unseen()
    }

    /// The line of news, if there is one.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Whether the screen is one to be shared.
    pub fn is_presenting(&self) -> bool {
        self.presenting
    }

    /// Whether the next letter chooses a row.
    pub fn is_jumping(&self) -> bool {
        self.jumping
    }

    /// Whether a form is open.
    pub fn is_asking(&self) -> bool {
        self.form.is_some()
    }

    /// How many acts have been asked for and are not yet acknowledged.
    pub fn recording(&self) -> usize {
        self.acts.len()
    }

    /// Answers of stations that are NOT RECORDED.
    pub fn drafts(&self) -> usize {
        self.meeting.drafts.len()
    }

    /// What the palette lists, best first: its name, the key that does the same, and why it would be refused. Empty while it
    /// is closed.
    pub fn palette(&self) -> Vec<(&str, &str, Option<&str>)> {
        let all = self.palette.iter().flat_map(|palette| &palette.entries);
        all.map(|it| (it.name.as_str(), it.key.as_str(), it.refusal.as_deref())).collect()
    }

    /// The station that the meeting's screen shows large; `None` at the final call and outside a round.
    pub fn station(&self) -> Option<&Party> {
        self.seated().map(|station| &station.role)
    }

    /// The state of a demo or replay.
    pub fn playback(&self) -> Option<&Playback> {
        self.playback.as_ref()
    }

    /// What has the keyboard.
    pub fn context(&self) -> Context {
        if self.help {
            return Context::Help;
        }
        if self.form.is_some() {
            return Context::Form;
        }
        if self.palette.is_some() {
            return Context::Palette;
        }
        if self.past.as_ref().is_some_and(|past| past.typing.is_some()) {
            return Context::Moment;
        }
        match self.screen {
            Screen::Board if self.filtering.is_some() => Context::Filter,
            Screen::Board if self.search.typing => Context::Search,
            _ => self.context_below(),
        }
    }

    /// What has the keyboard when nothing is open over the screen.
    pub(super) fn context_below(&self) -> Context {
        match self.screen {
            Screen::Board if self.detail => Context::Detail,
            Screen::Board => Context::List,
            Screen::Timeline => Context::Timeline,
            Screen::Path => Context::Path,
            Screen::Sources => Context::Sources,
            Screen::RollCall => Context::RollCall,
            Screen::Rollback => Context::Rollback,
            Screen::Comms => Context::Comms,
            Screen::History => Context::History,
            Screen::Incident => Context::Incident,
            Screen::Readiness => Context::Readiness,
            Screen::People => Context::People,
            Screen::Risks => Context::Risks,
        }
    }

    pub(super) fn gate(&self, id: &GateId) -> Option<&GateState> {
        self.board.gates.get(self.index.position(id)?)
    }

    /// The chosen gate as it stands.
    pub(super) fn chosen_gate(&self) -> Option<&GateState> {
        self.gate(self.chosen()?)
    }

    /// Lines across the board that must not be missed, most important first.
    pub(super) fn banners(&self) -> Vec<(Role, String)> {
        banners::banners(self)
    }

    /// What the whole screen is not, in a word: `DEMO`, `OFFLINE`.
    pub(super) fn ribbon(&self) -> Option<String> {
        banners::ribbon(self)
    }

    /// Where things stand on the board.
    pub(super) fn places(&self) -> Places {
        let wanted = layout::list_cols(self.index.widths());
        layout::places(self.size, self.banners().len(), !self.board.stages.is_empty(), wanted, self.split)
    }

    /// The rows of the list on the board, without what explains the chosen one under it.
    pub(super) fn list_height(&self) -> usize {
        let list = self.places().list;
        let told = layout::explained(self.size);
        // A row of its own says what a filter leaves out.
        let said = usize::from(!self.list.criteria.text().is_empty());
        usize::from(list.height).saturating_sub(told + said).max(1)
    }

    /// The stage that the timeline is about: the one that somebody chose, else the one that matters now.
    pub(super) fn chosen_stage(&self) -> Option<&StageState> {
        let chosen = self.stage.as_ref().and_then(|id| self.board.stage(id));
        chosen.or_else(|| self.board.stage_that_matters())
    }

    /// Whom a stage reaches, `50 %`: what people call it by.
    pub(super) fn audience(&self, stage: &StageId) -> String {
        let state = self.board.stages.iter().find(|it| it.id == *stage);
        state.map_or_else(|| stage.to_string(), |it| it.audience.to_string())
    }

    /// Whether GO is only GO of a part.
    pub(super) fn is_narrowed(&self) -> bool {
        !self.board.scope.has_all_gates()
    }

    /// The word with what must never be left out beside it.
    pub(super) fn word_in_full(&self) -> String {
        format!("{}{}", self.board.named(), self.qualifiers())
    }

    /// What qualifies the word; empty: nothing does.
    pub(super) fn qualifiers(&self) -> String {
        let over = if self.board.over_dissent().is_some() { " OVER DISSENT" } else { "" };
        let waived = match (self.board.word, self.board.score.waived) {
            (BoardWord::Go, 1) => " with 1 waiver".to_owned(),
            (BoardWord::Go, n) if n > 1 => format!(" with {n} waivers"),
            _ => String::new(),
        };
        let part = if self.is_narrowed() { " for a part only" } else { "" };
        format!("{over}{waived}{part}")
    }

    /// The computed word, to stand beneath one that people decided (V15).
    pub(super) fn evidence(&self) -> Option<String> {
        self.board.lowered_by_decision().map(|_| format!("evidence: {}", self.board.evidence))
    }

    /// Whether `party` is me, or a role of mine.
    pub(super) fn is_me(&self, party: &Party) -> bool {
        self.me.as_ref().is_some_and(|me| self.launch.speaks_for(&me.name, party, &me.teams))
    }
}
