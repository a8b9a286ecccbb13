//! One exchange with Linear: the key goes along, errors come back in the domain's words, and never the key.

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::answer::{self, Answer};
use crate::{
    domain::{Budget, Failure, FailureKind},
    source::{
        Report,
        http::{
            Body, Credential, Dialect, Http, HttpError, MAX_RETRY_AFTER, Request, Response, Scheme, Url, rate,
        },
    },
};

/// How long to wait where the server asks to wait and does not say how long.
const DECENT_WAIT: Duration = Duration::from_secs(60);

/// How personal keys begin; they go without `Bearer`.
const PERSONAL: &str = "lin_api_";

/// The connection to one workspace.
pub(super) struct Client {
    http: Http,
    url: Url,
    key: Option<Credential>,
}

impl Client {
    /// A key that is empty is none.
    ///
    /// # Errors
    /// As [`Credential::new`].
    pub(super) fn new(http: Http, url: Url, token: Option<SecretString>) -> Result<Self, HttpError> {
        let token = token.filter(|token| !token.expose_secret().trim().is_empty());
        let key = token.map(|secret| {
            let personal = secret.expose_secret().trim_start().starts_with(PERSONAL);
            let scheme = if personal { Scheme::Bare } else { Scheme::Bearer };
            Credential::new(&secret, scheme, &url)
        });
        Ok(Self { http, url, key: key.transpose()? })
    }

    /// Why nothing can be asked, if so.
    pub(super) fn ready(&self) -> Result<(), Failure> {
        let unset = || {
            Failure::new(FailureKind::NotConfigured, "there is no key for Linear")
                .advise("set LINEAR_API_KEY")
        };
        self.key.as_ref().map(|_| ()).ok_or_else(unset)
    }

    /// Sends one document. What the server says about rates and time goes into the report.
    pub(super) async fn ask(
        &self,
        (query, variables): (String, Value),
        report: &mut Report,
        cancel: &CancellationToken,
    ) -> Answer {
        let body = Body::Json(json!({ "query": query, "variables": variables }));
        let request = Request::post(self.url.clone(), body).auth(self.key.clone());
        report.requests += u32::from(!cancel.is_cancelled());
        let response = match self.http.send(request, cancel).await {
            Ok(response) => response,
            Err(error) => return Answer::Failed(error.into()),
        };
        let answer = answer::read(&response);
        let limited = matches!(&answer, Answer::Failed(failure) if failure.kind == FailureKind::RateLimited);
        note(&response, limited, report);
        answer
    }
}

/// Keeps the budgets, the longest wait and the newest time.
fn note(response: &Response, limited: bool, report: &mut Report) {
    let now = response.date();
    // Without the server's time a reset is taken for the farthest that is believed: too long a wait harms less.
    let rate = rate(response, Dialect::Linear, now.unwrap_or(DateTime::<Utc>::UNIX_EPOCH));
    report.server_time = now.or(report.server_time);
    if let Some(now) = now {
        rate.left(now).for_each(|budget| Budget::note(&mut report.budgets, budget));
    }
    let asked = rate.wait().or(limited.then_some(DECENT_WAIT));
    if let Some(wait) = asked {
        report.wait = report.wait.max(Some(wait.min(MAX_RETRY_AFTER)));
    }
}
