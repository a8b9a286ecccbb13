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

/// The binary, alone in the world: no environment but a home of its own, no program to run.
pub fn gonogo(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.current_dir(home).env_clear().env("HOME", home).env("PATH", "/nonexistent").env("USER", "octo");
    command
}
