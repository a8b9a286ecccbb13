//! One station, large: what its gates say, what is open, what it answered.

use super::{Canvas, Line, labelled, lines, look, piece, said_before, scale, spoken, word};
use crate::{Model, view::look::verdict_role};
use gonogo_domain::{GateState, Party, RollCallState, Spoken, StationState, Verdict, Vote};
use gonogo_theme::Role;

pub(super) fn draw(model: &Model, poll: &RollCallState, it: &StationState, canvas: &mut Canvas<'_>) {
    let rows = super::super::letters::draw(&it.title, scale(canvas), Role::Title, canvas);
    let gap = u16::from(canvas.height() > rows + 6);
    let mut all = vec![computed(model, it, canvas)];
    all.extend(answer(model, poll, it, canvas));
    let room = usize::from(canvas.height().saturating_sub(rows + gap)).saturating_sub(all.len());
    let whole = risks(model, it, true, canvas);
    // In whole sentences where all of them have room, else a line each.
    all.extend(if whole.len() <= room { whole } else { risks(model, it, false, canvas) });
    lines(rows + gap, &all, canvas);
}

/// What its gates say together.
fn computed(model: &Model, it: &StationState, canvas: &Canvas<'_>) -> Line {
    let Some(said) = it.computed else {
        return vec![piece("no gates of its own: a judgement", Role::Dim)];
    };
    let mut line = vec![piece("computed: ", Role::Dim), word(said, canvas)];
    let score = &it.score;
    let waived = if score.waived > 0 { format!(" + {} waived", score.waived) } else { String::new() };
    line.push(piece(format!("  {}{waived} of {} gates", score.go, score.of), Role::Text));
    let lists = model.station_lists(&it.role).join(", ");
    line.push(piece(format!("  {lists}"), Role::Dim));
    if it.proposes {
        line.push(piece("  a person confirms", Role::Dim));
    }
    line
}

/// What it answered, or who is to answer.
fn answer(model: &Model, poll: &RollCallState, it: &StationState, canvas: &Canvas<'_>) -> Vec<Line> {
    if let Some(draft) = model.draft_of(&it.role) {
        let text = format!("{}, {}", draft.what, draft.why);
        return labelled("NOT RECORDED", &text, Role::Error, 2, canvas);
    }
    if let Some(act) = model.acts.of_station(&it.role) {
        let state = if act.unsure { "looking up whether it was recorded" } else { "recording..." };
        return vec![vec![piece(format!("{}: {state}", act.what), Role::Hold)]];
    }
    let Some(vote) = it.vote.as_ref() else { return vec![to_answer(model, poll, it)] };
    let (shape, role) = look(vote, it.void.is_some(), canvas);
    let word = it.by.as_ref().map(|by| Spoken::new(by, it.recorder.as_ref(), it.stands_in.as_ref()));
    let by = word.map(spoken).unwrap_or_default();
    let was = said_before(it).map(|was| format!(", {was}")).unwrap_or_default();
    let said = match vote {
        Vote::Delegate { to } => format!("{} to {to}", vote.word()),
        _ => vote.word().to_owned(),
    };
    let mut all = vec![vec![
        piece("answered: ", Role::Dim),
        piece(format!("{shape} {said}"), role),
        piece(format!("  {by}{was}"), Role::Text),
    ]];
    for condition in vote.conditions() {
        all.extend(labelled("  if", condition, Role::Waived, 2, canvas));
    }
    if let Some(note) = &it.note {
        all.extend(labelled(" ", &format!("\"{note}\""), Role::Text, 2, canvas));
    }
    if let Some(void) = &it.void {
        all.extend(labelled("  void", void, Role::Unknown, 2, canvas));
    }
    if !it.heard && poll.open {
        all.push(to_answer(model, poll, it));
    }
    all
}

fn to_answer(model: &Model, poll: &RollCallState, it: &StationState) -> Line {
    let who: Vec<_> = it.can_answer.iter().map(Party::as_str).collect();
    let who = who.join(" or ");
    let delegated =
        it.delegated.as_ref().map(|given| format!(", delegated by {}", given.by)).unwrap_or_default();
    match model.called() {
        Some(called) if called.role == it.role => {
            let call = it.escalate_to.as_ref().map(|to| format!("; silent: call {to}")).unwrap_or_default();
            vec![piece("called now: ", Role::Title), piece(format!("{who}{delegated}{call}"), Role::Title)]
        }
        Some(called) if poll.open => {
            vec![
                piece(format!("not called yet: {} is", called.title), Role::Dim),
                piece(format!("  ({who})"), Role::Dim),
            ]
        }
        _ => vec![piece("answers: ", Role::Dim), piece(who, Role::Text)],
    }
}

/// One open gate: in a line, or with the reason below where both do not fit into one.
fn risk(gate: &GateState, whole: bool, canvas: &Canvas<'_>) -> Vec<Line> {
    const INDENT: u16 = 11;
    let mark = format!("{} {}", canvas.look.shape(gate.verdict), gate.verdict.word());
    let mut first = vec![
        piece(format!("{mark:<11}"), verdict_role(gate.verdict)),
        piece(gate.title.to_string(), Role::Text),
    ];
    let fits = INDENT + canvas.cols(&gate.title) + 2 + canvas.cols(&gate.reason) <= canvas.width();
    if !whole || fits {
        first.push(piece(format!("  {}", gate.reason), Role::Dim));
        return vec![first];
    }
    let mut all = vec![first];
    all.extend(labelled(&" ".repeat(usize::from(INDENT) - 1), &gate.reason, Role::Dim, 3, canvas));
    all
}

/// What is open or waived among its gates, worst first; then what is go, in short.
fn risks(model: &Model, it: &StationState, whole: bool, canvas: &Canvas<'_>) -> Vec<Line> {
    if it.computed.is_none() {
        return Vec::new();
    }
    let gates = model.station_gates(&it.role);
    let open = |gate: &&&GateState| gate.verdict.blocks() || gate.verdict == Verdict::Waived;
    let mut all: Vec<Line> = Vec::new();
    for gate in gates.iter().filter(open) {
        all.extend(risk(gate, whole, canvas));
    }
    if all.is_empty() {
        all.push(vec![piece("open risk: none", Role::Text)]);
    }
    let go: Vec<_> =
        gates.iter().filter(|gate| gate.verdict == Verdict::Go).map(|gate| &*gate.title).collect();
    if !go.is_empty() {
        let dot = format!(" {} ", canvas.symbols().dot);
        all.extend(labelled(canvas.symbols().go, &go.join(&dot), Role::Dim, 12, canvas));
    }
    all
}
