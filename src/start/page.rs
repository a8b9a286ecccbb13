//! YAML as a person would write it: plain where that is safe, quoted where it is not. The text may be a stranger's, and the page is
//! printed as it is: what a terminal or a CI runner would obey is written as an escape.

use gonogo_text::clean;

/// A text as a value: `{{` stays what it is, and no text becomes a number or a word of YAML.
pub(crate) fn value(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("{{", "{{{{");
    if is_plain(&text) { text } else { quoted(&text) }
}

/// The same within `[ ]` and `{ }`.
pub(crate) fn inner(text: &str) -> String {
    let shown = value(text);
    if shown.starts_with('"') || !shown.contains([',', '[', ']', '{', '}']) { shown } else { quoted(&shown) }
}

/// A list in one line.
pub(crate) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(|it| inner(it.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// Text of several lines, each indented by so many columns; a single line stays one.
pub(crate) fn block(text: &str, indent: usize) -> String {
    let text = text.replace("{{", "{{{{");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    // A block cannot say what begins with a blank, or holds what is no text.
    let odd = lines.iter().find(|line| !line.is_empty()).is_none_or(|first| first.starts_with(' '))
        || text.chars().any(|c| c != '\n' && is_unfit(c))
        || text.contains(RUNNER)
        || lines.iter().any(|line| line.trim_start().starts_with("::"));
    if odd || lines.len() < 2 {
        return quoted(text.trim_end());
    }
    let pad = " ".repeat(indent);
    let lines = lines.iter().map(|line| if line.is_empty() { "\n".into() } else { format!("\n{pad}{line}") });
    format!("|{}", lines.collect::<String>())
}

/// What GitHub's runner obeys anywhere in a line; `::` it obeys at the beginning of one, where no quoted text stands.
const RUNNER: &str = "##[";

/// Whether a terminal might not show this character, or obey it.
fn is_unfit(c: char) -> bool {
    let text = String::from(c);
    *clean(&text) != *text
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let obeyed: Vec<usize> = text.match_indices(RUNNER).map(|(at, _)| at).collect();
    for (at, c) in text.char_indices() {
        match c {
            '#' if obeyed.contains(&at) => out.push_str("\\x23"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_unfit(c) => match u32::from(c) {
                wide @ 0x1_0000.. => out.push_str(&format!("\\U{wide:08x}")),
                code => out.push_str(&format!("\\u{code:04x}")),
            },
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_plain(text: &str) -> bool {
    // `1.0.0` is no number to anybody.
    let version = text.matches('.').count() > 1 && text.starts_with(|c: char| c.is_ascii_digit());
    let first =
        text.starts_with(|c: char| c.is_ascii_alphabetic()) || (version && !text.contains([' ', '_', '/']));
    let safe = |c: char| c.is_ascii_alphanumeric() || " -_./()'+,!?&=%;".contains(c);
    let word = text.to_ascii_lowercase();
    let said = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&word.as_str());
    first && !said && !text.ends_with(' ') && text.chars().all(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_safe_is_quoted() {
        for plain in ["Tests are green", "v1.2 (rc)", "it's out", "1.0.0-rc.1"] {
            assert_eq!(value(plain), plain);
        }
        for (text, shown) in [
            ("a: b", "\"a: b\""),
            ("3.10", "\"3.10\""),
            ("no", "\"no\""),
            ("- x", "\"- x\""),
            ("say \"x\" \\ y", "\"say \\\"x\\\" \\\\ y\""),
            ("{{ x }}", "\"{{{{ x }}\""),
            ("#1", "\"#1\""),
            ("\u{1b}[31m", "\"\\u001b[31m\""),
        ] {
            assert_eq!(value(text), shown);
        }
        for hostile in ["ship \u{202e}it", "a\u{200b}b", "\u{e0041}", "###[error]x", "a ##[group]b"] {
            let shown = value(hostile);
            assert!(!shown.contains("##[") && shown.chars().all(|c| !is_unfit(c)), "{shown}");
            let read = gonogo_yaml::parse("a.yaml", shown.as_bytes()).unwrap();
            assert_eq!(read.text(read.root()), Some(hostile));
        }
        assert_eq!(block("one\n ::stop-commands::x", 2), "\"one\\n ::stop-commands::x\"");
        assert_eq!(list(&["a", "b, c"]), "[a, \"b, c\"]");
        assert_eq!(block("one\n  two", 4), "|\n    one\n      two");
        assert_eq!(block("one", 4), "\"one\"");
        assert_eq!(block("\n  one\ntwo", 4), "\"\\n  one\\ntwo\"");
    }
}
