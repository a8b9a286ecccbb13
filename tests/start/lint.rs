//! `gonogo lint`: what loads and is still no good.

use super::Place;
use crate::support::program::head;

const BAD: &str = concat!(
    head!(),
    "\
risk: high
gates:
  - { gate: ours, title: Ours, owner: qa, due: T-1d, task: {} }
  - { gate: empty, title: Empty, due: T-1d, sign_off: { by: [nobody] } }
  - { gate: same, title: Same, due: T-1d, sign_off: { by: [qa], apart_from: [ours] } }
  - { gate: words, title: Words, github: { issues: { search: \"lable:blocker\" } } }
  - { gate: undated, title: Undated, owner: qa, task: {} }
  - { gate: page, title: Page, owner: qa, http: { url: 'https://shop.example/up' } }
  - { gate: named, title: Named, owner: qa, http: { url: 'https://shop.example/up', json: /version, equals: '1' } }
  - { gate: rate, title: Rate, owner: qa, prometheus: { query: 'sum(errors) or  vector(0)', at_most: 1 } }
rollout: { advance_by: [qa], stages: [{ stage: everyone, audience: { percent: 100 } }] }
"
);

fn codes(place: &Place) -> Vec<(String, String)> {
    let page = place.does(&["lint", "--format", "json"]).json();
    let all = page["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["rule"].as_str().unwrap().to_owned(), it["message"].as_str().unwrap().to_owned()));
    all.collect()
}

#[test]
fn every_rule_finds_its_fault_and_says_where() {
    let place = Place::empty();
    place.write("launch.yaml", &BAD.replace("roles: { qa", "roles: { nobody: {}, qa"));
    let found = codes(&place);
    let says = |rule: &str, part: &str| found.iter().any(|(code, said)| code == rule && said.contains(part));
    for (rule, part) in [
        ("nobody", "launch/empty"),
        ("nobody", "launch/same"),
        ("no-owner", "launch/words"),
        ("vacuous", "launch/words"),
        ("status-only", "launch/page"),
        ("no-data", "launch/rate"),
        ("no-due", "launch/undated"),
        ("no-roll-call", "high risk"),
        ("unwatched", "everyone"),
    ] {
        assert!(says(rule, part), "{rule} {part}: {found:?}");
    }
    assert!(!says("status-only", "launch/named"), "{found:?}");
    assert!(!says("nobody", "launch/ours") && !says("no-due", "launch/ours"), "{found:?}");
    let text = place.does(&["lint"]).out;
    assert!(text.contains("warning[vacuous]") && text.contains("--> launch.yaml:13:"), "{text}");
    assert_eq!(place.run(&["lint", "--strict"]).code, Some(2));
}

#[test]
fn what_init_writes_is_clean_but_for_what_only_people_can_add() {
    let place = Place::empty();
    place.does(&["init", "--yes", "--template", "tiny"]);
    let rules: Vec<String> = codes(&place).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["no-machine"], "without a repository no machine can be asked");
}

#[test]
fn fmt_tidies_every_file_and_keeps_what_it_says() {
    let place = Place::empty();
    let launch = concat!(head!(), "# why\n\n\nchecklists: [{ file: qa.yaml }]   \n");
    place.write("launch.yaml", launch);
    place.write(
        "qa.yaml",
        "checklist: qa\ntitle: Q   # a comment\nowner: qa\ngates: [{ gate: a, title: A, task: {} }]",
    );
    let said = place.run(&["fmt", "--check"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), "not tidy: launch.yaml\nnot tidy: qa.yaml\n"),
        "{}",
        said.err
    );
    assert_eq!(place.read("launch.yaml"), launch);
    assert_eq!(place.does(&["fmt"]).out, "tidied: launch.yaml\ntidied: qa.yaml\n");
    assert!(place.read("launch.yaml").ends_with("# why\n\nchecklists: [{ file: qa.yaml }]\n"));
    assert!(place.read("qa.yaml").contains("Q   # a comment\n"));
    assert_eq!(place.does(&["fmt", "--check"]).out, "ok: every file is tidy\n");
    place.write("qa.yaml", "checklist: [\n").refused(&["fmt"], "qa.yaml:1");
    assert_eq!(place.read("qa.yaml"), "checklist: [\n");
}
