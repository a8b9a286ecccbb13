//! How launches went: adherence at T-0, waivers, holds, rollbacks, for each and together; and what changed in this one.

mod changes;

use std::time::Duration;

use ratatui::layout::Rect;

use super::{
    Canvas,
    canvas::{Piece, piece},
    curve::curve,
    detail::{hot_lines, scrolled},
    frame::{self, below},
    header,
    look::word_role,
    strip,
    table::CELL,
    when::moment_zoned,
    wrap::wrap,
};
use crate::{Model, Pane, Target};
use gonogo_domain::{
    BoardAtT0, FollowUp, Learned, Now, Played, PruneWhy, RiskTally, Together, TrackRecord, prune, risks_again,
};
use gonogo_report::LaunchHistory;
use gonogo_text::{self as text, length};
use gonogo_theme::Role;

/// The most columns of the curve of adherence.
const CURVE: usize = 20;
/// The longest bar of one checklist.
const BAR: u16 = 20;
/// From so many columns on what changed in this launch stands beside the others.
const BESIDE: u16 = 110;

type Line = Vec<Piece<'static>>;

pub(super) fn screen(model: &Model, now: Now, canvas: &mut Canvas<'_>) {
    let body = frame::draw(model, now, canvas);
    canvas.put(1, body.y, u16::MAX, "How launches went", Role::Title);
    let place = below(body, 2);
    let beside = body.width >= BESIDE;
    let width = if beside { body.width * 11 / 20 } else { body.width };
    let mut part = canvas.part(Rect { width, ..place });
    let mut lines = launches(model, now, &part);
    if !beside {
        lines.push(Vec::new());
        lines.push(vec![piece(changes::TITLE, Role::Title)]);
        lines.extend(changes::lines(model, now, &part));
    }
    let first = scrolled(&lines, model.scroll.history, (Pane::History, "down: more"), &mut part);
    let told = match &model.history {
        None => false,
        Some(Err(_)) => is_recording(model),
        Some(Ok(_)) => true,
    };
    if told {
        hot_lines(&follow_ups(model, &part), first, &mut part);
    }
    if beside {
        canvas.part(Rect { x: width, y: body.y, width: 1, height: body.height }).line_down(0);
        let right = Rect { x: width + 2, width: body.width.saturating_sub(width + 2), ..body };
        changes::draw(model, now, &mut canvas.part(right));
    }
}

/// How launches went, what was learned and what follows from it, or why that cannot be told.
fn launches(model: &Model, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    match &model.history {
        None => vec![vec![piece("reading the journal...", Role::Dim)]],
        // A recording has no journal, and that is no fault.
        Some(Err(why)) if is_recording(model) => {
            let mut all = review(model, canvas);
            all.extend(wrapped(why, Role::Text, canvas));
            all.push(Vec::new());
            all.extend(so_far(model, now, canvas));
            all
        }
        Some(Err(why)) => wrapped(why, Role::Error, canvas),
        Some(Ok(told)) => lines(model, told, now, canvas),
    }
}

/// How this launch stands, where there are no others to tell of.
fn so_far(model: &Model, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    let board = &model.board;
    let zone = model.launch.schedule.zone;
    let shape = canvas.look.word_shape(board.word);
    let mut all = vec![
        vec![piece("This launch so far", Role::Title)],
        vec![
            piece(format!("  {shape} {}", board.named()), word_role(board.word)),
            piece(format!("  {} of {} blocking gates are go", board.score.go, board.score.of), Role::Text),
            piece(format!("   T-0 {}", moment_zoned(board.t_zero, now.wall, zone)), Role::Dim),
        ],
        Vec::new(),
    ];
    let cols = board.checklists.iter().map(|it| text::width(&it.title)).max().unwrap_or_default().min(CELL);
    for it in &board.checklists {
        let title = text::fit(&it.title, cols);
        let blank = " ".repeat(cols.saturating_sub(text::width(&title)) + 2);
        let mut line = vec![piece(format!("  {title}{blank}"), Role::Text)];
        line.extend(header::segments(&it.score, BAR, canvas));
        line.push(piece(format!("  {} of {}", it.score.go, it.score.of), Role::Dim));
        all.push(line);
    }
    if !board.stages.is_empty() {
        all.push(Vec::new());
    }
    for stage in &board.stages {
        let said = format!("  {:<10} {}", &*stage.audience, strip::state(stage, now, model));
        all.extend(wrapped(&said, Role::Text, canvas));
    }
    if let Some(it) = &board.decision {
        all.push(Vec::new());
        let at = moment_zoned(it.at, now.wall, zone);
        let said = format!("  {} by {} at {at}: {}", it.label(), it.spoken(), it.reason);
        all.extend(wrapped(&said, Role::Text, canvas));
    }
    all
}

/// Whether the day itself is a recording, and not one of the journal's.
fn is_recording(model: &Model) -> bool {
    let recorded = matches!(model.board.scope.played, Some(Played::Demo | Played::Recording));
    model.playback.is_some() || recorded && model.past.is_none()
}

/// The lines of follow-ups: they stand at the top, below what was learned.
fn follow_ups(model: &Model, canvas: &Canvas<'_>) -> Vec<(usize, Target)> {
    let mut at = model.board.review.learned.iter().map(|it| learned(it, canvas).len()).sum();
    let mut all = Vec::new();
    for it in &model.board.review.follow_ups {
        let lines = follow_up(model, it, canvas).len();
        all.extend((at..at + lines).map(|line| (line, Target::FollowUp(it.number))));
        at += lines;
    }
    all
}

fn lines(model: &Model, told: &LaunchHistory, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    if told.launches.is_empty() && told.broken.is_empty() {
        let mut all = review(model, canvas);
        let text = "No launch is recorded in this journal. This one stands here from its first sign-off or decision on: how ready it \
                    was at T-0, what was waived, how long it was held, what was learned.";
        all.extend(wrapped(text, Role::Text, canvas));
        return all;
    }
    let mut all = review(model, canvas);
    // The newest first: it is the one that is asked about.
    for record in told.launches.iter().rev() {
        all.extend(one(model, record, now, canvas));
    }
    for (launch, why) in &told.broken {
        all.push(vec![piece(launch.clone(), Role::Title)]);
        all.push(vec![piece(format!("  nothing is told of it: {why}"), Role::Error)]);
        all.push(Vec::new());
    }
    all.extend(together(&told.launches, canvas));
    all.extend(compared(told, canvas));
    all
}

fn one(model: &Model, it: &TrackRecord, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    let zone = model.launch.schedule.zone;
    let name = it.title.as_ref().unwrap_or(&it.launch).to_string();
    let t0 =
        it.t0.map_or("T-0 not known".to_owned(), |t0| format!("T-0 {}", moment_zoned(t0, now.wall, zone)));
    let mut reading = vec![piece("  at T-0: ", Role::Dim)];
    match &it.at_t0 {
        Some(at_t0) => reading.extend(measured(at_t0, canvas)),
        None if it.reached.is_none() => reading.push(piece("it is not there yet", Role::Dim)),
        None => reading.push(piece("not known", Role::Dim)),
    }
    let held = if it.holds > 0 { format!(" ({})", length(it.held)) } else { String::new() };
    let counts = format!(
        "  waivers {}, holds {}{held}, scrubs {}, overrides {}, rollbacks {}",
        it.waivers, it.holds, it.scrubs, it.overrides, it.rollbacks
    );
    let turned = it.no_go_to_go.map(|turned| format!("  from the first NO-GO to GO: {}", length(turned)));
    let turned = turned.map(|text| vec![piece(text, Role::Text)]);
    let mut all = vec![
        vec![piece(name, Role::Title), piece(format!(" {}  ", it.version), Role::Text), piece(t0, Role::Dim)],
        reading,
        vec![piece(counts, Role::Text)],
    ];
    all.extend(turned);
    all.extend(went(model, it, now, canvas));
    all.push(Vec::new());
    all
}

/// What was learned of this launch and what follows from it, where anything was said.
fn review(model: &Model, canvas: &Canvas<'_>) -> Vec<Line> {
    let review = &model.board.review;
    let said = review.learned.iter().flat_map(|it| learned(it, canvas));
    let follow = review.follow_ups.iter().flat_map(|it| follow_up(model, it, canvas));
    let mut all: Vec<Line> = said.chain(follow).collect();
    if !all.is_empty() {
        all.push(Vec::new());
    }
    all
}

fn wrapped(text: &str, role: Role, canvas: &Canvas<'_>) -> Vec<Line> {
    let lines = wrap(text, canvas.width().saturating_sub(2), 3);
    lines.into_iter().map(|line| vec![piece(line, role)]).collect()
}

fn learned(it: &Learned, canvas: &Canvas<'_>) -> Vec<Line> {
    wrapped(&format!("learned: {} ({})", it.text, it.voice.spoken().named()), Role::Text, canvas)
}

fn follow_up(model: &Model, it: &FollowUp, canvas: &Canvas<'_>) -> Vec<Line> {
    let late = model.board.review.overdue.contains(&it.number);
    let owner = it.owner.as_ref().map_or("nobody", |owner| owner.as_str());
    let mark = if late { " OVERDUE" } else { "" };
    let role = if late { Role::Overdue } else { Role::Text };
    wrapped(&format!("follow-up {}, {}{mark}, {owner}: {}", it.number, it.word(), it.text), role, canvas)
}

/// Where the time went, how long areas took, why it was held, when it was closed.
fn went(model: &Model, it: &TrackRecord, now: Now, canvas: &Canvas<'_>) -> Vec<Line> {
    let mut said: Vec<String> = it.hold_reasons.iter().map(|why| format!("held: {why}")).collect();
    if it.incidents > 0 {
        said.push(format!("incidents {}", it.incidents));
    }
    if !it.risks.is_empty() {
        said.push(format!("risks {}", RiskTally::of(&it.risks).said()));
        said.extend(it.risks.iter().map(|it| format!("risk {}", it.said())));
    }
    if let Some(figures) = &it.figures {
        let parts = figures.went.parts().into_iter().filter(|(_, seconds)| *seconds > 0);
        let parts: Vec<_> =
            parts.map(|(what, seconds)| format!("{what} {}", length(Duration::from_secs(seconds)))).collect();
        said.extend((!parts.is_empty()).then(|| format!("waited for {} (T-24h to GO)", parts.join(", "))));
        let areas =
            figures.areas.iter().filter_map(|it| Some(format!("{} {}", it.title, length(it.lead()?))));
        let areas: Vec<_> = areas.collect();
        said.extend((!areas.is_empty()).then(|| format!("took {}", areas.join(", "))));
    }
    said.extend(it.closed.map(|(at, unfinished)| {
        let how = if unfinished { ", unfinished" } else { "" };
        format!("closed {}{how}", moment_zoned(at, now.wall, model.launch.schedule.zone))
    }));
    let lines = said.iter().flat_map(|text| wrap(text, canvas.width().saturating_sub(4), 2));
    lines.map(|line| vec![piece(format!("  {line}"), Role::Text)]).collect()
}

/// Launches beside each other: the target, and gates that may be one too many.
fn compared(told: &LaunchHistory, canvas: &Canvas<'_>) -> Vec<Line> {
    let mut said = Vec::new();
    if let Some(target) = told.target {
        let (met, of) = Together::met(&told.launches, target);
        said.push(format!("{met} of {of} measured reached the target of {}", percent(Some(target))));
    }
    said.extend(
        risks_again(told.launches.iter().flat_map(|it| &it.risks))
            .into_iter()
            .map(|it| format!("risk {} came up in {} launches: {}", it.id, it.launches, it.tally.said())),
    );
    said.extend(prune(&told.launches).into_iter().map(|it| {
        let (gate, of) = (it.gate, it.launches);
        match it.why {
            PruneWhy::NeverRed => format!("never red in {of} of {of} launches: {gate}"),
            PruneWhy::AlwaysWaived => {
                format!("waived in {of} of {of} launches: {gate}; prune it, or mean it")
            }
        }
    }));
    let lines = said.iter().flat_map(|text| wrap(text, canvas.width().saturating_sub(2), 2));
    lines.map(|line| vec![piece(line, Role::Text)]).collect()
}

/// The word at T-0 with what stood behind it.
fn measured(it: &BoardAtT0, canvas: &Canvas<'_>) -> Line {
    let score = &it.score;
    vec![
        piece(format!("{} {}", canvas.look.word_shape(it.word), it.word), word_role(it.word)),
        if it.went {
            piece(format!("  adherence {}", percent(it.adherence())), Role::Title)
        } else {
            piece("  no GO was decided".to_owned(), Role::Text)
        },
        piece(format!("  {} go + {} waived of {}", score.go, score.waived, score.of), Role::Text),
    ]
}

fn together(launches: &[TrackRecord], canvas: &Canvas<'_>) -> Vec<Line> {
    let all = Together::of(launches);
    let measured = launches.iter().filter_map(|it| it.at_t0.as_ref()).filter(|it| it.went);
    let shares: Vec<_> = measured.map(|it| Some((it.score.go, it.score.of))).collect();
    // Of two there is nothing to see in a curve that the figures do not say.
    let curve = if shares.len() > 2 { format!(" {}", curve(&shares, CURVE, canvas)) } else { String::new() };
    let risks = if all.risks.opened > 0 { format!("; risks {}", all.risks.said()) } else { String::new() };
    let text = format!(
        "together: {} {}, {} measured, adherence {}{curve}; waivers {}, holds {}, overrides {}, rollbacks {}{risks}",
        all.launches,
        if all.launches == 1 { "launch" } else { "launches" },
        all.measured,
        percent(all.adherence()),
        all.waivers,
        all.holds,
        all.overrides,
        all.rollbacks
    );
    let lines = wrap(&text, canvas.width().saturating_sub(2), 3);
    lines.into_iter().map(|line| vec![piece(line, Role::Text)]).collect()
}

/// Whole percent, never rounded up to all of it.
fn percent(share: Option<f64>) -> String {
    share.map_or("not known".to_owned(), |share| format!("{:.0} %", (share * 100.0).floor()))
}
