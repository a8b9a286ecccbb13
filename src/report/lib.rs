//! The same board for machines and readers.
//!
//! Promises: every word of foreign text is sanitised; no line can be read as a command of a CI runner; a narrowed
//! answer, a waiver and an override are said in the headline; the machine form ends with `complete: true`, so that
//! a cut file is no verdict (V14).

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod attest;
mod context;
mod decision;
mod decision_record;
mod grid;
pub mod guardrails;
mod json;
mod json_stage;
mod markdown;
mod minutes;
mod plain;
mod reach;
mod rollback;
mod runner;
mod svg;
mod track_record;
mod watched;
mod way;
mod why;
mod words;

pub use self::{
    attest::{Attestation, Basis, attest},
    context::{Compared, Context, Origin, ToldBy},
    decision_record::decision_record,
    grid::{Grid, GridCell, GridColour},
    json::{json, json_in},
    minutes::{Record, minutes},
    plain::{TextOptions, text},
    rollback::{rollback_json, rollback_text},
    runner::{harmless, harmless_json},
    svg::svg,
    track_record::{LaunchHistory, track_record_json, track_record_text},
    way::{way_json, way_text},
    why::{Asked, why_json, why_text},
    words::{headline, tally},
};
