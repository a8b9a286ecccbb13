//! A large launch, its two servers, and the real binary.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use crate::support::{
    github::GithubServer,
    linear::LinearServer,
    program::{KEY, TOKEN, gonogo, head},
};
use serde_json::Value;

const HEAD: &str = concat!(
    head!(),
    "\
defaults: { linear: { team: ENG } }
gates:
"
);

pub struct Rig {
    pub github: GithubServer,
    pub linear: LinearServer,
    home: tempfile::TempDir,
}

impl Rig {
    /// So many gates of each sort; workflow gates among them or not.
    pub fn new(github_gates: usize, linear_gates: usize, workflows: bool) -> Self {
        let github = GithubServer::start(|world| {
            let repo = world.repo("acme/rocket");
            let commit = repo.commit("main", "c1");
            (0..40).for_each(|n| drop(commit.check(&format!("job {n}"), "success").oid.clone()));
            for n in 0..github_gates {
                repo.label(&format!("label {n}"));
                repo.file("main", &format!("docs/{n}.md"), "x");
                repo.tag(&format!("v{n}"), "main");
                if workflows && n % 5 == 1 {
                    repo.run(&format!("w{n}.yml"), "main", "success");
                }
            }
            world.token(TOKEN, "octocat");
        });
        let linear = LinearServer::start(|world| {
            world.keys.insert(KEY.into(), None);
            let team = world.team("ENG");
            (0..linear_gates).for_each(|n| team.labels.push(format!("label-{n}")));
        });
        let mut launch = HEAD.to_owned();
        for n in 0..github_gates {
            let thing = match n % 5 {
                0 => format!("checks: {{ required: [\"job {}\"] }}", n % 40),
                1 if workflows => format!("workflow: {{ file: w{n}.yml }}"),
                2 => format!("issues: {{ labels: [\"label {n}\"] }}"),
                3 => format!("file: {{ path: docs/{n}.md }}"),
                _ => format!("tag: {{ name: v{n} }}"),
            };
            writeln!(launch, "  - {{ gate: g{n}, title: G, github: {{ {thing} }} }}").unwrap();
        }
        for n in 0..linear_gates {
            let thing = format!("issues: {{ labels: [label-{n}] }}");
            writeln!(launch, "  - {{ gate: l{n}, title: L, linear: {{ {thing} }} }}").unwrap();
        }
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("launch.yaml"), launch).unwrap();
        Self { github, linear, home }
    }

    /// One `--check`: the board, and how long it took.
    pub fn check(&self) -> (Value, Duration) {
        let mut command = gonogo(self.home.path());
        command.env("GITHUB_TOKEN", TOKEN).env("LINEAR_API_KEY", KEY);
        command.env("GITHUB_API_URL", self.github.url()).env("LINEAR_API_URL", self.linear.endpoint());
        command.args(["--check", "--format", "json", "--timeout", "60s"]);
        let begun = Instant::now();
        let output = command.output().unwrap();
        let took = begun.elapsed();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        (serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{words}")), took)
    }
}
