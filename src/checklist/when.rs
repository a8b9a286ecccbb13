//! `when`: names compared with lists of values. No expressions.

use std::collections::BTreeSet;

use super::{
    interpolate::MatrixAxis,
    names::SpellingHints,
    reader::{Reader, SpannedText},
    scope::VariableScope,
};
use gonogo_domain::{Digest, Str};
use gonogo_text::cap;
use gonogo_yaml::{NodeId, NodeKind, Problem};

/// Conditions as read.
#[derive(Clone, Debug)]
pub(super) struct Applicability {
    /// Why this launch leaves the thing out; `None`: it applies.
    pub(super) excluded: Option<Str>,
    /// Fingerprint of the conditions as written.
    pub(super) digest: Digest,
}

/// What names stand for where a condition is written.
#[derive(Clone, Copy)]
pub(super) struct ConditionScope<'a> {
    pub(super) scope: &'a VariableScope,
    pub(super) axes: &'a [MatrixAxis],
    pub(super) hints: &'a SpellingHints,
}

impl ConditionScope<'_> {
    /// The value of a name and those it can have; `None`: there is no such name.
    fn get(&self, name: &str) -> Option<(&Str, &BTreeSet<Str>)> {
        if let Some(axis) = self.axes.iter().rev().find(|axis| &*axis.name == name) {
            return Some((&axis.value, &axis.all));
        }
        self.scope.get(name).map(|variable| (&variable.value, &*variable.one_of))
    }

    /// Reads the conditions; all must hold.
    pub(super) fn read(&self, reader: &mut Reader<'_>, node: NodeId) -> Option<Applicability> {
        if reader.doc.kind(node) == NodeKind::Map && reader.doc.entries(node).len() == 0 {
            reader.report("empty-value", "a `when` without conditions", node, "empty");
            return None;
        }
        let mut excluded = Vec::new();
        let mut canonical = Vec::new();
        for (name, allowed) in reader.named(Some(node)) {
            let Some(allowed) = reader.get::<Vec<SpannedText>>(Some(allowed)) else { continue };
            if allowed.is_empty() {
                let message = format!("the list of values for `{}` is empty", name.value);
                reader.report("empty-list", message, name.at, "needs at least one value");
                continue;
            }
            let Some((value, all)) = self.get(&name.value) else {
                self.unknown(reader, &name);
                continue;
            };
            allowed.iter().for_each(|word| possible(reader, &name, word, all, self.hints));
            if !self.axes.iter().any(|axis| *axis.name == *name.value)
                && let Some(variable) = self.scope.peek(&name.value)
            {
                variable.compare(allowed.iter().map(|word| word.value.as_str()));
            }
            if !allowed.iter().any(|word| word.value == **value) {
                excluded.push(reason(&name.value, &allowed, value));
            }
            canonical.push(name.value);
            canonical.extend(allowed.into_iter().map(|word| word.value));
            canonical.push("\0".to_owned());
        }
        let excluded = (!excluded.is_empty()).then(|| excluded.join("; ").into());
        Some(Applicability { excluded, digest: Digest::of(canonical.iter().map(String::as_bytes)) })
    }

    fn unknown(&self, reader: &mut Reader<'_>, name: &SpannedText) {
        if !self.scope.whole {
            return;
        }
        let problem = Problem::new("unknown-variable", format!("there is no variable `{}` here", name.value))
            .at(reader.span(name.at), "not declared");
        let names = self.scope.names().chain(self.axes.iter().map(|axis| &*axis.name));
        let help = match self.hints.nearest(&name.value, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "conditions compare variables, inputs, axes of a matrix, or `risk`".to_owned(),
        };
        reader.problems.push(problem.help(help));
    }
}

/// A value that the name can never have would make a condition that never holds.
fn possible(
    reader: &mut Reader<'_>,
    name: &SpannedText,
    word: &SpannedText,
    all: &BTreeSet<Str>,
    hints: &SpellingHints,
) {
    if all.is_empty() || all.contains(word.value.as_str()) {
        return;
    }
    let message = format!("`{}` cannot be `{}`", name.value, word.value);
    let known = || all.iter().map(AsRef::as_ref);
    let help = match hints.nearest(&word.value, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it is one of {}", super::names::listed(known())),
    };
    reader.advise("unknown-value", message, word.at, "not one of its values", help);
}

/// Why a gate does not apply, for people.
fn reason(name: &str, allowed: &[SpannedText], value: &str) -> String {
    const MOST: usize = 6;
    /// In characters: it stands at every gate that it leaves out.
    const LONGEST: usize = 60;
    let shown: Vec<String> = allowed.iter().take(MOST).map(|word| cap(&word.value, LONGEST)).collect();
    let more = if allowed.len() > MOST { ", ..." } else { "" };
    format!("only when {name} is {}{more}; it is {}", shown.join(" or "), cap(value, LONGEST))
}
