//! How launches went, for people and for machines.

mod risks;

use std::{fmt::Write as _, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{harmless, tally};
use gonogo_domain::{BoardAtT0, Figures, PruneWhy, Score, Together, TrackRecord, Went, prune};
use gonogo_text::{clean, length};

/// What is shown: each launch, and those whose record cannot be trusted, with the reason.
#[derive(Clone, Debug, Default)]
pub struct LaunchHistory {
    /// Each launch, in the order of their newest acts.
    pub launches: Vec<TrackRecord>,
    /// A launch and why nothing is shown of it (V11).
    pub broken: Vec<(String, String)>,
    /// The adherence that the launch of these files wants, 0 to 1.
    pub target: Option<f64>,
}

/// For people.
pub fn track_record_text(told: &LaunchHistory) -> String {
    let mut out = String::new();
    for record in &told.launches {
        one(&mut out, record);
    }
    for (launch, why) in &told.broken {
        let _ = writeln!(out, "{}\n  nothing is told of it: {}\n", clean(launch), clean(why));
    }
    if told.launches.is_empty() && told.broken.is_empty() {
        out.push_str("no launch is recorded in this journal\n");
    } else {
        together(&mut out, &Together::of(&told.launches));
        compared(&mut out, told);
    }
    harmless(&out)
}

fn one(out: &mut String, it: &TrackRecord) {
    let title = it.title.as_ref().map(|title| format!(": {}", clean(title))).unwrap_or_default();
    let _ = writeln!(out, "{} {}{title}", clean(&it.launch), clean(&it.version));
    let t0 = it.t0.map_or_else(|| "not known: no decision is recorded".into(), time);
    let _ = writeln!(out, "  T-0         {t0}");
    let at_t0 = it.at_t0.as_ref().map_or_else(|| "not known".into(), reading);
    let _ = writeln!(out, "  at T-0      {at_t0}");
    let held = if it.holds > 0 { format!(" ({})", length(it.held)) } else { String::new() };
    let _ = writeln!(
        out,
        "  waivers {}, holds {}{held}, scrubs {}, overrides {}, rollbacks {}",
        it.waivers, it.holds, it.scrubs, it.overrides, it.rollbacks
    );
    if let Some(turned) = it.no_go_to_go {
        let _ = writeln!(out, "  first NO-GO to GO: {}", length(turned));
    }
    for why in &it.hold_reasons {
        let _ = writeln!(out, "  held for    {}", clean(why));
    }
    if it.incidents > 0 {
        let _ = writeln!(out, "  incidents   {}", it.incidents);
    }
    risks::one(out, &it.risks);
    if let Some(figures) = &it.figures {
        went(out, figures);
    }
    if let Some((at, unfinished)) = it.closed {
        let how = if unfinished { ", unfinished" } else { "" };
        let _ = writeln!(out, "  closed      {}{how}", time(at));
    }
    out.push('\n');
}

/// Where the day went, and how long each area took.
fn went(out: &mut String, figures: &Figures) {
    let parts = figures.went.parts().into_iter().filter(|(_, seconds)| *seconds > 0);
    let parts: Vec<_> = parts.map(|(what, seconds)| format!("{what} {}", span(seconds))).collect();
    if !parts.is_empty() {
        let _ = writeln!(out, "  waited for  {} (from T-24h to GO)", parts.join(", "));
    }
    let areas =
        figures.areas.iter().filter_map(|it| Some(format!("{} {}", clean(&it.title), length(it.lead()?))));
    let areas: Vec<_> = areas.collect();
    if !areas.is_empty() {
        let _ = writeln!(out, "  took        {}", areas.join(", "));
    }
}

/// Launches beside each other: the target, and gates that may be one too many.
fn compared(out: &mut String, told: &LaunchHistory) {
    if let Some(target) = told.target {
        let (met, of) = Together::met(&told.launches, target);
        let _ = writeln!(out, "{met} of {of} measured reached the target of {}", percent(Some(target)));
    }
    risks::again(out, &told.launches);
    for it in prune(&told.launches) {
        let (gate, of) = (clean(it.gate.as_str()), it.launches);
        let _ = match it.why {
            PruneWhy::NeverRed => {
                writeln!(out, "never red in {of} of {of} launches: {gate}; does it still ask something?")
            }
            PruneWhy::AlwaysWaived => {
                writeln!(out, "waived in {of} of {of} launches: {gate}; prune it, or mean it")
            }
        };
    }
}

fn span(seconds: u64) -> String {
    length(Duration::from_secs(seconds))
}

/// As comma-separated values, a line for each launch. What could be taken for a formula is not.
pub fn track_record_csv(told: &LaunchHistory) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "launch",
        "title",
        "version",
        "t0",
        "verdict_at_t0",
        "go",
        "waived_at_t0",
        "of",
        "adherence",
        "target",
        "waivers",
        "holds",
        "held_seconds",
        "scrubs",
        "overrides",
        "rollbacks",
        "incidents",
        "no_go_to_go_seconds",
        "person_seconds",
        "machine_seconds",
        "wait_seconds",
        "hold_seconds",
        "unwatched_seconds",
        "longest_area",
        "longest_area_seconds",
        "closed",
        "hold_reasons",
        "risks",
        "risks_accepted",
        "risks_mitigated",
        "risks_closed",
        "risks_open",
    ];
    let mut written = writer.write_record(head);
    for it in &told.launches {
        written = written.and_then(|()| writer.write_record(columns(it, told.target)));
    }
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    harmless(&String::from_utf8_lossy(&bytes))
}

fn columns(it: &TrackRecord, target: Option<f64>) -> Vec<String> {
    let moment = |at: Option<DateTime<Utc>>| {
        at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).unwrap_or_default()
    };
    let score = it.at_t0.as_ref().map(|it| it.score);
    let count = |of: fn(Score) -> u32| score.map(|it| of(it).to_string()).unwrap_or_default();
    let share = |share: Option<f64>| share.map(|share| format!("{share:.4}")).unwrap_or_default();
    let waited =
        |of: fn(&Went) -> u64| it.figures.as_ref().map(|it| of(&it.went).to_string()).unwrap_or_default();
    let areas = it.figures.iter().flat_map(|it| &it.areas).filter_map(|it| Some((it.lead()?, &it.title)));
    let longest = areas.max_by_key(|(lead, _)| *lead);
    let reasons: Vec<_> = it.hold_reasons.iter().map(|it| plain(it)).collect();
    let mut all = vec![
        cell(&it.launch),
        cell(it.title.as_deref().unwrap_or_default()),
        cell(&it.version),
        moment(it.t0),
        it.at_t0.map(|it| it.word.as_str()).unwrap_or_default().to_owned(),
        count(|it| it.go),
        count(|it| it.waived),
        count(|it| it.of),
        share(it.at_t0.as_ref().and_then(BoardAtT0::adherence)),
        share(target),
        it.waivers.to_string(),
        it.holds.to_string(),
        it.held.as_secs().to_string(),
        it.scrubs.to_string(),
        it.overrides.to_string(),
        it.rollbacks.to_string(),
        it.incidents.to_string(),
        it.no_go_to_go.map(|it| it.as_secs().to_string()).unwrap_or_default(),
        waited(|it| it.person),
        waited(|it| it.machine),
        waited(|it| it.wait),
        waited(|it| it.hold),
        waited(|it| it.unwatched),
        longest.map(|(_, title)| cell(title)).unwrap_or_default(),
        longest.map(|(lead, _)| lead.as_secs().to_string()).unwrap_or_default(),
        moment(it.closed.map(|(at, _)| at)),
        cell(&reasons.join("; ")),
    ];
    all.extend(risks::columns(&it.risks));
    all
}

/// A text that no table takes for a formula.
fn cell(text: &str) -> String {
    let text = plain(text);
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

fn reading(it: &BoardAtT0) -> String {
    let basis = format!("the board of the decision, {}", time(it.at));
    let ready = percent(it.readiness());
    let adherence = if it.went {
        format!("adherence {}", percent(it.adherence()))
    } else {
        "no GO was decided, and none is measured".to_owned()
    };
    format!("{}, {}: {adherence}, ready {ready}\n              ({basis})", it.word, tally(&it.score))
}

fn together(out: &mut String, all: &Together) {
    let launches = if all.launches == 1 { "launch" } else { "launches" };
    let _ = writeln!(
        out,
        "{} {launches}, {} measured at T-0: adherence {}; waivers {}, holds {} ({}), overrides {}, rollbacks {}",
        all.launches,
        all.measured,
        percent(all.adherence()),
        all.waivers,
        all.holds,
        length(all.held),
        all.overrides,
        all.rollbacks
    );
    if all.risks.opened > 0 {
        let _ = writeln!(out, "risks {}", all.risks.said());
    }
}

#[derive(Serialize)]
struct JsonDocument {
    format: u32,
    launches: Vec<LaunchRecord>,
    together: Totals,
    prune: Vec<Superfluous>,
    broken: Vec<Broken>,
    complete: bool,
}

#[derive(Serialize)]
struct LaunchRecord {
    launch: String,
    title: Option<String>,
    version: String,
    t0: Option<DateTime<Utc>>,
    first_act: Option<DateTime<Utc>>,
    last_act: Option<DateTime<Utc>>,
    at_t0: Option<AtT0>,
    waivers: u32,
    holds: u32,
    held_seconds: u64,
    scrubs: u32,
    overrides: u32,
    rollbacks: u32,
    no_go_to_go_seconds: Option<u64>,
    hold_reasons: Vec<String>,
    incidents: u32,
    risks: Vec<risks::RiskCourseJson>,
    closed: Option<DateTime<Utc>>,
    closed_unfinished: bool,
    waited: Option<Went>,
    areas: Vec<AreaLeadTime>,
}

#[derive(Serialize)]
struct AreaLeadTime {
    checklist: String,
    opened: Option<DateTime<Utc>>,
    go: Option<DateTime<Utc>>,
    lead_seconds: Option<u64>,
}

#[derive(Serialize)]
struct Superfluous {
    gate: String,
    why: &'static str,
    launches: u32,
}

#[derive(Serialize)]
struct AtT0 {
    verdict: &'static str,
    adherence: Option<f64>,
    readiness: Option<f64>,
    score: Score,
    at: DateTime<Utc>,
    went: bool,
}

#[derive(Serialize)]
struct Totals {
    launches: u32,
    measured: u32,
    adherence: Option<f64>,
    target: Option<f64>,
    reached_target: Option<u32>,
    waivers: u32,
    holds: u32,
    held_seconds: u64,
    overrides: u32,
    rollbacks: u32,
    risks: risks::RiskCountJson,
    risks_again: Vec<risks::RiskAgainJson>,
}

#[derive(Serialize)]
struct Broken {
    launch: String,
    why: String,
}

/// For machines. `complete` is the last key: a page without it was cut.
pub fn track_record_json(told: &LaunchHistory) -> String {
    let all = Together::of(&told.launches);
    let together = Totals {
        launches: all.launches,
        measured: all.measured,
        adherence: all.adherence(),
        target: told.target,
        reached_target: told.target.map(|target| Together::met(&told.launches, target).0),
        waivers: all.waivers,
        holds: all.holds,
        held_seconds: all.held.as_secs(),
        overrides: all.overrides,
        rollbacks: all.rollbacks,
        risks: all.risks.into(),
        risks_again: risks::all_again(&told.launches),
    };
    let broken = told.broken.iter().map(|(launch, why)| Broken { launch: plain(launch), why: plain(why) });
    let superfluous = prune(&told.launches).into_iter().map(|it| Superfluous {
        gate: plain(it.gate.as_str()),
        why: match it.why {
            PruneWhy::NeverRed => "never-red",
            PruneWhy::AlwaysWaived => "always-waived",
        },
        launches: it.launches,
    });
    let page = JsonDocument {
        format: 1,
        launches: told.launches.iter().map(LaunchRecord::from).collect(),
        together,
        prune: superfluous.collect(),
        broken: broken.collect(),
        complete: told.broken.is_empty(),
    };
    let text = serde_json::to_string_pretty(&page).unwrap_or_default();
    super::harmless_json(&text) + "\n"
}

impl From<&TrackRecord> for LaunchRecord {
    fn from(it: &TrackRecord) -> Self {
        Self {
            launch: plain(&it.launch),
            title: it.title.as_deref().map(plain),
            version: plain(&it.version),
            t0: it.t0,
            first_act: it.acts.map(|(first, _)| first),
            last_act: it.acts.map(|(_, last)| last),
            at_t0: it.at_t0.map(AtT0::from),
            waivers: it.waivers,
            holds: it.holds,
            held_seconds: it.held.as_secs(),
            scrubs: it.scrubs,
            overrides: it.overrides,
            rollbacks: it.rollbacks,
            no_go_to_go_seconds: it.no_go_to_go.as_ref().map(Duration::as_secs),
            hold_reasons: it.hold_reasons.iter().map(|it| plain(it)).collect(),
            incidents: it.incidents,
            risks: it.risks.iter().map(risks::RiskCourseJson::from).collect(),
            closed: it.closed.map(|(at, _)| at),
            closed_unfinished: it.closed.is_some_and(|(_, unfinished)| unfinished),
            waited: it.figures.as_ref().map(|it| it.went),
            areas: it.figures.iter().flat_map(|it| &it.areas).map(AreaLeadTime::from).collect(),
        }
    }
}

impl From<&gonogo_domain::AreaFigures> for AreaLeadTime {
    fn from(it: &gonogo_domain::AreaFigures) -> Self {
        let lead_seconds = it.lead().map(|it| it.as_secs());
        Self { checklist: plain(it.checklist.as_str()), opened: it.opened, go: it.go, lead_seconds }
    }
}

impl From<BoardAtT0> for AtT0 {
    fn from(it: BoardAtT0) -> Self {
        Self {
            verdict: it.word.as_str(),
            adherence: it.adherence(),
            readiness: it.readiness(),
            score: it.score,
            at: it.at,
            went: it.went,
        }
    }
}

fn plain(text: &str) -> String {
    clean(text).into_owned()
}

/// Rounded down: 99.6 % is not all.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "not known".into(), |share| format!("{} %", (share * 100.0 + 1e-9).floor()))
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
