//! Characters of a name that look like others: two names that read the same, letter by letter, and are not.

/// What is odd about a name, for whoever wrote it: `; it has a hyphen of another kind (U+2011) in it`. Empty where nothing is.
pub(crate) fn odd(name: &str) -> String {
    let latin = name.chars().any(|c| c.is_ascii_alphabetic());
    let found = name.chars().find_map(|c| Some((c, kind(c, latin)?)));
    found.map_or_else(String::new, |(c, kind)| format!("; it has {kind} (U+{:04X}) in it", u32::from(c)))
}

fn kind(c: char, among_latin: bool) -> Option<&'static str> {
    Some(match c {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            "a space of another kind"
        }
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => "a character that nobody sees",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a hyphen of another kind",
        '\u{370}'..='\u{3ff}' if among_latin => "a Greek letter",
        '\u{400}'..='\u{52f}' if among_latin => "a Cyrillic letter",
        '\u{ff01}'..='\u{ff5e}' => "a letter of full width",
        '\t' => "a tab",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_another_is_named() {
        assert_eq!(odd("release\u{2011}blocker"), "; it has a hyphen of another kind (U+2011) in it");
        assert_eq!(odd("bu\u{456}ld"), "; it has a Cyrillic letter (U+0456) in it");
        assert_eq!(odd("a\u{a0}b"), "; it has a space of another kind (U+00A0) in it");
        for plain in ["release-blocker", "блокер", "größe", "v3.0.0", "日本"] {
            assert_eq!(odd(plain), "", "{plain}");
        }
    }
}
