//! One gate: what it says by itself, then needs, embargoes, waivers, and what does not apply.

use super::{
    super::{
        Advice, Gate, GateState, Kind, NotNeeded, Rule, Said, StepKind, Str, Verdict, Waiver, Word, format,
    },
    assessment::Assessment,
    dependencies::{self, Dependencies},
    eval_context::{self, EvalContext},
    gate_results::{GateResult, GateResults},
    group, observed, people, timer,
};
use gonogo_text::cap;

/// The longest text that is handed on from a gate to those that wait for it, in bytes.
const LONGEST_CHAIN: usize = 240;
/// The longest reason and the longest next action, in characters: the cost of a board grows with its launch and not with
/// what its texts repeat.
const LONGEST_TEXT: usize = 1_000;

/// Evaluates one gate whose needs and members have been evaluated.
pub(super) fn evaluate(frame: &EvalContext<'_>, cells: &mut GateResults, at: usize) {
    let gate = &frame.launch.gates[at];
    if let Some(why) = &frame.history.broken {
        let own = Assessment::unknown(Rule::V11, why.to_string())
            .next("see what is wrong with the journal: gonogo verify");
        return put(frame, cells, at, own, Dependencies::default(), Verdict::Unknown);
    }
    if let Some(own) = left_out(frame, at) {
        cells.through.insert(at, Dependencies::through(frame, cells, at));
        return put(frame, cells, at, own, Dependencies::default(), Verdict::NotApplicable);
    }
    let mut own = match &gate.kind {
        Kind::Evidence(query) => observed::own(frame, at, query),
        Kind::Task(ask) | Kind::SignOff(ask) => people::own(frame, at, ask),
        Kind::Timer { since, wait } => timer::own(frame, cells, since, *wait),
        Kind::All | Kind::OneOf => group::own(frame, cells, at),
    };
    let itself = own.verdict;
    let mut waits = Dependencies::default();
    if itself == Verdict::NotApplicable {
        cells.through.insert(at, Dependencies::through(frame, cells, at));
    } else {
        waits = Dependencies::of(frame, cells, at);
        hold_back(frame, &mut own, &waits);
        own.changes(waits.changes_at);
        own.earliest = own.earliest.max(waits.earliest);
        own.since = own.since.max(waits.since);
    }
    put(frame, cells, at, own, waits, itself);
}

/// What does not apply, with the reason: a `when`, a recorded word, or an occurrence whose time has not come.
fn left_out(frame: &EvalContext<'_>, at: usize) -> Option<Assessment> {
    let gate = &frame.launch.gates[at];
    let not = |reason: Str| Assessment::new(Verdict::NotApplicable, Rule::NotApplicable, reason);
    if frame.without_people && gate.ask().is_some() {
        return Some(not("left out: people answer it".into()));
    }
    if let Some(why) = &gate.excluded {
        return Some(not(why.clone()));
    }
    if !frame.not_needed.is_empty() {
        let mut around = std::iter::once(at).chain(frame.launch.derived.above(at));
        if let Some(said) = around.find_map(|at| frame.not_needed.get(&at)) {
            let mut own = not(format!("not needed, says {}: {}", said.spoken().named(), said.reason).into());
            own.words = vec![dropped(said)];
            return Some(own);
        }
    }
    // By the largest clock ever seen: a clock turned back leaves nothing out.
    let from = gate.counts_from.as_ref()?.at;
    if from > frame.latest {
        let mut own = not(format!("counts from {} on", frame.moment(from)).into());
        own.changes(frame.ends(from));
        return Some(own);
    }
    let decided = frame.decided_at.filter(|at| gate.is_blocking() && from > *at)?;
    let (from, decided) = (frame.moment(from), frame.moment(decided));
    Some(not(format!("came round at {from}, after GO was decided at {decided}").into()))
}

/// Open needs and embargoes: pending at best.
fn hold_back(frame: &EvalContext<'_>, own: &mut Assessment, waits: &Dependencies) {
    if waits.is_over() || own.verdict > Verdict::Pending {
        return;
    }
    own.reason = dependencies::reason(frame, waits, own.verdict).into();
    own.rule = Rule::Needs;
    own.verdict = Verdict::Pending;
    if waits.open.is_empty() {
        if let Some(end) = waits.embargo
            && own.next.is_empty()
        {
            own.next = format!("wait until {}", frame.moment(end)).into();
            own.step = StepKind::Wait;
        }
        return;
    }
    own.who.clone_from(&waits.who);
    // Of a long chain the next gate's name is enough: what it waits for stands there.
    let first = waits.next.as_ref().filter(|next| !next.is_empty() && next.text.len() <= LONGEST_CHAIN);
    own.next = first.map_or_else(
        || format!("resolve {} first", format::list(&waits.open)).into(),
        |next| next.clone().said(|text| format!("first {}: {text}", waits.open[0])),
    );
}

fn dropped(said: &NotNeeded) -> Word {
    Word::of(Said::NotNeeded, said.spoken(), said.at)
}

fn waived(waiver: &Waiver) -> Word {
    Word::of(Said::Waived, waiver.spoken(), waiver.at)
}

/// A waiver replaces whatever is not go, and leaves it visible (V9).
fn waive(frame: &EvalContext<'_>, at: usize, own: &mut Assessment) -> Option<chrono::DateTime<chrono::Utc>> {
    if !own.verdict.blocks() || frame.history.broken.is_some() {
        return None;
    }
    let waiver = frame.waiver(at).ok()?;
    let end = eval_context::within_policy(frame.launch, waiver.at, waiver.until);
    let until = frame.moment(end);
    let mut rows: Vec<Str> = vec![format!("without the waiver: {}: {}", own.verdict, own.reason).into()];
    rows.push(format!("risk: {}", waiver.risk).into());
    rows.push(format!("scope: this gate as it is written now, any commit, until {until}").into());
    if end < waiver.until {
        let given = frame.moment(waiver.until);
        rows.push(format!("given until {given}: the launch's files allow less by now").into());
    }
    rows.extend(waiver.conditions.iter().map(|condition| format!("condition: {condition}").into()));
    rows.append(&mut own.rows);
    own.rows = rows;
    let by = waiver.spoken().named();
    own.reason = format!("waived by {by} until {until}: {}", waiver.reason).into();
    own.words.push(waived(waiver));
    own.rule = Rule::V9;
    own.verdict = Verdict::Waived;
    own.changes(frame.ends(end));
    Some(end)
}

fn put(
    frame: &EvalContext<'_>,
    cells: &mut GateResults,
    at: usize,
    mut own: Assessment,
    waits: Dependencies,
    itself: Verdict,
) {
    let gate = &frame.launch.gates[at];
    let waived_until = waive(frame, at, &mut own);
    if own.verdict.blocks() && own.who.is_empty() {
        own.who = gate.owner.iter().cloned().collect();
    }
    let mark = GateResult {
        verdict: own.verdict,
        since: own.since.filter(|_| own.verdict == Verdict::Go),
        changes_at: own.changes_at,
        earliest: own.earliest.filter(|_| own.verdict.blocks()),
        own: itself,
        step: own.step,
        embargo: waits.embargo,
    };
    let open = own.verdict.blocks();
    let overdue = open && gate.due.as_ref().is_some_and(|due| due.at < frame.now.wall);
    if overdue {
        own.next = escalated(frame, gate, own.next, &own.who);
    }
    let state = GateState {
        id: gate.id.clone(),
        title: title(frame, at, gate),
        verdict: own.verdict,
        rule: own.rule,
        reason: short(own.reason),
        next: if open || own.verdict == Verdict::Waived {
            Advice { text: short(own.next.text), own: short(own.next.own), ..own.next }
        } else {
            Advice::default()
        },
        who: own.who,
        url: own.url,
        observed_at: own.seen,
        stale: own.stale,
        overdue,
        due: gate.due.clone(),
        owner: gate.owner.clone(),
        blocks: gate.blocks.clone(),
        parent: gate.parent.clone(),
        group: gate.is_group(),
        counted: frame.launch.derived.counted[at],
        waits_for: waits.open,
        rows: own.rows,
        words: own.words,
        evidence: own.evidence,
        waived_until,
        changes_at: own.changes_at,
        trouble: own.trouble,
    };
    cells.put(at, state, mark);
}

/// What is to be done, and before it whom to call, where those who can act have somebody over them.
fn escalated(frame: &EvalContext<'_>, gate: &Gate, next: Advice, who: &[super::super::Party]) -> Advice {
    let call = frame.launch.escalation(who);
    let call = if call.is_empty() { call_owner(frame, gate) } else { call };
    if call.is_empty() {
        return next;
    }
    let call = format!("overdue: call {}", format::list(&call));
    next.said(|text| if text.is_empty() { call.clone() } else { format!("{call}; {text}") })
}

/// Whom to call over the gate's owner.
fn call_owner(frame: &EvalContext<'_>, gate: &Gate) -> Vec<super::super::Party> {
    gate.owner.as_ref().map(|owner| frame.launch.escalation(std::slice::from_ref(owner))).unwrap_or_default()
}

fn short(text: Str) -> Str {
    if text.len() > LONGEST_TEXT { cap(&text, LONGEST_TEXT).into() } else { text }
}

fn title(frame: &EvalContext<'_>, at: usize, gate: &Gate) -> Str {
    if frame.launch.derived.open_title[at] {
        short(frame.history.expand(frame.launch, &gate.checklist, &gate.title).into())
    } else {
        gate.title.clone()
    }
}
