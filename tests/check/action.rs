//! The GitHub Action, step by step: its script in a runner's environment that is made up, against loopback servers.

use std::{
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use super::World;
use crate::support::github::oid;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/action/run.sh");

/// A runner: the files that steps write to, and what is installed.
struct Runner {
    world: World,
    bin: PathBuf,
}

struct Step {
    code: i32,
    log: String,
}

impl Runner {
    fn new(world: World) -> Self {
        let bin = world.home.path().join("bin");
        for folder in [&bin, &world.home.path().join("temp")] {
            std::fs::create_dir(folder).unwrap();
        }
        symlink(env!("CARGO_BIN_EXE_gonogo"), bin.join("gonogo")).unwrap();
        Self { world, bin }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.world.home.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).unwrap_or_default()
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.bin.join(name);
        std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn step(&self, verb: &str, set: &[(&str, &str)]) -> Step {
        let mut command = Command::new("/bin/bash");
        command.arg(SCRIPT).arg(verb).current_dir(self.world.home.path()).env_clear();
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"] {
            command.env(name, self.at(name));
        }
        command
            .env("PATH", format!("{}:/usr/bin:/bin", self.bin.display()))
            .env("HOME", self.world.home.path());
        command.env("RUNNER_TEMP", self.at("temp")).env("GONOGO_REPOSITORY", "acme/gonogo");
        command.env("GITHUB_TOKEN", super::TOKEN).env("LINEAR_API_KEY", super::KEY);
        command.env("GITHUB_API_URL", self.world.github.url());
        command.env("LINEAR_API_URL", self.world.linear.endpoint());
        let output = command.envs(set.iter().copied()).output().unwrap();
        let log = [output.stdout, output.stderr].concat();
        let log = String::from_utf8(log).unwrap();
        assert!(!log.contains("canary"), "{log}");
        Step { code: output.status.code().unwrap(), log }
    }

    fn output(&self, key: &str) -> String {
        let start = format!("{key}=");
        let all = self.read("GITHUB_OUTPUT");
        let line = all.lines().rev().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("no {key} in {all}")).to_owned()
    }
}

#[test]
fn a_green_launch_passes_with_outputs_summary_and_annotation() {
    let runner = Runner::new(World::green());
    let step = runner.step("check", &[("INPUT_PATH", "."), ("INPUT_REPORTS", "\njunit=out.xml\n  \n")]);
    assert_eq!(step.code, 0, "{}", step.log);
    assert_eq!(
        [runner.output("verdict"), runner.output("score")],
        ["go", "1.0"],
        "{}",
        runner.read("GITHUB_OUTPUT")
    );
    assert_eq!(runner.output("commit"), oid("c1"));
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(runner.output("json")).unwrap()).unwrap();
    assert_eq!(json["complete"], true);
    assert!(
        runner.read("GITHUB_STEP_SUMMARY").starts_with("## ✅ GO"),
        "{}",
        runner.read("GITHUB_STEP_SUMMARY")
    );
    assert!(step.log.contains("::notice title=GO::") && runner.read("out.xml").contains("<testsuites"));
    assert!(step.log.contains("::add-matcher::") && step.log.contains("::remove-matcher owner=gonogo::"));
}

#[test]
fn what_is_not_go_fails_the_step_and_tells_where() {
    let world = World::green();
    world.github.edit(|it| {
        it.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    let runner = Runner::new(world);
    let step = runner.step("check", &[("INPUT_SET", "")]);
    assert_eq!((step.code, runner.output("verdict").as_str()), (1, "no-go"), "{}", step.log);
    assert_eq!(runner.output("score"), "0.75");
    assert!(step.log.contains("::error file=launch.yaml,line="), "{}", step.log);
    assert!(runner.read("GITHUB_STEP_SUMMARY").contains("Engine leaks"));

    // Bad files: no verdict, and none from the step before.
    let launch = super::LAUNCH.replace("title: The reg", "titel: The reg");
    std::fs::write(runner.at("launch.yaml"), launch).unwrap();
    let step = runner.step("check", &[]);
    assert_eq!((step.code, runner.output("verdict").as_str()), (2, "error"), "{}", step.log);
    assert_eq!([runner.output("score"), runner.output("commit"), runner.output("json")], ["", "", ""]);
    assert!(runner.read("GITHUB_STEP_SUMMARY").contains("no verdict"), "a step that ends has said so");
    let matcher: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.github/action/problem-matcher.json"))
            .unwrap(),
    )
    .unwrap();
    let patterns = matcher["problemMatcher"][0]["pattern"].as_array().unwrap();
    let patterns: Vec<_> =
        patterns.iter().map(|it| regex::Regex::new(it["regexp"].as_str().unwrap()).unwrap()).collect();
    let lines: Vec<_> = step.log.lines().collect();
    let found = lines.windows(2).find(|it| patterns[0].is_match(it[0]) && patterns[1].is_match(it[1]));
    assert!(found.is_some(), "the matcher finds the place in the log: {}", step.log);
}

/// Inputs reach the script as environment alone, and gonogo as arguments of their own.
#[test]
fn no_input_is_run() {
    let runner = Runner::new(World::green());
    for input in [
        "INPUT_PATH",
        "INPUT_SET",
        "INPUT_ONLY",
        "INPUT_BASELINE",
        "INPUT_REPORTS",
        "INPUT_WAIT",
        "INPUT_UNTIL",
    ] {
        let step = runner.step("check", &[(input, "$(touch pwned) `touch pwned`; touch pwned --demo")]);
        assert_eq!(step.code, 2, "{input}: {}", step.log);
        assert_eq!(runner.output("verdict"), "error", "{input}: {}", step.log);
    }
    let step = runner.step("check", &[("INPUT_PATH", "--demo")]);
    assert_eq!(step.code, 2, "a path is no flag: {}", step.log);
    assert!(!runner.at("pwned").exists());
    let action = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/action.yml")).unwrap();
    let runs = action.lines().filter(|line| line.trim_start().starts_with("run:"));
    let runs: Vec<_> = runs.collect();
    assert!(runs.len() == 3 && runs.iter().all(|line| !line.contains("${{")), "{runs:?}");
    let script = std::fs::read_to_string(SCRIPT).unwrap();
    for name in action.match_indices("INPUT_").map(|(at, _)| action[at..].split(':').next().unwrap()) {
        assert!(script.contains(name), "{name} is not read");
    }
}

#[test]
fn a_comment_is_asked_for_in_pull_requests_alone() {
    let runner = Runner::new(World::green());
    let step = runner.step("check", &[("INPUT_COMMENT", "true"), ("GITHUB_EVENT_NAME", "push")]);
    assert_eq!(step.code, 0, "{}", step.log);
    assert!(step.log.contains("no comment"), "{}", step.log);
    std::fs::write(runner.at("event.json"), "{\"pull_request\":{\"number\":12,\"head\":{\"repo\":{\"full_name\":\"acme/rocket\"}},\"base\":{\"repo\":{\"full_name\":\"acme/rocket\"}}}}").unwrap();
    let event = runner.at("event.json").display().to_string();
    let set =
        [("INPUT_COMMENT", "true"), ("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", &event)];
    let step = runner.step("check", &set);
    assert!(step.code == 2 && step.log.contains("GONOGO_WRITES=comment"), "two acts, not one: {}", step.log);
}

/// A release as it is published: an archive and its checksum.
fn release(runner: &Runner, version: &str) -> PathBuf {
    let folder = runner.at("mirror").join(version);
    std::fs::create_dir_all(&folder).unwrap();
    let script = "set -e; printf '#!/bin/bash\\necho gonogo 9.9.9\\n' >gonogo; chmod +x gonogo; \
                  case $(uname -m) in x86_64) m=x86_64;; *) m=aarch64;; esac; \
                  case $(uname -s) in Linux) s=unknown-linux-musl;; *) s=apple-darwin;; esac; \
                  tar -czf gonogo-$m-$s.tar.gz gonogo; rm gonogo; (sha256sum *.tar.gz || shasum -a 256 *.tar.gz) >SHA256SUMS";
    let made = Command::new("/bin/bash").args(["-c", script]).current_dir(&folder).status().unwrap();
    assert!(made.success());
    folder
}

fn install(runner: &Runner, version: &str) -> Step {
    let mirror = format!("file://{}", runner.at("mirror").display());
    runner.step("install", &[("INPUT_VERSION", version), ("GONOGO_MIRROR", &mirror)])
}

fn bash(script: &str, runner: &Runner) -> Vec<u8> {
    Command::new("/bin/bash")
        .args(["-c", script])
        .current_dir(runner.world.home.path())
        .output()
        .unwrap()
        .stdout
}

/// Only the archive of a release that was named is kept, under a key of its own.
#[test]
fn the_cache_is_that_of_one_release_for_one_machine() {
    let runner = Runner::new(World::green());
    for version in ["", "main", "8f3c2ab51d7e09c4a6b2f8e13d5907c4be61fa20", "v1.2.3\nkey=evil", "../../evil"]
    {
        let step = runner.step("plan", &[("INPUT_VERSION", version)]);
        assert_eq!((step.code, runner.read("GITHUB_OUTPUT").as_str()), (0, ""), "{version}: {}", step.log);
    }
    assert_eq!(runner.step("plan", &[("INPUT_VERSION", "9.9.9")]).code, 0);
    let (kept, key) = (runner.output("archive"), runner.output("key"));
    assert!(key.starts_with("gonogo-v9.9.9-") && kept.ends_with(".tar.gz"), "{kept} {key}");
    release(&runner, "v9.9.9");
    assert_eq!(install(&runner, "v9.9.9").code, 0);
    assert!(Path::new(&kept).exists(), "what is installed is what is kept");
}

/// A server that does not answer is told: it is no reason to build something else.
#[test]
fn a_release_that_can_not_be_fetched_is_an_error() {
    let runner = Runner::new(World::green());
    let set = [("INPUT_VERSION", "v9.9.9"), ("GONOGO_MIRROR", "https://127.0.0.1:9")];
    let step = runner.step("install", &set);
    assert!(step.code == 2 && step.log.contains("could not be fetched"), "{}", step.log);
    // A release that does not exist is not replaced by another version that happens to be here.
    let step = install(&runner, "v9.9.9");
    let said = concat!("the source of this action is v", env!("CARGO_PKG_VERSION"));
    assert!(step.code == 2 && step.log.contains(said), "{}", step.log);
}

fn archive(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    files.into_iter().find(|it| it.to_string_lossy().ends_with(".tar.gz")).unwrap()
}

#[test]
fn a_release_is_taken_only_when_checksum_and_attestation_hold() {
    let runner = Runner::new(World::green());
    let folder = release(&runner, "v9.9.9");
    let step = install(&runner, "9.9.9");
    assert_eq!(step.code, 0, "{}", step.log);
    assert!(step.log.contains("gonogo 9.9.9") && step.log.contains("attestation"), "{}", step.log);
    assert!(runner.read("GITHUB_PATH").trim_end().ends_with("/gonogo-bin"));
    runner.program("gh", "echo \"gh $*\"");
    let step = install(&runner, "v9.9.9");
    let by = "--repo acme/gonogo --signer-workflow acme/gonogo/.github/workflows/release.yml --source-ref refs/tags/v9.9.9";
    assert!(step.log.contains("gh attestation verify") && step.log.contains(by), "{}", step.log);
    assert_eq!(step.code, 0, "{}", step.log);
    runner.program("gh", "exit 1");
    let step = install(&runner, "v9.9.9");
    assert!(step.code == 2 && step.log.contains("cannot be verified"), "{}", step.log);
    // What is in the cache is verified, too.
    let cached = archive(&runner.at("temp/gonogo-download/v9.9.9"));
    std::fs::write(cached, "something else").unwrap();
    std::fs::remove_file(runner.at("bin/gh")).unwrap();
    let sums = runner.at("temp/gonogo-download/v9.9.9/SHA256SUMS");
    std::fs::write(
        sums,
        bash("sha256sum temp/gonogo-download/v9.9.9/*.tar.gz | sed 's|temp/.*/||'", &runner),
    )
    .unwrap();
    let step = install(&runner, "v9.9.9");
    assert!(step.code == 2 && step.log.contains("is not what SHA256SUMS says"), "{}", step.log);
    // No line for it is no proof.
    std::fs::remove_dir_all(runner.at("temp/gonogo-download")).unwrap();
    std::fs::write(folder.join("SHA256SUMS"), "").unwrap();
    let step = install(&runner, "v9.9.9");
    assert!(step.code == 2 && step.log.contains("has no line"), "{}", step.log);
}

#[test]
fn without_a_release_it_is_built_from_the_source_beside_it() {
    let runner = Runner::new(World::green());
    runner.program(
        "cargo",
        "echo \"cargo $*\" >&2; while [ $# -gt 1 ]; do [ \"$1\" != --root ] || root=$2; shift; done; mkdir -p \"$root/bin\"; \
         printf '#!/bin/bash\\necho gonogo built\\n' >\"$root/bin/gonogo\"; chmod +x \"$root/bin/gonogo\"",
    );
    for version in ["", "main", concat!("v", env!("CARGO_PKG_VERSION")), "../../evil"] {
        let step = install(&runner, version);
        assert_eq!(step.code, 0, "{version}: {}", step.log);
        assert!(
            step.log.contains("cargo install --locked") && step.log.contains("gonogo built"),
            "{}",
            step.log
        );
    }
}
