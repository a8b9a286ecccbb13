//! What is made of checklists as people write them.

use super::*;

fn markdown(text: &str) -> Imported {
    import("cut-release.md", text, ChecklistSyntax::Markdown).unwrap()
}

fn guessed<'i>(it: &'i Imported, part: &str) -> Vec<&'i str> {
    let all =
        it.remarks.iter().filter(|remark| remark.kind == RemarkKind::Guessed && remark.said.contains(part));
    all.map(|remark| remark.about.as_str()).collect()
}

#[test]
fn headings_are_groups_and_boxes_in_boxes_are_groups_with_a_gate_of_their_own() {
    let it = markdown(
        "---\nname: Cut a release\n---\n# Before\n- [ ] Branch is cut\n## Build\n- [ ] Build all\n  - [ ] Linux\n  - [x] macOS\n# After\n1. [ ] Tell people\n",
    );
    assert_eq!((it.gates, it.boxes), (5, 5));
    let expected = "\
checklist: cut-release
title: Cut a release
owner: release-manager   # owns every gate that names nobody else
gates:
  - gate: before
    title: Before
    gates:
      - gate: branch-is-cut
        title: Branch is cut
        task: {}
      - gate: build
        title: Build
        gates:
          - gate: build-all
            title: Build all
            gates:
              - gate: linux
                title: Linux
                task: {}
              - gate: macos
                title: macOS
                task: {}
              - gate: build-all-done
                title: Build all
                task: {}
  - gate: after
    title: After
    gates:
      - gate: tell-people
        title: Tell people
        task: {}
";
    assert_eq!(it.checklist, expected);
}

/// Most pages on how to release are lists that nobody drew a box into. Where somebody drew one, it says what is an item.
#[test]
fn without_any_box_each_entry_of_a_list_is_an_item_and_that_is_told() {
    let it = markdown(
        "- [Contents](#before)\n\n# Before\n1. Merge what is approved\n   - ask whoever is late\n2. Run `make dist`\n\n# After\n* Tell people\n",
    );
    assert_eq!((it.gates, it.boxes), (3, 3));
    assert!(
        it.checklist.contains("- gate: merge-what-is-approved\n        title: Merge what is approved\n"),
        "{}",
        it.checklist
    );
    assert!(
        it.checklist.contains("ask whoever is late") && it.checklist.contains("by_hand: \"make dist\""),
        "{}",
        it.checklist
    );
    assert!(!it.checklist.contains("title: Contents"), "{}", it.checklist);
    assert_eq!(guessed(&it, "it has no checkboxes"), ["the whole file"]);
    let it = markdown("1. Read this first\n\n- [ ] Build it\n");
    assert_eq!((it.gates, it.boxes), (1, 1));
    assert!(guessed(&it, "it has no checkboxes").is_empty());
    assert!(
        import("a.md", "Nothing to do.\n", ChecklistSyntax::Markdown).unwrap_err().contains("nor a list")
    );
}

#[test]
fn what_stands_around_an_item_is_kept() {
    let it = markdown(
        "- [ ] Tag it with `git tag -s v1`, see [the guide](https://example.com/guide)\n  - the key is in the vault\n\n  ```\n  git push --tags\n  ```\n\
         - [ ] Edit `CHANGELOG.md` ([local](../doc.md))\n",
    );
    let text = &it.checklist;
    assert!(text.contains("notes: \"the key is in the vault\""), "{text}");
    assert!(text.contains("by_hand: |\n      git push --tags\n      git tag -s v1\n"), "{text}");
    assert!(text.contains("links:\n      the-guide: \"https://example.com/guide\""), "{text}");
    assert!(text.contains("local: ../doc.md"), "a link that no browser opens is a note: {text}");
    assert!(!text.contains("by_hand: \"CHANGELOG.md\""), "{text}");
}

#[test]
fn people_roles_and_times_are_read_and_told() {
    let it = markdown(
        "- [ ] Pick the date \u{2014} _TL_ or _PM_\n- [ ] Agree - _Docs team_ & _PM_\n- [ ] Bill it \u{2014} @acme/billing\n- [ ] Ask (@octo-cat)\n\
         - [ ] Freeze 5 working days before the release\n- [ ] Send figures two weeks after launch\n- [ ] Migrate, if needed\n- [ ] Notes (only for major releases)\n",
    );
    let text = &it.checklist;
    assert!(text.contains("owner: tl\n    task: { by: [tl, pm], count: 1 }"), "{text}");
    assert!(text.contains("owner: docs-team\n    task: { by: [docs-team, pm] }"), "{text}");
    assert!(
        text.contains("owner: billing\n    task: {}")
            && it.launch.contains("billing: { github_team: acme/billing }")
    );
    assert_eq!(it.people, ["octo-cat"]);
    assert!(it.launch.contains("octo-cat: { name: octo-cat, github: octo-cat }"), "{}", it.launch);
    assert!(text.contains("due: T-5wd") && text.contains("blocks: close\n    due: T+14d"), "{text}");
    assert_eq!(text.matches("na_by: [release-manager]").count(), 1, "{text}");
    assert_eq!(guessed(&it, "may not be needed"), ["migrate-if-needed"]);
    assert_eq!(guessed(&it, "when release_type is major"), ["notes-only-for-major-releases"]);
    assert!(
        text.contains("when: { release_type: [major] }") && text.contains("inputs:\n  release_type: {"),
        "{text}"
    );
    assert!(it.launch.contains("variables: { release_type: major }") && it.variables == ["release_type"]);
}

#[test]
fn comments_tables_and_boxes_that_markdown_knows_none_of_are_read() {
    let it = markdown(
        "# Steps\n- [ ] One <!-- see the wiki -->\n<!-- for minors\n- [ ] Two\n- [ ] Three\n-->\n<!-- ONLY FOR RC.0 - [ ] Ten -->\n\n| Task | Owner | Due | Status |\n| --- | --- | --- | --- |\n\
         | Four | QA | T-2 | open |\n| Five | @octo | | |\n\n\u{2610} Six\n\n- \u{2610} Seven\n- Wait for\n  - [ ] Eight\n\n<details>\n\n- [ ] Nine <PRODUCT>\n\n</details>\n",
    );
    assert_eq!((it.boxes, it.gates), (10, 10), "{}", it.checklist);
    let text = &it.checklist;
    for title in
        ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Wait for", "Ten (ONLY FOR RC.0)"]
    {
        assert!(text.contains(&format!("title: {title}\n")), "{title}\n{text}");
    }
    assert!(text.contains("title: \"Nine <PRODUCT>\"") && text.contains("see the wiki"), "{text}");
    assert!(text.contains("owner: qa\n") && text.contains("due: T-2d"), "{text}");
    assert_eq!(guessed(&it, "it was in a comment"), ["two", "three", "ten-only-for-rc-0"]);
}

#[test]
fn boxes_are_found_where_people_put_them() {
    let it = markdown(
        "### [ ] One\ntext\n\n    - [ ] Two\n    - [ ] Three\n\n-[ ] Four\n- [x ] Five\n> - [ ] Six\n\n1. Do\n\n       - [ ] Seven\n* [ ]Eight\n",
    );
    assert_eq!((it.boxes, it.gates), (8, 8), "{}", it.checklist);
    let table = markdown(
        "| Where | What |\n| --- | --- |\n| web | [ ] Nine<br>[ ] Ten |\n\n[ ] Eleven<br>[ ] Twelve\n",
    );
    assert_eq!((table.boxes, table.gates), (4, 4), "{}", table.checklist);
    assert_eq!(guessed(&it, "in a code block"), ["- [ ] Two\n- [ ] Three"]);
}

#[test]
fn headings_say_when_and_code_alone_is_its_own_title() {
    let it = markdown("## Two weeks before\n- [ ] Plan\n## After\n- [ ]\n  ```sh\n  brew upgrade x\n  ```\n");
    let text = &it.checklist;
    assert!(text.contains("title: Two weeks before\n    due: T-14d\n    gates:"), "{text}");
    assert!(text.contains("title: brew upgrade x") && text.contains("by_hand: \"brew upgrade x\""), "{text}");
    assert_eq!(it.gates, 2);
}

#[test]
fn forms_give_their_boxes_and_tell_their_fields() {
    let form = "\
name: Release
description: d
body:
  - type: markdown
    attributes:
      value: |
        Read this.
        - [ ] Read it
  - type: input
    attributes: { label: Version }
  - type: checkboxes
    attributes:
      label: Checks
      options:
        - label: Tests are green, see [CI](https://ci.example.com)
          required: true
        - label: Docs are there
  - type: textarea
    attributes:
      label: Steps
      value: |
        - [ ] Cut it
";
    let it = import("release.yml", form, ChecklistSyntax::Form).unwrap();
    assert_eq!((it.gates, it.boxes), (4, 4), "{}", it.checklist);
    assert!(
        it.checklist.contains("title: Checks") && it.checklist.contains("ci: \"https://ci.example.com\""),
        "{}",
        it.checklist
    );
    assert!(
        it.remarks.iter().any(|it| it.kind == RemarkKind::Dropped && it.about == "Version"),
        "{:?}",
        it.remarks
    );
    assert!(import("x.yml", "body: 1\n", ChecklistSyntax::Form).unwrap_err().contains("body"));
    assert!(import("x.yml", "a: [\n", ChecklistSyntax::Form).unwrap_err().contains("x.yml:"));
}

#[test]
fn sheets_are_read_by_their_headings() {
    let sheet = "Phase,Task,Owner,Due date,Details,Status\nPrep,\"Write, then read\",QA / PM,T-3,\"two\nlines\",done\nPrep,Cut,@octo,2030-01-05,,\n,Ship,,soon,,\n";
    let it = import("plan.csv", sheet, ChecklistSyntax::Csv).unwrap();
    assert_eq!((it.gates, it.boxes), (3, 3));
    let text = &it.checklist;
    assert!(
        text.contains("title: \"Write, then read\"") || text.contains("title: Write, then read"),
        "{text}"
    );
    assert!(text.contains("task: { by: [qa, pm], count: 1 }") && text.contains("due: T-3d"), "{text}");
    assert!(text.contains("due: 2030-01-05T09:00") && text.contains("Details: two"), "{text}");
    assert!(it.remarks.iter().any(|it| it.said.contains("\"soon\"")), "{:?}", it.remarks);
    assert!(it.remarks.iter().any(|it| it.about == "column Status"));
    let bare = import("x.csv", "Alpha,Beta\nOne,more\n", ChecklistSyntax::Csv).unwrap();
    assert_eq!(guessed(&bare, "read as the items"), ["column Alpha"]);
}

#[test]
fn nothing_to_tick_is_told() {
    for (text, format) in [
        ("# Title\n\ntext\n", ChecklistSyntax::Markdown),
        ("Task\n", ChecklistSyntax::Csv),
        ("", ChecklistSyntax::Markdown),
    ] {
        assert!(import("x", text, format).is_err());
    }
}

#[test]
fn hostile_texts_stay_text() {
    let it = markdown(
        "- [ ] {{ secret }} \"x\" \u{1b}[31m: #y\n- [ ] - [ ] nested\n- [ ] \n- [ ] [x](javascript:alert(1))\n",
    );
    assert!(!it.checklist.contains('\u{1b}') && it.checklist.contains("{{{{ secret }}"), "{}", it.checklist);
    assert!(!it.checklist.contains("links:"), "{}", it.checklist);
    let deep = format!("{}- [ ] x\n", "> ".repeat(2_000));
    drop(import("x.md", &deep, ChecklistSyntax::Markdown));
    let deep: String = (0..300).map(|depth| format!("{}- [ ] x\n", "  ".repeat(depth))).collect();
    drop(import("x.md", &deep, ChecklistSyntax::Markdown));
}

#[test]
fn a_list_of_architectures_is_a_matrix_and_a_kind_of_release_a_condition() {
    let it = markdown(
        "- [ ] Smoke test:\n  - [ ] amd64\n  - [ ] arm64\n- Build\n  - [ ] x86_64\n  - [ ] s390x\n- [ ] Sizes\n  - [ ] amd64\n  - [ ] all others\n\
         - [ ] Ask (only for major and minor releases)\n- [ ] Pay (only for the Berlin office)\n",
    );
    let text = &it.checklist;
    assert_eq!((it.boxes, it.gates), (10, 10), "{text}");
    assert!(text.contains("title: Smoke test\n    matrix: { arch: [amd64, arm64] }"), "{text}");
    assert!(text.contains("title: Build\n    matrix: { arch: [x86_64, s390x] }"), "{text}");
    assert_eq!(text.matches("matrix:").count(), 2, "what is not only architectures is none: {text}");
    assert!(text.contains("when: { release_type: [major, minor] }"), "{text}");
    assert_eq!(guessed(&it, "the Berlin office"), ["pay-only-for-the-berlin-office"]);
}

/// A heading says what holds for everything below it: a kind of release, a condition, an owner.
#[test]
fn headings_and_owner_lines_are_about_all_below_them() {
    let it = markdown(
        "# Launch list\n### For minor releases and above\n- [ ] Ask\n### PR & Media (Tier 1 only)\n- [ ] Brief the press\n- [ ] Kit\n\n\
         **Owner**: [Marketing]\n**Status**: open\n### Docs\n- [ ] Write\n\n**Owner**: [Name]\n\n**After release**:\n\n- [ ] Rest\n- [ ] If it rained: dry\n",
    );
    let text = &it.checklist;
    assert!(text.starts_with("checklist: cut-release\ntitle: Launch list\n"), "{text}");
    assert!(
        text.contains("title: For minor releases and above\n    when: { release_type: [minor, major] }"),
        "{text}"
    );
    assert_eq!(guessed(&it, "\"Tier 1 only\""), ["brief-the-press", "kit"]);
    assert!(text.contains("notes: \"Status: open\"\n    owner: marketing\n    gates:"), "{text}");
    assert!(
        text.contains("notes: \"Owner: [Name]\"") && it.roles == ["marketing", "release-manager"],
        "{text}"
    );
    assert!(text.contains("title: After release\n        gates:\n          - gate: rest\n"), "{text}");
    assert_eq!(guessed(&it, "may not be needed"), ["if-it-rained-dry"]);
}

#[test]
fn only_what_runs_is_shown_as_a_command_and_only_who_is_meant_is_asked() {
    let it = markdown(
        "- [ ] Build:\n  ```\n  make all\n  ```\n- [ ] Look for\n  ```log\n  built ok\n  ```\n- [ ] Add\n  ```\n  TBD\n  ===\n  ```\n\
         - [ ] Open an issue called `@acme-bot, please update`\n- [ ] **GO** - all is well\n- [ ] **NO-GO** - it is not\n",
    );
    let text = &it.checklist;
    assert_eq!(text.matches("by_hand:").count(), 1, "{text}");
    assert!(text.contains("by_hand: \"make all\"") && text.contains("notes: \"built ok\""), "{text}");
    assert!(it.people.is_empty(), "{:?}", it.people);
    assert_eq!((it.gates, it.boxes, text.matches("blocks: nothing\n").count()), (6, 6, 2), "{text}");
}

/// Where nobody drew a box, numbered headings are the steps.
#[test]
fn numbered_headings_without_a_list_are_steps() {
    let it = markdown(
        "# Release\n## 1. Tag it\n```sh\ngit tag v1\n```\nThen wait.\n## 2. Tell\n- Mail all\n- Post it\n## Notes\nnone\n",
    );
    let text = &it.checklist;
    assert_eq!((it.gates, it.boxes), (3, 3), "{text}");
    assert!(
        text.contains("title: 1. Tag it\n    notes: Then wait.")
            || text.contains("title: \"1. Tag it\"\n    notes: \"Then wait.\""),
        "{text}"
    );
    assert!(text.contains("by_hand: \"git tag v1\"") && text.contains("title: Mail all"), "{text}");
}

#[test]
fn a_phase_of_a_table_is_a_group_and_a_list_without_headings_loses_no_line() {
    let it = markdown(
        "| Phase | Task | Owner |\n| --- | --- | --- |\n| Prep | Plan | _(TBD)_ |\n| Prep | Build | Dev |\n| Day | Ship | |\n\n| Criterion | Required |\n| --- | --- |\n| No P0 bug is open | yes |\n",
    );
    let text = &it.checklist;
    assert_eq!((it.gates, it.boxes), (4, 4), "{text}");
    assert!(
        text.contains("title: Prep\n    gates:\n      - gate: plan\n        title: Plan\n        task: {}"),
        "{text}"
    );
    assert!(text.contains("title: No P0 bug is open") && it.roles == ["dev", "release-manager"], "{text}");
    let it = import("list.csv", "Final QA\nRedirects for old addresses\nLower TTL\n", ChecklistSyntax::Csv)
        .unwrap();
    assert_eq!((it.gates, it.boxes), (3, 3), "{}", it.checklist);
    assert_eq!(guessed(&it, "read as the first item"), ["Final QA"]);
}

#[test]
fn what_github_can_answer_is_said_beside_the_task() {
    let it = markdown(
        "- [ ] Tests pass in [CI](https://github.com/acme/x/actions/workflows/ci.yml)\n- [ ] No open issues labelled `blocker`\n",
    );
    let text = &it.checklist;
    assert!(
        text.contains(
            "task: {}   # GitHub could prove it (acme/x): github: { workflow: { file: ci.yml } }\n"
        ) && text.contains("# GitHub could prove it: github: { issues: { labels: [blocker] } }\n"),
        "{text}"
    );
    let suggested = it.remarks.iter().filter(|it| it.kind == RemarkKind::Suggested).count();
    assert_eq!(suggested, 2);
}

fn dropped(it: &Imported) -> Vec<(&str, &str)> {
    let all = it.remarks.iter().filter(|remark| remark.kind == RemarkKind::Dropped);
    all.map(|remark| (remark.about.as_str(), remark.said.as_str())).collect()
}

#[test]
fn no_box_and_no_line_below_an_item_is_lost() {
    let it = markdown(
        "- [ ] Outer\n\n  > - [ ] In a quote\n  >\n  > ## [ ] In a heading\n\n  | Task | Owner |\n  | --- | --- |\n  | In a table | QA |\n\n  [ ] Drawn by hand\n\
         - [ ] Second\n  <!--\n  ## Later\n  - [ ] In a comment\n\n  > a quoted line\n\n  ```\n  make it\n  ```\n  -->\n",
    );
    assert_eq!((it.boxes, it.gates), (7, 7), "{}", it.checklist);
    for said in [
        "In a quote",
        "In a heading",
        "In a table",
        "Drawn by hand",
        "In a comment",
        "a quoted line",
        "make it",
    ] {
        assert!(it.checklist.contains(said), "{said}\n{}", it.checklist);
    }
    assert!(!it.checklist.contains("by_hand"), "what was left out is nothing to run: {}", it.checklist);
}

#[test]
fn what_is_left_out_of_a_sheet_is_told_by_its_lines() {
    let it = import("a.csv", "Task,Owner\nOne,QA\n,Bob\n,\n,Eve\n", ChecklistSyntax::Csv).unwrap();
    assert_eq!((it.boxes, it.gates), (1, 1));
    assert!(dropped(&it).iter().any(|(about, _)| *about == "lines 3, 5"), "{:?}", it.remarks);
    let long: String = (0..5_001).map(|n| format!("T{n}\n")).collect();
    let it = import("a.csv", &format!("Task\n{long}"), ChecklistSyntax::Csv).unwrap();
    assert!(it.gates == 5_000 && dropped(&it).iter().any(|(about, _)| *about == "the end of the sheet"));
}

#[test]
fn what_is_struck_ticked_or_late_is_told() {
    let it = markdown(
        "## Before\n- [ ] Cut\n## 24 hours after the RC\n- [x] Look\n- [ ] ~~Old step~~\n- [ ] Not ~~this~~ one\n",
    );
    assert_eq!(it.gates, 4);
    assert_eq!(guessed(&it, "struck through"), ["old-step"]);
    assert_eq!(guessed(&it, "GO does not wait for it"), ["24-hours-after-the-rc"]);
    assert!(dropped(&it).iter().any(|(about, _)| *about == "1 checkbox that is ticked"), "{:?}", it.remarks);
}

/// Another beginning of a comment within a comment is text: each was a parse of all that follows.
#[test]
#[allow(clippy::disallowed_methods, reason = "the cost is what is tested")]
fn comments_cost_what_they_hold() {
    let it = markdown("<!-- <!-- - [ ] One -->\n- [ ] Two\n");
    assert_eq!(it.boxes, 2, "{}", it.checklist);
    let many = format!("- [ ] One\n{}", "<!-- ".repeat(20_000));
    let begun = std::time::Instant::now();
    assert_eq!(markdown(&many).boxes, 1);
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}
