//! Who is in a team.

use std::collections::BTreeSet;

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    client::Client,
    fact::{FactResult, PagedList, RestFact, Take},
    judge_context::{JudgeContext, gap},
    meter::Meter,
    needs, rest,
};
use gonogo_domain::{Failure, FailureKind};

#[derive(Deserialize)]
struct Member {
    login: String,
}

/// What is asked of it, for messages.
const WHAT: &str = "the team's members";

/// What finds out who is in a team of an organisation.
fn fact(organization: &str, slug: &str) -> RestFact {
    let path = ["orgs", organization, "teams", slug, "members"];
    RestFact::root(&path, Take::Pages(""), WHAT, &[&needs::MEMBERS]).with("per_page", "100")
}

/// Its logins, in lower case. A list that is not whole is no list.
fn logins(list: PagedList<Member>) -> Option<BTreeSet<String>> {
    let all = list.items.into_iter().map(|member| member.login.to_lowercase());
    (!list.more).then(|| all.collect())
}

/// What finds out who is in `organisation/team`, or in a team of the repository's own organisation.
pub(super) fn fact_of(case: &JudgeContext<'_>, team: &str) -> RestFact {
    let (organization, slug) = team.split_once('/').unwrap_or((&case.repo.owner, team));
    fact(organization, slug)
}

/// The logins of that, in lower case.
pub(super) fn members_of(case: &JudgeContext<'_>, team: &str) -> FactResult<BTreeSet<String>> {
    logins(case.rest(&fact_of(case, team))?).ok_or_else(|| gap(WHAT))
}

/// The logins of a team's members, in lower case, asked for alone.
pub(super) async fn members(client: &Client, team: &str) -> Result<BTreeSet<String>, Failure> {
    let unclear = |message: &str| Failure::new(FailureKind::Incomplete, message.to_owned());
    let (organization, slug) = team.split_once('/').ok_or_else(|| unclear("a team is ORGANISATION/TEAM"))?;
    let list =
        rest::read(client, &fact(organization, slug), &Meter::default(), &CancellationToken::new()).await?;
    let list = serde_json::from_value(list)
        .map_err(|_| unclear("GitHub's list of the team's members is incomplete"))?;
    logins(list).ok_or_else(|| unclear("the team has too many members to read"))
}
