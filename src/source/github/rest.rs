//! Conditional REST reads, page by page.

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    client::Client,
    fact::{RestFact, Take},
    meter::Meter,
    refusal::{Requested, refusal},
};
use crate::http::{Dialect, HttpError, HttpRequest, Response, SeenPages, decode_json, next_page};
use gonogo_domain::{BudgetOf, Failure, FailureKind};

/// Pages of a list that are read: a thousand items, as many as GitHub gives of a filtered list.
const MOST_PAGES: usize = 10;
/// Items of a page where none are asked for.
const USUAL_PAGE: usize = 30;

/// Reads one fact.
pub(super) async fn read(
    client: &Client,
    fact: &RestFact,
    meter: &Meter,
    cancel: &CancellationToken,
) -> Result<Value, Failure> {
    let request = address(client, fact);
    match fact.take {
        Take::Whole => Ok(page(client, fact, &request, meter, cancel).await?.0),
        Take::First(key) => {
            let body = page(client, fact, &request, meter, cancel).await?.0;
            Ok(Value::Array(inner(body, key, fact)?))
        }
        Take::Pages(key) => pages(client, fact, request, key, meter, cancel).await,
    }
}

fn address(client: &Client, fact: &RestFact) -> HttpRequest {
    let repo = fact.repo.as_ref().map(|repo| client.current(repo));
    let mut path: Vec<&str> = Vec::new();
    if let Some(repo) = &repo {
        path.extend(["repos", &repo.owner, &repo.name]);
    }
    path.extend(fact.path.iter().map(String::as_str));
    let query: Vec<(&str, &str)> = fact.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.rest.get(&path, &query)
}

async fn page(
    client: &Client,
    fact: &RestFact,
    request: &HttpRequest,
    meter: &Meter,
    cancel: &CancellationToken,
) -> Result<(Value, Response), Failure> {
    let search = fact.path.first().is_some_and(|part| part == "search");
    let budget = if search { BudgetOf::Search } else { BudgetOf::Rest };
    if let Some(failure) = meter.halted(budget) {
        return Err(failure);
    }
    if let Some(failure) = client.no_search(meter).filter(|_| search) {
        return Err(failure);
    }
    if cancel.is_cancelled() {
        return Err(HttpError::Cancelled.into());
    }
    meter.sent();
    let response = client.rest.send_conditional(request.clone(), &client.validators, cancel).await?;
    meter.wait(meter.note(&response, Dialect::Github));
    meter.heed_spent(&response, Dialect::Github);
    if search {
        client.note_search(&response);
    }
    if !response.is_success() {
        let whose = fact.repo.as_ref().map(|repo| format!(" of {repo}")).unwrap_or_default();
        let refusal = refusal(&response, Requested { what: fact.what, whose: &whose, needs: fact.needs });
        client.heed(&refusal, meter);
        return Err(refusal.failure);
    }
    meter.keep(response.kept()?);
    let body = decode_json(&response)?;
    client.validators.store(request, &response);
    Ok((body, response))
}

async fn pages(
    client: &Client,
    fact: &RestFact,
    mut request: HttpRequest,
    key: &str,
    meter: &Meter,
    cancel: &CancellationToken,
) -> Result<Value, Failure> {
    let mut items = Vec::new();
    let mut seen = SeenPages::new(MOST_PAGES + 1);
    for _ in 0..MOST_PAGES {
        let (body, response) = page(client, fact, &request, meter, cancel).await?;
        let total = body.get("total_count").and_then(Value::as_u64);
        let before = items.len();
        items.extend(inner(body, key, fact)?);
        match next_page(request.url(), &response, &mut seen)? {
            Some(url) => request = client.rest.read(url),
            // The tag is of the page's body, which stays as it was when the list goes on behind a page that is full.
            None if response.not_modified()
                && total.is_none()
                && items.len() - before >= page_size(&request) =>
            {
                client.validators.forget(&request);
                items.truncate(before);
            }
            None => {
                let whole = total.is_none_or(|total| total == items.len() as u64);
                let list = json!({ "items": items, "more": false });
                return if whole { Ok(list) } else { Err(gap(fact)) };
            }
        }
    }
    Ok(json!({ "items": items, "more": true }))
}

/// Items of a whole page of it.
fn page_size(request: &HttpRequest) -> usize {
    let asked = request.url().query_pairs().find(|(name, _)| name == "per_page");
    asked.and_then(|(_, size)| size.parse().ok()).unwrap_or(USUAL_PAGE)
}

fn inner(mut body: Value, key: &str, fact: &RestFact) -> Result<Vec<Value>, Failure> {
    let list = if key.is_empty() { Some(&mut body) } else { body.get_mut(key) };
    match list.map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(gap(fact)),
    }
}

fn gap(fact: &RestFact) -> Failure {
    Failure::new(FailureKind::Incomplete, format!("GitHub's list of {} is incomplete", fact.what))
}
