//! How the sources are doing: in one line, and as a screen.

use super::{
    Canvas,
    canvas::{Piece, piece},
    detail::scrolled,
    frame::{self, below},
    when::{grouped, moment, moment_zoned},
    wrap::wrap,
};
use crate::{Model, Pane};
use gonogo_domain::{FailureKind, Gate, Kind, Now, Phase, SourceHealth, Verdict};
use gonogo_text::age;
use gonogo_theme::Role;

/// Below this share a budget is worth a word on the board.
const SCARCE: f64 = 0.2;

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

fn standing(model: &Model, source: &SourceHealth, now: Now, canvas: &Canvas<'_>) -> SourceStanding {
    let symbols = canvas.symbols();
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
fn name(source: &SourceHealth) -> String {
    source
        .connection
        .as_ref()
        .map_or_else(|| source.source.to_string(), |name| format!("{} ({name})", source.source))
}

fn one<'a>(model: &Model, source: &'a SourceHealth, now: Now, canvas: &Canvas<'_>) -> Vec<Piece<'a>> {
    let SourceStanding { shape, role, short, .. } = standing(model, source, now, canvas);
    let role = if role == Role::Text { Role::Dim } else { role };
    let mut line = vec![piece(name(source), Role::Dim), piece(format!(" {shape} {short}"), role)];
    if let Some(budget) = source.scarcest().filter(|budget| budget.share() < SCARCE) {
        line.push(piece(format!(" {} left", budget.remaining), Role::Hold));
    }
    line
}

/// The screen of sources.
pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    canvas.put(1, body.y, u16::MAX, "Sources", Role::Title);
    let lines = lines(model, now, body.width.saturating_sub(6), canvas);
    let rest = below(body, 2);
    if lines.is_empty() {
        canvas.put(1, rest.y, u16::MAX, "no sources: people answer every gate", Role::Dim);
    }
    scrolled(&lines, model.scroll.sources, (Pane::Sources, "down: more"), &mut canvas.part(rest));
}

/// `14 gates ask it: 2 no-go, 12 go`, the worst first.
fn asking_gates(model: &Model, source: &SourceHealth) -> Option<String> {
    let asks = |gate: &&Gate| {
        let own = matches!(&gate.kind, Kind::Evidence(query) if query.source == source.source);
        own && gate.connection == source.connection
    };
    let states = model.launch.gates.iter().filter(asks).filter_map(|gate| model.gate(&gate.id));
    let verdicts: Vec<_> = states.map(|gate| gate.verdict).collect();
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

fn lines(model: &Model, now: Now, cols: u16, canvas: &Canvas<'_>) -> Vec<Vec<Piece<'static>>> {
    let zone = model.launch.schedule.zone;
    let mut lines = Vec::new();
    for source in &model.sources {
        let SourceStanding { shape, role, said, .. } = standing(model, source, now, canvas);
        let old = source.answered.map(|stamp| format!("{} ago", age(stamp.age(now).shown())));
        let mut facts = vec![format!("last answer: {}", old.as_deref().unwrap_or("none so far"))];
        facts.extend(source.next.map(|at| format!("next poll {}", moment_zoned(at, now.wall, zone))));
        facts.extend(source.budgets.iter().map(|it| {
            let (left, limit, what) = (grouped(it.remaining), grouped(it.limit), it.of.word());
            format!("{left} of {limit} {what} left, full again {}", moment_zoned(it.resets, now.wall, zone))
        }));
        let name = format!("{:<14}", name(source));
        lines.push(vec![
            piece(format!("{shape} "), role),
            piece(name, Role::Title),
            piece(format!("  {said}"), role),
        ]);
        for fact in wrap(&facts.join(&format!(" {} ", canvas.symbols().dot)), cols, 4) {
            lines.push(vec![piece("    ", Role::Dim), piece(fact, Role::Dim)]);
        }
        lines.extend(
            asking_gates(model, source).map(|said| vec![piece("    ", Role::Dim), piece(said, Role::Text)]),
        );
        if let Some(failure) = &source.failure {
            let next = failure.next.as_ref().map_or(String::new(), |next| format!("; {next}"));
            for line in wrap(&format!("{}{next}", failure.message), cols, 4) {
                lines.push(vec![piece("    ", Role::Dim), piece(line, Role::Error)]);
            }
        }
        lines.push(Vec::new());
    }
    lines
}
