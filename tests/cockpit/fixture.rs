//! Boards made by hand, so that what is drawn does not depend on how verdicts are made.
#![allow(dead_code, reason = "each test and the benchmark use a part of it")]

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::{
    cockpit::{Code, Effect, Key, Look, Me, Message, Model, Request, render_to_cells, update},
    domain::{
        About, Actor, Ask, AskType, Audience, Blocks, Board, BoardAtT0, BoardClock, BoardWord, Bound, Budget,
        BudgetOf, Checklist, ChecklistState, Command, Comms, Decision, DecisionState, DecisionTerms,
        Delegation, Digest, Dissent, Failure, FailureKind, Flip, Gate, GateId, GateState, Kind, Known,
        Launch, LaunchParts, Moment, Need, Now, Oid, Party, PathToGo, Phase, Policies, Query, Risk,
        RollCallState, Rollout, Rule, Schedule, Scope, Score, Soak, SourceHealth, Stage, StageState,
        StageStatus, Stamp, StationState, Step, StepKind, Str, TargetRef, TrackRecord, Verdict, Vote,
    },
    theme::{SymbolSet, Theme},
};

/// The fixture's present: 09:17:50 in London, an hour and 42 minutes before T-0.
pub fn now() -> Now {
    later(0)
}

/// So many seconds after [`now`], by both clocks.
pub fn later(seconds: i64) -> Now {
    let wall = time("2026-12-02T09:17:50Z") + TimeDelta::seconds(seconds);
    Now { wall, boot: Duration::from_secs(u64::try_from(100_000 + seconds).unwrap()) }
}

pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn t0() -> DateTime<Utc> {
    time("2026-12-02T11:00:00Z")
}

/// A gate, as the tests say it.
pub struct G {
    pub id: &'static str,
    pub title: &'static str,
    pub verdict: Verdict,
    pub owner: &'static str,
    pub due: &'static str,
    /// Seconds since its evidence was seen.
    pub age: i64,
    pub reason: &'static str,
    pub next: &'static str,
    pub who: &'static [&'static str],
    pub people: Option<Ask>,
}

pub const fn g(id: &'static str, verdict: Verdict, owner: &'static str, title: &'static str) -> G {
    G { id, title, verdict, owner, due: "T-1d", age: 30, reason: "", next: "", who: &[], people: None }
}

pub fn ask(by: &[&str]) -> Ask {
    Ask {
        by: by.iter().map(|it| Party::from(*it)).collect(),
        count: None,
        apart_from: vec![],
        asks: BTreeMap::new(),
        max_age: None,
        about: About::Commit,
    }
}

fn gates() -> Vec<G> {
    use Verdict::{Go, NoGo, Pending, Unknown, Waived};
    let with = |names: &[(&str, AskType)], by: &[&str]| Ask {
        asks: names.iter().map(|(name, kind)| (Str::from(*name), *kind)).collect(),
        ..ask(by)
    };
    vec![
        g("qa/smoke", Go, "qa", "Smoke test on the release candidate"),
        G {
            reason: "1 open issue carries the label release-blocker: CHK-108 \"Refund twice\"",
            next: "close CHK-108 or waive it",
            who: &["qa", "checkout-team"],
            ..g("qa/blockers", NoGo, "qa", "No open release blockers")
        },
        G {
            reason: "2 of 3 runs succeeded; run 8841 is in progress",
            next: "wait for run 8841",
            ..g("qa/regression", Pending, "ci", "Regression suite green, 3 runs in a row")
        },
        G {
            reason: "the newest answer is 14 minutes old, past its freshness limit of 10 minutes",
            next: "check that the source answers",
            who: &["observability"],
            due: "T-2h",
            age: 850,
            ..g("qa/crash-free", Unknown, "observability", "Crash-free sessions >= 99.8 %")
        },
        G {
            reason: "waits for blockers, regression",
            next: "sign once the gates before it are go",
            who: &["qa"],
            people: Some(with(
                &[("report", AskType::Link), ("build", AskType::Text)],
                &["qa", "release-manager"],
            )),
            ..g("qa/qa-sign-off", Pending, "qa", "QA stands behind this commit")
        },
        g("flags/kill-switch", Go, "flags", "The kill switch turns checkout v3 off"),
        g("flags/default-off", Go, "flags", "checkout-v3 is off for everybody"),
        g("flags/targeting", Go, "flags", "Targeting rules are reviewed"),
        g("flags/cleanup", Go, "flags", "Old flags are archived"),
        g("flags/audit", Go, "flags", "Flag changes are audited"),
        G {
            people: Some(ask(&["marketing"])),
            ..g("gtm/docs-live", Go, "docs", "The documentation is live")
        },
        g("gtm/pricing", Go, "marketing", "Pricing page shows the new plan"),
        g("gtm/blog", Go, "marketing", "Blog post is approved"),
        g("gtm/release-notes", Go, "docs", "Release notes are written"),
        g("gtm/sales", Go, "sales", "Sales has been briefed"),
        G {
            reason: "waived by launch-director: \"launch without video\"",
            ..g("gtm/press-kit", Waived, "marketing", "The press kit is complete")
        },
        g("support/macros", Go, "support", "Macros are published"),
        g("support/help-centre", Go, "support", "Help centre articles are live"),
        g("support/briefing", Go, "support", "The team is briefed"),
        g("rollback/rehearsed", Go, "on-call", "The rollback was rehearsed on staging"),
        g("rollback/owner", Go, "on-call", "Somebody on call can roll back within 15 minutes"),
    ]
}

const LISTS: [(&str, &str); 5] = [
    ("qa", "QA"),
    ("flags", "Flags"),
    ("gtm", "Go-to-market"),
    ("support", "Support macros"),
    ("rollback", "Rollback"),
];

/// The launch of `screens`: Checkout v3.
pub fn launch() -> Arc<Launch> {
    launch_of(&gates(), &LISTS)
}

/// Its board at [`now`]: one no-go, one unknown, two pending, one waived.
pub fn board() -> Board {
    let mut board = board_of(&gates(), &LISTS);
    if let Some(gate) = board.gates.iter_mut().find(|it| it.id.as_str() == "qa/blockers") {
        gate.evidence = "linear issues label=release-blocker, complete".into();
        gate.url = Some("https://linear.app/acme/issue/CHK-108?token=secret".into());
        gate.rows = vec!["CHK-108 Refund twice, open since 08:55, checkout team".into()];
    }
    if let Some(gate) = board.gates.iter_mut().find(|it| it.id.as_str() == "qa/crash-free") {
        gate.stale = true;
        gate.trouble = Some("the source did not answer within 10 s".into());
    }
    if let Some(gate) = board.gates.iter_mut().find(|it| it.id.as_str() == "gtm/press-kit") {
        gate.waived_until = Some(time("2026-12-02T18:00:00Z"));
    }
    if let Some(gate) = board.gates.iter_mut().find(|it| it.id.as_str() == "qa/qa-sign-off") {
        gate.waits_for = vec!["blockers".into(), "regression".into()];
        gate.rule = Rule::Needs;
    }
    board
}

/// The same launch when all is go but the waiver.
pub fn go_board() -> Board {
    let mut gates = gates();
    for gate in &mut gates {
        if gate.verdict.blocks() {
            (gate.verdict, gate.age, gate.reason, gate.next) = (Verdict::Go, 20, "all is well", "");
        }
    }
    board_of(&gates, &LISTS)
}

fn launch_of(gates: &[G], lists: &[(&str, &str)]) -> Arc<Launch> {
    Arc::new(Launch::new(LaunchParts {
        id: "checkout-3".into(),
        title: "Checkout v3".into(),
        summary: None,
        holds_others: false,
        version: "3.0.0".into(),
        risk: Risk::Medium,
        target: Some(TargetRef { repository: "acme/checkout".into(), git_ref: "release/3.0".into() }),
        components: BTreeMap::new(),
        schedule: schedule(),
        people: BTreeMap::new(),
        roles: BTreeMap::new(),
        roll_call: None,
        policies: Policies { waive_by: vec!["launch-director".into()], ..Policies::default() },
        checklists: lists
            .iter()
            .map(|(id, title)| Checklist {
                id: (*id).into(),
                title: (*title).into(),
                owner: None,
                accountable: None,
                consulted: vec![],
                informed: vec![],
            })
            .collect(),
        gates: gates.iter().map(gate).collect(),
        guardrails: BTreeMap::new(),
        rollout: Some(Rollout {
            advance_by: vec!["launch-director".into()],
            stages: stages(),
            ..Rollout::default()
        }),
        rollback: None,
        comms: Comms::default(),
        digest: Digest::of([b"launch".as_slice()]),
    }))
}

fn schedule() -> Schedule {
    Schedule {
        t0: t0(),
        zone: "Europe/London".parse().unwrap(),
        anchors: BTreeMap::new(),
        holidays: vec![],
        weekend: vec![],
        cutoff: None,
        freezes: vec![],
        on_call: vec![],
        stood: Vec::new(),
    }
}

fn gate(it: &G) -> Gate {
    let id = GateId::from(it.id);
    Gate {
        checklist: id.checklist().into(),
        title: it.title.into(),
        parent: None,
        kind: match &it.people {
            Some(ask) => Kind::SignOff(ask.clone()),
            None => Kind::Evidence(Query {
                source: "linear".into(),
                thing: "issues".into(),
                args: gonogo_args(),
                bound: Bound::Free,
                said: "issues label=release-blocker".into(),
            }),
        },
        owner: Some(it.owner.into()),
        due: Some(Moment { at: t0() - TimeDelta::days(1), said: it.due.into() }),
        not_before: vec![],
        needs: if it.id == "qa/qa-sign-off" {
            vec![Need::Gate("qa/blockers".into()), Need::Gate("qa/regression".into())]
        } else {
            vec![]
        },
        blocks: Blocks::Go,
        waivable: true,
        na_by: vec![],
        excluded: None,
        counts_from: None,
        component: None,
        point_of_no_return: false,
        public: false,
        by_hand: None,
        links: vec![],
        notes: None,
        fresh: Duration::from_secs(600),
        connection: None,
        place: None,
        digest: Digest::of([it.id.as_bytes()]),
        id,
    }
}

fn gonogo_args() -> serde_json::Value {
    serde_json::Value::Null
}

fn board_of(gates: &[G], lists: &[(&str, &str)]) -> Board {
    let states: Vec<_> = gates.iter().map(state).collect();
    let mut score = Score::default();
    for gate in &states {
        score.add(gate.verdict);
    }
    let checklists = lists.iter().map(|(id, title)| checklist(id, title, &states)).collect();
    let word = match (score.no_go, score.unknown + score.pending) {
        (0, 0) => BoardWord::Go,
        (0, _) => BoardWord::Hold,
        _ => BoardWord::NoGo,
    };
    Board {
        word,
        evidence: word,
        lowered: vec![],
        reasons: vec![],
        score,
        scope: Scope::default(),
        launch: "checkout-3".into(),
        title: "Checkout v3".into(),
        version: "3.0.0".into(),
        target: Some(TargetRef { repository: "acme/checkout".into(), git_ref: "release/3.0".into() }),
        commit: Oid::parse("8f3c2ab0000000000000000000000000000000ff"),
        moved_from: None,
        checklist_digest: Digest::of([b"launch".as_slice()]),
        evaluated_at: now().wall,
        clock: BoardClock::default(),
        t0: t0(),
        t_zero: t0(),
        stood: vec![],
        held_since: None,
        held_for: Duration::ZERO,
        checklists,
        stages: stage_states(),
        reach: None,
        path: path(&states),
        gates: states,
        changes_at: None,
        roll_call: None,
        decision: None,
        rollback: None,
        messages: vec![],
        asked: vec![],
        readiness: vec![],
        review: gonogo::domain::ReviewState::default(),
        closed: None,
        incident: None,
        risks: Vec::new(),
        conditions: Vec::new(),
        seen: 0,
        overridden: None,
        remarks: vec![],
    }
}

fn checklist(id: &str, title: &str, states: &[GateState]) -> ChecklistState {
    let mut score = Score::default();
    let mine = states.iter().filter(|it| it.id.checklist() == id);
    for gate in mine.clone() {
        score.add(gate.verdict);
    }
    let verdict = mine.map(|it| it.verdict).max().unwrap_or(Verdict::Unknown);
    ChecklistState { id: id.into(), title: title.into(), owner: None, verdict, score }
}

fn state(it: &G) -> GateState {
    GateState {
        id: it.id.into(),
        title: it.title.into(),
        verdict: it.verdict,
        rule: Rule::V1,
        reason: if it.reason.is_empty() { "all is well".into() } else { it.reason.into() },
        next: it.next.into(),
        who: it.who.iter().map(|who| Party::from(*who)).collect(),
        url: None,
        observed_at: Some(Stamp::at(later(-it.age))),
        stale: false,
        overdue: false,
        due: Some(Moment { at: t0() - TimeDelta::days(1), said: it.due.into() }),
        owner: Some(it.owner.into()),
        blocks: Blocks::Go,
        parent: None,
        group: false,
        counted: true,
        waits_for: vec![],
        rows: vec![],
        words: vec![],
        evidence: "github checks, complete".into(),
        waived_until: None,
        changes_at: None,
        trouble: None,
    }
}

fn path(states: &[GateState]) -> PathToGo {
    let open = states.iter().filter(|it| it.verdict.blocks());
    let steps: Vec<_> = open
        .map(|it| Step {
            opens: gonogo::domain::Opens::Gate(it.id.clone()),
            also: Vec::new(),
            kind: if it.who.is_empty() { StepKind::Machine } else { StepKind::Act },
            does: it.next.clone(),
            warning: None,
            who: it.who.clone(),
            until: None,
        })
        .collect();
    let not_before = (!steps.is_empty()).then(|| time("2026-12-02T10:55:00Z"));
    PathToGo { steps, not_before }
}

fn stages() -> Vec<Stage> {
    let stage = |id: &str, audience: Audience, soak: Option<u64>| Stage {
        id: id.into(),
        audience,
        start: None,
        soak: soak.map(|hours| Soak { time: Some(Duration::from_secs(hours * 3_600)), samples: Some(5_000) }),
        pilot: false,
        independent: false,
        point_of_no_return: soak.is_none(),
        over: None,
        by_hand: Some("flagctl set checkout-v3 --percent 10".into()),
        by_hand_back: None,
        criteria: Vec::new(),
        asks: BTreeMap::new(),
        excluded: None,
        watcher: None,
        guardrails: Vec::new(),
    };
    vec![
        stage("internal", Audience::Cohort("internal".into()), Some(2)),
        stage("canary", Audience::Percent(10.0), Some(24)),
        stage("half", Audience::Percent(50.0), Some(24)),
        stage("everyone", Audience::Percent(100.0), None),
    ]
}

fn stage_states() -> Vec<StageState> {
    let starts =
        ["2026-12-02T08:29:50Z", "2026-12-02T11:00:00Z", "2026-12-03T11:00:00Z", "2026-12-04T11:00:00Z"];
    let state = |(stage, start): (Stage, &str)| {
        let soak = stage.soak.unwrap_or_default();
        let begun = stage.id.as_str() == "internal";
        StageState {
            audience: stage.audience.label(),
            status: if begun { StageStatus::Soaking } else { StageStatus::Planned },
            planned: Some(time(start)),
            started: begun.then(|| time(start)),
            soaked_at: soak.time.map(|soak| time(start) + TimeDelta::from_std(soak).unwrap()),
            ended: None,
            pauses: vec![],
            soak,
            guardrails: vec![],
            waits_for: if begun { vec![] } else { vec!["the stage before".into(), "the GO decision".into()] },
            clauses: vec![],
            early: vec![],
            overridden: None,
            closed_early: None,
            watcher: None,
            by_hand: stage.by_hand.clone(),
            criteria: vec![],
            answers: vec![],
            ramp: None,
            stalled_since: None,
            who: vec!["launch-director".into()],
            point_of_no_return: stage.point_of_no_return,
            id: stage.id,
        }
    };
    stages().into_iter().zip(starts).map(state).collect()
}

pub fn sources() -> Vec<SourceHealth> {
    let health = |name: &str, phase, age: i64| SourceHealth {
        source: name.into(),
        connection: None,
        phase,
        asked: 3,
        open: 0,
        answered: Some(Stamp::at(later(-age))),
        failure: None,
        next: Some(later(30).wall),
        budgets: vec![Budget {
            of: BudgetOf::Requests,
            limit: 5_000,
            remaining: 4_812,
            resets: time("2026-12-02T10:00:00Z"),
        }],
    };
    let failure = Failure::new(FailureKind::TimedOut, "no answer within 10 s").advise("check the proxy");
    vec![
        health("github", Phase::Well, 4),
        health("linear", Phase::Well, 12),
        SourceHealth { failure: Some(failure), open: 3, ..health("sentry", Phase::BackingOff, 850) },
    ]
}

pub fn flip(gate: &str, from: Verdict, to: Verdict, at: &str, reason: &str) -> Flip {
    Flip { gate: gate.into(), from: Some(from), to, at: time(at), reason: reason.into() }
}

pub fn me() -> Me {
    Me { name: "octo".into(), known: "unverified".into(), teams: vec![] }
}

/// The cockpit as it stands on launch day, on a terminal of this size.
pub fn model(size: (u16, u16)) -> Model {
    model_of(board(), size)
}

pub fn model_of(board: Board, size: (u16, u16)) -> Model {
    let mut model = Model::new(launch(), Arc::new(board), size);
    send(&mut model, Message::Identity(Some(me())));
    send(&mut model, Message::Sources(sources()));
    send(
        &mut model,
        Message::Flips(vec![
            flip("qa/blockers", Verdict::Pending, Verdict::Go, "2026-12-02T08:02:00Z", "no open blocker"),
            flip("qa/blockers", Verdict::Go, Verdict::NoGo, "2026-12-02T09:11:00Z", "CHK-108 reopened"),
            flip("gtm/docs-live", Verdict::Pending, Verdict::Go, "2026-12-02T09:14:00Z", "published"),
        ]),
    );
    model
}

pub fn send(model: &mut Model, message: Message) -> Vec<Effect> {
    update(model, message, now())
}

/// What a key asks for, but for the question what a word would do.
pub fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    let mut effects = send(model, Message::Key(key));
    effects.retain(|effect| !matches!(effect, Effect::Ask(Request::Preview(..))));
    effects
}

/// Types plain characters; `\n` is Enter, `\u{1b}` Esc, `\t` Tab.
pub fn keys(model: &mut Model, typed: &str) -> Vec<Effect> {
    typed.chars().flat_map(|c| press(model, key(c))).collect()
}

/// The key of a plain character, as [`keys`] has it.
pub fn key(c: char) -> Key {
    match c {
        '\n' => Key::plain(Code::Enter),
        '\u{1b}' => Key::plain(Code::Esc),
        '\t' => Key::plain(Code::Tab),
        c => Key::char(c),
    }
}

pub fn dark() -> Look {
    // A theme is a file, and thousands of pictures are drawn with it.
    static LOOK: LazyLock<Look> = LazyLock::new(|| Look::new(Theme::dark(), SymbolSet::UNICODE));
    LOOK.clone()
}

pub fn ascii() -> Look {
    // A theme is a file, and thousands of pictures are drawn with it.
    static LOOK: LazyLock<Look> = LazyLock::new(|| Look::new(Theme::mono(), SymbolSet::ASCII));
    LOOK.clone()
}

/// A board of so many gates, every seventh of them not go.
pub fn large(count: usize) -> (Arc<Launch>, Board) {
    let verdict = |n: usize| if n.is_multiple_of(7) { Verdict::NoGo } else { Verdict::Go };
    let gates: Vec<_> = (0..count)
        .map(|n| {
            let id = Box::leak(format!("list{}/gate-{n}", n / 100).into_boxed_str());
            let title =
                Box::leak(format!("Condition number {n} holds for this very release").into_boxed_str());
            g(id, verdict(n), "somebody", title)
        })
        .collect();
    let ids: Vec<(&'static str, &'static str)> = (0..count.div_ceil(100))
        .map(|n| {
            let id: &'static str = Box::leak(format!("list{n}").into_boxed_str());
            (id, id)
        })
        .collect();
    (launch_of(&gates, &ids), board_of(&gates, &ids))
}

/// A terminal that is only memory, as another program understands it.
pub fn terminal(rows: u16, cols: u16) -> vt100::Parser {
    vt100::Parser::new(rows.try_into().unwrap(), cols.try_into().unwrap(), 0)
}

/// A poll of four stations, the second of which is called; its words are these.
pub fn poll(title: &str, words: &str, open: bool) -> RollCallState {
    let station = |role: &str, depth, vote: Option<Vote>| StationState {
        role: role.into(),
        title: title.into(),
        depth,
        by: vote.is_some().then(|| Actor { name: title.into(), known: Known::Claimed }),
        recorder: None,
        note: vote.is_some().then(|| words.into()),
        at: vote.is_some().then(|| later(-30).wall),
        vote_id: vote.is_some().then(|| uuid::Uuid::from_u128(7)),
        corrected: 1,
        earlier: vec!["NO-GO".into()],
        void: (depth == 2).then(|| words.into()),
        delegated: (depth == 1).then(|| Delegation { by: title.into(), to: words.into() }),
        objects: false,
        heard: vote.is_some() && depth < 2,
        passed_over: false,
        computed: (depth == 0).then_some(BoardWord::Hold),
        proposes: depth == 0,
        score: Score { of: 3, go: 1, pending: 2, ..Score::default() },
        open: vec![words.into()],
        is_next: role == "support" && open,
        can_answer: vec![title.into(), "octo".into()],
        stands_in: (depth == 1).then(|| title.into()),
        escalate_to: (role == "support").then(|| title.into()),
        vote,
    };
    let conditions = Vote::GoWithConditions { conditions: vec![words.into()] };
    RollCallState {
        round: 2,
        opened_at: Some(later(-60).wall),
        planned: Some(later(600).wall),
        open,
        stations: vec![
            station("qa", 0, Some(conditions)),
            station("support", 0, None),
            station("marketing", 1, Some(Vote::Delegate { to: title.into() })),
            station("ops", 2, Some(Vote::NoGo)),
        ],
        heard: 2,
        quorum: 3,
        complete: false,
        final_call: "launch-director".into(),
        options: vec![title.into(), words.into()],
    }
}

/// A decision with these words.
pub fn decided(decision: Decision, words: &str, overrides: bool) -> DecisionState {
    DecisionState {
        decision,
        overrides,
        over: vec![],
        terms: DecisionTerms::default(),
        round: Some(2),
        by: Actor { name: words.into(), known: Known::Checked { login: words.into() } },
        recorder: None,
        stands_in: None,
        at: later(-20).wall,
        reason: words.into(),
        commit: None,
        word: BoardWord::Hold,
        stands: words.len() > 4,
        void: (words.len() <= 4).then(|| words.into()),
        dissent: vec![Dissent {
            station: words.into(),
            by: words.into(),
            vote: Vote::NoGo,
            note: Some(words.into()),
        }],
        waits_for: vec![words.into()],
    }
}

/// How two launches went, one of them as its decision tells, and one that cannot be trusted.
pub fn told(words: &str) -> gonogo::report::LaunchHistory {
    let score = Score { of: 21, go: 19, waived: 2, ..Score::default() };
    let reading = BoardAtT0 { score, word: BoardWord::Go, at: t0(), went: true };
    let record = |launch: &str, at_t0| TrackRecord {
        launch: launch.into(),
        title: Some(words.into()),
        version: "2.9.0".into(),
        t0: Some(t0()),
        reached: Some(t0()),
        acts: Some((later(-90).wall, later(-60).wall)),
        at_t0,
        waivers: 2,
        holds: 1,
        held: Duration::from_secs(1_260),
        scrubs: 0,
        overrides: 1,
        rollbacks: 0,
        no_go_to_go: Some(Duration::from_secs(4_320)),
        hold_reasons: vec![],
        incidents: 0,
        risks: vec![],
        closed: None,
        figures: None,
        gates_at_t0: vec![],
    };
    gonogo::report::LaunchHistory {
        target: None,
        launches: vec![record("checkout-2", Some(reading)), record("checkout-3", None)],
        broken: vec![("checkout-1".to_owned(), words.to_owned())],
    }
}

/// The screen as text, a line a row.
pub fn shown(model: &Model, (w, h): (u16, u16)) -> String {
    let grid = render_to_cells(model, &dark(), now(), w, h);
    let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>() + "\n";
    (0..h).map(line).collect()
}

/// The act that is asked for.
pub fn asked(effects: Vec<Effect>) -> Option<Command> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(Request::Act(_, command)) => Some(command),
        _ => None,
    })
}
