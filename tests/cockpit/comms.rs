//! The comms plan on screen: what asks for somebody first, its words, and what is typed there.

use gonogo::{
    cockpit::{Effect, Message, Model, Request, Screen},
    domain::*,
};

use super::{fixture::*, snap::snap};

fn message(id: &str, status: MessageStatus, source: Option<&str>) -> MessageState {
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

fn on(size: (u16, u16)) -> Model {
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
