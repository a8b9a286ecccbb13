//! A source is one folder and one line: nothing else in the program knows one by name.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use gonogo::source::register::{DECLARED, servers};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Item, spanned::Spanned};

use super::{SourceFile, check::is_test, plan::MAY_NAME_SOURCES};

/// Names that are words of the language or of the field too: a text that is one names nothing.
const COMMON_WORDS: &[&str] = &["command", "flag", "http", "macro"];

/// The modules of the sources: the lines of the register.
pub fn modules(register: &str) -> BTreeSet<String> {
    let lines = register.lines().filter_map(|line| line.trim().strip_prefix('&')?.strip_suffix("::SOURCE,"));
    lines.map(str::to_owned).collect()
}

/// Every place that knows a source by name and is not its own.
pub fn check_sources(files: &[SourceFile]) -> Vec<String> {
    let register = files.iter().find(|it| it.name == "source/register.rs").expect("the register");
    let modules = modules(&register.text);
    assert_eq!(modules.len(), DECLARED.len(), "one line for each source");
    let names: BTreeSet<&str> =
        DECLARED.iter().map(|it| it.name).chain(servers().iter().map(|it| it.source)).collect();
    let mut breaches = Vec::new();
    for file in files.iter().filter(|it| !is_of_a_source(&it.name, &modules)) {
        let Ok(ast) = file.ast() else { continue };
        let tests: Vec<_> = ast.items.iter().filter(|it| is_test(attributes(it))).map(lines).collect();
        let mut found = Vec::new();
        walk(&file.text.parse::<TokenStream>().expect("it was parsed"), &modules, &names, &mut found);
        for (line, what) in found {
            let in_test = tests.iter().any(|(from, to)| (*from..=*to).contains(&line));
            let allowed = MAY_NAME_SOURCES.contains(&(file.name.as_str(), what.as_str()));
            if !in_test && !allowed && !file.name.ends_with("tests.rs") && !file.name.contains("/tests/") {
                breaches
                    .push(format!("src/{}:{line}: names the source `{what}`: ask the register", file.name));
            }
        }
    }
    breaches
}

/// Its own folder, and where all of them are listed.
fn is_of_a_source(name: &str, modules: &BTreeSet<String>) -> bool {
    let Some(inside) = name.strip_prefix("source/") else { return false };
    let module = inside.split(['/', '.']).next().unwrap_or_default();
    modules.contains(module) || matches!(inside, "lib.rs" | "register.rs")
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Mod(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

fn lines(item: &Item) -> (usize, usize) {
    (item.span().start().line, item.span().end().line)
}

fn walk(
    tokens: &TokenStream,
    modules: &BTreeSet<String>,
    names: &BTreeSet<&str>,
    found: &mut Vec<(usize, String)>,
) {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let text = text.trim_matches('"');
                if names.contains(text) && !COMMON_WORDS.contains(&text) {
                    found.push((literal.span().start().line, text.to_owned()));
                }
            }
            TokenTree::Ident(ident) if ident == "source" && tokens.len() > at + 3 => {
                let after = &tokens[at + 3];
                match after {
                    TokenTree::Ident(it) if modules.contains(&it.to_string()) => {
                        found.push((it.span().start().line, it.to_string()));
                    }
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                        for inner in group.stream() {
                            if let TokenTree::Ident(it) = inner
                                && modules.contains(&it.to_string())
                            {
                                found.push((it.span().start().line, it.to_string()));
                            }
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        if let TokenTree::Group(group) = token {
            walk(&group.stream(), modules, names, found);
        }
    }
}

#[test]
fn a_place_that_knows_a_source_is_found() {
    let file = |name: &str, text: &str| SourceFile::new(name, text);
    let register =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/source/register.rs")).unwrap();
    let register = file("source/register.rs", &register);
    let knows = "fn f(a: &str) -> bool { a == \"linear\" }\nuse crate::source::{Source, github::Github};\n\
                 fn g() { source::jira::x(); say!(\"zendesk\") }\n";
    let tests = "#[cfg(test)]\nmod tests { fn f() { \"github\"; } }\nfn h(schema: &str) { \"http\"; \"no github\"; }\n";
    let files =
        [register, file("app/x.rs", knows), file("app/y.rs", tests), file("source/linear/x.rs", knows)];
    let found = check_sources(&files);
    assert_eq!(found.len(), 4, "{found:#?}");
}
