//! Ways in which Linear's answers look like "all is well" and are not. Each has its test.

use gonogo::domain::{
    FailureKind::{Incomplete, NotFound, Rejected},
    Outcome::{Fails, Holds, Unclear},
};

use crate::{
    linear::rig::{Expected, Failed, Found, KEY, ask, ask_one, decode_for, question, report, start},
    support::{linear::LinearWorld, server::Fault},
};

async fn expect(change: impl FnOnce(&mut LinearWorld), thing: &str, limits: &str, expected: Expected) {
    let server = start(change);
    expected.check(limits, &ask_one(&server, thing, limits).await);
}

fn open_blocker(world: &mut LinearWorld) {
    world.set_state("CHK-1", "In Progress");
}

#[tokio::test]
async fn a_team_that_the_key_can_not_see_is_not_without_issues() {
    let limited = |world: &mut LinearWorld| {
        open_blocker(world);
        drop(world.keys.insert(KEY.into(), Some(vec!["OPS".into()])));
    };
    expect(limited, "issues", "{ team: CHK }", Failed(NotFound, "team CHK")).await;
    expect(limited, "issues", "{ labels: [release-blocker] }", Failed(NotFound, "label release-blocker"))
        .await;
    expect(limited, "issues_done", "{ ids: [CHK-2] }", Found(Unclear, "CHK-2 was not found")).await;
}

#[tokio::test]
async fn a_label_of_another_team_is_not_the_label_of_this_team() {
    expect(
        |_| (),
        "issues",
        "{ team: CHK, labels: [ops-only] }",
        Failed(NotFound, "label ops-only of team CHK"),
    )
    .await;
    let workspace = |world: &mut LinearWorld| world.labels.push("everywhere".into());
    expect(workspace, "issues", "{ team: CHK, labels: [everywhere] }", Found(Holds, "no open issue")).await;
}

/// Linear gives a sub-team the labels of the teams above it.
#[tokio::test]
async fn a_label_of_a_team_above_is_a_label_of_the_sub_team() {
    let below = |world: &mut LinearWorld| {
        world.team("IOS").parent = Some("CHK".into());
        world.team("CHK").labels.push("from-above".into());
    };
    let open = move |world: &mut LinearWorld| {
        below(world);
        world.issue("IOS-1", "Crash").labels.push("from-above".into());
    };
    expect(below, "issues", "{ team: IOS, labels: [from-above] }", Found(Holds, "no open issue")).await;
    expect(open, "issues", "{ team: IOS, labels: [from-above] }", Found(Fails, "IOS-1")).await;
    let other = |world: &mut LinearWorld| world.team("IOS").parent = Some("CHK".into());
    let missing = Failed(NotFound, "label ops-only of team IOS");
    expect(other, "issues", "{ team: IOS, labels: [ops-only] }", missing).await;
}

#[tokio::test]
async fn a_label_group_is_on_no_issue_and_proves_nothing() {
    let group = |world: &mut LinearWorld| world.team("CHK").label_groups.push("severity".into());
    expect(group, "issues", "{ team: CHK, labels: [severity] }", Failed(NotFound, "label severity")).await;
}

#[tokio::test]
async fn names_are_case_sensitive_so_a_slip_is_not_none() {
    expect(open_blocker, "issues", "{ labels: [Release-Blocker] }", Failed(NotFound, "Release-Blocker"))
        .await;
    expect(open_blocker, "issues", "{ team: chk }", Failed(NotFound, "team chk")).await;
}

#[tokio::test]
async fn any_of_the_labels_makes_an_issue_count() {
    let both = |world: &mut LinearWorld| {
        open_blocker(world);
        world.label("CHK-2", "p1");
    };
    expect(both, "issues", "{ labels: [p1, release-blocker] }", Found(Fails, "CHK-1")).await;
    expect(both, "issues", "{ labels: [release-blocker, p1] }", Found(Fails, "CHK-1")).await;
    let neither = |world: &mut LinearWorld| {
        world.label("CHK-2", "p1");
    };
    expect(neither, "issues", "{ labels: [release-blocker] }", Found(Holds, "no open issue")).await;
}

#[tokio::test]
async fn a_state_of_an_unknown_type_is_open() {
    let novel = |world: &mut LinearWorld| {
        world.team("CHK").states.push(("Waiting".into(), "someday".into()));
        world.set_state("CHK-1", "Waiting");
    };
    expect(novel, "issues", "{ labels: [release-blocker] }", Found(Fails, "CHK-1")).await;
    expect(
        novel,
        "issues_done",
        "{ ids: [CHK-1] }",
        Found(gonogo::domain::Outcome::Pending, "CHK-1 is Waiting"),
    )
    .await;
}

#[tokio::test]
async fn a_closed_state_can_be_named() {
    let blocked = |world: &mut LinearWorld| {
        world.team("CHK").states.push(("Blocked".into(), "canceled".into()));
        world.set_state("CHK-1", "Blocked");
    };
    expect(blocked, "issues", "{ team: CHK }", Found(Holds, "no open issue")).await;
    expect(blocked, "issues", "{ team: CHK, states: [Blocked] }", Found(Fails, "1 issue: CHK-1")).await;
}

#[tokio::test]
async fn renamed_states_go_by_their_type() {
    let renamed = |world: &mut LinearWorld| {
        world.team("CHK").states.push(("Done, really".into(), "started".into()));
        world.set_state("CHK-1", "Done, really");
    };
    expect(renamed, "issues", "{ team: CHK }", Found(Fails, "CHK-1")).await;
}

#[tokio::test]
async fn no_priority_is_not_urgent_and_urgent_is_above_high() {
    let none = |world: &mut LinearWorld| {
        open_blocker(world);
        world.issue("CHK-1", "").priority = 0;
    };
    expect(none, "issues", "{ team: CHK, priority: urgent }", Found(Holds, "no open")).await;
    expect(none, "issues", "{ team: CHK, priority: low }", Found(Holds, "no open")).await;
    expect(none, "issues", "{ team: CHK, priority: none }", Found(Fails, "CHK-1")).await;
    expect(open_blocker, "issues", "{ team: CHK, priority: high }", Found(Fails, "CHK-1")).await;
}

#[tokio::test]
async fn archived_issues_are_still_done() {
    let archived = |world: &mut LinearWorld| world.issues.iter_mut().for_each(|issue| issue.archived = true);
    expect(archived, "issues_done", "{ ids: [CHK-1, CHK-2] }", Found(Holds, "all 2")).await;
    expect(archived, "cycle", "{ number: 12, team: CHK }", Found(Holds, "no open issue")).await;
}

#[tokio::test]
async fn a_count_is_exact_only_on_the_last_page() {
    let many = |world: &mut LinearWorld| {
        for number in 100..125 {
            drop(world.issue(&format!("CHK-{number}"), "One of many").clone());
        }
    };
    expect(many, "issues", "{ team: CHK }", Found(Fails, "10+ open issues")).await;
    expect(many, "issues", "{ team: CHK, at_least: 5 }", Found(Holds, "10+ open issues")).await;
    expect(many, "issues", "{ team: CHK, at_most: 24 }", Found(Fails, "25 open issues")).await;
    expect(many, "issues", "{ team: CHK, at_most: 25 }", Found(Holds, "25 open issues")).await;
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let server = start(|world| {
        for number in 1_000..1_600 {
            drop(world.issue(&format!("CHK-{number}"), "One of many").clone());
        }
    });
    let report = report(
        &server,
        &[("issues", "{ team: CHK, at_most: 600 }"), ("issues", "{ team: CHK, at_most: 599 }")],
    )
    .await;
    let said: Vec<_> = report
        .answers
        .iter()
        .map(|(_, answer)| answer.as_ref().unwrap())
        .map(|it| (it.outcome, it.reason.to_string()))
        .collect();
    assert!(
        said.iter().any(|(outcome, reason)| *outcome == Holds && reason.contains("600 open issues")),
        "{said:?}"
    );
    assert!(said.iter().any(|(outcome, _)| *outcome == Fails), "{said:?}");
    assert_eq!(report.requests, 3, "pages of both gates share requests");
}

#[tokio::test]
async fn an_endless_list_ends_as_incomplete() {
    let server = start(|_| ());
    let turn = std::sync::atomic::AtomicU64::new(0);
    server.fault(Fault::Change(std::sync::Arc::new(move |body| {
        let next = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        body["data"]["a1"] = serde_json::json!({ "nodes": [], "pageInfo": { "hasNextPage": true, "endCursor": next.to_string() } });
        body["data"]["a0"] = body["data"]["a0"].as_object().map_or_else(|| body["data"]["a1"].clone(), |it| {
            if next == 0 { serde_json::json!(it) } else { body["data"]["a1"].clone() }
        });
    })));
    let answer = ask_one(&server, "issues", "{ team: CHK, at_most: 2000 }").await;
    Failed(Incomplete, "too many pages to read").check("endless", &answer);
    assert!(server.count() <= 20, "{}", server.count());
}

/// A filter that the server leaves out gives rows that nobody asked for.
#[tokio::test]
async fn closed_issues_where_open_ones_were_asked_for_are_no_answer() {
    let server = start(open_blocker);
    server.fault(Fault::Change(std::sync::Arc::new(|body| {
        body["data"]["a1"]["nodes"][0]["state"]["type"] = serde_json::json!("completed");
    })));
    for limits in ["{ team: CHK }", "{ team: CHK, at_least: 1 }"] {
        let answer = ask_one(&server, "issues", limits).await;
        Failed(Incomplete, "closed issues where open ones were asked for").check(limits, &answer);
    }
}

#[tokio::test]
async fn a_view_of_what_is_done_says_how_it_becomes_one_of_what_is_open() {
    let done = |world: &mut LinearWorld| world.views[0].shows = vec!["CHK-1".into()];
    expect(done, "view", "{ id: blockers-view, of: issues }", Found(Fails, "make the view list open ones"))
        .await;
    let both = |world: &mut LinearWorld| {
        open_blocker(world);
        world.views[0].shows = vec!["CHK-1".into(), "CHK-2".into()];
    };
    expect(both, "view", "{ id: blockers-view, of: issues }", Found(Fails, "2 issues: CHK-1")).await;
}

#[tokio::test]
async fn text_comes_unescaped_once() {
    let escaped = |world: &mut LinearWorld| {
        open_blocker(world);
        world.issue("CHK-1", "").title = "Q&amp;A &lt;b&gt; &amp;lt;".into();
    };
    expect(escaped, "issues", "{ team: CHK }", Found(Fails, "\"Q&A <b> &lt;\"")).await;
}

#[tokio::test]
async fn one_missing_view_takes_no_other_gate_down() {
    let server = start(|_| ());
    let answers = ask(
        &server,
        &[
            ("view", "{ id: nope, of: issues }"),
            ("issues", "{ team: CHK }"),
            ("view", "{ id: blockers-view, of: issues }"),
        ],
    )
    .await;
    Failed(NotFound, "Entity not found").check("missing", &answers[0]);
    Found(Holds, "").check("issues", &answers[1]);
    Found(Holds, "").check("view", &answers[2]);
    assert!(
        server.requests().iter().all(|it| !it.body.contains("issue(id")),
        "never single entities in a batch"
    );
}

#[tokio::test]
async fn the_default_team_counts_where_no_other_is_named() {
    let defaults = [("team", "CHK")];
    let decoded = decode_for("issues", "{ labels: [release-blocker] }", &defaults).unwrap();
    assert_eq!(decoded.args["team"], "CHK");
    assert!(decoded.said.contains("team CHK"), "{}", decoded.said);
    assert_eq!(decode_for("issues", "{ team: OPS }", &defaults).unwrap().args["team"], "OPS");
    assert!(decode_for("issues", "{}", &defaults).is_err(), "the default alone says nothing");
    assert_eq!(decode_for("cycle", "{ number: 12 }", &defaults).unwrap().args["team"], "CHK");
    assert!(decode_for("cycle", "{ number: 12 }", &[]).is_err());
}

#[tokio::test]
async fn an_answer_that_was_filled_in_badly_reaches_no_server() {
    let server = start(|_| ());
    let mut bad = question("qa/0", "issues_done", "{ ids: ['{{ answers.start.issue }}'] }");
    bad.query.args["ids"] = serde_json::json!(["CHK-1\" OR"]);
    let good = question("qa/1", "issues", "{ team: CHK }");
    let batch = gonogo::source::Batch { questions: vec![bad, good], targets: Vec::new() };
    let source = crate::linear::rig::linear(&server, Some(KEY));
    let report =
        gonogo::source::Source::ask(&source, &batch, &tokio_util::sync::CancellationToken::new()).await;
    let by = |gate: &str| &report.answers.iter().find(|(it, _)| it.as_str() == gate).unwrap().1;
    Failed(Rejected, "is not an issue").check("bad", by("qa/0"));
    Found(Holds, "").check("good", by("qa/1"));
    assert_eq!(server.sightings(" OR"), 0);
}
