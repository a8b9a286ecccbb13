//! Holds the house to its plan. Rooms are crates, so the compiler holds code to its manifest; this holds the manifests to
//! the table in `architecture/plan.rs`, and code to what no manifest can say: who is pure, who may ask for the time, who
//! may print, and how long files and functions may be.

mod check;
mod manifests;
mod names;
mod paths;
mod plan;
mod prose;
mod self_test;
mod sources;

use check::{SourceFile, check_house};
use manifests::{Manifest, check_manifests};
use std::path::Path;
use std::{fs, io};

/// Every `.rs` file below `dir`, with its path relative to `root`.
fn read_sources(root: &Path, dir: &Path, found: &mut Vec<SourceFile>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            read_sources(root, &path, found)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push(SourceFile::new(name, fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

#[test]
fn the_house_is_built_to_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    read_sources(&root.join("src"), &root.join("src"), &mut files).unwrap();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(files.len() > plan::ROOMS.len(), "the sources were not found");
    let mut breaches = check_house(&files);
    breaches.extend(sources::check_sources(&files));
    breaches.extend(names::check(&files, names::SAME_ROLE));
    breaches.extend(prose::check(&files, prose::ALLOWED));
    let read = |room: &plan::Room| Manifest {
        room: room.name.to_owned(),
        text: fs::read_to_string(root.join("src").join(room.name).join("Cargo.toml")).unwrap(),
    };
    breaches.extend(check_manifests(&plan::ROOMS.iter().map(read).collect::<Vec<_>>()));
    assert!(breaches.is_empty(), "{} breaches of the plan:\n{}", breaches.len(), breaches.join("\n"));
}
