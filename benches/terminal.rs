//! The real program in a real terminal of 80x24: how soon it paints beside a program that only paints, how soon a key shows,
//! what it costs while nothing happens. `cargo bench --bench terminal`. The aims stand beside the numbers; only the ratios travel between machines.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a benchmark says what it saw"
)]
#![allow(clippy::disallowed_methods, reason = "the real clock is what is measured")]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::cast_precision_loss,
    reason = "a part of the tests' support; milliseconds"
)]

#[path = "../tests/support/screen.rs"]
mod screen;

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use ratatui::{
    layout::Constraint,
    widgets::{Row, Table},
};
use screen::Screen;

/// Set for this program where it is to be the floor.
const FLOOR: &str = "GONOGO_BENCH_FLOOR";

/// A launch of people's gates only: no source is asked, so that what is measured is the program.
fn launch(home: &Path, gates: usize) {
    let mut text = "\
launch: bench
title: Bench launch
version: 1.0.0
target: { repository: acme/rocket, ref: main }
schedule: { t0: 2030-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo, github: octocat } }
roles: { qa: { people: [octo] } }
gates:
"
    .to_owned();
    for gate in 0..gates {
        writeln!(
            text,
            "  - {{ gate: g{gate}, title: Gate number {gate} is well, sign_off: {{ by: [qa] }} }}"
        )
        .unwrap();
    }
    fs::write(home.join("launch.yaml"), text).unwrap();
}

fn open(gates: usize) -> Screen {
    Screen::open(&["--journal", "journal.db"], &[], |home| launch(home, gates))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    milliseconds(times[(times.len() * percent / 100).min(times.len() - 1)])
}

fn say(what: &str, value: &str, aim: &str) {
    println!("{what:<52} {value:>16}   aim {aim}");
}

/// Kilobytes of resident memory.
fn resident(screen: &Screen) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", screen.child.process_id().unwrap())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Hundredths of a second of processor time so far.
fn ticks(screen: &Screen) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", screen.child.process_id().unwrap())).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn bytes(screen: &Screen) -> usize {
    screen.seen.0.lock().unwrap().bytes.len()
}

fn leave(mut screen: Screen) {
    screen.press("q");
    screen.ended();
}

/// What any program costs that draws with ratatui: a table, and the end with the first key. This program is it, told so by its
/// environment.
fn floor() {
    let mut terminal = ratatui::init();
    let rows = (0..200).map(|row| Row::new([format!("{row}"), format!("Gate number {row} is well")]));
    let table =
        Table::new(rows, [Constraint::Length(6), Constraint::Min(20)]).header(Row::new(["n", "floor"]));
    terminal.draw(|frame| frame.render_widget(table, frame.area())).unwrap();
    while !matches!(crossterm::event::read(), Ok(crossterm::event::Event::Key(_)) | Err(_)) {}
    ratatui::restore();
}

/// From the start of the process to the first frame, which is the whole of it: of the bare floor, of the demo, and of a launch with
/// a journal, one after the other, so that a busy machine is busy for all.
fn paint() {
    let home = tempfile::tempdir().unwrap();
    let journal = home.path().join("journal.db");
    let journal = journal.to_str().unwrap();
    let bare = std::env::current_exe().unwrap();
    let bare = bare.to_str().unwrap();
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..20 {
        let starts: [(&dyn Fn() -> Screen, &str); 3] = [
            (&|| Screen::run(bare, &["--bench"], &[(FLOOR, "1")], |_| {}), "floor"),
            (&|| Screen::open(&["demo"], &[], |_| {}), "Checkout v3"),
            (&|| Screen::open(&["--journal", journal], &[], |home| launch(home, 200)), "Bench launch"),
        ];
        for ((start, shown), times) in starts.iter().zip(&mut times) {
            let from = Instant::now();
            let screen = start();
            screen.sees(shown);
            times.push(from.elapsed());
            leave(screen);
        }
    }
    let [floor, demo, live] = times.map(|mut times| percentile(&mut times, 50));
    say("first paint, bare ratatui (median of 20)", &format!("{floor:.1} ms"), "the floor");
    for (what, time) in [("the demo", demo), ("200 gates and a journal", live)] {
        let shown = format!("{time:.1} ms, {:.2}x", time / floor);
        say(&format!("first paint, {what} (median of 20)"), &shown, "8 ms, 1.5x");
    }
}

/// From a key to the cell that it changes.
fn keys(gates: usize) {
    let mut screen = open(gates);
    screen.sees("Bench launch");
    let mut times = Vec::new();
    for _ in 0..200 {
        let before = bytes(&screen);
        let start = Instant::now();
        screen.press(if times.len() % 2 == 0 { "j" } else { "k" });
        screen.wait(|seen| seen.bytes.len() > before).unwrap();
        times.push(start.elapsed());
        // The next key comes when the frame's own pause is over, as fingers do.
        std::thread::sleep(Duration::from_millis(20));
    }
    let shown = format!("{:.2} / {:.2} ms", percentile(&mut times, 50), percentile(&mut times, 99));
    say(&format!("key to paint, {gates} gates (p50 / p99 of 200)"), &shown, "0.6 / 2 ms");
    let start = Instant::now();
    screen.press(&"j".repeat(500));
    screen.press("?");
    screen.sees("leave");
    say(
        &format!("500 held keys, {gates} gates"),
        &format!("{:.0} ms", milliseconds(start.elapsed())),
        "100 ms",
    );
    screen.press("\u{1b}");
    let aim = if gates > 1_000 { "60 MiB" } else { "15 MiB" };
    say(
        &format!("resident memory, {gates} gates"),
        &format!("{:.1} MiB", resident(&screen) as f64 / 1_024.0),
        aim,
    );
    leave(screen);
}

/// What a board that nobody touches costs.
fn idle() {
    const LONG: u64 = 10;
    let screen = open(200);
    screen.sees("Bench launch");
    std::thread::sleep(Duration::from_secs(1));
    let (drawn, used) = (bytes(&screen), ticks(&screen));
    std::thread::sleep(Duration::from_secs(LONG));
    let drawn = (bytes(&screen) - drawn) as f64 / LONG as f64;
    let used = (ticks(&screen) - used) as f64 / LONG as f64;
    say("idle, with a running clock", &format!("{drawn:.0} B/s, {used:.2} %"), "40 B/s, 0.1 %");
    leave(screen);
}

fn version() {
    let mut times: Vec<Duration> = (0..50)
        .map(|_| {
            let start = Instant::now();
            assert!(
                Command::new(env!("CARGO_BIN_EXE_gonogo"))
                    .arg("--version")
                    .output()
                    .unwrap()
                    .status
                    .success()
            );
            start.elapsed()
        })
        .collect();
    say("--version (median of 50)", &format!("{:.1} ms", percentile(&mut times, 50)), "3 ms");
}

fn main() {
    if std::env::var_os(FLOOR).is_some() {
        return floor();
    }
    // `cargo test --benches` asks only whether it runs.
    if !std::env::args().any(|argument| argument == "--bench") {
        return leave(open(3));
    }
    version();
    paint();
    keys(200);
    keys(10_000);
    idle();
}
