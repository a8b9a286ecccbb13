//! The readiness review: every item by who is asked for it, what was said of it, and how ready the launch was each day.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    detail::parties,
    frame::{self, below},
    when::{moment, moment_zoned},
    wrap::wrap,
};
use crate::{Action, Model};
use gonogo_domain::{Now, PlanStanding, ReadinessDay, ReadinessItem};
use gonogo_theme::Role;

/// Rows below the list that tell of the chosen item.
const TOLD: u16 = 4;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    let review = model.readiness();
    let tally = review.tally;
    let role = if tally.at_risk + tally.new_date > 0 { Role::Hold } else { Role::Title };
    let x = canvas.put(1, body.y, u16::MAX, "Readiness: ", Role::Title);
    canvas.put(x, body.y, u16::MAX, &tally.describe(), role);
    let trend = trend(model, body.width.saturating_sub(2));
    canvas.put(1, body.y + 1, u16::MAX, &trend, Role::Dim);
    let rest = below(body, 3);
    let list = Rect { height: rest.height.saturating_sub(TOLD), ..rest };
    let items = model.readiness_items();
    let chosen = model.scroll.readiness.min(items.len().saturating_sub(1));
    draw_list(model, now, (&items, chosen), &mut canvas.part(list));
    if let Some(item) = items.get(chosen) {
        told(model, now, item, &mut canvas.part(below(rest, list.height)));
    }
}

/// The newest days that fit: `28 Nov 3/12, 29 Nov no record, 30 Nov 5/12`.
fn trend(model: &Model, room: u16) -> String {
    let days = match &model.trend {
        None => return "reading the journal...".to_owned(),
        Some(Err(why)) => return why.clone(),
        Some(Ok(days)) if days.is_empty() => return "nothing is on record of the days before".to_owned(),
        Some(Ok(days)) => days,
    };
    let mut line = String::new();
    for day in days.iter().rev() {
        let said = day_said(day);
        let longer = if line.is_empty() { said } else { format!("{said}, {line}") };
        if gonogo_text::width(&longer) > usize::from(room.saturating_sub(5)) {
            break;
        }
        line = longer;
    }
    format!("go: {line}")
}

fn day_said(day: &ReadinessDay) -> String {
    let name = day.day.format("%-d %b");
    match &day.reading {
        None => format!("{name} no record"),
        Some(it) => format!("{name} {}/{}", it.score.go, it.score.of),
    }
}

/// How an item stands out.
fn role(item: &ReadinessItem) -> Role {
    match item.standing {
        PlanStanding::AtRisk => Role::NoGo,
        PlanStanding::NewDate => Role::Hold,
        PlanStanding::Confirmed => Role::Go,
        PlanStanding::Void | PlanStanding::Unconfirmed if item.verdict.satisfies() => Role::Dim,
        PlanStanding::Void | PlanStanding::Unconfirmed => Role::Pending,
    }
}

fn draw_list(model: &Model, now: Now, (items, chosen): (&[ReadinessItem], usize), canvas: &mut Canvas<'_>) {
    let mut lines: Vec<(Vec<Piece<'_>>, Option<usize>)> = Vec::new();
    let mut asked = None;
    for (n, item) in items.iter().enumerate() {
        if asked != Some(&item.asked) {
            asked = Some(&item.asked);
            let who = if item.asked.is_empty() { "nobody".to_owned() } else { parties(&item.asked) };
            lines.push((vec![piece(who, Role::Accent)], None));
        }
        let zone = model.launch.schedule.zone;
        let due = item.due.map(|at| format!("  due {}", moment(at, now.wall, zone))).unwrap_or_default();
        let line = vec![
            piece(format!("  {:<14}", item.standing.word()), role(item)),
            piece(format!("{:<9}", item.verdict.word()), Role::Dim),
            piece(item.gate.as_str(), Role::Text),
            piece(format!("  {}", item.title), Role::Dim),
            piece(due, Role::Dim),
        ];
        lines.push((line, Some(n)));
    }
    if lines.is_empty() {
        canvas.put(1, 0, u16::MAX, "there is no item to confirm", Role::Dim);
        return;
    }
    let rows = usize::from(canvas.height());
    let at = lines.iter().position(|(_, n)| *n == Some(chosen)).unwrap_or_default();
    let first = (at + 2).saturating_sub(rows).min(lines.len().saturating_sub(rows));
    for (y, (line, n)) in (0..canvas.height()).zip(lines.iter().skip(first)) {
        canvas.line(1, y, line);
        if *n == Some(chosen) {
            canvas.over(0, y, canvas.width(), Role::Selection);
        }
    }
    if lines.len() > first + rows && rows > 0 {
        canvas.put_right(canvas.width(), canvas.height() - 1, 10, "  more", Role::KeyHint);
    }
}

/// What was said of the chosen item, and the key that speaks of it.
fn told(model: &Model, now: Now, item: &ReadinessItem, canvas: &mut Canvas<'_>) {
    canvas.line_across(0, 0, canvas.width());
    let zone = model.launch.schedule.zone;
    let key = model.keymap.said(Action::ConfirmItem);
    let mut said = match &item.word {
        None => vec![format!("{key} confirms it, moves its date or calls it at risk")],
        Some(word) => {
            let at = moment_zoned(word.voice.at, now.wall, zone);
            let by =
                word.by.map(|by| format!(" for {}", moment_zoned(by, now.wall, zone))).unwrap_or_default();
            let why = word.said.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            vec![format!("{}{by}, says {} {at}{why}", word.standing.word(), word.voice.spoken().named())]
        }
    };
    if let Some(word) = &item.word {
        said.extend(word.void.iter().chain(&word.warning).chain(&word.link).map(ToString::to_string));
    }
    let lines = said.iter().flat_map(|text| wrap(text, canvas.width().saturating_sub(2), 2));
    let lines: Vec<_> = lines.collect();
    for (y, line) in (1..canvas.height()).zip(&lines) {
        canvas.put(1, y, u16::MAX, line, Role::Text);
    }
}
