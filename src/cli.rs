//! The command line: what can be said, and which room is called for it.
//!
//! Promises: machine output on standard output, words on standard error; exit codes 0 GO, 1 NO-GO, 2 usage,
//! configuration or checklist, 3 HOLD, 4 internal or store error, mapped here by hand so that no error that bubbles
//! up becomes 1 (V13).

mod exit;
pub mod options;

pub use self::{
    exit::Exit,
    options::{Cli, Verb},
};
