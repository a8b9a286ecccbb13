//! Gates of gates: the worst inside, or one go inside.

use super::{
    super::{GateId, Kind, Party, Rule, Verdict, format},
    assessment::Assessment,
    eval_context::EvalContext,
    gate_results::GateResults,
};

/// What a gate of gates says.
pub(super) fn own(frame: &EvalContext<'_>, cells: &GateResults, at: usize) -> Assessment {
    let members = &frame.launch.derived.members[at];
    let any = frame.launch.gates[at].kind == Kind::OneOf;
    let inside = members.iter().copied();
    let fold = if any { cells.one_of(inside) } else { cells.all(inside) };
    let with = |verdict: Verdict| {
        let same = members.iter().filter(|member| cells.verdict(**member) == Some(verdict));
        same.map(|member| &frame.launch.gates[*member].id).collect::<Vec<_>>()
    };
    let mut own = match fold.verdict {
        Verdict::NotApplicable => {
            Assessment::new(Verdict::NotApplicable, Rule::NotApplicable, "nothing inside applies")
        }
        Verdict::Go if any => Assessment::new(
            Verdict::Go,
            Rule::V1,
            format!("one is enough: {}", format::list(&with(Verdict::Go))),
        ),
        Verdict::Go => Assessment::new(Verdict::Go, Rule::V1, frame.kinds.all_go.clone()),
        Verdict::Waived => Assessment::new(
            Verdict::Waived,
            Rule::V9,
            format!("waived inside: {}", format::list(&with(Verdict::Waived))),
        ),
        verdict => open(cells, members, verdict, any, &with(verdict)),
    };
    own.changes_at = fold.changes_at;
    own.since = fold.since;
    own.earliest = fold.earliest;
    if own.verdict.blocks() {
        own.who = who(cells, members);
    }
    own
}

fn open(cells: &GateResults, members: &[usize], verdict: Verdict, any: bool, with: &[&GateId]) -> Assessment {
    let first = members.iter().find(|member| cells.verdict(**member) == Some(verdict));
    let first = first.and_then(|member| cells.state(*member));
    let reason = if any {
        format!("none of {} is go; {} {verdict}", format::count(members.len(), "way"), are(with))
    } else {
        format!(
            "{} of {} inside {}: {}",
            with.len(),
            members.len(),
            plural(with, verdict),
            format::list(with)
        )
    };
    let rule = first.map_or(Rule::V1, |state| state.rule);
    let next = first.map(|state| state.next.clone()).unwrap_or_default();
    let several = any && members.len() > 1;
    let next = if several { next.said(|text| format!("one of them is enough; {text}")) } else { next };
    Assessment::new(verdict, rule, reason).next(next)
}

fn are(ids: &[&GateId]) -> String {
    format!("{} {}", format::list(ids), if ids.len() == 1 { "is" } else { "are" })
}

fn plural(ids: &[&GateId], verdict: Verdict) -> String {
    format!("{} {verdict}", if ids.len() == 1 { "is" } else { "are" })
}

fn who(cells: &GateResults, members: &[usize]) -> Vec<Party> {
    let mut who: Vec<Party> = Vec::new();
    for state in members.iter().filter_map(|member| cells.state(*member)) {
        if state.verdict.blocks() {
            add_new(&mut who, &state.who);
        }
    }
    who
}

/// People who can open something for others: more names help nobody.
const MOST_NAMED: usize = 12;

/// Adds those who are not named yet, as many as help.
pub(super) fn add_new(who: &mut Vec<Party>, more: &[Party]) {
    for party in more {
        if who.len() >= MOST_NAMED {
            return;
        }
        if !who.contains(party) {
            who.push(party.clone());
        }
    }
}
