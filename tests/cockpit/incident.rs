//! The incident on screen: its clock and the next update on every screen, the bell, its log, and what is typed there.

use std::{sync::Arc, time::Duration};

use gonogo::{
    cockpit::{Effect, Message, Model, Screen, next_change},
    domain::*,
};

use super::{fixture::*, snap::snap};

fn voice(by: &str, seconds: i64) -> Voice {
    let by = Actor { name: by.into(), known: Known::Claimed };
    Voice { by, recorder: None, stands_in: None, at: later(seconds).wall }
}

fn line(kind: LineKind, by: &str, seconds: i64, text: &str) -> IncidentLine {
    IncidentLine { seq: 1, kind, voice: voice(by, seconds), text: text.into() }
}

/// Opened 25 minutes ago; the next update is due in so many seconds.
fn incident(due: i64) -> IncidentState {
    IncidentState {
        number: 1,
        title: "Checkout fails".into(),
        severity: SeverityLevel::try_from(1).unwrap(),
        phase: IncidentPhase::Open,
        opened: voice("hu", -1_510),
        lead: "octo".into(),
        comms: Some("mo".into()),
        scribe: None,
        link: Some("https://meet.example.com/war-room?token=secret".into()),
        times: IncidentTimes {
            began: None,
            detected: later(-1_800).wall,
            opened: later(-1_510).wall,
            decided: Some(later(-900).wall),
            mitigated: None,
            resolved: None,
            closed: None,
        },
        holds: true,
        goes_on: None,
        update: Some(UpdateDue {
            every: Duration::from_secs(900),
            at: later(due).wall,
            overdue: due <= 0,
        }),
        told: None,
        known: "SEV-1, Checkout fails, since 2026-12-02 08:47 GMT. Decided last, at 2026-12-02 09:02 GMT: the flag goes off.".into(),
        log: vec![
            line(LineKind::Fact, "hu", -1_510, "SEV-1 opened: Checkout fails"),
            line(LineKind::Fact, "mo", -1_200, "support has forty tickets about refunds"),
            line(LineKind::Decision, "octo", -900, "the flag goes off in all regions"),
            line(LineKind::Update, "mo", -600, "We are at it. Next update by 09:22"),
            line(LineKind::Decision, "octo", -300, "stage canary held: errors went up"),
        ],
        follow_up: Vec::new(),
        who: vec!["octo".into(), "launch-director".into()],
    }
}

pub fn board_of(due: i64) -> Board {
    let mut board = go_board();
    board.incident = Some(incident(due));
    board.word = BoardWord::Hold;
    board.lowered = vec![Lowering {
        cause: Cause::Incident,
        at_most: BoardWord::Hold,
        reason: "incident 1 (SEV-1) holds the rollout: open, led by octo: \"Checkout fails\"".into(),
        next: Advice::from("resolve the incident, or say that the rollout goes on").by(Suggested::Incident),
        who: vec!["octo".into()],
    }];
    board
}

fn step(effects: Vec<Effect>) -> Option<IncidentStep> {
    match asked(effects) {
        Some(Command::Incident { incident: Some(1), step }) => Some(step),
        _ => None,
    }
}

#[test]
fn the_screen() {
    for (name, due, size) in [
        ("incident_80x24", 252, (80, 24)),
        ("incident_late_120x40", -72, (120, 40)),
        ("incident_late_60x16", -72, (60, 16)),
        ("incident_late_200x60", -72, (200, 60)),
    ] {
        snap(name, &model_of(board_of(due), size).showing(Screen::Incident), &dark(), size);
    }
    snap("incident_none_80x24", &model_of(go_board(), (80, 24)).showing(Screen::Incident), &dark(), (80, 24));
}

#[test]
fn the_next_update_counts_down_on_every_screen() {
    for (screen, ..) in Screen::ALL {
        let model = model_of(board_of(252), (80, 24)).showing(*screen);
        assert!(
            shown(&model, (80, 24)).contains("SEV-1 update in 04:12"),
            "{screen:?}: {}",
            shown(&model, (80, 24))
        );
        let late = model_of(board_of(-72), (80, 24)).showing(*screen);
        assert!(shown(&late, (80, 24)).contains("SEV-1 update OVERDUE 01:12"), "{screen:?}");
        let next = next_change(&model, now()).unwrap();
        assert!(next <= later(1).wall, "{screen:?}: to the second");
    }
    let presented = model_of(board_of(252), (80, 24)).presented();
    assert!(shown(&presented, (80, 24)).contains("update in 04:12"));
}

#[test]
fn the_bell_rings_once_for_each() {
    let mut model = model_of(go_board(), (80, 24));
    let mut tell = |board: Board| {
        let effects = send(&mut model, Message::BoardChanged(Arc::new(board)));
        effects.iter().filter(|it| matches!(it, Effect::Alert(_))).count()
    };
    assert_eq!(tell(board_of(252)), 1, "it was opened");
    assert_eq!(tell(board_of(252)), 0);
    assert_eq!(tell(board_of(-1)), 1, "the update is late");
    assert_eq!(tell(board_of(-1)), 0);
    assert_eq!(tell(board_of(900)), 0, "it was given");
    assert_eq!(tell(board_of(-2)), 1, "the next one is late");
}

#[test]
fn a_line_is_typed_from_any_screen() {
    for (screen, ..) in Screen::ALL {
        let mut model = model_of(board_of(252), (80, 24)).showing(*screen);
        keys(&mut model, "V");
        assert!(model.is_asking(), "{screen:?}");
        let said = step(keys(&mut model, "errors fall\n"));
        assert_eq!(
            said,
            Some(IncidentStep::Logged { text: "errors fall".into(), decision: false }),
            "{screen:?}"
        );
    }
    let mut model = model_of(board_of(252), (80, 24)).showing(Screen::Incident);
    let said = step(keys(&mut model, "lroll back\td\n"));
    assert_eq!(said, Some(IncidentStep::Logged { text: "roll back".into(), decision: true }));
}

#[test]
fn the_update_begins_with_its_draft() {
    let mut model = model_of(board_of(-72), (80, 24));
    keys(&mut model, "U");
    snap("incident_update_80x24", &model, &dark(), (80, 24));
    let Some(IncidentStep::Updated { text }) = step(keys(&mut model, "\n")) else { panic!("an update") };
    assert!(text.starts_with("SEV-1, Checkout fails, since"), "{text}");
    assert!(text.ends_with("Next update by 2026-12-02 09:32 GMT."), "{text}");
}

#[test]
fn it_is_opened_and_led_by_forms() {
    let mut model = model_of(go_board(), (80, 24));
    keys(&mut model, "I");
    assert_eq!(model.screen(), Screen::Incident);
    keys(&mut model, "V");
    assert!(!model.is_asking() && model.notice().unwrap().text.contains("no incident is open"));
    keys(&mut model, "o");
    snap("incident_open_80x24", &model, &dark(), (80, 24));
    let opened = asked(keys(&mut model, "2\tMails are late\n"));
    let Some(Command::Incident { incident: None, step: IncidentStep::Opened(opening) }) = opened else {
        panic!("{opened:?}")
    };
    assert_eq!((&*opening.title, opening.severity.number()), ("Mails are late", 2));
    assert_eq!((opening.lead, opening.goes_on), (Some("octo".into()), None));

    let led = |typed: &str| {
        let mut model = model_of(board_of(252), (80, 24)).showing(Screen::Incident);
        step(keys(&mut model, typed))
    };
    assert_eq!(led("sm\n"), Some(IncidentStep::Mitigated { note: None }));
    assert_eq!(
        led("h\tanother region\n"),
        Some(IncidentStep::Rollout { goes_on: true, reason: "another region".into() })
    );
    assert_eq!(led("el\thu\n"), Some(IncidentStep::Role { role: IncidentRole::Lead, party: "hu".into() }));
    let mut read_only = model_of(board_of(252), (80, 24));
    send(&mut read_only, Message::ReadOnly);
    keys(&mut read_only, "V");
    assert!(!read_only.is_asking());
}

/// What a shared screen shows of an incident and of risks: how bad, where, since when; no word that was typed, and no name.
#[test]
fn a_shared_screen_tells_no_word_of_it() {
    let mut board = board_of(-72);
    let figures = RiskFigures {
        what: "Refunds leak".into(),
        severity: SeverityLevel::try_from(1).unwrap(),
        likelihood: Risk::High,
        users: Some(12.0),
        workaround: Some("call the bank".into()),
        owner: "qa".into(),
        gate: None,
    };
    board.risks = vec![RiskState {
        id: "refunds".into(),
        triage: triage(&figures),
        figures,
        status: RiskStatus::Accepted,
        stated: voice("hu", -60),
        word: Some(voice("octo", -30)),
        note: Some("the board of directors knows".into()),
        until: Some(later(600).wall),
    }];
    let launch = launch();
    let redacted = Redactor::new(&launch).board(&board);
    let state = redacted.incident.as_ref().unwrap();
    assert_eq!((state.number, state.severity.number(), state.update), (1, 1, incident(-72).update));
    let said = serde_json::to_string(&(&redacted.incident, &redacted.risks, &redacted.lowered)).unwrap();
    for word in ["Checkout fails", "flag", "war-room", "Refunds leak", "bank", "directors", "octo", "\"hu\""]
    {
        assert!(!said.contains(word), "{word}: {said}");
    }
    let model = Model::new(launch, Arc::new(redacted), (80, 24)).showing(Screen::Incident);
    let screen = shown(&model, (80, 24));
    assert!(
        screen.contains("OVERDUE") && !screen.contains("tickets") && !screen.contains("octo"),
        "{screen}"
    );
}
