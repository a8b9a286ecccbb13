//! How much a launch asks for, by how much is at stake.

/// How much is at stake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Template {
    /// Five gates, one person.
    Tiny,
    /// What most teams do: tests, staging, support, a roll call, two stages.
    #[default]
    Standard,
    /// Also security, a rehearsed rollback, a freeze, several people.
    High,
}

impl Template {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Standard => "standard",
            Self::High => "high",
        }
    }

    /// The one of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Tiny, Self::Standard, Self::High].into_iter().find(|it| it.name() == name)
    }

    /// The launch's `risk`.
    pub(crate) fn risk(self) -> &'static str {
        match self {
            Self::Tiny => "low",
            Self::Standard => "medium",
            Self::High => "high",
        }
    }
}
