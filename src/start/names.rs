//! Ids from whatever people call things.

use std::collections::BTreeSet;

/// The longest id that is made.
const LONGEST: usize = 40;

/// An id of the format made of any text: small letters, digits and `-`. `None`: nothing of the text can be in one.
pub fn as_id(text: &str) -> Option<String> {
    let mut id = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !id.is_empty() && id.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.extend(word.chars().take(LONGEST).map(|c| c.to_ascii_lowercase()));
    }
    (!id.is_empty()).then_some(id)
}

/// Ids that are taken.
#[derive(Default)]
pub(crate) struct Taken(BTreeSet<String>);

impl Taken {
    /// This id, or one like it that is free.
    pub(crate) fn free(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        let mut number = 2;
        while !self.0.insert(id.clone()) {
            id = format!("{wanted}-{number}");
            number += 1;
        }
        id
    }

    /// The id of a person: people and roles share one set of names, so that one is called otherwise who is called as a role is.
    pub(crate) fn person(&mut self, wanted: &str) -> String {
        if self.0.contains(wanted) { self.free(&format!("{wanted}-p")) } else { self.free(wanted) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_plain() {
        assert_eq!(as_id("Tag & push v1.2!").as_deref(), Some("tag-push-v1-2"));
        assert_eq!(as_id("日本"), None);
        let long = as_id(&"word ".repeat(40)).unwrap();
        assert!(long.len() <= LONGEST && long.ends_with("word"), "{long}");
        let mut taken = Taken::default();
        assert_eq!([taken.free("a"), taken.free("a"), taken.free("a")], ["a", "a-2", "a-3"]);
        assert_eq!([taken.person("a"), taken.person("a"), taken.person("b")], ["a-p", "a-p-2", "b"]);
    }
}
