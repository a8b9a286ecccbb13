//! octocrab, on our own client and under our own limits.
//!
//! octocrab's ready-made builder is not used: it panics on a token with a line break, sends a second
//! `User-Agent`, joins GitHub Enterprise addresses wrongly for GraphQL and leaves the token unmarked. So its service
//! stack is put together here from its parts: transport and credential, nothing else. It neither retries, redirects
//! nor caches; answers are read by the same code, with the same limits, as everyone else's.

use http::{HeaderName, HeaderValue, Uri};
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::Url;
use tokio_util::sync::CancellationToken;

use super::request::origin_of;
use super::wire::Transport;
use super::{Body, Credential, Http, HttpError, HttpRequest, Response, Validators};

/// The version of GitHub's REST API that our types were written for.
pub const GITHUB_API_VERSION: &str = "2022-11-28";

/// A client for one GitHub: `https://api.github.com`, or `https://HOST/api/v3` for GitHub Enterprise Server.
#[derive(Debug, Clone)]
pub struct GithubClient {
    http: Http,
    crab: Octocrab,
    base: Url,
    credential: Option<Credential>,
}

impl Http {
    /// An octocrab client for `base` that sends `credential` there and nowhere else.
    ///
    /// # Errors
    /// [`HttpError::InvalidRequest`] if `base` is no usable address, the credential is for another one, or
    /// there is no async runtime to run on.
    pub fn github(&self, base: &Url, credential: Option<Credential>) -> Result<GithubClient, HttpError> {
        HttpRequest::get(base.clone()).auth(credential.clone()).check()?;
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(HttpError::invalid("no async runtime"));
        }
        let header = credential.as_ref().map(Credential::headers).transpose()?;
        let header = header.and_then(|all| all.into_iter().next()).map(|(_, value)| value);
        let home: Uri =
            base.as_str().parse().map_err(|_| HttpError::invalid("the GitHub address is not a URL"))?;
        let Ok(crab) = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(self.client()?.clone()))
            .with_layer(&AuthHeaderLayer::new(header, home.clone(), home))
            .with_auth(AuthState::None)
            .build();
        Ok(GithubClient { http: self.clone(), crab, base: base.clone(), credential })
    }
}

impl GithubClient {
    /// A REST read of `path` below the API root. Each segment is encoded; `query` too.
    pub fn get(&self, path: &[&str], query: &[(&str, &str)]) -> HttpRequest {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.read(url)
    }

    /// A REST read of an address that GitHub gave, such as the next page.
    pub fn read(&self, url: Url) -> HttpRequest {
        self.dress(HttpRequest::get(url))
    }

    /// A question to the very address of this client: to GraphQL, which has only one.
    pub fn post(&self, body: Body) -> HttpRequest {
        self.dress(HttpRequest::post(self.base.clone(), body))
    }

    /// A request that changes something, to an address of this client.
    pub fn write(&self, request: HttpRequest) -> HttpRequest {
        self.dress(request)
    }

    fn dress(&self, request: HttpRequest) -> HttpRequest {
        request
            .accept(HeaderValue::from_static("application/vnd.github+json"))
            .header(
                HeaderName::from_static("x-github-api-version"),
                HeaderValue::from_static(GITHUB_API_VERSION),
            )
            .auth(self.credential.clone())
    }

    /// Sends a request to this GitHub, through octocrab, under the limits of [`Http::send`].
    ///
    /// # Errors
    /// As [`Http::send`]; [`HttpError::InvalidRequest`] for an address of another server.
    pub async fn send(
        &self,
        request: HttpRequest,
        cancel: &CancellationToken,
    ) -> Result<Response, HttpError> {
        if origin_of(request.url()) != origin_of(&self.base) {
            return Err(HttpError::invalid("the address is not of this GitHub"));
        }
        // octocrab sends this client's credential; the request must not claim another.
        let request = request.auth(self.credential.clone());
        self.http.run(Transport::Octocrab(&self.crab), request, cancel).await
    }

    /// As [`GithubClient::send`], asking whether a stored answer is still the newest.
    ///
    /// # Errors
    /// As [`Http::send_conditional`].
    pub async fn send_conditional(
        &self,
        request: HttpRequest,
        validators: &Validators,
        cancel: &CancellationToken,
    ) -> Result<Response, HttpError> {
        let mut request = request.auth(self.credential.clone());
        let ticket = validators.prepare(&mut request);
        let response = self.send(request.clone(), cancel).await?;
        ticket.settle(response).inspect_err(|_| validators.forget(&request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::ExchangeLimits;

    fn client(base: &str) -> GithubClient {
        let http = Http::direct(ExchangeLimits::default()).expect("client");
        http.github(&Url::parse(base).expect("url"), None).expect("github")
    }

    #[tokio::test]
    async fn addresses_are_right_for_both_kinds_of_github() {
        let cloud = client("https://api.github.com");
        let get = cloud.get(&["repos", "o", "r", "branches", "feature/x?#é"], &[("a b", "c&d")]);
        assert_eq!(
            get.url().as_str(),
            "https://api.github.com/repos/o/r/branches/feature%2Fx%3F%23%C3%A9?a+b=c%26d"
        );
        assert_eq!(cloud.post(Body::Form(Vec::new())).url().as_str(), "https://api.github.com/");
        for base in ["https://ghe.example/api/v3", "https://ghe.example/api/v3/"] {
            let own = client(base);
            assert_eq!(own.get(&["user"], &[]).url().as_str(), "https://ghe.example/api/v3/user");
        }
    }

    #[tokio::test]
    async fn another_server_is_never_asked() {
        let request = HttpRequest::get(Url::parse("https://evil.example/").expect("url"));
        let outcome = client("https://api.github.com").send(request, &CancellationToken::new()).await;
        assert!(matches!(outcome, Err(HttpError::InvalidRequest { .. })));
    }

    #[test]
    fn without_a_runtime_there_is_an_error_and_no_panic() {
        let http = Http::direct(ExchangeLimits::default()).expect("client");
        assert!(http.github(&Url::parse("https://api.github.com").expect("url"), None).is_err());
    }
}
