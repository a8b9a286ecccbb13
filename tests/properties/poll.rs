//! The poll and the decisions: whatever is said in whatever order, no word of it makes a GO, and what stops is never
//! shown as one.

use std::{
    collections::HashSet,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use gonogo::{
    cli::Exit,
    cockpit::{Look, Model, render_to_cells},
    domain::*,
    report,
    theme::{SymbolSet, Theme},
};
use proptest::{prelude::*, test_runner::TestRunner};

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
    let found = Finding { about, ..Finding::new(outcome, "so it is", "test") };
    let (seen, answer) = (Stamp::at(day.now), Answer::Found(found));
    day.evidence.observe(Observation { gate, question: question.digest, seen, answer });
}

fn try_it(day: &mut Day, by: &str, command: Command) -> Result<Act, Refusal> {
    let board = day.board();
    try_on(day, &board, by, command)
}

/// The same on a board that is known already.
fn try_on(day: &mut Day, board: &Board, by: &str, command: Command) -> Result<Act, Refusal> {
    let actor = Actor { name: by.into(), known: Known::Claimed };
    let context = ActEnvelope::new(actor, day.now, uuid::Uuid::from_u128(u128::from(day.history.len)));
    let event = act(&day.launch, &day.history, board, command, &context)?;
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

/// Some 20 histories each, a new one with every word and every answer: 1,200 of them, or 100,000 with `GONOGO_LONG=1`.
fn cases() -> u32 {
    if std::env::var_os("GONOGO_LONG").is_some() { 5_000 } else { 60 }
}

/// The theme is a file: it is read once.
static LOOK: LazyLock<Look> = LazyLock::new(|| Look::new(Theme::mono(), SymbolSet::ASCII));

/// What a reader takes away: the word by name, the computed one, the newest decision with whether it stands, the exit code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Taken {
    named: &'static str,
    evidence: BoardWord,
    decision: Option<(&'static str, bool)>,
    lowered: bool,
    exit: u8,
}

impl Taken {
    /// From the board and the rules alone: NO-GO 1, HOLD and SCRUB 3.
    fn of(board: &Board) -> Self {
        let exit = match board.named() {
            "GO" => 0,
            "NO-GO" => 1,
            _ => 3,
        };
        let decision = board.decision.as_ref().map(|it| (it.label(), it.stands));
        let lowered = board.lowered_by_decision().is_some();
        Self { named: board.named(), evidence: board.evidence, decision, lowered, exit }
    }

    /// `evidence: GO` stands where a decision made another word of it, and only there.
    fn evidence_in(&self, text: &str) -> bool {
        text.contains(&format!("evidence: {}", self.evidence)) == self.lowered
    }
}

/// The value of a key of a pretty document that stands at this depth, without reading the whole of it.
fn value_at<'a>(json: &'a str, depth: usize, key: &str) -> &'a str {
    let lead = format!("\n{}\"{key}\": ", " ".repeat(2 * depth));
    let at = json.find(&lead).map_or(0, |at| at + lead.len());
    json[at..].lines().next().unwrap_or_default().trim_end_matches(',').trim_matches('"')
}

/// Board, text, JSON, exit code, attestation, minutes and cockpit tell one word, one computed word and one decision, and
/// none of them GO where people have stopped (V15). Pictures are drawn when what they have to show is new (`whole`).
fn same_everywhere(day: &Day, board: &Board, whole: bool) -> Result<(), TestCaseError> {
    let taken = Taken::of(board);
    prop_assert!(board.word >= board.evidence, "a decision raised the word");
    prop_assert_eq!(Exit::from(board.word).code(), taken.exit);
    let headline = report::headline(board);
    prop_assert_eq!(headline.split([' ', ':']).next(), Some(taken.named));
    prop_assert!(taken.evidence_in(&headline), "{}", headline);
    let text = report::text(board, report::TextOptions::default());
    prop_assert!(text.starts_with(&headline), "{}", text);
    let json = report::json(board);
    prop_assert_eq!(value_at(&json, 1, "verdict"), board.word.as_str());
    prop_assert_eq!(value_at(&json, 1, "evidence"), board.evidence.as_str());
    prop_assert_eq!(value_at(&json, 1, "headline"), &headline);
    match taken.decision {
        Some((label, stands)) => {
            prop_assert_eq!(value_at(&json, 2, "label"), label);
            prop_assert_eq!(value_at(&json, 2, "stands"), stands.to_string());
        }
        None => prop_assert_eq!(value_at(&json, 1, "decision"), "null"),
    }
    attested(board, &taken)?;
    let compact = shown(day, board, (130, 14));
    let word = |row: &String| row.split_whitespace().nth(1) == Some(taken.named);
    prop_assert!(compact.iter().any(word), "{:#?}", compact);
    prop_assert!(taken.evidence_in(&compact.concat()), "{:#?}", compact);
    let stands = board.decision.as_ref().filter(|it| it.stands && !it.decision.is_go());
    prop_assert!(stands.is_none() || board.word != BoardWord::Go, "GO under {:?}", stands);
    if whole {
        in_full(day, board, &taken, &headline)?;
    }
    Ok(())
}

/// A statement ends as `--check` does, or with HOLD for what it names as demanded beyond that (V13).
fn attested(board: &Board, taken: &Taken) -> Result<(), TestCaseError> {
    let basis = report::Basis { server: "https://github.com", head: "", rehearsal: false };
    let statement = report::attest(board, board.decision.as_ref(), basis);
    let decided = board.decision.as_ref().is_some_and(DecisionState::is_go);
    prop_assert_eq!(statement.passed, taken.exit == 0 && decided);
    prop_assert_eq!(statement.demands.is_empty(), decided, "{:?}", statement.demands);
    let exit = Exit::from(statement.word).code();
    prop_assert_eq!(exit, if taken.exit == 0 && !decided { 3 } else { taken.exit });
    prop_assert_eq!(exit == 0, statement.passed);
    let passed = if statement.passed { "PASSED" } else { "FAILED" };
    prop_assert_eq!(value_at(&statement.text, 2, "verificationResult"), passed);
    prop_assert_eq!(value_at(&statement.text, 3, "word"), taken.named);
    prop_assert_eq!(value_at(&statement.text, 3, "evidence"), taken.evidence.word());
    let missing = statement.demands.iter().find(|demand| !statement.text.contains(demand.as_str()));
    prop_assert_eq!(missing, None, "the statement names what it demands");
    Ok(())
}

/// The pages for readers and the whole screen.
fn in_full(day: &Day, board: &Board, taken: &Taken, headline: &str) -> Result<(), TestCaseError> {
    let record = report::MinutesInput { board, history: &day.history, head: "head", rehearsal: false };
    let minutes = report::minutes(&record);
    prop_assert!(minutes.contains(&format!("| Board | {headline},")), "{}", minutes);
    if let Some((label, stands)) = taken.decision {
        prop_assert!(minutes.contains(&format!("## {label}, decided by")), "{}", minutes);
        let page = report::decision_record(&record).unwrap();
        let status = if stands { "- Status: stands" } else { "- Status: does not stand" };
        prop_assert!(page.contains(status) && page.contains(&format!(": {label}")), "{}", page);
    }
    let grid = drawn(day, board, (80, 24));
    let rows = rows(&grid);
    // The word on its plate: `#  N O - G O  #`.
    let plate = rows.iter().filter_map(|row| row.trim_start().strip_prefix('#')?.split_once('#'));
    let plates: Vec<_> =
        plate.map(|(word, _)| word.replace(' ', "")).filter(|word| !word.is_empty()).collect();
    prop_assert_eq!(&plates, &[taken.named], "{:#?}", rows);
    prop_assert!(taken.evidence_in(&rows.concat()), "{:#?}", rows);
    let picture = report::svg(&grid);
    let spaced = taken.named.chars().map(String::from).collect::<Vec<_>>().join(" ");
    prop_assert!(picture.contains(&format!(" {spaced} ")) && taken.evidence_in(&picture), "{}", picture);
    Ok(())
}

fn drawn(day: &Day, board: &Board, (width, height): (u16, u16)) -> report::Grid {
    let model = Model::new(Arc::new(day.launch.clone()), Arc::new(board.clone()), (width, height));
    render_to_cells(&model, &LOOK, day.now, width, height)
}

fn shown(day: &Day, board: &Board, size: (u16, u16)) -> Vec<String> {
    rows(&drawn(day, board, size))
}

fn rows(grid: &report::Grid) -> Vec<String> {
    let row = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect();
    (0..grid.height).map(row).collect()
}

/// As many runners as there are processors, each with its share.
#[test]
#[allow(clippy::panic, clippy::print_stdout, reason = "it says what it found")]
fn no_vote_and_no_decision_makes_a_go() {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = u32::try_from(count).unwrap().min(cases() / 1_000 + 1);
    let histories = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let cases = cases().div_ceil(threads);
                let config =
                    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
                let mut runner = TestRunner::new(config);
                let all = (any::<bool>(), 1..4u32, tries());
                let done = runner.run(&all, |(go, quorum, tries)| one_day(go, quorum, tries, &histories));
                done.unwrap_or_else(|error| panic!("{error}"));
            });
        }
    });
    println!("{} histories with their evidence", histories.into_inner());
}

fn one_day(go: bool, quorum: u32, tries: Vec<Try>, histories: &AtomicU64) -> Result<(), TestCaseError> {
    let mut day = day(go, quorum);
    let mut letter = 'a';
    let mut known = HashSet::new();
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
        let done = try_on(&mut day, &before, it.by, command);
        let after = day.board();
        prop_assert_eq!(verdicts(&before), verdicts(&after), "{:?}", done);
        prop_assert_eq!(after.word, by_hand(&day, &after), "{:?}", day.history.decisions);
        // Nothing that was said is lost.
        let kept: usize = day.history.roll_calls.iter().map(|poll| poll.ballots.len()).sum();
        prop_assert_eq!(kept, ballots + usize::from(matches!(done, Ok(Act::Voted { .. }))));
        let new = known.insert(Taken::of(&after));
        same_everywhere(&day, &after, new)?;
        judge(&before, &after, done.ok())?;
        histories.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
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
        stands_in: None,
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
        note: Some("again".into()),
        corrects: (number > 1).then(|| uuid::Uuid::from_u128(number - 1)),
        computed: None,
        passes_over: false,
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
        terms: gonogo::domain::DecisionTerms::default(),
    };
    day.history.apply(&spoken(decided, "octo", 2 * MANY + 1));
    assert_eq!(day.history.decision().unwrap().dissent.len(), 1);
    let board = day.board();
    let record =
        gonogo::report::MinutesInput { board: &board, history: &day.history, head: "head", rehearsal: false };
    let minutes = gonogo::report::minutes(&record);
    assert!(minutes.contains("| 30000 |") && minutes.contains("corrects no. 29999"), "nothing is left out");
    let taken = begun.elapsed();
    assert!(taken < std::time::Duration::from_secs(30), "{taken:?}");
}
