//! The final call: by its holder, on a fresh board, with a reason. GO and NO-GO need the quorum; a HOLD and a SCRUB
//! can be called at any time, because stopping must not wait for anybody.

use chrono::Datelike;

use super::{
    super::{
        Act, BoardWord, Cause, Condition, Considered, Decision, DecisionTerms, KeptBoard, Party,
        RollCallState, Str, Vote,
        evaluate::{decision, eval_context, orphan},
        format,
    },
    Refusal, incident,
    rights::{ActContext, said},
};

/// The most things that a hold waits for.
const MOST_CONDITIONS: usize = 20;

/// What a GO knowingly goes against.
#[derive(Clone, Copy)]
pub(super) struct Acknowledged<'a> {
    /// A board that is not GO (V12).
    pub overrides: bool,
    /// Stations that said no-go.
    pub over: &'a [Party],
}

/// A decision, with the board that it is made on.
pub(super) fn decide(
    ctx: &ActContext<'_>,
    decision: Decision,
    reason: &str,
    against: Acknowledged<'_>,
    (seen, terms): (Option<u64>, DecisionTerms),
) -> Result<Act, Refusal> {
    let overrides = against.overrides;
    let plan = ctx.poll()?;
    ctx.may("not-final-call", "make the final call", std::slice::from_ref(&plan.final_call))?;
    let round = ctx.history.open_poll().map(|poll| poll.round);
    if overrides && !decision.is_go() {
        return Err(Refusal::new("nothing-to-override", format!("a {} overrides nothing", decision.word()))
            .instead("leave --override out"));
    }
    let decision = match decision {
        Decision::Go { option } => go(ctx, option, against, seen)?,
        Decision::NoGo { option, new_date } => no_go(ctx, option, new_date, seen)?,
        Decision::Hold { until, until_true } => hold(ctx, until, &until_true)?,
        Decision::Scrub { t0 } => scrub(ctx, t0)?,
    };
    let terms = settled(ctx, &decision, terms)?;
    let reason = said("reason", reason)?;
    let over = if decision.is_go() { against_it(ctx) } else { Vec::new() };
    let board = KeptBoard::of(ctx.board).map_err(|error| {
        Refusal::new("board-not-kept", format!("the board cannot be written down: {error}"))
    })?;
    let word = ctx.board.evidence;
    Ok(Act::Decided { round, decision, reason, board, word, overrides, over, terms })
}

/// Whoever cannot see the journal now may not know of a NO-GO (V17).
fn connected(ctx: &ActContext<'_>) -> Result<(), Refusal> {
    let offline = ctx.board.lowered.iter().any(|it| it.cause == Cause::JournalOffline);
    if !offline && !ctx.history.link.is_some_and(|link| link.cut) {
        return Ok(());
    }
    Err(Refusal::new("journal-offline", "the journal cannot be reached: others may have spoken")
        .instead("wait until it is back, then look again"))
}

/// Judged by the evidence: what was decided before is what a new final call ends.
fn go(
    ctx: &ActContext<'_>,
    option: Option<Str>,
    against: Acknowledged<'_>,
    seen: Option<u64>,
) -> Result<Decision, Refusal> {
    connected(ctx)?;
    whole_and_new(ctx, seen)?;
    quorum(ctx)?;
    own_option(ctx, option.as_ref())?;
    if ctx.lacks_commit() {
        return Err(Refusal::new("commit-unknown", "GO pins a commit, which is not known now")
            .instead("repeat it once the commit of the target is known"));
    }
    let word = ctx.board.evidence;
    match (word == BoardWord::Go, against.overrides) {
        (false, false) => {
            let why = ctx.board.evidence_reason().map(|why| format!(": {why}")).unwrap_or_default();
            Err(Refusal::new("not-go", format!("the board is {word}{why}"))
                .instead("resolve what is open, request a waiver, or override it by name: --override"))
        }
        (true, true) => {
            Err(Refusal::new("nothing-to-override", "the board is GO").instead("leave --override out"))
        }
        _ => over_dissent(ctx, against.over).map(|()| Decision::Go { option }),
    }
}

/// The stations whose no-go stands.
fn against_it(ctx: &ActContext<'_>) -> Vec<Party> {
    let poll = ctx.board.roll_call.iter();
    poll.flat_map(RollCallState::against).map(|station| station.role.clone()).collect()
}

/// Nobody overrules a station's no-go without having been shown it.
fn over_dissent(ctx: &ActContext<'_>, acknowledged: &[Party]) -> Result<(), Refusal> {
    let strange = orphan::strange_answers(ctx.launch, ctx.history);
    if let Some((station, said)) = strange.iter().find(|(_, said)| **said == Vote::NoGo) {
        let what = format!("{station} said {} in this round, and is no station any more", said.word());
        return Err(Refusal::new("over-dissent", what)
            .instead("settle it, then call the stations anew: gonogo vote STATION --open …"));
    }
    let mut poll = ctx.board.roll_call.iter().flat_map(RollCallState::against);
    let Some(station) = poll.find(|station| !acknowledged.contains(&station.role)) else { return Ok(()) };
    let why = station.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    Err(Refusal::new("over-dissent", format!("{} said NO-GO{why}", station.role))
        .instead("hear it again, or acknowledge it by typing GO OVER DISSENT"))
}

fn no_go(
    ctx: &ActContext<'_>,
    option: Option<Str>,
    new_date: Option<chrono::DateTime<chrono::Utc>>,
    seen: Option<u64>,
) -> Result<Decision, Refusal> {
    quorum(ctx)?;
    not_old(ctx, seen)?;
    own_option(ctx, option.as_ref())?;
    Ok(Decision::NoGo { option, new_date })
}

fn own_option(ctx: &ActContext<'_>, option: Option<&Str>) -> Result<(), Refusal> {
    let options = &ctx.poll()?.options;
    if let Some(option) = option
        && !options.contains(option)
    {
        let refusal = Refusal::new("unknown-option", format!("`{option}` is no option of this launch"));
        return Err(if options.is_empty() {
            refusal.instead("name it under `roll_call: { options: [...] }`")
        } else {
            refusal.instead(format!("its options are {}", format::list(options)))
        });
    }
    Ok(())
}

fn hold(
    ctx: &ActContext<'_>,
    until: Option<chrono::DateTime<chrono::Utc>>,
    until_true: &[Str],
) -> Result<Decision, Refusal> {
    let now = eval_context::latest(ctx.history, ctx.context.now.wall);
    if let Some(end) = until.filter(|end| *end <= now) {
        let end = format::moment(end, ctx.launch.schedule.zone);
        return Err(
            Refusal::new("in-the-past", format!("{end} is over")).instead("give an end in the future")
        );
    }
    if until_true.len() > MOST_CONDITIONS {
        return Err(Refusal::new("words-too-long", format!("{} conditions are too many", until_true.len()))
            .instead(format!("keep to {MOST_CONDITIONS}")));
    }
    if let Some(what) = until_true.iter().find(|what| !decision::is_known(ctx.launch, what)) {
        return Err(Refusal::new(
            "unknown-condition",
            format!("`{what}` is no gate or checklist of this launch"),
        )
        .instead("write qa/smoke or checklist/qa"));
    }
    Ok(Decision::Hold { until, until_true: until_true.to_vec() })
}

fn scrub(ctx: &ActContext<'_>, t0: chrono::DateTime<chrono::Utc>) -> Result<Decision, Refusal> {
    if t0 <= eval_context::latest(ctx.history, ctx.context.now.wall) {
        let t0 = format::moment(t0, ctx.launch.schedule.zone);
        return Err(Refusal::new("in-the-past", format!("{t0} is over")).instead("give a T-0 in the future"));
    }
    if t0.year() > 9_999 {
        let what = "nothing can be counted from a T-0 behind the year 9999";
        return Err(Refusal::new("too-far", what).instead("give a date that is nearer"));
    }
    Ok(Decision::Scrub { t0 })
}

/// Ends the hold that stands.
pub(super) fn end_hold(ctx: &ActContext<'_>, reason: &str) -> Result<Act, Refusal> {
    let plan = ctx.poll()?;
    ctx.may("not-final-call", "end a hold", std::slice::from_ref(&plan.final_call))?;
    let latest = eval_context::latest(ctx.history, ctx.context.now.wall);
    if ctx.history.standing_hold(ctx.launch, latest).is_none() {
        return Err(Refusal::new("not-held", "no HOLD decision stands"));
    }
    Ok(Act::HoldEnded { reason: said("reason", reason)? })
}

/// Whoever says GO has seen all of the board as it is.
fn whole_and_new(ctx: &ActContext<'_>, seen: Option<u64>) -> Result<(), Refusal> {
    ctx.fresh_board()?;
    if !ctx.board.scope.is_whole() {
        return Err(
            Refusal::new("not-on-board", "this board is narrowed").instead("look at the whole launch")
        );
    }
    not_old(ctx, seen)
}

fn not_old(ctx: &ActContext<'_>, seen: Option<u64>) -> Result<(), Refusal> {
    let newer = seen.map_or(0, |seen| ctx.history.len.saturating_sub(seen));
    if newer > 0 {
        return Err(Refusal::something_new(usize::try_from(newer).unwrap_or(usize::MAX)));
    }
    Ok(())
}

fn quorum(ctx: &ActContext<'_>) -> Result<(), Refusal> {
    let poll = ctx.board.roll_call.as_ref().filter(|poll| poll.open);
    let Some(poll) = poll else {
        return Err(Refusal::new("no-quorum", "no roll call is open")
            .instead("call the stations first: gonogo vote STATION --open …"));
    };
    if poll.is_quorate() {
        return Ok(());
    }
    let said = format!("{} of {} stations that must be heard have answered", poll.heard, poll.quorum);
    let refusal = Refusal::new("no-quorum", said);
    Err(match poll.next() {
        Some(next) => refusal.instead(format!("{} is called now", next.role)),
        None => refusal,
    })
}

/// What goes with a decision, checked; it holds all risks there are, and whoever says GO has been shown those that ask.
fn settled(
    ctx: &ActContext<'_>,
    decision: &Decision,
    terms: DecisionTerms,
) -> Result<DecisionTerms, Refusal> {
    for (what, many) in [("options", terms.considered.len()), ("conditions", terms.conditions.len())] {
        if many > MOST_CONDITIONS {
            return Err(Refusal::new("words-too-long", format!("{many} {what} are too many"))
                .instead(format!("keep to {MOST_CONDITIONS}")));
        }
    }
    let carries = matches!(decision, Decision::Go { .. } | Decision::NoGo { .. });
    if !terms.conditions.is_empty() && !carries {
        return Err(Refusal::new("no-conditions", format!("a {} carries no conditions", decision.word()))
            .instead("a HOLD waits for gates: --until-true qa/smoke"));
    }
    if decision.is_go() {
        answered(ctx, &terms)?;
    }
    let conditions = terms.conditions.into_iter().map(|it| condition(ctx, it)).collect::<Result<_, _>>()?;
    let considered = |it: Considered| {
        Ok(Considered { option: said("option", &it.option)?, tradeoff: said("trade-off", &it.tradeoff)? })
    };
    let considered = terms.considered.into_iter().map(considered).collect::<Result<_, Refusal>>()?;
    terms.review.map_or(Ok(()), |at| ahead(ctx, at))?;
    let there = ctx.board.risks.iter().filter(|it| it.is_there());
    let risks = there.map(super::super::RiskState::decided).collect();
    Ok(DecisionTerms { considered, conditions, risks, ..terms })
}

/// Nobody says GO without having been shown every risk that asks, as it is now (V23).
fn answered(ctx: &ActContext<'_>, terms: &DecisionTerms) -> Result<(), Refusal> {
    let told = |risk: &super::super::RiskState| {
        let now = risk.figures.digest();
        terms.risks.iter().any(|it| it.id == risk.id && it.of == now)
    };
    let mut asking = ctx.board.risks.iter().filter(|it| it.asks());
    let Some(risk) = asking.find(|it| !told(it)) else { return Ok(()) };
    let (id, said, what) = (&risk.id, risk.figures.said(), &risk.figures.what);
    Err(Refusal::new("risk-unanswered", format!("risk {id} asks: {said}: {what}")).instead(
        "whoever says GO is told of it first: open the form again, or repeat gonogo decide --go --reason …",
    ))
}

fn condition(ctx: &ActContext<'_>, it: Condition) -> Result<Condition, Refusal> {
    incident::known(ctx, &it.owner)?;
    if let Some(due) = &it.due {
        ahead(ctx, due.at)?;
    }
    if let Some(stage) = it.before.as_ref().filter(|id| ctx.launch.stage(id).is_none()) {
        return Err(Refusal::new("unknown-stage", format!("there is no stage `{stage}` in this launch")));
    }
    Ok(Condition { text: said("condition", &it.text)?, ..it })
}

fn ahead(ctx: &ActContext<'_>, at: chrono::DateTime<chrono::Utc>) -> Result<(), Refusal> {
    if at > eval_context::latest(ctx.history, ctx.context.now.wall) {
        return Ok(());
    }
    let at = format::moment(at, ctx.launch.schedule.zone);
    Err(Refusal::new("in-the-past", format!("{at} is over")).instead("give a moment in the future"))
}
