//! Reads one file after the other and notes every breach of the plan.

use super::paths::{self, Named};
use super::plan::{
    EVERYTHING, IMPURE_STD, MAX_FILE_LINES, MAX_FN_LINES, MAY_ASK_THE_TIME, MAY_PRINT, OWNED, PURE, ROOMS,
    Room,
};
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta};

/// One file of `src`; its name is relative to `src`, with `/`.
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

/// The external crates of the manifest, named as in code.
pub struct Crates {
    normal: BTreeSet<String>,
    dev: BTreeSet<String>,
}

impl Crates {
    /// Reads the two tables out of a manifest. Every dependency is one line `name = ...` in ours.
    pub fn read(manifest: &str) -> Self {
        let table = |name: &str| {
            let lines = manifest.lines().skip_while(|l| l.trim() != name).skip(1);
            lines
                .take_while(|l| !l.starts_with('['))
                .filter_map(|l| l.split_once('=').map(|(key, _)| key.trim()))
                .filter(|key| !key.starts_with('#'))
                .map(|key| key.replace('-', "_"))
                .collect::<BTreeSet<_>>()
        };
        Self { normal: table("[dependencies]"), dev: table("[dev-dependencies]") }
    }

    fn knows(&self, name: &str) -> bool {
        matches!(name, "std" | "core" | "alloc") || self.normal.contains(name) || self.dev.contains(name)
    }
}

/// Every breach, as `file:line: what is wrong`.
pub fn check_house(files: &[SourceFile], crates: &Crates) -> Vec<String> {
    let mut breaches = Vec::new();
    let parsed: Vec<_> = files
        .iter()
        .filter_map(|file| match syn::parse_file(&file.text) {
            Ok(ast) => Some((file, ast)),
            Err(e) => {
                breaches.push(format!("src/{}: does not parse: {e}", file.name));
                None
            }
        })
        .collect();
    let tests: BTreeSet<String> =
        parsed.iter().flat_map(|(file, ast)| test_modules(&file.name, &ast.items)).collect();
    for (file, ast) in &parsed {
        let modules = module_path(&file.name);
        let in_tests = (1..=modules.len()).any(|n| tests.contains(&modules[..n].join("::")));
        let mut checker = Checker::new(file, crates, modules, in_tests);
        checker.check_file(ast);
        breaches.append(&mut checker.breaches);
    }
    breaches
}

/// `cockpit/view/board.rs` → `[cockpit, view, board]`; the crate roots have no modules.
fn module_path(name: &str) -> Vec<String> {
    match name {
        "lib.rs" | "main.rs" => Vec::new(),
        _ => name.trim_end_matches(".rs").split('/').map(str::to_owned).collect(),
    }
}

/// The modules that this file declares as `#[cfg(test)] mod name;`.
fn test_modules(name: &str, items: &[Item]) -> Vec<String> {
    let modules = items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() && is_test(&module.attrs) => {
            Some(module.ident.to_string())
        }
        _ => None,
    });
    modules.map(|m| module_path(name).into_iter().chain([m]).collect::<Vec<_>>().join("::")).collect()
}

/// `#[test]`, `#[cfg(test)]` or `#[cfg(all(test, ...))]`.
fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        if attr.path().is_ident("test") {
            return true;
        }
        let Meta::List(list) = &attr.meta else { return false };
        let inner = list.tokens.to_string().replace(' ', "");
        list.path.is_ident("cfg")
            && (inner == "test"
                || inner.strip_prefix("all(").is_some_and(|l| l.split([',', ')']).next() == Some("test")))
    })
}

fn lines_of(spanned: &impl Spanned) -> (usize, usize) {
    let span = spanned.span();
    (span.start().line, span.end().line)
}

struct Checker<'a> {
    file: &'a SourceFile,
    crates: &'a Crates,
    room: Option<&'static Room>,
    /// The modules we are in, inline ones included.
    modules: Vec<String>,
    in_tests: bool,
    test_lines: BTreeSet<usize>,
    breaches: Vec<String>,
}

impl<'a> Checker<'a> {
    fn new(file: &'a SourceFile, crates: &'a Crates, modules: Vec<String>, in_tests: bool) -> Self {
        let name = modules.first().map_or(file.name.trim_end_matches(".rs"), String::as_str);
        let room = ROOMS.iter().find(|r| r.name == name);
        Self { file, crates, room, modules, in_tests, test_lines: BTreeSet::new(), breaches: Vec::new() }
    }

    fn breach(&mut self, line: usize, what: &str) {
        let note = format!("src/{}:{line}: {what}", self.file.name);
        if !self.breaches.contains(&note) {
            self.breaches.push(note);
        }
    }

    fn check_file(&mut self, ast: &syn::File) {
        if self.room.is_none() {
            return self.breach(1, "this room is not in the plan (tests/architecture/plan.rs)");
        }
        if self.file.name.ends_with("mod.rs") {
            self.breach(1, "no mod.rs: put `name.rs` beside `name/`");
        }
        if self.modules.len() < 2 && !self.file.text.starts_with("//!") {
            self.breach(1, "a room's front file starts with `//!` and says what the room promises");
        }
        for (at, line) in self.file.text.lines().enumerate() {
            for word in ["TODO", "FIXME"] {
                if line.contains(word) {
                    self.breach(at + 1, &format!("{word}: do it, or write an issue"));
                }
            }
        }
        self.visit_file(ast);
        let lines = self.file.text.lines().count() - self.test_lines.len();
        if lines > MAX_FILE_LINES && !self.in_tests {
            self.breach(
                1,
                &format!("{lines} lines without tests, the most is {MAX_FILE_LINES}: split by meaning"),
            );
        }
    }

    fn is_room(&self, name: &str) -> bool {
        self.room.is_some_and(|r| r.name == name)
    }

    fn check_path(&mut self, named: &Named) {
        self.check_time(named);
        let first = named.segments[0].as_str();
        match first {
            _ if named.absolute && self.crates.knows(first) => self.check_external(named),
            "crate" | "gonogo" => self.check_room(named.segments.get(1), named.line),
            "self" | "super" => {
                let supers = named.segments.iter().take_while(|s| *s == "super" || *s == "self");
                let ups = supers.clone().filter(|s| *s == "super").count();
                let rest = named.segments.get(supers.count());
                match self.modules.len().saturating_sub(ups) {
                    0 if ups > 0 => self.check_room(rest, named.line),
                    _ => {}
                }
            }
            _ if named.segments.len() > 1 && self.crates.knows(first) => self.check_external(named),
            _ => {}
        }
    }

    /// `target` is the first segment below the crate root.
    fn check_room(&mut self, target: Option<&String>, line: usize) {
        let Some(room) = self.room else { return };
        if room.may_use == EVERYTHING {
            return;
        }
        // `pub(crate)` and the like name the root alone, and reach nothing.
        let Some(target) = target else { return };
        if target == "*" {
            return self.breach(line, "names the crate root as a whole: name the room");
        }
        if target != room.name && !room.may_use.contains(&target.as_str()) {
            let may = if room.may_use.is_empty() { "nothing".to_owned() } else { room.may_use.join(", ") };
            self.breach(
                line,
                &format!("room `{}` may not use room `{target}` (it may use {may})", room.name),
            );
        }
    }

    fn check_external(&mut self, named: &Named) {
        let Some(room) = self.room else { return };
        let name = named.segments[0].as_str();
        let path = named.segments.join("::");
        let below = |owned: &str| {
            path == owned || path.strip_prefix(owned).is_some_and(|rest| rest.starts_with("::"))
        };
        if matches!(name, "std" | "core" | "alloc") {
            let impure = PURE.contains(&room.name) && !self.in_tests && IMPURE_STD.iter().any(|p| below(p));
            if impure {
                self.breach(named.line, &format!("room `{}` is pure and may not use `{path}`", room.name));
            }
            return;
        }
        if !self.in_tests && room.crates.is_some_and(|crates| !crates.contains(&name)) {
            return self.breach(named.line, &format!("room `{}` may not use the crate `{name}`", room.name));
        }
        if let Some((owned, rooms)) = OWNED.iter().find(|(owned, _)| below(owned))
            && !rooms.contains(&room.name)
        {
            let what = format!("`{owned}` belongs to {}, not to room `{}`", rooms.join(", "), room.name);
            self.breach(named.line, &what);
        }
    }

    fn check_time(&mut self, named: &Named) {
        let [.., owner, last] = named.segments.as_slice() else { return };
        if !matches!(last.as_str(), "now" | "clock_gettime") {
            return;
        }
        // Tests of timers ask tokio for its own, paused time.
        if self.file.name != MAY_ASK_THE_TIME && !(self.in_tests && *owner == "Instant") {
            self.breach(named.line, "asks for the time: only clock.rs does, everybody else is told");
        }
    }

    fn check_fn(&mut self, name: &proc_macro2::Ident, start: usize, end: usize) {
        let lines = end + 1 - start;
        if lines > MAX_FN_LINES && !self.in_tests {
            self.breach(start, &format!("fn {name} has {lines} lines, the most is {MAX_FN_LINES}"));
        }
    }

    /// Walks into something that may be test code.
    fn within(&mut self, attrs: &[Attribute], lines: (usize, usize), walk: impl FnOnce(&mut Self)) {
        let before = self.in_tests;
        if is_test(attrs) {
            self.in_tests = true;
            self.test_lines.extend(lines.0..=lines.1);
        }
        walk(self);
        self.in_tests = before;
    }
}

impl<'ast> Visit<'ast> for Checker<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attrs = match item {
            Item::Const(i) => &i.attrs[..],
            Item::Enum(i) => &i.attrs,
            Item::Fn(i) => &i.attrs,
            Item::Impl(i) => &i.attrs,
            Item::Macro(i) => &i.attrs,
            Item::Mod(i) => &i.attrs,
            Item::Static(i) => &i.attrs,
            Item::Struct(i) => &i.attrs,
            Item::Trait(i) => &i.attrs,
            Item::Type(i) => &i.attrs,
            Item::Use(i) => &i.attrs,
            _ => &[],
        };
        self.within(attrs, lines_of(item), |checker| visit::visit_item(checker, item));
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.modules.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.modules.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for mut named in paths::of_use(&item.tree, item.leading_colon.is_some()) {
            let root = |s: &String| matches!(s.as_str(), "crate" | "gonogo" | "self" | "super");
            if named.segments.iter().all(root) {
                named.segments.push("*".to_owned()); // an alias reaches as far as a glob
            }
            self.check_path(&named);
            // `use std;` and `use rusqlite as store;` name a crate with one segment.
            if named.segments.len() == 1 && self.crates.knows(&named.segments[0]) {
                self.check_external(&named);
            }
        }
        item.attrs.iter().for_each(|attr| self.visit_attribute(attr));
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.breach(lines_of(item).0, "no `extern crate`: name the path");
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.check_fn(&item.sig.ident, lines_of(&item.sig).0, lines_of(&item.block).1);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let (start, end) = (lines_of(&item.sig).0, lines_of(&item.block).1);
        let ident = &item.sig.ident;
        self.within(&item.attrs, lines_of(item), |checker| {
            checker.check_fn(ident, start, end);
            visit::visit_impl_item_fn(checker, item);
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.check_fn(&item.sig.ident, lines_of(&item.sig).0, lines_of(item).1);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.check_path(&paths::of_path(path));
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "elapsed" && call.args.is_empty() && self.file.name != MAY_ASK_THE_TIME {
            self.breach(
                call.method.span().start().line,
                "`.elapsed()` asks for the time: only clock.rs does",
            );
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_attribute(&mut self, attr: &'ast Attribute) {
        let line = lines_of(attr).0;
        if attr.path().is_ident("path") {
            self.breach(line, "no `#[path]`: a module lives where its name says");
        }
        // Words in documentation are no paths of the program; neither are the names of lints.
        if attr.path().is_ident("doc") || attr.path().is_ident("allow") || attr.path().is_ident("expect") {
            return;
        }
        if let Meta::List(list) = &attr.meta {
            self.check_tokens(list.tokens.clone(), true);
        }
        self.check_path(&paths::of_path(attr.path()));
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let line = lines_of(mac).0;
        let name = mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        let prints = matches!(name.as_str(), "print" | "println" | "eprint" | "eprintln" | "dbg");
        if prints && !self.in_tests && !MAY_PRINT.iter().any(|room| self.is_room(room)) {
            self.breach(line, &format!("{name}!: only {} may print", MAY_PRINT.join(", ")));
        }
        if matches!(name.as_str(), "todo" | "unimplemented") {
            self.breach(line, &format!("{name}!: nothing unfinished is kept"));
        }
        if name == "include" {
            self.breach(line, "include!: code lives in modules");
        }
        self.check_path(&paths::of_path(&mac.path));
        self.check_tokens(mac.tokens.clone(), false);
    }
}

impl Checker<'_> {
    fn check_tokens(&mut self, tokens: proc_macro2::TokenStream, strings: bool) {
        for named in paths::of_tokens(tokens, strings) {
            self.check_path(&named);
        }
    }
}
