//! One server with its credential, and what is learned about it in one poll.

mod poll;
mod refusal;

use std::sync::Arc;

use http::header::{HeaderName, HeaderValue};
use reqwest::Url;
use serde::de::DeserializeOwned;

pub(super) use self::poll::{Depends, FindingResult, PATIENCE, Poll, QuestionSource, asked_wait};
use super::{
    connection::Picked,
    http::{Body, Credential, Http, HttpError, HttpRequest, Response, Scheme, decode_json, server_of},
};
use gonogo_domain::{Digest, Failure, FailureKind};

/// A server that questions go to. Every path is below the base, and the credential goes there only.
#[derive(Clone, Debug)]
pub(super) struct Api {
    http: Http,
    base: Url,
    credential: Option<Credential>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What to do when the credential is refused.
    advice: String,
    /// What to do when the answers are not those of its API.
    address: String,
    server: Digest,
}

impl Api {
    /// Fails if there is no credential.
    pub(super) fn new(http: &Http, connection: Picked<'_>, scheme: Scheme) -> Result<Self, Failure> {
        if connection.credential.is_none() {
            return Err(connection.unsigned());
        }
        Self::open(http, connection, scheme)
    }

    /// Goes without a credential if the settings name none. One that they name and that is not there is no reason to
    /// ask as nobody.
    pub(super) fn open(http: &Http, connection: Picked<'_>, scheme: Scheme) -> Result<Self, Failure> {
        connection.ready()?;
        connection.check()?;
        let credential =
            connection.credential.as_ref().map(|secret| Credential::new(secret, scheme, &connection.base));
        let credential = credential.transpose().map_err(|error| {
            Failure::new(FailureKind::NotConfigured, error.to_string()).advise(connection.advice())
        })?;
        let mut base = connection.base.clone();
        base.set_query(None);
        base.set_fragment(None);
        let (headers, advice, address) = (Vec::new(), connection.advice(), connection.address());
        let server = server_of(&base, connection.credential.as_ref());
        Ok(Self { http: http.clone(), base, credential, headers, advice, address, server })
    }

    /// What it shares with whoever asks the same server as the same user.
    pub(super) fn server(&self) -> Digest {
        self.server.clone()
    }

    /// With a header on every request.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((HeaderName::from_static(name), HeaderValue::from_static(value)));
        self
    }

    /// The address of a path below the base, each part encoded.
    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Failure> {
        let unfit = || Failure::new(FailureKind::Rejected, "a name in the gate cannot be part of an address");
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(unfit());
        }
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| unfit())?.pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The same with a slash at the end, for servers to which that is another address.
    pub(super) fn folder(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Failure> {
        let mut url = self.url(path, query)?;
        let slashed = format!("{}/", url.path());
        url.set_path(&slashed);
        Ok(url)
    }

    /// A page for people: on the host of the server's own console if this is the API of a host that is known to have
    /// one elsewhere (`consoles`: host of the API, address of the console), else on the server itself.
    pub(super) fn page(&self, consoles: &[(&str, &str)], path: &[&str]) -> Option<String> {
        let host = self.base.host_str()?;
        let console = consoles.iter().find(|(api, _)| *api == host);
        let mut url = match console {
            Some((_, console)) => Url::parse(console).ok()?,
            None => self.base.clone(),
        };
        url.path_segments_mut().ok()?.clear().extend(path);
        Some(url.to_string())
    }

    /// Reads JSON. `what` is what is asked about, for messages.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        poll: &Poll<'_>,
        path: &[&str],
        query: &[(&str, &str)],
        what: &str,
    ) -> Result<T, Failure> {
        let response = self.send(poll, HttpRequest::get(self.url(path, query)?), what).await?;
        self.read(&response)
    }

    /// The JSON of an answer. What is none was answered by something else than the API.
    pub(super) fn read<T: DeserializeOwned>(&self, response: &Response) -> Result<T, Failure> {
        decode_json(response).map_err(|error| Failure::from(error).advise(&*self.address))
    }

    /// Asks with a body and reads JSON.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        poll: &Poll<'_>,
        path: &[&str],
        body: Body,
        what: &str,
    ) -> Result<T, Failure> {
        let response = self.send(poll, HttpRequest::post(self.url(path, &[])?, body), what).await?;
        self.read(&response)
    }

    /// Sends a request; anything but 200 is a failure.
    pub(super) async fn send(
        &self,
        poll: &Poll<'_>,
        request: HttpRequest,
        what: &str,
    ) -> Result<Arc<Response>, Failure> {
        let response = self.exchange(poll, request).await?;
        if response.status() == 200 { Ok(response) } else { Err(self.refused(poll, &response, what)) }
    }

    /// Sends a request; any status is an answer. The caller hands what it does not know to [`Self::refused`]. What was
    /// asked in this poll already is not asked again: gates that need the same answer share it.
    pub(super) async fn exchange(
        &self,
        poll: &Poll<'_>,
        request: HttpRequest,
    ) -> Result<Arc<Response>, Failure> {
        let told = poll.told(request.describe());
        told.get_or_init(|| self.exchanged(poll, request)).await.clone()
    }

    async fn exchanged(&self, poll: &Poll<'_>, request: HttpRequest) -> Result<Arc<Response>, Failure> {
        poll.may_ask()?;
        let dressed = self.dress(request);
        poll.sent();
        let sent = self.http.send(dressed, poll.cancel).await;
        let response = sent.map_err(|error| self.unsent(error))?;
        poll.note(&response);
        poll.heed_spent(&response);
        poll.keep(response.kept()?);
        Ok(Arc::new(response))
    }

    /// The request with the headers and the credential of this server.
    pub(super) fn dress(&self, request: HttpRequest) -> HttpRequest {
        let with = |request: HttpRequest, (name, value): &(HeaderName, HeaderValue)| {
            request.header(name.clone(), value.clone())
        };
        self.headers.iter().fold(request, with).auth(self.credential.clone())
    }

    /// What a status means, in the words of the server as far as it gave any.
    pub(super) fn refused(&self, poll: &Poll<'_>, response: &Response, what: &str) -> Failure {
        let words = refusal::words(response);
        let failure = refusal::failure(response, what, words.as_deref(), &self.advice, &self.address);
        poll.heed(response, &failure);
        failure
    }

    fn unsent(&self, error: HttpError) -> Failure {
        let advice = matches!(error, HttpError::InvalidRequest { .. } | HttpError::Redirect { .. });
        let failure = Failure::from(error);
        if advice { failure.advise(&*self.address) } else { failure }
    }
}

/// The one server among these that there is; none if there are several.
pub(super) fn only<'a>(servers: impl IntoIterator<Item = &'a Result<Api, Failure>>) -> Option<&'a Api> {
    let mut there = servers.into_iter().filter_map(|api| api.as_ref().ok());
    there.next().filter(|_| there.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            connection::{Connection, Connections, ServerForm},
            http::ExchangeLimits,
        },
        *,
    };

    static SERVER: ServerForm =
        ServerForm::new("jira", "https://SITE.atlassian.net", "email:api_token", "/rest");

    fn connections(base: &str, token_env: Option<&str>) -> Connections {
        let base = Url::parse(base).unwrap();
        let token_env = token_env.map(Into::into);
        let it = Connection { source: SERVER.source.into(), base, credential: None, token_env };
        Connections([(SERVER.source.into(), it)].into())
    }

    #[test]
    fn a_path_stays_below_the_base() {
        let connections = connections("https://h.example/api/prom/?x=1#y", None);
        let http = Http::direct(ExchangeLimits::default()).unwrap();
        let api = Api::open(&http, connections.pick(&SERVER, None).unwrap(), Scheme::Bearer).unwrap();
        let url = |path: &[&str]| api.url(path, &[("q", "a&b")]).map(|url| url.to_string());
        assert_eq!(
            url(&["v1", "a/b?c#d%2f"]).unwrap(),
            "https://h.example/api/prom/v1/a%2Fb%3Fc%23d%252f?q=a%26b"
        );
        for outside in ["..", ".", ""] {
            assert!(url(&["v1", outside, "x"]).is_err(), "{outside:?}");
        }
    }

    #[test]
    fn without_a_token_there_is_advice_and_no_request() {
        let connections = connections("https://h.example", Some("JIRA_TOKEN"));
        let http = Http::direct(ExchangeLimits::default()).unwrap();
        let api = Api::new(&http, connections.pick(&SERVER, None).unwrap(), Scheme::Basic);
        let failure = api.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotConfigured);
        let next = failure.next.unwrap();
        assert!(
            next.starts_with("set the environment variable JIRA_TOKEN") && next.contains("email:api_token")
        );
    }
}
