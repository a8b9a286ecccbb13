//! The go/no-go meeting: looking at stations, answering for them, the final call, answers that wait for the journal.

use crate::{
    ActResult, Action, Effect, Model, Notice, Request,
    model::{Call, Draft, Form, OpenAct, Say, Seat, Shown, Subject},
};
use gonogo_domain::{BoardWord, Command, Party, RollCallState, StationState};

/// Carries `action` out if it is one of the meeting's; `None` if it is not.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Correct => {
            correct(model);
            return Some(Vec::new());
        }
        Action::NextSeat => {
            look(model, Seat::Called);
            return Some(Vec::new());
        }
        Action::SendDrafts => return Some(send_drafts(model)),
        Action::WriteMinutes => return Some(minutes(model)),
        _ => match form(model, action, &Subject::Chosen)? {
            Ok(form) => model.form = Some(form),
            Err(why) => model.tell(why),
        },
    }
    Some(Vec::new())
}

/// The form of an act of the meeting, or why there is none; `None`: it is no such act.
pub(super) fn form(model: &Model, action: Action, target: &Subject) -> Option<Result<Form, Notice>> {
    Some(match action {
        Action::Go | Action::NoGo | Action::Conditions | Action::Abstain | Action::Delegate => match target {
            Subject::Station(role) => match model.poll().and_then(|poll| Some((poll, poll.station(role)?))) {
                Some((poll, station)) => vote(model, poll, station, action),
                None => Err(Notice::bad(format!("{role} is no station of the roll call"))),
            },
            _ => answer(model, action),
        },
        Action::OpenRound => open_round(model),
        Action::CallHold => call(model, Call::Hold),
        Action::CallScrub => call(model, Call::Scrub),
        Action::EndHold => end_hold(model),
        Action::DropDraft => drop_draft(model),
        _ => return None,
    })
}

/// Looks elsewhere. What was typed and not recorded stays where it is.
fn look(model: &mut Model, seat: Seat) {
    model.meeting.correcting = false;
    model.meeting.seat = seat;
}

/// Looks at a station, or at the final call.
pub(crate) fn look_at(model: &mut Model, role: Option<Party>) {
    let called = |role: &Party| model.called().is_some_and(|called| called.role == *role);
    let seat = match role {
        Some(role) if called(&role) => Seat::Called,
        Some(role) => Seat::Station(role),
        None => Seat::FinalCall,
    };
    look(model, seat);
}

/// To another station, up or down the order; the final call stands at its end.
pub(super) fn step(model: &mut Model, action: Action) {
    let Some(poll) = model.poll() else { return };
    let last = poll.stations.len();
    let place = |role: &Party| poll.stations.iter().position(|it| it.role == *role);
    let here = match model.shown() {
        Shown::Station(_, station) => place(&station.role).unwrap_or_default(),
        Shown::FinalCall(_) => last,
        _ => usize::from(action == Action::Up) * last,
    };
    let there = match action {
        Action::Up => here.saturating_sub(1),
        Action::Down => (here + 1).min(last),
        Action::First => 0,
        Action::Last => last,
        _ => return,
    };
    let seat = match poll.stations.get(there) {
        Some(station) if model.called().is_some_and(|called| called.role == station.role) => Seat::Called,
        Some(station) => Seat::Station(station.role.clone()),
        None => Seat::FinalCall,
    };
    look(model, seat);
}

fn answer(model: &Model, action: Action) -> Result<Form, Notice> {
    match model.shown() {
        Shown::Station(poll, station) => vote(model, poll, station, action),
        Shown::FinalCall(_) => match action {
            Action::Go if model.board.evidence == BoardWord::Go => call(model, Call::Go),
            Action::Go => call(model, Call::Override),
            Action::NoGo => call(model, Call::NoGo),
            _ => {
                let keys =
                    [Action::Go, Action::NoGo, Action::CallHold].map(|it| model.keymap.said(it)).join(", ");
                let last = model.keymap.said(Action::CallScrub);
                Err(Notice::bad(format!("all are heard: {keys} or {last} makes the final call")))
            }
        },
        Shown::Nothing => Err(Notice::bad("this launch plans no roll call: add `roll_call` to launch.yaml")),
        Shown::Before(_) | Shown::Outcome(..) => Err(not_open(model)),
    }
}

fn not_open(model: &Model) -> Notice {
    Notice::bad(format!("no roll call is open: {} opens one", model.keymap.said(Action::OpenRound)))
}

fn vote(model: &Model, poll: &RollCallState, station: &StationState, action: Action) -> Result<Form, Notice> {
    if model.only_drafts_because().is_none() || model.me.is_none() {
        may_act(model)?;
    }
    if !poll.open {
        return Err(not_open(model));
    }
    if let Some(act) = model.acts.of_station(&station.role) {
        return Err(Notice::bad(format!("{} is still being recorded", act.what)));
    }
    let drafted = model.draft_of(&station.role).is_some();
    let correct = model.meeting.correcting;
    if (station.heard || station.passed_over) && !correct {
        let word = station.vote.as_ref().map_or("", |vote| vote.word());
        let key = model.keymap.said(Action::Correct);
        return Err(Notice::bad(format!("{} has answered: {word}; {key} corrects it", station.title)));
    }
    let called = model.called().filter(|called| called.role != station.role && !drafted && !correct);
    if let Some(called) = called {
        return Err(Notice::bad(format!(
            "{} is called now, not {}; {} goes there",
            called.title,
            station.title,
            model.keymap.said(Action::NextSeat)
        )));
    }
    let say = match action {
        Action::Go => Say::Go,
        Action::NoGo => Say::NoGo,
        Action::Conditions => Say::Conditions,
        Action::Abstain => Say::Abstain,
        _ => Say::Delegate,
    };
    Ok(Form::vote(model, poll, station, say, correct))
}

fn may_act(model: &Model) -> Result<(), Notice> {
    model.no_acts_because().map_or(Ok(()), Err)
}

fn open_round(model: &Model) -> Result<Form, Notice> {
    may_act(model)?;
    let poll = model
        .poll()
        .ok_or_else(|| Notice::bad("this launch plans no roll call: add `roll_call` to launch.yaml"))?;
    settled(model)?;
    if poll.open {
        return Err(Notice::bad(format!("roll call {} is open", poll.round)));
    }
    if model.held() {
        let key = model.keymap.said(Action::EndHold);
        return Err(Notice::bad(format!("the launch is on HOLD: {key} ends the hold first")));
    }
    Ok(Form::open_round(model, poll))
}

/// Nothing that was said is still on its way, or waits as a draft.
fn settled(model: &Model) -> Result<(), Notice> {
    if let Some(act) = model.acts.of_meeting() {
        return Err(Notice::bad(format!("{} is still being recorded", act.what)));
    }
    match model.meeting.drafts.len() {
        0 => Ok(()),
        1 => Err(Notice::bad("1 answer is NOT RECORDED: record or drop it first")),
        n => Err(Notice::bad(format!("{n} answers are NOT RECORDED: record or drop them first"))),
    }
}

fn call(model: &Model, call: Call) -> Result<Form, Notice> {
    may_act(model)?;
    let poll = model
        .poll()
        .ok_or_else(|| Notice::bad("this launch plans no roll call: add `roll_call` to launch.yaml"))?;
    // Stopping waits for nobody.
    if !matches!(call, Call::Hold | Call::Scrub) {
        settled(model)?;
        if !poll.open {
            return Err(not_open(model));
        }
        if !poll.is_quorate() {
            let next = poll.next().map(|next| format!("; {} is called now", next.title)).unwrap_or_default();
            return Err(Notice::bad(format!(
                "{} of {} that must be heard have answered{next}",
                poll.heard, poll.quorum
            )));
        }
    }
    Ok(Form::decide(model, poll, call))
}

fn end_hold(model: &Model) -> Result<Form, Notice> {
    may_act(model)?;
    let poll = model.poll().ok_or_else(|| Notice::bad("this launch plans no roll call"))?;
    if !model.held() {
        return Err(Notice::bad("no HOLD decision stands"));
    }
    settled(model)?;
    Ok(Form::end_hold(model, poll))
}

/// The station that is looked at, if it has an answer that can be corrected.
fn correctable(model: &Model) -> Option<&StationState> {
    let open = model.poll().is_some_and(|poll| poll.open);
    model.seated().filter(|it| it.vote_id.is_some() && open)
}

fn correct(model: &mut Model) {
    let notice = match correctable(model) {
        Some(it) => {
            let was = it.vote.as_ref().map_or("", |vote| vote.word());
            let all = [Action::Go, Action::NoGo, Action::Conditions, Action::Abstain];
            let keys = all.map(|it| model.keymap.said(it)).join(", ");
            let last = model.keymap.said(Action::Delegate);
            Notice::plain(format!("{} said {was}. Corrected to: {keys} or {last}", it.title))
        }
        None => {
            model.meeting.correcting = false;
            let why = refusal(model, Action::Correct);
            return why.into_iter().for_each(|why| model.tell(why));
        }
    };
    model.meeting.correcting = true;
    model.tell(notice);
}

fn drop_draft(model: &Model) -> Result<Form, Notice> {
    let draft = model.seated().and_then(|station| model.draft_of(&station.role));
    draft.map(Form::drop_draft).ok_or_else(|| Notice::bad("there is no draft here"))
}

/// Throws away what the form named, once its word was typed.
pub(super) fn dropped(model: &mut Model, station: &Party) {
    model.meeting.drafts.retain(|draft| draft.station != *station);
    model.tell(Notice::plain("the draft was dropped; nothing was recorded"));
}

/// Why an act of the meeting that opens no form cannot be done now.
pub(super) fn refusal(model: &Model, action: Action) -> Option<Notice> {
    let why = match action {
        Action::WriteMinutes if model.looks_back() => {
            "this is the past: Esc goes back to now, where the minutes are written"
        }
        Action::WriteMinutes if model.board.decision.is_none() => {
            "nothing was decided yet: there are no minutes to write"
        }
        Action::SendDrafts if model.meeting.drafts.is_empty() => "there is no draft to record",
        Action::SendDrafts => return model.no_acts_because(),
        Action::Correct if correctable(model).is_none() => {
            "there is no answer here to correct: look at its station"
        }
        _ => return None,
    };
    Some(Notice::bad(why))
}

fn minutes(model: &mut Model) -> Vec<Effect> {
    if let Some(why) = refusal(model, Action::WriteMinutes) {
        model.tell(why);
        return Vec::new();
    }
    vec![Effect::Ask(Request::Minutes)]
}

/// Takes all drafts to the journal, in the order of the poll. Each is decided on what is true then.
fn send_drafts(model: &mut Model) -> Vec<Effect> {
    if let Some(why) = refusal(model, Action::SendDrafts) {
        model.tell(why);
        return Vec::new();
    }
    let mut drafts = std::mem::take(&mut model.meeting.drafts);
    let order = |draft: &Draft| {
        let stations = model.poll().map(|poll| poll.stations.as_slice()).unwrap_or_default();
        stations.iter().position(|it| it.role == draft.station)
    };
    drafts.sort_by_key(order);
    drafts.into_iter().map(|draft| send(model, draft.command, draft.form, true)).collect()
}

/// Asks for an act and remembers it until the journal answers.
pub(super) fn send(model: &mut Model, command: Command, form: Form, drafted: bool) -> Effect {
    let other = |by: &&Party| model.me.as_ref().is_some_and(|me| me.name != **by);
    let by = form.speaker().filter(|by| form.is_by_fallback() || other(by)).cloned();
    if let Command::Vote { station, .. } = &command {
        model.meeting.drafts.retain(|draft| draft.station != *station);
        look(model, Seat::Called);
    }
    if let Command::OpenRollCall | Command::Decide { .. } | Command::EndHold { .. } = &command {
        look(model, Seat::Called);
    }
    let ticket = model.acts.book(&command, form, drafted);
    Effect::Ask(match by {
        Some(by) => Request::ActFor(ticket, by, command),
        None => Request::Act(ticket, command),
    })
}

/// Keeps an answer that the journal does not take now. It replaces an earlier draft of the same station.
pub(super) fn keep(model: &mut Model, mut command: Command, mut form: Form, why: String) {
    let what = crate::model::describe(&command);
    let Command::Vote { station, saw, .. } = &mut command else { return };
    // Whoever records the draft later has the screen of then before them.
    *saw = saw.and_then(|_| model.poll()?.station(station)?.computed);
    let station = station.clone();
    form.error = None;
    model.meeting.drafts.retain(|draft| draft.station != station);
    model.meeting.drafts.push(Draft { station, command, what, form, why });
    look(model, Seat::Called);
}

/// An answer came back from the journal without being recorded. It is kept, unless it was refused as it was typed:
/// then its form comes back. Whether it was kept is the answer.
pub(super) fn came_back(model: &mut Model, act: &OpenAct, result: &ActResult, why: &str) -> bool {
    let refused = matches!(result, ActResult::Refused(_));
    match &act.vote {
        Some(vote) if !refused || act.drafted => {
            keep(model, vote.clone(), act.form.clone(), why.to_owned());
            true
        }
        _ => false,
    }
}
