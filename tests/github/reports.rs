//! More of what people met who gate releases on GitHub: names that GitHub changes, what a deployment waits for, and
//! answers that look like a mistake of whoever wrote the file.

use serde_json::{Value, json};

use super::bench::{Bench, Want};
use super::support::github::{Release, Repo, oid};
use super::support::server::{Fault, Reply};
use Want::{Failed, Fails, Holds, Pending, Unclear};
use gonogo::domain::FailureKind::{Incomplete, NotFound};
use std::sync::Arc;

/// Letters, digits and `.-_+` stay, the rest becomes a dot.
#[tokio::test]
async fn an_asset_that_github_renamed_is_pointed_out() {
    let bench = Bench::new(|repo| {
        repo.release("v3.0.0").asset("app_3.0.0.rc1_amd64.deb", 9).asset("My.App.1.zip", 9);
    });
    for (asset, want, said) in [
        ("app_3.0.0~rc1_amd64.deb", Fails, "GitHub renamed one to app_3.0.0.rc1_amd64.deb"),
        ("My App (1).zip", Fails, "GitHub renamed one to My.App.1.zip"),
        ("app_3.0.0.rc1_amd64.deb", Holds, "published with"),
        ("other.zip", Fails, "published without other.zip"),
    ] {
        let gate = format!("release: {{ tag: v3.0.0, assets: [\"{asset}\"] }}");
        bench.expect(asset, &gate, want, said).await;
    }
    let found = bench.found("release: { tag: v3.0.0, assets: [other.zip] }").await;
    assert!(!found.reason.contains("renamed"), "{}", found.reason);
}

/// The run has got to the environment and waits there.
fn waiting(changed: Value) -> Bench {
    let bench = Bench::new(|repo| {
        let run = repo.run("deploy.yml", "main", "success");
        (run.status, run.conclusion) = ("waiting".into(), None);
        let id = run.id;
        repo.deploy("production", "main", &["waiting"]);
        repo.waiting.insert(id, vec![("production".into(), vec!["ana".into()])]);
    });
    let change = Arc::new(move |body: &mut Value| {
        for (key, value) in changed.as_object().unwrap() {
            body[0][key] = value.clone();
        }
    });
    bench.server.fault_when(|it| it.path.contains("pending_deployments"), Fault::Change(change));
    bench
}

/// Nobody can approve what waits for a timer, an app or the branches that may deploy.
#[tokio::test]
async fn a_deployment_that_waits_for_no_person_says_what_it_waits_for() {
    const GATE: &str = "environment: { name: production, file: deploy.yml }";
    let timer = json!({"reviewers": [], "wait_timer": 30, "wait_timer_started_at": "2026-12-01T10:00:00Z"});
    let not_begun = json!({"reviewers": [], "wait_timer": 30, "wait_timer_started_at": null});
    let rule = json!({"reviewers": [], "wait_timer": 0});
    for (changed, said) in [
        (json!({}), "production waits for approval by ana"),
        (json!({"wait_timer": 30}), "production waits for approval by ana"),
        (timer, "production waits for its timer of 30 min, until 2026-12-01 10:30 UTC"),
        (not_begun, "production waits for its timer of 30 min (the run by push)"),
        (rule, "production waits for a protection rule"),
    ] {
        waiting(changed).expect(said, GATE, Pending, said).await;
    }
}

/// GitHub says of a project that a token may not see, or that is a person's, that it could not be resolved.
#[tokio::test]
async fn a_project_that_is_not_found_may_be_hidden_or_a_persons() {
    let bench = Bench::new(|_| {});
    for owner in ["acme", "octocat"] {
        let gate = format!("project: {{ organization: {owner}, number: 16, done: [Done] }}");
        for said in ["this token cannot see it", "Projects: read", "a person's project cannot be asked"] {
            bench.expect(owner, &gate, Failed(NotFound), said).await;
        }
    }
}

const BUILD: &str = "checks: { required: [build] }";

/// A case, the world of it, the gate, what it should say, and a part of its words.
type Row = (&'static str, fn(&mut Repo), &'static str, Want, &'static str);

/// Each of them has been reported of some tool that got it wrong.
#[tokio::test]
async fn what_others_took_for_green_or_red_is_told_apart() {
    let table: &[Row] = &[
        (
            "the umbrella job has not been made yet, the others run",
            |repo| {
                let commit = repo.commit("main", "c1");
                commit.check("unit", "in_progress").of("a", ("CI", "push", 1));
                commit.check("lint", "success").of("a", ("CI", "push", 1));
            },
            "checks: { required: [ci-success] }",
            Unclear,
            "ci-success has not reported",
        ),
        (
            "a title was mended, and the check ran again on the same head",
            |repo| {
                let commit = repo.commit("main", "c1");
                commit.check("build", "failure").of("a", ("CI", "pull_request", 1));
                commit.check("build", "success").of("b", ("CI", "pull_request", 2));
            },
            BUILD,
            Holds,
            "build: success (pull_request)",
        ),
        (
            "green when somebody started it, red in the pull request",
            |repo| {
                let commit = repo.commit("main", "c1");
                commit.check("build", "failure").of("a", ("CI", "pull_request", 1));
                commit.check("build", "success").of("b", ("CI", "workflow_dispatch", 2));
            },
            BUILD,
            Fails,
            "build: failure (pull_request)",
        ),
        (
            "a check and a commit status of one name",
            |repo| {
                drop(
                    repo.commit("main", "c1")
                        .check("build", "success")
                        .status("build", "failure")
                        .oid
                        .clone(),
                )
            },
            BUILD,
            Fails,
            "build: failure",
        ),
        (
            "a workflow that the rules require did not start for these paths",
            |repo| {
                repo.commit("main", "c1").check("lint", "success").of("a", ("CI", "push", 1));
                repo.protection.insert("main".into(), (vec!["lint".into(), "e2e".into()], 0, false));
            },
            "checks: { from_branch_rules: true }",
            Unclear,
            "e2e has not reported",
        ),
        (
            "a job published the release, and another left a draft of the same tag",
            |repo| {
                repo.release("v3.0.0");
                let draft = Release { draft: true, published: None, id: 9, ..repo.releases[0].clone() };
                repo.releases.push(draft);
            },
            "release: { tag: v3.0.0 }",
            Holds,
            "published",
        ),
        (
            "a release without its files, because no workflow ran for it",
            |repo| drop(repo.release("v3.0.0").tag.clone()),
            "release: { tag: v3.0.0, assets: [app.tgz] }",
            Fails,
            "published without app.tgz",
        ),
        (
            "published to a registry, and never tagged",
            |_| {},
            "tag: { name: v3.0.0 }",
            Pending,
            "has no tag v3.0.0 yet",
        ),
        (
            "a preview of another branch, deployed later, made ours inactive",
            |repo| {
                repo.commit("feature", "c2");
                repo.deploy("preview", "main", &["success", "inactive"]);
                repo.deploy("preview", "c2", &["success"]);
            },
            "deployment: { environment: preview }",
            Holds,
            "success",
        ),
    ];
    for (name, world, gate, want, said) in table {
        Bench::new(*world).expect(name, gate, *want, said).await;
    }
    let other = Bench::new(table[8].1).found(table[8].2).await.about.unwrap();
    assert_eq!(other.as_str(), oid("c2"), "it speaks of the other branch, and so is no go");
}

/// For a moment GitHub tells that a check is over, and not how it ended.
#[tokio::test]
async fn a_check_that_is_over_without_a_result_is_neither_green_nor_red() {
    let bench = Bench::new(|repo| {
        repo.commit("main", "c1").check("build", "success").of("a", ("CI", "push", 1));
    });
    bench.server.fault(Fault::Change(Arc::new(|body| {
        let told = body.to_string();
        *body =
            serde_json::from_str(&told.replace("\"conclusion\":\"SUCCESS\"", "\"conclusion\":null")).unwrap();
    })));
    bench.expect("completed, and nothing else", BUILD, Unclear, "build").await;
}

/// A proxy before a server of one's own may answer with what it kept.
#[tokio::test]
async fn an_answer_out_of_a_cache_is_old_or_none() {
    const CI: &str = "workflow: { file: ci.yml }";
    for (age, want, kept) in
        [("0", Unclear, None), ("90", Unclear, Some(90)), ("3600", Failed(Incomplete), None)]
    {
        let bench = Bench::new(|repo| drop(repo.run("ci.yml", "main", "success").file.clone()));
        let runs = Reply::json(200, &json!({"total_count": 0, "workflow_runs": []})).with("Age", age);
        bench.server.fault_when(|it| it.path.contains("/runs"), Fault::Reply(runs));
        let told = bench.ask(&[CI]).await;
        assert_eq!(super::bench::got(&told.answers[0].1), want, "{age}: {:?}", told.answers);
        assert_eq!(told.kept.values().map(std::time::Duration::as_secs).next(), kept, "{age}");
    }
}

/// The newest hundred of those that name a pull request are not all of them.
#[tokio::test]
async fn what_took_a_pull_request_back_is_found_behind_many_that_name_it() {
    const GATE: &str = "pull_request: { number: 5 }";
    let bench = Bench::new(|repo| {
        repo.pull(5, "Migrate");
        repo.merge(5);
        repo.pull(6, "Revert").body = "Reverts acme/rocket#5".into();
        repo.merge(6);
        repo.commit("main", "c2");
        for number in 100..340 {
            repo.pull(number, "Notes").body = "See #5".into();
        }
    });
    bench.expect("by number", GATE, Unclear, "#6 \"Revert\", which takes it back").await;
    bench.expect("by branch", "pull_request: { branch: branch-5 }", Unclear, "which takes it back").await;
    bench.repo(|repo| repo.pull(6, "").body = "See #5".into());
    bench.expect("named, and not taken back", GATE, Holds, "which is in main").await;
    bench.repo(|repo| {
        let pull = repo.pull(6, "");
        (pull.body, pull.merge_commit) = ("Reverts acme/rocket#5".into(), None);
    });
    bench.expect("nobody knows where to", GATE, Unclear, "GitHub does not say as which commit").await;
}

/// What was open when the tag was cut may have been mended on the branch since.
#[tokio::test]
async fn dependabot_says_nothing_of_an_older_commit() {
    const GATE: &str = "alerts: { tool: dependabot }";
    let bench = || Bench::new(|repo| repo.tag("v3.0.0", "main"));
    bench().at("v3.0.0").expect("the newest commit", GATE, Holds, "open on main").await;
    let older = bench().at("v3.0.0");
    older.repo(|repo| drop(repo.commit("main", "c2").oid.clone()));
    older.expect("main went on", GATE, Unclear, "Dependabot does not look at v3.0.0").await;
    let enough = "alerts: { tool: dependabot, in_target: false }";
    older.expect("as asked", enough, Holds, "open on main").await;
    let older = bench().at(&oid("c1"));
    older.repo(|repo| drop(repo.commit("main", "c2").oid.clone()));
    older.expect("a commit", GATE, Unclear, "does not look at this commit").await;
}
