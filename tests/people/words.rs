//! A word that somebody else wrote down is told as what it is, wherever it is told.

use chrono::Datelike as _;
use serde_json::Value;

use super::{LAUNCH, Meeting};

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
    meeting.refused("octo", &[&scrub[..], &["soon"]].concat(), "`soon` is not a moment: write 10m, 14:30,");
    meeting.does("octo", &[&scrub[..], &["T+1h"]].concat());
    assert_eq!(meeting.check().1["launch"]["t0"], "2100-01-01T10:00:00Z");
}

/// Clocks go back at the end of October and forward at the end of March.
#[test]
fn a_new_t0_that_comes_twice_or_never_asks_for_its_offset() {
    let meeting = Meeting::new();
    std::fs::write(meeting.path("launch.yaml"), LAUNCH.replace("timezone: UTC", "timezone: Europe/London"))
        .unwrap();
    let year = chrono::Utc::now().date_naive().year() + 1;
    let last_sunday = |month: u32| {
        let end = chrono::NaiveDate::from_ymd_opt(year, month, 31).unwrap();
        end - chrono::TimeDelta::days(i64::from(end.weekday().num_days_from_sunday()))
    };
    let scrub = ["decide", "--reason", "later", "--scrub"];
    let to = |text: &str| [scrub.as_slice(), &[text]].concat().join("|");
    let (twice, never) = (format!("{}T01:30", last_sunday(10)), format!("{}T01:30", last_sunday(3)));
    for (text, part) in [
        (&twice, "twice in Europe/London: the clocks are put back over it; write 20"),
        (&never, "does not exist"),
    ] {
        let said = meeting.run("octo", &to(text).split('|').collect::<Vec<_>>());
        assert_eq!(said.code, Some(2), "{text}: {}", said.out);
        assert!(said.err.contains(part), "{text}: {}", said.err);
    }
    meeting.does("octo", &to(&format!("{twice}+01:00")).split('|').collect::<Vec<_>>());
    let t0 = format!("{}T00:30:00Z", last_sunday(10));
    assert_eq!(meeting.check().1["launch"]["t0"], t0);
    // A day of the T clock keeps the time of day over the change of clocks.
    meeting.does("octo", &to("T+1d").split('|').collect::<Vec<_>>());
    let next = last_sunday(10) + chrono::TimeDelta::days(1);
    assert_eq!(meeting.check().1["launch"]["t0"], format!("{next}T01:30:00Z"));
}
