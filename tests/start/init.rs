//! `gonogo init`: a launch that loads and means something, and nothing that is there is touched.

use serde_json::Value;

use super::Place;
use crate::support::{
    github::GithubServer,
    json_schema::faults,
    program::{TOKEN, gonogo},
    screen::Screen,
};

/// A checkout of acme/rocket with workflows, owners and a change log.
fn repository() -> Place {
    let place = Place::empty();
    place
        .write(".git/HEAD", "ref: refs/heads/main\n")
        .write(".git/config", "[remote \"origin\"]\n\turl = git@github.com:acme/rocket.git\n")
        .write(".github/workflows/ci.yml", "name: CI\non: [push, pull_request]\njobs: {}\n")
        .write(".github/workflows/nightly.yml", "on:\n  schedule:\n    - cron: '0 0 * * *'\n")
        .write(".github/CODEOWNERS", "docs/ @writer\n* @acme/core\n")
        .write("CHANGELOG.md", "# 1\n");
    place
}

#[test]
fn every_template_loads_and_its_schema_takes_it() {
    for template in ["tiny", "standard", "high"] {
        for place in [repository(), Place::empty()] {
            let said = place.does(&["init", "--yes", "--template", template, "--timezone", "Europe/London"]);
            assert!(
                said.out.contains("wrote ./launch.yaml") && said.out.contains("gonogo validate"),
                "{}",
                said.out
            );
            let text = place.read("launch.yaml");
            assert!(text.starts_with("# yaml-language-server: $schema=launch.schema.json\n"), "{text}");
            let checked = place.does(&["validate"]);
            assert_eq!(checked.err, "", "{template}: no warning in what we write ourselves");
            let schema: Value = serde_json::from_str(&place.read("launch.schema.json")).unwrap();
            let file: Value = serde_yaml::from_str(&text).unwrap();
            assert_eq!(faults(&schema, &file), [""; 0], "{template}");
            let gates = file["gates"].as_array().unwrap().len();
            match template {
                "tiny" => assert_eq!(gates, 5, "{text}"),
                "standard" => assert!((9..=14).contains(&gates), "{gates}"),
                _ => assert!((13..=20).contains(&gates), "{gates}"),
            }
            // Nearly every line says what it means.
            let bare = text.lines().filter(|line| !line.contains('#')).count();
            assert!(bare * 2 < text.lines().count() * 2 && text.matches('#').count() > 12, "{text}");
        }
    }
}

#[test]
fn it_is_about_this_repository() {
    let place = repository();
    let said =
        place.does(&["init", "--yes", "--title", "Rocket", "--version", "2.0.0", "--t0", "2030-01-01T09:00"]);
    let text = place.read("launch.yaml");
    for part in [
        "launch: rocket-2-0-0",
        "target: { repository: acme/rocket, ref: main }",
        "github: { workflow: { file: ci.yml } }",
        "github: { file: { path: CHANGELOG.md, matches: \"{{ version }}\" } }",
        "owners: { github_team: acme/core }",
        "t0: 2030-01-01T09:00",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("nightly"), "it has no run for a commit: {text}");
    assert!(
        said.err.contains("acme/rocket at main") && said.err.contains("there is no token"),
        "{}",
        said.err
    );
}

#[test]
fn with_a_token_it_is_about_labels_milestones_and_environments() {
    let github = GithubServer::start(|world| {
        world.token(TOKEN, "octocat");
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c1");
        repo.label("bug");
        repo.label("release-blocker");
        repo.milestone("2.0");
        repo.environments.insert("staging".into(), Vec::new());
    });
    let place = repository();
    let mut command = gonogo(place.root());
    command.env("GITHUB_TOKEN", TOKEN).env("GITHUB_API_URL", github.url()).args(["init", "--yes"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = place.read("launch.yaml");
    for part in ["labels: [release-blocker]", "milestone: { title:", "deployment: { environment: staging }"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(github.requests().iter().all(|it| it.method == "GET"), "it only reads");
    // A server that fails is no reason for no launch.
    github.fault(crate::support::server::Fault::status(500));
    let place = repository();
    let mut command = gonogo(place.root());
    command.env("GITHUB_TOKEN", TOKEN).env("GITHUB_API_URL", github.url()).args(["init", "--yes"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!place.read("launch.yaml").contains("release-blocker"));
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let place = Place::empty();
    place.write("launch.yaml", "mine\n").refused(&["init", "--yes"], "is not overwritten");
    assert_eq!(place.read("launch.yaml"), "mine\n");
    place.write("x/launch.schema.json", "mine\n").does(&["init", "x", "--yes"]);
    assert_eq!(place.read("x/launch.schema.json"), "mine\n");
    #[cfg(unix)]
    {
        std::fs::create_dir(place.path("y")).unwrap();
        std::os::unix::fs::symlink("../nowhere", place.path("y/launch.yaml")).unwrap();
        place.refused(&["init", "y", "--yes"], "is not overwritten");
    }
    // Nobody is there to be asked.
    place.refused(&["init", "z"], "--yes");
    // What was answered is checked before anything is written.
    place.refused(&["init", "z", "--yes", "--t0", "tomorrow"], "t0");
    assert!(!place.path("z").exists());
}

#[test]
fn whoever_wrote_it_can_answer_in_it() {
    let place = Place::empty();
    place.write(".config/gonogo/settings.yaml", "identity: { name: Octo Cat }\n");
    place.does(&["init", "--yes", "--template", "tiny"]);
    assert!(place.read("launch.yaml").contains("octo-cat: { name: Octo Cat }"));
    let said = place.does(&["sign", "launch/no-blocker", "--go"]);
    assert!(said.out.contains("by octo-cat"), "{}", said.out);
    // Two of the same name are nobody in particular.
    let twice = place.read("launch.yaml").replace("people:\n", "people:\n  other: { name: Octo Cat }\n");
    place.write("launch.yaml", &twice).refused(&["sign", "launch/rollback-plan", "--go"], "Octo Cat");
}

/// At a terminal the four questions are asked, each with its usual answer, and what is typed is what is written.
#[test]
fn four_questions_are_asked_at_a_terminal() {
    let mut screen =
        Screen::open(&["init", "--timezone", "UTC"], &[("GITHUB_API_URL", "http://127.0.0.1:9")], |_| ());
    for (question, typed) in [
        ("What goes out?", "Moon rocket\r"),
        ("Which version? [1.0.0]", "\r"),
        ("When do the first users get it (T-0)?", "2031-05-01T10:00\r"),
        ("tiny, standard or high?", "tiny\r"),
    ] {
        screen.sees(question);
        screen.press(typed);
    }
    screen.sees("wrote ./launch.yaml");
    assert!(screen.ended().success());
    let file: Value =
        serde_yaml::from_str(&std::fs::read_to_string(screen.home.path().join("launch.yaml")).unwrap())
            .unwrap();
    assert_eq!(
        [&file["title"], &file["version"], &file["launch"]],
        ["Moon rocket", "1.0.0", "moon-rocket-1-0-0"]
    );
    assert_eq!(
        (&file["schedule"]["t0"], file["gates"].as_array().unwrap().len()),
        (&"2031-05-01T10:00".into(), 5)
    );
}

/// Another word than the three is no choice, and nothing is written for it.
#[test]
fn an_answer_that_is_none_writes_nothing() {
    let mut screen = Screen::open(
        &["init", "--title", "x", "--version", "1.0.0", "--t0", "2031-05-01T10:00"],
        &[],
        |_| (),
    );
    screen.sees("tiny, standard or high?");
    screen.press("enormous\r");
    screen.sees("write tiny, standard or high");
    assert_eq!(screen.ended().exit_code(), 2);
    assert!(!screen.home.path().join("launch.yaml").exists());
}

/// People and roles share one set of names: a code owner who is called as a role is gets another id.
#[test]
fn code_owners_who_are_called_as_roles_are_do_not_clash() {
    for owners in ["* @support\n", "* @qa @security\n", "* @octo @Octo\n", "* @owners\n"] {
        for template in ["tiny", "standard", "high"] {
            let place = repository();
            place.write(".github/CODEOWNERS", owners);
            place.does(&["init", "--yes", "--template", template]);
            place.does(&["validate"]);
        }
    }
}
