//! The diagnosis for people.

use std::fmt::Write as _;

use super::{
    Diagnosis,
    gates::GateProblem,
    permissions::{PermissionNeed, PermissionStanding},
    places::{JournalCheck, TeamCheck, TrustCheck},
    servers::ServerCheck,
    writes::WriteCheck,
};
use gonogo_text::{pad, width};

/// Columns of the names before values.
const NAMES: usize = 12;
/// A clock that is farther off than this is worth a word, in seconds.
const MOST_SKEW: i64 = 60;
/// Gates of a list that are named.
const MOST_GATES: usize = 6;

/// The diagnosis for people, worst first.
pub fn page(it: &Diagnosis) -> String {
    let mut out = format!("{} {} ({}): {}\n", it.title, it.version, it.launch, headline(it));
    if !it.problems.is_empty() {
        out.push_str("\nProblems\n");
        it.problems.iter().for_each(|problem| tell(&mut out, problem));
    }
    out.push_str("\nSources\n");
    it.sources.iter().for_each(|server| show(&mut out, server));
    writes(&mut out, &it.writes);
    out.push_str("\nThis machine\n");
    line(&mut out, "settings", it.settings.as_deref().unwrap_or("no file, so the defaults apply"));
    line(&mut out, "log", it.log.as_deref().unwrap_or("none: there is no home folder"));
    journal(&mut out, &it.journal);
    trust(&mut out, &it.trust);
    it.teams.iter().for_each(|it| team(&mut out, it));
    line(&mut out, "clock", &clock(it.clock_skew_seconds));
    line(&mut out, "time zones", &format!("release {} of the IANA database", it.time_zones));
    out
}

fn headline(it: &Diagnosis) -> String {
    match (it.unknown, it.problems.len()) {
        (0, 0) if it.asked == 0 => "no gate asks a source".to_owned(),
        (0, 0) => format!("all {} gates that ask a source got an answer", it.asked),
        (0, _) => "every gate got an answer, but the commit is not known".to_owned(),
        (1, _) => "1 gate would be unknown".to_owned(),
        (unknown, _) => format!("{unknown} gates would be unknown"),
    }
}

fn tell(out: &mut String, problem: &GateProblem) {
    let connection = problem.connection.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let _ = writeln!(out, "  {}{connection}: {}", problem.source, problem.what);
    line(out, "  next", &problem.next);
    if !problem.gates.is_empty() {
        line(out, "  gates", &list(&problem.gates));
    }
    if !problem.refs.is_empty() {
        line(out, "  commit of", &list(&problem.refs));
    }
}

fn show(out: &mut String, server: &ServerCheck) {
    let connection = server.connection.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let state = if server.problems == 0 { "ok" } else { "FAILS" };
    let gates = if server.gates == 1 { "gate" } else { "gates" };
    let _ = writeln!(
        out,
        "  {}{connection}: {state}, {} of {} {gates} answered",
        server.source, server.answered, server.gates
    );
    if server.is_of_the_launch() {
        return;
    }
    line(out, "  server", server.address.as_deref().unwrap_or("not set up"));
    line(out, "  credential", server.credential.as_deref().unwrap_or("none"));
    if let Some(name) = &server.identity {
        line(out, "  whose", name);
    }
    if let Some(scopes) = &server.scopes {
        let what = format!("  {}", server.reach.unwrap_or("scopes"));
        line(out, &what, &if scopes.is_empty() { "none".to_owned() } else { scopes.join(", ") });
    }
    if let Some(expires) = &server.expires {
        line(out, "  expires", expires);
    }
    for (at, budget) in server.budgets.iter().enumerate() {
        let until = budget.resets.format("%H:%M UTC");
        let (left, limit, what) = (budget.remaining, budget.limit, budget.of.word());
        let name = if at == 0 { "  budget" } else { "" };
        line(out, name, &format!("{left} of {limit} {what} left until {until}"));
    }
    for it in &server.renamed {
        line(out, "  renamed", &format!("{} is now called {}: change it in the file", it.from, it.to));
    }
    needs(out, &server.needs);
}

fn needs(out: &mut String, needs: &[PermissionNeed]) {
    let widest = needs.iter().map(|it| width(it.permission)).max().unwrap_or_default();
    for (at, need) in needs.iter().enumerate() {
        let state = match need.standing {
            PermissionStanding::Missing => "MISSING",
            PermissionStanding::NotKnown => "not known",
            PermissionStanding::Works => "works",
        };
        let key = need.actions_key.map_or_else(
            || "no workflow token can get it".to_owned(),
            |key| format!("workflow `{key}: read`"),
        );
        let name = if at == 0 { "  needs" } else { "" };
        let text = format!(
            "{}  {}  {key}, classic `{}`",
            pad(state, 9),
            pad(need.permission, widest),
            need.classic_scope
        );
        line(out, name, &text);
        if !need.note.is_empty() {
            line(out, "", &format!("{}  {}", pad("", 9), need.note));
        }
        if need.standing != PermissionStanding::Works {
            line(out, "", &format!("{}  for {}", pad("", 9), list(&need.gates)));
        }
    }
}

/// What gonogo may write; nothing to say where it only reads.
fn writes(out: &mut String, all: &[WriteCheck]) {
    if !all.is_empty() {
        out.push_str("\nWrites, only when a person says so\n");
    }
    for it in all {
        let state = match it.standing {
            PermissionStanding::Missing => "MISSING",
            PermissionStanding::NotKnown => "not known",
            PermissionStanding::Works => "may",
        };
        let _ = writeln!(out, "  {}  {state}: {}", pad(&it.write, 18), it.what);
    }
}

fn journal(out: &mut String, it: &JournalCheck) {
    line(out, "journal", it.place.as_deref().unwrap_or("nowhere to put it: set HOME, or use --journal"));
    let access = match (it.readable, it.writable) {
        (true, true) => "readable, writable",
        (true, false) => "readable, NOT writable",
        (false, true) => "not there yet, can be created",
        (false, false) => "NOT usable",
    };
    let remark =
        it.remark.as_ref().filter(|_| !it.writable).map(|why| format!(": {why}")).unwrap_or_default();
    line(out, "", &format!("{access}{remark}"));
    if let Some(head) = &it.head {
        line(out, "", &format!("{} entries, head {head}", it.entries));
    }
    if let Some(clock) = &it.clock {
        line(out, "", clock);
    }
}

fn trust(out: &mut String, it: &TrustCheck) {
    let count = format!("{} http and {} command gates", it.http_gates, it.command_gates);
    let text = match (it.http_gates + it.command_gates, it.trusted) {
        (0, _) => "not needed: no http or command gates".to_owned(),
        (_, true) => format!("trusted: {count} may run"),
        (_, false) => format!("NOT trusted: {count} do not run"),
    };
    line(out, "trust", &text);
    if let Some(next) = &it.next {
        line(out, "", next);
    }
}

fn team(out: &mut String, it: &TeamCheck) {
    let holds = format!("{} holds {}", it.team, list(&it.roles));
    match it.members {
        Some(1) => line(out, "team", &format!("{holds}: 1 member")),
        Some(members) => line(out, "team", &format!("{holds}: {members} members")),
        None => {
            line(out, "team", &format!("{holds}: can NOT be read, so nobody holds the role through it"));
            it.problem.iter().chain(&it.next).for_each(|text| line(out, "", text));
        }
    }
}

fn clock(skew: Option<i64>) -> String {
    match skew {
        None => "not known: no server told the time".to_owned(),
        Some(skew) if skew.abs() <= MOST_SKEW => "within a minute of the servers'".to_owned(),
        Some(skew) => {
            let way = if skew < 0 { "ahead of" } else { "behind" };
            format!("{} s {way} the servers': set this machine's clock", skew.abs())
        }
    }
}

fn line(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "  {}{value}", pad(name, NAMES + 2));
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(MOST_GATES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_GATES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
