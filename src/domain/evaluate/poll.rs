//! The go/no-go poll as the board shows it. Votes are shown beside the verdicts and never change one.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    super::{
        Answered, Ballot, BoardWord, ChecklistId, Delegation, GateState, Party, RollCall, RollCallPlan,
        RollCallState, Score, Station, StationState, Str, Verdict, Vote, format,
    },
    eval_context::EvalContext,
    fold,
};

/// A station that is called and says nothing for so long is silent.
const SILENCE: Duration = Duration::from_secs(5 * 60);

/// The poll, if the launch plans one. `gates` are those of the whole launch, also on a narrowed board.
pub(super) fn state(frame: &EvalContext<'_>, gates: &[GateState]) -> Option<RollCallState> {
    let plan = frame.launch.roll_call.as_ref()?;
    let newest = frame.history.roll_calls.last();
    let open = frame.history.open_poll().is_some();
    let mut stations: Vec<_> = plan
        .order()
        .into_iter()
        .map(|(station, depth)| shown(frame, gates, plan, newest, station, depth))
        .collect();
    let next = stations.iter().position(|it| !it.heard && !it.passed_over).filter(|_| open);
    if let Some(next) = next {
        stations[next].is_next = true;
        let silent = newest.map(silent_from).is_some_and(|from| from <= frame.now.wall);
        let asked = std::slice::from_ref(&stations[next].role);
        stations[next].escalate_to = frame.launch.escalation(asked).into_iter().next().filter(|_| silent);
    }
    let heard = stations.iter().filter(|it| it.heard).count();
    Some(RollCallState {
        round: newest.map_or(0, |poll| poll.round),
        opened_at: newest.map(|poll| poll.opened_at),
        planned: plan.at.as_ref().map(|moment| moment.at),
        open,
        heard: u32::try_from(heard).unwrap_or(u32::MAX),
        quorum: plan.must_hear(),
        complete: newest.is_some() && stations.iter().all(|it| it.heard || it.passed_over),
        final_call: plan.final_call.clone(),
        options: plan.options.clone(),
        stations,
    })
}

/// From when on the station that is called counts as silent.
pub(super) fn silent_from(poll: &RollCall) -> DateTime<Utc> {
    let last = poll.ballots.last().map_or(poll.opened_at, |given| given.at);
    format::later(last, SILENCE)
}

fn shown(
    frame: &EvalContext<'_>,
    gates: &[GateState],
    plan: &RollCallPlan,
    poll: Option<&RollCall>,
    station: &Station,
    depth: u8,
) -> StationState {
    let launch = frame.launch;
    let score = fold::score(gates.iter().filter(|gate| answers_for(station, gate)));
    let computed = !station.checklists.is_empty();
    let mut it = StationState {
        role: station.role.clone(),
        title: launch.title_of(&station.role),
        depth,
        vote: None,
        by: None,
        recorder: None,
        note: None,
        at: None,
        vote_id: None,
        corrected: 0,
        earlier: Vec::new(),
        void: None,
        delegated: None,
        heard: false,
        objects: false,
        passed_over: false,
        computed: computed.then(|| word(frame, score)),
        proposes: station.computed,
        open: if computed { open(gates, station) } else { Vec::new() },
        score,
        is_next: false,
        stands_in: None,
        escalate_to: None,
        can_answer: launch.speakers(&station.role),
    };
    if let Some(poll) = poll {
        answer(frame, &mut it, poll, plan);
    }
    it
}

/// What was said for the station in this round, and whether it stands.
fn answer(frame: &EvalContext<'_>, it: &mut StationState, poll: &RollCall, plan: &RollCallPlan) {
    let role = &it.role.clone();
    let Answered { ballot, delegation } = poll.answered(role);
    it.vote_id = poll.newest(&it.role).map(|newest| newest.id);
    it.corrected = poll.corrections(&it.role);
    it.earlier = poll.earlier(&it.role);
    let lost = delegation.and_then(|given| undelegated(frame, role, given));
    if let Some(given) = delegation.filter(|_| lost.is_none())
        && let Vote::Delegate { to } = &given.vote
    {
        it.delegated = Some(Delegation { by: given.actor.name.clone(), to: to.clone() });
        it.can_answer = frame.launch.speakers(to);
    }
    let ballot = proven(frame, poll, ballot.or(delegation)).or(ballot);
    let Some(given) = ballot.or(delegation) else { return };
    it.vote = Some(given.vote.clone());
    it.by = Some(given.actor.clone());
    it.recorder = given.spoken().recorder.cloned();
    it.stands_in.clone_from(&given.stands_in);
    it.note.clone_from(&given.note);
    it.at = Some(given.at);
    if ballot.is_none() {
        it.void = lost;
        return;
    }
    let other = given.void(frame.own_target().last);
    it.objects = other.is_none() && given.vote == Vote::NoGo;
    let void = other.or_else(|| given.spoken().doubt(frame.launch));
    it.void = void.or_else(|| gone(frame, it, given, plan));
    // An abstention in somebody else's name is how the final call's holder goes on without a station.
    it.passed_over = it.void.is_none() && given.passes_over;
    it.heard = it.void.is_none() && !it.passed_over;
    it.objects &= !it.heard;
}

/// The answer that is hidden by a newer one, where that is unverified and names must be checked: a claim takes no proven word
/// away. A no-go needs no checked name: a claimed one hides a go, and the station is called again.
fn proven<'a>(frame: &EvalContext<'_>, poll: &'a RollCall, newest: Option<&Ballot>) -> Option<&'a Ballot> {
    let doubted = |it: &Ballot| it.spoken().doubt(frame.launch).is_some();
    let newest = newest.filter(|it| doubted(it))?;
    let answers = |it: &&Ballot| it.station == newest.station && !matches!(it.vote, Vote::Delegate { .. });
    let older = poll.ballots.iter().rev().filter(answers).find(|it| !doubted(it))?;
    (newest.vote != Vote::NoGo || older.vote == Vote::NoGo).then_some(older)
}

/// Why a delegation does not stand: then the station is called itself.
fn undelegated(frame: &EvalContext<'_>, role: &Party, given: &Ballot) -> Option<Str> {
    let Vote::Delegate { to } = &given.vote else { return None };
    let (launch, who) = (frame.launch, frame.launch.who(&given.actor));
    if !launch.may_still(given.spoken(), std::slice::from_ref(role)) {
        return Some(format!("{who}, who left it to {to}, does not speak for {role} any more").into());
    }
    let here = frame.launch.people.contains_key(to) || frame.launch.roles.contains_key(to);
    let left = || Some(format!("{to}, to whom it was left, is nobody of this launch any more").into());
    given.spoken().doubt(frame.launch).or_else(|| if here { None } else { left() })
}

/// Why an answer does not count: the files no longer name its giver for the station.
fn gone(frame: &EvalContext<'_>, it: &StationState, given: &Ballot, plan: &RollCallPlan) -> Option<Str> {
    let (launch, who) = (frame.launch, frame.launch.who(&given.actor));
    let delegate = it.delegated.as_ref().map(|given| &given.to);
    let call = Some(&plan.final_call).filter(|_| given.vote == Vote::Abstain);
    let may: Vec<Party> = std::iter::once(&it.role).chain(delegate).chain(call).cloned().collect();
    (!launch.may_still(given.spoken(), &may))
        .then(|| format!("{who} does not speak for {} any more, by the launch's files", it.role).into())
}

fn answers_for(station: &Station, gate: &GateState) -> bool {
    station.checklists.iter().any(|list: &ChecklistId| list.as_str() == gate.id.checklist())
}

/// What the gates of a station say together, by the rules of the whole board.
fn word(frame: &EvalContext<'_>, score: Score) -> BoardWord {
    let open = score.unknown + score.pending > 0 || score.go == 0 || frame.history.broken.is_some();
    match (score.no_go, open) {
        (0, false) => BoardWord::Go,
        (0, true) => BoardWord::Hold,
        _ if frame.history.broken.is_some() => BoardWord::Hold,
        _ => BoardWord::NoGo,
    }
}

/// Open and waived gates, worst first.
fn open(gates: &[GateState], station: &Station) -> Vec<Str> {
    let risk = |gate: &&GateState| {
        let counts = gate.counted && (gate.verdict.blocks() || gate.verdict == Verdict::Waived);
        counts && answers_for(station, gate)
    };
    let mut open: Vec<_> = gates.iter().filter(risk).collect();
    open.sort_by_key(|gate| std::cmp::Reverse(gate.verdict));
    open.into_iter().map(|gate| format!("{} is {}: {}", gate.id, gate.verdict, gate.reason).into()).collect()
}
