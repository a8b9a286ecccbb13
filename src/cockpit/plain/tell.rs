//! Answers to questions.

use crate::{
    Action, Model,
    view::{gate_facts, phase_word, source_in_a_line, time_to_decide},
    when::moment,
};
use gonogo_domain::{Directory, Flip, GateState, MessageState, Now, Party, Verdict};

/// The answer with what is open, worst first.
pub(super) fn status(model: &Model, now: Now) -> Vec<String> {
    let board = &model.board;
    let score = &board.score;
    let commit = board.commit.as_ref().map(|oid| format!(" at {}", oid.short())).unwrap_or_default();
    let ribbon = model.ribbon().map(|it| format!("{it}: ")).unwrap_or_default();
    let waived = if score.waived > 0 { format!(" + {} waived", score.waived) } else { String::new() };
    let time = crate::view::clocks(board, now.wall);
    let mut lines = vec![format!(
        "{ribbon}{}  {} {}{commit}, {}: {} go{waived} of {} blocking gates",
        model.word_in_full(),
        board.title,
        board.version,
        time.t,
        score.go,
        score.of
    )];
    lines.extend(model.evidence());
    lines.extend(board.lowered.iter().map(|it| it.reason.to_string()));
    let open = model.index.blockers().iter().filter_map(|at| board.gates.get(*at));
    lines.extend(open.map(line));
    lines
}

fn line(gate: &GateState) -> String {
    let stale = if gate.stale { ", stale" } else { "" };
    let late = if gate.overdue { ", overdue" } else { "" };
    format!("  {}{stale}{late}  {}  {}: {}", gate.verdict.word(), gate.id, gate.title, gate.reason)
}

/// Every gate, in the order of the files.
pub(super) fn all(model: &Model) -> Vec<String> {
    model.board.gates.iter().map(line).collect()
}

/// What must happen before GO, in order.
pub(super) fn path(model: &Model, now: Now) -> Vec<String> {
    let path = &model.board.path;
    let zone = model.launch.schedule.zone;
    let mut lines = Vec::new();
    match path.not_before.filter(|at| *at > now.wall) {
        Some(at) => lines.push(format!("GO is possible at {} at the earliest", moment(at, now.wall, zone))),
        None if path.steps.is_empty() => lines.push("nothing stands in the way".to_owned()),
        None => lines.push("GO is possible as soon as these are done".to_owned()),
    }
    for (n, step) in (1..).zip(&path.steps) {
        let warning = step.warning.as_ref().map(|it| format!("; plan: {it}")).unwrap_or_default();
        let who: Vec<_> = step.who.iter().map(Party::as_str).collect();
        let who = if who.is_empty() { String::new() } else { format!(" ({})", who.join(", ")) };
        lines.push(format!("  {n}. {}: {}{who}{warning}", step.name(), step.does));
    }
    lines
}

/// One gate in full.
pub(super) fn gate(model: &Model, gate: &GateState, now: Now) -> Vec<String> {
    let flip = |flip: &Flip| {
        let from = flip.from.map_or("new", Verdict::word);
        format!("{from} -> {}: {}", flip.to.word(), flip.reason)
    };
    let facts = gate_facts(model, gate, now, &flip);
    let facts = facts.into_iter().map(|it| format!("  {}: {}", it.name, it.text));
    [line(gate)].into_iter().chain(facts).collect()
}

/// How the sources are doing.
pub(super) fn sources(model: &Model, now: Now) -> Vec<String> {
    let lines: Vec<_> =
        model.sources.iter().map(|it| format!("  {}", source_in_a_line(model, it, now))).collect();
    if lines.is_empty() { vec!["no sources: people answer every gate".to_owned()] } else { lines }
}

/// What is wrong with the files.
pub(super) fn faults(model: &Model) -> Vec<String> {
    match &model.faults {
        Some(faults) => gonogo_text::clean_block(&faults.told).lines().map(str::to_owned).collect(),
        None => vec!["the files that are open can be used".to_owned()],
    }
}

/// What calls for the rollback, where it is, and its steps.
pub(super) fn rollback(model: &Model, now: Now) -> Vec<String> {
    let zone = model.launch.schedule.zone;
    let at = |at| moment(at, now.wall, zone);
    let Some(state) = &model.board.rollback else {
        let word = model.keymap.said(Action::StartRollback);
        return vec![format!("this launch plans no rollback; {word} starts one all the same")];
    };
    let who: Vec<_> = state.who.iter().map(Party::as_str).collect();
    let mut lines = vec![format!("{}; {} may start and end it", phase_word(state), who.join(", "))];
    lines.extend(state.called.as_ref().map(|call| {
        format!("  called for by {} of {}, breached {}", call.guardrail, call.stage, at(call.since))
    }));
    lines.extend(time_to_decide(model, now).map(|it| format!("  {it}")));
    for step in &state.steps {
        let who = step.plan.owner.as_ref().map_or("nobody", Party::as_str);
        let due = step.due.map(|due| {
            let word = if step.overdue { "OVERDUE since" } else { "due" };
            format!(", {word} {}", at(due))
        });
        let by = step.voice.as_ref().map(|it| format!(", {} {}", it.spoken().named(), at(it.at)));
        let note = step.note.as_ref().map(|note| format!(": {note}"));
        let more = [due, by, note].into_iter().flatten().collect::<String>();
        lines.push(format!("  {} {}: {} ({who}){more}", step.status.word(), step.plan.id, step.plan.title));
        lines.extend(step.plan.by_hand.as_ref().map(|it| format!("    by hand: {it}")));
        lines.extend(step.plan.notes.as_ref().map(|it| format!("    notes: {it}")));
    }
    lines
}

/// The stages of the rollout.
pub(super) fn stages(model: &Model) -> Vec<String> {
    let line = |it: &gonogo_domain::StageState| {
        let waits = if it.waits_for.is_empty() {
            String::new()
        } else {
            format!(", waits for {}", it.waits_for.join(", "))
        };
        format!("  {}, {}: {}{waits}", it.id, it.audience, it.status.word())
    };
    let lines: Vec<_> = model.board.stages.iter().map(line).collect();
    if lines.is_empty() { vec!["this launch has no rollout stages".to_owned()] } else { lines }
}

/// The incident: where it stands, when the next update is due, its log.
pub(super) fn incident(model: &Model, now: Now) -> Vec<String> {
    let Some(state) = &model.board.incident else { return vec!["no incident was opened".to_owned()] };
    let zone = model.launch.schedule.zone;
    let at = |at| moment(at, now.wall, zone);
    let rollout = match (&state.goes_on, state.is_running()) {
        (_, false) => String::new(),
        (None, true) => "; the rollout waits".to_owned(),
        (Some(word), true) => format!("; the rollout goes on by {}", word.voice.spoken().named()),
    };
    let mut lines = vec![format!(
        "{} {}, led by {}: {}{rollout}",
        state.name(),
        state.phase.word(),
        state.lead,
        state.title
    )];
    lines.extend(state.update.map(|it| {
        let said = if it.at <= now.wall { "update OVERDUE since" } else { "next update by" };
        format!("  {said} {}", at(it.at))
    }));
    lines.extend(state.log.iter().map(|line| {
        let (kind, by) = (line.kind.word(), line.voice.spoken().named());
        format!("  {} {kind}, {by}: {}", at(line.voice.at), line.text)
    }));
    if state.is_running() {
        lines.push(format!("  draft of the next update: {}", state.draft(now.wall, &model.launch)));
    }
    lines
}

/// The readiness review: what was recorded about each item.
pub(super) fn readiness(model: &Model, now: Now) -> Vec<String> {
    let zone = model.launch.schedule.zone;
    let mut lines = vec![format!("readiness: {}", model.readiness().tally.describe())];
    lines.extend(model.readiness_items().iter().map(|item| {
        let asked: Vec<_> = item.asked.iter().map(Party::as_str).collect();
        let said = item.word.as_ref().map(|word| {
            let more: String = word.more().map(|more| format!("; {more}")).collect();
            let when = format!(" {}", moment(word.voice.at, now.wall, zone));
            let by = word.by.map(|at| format!(", by {}", moment(at, now.wall, zone))).unwrap_or_default();
            format!("{by}, {}{more}", word.by_whom(&when))
        });
        let said = said.unwrap_or_default();
        format!("  {}  {} ({}){said}", item.standing.word(), item.gate, asked.join(", "))
    }));
    lines
}

/// Who is on call, who answers for what, and where nobody is.
pub(super) fn who(model: &Model, now: Now) -> Vec<String> {
    let who = Directory::of(&model.launch, &model.board);
    let zone = model.launch.schedule.zone;
    let named = |all: &[Party]| all.iter().map(Party::as_str).collect::<Vec<_>>().join(", ");
    let mut lines: Vec<_> = who.gaps.iter().map(|it| format!("GAP: {}", it.text)).collect();
    lines.extend(who.on_call.iter().map(|it| {
        let from = if it.now { "now".to_owned() } else { moment(it.from, now.wall, zone) };
        format!(
            "on call: {} ({}), {from} until {}",
            it.role,
            named(&it.holders),
            moment(it.until, now.wall, zone)
        )
    }));
    lines.extend(who.areas.iter().map(|it| {
        let does = it.responsible.as_ref().map_or("NOBODY", |it| it.as_str());
        format!("{}: responsible {does}, accountable {}", it.title, named(&it.accountable))
    }));
    lines.extend(who.roles.iter().map(|it| {
        let held = if it.vacant { "NOBODY".to_owned() } else { named(&it.holders) };
        let then =
            if it.then.is_empty() { String::new() } else { format!("; if silent: {}", named(&it.then)) };
        format!("{}: {held}{then}", it.role)
    }));
    lines.extend(who.to_do.iter().map(|it| format!("to do: {}: {}: {}", it.who, it.about, it.does)));
    lines
}

/// The risks that are there.
pub(super) fn risks(model: &Model) -> Vec<String> {
    let there = model.board.risks_worst_first().into_iter().filter(|it| it.is_there());
    let lines: Vec<_> = there
        .map(|it| {
            format!(
                "  {} {}: {} ({}; {})",
                it.id,
                it.word(),
                it.figures.what,
                it.figures.owner,
                it.figures.said()
            )
        })
        .collect();
    if lines.is_empty() { vec!["no risk is there".to_owned()] } else { lines }
}

/// The comms plan; one message with its words if it is named.
pub(super) fn messages(model: &Model, name: &str, now: Now) -> Vec<String> {
    let zone = model.launch.schedule.zone;
    let line = |it: &MessageState| {
        let due = it.due.map(|at| format!(", due {}", moment(at, now.wall, zone))).unwrap_or_default();
        let late = if it.overdue { ", overdue" } else { "" };
        let next = if it.next.is_empty() { String::new() } else { format!("; next: {}", it.next.text) };
        let to = format!("{}, to {}, {}", it.of.message, it.audience, it.via.said());
        format!("  {}{late}  {to}{due}: {}{next}", it.status.word(), it.reason)
    };
    if !name.is_empty() {
        let Some(it) = model.board.message(name) else {
            return vec![format!("there is no message `{name}`; messages lists them")];
        };
        return [line(it)].into_iter().chain(it.text.lines().map(|it| format!("    {it}"))).collect();
    }
    let lines: Vec<_> = model.board.messages.iter().map(line).collect();
    if lines.is_empty() { vec!["no message is planned".to_owned()] } else { lines }
}

/// The roll call: who said what, and who is called.
pub(super) fn poll(model: &Model) -> Vec<String> {
    let Some(poll) = model.poll() else {
        return vec!["this launch plans no roll call".to_owned()];
    };
    let state = if poll.open { "open" } else { "not open" };
    let mut lines = vec![format!(
        "roll call {}, {state}: {} of {} heard, quorum {}",
        poll.round,
        poll.heard,
        poll.stations.len(),
        poll.quorum
    )];
    for it in &poll.stations {
        let by = it.by.as_ref().map(|by| format!(" by {}", by.name)).unwrap_or_default();
        let note = it.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        let said = match &it.vote {
            Some(vote) => format!("{}{by}{note}", vote.word()),
            None if it.is_next => "called now".to_owned(),
            None => "not heard".to_owned(),
        };
        lines.push(format!("  {}: {said}", it.title));
    }
    lines
}
