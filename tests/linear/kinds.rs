//! Each kind of evidence: green, red, pending, unknown and missing, one world and one line each.

use gonogo::domain::{
    FailureKind::{NotFound, Rejected},
    Outcome::{Fails, Holds, Pending, Unclear},
};

use crate::{
    linear::rig::{COMMIT, Expected, Failed, Found, GREEN, ask, ask_one, start},
    support::linear::{LinearWorld, then},
};

type Change = fn(&mut LinearWorld);
type Case = (&'static str, Change, Expected);

async fn check(thing: &str, cases: &[Case]) {
    for (limits, change, expected) in cases {
        let server = start(change);
        let answer = ask_one(&server, thing, limits).await;
        expected.check(&format!("{thing}: {limits}"), &answer);
    }
}

fn same(_: &mut LinearWorld) {}

#[tokio::test]
async fn every_kind_holds_when_all_is_well() {
    let server = start(same);
    for ((thing, _), answer) in GREEN.iter().zip(ask(&server, &GREEN).await) {
        Found(Holds, "").check(thing, &answer);
        assert!(answer.unwrap().lineage.starts_with("graphql "), "{thing}");
    }
}

#[test]
fn every_kind_that_is_offered_goes_through_every_fault() {
    let offered: Vec<_> = gonogo::source::linear::SOURCE.things.iter().map(|it| it.name).collect();
    let tried: Vec<_> = GREEN.iter().map(|(thing, _)| *thing).collect();
    assert!(offered.iter().all(|it| tried.contains(it)), "{offered:?} but {tried:?}");
}

#[tokio::test]
async fn issues() {
    let reopen: Change = |world| world.set_state("CHK-1", "In Progress");
    check(
        "issues",
        &[
            ("{ labels: [release-blocker] }", same, Found(Holds, "no open issue")),
            ("{ labels: [release-blocker] }", reopen, Found(Fails, "1 open issue: CHK-1 \"Refund twice\"")),
            ("{ labels: [release-blocker], at_most: 1 }", reopen, Found(Holds, "1 open issue, at most 1")),
            ("{ team: CHK, at_least: 1 }", same, Found(Fails, "no open issue, at least 1")),
            ("{ team: CHK, at_least: 1 }", reopen, Found(Holds, "1 open issue")),
            ("{ project: Checkout, milestone: GA, priority: urgent }", reopen, Found(Fails, "CHK-1")),
            ("{ team: CHK, cycle: active }", reopen, Found(Fails, "CHK-1")),
            ("{ release: 3.0.0 }", reopen, Found(Fails, "CHK-1")),
            ("{ assignee: ada@example.com }", reopen, Found(Fails, "CHK-1")),
            (
                "{ team: CHK, states: [Done], at_least: 2 }",
                same,
                Found(Holds, "2 issues, at least 2 (in Done)"),
            ),
            ("{ team: CHK, states: [Canceled, Duplicate] }", same, Found(Fails, "2 issues")),
            ("{ team: NOPE }", same, Failed(NotFound, "team NOPE")),
            ("{ labels: [nope] }", same, Failed(NotFound, "label nope")),
            ("{ project: Nope }", same, Failed(NotFound, "project Nope")),
            ("{ milestone: Nope }", same, Failed(NotFound, "milestone Nope")),
            (
                "{ project: Checkout, milestone: Nope }",
                same,
                Failed(NotFound, "milestone Nope of project Checkout"),
            ),
            ("{ team: CHK, cycle: 13 }", same, Failed(NotFound, "cycle 13 of team CHK")),
            ("{ team: CHK, cycle: next }", same, Failed(NotFound, "cycle next of team CHK")),
            ("{ release: 9.9.9 }", same, Failed(NotFound, "release 9.9.9")),
            ("{ assignee: nobody }", same, Failed(NotFound, "assignee nobody")),
            ("{ states: [Nope] }", same, Failed(NotFound, "state Nope")),
            (
                "{ milestone: GA }",
                |world| {
                    world.project("Other").milestone("GA", "next", 0.0);
                },
                Failed(Rejected, "not unique"),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_advice_about_two_milestones_of_one_name_can_be_followed() {
    let twice = start(|world| {
        world.project("Checkout").milestone("GA", "next", 0.0);
    });
    for (limits, advice) in [
        ("{ milestone: GA }", "name the project too"),
        ("{ project: Checkout, milestone: GA }", "give the milestones of the project different names"),
    ] {
        let failure = ask_one(&twice, "issues", limits).await.unwrap_err();
        assert_eq!(failure.kind, Rejected);
        assert!(failure.next.as_deref().is_some_and(|next| next.contains(advice)), "{failure:?}");
    }
}

#[tokio::test]
async fn issues_done() {
    let moved: Change = |world| world.issue("CHK-1", "").previous = vec!["OPS-77".into()];
    check(
        "issues_done",
        &[
            ("{ ids: [CHK-1, CHK-2] }", same, Found(Holds, "all 2 issues are completed")),
            ("{ ids: [CHK-1] }", |world| world.issue("CHK-1", "").archived = true, Found(Holds, "completed")),
            ("{ ids: [OPS-77] }", moved, Found(Holds, "completed")),
            ("{ ids: [CHK-1, OPS-1] }", same, Found(Pending, "OPS-1 is Todo")),
            ("{ ids: [CHK-1, CHK-3] }", same, Found(Fails, "CHK-3 is Canceled")),
            ("{ ids: [CHK-4], accept: [canceled] }", same, Found(Fails, "CHK-4 is Duplicate")),
            ("{ ids: [CHK-1, CHK-999] }", same, Found(Unclear, "CHK-999 was not found")),
            ("{ ids: [CHK-3, CHK-999] }", same, Found(Fails, "CHK-3")),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_was_accepted_is_shown() {
    let answer =
        ask_one(&start(same), "issues_done", "{ ids: [CHK-1, CHK-3], accept: [canceled] }").await.unwrap();
    assert_eq!((answer.outcome, answer.accepted), (Holds, vec!["CHK-3 is Canceled".into()]));
}

#[tokio::test]
async fn projects() {
    check(
        "project",
        &[
            (
                "{ name: Checkout, status: completed }",
                same,
                Found(Pending, "its status is started, not completed"),
            ),
            (
                "{ name: Checkout, status: completed }",
                |world| world.project("Checkout").status = ("Stopped".into(), "canceled".into()),
                Found(Fails, "canceled, not completed"),
            ),
            ("{ name: Checkout, status: planned }", same, Found(Fails, "started, not planned")),
            (
                "{ name: Checkout, status: completed }",
                |world| world.project("Checkout").status = ("New".into(), "brandNew".into()),
                Found(Unclear, "does not know"),
            ),
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").health = Some("atRisk".into()),
                Found(Fails, "at risk, not on track"),
            ),
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").health = None,
                Found(Unclear, "no health"),
            ),
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").health = Some("sideways".into()),
                Found(Unclear, "does not know"),
            ),
            ("{ name: Checkout, progress_at_least: 0.81 }", same, Found(Pending, "80% done, at least 81%")),
            (
                "{ name: Checkout, update_max_age: 1h }",
                |world| world.project("Checkout").update = None,
                Found(Unclear, "no update"),
            ),
            ("{ name: checkout, status: started }", same, Failed(NotFound, "project checkout")),
        ],
    )
    .await;
}

#[tokio::test]
async fn initiatives() {
    check(
        "initiative",
        &[
            ("{ name: Payments, status: completed }", same, Found(Pending, "active, not completed")),
            (
                "{ name: Payments, status: active }",
                |world| world.initiatives[0].status = "Canceled".into(),
                Found(Fails, "canceled"),
            ),
            (
                "{ name: Payments, status: active }",
                |world| world.initiatives[0].status = "Novel".into(),
                Found(Unclear, "novel"),
            ),
            (
                "{ name: Payments, health: on_track }",
                |world| world.initiatives[0].health = None,
                Found(Unclear, "no health"),
            ),
            (
                "{ name: Payments, health: on_track }",
                |world| world.initiatives[0].health = Some("offTrack".into()),
                Found(Fails, "off track"),
            ),
            ("{ name: Nope, status: active }", same, Failed(NotFound, "initiative Nope")),
        ],
    )
    .await;
}

#[tokio::test]
async fn milestones() {
    check(
        "milestone",
        &[
            (
                "{ project: Checkout, name: GA }",
                |world| world.project("Checkout").milestones[0].status = "next".into(),
                Found(Pending, "it is next"),
            ),
            (
                "{ project: Checkout, name: GA }",
                |world| world.project("Checkout").milestones[0].status = "overdue".into(),
                Found(Pending, "it is overdue"),
            ),
            (
                "{ project: Checkout, name: GA }",
                |world| world.project("Checkout").milestones[0].status = "odd".into(),
                Found(Unclear, "odd"),
            ),
            (
                "{ project: Checkout, name: Beta }",
                same,
                Failed(NotFound, "milestone Beta of project Checkout"),
            ),
            ("{ project: Nope, name: GA }", same, Failed(NotFound, "project Nope")),
            (
                "{ project: Checkout, name: GA }",
                |world| {
                    world.project("Checkout").milestone("GA", "next", 0.0);
                },
                Found(Unclear, "not unique: Linear has several: https://linear.app/"),
            ),
            (
                "{ project: Checkout, name: GA }",
                |world| world.project("Checkout").status = ("Stopped".into(), "canceled".into()),
                Found(Unclear, "its project is canceled"),
            ),
            (
                "{ project: Checkout, name: GA }",
                |world| {
                    world.project("Other").milestone("GA", "next", 0.0);
                },
                Found(Holds, "it is done"),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_project_that_was_called_off_or_is_not_heard_of_is_not_on_track() {
    let month = chrono::TimeDelta::days(270);
    check(
        "project",
        &[
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").status = ("Stopped".into(), "canceled".into()),
                Found(Fails, "the project is canceled"),
            ),
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").status = ("Later".into(), "paused".into()),
                Found(Fails, "the project is paused"),
            ),
            (
                "{ name: Checkout, progress_at_least: 0.8 }",
                |world| world.project("Checkout").status = ("Stopped".into(), "canceled".into()),
                Found(Fails, "the project is canceled"),
            ),
            (
                "{ name: Checkout, status: canceled }",
                |world| world.project("Checkout").status = ("Stopped".into(), "canceled".into()),
                Found(Holds, "canceled"),
            ),
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").status = ("Done".into(), "completed".into()),
                Found(Holds, "on track"),
            ),
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").update = None,
                Found(Unclear, "no longer exists"),
            ),
            (
                "{ name: Checkout, health: on_track }",
                |world| world.project("Checkout").trashed = true,
                Found(Unclear, "in the trash"),
            ),
            (
                "{ name: Checkout, status: started }",
                |world| {
                    let double = world.project("Checkout").clone();
                    world.projects.push(double);
                },
                Found(Unclear, "not unique: Linear has several: https://linear.app/"),
            ),
        ],
    )
    .await;
    let stale = start(|world| world.project("Checkout").update = Some((then() - month, true)));
    let day = (then() - month).format("%Y-%m-%d").to_string();
    let answer = ask_one(&stale, "project", "{ name: Checkout, health: on_track }").await.unwrap();
    assert_eq!(answer.outcome, Unclear);
    assert!(answer.reason.contains(&day) && answer.url.is_some(), "{answer:?}");
    // A limit of the gate's own goes before Linear's rhythm.
    let answer =
        ask_one(&stale, "project", "{ name: Checkout, health: on_track, update_max_age: 365d }").await;
    Found(Holds, "").check("a limit of its own", &answer);
}

#[tokio::test]
async fn an_initiative_that_was_called_off_or_is_not_heard_of_is_not_on_track() {
    check(
        "initiative",
        &[
            (
                "{ name: Payments, health: on_track }",
                |world| world.initiatives[0].status = "Canceled".into(),
                Found(Fails, "the initiative is canceled"),
            ),
            (
                "{ name: Payments, health: on_track }",
                |world| world.initiatives[0].update = Some((then(), true)),
                Found(Unclear, "is stale"),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_cycle_that_has_ended_answers_for_what_it_left_open() {
    let ended: Change = |world| {
        world.cycles[0].active = false;
        world.cycles[0].left = vec!["CHK-1".into(), "CHK-2".into()];
    };
    check(
        "cycle",
        &[
            ("{ number: 12, team: CHK }", ended, Found(Holds, "no open issue")),
            (
                "{ number: 12, team: CHK }",
                |world| {
                    world.cycles[0].active = false;
                    world.cycles[0].left = vec!["CHK-1".into()];
                    let moved = world.issue("CHK-1", "");
                    (moved.state, moved.cycle) = ("In Progress".into(), Some(13));
                    world.cycle("CHK", 13, true);
                },
                Found(Fails, "left open: CHK-1"),
            ),
            ("{ number: 12, team: CHK, at_most: 15 }", moved_on::<15>, Found(Holds, "left open: CHK-101")),
            ("{ number: 12, team: CHK, at_most: 15 }", moved_on::<40>, Found(Fails, "left open: CHK-101")),
            (
                "{ number: 12, team: CHK, at_most: 400 }",
                moved_on::<300>,
                Found(Unclear, "more than can be read"),
            ),
        ],
    )
    .await;
}

/// The cycle has ended, and so many issues that it left open are in the next one.
fn moved_on<const COUNT: u64>(world: &mut LinearWorld) {
    world.cycles[0].active = false;
    for number in 0..COUNT {
        let name = format!("CHK-{}", 101 + number);
        world.cycles[0].left.push(name.clone());
        let moved = world.issue(&name, "left");
        (moved.state, moved.cycle) = ("In Progress".into(), Some(13));
    }
    world.cycle("CHK", 13, true);
}

#[tokio::test]
async fn what_was_thrown_away_is_not_done() {
    let thrown: Change = |world| world.issue("CHK-1", "").trashed = true;
    check(
        "issues_done",
        &[
            ("{ ids: [CHK-1, CHK-2] }", thrown, Found(Unclear, "CHK-1 is in the trash")),
            (
                "{ ids: [CHK-1] }",
                |world| {
                    let issue = world.issue("CHK-1", "");
                    (issue.archived, issue.state) = (true, "Todo".into());
                },
                Found(Fails, "CHK-1 is Todo, and archived"),
            ),
        ],
    )
    .await;
    check(
        "cycle",
        &[(
            "{ number: 12, team: CHK }",
            |world| world.issues.iter_mut().for_each(|issue| issue.trashed = true),
            Found(Unclear, "has no issues"),
        )],
    )
    .await;
    check(
        "document",
        &[("{ id: plan }", |world| world.documents[0].trashed = true, Found(Unclear, "in the trash"))],
    )
    .await;
}

#[tokio::test]
async fn an_old_name_of_one_issue_is_not_the_name_of_another() {
    let answer = start(|world| {
        world.issue("OPS-2", "Moved here").previous = vec!["CHK-1".into()];
        world.set_state("CHK-1", "Todo");
        world.set_state("OPS-2", "Done");
    });
    Found(Pending, "CHK-1 is Todo")
        .check("names", &ask_one(&answer, "issues_done", "{ ids: [CHK-1] }").await);
}

#[tokio::test]
async fn a_blocker_of_a_sub_team_blocks_the_team() {
    let below: Change = |world| {
        world.issue("IOS-1", "Crash");
        world.label("IOS-1", "release-blocker");
        world.team("IOS").parent = Some("CHK".into());
    };
    check(
        "issues",
        &[
            ("{ team: CHK, labels: [release-blocker] }", below, Found(Fails, "IOS-1")),
            ("{ team: CHK, at_least: 1 }", below, Found(Fails, "no open issue")),
            ("{ team: IOS }", below, Found(Fails, "IOS-1")),
            ("{ team: OPS, labels: [ops-only] }", below, Found(Fails, "OPS-1")),
        ],
    )
    .await;
}

#[tokio::test]
async fn every_kind_has_a_page_to_open() {
    let server = start(same);
    for ((thing, limits), answer) in GREEN.iter().zip(ask(&server, &GREEN).await) {
        let url = answer.unwrap().url.unwrap_or_default();
        assert!(url.starts_with("https://linear.app/"), "{thing} {limits}: {url}");
    }
}

#[tokio::test]
async fn cycles() {
    check(
        "cycle",
        &[
            ("{ number: active, team: CHK }", same, Found(Holds, "no open issue")),
            ("{ number: 12, team: CHK }", |world| world.set_state("CHK-1", "Todo"), Found(Fails, "CHK-1")),
            (
                "{ number: 12, team: CHK, at_most: 1 }",
                |world| world.set_state("CHK-1", "Todo"),
                Found(Holds, "at most 1"),
            ),
            (
                "{ number: 13, team: CHK }",
                |world| {
                    world.cycle("CHK", 13, false);
                },
                Found(Unclear, "has no issues"),
            ),
            ("{ number: 14, team: CHK }", same, Failed(NotFound, "cycle 14")),
            ("{ number: 12, team: OPS }", same, Failed(NotFound, "cycle 12 of team OPS")),
            ("{ number: 12, team: NOPE }", same, Failed(NotFound, "team NOPE")),
        ],
    )
    .await;
}

#[tokio::test]
async fn views() {
    let filled: Change = |world| world.views[0].shows = vec!["CHK-1".into(), "OPS-1".into()];
    let of_projects: Change = |world| {
        world.views[0].model = "Project".into();
        world.views[0].shows = vec!["Checkout".into()];
    };
    check(
        "view",
        &[
            ("{ id: blockers-view, of: issues }", filled, Found(Fails, "2 issues: ")),
            ("{ id: blockers-view, of: issues, at_least: 2 }", filled, Found(Holds, "2 issues, at least 2")),
            ("{ id: blockers-view, of: projects }", of_projects, Found(Fails, "1 project: Checkout")),
            ("{ id: blockers-view, of: issues }", of_projects, Failed(Rejected, "it lists Project")),
            ("{ id: nope, of: issues }", same, Failed(NotFound, "Entity not found")),
        ],
    )
    .await;
}

#[tokio::test]
async fn documents() {
    check(
        "document",
        &[
            ("{ id: plan }", same, Found(Holds, "\"plan\" edited")),
            ("{ id: nope }", same, Failed(NotFound, "document nope")),
        ],
    )
    .await;
    let finding = ask_one(&start(same), "document", "{ id: plan, max_age: 2h }").await.unwrap();
    let end = finding.until.expect("an end") - then();
    assert!((end.num_seconds() - 7_200).abs() < 60, "the age of the fact, not of our look at it: {end}");
}

#[tokio::test]
async fn releases() {
    let limits = "{ version: 3.0.0, frozen: true }";
    check(
        "release",
        &[
            (limits, |world| world.set_state("CHK-1", "Todo"), Found(Fails, "1 open issue: CHK-1")),
            (
                "{ version: 3.0.0, at_most: 1 }",
                |world| world.set_state("CHK-1", "Todo"),
                Found(Holds, "1 open issue"),
            ),
            (
                limits,
                |world| world.releases[0].stage.2 = false,
                Found(Pending, "stage Candidate is not frozen"),
            ),
            (limits, |world| world.releases[0].stage.1 = "canceled".into(), Found(Fails, "canceled")),
            (limits, |world| world.releases[0].stage.1 = "novel".into(), Found(Unclear, "novel")),
            (limits, |world| world.releases[0].issues.clear(), Found(Unclear, "has no issues")),
            (
                limits,
                |world| {
                    world.release("3.0.0", "iOS");
                },
                Found(Unclear, "not unique"),
            ),
            (
                "{ version: 3.0.0, pipeline: Web }",
                |world| {
                    world.release("3.0.0", "iOS");
                },
                Found(Holds, ""),
            ),
            ("{ version: 3.0.1 }", same, Failed(NotFound, "release 3.0.1")),
            ("{ version: 3.0.0, pipeline: iOS }", same, Failed(NotFound, "pipeline iOS")),
            (
                "{ version: 3.0.0, same_commit: true }",
                |world| world.releases[0].commit = None,
                Found(Unclear, "names no commit"),
            ),
            (
                "{ version: 3.0.0, same_commit: true }",
                |world| world.releases[0].commit = Some("8f3c2ab".into()),
                Found(Unclear, "full commit"),
            ),
        ],
    )
    .await;
    let finding = ask_one(&start(same), "release", "{ version: 3.0.0, same_commit: true }").await.unwrap();
    assert_eq!(finding.about.map(|oid| oid.to_string()).as_deref(), Some(COMMIT));
}
