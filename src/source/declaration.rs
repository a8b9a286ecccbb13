//! What a source says of itself, once: all that files, settings, diagnosis and the application know of it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use reqwest::Url;
use serde_json::Value;

use super::{
    connection::ServerForm,
    contract::Writes,
    guardrail::DecodedGuardrail,
    reach::Gauges,
    setup::{OpenedSource, Setup},
};
use gonogo_domain::{Bound, Failure, Logins, Str};
use gonogo_yaml as yaml;

/// One source. A source gives what it has; the rest is [`Declaration::PLAIN`].
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The key in a gate: `github`.
    pub name: &'static str,
    /// What people call it: `GitHub`.
    pub title: &'static str,
    /// What stands below it: `workflow`, `checks`, ...; a single entry with an empty name when the limits stand directly
    /// below the source (`http`).
    pub things: &'static [Thing],
    /// Keys that `defaults` of a launch may give for all of its gates.
    pub defaults: &'static [&'static str],
    /// Where in its limits variables may stand.
    pub values: VariablePlaces,
    /// The servers that a connection of the settings can be; none: its gates use no connection.
    pub servers: &'static [ServerForm],
    /// The server that is asked where a gate names no connection, if the settings need not name it.
    pub home: Option<&'static Home>,
    /// Whether it is the one that tells where refs point, which pages a commit has and who somebody is.
    pub tells_targets: bool,
    /// Reads what a guardrail measures over time, strictly; none: it cannot measure.
    pub measures: Option<Measures>,
    /// Reads what tells how far a release is out, strictly; none: it cannot tell.
    pub actual: Option<Gauges>,
    /// Reads what counts those who have the release, and all, strictly; none: it cannot count.
    pub exposes: Option<Gauges>,
    /// What it writes at a person's word beside messages, by what the user's settings call it.
    pub writes: &'static [&'static str],
    /// How messages go out by it at a person's word; none: it takes none.
    pub sends: Option<Sends>,
    /// In what it keeps checklists that can be imported.
    pub keeps: Option<Keeps>,
    /// The permissions that a kind of evidence (`workflow`) with these canonical limits needs.
    pub needs: fn(&str, &Value) -> Vec<&'static Permission>,
    /// Makes it, for the gates of one connection.
    pub open: fn(&Setup, Option<&str>) -> OpenedSource,
}

impl Declaration {
    /// A source that has nothing yet but what every one has.
    pub const PLAIN: Self = Self {
        name: "",
        title: "",
        things: &[],
        defaults: &[],
        values: VariablePlaces::STRICT,
        servers: &[],
        home: None,
        tells_targets: false,
        measures: None,
        actual: None,
        exposes: None,
        writes: &[],
        sends: None,
        keeps: None,
        needs: |_, _| Vec::new(),
        open: |_, _| Err(super::setup::nothing()),
    };
}

/// In what a source keeps a checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// In an issue, by repository and number.
    Issue,
    /// In a project with its issues, by name.
    Project,
}

/// Where a file's variables may be used in what a gate asks for. A key that is not listed takes plain text only
/// (letters, digits and `. _ : / + @ -`), so that a value cannot change what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VariablePlaces {
    /// Keys whose value is compared, or sent as a value of its own: any text may be filled in.
    pub text: &'static [&'static str],
    /// Keys that hold a whole address: nothing may be filled in before its path.
    pub addresses: &'static [&'static str],
    /// Keys that hold a query, in which a stage's age may stand.
    pub queries: &'static [&'static str],
}

impl VariablePlaces {
    /// Plain text everywhere.
    pub const STRICT: Self = Self { text: &[], addresses: &[], queries: &[] };
}

/// The server of a source that the settings need not name.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// Its address, unless the environment says otherwise.
    pub address: &'static str,
    /// The environment variable with another address.
    pub address_env: &'static str,
    /// One with the address of a second API on the same host.
    pub second_env: Option<&'static str>,
    /// Environment variables with a credential; the first that is set counts.
    pub token_env: &'static [&'static str],
    /// A program that keeps one, asked where no variable is set.
    pub keeper: Option<CredentialHelper>,
    /// The pages for people that belong to an address of its API.
    pub pages: fn(&Url) -> String,
}

/// A program of the user's that hands over a credential for a host.
#[derive(Clone, Copy, Debug)]
pub struct CredentialHelper {
    /// Its name, looked for in `PATH`.
    pub program: &'static str,
    /// What it is told; the host follows.
    pub args: &'static [&'static str],
    /// An environment variable, and its value, that keep it from asking the user.
    pub quiet: (&'static str, &'static str),
    /// What it calls the host of an address.
    pub host: fn(&str) -> String,
}

/// One permission that a credential needs, by its names.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// The provider's own name of it, which its refusals tell: `pull_requests`. See [`gonogo_domain::Failure::missing`].
    pub key: &'static str,
    /// The fine-grained permission, as the provider's form names it: `Pull requests: read`.
    pub fine_grained: &'static str,
    /// What else a person has to know before giving it; empty: nothing.
    pub note: &'static str,
    /// The key under `permissions:` of a workflow; `None`: the workflow's own token cannot have it.
    pub actions_key: Option<&'static str>,
    /// The scope of a classic token that holds it, for a private repository.
    pub classic: &'static str,
}

/// How messages of a launch go out by a source.
#[derive(Clone, Copy, Debug)]
pub struct Sends {
    /// What the user's settings call it, where they allow it: `writes: [slack]`.
    pub writes: &'static str,
    /// What stands behind the source in a `via`: `the number of an issue`.
    pub place: &'static str,
    /// Whether a text can be such a place.
    pub fits: fn(&str) -> bool,
    /// Makes what sends to such a place, from the user's settings.
    pub open: OpenChannel,
}

/// What makes a sender to a place.
pub type OpenChannel = fn(&Setup, &str) -> Result<Arc<dyn Writes>, Failure>;

/// What a guardrail may measure.
#[derive(Clone, Copy, Debug)]
pub struct Measures {
    /// Reads it in windows of that length from a file, strictly; `None` after having reported problems.
    pub decode: fn(&GateLimits<'_>, Duration, &mut Vec<yaml::Problem>) -> Option<DecodedGuardrail>,
    /// What it may say: the type that `decode` reads.
    pub shape: fn() -> yaml::Shape,
}

/// One kind of evidence.
#[derive(Clone, Copy, Debug)]
pub struct Thing {
    /// The key below the source.
    pub name: &'static str,
    /// Reads its limits from a file, strictly; `None` after having reported problems.
    pub decode: fn(&GateLimits<'_>, &mut Vec<yaml::Problem>) -> Option<DecodedLimits>,
    /// What its limits may say: the type that `decode` reads, as `Shape::of::<Keys>`.
    pub shape: fn() -> yaml::Shape,
    /// What it is for.
    pub description: Description,
}

/// What a kind of evidence is for, in the words of the documentation and of editors.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// What a gate of it proves: the end of "it proves that ...".
    pub proves: &'static str,
    /// Each key that its limits may have, and what it means; what a person looks for first stands first.
    pub keys: &'static [(&'static str, &'static str)],
}

/// What one gate asks for, as written in a file.
#[derive(Clone, Copy, Debug)]
pub struct GateLimits<'a> {
    /// The file.
    pub document: &'a yaml::Document,
    /// The map with the limits.
    pub node: yaml::NodeId,
    /// `defaults` of `launch.yaml` for this source: `team: CHK`.
    pub defaults: &'a BTreeMap<Str, Str>,
    /// The launch's version.
    pub version: &'a str,
    /// The GitHub accounts behind each person and role of the launch.
    pub people: &'a BTreeMap<Str, Logins>,
}

/// Limits as the source understood them.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedLimits {
    /// Canonical form: what is asked, and what a sign-off binds to.
    pub args: Value,
    /// Whether the answer must be about the target commit.
    pub bound: Bound,
    /// In one line for people: `workflow smoke.yml, 3 in a row`.
    pub said: Str,
}
