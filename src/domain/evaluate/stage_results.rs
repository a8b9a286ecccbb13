//! What people recorded about a stage since it started: its criteria and its results.

use super::super::{CriterionState, History, Launch, Stage, StageAnswer, StageSaid, StageWord};

/// What was said since the start, in order.
pub(super) fn words<'a>(
    history: &'a History,
    stage: &Stage,
    began: Option<u64>,
) -> impl DoubleEndedIterator<Item = &'a StageWord> {
    let all = history.stage_words.get(&stage.id).map_or(&[][..], Vec::as_slice);
    // A stage that never started has none.
    let from = began.map_or(all.len(), |began| all.partition_point(|word| word.seq <= began));
    all.iter().skip(from)
}

/// Each criterion of the files, with the newest word on its very text.
pub(super) fn criteria(
    launch: &Launch,
    history: &History,
    stage: &Stage,
    began: Option<u64>,
) -> Vec<CriterionState> {
    let newest = |wanted: &str| {
        words(history, stage, began).rev().find_map(|word| match &word.said {
            StageSaid::Criterion { text, holds, note } if **text == *wanted => {
                let counts = !holds || word.spoken().doubt(launch).is_none();
                counts.then_some((word, *holds, note))
            }
            _ => None,
        })
    };
    let each = stage.criteria.iter().map(|text| {
        let found = newest(text);
        CriterionState {
            text: text.clone(),
            holds: found.map(|(_, holds, _)| holds),
            by: found.map(|(word, ..)| word.actor.clone()),
            recorder: found.and_then(|(word, ..)| word.recorder.clone()),
            stands_in: found.and_then(|(word, ..)| word.stands_in.clone()),
            at: found.map(|(word, ..)| word.at),
            note: found.and_then(|(_, _, note)| note.clone()),
        }
    });
    each.collect()
}

/// Each result that is asked for, with its newest answer.
pub(super) fn answers(
    launch: &Launch,
    history: &History,
    stage: &Stage,
    began: Option<u64>,
) -> Vec<StageAnswer> {
    let newest = |name: &str| {
        words(history, stage, began).rev().find_map(|word| match &word.said {
            StageSaid::Answers(all) if word.spoken().doubt(launch).is_none() => {
                all.get(name).map(|answer| (word, answer))
            }
            _ => None,
        })
    };
    let each = stage.asks.iter().map(|(name, kind)| {
        let found = newest(name);
        StageAnswer {
            name: name.clone(),
            kind: *kind,
            answer: found.map(|(_, answer)| answer.clone()),
            by: found.map(|(word, _)| word.actor.clone()),
            recorder: found.and_then(|(word, _)| word.recorder.clone()),
            stands_in: found.and_then(|(word, _)| word.stands_in.clone()),
            at: found.map(|(word, _)| word.at),
        }
    });
    each.collect()
}
