//! Pages for whoever is not of the team: dates and value, and nothing that was not marked as public.

use chrono::{DateTime, Utc};

use crate::page::{Cell, ListItem, PagePart, ReportPage};
use gonogo_domain::{Going, Outward, OutwardMessage, OutwardStep};

/// Messages on a page.
const MOST_MESSAGES: usize = 6;

/// What sales tell: value, dates, what is ready, whom to ask.
pub(super) fn sales(it: &Outward) -> ReportPage {
    let mut parts = told(it, &said_to_sales(it));
    value(it, &mut parts);
    dates(it, &mut parts);
    ready(it, &mut parts);
    sent(it, &mut parts, true);
    parts.push(PagePart::Heading("Who to ask"));
    parts.push(if it.ask.is_empty() {
        PagePart::Text("Whoever sent you this page.".into())
    } else {
        PagePart::List(
            it.ask.iter().map(|role| ListItem { text: role.to_string(), ..ListItem::default() }).collect(),
        )
    });
    if !matches!(it.going, Going::Confirmed | Going::Out) {
        parts.push(PagePart::Text("Do not promise anybody a date that is not on this page.".into()));
    }
    page(it, parts)
}

/// What customers read.
pub(super) fn customers(it: &Outward) -> ReportPage {
    let mut parts = told(it, &said_to_customers(it));
    value(it, &mut parts);
    dates(it, &mut parts);
    ready(it, &mut parts);
    sent(it, &mut parts, false);
    page(it, parts)
}

fn page(it: &Outward, parts: Vec<PagePart>) -> ReportPage {
    let version = it.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let played = it.played.map(|played| format!("{}: ", played.word())).unwrap_or_default();
    ReportPage {
        name: format!("{}{version}", it.title),
        line: format!("{played}{}", word(it)),
        class: class(it),
        named: true,
        parts,
        foot: format!("As of {}", when(it, it.at)),
    }
}

fn told(it: &Outward, said: &str) -> Vec<PagePart> {
    let mut parts = vec![PagePart::Text(said.to_owned())];
    if it.played.is_some() {
        parts.push(PagePart::Text(
            "This is a rehearsal or a recording: it says nothing about the real launch today.".into(),
        ));
    }
    let out = matches!(it.going, Going::GoingOut { .. } | Going::Out);
    if out && !it.confirmed {
        parts.push(PagePart::Text(
            "Whether the rest goes ahead as planned is not confirmed right now.".into(),
        ));
    }
    parts
}

fn when(it: &Outward, at: DateTime<Utc>) -> String {
    super::when(at, it.zone)
}

/// The state in a word or two.
fn word(it: &Outward) -> &'static str {
    match it.going {
        Going::Planned => "Planned, not confirmed",
        Going::Confirmed => "Confirmed",
        Going::Moved => "New date",
        Going::Paused { .. } => "Paused",
        Going::Stopped { .. } => "Not going out as planned",
        Going::Overdue => "Late",
        Going::GoingOut { .. } => "Going out",
        Going::Out => "Out",
        Going::BeingTakenBack => "Being rolled back",
        Going::TakenBack => "Rolled back",
        Going::PartlyTakenBack => "Partly rolled back",
        Going::Unclear => "Status not known right now",
    }
}

fn class(it: &Outward) -> &'static str {
    match it.going {
        Going::Confirmed => "go",
        Going::Out | Going::GoingOut { .. } if it.confirmed => "go",
        Going::Stopped { .. } | Going::BeingTakenBack | Going::TakenBack | Going::PartlyTakenBack => "no-go",
        _ => "hold",
    }
}

/// `; it was planned for ...`, where there is another date than the one that was told first.
fn before(it: &Outward) -> String {
    it.planned.map(|at| format!(" It was originally planned for {}.", when(it, at))).unwrap_or_default()
}

fn date(it: &Outward) -> String {
    it.date.map_or_else(|| "a date not set yet".to_owned(), |at| when(it, at))
}

/// Whether the date is over.
fn is_past(it: &Outward) -> bool {
    it.date.is_some_and(|at| at <= it.at)
}

/// `10 % have it`, `a first group has it`.
fn share(percent: Option<f64>) -> String {
    percent.map_or_else(|| "some have it".to_owned(), |share| format!("{} % have it", round(share)))
}

/// A share for people: no digit that says nothing.
fn round(share: f64) -> f64 {
    if share < 1.0 { (share * 100.0).round() / 100.0 } else { share.round() }
}

fn said_to_customers(it: &Outward) -> String {
    let (date, before) = (date(it), before(it));
    match it.going {
        Going::Planned => format!("Planned for {date}. This date is not confirmed yet.{before}"),
        Going::Confirmed if is_past(it) => format!("It was confirmed for {date}.{before}"),
        Going::Confirmed => format!("It goes out on {date}.{before}"),
        Going::Moved => format!("The date has moved to {date}.{before} The new date is not confirmed yet."),
        Going::Paused { percent, out: true, .. } => {
            format!("We have paused the rollout: {}, and nobody else will get it for now.", share(percent))
        }
        Going::Paused { until, .. } => {
            let look =
                until.map(|at| format!(" We will look at it again on {}.", when(it, at))).unwrap_or_default();
            format!("We have paused this release, and there is no new date yet.{look}{before}")
        }
        Going::Stopped { .. } => format!("It will not go out as planned. There is no new date yet.{before}"),
        Going::Overdue => {
            format!("It is not out yet, although its date has passed. There is no new date yet.{before}")
        }
        Going::GoingOut { percent } => format!("It is going out step by step: {}.{before}", share(percent)),
        Going::Out => format!("Everybody has it.{before}"),
        Going::BeingTakenBack => "We are rolling it back.".into(),
        Going::TakenBack => "We have rolled it back. There is no new date yet.".into(),
        Going::PartlyTakenBack => "We have rolled part of it back and are working on the rest.".into(),
        Going::Unclear => "We cannot say where it stands right now. Please check again later.".into(),
    }
}

fn said_to_sales(it: &Outward) -> String {
    let (date, before) = (date(it), before(it));
    match it.going {
        Going::Planned => format!("Planned for {date}; nobody has confirmed it yet.{before}"),
        Going::Confirmed if is_past(it) => {
            format!("It was confirmed for {date}. Nothing records who has it.{before}")
        }
        Going::Confirmed => format!("Customers get it on {date}: this is confirmed.{before}"),
        Going::Moved => {
            format!("DELAYED to {date}.{before} Tell customers the new date; it is not confirmed yet.")
        }
        Going::Paused { percent, out: true, .. } => {
            format!(
                "PAUSED during the rollout: {}, and no more customers will get it until it resumes.",
                share(percent)
            )
        }
        Going::Paused { until, .. } => {
            let look = until
                .map(|at| format!(" The team will look at it again on {}.", when(it, at)))
                .unwrap_or_default();
            format!("PAUSED before it went out. There is no new date: do not promise one.{look}{before}")
        }
        Going::Stopped { looked_at } => {
            let look = looked_at.map(|at| format!(" The team is considering {}.", when(it, at)));
            let look = look.unwrap_or_else(|| " There is no new date yet.".into());
            format!("STOPPED: it will not go out as planned.{look}{before}")
        }
        Going::Overdue => {
            format!(
                "LATE: the date has passed and customers do not have it.{before} Do not promise a new date."
            )
        }
        Going::GoingOut { percent } => {
            format!("Customers are getting it step by step, since {date}: {}.{before}", share(percent))
        }
        Going::Out => format!("Every customer has it; the first got it on {date}.{before}"),
        Going::BeingTakenBack => {
            "It is being rolled back: customers who have it are going back to the version before.".into()
        }
        Going::TakenBack => {
            "It was rolled back: customers no longer have it. There is no new date yet.".into()
        }
        Going::PartlyTakenBack => "Part of it was rolled back; the team is working on the rest.".into(),
        Going::Unclear => "Nobody can say where it stands right now. Do not give anybody a date.".into(),
    }
}

fn value(it: &Outward, parts: &mut Vec<PagePart>) {
    if let Some(summary) = &it.summary {
        parts.push(PagePart::Heading("What it brings"));
        parts.extend(
            summary
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(|line| PagePart::Text(line.to_owned())),
        );
    }
}

fn dates(it: &Outward, parts: &mut Vec<PagePart>) {
    if it.steps.is_empty() {
        return;
    }
    parts.push(PagePart::Heading("Who gets it when"));
    let row = |step: &OutwardStep| {
        let who = match step.percent {
            Some(share) if share >= 100.0 => "Everybody".to_owned(),
            Some(share) => format!("{} %", round(share)),
            None => "A group of customers".to_owned(),
        };
        let at = match (step.at, step.out) {
            (Some(at), true) => format!("since {}", when(it, at)),
            (Some(at), false) => format!("planned for {}", when(it, at)),
            (None, _) => "open".to_owned(),
        };
        vec![Cell::new(who), Cell::new(at)]
    };
    parts.push(PagePart::Table { head: vec!["Who", "When"], rows: it.steps.iter().map(row).collect() });
}

fn ready(it: &Outward, parts: &mut Vec<PagePart>) {
    if it.gates.is_empty() {
        return;
    }
    parts.push(PagePart::Heading("What is ready"));
    let rows = it.gates.iter().map(|gate| {
        let (said, class) = if gate.holds { ("ready", "go") } else { ("not ready", "hold") };
        let due = gate.due.map(|at| format!("due {}", when(it, at)));
        vec![
            Cell { class: Some(class), more: due.into_iter().collect(), ..Cell::new(said) },
            Cell::new(gate.title.to_string()),
        ]
    });
    parts.push(PagePart::Table { head: vec!["State", "What"], rows: rows.collect() });
}

/// What was told in public; sales also see what is to come.
fn sent(it: &Outward, parts: &mut Vec<PagePart>, with_planned: bool) {
    let told = |message: &&OutwardMessage| message.text.is_some() || with_planned;
    let mut items: Vec<_> =
        it.messages.iter().filter(told).map(|message| item(it, message, with_planned)).collect();
    items.truncate(MOST_MESSAGES);
    if !items.is_empty() {
        parts.push(PagePart::Heading("News"));
        parts.push(PagePart::List(items));
    }
}

fn item(it: &Outward, message: &OutwardMessage, with_audience: bool) -> ListItem {
    let at = message.at.map_or_else(|| "date open".to_owned(), |at| when(it, at));
    let audience = if with_audience { format!(", for {}", message.audience) } else { String::new() };
    ListItem {
        strong: message.title.to_string(),
        text: message.text.as_ref().map_or_else(|| "planned".to_owned(), ToString::to_string),
        small: format!("{at}{audience}"),
    }
}
