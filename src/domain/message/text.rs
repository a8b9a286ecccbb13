//! What a message says: the text of the files with what is known at that moment.

use super::super::Str;

/// What a message may name beside variables and answers of people, and what it stands for.
pub const FACTS: &[(&str, &str)] = &[
    ("launch.word", "the word of the board: GO, HOLD, NO-GO, SCRUB or ROLLED BACK"),
    ("launch.t0", "T-0 as it is planned now"),
    ("launch.stage", "the newest stage that is out"),
    ("launch.audience", "whom that stage reaches, such as 10 %"),
    ("launch.version", "the version, answers of people filled in"),
    ("launch.commit", "the target's commit"),
    ("launch.at", "when what the message tells of happened"),
    ("launch.by", "who decided it, by name"),
    ("launch.reason", "why, in their words; in a message of the plan, of the newest decision"),
    (UPDATE, "the words of the update; only in a message of the occasion update"),
];

/// The words of an update.
const UPDATE: &str = "launch.update";

/// Whether a text names the words of an update, which only a message of that occasion has.
pub fn names_update(text: &str) -> bool {
    fill(text, |_| None).missing.iter().any(|name| **name == *UPDATE)
}

/// Whether a message may name this.
pub fn is_fact(name: &str) -> bool {
    FACTS.iter().any(|(known, _)| *known == name)
}

/// A text as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    /// The text; `<name>` stands for what is not known.
    pub text: String,
    /// What is not known: `answers.qa/start.build_id`, `launch.reason`.
    pub missing: Vec<Str>,
}

/// Fills in what a text names. What merely looks like a name stays text, and `{{{{` is two braces that name nothing.
pub(crate) fn fill(text: &str, mut known: impl FnMut(&str) -> Option<String>) -> Filled {
    let mut filled = Filled::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.text.push_str(before);
        if let Some(behind) = after.strip_prefix("{{") {
            filled.text.push_str("{{");
            rest = behind;
            continue;
        }
        // A name holds no brace, so that nobody looks further than to the next one.
        let near = after.split_once('{').map_or(after, |(before, _)| before);
        let inside = near.find("}}").map(|end| (after[..end].trim(), &after[end + 2..]));
        let Some((name, behind)) = inside.filter(|(name, _)| names(name)) else {
            filled.text.push_str("{{");
            rest = after;
            continue;
        };
        match known(name) {
            Some(value) => filled.text.push_str(&value),
            None => {
                let short = name.rsplit('.').next().unwrap_or(name);
                filled.text.extend(["<", short, ">"]);
                if !filled.missing.iter().any(|it| **it == *name) {
                    filled.missing.push(name.into());
                }
            }
        }
        rest = behind;
    }
    filled.text.push_str(rest);
    filled
}

fn names(name: &str) -> bool {
    let answer = name.strip_prefix("answers.").and_then(|rest| rest.rsplit_once('.'));
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '{');
    is_fact(name) || answer.is_some_and(|(gate, name)| plain(gate) && plain(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_filled_in_and_what_is_not_is_named() {
        let known = |name: &str| (name == "launch.word").then(|| "GO {{ launch.t0 }}".to_owned());
        let filled = fill("{{ launch.word }}: {{answers.qa/s@3.1.id}} {{ x }} {{{{ launch.word }} {{", known);
        // A value is not filled in again.
        assert_eq!(filled.text, "GO {{ launch.t0 }}: <id> {{ x }} {{ launch.word }} {{");
        assert_eq!(filled.missing, [Str::from("answers.qa/s@3.1.id")]);
        assert_eq!(fill("plain", |_| None).text, "plain");
        let braces = "{ {{ ".repeat(500_000);
        assert_eq!(
            fill(&braces, |_| None).text,
            braces,
            "this takes hours where each looks through the rest"
        );
    }
}
