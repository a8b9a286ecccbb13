//! The risks of the launch as a whole: what each does to it, who sees to it, and what became of it.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::piece,
    frame,
    roll_call::{Line, labelled, lines},
    table::{self, CELL, Cells, INDENT},
    when::moment_zoned,
};
use crate::{Action, Model, Pane, Target, layout};
use gonogo_domain::{Now, RiskState, RiskStatus, Triage};
use gonogo_theme::Role;

/// In fewer columns what a risk is comes before its figures, which stand below in full.
const NARROW: u16 = 100;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::inset(frame::draw(model, now, canvas));
    draw(model, now, &mut canvas.part(body));
}

fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let all = model.board.risks_worst_first();
    let Some(chosen) = model.chosen_risk() else {
        let key = model.keymap.said(Action::AddRisk);
        let text = format!(
            "No risk is stated. {key} states one: what can go wrong with the launch as a whole, how bad it would be, for how \
             many, and the way around it."
        );
        return lines(0, &labelled("", &text, Role::Text, 4, canvas), canvas);
    };
    lines(0, &[summary(&all)], canvas);
    let top = 2.min(height);
    let rows = u16::try_from(all.len()).unwrap_or(u16::MAX);
    if layout::is_wide(model.size.0) {
        let left = width * 11 / 20;
        let list = Rect { x: 0, y: top, width: left, height: height - top };
        self::list(model, now, (&all, chosen), &mut canvas.part(list));
        canvas.part(Rect { x: left, y: top, width: 1, height: height - top }).line_down(0);
        let beside = Rect { x: left + 2, width: width.saturating_sub(left + 2), ..list };
        return detail(model, now, chosen, &mut canvas.part(beside));
    }
    let rows = rows.min(height.saturating_sub(top) / 2);
    self::list(model, now, (&all, chosen), &mut canvas.part(Rect { x: 0, y: top, width, height: rows }));
    let y = top + rows;
    canvas.line_across(0, y, width);
    let below = Rect { x: 0, y: y + 1, width, height: height.saturating_sub(y + 1) };
    detail(model, now, chosen, &mut canvas.part(below));
}

/// `1 blocks GO, 2 to answer, 1 accepted, 3 settled`.
fn summary(all: &[&RiskState]) -> Line {
    let count = |is: &dyn Fn(&RiskState) -> bool| all.iter().filter(|it| is(it)).count();
    let open = |it: &RiskState, triage| it.status == RiskStatus::Open && it.triage == triage;
    let (blocks, asks) = (count(&|it| open(it, Triage::Blocks)), count(&|it| open(it, Triage::Asks)));
    let parts = [
        (blocks, if blocks == 1 { "blocks GO" } else { "block GO" }, Role::NoGo),
        (asks, "to answer", Role::Hold),
        (count(&|it| open(it, Triage::Noted)), "noted", Role::Text),
        (count(&|it| it.status == RiskStatus::Accepted), "accepted", Role::Waived),
        (count(&|it| !it.is_there()), "settled", Role::Dim),
    ];
    let mut line = vec![piece("Risks:", Role::Title)];
    let told = parts.into_iter().filter(|(count, ..)| *count > 0);
    line.extend(told.map(|(count, what, role)| piece(format!("  {count} {what}"), role)));
    line
}

fn list(model: &Model, now: Now, (all, chosen): (&[&RiskState], &RiskState), canvas: &mut Canvas<'_>) {
    canvas.hot_whole(Target::Pane(Pane::Risks, all.len()));
    let narrow = canvas.width() < NARROW;
    let rows: Vec<Cells> = all.iter().map(|it| cells(model, now, it, narrow)).collect();
    let columns = table::widths(rows.iter(), CELL);
    let room = usize::from(canvas.height());
    let at = all.iter().position(|it| it.id == chosen.id).unwrap_or_default();
    let first = (at + 2).min(all.len()).saturating_sub(room);
    let width = canvas.width();
    for (y, (it, cells)) in (0..canvas.height()).zip(all.iter().zip(&rows).skip(first)) {
        // The last column is the thumb's.
        let place = Rect { x: 0, y, width: width.saturating_sub(1), height: 1 };
        canvas.part(place).line(INDENT, 0, &table::line(cells, &columns));
        canvas.hot_row(0, y, width, Target::Risk(it.id.clone()));
        if it.id == chosen.id {
            canvas.over(0, y, width, Role::Selection);
        }
    }
    canvas.thumb(first, room, all.len());
}

/// What it does to the launch, its name, how bad, how likely, for how many, whose it is, what it is.
fn cells(model: &Model, now: Now, it: &RiskState, narrow: bool) -> Cells {
    let figures = &it.figures;
    let users = figures.users.map_or_else(|| "users ?".to_owned(), |users| format!("{users} %"));
    let until = it.until.filter(|_| it.status == RiskStatus::Accepted);
    let until = until.map(|at| format!("until {}", moment_zoned(at, now.wall, model.launch.schedule.zone)));
    let text = if it.is_there() { Role::Text } else { Role::Dim };
    let mut cells = vec![
        piece(word(it), role(it)),
        piece(it.id.to_string(), Role::Title),
        piece(figures.severity.to_string(), text),
        piece(figures.likelihood.word(), text),
        piece(users, text),
        piece(until.unwrap_or_default(), Role::Waived),
        piece(figures.owner.to_string(), if model.is_me(&figures.owner) { Role::Accent } else { Role::Dim }),
        piece(figures.what.to_string(), text),
    ];
    if narrow {
        cells.drain(3..6);
    }
    cells
}

fn word(it: &RiskState) -> String {
    if it.blocks() { it.word().to_uppercase() } else { it.word().to_owned() }
}

fn role(it: &RiskState) -> Role {
    match (it.status, it.triage) {
        (RiskStatus::Open, Triage::Blocks) => Role::NoGo,
        (RiskStatus::Open, Triage::Asks) => Role::Hold,
        (RiskStatus::Open, Triage::Noted) => Role::Text,
        (RiskStatus::Accepted, _) => Role::Waived,
        (RiskStatus::Mitigated | RiskStatus::Closed, _) => Role::Dim,
    }
}

/// All that is known of it, and who can do what about it.
fn detail(model: &Model, now: Now, it: &RiskState, canvas: &mut Canvas<'_>) {
    let at = |moment| moment_zoned(moment, now.wall, model.launch.schedule.zone);
    let figures = &it.figures;
    let mut all: Vec<Line> =
        vec![vec![piece(word(it), role(it)), piece(format!("  {}", it.id), Role::Title)]];
    all.extend(labelled("", &figures.what, Role::Title, 3, canvas));
    all.extend(labelled("", &figures.said(), Role::Text, 3, canvas));
    all.extend(labelled("it", does(it), role(it), 2, canvas));
    if let Some(act) = model.acts.of_risk(&it.id) {
        all.push(vec![piece(format!("{}: recording, not yet acknowledged", act.what), Role::Hold)]);
    }
    all.push(Vec::new());
    let owner = figures.owner.to_string();
    all.extend(labelled("sees to it:", &owner, Role::Text, 1, canvas));
    if let Some(gate) = &figures.gate {
        all.extend(labelled("about:", gate.as_str(), Role::Text, 1, canvas));
    }
    let stated = format!("{} at {}", it.stated.spoken().named(), at(it.stated.at));
    all.extend(labelled("stated by:", &stated, Role::Dim, 2, canvas));
    if let Some(voice) = &it.word {
        let until = it.until.map(|end| format!(" until {}", at(end))).unwrap_or_default();
        let note = it.note.as_deref().unwrap_or_default();
        let said = format!("{} at {}{until}: {note}", voice.spoken().named(), at(voice.at));
        let label = if it.status == RiskStatus::Open { "open again by:" } else { it.status.word() };
        all.extend(labelled(label, &said, Role::Text, 4, canvas));
    }
    lines(0, &all, canvas);
}

/// What it does to the launch, in a sentence.
fn does(it: &RiskState) -> &'static str {
    match (it.status, it.triage) {
        (RiskStatus::Open, Triage::Blocks) => "blocks GO until it is mitigated, accepted, closed or less bad",
        (RiskStatus::Open, Triage::Asks) => "is answered by whoever makes the final call",
        (RiskStatus::Open, Triage::Noted) => "is noted, and stops nothing",
        (RiskStatus::Accepted, _) => "is still there; the launch may go with it for a time",
        (RiskStatus::Mitigated, _) => "is mitigated, and stops nothing",
        (RiskStatus::Closed, _) => "is none any more",
    }
}
