//! The checker can fail: one small bad house per rule.

use super::check::{SourceFile, check_house};
use super::manifests::{Manifest, check_manifests};

fn check(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
    check_house(&files)
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

/// A manifest with one breach that says `what`.
#[track_caller]
fn bad_manifest(room: &str, tables: &str, what: &str) {
    let manifest =
        Manifest { room: room.to_owned(), text: format!("[package]\nname = \"x\"\n{tables}\n[lints]\n") };
    let breaches = check_manifests(&[manifest]);
    assert!(breaches.len() == 1 && breaches[0].contains(what), "{room}: {tables}: {breaches:?}");
}

#[test]
fn manifests_keep_to_the_plan() {
    let domain = "[dependencies]\ngonogo-text.workspace = true\nserde.workspace = true\n";
    let with = |line: &str| format!("{domain}{line}");
    bad_manifest(
        "domain",
        &with("gonogo-journal.workspace = true\n"),
        "`domain` may not use room `journal` (it may use text)",
    );
    bad_manifest(
        "domain",
        &with("[dev-dependencies]\ngonogo-journal = { path = \"x\" }\n"),
        "may not use room `journal`",
    );
    bad_manifest("domain", "[dependencies]\nserde.workspace = true\n", "and it does not");
    bad_manifest("domain", &with("rand.workspace = true\n"), "`domain` may not use the crate `rand`");
    bad_manifest("helpers", "", "not in the plan");
    let report = "[dependencies]\ngonogo-domain.workspace = true\ngonogo-text.workspace = true\n";
    let with = |line: &str| format!("{report}{line}");
    bad_manifest(
        "report",
        &with("ratatui.workspace = true\n"),
        "`ratatui` belongs to cockpit, theme, not to room `report`",
    );
    bad_manifest("report", &with("[dev-dependencies]\ntokio-util = \"1\"\n"), "`tokio_util` belongs to");
    let text = with("chrono.workspace = true\n# reqwest = \"1\"\n");
    assert_eq!(check_manifests(&[Manifest { room: "report".to_owned(), text }]), Vec::<String>::new());
}

#[test]
fn the_theme_uses_styles_alone() {
    bad("theme/lib.rs", "use ratatui::layout::Rect;", "`ratatui::style` alone");
    bad("theme/lib.rs", "use ratatui::{style::Color, widgets::Block};", "`ratatui::style` alone");
    good("theme/lib.rs", "use ratatui::style::{Color, Style}; use ratatui::style;");
    bad("journal/lib.rs", "extern crate rusqlite;", "no `extern crate`");
}

#[test]
fn the_domain_is_pure() {
    for code in
        ["use std::fs;", "use std::{collections::BTreeMap, fs::File};", "fn f() { std::env::var(x); }"]
    {
        bad("domain/lib.rs", code, "room `domain` is pure");
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
        bad("source/lib.rs", code, "time");
    }
    bad("source/clock.rs", "fn f() { Utc::now(); }", "asks for the time");
    good("clock/lib.rs", "fn f() { Utc::now(); }");
    good("source/lib.rs", "fn f(clock: &C) { clock.now(); }");
    good("poller/lib.rs", "#[cfg(test)] mod tests { fn f() { tokio::time::Instant::now(); } }");
}

#[test]
fn only_the_printing_rooms_print() {
    bad("source/lib.rs", "fn f() { println!(\"x\"); }", "println!");
    bad("domain/lib.rs", "fn f() { if true { std::eprint!(); } }", "eprint!");
    bad("journal/lib.rs", "fn f() { dbg!(1); }", "dbg!");
    good("cli/check.rs", "fn f() { println!(\"x\"); eprintln!(); }");
}

#[test]
fn nothing_unfinished_or_hidden() {
    bad("text/lib.rs", concat!("// TO", "DO: later"), "do it, or write an issue");
    bad("text/lib.rs", concat!("// FIX", "ME"), "do it, or write an issue");
    bad("text/lib.rs", "fn f() { todo!() }", "todo!");
    bad("text/lib.rs", "#[path = \"x.rs\"] mod x;", "no `#[path]`");
    bad("text/lib.rs", "include!(\"x.rs\");", "include!");
    bad("text/mod.rs", "", "no mod.rs");
    bad("helpers/lib.rs", "", "not in the plan");
    bad("text/lib.rs", "fn f( {", "does not parse");
    let breaches = check(&[("text/lib.rs", "fn f() {}")]);
    assert!(breaches.len() == 1 && breaches[0].contains("starts with `//!`"), "{breaches:?}");
}

#[test]
fn files_and_functions_have_a_size() {
    let long_fn = |lines: usize| format!("fn f() {{\n{}}}", "    g();\n".repeat(lines - 2));
    good("text/lib.rs", &long_fn(60));
    bad("text/lib.rs", &long_fn(61), "fn f has 61 lines, the most is 60");
    bad("text/lib.rs", &format!("struct X; impl X {{ {} }}", long_fn(61)), "61 lines");
    bad("text/lib.rs", &format!("trait X {{ {} }}", long_fn(61)), "61 lines");
    good("text/lib.rs", &format!("#[cfg(test)] mod tests {{ {} }}", long_fn(61)));
    good("text/lib.rs", &"const X: u8 = 0;\n".repeat(499));
    bad("text/lib.rs", &"const X: u8 = 0;\n".repeat(500), "501 lines without tests");
    let tests = |attr: &str| format!("{attr}\nmod tests {{\n{}}}", "const X: u8 = 0;\n".repeat(600));
    good("text/lib.rs", &tests("#[cfg(test)]"));
    good("text/lib.rs", &tests("#[cfg(all(test, unix))]"));
    bad("text/lib.rs", &tests("#[cfg(not(test))]"), "lines without tests");
    bad("text/lib.rs", &tests("#[cfg(any(test, unix))]"), "lines without tests");
}

#[test]
fn a_test_module_in_its_own_file_is_a_test() {
    let long = "const X: u8 = 0;\n".repeat(600);
    assert_eq!(
        check(&[("text/lib.rs", "//! R.\n#[cfg(test)]\nmod tests;\n"), ("text/tests.rs", &long)]),
        Vec::<String>::new()
    );
    assert_eq!(check(&[("text/lib.rs", "//! R.\nmod tests;\n"), ("text/tests.rs", &long)]).len(), 1);
}

#[test]
fn documentation_says_something() {
    bad("domain/x.rs", "struct S {\n    /// What.\n    a: u8,\n}", "documents nothing");
    good("domain/x.rs", "struct S {\n    /// What is measured, in seconds.\n    a: u8,\n}");
    good("domain/x.rs", "/// A length,\n/// measured.\nstruct S;");
}

#[test]
fn every_breach_is_listed_once_with_its_line() {
    let breaches = check(&[
        ("domain/lib.rs", "//! D.\nuse std::fs;\nuse std::env;\n"),
        ("source/lib.rs", "//! S.\nfn f() { Utc::now(); }\n"),
    ]);
    assert_eq!(breaches.len(), 3, "{breaches:?}");
    assert!(breaches[1].starts_with("src/domain/lib.rs:3: "), "{breaches:?}");
}

/// What reads prose in this code of the domain.
fn prose(code: &str) -> Vec<String> {
    let file = SourceFile::new("domain/gate.rs", format!("//! Room.\n{code}"));
    super::prose::check(&[file], &[])
}

#[test]
fn logic_reads_no_prose_however_it_is_written() {
    for code in [
        "fn f(gate: &GateState) -> bool { gate.reason == \"waits for\" }",
        "fn f(gate: &GateState) -> bool { \"waits for\" != &*gate.reason }",
        "fn f(gate: &GateState) -> bool { gate.reason.as_str().starts_with(\"waits for\") }",
        "fn f(why: &str) -> bool { why.to_lowercase().contains(LEAD) }",
        "fn f(why: &str) -> bool { [\"a\", \"b\"].contains(&why) }",
        "fn f(it: &Failure) -> u8 { match it.message.as_str() { \"EOF\" => 1, _ => 2 } }",
        "fn f(it: &Failure) -> bool { matches!(&*it.message, \"EOF\" | \"cut\") }",
        "fn f(it: &Failure) -> bool { if let Some(\"wait\") = it.next.as_deref() { true } else { false } }",
        "fn f(error: &serde_json::Error) -> bool { error.to_string().contains(\"EOF\") }",
        "fn f(notice: &Notice) -> bool { notice.text.strip_prefix(DOUBT).is_some() }",
    ] {
        let found = prose(code);
        assert!(
            found.len() == 1 && found[0].starts_with("src/domain/gate.rs:2: reads prose"),
            "{code}: {found:?}"
        );
    }
    for code in [
        "fn f(gate: &GateState) -> bool { gate.rule == Rule::Needs }",
        "fn f(gate: &GateState) -> bool { gate.reason.is_empty() || gate.reason == other.reason }",
        "fn f(gate: &GateState) -> bool { gate.reason.starts_with('`') }",
        "fn f(text: &str) -> bool { text.starts_with(\"refs/\") }",
        "#[cfg(test)] mod tests { fn f(it: &It) { assert!(it.reason.contains(\"x\")); let _ = it.why == \"y\"; } }",
    ] {
        assert!(prose(code).is_empty(), "{code}: {:?}", prose(code));
    }
    let stale = super::prose::check(&[], &[("domain/gate.rs", "why")]);
    assert_eq!(
        stale,
        ["src/domain/gate.rs: nothing reads `why` any more"],
        "the list of exceptions only shrinks"
    );
}

/// What is wrong with the names in these files, where `Keys` may recur.
fn names(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
    super::names::check(&files, &[("Keys", "the keys of something")])
}

#[test]
fn a_name_that_recurs_has_one_role() {
    let keys = ("app/one.rs", "struct Keys; fn f() { struct Keys; }");
    for again in [
        "struct Found;",
        "pub(crate) enum Found {}",
        "fn f() { struct Found; }",
        "mod inner { pub trait Found {} }",
        "type Found = u8;",
        "#[derive(Deserialize)] pub struct Found;",
        "#[derive(Serialize, Deserialize)] struct Found;",
    ] {
        let files = [("source/two.rs", "struct Found; struct Keys;"), keys, ("report/three.rs", again)];
        let found = names(&files);
        assert!(
            found.len() == 1 && found[0].starts_with("`Found` is a type in report/three.rs, source/two.rs"),
            "{again}: {found:?}"
        );
    }
    for other in [
        "#[derive(Deserialize)] struct Found;",
        "#[cfg(test)] mod tests { struct Found; }",
        "impl Found { fn f() -> Found {} }",
    ] {
        let files = [("source/two.rs", "struct Found; struct Keys;"), keys, ("report/three.rs", other)];
        assert_eq!(names(&files), Vec::<String>::new(), "{other}");
    }
    let files = [("source/two.rs", "struct Found; struct Keys;"), ("app/tests.rs", "struct Keys;")];
    assert_eq!(names(&files), ["`Keys` recurs no more: take it off the list"]);
}
