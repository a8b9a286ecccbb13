//! What the fields of forms are for.

use gonogo_domain::{AskType, Str};

/// What a field is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Word,
    Role,
    Answer(Str, AskType),
    Note,
    Reason,
    Risk,
    Severity,
    Likelihood,
    Users,
    Workaround,
    Until,
    Conditions,
    Step,
    Criterion,
    Result,
    /// What people answer to a breach.
    Way,
    /// What the server is to be told.
    Wish,
    Typed,
    /// The typed words of an override.
    Override,
    By,
    To,
    Condition,
    UntilTrue,
    Option,
    NewDate,
    T0,
    /// The name of a risk.
    Id,
    /// The gate that it is about.
    Gate,
    Title,
    Level,
    Lead,
    CommsRole,
    Scribe,
    Link,
    Detected,
    Rollout,
    Number,
    /// An option that was weighed in a final call.
    Considered,
    /// A condition of a final call.
    ToDo,
    /// When a final call is looked at again.
    Review,
}
