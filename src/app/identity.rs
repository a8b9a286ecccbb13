//! Who is at the keyboard.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{AppError, Opened, sources};
use gonogo_domain::{ActEnvelope, Actor, Known, Launch, Now, Party, Str};
use gonogo_settings::{Settings, UserIdentity};

/// How long the question "whose token is this?" may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A person by the name that the settings or the system give: a claim.
pub fn claimed(identity: &UserIdentity, launch: &Launch) -> Option<Actor> {
    let by_login = identity.github.as_deref().and_then(|login| launch.person_by_login(login)).cloned();
    let name = by_login.or_else(|| identity.name.as_deref().map(|name| named(name, launch)))?;
    Some(Actor { name, known: Known::Claimed })
}

/// The person whom the launch calls so: by their id, or by the name that it gives them, if only one has it.
fn named(name: &str, launch: &Launch) -> Party {
    let id = Party::from(name);
    if launch.people.contains_key(&id) {
        return id;
    }
    let mut same = launch.people.iter().filter(|(_, person)| *person.name == *name);
    match (same.next(), same.next()) {
        (Some((only, _)), None) => only.clone(),
        _ => id,
    }
}

/// A person by the login that GitHub gave for their token.
pub fn checked(login: &str, launch: &Launch) -> Actor {
    let name = launch.person_by_login(login).cloned().unwrap_or_else(|| Party::from(login));
    Actor { name, known: Known::Checked { login: Str::from(login) } }
}

/// Whose word an act is, and who writes it down when that is somebody else.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// Whose word it is.
    pub actor: Actor,
    /// Who writes it down, when that is somebody else.
    pub recorder: Option<Actor>,
    /// Whose word it is was said by name.
    by_name: bool,
}

impl Speaker {
    /// Whoever is at the keyboard, or whoever they speak for: one's own name is one's own word, checked as far as it can
    /// be.
    pub fn new(me: Actor, by: Option<&str>) -> Self {
        let by_name = by.is_some();
        match by.filter(|by| *by != me.name.as_str()) {
            Some(by) => {
                let actor = Actor { name: Party::from(by), known: Known::Claimed };
                Self { actor, recorder: Some(me), by_name }
            }
            None => Self { actor: me, recorder: None, by_name },
        }
    }

    /// Under whose name and rights an event is made.
    pub fn context(&self, teams_of: impl Fn(&Actor) -> Vec<Str>, now: Now, id: Uuid) -> ActEnvelope {
        let (actor, recorder) = (self.actor.clone(), self.recorder.clone());
        let recorder_teams = recorder.as_ref().map(&teams_of).unwrap_or_default();
        ActEnvelope {
            teams: teams_of(&actor),
            actor,
            recorder,
            recorder_teams,
            by_name: self.by_name,
            now,
            id,
        }
    }
}

/// Asks in the background whose token it is.
pub fn ask(opened: &Opened) -> tokio::task::JoinHandle<Option<Actor>> {
    let (settings, launch) = (opened.settings.clone(), opened.loaded.launch.clone());
    tokio::spawn(async move {
        let login = login(&settings).await.ok().flatten()?.ok()?;
        Some(checked(&login, &launch))
    })
}

/// Whoever is at the keyboard.
#[derive(Clone, Debug)]
pub struct Keyboard {
    /// The person.
    pub actor: Actor,
    /// There is a token, and why it is not known whose it is.
    pub unchecked: Option<String>,
}

/// What to do where it is not known who speaks.
pub(super) const NOBODY: &str = "gonogo does not know who you are: set `identity: { name: ... }` in your settings file, which `gonogo settings` names";

/// Whoever is at the keyboard: by their GitHub token where there is one and GitHub answers, else as claimed.
///
/// # Errors
/// Neither is known: what to set.
pub async fn at_keyboard(opened: &Opened) -> Result<Keyboard, AppError> {
    let launch = &opened.loaded.launch;
    let unchecked = match login(&opened.settings).await? {
        Some(Ok(login)) => return Ok(Keyboard { actor: checked(&login, launch), unchecked: None }),
        Some(Err(why)) => Some(format!("GitHub did not say whose token it is: {why}")),
        None => None,
    };
    let Some(actor) = claimed(&opened.settings.identity, launch) else {
        let why = unchecked.map(|why| format!("; {why}")).unwrap_or_default();
        return Err(AppError::input(format!("{NOBODY}{why}")));
    };
    Ok(Keyboard { actor, unchecked })
}

/// The login of the GitHub token, or why GitHub does not say it; `None` without a token.
async fn login(settings: &Settings) -> Result<Option<Result<String, String>>, AppError> {
    if !sources::has_own_token(settings)? {
        return Ok(None);
    }
    let Some(source) = sources::of_people(settings)? else { return Ok(None) };
    let cancel = CancellationToken::new();
    Ok(Some(match tokio::time::timeout(PATIENCE, source.owner(&cancel)).await {
        Ok(Ok(Some(owner))) => Ok(owner.name),
        Ok(Ok(None)) => Err("nobody says whose it is".into()),
        Ok(Err(failure)) => {
            let next = failure.next.as_ref().map(|next| format!("; {next}")).unwrap_or_default();
            Err(format!("{}{next}", failure.message))
        }
        Err(_) => Err("GitHub did not answer in time".into()),
    }))
}
