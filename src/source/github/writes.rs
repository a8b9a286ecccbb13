//! What gonogo writes to GitHub where a person says so: the answer to a deployment that waits for approval, a commit status,
//! the one comment of a launch on a pull request, and messages of its comms plan as comments. Nothing here decides to; each request is
//! sent once, and looked for where no answer came.

mod comment;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    client::Client,
    fact::{Repo, RestFact, Take},
    kind::DeploymentHold,
    meter::Meter,
    needs::{self, Needs},
    refusal::{Requested, refusal},
    rest,
};
use crate::{
    Permission, WriteNeed,
    deliver::{body_of, foreign, request_of, unsuccessful},
    http::{Url, decode_json},
};
use gonogo_domain::{Failure, FailureKind, Prepared, Sent, Str, Write, WriteAsk};

const GITHUB: &str = "this GitHub";
/// The name of the commit status.
const CONTEXT: &str = "gonogo/launch";
/// The longest description that GitHub takes of a status, in characters.
const LONGEST: usize = 140;

const MAY_READ_STATUSES: Needs = &[&needs::STATUSES];
const MAY_WRITE_STATUSES: Needs = &[&needs::MAY_SET_STATUSES];
const MAY_READ_RUNS: Needs = &[&needs::ACTIONS, &needs::DEPLOYMENTS];
const MAY_SEE_RUNS: Needs = &[&needs::ACTIONS];
const MAY_APPROVE: Needs = &[&needs::MAY_APPROVE];

/// What a token needs for a write. Who may approve a deployment is, beside that, a matter of the environment's reviewers.
pub(super) fn needs(write: &str) -> Option<WriteNeed> {
    let (permission, classic): (&Permission, &[&str]) = match write {
        "status" => (&needs::MAY_SET_STATUSES, &["repo:status", "repo"]),
        "approve-deployment" => (&needs::MAY_APPROVE, &["repo"]),
        "comment" | "github-comment" => (&needs::MAY_COMMENT, &["repo"]),
        _ => return None,
    };
    Some(WriteNeed { permission, classic })
}

#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    head_sha: String,
}

#[derive(Deserialize)]
struct Waiting {
    environment: Environment,
    current_user_can_approve: Option<bool>,
    #[serde(flatten)]
    hold: DeploymentHold,
}

impl Waiting {
    /// What it waits for where there is nothing for anybody to approve.
    fn unmanned(&self) -> Option<String> {
        self.hold.unmanned().filter(|_| self.current_user_can_approve != Some(true))
    }
}

#[derive(Clone, Deserialize)]
struct Environment {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct Review {
    state: String,
    comment: Option<String>,
    environments: Vec<Environment>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

/// Works out what would have to be sent: it asks, and changes nothing.
pub(super) async fn prepare(
    client: &Client,
    ask: &WriteAsk,
    cancel: &CancellationToken,
) -> Result<Prepared, Failure> {
    let writer = GithubWriter { client, cancel, meter: Meter::default() };
    match ask {
        WriteAsk::Status { repository, commit, state, description } => {
            writer.status(&repo(repository)?, commit, state, description).await
        }
        WriteAsk::Comment { repository, number, marker, body } => {
            writer.comment(&repo(repository)?, *number, marker, body).await
        }
        WriteAsk::Message { via, repository, text, id, .. } => {
            let repository = repository.as_deref().ok_or_else(|| {
                Failure::new(
                    FailureKind::Rejected,
                    "the launch has no `target`, so there are no issues to comment on",
                )
            })?;
            writer.message(&repo(repository)?, &via.to, text, *id).await
        }
        WriteAsk::Deployment { repository, commit, environment, approve, comment } => {
            let wanted = DeploymentReview { environment: environment.as_deref(), approve: *approve, comment };
            writer.deployment(&repo(repository)?, commit, &wanted).await
        }
    }
}

/// Sends it, once.
pub(super) async fn send(client: &Client, write: &Write, cancel: &CancellationToken) -> Sent {
    let request = match request_of(write, GITHUB) {
        Ok(request) => request,
        Err(failure) => return Sent::Refused(failure),
    };
    let request = client.rest.write(request.without_redirects());
    match client.rest.send(request, cancel).await {
        Ok(response) if response.is_success() => {
            let page = decode_json::<Value>(&response).ok().filter(|_| write.message.is_some());
            let page = page.and_then(|it| it["html_url"].as_str().map(|url| format!(": {url}")));
            Sent::Done(format!("GitHub answered {}{}", response.status(), page.unwrap_or_default()).into())
        }
        Ok(response) => {
            let needs = match &write.url {
                url if url.contains("/statuses/") => MAY_WRITE_STATUSES,
                url if url.contains("/issues/") => comment::MAY_WRITE,
                _ => MAY_APPROVE,
            };
            let failure = refusal(&response, Requested { what: &write.subject, whose: "", needs }).failure;
            unsuccessful(response.status(), failure)
        }
        Err(error) if error.never_left() => Sent::Refused(error.into()),
        Err(error) => Sent::Unknown(error.into()),
    }
}

/// Whether the server has this very request: what it says of it, or `None`.
pub(super) async fn look(
    client: &Client,
    write: &Write,
    cancel: &CancellationToken,
) -> Result<Option<Str>, Failure> {
    let url = Url::parse(&write.url).map_err(|_| foreign(GITHUB))?;
    let parts: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    let writer = GithubWriter { client, cancel, meter: Meter::default() };
    let body = body_of(write, GITHUB)?;
    match parts.as_slice() {
        [.., "repos", owner, name, "statuses", commit] => {
            let all = writer.statuses(&repo(&format!("{owner}/{name}"))?, commit).await?;
            // Those behind the newest count for nothing any more: one of them may have said the same before.
            let newest = all.iter().find(|it| it.context == body["context"]);
            let same = |it: &&Status| {
                it.state == body["state"] && it.description.as_deref() == body["description"].as_str()
            };
            Ok(newest.filter(same).map(|it| format!("the commit has it: {}", it.state).into()))
        }
        [.., "repos", owner, name, "issues", first, second] => {
            let repo = repo(&format!("{owner}/{name}"))?;
            writer.has_comment(&repo, (first, second), (&body["body"], write.id)).await
        }
        [.., "repos", owner, name, "actions", "runs", run, "pending_deployments"] => {
            let all = writer.reviews(&repo(&format!("{owner}/{name}"))?, run).await?;
            let same = |it: &&Review| {
                it.state == body["state"]
                    && it.comment.as_deref() == body["comment"].as_str()
                    && it.answers(&body["environment_ids"])
            };
            Ok(all.iter().find(same).map(|it| it.told().into()))
        }
        _ => Err(foreign(GITHUB)),
    }
}

fn repo(name: &str) -> Result<Repo, Failure> {
    Repo::parse(name)
        .ok_or_else(|| Failure::new(FailureKind::Rejected, format!("`{name}` is not a GitHub repository")))
}

impl Review {
    /// Whether it is of all these environments: of one run each may have an answer of the same words.
    fn answers(&self, ids: &Value) -> bool {
        let of = |id: &Value| self.environments.iter().any(|it| Some(it.id) == id.as_u64());
        ids.as_array().is_some_and(|ids| ids.iter().all(of))
    }

    fn told(&self) -> String {
        let by = self.user.as_ref().map_or("somebody", |user| user.login.as_str());
        format!("{} by {by}: {}", self.state, self.comment.as_deref().unwrap_or_default())
    }
}

struct GithubWriter<'a> {
    client: &'a Client,
    cancel: &'a CancellationToken,
    meter: Meter,
}

/// What is wanted of a deployment that waits.
struct DeploymentReview<'a> {
    environment: Option<&'a str>,
    approve: bool,
    comment: &'a str,
}

impl DeploymentReview<'_> {
    fn state(&self) -> &'static str {
        if self.approve { "approved" } else { "rejected" }
    }
}

impl GithubWriter<'_> {
    async fn read<T: for<'de> Deserialize<'de>>(
        &self,
        repo: &Repo,
        path: &[&str],
        (what, needs): (&'static str, Needs),
        (query, take): (&[(&'static str, &str)], Take),
    ) -> Result<T, Failure> {
        let mut fact = RestFact::of(repo, path, take, what, needs);
        fact.query = query.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let value = rest::read(self.client, &fact, &self.meter, self.cancel).await?;
        let value = if matches!(take, Take::Pages(_)) { value["items"].clone() } else { value };
        serde_json::from_value(value).map_err(|_| {
            Failure::new(FailureKind::Malformed, format!("GitHub's {what} do not have the expected form"))
        })
    }

    fn write(&self, repo: &Repo, path: &[&str], subject: String, body: &Value) -> Write {
        let repo = self.client.current(repo);
        let mut all = vec!["repos", repo.owner.as_str(), repo.name.as_str()];
        all.extend(path);
        let url = self.client.rest.get(&all, &[]).url().to_string();
        Write::new(subject, "POST", url, body.to_string())
    }

    /// Newest first.
    async fn statuses(&self, repo: &Repo, commit: &str) -> Result<Vec<Status>, Failure> {
        let path = ["commits", commit, "statuses"];
        let asked = ("commit statuses", MAY_READ_STATUSES);
        self.read(repo, &path, asked, (&[("per_page", "100")], Take::Pages(""))).await
    }

    async fn reviews(&self, repo: &Repo, run: &str) -> Result<Vec<Review>, Failure> {
        let path = ["actions", "runs", run, "approvals"];
        self.read(repo, &path, ("approvals", MAY_SEE_RUNS), (&[], Take::Whole)).await
    }

    async fn status(
        &self,
        repo: &Repo,
        commit: &str,
        state: &str,
        description: &str,
    ) -> Result<Prepared, Failure> {
        let description: String = description.chars().take(LONGEST).collect();
        let all = self.statuses(repo, commit).await?;
        let subject = format!("commit status {CONTEXT} on {}", commit.get(..7).unwrap_or(commit));
        let newest = all.into_iter().find(|it| it.context == CONTEXT);
        if let Some(it) =
            newest.filter(|it| it.state == state && it.description.as_deref() == Some(&description))
        {
            let told = format!("it is already {}: {description}", it.state);
            return Ok(Prepared::AlreadySo { subject: subject.into(), told: told.into() });
        }
        let body = json!({ "state": state, "description": description, "context": CONTEXT });
        Ok(Prepared::Send(self.write(repo, &["statuses", commit], subject, &body)))
    }

    async fn deployment(
        &self,
        repo: &Repo,
        commit: &str,
        wanted: &DeploymentReview<'_>,
    ) -> Result<Prepared, Failure> {
        let query = [("head_sha", commit), ("per_page", "100"), ("exclude_pull_requests", "true")];
        let asked = ("workflow runs", MAY_SEE_RUNS);
        let runs: Vec<Run> =
            self.read(repo, &["actions", "runs"], asked, (&query, Take::Pages("workflow_runs"))).await?;
        let runs: Vec<Run> = runs.into_iter().filter(|run| run.head_sha == commit).collect();
        let mut open: Vec<(&Run, Waiting)> = Vec::new();
        for run in &runs {
            let id = run.id.to_string();
            let path = ["actions", "runs", &id, "pending_deployments"];
            let asked = ("pending approvals", MAY_READ_RUNS);
            let waiting: Vec<Waiting> = self.read(repo, &path, asked, (&[], Take::Whole)).await?;
            let named = |it: &Waiting| wanted.environment.is_none_or(|name| it.environment.name == name);
            open.extend(waiting.into_iter().filter(named).map(|it| (run, it)));
        }
        let unmanned = open.iter().find_map(|(_, it)| Some((it.environment.name.clone(), it.unmanned()?)));
        open.retain(|(_, it)| it.unmanned().is_none());
        if let Some((name, what)) = unmanned.filter(|_| open.is_empty()) {
            let message = format!("{name} waits for {what}: nobody has to approve it");
            return Err(Failure::new(FailureKind::Rejected, message)
                .advise("wait, or look at the environment's protection rules"));
        }
        match open.as_slice() {
            [(run, waiting)] => self.answer(repo, run, waiting, wanted),
            [] => self.answered(repo, &runs, wanted).await,
            several => {
                let names: Vec<String> = several
                    .iter()
                    .map(|(run, it)| format!("{} (run {})", it.environment.name, run.id))
                    .collect();
                let message = format!("several deployments wait for approval: {}", names.join(", "));
                Err(Failure::new(FailureKind::Rejected, message).advise("name one: --environment NAME"))
            }
        }
    }

    fn answer(
        &self,
        repo: &Repo,
        run: &Run,
        waiting: &Waiting,
        wanted: &DeploymentReview<'_>,
    ) -> Result<Prepared, Failure> {
        let environment = &waiting.environment;
        if waiting.current_user_can_approve == Some(false) {
            let message = format!("the account behind this token cannot approve {}", environment.name);
            return Err(Failure::new(FailureKind::Forbidden, message)
                .advise("use the token of one of the environment's reviewers"));
        }
        let id = run.id.to_string();
        let subject = format!("{} {} in run {id}", wanted.state(), environment.name);
        let body = json!({
            "environment_ids": [environment.id],
            "state": wanted.state(),
            "comment": wanted.comment,
        });
        let path = ["actions", "runs", &id, "pending_deployments"];
        Ok(Prepared::Send(self.write(repo, &path, subject, &body)))
    }

    /// Nothing waits: somebody has answered, or it has not got there.
    async fn answered(
        &self,
        repo: &Repo,
        runs: &[Run],
        wanted: &DeploymentReview<'_>,
    ) -> Result<Prepared, Failure> {
        for run in runs {
            let id = run.id.to_string();
            let all = self.reviews(repo, &id).await?;
            let named = |it: &&Review| {
                let of = |name: &str| it.environments.iter().any(|environment| environment.name == name);
                it.state == wanted.state() && wanted.environment.is_none_or(of)
            };
            if let Some(it) = all.iter().find(named) {
                let names: Vec<&str> = it.environments.iter().map(|it| it.name.as_str()).collect();
                let told: Str = it.told().into();
                let subject = format!("{} {} in run {id}", it.state, names.join(", ")).into();
                return Ok(Prepared::AlreadySo { subject, told });
            }
        }
        let of = wanted.environment.map(|name| format!(" to {name}")).unwrap_or_default();
        let message = format!("no deployment{of} of this commit waits for approval");
        Err(Failure::new(FailureKind::NotFound, message)
            .advise("check whether the workflow has got that far, and the name of the environment"))
    }
}
