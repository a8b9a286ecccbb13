//! Whether a breach is accepted, and since when it asks people again.

use chrono::{DateTime, Utc};

use super::{
    super::{Acceptance, GuardrailState, Launch, Party, Spoken, Stage, StageSaid, StageWord, Voice},
    eval_context::{EvalContext, within_policy},
    stage::StageRun,
    stage_results,
};

/// What people recorded about a breach: who accepts it, or since when it asks. An acceptance is of this run of the stage, these
/// limits and the breach that was shown by then; a first window over `stop_at` after it is news that it did not know of.
pub(super) fn heard(
    frame: &EvalContext<'_>,
    (stage, run): (&Stage, &StageRun),
    state: &GuardrailState,
    fire: impl FnOnce() -> Option<DateTime<Utc>>,
) -> (Option<Acceptance>, Option<DateTime<Utc>>) {
    let Some(breached) = state.breached_at else { return (None, None) };
    let (mut newest, mut ended) = (None::<Acceptance>, None);
    let advance = may_advance(frame.launch);
    // How a holder ended one, for whom a fallback may stand in.
    let mut refused: Option<&StageWord> = None;
    for word in stage_results::words(frame.history, stage, run.began) {
        match &word.said {
            StageSaid::Accepted { guardrail, limit, since, reason, until }
                // What takes a question away needs a name that counts.
                if *guardrail == state.id
                    && *limit == state.limit
                    && breached <= *since
                    && word.spoken().doubt(frame.launch).is_none() =>
            {
                // The newest counts or none: an older one does not come back (V9).
                if !frame.launch.may_still(word.spoken(), &advance) {
                    (newest, ended) = (None, Some(word.at));
                    continue;
                }
                let over = |own: Spoken<'_>| frame.launch.is_over(own, word.spoken(), &advance);
                // By the moment of the fallback's word: what was said past a holder does not count later either.
                let stood = newest.as_ref().filter(|it| it.until > word.at);
                if stood.is_some_and(|it| over(it.voice.spoken())) || refused.is_some_and(|it| over(it.spoken())) {
                    continue;
                }
                let until = within_policy(frame.launch, word.at, *until);
                newest = Some(Acceptance { voice: voice(word), reason: reason.clone(), until });
            }
            StageSaid::AcceptanceEnded { guardrail, .. }
                if *guardrail == state.id && newest.take().is_some() =>
            {
                (ended, refused) = (Some(word.at), Some(word).filter(|word| breached <= word.at));
            }
            _ => {}
        }
    }
    let since = match &newest {
        Some(it) if it.until <= frame.latest => Some(it.until),
        Some(it) => match fire().filter(|at| *at > it.voice.at) {
            Some(fire) => Some(fire),
            None => return (newest, None),
        },
        None => ended,
    };
    (None, Some(since.map_or(breached, |since| since.max(breached))))
}

fn may_advance(launch: &Launch) -> Vec<Party> {
    launch.rollout.as_ref().map(|rollout| rollout.advance_by.clone()).unwrap_or_default()
}

fn voice(word: &StageWord) -> Voice {
    let (by, recorder) = (word.actor.clone(), word.recorder.clone());
    Voice { by, recorder, stands_in: word.stands_in.clone(), at: word.at }
}
