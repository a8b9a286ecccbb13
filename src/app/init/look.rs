//! What a folder shows without asking anybody: its remote, workflows, owners, change log.

use std::path::Path;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};

use super::{
    super::{checkout::Checkout, opened::env},
    workflows::{self, WorkflowsSeen},
};
use gonogo_files as files;
use gonogo_source::Survey;
use gonogo_start::{CodeOwners, LaunchTarget, RepositoryFacts};
use gonogo_text::clean;

/// A page of text.
pub(super) const MOST_BYTES: u64 = 256 << 10;

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
    let repository = checkout
        .as_ref()
        .and_then(|it| it.repository.clone())
        .filter(|name| gonogo_text::owner_and_name(name).is_some());
    let branch =
        checkout.as_ref().and_then(|it| it.git_ref.as_deref()).and_then(|it| it.strip_prefix("refs/heads/"));
    let named = repository.as_deref().and_then(|name| name.rsplit('/').next());
    let name =
        named.or_else(|| top.file_name().and_then(|name| name.to_str())).unwrap_or("Launch").to_owned();
    let branch = branch.unwrap_or("main");
    let target = repository.map(|repository| LaunchTarget { repository, git_ref: branch.to_owned() });
    let WorkflowsSeen { gates, left_out } = workflows::seen(top, branch);
    let seen = RepositoryFacts {
        target,
        workflows: gates,
        owners: owners(top),
        changelog: changelog(top),
        ..RepositoryFacts::default()
    };
    let told = told(&seen, &left_out);
    RepositoryLook { seen, told, name }
}

fn told(seen: &RepositoryFacts, left_out: &[(String, &'static str)]) -> Vec<String> {
    let mut all = Vec::new();
    all.push(match &seen.target {
        Some(it) => format!("git: {} at {}", it.repository, it.git_ref),
        None => "git: no remote `origin` on GitHub, so every gate is answered by people".to_owned(),
    });
    if !seen.workflows.is_empty() {
        all.push(format!("workflows that run for every commit: {}", seen.workflows.join(", ")));
    }
    if !left_out.is_empty() {
        let each: Vec<String> = left_out.iter().map(|(name, why)| format!("{name} ({why})")).collect();
        all.push(format!("workflows that got no gate: {}", each.join(", ")));
    }
    match &seen.owners {
        Some(CodeOwners::Team(team)) => all.push(format!("CODEOWNERS: the team {team}")),
        Some(CodeOwners::People(logins)) => all.push(format!("CODEOWNERS: {}", logins.join(", "))),
        None => {}
    }
    all.extend(seen.changelog.iter().map(|path| format!("change log: {path}")));
    all.into_iter().map(|line| clean(&line).into_owned()).collect()
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
    if let Some(team) = names.iter().find(|name| gonogo_text::owner_and_name(name).is_some()) {
        return Some(CodeOwners::Team((*team).to_owned()));
    }
    let login = |name: &&str| {
        (1..=39).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let people: Vec<String> = names.into_iter().filter(login).map(str::to_owned).collect();
    (!people.is_empty()).then_some(CodeOwners::People(people))
}

fn changelog(top: &Path) -> Option<String> {
    let names = [
        "CHANGELOG.md",
        "CHANGES.md",
        "HISTORY.md",
        "RELEASES.md",
        "NEWS.md",
        "CHANGELOG.rst",
        "CHANGES.rst",
        "HISTORY.rst",
        "CHANGELOG",
        "CHANGES",
        "NEWS",
    ];
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
