//! A word that somebody else wrote down is told as what it is, wherever it is told.

use serde_json::Value;

use super::Meeting;

#[test]
fn a_word_that_is_written_down_says_so_everywhere() {
    let meeting = Meeting::new();
    let scribe = |args: &[&str], by: &str| meeting.does("eve", &[args, &["--as", by]].concat());
    let said =
        scribe(&["sign", "launch/tested", "--go", "--answer", "report=https://ci.example.com/7"], "hu");
    assert!(said.out.contains("by hu (unverified), written down by eve (unverified)"), "{}", said.out);
    scribe(&["waive", "launch/briefed", "--reason", "at noon", "--risk", "slow", "--for", "2h"], "octo");
    scribe(&["vote", "support", "--go", "--open"], "mo");
    scribe(&["vote", "qa", "--go"], "hu");
    scribe(&["decide", "--go", "--reason", "Ready enough", "--minutes", "minutes.md"], "octo");

    let (_, board) = meeting.check();
    let gate =
        |id: &str| board["gates"].as_array().unwrap().iter().find(|gate| gate["id"] == id).unwrap().clone();
    for (id, said, by) in [("launch/tested", "go", "hu"), ("launch/briefed", "waived", "octo")] {
        let gate = gate(id);
        let word =
            gate["words"].as_array().unwrap().iter().find(|word| word["said"] == said).unwrap().clone();
        assert_eq!((&word["by"], &word["written_down_by"]), (&by.into(), &"eve".into()), "{word}");
        assert_eq!((&word["github_login"], &word["void"]), (&Value::Null, &Value::Null), "{word}");
        let reason = gate["reason"].as_str().unwrap();
        assert!(reason.contains(&format!("{by} (unverified, written down by eve)")), "{reason}");
    }
    let station = &board["roll_call"]["stations"][0];
    assert_eq!((&station["by"], &station["written_down_by"]), (&"mo".into(), &"eve".into()), "{station}");
    let text = meeting.run("eve", &["--check", "--verbose", "--timeout", "2s"]).out;
    for by in ["hu", "octo"] {
        assert!(text.contains(&format!("{by} (unverified, written down by eve)")), "{text}");
    }
    let minutes = std::fs::read_to_string(meeting.path("minutes.md")).unwrap();
    for line in [
        "Opened by mo (unverified, written down by eve (unverified)) at ",
        "| hu (unverified, written down by eve (unverified)) |",
        "decided by octo (unverified, written down by eve (unverified)) at ",
        "| octo (unverified, written down by eve (unverified)) | at noon |",
    ] {
        assert!(minutes.contains(line), "{line}: {minutes}");
    }
    let journal = meeting.journal();
    assert!(journal.contains("mo (unverified, written down by eve)  GO for support"), "{journal}");
    let replay = meeting.does("eve", &["replay"]).out;
    assert!(replay.contains("octo (unverified, written down by eve): waived launch/briefed"), "{replay}");
    let attested = meeting.run("eve", &["attest", "--timeout", "2s"]).out;
    let attested: Value = serde_json::from_str(&attested).unwrap();
    let decision = &attested["predicate"]["gonogo"]["decision"];
    assert_eq!(
        (&decision["by"], &decision["written_down_by"]),
        (&"octo".into(), &"eve".into()),
        "{attested}"
    );
}

#[test]
fn whoever_wrote_a_word_down_is_no_second_person_to_it() {
    let meeting = Meeting::new();
    let file = meeting.path("launch.yaml");
    let launch = std::fs::read_to_string(&file).unwrap();
    let launch = launch.replace("task: { by: [support] }", "task: { by: [support, qa, director], count: 2 }");
    std::fs::write(&file, launch).unwrap();
    let sign = ["sign", "launch/briefed", "--go"];
    meeting.does("hu", &sign);
    meeting.does("hu", &[&sign[..], &["--as", "mo"]].concat());
    let (_, board) = meeting.check();
    let gate = &board["gates"][1];
    assert_eq!(gate["verdict"], "pending", "{gate}");
    assert!(
        gate["reason"].as_str().unwrap().contains("mo's word is not one more: hu, who wrote it down"),
        "{gate}"
    );
    // Said by themselves it is.
    meeting.does("mo", &sign);
    assert_eq!(meeting.check().1["gates"][1]["verdict"], "go");
    // The owner of a gate does not write down its waiver either.
    let waive =
        ["waive", "launch/tested", "--reason", "late", "--risk", "slow", "--for", "1h", "--as", "octo"];
    meeting.refused("hu", &waive, "hu owns launch/tested");
    meeting.does("eve", &waive);
}

#[test]
fn moments_are_given_to_commands_as_they_are_typed_into_forms() {
    let meeting = Meeting::new();
    let waive = |until: &str| {
        let end = until.strip_prefix('-').map_or_else(|| vec!["--until", until], |long| vec!["--for", long]);
        let waive = ["waive", "launch/briefed", "--reason", "late", "--risk", "slow"];
        meeting.does("octo", &[&waive[..], &end].concat());
    };
    let tomorrow = chrono::Utc::now() + chrono::TimeDelta::hours(20);
    let date = tomorrow.format("%Y-%m-%dT%H:%M").to_string();
    for until in ["90s", "10m", "-90s", "-10m", "-1d", "23:59", &date, &date.replace('T', " ")] {
        waive(until);
    }
    let scrub = ["decide", "--reason", "later", "--scrub"];
    meeting.refused("octo", &[&scrub[..], &["soon"]].concat(), "`soon` is no moment: write 10m, 14:30,");
    meeting.does("octo", &[&scrub[..], &["T+1h"]].concat());
    assert_eq!(meeting.check().1["launch"]["t0"], "2100-01-01T10:00:00Z");
}
