//! Errors of this room in the words of the domain.

use chrono::{DateTime, Utc};

use super::{BodyError, BudgetKind, HttpError, PagingError, Rate};
use gonogo_domain::{Budget, BudgetOf, Failure, FailureKind};

impl From<&HttpError> for FailureKind {
    fn from(error: &HttpError) -> Self {
        match error {
            HttpError::Dns { .. } | HttpError::Connect { .. } | HttpError::Tls { .. } => Self::Unreachable,
            HttpError::Forbidden { .. } => Self::NotAllowed,
            // An interrupted question has no answer; it says nothing against the last one (V6, V10).
            HttpError::TimedOut { .. } | HttpError::Cancelled => Self::TimedOut,
            HttpError::Cut { .. } | HttpError::NotModified { .. } => Self::Malformed,
            // It will be as large the next time: asking again at once would only cost.
            HttpError::TooLarge { .. } => Self::Incomplete,
            HttpError::Redirect { .. } => Self::Rejected,
            HttpError::InvalidRequest { .. } => Self::NotConfigured,
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        let failure = Self::new(FailureKind::from(&error), error.to_string());
        match error {
            HttpError::Tls { .. } => failure.advise(
                "check the server's certificate; for an authority of your own set SSL_CERT_FILE to the file with its \
                 certificate (PEM)",
            ),
            HttpError::TooLarge { .. } => failure.advise("narrow down what the gate asks for"),
            _ => failure,
        }
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
    /// The budgets as the board shows them. `now` is the server's clock.
    pub fn left(&self, now: DateTime<Utc>) -> impl Iterator<Item = Budget> + '_ {
        self.budgets.iter().filter_map(move |budget| {
            let wait = chrono::TimeDelta::from_std(budget.reset_in).ok()?;
            let resets = now.checked_add_signed(wait)?;
            Some(Budget { of: budget.kind.into(), limit: budget.limit, remaining: budget.remaining, resets })
        })
    }
}

impl From<BudgetKind> for BudgetOf {
    fn from(kind: BudgetKind) -> Self {
        match kind {
            BudgetKind::Requests => Self::Requests,
            BudgetKind::Rest => Self::Rest,
            BudgetKind::Graphql => Self::Graphql,
            BudgetKind::Search => Self::Search,
            BudgetKind::Complexity => Self::Complexity,
            BudgetKind::Endpoint => Self::Endpoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::ResponsePart;

    #[test]
    fn what_a_person_can_do_is_said_where_there_is_something() {
        let tls = Failure::from(HttpError::Tls { host: "ghes".into(), cause: "UnknownIssuer".into() });
        assert!(tls.kind.is_transient() && tls.next.is_some_and(|next| next.contains("SSL_CERT_FILE")));
        let large = Failure::from(HttpError::TooLarge { host: "x".into(), part: ResponsePart::Body });
        assert!(!large.kind.is_transient() && large.next.is_some(), "it is not asked for again at once");
    }
}
