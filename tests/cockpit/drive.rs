//! The real loop over a terminal that is only memory, with tokio's own, paused time.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::{Stream, stream};
use gonogo::{
    cockpit::{
        BellSettings, CockpitConfig, CockpitError, CockpitExit, CockpitIo, FrameSink, Host, Look, Looks,
        Message, Playback, Request, Sig, drive,
    },
    domain::{Board, BoardWord, Now},
};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::cockpit::fixture::*;

/// A terminal in memory. It can be told to stop reading.
#[derive(Clone, Default)]
struct Memory(Arc<Terminal>);

#[derive(Default)]
struct Terminal {
    frames: Mutex<Vec<(Duration, Vec<u8>)>>,
    start: Mutex<Option<Instant>>,
    stuck: AtomicBool,
    pending: AtomicBool,
    changed: Arc<Notify>,
    stops: AtomicUsize,
    alive: AtomicBool,
}

impl FrameSink for Memory {
    fn send(&mut self, frame: Vec<u8>) {
        let start = self.0.start.lock().unwrap().unwrap();
        self.0.frames.lock().unwrap().push((Instant::now() - start, frame));
        self.0.pending.store(self.0.stuck.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    fn is_idle(&self) -> bool {
        !self.0.pending.load(Ordering::SeqCst)
    }

    fn is_gone(&self) -> bool {
        false
    }

    fn changed(&self) -> Arc<Notify> {
        Arc::clone(&self.0.changed)
    }
}

impl Host for Memory {
    fn size(&self) -> Option<(u16, u16)> {
        Some((80, 24))
    }

    fn is_alive(&self) -> bool {
        self.0.alive.load(Ordering::SeqCst)
    }

    fn stop(&mut self) -> bool {
        self.0.stops.fetch_add(1, Ordering::SeqCst);
        true
    }

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Rig {
    terminal: Memory,
    keys: mpsc::UnboundedSender<io::Result<Event>>,
    signals: mpsc::UnboundedSender<Sig>,
    messages: mpsc::Sender<Message>,
    requests: mpsc::Receiver<Request>,
    /// Added to the clock that the cockpit is shown: a suspended machine, or a clock that was set.
    jump: Arc<Mutex<(TimeDelta, Duration)>>,
    looks: Arc<AtomicUsize>,
    end: JoinHandle<Result<CockpitExit, CockpitError>>,
}

fn received<T: Send + 'static>(receiver: mpsc::UnboundedReceiver<T>) -> impl Stream<Item = T> + Unpin {
    Box::pin(stream::unfold(receiver, |mut it| async move { it.recv().await.map(|item| (item, it)) }))
}

impl Rig {
    /// A cockpit on `board`, starting so many seconds after the fixture's present. Whoever evaluates finds `then`.
    fn new(board: Board, then: Board, offset: i64) -> Self {
        Self::looking(board, then, offset, false)
    }

    /// The same, asking the terminal for its ground or not.
    fn looking(board: Board, then: Board, offset: i64, asks_ground: bool) -> Self {
        let terminal = Memory::default();
        terminal.0.alive.store(true, Ordering::SeqCst);
        let start = Instant::now();
        *terminal.0.start.lock().unwrap() = Some(start);
        let jump = Arc::new(Mutex::new((TimeDelta::zero(), Duration::ZERO)));
        let looks = Arc::new(AtomicUsize::new(0));
        let (keys, input) = mpsc::unbounded_channel();
        let (signals, signalled) = mpsc::unbounded_channel();
        let (messages, from_app) = mpsc::channel(64);
        let (to_app, requests) = mpsc::channel(16);
        let clock = {
            let (jump, looks) = (Arc::clone(&jump), Arc::clone(&looks));
            move || {
                looks.fetch_add(1, Ordering::SeqCst);
                let (wall, boot) = *jump.lock().unwrap();
                let gone = Instant::now() - start;
                let base = later(offset);
                Now {
                    wall: base.wall + TimeDelta::from_std(gone).unwrap() + wall,
                    boot: base.boot + gone + boot,
                }
            }
        };
        let then = Arc::new(then);
        let io = CockpitIo {
            messages: from_app,
            requests: to_app,
            now: Arc::new(clock),
            uptime: Arc::new(move || Instant::now() - start),
            reevaluate: Arc::new(move |_| Arc::clone(&then)),
        };
        let config = CockpitConfig {
            launch: launch(),
            board: Arc::new(board),
            looks: Looks {
                look: dark(),
                other: Look::new(gonogo::theme::Theme::light(), gonogo::theme::SymbolSet::UNICODE),
                asks_ground,
            },
            mouse: true,
            alerts: BellSettings::default(),
        };
        let run = drive(config, io, received(input), received(signalled), terminal.clone(), terminal.clone());
        Self { terminal, keys, signals, messages, requests, jump, looks, end: tokio::spawn(run) }
    }

    fn key(&self, code: KeyCode) {
        self.keys.send(Ok(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))).unwrap();
    }

    fn frames(&self) -> Vec<(Duration, Vec<u8>)> {
        self.terminal.0.frames.lock().unwrap().clone()
    }

    /// What a terminal shows after all that was sent.
    fn screen(&self) -> String {
        let mut terminal = terminal(24, 80);
        self.frames().iter().for_each(|(_, bytes)| terminal.process(bytes));
        terminal.screen().contents()
    }

    async fn poll_once(&self) {
        sleep(Duration::from_millis(50)).await;
    }
}

/// Days before T-0: no clock shows seconds.
fn far(board: Board) -> Board {
    Board { t0: t0() + TimeDelta::days(3), ..board }
}

fn held(board: Board) -> Board {
    Board { word: BoardWord::Hold, score: crate::cockpit::fixture::board().score, ..board }
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_what_is_drawn() {
    let rig = Rig::new(far(board()), far(board()), 0);
    rig.poll_once().await;
    let model = { gonogo::cockpit::Model::new(launch(), Arc::new(far(board())), (80, 24)) };
    let grid = gonogo::cockpit::render_to_cells(&model, &dark(), now(), 80, 24);
    let lines = (0..24).map(|y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>());
    let expected: Vec<_> = lines.map(|line| line.trim_end().to_owned()).collect();
    let shown: Vec<_> = rig.screen().lines().map(|line| line.trim_end().to_owned()).collect();
    assert_eq!(shown, expected);
    assert_eq!(rig.frames().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_drawn_while_nothing_changes() {
    let rig = Rig::new(far(board()), far(board()), 0);
    rig.poll_once().await;
    let (first, looks) = (rig.frames().len(), rig.looks.load(Ordering::SeqCst));
    sleep(Duration::from_secs(9)).await;
    assert_eq!(rig.frames().len(), first, "nine quiet seconds");
    assert!(rig.looks.load(Ordering::SeqCst) - looks <= 10, "at most one wake-up a second");
    sleep(Duration::from_secs(171)).await;
    // Ages change each minute, and there are two kinds of them.
    let sent = rig.frames();
    assert_eq!(sent.len() - first, 6, "frames in three minutes");
    let age = sent.get(first).unwrap();
    assert!((age.0.as_secs_f64() - 30.0).abs() < 0.2, "the first ages change at 30 s, not at {:?}", age.0);
}

#[tokio::test(start_paused = true)]
async fn the_running_clock_costs_little() {
    // 40 minutes before T-0: the clock shows seconds.
    let rig = Rig::new(board(), board(), 3_730);
    rig.poll_once().await;
    let first = rig.frames().len();
    sleep(Duration::from_secs(600)).await;
    let bytes: usize = rig.frames().iter().skip(first).map(|(_, frame)| frame.len()).sum();
    assert!(rig.frames().len() - first >= 600);
    assert!(bytes / 600 <= 40, "{} bytes a second", bytes / 600);
}

#[tokio::test(start_paused = true)]
async fn no_frame_shows_go_past_its_time() {
    let mut go = go_board();
    go.changes_at = Some(later(5).wall + TimeDelta::milliseconds(300));
    let rig = Rig::new(go, held(board()), 0);
    rig.poll_once().await;
    assert!(rig.screen().contains("GO with 1 waiver"));
    sleep(Duration::from_secs(5)).await;
    assert!(rig.screen().contains("GO with 1 waiver"), "not yet");
    sleep(Duration::from_millis(400)).await;
    assert!(rig.screen().contains("4 of 21"), "{}", rig.screen());
}

#[tokio::test(start_paused = true)]
async fn after_the_machine_slept_the_first_frame_is_true() {
    let mut go = go_board();
    go.changes_at = Some(later(500).wall);
    let rig = Rig::new(go, held(board()), 0);
    rig.poll_once().await;
    let before = rig.frames().len();
    *rig.jump.lock().unwrap() = (TimeDelta::hours(8), Duration::from_secs(8 * 3_600));
    sleep(Duration::from_millis(1_050)).await;
    let frames = rig.frames();
    assert!(frames.len() > before, "seen within a second");
    let mut terminal = terminal(24, 80);
    for (n, (_, bytes)) in frames.iter().enumerate() {
        terminal.process(bytes);
        let go = terminal.screen().contents().contains("GO with 1 waiver");
        assert_eq!(go, n < before, "frame {n}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_is_noticed() {
    let rig = Rig::new(go_board(), held(board()), 0);
    rig.poll_once().await;
    *rig.jump.lock().unwrap() = (TimeDelta::hours(-1), Duration::ZERO);
    sleep(Duration::from_millis(1_050)).await;
    assert!(rig.screen().contains("4 of 21"));
}

#[tokio::test(start_paused = true)]
async fn a_board_that_is_always_due_does_not_spin() {
    let mut due = board();
    due.changes_at = Some(later(-1).wall);
    let rig = Rig::new(due.clone(), due, 0);
    sleep(Duration::from_secs(20)).await;
    assert!(rig.looks.load(Ordering::SeqCst) < 100, "{}", rig.looks.load(Ordering::SeqCst));
    rig.key(KeyCode::Char('q'));
    assert_eq!(rig.end.await.unwrap().unwrap(), CockpitExit::Quit);
}

#[tokio::test(start_paused = true)]
async fn held_keys_are_all_taken_and_few_frames_are_drawn() {
    let (launch, board) = large(1_000);
    let _ = launch;
    let rig = Rig::new(board.clone(), board, 0);
    rig.poll_once().await;
    let before = rig.frames().len();
    for n in 0..500 {
        rig.key(KeyCode::Char('j'));
        if n % 50 == 49 {
            sleep(Duration::from_millis(10)).await;
        }
    }
    rig.poll_once().await;
    let drawn = rig.frames().len() - before;
    assert!((1..=20).contains(&drawn), "{drawn} frames");
    let times: Vec<_> = rig.frames().iter().map(|(at, _)| *at).collect();
    assert!(
        times.windows(2).all(|pair| pair[1].checked_sub(pair[0]).unwrap() >= Duration::from_millis(8)),
        "{times:?}"
    );
    // 500 down from row 1: the gate shown as chosen is the one 500 rows further.
    assert!(rig.screen().contains("Condition number"), "{}", rig.screen());
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_does_not_read_stops_nothing_but_frames() {
    let mut rig = Rig::new(board(), board(), 0);
    rig.terminal.0.stuck.store(true, Ordering::SeqCst);
    rig.poll_once().await;
    for _ in 0..20 {
        rig.key(KeyCode::Char('j'));
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(rig.frames().len(), 1, "frames are dropped, not queued");
    rig.key(KeyCode::Char('r'));
    sleep(Duration::from_millis(20)).await;
    assert_eq!(rig.requests.try_recv().unwrap(), Request::Refresh, "keys still work");
    rig.terminal.0.stuck.store(false, Ordering::SeqCst);
    rig.terminal.0.pending.store(false, Ordering::SeqCst);
    rig.terminal.0.changed.notify_one();
    rig.poll_once().await;
    assert_eq!(rig.frames().len(), 2, "one frame catches up");
    rig.terminal.0.stuck.store(true, Ordering::SeqCst);
    rig.key(KeyCode::Char('j'));
    sleep(Duration::from_millis(20)).await;
    let asked = Instant::now();
    rig.key(KeyCode::Char('q'));
    assert_eq!(rig.end.await.unwrap().unwrap(), CockpitExit::Quit);
    assert!(Instant::now() - asked < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn signals_end_it_and_a_gone_terminal_does_quietly() {
    for number in [1, 2, 3, 15] {
        let rig = Rig::new(board(), board(), 0);
        rig.poll_once().await;
        rig.signals.send(Sig::End(number)).unwrap();
        assert_eq!(rig.end.await.unwrap().unwrap(), CockpitExit::Signal(number));
    }
    let rig = Rig::new(board(), board(), 0);
    rig.keys.send(Err(io::Error::other("gone"))).unwrap();
    assert_eq!(rig.end.await.unwrap().unwrap(), CockpitExit::TerminalGone);
    let Rig { keys, end, messages: _messages, signals: _signals, .. } = Rig::new(board(), board(), 0);
    drop(keys);
    assert_eq!(end.await.unwrap().unwrap(), CockpitExit::TerminalGone);
    let rig = Rig::new(board(), board(), 0);
    rig.poll_once().await;
    rig.terminal.0.alive.store(false, Ordering::SeqCst);
    assert_eq!(rig.end.await.unwrap().unwrap(), CockpitExit::TerminalGone);
    let Rig { keys: _keys, end, messages, signals: _signals, .. } = Rig::new(board(), board(), 0);
    drop(messages);
    assert!(matches!(end.await.unwrap(), Err(CockpitError::ApplicationGone)));
}

#[tokio::test(start_paused = true)]
async fn stopped_and_woken_it_draws_everything_anew_and_true() {
    for by_key in [true, false] {
        let rig = Rig::new(go_board(), held(board()), 0);
        rig.poll_once().await;
        let before = rig.frames().len();
        if by_key {
            rig.keys.send(Ok(Event::Key(KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL)))).unwrap();
        } else {
            rig.signals.send(Sig::Stop).unwrap();
        }
        sleep(Duration::from_millis(300)).await;
        assert_eq!(rig.terminal.0.stops.load(Ordering::SeqCst), 1);
        assert_eq!(rig.frames().len(), before, "nothing is drawn while stopped");
        rig.signals.send(Sig::Continue).unwrap();
        rig.poll_once().await;
        let frames = rig.frames();
        let after = String::from_utf8(frames[before].1.clone()).unwrap();
        assert!(after.contains("\x1b[2J") && after.len() > 1_000, "a whole frame");
        // Only what came after the stop, on a blank terminal: all of it must be there.
        let mut terminal = terminal(24, 80);
        frames.iter().skip(before).for_each(|(_, bytes)| terminal.process(bytes));
        let shown = terminal.screen().contents();
        assert!(shown.contains("4 of 21") && shown.contains("Checkout v3"), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_before_the_first_frame_is_in_it() {
    let rig = Rig::new(far(board()), far(board()), 0);
    rig.messages.send(Message::Identity(Some(me()))).await.unwrap();
    rig.messages.send(Message::Sources(sources())).await.unwrap();
    rig.poll_once().await;
    assert_eq!(rig.frames().len(), 1);
    assert!(rig.screen().contains("sentry"));
}

#[tokio::test(start_paused = true)]
async fn pictures_and_copies_leave_by_the_right_door() {
    let mut rig = Rig::new(board(), board(), 0);
    rig.poll_once().await;
    rig.key(KeyCode::Char('E'));
    rig.key(KeyCode::Char('y'));
    rig.poll_once().await;
    let Request::Export(grid) = rig.requests.try_recv().unwrap() else { panic!() };
    assert_eq!((grid.width, grid.height), (80, 24));
    let sent: Vec<u8> = rig.frames().into_iter().flat_map(|(_, frame)| frame).collect();
    assert!(String::from_utf8(sent).unwrap().contains("\x1b]52;c;aHR0cHM6Ly9saW5lYXIuYXBw"));
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_is_played_fast_does_not_flood_the_terminal() {
    let rig = Rig::new(board(), board(), 3_730);
    let playback = Playback {
        name: "DEMO".into(),
        speed: 3_600.0,
        paused: false,
        at: later(3_730).wall,
        end: later(9_000).wall,
        story: None,
    };
    rig.messages.send(Message::Playback(Some(playback))).await.unwrap();
    rig.poll_once().await;
    let before = rig.frames().len();
    sleep(Duration::from_secs(2)).await;
    assert!(rig.frames().len() - before <= 41, "{}", rig.frames().len() - before);
}

/// The ground that the terminal shows in a cell of the title.
fn ground(rig: &Rig) -> vt100::Color {
    let mut terminal = terminal(24, 80);
    rig.frames().iter().for_each(|(_, bytes)| terminal.process(bytes));
    terminal.screen().cell(0, 40).unwrap().bgcolor()
}

/// The answer of a terminal to the question which ground it has, as keys.
fn answer(rig: &Rig, text: &str) {
    let mut alt = KeyModifiers::NONE;
    for c in text.chars() {
        if c == '\u{1b}' {
            alt = KeyModifiers::ALT;
        } else {
            rig.keys.send(Ok(Event::Key(KeyEvent::new(KeyCode::Char(c), alt)))).unwrap();
            alt = KeyModifiers::NONE;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_light_ground_gets_a_light_theme_in_time_and_a_late_answer_does_nothing() {
    let (white, black) = ("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\", "\u{1b}]11;rgb:0000/0000/0000\u{1b}\\");
    for (said, after, is_light) in [(white, 20, true), (white, 3_000, false), (black, 20, false)] {
        let rig = Rig::looking(far(board()), far(board()), 0, true);
        sleep(Duration::from_millis(after)).await;
        let before = rig.screen();
        answer(&rig, said);
        rig.poll_once().await;
        let wanted =
            if is_light { vt100::Color::Rgb(0xfc, 0xfb, 0xf8) } else { vt100::Color::Rgb(0x11, 0x15, 0x1c) };
        assert_eq!(ground(&rig), wanted, "{said:?} after {after} ms");
        assert_eq!(rig.screen(), before, "nothing of it was taken for a key");
        assert!(rig.requests.is_empty(), "not even `r`");
    }
}

/// In a bright room: one key, and back.
#[tokio::test(start_paused = true)]
async fn a_key_turns_dark_to_light_and_back() {
    let rig = Rig::new(far(board()), far(board()), 0);
    rig.poll_once().await;
    let (dark, shown) = (ground(&rig), rig.screen());
    for wanted in [vt100::Color::Rgb(0xfc, 0xfb, 0xf8), dark] {
        rig.key(KeyCode::Char('T'));
        rig.poll_once().await;
        assert_eq!(ground(&rig), wanted);
        assert_eq!(rig.screen(), shown, "nothing but the colours");
    }
}

/// A machine whose clock is an hour behind shows the servers' time, on the clocks and for what is due.
#[tokio::test(start_paused = true)]
async fn the_screen_goes_by_the_servers_clock() {
    let hour = TimeDelta::hours(1);
    let mut right = board();
    right.clock.correction = hour;
    right.t0 += hour;
    let plain = Rig::new(board(), board(), 0);
    plain.poll_once().await;
    let clock = |rig: &Rig| rig.screen().lines().find(|line| line.contains("T-")).unwrap().to_owned();
    let rig = Rig::new(right, held(board()), 0);
    rig.poll_once().await;
    assert_eq!(clock(&rig), clock(&plain));
}
