//! Names of things: cheap to clone, ordered, never mixed up.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Shared, immutable text.
pub type Str = Arc<str>;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Str);

        impl $name {
            /// Wraps a name that has been checked where it was read.
            pub fn new(name: impl Into<Str>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The name as shared text.
            pub fn text(&self) -> Str {
                Arc::clone(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }
    };
}

name!(
    /// A gate's whole name: `qa/smoke`, and `qa/smoke@arm64` for one cell of a matrix or one occurrence of a
    /// repeated gate.
    GateId
);
name!(
    /// A checklist's id (`qa`); `launch` for the gates of `launch.yaml` itself.
    ChecklistId
);
name!(
    /// A rollout stage's id.
    StageId
);
name!(
    /// A source of evidence: `github`, `linear`, `recorded`, ...; `people` for tasks and sign-offs.
    SourceId
);
name!(
    /// A person or a role: they share one set of names within a launch.
    Party
);
name!(
    /// A commit's object id: 40 (or 64) lower-case hexadecimal digits.
    Oid
);

impl GateId {
    /// The checklist part: `qa` of `qa/smoke@arm64`.
    pub fn checklist(&self) -> &str {
        self.0.split_once('/').map_or("", |(checklist, _)| checklist)
    }

    /// The part after the checklist: `smoke@arm64` of `qa/smoke@arm64`.
    pub fn local(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, local)| local)
    }

    /// The cell or occurrence: `arm64` of `qa/smoke@arm64`.
    pub fn cell(&self) -> Option<&str> {
        self.0.split_once('@').map(|(_, cell)| cell)
    }
}

impl Oid {
    /// Reads a full object id; `None` for anything else (an abbreviated id does not name one commit for ever).
    pub fn parse(text: &str) -> Option<Self> {
        let full = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        full.then(|| Self::new(text.to_ascii_lowercase()))
    }

    /// The first seven digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}
