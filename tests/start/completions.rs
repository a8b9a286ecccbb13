//! What a shell is told at each Tab.

#![allow(clippy::print_stderr, reason = "that nothing was tried is said")]

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

/// What stands in the journal on this machine, and the rest of the files.
#[test]
fn risks_steps_guardrails_and_follow_ups_complete() {
    let place = Place::empty();
    let launch = LAUNCH.replace("rollout:", "roll_call: { at: T-1h, stations: [{ station: qa }], final_call: qa, options: [partial-scope] }\nrollback: { owner: qa, steps: [{ step: flag-off, title: Turn it off }] }\nrollout:");
    let guardrails = "guardrails: { errors: { title: Errors, window: 5m, prometheus: { bad: \"sum(increase(b[{{ window }}]))\", total: \"sum(increase(t[{{ window }}]))\", at_most: 1%, stop_at: 5% } } }\n";
    place.write("launch.yaml", &format!("{launch}{guardrails}")).write("qa.yaml", QA);
    assert!(at(&place, &["risk", "close"], "r").is_empty(), "no journal, no names, and no error");
    let risk = [
        "risk",
        "add",
        "refunds",
        "--title",
        "Refunds may fail",
        "--severity",
        "2",
        "--likelihood",
        "low",
        "--workaround",
        "none",
        "--owner",
        "qa",
    ];
    place.does(&[&risk[..], &["--as", "octo"]].concat());
    for verb in ["accept", "mitigate", "close", "reopen"] {
        assert_eq!(at(&place, &["risk", verb], "r"), ["refunds"], "{verb}");
    }
    place.does(&["review", "follow-up", "brief support earlier", "--as", "octo"]);
    assert_eq!(at(&place, &["review", "done"], "1"), ["1"]);
    assert_eq!(at(&place, &["rollback", "done"], "f"), ["flag-off"]);
    assert_eq!(at(&place, &["stage", "canary", "--accept"], "e"), ["errors"]);
    assert_eq!(at(&place, &["decide", "--go", "--option"], "p"), ["partial-scope"]);
    assert_eq!(at(&place, &["decide", "--hold", "--until-true"], "checklist"), ["checklist/qa"]);
}

/// The shells themselves, where they are: what is pressed Tab on, in a launch's folder, is completed by what is in it.
#[test]
fn real_shells_complete_what_is_in_the_launch() {
    let place = Place::empty();
    place.write("launch.yaml", LAUNCH).write("qa.yaml", QA);
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_gonogo")).parent().unwrap().display().to_string();
    let bash = "source <(gonogo completions bash); COMP_WORDS=(gonogo sign qa/smoke@a); COMP_CWORD=2; COMP_TYPE=9; \
                $(complete -p gonogo | sed 's/.*-F \\([^ ]*\\).*/\\1/') gonogo qa/smoke@a sign; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let fish = "gonogo completions fish | source; complete -C 'gonogo sign qa/smoke@a'";
    // zsh completes only for a terminal: one is made, a Tab is typed, and what the line became is read.
    let zsh = "zmodload zsh/zpty; zpty z zsh -fi; zpty -w z 'autoload -U compinit; compinit -u -D; source <(gonogo completions zsh); PS1=; echo rea''dy'; \
               zpty -r z got '*ready*ready*' || zpty -r z got '*ready*'; zpty -w -n z $'gonogo sign qa/smoke@am\\t'; zpty -r z got '*amd64*'; print -r -- $got; zpty -d z";
    let mut ran = 0;
    for (shell, script) in [("bash", bash), ("fish", fish), ("zsh", zsh)] {
        let mut command = std::process::Command::new(shell);
        command.args(["-c", script]).current_dir(place.root()).env_clear().env("HOME", place.root());
        command.env("PATH", format!("{binary}:/usr/bin:/bin")).env("TERM", "xterm");
        let Ok(output) = command.stdin(std::process::Stdio::null()).output() else {
            eprintln!("NOT TRIED: there is no {shell} here");
            continue;
        };
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(said.contains("qa/smoke@amd64"), "{shell}: {said}");
        ran += 1;
    }
    assert!(ran > 0, "bash at least is there");
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
