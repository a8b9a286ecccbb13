//! How the sources are doing: in one line, and as a screen.

mod questions;

use super::{
    Canvas,
    canvas::{Piece, piece},
    curve::curve,
    detail::{Line, hot_lines, scrolled},
    frame::{self, below},
    when::{grouped, moment, moment_zoned},
    wrap::wrap,
};
use crate::{Model, Pane};
use gonogo_domain::{Budget, Failure, FailureKind, GateState, Kind, Now, Phase, SourceHealth, Verdict};
use gonogo_text::age;
use gonogo_theme::{Role, SymbolSet};
use questions::Row;

/// Below this share a budget is worth a word on the board.
const SCARCE: f64 = 0.2;
/// The most columns of the curve of a budget.
const CURVE: usize = 30;

/// One group of pieces per source, those in trouble first.
pub(super) fn summary<'a>(model: &'a Model, now: Now, canvas: &Canvas<'_>) -> Vec<Vec<Piece<'a>>> {
    let mut sources: Vec<_> = model.sources.iter().collect();
    sources.sort_by_key(|source| !is_in_trouble(source));
    sources.into_iter().map(|source| one(model, source, now, canvas)).collect()
}

/// How a source is doing, in the words of the footer and of the screen.
struct SourceStanding {
    shape: &'static str,
    role: Role,
    /// After the name, in the footer.
    short: String,
    /// As a sentence, on the screen.
    said: String,
}

fn is_in_trouble(source: &SourceHealth) -> bool {
    source.failure.is_some() || !matches!(source.phase, Phase::Starting | Phase::Asking | Phase::Well)
}

/// Whether some of what was asked was answered: what the answered gates say is true, whatever the others lack.
fn is_partial(source: &SourceHealth) -> bool {
    source.answered.is_some() && source.open < source.asked
}

fn standing(model: &Model, source: &SourceHealth, now: Now, symbols: &SymbolSet) -> SourceStanding {
    let old = source.answered.map(|stamp| age(stamp.age(now).shown()));
    let since = old.clone().unwrap_or_else(|| "so far".to_owned());
    let at = |at| moment(at, now.wall, model.launch.schedule.zone);
    let bad =
        |short: String, said: String| SourceStanding { shape: symbols.no_go, role: Role::Error, short, said };
    let asking = |said: &str| SourceStanding {
        shape: symbols.pending,
        role: Role::Dim,
        short: "asking".to_owned(),
        said: said.to_owned(),
    };
    let answered = source.asked.saturating_sub(source.open);
    let kind = source.failure.as_ref().map(|failure| failure.kind);
    match (source.phase, kind) {
        // Also where nothing is asked without a credential there is a moment to ask again: a person has to do something first.
        (Phase::RateLimited, kind) if !kind.is_some_and(waits_for_a_person) => {
            let until = source.next.map(|next| format!(" until {}", at(next))).unwrap_or_default();
            let rest = if is_partial(source) {
                format!(", {answered} of {} answered", source.asked)
            } else {
                format!(", no answer {since}")
            };
            bad(format!("rate-limited{until}{rest}"), format!("rate-limited{until}{rest}"))
        }
        _ if is_in_trouble(source) && is_partial(source) => {
            let said = format!("{answered} of {} answered", source.asked);
            SourceStanding {
                shape: symbols.unknown,
                role: Role::Hold,
                short: format!("{said} {since}"),
                said,
            }
        }
        (Phase::Crashed, _) => {
            bad(format!("crashed, no answer {since}"), "it crashed; polled again later".to_owned())
        }
        (_, Some(FailureKind::NotConfigured)) => bad("not set up".to_owned(), "not set up".to_owned()),
        (_, Some(FailureKind::NotAllowed)) => bad("not allowed".to_owned(), "not allowed".to_owned()),
        (_, Some(FailureKind::Unauthorized | FailureKind::Forbidden)) => {
            bad("refuses the credential".to_owned(), "the credential is refused".to_owned())
        }
        (Phase::BackingOff, _) => {
            bad(format!("no answer {since}"), "waiting longer after a failure".to_owned())
        }
        _ if is_in_trouble(source) => {
            bad(format!("no answer {since}"), "no answer to what was asked last".to_owned())
        }
        (Phase::Starting, _) => asking("not asked yet"),
        (phase, _) => {
            let said = if phase == Phase::Asking { "asking" } else { "ok" };
            let answers =
                |short| SourceStanding { shape: symbols.go, role: Role::Text, short, said: said.to_owned() };
            old.map_or_else(|| asking(said), answers)
        }
    }
}

fn waits_for_a_person(kind: FailureKind) -> bool {
    use FailureKind::{Forbidden, NotAllowed, NotConfigured, Unauthorized};
    matches!(kind, NotConfigured | NotAllowed | Unauthorized | Forbidden)
}

/// The source, with its connection where it is not the default one.
pub(crate) fn source_name(source: &SourceHealth) -> String {
    source
        .connection
        .as_ref()
        .map_or_else(|| source.source.to_string(), |name| format!("{} ({name})", source.source))
}

fn one<'a>(model: &Model, source: &'a SourceHealth, now: Now, canvas: &Canvas<'_>) -> Vec<Piece<'a>> {
    let SourceStanding { shape, role, short, .. } = standing(model, source, now, canvas.symbols());
    let role = if role == Role::Text { Role::Dim } else { role };
    let mut line = vec![piece(source_name(source), Role::Dim), piece(format!(" {shape} {short}"), role)];
    if let Some(budget) = source.scarcest().filter(|budget| budget.share() < SCARCE) {
        line.push(piece(format!(" {} left", budget.remaining), Role::Hold));
    }
    line
}

/// The gates that ask any source.
pub(crate) fn asking(model: &Model) -> impl Iterator<Item = &GateState> {
    model.sources.iter().flat_map(|source| questions::gates(model, source)).map(|(_, state)| state)
}

/// The screen of sources.
pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    canvas.put(1, body.y, u16::MAX, "Sources", Role::Title);
    let mut part = canvas.part(below(body, 2));
    let mut all: Vec<Row> = Vec::new();
    for source in &model.sources {
        all.extend(facts(model, source, now, &part).into_iter().map(|line| (line, None)));
        all.extend(questions::rows(model, source, now, &part));
        all.push((Vec::new(), None));
    }
    if all.is_empty() {
        let cols = part.width().saturating_sub(2);
        all.extend(wrap(none(model), cols, 4).into_iter().map(|line| (vec![piece(line, Role::Text)], None)));
    }
    let (lines, targets): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let first = scrolled(&lines, model.scroll.sources, (Pane::Sources, "down: more"), &mut part);
    let hot: Vec<_> = (0..).zip(targets).filter_map(|(line, target)| Some((line, target?))).collect();
    hot_lines(&hot, first, &mut part);
}

/// Why there is nothing to see, and what would be here.
fn none(model: &Model) -> &'static str {
    if model.launch.gates.iter().any(|gate| matches!(gate.kind, Kind::Evidence(_))) {
        "No source has been asked yet. Each stands here with what it is asked and what it answered."
    } else {
        "No source is asked: people answer every gate of this launch. A gate that names one, say `github` or `linear`, puts it \
         here with what it is asked and what it answered."
    }
}

/// `14 gates ask it: 2 no-go, 12 go`, the worst first.
fn asking_gates(model: &Model, source: &SourceHealth) -> Option<String> {
    let verdicts: Vec<_> =
        questions::gates(model, source).into_iter().map(|(_, state)| state.verdict).collect();
    let counted = Verdict::ALL.into_iter().filter_map(|verdict| {
        let count = verdicts.iter().filter(|it| **it == verdict).count();
        (count > 0).then(|| format!("{count} {}", verdict.word().to_lowercase()))
    });
    let counted = counted.collect::<Vec<_>>().join(", ");
    match verdicts.len() {
        0 => None,
        1 => Some(format!("1 gate asks it: {counted}")),
        many => Some(format!("{many} gates ask it: {counted}")),
    }
}

/// How it does, when it answered and is asked next, what is left of its budgets, what went wrong.
fn facts(model: &Model, source: &SourceHealth, now: Now, canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let cols = canvas.width().saturating_sub(6);
    let SourceStanding { shape, role, said, .. } = standing(model, source, now, canvas.symbols());
    let name = format!("{:<14}", source_name(source));
    let mut lines = vec![vec![
        piece(format!("{shape} "), role),
        piece(name, Role::Title),
        piece(format!("  {said}"), role),
    ]];
    let mut add = |text: &str, role| {
        let wrapped = wrap(text, cols, 4).into_iter();
        lines.extend(wrapped.map(|line| vec![piece("    ", Role::Dim), piece(line, role)]));
    };
    add(&times(model, source, now).join(&format!(" {} ", canvas.symbols().dot)), Role::Dim);
    for budget in &source.budgets {
        let role = if budget.share() < SCARCE { Role::Hold } else { Role::Dim };
        let course = model.budgets.of(source, budget.of);
        // Of two there is nothing to see in a curve that the figures do not say.
        let curve =
            if course.len() > 2 { format!(" {}", curve(&course, CURVE, canvas)) } else { String::new() };
        add(&left_of(model, budget, &curve, now), role);
    }
    asking_gates(model, source).iter().for_each(|said| add(said, Role::Text));
    if let Some(failure) = &source.failure {
        add(&failed(failure), Role::Error);
    }
    lines
}

/// When it answered, and when it is asked again.
fn times(model: &Model, source: &SourceHealth, now: Now) -> Vec<String> {
    let old = source.answered.map(|stamp| format!("{} ago", age(stamp.age(now).shown())));
    let mut times = vec![format!("last answer: {}", old.as_deref().unwrap_or("none so far"))];
    let zone = model.launch.schedule.zone;
    times.extend(source.next.map(|at| format!("next poll {}", moment_zoned(at, now.wall, zone))));
    times
}

/// `4,812 of 5,000 requests left ▇▇▆▅, full again 10:00 GMT`: what it still allows, with how that went.
fn left_of(model: &Model, it: &Budget, curve: &str, now: Now) -> String {
    let (left, limit, what) = (grouped(it.remaining), grouped(it.limit), it.of.word());
    let resets = moment_zoned(it.resets, now.wall, model.launch.schedule.zone);
    format!("{left} of {limit} {what} left{curve}, full again {resets}")
}

/// Why it failed, and what to do about it.
fn failed(failure: &Failure) -> String {
    let next = failure.next.as_ref().map_or(String::new(), |next| format!("; {next}"));
    format!("{}{next}", failure.message)
}

/// All that the screen says of a source, in one line.
pub(crate) fn source_in_a_line(model: &Model, source: &SourceHealth, now: Now) -> String {
    let said = standing(model, source, now, &SymbolSet::ASCII).said;
    let mut parts = vec![format!("{}: {said}", source_name(source))];
    parts.extend(times(model, source, now));
    parts.extend(source.budgets.iter().map(|budget| left_of(model, budget, "", now)));
    parts.extend(asking_gates(model, source));
    parts.extend(source.failure.as_ref().map(failed));
    parts.join("; ")
}
