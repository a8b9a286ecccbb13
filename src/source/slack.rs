//! Slack: where messages go at a person's word. Nothing is read from it but what became of a message.

use super::{Declaration, Sends, connection::ServerForm};

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
    }),
    ..Declaration::PLAIN
};

/// Whether a text can be a channel, with or without its `#`.
fn is_channel(to: &str) -> bool {
    let name = to.strip_prefix('#').unwrap_or(to);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.chars().count() <= 80 && name.chars().all(plain)
}
