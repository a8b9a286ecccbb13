//! From nothing to a launch: what whoever begins meets, by the real binary.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod completions;
mod import;
mod init;
mod lint;
mod manners;
mod newcomer;
mod packages;
mod schema;
mod why;

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use crate::support::program;

/// A folder of somebody's own, with nothing in it.
pub struct Place {
    home: tempfile::TempDir,
}

/// What the binary said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn empty() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn root(&self) -> &Path {
        self.home.path()
    }

    pub fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs it with nothing in the environment but these.
    pub fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Said {
        let mut command = program::gonogo(self.root());
        // Nothing listens there.
        command.env("GITHUB_API_URL", "http://127.0.0.1:9").envs(env.iter().copied()).args(args);
        Said::of(&command.stdin(std::process::Stdio::null()).output().unwrap())
    }

    pub fn run(&self, args: &[&str]) -> Said {
        self.run_with(&[], args)
    }

    /// It ends with 0.
    pub fn does(&self, args: &[&str]) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, Some(0), "{args:?}\n{}{}", said.out, said.err);
        said
    }

    /// It ends with 2, says this on standard error and nothing on standard output.
    pub fn refused(&self, args: &[&str], part: &str) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, Some(2), "{args:?}\n{}{}", said.out, said.err);
        assert!(said.err.contains(part) && said.out.is_empty(), "{args:?}: {}", said.err);
        said
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}
