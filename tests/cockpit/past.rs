//! Looking back: what is shown, where keys go, and that nothing can be said there.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use gonogo::{
    cockpit::{
        Code, Effect, Key, Message, Model, PastMoment, PastView, Request, Screen, next_change,
        render_to_cells,
    },
    domain::{Board, BoardWord, Flip, Verdict},
};

use crate::cockpit::fixture::*;

fn day() -> Vec<PastMoment> {
    let moment = |at: &str, said: &str| PastMoment { at: time(at), said: said.into() };
    vec![
        moment("2026-12-02T08:02:00Z", "qa/blockers: PENDING -> GO: no open blocker"),
        moment("2026-12-02T08:30:00Z", "mona (unverified): GO on gtm/docs-live"),
        moment("2026-12-02T09:11:00Z", "qa/blockers: GO -> NO-GO: CHK-108 reopened"),
    ]
}

pub fn view(at: DateTime<Utc>, board: Board) -> PastView {
    let boot = std::time::Duration::from_secs(50_000);
    PastView {
        board: Arc::new(board),
        at,
        now: gonogo::domain::Now { wall: at, boot },
        from: time("2026-12-02T08:00:00Z"),
        to: time("2026-12-02T09:17:00Z"),
        moments: day().into(),
    }
}

fn asked(effects: &[Effect]) -> Option<DateTime<Utc>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(Request::LookBack(at)) => Some(*at),
        _ => None,
    })
}

/// Looks back at a board that was GO, at 08:30.
fn looking(size: (u16, u16)) -> Model {
    let mut model = model(size);
    keys(&mut model, "R");
    send(&mut model, Message::Past(view(time("2026-12-02T08:30:00Z"), go_board())));
    model
}

fn screen(model: &Model, (w, h): (u16, u16)) -> Vec<String> {
    let grid = render_to_cells(model, &dark(), now(), w, h);
    (0..h).map(|y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect()).collect()
}

#[test]
fn the_past_is_marked_on_every_screen_and_at_every_size() {
    for open in ["", "t", "p", "i", "v", "\n"] {
        let mut model = looking((80, 24));
        keys(&mut model, open);
        let every = if open.is_empty() { 1 } else { 5 };
        let small = (0..=44).step_by(every).flat_map(|w| (0..=16).step_by(every).map(move |h| (w, h)));
        for (w, h) in small.chain([(80, 24), (200, 60)]) {
            let lines = screen(&model, (w, h));
            let go = lines.iter().any(|line| line.replace("NO-GO", "").contains("GO"));
            let marked = lines.iter().any(|line| line.contains("REPLAY"));
            assert!(!go || marked, "{open:?} {w}x{h}: {lines:#?}");
        }
        let lines = screen(&model, (80, 24));
        assert!(lines[0].starts_with("  REPLAY  as it was at 08:30:00 GMT"), "{open:?}: {}", lines[0]);
        assert!(lines[22].contains("mona (unverified): GO on gtm/docs-live"), "{}", lines[22]);
    }
}

/// What happened after the moment that is looked at is not known then: neither in the line of changes nor at the gate.
#[test]
fn no_change_of_later_is_told_in_the_past() {
    let flip = |at: &str, reason: &str| Flip {
        gate: "qa/blockers".into(),
        from: Some(Verdict::Go),
        to: Verdict::NoGo,
        at: time(at),
        reason: reason.into(),
    };
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut model = model(size);
        let flips =
            vec![flip("2026-12-02T09:16:00Z", "reopened later"), flip("2026-12-02T08:10:00Z", "seen before")];
        send(&mut model, Message::Flips(flips));
        keys(&mut model, "R");
        send(&mut model, Message::Past(view(time("2026-12-02T08:30:00Z"), go_board())));
        let shown = screen(&model, size).join("\n");
        // Small screens have no line of changes while somebody looks back.
        assert!(size.0 < 120 || shown.contains("seen before"), "{size:?}: {shown}");
        assert!(!shown.contains("reopened later") && !shown.contains("m: seen"), "{size:?}: {shown}");
        keys(&mut model, "\u{1b}");
        let shown = screen(&model, size).join("\n");
        assert!(size.0 < 120 || shown.contains("reopened later"), "{size:?}: {shown}");
    }
}

#[test]
fn nothing_can_be_said_in_the_past() {
    let everything: String = (' '..='~').filter(|c| *c != 'R').collect();
    for open in ["", "t", "v", "\n", "/doc\n"] {
        let mut model = model((80, 24));
        keys(&mut model, open);
        keys(&mut model, "R");
        send(&mut model, Message::Past(view(time("2026-12-02T08:30:00Z"), go_board())));
        for c in everything.chars() {
            let effects = keys(&mut model, &format!("{c}\n"));
            assert!(!model.is_asking(), "{open:?} {c:?} opened a form");
            let acts = effects.iter().any(|it| {
                matches!(it, Effect::Ask(Request::Act(..) | Request::ActFor(..) | Request::Minutes))
            });
            assert!(!acts, "{open:?} {c:?}: {effects:?}");
        }
    }
}

#[test]
fn the_present_goes_on_behind_it_and_is_news_on_return() {
    let mut model = looking((80, 24));
    assert_eq!(model.board().word, BoardWord::NoGo, "the program's own word is the present one");
    let mut newer = board();
    newer.gates.iter_mut().find(|it| it.id.as_str() == "qa/smoke").unwrap().verdict = Verdict::NoGo;
    send(&mut model, Message::BoardChanged(Arc::new(newer)));
    assert!(model.unseen().is_empty() && screen(&model, (80, 24))[0].contains("REPLAY"));
    assert_eq!(next_change(&model, now()), None, "the past does not change");
    let effects = keys(&mut model, "\u{1b}");
    assert_eq!(effects, [Effect::Ask(Request::LookNow)]);
    assert!(!model.looks_back() && !screen(&model, (80, 24))[0].contains("REPLAY"));
    let unseen: Vec<_> = model.unseen().iter().map(|it| it.as_str().to_owned()).collect();
    assert_eq!(unseen, ["qa/smoke"]);
    // An answer that comes late does not bring the past back.
    send(&mut model, Message::Past(view(time("2026-12-02T08:30:00Z"), go_board())));
    assert!(!model.looks_back() && model.board().word == BoardWord::NoGo);
}

#[test]
fn keys_go_through_the_day() {
    let mut model = model((80, 24));
    assert_eq!(asked(&keys(&mut model, "R")), Some(now().wall));
    send(&mut model, Message::Past(view(time("2026-12-02T09:17:00Z"), board())));
    for (key, at) in [
        (Code::Left, "2026-12-02T09:11:00Z"),
        (Code::Left, "2026-12-02T08:30:00Z"),
        (Code::Right, "2026-12-02T09:11:00Z"),
        (Code::Char('['), "2026-12-02T09:06:00Z"),
        (Code::Home, "2026-12-02T08:00:00Z"),
        (Code::Char('['), "2026-12-02T08:00:00Z"),
        (Code::End, "2026-12-02T09:17:00Z"),
    ] {
        assert_eq!(asked(&press(&mut model, Key::plain(key))), Some(time(at)), "{key:?}");
    }
    assert_eq!(asked(&keys(&mut model, "08:45\n")), Some(time("2026-12-02T08:45:00Z")), "a typed time");
    assert!(keys(&mut model, "0x\n").is_empty(), "no time");
    assert_eq!(asked(&keys(&mut model, "\u{1b}\u{1b}")), None);
    // Screens change with their letters.
    let mut model = looking((80, 24));
    keys(&mut model, "t");
    assert_eq!(model.screen(), Screen::Timeline);
    assert!(model.looks_back());
}

#[test]
fn without_a_day_it_is_now() {
    let mut model = model((80, 24));
    keys(&mut model, "R");
    send(&mut model, Message::NoPast("there is no journal yet".into()));
    assert!(!model.looks_back());
    assert!(model.notice().unwrap().text.contains("there is no journal yet"));
}
