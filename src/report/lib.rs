//! The same board for machines and readers.
//!
//! Promises: every word of foreign text is sanitised; no line can be read as a command of a CI runner; a narrowed
//! answer, a waiver and an override are said in the headline; the machine form ends with `complete: true`, so that
//! a cut file is no verdict (V14).

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod annotations;
mod attest;
mod audience;
mod calendar;
mod chart;
mod context;
mod decision;
mod decision_record;
mod document;
mod facts;
mod fleet;
mod grid;
pub mod guardrails;
mod html;
mod incident;
mod json;
mod json_stage;
mod junit;
mod markdown;
mod message;
mod metrics;
mod minutes;
mod page;
mod plain;
mod reach;
mod readiness;
mod review;
mod risks;
mod rollback;
mod runner;
mod sarif;
mod speaker;
mod summary;
mod svg;
mod tour;
mod track_record;
mod watched;
mod way;
mod who;
mod why;
mod words;

pub use self::{
    annotations::annotations,
    attest::{Attestation, Basis, attest},
    audience::{AudienceInput, PageForm, ReportAudience, report},
    calendar::{CalendarInput, calendar},
    context::{Compared, Origin, ReportContext, ToldBy},
    decision_record::decision_record,
    fleet::{Fleet, FleetEntry, FleetLine, Untold, fleet_clashes, fleet_json, fleet_line, fleet_text},
    grid::{Grid, GridCell, GridColour},
    html::html,
    incident::{incident_json, incident_record, incident_text},
    json::{complete, json, json_in},
    junit::junit,
    message::{message_text, messages_json, messages_text},
    metrics::metrics,
    minutes::{MinutesInput, minutes},
    plain::{TextOptions, text},
    readiness::{ReadinessPage, readiness_json, readiness_markdown, readiness_text},
    review::{ReviewPage, review_page},
    risks::{risks_json, risks_text},
    rollback::{rollback_json, rollback_text},
    runner::{harmless, harmless_json},
    sarif::{findings_json, sarif},
    summary::{comment, summary},
    svg::svg,
    tour::{Scene, tour},
    track_record::{LaunchHistory, track_record_csv, track_record_json, track_record_text},
    way::{way_json, way_text},
    who::{WhoPage, who_json, who_text},
    why::{WhyInput, why_json, why_text},
    words::{headline, tally},
};
