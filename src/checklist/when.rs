//! `when`: names compared with lists of values. No expressions.

use super::{
    fill::Axis,
    names::Hints,
    reader::{Reader, Word},
    scope::Scope,
};
use crate::{
    domain::{Digest, Str},
    yaml::{Entries, NodeId, Problem},
};

/// Conditions as read.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// Why this launch leaves the thing out; `None`: it applies.
    pub(super) excluded: Option<Str>,
    /// Fingerprint of the conditions as written.
    pub(super) digest: Digest,
}

/// What names stand for where a condition is written.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) scope: &'a Scope,
    pub(super) axes: &'a [Axis],
    pub(super) hints: &'a Hints,
}

impl Values<'_> {
    /// The value of a name and those it can have; `None`: there is no such name.
    fn get(&self, name: &str) -> Option<(&Str, &[Str])> {
        if let Some(axis) = self.axes.iter().rev().find(|axis| &*axis.name == name) {
            return Some((&axis.value, &*axis.all));
        }
        self.scope.get(name).map(|variable| (&variable.value, variable.one_of.as_slice()))
    }

    /// Reads the conditions; all must hold.
    pub(super) fn read(&self, reader: &mut Reader<'_>, node: NodeId) -> Option<Condition> {
        let conditions: Entries<Vec<Word>> = reader.get(Some(node))?;
        if conditions.0.is_empty() {
            reader.report("empty-value", "a `when` without conditions", node, "says nothing");
            return None;
        }
        let mut excluded = Vec::new();
        let mut canonical = Vec::new();
        for (name, allowed) in &conditions.0 {
            if allowed.is_empty() {
                let message = format!("`{}` can have none of no values", name.value);
                reader.report("empty-list", message, name.at, "needs a list of values");
                continue;
            }
            let Some((value, all)) = self.get(&name.value) else {
                self.unknown(reader, name);
                continue;
            };
            allowed.iter().for_each(|word| possible(reader, name, word, all, self.hints));
            if !allowed.iter().any(|word| word.value == **value) {
                excluded.push(reason(&name.value, allowed, value));
            }
            canonical.push(name.value.as_bytes());
            canonical.extend(allowed.iter().map(|word| word.value.as_bytes()));
            canonical.push(b"\0");
        }
        let excluded = (!excluded.is_empty()).then(|| excluded.join("; ").into());
        Some(Condition { excluded, digest: Digest::of(canonical) })
    }

    fn unknown(&self, reader: &mut Reader<'_>, name: &Word) {
        if !self.scope.whole {
            return;
        }
        let problem = Problem::new("unknown-variable", format!("there is no variable `{}` here", name.value))
            .at(reader.span(name.at), "not declared");
        let help = match self.scope.elsewhere.get(name.value.as_str()) {
            Some(place) => format!(
                "declare it in this file: `inputs: {{ {}: {{}} }}`; its value is at {place}",
                name.value
            ),
            None => {
                let names = self.scope.names().chain(self.axes.iter().map(|axis| &*axis.name));
                match self.hints.nearest(&name.value, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "conditions compare variables, inputs, axes of a matrix, or `risk`".to_owned(),
                }
            }
        };
        reader.problems.push(problem.help(help));
    }
}

/// A value that the name can never have would make a condition that never holds.
fn possible(reader: &mut Reader<'_>, name: &Word, word: &Word, all: &[Str], hints: &Hints) {
    if all.is_empty() || all.iter().any(|value| **value == *word.value) {
        return;
    }
    let message = format!("`{}` is never `{}`", name.value, word.value);
    let known = || all.iter().map(AsRef::as_ref);
    let help = match hints.nearest(&word.value, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it is one of {}", super::names::listed(known())),
    };
    reader.advise("unknown-value", message, word.at, "not one of its values", help);
}

/// Why a gate does not apply, for people.
fn reason(name: &str, allowed: &[Word], value: &str) -> String {
    const MOST: usize = 6;
    let shown: Vec<&str> = allowed.iter().take(MOST).map(|word| word.value.as_str()).collect();
    let more = if allowed.len() > MOST { ", ..." } else { "" };
    format!("only when {name} is {}{more}; it is {value}", shown.join(" or "))
}
