//! For which launches a line of a checklist is.

/// Whether a line is for some launches only.
pub(crate) fn is_optional(text: &str) -> bool {
    const SAID: &[&str] = &[
        "if needed",
        "if necessary",
        "if applicable",
        "if required",
        "if relevant",
        "if any",
        "as needed",
        "where applicable",
        "when applicable",
        "optional",
        "when needed",
        "if desired",
    ];
    let text = text.trim_start().to_ascii_lowercase();
    SAID.iter().any(|said| text.contains(said)) || text.starts_with("if ") || text.contains("(if ")
}

/// `only for X`, `X only`: a condition that no one can look up here.
pub(crate) fn condition(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if let Some(at) = ["only for ", "only if ", "only when "].iter().find_map(|said| lower.find(said)) {
        let rest = text.get(at..)?;
        let end = rest.find(['.', ';', ')', ':', '\n']).unwrap_or(rest.len());
        return Some(rest[..end].trim().trim_end_matches(',').to_owned());
    }
    // `(Tier 1 only)`, `For patch releases only`.
    let text = text.trim().trim_end_matches([':', '.']);
    if let Some(inside) = text.strip_suffix(')').and_then(|text| text.rfind('(').map(|at| &text[at + 1..])) {
        return inside.to_ascii_lowercase().ends_with(" only").then(|| inside.trim().to_owned());
    }
    let only = lower.starts_with("for ") && text.to_ascii_lowercase().ends_with(" only");
    only.then(|| text.to_owned())
}

/// The condition of a heading, and so of all below it: also `For minor releases and above`.
pub(crate) fn heading_condition(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches([':', '.']);
    let named = || text.to_ascii_lowercase().starts_with("for ") && release_types(text).is_some();
    condition(text).or_else(|| named().then(|| text.to_owned()))
}

/// Kinds of release, as people write them and as a variable has them.
const RELEASES: [(&str, &str); 9] = [
    ("major", "major"),
    ("majors", "major"),
    ("minor", "minor"),
    ("minors", "minor"),
    ("patch", "patch"),
    ("patches", "patch"),
    ("rc", "rc"),
    ("rcs", "rc"),
    ("beta", "beta"),
];

/// The kinds of release that a condition names, where it names nothing else: `only for major and minor releases`. Behind a comma
/// something else may follow, `only for majors, tell sales`; what goes on about kinds is of the condition.
pub(crate) fn release_types(condition: &str) -> Option<Vec<&'static str>> {
    let mut types = Vec::new();
    for (at, part) in condition.split(',').enumerate() {
        match kinds_in(part) {
            Some(found) => types.extend(found),
            None if at > 0 && !names_kind(part) => break,
            None => return None,
        }
    }
    let mut seen = Vec::new();
    types.retain(|kind| {
        let new = !seen.contains(kind);
        seen.push(*kind);
        new
    });
    Some(types).filter(|types| !types.is_empty())
}

fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn kind_of(word: &str) -> Option<&'static str> {
    RELEASES.iter().find(|(said, _)| *said == word).map(|(_, kind)| *kind)
}

/// Whether it says anything of a kind of release.
fn names_kind(part: &str) -> bool {
    words_of(part).iter().any(|word| kind_of(word).is_some())
}

/// The kinds of a part that names nothing else.
fn kinds_in(part: &str) -> Option<Vec<&'static str>> {
    const FILL: [&str; 14] = [
        "only", "for", "if", "when", "this", "is", "it", "a", "and", "or", "release", "releases", "version",
        "versions",
    ];
    const UPWARDS: [&str; 3] = ["above", "higher", "up"];
    let words = words_of(part);
    let words = words.iter().map(String::as_str).filter(|word| !FILL.contains(word));
    let (upwards, kinds): (Vec<&str>, Vec<&str>) = words.partition(|word| UPWARDS.contains(word));
    let mut types: Vec<&'static str> = kinds.into_iter().map(kind_of).collect::<Option<_>>()?;
    match types.as_slice() {
        _ if upwards.is_empty() => {}
        ["minor"] => types.push("major"),
        ["patch"] => types.extend(["minor", "major"]),
        _ => return None,
    }
    Some(types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_release_are_those_that_are_named() {
        for (text, types) in [
            ("Notes (only for major releases)", Some(&["major"][..])),
            ("only for major, minor and patch releases", Some(&["major", "minor", "patch"])),
            ("only for majors, tell sales", Some(&["major"])),
            ("only for major, minor if needed", None),
            ("only for major customers", None),
        ] {
            assert_eq!(condition(text).and_then(|it| release_types(&it)).as_deref(), types, "{text}");
        }
    }
}
