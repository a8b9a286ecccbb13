//! The risks on screen: the worst first, what is said of one is what the command line says, and whoever decides finds them.

use std::sync::Arc;

use gonogo::{
    cockpit::{Effect, Message, Model, Request, Screen, render_to_cells},
    domain::*,
};

use super::{fixture::*, snap::snap};

fn voice(by: &str, seconds: i64) -> Voice {
    let by = Actor { name: by.into(), known: Known::Claimed };
    Voice { by, recorder: None, stands_in: None, at: later(seconds).wall }
}

pub fn risk(id: &str, what: &str, severity: u8, users: Option<f64>, way: Option<&str>) -> RiskState {
    let figures = RiskFigures {
        what: what.into(),
        severity: SeverityLevel::try_from(severity).unwrap(),
        likelihood: Risk::High,
        users,
        workaround: way.map(Into::into),
        owner: "qa".into(),
        gate: None,
    };
    RiskState {
        id: id.into(),
        triage: triage(&figures),
        figures,
        status: RiskStatus::Open,
        stated: voice("hu", -3_600),
        word: None,
        note: None,
        until: None,
    }
}

fn settled(it: RiskState, status: RiskStatus, note: &str) -> RiskState {
    let until = (status == RiskStatus::Accepted).then(|| later(7_200).wall);
    RiskState { status, word: Some(voice("octo", -600)), note: Some(note.into()), until, ..it }
}

fn board_of() -> Board {
    let mut board = go_board();
    let way = Some("support does them by hand");
    board.risks = vec![
        settled(risk("tax", "Tax is rounded up", 4, Some(1.0), way), RiskStatus::Closed, "fixed in 3.0.1"),
        risk("mails", "Receipts come an hour late", 3, Some(40.0), way),
        settled(
            risk("gifts", "Gift cards fail twice a day", 2, None, way),
            RiskStatus::Accepted,
            "until Thursday",
        ),
        risk("refunds", "Refunds may be paid twice", 1, Some(12.0), None),
        risk("help", "An article is out of date", 4, Some(1.0), way),
    ];
    (board.word, board.evidence) = (BoardWord::Hold, BoardWord::Go);
    board.lowered = vec![Lowering {
        cause: Cause::Risk,
        at_most: BoardWord::Hold,
        reason: "risk refunds blocks: Refunds may be paid twice".into(),
        next: Advice::from("mitigate, accept or close the risk"),
        who: vec!["qa".into()],
    }];
    board
}

pub fn on(size: (u16, u16)) -> Model {
    model_of(board_of(), size).showing(Screen::Risks)
}

fn shown(model: &Model, (w, h): (u16, u16)) -> String {
    let grid = render_to_cells(model, &dark(), now(), w, h);
    let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>() + "\n";
    (0..h).map(line).collect()
}

fn said(effects: Vec<Effect>) -> Option<(String, RiskStep)> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(Request::Act(_, Command::Risk { risk, step })) => Some((risk.to_string(), step)),
        _ => None,
    })
}

#[test]
fn the_screen() {
    for (w, h) in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        snap(&format!("risks_{w}x{h}"), &on((w, h)), &dark(), (w, h));
    }
    snap("risks_ascii", &on((80, 24)), &ascii(), (80, 24));
    let none = model_of(go_board(), (80, 24)).showing(Screen::Risks);
    snap("risks_none_80x24", &none, &dark(), (80, 24));
    let mut model = on((80, 24));
    keys(&mut model, "a");
    snap("risks_add_80x24", &model, &dark(), (80, 24));
}

#[test]
fn the_worst_comes_first_and_is_chosen() {
    let order: Vec<_> = board_of().risks_worst_first().into_iter().map(|it| it.id.to_string()).collect();
    assert_eq!(order, ["refunds", "mails", "help", "gifts", "tax"]);
    let mut model = model_of(board_of(), (80, 24));
    assert!(shown(&model, (80, 24)).contains("RISK refunds BLOCKS"), "and on the board it says where");
    keys(&mut model, "#");
    assert_eq!(model.screen(), Screen::Risks);
    assert!(shown(&model, (80, 24)).contains("BLOCKS  refunds"));
    keys(&mut model, "j");
    assert!(shown(&model, (80, 24)).contains("asks  mails"));
}

#[test]
fn what_becomes_of_a_risk_is_said_where_it_is_chosen() {
    assert_eq!(
        said(keys(&mut on((80, 24)), "mbehind a flag that is off\n")),
        Some(("refunds".into(), RiskStep::Mitigated { note: "behind a flag that is off".into() }))
    );
    let of = board_of().risks_worst_first()[0].figures.digest();
    let Some((id, RiskStep::Accepted { of: accepted, reason, until })) =
        said(keys(&mut on((80, 24)), "wtoo late to change it\n"))
    else {
        panic!("it is accepted")
    };
    assert_eq!(
        (id.as_str(), accepted, &*reason),
        ("refunds", of, "too late to change it"),
        "as it was shown"
    );
    assert!(until > now().wall);
    assert_eq!(
        said(keys(&mut on((80, 24)), "xnot in this release\n")),
        Some(("refunds".into(), RiskStep::Closed { reason: "not in this release".into() }))
    );
    // Of one that is closed the same key says that it is back; nothing else can be said of it.
    let mut model = on((80, 24));
    keys(&mut model, "G");
    keys(&mut model, "m");
    assert!(!model.is_asking() && model.notice().unwrap().text.contains("risk tax is closed"));
    assert_eq!(
        said(keys(&mut model, "xit is back\n")),
        Some(("tax".into(), RiskStep::Reopened { reason: "it is back".into() }))
    );
}

#[test]
fn a_risk_is_stated_and_weighed_as_the_command_does() {
    let mut model = on((80, 24));
    keys(&mut model, "arefunds-2\tRefunds are late\t2\th\t12%\tnone\t");
    // Whoever states it is offered as its owner.
    press(&mut model, gonogo::cockpit::Key::ctrl('u'));
    let Some((id, RiskStep::Stated(figures))) = said(keys(&mut model, "qa\tqa/smoke\n")) else {
        panic!("{}", shown(&model, (80, 24)))
    };
    assert_eq!((id.as_str(), triage(&figures)), ("refunds-2", Triage::Blocks));
    assert_eq!((figures.users, figures.workaround, figures.owner), (Some(12.0), None, "qa".into()));
    assert_eq!(figures.gate, Some("qa/smoke".into()));
    // What is not right is said at its field, and nothing is sent.
    let mut model = on((80, 24));
    assert!(said(keys(&mut model, "arefunds-2\tRefunds\t2\th\tmany\tnone\n")).is_none());
    assert!(shown(&model, (80, 24)).contains("write a share of the users"));
    // Nobody picked: Enter alone says nothing.
    let mut model = on((80, 24));
    assert!(said(keys(&mut model, "arefunds-2\tRefunds\n")).is_none());
    // What it is now begins with what it was.
    let mut model = on((80, 24));
    let Some((id, RiskStep::Stated(figures))) = said(keys(&mut model, "e\t\tl\n")) else {
        panic!("{}", shown(&model, (80, 24)))
    };
    assert_eq!((id.as_str(), figures.likelihood, figures.users), ("refunds", Risk::Low, Some(12.0)));
}

#[test]
fn what_a_word_would_do_is_asked_before_it_is_said() {
    let mut model = on((80, 24));
    let preview = |model: &mut Model, typed: &str| {
        let effects = typed.chars().flat_map(|c| send(model, Message::Key(key(c)))).collect::<Vec<_>>();
        effects.into_iter().rev().find_map(|it| match it {
            Effect::Ask(Request::Preview(_, _, Command::Risk { step, .. })) => Some(step),
            _ => None,
        })
    };
    assert!(matches!(preview(&mut model, "m"), Some(RiskStep::Mitigated { .. })), "before a letter is typed");
    let mut model = on((80, 24));
    let Some(RiskStep::Stated(figures)) = preview(&mut model, "anew\tMore\t1\th\t50\tnone") else {
        panic!("stated")
    };
    assert_eq!(triage(&figures), Triage::Blocks, "with the users and the workaround that were typed");
}

#[test]
fn the_palette_and_the_final_call_lead_there() {
    let mut model = model_of(board_of(), (120, 40));
    keys(&mut model, ":accept risk mail");
    assert!(model.palette().iter().any(|(name, ..)| *name == "accept risk mails"), "{:?}", model.palette());
    keys(&mut model, "\n");
    assert!(model.is_asking() && model.screen() == Screen::Risks);
    assert!(shown(&model, (120, 40)).contains("Accept risk mails"));
    let mut only = model_of(board_of(), (80, 24));
    send(&mut only, Message::ReadOnly);
    keys(&mut only, "#a");
    assert!(!only.is_asking());
}

#[test]
fn an_act_under_way_is_not_said_twice() {
    let mut model = on((80, 24));
    keys(&mut model, "mdone\n");
    assert!(shown(&model, (80, 24)).contains("risk refunds mitigated: recording"));
    keys(&mut model, "w");
    assert!(!model.is_asking());
    let board = Arc::new(board_of());
    send(&mut model, Message::BoardChanged(board));
    assert!(shown(&model, (80, 24)).contains("recording"), "until the journal has it");
}
