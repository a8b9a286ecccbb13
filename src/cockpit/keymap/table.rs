//! The table itself.

use super::{
    Binding,
    Code::{
        self, BackTab, Backspace, Delete, Down, End, Enter, Esc, Home, Left, PageDown, PageUp, Right, Tab, Up,
    },
    Context::{
        self, Always, Comms, Detail, Filter, Form, Gate, Help, History, Incident, List, Moment, Palette,
        Past, Path, People, Playback, Readiness, RollCall, Rollback, Screens, Search, Sources, Timeline,
    },
    Key,
};

macro_rules! actions {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// Something that a key can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[doc = $doc])* $name,)* }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(super) fn identifier(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

actions! {
    /// Leave the cockpit.
    Quit,
    /// Give the terminal back until `fg`.
    Suspend,
    /// Draw everything again.
    Redraw,
    /// Show or close the help.
    Help,
    /// Type what to do.
    Palette,
    /// Ask all sources now.
    Refresh,
    /// Write a picture of the screen.
    Export,
    /// Show what is wrong with files that were changed.
    ShowFaults,
    /// Large letters, and nothing is recorded: for a shared screen.
    Present,
    /// Light for dark, dark for light.
    OtherGround,
    /// Close what is open, clear what is set.
    Back,
    /// Show the board.
    ShowBoard,
    /// Show the timeline.
    ShowTimeline,
    /// Show the sources.
    ShowSources,
    /// Show the path to GO.
    ShowPath,
    /// Show the go/no-go meeting.
    ShowRollCall,
    /// Show how launches went.
    ShowHistory,
    /// One up.
    Up,
    /// One down.
    Down,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// Open the detail, fold a checklist, go to a step's gate.
    Open,
    /// Fold the checklist.
    Fold,
    /// Unfold the checklist.
    Unfold,
    /// Fold or unfold all checklists.
    FoldAll,
    /// The next filter.
    Filter,
    /// Type a filter.
    FilterBy,
    /// Worst first, as in the files, soonest due first, or by owner.
    Order,
    /// Put together by checklist, owner, due time or verdict.
    Group,
    /// Type a search.
    Find,
    /// The next match.
    NextMatch,
    /// The match before.
    PreviousMatch,
    /// The next gate in the way of GO.
    NextBlocker,
    /// The one before.
    PreviousBlocker,
    /// Mark all changes as seen.
    MarkSeen,
    /// Scroll the detail down.
    ScrollDown,
    /// Scroll the detail up.
    ScrollUp,
    /// Say go or no-go on the gate.
    Sign,
    /// Take one's own word back.
    Withdraw,
    /// Record an exception.
    Waive,
    /// End a waiver.
    EndWaiver,
    /// Declare the gate not needed.
    NotNeeded,
    /// Leave a note.
    Note,
    /// Open the gate's page.
    OpenLink,
    /// Copy the gate's link.
    CopyLink,
    /// Copy the command that is done by hand.
    CopyCommand,
    /// Start, hold, resume, roll back or close the stage.
    MoveStage,
    /// Say whether a criterion of the stage holds.
    JudgeCriterion,
    /// Give results of the stage.
    AnswerStage,
    /// Show the readiness review.
    ShowReadiness,
    /// Show who is who.
    ShowPeople,
    /// Confirm an item, move its date, or call it at risk.
    ConfirmItem,
    /// Record what was learned.
    Learn,
    /// Record what is to be done.
    FollowUp,
    /// Say that a follow-up is done, given up or somebody else's.
    SettleFollowUp,
    /// Close the launch, or open it again.
    CloseLaunch,
    /// Show the rollback.
    ShowRollback,
    /// Start the rollback.
    StartRollback,
    /// The step of the rollback is done.
    StepDone,
    /// Skip the step of the rollback.
    SkipStep,
    /// Say how the rollback ended.
    EndRollback,
    /// Show the incident.
    ShowIncident,
    /// Open an incident.
    OpenIncident,
    /// Write a line into the log of the incident.
    LogIncident,
    /// Give the next update of the incident, its draft filled in.
    UpdateIncident,
    /// Say that the incident is mitigated, resolved, closed or has come back.
    MoveIncident,
    /// Say whether the rollout goes on meanwhile.
    IncidentRollout,
    /// Change the severity of the incident, or who has a role in it.
    ChangeIncident,
    /// Show the comms plan.
    ShowComms,
    /// Write the message in one's own words.
    DraftMessage,
    /// Approve the words of the message.
    ApproveMessage,
    /// Send the message, say that it was sent, or what became of it.
    SendMessage,
    /// Say that the message is not needed, or is after all.
    DropMessage,
    /// Copy the words of the message.
    CopyMessage,
    /// Answer a breach, or end its acceptance.
    AnswerBreach,
    /// Tell the server of the target: a commit status, a deployment.
    TellServer,
    /// Point at an earlier moment of the timeline.
    PointEarlier,
    /// Point at a later one.
    PointLater,
    /// Show less of the timeline, larger.
    Nearer,
    /// Show more of it.
    Farther,
    /// Show the present again.
    ToPresent,
    /// Open a round of the roll call.
    OpenRound,
    /// Answer GO, or make the final call GO.
    Go,
    /// Answer NO-GO, or make the final call NO-GO.
    NoGo,
    /// Answer GO WITH CONDITIONS.
    Conditions,
    /// Answer ABSTAIN.
    Abstain,
    /// Leave the answer to somebody else.
    Delegate,
    /// Correct the answer that stands.
    Correct,
    /// Look where the poll is.
    NextSeat,
    /// Call a HOLD.
    CallHold,
    /// Call a SCRUB.
    CallScrub,
    /// End the HOLD.
    EndHold,
    /// Write minutes and decision record.
    WriteMinutes,
    /// Record the answers that are NOT RECORDED.
    SendDrafts,
    /// Throw such an answer away.
    DropDraft,
    /// Look at the board as it was.
    LookBack,
    /// Back to the present.
    LookNow,
    /// To what happened before.
    MomentBefore,
    /// To what happened next.
    MomentAfter,
    /// Five minutes earlier.
    Earlier,
    /// Five minutes later.
    Later,
    /// To the start of the day.
    DayStart,
    /// To its end.
    DayEnd,
    /// Let a recording stand still or go on.
    Pause,
    /// Play faster.
    Faster,
    /// Play slower.
    Slower,
    /// Jump ahead.
    SeekForward,
    /// Jump back.
    SeekBack,
    /// Send the form, or keep the search.
    Submit,
    /// Close the form, or drop the search.
    Cancel,
    /// The next field.
    NextField,
    /// The field before.
    PreviousField,
    /// Left in the text, or the choice before.
    CursorLeft,
    /// Right in the text, or the next choice.
    CursorRight,
    /// To the start of the text.
    CursorHome,
    /// To its end.
    CursorEnd,
    /// Delete to the left.
    DeleteBack,
    /// Delete to the right.
    DeleteForward,
    /// Delete the word to the left.
    DeleteWord,
    /// Empty the field.
    DeleteAll,
    /// Finish what is being typed, as far as it is clear.
    Complete,
    /// Choose a gate beside others.
    Choose,
    /// Ask whoever can act.
    Ask,
    /// Begin a line within a text.
    BreakLine,
    /// Type a character.
    Insert,
}

/// Actions without a key, and why.
pub const UNBOUND: &[(Action, &str)] = &[(Action::Insert, "every key that types a character does it")];

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn k(code: Code) -> Key {
    Key::plain(code)
}

const fn alt(code: Code) -> Key {
    Key { alt: true, ..Key::plain(code) }
}

const fn ctrl(c: char) -> Key {
    Key::ctrl(c)
}

const fn bind(
    action: Action,
    keys: &'static [Key],
    contexts: &'static [Context],
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding { action, keys, contexts, help, label }
}

/// Where something is chosen or scrolled.
const MOVED: &[Context] =
    &[List, Detail, Timeline, Sources, Path, RollCall, History, Incident, Comms, Readiness, People];
/// Where text is typed.
const TYPED: &[Context] = &[Form, Search, Palette, Filter];

/// Every binding. The order is that of the footer and the help; the first context is where the help lists it.
pub const BINDINGS: &[Binding] = &[
    bind(Action::Open, &[k(Enter)], &[List], "detail", "open the gate; fold"),
    bind(Action::Open, &[k(Enter)], &[Path], "gate", "go to the step's gate"),
    bind(Action::Sign, &[c('s')], &[Gate], "sign", "sign: go, no-go, done"),
    bind(Action::Find, &[c('/')], &[List], "find", "find a gate"),
    bind(Action::NextBlocker, &[c('b')], &[Gate], "blocker", "next blocker"),
    bind(Action::PreviousBlocker, &[c('B')], &[Gate], "", "the one before"),
    bind(Action::Up, &[k(Up), c('k')], MOVED, "", "up"),
    bind(Action::Down, &[k(Down), c('j')], MOVED, "", "down"),
    bind(
        Action::PageUp,
        &[k(PageUp), ctrl('u')],
        &[List, Detail, Sources, Path, History, Incident, Readiness, People],
        "",
        "page up",
    ),
    bind(
        Action::PageDown,
        &[k(PageDown), ctrl('d')],
        &[List, Detail, Sources, Path, History, Incident, Readiness, People],
        "",
        "page down",
    ),
    bind(Action::First, &[k(Home), c('g')], &[List, Detail, Timeline, Path, Comms, Readiness], "", "first"),
    bind(Action::First, &[k(Home)], &[RollCall], "", "first station"),
    bind(Action::Last, &[k(End)], &[RollCall], "", "the final call"),
    bind(Action::Last, &[k(End), c('G')], &[List, Detail, Timeline, Path, Comms, Readiness], "", "last"),
    bind(Action::Fold, &[k(Left), c('h')], &[List], "", "fold the checklist"),
    bind(Action::Unfold, &[k(Right), c('l')], &[List], "", "unfold the checklist"),
    bind(Action::FoldAll, &[c('z')], &[List], "", "fold, unfold all"),
    bind(Action::Filter, &[c('f')], &[List], "filter", "next filter: open, mine..."),
    bind(Action::FilterBy, &[c('F')], &[List], "", "filter: owner:qa age>1h"),
    bind(Action::Order, &[c('O')], &[List], "", "order: worst, file, due..."),
    bind(Action::Group, &[c('L')], &[List], "", "group: owner, due, verdict"),
    bind(Action::NextMatch, &[c('n')], &[List], "", "next match"),
    bind(Action::PreviousMatch, &[c('N')], &[List], "", "match before"),
    bind(Action::MarkSeen, &[c('m')], &[Gate], "", "mark changes as seen"),
    bind(Action::ScrollDown, &[c('J')], &[List], "", "scroll the detail down"),
    bind(Action::ScrollUp, &[c('K')], &[List], "", "scroll the detail up"),
    bind(Action::Waive, &[c('w')], &[Gate], "waive", "waive: an exception"),
    bind(Action::EndWaiver, &[c('W')], &[Gate], "end waiver", "end a waiver"),
    bind(Action::Withdraw, &[c('x')], &[Gate], "", "take your word back"),
    bind(Action::NotNeeded, &[c('a')], &[Gate], "", "not applicable"),
    bind(Action::Note, &[c('c')], &[Gate], "", "leave a note"),
    bind(Action::Choose, &[c('e')], &[List], "", "choose several, one by one"),
    bind(Action::Ask, &[c('u')], &[Gate], "ask", "ask who can act: copies it"),
    bind(Action::OpenLink, &[c('o')], &[Gate], "open", "open its page"),
    bind(Action::CopyLink, &[c('y')], &[Gate], "copy", "copy its link"),
    bind(Action::CopyCommand, &[c('Y')], &[Gate, Timeline], "copy command", "copy the command by hand"),
    bind(Action::MoveStage, &[c('s'), k(Enter)], &[Timeline], "move", "start, hold, roll back..."),
    bind(Action::JudgeCriterion, &[c('c')], &[Timeline], "criteria", "confirm a criterion"),
    bind(Action::AnswerStage, &[c('a')], &[Timeline], "results", "give results"),
    bind(Action::StepDone, &[c('d'), k(Enter)], &[Rollback], "done", "the step is done"),
    bind(Action::SkipStep, &[c('s')], &[Rollback], "skip", "skip the step, with why"),
    bind(Action::CopyCommand, &[c('y'), c('Y')], &[Rollback], "copy", "copy the command by hand"),
    bind(Action::StartRollback, &[c('o')], &[Rollback], "start", "start the rollback"),
    bind(Action::EndRollback, &[c('e')], &[Rollback], "end", "say how it ended"),
    bind(Action::LogIncident, &[c('V')], &[Screens], "log", "incident: a line"),
    bind(Action::UpdateIncident, &[c('U')], &[Screens], "update", "incident: next update"),
    bind(Action::LogIncident, &[c('l'), k(Enter)], &[Incident], "log", "a line of the log"),
    bind(Action::UpdateIncident, &[c('u')], &[Incident], "update", "give the next update"),
    bind(Action::MoveIncident, &[c('s')], &[Incident], "phase", "mitigated, resolved..."),
    bind(Action::IncidentRollout, &[c('h')], &[Incident], "rollout", "rollout waits, goes on"),
    bind(Action::ChangeIncident, &[c('e')], &[Incident], "change", "severity and roles"),
    bind(Action::OpenIncident, &[c('o')], &[Incident], "open", "open an incident"),
    bind(Action::SendMessage, &[c('s'), k(Enter)], &[Comms], "send", "send it, say it was sent"),
    bind(Action::ApproveMessage, &[c('a')], &[Comms], "approve", "approve the words"),
    bind(Action::DraftMessage, &[c('e')], &[Comms], "write", "in your own words"),
    bind(Action::CopyMessage, &[c('y'), c('Y')], &[Comms], "copy", "copy the words"),
    bind(Action::DropMessage, &[c('x')], &[Comms], "not needed", "not needed, or is again"),
    bind(Action::PointEarlier, &[k(Left), c('h')], &[Timeline], "", "point at an earlier moment"),
    bind(Action::PointLater, &[k(Right), c('l')], &[Timeline], "", "point at a later moment"),
    bind(Action::Nearer, &[c('z')], &[Timeline], "zoom", "less, and larger"),
    bind(Action::Farther, &[c('Z')], &[Timeline], "", "more; at the end all of it"),
    bind(Action::ToPresent, &[c('n')], &[Timeline], "now", "back to the present"),
    bind(Action::SendDrafts, &[c('D')], &[Screens], "record drafts", "record the drafts"),
    bind(Action::OpenRound, &[c('o')], &[RollCall], "open a round", "open a round"),
    bind(Action::Go, &[c('g')], &[RollCall], "go", "GO; at the end: final GO"),
    bind(Action::NoGo, &[c('n')], &[RollCall], "no-go", "NO-GO; or the final NO-GO"),
    bind(Action::Conditions, &[c('c')], &[RollCall], "conditions", "GO WITH CONDITIONS"),
    bind(Action::Abstain, &[c('a')], &[RollCall], "abstain", "ABSTAIN"),
    bind(Action::Delegate, &[c('d')], &[RollCall], "delegate", "leave it to somebody else"),
    bind(Action::Correct, &[c('u')], &[RollCall], "correct", "correct an answer, openly"),
    bind(Action::NextSeat, &[c(' ')], &[RollCall], "next", "to who is called now"),
    bind(Action::CallHold, &[c('h')], &[RollCall], "hold", "final call: HOLD"),
    bind(Action::CallScrub, &[c('s')], &[RollCall], "scrub", "final call: SCRUB"),
    bind(Action::EndHold, &[c('e')], &[RollCall], "end the hold", "end the HOLD"),
    bind(Action::WriteMinutes, &[c('w')], &[RollCall], "minutes", "write minutes and record"),
    bind(Action::DropDraft, &[c('x')], &[RollCall], "drop draft", "drop a draft"),
    bind(Action::Pause, &[c(' '), c('.')], &[Playback], "pause", "pause, go on"),
    bind(Action::Faster, &[c('>'), c('+')], &[Playback], "faster", "faster"),
    bind(Action::Slower, &[c('<'), c('-')], &[Playback], "", "slower"),
    bind(Action::SeekForward, &[c(']')], &[Playback], "", "next chapter, or 5 minutes"),
    bind(Action::SeekBack, &[c('[')], &[Playback], "", "chapter before, or 5 min"),
    bind(Action::LookBack, &[c('R')], &[Screens], "", "the board as it was"),
    bind(Action::LookNow, &[k(Esc), c('R')], &[Past], "", "back to now"),
    bind(Action::MomentBefore, &[k(Left)], &[Past], "", "what happened before"),
    bind(Action::MomentAfter, &[k(Right)], &[Past], "", "what happened next"),
    bind(Action::Earlier, &[c('[')], &[Past], "", "five minutes earlier"),
    bind(Action::Later, &[c(']')], &[Past], "", "five minutes later"),
    bind(Action::DayStart, &[k(Home)], &[Past], "", "start of the day; 14:05"),
    bind(Action::DayEnd, &[k(End)], &[Past], "", "end of the day"),
    bind(Action::Back, &[k(Esc), k(Backspace)], &[Screens], "back", "back; clear what is set"),
    bind(Action::Cancel, &[k(Esc)], &[Help], "close", "close the help"),
    bind(Action::Cancel, &[k(Esc)], &[Palette], "close", "close the palette"),
    bind(Action::First, &[k(Home)], &[Help], "", "first"),
    bind(Action::Last, &[k(End)], &[Help], "", "last"),
    bind(Action::ShowBoard, &[c('1')], &[Screens], "", "the board"),
    bind(Action::ShowTimeline, &[c('2'), c('t')], &[Screens], "", "timeline of the rollout"),
    bind(Action::ShowPath, &[c('3'), c('p')], &[Screens], "", "path to GO"),
    bind(Action::ShowSources, &[c('4'), c('i')], &[Screens], "", "sources and budgets"),
    bind(Action::ShowRollCall, &[c('5'), c('v')], &[Screens], "", "go/no-go meeting"),
    bind(Action::AnswerBreach, &[c('!')], &[Screens], "answer", "answer a breach"),
    bind(Action::TellServer, &[c('A')], &[Screens], "tell", "status, deployment"),
    bind(Action::ShowHistory, &[c('6'), c('H')], &[Screens], "", "how launches went"),
    bind(Action::ConfirmItem, &[c('c'), k(Enter)], &[Readiness], "confirm", "confirm, move, at risk"),
    bind(Action::Learn, &[c('l')], &[History], "learned", "what was learned"),
    bind(Action::FollowUp, &[c('f')], &[History], "follow-up", "what is to be done"),
    bind(Action::SettleFollowUp, &[c('d')], &[History], "settle", "a follow-up is done"),
    bind(Action::CloseLaunch, &[c('c')], &[History], "close", "close it, or open it again"),
    bind(Action::ShowRollback, &[c('7'), c('X')], &[Screens], "", "the rollback"),
    bind(Action::ShowIncident, &[c('8'), c('I')], &[Screens], "", "the incident"),
    bind(Action::ShowComms, &[c('9'), c('C')], &[Screens], "", "messages"),
    bind(Action::ShowReadiness, &[c('0'), c('%')], &[Screens], "", "readiness review"),
    bind(Action::ShowPeople, &[c('@')], &[Screens], "", "who is who"),
    bind(Action::Refresh, &[c('r')], &[Screens], "refresh", "ask all sources now"),
    bind(Action::ShowFaults, &[ctrl('e')], &[Screens], "", "what is wrong with files"),
    bind(Action::Present, &[c('P')], &[Screens], "", "present: large, read-only"),
    bind(Action::OtherGround, &[c('T')], &[Screens], "", "light or dark"),
    bind(Action::Export, &[c('E')], &[Screens], "", "picture of the screen"),
    bind(Action::Palette, &[c(':'), ctrl('p')], &[Screens], "all", "type what to do"),
    bind(Action::Help, &[c('?')], &[Screens], "help", "this help"),
    bind(Action::Quit, &[c('q')], &[Screens], "quit", "leave"),
    bind(Action::Submit, &[k(Enter)], &[Form, Search, Moment], "send", "send; keep the search"),
    bind(Action::Submit, &[k(Enter)], &[Palette], "do it", "do it"),
    bind(Action::Submit, &[k(Enter)], &[Filter], "keep", "keep the filter"),
    bind(Action::Complete, &[k(Tab)], &[Filter, Palette], "complete", "complete what is typed"),
    bind(Action::Cancel, &[k(Esc)], &[Filter], "back", "as it was before"),
    bind(Action::Cancel, &[k(Esc)], &[Form, Search, Moment], "cancel", "cancel"),
    bind(Action::Up, &[k(Up), ctrl('p')], &[Palette, Help, Filter], "", "up"),
    bind(Action::Down, &[k(Down), ctrl('n')], &[Palette, Help, Filter], "", "down"),
    bind(Action::PageUp, &[k(PageUp)], &[Palette, Help], "", "page up"),
    bind(Action::PageDown, &[k(PageDown)], &[Palette, Help], "", "page down"),
    bind(Action::BreakLine, &[alt(Enter), ctrl('j')], &[Form], "", "a line more in a reason"),
    bind(Action::NextField, &[k(Tab), k(Down)], &[Form], "next field", "next field"),
    bind(Action::PreviousField, &[k(BackTab), k(Up)], &[Form], "", "field before"),
    bind(Action::CursorLeft, &[k(Left), ctrl('b')], TYPED, "", "left, choice before"),
    bind(Action::CursorRight, &[k(Right), ctrl('f')], TYPED, "", "right, next choice"),
    bind(Action::CursorHome, &[k(Home), ctrl('a')], TYPED, "", "to the start"),
    bind(Action::CursorEnd, &[k(End), ctrl('e')], TYPED, "", "to the end"),
    bind(
        Action::DeleteBack,
        &[k(Backspace), ctrl('h')],
        &[Form, Search, Moment, Palette, Help, Filter],
        "",
        "delete to the left",
    ),
    bind(Action::DeleteForward, &[k(Delete), ctrl('d')], TYPED, "", "delete to the right"),
    bind(Action::DeleteWord, &[ctrl('w')], &[Form, Search, Palette, Help, Filter], "", "delete the word"),
    bind(
        Action::DeleteAll,
        &[ctrl('u')],
        &[Form, Search, Moment, Palette, Help, Filter],
        "",
        "empty the field",
    ),
    bind(Action::Redraw, &[ctrl('l')], &[Always], "", "draw everything again"),
    bind(Action::Suspend, &[ctrl('z')], &[Always], "", "to the shell; fg returns"),
    bind(Action::Quit, &[ctrl('c')], &[Always], "", "leave, whatever is open"),
];
