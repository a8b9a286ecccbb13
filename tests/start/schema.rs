//! The schemas and the loader agree: what the schema refuses the loader refuses, and of what the loader refuses only that
//! passes the schema which none can express, by name and with the reason.

use std::{fs, path::Path};

use serde_json::{Value, json};

use gonogo::{
    app::Registry,
    checklist::{LaunchInput, LoadRequest, checklist_schema, launch_schema, load},
    domain::Diagnostic,
};

use super::Place;
use crate::support::json_schema::faults;

/// A file as an editor reads it: by a library that is not ours. None: not even YAML to it.
fn read(text: &str) -> Option<Value> {
    serde_yaml::from_str(text).ok()
}

fn schema_of(file: &Value) -> Value {
    if file.get("checklist").is_some() { checklist_schema(&Registry) } else { launch_schema(&Registry) }
}

fn try_load(files: Vec<(String, String)>) -> Result<(), Vec<Diagnostic>> {
    let files = files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    load(&LoadRequest { input: LaunchInput::Memory(files), set: Vec::new() }, &Registry).map(drop)
}

fn folder(name: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut files: Vec<(String, String)> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort_by_key(|(name, _)| (name != "launch.yaml", name.clone()));
    files
}

/// Files with every section and every kind of evidence in them.
fn good() -> Vec<(String, String)> {
    let mut all = folder("checklists");
    let gates: String = include_str!("../../docs/gates.md")
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|block| block.starts_with("- gate:"))
        .flat_map(|block| block.lines().map(|line| format!("  {line}\n")).collect::<Vec<_>>())
        .collect();
    all.push(("gates.yaml".into(), format!("checklist: every-kind\ntitle: Every kind\ngates:\n{gates}")));
    all
}

#[test]
fn every_example_conforms() {
    for (name, text) in good() {
        let file = read(&text).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(faults(&schema_of(&file), &file), [""; 0], "{name}");
    }
}

/// What only the loader can know, by the code of its diagnostic.
const LOADER_ONLY: &[(&str, &str)] = &[
    ("after-go", "what comes after what"),
    ("anchors-and-tags", "how YAML itself is written"),
    ("answers", "references to answers"),
    ("apart-from", "references to gates"),
    ("cells", "names made of values"),
    ("comms-files", "what lies in the folder"),
    ("connections", "which kinds have a server"),
    ("control-characters", "bytes that YAML libraries treat differently"),
    ("counts", "numbers held against each other, and against people"),
    ("cycle-answer", "circles"),
    ("cycle-checklist", "circles"),
    ("cycle-stage", "circles"),
    ("cycle-strict", "circles"),
    ("cycle-through-group", "circles"),
    ("cycle", "circles"),
    ("duplicate-id", "uniqueness across gates"),
    ("empty-barrier", "what a checklist holds"),
    ("launch-calendar", "days, times and zones that exist"),
    ("launch-rollback-left-out", "what applies in a launch"),
    ("launch-rollback-proof", "references"),
    ("launch-roll-call", "references, and numbers held against stations"),
    ("launch-schedule-circle", "circles"),
    ("launch-skipped-hour", "clocks that are put forward"),
    ("launch-too-long", "how long a written length is"),
    ("needs-twice", "references"),
    ("people", "references to people"),
    ("not-built", "references to messages and decisions"),
    ("repeat", "moments, and keys that do not go together"),
    ("unknown-component", "references"),
    ("unknown-gate", "references"),
    ("unknown-stage", "references"),
    ("unsafe-values", "what a variable may hold where"),
    ("with", "what a checklist asks of its launch"),
];

/// The launches of several files among the bad ones, by the name of their folder.
fn bad_folders() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let folders =
        fs::read_dir(root).unwrap().map(|it| it.unwrap()).filter(|it| it.file_type().unwrap().is_dir());
    folders.map(|it| it.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_bad_file_is_refused_by_the_schema_too_or_has_a_reason() {
    let mut passed = Vec::new();
    for (name, text) in folder("tests/bad") {
        let stem = name.trim_end_matches(".yaml").to_owned();
        // What is no YAML, or twice a key, an editor says before any schema does.
        let Some(file) = read(&text) else { continue };
        if faults(&schema_of(&file), &file).is_empty() {
            passed.push(stem);
        }
    }
    for name in bad_folders() {
        let files = folder(&format!("tests/bad/{name}"));
        let read: Option<Vec<Value>> = files.iter().map(|(_, text)| read(text)).collect();
        if read.is_some_and(|all| all.iter().all(|file| faults(&schema_of(file), file).is_empty())) {
            passed.push(name);
        }
    }
    let known: Vec<&str> = LOADER_ONLY.iter().map(|(stem, _)| *stem).collect();
    let silent: Vec<_> = passed.iter().filter(|it| !known.contains(&it.as_str())).collect();
    assert!(silent.is_empty(), "the schema lets these pass: {silent:?}");
    let told: Vec<_> = known.iter().filter(|it| !passed.iter().any(|passed| passed == *it)).collect();
    assert!(told.is_empty(), "the schema refuses these: take them off the list: {told:?}");
}

/// Every place of a file: the way to it.
fn places(file: &Value, way: &str, all: &mut Vec<String>) {
    all.push(way.to_owned());
    match file {
        Value::Object(map) => {
            map.iter()
                .for_each(|(key, value)| places(value, &format!("{way}/{}", key.replace('/', "~1")), all));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| places(value, &format!("{way}/{at}"), all));
        }
        _ => {}
    }
}

/// The file with one thing changed, each in turn.
fn mutants(file: &Value) -> Vec<(String, Value)> {
    let mut ways = Vec::new();
    places(file, "", &mut ways);
    let mut all = Vec::new();
    for way in &ways {
        let mut change = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut mutant = file.clone();
            change(mutant.pointer_mut(way).unwrap());
            all.push((format!("{way} {what}"), mutant));
        };
        match file.pointer(way).unwrap() {
            Value::Object(map) => {
                change("with an unknown key", &|it| it["zzz"] = json!("zzz"));
                change("as a list", &|it| *it = json!([1]));
                for key in map.keys() {
                    change(&format!("without {key}"), &|it| drop(it.as_object_mut().unwrap().remove(key)));
                }
            }
            Value::Array(_) => {
                change("empty", &|it| *it = json!([]));
                change("as text", &|it| *it = json!("zzz"));
            }
            _ => {
                change("as a map", &|it| *it = json!({ "zzz": 1 }));
                change("as a list", &|it| *it = json!(["zzz"]));
                change("empty", &|it| *it = json!("  "));
            }
        }
    }
    all
}

/// Codes of what no schema can express; a problem with another code must be one for the schema too.
const BEYOND: &[&str] = &[
    // A text that names what only an update has.
    "no-update",
    // Nothing of several keys, of which one must be there: a soak.
    "empty-value",
    "after-go",
    // Texts of one kind of evidence that must not be empty.
    "invalid",
    "unknown-person",
    "unknown-gate",
    "unknown-checklist",
    "unknown-stage",
    "unknown-variable",
    "unknown-name",
    "unknown-anchor",
    "unknown-component",
    "unknown-guardrail",
    "unknown-party",
    "bad-moment",
    "bad-link",
    "bad-repository",
    "bad-ref",
    "bad-login",
    "bad-team",
    "bad-time",
    "bad-day",
    "bad-length",
    "bad-count",
    "bad-name",
    "unknown-zone",
    "nobody",
    "no-target",
    "limits",
    "unknown-value",
    "no-file",
    "no-checklists",
    "two-ways",
    "missing-input",
    "cycle",
    "template-place",
    "duplicate-value",
    "bad-cell",
    "bad-id",
    "no-group",
    "no-person",
    "unknown-input",
    "late-pilot",
    "unknown-answer",
    "unsafe-value",
];

fn agree(name: &str, files: &[(String, String)], file: &Value) -> (usize, Vec<String>) {
    let schema = schema_of(file);
    let mutants = mutants(file);
    let mut silent: Vec<String> = Vec::new();
    // The gates of every checklist are of the same shape: some of the changes are enough of them.
    let step = if name == "launch.yaml" || std::env::var_os("GONOGO_LONG").is_some() { 1 } else { 5 };
    for (what, mutant) in mutants.iter().step_by(step) {
        // JSON is YAML.
        let text = serde_json::to_string(mutant).unwrap();
        let files = files
            .iter()
            .map(|(known, old)| (known.clone(), if known == name { text.clone() } else { old.clone() }));
        let loaded = try_load(files.collect());
        let refused = faults(&schema, mutant);
        match loaded {
            Ok(()) => assert_eq!(refused, [""; 0], "{name}{what}: the loader takes it"),
            Err(problems) if refused.is_empty() => {
                let here = problems.iter().filter(|it| it.place.as_ref().is_none_or(|at| at.file == name));
                let plain: Vec<_> = here.filter(|it| !BEYOND.contains(&it.code.as_str())).collect();
                silent.extend(plain.iter().map(|it| format!("{name}{what}: [{}] {}", it.code, it.message)));
            }
            Err(_) => {}
        }
    }
    (mutants.len() / step, silent)
}

#[test]
fn whatever_is_changed_in_an_example_both_say_the_same() {
    let files = folder("checklists");
    let (mut count, mut silent) = (0, Vec::new());
    for (name, text) in &files {
        let (changes, found) = agree(name, &files, &read(text).unwrap());
        count += changes;
        silent.extend(found);
    }
    assert!(silent.is_empty(), "the schema takes these: {silent:#?}");
    assert!(count > 500, "{count} changes");
}

#[test]
fn settings_and_themes_have_schemas_of_what_reads_them() {
    let place = Place::empty();
    let schema = |of: &str| place.does(&["schema", of]).json();
    let settings = schema("settings");
    let good = "theme: mono\npoll: { interval: 30s, jitter: 0.2 }\nhttp: { allow: [a.example] }\n\
                connections: { prom: { source: prometheus, url: 'https://p.example', token_env: PROM } }\n";
    assert_eq!(faults(&settings, &read(good).unwrap()), [""; 0]);
    for bad in [
        "them: mono\n",
        "poll: { every: 1s }\n",
        "connections: { p: { source: x } }\n",
        "http: { allow: a }\n",
    ] {
        assert!(!faults(&settings, &read(bad).unwrap()).is_empty(), "{bad}");
        place
            .write("settings.yaml", bad)
            .refused(&["settings", "--settings", "settings.yaml"], "settings.yaml:1:");
    }
    let theme = schema("theme");
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("themes")).unwrap() {
        let path = entry.unwrap().path();
        let file = read(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(faults(&theme, &file), [""; 0], "{}", path.display());
    }
    assert!(!faults(&theme, &json!({ "theme": "x", "roles": { "go": { "colour": "red" } } })).is_empty());
    let check = schema("check");
    assert_eq!(check["properties"]["complete"]["const"], true);
    assert_eq!(schema("launch"), launch_schema(&Registry));
    assert_eq!(schema("checklist"), checklist_schema(&Registry));
}
