//! `github.file`: a path is there (or not) at the target commit, and its text matches.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop},
        finding::FindingDraft,
        judge_context::{JudgeContext, gap},
        limits::{LimitProblems, Name},
        query_template,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{Bound, Failure, FailureKind, Oid, Outcome};

/// Memory that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

/// How a Git LFS pointer, which replaces a file, begins.
const LFS: &str = "version https://git-lfs.github.com/spec/";

/// The mode of a symbolic link in Git.
const SYMLINK: u32 = 0o120_000;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct File {
    path: Name,
    #[serde(default)]
    expect: Expect,
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<Name>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    #[default]
    Present,
    Absent,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "__typename")]
    kind: String,
    oid: Option<String>,
    file: Option<TreeEntry>,
}

#[derive(Deserialize)]
struct TreeEntry {
    #[serde(rename = "type")]
    kind: String,
    mode: u32,
    object: Option<Blob>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    #[serde(rename = "__typename")]
    kind: String,
    byte_size: Option<u64>,
    is_binary: Option<bool>,
    is_truncated: Option<bool>,
    text: Option<String>,
}

impl EvidenceKind for File {
    const THING: &'static str = "file";
    const DESCRIPTION: Description = Description {
        proves: "a file is in the release commit, with a certain text",
        keys: &[
            ("path", "from the top of the repository"),
            ("expect", "`present` (the default) or `absent`"),
            ("matches", "a regular expression that its text must match"),
        ],
    };

    fn bound(&self) -> Bound {
        Bound::Commit
    }

    fn describe(&self) -> String {
        match (self.expect, &self.matches) {
            (Expect::Absent, _) => format!("{} is absent", self.path),
            (Expect::Present, None) => format!("{} is there", self.path),
            (Expect::Present, Some(pattern)) => format!("{} matches {pattern}", self.path),
        }
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        if self.expect == Expect::Absent && self.matches.is_some() {
            wrong.say("matches", "an absent file cannot match", "remove `matches`, or `expect: absent`");
        }
        let path = self.path.as_str();
        if path.starts_with('/')
            || path.ends_with('/')
            || path.split('/').any(|part| matches!(part, "" | "." | ".."))
        {
            wrong.say(
                "path",
                "the path is counted from the root of the repository",
                "write it like docs/notes.md",
            );
        }
        if let Some(pattern) = &self.matches
            && !pattern.as_str().contains("{{")
            && let Err(error) = compile(pattern.as_str())
        {
            wrong.say(
                "matches",
                format!("this is not a regular expression: {error}"),
                "docs.rs/regex explains the syntax",
            );
        }
    }
}

/// A pattern that runs in linear time and in bounded memory.
fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).multi_line(true).crlf(true).size_limit(PATTERN_SIZE).build().map_err(|error| {
        match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            error => error.to_string().lines().last().unwrap_or("it cannot be read").trim().to_owned(),
        }
    })
}

impl Judge for File {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let mut first = case.target_facts();
        first.push(self.fact(case, case.git_ref));
        case.need(&first)?;
        let target = case.target()?;
        let entry = self.entry(case, &target.oid)?;
        let (outcome, state) = self.settle(entry.as_ref())?;
        let page = format!("{}/blob/{}/{}", case.home(), target.oid, self.path);
        let reason = format!("{} {state} at {}", self.path, target.oid.short());
        FindingDraft::new(outcome, reason).about(&target.oid).url(Some(&page)).from("graphql file")
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/blob/{}/{}", case.home(), case.git_ref, self.path)
    }
}

impl File {
    fn fact(&self, case: &JudgeContext<'_>, expression: &str) -> Fact {
        let text = self.matches.is_some();
        let path = self.path.as_str();
        case.graph(
            &query_template::FILE,
            [("expression", json!(expression)), ("path", json!(path)), ("text", json!(text))],
        )
    }

    /// Asked for by the ref, in the same round as the ref itself; if that was another commit, again by commit.
    fn entry(&self, case: &JudgeContext<'_>, oid: &Oid) -> FactResult<Option<TreeEntry>> {
        let is_it = |object: &Object| object.kind == "Commit" && object.oid.as_deref() == Some(oid.as_str());
        if let Some(object) = case.find::<Object>(&self.fact(case, case.git_ref))?
            && is_it(&object)
        {
            return Ok(object.file);
        }
        let object: Object = case.read(&self.fact(case, oid.as_str()))?;
        if is_it(&object) { Ok(object.file) } else { Err(gap("the file")) }
    }

    fn settle(&self, entry: Option<&TreeEntry>) -> FactResult<(Outcome, String)> {
        let Some(entry) = entry else {
            let outcome = if self.expect == Expect::Absent { Outcome::Holds } else { Outcome::Fails };
            return Ok((outcome, "is not there".into()));
        };
        if self.expect == Expect::Absent {
            return Ok((Outcome::Fails, "is there".into()));
        }
        if entry.mode == SYMLINK {
            return Ok((Outcome::Unclear, "is a symbolic link; its target is not looked at".into()));
        }
        match entry.kind.as_str() {
            "blob" => {}
            "tree" => return Ok((Outcome::Unclear, "is a folder, not a file".into())),
            "commit" => {
                return Ok((Outcome::Unclear, "is a submodule; its files are not looked at".into()));
            }
            kind => return Ok((Outcome::Unclear, format!("is a {kind}, not a file"))),
        }
        let Some(pattern) = &self.matches else { return Ok((Outcome::Holds, "is there".into())) };
        let text = self.text(entry)?;
        // A mark of the byte order is no part of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.starts_with(LFS) {
            return Ok((Outcome::Unclear, "is in Git LFS, so its text cannot be read".into()));
        }
        let pattern = compile(pattern.as_str()).map_err(|error| {
            JudgeStop::failed(
                FailureKind::Rejected,
                format!("`matches` for {} is not a regular expression: {error}", self.path),
            )
        })?;
        Ok(if pattern.is_match(text) {
            (Outcome::Holds, "matches".into())
        } else {
            (Outcome::Fails, format!("does not match {pattern}"))
        })
    }

    /// The whole text, or a reason why there is none.
    fn text<'e>(&self, entry: &'e TreeEntry) -> FactResult<&'e str> {
        let blob = entry.object.as_ref().filter(|blob| blob.kind == "Blob").ok_or_else(|| gap("the file"))?;
        let no = |why: &str| {
            let message = format!("{} cannot be searched: {why}", self.path);
            JudgeStop::Failed(
                Failure::new(FailureKind::Incomplete, message).advise("use a smaller text file"),
            )
        };
        match (blob.is_binary, blob.is_truncated, &blob.text, blob.byte_size) {
            (Some(true), ..) => Err(no("it is not text")),
            (_, Some(true), _, size) => {
                Err(no(&format!("GitHub returns only part of its {} bytes", size.unwrap_or(0))))
            }
            (_, Some(false), Some(text), _) => Ok(text),
            _ => Err(gap("the file")),
        }
    }
}
