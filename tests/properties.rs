//! What must hold for every launch, every answer and every clock: random launches of nested gates, needs, timers,
//! words of people and waivers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(clippy::disallowed_methods, reason = "the real clock only says how long a fold may take")]

mod after;
mod baseline;
mod clock;
mod messages;
mod poll;
mod stages;
use crate::scenarios::support;

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use gonogo::domain::*;
use proptest::prelude::*;
use support::{Day, GateSpec, LaunchSpec, TimerSpec, launch, noon, oid};

/// One gate and all that is said about it.
#[derive(Clone, Debug)]
struct Plan {
    kind: u8,
    inside: Option<usize>,
    needs: Vec<usize>,
    blocks: u8,
    odd: u8,
    moment: i32,
    answer: Option<Said>,
    failure: Option<FailureKind>,
    words: Vec<Word>,
    waived: Option<i32>,
}

/// A source's answer.
#[derive(Clone, Debug)]
struct Said {
    outcome: Outcome,
    age: u64,
    about: Option<char>,
    until: Option<i32>,
    from_disk: bool,
}

/// A person's word.
#[derive(Clone, Debug)]
struct Word {
    by: &'static str,
    go: bool,
    commit: char,
    ago: i32,
    withdrawn: bool,
}

const GROUPS: [u8; 2] = [8, 9];

fn said() -> impl Strategy<Value = Said> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Holds),
        1 => Just(Outcome::Fails),
        1 => Just(Outcome::Pending),
        1 => Just(Outcome::Unclear),
    ];
    let about = prop_oneof![6 => Just(Some('a')), 1 => Just(Some('b')), 1 => Just(None)];
    let until = proptest::option::weighted(0.2, -60..1_200i32);
    (outcome, 0..900u64, about, until, proptest::bool::weighted(0.05))
        .prop_map(|(outcome, age, about, until, from_disk)| Said { outcome, age, about, until, from_disk })
}

fn word() -> impl Strategy<Value = Word> {
    let by = prop_oneof![Just("octo"), Just("hu")];
    let commit = prop_oneof![5 => Just('a'), 1 => Just('b')];
    (by, proptest::bool::weighted(0.8), commit, 0..7_200i32, proptest::bool::weighted(0.1))
        .prop_map(|(by, go, commit, ago, withdrawn)| Word { by, go, commit, ago, withdrawn })
}

fn plan() -> impl Strategy<Value = Plan> {
    let failure =
        prop_oneof![Just(FailureKind::TimedOut), Just(FailureKind::NotFound), Just(FailureKind::Incomplete)];
    let shape =
        (0..10u8, proptest::option::of(0..12usize), prop::collection::vec(0..12usize, 0..3), 0..6u8, 0..24u8);
    let facts = (
        -1_200..1_200i32,
        proptest::option::weighted(0.9, said()),
        proptest::option::weighted(0.15, failure),
        prop::collection::vec(word(), 0..3),
        proptest::option::weighted(0.15, -600..7_200i32),
    );
    (shape, facts).prop_map(
        |((kind, inside, needs, blocks, odd), (moment, answer, failure, words, waived))| Plan {
            kind,
            inside,
            needs,
            blocks,
            odd,
            moment,
            answer,
            failure,
            words,
            waived,
        },
    )
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    prop::collection::vec(plan(), 1..14)
}

fn name(at: usize) -> String {
    format!("{}/g{at}", ["qa", "gtm", "rel"][at % 3])
}

fn is_group(plans: &[Plan], at: usize) -> bool {
    GROUPS.contains(&plans[at].kind)
}

/// Needs and timers look back at gates that are no groups, so that there is no circle; the last gate may wait for all.
fn spec(plans: &[Plan], at: usize) -> GateSpec {
    let plan = &plans[at];
    let before = |other: &&usize| **other < at && !is_group(plans, **other);
    let inside = plan.inside.filter(|up| *up < at && is_group(plans, *up));
    let when = format!("{}{}s", if plan.moment < 0 { '-' } else { '+' }, plan.moment.abs());
    let mut spec = GateSpec {
        gate: name(at),
        inside: inside.map(name),
        needs: plan.needs.iter().filter(before).map(|other| name(*other)).collect(),
        blocks: (plan.blocks == 0).then(|| "nothing".into()),
        excluded: (plan.odd == 0).then(|| "no".into()),
        not_before: if plan.odd == 1 { vec![when.clone()] } else { Vec::new() },
        counts_from: (plan.odd == 2).then(|| when.clone()),
        due: (plan.odd == 3).then_some(when),
        max_age: (plan.odd == 4).then(|| "90m".into()),
        count: (plan.odd == 5).then_some(2),
        ..GateSpec::default()
    };
    let since = plan.needs.iter().find(before);
    match (plan.kind, since) {
        (8, _) => spec.all = true,
        (9, _) => spec.one_of = true,
        (7, Some(since)) => spec.timer = Some(TimerSpec { since: name(*since), wait: "9m".into() }),
        (6, _) => spec.task = Some(vec!["qa".into()]),
        (5, _) => spec.sign_off = Some(vec!["qa".into()]),
        (3 | 4, _) => spec.commit = Some(format!("{at}.yml")),
        _ => spec.free = Some(format!("{at}")),
    }
    spec
}

fn gates(plans: &[Plan]) -> Vec<Gate> {
    (0..plans.len()).map(|at| spec(plans, at).build()).collect()
}

fn observations(plans: &[Plan], launch: &Launch) -> Vec<Observation> {
    let asked: BTreeMap<_, _> = demands(launch, &History::default()).into_iter().collect();
    let mut all = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let gate = GateId::from(name(at).as_str());
        let Some(question) = asked.get(&gate).map(|it| it.digest.clone()) else { continue };
        if let Some(said) = &plan.answer {
            let (seen, answer) = (seen(said.age, said.from_disk), Answer::Found(finding(said)));
            all.push(Observation { gate: gate.clone(), question: question.clone(), seen, answer });
        }
        if let Some(kind) = plan.failure {
            all.push(Observation {
                gate,
                question,
                seen: seen(0, false),
                answer: Answer::Failed(Failure::new(kind, "no")),
            });
        }
    }
    all
}

fn seen(age: u64, from_disk: bool) -> Stamp {
    let age = Duration::from_secs(age);
    let boot = noon().boot.checked_sub(age).filter(|_| !from_disk);
    Stamp { wall: noon().wall - TimeDelta::from_std(age).unwrap(), boot }
}

fn finding(said: &Said) -> Finding {
    Finding {
        about: said.about.map(oid),
        until: said.until.map(|seconds| noon().wall + TimeDelta::seconds(seconds.into())),
        ..Finding::new(said.outcome, "so it is", "test")
    }
}

fn events(plans: &[Plan], launch: &Launch) -> Vec<Event> {
    let mut all = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let Some(gate) = launch.gate(&name(at).as_str().into()) else { continue };
        for word in plan.words.iter().filter(|_| gate.ask().is_some()) {
            let (gate, digest) = (gate.id.clone(), gate.digest.clone());
            let signed = Act::SignedOff {
                gate: gate.clone(),
                digest,
                go: word.go,
                role: "qa".into(),
                note: None,
                answers: BTreeMap::new(),
            };
            all.push(event(launch, word.by, word.ago, word.commit, signed));
            if word.withdrawn {
                all.push(event(launch, word.by, word.ago, 'a', Act::Withdrawn { gate, reason: "no".into() }));
            }
        }
        if let Some(until) = plan.waived {
            let waived = Act::Waived {
                gate: gate.id.clone(),
                digest: gate.digest.clone(),
                reason: "r".into(),
                risk: "r".into(),
                until: noon().wall + TimeDelta::seconds(until.into()),
                conditions: Vec::new(),
            };
            all.push(event(launch, "octo", 7_200, 'a', waived));
        }
    }
    all.sort_by_key(|event| event.at);
    all
}

fn event(launch: &Launch, by: &str, ago: i32, commit: char, act: Act) -> Event {
    Event {
        id: uuid::Uuid::nil(),
        at: noon().wall - TimeDelta::seconds(ago.into()),
        actor: Actor { name: by.into(), known: Known::Claimed },
        recorder: None,
        stands_in: None,
        launch: launch.id.clone(),
        version: launch.version.clone(),
        commit: Some(oid(commit)),
        checklist_digest: launch.digest.clone(),
        act,
    }
}

fn day_of(gates: Vec<Gate>, plans: &[Plan], shuffle: bool) -> Day {
    let launch =
        launch(gates, &LaunchSpec { waive_by: vec!["launch-director".into()], ..LaunchSpec::default() }, &[]);
    let mut evidence = Evidence::default();
    evidence.resolve(TargetAnswer { component: None, seen: seen(30, false), answer: Ok(oid('a')) });
    let mut seen = observations(plans, &launch);
    if shuffle {
        // Answers about one gate keep their order; gates do not.
        seen.sort_by_key(|it| it.gate.as_str().chars().rev().collect::<String>());
    }
    for observation in seen {
        evidence.observe(observation);
    }
    let history = History::fold(&events(plans, &launch));
    Day { launch, evidence, history, now: noon(), scope: Scope::default() }
}

fn day(plans: &[Plan]) -> Day {
    day_of(gates(plans), plans, false)
}

fn verdicts(board: &Board) -> BTreeMap<GateId, Verdict> {
    board.gates.iter().map(|gate| (gate.id.clone(), gate.verdict)).collect()
}

/// Whether nothing stands before a gate. What does not apply is looked through: what stood before it counts.
fn is_ready(launch: &Launch, board: &Board, gate: &GateId) -> bool {
    launch.gate(gate).unwrap().needs.iter().all(|need| match need {
        Need::Gate(id) => match board.gate(id).map(|it| it.verdict) {
            Some(Verdict::NotApplicable) => is_ready(launch, board, id),
            verdict => verdict.is_some_and(Verdict::satisfies),
        },
        _ => false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn go_means_what_it_says(plans in plans()) {
        let day = day(&plans);
        let board = day.board();
        let counted: Vec<_> = board.gates.iter().filter(|gate| gate.counted).collect();
        let open = counted.iter().filter(|gate| gate.verdict.blocks()).count();
        let proven = counted.iter().filter(|gate| gate.verdict == Verdict::Go).count();
        prop_assert_eq!(board.word == BoardWord::Go, open == 0 && proven > 0);
        prop_assert_eq!(board.word == BoardWord::NoGo, counted.iter().any(|gate| gate.verdict == Verdict::NoGo));
        for (at, plan) in plans.iter().enumerate() {
            let gate = board.gate(&name(at).as_str().into()).unwrap();
            let spec = spec(&plans, at);
            if gate.verdict == Verdict::Go && (spec.free.is_some() || spec.commit.is_some()) {
                let said = plan.answer.as_ref().expect("an answer");
                prop_assert_eq!(said.outcome, Outcome::Holds);
                prop_assert!(said.age <= 600 && !said.from_disk && said.until.is_none_or(|until| until > 0));
                prop_assert!(plan.failure.is_none_or(FailureKind::is_transient));
                prop_assert!(spec.free.is_some() || said.about == Some('a'));
            }
            if gate.verdict == Verdict::Go && (spec.task.is_some() || spec.sign_off.is_some()) {
                prop_assert!(plan.words.iter().any(|word| word.go && !word.withdrawn));
                prop_assert!(spec.task.is_some() || plan.words.iter().any(|word| word.go && word.commit == 'a'));
            }
            if gate.verdict == Verdict::Go {
                let open = |id: &String| board.gate(&id.as_str().into()).is_none_or(|it| it.verdict.blocks());
                prop_assert!(!spec.needs.iter().any(open), "{} is go over open needs", gate.id);
            }
            prop_assert!(!gate.verdict.blocks() || !(gate.reason.is_empty() || gate.next.is_empty()));
        }
    }

    /// Conditions of a final call are watched beside what counts for GO: with them and without, the same call leaves the same
    /// word, counts, verdicts and path, and each of them is on the board.
    #[test]
    fn conditions_turn_nothing(plans in plans(), many in 1..4usize, dues in -600..7_200i32) {
        let day = day(&plans);
        let condition = |n: usize| Condition {
            text: format!("thing {n}").as_str().into(),
            owner: "qa".into(),
            due: Some(Moment { at: noon().wall + TimeDelta::seconds(dues.into()), said: "2h".into() }),
            before: None,
        };
        let decided = |conditions: Vec<Condition>| {
            let terms = DecisionTerms { conditions, ..DecisionTerms::default() };
            let decision = Decision::Go { option: None };
            let (board, word, reason) = (KeptBoard::default(), BoardWord::Go, "r".into());
            let act = Act::Decided { round: None, decision, reason, board, word, overrides: false, over: vec![], terms };
            let mut history = day.history.clone();
            history.apply(&event(&day.launch, "octo", 60, 'a', act));
            evaluate(&day.launch, &day.evidence, &history, noon(), &Scope::default())
        };
        let without = decided(Vec::new());
        let with = decided((0..many).map(condition).collect());
        prop_assert_eq!((with.word, with.evidence, with.score), (without.word, without.evidence, without.score));
        prop_assert_eq!(with.gates.len(), without.gates.len() + many);
        for (with, without) in with.gates.iter().zip(&without.gates) {
            prop_assert_eq!(with, without);
        }
        prop_assert_eq!(&with.path, &without.path);
        prop_assert_eq!(&with.checklists[..without.checklists.len()], &without.checklists[..]);
        for condition in &with.gates[without.gates.len()..] {
            prop_assert!(!condition.counted && condition.verdict == Verdict::Pending);
            // At its very moment it is not late yet.
            prop_assert_eq!(condition.overdue, dues < 0);
        }
        // Whoever knows the board knows the launch.
        let moved = day.launch.following(&with).unwrap();
        prop_assert_eq!(moved.gates.len(), with.gates.len());
        prop_assert!(moved.following(&with).is_none());
        prop_assert_eq!(moved.following(&without).unwrap().gates.len(), without.gates.len());
    }

    #[test]
    fn without_answers_there_is_no_go(plans in plans()) {
        let mut day = day(&plans);
        day.evidence = Evidence::default();
        day.history = History::default();
        prop_assert_ne!(day.board().word, BoardWord::Go);
    }

    #[test]
    fn a_worse_answer_never_improves_the_board(plans in plans(), which in 0..14usize, how in 0..5u8) {
        let which = which % plans.len();
        let before = day(&plans).board().word;
        let mut worse = plans;
        let plan = &mut worse[which];
        let Some(said) = &mut plan.answer else { return Ok(()) };
        match (how, said.outcome) {
            (0, _) => said.outcome = Outcome::Fails,
            (1, Outcome::Holds | Outcome::Pending) => said.outcome = Outcome::Unclear,
            (2, Outcome::Holds) => said.outcome = Outcome::Pending,
            (3, _) => plan.failure = Some(FailureKind::Forbidden),
            (4, Outcome::Holds | Outcome::Pending | Outcome::Unclear) => plan.answer = None,
            _ => return Ok(()),
        }
        prop_assert!(day(&worse).board().word >= before);
    }

    #[test]
    fn a_lost_word_never_makes_a_go(plans in plans(), which in 0..14usize) {
        let which = which % plans.len();
        let before = day(&plans).board();
        let mut fewer = plans;
        let no = fewer[which].words.iter().any(|word| !word.go);
        fewer[which].words.clear();
        let after = day(&fewer).board();
        prop_assert!(no || after.word != BoardWord::Go || before.word == BoardWord::Go);
    }

    #[test]
    fn order_does_not_matter(plans in plans(), keys in prop::collection::vec(any::<u16>(), 14)) {
        let straight = day(&plans);
        let mut order: Vec<usize> = (0..plans.len()).collect();
        // Any order in which a gate of gates stands before what is inside it.
        let depth = |at: usize| {
            let up = |at: &usize| plans[*at].inside.filter(|up| up < at && is_group(&plans, *up));
            std::iter::successors(up(&at), up).count()
        };
        order.sort_by_key(|at| (depth(*at), keys[*at]));
        let gates = gates(&plans);
        let mixed = order.iter().map(|at| gates[*at].clone()).collect();
        let (one, other) = (straight.board(), day_of(mixed, &plans, true).board());
        prop_assert_eq!(verdicts(&one), verdicts(&other));
        prop_assert_eq!((one.word, one.score, one.changes_at), (other.word, other.score, other.changes_at));
    }

    #[test]
    fn nothing_changes_before_it_is_said_to(plans in plans(), share in 0.0..1.0f64) {
        let day = day(&plans);
        let board = day.board();
        let Some(at) = board.changes_at else {
            let later = day.board_at(day.after(Duration::from_secs(400 * 86_400)));
            prop_assert_eq!(flips(&board, &later), []);
            return Ok(());
        };
        prop_assert!(at > day.now.wall);
        let left = (at - day.now.wall).to_std().unwrap();
        let last = left.saturating_sub(Duration::from_nanos(1));
        for before in [left.mul_f64(share).min(last), last] {
            let later = day.board_at(day.after(before));
            prop_assert_eq!(flips(&board, &later), []);
            prop_assert_eq!((later.word, later.changes_at), (board.word, Some(at)));
        }
    }

    #[test]
    fn a_clock_turned_back_revives_nothing(plans in plans(), back in 1..100_000i64, ran in 0..600u64) {
        let mut day = day(&plans);
        day.history.high_water = Some(day.now.wall);
        let before = day.board();
        let mut now = day.after(Duration::from_secs(ran));
        now.wall = day.now.wall - TimeDelta::seconds(back);
        let after = day.board_at(now);
        prop_assert!(after.word >= before.word);
        for (old, new) in before.gates.iter().zip(&after.gates) {
            prop_assert!(new.verdict.blocks() || !old.verdict.blocks(), "{} was {} and is {}", new.id, old.verdict, new.verdict);
        }
    }

    #[test]
    fn the_path_opens_every_blocker(plans in plans()) {
        let day = day(&plans);
        let board = day.board();
        let steps: Vec<_> = board.path.steps.iter().flat_map(|it| it.gate().into_iter().chain(&it.also)).collect();
        prop_assert_eq!(steps.is_empty(), board.blockers().is_empty());
        for gate in board.blockers() {
            let ready = is_ready(&day.launch, &board, &gate.id);
            // One outage is one step, whatever it holds up.
            prop_assert!(!ready || steps.contains(&&gate.id), "{} is not on the path", gate.id);
        }
        for (at, step) in board.path.steps.iter().enumerate() {
            prop_assert!(!step.does.is_empty());
            let Some(own) = step.gate() else { continue };
            for need in &day.launch.gate(own).unwrap().needs {
                let Need::Gate(id) = need else { continue };
                let later = board.path.steps[at + 1..].iter().any(|it| it.gate() == Some(id) || it.also.contains(id));
                prop_assert!(!later, "{id} must come before {own}");
            }
        }
    }

    #[test]
    fn clocks_at_the_ends_of_time_are_no_panic(plans in plans(), wall: i64, boot: u64) {
        let day = day(&plans);
        let wall = chrono::DateTime::from_timestamp(wall % 8_000_000_000_000, 0).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC);
        let board = day.board_at(Now { wall, boot: Duration::from_secs(boot) });
        prop_assert!(board.gates.len() == plans.len());
    }

    #[test]
    fn a_broken_journal_is_hold(plans in plans()) {
        let mut day = day(&plans);
        day.history.broken = Some("cut".into());
        let board = day.board();
        prop_assert_eq!(board.word, BoardWord::Hold);
        prop_assert!(board.gates.iter().all(|gate| gate.verdict == Verdict::Unknown && gate.rule == Rule::V11));
    }
}
