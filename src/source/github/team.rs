//! Who is in a team.

use std::collections::BTreeSet;

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    client::Client,
    fact::{PagedList, RestFact, Take},
    meter::Meter,
    needs, rest,
};
use gonogo_domain::{Failure, FailureKind};

#[derive(Deserialize)]
struct Member {
    login: String,
}

/// The logins of its members, in lower case. A list that is not whole is no list.
pub(super) async fn members(client: &Client, team: &str) -> Result<BTreeSet<String>, Failure> {
    let unclear = |message: &str| Failure::new(FailureKind::Incomplete, message.to_owned());
    let (organization, slug) = team.split_once('/').ok_or_else(|| unclear("a team is ORGANISATION/TEAM"))?;
    let path = ["orgs", organization, "teams", slug, "members"];
    let fact = RestFact::root(&path, Take::Pages(""), "the team's members", &[&needs::MEMBERS])
        .with("per_page", "100");
    let list = rest::read(client, &fact, &Meter::default(), &CancellationToken::new()).await?;
    let list: PagedList<Member> = serde_json::from_value(list)
        .map_err(|_| unclear("GitHub's list of the team's members is incomplete"))?;
    if list.more {
        return Err(unclear("the team has too many members to read"));
    }
    Ok(list.items.into_iter().map(|member| member.login.to_lowercase()).collect())
}
