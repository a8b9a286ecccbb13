//! Every way we know in which GitHub's answers look green and are not. One test each, named after its trap.

use gonogo::domain::FailureKind::{Forbidden, Incomplete, NotFound};
use serde_json::json;
use std::sync::Arc;

use super::bench::{Bench, REPO, TOKEN, Want, got};
use super::support::github::oid;
use super::support::server::{Fault, Reply};
use Want::{Failed, Fails, Holds, Pending, Unclear};

const CHECKS: &str = "checks: { required: [build] }";

#[tokio::test]
async fn a_null_rollup_is_not_green() {
    Bench::new(|_| {}).expect("nothing reported", CHECKS, Unclear, "has not reported").await;
}

#[tokio::test]
async fn no_checks_right_after_a_push_is_not_green() {
    let bench = Bench::new(|repo| {
        repo.commit("main", "c1").check("build", "success");
    });
    bench.expect("before", CHECKS, Holds, "").await;
    bench.repo(|repo| {
        repo.commit("main", "c2");
    });
    bench.expect("after", CHECKS, Unclear, "has not reported").await;
}

#[tokio::test]
async fn a_success_of_the_whole_rollup_is_not_that_of_each_check() {
    // GitHub's own sum is SUCCESS here.
    let build = |conclusion: &'static str| {
        Bench::new(move |repo| {
            repo.commit("main", "c1").check("build", conclusion).check("lint", "success");
        })
    };
    build("skipped").expect("skipped", CHECKS, Unclear, "skipped").await;
    build("neutral").expect("neutral", CHECKS, Unclear, "neutral").await;
}

#[tokio::test]
async fn a_check_beyond_the_first_page_counts() {
    let bench = Bench::new(|repo| {
        let commit = repo.commit("main", "c1");
        (0..249).for_each(|n| {
            commit.check(&format!("job {n}"), "success");
        });
        commit.check("build", "failure");
    });
    bench.expect("the last of 250", CHECKS, Fails, "build: failure").await;
    let requests = bench.server.requests();
    let pages = requests.iter().filter(|it| it.body.contains("statusCheckRollup")).count();
    assert_eq!(pages, 3, "250 checks are three pages");
    let later: Vec<&str> =
        requests.iter().map(|it| it.body.as_str()).filter(|it| it.contains("cursor:")).collect();
    assert!(later.iter().all(|body| body.contains(&oid("c1"))), "later pages are pinned to the commit");
}

#[tokio::test]
async fn a_run_of_a_fork_whose_branch_has_the_same_name_is_not_ours() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "failure");
        repo.run("ci.yml", "main", "success").from = Some("eve/rocket".into());
    });
    bench.expect("by branch", "workflow: { file: ci.yml, branch: main }", Fails, "#1").await;
    bench.expect("by commit", "workflow: { file: ci.yml }", Fails, "#1").await;
}

#[tokio::test]
async fn a_pull_request_of_a_fork_whose_branch_has_the_same_name_is_not_ours() {
    let bench = Bench::new(|repo| {
        let pull = repo.pull(5, "x").review("eve", "APPROVED");
        (pull.fork, pull.state, pull.head) = (true, "MERGED".into(), "migrate".into());
    });
    bench.expect("merged", "pull_request: { branch: migrate }", Unclear, "no pull request").await;
    bench.expect("approved", "approvals: { branch: migrate }", Unclear, "no pull request").await;
}

#[tokio::test]
async fn a_label_that_does_not_exist_has_no_issues() {
    let bench = Bench::new(|repo| {
        repo.issue(7, "x").label("release-blocker");
    });
    bench.expect("typo", "issues: { labels: [realease-blocker] }", Failed(NotFound), "no label").await;
    bench
        .expect(
            "typo in a search",
            "issues: { search: 'label:\"realease-blocker\"' }",
            Failed(NotFound),
            "no label",
        )
        .await;
    bench
        .expect(
            "typo beside a good one",
            "issues: { labels: [release-blocker, p00] }",
            Failed(NotFound),
            "p00",
        )
        .await;
}

#[tokio::test]
async fn a_milestone_that_does_not_exist_or_is_empty_is_not_done() {
    let bench = Bench::new(|repo| {
        repo.milestone("v1.2.0-rc");
    });
    bench.expect("missing", "milestone: { title: v1.2.0 }", Failed(NotFound), "").await;
    bench.expect("empty", "milestone: { title: v1.2.0-rc }", Unclear, "empty").await;
    bench.expect("issues of a missing one", "issues: { milestone: v1.2.0 }", Failed(NotFound), "").await;
    bench
        .expect("pulls of a missing one", "pull_requests: { milestone: v1.2.0 }", Failed(NotFound), "")
        .await;
}

#[tokio::test]
async fn issues_beyond_the_first_page_count() {
    let bench = Bench::new(|repo| {
        (1..=250).for_each(|number| {
            repo.issue(number, "x").label("p0");
        })
    });
    bench.expect("at most 249", "issues: { labels: [p0], at_most: 249 }", Fails, "250 open issues").await;
    bench.expect("at most 250", "issues: { labels: [p0], at_most: 250 }", Holds, "250 open issues").await;
}

#[tokio::test]
async fn an_incomplete_search_finds_nothing_out() {
    let bench = Bench::new(|repo| repo.label("p0"));
    let cut = Fault::Change(Arc::new(|body| body["incomplete_results"] = json!(true)));
    bench.server.fault_when(|it| it.path == "/search/issues", cut);
    bench.expect("timed out", "issues: { search: 'label:p0' }", Failed(Incomplete), "timed out").await;
}

#[tokio::test]
async fn a_search_by_an_old_name_would_find_nothing() {
    let bench = Bench::new(|repo| {
        repo.issue(7, "x").label("p0");
    });
    bench.server.edit(|world| world.rename(REPO, "acme/starship"));
    bench.expect("renamed", "issues: { search: 'label:p0' }", Fails, "1 open issue").await;
}

#[tokio::test]
async fn mergeable_is_unknown_after_the_merge_and_before_it_is_computed() {
    const GATE: &str = "pull_request: { number: 5, expect: mergeable }";
    let bench = Bench::new(|repo| repo.pull(5, "x").mergeable = "UNKNOWN".into());
    bench.expect("computing", GATE, Pending, "computing").await;
    bench.repo(|repo| repo.merge(5));
    bench.expect("merged", GATE, Holds, "merged already").await;
}

#[tokio::test]
async fn a_tag_of_another_commit_speaks_of_that_commit() {
    let bench = Bench::new(|repo| {
        repo.tag("v1.2.0", "main");
        repo.commit("main", "c2");
    });
    let finding = bench.found("tag: { name: v1.2.0 }").await;
    assert_eq!(finding.about.unwrap().as_str(), oid("c1"));
}

#[tokio::test]
async fn a_prefix_of_a_tag_is_not_the_tag() {
    let bench = Bench::new(|repo| repo.tag("v1.10", "main"));
    bench.expect("v1.1", "tag: { name: v1.1 }", Pending, "no tag").await;
}

#[tokio::test]
async fn a_superseded_deployment_is_not_the_newest() {
    let bench = Bench::new(|repo| {
        repo.deploy("production", "main", &["success", "inactive"]);
        repo.deploy("production", "main", &["failure"]);
    });
    bench.expect("newest", "deployment: { environment: production }", Fails, "failure").await;
}

#[tokio::test]
async fn no_alerts_where_the_feature_is_off_is_not_zero_alerts() {
    let bench = Bench::new(|repo| {
        repo.dependabot = None;
        repo.code_scanning = None;
        repo.secret_scanning = None;
    });
    for tool in ["dependabot", "code_scanning", "secret_scanning"] {
        let failure = bench.failed(&format!("alerts: {{ tool: {tool} }}")).await;
        assert_eq!(failure.kind, gonogo::domain::FailureKind::FeatureOff, "{failure:?}");
    }
}

#[tokio::test]
async fn no_tasks_is_nothing_to_check() {
    let bench = Bench::new(|repo| {
        repo.issue(7, "x").body("Nothing to see");
    });
    bench.expect("no tasks", "issue: { number: 7, expect: tasks_ticked }", Unclear, "no tasks").await;
}

#[tokio::test]
async fn a_ticked_box_in_a_comment_or_in_code_is_none() {
    let bench = Bench::new(|repo| {
        repo.issue(7, "x").body("<!-- - [x] a -->\n```\n- [x] b\n```\n- [ ] c");
    });
    bench.expect("one open", "issue: { number: 7, expect: tasks_ticked }", Fails, "0 of 1").await;
}

#[tokio::test]
async fn nothing_waiting_is_also_true_before_the_job_gets_there() {
    let bench = Bench::new(|repo| {
        repo.environments.insert("production".into(), Vec::new());
        let run = repo.run("ship.yml", "main", "");
        (run.status, run.conclusion) = ("in_progress".into(), None);
    });
    bench
        .expect("not there yet", "environment: { name: production, file: ship.yml }", Pending, "not reached")
        .await;
}

#[tokio::test]
async fn a_rerun_that_is_under_way_takes_the_success_away() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    bench.repo(|repo| {
        let run = &mut repo.runs[0];
        (run.status, run.conclusion, run.attempt) = ("in_progress".into(), None, 2);
    });
    bench.expect("again", "workflow: { file: ci.yml }", Pending, "in progress").await;
}

#[tokio::test]
async fn a_completed_run_of_another_commit_in_the_answer_is_refused() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    let other = oid("somewhere else");
    let lie =
        Fault::Change(Arc::new(move |body| body["workflow_runs"][0]["head_sha"] = json!(other.clone())));
    bench.server.fault_when(|it| it.path.ends_with("/actions/runs"), lie);
    bench.expect("wrong commit", "workflow: { file: ci.yml }", Failed(Incomplete), "another commit").await;
}

#[tokio::test]
async fn a_list_that_is_shorter_than_its_total_is_incomplete() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    let cut = Fault::Change(Arc::new(|body| body["total_count"] = json!(2)));
    bench.server.fault_when(|it| it.path.ends_with("/actions/runs"), cut);
    bench.expect("one of two", "workflow: { file: ci.yml }", Failed(Incomplete), "incomplete").await;
}

#[tokio::test]
async fn the_first_of_several_pages_of_runs_is_not_all_of_them() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "failure");
        (0..150).for_each(|_| {
            repo.run("other.yml", "main", "success");
        });
    });
    bench.expect("on page two", "workflow: { file: ci.yml }", Fails, "#1").await;
}

#[tokio::test]
async fn what_a_token_may_not_see_is_not_absent() {
    let bench = Bench::new(|repo| repo.file("main", "a", "x"));
    bench.server.edit(|world| {
        world.repo(REPO).private = true;
        world.tokens.get_mut(TOKEN).unwrap().repos.clear();
    });
    bench.expect("absent", "file: { path: b, expect: absent }", Failed(NotFound), "acme/rocket").await;
    bench.expect("no issues", "issues: { labels: [p0] }", Failed(NotFound), "acme/rocket").await;
    bench.expect("no alerts", "alerts: { tool: dependabot }", Failed(NotFound), "acme/rocket").await;
    bench.expect("no pulls", "pull_requests: { base: main }", Failed(NotFound), "acme/rocket").await;
}

#[tokio::test]
async fn a_404_for_lack_of_permission_is_not_a_missing_workflow_called_green() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    bench.server.fault_when(|it| it.path.contains("/actions/"), Fault::status(404));
    let failure = bench.failed("workflow: { file: ci.yml }").await;
    assert_eq!(failure.kind, NotFound);
    assert!(failure.next.unwrap().contains("Actions: read"));
}

#[tokio::test]
async fn a_304_renews_only_the_body_that_was_asked_about() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    bench.expect("first", "workflow: { file: ci.yml }", Holds, "").await;
    // A server that says 304 whatever it is asked.
    let reply = Reply::empty(304).with("ETag", "\"of something else\"");
    bench.server.fault_when(|it| it.path.contains("/actions/"), Fault::Reply(reply));
    assert_ne!(got(&bench.one("workflow: { file: ci.yml }").await), Holds);
}

#[tokio::test]
async fn an_error_body_is_never_stored_and_served_as_a_good_one() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    let body = json!({ "message": "Resource not accessible by integration" });
    let reply = Reply::json(403, &body).with("ETag", "\"x\"");
    bench.server.fault_when(|it| it.path.contains("/actions/"), Fault::Reply(reply));
    bench.expect("forbidden", "workflow: { file: ci.yml }", Failed(Forbidden), "not accessible").await;
    bench.server.heal();
    bench.server.clear_log();
    bench.expect("allowed again", "workflow: { file: ci.yml }", Holds, "").await;
    assert!(bench.server.requests().iter().all(|it| it.header("if-none-match").is_none()));
}

#[tokio::test]
async fn a_branch_and_a_tag_of_one_name_name_no_commit() {
    let bench = Bench::new(|repo| {
        repo.commit("other", "c2");
        repo.tag("main", "c2");
        repo.commit_mut("c2").check("build", "success");
    });
    let failure = bench.failed(CHECKS).await;
    assert_eq!(failure.kind, gonogo::domain::FailureKind::Rejected);
    assert!(failure.next.unwrap().contains("refs/heads/main"));
    Bench::new(|repo| {
        repo.commit("main", "c1").check("build", "success");
        repo.tag("main", "c1");
    })
    .expect("at one commit", CHECKS, Holds, "")
    .await;
}

#[tokio::test]
async fn a_comment_made_before_the_push_does_not_speak_of_it() {
    let bench = Bench::new(|repo| {
        repo.issue(7, "x");
        repo.comment(7, "ana", "GO for launch");
        repo.pushed("main", chrono::Utc::now());
    });
    bench
        .expect("early", "comment: { issue: 7, phrase: GO for launch, by: [ana] }", Pending, "not yet")
        .await;
}

#[tokio::test]
async fn an_approval_by_a_deleted_account_is_nobodys() {
    let bench = Bench::new(|repo| {
        repo.pull(5, "x").review("ghost", "APPROVED");
    });
    let forget = Fault::Change(Arc::new(|body| {
        super::bench::each_alias(body, |_, value| {
            if let Some(author) = value.pointer_mut("/latestOpinionatedReviews/nodes/0/author") {
                *author = serde_json::Value::Null;
            }
        });
    }));
    bench.server.fault(forget);
    bench.expect("nobody", "approvals: { number: 5 }", Pending, "0 of 1").await;
    bench.server.heal();
}

#[tokio::test]
async fn a_file_that_github_cut_off_is_not_searched() {
    let bench = Bench::new(|repo| repo.file("main", "a", "all tests pass"));
    let cut = Fault::Change(Arc::new(|body| {
        super::bench::each_alias(body, |_, value| {
            if let Some(flag) = value.pointer_mut("/file/object/isTruncated") {
                *flag = json!(true);
            }
        });
    }));
    bench.server.fault(cut);
    bench.expect("truncated", "file: { path: a, matches: pass }", Failed(Incomplete), "only part").await;
}

#[tokio::test]
async fn a_next_page_elsewhere_or_for_ever_is_no_end_of_the_list() {
    let other = crate::support::server::Server::start(|_: &crate::support::server::Req| {
        Reply::json(200, &serde_json::json!([]))
    });
    let bench = Bench::new(|_| {});
    let away = format!("<{}/alerts?page=2>; rel=\"next\"", other.url());
    let same = "</repos/acme/rocket/dependabot/alerts?page=2>; rel=\"next\"".to_owned();
    for link in [away, same] {
        let page = Reply::json(200, &serde_json::json!([])).with("Link", link);
        bench.server.fault_when(|it| it.path.ends_with("/dependabot/alerts"), Fault::Reply(page));
        let failure = bench.failed("alerts: { tool: dependabot }").await;
        assert_eq!(failure.kind, Incomplete, "{failure:?}");
        bench.server.heal();
    }
    assert_eq!(other.count(), 0, "and nothing is sent there");
}

const ROLE: &str = "comment: { issue: 7, phrase: /go, by: [legal] }";

/// A thread about what was pushed before.
fn thread(repo: &mut super::support::github::Repo) {
    repo.issue(7, "x");
    repo.pushed("main", super::support::github::then() - chrono::TimeDelta::minutes(5));
}

#[tokio::test]
async fn an_account_that_is_called_like_a_role_does_not_speak_for_it() {
    let bench = Bench::new(|repo| {
        thread(repo);
        repo.comment(7, "legal", "/go");
    });
    bench.expect("a stranger's account", ROLE, Pending, "not yet legal").await;
    bench.repo(|repo| {
        repo.comment(7, "Lea", "/go");
    });
    bench.expect("a holder", ROLE, Holds, "written by Lea").await;
}

#[tokio::test]
async fn a_team_of_a_role_speaks_by_comment_only_as_far_as_its_members_are_seen() {
    const GATE: &str = "comment: { issue: 7, phrase: /go, by: [core] }";
    let bench = Bench::world(|world| {
        world.teams.insert("acme/core".into(), vec!["Tea".into()]);
        thread(world.repo(REPO));
        world.repo(REPO).comment(7, "eve", "/go");
    });
    bench.expect("not of the team", GATE, Pending, "not yet core").await;
    bench.repo(|repo| {
        repo.comment(7, "tea", "/go");
    });
    bench.expect("of the team", GATE, Holds, "written by tea").await;
    bench.server.edit(|world| world.teams.clear());
    let answer = bench.one(GATE).await;
    assert!(answer.is_err(), "a team that cannot be seen: {answer:?}");
    bench.repo(|repo| {
        repo.comments.clear();
        repo.comment(7, "bo", "/go");
    });
    bench.expect("by a person, no team is needed", GATE, Holds, "written by bo").await;
}

#[tokio::test]
async fn a_go_that_was_taken_back_or_hides_in_code_quotes_or_html_is_none() {
    let said = |words: &'static [(&'static str, &'static str)]| {
        Bench::new(move |repo| {
            thread(repo);
            for (who, words) in words {
                repo.comment(7, who, words);
            }
        })
    };
    said(&[("ana", "/go"), ("ana", "/no-go: the price is wrong")]).expect("back", ROLE, Fails, "ana").await;
    said(&[("ana", "/no-go"), ("ana", "/go")]).expect("and given again", ROLE, Holds, "").await;
    said(&[("ana", "/go"), ("lea", "/no-go")]).expect("another holder's no", ROLE, Fails, "lea").await;
    said(&[("ana", "/go"), ("eve", "/no-go")]).expect("a stranger's no", ROLE, Holds, "").await;
    for doubtful in [
        "<!-- /go -->",
        "/go? No, wait",
        "text\n\n    /go",
        "```\n~~~\n/go\n~~~\n```",
        "> /go\n\nreally?",
        "~~/go~~",
        "/go 3.0.0",
    ] {
        let bench = Bench::new(move |repo| {
            thread(repo);
            repo.comment(7, "ana", doubtful);
        });
        bench.expect(doubtful, ROLE, Pending, "not yet").await;
    }
    let hidden = Bench::new(|repo| {
        thread(repo);
        repo.comment(7, "ana", "/go");
        repo.comment(7, "ana", "/no-go").hidden = true;
    });
    hidden.expect("a no that was hidden", ROLE, Fails, "ana").await;
}

#[tokio::test]
async fn a_go_for_a_version_that_only_looks_like_it_is_for_another() {
    const GATE: &str = "comment: { issue: 7, phrase: /go, by: [legal], about: version }";
    for words in ["/go 1.2.0-rc.1", "/go 11.2.0", "/go 1.2.01", "/go\n1.2.0", "/go for 1.2.0"] {
        let bench = Bench::new(move |repo| {
            repo.issue(7, "x");
            repo.comment(7, "ana", words);
        });
        bench.expect(words, GATE, Pending, "not yet").await;
    }
}

#[tokio::test]
async fn an_open_box_behind_what_looks_like_code_or_a_comment_is_open() {
    const GATE: &str = "issue: { number: 7, expect: tasks_ticked }";
    for body in [
        "- [x] see `<!--` here\n- [ ] b\n- and `-->`",
        "- [x] ```inline``` code\n- [ ] b",
        "- [x] a\n  ```\n  never closed\n- [ ] b",
        "- [x] a\n\n<details>\n- [ ] b\n</details>",
    ] {
        let bench = Bench::new(move |repo| {
            repo.issue(7, "x").body(body);
        });
        bench.expect(body, GATE, Fails, "1 of 2").await;
    }
}

#[tokio::test]
async fn no_alerts_of_a_commit_that_was_not_scanned_prove_nothing() {
    const GATE: &str = "alerts: { tool: code_scanning }";
    let bench = Bench::new(|_| {});
    bench.expect("never scanned", GATE, Pending, "not been scanned").await;
    bench.repo(|repo| {
        repo.scanned("main", "go").scanned("main", "js");
    });
    assert_eq!(bench.found(GATE).await.about.unwrap().as_str(), oid("c1"), "bound to the commit");
    bench.expect("scanned", GATE, Holds, "0 code scanning alerts").await;
    bench.repo(|repo| {
        repo.commit("main", "c2");
    });
    bench.expect("a new commit", GATE, Pending, "not been scanned").await;
    bench.repo(|repo| {
        repo.scanned("main", "go");
    });
    bench.expect("one of two parts", GATE, Pending, "CodeQL (js)").await;
    bench.repo(|repo| {
        repo.scanned("main", "js").analyses.last_mut().unwrap().3 = "out of memory".into();
    });
    bench.expect("a scan that failed", GATE, Unclear, "out of memory").await;
    bench.repo(|repo| {
        repo.scanned("main", "js");
    });
    bench.expect("repeated", GATE, Holds, "").await;
    bench.repo(|repo| {
        repo.analyses.iter_mut().for_each(|it| it.0 = "refs/heads/other".into());
    });
    bench.expect("another branch's scans", GATE, Pending, "not been scanned").await;
}

#[tokio::test]
async fn half_a_scan_of_the_commit_before_makes_no_half_scan_whole() {
    const GATE: &str = "alerts: { tool: code_scanning }";
    let scans = |before: &'static [&'static [&'static str]]| {
        Bench::new(move |repo| {
            for (at, by) in before.iter().enumerate() {
                repo.commit("main", &format!("c{}", at + 2));
                for by in *by {
                    repo.scanned("main", by);
                }
            }
        })
    };
    let cancelled = scans(&[&["js", "java"], &["js"], &["js"]]);
    cancelled.expect("java was cut short", GATE, Pending, "not been scanned yet by CodeQL (java)").await;
    cancelled.repo(|repo| {
        repo.scanned("main", "java");
    });
    cancelled.expect("now it is whole", GATE, Holds, "0 code scanning alerts").await;
    let twice = scans(&[&["js", "java"], &["js", "java"], &["js"], &["js"], &["js"]]);
    twice.expect("cut short twice", GATE, Pending, "CodeQL (java)").await;
    let weekly = scans(&[&["js", "weekly"], &["js"], &["js"], &["js"]]);
    weekly.expect("what looks now and then is not waited for", GATE, Holds, "").await;
}

#[tokio::test]
async fn a_deployment_of_an_earlier_attempt_or_of_another_run_is_not_this_runs() {
    use super::support::github::then;
    use chrono::TimeDelta;
    const GATE: &str = "environment: { name: production, file: ship.yml }";
    let deployed = || {
        Bench::new(|repo| {
            repo.run("ship.yml", "main", "success").at = then() - TimeDelta::minutes(5);
            repo.deploy("production", "main", &["in_progress", "success"]);
        })
    };
    let bench = deployed();
    bench.expect("the first attempt", GATE, Holds, "has reached").await;
    let again = Fault::Change(Arc::new(|body| {
        if let Some(run) = body.pointer_mut("/workflow_runs/0") {
            run["run_attempt"] = json!(2);
            run["status"] = json!("in_progress");
            run["conclusion"] = serde_json::Value::Null;
            run["run_started_at"] = json!((then() + TimeDelta::hours(1)).to_rfc3339());
        }
    }));
    let rerun = deployed();
    rerun.server.fault_when(|it| it.path.ends_with("/actions/runs"), again);
    rerun.expect("started again", GATE, Pending, "not reached").await;
    bench.repo(|repo| repo.deployments[0].run = Some(1));
    bench.expect("another run's log", GATE, Fails, "without reaching").await;
    bench.repo(|repo| repo.deployments[0].run = Some(repo.runs[0].id));
    bench.expect("its own log", GATE, Holds, "has reached").await;
}

#[tokio::test]
async fn rules_that_ask_for_more_than_checks_are_not_met_by_green_checks() {
    const GATE: &str = "checks: { from_branch_rules: true }";
    let ruled = |kind: &'static str| {
        Bench::new(move |repo| {
            repo.required_checks.insert("main".into(), vec!["build".into()]);
            repo.commit("main", "c1").check("build", "success");
            repo.rules.insert("main".into(), vec![json!({ "type": kind, "parameters": {} })]);
        })
    };
    for kind in ["workflows", "code_scanning", "required_deployments", "of_the_year_3000"] {
        ruled(kind).expect(kind, GATE, Unclear, kind).await;
    }
    for kind in ["deletion", "non_fast_forward", "required_signatures"] {
        ruled(kind).expect(kind, GATE, Holds, "1 of 1").await;
    }
}

#[tokio::test]
async fn a_symbolic_link_is_not_the_file_that_it_points_to() {
    let bench = Bench::new(|repo| {
        repo.file("main", "CHANGELOG.md", "../elsewhere/1.2.0.md");
        repo.links.insert("CHANGELOG.md".into());
    });
    for gate in ["file: { path: CHANGELOG.md }", "file: { path: CHANGELOG.md, matches: '1\\.2\\.0' }"] {
        bench.expect("a link", gate, Unclear, "symbolic link").await;
    }
    bench.expect("it is there", "file: { path: CHANGELOG.md, expect: absent }", Fails, "is there").await;
}

#[tokio::test]
async fn a_pull_request_merged_into_another_branch_is_not_in_the_target() {
    let bench = Bench::new(|repo| {
        repo.commit("feature", "f1");
        repo.pull(5, "Migrate").base = "feature".into();
        repo.merge(5);
    });
    bench.expect("elsewhere", "pull_request: { number: 5 }", Unclear, "into feature as").await;
    let named = "pull_request: { number: 5, base: feature, in_target: false }";
    bench.expect("named", named, Holds, "merged").await;
    bench.expect("not there", "pull_request: { number: 5, base: main }", Unclear, "not into main").await;
    bench.repo(|repo| repo.pull(5, "").base = "main".into());
    bench.repo(|repo| repo.merge(5));
    bench.repo(|repo| repo.commit("main", "merge-5").parents.clear());
    bench.expect("here", "pull_request: { number: 5 }", Holds, "merged into main").await;
}

#[tokio::test]
async fn an_issue_that_was_given_up_is_not_done() {
    let closed = |reason: &'static str| {
        let bench = Bench::new(|repo| {
            repo.issue(7, "Engine leaks");
            repo.close_issue(7);
        });
        let lie = Fault::Change(Arc::new(move |body| {
            super::bench::each_alias(body, |_, value| {
                if value.get("stateReason").is_some() {
                    value["stateReason"] = json!(reason);
                }
            });
        }));
        bench.server.fault(lie);
        bench
    };
    let (plain, accepting) =
        ("issue: { number: 7 }", "issue: { number: 7, accept: [not_planned, duplicate] }");
    closed("COMPLETED").expect("done", plain, Holds, "closed").await;
    closed("NOT_PLANNED").expect("given up", plain, Fails, "not planned").await;
    closed("DUPLICATE").expect("a duplicate", plain, Fails, "a duplicate").await;
    closed("ABDUCTED").expect("nobody knows", accepting, Unclear, "ABDUCTED").await;
    let accepted = closed("NOT_PLANNED").found(accepting).await;
    assert_eq!((got(&Ok(accepted.clone())), accepted.accepted.len()), (Holds, 1), "{accepted:?}");
}
