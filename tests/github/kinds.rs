//! The kinds of the first issue, state by state.

use chrono::TimeDelta;
use gonogo::domain::FailureKind::{Forbidden, NotFound, Rejected};

use super::bench::{Bench, REPO, TOKEN, Want};
use super::samples;
use super::support::github::{Repo, oid, then};
use Want::{Failed, Fails, Holds, Pending, Unclear};

/// What happens in the repository, the gate, what it should say, and a part of its words.
type Row = (&'static str, fn(&mut Repo), &'static str, Want, &'static str);

async fn table(rows: &[Row]) {
    for (name, build, gate, want, needle) in rows {
        Bench::new(build).expect(name, gate, *want, needle).await;
    }
}

#[tokio::test]
async fn every_kind_holds_in_its_green_world_and_not_in_its_red_one() {
    for sample in samples::all() {
        sample.green().expect("green", sample.gate, Holds, "").await;
        let red = sample.red().one(sample.gate).await;
        assert_ne!(super::bench::got(&red), Holds, "{}: {red:?}", sample.gate);
    }
}

#[tokio::test]
async fn findings_name_their_source_and_a_page() {
    for sample in samples::all() {
        let finding = sample.green().found(sample.gate).await;
        assert!(
            finding.lineage.starts_with("graphql ") || finding.lineage.starts_with("rest "),
            "{finding:?}"
        );
        assert!(finding.rows.len() <= 10, "{finding:?}");
        assert!(!finding.reason.is_empty() && !finding.reason.contains('\n'), "{finding:?}");
        if let Some(url) = &finding.url {
            assert!(url.starts_with("http"), "{}: {url}", sample.gate);
        }
    }
}

#[tokio::test]
async fn workflow() {
    const CI: &str = "workflow: { file: ci.yml }";
    table(&[
        (
            "green",
            |it| {
                it.run("ci.yml", "main", "success");
            },
            CI,
            Holds,
            "the newest run of",
        ),
        (
            "red",
            |it| {
                it.run("ci.yml", "main", "failure");
            },
            CI,
            Fails,
            "#1 of",
        ),
        (
            "cancelled",
            |it| {
                it.run("ci.yml", "main", "cancelled");
            },
            CI,
            Fails,
            "cancelled",
        ),
        (
            "timed out",
            |it| {
                it.run("ci.yml", "main", "timed_out");
            },
            CI,
            Fails,
            "timed out",
        ),
        (
            "skipped",
            |it| {
                it.run("ci.yml", "main", "skipped");
            },
            CI,
            Unclear,
            "skipped",
        ),
        (
            "stale",
            |it| {
                it.run("ci.yml", "main", "stale");
            },
            CI,
            Unclear,
            "stale",
        ),
        (
            "waits for approval",
            |it| {
                it.run("ci.yml", "main", "action_required");
            },
            CI,
            Pending,
            "action required",
        ),
        (
            "not known yet",
            |it| {
                it.run("ci.yml", "main", "sideways");
            },
            CI,
            Unclear,
            "sideways",
        ),
        ("running", |it| running(it, "in_progress"), CI, Pending, "in progress"),
        ("queued", |it| running(it, "queued"), CI, Pending, "queued"),
        ("waiting", |it| running(it, "waiting"), CI, Pending, "waiting"),
        ("unknown status", |it| running(it, "resting"), CI, Unclear, "resting"),
        ("missing workflow", |_| {}, CI, Failed(NotFound), "no workflow ci.yml"),
        (
            "never ran here",
            |it| {
                it.workflows.insert("ci.yml".into(), "CI".into());
            },
            CI,
            Unclear,
            "no run of",
        ),
        (
            "a newer failure counts",
            |it| {
                it.run("ci.yml", "main", "success");
                it.run("ci.yml", "main", "failure");
            },
            CI,
            Fails,
            "#2",
        ),
        (
            "a newer success counts",
            |it| {
                it.run("ci.yml", "main", "failure");
                it.run("ci.yml", "main", "success");
            },
            CI,
            Holds,
            "#2",
        ),
        (
            "another workflow does not",
            |it| {
                it.run("ci.yml", "main", "failure");
                it.run("nightly-ci.yml", "main", "success");
            },
            CI,
            Fails,
            "",
        ),
        (
            "skipped, accepted",
            |it| {
                it.run("ci.yml", "main", "skipped");
            },
            "workflow: { file: ci.yml, accept: [skipped] }",
            Holds,
            "#1",
        ),
        (
            "three in a row",
            |it| times(it, &["success"; 3]),
            "workflow: { file: ci.yml, consecutive: 3 }",
            Holds,
            "#3, #2 and #1",
        ),
        (
            "two of three",
            |it| times(it, &["success"; 2]),
            "workflow: { file: ci.yml, consecutive: 3 }",
            Pending,
            "2 of 3",
        ),
        (
            "two after a failure",
            |it| times(it, &["success", "failure", "success", "success"]),
            "workflow: { file: ci.yml, consecutive: 3 }",
            Pending,
            "2 of 3",
        ),
        (
            "the newest failed",
            |it| times(it, &["success", "success", "failure"]),
            "workflow: { file: ci.yml, consecutive: 3 }",
            Fails,
            "#3",
        ),
        (
            "by event",
            |it| {
                it.run("ci.yml", "main", "success").event = "schedule".into();
                it.run("ci.yml", "main", "failure");
            },
            "workflow: { file: ci.yml, event: schedule }",
            Holds,
            "#1",
        ),
        (
            "no such event",
            |it| {
                it.run("ci.yml", "main", "success");
            },
            "workflow: { file: ci.yml, event: schedule }",
            Unclear,
            "by schedule",
        ),
    ])
    .await;
}

fn running(repo: &mut Repo, status: &str) {
    let run = repo.run("ci.yml", "main", "");
    (run.status, run.conclusion) = (status.into(), None);
}

fn times(repo: &mut Repo, conclusions: &[&str]) {
    for conclusion in conclusions {
        repo.run("ci.yml", "main", conclusion);
    }
}

#[tokio::test]
async fn workflow_on_a_branch_is_about_its_newest_commit() {
    const GATE: &str = "workflow: { file: ci.yml, branch: main, consecutive: 2 }";
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
        repo.commit("main", "c2");
        repo.run("ci.yml", "main", "success");
    });
    let finding = bench.found(GATE).await;
    assert_eq!(finding.about.unwrap().as_str(), oid("c2"), "the newest run's commit");
    bench.expect("two commits count", GATE, Holds, "#2 and #1").await;
    // A new commit without a run: the answer still speaks of the old one, and the evaluator sees that.
    bench.repo(|repo| {
        repo.commit("main", "c3");
    });
    assert_eq!(bench.found(GATE).await.about.unwrap().as_str(), oid("c2"));
    bench
        .expect(
            "missing",
            "workflow: { file: none.yml, branch: main }",
            Failed(NotFound),
            "no workflow none.yml",
        )
        .await;
    bench
        .expect("no run there", "workflow: { file: ci.yml, branch: other }", Unclear, "no run on other")
        .await;
}

#[tokio::test]
async fn the_oldest_run_of_a_row_says_when_it_is_too_old() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success").at = then() - TimeDelta::hours(3);
        repo.run("ci.yml", "main", "success");
    });
    let finding = bench.found("workflow: { file: ci.yml, consecutive: 2, max_age: 24h }").await;
    let (first, second) = bench.repo(|repo| (repo.runs[0].at, repo.runs[1].at));
    assert_eq!(finding.until, Some(first + TimeDelta::hours(24)));
    let finding = bench.found("workflow: { file: ci.yml, max_age: 90m }").await;
    assert_eq!(finding.until, Some(second + TimeDelta::minutes(90)));
}

#[tokio::test]
async fn accepted_states_are_shown() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "neutral");
        repo.commit("main", "c1").check("docs", "skipped").check("build", "success");
    });
    let finding = bench.found("workflow: { file: ci.yml, accept: [neutral] }").await;
    assert_eq!(finding.accepted, ["ci.yml #1 neutral".into()]);
    let finding = bench.found("checks: { required: [docs, build], accept: [skipped] }").await;
    assert_eq!(finding.accepted, ["docs skipped".into()]);
    assert!(bench.found("checks: { required: [build] }").await.accepted.is_empty());
}

#[tokio::test]
async fn checks() {
    const ONE: &str = "checks: { required: [build] }";
    const TWO: &str = "checks: { required: [build, test] }";
    table(&[
        (
            "green",
            |it| {
                it.commit("main", "c1").check("build", "success");
            },
            ONE,
            Holds,
            "1 of 1 check",
        ),
        (
            "red",
            |it| {
                it.commit("main", "c1").check("build", "failure");
            },
            ONE,
            Fails,
            "build: failure",
        ),
        (
            "running",
            |it| {
                it.commit("main", "c1").check("build", "in_progress");
            },
            ONE,
            Pending,
            "in progress",
        ),
        ("nothing reported", |_| {}, ONE, Unclear, "build has not reported"),
        (
            "only others reported",
            |it| {
                it.commit("main", "c1").check("lint", "success");
            },
            ONE,
            Unclear,
            "build has not",
        ),
        (
            "one missing",
            |it| {
                it.commit("main", "c1").check("build", "success");
            },
            TWO,
            Unclear,
            "test has not reported",
        ),
        (
            "failed and missing",
            |it| {
                it.commit("main", "c1").check("build", "failure");
            },
            TWO,
            Fails,
            "build: failure",
        ),
        (
            "skipped",
            |it| {
                it.commit("main", "c1").check("build", "skipped");
            },
            ONE,
            Unclear,
            "skipped",
        ),
        (
            "neutral",
            |it| {
                it.commit("main", "c1").check("build", "neutral");
            },
            ONE,
            Unclear,
            "neutral",
        ),
        (
            "cancelled",
            |it| {
                it.commit("main", "c1").check("build", "cancelled");
            },
            ONE,
            Fails,
            "cancelled",
        ),
        (
            "stale",
            |it| {
                it.commit("main", "c1").check("build", "stale");
            },
            ONE,
            Unclear,
            "stale",
        ),
        (
            "start-up failure",
            |it| {
                it.commit("main", "c1").check("build", "startup_failure");
            },
            ONE,
            Fails,
            "startup failure",
        ),
        (
            "status green",
            |it| {
                it.commit("main", "c1").status("build", "success");
            },
            ONE,
            Holds,
            "",
        ),
        (
            "status red",
            |it| {
                it.commit("main", "c1").status("build", "error");
            },
            ONE,
            Fails,
            "error",
        ),
        (
            "status pending",
            |it| {
                it.commit("main", "c1").status("build", "pending");
            },
            ONE,
            Pending,
            "pending",
        ),
        (
            "check and status",
            |it| {
                it.commit("main", "c1").check("build", "success").status("build", "failure");
            },
            ONE,
            Fails,
            "2 checks of that name",
        ),
        (
            "by workflow and name",
            |it| {
                it.commit("main", "c1").check("build", "success").of("s", ("CI", "push", 1));
            },
            "checks: { required: [CI / build] }",
            Holds,
            "",
        ),
        (
            "others do not matter",
            |it| {
                it.commit("main", "c1").check("build", "success").check("lint", "failure");
            },
            ONE,
            Holds,
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn checks_of_one_name_must_all_be_good() {
    const ONE: &str = "checks: { required: [build] }";
    table(&[
        (
            "two apps",
            |it| {
                it.commit("main", "c1").check("build", "success").check("build", "failure").checks[1]
                    .app_id = 99;
            },
            ONE,
            Fails,
            "",
        ),
        (
            "a matrix of one suite",
            |it| {
                let commit = it.commit("main", "c1");
                commit.check("build", "failure").of("s", ("CI", "push", 1));
                commit.check("build", "success").of("s", ("CI", "push", 1));
            },
            ONE,
            Fails,
            "2 checks",
        ),
        (
            "two workflows",
            |it| {
                let commit = it.commit("main", "c1");
                commit.check("build", "failure").of("s1", ("CI", "push", 1));
                commit.check("build", "success").of("s2", ("Nightly", "push", 2));
            },
            ONE,
            Fails,
            "",
        ),
        (
            "run again: the newest suite counts",
            |it| {
                let commit = it.commit("main", "c1");
                commit.check("build", "failure").of("s1", ("CI", "push", 1));
                commit.check("build", "success").of("s2", ("CI", "push", 2));
            },
            ONE,
            Holds,
            "",
        ),
        (
            "run again, and worse",
            |it| {
                let commit = it.commit("main", "c1");
                commit.check("build", "success").of("s1", ("CI", "push", 1));
                commit.check("build", "failure").of("s2", ("CI", "push", 2));
            },
            ONE,
            Fails,
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn checks_from_branch_rules_are_the_union_of_both_systems() {
    const GATE: &str = "checks: { from_branch_rules: true }";
    let bench = Bench::new(|repo| {
        repo.protection.insert("main".into(), (vec!["build".into()], 0, false));
        let parameters =
            serde_json::json!({ "required_status_checks": [{ "context": "test", "integration_id": 7 }] });
        repo.rules.insert(
            "main".into(),
            vec![serde_json::json!({ "type": "required_status_checks", "parameters": parameters })],
        );
        repo.commit("main", "c1").check("build", "success").check("test", "success");
    });
    bench.expect("of another app", GATE, Unclear, "test has not reported from the app").await;
    bench.repo(|repo| repo.commit_mut("main").checks[1].app_id = 7);
    bench.expect("both", GATE, Holds, "2 of 2 checks").await;
    Bench::new(|repo| {
        repo.commit("main", "c1").check("build", "success");
    })
    .expect("no rules", GATE, Unclear, "require no checks")
    .await;
    let tagged = Bench::new(|repo| repo.tag("v1", "main")).at("v1");
    tagged.expect("a tag has no rules", GATE, Failed(Rejected), "no branch").await;
}

#[tokio::test]
async fn a_token_that_can_not_see_checks_is_told_what_to_do_and_other_gates_go_on() {
    let bench = Bench::new(|repo| {
        repo.commit("main", "c1").check("build", "success");
        repo.run("ci.yml", "main", "success");
    });
    bench.server.edit(|world| world.tokens.get_mut(TOKEN).unwrap().sees_checks = false);
    bench.expect("fine-grained", "checks: { required: [build] }", Failed(Forbidden), "fine-grained").await;
    bench.expect("advice", "checks: { required: [build] }", Failed(Forbidden), "checks: read").await;
    let report = bench
        .ask(&["checks: { required: [build] }", "workflow: { file: ci.yml }", "tag: { name: v1 }"])
        .await;
    let kinds: Vec<Want> = report.answers.iter().map(|(_, it)| super::bench::got(it)).collect();
    assert!(
        kinds.contains(&Holds) && kinds.contains(&Pending) && kinds.contains(&Failed(Forbidden)),
        "{report:?}"
    );
}

#[tokio::test]
async fn own_job_is_left_out_and_named() {
    let build = |repo: &mut Repo| {
        let commit = repo.commit("main", "c1");
        commit.check("gonogo", "failure").of("s0", ("CI", "push", 41));
        commit.check("build", "success").of("s1", ("CI", "push", 42));
        commit.check("gonogo", "in_progress").of("s1", ("CI", "push", 42));
    };
    const GATE: &str = "checks: { required: [build, gonogo] }";
    Bench::new(build).expect("not in Actions", GATE, Pending, "gonogo: in progress").await;
    Bench::new(build).own_run(42).expect("own", GATE, Holds, "left out: gonogo").await;
    Bench::new(build).own_run(99).expect("another run", GATE, Pending, "gonogo").await;
    Bench::new(|repo| {
        let commit = repo.commit("main", "c1");
        commit.check("Release gate", "in_progress").of("s1", ("CI", "push", 42));
        commit.check("build", "success").of("s1", ("CI", "push", 42));
    })
    .own_run(42)
    .expect("by another name", "checks: { required: [build, Release gate] }", Holds, "left out: Release gate")
    .await;
    for other in ["in_progress", "queued", "waiting"] {
        Bench::new(|repo| {
            let commit = repo.commit("main", "c1");
            commit.check("gonogo", "in_progress").of("s1", ("CI", "push", 42));
            commit.check("deploy", other).of("s1", ("CI", "push", 42));
        })
        .own_run(42)
        .expect("it may be either", "checks: { required: [gonogo] }", Pending, "gonogo may be the job that")
        .await;
    }
    Bench::new(build)
        .own_run(42)
        .expect("nothing left", "checks: { required: [gonogo] }", Unclear, "there are no checks to look at")
        .await;
    Bench::new(|repo| {
        let commit = repo.commit("main", "c1");
        commit.check("gonogo (a)", "in_progress").of("s1", ("CI", "push", 42));
        commit.check("gonogo (b)", "in_progress").of("s1", ("CI", "push", 42));
    })
    .own_run(42)
    .expect("which of a matrix is not known", "checks: { required: [gonogo (a), gonogo (b)] }", Pending, "")
    .await;
    let cells = |other: &'static str| {
        Bench::new(move |repo| {
            let commit = repo.commit("main", "c1");
            commit.check("gate", "in_progress").of("s1", ("CI", "push", 42));
            commit.check("gate", other).of("s1", ("CI", "push", 42));
        })
        .own_run(42)
    };
    let gate = "checks: { required: [gate] }";
    cells("failure").expect("another cell of that name", gate, Fails, "gate: failure (push)").await;
    cells("success").expect("another cell of that name", gate, Holds, "1 of 1 check").await;
    Bench::new(|repo| running(repo, "in_progress"))
        .own_run(5001)
        .expect("own workflow", "workflow: { file: ci.yml }", Pending, "gonogo itself")
        .await;
}

#[tokio::test]
async fn pull_request() {
    const MERGED: &str = "pull_request: { number: 5 }";
    const APPROVED: &str = "pull_request: { number: 5, expect: approved }";
    const MERGEABLE: &str = "pull_request: { number: 5, expect: mergeable }";
    const CLOSED: &str = "pull_request: { number: 5, expect: closed }";
    const BRANCH: &str = "pull_request: { branch: branch-5 }";
    table(&[
        (
            "merged",
            |it| {
                it.pull(5, "Migrate");
                it.merge(5);
            },
            MERGED,
            Holds,
            "#5 \"Migrate\": merged",
        ),
        (
            "open",
            |it| {
                it.pull(5, "x");
            },
            MERGED,
            Pending,
            "open",
        ),
        ("draft", |it| it.pull(5, "x").draft = true, MERGED, Pending, "draft"),
        ("closed", |it| it.pull(5, "x").state = "CLOSED".into(), MERGED, Fails, "without being merged"),
        ("missing", |_| {}, MERGED, Failed(NotFound), "the pull request"),
        (
            "queued",
            |it| {
                it.pull(5, "x");
                it.merge_queue = Some(vec![5]);
            },
            MERGED,
            Pending,
            "merge queue",
        ),
        (
            "approved",
            |it| it.pull(5, "x").review_decision = Some("APPROVED".into()),
            APPROVED,
            Holds,
            "approved",
        ),
        (
            "against",
            |it| it.pull(5, "x").review_decision = Some("CHANGES_REQUESTED".into()),
            APPROVED,
            Fails,
            "changes",
        ),
        (
            "waits",
            |it| it.pull(5, "x").review_decision = Some("REVIEW_REQUIRED".into()),
            APPROVED,
            Pending,
            "waits",
        ),
        (
            "no review required",
            |it| {
                it.pull(5, "x");
            },
            APPROVED,
            Unclear,
            "require no review",
        ),
        (
            "mergeable",
            |it| {
                it.pull(5, "x");
            },
            MERGEABLE,
            Holds,
            "can be merged",
        ),
        ("conflicts", |it| it.pull(5, "x").mergeable = "CONFLICTING".into(), MERGEABLE, Fails, "conflicts"),
        ("blocked", |it| it.pull(5, "x").merge_state = "BLOCKED".into(), MERGEABLE, Pending, "rules"),
        ("behind", |it| it.pull(5, "x").merge_state = "BEHIND".into(), MERGEABLE, Fails, "behind"),
        ("computing", |it| it.pull(5, "x").mergeable = "UNKNOWN".into(), MERGEABLE, Pending, "computing"),
        (
            "merged is past mergeable",
            |it| {
                it.pull(5, "x");
                it.merge(5);
            },
            MERGEABLE,
            Holds,
            "merged already",
        ),
        ("closed holds", |it| it.pull(5, "x").state = "CLOSED".into(), CLOSED, Holds, "closed"),
        (
            "not closed",
            |it| {
                it.pull(5, "x");
            },
            CLOSED,
            Pending,
            "open",
        ),
        (
            "by branch",
            |it| {
                it.pull(5, "x");
                it.merge(5);
            },
            BRANCH,
            Holds,
            "#5",
        ),
        ("no such branch", |_| {}, BRANCH, Unclear, "no pull request from `branch-5`"),
        (
            "two open ones",
            |it| {
                it.pull(5, "x");
                it.pull(6, "y").head = "branch-5".into();
            },
            BRANCH,
            Failed(Rejected),
            "2 pull requests come from",
        ),
        (
            "the open one of two",
            |it| {
                it.pull(5, "x").state = "CLOSED".into();
                it.pull(6, "y").head = "branch-5".into();
            },
            BRANCH,
            Pending,
            "#6",
        ),
    ])
    .await;
}

#[tokio::test]
async fn mergeable_unknown_is_asked_again_by_rest_which_makes_github_compute_it() {
    let bench = Bench::new(|repo| repo.pull(5, "x").mergeable = "UNKNOWN".into());
    let report = bench.ask(&["pull_request: { number: 5, expect: mergeable }"]).await;
    assert_eq!(super::bench::got(&report.answers[0].1), Pending);
    assert!(bench.server.requests().iter().any(|it| it.path == "/repos/acme/rocket/pulls/5"));
}

#[tokio::test]
async fn approvals() {
    const ONE: &str = "approvals: { number: 5 }";
    const TWO: &str = "approvals: { number: 5, count: 2 }";
    table(&[
        (
            "one",
            |it| {
                it.pull(5, "x").review("ana", "APPROVED");
            },
            ONE,
            Holds,
            "approved by ana",
        ),
        (
            "nobody",
            |it| {
                it.pull(5, "x");
            },
            ONE,
            Pending,
            "0 of 1",
        ),
        (
            "one of two",
            |it| {
                it.pull(5, "x").review("ana", "APPROVED");
            },
            TWO,
            Pending,
            "1 of 2",
        ),
        (
            "one person twice",
            |it| {
                it.pull(5, "x").review("ana", "APPROVED").review("ana", "APPROVED");
            },
            TWO,
            Pending,
            "1 of 2",
        ),
        (
            "against",
            |it| {
                it.pull(5, "x").review("ana", "APPROVED").review("bo", "CHANGES_REQUESTED");
            },
            ONE,
            Fails,
            "bo",
        ),
        (
            "a comment takes nothing back",
            |it| {
                it.pull(5, "x").review("ana", "APPROVED").review("ana", "COMMENTED");
            },
            ONE,
            Holds,
            "",
        ),
        (
            "dismissed",
            |it| {
                it.pull(5, "x").review("ana", "APPROVED").review("ana", "DISMISSED");
            },
            ONE,
            Pending,
            "0 of 1",
        ),
        (
            "changed her mind",
            |it| {
                it.pull(5, "x").review("ana", "CHANGES_REQUESTED").review("ana", "APPROVED");
            },
            ONE,
            Holds,
            "",
        ),
        ("missing", |_| {}, ONE, Failed(NotFound), ""),
        (
            "by branch",
            |it| {
                it.pull(5, "x").review("ana", "APPROVED");
            },
            "approvals: { branch: branch-5 }",
            Holds,
            "#5",
        ),
    ])
    .await;
}

#[tokio::test]
async fn approvals_are_of_the_head() {
    let bench = Bench::new(|repo| {
        repo.commit("side", "older");
        let pull = repo.pull(5, "x").review("ana", "APPROVED");
        pull.reviews[0].oid = oid("older");
    });
    bench.expect("stale", "approvals: { number: 5 }", Pending, "ana approved an older commit").await;
    bench.expect("allowed", "approvals: { number: 5, stale: true }", Holds, "ana").await;
}

#[tokio::test]
async fn approvals_of_a_team_and_of_code_owners() {
    const TEAM: &str = "approvals: { number: 5, team: acme/core }";
    const OWNERS: &str = "approvals: { number: 5, code_owners: true }";
    let bench = Bench::world(|world| {
        world.teams.insert("acme/core".into(), vec!["bo".into()]);
        world.repo(REPO).pull(5, "x").review("ana", "APPROVED");
    });
    bench.expect("outside", TEAM, Pending, "not in the team: ana").await;
    bench.server.edit(|world| world.teams.insert("acme/core".into(), vec!["ANA".into()]));
    bench.expect("inside", TEAM, Holds, "ana").await;
    bench.expect("no such team", "approvals: { number: 5, team: none }", Failed(NotFound), "Members").await;

    bench.expect("no file", OWNERS, Unclear, "no CODEOWNERS").await;
    bench.repo(|repo| repo.codeowners = Some(2));
    bench.expect("faulty file", OWNERS, Unclear, "2 errors").await;
    bench.repo(|repo| repo.codeowners = Some(0));
    bench.expect("rules do not ask", OWNERS, Unclear, "do not ask for code owners").await;
    bench.repo(|repo| {
        repo.protection.insert("main".into(), (Vec::new(), 1, true));
    });
    bench.expect("no decision", OWNERS, Unclear, "no decision").await;
    bench.repo(|repo| repo.pull(5, "").review_decision = Some("REVIEW_REQUIRED".into()));
    bench.expect("waits", OWNERS, Pending, "have yet to approve").await;
    bench.repo(|repo| repo.pull(5, "").review_decision = Some("APPROVED".into()));
    bench.expect("decided", OWNERS, Holds, "ana").await;
    bench.repo(|repo| repo.pull(5, "").requested.push("*acme/owners".into()));
    bench.expect("still asked", OWNERS, Pending, "have yet to approve").await;
}

#[tokio::test]
async fn issues_and_pull_requests() {
    const BLOCKERS: &str = "issues: { labels: [release-blocker] }";
    table(&[
        ("none", |it| it.label("release-blocker"), BLOCKERS, Holds, "0 open issues labelled release-blocker"),
        (
            "one",
            |it| {
                it.issue(7, "Engine leaks").label("release-blocker");
            },
            BLOCKERS,
            Fails,
            "#7 Engine leaks",
        ),
        (
            "closed ones do not count",
            |it| {
                it.issue(7, "x").label("release-blocker");
                it.close_issue(7);
            },
            BLOCKERS,
            Holds,
            "0",
        ),
        (
            "pull requests do not count",
            |it| {
                it.label("release-blocker");
                it.pull(5, "x").labels.push("release-blocker".into());
            },
            BLOCKERS,
            Holds,
            "",
        ),
        ("no such label", |_| {}, BLOCKERS, Failed(NotFound), "no label `release-blocker`"),
        (
            "any of two labels",
            |it| {
                it.label("p0");
                it.issue(7, "x").label("release-blocker");
            },
            "issues: { labels: [p0, release-blocker] }",
            Fails,
            "p0 or release-blocker",
        ),
        (
            "counted once",
            |it| {
                it.issue(7, "x").label("p0").label("p1");
            },
            "issues: { labels: [p0, p1], at_most: 1 }",
            Holds,
            "1 open issue",
        ),
        (
            "at least",
            |it| {
                it.issue(7, "x").label("beta");
            },
            "issues: { labels: [beta], at_least: 1 }",
            Holds,
            "",
        ),
        (
            "too few",
            |it| {
                it.issue(7, "x").label("beta");
            },
            "issues: { labels: [beta], at_least: 2 }",
            Fails,
            "at least 2",
        ),
        (
            "of a milestone",
            |it| {
                it.issue(7, "x").milestone("v1");
                it.issue(8, "y").milestone("v2");
            },
            "issues: { milestone: v1 }",
            Fails,
            "#7",
        ),
        (
            "no such milestone",
            |it| {
                it.issue(7, "x").milestone("v1.0");
            },
            "issues: { milestone: v1 }",
            Failed(NotFound),
            "no milestone `v1`",
        ),
        (
            "both",
            |it| {
                it.issue(7, "x").label("p0").milestone("v2");
                it.milestone("v1");
            },
            "issues: { labels: [p0], milestone: v1 }",
            Holds,
            "0",
        ),
        (
            "pulls of a base",
            |it| {
                it.pull(5, "x");
                it.commit("next", "n");
                it.pull(6, "y").base = "next".into();
            },
            "pull_requests: { base: next }",
            Fails,
            "#6 y",
        ),
        ("no such base", |_| {}, "pull_requests: { base: next }", Failed(NotFound), "no branch `next`"),
        (
            "pulls of a label",
            |it| {
                it.label("ship");
                it.pull(5, "x").labels.push("ship".into());
            },
            "pull_requests: { labels: [ship] }",
            Fails,
            "1 open pull request",
        ),
        (
            "searched",
            |it| {
                it.issue(7, "x").label("p0");
            },
            "issues: { search: 'label:p0' }",
            Fails,
            "found by label:p0",
        ),
        (
            "searched, with a typo",
            |it| {
                it.issue(7, "x").label("p0");
            },
            "issues: { search: 'label:po' }",
            Failed(NotFound),
            "no label `po`",
        ),
    ])
    .await;
}

#[tokio::test]
async fn issue_and_milestone() {
    const CLOSED: &str = "issue: { number: 7 }";
    const TASKS: &str = "issue: { number: 7, expect: tasks_ticked }";
    const PARTS: &str = "issue: { number: 7, expect: sub_issues_done }";
    const V1: &str = "milestone: { title: v1 }";
    table(&[
        (
            "closed",
            |it| {
                it.issue(7, "x");
                it.close_issue(7);
            },
            CLOSED,
            Holds,
            "closed",
        ),
        (
            "not planned",
            |it| {
                it.issue(7, "x").edit().state_reason = Some("not_planned".into());
                it.issues[0].open = false;
            },
            CLOSED,
            Fails,
            "as not planned",
        ),
        (
            "open",
            |it| {
                it.issue(7, "x");
            },
            CLOSED,
            Fails,
            "still open",
        ),
        (
            "open as expected",
            |it| {
                it.issue(7, "x");
            },
            "issue: { number: 7, expect: open }",
            Holds,
            "open",
        ),
        ("missing", |_| {}, CLOSED, Failed(NotFound), "the issue"),
        (
            "ticked",
            |it| {
                it.issue(7, "x").body("- [x] a");
            },
            TASKS,
            Holds,
            "1 of 1",
        ),
        (
            "not ticked",
            |it| {
                it.issue(7, "x").body("- [x] a\n- [ ] b");
            },
            TASKS,
            Fails,
            "1 of 2",
        ),
        (
            "no tasks",
            |it| {
                it.issue(7, "x").body("words");
            },
            TASKS,
            Unclear,
            "no tasks",
        ),
        (
            "tasks in code",
            |it| {
                it.issue(7, "x").body("```\n- [x] a\n```");
            },
            TASKS,
            Unclear,
            "no tasks",
        ),
        (
            "no parts",
            |it| {
                it.issue(7, "x");
            },
            PARTS,
            Unclear,
            "no sub-issues",
        ),
        (
            "milestone done",
            |it| {
                it.issue(7, "x").milestone("v1");
                it.close_issue(7);
            },
            V1,
            Holds,
            "0 of 1 item open",
        ),
        (
            "milestone open",
            |it| {
                it.issue(7, "x").milestone("v1");
            },
            V1,
            Fails,
            "1 of 1 item open",
        ),
        (
            "milestone with a pull request",
            |it| {
                it.milestone("v1");
                it.pull(5, "x").milestone = Some("v1".into());
            },
            V1,
            Fails,
            "1 of 1",
        ),
        (
            "milestone empty",
            |it| {
                it.milestone("v1");
            },
            V1,
            Unclear,
            "empty",
        ),
        (
            "milestone closed with open issues",
            |it| {
                it.issue(7, "x").milestone("v1");
                it.milestone("v1").open = false;
            },
            V1,
            Fails,
            "closed",
        ),
        (
            "milestone missing",
            |it| {
                it.milestone("v1.1");
            },
            V1,
            Failed(NotFound),
            "no milestone `v1`",
        ),
        (
            "milestone nearly done",
            |it| {
                it.issue(7, "x").milestone("v1");
            },
            "milestone: { title: v1, at_most: 1 }",
            Holds,
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn release_and_tag() {
    const RELEASE: &str = "release: { tag: v1.2.0 }";
    const ASSETS: &str = "release: { tag: v1.2.0, assets: [a.tgz, SUMS] }";
    const DRAFT: &str = "release: { tag: v1.2.0, expect: draft }";
    table(&[
        (
            "published",
            |it| {
                it.release("v1.2.0");
            },
            RELEASE,
            Holds,
            "published",
        ),
        ("none yet", |_| {}, RELEASE, Pending, "no release v1.2.0 yet"),
        ("still a draft", |it| it.release("v1.2.0").draft = true, RELEASE, Pending, "draft"),
        ("a prerelease", |it| it.release("v1.2.0").prerelease = true, RELEASE, Fails, "prerelease"),
        (
            "a prerelease, as asked",
            |it| it.release("v1.2.0").prerelease = true,
            "release: { tag: v1.2.0, prerelease: true }",
            Holds,
            "",
        ),
        (
            "no prerelease",
            |it| {
                it.release("v1.2.0");
            },
            "release: { tag: v1.2.0, prerelease: true }",
            Fails,
            "not marked",
        ),
        (
            "assets",
            |it| {
                it.release("v1.2.0").asset("a.tgz", 5).asset("SUMS", 1);
            },
            ASSETS,
            Holds,
            "a.tgz and SUMS",
        ),
        (
            "one asset missing",
            |it| {
                it.release("v1.2.0").asset("a.tgz", 5);
            },
            ASSETS,
            Fails,
            "without SUMS",
        ),
        (
            "still uploading",
            |it| {
                it.release("v1.2.0").asset("a.tgz", 5).asset("SUMS", 1).assets[1].state = "starter".into();
            },
            ASSETS,
            Pending,
            "SUMS not uploaded",
        ),
        (
            "empty asset",
            |it| {
                it.release("v1.2.0").asset("a.tgz", 0).asset("SUMS", 1);
            },
            ASSETS,
            Pending,
            "a.tgz",
        ),
        ("draft", |it| it.release("v1.2.0").draft = true, DRAFT, Holds, "drafted"),
        ("no draft", |_| {}, DRAFT, Pending, "push access"),
        (
            "already published",
            |it| {
                it.release("v1.2.0");
            },
            DRAFT,
            Fails,
            "already",
        ),
        ("tag", |it| it.tag("v1", "main"), "tag: { name: v1 }", Holds, "points at"),
        (
            "tag, annotated",
            |it| {
                it.tag("v1", "main");
                it.annotated.insert("v1".into());
            },
            "tag: { name: v1 }",
            Holds,
            "points at",
        ),
        ("no tag", |it| it.tag("v10", "main"), "tag: { name: v1 }", Pending, "no tag v1 yet"),
    ])
    .await;
}

#[tokio::test]
async fn release_and_tag_say_which_commit_they_are_at() {
    let bench = Bench::new(|repo| {
        repo.release("v1.2.0");
        repo.commit("main", "c2");
    });
    for gate in ["release: { tag: v1.2.0 }", "tag: { name: v1.2.0 }"] {
        assert_eq!(bench.found(gate).await.about.unwrap().as_str(), oid("c1"), "{gate}");
    }
    let drafted = Bench::new(|repo| {
        repo.release("v1.2.0").draft = true;
        repo.refs.remove("refs/tags/v1.2.0");
        repo.commit("main", "c2");
    });
    let finding = drafted.found("release: { tag: v1.2.0, expect: draft }").await;
    assert_eq!(finding.about.unwrap().as_str(), oid("c2"), "a draft without a tag is of its branch");
}

#[tokio::test]
async fn deployment() {
    const GATE: &str = "deployment: { environment: production }";
    table(&[
        (
            "success",
            |it| {
                it.deploy("production", "main", &["in_progress", "success"]);
            },
            GATE,
            Holds,
            "success",
        ),
        (
            "failed",
            |it| {
                it.deploy("production", "main", &["failure"]);
            },
            GATE,
            Fails,
            "failure",
        ),
        (
            "running",
            |it| {
                it.deploy("production", "main", &["in_progress"]);
            },
            GATE,
            Pending,
            "in progress",
        ),
        (
            "waiting",
            |it| {
                it.deploy("production", "main", &["waiting"]);
            },
            GATE,
            Pending,
            "waiting",
        ),
        (
            "created",
            |it| {
                it.deploy("production", "main", &[]);
            },
            GATE,
            Pending,
            "not started",
        ),
        (
            "taken down",
            |it| {
                it.deploy("production", "main", &["success", "inactive"]);
            },
            GATE,
            Unclear,
            "inactive",
        ),
        (
            "a newer failure",
            |it| {
                it.deploy("production", "main", &["success"]);
                it.deploy("production", "main", &["error"]);
            },
            GATE,
            Fails,
            "error",
        ),
        (
            "elsewhere",
            |it| {
                it.deploy("staging", "main", &["success"]);
                it.environments.insert("production".into(), Vec::new());
            },
            GATE,
            Pending,
            "nothing has ever been deployed",
        ),
        (
            "no such environment",
            |it| {
                it.deploy("staging", "main", &["success"]);
            },
            GATE,
            Failed(NotFound),
            "no environment `production`",
        ),
    ])
    .await;
    let bench = Bench::new(|repo| {
        repo.deploy("production", "main", &["success"]);
        repo.commit("main", "c2");
    });
    let finding = bench.found("deployment: { environment: production, max_age: 24h }").await;
    assert_eq!(finding.about.unwrap().as_str(), oid("c1"), "of the commit that is there, not of the target");
    let status = bench.repo(|repo| repo.deployments[0].statuses[0].1);
    assert_eq!(finding.until, Some(status + TimeDelta::hours(24)));
}
