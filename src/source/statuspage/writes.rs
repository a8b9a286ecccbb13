//! What is written to a status page: an update of the incident that is open, or a new incident without components.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    AnswerFuture, Setup, Writes,
    api::{Api, Poll},
    connection::ServerForm,
    deliver::{body_of, deliver, foreign, made_at, request_of, unsuccessful},
    http::{Http, Response, Scheme, Url},
};
use gonogo_domain::{Failure, FailureKind, Occasion, Prepared, Sent, Str, Write, WriteAsk};

/// How the connection of a page that is written to is written: the management API, not the page itself.
pub(super) const MANAGED: ServerForm =
    ServerForm::new("statuspage-api", "https://api.statuspage.io/v1/pages/PAGE", "the API key", "/incidents");

const PAGE: &str = "a status page";

/// So long before an update was made out, by its id, the page may date it: two clocks differ. An earlier one with the same
/// words is of another message, for nothing in an update tells which message it is.
const MOST_SKEW: TimeDelta = TimeDelta::minutes(5);

/// A page that is written to.
struct StatusPage {
    /// As the launch calls it.
    name: String,
    http: Http,
    api: Api,
}

#[derive(Deserialize)]
struct Incident {
    id: String,
    name: String,
    status: String,
    #[serde(default)]
    metadata: Value,
    #[serde(default)]
    incident_updates: Vec<Update>,
    shortlink: Option<String>,
}

#[derive(Deserialize)]
struct Update {
    body: Option<String>,
    created_at: DateTime<Utc>,
}

pub(super) fn open(setup: &Setup, to: &str) -> Result<Arc<dyn Writes>, Failure> {
    let picked = setup.connections.pick(&MANAGED, Some(to))?;
    let api = Api::new(&setup.http, picked, Scheme::Word("OAuth "))?;
    Ok(Arc::new(StatusPage { name: to.to_owned(), http: setup.http.clone(), api }))
}

impl Writes for StatusPage {
    fn prepare<'a>(&'a self, ask: &'a WriteAsk, cancel: &'a CancellationToken) -> AnswerFuture<'a, Prepared> {
        async move {
            let WriteAsk::Message { title, text, occasion, id, .. } = ask else { return Err(foreign(PAGE)) };
            let poll = Poll::new(cancel);
            let open: Vec<Incident> =
                self.api.get(&poll, &["incidents", "unresolved.json"], &[], "the open incidents").await?;
            let write = match open.as_slice() {
                [one] => self.update(one, text, *occasion)?,
                [] => self.create(title, text, *occasion, &id.to_string())?,
                several => {
                    let names: Vec<&str> = several.iter().map(|it| it.name.as_str()).collect();
                    let message = format!("several incidents are open on the page: {}", names.join(", "));
                    return Err(Failure::new(FailureKind::Rejected, message).advise(
                        "post to the right one by hand, then record it: gonogo message send ID --sent",
                    ));
                }
            };
            Ok(Prepared::Send(Write { id: *id, ..write }))
        }
        .boxed()
    }

    fn send<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> BoxFuture<'a, Sent> {
        async move {
            let request = match request_of(write, PAGE) {
                Ok(request) => request,
                Err(failure) => return Sent::Refused(failure),
            };
            match deliver(&self.http, self.api.dress(request), cancel).await {
                Ok(response) => self.of(&response, cancel),
                Err(sent) => sent,
            }
        }
        .boxed()
    }

    fn look<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<Str>> {
        async move {
            let body = body_of(write, PAGE)?;
            let poll = Poll::new(cancel);
            if &*write.method == "PATCH" {
                let url = Url::parse(&write.url).map_err(|_| foreign(PAGE))?;
                let id = url
                    .path_segments()
                    .and_then(|mut it| it.next_back())
                    .ok_or_else(|| foreign(PAGE))?
                    .to_owned();
                let incident: Incident =
                    self.api.get(&poll, &["incidents", &id], &[], "the incident").await?;
                let same = |it: &Update| it.body.as_deref() == body["incident"]["body"].as_str();
                let since = made_at(write.id).and_then(|at| at.checked_sub_signed(MOST_SKEW));
                let new = |it: &&Update| same(it) && since.is_none_or(|since| it.created_at >= since);
                return Ok(incident.incident_updates.iter().find(new).map(|_| incident.told()));
            }
            let query = [("limit", "100")];
            let all: Vec<Incident> =
                self.api.get(&poll, &["incidents.json"], &query, "the incidents").await?;
            let id = write.id.to_string();
            let ours =
                |it: &&Incident| it.metadata.pointer("/gonogo/id").and_then(Value::as_str) == Some(&id);
            Ok(all.iter().find(ours).map(Incident::told))
        }
        .boxed()
    }
}

/// What to do with what is not sent there.
const BY_HAND: &str = "post it by hand, then record it: gonogo message send ID --sent";

impl Incident {
    /// Whether it is one that gonogo opened.
    fn is_ours(&self) -> bool {
        self.metadata.pointer("/gonogo/id").is_some()
    }

    fn told(&self) -> Str {
        let link = self.shortlink.as_ref().map(|link| format!(": {link}")).unwrap_or_default();
        format!("the page has it{link}").into()
    }
}

impl StatusPage {
    fn update(&self, incident: &Incident, text: &str, occasion: Occasion) -> Result<Write, Failure> {
        if occasion == Occasion::Plan {
            let message =
                format!("\"{}\" is open on the page, and this message is not about it", incident.name);
            return Err(Failure::new(FailureKind::Rejected, message).advise(BY_HAND));
        }
        // All clear is the end of what gonogo told: another incident on the page may be about something else.
        let ends = occasion == Occasion::AllClear && incident.is_ours();
        let status = if ends { "resolved" } else { incident.status.as_str() };
        let body = json!({ "incident": { "status": status, "body": text, "deliver_notifications": true } });
        let url = self.api.url(&["incidents", &incident.id], &[])?;
        let subject = format!("update of \"{}\" on the status page {}", incident.name, self.name);
        Ok(Write::new(subject, "PATCH", url.as_str(), body.to_string()))
    }

    fn create(&self, title: &str, text: &str, occasion: Occasion, id: &str) -> Result<Write, Failure> {
        if matches!(occasion, Occasion::Plan | Occasion::AllClear) {
            let message = "no incident is open on the page, and this message does not open one";
            return Err(Failure::new(FailureKind::NotFound, message).advise(BY_HAND));
        }
        let body = json!({ "incident": {
            "name": title,
            "status": "investigating",
            "body": text,
            "deliver_notifications": true,
            "metadata": { "gonogo": { "id": id } },
        } });
        let url = self.api.url(&["incidents"], &[])?;
        let subject = format!("incident \"{title}\" on the status page {}", self.name);
        Ok(Write::new(subject, "POST", url.as_str(), body.to_string()))
    }

    fn of(&self, response: &Response, cancel: &CancellationToken) -> Sent {
        match response.status() {
            200..=299 => {
                let link = self.api.read::<Incident>(response).map(|it| it.told());
                Sent::Done(link.unwrap_or_else(|_| "the page has it".into()))
            }
            // Its own word for too many requests.
            420 => Sent::Refused(
                Failure::new(FailureKind::RateLimited, "the status page accepts no more for now")
                    .advise("wait a minute, then send it again"),
            ),
            status => {
                let failure = self.api.refused(&Poll::new(cancel), response, "the status page");
                unsuccessful(status, failure)
            }
        }
    }
}
