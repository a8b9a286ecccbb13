//! The cockpit in a real terminal: what people see, and that the terminal is given back whatever happens.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is waited by")]

use crate::support;

use support::{
    github::GithubServer,
    program::{TOKEN, head},
    screen::Screen,
};

#[test]
fn the_demo_shows_the_word_and_leaves_on_q() {
    let mut screen = Screen::demo();
    let shown = screen.sees("Checkout v3");
    assert!(shown.contains("blocking gates still open"), "{shown}");
    screen.press("?");
    screen.sees("type to find");
    screen.press("\u{1b}");
    screen.sees("blocking gates still open");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// The palette and the help by hand, with keys of one's own in the settings.
#[test]
fn a_few_letters_do_what_a_key_does_and_keys_are_ones_own() {
    let mut screen = Screen::open(&["demo", "--speed", "1"], &[], |home| {
        let folder = home.join(".config/gonogo");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("settings.yaml"), "keys: { show-timeline: [\"&\"], palette: [\"~\"] }\n")
            .unwrap();
    });
    screen.sees("~ all");
    screen.press("&");
    screen.sees("now");
    screen.press("~shsrc");
    screen.sees("show sources");
    screen.press("\r");
    screen.sees("last answer");
    screen.press("?timeline");
    screen.sees("&          timeline of the rollout");
    screen.press("\u{1b}");
    screen.sees("~ all");
    screen.press("~leave\r");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn signals_leave_a_clean_terminal() {
    use rustix::process::Signal;
    let ends = [
        Signal::TERM,
        Signal::INT,
        Signal::HUP,
        Signal::QUIT,
        Signal::ABORT,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::XCPU,
    ];
    for signal in ends {
        let screen = Screen::demo();
        screen.sees("Checkout v3");
        screen.signal(signal);
        assert_eq!(screen.ends(), 128 + signal.as_raw().unsigned_abs(), "{signal:?}");
    }
}

/// Ends that leave a program no time: the keeper gives the terminal back. A shell is around it, as in life: the terminal
/// goes with the leader of its session, whoever keeps it.
#[test]
fn what_kills_it_at_once_leaves_a_clean_terminal_too() {
    use rustix::process::{Pid, Signal, kill_process, test_kill_process};
    for (signal, stopped) in [
        (Signal::KILL, false),
        (Signal::SEGV, false),
        (Signal::BUS, false),
        (Signal::ILL, false),
        (Signal::KILL, true),
    ] {
        let program = env!("CARGO_BIN_EXE_gonogo");
        let mut screen = Screen::run("/bin/sh", &["-i"], &[("PS1", "shell> ")], |_| {});
        screen.sees("shell>");
        let before = screen.modes();
        screen.press(&format!("sh -c 'echo $$ > pid; exec {program} demo --speed 1'\r"));
        screen.sees("Checkout v3");
        let pid = std::fs::read_to_string(screen.home.path().join("pid")).unwrap();
        let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        let keeper = keeper_of(pid.as_raw_pid().unsigned_abs());
        if stopped {
            screen.press("\u{1a}");
            // What is typed before the shell has prompted again may be thrown away with the modes it sets.
            let prompts = |screen: &vt100::Screen| screen.contents().matches("shell>").count();
            screen
                .wait(|seen| {
                    let shown = seen.terminal.screen();
                    !shown.alternate_screen() && prompts(shown) > 1
                })
                .unwrap();
        }
        let written = screen.seen.0.lock().unwrap().bytes.len();
        kill_process(pid, signal).unwrap();
        // Rust's own handler takes the first of these for a full stack, steps aside, and has the instruction run again.
        // Sent from outside there is none that fails again: one more ends it.
        if !stopped {
            within_patience(|| kill_process(pid, signal).is_err().then_some(())).expect("it lives");
        }
        screen
            .wait(|seen| {
                let shown = seen.terminal.screen();
                !shown.alternate_screen() && !shown.hide_cursor() && !shown.bracketed_paste()
            })
            .unwrap_or_else(|shown| panic!("{signal:?}: the terminal was not given back:\n{shown}"));
        if stopped {
            // The shell had it back already: not a byte of ours comes after that.
            screen.press("echo do$((40 + 2))ne\r");
            screen.sees("do42ne");
            let seen = screen.seen.0.lock().unwrap();
            let after = String::from_utf8_lossy(&seen.bytes[written..]).into_owned();
            assert!(!after.contains("1049") && !after.contains("ended without a word"), "{after:?}");
        } else {
            screen.sees("gonogo has ended without a word");
            // The shell may have prompted before, on the screen that is gone.
            screen.press("\r");
        }
        assert!(test_kill_process(pid).is_err() || stopped, "{signal:?}: it is gone");
        screen.press("stty -a > modes; echo se$((40 + 2))t\r");
        screen.sees("se42t");
        assert_eq!(screen.modes(), before, "{signal:?}: the line discipline was not restored");
        let modes = std::fs::read_to_string(screen.home.path().join("modes")).unwrap();
        let is_on = |mode: &&str| modes.split_whitespace().any(|it| it == *mode);
        assert!(["icanon", "echo", "opost"].iter().all(is_on), "{modes}");
        if let Some(keeper) = keeper {
            assert!(is_gone(keeper), "{signal:?}: the keeper stayed behind");
        }
        screen.press("exit\r");
    }
}

/// At its own end there is nothing left to keep: the keeper is gone before the cockpit is, and has written nothing.
#[test]
fn a_keeper_is_there_while_the_cockpit_is_and_not_a_moment_longer() {
    let mut screen = Screen::demo();
    screen.sees("Checkout v3");
    let keeper = keeper_of(screen.child.process_id().unwrap());
    screen.press("q");
    screen.ended();
    if let Some(keeper) = keeper {
        assert!(!place(keeper).exists(), "it outlived the cockpit");
    }
    let written = String::from_utf8_lossy(&screen.seen.0.lock().unwrap().bytes).into_owned();
    assert_eq!(written.matches("\u{1b}[?1049l").count(), 1, "given back once");
    assert!(!written.contains("ended without a word"));
}

fn place(process: u32) -> std::path::PathBuf {
    format!("/proc/{process}/cmdline").into()
}

/// The keeper of a cockpit, once it is there; `None` where the system does not tell of children.
fn keeper_of(cockpit: u32) -> Option<u32> {
    let children = || {
        let tasks = std::fs::read_dir(format!("/proc/{cockpit}/task")).ok()?;
        let all = tasks.flatten().map(|task| std::fs::read_to_string(task.path().join("children")));
        let all: Result<String, _> = all.collect();
        Some(all.ok()?.split_whitespace().filter_map(|it| it.parse::<u32>().ok()).collect::<Vec<_>>())
    };
    let is_keeper = |process: &u32| {
        std::fs::read_to_string(place(*process)).is_ok_and(|words| words.contains("--keep-terminal"))
    };
    let there = || match children() {
        Some(all) => all.into_iter().find(is_keeper).map(Some),
        None => Some(None),
    };
    within_patience(there).expect("no keeper was started")
}

fn is_gone(process: u32) -> bool {
    within_patience(|| (!place(process).exists()).then_some(true)).unwrap_or(false)
}

fn within_patience<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while std::time::Instant::now() < end {
        if let Some(seen) = look() {
            return Some(seen);
        }
        std::thread::yield_now();
    }
    None
}

/// A move of the cursor costs what it changes, not the screen. Where a pane beside the list tells of the chosen gate, all of it
/// changes by right: there it is the bytes for each cell that are held as well.
#[test]
fn a_key_costs_few_bytes() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut screen = Screen::demo_at(size);
        screen.sees("This is a recording");
        screen.press(" ");
        screen.sees("paused");
        let mut moves = Vec::new();
        // Up to the checklist and down again, and then on through its gates.
        for key in ["k", "j", "k", "j", "k", "j", "j", "j", "j", "k", "k", "j"] {
            let (before, marker) = {
                let seen = screen.seen.0.lock().unwrap();
                (seen.terminal.screen().clone(), seen.bytes.len())
            };
            screen.press(key);
            screen.wait(|seen| seen.terminal.screen().contents() != before.contents()).unwrap();
            let seen = screen.seen.0.lock().unwrap();
            let changed = changed(&before, seen.terminal.screen(), size);
            moves.push((seen.bytes.len() - marker, changed));
        }
        // What was still on its way when the first keys were pressed, the end of the pause's own frame, is none of theirs.
        let moves = &moves[2..];
        let bytes = moves.iter().map(|(bytes, _)| bytes).sum::<usize>() / moves.len();
        let cells = moves.iter().map(|(_, cells)| cells).sum::<usize>() / moves.len();
        let within = if size.0 < 150 { bytes <= 600 } else { bytes <= 1_000 && bytes <= cells * 2 };
        assert!(within, "{size:?}: {bytes} bytes for {cells} cells a key: {moves:?}");
    }
}

/// How many cells look another way.
fn changed(before: &vt100::Screen, after: &vt100::Screen, (cols, rows): (u16, u16)) -> usize {
    let cells = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
    cells.filter(|(row, col)| before.cell(*row, *col) != after.cell(*row, *col)).count()
}

/// Job control needs a shell around the program.
#[test]
fn stopping_gives_the_terminal_back_and_returning_draws_anew() {
    let program = env!("CARGO_BIN_EXE_gonogo");
    let mut screen = Screen::run("/bin/sh", &["-i"], &[("PS1", "shell> ")], |_| {});
    screen.sees("shell>");
    screen.press(&format!("{program} demo --speed 1\r"));
    screen.sees("Checkout v3");
    screen.press("\u{1a}");
    screen
        .wait(|seen| !seen.terminal.screen().alternate_screen() && !seen.terminal.screen().hide_cursor())
        .unwrap();
    // Its second prompt is the shell's word that it owns the terminal again; what is typed earlier may be lost.
    screen.wait(|seen| seen.terminal.screen().contents().matches("shell>").count() > 1).unwrap();
    screen.press("echo in$((40 + 2))between\r");
    screen.sees("in42between");
    screen.press("fg\r");
    screen.wait(|seen| seen.terminal.screen().alternate_screen()).unwrap();
    screen.sees("Checkout v3");
    screen.press("q");
    screen.wait(|seen| seen.terminal.screen().contents().matches("shell>").count() > 3).unwrap();
    screen.press("exit\r");
    screen.ended();
}

const LAUNCH: &str = concat!(
    head!(),
    "\
gates:
  - { gate: build, title: The build is green, github: { checks: { required: [build] } } }
  - { gate: bugs, title: No blocker is open, github: { issues: { labels: [release-blocker] } } }
"
);

fn green() -> GithubServer {
    GithubServer::start(|world| {
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c1").check("build", "success");
        repo.label("release-blocker");
    })
}

fn open_launch(arguments: &[&str], github: &GithubServer) -> Screen {
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let arguments = [&["--settings", "settings.yaml"], arguments].concat();
    Screen::open(&arguments, &environment, |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
        std::fs::write(home.join("settings.yaml"), "poll: { interval: 5s }\n").unwrap();
    })
}

#[test]
fn what_changes_at_the_source_changes_on_the_screen() {
    let github = green();
    let mut screen = open_launch(&[], &github);
    screen.sees("2 go of 2");
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    let shown = screen.sees("1 no-go");
    assert!(shown.contains("NO-GO    No blocker is open"), "{shown}");
    assert!(!String::from_utf8_lossy(&screen.seen.0.lock().unwrap().bytes).contains("canary"));
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// What was recorded answers later as the sources did, without them and without a token.
#[test]
fn a_recorded_day_answers_without_its_sources() {
    let github = green();
    let mut screen = open_launch(&["--record", "day.jsonl"], &github);
    screen.sees("2 go of 2");
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    screen.sees("1 no-go");
    screen.press("q");
    screen.ended();
    drop(github);
    let day = screen.home.path().join("day.jsonl");
    let text = std::fs::read_to_string(&day).unwrap();
    assert!(!text.contains("canary"), "no token in a recording");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&day).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let check = |day: &std::path::Path| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", screen.home.path()).args(["--check", "--replay"]).arg(day);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = check(&day);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Engine leaks") || said.contains("#7"), "{said}");
    // Before the issue was opened, the same day was go.
    let green: Vec<&str> = text.lines().take_while(|line| !line.contains("#7")).collect();
    let early = screen.home.path().join("early.jsonl");
    std::fs::write(&early, green.join("\n")).unwrap();
    let (code, said) = check(&early);
    assert_eq!(code, Some(0), "{said}");
}

/// Wherever it fails, the terminal is given back first, the words come after, and no code says GO. Only a debug build can be
/// told to fail.
#[cfg(debug_assertions)]
#[test]
fn a_panic_leaves_a_clean_terminal() {
    for place in ["start", "draw", "key", "controller"] {
        let environment = [("GONOGO_TEST_PANIC", place)];
        let mut screen = Screen::open(&["demo", "--speed", "1"], &environment, |_| {});
        if place == "key" {
            screen.sees("Checkout v3");
            screen.press("j");
        }
        let words = if place == "controller" { "Start it again" } else { "asked to fail" };
        screen
            .wait(|seen| {
                let screen = seen.terminal.screen();
                !screen.alternate_screen() && screen.contents().contains(words)
            })
            .unwrap_or_else(|shown| panic!("{place}: no words after the end:\n{shown}"));
        // Behind the screen nobody saw the report: it is in the log, and the words on the screen say where.
        let log = screen.home.path().join(".local/state/gonogo/gonogo.log");
        assert_eq!(log.exists(), place == "controller", "{place}");
        if place == "controller" {
            let report = std::fs::read_to_string(&log).unwrap();
            assert!(
                report.contains("a task panicked") && report.contains("asked to fail at controller"),
                "{report}"
            );
        }
        let code = screen.ends();
        assert!(![0, 1, 2, 3].contains(&code), "{place} ended with {code}");
    }
}

/// Opening the cockpit drops what sources answered longer ago than is kept, except for the newest about each gate; what
/// people said is never dropped.
#[test]
fn old_answers_are_dropped_when_the_cockpit_opens_and_words_never() {
    use gonogo::{
        domain::{
            Act, Actor, Answer, Digest, Event, Failure, FailureKind, GateId, Known, Observation, Stamp,
        },
        journal::{Access, Journal, Location, OpenOptions, RecordedPoll},
    };
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let answered = |moment: &str, said: &str| RecordedPoll {
        source: "github".into(),
        observations: vec![Observation {
            gate: GateId::new("launch/build"),
            question: Digest::of([b"asked".as_slice()]),
            seen: Stamp { wall: at(moment), boot: None },
            answer: Answer::Failed(Failure::new(FailureKind::TimedOut, said)),
        }],
        targets: Vec::new(),
    };
    let note = |moment: &str, text: &str| Event {
        id: uuid::Uuid::now_v7(),
        at: at(moment),
        actor: Actor { name: "octo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: "rocket-2".into(),
        version: "2.0.0".into(),
        commit: None,
        checklist_digest: Digest::of([b"files".as_slice()]),
        act: Act::Note { gate: None, text: text.into() },
    };
    let place = |home: &std::path::Path| Location::File(home.join("journal.db"));
    let ever = (chrono::DateTime::UNIX_EPOCH, at("2100-01-01T00:00:00Z"));
    let github = green();
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let arguments = ["--settings", "settings.yaml", "--journal", "journal.db"];
    let mut screen = Screen::open(&arguments, &environment, |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
        std::fs::write(home.join("settings.yaml"), "observations: { keep: 1d, most_mib: 1 }\n").unwrap();
        let journal = Journal::open(&place(home), OpenOptions::new("rocket-2")).unwrap();
        for (moment, said) in [("2020-01-01T08:00:00Z", "first"), ("2020-01-01T09:00:00Z", "second")] {
            assert!(journal.record_observations(answered(moment, said)).wait().unwrap());
            let head = journal.head().wait().unwrap();
            journal.append(&note(moment, said), head).wait().unwrap();
        }
        let all = journal.observations_between(ever.0, ever.1).wait().unwrap();
        assert_eq!(all.len(), 2, "there is something to drop");
        journal.close().wait().unwrap();
    });
    screen.sees("2 go of 2");
    let home = screen.home.path().to_owned();
    let left = within_patience(|| {
        let journal = Journal::open(&place(&home), OpenOptions::new("rocket-2").access(Access::Read)).ok()?;
        let all = journal.observations_between(ever.0, ever.1).wait().ok()?;
        let old: Vec<_> = all.into_iter().filter(|it| it.at < at("2021-01-01T00:00:00Z")).collect();
        (old.len() < 2).then_some((old.len(), journal.read_since(0).wait().ok()?))
    });
    let (old, words) = left.expect("nothing was dropped");
    assert_eq!(old, 1, "the newest before the cut says how things stood then");
    assert_eq!(words.len(), 2, "what people said stays");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// A click at the words on the screen, as a terminal reports it; it is released at once.
fn click(screen: &mut Screen, words: &str) {
    let shown = screen.sees(words);
    let (row, line) = shown.lines().enumerate().find(|(_, line)| line.contains(words)).unwrap();
    let column =
        line.chars().count() - line.split_once(words).map_or(0, |(_, rest)| rest.chars().count()) - 1;
    let at = format!("{};{}", column + 1, row + 1);
    screen.press(&format!("\u{1b}[<0;{at}M\u{1b}[<0;{at}m"));
}

/// A journey with nothing but the mouse; movement alone costs no byte.
#[test]
fn the_mouse_selects_opens_scrolls_and_leaves() {
    let github = green();
    let mut screen = open_launch(&[], &github);
    screen.sees("2 go of 2");
    let chosen = |screen: &Screen, words: &str| {
        let on = |line: &str| line.contains('\u{25b6}') && line.contains(words);
        screen.wait(|seen| seen.terminal.screen().contents().lines().any(on)).unwrap();
    };
    chosen(&screen, "The build is green");
    click(&mut screen, "No blocker is open");
    chosen(&screen, "No blocker is open");
    click(&mut screen, "help");
    screen.sees("open the gate; fold");
    let before = screen.seen.0.lock().unwrap().bytes.len();
    screen.press("\u{1b}[<35;30;10M\u{1b}[<35;31;10M\u{1b}[<32;31;11M");
    screen.press("\u{1b}[<65;30;10M");
    screen.wait(|seen| !seen.terminal.screen().contents().contains("open the gate; fold")).unwrap();
    let cost = screen.seen.0.lock().unwrap().bytes.len() - before;
    assert!(cost < 6_000, "{cost} bytes for one notch");
    // Not on the cell of the click before: a second click there within a moment would be part of a double click.
    click(&mut screen, "Esc c");
    screen.sees("2 go of 2");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// With `mouse: false` the terminal is never asked for it, and what it reports all the same does nothing.
#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let github = green();
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let mut screen = Screen::open(&["--settings", "settings.yaml"], &environment, |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
        std::fs::write(home.join("settings.yaml"), "mouse: false\n").unwrap();
    });
    screen.sees("2 go of 2");
    click(&mut screen, "? help");
    screen.press("q");
    screen.ended();
    let seen = screen.seen.0.lock().unwrap();
    let written = String::from_utf8_lossy(&seen.bytes);
    assert!(!written.contains("?1000h") && !written.contains("?1002h") && !written.contains("?1006h"));
    assert!(!written.contains("open the gate; fold"), "the click opened no help");
}

/// The terminal is asked for its ground once, and its answer is taken for what it is: a light theme, and no key.
#[test]
fn a_terminal_with_a_light_ground_gets_a_light_theme() {
    let mut screen = Screen::demo();
    screen.wait(|seen| seen.bytes.windows(6).any(|it| it == b"\x1b]11;?")).unwrap();
    screen.press("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\");
    screen.sees("This is a recording");
    screen.press("r");
    screen.press("q");
    assert_eq!(screen.ends(), 0, "nothing of the answer opened anything that q would be typed into");
    let chosen = Screen::open(&["demo", "--speed", "1", "--theme", "gruvbox"], &[], |_| {});
    chosen.sees("This is a recording");
    let asked = chosen.seen.0.lock().unwrap().bytes.windows(4).any(|it| it == b"]11;");
    assert!(!asked, "who chose is not asked");
    chosen.signal(rustix::process::Signal::TERM);
    assert_eq!(chosen.ends(), 128 + 15);
}

/// A screen that was opened to look says nothing, and leaves no journal behind.
#[test]
fn a_read_only_cockpit_records_nothing() {
    let github = green();
    let mut screen = open_launch(&["--read-only", "--journal", "journal.db"], &github);
    screen.sees("READ-ONLY");
    screen.press("c");
    screen.sees("without --read-only");
    screen.press("P");
    screen.sees("P ends presenting");
    screen.press("q");
    let journal = screen.home.path().join("journal.db");
    assert!(!journal.exists(), "nothing is recorded, not even what sources answered");
    assert_eq!(screen.ends(), 0);
}

/// What a room must not see is nowhere: on the board, in the detail, in a search, on the board as it was.
#[test]
fn a_redacted_screen_shows_ids_and_initials() {
    let github = green();
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    // Somebody else looks at the whole of it before: the day is on record.
    let mut whole = open_launch(&["--journal", "journal.db"], &github);
    whole.sees("1 no-go");
    whole.press("\r");
    whole.sees("Engine leaks");
    whole.press("q");
    whole.ended();
    let journal = whole.home.path().join("journal.db");
    let mut screen = open_launch(&["--redact", "--journal", journal.to_str().unwrap()], &github);
    screen.sees("1 no-go");
    // A frame may arrive in pieces.
    let shown = screen.sees("#7");
    assert!(shown.contains("READ-ONLY"), "{shown}");
    for (keys, words) in [
        ("\r", "evidence"),
        ("\u{1b}", "1 go of 2"),
        ("/bug\r", "/bug"),
        ("3", "Path to GO"),
        ("4", "github"),
        ("1P", "ends presenting"),
        ("P", "blocking gates"),
        ("R", "as it was at"),
    ] {
        screen.press(keys);
        screen.sees(words);
    }
    screen.press("\u{1b}");
    // Esc and a key behind it at once would be Alt and that key.
    screen.wait(|seen| !seen.terminal.screen().contents().contains("as it was at")).unwrap();
    screen.press("q");
    screen.ended();
    let seen = screen.seen.0.lock().unwrap();
    let written = String::from_utf8_lossy(&seen.bytes).into_owned();
    assert!(!written.contains("Engine") && !written.contains("leaks"), "a title was shown");
    assert!(!written.contains("octo"), "a name was shown");
}

/// Whoever comes into the files while a redacted cockpit is open is hidden like those who were there before.
#[test]
fn a_redacted_screen_hides_whom_it_meets_later() {
    let github = green();
    let mut screen = open_launch(&["--redact"], &github);
    screen.sees("blocking gates");
    let home = screen.home.path().to_path_buf();
    let text = std::fs::read_to_string(home.join("launch.yaml")).unwrap();
    let met = text.replacen("people: {", "people: { maria: { name: Maria Rossi, github: mrossi },", 1);
    let met =
        format!("{met}  - {{ gate: ready, title: maria stands behind it, sign_off: {{ by: [maria] }} }}\n");
    assert!(met.contains("Maria Rossi"), "{met}");
    save(&home, "launch.yaml", &met);
    screen.sees("M.R. stands behind it");
    for (keys, words) in [("3", "Path to GO"), ("@", "Who is who")] {
        screen.press(keys);
        screen.sees(words);
    }
    screen.press("q");
    screen.ended();
    let seen = screen.seen.0.lock().unwrap();
    let written = String::from_utf8_lossy(&seen.bytes).to_lowercase();
    assert!(!written.contains("maria") && !written.contains("rossi"), "a name was shown");
}

/// As editors save: a new file in the place of the old one.
fn save(home: &std::path::Path, name: &str, text: &str) {
    let new = home.join(format!(".{name}.new"));
    std::fs::write(&new, text).unwrap();
    std::fs::rename(new, home.join(name)).unwrap();
}

/// What is shown to be typed works where it is typed, or says where it does.
#[test]
fn commands_about_another_folder_say_so() {
    let github = green();
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let ask = |arguments: &[&str]| {
        let screen = Screen::open(arguments, &environment, |home| {
            let folder = home.join("my launch");
            std::fs::create_dir(&folder).unwrap();
            let signed = "  - { gate: ready, title: QA stands behind it, sign_off: { by: [qa] } }\n";
            std::fs::write(folder.join("launch.yaml"), format!("{LAUNCH}{signed}")).unwrap();
        });
        screen.sees("gonogo sign launch/ready --go");
        let shown = screen.sees("in the folder of the launch, or add its path to them");
        assert!(shown.contains("my launch"), "{shown}");
    };
    ask(&["path", "my launch"]);
    ask(&["check", "my launch"]);
}

/// What is edited while the cockpit is open counts at once; what cannot be used leaves the launch as it was, loudly, and no GO.
#[test]
fn files_that_change_are_read_again_and_broken_ones_are_no_go() {
    let github = green();
    let mut screen = open_launch(&[], &github);
    screen.sees("2 go of 2");
    let home = screen.home.path().to_owned();
    save(&home, "launch.yaml", &LAUNCH.replace("The build is green", "The build is really green"));
    screen.sees("The build is really green");
    screen.sees("2 go of 2");
    save(&home, "launch.yaml", &LAUNCH.replace("title: No blocker", "titel: No blocker"));
    screen.sees("STALE LAUNCH");
    let shown = screen.sees("Esc closes");
    assert!(shown.contains("launch.yaml:10") && shown.contains("titel"), "the snippet is there:\n{shown}");
    screen.press("\u{1b}");
    screen.wait(|seen| !seen.terminal.screen().contents().contains("Esc closes")).unwrap();
    screen.press("3");
    let shown = screen.sees("Path to GO");
    assert!(shown.contains("HOLD") && !shown.contains("\u{2714} GO"), "a stale launch is no GO:\n{shown}");
    screen.press("1\u{5}");
    screen.sees("titel");
    save(&home, "launch.yaml", LAUNCH);
    screen.wait(|seen| !seen.terminal.screen().contents().contains("STALE LAUNCH")).unwrap();
    screen.sees("2 go of 2");
    assert!(screen.sees("The build is green").contains("all 2 blocking gates are go"));
    // A file that is named before it is there: once it is, all is well.
    let (gates, before) = (LAUNCH.find("gates:").unwrap(), LAUNCH);
    let named = format!("{}checklists: [{{ file: more.yaml }}]\n{}", &before[..gates], &before[gates..]);
    save(&home, "launch.yaml", &named);
    screen.sees("STALE LAUNCH");
    screen.press("\u{1b}");
    let more = "checklist: more\ntitle: More\ngates:\n  - { gate: read, title: The guide was read, task: { by: [qa] } }\n";
    save(&home, "more.yaml", more);
    screen.wait(|seen| !seen.terminal.screen().contents().contains("STALE LAUNCH")).unwrap();
    screen.sees("The guide was read");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// Whoever is told to trust the launch does so in another terminal: the cockpit that told them sees it.
#[cfg(unix)]
#[test]
fn what_is_trusted_elsewhere_is_asked_here() {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let gate = "gates:\n  - { gate: runs, title: It runs, command: { argv: [./it] } }\n";
    let launch = format!("{}{gate}", crate::support::program::head!());
    let mut screen = Screen::open(&[], &[("PATH", "/usr/bin:/bin")], |home| {
        std::fs::write(home.join("launch.yaml"), launch).unwrap();
        std::fs::write(home.join("it"), "#!/bin/sh\nexit 1\n").unwrap();
        std::fs::set_permissions(home.join("it"), PermissionsExt::from_mode(0o755)).unwrap();
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(home.join(".local/share/gonogo")).unwrap();
    });
    screen.sees("It runs");
    screen.sees("not allowed");
    let trusted = crate::support::program::gonogo(screen.home.path())
        .env("PATH", "/usr/bin:/bin")
        .args(["trust", "--yes"])
        .output()
        .unwrap();
    assert!(trusted.status.success(), "{}", String::from_utf8_lossy(&trusted.stderr));
    screen.wait(|seen| !seen.terminal.screen().contents().contains("not allowed")).unwrap();
    screen.sees("1 no-go");
    screen.press("q");
    screen.ended();
}

/// Settings and themes as well: the colours change under the running cockpit.
#[test]
fn a_theme_that_is_chosen_or_edited_is_seen_at_once() {
    let github = green();
    let mut screen = open_launch(&[], &github);
    screen.sees("2 go of 2");
    let home = screen.home.path().to_owned();
    let ground = |seen: &support::screen::Seen| seen.terminal.screen().cell(12, 70).unwrap().bgcolor();
    let before = ground(&screen.seen.0.lock().unwrap());
    save(&home, "settings.yaml", "poll: { interval: 5s }\ntheme: solarized\n");
    screen.wait(|seen| ground(seen) != before).expect("the ground changes");
    let chosen = ground(&screen.seen.0.lock().unwrap());
    save(&home, "settings.yaml", "poll: { interval: 5s }\ntheme: gruvbocks\n");
    screen.sees("did you mean `gruvbox`");
    assert_eq!(ground(&screen.seen.0.lock().unwrap()), chosen, "the theme stays as it was");
    assert!(
        screen.sees("The theme cannot be used").contains("all 2 blocking gates are go"),
        "the launch is none the worse"
    );
    save(&home, "settings.yaml", "poll: { interval: 5s }\ntheme: gruvbox\n");
    screen
        .wait(|seen| ground(seen) != chosen && !seen.terminal.screen().contents().contains("did you mean"))
        .unwrap();
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// Before any source has answered the first frame shows what was known last, marked stale, and never as GO; then it is live.
#[test]
fn the_first_frame_shows_what_was_known_last_and_no_stale_go() {
    let github = green();
    let arguments = ["--journal", "journal.db"];
    let mut screen = open_launch(&arguments, &github);
    screen.sees("2 go of 2");
    let journal = screen.home.path().join("journal.db");
    // Whoever leaves at once does not wait for the second stream.
    within_patience(|| {
        use gonogo::journal::{Access, Journal, Location, OpenOptions};
        let place = Location::File(journal.clone());
        let read = Journal::open(&place, OpenOptions::new("rocket-2").access(Access::Read)).ok()?;
        let all =
            read.observations_between(chrono::DateTime::UNIX_EPOCH, chrono::DateTime::<chrono::Utc>::MAX_UTC);
        (all.wait().ok()?.len() >= 3).then_some(())
    })
    .expect("the answers are on record");
    screen.press("q");
    screen.ended();
    let arguments = ["--journal", journal.to_str().unwrap()];
    // Nobody answers at the address where somebody did.
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", "http://127.0.0.1:9")];
    let mut blind = Screen::open(&arguments, &environment, |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
    });
    let shown = blind.sees("stale");
    assert!(shown.contains("UNKNOWN  The build is green") && shown.contains("0 go of 2"), "{shown}");
    blind.press("q");
    blind.ended();
    let seen = blind.seen.0.lock().unwrap();
    let written = String::from_utf8_lossy(&seen.bytes).into_owned();
    assert!(!written.contains("2 go of 2") && !written.contains("blocking gates are go"), "no frame was GO");
    drop(seen);
    let mut live = open_launch(&arguments, &github);
    live.sees("2 go of 2");
    live.press("q");
    assert_eq!(live.ends(), 0);
}

/// Whoever keeps a token may take seconds: the board is there before, and the sources are asked behind it.
#[test]
fn whoever_keeps_a_token_is_not_waited_for() {
    use std::os::unix::fs::PermissionsExt as _;
    let bin = tempfile::tempdir().unwrap();
    let keeper = bin.path().join("gh");
    let script = "#!/bin/sh\n: > asked\nwhile [ ! -e answer ]; do sleep 0.05; done\n: > answered\nexit 1\n";
    std::fs::write(&keeper, script).unwrap();
    std::fs::set_permissions(&keeper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.path().display());
    // Without a token nobody is asked there.
    let environment = [("PATH", path.as_str()), ("GITHUB_API_URL", "https://nowhere.invalid/api/v3")];
    let mut screen = Screen::open(&["--journal", "journal.db"], &environment, |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
    });
    screen.sees("blocking gates still open");
    let there = |name: &str| screen.home.path().join(name).exists();
    within_patience(|| there("asked").then_some(())).expect("nobody was asked for the token");
    std::fs::write(screen.home.path().join("answer"), "").unwrap();
    // It was not given up for lost before the board came.
    within_patience(|| there("answered").then_some(())).expect("the board came after it");
    screen.sees("not set up");
    screen.press("q");
    screen.ended();
}

#[test]
fn without_a_terminal_it_says_what_to_use() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo")).arg("demo").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("gonogo check"));
    let mut dumb = Screen::open(&["demo"], &[("TERM", "dumb")], |_| {});
    assert_eq!(dumb.child.wait().unwrap().exit_code(), 2);
    dumb.sees("gonogo check");
}

/// What was typed or pasted before a question was shown is no answer to it: only a word that is typed after it counts.
#[test]
fn what_was_typed_ahead_confirms_nothing() {
    let launch = "launch: x-1\ntitle: X\nversion: 1.0.0\nschedule: { t0: 2020-01-01T09:00, timezone: UTC }\n\
                  people: { octo: { name: Octo } }\nroles: { lead: { people: [octo] } }\n\
                  roll_call: { stations: [{ station: lead }], final_call: lead }\n\
                  gates:\n  - { gate: a, title: A, task: { by: [lead] } }\n  - { gate: b, title: B, command: { argv: [sh] } }\n";
    let gonogo = env!("CARGO_BIN_EXE_gonogo");
    let close = "close --unfinished --reason x";
    for (asks, word, done) in [(close, "UNFINISHED", "CLOSED the launch"), ("trust", "yes", "trusted ")] {
        for (typed, goes) in [("no", false), (word, true)] {
            let script = format!("read first; {gonogo} {asks}; echo ended $?");
            let mut screen = Screen::run("/bin/sh", &["-c", &script], &[], |home| {
                std::fs::write(home.join("launch.yaml"), launch).unwrap();
            });
            // Both lines stand in the terminal before the program begins.
            screen.press(&format!("first\r{word}\r"));
            screen.sees(if asks == close { "to confirm:" } else { "Type yes:" });
            screen.press(&format!("{typed}\r"));
            let shown = screen.sees("ended ");
            let end = if goes { "ended 0" } else { "ended 2" };
            assert!(shown.contains(end) && shown.contains(done) == goes, "{asks}, {typed}: {shown}");
        }
    }
}
