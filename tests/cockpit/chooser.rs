//! Several launches on a screen: where each stands by what was known last, and which one is opened.

use gonogo::{
    cockpit::{Chooser, ChooserWish, Code, Key, Look, Pane, Pointed, Target},
    domain::{BoardWord, Clash, ClashKind, LastKnown, Listed},
    report::{Fleet, FleetEntry, Untold},
};
use ratatui::{Terminal, backend::TestBackend};

use super::fixture::*;

fn listed(launch: &str, title: &str, hours: i64) -> Listed {
    Listed {
        launch: launch.into(),
        title: title.into(),
        version: "3.0.0".into(),
        t_zero: now().wall + chrono::TimeDelta::hours(hours),
        held_since: None,
        last: Some(LastKnown { word: BoardWord::Hold, named: "HOLD".into(), at: later(-10_800).wall }),
        next: Some(("sign off qa/qa-sign-off".into(), vec!["qa".into()])),
        over: false,
        holds_others: false,
    }
}

pub fn fleet(more: usize) -> Fleet {
    let entry = |path: &str, listed| FleetEntry { path: path.into(), listed };
    let untold = Untold { why: "launch.yaml:1:1: unknown key\nmore".into(), journal: false };
    let mut entries = vec![
        entry("checkout", Ok(listed("checkout", "Checkout v3", 2))),
        entry(
            "fix",
            Ok(Listed { holds_others: true, last: None, next: None, ..listed("fix", "Refund fix", 26) }),
        ),
        entry("old", Ok(Listed { over: true, next: None, ..listed("old", "Checkout v2", -900) })),
        entry("odd", Err(untold)),
    ];
    entries.extend((0..more).map(|n| {
        entry(
            &format!("more/{n}"),
            Ok(listed("more", "A title that goes on and on and does not end \u{1b}[31m \u{4e16}", 30)),
        )
    }));
    let clash = Clash {
        kind: ClashKind::Windows,
        launch: "checkout".into(),
        with: "fix".into(),
        what: "checkout and fix roll out of acme/shop at the same time".into(),
        from: later(90_000).wall,
        until: Some(later(180_000).wall),
    };
    Fleet { entries, clashes: vec![clash], more: false, at: now().wall }
}

fn drawn(
    chooser: &Chooser,
    (w, h): (u16, u16),
    look: &Look,
) -> (Vec<(ratatui::layout::Rect, Target)>, String) {
    let mut terminal = Terminal::new(TestBackend::new(w, h)).unwrap();
    let mut zones = Vec::new();
    let frame = terminal
        .draw(|frame| {
            let all = chooser.draw(look, now().wall, frame);
            zones = all.all().map(|(place, target)| (place, target.clone())).collect();
        })
        .unwrap();
    let cells = frame.buffer.content();
    let rows = cells.chunks(usize::from(w.max(1)));
    let line =
        |row: &[ratatui::buffer::Cell]| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    (zones, rows.map(|row| line(row).trim_end().to_owned() + "\n").collect())
}

#[test]
fn each_stands_with_its_clock_what_was_known_and_what_is_next() {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots", omit_expression => true }, {
        for (w, h) in [(60, 16), (80, 24), (120, 40)] {
            insta::assert_snapshot!(format!("launches_{w}x{h}"), drawn(&Chooser::new(fleet(0), (w, h)), (w, h), &dark()).1);
        }
        insta::assert_snapshot!("launches_ascii", drawn(&Chooser::new(fleet(9), (80, 24)), (80, 24), &ascii()).1);
    });
}

#[test]
fn keys_and_pointer_choose_and_nothing_is_opened_that_was_not_chosen() {
    let size = (80, 24);
    let mut chooser = Chooser::new(fleet(9), size);
    let plain = |code| Key::plain(code);
    assert_eq!(chooser.key(plain(Code::Enter)), Some(ChooserWish::Launch(0)));
    for (key, at) in [('j', 1), ('j', 2), ('k', 1), ('G', 12), ('j', 12), ('g', 0), ('3', 2)] {
        assert_eq!(chooser.key(Key::char(key)), None);
        assert_eq!(chooser.key(plain(Code::Enter)), Some(ChooserWish::Launch(at)), "{key}");
    }
    assert_eq!(chooser.key(plain(Code::Esc)), Some(ChooserWish::Nothing));
    assert_eq!(chooser.key(Key::char('q')), Some(ChooserWish::Nothing));
    assert_eq!(chooser.key(Key::ctrl('c')), Some(ChooserWish::Nothing));
    assert_eq!(chooser.key(Key::ctrl('j')), None, "no key with Ctrl moves anything");
    // The last one is in sight where it is chosen, and is what is under the pointer there.
    chooser.key(plain(Code::End));
    let (zones, _) = drawn(&chooser, size, &dark());
    assert!(zones.iter().any(|(_, it)| *it == Target::Launch(12)));
    assert!(zones.iter().any(|(_, it)| matches!(it, Target::Pane(Pane::Launches, _))));
    assert_eq!(chooser.point(&Pointed::Click(Target::Launch(11))), None);
    assert_eq!(chooser.key(plain(Code::Enter)), Some(ChooserWish::Launch(11)));
    assert_eq!(chooser.point(&Pointed::Double(Target::Launch(10))), Some(ChooserWish::Launch(10)));
    let wheel = Pointed::Wheel { pane: Pane::Launches, most: 12, down: true };
    assert_eq!(chooser.point(&wheel), None);
    assert_eq!(chooser.key(plain(Code::Enter)), Some(ChooserWish::Launch(11)));
}

#[test]
fn every_size_is_drawn_and_an_empty_list_opens_nothing() {
    for w in (0..=60).step_by(6) {
        for h in 0..=20 {
            let mut chooser = Chooser::new(fleet(3), (80, 24));
            chooser.resize((w, h));
            chooser.key(Key::plain(Code::End));
            let (zones, said) = drawn(&chooser, (w, h), &dark());
            assert!(zones.iter().all(|(place, _)| place.right() <= w && place.bottom() <= h), "{w}x{h}");
            assert!(!said.contains('\u{1b}'));
        }
    }
    let mut none =
        Chooser::new(Fleet { entries: vec![], clashes: vec![], more: false, at: now().wall }, (80, 24));
    assert_eq!(none.key(Key::plain(Code::Enter)), None);
}
