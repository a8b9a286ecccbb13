//! How long a frame takes, and how long it takes to get there: `cargo bench --bench frame`.

#![allow(clippy::unwrap_used, missing_docs, reason = "criterion's macros and fixtures")]

#[path = "../tests/cockpit/fixture.rs"]
mod fixture;

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use fixture::{dark, large, later, now};
use gonogo::cockpit::{Key, Message, Model, next_change, update, view};
use ratatui::{Terminal, backend::TestBackend};

fn model(gates: usize) -> Model {
    let (launch, board) = large(gates);
    Model::new(launch, Arc::new(board), (200, 60))
}

/// Drawing at 200x60: the aim is 0.4 ms at 10,000 gates, and no more than a tenth over 500.
fn frames(c: &mut Criterion) {
    for gates in [21, 500, 10_000] {
        let (model, look) = (model(gates), dark());
        let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
        c.bench_function(&format!("frame at {gates} gates"), |b| {
            b.iter(|| {
                terminal.draw(|frame| view(&model, &look, now(), frame)).unwrap();
            });
        });
        c.bench_function(&format!("next change at {gates} gates"), |b| {
            b.iter(|| next_change(&model, later(1)));
        });
    }
}

/// From a key, or a new board, to a model that can be drawn.
fn updates(c: &mut Criterion) {
    let mut model = model(10_000);
    c.bench_function("a key at 10000 gates", |b| {
        b.iter(|| {
            update(&mut model, Message::Key(Key::char('j')), now());
            update(&mut model, Message::Key(Key::char('k')), now());
        });
    });
    let board = Arc::clone(model.board());
    c.bench_function("a board of 10000 gates", |b| {
        b.iter(|| update(&mut model, Message::BoardChanged(Arc::clone(&board)), now()));
    });
}

criterion_group!(benches, frames, updates);
criterion_main!(benches);
