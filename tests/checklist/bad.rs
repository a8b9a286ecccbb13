//! Files that must be refused, and the words in which they are: one snapshot for each file of `tests/bad`.
//!
//! A file that begins with `checklist:` is listed by a launch that is sound; any other stands for itself; a folder is
//! a launch of several files. After a change of words: `INSTA_UPDATE=always cargo test --test integration checklist::`, and read
//! every difference.

use std::{fs, path::Path, path::PathBuf};

use gonogo::{
    checklist::{LoadRequest, Loaded, load, summary},
    domain::Diagnostic,
};

use crate::checklist::kinds::{HEAD, TestKinds, load_files};

/// What the checklists of `tests/bad` find around them.
const AROUND: &str = "\
components: { docs: { repository: octocat/docs, ref: main } }
variables: { product: Checkout, spaced: a b, release_type: minor }
rollout:
  advance_by: [lead]
  stages:
    - { stage: canary, audience: { percent: 10 } }
    - { stage: everyone, audience: { percent: 100 } }
";
const OTHER: &str = "\
checklist: other
title: Other
owner: lead
gates: [{ gate: ready, title: Ready, task: {} }]
";
const INFORMING: &str = "\
checklist: informing
title: Informing
owner: lead
blocks: nothing
gates: [{ gate: told, title: Told, task: {} }]
";

fn try_load(path: &Path, name: &str) -> Result<Loaded, Vec<Diagnostic>> {
    if path.is_dir() {
        return load(&LoadRequest::path(path), &TestKinds);
    }
    let text = fs::read_to_string(path).unwrap();
    if !text.starts_with("checklist:") {
        return load_files(&[(name, &text)], &[]);
    }
    let launch = format!(
        "{HEAD}{AROUND}checklists: [{{ file: {name} }}, {{ file: other.yaml }}, {{ file: informing.yaml }}]\n"
    );
    load_files(
        &[("launch.yaml", &launch), (name, &text), ("other.yaml", OTHER), ("informing.yaml", INFORMING)],
        &[],
    )
}

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn every_bad_file_is_refused_in_these_words() {
    let corpus = corpus();
    assert!(corpus.len() >= 60, "{} files", corpus.len());
    let mut accepted = Vec::new();
    for path in corpus {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match try_load(&path, &name) {
            Ok(_) => accepted.push(name),
            Err(found) => {
                let mut drawn: Vec<String> = found.iter().map(|it| it.rendered.clone()).collect();
                drawn.push(summary(&found));
                let stem = name.trim_end_matches(".yaml").to_owned();
                insta::with_settings!({ snapshot_path => "../bad-expected", prepend_module_to_snapshot => false, omit_expression => true }, {
                    insta::assert_snapshot!(stem, drawn.join("\n\n"));
                });
            }
        }
    }
    assert!(accepted.is_empty(), "accepted: {accepted:?}");
}

#[test]
fn every_diagnostic_helps() {
    for path in corpus() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for it in try_load(&path, &name).unwrap_err() {
            let told = &it.rendered;
            assert!(told.starts_with(&format!("error[{}]: ", it.code)), "{told}");
            assert!(!it.message.is_empty() && !it.message.ends_with('.'), "{told}");
            assert!(
                told.contains(&it.message)
                    || it.message.contains('\u{1b}')
                    || it.message.contains('\u{202e}'),
                "{told}"
            );
            if let Some(place) = &it.place {
                let at = format!("{}:{}:{}", place.file, place.line, place.column);
                assert!(place.line > 0 && place.column > 0 && told.contains(&at), "{told}");
            }
            assert!(!told.contains(['\u{1b}', '\u{202e}', '\r', '\t']), "{told:?}");
        }
    }
}
