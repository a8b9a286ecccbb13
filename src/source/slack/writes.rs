//! What is sent to Slack, and what became of it.

use futures_util::{FutureExt, future::BoxFuture};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{SlackChannel, SlackTransport};
use crate::{
    AnswerFuture, Writes,
    api::{Api, Poll},
    deliver::{body_of, deliver, foreign, not_before},
    http::{Body, HttpRequest, Response, Url, decode_json},
};
use gonogo_domain::{Failure, FailureKind, Prepared, Sent, Str, Write, WriteAsk};

const SLACK: &str = "Slack";
/// Pages of channels that are read in the search for a name, of a thousand each.
const MOST_PAGES: usize = 20;
/// Messages of a page of a channel, newest first.
const PAGE: &str = "200";
/// Pages of a channel that are looked through.
const MOST_HISTORY: usize = 10;
/// What is left where Slack cannot tell.
const BY_EYE: &str = "look in the channel";
/// What our messages are marked with, unseen by readers.
const EVENT: &str = "gonogo_message";
/// Words of Slack after which it may have done it all the same.
const UNSURE: [&str; 5] =
    ["internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"];

#[derive(Deserialize)]
struct SlackAnswer {
    ok: bool,
    #[serde(rename = "error")]
    code: Option<String>,
    needed: Option<String>,
    #[serde(flatten)]
    rest: Value,
}

impl Writes for SlackChannel {
    fn prepare<'a>(&'a self, ask: &'a WriteAsk, cancel: &'a CancellationToken) -> AnswerFuture<'a, Prepared> {
        async move {
            let WriteAsk::Message { text, id, .. } = ask else { return Err(foreign(SLACK)) };
            // Whatever a text contains, it notifies nobody and is not Slack markup.
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let subject = format!("message in Slack, {}", self.channel);
            let write = match &self.way {
                SlackTransport::Webhook { .. } => {
                    let url = format!("the webhook of the connection {}", self.channel);
                    Write::new(subject, "POST", url, json!({ "text": text }).to_string())
                }
                SlackTransport::Api { api, .. } => {
                    let channel = self.id(api, cancel).await?;
                    let metadata = json!({ "event_type": EVENT, "event_payload": { "id": id } });
                    let body = json!({ "channel": channel, "text": text, "metadata": metadata });
                    let url = api.url(&["chat.postMessage"], &[])?;
                    Write::new(subject, "POST", url.as_str(), body.to_string())
                }
            };
            Ok(Prepared::Send(Write { id: *id, ..write }))
        }
        .boxed()
    }

    fn send<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> BoxFuture<'a, Sent> {
        async move {
            let body = match body_of(write, SLACK) {
                Ok(body) => body,
                Err(failure) => return Sent::Refused(failure),
            };
            match &self.way {
                SlackTransport::Webhook { http, address } => {
                    let Ok(url) = Url::parse(address.expose_secret().trim()) else {
                        return Sent::Refused(foreign(SLACK));
                    };
                    match deliver(http, HttpRequest::post(url, Body::Json(body)), cancel).await {
                        Ok(response) => of_webhook(&response),
                        Err(sent) => sent,
                    }
                }
                SlackTransport::Api { http, api } => {
                    let Ok(url) = api.url(&["chat.postMessage"], &[]) else {
                        return Sent::Refused(foreign(SLACK));
                    };
                    let request = api.dress(HttpRequest::post(url, Body::Json(body)));
                    match deliver(http, request, cancel).await {
                        Ok(response) => self.of_api(api, &response, cancel).await,
                        Err(sent) => sent,
                    }
                }
            }
        }
        .boxed()
    }

    fn look<'a>(&'a self, write: &'a Write, cancel: &'a CancellationToken) -> AnswerFuture<'a, Option<Str>> {
        async move {
            let SlackTransport::Api { api, .. } = &self.way else {
                let message = format!("the webhook of {} cannot be asked what it posted", self.channel);
                return Err(Failure::new(FailureKind::Rejected, message).advise(BY_EYE));
            };
            let body = body_of(write, SLACK)?;
            let channel = body["channel"].as_str().unwrap_or_default();
            match self.in_history(api, channel, write.id, cancel).await? {
                Some(at) => Ok(Some(self.told(api, channel, &at, cancel).await)),
                None => Ok(None),
            }
        }
        .boxed()
    }
}

impl SlackChannel {
    /// Reads a method of Slack's. It answers 200 also where it refuses.
    async fn asked(
        &self,
        api: &Api,
        method: &str,
        query: &[(&str, &str)],
        cancel: &CancellationToken,
    ) -> Result<Value, Failure> {
        let said: SlackAnswer = api.get(&Poll::new(cancel), &[method], query, "Slack").await?;
        if said.ok { Ok(said.rest) } else { Err(self.refused(&said)) }
    }

    /// When the message of that id was taken; `None`: it is not there. What was not read, or cannot be told from others,
    /// may be ours.
    async fn in_history(
        &self,
        api: &Api,
        channel: &str,
        id: Uuid,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, Failure> {
        let oldest = not_before(id).map(|at| at.timestamp().to_string());
        let id = id.to_string();
        let (mut cursor, mut marked, mut by_bots) = (String::new(), false, false);
        for _ in 0..MOST_HISTORY {
            let mut query = vec![("channel", channel), ("include_all_metadata", "true"), ("limit", PAGE)];
            query.extend(oldest.as_deref().map(|oldest| ("oldest", oldest)));
            if !cursor.is_empty() {
                query.push(("cursor", cursor.as_str()));
            }
            let said = self.asked(api, "conversations.history", &query, cancel).await?;
            let all = said["messages"].as_array().ok_or_else(malformed)?;
            let ours =
                |it: &&Value| it.pointer("/metadata/event_payload/id").and_then(Value::as_str) == Some(&id);
            if let Some(found) = all.iter().find(ours) {
                return Ok(Some(found["ts"].as_str().unwrap_or_default().to_owned()));
            }
            marked |= all.iter().any(|it| it.get("metadata").is_some());
            by_bots |= all.iter().any(|it| it.get("bot_id").is_some());
            let more = said["has_more"].as_bool() == Some(true);
            cursor = next_cursor(&said);
            match (more, cursor.is_empty()) {
                (false, true) if by_bots && !marked => return Err(unmarked(&self.channel)),
                (false, true) => return Ok(None),
                (_, false) => {}
                (true, true) => return Err(malformed()),
            }
        }
        let message = format!("{} has had too many messages since to read", self.channel);
        Err(Failure::new(FailureKind::Incomplete, message).advise(BY_EYE))
    }

    /// The id of the channel: its name is looked up, so that what was sent can be found again.
    async fn id(&self, api: &Api, cancel: &CancellationToken) -> Result<String, Failure> {
        let name = self.channel.trim_start_matches('#');
        let is_id = name.len() >= 9
            && name.starts_with(['C', 'G', 'D'])
            && name.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
        if is_id {
            return Ok(name.to_owned());
        }
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let mut query = vec![("types", "public_channel,private_channel"), ("limit", "1000")];
            if !cursor.is_empty() {
                query.push(("cursor", cursor.as_str()));
            }
            let said = self.asked(api, "conversations.list", &query, cancel).await?;
            let all = said["channels"].as_array().ok_or_else(malformed)?;
            if let Some(found) = all.iter().find(|it| it["name"].as_str() == Some(name)) {
                return found["id"].as_str().map(str::to_owned).ok_or_else(malformed);
            }
            cursor = next_cursor(&said);
            if cursor.is_empty() {
                let message = format!("this token can see no channel `{name}`");
                return Err(Failure::new(FailureKind::NotFound, message).advise(
                    "write its name as Slack has it, or its id; a private channel must have the bot in it",
                ));
            }
        }
        Err(Failure::new(FailureKind::Incomplete, "there are too many channels to read")
            .advise("write the channel's id in `via`"))
    }

    async fn of_api(&self, api: &Api, response: &Response, cancel: &CancellationToken) -> Sent {
        let status = response.status();
        if status == 429 {
            return Sent::Refused(limited());
        }
        let said = decode_json::<SlackAnswer>(response);
        match said {
            Ok(said) if said.ok => {
                let part = |name: &str| said.rest[name].as_str().unwrap_or_default();
                Sent::Done(self.told(api, part("channel"), part("ts"), cancel).await)
            }
            Ok(said) if said.code.as_deref().is_some_and(|code| UNSURE.contains(&code)) => {
                Sent::Unknown(self.refused(&said))
            }
            Ok(said) if status < 500 => Sent::Refused(self.refused(&said)),
            _ if (400..500).contains(&status) => {
                Sent::Refused(Failure::new(FailureKind::Rejected, format!("Slack answered {status}")))
            }
            _ => Sent::Unknown(Failure::new(FailureKind::ServerError, format!("Slack answered {status}"))),
        }
    }

    /// That it is there, with its address as far as Slack tells it.
    async fn told(&self, api: &Api, channel: &str, at: &str, cancel: &CancellationToken) -> Str {
        let query = [("channel", channel), ("message_ts", at)];
        let link = self.asked(api, "chat.getPermalink", &query, cancel).await;
        let link = link.ok().and_then(|it| it["permalink"].as_str().map(|link| format!(": {link}")));
        format!("Slack has it{}", link.unwrap_or_default()).into()
    }

    fn refused(&self, said: &SlackAnswer) -> Failure {
        let code = said.code.as_deref().unwrap_or("no reason");
        let channel = &self.channel;
        let (kind, next) = match code {
            "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" => (
                FailureKind::Unauthorized,
                "check the token of the slack connection in your settings".to_owned(),
            ),
            "missing_scope" => {
                let needed = said.needed.as_deref().unwrap_or("chat:write");
                (FailureKind::Forbidden, format!("give the bot the scope {needed}"))
            }
            "not_in_channel" => (FailureKind::Forbidden, format!("invite the bot into {channel}")),
            "channel_not_found" => {
                (FailureKind::NotFound, format!("write {channel} as Slack has it, or its id"))
            }
            "ratelimited" | "rate_limited" => {
                (FailureKind::RateLimited, "wait a minute, then send it again".to_owned())
            }
            "is_archived" => (FailureKind::Rejected, format!("{channel} is archived: name another one")),
            "msg_too_long" => (FailureKind::Rejected, "make it shorter, or link to the long part".to_owned()),
            _ => (FailureKind::Rejected, "look up this error in Slack's documentation".to_owned()),
        };
        Failure::new(kind, format!("Slack says {code}")).advise(next)
    }
}

/// A webhook answers in plain words.
fn of_webhook(response: &Response) -> Sent {
    let status = response.status();
    let words = String::from_utf8_lossy(response.body());
    let words: String = words.trim().chars().take(80).collect();
    match status {
        200 if words == "ok" => Sent::Done("Slack has it".into()),
        200 => Sent::Unknown(malformed()),
        429 => Sent::Refused(limited()),
        400..=499 => {
            let failure = Failure::new(FailureKind::Rejected, format!("Slack answered {status}: {words}"));
            Sent::Refused(failure.advise("check the webhook of the connection in your settings"))
        }
        _ => Sent::Unknown(Failure::new(FailureKind::ServerError, format!("Slack answered {status}"))),
    }
}

fn next_cursor(said: &Value) -> String {
    said.pointer("/response_metadata/next_cursor").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Slack leaves the marks out where the bot may not read them.
fn unmarked(channel: &str) -> Failure {
    let message = format!(
        "Slack does not show the metadata of messages in {channel}, so gonogo's cannot be recognised"
    );
    Failure::new(FailureKind::Forbidden, message)
        .advise(format!("give the bot the scope metadata.message:read, or {BY_EYE}"))
}

fn limited() -> Failure {
    Failure::new(FailureKind::RateLimited, "Slack accepts no more messages for now")
        .advise("wait a minute, then send it again")
}

fn malformed() -> Failure {
    Failure::new(FailureKind::Malformed, "Slack's answer does not have the expected form")
}
