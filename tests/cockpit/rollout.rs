//! A rollout under way, made by hand: a hold that is over, guardrails in every state, criteria, a start that was late.

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::domain::{
    ActualState, Agreement, Board, CallsFor, Clause, ClauseKind, ExposureState, GuardrailState, Reach, Soak,
    StageState, StageStatus, Standing,
};

use super::fixture::{go_board, now, time};

fn clause(kind: ClauseKind, of: Option<&str>, met: bool, text: &str) -> Clause {
    Clause {
        kind,
        stage: "canary".into(),
        of: of.map(Into::into),
        met,
        text: text.into(),
        done: None,
        needed: None,
        at: None,
        lagging: false,
        yields: true,
    }
}

pub fn guardrail(id: &str, standing: Standing, reason: &str, recent: &[Option<f64>]) -> GuardrailState {
    GuardrailState {
        id: id.into(),
        title: id.into(),
        standing,
        calls_for: CallsFor::Rollback,
        reason: reason.into(),
        next: "".into(),
        limit: "at most 1 %".into(),
        samples: Some(2_600),
        per_second: None,
        share: Some(0.0042),
        needed: None,
        ready_at: None,
        breached_at: None,
        asks_since: None,
        accepted: None,
        missing: 0,
        recent: recent.to_vec(),
        observed_at: None,
        trouble: None,
        url: None,
        changes_at: None,
    }
}

fn at(hours: i64, minutes: i64) -> DateTime<Utc> {
    time("2026-12-02T00:00:00Z") + TimeDelta::hours(hours) + TimeDelta::minutes(minutes)
}

/// What the canary must show, with the guardrail `slow` as the last of it.
fn clauses() -> Vec<Clause> {
    let mut all = vec![
        Clause {
            done: Some(2_840.0),
            needed: Some(86_400.0),
            at: Some(at(32, 50)),
            ..clause(ClauseKind::Time, None, false, "its soak to end")
        },
        Clause {
            done: Some(2_600.0),
            needed: Some(5_000.0),
            at: Some(at(10, 17)),
            ..clause(ClauseKind::Samples, None, false, "its samples: 2,600 of 5,000")
        },
    ];
    for (id, met) in [("errors", true), ("slow", false), ("queue", false), ("crashes", false)] {
        all.push(clause(ClauseKind::Guardrail, Some(id), met, id));
    }
    if let Some(slow) = all.iter_mut().find(|it| it.of.as_deref() == Some("slow")) {
        (slow.at, slow.lagging) = (Some(at(34, 5)), true);
    }
    all.push(clause(ClauseKind::Criterion, Some("c"), true, "No downstream team reports harm, says hu"));
    all.push(clause(ClauseKind::Answer, Some("users"), false, "the answer `users`"));
    all.push(clause(ClauseKind::Hold, None, true, "it is not held"));
    all
}

/// The board of it at [`now`].
pub fn rolling_out() -> Board {
    let mut board = go_board();
    for stage in &mut board.stages {
        match stage.id.as_str() {
            "internal" => {
                stage.status = StageStatus::Done;
                stage.planned = Some(at(5, 30));
                stage.started = Some(at(6, 0));
                stage.pauses = vec![(at(6, 40), Some(at(7, 0)))];
                (stage.soaked_at, stage.ended) = (Some(at(8, 20)), Some(at(8, 30)));
            }
            "canary" => canary(stage),
            "half" => {
                stage.planned = Some(at(32, 50));
                stage.soaked_at = Some(at(56, 50));
                stage.clauses =
                    vec![clause(ClauseKind::Earlier, None, false, "stage/canary has not run its soak")];
            }
            _ => {
                stage.planned = Some(at(56, 50));
                stage.soaked_at = stage.planned;
            }
        }
    }
    board.evaluated_at = now().wall;
    board
}

/// The same with a flag that says otherwise, and traffic too.
pub fn drifting() -> Board {
    let mut board = rolling_out();
    board.reach = Some(Reach {
        stage: Some("canary".into()),
        recorded: "10 %".into(),
        percent: Some(10.0),
        actual: Some(ActualState {
            source: "flag".into(),
            real: "25 %".into(),
            percent: Some((25.0, 25.0)),
            agreement: Agreement::Differs,
            reason: "25 % by flag: drift".into(),
            observed_at: None,
            url: None,
        }),
        exposure: Some(ExposureState {
            share: Some(0.24),
            counted: Some((2_400, 10_000)),
            off: true,
            reason: "24 % seen (2,400 of 10,000): not its share".into(),
            observed_at: None,
        }),
        changes_at: None,
    });
    board
}

fn canary(stage: &mut StageState) {
    stage.status = StageStatus::Soaking;
    (stage.started, stage.soaked_at) = (Some(at(8, 30)), Some(at(32, 50)));
    stage.planned = stage.started;
    stage.soak = Soak { samples: Some(5_000), ..stage.soak };
    stage.clauses = clauses();
    stage.watcher = Some("on-call".into());
    let some = |all: &[i32]| all.iter().map(|it| (*it >= 0).then(|| f64::from(*it))).collect::<Vec<_>>();
    stage.guardrails = vec![
        guardrail("errors", Standing::Ok, "11 of 2,600 (0.42 %), at most 1 %", &some(&[1, 1, 2, 1, 3, 2])),
        guardrail("slow", Standing::NotEnoughYet, "1,900 more", &some(&[2, 2, -1, -1, 3, 7, 4, 2])),
        guardrail("queue", Standing::NoData, "the last answer is 14m old", &some(&[])),
        guardrail("crashes", Standing::Breach, "41 of 2,600 (1.6 %), at most 1 %", &some(&[0, 4, 9])),
    ];
}
