//! `gonogo vote`.

use super::{
    Exit,
    options::VoteArgs,
    output::print,
    sign::{act, recorded},
};
use gonogo_app::{ActPlanner, AppError, PlannedActs, Situation};
use gonogo_domain::{Board, Command, Party, Str, Vote};
use gonogo_text::clean;

/// Answers for a station, and says who is called next.
pub(super) fn run(args: VoteArgs) -> Result<Exit, AppError> {
    let vote = vote(&args);
    let (station, note) = (Party::from(args.station.as_str()), args.note.as_deref().map(Str::from));
    let (open, correct) = (args.open, args.correct);
    let plan: ActPlanner = Box::new(move |now| {
        let mut commands = Vec::new();
        let mut round = now.history.open_poll().map(|poll| poll.round);
        if round.is_none() && open {
            commands.push(Command::OpenRollCall);
            round = Some(now.history.roll_calls.last().map_or(1, |poll| poll.round.saturating_add(1)));
        }
        let corrects = if correct { Some(newest(now, &station)?) } else { None };
        // Without a round the rules say that none is open, and how to open one.
        commands.push(Command::Vote {
            round: round.unwrap_or_default(),
            station,
            vote,
            note,
            corrects,
            saw: None,
        });
        Ok(PlannedActs::new(commands))
    });
    let rehearsal = args.act.launch.rehearse;
    act(args.act, plan, |signed| print(&(recorded(signed, rehearsal) + &standing(&signed.board)), Exit::Go))
}

fn vote(args: &VoteArgs) -> Vote {
    if let Some(to) = &args.delegate {
        Vote::Delegate { to: Party::from(to.as_str()) }
    } else if args.go {
        Vote::Go
    } else if args.no_go {
        Vote::NoGo
    } else if args.abstain {
        Vote::Abstain
    } else {
        Vote::GoWithConditions { conditions: args.conditions.iter().map(|it| it.as_str().into()).collect() }
    }
}

/// The answer that a correction names.
fn newest(now: &Situation<'_>, station: &Party) -> Result<uuid::Uuid, AppError> {
    let newest = now.history.open_poll().and_then(|poll| poll.newest(station));
    newest.map(|it| it.id).ok_or_else(|| {
        AppError::NotConfirmed(format!("{station} has not answered this roll call; leave --correct out"))
    })
}

/// `2 of 3 heard; support is called now`.
fn standing(board: &Board) -> String {
    let Some(poll) = &board.roll_call else { return String::new() };
    let stations = poll.stations.len();
    let next = poll.next().map(|it| clean(it.role.as_str()).into_owned());
    let quorum = if poll.is_quorate() { ", quorum reached" } else { "" };
    let next = next.map_or_else(
        || format!("everybody has answered: {} makes the final call", clean(poll.final_call.as_str())),
        |next| format!("{next} is called now"),
    );
    let call = poll.next().and_then(|it| it.escalate_to.as_ref());
    let next =
        call.map_or_else(|| next.clone(), |to| format!("{next}, silent so far: call {}", clean(to.as_str())));
    format!("roll call {}: {} of {stations} answered{quorum}; {next}\n", poll.round, poll.heard)
}
