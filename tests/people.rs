//! A go/no-go meeting by commands: the real binary, a real journal, no source and no network.

#![expect(clippy::unwrap_used, reason = "a test that can not go on stops")]

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
    assert!(said.out.ends_with("roll call 1: 1 of 2 heard; qa is called now\n"), "{}", said.out);
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
    meeting.refused("octo", &go, "no roll call is open; hear the stations first");
    meeting.does("mo", &["vote", "support", "--abstain", "--open"]);
    meeting.refused("octo", &go, "1 of 2 stations that must be heard have answered; qa is called now");
    meeting.refused("octo", &["stage", "canary", "--start"], "stage canary waits for the GO decision");
    // Stopping waits for nobody.
    meeting.does("octo", &["decide", "--hold", "--until-true", "launch/tested", "--reason", "one moment"]);
    meeting.refused("hu", &["vote", "qa", "--go"], "no roll call is open");
    meeting.does("octo", &["decide", "--resume", "--reason", "on we go"]);
    let said = meeting.does("mo", &["vote", "support", "--go", "--open"]);
    assert!(said.out.contains("roll call 2: 1 of 2 heard"), "{}", said.out);
}

#[test]
fn an_override_takes_a_typed_word_and_is_never_go() {
    let meeting = Meeting::new();
    meeting.heard();
    let go = ["decide", "--go", "--override", "--reason", "The shop is down anyway"];
    meeting.refused("octo", &go, "confirm it with --yes-i-know OVERRIDE");
    meeting.refused("octo", &[&go[..], &["--yes-i-know", "override"]].concat(), "was not confirmed");
    assert!(!meeting.journal().contains("OVERRIDE"), "nothing was recorded");
    let said = meeting.does("octo", &[&go[..], &["--yes-i-know", "OVERRIDE", "--minutes", "-"]].concat());
    assert!(
        said.err.contains("decided OVERRIDE on a board that was hold") || said.err.contains("OVERRIDE"),
        "{}",
        said.err
    );
    assert!(said.out.contains("## OVERRIDE, decided by octo (claimed) at "), "{}", said.out);
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
        "decided NO-GO on a board",
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
fn an_attestation_passes_only_what_was_decided() {
    let meeting = Meeting::new();
    meeting.ready();
    let attest = || {
        let said = meeting.run("eve", &["attest", "--timeout", "2s"]);
        let statement: Value = serde_json::from_str(&said.out).unwrap();
        (said.code, statement)
    };
    let (code, open) = attest();
    assert_eq!(code, Some(3), "the board is GO, and nobody has decided");
    assert_eq!(open["predicate"]["verificationResult"], "FAILED");
    assert_eq!(open["predicate"]["gonogo"]["reasons"][0], "the GO decision has not been made");
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "Ready"]);
    let (code, passed) = attest();
    assert_eq!((code, &passed["predicate"]["verificationResult"]), (Some(0), &"PASSED".into()));
    assert_eq!(passed["subject"][0]["digest"]["gitCommit"], COMMIT);
    assert_eq!(passed["predicate"]["verifiedLevels"], serde_json::json!([]), "no SLSA level is claimed");
    let head = meeting.does("eve", &["journal", "head"]).out;
    let journal = passed["predicate"]["inputAttestations"][0]["digest"]["sha256"].as_str().unwrap();
    assert!(head.contains(journal), "{head}");
}
