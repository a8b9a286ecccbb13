//! The same board for machines and readers.
//!
//! Promises: every word of foreign text is sanitised; no line can be read as a command of a CI runner; a narrowed
//! answer, a waiver and an override are said in the headline; the machine form ends with `complete: true`, so that
//! a cut file is no verdict (V14).

mod grid;
mod json;
mod runner;
mod svg;
mod text;
mod words;

pub use self::{
    grid::{Grid, GridCell, GridColour},
    json::json,
    runner::harmless,
    svg::svg,
    text::{TextOptions, text},
    words::{age, headline, tally},
};
