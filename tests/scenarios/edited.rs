//! The files of a launch are edited between what people said and the board.

use gonogo::domain::*;

use super::support::{Day, GateSpec, Scenario, launch};

/// A day whose acts were done by the first text, looked at by the files of the second.
fn edited(before: &str, after: &str) -> Day {
    let of = |text: &str| serde_yaml::from_str::<Scenario>(text).unwrap_or_else(|error| panic!("{error}"));
    let (first, second) = (of(before), of(after));
    let mut day = first.day();
    first.act(&mut day);
    let gates = second.gates.iter().map(GateSpec::build).collect();
    day.launch = launch(gates, &second.launch, &second.stages);
    day
}

#[test]
fn an_acceptance_of_a_risk_runs_for_no_longer_than_the_files_allow_today() {
    let text = |longest: &str| {
        format!(
            "about: x
launch: {{ waive_by: [launch-director], longest_waiver: {longest} }}
gates: [{{ gate: qa/a, task: [qa] }}]
events:
  - {{ by: hu, go: qa/a }}
  - {{ by: mo, on_risk: [refunds, {{ stated: {{ what: refunds fail, severity: 1, likelihood: high, owner: support }} }}] }}
acts:
  - {{ by: octo, accept_risk: refunds, until: +20h }}
  - {{ by: hu, after: 3h }}
expect: {{ word: go }}"
        )
    };
    assert_eq!(edited(&text("24h"), &text("24h")).board().word, BoardWord::Go);
    let board = edited(&text("24h"), &text("185m")).board();
    assert_eq!(
        (board.word, board.changes_at),
        (BoardWord::Go, Some("2026-12-01T15:05:00Z".parse().unwrap()))
    );
    assert_eq!(edited(&text("24h"), &text("2h")).board().word, BoardWord::Hold);
}

#[test]
fn an_acceptance_of_a_breach_runs_for_no_longer_than_the_files_allow_today() {
    let text = |longest: &str| {
        format!(
            "about: x
launch: {{ advance_by: [launch-director], longest_waiver: {longest}, guardrails: [{{ id: errors, at_most: 0.01 }}] }}
gates: [{{ gate: qa/a, free: a }}]
stages: [{{ stage: canary, soak: 1h, guardrails: [errors] }}, {{ stage: all }}]
events:
  - {{ by: octo, start: canary, ago: 3h }}
  - {{ by: octo, accept: [canary, errors], ago: 1h, until: +9h }}
evidence:
  - {{ gate: qa/a, holds: well }}
  - {{ gate: guardrail/errors, unclear: \"\", windows: [{{ from: 3h, count: 12, bad: 1, total: 500 }}, {{ from: 2h, count: 24, bad: 20, total: 500 }}] }}
expect: {{ word: hold }}"
        )
    };
    let accepted = |longest: &str| {
        let board = edited(&text("24h"), &text(longest)).board();
        board.stages[0].guardrails[0].accepted.as_ref().map(|it| it.until.to_string())
    };
    assert_eq!(accepted("24h").as_deref(), Some("2026-12-01 21:00:00 UTC"));
    assert_eq!(accepted("2h").as_deref(), Some("2026-12-01 13:00:00 UTC"));
    assert_eq!(accepted("30m"), None, "the question is put again");
}

#[test]
fn who_may_not_approve_or_drop_a_message_any_more_has_not() {
    let text = |owner: &str, approver: &str| {
        format!(
            "about: x
launch:
  messages:
    - {{ message: news, owner: {owner}, approved_by: [{approver}], at: -1h }}
    - {{ message: macro, owner: {owner}, at: -1h }}
gates: [{{ gate: qa/a, task: [qa] }}, {{ gate: qa/after, task: [qa], needs: [message/macro], blocks: close }}]
events: [{{ by: hu, go: qa/a }}]
acts:
  - {{ by: octo, tell: {{ approve: news }} }}
  - {{ by: mo, tell: {{ not-needed: macro }} }}
expect: {{ word: go }}"
        )
    };
    let before = text("mo", "octo");
    let said = |after: &str| {
        let board = edited(&before, after).board();
        let status = |id: &str| board.message(id).unwrap().status.as_str();
        let open = board.gate(&"qa/after".into()).unwrap().waits_for.len();
        (status("news"), status("macro"), open, board.message("news").unwrap().void.clone())
    };
    assert_eq!(said(&before), ("overdue", "not-needed", 0, None));
    let void = Some("octo may not approve it any more, by the launch's files".into());
    assert_eq!(said(&text("hu", "hu")), ("to-approve", "overdue", 1, void));
}

#[test]
fn a_message_that_went_out_under_another_name_says_so() {
    let text = |id: &str| {
        format!(
            "about: x
launch: {{ messages: [{{ message: {id}, owner: mo, at: -1h }}] }}
gates: [{{ gate: qa/a, task: [qa] }}]
events: [{{ by: hu, go: qa/a }}]
acts: [{{ by: mo, tell: {{ sent: {id} }} }}]
expect: {{ word: go }}"
        )
    };
    let board = edited(&text("changelog"), &text("news")).board();
    let told =
        "message changelog was sent by mo at 2026-12-01 12:00 GMT, and is no message of this launch any more";
    assert!(board.remarks.iter().any(|it| **it == *told), "{:#?}", board.remarks);
}
