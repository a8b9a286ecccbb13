//! What a shell is told at each Tab.

use super::Place;
use crate::support::program::head;

const LAUNCH: &str = concat!(
    head!(),
    "checklists: [{ file: qa.yaml }]\n\
     rollout: { advance_by: [qa], stages: [{ stage: canary, audience: { percent: 10 } }] }\n"
);
const QA: &str = "\
checklist: qa
title: Quality
owner: qa
gates:
  - { gate: smoke, title: Smoke, matrix: { arch: [amd64, arm64] }, task: {} }
  - { gate: suite, title: Suite, github: { workflow: { file: suite.yml } } }
";

/// What bash would offer for the last of these words.
fn at(place: &Place, before: &[&str], last: &str) -> Vec<String> {
    let words: Vec<&str> = before.iter().copied().chain([last]).collect();
    let index = before.len() + 1;
    let index = index.to_string();
    let env = [("GONOGO_COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", &*index), ("_CLAP_IFS", "\n")];
    let args: Vec<&str> = ["--", "gonogo"].iter().chain(&words).copied().collect();
    let said = place.run_with(&env, &args);
    assert_eq!(said.code, Some(0), "{words:?}: {}", said.err);
    said.out.lines().map(str::to_owned).collect()
}

#[test]
fn gates_roles_stages_and_checklists_of_the_launch_complete() {
    let place = Place::empty();
    place.write("launch.yaml", LAUNCH).write("qa.yaml", QA);
    assert_eq!(at(&place, &["sign"], "qa/"), ["qa/smoke@amd64", "qa/smoke@arm64"], "people answer these");
    assert_eq!(at(&place, &["why"], "qa/su"), ["qa/suite"]);
    assert_eq!(at(&place, &["sign", "qa/suite", "--go", "--role"], "q"), ["qa"]);
    assert_eq!(at(&place, &["vote"], "q"), ["qa"]);
    assert_eq!(at(&place, &["stage"], "c"), ["canary"]);
    assert_eq!(at(&place, &["check", "--only"], "q"), ["qa"]);
    assert_eq!(at(&place, &[], "comp"), ["completions"]);
}

#[test]
fn the_launch_that_the_line_names_counts_and_a_broken_one_offers_nothing() {
    let place = Place::empty();
    place.write("there/launch.yaml", LAUNCH).write("there/qa.yaml", QA);
    assert!(at(&place, &["why"], "qa/").is_empty());
    let words = ["why", "--launch", "there"];
    assert_eq!(at(&place, &words, "qa/su"), ["qa/suite"]);
    place.write("there/qa.yaml", "checklist: qa\n");
    assert!(at(&place, &words, "qa/su").is_empty());
    assert!(!at(&place, &[], "").is_empty(), "the verbs are there without any launch");
}

#[test]
fn the_scripts_are_those_of_their_shells() {
    let place = Place::empty();
    for (shell, word) in [("bash", "complete -o"), ("zsh", "#compdef gonogo"), ("fish", "complete --")] {
        let script = place.does(&["completions", shell]).out;
        assert!(script.contains(word) && script.contains("GONOGO_COMPLETE"), "{shell}: {script}");
    }
    place.refused(&["completions", "cmd"], "possible values");
    let script = place.does(&["completions", "bash"]).out;
    place.write("script", &script);
    // Where bash is, it takes it.
    if let Ok(read) = std::process::Command::new("bash").arg("-n").arg(place.path("script")).status() {
        assert!(read.success());
    }
}
