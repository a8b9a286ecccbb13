//! How long it takes to load a checklist of ten thousand gates (3.5 MB): the aim is 100 ms and 64 MiB.
//!
//! `cargo bench --bench load`, and `cargo bench --bench load -- --memory` for the peak of resident memory.

#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark says what it saw")]

use std::{fmt::Write as _, hint::black_box};

use criterion::{Criterion, criterion_group};
use gonogo::{
    checklist::{DecodedLimits, EvidenceKinds, GateLimits, LaunchInput, LoadRequest, SourceOffer, load},
    domain::Bound,
    yaml::Problem,
};

const HEAD: &str = "\
launch: bench
title: Bench
version: 1.0.0
target: { repository: octocat/bench, ref: main }
schedule:
  t0: 2026-12-02T09:00
  timezone: Europe/London
  anchors: { freeze: T-5wd }
  holidays: [2026-11-26]
people: { octo: { name: Octo, github: octocat }, hu: { name: Hu, github: hubot } }
roles: { qa: { people: [octo, hu] }, lead: { people: [octo] } }
variables: { product: Checkout }
checklists: [{ file: many.yaml }]
";

/// Accepts everything: what sources do with their limits is measured with them.
struct Anything;

impl EvidenceKinds for Anything {
    fn offers(&self) -> Vec<SourceOffer> {
        ["github", "linear"]
            .map(|it| SourceOffer { things: vec!["workflow", "issues"], ..SourceOffer::of(it) })
            .into()
    }

    fn decode(&self, asked: &GateLimits<'_>, _: &mut Vec<Problem>) -> Option<DecodedLimits> {
        let args = asked.document.to_json(asked.node);
        Some(DecodedLimits { args, bound: Bound::Commit, said: asked.thing.into() })
    }
}

/// Gates of every sort, each needing the one before it.
fn many(count: usize) -> String {
    let mut text = String::from("checklist: many\ntitle: Many\nowner: qa\ndue: T-1d\ngates:\n");
    for number in 0..count {
        let before =
            number.checked_sub(1).map(|before| format!("\n    needs: [gate-{before}]")).unwrap_or_default();
        let kind = match number % 4 {
            0 => "github: { workflow: { file: regression.yml, consecutive: 3, max_age: 24h } }",
            1 => "linear: { issues: { labels: [release-blocker], team: CHK, at_most: 0 } }",
            2 => "task: { asks: { report: link, commit: sha } }",
            _ => "sign_off: { by: [qa, lead], count: 2, max_age: 30d }",
        };
        let _ = write!(
            text,
            "  - gate: gate-{number}\n    title: \"Number {number} of {{{{ product }}}} {{{{ version }}}} is as it should be\"\n    \
             owner: lead\n    due: T-{}h{before}\n    notes: What to look at, whom to ask, and what was learnt the last \
             time that this went wrong\n    links: {{ how: \"https://wiki.example.com/checks/{number}\" }}\n    {kind}\n",
            number % 96 + 1,
        );
    }
    text
}

fn request(count: usize) -> LoadRequest {
    let files = vec![
        ("launch.yaml".to_owned(), HEAD.as_bytes().to_vec()),
        ("many.yaml".to_owned(), many(count).into_bytes()),
    ];
    LoadRequest { input: LaunchInput::Memory(files), set: Vec::new() }
}

fn loads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(20);
    for count in [100, 1_000, 10_000] {
        let request = request(count);
        group.bench_function(format!("{count} gates"), |bench| {
            bench.iter(|| black_box(load(&request, &Anything)).map(|loaded| loaded.launch.gates.len()));
        });
    }
    group.finish();
}

/// What one load adds to the peak of resident memory, by the system's own account.
fn memory() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default()
    };
    let request = request(10_000);
    let LaunchInput::Memory(files) = &request.input else { return };
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let before = peak();
    let loaded = load(&request, &Anything);
    let gates = loaded.as_ref().map_or(0, |loaded| loaded.launch.gates.len());
    let added = peak() - before;
    println!("{gates} gates, {} kB of YAML: {} MiB at most while loading", bytes / 1_000, added / 1_024);
}

criterion_group!(benches, loads);

fn main() {
    if std::env::args().any(|argument| argument == "--memory") {
        memory();
    } else {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
}
