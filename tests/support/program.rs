//! The real binary, and what the tests that run it have in common: credentials, the head of a launch file.

use std::{path::Path, process::Command};

/// What looks like a token of GitHub, and is shown nowhere.
pub const TOKEN: &str = "ghp_canary0123456789canary0123456789cana";
/// What looks like a key of Linear, and is shown nowhere.
pub const KEY: &str = "lin_api_canary0123456789canary0123456789";

/// The head of a launch whose gates are still to come.
macro_rules! head {
    () => {
        "launch: rocket-2\n\
         title: Rocket 2\n\
         version: 2.0.0\n\
         target: { repository: acme/rocket, ref: main }\n\
         schedule: { t0: 2030-01-01T09:00, timezone: UTC }\n\
         people: { octo: { name: Octo, github: octocat } }\n\
         roles: { qa: { people: [octo] } }\n"
    };
}
pub(crate) use head;

/// The same with a gate of CI, one of issues and one of people.
pub const THREE_GATES: &str = concat!(
    head!(),
    "\
gates:
  - { gate: build, title: The build is green, github: { checks: { required: [build] } } }
  - { gate: bugs, title: No blocker is open, github: { issues: { labels: [release-blocker] } } }
  - { gate: ready, title: QA stands behind it, sign_off: { by: [qa] } }
"
);

/// The head of a recorded launch: its commit is written down, and two people hold a role each.
#[allow(unused_macros, reason = "benchmarks share this file and not every launch")]
macro_rules! recorded_head {
    () => {
        "launch: rocket-2\n\
         title: Rocket 2\n\
         version: 2.0.0\n\
         target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }\n\
         schedule: { t0: 2026-12-02T09:00, timezone: UTC }\n\
         people: { octo: { name: Octo }, mo: { name: Mo } }\n\
         roles:\n\
        \x20 qa: { people: [octo], title: Quality }\n\
        \x20 support: { people: [mo], title: Support }\n"
    };
}
pub(crate) use recorded_head;

/// The binary, alone in the world: no environment but a home of its own, no program to run, nobody to ask.
pub fn gonogo(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.current_dir(home).env_clear().env("HOME", home).env("PATH", "/nonexistent").env("USER", "octo");
    command.envs(super::screen::NOWHERE.iter().copied());
    command
}
