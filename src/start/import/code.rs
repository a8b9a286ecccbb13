//! What of a checklist's code is something to run.

/// Whether a block of code that names no language is something to run, by its first line that is no comment.
pub(crate) fn is_script(code: &str) -> bool {
    let mut lines = code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(line) = lines.next() else { return false };
    let prompted = line.strip_prefix("$ ").or_else(|| line.strip_prefix("> "));
    let word = line.split_whitespace().next().unwrap_or_default();
    let one = line == word && word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.ends_with(':');
    let set = word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    prompted.is_some() || is_command(line) || one || set
}

/// Whether a piece of code is something to run, and not a name.
pub(crate) fn is_command(code: &str) -> bool {
    let code = code.trim();
    // `name "some/path"` is how languages import.
    let mut words = code.split_whitespace();
    if let (Some(_), Some(second), None) = (words.next(), words.next(), words.next())
        && second.starts_with('"')
        && second.contains('/')
    {
        return false;
    }
    let first = code.split_whitespace().next().unwrap_or_default();
    let path =
        first.starts_with("./") || first.starts_with('/') || first.split('.').next_back() == Some("sh");
    let word = first.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    (code.contains(' ')
        && word
        && first.starts_with(|c: char| c.is_ascii_lowercase() || c == '.' || c == '/'))
        || (path && code.len() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_names() {
        for code in ["git tag -s v1", "./release.sh", "npm publish"] {
            assert!(is_command(code), "{code}");
        }
        for code in ["stable", "CHANGELOG.md", "Foo bar", "v1.2.3", "alias \"github.com/acme/x\""] {
            assert!(!is_command(code), "{code}");
        }
        for code in ["make", "# first\n./x.sh", "V=1\ngo", "$ Tool", "git push"] {
            assert!(is_script(code), "{code}");
        }
        for code in ["TBD\n===", "Apr 03 10:35 built", "{ \"a\": 1 }", "key:\n  x", "# only this"] {
            assert!(!is_script(code), "{code}");
        }
    }
}
