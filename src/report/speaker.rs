//! Whose word something is, for machines: the same four keys in every document.

use serde::Serialize;

use super::json::{name, plain};
use gonogo_domain::{Actor, Known, Party, Spoken, Voice};

/// Whose word it is; all of it is null where nobody has said anything.
#[derive(Default, Serialize)]
pub(super) struct SpeakerJson {
    by: Option<String>,
    /// Checked logins only, and only of somebody who wrote their word down themselves.
    github_login: Option<String>,
    written_down_by: Option<String>,
    stands_in: Option<String>,
}

impl SpeakerJson {
    /// The speaker of what was said by `by`, if anybody has.
    pub(super) fn of(by: Option<&Actor>, recorder: Option<&Actor>, stands_in: Option<&Party>) -> Self {
        by.map(|by| Self::from(Spoken::new(by, recorder, stands_in))).unwrap_or_default()
    }
}

impl From<Spoken<'_>> for SpeakerJson {
    fn from(it: Spoken<'_>) -> Self {
        let own = match &it.by.known {
            Known::Checked { login } if it.recorder.is_none() => Some(plain(login)),
            _ => None,
        };
        Self {
            by: Some(name(&it.by.name)),
            github_login: own,
            written_down_by: it.recorder.map(|it| name(&it.name)),
            stands_in: it.stands_in.map(name),
        }
    }
}

impl From<&Voice> for SpeakerJson {
    fn from(it: &Voice) -> Self {
        it.spoken().into()
    }
}
