//! Signing a gate of people, and taking it back.

use std::collections::BTreeMap;

use super::{
    super::{
        About, Act, Ask, Gate, GateId, Kind, Party, SignOff, Str,
        evaluate::{
            eval_context,
            sign_off_validity::{self, Others},
        },
        format,
    },
    Refusal, answer,
    rights::{ActContext, maybe_said, said},
};

/// A go or a no-go. A no-go is taken even while needs are open or the commit is not known.
pub(super) fn sign(
    ctx: &ActContext<'_>,
    id: GateId,
    go: bool,
    role: Option<Party>,
    note: Option<Str>,
    answers: &BTreeMap<Str, Str>,
) -> Result<Act, Refusal> {
    let gate = ctx.applicable(&id)?;
    let ask = gate.ask().ok_or_else(|| answered_by_no_person(gate))?;
    let role = fitting(ctx, gate, ask, role)?;
    if go {
        may_go(ctx, gate, ask)?;
    }
    let answers = answer::check(ctx.launch, &ask.asks, ("this gate", go), answers)?;
    let note = maybe_said("note", note)?;
    if let Some(old) = standing_word(ctx, gate, ask, &role)
        && old.go == go
        && old.answers == answers
    {
        let word = if go { "go" } else { "no-go" };
        return Err(Refusal::new(
            "already-signed",
            format!("{} has already said {word} on {id}", ctx.context.actor.name),
        )
        .instead("nothing to do; withdraw it to take it back"));
    }
    Ok(Act::SignedOff { gate: id, digest: gate.digest.clone(), go, role, note, answers })
}

fn answered_by_no_person(gate: &Gate) -> Refusal {
    let by = match gate.kind {
        Kind::All | Kind::OneOf => "what is inside it",
        Kind::Timer { .. } => "the clock",
        _ => gate.source(),
    };
    Refusal::new("not-a-people-gate", format!("{} is answered by {by}, not by people", gate.id))
        .instead("resolve what it says, or request a waiver")
}

/// The role in which the actor answers.
fn fitting(ctx: &ActContext<'_>, gate: &Gate, ask: &Ask, role: Option<Party>) -> Result<Party, Refusal> {
    // Whoever names the role that they speak for has chosen it.
    let mut own = ctx.speaks_as(&ask.by, ctx.context.by_name || role.is_some());
    // Whoever holds one of the roles is not asked whether they speak as a fallback for another.
    if role.is_none() && own.iter().any(|role| ctx.stands_in(role).is_none()) {
        own.retain(|role| ctx.stands_in(role).is_none());
    }
    if let Some(role) = &role
        && !ask.by.contains(role)
    {
        return Err(Refusal::new("role-not-asked", format!("{} does not ask {role}", gate.id))
            .instead(format!("it asks {}", format::list(&ask.by))));
    }
    if own.is_empty() && role.is_none() {
        ctx.stands_in_unasked(ask.by.iter()).map_or(Ok(()), Err)?;
    }
    match (role, own.as_slice()) {
        (Some(role), own) if own.contains(&&role) => Ok(role),
        (None, [only]) => Ok((*only).clone()),
        (None, [_, _, ..]) => {
            Err(Refusal::new("which-role", format!("you speak for {}", format::list(&own)))
                .instead("say in which role: --role …"))
        }
        _ => Err(not_asked(ctx, gate, ask)),
    }
}

/// Whoever signs holds none of the roles that are asked, or is nobody whom the files name.
fn not_asked(ctx: &ActContext<'_>, gate: &Gate, ask: &Ask) -> Refusal {
    let (asked, name) = (format::list(&ask.by), &ctx.context.actor.name);
    let why = format!("{} asks {asked}, and {name} does not speak for {asked}", gate.id);
    let next = if ctx.launch.people.contains_key(name) {
        format!("ask {asked}")
    } else {
        format!("ask {asked}, or add {name} to the `people` and `roles` of the launch")
    };
    Refusal::new("not-your-role", why).instead(next)
}

/// What a go asks for beyond a no-go.
fn may_go(ctx: &ActContext<'_>, gate: &Gate, ask: &Ask) -> Result<(), Refusal> {
    ctx.fresh_board()?;
    let Some(shown) = ctx.board.gate(&gate.id) else {
        return Err(Refusal::new("not-on-board", format!("{} is not on this narrowed board", gate.id))
            .instead("look at the whole launch"));
    };
    if !shown.waits_for.is_empty() {
        return Err(Refusal::new(
            "open-needs",
            format!("{} waits for {}", gate.id, format::list(&shown.waits_for)),
        )
        .instead(format!("resolve {} first", shown.waits_for[0])));
    }
    let zone = ctx.launch.schedule.zone;
    if let Some(end) = gate.not_before.iter().map(|moment| moment.at).find(|at| *at > ctx.context.now.wall) {
        return Err(Refusal::new(
            "embargo",
            format!("{} is not before {}", gate.id, format::moment(end, zone)),
        ));
    }
    let commit = ctx.board.commit.as_ref();
    let others = Others::of(ctx.launch, ctx.history, ask);
    if let Some(why) = others.heard(ctx.launch, ctx.context.spoken(), commit) {
        return Err(Refusal::new("second-person", format!("{} asks for another person: {why}", gate.id))
            .instead(format!("ask somebody else of {}", format::list(&ask.by))));
    }
    if ask.about == About::Commit && commit.is_none() {
        return Err(Refusal::new("commit-unknown", "it would be about a commit that is not known now")
            .instead("repeat it once the commit of the target is known"));
    }
    Ok(())
}

/// The actor's newest word in that role, if it stands as far as the actor is concerned.
fn standing_word<'a>(ctx: &ActContext<'a>, gate: &Gate, ask: &Ask, role: &Party) -> Option<&'a SignOff> {
    let all = ctx.history.sign_offs.get(&gate.id)?;
    let me = &ctx.context.actor;
    let own = |given: &&SignOff| given.actor.is_same(me) && given.role == *role;
    let given = all.iter().rev().find(own)?;
    let same = match ask.about {
        About::Commit => given.commit == ctx.board.commit,
        About::Version => given.version == eval_context::version(ctx.launch, ctx.history),
        About::Launch => true,
    };
    let now = eval_context::latest(ctx.history, ctx.context.now.wall);
    let over = sign_off_validity::ends(ctx.launch, gate, ask, given).is_some_and(|end| end <= now);
    // A word that somebody else wrote down, or a claimed name where names must be checked, may be said again: by
    // themselves it is more.
    let more = given.spoken().recorder.is_some() && ctx.context.spoken().recorder.is_none();
    let known = !more && given.spoken().doubt(ctx.launch).is_none();
    let void = sign_off_validity::void_by_files(ctx.launch, ctx.history, gate, given).is_some();
    (!void && given.withdrawn.is_none() && same && !over && known).then_some(given)
}

/// Taking one's own word back.
pub(super) fn withdraw(ctx: &ActContext<'_>, id: GateId, reason: &str) -> Result<Act, Refusal> {
    ctx.gate(&id)?;
    let reason = said("reason", reason)?;
    let name = &ctx.context.actor.name;
    let own = |given: &SignOff| {
        given.actor.is_same(&ctx.context.actor) && sign_off_validity::taken_back(ctx.launch, given).is_none()
    };
    if !ctx.history.sign_offs.get(&id).is_some_and(|all| all.iter().rev().any(own)) {
        return Err(Refusal::new(
            "nothing-to-withdraw",
            format!("{name} has said nothing on {id} that stands"),
        )
        .instead("only the giver can take a word back"));
    }
    Ok(Act::Withdrawn { gate: id, reason })
}
