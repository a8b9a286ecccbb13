//! What people met who gate releases on GitHub, and what is right there: cases of public reports.

use chrono::TimeDelta;

use super::bench::{Bench, Want};
use super::support::github::{Alert, Repo, oid, then};
use Want::{Failed, Fails, Holds, Pending, Unclear};
use gonogo::domain::FailureKind::NotFound;

const BUILD: &str = "checks: { required: [build] }";
const CI: &str = "workflow: { file: ci.yml }";

/// The same commit stands on `main` and on another branch or tag, and the workflow ran on both.
fn on_two(main: &'static str, other: &'static str) -> Bench {
    Bench::new(move |repo| {
        let commit = repo.commit("main", "c1");
        commit.check("build", main).of("a", ("CI", "push", 1)).on("main");
        // A tag is no branch: its suite tells none.
        commit.check("build", other).of("b", ("CI", "push", 2));
        repo.run("ci.yml", "main", main);
        repo.run("ci.yml", "main", other).branch = "v1.2.0".into();
    })
}

#[tokio::test]
async fn a_run_on_another_branch_or_tag_of_the_commit_replaces_none() {
    let tagged = on_two("failure", "success");
    tagged.expect("red on main, green on the tag", BUILD, Fails, "build: failure (push)").await;
    let said = "the newer #2 by push on v1.2.0 does not replace it: write `branch`";
    tagged.expect("the run of main is red", CI, Fails, said).await;
    tagged.expect("as asked", "workflow: { file: ci.yml, branch: v1.2.0 }", Holds, "on v1.2.0").await;
    tagged.expect("as asked", "workflow: { file: ci.yml, branch: main }", Fails, "on main").await;
    let red = on_two("success", "failure");
    red.expect("red on the tag", BUILD, Fails, "build: failure (push)").await;
    red.expect("red on the tag", CI, Fails, "#2").await;
    let skipped = on_two("success", "skipped");
    skipped.expect("what was skipped there says nothing of it", BUILD, Holds, "build: success").await;
    skipped.expect("what was skipped there says nothing of it", CI, Holds, "#1").await;
    let again = Bench::new(|repo| {
        let commit = repo.commit("main", "c1");
        commit.check("build", "failure").of("a", ("CI", "push", 1)).on("main");
        commit.check("build", "success").of("b", ("CI", "push", 2)).on("main");
        repo.run("ci.yml", "main", "failure");
        repo.run("ci.yml", "main", "success");
    });
    again.expect("pushed there again", BUILD, Holds, "build: success (push)").await;
    again.expect("pushed there again", CI, Holds, "#2").await;
}

/// GitHub matches the name of a job, and waits for ever for what its page shows.
#[tokio::test]
async fn a_rule_means_the_name_of_a_check_and_not_what_the_page_shows() {
    let world = |asked: &'static str| {
        Bench::new(move |repo| {
            repo.commit("main", "c1").check("build", "success").of("a", ("CI", "push", 1));
            repo.protection.insert("main".into(), (vec![asked.into()], 0, false));
        })
    };
    let rules = "checks: { from_branch_rules: true }";
    world("build").expect("the job", rules, Holds, "").await;
    let said = "CI / build has not reported; \"build\" did";
    world("CI / build").expect("as the page shows it", rules, Unclear, said).await;
    world("CI").expect("the workflow", rules, Unclear, "CI has not reported").await;
    world("build").expect("in a gate", "checks: { required: [CI / build] }", Holds, "").await;
}

const PRODUCTION: &str = "environment: { name: production, file: deploy.yml }";

/// The run of `main` has reached production; whether something waits there is told by the run.
fn deployed(name: &'static str, more: impl Fn(&mut Repo)) -> Bench {
    Bench::new(move |repo| {
        repo.run("deploy.yml", "main", "success");
        repo.deploy(name, "main", &["success"]).at = then() + TimeDelta::minutes(1);
        more(repo);
    })
}

#[tokio::test]
async fn an_environment_that_waits_is_found_in_upper_and_lower_case() {
    let bench = deployed("Production", |repo| {
        let id = repo.runs[0].id;
        repo.waiting.insert(id, vec![("Production".into(), vec!["ana".into()])]);
    });
    bench.expect("a second job waits", PRODUCTION, Pending, "waits for approval by ana").await;
    deployed("Production", |_| {}).expect("nothing waits", PRODUCTION, Holds, "nothing waits").await;
}

#[tokio::test]
async fn a_run_that_waits_for_approval_waits_whatever_another_event_has_reached() {
    let bench = deployed("production", |repo| {
        let run = repo.run("deploy.yml", "main", "success");
        (run.event, run.status, run.conclusion) = ("workflow_dispatch".into(), "waiting".into(), None);
        let id = run.id;
        repo.runs.swap(0, 1);
        let numbers = (repo.runs[0].number, repo.runs[1].number);
        (repo.runs[0].number, repo.runs[1].number) = (numbers.1, numbers.0);
        repo.waiting.insert(id, vec![("production".into(), vec!["ana".into()])]);
    });
    bench
        .expect("the older run, by another event", PRODUCTION, Pending, "the run by workflow_dispatch")
        .await;
}

/// Private keys, connection strings and passwords are listed only where their kinds are named.
#[tokio::test]
async fn secrets_of_no_provider_count_as_well() {
    const SECRETS: &str = "alerts: { tool: secret_scanning }";
    let key = |number| Alert { number, open: true, severity: "low".into(), package: "key".into() };
    let bench = Bench::new(|repo| repo.generic_secrets = vec![key(7)]);
    bench.expect("a private key", SECRETS, Fails, "1 secret scanning alert open").await;
    let both = Bench::new(|repo| {
        repo.secret_scanning = Some(vec![key(6)]);
        repo.generic_secrets = vec![key(7), key(6)];
    });
    both.expect("each once", SECRETS, Fails, "2 secret scanning alerts open").await;
    Bench::new(|_| {}).expect("none", SECRETS, Holds, "0 secret scanning alerts open").await;
}

/// The tag of a draft is put on what its target is when somebody publishes it.
#[tokio::test]
async fn a_draft_is_of_the_commit_that_its_tag_would_be_put_on() {
    const DRAFT: &str = "release: { tag: v3.0.0, expect: draft }";
    let world = |target: &'static str| {
        Bench::new(move |repo| {
            let draft = repo.release("v3.0.0");
            (draft.draft, draft.published, draft.target) = (true, None, target.into());
            repo.refs.remove("refs/tags/v3.0.0");
            repo.commit("main", "c2");
        })
        .at(&oid("c1"))
    };
    world("main").expect("the branch moved on", DRAFT, Holds, "drafted").await;
    assert_eq!(
        world("main").found(DRAFT).await.about.unwrap().as_str(),
        oid("c2"),
        "not the target's commit"
    );
    let gone = world("release/3.0");
    gone.expect("the branch is gone", DRAFT, Failed(NotFound), "would be put on `release/3.0`").await;
}

#[tokio::test]
async fn names_that_only_look_like_it_are_pointed_out() {
    let world = |name: &'static str| {
        Bench::new(move |repo| {
            repo.commit("main", "c1").check(name, "success").of("a", ("CI", "push", 1));
        })
    };
    for (reported, asked) in [
        ("Unit Tests (3.14)", "Unit Tests"),
        ("build", "Build"),
        // A hyphen that does not break, and a Cyrillic letter.
        ("unit\u{2011}tests", "unit-tests"),
        ("bu\u{456}ld", "build"),
    ] {
        let gate = format!("checks: {{ required: ['{asked}'] }}");
        world(reported)
            .expect(reported, &gate, Unclear, &format!("\"{reported}\" did: is that meant?"))
            .await;
    }
    let gate = "checks: { required: [build] }";
    world("bu\u{456}ld").expect("named", gate, Unclear, "a Cyrillic letter (U+0456)").await;
    let label = "issues: { labels: [\"release\u{2011}blocker\"] }";
    let there = Bench::new(|repo| repo.label("release-blocker"));
    there.expect("a label", label, Failed(NotFound), "a hyphen of another kind (U+2011)").await;
}
