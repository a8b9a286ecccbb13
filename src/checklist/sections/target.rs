//! `target` and `components`: repositories, and the commits in them that the launch is about.

use std::collections::BTreeMap;

use crate::{
    names::{Where, is_id, no_id},
    reader::{Reader, SpannedText},
    symbols::Symbols,
};
use gonogo_domain::{Str, TargetRef};
use gonogo_text::owner_and_name;
use gonogo_yaml::{NodeId, Shape};

#[derive(serde::Deserialize)]
struct RawTarget {
    repository: SpannedText,
    r#ref: SpannedText,
}

/// What a target may say.
pub(super) fn shape() -> Shape {
    Shape::of::<RawTarget>()
}

/// A repository and a ref.
pub(super) fn one(reader: &mut Reader<'_>, node: NodeId) -> Option<TargetRef> {
    let raw: RawTarget = reader.get(Some(node))?;
    let repository = owner_and_name(&raw.repository.value).is_some();
    if !repository {
        let message = format!("`{}` is not a repository", raw.repository.value);
        reader.advise(
            "bad-repository",
            message,
            raw.repository.at,
            "not a repository",
            "write OWNER/NAME: acme/checkout",
        );
    }
    let git_ref = is_ref(&raw.r#ref.value);
    if !git_ref {
        let message = format!("`{}` cannot be a branch, tag or commit", raw.r#ref.value);
        let help = "write a branch (release/3.0), a tag (v3.0.0) or a full commit id";
        reader.advise("bad-ref", message, raw.r#ref.at, "not a ref", help);
    }
    (repository && git_ref)
        .then(|| TargetRef { repository: raw.repository.value.into(), git_ref: raw.r#ref.value.into() })
}

/// The components by name.
pub(super) fn components(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    world: &mut Symbols<'_>,
) -> BTreeMap<Str, TargetRef> {
    let mut components = BTreeMap::new();
    let Some(node) = node else { return components };
    let Some(pairs) = reader.pairs(node) else {
        world.components.whole = false;
        return components;
    };
    for (key, value) in pairs {
        let Some(name) = reader.doc.text(key) else { continue };
        if !is_id(name) {
            reader.problems.push(no_id(name, reader.doc.span(key)));
            continue;
        }
        world.components.insert(name.into(), Where::of(reader.doc, key), ());
        if let Some(target) = one(reader, value) {
            components.insert(name.into(), target);
        }
    }
    components
}

/// What git allows as the name of a ref, and a little less: it becomes part of addresses.
fn is_ref(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"~^:?*[\\#%".contains(&byte);
    (1..=255).contains(&text.len())
        && text.bytes().all(plain)
        && !text.starts_with(['-', '/', '.'])
        && !text.ends_with(['/', '.'])
        && !["..", "//", "@{", "/."].iter().any(|bad| text.contains(bad))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_and_refs_are_plain() {
        for good in ["acme/checkout", "a-b/c.d_e"] {
            assert!(owner_and_name(good).is_some(), "{good}");
        }
        for bad in ["acme", "acme/", "/x", "a/b/c", "a b/c", "https://x/y", "a/..", "a/b?x"] {
            assert!(owner_and_name(bad).is_none(), "{bad}");
        }
        for good in ["main", "release/3.0", "v3.0.0", "8f3c2ab", "feature/a@b"] {
            assert!(is_ref(good), "{good}");
        }
        for bad in [
            "", "a b", "-x", "a..b", "a/../b", "/a", "a/", "a~1", "a:b", "a?b", "a#b", "é", "a\nb", "x.",
            "a/.b",
        ] {
            assert!(!is_ref(bad), "{bad}");
        }
    }
}
