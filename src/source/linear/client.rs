//! One exchange with Linear: the key goes along, errors come back in the domain's words, and never the key.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::answer::{self, DocumentAnswer};
use crate::{
    http::{Body, Credential, Dialect, Http, HttpError, HttpRequest, Scheme, Url},
    meter::Meter,
};
use gonogo_domain::{Failure, FailureKind};

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

    /// The address, for whoever is shown what is sent.
    pub(super) fn address(&self) -> &str {
        self.url.as_str()
    }

    /// A request with the key.
    pub(super) fn request(&self, body: Body) -> HttpRequest {
        HttpRequest::post(self.url.clone(), body).auth(self.key.clone())
    }

    /// What it is sent by.
    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    /// Sends one document. What the server says about rates and time goes into the meter.
    pub(super) async fn ask(
        &self,
        (query, variables): (String, Value),
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> DocumentAnswer {
        if cancel.is_cancelled() {
            return DocumentAnswer::Failed(HttpError::Cancelled.into());
        }
        let request = self.request(Body::Json(json!({ "query": query, "variables": variables })));
        meter.sent();
        let response = match self.http.send(request, cancel).await {
            Ok(response) => response,
            Err(error) => return DocumentAnswer::Failed(error.into()),
        };
        let answer = answer::read(&response);
        let limited =
            matches!(&answer, DocumentAnswer::Failed(failure) if failure.kind == FailureKind::RateLimited);
        meter.wait(meter.note(&response, Dialect::Linear).or(limited.then_some(DECENT_WAIT)));
        meter.heed_spent(&response, Dialect::Linear);
        answer
    }
}
