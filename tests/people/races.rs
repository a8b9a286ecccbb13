//! Others speak while a command looks, asks and records.

use gonogo::{
    app::{self, ActPlanner, LaunchSelection, PlannedActs, SignRequest},
    domain::{Command, Decision},
};

use super::{LAUNCH, Meeting, support::screen::Screen};
use crate::support::server::{Reply, Req, Server};

/// A meeting of two stations that were heard, at a journal that others reach by its path.
fn heard() -> (Meeting, String) {
    let meeting = Meeting::new();
    let place = meeting.path("team.db").display().to_string();
    meeting.does("mo", &["vote", "support", "--go", "--open", "--journal", &place]);
    meeting.does("hu", &["vote", "qa", "--go", "--journal", &place]);
    (meeting, place)
}

#[test]
fn what_was_typed_on_an_old_screen_is_not_recorded() {
    let (meeting, place) = heard();
    let args =
        ["decide", "--go", "--override", "--reason", "we must", "--minutes", "m.md", "--journal", &place];
    let mut screen = Screen::open(&args, &[("GITHUB_API_URL", "http://127.0.0.1:9")], |home| {
        std::fs::write(home.join("launch.yaml"), LAUNCH).unwrap();
    });
    screen.sees("Type OVERRIDE to confirm");
    let correct = ["vote", "qa", "--no-go", "--correct", "--note", "refunds fail", "--journal", &place];
    meeting.does("hu", &correct);
    meeting.does("octo", &["decide", "--hold", "--reason", "wait", "--journal", &place]);
    screen.press("OVERRIDE\r");
    let status = screen.ended();
    let shown = screen.sees("2 new entries since you looked");
    assert_eq!(status.exit_code(), 2, "{shown}");
    assert!(!screen.home.path().join("m.md").exists(), "no minutes of what was not decided");
    let journal = meeting.does("eve", &["journal", "show", "--journal", &place]).out;
    assert!(!journal.contains("OVERRIDE") && journal.contains("HOLD"), "{journal}");
}

/// What was said while a check asked its sources is in its word (V15).
#[test]
fn a_hold_that_is_said_while_sources_are_asked_is_in_the_answer() {
    let meeting = Meeting::new();
    meeting.ready();
    meeting.heard();
    meeting.does("octo", &["decide", "--go", "--reason", "all is well"]);
    let home = meeting.home.path().to_path_buf();
    let asked = std::sync::Once::new();
    let github = Server::start(move |_: &Req| {
        asked.call_once(|| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
            command.env_clear().env("HOME", &home).env("USER", "octo").current_dir(&home);
            command.env("GITHUB_API_URL", "http://127.0.0.1:9");
            let hold = command.args(["decide", "--hold", "--reason", "refunds fail"]).output().unwrap();
            assert!(hold.status.success(), "{}", String::from_utf8_lossy(&hold.stderr));
        });
        Reply::json(500, &serde_json::json!({"message": "down"}))
    });
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
    command.env_clear().env("HOME", meeting.home.path()).env("USER", "eve");
    command.env("GITHUB_API_URL", github.url()).env("GITHUB_TOKEN", "canary-token-93d1");
    let args = ["check", "--format", "json", "--timeout", "20s"];
    let said = command.args(args).current_dir(meeting.home.path()).output().unwrap();
    let shown = String::from_utf8(said.stdout).unwrap();
    assert!(github.count() > 0, "the commit was asked for");
    assert_eq!(said.status.code(), Some(3), "{shown}");
    assert!(shown.contains("refunds fail"), "{shown}");
}

/// Records as octo; `meanwhile` happens after the plan has been made.
fn record(
    meeting: &Meeting,
    place: &str,
    plan: impl FnOnce() -> PlannedActs + Send + 'static,
) -> Result<app::Signed, app::AppError> {
    let settings = meeting.path("settings.yaml");
    std::fs::write(&settings, "identity: { name: octo }\n").unwrap();
    let chosen = LaunchSelection {
        path: Some(meeting.home.path().into()),
        journal: Some(place.to_owned()),
        settings: Some(settings),
        ..LaunchSelection::default()
    };
    let opened = app::open(chosen).unwrap();
    let plan: ActPlanner = Box::new(move |_| Ok(plan()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(app::sign(
        &opened,
        SignRequest { plan, on_behalf: None, confirm: Box::new(|_| Ok(())), waiting: Box::new(|_| ()) },
    ))
}

#[test]
fn a_go_is_decided_on_the_history_that_it_names() {
    let (meeting, place) = heard();
    let home = meeting.home.path().to_path_buf();
    let journal = place.clone();
    let meanwhile = move || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", &home).env("USER", "hu").current_dir(&home);
        let args = ["vote", "qa", "--no-go", "--correct", "--note", "refunds fail", "--journal", &journal];
        assert!(command.args(args).output().unwrap().status.success());
    };
    let go = |seen| Command::Decide {
        decision: Decision::GO,
        reason: "all go".into(),
        overrides: true,
        over: Vec::new(),
        seen,
        terms: gonogo::domain::DecisionTerms::default(),
    };
    let result = record(&meeting, &place, {
        let (meanwhile, go) = (meanwhile.clone(), go(Some(3)));
        move || {
            meanwhile();
            PlannedActs::new(vec![go])
        }
    });
    assert!(result.unwrap_err().to_string().contains("1 new entry since you looked"));
    // Stopping waits for nobody: it is decided anew, and its pages tell what came between.
    let hold = Command::Decide {
        decision: Decision::Hold { until: None, until_true: Vec::new() },
        reason: "wait".into(),
        overrides: false,
        over: Vec::new(),
        seen: None,
        terms: gonogo::domain::DecisionTerms::default(),
    };
    let signed = record(&meeting, &place, move || {
        meanwhile();
        PlannedActs::new(vec![hold])
    })
    .unwrap();
    assert_eq!((signed.history.len, signed.done[0].0.seq), (6, 6));
    assert_eq!(signed.history.decisions[0].dissent.len(), 1, "the no-go is in it");
    let embedded = &signed.history.decisions[0].board;
    let embedded = embedded.read::<serde_json::Value>().unwrap();
    assert_eq!(embedded["seen"], 5, "the board is of the same history");
    let head = meeting.does("eve", &["journal", "head", "--journal", &place]).out;
    assert_eq!(head.trim().rsplit(':').next().unwrap(), signed.head);
}

#[test]
fn a_refused_answer_opens_no_round() {
    let meeting = Meeting::new();
    meeting.refused("mo", &["vote", "support", "--no-go", "--note", "", "--open"], "a no-go needs a reason");
    meeting.refused("hu", &["vote", "qa", "--go", "--open"], "support is called now");
    assert_eq!(meeting.journal(), "", "no round was opened");
}

#[test]
fn a_word_for_somebody_else_needs_a_known_writer() {
    let meeting = Meeting::new();
    let said = meeting.run("", &["sign", "launch/briefed", "--go", "--as", "mo"]);
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    assert!(said.err.contains("gonogo does not know who you are"), "{}", said.err);
    assert_eq!(meeting.journal(), "");
}

#[test]
fn a_slightly_wrong_address_shows_no_password() {
    let meeting = Meeting::new();
    for wrong in [
        "postgres:/u:canary@127.0.0.1:9/x",
        "host=127.0.0.1 password=canary",
        "u:canary@127.0.0.1:9/x",
        " postgres://u:canary@127.0.0.1:9/x",
    ] {
        let note = ["sign", "launch/briefed", "--go", "--journal", wrong];
        for args in [&note[..], &["--check", "--journal", wrong], &["journal", "copy", wrong, "x.db"]] {
            let said = meeting.run("mo", args);
            assert_ne!(said.code, Some(0), "{wrong}");
            assert!(
                !format!("{}{}", said.out, said.err).contains("canary"),
                "{args:?}: {}{}",
                said.out,
                said.err
            );
        }
        std::fs::write(meeting.path("settings.yaml"), format!("journal: '{wrong}'\n")).unwrap();
        let said = meeting.run("mo", &["journal", "head", "--settings", "settings.yaml"]);
        assert!(!format!("{}{}", said.out, said.err).contains("canary"), "{}{}", said.out, said.err);
    }
    let names = std::fs::read_dir(meeting.home.path()).unwrap().map(|it| it.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("canary")));
}

#[test]
fn the_pages_of_a_decision_can_be_had_later() {
    let meeting = Meeting::new();
    let said = meeting.run("octo", &["minutes"]);
    assert_ne!(said.code, Some(0), "{}", said.out);
    meeting.ready();
    meeting.heard();
    let lost = ["decide", "--go", "--reason", "all go", "--minutes", "no/such/folder/m.md"];
    assert_eq!(meeting.run("octo", &lost).code, Some(4));
    let head = meeting.does("eve", &["journal", "head"]).out;
    let hash = head.trim().rsplit(':').next().unwrap().to_owned();
    meeting.does("octo", &["decide", "--hold", "--reason", "wait"]);
    meeting.does("octo", &["minutes", "--decision", "1", "-o", "m.md"]);
    let minutes = std::fs::read_to_string(meeting.path("m.md")).unwrap();
    assert!(minutes.contains("## GO, decided by octo") && minutes.contains("all go"), "{minutes}");
    assert!(minutes.contains(&hash) && !minutes.contains("HOLD"), "of its own history: {minutes}");
    let record = meeting.does("octo", &["minutes", "--record"]).out;
    assert!(record.contains("Decision 2: HOLD"), "{record}");
    meeting.refused("octo", &["minutes", "--decision", "3"], "there are 2 decisions");
}
