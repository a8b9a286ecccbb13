//! The list of checklists and gates. Only the rows in sight are built.

mod explained;

use std::time::Duration;

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{
    Canvas,
    canvas::{Piece, piece},
    filtering, header,
    look::verdict_role,
    when::moment,
    wrap::wrap,
};
use crate::{
    GroupId, Model, Pane, Target,
    layout::{self, AGE, Columns, INDENT, VERDICT},
    model::{Fuzzy, ListRow, Section, Words, other_than_go, seen_to_by},
};
use gonogo_domain::{Blocks, GateState, Now, Verdict};
use gonogo_text::{self as text, age};
use gonogo_theme::Role;

/// From so many columns on there is room for a mark before small words.
const ROOMY: u16 = 60;
/// The longest bar of one checklist.
const BAR: u16 = 10;
/// Columns of the name of a checklist that is kept in line with the others.
const NAME: u16 = 18;
/// The gates in sight, for those who must know when their ages change. Empty when no age is shown.
pub(crate) fn visible(model: &Model) -> impl Iterator<Item = &GateState> {
    let list = model.places().list;
    let columns = Columns::for_width(list.width, model.index.widths());
    let shown = if columns.age.is_some() { usize::from(list.height) } else { 0 };
    model.list.rows.iter().skip(model.list.offset).take(shown).filter_map(|row| match row {
        ListRow::Gate { at, .. } => model.board.gates.get(*at),
        ListRow::Checklist { .. } => None,
    })
}

/// How old a gate's deciding observation is.
pub(crate) fn row_age(gate: &GateState, now: Now) -> Option<Duration> {
    gate.observed_at.map(|stamp| stamp.age(now).shown())
}

pub(super) fn draw(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    if filtering::chip(model, canvas) {
        let below = Rect { x: 0, y: 1, width: canvas.width(), height: canvas.height().saturating_sub(1) };
        rows(model, now, &mut canvas.part(below));
    } else {
        rows(model, now, canvas);
    }
}

fn rows(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    if model.list.rows.is_empty() {
        empty(model, canvas);
        return;
    }
    let columns = Columns::for_width(canvas.width(), model.index.widths());
    let list = ListView { model, columns, now };
    let mut marks = Marks::of(model);
    canvas.hot_whole(Target::Pane(Pane::List, model.list.rows.len()));
    let mut headed = false;
    let wraps = list.has_room_for_whole_titles(canvas);
    let (mut y, mut shown) = (0, 0);
    for (place, row) in model.list.rows.iter().enumerate().skip(model.list.offset) {
        if y >= canvas.height() {
            break;
        }
        shown += 1;
        let (mut under, mut lines) = (Vec::new(), 1);
        let target = match *row {
            ListRow::Checklist { section, folded } => {
                let Some(section) = model.index.sections().get(section) else { continue };
                list.checklist(section, folded, y, canvas);
                if !folded && !headed {
                    headings(columns, y, canvas);
                    headed = true;
                }
                match &section.id {
                    GroupId::Checklist(id) => Target::Checklist(id.clone()),
                    GroupId::Named(name) => Target::Group(name.clone()),
                }
            }
            ListRow::Gate { at, depth } => {
                let Some(gate) = model.board.gates.get(at) else { continue };
                let marks = marks.of_title(gate, place == model.list.cursor);
                let title = Title { lines: if wraps { 2 } else { 1 }, marks };
                lines = list.gate((gate, depth), &title, y, canvas);
                Target::Gate(gate.id.clone())
            }
        };
        if place == model.list.cursor {
            under = explained::told(model, canvas.width());
            (y..y + lines).for_each(|y| canvas.over(0, y, canvas.width(), Role::Selection));
        }
        let rows = u16::try_from(under.len()).unwrap_or(u16::MAX).saturating_add(lines);
        canvas.hot(Rect { x: 0, y, width: canvas.width(), height: rows }, target);
        y += lines;
        for line in under {
            canvas.line(explained::indent(canvas.width()), y, &line);
            y += 1;
        }
    }
    canvas.thumb(model.list.offset, shown, model.list.rows.len());
}

fn empty(model: &Model, canvas: &mut Canvas<'_>) {
    let text = if model.list.criteria.is_all() {
        "This launch has no gates, so nothing proves a GO. Add gates to a checklist."
    } else {
        "No gate fits the filter."
    };
    for (y, line) in (1..).zip(wrap(text, canvas.width().saturating_sub(INDENT + 1), 3)) {
        canvas.put(INDENT, y, u16::MAX, &line, Role::Text);
    }
}

fn headings(columns: Columns, y: u16, canvas: &mut Canvas<'_>) {
    for (place, name) in [(columns.blocks, "blocks"), (columns.owner, "owner"), (columns.due, "due")] {
        if let Some((x, cols)) = place {
            canvas.put(x, y, cols, name, Role::Dim);
        }
    }
    if let Some(x) = columns.age {
        canvas.put_right(x + AGE, y, AGE, "age", Role::Dim);
    }
}

/// What all rows of the list are drawn from.
#[derive(Clone, Copy)]
struct ListView<'a> {
    model: &'a Model,
    columns: Columns,
    now: Now,
}

/// A gate, and how deep it stands within groups.
type GateRow<'a> = (&'a GateState, u8);

impl ListView<'_> {
    fn checklist(self, section: &Section, folded: bool, y: u16, canvas: &mut Canvas<'_>) {
        let symbols = canvas.symbols();
        canvas.put(1, y, 1, if folded { symbols.closed } else { symbols.open }, Role::Dim);
        let end = canvas.put(INDENT, y, (canvas.width() / 2).max(26), &section.title, Role::Title);
        let aligned = end.max(INDENT + NAME);
        let mut line =
            if canvas.width() >= 60 { header::segments(&section.score, BAR, canvas) } else { Vec::new() };
        if folded {
            line.extend(self.summary(section, canvas));
        } else {
            let figures = format!("  {} of {}", section.score.go, section.score.of);
            line.push(piece(figures, Role::Dim));
        }
        canvas.line(aligned + 2, y, &line);
    }

    /// `✔ 5 of 6  ≈ 1 waived until 18:00`: what cannot be seen of a folded checklist is counted.
    fn summary(self, section: &Section, canvas: &Canvas<'_>) -> Vec<Piece<'static>> {
        let score = &section.score;
        let shape = canvas.look.shape(section.verdict);
        let mut line = vec![
            piece(format!("  {shape} "), verdict_role(section.verdict)),
            piece(format!("{} of {}", score.go, score.of), Role::Text),
        ];
        let open = [
            (Verdict::NoGo, score.no_go),
            (Verdict::Unknown, score.unknown),
            (Verdict::Pending, score.pending),
        ];
        for (verdict, count) in open.into_iter().filter(|(_, count)| *count > 0) {
            let text = format!("  {} {count} {}", canvas.look.shape(verdict), verdict.word().to_lowercase());
            line.push(piece(text, verdict_role(verdict)));
        }
        if score.waived > 0 {
            let until = waived_until(self.model, section, self.now);
            let text = format!("  {} {} waived{until}", canvas.symbols().waived, score.waived);
            line.push(piece(text, Role::Waived));
        }
        line
    }

    /// The columns of a gate's title: where it begins, how many there are, and the small words behind it.
    fn title_place(self, (gate, depth): GateRow<'_>, canvas: &Canvas<'_>) -> (u16, u16, String) {
        let x = INDENT + VERDICT + 2 * u16::from(depth.min(6));
        let room = self.columns.title_end.saturating_sub(x);
        let words = self.tags(gate);
        let apart = format!("{} {words}", canvas.symbols().dot);
        let fits = |tags: &str| canvas.cols(&gate.title) + canvas.cols(tags) < room;
        // A mark sets them apart where it costs no title its end; in a narrow list every column counts.
        let bare = words.is_empty() || canvas.width() < ROOMY || !fits(&apart) && fits(&words);
        let tags = if bare { words } else { apart };
        let tag_cols = canvas.cols(&tags).min(room * 2 / 5);
        (x, room.saturating_sub(if tags.is_empty() { 0 } else { tag_cols + 1 }), tags)
    }

    /// Whether every row is in sight even where each title that would be cut has a second line.
    fn has_room_for_whole_titles(self, canvas: &Canvas<'_>) -> bool {
        let height = usize::from(canvas.height());
        let rows = &self.model.list.rows;
        let told = layout::explained(self.model.size);
        if rows.len() + told > height {
            return false;
        }
        let cut = rows.iter().filter(|row| {
            let ListRow::Gate { at, depth } = **row else { return false };
            self.model.board.gates.get(at).is_some_and(|gate| {
                let (_, cols, _) = self.title_place((gate, depth), canvas);
                canvas.cols(&gate.title) > cols
            })
        });
        rows.len() + cut.count() + told <= height
    }

    /// Draws a gate; the rows that it takes are the answer.
    fn gate(self, row: GateRow<'_>, title: &Title, y: u16, canvas: &mut Canvas<'_>) -> u16 {
        let (gate, _) = row;
        if self.model.is_news(&gate.id) {
            canvas.put(1, y, 1, canvas.symbols().moment[0], Role::Changed);
        }
        if self.model.list.together.contains(&gate.id) {
            canvas.put(2, y, 1, "+", Role::Accent);
        }
        let role = verdict_role(gate.verdict);
        let shape = canvas.look.shape(gate.verdict);
        canvas.put(INDENT, y, VERDICT, &format!("{shape} {}", gate.verdict.word()), role);
        let (x, cols, tags) = self.title_place(row, canvas);
        let (end, rows) = title.draw(gate, (x, y, cols), canvas);
        if !tags.is_empty() {
            let role = if gate.stale { Role::Stale } else { Role::Dim };
            let title_end = self.columns.title_end;
            canvas.put(end + 1, y, title_end.saturating_sub(end + 1), &tags, role);
        }
        self.details(gate, y, canvas);
        rows
    }

    /// `asked, stale`: what a row says in small words behind its title.
    fn tags(self, gate: &GateState) -> String {
        let mut tags: Vec<String> = Vec::new();
        if let Some(act) = self.model.acts.of_gate(&gate.id) {
            tags.push(if act.unsure { "checking...".to_owned() } else { "recording...".to_owned() });
        }
        if gate.stale {
            tags.push("stale".to_owned());
        }
        if let Some(until) = gate.waived_until.filter(|_| gate.verdict == Verdict::Waived) {
            let zone = self.model.launch.schedule.zone;
            tags.push(format!("until {}", moment(until, self.now.wall, zone)));
        }
        if self.model.board.asked(&gate.id).is_some() {
            tags.push("asked".to_owned());
        }
        if let Some(said) = other_than_go(&self.model.board, gate).filter(|_| self.columns.blocks.is_none()) {
            let blocks = if gate.blocks == Blocks::Nothing { "" } else { "blocks " };
            tags.push(format!("{blocks}{said}"));
        }
        if gate.trouble.is_some() && !gate.stale {
            tags.push("no fresh answer".to_owned());
        }
        tags.join(", ")
    }

    fn details(self, gate: &GateState, y: u16, canvas: &mut Canvas<'_>) {
        let columns = self.columns;
        if let (Some((x, cols)), Some(said)) = (columns.blocks, other_than_go(&self.model.board, gate)) {
            canvas.put(x, y, cols, &said, Role::Dim);
        }
        if let Some((x, cols)) = columns.owner
            && let Some((said, is_owner)) = seen_to_by(&self.model.launch, gate)
        {
            canvas.put(x, y, cols, &said, if is_owner { Role::Text } else { Role::Dim });
        }
        if let (Some((x, cols)), Some(due)) = (columns.due, &gate.due) {
            let (text, role) = if gate.overdue {
                (format!("!{}", due.said), Role::Overdue)
            } else {
                (due.said.to_string(), Role::Dim)
            };
            canvas.put(x, y, cols, whole_words(&text, cols, canvas), role);
        }
        if let (Some(x), Some(old)) = (columns.age, row_age(gate, self.now)) {
            let role = if gate.stale { Role::Stale } else { Role::Dim };
            canvas.put_right(x + AGE, y, AGE, &age(old), role);
        }
    }
}

fn waived_until(model: &Model, section: &Section, now: Now) -> String {
    let gates = section.gates.iter().take(500).filter_map(|(at, _)| model.board.gates.get(*at));
    let first = gates.filter_map(|gate| gate.waived_until).min();
    first.map_or(String::new(), |at| format!(" until {}", moment(at, now.wall, model.launch.schedule.zone)))
}

/// A title as it is to be drawn.
struct Title {
    /// At most so many lines.
    lines: usize,
    /// The letters to mark, and how.
    marks: (Vec<u32>, Role),
}

impl Title {
    /// Draws it; the column behind its first line, and how many lines it takes, are the answer.
    fn draw(&self, gate: &GateState, (x, y, cols): (u16, u16, u16), canvas: &mut Canvas<'_>) -> (u16, u16) {
        let roles = (if gate.blocks == Blocks::Go { Role::Text } else { Role::Dim }, self.marks.1);
        let broken = self.lines > 1 && canvas.cols(&gate.title) > cols;
        let lines = if broken { wrap(&gate.title, cols, self.lines) } else { vec![gate.title.to_string()] };
        let (mut end, mut before) = (x, 0);
        for (n, line) in (0..).zip(&lines) {
            let marks: Vec<_> = self.marks.0.iter().filter_map(|at| at.checked_sub(before)).collect();
            let here = canvas.put_marked((x, y + n, cols), line, &marks, roles);
            end = if n == 0 { here } else { end };
            // The blank at which it was broken is not drawn.
            before += u32::try_from(line.graphemes(true).count()).unwrap_or(u32::MAX).saturating_add(1);
        }
        (end, u16::try_from(lines.len()).unwrap_or(1))
    }
}

/// As many of its words as fit: `T-1d` of `T-1d 17:00`, and not `T-1d 1`.
fn whole_words<'t>(text: &'t str, cols: u16, canvas: &Canvas<'_>) -> &'t str {
    let ends = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]);
    let mut parts = ends.filter_map(|end| text.get(..end)).take_while(|part| canvas.cols(part) <= cols);
    parts.by_ref().last().unwrap_or(text)
}

/// What a search or a filter found in titles.
struct Marks {
    wanted: Option<Fuzzy>,
}

impl Marks {
    fn of(model: &Model) -> Self {
        let query = model.search.wanted().unwrap_or_default();
        let words = model.list.criteria.words();
        let (query, finds) = if query.is_empty() {
            (words.clone(), Words::new(&words, &model.board).finds())
        } else {
            (query, model.search.finds)
        };
        Self { wanted: (!query.is_empty()).then(|| Fuzzy::new(&query, finds)) }
    }

    /// The letters to mark in a title, and how: on the ground of the chosen row only a colour of letters can be read.
    fn of_title(&mut self, gate: &GateState, chosen: bool) -> (Vec<u32>, Role) {
        let marks = self.wanted.as_mut().map(|wanted| wanted.marks(&text::clean(&gate.title)));
        (marks.unwrap_or_default(), if chosen { Role::Accent } else { Role::SearchMatch })
    }
}
