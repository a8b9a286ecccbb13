//! Reading a gate's limits from a file.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{DecodedLimits, Description, GateLimits, Thing};
use gonogo_domain::{Bound, Failure, FailureKind, Length, Question, ScheduleError, Str};
use gonogo_yaml::{NodeId, Problem, Shape, Spanned, nearest};

/// The keys of one kind of evidence, with the types that they have in files.
pub(super) trait LimitKeys: for<'de> Deserialize<'de> + 'static {
    /// What it is for.
    const DESCRIPTION: Description;

    /// Checks what types cannot say, and brings it into the canonical form; `None` after having noted problems.
    fn limits(self, spec: Spec<'_, '_, '_>) -> Option<DecodedLimits>;
}

impl Thing {
    /// The kind of evidence with these keys.
    pub(super) const fn of<K: LimitKeys>(name: &'static str) -> Self {
        Self { name, decode: decode::<K>, shape: Shape::of::<K>, description: K::DESCRIPTION }
    }
}

fn decode<K: LimitKeys>(limits: &GateLimits<'_>, problems: &mut Vec<Problem>) -> Option<DecodedLimits> {
    let mut spec = Spec::new(limits, problems);
    let keys: K = spec.read()?;
    keys.limits(spec)
}

/// The limits of one gate while they are read. Problems are added, none stops the reading.
pub(super) struct Spec<'l, 'd, 'p> {
    limits: &'l GateLimits<'d>,
    problems: &'p mut Vec<Problem>,
    before: usize,
}

impl<'l, 'd, 'p> Spec<'l, 'd, 'p> {
    pub(super) fn new(limits: &'l GateLimits<'d>, problems: &'p mut Vec<Problem>) -> Self {
        let before = problems.len();
        Self { limits, problems, before }
    }

    /// What is written.
    pub(super) fn read<T: Deserialize<'d>>(&mut self) -> Option<T> {
        self.limits.document.decode(self.limits.node, self.problems)
    }

    /// A value of the launch's `defaults` for this source.
    pub(super) fn default(&self, name: &str) -> Option<Str> {
        self.limits.defaults.get(name).cloned()
    }

    /// What is written, else the default.
    pub(super) fn or_default(&self, written: Option<&Spanned<String>>, name: &str) -> Option<String> {
        written.map(|spot| spot.value.clone()).or_else(|| self.default(name).map(|text| text.to_string()))
    }

    /// The launch's version.
    pub(super) fn version(&self) -> &str {
        self.limits.version
    }

    /// Notes a problem at a value.
    pub(super) fn wrong(&mut self, at: NodeId, message: impl Into<String>, help: impl Into<String>) {
        let span = self.limits.document.span(at);
        self.problems.push(Problem::new("limits", message).at(span, "here").help(help));
    }

    /// Notes a problem of the limits as a whole.
    pub(super) fn lacks(&mut self, message: impl Into<String>, help: impl Into<String>) {
        let span = self.limits.document.head_span(self.limits.node);
        self.problems.push(Problem::new("limits", message).at(span, "here").help(help));
    }

    /// A text that must say something.
    pub(super) fn text(&mut self, spot: &Spanned<String>, what: &str) -> String {
        if spot.value.trim().is_empty() {
            self.wrong(spot.at, format!("{what} is empty"), "write it, or remove the key");
        }
        spot.value.clone()
    }

    /// A length of time: `90s 30m 2h 3d`.
    pub(super) fn length(&mut self, spot: &Spanned<String>) -> Option<Duration> {
        let read = Length::parse(&spot.value);
        let exact = read.as_ref().ok().and_then(|length| length.exact()).filter(|length| !length.is_zero());
        if exact.is_none() {
            // What to write instead stands at the end of what is wrong with it.
            let too_long = matches!(read, Err(ScheduleError::TooLong(..)));
            let why = read.err().map(|error| error.to_string()).unwrap_or_default();
            let help =
                why.rsplit_once(": ").map_or("write a number and a unit: 90s, 30m, 2h or 3d", |it| it.1);
            let what = if too_long { "longer than a century" } else { "not a length of time" };
            self.wrong(spot.at, what, help);
        }
        exact
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, spot: &Spanned<String>, words: &[(&str, T)]) -> Option<T> {
        let found = words.iter().find(|(name, _)| *name == spot.value).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
            let near = nearest(&spot.value, names.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let message = format!("`{}` is not allowed here", spot.value);
            self.wrong(spot.at, message, format!("{near}allowed here: {}", names.join(", ")));
        }
        found
    }

    /// The result, unless there was a problem.
    pub(super) fn finish(self, args: impl Serialize, said: impl Into<Str>) -> Option<DecodedLimits> {
        let sound = self.problems.len() == self.before;
        let args = serde_json::to_value(args).ok()?;
        sound.then(|| DecodedLimits { args, bound: Bound::Free, said: said.into() })
    }
}

/// Why a question is not answered whose kind of evidence its source does not have.
pub(super) fn unknown_thing() -> Failure {
    Failure::new(FailureKind::Rejected, "this version does not know this kind")
}

/// The limits of a question, as [`Spec::finish`] wrote them down.
pub(super) fn args<T: DeserializeOwned>(question: &Question) -> Result<T, Failure> {
    serde_json::from_value(question.query.args.clone()).map_err(|_| {
        Failure::new(FailureKind::Rejected, "what this gate asks for does not match its kind")
            .advise("load the files again")
    })
}
