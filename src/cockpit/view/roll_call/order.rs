//! The order of the poll with every answer so far.

use super::{Canvas, look, piece, said_before, spoken, wrap};
use crate::{Model, Pane, Target, model::Shown};
use gonogo_domain::{RollCallState, Spoken, StationState, Vote};
use gonogo_theme::Role;

/// Where titles and answers begin.
const TITLE: u16 = 5;

/// Draws it, with a rule above it where it stands below the station.
pub(super) fn draw(model: &Model, below: bool, canvas: &mut Canvas<'_>) {
    let Some(poll) = model.poll() else { return };
    if below {
        canvas.line_across(1, 0, canvas.width().saturating_sub(2));
    }
    canvas.hot_whole(Target::Pane(Pane::Order, poll.stations.len()));
    let answers = answers_at(model, poll, canvas);
    let here = here(model, poll);
    let rows = canvas.height().saturating_sub(1);
    // What is looked at stays in sight, with one row before and one behind it.
    let all = u16::try_from(poll.stations.len() + 1).unwrap_or(u16::MAX);
    let offset = here.map_or(0, |at| (at + 2).saturating_sub(rows)).min(all.saturating_sub(rows));
    // Who comes late reads what was said, in whole sentences where there is room for all of them.
    let cols = canvas.width().saturating_sub(answers + 2);
    let told: Vec<_> = poll.stations.iter().map(|it| wrap(&words(it).unwrap_or_default(), cols, 3)).collect();
    let more: usize = told.iter().map(Vec::len).sum();
    let apart = usize::from(all) + more <= usize::from(rows);
    let mut y = 1;
    for at in offset..all.min(offset + rows) {
        let station = poll.stations.get(usize::from(at));
        match station {
            Some(station) => row(model, station, answers, (y, apart), canvas),
            None => final_row(model, poll, answers, y, canvas),
        }
        canvas.hot_row(0, y, canvas.width(), Target::Station(station.map(|it| it.role.clone())));
        if here == Some(at) {
            canvas.over(1, y, canvas.width().saturating_sub(2), Role::Selection);
        }
        y += 1;
        for line in told.get(usize::from(at)).filter(|_| apart).into_iter().flatten() {
            canvas.put(answers, y, cols, line, Role::Text);
            y += 1;
        }
    }
    if offset + rows < all && rows > 0 {
        let hidden = format!(" +{} more", all - offset - rows);
        canvas.put_right(canvas.width().saturating_sub(1), rows, 10, &hidden, Role::KeyHint);
    }
}

/// The row that is shown large.
fn here(model: &Model, poll: &RollCallState) -> Option<u16> {
    let at = match model.shown() {
        Shown::Station(_, it) => poll.stations.iter().position(|station| station.role == it.role)?,
        Shown::FinalCall(_) => poll.stations.len(),
        _ => return None,
    };
    u16::try_from(at).ok()
}

/// The column where the answers begin: behind the longest title.
fn answers_at(model: &Model, poll: &RollCallState, canvas: &Canvas<'_>) -> u16 {
    let title = |it: &StationState| canvas.cols(&it.title) + 2 * u16::from(it.depth.min(6));
    let last = canvas.cols(&model.launch.title_of(&poll.final_call));
    let longest = poll.stations.iter().map(title).max().unwrap_or_default().max(last);
    (TITLE + longest + 2).min(canvas.width() / 2)
}

fn row(model: &Model, it: &StationState, answers: u16, (y, apart): (u16, bool), canvas: &mut Canvas<'_>) {
    let called = model.called().is_some_and(|called| called.role == it.role);
    let (shape, role) = match &it.vote {
        Some(vote) => look(vote, it.void.is_some(), canvas),
        None => (canvas.symbols().pending, if called { Role::Title } else { Role::Dim }),
    };
    let indent = TITLE + 2 * u16::from(it.depth.min(6));
    let draft = model.draft_of(&it.role);
    let (shape, role) = if draft.is_some() { ("!", Role::Error) } else { (shape, role) };
    canvas.put(3, y, 1, shape, role);
    let title = if called { Role::Title } else { Role::Text };
    canvas.put(indent, y, answers.saturating_sub(indent + 1), &it.title, title);
    if let Some(draft) = draft {
        canvas.put(answers, y, u16::MAX, &format!("NOT RECORDED: {}", draft.what), Role::Error);
        return;
    }
    if let Some(act) = model.acts.of_station(&it.role) {
        let state = if act.unsure { "looking up whether it was recorded" } else { "recording..." };
        canvas.put(answers, y, u16::MAX, &format!("{}, {state}", act.what), Role::Hold);
        return;
    }
    match &it.vote {
        None if called => {
            canvas.put(answers, y, u16::MAX, "called now", Role::Title);
        }
        None => {}
        Some(vote) => answer((it, apart), vote, role, (answers, y), canvas),
    }
}

/// The answer with what it corrected, who gave it and, unless they stand apart, their words.
fn answer(
    (it, apart): (&StationState, bool),
    vote: &Vote,
    role: Role,
    (x, y): (u16, u16),
    canvas: &mut Canvas<'_>,
) {
    let mut line = vec![piece(vote.word().to_owned(), role)];
    if let Vote::Delegate { to } = vote {
        line.push(piece(format!(" to {to}, not heard yet"), Role::Text));
    }
    if it.void.is_some() {
        line.push(piece(", void", Role::Unknown));
    }
    if it.passed_over {
        line.push(piece(", passed over", Role::Text));
    }
    if let Some(by) = &it.by {
        let by = Spoken::new(by, it.recorder.as_ref(), it.stands_in.as_ref());
        line.push(piece(format!("  {}", spoken(by)), Role::Dim));
    }
    if let Some(given) = it.delegated.as_ref().filter(|_| !matches!(vote, Vote::Delegate { .. })) {
        line.push(piece(format!(", delegated by {}", given.by), Role::Dim));
    }
    // Behind whose word it is: what is unverified is never what a narrow screen cuts.
    if let Some(was) = said_before(it) {
        line.push(piece(format!("  ({was})"), Role::Changed));
    }
    line.extend(words(it).filter(|_| !apart).map(|words| piece(format!("  {words}"), Role::Text)));
    canvas.line(x, y, &line);
}

/// What was said with an answer.
fn words(it: &StationState) -> Option<String> {
    let vote = it.vote.as_ref()?;
    let mut words: Vec<&str> = vote.conditions().iter().map(|it| &**it).collect();
    words.extend(it.note.as_deref());
    (!words.is_empty()).then(|| format!("\"{}\"", words.join("; ")))
}

fn final_row(model: &Model, poll: &RollCallState, answers: u16, y: u16, canvas: &mut Canvas<'_>) {
    let title = model.launch.title_of(&poll.final_call);
    let ready = poll.open && model.called().is_none();
    let role = if ready { Role::Title } else { Role::Dim };
    canvas.put(3, y, 1, canvas.symbols().stop[usize::from(!ready)], role);
    canvas.put(TITLE, y, answers.saturating_sub(TITLE + 1), &title, role);
    canvas.put(answers, y, u16::MAX, "makes the final call", role);
}
