//! Pages for the team: for those who decide, and for those who build.

use super::{AudienceInput, as_of, when};
use crate::{
    chart::{self, NARROW, WIDE},
    facts::{BoardFact, about, facts},
    page::{Cell, ListItem, PagePart, ReportPage},
    plain::place,
    words::{by_what, headline, tally},
};
use gonogo_domain::{Board, Brief, Earliest, GateState, Launch, Party};
use gonogo_text::{Link, age_in_words, cap};

/// Risks on the page of those who have a minute.
const MOST_RISKS: usize = 5;
/// Characters of what one says.
const LONGEST: usize = 400;
/// Steps of the path that are listed.
const MOST_STEPS: usize = 20;

/// The verdict, why, who has to do what, what may go wrong, when.
pub(super) fn executives(told: &AudienceInput<'_>) -> ReportPage {
    let AudienceInput { launch, board, history, .. } = told;
    let brief = Brief::of(launch, board, history);
    let mut parts = vec![PagePart::Text(format!("Why: {}.", cap(&brief.why, LONGEST)))];
    // A closed launch never says GO again: nobody waits for it.
    let earliest = match board.closed {
        Some(_) => String::new(),
        None => format!(" {}", earliest(&brief.earliest, launch)),
    };
    parts.push(PagePart::Text(format!("{}.{earliest}", tally(&board.score))));
    parts.push(PagePart::Heading("Decisions needed"));
    if brief.asks.is_empty() {
        parts.push(PagePart::Text("None right now.".into()));
    } else {
        let item = |it: &gonogo_domain::BriefAsk| ListItem {
            strong: named(&it.who, launch),
            text: cap(&it.what, LONGEST),
            small: it.by.map(|at| format!("by {}", when(at, launch.schedule.zone))).unwrap_or_default(),
        };
        parts.push(PagePart::List(brief.asks.iter().map(item).collect()));
    }
    risks(&brief, &mut parts);
    dates(launch, board, &brief, &mut parts);
    timeline(board, &mut parts);
    parts.push(PagePart::Heading("The board"));
    parts.push(PagePart::Drawing(chart::squares(board, &WIDE) + &chart::squares(board, &NARROW)));
    let lists = board.checklists.iter().map(|it| {
        let title = Cell::new(it.title.to_string());
        // If nothing prevents GO, nothing is unknown either.
        if it.score.of == 0 && it.score.not_applicable == 0 {
            return vec![Cell::new("-"), title, Cell::new("nothing here blocks GO")];
        }
        let says = Cell { class: Some(it.verdict.as_str()), ..Cell::new(it.verdict.word()) };
        vec![says, title, Cell::new(tally(&it.score))]
    });
    parts.push(PagePart::Table { head: vec!["Verdict", "Area", "Gates"], rows: lists.collect() });
    page(told, parts)
}

fn risks(brief: &Brief, parts: &mut Vec<PagePart>) {
    parts.push(PagePart::Heading("Top risks"));
    if brief.risks.is_empty() {
        parts.push(PagePart::Text("None known.".into()));
        return;
    }
    let item = |it: &gonogo_domain::BriefRisk| ListItem {
        strong: it.sort.to_owned(),
        text: cap(&it.what, LONGEST),
        ..ListItem::default()
    };
    let mut items: Vec<_> = brief.risks.iter().take(MOST_RISKS).map(item).collect();
    let more = brief.risks.len().saturating_sub(MOST_RISKS);
    if more > 0 {
        items.push(ListItem { text: format!("and {more} more"), ..ListItem::default() });
    }
    parts.push(PagePart::List(items));
}

fn dates(launch: &Launch, board: &Board, brief: &Brief, parts: &mut Vec<PagePart>) {
    let zone = launch.schedule.zone;
    parts.push(PagePart::Heading("When"));
    let files = launch.t0_of_files();
    let mut items =
        vec![ListItem { strong: "T-0".into(), text: when(board.t_zero, zone), ..ListItem::default() }];
    if board.t_zero != files {
        items.push(ListItem {
            strong: "Planned first".into(),
            text: when(files, zone),
            ..ListItem::default()
        });
    }
    if let Some(since) = board.held_since {
        items.push(ListItem { strong: "Held since".into(), text: when(since, zone), ..ListItem::default() });
    }
    let out = brief.out.as_deref().unwrap_or("nothing");
    items.push(ListItem { strong: "Out".into(), text: out.to_owned(), ..ListItem::default() });
    parts.push(PagePart::List(items));
}

fn earliest(it: &Earliest, launch: &Launch) -> String {
    let steps = |count: usize| match count {
        1 => "1 step is done".to_owned(),
        _ => format!("{count} steps are done"),
    };
    match it {
        Earliest::Now => "It is GO now.".into(),
        Earliest::At(at, 0) => format!("Earliest GO: {}.", when(*at, launch.schedule.zone)),
        Earliest::At(at, count) => {
            format!("Earliest GO: {}, once {}.", when(*at, launch.schedule.zone), steps(*count))
        }
        Earliest::Steps(count) => format!("Earliest GO: as soon as {}.", steps(*count)),
        Earliest::Unknown => "When it can be GO is not known.".into(),
    }
}

/// Roles by their titles.
fn named(who: &[Party], launch: &Launch) -> String {
    let title = |it: &Party| {
        let role = launch.roles.get(it).and_then(|role| role.title.clone());
        role.unwrap_or_else(|| it.text()).to_string()
    };
    let all: Vec<_> = who.iter().map(title).collect();
    if all.is_empty() { "somebody".into() } else { all.join(", ") }
}

fn timeline(board: &Board, parts: &mut Vec<PagePart>) {
    if let (Some(wide), Some(narrow)) = (chart::timeline(board, &WIDE), chart::timeline(board, &NARROW)) {
        parts.push(PagePart::Heading("The rollout"));
        parts.push(PagePart::Drawing(wide + &narrow));
    }
}

/// All that is known: the whole, the path, every gate with its evidence.
pub(super) fn engineers(told: &AudienceInput<'_>) -> ReportPage {
    let AudienceInput { launch, board, context, .. } = told;
    let mut parts = vec![PagePart::Text(format!("{}, {}.", tally(&board.score), about(board)))];
    let all = facts(board, context);
    if !all.is_empty() {
        parts.push(PagePart::Heading("About the whole"));
        let item = |it: BoardFact| ListItem {
            strong: it.at_most.map_or_else(|| it.name.to_owned(), |word| format!("{word}, {}", it.name)),
            small: if it.next.is_empty() { String::new() } else { format!("next: {}", it.next) },
            text: it.text,
        };
        parts.push(PagePart::List(all.into_iter().map(item).collect()));
    }
    if !board.path.steps.is_empty() {
        parts.push(PagePart::Heading("Path to GO"));
        let item = |step: &gonogo_domain::Step| ListItem {
            strong: String::new(),
            text: format!("{}{}", step.does, by_what(step.kind)),
            small: if step.who.is_empty() { String::new() } else { named(&step.who, launch) },
        };
        let mut items: Vec<_> = board.path.steps.iter().take(MOST_STEPS).map(item).collect();
        let more = board.path.steps.len().saturating_sub(MOST_STEPS);
        if more > 0 {
            items.push(ListItem { text: format!("and {more} more"), ..ListItem::default() });
        }
        parts.push(PagePart::List(items));
        if let Some(at) = board.path.not_before {
            parts.push(PagePart::Text(format!("Not before {}.", when(at, launch.schedule.zone))));
        }
    }
    timeline(board, &mut parts);
    parts.push(PagePart::Heading("Gates"));
    parts.push(PagePart::Drawing(chart::squares(board, &WIDE) + &chart::squares(board, &NARROW)));
    let mut gates: Vec<_> = board.gates.iter().filter(|it| !it.group || it.counted).collect();
    gates.sort_by_key(|gate| (!gate.counted, std::cmp::Reverse(gate.verdict)));
    let rows = gates.into_iter().map(|it| row(it, board, launch)).collect();
    parts.push(PagePart::Table { head: vec!["Verdict", "Gate", "Why", "Evidence", "Who"], rows });
    page(told, parts)
}

fn row(gate: &GateState, board: &Board, launch: &Launch) -> Vec<Cell> {
    let late = gate.overdue.then(|| "OVERDUE".to_owned());
    let says = Cell {
        class: Some(gate.verdict.as_str()),
        more: late.into_iter().collect(),
        ..Cell::new(gate.verdict.word())
    };
    let id = format!("{}{}", gate.id, place(gate));
    let name = Cell {
        link: gate.url.as_deref().and_then(Link::parse),
        more: vec![id],
        ..Cell::new(gate.title.to_string())
    };
    let next = (gate.verdict.blocks() && !gate.next.is_empty()).then(|| format!("next: {}", gate.next));
    let rows = gate.rows.iter().map(ToString::to_string);
    let why = Cell { more: rows.chain(next).collect(), ..Cell::new(gate.reason.to_string()) };
    let seen = gate.observed_at.map(|seen| {
        let age = age_in_words((board.evaluated_at - seen.wall).to_std().unwrap_or_default());
        format!("{age} ago{}", if gate.stale { ", stale" } else { "" })
    });
    let trouble = gate.trouble.as_ref().map(|it| format!("trouble: {it}"));
    let evidence =
        Cell { more: seen.into_iter().chain(trouble).collect(), ..Cell::new(gate.evidence.to_string()) };
    let owner = gate.owner.as_ref().map(|it| named(std::slice::from_ref(it), launch)).unwrap_or_default();
    let acts = (!gate.who.is_empty()).then(|| format!("can act: {}", named(&gate.who, launch)));
    vec![says, name, why, evidence, Cell { more: acts.into_iter().collect(), ..Cell::new(owner) }]
}

fn page(told: &AudienceInput<'_>, parts: Vec<PagePart>) -> ReportPage {
    let board = told.board;
    ReportPage {
        name: format!("{} {}", board.title, board.version),
        line: headline(board),
        class: board.word.as_str(),
        named: false,
        parts,
        foot: format!("{}, checklists {}", as_of(board.evaluated_at, told.launch), board.checklist_digest),
    }
}
