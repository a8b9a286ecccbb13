use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Document, Entries, NodeRef, Problem, Spanned, parse};

#[derive(Debug, Deserialize, PartialEq)]
struct Gate {
    gate: Spanned<String>,
    title: String,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
    count: Option<u8>,
    waivable: Option<bool>,
    github: Option<Github>,
    within: Option<f64>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Github {
    Workflow { file: String, consecutive: Option<u32> },
    Release(Release),
    Nothing,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Release {
    tag: String,
    name: String,
}

fn read(text: &str) -> Document {
    parse("t.yaml", text.as_bytes()).unwrap_or_else(|rejected| panic!("{:?}", rejected.problems))
}

fn decode<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Vec<Problem>> {
    let document = read(text);
    let mut problems = Vec::new();
    document.decode(document.root(), &mut problems).ok_or(problems)
}

/// `code line:column marked-text` of each problem.
fn problems_of<T: for<'de> Deserialize<'de> + std::fmt::Debug>(text: &str) -> Vec<String> {
    let problems = decode::<T>(text).expect_err("refused");
    let mut problems: Vec<_> = problems.iter().map(|problem| (problem.span.unwrap(), problem.code)).collect();
    problems.sort();
    let show = |(span, code): &(crate::Span, &str)| {
        format!(
            "{code} {}:{} {}",
            span.line,
            span.column,
            text[span.start..span.end].lines().next().unwrap_or("")
        )
    };
    problems.iter().map(show).collect()
}

#[test]
fn decodes_structs_with_places() {
    let text = "- gate: smoke\n  title: 3.10\n  needs: [a, b]\n  count: 2\n  waivable: false\n  within: 0.5\n  \
                github: { workflow: { file: no, consecutive: 3 } }\n";
    let document = read(text);
    let mut problems = Vec::new();
    let gates: Vec<Gate> = document.decode(document.root(), &mut problems).expect("sound");
    let gate = &gates[0];
    assert_eq!(
        (gate.title.as_str(), gate.count, gate.waivable, gate.within),
        ("3.10", Some(2), Some(false), Some(0.5))
    );
    assert_eq!(gate.github, Some(Github::Workflow { file: "no".into(), consecutive: Some(3) }));
    assert_eq!(document.span(gate.gate.at).column, 9);
    assert_eq!(document.span(gate.needs[1].at).column, 14);
}

#[test]
fn text_is_what_was_written() {
    let text = "{a: 1.10, b: 0x1F, c: no, d: 2026-12-02, e: 1e3, f: true, g: 007, h: '~', i: +1, j: 1_000}";
    let map: BTreeMap<String, String> = decode(text).unwrap();
    let values: Vec<&str> = map.values().map(String::as_str).collect();
    assert_eq!(values, ["1.10", "0x1F", "no", "2026-12-02", "1e3", "true", "007", "~", "+1", "1_000"]);
}

#[test]
fn numbers_and_booleans_are_strict() {
    for text in ["yes", "no", "on", "True", "1", "'true'", "\"false\"", "y"] {
        assert_eq!(problems_of::<bool>(text), [format!("type 1:1 {text}")], "{text}");
    }
    for text in ["-1", "256", "1.0", "'3'", "0x10", "1_0", "1e2", "three", "inf", "99999999999999999999999"] {
        assert_eq!(problems_of::<u8>(text), [format!("type 1:1 {text}")], "{text}");
    }
    for text in ["nan", ".nan", "inf", ".inf", "1e999", "infinity", "'1.5'"] {
        assert_eq!(problems_of::<f64>(text), [format!("type 1:1 {text}")], "{text}");
    }
    assert_eq!(
        (decode::<u8>("255"), decode::<i32>("-5"), decode::<f64>("1e3")),
        (Ok(255), Ok(-5), Ok(1000.0))
    );
}

#[test]
fn finds_every_problem_of_a_tree() {
    let text = "\
- gate: a
  titel: x
  count: many
  waivable: yes
- gate: b
  title: [x]
  github: { workflow: { fiel: x, consecutive: -1 } }
- gate: c
  title: ok
  github: { release: { } }
- just text
- { gate: e, title: f, github: { relase: 1 } }
- { gate: e, title: f, needs: a }
";
    let expected = [
        "missing-key 1:3 gate",
        "unknown-key 2:3 titel",
        "type 3:10 many",
        "type 4:13 yes",
        "type 6:10 [x]",
        "missing-key 7:25 fiel",
        "unknown-key 7:25 fiel",
        "type 7:47 -1",
        "missing-key 10:22 { }",
        "missing-key 10:22 { }",
        "type 11:3 just text",
        "unknown-value 12:34 relase",
        "type 13:31 a",
    ];
    assert_eq!(problems_of::<Vec<Gate>>(text), expected);
}

#[test]
fn says_what_was_probably_meant() {
    let problems = decode::<Gate>("gate: a\ntitel: x\n").unwrap_err();
    let unknown = problems.iter().find(|problem| problem.code == "unknown-key").unwrap();
    assert!(unknown.help.as_ref().unwrap().starts_with("did you mean `title`?"), "{unknown:?}");
    let missing = problems.iter().find(|problem| problem.code == "missing-key").unwrap();
    assert_eq!(missing.message, "`gate: a` has no `title`");
    let problems = decode::<Github>("workflw: {file: x}").unwrap_err();
    assert!(problems[0].help.as_ref().unwrap().starts_with("did you mean `workflow`?"), "{problems:?}");
}

#[test]
fn an_enum_takes_exactly_one_key() {
    assert_eq!(decode("nothing"), Ok(Github::Nothing));
    assert_eq!(
        decode("release: {tag: t, name: n}"),
        Ok(Github::Release(Release { tag: "t".into(), name: "n".into() }))
    );
    assert_eq!(
        problems_of::<Github>("{release: {tag: a, name: b}, nothing: {}}"),
        ["too-many-keys 1:30 nothing"]
    );
    assert_eq!(problems_of::<Github>("{}"), ["type 1:1 {}"]);
    assert_eq!(problems_of::<Github>("workflow"), ["type 1:1 workflow"]);
    assert_eq!(problems_of::<Github>("nothing: {}"), ["type 1:10 {}"]);
    assert_eq!(problems_of::<Github>("[a]"), ["type 1:1 [a]"]);
}

#[test]
fn captures_parts_for_later() {
    let document = read("zeta: {gate: 1}\nalpha: [x]\n");
    let mut problems = Vec::new();
    let entries: Entries = document.decode(document.root(), &mut problems).unwrap();
    let names: Vec<&str> = entries.0.iter().map(|(name, _)| name.value.as_str()).collect();
    assert_eq!(names, ["zeta", "alpha"], "in the order of the file");
    assert_eq!(document.span(entries.0[1].0.at).line, 2);
    let parts: Vec<NodeRef> = document.decode(entries.0[1].1.0, &mut problems).unwrap();
    assert_eq!(document.text(parts[0].0), Some("x"));
    assert!(document.decode::<Gate>(entries.0[0].1.0, &mut problems).is_none());
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn what_was_reported_before_is_not_reported_again_and_never_decodes() {
    let rejected = parse("t.yaml", b"gate: a\ntitle:\ncount: x\n").expect_err("refused");
    let document = rejected.salvage().unwrap();
    let mut problems = Vec::new();
    assert_eq!(document.decode::<Gate>(document.root(), &mut problems), None);
    assert_eq!(problems.len(), 1, "the count only: {problems:?}");
    let rejected = parse("t.yaml", b"gate: a\ntitle: b\nneeds: [*x]\n").expect_err("refused");
    let document = rejected.salvage().unwrap();
    problems.clear();
    assert_eq!(
        document.decode::<Gate>(document.root(), &mut problems),
        None,
        "a made-up value never gets out"
    );
    assert!(problems.is_empty());
}

#[derive(Debug, PartialEq)]
struct Even(u32);

impl<'de> Deserialize<'de> for Even {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        if number % 2 == 0 && number > 0 {
            Ok(Self(number))
        } else {
            Err(serde::de::Error::custom("an even number is wanted"))
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Filled;

impl TryFrom<String> for Filled {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() { Err("this must not be empty") } else { Ok(Self) }
    }
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its problems matter")]
struct Named {
    name: Filled,
    count: Even,
}

#[test]
fn a_key_that_is_missing_is_not_empty_as_well() {
    assert_eq!(problems_of::<Named>("count: 2\n"), ["missing-key 1:1 count"]);
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its problems matter")]
struct Picky {
    first: Even,
    second: Even,
    third: u32,
    fourth: u32,
}

#[test]
fn a_type_that_refuses_made_up_values_hides_nothing_beside_it() {
    let found = problems_of::<Picky>("first: 3\nsecond: 5\nthird: x\n");
    assert_eq!(found, ["invalid 1:8 3", "invalid 2:9 5", "type 3:8 x"], "and only then the missing key");
}

#[test]
fn ends_soon_with_thousands_of_problems() {
    let text = "- {gate: a, title: b, count: x}\n".repeat(5_000);
    let problems = decode::<Vec<Gate>>(&text).unwrap_err();
    assert_eq!(problems.len(), 50, "then it gives up");
}
