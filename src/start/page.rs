//! YAML as a person would write it: plain where that is safe, quoted where it is not.

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
        || text.chars().any(|c| c.is_control() && c != '\n');
    if odd || lines.len() < 2 {
        return quoted(text.trim_end());
    }
    let pad = " ".repeat(indent);
    let lines = lines.iter().map(|line| if line.is_empty() { "\n".into() } else { format!("\n{pad}{line}") });
    format!("|{}", lines.collect::<String>())
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
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
        assert_eq!(list(&["a", "b, c"]), "[a, \"b, c\"]");
        assert_eq!(block("one\n  two", 4), "|\n    one\n      two");
        assert_eq!(block("one", 4), "\"one\"");
        assert_eq!(block("\n  one\ntwo", 4), "\"\\n  one\\ntwo\"");
    }
}
