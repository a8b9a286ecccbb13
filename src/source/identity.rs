//! Who replaces whom: decided by what a thing *is*, never by its display name and never by being the newest.
//!
//! Words of one [`Identity`] replace each other, the later [`Turn`] the earlier; words of one turn stand side by side
//! (the jobs of a matrix). A word that only says "skipped" replaces nothing. Where the order cannot be told, the
//! words that contradict each other are rivals, and what they are about is not known.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use gonogo_domain::Outcome;

/// What something is a word about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    /// A job of a workflow, started by an event on a branch. A workflow is identified by id and file: two may have one name.
    Job { app: Option<u64>, workflow: (String, String), event: String, branch: Option<String>, name: String },
    /// A check that an app reports by itself.
    Check { app: Option<u64>, name: String },
    /// A check of GitHub Actions whose workflow is not told: nothing says what it replaces.
    Nameless { app: Option<u64>, name: String },
    /// A commit status; GitHub keeps the newest of each context.
    Status { context: String },
    /// Runs of a workflow file at a commit, by an event, on a branch or tag: the same commit may stand on several, and a run on
    /// one of them need not do what a run on another does.
    Run { file: String, commit: String, event: String, branch: Option<String> },
    /// What one app does in an environment. People share one: whoever of them deploys again replaces the other.
    Deployment { app: Option<String>, task: String },
    /// Drafts of a release do not replace each other: each may be the one that is published.
    Draft { tag: String },
}

/// Which of several words of one identity is the later one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    /// The server's own count, if it has one: of a workflow's runs.
    pub(super) number: u64,
    /// When its run, suite or thing was made.
    pub(super) made: Option<DateTime<Utc>>,
    /// Words with the same id are of one turn.
    pub(super) id: String,
}

/// One word about something.
#[derive(Clone, Debug)]
pub(super) struct IdentifiedWord<T> {
    pub(super) of: Identity,
    pub(super) turn: Turn,
    /// When this very word began: an earlier run that was started again says something later.
    pub(super) begun: Option<DateTime<Utc>>,
    pub(super) outcome: Outcome,
    /// It says nothing but that it was left out.
    pub(super) skipped: bool,
    /// Several pull requests have its head, and it is not known to which of them it belongs.
    pub(super) shared: bool,
    pub(super) it: T,
}

/// What stands of one identity.
#[derive(Clone, Debug)]
pub(super) struct CurrentWords<T> {
    pub(super) of: Identity,
    /// The words of the turn that stands.
    pub(super) words: Vec<IdentifiedWord<T>>,
    /// Words of other turns that may be later, and say something else.
    pub(super) rivals: Vec<IdentifiedWord<T>>,
}

/// What an event's run says about the commit that it stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Speaks {
    /// Of the commit: a push, a pull request, a run that a person or the calendar started there.
    TheCommit,
    /// Of another run or a call from outside. GitHub puts it at the head of the default branch, whatever it is about.
    AnotherRun,
    /// Of an issue, a comment, a label: it only happens to stand at the head of the default branch.
    SomethingElse,
}

impl Identity {
    /// Whether a later word takes the place of an earlier one.
    fn is_replaced(&self) -> bool {
        !matches!(self, Self::Draft { .. } | Self::Nameless { .. })
    }

    /// The event that made it, where one did.
    pub(super) fn event(&self) -> Option<&str> {
        match self {
            Self::Job { event, .. } | Self::Run { event, .. } => Some(event),
            _ => None,
        }
    }

    /// The branch that a run of a pull request comes from. Which pull request it is of, and so into which branch that
    /// goes, GitHub does not tell: what it lists beside a run are all open ones of that head.
    fn head(&self) -> Option<&str> {
        let (Self::Job { event, branch, .. } | Self::Run { event, branch, .. }) = self else { return None };
        branch.as_deref().filter(|_| event.starts_with("pull_request"))
    }

    /// The same, whatever the event and the branch.
    fn by_any_event(&self) -> Self {
        let mut it = self.clone();
        if let Self::Job { event, branch, .. } | Self::Run { event, branch, .. } = &mut it {
            event.clear();
            *branch = None;
        }
        it
    }
}

impl Speaks {
    /// By the name of the event. One that did not exist when this was written counts as speaking of its commit.
    pub(super) fn of(event: &str) -> Self {
        match event {
            "workflow_run"
            | "repository_dispatch"
            | "check_run"
            | "check_suite"
            | "status"
            | "page_build"
            | "registry_package" => Self::AnotherRun,
            "issue_comment"
            | "issues"
            | "discussion"
            | "discussion_comment"
            | "label"
            | "milestone"
            | "watch"
            | "fork"
            | "gollum"
            | "member"
            | "public"
            | "delete"
            | "branch_protection_rule"
            | "project"
            | "project_card"
            | "project_column" => Self::SomethingElse,
            _ => Self::TheCommit,
        }
    }
}

/// The heads of pull requests whose runs say different things in different turns: if several pull requests have one of
/// them, a later run need not be of the same pull request as an earlier one.
pub(super) fn contested<'w, T: 'w>(
    words: impl IntoIterator<Item = &'w IdentifiedWord<T>>,
) -> BTreeSet<String> {
    let mut said: BTreeMap<&Identity, Vec<&IdentifiedWord<T>>> = BTreeMap::new();
    for word in words.into_iter().filter(|word| !word.skipped && word.of.head().is_some()) {
        said.entry(&word.of).or_default().push(word);
    }
    let differ = |all: &[&IdentifiedWord<T>]| {
        all.iter().any(|a| all.iter().any(|b| a.turn.id != b.turn.id && a.outcome != b.outcome))
    };
    let open = said.into_iter().filter(|(_, all)| differ(all));
    open.filter_map(|(of, _)| of.head().map(str::to_owned)).collect()
}

/// What stands of each identity, in the order of identities.
pub(super) fn standing<T>(words: impl IntoIterator<Item = IdentifiedWord<T>>) -> Vec<CurrentWords<T>> {
    let mut by_identity: BTreeMap<Identity, Vec<IdentifiedWord<T>>> = BTreeMap::new();
    for word in words {
        by_identity.entry(word.of.clone()).or_default().push(word);
    }
    by_identity.into_iter().filter_map(|(of, words)| settle(of, words)).collect()
}

fn settle<T>(of: Identity, words: Vec<IdentifiedWord<T>>) -> Option<CurrentWords<T>> {
    let said = words.iter().filter(|word| !word.skipped).map(|word| &word.turn).max();
    let turn = said.or_else(|| words.iter().map(|word| &word.turn).max())?.clone();
    let (words, others): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| word.turn.id == turn.id);
    let begun = words.iter().filter(|word| !word.skipped).filter_map(|word| word.begun).max();
    let outcome = words.iter().map(|word| word.outcome).max();
    let contradicts = |word: &IdentifiedWord<T>| !word.skipped && Some(word.outcome) != outcome;
    let may_be_later = |word: &IdentifiedWord<T>| {
        let one_moment = (word.turn.made, word.turn.number) == (turn.made, turn.number);
        one_moment || word.begun.zip(begun).is_some_and(|(other, own)| other > own)
    };
    let shared = words.iter().any(|word| word.shared);
    let rival = |word: &IdentifiedWord<T>| {
        if of.is_replaced() && !shared {
            contradicts(word) && may_be_later(word)
        } else {
            matches!(of, Identity::Draft { .. }) || contradicts(word)
        }
    };
    let rivals = others.into_iter().filter(|word| rival(word)).collect();
    Some(CurrentWords { of, words, rivals })
}

impl<T> CurrentWords<T> {
    /// Whether all that stands is that it was left out.
    pub(super) fn is_skipped(&self) -> bool {
        self.words.iter().all(|word| word.skipped)
    }

    /// The worst of its words; unclear where a rival says something else.
    pub(super) fn outcome(&self) -> Outcome {
        if !self.rivals.is_empty() {
            return Outcome::Unclear;
        }
        self.words.iter().map(|word| word.outcome).max().unwrap_or(Outcome::Unclear)
    }

    fn speaks(&self) -> Speaks {
        self.of.event().map_or(Speaks::TheCommit, Speaks::of)
    }
}

/// The words that count, and what must be judged beside them.
#[derive(Debug)]
pub(super) struct CountedWords<T> {
    pub(super) words: Vec<CurrentWords<T>>,
    pub(super) doubt: Option<EventDoubt>,
}

/// Why it is not sure that what counts speaks of the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventDoubt {
    /// All that there is only happens to stand at the commit, by this event.
    Elsewhere(String),
    /// What speaks of the commit was skipped; runs that may be about something else have a result.
    Skipped { event: String, outcome: Outcome },
}

/// Leaves out what takes no part: what other events say where one speaks of the commit, and what was skipped where the
/// same thing has a result by another event. One that was skipped has spoken, too: no run by an event that is about
/// something else takes its place.
pub(super) fn counted<T>(all: Vec<CurrentWords<T>>) -> CountedWords<T> {
    let speaks = all.iter().map(CurrentWords::speaks).min().unwrap_or(Speaks::TheCommit);
    let results = all.iter().filter(|it| !it.is_skipped() && it.speaks() == speaks);
    let said: Vec<Identity> = results.map(|it| it.of.by_any_event()).collect();
    let counts = |it: &CurrentWords<T>| {
        it.speaks() == speaks && !(it.is_skipped() && said.contains(&it.of.by_any_event()))
    };
    let (words, left): (Vec<_>, Vec<_>) = all.into_iter().partition(counts);
    let event = |it: &CurrentWords<T>| it.of.event().map(str::to_owned);
    let doubt = if speaks == Speaks::SomethingElse {
        words.iter().find_map(event).map(EventDoubt::Elsewhere)
    } else if words.iter().all(CurrentWords::is_skipped) {
        let others = left.iter().filter(|it| !it.is_skipped() && it.speaks() == Speaks::AnotherRun);
        let worst = others.max_by_key(|it| it.outcome());
        worst.and_then(|it| Some(EventDoubt::Skipped { event: event(it)?, outcome: it.outcome() }))
    } else {
        None
    };
    CountedWords { words, doubt }
}

impl EventDoubt {
    /// What is left of an outcome beside it. A skip that the gate accepts is not made good by somebody else's success,
    /// nor hides it somebody else's failure.
    pub(super) fn on(&self, outcome: Outcome) -> Outcome {
        match self {
            Self::Elsewhere(_) => Outcome::Unclear,
            Self::Skipped { outcome: Outcome::Holds, .. } => outcome,
            Self::Skipped { .. } => outcome.max(Outcome::Unclear),
        }
    }

    /// What is added to the reason.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Elsewhere(event) => {
                format!(
                    "only by {event}, which does not speak of this commit; if it is meant, write `event: {event}`"
                )
            }
            Self::Skipped { event, .. } => format!(
                "what {event} started may be about something else and does not count; if it is meant, write \
                 `event: {event}`"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    fn word(event: &str, turn: i64, begun: i64, outcome: Outcome, skipped: bool) -> IdentifiedWord<i64> {
        let of =
            Identity::Run { file: "ci.yml".into(), commit: String::new(), event: event.into(), branch: None };
        let turn = Turn { made: Some(at(turn)), number: turn.unsigned_abs(), id: turn.to_string() };
        IdentifiedWord { of, turn, begun: Some(at(begun)), outcome, skipped, shared: false, it: begun }
    }

    #[test]
    fn a_later_turn_replaces_an_earlier_one_of_the_same_identity_only() {
        let all = standing([
            word("push", 1, 1, Outcome::Fails, false),
            word("push", 2, 2, Outcome::Holds, false),
            word("schedule", 3, 3, Outcome::Fails, false),
        ]);
        let said: Vec<_> = all.iter().map(|it| (it.of.event().unwrap(), it.outcome())).collect();
        assert_eq!(said, [("push", Outcome::Holds), ("schedule", Outcome::Fails)]);
    }

    #[test]
    fn a_skipped_one_replaces_no_result() {
        let all =
            standing([word("push", 1, 1, Outcome::Fails, false), word("push", 2, 2, Outcome::Holds, true)]);
        assert_eq!(all[0].outcome(), Outcome::Fails);
        assert!(standing([word("push", 2, 2, Outcome::Unclear, true)])[0].is_skipped());
        let counted = counted(standing([
            word("push", 1, 1, Outcome::Holds, false),
            word("pull_request", 2, 2, Outcome::Unclear, true),
        ]));
        assert_eq!((counted.words.len(), counted.doubt), (1, None), "nor one of another event");
    }

    #[test]
    fn siblings_of_one_turn_all_count() {
        let all =
            standing([word("push", 1, 1, Outcome::Fails, false), word("push", 1, 2, Outcome::Holds, false)]);
        assert_eq!((all[0].words.len(), all[0].outcome()), (2, Outcome::Fails));
    }

    #[test]
    fn an_earlier_turn_that_was_started_again_is_a_rival_if_it_says_something_else() {
        let again = |outcome| {
            standing([word("push", 1, 9, outcome, false), word("push", 2, 2, Outcome::Holds, false)])[0]
                .outcome()
        };
        assert_eq!((again(Outcome::Fails), again(Outcome::Holds)), (Outcome::Unclear, Outcome::Holds));
    }

    #[test]
    fn two_of_one_moment_can_not_be_told_apart() {
        let mut other = word("push", 1, 1, Outcome::Fails, false);
        other.turn.id = "other".into();
        let all = standing([word("push", 1, 1, Outcome::Holds, false), other]);
        assert_eq!((all[0].outcome(), all[0].rivals.len()), (Outcome::Unclear, 1));
    }

    #[test]
    fn runs_of_one_head_that_may_be_of_two_pull_requests_replace_nothing() {
        let of = |event: &str| Identity::Run {
            file: "ci.yml".into(),
            commit: String::new(),
            event: event.into(),
            branch: Some("release/3.0".into()),
        };
        let said = |event: &str, turn, outcome, shared| {
            let word = word(event, turn, turn, outcome, false);
            IdentifiedWord { of: of(event), shared, ..word }
        };
        let both = |event: &str, shared| {
            [said(event, 1, Outcome::Fails, shared), said(event, 2, Outcome::Holds, shared)]
        };
        assert_eq!(contested(&both("pull_request", false)), ["release/3.0".to_owned()].into());
        assert_eq!(contested(&both("push", false)), BTreeSet::new());
        let same =
            [said("pull_request", 1, Outcome::Holds, false), said("pull_request", 2, Outcome::Holds, false)];
        assert_eq!(contested(&same), BTreeSet::new(), "both say the same");
        assert_eq!(standing(both("pull_request", false))[0].outcome(), Outcome::Holds);
        assert_eq!(standing(both("pull_request", true))[0].outcome(), Outcome::Unclear);
    }

    #[test]
    fn drafts_replace_nothing_and_are_rivals_even_where_they_agree() {
        let draft = |id: &str| IdentifiedWord {
            of: Identity::Draft { tag: "v1".into() },
            turn: Turn { id: id.into(), ..Turn::default() },
            begun: None,
            outcome: Outcome::Holds,
            skipped: false,
            shared: false,
            it: (),
        };
        assert!(standing([draft("a")])[0].rivals.is_empty());
        assert_eq!(standing([draft("a"), draft("b")])[0].outcome(), Outcome::Unclear);
    }

    #[test]
    fn what_speaks_of_the_commit_goes_before_what_only_stands_at_it() {
        let all = counted(standing([
            word("push", 1, 1, Outcome::Holds, false),
            word("workflow_run", 2, 2, Outcome::Fails, false),
            word("issue_comment", 3, 3, Outcome::Holds, true),
        ]));
        assert_eq!((all.words.len(), all.words[0].of.event(), all.doubt), (1, Some("push"), None));
        let all = counted(standing([
            word("push", 1, 1, Outcome::Unclear, true),
            word("issue_comment", 3, 3, Outcome::Holds, false),
        ]));
        assert_eq!(
            (all.words.len(), all.words[0].is_skipped(), all.doubt),
            (1, true, None),
            "a comment is no result"
        );
        let alone = counted(standing([word("issue_comment", 3, 3, Outcome::Holds, false)]));
        assert_eq!(alone.doubt, Some(EventDoubt::Elsewhere("issue_comment".into())));
    }

    #[test]
    fn what_was_skipped_for_the_commit_is_not_made_good_by_a_run_that_is_about_something_else() {
        for outcome in [Outcome::Holds, Outcome::Fails] {
            let all = counted(standing([
                word("push", 1, 1, Outcome::Unclear, true),
                word("workflow_run", 2, 2, outcome, false),
            ]));
            assert_eq!((all.words.len(), all.words[0].is_skipped()), (1, true));
            let doubt = all.doubt.unwrap();
            assert_eq!(doubt, EventDoubt::Skipped { event: "workflow_run".into(), outcome });
            let accepted = if outcome == Outcome::Holds { Outcome::Holds } else { Outcome::Unclear };
            assert_eq!((doubt.on(Outcome::Unclear), doubt.on(Outcome::Holds)), (Outcome::Unclear, accepted));
        }
    }
}
