//! What files may say: limits are read strictly, checked, and brought into one form.

use gonogo::domain::Bound;
use gonogo::source::github::SOURCE;
use gonogo::source::register::DECLARED as ALL_KINDS;

use super::bench::decode;
use super::samples;

#[test]
fn every_kind_is_offered_and_has_a_sample() {
    assert!(ALL_KINDS.iter().any(|it| it.name == "github"));
    assert_eq!(SOURCE.things.len(), 18);
    for thing in SOURCE.things {
        let prefix = format!("{}:", thing.name);
        assert!(samples::all().iter().any(|it| it.gate.starts_with(&prefix)), "no sample of {}", thing.name);
    }
}

#[test]
fn what_is_bound_to_the_commit() {
    let bound = ["workflow", "checks", "release", "tag", "deployment", "environment", "file", "comment"];
    for sample in samples::all() {
        let (thing, decoded) = decode(sample.gate).unwrap();
        let merged = thing == "pull_request" && !sample.gate.contains("expect");
        let bound = merged || bound.contains(&thing.as_str()) || sample.gate.contains("code_scanning");
        let want = if bound { Bound::Commit } else { Bound::Free };
        assert_eq!(decoded.bound, want, "{}", sample.gate);
    }
    let launch = decode("comment: { issue: 7, phrase: GO, by: [ana], about: launch }").unwrap().1;
    assert_eq!(launch.bound, Bound::Free);
}

#[test]
fn what_is_asked_is_said_in_one_line() {
    let said = [
        ("workflow: { file: ci.yml }", "workflow ci.yml"),
        (
            "workflow: { file: smoke.yml, consecutive: 3, max_age: 24h }",
            "workflow smoke.yml, 3 in a row, within 24h",
        ),
        ("checks: { required: [build, test] }", "checks build and test"),
        ("pull_request: { number: 5 }", "pull request #5 merged"),
        ("approvals: { branch: x, count: 2, team: core }", "approvals of branch x by 2 people of core"),
        ("issues: { labels: [p0, p1], at_most: 2 }", "issues labelled p0 or p1, at most 2"),
        ("milestone: { title: v1 }", "milestone v1 has nothing open"),
        ("release: { tag: v1, assets: [a, b] }", "release v1 published with a and b"),
        ("deployment: { environment: production }", "deployment to production"),
        ("alerts: { tool: dependabot, severity: [critical] }", "alerts of Dependabot (critical), at most 0"),
        ("project: { organization: acme, number: 3, done: [Done] }", "project acme/3: at most 0 not Done"),
        (
            "comment: { issue: 7, phrase: GO, by: [ana, bo], count: 1 }",
            "comment \"GO\" on #7 by 1 of ana and bo",
        ),
    ];
    for (gate, words) in said {
        assert_eq!(&*decode(gate).unwrap().1.said, words, "{gate}");
    }
}

#[test]
fn the_canonical_form_does_not_depend_on_how_it_was_written() {
    let form = |gate: &str| decode(gate).unwrap().1.args.to_string();
    assert_eq!(form("issue: { number: 7 }"), form("issue: { expect: closed, number: 7 }"));
    assert_eq!(form("workflow: { file: ci.yml }"), form("workflow: {file: ci.yml}"));
    assert_ne!(form("workflow: { file: ci.yml }"), form("workflow: { file: ci.yml, consecutive: 2 }"));
    assert_eq!(form("tag: { name: 3.10 }"), r#"{"name":"3.10"}"#, "text stays text");
}

#[test]
fn answers_of_people_may_fill_texts_and_numbers() {
    assert!(decode("issue: { number: '{{ answers.plan.issue }}' }").is_ok());
    assert!(decode("release: { tag: 'v{{ answers.build.version }}' }").is_ok());
}

#[test]
fn limits_that_make_no_sense_are_refused_with_a_reason() {
    let refused = [
        ("workflow: { file: '' }", "empty"),
        ("workflow: { file: ci }", "not a workflow file"),
        ("workflow: { file: ci.yml, consecutive: 0 }", "from 1 to"),
        ("workflow: { file: ci.yml, max_age: 3wd }", "no fixed length"),
        ("workflow: { file: ci.yml, max_age: soon }", "not a length of time"),
        ("workflow: { file: ci.yml, accept: [failure] }", "failure"),
        ("workflow: { file: ci.yml, branches: main }", "branches"),
        ("checks: {}", "neither `required` or `from_branch_rules`"),
        ("checks: { required: [a], from_branch_rules: true }", "not both"),
        ("checks: { from_branch_rules: false }", "asks for nothing"),
        ("pull_request: {}", "neither `number` or `branch`"),
        ("pull_request: { number: 5, branch: x }", "not both"),
        ("pull_request: { number: '#5' }", "not a number"),
        ("pull_request: { number: 0 }", "not a number"),
        ("pull_request: { number: 5, expect: happy }", "happy"),
        ("approvals: { number: 5, count: 0 }", "from 1 to"),
        ("issues: {}", "which ones to count"),
        ("issues: { at_most: 3 }", "which ones to count"),
        ("issues: { labels: [x], at_most: 1, at_least: 2 }", "no number fits"),
        ("issues: { search: 'repo:a/b x' }", "the gate sets"),
        ("issues: { search: 'is:closed' }", "the gate sets"),
        ("issues: { base: main }", "base"),
        ("pull_requests: {}", "which ones to count"),
        ("issue: {}", "number"),
        ("milestone: {}", "title"),
        ("release: { tag: refs/tags/v1 }", "without refs/tags/"),
        ("alerts: { tool: secret_scanning, severity: [high] }", "no severity"),
        ("alerts: { tool: dependabot, severity: [warning] }", "critical, high, medium and low"),
        ("alerts: { tool: snyk }", "snyk"),
        ("file: { path: /etc/passwd }", "from the root"),
        ("file: { path: ../x }", "from the root"),
        ("file: { path: a, expect: absent, matches: x }", "cannot match"),
        ("file: { path: a, matches: '(' }", "not a regular expression"),
        ("branch_rules: { branch: main }", "what the rules must require"),
        ("branch_rules: { branch: main, code_owners: false }", "asks for nothing"),
        ("project: { organization: a, number: 1, done: [] }", "empty"),
        ("comment: { issue: 1, phrase: GO, by: [] }", "empty"),
        ("comment: { issue: 1, phrase: GO, by: ['@ana'] }", "neither a person nor a role"),
        ("comment: { issue: 1, phrase: GO, by: [octocat] }", "neither a person nor a role"),
        ("comment: { issue: 1, phrase: GO, by: [nobody] }", "no GitHub login"),
        ("comment: { issue: 1, phrase: GO, by: [ana], count: 0 }", "from 1 to"),
        ("comment: { issue: 1, phrase: GO, by: [ana], accounts: [{ logins: [eve] }] }", "unknown key"),
        ("issue: { number: 1, expect: open, accept: [not_planned] }", "is for `expect: closed`"),
        ("issue: { number: 1, accept: [abandoned] }", "abandoned"),
        ("issues: { search: '(label:x)' }", "combines searches"),
        ("issues: { search: 'label:x OR label:y' }", "combines searches"),
    ];
    for (gate, words) in refused {
        let problems = decode(gate).expect_err(gate);
        let said = problems
            .iter()
            .map(|it| format!("{} {}", it.message, it.help.as_deref().unwrap_or_default()))
            .collect::<String>();
        assert!(said.contains(words), "{gate}: {said}");
        assert!(problems.iter().all(|it| it.span.is_some()), "{gate}: a place");
    }
}

#[test]
fn a_pattern_that_would_take_too_much_is_refused() {
    let gate = format!("file: {{ path: a, matches: '(a{{1000}}){{1000}}{}' }}", "x");
    let problems = decode(&gate).expect_err("too large");
    assert!(problems[0].message.contains("too large"), "{problems:?}");
}

#[test]
fn a_comma_inside_brackets_parts_a_name_and_that_is_found() {
    let gate = "checks: { required: [build, test (ubuntu-latest, 3.10)] }";
    let problems = decode(gate).unwrap_err();
    let said = format!("{problems:?}");
    assert!(said.contains("a comma separates names inside brackets"), "{said}");
    assert!(said.contains("test (ubuntu-latest, 3.10)"), "{said}");
    for good in [
        "checks: { required: [build, 'test (ubuntu-latest, 3.10)'] }",
        "checks: { required: [build (a), test (b)] }",
        "checks: { required: ['smile :)', 'sad :('] }",
    ] {
        assert!(decode(good).is_ok(), "{good}");
    }
    assert!(decode("release: { tag: v1, assets: [a (x, y).zip] }").is_err());
}

#[test]
fn the_new_limits_are_for_what_they_mean() {
    assert!(decode("pull_request: { number: 5, in_target: false }").is_ok());
    assert!(decode("pull_request: { number: 5, expect: approved, in_target: true }").is_err());
    assert!(decode("checks: { required: [build], event: push }").is_ok());
    assert_eq!(
        &*decode("checks: { required: [build], event: push }").unwrap().1.said,
        "checks build, by push"
    );
}
