//! Who is who: who is on call, who answers for what, whom to call when somebody is silent, what each has to do now.

use super::{
    Canvas,
    canvas::{Piece, piece},
    detail::{parties, scrolled},
    frame::{self, below},
    when::moment_zoned,
    wrap::wrap,
};
use crate::{Model, Pane};
use gonogo_domain::{Area, Directory, Now, Party, RoleCard, Shift};
use gonogo_theme::Role;

type Line = Vec<Piece<'static>>;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    canvas.put(1, body.y, u16::MAX, "Who is who", Role::Title);
    let lines = lines(model, now, body.width.saturating_sub(4));
    scrolled(&lines, model.scroll.people, (Pane::People, "down: more"), &mut canvas.part(below(body, 2)));
}

fn lines(model: &Model, now: Now, cols: u16) -> Vec<Line> {
    let who = Directory::of(&model.launch, &model.board);
    let mut all: Vec<Line> = Vec::new();
    for gap in &who.gaps {
        let text = format!("GAP: {}", gap.text);
        all.extend(wrap(&text, cols, 3).into_iter().map(|line| vec![piece(line, Role::Hold)]));
    }
    if !who.gaps.is_empty() {
        all.push(Vec::new());
    }
    head(&mut all, "on call", !who.on_call.is_empty());
    all.extend(who.on_call.iter().map(|it| shift(model, now, it)));
    head(&mut all, "to do now", !who.to_do.is_empty());
    to_do(&who, cols, &mut all);
    head(&mut all, "who answers for what", !who.areas.is_empty());
    who.areas.iter().for_each(|it| area(it, &mut all));
    head(&mut all, "roles", !who.roles.is_empty());
    all.extend(who.roles.iter().map(role));
    if all.is_empty() {
        all.push(vec![piece("this launch names nobody", Role::Dim)]);
    }
    all
}

fn head(all: &mut Vec<Line>, what: &'static str, is_there: bool) {
    if is_there {
        if all.last().is_some_and(|line| !line.is_empty()) {
            all.push(Vec::new());
        }
        all.push(vec![piece(what, Role::Accent)]);
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

/// By who has to do it, overdue first.
fn to_do(who: &Directory, cols: u16, all: &mut Vec<Line>) {
    let mut told: Vec<&Party> = Vec::new();
    for first in &who.to_do {
        if told.contains(&&first.who) {
            continue;
        }
        told.push(&first.who);
        all.push(vec![piece(format!("  {}", first.who), Role::Title)]);
        for it in who.to_do.iter().filter(|it| it.who == first.who) {
            let late = if it.overdue { "OVERDUE " } else { "" };
            let role = if it.overdue { Role::Overdue } else { Role::Text };
            let text = format!("{late}{}: {}", it.about, it.does);
            let lines = wrap(&text, cols.saturating_sub(4), 2);
            all.extend(lines.into_iter().map(|line| vec![piece(format!("    {line}"), role)]));
        }
    }
}

fn area(it: &Area, all: &mut Vec<Line>) {
    let responsible = it.responsible.as_ref().map_or("NOBODY".to_owned(), ToString::to_string);
    let role = if it.responsible.is_some() { Role::Text } else { Role::Hold };
    let mut line = vec![
        piece(format!("  {}: ", it.title), Role::Title),
        piece(format!("responsible {responsible}"), role),
        piece(format!("; accountable {}", named(&it.accountable)), Role::Text),
    ];
    for (what, parties) in [("consulted", &it.consulted), ("informed", &it.informed)] {
        if !parties.is_empty() {
            line.push(piece(format!("; {what} {}", named(parties)), Role::Dim));
        }
    }
    all.push(line);
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
