//! A first launch: every line with what it means, every gate about this repository.

mod gates;

use std::collections::BTreeSet;

use super::{
    Template, as_id,
    names::Taken,
    page::{inner, list, value},
};

/// The role of those who own the code.
const OWNERS: &str = "owners";

/// What the launch is about and when, as it was answered or guessed.
#[derive(Clone, Debug, PartialEq)]
pub struct LaunchPlan {
    /// How much is at stake.
    pub template: Template,
    /// The launch's id.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// The version going out.
    pub version: String,
    /// T-0 in local time: `2026-12-02T09:00`.
    pub t0: String,
    /// A time zone of the tz database.
    pub timezone: String,
    /// Who begins.
    pub me: Member,
    /// What was seen.
    pub seen: RepositoryFacts,
    /// Where the schema of the file is, for editors.
    pub schema: Option<String>,
}

/// A person.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Their id in the file.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their GitHub login, if it is known.
    pub github: Option<String>,
}

/// The commit that GO is about.
#[derive(Clone, Debug, PartialEq)]
pub struct LaunchTarget {
    /// `owner/name`.
    pub repository: String,
    /// A branch.
    pub git_ref: String,
}

/// Who owns the code.
#[derive(Clone, Debug, PartialEq)]
pub enum CodeOwners {
    /// A GitHub team, `org/slug`.
    Team(String),
    /// GitHub logins.
    People(Vec<String>),
}

/// What the repository shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RepositoryFacts {
    /// Where it is on GitHub.
    pub target: Option<LaunchTarget>,
    /// Workflow files that run for a commit.
    pub workflows: Vec<String>,
    /// Who owns all of it.
    pub owners: Option<CodeOwners>,
    /// Its change log.
    pub changelog: Option<String>,
    /// A label that marks what must not go out.
    pub label: Option<String>,
    /// The milestone of this version.
    pub milestone: Option<String>,
    /// An environment before production.
    pub staging: Option<String>,
}

/// The launch file.
pub fn first_launch(plan: &LaunchPlan) -> String {
    let mut page = CommentedLines(String::new());
    head(&mut page, plan);
    people(&mut page, plan);
    if plan.template > Template::Tiny {
        meeting(&mut page, plan);
    }
    gates::write(&mut page, plan);
    if plan.template > Template::Tiny {
        rollout(&mut page, plan);
    }
    page.0
}

/// Lines, with what they mean beside them.
struct CommentedLines(String);

impl CommentedLines {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// A line and what it means, in a column of their own.
    fn told(&mut self, text: &str, about: &str) {
        self.line(&format!("{text:<58} # {about}"));
    }

    /// A blank line and a remark in lines of its own.
    fn section(&mut self, about: &[&str]) {
        self.line("");
        about.iter().for_each(|about| self.line(&format!("# {about}")));
    }
}

fn head(page: &mut CommentedLines, plan: &LaunchPlan) {
    if let Some(schema) = &plan.schema {
        page.line(&format!("# yaml-language-server: $schema={schema}"));
    }
    page.line(
        "# One launch: who, when, and what must be true before it goes out. Check it with `gonogo validate`,",
    );
    page.line("# open it with `gonogo`, and check it in CI with `gonogo check`.");
    page.told(&format!("launch: {}", plan.id), "its name in the journal");
    page.told(&format!("title: {}", value(&plan.title)), "the name people know it by");
    page.told(&format!("version: {}", value(&plan.version)), "text; for one run: --set version=1.2.3");
    page.told(
        &format!("risk: {}", plan.template.risk()),
        "low, medium or high; a gate's `when` can depend on it",
    );
    match &plan.seen.target {
        Some(target) => {
            let (repository, git_ref) = (inner(&target.repository), inner(&target.git_ref));
            page.line("# GO is about the commit that this ref points to.");
            page.line(&format!("target: {{ repository: {repository}, ref: {git_ref} }}"));
        }
        None => {
            page.line(
                "# No GitHub repository was found. With one, gates can read it, and GO is about a commit:",
            );
            page.line("# target: { repository: OWNER/NAME, ref: BRANCH }");
        }
    }
    page.section(&["When. T is the moment the first users get it; everything else counts from there."]);
    page.line("schedule:");
    page.told(&format!("  t0: {}", plan.t0), "T, in the time zone below");
    page.told(&format!("  timezone: {}", inner(&plan.timezone)), "for working days and times of day");
    if plan.template == Template::High {
        page.line("  freezes:");
        page.told("    - freeze: code", "shown on the board, which also points out a commit that moves");
        page.told("      from: T-3wd", "wd: working days");
        page.line("      until: T");
        page.told("      stops: changes", "`rollout` would stop every stage from starting");
        page.line("      rule: Fixes for release blockers only");
        page.line("      exceptions_by: [release-manager]");
    }
}

/// Roles of a template, each with its title and what it is for.
fn roles(plan: &LaunchPlan) -> Vec<(&'static str, &'static str)> {
    let mut all = vec![("release-manager", "runs the launch")];
    if plan.template > Template::Tiny {
        all.extend([
            ("qa", "answers for testing"),
            ("support", "answers users' questions"),
            ("on-call", "watches the rollout"),
        ]);
    }
    if plan.template == Template::High {
        all.extend([
            ("security", "has reviewed the security risks"),
            ("launch-director", "makes the final call"),
        ]);
    }
    all
}

fn people(page: &mut CommentedLines, plan: &LaunchPlan) {
    let Member { id, name, github } = &plan.me;
    page.section(&["Who. People and roles share one set of names. Gates name roles, so that a person is replaced in one place."]);
    page.line("people:");
    let mut taken = Taken::default();
    for (role, _) in roles(plan).iter().chain(&[(OWNERS, "")]) {
        taken.free(role);
    }
    let id = taken.person(id);
    let mine = github.as_ref().map(|login| format!(", github: {}", inner(login))).unwrap_or_default();
    page.line(&format!("  {id}: {{ name: {}{mine} }}", inner(name)));
    let logins = match &plan.seen.owners {
        Some(CodeOwners::People(logins)) => logins.as_slice(),
        _ => &[],
    };
    let mut seen: BTreeSet<String> = github.iter().map(|login| login.to_ascii_lowercase()).collect();
    // Logins differ by more than their case.
    let logins = logins.iter().filter(|login| seen.insert(login.to_ascii_lowercase()));
    let logins = logins.filter(|login| as_id(login).as_ref() != Some(&plan.me.id));
    let others: Vec<(String, &String)> =
        logins.filter_map(|login| Some((taken.person(&as_id(login)?), login))).collect();
    for (other, login) in &others {
        page.told(
            &format!("  {other}: {{ name: {}, github: {} }}", inner(login), inner(login)),
            "a code owner",
        );
    }
    page.line("roles:");
    for (role, about) in roles(plan) {
        page.told(&format!("  {role}: {{ people: [{id}] }}"), about);
    }
    match &plan.seen.owners {
        Some(CodeOwners::Team(team)) => {
            page.told(&format!("  {OWNERS}: {{ github_team: {} }}", inner(team)), "from CODEOWNERS");
        }
        Some(CodeOwners::People(_)) => {
            let all: Vec<&str> = others.iter().map(|(other, _)| other.as_str()).collect();
            let all = if all.is_empty() { vec![id.as_str()] } else { all };
            page.told(&format!("  {OWNERS}: {{ people: {} }}", list(&all)), "from CODEOWNERS");
        }
        None => {}
    }
}

fn meeting(page: &mut CommentedLines, plan: &LaunchPlan) {
    let high = plan.template == Template::High;
    let call = if high { "launch-director" } else { "release-manager" };
    page.section(&[
        "The go/no-go meeting: each role answers in this order (`v` in the cockpit, or `gonogo vote`).",
    ]);
    page.line("roll_call:");
    page.line("  at: T-15m");
    page.line("  stations:");
    page.told("    - { station: qa }", "a station is a role");
    page.line("    - { station: support }");
    if high {
        page.line("    - { station: security }");
    }
    page.line("    - { station: on-call }");
    page.told(&format!("  final_call: {call}"), "makes the decision: gonogo decide --go");
    page.section(&["Waivers are recorded with a reason, a risk and an end, and never by the gate's owner."]);
    page.line("policies:");
    page.line(&format!("  waivers: {{ by: [{call}], longest: 24h, most: 3 }}"));
    if high {
        page.told(
            "  sign_offs: { valid_for: 48h, void_after_hold: true }",
            "older sign-offs have to be given again",
        );
    }
}

fn rollout(page: &mut CommentedLines, plan: &LaunchPlan) {
    page.section(&[
        "The rollout, stage by stage. gonogo records and watches; it never flips a switch by itself.",
        "Add guardrails to watch each stage: docs/guardrails.md.",
    ]);
    page.line("rollout:");
    page.told("  advance_by: [on-call, release-manager]", "who may start the next stage");
    page.line("  stages:");
    page.line("    - stage: first");
    page.told("      audience: { percent: 10 }", "a percentage, a cohort or a ring");
    let soak = if plan.template == Template::High { "24h" } else { "4h" };
    page.told(&format!("      soak: {{ time: {soak} }}"), "at least this long before the next stage");
    page.line("    - stage: everyone");
    page.line("      audience: { percent: 100 }");
}
