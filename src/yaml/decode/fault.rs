//! The error that travels through serde.

use std::fmt;

/// What went wrong. Serde makes these without a place; the access that sees one first gives it the place of
/// the node it was decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DecodeFault {
    /// Noted already, with its place.
    Noted,
    /// A key that the struct cannot do without.
    Missing(&'static str),
    /// Anything else.
    Wrong { code: &'static str, message: String, label: String, help: Option<String> },
}

impl DecodeFault {
    pub(super) fn wrong(code: &'static str, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self::Wrong { code, message: message.into(), label: label.into(), help: None }
    }

    /// Adds what to write instead.
    pub(super) fn with_help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Wrong { code, message, label, .. } => {
                Self::Wrong { code, message, label, help: Some(text.into()) }
            }
            other => other,
        }
    }
}

impl fmt::Display for DecodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Noted => f.write_str("a problem that was reported"),
            Self::Missing(key) => write!(f, "missing key `{key}`"),
            Self::Wrong { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for DecodeFault {}

impl serde::de::Error for DecodeFault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::wrong("invalid", message.to_string(), "")
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::wrong("type", format!("expected {expected}"), "this is something else")
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}
