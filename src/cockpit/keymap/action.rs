//! What keys can do.

macro_rules! actions {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// Something that a key can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[doc = $doc])* $name,)* }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(in crate::keymap) fn identifier(self) -> &'static str {
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
    /// Show a letter at each row; the letter chooses it.
    Jump,
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
    /// Show the risks.
    ShowRisks,
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
    /// State a risk.
    AddRisk,
    /// Say what a risk is now.
    ChangeRisk,
    /// Say what was done about a risk.
    MitigateRisk,
    /// Let the launch go with a risk, for a time.
    AcceptRisk,
    /// Say that a risk is none any more, or is one again.
    CloseRisk,
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
