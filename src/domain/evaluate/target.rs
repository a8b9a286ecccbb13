//! The commit that GO is about, while that is known and fresh (V5, V6, V8).

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    super::{BoardClock, Evidence, Launch, Now, Oid, Rule, Stamp, Str},
    eval_context::{self, EvalContext},
};

/// Where a component's ref points.
#[derive(Clone, Debug)]
pub(super) struct TargetState<'a> {
    /// The commit, or why it cannot be relied on now.
    pub current: Result<&'a Oid, (Rule, String)>,
    /// The last commit known, fresh or not.
    pub last: Option<&'a Oid>,
    /// The commit before, if it moved while we watched.
    pub moved_from: Option<&'a Oid>,
    /// What a person can do about it, where its source knows.
    pub next: Option<&'a Str>,
    /// When it goes stale unaided.
    pub changes_at: Option<DateTime<Utc>>,
    /// When it was looked up last.
    seen: Option<Stamp>,
}

impl<'a> TargetState<'a> {
    /// Where it points, by the local clocks; the moment at which that goes stale is on the clock of the board.
    pub fn of(
        launch: &Launch,
        evidence: &'a Evidence,
        local: Now,
        clock: &BoardClock,
        component: Option<&Str>,
    ) -> Self {
        let Some(target) = launch.target_of(component) else { return Self::none() };
        let named = &target.git_ref;
        let known = evidence.targets.get(&component.cloned());
        let last = known.and_then(|it| it.oid.as_ref());
        let failure = known.and_then(|it| it.failure.as_ref()).map(|it| &it.value);
        let fresh = last.filter(|it| it.seen.age(local).is_fresh(launch.derived.target_fresh));
        let current = match (fresh, failure) {
            (_, Some(failure)) if !failure.kind.is_transient() => {
                Err((Rule::V6, format!("the commit of {named} is not known: {}", failure.message)))
            }
            (Some(oid), _) => Ok(&oid.value),
            (None, Some(failure)) => {
                Err((Rule::V5, format!("the commit of {named} is not known: {}", failure.message)))
            }
            (None, None) if last.is_some() => {
                Err((Rule::V5, format!("where {named} points was seen too long ago")))
            }
            (None, None) => Err((Rule::V8, format!("where {named} points is not known yet"))),
        };
        let changes_at = match (&current, last) {
            (Ok(_), Some(oid)) => {
                eval_context::goes_stale(clock.judge(local), oid.seen.age(local), launch.derived.target_fresh)
            }
            _ => None,
        };
        let moved_from = known.and_then(|it| it.moved_from.as_ref());
        let next = failure.and_then(|it| it.next.as_ref());
        let seen = last.map(|it| it.seen);
        Self { current, last: last.map(|it| &it.value), moved_from, next, changes_at, seen }
    }

    /// When its last look goes stale for a gate that allows evidence of this age, by the clock of the board; `None`: it has.
    pub fn goes_stale(&self, frame: &EvalContext<'_>, limit: Duration) -> Option<DateTime<Utc>> {
        eval_context::goes_stale(frame.now, self.seen?.age(frame.local), limit)
    }

    /// A launch that is about no commit, or an unknown component: whatever asks for its commit is unknown.
    fn none() -> Self {
        let current = Err((Rule::V8, "there is no target that it could be about".to_owned()));
        Self { current, last: None, moved_from: None, next: None, changes_at: None, seen: None }
    }
}
