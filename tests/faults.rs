//! `docs/faults.md` names a test for every fault and every trap: each of them must be there, and be a test.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{fs, path::Path};

/// What stands in backticks in the last column of a table row: `file::test`.
fn named(page: &str) -> Vec<(String, String)> {
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let cells = rows.filter_map(|row| row.trim_end_matches('|').rsplit('|').next());
    let texts = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    texts.map(|text| text.rsplit_once("::").map(|(file, test)| (file.into(), test.into())).unwrap()).collect()
}

/// Whether the file has a test of that name.
fn is_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let start = |line: &&str| ["fn ", "async fn "].iter().any(|it| line.starts_with(&format!("{it}{name}(")));
    lines.iter().enumerate().filter(|(_, line)| start(line)).any(|(at, _)| {
        let above = lines[..at].iter().rev().take_while(|line| line.starts_with("#["));
        above.into_iter().any(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/faults.md")).unwrap();
    let named = named(&page);
    assert!(named.len() > 80, "the tables were not found: {}", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|(file, test)| {
            let places = [format!("tests/{file}.rs"), format!("src/{file}.rs"), format!("src/{file}/lib.rs")];
            let text = places.iter().find_map(|at| fs::read_to_string(root.join(at)).ok());
            !text.is_some_and(|text| is_test(&text, test))
        })
        .collect();
    assert!(missing.is_empty(), "docs/faults.md names tests that are not there: {missing:#?}");
    // Every row of every table ends with at least one test.
    for row in page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("| Test") && !line.starts_with("| ---"))
    {
        let last = row.trim_end_matches('|').rsplit('|').next().unwrap();
        assert!(last.contains('`'), "no test: {row}");
    }
}

#[test]
fn a_function_that_is_no_test_does_not_count() {
    let text =
        "fn a() {}\n#[test]\nfn b() {}\n#[tokio::test(start_paused = true)]\n#[cfg(unix)]\nasync fn c() {}\n";
    assert_eq!(["a", "b", "c", "d"].map(|name| is_test(text, name)), [false, true, true, false]);
}
