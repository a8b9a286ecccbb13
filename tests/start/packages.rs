//! What packages are made by: the archive, the formula, the extension of gh, and that all of them mean the same names.

#![allow(clippy::print_stderr, reason = "that nothing was tried is said")]

use std::{os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use super::Place;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A stand-in that answers as far as the packaging asks.
const SPEAKER: &str = "#!/bin/bash\ncase $1 in completions) echo \"# $2\";; man) echo '.TH gonogo 1' >\"$3/gonogo.1\";; *) echo \"ran $*, token ${GH_TOKEN:-none}\";; esac\n";

fn program(place: &Place, name: &str, text: &str) {
    place.write(name, text);
    std::fs::set_permissions(place.path(name), std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn bash(place: &Place, script: &str) -> String {
    let path = format!("{}:/usr/bin:/bin", place.path("bin").display());
    let mut command = Command::new("/bin/bash");
    command.args(["-euc", script]).current_dir(place.root()).env_clear().env("PATH", path).env("ROOT", ROOT);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{script}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_archive_of_a_release_is_the_same_each_time_and_has_all_in_it() {
    let place = Place::empty();
    program(&place, "bin/gonogo", SPEAKER);
    for folder in ["one", "two"] {
        bash(
            &place,
            &format!(
                "SOURCE_DATE_EPOCH=1796000000 \"$ROOT/.ci/package\" bin/gonogo some-target {folder}; touch bin/gonogo"
            ),
        );
    }
    let read = |folder: &str| std::fs::read(place.path(folder).join("gonogo-some-target.tar.gz")).unwrap();
    assert!(read("one") == read("two"), "the same input, the same bytes");
    let names = bash(&place, "tar -tzf one/gonogo-some-target.tar.gz");
    for name in [
        "gonogo",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "README.md",
        "man/gonogo.1",
        "completions/gonogo.bash",
        "completions/_gonogo",
        "completions/gonogo.fish",
    ] {
        assert!(names.lines().any(|line| line == name), "{name} is not in\n{names}");
    }
    bash(&place, "mkdir x; tar -xzf one/gonogo-some-target.tar.gz -C x gonogo; x/gonogo");
}

#[test]
fn the_formula_has_a_checksum_for_each_machine_or_is_none() {
    let place = Place::empty();
    let targets = [
        "aarch64-apple-darwin",
        "x86_64-apple-darwin",
        "aarch64-unknown-linux-musl",
        "x86_64-unknown-linux-musl",
    ];
    let sums: String =
        targets.iter().zip(1..).map(|(it, n)| format!("{n:064x}  gonogo-{it}.tar.gz\n")).collect();
    place.write("SHA256SUMS", &sums);
    let formula = bash(&place, "\"$ROOT/.ci/formula\" acme/gonogo v1.2.3 SHA256SUMS");
    assert!(!formula.contains('@') && formula.contains("version \"1.2.3\""), "{formula}");
    assert_eq!(formula.matches("https://github.com/acme/gonogo/releases/download/v1.2.3/gonogo-").count(), 4);
    for number in 1..=4 {
        assert!(formula.contains(&format!("sha256 \"{number:064x}\"")), "{formula}");
    }
    place.write("SHA256SUMS", &sums.replace("gonogo-x86_64-apple", "else-x86_64-apple"));
    bash(&place, "! \"$ROOT/.ci/formula\" acme/gonogo v1.2.3 SHA256SUMS");
}

#[test]
fn the_extension_of_gh_runs_gonogo_with_the_token_that_gh_keeps() {
    let place = Place::empty();
    program(&place, "bin/gonogo", SPEAKER);
    program(&place, "bin/gh", "#!/bin/bash\n[ \"$*\" = 'auth token' ] && echo kept\n");
    let script = "\"$ROOT/packaging/gh-gonogo/gh-gonogo\" check 'a b'";
    assert_eq!(bash(&place, script), "ran check a b, token kept\n");
    assert_eq!(bash(&place, &format!("GH_TOKEN=own {script}")), "ran check a b, token own\n");
    program(&place, "bin/gh", "#!/bin/bash\nexit 1\n");
    assert_eq!(bash(&place, script), "ran check a b, token none\n");
}

/// Where the owner stands who is not known yet, and that one command sets it everywhere.
#[test]
fn the_owner_is_set_by_one_command_in_every_place() {
    let listed =
        Command::new("git").args(["grep", "-lE", "OWNER/gonogo|gonogo[.]invalid"]).current_dir(ROOT).output();
    let Some(listed) = listed.ok().filter(|it| it.status.success()) else {
        eprintln!("NOT RUN: no git here, or no repository");
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    // Who sets it, who refuses a release without it, and this.
    let speak = ["packaging/owner", ".github/workflows/release.yml", "tests/start/packages.rs"];
    let places: Vec<_> = listed.lines().filter(|it| !speak.contains(it)).collect();
    assert_eq!(
        places,
        ["Cargo.toml", "README.md", "docs/ci.md"],
        "packaging/owner and release.yml know these"
    );
    let place = Place::empty();
    let read = |name: &str| std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    for name in places.iter().chain(&["packaging/owner"]) {
        place.write(name, &read(name));
    }
    let refused =
        "! bash packaging/owner 'acme; rm' 'A B <a@b.example>' && ! bash packaging/owner acme 'A B'";
    bash(&place, refused);
    assert_eq!(place.read("README.md"), read("README.md"), "what was refused changed nothing");
    bash(&place, "bash packaging/owner acme 'Ada B <ada@acme.example>'");
    for name in places {
        let text = place.read(name);
        assert!(!text.contains("OWNER/gonogo") && !text.contains("gonogo.invalid"), "{name}");
        assert_eq!(text.lines().count(), read(name).lines().count(), "{name}");
    }
    assert!(place.read("Cargo.toml").contains("repository = \"https://github.com/acme/gonogo\""));
    assert!(place.read("Cargo.toml").contains("maintainer = \"Ada B <ada@acme.example>\""));
}

/// A crate has all that it builds in: what is read from the top of the repository is a link within it.
#[test]
fn no_crate_builds_in_what_it_does_not_have() {
    let mut files = Vec::new();
    let rooms = std::fs::read_dir(Path::new(ROOT).join("src")).unwrap().map(|it| it.unwrap().path());
    let rooms: Vec<_> = rooms.filter(|it| it.is_dir()).collect();
    let mut folders = rooms.clone();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    let mut seen = 0;
    for file in files.iter().filter(|it| !it.components().any(|part| part.as_os_str() == "tests")) {
        let text = std::fs::read_to_string(file).unwrap();
        // What only its tests read stays where it is.
        let shipped = text.split("#[cfg(test)]").next().unwrap();
        let room = rooms.iter().find(|it| file.starts_with(it)).unwrap();
        for start in ["include_str!(\"", "include_bytes!(\""] {
            for name in shipped.split(start).skip(1).filter_map(|rest| rest.split('"').next()) {
                let ups = name.matches("../").count();
                let depth = file.strip_prefix(room).unwrap().components().count() - 1;
                assert!(
                    ups <= depth && file.parent().unwrap().join(name).is_file(),
                    "{}: {name}",
                    file.display()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
    let manifests = rooms.iter().map(|it| std::fs::read_to_string(it.join("Cargo.toml")).unwrap());
    for manifest in manifests {
        assert!(
            !manifest.contains("publish = false") && manifest.contains("repository.workspace = true"),
            "{manifest}"
        );
    }
    let table = std::fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let version = table.split("version = \"").nth(1).and_then(|it| it.split('"').next()).unwrap();
    let own: Vec<_> =
        table.lines().filter(|line| line.starts_with("gonogo-") && line.contains("path")).collect();
    assert_eq!(own.len(), rooms.len());
    assert!(
        own.iter().all(|line| line.contains(&format!("version = \"={version}\""))),
        "rooms go together: {own:#?}"
    );
}

/// The action, the formula, `cargo binstall` and the release speak of the same archives.
#[test]
fn everybody_calls_the_archives_alike() {
    let read = |name: &str| std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    let release: serde_json::Value = serde_yaml::from_str(&read(".github/workflows/release.yml")).unwrap();
    let built = release["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().unwrap();
    let built: Vec<_> = built.iter().map(|it| it["target"].as_str().unwrap()).collect();
    let formula = read("packaging/homebrew/gonogo.rb");
    let of_formula = formula
        .split("gonogo-")
        .skip(1)
        .filter_map(|it| it.split(".tar.gz").next().filter(|it| it.len() < 40));
    for target in of_formula {
        assert!(built.contains(&target), "{target} is not built: {built:?}");
    }
    let script = read(".github/action/run.sh");
    assert!(script.contains("/gonogo-$2.tar.gz") && script.contains("$machine-unknown-linux-musl"));
    assert!(read(".ci/package").contains("/gonogo-$target.tar.gz"));
    assert!(read("Cargo.toml").contains("/v{ version }/gonogo-{ target }.tar.gz"));
    // The binary is at the top of the archive, as `the_archive_of_a_release` holds.
    assert!(read("Cargo.toml").contains("bin-dir = \"{ bin }{ binary-ext }\""));
    for name in ["book.yml", "ci.yml", "release.yml"] {
        let _: serde_json::Value = serde_yaml::from_str(&read(&format!(".github/workflows/{name}"))).unwrap();
    }
    // What others wrote is taken by its content: a tag can be moved.
    for name in [
        "action.yml",
        ".github/workflows/book.yml",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
    ] {
        let text = read(name);
        for uses in
            text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "))
        {
            let pin = uses.split('@').nth(1).and_then(|it| it.split(' ').next()).unwrap_or_default();
            assert!(pin.len() == 40 && pin.chars().all(|c| c.is_ascii_hexdigit()), "{name}: {uses}");
            assert!(
                uses.contains(" # v"),
                "{name}: {uses}: which version that is, for people and for updates"
            );
        }
    }
    // No job has more than it says, and none says nothing.
    assert_eq!(release["permissions"], serde_json::json!({}));
    assert!(release["jobs"].as_object().unwrap().values().all(|job| job["permissions"].is_object()));
}
