//! One state told to every audience, each in its own words, on one page. What sales and customers read is made from
//! [`Outward`] alone: nothing else of the launch can be on it.

mod outside;
mod team;

use chrono::{DateTime, Utc};

use super::{
    MinutesInput, ReportContext, minutes,
    page::{PagePart, ReportPage},
    words::headline,
};
use gonogo_domain::{Board, History, Launch, Outward, Zone, zoned};

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportAudience {
    /// The word, what may go wrong, what is asked of them, when.
    Executives,
    /// Every gate and its evidence.
    Engineers,
    /// What it brings, when, whom to ask.
    Sales,
    /// What it brings, and when.
    Customers,
    /// Who said what.
    Minutes,
}

/// What a page is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageForm {
    /// For a page on a platform, a wiki or a message.
    Markdown,
    /// One file of HTML that needs nothing else.
    Html,
}

/// What a page for an audience is made of.
#[derive(Clone, Copy, Debug)]
pub struct AudienceInput<'a> {
    /// The launch.
    pub launch: &'a Launch,
    /// Its board.
    pub board: &'a Board,
    /// What people said.
    pub history: &'a History,
    /// The hash of the journal's newest entry; empty without one.
    pub head: &'a str,
    /// Whose files, and what they were compared with.
    pub context: &'a ReportContext,
}

/// The page for an audience, ending with a line end.
pub fn report(told: &AudienceInput<'_>, audience: ReportAudience, form: PageForm) -> String {
    let page = match audience {
        ReportAudience::Executives => team::executives(told),
        ReportAudience::Engineers => team::engineers(told),
        ReportAudience::Sales => outside::sales(&Outward::of(told.launch, told.board)),
        ReportAudience::Customers => outside::customers(&Outward::of(told.launch, told.board)),
        ReportAudience::Minutes => return minutes_page(told, form),
    };
    match form {
        PageForm::Markdown => page.markdown(),
        PageForm::Html => page.html(),
    }
}

/// The minutes are written as Markdown, where other pages keep them too.
fn minutes_page(told: &AudienceInput<'_>, form: PageForm) -> String {
    let board = told.board;
    let rehearsal = board.scope.played == Some(gonogo_domain::Played::Rehearsal);
    let text = minutes(&MinutesInput { board, history: told.history, head: told.head, rehearsal });
    if form == PageForm::Markdown {
        return super::harmless(&text);
    }
    // Its own first line is that of the page.
    let body = text.split_once('\n').map_or(text.as_str(), |(_, body)| body);
    let page = ReportPage {
        name: format!("Minutes: {} {}", board.title, board.version),
        line: headline(board),
        class: board.word.as_str(),
        named: false,
        parts: vec![PagePart::Markdown(body.to_owned())],
        foot: as_of(board.evaluated_at, told.launch),
    };
    page.html()
}

/// When something was known, in the launch's zone.
fn as_of(at: DateTime<Utc>, launch: &Launch) -> String {
    format!("gonogo {}, as of {}", env!("CARGO_PKG_VERSION"), when(at, launch.schedule.zone))
}

/// `Wednesday, 2 December 2026, 09:00 GMT`.
fn when(at: DateTime<Utc>, zone: Zone) -> String {
    zoned(at, zone).format("%A, %-d %B %Y, %H:%M %Z").to_string()
}
