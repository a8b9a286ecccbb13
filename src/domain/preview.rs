//! What a word would do: the board is evaluated on the history with the word in it, and both are forgotten again.

use super::{
    ActEnvelope, Board, BoardWord, CloseWish, Command, Evidence, Flip, GateState, History, IncidentStep,
    Launch, Refusal, RollCallState, Scope, StageState, StageStatus, Vote, act, evaluate, flips, format,
};

/// The most gates that are named.
const MOST: usize = 3;

/// The board before and after a word that nobody has said yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// As it is.
    pub before: Board,
    /// As it would be.
    pub after: Board,
    /// Whose word, and which of how many: `your GO is the last of 3`.
    pub lead: String,
}

/// What these acts would make of the board, each decided on what the one before it made. `launch` may be of any moment: it follows the T clock.
///
/// # Errors
/// The [`Refusal`] of the first act that the rules do not allow.
pub fn preview(
    launch: &Launch,
    evidence: &Evidence,
    history: &History,
    scope: &Scope,
    commands: &[Command],
    context: &ActEnvelope,
) -> Result<Preview, Refusal> {
    let mut history = history.clone();
    let board = |history: &History| evaluate(launch, evidence, history, context.now, scope);
    let before = board(&history);
    let mut after = before.clone();
    for command in commands {
        let moved = launch.following(&after);
        let event = act(moved.as_ref().unwrap_or(launch), &history, &after, command.clone(), context)?;
        history.apply(&event);
        after = board(&history);
    }
    let lead =
        commands.last().map_or_else(|| "nothing".into(), |it| lead(it, launch, context, &before, &after));
    Ok(Preview { before, after, lead })
}

impl Preview {
    /// In one sentence: `your GO is the last of 3: the board turns GO; canary may start`. Foreign text in it is not yet
    /// sanitised.
    pub fn describe(&self) -> String {
        let Self { before, after, lead } = self;
        let mut parts = vec![word(before, after)];
        parts.extend(gates(before, after));
        parts.extend(stages(before, after));
        parts.extend(poll(before, after));
        if after.t0 != before.t0 {
            parts.push(format!("T-0 moves to {}", after.t0.format("%Y-%m-%d %H:%M UTC")));
        }
        match (before.held_since, after.held_since) {
            (None, Some(_)) => parts.push("the T clock stops".into()),
            (Some(_), None) => parts.push("the T clock runs again".into()),
            _ => {}
        }
        format!("{lead}: {}", parts.join("; "))
    }
}

/// `the board turns GO`, `the board stays HOLD: 2 gates still open, qa/smoke and qa/load`.
fn word(before: &Board, after: &Board) -> String {
    let same = before.named() == after.named() && before.over_dissent() == after.over_dissent();
    let verb = if same { "stays" } else { "turns" };
    let mut said = format!("the board {verb} {}", after.named());
    if after.over_dissent().is_some() {
        said.push_str(" OVER DISSENT");
    }
    match (after.word, after.score.waived) {
        (BoardWord::Go, 0) => {}
        (BoardWord::Go, waived) => {
            said.push_str(&format!(" with {}", format::count(waived as usize, "waiver")));
        }
        _ => {
            let open: Vec<_> = after.blockers().iter().map(|gate| gate.id.clone()).collect();
            let why = match after.lowered.first() {
                Some(lowered) => lowered.reason.to_string(),
                None if open.len() == 1 => format!("{} is still open", open[0]),
                None => format!("{} gates still open, {}", open.len(), format::list(&open)),
            };
            said.push_str(&format!(": {why}"));
        }
    }
    if after.overridden.is_some() && before.overridden.is_none() {
        said.push_str("; it is recorded as an OVERRIDE, which is no GO");
    }
    said
}

/// `qa/smoke turns WAIVED`.
fn gates(before: &Board, after: &Board) -> Vec<String> {
    let plain = |gate: &GateState| !gate.group || gate.counted;
    let changed: Vec<Flip> =
        flips(before, after).into_iter().filter(|flip| after.gate(&flip.gate).is_some_and(plain)).collect();
    let mut said: Vec<_> =
        changed.iter().take(MOST).map(|flip| format!("{} turns {}", flip.gate, flip.to.word())).collect();
    if let more @ 1.. = changed.len().saturating_sub(MOST) {
        said.push(format!("{} more change", format::count(more, "gate")));
    }
    said
}

/// `canary may start`.
fn stages(before: &Board, after: &Board) -> Vec<String> {
    let startable = |it: &StageState| {
        it.status == StageStatus::Ready || (it.status == StageStatus::RolledBack && it.waits_for.is_empty())
    };
    let mut said = Vec::new();
    for now in &after.stages {
        let then = before.stage(&now.id).is_some_and(startable);
        match (then, startable(now)) {
            (false, true) => said.push(format!("{} may start", now.id)),
            (true, false) if now.started.is_none() => said.push(format!("{} may not start any more", now.id)),
            _ => {}
        }
        let shown = |it: &StageState| it.started.is_some() && it.waits_for.is_empty();
        if before.stage(&now.id).is_some_and(|it| it.started == now.started && !shown(it)) && shown(now) {
            said.push(format!("{} has shown all that it must", now.id));
        }
    }
    said
}

/// Who is called next, or that nobody is left to hear.
fn poll(before: &Board, after: &Board) -> Option<String> {
    let (was, is) = (before.roll_call.as_ref()?, after.roll_call.as_ref()?);
    if !is.open {
        return was.open.then(|| format!("roll call {} ends", was.round));
    }
    let called = |poll: &super::RollCallState| poll.next().map(|it| it.role.clone());
    match called(is) {
        next if next == called(was) && was.open => None,
        Some(next) => Some(format!("{next} is called next")),
        None => {
            let over = is.stations.iter().any(|it| it.passed_over && !it.heard);
            let all = if over { "all are heard or passed over" } else { "all are heard" };
            Some(format!("{all}: {} makes the final call", is.final_call))
        }
    }
}

/// How an answer stands among those of the roll call.
fn place(poll: Option<&RollCallState>) -> String {
    let (heard, all) = poll.map_or((0, 0), |poll| (poll.heard, poll.stations.len()));
    if poll.is_some_and(|poll| poll.complete) {
        format!("the last of {all}")
    } else {
        format!("answer {heard} of {all}")
    }
}

/// Whose word it is, and how it stands among others.
fn lead(command: &Command, launch: &Launch, context: &ActEnvelope, before: &Board, after: &Board) -> String {
    let whose = match &context.recorder {
        Some(_) => format!("the word of {}:", context.actor.name),
        None => "your".to_owned(),
    };
    match command {
        Command::SignOff { gate, go, .. } => {
            let word = if *go { "GO" } else { "NO-GO" };
            let ask = launch.gate(gate).and_then(|gate| gate.ask());
            let asked = ask.map_or(1, |ask| ask.count.map_or(ask.by.len(), |count| count as usize));
            let satisfied = |board: &Board| board.gate(gate).is_some_and(|gate| gate.verdict.satisfies());
            match (asked, satisfied(before), satisfied(after)) {
                (2.., false, true) => format!("{whose} {word} is the last of {asked}"),
                (2.., ..) if *go => format!("{whose} {word} on {gate} is one of {asked} that are asked for"),
                _ => format!("{whose} {word} on {gate}"),
            }
        }
        Command::Vote { station, vote: Vote::Delegate { to }, .. } => {
            format!("{whose} delegation of {station} to {to}")
        }
        Command::Vote { station, vote, corrects: Some(_), .. } => {
            format!("{whose} {} for {station} corrects an earlier answer", vote.word())
        }
        Command::Vote { station, vote, .. } => {
            format!("{whose} {} for {station} is {}", vote.word(), place(after.roll_call.as_ref()))
        }
        Command::Decide { decision, overrides, over, .. } => {
            format!("{whose} final call {}", decision.label(*overrides, over))
        }
        Command::Waive { gate, .. } => format!("{whose} waiver of {gate}"),
        Command::EndWaiver { gate, .. } => format!("the end of the waiver of {gate}"),
        Command::Withdraw { gate, .. } => format!("taking back {whose} word on {gate}"),
        Command::EndHold { .. } => "the end of the hold".into(),
        Command::Stage { stage, step, .. } => format!("stage {stage} {}", step.word()),
        Command::JudgeCriterion { stage, .. } => format!("{whose} word on a criterion of stage {stage}"),
        Command::AnswerStage { stage, .. } => format!("the results of stage {stage}"),
        Command::AcceptBreach { guardrail, .. } => format!("{whose} acceptance of the breach of {guardrail}"),
        Command::EndAcceptance { guardrail, .. } => {
            format!("the end of the acceptance of the breach of {guardrail}")
        }
        Command::NotNeeded { gate, .. } => format!("{gate} not needed"),
        Command::NeededAgain { gate, .. } => format!("{gate} needed again"),
        Command::StartRollback { .. } => "the rollback".into(),
        Command::DoStep { .. } | Command::SkipStep { .. } => "this step of the rollback".into(),
        Command::EndRollback { result, .. } => format!("{whose} end of the rollback, {}", result.word()),
        Command::Incident { .. }
        | Command::Risk { .. }
        | Command::Message { .. }
        | Command::Confirm { .. }
        | Command::Review { .. }
        | Command::Close { .. } => around(command, &whose),
        Command::OpenRollCall => "a new roll call".into(),
        Command::CorrectClock { .. } => "the corrected clock".into(),
        Command::Write { write, .. } => format!("{whose} word for: {}", write.subject),
        Command::Ask { gate, .. } => format!("the asking about {gate}"),
        Command::Note { .. } => "the note".into(),
    }
}

/// What is recorded about the launch other than its gates, stages and calls.
fn around(command: &Command, whose: &str) -> String {
    match command {
        Command::Incident { step: IncidentStep::Opened(_), .. } => "a new incident".into(),
        Command::Incident { .. } => format!("{whose} word in the incident"),
        Command::Risk { risk, .. } => format!("{whose} word on risk {risk}"),
        Command::Message { message, .. } => format!("{whose} word on message {message}"),
        Command::Confirm { gate, .. } => format!("{whose} word on the plan of {gate}"),
        Command::Close { wish: CloseWish::Close { .. } } => "the closing of the launch".into(),
        Command::Close { wish: CloseWish::Reopen { .. } } => "opening the launch again".into(),
        Command::Ask { gate, .. } => format!("the asking about {gate}"),
        _ => format!("{whose} word of the review"),
    }
}
