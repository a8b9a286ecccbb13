//! One gate of every kind, with a world in which it holds and one in which it does not.

use chrono::TimeDelta;

use super::bench::{Bench, REPO, TOKEN};
use super::support::github::{Alert, GithubWorld, Project, oid, then};

/// A gate, and how to make it green or red.
pub struct Sample {
    pub gate: &'static str,
    pub green: fn(&mut GithubWorld),
    pub red: fn(&mut GithubWorld),
}

/// Every kind of evidence at least once.
pub fn all() -> Vec<Sample> {
    let sample = |gate, green, red| Sample { gate, green, red };
    vec![
        sample(
            "workflow: { file: ci.yml }",
            |world| {
                world.repo(REPO).run("ci.yml", "main", "success");
            },
            |world| {
                world.repo(REPO).run("ci.yml", "main", "failure");
            },
        ),
        sample(
            "checks: { required: [build] }",
            |world| {
                world.repo(REPO).commit("main", "c1").check("build", "success");
            },
            |world| {
                world.repo(REPO).commit("main", "c1").check("build", "failure");
            },
        ),
        sample(
            "checks: { from_branch_rules: true }",
            |world| {
                let repo = world.repo(REPO);
                repo.required_checks.insert("main".into(), vec!["build".into()]);
                repo.commit("main", "c1").check("build", "success");
            },
            |world| {
                let repo = world.repo(REPO);
                repo.required_checks.insert("main".into(), vec!["build".into()]);
                repo.commit("main", "c1").check("build", "failure");
            },
        ),
        sample(
            "pull_request: { number: 5 }",
            |world| {
                let repo = world.repo(REPO);
                let pull = repo.pull(5, "Migrate");
                (pull.state, pull.merge_commit) = ("MERGED".into(), Some(oid("c1")));
            },
            |world| world.repo(REPO).pull(5, "Migrate").state = "CLOSED".into(),
        ),
        sample(
            "pull_request: { branch: branch-5, expect: mergeable }",
            |world| {
                world.repo(REPO).pull(5, "Migrate");
            },
            |world| world.repo(REPO).pull(5, "Migrate").mergeable = "CONFLICTING".into(),
        ),
        sample(
            "approvals: { number: 5, count: 2 }",
            |world| {
                world.repo(REPO).pull(5, "Migrate").review("ana", "APPROVED").review("bo", "APPROVED");
            },
            |world| {
                world.repo(REPO).pull(5, "Migrate").review("ana", "CHANGES_REQUESTED");
            },
        ),
        sample("approvals: { number: 5, team: core, code_owners: true }", owners_approve, |world| {
            owners_approve(world);
            world.repo(REPO).pull(5, "").review("ana", "DISMISSED");
        }),
        sample(
            "issues: { labels: [release-blocker] }",
            |world| world.repo(REPO).label("release-blocker"),
            |world| {
                world.repo(REPO).issue(7, "Engine leaks").label("release-blocker");
            },
        ),
        sample(
            "issues: { labels: [release-blocker, p0], milestone: v1, at_most: 1 }",
            |world| {
                world
                    .repo(REPO)
                    .issue(7, "Engine leaks")
                    .label("release-blocker")
                    .label("p0")
                    .milestone("v1");
            },
            |world| {
                let repo = world.repo(REPO);
                repo.issue(7, "Engine leaks").label("release-blocker").milestone("v1");
                repo.issue(8, "Engine burns").label("p0").milestone("v1");
            },
        ),
        sample(
            "issues: { search: 'label:release-blocker' }",
            |world| world.repo(REPO).label("release-blocker"),
            |world| {
                world.repo(REPO).issue(7, "Engine leaks").label("release-blocker");
            },
        ),
        sample(
            "pull_requests: { base: main }",
            |_| {},
            |world| {
                world.repo(REPO).pull(5, "Migrate");
            },
        ),
        sample(
            "pull_requests: { milestone: v1, at_most: 0 }",
            |world| {
                world.repo(REPO).milestone("v1");
            },
            |world| {
                let repo = world.repo(REPO);
                repo.milestone("v1");
                repo.pull(5, "Migrate").milestone = Some("v1".into());
            },
        ),
        sample(
            "issue: { number: 7 }",
            |world| {
                let repo = world.repo(REPO);
                repo.issue(7, "Engine leaks");
                repo.close_issue(7);
            },
            |world| {
                world.repo(REPO).issue(7, "Engine leaks");
            },
        ),
        sample(
            "issue: { number: 7, expect: tasks_ticked }",
            |world| {
                world.repo(REPO).issue(7, "Plan").body("- [x] a\n- [x] b");
            },
            |world| {
                world.repo(REPO).issue(7, "Plan").body("- [x] a\n- [ ] b");
            },
        ),
        sample("issue: { number: 7, expect: sub_issues_done }", parts_done, |world| {
            parts_done(world);
            world.repo(REPO).issue(8, "").edit().open = true;
        }),
        sample(
            "milestone: { title: v1 }",
            |world| {
                let repo = world.repo(REPO);
                repo.issue(7, "Engine leaks").milestone("v1");
                repo.close_issue(7);
            },
            |world| {
                world.repo(REPO).issue(7, "Engine leaks").milestone("v1");
            },
        ),
        sample(
            "release: { tag: v1.2.0, assets: [rocket.tar.gz] }",
            |world| {
                world.repo(REPO).release("v1.2.0").asset("rocket.tar.gz", 9);
            },
            |world| {
                world.repo(REPO).release("v1.2.0").asset("other.tar.gz", 9);
            },
        ),
        sample(
            "release: { tag: v1.2.0, expect: draft }",
            |world| world.repo(REPO).release("v1.2.0").draft = true,
            |world| {
                world.repo(REPO).release("v1.2.0");
            },
        ),
        sample("tag: { name: v1.2.0 }", |world| world.repo(REPO).tag("v1.2.0", "main"), |_| {}),
        sample(
            "deployment: { environment: production }",
            |world| {
                world.repo(REPO).deploy("production", "main", &["success"]);
            },
            |world| {
                world.repo(REPO).deploy("production", "main", &["failure"]);
            },
        ),
        sample("environment: { name: production, file: ship.yml }", reached, |world| {
            reached(world);
            let repo = world.repo(REPO);
            let run = repo.runs[0].id;
            repo.waiting.insert(run, vec![("production".into(), vec!["ana".into()])]);
        }),
        sample(
            "alerts: { tool: dependabot, severity: [critical] }",
            |_| {},
            |world| {
                world.repo(REPO).dependabot = Some(vec![alert("critical")]);
            },
        ),
        sample(
            "alerts: { tool: code_scanning }",
            |world| {
                world.repo(REPO).scanned("main", "go");
            },
            |world| {
                world.repo(REPO).code_scanning = Some(vec![alert("low")]);
            },
        ),
        sample(
            "alerts: { tool: secret_scanning }",
            |_| {},
            |world| {
                world.repo(REPO).secret_scanning = Some(vec![alert("low")]);
            },
        ),
        sample(
            "file: { path: docs/notes.md, matches: '^# 1\\.2' }",
            |world| world.repo(REPO).file("main", "docs/notes.md", "# 1.2.0\n"),
            |world| world.repo(REPO).file("main", "docs/notes.md", "# 1.1.0\n"),
        ),
        sample(
            "branch_rules: { branch: main, checks: [build], approvals: 2, code_owners: true }",
            ruled,
            |world| {
                world.repo(REPO).protection.insert("main".into(), (vec!["build".into()], 1, true));
            },
        ),
        sample(
            "project: { organization: acme, number: 3, done: [Done] }",
            |world| board(world, "Done"),
            |world| {
                board(world, "Doing");
            },
        ),
        sample(
            "merge_queue: { branch: main }",
            |world| world.repo(REPO).merge_queue = Some(Vec::new()),
            |world| {
                let repo = world.repo(REPO);
                repo.pull(5, "Migrate");
                repo.merge_queue = Some(vec![5]);
            },
        ),
        sample(
            "comment: { issue: 7, phrase: GO for launch, by: [ana] }",
            |world| said(world, "GO for launch"),
            |world| {
                said(world, "NO-GO for launch");
            },
        ),
    ]
}

impl Sample {
    pub fn green(&self) -> Bench {
        Bench::world(self.green)
    }

    pub fn red(&self) -> Bench {
        Bench::world(self.red)
    }

    /// In a repository that the token may not see.
    pub fn hidden(&self) -> Bench {
        let bench = self.green();
        bench.server.edit(|world| {
            world.repo(REPO).private = true;
            world.tokens.get_mut(TOKEN).unwrap().repos.clear();
        });
        bench
    }
}

pub fn alert(severity: &str) -> Alert {
    Alert { number: 1, open: true, severity: severity.into(), package: "openssl".into() }
}

fn owners_approve(world: &mut GithubWorld) {
    world.teams.insert("acme/core".into(), vec!["Ana".into()]);
    let repo = world.repo(REPO);
    repo.codeowners = Some(0);
    repo.protection.insert("main".into(), (Vec::new(), 1, true));
    repo.pull(5, "Migrate").review("ana", "APPROVED").review_decision = Some("APPROVED".into());
}

fn parts_done(world: &mut GithubWorld) {
    let repo = world.repo(REPO);
    repo.issue(8, "Part").edit().open = false;
    repo.issue(7, "Plan").edit().sub_issues = vec![8];
}

fn reached(world: &mut GithubWorld) {
    let repo = world.repo(REPO);
    repo.run("ship.yml", "main", "success").at = then() - TimeDelta::minutes(5);
    repo.deploy("production", "main", &["in_progress", "success"]);
}

fn ruled(world: &mut GithubWorld) {
    let repo = world.repo(REPO);
    repo.protection.insert("main".into(), (vec!["build".into()], 1, false));
    let parameters =
        serde_json::json!({ "required_approving_review_count": 2, "require_code_owner_review": true });
    repo.rules
        .insert("main".into(), vec![serde_json::json!({ "type": "pull_request", "parameters": parameters })]);
}

pub fn board(world: &mut GithubWorld, status: &str) {
    world.repo(REPO).issue(7, "Engine leaks");
    let items = vec![(REPO.to_owned(), 7, Some(status.to_owned()))];
    let options = vec!["Todo".into(), "Doing".into(), "Done".into()];
    let project = Project { title: "Launch".into(), items, options, ..Project::default() };
    world.projects.insert(("acme".into(), 3), project);
}

fn said(world: &mut GithubWorld, words: &str) {
    let repo = world.repo(REPO);
    repo.issue(7, "Roll call");
    repo.pushed("main", then() - TimeDelta::minutes(5));
    repo.comment(7, "ana", words);
    assert_eq!(repo.activity[0].1, oid("c1"));
}
