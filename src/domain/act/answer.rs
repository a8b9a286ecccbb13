//! The mandatory answers of a sign-off, and the results of a stage.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    super::{AskType, Launch, Oid, Str},
    Refusal,
    rights::said,
};

/// Checks the answers and puts them into their canonical form. All of them are given unless some may be left out: `who`
/// asks, and whether for all.
pub(super) fn check(
    launch: &Launch,
    asks: &BTreeMap<Str, AskType>,
    (who, all): (&str, bool),
    given: &BTreeMap<Str, Str>,
) -> Result<BTreeMap<Str, Str>, Refusal> {
    if let Some(name) = given.keys().find(|name| !asks.contains_key(*name)) {
        return Err(Refusal::new("unknown-answer", format!("{who} does not ask for `{name}`")));
    }
    let missing: Vec<_> =
        asks.keys().filter(|name| given.get(*name).is_none_or(|it| it.trim().is_empty())).collect();
    if all && !missing.is_empty() {
        let names = super::super::format::list(&missing);
        return Err(Refusal::new("answers-missing", format!("{who} asks for {names}"))
            .instead(format!("give it: --answer {}=…", missing[0])));
    }
    let mut checked = BTreeMap::new();
    for (name, kind) in asks {
        if let Some(answer) = given.get(name).filter(|answer| !answer.trim().is_empty()) {
            let answer = said("answer", answer)?;
            checked.insert(name.clone(), read(launch, *kind, name, &answer)?);
        }
    }
    Ok(checked)
}

fn read(launch: &Launch, kind: AskType, name: &str, answer: &Str) -> Result<Str, Refusal> {
    let not = |what: &str| {
        Err(Refusal::new("answer-invalid", format!("`{answer}` is no {what}"))
            .instead(format!("give {name} as a {what}")))
    };
    match kind {
        AskType::Link if !is_link(answer) => not("link: https://…"),
        AskType::Link if is_example(launch, answer) => {
            Err(Refusal::new("answer-is-example", format!("`{answer}` stands in the files as an example"))
                .instead("give the link of what was done this time"))
        }
        AskType::Text | AskType::Link => Ok(answer.clone()),
        AskType::Sha => Oid::parse(answer)
            .map_or_else(|| not("full commit id of 40 or 64 hexadecimal digits"), |oid| Ok(oid.text())),
        AskType::Number if is_number(answer) => Ok(answer.clone()),
        AskType::Number => not("number"),
        AskType::Date if is_date(answer) => Ok(answer.clone()),
        AskType::Date => not("date, such as 2026-12-02"),
    }
}

pub(super) fn is_link(answer: &str) -> bool {
    let rest = answer.strip_prefix("https://").or_else(|| answer.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let clean = !answer.contains(|c: char| c.is_whitespace() || c.is_control());
    // A name before an `@` is a credential, or made to look like another host.
    clean && !host.is_empty() && !host.contains('@') && host.contains(|c: char| c.is_alphanumeric())
}

fn is_example(launch: &Launch, answer: &str) -> bool {
    let same = |link: &str| link.trim_end_matches('/').eq_ignore_ascii_case(answer.trim_end_matches('/'));
    launch.gates.iter().flat_map(|gate| &gate.links).any(|(_, link)| same(link))
}

fn is_number(answer: &str) -> bool {
    let digits = answer.strip_prefix('-').unwrap_or(answer);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part].iter().all(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
}

fn is_date(answer: &str) -> bool {
    answer.len() == 10 && NaiveDate::parse_from_str(answer, "%Y-%m-%d").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        assert!(is_link("https://ci.example.com/run/7?x=1#top"));
        for text in [
            "",
            "https://",
            "http:///x",
            "ftp://a.example",
            "https://a b",
            "javascript:alert(1)",
            "https://github.com@evil.example/",
            "https://a\n.example",
        ] {
            assert!(!is_link(text), "{text:?}");
        }
    }

    #[test]
    fn numbers_and_dates() {
        for text in ["0", "-3", "12.50"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1e3", "inf", "NaN", "1,000", "٣", "1.2.3"] {
            assert!(!is_number(text), "{text}");
        }
        assert!(is_date("2028-02-29"));
        for text in ["2026-02-29", "2026-2-01", "26-02-01", "2026-02-01T", "+2026-2-1"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
