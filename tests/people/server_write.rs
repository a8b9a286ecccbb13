//! What gonogo writes to GitHub at a person's word, against a loopback server that keeps what it is told.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{COMMIT, Meeting, Said};
use crate::support::{
    screen::Screen,
    server::{Fault, Reply, Req, Server},
};

const WRITES: &str = "writes: [status, approve-deployment]\n";

/// What GitHub has.
#[derive(Default)]
struct Kept {
    statuses: Vec<Value>,
    reviews: Vec<Value>,
    waiting: bool,
}

struct Desk {
    meeting: Meeting,
    github: Server,
    kept: Arc<Mutex<Kept>>,
}

fn answer(kept: &mut Kept, request: &Req) -> Reply {
    let parts = request.segments();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let user = json!({"login": "octo"});
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["repos", "acme", "rocket", "commits", COMMIT, "statuses"]) => {
            Reply::json(200, &Value::Array(kept.statuses.iter().rev().cloned().collect()))
        }
        ("POST", ["repos", "acme", "rocket", "statuses", COMMIT]) => {
            kept.statuses.push(request.json());
            Reply::json(201, &request.json())
        }
        ("GET", ["repos", "acme", "rocket", "actions", "runs"]) => {
            assert_eq!(request.param("head_sha"), Some(COMMIT));
            let run = json!({"id": 7, "name": "deploy", "head_sha": COMMIT, "status": "waiting"});
            Reply::json(200, &json!({"total_count": 1, "workflow_runs": [run]}))
        }
        ("GET", ["repos", "acme", "rocket", "actions", "runs", "7", "pending_deployments"]) => {
            let one =
                json!({"environment": {"id": 99, "name": "production"}, "current_user_can_approve": true});
            Reply::json(200, &if kept.waiting { json!([one]) } else { json!([]) })
        }
        ("POST", ["repos", "acme", "rocket", "actions", "runs", "7", "pending_deployments"]) => {
            let body = request.json();
            assert_eq!(body["environment_ids"], json!([99]));
            kept.waiting = false;
            kept.reviews.push(json!({
                "state": body["state"], "comment": body["comment"], "user": user,
                "environments": [{"id": 99, "name": "production"}],
            }));
            Reply::json(200, &json!([{"id": 5, "sha": COMMIT}]))
        }
        ("GET", ["repos", "acme", "rocket", "actions", "runs", "7", "approvals"]) => {
            Reply::json(200, &Value::Array(kept.reviews.clone()))
        }
        // Nobody here tells whose token it is: names are claims.
        _ => Reply::json(500, &json!({"message": "down"})),
    }
}

impl Desk {
    fn new(settings: &str) -> Self {
        let meeting = Meeting::new();
        std::fs::write(meeting.path("settings.yaml"), settings).unwrap();
        let kept = Arc::new(Mutex::new(Kept { waiting: true, ..Kept::default() }));
        let held = Arc::clone(&kept);
        let github = Server::start(move |request: &Req| answer(&mut held.lock().unwrap(), request));
        Self { meeting, github, kept }
    }

    fn decided(settings: &str) -> Self {
        let desk = Self::new(settings);
        desk.meeting.ready();
        desk.meeting.heard();
        let settings = desk.meeting.path("settings.yaml").display().to_string();
        let said = desk
            .meeting
            .does("octo", &["decide", "--go", "--reason", "all is well", "--settings", &settings]);
        assert_eq!(said.err.contains("gonogo act status"), desk.allows("[status"), "{}", said.err);
        desk
    }

    fn allows(&self, part: &str) -> bool {
        std::fs::read_to_string(self.meeting.path("settings.yaml")).unwrap().contains(part)
    }

    fn act(&self, who: &str, args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", self.meeting.home.path()).env("USER", who);
        command.env("GITHUB_API_URL", self.github.url()).env("GITHUB_TOKEN", "canary-token-93d1");
        command.current_dir(self.meeting.home.path()).arg("act").args(args);
        let settings = self.meeting.path("settings.yaml");
        let said = Said::of(&command.arg("--settings").arg(settings).stdin(Stdio::null()).output().unwrap());
        assert!(!format!("{}{}", said.out, said.err).contains("canary"), "{}{}", said.out, said.err);
        said
    }

    fn yes(&self, args: &[&str], word: &str) -> Said {
        self.act("octo", &[args, &["--yes-i-know", word]].concat())
    }

    fn posts(&self) -> Vec<Req> {
        self.github
            .requests()
            .into_iter()
            .filter(|it| it.method == "POST" && !it.path.ends_with("graphql"))
            .collect()
    }
}

#[test]
fn nothing_is_written_unless_the_users_own_settings_allow_it() {
    for settings in ["{}\n", "writes: [approve-deployment]\n"] {
        let desk = Desk::decided(settings);
        let said = desk.yes(&["status"], "STATUS success");
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains("add `writes: [status]` to your settings file"), "{}", said.err);
        assert!(desk.posts().is_empty() && desk.kept.lock().unwrap().statuses.is_empty());
        assert!(!desk.meeting.journal().contains("commit status"));
    }
    // A launch file cannot: the key is unknown there.
    let desk = Desk::new("{}\n");
    let file = std::fs::read_to_string(desk.meeting.path("launch.yaml")).unwrap();
    std::fs::write(desk.meeting.path("launch.yaml"), format!("{file}writes: [status]\n")).unwrap();
    assert!(desk.act("octo", &["status"]).err.contains("writes"));
    let wrong = Desk::new("writes: [everything]\n").act("octo", &["status"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("status, approve-deployment"), "{}", wrong.err);
}

#[test]
fn a_status_is_shown_to_the_letter_confirmed_and_sent_once() {
    let desk = Desk::decided(WRITES);
    let url = format!("POST {}/repos/acme/rocket/statuses/{COMMIT}", desk.github.url());
    let shown = desk.act("octo", &["status", "--preview"]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(shown.out.contains(&url) && shown.out.contains("\"state\":\"success\""), "{}", shown.out);
    // Nobody at a terminal, and no word given.
    let unconfirmed = desk.act("octo", &["status"]);
    assert_eq!(unconfirmed.code, Some(2));
    assert!(unconfirmed.err.contains("--yes-i-know \"STATUS success\""), "{}", unconfirmed.err);
    assert!(unconfirmed.err.contains(&url), "the request is in the question: {}", unconfirmed.err);
    assert!(desk.posts().is_empty() && !desk.meeting.journal().contains("commit status"));
    let done = desk.yes(&["status"], "STATUS success");
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    let body = desk.posts()[0].json();
    assert_eq!((&body["context"], &body["state"]), (&json!("gonogo/launch"), &json!("success")));
    let said = body["description"].as_str().unwrap();
    let journal = desk.meeting.journal();
    let hash = said.split("decision ").nth(1).unwrap();
    assert!(said.starts_with("GO by octo") && hash.len() == 12, "{said}");
    assert!(
        journal.contains("about to send") && journal.contains("done: commit status gonogo/launch"),
        "{journal}"
    );
    let again = desk.yes(&["status"], "STATUS success");
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(again.out.contains("nothing to send"), "{}", again.out);
    assert_eq!(desk.posts().len(), 1, "the second run does nothing");
    // The minutes of what is decided next tell it.
    desk.meeting.does("octo", &["decide", "--hold", "--reason", "a look at the canary"]);
    let minutes = desk.meeting.does("octo", &["minutes"]).out;
    assert!(minutes.contains("gonogo wrote at the word of octo"), "{minutes}");
    // The chain holds, with both events in it.
    desk.meeting.does("octo", &["verify"]);
}

#[test]
fn a_deployment_is_approved_on_a_decided_go_alone() {
    let desk = Desk::new(WRITES);
    let early = desk.yes(&["approve-deployment"], "APPROVE");
    assert_eq!(early.code, Some(2));
    assert!(early.err.contains("the board says HOLD"), "{}", early.err);
    desk.meeting.ready();
    let undecided = desk.yes(&["approve-deployment"], "APPROVE");
    assert!(undecided.code == Some(2) && desk.posts().is_empty(), "{}", undecided.err);
    desk.meeting.heard();
    desk.meeting.does("octo", &["decide", "--go", "--reason", "all is well"]);
    let other = desk.act("mo", &["approve-deployment", "--yes-i-know", "APPROVE"]);
    assert!(other.code == Some(2) && other.err.contains("mo may not"), "{}", other.err);
    assert!(desk.posts().is_empty());
    let done =
        desk.yes(&["approve-deployment", "--environment", "production", "--note", "have fun"], "APPROVE");
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    let body = desk.posts()[0].json();
    assert_eq!(body["state"], "approved");
    let comment = body["comment"].as_str().unwrap();
    assert!(comment.starts_with("GO by octo") && comment.ends_with(": have fun"), "{comment}");
    let again = desk.yes(&["approve-deployment"], "APPROVE");
    assert!(again.code == Some(0) && again.out.contains("nothing to send"), "{}{}", again.out, again.err);
    assert_eq!(desk.posts().len(), 1);
}

/// Behind a timer or a protection rule there is nothing to answer.
#[test]
fn a_deployment_that_waits_for_nobody_can_not_be_approved() {
    for (key, value, said) in [
        ("wait_timer", json!(30), "production waits for its timer of 30 min: nobody has to approve it"),
        ("wait_timer", json!(0), "production waits for a protection rule"),
    ] {
        let desk = Desk::decided(WRITES);
        let change = move |body: &mut Value| {
            (body[0]["reviewers"], body[0]["current_user_can_approve"]) = (json!([]), json!(false));
            body[0][key] = value.clone();
        };
        let waits = |it: &Req| it.method == "GET" && it.path.contains("pending_deployments");
        desk.github.fault_when(waits, Fault::Change(Arc::new(change)));
        let refused = desk.yes(&["approve-deployment"], "APPROVE");
        assert!(refused.code != Some(0) && refused.err.contains(said), "{}", refused.err);
        assert!(desk.posts().is_empty());
    }
}

#[test]
fn a_deployment_is_rejected_at_any_time() {
    let desk = Desk::new(WRITES);
    let done = desk.yes(&["approve-deployment", "--reject", "--note", "not today"], "REJECT");
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    let body = desk.posts()[0].json();
    assert_eq!(body["state"], "rejected");
    assert!(body["comment"].as_str().unwrap().contains("HOLD, nothing decided: not today"), "{body}");
}

#[test]
fn a_refusal_names_the_permission_and_is_in_the_journal() {
    let desk = Desk::decided(WRITES);
    let no = json!({"message": "Resource not accessible by personal access token"});
    let no = Reply::json(403, &no).with("X-Accepted-GitHub-Permissions", "deployments=write");
    desk.github
        .fault_when(|it| it.method == "POST" && it.path.contains("pending_deployments"), Fault::Reply(no));
    let said = desk.yes(&["approve-deployment"], "APPROVE");
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    assert!(said.out.contains("not done") && said.out.contains("Deployments: write"), "{}", said.out);
    let journal = desk.meeting.journal();
    assert!(
        journal.contains("about to send") && journal.contains("not done: approved production"),
        "{journal}"
    );
    // What was refused was not sent twice, and may be said again.
    desk.github.heal();
    assert_eq!(desk.yes(&["approve-deployment"], "APPROVE").code, Some(0));
}

#[test]
fn where_no_answer_came_it_is_looked_for_and_found() {
    let desk = Desk::decided(WRITES);
    // It arrives, and the answer is lost.
    desk.github.fault_when(|it| it.method == "POST" && it.path.contains("/statuses/"), Fault::Cut(0));
    let said = desk.yes(&["status"], "STATUS success");
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.err.contains("unknown whether it arrived, looking for it"), "{}", said.err);
    assert!(said.out.contains("no answer came, and it is there"), "{}", said.out);
    assert_eq!(desk.posts().len(), 1);
}

#[test]
fn what_is_not_found_is_unknown_and_never_sent_twice_by_itself() {
    let desk = Desk::decided(WRITES);
    desk.github.fault_when(|it| it.method == "POST" && it.path.contains("/statuses/"), Fault::Reset);
    let said = desk.yes(&["status"], "STATUS success");
    assert_eq!(said.code, Some(3), "{}{}", said.out, said.err);
    assert!(said.out.contains("unknown whether it arrived"), "{}", said.out);
    assert_eq!(desk.posts().len(), 1);
    desk.github.heal();
    // The same command looks for it first, and sends nothing.
    let looked = desk.yes(&["status"], "STATUS success");
    assert_eq!(looked.code, Some(2), "{}{}", looked.out, looked.err);
    assert!(looked.out.contains("did not arrive"), "{}", looked.out);
    assert_eq!(desk.posts().len(), 1);
    assert_eq!(desk.yes(&["status"], "STATUS success").code, Some(0));
    assert_eq!(desk.posts().len(), 2);
    let journal = desk.meeting.journal();
    for part in ["about to send", "unknown whether it arrived", "not done", "done: commit status"] {
        assert!(journal.contains(part), "{part}\n{journal}");
    }
}

#[test]
fn a_rehearsal_writes_nothing() {
    let desk = Desk::decided(WRITES);
    let said = desk.yes(&["status", "--rehearse"], "STATUS success");
    assert!(said.code == Some(2) && said.err.contains("a rehearsal changes nothing"), "{}", said.err);
    assert!(desk.posts().is_empty());
}

/// After the start of a stage, in a real terminal: what is offered, the very request, the typed word, what became of it.
#[test]
fn the_cockpit_offers_it_and_sends_it_at_a_typed_word() {
    let kept = Arc::new(Mutex::new(Kept { waiting: true, ..Kept::default() }));
    let held = Arc::clone(&kept);
    let github = Server::start(move |request: &Req| answer(&mut held.lock().unwrap(), request));
    let url = github.url();
    let environment = [("GITHUB_API_URL", url.as_str()), ("GITHUB_TOKEN", "canary-token-93d1")];
    let mut screen = Screen::open(&["--settings", "settings.yaml"], &environment, |home| {
        std::fs::write(home.join("launch.yaml"), super::LAUNCH).unwrap();
        std::fs::write(home.join("settings.yaml"), WRITES).unwrap();
        for (who, args) in [
            ("hu", &["sign", "launch/tested", "--go", "--answer", "report=https://ci.example.com/7"][..]),
            ("mo", &["sign", "launch/briefed", "--go"]),
            ("mo", &["vote", "support", "--go", "--open"]),
            ("hu", &["vote", "qa", "--go"]),
            ("octo", &["decide", "--go", "--reason", "all is well"]),
        ] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
            command
                .env_clear()
                .env("HOME", home)
                .env("USER", who)
                .env("GITHUB_API_URL", "http://127.0.0.1:9");
            let said = Said::of(&command.args(args).current_dir(home).stdin(Stdio::null()).output().unwrap());
            assert_eq!(said.code, Some(0), "{args:?}: {}", said.err);
        }
    });
    screen.sees("Rocket | 2");
    screen.press("t");
    screen.sees("canary");
    screen.press("s");
    screen.sees("Stage canary");
    screen.press("s\r");
    screen.sees("Tell the server of the target");
    screen.press("s\r");
    let shown = screen.sees("type STATUS success to send it");
    assert!(shown.contains("/repos/acme/rocket/statuses/") && shown.contains("gonogo/launch"), "{shown}");
    assert!(kept.lock().unwrap().statuses.is_empty(), "nothing is sent before the word");
    screen.press("STATUS success\r");
    screen.sees("done: commit status gonogo/launch");
    assert_eq!(kept.lock().unwrap().statuses[0]["state"], "success");
    screen.press("A");
    screen.sees("Tell the server of the target");
    screen.press("r\r");
    screen.sees("Esc sends nothing");
    screen.press("\x1b");
    screen.sees("nobody confirmed it");
    assert!(kept.lock().unwrap().reviews.is_empty());
    screen.press("\x1b");
    screen.wait(|seen| !seen.terminal.screen().contents().contains("nobody said yes to it")).unwrap();
    // Files that cannot be used send nothing, although the screen still has the launch of before.
    let broken = super::LAUNCH.replace("title: Support is briefed", "titel: Support is briefed");
    let files = ["new.yaml", "launch.yaml"].map(|name| screen.home.path().join(name));
    std::fs::write(&files[0], broken).unwrap();
    std::fs::rename(&files[0], &files[1]).unwrap();
    screen.sees("STALE LAUNCH");
    screen.sees("Esc closes");
    screen.press("\x1b");
    screen.wait(|seen| !seen.terminal.screen().contents().contains("Esc closes")).unwrap();
    screen.press("A");
    screen.sees("Tell the server of the target");
    screen.press("s\r");
    screen.sees("nothing was sent: the files of the launch cannot be used");
    assert_eq!(kept.lock().unwrap().statuses.len(), 1);
    screen.press("q");
    let home = screen.home.path().to_owned();
    screen.ended();
    std::fs::write(home.join("launch.yaml"), super::LAUNCH).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.env_clear().env("HOME", &home).env("USER", "octo").args(["journal", "show"]).current_dir(&home);
    let said = Said::of(&command.output().unwrap()).out;
    assert!(said.contains("about to send") && said.contains("done: commit status gonogo/launch"), "{said}");
    assert!(!said.contains("canary-token"), "{said}");
}

#[test]
fn what_was_said_before_is_not_taken_for_what_got_lost() {
    let desk = Desk::decided(WRITES);
    assert_eq!(desk.yes(&["status"], "STATUS success").code, Some(0));
    // Somebody took it back; it is said again, to the letter, and does not arrive.
    let hold = json!({"context": "gonogo/launch", "state": "pending", "description": "HOLD"});
    desk.kept.lock().unwrap().statuses.push(hold);
    desk.github.fault_when(|it| it.method == "POST" && it.path.contains("/statuses/"), Fault::Reset);
    let said = desk.yes(&["status"], "STATUS success");
    assert_eq!(said.code, Some(3), "{}{}", said.out, said.err);
    assert!(said.out.contains("unknown whether it arrived"), "{}", said.out);
}

#[test]
fn the_answer_to_another_environment_of_the_run_is_not_this_one() {
    let desk = Desk::decided(WRITES);
    let answers = |it: &Req| it.method == "POST" && it.path.contains("pending_deployments");
    desk.github.fault_when(answers, Fault::Reset);
    let approve = ["approve-deployment", "--environment", "production"];
    assert_eq!(desk.yes(&approve, "APPROVE").code, Some(3));
    desk.github.heal();
    // Staging was approved in the very same words.
    let words = desk.posts()[0].json()["comment"].clone();
    desk.kept.lock().unwrap().reviews.push(json!({
        "state": "approved", "comment": words, "user": {"login": "octo"},
        "environments": [{"id": 98, "name": "staging"}],
    }));
    let looked = desk.yes(&approve, "APPROVE");
    assert_eq!(looked.code, Some(2), "{}{}", looked.out, looked.err);
    assert!(looked.out.contains("did not arrive"), "{}", looked.out);
    assert_eq!(desk.yes(&approve, "APPROVE").code, Some(0));
    assert_eq!(desk.kept.lock().unwrap().reviews.len(), 2);
}
