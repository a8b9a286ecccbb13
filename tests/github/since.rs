//! Since when something holds, by GitHub's own time: what timers count from.

use chrono::{DateTime, TimeDelta, Utc};

use super::bench::Bench;
use super::support::github::{Repo, then};

fn days(ago: i64) -> DateTime<Utc> {
    then() - TimeDelta::days(ago)
}

async fn since(build: impl FnOnce(&mut Repo), gate: &str) -> Option<i64> {
    let found = Bench::new(build).found(gate).await;
    found.since.map(|at| (then() - at).num_days())
}

#[tokio::test]
async fn each_kind_that_has_a_time_of_its_own_tells_it() {
    let run = |it: &mut Repo| it.run("ci.yml", "main", "success").at = days(3);
    assert_eq!(since(run, "workflow: { file: ci.yml }").await, Some(3));
    let checks = |it: &mut Repo| {
        let commit = it.commit_mut("main");
        commit.check("build", "success").check("test", "success").status("legacy", "success");
        (commit.checks[0].at, commit.checks[1].at, commit.statuses[0].at) = (days(9), days(4), days(7));
    };
    assert_eq!(since(checks, "checks: { required: [build, test] }").await, Some(4), "the last of them");
    assert_eq!(since(checks, "checks: { required: [build] }").await, Some(9));
    assert_eq!(since(checks, "checks: { required: [build, legacy] }").await, Some(7));
    let deployed = |it: &mut Repo| {
        it.deploy("production", "main", &["in_progress", "success"]).statuses[1].1 = days(2);
    };
    assert_eq!(since(deployed, "deployment: { environment: production }").await, Some(2));
    let merged = |it: &mut Repo| {
        it.pull(7, "Engine").at = days(5);
        it.merge(7);
        it.pull(7, "").at = days(5);
    };
    assert_eq!(since(merged, "pull_request: { number: 7 }").await, Some(5));
    assert_eq!(since(merged, "pull_request: { number: 7, in_target: false }").await, Some(5));
    assert_eq!(since(merged, "pull_request: { number: 7, expect: closed }").await, Some(5));
    let closed = |it: &mut Repo| {
        it.issue(9, "Leak").edit().at = days(6);
        it.close_issue(9);
    };
    assert_eq!(since(closed, "issue: { number: 9 }").await, Some(6));
    let released = |it: &mut Repo| {
        it.tag("v3", "c1");
        it.release("v3").published = Some(days(8));
    };
    assert_eq!(since(released, "release: { tag: v3 }").await, Some(8));
}

/// A row of successes holds since it was long enough, and not since the newest that adds to it.
#[tokio::test]
async fn a_row_of_runs_counts_from_the_run_that_made_it_long_enough() {
    let row = |it: &mut Repo| {
        for (ago, conclusion) in
            [(9, "success"), (8, "failure"), (7, "success"), (6, "success"), (5, "success"), (1, "success")]
        {
            it.run("ci.yml", "main", conclusion).at = days(ago);
        }
    };
    assert_eq!(since(row, "workflow: { file: ci.yml }").await, Some(7));
    assert_eq!(since(row, "workflow: { file: ci.yml, consecutive: 3 }").await, Some(5));
    assert_eq!(since(row, "workflow: { file: ci.yml, consecutive: 4 }").await, Some(1));
}

/// What does not hold has no such time, and neither has what came into the target at a time that nobody tells.
#[tokio::test]
async fn what_has_no_time_of_its_own_tells_none() {
    let red = |it: &mut Repo| it.run("ci.yml", "main", "failure").at = days(3);
    assert_eq!(since(red, "workflow: { file: ci.yml }").await, None);
    let elsewhere = |it: &mut Repo| {
        it.commit("side", "c9");
        it.pull(7, "Engine").base = "side".into();
        it.merge(7);
        let merged = it.find("side").unwrap().oid.clone();
        it.refs.insert("refs/heads/main".into(), merged);
    };
    assert_eq!(since(elsewhere, "pull_request: { number: 7 }").await, None);
    let asset = |it: &mut Repo| {
        it.tag("v3", "c1");
        it.release("v3").asset("rocket.tgz", 10).published = Some(days(8));
    };
    assert_eq!(since(asset, "release: { tag: v3, assets: [rocket.tgz] }").await, None);
    assert_eq!(since(|it| it.label("bug"), "issues: { labels: [bug] }").await, None);
}
