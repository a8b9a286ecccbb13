//! Logic never reads prose: what is written for people is reworded at will, and nothing may hang on it.
//!
//! Found are comparisons of a reason, a message or another text for people with words: `==`, `starts_with`, `contains`,
//! `match` and the like. What has to be told apart gets a typed field.

use super::check::{SourceFile, is_test};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Item, Lit, Pat};

/// Rooms that decide something, or show what was decided.
const ROOMS: &[&str] = &["domain", "cockpit", "app", "source", "report", "poller"];

/// Fields, variables and methods that hold or make text for people.
const PROSE: &[&str] = &[
    "because", "describe", "error", "failure", "hint", "label", "message", "next", "notice", "reason",
    "reasons", "refusal", "remark", "remarks", "rendered", "said", "title", "why",
];

/// The same, of fields alone: as variables they are what is being read.
const FIELDS: &[&str] = &["named", "shown", "text", "what"];

/// How one text is compared with another.
const COMPARES: &[&str] =
    &["starts_with", "ends_with", "contains", "strip_prefix", "strip_suffix", "find", "eq"];

/// What leaves prose what it is.
const SAME: &[&str] = &[
    "as_deref",
    "as_ref",
    "as_str",
    "borrow",
    "clone",
    "deref",
    "to_ascii_lowercase",
    "to_lowercase",
    "to_owned",
    "to_string",
    "trim",
    "trim_end",
    "trim_start",
    "unwrap_or_default",
];

/// Texts that are no prose, whatever they are called: file and what is compared.
pub const ALLOWED: &[(&str, &str)] = &[
    // A code of the protocol, which calls it a reason.
    ("source/flag/ofrep.rs", "reason"),
    // Linear has no code for "not found" and for a key sent as a token: there its sentence is the protocol.
    ("source/linear/answer.rs", "message"),
];

/// Every comparison of prose, as `file:line: what is wrong`.
pub fn check(files: &[SourceFile], allowed: &[(&str, &str)]) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut used = vec![false; allowed.len()];
    for file in files.iter().filter(|file| is_read(&file.name)) {
        let Ok(ast) = file.ast() else { continue };
        let mut reader = Reader { found: Vec::new() };
        reader.visit_file(ast);
        for (line, what) in reader.found {
            match allowed.iter().position(|(name, text)| *name == file.name && *text == what) {
                Some(at) => used[at] = true,
                None => breaches.push(format!("src/{}:{line}: reads prose: `{what}`", file.name)),
            }
        }
    }
    let unused = allowed.iter().zip(used).filter(|(_, used)| !used);
    breaches.extend(unused.map(|((file, what), _)| format!("src/{file}: nothing reads `{what}` any more")));
    breaches
}

fn is_read(name: &str) -> bool {
    let room = name.split('/').next().unwrap_or_default();
    ROOMS.contains(&room) && !name.contains("/tests/") && !name.ends_with("/tests.rs")
}

struct Reader {
    found: Vec<(usize, String)>,
}

impl Reader {
    fn found(&mut self, expr: &Expr, prose: &str) {
        self.found.push((expr.span().start().line, prose.to_owned()));
    }

    fn compared(&mut self, whole: &Expr, one: &Expr, other: &Expr) {
        for (prose, words) in [(one, other), (other, one)] {
            if let (Some(name), true) = (prose_in(prose), are_words(words)) {
                return self.found(whole, &name);
            }
        }
    }
}

/// The name of the prose that an expression is, if it is some.
fn prose_in(expr: &Expr) -> Option<String> {
    let known = |name: String| PROSE.contains(&name.as_str()).then_some(name);
    match expr {
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) if FIELDS.iter().any(|it| name == it) => Some(name.to_string()),
            syn::Member::Named(name) => known(name.to_string()),
            syn::Member::Unnamed(_) => None,
        },
        Expr::Path(path) => known(path.path.segments.last()?.ident.to_string()),
        Expr::MethodCall(call) if SAME.iter().any(|it| call.method == it) => prose_in(&call.receiver),
        Expr::MethodCall(call) => known(call.method.to_string()),
        Expr::Call(call) => call.args.first().and_then(prose_in),
        Expr::Reference(inner) => prose_in(&inner.expr),
        Expr::Unary(inner) => prose_in(&inner.expr),
        Expr::Paren(inner) => prose_in(&inner.expr),
        Expr::Index(inner) => prose_in(&inner.expr),
        Expr::Try(inner) => prose_in(&inner.expr),
        _ => None,
    }
}

/// Words that are written down: a literal of text with a letter in it, or a constant.
fn are_words(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(lit) => is_text(&lit.lit),
        Expr::Path(path) => {
            let name = path.path.segments.last().map(|it| it.ident.to_string()).unwrap_or_default();
            name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        }
        Expr::Reference(inner) => are_words(&inner.expr),
        Expr::Unary(inner) => are_words(&inner.expr),
        Expr::Paren(inner) => are_words(&inner.expr),
        Expr::Array(all) => all.elems.iter().any(are_words),
        Expr::Call(call) => call.args.iter().any(are_words),
        _ => false,
    }
}

fn is_text(lit: &Lit) -> bool {
    matches!(lit, Lit::Str(text) if text.value().chars().any(char::is_alphabetic))
}

fn has_words(pat: &Pat) -> bool {
    match pat {
        Pat::Lit(lit) => is_text(&lit.lit),
        Pat::Or(all) => all.cases.iter().any(has_words),
        Pat::Paren(inner) => has_words(&inner.pat),
        Pat::TupleStruct(inner) => inner.elems.iter().any(has_words),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attrs = match item {
            Item::Fn(it) => &it.attrs[..],
            Item::Mod(it) => &it.attrs,
            Item::Impl(it) => &it.attrs,
            _ => &[],
        };
        if !is_test(attrs) {
            visit::visit_item(self, item);
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Binary(it) if matches!(it.op, syn::BinOp::Eq(_) | syn::BinOp::Ne(_)) => {
                self.compared(expr, &it.left, &it.right);
            }
            Expr::MethodCall(it) if COMPARES.iter().any(|method| it.method == method) => {
                if let Some(arg) = it.args.first() {
                    self.compared(expr, &it.receiver, arg);
                }
            }
            Expr::Match(it) if it.arms.iter().any(|arm| has_words(&arm.pat)) => {
                if let Some(name) = prose_in(&it.expr) {
                    self.found(expr, &name);
                }
            }
            Expr::Let(it) if has_words(&it.pat) => {
                if let Some(name) = prose_in(&it.expr) {
                    self.found(expr, &name);
                }
            }
            Expr::Macro(it) if it.mac.path.is_ident("matches") => {
                let parts = it.mac.parse_body_with(|input: syn::parse::ParseStream<'_>| {
                    let expr: Expr = input.parse()?;
                    input.parse::<syn::Token![,]>()?;
                    let pat = Pat::parse_multi_with_leading_vert(input)?;
                    input.parse::<proc_macro2::TokenStream>()?;
                    Ok((expr, pat))
                });
                if let Ok((of, pat)) = parts
                    && has_words(&pat)
                    && let Some(name) = prose_in(&of)
                {
                    self.found(expr, &name);
                }
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }
}
