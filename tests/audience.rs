//! One state told to every audience: what is told outside is marked, and nothing is told better than it is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::process::Command as Program;

use gonogo::{
    domain::*,
    report::{
        AudienceInput, MinutesInput, PageForm, ReportAudience, ReportContext as Beside, ReviewPage, report,
        review_page,
    },
};

use crate::support::{
    day::{Day, back, ended, moved, step},
    program::gonogo,
};

/// Everything that is not marked holds the word "secret"; what is marked would act if it could.
const LAUNCH: &str = r#"
launch: secret-launch
title: Rocket & <b>moon</b>
version: "3.0"
summary: |
  Orders in <script>alert(1)</script> half the time.
  | Works | on phones | @octocat #12
target: { repository: secret-org/secret-repo, ref: secret-branch }
schedule:
  t0: 2026-12-02T09:00
  timezone: Europe/London
  freezes: [{ freeze: secret-freeze, from: T-2d, until: T, stops: changes, rule: Secret rule, exceptions_by: [secret-boss] }]
people: { secret-octo: { name: Secret Octo, github: secret-octocat } }
roles:
  secret-boss: { people: [secret-octo], title: Secret director }
  secret-mkt: { people: [secret-octo], title: Product marketing }
roll_call: { at: T-15m, stations: [{ station: secret-boss }], final_call: secret-boss }
policies: { waivers: { by: [secret-boss], longest: 24h, most: 3 } }
guardrails:
  errors:
    title: Secret share
    window: 1m
    prometheus: { bad: 'sum(increase(secret_bad[{{ window }}]))', total: 'sum(increase(secret_all[{{ window }}]))', at_most: 2%, stop_at: 20% }
rollout:
  advance_by: [secret-boss]
  stages:
    - { stage: secret-pilot, audience: { cohort: secret staff }, pilot: true, start: T-1d, soak: { time: 1h } }
    - { stage: secret-some, audience: { percent: 10 }, start: T, soak: { time: 10m }, guardrails: [errors], criteria: [Secret criterion], by_hand: secretctl on }
    - { stage: secret-ring, audience: { ring: secret partners }, soak: { time: 10m }, guardrails: [errors] }
    - { stage: secret-all, audience: { percent: 100 }, guardrails: [errors] }
rollback:
  owner: secret-boss
  decide_within: 10m
  triggers: [guardrail/errors]
  notes: Secret notes
  steps: [{ step: secret-off, title: Secret step, by_hand: secretctl off }]
gates:
  - { gate: secret-docs, title: "The [guide](https://x.example) is out | *new*", public: true, owner: secret-mkt, due: T-1d, links: { how: "https://secret.example/x" }, notes: Secret notes, task: { by: [secret-boss], asks: { post: link } } }
  - { gate: secret-qa, title: Secret regressions are fixed, owner: secret-boss, due: T-1d, task: { by: [secret-boss] } }
"#;

fn day() -> (tempfile::TempDir, Day) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("launch.yaml");
    std::fs::write(&path, LAUNCH).unwrap();
    let day = Day::of(&path, "2026-12-01T09:30:00Z");
    (home, day)
}

fn page(day: &Day, audience: ReportAudience, form: PageForm) -> String {
    page_of(day, &day.board(), audience, form)
}

fn page_of(day: &Day, board: &Board, audience: ReportAudience, form: PageForm) -> String {
    let launch = day.launch.following(board).unwrap_or_else(|| day.launch.clone());
    let context = Beside::default();
    let told =
        AudienceInput { launch: &launch, board, history: &day.history, head: "5ec4e7", context: &context };
    report(&told, audience, form)
}

const FORMS: [PageForm; 2] = [PageForm::Markdown, PageForm::Html];
const OUTSIDE: [ReportAudience; 2] = [ReportAudience::Sales, ReportAudience::Customers];

/// Nothing that is not marked is on a page for people outside; what is says what it must and nothing it must not.
fn outside(day: &Day, says: [&str; 2], never: &[&str]) {
    for (audience, says) in OUTSIDE.into_iter().zip(says) {
        for form in FORMS {
            let page = page(day, audience, form);
            let small = page.to_lowercase();
            for hidden in ["secret", "octo", "5ec4e7", "aaaaaaa", "prometheus"] {
                // What people marked is shown as it was written: a mention in it calls nobody.
                let marked = small.replace("@octocat", "").replace("@\u{2060}octocat", "");
                assert!(!marked.contains(hidden), "{hidden} for {audience:?}: {page}");
            }
            assert!(page.contains(says), "{audience:?} {form:?}: {says}: {page}");
            for word in never {
                assert!(!page.contains(word), "{audience:?}: {word}: {page}");
            }
        }
        let html = page(day, audience, PageForm::Html);
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
        strict(&html);
    }
}

/// Well-formed, without anything that acts or comes from elsewhere.
fn strict(page: &str) {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(page, options)
        .unwrap_or_else(|error| panic!("{error}\n{page}"));
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(
            !["script", "iframe", "link", "img", "object", "embed", "form", "b"].contains(&name),
            "{name}"
        );
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(!key.starts_with("on") && !["src", "style"].contains(&key), "{name} {key}");
            assert!(key != "href" || value.starts_with("http"), "{value}");
        }
    }
    let policy = document.descendants().find(|it| it.attribute("http-equiv").is_some()).unwrap();
    assert!(policy.attribute("content").unwrap().starts_with("default-src 'none'; style-src 'sha256-"));
}

fn decided(decision: Decision) -> Command {
    Command::Decide {
        decision,
        reason: "secret reason".into(),
        overrides: false,
        over: vec![],
        seen: None,
        terms: DecisionTerms::default(),
    }
}

#[test]
fn what_is_told_outside_is_marked_and_never_better_than_it_is() {
    let (_home, mut day) = day();
    let date = "Wednesday, 2 December 2026, 09:00 GMT";
    let sure = ["Confirmed", "goes out on", "this is confirmed", "Everybody has it"];
    outside(&day, [date, date], &sure);
    outside(&day, ["nobody has confirmed it", "not confirmed yet"], &[]);
    outside(&day, ["not ready", "not ready"], &[]);
    outside(&day, ["Product marketing", "not ready"], &[]);
    // A no-go in somebody's words, and an exception.
    let no = Command::SignOff {
        gate: "launch/secret-qa".into(),
        go: false,
        role: None,
        note: Some("secret words".into()),
        answers: [].into(),
    };
    day.does("secret-octo", no);
    outside(&day, ["nobody has confirmed it", "not confirmed yet"], &sure);
    day.ready();
    day.starts("secret-octo", "secret-pilot");
    // All is go, and nobody has decided: that is no promise.
    day.pass("2h");
    outside(&day, ["nobody has confirmed it", "not confirmed yet"], &sure);
    outside(&day, [">ready<", ">ready<"].map(|_| "ready"), &["not ready"]);
    call(&mut day);
    day.does("secret-octo", decided(Decision::GO));
    outside(&day, ["this is confirmed", "It goes out on Wednesday"], &["not confirmed"]);
}

fn call(day: &mut Day) {
    day.does("secret-octo", Command::OpenRollCall);
    let round = day.history.roll_calls.last().unwrap().round;
    let vote = Command::Vote {
        round,
        station: "secret-boss".into(),
        vote: Vote::Go,
        note: Some("secret".into()),
        corrects: None,
        saw: None,
    };
    day.does("secret-octo", vote);
}

#[test]
fn a_hold_a_scrub_and_a_no_go_are_told_as_they_are() {
    let sure = ["Confirmed", "goes out on", "this is confirmed", "not confirmed yet"];
    let (_home, mut held) = day();
    held.ready();
    call(&mut held);
    held.does("secret-octo", decided(Decision::Hold { until: None, until_true: vec![] }));
    outside(
        &held,
        ["PAUSED before it went out", "We have paused this release, and there is no new date yet"],
        &sure,
    );

    let (_home, mut moved_to) = day();
    moved_to.ready();
    call(&mut moved_to);
    let t0 = "2026-12-09T10:00:00Z".parse().unwrap();
    moved_to.does("secret-octo", decided(Decision::Scrub { t0 }));
    let new = "Wednesday, 9 December 2026, 10:00 GMT";
    outside(
        &moved_to,
        ["DELAYED to Wednesday, 9 December", "The date has moved to Wednesday, 9 December"],
        &["Confirmed"],
    );
    outside(&moved_to, [new, new], &[]);
    outside(&moved_to, ["It was originally planned for Wednesday, 2 December 2026, 09:00 GMT"; 2], &[]);

    let (_home, mut no) = day();
    no.ready();
    call(&mut no);
    no.does("secret-octo", decided(Decision::NoGo { option: None, new_date: None }));
    outside(&no, ["STOPPED", "It will not go out as planned"], &sure);

    // The day passes, and nothing is out.
    let (_home, mut late) = day();
    late.pass("48h");
    outside(&late, ["LATE", "its date has passed"], &sure);
}

#[test]
fn what_is_out_is_told_with_its_share_and_what_was_taken_back_too() {
    let (_home, mut day) = day();
    day.ready();
    day.starts("secret-octo", "secret-pilot");
    day.pass("24h");
    call(&mut day);
    day.does("secret-octo", decided(Decision::GO));
    day.pass("1h");
    day.measures("errors", 0.01, 10.0);
    day.starts("secret-octo", "secret-some");
    outside(&day, ["10 % have it", "10 % have it"], &["Everybody has it", "A group of customers since"]);
    day.pass("5m");
    day.does("secret-octo", moved("secret-some", StageAct::Held));
    outside(
        &day,
        ["PAUSED during the rollout: 10 % have it", "We have paused the rollout: 10 % have it"],
        &["planned for"],
    );
    day.does("secret-octo", moved("secret-some", StageAct::Resumed));
    // Harm is seen: nobody has decided anything yet, and nothing goes as planned.
    day.measures("errors", 5.0, 10.0);
    day.pass("5m");
    assert_eq!(day.standing("secret-some", "errors"), Standing::Breach);
    outside(&day, ["PAUSED during the rollout", "We have paused the rollout"], &["planned for"]);
    let team = page(&day, ReportAudience::Executives, PageForm::Markdown);
    for told in ["calls for a rollback", "**breach**: Secret share", "Secret director", "Decisions needed"] {
        assert!(team.contains(told), "{told}: {team}");
    }
    day.does("secret-octo", back("secret harm"));
    outside(&day, ["It is being rolled back", "We are rolling it back"], &["have it since"]);
    day.does("secret-octo", step("secret-off"));
    day.does("secret-octo", ended(RollbackResult::RolledBack));
    outside(&day, ["It was rolled back", "We have rolled it back"], &["planned for", "have it since"]);
}

fn close(unfinished: bool) -> Command {
    Command::Close { wish: CloseWish::Close { reason: "secret".into(), unfinished, figures: None } }
}

#[test]
fn what_is_out_under_another_name_is_not_told_as_not_out() {
    let (_home, mut day) = day();
    day.ready();
    day.starts("secret-octo", "secret-pilot");
    day.pass("24h");
    call(&mut day);
    day.does("secret-octo", decided(Decision::GO));
    day.pass("1h");
    day.starts("secret-octo", "secret-some");
    // The file gives it another name.
    let text = LAUNCH.replace("stage: secret-some", "stage: secret-first");
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("launch.yaml");
    std::fs::write(&path, text).unwrap();
    day.launch = Day::of(&path, "2026-12-01T09:30:00Z").launch;
    let not_out = ["customers do not have it", "not out yet", "Planned for", "planned for", "LATE"];
    outside(&day, ["Nobody can say where it stands right now", "We cannot say where it stands"], &not_out);
}

#[test]
fn a_closed_launch_is_told_as_far_as_it_got() {
    let (_home, mut day) = day();
    day.ready();
    day.starts("secret-octo", "secret-pilot");
    day.pass("24h");
    call(&mut day);
    day.does("secret-octo", decided(Decision::GO));
    day.pass("1h");
    day.measures("errors", 0.0, 10.0);
    let goes_on = |day: &mut Day, stage: &str| {
        day.starts("secret-octo", stage);
        day.pass("2h");
    };
    goes_on(&mut day, "secret-some");
    let holds = Command::JudgeCriterion {
        stage: "secret-some".into(),
        criterion: "1".into(),
        holds: true,
        note: None,
    };
    day.does("secret-octo", holds);
    goes_on(&mut day, "secret-ring");
    let mut early = day_of(&day);
    early.does("secret-octo", close(true));
    // A group has it, and the rest does not get it by this plan.
    let sure = ["Everybody has it", "Every customer has it", "planned for", "step by step"];
    outside(
        &early,
        ["PAUSED during the rollout: some have it", "We have paused the rollout: some have it"],
        &sure,
    );
    goes_on(&mut day, "secret-all");
    outside(&day, ["Every customer has it", "Everybody has it"], &[]);
    day.does("secret-octo", close(false));
    outside(&day, ["Every customer has it", "Everybody has it"], &["not confirmed"]);
    let opened = Command::Incident {
        incident: None,
        step: IncidentStep::Opened(Opening {
            title: "secret".into(),
            severity: SeverityLevel::try_from(1).unwrap(),
            began: None,
            detected: None,
            lead: None,
            comms: None,
            scribe: None,
            link: None,
            goes_on: None,
        }),
    };
    day.does("secret-octo", opened);
    outside(&day, ["PAUSED", "We have paused the rollout"], &["Every customer has it", "Everybody has it"]);
}

fn day_of(day: &Day) -> Day {
    Day {
        launch: day.launch.clone(),
        history: day.history.clone(),
        events: day.events.clone(),
        now: day.now,
        from: day.from,
        measured: day.measured.clone(),
    }
}

#[test]
fn what_is_not_known_is_promised_to_nobody() {
    let (_home, mut day) = day();
    day.ready();
    call(&mut day);
    day.does("secret-octo", decided(Decision::GO));
    day.history = History::untrusted(Distrust { entry: Some(3), why: "secret".into() });
    outside(
        &day,
        ["Do not give anybody a date", "We cannot say where it stands right now"],
        &["2 December", "Confirmed", "planned for"],
    );
}

#[test]
fn pages_for_the_team_are_escaped_and_whole() {
    let (_home, mut day) = day();
    day.ready();
    for audience in [ReportAudience::Executives, ReportAudience::Engineers, ReportAudience::Minutes] {
        let html = page(&day, audience, PageForm::Html);
        strict(&html);
        assert!(html.contains("<h1 class=\"go\">GO</h1>"), "{html}");
        let markdown = page(&day, audience, PageForm::Markdown);
        assert!(!markdown.contains("<b>") && !markdown.contains("](https://x.example)"), "{markdown}");
    }
    let engineers = page(&day, ReportAudience::Engineers, PageForm::Markdown);
    assert!(engineers.contains("launch/secret-docs"), "{engineers}");
    assert!(engineers.contains("Secret regressions are fixed"), "{engineers}");
}

/// Pilots go out before GO, and a GO after a rollback is another one.
#[test]
fn a_review_names_the_go_by_which_it_went_out() {
    let (_home, mut day) = day();
    let went_out = |day: &Day| {
        let board = day.board();
        let launch = day.launch.following(&board).unwrap_or_else(|| day.launch.clone());
        let went = TrackRecord::of(launch.id.clone(), &day.events, day.now);
        let record = MinutesInput { board: &board, history: &day.history, head: "5ec4e7", rehearsal: false };
        let page =
            review_page(&ReviewPage { record, launch: &launch, went: &went, figures: None, happened: &[] });
        page.lines().find(|it| it.starts_with("| Went out")).unwrap().to_owned()
    };
    day.ready();
    assert!(went_out(&day).contains("nothing is out"), "{}", went_out(&day));
    day.starts("secret-octo", "secret-pilot");
    assert!(went_out(&day).contains("nothing is out but pilots"), "{}", went_out(&day));
    day.pass("24h");
    call(&mut day);
    let first = day.now;
    day.does("secret-octo", decided(Decision::GO));
    assert!(went_out(&day).contains("nothing is out but pilots"), "{}", went_out(&day));
    day.pass("1h");
    day.starts("secret-octo", "secret-some");
    day.pass("1h");
    day.does("secret-octo", back("errors"));
    day.does("secret-octo", step("secret-off"));
    day.does("secret-octo", ended(RollbackResult::RolledBack));
    day.pass("4h");
    call(&mut day);
    day.does("secret-octo", decided(Decision::GO));
    let first = first.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    assert!(went_out(&day).contains(&first), "{first}: {}", went_out(&day));
}

/// How bad a waiver is decides what stands on a page at all: it is the same where nobody is named.
#[test]
fn what_is_hidden_weighs_as_much_as_before() {
    let (home, _) = day();
    let path = home.path().join("launch.yaml");
    std::fs::write(&path, LAUNCH.replace("owner: secret-mkt, due", "due")).unwrap();
    let mut day = Day::of(&path, "2026-12-01T09:30:00Z");
    let risk = WaiverRisk {
        severity: Some(Risk::High),
        likelihood: Some(Risk::High),
        ..WaiverRisk::from("secret words")
    };
    day.does(
        "secret-octo",
        Command::Waive {
            gate: "launch/secret-docs".into(),
            reason: "late".into(),
            risk,
            until: day.now + chrono::TimeDelta::hours(2),
            conditions: Vec::new(),
        },
    );
    let mut redactor = Redactor::new(&day.launch);
    redactor.hear(&day.history);
    let (board, history) = (redactor.board(&day.board()), redactor.history(&day.history));
    let weights = |board: &Board, history: &History| {
        let brief = Brief::of(&day.launch, board, history);
        brief.risks.iter().map(|it| (it.sort, it.weight)).collect::<Vec<_>>()
    };
    assert!(weights(&board, &history).contains(&("waiver", 9)), "{:?}", weights(&board, &history));
    assert_eq!(weights(&board, &history), weights(&day.board(), &day.history));
}

fn run(args: &[&str]) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let mut program: Program = gonogo(home.path());
    let output = program.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_line_writes_each_page_and_refuses_what_does_not_go_together() {
    for audience in ["executives", "engineers", "sales", "customers", "minutes"] {
        for form in ["markdown", "html"] {
            let args =
                ["report", "--demo", "--at", "2026-12-02T12:06:00Z", "--for", audience, "--format", form];
            let (code, out, err) = run(&args);
            assert_eq!(code, 0, "{err}");
            assert!(out.contains("DEMO"), "a recording is not the present: {audience} {form}: {out}");
            if form == "html" {
                strict(&out);
            }
        }
    }
    for (args, told) in [
        (&["report", "--demo", "--for", "sales", "--format", "svg"][..], "markdown or html"),
        (&["report", "--demo", "--for", "minutes", "--redact"][..], "--redact"),
        (&["report", "--demo", "--format", "svg", "--redact"][..], "--redact"),
    ] {
        let (code, _, err) = run(args);
        assert!(code == 2 && err.contains(told), "{code} {err}");
    }
    let (code, out, _) = run(&["report", "--demo", "--for", "engineers", "--redact"]);
    assert_eq!(code, 0);
    assert!(!out.contains("Octo") && !out.contains("octo "), "{out}");
}
