//! The poll and the decisions: whatever is said in whatever order, no word of it makes a GO, and what stops is never
//! shown as one.

use std::sync::Arc;

use gonogo::{
    cockpit::{Look, Model, render_to_cells},
    domain::*,
    report,
    theme::{Symbols, Theme},
};
use proptest::prelude::*;

use super::support::{CallSpec, Day, GateSpec, LaunchSpec, PollSpec, launch, noon, oid};

/// One thing somebody tries.
#[derive(Clone, Debug)]
struct Try {
    by: &'static str,
    what: CallSpec,
    moves: bool,
    minutes: i64,
    /// What the evidence says then.
    runs: Outcome,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let who = prop_oneof![Just("octo"), Just("hu"), Just("mo"), Just("eve")];
    let station = prop_oneof![Just("support"), Just("qa"), Just("vacant")];
    let says = prop_oneof![
        4 => Just("go"),
        1 => Just("no-go"),
        1 => Just("abstain"),
        1 => Just("conditions"),
        1 => Just("delegate"),
    ];
    let vote = (station, says, any::<bool>()).prop_map(|(station, says, corrects)| CallSpec {
        vote: Some(station.into()),
        says: Some(says.into()),
        conditions: vec!["only at night".into()],
        to: Some("hu".into()),
        corrects,
        ..CallSpec::default()
    });
    let decide = prop_oneof![Just("go"), Just("override"), Just("no-go"), Just("hold"), Just("scrub")];
    let decide = decide.prop_map(|what| CallSpec {
        decide: Some(what.into()),
        over: ["support", "qa", "vacant"].map(String::from).to_vec(),
        until: (what == "scrub").then(|| "+30d".into()),
        ..CallSpec::default()
    });
    let what = prop_oneof![
        2 => Just(CallSpec { open: true, ..CallSpec::default() }),
        1 => Just(CallSpec { resume: true, ..CallSpec::default() }),
        8 => vote,
        4 => decide,
    ];
    let runs = prop_oneof![6 => Just(Outcome::Holds), 1 => Just(Outcome::Fails), 1 => Just(Outcome::Unclear)];
    let one = (who, what, proptest::bool::weighted(0.1), 0..9i64, runs)
        .prop_map(|(by, what, moves, minutes, runs)| Try { by, what, moves, minutes, runs });
    prop::collection::vec(one, 1..40)
}

/// A gate of a person that is go or not, one of evidence, and the poll of three stations.
fn day(go: bool, quorum: u32) -> Day {
    let plan: PollSpec = serde_yaml::from_str(&format!(
        "stations: [{{ station: support }}, {{ station: vacant, stations: [{{ station: qa, checklists: [qa] }}] }}]\n\
         quorum: {quorum}"
    ))
    .unwrap();
    let spec = LaunchSpec { roll_call: Some(plan), ..LaunchSpec::default() };
    let gate = GateSpec { gate: "qa/ready".into(), task: Some(vec!["qa".into()]), ..GateSpec::default() };
    let runs = GateSpec { gate: "qa/runs".into(), free: Some("runs".into()), ..GateSpec::default() };
    let launch = launch(vec![gate.build(), runs.build()], &spec, &[]);
    let mut day = Day {
        launch,
        evidence: Evidence::default(),
        history: History::default(),
        now: noon(),
        scope: Scope::default(),
    };
    moved(&mut day, 'a');
    if go {
        let sign = Command::SignOff {
            gate: "qa/ready".into(),
            go: true,
            role: None,
            note: None,
            answers: std::collections::BTreeMap::new(),
        };
        try_it(&mut day, "hu", sign).unwrap();
    }
    day
}

fn moved(day: &mut Day, to: char) {
    let seen = Stamp::at(day.now);
    day.evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(oid(to)) });
}

/// A new answer of the source.
fn observed(day: &mut Day, outcome: Outcome) {
    let (gate, question) = demands(&day.launch, &day.history).into_iter().next().unwrap();
    let about = day.board().commit;
    let found = Finding {
        outcome,
        reason: "so it is".into(),
        about,
        until: None,
        since: None,
        url: None,
        rows: Vec::new(),
        lineage: "test".into(),
        accepted: Vec::new(),
    };
    let (seen, answer) = (Stamp::at(day.now), Answer::Found(found));
    day.evidence.observe(Observation { gate, question: question.digest, seen, answer });
}

fn try_it(day: &mut Day, by: &str, command: Command) -> Result<Act, Refusal> {
    let context = Context {
        actor: Actor { name: by.into(), known: Known::Claimed },
        recorder: None,
        teams: Vec::new(),
        recorder_teams: Vec::new(),
        by_name: false,
        now: day.now,
        id: uuid::Uuid::from_u128(u128::from(day.history.len)),
    };
    let event = act(&day.launch, &day.history, &day.board(), command, &context)?;
    day.history.apply(&event);
    Ok(event.act)
}

/// What must not change by a word in the poll.
fn verdicts(board: &Board) -> (BoardWord, Score, Vec<Verdict>, Vec<String>) {
    let gates = board.gates.iter().map(|gate| gate.verdict).collect();
    (board.evidence, board.score, gates, board.blockers().iter().map(|gate| gate.because()).collect())
}

/// The word by hand: what the journal's decisions make of the evidence (V15).
fn by_hand(day: &Day, board: &Board) -> BoardWord {
    let stands = |it: &DecisionRecord| it.decision.is_go() && !it.overrides && it.commit == board.commit;
    let all = &day.history.decisions;
    let since = all.iter().rposition(stands).map_or(0, |at| at + 1);
    let stop = all[since..].iter().rfind(|it| !it.decision.is_go());
    match stop {
        None => board.evidence,
        Some(it) if matches!(it.decision, Decision::NoGo { .. }) && all.last() == Some(it) => BoardWord::NoGo,
        Some(_) if board.evidence == BoardWord::NoGo => BoardWord::NoGo,
        Some(_) => BoardWord::Hold,
    }
}

/// Some 20 histories each, a new one with every word: 1,200 of them, or 100,000 with `GONOGO_LONG=1`.
fn cases() -> u32 {
    if std::env::var_os("GONOGO_LONG").is_some() { 5_000 } else { 60 }
}

/// Text, JSON, attestation and cockpit tell one word, and none of them GO where people have stopped (V15).
fn same_everywhere(day: &Day, board: &Board) -> Result<(), TestCaseError> {
    prop_assert!(board.word >= board.evidence, "a decision raised the word");
    let json: serde_json::Value = serde_json::from_str(&report::json(board)).unwrap();
    prop_assert_eq!(&json["verdict"], board.word.as_str());
    prop_assert_eq!(&json["evidence"], board.evidence.as_str());
    let headline = report::headline(board);
    let text = report::text(board, report::TextOptions::default());
    prop_assert!(text.starts_with(&headline) && json["headline"] == headline.as_str());
    let word = headline.split([' ', ':']).next().unwrap();
    prop_assert_eq!(word, board.named());
    let attested = report::attest(
        board,
        board.decision.as_ref(),
        report::Basis { server: "https://github.com", head: "", rehearsal: false },
    );
    let decided = board.decision.as_ref().is_some_and(DecisionState::is_go);
    prop_assert_eq!(attested.passed, board.word == BoardWord::Go && decided);
    let statement: serde_json::Value = serde_json::from_str(&attested.text).unwrap();
    prop_assert_eq!(&statement["predicate"]["gonogo"]["word"], board.named());
    let model = Model::new(Arc::new(day.launch.clone()), Arc::new(board.clone()), (30, 6));
    let look = Look::new(Theme::mono(), Symbols::ASCII);
    let grid = render_to_cells(&model, &look, day.now, 30, 6);
    let shown: String = (0..6).flat_map(|y| grid.row(y)).map(|cell| cell.symbol.as_str()).collect();
    let says = |word: &str| shown.split_whitespace().any(|it| it == word);
    prop_assert_eq!(says("GO") && !shown.contains("evidence: GO"), board.word == BoardWord::Go, "{}", shown);
    let stands = board.decision.as_ref().filter(|it| it.stands && !it.decision.is_go());
    prop_assert!(stands.is_none() || board.word != BoardWord::Go, "GO under {:?}", stands);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn no_vote_and_no_decision_makes_a_go(go in any::<bool>(), quorum in 1..4u32, tries in tries()) {
        let mut day = day(go, quorum);
        let mut letter = 'a';
        for it in tries {
            let mut now = day.now;
            now.wall += chrono::TimeDelta::minutes(it.minutes);
            now.boot += std::time::Duration::from_secs(it.minutes.unsigned_abs() * 60);
            day.now = now;
            if it.moves {
                letter = if letter == 'a' { 'b' } else { 'a' };
            }
            moved(&mut day, letter);
            observed(&mut day, it.runs);
            let before = day.board();
            let ballots: usize = day.history.roll_calls.iter().map(|poll| poll.ballots.len()).sum();
            let command = it.what.command(&day, Some("because".into()), "because".into());
            let done = try_it(&mut day, it.by, command);
            let after = day.board();
            prop_assert_eq!(verdicts(&before), verdicts(&after), "{:?}", done);
            prop_assert_eq!(after.word, by_hand(&day, &after), "{:?}", day.history.decisions);
            // Nothing that was said is lost.
            let kept: usize = day.history.roll_calls.iter().map(|poll| poll.ballots.len()).sum();
            prop_assert_eq!(kept, ballots + usize::from(matches!(done, Ok(Act::Voted { .. }))));
            same_everywhere(&day, &after)?;
            judge(&before, &after, done.ok())?;
        }
    }
}

fn judge(before: &Board, after: &Board, done: Option<Act>) -> Result<(), TestCaseError> {
    if let Some(Act::Decided { decision, overrides, board, word, .. }) = &done {
        let poll = before.roll_call.as_ref().unwrap();
        let wants_quorum = matches!(decision, Decision::Go { .. } | Decision::NoGo { .. });
        prop_assert!(!wants_quorum || poll.heard >= poll.quorum, "decided without a quorum");
        prop_assert_eq!(decision.is_go() && *word != BoardWord::Go, *overrides);
        prop_assert_eq!(&board.read::<Board>().unwrap(), before, "the whole board is kept");
        prop_assert!(!after.roll_call.as_ref().unwrap().open, "a decision ends the round");
    }
    let Some(decision) = &after.decision else { return Ok(()) };
    prop_assert!(!decision.overrides || decision.label().starts_with("OVERRIDE"));
    prop_assert_eq!(decision.over.is_empty(), !decision.label().ends_with("OVER DISSENT"));
    prop_assert!(!decision.is_go() || decision.word == BoardWord::Go, "GO was decided on a GO board only");
    let same = decision.commit == after.commit;
    prop_assert!(!decision.is_go() || same, "a GO stands for its own commit only");
    prop_assert_eq!(after.overridden.is_some(), decision.overrides && decision.stands);
    let held = matches!(decision.decision, Decision::Hold { .. }) && decision.stands;
    prop_assert_eq!(after.held_since.is_some(), held, "the T clock stands in a hold, and only then");
    Ok(())
}

/// As many words as a journal can hold in a day, written by whom it may: the fold, the board, the decision with its
/// dissent and the minutes each look at every one of them once. Quadratic, this took hours.
#[test]
fn many_corrections_and_many_words_cost_no_more_than_their_number() {
    const MANY: u128 = 30_000;
    let mut day = day(true, 1);
    let spoken = |act: Act, by: &str, id: u128| Event {
        id: uuid::Uuid::from_u128(id),
        at: noon().wall,
        actor: Actor { name: by.into(), known: Known::Claimed },
        recorder: None,
        launch: day.launch.id.clone(),
        version: day.launch.version.clone(),
        commit: Some(oid('a')),
        checklist_digest: day.launch.digest.clone(),
        act,
    };
    let vote = |number: u128| Act::Voted {
        round: 1,
        station: "support".into(),
        vote: if number.is_multiple_of(2) { Vote::NoGo } else { Vote::Go },
        stands_in: None,
        note: Some("again".into()),
        corrects: (number > 1).then(|| uuid::Uuid::from_u128(number - 1)),
        computed: None,
    };
    let gate = GateId::from("qa/ready");
    let digest = day.launch.gate(&gate).unwrap().digest.clone();
    let sign = |number: u128| match number % 3 {
        0 => Act::Withdrawn { gate: gate.clone(), reason: "no".into() },
        _ => Act::SignedOff {
            gate: gate.clone(),
            digest: digest.clone(),
            go: true,
            role: "qa".into(),
            stands_in: None,
            note: None,
            answers: std::collections::BTreeMap::new(),
        },
    };
    let begun = std::time::Instant::now();
    let mut events = vec![spoken(Act::RollCallOpened { round: 1 }, "mo", 0)];
    events.extend((1..=MANY).map(|number| spoken(vote(number), "mo", number)));
    events.extend(
        (1..=MANY).map(|number| spoken(sign(number), ["octo", "hu"][(number % 2) as usize], MANY + number)),
    );
    events.iter().for_each(|event| day.history.apply(event));
    let board = day.board();
    let station = board.roll_call.as_ref().unwrap().station(&"support".into()).unwrap();
    assert_eq!((station.corrected, station.vote.as_ref().map(Vote::word)), (29_999, Some("NO-GO")));
    assert!(station.earlier.len() < 20, "the board tells the newest: the journal has all of them");
    let decided = Act::Decided {
        round: Some(1),
        decision: Decision::Hold { until: None, until_true: Vec::new() },
        reason: "enough".into(),
        board: gonogo::domain::KeptBoard::default(),
        word: BoardWord::Hold,
        overrides: false,
        over: Vec::new(),
    };
    day.history.apply(&spoken(decided, "octo", 2 * MANY + 1));
    assert_eq!(day.history.decision().unwrap().dissent.len(), 1);
    let board = day.board();
    let record =
        gonogo::report::Record { board: &board, history: &day.history, head: "head", rehearsal: false };
    let minutes = gonogo::report::minutes(&record);
    assert!(minutes.contains("| 30000 |") && minutes.contains("corrects no. 29999"), "nothing is left out");
    let taken = begun.elapsed();
    assert!(taken < std::time::Duration::from_secs(30), "{taken:?}");
}
