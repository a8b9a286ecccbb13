//! The documents stay true: every example loads, and every kind of evidence has one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod blocks;
mod book;
mod code;
mod sources;

use std::collections::BTreeSet;

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
    domain::Kind,
    source::register::DECLARED,
};

const GATES: &str = include_str!("../docs/gates.md");
const README: &str = include_str!("../README.md");

const LAUNCH: &str = "\
launch: docs
title: Docs
version: 3.0.0
target: { repository: acme/checkout, ref: release/3.0 }
schedule: { t0: 2030-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo, github: octocat }, hu: { name: Hu, github: hubot } }
roles: { qa: { people: [octo, hu] }, marketing: { people: [hu] }, legal: { people: [octo] } }
gates:
";

/// Fenced YAML that begins with a gate.
fn examples(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("```yaml\n").skip(1).filter_map(|rest| {
        let block = rest.split("```").next().unwrap();
        block.starts_with("- gate:").then(|| block.to_owned())
    })
}

fn kinds_of(example: &str) -> BTreeSet<String> {
    let indented: String = example.lines().map(|line| format!("  {line}\n")).collect();
    let request = LoadRequest::text("launch.yaml", format!("{LAUNCH}{indented}"));
    let loaded = load(&request, &Registry).unwrap_or_else(|problems| {
        let all: Vec<_> = problems.into_iter().map(|problem| problem.rendered).collect();
        panic!("{}", all.join("\n"));
    });
    let kinds = loaded.launch.gates.iter().map(|gate| match &gate.kind {
        Kind::Evidence(query) => format!("{}.{}", query.source, query.thing),
        Kind::Task(_) => "task.".into(),
        Kind::SignOff(_) => "sign_off.".into(),
        Kind::Timer { .. } => "timer.".into(),
        Kind::All | Kind::OneOf => "group.".into(),
    });
    kinds.collect()
}

#[test]
fn every_kind_of_evidence_has_an_example_that_loads() {
    let shown: BTreeSet<String> = examples(GATES).flat_map(|example| kinds_of(&example)).collect();
    let people = ["task.", "sign_off.", "timer."].map(str::to_owned);
    let offered = DECLARED
        .iter()
        .flat_map(|kinds| kinds.things.iter().map(|thing| format!("{}.{}", kinds.name, thing.name)));
    let offered: BTreeSet<String> = offered.chain(people).collect();
    assert_eq!(shown, offered);
}

#[test]
fn the_example_of_guardrails_loads() {
    let page = include_str!("../docs/guardrails.md");
    let block = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let gate = "  - { gate: a, title: A, task: { by: [qa] } }\n";
    let rest = "  advance_by: [qa]\n  stages: [{ stage: canary, audience: { percent: 10 } }]\n";
    let request = LoadRequest::text("launch.yaml", format!("{LAUNCH}{gate}{block}{rest}"));
    let loaded = load(&request, &Registry).unwrap_or_else(|problems| {
        panic!("{}", problems.into_iter().map(|problem| problem.rendered).collect::<String>())
    });
    assert_eq!(loaded.launch.guardrails.len(), 2);
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
}

#[test]
fn the_other_examples_of_guardrails_load() {
    let page = include_str!("../docs/guardrails.md");
    let blocks: Vec<&str> =
        page.split("```yaml\n").skip(2).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    let gate = "  - { gate: a, title: A, task: { by: [qa] } }\n";
    let stages = "rollout:\n  advance_by: [qa]\n  each_stage: { guardrails: [errors, crashes, refused] }\n  stages: [{ stage: canary, audience: { percent: 10 } }]\n";
    for (block, rest) in blocks.into_iter().zip([stages, ""]) {
        let request = LoadRequest::text("launch.yaml", format!("{LAUNCH}{gate}{block}{rest}"));
        let loaded = load(&request, &Registry).unwrap_or_else(|problems| {
            panic!("{}", problems.into_iter().map(|problem| problem.rendered).collect::<String>())
        });
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    }
}

#[test]
fn the_examples_of_the_readme_load() {
    let kinds: BTreeSet<String> = examples(README).flat_map(|example| kinds_of(&example)).collect();
    assert!(kinds.contains("github.workflow"), "the README shows a gate: {kinds:?}");
}

#[test]
fn the_picture_is_the_frame_that_its_page_says_it_is() {
    let words =
        commands(include_str!("../docs/README.md")).find(|words| words.contains(&"docs/board.svg")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let drawn = folder.path().join("board.svg");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.env_clear().env("HOME", folder.path()).current_dir(env!("CARGO_MANIFEST_DIR"));
    let status = command
        .args(words.iter().take_while(|word| **word != "docs/board.svg"))
        .arg(&drawn)
        .status()
        .unwrap();
    assert!(status.success());
    let drawn = std::fs::read_to_string(drawn).unwrap();
    let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/board.svg");
    if std::env::var_os("GONOGO_DRAW").is_some() {
        std::fs::write(&kept, &drawn).unwrap();
    }
    assert!(
        drawn == std::fs::read_to_string(kept).unwrap(),
        "run `just screens`, and look at docs/board.svg"
    );
}

#[test]
fn a_tour_shows_the_whole_recorded_day_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = crate::support::program::gonogo(folder.path()).args(args).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    std::fs::write(
        folder.path().join("launch.yaml"),
        format!("{LAUNCH}  - {{ gate: a, title: A, task: {{ by: [qa] }} }}\n"),
    )
    .unwrap();
    let (code, drawn) = run(&["report", "--demo", "--format", "tour", "--size", "80x24"]);
    assert_eq!(code, Some(0), "{drawn}");
    let document = roxmltree::Document::parse(&drawn).unwrap();
    let scenes =
        document.descendants().filter(|it| it.attribute("class").is_some_and(|it| it.starts_with('s')));
    assert!(scenes.count() > 10);
    let used =
        document.descendants().filter(|it| it.has_tag_name("use")).filter_map(|it| it.attribute("href"));
    let ids: BTreeSet<_> = document.descendants().filter_map(|it| it.attribute("id")).collect();
    for href in used {
        assert!(ids.contains(href.trim_start_matches('#')), "{href}");
    }
    for title in ["Morning", "Roll call", "Rollback", "Review"] {
        assert!(drawn.contains(title), "{title}");
    }
    assert!(!drawn.contains("<script") && drawn.matches("://").count() == 1, "the name of the format alone");
    for (args, said) in [
        (&["report", "--format", "tour"][..], "a recorded day: --demo"),
        (&["report", "--demo", "--format", "tour", "--at", "2026-12-02T08:10:00Z"], "whole day"),
        (&["report", "--demo", "--format", "tour", "--screen", "path"], "whole day"),
        (&["report", "--demo", "--format", "tour", "--redact"], "--redact"),
    ] {
        let (code, out) = run(args);
        assert!(code == Some(2) && out.contains(said), "{args:?}: {out}");
    }
}

/// `just screens` draws them anew: with `GONOGO_DRAW` the test writes what it would compare.
#[test]
fn the_screens_are_current() {
    let page = include_str!("../docs/screens/index.md");
    let folder = tempfile::tempdir().unwrap();
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stale = Vec::new();
    for words in commands(page) {
        let Some(name) =
            words.last().filter(|word| std::path::Path::new(word).extension().is_some_and(|it| it == "svg"))
        else {
            continue;
        };
        let drawn = folder.path().join("drawn.svg");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", folder.path()).current_dir(top);
        let status = command.args(&words[..words.len() - 1]).arg(&drawn).status().unwrap();
        assert!(status.success(), "gonogo {words:?}");
        let drawn = std::fs::read(drawn).unwrap();
        if std::env::var_os("GONOGO_DRAW").is_some() {
            std::fs::write(top.join(name), &drawn).unwrap();
        }
        if std::fs::read(top.join(name)).ok() != Some(drawn) {
            stale.push(*name);
        }
        assert!(page.contains(&format!("({})", name.rsplit('/').next().unwrap())), "{name} is not shown");
    }
    let tour = std::fs::metadata(top.join("docs/screens/tour.svg")).unwrap();
    assert!(tour.len() < 400_000, "whoever opens the README waits for it: {} bytes", tour.len());
    assert!(stale.is_empty(), "run `just screens`, and look at them: {stale:?}");
}

/// What the bundled day does not have is drawn by the same `just screens` of what is made up for it.
#[test]
fn the_screens_of_what_is_made_up_are_current() {
    use crate::cockpit::{chooser, fixture, risks};
    use gonogo::cockpit::{Chooser, Message, Screen, render_to_cells};
    let (look, now) = (fixture::dark(), fixture::now());
    let size = (120, 40);
    let launches = Chooser::new(chooser::fleet(0), (120, 20)).to_cells(&look, now.wall, (120, 20));
    let mut history = fixture::model_of(reviewed(), size).showing(Screen::History);
    fixture::send(&mut history, Message::History(Ok(std::sync::Arc::new(launches_before()))));
    let drawn = |model| render_to_cells(model, &look, now, size.0, size.1);
    let all = [("launches", launches), ("risks", drawn(&risks::on(size))), ("history", drawn(&history))];
    for (name, grid) in all {
        let drawn = gonogo::report::svg(&grid);
        let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/screens/{name}.svg"));
        if std::env::var_os("GONOGO_DRAW").is_some() {
            std::fs::write(&kept, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(kept).unwrap_or_default();
        assert!(drawn == kept, "run `just screens`, and look at docs/screens/{name}.svg");
    }
}

/// A launch that went, with what was learned of it and what follows.
fn reviewed() -> gonogo::domain::Board {
    use gonogo::domain::{Actor, FollowUp, Known, Learned, Voice};
    let voice = |by: &str| Voice {
        by: Actor { name: by.into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        at: crate::cockpit::fixture::later(-3_600).wall,
    };
    let mut board = crate::cockpit::fixture::go_board();
    let learned = "the certificate of the payment provider ran out, and nothing had looked at its end";
    board.review.learned = vec![Learned { voice: voice("octo"), text: learned.into() }];
    let follow = |number, text: &str, owner: &str| FollowUp {
        number,
        voice: voice("hu"),
        text: text.into(),
        owner: Some(owner.into()),
        due: None,
        ended: None,
    };
    board.review.follow_ups = vec![
        follow(1, "watch the ends of certificates, with a gate for those of others", "on-call"),
        follow(2, "brief support two hours earlier", "support"),
    ];
    board.review.overdue = vec![2];
    board
}

/// Two launches before it, and one whose record cannot be trusted.
fn launches_before() -> gonogo::report::LaunchHistory {
    let mut told = crate::cockpit::fixture::told("entry 7 does not fit entry 6");
    for (record, title) in told.launches.iter_mut().zip(["Checkout v2", "Checkout v3"]) {
        record.title = Some(title.into());
    }
    told
}

/// Commands that the documents show: in `spans` of code, and behind a prompt.
fn commands(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let spans = text.split("`gonogo ").skip(1).filter_map(|rest| rest.split('`').next());
    let prompts = text.lines().filter_map(|line| line.trim().strip_prefix("$ gonogo "));
    spans.chain(prompts).map(|command| command.split_whitespace().collect())
}

#[test]
fn the_commands_that_the_documents_show_exist() {
    let mut pages = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")];
    book::pages(&pages[0].with_file_name("docs"), &mut pages);
    for page in pages {
        let text = &std::fs::read_to_string(page).unwrap();
        for words in commands(text) {
            let is_verb = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            let verbs = words.iter().take_while(|word| is_verb(word) && !word.starts_with('-'));
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
            let output = command.args(verbs).arg("--help").output().unwrap();
            let help = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "gonogo {words:?}");
            for option in words.iter().filter(|word| word.starts_with("--")) {
                let name = option.split(['=', '[', ']', '|']).next().unwrap();
                assert!(help.contains(name), "gonogo {words:?}: {name} is not in\n{help}");
            }
        }
    }
}

#[test]
fn the_help_begins_with_what_gonogo_is() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.starts_with("The release-readiness cockpit for the terminal"), "{help}");
    assert!(help.contains("Usage: gonogo [OPTIONS] [PATH]"), "{help}");
}

/// Whoever chooses a key finds the name of what it does, and the keys that it has now.
#[test]
fn the_page_of_keys_names_every_action_with_its_keys() {
    use gonogo::cockpit::BINDINGS;
    let page = include_str!("../docs/keys.md").split_once("## Keys of your own").unwrap().1;
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for binding in BINDINGS.iter().filter(|it| it.contexts.iter().any(|place| !place.is_fixed())) {
        let begin = format!("| `{}` |", binding.action.name());
        let row = rows.iter().find(|row| row.starts_with(&begin)).unwrap_or_else(|| panic!("{begin}"));
        for key in binding.keys {
            assert!(row.contains(&format!("`{}`", key.name())), "{} of {row}", key.name());
        }
    }
    let named: BTreeSet<&str> = rows.iter().filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(named.len(), rows.len(), "each once");
    assert!(named.iter().all(|name| gonogo::cockpit::Action::named(name).is_some()));
}

/// The recipes of docs/ci.md: YAML is YAML, the action has every input that is given and gives every output that is read,
/// and each line of a script is a command that gonogo takes.
#[test]
fn the_recipes_for_ci_hold() {
    use serde_yaml::from_str;
    let page = include_str!("../docs/ci.md");
    let action: serde_json::Value = from_str(include_str!("../action.yml")).unwrap();
    let fenced = |sort: &str| -> Vec<&str> {
        let start = format!("```{sort}\n");
        page.split(start.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
    };
    let recipes: Vec<serde_json::Value> =
        fenced("yaml").into_iter().map(|it| from_str(it).unwrap()).collect();
    assert_eq!(recipes.len(), 5);
    let mut steps = Vec::new();
    for recipe in &recipes {
        let here = recipe.get("steps").or_else(|| recipe.pointer("/jobs/launch/steps"));
        steps.extend(here.and_then(|it| it.as_array()).into_iter().flatten());
    }
    let ours: Vec<_> = steps
        .iter()
        .filter(|it| it["uses"].as_str().is_some_and(|uses| uses.contains("/gonogo@v")))
        .collect();
    assert_eq!(ours.len(), 4);
    for (input, _) in ours.iter().filter_map(|it| it["with"].as_object()).flatten() {
        assert!(!action["inputs"][input].is_null(), "{input} is no input");
    }
    for output in page.split("steps.launch.outputs.").skip(1) {
        let name: String = output.chars().take_while(char::is_ascii_lowercase).collect();
        assert!(!action["outputs"][&name].is_null(), "{name} is no output");
    }
    let inputs = action["inputs"].as_object().unwrap();
    assert!(inputs.keys().all(|input| page.contains(&format!("`{input}`"))), "every input is told");
    let scripts = recipes.iter().filter_map(|it| it.pointer("/launch/script")?[0].as_str());
    let runs = steps.iter().filter_map(|it| it["run"].as_str());
    let lines = scripts.chain(runs).chain(fenced("sh")).flat_map(str::lines);
    let mut seen = 0;
    for line in lines.filter(|line| line.starts_with("gonogo ")) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", folder.path()).current_dir(folder.path());
        let output = command.args(line.split_whitespace().skip(1)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("launch") && !said.contains("Usage:"), "{line}: {said}");
        seen += 1;
    }
    assert_eq!(seen, 4);
}
