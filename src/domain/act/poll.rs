//! The go/no-go poll: in order, by who speaks for the station, corrected in the open.

use uuid::Uuid;

use super::{
    super::{Act, BoardWord, Party, RollCallPlan, RollCallState, StationState, Str, Vote, format},
    Refusal, fallback,
    rights::{ActContext, maybe_said, said},
};

/// The most conditions of one answer.
const MOST_CONDITIONS: usize = 20;

/// An answer on its way.
pub(super) struct CastBallot {
    pub round: u32,
    pub station: Party,
    pub vote: Vote,
    pub note: Option<Str>,
    pub corrects: Option<Uuid>,
    pub saw: Option<BoardWord>,
}

/// A new round: by the final call's holder, or by who speaks for a station when none is open.
pub(super) fn open(ctx: &ActContext<'_>) -> Result<Act, Refusal> {
    let plan = ctx.poll()?;
    if let Some(poll) = ctx.history.open_poll() {
        let call = std::slice::from_ref(&plan.final_call);
        if !ctx.speaks_for(call).is_empty() {
            return Ok(Act::RollCallOpened { round: poll.round.saturating_add(1) });
        }
        return Err(Refusal::new("roll-call-open", format!("roll call {} is open already", poll.round))
            .instead(format!("answer it, or ask {} to begin another", format::list(call))));
    }
    ctx.may("not-in-poll", "open the roll call", &fallback::may_open(plan))?;
    let last = ctx.history.roll_calls.last().map_or(0, |poll| poll.round);
    Ok(Act::RollCallOpened { round: last.saturating_add(1) })
}

/// An answer of a station, in its turn; a correction at any time before the decision.
pub(super) fn vote(ctx: &ActContext<'_>, ballot: CastBallot) -> Result<Act, Refusal> {
    let plan = ctx.poll()?;
    let poll = opened(ctx, &ballot)?;
    let Some(station) = poll.station(&ballot.station) else {
        let roles: Vec<_> = poll.stations.iter().map(|it| it.role.clone()).collect();
        return Err(Refusal::new("unknown-station", format!("{} is no station of the poll", ballot.station))
            .instead(format!("the stations are {}", format::list(&roles))));
    };
    let passes_over = speaks(ctx, plan, station, &ballot)?;
    in_turn(poll, station, ballot.corrects)?;
    as_seen(station, ballot.saw)?;
    let note = maybe_said("note", ballot.note)?;
    let vote = worded(ctx, station, ballot.vote, note.as_ref())?;
    let computed = station.computed;
    let CastBallot { round, station, corrects, .. } = ballot;
    Ok(Act::Voted { round, station, vote, note, corrects, computed, passes_over })
}

fn opened<'a>(ctx: &ActContext<'a>, ballot: &CastBallot) -> Result<&'a RollCallState, Refusal> {
    let poll = ctx.board.roll_call.as_ref().filter(|poll| poll.open);
    let Some(poll) = poll else {
        return Err(Refusal::new("roll-call-closed", "no roll call is open")
            .instead("open one: gonogo vote STATION --open …"));
    };
    if poll.round != ballot.round {
        return Err(Refusal::new(
            "other-round",
            format!("this answers roll call {}; roll call {} is open", ballot.round, poll.round),
        )
        .instead("look again, then answer"));
    }
    Ok(poll)
}

/// Who may answer: the delegate once there is one, else the station; the station may correct its delegate. The
/// final call's holder may record an abstention with a reason, and goes on without the station: then it is `true`.
fn speaks(
    ctx: &ActContext<'_>,
    plan: &RollCallPlan,
    station: &StationState,
    ballot: &CastBallot,
) -> Result<bool, Refusal> {
    let own = std::slice::from_ref(&station.role);
    let delegate = station.delegated.as_ref().map(|given| &given.to);
    let answers = delegate.map_or(own, std::slice::from_ref);
    first_word_counts(ctx, station, ballot)?;
    if !ctx.speaks_for(answers).is_empty() {
        return Ok(false);
    }
    if ballot.corrects.is_some() && !ctx.speaks_for(own).is_empty() {
        return Ok(false);
    }
    if ballot.vote == Vote::Abstain && !ctx.speaks_for(std::slice::from_ref(&plan.final_call)).is_empty() {
        return Ok(true);
    }
    let call = Some(&plan.final_call).filter(|_| ballot.vote == Vote::Abstain);
    if let Some(refusal) = ctx.stands_in_unasked(answers.iter().chain(call)) {
        return Err(refusal);
    }
    // Members of a team are not known by name here.
    let whom = if station.can_answer.is_empty() { answers } else { &station.can_answer };
    Err(Refusal::new(
        "not-your-station",
        format!("{} does not speak for {}", ctx.context.actor.name, format::list(answers)),
    )
    .instead(format!("ask {}", format::list(whom))))
}

/// A fallback does not correct an answer of the person it speaks for.
fn first_word_counts(
    ctx: &ActContext<'_>,
    station: &StationState,
    ballot: &CastBallot,
) -> Result<(), Refusal> {
    let Some(fallback) = ctx.stands_in(&station.role).filter(|_| ballot.corrects.is_some()) else {
        return Ok(());
    };
    let by = station.by.as_ref().map(|by| &by.name).filter(|by| **by != ctx.context.actor.name);
    let Some(by) = by.filter(|_| station.stands_in.is_none()) else { return Ok(()) };
    let role = &station.role;
    Err(Refusal::new("holder-has-spoken", format!("{by} has answered for {role}; {fallback} only stands in"))
        .instead(format!("ask {by}")))
}

fn in_turn(poll: &RollCallState, station: &StationState, corrects: Option<Uuid>) -> Result<(), Refusal> {
    let role = &station.role;
    if let Some(old) = corrects {
        return if station.vote_id == Some(old) {
            Ok(())
        } else {
            Err(Refusal::new("nothing-to-correct", format!("that is not the newest answer of {role}"))
                .instead("look again, then correct the newest"))
        };
    }
    if station.heard || station.passed_over {
        let word = station.vote.as_ref().map_or("", Vote::word);
        return Err(Refusal::new("already-answered", format!("{role} has answered: {word}"))
            .instead("correct it: gonogo vote … --correct"));
    }
    match poll.next() {
        Some(next) if next.role != *role => {
            Err(Refusal::new("not-your-turn", format!("{} is called now, not {role}", next.role))
                .instead(format!("hear {} first{}", next.role, silent(next))))
        }
        _ => Ok(()),
    }
}

/// An answer is given to what its giver saw: gates that say something else by now are looked at again.
fn as_seen(station: &StationState, saw: Option<BoardWord>) -> Result<(), Refusal> {
    let (Some(saw), Some(now)) = (saw, station.computed) else { return Ok(()) };
    if saw == now {
        return Ok(());
    }
    let why = format!("the gates of {} said {saw} when you answered, and say {now} now", station.role);
    Err(Refusal::new("something-new", why).instead("look again, then answer"))
}

fn silent(station: &StationState) -> String {
    let call = station.escalate_to.as_ref();
    call.map(|to| format!("; it is silent: call {to}")).unwrap_or_default()
}

/// The answer in its canonical form.
fn worded(
    ctx: &ActContext<'_>,
    station: &StationState,
    vote: Vote,
    note: Option<&Str>,
) -> Result<Vote, Refusal> {
    let own = !ctx.speaks_for(std::slice::from_ref(&station.role)).is_empty();
    let delegate =
        station.delegated.as_ref().is_some_and(|it| !ctx.speaks_for(std::slice::from_ref(&it.to)).is_empty());
    match vote {
        Vote::Go if ctx.lacks_commit() => Err(no_commit()),
        Vote::GoWithConditions { conditions } => {
            if ctx.lacks_commit() {
                return Err(no_commit());
            }
            Ok(Vote::GoWithConditions { conditions: worded_conditions(&conditions)? })
        }
        Vote::NoGo if note.is_none() => {
            Err(Refusal::new("words-missing", "a no-go needs a reason").instead("give it as the note"))
        }
        Vote::Abstain if !own && !delegate && note.is_none() => {
            Err(Refusal::new("words-missing", "going on without a station needs a reason")
                .instead("give it as the note"))
        }
        Vote::Delegate { to } => to_whom(ctx, station, to),
        vote => Ok(vote),
    }
}

fn no_commit() -> Refusal {
    Refusal::new("commit-unknown", "it would be about a commit that is not known now")
        .instead("repeat it once the commit of the target is known")
}

fn worded_conditions(conditions: &[Str]) -> Result<Vec<Str>, Refusal> {
    if conditions.is_empty() {
        return Err(Refusal::new("words-missing", "no condition is given").instead("say which, or say go"));
    }
    if conditions.len() > MOST_CONDITIONS {
        return Err(Refusal::new("words-too-long", format!("{} conditions are too many", conditions.len()))
            .instead(format!("keep to {MOST_CONDITIONS}")));
    }
    conditions.iter().map(|it| said("condition", it)).collect()
}

fn to_whom(ctx: &ActContext<'_>, station: &StationState, to: Party) -> Result<Vote, Refusal> {
    if !ctx.launch.people.contains_key(&to) && !ctx.launch.roles.contains_key(&to) {
        return Err(Refusal::new("unknown-person", format!("`{to}` is nobody of this launch"))
            .instead("name a person or a role of launch.yaml"));
    }
    if to == station.role {
        return Err(Refusal::new("own-delegate", format!("{to} cannot stand in for itself")));
    }
    if station.delegated.is_some() && ctx.speaks_for(std::slice::from_ref(&station.role)).is_empty() {
        return Err(Refusal::new("delegated-already", "a delegate answers and does not delegate")
            .instead(format!("ask {}", station.role)));
    }
    Ok(Vote::Delegate { to })
}

impl ActContext<'_> {
    /// The plan of the poll.
    pub fn poll(&self) -> Result<&RollCallPlan, Refusal> {
        self.launch.roll_call.as_ref().ok_or_else(|| {
            Refusal::new("no-roll-call", "this launch plans no roll call")
                .instead("add `roll_call` to launch.yaml")
        })
    }
}
