//! Who is who: who is on call, who answers for what, whom to call when somebody is silent, what each has to do now.

use ratatui::layout::Rect;

use super::{
    Canvas, advice,
    canvas::{Piece, piece},
    detail::{hot_lines, scrolled},
    frame::{self, below},
    gate_facts::parties,
    when::moment_zoned,
    wrap::{wrap, wrap_pieces},
};
use crate::{Model, Pane, Target, layout};
use gonogo_domain::{Area, Directory, Now, Party, RoleCard, Shift};
use gonogo_theme::Role;

type Line = Vec<Piece<'static>>;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    canvas.put(1, body.y, u16::MAX, "Who is who", Role::Title);
    let place = below(body, 2);
    let who = Directory::of(&model.launch, &model.board);
    let wide = layout::is_wide(model.size.0);
    let cols = if wide { place.width / 2 } else { place.width };
    let mut lines = Lines::new(cols.saturating_sub(2));
    lines.now(model, now, &who);
    if wide {
        lines.draw(model, &mut canvas.part(Rect { width: cols, ..place }));
        canvas.part(Rect { x: cols, width: 1, ..place }).line_down(0);
        lines = Lines::new(place.width.saturating_sub(cols + 3));
        lines.always(&who);
        let beside = Rect { x: cols + 1, width: place.width.saturating_sub(cols + 1), ..place };
        return lines.draw(model, &mut canvas.part(beside));
    }
    lines.always(&who);
    lines.draw(model, &mut canvas.part(place));
}

/// Lines, and what of them can be pointed at.
struct Lines {
    all: Vec<Line>,
    hot: Vec<(usize, Target)>,
    cols: u16,
}

impl Lines {
    fn new(cols: u16) -> Self {
        Self { all: Vec::new(), hot: Vec::new(), cols }
    }

    fn draw(mut self, model: &Model, canvas: &mut Canvas<'_>) {
        if self.all.is_empty() {
            let text = "This launch names nobody. Add `people` and `roles` to launch.yaml: who is on call, who answers for what and \
                        what each has to do stands here then.";
            let lines = wrap(text, self.cols, 3).into_iter();
            self.all.extend(lines.map(|line| vec![piece(line, Role::Text)]));
        }
        let first = scrolled(&self.all, model.scroll.people, (Pane::People, "down: more"), canvas);
        hot_lines(&self.hot, first, canvas);
    }

    /// Where nobody is, who is on call, what is to be done.
    fn now(&mut self, model: &Model, now: Now, who: &Directory) {
        for gap in &who.gaps {
            let text = format!("GAP: {}", gap.text);
            self.all.extend(wrap(&text, self.cols, 3).into_iter().map(|line| vec![piece(line, Role::Hold)]));
        }
        self.head("on call", !who.on_call.is_empty());
        who.on_call.iter().for_each(|it| self.add(&shift(model, now, it)));
        self.head("to do now", !who.to_do.is_empty());
        self.chores(model, who);
    }

    /// Who answers for what, and who is behind each role.
    fn always(&mut self, who: &Directory) {
        self.head("who answers for what", !who.areas.is_empty());
        who.areas.iter().for_each(|it| self.add(&area(it)));
        self.head("roles", !who.roles.is_empty());
        who.roles.iter().for_each(|it| self.add(&role(it)));
    }

    fn head(&mut self, what: &'static str, is_there: bool) {
        if !is_there {
            return;
        }
        if self.all.last().is_some_and(|line| !line.is_empty()) {
            self.all.push(Vec::new());
        }
        self.all.push(vec![piece(what, Role::Accent)]);
    }

    fn add(&mut self, line: &Line) {
        self.all.extend(wrap_pieces(line, self.cols, 4));
    }

    /// By who has to do it, overdue first.
    fn chores(&mut self, model: &Model, who: &Directory) {
        let mut told: Vec<&Party> = Vec::new();
        for first in &who.to_do {
            if told.contains(&&first.who) {
                continue;
            }
            told.push(&first.who);
            self.all.push(vec![piece(format!("  {}", first.who), Role::Title)]);
            for it in who.to_do.iter().filter(|it| it.who == first.who) {
                let late = if it.overdue { "OVERDUE " } else { "" };
                let role = if it.overdue { Role::Overdue } else { Role::Text };
                let text = format!("{late}{}: {}", it.about, advice::said(model, &it.does, &[]));
                let lines = wrap(&text, self.cols.saturating_sub(4), 2);
                let at = self.all.len();
                if let Some(gate) = &it.gate {
                    self.hot.extend((at..at + lines.len()).map(|line| (line, Target::Gate(gate.clone()))));
                }
                let indented = |line| vec![piece("    ", Role::Text), piece(line, role)];
                self.all.extend(lines.into_iter().map(indented));
            }
        }
    }
}

fn shift(model: &Model, now: Now, it: &Shift) -> Line {
    let at = |at| moment_zoned(at, now.wall, model.launch.schedule.zone);
    let when = if it.now {
        format!("now, until {}", at(it.until))
    } else {
        format!("from {} to {}", at(it.from), at(it.until))
    };
    let role = if it.now { Role::Title } else { Role::Text };
    vec![piece(format!("  {}: {}  ", it.role, held(&it.holders, None)), role), piece(when, Role::Dim)]
}

fn area(it: &Area) -> Line {
    let role = if it.is_unowned() { Role::Hold } else { Role::Text };
    let mut line = vec![
        piece(format!("  {}: ", it.title), Role::Title),
        piece(format!("responsible {}", it.responsible_text()), role),
        piece(format!("; accountable {}", named(&it.accountable)), Role::Text),
    ];
    for (what, parties) in [("consulted", &it.consulted), ("informed", &it.informed)] {
        if !parties.is_empty() {
            line.push(piece(format!("; {what} {}", named(parties)), Role::Dim));
        }
    }
    line
}

fn role(it: &RoleCard) -> Line {
    let held = if it.vacant { "NOBODY".to_owned() } else { held(&it.holders, it.team.as_deref()) };
    let then = if it.then.is_empty() { String::new() } else { format!("; if silent: {}", named(&it.then)) };
    let on_call = if it.on_call { "  ON CALL" } else { "" };
    let colour = if it.vacant { Role::Hold } else { Role::Text };
    vec![
        piece(format!("  {}: ", it.role), Role::Title),
        piece(held, colour),
        piece(then, Role::Dim),
        piece(on_call, Role::Go),
    ]
}

fn named(all: &[Party]) -> String {
    if all.is_empty() { "NOBODY".to_owned() } else { parties(all) }
}

fn held(people: &[Party], team: Option<&str>) -> String {
    let team = team.map(|team| format!("team {team}"));
    let all: Vec<_> = people.iter().map(ToString::to_string).chain(team).collect();
    if all.is_empty() { "NOBODY".to_owned() } else { all.join(", ") }
}
