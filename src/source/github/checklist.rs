//! An issue that is kept as a checklist.

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    client::Client,
    fact::{Repo, RestFact, Take},
    meter::Meter,
    needs::{self, Needs},
    rest,
};
use crate::KeptChecklist;
use gonogo_domain::{Failure, FailureKind};

const NEEDS: Needs = &[&needs::ISSUES];

#[derive(Deserialize)]
struct IssueText {
    title: String,
    body: Option<String>,
}

/// The issue `OWNER/REPO#N`, or the pull request of that number.
///
/// # Errors
/// The name is none, or the issue cannot be seen.
pub(super) async fn read(client: &Client, name: &str) -> Result<KeptChecklist, Failure> {
    let wrong = || {
        Failure::new(FailureKind::Rejected, format!("`{name}` is not an issue"))
            .advise("write OWNER/REPO#NUMBER, such as acme/checkout#42")
    };
    let (repo, number) = name.split_once('#').ok_or_else(wrong)?;
    let repo = Repo::parse(repo).ok_or_else(wrong)?;
    let number: u64 = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
    let fact = RestFact::of(&repo, &["issues", &number.to_string()], Take::Whole, "the issue", NEEDS);
    let found = rest::read(client, &fact, &Meter::default(), &CancellationToken::new()).await;
    let found = found.map_err(|it| Failure { message: format!("{name}: {}", it.message).into(), ..it })?;
    let IssueText { title, body } = serde_json::from_value(found)
        .map_err(|_| Failure::new(FailureKind::Malformed, "GitHub's answer cannot be read"))?;
    Ok(KeptChecklist { markdown: body.unwrap_or_default(), title })
}
