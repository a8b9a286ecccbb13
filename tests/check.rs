//! `--check` as CI runs it: the real binary, real HTTP to loopback servers that hold state, real exit codes.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is measured")]

mod action;
mod clock;
mod forms;
mod wait;

use crate::support;

use std::{
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use serde_json::Value;
use support::{
    github::GithubServer,
    linear::LinearServer,
    program::{KEY, TOKEN, gonogo, head},
    server::Fault,
};

const LAUNCH: &str = concat!(
    head!(),
    "\
defaults: { linear: { team: ENG } }
gates:
  - gate: checks
    title: Build and test are green
    github: { checks: { required: [build, test] } }
  - gate: regression
    title: The regression suite is green
    github: { workflow: { file: regression.yml } }
  - gate: bugs
    title: No release blocker is open
    github: { issues: { labels: [release-blocker] } }
  - gate: tickets
    title: No ticket blocks the release
    linear: { issues: { labels: [blocker] } }
"
);

struct World {
    github: GithubServer,
    linear: LinearServer,
    home: tempfile::TempDir,
}

impl World {
    /// Everything is green.
    fn green() -> Self {
        let github = GithubServer::start(|world| {
            world.token(TOKEN, "octocat");
            let repo = world.repo("acme/rocket");
            repo.commit("main", "c1").check("build", "success").check("test", "success");
            repo.run("regression.yml", "main", "success");
            repo.label("release-blocker");
        });
        let linear = LinearServer::start(|world| {
            world.keys.insert(KEY.into(), None);
            world.team("ENG").labels.push("blocker".into());
        });
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("launch.yaml"), LAUNCH).unwrap();
        Self { github, linear, home }
    }

    fn command(&self) -> Command {
        let mut command = gonogo(self.home.path());
        command.env("GITHUB_TOKEN", TOKEN).env("LINEAR_API_KEY", KEY);
        command.env("GITHUB_API_URL", self.github.url()).env("LINEAR_API_URL", self.linear.endpoint());
        command
    }

    fn check(&self, more: &[&str]) -> Answer {
        let mut command = self.command();
        command.args(["--check", "--format", "json"]).args(more);
        if !more.contains(&"--timeout") {
            command.args(["--timeout", "60s"]);
        }
        Answer::of(command.output().unwrap())
    }
}

struct Answer {
    code: i32,
    board: Value,
    output: Output,
}

impl Answer {
    fn of(output: Output) -> Self {
        let board = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        Self { code: output.status.code().unwrap(), board, output }
    }

    fn verdict(&self, gate: &str) -> &str {
        let gates = self.board["gates"].as_array().unwrap_or_else(|| panic!("{}", self.words()));
        let gate = gates.iter().find(|it| it["id"] == format!("launch/{gate}")).unwrap();
        gate["verdict"].as_str().unwrap()
    }

    fn words(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!("exit {}\n{}\n{}", self.code, text(&self.output.stdout), text(&self.output.stderr))
    }
}

/// In CI nothing of the process before is left: a timer counts from the source's own time, and by the servers' clock.
#[test]
fn a_timer_since_a_source_runs_on_from_process_to_process_without_a_journal() {
    let world = World::green();
    let timers = "  - gate: day
    title: A day since the regression suite was green
    timer: { since: regression, wait: 24h }
  - gate: week
    title: A week since then
    timer: { since: regression, wait: 7d }
  - gate: merged
    title: Two days since the ticket was done
    timer: { since: done, wait: 48h }
  - gate: done
    title: The ticket is done
    linear: { issues_done: { ids: [ENG-1] } }
";
    std::fs::write(world.home.path().join("launch.yaml"), format!("{LAUNCH}{timers}")).unwrap();
    let ago = |days: i64| chrono::Utc::now() - chrono::TimeDelta::days(days);
    world.github.edit(|it| it.repo("acme/rocket").runs[0].at = ago(2));
    world.linear.edit(|it| {
        it.issue("ENG-1", "Engine");
        it.set_state("ENG-1", "Done");
        it.issues.last_mut().unwrap().at = ago(3);
    });
    for process in ["first", "second"] {
        let answer = world.check(&[]);
        assert_eq!(answer.code, 3, "{process}: {}", answer.words());
        let verdicts = ["day", "merged", "week"].map(|gate| answer.verdict(gate).to_owned());
        assert_eq!(verdicts, ["go", "go", "pending"], "{process}: {}", answer.words());
        let gates = answer.board["gates"].as_array().unwrap();
        let rows = &gates.iter().find(|it| it["id"] == "launch/regression").unwrap()["rows"];
        assert!(rows.to_string().contains("by github's own time"), "{rows}");
    }
    // A time that has not come starts nothing, and does not change what it is about.
    world.github.edit(|it| it.repo("acme/rocket").runs[0].at = ago(-2));
    let answer = world.check(&[]);
    assert_eq!(answer.verdict("regression"), "go", "{}", answer.words());
    assert_eq!([answer.verdict("day"), answer.verdict("week")], ["unknown", "unknown"], "{}", answer.words());
}

#[test]
fn one_outage_is_one_step_that_names_every_gate_it_holds() {
    let world = World::green();
    world.github.fault(Fault::status(503));
    let answer = world.check(&["--timeout", "8s"]);
    assert_eq!(answer.code, 3, "{}", answer.words());
    let next = answer.board["next"].as_array().unwrap();
    let held: Vec<_> =
        next.iter().filter(|it| it["also"].as_array().is_some_and(|it| !it.is_empty())).collect();
    assert_eq!(held.len(), 1, "{}", answer.words());
    let also: Vec<_> = held[0]["also"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let mut all = vec![held[0]["gate"].as_str().unwrap()];
    all.extend(also);
    all.sort_unstable();
    assert_eq!(all, ["launch/bugs", "launch/checks", "launch/regression"], "{}", answer.words());
}

/// Settings that name a token mean it: a server is not asked as nobody, whatever it would tell anybody.
#[test]
fn a_connection_whose_token_is_not_set_is_not_asked() {
    let world = World::green();
    let (github, linear) = (world.github.url(), world.linear.endpoint());
    let settings = format!(
        "connections:\n  hub: {{ source: github, url: '{github}', token_env: NO_HUB_TOKEN }}\n  \
         lin: {{ source: linear, url: '{linear}', token_env: NO_LIN_TOKEN }}\n"
    );
    let launch = LAUNCH
        .replace("    github: { issues", "    connection: hub\n    github: { issues")
        .replace("    linear: { issues", "    connection: lin\n    linear: { issues");
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    std::fs::write(world.home.path().join("settings.yaml"), settings).unwrap();
    let mut command = world.command();
    command.env("GITHUB_API_URL", "http://127.0.0.1:9").env("LINEAR_API_URL", "http://127.0.0.1:9");
    command.args(["--check", "--format", "json", "--timeout", "5s", "--settings", "settings.yaml"]);
    let answer = Answer::of(command.output().unwrap());
    assert_eq!(answer.code, 3, "{}", answer.words());
    let gates = answer.board["gates"].as_array().unwrap();
    for (gate, variable) in [("launch/bugs", "NO_HUB_TOKEN"), ("launch/tickets", "NO_LIN_TOKEN")] {
        let gate = gates.iter().find(|it| it["id"] == gate).unwrap();
        assert_eq!(gate["verdict"], "unknown", "{gate}");
        assert!(gate.to_string().contains(variable), "{gate}");
    }
    assert_eq!((world.github.count(), world.linear.count()), (0, 0));
}

#[test]
fn green_is_0_and_the_answer_says_everything() {
    let world = World::green();
    let answer = world.check(&[]);
    assert_eq!(answer.code, 0, "{}", answer.words());
    assert_eq!(answer.board["verdict"], "go");
    assert_eq!(answer.board["complete"], true);
    assert!(String::from_utf8_lossy(&answer.output.stdout).trim_end().ends_with("\"complete\": true\n}"));
    assert_eq!(answer.board["target"]["commit"], support::github::oid("c1"));
    assert_eq!(answer.board["score"]["go"], 4);
    assert!(answer.output.stderr.is_empty(), "{}", answer.words());
}

#[test]
fn the_json_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../docs/check.schema.json")).unwrap();
    let world = World::green();
    world.github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker").edit().number
    });
    let board = world.check(&[]).board;
    conforms(&board, &schema, "$");
    let mut worse = board.clone();
    worse["gates"][0]["verdict"] = "maybe".into();
    assert!(std::panic::catch_unwind(|| conforms(&worse, &schema, "$")).is_err(), "the checker cannot fail");
}

/// The part of JSON Schema that our schema uses.
fn conforms(value: &Value, schema: &Value, at: &str) {
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{at}: {value} is not one of {allowed:?}");
    }
    if !schema["const"].is_null() {
        assert_eq!(value, &schema["const"], "{at}");
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = |wanted: &Value| wanted == kind || (wanted == "number" && kind == "integer");
    match &schema["type"] {
        Value::Null => {}
        Value::Array(wanted) => assert!(wanted.iter().any(fits), "{at}: {kind} is not {wanted:?}"),
        wanted => assert!(fits(wanted), "{at}: {kind} is not {wanted}"),
    }
    for item in value.as_array().into_iter().flatten() {
        conforms(item, &schema["items"], &format!("{at}[]"));
    }
    let Some(object) = value.as_object() else { return };
    for required in schema["required"].as_array().into_iter().flatten() {
        assert!(object.contains_key(required.as_str().unwrap()), "{at}: {required} is missing");
    }
    for (key, value) in object {
        let known = &schema["properties"][key];
        assert!(!known.is_null(), "{at}.{key} is not in the schema");
        conforms(value, known, &format!("{at}.{key}"));
    }
}

#[test]
fn one_red_is_1_wherever_it_is() {
    type Break = fn(&World);
    let breaks: [(&str, Break); 4] = [
        ("checks", |it| {
            it.github.edit(|world| {
                let checks = &mut world.repo("acme/rocket").commit_mut("main").checks;
                checks.last_mut().expect("a check").conclusion = Some("failure".into());
            });
        }),
        ("regression", |it| {
            it.github.edit(|world| {
                world.repo("acme/rocket").run("regression.yml", "main", "failure");
            });
        }),
        ("bugs", |it| {
            it.github.edit(|world| {
                world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
            });
        }),
        ("tickets", |it| {
            it.linear.edit(|world| {
                world.issue("ENG-1", "Valve sticks");
                world.label("ENG-1", "blocker");
            });
        }),
    ];
    for (gate, turn_red) in breaks {
        let world = World::green();
        turn_red(&world);
        let answer = world.check(&[]);
        assert_eq!(answer.code, 1, "{gate}: {}", answer.words());
        assert_eq!(answer.verdict(gate), "no-go");
        assert_eq!(answer.board["score"]["no_go"], 1);
    }
}

#[test]
fn running_is_3() {
    let world = World::green();
    world.github.edit(|world| {
        let run = world.repo("acme/rocket").run("regression.yml", "main", "");
        (run.status, run.conclusion) = ("in_progress".into(), None);
    });
    let answer = world.check(&[]);
    assert_eq!(answer.code, 3, "{}", answer.words());
    assert_eq!(answer.verdict("regression"), "pending");
}

#[test]
fn a_broken_server_is_3_and_never_0() {
    for (said, fault) in [
        ("500", Fault::status(500)),
        ("401", Fault::status(401)),
        ("403", Fault::status(403)),
        ("404", Fault::status(404)),
        ("429", Fault::too_many("120")),
        ("secondary limit", Fault::secondary_limit(None)),
        ("cut", Fault::Cut(40)),
        ("reset", Fault::Reset),
        ("hang", Fault::Hang),
        ("html", Fault::Html),
        ("garbage", Fault::Garbage),
    ] {
        let world = World::green();
        world.github.fault(fault);
        let before = Instant::now();
        let answer = world.check(&["--timeout", "4s"]);
        assert_eq!(answer.code, 3, "{said}: {}", answer.words());
        assert_eq!(answer.board["verdict"], "hold", "{said}");
        for gate in ["checks", "regression", "bugs"] {
            assert_eq!(answer.verdict(gate), "unknown", "{said}");
        }
        let gates = answer.board["gates"].to_string();
        assert!(!gates.contains("not been asked"), "{said}: {gates}");
        assert!(said != "hang" || gates.contains("no answer within"), "{said}: {gates}");
        assert_eq!(answer.verdict("tickets"), "go", "{said}: only the broken source's gates suffer");
        assert!(
            // A source that was waited for would take ten seconds.
            before.elapsed() < Duration::from_secs(9),
            "{said}: --timeout 4s took {:?}",
            before.elapsed()
        );
    }
}

#[test]
fn a_closed_port_is_3() {
    let world = World::green();
    world.linear.close();
    let answer = world.check(&["--timeout", "4s"]);
    assert_eq!(answer.code, 3, "{}", answer.words());
    assert_eq!(answer.verdict("tickets"), "unknown");
    let gates = answer.board["gates"].as_array().expect("gates");
    let gate = gates.iter().find(|it| it["id"] == "launch/tickets").expect("the gate");
    let evidence = gate["evidence"].as_str().expect("evidence");
    assert!(evidence.starts_with("asks for: "), "nothing was seen: {gate}");
    assert!(gate["observed_at"].is_null(), "and at no time: {gate}");
}

#[test]
fn one_bad_gateway_is_no_hold() {
    let world = World::green();
    world.github.fault_times(1, Fault::status(502));
    world.linear.fault_times(1, Fault::status(502));
    let answer = world.check(&[]);
    assert_eq!(answer.code, 0, "{}", answer.words());
}

#[test]
fn no_token_is_3_says_what_to_set_and_asks_nobody() {
    let world = World::green();
    let mut command = world.command();
    command.env_remove("GITHUB_TOKEN").env_remove("LINEAR_API_KEY").args(["--check", "--format", "json"]);
    let answer = Answer::of(command.output().unwrap());
    assert_eq!(answer.code, 3, "{}", answer.words());
    let gates = answer.board["gates"].to_string();
    assert!(gates.contains("GITHUB_TOKEN") && gates.contains("LINEAR_API_KEY"), "{gates}");
    assert_eq!(world.github.count() + world.linear.count(), 0);
}

#[test]
fn a_wrong_token_is_3_and_is_shown_nowhere() {
    let world = World::green();
    let wrong = "ghp_wrongwrongwrongwrongwrongwrongwrong12";
    let mut command = world.command();
    command.env("GITHUB_TOKEN", wrong).args(["--check", "--format", "json", "--timeout", "60s"]);
    let answer = Answer::of(command.output().unwrap());
    assert_eq!(answer.code, 3, "{}", answer.words());
    assert!(!answer.words().contains("wrongwrong"));
    assert!(!world.check(&[]).words().contains("canary"));
    assert_eq!(
        world.linear.sightings(TOKEN) + world.github.sightings(KEY),
        0,
        "a credential at the wrong server"
    );
}

#[test]
fn a_token_that_can_not_be_one_is_2() {
    let world = World::green();
    let mut command = world.command();
    command.env("GITHUB_TOKEN", "ghp_canary\nX-Evil: 1").args(["--check"]);
    let answer = Answer::of(command.output().unwrap());
    assert_eq!(answer.code, 2, "{}", answer.words());
    assert!(
        answer.words().contains("GITHUB_TOKEN") && !answer.words().contains("canary"),
        "{}",
        answer.words()
    );
}

#[test]
fn broken_yaml_is_2_with_every_place_at_once() {
    let world = World::green();
    let broken = LAUNCH
        .replace("title: Build", "titel: Build")
        .replace("file: regression.yml", "fiel: regression.yml");
    std::fs::write(world.home.path().join("launch.yaml"), broken).unwrap();
    let answer = world.check(&[]);
    assert_eq!(answer.code, 2, "{}", answer.words());
    let said = answer.words();
    assert!(said.contains("launch.yaml:11:") && said.contains("launch.yaml:15:"), "{said}");
    assert!(answer.output.stdout.is_empty());
    assert_eq!(world.github.count(), 0);
}

#[test]
fn bad_usage_is_2() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        vec!["--check"],
        vec!["--check", "nowhere/"],
        vec!["--nonsense"],
        vec!["--check", "--timeout", "soon"],
        vec!["--check", "--format", "xml"],
        vec!["--check", "--demo", "--only", "nothing"],
        // What would be read and then not used.
        vec!["--check", "--demo", "--wait", "1s"],
        vec!["--check", "--demo", "--journal", "j.db"],
        vec!["--check", "--demo", "--theme", "nope"],
        vec!["--check", "--demo", "--ascii"],
        vec!["--check", "--record", "day.jsonl"],
        vec!["--verbose"],
        vec!["validate", "--demo", "--journal", "j.db"],
        vec!["validate", "--rehearse"],
        vec!["trust", "--demo"],
        vec!["doctor", "--demo"],
        vec!["report", "--demo", "--theme", "dark"],
        vec!["report", "--demo", "--size", "80x24"],
        vec!["report", "--demo", "--at", "yesterday-ish"],
        // No value, and two.
        vec!["--check", "--demo", "--set", "version="],
        vec!["--check", "--demo", "--set", "version= "],
        vec!["--check", "--demo", "--set", "version=1.0.0", "--set", "version=2.0.0"],
        vec!["--check", "--replay", "nowhere.jsonl"],
        vec!["sign", "qa/x"],
    ] {
        let output = gonogo(home.path()).args(&arguments).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!output.stderr.is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn a_narrowed_answer_says_so() {
    let world = World::green();
    std::fs::write(world.home.path().join("qa.yaml"), "checklist: qa\ntitle: Quality\ngates:\n  - gate: ok\n    title: QA is fine\n    sign_off: { by: [qa] }\n").unwrap();
    let launch = LAUNCH.replace("gates:\n", "checklists: [{ file: qa.yaml }]\ngates:\n");
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    assert_eq!(world.check(&[]).code, 3, "a person has yet to answer");
    let answer = world.check(&["--evidence-only"]);
    assert_eq!(answer.code, 0, "{}", answer.words());
    let launch = std::fs::read_to_string(world.home.path().join("launch.yaml")).unwrap();
    let waits = launch.replace("    github: { checks:", "    needs: [qa/ok]\n    github: { checks:");
    std::fs::write(world.home.path().join("launch.yaml"), waits).unwrap();
    let answer = world.check(&["--evidence-only"]);
    assert_eq!(answer.code, 0, "nobody is waited for who is left out: {}", answer.words());
    assert!(
        answer.board["remarks"].to_string().contains("nothing here waits for qa/ok"),
        "{}",
        answer.words()
    );
    assert_eq!(answer.board["scope"]["evidence_only"], true);
    assert!(answer.board["headline"].as_str().unwrap().contains("evidence only"));
    let answer = world.check(&["--only", "qa"]);
    assert_eq!(
        (answer.code, &answer.board["scope"]["only"][0]),
        (3, &Value::from("qa")),
        "{}",
        answer.words()
    );
    let answer = world.check(&["--only", "qa", "--evidence-only"]);
    assert_eq!(answer.code, 3, "nothing is left to prove anything: {}", answer.words());
}

/// The text says where every gate belongs, what does not count, and each step once.
#[test]
fn the_text_leaves_no_question_open() {
    let home = tempfile::tempdir().unwrap();
    let launch = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: main }
schedule: { t0: 2030-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo } }
roles: { qa: { people: [octo] } }
variables: { tier: low }
gates:
  - gate: pen-test
    title: The penetration test is clean
    when: { tier: [high] }
    sign_off: { by: [qa] }
  - gate: either
    title: One way is enough
    one_of:
      - { gate: by-hand, title: By hand, task: { by: [qa] } }
      - { gate: by-machine, title: By machine, github: { checks: { required: [build] } } }
  - { gate: a, title: A, github: { checks: { required: [a] } } }
  - { gate: b, title: B, github: { checks: { required: [b] } } }
  - { gate: c, title: C, sign_off: { by: [qa] } }
  - { gate: d, title: D, sign_off: { by: [qa] } }
  - { gate: e, title: E, sign_off: { by: [qa] } }
  - { gate: note, title: Note, blocks: nothing, task: { by: [qa] } }
";
    std::fs::create_dir(home.path().join("sub")).unwrap();
    std::fs::write(home.path().join("sub/launch.yaml"), launch).unwrap();
    let run = |arguments: &[&str]| {
        let output = gonogo(home.path()).args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let text = run(&["--check", "sub"]);
    assert!(text.contains("0 go of 6 blocking gates, 1 not applicable"), "{text}");
    assert!(text.contains("By hand (in launch/either)") && text.contains("Note (advisory)"), "{text}");
    let next = text.lines().find(|line| line.starts_with("next: ")).unwrap();
    assert_eq!(next.matches("set GITHUB_TOKEN").count(), 1, "two gates, one step: {next}");
    assert!(next.ends_with("; and 2 more."), "{next}");
    let output = gonogo(home.path())
        .env("GITHUB_TOKEN", "ghp_canary")
        .env("GITHUB_API_URL", "http://127.0.0.1:9/")
        .args(["--check", "sub"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let next = text.lines().find(|line| line.starts_with("next: ")).unwrap();
    assert_eq!(next.matches("gonogo doctor").count(), 1, "the commit and its gates, one step: {next}");
    assert!(!text.contains("next poll"), "{text}");
    assert!(
        run(&["validate", "sub"]).contains("9 gates in 1 checklist, 1 file;"),
        "{}",
        run(&["validate", "sub"])
    );
    std::fs::write(home.path().join("sub/launch.yaml"), launch.replace("title: Note", "titel: Note"))
        .unwrap();
    for named in ["sub", "sub/launch.yaml", "./sub/"] {
        let said = run(&["validate", named]);
        assert!(
            said.contains(&format!(
                "--> {}/launch.yaml:2",
                named.trim_end_matches("/launch.yaml").trim_end_matches('/')
            )),
            "{said}"
        );
    }
    std::fs::write(home.path().join("sub/launch.yaml"), launch).unwrap();
    let said = run(&["--check", "sub", "--journal", "/nonexistent/j.db"]);
    assert!(said.contains("/nonexistent/j.db: no such file; check --journal"), "{said}");
}

/// What a narrowed board waits for is asked, wherever it stands; a gate that nothing here waits for is not.
#[test]
fn a_checklist_that_waits_for_another_can_be_go_alone() {
    let world = World::green();
    let qa = "checklist: qa\ntitle: Quality\ngates:\n  - gate: bugs\n    title: No other blocker is open\n    needs: [launch/checks]\n    github: { issues: { labels: [release-blocker] } }\n";
    std::fs::write(world.home.path().join("qa.yaml"), qa).unwrap();
    let launch = LAUNCH.replace("gates:\n", "checklists: [{ file: qa.yaml }]\ngates:\n");
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    let answer = world.check(&["--only", "qa"]);
    assert_eq!((answer.code, &answer.board["score"]["of"]), (0, &1.into()), "{}", answer.words());
    assert_eq!(world.linear.count(), 0, "nothing here waits for Linear");
    world.github.edit(|world| {
        world.repo("acme/rocket").commit_mut("main").check("test", "in_progress");
    });
    let answer = world.check(&["--only", "qa"]);
    assert_eq!(
        (answer.code, answer.board["gates"][0]["verdict"].as_str()),
        (3, Some("pending")),
        "{}",
        answer.words()
    );
}

/// The job that gonogo runs in goes by a name that the runner does not tell.
#[test]
fn its_own_job_is_left_out_by_any_name_and_only_when_it_is_certain() {
    let world = World::green();
    let launch = LAUNCH.replace("required: [build, test]", "required: [build, test, Release gate]");
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    world.github.edit(|world| {
        let commit = world.repo("acme/rocket").commit_mut("main");
        commit.check("Release gate", "in_progress").of("s9", ("Release", "push", 42));
    });
    let inside = |run: &str| {
        let mut command = world.command();
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_RUN_ID", run).env("GITHUB_JOB", "gate");
        command.args(["--check", "--format", "json", "--timeout", "60s"]);
        Answer::of(command.output().unwrap())
    };
    let answer = inside("42");
    assert_eq!(answer.code, 0, "{}", answer.words());
    assert!(
        answer.words().contains("left out: Release gate, the job that gonogo itself runs in"),
        "{}",
        answer.words()
    );
    let answer = inside("41");
    assert_eq!((answer.code, answer.verdict("checks")), (3, "pending"), "of another run: {}", answer.words());
    world.github.edit(|world| {
        let commit = world.repo("acme/rocket").commit_mut("main");
        commit.check("Deploy", "queued").of("s9", ("Release", "push", 42));
    });
    let answer = inside("42");
    assert_eq!(
        (answer.code, answer.verdict("checks")),
        (3, "pending"),
        "it may be either: {}",
        answer.words()
    );
    assert!(answer.words().contains("may be the job that gonogo itself runs in"), "{}", answer.words());
}

/// Whoever hangs before anything is asked has no more time than the rest.
#[test]
fn the_time_is_over_for_the_token_and_the_journal_too() {
    let world = World::green();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("gh");
    std::fs::write(&program, "#!/bin/sh\nexec /bin/sleep 600\n").unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = world.command();
    command.env_remove("GITHUB_TOKEN").env("PATH", folder.path());
    command.env("GITHUB_API_URL", "https://github.invalid/api/v3");
    command.args(["--check", "--format", "json", "--timeout", "2s"]);
    let before = Instant::now();
    let answer = Answer::of(command.output().unwrap());
    assert!(before.elapsed() < Duration::from_secs(4), "{:?}", before.elapsed());
    assert_eq!((answer.code, answer.verdict("tickets")), (3, "go"), "{}", answer.words());
    assert!(answer.words().contains("`gh auth token` did not answer within 1 s"), "{}", answer.words());

    // A database that takes the call and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let journal = format!("postgres://octo@{}/launches", silent.local_addr().unwrap());
    let before = Instant::now();
    let answer = world.check(&["--timeout", "2s", "--journal", &journal]);
    assert!(before.elapsed() < Duration::from_secs(4), "{:?}", before.elapsed());
    assert_eq!((answer.code, &answer.board["verdict"]), (4, &"hold".into()), "{}", answer.words());
    assert!(answer.words().contains("the journal did not answer within 2 s"), "{}", answer.words());
}

#[test]
fn waiting_outlasts_a_running_workflow() {
    let world = World::green();
    world.github.edit(|world| {
        let run = world.repo("acme/rocket").run("regression.yml", "main", "");
        (run.status, run.conclusion) = ("in_progress".into(), None);
    });
    assert_eq!(world.check(&[]).code, 3, "it is running, and nobody waits");
    world.github.clear_log();
    let mut command = world.command();
    let settings = world.home.path().join("settings.yaml");
    std::fs::write(&settings, "poll: { interval: 5s }\n").unwrap();
    command.args(["--check", "--format", "json", "--wait", "120s", "--settings"]).arg(&settings);
    command.stdout(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    // Until it has been told that the workflow is running.
    let end = Instant::now() + Duration::from_secs(60);
    let told = || {
        let (requests, statuses) = (world.github.requests(), world.github.statuses());
        requests.iter().zip(statuses).any(|(it, status)| it.path.ends_with("/runs") && status == 200)
    };
    while !told() {
        assert!(Instant::now() < end, "the runs were never asked for");
        world.github.wait_for(world.github.count() + 1, Duration::from_millis(100));
    }
    world.github.edit(|world| world.repo("acme/rocket").run("regression.yml", "main", "success").id);
    let answer = Answer::of(child.wait_with_output().unwrap());
    assert_eq!(answer.code, 0, "{}", answer.words());
}

#[test]
fn a_full_disk_behind_standard_output_is_no_verdict() {
    let world = World::green();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let status = world.command().args(["--check"]).stdout(full).status().unwrap();
    assert_eq!(status.code(), Some(4));
}

#[test]
fn the_text_for_people_puts_failures_first_and_can_not_command_a_runner() {
    let world = World::green();
    world.github.edit(|world| {
        world.repo("acme/rocket").issue(7, "::error::pwned ##[command]x \u{1b}[31m").label("release-blocker");
    });
    let output = world.command().args(["--check"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("NO-GO  Rocket 2 2.0.0 at "), "{text}");
    assert!(text.contains("launch/bugs") && text.contains("GO       3 gates"), "{text}");
    assert!(!text.contains("##[") && !text.contains('\u{1b}'), "{text}");
    assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
}

/// Words on standard error are read by the runner as well.
#[test]
fn no_stream_can_command_a_runner() {
    let world = World::green();
    let hostile = "launch: rocket-2\ntitle: \"##[command]x\"\nversion: 2.0.0\n";
    let launch = LAUNCH.replace("launch: rocket-2\ntitle: Rocket 2\nversion: 2.0.0\n", hostile);
    std::fs::write(world.home.path().join("launch.yaml"), &launch).unwrap();
    let valid = world.command().args(["validate"]).output().unwrap();
    assert_eq!(valid.status.code(), Some(0));
    std::fs::write(world.home.path().join("broken.yaml"), "##[error]x: 1\n'::error::y': 2\n").unwrap();
    let broken = world.command().args(["validate", "broken.yaml"]).output().unwrap();
    let option = world.command().args(["--check", "--x##[error]y\n::error::z"]).output().unwrap();
    let set = world.command().args(["--check", "--set", "##[error]=\n::error::z"]).output().unwrap();
    for output in [valid, broken, option, set] {
        for stream in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(stream).into_owned();
            assert!(!text.contains("##["), "{text}");
            assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
        }
        assert!(output.stderr.len() + output.stdout.len() > 10);
    }
}

/// A theme that cannot be used shows its place and what to write, like every other file.
#[test]
fn a_broken_theme_shows_where() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("odd.yaml"),
        "theme: odd\ninherits: dark\nroles:\n  text: { fg: nonsense }\n",
    )
    .unwrap();
    for arguments in
        [&["themes", "./odd.yaml"][..], &["report", "--demo", "--format", "svg", "--theme", "./odd.yaml"]]
    {
        let output = gonogo(home.path()).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("odd.yaml:4:") && said.contains("fg: nonsense"), "{said}");
    }
}

/// A recording of a day on which every gate was go: its answers at 12:00, and again at 12:01.
fn recording(home: &Path) -> std::path::PathBuf {
    let settings = home.join("settings.yaml");
    std::fs::write(&settings, "{}\n").unwrap();
    let chosen = gonogo::app::LaunchSelection {
        path: Some(home.to_owned()),
        settings: Some(settings),
        ..gonogo::app::LaunchSelection::default()
    };
    let opened = gonogo::app::open(chosen).unwrap();
    let about = support::github::oid("c1");
    let (noon, then) = ("2029-12-31T12:00:00Z", "2029-12-31T12:01:00Z");
    let mut lines = vec![
        serde_json::json!({ "gonogo_recording": 1, "from": noon, "until": "2030-01-14T12:00:00Z", "speed": 60 }),
        serde_json::json!({ "at": noon, "resolved": { "answer": { "Ok": about } } }),
    ];
    let questions = gonogo::domain::demands(&opened.loaded.launch, &gonogo::domain::History::default());
    let gates: Vec<_> = questions.iter().map(|(gate, _)| gate.to_string()).collect();
    for (gate, question) in &questions {
        let found = serde_json::json!({
            "outcome": "holds", "reason": "fine", "about": about, "until": null, "url": null, "rows": [],
            "lineage": "graphql", "accepted": [],
        });
        let observed =
            serde_json::json!({ "gate": gate, "question": question.digest, "answer": { "found": found } });
        lines.push(serde_json::json!({ "at": noon, "observed": observed }));
    }
    lines.push(serde_json::json!({ "at": then, "renewed": { "gates": gates, "components": [null] } }));
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let path = home.join("day.jsonl");
    std::fs::write(&path, lines).unwrap();
    path
}

#[test]
fn a_recording_says_that_it_is_one_and_of_when() {
    let world = World::green();
    let day = recording(world.home.path());
    let answer = world.check(&["--replay", day.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}", answer.words());
    assert_eq!(answer.board["headline"], "RECORDING of 2029-12-31 12:01 UTC: GO");
    assert_eq!(
        (&answer.board["scope"]["whole"], &answer.board["scope"]["played"]),
        (&false.into(), &"recording".into())
    );
    assert_eq!(answer.board["evaluated_at"], "2029-12-31T12:01:00Z", "the moment of the last answer");
    assert_eq!(answer.board["gates"][0]["observed_at"], "2029-12-31T12:01:00Z");
    conforms(&answer.board, &serde_json::from_str(include_str!("../docs/check.schema.json")).unwrap(), "$");
    assert_eq!(world.github.count() + world.linear.count(), 0);
    let text = world.command().args(["--check", "--replay"]).arg(&day).output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&text).starts_with("RECORDING of 2029-12-31 12:01 UTC: GO  Rocket 2"));
    let attest = world.command().args(["attest", "--replay"]).arg(&day).output().unwrap();
    assert_eq!((attest.status.code(), attest.stdout.len()), (Some(2), 0), "a recording is attested");
    let attest = world.command().args(["attest", "--demo"]).output().unwrap();
    assert_eq!((attest.status.code(), attest.stdout.len()), (Some(2), 0), "the demo is attested");
}

/// What was answered is the answer to the question of that day, not to that of today.
#[test]
fn a_recording_answers_no_other_question() {
    let world = World::green();
    let day = recording(world.home.path());
    let other = LAUNCH.replace("file: regression.yml", "file: soak.yml");
    std::fs::write(world.home.path().join("launch.yaml"), other).unwrap();
    let answer = world.check(&["--replay", day.to_str().unwrap()]);
    assert_eq!(answer.code, 3, "{}", answer.words());
    assert_eq!((answer.verdict("regression"), answer.verdict("checks")), ("unknown", "go"));
    assert!(answer.words().contains("another question"), "{}", answer.words());
    // The same day, an hour after the answers, is stale: nothing renews them but the recording itself.
    std::fs::write(world.home.path().join("launch.yaml"), LAUNCH).unwrap();
    let text = std::fs::read_to_string(&day).unwrap();
    let late = r#"{"at":"2029-12-31T13:01:00Z","renewed":{"gates":["launch/checks"],"components":[null]}}"#;
    std::fs::write(&day, text + late).unwrap();
    let answer = world.check(&["--replay", day.to_str().unwrap()]);
    assert_eq!(
        (answer.code, answer.verdict("checks"), answer.verdict("bugs")),
        (3, "go", "unknown"),
        "{}",
        answer.words()
    );
}

/// A statement about a repository of another server must not read as one about GitHub's.
#[test]
fn an_attestation_names_the_server_that_was_asked() {
    let world = World::green();
    let output = world.command().args(["attest", "--timeout", "60s"]).output().unwrap();
    let answer = Answer::of(output);
    let name = format!("git+{}/acme/rocket@main", world.github.url());
    assert_eq!(answer.board["subject"][0]["name"], name.as_str(), "{}", answer.words());
    assert_eq!(answer.board["predicate"]["resourceUri"], name.as_str());
}

/// Words of practice are no answer to CI.
#[test]
fn a_rehearsal_is_no_answer() {
    let world = World::green();
    let answer = world.check(&["--rehearse"]);
    assert_eq!((answer.code, answer.output.stdout.len()), (2, 0), "{}", answer.words());
    assert!(answer.words().contains("gonogo report --rehearse"), "{}", answer.words());
    let report = world.command().args(["report", "--rehearse"]).output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&report).starts_with("REHEARSAL of "));
}

#[test]
fn the_demo_needs_nothing() {
    let home = tempfile::tempdir().unwrap();
    let output = gonogo(home.path()).args(["--check", "--demo", "--format", "json"]).output().unwrap();
    let answer = Answer::of(output);
    assert_eq!(answer.code, 0, "{}", answer.words());
    assert_eq!(answer.board["score"]["waived"], 1);
    assert_eq!(answer.board["headline"], "DEMO of 2026-12-02 08:58 UTC: GO with 1 waiver");
    assert_eq!(answer.board["scope"]["played"], "demo");
}

#[test]
fn the_recorded_day_can_be_played_to_its_end() {
    let home = tempfile::tempdir().unwrap();
    for (at, verdict) in [
        ("2026-12-02T08:10:00Z", "no-go"),
        ("2026-12-02T09:05:00Z", "go"),
        ("2026-12-03T14:00:00Z", "go"),
        ("2026-12-03T15:29:00Z", "go"),
    ] {
        let output =
            gonogo(home.path()).args(["report", "--demo", "--format", "json", "--at", at]).output().unwrap();
        let answer = Answer::of(output);
        assert_eq!(
            (answer.code, answer.board["verdict"].as_str()),
            (0, Some(verdict)),
            "{at}: {}",
            answer.words()
        );
    }
}
