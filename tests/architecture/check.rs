//! Reads one file after the other and notes every breach of the plan.

use super::paths::{self, Named};
use super::plan::{
    IMPURE_STD, MAX_FILE_LINES, MAX_FN_LINES, MAY_ASK_THE_TIME, MAY_PRINT, PARTS, PURE, ROOMS,
};
use proc_macro2::Span;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Item, Meta, Signature};

/// One file of `src`; its name is relative to `src`, with `/`.
pub struct SourceFile {
    pub name: String,
    pub text: String,
    parsed: OnceCell<syn::Result<syn::File>>,
}

impl SourceFile {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), parsed: OnceCell::new() }
    }

    /// What it says, parsed once for all that look at it.
    pub fn ast(&self) -> Result<&syn::File, &syn::Error> {
        self.parsed.get_or_init(|| syn::parse_file(&self.text)).as_ref()
    }
}

/// Every breach, as `file:line: what is wrong`.
pub fn check_house(files: &[SourceFile]) -> Vec<String> {
    let mut breaches = Vec::new();
    let parsed: Vec<_> = files
        .iter()
        .filter_map(|file| match file.ast() {
            Ok(ast) => Some((file, ast)),
            Err(e) => {
                breaches.push(format!("src/{}: does not parse: {e}", file.name));
                None
            }
        })
        .collect();
    let tests: BTreeSet<String> =
        parsed.iter().flat_map(|(file, ast)| test_modules(&file.name, &ast.items)).collect();
    for (file, ast) in parsed {
        let modules = module_path(&file.name);
        let in_tests = (1..=modules.len()).any(|n| tests.contains(&modules[..n].join("::")));
        let mut checker = Checker::new(file, modules, in_tests);
        checker.check_file(ast);
        breaches.append(&mut checker.breaches);
    }
    breaches
}

/// `cockpit/view/board.rs` → `[cockpit, view, board]`, `cockpit/lib.rs` → `[cockpit]`; what stands directly in `src` is no
/// room.
fn module_path(name: &str) -> Vec<String> {
    let mut path: Vec<_> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if path.len() < 3 && matches!(path.last().map(String::as_str), Some("lib" | "main")) {
        path.pop();
    }
    path
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
pub fn is_test(attrs: &[Attribute]) -> bool {
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

fn line_of(span: Span) -> usize {
    span.start().line
}

struct Checker<'a> {
    file: &'a SourceFile,
    /// The name of the room; empty in `src` itself.
    room: &'a str,
    /// The modules we are in, inline ones included.
    modules: Vec<String>,
    in_tests: bool,
    test_lines: BTreeSet<usize>,
    breaches: Vec<String>,
}

impl<'a> Checker<'a> {
    fn new(file: &'a SourceFile, modules: Vec<String>, in_tests: bool) -> Self {
        let room = file.name.split_once('/').map_or("", |(room, _)| room);
        Self { file, room, modules, in_tests, test_lines: BTreeSet::new(), breaches: Vec::new() }
    }

    fn breach(&mut self, line: usize, what: &str) {
        let note = format!("src/{}:{line}: {what}", self.file.name);
        if !self.breaches.contains(&note) {
            self.breaches.push(note);
        }
    }

    fn check_file(&mut self, ast: &syn::File) {
        let is_root = matches!(self.file.name.as_str(), "lib.rs" | "main.rs");
        if !is_root && ROOMS.iter().all(|room| room.name != self.room) {
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
        self.check_words();
        self.visit_file(ast);
        let lines = self.file.text.lines().count() - self.test_lines.len();
        if lines > MAX_FILE_LINES && !self.in_tests {
            self.breach(
                1,
                &format!("{lines} lines without tests, the most is {MAX_FILE_LINES}: split by meaning"),
            );
        }
    }

    /// Documentation of one word ("What.") repeats the name or says nothing.
    fn check_words(&mut self) {
        let file = self.file;
        let lines: Vec<_> = file.text.lines().map(|line| line.trim_start().strip_prefix("///")).collect();
        for (at, doc) in lines.iter().enumerate() {
            let Some(word) = doc.map(str::trim).and_then(|doc| doc.strip_suffix('.')) else { continue };
            let of_one_word = !word.is_empty() && word.chars().all(char::is_alphabetic);
            let goes_on = |at: Option<usize>| at.and_then(|at| lines.get(at)).is_some_and(Option::is_some);
            if of_one_word && !goes_on(at.checked_sub(1)) && !goes_on(Some(at + 1)) {
                self.breach(
                    at + 1,
                    &format!("`{word}.` documents nothing: say what it is, in which unit, and when"),
                );
            }
        }
    }

    fn check_path(&mut self, named: &Named) {
        self.check_time(named);
        let path = named.segments.join("::");
        let below =
            |part: &str| path == part || path.strip_prefix(part).is_some_and(|rest| rest.starts_with("::"));
        if PURE.contains(&self.room) && !self.in_tests && IMPURE_STD.iter().any(|part| below(part)) {
            self.breach(named.line, &format!("room `{}` is pure and may not use `{path}`", self.room));
        }
        for (room, whole, part) in PARTS {
            if *room == self.room && below(whole) && !below(part) {
                self.breach(named.line, &format!("room `{room}` uses `{part}` alone of `{whole}`"));
            }
        }
    }

    fn check_time(&mut self, named: &Named) {
        let [.., owner, last] = named.segments.as_slice() else { return };
        if !matches!(last.as_str(), "now" | "clock_gettime") {
            return;
        }
        // Tests of timers ask tokio for its own, paused time.
        if self.file.name != MAY_ASK_THE_TIME && !(self.in_tests && *owner == "Instant") {
            self.breach(named.line, "asks for the time: only the clock does, everybody else is told");
        }
    }

    fn check_fn(&mut self, sig: &Signature, block: Option<&Block>) {
        let Some(block) = block else { return };
        let start = line_of(sig.fn_token.span);
        let lines = line_of(block.brace_token.span.close()) + 1 - start;
        if lines > MAX_FN_LINES && !self.in_tests {
            let name = &sig.ident;
            self.breach(start, &format!("fn {name} has {lines} lines, the most is {MAX_FN_LINES}"));
        }
    }

    /// Walks into something that may be test code. Where something ends is asked of test code alone: to tell it, all of
    /// its tokens are written out.
    fn within(&mut self, attrs: &[Attribute], whole: &impl Spanned, walk: impl FnOnce(&mut Self)) {
        let before = self.in_tests;
        if is_test(attrs) {
            self.in_tests = true;
            let span = whole.span();
            self.test_lines.extend(span.start().line..=span.end().line);
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
        self.within(attrs, item, |checker| visit::visit_item(checker, item));
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.modules.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.modules.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for named in paths::of_use(&item.tree, item.leading_colon.is_some()) {
            self.check_path(&named);
        }
        item.attrs.iter().for_each(|attr| self.visit_attribute(attr));
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.breach(line_of(item.extern_token.span), "no `extern crate`: name the path");
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.check_fn(&item.sig, Some(&item.block));
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(&item.attrs, item, |checker| {
            checker.check_fn(&item.sig, Some(&item.block));
            visit::visit_impl_item_fn(checker, item);
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.check_fn(&item.sig, item.default.as_ref());
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
                "`.elapsed()` asks for the time: only the clock does",
            );
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_attribute(&mut self, attr: &'ast Attribute) {
        let line = line_of(attr.pound_token.span);
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
        let line = line_of(mac.bang_token.span);
        let name = mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        let prints = matches!(name.as_str(), "print" | "println" | "eprint" | "eprintln" | "dbg");
        if prints && !self.in_tests && !MAY_PRINT.contains(&self.room) {
            self.breach(line, &format!("{name}!: only cli may print"));
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
