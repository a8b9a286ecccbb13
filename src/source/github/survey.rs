//! What a repository has that a launch can ask about.

use serde::{Deserialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;

use super::{
    client::Client,
    fact::{PagedList, Repo, RestFact, Take},
    meter::Meter,
    needs::{self, Needs},
    rest,
};
use crate::Survey;
use gonogo_domain::{Failure, FailureKind};

const NEEDS: Needs = &[&needs::ISSUES, &needs::ACTIONS];

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct Milestone {
    title: String,
}

#[derive(Deserialize)]
struct Environment {
    name: String,
}

#[derive(Deserialize)]
struct RepositoryNode {
    default_branch: String,
}

/// Labels, open milestones and environments, by name; each list as far as the token can see it.
///
/// # Errors
/// The repository itself cannot be seen.
pub(super) async fn survey(client: &Client, repository: &str) -> Result<Survey, Failure> {
    let unclear = |message: &str| Failure::new(FailureKind::Rejected, message.to_owned());
    let repo = Repo::parse(repository).ok_or_else(|| unclear("a repository is OWNER/NAME"))?;
    let fact = RestFact::of(&repo, &[], Take::Whole, "the repository", NEEDS);
    let whole = rest::read(client, &fact, &Meter::default(), &CancellationToken::new()).await?;
    let whole: RepositoryNode =
        serde_json::from_value(whole).map_err(|_| unclear("GitHub's answer cannot be read"))?;
    let labels = RestFact::of(&repo, &["labels"], Take::Pages(""), "labels", NEEDS);
    let milestones = RestFact::of(&repo, &["milestones"], Take::Pages(""), "milestones", NEEDS);
    let environments =
        RestFact::of(&repo, &["environments"], Take::Pages("environments"), "environments", NEEDS);
    let labels: Vec<Label> = list(client, labels).await;
    let milestones: Vec<Milestone> = list(client, milestones).await;
    let environments: Vec<Environment> = list(client, environments).await;
    Ok(Survey {
        default_branch: whole.default_branch,
        labels: labels.into_iter().map(|it| it.name).collect(),
        milestones: milestones.into_iter().map(|it| it.title).collect(),
        environments: environments.into_iter().map(|it| it.name).collect(),
    })
}

/// A list that cannot be seen is an empty one: nothing is made of it.
async fn list<T: DeserializeOwned>(client: &Client, fact: RestFact) -> Vec<T> {
    let fact = fact.with("per_page", "100");
    let Ok(list) = rest::read(client, &fact, &Meter::default(), &CancellationToken::new()).await else {
        return Vec::new();
    };
    serde_json::from_value(list).map(|list: PagedList<T>| list.items).unwrap_or_default()
}
