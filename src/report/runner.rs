//! Output that a CI runner prints must not steer it: GitHub's runner obeys `::command::` after leading blanks and
//! `##[command]` anywhere in a line.

/// The text with nothing left in it that a runner obeys. Readers lose a blank, no words.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The runner takes a lone CR for the end of a line, too.
    for line in text.split_inclusive(['\n', '\r']) {
        let body = line.trim_start();
        let (blanks, body) = line.split_at(line.len() - body.len());
        out.push_str(blanks);
        let mut rest = body;
        if let Some(after) = rest.strip_prefix("::") {
            out.push_str(": :");
            rest = after;
        }
        out.push_str(&rest.replace("##[", "# #["));
    }
    out
}

/// JSON with nothing left in it that a runner obeys. To a reader of JSON it is the same text.
pub fn harmless_json(text: &str) -> String {
    text.replace("##[", "#\\u0023[")
}

/// XML or HTML likewise. To a reader of it it is the same text.
pub fn harmless_xml(text: &str) -> String {
    text.replace("##[", "##&#91;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_obey() {
        for hostile in [
            "::error::x",
            "  ::add-mask::x",
            "a\n\t::stop-commands::t",
            "x ##[error]y",
            "###[x]",
            ":::x::",
            "\n::x",
            "a\r::error::x",
        ] {
            let safe = harmless(hostile);
            assert!(!safe.contains("##["), "{safe:?}");
            assert!(safe.split(['\n', '\r']).all(|line| !line.trim_start().starts_with("::")), "{safe:?}");
        }
        assert_eq!(harmless("GO  a::b # [x]\n"), "GO  a::b # [x]\n");
    }
}
