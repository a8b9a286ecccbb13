//! The launch that comes with the program.

use std::path::Path;

use gonogo::{
    checklist::{LoadRequest, load},
    domain::{Blocks, GateId, Kind, Need},
};

use crate::checklist::kinds::{TestKinds, sound};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("checklists")
}

#[test]
fn the_shipped_launch_loads_without_a_warning() {
    let loaded = sound(load(&LoadRequest::path(folder()), &TestKinds));
    let warnings: Vec<String> = loaded.warnings.into_iter().map(|it| it.rendered).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n\n"));
    let names: Vec<&str> = loaded.files.iter().map(|file| file.name.as_str()).collect();
    let files =
        ["qa", "flags", "gtm", "support-macros", "comms", "rollback"].map(|name| format!("{name}.yaml"));
    assert_eq!(names[0], "launch.yaml");
    assert_eq!(names[1..], files);
    assert!(loaded.files.iter().all(|file| file.path.as_ref().is_some_and(|path| path.is_absolute())));
    let sources: Vec<&str> = loaded.sources.iter().map(gonogo::domain::SourceId::as_str).collect();
    assert_eq!(sources, ["github", "linear", "prometheus"]);
}

#[test]
fn the_shipped_launch_says_what_it_teaches() {
    let launch = sound(load(&LoadRequest::path(folder()), &TestKinds)).launch;
    let gate = |id: &str| launch.gate(&GateId::from(id)).unwrap_or_else(|| panic!("no gate {id}"));
    let leaves = launch.gates.iter().filter(|gate| !gate.is_group()).count();
    assert!((25..=35).contains(&leaves), "{leaves} gates");
    assert_eq!(gate("qa/smoke@us").title.as_ref(), "Smoke test on staging in us");
    let smoke = ["qa/smoke@eu", "qa/smoke@us"].map(|id| Need::Gate(id.into()));
    assert!(smoke.iter().all(|need| gate("qa/sign-off").needs.contains(need)));
    assert_eq!(gate("flags/strategy").title.as_ref().split(' ').nth(1), Some("checkout-v3"));
    let announcement = gate("comms/announcement");
    assert_eq!(announcement.blocks, Blocks::Stage("half".into()));
    assert_eq!(announcement.due.as_ref().unwrap().at.to_rfc3339(), "2026-12-03T15:00:00+00:00");
    assert_eq!(announcement.needs, [Need::Stage("canary".into())]);
    let Kind::Evidence(query) = &gate("gtm/project").kind else { panic!("a source") };
    assert_eq!(query.args["name"], "Checkout v3");
    assert_eq!(gate("gtm/docs").component.as_deref(), Some("docs"));
    let Kind::Evidence(query) = &gate("qa/blockers").kind else { panic!("a source") };
    assert_eq!(query.args["team"], "CHK", "by default");
}

#[test]
fn another_value_makes_another_launch() {
    let plain = sound(load(&LoadRequest::path(folder()), &TestKinds)).launch;
    let set = [("flag", "checkout-v4"), ("version", "4.0.0")];
    let set = set.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let other = sound(load(&LoadRequest { set, ..LoadRequest::path(folder()) }, &TestKinds)).launch;
    assert_ne!(plain.digest, other.digest);
    assert_eq!(other.version.as_ref(), "4.0.0");
    let strategy = GateId::from("flags/strategy");
    assert_ne!(plain.gate(&strategy).unwrap().digest, other.gate(&strategy).unwrap().digest);
    let Kind::Evidence(query) = &other.gate(&"gtm/docs".into()).unwrap().kind else { panic!("a source") };
    assert_eq!(query.args, serde_json::json!({"branch": "checkout-4.0.0"}));
}
