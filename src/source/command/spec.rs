//! What a `command` gate may say.

use serde::{Deserialize, Serialize};

use crate::{
    DecodedLimits, Description,
    spec::{LimitKeys, Spec},
};
use gonogo_yaml::Spanned;

/// How long a program may run by default.
const USUAL: u64 = 60;
/// The longest that can be asked for: a poll waits for it.
const LONGEST: u64 = 600;

/// What is run, and what its exit codes mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandSpec {
    pub(super) argv: Vec<String>,
    pub(super) go: Vec<i32>,
    pub(super) no_go: Vec<i32>,
    /// In seconds.
    pub(super) timeout: u64,
}

#[derive(Deserialize)]
pub(super) struct Keys {
    argv: Vec<Spanned<String>>,
    go: Option<Vec<Spanned<i32>>>,
    no_go: Option<Vec<Spanned<i32>>>,
    timeout: Option<Spanned<String>>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a program of your own says so",
        keys: &[
            ("argv", "the program and its arguments, one by one; no shell is involved"),
            ("go", "exit codes that mean go; `[0]` by default"),
            ("no_go", "exit codes that mean no-go; `[1]` by default; any other is unknown"),
            ("timeout", "how long it may take, at most `10m`"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        match self.argv.first() {
            None => {
                spec.lacks(
                    "`argv` names no program",
                    "write the program and its arguments: [./check.sh, --all]",
                );
            }
            Some(program) if program.value.trim().is_empty() || program.value.contains("{{") => {
                spec.wrong(program.at, "the program must be written out", "write its name or path");
            }
            Some(_) => {}
        }
        for spot in self.argv.iter().filter(|spot| spot.value.contains('\0')) {
            spec.wrong(spot.at, "an argument cannot hold a NUL", "remove it");
        }
        let go = codes(&mut spec, self.go.as_deref(), 0);
        let no_go = codes(&mut spec, self.no_go.as_deref(), 1);
        if let Some(both) = go.iter().find(|code| no_go.contains(code)) {
            spec.lacks(format!("exit code {both} cannot mean both"), "list it under `go` or under `no_go`");
        }
        if go.is_empty() {
            spec.lacks("`go` lists no exit code, so nothing could pass", "write [0], or leave it out");
        }
        let timeout = self.timeout.as_ref().and_then(|spot| patience(&mut spec, spot)).unwrap_or(USUAL);
        let argv: Vec<String> = self.argv.into_iter().map(|spot| spot.value).collect();
        let said = argv.join(" ");
        spec.finish(CommandSpec { argv, go, no_go, timeout }, said)
    }
}

fn codes(spec: &mut Spec<'_, '_, '_>, written: Option<&[Spanned<i32>]>, usual: i32) -> Vec<i32> {
    let Some(written) = written else { return vec![usual] };
    for spot in written.iter().filter(|spot| !(0..=255).contains(&spot.value)) {
        spec.wrong(spot.at, "not an exit code", "write numbers from 0 to 255");
    }
    written.iter().map(|spot| spot.value).collect()
}

fn patience(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<u64> {
    let seconds = spec.length(spot)?.as_secs();
    if seconds > LONGEST {
        spec.wrong(spot.at, "longer than a poll can wait", "write at most 10m");
    }
    Some(seconds)
}
