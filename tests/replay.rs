//! The past, next review: exactly the boards that were seen on the day.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the servers have their own clock")]

mod rollback;

use crate::support;

use std::{path::Path, process::Command as Process, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use gonogo::{
    app::{Happened, Happening, LaunchSelection, Opened, Past, Session, open, played},
    clock::{Clock, ManualClock},
    domain::{
        ActEnvelope, Actor, Board, BoardWord, Command, Decision, History, Known, Now, Played, Scope, Verdict,
        act, flips,
    },
    journal::{Append, Journal, Location, OpenOptions, RecordedPoll},
    poller::{NowFn, Polled, SourceKey, poll_once},
    source::{
        github::{Github, GithubConfig},
        http::{ExchangeLimits, Http, Url},
    },
};
use support::{github::GithubServer, program::TOKEN, screen::Screen};

const LAUNCH: &str = "\
launch: rocket-2
title: Rocket 2
version: 2.0.0
target: { repository: acme/rocket, ref: main }
schedule: { t0: 2030-01-01T12:00, timezone: UTC }
people: { octo: { name: Octo }, hu: { name: Hu } }
roles: { qa: { people: [hu] }, director: { people: [octo] } }
roll_call: { stations: [{ station: qa }], final_call: director }
policies: { waivers: { by: [director], longest: 24h } }
gates:
  - gate: checks
    title: Build is green
    github: { checks: { required: [build] } }
  - gate: bugs
    title: No release blocker is open
    owner: qa
    github: { issues: { labels: [release-blocker] } }
  - gate: tested
    title: QA stands behind it
    needs: [checks]
    sign_off: { by: [qa] }
";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn opened(home: &Path, journal: &Path) -> Opened {
    opened_with(LAUNCH, home, journal)
}

fn opened_with(launch: &str, home: &Path, journal: &Path) -> Opened {
    std::fs::write(home.join("launch.yaml"), launch).unwrap();
    std::fs::write(home.join("settings.yaml"), "{}\n").unwrap();
    let chosen = LaunchSelection {
        path: Some(home.to_owned()),
        settings: Some(home.join("settings.yaml")),
        journal: Some(journal.display().to_string()),
        ..LaunchSelection::default()
    };
    open(chosen).unwrap()
}

/// A day that is lived: real answers over HTTP, real acts, a real journal; only the clock is ours.
struct Day {
    github: GithubServer,
    source: Polled,
    live: Session,
    journal: Journal,
    hands: ManualClock,
    now: NowFn,
    seen: Vec<Board>,
}

impl Day {
    fn new(opened: &Opened, journal: &Path) -> Self {
        gonogo::source::http::install_crypto();
        let github = GithubServer::start(|world| {
            world.token(TOKEN, "octocat");
            let repo = world.repo("acme/rocket");
            repo.commit("main", "c1").check("build", "success");
            repo.label("release-blocker");
        });
        let rest = Url::parse(&github.url()).unwrap();
        let config = GithubConfig {
            graphql: rest.join("/graphql").unwrap(),
            rest,
            token: Some(TOKEN.to_owned().into()),
            own_run: None,
        };
        let source = Arc::new(Github::new(Http::direct(ExchangeLimits::default()).unwrap(), config));
        let source = Polled { key: SourceKey { source: "github".into(), connection: None }, source };
        let (clock, hands) = Clock::manual(at("2030-01-01T09:00:00Z"));
        let now: NowFn = Arc::new(move || {
            let reading = clock.read();
            Now { wall: reading.wall, boot: reading.boot }
        });
        let launch = Arc::new(opened.loaded.launch.clone());
        let live = Session::new(launch, History::default(), Scope::default());
        let location = Location::File(journal.to_owned());
        let journal = Journal::open(&location, OpenOptions::new("rocket-2")).unwrap();
        Self { github, source, live, journal, hands, now, seen: Vec::new() }
    }

    fn look(&mut self) {
        let board = self.live.board((self.now)());
        self.seen.push(board);
    }

    async fn poll(&mut self) {
        let answers =
            poll_once(vec![self.source.clone()], &self.live.demands(), Duration::from_secs(10), &self.now)
                .await;
        let poll = RecordedPoll {
            source: "github".into(),
            observations: answers.observations.clone(),
            targets: answers.targets.clone(),
        };
        assert!(self.journal.record_observations(poll).await.unwrap());
        self.live.take_answers(answers.observations, answers.targets);
        self.look();
    }

    async fn acts(&mut self, who: &str, command: Command) {
        let now = (self.now)();
        let board = self.live.board(now);
        let actor = Actor { name: who.into(), known: Known::Claimed };
        let context = ActEnvelope::new(actor, now, uuid::Uuid::now_v7());
        let event = act(self.live.launch(), self.live.history(), &board, command, &context).unwrap();
        let head = self.journal.head().await.unwrap();
        let appended = self.journal.append(&event, head).await.unwrap();
        assert!(matches!(appended, Append::Appended(_)));
        self.live.take_event(&event);
        self.look();
    }

    fn pass(&mut self, seconds: u64) {
        self.hands.advance(Duration::from_secs(seconds));
    }
}

fn sign(go: bool) -> Command {
    Command::SignOff {
        gate: "launch/tested".into(),
        go,
        role: None,
        note: None,
        answers: std::collections::BTreeMap::default(),
    }
}

async fn live_a_day(opened: &Opened, journal: &Path) -> Vec<Board> {
    let mut day = Day::new(opened, journal);
    day.poll().await;
    day.pass(30);
    day.acts("hu", sign(true)).await;
    day.pass(30);
    day.github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    day.poll().await;
    for _ in 0..3 {
        day.pass(60);
        day.poll().await;
    }
    let (reason, risk) = ("Known leak".into(), "Slow".into());
    let until = at("2030-01-01T09:30:00Z");
    day.pass(1);
    let waive = Command::Waive { gate: "launch/bugs".into(), reason, risk, until, conditions: Vec::new() };
    day.acts("octo", waive).await;
    day.pass(5);
    day.acts("octo", Command::OpenRollCall).await;
    day.pass(5);
    // Nobody asks for a while: the proofs go stale.
    day.pass(660);
    day.look();
    day.pass(5);
    day.poll().await;
    day.pass(7);
    // The build of a new commit fails.
    day.github.edit(|world| {
        world.repo("acme/rocket").commit("main", "c2").check("build", "failure");
    });
    day.poll().await;
    day.pass(1_800);
    day.poll().await;
    day.pass(5);
    let scrub = Decision::Scrub { t0: at("2030-01-02T12:00:00Z") };
    let (reason, seen) = ("The provider is down".into(), None);
    day.acts(
        "octo",
        Command::Decide {
            decision: scrub,
            reason,
            overrides: false,
            over: Vec::new(),
            seen,
            terms: gonogo::domain::DecisionTerms::default(),
        },
    )
    .await;
    // The machine's clock is set back by an hour: nothing that was seen before counts.
    let back = (day.now)().wall - chrono::TimeDelta::hours(1);
    day.pass(3_700);
    day.poll().await;
    day.hands.set_wall(back + chrono::TimeDelta::seconds(3_720));
    day.look();
    day.journal.close().wait().unwrap();
    day.seen
}

#[tokio::test]
async fn every_board_of_a_recorded_day_comes_back_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let journal = home.path().join("journal.db");
    let opened = opened(home.path(), &journal);
    let mut seen = live_a_day(&opened, &journal).await;
    // The clock that was set back left no trace in what is recorded: only its own answer would have.
    seen.pop();
    let words: Vec<_> = seen.iter().map(|board| board.word).collect();
    assert!(
        [BoardWord::Go, BoardWord::Hold, BoardWord::NoGo].iter().all(|word| words.contains(word)),
        "{words:?}"
    );
    assert!(seen.iter().any(|board| board.score.waived == 1));
    let mut past = Past::open(&opened).unwrap();
    // Forwards, backwards, and here and there.
    let count = seen.len();
    for n in (0..count).chain((0..count).rev()).chain((0..count * 3).map(|n| n * 7 % count)) {
        let was = &seen[n];
        let is = past.board_at(was.evaluated_at);
        assert_eq!(is, *was, "board {n}, at {}", was.evaluated_at);
    }
    // What is told of the day is what was seen of it: a flip for each change between two looks, none besides.
    let moments = past.moments();
    for pair in seen.windows(2) {
        for flip in flips(&pair[0], &pair[1]) {
            let (from, to) = (pair[0].evaluated_at, pair[1].evaluated_at);
            let told = |it: &&Happened| {
                it.at > from
                    && it.at <= to
                    && matches!(&it.what, Happening::Flip(told) if told.gate == flip.gate)
            };
            let last = moments.iter().rev().find(told);
            assert!(
                matches!(last, Some(Happened { what: Happening::Flip(told), .. }) if told.to == flip.to),
                "{flip:?} is not told: {moments:#?}"
            );
        }
    }
    let acts = moments.iter().filter(|it| matches!(it.what, Happening::Act { .. })).count();
    assert_eq!(acts, 4);
    assert_eq!(seen.last().unwrap().t0, at("2030-01-02T12:00:00Z"), "a scrub moves T-0 from then on");
    let stale = moments.iter().filter(|it| {
        matches!(&it.what, Happening::Flip(flip) if flip.to == Verdict::Unknown)
            && !seen.iter().any(|board| board.evaluated_at == it.at)
    });
    assert!(stale.count() >= 2, "what time alone changed is told at its own moment: {moments:#?}");
}

#[test]
fn every_moment_of_the_demo_comes_back_as_it_was_played() {
    let chosen = LaunchSelection { demo: true, ..LaunchSelection::default() };
    let opened = open(chosen).unwrap();
    let mut past = Past::open(&opened).unwrap();
    let (from, until) = past.span();
    let minutes = (until - from).num_minutes();
    for n in 0..40 {
        // Here and there, so that going back is looked at as well.
        let moment = from + chrono::TimeDelta::minutes(n * 677 % minutes);
        let (mut live, playback) = played(&opened, Scope::default(), Some(moment)).unwrap();
        let played = live.board(playback.now());
        let board = past.board_at(moment);
        for (is, was) in board.gates.iter().zip(&played.gates) {
            assert_eq!(is, was, "at {moment}");
        }
        assert_eq!(played.scope.played, Some(Played::Demo));
        assert!(board == Board { scope: Scope::default(), ..played }, "at {moment}");
    }
    let moments = past.moments();
    assert!(moments.windows(2).all(|pair| pair[0].at <= pair[1].at), "in order");
    let words: Vec<_> = moments
        .iter()
        .filter_map(|it| if let Happening::Word { to, .. } = it.what { Some(to) } else { None })
        .collect();
    assert!(words.contains(&BoardWord::Go) && words.contains(&BoardWord::NoGo), "{words:?}");
}

fn gonogo(home: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut process = Process::new(env!("CARGO_BIN_EXE_gonogo"));
    process.current_dir(home).env_clear().env("HOME", home).env("USER", "hu").args(arguments);
    let output = process.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_the_cockpit_saw_can_be_asked_for_afterwards() {
    let github = GithubServer::start(|world| {
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c1").check("build", "success");
        repo.label("release-blocker");
    });
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("launch.yaml"), LAUNCH).unwrap();
    std::fs::write(home.path().join("settings.yaml"), "poll: { interval: 5s }\n").unwrap();
    let path = home.path().to_str().unwrap();
    let journal = home.path().join("journal.db");
    let journal = journal.to_str().unwrap();
    let settings = home.path().join("settings.yaml");
    let settings = settings.to_str().unwrap();
    let url = github.url();
    let environment = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", url.as_str())];
    let mut screen =
        Screen::open(&["--settings", settings, "--journal", journal, path], &environment, |_| {});
    screen.sees("2 go of 3");
    let before = Utc::now();
    github.edit(|world| {
        world.repo("acme/rocket").issue(7, "Engine leaks").label("release-blocker");
    });
    screen.sees("1 no-go");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    let args = ["--journal", journal, path];
    let ask = |more: &[&str]| gonogo(home.path(), &[&["replay"], more, &args[..]].concat());

    let (code, out, err) = ask(&[]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("launch/bugs: GO -> NO-GO: 1 open issue"), "{out}");
    assert!(out.contains("the board: HOLD -> NO-GO"), "{out}");
    let (_, out, _) = ask(&["--at", &before.to_rfc3339(), "--format", "json"]);
    let was: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&was["verdict"], &was["score"]["go"]), (&"hold".into(), &2.into()), "{out}");
    let (_, out, _) = ask(&["--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(out.trim_end().ends_with("\"complete\": true\n}"), "{out}");
    let last = told["until"].as_str().unwrap();
    let (code, out, err) = ask(&["--at", last]);
    assert!(code == Some(0) && out.contains("The board as it was at") && out.contains("NO-GO"), "{out}{err}");
    let (code, _, err) = ask(&["--at", "2031-01-01T00:00:00Z"]);
    assert!(code == Some(0) && err.contains("nothing is recorded after"), "{err}");
    let (code, out, err) = ask(&["--at", "tomorrow"]);
    assert!(code == Some(2) && out.is_empty() && err.contains("tomorrow"), "{err}");
    let (code, out, err) = gonogo(home.path(), &["replay", "--journal", "none.db", path]);
    assert!(code == Some(4) && out.is_empty() && err.contains("there is no journal at"), "{err}");
    std::fs::write(journal, "not a journal").unwrap();
    let (code, out, err) = ask(&[]);
    assert!(code == Some(4) && out.is_empty() && err.contains("no day to replay"), "{err}");
}

#[test]
fn a_day_judged_by_other_files_says_so() {
    let home = tempfile::tempdir().unwrap();
    let launch =
        LAUNCH.replace("ref: main", &format!("ref: {}", "8".repeat(40))).replace("    needs: [checks]\n", "");
    std::fs::write(home.path().join("launch.yaml"), launch).unwrap();
    let (code, _, err) = gonogo(home.path(), &["sign", "launch/tested", "--go", "--journal", "j.db"]);
    assert_eq!(code, Some(0), "{err}");
    let at = ["replay", "--journal", "j.db", "--at", "2031-01-01T00:00:00Z"];
    assert!(!gonogo(home.path(), &at).1.contains("files have changed"));
    let text = std::fs::read_to_string(home.path().join("launch.yaml")).unwrap();
    std::fs::write(home.path().join("launch.yaml"), text.replace("Build is green", "Build is blue")).unwrap();
    let (code, out, err) = gonogo(home.path(), &at);
    assert!(code == Some(0) && out.contains("the launch's files have changed since"), "{out}{err}");
}
