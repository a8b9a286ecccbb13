//! The book: every page is in its summary, and every link between pages leads somewhere.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
};
use serde_json::Value;

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs")
}

pub(super) fn pages(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, into);
        } else if path.extension().is_some_and(|it| it == "md") {
            into.push(path);
        }
    }
}

/// The targets of `[text](target)`, without the place in the page.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        let local = !target.is_empty() && !target.contains("://") && !target.contains(' ');
        local.then_some(target)
    })
}

#[test]
fn the_summary_of_the_book_has_every_page_once() {
    let summary = std::fs::read_to_string(docs().join("SUMMARY.md")).unwrap();
    let listed: Vec<PathBuf> = links(&summary).map(|link| docs().join(link)).collect();
    let once: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(once.len(), listed.len(), "a page twice");
    let mut there = Vec::new();
    pages(&docs(), &mut there);
    let there: BTreeSet<_> = there.into_iter().filter(|page| !page.ends_with("SUMMARY.md")).collect();
    assert_eq!(once, there);
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut all = Vec::new();
    pages(&docs(), &mut all);
    for name in ["README.md", "CONTRIBUTING.md", "SECURITY.md"] {
        all.push(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    }
    for page in all {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            let target = page.parent().unwrap().join(link);
            assert!(target.exists(), "{}: {link}", page.display());
        }
    }
}

/// What a heading is called by in a link, on GitHub and in the book alike.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let headings = text.lines().filter_map(|line| {
        fenced ^= line.starts_with("```");
        line.strip_prefix('#').filter(|_| !fenced).map(|rest| rest.trim_start_matches('#').trim())
    });
    let name = |heading: &str| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(name).collect()
}

/// The book has its pages and what `.ci/book` lays beside them, and no folders to look into.
#[test]
fn every_link_of_the_book_leads_to_what_is_published() {
    let mut all = Vec::new();
    pages(&docs(), &mut all);
    let published = [docs(), docs().with_file_name("checklists")].map(|it| it.canonicalize().unwrap());
    let mut places = 0;
    for page in all {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.is_empty() || link.contains("://") || link.contains(' ') {
                continue;
            }
            let (name, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if name.is_empty() { page.clone() } else { page.parent().unwrap().join(name) };
            let target = target.canonicalize().unwrap_or_else(|_| panic!("{}: {link}", page.display()));
            assert!(target.is_file(), "{}: {link} is a folder", page.display());
            assert!(
                published.iter().any(|it| target.starts_with(it)),
                "{}: {link} is not published",
                page.display()
            );
            if !place.is_empty() {
                places += 1;
                let there = anchors(&std::fs::read_to_string(&target).unwrap());
                assert!(there.contains(place), "{}: {link}: only {there:?}", page.display());
            }
        }
    }
    assert!(places > 0, "places within pages are looked at");
}

#[test]
fn the_launches_of_the_cookbook_load() {
    let page = include_str!("../../docs/cookbook.md");
    let blocks: Vec<&str> =
        page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), page.matches("\n## ").count(), "a whole launch for each kind");
    for block in blocks {
        let request = LoadRequest::text("launch.yaml", block.to_owned());
        let loaded = load(&request, &Registry).unwrap_or_else(|problems| {
            panic!("{}", problems.into_iter().map(|problem| problem.rendered).collect::<String>())
        });
        let warnings: Vec<_> = loaded.warnings.iter().map(|it| &it.rendered).collect();
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}

/// What a page's tables list: the code in the first column.
fn listed(page: &str) -> BTreeSet<String> {
    let cells = page.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    cells.flat_map(|cell| cell.split('`').step_by(2)).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// `poll.interval`; a name that people choose is `NAME`.
fn keys(schema: &Value, before: &str, into: &mut BTreeSet<String>) {
    let whole = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
    let named = schema["properties"].as_object().into_iter().flatten();
    for (name, below) in named.map(|(name, below)| (whole(name), below)) {
        let other = &below["additionalProperties"];
        if other["properties"].is_object() {
            keys(other, &format!("{name}.NAME"), into);
        } else if below["properties"].is_object() {
            keys(below, &name, into);
        } else {
            into.insert(name);
        }
    }
}

#[test]
fn every_setting_and_every_variable_is_in_the_page_of_settings() {
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
        let output = command.env_clear().env("HOME", "/nonexistent").args(args).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let mut wanted = BTreeSet::new();
    keys(&run(&["schema", "settings"]), "", &mut wanted);
    let held = run(&["settings", "--format", "json"]);
    wanted.extend(
        held["environment"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()),
    );
    // What the HTTP client itself looks at.
    wanted.extend(["HTTPS_PROXY", "NO_PROXY"].map(str::to_owned));
    assert_eq!(listed(include_str!("../../docs/settings.md")), wanted);
}
