//! Risks and the terms of a final call by commands: followed to every place that tells them.

use super::Meeting;

const REFUNDS: [&str; 11] = [
    "risk",
    "add",
    "refunds",
    "--title",
    "Refunds | fail",
    "--severity",
    "1",
    "--likelihood",
    "high",
    "--workaround",
    "none",
];

#[test]
fn a_risk_that_blocks_is_told_everywhere_until_it_is_settled() {
    let meeting = Meeting::new();
    meeting.ready();
    assert_eq!(meeting.check().0, Some(0));
    let add = [&REFUNDS[..], &["--owner", "qa", "--users", "12%"]].concat();
    let said = meeting.does("mo", &add).out;
    assert!(said.contains("BLOCKS    refunds  Refunds | fail (qa)"), "{said}");
    let (code, board) = meeting.check();
    assert_eq!(code, Some(3));
    let it = &board["risks"][0];
    assert_eq!(
        (it["id"].as_str(), it["triage"].as_str(), it["status"].as_str(), it["users_percent"].as_f64()),
        (Some("refunds"), Some("blocks"), Some("open"), Some(12.0))
    );
    assert_eq!(board["lowered"][0]["cause"], "risk");
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(text.contains("SEV-1, likelihood high, 12 % of users, no workaround"), "{text}");
    meeting.refused("mo", &add, "there is already a risk refunds");
    meeting.refused("mo", &["risk", "mitigate", "refunds", "--note", "x"], "ask qa and director");
    let accept = ["risk", "accept", "refunds", "--reason", "by hand"];
    meeting.refused("hu", &[&accept[..], &["--for", "2h"]].concat(), "may not accept a risk");
    meeting.refused("octo", &[&accept[..], &["--for", "48h"]].concat(), "1 d at most");
    let preview = meeting.does("octo", &[&accept[..], &["--for", "2h", "--preview"]].concat()).out;
    assert!(preview.contains("the board turns GO"), "{preview}");
    meeting.does("octo", &[&accept[..], &["--for", "2h"]].concat());
    assert_eq!(meeting.check().0, Some(0));
    let list = meeting.does("eve", &["risk", "list"]).out;
    assert!(list.contains("accepted  refunds") && list.contains("by octo"), "{list}");
    let change = [&add[..], &["--change"]].concat();
    let change: Vec<_> = change.iter().map(|it| if *it == "12%" { "20%" } else { it }).collect();
    meeting.does("mo", &change);
    assert_eq!(meeting.check().0, Some(3), "it was accepted as it was");
    meeting.does("hu", &["risk", "mitigate", "refunds", "--note", "behind a flag"]);
    assert_eq!(meeting.check().0, Some(0));

    // Whoever prepares the next launch sees what became of it.
    let history = meeting.does("eve", &["history"]).out;
    for part in [
        "risks       1 (1 accepted): 1 mitigated",
        "refunds (blocks), Refunds | fail: opened ",
        ": by hand; mitigated ",
        ": behind a flag",
    ] {
        assert!(history.contains(part), "{part}: {history}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&meeting.does("eve", &["history", "--format", "json"]).out).unwrap();
    let risk = &json["launches"][0]["risks"][0];
    assert_eq!(
        (
            &risk["worst"],
            &risk["became"],
            &risk["accepted"]["reason"],
            &json["together"]["risks"]["mitigated"]
        ),
        (&"blocks".into(), &"mitigated".into(), &"by hand".into(), &1.into())
    );
    let csv = meeting.does("eve", &["history", "--format", "csv"]).out;
    let mut rows = csv.lines();
    assert!(
        rows.next().unwrap().ends_with(",risks,risks_accepted,risks_mitigated,risks_closed,risks_open"),
        "{csv}"
    );
    assert!(rows.next().unwrap().ends_with(",1,1,1,0,0"), "{csv}");
    let review = meeting.does("eve", &["review", "--timeout", "2s"]).out;
    assert!(review.contains("## Risks") && review.contains("behind a flag"), "{review}");
}

#[test]
fn a_final_call_carries_options_conditions_and_risks() {
    let meeting = Meeting::new();
    meeting.ready();
    let add = [&REFUNDS[..9], &["--workaround", "by mail", "--owner", "qa"]].concat();
    meeting.does("mo", &add);
    meeting.heard();
    let call = [
        "decide",
        "--go",
        "--reason",
        "behind the flag",
        "--considered",
        "slip: a week later",
        "--condition",
        "qa: run the smoke test again by 2h",
        "--condition",
        "support: brief the night shift before stage/everyone",
        "--review",
        "24h",
    ];
    let refused = meeting.run("octo", &call);
    assert!(refused.code == Some(2) && refused.err.contains("risk refunds asks: SEV-1"), "{}", refused.err);
    let bad = ["decide", "--go", "--reason", "x", "--condition", "run it again"];
    meeting.refused("octo", &bad, "write OWNER: WHAT by MOMENT");
    let hold = ["decide", "--hold", "--reason", "x", "--condition", "qa: x by 2h"];
    meeting.refused("octo", &hold, "--condition belongs to --go and --no-go");
    meeting.does("octo", &[&call[..], &["--yes-i-know", "GO"]].concat());
    let (code, board) = meeting.check();
    assert_eq!(code, Some(0), "{board:#}");
    let decision = &board["decision"];
    assert_eq!(decision["considered"][0]["tradeoff"], "a week later");
    assert_eq!(decision["risks"][0], "refunds");
    let gates: Vec<_> =
        board["gates"].as_array().unwrap().iter().filter_map(|it| it["id"].as_str()).collect();
    assert!(gates.ends_with(&["conditions/1.1", "conditions/1.2"]), "{gates:?}");
    meeting.does("octo", &["stage", "canary", "--start"]);
    let everyone = ["stage", "everyone", "--start", "--yes-i-know", "everyone"];
    meeting.refused("octo", &everyone, "waits for conditions/1.2");
    meeting.does("mo", &["sign", "conditions/1.2", "--go"]);
    meeting.does("octo", &everyone);
    let why = meeting.does("eve", &["why", "conditions/1.1"]);
    assert!(why.out.contains("run the smoke test again"), "{}", why.out);
    let minutes = meeting.does("eve", &["minutes"]).out;
    for part in [
        "- Considered: slip: a week later",
        "- Condition: qa: run the smoke test again, by 2h",
        "- Next review:",
        "- Risk refunds (asks): Refunds \\| fail",
    ] {
        assert!(minutes.contains(part), "{part}: {minutes}");
    }
    let record = meeting.does("eve", &["minutes", "--record"]).out;
    assert!(
        record.contains("- Condition, watched as a gate: qa: run the smoke test again, by 2h"),
        "{record}"
    );
    assert!(record.contains("- Considered: slip: a week later"), "{record}");
}
