//! Characters of a name that look like others: two names that read the same, letter by letter, and are not.

/// What is odd about a name, for whoever wrote it: `; it has an unusual hyphen (U+2011) in it`. Empty where nothing is.
pub(crate) fn odd(name: &str) -> String {
    let latin = name.chars().any(|c| c.is_ascii_alphabetic());
    let found = name.chars().find_map(|c| Some((c, kind(c, latin)?)));
    found.map_or_else(String::new, |(c, kind)| format!("; it contains {kind} (U+{:04X})", u32::from(c)))
}

fn kind(c: char, among_latin: bool) -> Option<&'static str> {
    Some(match c {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => "an unusual space",
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => "an invisible character",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "an unusual hyphen",
        '\u{370}'..='\u{3ff}' if among_latin => "a Greek letter",
        '\u{400}'..='\u{52f}' if among_latin => "a Cyrillic letter",
        '\u{ff01}'..='\u{ff5e}' => "a full-width letter",
        '\t' => "a tab",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_another_is_named() {
        assert_eq!(odd("release\u{2011}blocker"), "; it contains an unusual hyphen (U+2011)");
        assert_eq!(odd("bu\u{456}ld"), "; it contains a Cyrillic letter (U+0456)");
        assert_eq!(odd("a\u{a0}b"), "; it contains an unusual space (U+00A0)");
        for plain in ["release-blocker", "блокер", "größe", "v3.0.0", "日本"] {
            assert_eq!(odd(plain), "", "{plain}");
        }
    }
}
