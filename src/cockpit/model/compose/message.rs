//! Forms of a message.

use super::{
    super::{
        form::{Meaning, Name},
        message_forms::MessageAsk,
    },
    FilledForm, Wrong,
};
use gonogo_domain::{Command, Digest, MessageRef, MessageWish};

/// The command of a form of a message.
pub(super) fn compose(
    filled: &FilledForm<'_>,
    ask: MessageAsk,
    of: MessageRef,
    digest: Option<Digest>,
) -> Result<Command, Wrong> {
    // What is not whole the rules refuse.
    let digest = digest.unwrap_or_else(|| Digest::of([]));
    let reason = filled.text(&Name::Reason);
    let wish = match ask {
        MessageAsk::Draft => MessageWish::Draft { text: filled.text(&Name::Note) },
        MessageAsk::Approve => MessageWish::Approve { digest },
        MessageAsk::Sent => {
            let (link, overrides) = (filled.some(&Name::Link), filled.some(&Name::Reason));
            MessageWish::Sent { digest, link, overrides }
        }
        MessageAsk::Looked => {
            let arrived = filled.meaning(&Name::Way) == Some(&Meaning::Arrived(true));
            MessageWish::Looked { arrived, note: filled.some(&Name::Note) }
        }
        MessageAsk::Drop => MessageWish::NotNeeded { reason },
        MessageAsk::Want => MessageWish::NeededAgain { reason },
    };
    Ok(Command::Message { message: of.message, cause: Some(of.cause), wish })
}
