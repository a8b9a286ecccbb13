//! The pointer on what was drawn: it finds things where people see them, and does what a key would do.

use gonogo::{
    cockpit::{Effect, Message, Model, Pane, Pointed, Request, Screen, Target, Zones, draw},
    domain::{GateId, Now},
};
use ratatui::{Terminal, backend::TestBackend, layout::Rect};

use crate::cockpit::{fixture::*, meeting::Room};

/// What stands where, and the text of each row.
fn drawn(model: &Model, (w, h): (u16, u16)) -> (Zones, Vec<String>) {
    let mut terminal = Terminal::new(TestBackend::new(w, h)).unwrap();
    let mut zones = Zones::default();
    let now: Now = now();
    let frame = terminal.draw(|frame| zones = draw(model, &dark(), now, frame)).unwrap();
    let cells = frame.buffer.content();
    let rows =
        cells.chunks(usize::from(w)).map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect());
    let rows = rows.collect();
    (zones, rows)
}

/// The row in which these words stand.
fn row_of(rows: &[String], words: &str) -> u16 {
    let at = rows.iter().position(|row| row.contains(words));
    u16::try_from(at.unwrap_or_else(|| panic!("`{words}` is not in\n{}", rows.join("\n")))).unwrap()
}

fn place_of(zones: &Zones, wanted: &Target) -> Rect {
    zones.all().find(|(_, target)| *target == wanted).unwrap_or_else(|| panic!("{wanted:?}")).0
}

fn point(model: &mut Model, pointed: Pointed) -> Vec<Effect> {
    let mut effects = send(model, Message::Pointer(pointed));
    effects.retain(|effect| !matches!(effect, Effect::Ask(Request::Preview(..))));
    effects
}

#[test]
fn a_gate_is_found_in_the_row_in_which_it_is_drawn_at_every_size() {
    for size in [(44, 14), (60, 20), (80, 24), (120, 40), (200, 60)] {
        let mut model = model(size);
        let (zones, rows) = drawn(&model, size);
        let mut found = 0;
        for (place, target) in zones.all() {
            let Target::Gate(id) = target else { continue };
            let gate = model.board().gates.iter().find(|it| it.id == *id).unwrap();
            let title: String = gate.title.chars().take(12).collect();
            let row = &rows[usize::from(place.y)];
            assert!(row.contains(&title), "{id} at {size:?}: {row}");
            assert_eq!(zones.at(place.x + 3, place.y), Some(target), "nothing lies over it");
            found += 1;
        }
        assert!(found >= 2, "{found} gates at {size:?}");
        let named = |target: &Target| matches!(target, Target::Gate(id) if id.as_str() == "qa/regression");
        let place = zones.all().find(|(_, target)| named(target)).unwrap().0;
        let target = zones.at(place.x + 20, place.y).cloned().unwrap();
        point(&mut model, Pointed::Click(target));
        assert_eq!(model.chosen().map(GateId::as_str), Some("qa/regression"));
        assert_eq!(model.screen(), Screen::Board);
    }
}

#[test]
fn a_double_click_opens_and_the_wheel_scrolls_what_is_under_it() {
    let size = (80, 24);
    let mut model = model(size);
    let gate = Target::Gate("qa/regression".into());
    point(&mut model, Pointed::Click(gate.clone()));
    point(&mut model, Pointed::Double(gate));
    let (zones, rows) = drawn(&model, size);
    row_of(&rows, "Regression suite green");
    assert!(rows.iter().any(|row| row.contains("evidence")), "the detail fills the screen");
    let (pane, most) = zones.pane_at(40, 10).unwrap();
    assert_eq!(pane, Pane::Detail);
    let before = drawn(&model, size).1;
    (0..9).for_each(|_| drop(point(&mut model, Pointed::Wheel { pane, most, down: true })));
    let after = drawn(&model, size).1;
    assert_eq!(before == after, most == 0, "{most} lines were hidden");
    // Nine notches down and nine up again: nothing was scrolled into the void.
    (0..9).for_each(|_| drop(point(&mut model, Pointed::Wheel { pane, most, down: false })));
    assert_eq!(drawn(&model, size).1, before);
}

#[test]
fn the_wheel_moves_the_list_and_keeps_the_choice_while_it_is_in_sight() {
    let size = (80, 24);
    let (launch, board) = large(60);
    let mut model = Model::new(launch, std::sync::Arc::new(board), size);
    let chosen = model.chosen().cloned().unwrap();
    let wheel = |down| Pointed::Wheel { pane: Pane::List, most: 99, down };
    point(&mut model, wheel(true));
    let (_, rows) = drawn(&model, size);
    assert!(!rows.iter().any(|row| row.contains("list0 ")), "the head of the list went out of sight");
    assert_ne!(model.chosen(), Some(&chosen), "the choice stays on the screen");
    (0..40).for_each(|_| drop(point(&mut model, wheel(true))));
    let (zones, rows) = drawn(&model, size);
    row_of(&rows, "Condition number");
    let last = model.chosen().cloned().unwrap();
    assert!(zones.all().any(|(_, target)| *target == Target::Gate(last.clone())), "{last} is in sight");
    (0..40).for_each(|_| drop(point(&mut model, wheel(false))));
    row_of(&drawn(&model, size).1, "list0");
}

#[test]
fn keys_that_are_shown_can_be_clicked_and_do_what_the_key_does() {
    let size = (120, 40);
    let mut model = model(size);
    let (zones, _) = drawn(&model, size);
    let sign = Target::Action(gonogo::cockpit::Action::Waive);
    let place = place_of(&zones, &sign);
    assert_eq!(place.y, 38, "in the line of the acts");
    assert!(point(&mut model, Pointed::Click(sign.clone())).is_empty());
    assert!(model.is_asking(), "the form of a waiver is open");
    // A second click of a double click is no second act.
    let (zones, rows) = drawn(&model, size);
    assert!(point(&mut model, Pointed::Double(Target::Action(gonogo::cockpit::Action::Cancel))).is_empty());
    assert!(model.is_asking());
    // Fields take the focus.
    let y = row_of(&rows, "workaround");
    let field = zones.at(20, y).cloned().unwrap();
    assert!(matches!(field, Target::Field(_)), "{field:?}");
    point(&mut model, Pointed::Click(field));
    keys(&mut model, "zebra");
    assert!(drawn(&model, size).1[usize::from(y)].contains("zebra"));
    point(&mut model, Pointed::Click(Target::Action(gonogo::cockpit::Action::Cancel)));
    assert!(!model.is_asking());
}

#[test]
fn what_lies_over_the_board_has_the_pointer_to_itself() {
    let size = (80, 24);
    let mut model = model(size);
    let chosen = model.chosen().cloned();
    keys(&mut model, "w");
    let (zones, rows) = drawn(&model, size);
    let sheet = row_of(&rows, " Waive qa/blockers ");
    for y in sheet..24 {
        for x in 0..80 {
            let target = zones.at(x, y);
            let own =
                matches!(target, None | Some(Target::Field(_) | Target::Choice(..) | Target::Action(_)));
            assert!(own, "{target:?} shines through at {x}, {y}");
        }
    }
    // Above the sheet the rows are in sight, and cannot be chosen while it is open.
    point(&mut model, Pointed::Double(Target::Gate("qa/smoke".into())));
    assert_eq!(model.chosen().cloned(), chosen);
    assert!(model.is_asking());
    keys(&mut model, "\u{1b}?");
    let (zones, _) = drawn(&model, size);
    assert!(zones.all().any(|(_, it)| matches!(it, Target::Pane(Pane::Help, most) if *most > 0)));
    assert!(matches!(zones.at(40, 10), Some(Target::Pane(Pane::Help, _))));
}

#[test]
fn a_choice_is_picked_by_pointing_and_nothing_is_sent_by_it() {
    let size = (80, 24);
    let mut model = model(size);
    keys(&mut model, "/sign-off\ns");
    let (zones, rows) = drawn(&model, size);
    let y = row_of(&rows, "( ) n NO-GO");
    let x = u16::try_from(rows[usize::from(y)].find("NO-GO").unwrap()).unwrap();
    let target = zones.at(x, y).cloned().unwrap();
    assert_eq!(target, Target::Choice(0, 1));
    assert!(point(&mut model, Pointed::Click(target)).is_empty(), "nothing is sent");
    row_of(&drawn(&model, size).1, "(x) n NO-GO");
    // What was pointed at is chosen as firmly as with the arrows: a letter does not change it.
    keys(&mut model, "g");
    row_of(&drawn(&model, size).1, "(x) n NO-GO");
}

#[test]
fn the_line_beside_the_list_moves_within_what_leaves_room() {
    let size = (200, 60);
    let mut model = model(size);
    let line = |model: &Model| place_of(&drawn(model, size).0, &Target::Split).x;
    let before = line(&model);
    for (to, found) in [(80, 80), (140, 140), (10, 60), (199, 150)] {
        point(&mut model, Pointed::Split(to));
        assert_eq!(line(&model), found, "drawn to {to}");
    }
    assert!((60..150).contains(&before));
    // Where nothing stands beside the list there is no line to draw.
    let (zones, _) = drawn(&crate::cockpit::fixture::model((120, 40)), (120, 40));
    assert!(!zones.all().any(|(_, target)| *target == Target::Split));
}

#[test]
fn stages_steps_and_stations_are_chosen_where_they_stand() {
    let size = (80, 24);
    let mut model = model(size);
    keys(&mut model, "t");
    let (zones, _) = drawn(&model, size);
    let stage = Target::Stage("half".into());
    place_of(&zones, &stage);
    point(&mut model, Pointed::Click(stage.clone()));
    row_of(&drawn(&model, size).1, "half, 50 %");
    point(&mut model, Pointed::Double(stage));
    assert!(model.is_asking(), "Enter moves the stage, and so does a double click");
    keys(&mut model, "\u{1b}p");
    let (zones, _) = drawn(&model, size);
    let second = place_of(&zones, &Target::Step(1));
    let target = zones.at(second.x + 6, second.y).cloned().unwrap();
    point(&mut model, Pointed::Click(target.clone()));
    point(&mut model, Pointed::Double(target));
    assert_eq!(model.screen(), Screen::Board);
    assert_eq!(model.chosen().cloned(), model.board().path.steps[1].gate().cloned());

    let mut room = Room::new(size);
    room.types("vo\n");
    let (zones, _) = drawn(&room.model, size);
    let stations: Vec<_> = zones
        .all()
        .filter_map(|(_, it)| if let Target::Station(it) = it { Some(it.clone()) } else { None })
        .collect();
    assert!(stations.len() >= 2, "{stations:?}");
    let other = stations.last().unwrap().clone();
    point(&mut room.model, Pointed::Click(Target::Station(other.clone())));
    assert_eq!(room.model.station().cloned(), other);
}

#[test]
fn a_message_is_chosen_with_a_click_and_sent_with_two() {
    for size in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        let mut model = crate::cockpit::comms::on(size);
        let (zones, rows) = drawn(&model, size);
        let y = row_of(&rows, " room ");
        let target = zones.at(5, y).cloned().unwrap();
        assert!(matches!(&target, Target::Message(of) if &*of.message == "room"), "{target:?} at {size:?}");
        point(&mut model, Pointed::Click(target.clone()));
        row_of(&drawn(&model, size).1, "Title of room");
        point(&mut model, Pointed::Double(target));
        assert!(model.is_asking(), "the form that Enter opens");
    }
    let size = (80, 24);
    let mut model = crate::cockpit::comms::on(size);
    let before = drawn(&model, size).1;
    let (pane, most) = drawn(&model, size).0.pane_at(10, 5).unwrap();
    assert_eq!(pane, Pane::Comms);
    point(&mut model, Pointed::Wheel { pane, most, down: true });
    row_of(&drawn(&model, size).1, "Title of room");
    point(&mut model, Pointed::Wheel { pane, most, down: false });
    assert_eq!(drawn(&model, size).1, before);
}

#[test]
fn an_item_of_the_review_is_confirmed_where_it_stands() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut model = model(size).showing(Screen::Readiness);
        let (zones, rows) = drawn(&model, size);
        let y = row_of(&rows, "QA stands behind this commit");
        let target = zones.at(20, y).cloned().unwrap();
        assert_eq!(target, Target::Item("qa/qa-sign-off".into()));
        point(&mut model, Pointed::Click(target.clone()));
        row_of(
            &drawn(&model, size).1,
            "QA stands behind this commit (qa/qa-sign-off), due yesterday 11:00 GMT",
        );
        assert_eq!(zones.pane_at(20, y).unwrap().0, Pane::Readiness);
        point(&mut model, Pointed::Wheel { pane: Pane::Readiness, most: 21, down: true });
        assert!(!drawn(&model, size).1.iter().any(|row| row.contains("(qa/qa-sign-off), due")));
        point(&mut model, Pointed::Click(target.clone()));
        point(&mut model, Pointed::Double(target));
        row_of(&drawn(&model, size).1, "The plan of qa/qa-sign-off");
    }
}

#[test]
fn what_is_to_be_done_leads_to_its_gate_and_the_log_takes_a_line() {
    let size = (80, 24);
    let mut model = model(size).showing(Screen::People);
    let (zones, rows) = drawn(&model, size);
    let y = row_of(&rows, "crash-free: check that the source answers");
    let target = zones.at(10, y).cloned().unwrap();
    assert_eq!(target, Target::Gate("qa/crash-free".into()));
    assert_eq!(zones.pane_at(10, y).unwrap().0, Pane::People);
    point(&mut model, Pointed::Click(target.clone()));
    assert_eq!(model.screen(), Screen::People, "one click stays");
    point(&mut model, Pointed::Double(target));
    assert_eq!((model.screen(), model.chosen().map(GateId::as_str)), (Screen::Board, Some("qa/crash-free")));
    assert!(drawn(&model, size).1.iter().any(|row| row.contains("evidence")), "its detail is open");

    let mut model = model_of(crate::cockpit::incident::board_of(252), size).showing(Screen::Incident);
    let (zones, rows) = drawn(&model, size);
    let y = row_of(&rows, "the flag goes off");
    let target = zones.at(20, y).cloned().unwrap();
    assert_eq!((&target, zones.pane_at(20, y).unwrap().0), (&Target::Log, Pane::Incident));
    point(&mut model, Pointed::Click(target.clone()));
    assert!(!model.is_asking());
    point(&mut model, Pointed::Double(target));
    row_of(&drawn(&model, size).1, "Into the log of");
}

#[test]
fn a_follow_up_is_settled_where_it_stands() {
    use gonogo::domain::{Actor, FollowUp, Known, Voice};
    let size = (80, 24);
    let by = Actor { name: "octo".into(), known: Known::Claimed };
    let voice = Voice { by, recorder: None, stands_in: None, at: now().wall };
    let follow = |number, text: &str| FollowUp {
        number,
        voice: voice.clone(),
        text: text.into(),
        owner: None,
        due: None,
        ended: None,
    };
    let mut board = go_board();
    board.review.follow_ups = vec![follow(1, "rehearse the rollback"), follow(2, "brief support earlier")];
    let mut model = model_of(board, size).showing(Screen::History);
    send(&mut model, Message::History(Ok(std::sync::Arc::new(told("Checkout v3")))));
    let (zones, rows) = drawn(&model, size);
    let y = row_of(&rows, "brief support earlier");
    let target = zones.at(10, y).cloned().unwrap();
    assert_eq!(target, Target::FollowUp(2));
    point(&mut model, Pointed::Double(target.clone()));
    let (_, rows) = drawn(&model, size);
    let number = row_of(&rows, "number");
    assert!(rows[usize::from(number)].contains('2'), "{}", rows[usize::from(number)]);
    keys(&mut model, "\u{1b}");
    send(&mut model, Message::ReadOnly);
    point(&mut model, Pointed::Double(target));
    assert!(!model.is_asking(), "a screen that only looks opens no form");
}

/// Each row has a letter at its left edge, the letter chooses the row, and any other key leaves it as it was.
#[test]
fn a_letter_chooses_a_row() {
    let size = (120, 40);
    let mut model = model(size);
    let before = model.chosen().cloned();
    keys(&mut model, ";");
    assert!(model.is_jumping());
    let (zones, rows) = drawn(&model, size);
    let lettered: Vec<_> =
        zones.lettered().into_iter().map(|(letter, place, it)| (letter, place, it.clone())).collect();
    assert!(lettered.len() > 8, "{lettered:?}");
    for (letter, place, _) in &lettered {
        let shown = rows[usize::from(place.y)].chars().nth(usize::from(place.x));
        assert_eq!(shown, Some(*letter));
    }
    let (_, _, last) = lettered.iter().rfind(|(.., it)| matches!(it, Target::Gate(_))).unwrap();
    send(&mut model, Message::Pointer(Pointed::Jump(last.clone())));
    assert!(!model.is_jumping());
    let chosen = model.chosen().cloned();
    assert_eq!(chosen.clone().map(Target::Gate).as_ref(), Some(last));
    assert_ne!(chosen, before);
    // A key that stands at no row does nothing but end it.
    keys(&mut model, ";w");
    assert!(!model.is_jumping() && !model.is_asking());
    // On another screen a gate is chosen on the board.
    keys(&mut model, "4;");
    send(&mut model, Message::Pointer(Pointed::Jump(Target::Gate("qa/blockers".into()))));
    assert_eq!((model.screen(), model.chosen().unwrap().as_str()), (Screen::Board, "qa/blockers"));
}
