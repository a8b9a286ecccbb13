//! Two cockpits, each in a terminal of its own, at one journal on a real PostgreSQL: what one records the other shows,
//! and a server that goes away takes no word with it.
//!
//! `GONOGO_LONG=1` restarts the server a hundred times instead of three.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is measured")]

use crate::support;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use support::{
    postgres::Server,
    proxy::{Cut, Proxy},
    screen::Screen,
};

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }
schedule: { t0: 2100-01-01T09:00, timezone: UTC }
people: { hu: { name: Hu }, mo: { name: Mo } }
roles: { qa: { people: [hu, mo] } }
roll_call: { stations: [{ station: qa }], final_call: qa }
gates:
";

/// A launch of so many tasks, all of the same role.
fn launch(gates: usize) -> String {
    let gate = |n: usize| format!("  - {{ gate: g{n}, title: Task number {n}, task: {{ by: [qa] }} }}\n");
    (1..=gates).map(gate).fold(LAUNCH.to_owned(), |all, one| all + &one)
}

/// A cockpit of `who`, at the shared journal. The password is not in its arguments.
fn cockpit(who: &str, url: &str, gates: usize) -> Screen {
    let environment =
        [("USER", who), ("GITHUB_API_URL", "http://127.0.0.1:9"), ("GONOGO_JOURNAL_PASSWORD", "canary")];
    Screen::open(&["--journal", url], &environment, |home| {
        std::fs::write(home.join("launch.yaml"), launch(gates)).unwrap();
    })
}

fn is_long() -> bool {
    std::env::var("GONOGO_LONG").is_ok_and(|it| it == "1")
}

fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Says go on the next open gate, by keys; answers with the moment at which it was sent.
fn sign(screen: &mut Screen) -> Instant {
    // A long list is folded at first.
    screen.press("lbsg");
    let sent = Instant::now();
    screen.press("\r");
    sent
}

/// A shared server with a database, or nothing, loudly. The role's password has to be given.
fn database(test: &str) -> Option<(Server, String)> {
    let server = Server::start(test, &[])?;
    let name = server.database();
    let url = format!("postgres://owner@127.0.0.1:{}/{name}", server.port());
    Some((server, url))
}

#[test]
fn a_word_in_one_cockpit_is_in_the_other_within_a_second() {
    const GATES: usize = 8;
    let Some((_server, url)) = database("two cockpits at one PostgreSQL") else { return };
    let mut cockpits = [cockpit("hu", &url, GATES), cockpit("mo", &url, GATES)];
    for screen in &cockpits {
        screen.sees(&format!("0 go of {GATES}"));
    }
    let mut took = Vec::new();
    for n in 1..=GATES {
        let [one, two] = &mut cockpits;
        let (signer, other) = if n % 2 == 0 { (two, one) } else { (one, two) };
        let shown = format!("{n} go of {GATES}");
        let sent = sign(signer);
        other.sees(&shown);
        took.push(sent.elapsed());
        signer.sees(&shown);
    }
    took.sort();
    say(&format!(
        "shared: from Enter in one cockpit to the other's screen: median {:?}, longest {:?}",
        took[GATES / 2],
        took[GATES - 1]
    ));
    // The figure itself is for a machine that does nothing else; elsewhere, that it is no timer's doing.
    let limit = Duration::from_secs(if is_long() { 1 } else { 10 });
    assert!(took[GATES / 2] < limit, "{took:?}");
    for mut screen in cockpits {
        screen.sees(&format!("{GATES} go of {GATES}"));
        screen.press("q");
        assert_eq!(screen.ends(), 0);
    }
}

/// What a cockpit says instead of opening a form.
const REFUSED: &str = "the journal is offline, nothing can be recorded";

fn is_offline(screen: &Screen, offline: bool) {
    let shows = |seen: &support::screen::Seen| {
        seen.terminal.screen().contents().to_lowercase().contains("journal offline") == offline
    };
    screen.wait(shows).unwrap_or_else(|shown| panic!("offline is not {offline}:\n{shown}"));
}

/// Runs the program at the same journal, beside the cockpits.
fn gonogo(home: &std::path::Path, url: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.env_clear().env("HOME", home).env("USER", "mo").current_dir(home).stdin(Stdio::null());
    command.env("GITHUB_API_URL", "http://127.0.0.1:9").env("GONOGO_JOURNAL_PASSWORD", "canary");
    let output = command.args(arguments).args(["--journal", url]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_server_that_stops_is_said_and_takes_no_word_with_it() {
    let Some((server, url)) = database("a shared journal that goes away") else { return };
    let rounds = if is_long() { 100 } else { 3 };
    let gates = rounds + 3;
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("launch.yaml"), launch(gates)).unwrap();
    let mut cockpits = [cockpit("hu", &url, gates), cockpit("mo", &url, gates)];
    for screen in &cockpits {
        screen.sees(&format!("0 go of {gates}"));
    }
    let mut words = 0;
    let mut back = Vec::new();
    for round in 0..rounds {
        server.crash();
        cockpits.iter().for_each(|screen| is_offline(screen, true));
        // Nothing is acknowledged meanwhile, by keys or by command; the counts below would show it.
        let screen = &mut cockpits[round % 2];
        screen.press("lbs");
        screen.sees(REFUSED);
        let gate = format!("launch/g{}", gates - round);
        let (code, out, err) = gonogo(home.path(), &url, &["sign", &gate, "--go"]);
        assert!(code == Some(4) && out.is_empty() && err.contains("offline"), "{out}{err}");
        let started = Instant::now();
        server.up();
        cockpits.iter().for_each(|screen| is_offline(screen, false));
        back.push(started.elapsed());
        // Back without help, with all that was recorded before, and nothing that was not.
        let shown = format!("{words} go of {gates}");
        cockpits.iter().for_each(|screen| drop(screen.sees(&shown)));
        let (code, _, err) = gonogo(home.path(), &url, &["sign", &gate, "--go"]);
        assert_eq!(code, Some(0), "{err}");
        words += 1;
        let shown = format!("{words} go of {gates}");
        cockpits.iter().for_each(|screen| drop(screen.sees(&shown)));
    }
    back.sort();
    say(&format!(
        "shared: {rounds} crashes of the server; both cockpits were back after {:?}, at most {:?}",
        back[rounds / 2],
        back[rounds - 1]
    ));
    let (code, out, err) = gonogo(home.path(), &url, &["verify"]);
    assert!(code == Some(0) && out.starts_with(&format!("ok: rocket-2: {words} entries")), "{out}{err}");
    for mut screen in cockpits {
        screen.press("q");
        assert_eq!(screen.ends(), 0);
    }
}

#[test]
fn a_journal_moves_to_a_server_and_back_with_its_hashes() {
    let Some((_server, url)) = database("a journal that moves") else { return };
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("launch.yaml"), launch(3)).unwrap();
    for gate in ["launch/g1", "launch/g2"] {
        let (code, _, err) = gonogo(home.path(), "first.db", &["sign", gate, "--go"]);
        assert_eq!(code, Some(0), "{err}");
    }
    let head = gonogo(home.path(), "first.db", &["journal", "head"]).1;
    let copy = |from: &str, to: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", home.path()).current_dir(home.path()).stdin(Stdio::null());
        command.env("GONOGO_JOURNAL_PASSWORD", "canary").args(["journal", "copy", from, to]);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout) + &text(output.stderr))
    };
    let there = (Some(0), format!("ok: rocket-2: 2 entries, head {head}"));
    assert_eq!(copy("first.db", &url), there);
    assert_eq!(copy("first.db", &url), there, "again is no harm");
    assert_eq!(gonogo(home.path(), &url, &["sign", "launch/g3", "--go"]).0, Some(0));
    let (code, said) = copy("first.db", &url);
    assert!(code == Some(4) && said.contains("1 entries more"), "{said}");
    assert!(!said.contains("canary"), "{said}");
    let head = gonogo(home.path(), &url, &["journal", "head"]).1;
    assert_eq!(copy(&url, "back.db"), (Some(0), format!("ok: rocket-2: 3 entries, head {head}")));
    assert_eq!(gonogo(home.path(), "back.db", &["--check"]).0, Some(0), "GO, as before");
}

/// A server, a way to it that can be cut, and the URLs without and with it.
fn behind_a_proxy(test: &str) -> Option<(Server, Proxy, String, String)> {
    let (server, url) = database(test)?;
    let proxy = Proxy::to(server.port());
    let through = url.replace(&server.port().to_string(), &proxy.port.to_string()) + "?sslmode=disable";
    // The tables are made, and have an entry, before anything is cut.
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("launch.yaml"), launch(2)).unwrap();
    assert_eq!(gonogo(home.path(), &url, &["sign", "launch/g2", "--go"]).0, Some(0));
    Some((server, proxy, url, through))
}

/// Cuts at the commit of the next entry, and turns away whoever comes back.
fn cut(proxy: &Proxy, delivered: bool) {
    let after = "gonogo.events (launch, seq";
    proxy.cut(Cut { message: 0, delivered, only: "COMMIT\0", after, for_good: true });
}

/// The journal as it is, by another way: one entry for each word, and what they are.
fn entries(url: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("launch.yaml"), launch(2)).unwrap();
    let (code, out, err) = gonogo(home.path(), url, &["journal", "show"]);
    assert_eq!(code, Some(0), "{err}");
    out.lines().filter(|line| line.contains("launch/g1")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_command_whose_commit_is_in_doubt_is_recorded_once() {
    for delivered in [true, false] {
        let Some((_server, proxy, url, through)) = behind_a_proxy("a command's commit in doubt") else {
            return;
        };
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("launch.yaml"), launch(2)).unwrap();
        cut(&proxy, delivered);
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", home.path()).env("USER", "mo").current_dir(home.path());
        command.env("GITHUB_API_URL", "http://127.0.0.1:9").env("GONOGO_JOURNAL_PASSWORD", "canary");
        command.args(["sign", "launch/g1", "--go", "--journal", &through]).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let told = said.find(|line| line.contains("NOT known to be recorded"));
        proxy.refuse(false);
        let rest: Vec<String> = said.collect();
        let mut out = String::new();
        child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{delivered}: {told:?} {rest:?} {out}");
        assert!(told.is_some_and(|line| line.contains("asking again")), "{rest:?}");
        assert!(out.starts_with("recorded: "), "{out}");
        let all = entries(&url);
        assert_eq!(all.lines().count(), 1, "{delivered}: {all}");
    }
}

#[test]
fn an_act_in_the_cockpit_whose_commit_is_in_doubt_is_recorded_once() {
    for delivered in [true, false] {
        let Some((_server, proxy, url, through)) = behind_a_proxy("a cockpit's commit in doubt") else {
            return;
        };
        let mut screen = cockpit("hu", &through, 2);
        screen.sees("1 go of 2");
        screen.press("lbsg");
        screen.sees("⏎ send");
        cut(&proxy, delivered);
        screen.press("\r");
        screen.sees("not known whether it was recorded");
        proxy.refuse(false);
        screen.sees("2 go of 2");
        screen
            .wait(|seen| !seen.terminal.screen().contents().contains("not known whether"))
            .unwrap_or_else(|shown| panic!("{delivered}: the doubt stayed:\n{shown}"));
        let all = entries(&url);
        assert_eq!(all.lines().count(), 1, "{delivered}: {all}");
        screen.press("q");
        assert_eq!(screen.ends(), 0);
    }
}
