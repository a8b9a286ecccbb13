//! The comms plan on screen: what asks for somebody first, its words, and what is typed there.

use gonogo::{
    cockpit::{Effect, Message, Model, Notice, Request, Screen},
    domain::*,
};

use super::{fixture::*, snap::snap};

pub fn message(id: &str, status: MessageStatus, source: Option<&str>) -> MessageState {
    MessageState {
        of: MessageRef { message: id.into(), cause: 0 },
        title: format!("Title of {id}").as_str().into(),
        occasion: Occasion::Plan,
        happened: None,
        audience: "customers".into(),
        via: Via { source: source.map(SourceId::new), to: "launch-room".into() },
        owner: Some("octo".into()),
        public: true,
        status,
        reason: "it is to be sent".into(),
        next: Advice::from("send it").by(Suggested::SendMessage(id.into())),
        who: vec!["octo".into()],
        due: Some(later(900).wall),
        overdue: status == MessageStatus::Overdue,
        embargo: None,
        waits_for: Vec::new(),
        text: "Checkout 2 is out.\n\nThanks to all who tried it.".into(),
        digest: Some(Digest::of([id.as_bytes()])),
        drafted: None,
        approved_by: vec!["octo".into()],
        approved: None,
        void: None,
        sent: None,
        changes_at: None,
    }
}

fn board_of() -> Board {
    let mut board = go_board();
    board.messages = vec![
        message("blog", MessageStatus::Planned, None),
        message("press", MessageStatus::ToApprove, None),
        message("room", MessageStatus::Overdue, Some("slack")),
        message("mail", MessageStatus::Sent, None),
    ];
    let page = MessageState { occasion: Occasion::Hold, ..message("page", MessageStatus::Due, None) };
    board.messages.push(page);
    board
}

pub fn on(size: (u16, u16)) -> Model {
    model_of(board_of(), size).showing(Screen::Comms)
}

fn wish(effects: Vec<Effect>) -> Option<(String, MessageWish)> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(Request::Act(_, Command::Message { message, cause: Some(0), wish })) => {
            Some((message.to_string(), wish))
        }
        _ => None,
    })
}

#[test]
fn the_screen() {
    for (name, size) in [
        ("comms_60x16", (60, 16)),
        ("comms_80x24", (80, 24)),
        ("comms_120x40", (120, 40)),
        ("comms_200x60", (200, 60)),
    ] {
        snap(name, &on(size), &dark(), size);
    }
    let none = model_of(go_board(), (80, 24)).showing(Screen::Comms);
    snap("comms_none_80x24", &none, &dark(), (80, 24));
}

#[test]
fn what_asks_is_chosen_first_and_what_is_typed_goes_to_it() {
    let digest = |id: &str| Digest::of([id.as_bytes()]);
    // The words that are approved are those that were shown.
    let mut model = on((80, 24));
    assert!(keys(&mut model, "a\n").is_empty(), "Enter approves nothing");
    let said = wish(keys(&mut model, "APPROVE\n"));
    assert_eq!(said, Some(("press".to_owned(), MessageWish::Approve { digest: digest("press") })));
    keys(&mut model, "e");
    assert!(!model.is_asking(), "one word at a time");
    // The next one, by hand where the settings allow no more.
    let mut model = on((80, 24));
    let said = wish(keys(&mut model, "jshttps://example.com/9\n"));
    let sent = MessageWish::Sent {
        digest: digest("room"),
        link: Some("https://example.com/9".into()),
        overrides: None,
    };
    assert_eq!(said, Some(("room".to_owned(), sent)));
    // Early only by an OVERRIDE.
    let mut model = on((80, 24));
    keys(&mut model, "gs");
    let said = wish(keys(&mut model, "\tit leaked\tOVERRIDE\n"));
    let sent = MessageWish::Sent { digest: digest("blog"), link: None, overrides: Some("it leaked".into()) };
    assert_eq!(said, Some(("blog".to_owned(), sent)));
    let mut model = on((80, 24));
    let said = wish(keys(&mut model, "jxsaid in person\n"));
    assert_eq!(said, Some(("room".to_owned(), MessageWish::NotNeeded { reason: "said in person".into() })));
}

#[test]
fn what_a_source_sends_is_asked_of_the_application_where_the_settings_allow_it() {
    let mut model = on((80, 24));
    send(&mut model, Message::Writes(vec!["slack".into(), "via/slack".into()]));
    let effects = keys(&mut model, "js");
    assert_eq!(effects, [Effect::Ask(Request::SendMessage("room".into()))]);
    assert!(!model.is_asking(), "nothing is typed before the request is shown");
    send(
        &mut model,
        Message::WriteAsked("room to customers\n\nCheckout 2 is out.".to_owned(), "SEND".to_owned()),
    );
    assert_eq!(keys(&mut model, "SEND\n"), [Effect::Ask(Request::WriteSaid(true))]);
    let mut model = on((80, 24));
    assert_eq!(
        keys(&mut model, "jy"),
        [Effect::Copy("Checkout 2 is out.\n\nThanks to all who tried it.".to_owned())]
    );
}

/// A webhook tells nothing back: who has looked there says so in the cockpit, and not only on the command line.
#[test]
fn what_no_server_tells_is_asked_of_the_person() {
    let mut board = go_board();
    board.messages = vec![message("room", MessageStatus::Unknown, Some("slack"))];
    let mut model = model_of(board, (80, 24)).showing(Screen::Comms);
    send(&mut model, Message::Writes(vec!["slack".into(), "via/slack".into()]));
    assert_eq!(keys(&mut model, "s"), [Effect::Ask(Request::SendMessage("room".into()))]);
    let why =
        "the webhook of launch-room does not tell what it took; look into the channel; say what you see";
    send(&mut model, Message::Wrote(Notice::bad(why).sticky()));
    let said = shown(&model, (80, 24));
    for part in ["What became of room", "look into the channel", "it is NOT there"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(model.notice().is_none_or(|it| !it.sticky), "the form says it");
    let said = wish(keys(&mut model, "y\n"));
    assert_eq!(said, Some(("room".to_owned(), MessageWish::Looked { arrived: true, note: None })));
}

/// One that is out, one that is overdue, one that is due now, one to come, and one of which nobody knows when.
fn in_time() -> Board {
    let mut board = go_board();
    let at = |id: &str, status, seconds: i64| MessageState {
        due: Some(later(seconds).wall),
        ..message(id, status, None)
    };
    let voice = Voice {
        by: Actor { name: "octo".into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        at: later(-3_600).wall,
    };
    let sent =
        MessageSent { seq: 1, voice, text: "it is on".into(), link: None, told: None, overrides: None };
    board.messages = vec![
        MessageState { sent: Some(sent), ..at("team", MessageStatus::Sent, -7_200) },
        at("room", MessageStatus::Overdue, -1_200),
        at("page", MessageStatus::Due, -60),
        at("blog", MessageStatus::Planned, 90_000),
        MessageState { due: None, ..message("press", MessageStatus::Waits, None) },
        at("old", MessageStatus::NotNeeded, 0),
    ];
    board
}

#[test]
fn messages_stand_on_the_timeline() {
    for (w, h) in [(80, 24), (120, 40), (200, 60)] {
        let model = model_of(in_time(), (w, h)).showing(Screen::Timeline);
        snap(&format!("comms_timeline_{w}x{h}"), &model, &dark(), (w, h));
    }
    let model = model_of(in_time(), (200, 60));
    snap("comms_below_the_board_200x60", &model, &dark(), (200, 60));
    snap(
        "comms_timeline_ascii",
        &model_of(in_time(), (80, 24)).showing(Screen::Timeline),
        &ascii(),
        (80, 24),
    );
    let marks: Vec<_> = in_time()
        .message_marks()
        .into_iter()
        .map(|(at, mark, it)| (at, mark, it.of.message.clone()))
        .collect();
    let sent = (later(-3_600).wall, MessageMark::Sent, "team".into());
    assert_eq!(marks[0], sent, "where it went out, not where it was due");
    assert_eq!(marks.len(), 4, "what has no place in time has none here: {marks:?}");
}

#[test]
fn the_timeline_of_then_has_the_messages_of_then() {
    let mut model = model_of(in_time(), (120, 40)).showing(Screen::Timeline);
    keys(&mut model, "R");
    let mut then = in_time();
    then.messages.retain(|it| *it.of.message == *"blog");
    send(&mut model, Message::Past(super::past::view(time("2026-12-02T08:30:00Z"), then)));
    let said = shown(&model, (120, 40));
    assert!(said.contains("1 to come") && !said.contains("OVERDUE"), "{said}");
}

/// Names of messages are the launch's own and stay; what they say, and to whom they belong, does not.
#[test]
fn a_shared_screen_has_the_marks_and_no_words() {
    let launch = launch();
    let redacted = Redactor::new(&launch).board(&in_time());
    let model = Model::new(launch, std::sync::Arc::new(redacted), (120, 40)).showing(Screen::Timeline);
    let said = shown(&model, (120, 40));
    assert!(said.contains("1 OVERDUE (room)") && said.contains("team"), "{said}");
    assert!(!said.contains("Title of") && !said.contains("octo"), "{said}");
}

fn shown(model: &Model, (w, h): (u16, u16)) -> String {
    let grid = gonogo::cockpit::render_to_cells(model, &dark(), now(), w, h);
    let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>() + "\n";
    (0..h).map(line).collect()
}

#[test]
fn an_overdue_message_rings_once_and_not_again_after_a_restart() {
    let alerts = |model: &mut Model, board: Board| {
        let effects = send(model, Message::BoardChanged(std::sync::Arc::new(board)));
        let said =
            effects.into_iter().filter_map(|it| if let Effect::Alert(text) = it { Some(text) } else { None });
        said.collect::<Vec<_>>()
    };
    // Due half an hour from now and nobody sends it: late once the grace is over.
    let late = |seconds: i64| {
        let mut board = go_board();
        board.messages = vec![MessageState {
            due: Some(later(seconds).wall),
            ..message("room", MessageStatus::Overdue, None)
        }];
        board
    };
    let mut model = model_of(go_board(), (80, 24));
    assert_eq!(alerts(&mut model, late(60)), ["overdue: send message room to customers"]);
    assert!(alerts(&mut model, late(60)).is_empty());
    let mut again = late(60);
    again.messages[0].of.cause = 7;
    assert_eq!(alerts(&mut model, again).len(), 1, "what it tells of happened once more");
    // It was late before the cockpit was opened: on the first board, or as soon as sources answered.
    let mut model = model_of(late(-3_600), (80, 24));
    assert!(alerts(&mut model, late(-3_600)).is_empty());
    let mut model = model_of(go_board(), (80, 24));
    assert!(alerts(&mut model, late(-3_600)).is_empty());
}
