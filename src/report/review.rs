//! The review after a launch as Markdown, written from the journal. Foreign text is escaped; the journal's head ties the
//! page to the record.

use std::{fmt::Write as _, time::Duration};

use chrono::{DateTime, Utc};

use super::{
    headline,
    markdown::{code, escape, head, row},
    minutes::{MinutesInput, decided, rollbacks, spoken, target, time, waivers},
    tally,
};
use gonogo_domain::{
    Blocks, Board, Decision, DecisionRecord, Figures, FollowUp, GateFigures, GateState, History, Launch,
    SignOff, StageAct, StageId, TrackRecord, Verdict, Word,
};
use gonogo_text::length;

/// The most rows of the timeline: a page is read, and the journal has them all.
const MOST_MOMENTS: usize = 400;
/// The most gates that are listed as having blocked GO.
const MOST_BLOCKERS: usize = 20;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReviewPage<'a> {
    /// The board now, what people said, the head of the journal.
    pub record: MinutesInput<'a>,
    /// The launch, by the T clock of the board.
    pub launch: &'a Launch,
    /// What the acts tell of the launch as a whole.
    pub went: &'a TrackRecord,
    /// What its boards came to; `None`: no answer and no act is on record.
    pub figures: Option<&'a Figures>,
    /// What happened, in order: when, and what in possibly foreign words.
    pub happened: &'a [(DateTime<Utc>, String)],
}

/// The page, ending with a line end.
pub fn review_page(page: &ReviewPage<'_>) -> String {
    let MinutesInput { board, history, .. } = page.record;
    let mut out = String::new();
    super::minutes::title(&mut out, "Review", &page.record);
    facts(&mut out, page);
    in_short(&mut out, page);
    timeline(&mut out, page);
    if let Some(figures) = page.figures {
        blockers(&mut out, figures);
        areas(&mut out, figures);
    }
    for decision in &history.decisions {
        decided(&mut out, decision);
    }
    waivers(&mut out, &page.record);
    super::risks::in_minutes(&mut out, history);
    super::watched::guardrails(&mut out, history, board);
    rollbacks(&mut out, history);
    super::incident::in_minutes(&mut out, history);
    super::message::minutes(&mut out, history);
    outcome(&mut out, board, history);
    learned(&mut out, history);
    closing(&mut out, page);
    out
}

fn facts(out: &mut String, page: &ReviewPage<'_>) {
    let MinutesInput { board, history, head: newest, .. } = page.record;
    out.push_str(&head(["Launch", &escape(&board.launch)]));
    // A later one, after a rollback, is not the one by which it went.
    let by_then = |at: DateTime<Utc>| {
        let before = move |it: &&DecisionRecord| it.decision.is_go() && it.at <= at;
        history.decisions.iter().rev().find(before)
    };
    let decided = |it: Option<&DecisionRecord>| {
        it.map_or_else(
            || "no GO was decided".into(),
            |it| format!("{} by {} at {}", it.label(), spoken(it.spoken()), time(it.at)),
        )
    };
    // Pilots go out before it.
    let is_pilot = |id: &StageId| page.launch.stage(id).is_some_and(|(_, stage)| stage.pilot);
    let has_stages = page.launch.rollout.as_ref().is_some_and(|it| !it.stages.is_empty());
    let went = match first_out(history, |id| !is_pilot(id)) {
        Some((_, at)) => decided(by_then(at)),
        None if has_stages => "nothing is out but pilots".into(),
        None => decided(history.decisions.iter().rev().find(|it| it.decision.is_go())),
    };
    let first = first_out(history, |_| true);
    let went = if has_stages && first.is_none() { "nothing is out".into() } else { went };
    let first = first.map_or_else(
        || "nothing is out".into(),
        |(stage, at)| format!("stage {} from {}", escape(&stage), time(at)),
    );
    let closed = history.closings.last().filter(|_| board.closed.is_some());
    let closed = closed.map_or_else(
        || "no".into(),
        |it| format!("by {} at {}: {}", spoken(it.voice.spoken()), time(it.voice.at), escape(&it.reason)),
    );
    for (name, value) in [
        ("Target", target(board, board.commit.as_ref())),
        ("T-0", time(history.t0().unwrap_or(board.t0))),
        ("Went out", went),
        ("First stage", first),
        ("Board now", format!("{}, {}", escape(&headline(board)), tally(&board.score))),
        ("Closed", closed),
        ("Written", time(board.evaluated_at)),
        ("Journal", format!("{} entries, head {}", history.len, code(newest))),
    ] {
        out.push_str(&row([name, &value]));
    }
}

/// The first stage of these that was started, and when.
fn first_out(history: &History, of: impl Fn(&StageId) -> bool) -> Option<(String, DateTime<Utc>)> {
    let stages = history.stages.iter().filter(|(stage, _)| of(stage));
    let starts = stages.flat_map(|(stage, all)| all.iter().map(move |it| (stage, it)));
    let starts = starts.filter(|(_, it)| it.step == StageAct::Started);
    starts.min_by_key(|(_, it)| it.seq).map(|(stage, it)| (stage.to_string(), it.at))
}

/// What the launch comes to, a line each.
fn in_short(out: &mut String, page: &ReviewPage<'_>) {
    let went = page.went;
    out.push_str("\n## In short\n\n");
    let mut line = |text: String| {
        let _ = writeln!(out, "- {text}");
    };
    match &went.at_t0 {
        Some(it) => {
            let adherence = it.adherence();
            let share = adherence.map_or("not known".into(), percent);
            let target = page.launch.policies.adherence;
            let target = match (adherence, target) {
                (Some(is), Some(wanted)) if is + f64::EPSILON >= wanted => {
                    format!(" (target {}: met)", percent(wanted))
                }
                (Some(_), Some(wanted)) => format!(" (target {}: MISSED)", percent(wanted)),
                _ => String::new(),
            };
            let adherence = if it.went {
                format!("adherence {share}{target}")
            } else {
                "no GO was decided, so that adherence is not measured".to_owned()
            };
            line(format!("At T-0 the board said {}: {}; {adherence}", it.word, tally(&it.score)));
        }
        None => line("What the board said at T-0 is not known: no decision keeps one".into()),
    }
    if let Some(turned) = went.no_go_to_go {
        line(format!("From the first NO-GO to GO: {}", length(turned)));
    }
    let held = if went.holds > 0 { format!(" ({})", length(went.held)) } else { String::new() };
    line(format!(
        "Waivers {}, holds {}{held}, scrubs {}, overrides {}, rollbacks {}",
        went.waivers, went.holds, went.scrubs, went.overrides, went.rollbacks
    ));
    let incidents = page.record.history.incidents.len();
    if incidents > 0 {
        line(format!("Incidents: {incidents}"));
    }
    if let Some(figures) = page.figures.filter(|it| it.went.total() > 0) {
        let parts = figures.went.parts().into_iter().filter(|(_, seconds)| *seconds > 0);
        let parts: Vec<_> = parts.map(|(what, seconds)| format!("{what} {}", span(seconds))).collect();
        line(format!("From 24 h before T-0 to GO the path waited for: {}", parts.join(", ")));
    }
}

fn timeline(out: &mut String, page: &ReviewPage<'_>) {
    out.push_str("\n## Timeline\n\n");
    if page.happened.is_empty() {
        out.push_str("Nothing is on record.\n");
        return;
    }
    out.push_str(&head(["At", "What"]));
    for (at, what) in page.happened.iter().take(MOST_MOMENTS) {
        out.push_str(&row([&time(*at), &escape(what)]));
    }
    if let Some(more) = page.happened.len().checked_sub(MOST_MOMENTS).filter(|more| *more > 0) {
        let _ = writeln!(out, "\n{more} more are in the journal: gonogo replay.");
    }
}

fn blockers(out: &mut String, figures: &Figures) {
    let mut all: Vec<&GateFigures> = figures.gates.iter().filter(|it| it.blocked > 0).collect();
    all.sort_by_key(|it| std::cmp::Reverse((it.no_go, it.blocked)));
    if all.is_empty() {
        return;
    }
    out.push_str("\n## What stood in the way\n\n");
    out.push_str("From 24 h before T-0 to GO, as long as somebody looked.");
    if figures.went.unwatched > 0 {
        let _ = write!(out, " For {} nobody did.", span(figures.went.unwatched));
    }
    out.push_str("\n\n");
    out.push_str(&head(["Gate", "Title", "Open for", "As NO-GO", "Waited for", "Waived"]));
    for it in all.iter().take(MOST_BLOCKERS) {
        let on: Vec<_> = it.on.iter().map(|who| escape(who.as_str())).collect();
        let on = if on.is_empty() { "a machine".into() } else { on.join(", ") };
        let red = if it.no_go > 0 { span(it.no_go) } else { String::new() };
        let waived = if it.waived { "yes" } else { "" };
        let (gate, title) = (escape(it.gate.as_str()), escape(&it.title));
        out.push_str(&row([&gate, &title, &span(it.blocked), &red, &on, waived]));
    }
    if let Some(more) = all.len().checked_sub(MOST_BLOCKERS).filter(|more| *more > 0) {
        let _ = writeln!(out, "\nand {more} more");
    }
}

fn areas(out: &mut String, figures: &Figures) {
    if figures.areas.is_empty() {
        return;
    }
    out.push_str("\n## How long each area took\n\n");
    out.push_str(&head(["Area", "First seen open", "All go", "Took"]));
    for it in &figures.areas {
        let at = |at: Option<DateTime<Utc>>, none: &str| at.map_or_else(|| none.to_owned(), time);
        let took = it.lead().map(length).unwrap_or_default();
        let opened = at(it.opened, "go from the first board on");
        out.push_str(&row([&escape(&it.title), &opened, &at(it.go, "never before GO"), &took]));
    }
}

/// What the figures after the launch say: gates that prevent closing it, and advisory ones.
fn outcome(out: &mut String, board: &Board, history: &History) {
    let told = |it: &&GateState| {
        let after = matches!(it.blocks, Blocks::Close | Blocks::Nothing);
        after && !it.group && it.verdict != Verdict::NotApplicable
    };
    let all: Vec<_> = board.gates.iter().filter(told).collect();
    if all.is_empty() {
        return;
    }
    out.push_str("\n## Figures and chores after it\n\n");
    out.push_str(&head(["Verdict", "Gate", "Title", "Says"]));
    for gate in all {
        // An answer counts as its word does.
        let counts = |it: &&SignOff| {
            let own = |word: &Word| word.void.is_none() && word.at == it.at && word.spoken() == it.spoken();
            it.withdrawn.is_none() && gate.words.iter().any(own)
        };
        let answers = history.sign_offs.get(&gate.id).and_then(|all| all.iter().rev().find(counts));
        let answers = answers.into_iter().flat_map(|it| &it.answers);
        let mut says: Vec<String> = answers.map(|(name, answer)| format!("{name} = {answer}")).collect();
        says.insert(0, gate.reason.to_string());
        let says = escape(&says.join("; "));
        let mark = super::plain::mark(gate);
        let verdict = format!("{}{mark}", gate.verdict.word());
        out.push_str(&row([&verdict, &escape(gate.id.as_str()), &escape(&gate.title), &says]));
    }
}

/// What was learned and what follows, where anything was said.
pub(super) fn in_minutes(out: &mut String, history: &History) {
    if !history.review.learned.is_empty() || !history.review.follow_ups.is_empty() {
        learned(out, history);
    }
}

fn learned(out: &mut String, history: &History) {
    let review = &history.review;
    out.push_str("\n## Learned\n\n");
    if review.learned.is_empty() {
        out.push_str("Nothing is recorded: gonogo review learn TEXT.\n");
    }
    for it in &review.learned {
        let (by, at) = (spoken(it.voice.spoken()), time(it.voice.at));
        let _ = writeln!(out, "- {} ({by}, {at})", escape(&it.text));
    }
    out.push_str("\n## Follow-ups\n\n");
    if review.follow_ups.is_empty() {
        out.push_str("None are recorded: gonogo review follow-up TEXT.\n");
        return;
    }
    out.push_str(&head(["No.", "What", "Owner", "Due", "State", "By"]));
    for it in &review.follow_ups {
        out.push_str(&follow_up(it));
    }
}

fn follow_up(it: &FollowUp) -> String {
    let owner = it.owner.as_ref().map_or_else(|| "**nobody**".into(), |it| escape(it.as_str()));
    let due = it.due.map(time).unwrap_or_default();
    let note = it.ended.as_ref().and_then(|end| end.note.as_deref()).map(|it| format!(": {}", escape(it)));
    let state = format!("{}{}", it.word(), note.unwrap_or_default());
    let voice = it.ended.as_ref().map_or(&it.voice, |end| &end.voice);
    let by = spoken(voice.spoken());
    row([&it.number.to_string(), &escape(&it.text), &owner, &due, &state, &by])
}

/// What still prevents closing it, or what was open when it was closed.
fn closing(out: &mut String, page: &ReviewPage<'_>) {
    let MinutesInput { board, history, .. } = page.record;
    for it in &history.closings {
        let how = if it.unfinished.is_empty() { "Closed" } else { "Closed UNFINISHED" };
        let (by, at) = (spoken(it.voice.spoken()), time(it.voice.at));
        let _ = writeln!(out, "\n## {how} by {by} at {at}\n\n- Reason: {}", escape(&it.reason));
        for open in &it.unfinished {
            let _ = writeln!(out, "- Open then: {}", escape(open));
        }
        for end in &it.reopened {
            let (by, at, why) = (spoken(end.spoken()), time(end.at), escape(&end.reason));
            let _ = writeln!(out, "- Opened again by {by} at {at}: {why}");
        }
    }
    if board.closed.is_some() {
        return;
    }
    out.push_str("\n## Before it can be closed\n\n");
    let mut open: Vec<String> = board.unfinished(page.launch).iter().map(|it| escape(it)).collect();
    let nobodys = history.review.follow_ups.iter().filter(|it| it.ended.is_none() && it.owner.is_none());
    open.extend(nobodys.map(|it| format!("follow-up {} has no owner", it.number)));
    if open.is_empty() {
        out.push_str("Nothing stands in the way: gonogo close --reason TEXT.\n");
    }
    for it in open {
        let _ = writeln!(out, "- {it}");
    }
    let last = history.decision().filter(|it| !matches!(it.decision, Decision::Go { .. }));
    if let Some(it) = last {
        let _ = writeln!(out, "\nThe newest decision is {}.", it.label());
    }
}

fn span(seconds: u64) -> String {
    length(Duration::from_secs(seconds))
}

/// Rounded down: 99.6 % is not all.
fn percent(share: f64) -> String {
    format!("{} %", (share * 100.0 + 1e-9).floor())
}
