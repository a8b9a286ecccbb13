//! Limits as files give them: read strictly, checked, and brought into their canonical form.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::kind::EvidenceKind;
use crate::{DecodedLimits, GateLimits};
use gonogo_domain::{Length, Str};
use gonogo_yaml::{Document, NodeId, Problem};

/// Reads the limits of one kind of evidence.
pub(super) fn decode<S: EvidenceKind>(
    limits: &GateLimits<'_>,
    problems: &mut Vec<Problem>,
) -> Option<DecodedLimits> {
    let mut spec: S = limits.document.decode(limits.node, problems)?;
    let mut wrong = LimitProblems { document: limits.document, node: limits.node, found: Vec::new() };
    spec.settle(limits.people, &mut wrong);
    spec.check(&mut wrong);
    if !wrong.found.is_empty() {
        problems.append(&mut wrong.found);
        return None;
    }
    let args = serde_json::to_value(&spec).ok()?;
    let said: Str = format!("{} {}", S::THING.replace('_', " "), spec.describe()).trim_end().into();
    Some(DecodedLimits { args, bound: spec.bound(), said })
}

/// Collects what is wrong with limits that have the right types.
pub(super) struct LimitProblems<'a> {
    document: &'a Document,
    node: NodeId,
    found: Vec<Problem>,
}

impl LimitProblems<'_> {
    /// Something wrong with the value of a key; with the whole map if the key is not there.
    pub(super) fn say(&mut self, key: &str, message: impl Into<String>, help: impl Into<String>) {
        let mut entries = self.document.entries(self.node);
        let place = entries.find(|(name, _)| self.document.text(*name) == Some(key));
        let span = self.document.span(place.map_or(self.node, |(_, value)| value));
        self.found.push(Problem::new("limits", message).at(span, "here").help(help));
    }

    /// Exactly one of two keys must be given.
    pub(super) fn one_of(&mut self, first: (&str, bool), second: (&str, bool)) {
        let names = format!("`{}` or `{}`", first.0, second.0);
        match (first.1, second.1) {
            (true, true) => {
                self.say(second.0, format!("either {names}, not both"), format!("remove one of {names}"));
            }
            (false, false) => {
                self.say("", format!("neither {names} is given"), format!("write one of {names}"));
            }
            _ => {}
        }
    }

    /// A list must not be empty.
    pub(super) fn not_empty<T>(&mut self, key: &str, list: &[T]) {
        if list.is_empty() {
            self.say(key, format!("`{key}` is empty, so anything would pass"), "write at least one");
        }
    }

    /// Names with brackets: without quotes, a comma in them makes two names of one.
    pub(super) fn whole(&mut self, key: &str, names: &[Name]) {
        let balance = |name: &Name| {
            let count = |sign| name.as_str().matches(sign).count();
            count('(').cmp(&count(')'))
        };
        let open = names.iter().position(|name| balance(name).is_gt());
        let Some((from, rest)) = open.and_then(|at| Some((at, names.get(at + 1..)?))) else { return };
        let Some(to) = rest.iter().position(|name| balance(name).is_lt()) else { return };
        let parts: Vec<&str> = names.iter().skip(from).take(to + 2).map(Name::as_str).collect();
        self.say(
            key,
            format!("a comma separates names inside brackets: these are {} names", parts.len()),
            format!("if you mean one, put it in quotes: \"{}\"", parts.join(", ")),
        );
    }

    /// A count must be at least one, and no more than `most`.
    pub(super) fn at_least_one(&mut self, key: &str, count: Option<u32>, most: u32) {
        if count.is_some_and(|count| count == 0 || count > most) {
            self.say(key, format!("`{key}` is a number from 1 to {most}"), "write a number in that range");
        }
    }

    /// Bounds of a count.
    pub(super) fn bounds(&mut self, bounds: Bounds) {
        if let (Some(most), Some(least)) = (bounds.at_most, bounds.at_least)
            && least > most
        {
            self.say("at_least", "`at_least` is more than `at_most`: no number fits", "change one of them");
        }
    }
}

/// So many at most, so many at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) at_most: Option<u64>,
    pub(super) at_least: Option<u64>,
}

impl Bounds {
    /// Without either, none at all.
    pub(super) fn or_none(at_most: Option<u64>, at_least: Option<u64>) -> Self {
        let most = if at_least.is_none() { Some(at_most.unwrap_or(0)) } else { at_most };
        Self { at_most: most, at_least }
    }

    /// Whether the number is within.
    pub(super) fn hold(self, number: u64) -> bool {
        self.at_most.is_none_or(|most| number <= most) && self.at_least.is_none_or(|least| number >= least)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at_most, self.at_least) {
            (Some(most), Some(least)) => write!(f, "{least} to {most}"),
            (Some(most), None) => write!(f, "at most {most}"),
            (None, Some(least)) => write!(f, "at least {least}"),
            (None, None) => f.write_str("any number"),
        }
    }
}

/// Whether the value of a text will only be known when people have answered.
fn is_open(text: &str) -> bool {
    text.contains("{{")
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub(super) struct $name(String);

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(&str) -> Result<(), String> = $check;
                if !is_open(&text) {
                    check(&text)?;
                }
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

text!(
    /// Text that is not empty.
    Name,
    |text| if text.trim().is_empty() { Err("this must not be empty".into()) } else { Ok(()) }
);
text!(
    /// The number of an issue, pull request, ...: digits.
    Number,
    |text| match text.parse::<i32>() {
        Ok(number) if number > 0 && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
        _ => Err(format!("`{}` is not a number: write digits, without #", super::refusal::short(text))),
    }
);
text!(
    /// A length of time of a fixed number of seconds.
    Lasting,
    |text| match Length::parse(text).map(Length::exact) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(format!("`{text}` has no fixed length: write hours or days, such as 24h or 3d")),
        Err(error) => Err(error.to_string()),
    }
);

impl Name {
    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Number {
    /// The number; 0, which nothing has, for a text that was never filled in.
    pub(super) fn get(&self) -> i32 {
        self.0.parse().unwrap_or(0)
    }
}

impl Lasting {
    /// The length. One that cannot be read has none: whatever it limits is too old.
    pub(super) fn get(&self) -> Duration {
        Length::parse(&self.0).ok().and_then(Length::exact).unwrap_or_default()
    }
}

/// States beside success that a gate lets pass (V4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Accept {
    Skipped,
    Neutral,
}

impl Accept {
    /// The state's name.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Neutral => "neutral",
        }
    }
}
