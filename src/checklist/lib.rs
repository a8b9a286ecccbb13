//! YAML to [`Launch`](gonogo_domain::Launch): variables, references, diagnostics.
//!
//! What it promises:
//!
//! - **All or nothing.** [`load`] gives a launch in which every reference has been checked, or every problem of
//!   every file at once; nothing is skipped, defaulted or guessed for the sake of going on.
//! - **Places.** Each [`Diagnostic`](gonogo_domain::Diagnostic) says where, what was expected, which right name is
//!   nearest and where that one is defined.
//! - **A file can only ask.** Nothing in a file names a host, a token or a permission, and no file outside the
//!   launch's own folder is read, whatever links lie in it.
//! - **Bounded.** Files, gates, copies, filled-in text, needs and searches for names all have limits, so that a
//!   hostile launch is refused soon and cheaply.
//! - **Nothing is ignored.** A key or kind of evidence that the format knows and this version does not is an error
//!   that says so.
//!
//! The order of work: read the files (`file_set`, `entries`), find out which gates there are (`index`), read
//! `launch.yaml` (`sections`), fill in variables and copy gates for cells and occurrences (`expand`), look up
//! references (`resolve`), and follow them around for circles (`graph`).

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod about;
mod asks;
mod attached;
mod entries;
mod evidence;
mod expand;
mod file_set;
mod gate;
mod graph;
mod index;
mod inherit;
mod interpolate;
mod kinds;
mod limits;
mod lint;
mod load;
mod moments;
mod names;
mod parsed_file;
mod reader;
mod ready;
mod reference;
mod repeat;
mod report;
mod request;
mod resolve;
mod schema;
mod scope;
mod sections;
mod shapes;
mod slips;
mod symbols;
mod template;
mod when;

pub use kinds::{Channel, DecodedGuardrail, DecodedLimits, EvidenceKinds, GateLimits, SourceOffer};
pub use limits::MOST_GATES;
pub use lint::lint;
pub use load::load;
pub use report::summary;
pub use request::{FileUsed, LaunchInput, LoadRequest, Loaded};
pub use schema::{checklist_schema, launch_schema};
