//! A machine whose clock is wrong, beside servers that say so in every answer (V16).

use chrono::{TimeDelta, Utc};
use gonogo::{
    domain::Act,
    journal::{Journal, Location, OpenOptions},
};

use super::{LAUNCH, World};

/// A launch day whose servers are so far ahead of this machine.
fn off(seconds: i64, launch: &str) -> World {
    let world = World::green();
    world.github.date_offset(seconds);
    world.linear.date_offset(seconds);
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    world
}

fn with(gate: &str) -> String {
    format!("{LAUNCH}{gate}")
}

fn moment(from_now: TimeDelta) -> String {
    (Utc::now() + from_now).format("%Y-%m-%dT%H:%M").to_string()
}

const DAY: i64 = 86_400;

#[test]
fn an_embargo_ends_by_the_servers_clock() {
    let passed = moment(TimeDelta::hours(-1));
    let gate = |at: &str| {
        with(&format!(
            "  - {{ gate: press, title: Out, not_before: {at}, github: {{ issues: {{ labels: [release-blocker] }} }} }}\n"
        ))
    };
    let answer = off(-3 * DAY, &gate(&passed)).check(&[]);
    assert_eq!((answer.code, answer.verdict("press")), (3, "pending"), "{}", answer.words());
    assert!(answer.words().contains("ahead of the servers': their time counts"), "{}", answer.words());
    let answer = off(3 * DAY, &gate(&moment(TimeDelta::days(2)))).check(&[]);
    assert_eq!((answer.code, answer.verdict("press")), (0, "go"), "{}", answer.words());
    let said = answer.board["evaluated_at"].as_str().unwrap().parse::<chrono::DateTime<Utc>>().unwrap();
    assert!(said > Utc::now() + TimeDelta::days(2), "the board is of the servers' time: {said}");
}

#[test]
fn servers_that_disagree_are_hold() {
    let world = World::green();
    world.linear.date_offset(3_600);
    let answer = world.check(&[]);
    assert_eq!((answer.code, answer.verdict("checks")), (3, "go"), "{}", answer.words());
    assert!(answer.words().contains("the servers' clocks disagree: linear is 59 min"), "{}", answer.words());
}

#[test]
fn a_word_is_of_the_servers_time() {
    let gate = "  - { gate: briefed, title: Briefed, task: { by: [qa] } }\n";
    let policies = "policies: { waivers: { by: [qa], longest: 24h } }\ngates:\n";
    let world = off(5 * 3_600, &with(gate).replace("gates:\n", policies));
    let words = ["sign", "launch/briefed", "--go", "--journal", "team.db"];
    let output = world.command().args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let place = Location::File(world.home.path().join("team.db"));
    let journal = Journal::open(&place, OpenOptions::new("rocket-2")).unwrap();
    let at = journal.read_since(0).wait().unwrap()[0].event.at;
    let ahead = at - Utc::now();
    assert!((TimeDelta::hours(4)..TimeDelta::hours(6)).contains(&ahead), "{ahead}");
    let waive = ["waive", "launch/briefed", "--reason", "r", "--risk", "low", "--for", "2h"];
    let output = world.command().args(waive).args(["--journal", "team.db"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let Act::Waived { until, .. } = &journal.read_since(1).wait().unwrap()[0].event.act else { panic!() };
    let ends = *until - Utc::now();
    assert!(
        (TimeDelta::hours(6)..TimeDelta::hours(8)).contains(&ends),
        "counted from the servers' time: {ends}"
    );
    world.linear.date_offset(0);
    let no = ["sign", "launch/briefed", "--no-go", "--note", "x", "--journal", "team.db"];
    let output = world.command().args(no).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("it is not known what time it is"), "{said}");
}
