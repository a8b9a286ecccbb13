//! How launches went, for people and for machines.

use std::{fmt::Write as _, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{harmless, tally};
use gonogo_domain::{Reading, Score, Together, TrackRecord};
use gonogo_text::{clean, length};

/// What is told: each launch, and those whose record can not be trusted, with the reason.
#[derive(Clone, Debug, Default)]
pub struct LaunchHistory {
    /// Each launch, in the order of their newest acts.
    pub launches: Vec<TrackRecord>,
    /// Launch and why nothing is told of it (V11).
    pub broken: Vec<(String, String)>,
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
    out.push('\n');
}

fn reading(it: &Reading) -> String {
    let basis = format!("the board of the decision, {}", time(it.at));
    let (adherence, ready) = (percent(it.adherence()), percent(it.readiness()));
    format!(
        "{}, {}: adherence {adherence}, ready {ready}\n              ({basis})",
        it.word,
        tally(&it.score)
    )
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
}

#[derive(Serialize)]
struct Page {
    format: u32,
    launches: Vec<Launch>,
    together: All,
    broken: Vec<Broken>,
    complete: bool,
}

#[derive(Serialize)]
struct Launch {
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
}

#[derive(Serialize)]
struct AtT0 {
    verdict: &'static str,
    adherence: Option<f64>,
    readiness: Option<f64>,
    score: Score,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct All {
    launches: u32,
    measured: u32,
    adherence: Option<f64>,
    waivers: u32,
    holds: u32,
    held_seconds: u64,
    overrides: u32,
    rollbacks: u32,
}

#[derive(Serialize)]
struct Broken {
    launch: String,
    why: String,
}

/// For machines. `complete` is the last key: a page without it was cut.
pub fn track_record_json(told: &LaunchHistory) -> String {
    let all = Together::of(&told.launches);
    let together = All {
        launches: all.launches,
        measured: all.measured,
        adherence: all.adherence(),
        waivers: all.waivers,
        holds: all.holds,
        held_seconds: all.held.as_secs(),
        overrides: all.overrides,
        rollbacks: all.rollbacks,
    };
    let broken = told.broken.iter().map(|(launch, why)| Broken { launch: plain(launch), why: plain(why) });
    let page = Page {
        format: 1,
        launches: told.launches.iter().map(Launch::from).collect(),
        together,
        broken: broken.collect(),
        complete: told.broken.is_empty(),
    };
    let text = serde_json::to_string_pretty(&page).unwrap_or_default();
    super::harmless_json(&text) + "\n"
}

impl From<&TrackRecord> for Launch {
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
        }
    }
}

impl From<Reading> for AtT0 {
    fn from(it: Reading) -> Self {
        Self {
            verdict: it.word.as_str(),
            adherence: it.adherence(),
            readiness: it.readiness(),
            score: it.score,
            at: it.at,
        }
    }
}

fn plain(text: &str) -> String {
    clean(text).into_owned()
}

/// Rounded down: 99.6 % is not all.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "not known".into(), |share| format!("{} %", (share * 100.0).floor()))
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
