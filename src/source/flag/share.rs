//! What a flag is, as far as its provider can tell.

use gonogo_domain::{Failure, FailureKind};

/// A flag in one environment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Switch {
    pub(super) enabled: Option<bool>,
    pub(super) archived: Option<bool>,
    /// For how many it is on; or why that cannot be told.
    pub(super) share: Result<Share, String>,
    /// Whether what it hangs on lets it through.
    pub(super) above: UpstreamFlags,
    /// Whether some get it, or not, by name: more than nobody, and fewer than everybody.
    pub(super) singled_out: bool,
    /// What a person should know beside it: `3 individual targets`.
    pub(super) notes: Vec<String>,
}

/// Other flags that a flag hangs on: prerequisites, a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum UpstreamFlags {
    /// There are none.
    Free,
    /// All of them let everybody through.
    Met,
    /// They let some through.
    Depends,
    /// One of them lets nobody through.
    Unmet(String),
    /// One of them cannot be read.
    Unread(String),
}

impl UpstreamFlags {
    /// The other must let through as well.
    fn and(&mut self, other: Self) {
        let rank = |it: &Self| match it {
            Self::Free => 0,
            Self::Met => 1,
            Self::Depends => 2,
            Self::Unread(_) => 3,
            Self::Unmet(_) => 4,
        };
        if rank(&other) > rank(self) {
            *self = other;
        }
    }

    /// The share behind it: `off` is for those that are not let through.
    pub(super) fn share(&self, on: Share, off: Share) -> Share {
        match self {
            Self::Free | Self::Met => on,
            Self::Unmet(_) => off,
            Self::Depends | Self::Unread(_) => on.or(off),
        }
    }
}

/// What the flags above say, one after the other.
#[derive(Debug)]
pub(super) struct UpstreamReading {
    found: UpstreamFlags,
    missed: Option<Failure>,
}

impl UpstreamReading {
    pub(super) fn new() -> Self {
        Self { found: UpstreamFlags::Free, missed: None }
    }

    /// One of them says so.
    pub(super) fn says(&mut self, one: UpstreamFlags) {
        self.found.and(one);
    }

    /// One of them cannot be read. One that is not there, or that this token may not see, may hold the flag back; what
    /// passes by itself, or stops every question, is a failure of the whole look (V6).
    pub(super) fn misses(&mut self, key: &str, failure: Failure) {
        match failure.kind {
            FailureKind::NotFound | FailureKind::Forbidden | FailureKind::Rejected => {
                self.says(UpstreamFlags::Unread(format!("{key}, which cannot be read")));
            }
            _ => self.missed = self.missed.take().or(Some(failure)),
        }
    }

    /// What comes of all of them. One that lets nobody through is enough for that.
    pub(super) fn end(self) -> Result<UpstreamFlags, Failure> {
        match (self.found, self.missed) {
            (found @ UpstreamFlags::Unmet(_), _) | (found, None) => Ok(found),
            (_, Some(failure)) => Err(failure),
        }
    }
}

/// One of which nothing is known yet.
impl Default for Switch {
    fn default() -> Self {
        Self {
            enabled: None,
            archived: None,
            share: Err("no environment is named".into()),
            above: UpstreamFlags::Free,
            singled_out: false,
            notes: Vec::new(),
        }
    }
}

/// For how many per cent of all users it is on: between the two, both 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Share {
    /// For nobody.
    pub(super) const NONE: Self = Self { low: 0.0, high: 0.0 };
    /// For everybody.
    pub(super) const ALL: Self = Self { low: 100.0, high: 100.0 };
    /// For nobody knows how many.
    pub(super) const ANY: Self = Self { low: 0.0, high: 100.0 };

    /// Exactly so many per cent; none for what is no percentage.
    pub(super) fn exactly(percent: f64) -> Option<Self> {
        (0.0..=100.0).contains(&percent).then_some(Self { low: percent, high: percent })
    }

    /// Everybody gets one of the two, nobody knows who which: the span of both.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// For some of those at most: the lower end is open.
    #[must_use]
    pub(super) fn at_most(self) -> Self {
        Self { low: 0.0, ..self }
    }
}
