//! `gonogo import`: what people have becomes a checklist that loads, with a report.

use serde_json::{Value, json};

use super::Place;
use crate::support::server::{Reply, Req, Server};

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
        "guessed; check each",
        "was in a comment",
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
    place.refused(&["import", "nothing.md"], "cannot be read");
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

/// Reads with a token for both servers.
fn from(server: &Server, place: &Place, args: &[&str]) -> super::Said {
    let (url, linear) = (server.url(), format!("{}/graphql", server.url()));
    let env = [
        ("GITHUB_API_URL", url.as_str()),
        ("LINEAR_API_URL", linear.as_str()),
        ("GITHUB_TOKEN", "canary-token-93d1"),
        ("LINEAR_API_KEY", "lin_api_canary93d1"),
    ];
    let said = place.run_with(&env, &[&["import"], args].concat());
    assert!(!format!("{}{}", said.out, said.err).contains("canary"), "{}{}", said.out, said.err);
    said
}

#[test]
fn an_issue_is_imported_from_where_it_is() {
    let server = Server::start(|request: &Req| {
        let parts = request.segments();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["repos", "acme", "rocket", "issues", "7"] => Reply::json(
                200,
                &json!({ "title": "Cut 3.0", "body": "## Before\r\n- [ ] Notes are out\r\n- [x] Branch is cut\r\n" }),
            ),
            _ => Reply::json(404, &json!({ "message": "Not Found" })),
        }
    });
    let place = Place::empty();
    let said = from(&server, &place, &["--issue", "acme/rocket#7", "launch"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("carried: ") && said.out.contains("wrote launch/cut-3-0.yaml"), "{}", said.out);
    assert!(place.read("launch/cut-3-0.yaml").contains("Notes are out"));
    place.does(&["validate", "launch"]);
    for (args, part) in [
        (&["--issue", "acme/rocket#8"][..], "acme/rocket#8: "),
        (&["--issue", "acme/rocket"], "write OWNER/REPO#NUMBER"),
        (&["--issue", "acme/rocket#0"], "write OWNER/REPO#NUMBER"),
        (&["--issue", "acme/rocket#7", "a", "b"], "a second PATH changes nothing here"),
        (&["--issue", "acme/rocket#7", "a", "--launch", "b"], "--launch changes nothing here"),
        (&["--issue", "acme/rocket#7", "--linear", "X"], "cannot be used with"),
    ] {
        let said = from(&server, &place, args);
        assert!(said.code == Some(2) && said.err.contains(part), "{args:?}: {:?} {}", said.code, said.err);
    }
    let said = place.run_with(&[("GITHUB_API_URL", &server.url())], &["import", "--issue", "acme/rocket#7"]);
    assert!(said.code == Some(2) && said.err.contains("GITHUB_TOKEN"), "{}", said.err);
}

#[test]
fn a_project_is_imported_with_its_issues() {
    let issue = |id: &str, title: &str, state: &str| {
        json!({
            "identifier": id, "title": title, "url": format!("https://linear.app/acme/issue/{id}"), "dueDate": null,
            "state": { "type": state }, "assignee": { "displayName": "Mo" },
        })
    };
    let project = move |more: bool| {
        let issues = [
            issue("CHK-1", "Refunds [beta] are tested", "started"),
            issue("CHK-2", "Old idea", "canceled"),
            issue("CHK-3", "Flag exists", "completed"),
        ];
        json!({
            "name": "Checkout v3", "description": "", "content": "## Launch day\n- [ ] Tell support\n",
            "issues": { "pageInfo": { "hasNextPage": more }, "nodes": issues },
        })
    };
    let server = Server::start(move |request: &Req| {
        let name = request.json()["variables"]["filter"]["name"]["eq"].clone();
        let nodes: Vec<Value> = match name.as_str() {
            Some("Checkout v3") => vec![project(false)],
            Some("Large") => vec![project(true)],
            Some("Twice") => vec![project(false), project(false)],
            _ => Vec::new(),
        };
        let projects = json!({ "pageInfo": { "hasNextPage": false }, "nodes": nodes });
        Reply::json(200, &json!({ "data": { "projects": projects } }))
    });
    let place = Place::empty();
    let said = from(&server, &place, &["--linear", "Checkout v3", "launch"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let written = place.read("launch/checkout-v3.yaml");
    for part in ["Tell support", "Refunds [beta] are tested", "CHK-1", "Mo has it in Linear"] {
        assert!(written.contains(part), "{part}: {written}");
    }
    assert!(!written.contains("Old idea"), "{written}");
    place.does(&["validate", "launch"]);
    for (name, part) in
        [("Large", "more than 100 issues"), ("Twice", "several projects"), ("Gone", "can see no project")]
    {
        let said = from(&server, &place, &["--linear", name]);
        assert!(said.code == Some(2) && said.err.contains(part), "{name}: {}", said.err);
    }
}
