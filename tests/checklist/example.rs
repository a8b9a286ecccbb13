//! The launch that comes with the program.

use std::path::Path;

use gonogo::{
    checklist::{LoadRequest, load},
    domain::{Blocks, GateId, Kind, Need},
};

use crate::kinds::{TestKinds, sound};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("checklists")
}

#[test]
fn the_shipped_launch_loads_without_a_warning() {
    let loaded = sound(load(LoadRequest::path(folder()), &TestKinds));
    let warnings: Vec<String> = loaded.warnings.into_iter().map(|it| it.rendered).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n\n"));
    let names: Vec<&str> = loaded.files.iter().map(|file| file.name.as_str()).collect();
    let files =
        ["qa", "flags", "gtm", "support-macros", "comms", "rollback"].map(|name| format!("{name}.yaml"));
    assert_eq!(names[0], "launch.yaml");
    assert_eq!(names[1..], files);
    assert!(loaded.files.iter().all(|file| file.path.as_ref().is_some_and(|path| path.is_absolute())));
    let sources: Vec<&str> = loaded.sources.iter().map(|source| source.as_str()).collect();
    assert_eq!(sources, ["github", "linear"]);
}

#[test]
fn the_shipped_launch_says_what_it_teaches() {
    let launch = sound(load(LoadRequest::path(folder()), &TestKinds)).launch;
    let gate = |id: &str| launch.gate(&GateId::from(id)).unwrap_or_else(|| panic!("no gate {id}"));
    let leaves = launch.gates.iter().filter(|gate| !gate.is_group()).count();
    assert!((30..=45).contains(&leaves), "{leaves} gates");
    assert_eq!(gate("qa/smoke@mobile").title.as_ref(), "Smoke test on mobile is done");
    let sign_off = gate("qa/qa-sign-off");
    let smoke = ["qa/smoke@desktop", "qa/smoke@mobile"].map(GateId::from);
    assert_eq!(sign_off.ask().unwrap().apart_from, smoke);
    assert!(smoke.iter().all(|id| sign_off.needs.contains(&Need::Gate(id.clone()))));
    assert_eq!(gate("qa/tagged").needs, [Need::Gate("qa/started".into())], "strict order");
    assert_eq!(
        gate("qa/published").title.as_ref(),
        "Build {{ answers.qa/started.build_id }} is published with its checksums"
    );
    assert!(gate("qa/migration-note").excluded.is_some(), "a minor release");
    assert_eq!(gate("comms/press").blocks, Blocks::Stage("everyone".into()));
    assert!(matches!(gate("flags/pilot-soaked").kind, Kind::Timer { since: Need::Stage(_), .. }));
    let days: Vec<&str> =
        launch.gates.iter().filter_map(|gate| gate.id.as_str().strip_prefix("qa/bug-list@")).collect();
    assert_eq!(days, ["2026-11-24", "2026-11-25", "2026-11-27", "2026-11-30"], "a holiday is no working day");
}

#[test]
fn another_value_makes_another_launch() {
    let plain = sound(load(LoadRequest::path(folder()), &TestKinds)).launch;
    let set = [("release_type", "major"), ("version", "4.0.0")];
    let set = set.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let other = sound(load(LoadRequest { set, ..LoadRequest::path(folder()) }, &TestKinds)).launch;
    assert_ne!(plain.digest, other.digest);
    assert_eq!(other.version.as_ref(), "4.0.0");
    let note = other.gate(&"qa/migration-note".into()).unwrap();
    assert_eq!(note.excluded, None);
    let Kind::Evidence(query) = &note.kind else { panic!("{:?}", note.kind) };
    assert_eq!(query.args, serde_json::json!({"branch": "migrate-4.0.0"}));
}
