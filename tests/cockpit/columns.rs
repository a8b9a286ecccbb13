//! The columns of the list: as wide as what stands in them, and nothing in one that belongs into another.

use std::sync::Arc;

use gonogo::{
    cockpit::{Message, Model},
    domain::{About, Ask, Blocks, Board, Kind, Launch, LaunchParts},
};

use crate::cockpit::fixture::*;

/// A gate that closing waits for; its title leaves nothing to guess where it ends.
fn closing() -> Board {
    let mut board = board();
    for gate in &mut board.gates {
        if gate.id.as_str() == "qa/smoke" {
            (gate.blocks, gate.counted) = (Blocks::Close, false);
            gate.owner = Some("release-management".into());
        }
    }
    board
}

fn row(model: &Model, size: (u16, u16), title: &str) -> String {
    let said = shown(model, size);
    said.lines().find(|line| line.contains(title)).unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn what_a_gate_blocks_is_no_part_of_its_title() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let model = model_of(closing(), size);
        let row = row(&model, size, "Smoke test on");
        if size.0 == 80 {
            assert!(row.contains(" · blocks"), "{size:?}: {row}");
        } else {
            let heads = shown(&model, size);
            let head = heads.lines().find(|line| line.contains("owner")).unwrap();
            let column = |line: &str, word: &str| line.split(word).next().unwrap().chars().count();
            assert_eq!(column(head, "blocks"), column(&row, "closing"), "{head}\n{row}");
        }
    }
}

#[test]
fn an_owner_is_whole_where_there_is_room() {
    let size = (200, 60);
    let model = model_of(closing(), size);
    assert!(row(&model, size, "Smoke test on").contains("release-management "), "{}", shown(&model, size));
}

/// The template of `gonogo init` says who is asked and names no owner.
#[test]
fn a_gate_without_an_owner_shows_whom_it_asks() {
    let mut parts: LaunchParts = (**launch()).clone();
    for gate in &mut parts.gates {
        if gate.id.as_str() == "gtm/docs-live" {
            gate.kind = Kind::Task(Ask { about: About::Launch, ..ask(&["support", "on-call"]) });
            gate.owner = None;
        }
    }
    let mut board = board();
    for gate in &mut board.gates {
        gate.owner = gate.owner.take().filter(|_| gate.id.as_str() != "gtm/docs-live");
    }
    let size = (120, 40);
    let mut model = Model::new(Arc::new(Launch::new(parts)), Arc::new(board), size);
    send(&mut model, Message::Identity(Some(me())));
    keys(&mut model, "/documentation\n");
    let row = row(&model, size, "The documentation is live");
    assert!(row.contains("support +1"), "{row}");
}
