//! The rollback on screen: the question, one step large, ROLLED BACK at every size; and what is typed there.

use std::{sync::Arc, time::Duration};

use gonogo::{
    cockpit::{Effect, Message, Screen},
    domain::*,
};

use super::{fixture::*, snap::snap};

fn voice(by: &str, seconds: i64) -> Voice {
    let by = Actor { name: by.into(), known: Known::Claimed };
    Voice { by, recorder: None, stands_in: None, at: later(seconds).wall }
}

fn step(id: &str, title: &str, status: StepStatus) -> StepState {
    let settled = matches!(status, StepStatus::Done | StepStatus::Skipped);
    let now = status == StepStatus::Now;
    StepState {
        plan: RollbackStep {
            id: id.into(),
            title: title.into(),
            by_hand: Some(format!("flagctl {id} checkout-v3").into()),
            owner: Some("on-call".into()),
            within: Some(Duration::from_secs(300)),
            notes: None,
        },
        status,
        since: now.then(|| later(-120).wall),
        due: now.then(|| later(180).wall),
        overdue: false,
        voice: settled.then(|| voice("octo", -120)),
        note: (status == StepStatus::Skipped).then(|| "nobody was paged".into()),
    }
}

/// A rollback of three steps, of which so many are settled.
fn rollback(phase: RollbackPhase, settled: usize) -> RollbackState {
    let titles =
        [("page", "On-call is paged"), ("flag-off", "Turn the flag off"), ("verify", "Errors are as before")];
    let status = |at: usize| match at {
        0 if settled > 0 => StepStatus::Skipped,
        at if at < settled => StepStatus::Done,
        at if at == settled && phase == RollbackPhase::Running => StepStatus::Now,
        _ => StepStatus::Open,
    };
    let result = match phase {
        RollbackPhase::RolledBack => Some(RollbackResult::RolledBack),
        RollbackPhase::Partly => Some(RollbackResult::Partly),
        RollbackPhase::ForwardFix => Some(RollbackResult::ForwardFix),
        _ => None,
    };
    let ran = result.is_some() || phase == RollbackPhase::Running;
    RollbackState {
        phase,
        owner: Some("on-call".into()),
        who: vec!["on-call".into(), "launch-director".into()],
        notes: Some("Whenever support asks for it".into()),
        called: (phase == RollbackPhase::Called).then(|| RollbackCall {
            stage: "internal".into(),
            guardrail: "errors".into(),
            since: later(-180).wall,
            decide_by: Some(later(720).wall),
            overdue: false,
        }),
        run: ran.then(|| RollbackRun {
            started: voice("hu", -600),
            reason: "checkout fails".into(),
            ended: result.map(|_| voice("octo", -60)),
            result,
            outcome: result.map(|_| "all is as before".into()),
        }),
        steps: titles.iter().enumerate().map(|(at, (id, title))| step(id, title, status(at))).collect(),
        is_newest: ran,
        is_headline: result == Some(RollbackResult::RolledBack),
    }
}

fn lowered(cause: Cause, reason: &str) -> Lowering {
    Lowering {
        cause,
        at_most: BoardWord::Hold,
        reason: reason.into(),
        next: "launch-director: a new final call: gonogo decide --go --reason …".into(),
        who: vec!["launch-director".into()],
    }
}

fn board_of(phase: RollbackPhase, settled: usize) -> Board {
    let mut board = go_board();
    board.rollback = Some(rollback(phase, settled));
    let lowering = match phase {
        RollbackPhase::Planned => return board,
        RollbackPhase::Called => lowered(
            Cause::Guardrail,
            "guardrail/errors of stage/internal calls for a rollback: 40 of 2,000 (2 %), at most 1 %",
        ),
        RollbackPhase::Running => lowered(
            Cause::RollbackRuns,
            "rollback started by hu at 2026-12-02 08:00 GMT: checkout fails; step 2 of 3",
        ),
        _ => {
            board.stages[0].status = StageStatus::RolledBack;
            lowered(Cause::RolledBack, "ROLLED BACK by octo at 2026-12-02 08:09 GMT: all is as before")
        }
    };
    (board.word, board.lowered) = (BoardWord::Hold, vec![lowering]);
    board
}

#[test]
fn screens() {
    for size in [(80, 24), (120, 40), (200, 60), (44, 14)] {
        let name = format!("{}x{}", size.0, size.1);
        let mut model = model_of(board_of(RollbackPhase::Running, 1), size);
        snap(&format!("rollback_strip_{name}"), &model, &dark(), size);
        keys(&mut model, "7");
        snap(&format!("rollback_runs_{name}"), &model, &dark(), size);
        let mut model = model_of(board_of(RollbackPhase::RolledBack, 3), size);
        snap(&format!("rolled_back_board_{name}"), &model, &dark(), size);
        keys(&mut model, "7");
        snap(&format!("rolled_back_{name}"), &model, &dark(), size);
    }
    let size = (80, 24);
    let mut model = model_of(board_of(RollbackPhase::Called, 0), size);
    snap("rollback_called_board", &model, &dark(), size);
    keys(&mut model, "7");
    snap("rollback_called", &model, &dark(), size);
    snap("rollback_called_ascii", &model, &ascii(), size);
    keys(&mut model, "o");
    snap("rollback_form", &model, &dark(), size);
    snap("rolled_back_ascii", &model_of(board_of(RollbackPhase::RolledBack, 3), size), &ascii(), size);
}

/// In words, at every size at which there is a word at all.
#[test]
fn what_was_rolled_back_says_so_at_every_size() {
    for (w, h) in
        [(30, 8), (40, 12), (44, 14), (60, 20), (80, 24), (110, 30), (120, 40), (160, 50), (200, 60)]
    {
        let text = shown(&model_of(board_of(RollbackPhase::RolledBack, 3), (w, h)), (w, h));
        let spaced = "R O L L E D   B A C K";
        assert!(text.contains("ROLLED BACK") || text.contains(spaced), "{w}x{h}:\n{text}");
        assert!(
            !text.contains("GO ") || text.contains("evidence: GO") || !text.contains("\u{25c6} GO"),
            "{w}x{h}:\n{text}"
        );
    }
}

#[test]
fn steps_are_ticked_by_a_key_and_enter() {
    let mut model = model_of(board_of(RollbackPhase::Called, 0), (80, 24));
    keys(&mut model, "7");
    assert_eq!(model.screen(), Screen::Rollback);
    assert!(asked(keys(&mut model, "d\n")).is_none(), "nothing runs yet");
    assert!(asked(keys(&mut model, "o\n")).is_none(), "a start says why");
    let start = Command::StartRollback { reason: "errors rise".into() };
    assert_eq!(asked(keys(&mut model, "errors rise\n")), Some(start));

    send(&mut model, Message::BoardChanged(Arc::new(board_of(RollbackPhase::Running, 1))));
    assert!(asked(keys(&mut model, "d\n")).is_none(), "the start is still being recorded");
    let mut model = model_of(board_of(RollbackPhase::Running, 1), (80, 24));
    keys(&mut model, "7");
    let copied = keys(&mut model, "y");
    assert_eq!(copied, [Effect::Copy("flagctl flag-off checkout-v3".to_owned())]);
    let done = Command::DoStep { step: Some("flag-off".into()), note: None };
    assert_eq!(asked(keys(&mut model, "d\n")), Some(done));

    let mut model = model_of(board_of(RollbackPhase::Running, 2), (80, 24));
    keys(&mut model, "7s");
    assert!(asked(keys(&mut model, "\n")).is_none(), "a step is skipped with a reason");
    let skip = Command::SkipStep { step: Some("verify".into()), reason: "no traffic".into() };
    assert_eq!(asked(keys(&mut model, "no traffic\n")), Some(skip));

    let mut model = model_of(board_of(RollbackPhase::Running, 3), (80, 24));
    assert!(asked(keys(&mut model, "7e\n")).is_none(), "Enter alone picks no result");
    let end = Command::EndRollback { result: RollbackResult::Partly, reason: "eu only".into() };
    assert_eq!(asked(keys(&mut model, "p\teu only\n")), Some(end));
}

#[test]
fn criteria_and_results_are_said_on_the_timeline() {
    let mut board = go_board();
    let criterion = |text: &str, holds| CriterionState {
        text: text.into(),
        holds,
        by: None,
        recorder: None,
        stands_in: None,
        at: None,
        note: None,
    };
    board.stages[0].criteria =
        vec![criterion("Nobody is harmed", Some(true)), criterion("Support is quiet", None)];
    board.stages[0].answers = vec![StageAnswer {
        name: "users".into(),
        kind: AskType::Number,
        answer: None,
        by: None,
        recorder: None,
        stands_in: None,
        at: None,
    }];
    let of = |typed: &str| {
        let mut model = model_of(board.clone(), (80, 24));
        (asked(keys(&mut model, typed)), model)
    };
    let (none, model) = of("tc");
    assert!(none.is_none());
    snap("form_criteria", &model, &dark(), (80, 24));
    let judged = |criterion: &str, holds, note: Option<&str>| Command::JudgeCriterion {
        stage: "internal".into(),
        criterion: criterion.into(),
        holds,
        note: note.map(Into::into),
    };
    assert_eq!(
        of("tc\tg\n").0,
        Some(judged("Support is quiet", true, None)),
        "the first that is open is chosen"
    );
    assert_eq!(of("tc1\tn\tit is not\n").0, Some(judged("Nobody is harmed", false, Some("it is not"))));
    assert!(of("tc\n").0.is_none(), "Enter alone confirms nothing");
    let answers = [("users".into(), "512".into())].into();
    assert_eq!(of("ta512\n").0, Some(Command::AnswerStage { stage: "internal".into(), answers }));
    assert!(of("tjc").1.notice().is_some_and(|it| it.text.contains("stage canary has no criteria")));
}
