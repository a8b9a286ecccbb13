//! `gonogo doctor`: the real binary, real HTTP to loopback servers that hold state, real exit codes.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::support;

use std::process::{Command, Output};

use serde_json::Value;
use support::{
    github::GithubServer,
    linear::LinearServer,
    program::{KEY, TOKEN, gonogo, head},
    server::Fault,
};

const CANARY: &str = "canary0123456789";

const LAUNCH: &str = concat!(
    head!(),
    "\
defaults: { linear: { team: ENG } }
gates:
  - gate: checks
    title: Build and test are green
    github: { checks: { required: [build, test] } }
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
    /// Every source answers.
    fn well() -> Self {
        let github = GithubServer::start(|world| {
            world.token(TOKEN, "octocat");
            let repo = world.repo("acme/rocket");
            repo.commit("main", "c1").check("build", "success").check("test", "success");
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

    /// The binary, alone in the world but for the two servers and their credentials.
    fn command(&self) -> Command {
        self.command_within("60s")
    }

    fn command_within(&self, time: &str) -> Command {
        let mut command = gonogo(self.home.path());
        command.env_remove("USER").env("GITHUB_TOKEN", TOKEN).env("LINEAR_API_KEY", KEY);
        command.env("GITHUB_API_URL", self.github.url()).env("LINEAR_API_URL", self.linear.endpoint());
        command.args(["doctor", "--timeout", time]);
        command
    }

    fn launch(&self, more: &str) {
        std::fs::write(self.home.path().join("launch.yaml"), format!("{LAUNCH}{more}")).unwrap();
    }
}

/// Both forms of the answer. Neither shows a credential, ever.
struct Answer {
    code: i32,
    text: String,
    json: Value,
}

fn run(mut command: Command) -> Answer {
    let text = command.output().unwrap();
    let json = command.args(["--format", "json"]).output().unwrap();
    for output in [&text, &json] {
        let all = words(output);
        assert!(!all.contains(CANARY), "a credential is shown:\n{all}");
    }
    assert_eq!(text.status.code(), json.status.code(), "the form changes the answer");
    Answer {
        code: text.status.code().unwrap(),
        text: words(&text),
        json: serde_json::from_slice(&json.stdout).unwrap_or_else(|_| panic!("{}", words(&json))),
    }
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

impl Answer {
    fn source(&self, name: &str) -> &Value {
        let all = self.json["sources"].as_array().unwrap();
        all.iter().find(|it| it["source"] == name).unwrap_or_else(|| panic!("{}", self.text))
    }

    fn problem(&self, gate: &str) -> &Value {
        let all = self.json["problems"].as_array().unwrap();
        let has = |it: &&Value| it["gates"].as_array().unwrap().iter().any(|it| it == gate);
        all.iter().find(has).unwrap_or_else(|| panic!("{gate}: {}", self.text))
    }

    fn need(&self, permission: &str) -> &Value {
        let all = self.source("github")["needs"].as_array().unwrap();
        let named = |it: &&Value| it["permission"].as_str().unwrap().starts_with(permission);
        all.iter().find(named).unwrap_or_else(|| panic!("{}", self.text))
    }
}

#[test]
fn all_well_is_0_and_says_whose_credentials_these_are() {
    let world = World::well();
    let answer = run(world.command());
    assert_eq!(answer.code, 0, "{}", answer.text);
    assert_eq!(answer.json["problems"], Value::Array(Vec::new()));
    let github = answer.source("github");
    assert_eq!((&github["credential"], &github["identity"]), (&"GITHUB_TOKEN".into(), &"octocat".into()));
    assert_eq!(github["scopes"], serde_json::json!(["repo", "read:org"]));
    assert_eq!(github["address"], world.github.url());
    assert!(github["budgets"][0]["remaining"].as_u64().unwrap() > 0, "{}", answer.text);
    assert_eq!(answer.need("Issues")["standing"], "works");
    assert_eq!(answer.source("linear")["credential"], "LINEAR_API_KEY");
    assert_eq!(answer.source("linear")["scopes"], serde_json::json!(["ENG"]));
    assert!(answer.text.contains("GITHUB_TOKEN") && answer.text.contains("octocat"), "{}", answer.text);
    assert!(answer.json.as_object().unwrap().contains_key("complete"));
    assert!(!world.home.path().join(".local").exists(), "doctor made something");
}

#[test]
fn no_token_is_3_and_says_which_to_set() {
    let world = World::well();
    let mut command = world.command();
    command.env_remove("GITHUB_TOKEN");
    let answer = run(command);
    assert_eq!(answer.code, 3, "{}", answer.text);
    assert_eq!(answer.source("github")["credential"], Value::Null);
    let problem = answer.problem("launch/bugs");
    assert_eq!(problem["kind"], "not-configured");
    assert!(problem["next"].as_str().unwrap().contains("GITHUB_TOKEN"), "{}", answer.text);
    assert_eq!(
        problem["gates"].as_array().unwrap().len(),
        2,
        "one problem, not one per gate: {}",
        answer.text
    );
    assert_eq!(problem["refs"], serde_json::json!(["acme/rocket main"]));
    assert_eq!(answer.json["sources"][0]["source"], "github", "the worst comes first");
    assert_eq!(world.github.count(), 0, "nothing is asked without a token");
}

#[test]
fn a_wrong_token_is_told_from_none() {
    let world = World::well();
    let mut command = world.command();
    command.env("GH_TOKEN", format!("{TOKEN}wrong")).env_remove("GITHUB_TOKEN");
    let answer = run(command);
    assert_eq!(answer.code, 3, "{}", answer.text);
    assert_eq!(answer.source("github")["credential"], "GH_TOKEN");
    assert_eq!(answer.source("github")["identity"], Value::Null);
    assert_eq!(answer.problem("launch/bugs")["kind"], "unauthorized");
    assert_eq!(answer.source("linear")["problems"], 0, "only the broken source suffers");
}

#[test]
fn a_missing_permission_is_named_in_every_tokens_words() {
    let world = World::well();
    world.github.edit(|world| {
        let token = world.token(TOKEN, "octocat");
        (token.sees_checks, token.scopes) = (false, None);
    });
    let answer = run(world.command());
    assert_eq!(answer.code, 3, "{}", answer.text);
    assert_eq!(answer.problem("launch/checks")["kind"], "forbidden");
    let checks = answer.need("Checks");
    assert_eq!((&checks["standing"], &checks["actions_key"]), (&"missing".into(), &"checks".into()));
    assert_eq!(answer.need("Issues")["standing"], "works", "{}", answer.text);
    assert!(
        answer.text.contains("MISSING") && answer.text.contains("workflow `checks: read`"),
        "{}",
        answer.text
    );
    assert_eq!(answer.source("github")["scopes"], Value::Null, "permissions are no scopes");
}

#[test]
fn linear_without_a_key_is_a_problem_of_its_own() {
    let world = World::well();
    let mut command = world.command();
    command.env_remove("LINEAR_API_KEY");
    let answer = run(command);
    assert_eq!(answer.code, 3, "{}", answer.text);
    assert!(answer.problem("launch/tickets")["next"].as_str().unwrap().contains("LINEAR_API_KEY"));
    assert_eq!(answer.source("github")["problems"], 0, "{}", answer.text);
}

#[test]
fn a_connection_that_is_missing_says_what_to_write() {
    let world = World::well();
    world.launch("  - gate: errors\n    title: Few errors\n    prometheus: { query: up, at_most: 1 }\n");
    let answer = run(world.command());
    assert_eq!(answer.code, 3, "{}", answer.text);
    assert_eq!(answer.source("prometheus")["address"], Value::Null);
    let next = answer.problem("launch/errors")["next"].as_str().unwrap();
    assert!(next.contains("connections") && next.contains("PROMETHEUS_TOKEN"), "{next}");
}

#[test]
fn a_repository_that_was_renamed_is_told_with_its_new_name() {
    let world = World::well();
    world.github.edit(|it| it.rename("acme/rocket", "acme/engine"));
    let answer = run(world.command());
    assert!(answer.text.contains("acme/engine"), "{}", answer.text);
    assert!(answer.json.to_string().contains("acme/engine"), "{}", answer.json);
}

#[test]
fn a_broken_server_has_a_next_step() {
    for fault in [Fault::status(500), Fault::Reset, Fault::Html, Fault::Hang] {
        let world = World::well();
        world.github.fault(fault);
        let answer = run(world.command_within("8s"));
        assert_eq!(answer.code, 3, "{}", answer.text);
        assert!(!answer.problem("launch/checks")["next"].as_str().unwrap().is_empty(), "{}", answer.text);
        assert_eq!(answer.source("linear")["answered"], 1);
    }
}

#[test]
fn a_clock_that_is_off_is_told() {
    let world = World::well();
    world.github.date_offset(3600);
    let answer = run(world.command());
    let skew = answer.json["clock_skew_seconds"].as_i64().unwrap();
    assert!((3500..3700).contains(&skew), "{skew}");
    assert!(answer.text.contains("set this machine's clock"), "{}", answer.text);
}

#[test]
fn a_program_that_is_not_trusted_says_how_to_trust_it() {
    let world = World::well();
    world.launch("  - gate: smoke\n    title: The smoke test passes\n    command: { argv: [\"true\"] }\n");
    let answer = run(world.command());
    assert_eq!(answer.code, 3, "{}", answer.text);
    assert_eq!(answer.json["trust"]["trusted"], false);
    assert!(answer.json["trust"]["next"].as_str().unwrap().contains("gonogo trust"), "{}", answer.text);
}

#[test]
fn bad_input_is_2_and_a_broken_journal_is_4() {
    let world = World::well();
    let mut command = world.command();
    let code = |command: &mut Command| command.output().unwrap().status.code();
    assert_eq!(code(command.arg("nowhere/")), Some(2));
    assert_eq!(code(world.command().arg("--demo")), Some(2), "a recording asks nobody");
    let journal = world.home.path().join("journal.db");
    std::fs::write(&journal, "this is no journal, and it is long enough to be seen as such").unwrap();
    assert_eq!(code(world.command().arg("--journal").arg(&journal)), Some(4));
}

#[test]
fn foreign_words_can_not_act_on_the_terminal() {
    let world = World::well();
    world.github.edit(|world| world.token(TOKEN, "octocat").login = "octo\u{1b}[31mcat\u{202e}".into());
    let answer = run(world.command());
    assert!(!answer.text.contains('\u{1b}') && !answer.text.contains('\u{202e}'), "{}", answer.text);
    assert!(!answer.json.to_string().contains("u001b"), "{}", answer.json);
}

#[test]
fn every_budget_is_shown_with_what_is_left_and_until_when() {
    let world = World::well();
    world.github.edit(|world| {
        world.repo("acme/rocket").run("ci.yml", "main", "success");
        world.rate("core", 5_000, 4_321, 600);
        world.rate("graphql", 5_000, 1_234, 900);
    });
    world.linear.edit(|world| {
        (world.requests.limit, world.requests.remaining) = (2_500, 2_400);
        (world.complexity.limit, world.complexity.remaining) = (3_000_000, 2_900_000);
    });
    world.launch("  - { gate: ci, title: CI, github: { workflow: { file: ci.yml } } }\n");
    let answer = run(world.command());
    let sorts = |name: &str| -> Vec<String> {
        let budgets = answer.source(name)["budgets"].as_array().unwrap().clone();
        assert!(budgets.iter().all(|it| it["resets"].is_string() && it["remaining"].is_u64()), "{budgets:?}");
        budgets.iter().map(|it| it["of"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(sorts("github"), ["rest", "graphql"], "{}", answer.text);
    assert_eq!(sorts("linear"), ["requests", "complexity"], "{}", answer.text);
    for words in [
        "of 5000 REST requests left until",
        "of 5000 GraphQL points left until",
        "of 2500 requests left",
        "of 3000000 complexity points left",
    ] {
        assert!(answer.text.contains(words), "{words}:\n{}", answer.text);
    }
}

#[test]
fn what_may_be_written_is_read_off_the_token_and_never_tried() {
    let world = World::well();
    let settings = world.home.path().join("settings.yaml");
    std::fs::write(&settings, "writes: [status, approve-deployment]\n").unwrap();
    for (scopes, status, deployment) in [
        (Some("repo, read:org"), "works", "works"),
        (Some("repo:status"), "works", "missing"),
        (None, "not-known", "not-known"),
    ] {
        world.github.edit(|world| world.token(TOKEN, "octocat").scopes = scopes.map(Into::into));
        let mut command = world.command();
        command.arg("--settings").arg(&settings);
        let answer = run(command);
        let writes = &answer.json["writes"];
        let standings = (writes[0]["standing"].as_str(), writes[1]["standing"].as_str());
        assert_eq!(standings, (Some(status), Some(deployment)), "{scopes:?}: {}", answer.text);
        assert!(answer.text.contains("Writes, only when a person says so"), "{}", answer.text);
        let told = answer.text.contains("does not say what this credential may write");
        assert_eq!(told, scopes.is_none(), "{}", answer.text);
    }
    let posted = world.github.requests().iter().any(|it| it.method == "POST" && !it.path.contains("graphql"));
    assert!(!posted, "nothing is tried");
    assert_eq!(run(world.command()).json["writes"], serde_json::json!([]), "by default it only reads");
}
