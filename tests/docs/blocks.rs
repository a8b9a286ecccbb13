//! Every block of code in the documents is true: YAML is taken by what reads it, and each command is one that gonogo takes.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use gonogo::{
    app::Registry,
    checklist::{LoadRequest, load},
};

use super::{book, kinds_of};
use crate::support::program;

/// A fenced block, or lines that are indented by four.
struct Block {
    /// Page and line, for whoever has to mend it.
    place: String,
    /// What stands behind the fence; empty for indented lines.
    sort: String,
    text: String,
    /// The number of its last line, where it is indented.
    ends: usize,
}

impl Block {
    fn at(page: &str, n: usize, sort: &str) -> Self {
        Self { place: format!("{page}:{}", n + 1), sort: sort.to_owned(), text: String::new(), ends: n + 1 }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn all() -> Vec<Block> {
    let mut pages = Vec::new();
    book::pages(&root().join("docs"), &mut pages);
    pages.extend(["README.md", "CONTRIBUTING.md", "packaging/README.md"].map(|name| root().join(name)));
    pages.sort();
    pages.iter().flat_map(|page| blocks(page)).collect()
}

fn blocks(page: &Path) -> Vec<Block> {
    let text = std::fs::read_to_string(page).unwrap();
    let name = page.strip_prefix(root()).unwrap().display().to_string();
    let mut found: Vec<Block> = Vec::new();
    let mut fence: Option<Block> = None;
    for (n, line) in text.lines().enumerate() {
        let begun = line.trim_start().strip_prefix("```");
        match (&mut fence, begun) {
            (Some(_), Some(_)) => found.extend(fence.take()),
            (Some(block), None) => block.text += &format!("{line}\n"),
            (None, Some(sort)) => {
                fence = Some(Block::at(&name, n, sort));
            }
            (None, None) => {
                if let Some(code) = line.strip_prefix("    ") {
                    match found.last_mut().filter(|it| it.sort.is_empty() && it.ends == n) {
                        Some(block) => (block.text, block.ends) = (format!("{}{code}\n", block.text), n + 1),
                        None => found.push(Block { text: format!("{code}\n"), ..Block::at(&name, n, "") }),
                    }
                }
            }
        }
    }
    assert!(fence.is_none(), "{name}: a fence is not closed");
    found
}

/// A launch around pieces of one: whatever a piece says itself is left out.
const AROUND: [(&str, &str); 11] = [
    ("launch", "launch: docs\n"),
    ("title", "title: Docs\n"),
    ("version", "version: 3.0.0\n"),
    ("target", "target: { repository: acme/checkout, ref: release/3.0 }\n"),
    ("schedule", "schedule: { t0: 2030-01-01T09:00, timezone: UTC }\n"),
    ("people", "people: { octo: { name: Octo, github: octocat }, hu: { name: Hu, github: hubot } }\n"),
    (
        "roles",
        "roles: { qa: { people: [octo, hu] }, lead: { people: [octo] }, launch-director: { people: [octo] }, on-call: { people: [hu] }, \
         marketing: { people: [hu] }, product: { people: [hu] }, support: { people: [hu] }, sales: { people: [hu] }, legal: { people: [octo] } }\n",
    ),
    ("variables", "variables: { flag: checkout-v3 }\n"),
    (
        "guardrails",
        "guardrails: { errors: { title: Errors, window: 5m, prometheus: { bad: \"sum(increase(b[{{ window }}]))\", total: \"sum(increase(t[{{ window }}]))\", at_most: 1%, stop_at: 5% } } }\n",
    ),
    ("rollout", "rollout: { advance_by: [lead], stages: [{ stage: canary, audience: { percent: 10 } }] }\n"),
    (
        "gates",
        "gates: [{ gate: a, title: A, owner: qa, task: {} }, { gate: rehearsed, title: The way back was tried, owner: qa, task: {} }]\n",
    ),
];

fn top_keys(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split(':').next())
        .collect()
}

/// Loads a piece of a launch, with what it lacks around it.
fn launch(piece: &str) -> Result<(), String> {
    let there = top_keys(piece);
    let wanted = ["launch", "target", "schedule", "roles", "gates"];
    if wanted.iter().all(|key| there.contains(key)) {
        return loads(&LoadRequest::text("launch.yaml", piece.to_owned()));
    }
    // What all stages have is shown without the stages.
    let stages = if piece.contains("each_stage:") && !piece.contains("stages:") {
        "  advance_by: [lead]\n  stages: [{ stage: canary, audience: { percent: 10 } }]\n"
    } else {
        ""
    };
    let around = AROUND.iter().filter(|(key, _)| !there.contains(key)).map(|(_, text)| *text);
    let whole: String = around.chain([piece, stages]).collect();
    loads(&LoadRequest::text("launch.yaml", whole))
}

fn loads(request: &LoadRequest) -> Result<(), String> {
    match load(request, &Registry) {
        Ok(_) => Ok(()),
        Err(problems) => Err(problems.into_iter().map(|problem| problem.rendered).collect()),
    }
}

/// A checklist beside a launch that takes it in.
fn checklist(text: &str) -> Result<(), String> {
    let gates = if text.contains("\ngates:") { "" } else { "gates: [{ gate: a, title: A, task: {} }]\n" };
    let around: String = AROUND.iter().filter(|(key, _)| *key != "gates").map(|(_, text)| *text).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("it.yaml"), format!("{text}{gates}")).unwrap();
    std::fs::write(folder.path().join("launch.yaml"), format!("{around}checklists: [{{ file: it.yaml }}]\n"))
        .unwrap();
    said(folder.path(), &["validate"])
}

/// Settings and themes, where gonogo looks for them.
fn configured(name: &str, text: &str, args: &[&str]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".config/gonogo").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    said(folder.path(), args)
}

/// That it ends with 0.
fn said(folder: &Path, args: &[&str]) -> Result<(), String> {
    let output = program::gonogo(folder).args(args).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(()) } else { Err(text) }
}

/// Whatever reads this piece of YAML, reads it. Workflows of others are YAML, and held by `the_recipes_for_ci_hold`.
fn read(text: &str) -> Result<(), String> {
    let first = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
    let starts = |keys: &[&str]| keys.iter().any(|key| first.starts_with(&format!("{key}:")));
    if ["steps:", "jobs:", "script:"].iter().any(|key| text.contains(key)) {
        return serde_yaml::from_str::<serde_json::Value>(text).map(drop).map_err(|error| error.to_string());
    }
    if first.starts_with("- gate:") {
        kinds_of(text);
        return Ok(());
    }
    if starts(&["checklist"]) {
        return checklist(text);
    }
    if text.contains("\ninherits:") {
        let name = first.trim_start_matches("theme:").trim();
        let draw = ["report", "--demo", "--format", "svg", "-o", "x.svg", "--theme", name];
        return configured(&format!("themes/{name}.yaml"), text, &draw);
    }
    if starts(&["connections", "writes", "keys", "views", "theme", "identity", "poll", "http"]) {
        return configured("settings.yaml", text, &["settings"]);
    }
    if starts(&["prometheus"]) {
        return launch(&format!("gates:\n  - gate: a\n    title: A\n    owner: qa\n    {text}"));
    }
    launch(text)
}

#[test]
fn whatever_yaml_the_documents_show_is_taken() {
    let mut faults = Vec::new();
    let mut sorts: BTreeMap<String, u32> = BTreeMap::new();
    for block in all() {
        let settings = ["connections:", "writes:", "theme:"].iter().any(|key| block.text.starts_with(key));
        if block.sort == "yaml" || (block.sort == "text" && settings) {
            *sorts.entry(block.sort.clone()).or_default() += 1;
            // Placeholders of addresses stand for names that have no capitals.
            let text = block.text.replace("SITE", "acme").replace("HOST", "h.example").replace("SUB", "acme");
            if let Err(why) = read(&text) {
                faults.push(format!("{}: {why}", block.place));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(sorts["yaml"] > 60 && sorts["text"] > 10, "{sorts:?}");
}

/// The commands of a block: behind a prompt or at the begin of a line, with what a backslash joins, without what is said beside it.
fn commands(text: &str) -> Vec<String> {
    let mut joined = String::new();
    for line in text.lines() {
        match line.strip_suffix('\\') {
            Some(begun) => joined += &format!("{} ", begun.trim()),
            None => joined += &format!("{}\n", line.trim()),
        }
    }
    let lines = joined.lines().map(|line| line.trim_start_matches("$ "));
    lines.filter(|line| line.starts_with("gonogo ")).map(spoken).collect()
}

/// Up to two spaces or a `#` outside quotes: what follows is for people.
fn spoken(line: &str) -> String {
    let (mut quoted, mut before, mut out) = (None, ' ', String::new());
    for c in line.chars() {
        match quoted {
            Some(end) if c == end => quoted = None,
            None if c == '"' || c == '\'' => quoted = Some(c),
            None if before == ' ' && (c == '#' || c == ' ') => break,
            _ => {}
        }
        before = c;
        out.push(c);
    }
    out.trim().to_owned()
}

/// As a shell takes it apart.
fn words(command: &str) -> Vec<String> {
    let output = std::process::Command::new("/bin/bash")
        .args(["-c", &format!("printf '%s\\n' {command}")])
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn each_command_of_a_block_is_one_that_gonogo_takes() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for block in all() {
        if !["", "sh", "console", "text"].contains(&block.sort.as_str()) {
            continue;
        }
        for command in commands(&block.text) {
            seen += 1;
            // In a folder with nothing in it: whatever it lacks there, it is no wrong use.
            let folder = tempfile::tempdir().unwrap();
            let output = program::gonogo(folder.path())
                .args(&words(&command)[1..])
                .env("GITHUB_API_URL", "http://127.0.0.1:9")
                .stdin(std::process::Stdio::null())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            if said.contains("Usage:") || said.contains("try '--help'") {
                faults.push(format!("{}: {command}: {said}", block.place));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(seen > 40, "{seen}");
}

#[test]
fn what_is_said_beside_a_command_is_no_part_of_it() {
    let all = commands(
        "$ gonogo sign a/b --go        says go\n    gonogo path   # the way\nnot gonogo\ngonogo decide --go \\\n  --reason \"a  b\"\n",
    );
    assert_eq!(all, ["gonogo sign a/b --go", "gonogo path", "gonogo decide --go --reason \"a  b\""]);
    assert_eq!(words(&all[2]), ["gonogo", "decide", "--go", "--reason", "a  b"]);
}
