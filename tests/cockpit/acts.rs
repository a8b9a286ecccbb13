//! What keys do: moving, finding, and above all acting.

use std::sync::Arc;

use gonogo::{
    cockpit::{
        ActResult, Code, Effect, JournalState, Key, Message, Notice, Playback, PlaybackMove, Request, Screen,
        Ticket,
    },
    domain::{Board, Command, Oid, Refusal, StageAct, Verdict},
};
use uuid::Uuid;

use crate::cockpit::fixture::*;

fn asked(effects: Vec<Effect>) -> Option<(Ticket, Command)> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(Request::Act(ticket, command)) => Some((ticket, command)),
        _ => None,
    })
}

fn drawn(model: &gonogo::cockpit::Model) -> String {
    let grid = gonogo::cockpit::render_to_cells(model, &dark(), now(), 80, 24);
    let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>() + "\n";
    (0..24).map(line).collect()
}

fn choose(model: &mut gonogo::cockpit::Model, words: &str) {
    keys(model, &format!("/{words}\n"));
}

#[test]
fn the_worst_blocker_is_chosen_first_and_stays_chosen() {
    let mut model = model((80, 24));
    assert_eq!(model.chosen().unwrap().as_str(), "qa/blockers");
    // The gate moves on the list when its verdict changes; the choice goes with it.
    send(&mut model, Message::BoardChanged(Arc::new(go_board())));
    assert_eq!(model.chosen().unwrap().as_str(), "qa/blockers");
    assert_eq!(model.board().gate(model.chosen().unwrap()).unwrap().verdict, Verdict::Go);
}

#[test]
fn what_changed_is_marked_until_it_is_looked_at() {
    let mut model = model((80, 24));
    assert!(model.unseen().is_empty(), "history is no news");
    send(&mut model, Message::BoardChanged(Arc::new(go_board())));
    let unseen: Vec<_> = model.unseen().iter().map(|id| id.local().to_owned()).collect();
    assert_eq!(unseen, ["blockers", "crash-free", "qa-sign-off", "regression"]);
    choose(&mut model, "crash-free");
    assert_eq!(model.unseen().len(), 3);
    keys(&mut model, "m");
    assert!(model.unseen().is_empty());
}

#[test]
fn whose_word_it_is_stands_whole_beside_the_keys() {
    for (width, height) in [(40, 12), (44, 14), (60, 20), (80, 24), (200, 60)] {
        let mut model = model((width, height));
        choose(&mut model, "documentation");
        keys(&mut model, "s");
        assert!(model.is_asking());
        let grid = gonogo::cockpit::render_to_cells(&model, &dark(), now(), width, height);
        let last: String = grid.row(height - 1).iter().map(|cell| cell.symbol.as_str()).collect();
        assert!(last.starts_with("  as octo, unverified   "), "{width}x{height}: {last:?}");
    }
}

#[test]
fn enter_alone_never_says_go() {
    let mut model = model((80, 24));
    choose(&mut model, "documentation");
    assert!(keys(&mut model, "s\n\n\n").is_empty());
    assert!(model.is_asking(), "the form waits for a choice");
}

#[test]
fn a_sign_off_is_sent_whole_and_is_not_done_before_it_is_recorded() {
    let mut model = model((80, 24));
    choose(&mut model, "documentation");
    let effects = keys(&mut model, "sg\tLooks good\n");
    let (ticket, command) = asked(effects).unwrap();
    let expected = Command::SignOff {
        gate: "gtm/docs-live".into(),
        go: true,
        role: None,
        note: Some("Looks good".into()),
        answers: std::collections::BTreeMap::new(),
    };
    assert_eq!(command, expected);
    assert_eq!(model.recording(), 1);
    assert!(model.notice().is_none(), "nothing is claimed yet");
    // A second act on the same gate waits for the first.
    assert!(keys(&mut model, "s").is_empty() && !model.is_asking());
    send(&mut model, Message::Acted(ticket, ActResult::Recorded(Uuid::nil())));
    assert_eq!(model.recording(), 0);
    assert_eq!(model.notice(), Some(&Notice::done("recorded: GO on gtm/docs-live")));
}

/// A word is of the commit and the text that its form shows (V8).
#[test]
fn what_changes_under_an_open_form_is_said_before_the_word_is_sent() {
    let before = Board::clone(model((120, 40)).board());
    for (gate, typed, change, told) in [
        (
            "qa-sign-off",
            "sg\t1\t8841\thttps://ci.example.com/8841",
            (|board: &mut Board| board.commit = Oid::parse("1111111111111111111111111111111111111111"))
                as fn(&mut Board),
            "the commit is 1111111 now, no longer 8f3c2ab",
        ),
        (
            "documentation",
            "sg\tLooks good",
            |board| {
                let gate = board.gates.iter_mut().find(|it| it.id.as_str() == "gtm/docs-live").unwrap();
                gate.verdict = Verdict::NoGo;
            },
            "it is NO-GO now",
        ),
    ] {
        let mut model = model((120, 40));
        choose(&mut model, gate);
        keys(&mut model, typed);
        let mut board = before.clone();
        change(&mut board);
        send(&mut model, Message::BoardChanged(Arc::new(board.clone())));
        assert!(drawn(&model).contains(told), "{told}: {}", drawn(&model));
        // The same board again is no news, and does not take the news away.
        send(&mut model, Message::BoardChanged(Arc::new(board)));
        assert!(keys(&mut model, "\n").is_empty() && model.is_asking(), "Enter only says that it was seen");
        assert!(asked(keys(&mut model, "\n")).is_some(), "{told}");
    }
}

/// What was on its way while the commit changed is said of another commit when it is said again.
#[test]
fn what_changes_while_a_word_is_on_its_way_is_said_when_its_form_comes_back() {
    let mut model = model((120, 40));
    choose(&mut model, "qa-sign-off");
    let effects = keys(&mut model, "sg\t1\t8841\thttps://ci.example.com/8841\n");
    let (ticket, _) = asked(effects).unwrap();
    let mut board = Board::clone(model.board());
    board.commit = Oid::parse("1111111111111111111111111111111111111111");
    send(&mut model, Message::BoardChanged(Arc::new(board)));
    send(&mut model, Message::Acted(ticket, ActResult::NotRecorded("the disk is full".into())));
    assert!(drawn(&model).contains("the commit is 1111111 now"), "{}", drawn(&model));
    assert!(keys(&mut model, "\n").is_empty() && model.is_asking(), "Enter only says that it was seen");
    assert!(asked(keys(&mut model, "\n")).is_some());
}

/// Enter sends; a line more is begun with Alt or Ctrl-J, and a paste keeps its lines.
#[test]
fn a_reason_may_have_lines() {
    let mut model = model((80, 24));
    choose(&mut model, "documentation");
    keys(&mut model, "sn\tnot yet:");
    press(&mut model, Key { alt: true, ..Key::plain(Code::Enter) });
    keys(&mut model, "two pages are missing");
    press(&mut model, Key::ctrl('j'));
    send(&mut model, Message::Paste("first\nsecond".into()));
    assert!(model.is_asking());
    let shown = gonogo::cockpit::render_to_cells(&model, &dark(), now(), 80, 24);
    let rows: Vec<String> =
        (0..24).map(|y| shown.row(y).iter().map(|cell| cell.symbol.as_str()).collect()).collect();
    let at = rows.iter().position(|row| row.contains("two pages are missing")).expect("its own row");
    assert!(rows[at + 2].trim_end().ends_with("second"), "{rows:#?}");
    let (_, command) = asked(keys(&mut model, "\n")).unwrap();
    let Command::SignOff { note: Some(note), .. } = command else { panic!("{command:?}") };
    assert_eq!(&*note, "not yet:\ntwo pages are missing\nfirst\nsecond");
}

#[test]
fn mandatory_answers_have_to_be_of_their_kind() {
    let mut model = model((80, 24));
    choose(&mut model, "qa-sign-off");
    keys(&mut model, "sg\t1\t8841\t");
    // A link that is none, sent with Enter: the form stays, at that field.
    assert!(keys(&mut model, "not a link\n").is_empty());
    assert!(model.is_asking());
    press(&mut model, Key::ctrl('u'));
    let (_, command) = asked(keys(&mut model, "https://ci.example.com/8841\n")).unwrap();
    let Command::SignOff { role, answers, .. } = command else { panic!() };
    assert_eq!(role.unwrap().as_str(), "qa");
    assert_eq!(&*answers["report"], "https://ci.example.com/8841");
    assert_eq!(&*answers["build"], "8841");
}

#[test]
fn what_was_refused_comes_back_with_what_was_typed() {
    let mut model = model((80, 24));
    choose(&mut model, "documentation");
    let (ticket, _) = asked(keys(&mut model, "sn\tnot yet\n")).unwrap();
    let refusal = Refusal { code: "not-your-role", reason: "octo is not marketing".into(), next: None };
    send(&mut model, Message::Acted(ticket, ActResult::Refused(refusal)));
    assert!(model.is_asking() && model.notice().unwrap().sticky);
    let (_, command) = asked(keys(&mut model, "\n")).unwrap();
    let Command::SignOff { go: false, note: Some(note), .. } = command else { panic!("{command:?}") };
    assert_eq!(&*note, "not yet");
}

#[test]
fn not_recorded_stays_on_the_screen_until_it_is_dismissed() {
    let mut model = model((80, 24));
    choose(&mut model, "documentation");
    let (ticket, _) = asked(keys(&mut model, "sg\n")).unwrap();
    send(&mut model, Message::Acted(ticket, ActResult::Unsure("connection lost".into())));
    assert_eq!(model.recording(), 1, "the outcome is not known");
    send(&mut model, Message::Acted(ticket, ActResult::NotRecorded("disk full".into())));
    let text = model.notice().unwrap().text.clone();
    assert_eq!(text, "NOT recorded: GO on gtm/docs-live: disk full");
    keys(&mut model, "\u{1b}jjj");
    assert_eq!(model.notice().map(|it| it.text.clone()), Some(text), "the first Esc closes the form");
    send(&mut model, Message::Notice(Notice::plain("something else")));
    assert!(model.notice().unwrap().sticky);
    keys(&mut model, "\u{1b}");
    assert!(model.notice().is_none());
}

/// The disk was full, there is room again, and the same is said once more: nothing says any longer that it was not recorded.
#[test]
fn what_is_said_again_and_recorded_is_not_called_lost() {
    let mut model = model((80, 24));
    choose(&mut model, "documentation");
    let (ticket, _) = asked(keys(&mut model, "sg\n")).unwrap();
    let full = "database or disk is full";
    send(&mut model, Message::Acted(ticket, ActResult::NotRecorded(full.into())));
    let text = model.notice().unwrap().text.clone();
    assert_eq!(text, "NOT recorded: GO on gtm/docs-live: database or disk is full");
    let (ticket, _) = asked(keys(&mut model, "\n")).unwrap();
    send(&mut model, Message::Acted(ticket, ActResult::Recorded(Uuid::nil())));
    assert_eq!(model.notice().unwrap().text, "recorded: GO on gtm/docs-live");
}

#[test]
fn pasted_text_never_acts() {
    let mut model = model((80, 24));
    for text in ["q", "sg\n", "\u{3}", "w\r\nreason\n"] {
        assert!(send(&mut model, Message::Paste(text.into())).is_empty(), "{text:?}");
    }
    assert!(!model.is_asking() && model.screen() == Screen::Board);
    // In a form it fills text fields; it picks nothing and sends nothing.
    choose(&mut model, "documentation");
    keys(&mut model, "s");
    send(&mut model, Message::Paste("g".into()));
    assert!(asked(keys(&mut model, "\n")).is_none(), "a pasted g picked GO");
    keys(&mut model, "g\t");
    assert!(asked(send(&mut model, Message::Paste("one\ntwo\n".into()))).is_none());
    let (_, command) = asked(keys(&mut model, "\n")).unwrap();
    let Command::SignOff { note, .. } = command else { panic!() };
    assert_eq!(note.as_deref(), Some("one\ntwo"));
}

#[test]
fn the_point_of_no_return_asks_for_typed_words_and_only_to_go_on() {
    let mut model = model((80, 24));
    keys(&mut model, "tGs");
    assert!(asked(keys(&mut model, "s\n")).is_none());
    send(&mut model, Message::Paste("everyone".into()));
    assert!(asked(keys(&mut model, "\n")).is_none(), "pasted words of confirmation count for nothing");
    let (_, command) = asked(keys(&mut model, "everyone\n")).unwrap();
    assert_eq!(
        command,
        Command::Stage { stage: "everyone".into(), step: StageAct::Started, note: None, overrides: false }
    );
    // Holding the stage that runs needs no such words.
    let mut model = crate::cockpit::fixture::model((80, 24));
    keys(&mut model, "ts");
    let (_, command) = asked(keys(&mut model, "h\terrors rise\n")).unwrap();
    let expected = Command::Stage {
        stage: "internal".into(),
        step: StageAct::Held,
        note: Some("errors rise".into()),
        overrides: false,
    };
    assert_eq!(command, expected);
}

#[test]
fn a_waiver_says_why_what_can_go_wrong_and_until_when() {
    let mut model = model((80, 24));
    assert!(asked(keys(&mut model, "w\n")).is_none());
    keys(&mut model, "launch without it\tfew users\t");
    press(&mut model, Key::ctrl('u'));
    let (_, command) = asked(keys(&mut model, "18:00\twatch it; tell support\n")).unwrap();
    let expected = Command::Waive {
        gate: "qa/blockers".into(),
        reason: "launch without it".into(),
        risk: "few users".into(),
        until: time("2026-12-02T18:00:00Z"),
        conditions: vec!["watch it".into(), "tell support".into()],
    };
    assert_eq!(command, expected);
}

#[test]
fn nobody_acts_without_a_name_or_a_journal() {
    let mut model = model((80, 24));
    for state in [
        JournalState::Offline("no answer".into()),
        JournalState::ViewOnly("this is a replay".into()),
        JournalState::Broken("entry 3".into()),
    ] {
        send(&mut model, Message::Journal(state));
        keys(&mut model, "w");
        assert!(!model.is_asking());
        assert!(model.notice().is_some());
    }
    send(&mut model, Message::Journal(JournalState::Writable));
    keys(&mut model, "w");
    assert!(model.is_asking());
    // The journal goes away while the form is open: what was typed is kept, nothing is sent.
    keys(&mut model, "reason\trisk");
    send(&mut model, Message::Journal(JournalState::Offline("no answer".into())));
    assert!(keys(&mut model, "\n").is_empty() && model.is_asking());
    keys(&mut model, "\u{1b}");
    send(&mut model, Message::Journal(JournalState::Writable));
    send(&mut model, Message::Identity(None));
    keys(&mut model, "w");
    assert!(!model.is_asking());
}

#[test]
fn gates_of_machines_can_not_be_signed() {
    let mut model = model((80, 24));
    keys(&mut model, "s");
    assert!(!model.is_asking());
    assert!(model.notice().unwrap().text.contains("answered by linear, not by people"));
}

#[test]
fn leaving_while_an_act_is_recorded_takes_two_keys() {
    let mut model = model((80, 24));
    assert_eq!(keys(&mut model, "q"), [Effect::Quit]);
    choose(&mut model, "documentation");
    asked(keys(&mut model, "sg\n")).unwrap();
    assert!(keys(&mut model, "q").is_empty());
    assert!(keys(&mut model, "jq").is_empty(), "another key between disarms it");
    assert_eq!(keys(&mut model, "q"), [Effect::Quit]);
}

#[test]
fn links_are_opened_and_copied_whole_and_shown_without_their_query() {
    let mut model = model((80, 24));
    let effects = keys(&mut model, "o");
    let [Effect::Ask(Request::OpenUrl(link))] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(link.as_str().contains("token=secret"));
    assert!(!model.notice().unwrap().text.contains("secret"));
    let effects = keys(&mut model, "y");
    assert!(matches!(effects.as_slice(), [Effect::Copy(text)] if text.contains("token=secret")));
    assert!(!model.notice().unwrap().text.contains("secret"));
    choose(&mut model, "documentation");
    assert!(keys(&mut model, "oy").is_empty(), "no link, nothing to open");
}

#[test]
fn filters_hide_gates_and_never_change_the_word() {
    let mut model = model((80, 24));
    let word = model.board().word;
    for _ in 0..7 {
        keys(&mut model, "f");
        assert_eq!(model.board().word, word);
    }
    // The filter that hides the gate that is searched for gives way.
    let mut model = crate::cockpit::fixture::model((80, 24));
    keys(&mut model, "ff/rehearsed\n");
    assert_eq!(model.chosen().unwrap().as_str(), "rollback/rehearsed");
}

#[test]
fn blockers_are_walked_in_the_order_of_the_list() {
    let mut model = model((80, 24));
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(model.chosen().unwrap().local().to_owned());
        keys(&mut model, "b");
    }
    assert_eq!(seen, ["blockers", "crash-free", "regression", "qa-sign-off", "blockers"]);
    keys(&mut model, "B");
    assert_eq!(model.chosen().unwrap().local(), "blockers");
}

#[test]
fn a_search_unfolds_and_esc_forgets_it() {
    let mut model = model((80, 24));
    keys(&mut model, "/macros");
    assert_eq!(model.chosen().unwrap().as_str(), "support/macros");
    keys(&mut model, "\u{1b}");
    assert_eq!(model.screen(), Screen::Board);
    keys(&mut model, "/go-to-no-such-thing\n");
    assert_eq!(model.chosen().unwrap().as_str(), "support/macros", "nothing found, nothing moved");
    keys(&mut model, "/SMOKE\nnN");
    assert_eq!(model.chosen().unwrap().as_str(), "qa/smoke");
}

#[test]
fn a_recording_is_moved_and_the_real_thing_is_not() {
    let mut model = model((80, 24));
    assert!(keys(&mut model, " ><][").is_empty());
    let playback = Playback {
        name: "DEMO".into(),
        speed: 60.0,
        paused: false,
        at: now().wall,
        end: later(9_000).wall,
        story: None,
    };
    send(&mut model, Message::Playback(Some(playback)));
    let moves = keys(&mut model, " >");
    let expected =
        [PlaybackMove::Pause(true), PlaybackMove::Speed(120.0)].map(|it| Effect::Ask(Request::Playback(it)));
    assert_eq!(moves, expected);
    assert_eq!(press(&mut model, Key::plain(Code::Tab)), []);
}

#[test]
fn the_path_leads_to_its_gates() {
    let mut model = model((80, 24));
    keys(&mut model, "pjj\n");
    assert_eq!(model.screen(), Screen::Board);
    assert_eq!(model.chosen().unwrap().as_str(), "qa/crash-free");
}

#[test]
fn what_the_user_did_is_no_news_to_the_user() {
    for board_first in [true, false] {
        let mut model = model((80, 24));
        choose(&mut model, "qa-sign-off");
        keys(&mut model, "sg\t\t8841\t");
        let (ticket, _) = asked(keys(&mut model, "https://ci.example.com/8841\n")).unwrap();
        let mut after = board();
        for gate in after.gates.iter_mut().filter(|gate| matches!(gate.id.local(), "qa-sign-off" | "smoke")) {
            gate.verdict = if gate.id.local() == "smoke" { Verdict::NoGo } else { Verdict::Go };
        }
        let news = [
            Message::Acted(ticket, ActResult::Recorded(Uuid::nil())),
            Message::BoardChanged(Arc::new(after)),
        ];
        let order = if board_first { [1, 0] } else { [0, 1] };
        order.into_iter().for_each(|n| {
            send(&mut model, news[n].clone());
        });
        let unseen: Vec<_> = model.unseen().iter().map(|id| id.local().to_owned()).collect();
        assert_eq!(unseen, ["smoke"], "board first: {board_first}");
    }
}

/// A hold whose reason was typed too early became "done": letters never change a choice that was made.
#[test]
fn letters_never_turn_one_choice_into_another() {
    let mut model = model((80, 24));
    keys(&mut model, "ts");
    assert!(keys(&mut model, "hcbr").is_empty(), "c is `close as done`, b is `roll back`");
    assert!(asked(keys(&mut model, "\n")).is_none(), "and the reason is missing");
    let command = asked(keys(&mut model, "errors rise\n")).unwrap().1;
    let held = Command::Stage {
        stage: "internal".into(),
        step: StageAct::Held,
        note: Some("errors rise".into()),
        overrides: false,
    };
    assert_eq!(command, held, "the focus went to the reason, where letters are text");
    // Left and right change a choice, and say so.
    let mut model = crate::cockpit::fixture::model((80, 24));
    choose(&mut model, "documentation");
    keys(&mut model, "sgn");
    let screen = drawn(&model);
    assert!(screen.contains("left and right change it"), "{screen}");
    press(&mut model, Key::plain(Code::Right));
    let (_, command) = asked(keys(&mut model, "\n")).unwrap();
    assert!(matches!(command, Command::SignOff { go: false, .. }), "{command:?}");
}

#[test]
fn what_is_missing_gets_the_focus() {
    let mut model = model((80, 24));
    // What the rules find missing comes back where it is to be typed.
    choose(&mut model, "documentation");
    let (ticket, _) = asked(keys(&mut model, "sn\n")).unwrap();
    let refusal = Refusal { code: "words-missing", reason: "a no-go needs a note".into(), next: None };
    send(&mut model, Message::Acted(ticket, ActResult::Refused(refusal)));
    let (_, command) = asked(keys(&mut model, "not yet\n")).unwrap();
    let Command::SignOff { go: false, note: Some(note), .. } = command else { panic!("{command:?}") };
    assert_eq!(&*note, "not yet");
    // A waiver without its risk, sent from the field before it.
    let mut model = crate::cockpit::fixture::model((80, 24));
    keys(&mut model, "wlate\n");
    let (_, command) = asked(keys(&mut model, "slow answers\n")).unwrap();
    let Command::Waive { reason, risk, .. } = command else { panic!("{command:?}") };
    assert_eq!((&*reason, &*risk.what), ("late", "slow answers"));
}

#[test]
fn moments_are_typed_the_same_way_everywhere() {
    for (typed, meant) in [
        ("90s", "2026-12-02T09:19:20Z"),
        ("10m", "2026-12-02T09:27:50Z"),
        ("14:30", "2026-12-02T14:30:00Z"),
        ("T+1h", "2026-12-02T12:00:00Z"),
        ("2026-12-02T19:00", "2026-12-02T19:00:00Z"),
        ("2026-12-02 19:00", "2026-12-02T19:00:00Z"),
    ] {
        let mut model = model((80, 24));
        keys(&mut model, "wlate\tslow\t");
        press(&mut model, Key::ctrl('u'));
        let (_, command) =
            asked(keys(&mut model, &format!("{typed}\n"))).unwrap_or_else(|| panic!("{typed}"));
        let Command::Waive { until, .. } = command else { panic!("{command:?}") };
        assert_eq!(until, time(meant), "{typed}");
    }
    let mut model = model((80, 24));
    keys(&mut model, "wlate\tslow\t");
    press(&mut model, Key::ctrl('u'));
    assert!(asked(keys(&mut model, "soon\n")).is_none());
    assert!(drawn(&model).contains("not a moment"), "{}", drawn(&model));
}

/// Several are chosen, asked about in one form, and each is recorded by itself.
#[test]
fn several_gates_are_asked_about_at_once() {
    let mut model = model((80, 24));
    choose(&mut model, "blockers");
    keys(&mut model, "e");
    choose(&mut model, "qa-sign-off");
    keys(&mut model, "e");
    assert!(model.notice().unwrap().text.starts_with("2 gates are chosen"), "{:?}", model.notice());
    assert!(keys(&mut model, "u").is_empty() && model.is_asking());
    let effects = keys(&mut model, "the vote is at 10\n");
    let [Effect::Copy(text), Effect::Ask(Request::Act(_, first)), Effect::Ask(Request::Act(_, second))] =
        effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert!(text.contains("the vote is at 10") && text.contains("- qa/blockers: "), "{text}");
    let asked: Vec<_> = [first, second]
        .map(|it| match it {
            Command::Ask { gate, note } => (gate.to_string(), note.as_deref() == Some("the vote is at 10")),
            other => panic!("{other:?}"),
        })
        .into();
    assert!(
        asked.contains(&("qa/blockers".into(), true)) && asked.contains(&("qa/qa-sign-off".into(), true))
    );
    assert_eq!(model.recording(), 2);
    // They are let go: the next is about the chosen one alone.
    let lines = gonogo::cockpit::render_to_cells(&model, &dark(), now(), 80, 24);
    let marked = (0..24).filter(|y| lines.row(*y)[2].symbol == "+").count();
    assert_eq!(marked, 0);
}

/// Where nothing can be recorded the words are copied all the same, and that is said.
#[test]
fn asking_in_a_room_that_only_looks_copies_and_says_that_it_is_not_recorded() {
    let mut model = model((80, 24));
    choose(&mut model, "blockers");
    send(&mut model, Message::ReadOnly);
    let effects = keys(&mut model, "u");
    assert!(matches!(effects.as_slice(), [Effect::Copy(_)]), "{effects:?}");
    assert!(model.notice().unwrap().text.contains("is not recorded"), "{:?}", model.notice());
}
