//! The checker can fail: one small bad house per rule.

use super::check::{Crates, SourceFile, check_house};

const MANIFEST: &str = "[package]\nname = \"gonogo\"\n[dependencies]\nratatui = \"0\"\ncrossterm = \"0\"\nrusqlite = { version = \"0\" }\n\
    serde = \"1\"\nserde_yaml = { package = \"serde-saphyr\" }\nchrono = \"0\"\nreqwest = \"0\"\ntokio = \"1\"\n# regex = \"1\"\n\
    chrono-tz = \"0\"\n\n[dev-dependencies]\nproptest = \"1\"\n[lints.rust]\nunsafe_code = \"forbid\"\n";

fn check(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| SourceFile { name: (*name).to_owned(), text: (*text).to_owned() })
        .collect();
    check_house(&files, &Crates::read(MANIFEST))
}

/// One file with one breach that says `what`.
#[track_caller]
fn bad(name: &str, code: &str, what: &str) {
    let breaches = check(&[(name, &format!("//! Room.\n{code}"))]);
    assert!(breaches.len() == 1 && breaches[0].contains(what), "{name}: {code}: {breaches:?}");
    assert!(breaches[0].starts_with(&format!("src/{name}:")), "{breaches:?}");
}

#[track_caller]
fn good(name: &str, code: &str) {
    let breaches = check(&[(name, &format!("//! Room.\n{code}"))]);
    assert!(breaches.is_empty(), "{name}: {code}: {breaches:?}");
}

#[test]
fn rooms_keep_to_the_table_however_the_path_is_written() {
    let what = "room `domain` may not use room `journal`";
    for code in [
        "use crate::journal::Store;",
        "use crate::{text::clean, journal::{self, Store}};",
        "use crate::journal as text;",
        "use super::journal;",
        "fn f() { crate::journal::open(); }",
        "fn f(x: &crate::journal::Store) {}",
        "type T = Vec<Option<crate::journal::Store>>;",
        "impl From<crate::journal::E> for X {}",
        "mod inner { use super::super::journal::Store; }",
        "fn f() { assert!(crate::journal::open().is_ok()); }",
        "fn f() { x!({ [(super::journal::open())] }); }",
        "x! { use crate::{journal::Store}; }",
        "macro_rules! m { () => { $crate::journal::open() } }",
        "#[serde(with = \"crate::journal::hex\")] struct X;",
        "#[derive(crate::journal::Derive)] struct X;",
        "#[cfg(test)] mod tests { use crate::journal::Store; }",
        "use gonogo::journal::Store;",
    ] {
        bad("domain.rs", code, what);
    }
    bad("domain/board.rs", "use super::super::journal::Store;", what);
    bad("domain/board.rs", "use self::super::super::journal::Store;", what);
    bad("cockpit/view/list.rs", "use crate::source::X;", "room `cockpit` may not use room `source`");
    bad(
        "theme.rs",
        "use crate::domain::X;",
        "room `theme` may not use room `domain` (it may use files, yaml, text)",
    );
}

#[test]
fn the_whole_crate_is_no_room() {
    for code in ["use crate::*;", "use super::*;", "use crate as c;", "use crate::{self as c};"] {
        bad("report.rs", code, "names the crate root as a whole");
    }
}

#[test]
fn what_the_table_allows_passes() {
    good("domain.rs", "mod board; use crate::text::clean; use self::board::Board; pub use board::fold;");
    good(
        "domain/board.rs",
        "use super::gate::Gate; use super::*; use crate::domain::Launch; use chrono_tz::Tz;",
    );
    good("domain/board.rs", "#[cfg(test)] mod tests { use super::*; use super::super::gate; }");
    good(
        "domain.rs",
        "pub(crate) fn f() {} pub(super) struct X; x! { pub(crate) fn g() { Vec::<u8>::new(); } }",
    );
    good("app/check.rs", "use crate::{journal, source}; use crate::*;");
    good("main.rs", "fn main() { gonogo::app::run(); println!(); }");
    good("settings.rs", "use crate::domain::Person; use crate::yaml; use std::fs;");
    good("domain.rs", "#[doc = \"crate::journal\"] struct X; /// [`crate::journal`]\nstruct Y;");
}

#[test]
fn external_crates_stay_in_their_rooms() {
    bad("report.rs", "use ratatui::buffer::Buffer;", "`ratatui` belongs to cockpit, not to room `report`");
    bad("theme.rs", "use ratatui::layout::Rect;", "`ratatui` belongs to cockpit");
    bad("theme.rs", "use ratatui::{style::Color, widgets::Block};", "`ratatui` belongs to cockpit");
    bad("app.rs", "use rusqlite as db;", "`rusqlite` belongs to journal");
    bad("poller.rs", "fn f() { let _ = ::reqwest::Client::new(); }", "`reqwest` belongs to source");
    bad("checklist.rs", "fn f() { x!(serde_yaml::from_str(y)) }", "`serde_yaml` belongs to yaml");
    bad("domain.rs", "async fn f() { tokio::spawn(x); }", "room `domain` may not use the crate `tokio`");
    bad("journal.rs", "extern crate rusqlite;", "no `extern crate`");
    good("theme.rs", "use ratatui::style::{Color, Style}; use ratatui::style;");
    good("journal/sqlite.rs", "use rusqlite::Connection;");
    good("domain.rs", "#[cfg(test)] mod tests { use proptest::prelude::*; use std::fs; }");
    good("text.rs", "#[cfg(test)] mod tests { fn f() { regex::x(); serde_json::x(); } }");
    bad("domain.rs", "#[cfg(test)] mod tests { use serde_yaml::Value; }", "`serde_yaml` belongs to yaml");
    bad("domain.rs", "#[cfg(test)] mod tests { #[tokio::test] async fn f() {} }", "`tokio` belongs to");
    bad("domain.rs", "use proptest::prelude::*;", "room `domain` may not use the crate `proptest`");
}

#[test]
fn the_domain_is_pure() {
    for code in
        ["use std::fs;", "use std::{collections::BTreeMap, fs::File};", "fn f() { std::env::var(x); }"]
    {
        bad("domain.rs", code, "room `domain` is pure");
    }
    bad("domain/gate.rs", "use std::time::{Duration, Instant};", "`std::time::Instant`");
}

#[test]
fn only_the_clock_asks_for_the_time() {
    for code in [
        "fn f() { chrono::Utc::now(); }",
        "use std::time::Instant as I; fn f() { I::now(); }",
        "fn f() { x.get_or_init(Instant::now); }",
        "fn f() { tokio::time::Instant::now(); }",
        "fn f() { assert!(Utc::now() > x); }",
        "fn f() { started.elapsed(); }",
    ] {
        bad("source.rs", code, "time");
    }
    bad("source/clock.rs", "fn f() { Utc::now(); }", "asks for the time");
    good("clock.rs", "fn f() { Utc::now(); }");
    good("source.rs", "fn f(clock: &C) { clock.now(); }");
    good("poller.rs", "#[cfg(test)] mod tests { fn f() { tokio::time::Instant::now(); } }");
}

#[test]
fn only_the_printing_rooms_print() {
    bad("source.rs", "fn f() { println!(\"x\"); }", "println!");
    bad("domain.rs", "fn f() { if true { std::eprint!(); } }", "eprint!");
    bad("journal.rs", "fn f() { dbg!(1); }", "dbg!");
    good("cli/check.rs", "fn f() { println!(\"x\"); eprintln!(); }");
}

#[test]
fn nothing_unfinished_or_hidden() {
    bad("text.rs", concat!("// TO", "DO: later"), "do it, or write an issue");
    bad("text.rs", concat!("// FIX", "ME"), "do it, or write an issue");
    bad("text.rs", "fn f() { todo!() }", "todo!");
    bad("text.rs", "#[path = \"x.rs\"] mod x;", "no `#[path]`");
    bad("text.rs", "include!(\"x.rs\");", "include!");
    bad("text/mod.rs", "", "no mod.rs");
    bad("helpers.rs", "", "not in the plan");
    bad("text.rs", "fn f( {", "does not parse");
    let breaches = check(&[("text.rs", "fn f() {}")]);
    assert!(breaches.len() == 1 && breaches[0].contains("starts with `//!`"), "{breaches:?}");
}

#[test]
fn files_and_functions_have_a_size() {
    let long_fn = |lines: usize| format!("fn f() {{\n{}}}", "    g();\n".repeat(lines - 2));
    good("text.rs", &long_fn(60));
    bad("text.rs", &long_fn(61), "fn f has 61 lines, the most is 60");
    bad("text.rs", &format!("struct X; impl X {{ {} }}", long_fn(61)), "61 lines");
    bad("text.rs", &format!("trait X {{ {} }}", long_fn(61)), "61 lines");
    good("text.rs", &format!("#[cfg(test)] mod tests {{ {} }}", long_fn(61)));
    good("text.rs", &"const X: u8 = 0;\n".repeat(499));
    bad("text.rs", &"const X: u8 = 0;\n".repeat(500), "501 lines without tests");
    let tests = |attr: &str| format!("{attr}\nmod tests {{\n{}}}", "const X: u8 = 0;\n".repeat(600));
    good("text.rs", &tests("#[cfg(test)]"));
    good("text.rs", &tests("#[cfg(all(test, unix))]"));
    bad("text.rs", &tests("#[cfg(not(test))]"), "lines without tests");
    bad("text.rs", &tests("#[cfg(any(test, unix))]"), "lines without tests");
}

#[test]
fn a_test_module_in_its_own_file_is_a_test() {
    let long = "const X: u8 = 0;\n".repeat(600);
    assert_eq!(
        check(&[("text.rs", "//! R.\n#[cfg(test)]\nmod tests;\n"), ("text/tests.rs", &long)]),
        Vec::<String>::new()
    );
    assert_eq!(check(&[("text.rs", "//! R.\nmod tests;\n"), ("text/tests.rs", &long)]).len(), 1);
}

#[test]
fn every_breach_is_listed_once_with_its_line() {
    let breaches = check(&[
        ("domain.rs", "//! D.\nuse crate::journal::A;\nuse crate::cockpit::B;\n"),
        ("clock.rs", "//! C.\nuse crate::text;\n"),
    ]);
    assert_eq!(breaches.len(), 3, "{breaches:?}");
    assert!(breaches[1].starts_with("src/domain.rs:3: "), "{breaches:?}");
}
