//! The cockpit in lines, on boards made by hand: what is asked about is what is answered, and every next step can be said.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use futures_util::stream;
use gonogo::{
    cockpit::{BellSettings, CockpitConfig, CockpitExit, CockpitIo, Looks, Message, Request, run_plain},
    domain::{Board, CallsFor, Command, Failure, FailureKind, StageStatus, Standing},
};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, yield_now},
};

use super::{
    fixture::{board, dark, go_board, later, launch, me, now, sources},
    question::{accepted, board_of, breached},
    rollout::guardrail,
};

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Lines {
    page: Page,
    read: usize,
    input: mpsc::UnboundedSender<String>,
    messages: mpsc::Sender<Message>,
    requests: mpsc::Receiver<Request>,
    end: JoinHandle<CockpitExit>,
}

impl Lines {
    async fn open(board: Board) -> Self {
        let page = Page::default();
        let (input, said) = mpsc::unbounded_channel();
        let (messages, from_app) = mpsc::channel(64);
        let (to_app, requests) = mpsc::channel(64);
        let board = Arc::new(board);
        let again = Arc::clone(&board);
        let io = CockpitIo {
            messages: from_app,
            requests: to_app,
            now: Arc::new(now),
            uptime: Arc::new(|| now().boot),
            reevaluate: Arc::new(move |_| Arc::clone(&again)),
        };
        let looks = Looks { look: dark(), other: dark(), asks_ground: false };
        let config =
            CockpitConfig { launch: launch(), board, looks, mouse: false, alerts: BellSettings::default() };
        let lines = Box::pin(stream::unfold(said, |mut it: mpsc::UnboundedReceiver<String>| async move {
            it.recv().await.map(|line| (line, it))
        }));
        let output = page.clone();
        let end = tokio::spawn(async move { run_plain(config, io, lines, output).await.unwrap() });
        let mut all = Self { page, read: 0, input, messages, requests, end };
        all.hear(Message::Identity(Some(me()))).await;
        all
    }

    /// What is told after this, all of it.
    async fn told(&mut self) -> String {
        for _ in 0..50 {
            yield_now().await;
        }
        let page = self.page.0.lock().unwrap();
        let new = String::from_utf8_lossy(page.get(self.read..).unwrap()).into_owned();
        self.read = page.len();
        new
    }

    async fn hear(&mut self, message: Message) -> String {
        self.messages.send(message).await.unwrap();
        self.told().await
    }

    async fn board(&mut self, board: Board) -> String {
        self.hear(Message::BoardChanged(Arc::new(board))).await
    }

    async fn say(&mut self, line: &str) -> String {
        self.input.send(line.to_owned()).unwrap();
        self.told().await
    }

    fn acts(&mut self) -> Vec<Command> {
        let mut acts = Vec::new();
        while let Ok(request) = self.requests.try_recv() {
            if let Request::Act(_, command) = request {
                acts.push(command);
            }
        }
        acts
    }
}

/// A second breach, of a stage that comes later.
fn and_of_another(mut board: Board) -> Board {
    let state = guardrail("latency", Standing::Breach, "900 ms, at most 400 ms", &[]);
    let at = Some(later(-60).wall);
    let stage = board.stages.get_mut(2).unwrap();
    stage.status = StageStatus::Soaking;
    stage.guardrails = vec![gonogo::domain::GuardrailState {
        calls_for: CallsFor::Rollback,
        breached_at: at,
        asks_since: at,
        ..state
    }];
    board
}

#[tokio::test]
async fn what_was_asked_about_is_what_is_answered() {
    let mut lines = Lines::open(go_board()).await;
    let asked = lines.board(and_of_another(board_of(breached(CallsFor::Rollback, -180)))).await;
    assert!(asked.contains("errors of stage") && asked.contains("answer? h for hold it"), "{asked}");
    // Somebody else has answered it: the next one is put up in its place.
    let other = lines.board(and_of_another(board_of(accepted()))).await;
    assert!(other.contains("latency of stage") && other.contains("say answer to answer it"), "{other}");
    // What was being typed was meant for the one before.
    assert!(lines.say("b").await.contains("not taken"));
    assert!(lines.say("yes").await.contains("not taken"));
    assert_eq!(lines.acts(), []);
    assert!(lines.say("answer").await.contains("answer? h for hold it"));
    lines.say("b").await;
    assert!(lines.say("it is slow").await.contains("until"));
    assert!(lines.say("").await.contains("send it? yes or no"));
    lines.say("yes").await;
    assert_eq!(lines.acts(), [Command::StartRollback { reason: "it is slow".into() }]);
}

#[tokio::test]
async fn what_nobody_asks_any_more_swallows_no_line() {
    let mut lines = Lines::open(go_board()).await;
    lines.board(board_of(breached(CallsFor::Rollback, -180))).await;
    let gone = lines.board(board_of(accepted())).await;
    assert!(gone.contains("asks no more") && gone.contains("the next line is a command again"), "{gone}");
    let told = lines.say("stages").await;
    assert!(told.contains("everyone"), "{told}");
    lines.say("quit").await;
    assert!(matches!(lines.end.await.unwrap(), CockpitExit::Said(_)));
}

#[tokio::test]
async fn a_breach_that_was_put_away_is_found_again_by_the_word_that_the_line_names() {
    let mut lines = Lines::open(go_board()).await;
    let told = lines.board(board_of(breached(CallsFor::Rollback, -180))).await;
    assert!(told.contains("; breach answers, rollback shows how"), "{told}");
    lines.say("cancel").await;
    assert!(lines.say("rollback").await.contains("called for by errors of"));
    assert!(lines.say("breach").await.contains("errors of stage"));
    lines.say("cancel").await;
    // The acceptance of it is ended by the same word.
    lines.board(board_of(accepted())).await;
    assert!(lines.say("breach").await.contains("Accept the breach of errors no more"));
    lines.say("cancel").await;
    let refused = lines.say("rollback-done").await;
    assert!(refused.contains("no rollback runs: rollback-start starts it"), "{refused}");
}

#[tokio::test]
async fn a_gate_in_full_has_what_makes_its_answer_doubtful() {
    let mut lines = Lines::open(board()).await;
    let told = lines.say("why crash-free").await;
    assert!(told.contains("trouble: the source did not answer within 10 s"), "{told}");
    let told = lines.say("why blockers").await;
    assert!(told.contains("evidence: linear issues label=release-blocker, complete"), "{told}");
    assert!(told.contains("link: https://linear.app/acme/issue/CHK-108"), "{told}");
    assert!(told.contains("next: say waive"), "{told}");
}

/// Two connections of one source are two, and that one answers again is news.
#[tokio::test]
async fn each_connection_has_its_own_trouble() {
    let mut lines = Lines::open(board()).await;
    let failing = |connection: Option<&str>, why: &str| {
        let mut source = sources().remove(0);
        source.connection = connection.map(Into::into);
        source.failure = Some(Failure::new(FailureKind::Unreachable, why));
        source
    };
    let (one, two) = (failing(None, "the line is cut"), failing(Some("ghe"), "it is being moved"));
    let name = one.source.to_string();
    let told = lines.hear(Message::Sources(vec![one, two.clone()])).await;
    assert!(told.contains(&format!("source {name}: the line is cut")), "{told}");
    assert!(told.contains(&format!("source {name} (ghe): it is being moved")), "{told}");
    let told = lines.hear(Message::Sources(vec![sources().remove(0), two])).await;
    assert!(told.contains(&format!("source {name}: it answers again")) && !told.contains("ghe"), "{told}");
    let told = lines.say("sources").await;
    assert!(told.contains("(ghe)") && told.contains("it is being moved"), "{told}");
    let told = lines.hear(Message::Sources(vec![sources().remove(0)])).await;
    assert!(!told.contains("answers again"), "it is asked no more: {told}");
}
