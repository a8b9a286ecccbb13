//! The one comment of a launch on a pull request. It is found again by a marker that readers do not see, and only where the
//! account behind the token wrote it: anybody can write a marker into a comment of their own.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::{
        fact::{PagedList, Repo, RestFact, Take},
        needs::{self, Needs},
        rest, viewer,
    },
    GITHUB, GithubWriter, User,
};
use crate::deliver::{foreign, not_before};
use gonogo_domain::{Failure, FailureKind, Prepared, Str, Write};

pub(super) const MAY_WRITE: Needs = &[&needs::MAY_COMMENT];
const MAY_READ: Needs = &[&needs::PULLS];

#[derive(Deserialize)]
struct IssueComment {
    id: u64,
    body: Option<String>,
    user: Option<User>,
}

impl IssueComment {
    /// GitHub calls the account of a workflow's token by its name, with or without what marks a bot.
    fn is_by(&self, login: &str) -> bool {
        let by = self.user.as_ref().map_or("", |user| user.login.as_str());
        by == login || by.strip_suffix("[bot]") == Some(login)
    }

    fn has(&self, text: &str) -> bool {
        self.body.as_deref().is_some_and(|body| same(body, text))
    }
}

/// What is not among those that were read may be behind them.
fn more_than_read() -> Failure {
    let message = "there are too many comments to read, and gonogo's is not among those it read";
    Failure::new(FailureKind::Incomplete, message)
}

/// GitHub keeps neither the kind of line end nor blanks at the end.
fn same(one: &str, other: &str) -> bool {
    one.replace("\r\n", "\n").trim_end() == other.replace("\r\n", "\n").trim_end()
}

impl GithubWriter<'_> {
    /// The comment that has to be written, or written anew.
    pub(super) async fn comment(
        &self,
        repo: &Repo,
        number: u64,
        marker: &str,
        body: &str,
    ) -> Result<Prepared, Failure> {
        let me = viewer::ask(self.client).await?.login;
        let all = self.comments(repo, number, None).await?;
        let marked = |it: &&IssueComment| it.body.as_deref().is_some_and(|body| body.starts_with(marker));
        let own = all.items.iter().find(|it| marked(it) && it.is_by(&me));
        let subject = format!("comment of the launch on pull request {number}");
        let text = json!({ "body": body });
        let number = number.to_string();
        Ok(match own {
            Some(it) if it.has(body) => {
                Prepared::AlreadySo { subject: subject.into(), told: "it says so already".into() }
            }
            Some(it) => {
                let id = it.id.to_string();
                let write = self.write(repo, &["issues", "comments", &id], subject, &text);
                Prepared::Send(Write { method: "PATCH".into(), ..write })
            }
            None if all.more => return Err(more_than_read()),
            None => Prepared::Send(self.write(repo, &["issues", &number, "comments"], subject, &text)),
        })
    }

    /// The comment that a message becomes: one for each message, known by its id, never written anew.
    pub(super) async fn message(
        &self,
        repo: &Repo,
        number: &str,
        text: &str,
        id: Uuid,
    ) -> Result<Prepared, Failure> {
        let marker = format!("<!-- gonogo message {id} -->");
        let wrong = || Failure::new(FailureKind::Rejected, format!("`{number}` is not an issue number"));
        let all = self.comments(repo, number.parse().map_err(|_| wrong())?, not_before(id)).await?;
        let subject = format!("comment on {}/{}#{number}", repo.owner, repo.name);
        if all.items.iter().any(|it| it.body.as_deref().is_some_and(|body| body.starts_with(&marker))) {
            return Ok(Prepared::AlreadySo { subject: subject.into(), told: "the comment is there".into() });
        }
        if all.more {
            return Err(more_than_read());
        }
        let body = json!({ "body": format!("{marker}\n{text}") });
        Ok(Prepared::Send(self.write(repo, &["issues", number, "comments"], subject, &body)))
    }

    /// Oldest first; those that were written or changed since then.
    async fn comments(
        &self,
        repo: &Repo,
        number: u64,
        since: Option<DateTime<Utc>>,
    ) -> Result<PagedList<IssueComment>, Failure> {
        let number = number.to_string();
        let path = ["issues", number.as_str(), "comments"];
        let fact = RestFact::of(repo, &path, Take::Pages(""), "comments of the pull request", MAY_READ);
        let fact = fact.with("per_page", "100");
        let fact = match since {
            Some(since) => fact.with("since", since.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            None => fact,
        };
        let value = rest::read(self.client, &fact, &self.meter, self.cancel).await?;
        serde_json::from_value(value).map_err(|_| {
            Failure::new(FailureKind::Malformed, "GitHub's comments do not have the expected form")
        })
    }

    /// Whether the server has a comment with this text, at the path that it was sent to.
    pub(super) async fn has_comment(
        &self,
        repo: &Repo,
        path: (&str, &str),
        (body, id): (&Value, Uuid),
    ) -> Result<Option<Str>, Failure> {
        let body = body.as_str().unwrap_or_default();
        let found = match path {
            ("comments", id) => {
                let path = ["issues", "comments", id];
                let asked = ("comment", MAY_READ);
                let one: IssueComment = self.read(repo, &path, asked, (&[], Take::Whole)).await?;
                one.has(body)
            }
            (number, "comments") => {
                let number = number.parse().unwrap_or_default();
                let all = self.comments(repo, number, not_before(id)).await?;
                let found = all.items.iter().any(|it| it.has(body));
                if !found && all.more {
                    return Err(more_than_read());
                }
                found
            }
            _ => return Err(foreign(GITHUB)),
        };
        Ok(found.then(|| "the comment is there".into()))
    }
}
