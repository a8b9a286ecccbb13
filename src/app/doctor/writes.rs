//! What the user's settings let gonogo write, and whether the credential may. Nothing is tried: what a server reports about a
//! credential is read, and the rest is not known.

use serde::Serialize;

use super::{
    super::{AppError, Opened, sources},
    permissions::PermissionStanding,
    said,
    servers::ServerCheck,
};
use gonogo_source::{Sends, Source, WriteNeed, register::DECLARED};

/// One write that the settings allow.
#[derive(Debug, Serialize)]
pub struct WriteCheck {
    /// What the settings call it.
    pub write: String,
    /// Whether the credential may.
    pub standing: PermissionStanding,
    /// Why, and what it takes.
    pub what: String,
}

/// Each write that the settings allow.
pub(super) fn check(opened: &Opened, servers: &[ServerCheck]) -> Result<Vec<WriteCheck>, AppError> {
    let writes = &opened.settings.writes;
    if writes.is_empty() {
        return Ok(Vec::new());
    }
    let source = sources::of_people(&opened.settings)?;
    let id = source.as_deref().map(|it| said(it.id().as_str()));
    let server = servers.iter().find(|it| Some(&it.source) == id.as_ref() && it.connection.is_none());
    let one = |write: &String| {
        if let Some((by, _)) = sends(write) {
            let what = format!(
                "messages by {by}: the server does not say what the credential may write, and gonogo does not try"
            );
            return WriteCheck { write: said(write), standing: PermissionStanding::NotKnown, what };
        }
        let need = source.as_deref().and_then(Source::writes).and_then(|it| it.needs(write));
        let (standing, what) = judge(need, server);
        WriteCheck { write: said(write), standing, what }
    };
    Ok(writes.iter().map(one).collect())
}

/// The source that such messages go out by, where the one of the target tells no need of it.
fn sends(write: &str) -> Option<(&'static str, Sends)> {
    let all = DECLARED.iter().filter(|it| !it.tells_targets);
    all.filter_map(|it| Some((it.title, it.sends?))).find(|(_, it)| it.writes == write)
}

fn judge(need: Option<WriteNeed>, server: Option<&ServerCheck>) -> (PermissionStanding, String) {
    let Some(need) = need else {
        return (PermissionStanding::Missing, "no source of this launch can do that".into());
    };
    let workflow =
        need.permission.actions_key.map_or(String::new(), |key| format!(", in a workflow `{key}: write`"));
    let takes = format!(
        "it takes `{}`{workflow}, or `{}` for a classic token",
        need.permission.fine_grained,
        need.classic.join("` or `")
    );
    let Some(server) = server.filter(|it| it.credential.is_some()) else {
        return (PermissionStanding::Missing, format!("there is no credential; {takes}"));
    };
    let Some(scopes) = &server.scopes else {
        let why = "the server does not say what this credential may write, and gonogo does not try";
        return (PermissionStanding::NotKnown, format!("{why}; {takes}"));
    };
    match need.classic.iter().find(|scope| scopes.iter().any(|it| it == *scope)) {
        Some(scope) => (PermissionStanding::Works, format!("the credential has the scope `{scope}`")),
        None => (PermissionStanding::Missing, format!("the credential lacks the scope; {takes}")),
    }
}
