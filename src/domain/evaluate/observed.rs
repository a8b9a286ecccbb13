//! Gates that a source answers: V2 to V8.

use chrono::Datelike as _;

use super::{
    super::{
        Advice, Age, Bound, Digest, Failure, FailureKind, Finding, Gate, GateEvidence, GateId, Observed,
        Outcome, Query, Rule, StepKind, Str, Suggested, Verdict, format, launch::QuestionKind,
    },
    assessment::Assessment,
    eval_context::{self, EvalContext},
    question::{self, Unasked},
};

/// What the newest answer is worth now.
pub(super) fn own(frame: &EvalContext<'_>, at: usize, query: &Query) -> Assessment {
    let gate = &frame.launch.gates[at];
    let filled;
    let digest = match &frame.launch.derived.asked[at] {
        QuestionKind::Always(digest) => digest,
        QuestionKind::Never(why) => return unasked(why),
        QuestionKind::Nothing => return Assessment::unknown(Rule::V2, "nothing is asked"),
        QuestionKind::Filled => match question::question(frame.launch, frame.history, gate, query) {
            Ok(question) => {
                filled = question.digest;
                &filled
            }
            Err(why) => return unasked(&why),
        },
    };
    let mut own = match frame.evidence.gates.get(&gate.id) {
        Some(known) => judge(frame, gate, query, known, digest),
        None => not_yet(query, "it has not been asked yet", Rule::V2),
    };
    if own.verdict != Verdict::Go {
        own.who = gate.owner.iter().cloned().collect();
        if own.evidence.is_empty() {
            // Nothing was seen: what would be go must not read as if it had been.
            own.evidence = format!("asks for: {}", query.said).into();
        }
    }
    own
}

fn unasked(why: &Unasked) -> Assessment {
    match why {
        Unasked::Dependencies(blank) => Assessment::pending(
            Rule::People,
            format!("it needs the answer `{}` of {}, which nobody has given yet", blank.name, blank.gate),
        )
        .next(Advice::from("answer it").by(say_go(&blank.gate)))
        .by(StepKind::Machine),
        Unasked::NotPlain(blank) => Assessment::unknown(
            Rule::V4,
            format!(
                "the answer `{}` of {} holds characters that may not go into a question",
                blank.name, blank.gate
            ),
        )
        .next(Advice::from("give it again with letters, digits and ._:/+@- only").by(say_go(&blank.gate))),
        Unasked::NoComponent(name) => {
            Assessment::unknown(Rule::V2, format!("the component `{name}` is not in the launch"))
                .next("name it in launch.yaml")
        }
    }
}

fn not_yet(query: &Query, reason: &str, rule: Rule) -> Assessment {
    Assessment::unknown(rule, reason)
        .next(format!("nothing to do: {} is being asked", query.source))
        .by(StepKind::Machine)
}

fn judge(
    frame: &EvalContext<'_>,
    gate: &Gate,
    query: &Query,
    known: &GateEvidence,
    digest: &Digest,
) -> Assessment {
    if known.question != *digest {
        return not_yet(query, "what is asked has changed: it is asked anew", Rule::V8);
    }
    let failure = known.failure.as_ref();
    let Some(found) = &known.finding else {
        return failure.map_or_else(
            || not_yet(query, "it has not been asked yet", Rule::V2),
            |failure| Assessment { seen: None, ..failed(frame, query, failure) },
        );
    };
    let definitive = failure.filter(|it| !it.value.kind.is_transient());
    let mut own = match (found.value.outcome, definitive) {
        (Outcome::Fails, _) => no_go(frame, gate, query, found, definitive.is_some()),
        (_, Some(failure)) => failed(frame, query, failure),
        (_, None) => still(frame, gate, query, known, found),
    };
    own.seen = Some(frame.clock.stamp(found.seen));
    own.url = found.value.url.clone().or(own.url);
    own.rows.clone_from(&found.value.rows);
    if let Some(since) = own.since {
        // Timers count from it: whoever waits for one wants to see it.
        let by = match found.value.since {
            Some(told) if told == since => format!("by {}'s own time", query.source),
            _ => "as it was first seen here".to_owned(),
        };
        own.rows.push(format!("so since {}, {by}", frame.moment(since)).into());
    }
    own.evidence = with_lineage(query, &found.value);
    if !found.value.accepted.is_empty() {
        own.rows.extend(found.value.accepted.iter().map(|state| format!("accepted: {state}").into()));
    }
    if own.verdict != Verdict::Unknown || definitive.is_none() {
        own.trouble = failure.map(|it| it.value.message.clone());
    }
    own
}

/// A no-go stays no-go, marked stale, until a complete answer or another commit (V5, V6, V8).
fn no_go(
    frame: &EvalContext<'_>,
    gate: &Gate,
    query: &Query,
    found: &Observed<Finding>,
    failed: bool,
) -> Assessment {
    let mut uncertain = failed;
    let mut changes = eval_context::goes_stale(frame.now, found.seen.age(frame.local), gate.fresh);
    if query.bound == Bound::Commit {
        let last = frame.target(gate).and_then(|target| target.last);
        if found.value.about.as_ref().is_none_or(|about| last.is_some_and(|last| about != last)) {
            return about_another(frame, gate, &found.value);
        }
        uncertain |= frame.target(gate).is_none_or(|target| target.current.is_err());
        changes = format::earlier(changes, frame.target(gate).and_then(|target| target.changes_at));
    }
    let mut own = Assessment::new(Verdict::NoGo, Rule::V1, found.value.reason.clone());
    own.stale = uncertain || !found.seen.age(frame.local).is_fresh(gate.fresh);
    own.changes(changes.filter(|_| !own.stale));
    own.next = resolve(gate);
    own
}

/// Who is to do something about what a source answered: its owner, or that there is none.
fn whose(gate: &Gate) -> String {
    gate.owner.as_ref().map_or_else(|| "nobody owns it".to_owned(), ToString::to_string)
}

fn say_go(gate: &GateId) -> Suggested {
    Suggested::SayGo { gate: gate.clone(), answers: Vec::new() }
}

fn resolve(gate: &Gate) -> Advice {
    let whose = whose(gate);
    if gate.waivable {
        Advice::owed(&whose, "resolve it or request a waiver").by(Suggested::Waive(gate.id.clone()))
    } else {
        Advice::owed(&whose, "resolve it; it cannot be waived")
    }
}

/// Everything but a no-go: it counts while it is fresh and about the target (V2, V4, V5, V7, V8).
fn still(
    frame: &EvalContext<'_>,
    gate: &Gate,
    query: &Query,
    known: &GateEvidence,
    found: &Observed<Finding>,
) -> Assessment {
    let mut changes = None;
    if query.bound == Bound::Commit {
        let Some(target) = frame.target(gate) else { return about_another(frame, gate, &found.value) };
        match &target.current {
            Err((rule, why)) => {
                return Assessment::unknown(*rule, why.as_str()).next(AGAIN).by(StepKind::Machine);
            }
            Ok(current) if found.value.about.as_ref() != Some(*current) => {
                return about_another(frame, gate, &found.value);
            }
            // Evidence about a commit is no fresher than the look at where the ref points (V5, V8).
            Ok(_) => match target.goes_stale(frame, gate.fresh) {
                Some(stale) => changes = Some(stale),
                None => {
                    return Assessment::unknown(Rule::V5, "where the ref points was seen too long ago")
                        .next(AGAIN)
                        .by(StepKind::Machine);
                }
            },
        }
    }
    let age = found.seen.age(frame.local);
    let Some(limit) = eval_context::goes_stale(frame.now, age, gate.fresh) else {
        return stale(gate, found, age);
    };
    let mut own = match found.value.outcome {
        Outcome::Holds => holds(frame, gate, known, found),
        Outcome::Pending => {
            let next = match &gate.owner {
                Some(owner) => {
                    Advice::owed(owner.as_str(), "see that it gets finished; the board follows by itself")
                }
                None => "it is in progress; the board follows by itself".into(),
            };
            Assessment::pending(Rule::V1, found.value.reason.clone()).next(next).by(StepKind::Machine)
        }
        Outcome::Unclear | Outcome::Fails => Assessment::unknown(Rule::V2, found.value.reason.clone())
            .next(Advice::owed(&whose(gate), "look at it; the answer proves nothing either way")),
    };
    if own.verdict != Verdict::Unknown {
        own.changes(changes);
        own.changes(limit);
    }
    own
}

fn holds(
    frame: &EvalContext<'_>,
    gate: &Gate,
    known: &GateEvidence,
    found: &Observed<Finding>,
) -> Assessment {
    if let Some(until) = found.value.until.filter(|until| *until <= frame.latest) {
        return Assessment::unknown(
            Rule::V5,
            format!("the proof is older than its max_age since {}", frame.moment(until)),
        )
        .next(Advice::owed(&whose(gate), "run it again; newer proof is needed"));
    }
    let reason = if found.value.accepted.is_empty() {
        found.value.reason.clone()
    } else {
        format!("{} (accepted: {})", found.value.reason, found.value.accepted.join(", ")).into()
    };
    let mut own = Assessment::new(Verdict::Go, Rule::V1, reason);
    if frame.launch.derived.timers {
        own.since = since(frame, known, &found.value);
    }
    own.changes(found.value.until.map(|until| frame.ends(until)));
    own
}

/// Since when it holds: by the source's own word where it has one, so that a process that never saw it before counts
/// from there too, else since it was first seen so. Of the two the earlier: each proves that it held by then. A moment
/// that has not come is handed on as it is; whoever counts from it says what that is worth.
fn since(
    frame: &EvalContext<'_>,
    known: &GateEvidence,
    found: &Finding,
) -> Option<chrono::DateTime<chrono::Utc>> {
    let seen = known.go_since.map(|since| elapsed_since(frame, since));
    // An empty field that was written as a date is no date.
    let told = found.since.filter(|at| at.year() > 1_999);
    let otherwise = known.otherwise.map(|seen| elapsed_since(frame, seen));
    let told = told.map(|at| otherwise.map_or(at, |seen| seen.max(at)));
    match told {
        Some(at) if frame.has_come(at) => Some(seen.map_or(at, |seen| seen.min(at))),
        told => told.or(seen),
    }
}

/// The moment since when it holds, by the clock that ran less: a clock put forward must not end a timer.
fn elapsed_since(frame: &EvalContext<'_>, since: super::super::Stamp) -> chrono::DateTime<chrono::Utc> {
    let wall = (frame.local.wall - since.wall).to_std().unwrap_or_default();
    let ran =
        since.boot.and_then(|boot| frame.now.boot.checked_sub(boot)).map_or(wall, |boot| boot.min(wall));
    let ran = chrono::TimeDelta::from_std(ran).unwrap_or_default();
    frame.now.wall.checked_sub_signed(ran).unwrap_or(frame.now.wall)
}

/// What to do about a source that may yet answer by itself.
pub(super) const AGAIN: &str = "if it lasts, run gonogo doctor: it says why";

fn stale(gate: &Gate, found: &Observed<Finding>, age: Age) -> Assessment {
    let shown = format::span(age.shown());
    let (rule, why) = match age {
        Age::Known(_) => {
            (Rule::V5, format!("the last answer is {shown} old; it counts for {}", format::span(gate.fresh)))
        }
        Age::Unreliable(_) if found.seen.boot.is_none() => {
            (Rule::V7, format!("the last answer, {shown} old, was read from disk: it is asked again"))
        }
        Age::Unreliable(_) => {
            (Rule::V7, "the clocks disagree since the last answer: it is asked again".to_owned())
        }
    };
    let mut own = Assessment::unknown(rule, why).next(AGAIN).by(StepKind::Machine);
    own.stale = true;
    own
}

/// Says what is true of the other commit, so that a person sees which of the two is the wrong one.
fn about_another(frame: &EvalContext<'_>, gate: &Gate, finding: &Finding) -> Assessment {
    let target = frame.target(gate).and_then(|target| target.last).map_or("not known", |oid| oid.short());
    let said = &finding.reason;
    let (reason, next) = match &finding.about {
        Some(about) => (
            format!("{said}: that is about commit {}; the target is {target}", about.short()),
            format!("if nothing runs for {target} yet, start it, or point the target at {}", about.short())
                .into(),
        ),
        None => (
            format!("{said}: that names no commit; the target is {target}"),
            Advice::owed(
                &whose(gate),
                &format!("bring proof that names {target}, the commit of this release"),
            ),
        ),
    };
    Assessment::unknown(Rule::V8, reason).next(next).by(StepKind::Machine)
}

fn failed(frame: &EvalContext<'_>, query: &Query, failure: &Observed<Failure>) -> Assessment {
    let kind = failure.value.kind;
    let rule = if kind == FailureKind::Incomplete { Rule::V3 } else { Rule::V6 };
    let step = if kind.is_transient() { StepKind::Machine } else { StepKind::Act };
    let next: Str = failure.value.next.clone().unwrap_or_else(|| advice(kind).into());
    let mut own =
        Assessment::unknown(rule, format!("{}: {}", query.source, failure.value.message)).next(next).by(step);
    own.seen = Some(frame.clock.stamp(failure.seen));
    own.url.clone_from(&failure.value.url);
    own
}

fn advice(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::NotConfigured => "configure the source: gonogo doctor says what is missing",
        FailureKind::Unauthorized | FailureKind::Forbidden => {
            "use a credential that may see it: gonogo doctor says which"
        }
        FailureKind::NotFound => "check the name, and whether this credential may see it: gonogo doctor",
        FailureKind::Incomplete => "narrow the question; gonogo doctor says what came back",
        FailureKind::FeatureOff => "switch the feature on there, or remove the gate",
        FailureKind::Rejected => "correct the gate: the source refuses the question",
        FailureKind::NotAllowed => "allow it in the user settings, or trust this checklist",
        _ => AGAIN,
    }
}

fn with_lineage(query: &Query, finding: &Finding) -> Str {
    if finding.lineage.is_empty() {
        return query.said.clone();
    }
    let mut text = String::with_capacity(query.said.len() + finding.lineage.len() + 3);
    text.push_str(&query.said);
    text.push_str(" (");
    text.push_str(&finding.lineage);
    text.push(')');
    text.into()
}
