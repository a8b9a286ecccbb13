//! What a poll costs, how answers find their gates, and how a changing world is followed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gonogo::domain::FailureKind::{self, NotConfigured, NotFound, RateLimited, Rejected, Unauthorized};
use gonogo::domain::Outcome;
use gonogo::source::{Batch, Report, Source};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::bench::{self, Bench, REPO, TOKEN, Want, each_alias, got};
use super::samples;
use super::support::github::oid;
use super::support::server::{Fault, Reply};

fn all_hold(report: &Report) {
    for (gate, answer) in &report.answers {
        assert_eq!(got(answer), Want::Holds, "{gate}: {answer:?}");
    }
}

fn scarcest(report: &Report) -> Option<gonogo::domain::Budget> {
    gonogo::domain::Budget::scarcest(&report.budgets)
}

/// Gates of many kinds in a world where all hold.
fn wide(gates: usize) -> (Bench, Vec<String>) {
    let bench = Bench::new(|repo| {
        let commit = repo.commit("main", "c1");
        (0..gates).for_each(|n| {
            commit.check(&format!("job {n}"), "success");
        });
        for n in 0..gates {
            repo.run(&format!("w{n}.yml"), "main", "success");
            repo.label(&format!("label {n}"));
            repo.file("main", &format!("docs/{n}.md"), "x");
            repo.tag(&format!("v{n}"), "main");
        }
    });
    let gate = |n: usize| match n % 5 {
        0 => format!("checks: {{ required: [job {n}] }}"),
        1 => format!("workflow: {{ file: w{n}.yml }}"),
        2 => format!("issues: {{ labels: [label {n}] }}"),
        3 => format!("file: {{ path: docs/{n}.md }}"),
        _ => format!("tag: {{ name: v{n} }}"),
    };
    (bench, (0..gates).map(gate).collect())
}

#[tokio::test]
async fn two_hundred_gates_are_a_handful_of_requests() {
    let (bench, gates) = wide(100);
    let gates: Vec<&str> =
        gates.iter().map(String::as_str).chain(["checks: { required: [job 0] }"; 100]).collect();
    let report = bench.ask(&gates).await;
    all_hold(&report);
    assert_eq!(report.answers.len(), 200);
    assert!(report.requests <= 4, "{} requests", report.requests);
    assert_eq!(bench.server.count() as u32, report.requests);
}

#[tokio::test]
async fn light_and_heavy_questions_go_out_together() {
    let (bench, gates) = wide(50);
    let latency = Duration::from_secs(4);
    bench.server.latency(latency);
    let gates: Vec<&str> =
        gates.iter().filter(|it| !it.starts_with("workflow")).map(String::as_str).collect();
    all_hold(&bench.ask(&gates).await);
    let requests = bench.server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].at - requests[0].at < latency, "the second did not wait for the first answer");
}

#[tokio::test]
async fn batches_that_are_known_at_once_go_out_together() {
    let (bench, gates) = wide(500);
    let latency = Duration::from_secs(4);
    bench.server.latency(latency);
    let light = |it: &&String| !it.starts_with("workflow") && !it.starts_with("checks");
    let gates: Vec<&str> = gates.iter().filter(light).map(String::as_str).collect();
    all_hold(&bench.ask(&gates).await);
    let begun: Vec<Instant> = bench.server.requests().iter().map(|it| it.at).collect();
    assert!((2..=4).contains(&begun.len()), "{} requests", begun.len());
    let (first, last) = (begun.iter().min().unwrap(), begun.iter().max().unwrap());
    assert!(*last - *first < latency, "none waited for the answer to another");
}

#[tokio::test]
async fn steady_polls_read_conditionally() {
    let bench = Bench::new(|repo| {
        (0..5).for_each(|n| {
            repo.run(&format!("w{n}.yml"), "main", "success");
        });
    });
    let gates: Vec<String> = (0..5)
        .map(|n| format!("workflow: {{ file: w{n}.yml, branch: main }}"))
        .chain(["alerts: { tool: dependabot }".into(), "alerts: { tool: secret_scanning }".into()])
        .collect();
    let gates: Vec<&str> = gates.iter().map(String::as_str).collect();
    all_hold(&bench.ask(&gates).await);
    bench.server.clear_log();
    for _ in 0..10 {
        let report = bench.ask(&gates).await;
        all_hold(&report);
        // Secrets of no provider are a list of their own.
        assert_eq!(report.not_modified, 8, "every REST read was answered 304");
    }
    let rest: Vec<_> = bench.server.requests().into_iter().filter(|it| it.method == "GET").collect();
    let conditional = rest.iter().filter(|it| it.header("if-none-match").is_some()).count();
    assert!(conditional * 10 >= rest.len() * 9, "{conditional} of {}", rest.len());
    let graphql = bench.server.requests().iter().filter(|it| it.method == "POST").count();
    assert_eq!(graphql, 10, "one GraphQL request per poll");
}

#[tokio::test]
async fn targets_are_resolved_in_the_same_request() {
    let bench = Bench::new(|repo| {
        repo.tag("v1", "main");
        repo.annotated.insert("v1".into());
    });
    let mut batch = bench.batch(&["tag: { name: v1 }"]);
    let refs = ["main", "refs/heads/main", "v1", "refs/tags/v1", &oid("c1")];
    for (at, git_ref) in refs.iter().enumerate() {
        let component = Some(format!("c{at}").into());
        batch.targets.push(gonogo::source::TargetQuestion { component, ..bench::target(REPO, git_ref) });
    }
    let report = bench.put(&batch).await;
    assert_eq!((report.requests, report.targets.len()), (1, refs.len()));
    for (component, answer) in &report.targets {
        assert_eq!(answer.as_ref().map(|it| it.as_str().to_owned()), Ok(oid("c1")), "{component:?}");
    }
}

#[tokio::test]
async fn refs_that_name_no_commit_fail_in_plain_words() {
    let bench = Bench::new(|_| {});
    let cases = [
        (REPO, "gone", NotFound, "no branch, tag or commit `gone`"),
        (REPO, &oid("nowhere"), NotFound, "no branch, tag or commit"),
        (REPO, "abcdef1", NotFound, "abcdef1"),
        ("acme/none", "main", NotFound, "the repository of acme/none"),
        ("not a repository", "main", Rejected, "not a repository"),
    ];
    for (repository, git_ref, kind, words) in cases {
        let batch = Batch { questions: Vec::new(), targets: vec![bench::target(repository, git_ref)] };
        let report = bench.put(&batch).await;
        let failure = report.targets[0].1.clone().unwrap_err();
        assert_eq!(failure.kind, kind, "{failure:?}");
        assert!(failure.message.contains(words), "{failure:?}");
        assert!(failure.next.is_some());
    }
}

#[tokio::test]
async fn one_bad_alias_does_not_spoil_the_others() {
    let bench = Bench::new(|repo| {
        repo.tag("v1", "main");
        repo.label("p0");
    });
    let report = bench
        .ask(&[
            "tag: { name: v1 }",
            "pull_request: { number: 404 }",
            "issues: { labels: [p0] }",
            "issue: { number: 404 }",
        ])
        .await;
    let wants: Vec<Want> = (0..4)
        .map(|at| got(&report.answers.iter().find(|(gate, _)| gate.local() == format!("g{at}")).unwrap().1))
        .collect();
    assert_eq!(wants, [Want::Holds, Want::Failed(NotFound), Want::Holds, Want::Failed(NotFound)]);
}

#[tokio::test]
async fn kinds_of_errors_are_told_apart_per_alias() {
    let kinds = [
        ("NOT_FOUND", NotFound),
        ("FORBIDDEN", FailureKind::Forbidden),
        ("INSUFFICIENT_SCOPES", FailureKind::Forbidden),
        ("SERVICE_UNAVAILABLE", FailureKind::ServerError),
        ("SOMETHING_NEW", FailureKind::Incomplete),
    ];
    for (kind, want) in kinds {
        let bench = Bench::new(|repo| repo.label("p0"));
        bench.server.fault(Fault::Change(Arc::new(move |body| {
            let mut errors = Vec::new();
            each_alias(body, |path, value| {
                if value.get("totalCount").is_some() {
                    *value = json!(null);
                    errors.push(json!({ "type": kind, "path": path, "message": "in GitHub's words" }));
                }
            });
            body["errors"] = json!(errors);
        })));
        let report = bench
            .ask(&["issues: { labels: [p0] }", "pull_requests: { base: main }", "tag: { name: v1 }"])
            .await;
        let mut wants: Vec<Want> = report.answers.iter().map(|(_, it)| got(it)).collect();
        wants.dedup();
        assert!(wants.contains(&Want::Failed(want)) && wants.contains(&Want::Pending), "{kind}: {report:?}");
    }
}

#[tokio::test]
async fn single_sign_on_and_missing_permissions_say_what_to_do() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    let message = json!({ "message": "Resource protected by organization SAML enforcement." });
    let sso = Reply::json(403, &message)
        .with("x-github-sso", "required; url=https://github.com/orgs/acme/sso?secret=1");
    bench.server.fault_when(|it| it.path.contains("/actions/"), Fault::Reply(sso));
    let failure = bench.failed("workflow: { file: ci.yml }").await;
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert!(
        failure.message.contains("single sign-on") && !format!("{failure:?}").contains("secret=1"),
        "{failure:?}"
    );
    let message = json!({ "message": "Resource not accessible by personal access token" });
    let permission = Reply::json(403, &message).with("X-Accepted-GitHub-Permissions", "actions=read");
    bench.server.fault_when(|it| it.path.contains("/actions/"), Fault::Reply(permission));
    let failure = bench.failed("workflow: { file: ci.yml }").await;
    assert_eq!(failure.next.as_deref(), Some("give the token the permission Actions: read"));
}

#[tokio::test]
async fn what_is_gone_is_told_from_what_is_switched_off() {
    for (message, kind, words) in [
        ("This issue was deleted", NotFound, "it is gone (410: This issue was deleted)"),
        ("Issues are disabled for this repo", FailureKind::FeatureOff, "the feature is switched off there"),
    ] {
        let bench = Bench::new(|_| {});
        let gone = Fault::Reply(Reply::json(410, &json!({ "message": message })));
        bench.server.fault_when(|it| it.path.contains("/actions/"), gone);
        bench.expect(message, "workflow: { file: ci.yml }", Want::Failed(kind), words).await;
    }
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_halved_and_the_size_remembered() {
    let (bench, gates) = wide(40);
    let gates: Vec<&str> = gates.iter().filter(|it| it.starts_with("tag")).map(String::as_str).collect();
    bench.server.edit(|world| world.max_aliases = 4);
    let first = bench.ask(&gates).await;
    all_hold(&first);
    assert!(first.requests > 3, "it was split: {}", first.requests);
    let second = bench.ask(&gates).await;
    all_hold(&second);
    assert!(second.requests < first.requests, "{} then {}", first.requests, second.requests);
}

#[tokio::test]
async fn one_fact_that_is_too_large_by_itself_fails_alone() {
    let bench = Bench::new(|repo| repo.tag("v1", "main"));
    bench.server.fault_when(
        |it| it.body.contains("\"v2\"") || it.body.contains("refs/tags/v2"),
        Fault::graphql_errors(
            json!([{ "type": "RESOURCE_LIMITS_EXCEEDED", "path": ["r0"], "message": "too much" }]),
        ),
    );
    let report = bench.ask(&["tag: { name: v1 }", "tag: { name: v2 }"]).await;
    let wants: BTreeSet<String> =
        report.answers.iter().map(|(gate, it)| format!("{} {:?}", gate.local(), got(it))).collect();
    assert_eq!(wants.into_iter().collect::<Vec<_>>(), ["g0 Holds", "g1 Failed(ServerError)"]);
}

/// What is wrong with one fact is not paid for by the others.
#[tokio::test]
async fn one_answer_that_is_too_large_leaves_the_others_in_one_request() {
    let (bench, gates) = wide(80);
    let gates: Vec<&str> = gates.iter().filter(|it| it.starts_with("tag")).map(String::as_str).collect();
    let large = |words: &'static str| {
        let reply = Reply::json(200, &json!({ "data": "x".repeat(9 << 20) }));
        (move |it: &super::support::server::Req| it.body.contains(words), Fault::Reply(reply))
    };
    let (is_it, too_large) = large("refs/tags/v14\"");
    bench.server.fault_when(is_it, too_large);
    let one_fails = |report: &Report| {
        let failed = report.answers.iter().filter(|(_, it)| got(it) != Want::Holds).count();
        assert_eq!((failed, report.answers.len()), (1, gates.len()), "{report:?}");
    };
    let first = bench.ask(&gates).await;
    one_fails(&first);
    assert!(first.requests > 5, "it was looked for: {}", first.requests);
    for _ in 0..2 {
        let later = bench.ask(&gates).await;
        one_fails(&later);
        assert_eq!(later.requests, 1, "it is left alone, and the others go out together");
    }
    let again = bench.ask(&gates).await;
    one_fails(&again);
    assert_eq!(again.requests, 2, "it is tried again by itself");
    bench.server.heal();
    for _ in 0..4 {
        one_fails(&bench.ask(&gates).await);
    }
    all_hold(&bench.ask(&gates).await);
    let last = bench.ask(&gates).await;
    all_hold(&last);
    assert_eq!(last.requests, 1, "once it has an answer, it is one of many again");
}

#[tokio::test]
async fn a_gateway_error_is_met_with_smaller_questions_but_an_outage_is_left_alone() {
    let (bench, gates) = wide(40);
    let gates: Vec<&str> = gates.iter().filter(|it| it.starts_with("tag")).map(String::as_str).collect();
    bench.server.fault_when(|it| it.body.matches("refs/tags").count() > 4, Fault::status(502));
    all_hold(&bench.ask(&gates).await);
    bench.server.heal();
    let outage = Bench::new(|_| {});
    outage.server.fault(Fault::status(502));
    let first = outage.ask(&["tag: { name: v1 }", "tag: { name: v2 }", "tag: { name: v3 }"]).await;
    assert!(
        first.answers.iter().all(|(_, it)| got(it) == Want::Failed(FailureKind::ServerError)),
        "{first:?}"
    );
    for _ in 0..5 {
        let report = outage.ask(&["tag: { name: v1 }", "tag: { name: v2 }", "tag: { name: v3 }"]).await;
        assert_eq!(report.requests, 1, "no storm of small requests while the server is down");
    }
    outage.server.heal();
    let report = outage.ask(&["tag: { name: v1 }", "tag: { name: v2 }", "tag: { name: v3 }"]).await;
    assert_eq!(report.requests, 1, "and the size is not lost");
}

#[tokio::test]
async fn a_field_that_this_github_does_not_know_fails_its_gates_only_and_once() {
    let bench = Bench::new(|repo| {
        repo.tag("v1", "main");
        repo.issue(7, "x").edit().sub_issues = vec![8];
    });
    let refusal = json!({ "errors": [{ "path": ["query Poll", "r0", "f0"], "extensions": { "code": "undefinedField" }, "message": "Field 'subIssuesSummary' doesn't exist on type 'Issue'" }] });
    bench
        .server
        .fault_when(|it| it.body.contains("subIssuesSummary"), Fault::Reply(Reply::json(200, &refusal)));
    let gates = [
        "tag: { name: v1 }",
        "issue: { number: 7, expect: sub_issues_done }",
        "issue: { number: 7, expect: open }",
    ];
    let first = bench.ask(&gates).await;
    let second = bench.ask(&gates).await;
    for report in [&first, &second] {
        let wants: BTreeSet<String> =
            report.answers.iter().map(|(gate, it)| format!("{} {:?}", gate.local(), got(it))).collect();
        assert_eq!(wants.into_iter().collect::<Vec<_>>(), ["g0 Holds", "g1 Failed(Rejected)", "g2 Holds"]);
    }
    assert!(first.requests > 1 && second.requests == 1, "{} {}", first.requests, second.requests);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let bench = Bench::new(|_| {});
    let source = bench::source(&bench.server, None, None);
    let batch = Batch { targets: vec![bench::target(REPO, "main")], ..bench.batch(&["tag: { name: v1 }"]) };
    let report = source.ask(&batch, &CancellationToken::new()).await;
    let failure = report.answers[0].1.clone().unwrap_err();
    assert_eq!(failure.kind, NotConfigured);
    assert!(failure.next.unwrap().contains("gh auth login"));
    assert!(report.targets[0].1.is_err());
    assert_eq!((bench.server.count(), report.requests), (0, 0));
    assert!(source.viewer().await.is_err());
}

#[tokio::test]
async fn a_token_that_can_not_be_one_is_a_failure_and_no_panic() {
    let bench = Bench::new(|_| {});
    let source = bench::source(&bench.server, Some("abc\ndef"), None);
    let report = source.ask(&bench.batch(&["tag: { name: v1 }"]), &CancellationToken::new()).await;
    let failure = report.answers[0].1.clone().unwrap_err();
    assert_eq!(failure.kind, NotConfigured);
    assert!(!failure.message.contains("abc"), "{failure:?}");
    assert_eq!(bench.server.count(), 0);
}

#[tokio::test]
async fn a_refused_token_is_not_used_again() {
    let bench = Bench::new(|_| {});
    bench.server.edit(|world| world.tokens.remove(TOKEN));
    bench.server.edit(|world| {
        world.token("another", "octo");
    });
    let gates = ["tag: { name: v1 }", "workflow: { file: ci.yml }", "checks: { required: [build] }"];
    let report = bench.ask(&gates).await;
    assert!(report.answers.iter().all(|(_, it)| got(it) == Want::Failed(Unauthorized)), "{report:?}");
    assert!(report.wait.is_some());
    let before = bench.server.count();
    for _ in 0..3 {
        let report = bench.ask(&gates).await;
        assert!(report.answers.iter().all(|(_, it)| got(it) == Want::Failed(Unauthorized)));
        assert_eq!(report.wait, Some(Duration::from_secs(900)));
    }
    assert_eq!(bench.server.count(), before, "not one more request");
}

#[tokio::test]
async fn limits_are_told_apart_and_waited_for() {
    let gates = ["tag: { name: v1 }", "workflow: { file: ci.yml }"];
    let waits = |report: &Report| report.wait.map(|it| it.as_secs());
    // Primary, GraphQL: 200 with RATE_LIMITED.
    let bench = Bench::new(|_| {});
    bench.server.edit(|world| world.rate("graphql", 5_000, 0, 120));
    let report = bench.ask(&gates).await;
    assert!(report.answers.iter().all(|(_, it)| got(it) == Want::Failed(RateLimited)), "{report:?}");
    assert!(waits(&report).is_some_and(|it| (110..=121).contains(&it)), "{:?}", report.wait);
    assert_eq!(scarcest(&report).map(|it| it.remaining), Some(0));
    // Primary, REST: 403 with nothing remaining.
    let bench = Bench::new(|_| {});
    bench.server.edit(|world| world.rate("core", 5_000, 0, 300));
    let report = bench.ask(&gates).await;
    assert!(report.answers.iter().any(|(_, it)| got(it) == Want::Failed(RateLimited)), "{report:?}");
    assert!(waits(&report).is_some_and(|it| (290..=301).contains(&it)), "{:?}", report.wait);
    // Secondary with and without a time.
    let bench = Bench::new(|_| {});
    bench.server.fault(Fault::secondary_limit(Some(33)));
    assert_eq!(waits(&bench.ask(&gates).await), Some(33));
    bench.server.heal();
    let bench = Bench::new(|_| {});
    bench.server.fault(Fault::secondary_limit(None));
    assert_eq!(waits(&bench.ask(&gates).await), Some(60));
    assert_eq!(waits(&bench.ask(&gates).await), Some(120));
    // 429.
    let bench = Bench::new(|_| {});
    bench.server.fault(Fault::too_many("7"));
    let report = bench.ask(&gates).await;
    assert_eq!((waits(&report), report.requests), (Some(7), 1), "and nothing more is sent");
}

#[tokio::test]
async fn the_last_request_of_a_budget_is_the_last_of_the_poll() {
    let bench = Bench::new(|repo| {
        let alert = |number| super::support::github::Alert { number, ..samples::alert("low") };
        repo.dependabot = Some((0..250).map(alert).collect());
    });
    let gate = ["alerts: { tool: dependabot, at_most: 300 }"];
    all_hold(&bench.ask(&gate).await);
    bench.server.edit(|world| world.rate("core", 5_000, 1, 120));
    bench.server.clear_log();
    let source = bench::source(&bench.server, Some(TOKEN), None);
    let report = source.ask(&bench.batch(&gate), &CancellationToken::new()).await;
    assert_eq!(got(&report.answers[0].1), Want::Failed(RateLimited), "{report:?}");
    let pages = bench.server.requests().iter().filter(|it| it.method == "GET").count();
    assert_eq!(pages, 1, "the second page would have been refused");
    assert!(report.wait.is_some_and(|wait| (110..=121).contains(&wait.as_secs())), "{:?}", report.wait);
}

#[tokio::test]
async fn budgets_and_the_servers_clock_are_reported() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    bench.server.edit(|world| world.rate("core", 5_000, 100, 600));
    bench.server.date_offset(-7_200);
    let report = bench.ask(&["workflow: { file: ci.yml }"]).await;
    let budget = scarcest(&report).unwrap();
    assert_eq!((budget.limit, budget.remaining < 100), (5_000, true), "the scarcest: {budget:?}");
    let behind = chrono::Utc::now() - report.server_time.unwrap();
    assert!((7_195..7_205).contains(&behind.num_seconds()), "{behind}");
    assert_eq!(report.wait, None);
}

#[tokio::test]
async fn a_renamed_repository_is_followed_and_said() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
        repo.tag("v1", "main");
    });
    bench.server.edit(|world| world.rename(REPO, "acme/starship"));
    let gates = ["workflow: { file: ci.yml }", "tag: { name: v1 }"];
    for _ in 0..2 {
        let report = bench.ask(&gates).await;
        all_hold(&report);
        for (_, answer) in &report.answers {
            let row = &answer.as_ref().unwrap().rows[0];
            assert!(row.contains("acme/rocket is now called acme/starship"), "{row}");
        }
    }
    let last = bench.server.requests().into_iter().rfind(|it| it.method == "GET").unwrap();
    assert!(last.path.starts_with("/repos/acme/starship/"), "the new name is remembered: {}", last.path);
    let source = bench::source(&bench.server, Some(TOKEN), None);
    let renamed = source.renamed(&[REPO.into(), "acme/starship".into()]).await.unwrap();
    assert_eq!(renamed, [(REPO.to_owned(), "acme/starship".to_owned())], "for diagnosis");
}

#[tokio::test]
async fn a_change_between_polls_is_seen() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "failure");
        repo.issue(7, "x").label("p0");
        repo.pull(5, "y");
    });
    let gates = ["workflow: { file: ci.yml }", "issues: { labels: [p0] }", "pull_request: { number: 5 }"];
    let wants = |report: &Report| report.answers.iter().map(|(_, it)| got(it)).collect::<Vec<_>>();
    assert!(!wants(&bench.ask(&gates).await).contains(&Want::Holds));
    bench.repo(|repo| {
        repo.close_issue(7);
        repo.merge(5);
        repo.commit("main", "c2");
        repo.run("ci.yml", "main", "success");
    });
    let report = bench.ask(&gates).await;
    all_hold(&report);
    let about: Vec<String> = report
        .answers
        .iter()
        .filter_map(|(_, it)| Some(it.as_ref().ok()?.about.as_ref()?.to_string()))
        .collect();
    assert_eq!(about, [oid("c2"), oid("c2")], "the new commit");
}

#[tokio::test]
async fn a_ref_that_moves_within_a_poll_gives_answers_about_one_commit_each() {
    let bench = Bench::new(|repo| {
        repo.commit("main", "c1").check("build", "success");
        repo.run("ci.yml", "main", "success");
        repo.commit("later", "c2").check("build", "failure");
    });
    // The checks arrive for the old commit, the ref for the new one.
    let to = oid("c2");
    bench.server.fault_when(
        |it| it.body.contains("refs/heads/main"),
        Fault::Change(Arc::new(move |body| {
            each_alias(body, |_, value| {
                if value["prefix"] == "refs/heads/" {
                    value["target"]["oid"] = json!(to.clone());
                }
            });
        })),
    );
    let report = bench.ask(&["checks: { required: [build] }", "workflow: { file: ci.yml }"]).await;
    for (gate, answer) in &report.answers {
        let finding = answer.as_ref().ok();
        let about = finding.and_then(|it| it.about.clone()).map(|it| it.to_string());
        assert!(about.is_none_or(|it| it == oid("c2")), "{gate}: {answer:?}");
        assert!(finding.is_none_or(|it| it.outcome != Outcome::Holds), "{gate}: {answer:?}");
    }
}

#[tokio::test]
async fn cancelling_ends_a_poll_at_once_with_failures() {
    let bench = Bench::new(|repo| {
        repo.run("ci.yml", "main", "success");
    });
    bench.server.fault(Fault::Hang);
    let cancel = CancellationToken::new();
    let batch =
        bench.batch(&["tag: { name: v1 }", "checks: { required: [x] }", "alerts: { tool: dependabot }"]);
    let begun = Instant::now();
    let asking = bench.source.ask(&batch, &cancel);
    let (report, ()) = tokio::join!(asking, async {
        while bench.server.count() == 0 {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    });
    // Uncancelled, it would take the ten seconds that a silent server is given.
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    assert!(
        report.answers.iter().all(|(_, it)| got(it) == Want::Failed(FailureKind::TimedOut)),
        "{report:?}"
    );
    bench.server.heal();
}

#[tokio::test]
async fn an_empty_batch_asks_nothing() {
    let bench = Bench::new(|_| {});
    let report = bench.put(&Batch::default()).await;
    assert_eq!((report.requests, bench.server.count()), (0, 0));
}

#[tokio::test]
async fn a_question_that_makes_no_sense_fails_alone() {
    let bench = Bench::new(|repo| repo.tag("v1", "main"));
    let mut batch =
        bench.batch(&["tag: { name: v1 }", "issue: { number: 7 }", "tag: { name: v1 }", "tag: { name: v1 }"]);
    batch.questions[1].query.args = json!({ "number": "seven", "expect": "closed" });
    batch.questions[2].query.thing = "horoscope".into();
    batch.questions[3].repository = "../etc".into();
    let report = bench.put(&batch).await;
    let wants: BTreeSet<String> =
        report.answers.iter().map(|(gate, it)| format!("{} {:?}", gate.local(), got(it))).collect();
    let rejected = Want::Failed(Rejected);
    assert_eq!(
        wants.into_iter().collect::<Vec<_>>(),
        [
            "g0 Holds".into(),
            format!("g1 {rejected:?}"),
            format!("g2 {rejected:?}"),
            format!("g3 {rejected:?}")
        ]
    );
}

#[tokio::test]
async fn viewer_tells_login_and_scopes() {
    let bench = Bench::new(|_| {});
    let viewer = bench.source.viewer().await.unwrap();
    assert_eq!(viewer.login, "octo");
    assert_eq!(viewer.scopes.unwrap(), ["repo", "read:org"]);
    bench.server.edit(|world| world.tokens.get_mut(TOKEN).unwrap().scopes = None);
    assert_eq!(bench.source.viewer().await.unwrap().scopes, None);
    bench.server.edit(|world| world.tokens.clear());
    bench.server.edit(|world| {
        world.token("another", "eve");
    });
    assert_eq!(bench.source.viewer().await.unwrap_err().kind, Unauthorized);
}

#[tokio::test]
async fn every_request_only_reads_and_the_token_goes_into_one_header() {
    let bench = Bench::world(|world| samples::all().iter().for_each(|sample| (sample.green)(world)));
    let gates: Vec<&str> = samples::all().iter().map(|it| it.gate).collect();
    bench.ask(&gates).await;
    let requests = bench.server.requests();
    assert!(requests.len() > 10);
    for request in &requests {
        let reads = request.method == "GET" || (request.method == "POST" && request.path == "/graphql");
        assert!(reads && !request.body.contains("mutation"), "{} {}", request.method, request.path);
        assert!(!request.target.contains(TOKEN) && !request.body.contains(TOKEN));
        let carriers = request.headers.iter().filter(|(_, value)| value.contains(TOKEN)).count();
        assert_eq!(carriers, 1, "{}", request.path);
        if request.method == "GET" {
            assert_eq!(request.header("x-github-api-version"), Some("2022-11-28"));
        }
    }
}

#[tokio::test]
async fn a_spent_budget_of_searches_stops_searches_only() {
    let bench = Bench::new(|repo| {
        repo.label("p0");
        repo.run("ci.yml", "main", "success");
    });
    let gates =
        ["issues: { search: 'label:p0' }", "workflow: { file: ci.yml }", "alerts: { tool: dependabot }"];
    bench.server.edit(|world| world.rate("search", 30, 0, 50));
    for round in 0..3 {
        bench.server.clear_log();
        let report = bench.ask(&gates).await;
        let of = |gate: &str| got(&report.answers.iter().find(|(it, _)| it.local() == gate).unwrap().1);
        assert_eq!(of("g0"), Want::Failed(RateLimited), "{report:?}");
        assert_eq!((of("g1"), of("g2")), (Want::Holds, Want::Holds), "{report:?}");
        assert_eq!(report.wait, None, "the others need not wait");
        let searches = bench.server.requests().iter().filter(|it| it.path == "/search/issues").count();
        assert_eq!(searches, usize::from(round == 0), "no search before its budget is full again");
    }
}

#[tokio::test]
async fn what_is_too_large_is_asked_for_in_parts_and_then_left_alone() {
    let (bench, gates) = wide(40);
    let gates: Vec<&str> = gates.iter().filter(|it| it.starts_with("tag")).map(String::as_str).collect();
    let large = Reply::json(200, &json!({ "data": "x".repeat(9 << 20) }));
    bench.server.fault_when(|it| it.path == "/graphql", Fault::Reply(large));
    let first = bench.ask(&gates).await;
    for (_, answer) in &first.answers {
        let failure = answer.clone().unwrap_err();
        assert!(!failure.kind.is_transient(), "it is not asked for again at once: {failure:?}");
        assert!(failure.next.is_some());
    }
    let second = bench.ask(&gates).await;
    assert!(first.requests <= 41 && second.requests <= 41, "{} and {}", first.requests, second.requests);
    bench.server.heal();
    for _ in 0..70 {
        bench.ask(&gates).await;
    }
    all_hold(&bench.ask(&gates).await);
}

#[tokio::test]
async fn an_address_that_is_no_api_says_what_it_should_be() {
    let bench = Bench::new(|_| {});
    bench.server.fault(Fault::status(404));
    let failure = bench.failed("tag: { name: v1 }").await;
    let next = failure.next.unwrap_or_default();
    assert!(next.contains("/api/v3") && !next.contains("permission ."), "{next}");
}
