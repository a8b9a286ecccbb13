//! Errors of this room in the words of the domain.

use chrono::{DateTime, Utc};

use super::{BodyError, HttpError, PagingError, Rate};
use crate::domain::{Budget, Failure, FailureKind};

impl From<&HttpError> for FailureKind {
    fn from(error: &HttpError) -> Self {
        match error {
            HttpError::Dns { .. } | HttpError::Connect { .. } | HttpError::Tls { .. } => Self::Unreachable,
            HttpError::Forbidden { .. } => Self::NotAllowed,
            // An interrupted question has no answer; it says nothing against the last one (V6, V10).
            HttpError::TimedOut { .. } | HttpError::Cancelled => Self::TimedOut,
            HttpError::Cut { .. } | HttpError::TooLarge { .. } | HttpError::NotModified { .. } => {
                Self::Malformed
            }
            HttpError::Redirect { .. } => Self::Rejected,
            HttpError::InvalidRequest { .. } => Self::NotConfigured,
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        Self::new(FailureKind::from(&error), error.to_string())
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        Self::new(FailureKind::Malformed, error.to_string())
    }
}

impl From<PagingError> for Failure {
    fn from(error: PagingError) -> Self {
        Self::new(FailureKind::Incomplete, error.to_string())
    }
}

impl Rate {
    /// The scarcest budget as the board shows it. `now` is the clock that [`super::rate`] was given.
    pub fn budget(&self, now: DateTime<Utc>) -> Option<Budget> {
        let budget = self.tightest()?;
        let wait = chrono::TimeDelta::from_std(budget.reset_in).ok()?;
        Some(Budget {
            limit: budget.limit,
            remaining: budget.remaining,
            resets: now.checked_add_signed(wait)?,
        })
    }
}
