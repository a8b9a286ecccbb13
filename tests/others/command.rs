//! Programs of this machine, as `command` gates run them.
#![cfg(unix)]

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt, path::Path, sync::Arc, time::Duration};

use gonogo::{
    domain::{Digest, Failure, FailureKind, Finding},
    source::{
        Batch, Source,
        command::{CommandPolicy, CommandSource, fingerprints},
        http::{ExchangeLimits, Http},
    },
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::kit::{ask, decode, question, word};

fn config(root: &Path) -> CommandPolicy {
    CommandPolicy {
        trusted: true,
        files: named(root, &["./it"]),
        root: Some(root.to_owned()),
        path: Some("/usr/bin:/bin".into()),
        lang: Some("C.UTF-8".into()),
        launch: "launch.yaml".into(),
        veil: Arc::default(),
    }
}

fn named(root: &Path, words: &[&str]) -> BTreeMap<String, Digest> {
    let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
    fingerprints(root, Some("/usr/bin:/bin".as_ref()), &words).unwrap()
}

/// A folder with a script `it`.
fn folder(script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn run(script: &str, limits: &str) -> Result<Finding, Failure> {
    let folder = folder(script);
    ask(
        &CommandSource::new(config(folder.path())),
        &question(&format!("command: {{ argv: [./it]{limits} }}")),
    )
    .await
}

/// A program may read a token where the user keeps it, and say it.
#[tokio::test]
async fn what_a_program_repeats_of_a_secret_is_hidden() {
    const CANARY: &str = "ghp_CANARYcanary0123456789";
    let folder = folder(&format!("printf '%0190d {CANARY}\\n' 0; echo token {CANARY} >&2; exit 1"));
    let http = Http::direct(ExchangeLimits::default()).unwrap().hiding(&[CANARY.into()]);
    let config = CommandPolicy { veil: http.veil(), ..config(folder.path()) };
    let found = ask(&CommandSource::new(config), &question("command: { argv: [./it] }")).await.unwrap();
    let shown = format!("{found:?}");
    assert!(shown.contains("token ***") && !shown.contains("CANARY") && !shown.contains("ghp_"), "{shown}");
}

#[tokio::test]
async fn only_listed_exit_codes_say_anything() {
    for (script, limits, expected) in [
        ("exit 0", "", "Holds"),
        ("exit 1", "", "Fails"),
        ("exit 2", "", "Unclear"),
        ("exit 127", "", "Unclear"),
        ("kill -9 $$", "", "Unclear"),
        ("kill -15 $$", "", "Unclear"),
        ("exit 0", ", go: [3]", "Unclear"),
        ("exit 3", ", go: [0, 3]", "Holds"),
        ("exit 7", ", no_go: [7]", "Fails"),
        ("exit 1", ", no_go: []", "Unclear"),
    ] {
        let found = run(script, limits).await;
        assert_eq!(word(&found), expected, "{script} {limits}: {found:?}");
    }
}

#[tokio::test]
async fn an_answer_is_as_old_as_its_own_run() {
    let folder = folder("exit 0");
    let (clock, before) = (super::kit::clock(), super::kit::clock()());
    let command = CommandSource::new(config(folder.path())).timed_by(clock);
    let asked = question("command: { argv: [./it] }");
    let report = super::kit::report(&command, &asked).await;
    assert!(report.begun[&asked.gate].boot >= before.boot, "it tells when the program began: {report:?}");
    assert!(command.asks_apart(), "and none waits for the poll of another");
}

#[tokio::test]
async fn a_program_that_is_not_there_or_can_not_run_is_a_failure() {
    let folder = folder("exit 0");
    std::fs::write(folder.path().join("plain"), "no program").unwrap();
    let files = named(folder.path(), &["./plain"]);
    let command = CommandSource::new(CommandPolicy { files, ..config(folder.path()) });
    for argv in ["[./gone]", "[no-such-program-of-anybody]", "[./plain]", "[./]", "[..]"] {
        let found = ask(&command, &question(&format!("command: {{ argv: {argv} }}"))).await;
        assert_eq!(word(&found), "NotFound", "{argv}: {found:?}");
    }
    let no_path = CommandSource::new(CommandPolicy { path: Some(".:bin:".into()), ..config(folder.path()) });
    assert_eq!(
        word(&ask(&no_path, &question("command: { argv: [it] }")).await),
        "NotFound",
        "PATH from here is none"
    );
}

#[tokio::test]
async fn files_that_are_not_trusted_run_nothing() {
    let folder = folder("touch canary; exit 0");
    let command = CommandSource::new(CommandPolicy { trusted: false, ..config(folder.path()) });
    let failure = ask(&command, &question("command: { argv: [./it] }")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotAllowed);
    assert!(failure.next.unwrap().ends_with("gonogo trust launch.yaml"));
    assert!(!folder.path().join("canary").exists());
    let homeless = CommandSource::new(CommandPolicy { root: None, ..config(folder.path()) });
    assert_eq!(word(&ask(&homeless, &question("command: { argv: [./it] }")).await), "NotAllowed");
    assert!(!folder.path().join("canary").exists());
}

#[tokio::test]
async fn there_is_no_shell() {
    let folder = folder("printf '%s\\n' \"$@\" > args; exit 0");
    let yaml = "command: { argv: [./it, '; touch canary', '$(touch canary)', '`touch canary`', '&& touch canary', '*', ''] }";
    assert_eq!(word(&ask(&CommandSource::new(config(folder.path())), &question(yaml)).await), "Holds");
    let args = std::fs::read_to_string(folder.path().join("args")).unwrap();
    assert_eq!(args, "; touch canary\n$(touch canary)\n`touch canary`\n&& touch canary\n*\n\n");
    assert!(!folder.path().join("canary").exists());
    let one = "command: { argv: ['./it; touch canary'] }";
    assert_eq!(word(&ask(&CommandSource::new(config(folder.path())), &question(one)).await), "NotFound");
    assert!(!folder.path().join("canary").exists());
}

#[tokio::test]
async fn the_environment_is_empty_but_for_what_is_named() {
    let folder = folder("env | sort > seen; pwd >> seen; cat >> seen; exit 0");
    assert_eq!(
        word(&ask(&CommandSource::new(config(folder.path())), &question("command: { argv: [./it] }")).await),
        "Holds"
    );
    let seen = std::fs::read_to_string(folder.path().join("seen")).unwrap();
    let names: Vec<&str> =
        seen.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    let ours = ["GONOGO_GATE", "GONOGO_REF", "GONOGO_REPOSITORY", "GONOGO_VERSION", "LANG", "PATH", "TERM"];
    // The shell adds its own.
    let shells = ["PWD", "SHLVL", "_", "OLDPWD"];
    assert!(names.iter().all(|name| ours.contains(name) || shells.contains(name)), "{seen}");
    assert!(ours.iter().all(|name| names.contains(name)), "{seen}");
    assert!(seen.contains("TERM=dumb\n") && seen.contains("GONOGO_VERSION=3.0.0\n"), "{seen}");
    let root = folder.path().canonicalize().unwrap();
    assert!(seen.ends_with(&format!("{}\n", root.display())), "its folder, and no standard input: {seen}");
}

#[tokio::test]
async fn a_commit_is_told_when_the_ref_is_one() {
    let folder = folder("test \"$GONOGO_COMMIT\" = \"$GONOGO_REF\"");
    let mut question = question("command: { argv: [./it] }");
    question.git_ref = "0123456789abcdef0123456789abcdef01234567".into();
    assert_eq!(word(&ask(&CommandSource::new(config(folder.path())), &question).await), "Holds");
}

#[tokio::test]
async fn what_runs_too_long_is_ended_with_its_children() {
    // Long enough that the program has begun on a busy machine; it waits for ever.
    let folder = folder("sleep 600 & echo $! > child; sleep 600");
    let yaml = "command: { argv: [./it], timeout: 5s }";
    let failure = ask(&CommandSource::new(config(folder.path())), &question(yaml)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert!(is_gone(folder.path()).await, "its child still runs");
}

#[tokio::test]
async fn what_is_left_behind_is_ended_too() {
    let folder = folder("sleep 600 & echo $! > child; exit 0");
    let before = super::kit::clock()().boot;
    let found = ask(&CommandSource::new(config(folder.path())), &question("command: { argv: [./it] }")).await;
    assert_eq!(word(&found), "Holds", "{found:?}");
    assert!(super::kit::clock()().boot - before < Duration::from_secs(30));
    assert!(is_gone(folder.path()).await, "its child still runs");
}

#[tokio::test]
async fn a_cancelled_poll_leaves_nothing_running() {
    let folder = folder("sleep 600 & echo $! > child; sleep 600");
    let command = Arc::new(CommandSource::new(config(folder.path())));
    let cancel = CancellationToken::new();
    let (running, token) = (Arc::clone(&command), cancel.clone());
    let asked = tokio::spawn(async move {
        let batch = Batch { questions: vec![question("command: { argv: [./it] }")], targets: Vec::new() };
        running.ask(&batch, &token).await
    });
    let child = folder.path().join("child");
    while !std::fs::read_to_string(&child).is_ok_and(|text| text.ends_with('\n')) {
        tokio::task::yield_now().await;
    }
    cancel.cancel();
    let report = asked.await.unwrap();
    assert_eq!(word(&report.answers[0].1), "TimedOut");
    assert!(is_gone(folder.path()).await, "its child still runs");
}

/// Whether the process whose number stands in `child` has ended.
async fn is_gone(folder: &Path) -> bool {
    let child: i32 = std::fs::read_to_string(folder.join("child")).unwrap().trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(child).unwrap();
    // Generous: what it is to catch is a child that sleeps for ten minutes.
    let patience = tokio::time::Instant::now() + super::kit::LONG;
    while tokio::time::Instant::now() < patience {
        // A zombie that init has not collected yet has ended.
        let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        let zombie = state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
        if zombie || rustix::process::test_kill_process(pid).is_err() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn output_is_capped_and_its_end_is_shown() {
    let found = run("seq 1 20; echo last >&2", "").await.unwrap();
    assert_eq!(found.rows.last().map(|row| &**row), Some("last"));
    assert!(found.rows.len() <= 5);
    let found = run("yes", ", timeout: 30s").await;
    assert_eq!(word(&found), "Rejected", "{found:?}");
    let found = run("head -c 60000 /dev/zero", "").await;
    assert_eq!(word(&found), "Holds", "{found:?}");
}

#[test]
fn what_a_gate_may_say() {
    for (limits, problem) in [
        ("argv: []", "names no program"),
        ("argv: ['']", "must be written out"),
        ("argv: ['{{ answers.qa/x.program }}']", "must be written out"),
        ("argv: ./it", "expected a list"),
        ("argv: [./it], go: []", "nothing could pass"),
        ("argv: [./it], go: [0, 1]", "cannot mean both"),
        ("argv: [./it], go: [256]", "not an exit code"),
        ("argv: [./it], timeout: 11m", "longer than a poll can wait"),
        ("argv: [./it], shell: true", "unknown key `shell`"),
    ] {
        let problems = decode(&format!("command: {{ {limits} }}"), &[]).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(problem)), "{limits}: {problems:?}");
    }
}

#[tokio::test]
async fn gates_that_run_the_same_program_are_each_told_of_themselves() {
    let folder =
        folder("echo \"$GONOGO_GATE $GONOGO_REPOSITORY\" >> seen; test \"$GONOGO_REPOSITORY\" = acme/good");
    let command = CommandSource::new(config(folder.path()));
    let of = |gate: &str, repository: &str| {
        let mut question = question("command: { argv: [./it] }");
        (question.gate, question.repository) = (gate.into(), repository.into());
        question
    };
    let questions = vec![of("docs/a", "acme/good"), of("docs/b", "acme/bad"), of("docs/c", "acme/good")];
    let report = command.ask(&Batch { questions, targets: Vec::new() }, &CancellationToken::new()).await;
    let words: BTreeMap<String, String> =
        report.answers.iter().map(|(gate, answer)| (gate.to_string(), word(answer))).collect();
    let expected = [("docs/a", "Holds"), ("docs/b", "Fails"), ("docs/c", "Holds")];
    assert_eq!(words, expected.map(|(gate, word)| (gate.to_owned(), word.to_owned())).into());
    assert_eq!(std::fs::read_to_string(folder.path().join("seen")).unwrap().lines().count(), 3);
}

#[tokio::test]
async fn what_changed_after_it_was_trusted_is_not_run() {
    let folder = folder("touch canary; exit 0");
    std::fs::write(folder.path().join("rules.txt"), "strict").unwrap();
    std::os::unix::fs::symlink("rules.txt", folder.path().join("link")).unwrap();
    let argv = "command: { argv: [./it, rules.txt, link, --all] }";
    let files = named(folder.path(), &["./it", "rules.txt", "link", "--all"]);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["./it", "/bin/sh", "link", "rules.txt"],
        "what interprets it and what it is given count"
    );
    let command = CommandSource::new(CommandPolicy { files, ..config(folder.path()) });
    assert_eq!(word(&ask(&command, &question(argv)).await), "Holds");
    std::fs::remove_file(folder.path().join("canary")).unwrap();

    let refused = async |what: &str| {
        let failure = ask(&command, &question(argv)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotAllowed, "{what}: {failure:?}");
        assert!(failure.next.unwrap().contains("gonogo trust launch.yaml"), "{what}");
        assert!(!folder.path().join("canary").exists(), "{what}: it ran");
    };
    std::fs::write(folder.path().join("rules.txt"), "lax").unwrap();
    refused("an argument that changed").await;
    std::fs::remove_file(folder.path().join("rules.txt")).unwrap();
    refused("an argument that is gone").await;
    std::fs::write(folder.path().join("rules.txt"), "strict").unwrap();
    assert_eq!(word(&ask(&command, &question(argv)).await), "Holds", "as it was");
    std::fs::remove_file(folder.path().join("canary")).unwrap();
    std::fs::write(folder.path().join("--all"), "a file now").unwrap();
    refused("an argument that has become a file").await;
    std::fs::remove_file(folder.path().join("--all")).unwrap();
    let script = "#!/bin/sh\ntouch canary\n# other\n";
    std::fs::write(folder.path().join("it"), script).unwrap();
    refused("the program").await;
}

#[tokio::test]
async fn a_connection_that_nothing_is_asked_by_is_no_answer() {
    let setup = super::kit::setup("jira", "https://h.example", None);
    for source in ["command", "http"] {
        let opened = gonogo::source::register::open(&setup, source, Some("eu")).unwrap();
        let failure = ask(&*opened, &question("command: { argv: [./it] }")).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotConfigured, "{source}");
        assert!(failure.message.contains("`eu`") && failure.next.is_some(), "{failure:?}");
    }
}

/// Programs by name, what lies outside the folder, what a link leads to, folders, and what a text names.
#[tokio::test]
async fn what_runs_is_covered_wherever_it_is() {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("launch");
    let bin = outer.path().join("bin");
    for folder in ["launch", "bin", "tools", "tools/deep", "other"] {
        std::fs::create_dir(outer.path().join(folder)).unwrap();
    }
    let script = |name: &str| {
        let path = outer.path().join(name);
        std::fs::write(&path, "#!/bin/sh\ntouch canary\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    for name in ["bin/deploy", "tools/run", "tools/deep/lib", "other/run"] {
        script(name);
    }
    std::os::unix::fs::symlink("../tools/run", root.join("link")).unwrap();
    std::fs::write(outer.path().join("tools/rules.txt"), "strict").unwrap();
    let path: std::ffi::OsString = format!("{}:/usr/bin:/bin", bin.display()).into();
    let changes: [(&str, &[&str], &str); 8] = [
        ("a program by its name", &["deploy"], "bin/deploy"),
        ("a program outside", &["../tools/run"], "tools/run"),
        ("the script of an interpreter", &["sh", "../tools/run"], "tools/run"),
        ("what a link leads to", &["./link"], "tools/run"),
        ("a folder outside", &["true", "-C../tools"], "tools/deep/lib"),
        ("the value of a flag", &["true", "--rules=../tools/rules.txt"], "tools/rules.txt"),
        ("a file with a list", &["true", "@../tools/rules.txt"], "tools/rules.txt"),
        ("what a text names", &["sh", "-c", "true; ../tools/run --all"], "tools/run"),
    ];
    for (what, words, changed) in changes {
        let argv: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let files = fingerprints(&root, Some(&path), &argv).unwrap();
        let config = CommandPolicy { files, path: Some(path.clone()), ..config(&root) };
        let command = CommandSource::new(config);
        let gate = question(&format!("command: {{ argv: {} }}", serde_json::to_string(&argv).unwrap()));
        assert_eq!(word(&ask(&command, &gate).await), "Holds", "{what}");
        let before = std::fs::read(outer.path().join(changed)).unwrap();
        std::fs::write(outer.path().join(changed), "#!/bin/sh\ntouch other\n").unwrap();
        let failure = ask(&command, &gate).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotAllowed, "{what}: {failure:?}");
        assert!(!root.join("other").exists(), "{what}: it ran");
        std::fs::write(outer.path().join(changed), before).unwrap();
    }
    // The same bytes in another place are another program.
    let argv = vec!["./link".to_owned()];
    let files = fingerprints(&root, Some(&path), &argv).unwrap();
    std::fs::remove_file(root.join("link")).unwrap();
    std::os::unix::fs::symlink("../other/run", root.join("link")).unwrap();
    let command = CommandSource::new(CommandPolicy { files, path: Some(path.clone()), ..config(&root) });
    assert_eq!(word(&ask(&command, &question("command: { argv: [./link] }")).await), "NotAllowed");
    // What cannot be looked at cannot be trusted: a folder behind a link, and one that is too large.
    std::os::unix::fs::symlink("..", outer.path().join("tools/up")).unwrap();
    let refused = fingerprints(&root, Some(&path), &["true".into(), "../tools".into()]).unwrap_err();
    assert!(refused.to_string().contains("is a link to a folder"), "{refused}");
    let large = outer.path().join("large");
    std::fs::File::create(&large).unwrap().set_len(600 << 20).unwrap();
    let refused = fingerprints(&root, Some(&path), &["true".into(), "../large".into()]).unwrap_err();
    assert!(refused.to_string().contains("too much to check each time"), "{refused}");
    // A device is never read.
    let device = fingerprints(&root, Some(&path), &["true".into(), "/dev/zero".into()]).unwrap();
    assert!(device.contains_key("/dev/zero"));
}
