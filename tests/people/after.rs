//! Around the launch by commands: the readiness review, people, the review after, closing, history.

use super::{LAUNCH, Meeting};

/// What comes after T.
const LATER: &str = "  - { gate: figures, title: The figures of the first week are recorded, blocks: close, owner: support, task: { by: [support], asks: { users: number } } }\n";

fn planned() -> Meeting {
    let text = LAUNCH
        .replace("rollout:\n", &format!("{LATER}rollout:\n"))
        .replace("policies: { ", "policies: { adherence: 90%, ")
        .replace("schedule: { ", "schedule: { on_call: [{ role: support, from: T-1h, until: T+2h }], ");
    Meeting::of(&text)
}

#[test]
fn owners_confirm_and_every_place_tells_it() {
    let meeting = planned();
    let show = |args: &[&str]| meeting.does("eve", &[&["readiness"], args].concat()).out;
    assert!(show(&[]).contains("readiness: 0 of 2 confirmed, 2 not confirmed"), "{}", show(&[]));
    meeting.refused("mo", &["confirm", "launch/tested"], "mo may not speak of the plan of launch/tested");
    meeting.refused("hu", &["confirm", "launch/tested", "--reason", "x"], "--reason belongs to");
    meeting.does("hu", &["confirm", "launch/tested", "--link", "https://qa.example.com/plan"]);
    let said = meeting.does("mo", &["confirm", "launch/briefed", "--at-risk", "nobody has time"]).out;
    assert!(said.contains("recorded: called launch/briefed AT RISK: nobody has time"), "{said}");

    let text = show(&["--timeout", "2s"]);
    for part in [
        "1 of 2 confirmed, 1 AT RISK",
        "https://qa.example.com/plan",
        ": nobody has time",
        "ready, day by day",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!show(&["--open"]).contains("launch/tested"), "{}", show(&["--open"]));
    let json: serde_json::Value = serde_json::from_str(&show(&["--format", "json"])).unwrap();
    assert_eq!((json["tally"]["at_risk"].as_u64(), json["complete"].as_bool()), (Some(1), Some(true)));
    assert!(
        show(&["--format", "markdown"]).contains("| AT RISK | launch/briefed |"),
        "{}",
        show(&["--format", "markdown"])
    );

    let (code, board) = meeting.check();
    assert_eq!(
        (code, board["verdict"].as_str()),
        (Some(3), Some("hold")),
        "a word about a plan is no verdict"
    );
    assert_eq!(board["gates"][1]["plan"]["standing"], "at-risk");
    assert_eq!(board["gates"][1]["verdict"], "pending");
    let remark = "readiness: launch/briefed is at risk, says mo: nobody has time";
    assert!(board["remarks"].as_array().unwrap().iter().any(|it| it == remark), "{board:#}");
    let path = meeting.does("eve", &["path", "--timeout", "2s"]).out;
    assert!(path.contains("plan:  at risk, says mo"), "{path}");
    let why = meeting.does("eve", &["why", "briefed", "--timeout", "2s"]).out;
    assert!(why.contains("AT RISK, says mo: nobody has time\n"), "said once: {why}");

    meeting.does("mo", &["confirm", "launch/briefed", "--by", "2099-12-31T10:00", "--reason", "Ann is away"]);
    let why = meeting.does("eve", &["why", "briefed", "--timeout", "2s"]).out;
    assert!(why.contains("new date, by 2099-12-31 10:00 UTC, says mo: Ann is away"), "{why}");

    meeting.does("mo", &["confirm", "launch/briefed", "--take-back", "--reason", "Ann does it"]);
    assert!(show(&[]).contains("1 of 2 confirmed, 1 not confirmed"), "{}", show(&[]));
    let journal = meeting.journal();
    for line in [
        "confirmed the plan of launch/tested (https://qa.example.com/plan)",
        "took back what was said of the plan",
    ] {
        assert!(journal.contains(line), "{line}: {journal}");
    }
}

#[test]
fn whom_to_call_is_one_question() {
    let meeting = planned();
    let all = meeting.does("eve", &["who", "--timeout", "2s"]).out;
    for part in [
        "GAP: nobody is on call from 2100-01-01 11:00 UTC to 2100-01-02 09:00 UTC",
        "responsible  each gate by itself",
        "accountable  director (decides on the launch)",
        "support (Support): mo",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    let gate = meeting.does("eve", &["who", "launch/briefed", "--timeout", "2s"]).out;
    assert!(gate.contains("drops it     director") && gate.contains("owner        support"), "{gate}");
    let person = meeting.does("eve", &["who", "hu", "--timeout", "2s"]).out;
    assert!(person.contains("qa (Quality): hu") && !person.contains("support (Support)"), "{person}");
    meeting.refused("eve", &["who", "suport"], "did you mean support?");
    let lint = meeting.run("eve", &["lint"]);
    assert!(format!("{}{}", lint.out, lint.err).contains("on-call-gap"), "{}{}", lint.out, lint.err);
}

/// Out to everybody.
fn out() -> Meeting {
    let text = LAUNCH
        .replace("2100-01-01", "2020-01-01")
        .replace("rollout:\n", &format!("{LATER}rollout:\n"))
        .replace("policies: { ", "policies: { adherence: 90%, ");
    let meeting = Meeting::of(&text);
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "All is well"]);
    meeting.does("octo", &["stage", "canary", "--start"]);
    meeting.does("octo", &["stage", "canary", "--close"]);
    meeting.does("octo", &["stage", "everyone", "--start", "--yes-i-know", "everyone"]);
    meeting.does("octo", &["stage", "everyone", "--close"]);
    meeting
}

#[test]
fn a_launch_is_reviewed_and_closed_and_says_so_everywhere() {
    let meeting = out();
    let page = meeting.does("eve", &["review", "--timeout", "2s"]).out;
    for part in [
        "# Review: Rocket",
        "## Timeline",
        "- launch/figures is pending",
        "Nothing is recorded: gonogo review learn",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    meeting.does("mo", &["review", "learn", "brief support a day earlier"]);
    meeting.does("mo", &["review", "follow-up", "alert on refunds"]);
    let close = ["close", "--reason", "all is in"];
    meeting.refused("octo", &close, "nobody owns follow-up 1");
    meeting.does("mo", &["review", "assign", "1", "--owner", "qa", "--due", "2099-12-31T10:00"]);
    meeting.refused("octo", &close, "the launch is not finished: launch/figures is pending");
    meeting.does("mo", &["sign", "launch/figures", "--go", "--answer", "users=512"]);
    meeting.refused("hu", &close, "hu may not close the launch");
    meeting.does("octo", &close);

    let (code, board) = meeting.check();
    assert_eq!(
        (code, board["verdict"].as_str(), board["evidence"].as_str()),
        (Some(3), Some("hold"), Some("go"))
    );
    assert_eq!(board["headline"], "CLOSED: by octo: all is in; evidence: GO");
    assert_eq!(
        (board["closed"]["by"].as_str(), board["lowered"][0]["cause"].as_str()),
        (Some("octo"), Some("closed"))
    );
    meeting.refused("hu", &["sign", "launch/tested", "--no-go", "--note", "x"], "the launch was closed on");
    meeting.refused("octo", &["decide", "--go", "--reason", "x"], "open it again first: gonogo reopen");
    let text = meeting.run("eve", &["--check", "--timeout", "2s"]).out;
    assert!(text.starts_with("CLOSED: by octo: all is in"), "{text}");
    let attested = meeting.run("eve", &["attest"]);
    assert_eq!(attested.code, Some(3), "{}", attested.err);
    for form in ["markdown", "html", "junit", "prometheus", "github"] {
        let said = meeting.run("eve", &["check", "--format", form, "--timeout", "2s"]);
        assert_eq!(said.code, Some(3), "{form}: {}", said.out);
    }
    meeting.does("hu", &["review", "done", "1", "--note", "merged"]);

    let page = meeting.does("eve", &["review", "--timeout", "2s"]).out;
    for part in [
        "brief support a day earlier",
        "| 1 | alert on refunds | qa | 2099-12-31 10:00:00 UTC | done: merged | hu",
        "## Closed by octo",
        "users = 512",
        "adherence 100 %",
        "(target 90 %: met)",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let minutes = meeting.does("eve", &["minutes"]).out;
    assert!(!minutes.contains("CLOSED"), "the minutes are of the decision: {minutes}");
    let history = meeting.does("eve", &["history"]).out;
    for part in ["1 of 1 measured reached the target of 90 %", "closed      "] {
        assert!(history.contains(part), "{part}: {history}");
    }
    let csv = meeting.does("eve", &["history", "--format", "csv"]).out;
    assert!(
        csv.lines().count() == 2 && csv.contains("rocket-2,Rocket | 2,2.0.0,2020-01-01T09:00:00Z"),
        "{csv}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&meeting.does("eve", &["history", "--format", "json"]).out).unwrap();
    assert!(json["launches"][0]["waited"]["person"].is_u64(), "{json:#}");

    meeting.does("octo", &["reopen", "--reason", "a late report"]);
    assert_eq!(meeting.check().0, Some(0), "it says what it said before");
    meeting.refused(
        "octo",
        &["close", "--unfinished", "--reason", "x", "--yes-i-know", "UNFINISHED"],
        "leave --unfinished out",
    );
}

#[test]
fn a_launch_that_goes_no_further_is_closed_with_a_typed_word() {
    let meeting = planned();
    let close = ["close", "--unfinished", "--reason", "it comes with the next one"];
    meeting.refused("octo", &close, "UNFINISHED");
    meeting.does("octo", &[close.as_slice(), &["--yes-i-know", "UNFINISHED"]].concat());
    let (code, board) = meeting.check();
    assert_eq!(code, Some(3));
    let open: Vec<_> =
        board["closed"]["unfinished"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(
        open,
        [
            "launch/figures is pending",
            "stage canary is planned",
            "stage everyone is planned",
            "no GO was decided"
        ]
    );
    assert!(meeting.journal().contains("CLOSED the launch UNFINISHED: it comes with the next one"));
}

#[test]
fn a_review_repeats_no_answer_of_a_word_that_does_not_count() {
    let meeting = out();
    meeting.does("mo", &["sign", "launch/figures", "--go", "--answer", "users=512"]);
    let page = meeting.does("eve", &["review", "--timeout", "2s"]).out;
    let says = |page: &str| page.lines().find(|it| it.contains("| launch/figures |")).unwrap().to_owned();
    assert!(says(&page).contains("users = 512"), "{page}");
    let path = meeting.path("launch.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("of the first week", "of the first two weeks")).unwrap();
    let page = meeting.does("eve", &["review", "--timeout", "2s"]).out;
    assert!(says(&page).contains("word is void") && !says(&page).contains("users = 512"), "{page}");
}
