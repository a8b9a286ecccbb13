//! Files that are not to be believed, as CI and a user's machine meet them: the real binary, real checkouts, real exit
//! codes.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is measured")]

use std::{
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    github::GithubServer,
    program::{self, TOKEN, head},
    server::{Reply, Req, Server},
};

const LAUNCH: &str = concat!(
    head!(),
    "\
gates:
  - gate: checks
    title: Build and test are green
    github: { checks: { required: [build, test] } }
  - gate: regression
    title: The regression suite is green
    github: { workflow: { file: regression.yml, max_age: 2d } }
"
);

/// A world in which everything is green, and a checkout of a repository with the launch in it.
struct World {
    github: GithubServer,
    home: tempfile::TempDir,
}

impl World {
    fn green() -> Self {
        let github = GithubServer::start(|world| {
            world.token(TOKEN, "octocat");
            let repo = world.repo("acme/rocket");
            repo.commit("main", "c1").check("build", "success").check("test", "success");
            repo.run("regression.yml", "main", "success");
        });
        let world = Self { github, home: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(world.at("repo/launch")).unwrap();
        world.write(LAUNCH);
        world.git(&["init", "-q", "-b", "main"]);
        world.git(&["remote", "add", "origin", "https://github.com/acme/rocket.git"]);
        world.commit("base");
        world
    }

    fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, launch: &str) {
        std::fs::write(self.at("repo/launch/launch.yaml"), launch).unwrap();
    }

    fn git(&self, args: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.at("repo")).env("GIT_CONFIG_GLOBAL", "/dev/null").args(args);
        for (name, value) in [("NAME", "Octo"), ("EMAIL", "octo@acme.example")] {
            git.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        let output = git.output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn command(&self) -> Command {
        let mut command = gonogo(self.home.path());
        command.current_dir(self.at("repo"));
        command.env("GITHUB_TOKEN", TOKEN).env("GITHUB_API_URL", self.github.url());
        command
    }

    fn check(&self, env: &[(&str, &str)], more: &[&str]) -> Answer {
        let mut command = self.command();
        command.args(["--check", "launch", "--format", "json"]).args(more);
        Answer::of(command.envs(env.iter().copied()).output().unwrap())
    }

    fn event(&self, event: &Value) -> String {
        let path = self.at("event.json");
        std::fs::write(&path, event.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// The binary, alone in the world but for git.
fn gonogo(home: &Path) -> Command {
    let mut command = program::gonogo(home);
    command.env("PATH", "/usr/bin:/bin");
    command
}

struct Answer {
    code: i32,
    board: Value,
    text: String,
}

impl Answer {
    fn of(output: Output) -> Self {
        let board = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        let text = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it).into_owned());
        Self { code: output.status.code().unwrap(), board, text: text.concat() }
    }

    fn refused(&self, said: &[&str]) {
        assert_eq!(self.code, 2, "{}", self.text);
        assert!(said.iter().all(|it| self.text.contains(it)), "{said:?}\n{}", self.text);
    }
}

#[test]
fn a_plain_run_says_whose_files_it_has() {
    let world = World::green();
    let head = world.git(&["rev-parse", "HEAD"]);
    let answer = world.check(&[], &[]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    let files = &answer.board["files"];
    assert_eq!((&files["repository"], &files["commit"]), (&json!("acme/rocket"), &json!(head)));
    assert_eq!((&files["ref"], &files["doubt"]), (&json!("refs/heads/main"), &Value::Null));
    let text = Answer::of(world.command().args(["--check", "launch"]).output().unwrap());
    assert!(
        text.text.contains(&format!("files:  acme/rocket at refs/heads/main, commit {head}")),
        "{}",
        text.text
    );
    assert!(text.text.contains("target: acme/rocket at main, commit "), "{}", text.text);
    let push = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push"), ("GITHUB_SHA", head.as_str())];
    let pushed = world.check(&push, &[]);
    assert_eq!((pushed.code, &pushed.board["files"]["event"]), (0, &json!("push")));
}

#[test]
fn a_head_with_the_secrets_of_the_base_is_refused() {
    let world = World::green();
    let base = world.git(&["rev-parse", "HEAD"]);
    for event in ["pull_request_target", "workflow_run", "issue_comment"] {
        let env = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", event), ("GITHUB_SHA", base.as_str())];
        world.git(&["checkout", "-q", &base]);
        let own = world.check(&env, &[]);
        assert_eq!(own.code, 0, "the base itself: {}", own.text);
        assert_eq!(own.board["files"]["doubt"], Value::Null);
        // Written over the checkout of the base, as an artifact of the head would be.
        world.write(&LAUNCH.replace("max_age: 2d", "max_age: 20d"));
        world.check(&env, &[]).refused(&[event, &base, "acme/rocket at main", "--allow-untrusted-checklist"]);
        world.git(&["checkout", "-q", "-B", "head"]);
        let head = world.commit("head");
        world.check(&env, &[]).refused(&["acme/rocket at refs/heads/head", &head]);
        let allowed = world.check(&env, &["--allow-untrusted-checklist"]);
        assert_eq!(allowed.code, 0, "{}", allowed.text);
        assert!(allowed.board["files"]["doubt"].as_str().unwrap().contains(event));
        let mut attest = world.command();
        attest.args(["attest", "launch"]).envs(env);
        Answer::of(attest.output().unwrap()).refused(&["cannot be believed"]);
        let mut write = world.command();
        write.args(["act", "status", "--launch", "launch", "--yes-i-know", "STATUS success"]).envs(env);
        Answer::of(write.output().unwrap()).refused(&["cannot be believed"]);
        let mut trust = world.command();
        trust.args(["trust", "launch", "--yes"]).envs(env);
        Answer::of(trust.output().unwrap()).refused(&["cannot be believed"]);
    }
    // What is in no checkout can be anybody's.
    let loose = world.at("loose");
    std::fs::create_dir(&loose).unwrap();
    std::fs::write(loose.join("launch.yaml"), LAUNCH).unwrap();
    let mut command = world.command();
    command.args(["--check", loose.to_str().unwrap()]).env("GITHUB_EVENT_NAME", "workflow_run");
    Answer::of(command.env("GITHUB_SHA", &base).output().unwrap()).refused(&["cannot be believed"]);
}

/// A `.git` that somebody made up: it names the base's commit, holds other content under the names of its objects, and
/// would start programs if it could.
#[test]
fn a_git_folder_that_lies_proves_nothing_and_starts_nothing() {
    let world = World::green();
    let base = world.git(&["rev-parse", "HEAD"]);
    let env = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request_target"),
        ("GITHUB_SHA", base.as_str()),
    ];
    let honest = world.check(&env, &[]);
    assert_eq!((honest.code, &honest.board["files"]["by"]), (0, &json!("proof")), "{}", honest.text);
    // The same commit, and in it other rules under the name of the file's own blob.
    let looser = LAUNCH.replace("max_age: 2d", "max_age: 20d");
    let blob = world.git(&["rev-parse", "HEAD:launch/launch.yaml"]);
    let object = world.at(&format!("repo/.git/objects/{}/{}", &blob[..2], &blob[2..]));
    let real = std::fs::read(&object).unwrap();
    let forge = |content: &str| {
        let mut made = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut made, format!("blob {}\0{content}", content.len()).as_bytes())
            .unwrap();
        std::fs::remove_file(&object).unwrap();
        std::fs::write(&object, made.finish().unwrap()).unwrap();
    };
    forge(&looser);
    world.write(&looser);
    world.check(&env, &[]).refused(&["cannot be believed", &base]);
    // The real rules behind a lie about the repository: what is shown is said to be its word alone.
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, real).unwrap();
    world.write(LAUNCH);
    let canary = world.at("canary");
    let touch = format!("touch {}", canary.display());
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "diff.external",
        "gpg.program",
        "remote.origin.uploadpack",
        "filter.x.smudge",
        "filter.x.process",
        "alias.cat-file",
        "alias.hash-object",
    ] {
        let value = if key.starts_with("alias") { format!("!{touch}") } else { touch.clone() };
        world.git(&["config", key, &value]);
    }
    let hooks = world.at("repo/hooks");
    std::fs::create_dir(&hooks).unwrap();
    for hook in ["post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"] {
        std::fs::write(hooks.join(hook), format!("#!/bin/sh\n{touch}\n")).unwrap();
        std::fs::set_permissions(hooks.join(hook), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let git = world.at("repo/.git");
    let config = std::fs::read_to_string(git.join("config")).unwrap();
    let more = "[core]\n\thooksPath = hooks\n[extensions]\n\tpartialClone = origin\n[remote \"origin\"]\n\tpromisor = true\n\
                \turl = ext::sh -c \"touch canary\"\n";
    std::fs::write(
        git.join("config"),
        format!("[remote \"origin\"]\n\turl = https://h.example/acme/other.git\n{config}{more}"),
    )
    .unwrap();
    std::fs::create_dir_all(git.join("info")).unwrap();
    std::fs::write(git.join("info/attributes"), "* filter=x diff=x\n").unwrap();
    let told = world.check(&[], &[]);
    assert_eq!(told.code, 0, "{}", told.text);
    let files = &told.board["files"];
    assert_eq!((&files["repository"], &files["by"]), (&json!("acme/other"), &json!("checkout")));
    let text = Answer::of(world.command().args(["--check", "launch"]).output().unwrap());
    assert!(text.text.contains("acme/other at refs/heads/main, commit "), "{}", text.text);
    assert!(text.text.contains("as its .git says"), "{}", text.text);
    drop(world.check(&env, &[]));
    drop(world.check(&[], &["--baseline", "main"]));
    std::fs::remove_file(&object).unwrap();
    drop(world.check(&env, &[]));
    drop(world.check(&[], &["--baseline", "main"]));
    assert!(!canary.exists() && !world.at("repo/canary").exists(), "something of it was run");
}

#[test]
fn a_pull_request_of_a_fork_brings_no_rules_of_its_own() {
    let world = World::green();
    let base = world.git(&["rev-parse", "HEAD"]);
    let event = |repository: &str| {
        world.event(&json!({ "pull_request": {
            "number": 12,
            "head": { "sha": "b".repeat(40), "repo": { "full_name": repository } },
            "base": { "sha": base, "repo": { "full_name": "acme/rocket" } },
        }}))
    };
    let check = |repository: &str, more: &[&str]| {
        let path = event(repository);
        world.check(&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", path.as_str())], more)
    };
    assert_eq!(check("mallory/rocket", &[]).code, 0, "the files of the base branch");
    world.write(&LAUNCH.replace("[build, test]", "[build]"));
    world.git(&["checkout", "-q", "-B", "change"]);
    world.commit("change");
    assert_eq!(check("acme/rocket", &[]).code, 0, "whoever may push to the repository");
    check("mallory/rocket", &[]).refused(&["pull_request 12 from mallory/rocket", "the fork mallory/rocket"]);
    assert_eq!(check("mallory/rocket", &["--allow-untrusted-checklist"]).code, 0);
}

#[test]
fn a_pull_request_can_not_vote_itself_go() {
    let world = World::green();
    let base = world.git(&["rev-parse", "HEAD"]);
    let same = world.check(&[], &["--baseline", "main"]);
    assert_eq!(same.code, 0, "{}", same.text);
    assert_eq!(same.board["baseline"]["loosened"], json!([]));
    assert_eq!(same.board["baseline"]["with"], json!(format!("main, commit {base}")));
    let half = LAUNCH.split("  - gate: regression").next().unwrap().replace("[build, test]", "[build]");
    world.git(&["checkout", "-q", "-b", "change"]);
    world.write(&half);
    std::fs::write(world.at("base.yaml"), LAUNCH).unwrap();
    let file = world.at("base.yaml");
    for named in ["main", base.as_str(), "refs/heads/main", file.to_str().unwrap(), "../base.yaml"] {
        let answer = world.check(&[], &["--baseline", named]);
        assert_eq!(answer.code, 1, "{named}: {}", answer.text);
        assert_eq!(answer.board["verdict"], "no-go");
        let what: Vec<_> = answer.board["baseline"]["loosened"].as_array().unwrap().iter().collect();
        assert_eq!(what.len(), 2, "{what:?}");
        assert_eq!((&what[0]["what"], &what[0]["gate"]), (&json!("evidence"), &json!("launch/checks")));
        assert_eq!(
            (&what[1]["what"], &what[1]["gate"]),
            (&json!("gate-removed"), &json!("launch/regression"))
        );
        assert!(answer.board["reasons"][0].as_str().unwrap().contains("looser than the baseline"));
    }
    let mut text = world.command();
    text.args(["--check", "launch", "--baseline", "main"]);
    let text = Answer::of(text.output().unwrap());
    assert!(
        text.text.starts_with("NO-GO") && text.text.contains("launch/regression: the gate is gone"),
        "{}",
        text.text
    );
    let mut attest = world.command();
    attest.args(["attest", "launch", "--baseline", "main"]);
    let attest = Answer::of(attest.output().unwrap());
    assert!(attest.code == 1 && attest.text.contains("FAILED"), "{}", attest.text);
    // Stricter is no difference; neither is another version, for which the base is read.
    world
        .write(&LAUNCH.replace("max_age: 2d", "max_age: 1d").replace("[build, test]", "[build, test, lint]"));
    let stricter = world.check(&[], &["--baseline", "main"]);
    assert_eq!(stricter.board["baseline"]["loosened"], json!([]), "{}", stricter.text);
    world.write(&LAUNCH.replace("version: 2.0.0", "version: 2.0.1"));
    assert_eq!(world.check(&[], &["--baseline", "main"]).code, 0);
    // The text of a message is a file of the base as well.
    let message = "  messages: [{ message: out, title: Out, audience: all, via: { by_hand: blog }, at: T+1h, file: out.md }]\n";
    std::fs::write(world.at("repo/launch/out.md"), "It is out.\n").unwrap();
    world.write(&format!("{LAUNCH}comms:\n{message}"));
    world.commit("a message");
    let told = world.check(&[], &["--baseline", "change"]);
    assert_eq!(told.code, 0, "{}", told.text);
}

#[test]
fn a_baseline_is_what_was_meant_or_an_error() {
    let world = World::green();
    let refused = |named: &str, said: &str| world.check(&[], &["--baseline", named]).refused(&[said]);
    refused("origin/main", "no such ref");
    // A file of the change that is called like the ref which was not fetched.
    std::fs::create_dir_all(world.at("repo/origin/main")).unwrap();
    std::fs::write(world.at("repo/origin/main/launch.yaml"), LAUNCH).unwrap();
    refused("origin/main", "could be part of the change");
    std::fs::write(world.at("repo/main"), "x").unwrap();
    refused("main", "this is a ref and a file");
    // Git takes a tag before a branch, and more people may push tags.
    world.git(&["tag", "main"]);
    refused("main", "this is a tag and a branch: write refs/heads/main or refs/tags/main");
    world.git(&["update-ref", "refs/remotes/origin/next", "HEAD"]);
    world.git(&["tag", "next"]);
    refused("next~0", "this is a tag and a branch: write refs/remotes/origin/next or refs/tags/next");
    world.git(&["update-ref", "refs/heads/release@3", "HEAD"]);
    world.git(&["tag", "release@3"]);
    refused("release@3", "this is a tag and a branch: write refs/heads/release@3 or refs/tags/release@3");
    world.git(&["tag", "v1"]);
    assert_eq!(world.check(&[], &["--baseline", "v1"]).code, 0, "a tag alone is one");
    refused("./gone.yaml", "no such file");
    for odd in ["--help", "main:launch", "main launch", "@{-1}"] {
        let answer = world.check(&[], &[&format!("--baseline={odd}")]);
        assert_eq!(answer.code, 2, "{odd}: {}", answer.text);
    }
    world.git(&["checkout", "-q", "--orphan", "empty"]);
    world.git(&["rm", "-q", "-r", "--cached", "."]);
    world.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    refused("empty", "has no baseline yet");
    // What the checkout's own configuration would start is not started.
    world.git(&["config", "core.fsmonitor", "touch canary"]);
    world.git(&["config", "core.hooksPath", "."]);
    drop(world.check(&[], &["--baseline", "refs/heads/main"]));
    assert!(!world.at("repo/canary").exists());
}

/// 200 gates that name large files cost nothing while nobody trusts them, and afterwards each file once.
#[test]
fn what_untrusted_files_name_is_not_read() {
    let home = tempfile::tempdir().unwrap();
    let mut launch = LAUNCH.to_owned();
    std::fs::write(home.path().join("true.sh"), "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(home.path().join("true.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let large = std::fs::File::create(home.path().join("large")).unwrap();
    large.set_len(6 << 30).unwrap();
    for gate in 0..200 {
        launch +=
            &format!("  - gate: c{gate}\n    title: It is so\n    command: {{ argv: [./true.sh, large] }}\n");
    }
    std::fs::write(home.path().join("launch.yaml"), &launch).unwrap();
    let start = Instant::now();
    let check = || gonogo(home.path()).args(["--check", "--timeout", "1s"]).output().unwrap();
    assert_eq!(check().status.code(), Some(3));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // What is too large to be looked at cannot be trusted either.
    let trust = || Answer::of(gonogo(home.path()).args(["trust", "--yes"]).output().unwrap());
    trust().refused(&["cannot be trusted", "large", "too much to check each time"]);
    large.set_len(20 << 20).unwrap();
    assert_eq!(trust().code, 0, "{}", trust().text);
    let start = Instant::now();
    assert_eq!(check().status.code(), Some(3));
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn trust_says_what_it_covers_and_what_not() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("launch")).unwrap();
    std::fs::write(home.path().join("deploy.sh"), "#!/bin/sh\nexit 0\n").unwrap();
    let launch =
        format!("{LAUNCH}  - gate: run\n    title: It runs\n    command: {{ argv: [sh, ../deploy.sh] }}\n");
    std::fs::write(home.path().join("launch/launch.yaml"), launch).unwrap();
    let trust = Answer::of(gonogo(home.path()).args(["trust", "launch", "--yes"]).output().unwrap());
    assert_eq!(trust.code, 0, "{}", trust.text);
    for said in ["run sh ../deploy.sh", "as ../deploy.sh is now", "as /usr/bin/sh is now", "not covered"] {
        assert!(trust.text.contains(said), "{said}: {}", trust.text);
    }
    let run = || {
        let check = gonogo(home.path()).args(["--check", "launch", "--format", "json"]).output().unwrap();
        Answer::of(check).board["gates"].as_array().unwrap().last().unwrap().clone()
    };
    assert_eq!(run()["verdict"], "go");
    std::fs::write(home.path().join("deploy.sh"), "#!/bin/sh\ntouch canary\n").unwrap();
    let refused = run();
    assert!(refused["reason"].as_str().unwrap().contains("is not what you trusted"), "{refused}");
    assert!(!home.path().join("launch/canary").exists());
    let taken = Answer::of(gonogo(home.path()).args(["trust", "launch", "--revoke"]).output().unwrap());
    assert!(taken.text.contains("no longer trusted"), "{}", taken.text);
}

/// A pipe or a device in place of a file neither hangs nor fills the memory, and nothing is written through a link.
#[test]
fn recordings_exports_and_pages_are_regular_files() {
    let world = World::green();
    let pipe = world.at("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let large = world.at("large");
    std::fs::File::create(&large).unwrap().set_len(6 << 30).unwrap();
    for file in [pipe.as_path(), large.as_path(), Path::new("/dev/zero")] {
        for verb in ["--check --replay", "verify --export", "report --replay"] {
            let answer = Answer::of(world.command().args(verb.split(' ')).arg(file).output().unwrap());
            assert_eq!(answer.code, 2, "{verb} {}: {}", file.display(), answer.text);
        }
    }
    let victim = world.at("victim");
    std::fs::write(&victim, "precious").unwrap();
    symlink(&victim, world.at("link")).unwrap();
    let link = world.at("link");
    for verb in ["report launch -o", "attest launch -o"] {
        for to in [&link, &pipe] {
            let answer = Answer::of(world.command().args(verb.split(' ')).arg(to).output().unwrap());
            assert_eq!(answer.code, 2, "{verb} {}: {}", to.display(), answer.text);
        }
    }
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    let page = world.at("page.json");
    for _ in 0..2 {
        let args = ["report", "launch", "--format", "json", "-o"];
        let answer = Answer::of(world.command().args(args).arg(&page).output().unwrap());
        assert_eq!(answer.code, 0, "{}", answer.text);
        let written: Value = serde_json::from_slice(&std::fs::read(&page).unwrap()).unwrap();
        assert_eq!(written["complete"], true);
    }
}

/// What GitHub's runner obeys, by its own rules: `::name` behind leading blanks, `##[name` anywhere.
fn commands(text: &str) -> Vec<String> {
    let obeyed = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
    text.split(['\n', '\r']).filter(obeyed).map(str::to_owned).collect()
}

#[test]
fn no_output_commands_a_runner() {
    let world = World::green();
    let hostile = LAUNCH.replace("title: Rocket 2", "title: '##[error]Rocket ::error::2'")
        + "  - gate: sure\n    title: '##[add-mask]sure'\n    sign_off: { by: [qa] }\n"
        + "roll_call: { final_call: qa, stations: [{ station: qa }] }\n";
    world.write(&hostile);
    let run = |args: &[&str]| {
        let mut command = world.command();
        command.args(args).env("GITHUB_EVENT_NAME", "##[group]push").env("GITHUB_REPOSITORY", "::error::x");
        Answer::of(command.output().unwrap()).text
    };
    let note = "##[error]note \u{85}::error::y";
    let launch = ["--launch", "launch"];
    let mut outputs = vec![
        run(&["sign", "launch/sure", "--go", "--note", note, launch[0], launch[1]]),
        run(&["decide", "--no-go", "--reason", note, "--minutes", "-", launch[0], launch[1]]),
    ];
    for verb in ["show", "show --format json", "export", "head", "verify"] {
        let args: Vec<_> = ["journal"].into_iter().chain(verb.split(' ')).chain(launch).collect();
        outputs.push(run(&args));
    }
    for args in [
        "--check launch",
        "--check launch --format json --verbose",
        "--check launch --baseline main",
        "report launch",
        "report launch --format json",
        "report launch --format svg",
        "attest launch",
        "minutes --launch launch",
        "minutes --launch launch --record",
        "replay launch",
        "replay launch --format json",
        "history launch",
        "validate launch",
        "trust launch --yes",
        "verify",
        "doctor launch",
        "doctor launch --format json",
        "--check ##[x] ::error::y",
    ] {
        outputs.push(run(&args.split(' ').collect::<Vec<_>>()));
    }
    for output in &outputs {
        assert_eq!(commands(output), Vec::<String>::new(), "{output}");
    }
    let export = run(&["journal", "export", launch[0], launch[1]]);
    assert!(export.contains("#\\u0023[error]note"), "{export}");
    let file = world.at("export.jsonl");
    std::fs::write(&file, &export).unwrap();
    let proof = run(&["verify", "--export", file.to_str().unwrap()]);
    assert!(proof.starts_with("ok: rocket-2"), "the chain is over the same text: {proof}");
}

const SECRET: &str = "canary/Token+0123456789abcdef";

/// Every form in which a server may repeat a credential.
fn quotations() -> Vec<String> {
    let each = |form: fn(char) -> String| SECRET.chars().map(form).collect::<String>();
    vec![
        SECRET.to_owned(),
        SECRET.to_uppercase(),
        SECRET.to_lowercase(),
        each(|c| format!("%{:02X}", u32::from(c))),
        each(|c| format!("%25{:02x}", u32::from(c))),
        SECRET.replace('/', "%2F").replace('+', "%2B"),
        "Y2FuYXJ5L1Rva2VuKzAxMjM0NTY3ODlhYmNkZWY=".to_owned(),
        SECRET.bytes().map(|byte| format!("{byte:02x}")).collect(),
        each(|c| format!("&#{};", u32::from(c))),
    ]
}

/// A server that repeats its caller's credential wherever it can, in one form at a time.
fn quoting(form: usize) -> impl Fn(&Req) -> Reply + Send + 'static {
    move |_: &Req| {
        let said = &quotations()[form];
        let unicode: String = said.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let (status, body) = match form % 3 {
            0 => (
                401,
                format!("{{\"message\":\"bad key {said}\",\"errors\":[\"{unicode}\"],\"error\":\"{said}\"}}"),
            ),
            1 => (
                422,
                format!(
                    "{{\"errors\":[{{\"message\":\"{unicode}\"}}],\"{said}\":\"{said}\",\"title\":\"{said}\"}}"
                ),
            ),
            _ => (200, format!("{{\"{said}\":1,\"{said}\":\"{said}\",\"message\":\"{said}\"}}")),
        };
        let kind =
            if form.is_multiple_of(2) { "application/json".to_owned() } else { format!("text/{said}") };
        Reply::text(status, &kind, &body).with("x-said", said)
    }
}

#[test]
fn a_credential_that_a_server_repeats_is_shown_nowhere() {
    std::thread::scope(|scope| {
        for form in 0..quotations().len() {
            scope.spawn(move || repeated(form));
        }
    });
}

/// One form of quotation, over every way of showing what servers say.
fn repeated(form: usize) {
    let server = Server::start(quoting(form));
    let home = tempfile::tempdir().unwrap();
    let sources = [
        ("jira", "issues: { jql: 'x = y' }"),
        ("prometheus", "query: up, at_least: 1"),
        ("datadog", "monitor: { id: \"42\" }"),
        ("sentry", "issues: { environment: production }"),
        ("notion", "page: { id: x, property: Status, done: [Done] }"),
        ("pagerduty", "incidents: { service: PX }"),
        ("statuspage", "status: { page: Acme }"),
    ];
    let mut launch = LAUNCH.to_owned();
    let mut settings = "connections:\n".to_owned();
    for (source, limits) in sources {
        launch += &format!("  - gate: {source}\n    title: It is so\n    {source}: {{ {limits} }}\n");
        settings +=
            &format!("  {source}: {{ source: {source}, url: '{}', token_env: SECRET }}\n", server.url());
    }
    std::fs::write(home.path().join("launch.yaml"), launch).unwrap();
    std::fs::write(home.path().join("settings.yaml"), settings).unwrap();
    let mut seen = String::new();
    for args in [
        "--check --verbose",
        "--check --format json",
        "report",
        "report --format svg --size 200x60",
        "attest",
        "doctor",
        "doctor --format json",
    ] {
        let mut command = gonogo(home.path());
        command.args(args.split(' ')).args(["--settings", "settings.yaml", "--timeout", "2s"]);
        command.env("SECRET", format!("me@acme.example:{SECRET}")).env("GITHUB_TOKEN", SECRET);
        command.env("GITHUB_API_URL", server.url()).env("RUST_LOG", "trace");
        seen += &Answer::of(command.output().unwrap()).text;
    }
    assert!(server.count() > 0, "nothing was asked: {seen}");
    let shown = |text: &str| text.to_lowercase().replace(['\n', ' '], "");
    let (seen, said) = (shown(&seen), &quotations()[form]);
    for needle in [said.as_str(), SECRET] {
        // A cut quotation is one as well.
        let needle: String = shown(needle).chars().take(24).collect();
        assert!(!seen.contains(&needle), "{said}: {needle}\n{seen}");
    }
}

/// What a hostile launch makes of a few bytes.
#[test]
fn output_grows_with_the_launch_and_no_faster() {
    let head = LAUNCH.split("gates:").next().unwrap();
    let chain = |count: usize| {
        let mut text = format!("{head}gates:\n  - gate: g0\n    title: First\n    task: {{ by: [qa] }}\n");
        for gate in 1..count {
            let id = format!("g{gate}-{}", "x".repeat(50));
            let before =
                if gate == 1 { "g0".to_owned() } else { format!("g{}-{}", gate - 1, "x".repeat(50)) };
            text += &format!(
                "  - gate: {id}\n    title: Next\n    needs: [{before}]\n    task: {{ by: [qa] }}\n"
            );
        }
        text
    };
    let people = |count: usize| {
        let names: Vec<_> = (0..200).map(|at| format!("p{at}-{}", "x".repeat(40))).collect();
        let all: String = names.iter().map(|it| format!("  {it}: {{ name: x }}\n")).collect();
        let mut text = head.replace(
            "people: { octo: { name: Octo, github: octocat } }",
            &format!("people:\n  octo: {{ name: Octo }}\n{}", all.trim_end()),
        );
        text +=
            &format!("gates:\n  - gate: g0\n    title: All\n    task: {{ by: [{}] }}\n", names.join(", "));
        for gate in 1..count {
            text += &format!("  - gate: g{gate}\n    title: N\n    needs: [g0]\n    task: {{ by: [qa] }}\n");
        }
        text
    };
    let left_out = |count: usize| {
        let mut text = format!(
            "{head}variables: {{ x: '{}' }}\ngates:\n  - gate: g0\n    title: F\n    task: {{ by: [qa] }}\n",
            "x".repeat(60_000)
        );
        for gate in 1..count {
            text += &format!(
                "  - gate: g{gate}\n    title: N\n    when: {{ x: [a] }}\n    task: {{ by: [qa] }}\n"
            );
        }
        text
    };
    for (what, text) in
        [("a chain", chain(3_000)), ("many people", people(3_000)), ("a long value", left_out(3_000))]
    {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("launch.yaml"), &text).unwrap();
        for args in ["--check --verbose", "--check --format json", "report", "report --format json"] {
            let output = gonogo(home.path()).args(args.split(' ')).output().unwrap();
            let (size, most) = (output.stdout.len(), 20 * text.len() + (1 << 20));
            assert!(size < most, "{what}: {args}: {} bytes make {size}", text.len());
            assert!(
                output.status.code() == Some(3) || output.status.code() == Some(0),
                "{what}: {}",
                Answer::of(output).text
            );
        }
    }
}
