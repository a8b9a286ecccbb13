//! What people met who gate releases on GitHub, and what is right there: cases of public reports.

use chrono::TimeDelta;

use super::bench::{Bench, Want};
use super::support::github::{Alert, Repo, oid, then};
use Want::{Failed, Fails, Holds, Pending, Unclear};
use gonogo::domain::FailureKind::NotFound;
use gonogo::domain::Outcome;

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

/// The nightly run of the same commit has nothing to deploy: what the push has reached stays reached.
#[tokio::test]
async fn a_newer_run_by_another_event_takes_nothing_away_from_what_was_reached() {
    let nightly = |conclusion: Option<&'static str>, reached: bool| {
        Bench::new(move |repo| {
            let push = repo.run("deploy.yml", "main", "success").id;
            let run = repo.run("deploy.yml", "main", "success");
            run.event = "schedule".into();
            run.status = if conclusion.is_some() { "completed".into() } else { "in_progress".into() };
            run.conclusion = conclusion.map(str::to_owned);
            repo.environments.entry("production".into()).or_default();
            if reached {
                let deployed = repo.deploy("production", "main", &["success"]);
                (deployed.at, deployed.run) = (then() + TimeDelta::hours(1), Some(push));
            }
        })
    };
    let said = "by push has reached production, and nothing waits";
    nightly(Some("success"), true).expect("reached", PRODUCTION, Holds, said).await;
    let failed = "the newer one by schedule ended (failure) without it";
    nightly(Some("failure"), true).expect("contradict", PRODUCTION, Unclear, failed).await;
    nightly(None, true).expect("under way", PRODUCTION, Pending, "not reached production yet").await;
    nightly(Some("success"), false).expect("neither", PRODUCTION, Fails, "without reaching").await;
    let older = nightly(Some("success"), false);
    older.repo(|repo| (repo.runs[0].status, repo.runs[0].conclusion) = ("in_progress".into(), None));
    older.expect("the older one is under way", PRODUCTION, Pending, "by push has not reached").await;
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
            .expect(reported, &gate, Unclear, &format!("\"{reported}\" did: is that the one?"))
            .await;
    }
    let gate = "checks: { required: [build] }";
    world("bu\u{456}ld").expect("named", gate, Unclear, "a Cyrillic letter (U+0456)").await;
    let label = "issues: { labels: [\"release\u{2011}blocker\"] }";
    let there = Bench::new(|repo| repo.label("release-blocker"));
    there.expect("a label", label, Failed(NotFound), "an unusual hyphen (U+2011)").await;
}

const DEPENDABOT: &str = "alerts: { tool: dependabot }";

/// Dependabot scans the default branch only: of a release branch it knows nothing.
#[tokio::test]
async fn dependabot_says_nothing_of_another_branch() {
    let world = || Bench::new(|repo| drop(repo.commit("release/3.0", "r1").oid.clone()));
    world().expect("main", DEPENDABOT, Holds, "0 Dependabot alerts open on main").await;
    let of_release = world().at("release/3.0");
    let said = "and Dependabot does not look at release/3.0";
    of_release.expect("another branch", DEPENDABOT, Unclear, said).await;
    let enough = "alerts: { tool: dependabot, in_target: false }";
    of_release.expect("as asked", enough, Holds, "on main").await;
    let open = Alert { number: 1, open: true, severity: "low".into(), package: "x".into() };
    of_release.repo(|repo| repo.dependabot = Some(vec![open]));
    of_release.expect("a no stays one", DEPENDABOT, Fails, "on main").await;
    // A tag or a commit that was cut from the release branch is as unknown as the branch.
    let cut = |repo: &mut Repo| {
        let cut = repo.commit("release/3.0", "r2").oid.clone();
        repo.tag("v3.0.1", &cut);
        cut
    };
    let bench = world();
    drop(bench.repo(cut));
    bench.at("v3.0.1").expect("a tag of it", DEPENDABOT, Unclear, "does not look at v3.0.1").await;
    let bench = world();
    let commit = bench.repo(cut);
    bench.at(&commit).expect("a commit of it", DEPENDABOT, Unclear, "does not look at this commit").await;
}

const CODE: &str = "alerts: { tool: code_scanning }";

/// GitHub's own setup, switched on beside a workflow, scans less and closes what the workflow found.
#[tokio::test]
async fn a_scan_by_something_else_under_the_same_name_is_another() {
    const OWN: &str = "csharp@dynamic/github-code-scanning/codeql:analyze";
    let bench = Bench::new(|repo| {
        repo.scanned("main", "csharp");
        repo.commit("main", "c2");
        repo.scanned("main", OWN);
    });
    let said = "not been scanned yet by CodeQL (csharp) of .github/workflows/scan.yml:analyze";
    bench.expect("only by GitHub's own setup", CODE, Pending, said).await;
    bench.repo(|repo| {
        repo.scanned("main", "csharp");
    });
    bench.expect("by both", CODE, Unclear, "GitHub keeps only the last of them").await;
    bench.repo(|repo| {
        repo.commit("main", "c3");
        repo.scanned("main", "csharp");
    });
    bench
        .expect("it is gone again", CODE, Pending, "not been scanned yet by CodeQL (csharp) of dynamic/")
        .await;
}

/// One branch with a pull request into `main` and one into `develop`, as a release branch has: the workflow runs for both.
fn two_pulls(first: &'static str, second: &'static str, pulls: u64) -> Bench {
    Bench::new(move |repo| {
        let head = repo.commit("release/3.0", "r1").oid.clone();
        for number in 0..pulls {
            let pull = repo.pull(5 + number, "Release 3.0");
            pull.base = if number == 0 { "main".into() } else { "develop".into() };
            (pull.head, pull.head_oid) = ("release/3.0".into(), head.clone());
        }
        repo.commit("release/3.0", "r1");
        let commit = repo.commit_mut("release/3.0");
        commit.check("build", first).of("a", ("CI", "pull_request", 1)).on("release/3.0");
        commit.check("build", second).of("b", ("CI", "pull_request", 2)).on("release/3.0");
        for conclusion in [first, second] {
            let run = repo.run("ci.yml", "release/3.0", conclusion);
            run.event = "pull_request".into();
        }
    })
    .at("release/3.0")
}

#[tokio::test]
async fn runs_of_two_pull_requests_of_one_head_do_not_replace_each_other() {
    let both = "#5 into main and #6 into develop have this head";
    for (first, second) in [("failure", "success"), ("success", "failure")] {
        let bench = two_pulls(first, second, 2);
        bench.expect("checks", BUILD, Unclear, both).await;
        bench.expect("runs", CI, Unclear, both).await;
    }
    let agree = two_pulls("success", "success", 2);
    agree.expect("both say so", BUILD, Holds, "").await;
    agree.expect("both say so", CI, Holds, "").await;
    let one = two_pulls("failure", "success", 1);
    one.expect("one pull request: run again", BUILD, Holds, "").await;
    one.expect("one pull request: run again", CI, Holds, "").await;
}

/// While a run is run again, GitHub takes its checks away and makes them anew one after another.
#[tokio::test]
async fn a_list_of_checks_that_is_short_while_a_run_is_run_again_is_not_the_whole() {
    let world = |again: &'static [&'static str]| {
        Bench::new(move |repo| {
            let commit = repo.commit("main", "c1");
            for conclusion in again {
                commit.check("build", conclusion).of("a", ("CI", "push", 7));
            }
            commit.check("deploy", "queued").of("a", ("CI", "push", 7));
            let attempts = [("build", 1), ("build", 1), ("deploy", 1), ("build", 2)];
            repo.attempts.insert(7, attempts.map(|(name, attempt)| (name.into(), attempt)).into());
        })
    };
    let said = "build: success (push), but only 1 of 2 checks of that name are there while the run is being repeated";
    world(&["success"]).expect("one of two is back", BUILD, Pending, said).await;
    world(&["success", "success"]).expect("both are back", BUILD, Holds, "").await;
    world(&["success", "failure"]).expect("and one is red", BUILD, Fails, "failure").await;
    let unseen = Bench::new(|repo| {
        let commit = repo.commit("main", "c1");
        commit.check("build", "success").of("a", ("CI", "push", 7));
        commit.check("deploy", "queued").of("a", ("CI", "push", 7));
    });
    unseen.expect("the first attempt", BUILD, Holds, "").await;
    let asked =
        |bench: &Bench| bench.server.requests().iter().filter(|it| it.path.ends_with("/jobs")).count();
    assert_eq!(asked(&unseen), 1);
    let whole = Bench::new(|repo| {
        repo.commit("main", "c1").check("build", "success").of("a", ("CI", "push", 7));
    });
    whole.expect("a run that has ended", BUILD, Holds, "").await;
    assert_eq!(asked(&whole), 0, "nothing is asked of what has ended");
}

/// What can never be found is found never: such a gate is green for ever.
#[tokio::test]
async fn searches_that_find_nothing_whatever_there_is_are_refused() {
    for bad in ["reason:completed", "closed:>2026-01-01", "is:private", "archived:true"] {
        let gate = format!("issues: {{ search: '{bad}' }}");
        assert!(super::bench::decode(&gate).is_err(), "{bad}");
    }
    let into = "pull_requests: { search: 'base:relaese/3.0' }";
    let bench = Bench::new(|repo| drop(repo.commit("release/3.0", "r1").oid.clone()));
    bench.expect("a slip", into, Failed(NotFound), "no branch `relaese/3.0`").await;
    bench.expect("there", "pull_requests: { search: 'base:release/3.0' }", Holds, "").await;
}

/// Proxies that compress mark entity tags: a 304 that names another one is no answer, and the next question begins anew.
#[tokio::test]
async fn a_304_about_another_body_is_not_asked_for_again_and_again() {
    use super::support::server::{Fault, Reply};
    let bench = Bench::new(|repo| drop(repo.run("ci.yml", "main", "success").file.clone()));
    bench.expect("seen", CI, Holds, "").await;
    let marked = |request: &super::support::server::Req| {
        request.path.ends_with("/actions/runs") && request.header("if-none-match").is_some()
    };
    let other = Reply::empty(304).with("ETag", "\"another-gzip\"");
    bench.server.fault_when(marked, Fault::Reply(other));
    let first = bench.one(CI).await.map(|it| it.outcome);
    assert!(first.is_err(), "{first:?}");
    assert_eq!(bench.one(CI).await.map(|it| it.outcome), Ok(Outcome::Holds), "asked anew");
}

/// Cases of public reports in which the word was right already; they stay so.
#[tokio::test]
async fn what_was_met_elsewhere_and_is_right_here() {
    type World = fn(&mut Repo);
    let table: &[(&str, World, &str, Want, &str)] = &[
        // A run of a newcomer is held until somebody lets it run: it has no checks at all.
        (
            "held runs report nothing",
            |repo| drop(repo.commit("main", "c1").check("cla", "success").oid.clone()),
            BUILD,
            Unclear,
            "build has not reported",
        ),
        // A newer run cancels an older one.
        (
            "an older twin was cancelled",
            |repo| {
                let commit = repo.commit("main", "c1");
                commit.check("build", "cancelled").of("a", ("CI", "push", 1));
                commit.check("build", "success").of("b", ("CI", "push", 2));
            },
            BUILD,
            Holds,
            "",
        ),
        (
            "a check that GitHub gave up waiting for",
            |repo| drop(repo.commit("main", "c1").check("build", "stale").oid.clone()),
            BUILD,
            Unclear,
            "stale",
        ),
        (
            "a workflow that does not start",
            |repo| drop(repo.run("ci.yml", "main", "startup_failure").file.clone()),
            CI,
            Fails,
            "startup failure",
        ),
        (
            "a run that waits for a person",
            |repo| drop(repo.run("ci.yml", "main", "action_required").file.clone()),
            CI,
            Pending,
            "action required",
        ),
        // The tag was moved after the release was made: it speaks of where the tag is now.
        (
            "a moved tag",
            |repo| {
                repo.release("v3.0.0");
                repo.commit("main", "c2");
                repo.commit("main", "c1");
                repo.tag("v3.0.0", "c2");
            },
            "release: { tag: v3.0.0 }",
            Holds,
            "published",
        ),
        // An issue that was opened again in a closed milestone.
        (
            "a reopened issue in a closed milestone",
            |repo| {
                repo.issue(7, "Leak").milestone("v1");
                repo.milestone("v1").open = false;
            },
            "milestone: { title: v1 }",
            Fails,
            "and is closed: 1 of 1 item open",
        ),
        ("a transferred issue", |_| {}, "issue: { number: 7 }", Failed(NotFound), ""),
        (
            "reopened",
            |repo| drop(repo.issue(7, "Leak").edit().state_reason.replace("reopened".into())),
            "issue: { number: 7 }",
            Fails,
            "still open",
        ),
        // A later commit of another release is deployed: it is not of the target.
        (
            "a rollback",
            |repo| {
                repo.commit("main", "c0");
                repo.commit("main", "c1");
                repo.deploy("production", "c1", &["success", "inactive"]);
                repo.deploy("production", "c0", &["success"]);
            },
            "deployment: { environment: production }",
            Holds,
            "success",
        ),
        (
            "a prerelease",
            |repo| repo.release("v3.0.0").prerelease = true,
            "release: { tag: v3.0.0 }",
            Fails,
            "prerelease",
        ),
        (
            "an asset that is being uploaded",
            |repo| repo.release("v3.0.0").asset("a.tgz", 9).assets[0].state = "starter".into(),
            "release: { tag: v3.0.0, assets: [a.tgz] }",
            Pending,
            "not uploaded completely",
        ),
    ];
    for (name, world, gate, want, said) in table {
        Bench::new(*world).expect(name, gate, *want, said).await;
    }
    let moved = Bench::new(|repo| {
        repo.release("v3.0.0");
        repo.commit("main", "c2");
        repo.commit("main", "c1");
        repo.tag("v3.0.0", "c2");
    });
    let about = moved.found("release: { tag: v3.0.0 }").await.about.unwrap();
    assert_eq!(about.as_str(), oid("c2"), "not of the target");
    let back = Bench::new(|repo| {
        repo.commit("main", "c0");
        repo.commit("main", "c1");
        repo.deploy("production", "c1", &["success", "inactive"]);
        repo.deploy("production", "c0", &["success"]);
    });
    let about = back.found("deployment: { environment: production }").await.about.unwrap();
    assert_eq!(about.as_str(), oid("c0"), "what was rolled back is not the target");
}

#[tokio::test]
async fn a_pull_request_that_goes_into_another_branch_is_not_the_one_that_is_meant() {
    let bench = Bench::new(|repo| {
        repo.pull(7, "Engine").review_decision = Some("APPROVED".into());
    });
    for (expect, good) in [("approved", Holds), ("mergeable", Holds), ("merged", Pending)] {
        let gate = |base: &str| format!("pull_request: {{ number: 7, expect: {expect}{base} }}");
        bench.expect("any", &gate(""), good, "").await;
        bench.expect("as it goes", &gate(", base: main"), good, "").await;
        let said = "goes into main, not into release/3.0";
        bench.expect(expect, &gate(", base: release/3.0"), Unclear, said).await;
    }
}

#[tokio::test]
async fn who_writes_for_one_of_the_roles_may_be_of_the_team_of_the_other() {
    let bench = Bench::world(|world| {
        let repo = world.repo("acme/rocket");
        repo.issue(7, "Roll call");
        repo.pushed("main", then() - TimeDelta::minutes(5));
        repo.comment(7, "ana", "GO for launch");
        world.teams.insert("acme/core".into(), vec!["Ana".into()]);
    });
    let gate = "comment: { issue: 7, phrase: GO for launch, by: [legal, core] }";
    bench.expect("in both", gate, Holds, "written by ana").await;
}

#[tokio::test]
async fn a_list_that_grew_behind_a_full_page_is_read_on() {
    let members = |count: usize| -> Vec<String> { (0..count).map(|at| format!("member-{at}")).collect() };
    let bench = Bench::world(|world| {
        let repo = world.repo("acme/rocket");
        repo.issue(7, "Roll call");
        repo.pushed("main", then() - TimeDelta::minutes(5));
        repo.comment(7, "zoe", "GO for launch");
        world.teams.insert("acme/core".into(), members(100));
    });
    let gate = "comment: { issue: 7, phrase: GO for launch, by: [core] }";
    bench.expect("not of the team", gate, Pending, "not yet core").await;
    // The first page is what it was; its tag is of its body.
    bench.server.edit(|world| world.teams.get_mut("acme/core").unwrap().push("zoe".into()));
    bench.expect("joined", gate, Holds, "written by zoe").await;
}
