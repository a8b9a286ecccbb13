//! Snapshots of symbols and of styles.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use gonogo::{
    cockpit::{Code, Effect, JournalState, Key, Look, Message, Model, Request, render_to_cells},
    report::{Grid, GridCell, GridColour},
};

use crate::{
    cockpit::fixture::*,
    cockpit::meeting::Room,
    cockpit::past,
    cockpit::rollout::{drifting, rolling_out},
};

/// The picture as text, and below it one letter per style for every cell, with what the letters mean.
fn dump(grid: &Grid) -> String {
    let mut names: BTreeMap<String, char> = BTreeMap::new();
    let mut styles = String::new();
    let mut out = String::new();
    for y in 0..grid.height {
        let row = grid.row(y);
        let line: String = row.iter().map(|cell| cell.symbol.as_str()).collect();
        let _ = writeln!(out, "{}", line.trim_end());
        let line: String = row.iter().map(|cell| letter(cell, &mut names)).collect();
        let _ = writeln!(styles, "{}", line.trim_end_matches('a'));
    }
    let mut letters: Vec<_> = names.into_iter().map(|(style, letter)| format!("{letter}: {style}")).collect();
    letters.sort();
    format!("{out}---\n{styles}---\n{}\n", letters.join("\n"))
}

fn letter(cell: &GridCell, names: &mut BTreeMap<String, char>) -> char {
    let next = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().nth(names.len()).unwrap_or('!');
    *names.entry(style(cell)).or_insert(next)
}

pub(super) fn style(cell: &GridCell) -> String {
    let flags = [
        (cell.bold, "bold"),
        (cell.dim, "dim"),
        (cell.italic, "italic"),
        (cell.underlined, "underlined"),
        (cell.reversed, "reversed"),
    ];
    let flags: Vec<_> = flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    format!("{} on {} {}", colour(cell.fg), colour(cell.bg), flags.join(" "))
}

fn colour(colour: GridColour) -> String {
    match colour {
        GridColour::Default => "default".to_owned(),
        GridColour::Indexed(n) => n.to_string(),
        GridColour::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

pub(super) fn snap(name: &str, model: &Model, look: &Look, (w, h): (u16, u16)) {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots", omit_expression => true }, {
        insta::assert_snapshot!(name, dump(&render_to_cells(model, look, now(), w, h)));
    });
}

#[test]
fn boards() {
    for size in [(80, 24), (120, 40), (200, 60), (60, 20), (44, 14), (30, 8)] {
        snap(&format!("board_{}x{}", size.0, size.1), &model(size), &dark(), size);
    }
    snap("board_ascii", &model((80, 24)), &ascii(), (80, 24));
    snap("board_ascii_large", &model((120, 40)), &ascii(), (120, 40));
    snap("board_go", &model_of(go_board(), (80, 24)), &dark(), (80, 24));
}

#[test]
fn screens() {
    let size = (80, 24);
    for (name, typed) in [
        ("detail", "\n"),
        ("timeline", "t"),
        ("path", "p"),
        ("sources", "i"),
        ("help", "?"),
        ("search", "/sess"),
    ] {
        let mut model = model(size);
        keys(&mut model, typed);
        snap(name, &model, &dark(), size);
    }
    let mut model = model((120, 40));
    keys(&mut model, "t");
    snap("timeline_120x40", &model, &dark(), (120, 40));
    for size in [(120, 40), (200, 60)] {
        let mut model = self::model(size);
        keys(&mut model, "i");
        snap(&format!("sources_{}x{}", size.0, size.1), &model, &dark(), size);
    }
}

/// A rollout under way: a hold that is over, guardrails in every state, a criterion, a plan that was late.
#[test]
fn the_timeline_of_a_rollout() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut model = model_of(rolling_out(), size);
        keys(&mut model, "t");
        snap(&format!("rollout_{}x{}", size.0, size.1), &model, &dark(), size);
    }
    let mut model = model_of(rolling_out(), (80, 24));
    keys(&mut model, "t");
    snap("rollout_ascii", &model, &ascii(), (80, 24));
    // Nearer, and pointing at the hold.
    keys(&mut model, "zz");
    (0..9).for_each(|_| _ = press(&mut model, Key::plain(Code::Left)));
    snap("rollout_pointed_at", &model, &dark(), (80, 24));
}

/// Record and truth side by side, where they differ.
#[test]
fn the_timeline_of_a_drift() {
    for size in [(80, 24), (120, 40)] {
        let mut model = model_of(drifting(), size);
        keys(&mut model, "t");
        snap(&format!("drift_{}x{}", size.0, size.1), &model, &dark(), size);
    }
}

#[test]
fn the_meeting() {
    for size in [(80, 24), (120, 40), (200, 60), (44, 14)] {
        let name = format!("{}x{}", size.0, size.1);
        let mut room = Room::new(size);
        room.types("v");
        snap(&format!("roll_call_before_{name}"), &room.model, &dark(), size);
        room.types("o\nnnot tested\nkug\nc1\tmacros by noon\tdirector on the phone\n").types("docto\n");
        snap(&format!("roll_call_{name}"), &room.model, &dark(), size);
        room.types("ggoing on\ng\n");
        snap(&format!("roll_call_final_{name}"), &room.model, &dark(), size);
        room.types("gthe shop is down anyway\tOVERRIDE\n");
        snap(&format!("roll_call_override_{name}"), &room.model, &dark(), size);
    }
    let mut room = Room::new((80, 24));
    room.types("vo\nnnot tested\n");
    snap("roll_call_ascii", &room.model, &ascii(), (80, 24));
    room.types("c");
    snap("roll_call_form", &room.model, &dark(), (80, 24));
}

#[test]
fn looking_back() {
    for size in [(80, 24), (120, 40)] {
        let mut model = model(size);
        keys(&mut model, "R");
        send(&mut model, Message::Past(past::view(time("2026-12-02T08:30:00Z"), go_board())));
        snap(&format!("past_{}x{}", size.0, size.1), &model, &dark(), size);
        snap(&format!("past_ascii_{}x{}", size.0, size.1), &model, &ascii(), size);
    }
}

#[test]
fn history() {
    let mut model = model((80, 24));
    assert_eq!(keys(&mut model, "H"), [Effect::Ask(Request::History)]);
    send(&mut model, Message::History(Ok(Arc::new(told("Checkout v3")))));
    snap("history", &model, &dark(), (80, 24));
    snap("history_ascii", &model, &ascii(), (120, 40));
    snap("history_200x60", &model, &dark(), (200, 60));
    assert!(keys(&mut model, "H").is_empty(), "it is shown already");
    assert!(shown(&model, (80, 24)).contains("How launches went"));
}

#[test]
fn forms() {
    let size = (80, 24);
    for (name, typed) in [("sign", "/sign-off\nsg\t"), ("waive", "w\nbecause"), ("stage", "tGs")] {
        let mut model = model(size);
        keys(&mut model, typed);
        snap(&format!("form_{name}"), &model, &dark(), size);
    }
}

#[test]
fn what_must_not_be_missed() {
    let mut board = board();
    board.overridden = Some("by octo: the fix is in".into());
    board.remarks = vec!["the clock of github is 90 s ahead".into()];
    board.held_since = Some(later(-300).wall);
    board.held_for = std::time::Duration::from_secs(600);
    board.gates[2].overdue = true;
    let mut model = model_of(board, (80, 24));
    send(&mut model, Message::Journal(JournalState::Offline("no answer from the database".into())));
    snap("banners", &model, &dark(), (80, 24));
}

#[test]
fn hostile_titles() {
    let mut board = board();
    board.title = "\u{202e}Checkout\u{1b}[31m v3".into();
    let hostile = [
        "世界平和のためのリリース判定を行うための非常に長い題名です、本当に",
        "\u{1b}[2J\u{1b}]52;c;ZXZpbA==\u{7} clears the screen",
        "\u{202e}OG si ti \u{2066}bidi",
        "Za\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}lgo",
        "👩🏽\u{200d}💻 ships 🚀🚀🚀 on a\u{200b}Friday\nafternoon",
    ];
    for (gate, title) in board.gates.iter_mut().zip(hostile) {
        gate.title = title.into();
        gate.reason = title.into();
        gate.owner = Some(title.into());
    }
    snap("hostile", &model_of(board.clone(), (80, 24)), &dark(), (80, 24));
    snap("hostile_ascii", &model_of(board, (120, 40)), &ascii(), (120, 40));
}
