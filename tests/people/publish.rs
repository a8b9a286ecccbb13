//! `gonogo check --comment` and `--status`, against a loopback server that keeps what it is told.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{COMMIT, Meeting, Said};
use crate::support::server::{Fault, Reply, Req, Server};

const BOT: &str = "github-actions[bot]";

#[derive(Default)]
struct Kept {
    statuses: Vec<Value>,
    comments: Vec<Value>,
}

struct Job {
    meeting: Meeting,
    github: Server,
    kept: Arc<Mutex<Kept>>,
}

fn answer(kept: &mut Kept, request: &Req) -> Reply {
    let parts = request.segments();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", [.., "graphql"]) => {
            let document = request.json()["query"].as_str().unwrap().to_owned();
            let alias =
                document.split("viewer").next().unwrap().rsplit(['{', ' ', '\n']).find(|it| !it.is_empty());
            let alias = alias.map_or("viewer", |it| it.trim_end_matches(':')).to_owned();
            Reply::json(200, &json!({"data": {alias: {"login": BOT}, "viewer": {"login": BOT}}}))
        }
        ("GET", ["repos", "acme", "rocket", "commits", COMMIT, "statuses"]) => {
            Reply::json(200, &Value::Array(kept.statuses.iter().rev().cloned().collect()))
        }
        ("POST", ["repos", "acme", "rocket", "statuses", COMMIT]) => {
            kept.statuses.push(request.json());
            Reply::json(201, &request.json())
        }
        ("GET", ["repos", "acme", "rocket", "issues", "12", "comments"]) => {
            Reply::json(200, &Value::Array(kept.comments.clone()))
        }
        ("POST", ["repos", "acme", "rocket", "issues", "12", "comments"]) => {
            let id = 100 + kept.comments.len();
            let body = request.json()["body"].as_str().unwrap().trim_end().replace('\n', "\r\n");
            kept.comments.push(json!({"id": id, "body": body, "user": {"login": BOT}}));
            Reply::json(201, &json!({"id": id}))
        }
        ("GET", ["repos", "acme", "rocket", "issues", "comments", id]) => {
            let found = kept.comments.iter().find(|it| it["id"].as_u64() == id.parse().ok());
            found.map_or_else(|| Reply::json(404, &json!({})), |it| Reply::json(200, it))
        }
        ("PATCH", ["repos", "acme", "rocket", "issues", "comments", id]) => {
            let found = kept.comments.iter_mut().find(|it| it["id"].as_u64() == id.parse().ok()).unwrap();
            found["body"] = request.json()["body"].clone();
            Reply::json(200, found)
        }
        _ => Reply::json(500, &json!({"message": "down"})),
    }
}

impl Job {
    fn new() -> Self {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let held = Arc::clone(&kept);
        let github = Server::start(move |request: &Req| answer(&mut held.lock().unwrap(), request));
        let meeting = Meeting::new();
        std::fs::write(meeting.path("event.json"), "{\"number\":12,\"pull_request\":{\"number\":12}}")
            .unwrap();
        Self { meeting, github, kept }
    }

    fn run(&self, args: &[&str], set: &[(&str, &str)]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", self.meeting.home.path()).env("USER", "runner");
        command.env("GITHUB_API_URL", self.github.url()).env("GITHUB_TOKEN", "canary-token-93d1");
        command.current_dir(self.meeting.home.path()).envs(set.iter().copied());
        let said = Said::of(&command.arg("check").args(args).stdin(Stdio::null()).output().unwrap());
        assert!(!format!("{}{}", said.out, said.err).contains("canary"), "{}{}", said.out, said.err);
        said
    }

    fn check(&self, args: &[&str]) -> Said {
        self.run(args, &[("GONOGO_WRITES", "comment, status"), ("GITHUB_EVENT_PATH", "event.json")])
    }

    fn sent(&self) -> Vec<String> {
        let all = self.github.requests();
        let writes = all.iter().filter(|it| it.method != "GET" && !it.path.ends_with("graphql"));
        writes.map(|it| it.method.clone()).collect()
    }

    fn comments(&self) -> Vec<Value> {
        self.kept.lock().unwrap().comments.clone()
    }
}

#[test]
fn one_comment_is_made_and_then_written_anew() {
    let job = Job::new();
    let said = job.check(&["--comment"]);
    assert_eq!(said.code, Some(3), "the verdict's own code: {}", said.err);
    assert!(said.err.contains("done: comment of the launch on pull request 12"), "{}", said.err);
    let first = job.comments();
    let body = first[0]["body"].as_str().unwrap();
    assert!(body.starts_with("<!-- gonogo: rocket-2 -->\r\n## ⏸️ HOLD"), "{body}");
    job.meeting.ready();
    let said = job.check(&["--comment"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let after = job.comments();
    assert_eq!((after.len(), job.sent()), (1, vec!["POST".to_owned(), "PATCH".into()]));
    assert!(after[0]["body"].as_str().unwrap().contains("## ✅ GO"), "{after:?}");
    // A part of the launch is another comment, and says so.
    job.check(&["--comment", "--only", "launch"]);
    let both = job.comments();
    assert_eq!(both.len(), 2);
    assert!(both[1]["body"].as_str().unwrap().contains("only launch"), "{both:?}");
    assert!(!job.meeting.journal().contains("comment"), "a job is nobody: the journal has no word of it");
}

#[test]
fn a_comment_of_somebody_else_is_never_taken_for_ours() {
    let job = Job::new();
    let theirs = json!({"id": 7, "body": "<!-- gonogo: rocket-2 -->\nGO!", "user": {"login": "mallory"}});
    job.kept.lock().unwrap().comments.push(theirs.clone());
    assert_eq!(job.check(&["--comment", "--pr", "12"]).code, Some(3));
    let all = job.comments();
    assert_eq!((all.len(), &all[0]), (2, &theirs));
    job.check(&["--comment", "--pr", "12"]);
    assert_eq!(job.comments().len(), 2, "ours is found behind it");
}

#[test]
fn where_no_answer_came_the_comment_is_looked_for_and_never_repeated() {
    let taken = Job::new();
    taken.github.fault_when(|it| it.method == "POST" && it.path.contains("/comments"), Fault::Cut(0));
    let said = taken.check(&["--comment"]);
    assert_eq!(said.code, Some(3), "{}", said.err);
    assert!(said.err.contains("no answer came, and it is there"), "{}", said.err);
    assert_eq!((taken.comments().len(), taken.sent().len()), (1, 1));

    let lost = Job::new();
    lost.github.fault_when(|it| it.method == "POST" && it.path.contains("/comments"), Fault::Reset);
    let said = lost.check(&["--comment"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("unknown whether it arrived") && said.out.starts_with("HOLD"), "{}", said.err);
    assert_eq!((lost.comments().len(), lost.sent().len()), (0, 1), "sent once");
    lost.github.heal();
    assert_eq!(lost.check(&["--comment"]).code, Some(3));
    assert_eq!(lost.comments().len(), 1);
}

#[test]
fn the_status_is_success_only_for_a_go_that_is_decided() {
    let job = Job::new();
    let states =
        || -> Vec<Value> { job.kept.lock().unwrap().statuses.iter().map(|it| it["state"].clone()).collect() };
    assert_eq!(job.check(&["--status"]).code, Some(3));
    job.meeting.ready();
    assert_eq!(job.check(&["--status"]).code, Some(0), "the board is GO");
    assert_eq!(states(), ["pending", "pending"], "and nobody has decided it");
    job.meeting.heard();
    job.meeting.does("octo", &["decide", "--go", "--reason", "all is well"]);
    assert_eq!(job.check(&["--status"]).code, Some(0));
    let last = job.kept.lock().unwrap().statuses.last().cloned().unwrap();
    assert_eq!((&last["state"], &last["context"]), (&json!("success"), &json!("gonogo/launch")));
    assert!(last["description"].as_str().unwrap().starts_with("GO by octo, decision "), "{last}");
    let again = job.check(&["--status"]);
    assert!(again.err.contains("it is already success"), "{}", again.err);
    assert_eq!(states().len(), 3);
    job.meeting.heard();
    job.meeting.does("octo", &["decide", "--no-go", "--reason", "stop"]);
    assert_eq!(job.check(&["--status", "--comment"]).code, Some(1));
    assert_eq!(states().last(), Some(&json!("failure")));
    assert!(job.comments()[0]["body"].as_str().unwrap().contains("## ⛔ NO-GO"));
}

#[test]
fn nothing_is_written_without_two_acts_of_a_person_or_for_others_files() {
    let job = Job::new();
    let event = ("GITHUB_EVENT_PATH", "event.json");
    for (args, set, why) in [
        (&["--comment"][..], &[event][..], "GONOGO_WRITES=comment"),
        (&["--status"], &[("GONOGO_WRITES", "comment")], "GONOGO_WRITES=status"),
        (&["--comment"], &[("GONOGO_WRITES", "comment")], "--pr NUMBER"),
        (&["--comment"], &[("GONOGO_WRITES", "everything"), event], "cannot write"),
        (&["--status", "--only", "launch"], &[("GONOGO_WRITES", "status")], "cannot be used with"),
        (&["--pr", "12"], &[("GONOGO_WRITES", "comment")], "--comment"),
    ] {
        let said = job.run(args, set);
        assert_eq!(said.code, Some(2), "{args:?}: {}", said.err);
        assert!(said.err.contains(why) && said.out.is_empty(), "{args:?}: {}", said.err);
    }
    // A fork's files, taken all the same, do not speak with the repository's voice.
    let fork = "{\"number\":12,\"pull_request\":{\"number\":12,\"head\":{\"repo\":{\"full_name\":\"mallory/rocket\"}},\
                \"base\":{\"repo\":{\"full_name\":\"acme/rocket\"}}}}";
    std::fs::write(job.meeting.path("fork.json"), fork).unwrap();
    let set = [
        ("GONOGO_WRITES", "comment,status"),
        ("GITHUB_EVENT_PATH", "fork.json"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_REPOSITORY", "acme/rocket"),
    ];
    let said = job.run(&["--comment", "--status", "--allow-untrusted-checklist"], &set);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("cannot be trusted"), "{}", said.err);
    assert!(job.sent().is_empty());
    // The words in the settings file do as well.
    std::fs::write(job.meeting.path("settings.yaml"), "writes: [comment]\n").unwrap();
    let said = job.run(&["--comment", "--settings", "settings.yaml"], &[event]);
    assert_eq!((said.code, job.sent().len()), (Some(3), 1), "{}", said.err);
}

#[test]
fn a_refusal_names_the_permission() {
    let job = Job::new();
    let no = Reply::json(403, &json!({"message": "Resource not accessible by integration"}));
    let no = no.with("X-Accepted-GitHub-Permissions", "pull_requests=write");
    job.github.fault_when(|it| it.method == "POST" && it.path.contains("/comments"), Fault::Reply(no));
    let said = job.check(&["--comment"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("not done") && said.err.contains("Pull requests: write"), "{}", said.err);
    assert!(said.out.starts_with("HOLD"), "the answer is there all the same: {}", said.out);
}
