//! A go/no-go meeting by commands: the real binary, a real journal, no source and no network.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(clippy::disallowed_methods, reason = "some ends are waited for by the real clock")]

mod after;
mod ask;
mod clock;
mod edits;
mod every_page;
mod incident;
mod known_then;
mod messages;
mod publish;
mod races;
mod rights;
mod risks;
mod rollback;
mod server_write;
mod stages;
mod stand_ins;
use crate::support;
mod teams;
mod word;
mod words;

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const COMMIT: &str = "8f3c2ab0000000000000000000000000000000ff";

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket | 2
version: 2.0.0
target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }
schedule: { t0: 2100-01-01T09:00, timezone: UTC }
people: { octo: { name: Octo }, hu: { name: Hu }, mo: { name: Mo } }
roles:
  qa: { people: [hu], title: Quality }
  support: { people: [mo], title: Support }
  director: { people: [octo], title: Launch director }
roll_call:
  stations:
    - { station: support }
    - { station: qa, checklists: [launch], computed: true }
  final_call: director
  options: [slip]
policies: { waivers: { by: [director], longest: 24h } }
gates:
  - gate: tested
    title: The release was tested
    owner: qa
    sign_off: { by: [qa], asks: { report: link } }
  - gate: briefed
    title: Support is briefed
    owner: support
    na_by: [director]
    task: { by: [support] }
rollout:
  advance_by: [director]
  stages:
    - { stage: canary, audience: { percent: 10 } }
    - { stage: everyone, audience: { percent: 100 }, point_of_no_return: true }
";

struct Meeting {
    home: tempfile::TempDir,
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Meeting {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("launch.yaml"), LAUNCH).unwrap();
        Self { home }
    }

    /// Decided for GO, and the canary is out.
    fn goes_out(self) -> Self {
        self.heard();
        self.does("octo", &["decide", "--go", "--reason", "All is well"]);
        self.does("octo", &["stage", "canary", "--start"]);
        assert_eq!(self.check().0, Some(0));
        self
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    fn run(&self, who: &str, args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", self.home.path()).env("USER", who).args(args);
        // Nothing listens there: a launch of people only asks nobody.
        command.env("GITHUB_API_URL", "http://127.0.0.1:9").current_dir(self.home.path());
        Said::of(&command.stdin(Stdio::null()).output().unwrap())
    }

    /// It is recorded.
    fn does(&self, who: &str, args: &[&str]) -> Said {
        let said = self.run(who, args);
        assert_eq!(said.code, Some(0), "{args:?}: {}{}", said.out, said.err);
        said
    }

    /// It is refused, with a reason.
    fn refused(&self, who: &str, args: &[&str], part: &str) {
        let said = self.run(who, args);
        assert_eq!(said.code, Some(2), "{args:?}: {}{}", said.out, said.err);
        assert!(said.err.contains(part) && said.out.is_empty(), "{args:?}: {}", said.err);
    }

    fn check(&self) -> (Option<i32>, Value) {
        let said = self.run("eve", &["--check", "--format", "json", "--timeout", "2s"]);
        (said.code, serde_json::from_str(&said.out).unwrap())
    }

    fn ready(&self) {
        self.does("hu", &["sign", "launch/tested", "--go", "--answer", "report=https://ci.example.com/7"]);
        self.does("mo", &["sign", "launch/briefed", "--go"]);
    }

    fn heard(&self) {
        self.does("mo", &["vote", "support", "--go", "--open"]);
        self.does("hu", &["vote", "qa", "--go"]);
    }

    fn journal(&self) -> String {
        self.does("eve", &["journal", "show"]).out
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// Times and hashes differ from run to run.
fn steady(text: &str, home: &Path) -> String {
    let text = text.replace(&home.display().to_string(), "HOME");
    let time = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d\\?:\d\d(:\d\d)? UTC").unwrap();
    let hash = regex::Regex::new(r"\b[0-9a-f]{64}\b").unwrap();
    let text = text.replace("2100-01-01 09:00:00 UTC", "T-ZERO");
    hash.replace_all(&time.replace_all(&text, "TIME"), "HASH").into_owned()
}

#[test]
fn a_meeting_ends_with_minutes_whose_every_line_is_right() {
    let meeting = Meeting::new();
    meeting.refused("mo", &["vote", "support", "--go"], "no roll call is open; open one");
    let said =
        meeting.does("mo", &["vote", "support", "--condition", "macros by noon | @octocat #12", "--open"]);
    assert!(said.out.ends_with("roll call 1: 1 of 2 answered; qa is called now\n"), "{}", said.out);
    meeting.refused("hu", &["vote", "support", "--go", "--correct"], "hu does not speak for support");
    meeting.refused("mo", &["vote", "support", "--go"], "support has answered: GO WITH CONDITIONS");
    meeting.does("hu", &["vote", "qa", "--no-go", "--note", "<b>not tested</b>"]);
    meeting.refused("octo", &["decide", "--go", "--reason", "we want to"], "the board is HOLD");
    meeting.does("hu", &["sign", "launch/tested", "--go", "--answer", "report=https://ci.example.com/7"]);
    let waive =
        ["waive", "launch/briefed", "--reason", "Briefing at noon", "--risk", "slow answers", "--for", "2h"];
    meeting.refused("mo", &waive, "mo may not waive");
    meeting.does("octo", &[&waive[..], &["--condition", "director stays on the phone"]].concat());
    meeting.does("octo", &["vote", "qa", "--go", "--correct", "--as", "hu", "--note", "tested now"]);
    let decide =
        ["decide", "--go", "--reason", "Ready enough", "--minutes", "minutes.md", "--decision-record", "-"];
    meeting.refused("hu", &decide, "hu may not make the final call; ask director");
    let decided = meeting.does("octo", &decide);
    let minutes = std::fs::read_to_string(meeting.path("minutes.md")).unwrap();
    insta::assert_snapshot!("minutes", steady(&minutes, meeting.home.path()));
    insta::assert_snapshot!("decision_record", steady(&decided.out, meeting.home.path()));
    let journal = meeting.journal();
    for said in [
        "GO WITH CONDITIONS for support, conditions: macros by noon | @octocat #12",
        "GO on launch/tested as qa (report = https://ci.example.com/7)",
        "(risk: slow answers); conditions: director stays on the phone",
    ] {
        assert!(journal.contains(said), "{said}: {journal}");
    }
    let head = meeting.does("eve", &["journal", "head"]).out;
    let hash = head.trim().rsplit(':').next().unwrap().to_owned();
    assert!(minutes.contains(&hash) && decided.out.contains(&hash), "{head}");
    let (code, board) = meeting.check();
    assert_eq!((code, &board["headline"]), (Some(0), &"GO with 1 waiver".into()));
    meeting.does("octo", &["stage", "canary", "--start"]);
}

#[test]
fn no_final_call_without_a_quorum() {
    let meeting = Meeting::new();
    meeting.ready();
    let go = ["decide", "--go", "--reason", "now"];
    meeting.refused("octo", &go, "no roll call is open; call the stations first");
    meeting.does("mo", &["vote", "support", "--abstain", "--open"]);
    meeting.refused("octo", &go, "1 of 2 stations that must be heard have answered; qa is called now");
    meeting.refused("octo", &["stage", "canary", "--start"], "stage canary waits for the GO decision");
    // Stopping waits for nobody.
    meeting.does("octo", &["decide", "--hold", "--until-true", "launch/tested", "--reason", "one moment"]);
    meeting.refused("hu", &["vote", "qa", "--go"], "no roll call is open");
    meeting.does("octo", &["decide", "--resume", "--reason", "on we go"]);
    let said = meeting.does("mo", &["vote", "support", "--go", "--open"]);
    assert!(said.out.contains("roll call 2: 1 of 2 answered"), "{}", said.out);
}

#[test]
fn an_override_takes_a_typed_word_and_is_never_go() {
    let meeting = Meeting::new();
    meeting.heard();
    let go = ["decide", "--go", "--override", "--reason", "The shop is down anyway"];
    meeting.refused("octo", &go, "confirm it with --yes-i-know OVERRIDE");
    meeting.refused("octo", &[&go[..], &["--yes-i-know", "override"]].concat(), "not confirmed");
    assert!(!meeting.journal().contains("OVERRIDE"), "nothing was recorded");
    let said = meeting.does("octo", &[&go[..], &["--yes-i-know", "OVERRIDE", "--minutes", "-"]].concat());
    assert!(
        said.err.contains("decided OVERRIDE on evidence that was HOLD") || said.err.contains("OVERRIDE"),
        "{}",
        said.err
    );
    assert!(said.out.contains("## OVERRIDE, decided by octo (unverified) at "), "{}", said.out);
    assert!(!said.out.contains("## GO"), "{}", said.out);
    let (code, board) = meeting.check();
    assert_eq!((code, &board["verdict"]), (Some(3), &"hold".into()), "it changes no exit code");
    assert!(board["headline"].as_str().unwrap().starts_with("HOLD OVERRIDE by octo"), "{board}");
    let attested = meeting.run("octo", &["attest", "--timeout", "2s"]);
    let statement: Value = serde_json::from_str(&attested.out).unwrap();
    assert_eq!((attested.code, &statement["predicate"]["verificationResult"]), (Some(3), &"FAILED".into()));
    // It does let the rollout start; the point of no return asks for its own word.
    meeting.does("octo", &["stage", "canary", "--start"]);
    meeting.refused("octo", &["stage", "everyone", "--start"], "confirm it with --yes-i-know everyone");
    meeting.does("octo", &["stage", "everyone", "--start", "--yes-i-know", "everyone"]);
}

#[test]
fn a_correction_stays_beside_what_it_corrects() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.refused("mo", &["vote", "support", "--go", "--correct", "--open"], "leave --correct out");
    meeting.heard();
    meeting.does("mo", &["vote", "support", "--no-go", "--note", "The macros are wrong", "--correct"]);
    meeting
        .does("octo", &["decide", "--no-go", "--option", "slip", "--new-date", "T+7d", "--reason", "Macros"]);
    meeting.refused("mo", &["vote", "support", "--go", "--correct"], "has not answered this roll call");
    let journal = meeting.journal();
    for line in [
        "GO for support\n",
        "NO-GO for support (a correction): The macros are wrong",
        "decided NO-GO on evidence that was GO",
    ] {
        assert!(journal.contains(line), "{line}: {journal}");
    }
    meeting.refused("octo", &["stage", "canary", "--start"], "another decision than NO-GO");
}

#[test]
fn a_rehearsal_touches_nothing_and_says_so() {
    let meeting = Meeting::new();
    meeting.ready();
    let before = meeting.does("eve", &["journal", "head"]).out;
    let said = meeting.does("mo", &["vote", "support", "--go", "--open", "--rehearse"]);
    assert!(said.out.lines().next().unwrap().starts_with("REHEARSAL, recorded: "), "{}", said.out);
    meeting.does("hu", &["vote", "qa", "--go", "--rehearse"]);
    let go = ["decide", "--go", "--reason", "practice", "--rehearse", "--minutes", "-"];
    let minutes = meeting.does("octo", &go).out;
    assert!(minutes.contains("> **REHEARSAL**") && minutes.contains("## GO, decided by octo"), "{minutes}");
    let attested = meeting.run("octo", &["attest", "--rehearse", "--timeout", "2s"]);
    assert_eq!(attested.code, Some(3), "{}", attested.out);
    assert!(attested.out.contains("REHEARSAL"), "{}", attested.out);
    assert_eq!(meeting.does("eve", &["journal", "head"]).out, before, "the journal is as it was");
    // Something real since: practice starts afresh from it.
    meeting.does("mo", &["vote", "support", "--go", "--open"]);
    meeting.refused("mo", &["vote", "support", "--go", "--rehearse"], "support has answered");
}

/// One journal serves many launches, and somebody's journal may be called as a copy is: neither practice takes a word away.
#[test]
fn a_rehearsal_leaves_other_launches_and_other_journals_alone() {
    let meeting = Meeting::new();
    let at = |journal: &str| meeting.path(&format!("kept/{journal}")).display().to_string();
    let other = LAUNCH.replacen("launch: ", "launch: other-", 1);
    assert_ne!(other, LAUNCH);
    std::fs::create_dir(meeting.path("other")).unwrap();
    std::fs::write(meeting.path("other/launch.yaml"), &other).unwrap();
    let (one, brief) = (at("rocket-1.0"), ["sign", "launch/briefed", "--go", "--rehearse", "--journal"]);
    meeting.does("mo", &[&brief[..], &[&one]].concat());
    meeting.does("mo", &[&brief[..], &[&one, "other"]].concat());
    meeting.does("mo", &[&brief[..], &[&at("rocket-1.1")]].concat());
    let shown = |rest: &[&str]| meeting.does("eve", &[&["journal", "show", "--rehearse"], rest].concat()).out;
    for rest in [&["--journal", &one][..], &["--journal", &one, "other"], &["--journal", &at("rocket-1.1")]] {
        assert!(shown(rest).contains("launch/briefed"), "{rest:?} was thrown away");
    }
    // A journal under the very name of a copy is refused, and kept.
    let folder = meeting.path("kept");
    let names = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let copy = names.filter(|it| it.starts_with("rocket-1.0.") && it.ends_with(".rehearsal")).min().unwrap();
    let theirs = at(&copy.replace("rocket-1.0", "rocket-2.0"));
    meeting.does("mo", &["sign", "launch/briefed", "--go", "--journal", &theirs]);
    for launch in [&[][..], &["other"]] {
        let said = meeting.run("mo", &[&brief[..], &[&at("rocket-2.0")], launch].concat());
        let taken = said.err.contains("and is none: move it away");
        assert!(taken == (said.code == Some(2)), "{}", said.err);
    }
    let kept = meeting.does("eve", &["journal", "show", "--journal", &theirs]).out;
    assert!(kept.contains("launch/briefed"), "{kept}");
}

/// What a gate waits for is what the board says, in the board's words; nothing is worked out a second time.
#[test]
fn why_says_of_needs_what_the_board_says() {
    let meeting = Meeting::new();
    let told = "  - { gate: told, title: Told, blocks: close, needs: [stage/canary], owner: support, task: { by: [support] } }\n";
    std::fs::write(meeting.path("launch.yaml"), LAUNCH.replace("rollout:\n", &format!("{told}rollout:\n")))
        .unwrap();
    let why = |meeting: &Meeting| -> Value {
        let said = meeting.does("eve", &["why", "launch/told", "--format", "json", "--timeout", "2s"]);
        serde_json::from_str::<Value>(&said.out).unwrap()["needs"][0].clone()
    };
    assert_eq!(why(&meeting)["satisfied"], false);
    meeting.ready();
    let meeting = meeting.goes_out();
    let need = why(&meeting);
    assert_eq!((&need["satisfied"], &need["state"]), (&true.into(), &"soaked".into()), "{need}");
    meeting.does("mo", &["sign", "launch/told", "--go"]);
}

#[test]
fn waivers_and_what_is_not_needed() {
    let meeting = Meeting::new();
    meeting.does("hu", &["sign", "launch/tested", "--go", "--answer", "report=https://ci.example.com/7"]);
    let waive = ["waive", "launch/briefed", "--reason", "later", "--risk", "slow answers"];
    meeting.refused("octo", &[&waive[..], &["--for", "25h"]].concat(), "a waiver runs for 1 d at most");
    meeting.refused("octo", &[&waive[..], &["--until", "2020-01-01T09:00"]].concat(), "is over");
    meeting.does("octo", &[&waive[..], &["--for", "2h"]].concat());
    assert_eq!(meeting.check().0, Some(0));
    meeting.does("octo", &["waive", "launch/briefed", "--end", "--reason", "done now"]);
    assert_eq!(meeting.check().0, Some(3));
    meeting.refused("mo", &["not-needed", "launch/briefed", "--reason", "x"], "mo may not say");
    meeting.does("octo", &["not-needed", "launch/briefed", "--reason", "No support for this one"]);
    assert_eq!(meeting.check().0, Some(0));
}

#[test]
fn each_entry_is_told_with_the_head_after_it() {
    let meeting = Meeting::new();
    for (n, words) in [(1, ["--go"]), (2, ["--withdraw"])] {
        let note = ["--note", "a word"];
        let said = meeting.does("mo", &[&["sign", "launch/briefed"][..], &words, &note].concat()).out;
        let head = meeting.does("eve", &["journal", "head"]).out;
        assert!(head.starts_with(&format!("{n}:")), "{head}");
        assert!(said.contains(&format!("as entry {n} by mo")), "{said}");
        assert!(said.contains(&format!("; head {head}")), "{said} {head}");
        meeting.does("eve", &["verify", "--kept", head.trim()]);
    }
}

#[test]
fn an_attestation_passes_only_what_was_decided() {
    let meeting = Meeting::new();
    meeting.ready();
    let attest = || {
        let said = meeting.run("eve", &["attest", "--timeout", "2s"]);
        let statement: Value = serde_json::from_str(&said.out).unwrap();
        (said.code, statement, said.err)
    };
    assert_eq!(meeting.check().0, Some(0), "the evidence is the word before any decision");
    let (code, open, said) = attest();
    assert_eq!(code, Some(3), "the board is GO, and nobody has decided");
    assert_eq!(open["predicate"]["verificationResult"], "FAILED");
    let demand = "the GO decision has not been made: director makes it with gonogo decide --go";
    let own = &open["predicate"]["gonogo"];
    assert_eq!((&own["word"], &own["demands"]), (&"GO".into(), &serde_json::json!([demand])));
    assert_eq!(own["reasons"], own["demands"], "nothing else is missing");
    assert!(said.contains(&format!("FAILED, although the board is GO: {demand}")), "{said}");
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "Ready"]);
    let (code, passed, said) = attest();
    assert!(!said.contains("FAILED"), "{said}");
    assert_eq!((code, &passed["predicate"]["verificationResult"]), (Some(0), &"PASSED".into()));
    assert_eq!(passed["subject"][0]["digest"]["gitCommit"], COMMIT);
    assert_eq!(passed["predicate"]["verifiedLevels"], serde_json::json!([]), "no SLSA level is claimed");
    let head = meeting.does("eve", &["journal", "head"]).out;
    let journal = passed["predicate"]["inputAttestations"][0]["digest"]["sha256"].as_str().unwrap();
    assert!(head.contains(journal), "{head}");
}

/// One launch after another in one journal, and what is told of them afterwards.
#[test]
fn history_tells_what_was_decided_and_what_is_not_known() {
    let meeting = Meeting::new();
    let decided = |version: &str| {
        let launch = LAUNCH.replace("2.0.0", version).replace("rocket-2", &format!("rocket-{version}"));
        std::fs::write(meeting.path("launch.yaml"), launch.replace("2100-01-01T09:00", "2020-01-01T09:00"))
            .unwrap();
    };
    decided("1");
    meeting.does("hu", &["sign", "launch/tested", "--go", "--answer", "report=https://ci.example.com/7"]);
    let waive = ["waive", "launch/briefed", "--reason", "At noon", "--risk", "slow answers", "--for", "2h"];
    meeting.does("octo", &waive);
    meeting.heard();
    meeting.does("octo", &["decide", "--no-go", "--reason", "not yet"]);
    meeting.heard();
    meeting.does("octo", &["decide", "--hold", "--reason", "wait ##[here"]);
    meeting.does("octo", &["decide", "--resume", "--reason", "on"]);
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "Ready enough"]);
    meeting.does("octo", &["stage", "canary", "--start"]);
    meeting.does("octo", &["stage", "canary", "--roll-back", "--note", "errors"]);
    decided("2");
    meeting.does("mo", &["sign", "launch/briefed", "--go"]);
    std::fs::remove_file(meeting.path("launch.yaml")).unwrap();

    let told: Value =
        serde_json::from_str(&meeting.does("eve", &["history", "--format", "json"]).out).unwrap();
    let (one, two) = (&told["launches"][0], &told["launches"][1]);
    assert_eq!((&one["launch"], &two["launch"]), (&"rocket-1".into(), &"rocket-2".into()));
    assert_eq!(one["at_t0"]["score"]["waived"], 1, "{one}");
    assert_eq!((&one["at_t0"]["adherence"], &one["at_t0"]["readiness"]), (&0.5.into(), &1.0.into()), "{one}");
    let counts =
        ["waivers", "holds", "scrubs", "overrides", "rollbacks"].map(|key| one[key].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 0, 0, 1]);
    assert!(one["no_go_to_go_seconds"].is_u64(), "{one}");
    assert_eq!(one["hold_reasons"], serde_json::json!(["wait ##[here"]), "not a sign is another");
    assert!(two["at_t0"].is_null() && two["t0"].is_null(), "nothing is made up: {two}");
    assert_eq!((&told["together"]["measured"], &told["complete"]), (&1.into(), &true.into()));
    let text = meeting.does("eve", &["history"]).out;
    assert!(text.contains("1 go + 1 waived of 2 blocking gates: adherence 50 %, ready 100 %"), "{text}");
    assert!(text.contains("2 launches, 1 measured at T-0: adherence 50 %"), "{text}");

    // The launch whose files are here has its T-0 from them. What is counted is the same with and without files.
    decided("1");
    let here: Value =
        serde_json::from_str(&meeting.does("eve", &["history", "--format", "json"]).out).unwrap();
    // Where the time went is counted from boards, which nobody can make of a journal alone.
    assert_eq!((&one["areas"], &one["waited"]), (&serde_json::json!([]), &Value::Null));
    let mut counted = here["launches"][0].clone();
    assert!(counted["waited"].is_object() && counted["areas"][0]["checklist"] == "launch", "{counted}");
    (counted["areas"], counted["waited"]) = (one["areas"].clone(), Value::Null);
    assert_eq!((&counted, &here["together"]), (one, &told["together"]), "by the journal alone");
    decided("2");
    let told: Value =
        serde_json::from_str(&meeting.does("eve", &["history", "--format", "json"]).out).unwrap();
    assert!(told["launches"][1]["t0"].is_string(), "{told}");
    let said = meeting.run("eve", &["history", "--journal", "none.db"]);
    assert!(
        said.code == Some(4) && said.out.is_empty() && said.err.contains("there is no journal at"),
        "{}",
        said.err
    );
}

#[test]
fn the_chain_is_proved_and_the_first_broken_entry_is_named() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.heard();
    let journal = meeting.path(".local/state/gonogo/journal.db");
    let kept = meeting.does("eve", &["journal", "head"]).out;
    let said = meeting.does("eve", &["verify", "--kept", kept.trim()]);
    assert_eq!(said.out, format!("ok: rocket-2: 5 entries, head {kept}"));
    let lines = meeting.does("eve", &["journal", "show", "--format", "json"]).out;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(
        (&lines[0]["by"], &lines[0]["github_login"], &lines[0]["seq"]),
        (&"hu".into(), &Value::Null, &1.into())
    );
    assert_eq!(lines[5]["head"], kept.trim());
    std::fs::write(meeting.path("export.jsonl"), meeting.does("eve", &["journal", "export"]).out).unwrap();
    meeting.does("eve", &["verify", "--export", "export.jsonl"]);

    // A tail that is cut off shows against the head that was kept.
    let elsewhere = format!("9:{}", "0".repeat(64));
    let said = meeting.run("eve", &["verify", "--kept", &elsewhere]);
    assert!(
        said.code == Some(4) && said.out.contains("the head that was kept elsewhere"),
        "{}{}",
        said.out,
        said.err
    );
    meeting.refused("eve", &["verify", "--only", "rocket-9"], "no launch `rocket-9` is in");
    meeting.refused("eve", &["verify", "--kept", "junk"], "a head looks like");

    // Somebody changes one letter of entry 3, past the triggers that refuse it.
    let text = std::fs::read_to_string(meeting.path("export.jsonl")).unwrap();
    std::fs::write(
        meeting.path("forged.jsonl"),
        text.replacen("rolled", "polled", 1).replacen("\\\"round\\\":1", "\\\"round\\\":2", 1),
    )
    .unwrap();
    let said = meeting.run("eve", &["verify", "--export", "forged.jsonl"]);
    assert!(
        said.code == Some(4) && said.out.starts_with("BROKEN:") && said.out.contains("at entry 3"),
        "{}",
        said.out
    );
    let forged = rusqlite::Connection::open(&journal).unwrap();
    let triggers: Vec<String> = {
        let mut all = forged.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    // A schema that lost its guards is noticed as well, so they are put back.
    let guards: Vec<String> = {
        let mut all = forged.prepare("SELECT sql FROM sqlite_master WHERE type = 'trigger'").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for trigger in &triggers {
        forged.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    let changed = forged
        .execute("UPDATE events SET stored = CAST(replace(CAST(stored AS TEXT), 'support', 'suppoRt') AS BLOB) WHERE seq = 4", [])
        .unwrap();
    assert_eq!(changed, 1);
    for guard in &guards {
        forged.execute_batch(guard).unwrap();
    }
    drop(forged);
    let said = meeting.run("eve", &["verify"]);
    assert!(said.code == Some(4) && said.out.contains("at entry 4"), "{}{}", said.out, said.err);
    let said = meeting.run("eve", &["verify", "--format", "json"]);
    let page: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&page["whole"], &page["chains"][0]["broken_entry"]), (&false.into(), &4.into()), "{page}");
    // Nothing is built on it: not a word, not a copy, and the board says why (V11).
    let said = meeting.run("eve", &["journal", "copy", journal.to_str().unwrap(), "copy.db"]);
    assert!(said.code == Some(4) && said.err.contains("rocket-2 is not copied"), "{}", said.err);
    let (code, _) = meeting.check();
    assert_eq!(code, Some(4));
    let said = meeting.run("eve", &["journal", "export"]);
    assert!(
        said.code == Some(4) && said.out.contains("\"whole\":false"),
        "what is left is offered: {}",
        said.out
    );
    let said = meeting.run("eve", &["history"]);
    assert!(said.code == Some(4) && said.out.contains("nothing is told of it"), "{}", said.out);
}

#[test]
fn copies_are_proved_continued_and_never_mixed() {
    let meeting = Meeting::new();
    meeting.ready();
    let journal = meeting.path(".local/state/gonogo/journal.db");
    let from = journal.to_str().unwrap();
    let copied = meeting.does("eve", &["journal", "copy", from, "copy.db"]);
    let head = meeting.does("eve", &["journal", "head"]).out;
    assert_eq!(copied.out, format!("ok: rocket-2: 2 entries, head {head}"));
    assert_eq!(meeting.does("eve", &["journal", "head", "--journal", "copy.db"]).out, head);
    meeting.heard();
    meeting.does("eve", &["journal", "copy", from, "copy.db"]);
    let there = meeting.does("eve", &["journal", "head", "--journal", "copy.db"]).out;
    assert_eq!(there, meeting.does("eve", &["journal", "head"]).out, "a copy is continued");
    // The copy goes on by itself: it is no longer the beginning of the other.
    meeting.does(
        "hu",
        &[
            "sign",
            "launch/tested",
            "--no-go",
            "--note",
            "no",
            "--journal",
            "copy.db",
            "--answer",
            "report=https://ci.example.com/8",
        ],
    );
    let said = meeting.run("eve", &["journal", "copy", from, "copy.db"]);
    assert!(said.code == Some(4) && said.err.contains("1 entries more"), "{}", said.err);
    meeting.does("mo", &["vote", "support", "--go", "--correct"]);
    let said = meeting.run("eve", &["journal", "copy", from, "copy.db"]);
    assert!(
        said.code == Some(4) && said.err.contains("a history of its own from entry 6 on"),
        "{}",
        said.err
    );
    meeting.refused("eve", &["journal", "copy", from, from], "name another file");
    let said = meeting.run("eve", &["journal", "copy", "none.db", "copy.db"]);
    assert!(
        said.code == Some(4) && said.err.contains("there is no journal at") && said.err.contains("none.db"),
        "{}",
        said.err
    );
}

/// Killed at any moment: nothing is lost, and the next run ends it.
#[test]
fn a_copy_that_is_killed_is_ended_by_the_next() {
    let meeting = Meeting::new();
    meeting.ready();
    for n in 0..30 {
        let word = if n % 2 == 0 { "--no-go" } else { "--go" };
        let answer = "report=https://ci.example.com/7";
        meeting.does("hu", &["sign", "launch/tested", word, "--note", "again", "--answer", answer]);
    }
    let journal = meeting.path(".local/state/gonogo/journal.db");
    let head = meeting.does("eve", &["journal", "head"]).out;
    for round in 0_u32..12 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", meeting.home.path()).current_dir(meeting.home.path());
        command.args(["journal", "copy", journal.to_str().unwrap(), "copy.db"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Some are killed before the first entry, some in the middle, some have ended by themselves.
        (0..round * 40_000).for_each(|_| std::hint::spin_loop());
        child.kill().unwrap();
        child.wait().unwrap();
        if meeting.path("copy.db").exists() {
            let said = meeting.run("eve", &["verify", "--journal", "copy.db"]);
            assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
        }
    }
    meeting.does("eve", &["journal", "copy", journal.to_str().unwrap(), "copy.db"]);
    assert_eq!(meeting.does("eve", &["journal", "head", "--journal", "copy.db"]).out, head);
}

#[test]
fn an_error_of_the_journal_tells_the_chain_of_its_causes() {
    let meeting = Meeting::new();
    std::fs::write(meeting.path("other.db"), "something else lives here").unwrap();
    let said = meeting.run("hu", &["sign", "launch/briefed", "--go", "--rehearse", "--journal", "other.db"]);
    assert_eq!(said.code, Some(4), "{}", said.err);
    let lines: Vec<_> = said.err.lines().collect();
    assert_eq!(lines[0], "error: no rehearsal can be made", "{}", said.err);
    assert!(
        lines[1].starts_with("  because: ")
            && lines[1].contains("other.db is not a gonogo journal")
            && lines.len() == 2,
        "{}",
        said.err
    );
}
