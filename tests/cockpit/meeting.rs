//! The go/no-go meeting: keys in, commands out, and the rules of the domain behind them.

use std::{collections::BTreeMap, sync::Arc};

use gonogo::{
    app::{Registry, Session},
    checklist::{LaunchInput, LoadRequest, load},
    cockpit::{
        ActResult, Code, Effect, JournalState, Key, Look, Me, Message, Model, Request, Screen, Ticket,
        render_to_cells, update,
    },
    domain::{
        ActEnvelope, Actor, Command, Decision, History, Known, Now, Refusal, Risk, RiskFigures, RiskStep,
        Scope, SeverityLevel, Verdict, Vote, act,
    },
};
use uuid::Uuid;

use crate::cockpit::fixture::{ascii, dark, key, keys, later, press, send, time};
use crate::cockpit::snap::snap;

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: 8f3c2ab0000000000000000000000000000000ff }
schedule: { t0: 2026-12-02T11:00, timezone: UTC }
people: { octo: { name: Octo }, hu: { name: Hu }, mo: { name: Mo }, ada: { name: Ada } }
roles:
  qa: { people: [hu], title: Quality }
  support: { people: [mo, ada], title: Support }
  on-call: { people: [octo], title: On-call }
  ops: { people: [octo], title: Operations }
  director: { people: [octo], title: Launch director }
roll_call:
  at: T-15m
  stations:
    - { station: qa, checklists: [launch], computed: true }
    - { station: support }
    - { station: ops, stations: [{ station: on-call }] }
  final_call: director
  options: [slip, partial-scope]
gates:
  - { gate: tested, title: The release was tested, owner: qa, due: T-1h, task: { by: [qa] } }
";

/// The cockpit with the rules behind it: what it asks for is done at once, unless the journal is away.
pub struct Room {
    pub model: Model,
    live: Session,
    seconds: i64,
    events: u128,
}

impl Room {
    pub fn new(size: (u16, u16)) -> Self {
        Self::of(LAUNCH, size)
    }

    fn of(launch: &str, size: (u16, u16)) -> Self {
        let input = LaunchInput::Memory(vec![("launch.yaml".into(), launch.into())]);
        let loaded = load(&LoadRequest { input, set: vec![] }, &Registry).unwrap();
        let mut live = Session::new(Arc::new(loaded.launch), History::default(), Scope::default());
        let board = Arc::new(live.board(later(0)));
        let mut model = Model::new(Arc::clone(live.launch()), board, size);
        update(&mut model, me(), later(0));
        Self { model, live, seconds: 0, events: 0 }
    }

    fn now(&self) -> Now {
        later(self.seconds)
    }

    /// Types, and carries out what that asks for.
    pub fn types(&mut self, typed: &str) -> &mut Self {
        for c in typed.chars() {
            let effects = send(&mut self.model, Message::Key(key(c)));
            self.carry(effects);
        }
        self
    }

    fn carry(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(Request::Act(ticket, command)) => self.record(ticket, "octo", false, command),
                Effect::Ask(Request::ActFor(ticket, by, command)) => {
                    self.record(ticket, by.as_str(), true, command);
                }
                Effect::Ask(Request::Preview(number, by, command)) => {
                    let actor = |name: &str| Actor { name: name.into(), known: Known::Claimed };
                    let (recorder, by) = match &by {
                        Some(by) => (Some(actor("octo")), actor(by.as_str())),
                        None => (None, actor("octo")),
                    };
                    let now = self.now();
                    let context = ActEnvelope {
                        actor: by,
                        recorder,
                        by_name: false,
                        teams: vec![],
                        recorder_teams: vec![],
                        now,
                        id: Uuid::nil(),
                    };
                    let said = self.live.preview(&[command], &context);
                    let said = said.map(|it| it.describe()).map_err(|refusal| refusal.to_string());
                    send(&mut self.model, Message::Preview(number, said));
                }
                Effect::Ask(Request::Minutes) => {
                    send(&mut self.model, Message::MinutesWritten(vec!["minutes-rocket-2.md".into()]));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn record(&mut self, ticket: Ticket, by: &str, by_name: bool, command: Command) {
        self.seconds += 1;
        let now = self.now();
        let actor = |name: &str| Actor { name: name.into(), known: Known::Claimed };
        let recorder = (by != "octo").then(|| actor("octo"));
        self.events += 1;
        let id = Uuid::from_u128(self.events);
        let (teams, recorder_teams) = (vec![], vec![]);
        let context = ActEnvelope { actor: actor(by), recorder, teams, recorder_teams, by_name, now, id };
        let board = self.live.board(now);
        let before = Arc::clone(self.live.launch());
        let result = match act(self.live.launch(), self.live.history(), &board, command, &context) {
            Ok(event) => {
                self.live.take_event(&event);
                ActResult::Recorded(id)
            }
            Err(refusal) => ActResult::Refused(refusal),
        };
        let board = Arc::new(self.live.board(now));
        send(&mut self.model, Message::Acted(ticket, result));
        let launch = Arc::clone(self.live.launch());
        let news = if Arc::ptr_eq(&launch, &before) {
            Message::BoardChanged(board)
        } else {
            Message::LaunchReloaded(launch, board)
        };
        send(&mut self.model, news);
    }

    pub fn station(&self) -> Option<&str> {
        self.model.station().map(gonogo::domain::Party::as_str)
    }

    pub fn screen(&self, look: &Look, (w, h): (u16, u16)) -> String {
        let grid = render_to_cells(&self.model, look, later(60), w, h);
        let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>();
        (0..h).map(|y| line(y).trim_end().to_owned() + "\n").collect()
    }

    /// A round is open and everybody has said go; the gate is go if it was `tested`.
    pub fn heard(&mut self) -> &mut Self {
        self.types("vo\ng\ng1\ng\ng\n")
    }

    fn tested(&mut self) -> &mut Self {
        let gate = "launch/tested".into();
        let sign = Command::SignOff { gate, go: true, role: None, note: None, answers: BTreeMap::default() };
        self.record(Ticket(99), "hu", false, sign);
        self
    }

    fn offline(&mut self) {
        send(&mut self.model, Message::Journal(JournalState::Offline("no answer".into())));
    }

    fn shows(&self, words: &str) {
        let screen = self.screen(&dark(), (80, 24));
        assert!(screen.contains(words), "`{words}` is not shown:\n{screen}");
    }
}

fn me() -> Message {
    Message::Identity(Some(Me { name: "octo".into(), known: "unverified".into(), teams: vec![] }))
}

fn asked(effects: Vec<Effect>) -> Option<Command> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(Request::Act(_, command) | Request::ActFor(_, _, command)) => Some(command),
        _ => None,
    })
}

#[test]
fn stations_answer_in_order_with_one_key_and_enter_nested_ones_first() {
    let mut room = Room::new((80, 24));
    room.types("v");
    assert_eq!((room.model.screen(), room.station()), (Screen::RollCall, None));
    room.types("\n\n").shows("o opens the roll call");
    room.types("o\n");
    let mut called = Vec::new();
    for answer in ["g\n", "g1\n", "g\n", "g\n"] {
        called.push(room.station().unwrap().to_owned());
        room.types(answer);
    }
    assert_eq!(called, ["qa", "support", "on-call", "ops"]);
    assert_eq!(room.station(), None, "then the final call");
    room.shows("makes the final call on evidence that is ◌ HOLD");
    room.shows("4 of 4 heard");
}

#[test]
fn enter_alone_answers_nothing_and_pasted_text_neither() {
    let mut room = Room::new((80, 24));
    room.types("vo\n\n\n\n");
    for text in ["g\n", "g", "\r\n", "o\n"] {
        assert!(send(&mut room.model, Message::Paste(text.into())).is_empty());
    }
    room.types("\n");
    assert_eq!(room.station(), Some("qa"));
    room.shows("0 of 4 heard");
}

#[test]
fn an_answer_is_not_given_before_it_is_recorded() {
    let mut room = Room::new((80, 24));
    room.types("vo\n");
    let command = asked(keys(&mut room.model, "g\n")).unwrap();
    assert!(matches!(command, Command::Vote { round: 1, vote: Vote::Go, .. }), "{command:?}");
    assert_eq!(room.station(), Some("qa"), "nobody else is called yet");
    room.shows("recording...");
    room.shows("0 of 4 heard");
    assert!(keys(&mut room.model, "g").is_empty() && !room.model.is_asking(), "not twice");
    assert!(keys(&mut room.model, "q").is_empty(), "leaving asks first");
}

#[test]
fn whose_word_it_is_is_never_guessed_among_several() {
    let mut room = Room::new((80, 24));
    room.types("vo\n");
    let effects = keys(&mut room.model, "gclean run\n");
    let [Effect::Ask(Request::ActFor(_, by, Command::Vote { note: Some(note), .. }))] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!((by.as_str(), &**note), ("hu", "clean run"), "only hu speaks for quality");
    let mut room = Room::new((80, 24));
    room.types("vo\ng\n");
    assert!(keys(&mut room.model, "g\n").is_empty() && room.model.is_asking(), "mo or ada?");
    let effects = keys(&mut room.model, "2\n");
    assert!(
        matches!(&effects[..], [Effect::Ask(Request::ActFor(_, by, _))] if by.as_str() == "mo"),
        "{effects:?}"
    );
}

#[test]
fn conditions_are_lines_and_a_no_go_says_why() {
    let mut room = Room::new((80, 24));
    room.types("vo\n");
    assert!(keys(&mut room.model, "n\n").is_empty() && room.model.is_asking());
    room.types("\u{1b}");
    assert!(keys(&mut room.model, "c\n").is_empty() && room.model.is_asking(), "which conditions?");
    let command = asked(keys(&mut room.model, "after 10 %\tby noon\n")).unwrap();
    let Command::Vote { vote: Vote::GoWithConditions { conditions }, .. } = command else { panic!() };
    assert_eq!(conditions.iter().map(|it| &**it).collect::<Vec<_>>(), ["after 10 %", "by noon"]);
}

#[test]
fn a_delegate_is_named_by_the_beginning_and_answers_for_the_station() {
    let mut room = Room::new((80, 24));
    room.types("vo\nd");
    room.types("o\n").shows("which one: octo, on-call, ops?");
    room.types("c\n");
    room.shows("DELEGATED to octo, not heard yet");
    assert_eq!(room.station(), Some("qa"));
    room.types("g\n").shows("octo, delegated by hu");
    assert_eq!(room.station(), Some("support"));
}

#[test]
fn a_correction_names_what_it_corrects_and_hides_nothing() {
    let mut room = Room::new((80, 24));
    room.types("vo\nnnot tested\n");
    let first = room.model.board().roll_call.as_ref().unwrap().stations[0].vote_id;
    room.types("k").shows("answered: ✖ NO-GO");
    assert!(keys(&mut room.model, "g").is_empty() && !room.model.is_asking(), "u first");
    let command = asked(keys(&mut room.model, "ug\n")).unwrap();
    let Command::Vote { corrects, .. } = command else { panic!() };
    assert_eq!(corrects, first);
    let mut room = Room::new((80, 24));
    room.types("vo\nnnot tested\nkug\n");
    assert_eq!(room.station(), Some("support"), "back to who is called");
    room.shows("octo  (was NO-GO)");
}

#[test]
fn looking_at_another_station_answers_for_nobody() {
    let mut room = Room::new((80, 24));
    room.types("vo\njj");
    assert_eq!(room.station(), Some("on-call"));
    assert!(keys(&mut room.model, "g").is_empty() && !room.model.is_asking());
    assert!(room.model.notice().unwrap().text.contains("Quality is called now"));
    room.types(" ");
    assert_eq!(room.station(), Some("qa"));
}

#[test]
fn the_final_call_takes_a_typed_word() {
    let mut room = Room::new((80, 24));
    room.tested().heard();
    assert!(keys(&mut room.model, "gready\n").is_empty(), "no word was typed");
    send(&mut room.model, Message::Paste("GO".into()));
    assert!(keys(&mut room.model, "\n").is_empty(), "pasted words confirm nothing");
    assert!(keys(&mut room.model, "go\n").is_empty(), "the word itself");
    press(&mut room.model, Key::ctrl('u'));
    room.types("GO\n");
    let decision = room.model.board().decision.clone().unwrap();
    assert_eq!(
        (decision.decision.clone(), decision.overrides, &*decision.reason),
        (Decision::GO, false, "ready")
    );
    room.shows("by octo (unverified) at 09:17 UTC in roll call 1; the evidence was GO");
    room.types("w").shows("wrote: minutes-rocket-2.md");
}

/// A risk that asks is named in the form, and what is typed as a condition is a gate of the board after it.
#[test]
fn the_final_call_names_risks_and_takes_options_and_conditions() {
    let mut room = Room::new((80, 24));
    room.tested();
    let figures = RiskFigures {
        what: "refunds may fail".into(),
        severity: SeverityLevel::try_from(2).unwrap(),
        likelihood: Risk::Low,
        users: Some(12.0),
        workaround: None,
        owner: "qa".into(),
        gate: None,
    };
    let step = RiskStep::Stated(figures);
    room.record(Ticket(98), "mo", false, Command::Risk { risk: "refunds".into(), step });
    room.shows("1 risk, 1 to answer");
    room.heard();
    keys(&mut room.model, "g");
    room.shows("risk refunds: refunds may fail (SEV-2, likelihood low, 12 % of users, no");
    snap("roll_call_final_terms_80x24", &room.model, &dark(), (80, 24));
    room.types("behind the flag\tGO\tslip: a week later\t\tqa: run it again\n");
    room.shows("write OWNER: WHAT by MOMENT");
    room.types(" by 2h\n");
    let board = room.model.board().clone();
    let decision = board.decision.as_ref().unwrap();
    assert_eq!(decision.label(), "GO");
    assert_eq!(&*decision.terms.considered[0].tradeoff, "a week later");
    assert_eq!(&*decision.terms.risks[0].id, "refunds");
    let gate = board.gate(&"conditions/1.1".into()).unwrap();
    assert_eq!((&*gate.title, gate.counted, gate.verdict), ("run it again", false, Verdict::Pending));
    room.types("1");
    room.shows("Conditions of the final c");
}

#[test]
fn the_final_call_names_the_evidence_whole_at_every_size() {
    let mut room = Room::new((80, 24));
    room.heard();
    for look in [dark(), ascii()] {
        for size in [(40, 12), (44, 14), (50, 16), (60, 20), (80, 24), (120, 40), (200, 60)] {
            let screen = room.screen(&look, size);
            let whole = |line: &str| line.contains("evidence") && line.contains("HOLD");
            assert!(screen.lines().any(whole), "{size:?}\n{screen}");
        }
    }
}

#[test]
fn against_the_board_it_is_an_override_and_never_reads_go() {
    let mut room = Room::new((80, 24));
    room.heard();
    room.shows("g OVERRIDE");
    assert!(keys(&mut room.model, "gthe shop is down anyway\tGO\n").is_empty(), "GO is not the word");
    press(&mut room.model, Key::ctrl('u'));
    room.types("OVERRIDE\n");
    assert!(room.model.board().decision.as_ref().unwrap().overrides);
    for look in [dark(), ascii()] {
        for size in [(80, 24), (120, 40), (200, 60), (44, 14)] {
            let screen = room.screen(&look, size);
            let large = room.screen(&dark(), size);
            let go = large.lines().any(|line| line.trim() == "▄▀▀▀ ▄▀▀▄" || line.trim() == "G O");
            assert!(!go && screen.contains("OVERRIDE"), "{size:?}\n{screen}");
        }
    }
    room.shows("An OVERRIDE is no GO");
}

#[test]
fn a_go_on_a_board_that_fell_since_is_not_drawn_large() {
    let mut room = Room::new((80, 24));
    room.tested().heard().types("gready\tGO\n");
    let large = "▄▀▀▀ ▄▀▀▄";
    room.shows(large);
    let mut board = gonogo::domain::Board::clone(room.model.board());
    board.word = gonogo::domain::BoardWord::NoGo;
    send(&mut room.model, Message::BoardChanged(Arc::new(board)));
    room.shows("The decision was GO; the board is NO-GO now");
    assert!(!room.screen(&dark(), (80, 24)).contains(large));
}

#[test]
fn nobody_decides_on_a_board_they_did_not_see() {
    let mut room = Room::new((80, 24));
    room.tested().heard();
    keys(&mut room.model, "gready\tGO");
    // Somebody else leaves a word meanwhile.
    let note = Command::Note { gate: None, text: "wait".into() };
    room.record(Ticket(98), "mo", false, note);
    room.types("\n");
    assert!(room.model.is_asking(), "what was typed comes back");
    assert!(room.model.notice().unwrap().text.contains("1 new entry since you looked"));
    room.types("\n");
    assert!(room.model.board().decision.is_some(), "after a second look");
}

/// A station takes its word back while the final call is typed: what has to be typed says so, and the rest is not typed again.
#[test]
fn a_word_taken_back_meanwhile_changes_what_has_to_be_typed() {
    let mut room = Room::new((80, 24));
    room.tested().heard();
    keys(&mut room.model, "gready\tGO");
    let station = "support".into();
    let corrects = room.model.board().roll_call.as_ref().unwrap().station(&station).unwrap().vote_id;
    let (vote, note) = (Vote::NoGo, Some("nobody is there".into()));
    let vote = Command::Vote { round: 1, station, vote, note, corrects, saw: None };
    room.record(Ticket(98), "mo", false, vote);
    room.shows("The final call: GO OVER DISSENT");
    room.shows("Support said NO-GO: nobody is there: this goes over it");
    room.types("\n");
    assert!(room.model.board().decision.is_none(), "GO is not the word any more");
    room.types("GO OVER DISSENT\n\n");
    let decision = room.model.board().decision.clone().unwrap();
    assert_eq!((decision.label(), &*decision.reason), ("GO OVER DISSENT", "ready"));
}

#[test]
fn a_hold_stops_the_clock_ends_openly_and_the_poll_is_repeated() {
    let mut room = Room::new((80, 24));
    room.types("vo\ng\nhtested\t");
    room.types("\u{1b}");
    // Until when, what must be true, why, and the word.
    room.types("h\tnonsense\t\tone moment\tHOLD\n");
    assert!(room.model.is_asking(), "no such gate");
    press(&mut room.model, Key::ctrl('u'));
    room.types("tested\n");
    room.shows("holding");
    room.shows("still waits for: launch/tested");
    assert!(keys(&mut room.model, "o").is_empty() && !room.model.is_asking(), "the hold comes first");
    room.types("eon we go\n").shows("The HOLD is over.");
    room.types("o\n").shows("ROLL CALL 2");
    assert_eq!(room.station(), Some("qa"), "all are called again");
}

#[test]
fn a_scrub_moves_everything_that_is_counted_from_t0() {
    let mut room = Room::new((80, 24));
    room.types("vo\nsT+7d\tnot today\tSCRUB\n");
    let board = room.model.board();
    assert_eq!(board.t0, time("2026-12-09T11:00:00Z"));
    assert_eq!(board.roll_call.as_ref().unwrap().planned, Some(time("2026-12-09T10:45:00Z")));
    let due = board.gate(&"launch/tested".into()).unwrap().due.as_ref().unwrap();
    assert_eq!(due.at, time("2026-12-09T10:00:00Z"));
    room.shows("T-7d01h");
    assert!(
        board.remarks.iter().any(|it| it.contains("launch.yaml says 2026-12-02 11:00 UTC")),
        "{:?}",
        board.remarks
    );
    // Whoever opens it next sees the same.
    let again = Session::new(room.live.launch().clone(), room.live.history().clone(), Scope::default());
    assert_eq!(again.launch().schedule.t0, time("2026-12-09T11:00:00Z"));
}

#[test]
fn a_cockpit_that_was_killed_stands_at_the_same_station() {
    let mut room = Room::new((80, 24));
    room.types("vo\ng\ng1\n");
    let board = Arc::clone(room.model.board());
    let mut new = Model::new(Arc::clone(room.live.launch()), board, (80, 24));
    send(&mut new, me());
    keys(&mut new, "v");
    assert_eq!(new.station(), room.model.station());
    assert_eq!(new.station().unwrap().as_str(), "on-call");
    assert_eq!(new.board().roll_call.as_ref().unwrap().round, 1);
}

#[test]
fn offline_an_answer_is_a_draft_until_one_key_records_it() {
    let mut room = Room::new((80, 24));
    room.types("vo\n");
    room.offline();
    assert!(keys(&mut room.model, "gclean\n").is_empty(), "nothing is asked of a journal that is away");
    assert_eq!((room.model.drafts(), room.station()), (1, Some("support")), "the meeting goes on");
    assert!(keys(&mut room.model, "n1\tmacros are wrong\n").is_empty());
    for look in [dark(), ascii()] {
        for (w, h) in [(80, 24), (120, 40)] {
            let screen = room.screen(&look, (w, h));
            assert!(screen.contains("NOT RECORDED: GO for qa"), "{screen}");
            assert!(screen.contains("2 answers are NOT RECORDED"), "{screen}");
        }
    }
    // Nothing loses them: moving, other screens, new boards, corrections that are given up.
    keys(&mut room.model, "kku\u{1b}\u{1b}1v5vjj ?\u{1b}");
    let board = Arc::clone(room.model.board());
    send(&mut room.model, Message::BoardChanged(board));
    send(&mut room.model, Message::Resize(30, 5));
    send(&mut room.model, Message::Resize(80, 24));
    assert_eq!(room.model.drafts(), 2);
    assert!(keys(&mut room.model, "1q").is_empty(), "quitting asks first");
    assert!(room.model.notice().unwrap().text.contains("2 answers are NOT RECORDED and will be lost"));
    assert!(press(&mut room.model, Key::ctrl('c')).is_empty() || room.model.drafts() == 2);
    keys(&mut room.model, "v");
    // The final call does not pass over them.
    send(&mut room.model, Message::Journal(JournalState::Writable));
    room.types("D");
    assert_eq!((room.model.drafts(), room.model.recording()), (0, 0));
    let poll = room.model.board().roll_call.clone().unwrap();
    assert_eq!((poll.heard, poll.stations[0].vote.clone()), (2, Some(Vote::Go)));
    assert_eq!(poll.stations[1].note.as_deref(), Some("macros are wrong"));
    assert_eq!(poll.stations[1].by.as_ref().unwrap().name.as_str(), "ada");
}

#[test]
fn a_draft_that_is_refused_stays_a_draft_and_takes_a_word_to_drop() {
    let mut room = Room::new((80, 24));
    room.types("vo\n");
    room.offline();
    keys(&mut room.model, "g\n");
    send(&mut room.model, Message::Journal(JournalState::Writable));
    let effects = keys(&mut room.model, "D");
    let [Effect::Ask(Request::ActFor(ticket, ..))] = effects.as_slice() else { panic!("{effects:?}") };
    let refusal = Refusal { code: "other-round", reason: "roll call 2 is open".into(), next: None };
    send(&mut room.model, Message::Acted(*ticket, ActResult::Refused(refusal)));
    assert_eq!(room.model.drafts(), 1);
    assert!(room.model.notice().unwrap().text.contains("roll call 2 is open"));
    keys(&mut room.model, "kx\n\n");
    assert_eq!(room.model.drafts(), 1, "Enter drops nothing");
    keys(&mut room.model, "DROP\n");
    assert_eq!(room.model.drafts(), 0);
}

#[test]
fn what_the_journal_did_not_take_becomes_a_draft() {
    let mut room = Room::new((80, 24));
    room.types("vo\n");
    let effects = keys(&mut room.model, "gclean\n");
    let [Effect::Ask(Request::ActFor(ticket, ..))] = effects.as_slice() else { panic!("{effects:?}") };
    send(&mut room.model, Message::Acted(*ticket, ActResult::NotRecorded("disk full".into())));
    assert_eq!((room.model.drafts(), room.model.recording()), (1, 0));
    room.shows("NOT RECORDED: GO for qa");
    assert_eq!(room.model.notice().map(|it| it.sticky), Some(true));
    room.types("\u{1b}D");
    assert_eq!(room.model.board().roll_call.as_ref().unwrap().stations[0].note.as_deref(), Some("clean"));
}

#[test]
fn a_replay_and_a_stranger_take_no_answer() {
    let mut room = Room::new((80, 24));
    room.types("vo\n");
    send(&mut room.model, Message::Identity(None));
    assert!(keys(&mut room.model, "g\n").is_empty() && !room.model.is_asking());
    room.offline();
    assert!(keys(&mut room.model, "g\n").is_empty());
    assert_eq!(room.model.drafts(), 0, "nobody's word is no draft");
}

#[test]
fn a_rehearsal_says_so_on_every_meeting_screen() {
    let mut room = Room::new((80, 24));
    send(&mut room.model, Message::Rehearsal);
    room.types("v").shows("REHEARSAL: this is practice");
    room.types("o\n").shows("REHEARSAL: this is practice");
    room.types("1").shows("REHEARSAL: this is practice");
}

#[test]
fn without_a_plan_there_is_no_poll() {
    let mut model = crate::cockpit::fixture::model((80, 24));
    assert!(keys(&mut model, "vogncadu hsewxD\u{1b}").is_empty());
    assert_eq!(model.screen(), Screen::Board);
}

/// The director stands in for support, which mo holds.
fn with_fallback() -> String {
    let support = "support: { people: [mo, ada], title: Support }";
    LAUNCH.replace(support, "support: { people: [mo], title: Support, fallback: director }")
}

#[test]
fn nobody_speaks_for_another_by_default() {
    let mut room = Room::of(&with_fallback(), (80, 24));
    room.types("vo\ng\n");
    assert_eq!(room.station(), Some("support"));
    let effects = keys(&mut room.model, "g\n");
    let [Effect::Ask(Request::ActFor(_, by, _))] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(by.as_str(), "mo", "a scribe writes down who was called, and is no fallback by accident");
    // The fallback is there to be chosen, by name.
    let mut room = Room::of(&with_fallback(), (80, 24));
    room.types("vo\ng\ng").shows("2 octo, as fallback (director)");
    press(&mut room.model, Key::plain(Code::BackTab));
    press(&mut room.model, Key::plain(Code::Right));
    room.types("\n").shows("GO  octo, as fallback");
    // With nobody to write for, it has to be chosen all the same.
    let alone = with_fallback()
        .replace("people: [mo], title: Support, f", "github_team: acme/support, title: Support, f");
    let mut room = Room::of(&alone, (80, 24));
    room.types("vo\ng\n");
    assert!(keys(&mut room.model, "g\n").is_empty() && room.model.is_asking(), "whose word is it?");
    room.types("1\n").shows("GO  octo, as fallback");
}

#[test]
fn whoever_confirms_a_proposal_confirms_what_they_saw() {
    let mut room = Room::new((80, 24));
    room.types("vo\ng").shows("its gates propose HOLD");
    room.tested();
    room.shows("its gates propose GO now, no longer HOLD");
    assert!(keys(&mut room.model, "\n").is_empty() && room.model.is_asking(), "the first Enter has seen it");
    let command = asked(keys(&mut room.model, "\n")).unwrap();
    assert!(matches!(command, Command::Vote { saw: Some(gonogo::domain::BoardWord::Go), .. }), "{command:?}");
}
