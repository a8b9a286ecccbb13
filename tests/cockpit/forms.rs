//! Forms: what is needed is marked, what is wrong stands where it is, long texts are read whole, and names are completed.

use gonogo::cockpit::{Code, Effect, Key, Model, Request, render_to_cells};

use crate::cockpit::{fixture::*, meeting::Room, snap::snap};

fn rows(model: &Model, (w, h): (u16, u16)) -> Vec<String> {
    let grid = render_to_cells(model, &dark(), now(), w, h);
    (0..h).map(|y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect()).collect()
}

fn row(model: &Model, label: &str) -> String {
    let all = rows(model, (80, 24));
    let found = all.iter().rev().map(|row| behind_the_pointer(row)).find(|row| row.starts_with(label));
    found.unwrap_or_else(|| panic!("{label}: {all:#?}"))
}

fn behind_the_pointer(row: &str) -> String {
    row.chars().skip(2).collect()
}

#[test]
fn what_is_needed_is_marked_until_it_is_there() {
    let mut model = model((80, 24));
    keys(&mut model, "w");
    assert!(row(&model, "reason").starts_with("reason*"));
    assert!(row(&model, "risk").starts_with("risk*") && row(&model, "users").starts_with("users "));
    assert!(rows(&model, (80, 24)).iter().any(|row| row.contains("* is needed")));
    keys(&mut model, "because");
    assert!(row(&model, "reason").starts_with("reason "), "{}", row(&model, "reason"));
    keys(&mut model, "\tslow");
    assert!(!rows(&model, (80, 24)).iter().any(|row| row.contains("* is needed")), "all is there");
}

/// Choices that do not fit in one row take another: none is cut, and none is missing.
#[test]
fn every_choice_is_there_to_be_read() {
    let choices = ["c artefact, link and date hold", "d it comes at another date", "r it is at risk"];
    for size in [(60, 20), (80, 24), (120, 40)] {
        let mut model = model(size);
        keys(&mut model, "0cr");
        let shown = rows(&model, size).join("\n");
        for choice in choices {
            assert!(shown.contains(choice), "{size:?}: {choice}:\n{shown}");
        }
        assert!(shown.contains("(x) r it is at risk"), "{size:?}:\n{shown}");
        // The fields below it are where they were, too.
        assert!(["link", "new date", "why"].iter().all(|it| shown.contains(it)), "{size:?}:\n{shown}");
    }
}

#[test]
fn what_is_wrong_stands_under_its_field() {
    let mut model = model((80, 24));
    keys(&mut model, "wlate\tslow\t");
    press(&mut model, Key::ctrl('u'));
    keys(&mut model, "soon\n");
    let all = rows(&model, (80, 24));
    let at = all.iter().rposition(|row| behind_the_pointer(row).starts_with("until")).unwrap();
    assert!(all[at + 1].contains("not a moment"), "{all:#?}");
    // On a small screen, where nothing can stand under it, the last line says it.
    for size in [(40, 12), (44, 14), (60, 20)] {
        let shown = rows(&model, size).join("\n");
        assert!(shown.contains("not a moment"), "{size:?}: {shown}");
    }
    keys(&mut model, "x");
    assert!(!rows(&model, (80, 24)).join("\n").contains("not a moment"), "typing takes it away");
}

#[test]
fn a_long_reason_is_read_whole_while_it_is_typed() {
    let mut model = model((80, 24));
    let reason = "the provider of payments confirmed in writing that both refunds were booked back before nine \
                  and that no customer was charged twice, see the thread of this morning";
    keys(&mut model, &format!("w{reason}"));
    let shown: String = rows(&model, (80, 24)).iter().map(|row| row.trim()).collect();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    assert!(squeezed(&shown).contains(&squeezed(reason)), "{shown}");
    snap("form_long_reason", &model, &dark(), (80, 24));
    // The cursor goes through it, and what is sent is one text.
    (0..40).for_each(|_| _ = press(&mut model, Key::plain(Code::Left)));
    keys(&mut model, "X\tslow\t");
    press(&mut model, Key::ctrl('u'));
    let sent = keys(&mut model, "18:00\n");
    let Some(Effect::Ask(Request::Act(_, gonogo::domain::Command::Waive { reason: said, .. }))) =
        sent.first()
    else {
        panic!("{sent:?}")
    };
    assert_eq!(said.replace('X', ""), reason);
}

#[test]
fn moments_and_names_are_offered_and_taken_with_right_alone() {
    let mut model = model((80, 24));
    keys(&mut model, "wlate\tslow\t");
    press(&mut model, Key::ctrl('u'));
    keys(&mut model, "T+2");
    assert!(row(&model, "until").contains("T+2h  Right takes it"), "{}", row(&model, "until"));
    // What is offered is not said until it is taken.
    assert!(keys(&mut model, "\n").is_empty() && model.is_asking());
    press(&mut model, Key::plain(Code::Right));
    let sent = keys(&mut model, "\n");
    let Some(Effect::Ask(Request::Act(_, gonogo::domain::Command::Waive { until, .. }))) = sent.first()
    else {
        panic!("{sent:?}")
    };
    assert_eq!(*until, time("2026-12-02T13:00:00Z"));
    let mut room = Room::new((80, 24));
    room.types("vo\nd");
    room.types("oc");
    let shown = rows(&room.model, (80, 24)).join("\n");
    assert!(shown.contains("octo  Right takes it"), "{shown}");
}

#[test]
fn pictures() {
    let mut model = model((80, 24));
    keys(&mut model, "wlate\tslow\t");
    press(&mut model, Key::ctrl('u'));
    keys(&mut model, "soon\n");
    snap("form_error", &model, &dark(), (80, 24));
    snap("form_error_ascii", &model, &ascii(), (80, 24));
    snap("form_error_44x14", &model, &dark(), (44, 14));
    snap("form_error_120x40", &model, &dark(), (120, 40));
}

/// `F1` tells what the field asks for, with all of what a narrow screen cuts, and goes back to what was typed.
#[test]
fn the_help_of_a_form_speaks_of_its_field() {
    let mut model = model((60, 24));
    keys(&mut model, "wbecause");
    press(&mut model, Key::plain(Code::F1));
    let said = shown(&model, (60, 24));
    assert!(said.contains("reason, needed: "), "{said}");
    assert!(said.contains("next field") && !said.contains("The word for the launch"), "{said}");
    press(&mut model, Key::plain(Code::F1));
    assert!(model.is_asking() && shown(&model, (60, 24)).contains("because"));
    // Of choices, each with its letter.
    let mut model = self::model((80, 24));
    keys(&mut model, "/sign-off\ns");
    press(&mut model, Key::plain(Code::F1));
    let said = shown(&model, (80, 24));
    assert!(said.contains("g GO") && said.contains("n NO-GO"), "{said}");
}
