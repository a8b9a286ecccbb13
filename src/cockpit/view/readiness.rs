//! The readiness review: every item by who is asked for it, what was recorded about it, and how ready the launch was each day.

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    curve::curve,
    frame::{self, below},
    gate_facts::parties,
    header,
    table::{self, Cells},
    when::{moment, moment_zoned},
    wrap::wrap,
};
use crate::{Action, Model, Pane, Target, layout};
use gonogo_domain::{Now, PlanStanding, ReadinessDay, ReadinessItem};
use gonogo_theme::Role;

/// Rows below the list that tell of the chosen item.
const TOLD: u16 = 5;
/// The most columns of a cell but the title.
const CELL: usize = 28;
/// Blanks before a row, for the pointer.
const INDENT: usize = 3;
/// The most columns of the curve of days.
const CURVE: usize = 14;
/// Columns of the days.
const DAYS: u16 = 58;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    let wide = layout::is_wide(model.size.0);
    let top = head(model, wide, &mut canvas.part(body));
    let rest = below(body, top);
    let width = if wide { rest.width.saturating_sub(DAYS + 1) } else { rest.width };
    let items = model.readiness_items();
    let chosen = model.scroll.readiness.min(items.len().saturating_sub(1));
    let told = TOLD.min(rest.height / 3);
    let list = Rect { width, height: rest.height.saturating_sub(told), ..rest };
    draw_list(model, now, (&items, chosen), &mut canvas.part(list));
    if let Some(item) = items.get(chosen) {
        self::told(model, now, item, &mut canvas.part(Rect { width, ..below(rest, list.height) }));
    }
    if wide {
        canvas.part(Rect { x: width, width: 1, ..rest }).line_down(0);
        let days = Rect { x: width + 1, width: rest.width.saturating_sub(width + 1), ..rest };
        draw_days(model, &mut canvas.part(days));
    }
}

/// The counts, and in one line how ready it was on the days before; the rows that this takes, with a free one, are the answer.
fn head(model: &Model, wide: bool, canvas: &mut Canvas<'_>) -> u16 {
    let tally = model.readiness().tally;
    let role = if tally.at_risk + tally.new_date > 0 { Role::Hold } else { Role::Title };
    let lines = wrap(&format!("Readiness: {}", tally.describe()), canvas.width().saturating_sub(2), 2);
    let mut y = 0;
    for line in &lines {
        canvas.put(1, y, u16::MAX, line, role);
        y += 1;
    }
    if !wide {
        let trend = trend(model, canvas.width().saturating_sub(2), canvas);
        canvas.put(1, y, u16::MAX, &trend, Role::Dim);
        y += 1;
    }
    y + 1
}

/// How ready it was on each day, the newest first.
fn draw_days(model: &Model, canvas: &mut Canvas<'_>) {
    canvas.put(2, 0, u16::MAX, "day by day", Role::Accent);
    let Some(Ok(days)) = model.days_so_far() else {
        let said = trend(model, canvas.width(), canvas);
        for (y, line) in (1..canvas.height()).zip(wrap(&said, canvas.width().saturating_sub(3), 3)) {
            canvas.put(2, y, u16::MAX, &line, Role::Dim);
        }
        return;
    };
    for (y, day) in (1..canvas.height()).zip(days.iter().rev()) {
        canvas.put(2, y, 8, &day.day.format("%-d %b").to_string(), Role::Text);
        let Some(it) = &day.reading else {
            canvas.put(10, y, u16::MAX, "no record", Role::Dim);
            continue;
        };
        let bar = header::segments(&it.score, 16, canvas);
        canvas.line(10, y, &bar);
        let said = format!("{:>3}/{} go  {} confirmed", it.score.go, it.score.of, it.tally.confirmed);
        canvas.put(27, y, u16::MAX, &said, Role::Text);
    }
}

/// The newest days that fit: `28 Nov 3/12, 29 Nov no record, 30 Nov 5/12`.
fn trend(model: &Model, room: u16, canvas: &Canvas<'_>) -> String {
    let days = match model.days_so_far() {
        None => return "reading the journal...".to_owned(),
        Some(Err(why)) => return why.to_owned(),
        Some(Ok(days)) if days.is_empty() => return "nothing is on record of the days before".to_owned(),
        Some(Ok(days)) => days,
    };
    let curve = days_curve(&days, canvas);
    let mut line = String::new();
    for day in days.iter().rev() {
        let said = day_said(day);
        let longer = if line.is_empty() { said } else { format!("{said}, {line}") };
        if gonogo_text::width(&longer)
            > usize::from(room.saturating_sub(6)).saturating_sub(gonogo_text::width(&curve))
        {
            break;
        }
        line = longer;
    }
    format!("go{curve}: {line}")
}

/// The same as a curve, where there are enough days for one; empty: there are not.
fn days_curve(days: &[ReadinessDay], canvas: &Canvas<'_>) -> String {
    let shares: Vec<_> = days.iter().map(|day| day.reading.map(|it| (it.score.go, it.score.of))).collect();
    if shares.iter().flatten().count() < 3 {
        String::new()
    } else {
        format!(" {}", curve(&shares, CURVE, canvas))
    }
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

/// A line of the list, and the item that it belongs to.
type ItemLine = (Vec<Piece<'static>>, Option<usize>);

fn draw_list(model: &Model, now: Now, (items, chosen): (&[ReadinessItem], usize), canvas: &mut Canvas<'_>) {
    canvas.hot_whole(Target::Pane(Pane::Readiness, items.len()));
    if items.is_empty() {
        let text = "There is nothing to confirm. Each gate with an owner stands here, until the owner has said whether it will be ready.";
        for (y, line) in (0..).zip(wrap(text, canvas.width().saturating_sub(2), 3)) {
            canvas.put(1, y, u16::MAX, &line, Role::Text);
        }
        return;
    }
    let rows = usize::from(canvas.height());
    // The last column is the thumb's.
    let cols = canvas.width().saturating_sub(1);
    let lines = listed(model, now, items, cols, rows);
    let at = lines.iter().rposition(|(_, n)| *n == Some(chosen)).unwrap_or_default();
    let first = (at + 2).saturating_sub(rows).min(lines.len().saturating_sub(rows));
    let mut pointed = false;
    for (y, (line, n)) in (0..canvas.height()).zip(lines.iter().skip(first)) {
        canvas.part(Rect { x: 0, y, width: cols, height: 1 }).line(0, 0, line);
        if let Some(item) = n.and_then(|n| items.get(n)) {
            canvas.hot_row(0, y, canvas.width(), Target::Item(item.gate.clone()));
            if model.list.together.contains(&item.gate) {
                canvas.put(2, y, 1, "+", Role::Accent);
            }
        }
        if *n == Some(chosen) {
            let width = canvas.width();
            if pointed {
                canvas.ground(0, y, width, Role::Selection);
            } else {
                canvas.over(0, y, width, Role::Selection);
            }
            pointed = true;
        }
    }
    canvas.thumb(first, rows, lines.len());
}

/// All items under who is asked for them. Before a title is cut its id goes, which stands below the list; a title that does not
/// fit even so takes a second line where there is room for all.
fn listed(model: &Model, now: Now, items: &[ReadinessItem], cols: u16, rows: usize) -> Vec<ItemLine> {
    let room = |columns: &[usize]| usize::from(cols).saturating_sub(INDENT + table::before_last(columns) + 1);
    let longest = items.iter().map(|it| gonogo_text::width(&it.title)).max().unwrap_or_default();
    let mut cells: Vec<Cells> = items.iter().map(|item| cells(model, now, item)).collect();
    let mut columns = table::widths(cells.iter(), CELL);
    if longest > room(&columns) {
        cells.iter_mut().for_each(|cells| _ = cells.remove(ID));
        columns = table::widths(cells.iter(), CELL);
    }
    let at = INDENT + table::before_last(&columns);
    let room = u16::try_from(room(&columns)).unwrap_or(u16::MAX);
    let titles: Vec<Vec<String>> = items.iter().map(|item| wrap(&item.title, room, 2)).collect();
    let heads = items.iter().zip(items.iter().skip(1)).filter(|(a, b)| a.asked != b.asked).count() + 1;
    let whole = heads + titles.iter().map(Vec::len).sum::<usize>() <= rows;
    let mut all: Vec<ItemLine> = Vec::new();
    let mut asked = None;
    for (n, ((item, mut cells), title)) in items.iter().zip(cells).zip(titles).enumerate() {
        if asked != Some(&item.asked) {
            asked = Some(&item.asked);
            let who = if item.asked.is_empty() { "nobody".to_owned() } else { parties(&item.asked) };
            all.push((vec![piece(format!(" {who}"), Role::Accent)], None));
        }
        let mut title = if whole { title } else { vec![item.title.to_string()] }.into_iter();
        if let (Some(cell), Some(first)) = (cells.last_mut(), title.next()) {
            cell.0 = first.into();
        }
        let mut line = vec![piece(" ".repeat(INDENT), Role::Text)];
        line.extend(table::line(&cells, &columns));
        all.push((line, Some(n)));
        all.extend(title.map(|more| (vec![piece(" ".repeat(at), Role::Text), piece(more, TITLE)], Some(n))));
    }
    all
}

/// Where the id stands among the cells of an item.
const ID: usize = 3;
const TITLE: Role = Role::Dim;

fn cells(model: &Model, now: Now, item: &ReadinessItem) -> Cells {
    let zone = model.launch.schedule.zone;
    let due = item.due.map(|at| moment(at, now.wall, zone)).unwrap_or_default();
    vec![
        piece(item.standing.word(), role(item)),
        piece(item.verdict.word(), Role::Dim),
        piece(due, Role::Dim),
        piece(item.gate.to_string(), Role::Text),
        piece(item.title.to_string(), TITLE),
    ]
}

/// The chosen item in full, what was recorded about it, and the key to confirm it.
fn told(model: &Model, now: Now, item: &ReadinessItem, canvas: &mut Canvas<'_>) {
    canvas.line_across(0, 0, canvas.width());
    let zone = model.launch.schedule.zone;
    let due = item.due.map(|at| format!(", due {}", moment_zoned(at, now.wall, zone))).unwrap_or_default();
    let key = model.keymap.said(Action::ConfirmItem);
    let mut said = vec![(format!("{} ({}){due}", item.title, item.gate), Role::Title)];
    said.push(match &item.word {
        None => (format!("{key} confirms it, moves its date or calls it at risk"), Role::KeyHint),
        Some(word) => {
            let at = moment_zoned(word.voice.at, now.wall, zone);
            let by =
                word.by.map(|by| format!(", by {}", moment_zoned(by, now.wall, zone))).unwrap_or_default();
            (format!("{}{by}, {}", word.standing.word(), word.by_whom(&format!(" {at}"))), Role::Text)
        }
    });
    if let Some(word) = &item.word {
        said.extend(word.more().map(|it| (it.to_string(), Role::Text)));
    }
    let cols = canvas.width().saturating_sub(2);
    let lines = said.iter().flat_map(|(text, role)| wrap(text, cols, 2).into_iter().map(|it| (it, *role)));
    let lines: Vec<_> = lines.collect();
    for (y, (line, role)) in (1..canvas.height()).zip(&lines) {
        canvas.put(1, y, u16::MAX, line, *role);
    }
}
