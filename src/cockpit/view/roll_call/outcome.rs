//! The end of a round: the final call, and what was decided.

use super::{Canvas, Line, labelled, lines, look, piece, scale, word};
use crate::{
    Action, Model,
    view::{letters, look::word_role, when::moment_zoned},
};
use gonogo_domain::{BoardWord, Decision, DecisionState, Now, RollCallState, Vote};
use gonogo_theme::Role;

/// The holder of the final call, with what they have to know.
pub(super) fn final_call(model: &Model, poll: &RollCallState, canvas: &mut Canvas<'_>) {
    let title = model.launch.title_of(&poll.final_call);
    let rows = letters::draw(&title, scale(canvas), Role::Title, canvas);
    let gap = u16::from(canvas.height() > rows + 6);
    let mut all = called_on(model.board.evidence, canvas);
    all.push(tally(poll, canvas));
    if poll.open && !poll.is_quorate() {
        let next = poll.next().map(|next| format!("; {} is called now", next.title)).unwrap_or_default();
        let text =
            format!("not yet: {} of {} that must be heard have answered{next}", poll.heard, poll.quorum);
        all.extend(labelled("", &text, Role::Hold, 2, canvas));
    }
    for station in &poll.stations {
        let Some(vote) = station.vote.as_ref().filter(|vote| vote.dissents() && station.void.is_none())
        else {
            continue;
        };
        let (shape, role) = look(vote, false, canvas);
        let mut words: Vec<&str> = vote.conditions().iter().map(|it| &**it).collect();
        words.extend(station.note.as_deref());
        let label = format!("{shape} {}, {}:", station.title, vote.word());
        all.extend(labelled(&label, &words.join("; "), role, 3, canvas));
    }
    if model.board.word != BoardWord::Go {
        let reasons = model.board.reasons.join("; ");
        all.extend(labelled("", &reasons, Role::Dim, 4, canvas));
    }
    let risks: Vec<_> = model.board.risks_worst_first().into_iter().filter(|it| it.asks()).collect();
    if !risks.is_empty() {
        let names: Vec<_> = risks.iter().map(|it| format!("{} ({})", it.id, it.word())).collect();
        let label = format!("risks to answer ({}):", model.keymap.said(Action::ShowRisks));
        all.extend(labelled(&label, &names.join(", "), Role::Hold, 2, canvas));
    }
    lines(rows + gap, &all, canvas);
}

/// What the final call is made on. The word is never cut off: where one line is too short for it, it has its own.
fn called_on(evidence: BoardWord, canvas: &Canvas<'_>) -> Vec<Line> {
    const LEAD: &str = "makes the final call on evidence that is ";
    let said = word(evidence, canvas);
    if canvas.cols(LEAD) + canvas.cols(&said.0) <= canvas.width() {
        return vec![vec![piece(LEAD, Role::Text), said]];
    }
    vec![vec![piece("makes the final call", Role::Text)], vec![piece("evidence: ", Role::Text), said]]
}

/// How many said what.
fn tally(poll: &RollCallState, canvas: &Canvas<'_>) -> Line {
    let answers = |wanted: fn(&Vote) -> bool| {
        let counts = poll.stations.iter().filter(|it| it.heard || it.passed_over);
        counts.filter(|it| it.vote.as_ref().is_some_and(wanted)).count()
    };
    let symbols = canvas.symbols();
    let parts = [
        (symbols.go, answers(|it| *it == Vote::Go), "GO", Role::Go),
        (
            symbols.waived,
            answers(|it| matches!(it, Vote::GoWithConditions { .. })),
            "with conditions",
            Role::Waived,
        ),
        (symbols.no_go, answers(|it| *it == Vote::NoGo), "NO-GO", Role::NoGo),
        (symbols.not_applicable, answers(|it| *it == Vote::Abstain), "abstain", Role::NotApplicable),
        (
            symbols.pending,
            poll.stations.iter().filter(|it| !it.heard && !it.passed_over).count(),
            "not heard",
            Role::Pending,
        ),
    ];
    let mut line = vec![piece("stations: ", Role::Dim)];
    for (shape, count, said, role) in parts.into_iter().filter(|(_, count, ..)| *count > 0) {
        line.push(piece(format!("{shape} {count} {said}   "), role));
    }
    line
}

/// What was decided. GO stands large only where it is one: it stands, it overrides nothing, and the board is GO.
pub(super) fn decided(
    model: &Model,
    poll: &RollCallState,
    it: &DecisionState,
    now: Now,
    canvas: &mut Canvas<'_>,
) {
    let rows = headline(model, it, canvas);
    let gap = u16::from(canvas.height() > rows + 6);
    let mut all = facts(model, it, now, canvas);
    all.extend(next(model, poll, it, canvas));
    all.extend(pages(model, it, canvas));
    all.extend(dissent(it, canvas));
    lines(rows + gap, &all, canvas);
}

fn headline(model: &Model, it: &DecisionState, canvas: &mut Canvas<'_>) -> u16 {
    let role = match &it.decision {
        _ if it.overrides => Role::Error,
        Decision::Go { .. } if it.is_go() && model.board.word == BoardWord::Go => word_role(BoardWord::Go),
        Decision::Go { .. } => {
            let why =
                it.void.clone().unwrap_or_else(|| format!("the board is {} now", model.board.named()).into());
            let all = labelled("", &format!("The decision was GO; {why}"), Role::Hold, 2, canvas);
            lines(0, &all, canvas);
            return u16::try_from(all.len()).unwrap_or(2);
        }
        Decision::NoGo { .. } => word_role(BoardWord::NoGo),
        Decision::Hold { .. } if it.stands => word_role(BoardWord::Hold),
        Decision::Hold { .. } => {
            canvas.put(0, 0, u16::MAX, "The HOLD is over.", Role::Title);
            return 1;
        }
        Decision::Scrub { .. } => Role::Hold,
    };
    letters::draw(it.label(), scale(canvas), role, canvas)
}

fn facts(model: &Model, it: &DecisionState, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    let zone = model.launch.schedule.zone;
    let at = |at| moment_zoned(at, now.wall, zone);
    let round = it.round.map_or(String::new(), |round| format!(" in roll call {round}"));
    let text = format!("by {} at {}{round}; the evidence was {}", it.spoken(), at(it.at), it.word);
    let mut all = labelled("", &text, Role::Text, 2, canvas);
    if it.overrides {
        let text = format!("An OVERRIDE is no GO: the evidence was {}, and its word is not changed", it.word);
        all.extend(labelled("", &text, Role::Error, 2, canvas));
    }
    let said = matches!(it.decision, Decision::Hold { .. }) || (it.decision.is_go() && !it.overrides);
    if let Some(void) = it.void.as_ref().filter(|_| !said) {
        all.extend(labelled("", void, Role::Hold, 2, canvas));
    }
    all.extend(labelled("reason:", &it.reason, Role::Title, 3, canvas));
    let mut more: Vec<(&str, String)> = Vec::new();
    match &it.decision {
        Decision::Go { option } => more.extend(option.iter().map(|option| ("chosen:", option.to_string()))),
        Decision::NoGo { option, new_date } => {
            more.extend(option.iter().map(|option| ("chosen:", option.to_string())));
            more.extend(new_date.iter().map(|date| ("next review:", at(*date))));
        }
        Decision::Hold { until, .. } => {
            more.extend(until.iter().map(|until| ("until:", at(*until))));
            more.extend(it.waits_for.iter().map(|what| ("still waits for:", what.to_string())));
        }
        Decision::Scrub { t0 } => more.push(("new T-0:", at(*t0))),
    }
    for (label, text) in more {
        all.extend(labelled(label, &text, Role::Text, 2, canvas));
    }
    all
}

/// Who did not simply agree, in their own words.
fn dissent(it: &DecisionState, canvas: &Canvas<'_>) -> Vec<Line> {
    let mut all = Vec::new();
    for given in &it.dissent {
        let (shape, role) = look(&given.vote, false, canvas);
        let mut words: Vec<&str> = given.vote.conditions().iter().map(|it| &**it).collect();
        words.extend(given.note.as_deref());
        let label = format!("{shape} {} ({}), {}:", given.station, given.by, given.vote.word());
        all.extend(labelled(&label, &words.join("; "), role, 2, canvas));
    }
    all
}

/// Where the minutes are, or how to write them.
fn pages(model: &Model, it: &DecisionState, canvas: &Canvas<'_>) -> Vec<Line> {
    if model.looks_back() {
        return Vec::new();
    }
    match model.meeting.written.as_ref().filter(|written| written.of == it.at) {
        Some(written) => {
            written.paths.iter().flat_map(|path| labelled("wrote:", path, Role::Title, 2, canvas)).collect()
        }
        None => vec![vec![
            piece("w", Role::KeyHint),
            piece(" writes the minutes and the decision record", Role::Dim),
        ]],
    }
}

/// How the meeting goes on.
fn next(model: &Model, poll: &RollCallState, it: &DecisionState, canvas: &Canvas<'_>) -> Vec<Line> {
    let round = poll.round.saturating_add(1);
    let text = match &it.decision {
        Decision::Hold { .. } if model.held() => {
            let key = model.keymap.said(Action::EndHold);
            format!("{key} ends the hold; then the stations are called again in roll call {round}")
        }
        Decision::Hold { .. } => {
            let key = model.keymap.said(Action::OpenRound);
            format!("{key} opens roll call {round}: the stations are called again")
        }
        _ => return Vec::new(),
    };
    labelled("", &text, Role::Hold, 2, canvas)
}
