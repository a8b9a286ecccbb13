//! Where the files of a launch come from, and whether whoever wrote them may make it GO.
//!
//! In a pull request of a fork, and wherever somebody from outside can set off a run that has this repository's secrets,
//! only files of the base branch count: those of a commit that the platform itself names, as they are in that commit.
//! What cannot be known there is not of the base branch.

mod proposed;

use std::{collections::HashMap, path::Path};

use serde::Deserialize;

use self::proposed::{Proposed, proposed};
use super::{AppError, Opened, checkout::Checkout, checkout::is_commit, git::Git};
use gonogo_domain::{Diagnostic, Digest};
use gonogo_files as files;
use gonogo_report::{Origin, ToldBy};

/// The largest description of an event that is read, in bytes: GitHub's own limit is 25 MB.
const MOST_EVENT: u64 = 32 << 20;

/// Events of GitHub that run with the secrets of the repository and that somebody from outside can set off.
const SET_OFF_BY_ANYBODY: [&str; 11] = [
    "pull_request_target",
    "workflow_run",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
    "check_run",
    "check_suite",
    "fork",
    "gollum",
    "watch",
];

/// What a platform says about the run that we are in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct CiRun {
    event: Option<String>,
    repository: Option<String>,
    git_ref: Option<String>,
    /// The commit that the run is about.
    commit: Option<String>,
    /// Why files count only if they are of one of `own`; `None`: there is no reason.
    guarded: Option<String>,
    /// Commits of the base branch.
    own: Vec<String>,
}

/// Where the files of this launch come from; `None`: they are in no checkout, and no platform runs us.
///
/// # Errors
/// [`AppError::Input`]: whoever proposes a change may have written them, and `allowed` does not say that this is wanted.
pub(super) fn admit(
    opened: &Opened,
    env: &dyn Fn(&str) -> Option<String>,
    allowed: bool,
) -> Result<Option<Origin>, AppError> {
    let Some(origin) = origin(opened, env) else { return Ok(None) };
    let Some(doubt) = origin.doubt.as_ref().filter(|_| !allowed) else { return Ok(Some(origin)) };
    let target = opened.loaded.launch.target.as_ref();
    let target =
        target.map_or_else(|| "no commit".into(), |it| format!("{} at {}", it.repository, it.git_ref));
    Err(AppError::input(format!(
        "the launch's files cannot be believed: {doubt}. They come from {}; the launch is about {target}. Check the files \
         of the base branch, or, if you have read these, say --allow-untrusted-checklist",
        origin.describe(),
    )))
}

fn origin(opened: &Opened, env: &dyn Fn(&str) -> Option<String>) -> Option<Origin> {
    if opened.chosen.demo {
        return None;
    }
    let run = run(env);
    let place = place(opened);
    let checkout = place.as_deref().and_then(Path::parent).and_then(Checkout::around);
    if run == CiRun::default() && checkout.is_none() {
        return None;
    }
    let proved = run.guarded.is_some() && is_own(opened, &run, checkout.as_ref());
    let doubt = run.guarded.as_ref().filter(|_| !proved).cloned();
    Some(match checkout {
        Some(it) => Origin {
            repository: it.repository.or(run.repository),
            git_ref: it.git_ref,
            commit: it.commit,
            event: run.event,
            by: if proved { ToldBy::Proof } else { ToldBy::Checkout },
            doubt,
        },
        None => Origin {
            repository: run.repository,
            git_ref: run.git_ref,
            commit: run.commit,
            event: run.event,
            by: ToldBy::Platform,
            doubt,
        },
    })
}

/// What the files of a launch are called from the top of their checkout, by their names within the launch: as a platform
/// that shows findings beside them knows them. Files that are nowhere on disk are left out.
pub(super) fn names(opened: &Opened) -> HashMap<String, String> {
    let files = opened.loaded.files.iter();
    files.filter_map(|file| Some((file.name.clone(), short(file.path.as_deref()?)))).collect()
}

/// Findings with their files named so, where the launch was given by its path.
pub fn from_the_top(given: Option<&Path>, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let given = given.unwrap_or(Path::new("."));
    let folder = if given.is_dir() { Some(given) } else { given.parent() };
    let folder = folder.map(|it| if it.as_os_str().is_empty() { Path::new(".") } else { it });
    let Some(folder) = folder.and_then(|it| it.canonicalize().ok()) else { return found };
    for place in found.iter_mut().filter_map(|it| it.place.as_mut()) {
        place.file = short(&folder.join(&place.file));
    }
    found
}

/// A path from the top of its checkout, or from here.
fn short(path: &Path) -> String {
    let top = path.parent().and_then(Checkout::around).map(|it| it.top);
    let here = || std::env::current_dir().ok()?.canonicalize().ok();
    let short = top.or_else(here).and_then(|top| path.strip_prefix(top).ok().map(Path::to_owned));
    short.as_deref().unwrap_or(path).display().to_string()
}

/// The file that decides: of the launch, or the recording that brings its own.
fn place(opened: &Opened) -> Option<std::path::PathBuf> {
    let own = opened.loaded.files.first().and_then(|file| file.path.clone());
    own.or_else(|| opened.chosen.replay.as_ref().and_then(|path| path.canonicalize().ok()))
}

/// Whether the files are those of the base branch: checked out at a commit of it, and as they are in that commit.
fn is_own(opened: &Opened, run: &CiRun, checkout: Option<&Checkout>) -> bool {
    let Some(checkout) = checkout else { return false };
    let Some(commit) = checkout.commit.as_ref().filter(|commit| run.own.contains(commit)) else {
        return false;
    };
    // A recording has its own files within it.
    if opened.chosen.replay.is_some() {
        return false;
    }
    let files = &opened.loaded.files;
    let name = |path: &std::path::PathBuf| path.strip_prefix(&checkout.top).ok()?.to_str().map(str::to_owned);
    let Some(names) = files.iter().map(|file| file.path.as_ref().and_then(name)).collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    // The `.git` may be anybody's as well: the commit's id is the platform's, and all else is proved from it.
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let Ok(contents) = Git::at(&checkout.top).and_then(|git| git.proved(commit, &names)) else {
        return false;
    };
    contents.iter().zip(files).all(|(bytes, file)| Digest::of([bytes.as_slice()]) == file.digest)
}

fn run(env: &dyn Fn(&str) -> Option<String>) -> CiRun {
    let is = |name: &str, value: &str| env(name).is_some_and(|it| it.eq_ignore_ascii_case(value));
    if is("GITHUB_ACTIONS", "true") || env("GITHUB_EVENT_NAME").is_some() {
        return github(env);
    }
    if is("GITLAB_CI", "true") {
        return gitlab(env);
    }
    let said = match proposed(env) {
        None => return CiRun::default(),
        Some(Proposed::ByFork) => "a pull request of a fork",
        Some(Proposed::NotKnown) => "a pull request, and whether of a fork is not known",
    };
    CiRun { event: Some(said.to_owned()), guarded: Some(format!("this is {said}")), ..CiRun::default() }
}

#[derive(Default, Deserialize)]
struct WebhookEvent {
    pull_request: Option<Pull>,
    issue: Option<Issue>,
    workflow_run: Option<WorkflowRun>,
}

#[derive(Deserialize)]
struct Pull {
    number: Option<u64>,
    head: Option<Side>,
    base: Option<Side>,
}

#[derive(Deserialize)]
struct Side {
    sha: Option<String>,
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct Issue {
    number: Option<u64>,
}

#[derive(Deserialize)]
struct WorkflowRun {
    event: Option<String>,
    head_repository: Option<Repository>,
}

impl Side {
    fn repository(&self) -> Option<&str> {
        self.repo.as_ref()?.full_name.as_deref()
    }
}

fn github(env: &dyn Fn(&str) -> Option<String>) -> CiRun {
    let name = env("GITHUB_EVENT_NAME").unwrap_or_default();
    let described = env("GITHUB_EVENT_PATH").and_then(|path| files::read(path.as_ref(), MOST_EVENT).ok());
    let event = described.and_then(|bytes| serde_json::from_slice::<WebhookEvent>(&bytes).ok());
    let sha = env("GITHUB_SHA").filter(|sha| is_commit(sha)).map(|sha| sha.to_ascii_lowercase());
    let mut run = CiRun {
        event: Some(said(&name, event.as_ref())),
        repository: env("GITHUB_REPOSITORY"),
        git_ref: env("GITHUB_REF"),
        commit: sha.clone(),
        ..CiRun::default()
    };
    if SET_OFF_BY_ANYBODY.contains(&name.as_str()) {
        run.guarded = Some(format!(
            "a run of `{name}` has this repository's secrets, anybody can set it off, and these files cannot be shown to be those of \
             the commit that it is about"
        ));
        run.own.extend(sha);
        return run;
    }
    let of_a_change = name.starts_with("pull_request") || env("GITHUB_HEAD_REF").is_some();
    if !of_a_change {
        return run;
    }
    let pull = event.as_ref().and_then(|event| event.pull_request.as_ref());
    let side = |side: fn(&Pull) -> Option<&Side>| pull.and_then(side);
    let (head, base) = (side(|it| it.head.as_ref()), side(|it| it.base.as_ref()));
    let repositories = head.and_then(Side::repository).zip(base.and_then(Side::repository));
    run.guarded = match repositories {
        Some((head, base)) if head.eq_ignore_ascii_case(base) => None,
        Some((head, _)) => {
            Some(format!("this is a pull request of the fork {head}, which may have written them"))
        }
        None => Some(
            "this is a pull request, and whether of a fork is not known: its event cannot be read".into(),
        ),
    };
    run.own.extend(base.and_then(|it| it.sha.clone()).filter(|sha| is_commit(sha)));
    run
}

/// What set a run off.
fn said(name: &str, event: Option<&WebhookEvent>) -> String {
    let mut text = if name.is_empty() { "an event without a name".to_owned() } else { name.to_owned() };
    let pull = event.and_then(|event| event.pull_request.as_ref());
    let issue = event.and_then(|event| event.issue.as_ref());
    let number = pull.and_then(|it| it.number).or(issue.and_then(|it| it.number));
    text.extend(number.map(|number| format!(" {number}")));
    let after = event.and_then(|event| event.workflow_run.as_ref());
    text.extend(after.and_then(|it| it.event.as_ref()).map(|event| format!(" after {event}")));
    let from = pull.and_then(|it| it.head.as_ref()).and_then(Side::repository);
    let from = from.or_else(|| after?.head_repository.as_ref()?.full_name.as_deref());
    text.extend(from.map(|from| format!(" from {from}")));
    text
}

fn gitlab(env: &dyn Fn(&str) -> Option<String>) -> CiRun {
    let commit = env("CI_COMMIT_SHA").filter(|sha| is_commit(sha)).map(|sha| sha.to_ascii_lowercase());
    let mut run = CiRun {
        event: env("CI_PIPELINE_SOURCE"),
        repository: env("CI_PROJECT_PATH"),
        git_ref: env("CI_COMMIT_REF_NAME"),
        commit,
        ..CiRun::default()
    };
    let source = env("CI_PIPELINE_SOURCE").unwrap_or_default();
    let Some(number) = env("CI_MERGE_REQUEST_IID").or_else(|| {
        matches!(source.as_str(), "merge_request_event" | "external_pull_request_event").then(String::new)
    }) else {
        return run;
    };
    let projects = env("CI_MERGE_REQUEST_SOURCE_PROJECT_ID").zip(env("CI_MERGE_REQUEST_PROJECT_ID"));
    let from = env("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH").unwrap_or_else(|| "another project".into());
    run.event = Some(format!("merge request {number} from {from}"));
    run.guarded = match projects {
        Some((source, target)) if source == target => None,
        Some(_) => Some(format!("this is a merge request of the fork {from}, which may have written them")),
        None => Some("this is a merge request, and whether of a fork is not known".into()),
    };
    for name in ["CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] {
        run.own.extend(env(name).filter(|sha| is_commit(sha)));
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn of(pairs: &[(&str, &str)]) -> CiRun {
        run(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    fn event(text: &str) -> tempfile::NamedTempFile {
        use std::io::Write as _;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn pull(head: &str) -> String {
        format!(
            "{{\"pull_request\":{{\"number\":12,\"head\":{{\"repo\":{head}}},\"base\":{{\"sha\":\"{BASE}\",\"repo\":\
             {{\"full_name\":\"acme/rocket\"}}}}}}}}"
        )
    }

    #[test]
    fn a_pull_request_of_the_same_repository_is_no_reason_for_doubt() {
        let own = event(&pull("{\"full_name\":\"Acme/Rocket\"}"));
        let at = own.path().to_str().unwrap();
        let run = of(&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", at)]);
        assert_eq!(run.guarded, None);
        assert_eq!(run.event.as_deref(), Some("pull_request 12 from Acme/Rocket"));
        for plain in ["push", "schedule", "workflow_dispatch", "merge_group", "release"] {
            assert_eq!(of(&[("GITHUB_EVENT_NAME", plain)]).guarded, None, "{plain}");
        }
    }

    #[test]
    fn forks_and_what_can_not_be_known_are() {
        for head in ["{\"full_name\":\"somebody/rocket\"}", "null", "{}"] {
            let fork = event(&pull(head));
            let at = fork.path().to_str().unwrap();
            for name in ["pull_request", "pull_request_review", "pull_request_review_comment"] {
                let run = of(&[("GITHUB_EVENT_NAME", name), ("GITHUB_EVENT_PATH", at)]);
                assert!(run.guarded.is_some(), "{name} {head}");
                assert_eq!(run.own, [BASE]);
            }
        }
        for broken in ["", "{", "[]", "{\"pull_request\": 1}"] {
            let event = event(broken);
            let at = event.path().to_str().unwrap();
            let run = of(&[("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", at)]);
            assert!(run.guarded.is_some() && run.own.is_empty(), "{broken:?}");
        }
        assert!(of(&[("GITHUB_ACTIONS", "true"), ("GITHUB_HEAD_REF", "x")]).guarded.is_some());
        for other in [("CHANGE_FORK", "somebody"), ("DRONE_BUILD_EVENT", "pull_request")] {
            assert!(of(&[other]).guarded.is_some(), "{other:?}");
        }
    }

    #[test]
    fn where_anybody_sets_off_a_run_with_secrets_only_its_own_commit_counts() {
        for name in SET_OFF_BY_ANYBODY {
            let run = of(&[
                ("GITHUB_EVENT_NAME", name),
                ("GITHUB_SHA", BASE),
                ("GITHUB_REPOSITORY", "acme/rocket"),
            ]);
            assert!(run.guarded.is_some(), "{name}");
            assert_eq!(run.own, [BASE], "{name}");
            assert!(of(&[("GITHUB_EVENT_NAME", name), ("GITHUB_SHA", "main")]).own.is_empty());
        }
    }

    #[test]
    fn merge_requests_of_forks_are_told_by_their_projects() {
        let of_projects = |source: &str, target: &str| {
            of(&[
                ("GITLAB_CI", "true"),
                ("CI_PIPELINE_SOURCE", "merge_request_event"),
                ("CI_MERGE_REQUEST_IID", "7"),
                ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", source),
                ("CI_MERGE_REQUEST_PROJECT_ID", target),
                ("CI_MERGE_REQUEST_DIFF_BASE_SHA", BASE),
            ])
        };
        assert_eq!(of_projects("1", "1").guarded, None);
        let fork = of_projects("2", "1");
        assert!(fork.guarded.is_some());
        assert_eq!(fork.own, [BASE]);
        let unknown = [("GITLAB_CI", "true"), ("CI_PIPELINE_SOURCE", "merge_request_event")];
        assert!(of(&unknown).guarded.is_some());
        assert_eq!(of(&[("GITLAB_CI", "true"), ("CI_PIPELINE_SOURCE", "push")]).guarded, None);
    }
}
