//! Secrets that are sent to servers and nowhere else.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::Env;

/// No token is longer; something that is was taken for one by mistake.
const LONGEST: usize = 4096;

/// A token that prints as `***` and is wiped when it is dropped.
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    origin: TokenOrigin,
}

/// Where a token came from: all that is ever said about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TokenOrigin {
    /// An environment variable.
    Env(String),
    /// A program that keeps it, and the host it is for: `` `gh auth token` for github.com``.
    Program(String),
}

/// Why something found where a token should be is none. Never holds its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// A line break, another control character, a space or a character beyond ASCII.
    #[error("the token in {0} has a space, a line break or another character that no token contains")]
    Character(TokenOrigin),
    /// Far too long.
    #[error("the token in {0} is longer than any token")]
    TooLong(TokenOrigin),
}

impl Token {
    /// Takes a text for a token: blanks around it are dropped. `None` if nothing is left.
    ///
    /// # Errors
    /// [`TokenError`] for what cannot be sent in a header.
    pub fn new(text: String, origin: TokenOrigin) -> Result<Option<Self>, TokenError> {
        let text = SecretString::from(text);
        let trimmed = text.expose_secret().trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        if trimmed.len() > LONGEST {
            return Err(TokenError::TooLong(origin));
        }
        if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Character(origin));
        }
        Ok(Some(Self { secret: SecretString::from(trimmed), origin }))
    }

    /// The secret itself: for the header of a request, marked sensitive, and for nothing else.
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// Where it came from.
    pub fn origin(&self) -> &TokenOrigin {
        &self.origin
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for TokenOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => f.write_str(name),
            Self::Program(said) => f.write_str(said),
        }
    }
}

/// The token in an environment variable.
pub(super) fn from_env(name: &str, env: &Env<'_>) -> Result<Option<Token>, TokenError> {
    env(name).map_or(Ok(None), |text| Token::new(text, TokenOrigin::Env(name.to_owned())))
}
