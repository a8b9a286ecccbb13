//! Workflows of a repository: which of them have a run for each commit of a branch, so that a gate can ask for it.

use std::path::Path;

use super::look::MOST_BYTES;
use gonogo_files as files;
use gonogo_yaml::{Document, NodeId, NodeKind, parse};

/// Files of a folder that are looked at.
const MOST_FILES: usize = 200;
/// Words of names of workflows that prove something about a commit.
const PROOFS: [&str; 8] = ["test", "build", "check", "lint", "verify", "valid", "e2e", "integration"];

/// What the workflows of a repository are good for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct WorkflowsSeen {
    /// Files that a gate can ask for, those of tests first.
    pub gates: Vec<String>,
    /// Files that are no gate, each with the reason.
    pub left_out: Vec<(String, &'static str)>,
}

/// Reads the workflow files below a folder, for the commits of a branch.
pub(super) fn seen(top: &Path, branch: &str) -> WorkflowsSeen {
    let entries =
        std::fs::read_dir(top.join(".github/workflows")).into_iter().flatten().flatten().take(MOST_FILES);
    let mut all = WorkflowsSeen::default();
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !Path::new(&name).extension().is_some_and(|end| end == "yml" || end == "yaml") {
            continue;
        }
        let Ok(text) = files::read_text(&entry.path(), MOST_BYTES) else { continue };
        match runs_of(&text, branch) {
            CommitRuns::Each => all.gates.push(name),
            CommitRuns::Some(why) => all.left_out.push((name, why)),
            CommitRuns::None => {}
        }
    }
    all.gates.sort_by_key(|name| (!is_ci(name), !proves(name), name.clone()));
    // Where some are called tests, the others send things out or tidy up.
    if all.gates.iter().any(|name| proves(name)) {
        let others = all.gates.iter().filter(|name| !proves(name)).cloned();
        all.left_out.extend(others.map(|name| (name, "by its name it is not a test")));
        all.gates.retain(|name| proves(name));
    }
    all.left_out.sort();
    all
}

/// Whether a name is that of a workflow of tests.
fn proves(name: &str) -> bool {
    let name = name.to_lowercase();
    is_ci(&name) || PROOFS.iter().any(|word| name.contains(word))
}

fn is_ci(name: &str) -> bool {
    name.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "ci")
}

/// For which commits of a branch a workflow has a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CommitRuns {
    /// For each that is pushed.
    Each,
    /// For some, and why: a gate would wait for ever for the others.
    Some(&'static str),
    /// For none: it is about something else.
    None,
}

/// By its `on`, as GitHub documents the events of workflows.
fn runs_of(text: &str, branch: &str) -> CommitRuns {
    let rejected;
    let document = match parse("workflow", text.as_bytes()) {
        Ok(document) => document,
        // What our own files may not have, such as an empty value, is usual in workflows.
        Err(problems) => {
            rejected = problems;
            match rejected.salvage() {
                Some(document) => return of_document(document, branch),
                None => return CommitRuns::None,
            }
        }
    };
    of_document(&document, branch)
}

fn of_document(document: &Document, branch: &str) -> CommitRuns {
    let root = document.root();
    if document.kind(root) != NodeKind::Map {
        return CommitRuns::None;
    }
    let Some(on) = document.get(root, "on") else { return CommitRuns::None };
    let pull = "pull requests only";
    match document.kind(on) {
        NodeKind::List => {
            let names: Vec<&str> =
                document.items(on).iter().filter_map(|item| document.text(*item)).collect();
            of_names(&names, pull)
        }
        NodeKind::Map => match document.get(on, "push") {
            Some(push) if document.kind(push) == NodeKind::Map => of_push(document, push, branch),
            Some(_) => CommitRuns::Each,
            None if document.get(on, "pull_request").is_some() => CommitRuns::Some(pull),
            None => CommitRuns::None,
        },
        _ => of_names(&[document.text(on).unwrap_or_default()], pull),
    }
}

fn of_names(names: &[&str], pull: &'static str) -> CommitRuns {
    if names.contains(&"push") {
        CommitRuns::Each
    } else if names.contains(&"pull_request") {
        CommitRuns::Some(pull)
    } else {
        CommitRuns::None
    }
}

fn of_push(document: &Document, push: NodeId, branch: &str) -> CommitRuns {
    let list = |key: &str| -> Option<Vec<String>> {
        let node = document.get(push, key)?;
        let one = document.text(node).map(str::to_owned);
        let many = (document.kind(node) == NodeKind::List).then(|| document.items(node));
        let many = many.into_iter().flatten().filter_map(|item| document.text(*item)).map(str::to_owned);
        Some(one.into_iter().chain(many).collect())
    };
    let (branches, ignored) = (list("branches"), list("branches-ignore"));
    let tags = list("tags").is_some() || list("tags-ignore").is_some();
    let named = |all: &[String]| all.iter().any(|pattern| matches(pattern, branch));
    if branches.is_none() && ignored.is_none() && tags {
        return CommitRuns::Some("tags only");
    }
    if branches.is_some_and(|all| !named(&all)) || ignored.is_some_and(|all| named(&all)) {
        return CommitRuns::Some("other branches");
    }
    if list("paths").is_some() {
        return CommitRuns::Some("some files only");
    }
    CommitRuns::Each
}

/// Whether a pattern of branches names this one: `*` stands for anything; what else patterns can say is taken to match
/// only what is written.
fn matches(pattern: &str, branch: &str) -> bool {
    let mut parts = pattern.split('*').filter(|part| !part.is_empty());
    if !pattern.contains('*') {
        return pattern == branch;
    }
    let mut rest = branch;
    if !pattern.starts_with('*') {
        let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
        rest = after;
    }
    let last = if pattern.ends_with('*') { None } else { parts.next_back() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    last.is_none_or(|last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_that_run_for_each_commit_of_the_branch_are_told_from_others() {
        for text in [
            "on: push\n",
            "on: [push, pull_request]\n",
            "name: x\non:\n  push:\n    branches: [main]\n",
            "\"on\":\n  - push\n",
            "# c\non:\n  # why\n  pull_request:\n\n  push:\n",
            "on:\n  push:\n    branches: ['m*']\n    tags: [v1]\n",
            "on:\n  push:\n    branches-ignore: [dev]\n    paths-ignore: ['docs/**']\n",
            "on:\n  push:\n    branches: main\n",
        ] {
            assert_eq!(runs_of(text, "main"), CommitRuns::Each, "{text}");
        }
        for (text, why) in [
            ("on: pull_request\n", "pull requests only"),
            ("on:\n  pull_request:\n  workflow_call:\n", "pull requests only"),
            ("on:\n  push:\n    tags: ['v*']\n", "tags only"),
            ("on:\n  push:\n    branches:\n      - release-*\n", "other branches"),
            ("on:\n  push:\n    branches-ignore: ['**']\n", "other branches"),
            ("on:\n  push:\n    branches: [main]\n    paths:\n      - docs/**\n", "some files only"),
        ] {
            assert_eq!(runs_of(text, "main"), CommitRuns::Some(why), "{text}");
        }
        for text in [
            "on:\n  schedule:\n    - cron: x\njobs:\n  push:\n    x: y\n",
            "name: push\n",
            "- push\n",
            "",
            "on: [",
        ] {
            assert_eq!(runs_of(text, "main"), CommitRuns::None, "{text}");
        }
    }

    #[test]
    fn patterns_of_branches_match_as_they_are_written() {
        for (pattern, branch) in
            [("main", "main"), ("release/*", "release/3.0"), ("**", "a/b"), ("v*-x", "v1-x")]
        {
            assert!(matches(pattern, branch), "{pattern} {branch}");
        }
        for (pattern, branch) in
            [("main", "master"), ("release/*", "main"), ("*-maint", "main"), ("v[0-9]", "v1")]
        {
            assert!(!matches(pattern, branch), "{pattern} {branch}");
        }
    }
}
