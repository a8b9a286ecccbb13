//! A type name that stands in several files plays one role in all of them: whoever has met it once knows it everywhere.
//!
//! Names that recur are on [`SAME_ROLE`], with the role. Left out are types that only read what somebody else writes
//! (`Deserialize` without `Serialize`, not public): they are named as their writer names the thing, in the file that reads
//! it.

use super::check::{SourceFile, is_test};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Visibility};

/// Names that stand in several files, and what each is everywhere.
pub const SAME_ROLE: &[(&str, &str)] = &[
    // The two sides of a seam: two rooms that may not use each other, and `app` hands one's to the other.
    ("Connection", "a server of the user's settings, as the settings and as the sources know it"),
    ("CredentialHelper", "a program of the user's that hands over a credential for a host"),
    ("DecodedGuardrail", "what a guardrail measures, as its source understood it"),
    ("DecodedLimits", "the limits of a gate, as its source understood them"),
    ("GateLimits", "the limits of a gate, as they stand in a file"),
    ("KeyFault", "what is wrong with a key that the user chose"),
    // Each source has its own.
    ("Client", "the connection of one source to its server"),
    ("Expect", "what the thing that a gate names is expected to be"),
    ("QueryCall", "a query that is put to a server, within one poll"),
    ("Viewer", "whose credential it is, as GraphQL servers call it"),
    ("Wanted", "what a gate or a guardrail asks of its source, in canonical form"),
    // Kinds of evidence are named by their key in files, whatever the source.
    ("Issues", "evidence: issues that are open"),
    ("Milestone", "evidence: a milestone"),
    ("Project", "evidence: a project"),
    ("Release", "evidence: a release"),
    // Each view has its own.
    ("Line", "a line of a screen: pieces of text, each with how it looks"),
    // What a command prints for machines.
    ("JsonDocument", "the whole of an answer in JSON; `complete` is its last field"),
    // The same thing of the domain, in JSON.
    ("Area", "a checklist and who answers for it; in reports as JSON"),
    ("Asking", "that somebody was asked; in reports as JSON"),
    ("Clause", "one part of what a stage waits for; in reports as JSON"),
    ("Considered", "an option that was weighed; in reports as JSON"),
    ("Dissent", "a station that did not simply agree; in reports as JSON"),
    ("Gate", "one condition for GO; in reports as JSON"),
    ("Guardrail", "what a stage is watched by; in reports as JSON"),
    ("Launch", "one release going out; in reports as JSON"),
    ("Reach", "how far a release is out by the record and in truth; in reports as JSON"),
    ("RollCall", "one round of the poll; in reports as JSON"),
    ("Scope", "what an answer covers; in reports as JSON"),
    ("Score", "counts of blocking gates; in reports as JSON"),
    ("Spoken", "a person's word; in reports as JSON"),
    ("Stage", "one step of the rollout; in reports as JSON"),
    ("StageAnswer", "a result that a stage asks for; in reports as JSON"),
    ("Station", "a role that answers in the poll; in reports as JSON"),
];

/// Every name that recurs without a role, and every role without a name that recurs.
pub fn check(files: &[SourceFile], allowed: &[(&str, &str)]) -> Vec<String> {
    let mut found: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| !is_test_file(&file.name)) {
        let Ok(ast) = file.ast() else { continue };
        let mut reader = Reader::default();
        reader.visit_file(ast);
        for name in reader.names {
            found.entry(name).or_default().insert(&file.name);
        }
    }
    let recurs = |name: &str| found.get(name).is_some_and(|files| files.len() > 1);
    let mut breaches = Vec::new();
    for (name, files) in found.iter().filter(|(name, _)| recurs(name)) {
        if !allowed.iter().any(|(it, _)| it == name) {
            let files = files.iter().copied().collect::<Vec<_>>().join(", ");
            breaches.push(format!(
                "`{name}` is a type in {files}: name each by its meaning, or say its one role in tests/architecture/names.rs"
            ));
        }
    }
    let unused = allowed.iter().filter(|(name, _)| !recurs(name));
    breaches.extend(unused.map(|(name, _)| format!("`{name}` recurs no more: take it off the list")));
    breaches
}

fn is_test_file(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs")
}

#[derive(Default)]
struct Reader {
    names: Vec<String>,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attrs, vis, ident) = match item {
            Item::Struct(it) => (&it.attrs, &it.vis, Some(&it.ident)),
            Item::Enum(it) => (&it.attrs, &it.vis, Some(&it.ident)),
            Item::Trait(it) => (&it.attrs, &it.vis, Some(&it.ident)),
            Item::Type(it) => (&it.attrs, &it.vis, Some(&it.ident)),
            Item::Mod(it) => (&it.attrs, &it.vis, None),
            Item::Fn(it) => (&it.attrs, &it.vis, None),
            _ => return visit::visit_item(self, item),
        };
        if is_test(attrs) {
            return;
        }
        let only_read = derives(attrs, "Deserialize") && !derives(attrs, "Serialize");
        if let Some(ident) = ident.filter(|_| matches!(vis, Visibility::Public(_)) || !only_read) {
            self.names.push(ident.to_string());
        }
        visit::visit_item(self, item);
    }
}

fn derives(attrs: &[Attribute], name: &str) -> bool {
    let derived = attrs.iter().filter(|it| it.path().is_ident("derive"));
    derived
        .filter_map(|it| it.meta.require_list().ok())
        .any(|list| list.tokens.clone().into_iter().any(|token| token.to_string() == name))
}
