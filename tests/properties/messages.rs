//! Messages tell of the word and never make it (V25).

use gonogo::domain::*;

use super::support::{Scenario, TellSpec};

/// Whatever is drafted, approved, sent, lost and taken back at whatever time, the board says what it says without any
/// message; and what was sent once is never sent again.
#[test]
fn no_message_raises_or_lowers_the_word() {
    let text = "
        about: messages
        gates: [{ gate: qa/a, task: [qa] }, { gate: qa/b, task: [qa], blocks: nothing, needs: [message/one] }]
        launch:
          advance_by: [launch-director]
          roll_call: { stations: [{ station: qa }], quorum: 1 }
          messages:
            - { message: one, owner: qa, approved_by: [qa], at: +1h, text: 'It is {{ launch.word }}' }
            - { message: two, owner: support, not_before: +2h, needs: [qa/a, message/one], by: slack }
            - { message: held, owner: qa, occasion: hold }
            - { message: moved, owner: qa, occasion: scrub }
        expect: { word: hold }";
    let mut sent = 0;
    for seed in 0..60_u64 {
        let mut day = serde_yaml::from_str::<Scenario>(text).unwrap().day();
        let mut state = seed + 1;
        let mut roll = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for step in 0..25_u128 {
            let minutes = roll(60);
            day.now = day.after(std::time::Duration::from_secs(minutes * 60));
            let id = ["one", "two", "held", "moved"][usize::try_from(roll(4)).unwrap()].to_owned();
            let board = day.board();
            let command = match roll(12) {
                0 => Command::SignOff {
                    gate: "qa/a".into(),
                    go: roll(2) == 0,
                    role: None,
                    note: None,
                    answers: std::collections::BTreeMap::new(),
                },
                1 => Command::Decide {
                    decision: if roll(2) == 0 {
                        Decision::Hold { until: None, until_true: Vec::new() }
                    } else {
                        Decision::Scrub { t0: day.now.wall + chrono::TimeDelta::days(3) }
                    },
                    reason: "because".into(),
                    overrides: false,
                    over: Vec::new(),
                    seen: None,
                    terms: DecisionTerms::default(),
                },
                _ if board.message(&id).is_none() => continue,
                n => {
                    let tell = match n {
                        2 => TellSpec::Draft(id, format!("words {step}")),
                        3 | 4 => TellSpec::Approve(id),
                        5 => TellSpec::WithdrawApproval(id),
                        6 | 7 => TellSpec::Sent(id),
                        8 => TellSpec::SentAnyway(id, "it hurries".into()),
                        9 => TellSpec::Sending(id),
                        10 if day.history.writes.iter().any(|it| it.state.is_open()) => TellSpec::Became(
                            [WriteState::Done, WriteState::NotDone][usize::from(roll(2) == 0)],
                        ),
                        10 => TellSpec::Failed(id),
                        _ => TellSpec::NotNeeded(id),
                    };
                    tell.command(&day, "because".into())
                }
            };
            let by = ["octo", "mo", "hu"][usize::try_from(roll(3)).unwrap()];
            let actor = Actor { name: by.into(), known: Known::Claimed };
            let context = ActEnvelope::new(actor, day.now, uuid::Uuid::from_u128(step));
            if let Ok(event) = act(&day.launch, &day.history, &board, command, &context) {
                let before = day.history.messages.clone();
                day.history.apply(&event);
                for (of, record) in before.iter().filter(|(_, record)| record.sent.is_some()) {
                    assert_eq!(
                        day.history.messages[of].sent, record.sent,
                        "seed {seed}: what was sent stays"
                    );
                }
            }
            let told = day.board();
            sent += usize::from(told.messages.iter().any(|it| it.status == MessageStatus::Sent));
            let mut silent = day.history.clone();
            silent.messages.clear();
            let silent = evaluate(&day.launch, &day.evidence, &silent, day.now, &day.scope);
            assert_eq!(
                (told.word, told.evidence, told.score, &told.reasons),
                (silent.word, silent.evidence, silent.score, &silent.reasons),
                "seed {seed}, step {step}"
            );
        }
    }
    assert!(sent > 100, "something was sent: {sent}");
}
