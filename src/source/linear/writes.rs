//! What is written to Linear where a person says so: an update of a project, under an id of our own by which it is known
//! again.

use futures_util::{FutureExt, future::BoxFuture};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Linear,
    answer::{self, DocumentAnswer},
    row::{Matches, Page},
};
use crate::{
    AnswerFuture, Writes,
    deliver::{body_of, deliver, foreign},
    http::{Body, Response},
    meter::Meter,
};
use gonogo_domain::{Failure, FailureKind, Prepared, Sent, Str, Write, WriteAsk};

const LINEAR: &str = "Linear";
const PROJECT: &str = include_str!("queries/project_named.graphql");
const CREATE: &str = include_str!("queries/project_update_create.graphql");
const UPDATE: &str = include_str!("queries/project_update.graphql");

#[derive(Deserialize)]
struct Project {
    id: String,
    name: String,
}

impl Writes for Linear {
    fn prepare<'a>(&'a self, ask: &'a WriteAsk, cancel: &'a CancellationToken) -> AnswerFuture<'a, Prepared> {
        async move {
            let WriteAsk::Message { via, text, id, .. } = ask else { return Err(foreign(LINEAR)) };
            let project: Project = self.project(PROJECT, &via.to, cancel).await?;
            let input = json!({ "id": own(*id), "projectId": project.id, "body": text });
            let body = json!({ "query": CREATE, "variables": { "input": input } });
            let subject = format!("update of the project {} in Linear", project.name);
            let write = Write::new(subject, "POST", self.client.address(), body.to_string());
            Ok(Prepared::Send(Write { id: *id, ..write }))
        }
        .boxed()
    }

    fn send<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> BoxFuture<'a, Sent> {
        async move {
            let ready = self.client.ready().and_then(|()| body_of(write, LINEAR));
            let body = match ready {
                Ok(body) => Body::Json(body),
                Err(failure) => return Sent::Refused(failure),
            };
            match deliver(self.client.http(), self.client.request(body), cancel).await {
                Ok(response) => of(&response),
                Err(sent) => sent,
            }
        }
        .boxed()
    }

    fn look<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<Str>> {
        async move {
            match self.asked((UPDATE, json!({ "id": own(write.id) })), cancel).await {
                Ok(data) => {
                    let found = data.get("projectUpdate").filter(|it| !it.is_null());
                    Ok(found.map(|it| told(it.get("url"))))
                }
                Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
                Err(failure) => Err(failure),
            }
        }
        .boxed()
    }
}

impl Linear {
    /// The one project of this name or id, by a query with a filter of projects.
    pub(super) async fn project<T: DeserializeOwned>(
        &self,
        query: &str,
        name: &str,
        cancel: &CancellationToken,
    ) -> Result<T, Failure> {
        let filter = match Uuid::parse_str(name) {
            Ok(_) => json!({ "id": { "eq": name } }),
            Err(_) => json!({ "name": { "eq": name } }),
        };
        let data = self.asked((query, json!({ "filter": filter })), cancel).await?;
        let found: Page<T> = Page::read(data.get("projects").unwrap_or(&Value::Null))?;
        match found.only() {
            Matches::One(project) => Ok(project),
            Matches::None => {
                Err(Failure::new(FailureKind::NotFound, format!("this key can see no project `{name}`"))
                    .advise("write its name as Linear has it, or its id"))
            }
            Matches::Several(_) => {
                Err(Failure::new(FailureKind::Rejected, format!("several projects are called `{name}`"))
                    .advise("write the project's id"))
            }
        }
    }

    async fn asked(
        &self,
        (query, variables): (&str, Value),
        cancel: &CancellationToken,
    ) -> Result<serde_json::Map<String, Value>, Failure> {
        self.client.ready()?;
        whole(self.client.ask((query.to_owned(), variables), &Meter::default(), cancel).await)
    }
}

/// All of an answer, or why it is not whole.
fn whole(answer: DocumentAnswer) -> Result<serde_json::Map<String, Value>, Failure> {
    let nothing = || Failure::new(FailureKind::Incomplete, "Linear answered without data");
    match answer {
        DocumentAnswer::Failed(failure) => Err(failure),
        DocumentAnswer::Blamed(broken) => Err(broken.into_values().next().unwrap_or_else(nothing)),
        DocumentAnswer::Data { data, broken } => match broken.into_values().next() {
            Some(failure) => Err(failure),
            None => Ok(data),
        },
    }
}

fn of(response: &Response) -> Sent {
    let done = |data: serde_json::Map<String, Value>| {
        let made = data.get("projectUpdateCreate").filter(|it| it["success"] == true)?;
        Some(told(made.pointer("/projectUpdate/url")))
    };
    match whole(answer::read(response)) {
        Ok(data) => done(data).map_or_else(
            || {
                Sent::Unknown(Failure::new(
                    FailureKind::Malformed,
                    "Linear does not confirm that it was done",
                ))
            },
            Sent::Done,
        ),
        // What a server that failed has done is not known.
        Err(failure)
            if matches!(
                failure.kind,
                FailureKind::ServerError
                    | FailureKind::TimedOut
                    | FailureKind::Incomplete
                    | FailureKind::Malformed
            ) =>
        {
            Sent::Unknown(failure)
        }
        Err(failure) => Sent::Refused(failure),
    }
}

fn told(url: Option<&Value>) -> Str {
    let link = url.and_then(Value::as_str).map(|link| format!(": {link}")).unwrap_or_default();
    format!("Linear has it{link}").into()
}

/// Linear wants an id that looks drawn by lot: the same one each time for one request.
fn own(id: Uuid) -> Uuid {
    uuid::Builder::from_random_bytes(*id.as_bytes()).into_uuid()
}
