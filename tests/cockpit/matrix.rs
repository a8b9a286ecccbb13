//! Every screen in every state at every size: nothing panics, nothing hostile is drawn, the word is whole, what stands where is
//! inside the screen; and pictures in words, with how many cells there are of each style.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use gonogo::{
    cockpit::{Faults, JournalState, Message, Model, Screen, Target, Zones, draw, render_to_cells},
    domain::{Board, BoardWord, FailureKind, Verdict},
    report::Grid,
};
use ratatui::{Terminal, backend::TestBackend};

use crate::cockpit::{fixture::*, random::assert_harmless};

/// The screens, and the keys that open them from the board.
const SCREENS: [(&str, &str); 17] = [
    ("board", ""),
    ("detail", "\n"),
    ("timeline", "2"),
    ("path", "3"),
    ("sources", "4"),
    ("meeting", "5"),
    ("history", "6"),
    ("rollback", "7"),
    ("incident", "8"),
    ("messages", "9"),
    ("readiness", "0"),
    ("people", "@"),
    ("risks", "#"),
    ("palette", ":"),
    ("help", "?"),
    ("waive", "w"),
    ("present", "P"),
];
const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];
const STATES: [&str; 8] = ["empty", "loading", "green", "blocked", "stale", "error", "hostile", "long"];

fn state(name: &str, size: (u16, u16)) -> Model {
    let retitled = |title: &str| {
        let mut board = board();
        for gate in &mut board.gates {
            (gate.title, gate.reason) = (title.into(), title.into());
        }
        board
    };
    match name {
        "empty" => {
            let (launch, board) = large(0);
            Model::new(launch, Arc::new(board), size)
        }
        "loading" => Model::new(launch(), Arc::new(unknown("not asked yet")), size),
        "green" => model_of(go_board(), size),
        "stale" => {
            let mut board =
                unknown("the newest answer is 14 minutes old, past its freshness limit of 10 minutes");
            board.gates.iter_mut().for_each(|gate| gate.stale = true);
            model_of(board, size)
        }
        "error" => {
            let mut model = model(size);
            let mut failing = sources();
            for source in &mut failing {
                if let Some(failure) = &mut source.failure {
                    failure.kind = FailureKind::Unauthorized;
                }
            }
            send(&mut model, Message::Sources(failing));
            send(&mut model, Message::Journal(JournalState::Broken("entry 7 does not fit entry 6".into())));
            let told = "error: a fault\n --> launch.yaml:3:1\n".to_owned();
            send(&mut model, Message::FilesBroken(Some(Faults { told, launch: true })));
            model
        }
        "hostile" => model_of(retitled("\u{1b}[2J\u{202e}OG \u{4e16}\u{754c}\u{200d}\nline\u{7}"), size),
        "long" => model_of(retitled(&"a title that goes on and on and does not end ".repeat(6)), size),
        _ => model(size),
    }
}

/// Every gate unknown, for this reason.
fn unknown(reason: &str) -> Board {
    let mut board = board();
    let of = board.score.of;
    board.score = gonogo::domain::Score { of, unknown: of, ..Default::default() };
    (board.word, board.evidence) = (BoardWord::Hold, BoardWord::Hold);
    for gate in &mut board.gates {
        (gate.verdict, gate.reason) = (Verdict::Unknown, reason.into());
    }
    board
}

fn opened(name: &str, typed: &str, size: (u16, u16)) -> Model {
    let mut model = state(name, size);
    keys(&mut model, typed);
    model
}

fn text(grid: &Grid) -> String {
    let line =
        |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>().trim_end().to_owned();
    (0..grid.height).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_screen_in_every_state_at_every_size() {
    for name in STATES {
        for (screen, typed) in SCREENS {
            for size in SIZES {
                let model = opened(name, typed, size);
                for look in [dark(), ascii()] {
                    let grid = render_to_cells(&model, &look, now(), size.0, size.1);
                    assert_harmless(&grid);
                    let said = text(&grid);
                    let word = model.board().word;
                    let go = said.lines().any(|line| line.trim_start().starts_with("\u{2714} GO"));
                    let all_go = word == BoardWord::Go || screen == "help" || name == "blocked";
                    // Rows of gates may say GO; where no gate is, nothing does.
                    assert!(
                        !go || all_go || !matches!(name, "loading" | "stale" | "empty"),
                        "{name} {screen} {size:?}:\n{said}"
                    );
                }
            }
        }
    }
}

/// What can be pointed at lies on the screen, wherever that ends.
#[test]
fn what_stands_where_is_on_the_screen() {
    for name in ["error", "long"] {
        for (screen, typed) in SCREENS {
            for w in (0..=44).step_by(4) {
                for h in (0..=20).step_by(2) {
                    let model = opened_small(name, typed, (w, h));
                    let mut zones = Zones::default();
                    let mut terminal = Terminal::new(TestBackend::new(w, h)).unwrap();
                    terminal.draw(|frame| zones = draw(&model, &dark(), now(), frame)).unwrap();
                    let inside = |(place, _): (ratatui::layout::Rect, &Target)| {
                        place.right() <= w && place.bottom() <= h
                    };
                    assert!(zones.all().all(inside), "{name} {screen} at {w}x{h}");
                }
            }
        }
    }
}

/// The same model at another size, as a terminal that was resized has it.
fn opened_small(name: &str, typed: &str, size: (u16, u16)) -> Model {
    let mut model = opened(name, typed, (80, 24));
    send(&mut model, Message::Resize(size.0, size.1));
    model
}

/// Two files for a state: each screen where room is scarce, and where it is not.
#[test]
fn pictures_of_every_state() {
    for name in STATES {
        for (file, sizes) in [("state", &SIZES[..2]), ("wide", &SIZES[2..])] {
            let mut all = String::new();
            for (screen, typed) in SCREENS {
                for size in sizes {
                    let model = opened(name, typed, *size);
                    let grid = render_to_cells(&model, &dark(), now(), size.0, size.1);
                    let (said, styles) = (text(&grid), styles(&grid));
                    let _ = writeln!(
                        all,
                        "=== {screen} {}x{}\n{}\n--- {styles}",
                        size.0,
                        size.1,
                        said.trim_end()
                    );
                }
            }
            insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots", omit_expression => true }, {
                insta::assert_snapshot!(format!("{file}_{name}"), all);
            });
        }
    }
}

/// How many letters there are in each style, most first: a colour that gets lost, or comes to another thing, is seen.
fn styles(grid: &Grid) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for cell in (0..grid.height).flat_map(|y| grid.row(y)).filter(|cell| !cell.symbol.trim().is_empty()) {
        *counts.entry(crate::cockpit::snap::style(cell).replace(" on #11151c", "")).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(style, count)| (std::cmp::Reverse(*count), style.clone()));
    counts.iter().map(|(style, count)| format!("{count} {}", style.trim())).collect::<Vec<_>>().join(", ")
}

/// Where there is room beside it, no title is cut: at 120x40 and 200x60, with more than a third of a neighbouring pane blank.
#[test]
fn no_title_is_cut_beside_an_empty_pane() {
    let titles = [
        "Condition that holds for this release",
        "A title of a good length, as people write them when they mean it well",
    ];
    for title in titles {
        for size in [(120, 40), (200, 60)] {
            let mut board = board();
            for (n, gate) in board.gates.iter_mut().enumerate() {
                gate.title = format!("{title} {n:02}").into();
            }
            let model = model_of(board, size);
            let mut zones = Zones::default();
            let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
            let frame = terminal.draw(|frame| zones = draw(&model, &dark(), now(), frame)).unwrap();
            let cells = frame.buffer.clone();
            let line = |y: u16| (0..size.0).map(|x| cells[(x, y)].symbol()).collect::<String>();
            let mut cut = Vec::new();
            for (place, target) in zones.all() {
                let Target::Gate(id) = target else { continue };
                let gate = model.board().gates.iter().find(|gate| gate.id == *id).unwrap();
                if !line(place.y).contains(&*gate.title) {
                    cut.push(line(place.y));
                }
            }
            let list = zones
                .all()
                .find(|(_, it)| matches!(it, Target::Pane(gonogo::cockpit::Pane::List, _)))
                .unwrap()
                .0;
            let beside =
                (list.right() + 1..size.0).flat_map(|x| (list.y..list.bottom()).map(move |y| (x, y)));
            let (blank, all) = beside.fold((0_u32, 0_u32), |(blank, all), at| {
                (blank + u32::from(cells[at].symbol() == " "), all + 1)
            });
            let empty = all > 0 && blank * 3 > all;
            assert!(
                cut.is_empty() || !empty,
                "{size:?}: {blank} of {all} cells beside are blank\n{}",
                cut.join("\n")
            );
            // Without a pane beside it the list has the whole width.
            assert!(all > 0 || cut.is_empty(), "{size:?}:\n{}", cut.join("\n"));
        }
    }
}

/// The screens beside the board use the room as well: what was asked, said and decided stands there whole, beside each other.
#[test]
fn no_wide_screen_is_half_blank() {
    let reason = "3 of 24 issues carry the label release-blocker, the newest of them since 08:55: CHK-108 \"Refund twice\"";
    for size in [(120, 40), (200, 60)] {
        let sources = sources_of(reason, size);
        let mut history = model(size);
        keys(&mut history, "6");
        send(&mut history, Message::History(Ok(Arc::new(told("Checkout v3")))));
        let incident = model_of(crate::cockpit::incident::board_of(-72), size).showing(Screen::Incident);
        let none = model(size).showing(Screen::Incident);
        for (name, model, said, rows) in [
            ("sources", sources, vec!["issues label=release-blocker", "4,812 of 5,000"], 15),
            ("history", history, vec!["CHK-108 reopened", "published", "needed by qa/qa-sign-off"], 6),
            (
                "incident",
                incident,
                vec!["scribe", "15m to decide", "so far", "the flag goes off in all regions"],
                12,
            ),
            ("none", none, vec!["opens one", "rollback", "watched by"], 0),
        ] {
            let grid = render_to_cells(&model, &dark(), now(), size.0, size.1);
            let all = text(&grid);
            said.iter().for_each(|said| assert!(all.contains(said), "{name} {size:?}: {said}\n{all}"));
            let body: Vec<_> = all.lines().skip(4).take(usize::from(size.1) - 6).collect();
            assert!(!body.iter().any(|line| line.contains('\u{2026}')), "{name} {size:?}:\n{all}");
            let right = usize::from(size.0) * 11 / 20 + 2;
            let used = body.iter().filter(|line| line.chars().skip(right).any(|c| c != ' ')).count();
            assert!(used >= rows, "{name} {size:?}: {used} rows of the right half\n{all}");
        }
        if size.0 == 200 {
            // Each answer in one line.
            let all = text(&render_to_cells(&sources_of(reason, size), &dark(), now(), size.0, size.1));
            assert!(all.matches(reason).count() > 15, "{all}");
        }
    }
}

fn sources_of(reason: &str, size: (u16, u16)) -> Model {
    let mut board = board();
    board.gates.iter_mut().for_each(|gate| gate.reason = reason.into());
    let mut model = model_of(board, size);
    keys(&mut model, "4");
    model
}

/// A title that no column could hold stands in two lines where there is height, and is cut where there is none.
#[test]
fn a_long_title_takes_a_second_line_where_there_is_height() {
    let end = "and where every word of it counts until the last";
    let title = format!("{} {end}", "A title that goes on and on, ".repeat(5));
    for (size, fits) in [((200, 60), true), ((120, 40), false)] {
        let mut board = board();
        let gates = board.gates.iter_mut().filter(|gate| !gate.group);
        gates.take(if fits { 3 } else { 40 }).for_each(|gate| gate.title = title.as_str().into());
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        let frame = terminal.draw(|frame| drop(draw(&model_of(board, size), &dark(), now(), frame))).unwrap();
        let cells = frame.buffer.clone();
        let line = |y| (0..size.0).map(|x| cells[(x, y)].symbol()).collect::<String>();
        let cells = (0..size.1).map(line).collect::<Vec<_>>().join("\n");
        let shown = cells.lines().filter(|line| line.contains("counts until the last")).count();
        assert_eq!(shown, if fits { 3 } else { 0 }, "{size:?}:\n{cells}");
    }
}
