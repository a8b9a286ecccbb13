//! What a folder shows without asking anybody: its remote, workflows, owners, change log.

use std::path::Path;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};

use super::super::{checkout::Checkout, opened::env};
use gonogo_files as files;
use gonogo_source::Survey;
use gonogo_start::{CodeOwners, LaunchTarget, RepositoryFacts, plain_repository};
use gonogo_text::clean;

/// A page of text.
const MOST_BYTES: u64 = 256 << 10;
/// Files of a folder that are looked at.
const MOST_FILES: usize = 200;

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct RepositoryLook {
    /// For gates.
    pub seen: RepositoryFacts,
    /// In words.
    pub told: Vec<String>,
    /// What the folder or its repository is called.
    pub name: String,
}

/// Looks at a folder and at the checkout that it is in.
pub(super) fn look(folder: &Path) -> RepositoryLook {
    let folder =
        folder.canonicalize().or_else(|_| std::env::current_dir()).unwrap_or_else(|_| folder.to_owned());
    let checkout = Checkout::around(&folder);
    let top = checkout.as_ref().map_or(folder.as_path(), |it| it.top.as_path());
    let repository =
        checkout.as_ref().and_then(|it| it.repository.clone()).filter(|name| plain_repository(name));
    let branch =
        checkout.as_ref().and_then(|it| it.git_ref.as_deref()).and_then(|it| it.strip_prefix("refs/heads/"));
    let named = repository.as_deref().and_then(|name| name.rsplit('/').next());
    let name =
        named.or_else(|| top.file_name().and_then(|name| name.to_str())).unwrap_or("Launch").to_owned();
    let target = repository
        .map(|repository| LaunchTarget { repository, git_ref: branch.unwrap_or("main").to_owned() });
    let seen = RepositoryFacts {
        target,
        workflows: workflows(top),
        owners: owners(top),
        changelog: changelog(top),
        ..RepositoryFacts::default()
    };
    let told = told(&seen);
    RepositoryLook { seen, told, name }
}

fn told(seen: &RepositoryFacts) -> Vec<String> {
    let mut all = Vec::new();
    all.push(match &seen.target {
        Some(it) => format!("git: {} at {}", it.repository, it.git_ref),
        None => "git: no remote `origin` that is a repository: gates ask people only".to_owned(),
    });
    if !seen.workflows.is_empty() {
        all.push(format!("workflows that run for a commit: {}", seen.workflows.join(", ")));
    }
    match &seen.owners {
        Some(CodeOwners::Team(team)) => all.push(format!("CODEOWNERS: the team {team}")),
        Some(CodeOwners::People(logins)) => all.push(format!("CODEOWNERS: {}", logins.join(", "))),
        None => {}
    }
    all.extend(seen.changelog.iter().map(|path| format!("change log: {path}")));
    all.into_iter().map(|line| clean(&line).into_owned()).collect()
}

/// Workflow files that a push or a person starts, those of tests and releases first.
fn workflows(top: &Path) -> Vec<String> {
    let entries =
        std::fs::read_dir(top.join(".github/workflows")).into_iter().flatten().flatten().take(MOST_FILES);
    let mut all: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let yaml = Path::new(&name).extension().is_some_and(|end| end == "yml" || end == "yaml");
            let text = files::read_text(&entry.path(), MOST_BYTES).ok().filter(|_| yaml)?;
            runs_for_commits(&text).then_some(name)
        })
        .collect();
    let weight = |name: &String| {
        let words = ["ci", "test", "build", "check", "release"];
        words.iter().position(|word| name.contains(word)).unwrap_or(words.len())
    };
    all.sort_by_key(|name| (weight(name), name.clone()));
    all
}

/// Whether its `on` names a push: then each commit of the branch has a run.
fn runs_for_commits(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let is_on = |line: &&str| ["on:", "\"on\":", "'on':"].iter().any(|key| line.starts_with(key));
    let Some(first) = lines.find(is_on) else { return false };
    let names =
        |line: &str| line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == "push");
    let inline = first.split_once(':').is_some_and(|(_, rest)| names(rest));
    inline
        || lines.take_while(|line| line.starts_with([' ', '-']) || line.is_empty()).any(|line| {
            let line = line.trim_start().trim_start_matches("- ");
            line.trim_end() == "push" || line.starts_with("push:")
        })
}

/// Who owns everything: the last line of CODEOWNERS whose pattern is `*`, as GitHub reads it.
fn owners(top: &Path) -> Option<CodeOwners> {
    let text = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]
        .iter()
        .find_map(|name| files::read_text(&top.join(name), MOST_BYTES).ok())?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let all: Vec<&str> =
        lines.filter_map(|line| line.strip_prefix("* ")).next_back()?.split_whitespace().collect();
    let names: Vec<&str> = all.iter().filter_map(|owner| owner.strip_prefix('@')).collect();
    if let Some(team) = names.iter().find(|name| plain_repository(name)) {
        return Some(CodeOwners::Team((*team).to_owned()));
    }
    let login = |name: &&str| {
        (1..=39).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let people: Vec<String> = names.into_iter().filter(login).map(str::to_owned).collect();
    (!people.is_empty()).then_some(CodeOwners::People(people))
}

fn changelog(top: &Path) -> Option<String> {
    let names = ["CHANGELOG.md", "CHANGES.md", "HISTORY.md", "RELEASES.md", "CHANGELOG"];
    names.iter().find(|name| top.join(name).is_file()).map(|name| (*name).to_owned())
}

/// Adds what only GitHub knows.
pub(super) fn add(seen: &mut RepositoryFacts, survey: &Survey) {
    const BLOCKERS: &[&str] = &[
        "release-blocker",
        "release blocker",
        "blocker",
        "sev-1",
        "severity-1",
        "severity/1",
        "critical",
        "p0",
    ];
    let find = |all: &[String], wanted: &[&str]| {
        wanted.iter().find_map(|word| all.iter().find(|name| name.to_lowercase().contains(word)).cloned())
    };
    seen.label = find(&survey.labels, BLOCKERS);
    if let [only] = survey.milestones.as_slice() {
        seen.milestone = Some(only.clone());
    }
    seen.staging = find(&survey.environments, &["staging", "stage", "preprod", "pre-prod", "canary", "test"]);
    let on_branch = seen.target.as_ref().is_some_and(|it| it.git_ref != "main");
    if let Some(target) = seen.target.as_mut().filter(|_| !on_branch && !survey.default_branch.is_empty()) {
        target.git_ref.clone_from(&survey.default_branch);
    }
}

/// A working day in a week, at nine: `2026-12-02T09:00`.
pub(super) fn in_a_week(now: DateTime<Utc>) -> String {
    let mut day = now.date_naive() + TimeDelta::days(7);
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day += TimeDelta::days(1);
    }
    format!("{day}T09:00")
}

/// The zone of this machine, by its name in the tz database; UTC where it has none.
pub(super) fn timezone() -> String {
    let link = || {
        let path = std::fs::read_link("/etc/localtime").ok()?;
        let path = path.to_str()?;
        path.split_once("zoneinfo/").map(|(_, zone)| zone.to_owned())
    };
    let named = env("TZ").filter(|zone| zone.contains('/') && !zone.starts_with([':', '/']));
    let zone = named.or_else(link);
    zone.filter(|zone| zone.contains('/') && !zone.starts_with("Etc/")).unwrap_or_else(|| "UTC".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_that_a_push_starts_are_told_from_others() {
        for text in [
            "on: push\n",
            "on: [push, pull_request]\n",
            "name: x\non:\n  push:\n    branches: [main]\n",
            "\"on\":\n  - push\n",
            "# c\non:\n  # why\n  pull_request:\n\n  push:\n",
        ] {
            assert!(runs_for_commits(text), "{text}");
        }
        for text in [
            "on: pull_request\n",
            "on:\n  schedule:\n    - cron: x\njobs:\n  push:\n    x: y\n",
            "name: push\n",
            "",
        ] {
            assert!(!runs_for_commits(text), "{text}");
        }
    }
}
