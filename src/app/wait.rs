//! `--wait`: polls on until a board is what is waited for, and tells how it goes.

use std::time::Duration;

use super::{Session, journal_reader::JournalReader};
use gonogo_domain::{Board, BoardWord, StepKind, Verdict, flips};
use gonogo_poller::{NowFn, Pace, Polled, Poller, SourceKey};
use gonogo_text::{cap, length};

/// How often a line says that it is still waiting while nothing changes.
const HEART_BEAT: Duration = Duration::from_secs(60);
/// Characters of a reason in a line about a change.
const LONGEST_REASON: usize = 200;

/// What a board is waited for to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitFor {
    /// GO. A NO-GO ends it at once.
    #[default]
    Go,
    /// GO or NO-GO, or a HOLD that neither a machine nor time ends: the rest waits for people.
    Settled,
    /// Another word, or another verdict of a gate that counts.
    Change,
}

/// How it goes, for whoever waits: one line, not sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitNews {
    /// Something changed.
    Change(String),
    /// Nothing did for a minute.
    Still(String),
}

impl WaitFor {
    /// Whether a board is what is waited for; `first`: what it was in the beginning.
    pub(super) fn is_reached(self, first: &Board, board: &Board) -> bool {
        match self {
            Self::Go => board.word != BoardWord::Hold,
            Self::Settled => board.word != BoardWord::Hold || waits_for_people(board),
            Self::Change => board.word != first.word || changes(first, board).next().is_some(),
        }
    }

    fn named(self) -> &'static str {
        match self {
            Self::Go => "GO or NO-GO",
            Self::Settled => "all but people to answer",
            Self::Change => "a change",
        }
    }
}

/// Nobody but people can end this HOLD.
fn waits_for_people(board: &Board) -> bool {
    let open = board.blockers();
    let known = open.iter().all(|gate| gate.verdict != Verdict::Unknown);
    let unaided = board.lowered.iter().any(|it| !it.cause.is_decided());
    known && !unaided && !open.is_empty() && board.path.steps.iter().all(|step| step.kind == StepKind::Act)
}

/// Gates that count and say something else than before, a line each.
fn changes<'a>(old: &Board, new: &'a Board) -> impl Iterator<Item = String> + 'a {
    let counted = |flip: &gonogo_domain::Flip| new.gate(&flip.gate).is_some_and(|gate| gate.counted);
    flips(old, new).into_iter().filter(counted).map(|flip| {
        let from = flip.from.map_or("new", Verdict::word);
        format!("{}: {from} -> {}: {}", flip.gate, flip.to.word(), cap(&flip.reason, LONGEST_REASON))
    })
}

/// What is looked at again while waiting.
pub(super) struct WaitedOn<'a> {
    pub(super) polled: Vec<Polled>,
    pub(super) pace: Pace,
    pub(super) keys: Vec<SourceKey>,
    pub(super) journal: &'a mut JournalReader,
}

/// Polls on until the board is what is waited for, or the time is over.
pub(super) async fn wait(
    live: &mut Session,
    watched: WaitedOn<'_>,
    (longest, until): (Duration, WaitFor),
    now: &NowFn,
    tell: &(dyn Fn(&WaitNews) + Sync),
) -> Board {
    let WaitedOn { polled, pace, keys, journal } = watched;
    let (poller, mut events) = Poller::start(polled, pace, now);
    let begun = now().boot;
    let end = begun + longest;
    let first = live.board(now());
    tell(&WaitNews::Change(format!(
        "{}; waiting for {}, {} at most",
        told(&first),
        until.named(),
        length(longest)
    )));
    let (mut before, mut said_at) = (first.clone(), begun);
    loop {
        poller.demand(live.demands());
        let board = live.board(now());
        let lines = news(&before, &board);
        let at = now().boot;
        if !lines.is_empty() {
            lines.into_iter().for_each(|line| tell(&WaitNews::Change(line)));
            said_at = at;
        } else if at.saturating_sub(said_at) >= HEART_BEAT {
            let waited = length(at.saturating_sub(begun));
            tell(&WaitNews::Still(format!("still {} after {waited}", told(&board))));
            said_at = at;
        }
        let left = end.saturating_sub(at);
        if until.is_reached(&first, &board) || left.is_zero() {
            poller.stop().await;
            return board;
        }
        let until_change = board
            .changes_at
            .and_then(|at| (at - board.clock.judge(now()).wall).to_std().ok())
            .unwrap_or(left);
        before = board;
        // People sign meanwhile: the journal is looked at as often as it may matter.
        let nap = left.min(until_change).clamp(Duration::from_millis(10), Duration::from_secs(1));
        if let Ok(Some(event)) = tokio::time::timeout(nap, events.recv()).await {
            live.take(event, now());
            live.refuse_unserved(&keys, now());
        }
        journal.catch_up(live, left, now()).await;
    }
}

/// What changed from one look to the next, the word last.
fn news(before: &Board, board: &Board) -> Vec<String> {
    let mut lines: Vec<_> = changes(before, board).collect();
    if board.named() != before.named() {
        lines.push(format!("the board: {} -> {}", before.named(), told(board)));
    }
    lines
}

fn told(board: &Board) -> String {
    format!("{}, {} of {} gates are go", board.named(), board.score.go, board.score.of)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    };

    use super::*;
    use crate::Registry;
    use gonogo_checklist::{LoadRequest, load};
    use gonogo_domain::{History, Now, Scope};

    const LAUNCH: &str = "launch: rocket-2\ntitle: Rocket 2\nversion: 2.0.0\nschedule: { t0: 2100-01-01T09:00, timezone: UTC }\n\
        people: { octo: { name: Octo } }\nroles: { qa: { people: [octo] } }\ngates:\n  - { gate: told, title: Told, task: { by: [qa] } }\n";

    fn session() -> Session {
        let loaded = load(&LoadRequest::text("launch.yaml", LAUNCH), &Registry).unwrap();
        Session::new(Arc::new(loaded.launch), History::default(), Scope::default())
    }

    async fn waits(until: WaitFor, minutes: u64) -> Vec<WaitNews> {
        // Each look at the clock is five seconds after the last: nobody has to wait.
        let looks = AtomicU64::new(0);
        let wall: chrono::DateTime<chrono::Utc> = "2026-12-01T09:00:00Z".parse().unwrap();
        let now: NowFn = Arc::new(move || {
            let boot = Duration::from_secs(5 * looks.fetch_add(1, Ordering::Relaxed));
            Now { wall: wall + boot, boot }
        });
        let said = Mutex::new(Vec::new());
        let mut nobody = JournalReader::none();
        let watched =
            WaitedOn { polled: Vec::new(), pace: Pace::default(), keys: Vec::new(), journal: &mut nobody };
        let longest = Duration::from_secs(60 * minutes);
        wait(&mut session(), watched, (longest, until), &now, &|told| {
            said.lock().unwrap().push(told.clone());
        })
        .await;
        said.into_inner().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn while_nothing_changes_it_says_each_minute_that_it_goes_on() {
        let said = waits(WaitFor::Go, 5).await;
        let (first, rest) = said.split_first().unwrap();
        let WaitNews::Change(first) = first else { panic!("{first:?}") };
        assert_eq!(first, "HOLD, 0 of 1 gates are go; waiting for GO or NO-GO, 5m at most");
        assert!((2..=5).contains(&rest.len()), "{rest:?}");
        let still = |told: &WaitNews| matches!(told, WaitNews::Still(it) if it.starts_with("still HOLD, 0 of 1 gates are go after "));
        assert!(rest.iter().all(still), "{rest:?}");
    }

    #[test]
    fn a_hold_that_only_people_can_end_is_settled() {
        let now = Now { wall: "2026-12-01T09:00:00Z".parse().unwrap(), boot: Duration::ZERO };
        let board = session().board(now);
        assert!(WaitFor::Settled.is_reached(&board, &board), "{:?} {:?}", board.path, board.lowered);
        assert!(!WaitFor::Go.is_reached(&board, &board) && !WaitFor::Change.is_reached(&board, &board));
        let mut unknown = board.clone();
        unknown.gates[0].verdict = Verdict::Unknown;
        assert!(!WaitFor::Settled.is_reached(&board, &unknown), "a source may yet answer");
        assert!(WaitFor::Change.is_reached(&board, &unknown));
        let mut machine = board.clone();
        machine.path.steps[0].kind = StepKind::Machine;
        assert!(!WaitFor::Settled.is_reached(&board, &machine));
        let red = Board { word: BoardWord::NoGo, ..board.clone() };
        assert!(WaitFor::Go.is_reached(&board, &red) && WaitFor::Settled.is_reached(&board, &red));
        assert!(WaitFor::Change.is_reached(&board, &red));
    }
}
