//! One gate: what it says, why, what it needs, and what makes it go. From the board, in the board's words.

use std::{collections::BTreeSet, fmt::Write as _};

use serde::Serialize;

use super::{
    headline,
    json::{self, Next, page, plain},
    runner::harmless,
    way::numbered,
};
use gonogo_domain::{
    Board, Cause, Gate, GateId, GateState, Kind, Launch, Need, Party, Said, StageStatus, Step, Str, Verdict,
};
use gonogo_text::{age_in_words, clean, shell_word};

/// How long the exception runs that is proposed, in minutes, where the files allow it.
const SHORT_WAIVER: u64 = 4 * 60;

/// The gate that is asked about, and all that it is judged with.
#[derive(Clone, Copy, Debug)]
pub struct WhyInput<'a> {
    /// The board it stands on.
    pub board: &'a Board,
    /// The launch of that board.
    pub launch: &'a Launch,
    /// What it says.
    pub state: &'a GateState,
    /// What it is.
    pub gate: &'a Gate,
    /// What a command has to name the launch by: a path, or nothing for the folder one is in.
    pub path: &'a str,
}

/// `complete` is the last field: a cut file is no answer (V14).
#[derive(Serialize)]
struct JsonDocument {
    format: u32,
    board: BoardJson,
    gate: json::Gate,
    kind: String,
    needs: Vec<Needed>,
    inside: Vec<Needed>,
    steps: Vec<Next>,
    commands: Vec<NextCommand>,
    place: Option<String>,
    complete: bool,
}

#[derive(Serialize)]
struct BoardJson {
    verdict: &'static str,
    headline: String,
}

/// Something that it waits for or is made of.
#[derive(Serialize)]
struct Needed {
    what: String,
    satisfied: bool,
    state: String,
    reason: String,
}

/// What somebody can do with a command.
#[derive(Serialize)]
struct NextCommand {
    does: &'static str,
    who: Vec<String>,
    run: String,
}

/// The answer as JSON, ending with a line end.
pub fn why_json(asked: WhyInput<'_>) -> String {
    page(&JsonDocument {
        format: 1,
        board: BoardJson { verdict: asked.board.word.as_str(), headline: headline(asked.board) },
        gate: json::Gate::on(asked.board, asked.state),
        kind: kind(asked.gate),
        needs: needs(asked),
        inside: inside(asked),
        steps: steps(asked).into_iter().map(Next::from).collect(),
        commands: next_commands(asked),
        place: place(asked.gate),
        complete: true,
    })
}

/// The answer as text, ending with a line end.
pub fn why_text(asked: WhyInput<'_>) -> String {
    let WhyInput { board, state, gate, .. } = asked;
    let mut out =
        format!("{}  {}  {}\n", state.verdict.word(), clean(state.id.as_str()), clean(&state.title));
    let mut line = |name: &str, said: &str| {
        if !said.is_empty() {
            let _ = writeln!(out, "  {name:<10} {said}");
        }
    };
    line("why", &clean(&state.reason));
    line("counts", super::plain::place(state).trim().trim_matches(['(', ')']));
    line("makes go", &clean(&state.next.to_string()));
    line("who", &names(&state.who).join(", "));
    line("asks", &kind(gate));
    let seen = state.observed_at.and_then(|seen| (board.evaluated_at - seen.wall).to_std().ok());
    let seen = seen.map(|age| format!(", {} ago", age_in_words(age))).unwrap_or_default();
    let stale = if state.stale { ", stale" } else { "" };
    line("evidence", &format!("{}{seen}{stale}", clean(&state.evidence)));
    for row in &state.rows {
        line("", &format!("- {}", clean(row)));
    }
    line("trouble", &state.trouble.as_deref().map(clean).unwrap_or_default());
    let overdue = if state.overdue { ", OVERDUE" } else { "" };
    let due = state
        .due
        .as_ref()
        .map(|due| format!("{} ({}){overdue}", clean(&due.said), due.at.format("%Y-%m-%d %H:%M UTC")));
    line("due", &due.unwrap_or_default());
    let plan = board.plan_of(&state.id).map(|it| {
        let link = it.link.as_ref().map(|link| format!(" ({link})")).unwrap_or_default();
        let why = it.more().filter(|more| it.link.as_ref() != Some(*more));
        let why: String = why.map(|why| format!("; {why}")).collect();
        format!("{}{link}{why}", it.describe("", asked.launch.schedule.zone))
    });
    let told = board.asked(&state.id).map(|it| it.describe(&asked.launch.schedule));
    line("asked", &told.as_deref().map(clean).unwrap_or_default());
    line("plan", &plan.as_deref().map(clean).unwrap_or_default());
    line("owner", &state.owner.as_ref().map(|it| clean(it.as_str())).unwrap_or_default());
    line("notes", &gate.notes.as_deref().map(clean).unwrap_or_default());
    line("page", &state.url.as_deref().map(clean).unwrap_or_default());
    line("written", &place(gate).unwrap_or_default());
    for (title, all) in [("needs", needs(asked)), ("inside", inside(asked))] {
        listed(&mut out, title, &all);
    }
    on_the_way(&mut out, asked);
    harmless(&out)
}

fn listed(out: &mut String, title: &str, all: &[Needed]) {
    if !all.is_empty() {
        let _ = writeln!(out, "\n{title}:");
    }
    for it in all {
        let _ = writeln!(out, "  {:<8} {}  {}", it.state, it.what, it.reason);
    }
}

fn on_the_way(out: &mut String, asked: WhyInput<'_>) {
    let steps = steps(asked);
    if !steps.is_empty() {
        out.push_str("\non the way to it:\n");
    }
    for (number, step) in steps.iter().enumerate() {
        numbered(out, number + 1, step);
    }
    let commands = next_commands(asked);
    if !commands.is_empty() {
        out.push_str("\nwhat can be done:\n");
    }
    for command in &commands {
        let who =
            if command.who.is_empty() { String::new() } else { format!(" ({})", command.who.join(", ")) };
        let _ = writeln!(out, "  {}{who}\n      {}", command.does, command.run);
    }
}

/// What is asked, in a few words.
fn kind(gate: &Gate) -> String {
    match &gate.kind {
        Kind::Evidence(query) => plain(&format!("{} {}", query.source, query.said)),
        Kind::Task(ask) => format!("a task, done by {}", names(&ask.by).join(", ")),
        Kind::SignOff(ask) => format!("a sign-off by {}", names(&ask.by).join(", ")),
        Kind::Timer { since, wait } => format!("{} since {}", age_in_words(*wait), plain(&since.describe())),
        Kind::All => "all that is inside".into(),
        Kind::OneOf => "one of what is inside".into(),
    }
}

fn place(gate: &Gate) -> Option<String> {
    gate.place.as_ref().map(|it| format!("{}:{}:{}", plain(&it.file), it.line, it.column))
}

fn names(parties: &[Party]) -> Vec<String> {
    parties.iter().map(|it| plain(it.as_str())).collect()
}

/// What it waits for, each with where it stands; behind them what is waited for in the place of what does not apply. What is
/// still open the board says: nothing of it is worked out again.
fn needs(asked: WhyInput<'_>) -> Vec<Needed> {
    let WhyInput { board, state, gate, .. } = asked;
    let named: Vec<_> = gate.needs.iter().map(Need::describe).collect();
    let of = |(need, what): (&Need, &Str)| {
        let told = match need {
            Need::Gate(id) => board.gate(id).map(|it| (it.verdict.word(), plain(&it.reason))),
            Need::Checklist(id) => {
                let found = board.checklists.iter().find(|it| it.id == *id);
                found.map(|it| (it.verdict.word(), plain(&it.title)))
            }
            Need::Stage(id) => {
                let found = board.stages.iter().find(|it| it.id == *id);
                found.map(|it| (it.status.word(), plain(&it.audience)))
            }
            Need::Decision => {
                Some((if state.waits_for.contains(what) { "open" } else { "made" }, String::new()))
            }
            Need::Message(id) => {
                let found = board.messages.iter().rfind(|it| it.of.message == *id);
                found.map(|it| (it.status.word(), plain(&it.reason)))
            }
        };
        let (open, what) = (state.waits_for.contains(what), plain(what));
        // What was not looked at waits for nothing that anybody knows of (V11).
        let broken = board.lowered.iter().any(|it| it.cause == Cause::JournalBroken);
        if broken || state.verdict == Verdict::NotApplicable {
            let reason = if broken { "the journal cannot be trusted" } else { "the gate does not apply" };
            return Needed { what, satisfied: false, state: "?".into(), reason: reason.into() };
        }
        match told {
            Some((word, reason)) => Needed { satisfied: !open, what, state: word.to_owned(), reason },
            // The scope of the answer leaves it out.
            None => {
                Needed { what, satisfied: false, state: "?".into(), reason: "not part of this answer".into() }
            }
        }
    };
    // Beside what it names it waits for the answers in its question, and for what comes before something that does not apply.
    let aside = gate.needs.iter().any(|need| match need {
        Need::Gate(id) => board.gate(id).is_some_and(|it| it.verdict == Verdict::NotApplicable),
        Need::Checklist(_) => true,
        Need::Stage(id) => {
            board.stages.iter().any(|it| it.id == *id && it.status == StageStatus::NotApplicable)
        }
        Need::Decision | Need::Message(_) => false,
    });
    let handed_on = state.waits_for.iter().filter(|it| !named.contains(it));
    let in_place = handed_on.map(|it| Needed {
        what: plain(it),
        satisfied: false,
        state: "open".into(),
        reason: if aside { "in the place of what does not apply" } else { "what is asked names its answer" }
            .into(),
    });
    gate.needs.iter().zip(&named).map(of).chain(in_place).collect()
}

fn standing(verdict: Verdict, reason: &str) -> (bool, String, String) {
    (!verdict.blocks(), verdict.word().to_owned(), plain(reason))
}

/// What a gate of gates is made of.
fn inside(asked: WhyInput<'_>) -> Vec<Needed> {
    let within = asked.board.gates.iter().filter(|it| it.parent.as_ref() == Some(&asked.state.id));
    within
        .map(|it| {
            let (satisfied, state, reason) = standing(it.verdict, &it.reason);
            Needed { what: plain(it.id.as_str()), satisfied, state, reason }
        })
        .collect()
}

/// The steps of the path to GO that lead to this gate: its own, and those of all that it depends on.
fn steps(asked: WhyInput<'_>) -> Vec<&Step> {
    let WhyInput { board, launch, state, .. } = asked;
    let mut wanted: BTreeSet<&GateId> = BTreeSet::from([&state.id]);
    let mut next = vec![&state.id];
    while let Some(id) = next.pop() {
        let needs = launch.gate(id).map(|it| it.needs.as_slice()).unwrap_or_default();
        let depends = |other: &Gate| {
            other.parent.as_ref() == Some(id)
                || needs.iter().any(|need| match need {
                    Need::Gate(gate) => *gate == other.id,
                    Need::Checklist(checklist) => *checklist == other.checklist,
                    _ => false,
                })
        };
        for other in launch.gates.iter().filter(|other| depends(other)) {
            if wanted.insert(&other.id) {
                next.push(&other.id);
            }
        }
    }
    let leads = |step: &&Step| step.gate().into_iter().chain(&step.also).any(|gate| wanted.contains(gate));
    board.path.steps.iter().filter(leads).collect()
}

/// What people can do about it, each with the command that does it.
fn next_commands(asked: WhyInput<'_>) -> Vec<NextCommand> {
    let WhyInput { board, launch, state, gate, path } = asked;
    let id = plain(state.id.as_str());
    let at = if path.is_empty() { String::new() } else { format!(" {}", shell_word(path)) };
    let mut all = Vec::new();
    let blocks = state.verdict.blocks();
    if let Some(by_hand) = gate.by_hand.as_ref().filter(|_| blocks).and_then(|it| board.command(it)) {
        all.push(NextCommand { does: "do it by hand", who: names(&state.who), run: plain(&by_hand) });
    }
    if let Some(ask) = gate.ask().filter(|_| blocks && state.waits_for.is_empty()) {
        let answers: String =
            ask.asks.keys().map(|name| format!(" --answer {}=VALUE", plain(name))).collect();
        let who = if state.who.is_empty() { names(&ask.by) } else { names(&state.who) };
        all.push(NextCommand { does: "say go", who, run: format!("gonogo sign {id}{at} --go{answers}") });
    }
    if !gate.na_by.is_empty() && blocks {
        let run = format!("gonogo not-needed {id}{at} --reason \"...\"");
        all.push(NextCommand { does: "declare it not needed", who: names(&gate.na_by), run });
    }
    let waivers = &launch.policies.waive_by;
    if gate.waivable && !waivers.is_empty() && blocks && gate.kind != Kind::All {
        let length = match SHORT_WAIVER.min(launch.policies.longest_waiver.as_secs() / 60) {
            minutes if minutes % 60 == 0 => format!("{}h", minutes / 60),
            minutes => format!("{minutes}m"),
        };
        let run = format!("gonogo waive {id}{at} --reason \"...\" --risk \"...\" --for {length}");
        all.push(NextCommand { does: "record an exception", who: names(waivers), run });
    }
    if state.words.iter().any(|it| it.said == Said::NotNeeded && it.void.is_none()) {
        let run = format!("gonogo not-needed {id}{at} --end --reason \"...\"");
        all.push(NextCommand { does: "say that it is needed after all", who: names(&gate.na_by), run });
    }
    if state.waived_until.is_some() {
        let run = format!("gonogo waive {id}{at} --end --reason \"...\"");
        all.push(NextCommand { does: "end the exception", who: names(waivers), run });
    }
    all
}
