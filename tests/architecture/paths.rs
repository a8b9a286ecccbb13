//! Finds every path that a file names, in items, bodies, macros and attributes alike.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::UseTree;

/// A path as it was written: `["crate", "journal", "Store"]`. A `*` at the end is a glob, ` as ` an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
    /// Written with `::` in front: the first segment is a crate.
    pub absolute: bool,
}

/// All paths of a `use` declaration, groups taken apart.
pub fn of_use(tree: &UseTree, absolute: bool) -> Vec<Named> {
    fn walk(tree: &UseTree, before: &[String], absolute: bool, out: &mut Vec<Named>) {
        let mut push = |ident: &proc_macro2::Ident, last: Vec<String>| {
            let segments = before.iter().cloned().chain(last).collect();
            out.push(Named { segments, line: ident.span().start().line, absolute });
        };
        match tree {
            UseTree::Path(path) => {
                let mut before = before.to_vec();
                before.push(path.ident.to_string());
                walk(&path.tree, &before, absolute, out);
            }
            UseTree::Name(name) if name.ident == "self" => push(&name.ident, vec![]),
            UseTree::Name(name) => push(&name.ident, vec![name.ident.to_string()]),
            UseTree::Rename(rename) if rename.ident == "self" => push(&rename.ident, vec![]),
            UseTree::Rename(rename) => push(&rename.ident, vec![rename.ident.to_string()]),
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                let segments = before.iter().cloned().chain(["*".to_owned()]).collect();
                out.push(Named { segments, line, absolute });
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, before, absolute, out)),
        }
    }
    let mut out = Vec::new();
    walk(tree, &[], absolute, &mut out);
    out
}

pub fn of_path(path: &syn::Path) -> Named {
    let line = path.segments.first().map_or(0, |s| s.ident.span().start().line);
    let segments = path.segments.iter().map(|s| s.ident.to_string()).collect();
    Named { segments, line, absolute: path.leading_colon.is_some() }
}

/// The paths in tokens that nobody parsed: macro calls and attributes. `strings` looks into string literals
/// too (`#[serde(with = "crate::x")]`).
pub fn of_tokens(tokens: TokenStream, strings: bool) -> Vec<Named> {
    let mut out = Vec::new();
    scan(&tokens.into_iter().collect::<Vec<_>>(), strings, &mut out);
    out
}

fn scan(tokens: &[TokenTree], strings: bool, out: &mut Vec<Named>) {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(_) => at = scan_path(tokens, at, strings, out),
            TokenTree::Group(group) => {
                scan(&group.stream().into_iter().collect::<Vec<_>>(), strings, out);
                at += 1;
            }
            TokenTree::Literal(literal) if strings => {
                let text = literal.to_string();
                if let Ok(path) = syn::parse_str::<syn::Path>(text.trim_matches('"')) {
                    let line = literal.span().start().line;
                    out.push(Named { line, ..of_path(&path) });
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Reads the path that starts at the identifier `at`; returns where to go on.
fn scan_path(tokens: &[TokenTree], mut at: usize, strings: bool, out: &mut Vec<Named>) -> usize {
    let absolute = at >= 2 && is_colons(tokens, at - 2);
    let line = tokens[at].span().start().line;
    let mut segments = vec![tokens[at].to_string()];
    at += 1;
    while is_colons(tokens, at) {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(ident)) => segments.push(ident.to_string()),
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => segments.push("*".to_owned()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let mut inner = Vec::new();
                scan(&group.stream().into_iter().collect::<Vec<_>>(), strings, &mut inner);
                for part in inner {
                    let segments = segments.iter().cloned().chain(part.segments).collect();
                    out.push(Named { segments, line: part.line, absolute });
                }
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    out.push(Named { segments, line, absolute });
    at
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |t: Option<&TokenTree>| matches!(t, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(tokens.get(at)) && colon(tokens.get(at + 1))
}
