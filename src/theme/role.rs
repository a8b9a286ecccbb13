//! What a style is for.

macro_rules! roles {
    ($($(#[doc = $doc:literal])* $role:ident = $name:literal, $parent:expr;)*) => {
        /// What a piece of the screen means. Theme files use the dotted [names](Role::name).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $($(#[doc = $doc])* $role,)*
        }

        impl Role {
            /// Every role, parents before children.
            pub const ALL: [Role; [$($name),*].len()] = [$(Role::$role),*];

            /// Its name in theme files.
            pub fn name(self) -> &'static str {
                match self { $(Role::$role => $name,)* }
            }

            /// The role whose style it takes when a theme says nothing about it; only `text` has none.
            pub fn parent(self) -> Option<Role> {
                match self { $(Role::$role => $parent,)* }
            }
        }
    };
}

use Role as R;

roles! {
    /// Ordinary text, and the background of the screen.
    Text = "text", None;
    /// Text that may be skipped: ages, units, secondary columns.
    Dim = "dim", Some(R::Text);
    /// What to look at first among equals. Never the go colour.
    Accent = "accent", Some(R::Text);
    /// Names of panes, checklists and launches.
    Title = "title", Some(R::Text);
    /// Lines between things.
    Border = "border", Some(R::Dim);
    /// The chosen row.
    Selection = "selection", Some(R::Text);
    /// The verdict GO. Nothing else has its colour.
    Go = "go", Some(R::Text);
    /// The verdict NO-GO.
    NoGo = "no-go", Some(R::Text);
    /// The board word HOLD.
    Hold = "hold", Some(R::Text);
    /// The verdict PENDING.
    Pending = "pending", Some(R::Hold);
    /// The verdict UNKNOWN.
    Unknown = "unknown", Some(R::Hold);
    /// The verdict WAIVED: never drawn as go.
    Waived = "waived", Some(R::Text);
    /// The verdict N/A.
    NotApplicable = "not-applicable", Some(R::Dim);
    /// The word GO in large letters.
    BoardGo = "board.go", Some(R::Go);
    /// The word NO-GO in large letters.
    BoardNoGo = "board.no-go", Some(R::NoGo);
    /// The word HOLD in large letters.
    BoardHold = "board.hold", Some(R::Hold);
    /// Past its due time.
    Overdue = "overdue", Some(R::NoGo);
    /// Older than its freshness limit.
    Stale = "stale", Some(R::Dim);
    /// Changed since the user last looked.
    Changed = "changed", Some(R::Accent);
    /// A key that can be pressed.
    KeyHint = "key-hint", Some(R::Accent);
    /// Something went wrong: a source, the journal, a refused act.
    Error = "error", Some(R::NoGo);
    /// A notice across the screen: view-only, offline, replay.
    Banner = "banner", Some(R::Hold);
    /// Text that a search found.
    SearchMatch = "search-match", Some(R::Accent);
    /// The part of the readiness bar that is go. Not in the go colour: most of a NO-GO board is go.
    BarDone = "bar.done", Some(R::Accent);
    /// The part of the readiness bar that is waived.
    BarWaived = "bar.waived", Some(R::Waived);
    /// The rest of the readiness bar.
    BarRest = "bar.rest", Some(R::Border);
    /// A stage that is over, and the way to it.
    TimelineDone = "timeline.done", Some(R::Dim);
    /// The stage that runs.
    TimelineRunning = "timeline.running", Some(R::Accent);
    /// Stages to come.
    TimelinePlanned = "timeline.planned", Some(R::Border);
    /// Anchors, due times and polls on the timeline.
    TimelineMark = "timeline.mark", Some(R::Text);
    /// The present moment.
    TimelineNow = "timeline.now", Some(R::Title);
    /// A freeze or an embargo.
    TimelineFreeze = "timeline.freeze", Some(R::Hold);
    /// The point of no return.
    TimelineNoReturn = "timeline.no-return", Some(R::NoGo);
}

impl Role {
    /// The role of a name in a theme file.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it says GO: only these may have the go colour.
    pub fn says_go(self) -> bool {
        matches!(self, Self::Go | Self::BoardGo)
    }

    /// Whether it is drawn as lines and blocks rather than as words: contrast matters less then (WCAG 1.4.11).
    pub fn is_graphic(self) -> bool {
        matches!(
            self,
            Self::Border
                | Self::BarDone
                | Self::BarWaived
                | Self::BarRest
                | Self::TimelineDone
                | Self::TimelinePlanned
        )
    }
}
