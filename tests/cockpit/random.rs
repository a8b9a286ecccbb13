//! Anything, in any order: nothing panics, nothing hostile is drawn, what is chosen exists.

use std::sync::Arc;

use gonogo::{
    cockpit::{
        ActResult, Code, JournalState, Key, Message, Model, Notice, Ticket, next_change, render_to_cells,
        update,
    },
    domain::{Board, BoardWord, Decision, Flip, MessageState, MessageStatus, Refusal, Score, Verdict},
    report::Grid,
};
use proptest::prelude::*;

use crate::cockpit::fixture::*;

/// Titles and reasons that want to be more than text.
const HOSTILE: [&str; 8] = [
    "\u{1b}[2J\u{1b}]52;c;ZXZpbA==\u{7}GO",
    "\u{202e}OG-ON\u{2066} bidi",
    "世界平和リリース🚀👩🏽\u{200d}💻",
    "line\nbreak\r\ttab\0nul\u{9b}31m",
    "\u{e0041}\u{200b}\u{ad}\u{feff}invisible",
    "",
    "::error::x ##[add-path]/tmp",
    "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}flood",
];

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        any::<String>(),
        Just("very long words ".repeat(200))
    ]
}

fn boards() -> impl Strategy<Value = Board> {
    let verdicts = prop::collection::vec(prop::sample::select(Verdict::ALL.to_vec()), 21);
    (verdicts, hostile(), hostile(), any::<bool>(), 0_usize..22, -500_i64..500).prop_map(
        |(verdicts, title, reason, marks, keep, change)| {
            let mut board = board();
            board.title = title.as_str().into();
            board.score = Score::default();
            board.gates.truncate(keep);
            for (gate, verdict) in board.gates.iter_mut().zip(verdicts) {
                gate.verdict = verdict;
                (gate.title, gate.reason, gate.next) =
                    (title.as_str().into(), reason.as_str().into(), reason.as_str().into());
                (gate.stale, gate.overdue) = (marks, marks);
                gate.owner = Some(title.as_str().into());
                gate.url = Some(reason.as_str().into());
                gate.rows = vec![title.as_str().into(); 3];
                board.score.add(verdict);
            }
            board.word = if board.score.no_go > 0 { BoardWord::NoGo } else { BoardWord::Hold };
            board.remarks = vec![reason.as_str().into()];
            board.overridden = marks.then(|| title.as_str().into());
            board.held_since = marks.then(|| later(-60).wall);
            board.changes_at = Some(later(change).wall);
            for stage in &mut board.stages {
                stage.audience = title.as_str().into();
            }
            board.roll_call = (keep % 4 > 0).then(|| poll(&title, &reason, keep % 2 == 0));
            let decision = match keep % 5 {
                0 => Decision::GO,
                1 => {
                    Decision::NoGo { option: Some(title.as_str().into()), new_date: Some(later(change).wall) }
                }
                2 => Decision::Hold {
                    until: Some(later(change).wall),
                    until_true: vec![title.as_str().into()],
                },
                _ => Decision::Scrub { t0: later(0).wall + chrono::TimeDelta::seconds(change * 1_000) },
            };
            board.decision = (keep % 3 > 0).then(|| decided(decision, &reason, marks));
            board.stages.truncate(keep % 5);
            let told = crate::cockpit::comms::message("blog", MessageStatus::Overdue, None);
            let told = |due: i64| MessageState {
                title: title.as_str().into(),
                audience: reason.as_str().into(),
                due: Some(later(due).wall),
                text: reason.as_str().into(),
                ..told.clone()
            };
            board.messages = (0..i64::try_from(keep % 4).unwrap()).map(|n| told(change * n)).collect();
            let users = marks.then_some(12.0);
            let risk = crate::cockpit::risks::risk("refunds", &title, 1, users, marks.then_some(&*reason));
            board.risks = vec![risk; keep % 3];
            board.path.steps.truncate(keep);
            board
        },
    )
}

fn messages() -> impl Strategy<Value = Message> {
    let codes =
        [Code::Enter, Code::Esc, Code::Tab, Code::BackTab, Code::Up, Code::Down, Code::Left, Code::Right];
    let more = [Code::Home, Code::End, Code::PageUp, Code::PageDown, Code::Backspace, Code::Delete];
    let named = prop::sample::select([codes.as_slice(), more.as_slice()].concat()).prop_map(Key::plain);
    let key = prop_oneof![
        4 => (32_u8..127).prop_map(|c| Key::char(c.into())),
        2 => named,
        1 => any::<char>().prop_map(Key::char),
        1 => (b'a'..=b'z').prop_map(|c| Key::ctrl(c.into())),
    ];
    let flips = hostile().prop_map(|reason| {
        vec![Flip {
            gate: "qa/smoke".into(),
            from: None,
            to: Verdict::Go,
            at: later(-5).wall,
            reason: reason.as_str().into(),
        }]
    });
    let refused = |why: String| ActResult::Refused(Refusal { code: "x", reason: why, next: None });
    prop_oneof![
        20 => key.prop_map(Message::Key),
        3 => (0_u16..220, 0_u16..70).prop_map(|(w, h)| Message::Resize(w, h)),
        3 => boards().prop_map(|board| Message::BoardChanged(Arc::new(board))),
        1 => boards().prop_map(|board| Message::LaunchReloaded(launch(), Arc::new(board))),
        1 => hostile().prop_map(Message::Paste),
        1 => hostile().prop_map(|text| Message::Notice(Notice::bad(text).sticky())),
        1 => flips.prop_map(Message::Flips),
        1 => Just(Message::Sources(sources())),
        1 => hostile().prop_map(|why| Message::Journal(JournalState::Offline(why.as_str().into()))),
        1 => Just(Message::Journal(JournalState::Writable)),
        1 => (1_u64..4, hostile()).prop_map(move |(n, why)| Message::Acted(gonogo::cockpit::Ticket(n), refused(why))),
        1 => Just(Message::Identity(Some(me()))),
        1 => Just(Message::Rehearsal),
        1 => hostile().prop_map(|words| Message::History(Ok(Arc::new(told(&words))))),
        1 => Just(Message::Key(Key::char('H'))),
        2 => (boards(), -90_000_i64..90_000).prop_map(|(board, s)| Message::Past(crate::cockpit::past::view(later(0).wall + chrono::TimeDelta::seconds(s), board))),
        1 => hostile().prop_map(Message::NoPast),
        2 => Just(Message::Key(Key::char('R'))),
        1 => hostile().prop_map(|path| Message::MinutesWritten(vec![path])),
        // Into the meeting, and an answer typed to its end.
        3 => Just(Message::Key(Key::char('v'))),
        2 => Just(Message::Key(Key::plain(Code::Enter))),
        1 => (1_u64..9, hostile()).prop_map(|(n, why)| Message::Acted(Ticket(n), ActResult::NotRecorded(why.as_str().into()))),
    ]
}

pub fn assert_harmless(grid: &Grid) {
    for y in 0..grid.height {
        for cell in grid.row(y) {
            for c in cell.symbol.chars() {
                let bad = c.is_control()
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{ad}' | '\u{feff}')
                    || matches!(c, '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}');
                assert!(!bad, "{c:?} in row {y}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]
    #[test]
    fn anything_in_any_order(steps in prop::collection::vec((messages(), 0_i64..100_000), 1..60), size in (0_u16..220, 0_u16..70)) {
        let mut model = Model::new(launch(), Arc::new(board()), size);
        let mut size = size;
        for (message, seconds) in steps {
            if let Message::Resize(w, h) = message {
                size = (w, h);
            }
            let now = later(seconds);
            update(&mut model, message, now);
            let change = next_change(&model, now);
            prop_assert!(change.is_none_or(|at| at > now.wall), "{change:?} is not ahead");
        }
        for look in [dark(), ascii()] {
            let grid = render_to_cells(&model, &look, later(7), size.0, size.1);
            assert_harmless(&grid);
            if look.is_ascii() {
                prop_assert!(grid.cells.iter().all(|cell| cell.symbol.is_ascii()));
            }
        }
    }
}

/// What [`next_change`] says is what the eyes see: no picture before it differs, and the one at it does.
#[test]
fn the_screen_changes_exactly_when_it_says() {
    for (open, size) in [
        ("", (80, 24)),
        ("", (120, 40)),
        ("t", (80, 24)),
        ("i", (80, 24)),
        ("\n", (80, 24)),
        ("", (44, 14)),
        ("v", (80, 24)),
    ] {
        let mut model = model(size);
        keys(&mut model, open);
        let mut at = now();
        for _ in 0..12 {
            let Some(change) = next_change(&model, at) else { break };
            let picture = |now| render_to_cells(&model, &dark(), now, size.0, size.1);
            let wait = change - at.wall;
            let moved = |by: chrono::TimeDelta| gonogo::domain::Now {
                wall: at.wall + by,
                boot: at.boot + by.to_std().unwrap(),
            };
            let just_before = moved(wait - chrono::TimeDelta::milliseconds(2).min(wait));
            assert!(picture(at) == picture(just_before), "{open:?} {size:?}: changed before {change}");
            at = moved(wait + chrono::TimeDelta::milliseconds(1));
        }
    }
}
