//! Slack: where messages go at a person's word. Nothing is read from it but what became of a message.
//!
//! A channel is written to by its webhook, whose whole address is the secret, or by a bot's token. Only with a token can be
//! asked what has arrived.

mod writes;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::{
    Declaration, Sends, Setup, Writes,
    api::Api,
    connection::ServerForm,
    http::{Http, Scheme, Url},
};
use gonogo_domain::{Failure, FailureKind};

/// How its connection is written. The address of a channel's webhook is a secret: it is the token.
const SERVER: ServerForm = ServerForm::new(
    "slack",
    "https://slack.com/api",
    "a bot's token, or the whole address of a channel's webhook (`url` is then its host)",
    "/chat.postMessage",
);

/// It takes messages and proves nothing.
pub static SOURCE: Declaration = Declaration {
    name: "slack",
    title: "Slack",
    servers: &[SERVER],
    sends: Some(Sends {
        writes: "slack",
        place: "a channel: the connection of its webhook, or its name or id",
        fits: is_channel,
        open,
    }),
    ..Declaration::PLAIN
};

/// A channel of Slack, and how it is written to.
struct SlackChannel {
    /// As the launch calls it.
    channel: String,
    way: SlackTransport,
}

enum SlackTransport {
    /// Its address is a secret.
    Webhook {
        http: Http,
        address: SecretString,
    },
    Api {
        http: Http,
        api: Box<Api>,
    },
}

/// The connection of that name, else that of all channels.
fn open(setup: &Setup, to: &str) -> Result<Arc<dyn Writes>, Failure> {
    let own = setup.connections.0.get(to).is_some_and(|it| *it.source == *SERVER.source);
    let picked = setup.connections.pick(&SERVER, own.then_some(to))?;
    let Some(secret) = picked.credential.as_ref() else { return Err(picked.unsigned()) };
    let http = setup.http.clone();
    let text = secret.expose_secret().trim();
    if !text.starts_with("https://") && !text.starts_with("http://") {
        let api = Api::new(&setup.http, picked, Scheme::Bearer)?;
        return Ok(Arc::new(SlackChannel {
            channel: to.to_owned(),
            way: SlackTransport::Api { http, api: Box::new(api) },
        }));
    }
    let wrong = |what: &str| {
        let message = format!("the webhook of the slack connection `{to}` {what}");
        Err(Failure::new(FailureKind::NotConfigured, message)
            .advise("the variable that `token_env` names holds its whole address, and `url` its host: https://hooks.slack.com"))
    };
    let Ok(address) = Url::parse(text) else { return wrong("is not an address") };
    if address.origin() != picked.base.origin() {
        return wrong("is on another host than the connection's `url`");
    }
    if !own {
        return wrong("posts to one channel: give the connection the name of the message's channel");
    }
    let way = SlackTransport::Webhook { http: http.hiding([secret]), address: secret.clone() };
    Ok(Arc::new(SlackChannel { channel: to.to_owned(), way }))
}

/// Whether a text can be a channel, with or without its `#`.
fn is_channel(to: &str) -> bool {
    let name = to.strip_prefix('#').unwrap_or(to);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.chars().count() <= 80 && name.chars().all(plain)
}
