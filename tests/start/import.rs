//! `gonogo import`: what people have becomes a checklist that loads, with a report.

use super::Place;

const PLAN: &str = "\
# Launch plan
## Before
- [ ] Docs are ready \u{2014} _Docs team_
- [ ] Roll out the flag with `flagctl on checkout` \u{2014} _TL_ or _PM_
  - [ ] staging
  - [ ] production
## Day
| Task | Owner |
| --- | --- |
| Mail users | Marketing |
<!-- - [ ] Party -->
";

#[test]
fn a_checklist_is_written_that_loads_with_a_launch_around_it() {
    let place = Place::empty();
    place.write("plan.md", PLAN);
    let said = place.does(&["import", "plan.md", "launch"]);
    assert!(said.out.starts_with("carried: 6 of 6 items as gates\n"), "{}", said.out);
    for part in [
        "guessed, look at each",
        "stood in a comment",
        "roles to fill: docs-team, marketing",
        "wrote launch/plan.yaml",
    ] {
        assert!(said.out.contains(part), "{part}\n{}", said.out);
    }
    assert!(place.does(&["validate", "launch"]).out.contains("6 gates"));
    let why = place.does(&["why", "production", "launch", "--timeout", "1s"]).out;
    assert!(why.contains("plan/production"), "{why}");
    // A second one is for the launch that is there.
    place.write("more.csv", "Task,Owner\nOne,QA\n");
    let said = place.does(&["import", "more.csv", "launch"]);
    assert!(said.out.contains("- { file: more.yaml }") && said.out.contains("qa"), "{}", said.out);
    // A condition that a variable decides loads too.
    place.write(
        "minor.md",
        "## For minor releases and above\n- [ ] Tell people\n\n**Owner**: [Marketing / Sales]\n",
    );
    let said = place.does(&["import", "minor.md", "minor"]);
    assert!(said.out.contains("next:\n") && said.out.contains("gonogo validate minor\n"), "{}", said.out);
    assert!(said.out.contains("roles to fill: marketing, release-manager\n"), "{}", said.out);
    assert!(place.does(&["validate", "minor"]).out.contains("1 gate"));
    place.refused(&["import", "more.csv", "launch"], "is not overwritten");
}

#[test]
fn without_a_folder_it_is_shown_and_nothing_is_written() {
    let place = Place::empty();
    place.write("plan.md", PLAN);
    let said = place.does(&["import", "plan.md"]);
    assert!(
        said.out.starts_with("checklist: plan\n") && said.err.contains("carried: 6 of 6"),
        "{}{}",
        said.out,
        said.err
    );
    assert_eq!(std::fs::read_dir(place.root()).unwrap().count(), 1);
    place.refused(&["import", "nothing.md"], "can not be read");
    place.write("empty.md", "# no box\n").refused(&["import", "empty.md"], "- [ ] text");
    place.write(
        "form.yml",
        "body:\n  - type: checkboxes\n    attributes: { label: A, options: [{ label: B }] }\n",
    );
    assert!(place.does(&["import", "form.yml"]).out.contains("title: B"));
}

/// What is written is loaded before it is handed over; these once were not YAML, or clashed with themselves.
#[test]
fn whatever_is_imported_loads() {
    for (text, part) in [
        ("- [ ] Update docs (only for major releases)\n", "when: { release_type: [major] }"),
        ("- [ ] Notes, only for major, minor and patch releases\n", "[major, minor, patch]"),
        ("- [ ] Ask @qa\n- [ ] Look at it \u{2014} _QA_\n", "owner: qa-p"),
        ("- [ ] Ask @me\n- [ ] Do it \u{2014} _Me_\n", "owner: me"),
        ("- [ ] Ask @Octo\n- [ ] Ask @octo\n", "owner: octo"),
        ("- [ ] Build\n  ```\n\n      foo\n  bar\n  ```\n", "foo\\nbar"),
        ("- [ ] Sign \u{2014} @acme/security and @acme/qa\n", "by: [security, qa] }"),
        ("- [ ] ~~Old~~ <!-- a: b -->\n", "title: Old"),
    ] {
        let place = Place::empty();
        place.write("plan.md", text);
        let said = place.does(&["import", "plan.md", "launch"]);
        let written = place.read("launch/plan.yaml");
        assert!(written.contains(part), "{part}\n{written}");
        place.does(&["validate", "launch"]);
        assert!(!said.out.contains("is enough"), "{}", said.out);
    }
}
