//! Limits as files give them.

use gonogo::domain::Bound;

use crate::linear::rig::{GREEN, decode};

#[test]
fn limits_are_said_in_one_line() {
    for (thing, limits, said) in [
        (
            "issues",
            "{ team: CHK, labels: [release-blocker] }",
            "at most 0 open issues: team CHK, label release-blocker",
        ),
        (
            "issues",
            "{ team: CHK, labels: [a, b], priority: high, at_least: 1, at_most: 3 }",
            "1 to 3 open issues: team CHK, labels a or b, priority high or above",
        ),
        (
            "issues",
            "{ states: [QA, Blocked], assignee: ada }",
            "at most 0 issues in QA or Blocked: assignee ada",
        ),
        (
            "issues_done",
            "{ ids: [CHK-1, CHK-2], accept: [canceled] }",
            "CHK-1, CHK-2 completed (or canceled)",
        ),
        (
            "project",
            "{ name: Checkout, status: completed, health: on_track, progress_at_least: 0.95, update_max_age: 36h }",
            "project Checkout: completed, on track, progress at least 95%, update within 36h",
        ),
        ("milestone", "{ project: Checkout, name: GA }", "milestone GA of project Checkout is done"),
        ("cycle", "{ team: CHK, number: active }", "at most 0 open issues in the active cycle of team CHK"),
        ("initiative", "{ name: Payments, health: at_risk }", "initiative Payments: at risk"),
        ("view", "{ id: abc, of: projects, at_least: 1 }", "at least 1 projects in view abc"),
        ("document", "{ id: abc, max_age: 7d }", "document abc edited within 7d"),
        (
            "release",
            "{ version: 3.10, pipeline: Web, frozen: true, same_commit: true }",
            "release 3.10 of Web: at most 0 open issues, frozen, of the target commit",
        ),
    ] {
        assert_eq!(&*decode(thing, limits).unwrap_or_else(|it| panic!("{limits}: {it:?}")).said, said);
    }
}

#[test]
fn wrong_limits_are_refused_with_what_to_write() {
    for (thing, limits, said) in [
        ("issues", "{}", "say which issues"),
        ("issues", "{ at_most: 3 }", "say which issues"),
        ("issues", "{ label: [x] }", "unknown key"),
        ("issues", "{ labels: x }", "a list"),
        ("issues", "{ labels: [] }", "must not be empty"),
        ("issues", "{ team: '' }", "must not be empty"),
        ("issues", "{ team: CHK, at_least: 0 }", "always holds"),
        ("issues", "{ team: CHK, at_least: 3, at_most: 2 }", "can never hold"),
        ("issues", "{ team: CHK, at_most: 5000 }", "no more than"),
        ("issues", "{ team: CHK, cycle: soon }", "is not a cycle"),
        ("issues", "{ labels: [x], cycle: 12 }", "belong to a team"),
        ("issues", "{ team: CHK, priority: highest }", "unknown value"),
        ("issues_done", "{ ids: [] }", "at least one issue"),
        ("issues_done", "{ ids: [CHK] }", "is not an issue"),
        ("issues_done", "{ ids: [CHK-1], accept: [done] }", "unknown value"),
        ("project", "{ name: X }", "say what must hold"),
        ("project", "{ status: started }", "no `name`"),
        ("project", "{ name: X, progress_at_least: 95 }", "share"),
        ("project", "{ name: X, progress_at_least: 0 }", "share"),
        ("project", "{ name: X, update_max_age: 5wd }", "no fixed length"),
        ("project", "{ name: X, health: onTrack }", "unknown value"),
        ("initiative", "{ name: X }", "say what must hold"),
        ("milestone", "{ name: GA }", "project"),
        ("cycle", "{ number: 12 }", "must not be empty"),
        ("view", "{ id: x }", "of"),
        ("view", "{ id: x, of: cycles }", "unknown value"),
        ("document", "{ id: x, max_age: soon }", "not a length of time"),
        ("release", "{ version: '' }", "must not be empty"),
        ("release", "{ version: 1.0, frozen: yes }", "true or false"),
    ] {
        let found = decode(thing, limits).expect_err(limits);
        assert!(found.iter().any(|it| it.contains(said)), "{thing} {limits}: {found:?}");
    }
}

#[test]
fn answers_that_are_not_known_yet_pass_until_they_are() {
    for (thing, limits) in [
        ("issues_done", "{ ids: ['{{ answers.start.issue }}'] }"),
        ("cycle", "{ team: CHK, number: '{{ answers.start.cycle }}' }"),
        ("release", "{ version: '{{ answers.start.build }}' }"),
    ] {
        assert!(decode(thing, limits).is_ok(), "{limits}");
    }
}

#[test]
fn only_the_same_commit_binds_to_the_commit() {
    for (thing, limits) in GREEN {
        let bound = decode(thing, limits).unwrap().bound;
        assert_eq!(bound, if thing == "release" { Bound::Commit } else { Bound::Free }, "{thing}");
    }
    assert_eq!(decode("release", "{ version: 1.0 }").unwrap().bound, Bound::Free);
}

#[test]
fn the_canonical_form_says_what_was_meant_and_no_more() {
    let short = decode("issues", "{ team: CHK }").unwrap().args;
    let long = decode("issues", "{ at_most: 0, team: CHK }").unwrap().args;
    assert_eq!(short, long);
    assert_eq!(short, serde_json::json!({ "team": "CHK", "count": { "at_most": 0 } }));
}
