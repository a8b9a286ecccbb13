//! How things look: a theme and a set of shapes.

use ratatui::style::Style;

use gonogo_domain::{BoardWord, StageStatus, Standing, Verdict};
use gonogo_theme::{Role, SymbolSet, Theme};

/// A theme and the shapes that the terminal can draw.
#[derive(Clone, Debug)]
pub struct Look {
    theme: Theme,
    symbols: SymbolSet,
}

impl Look {
    /// Colours from `theme`, shapes from `symbols`. With [`SymbolSet::ASCII`] nothing but ASCII is drawn.
    pub fn new(theme: Theme, symbols: SymbolSet) -> Self {
        Self { theme, symbols }
    }

    /// Whether nothing but ASCII is drawn.
    pub fn is_ascii(&self) -> bool {
        self.symbols == SymbolSet::ASCII
    }

    pub(super) fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    pub(super) fn symbols(&self) -> &SymbolSet {
        &self.symbols
    }

    /// The shape of a verdict.
    pub(super) fn shape(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Go => self.symbols.go,
            Verdict::NoGo => self.symbols.no_go,
            Verdict::Pending => self.symbols.pending,
            Verdict::Unknown => self.symbols.unknown,
            Verdict::Waived => self.symbols.waived,
            Verdict::NotApplicable => self.symbols.not_applicable,
        }
    }

    /// The shape of the board's word.
    pub(super) fn word_shape(&self, word: BoardWord) -> &'static str {
        match word {
            BoardWord::Go => self.symbols.go,
            BoardWord::Hold => self.symbols.pending,
            BoardWord::NoGo => self.symbols.no_go,
        }
    }
}

/// The role of a verdict.
pub(super) fn verdict_role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Go => Role::Go,
        Verdict::NoGo => Role::NoGo,
        Verdict::Pending => Role::Pending,
        Verdict::Unknown => Role::Unknown,
        Verdict::Waived => Role::Waived,
        Verdict::NotApplicable => Role::NotApplicable,
    }
}

/// The role of the board's word.
pub(super) fn word_role(word: BoardWord) -> Role {
    match word {
        BoardWord::Go => Role::BoardGo,
        BoardWord::Hold => Role::BoardHold,
        BoardWord::NoGo => Role::BoardNoGo,
    }
}

/// The role of a stage.
pub(super) fn stage_role(status: StageStatus) -> Role {
    match status {
        StageStatus::Done => Role::TimelineDone,
        StageStatus::Soaking | StageStatus::Soaked => Role::TimelineRunning,
        StageStatus::Held => Role::Hold,
        StageStatus::RolledBack => Role::NoGo,
        StageStatus::Planned | StageStatus::Ready | StageStatus::NotApplicable => Role::TimelinePlanned,
    }
}

/// The role of a guardrail.
pub(super) fn standing_role(standing: Standing) -> Role {
    match standing {
        Standing::Breach => Role::NoGo,
        Standing::Watch => Role::Hold,
        Standing::Ok => Role::Go,
        Standing::NotEnoughYet => Role::Pending,
        Standing::NoData => Role::Unknown,
    }
}
