//! The palette, the help and the keys that a user chose: all of them the one table.

use std::sync::Arc;

use gonogo::cockpit::{
    BINDINGS, Code, Context, Effect, JournalState, Key, Keymap, Message, Model, Playback, Request, Screen,
    render_to_cells,
};

use crate::cockpit::{fixture::*, snap::snap};

fn drawn(model: &Model) -> String {
    let grid = render_to_cells(model, &dark(), now(), 80, 24);
    let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>() + "\n";
    (0..24).map(line).collect()
}

fn recording(model: &mut Model) {
    let playback = Playback {
        name: "DEMO".into(),
        speed: 60.0,
        paused: false,
        at: now().wall,
        end: later(9_000).wall,
        story: None,
    };
    send(model, Message::Playback(Some(playback)));
}

fn down(model: &mut Model, times: usize) {
    (0..times).for_each(|_| _ = press(model, Key::plain(Code::Down)));
}

/// Screens by the key that shows them.
const SCREENS: [&str; 7] = ["", "2", "3", "4", "5", "6", "7"];

#[test]
fn every_action_that_a_key_does_on_a_screen_is_listed_with_that_key() {
    let mut model = model((80, 24));
    recording(&mut model);
    keys(&mut model, ":");
    let listed = model.palette();
    let typed = [
        Context::Form,
        Context::Search,
        Context::Moment,
        Context::Palette,
        Context::Help,
        Context::Past,
        Context::Filter,
    ];
    for binding in BINDINGS {
        let only_typed = binding.contexts.iter().all(|it| typed.contains(it));
        let itself = binding.help == "type what to do" || binding.help == "leave, whatever is open";
        let name = binding.action.name().replace('-', " ");
        let key = binding.keys[0].name();
        let found = listed.iter().any(|(it, by, _)| *it == name && *by == key);
        assert!(found || only_typed || itself, "{name} by {key}");
    }
}

/// Whoever is not sure which screen is shown presses its key again: the keys that follow must not go to the board, where `c`
/// leaves a note.
#[test]
fn the_key_of_the_screen_that_is_shown_leads_nowhere_else() {
    for (screen, action, name) in Screen::ALL.iter().skip(1) {
        let bound = BINDINGS.iter().filter(|it| it.action == *action).flat_map(|it| it.keys);
        for key in bound {
            let mut model = model((80, 24));
            press(&mut model, *key);
            let first = (model.context(), drawn(&model));
            assert_ne!(first.0, Context::List, "{name} by {}", key.name());
            press(&mut model, *key);
            assert_eq!((model.context(), drawn(&model)), first, "{name} by {} twice", key.name());
            for back in [Key::char('1'), Key::plain(Code::Esc)] {
                let mut model = model.clone();
                press(&mut model, back);
                assert_eq!(model.context(), Context::List, "{} from {screen:?}", back.name());
            }
        }
    }
}

/// Every entry, chosen on every screen, does what its key does there: the same effects, form, screen and refusal.
#[test]
fn what_it_does_is_what_the_key_does() {
    let mut compared = 0;
    for screen in SCREENS {
        let mut start = model((80, 24));
        recording(&mut start);
        keys(&mut start, screen);
        let mut listed = start.clone();
        keys(&mut listed, ":");
        let listed: Vec<_> =
            listed.palette().iter().map(|(name, key, _)| ((*name).to_owned(), Key::parse(key))).collect();
        for (at, (name, key)) in listed.iter().enumerate() {
            // What works here is listed before what is called the same elsewhere.
            if listed.iter().take(at).any(|(it, _)| it == name) {
                continue;
            }
            let (name, key) = (name.as_str(), *key);
            let mut by_key = start.clone();
            // A key that means something else here is not that of the entry; then the entry leads elsewhere first.
            let action = Keymap::default().lookup(start.context(), true, key.unwrap_or(Key::ctrl('c')));
            if action.is_none_or(|it| it.name().replace('-', " ") != name) {
                continue;
            }
            let expected = press(&mut by_key, key.unwrap());
            let mut chosen = start.clone();
            keys(&mut chosen, ":");
            down(&mut chosen, at);
            let done = press(&mut chosen, Key::plain(Code::Enter));
            assert_eq!(done, expected, "{name} on {screen:?}");
            assert_eq!(chosen.context(), by_key.context(), "{name} on {screen:?}");
            assert_eq!(chosen.notice(), by_key.notice(), "{name} on {screen:?}");
            assert_eq!(drawn(&chosen), drawn(&by_key), "{name} on {screen:?}");
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn what_would_be_refused_says_why_and_is_refused_with_the_same_words() {
    for state in [JournalState::Writable, JournalState::ViewOnly("this is a replay".into())] {
        let mut start = model((80, 24));
        send(&mut start, Message::Journal(state));
        for screen in SCREENS {
            let mut listed = start.clone();
            keys(&mut listed, screen);
            keys(&mut listed, ":");
            let entries: Vec<_> = listed.palette().iter().map(|(_, _, why)| why.map(str::to_owned)).collect();
            for (at, why) in entries.into_iter().enumerate() {
                let Some(why) = why else { continue };
                let mut chosen = listed.clone();
                down(&mut chosen, at);
                let effects = press(&mut chosen, Key::plain(Code::Enter));
                let said = chosen.notice().map(|it| it.text.clone());
                assert!(
                    !chosen.is_asking()
                        && effects
                            .iter()
                            .all(|it| matches!(it, Effect::Ask(Request::History | Request::Readiness)))
                );
                // What only moves has nothing to say.
                assert!(said.is_none_or(|it| it == why), "{why}");
            }
        }
    }
}

#[test]
fn an_action_takes_what_it_is_about() {
    for (typed, title) in [
        ("sign docs", "Sign-off gtm/docs-live"),
        ("wai block", "Waive qa/blockers"),
        ("note press kit", "Note on gtm/press-kit"),
        ("move stage half", "Stage half to 50 %"),
    ] {
        let mut model = model((80, 24));
        keys(&mut model, &format!("4:{typed}\n"));
        assert!(model.is_asking() && drawn(&model).contains(title), "{typed}:\n{}", drawn(&model));
    }
    let mut model = model((80, 24));
    keys(&mut model, ":open link block");
    assert_eq!(model.palette()[0].0, "open link qa/blockers");
    let opened = keys(&mut model, "\n");
    assert!(matches!(opened.as_slice(), [Effect::Ask(Request::OpenUrl(_))]), "{opened:?}");
    // Places: a gate in a folded checklist, a screen, one that has to be asked for.
    keys(&mut model, ":go to macros\n");
    assert_eq!(model.chosen().unwrap().as_str(), "support/macros");
    keys(&mut model, ":timeline\n");
    assert_eq!(model.screen(), Screen::Timeline);
    assert_eq!(keys(&mut model, ":go to history\n"), [Effect::Ask(Request::History)]);
    // What is typed need not begin with what it does.
    keys(&mut model, "1:briefing\n");
    assert_eq!(model.chosen().unwrap().as_str(), "support/briefing");
}

#[test]
fn a_station_is_answered_for_by_its_name() {
    let mut room = crate::cockpit::meeting::Room::new((80, 24));
    room.types("vo\n1:go qa");
    assert_eq!(room.model.palette()[0].0, "go qa");
    room.types("\n");
    assert!(room.model.is_asking() && room.model.screen() == Screen::RollCall);
    assert!(drawn(&room.model).contains("GO for"), "{}", drawn(&room.model));
}

#[test]
fn tab_completes_esc_closes_and_pasted_text_never_acts() {
    let mut model = model((80, 24));
    keys(&mut model, ":wai\t");
    assert!(drawn(&model).contains(": waive "), "{}", drawn(&model));
    assert_eq!(model.palette()[0].0, "waive", "the action itself comes before what it can be done to");
    assert!(model.palette()[1].0.starts_with("waive qa/"), "what it is of use for comes first");
    keys(&mut model, "\u{1b}");
    assert!(model.palette().is_empty() && model.context() == Context::List);
    // Ctrl-P opens it as well; what is pasted is only text.
    press(&mut model, Key::ctrl('p'));
    assert!(send(&mut model, Message::Paste("quit\n\u{3}\r".into())).is_empty());
    assert_eq!(model.palette()[0].0, "quit");
    assert_eq!(keys(&mut model, "\n"), [Effect::Quit]);
    keys(&mut model, ":no such thing at all");
    assert!(model.palette().is_empty() && keys(&mut model, "\n").is_empty());
    assert!(drawn(&model).contains("nothing that can be done is called so"));
}

#[test]
fn what_was_chosen_stays_chosen_when_the_board_changes() {
    let mut model = model((80, 24));
    keys(&mut model, ":waive ");
    down(&mut model, 2);
    let chosen = |model: &Model| {
        let drawn = drawn(model);
        drawn.lines().find(|line| line.starts_with('▶') && line.contains("waive")).map(str::to_owned)
    };
    let before = chosen(&model).unwrap();
    let id = before.split_whitespace().nth(2).unwrap().to_owned();
    send(&mut model, Message::BoardChanged(Arc::new(go_board())));
    assert!(chosen(&model).unwrap().contains(&id), "{id} was chosen:\n{}", drawn(&model));
}

#[test]
fn the_help_shows_what_is_typed_and_what_works_here_first() {
    let mut model = model((80, 24));
    keys(&mut model, "5?");
    let shown = drawn(&model);
    let place = |words: &str| shown.find(words).unwrap_or(usize::MAX);
    assert!(place("Roll call") < place("Verdicts"), "{shown}");
    // Letters are looked for and do nothing else; so do the keys themselves.
    keys(&mut model, "waive");
    let shown = drawn(&model);
    assert!(shown.contains("waive: an exception") && shown.contains("end a waiver"), "{shown}");
    assert!(!shown.contains("timeline of the rollout"), "{shown}");
    press(&mut model, Key::ctrl('u'));
    keys(&mut model, "xqz");
    assert!(drawn(&model).contains("no key is about it"), "{}", drawn(&model));
    keys(&mut model, "\u{1b}");
    assert_eq!(model.context(), Context::RollCall);
    keys(&mut model, "??");
    assert_eq!(model.context(), Context::RollCall, "the key that opened it closes it");
}

/// Whatever screen it is opened on, no key is left out, and it begins with what that screen is for.
#[test]
fn the_help_has_every_key_and_begins_with_the_screen() {
    let size = (200, 120);
    for (typed, begins) in [
        ("", "The word for the launch"),
        ("\n", "One gate in full"),
        ("3", "Everything that stands between now and GO"),
        ("8", "What is wrong, since when"),
        ("#", "What can go wrong with the launch"),
    ] {
        let mut model = model(size);
        keys(&mut model, typed);
        keys(&mut model, "?");
        let said = shown(&model, size);
        assert!(said.lines().nth(2).unwrap().starts_with(&format!(" {begins}")), "{said}");
        for binding in BINDINGS.iter().filter(|it| it.contexts.first() != Some(&Context::Playback)) {
            assert!(said.contains(binding.help), "{typed:?}: {} is not in\n{said}", binding.help);
        }
        // The chosen gate is told of where it has the keyboard, with what can be done about it.
        let told = typed.is_empty() || typed == "\n";
        assert_eq!(said.contains("chosen: NO-GO qa/blockers  w waive  o open"), told, "{said}");
    }
}

#[test]
fn chosen_keys_are_followed_by_everything_that_shows_a_key() {
    let written = [("waive".to_owned(), vec!["Q".to_owned()]), ("find".to_owned(), vec![])];
    let mut model = model((80, 24));
    send(&mut model, Message::Keys(Arc::new(Keymap::with(&written).unwrap())));
    assert!(drawn(&model).contains("Q waive"), "under the gate and in the key line: {}", drawn(&model));
    keys(&mut model, "w/");
    assert!(!model.is_asking() && model.context() == Context::List);
    keys(&mut model, ":waive");
    assert_eq!((model.palette()[0].0, model.palette()[0].1), ("waive", "Q"));
    keys(&mut model, "\u{1b}:find");
    assert_eq!((model.palette()[0].0, model.palette()[0].1), ("find", ""));
    keys(&mut model, "\n");
    assert_eq!(model.context(), Context::Search, "what has no key is typed");
    keys(&mut model, "\u{1b}?an exception");
    assert!(drawn(&model).contains("Q          waive: an exception"), "{}", drawn(&model));
    keys(&mut model, "\u{1b}");
    keys(&mut model, "s");
    let said = model.notice().unwrap().text.clone();
    assert!(said.ends_with("not by people; Q asks for a waiver"), "{said}");
    keys(&mut model, "Q");
    assert!(model.is_asking());
}

#[test]
fn pictures() {
    for size in [(80, 24), (120, 40), (200, 60), (44, 14)] {
        let name = format!("{}x{}", size.0, size.1);
        let mut model = model(size);
        keys(&mut model, ":");
        snap(&format!("palette_{name}"), &model, &dark(), size);
        keys(&mut model, "sign qa");
        snap(&format!("palette_sign_{name}"), &model, &dark(), size);
    }
    let mut model = model((80, 24));
    keys(&mut model, ":nxbl");
    snap("palette_ascii", &model, &ascii(), (80, 24));
    keys(&mut model, "\u{1b}?waive");
    snap("help_found", &model, &dark(), (80, 24));
    let mut model = crate::cockpit::fixture::model((200, 60));
    keys(&mut model, "5?");
    snap("help_200x60", &model, &dark(), (200, 60));
}
