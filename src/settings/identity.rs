//! Who is at the keyboard.

use super::Env;

/// Who the user says to be. A claim: only a source can check a GitHub login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserIdentity {
    /// The user's name in launches, or the system's name for them.
    pub name: Option<String>,
    /// The GitHub login.
    pub github: Option<String>,
    /// Whether the name is the system's, for want of one in the settings.
    pub from_system: bool,
}

impl UserIdentity {
    /// Without a name of its own, the name that the system has for the user.
    pub(super) fn or_from_env(self, env: &Env<'_>) -> Self {
        if self.name.is_some() {
            return self;
        }
        let sound =
            |name: &String| !name.is_empty() && name.len() <= 64 && !name.chars().any(char::is_control);
        let name = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|variable| env(variable).filter(sound));
        Self { from_system: name.is_some(), name, ..self }
    }
}
