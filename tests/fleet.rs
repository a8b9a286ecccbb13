//! Launches by the real binary, their metrics on a loopback server: several beside each other, one of them without its
//! server, and the figures of the time after.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{
    program::gonogo,
    server::{Reply, Req, Server},
};

/// A folder of launches, and the numbers that its metrics have.
struct Fleet {
    home: tempfile::TempDir,
    server: Server,
    numbers: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
}

impl Fleet {
    fn new() -> Self {
        let numbers = Arc::new(Mutex::new(Vec::new()));
        let known: Arc<Mutex<Vec<(&'static str, &'static str)>>> = Arc::clone(&numbers);
        let server = Server::start(move |request: &Req| {
            let known = known.lock().unwrap();
            let number =
                known.iter().rfind(|(query, _)| request.body.contains(query)).map(|(_, number)| *number);
            let Some(number) = number else { return Reply::json(500, &json!({"status": "error"})) };
            let result = json!([{"metric": {}, "value": [1_795_230_676.0, number]}]);
            Reply::json(
                200,
                &json!({"status": "success", "data": {"resultType": "vector", "result": result}}),
            )
        });
        let home = tempfile::tempdir().unwrap();
        let url = server.url();
        let settings = format!("connections: {{ prometheus: {{ source: prometheus, url: '{url}' }} }}\n");
        std::fs::write(home.path().join("settings.yaml"), settings).unwrap();
        Self { home, server, numbers }
    }

    fn write(&self, name: &str, gates: &str) {
        let text = format!(
            "launch: {name}\ntitle: {name}\nversion: 1.0.0\nschedule: {{ t0: 2020-01-01T09:00, timezone: UTC }}\n\
             people: {{ octo: {{ name: Octo }}, mo: {{ name: Mo }} }}\n\
             roles: {{ lead: {{ people: [octo] }}, support: {{ people: [mo] }} }}\n\
             roll_call: {{ stations: [{{ station: support }}], final_call: lead, quorum: 1 }}\n\
             policies: {{ adherence: 90% }}\ngates:\n{gates}"
        );
        let folder = self.home.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("launch.yaml"), text).unwrap();
    }

    fn run(&self, who: &str, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = gonogo(self.home.path());
        command.env("USER", who).env("GITHUB_API_URL", "http://127.0.0.1:9").args(args);
        let output = command.args(["--settings", "settings.yaml"]).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    /// It is recorded.
    fn does(&self, who: &str, launch: &str, args: &[&str]) -> String {
        let (code, out, err) = self.run(who, &[args, &["--launch", launch]].concat());
        assert_eq!(code, Some(0), "{args:?}: {out}{err}");
        out
    }

    fn goes(&self, launch: &str) {
        self.does("octo", launch, &["sign", "launch/ready", "--go"]);
        self.does("mo", launch, &["vote", "support", "--go", "--open"]);
        self.does("octo", launch, &["decide", "--go", "--reason", "all is well"]);
    }
}

const READY: &str = "  - { gate: ready, title: It is ready, owner: lead, task: { by: [lead] } }\n";

#[test]
fn a_list_tells_each_launch_by_what_was_known_of_it_and_how_old_that_is() {
    let fleet = Fleet::new();
    let served = "  - { gate: load, title: Load is low, prometheus: { query: load, at_most: 5 } }\n  - { gate: calm, title: It stays low, blocks: nothing, timer: { since: load, wait: 1s } }\n";
    fleet.write("served", &format!("{READY}{served}"));
    for name in ["closed", "burning"] {
        fleet.write(name, READY);
    }
    fleet.numbers.lock().unwrap().push(("load", "1"));
    for name in ["served", "closed", "burning"] {
        fleet.goes(name);
    }
    let (code, _, err) = fleet.run("octo", &["check", "--launch", "served", "--timeout", "5s"]);
    assert_eq!(code, Some(0), "{err}");
    fleet.does("octo", "closed", &["close", "--reason", "all have it", "--yes-i-know", "CLOSE"]);
    fleet.does("mo", "burning", &["incident", "open", "--severity", "1", "--title", "Checkout fails"]);
    std::fs::create_dir(fleet.home.path().join("broken")).unwrap();
    std::fs::write(fleet.home.path().join("broken/launch.yaml"), "launch: [1\n").unwrap();

    // Whose server is gone is told by what it said, with its age; nobody is asked.
    fleet.server.close();
    let asked = fleet.server.count();
    let (code, out, err) = fleet.run("eve", &["launches"]);
    assert_eq!((code, fleet.server.count()), (Some(0), asked), "{out}{err}");
    let of = |name: &str| {
        let at = out.find(&format!("{name} 1.0.0")).unwrap_or_else(|| panic!("{name}: {out}"));
        out[at..].split("open: gonogo").next().unwrap().to_owned()
    };
    let age = regex::Regex::new(r"was (GO|HOLD|CLOSED) \d+ ?s ago").unwrap();
    for (name, word) in [("served", "was GO "), ("closed", "was CLOSED "), ("burning", "was HOLD ")] {
        assert!(of(name).contains(word) && age.is_match(&of(name)), "{name}: {out}");
    }
    assert!(of("closed").contains("over") && !of("closed").contains("next:"), "{out}");
    assert!(of("burning").contains("incident"), "what is next is the incident: {out}");
    assert!(out.contains("broken/: its files cannot be used"), "one that is broken hides no other: {out}");
    let (_, json, _) = fleet.run("eve", &["launches", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let all = json["launches"].as_array().unwrap();
    assert_eq!((all.len(), json["complete"].as_bool()), (4, Some(true)));
    assert!(all.iter().all(|it| it.get("verdict").is_none() && it.get("word").is_none()), "{json:#}");
    assert!(all.iter().any(|it| it["path"] == "broken" && it["error"].is_string()), "{json:#}");
}

/// What is counted a week after: typed figures stand in the way of closing, metrics only inform.
#[test]
fn figures_of_the_first_week_are_on_the_review_and_metrics_only_inform() {
    let fleet = Fleet::new();
    let after = "  - { gate: figures, title: The figures of the first week, owner: lead, blocks: close, repeat: { at: [T+7d] }, task: { by: [lead], asks: { users: number } } }
  - { gate: adoption, title: Five percent of accounts use it, blocks: nothing, prometheus: { query: adoption, at_least: 5 } }
  - { gate: refunds, title: Few tickets are about refunds, blocks: nothing, prometheus: { query: tickets_about_refunds, at_most: 10 } }
";
    fleet.write("shop", &format!("{READY}{after}"));
    fleet.numbers.lock().unwrap().extend([("adoption", "3.5"), ("tickets_about_refunds", "2")]);
    fleet.goes("shop");
    let (code, out, err) =
        fleet.run("octo", &["check", "--launch", "shop", "--format", "json", "--timeout", "5s"]);
    assert_eq!(code, Some(0), "too few users are no reason to stop: {out}{err}");
    let board: Value = serde_json::from_str(&out).unwrap();
    let gate =
        |id: &str| board["gates"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    assert_eq!(
        (&gate("launch/adoption")["verdict"], &gate("launch/refunds")["verdict"]),
        (&json!("no-go"), &json!("go"))
    );
    let close = ["close", "--launch", "shop", "--reason", "all have it", "--yes-i-know", "CLOSE"];
    let (code, _, err) = fleet.run("octo", &close);
    assert!(code == Some(2) && err.contains("figures@2020-01-08"), "{err}");
    fleet.does("octo", "shop", &["sign", "launch/figures@2020-01-08", "--go", "--answer", "users=512"]);
    let review = fleet.does("octo", "shop", &["review", "--timeout", "5s"]);
    for part in [
        "The figures of the first week",
        "users = 512",
        "Five percent of accounts use it",
        "not at least 5",
        "Few tickets are about refunds",
        "adherence 100 % (target 90 %: met)",
    ] {
        assert!(review.contains(part), "{part}: {review}");
    }
    let (code, out, err) = fleet.run("octo", &close);
    assert_eq!(code, Some(0), "{out}{err}");
}

/// Whoever names no launch has asked about none: that is no word to build on (V13).
#[test]
fn a_folder_of_launches_is_no_go() {
    let fleet = Fleet::new();
    fleet.write("one", "  - { gate: told, title: Told, task: { by: [lead] } }\n");
    for args in [&[][..], &["--plain"]] {
        let (code, out, err) = fleet.run("eve", args);
        assert_eq!(code, Some(2), "{out}{err}");
        assert!(out.contains("one 1.0.0") && err.contains("name the folder of one"), "{out}{err}");
    }
}

#[test]
fn a_hotfix_holds_the_launches_that_wait_for_it() {
    let fleet = Fleet::new();
    for name in ["held", "stopped", "theirs", "fix", "apart", "timed"] {
        fleet.write(name, READY);
        let file = fleet.home.path().join(name).join("launch.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let repository = if name == "apart" { "acme/other" } else { "acme/rocket" };
        let mut text = format!("target: {{ repository: {repository}, ref: {} }}\n{text}", "a".repeat(40));
        if name == "fix" {
            text.push_str("hold_others: true\n");
        }
        if name == "theirs" {
            text = text.replace("lead: { people: [octo] }", "lead: { people: [mo] }");
        }
        std::fs::write(&file, text).unwrap();
    }
    fleet.goes("held");
    fleet.does("mo", "stopped", &["vote", "support", "--no-go", "--note", "no refunds", "--open"]);
    fleet.does(
        "octo",
        "stopped",
        &["decide", "--no-go", "--new-date", "2031-01-01T09:00", "--reason", "refunds fail"],
    );
    fleet.does("octo", "fix", &["sign", "launch/ready", "--go"]);
    fleet.does("octo", "timed", &["decide", "--hold", "--until", "2031-01-01T09:00", "--reason", "lunch"]);
    let (code, _, err) = fleet.run("octo", &["launches", "--hold", "  "]);
    assert!(code == Some(2) && err.contains("needs a reason"), "{err}");

    let (_, out, _) = fleet.run("octo", &["launches"]);
    for told in ["held should wait, and is not on HOLD", "NO-GO stands for stopped"] {
        assert!(out.contains(told), "{told}: {out}");
    }
    let (code, out, err) = fleet.run("octo", &["launches", "--hold", "checkout is down"]);
    // One that is not octo's to hold keeps no other from being held.
    assert_eq!(code, Some(2), "{out}{err}");
    assert!(err.contains("theirs: NOT held") && err.contains("final call"), "{err}");
    assert!(out.contains("held: recorded: ") && out.contains("stopped: NO-GO stands already"), "{out}");
    assert!(!out.contains("apart") && !out.contains("fix: "), "{out}");
    assert!(
        out.contains("timed: recorded: "),
        "a hold that ends by itself does not wait for the hotfix: {out}"
    );

    let (code, out, err) = fleet.run("octo", &["check", "--launch", "held", "--timeout", "5s"]);
    assert!(code == Some(3) && out.contains("HOLD"), "{out}{err}");
    let (_, out, _) = fleet.run("octo", &["minutes", "--launch", "held"]);
    assert!(out.contains("fix goes first: checkout is down"), "{out}");
    let (_, out, _) = fleet.run("octo", &["launches"]);
    assert!(out.contains("HOLD stands for held") && out.contains("theirs should wait"), "{out}");
    let (_, out, err) = fleet.run("octo", &["launches", "--hold", "again"]);
    assert!(out.contains("held: HOLD stands already"), "nothing is recorded twice: {out}{err}");

    // It is over: nothing waits for it any more.
    fleet.does(
        "octo",
        "fix",
        &["close", "--reason", "it is out", "--unfinished", "--yes-i-know", "UNFINISHED"],
    );
    let (code, _, err) = fleet.run("octo", &["launches", "--hold", "again"]);
    assert!(code == Some(2) && err.contains("hold_others: true"), "{err}");
}

#[test]
fn a_hotfix_that_kept_the_id_of_its_launch_is_told_and_holds_nothing() {
    let fleet = Fleet::new();
    for (name, more) in [("next", ""), ("fix", "hold_others: true\n")] {
        fleet.write(name, READY);
        let file = fleet.home.path().join(name).join("launch.yaml");
        let text =
            std::fs::read_to_string(&file).unwrap().replace(&format!("launch: {name}"), "launch: shop");
        let target = format!("target: {{ repository: acme/rocket, ref: {} }}", "a".repeat(40));
        std::fs::write(&file, format!("{target}\n{text}{more}")).unwrap();
    }
    let (_, out, _) = fleet.run("octo", &["launches"]);
    assert!(out.contains("have one id, and so one journal"), "{out}");
    let (code, out, err) = fleet.run("octo", &["launches", "--hold", "checkout is down"]);
    assert!(code == Some(2) && err.contains("shop: NOT held") && !out.contains("recorded"), "{out}{err}");
    // One is closed, and so are both: that is the clash.
    fleet.does(
        "octo",
        "next",
        &["close", "--reason", "it is out", "--unfinished", "--yes-i-know", "UNFINISHED"],
    );
    let (_, out, _) = fleet.run("octo", &["launches"]);
    assert!(out.contains("have one id, and so one journal"), "{out}");
}

#[test]
fn what_can_not_be_read_is_told_as_not_held() {
    let fleet = Fleet::new();
    std::fs::create_dir(fleet.home.path().join("broken")).unwrap();
    std::fs::write(fleet.home.path().join("broken/launch.yaml"), "launch: [1\n").unwrap();
    let (code, out, err) = fleet.run("octo", &["launches", "--hold", "checkout is down"]);
    assert!(code == Some(2) && err.contains("broken: NOT held"), "{out}{err}");
}
