//! From verdicts to the board: the counts, and what lowers the whole (V1, V11, V15).

use super::{
    super::{
        Board, BoardWord, Cause, ChecklistState, GateState, Launch, Lowering, Scope, Score, Str, Verdict,
        format,
    },
    eval_context::EvalContext,
    gate_results::GateResults,
    observed,
};

/// What the gates of the whole launch say together, whatever is shown and decided.
pub(super) fn evidence(frame: &EvalContext<'_>, gates: &[GateState]) -> BoardWord {
    let counts = score(gates.iter());
    let lowered = lowered(frame, &Scope::default(), counts);
    lowered.iter().map(|it| it.at_most).fold(BoardWord::of(counts), BoardWord::max)
}

/// What besides its gates and the final call keeps the board from GO, most important first.
pub(super) fn lowered(frame: &EvalContext<'_>, scope: &Scope, counts: Score) -> Vec<Lowering> {
    let mut all = Vec::new();
    if let Some(why) = &frame.history.broken {
        let next = "see what is wrong with the journal: gonogo verify".into();
        all.push(Lowering { next, ..Lowering::to_hold(Cause::JournalBroken, why.to_string()) });
    }
    all.extend(cut_off(frame));
    if let Some(doubt) = &frame.clock.doubt {
        let next = "set the clock that is wrong, and ask again: gonogo doctor shows them".into();
        let reason = format!("it is not known what time it is: {doubt}");
        all.push(Lowering { next, ..Lowering::to_hold(Cause::ClockUnknown, reason) });
    }
    if let (Some(_), Err((_, why))) = (&frame.launch.target, &frame.own_target().current) {
        let next = frame.own_target().next.cloned().unwrap_or_else(|| observed::AGAIN.into()).into();
        all.push(Lowering { next, ..Lowering::to_hold(Cause::TargetUnknown, why.as_str()) });
    }
    all.extend(super::incident::lowered(frame));
    all.extend(super::risk::lowered(frame));
    all.extend(super::guardrail::lowered(frame));
    all.extend(super::reach::lowered(frame));
    all.extend(super::orphan::lowered(frame));
    if BoardWord::of(counts) == BoardWord::Go && counts.go == 0 {
        all.push(Lowering::to_hold(Cause::NothingProven, nothing_proven(counts, scope)));
    }
    for only in &scope.only {
        if !frame.launch.derived.checklists.contains_key(only) {
            all.push(Lowering::to_hold(Cause::UnknownChecklist, format!("there is no checklist `{only}`")));
        }
    }
    all
}

/// Whoever cannot read the journal does not know what others say: one on this machine at once (V11). Whoever is cut off from a shared journal knows nothing new: past the limit nothing is GO, and at once where the final
/// call is about to be made (V17).
fn cut_off(frame: &EvalContext<'_>) -> Option<Lowering> {
    if let Some(why) = &frame.history.unread {
        let reason =
            format!("the journal cannot be read: {why}; what others have said meanwhile is not known");
        let next = "make the journal readable again; what is wrong: gonogo doctor".into();
        return Some(Lowering { next, ..Lowering::to_hold(Cause::JournalOffline, reason) });
    }
    let link = frame.history.link?;
    if link.standby {
        let reason = "the shared journal is read from a standby server: words that its primary has acknowledged may be missing";
        let next = "name the primary server: --journal, or `journal` in your settings".into();
        return Some(Lowering { next, ..Lowering::to_hold(Cause::JournalOffline, reason) });
    }
    let fresh = link.heard.age(frame.local).is_fresh(frame.launch.derived.journal_fresh);
    let calling = link.cut && frame.history.open_poll().is_some();
    if fresh && !calling {
        return None;
    }
    let since = frame.moment(frame.clock.stamp(link.heard).wall);
    let reason =
        format!("shared journal offline since {since}: what others have said since then is not known");
    let next = "restore the connection to the journal: gonogo doctor".into();
    Some(Lowering { next, ..Lowering::to_hold(Cause::JournalOffline, reason) })
}

fn nothing_proven(counts: Score, scope: &Scope) -> String {
    if counts.waived > 0 {
        "every gate that applies is waived: nothing proves that this release is ready".into()
    } else if counts.not_applicable > 0 {
        "no gate applies: nothing proves that this release is ready".into()
    } else if scope.has_all_gates() {
        "no gate blocks GO: nothing proves that this release is ready".into()
    } else {
        "no gate is left in this selection: nothing proves anything".into()
    }
}

/// Counts over the counted gates.
pub(super) fn score<'a>(gates: impl Iterator<Item = &'a GateState>) -> Score {
    let mut score = Score::default();
    for gate in gates.filter(|gate| gate.counted) {
        score.add(gate.verdict);
    }
    score
}

/// Each checklist in scope.
pub(super) fn checklists(
    launch: &Launch,
    scope: &Scope,
    gates: &[GateState],
    shown: &[bool],
) -> Vec<ChecklistState> {
    let mut folds = vec![(Score::default(), Verdict::NotApplicable); launch.derived.checklists.len()];
    for (at, gate) in gates.iter().enumerate().filter(|(at, gate)| gate.counted && shown[*at]) {
        let (counts, worst) = &mut folds[launch.derived.list[at]];
        counts.add(gate.verdict);
        *worst = gate.verdict.max(*worst);
    }
    let shown = launch.checklists.iter().zip(folds);
    let shown = shown.filter(|(list, _)| scope.only.is_empty() || scope.only.contains(&list.id));
    shown
        .map(|(list, (counts, worst))| ChecklistState {
            id: list.id.clone(),
            title: list.title.clone(),
            owner: list.owner.clone(),
            verdict: if worst == Verdict::NotApplicable { Verdict::Unknown } else { worst },
            score: counts,
        })
        .collect()
}

/// Which open gates of people nothing waits for when they are left out.
pub(super) fn left_out(launch: &Launch, cells: &GateResults, shown: &[bool]) -> Option<Str> {
    let wanted = launch.derived.reached(launch, |at| shown[at]);
    let open = launch.gates.iter().enumerate().filter(|(at, gate)| {
        wanted[*at] && gate.ask().is_some() && cells.verdict(*at).is_some_and(|verdict| !verdict.satisfies())
    });
    let open: Vec<_> = open.map(|(_, gate)| &gate.id).collect();
    if open.is_empty() {
        return None;
    }
    Some(format!("people are left out: nothing here waits for {}", format::list(&open)).into())
}

/// Things worth saying that change nothing.
pub(super) fn remarks(frame: &EvalContext<'_>, board: &Board) -> Vec<Str> {
    let mut remarks: Vec<Str> = Vec::new();
    let mut at: Vec<_> = frame.waivers.keys().copied().collect();
    at.sort_unstable();
    for at in at {
        let id = &frame.launch.gates[at].id;
        match frame.waiver(at) {
            Err(Some(why)) => remarks.push(format!("the waiver of {id} {why}: it does not count").into()),
            Ok(_)
                if frame.history.broken.is_none()
                    && board.gate(id).is_some_and(|gate| gate.verdict != Verdict::Waived) =>
            {
                remarks.push(
                    format!("the waiver of {id} is not used: end it with gonogo waive {id} --end --reason …")
                        .into(),
                );
            }
            _ => {}
        }
    }
    remarks.extend(frame.history.elsewhere.clone().filter(|_| frame.history.decisions.is_empty()));
    remarks.extend(frame.clock.remark().map(Str::from));
    super::decision::remarks(frame, board, &mut remarks);
    remarks.extend(super::orphan::remarks(frame, board));
    remarks.extend(super::stage::remarks(board, frame.launch.schedule.zone));
    remarks.extend(board.plan_warnings());
    moved(frame, board, &mut remarks);
    for (name, target) in &frame.targets {
        if let (Some(old), Ok(new)) = (target.moved_from, &target.current) {
            let named = name.map_or("the target", |name| name);
            let freeze =
                frozen(frame).map(|name| format!(", during {}", format::freeze(name))).unwrap_or_default();
            remarks.push(
                format!(
                    "{named} moved from {} to {}{freeze}: what was said of the old commit is void",
                    old.short(),
                    new.short()
                )
                .into(),
            );
        }
    }
    remarks
}

/// Where T-0 is now, and what did not go with it.
fn moved(frame: &EvalContext<'_>, board: &Board, remarks: &mut Vec<Str>) {
    let (t0, files) = (board.t0, frame.launch.t0_of_files());
    if t0 != files {
        let (t0, files) = (frame.moment(t0), frame.moment(files));
        remarks.push(format!("SCRUB moved T-0 to {t0}; launch.yaml says {files}").into());
    }
    let scrub = frame.history.last_scrub().map(|record| record.at);
    let left = frame.launch.left_behind(&board.gates, scrub);
    if !left.is_empty() {
        let zero = frame.moment(board.t_zero);
        remarks.push(
            format!("T-0 is at {zero} now; written as a date, and before it: {}", format::list(&left)).into(),
        );
    }
    for gate in frame.launch.repeats_on() {
        remarks
            .push(format!("{gate} is the last of a repetition that goes on: set `t0` in launch.yaml").into());
    }
}

/// A freeze of changes that holds now.
fn frozen<'a>(frame: &'a EvalContext<'_>) -> Option<&'a Str> {
    let now = frame.now.wall;
    let holds = frame
        .launch
        .schedule
        .freezes
        .iter()
        .find(|it| !it.stops_rollout && it.from.at <= now && now < it.until.at);
    holds.map(|freeze| &freeze.name)
}
