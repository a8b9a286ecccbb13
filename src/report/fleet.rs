//! Several launches as a list. A word of before is never told as one of now.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::{
    facts::moment,
    json::{page, plain},
    runner::harmless,
};
use gonogo_domain::{Clash, LastKnown, Listed, Party};
use gonogo_text::{age_in_words, clean, length, shell_word};

/// The launches of a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// Each, those that are over last, the nearest T-0 first.
    pub entries: Vec<FleetEntry>,
    /// Where their plans are in each other's way.
    pub clashes: Vec<Clash>,
    /// There are more folders or launches than were looked into.
    pub more: bool,
    /// When they were looked at.
    pub at: DateTime<Utc>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetEntry {
    /// Its folder, as it can be named on the command line.
    pub path: String,
    /// What is known of it; or why nothing can be told.
    pub listed: Result<Listed, Untold>,
}

/// Why nothing is known about a launch. Text from elsewhere in it is not yet sanitised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// What is in the way, in one line.
    pub why: String,
    /// Its journal is what cannot be read or trusted; else its files.
    pub journal: bool,
}

/// One launch of a list, in its parts. None of it is foreign any more: it is clean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetLine {
    /// Its title and version; its folder if nothing is known about it.
    pub name: String,
    /// Others are asked to wait for it.
    pub hotfix: bool,
    /// It is out, or will not go out.
    pub over: bool,
    /// `T-2d03h`; in a hold since when it stands.
    pub clock: String,
    /// When T-0 is: `2026-12-02 09:00 UTC`.
    pub at: String,
    /// `was HOLD 3 h ago`.
    pub last: String,
    /// `next: qa signs off (qa)`.
    pub next: Option<String>,
    /// Why nothing is known about it.
    pub trouble: Option<String>,
}

/// What there is to say of a launch at `now`.
pub fn fleet_line(entry: &FleetEntry, now: DateTime<Utc>) -> FleetLine {
    match &entry.listed {
        Ok(it) => FleetLine {
            name: format!("{} {}", clean(&it.title), clean(&it.version)),
            hotfix: it.holds_others,
            over: it.over,
            clock: countdown(it, now),
            at: moment(it.t_zero),
            last: last(it.last.as_ref(), now),
            next: it.next.as_ref().map(|(what, who)| format!("next: {}{}", clean(what), by(who))),
            trouble: None,
        },
        Err(untold) => {
            let what = if untold.journal { "its journal" } else { "its files" };
            let first = untold.why.lines().next().unwrap_or_default();
            let trouble = Some(format!("{what} cannot be used: {}", clean(first)));
            FleetLine { name: format!("{}/", clean(&entry.path)), trouble, ..FleetLine::default() }
        }
    }
}

/// Where their plans are in each other's way, a line each.
pub fn fleet_clashes(fleet: &Fleet) -> Vec<String> {
    let line = |it: &Clash| {
        let until = it.until.map(|at| format!(" to {}", moment(at))).unwrap_or_default();
        format!("{}, from {}{until}", clean(&it.what), moment(it.from))
    };
    fleet.clashes.iter().map(line).collect()
}

/// For people.
pub fn fleet_text(fleet: &Fleet) -> String {
    let mut out = String::new();
    for (entry, number) in fleet.entries.iter().zip(1..) {
        one(&mut out, entry, number, fleet.at);
    }
    if fleet.more {
        out.push_str(
            "\nThere are more folders here than are looked into: name one, as in gonogo launches DIR\n",
        );
    }
    let clashes = fleet_clashes(fleet);
    if !clashes.is_empty() {
        out.push_str("\nIn each other's way:\n");
    }
    for line in clashes {
        let _ = writeln!(out, "  - {line}");
    }
    harmless(&out)
}

fn one(out: &mut String, entry: &FleetEntry, number: usize, now: DateTime<Utc>) {
    let (it, path) = (fleet_line(entry, now), shell_word(&format!("{}/", entry.path)));
    if let (Some(trouble), Err(untold)) = (&it.trouble, &entry.listed) {
        let verb = if untold.journal { "verify" } else { "validate" };
        let _ = writeln!(out, "{number:>3}  {}: {trouble}", it.name);
        let _ = writeln!(out, "     next: gonogo {verb} {path}");
        return;
    }
    let hotfix = if it.hotfix { "  HOTFIX" } else { "" };
    let over = if it.over { "over  " } else { "" };
    let _ = writeln!(out, "{number:>3}  {}{hotfix}", it.name);
    let _ = writeln!(out, "     {over}{}, {}  {}", it.clock, it.at, it.last);
    if let Some(next) = &it.next {
        let _ = writeln!(out, "     {next}");
    }
    let _ = writeln!(out, "     open: gonogo {path}");
}

/// `T-2d03h`; in a hold the T clock stands.
fn countdown(it: &Listed, now: DateTime<Utc>) -> String {
    if let Some(since) = it.held_since {
        return format!("T held since {}", moment(since));
    }
    let (sign, left) = if it.t_zero > now { ('-', it.t_zero - now) } else { ('+', now - it.t_zero) };
    format!("T{sign}{}", length(left.to_std().unwrap_or_default()))
}

/// `was HOLD 3 h ago`.
fn last(last: Option<&LastKnown>, now: DateTime<Utc>) -> String {
    match last {
        Some(it) => {
            let age = age_in_words((now - it.at).to_std().unwrap_or_default());
            format!("was {} {age} ago", clean(&it.named))
        }
        None => "nothing known".into(),
    }
}

fn by(who: &[Party]) -> String {
    let names: Vec<_> = who.iter().map(|it| clean(it.as_str()).into_owned()).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}

/// `complete` is the last field: a cut file is no list (V14).
#[derive(Serialize)]
struct JsonDocument {
    format: u32,
    at: String,
    launches: Vec<LaunchEntry>,
    clashes: Vec<Met>,
    /// There are more than were looked into.
    more: bool,
    complete: bool,
}

#[derive(Serialize)]
struct LaunchEntry {
    path: String,
    error: Option<String>,
    #[serde(flatten)]
    launch: Option<FleetLaunch>,
}

#[derive(Serialize)]
struct FleetLaunch {
    launch: String,
    title: String,
    version: String,
    t0: String,
    held_since: Option<String>,
    /// There is no verdict here: nobody was asked.
    last_known: Option<LastDecision>,
    next: Option<FleetNext>,
    over: bool,
    holds_others: bool,
}

#[derive(Serialize)]
struct LastDecision {
    word: &'static str,
    named: String,
    at: String,
}

#[derive(Serialize)]
struct FleetNext {
    does: String,
    who: Vec<String>,
}

#[derive(Serialize)]
struct Met {
    kind: &'static str,
    launch: String,
    with: String,
    what: String,
    from: String,
    until: Option<String>,
}

/// For machines, ending with a line end.
pub fn fleet_json(fleet: &Fleet) -> String {
    page(&JsonDocument {
        format: 1,
        at: time(fleet.at),
        launches: fleet.entries.iter().map(LaunchEntry::from).collect(),
        clashes: fleet.clashes.iter().map(Met::from).collect(),
        more: fleet.more,
        complete: true,
    })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl From<&FleetEntry> for LaunchEntry {
    fn from(it: &FleetEntry) -> Self {
        let (launch, error) = match &it.listed {
            Ok(listed) => (Some(FleetLaunch::from(listed)), None),
            Err(untold) => (None, Some(plain(&untold.why))),
        };
        Self { path: plain(&it.path), error, launch }
    }
}

impl From<&Listed> for FleetLaunch {
    fn from(it: &Listed) -> Self {
        let last = |it: &LastKnown| LastDecision {
            word: it.word.as_str(),
            named: plain(&it.named),
            at: time(it.at),
        };
        let next = |(does, who): &(gonogo_domain::Str, Vec<Party>)| FleetNext {
            does: plain(does),
            who: who.iter().map(|it| plain(it.as_str())).collect(),
        };
        Self {
            launch: plain(&it.launch),
            title: plain(&it.title),
            version: plain(&it.version),
            t0: time(it.t_zero),
            held_since: it.held_since.map(time),
            last_known: it.last.as_ref().map(last),
            next: it.next.as_ref().map(next),
            over: it.over,
            holds_others: it.holds_others,
        }
    }
}

impl From<&Clash> for Met {
    fn from(it: &Clash) -> Self {
        Self {
            kind: it.kind.as_str(),
            launch: plain(&it.launch),
            with: plain(&it.with),
            what: plain(&it.what),
            from: time(it.from),
            until: it.until.map(time),
        }
    }
}
