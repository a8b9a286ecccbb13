//! Jira Cloud: issues of a query, and versions of a project.
//!
//! - Before anything is counted the token is checked to be somebody's: a wrong one is silently taken for anonymous,
//!   and then every search finds nothing.
//! - Issues are counted by reading them; the count that Jira offers is approximate.
//!
//! The connection's token is `email:api_token`, or an OAuth token alone.

mod issues;
mod jql;
mod version;
use serde::Deserialize;

use super::{
    Declaration, Thing,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::ServerForm,
    http::Scheme,
    setup::opened,
    spec::unknown_thing,
};
use gonogo_domain::{Failure, FailureKind, Question};

/// How its connection is written.
const SERVER: ServerForm =
    ServerForm::new("jira", "https://SITE.atlassian.net", "email:api_token", "/rest/api/3")
        .paired_on(".atlassian.net");

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "jira",
    title: "Jira",
    things: &[Thing::of::<issues::Keys>("issues"), Thing::of::<version::Keys>("version")],
    defaults: &["project"],
    servers: &[SERVER],
    open: |setup, connection| opened(Jira { api: setup.api(&SERVER, connection, Scheme::BasicOrBearer)? }),
    ..Declaration::PLAIN
};

/// Below the base.
const REST: [&str; 3] = ["rest", "api", "3"];

/// One Jira site.
struct Jira {
    api: Api,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Myself {
    account_id: String,
}

#[derive(Deserialize)]
struct Project {
    key: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    deleted: bool,
}

impl Jira {
    /// Fails unless the token is somebody's.
    async fn signed_in(&self, poll: &Poll<'_>) -> Result<(), Failure> {
        let path = [&REST[..], &["myself"]].concat();
        let myself: Myself = self.api.get(poll, &path, &[], "the token's user").await?;
        if myself.account_id.is_empty() {
            return Err(Failure::new(FailureKind::Unauthorized, "Jira treats this token as anonymous")
                .advise("check the token in your settings: it may have expired"));
        }
        Ok(())
    }

    /// Fails unless the project is there and visible.
    async fn project(&self, key: &str, poll: &Poll<'_>) -> Result<(), Failure> {
        let path = [&REST[..], &["project", key]].concat();
        let project: Project = self.api.get(poll, &path, &[], &format!("the project {key}")).await?;
        let gone = |message: String| Failure::new(FailureKind::NotFound, message);
        if !project.key.eq_ignore_ascii_case(key) {
            let message = format!("the project {key} is now called {}", project.key);
            return Err(gone(message).advise(format!("write its new key, {}", project.key)));
        }
        if project.archived || project.deleted {
            let word = if project.deleted { "in the trash" } else { "archived" };
            let message = format!("the project {key} is {word}: searches do not find its issues");
            return Err(gone(message).advise("restore it, or ask about another project"));
        }
        Ok(())
    }
}

impl QuestionSource for Jira {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        Some(&self.api)
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        self.signed_in(poll).await?;
        match &*question.query.thing {
            "issues" => issues::answer(self, question, poll).await,
            "version" => version::answer(self, question, poll).await,
            _ => Err(unknown_thing()),
        }
    }
}
