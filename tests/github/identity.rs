//! Who replaces whom, of which commit, time and state: the cells of the table of identities.

use chrono::TimeDelta;
use gonogo::domain::FailureKind::Incomplete;
use serde_json::json;

use super::bench::{Bench, REPO, Want};
use super::support::github::{Repo, oid, then};
use Want::{Fails, Holds, Pending, Unclear};

const BUILD: &str = "checks: { required: [build] }";
const LENIENT: &str = "checks: { required: [build], accept: [skipped] }";
const CI: &str = "workflow: { file: ci.yml }";

fn checks(build: impl Fn(&mut super::support::github::Commit)) -> Bench {
    Bench::new(|repo| build(repo.commit("main", "c1")))
}

#[tokio::test]
async fn two_workflows_of_one_name_do_not_replace_each_other() {
    let bench = checks(|commit| {
        commit.check("build", "failure").of("a", ("CI", "push", 1)).file("linux.yml");
        commit.check("build", "success").of("b", ("CI", "push", 2)).file("windows.yml");
    });
    bench.expect("both ran for one push", BUILD, Fails, "build: failure (push)").await;
    let again = checks(|commit| {
        commit.check("build", "failure").of("a", ("CI", "push", 1)).file("linux.yml");
        commit.check("build", "success").of("b", ("CI", "push", 2)).file("linux.yml");
    });
    again.expect("run again", BUILD, Holds, "build: success (push)").await;
}

#[tokio::test]
async fn a_skipped_check_replaces_no_result() {
    for event in ["push", "pull_request", "pull_request_target"] {
        let after = |conclusion: &'static str| {
            checks(move |commit| {
                commit.check("build", conclusion).of("a", ("CI", "push", 1));
                commit.check("build", "skipped").of("b", ("CI", event, 2));
            })
        };
        after("failure").expect(event, LENIENT, Fails, "build: failure (push)").await;
        after("success").expect(event, BUILD, Holds, "build: success (push)").await;
    }
    let only = checks(|commit| {
        commit.check("build", "skipped").of("a", ("CI", "push", 1));
    });
    only.expect("skipped and nothing else", BUILD, Unclear, "skipped").await;
    only.expect("as accepted", LENIENT, Holds, "skipped").await;
}

#[tokio::test]
async fn what_only_stands_at_the_commit_does_not_speak_of_it() {
    let world = |conclusion: &'static str| {
        checks(move |commit| {
            commit.check("build", conclusion).of("a", ("CI", "push", 1));
            commit.check("build", "skipped").of("b", ("Comments", "issue_comment", 2));
            commit.check("build", "failure").of("c", ("After", "workflow_run", 3));
        })
    };
    world("success").expect("the push decides", BUILD, Holds, "build: success (push)").await;
    world("failure").expect("also if red", BUILD, Fails, "build: failure (push)").await;
    let named = "checks: { required: [build], event: workflow_run }";
    world("success").expect("named", named, Fails, "build: failure (workflow_run)").await;
    let never = "checks: { required: [build], event: schedule }";
    world("success").expect("no such event", never, Unclear, "has not reported by schedule, only by").await;
    let rows = world("success").found(BUILD).await.rows.join("\n");
    assert!(rows.contains("not counted: build: failure (workflow_run)"), "{rows}");
    let comment = checks(|commit| {
        commit.check("build", "success").of("b", ("Comments", "issue_comment", 2));
    });
    comment.expect("a comment alone", BUILD, Unclear, "write `event: issue_comment`").await;
    let asked = "checks: { required: [build], event: issue_comment }";
    comment.expect("as asked", asked, Holds, "issue_comment").await;
    let chained = checks(|commit| {
        commit.check("build", "success").of("c", ("After", "workflow_run", 3));
    });
    chained.expect("nothing else speaks", BUILD, Holds, "build: success (workflow_run)").await;
    // A job that was skipped for the push is not made good by a run that may be about a pull request.
    for (conclusion, lenient) in [("success", Holds), ("failure", Unclear)] {
        let skipped = checks(move |commit| {
            commit.check("build", "skipped").of("a", ("CI", "push", 1));
            commit.check("build", conclusion).of("c", ("After", "workflow_run", 3));
        });
        let said = "build: skipped (push); what workflow_run started may be about something else";
        skipped.expect("the push has spoken", BUILD, Unclear, said).await;
        skipped.expect("as accepted", LENIENT, lenient, "build: skipped").await;
        let named = skipped.found("checks: { required: [build], event: workflow_run }").await;
        assert_eq!(named.outcome == gonogo::domain::Outcome::Holds, conclusion == "success");
    }
}

#[tokio::test]
async fn the_events_of_workflow_runs_do_not_replace_each_other() {
    fn run(repo: &mut Repo, event: &str, conclusion: &str) {
        repo.run("ci.yml", "main", conclusion).event = event.into();
    }
    let world = |all: &'static [(&'static str, &'static str)]| {
        Bench::new(move |repo| all.iter().for_each(|(event, conclusion)| run(repo, event, conclusion)))
    };
    let comment = world(&[("push", "success"), ("issue_comment", "skipped"), ("workflow_run", "failure")]);
    comment.expect("the push decides", CI, Holds, "by push succeeded (#1)").await;
    let red = world(&[("push", "failure"), ("issue_comment", "success")]);
    red.expect("also if red", CI, Fails, "by push: failure").await;
    let left_out = world(&[("push", "skipped"), ("workflow_run", "success")]);
    left_out.expect("the push has spoken", CI, Unclear, "write `event: workflow_run`").await;
    let label = world(&[("pull_request", "failure"), ("pull_request", "skipped")]);
    label.expect("skipped", "workflow: { file: ci.yml, accept: [skipped] }", Fails, "#1").await;
    let dispatched = world(&[("push", "failure"), ("workflow_dispatch", "success")]);
    dispatched.expect("another event", CI, Fails, "the newer #2 by workflow_dispatch does not replace").await;
    let named = "workflow: { file: ci.yml, event: workflow_dispatch }";
    dispatched.expect("named", named, Holds, "by workflow_dispatch").await;
    let alone = world(&[("issue_comment", "success")]);
    alone.expect("a comment alone", CI, Unclear, "write `event: issue_comment`").await;
    let row = world(&[("push", "success"), ("push", "skipped"), ("push", "success")]);
    row.expect(
        "none replaces, none counts",
        "workflow: { file: ci.yml, consecutive: 2 }",
        Holds,
        "#3 and #1",
    )
    .await;
}

#[tokio::test]
async fn a_run_that_was_skipped_speaks_of_its_own_commit_only() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
        repo.commit("main", "c2");
        repo.run("ci.yml", "main", "skipped");
    });
    let lenient = "workflow: { file: ci.yml, branch: main, accept: [skipped] }";
    bench.expect("accepted", lenient, Holds, "by push succeeded").await;
    assert_eq!(bench.found(lenient).await.about.unwrap().as_str(), oid("c2"));
    bench.expect("skipped", "workflow: { file: ci.yml, branch: main }", Unclear, "skipped").await;
}

#[tokio::test]
async fn an_earlier_run_that_was_started_again_can_not_be_told_from_the_later_one() {
    let checked = checks(|commit| {
        commit.check("build", "failure").of("a", ("CI", "push", 1));
        commit.checks[0].begun = Some(then() + TimeDelta::minutes(5));
        commit.check("build", "success").of("b", ("CI", "push", 2));
    });
    checked.expect("contradict", BUILD, Unclear, "it is not clear which of them counts").await;
    let links = checked.found(BUILD).await.reason.matches("https://").count();
    assert_eq!(links, 2, "both are linked");
    let agree = checks(|commit| {
        commit.check("build", "success").of("a", ("CI", "push", 1));
        commit.checks[0].begun = Some(then() + TimeDelta::minutes(5));
        commit.check("build", "success").of("b", ("CI", "push", 2));
    });
    agree.expect("agree", BUILD, Holds, "").await;
    let runs = Bench::new(|repo| {
        repo.run("ci.yml", "main", "failure").begun = Some(then() + TimeDelta::minutes(5));
        repo.run("ci.yml", "main", "success");
    });
    runs.expect("runs", CI, Unclear, "it is not clear which of them counts").await;
    assert_eq!(runs.found(CI).await.reason.matches("https://").count(), 2);
}

#[tokio::test]
async fn a_check_of_actions_without_its_workflow_is_not_said_to_be_replaced() {
    let bench = checks(|commit| {
        commit.check("build", "failure");
        commit.check("build", "success");
    });
    bench.expect("whose?", BUILD, Unclear, "it is not clear which").await;
    let app = checks(|commit| {
        commit.check("build", "failure").check("build", "success");
        commit.checks.iter_mut().for_each(|it| (it.app, it.app_id) = ("buildkite".into(), 72));
    });
    app.expect("an app's newest", BUILD, Holds, "").await;
}

#[tokio::test]
async fn classic_protection_asks_for_a_check_of_one_app() {
    const GATE: &str = "checks: { from_branch_rules: true }";
    let bench = Bench::new(|repo| {
        repo.protection.insert("main".into(), (vec!["build".into()], 0, false));
        repo.protection_apps.insert(("main".into(), "build".into()), 15368);
        repo.commit("main", "c1").check("build", "success").checks[0].app_id = 999;
    });
    bench.expect("another app", GATE, Unclear, "from the app that the rules name (15368); app 999").await;
    bench.repo(|repo| repo.commit_mut("main").checks[0].app_id = 15368);
    bench.expect("the app", GATE, Holds, "1 of 1 check").await;
    bench.repo(|repo| {
        repo.protection_apps.insert(("main".into(), "build".into()), -1);
        repo.commit_mut("main").checks[0].app_id = 999;
    });
    bench.expect("any app", GATE, Holds, "1 of 1 check").await;
}

#[tokio::test]
async fn a_commit_status_does_not_tell_its_app_and_that_is_said() {
    let bench = Bench::new(|repo| {
        let parameters =
            json!({ "required_status_checks": [{ "context": "codecov/patch", "integration_id": 254 }] });
        let rule = json!({ "type": "required_status_checks", "parameters": parameters });
        repo.rules.insert("main".into(), vec![rule]);
        repo.commit("main", "c1").status("codecov/patch", "success");
    });
    let gate = "checks: { from_branch_rules: true }";
    bench
        .expect("a status", gate, Unclear, "as a commit status (success), which does not tell its app")
        .await;
}

#[tokio::test]
async fn a_name_that_did_not_report_is_answered_by_those_that_did() {
    let bench = checks(|commit| {
        commit.check("lint", "success").of("a", ("CI", "push", 1));
        commit.check("release / build", "success").of("a", ("CI", "push", 1));
        commit.check("test (ubuntu-latest, 3.10)", "success").of("a", ("CI", "push", 1));
    });
    for (written, meant) in [
        ("CI / lint (push)", "\"lint\""),
        ("LINT", "\"lint\""),
        ("build", "\"release / build\""),
        ("test (ubuntu-latest, 3.9)", "\"test (ubuntu-latest, 3.10)\""),
        ("deploy", "these did: lint, release / build and test"),
    ] {
        let gate = format!("checks: {{ required: ['{written}'] }}");
        bench.expect(written, &gate, Unclear, meant).await;
        let rows = bench.found(&gate).await.rows.join("\n");
        assert!(rows.contains("reported: lint: success (push)"), "{rows}");
    }
    checks(|_| {}).expect("nothing", BUILD, Unclear, "build has not reported; no check has").await;
}

#[tokio::test]
async fn a_release_is_looked_for_only_as_far_as_it_is_found() {
    let bench = Bench::new(|repo| {
        for n in 0..1_600 {
            repo.release(&format!("v0.{n}"));
        }
        repo.release("v1.2.0").draft = true;
    });
    bench.expect("on the first page", "release: { tag: v1.2.0, expect: draft }", Holds, "drafted").await;
    assert!(bench.server.count() <= 4, "{} requests", bench.server.count());
}

#[tokio::test]
async fn two_drafts_of_one_tag_can_not_be_told_apart() {
    let drafts = |first: &'static [&'static str], second: &'static [&'static str]| {
        Bench::new(move |repo| {
            for names in [first, second] {
                let mut draft = repo.release("v1.2.0").clone();
                draft.id += repo.releases.len() as u64 * 10;
                (draft.draft, draft.assets) = (true, Vec::new());
                names.iter().for_each(|name| {
                    draft.asset(name, 5);
                });
                repo.releases.push(draft);
            }
            repo.releases.remove(0);
        })
    };
    let gate = "release: { tag: v1.2.0, expect: draft, assets: [a.tgz, SUMS] }";
    for bench in [drafts(&["a.tgz"], &["SUMS"]), drafts(&["a.tgz"], &["a.tgz", "SUMS"])] {
        bench.expect("which?", gate, Unclear, "2 drafts").await;
        assert_eq!(bench.found(gate).await.reason.matches("https://").count(), 2, "both are linked");
    }
    let one = drafts(&["a.tgz", "SUMS"], &[]);
    one.repo(|repo| repo.releases.truncate(1));
    one.expect("one", gate, Holds, "drafted with").await;
}

#[tokio::test]
async fn every_answer_has_a_page_also_when_there_is_none() {
    for sample in super::samples::all() {
        for bench in [sample.green(), sample.red(), sample.hidden(), sample.green().at("gone")] {
            let answer = bench.one(sample.gate).await;
            let url = match &answer {
                Ok(finding) => finding.url.clone(),
                Err(failure) => failure.url.clone(),
            };
            let url = url.unwrap_or_else(|| panic!("{}: no page: {answer:?}", sample.gate));
            assert!(url.starts_with("http"), "{url}");
        }
        let bench = sample.green();
        let source = super::bench::source(&bench.server, None, None);
        let question = &bench.batch(&[sample.gate]).questions[0];
        let page = gonogo::source::Source::page(&source, question);
        assert!(page.is_some_and(|url| url.starts_with("http")), "{}: without a token", sample.gate);
    }
}

#[tokio::test]
async fn what_was_merged_must_be_in_the_target() {
    const GATE: &str = "pull_request: { number: 5 }";
    let bench = || {
        Bench::new(|repo| {
            repo.tag("v3.0.0-rc.1", "main");
            repo.pull(5, "Migrate");
            repo.merge(5);
        })
    };
    let cut = bench().at("v3.0.0-rc.1");
    cut.expect("cut before the merge", GATE, Unclear, "which is not in v3.0.0-rc.1").await;
    assert_eq!(cut.found(GATE).await.about.unwrap().as_str(), oid("c1"), "it is about the target");
    let named = "pull_request: { number: 5, base: main }";
    cut.expect("the branch proves nothing", named, Unclear, "which is not in v3.0.0-rc.1").await;
    let anywhere = "pull_request: { number: 5, in_target: false }";
    cut.expect("as said", anywhere, Holds, "merged").await;
    bench().expect("the branch", GATE, Holds, "which is in main").await;
    let later = bench();
    later.repo(|repo| {
        repo.commit("main", "c9");
    });
    later.expect("commits later", GATE, Holds, "which is in main").await;
    later.repo(|repo| {
        repo.refs.insert("refs/heads/main".into(), oid("c1"));
    });
    later.expect("taken out by force", GATE, Unclear, "which is not in main").await;
    let hop = Bench::new(|repo| {
        repo.commit("develop", "d1");
        repo.pull(5, "Migrate").base = "develop".into();
        repo.merge(5);
        let merge = repo.pull(5, "").merge_commit.clone().unwrap();
        repo.commit("main", "c2").parents.push(merge);
    });
    hop.expect("by another branch", GATE, Holds, "merged into develop").await;
    let unnamed = Bench::new(|repo| repo.pull(5, "Migrate").state = "MERGED".into());
    unnamed.expect("nobody knows as what", GATE, Unclear, "does not say as which commit").await;
}

#[tokio::test]
async fn what_was_merged_and_taken_back_is_not_in_the_target() {
    const GATE: &str = "pull_request: { number: 5 }";
    let bench = || {
        Bench::new(|repo| {
            repo.pull(5, "Migrate");
            repo.merge(5);
            repo.commit("main", "c2");
        })
    };
    let by_button = bench();
    by_button.repo(|repo| repo.pull(7, "Revert \"Migrate\"").body = "Reverts acme/rocket#5".into());
    by_button.expect("open", GATE, Holds, "which is in main").await;
    by_button.repo(|repo| repo.merge(7));
    by_button
        .expect("merged", GATE, Unclear, "and so is #7 \"Revert \"Migrate\"\", which takes it back")
        .await;
    by_button
        .expect("of a branch", "pull_request: { branch: branch-5 }", Unclear, "which takes it back")
        .await;
    by_button.expect("as said", "pull_request: { number: 5, in_target: false }", Holds, "merged").await;
    let before = by_button.at(&oid("c2"));
    before.expect("cut before it was taken back", GATE, Holds, "which is in").await;
    let by_hand = bench();
    by_hand.repo(|repo| {
        let merge = repo.pull(5, "").merge_commit.clone().unwrap();
        let commit = repo.commit("main", "c3");
        commit.message = format!("Revert \"Migrate (#5)\"\n\nThis reverts commit {merge}.");
    });
    by_hand.expect("git revert", GATE, Unclear, "takes it back").await;
    for other in ["see #5", "Reverts acme/rocket#51 and not #5", "This reverts commit abc of #5"] {
        let bench = bench();
        bench.repo(|repo| {
            repo.pull(7, "Another").body = other.into();
            repo.merge(7);
        });
        bench.expect(other, GATE, Holds, "which is in main").await;
    }
}

#[tokio::test]
async fn what_was_given_up_is_approved_by_nobody() {
    let bench = Bench::new(|repo| {
        let pull = repo.pull(5, "Migrate").review("ana", "APPROVED");
        (pull.state, pull.review_decision) = ("CLOSED".into(), Some("APPROVED".into()));
    });
    bench.expect("reviews", "approvals: { number: 5 }", Fails, "closed without being merged").await;
    let gate = "pull_request: { number: 5, expect: approved }";
    bench.expect("decision", gate, Fails, "closed without being merged").await;
    bench.expect("of a branch", "approvals: { branch: branch-5 }", Fails, "closed without").await;
    bench.repo(|repo| repo.merge(5));
    bench.expect("merged", "approvals: { number: 5 }", Holds, "approved by ana").await;
    let robot = Bench::new(|repo| {
        repo.pull(5, "Migrate").review("renovate-bot", "APPROVED");
    });
    robot.expect("no person", "approvals: { number: 5 }", Pending, "not people: renovate-bot").await;
}

#[tokio::test]
async fn two_pull_requests_of_one_branch_are_told_apart_by_their_number() {
    let bench = Bench::new(|repo| {
        repo.pull(6, "Again").state = "CLOSED".into();
        repo.pull(6, "").head = "branch-5".into();
        repo.pull(5, "Migrate");
        repo.merge(5);
        repo.pulls.swap(0, 1);
        repo.pulls.reverse();
    });
    let failure = bench.failed("pull_request: { branch: branch-5 }").await;
    assert_eq!(failure.message.matches("https://").count(), 2, "{failure:?}");
    assert_eq!(failure.next.as_deref(), Some("write its `number`"));
}

#[tokio::test]
async fn line_ends_byte_marks_and_pointers_are_no_text() {
    const GATE: &str = "file: { path: CHANGELOG.md, matches: '^## 3\\.0\\.0$' }";
    let with = |text: &'static str| Bench::new(move |repo| repo.file("main", "CHANGELOG.md", text));
    with("# Changes\r\n\r\n## 3.0.0\r\n\r\n- x\r\n").expect("crlf", GATE, Holds, "matches").await;
    with("\u{feff}## 3.0.0\r\n").expect("byte order mark", GATE, Holds, "matches").await;
    with("## 3.0.01\r\n").expect("another", GATE, Fails, "does not match").await;
    let pointer = with("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3.0.0\n");
    pointer.expect("a pointer", "file: { path: CHANGELOG.md, matches: '3.0.0' }", Unclear, "Git LFS").await;
    let folder = Bench::new(|repo| repo.file("main", "CHANGELOG.md/x", "3.0.0"));
    folder.expect("a folder", "file: { path: CHANGELOG.md }", Unclear, "is a folder").await;
    let gone = "file: { path: CHANGELOG.md, expect: absent }";
    folder.expect("it is there", gone, Fails, "is there").await;
}

#[tokio::test]
async fn other_marks_are_no_ticks() {
    const GATE: &str = "issue: { number: 7, expect: tasks_ticked }";
    let bench = Bench::new(|repo| {
        repo.issue(7, "Release").body("- [x] Notes\n- [~] Packaging\n- [-] Mirrors\n- [!] Signing");
    });
    bench.expect("a legend", GATE, Fails, "1 of 4 tasks ticked").await;
    assert_eq!(bench.found(GATE).await.rows.len(), 3, "what is open is listed");
    let over = Bench::new(|repo| {
        repo.issue(7, "Release").body("- [x] Notes").edit().state_reason = Some("duplicate".into());
        repo.issues[0].open = false;
    });
    over.expect("given up", GATE, Unclear, "the list may have moved elsewhere").await;
}

#[tokio::test]
async fn a_count_that_can_not_be_proves_nothing() {
    const GATE: &str = "issue: { number: 7, expect: sub_issues_done }";
    let bench = Bench::new(|repo| {
        for number in 8..11 {
            repo.issue(number, "Part");
        }
        repo.issue(7, "Plan").edit().sub_issues = vec![8, 9, 10];
        repo.close_issue(8);
    });
    bench.expect("one", GATE, Fails, "1 of 3 sub-issues done").await;
    let rows = bench.found(GATE).await.rows.join("\n");
    assert!(rows.contains("open: #9 Part") && !rows.contains("#8"), "{rows}");
    let lie = super::support::server::Fault::Change(std::sync::Arc::new(|body| {
        super::bench::each_alias(body, |_, value| {
            if let Some(done) = value.pointer_mut("/subIssuesSummary/completed") {
                *done = json!(34);
            }
        });
    }));
    bench.server.fault(lie);
    bench.expect("34 of 3", GATE, Unclear, "34 of 3").await;
}

#[tokio::test]
async fn sub_issues_that_were_given_up_are_not_done_whatever_the_count_says() {
    const GATE: &str = "issue: { number: 7, expect: sub_issues_done }";
    let bench = Bench::new(|repo| {
        for number in 8..11 {
            repo.issue(number, "Part");
        }
        repo.issue(7, "Plan").edit().sub_issues = vec![8, 9, 10];
        (8..11).for_each(|number| repo.close_issue(number));
    });
    bench.expect("all done", GATE, Holds, "3 of 3 sub-issues done").await;
    bench.repo(|repo| repo.issue(9, "").edit().state_reason = Some("not_planned".into()));
    bench
        .expect("one given up", GATE, Unclear, "all 3 sub-issues are closed, but #9 without being done")
        .await;
    let rows = bench.found(GATE).await.rows.join("\n");
    assert!(rows.contains("closed as not planned: #9"), "{rows}");
    let hidden = super::support::server::Fault::Change(std::sync::Arc::new(|body| {
        super::bench::each_alias(body, |_, value| {
            if let Some(nodes) = value.pointer_mut("/subIssues/nodes").and_then(|it| it.as_array_mut()) {
                nodes.remove(1);
            }
        });
    }));
    bench.server.fault(hidden);
    bench
        .expect("one that cannot be read", GATE, Holds, "3 of 3 sub-issues done; 1 of them cannot be read")
        .await;
}

#[tokio::test]
async fn an_error_without_a_security_level_may_be_as_grave_as_any() {
    const GATE: &str = "alerts: { tool: code_scanning, severity: [critical, high] }";
    let with = |rule: serde_json::Value| {
        let bench = Bench::new(|repo| {
            repo.scanned("main", "go");
            repo.code_scanning = Some(vec![super::samples::alert("low")]);
        });
        let change = move |body: &mut serde_json::Value| {
            if let Some(alert) = body.get_mut(0).filter(|it| it.get("rule").is_some()) {
                alert["rule"] = rule.clone();
                alert["security_advisory"] = serde_json::Value::Null;
            }
        };
        let fault = super::support::server::Fault::Change(std::sync::Arc::new(change));
        bench.server.fault_when(|it| it.path.ends_with("/code-scanning/alerts"), fault);
        bench
    };
    let rule = |level: Option<&str>, severity: &str| json!({ "security_severity_level": level, "severity": severity });
    with(rule(None, "error")).expect("an error", GATE, Fails, "1 code scanning alert").await;
    with(rule(None, "warning")).expect("a warning", GATE, Holds, "0 code scanning").await;
    with(rule(Some("low"), "error")).expect("of low security", GATE, Holds, "0 code scanning").await;
    with(rule(Some("high"), "warning")).expect("of high security", GATE, Fails, "1 code scanning").await;
    let medium = "alerts: { tool: code_scanning, severity: [medium] }";
    with(rule(None, "warning")).expect("a warning", medium, Fails, "1 code scanning").await;
}

#[tokio::test]
async fn deployments_by_another_app_and_by_other_jobs_do_not_replace_each_other() {
    const GATE: &str = "deployment: { environment: production }";
    let other = Bench::new(|repo| {
        repo.deploy("production", "main", &["failure"]);
        repo.deploy("production", "main", &["success"]).by = "vercel-bot".into();
    });
    other.expect("two apps", GATE, Unclear, "do not replace each other").await;
    other.repo(|repo| repo.deployments[0].statuses[0].0 = "inactive".into());
    other.expect("taken over", GATE, Holds, "by vercel-bot: success").await;
    let people = Bench::new(|repo| {
        repo.deploy("production", "main", &["failure"]).by = "ana".into();
        repo.deploy("production", "main", &["success"]).by = "lea".into();
    });
    people.expect("a person after another", GATE, Holds, "success").await;
    let matrix = Bench::new(|repo| {
        let deploy = repo.deploy("production", "main", &["failure"]);
        (deploy.run, deploy.job) = (Some(1), 11);
        let deploy = repo.deploy("production", "main", &["success"]);
        (deploy.run, deploy.job) = (Some(1), 12);
        repo.jobs.insert(1, vec![11, 12]);
    });
    matrix.expect("two jobs of one run", GATE, Fails, "failure").await;
    matrix.repo(|repo| repo.jobs.insert(1, vec![12]));
    matrix.expect("the first one started again", GATE, Holds, "success").await;
    let shadow = Bench::new(|repo| {
        repo.commit("other", "c0");
        repo.deploy("production", "main", &["success"]);
        repo.deploy("production", "c0", &["success"]).by = "preview-bot".into();
    });
    shadow.expect("of another commit", GATE, Unclear, "do not replace each other").await;
    let written = "deployment: { environment: Production }";
    let named = Bench::new(|repo| {
        repo.deploy("production", "main", &["success"]);
    });
    named.server.edit(|world| {
        let repo = world.repo(REPO);
        let rules = repo.environments["production"].clone();
        repo.environments.insert("Production".into(), rules);
    });
    named.expect("nothing under that name", written, Pending, "nothing has ever been deployed").await;
    let reached = "environment: { name: production, file: ship.yml }";
    let foreign = Bench::new(|repo| {
        repo.run("ship.yml", "main", "").at = then() - TimeDelta::minutes(5);
        (repo.runs[0].status, repo.runs[0].conclusion) = ("in_progress".into(), None);
        repo.deploy("production", "main", &["success"]).by = "vercel-bot".into();
    });
    foreign.expect("another app's", reached, Pending, "not reached").await;
}

#[tokio::test]
async fn a_deployment_of_another_task_is_not_the_release() {
    const GATE: &str = "deployment: { environment: production }";
    let world = |app: &'static str| {
        Bench::new(move |repo| {
            repo.commit("other", "c0");
            repo.deploy("production", app, &["success"]);
            repo.deploy("production", "main", &["success"]).task = "deploy:migrations".into();
        })
    };
    let said = "(say which one with `task`): deploy:migrations: success";
    world("c0").expect("the app is of another commit", GATE, Unclear, said).await;
    let app = "deployment: { environment: production, task: deploy }";
    assert_eq!(world("c0").found(app).await.about.unwrap().as_str(), oid("c0"), "the app alone");
    let migrations = "deployment: { environment: production, task: deploy:migrations }";
    world("c0").expect("the migrations alone", migrations, Holds, "success").await;
    world("main").expect("both are of the target", GATE, Holds, "success").await;
    let inactive = world("c0");
    inactive.repo(|repo| repo.deployments[0].statuses[0].0 = "inactive".into());
    inactive.expect("taken over", GATE, Holds, "success").await;
    let none = "deployment: { environment: production, task: deploy:docs }";
    world("c0")
        .expect("none of it", none, Pending, "nothing has ever been deployed to production as deploy:docs")
        .await;
    let many = Bench::new(|repo| {
        for _ in 0..25 {
            repo.deploy("production", "main", &["success"]);
        }
    });
    many.expect("not among the newest", none, Want::Failed(Incomplete), "deployments").await;
}

#[tokio::test]
async fn a_closed_project_is_kept_by_nobody() {
    const GATE: &str = "project: { organization: acme, number: 3, done: [Done] }";
    let bench = Bench::world(|world| {
        super::samples::board(world, "Done");
        world.projects.values_mut().for_each(|it| it.closed = true);
    });
    bench.expect("closed", GATE, Unclear, "the project is closed").await;
}

#[tokio::test]
async fn why_a_go_does_not_count_is_said() {
    const GATE: &str = "comment: { issue: 7, phrase: /go, by: [ana] }";
    let said = |change: fn(&mut super::support::github::Comment)| {
        Bench::new(move |repo| {
            repo.issue(7, "Roll call");
            repo.pushed("main", then() - TimeDelta::minutes(5));
            change(repo.comment(7, "ana", "/go"));
        })
    };
    said(|_| {}).expect("it counts", GATE, Holds, "written by ana").await;
    said(|it| it.hidden = true).expect("hidden", GATE, Pending, "it was hidden").await;
    said(|it| it.editor = Some("eve".into())).expect("edited", GATE, Pending, "it was edited by eve").await;
    said(|it| it.at = then() - TimeDelta::hours(1))
        .expect("early", GATE, Pending, "it was written before the commit was pushed")
        .await;
    said(|it| it.body = "/go 9.9.9".into())
        .expect("other", GATE, Pending, "it is not exactly the phrase")
        .await;
    let back = Bench::new(|repo| {
        repo.issue(7, "Roll call");
        repo.pushed("main", then() - TimeDelta::minutes(9));
        repo.activity.push(("refs/heads/main".into(), oid("c2"), then() - TimeDelta::minutes(5)));
        repo.comment(7, "ana", "/go");
        repo.pushed("main", then() + TimeDelta::minutes(5));
    });
    back.expect("of another head", GATE, Pending, "while the branch was at another commit").await;
}

#[tokio::test]
async fn labels_are_listed_as_they_are_written_there() {
    let bench = Bench::new(|repo| {
        repo.issue(7, "Engine leaks").label("Sev-1");
    });
    bench.ask(&["issues: { labels: [sev-1] }"]).await;
    let asked = bench.server.requests().iter().any(|it| it.body.contains("[\"Sev-1\"]"));
    assert!(asked, "the list is asked for by the label's own name");
    bench.expect("case of labels", "issues: { labels: [sev-1] }", Fails, "#7 Engine leaks").await;
}

#[tokio::test]
async fn a_duplicate_is_told_from_what_was_not_planned() {
    let closed = |reason: &'static str| {
        Bench::new(move |repo| {
            repo.issue(7, "Engine leaks").edit().state_reason = Some(reason.into());
            repo.issues[0].open = false;
        })
    };
    let gate = "issue: { number: 7, accept: [duplicate] }";
    closed("duplicate").expect("as accepted", gate, Holds, "closed as a duplicate").await;
    closed("not_planned").expect("another reason", gate, Fails, "closed as not planned").await;
    let asked = closed("duplicate");
    asked.expect("as accepted", gate, Holds, "").await;
    assert!(asked.server.requests().iter().any(|it| it.body.contains("enableDuplicate: true")));
}

#[tokio::test]
async fn a_check_of_a_kind_that_nobody_knows_may_be_any_of_those_asked_for() {
    let bench = checks(|commit| {
        commit.check("build", "success").of("a", ("CI", "push", 1));
        commit.check("other", "failure").of("b", ("CI", "push", 2));
    });
    bench.expect("both are known", BUILD, Holds, "build: success").await;
    let new_kind = super::support::server::Fault::Change(std::sync::Arc::new(|body| {
        let place = "/data/r0";
        let facts = body.pointer_mut(place).and_then(serde_json::Value::as_object_mut);
        for fact in facts.into_iter().flat_map(serde_json::Map::values_mut) {
            let nodes = fact.pointer_mut("/statusCheckRollup/contexts/nodes");
            for check in nodes.and_then(serde_json::Value::as_array_mut).into_iter().flatten() {
                if check["name"] == "other" {
                    check["__typename"] = json!("CheckOfTomorrow");
                }
            }
        }
    }));
    bench.server.fault_when(|it| it.method == "POST", new_kind);
    bench.expect("one is not", BUILD, Unclear, "of an unknown kind").await;
}
