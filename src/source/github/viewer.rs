//! Whose token it is.

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    client::Client,
    fact::GraphFact,
    graph::{GraphOutcome, GraphRequest},
    meter::Meter,
    query_template,
};
use gonogo_domain::{Failure, FailureKind};

/// The account behind a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Its login, as GitHub writes it.
    pub login: String,
    /// The scopes of a classic token; `None` for tokens that have permissions instead.
    pub scopes: Option<Vec<String>>,
    /// When the token expires, in GitHub's words, if it says so.
    pub expires: Option<String>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
}

pub(super) async fn ask(client: &Client) -> Result<Viewer, Failure> {
    let fact = GraphFact { repo: None, shape: &query_template::VIEWER, variables: Vec::new() };
    let asked = GraphRequest::new(vec![fact]);
    let (outcome, response) = client.exchange(&asked, &Meter::default(), &CancellationToken::new()).await;
    let answer = match outcome {
        GraphOutcome::Answered(mut answers, ..) => answers.pop().map(|(_, answer)| answer),
        GraphOutcome::Limited => return Err(super::refusal::rate_limited()),
        GraphOutcome::TooMuch(failure)
        | GraphOutcome::TooLarge(failure)
        | GraphOutcome::Overloaded(failure)
        | GraphOutcome::Failed(failure)
        | GraphOutcome::Refused { failure, .. } => return Err(failure),
    };
    let hole = || Failure::new(FailureKind::Incomplete, "GitHub does not say whose token this is");
    let account = Account::deserialize(answer.ok_or_else(hole)??).map_err(|_| hole())?;
    let header = |name: &str| response.as_ref().and_then(|it| it.header(name)).map(str::to_owned);
    let scopes = header("x-oauth-scopes").map(|text| {
        text.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect()
    });
    Ok(Viewer { login: account.login, scopes, expires: header("github-authentication-token-expiration") })
}
