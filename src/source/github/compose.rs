//! Many facts in one GraphQL document: an alias per fact, grouped per repository.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fact::{GraphFact, Repo};

/// A document that asks for many facts.
#[derive(Debug)]
pub(super) struct Composed {
    /// The document: fixed text and numbered names only.
    pub(super) document: String,
    /// Everything that came from outside.
    pub(super) variables: Map<String, Value>,
    /// Where each fact's answer will stand: the repository's alias, if any, and the fact's own.
    pub(super) places: Vec<(Option<String>, String)>,
    /// The repositories by alias.
    pub(super) repos: BTreeMap<String, Repo>,
}

/// One document for all of the facts.
pub(super) fn compose(facts: &[GraphFact]) -> Composed {
    let mut writer = QueryWriter::default();
    let places = facts.iter().enumerate().map(|(index, fact)| writer.add(index, fact)).collect();
    writer.finish(places)
}

#[derive(Default)]
struct QueryWriter {
    declared: Vec<String>,
    variables: Map<String, Value>,
    fragments: BTreeMap<String, String>,
    groups: BTreeMap<Repo, Vec<String>>,
    aliases: BTreeMap<Repo, String>,
    rooted: Vec<String>,
}

impl QueryWriter {
    fn add(&mut self, index: usize, fact: &GraphFact) -> (Option<String>, String) {
        let alias = format!("f{index}");
        let repo = fact.repo.as_ref().map(|repo| self.repo(repo));
        // A shape that cannot be read leaves its alias out, and then the answer lacks it: incomplete.
        let Some(parts) = fact.shape.parts() else { return (repo, alias) };
        let mut selection = parts.selection.clone();
        for (name, kind) in &parts.variables {
            let own = format!("{alias}_{name}");
            selection = rename(&selection, name, &own);
            self.declared.push(format!("${own}: {kind}"));
            let value = fact.variables.iter().find(|(given, value)| given == name && !value.is_null());
            if let Some((_, value)) = value {
                self.variables.insert(own, value.clone());
            }
        }
        for (name, text) in &parts.fragments {
            self.fragments.entry(name.clone()).or_insert_with(|| text.clone());
        }
        let line = format!("{alias}: {selection}");
        match &fact.repo {
            Some(repo) => self.groups.entry(repo.clone()).or_default().push(line),
            None => self.rooted.push(line),
        }
        (repo, alias)
    }

    /// The alias of a repository, declared when first met.
    fn repo(&mut self, repo: &Repo) -> String {
        if let Some(alias) = self.aliases.get(repo) {
            return alias.clone();
        }
        let alias = format!("r{}", self.aliases.len());
        for (part, value) in [("owner", &repo.owner), ("name", &repo.name)] {
            self.declared.push(format!("${alias}_{part}: String!"));
            self.variables.insert(format!("{alias}_{part}"), Value::String(value.clone()));
        }
        self.aliases.insert(repo.clone(), alias.clone());
        alias
    }

    fn finish(self, places: Vec<(Option<String>, String)>) -> Composed {
        let mut document = String::from("query Poll");
        if !self.declared.is_empty() {
            document.push_str(&format!("({})", self.declared.join(", ")));
        }
        document.push_str(" {\n  rateLimit { cost limit remaining resetAt }\n");
        for (repo, alias) in &self.aliases {
            document.push_str(&format!(
                "  {alias}: repository(owner: ${alias}_owner, name: ${alias}_name) {{\n    nameWithOwner\n"
            ));
            for line in self.groups.get(repo).into_iter().flatten() {
                document.push_str(&format!("    {line}\n"));
            }
            document.push_str("  }\n");
        }
        for line in &self.rooted {
            document.push_str(&format!("  {line}\n"));
        }
        document.push_str("}\n");
        for text in self.fragments.values() {
            document.push_str(text);
            document.push('\n');
        }
        let repos = self.aliases.into_iter().map(|(repo, alias)| (alias, repo)).collect();
        Composed { document, variables: self.variables, places, repos }
    }
}

/// The selection with `$name` as `$own`, where the name ends there.
fn rename(selection: &str, name: &str, own: &str) -> String {
    let mut out = String::with_capacity(selection.len() + 8);
    let mut rest = selection;
    while let Some((before, after)) = rest.split_once('$') {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        let (found, tail) = after.split_at(end);
        out.push_str(before);
        out.push('$');
        out.push_str(if found == name { own } else { found });
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::query_template, *};

    fn fact(repo: &str, number: i64) -> GraphFact {
        GraphFact {
            repo: Repo::parse(repo),
            shape: &query_template::PULL_REQUEST,
            variables: vec![("number", json!(number))],
        }
    }

    #[test]
    fn facts_are_grouped_per_repository_and_share_fragments() {
        let composed = compose(&[fact("a/b", 1), fact("c/d", 2), fact("a/b", 3)]);
        let text = &composed.document;
        assert_eq!(text.matches("repository(").count(), 2, "{text}");
        assert_eq!(text.matches("fragment PullRequest ").count(), 1, "{text}");
        assert!(text.contains("f2: pullRequest(number: $f2_number) { ...PullRequest "), "{text}");
        assert_eq!(composed.variables["f1_number"], 2);
        assert_eq!(composed.places[2], (Some("r0".into()), "f2".into()));
        assert_eq!(composed.repos["r1"].to_string(), "c/d");
    }

    #[test]
    fn text_from_outside_is_a_variable_and_null_is_left_out() {
        let evil = "x\") { viewer { login } } #";
        let composed = compose(&[
            GraphFact {
                repo: Repo::parse("a/b"),
                shape: &query_template::LABEL,
                variables: vec![("label", json!(evil))],
            },
            GraphFact {
                repo: Repo::parse("a/b"),
                shape: &query_template::ISSUES,
                variables: vec![("labels", Value::Null), ("after", Value::Null)],
            },
        ]);
        assert!(!composed.document.contains("viewer"), "{}", composed.document);
        assert_eq!(composed.variables["f0_label"], evil);
        assert!(!composed.variables.contains_key("f1_labels"));
    }

    #[test]
    fn a_name_that_begins_like_another_is_not_mixed_up() {
        assert_eq!(rename("a(x: $n, y: $name, z: $n)", "n", "f_n"), "a(x: $f_n, y: $name, z: $f_n)");
    }
}
