//! Presenting and read-only: what is shown, and that nothing can be said.

use gonogo::{
    cockpit::{BINDINGS, Effect, Message, Model, Request, Screen, render_to_cells},
    domain::BoardWord,
};

use crate::cockpit::{fixture::*, meeting::Room, rollout::rolling_out, snap::snap};

fn shown(model: &Model, size: (u16, u16)) -> String {
    let grid = render_to_cells(model, &dark(), now(), size.0, size.1);
    let row = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>();
    (0..size.1).map(row).collect::<Vec<_>>().join("\n")
}

/// Every key that says something, on every screen: it is refused in words that say how to go on, and nothing is asked for.
fn says_nothing(model: &mut Model, words: &str) {
    let screens = ["1", "2", "3", "4", "5", "7", "9"];
    for screen in screens {
        keys(model, screen);
        for binding in BINDINGS.iter().filter(|it| it.action.speaks()) {
            for key in binding.keys {
                let effects = press(model, *key);
                let said = |it: &Effect| {
                    matches!(it, Effect::Ask(Request::Act(..) | Request::ActFor(..) | Request::Minutes))
                };
                assert!(!effects.iter().any(said), "{:?} on {screen}: {effects:?}", binding.action);
                assert!(!model.is_asking(), "{:?} opened a form on {screen}", binding.action);
                // The keys of acts move about on other screens.
                keys(model, "1");
                keys(model, screen);
            }
        }
    }
    keys(model, "1s");
    assert!(model.notice().is_some_and(|it| it.text.contains(words)), "{:?}", model.notice());
}

#[test]
fn presenting_says_nothing_until_it_is_ended() {
    let mut room = Room::new((80, 24));
    room.types("vo\n1P");
    says_nothing(&mut room.model, "P ends it");
    assert!(room.model.is_presenting());
    keys(&mut room.model, "1P");
    keys(&mut room.model, "w");
    assert!(room.model.is_asking(), "it can be said again");
}

#[test]
fn a_read_only_screen_says_nothing_at_all_and_says_so_everywhere() {
    let mut room = Room::new((120, 40));
    room.types("vo\n1");
    send(&mut room.model, Message::ReadOnly);
    says_nothing(&mut room.model, "--read-only");
    for (key, screen) in [
        ("1", Screen::Board),
        ("2", Screen::Timeline),
        ("3", Screen::Path),
        ("4", Screen::Sources),
        ("5", Screen::RollCall),
        ("6", Screen::History),
        ("7", Screen::Rollback),
        ("8", Screen::Incident),
        ("9", Screen::Comms),
        ("0", Screen::Readiness),
        ("@", Screen::People),
        ("#", Screen::Risks),
    ] {
        keys(&mut room.model, "1");
        keys(&mut room.model, key);
        assert_eq!(room.model.screen(), screen);
        let said = shown(&room.model, (120, 40));
        assert!(said.contains("READ-ONLY"), "{screen:?}:\n{said}");
    }
    keys(&mut room.model, "1P");
    assert!(shown(&room.model, (120, 40)).contains("READ-ONLY"), "also while presenting");
    keys(&mut room.model, "P");
    says_nothing(&mut room.model, "--read-only");
}

#[test]
fn what_is_presented_is_large_and_whole() {
    for size in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        let mut model = model(size);
        keys(&mut model, "P");
        snap(&format!("present_{}x{}", size.0, size.1), &model, &dark(), size);
        let said = shown(&model, size);
        assert!(said.contains("P ends presenting"), "{said}");
        assert!(!said.contains("github"), "the sources are not what a room wants to see");
        if size.1 >= 24 {
            assert!(said.contains("No open release blockers"), "whole titles:\n{said}");
            assert!(said.contains("CHK-108"), "and why:\n{said}");
        }
    }
    let mut go = model_of(go_board(), (80, 24));
    assert_eq!(go.board().word, BoardWord::Go);
    keys(&mut go, "P");
    snap("present_go", &go, &dark(), (80, 24));
    let mut rollout = model_of(rolling_out(), (120, 40));
    keys(&mut rollout, "P2");
    assert!(shown(&rollout, (120, 40)).contains("PRESENTING"), "the ribbon stands on other screens, too");
}

/// However many are open and however small the screen is: those that are not shown are counted.
#[test]
fn what_there_is_no_room_for_is_counted() {
    let (launch, board) = large(100);
    let open = board.score.no_go;
    for size in [(40, 12), (60, 20), (80, 24), (120, 40), (200, 60)] {
        let mut model = Model::new(launch.clone(), std::sync::Arc::new(board.clone()), size);
        keys(&mut model, "P");
        let said = shown(&model, size);
        let listed = said.lines().filter(|line| line.contains("Condition number")).count();
        let more = said.split("and ").find_map(|rest| rest.split_once(" more open")).map(|(n, _)| n);
        let more: u32 = more.and_then(|n| n.parse().ok()).unwrap_or_default();
        assert_eq!(u32::try_from(listed).unwrap() + more, open, "{size:?}:\n{said}");
    }
}
