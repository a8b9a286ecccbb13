//! Messages of the comms plan: drafted, approved, sent by hand, and sent to Slack, a status page, GitHub and Linear at a
//! person's word, against loopback servers that keep what they are told.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{LAUNCH, Meeting, Said};
use crate::support::server::{Fault, Reply, Req, Server};

mod looks;

const COMMS: &str = "\
comms:
  messages:
    - { message: blog, title: Rocket 2 is out, audience: customers, via: { by_hand: Blog }, owner: support, approved_by: [director], at: 2020-01-01T09:00, file: comms/blog.md }
    - { message: room, audience: staff, via: { slack: launch-room }, owner: qa, at: 2020-01-01T09:00, text: '<!channel> {{ launch.word }} & on' }
    - { message: general, audience: staff, via: { slack: general }, owner: qa, at: 2020-01-01T09:00, text: 'Rocket 2 {{{{ launch.word }}.' }
    - { message: page, title: Checkout fails, audience: everybody, via: { statuspage: main-page }, owner: support, occasion: hold, text: We look into it. }
    - { message: issue, audience: engineers, via: { github: 12 }, owner: qa, at: 2020-01-01T09:00, text: Rocket 2 is out. }
    - { message: update, audience: management, via: { linear: Rocket }, owner: qa, at: 2020-01-01T09:00, text: Rocket 2 is out. }
    - { message: war-room, audience: staff, via: { slack: launch-room }, owner: support, occasion: update, text: '{{ launch.update }}' }
    - { message: status, title: Checkout fails, audience: everybody, via: { statuspage: main-page }, owner: support, approved_by: [director], occasion: update, text: '{{ launch.update }}' }
    - { message: calls, audience: key accounts, via: { by_hand: Phone }, owner: support, occasion: update, text: '{{ launch.reason }}: {{ launch.update }}' }
    - { message: later, audience: press, via: { by_hand: Mail }, owner: qa, not_before: 2099-01-01T09:00, text: Under embargo. }
";

const TOKEN: &str = "xoxb-canary-5521";
const HOOK: &str = "services/T0/B0/canary-hook-7741";

/// What the servers have.
#[derive(Default)]
struct Kept {
    posts: Vec<Value>,
    hooks: Vec<Value>,
    incidents: Vec<Value>,
    comments: Vec<Value>,
    updates: Vec<Value>,
    /// Messages of others that came after ours.
    chatter: usize,
    /// Whether the bot may not read the marks of messages.
    unmarked: bool,
}

struct Room {
    meeting: Meeting,
    server: Server,
    kept: Arc<Mutex<Kept>>,
}

fn answer(kept: &mut Kept, request: &Req) -> Reply {
    let parts = request.segments();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let body = request.json();
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["services", ..]) => {
            kept.hooks.push(body);
            Reply::text(200, "text/html", "ok")
        }
        ("GET", ["slack", "conversations.list"]) => {
            let channels =
                json!([{"id": "C0OTHER12", "name": "random"}, {"id": "C0GENERAL", "name": "general"}]);
            Reply::json(
                200,
                &json!({"ok": true, "channels": channels, "response_metadata": {"next_cursor": ""}}),
            )
        }
        ("POST", ["slack", "chat.postMessage"]) => {
            let ts = format!("17.{}", kept.posts.len());
            let mut post = body.clone();
            post["ts"] = json!(ts);
            kept.posts.push(post);
            Reply::json(200, &json!({"ok": true, "channel": body["channel"], "ts": ts}))
        }
        ("GET", ["slack", "chat.getPermalink"]) => {
            let link = format!("https://acme.slack.com/archives/{}", request.param("channel").unwrap());
            Reply::json(200, &json!({"ok": true, "permalink": link}))
        }
        ("GET", ["slack", "conversations.history"]) => {
            assert_eq!(request.param("include_all_metadata"), Some("true"));
            looks::history(kept, request)
        }
        ("GET", ["page", "incidents", "unresolved.json"]) => {
            let open: Vec<_> =
                kept.incidents.iter().filter(|it| it["status"] != "resolved").cloned().collect();
            Reply::json(200, &json!(open))
        }
        ("GET", ["page", "incidents.json"]) => Reply::json(200, &json!(kept.incidents)),
        ("POST", ["page", "incidents"]) => {
            let mut made = body["incident"].clone();
            made["id"] = json!("i1");
            made["shortlink"] = json!("https://stspg.io/i1");
            kept.incidents.push(made.clone());
            Reply::json(201, &made)
        }
        ("GET", ["repos", "acme", "rocket", "issues", "12", "comments"]) => looks::comments(kept, request),
        ("POST", ["repos", "acme", "rocket", "issues", "12", "comments"]) => {
            let made = json!({"id": 1, "body": body["body"], "html_url": "https://github.com/acme/rocket/issues/12#1"});
            kept.comments.push(made.clone());
            Reply::json(201, &made)
        }
        ("POST", ["linear"]) => linear(kept, &body),
        // Nobody here tells whose token it is: names are claims.
        _ => Reply::json(500, &json!({"message": "down"})),
    }
}

fn linear(kept: &mut Kept, body: &Value) -> Reply {
    let query = body["query"].as_str().unwrap();
    let data = if query.contains("projectUpdateCreate(") {
        let input = &body["variables"]["input"];
        assert_eq!(input["projectId"], "p1");
        kept.updates.push(input.clone());
        json!({"projectUpdateCreate": {"success": true, "projectUpdate": {"id": input["id"], "url": "https://linear.app/u/1"}}})
    } else if query.contains("projectUpdate(") {
        let id = &body["variables"]["id"];
        match kept.updates.iter().find(|it| it["id"] == *id) {
            Some(_) => json!({"projectUpdate": {"id": id, "url": "https://linear.app/u/1"}}),
            None => {
                let error = json!([{"message": "Entity not found: ProjectUpdate", "path": ["projectUpdate"],
                    "extensions": {"type": "invalid input", "code": "INPUT_ERROR", "statusCode": 400}}]);
                return Reply::json(200, &json!({"data": null, "errors": error}));
            }
        }
    } else {
        assert_eq!(body["variables"]["filter"], json!({"name": {"eq": "Rocket"}}));
        json!({"projects": {"pageInfo": {"hasNextPage": false}, "nodes": [{"id": "p1", "name": "Rocket"}]}})
    };
    Reply::json(200, &json!({"data": data}))
}

impl Room {
    fn new(writes: &str) -> Self {
        let meeting = Meeting::new();
        std::fs::write(meeting.path("launch.yaml"), format!("{LAUNCH}{COMMS}")).unwrap();
        std::fs::create_dir(meeting.path("comms")).unwrap();
        std::fs::write(
            meeting.path("comms/blog.md"),
            "# {{ title }} {{ version }}\n\nIt says {{ launch.word }}.\n",
        )
        .unwrap();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let held = Arc::clone(&kept);
        let server = Server::start(move |request: &Req| answer(&mut held.lock().unwrap(), request));
        let url = server.url();
        let settings = format!(
            "writes: [{writes}]\nconnections:\n  launch-room: {{ source: slack, url: {url}, token_env: HOOK }}\n  slack: {{ source: slack, url: {url}/slack, token_env: SLACK }}\n  main-page: {{ source: statuspage-api, url: {url}/page, token_env: PAGE }}\n"
        );
        std::fs::write(meeting.path("settings.yaml"), settings).unwrap();
        Self { meeting, server, kept }
    }

    fn run(&self, who: &str, args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", self.meeting.home.path()).env("USER", who);
        command.env("GITHUB_API_URL", self.server.url()).env("GITHUB_TOKEN", "canary-token-93d1");
        command
            .env("LINEAR_API_URL", format!("{}/linear", self.server.url()))
            .env("LINEAR_API_KEY", "lin_api_canary");
        command
            .env("HOOK", format!("{}/{HOOK}", self.server.url()))
            .env("SLACK", TOKEN)
            .env("PAGE", "canary-page");
        command.current_dir(self.meeting.home.path()).arg("message").args(args);
        if matches!(args.first(), Some(&("list" | "show"))) {
            // Who is down here stays so: nothing comes of waiting for it.
            command.args(["--timeout", "1s"]);
        }
        let settings = self.meeting.path("settings.yaml");
        let said = Said::of(&command.arg("--settings").arg(settings).stdin(Stdio::null()).output().unwrap());
        // No secret is on a screen, in a log or in the journal.
        let all = format!("{}{}", said.out, said.err);
        assert!(!all.contains("canary"), "{args:?}: {all}");
        said
    }

    fn send(&self, who: &str, id: &str) -> Said {
        self.run(who, &["send", id, "--yes-i-know", "SEND"])
    }

    fn writes(&self) -> Vec<Req> {
        let all = self.server.requests().into_iter();
        let asks = |it: &Req| it.path.ends_with("linear") && !it.body.contains("mutation");
        all.filter(|it| it.method != "GET" && !it.path.ends_with("graphql") && !asks(it)).collect()
    }

    fn journal(&self) -> String {
        let journal = self.meeting.journal();
        let export = self.meeting.does("eve", &["journal", "export"]).out;
        assert!(!export.contains("canary") && !journal.contains("canary"), "{export}");
        journal
    }
}

const ALL: &str = "slack, statuspage, github-comment, linear-update";

#[test]
fn a_message_is_drafted_approved_and_sent_by_hand() {
    let desk = Room::new("");
    let list = desk.run("eve", &["list"]);
    assert_eq!(list.code, Some(0), "{}", list.err);
    for part in ["blog", "to be approved", "by hand: Blog", "waits", "not before", "next: send room to staff"]
    {
        assert!(list.out.contains(part), "{part}: {}", list.out);
    }
    let shown = desk.run("eve", &["show", "blog"]);
    assert!(shown.out.contains("# Rocket | 2 2.0.0") && shown.out.contains("It says HOLD."), "{}", shown.out);
    let early = desk.run("mo", &["send", "blog", "--sent"]);
    assert!(early.code == Some(2) && early.err.contains("nobody has approved"), "{}", early.err);
    let unread = desk.run("octo", &["approve", "blog"]);
    assert!(
        unread.code == Some(2) && unread.err.contains("It says HOLD."),
        "the words are in the question: {}",
        unread.err
    );
    // A text that is too long is refused, and not cut: what would be left out is what was meant as well.
    std::fs::write(desk.meeting.path("long.md"), "\u{1f680}".repeat(17_000)).unwrap();
    let long = desk.run("mo", &["draft", "blog", "--file", "long.md"]);
    assert!(long.code == Some(2) && long.err.contains("more than 65536 bytes"), "{}{}", long.out, long.err);
    let mine = desk.run("mo", &["draft", "blog", "--text", "Rocket 2 flies."]);
    assert_eq!(mine.code, Some(0), "{}", mine.err);
    let done = desk.run("octo", &["approve", "blog", "--yes-i-know", "APPROVE"]);
    assert!(done.code == Some(0) && done.out.contains("approved message blog"), "{}{}", done.out, done.err);
    // What goes by hand is only shown.
    let copied = desk.run("mo", &["send", "blog"]);
    assert_eq!((copied.code, copied.out.as_str()), (Some(0), "Rocket 2 flies.\n"), "{}", copied.err);
    let sent = desk.run("mo", &["send", "blog", "--sent", "--link", "https://blog.example.com/2"]);
    assert!(
        sent.code == Some(0) && sent.out.contains("https://blog.example.com/2"),
        "{}{}",
        sent.out,
        sent.err
    );
    let again = desk.run("mo", &["send", "blog", "--sent"]);
    assert!(again.code == Some(2) && again.err.contains("blog is sent by mo"), "{}", again.err);
    assert!(desk.server.requests().iter().all(|it| it.method == "GET" || it.path.ends_with("graphql")));
    desk.meeting.heard();
    desk.meeting.does("octo", &["decide", "--no-go", "--reason", "it rains"]);
    let minutes = desk.meeting.does("octo", &["minutes"]);
    assert!(minutes.out.contains("## Messages") && minutes.out.contains("approved ("), "{}", minutes.out);
    let (_, board) = desk.meeting.check();
    assert_eq!((&board["messages"][0]["status"], board["messages"][0].get("text")), (&json!("sent"), None));
    assert!(board["remarks"].to_string().contains("qa: send room, "), "{}", board["remarks"]);
    let past = desk.run("eve", &["list", "--at", "2020-01-02T09:00"]);
    assert!(past.code == Some(0) && past.out.contains("OVERDUE"), "{:?} {}{}", past.code, past.out, past.err);
}

#[test]
fn an_embargo_is_passed_by_an_override_alone() {
    let desk = Room::new("");
    let early = desk.run("hu", &["send", "later", "--sent"]);
    assert!(early.code == Some(2) && early.err.contains("under embargo until 2099"), "{}", early.err);
    let asked = desk.run("hu", &["send", "later", "--sent", "--override", "--reason", "it leaked"]);
    assert!(asked.code == Some(2) && asked.err.contains("OVERRIDE"), "{}", asked.err);
    let word = ["send", "later", "--sent", "--override", "--reason", "it leaked", "--yes-i-know", "OVERRIDE"];
    assert_eq!(desk.run("hu", &word).code, Some(0));
    assert!(desk.journal().contains("sent message later by an OVERRIDE (it leaked)"));
}

#[test]
fn nothing_is_sent_unless_the_users_own_settings_allow_it() {
    let desk = Room::new("status");
    for (id, kind) in [("room", "slack"), ("issue", "github-comment"), ("update", "linear-update")] {
        let said = desk.send("hu", id);
        assert!(
            said.code == Some(2) && said.err.contains(&format!("add `writes: [{kind}]`")),
            "{}",
            said.err
        );
    }
    assert!(desk.writes().is_empty());
    let rehearsed = Room::new(ALL).run("hu", &["send", "room", "--rehearse", "--yes-i-know", "SEND"]);
    assert!(
        rehearsed.code == Some(2) && rehearsed.err.contains("a rehearsal sends nothing"),
        "{}",
        rehearsed.err
    );
}

#[test]
fn a_webhook_takes_it_once_and_a_person_says_what_it_does_not_tell() {
    let desk = Room::new(ALL);
    let shown = desk.run("hu", &["send", "room", "--preview"]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(shown.out.contains("the webhook of the connection launch-room"), "{}", shown.out);
    assert!(shown.out.contains("&lt;!channel&gt; HOLD &amp; on"), "nobody is called by it: {}", shown.out);
    let mo = desk.send("mo", "room");
    assert!(
        mo.code == Some(2) && mo.err.contains("mo may not send it") && desk.writes().is_empty(),
        "{}",
        mo.err
    );
    // It takes it, and the answer is lost.
    desk.server.fault_when(|it| it.method == "POST", Fault::Cut(0));
    let lost = desk.send("hu", "room");
    assert_eq!(lost.code, Some(3), "{}{}", lost.out, lost.err);
    assert_eq!(desk.kept.lock().unwrap().hooks.len(), 1);
    desk.server.heal();
    let again = desk.send("hu", "room");
    assert!(again.code == Some(2) && again.err.contains("--arrived, or --not-arrived"), "{}", again.err);
    assert_eq!(desk.kept.lock().unwrap().hooks.len(), 1, "nothing is sent again");
    let list = desk.run("eve", &["show", "room"]);
    assert!(list.out.contains("unknown whether sent"), "{}", list.out);
    let looked = desk.run("hu", &["send", "room", "--arrived"]);
    assert!(looked.code == Some(0) && looked.out.contains("sent"), "{}{}", looked.out, looked.err);
    assert!(desk.journal().contains("hu has looked, it is there"));
}

#[test]
fn slack_is_told_once_and_asked_what_it_has() {
    let desk = Room::new(ALL);
    desk.server.fault_when(|it| it.path.ends_with("chat.postMessage"), Fault::Cut(0));
    let found = desk.send("hu", "general");
    assert_eq!(found.code, Some(0), "{}{}", found.out, found.err);
    assert!(found.out.contains("no answer came, and it is there"), "{}", found.out);
    assert_eq!(desk.kept.lock().unwrap().posts[0]["channel"], "C0GENERAL");
    let shown = desk.run("eve", &["show", "general", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(shown["messages"][0]["sent"]["link"], "https://acme.slack.com/archives/C0GENERAL");
    assert_eq!(shown["messages"][0]["text"], "Rocket 2 {{ launch.word }}.");
    assert_eq!(desk.send("hu", "general").code, Some(2), "it is sent");
    assert_eq!(desk.kept.lock().unwrap().posts.len(), 1);
}

#[test]
fn a_refusal_of_slack_says_what_to_do_and_may_be_said_again() {
    let desk = Room::new(ALL);
    let no = Reply::json(200, &json!({"ok": false, "error": "not_in_channel"}));
    desk.server.fault_when(|it| it.path.ends_with("chat.postMessage"), Fault::Reply(no));
    let refused = desk.send("hu", "general");
    assert!(
        refused.code == Some(2) && refused.out.contains("invite the bot into general"),
        "{}",
        refused.out
    );
    desk.server.heal();
    assert_eq!(desk.send("hu", "general").code, Some(0));
    assert_eq!(desk.kept.lock().unwrap().posts.len(), 1);
    // What Slack is not sure of is unknown.
    let desk = Room::new(ALL);
    let unsure = Reply::json(200, &json!({"ok": false, "error": "internal_error"}));
    desk.server.fault_when(|it| it.path.ends_with("chat.postMessage"), Fault::Reply(unsure));
    assert_eq!(desk.send("hu", "general").code, Some(3));
    desk.server.heal();
    let looked = desk.send("hu", "general");
    assert!(looked.code == Some(2) && looked.out.contains("did not arrive"), "{}{}", looked.out, looked.err);
    assert!(desk.kept.lock().unwrap().posts.is_empty());
    assert_eq!(desk.send("hu", "general").code, Some(0));
}

#[test]
fn a_status_page_gets_an_incident_and_is_read_back() {
    let desk = Room::new(ALL);
    let nothing = desk.send("mo", "page");
    assert!(
        nothing.code == Some(2) && nothing.err.contains("nothing that it reports has happened"),
        "{}",
        nothing.err
    );
    desk.meeting.does("octo", &["decide", "--hold", "--reason", "checkout fails"]);
    desk.server.fault_when(|it| it.method == "POST" && it.path.ends_with("incidents"), Fault::Cut(0));
    let found = desk.send("mo", "page");
    assert_eq!(found.code, Some(0), "{}{}", found.out, found.err);
    let kept = desk.kept.lock().unwrap();
    let made = &kept.incidents[0];
    assert_eq!((&made["name"], &made["status"]), (&json!("Checkout fails"), &json!("investigating")));
    assert_eq!((&made["body"], made.get("component_ids")), (&json!("We look into it."), None));
}

#[test]
fn github_gets_a_comment_and_linear_an_update() {
    let desk = Room::new(ALL);
    desk.server.fault_when(|it| it.method == "POST" && it.path.ends_with("comments"), Fault::Cut(0));
    let comment = desk.send("hu", "issue");
    assert_eq!(comment.code, Some(0), "{}{}", comment.out, comment.err);
    desk.server.heal();
    let body = desk.kept.lock().unwrap().comments[0]["body"].as_str().unwrap().to_owned();
    assert!(body.starts_with("<!-- gonogo message ") && body.ends_with("Rocket 2 is out."), "{body}");
    desk.server.fault_when(|it| it.body.contains("mutation"), Fault::Cut(0));
    let update = desk.send("hu", "update");
    assert_eq!(update.code, Some(0), "{}{}", update.out, update.err);
    assert_eq!(desk.kept.lock().unwrap().updates[0]["body"], "Rocket 2 is out.");
    assert_eq!(desk.writes().len(), 2, "each went out once");
    // What did not arrive is found out and may be said again.
    let desk = Room::new(ALL);
    desk.server.fault_when(|it| it.body.contains("mutation"), Fault::Reset);
    assert_eq!(desk.send("hu", "update").code, Some(3));
    desk.server.heal();
    let looked = desk.send("hu", "update");
    assert!(looked.code == Some(2) && looked.out.contains("did not arrive"), "{}{}", looked.out, looked.err);
    assert_eq!(desk.send("hu", "update").code, Some(0));
    assert_eq!(desk.kept.lock().unwrap().updates.len(), 1);
    let journal = desk.journal();
    for part in
        ["about to send", "unknown whether it arrived", "not done", "done: update of the project Rocket"]
    {
        assert!(journal.contains(part), "{part}\n{journal}");
    }
}

/// Where the occurrences of a message are, the oldest first, by what they tell of.
fn occurrences(desk: &Room, id: &str) -> Vec<(u64, String)> {
    let (_, board) = desk.meeting.check();
    let all = board["messages"].as_array().unwrap().iter().filter(|it| it["message"] == id);
    all.map(|it| (it["cause"].as_u64().unwrap(), it["status"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn an_update_of_an_incident_goes_out_once_by_each_way_of_the_plan() {
    let desk = Room::new(ALL);
    desk.meeting.does("mo", &["incident", "open", "--severity", "1", "--title", "Checkout fails"]);
    assert!(occurrences(&desk, "war-room").is_empty());
    let said = desk.meeting.does("mo", &["incident", "update", "We look into it"]).out;
    for part in [
        "message war-room (staff): due since",
        "gonogo message send war-room",
        "gonogo message approve status",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(desk.writes().is_empty(), "an update sends nothing by itself");
    // It is taken, and no answer comes.
    desk.server.fault_when(|it| it.method == "POST", Fault::Cut(0));
    assert_eq!(desk.send("mo", "war-room").code, Some(3));
    desk.server.heal();
    // Meanwhile there is a newer one: what became of the first is found out before anything else is sent.
    desk.meeting.does("hu", &["incident", "update", "The flag is off"]);
    let status: Vec<String> = occurrences(&desk, "war-room").into_iter().map(|(_, status)| status).collect();
    assert_eq!(status, ["unknown", "due"]);
    let first = desk.send("mo", "war-room");
    assert!(first.code == Some(2) && first.err.contains("--arrived, or --not-arrived"), "{}", first.err);
    assert_eq!(desk.kept.lock().unwrap().hooks.len(), 1);
    let looked = desk.run("mo", &["send", "war-room", "--arrived"]);
    assert_eq!(looked.code, Some(0), "{}{}", looked.out, looked.err);
    assert_eq!(desk.send("mo", "war-room").code, Some(0));
    let twice = desk.send("mo", "war-room");
    assert!(twice.code == Some(2) && twice.err.contains("war-room is sent by mo"), "{}", twice.err);
    let hooks: Vec<Value> = desk.kept.lock().unwrap().hooks.iter().map(|it| it["text"].clone()).collect();
    assert_eq!(hooks, ["We look into it", "The flag is off"]);
    // Words for everybody are approved first; the older ones are told no more.
    let asked = desk.send("mo", "status");
    assert!(asked.code == Some(2) && asked.err.contains("nobody has approved"), "{}", asked.err);
    assert_eq!(desk.run("octo", &["approve", "status", "--yes-i-know", "APPROVE"]).code, Some(0));
    assert_eq!(desk.send("mo", "status").code, Some(0));
    assert_eq!(desk.kept.lock().unwrap().incidents[0]["body"], "The flag is off");
    let told = occurrences(&desk, "status");
    assert_eq!(told.iter().map(|(_, status)| &**status).collect::<Vec<_>>(), ["not-needed", "sent"]);
    // Each occurrence is of an entry of the log, and the record tells what went out.
    let (_, board) = desk.meeting.check();
    let log = board["incident"]["log"].as_array().unwrap();
    assert!(told.iter().all(|(cause, _)| log.iter().any(|it| it["entry"] == *cause)), "{log:#?}");
    let page = desk.meeting.does("eve", &["incident", "show", "--format", "markdown"]).out;
    let updates = page.split("## Updates given").nth(1).unwrap();
    assert_eq!(updates.matches("sent message war-room").count(), 2, "{page}");
    assert!(updates.contains("sent message status: https") && updates.contains("stspg.io/i1"), "{page}");
    desk.meeting.does("mo", &["incident", "resolved"]);
    let minutes =
        desk.meeting.does("octo", &["decide", "--hold", "--reason", "a look", "--minutes", "-"]).out;
    assert_eq!(minutes.matches("sent message war-room").count(), 2, "{minutes}");
}

#[test]
fn what_was_told_of_an_older_update_is_recorded_as_that() {
    let desk = Room::new("");
    desk.meeting.does("mo", &["incident", "open", "--severity", "1", "--title", "Checkout fails"]);
    desk.meeting.does("mo", &["incident", "update", "We look into it"]);
    let copied = desk.run("mo", &["send", "calls"]);
    assert_eq!(copied.out, "Checkout fails: We look into it\n", "{}", copied.err);
    let words = copied.err.split("--words ").nth(1).unwrap().split_whitespace().next().unwrap();
    // While somebody was on the phone there was news.
    desk.meeting.does("hu", &["incident", "update", "The flag is off"]);
    let said = desk.run("mo", &["send", "calls", "--sent", "--words", words]);
    assert!(said.code == Some(0), "{}{}", said.out, said.err);
    let told: Vec<String> = occurrences(&desk, "calls").into_iter().map(|(_, status)| status).collect();
    assert_eq!(told, ["sent", "due"]);
    let again = desk.run("mo", &["send", "calls", "--sent", "--words", words]);
    assert!(again.code == Some(2) && again.err.contains("calls is sent by mo"), "{}", again.err);
    let other = desk.run("mo", &["send", "calls", "--sent", "--words", "0000000000"]);
    assert!(other.code == Some(2) && other.err.contains("does not say the words"), "{}", other.err);
}
