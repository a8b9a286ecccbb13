//! The cockpit from outside: messages in, pictures and effects out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod acts;
mod ansi;
mod around;
pub mod chooser;
mod columns;
mod comms;
mod drive;
mod filter;
pub mod fixture;
mod foot;
mod forms;
mod incident;
mod lines;
mod matrix;
mod meeting;
mod modes;
mod news;
mod offer;
mod palette;
mod past;
mod pointer;
mod question;
mod random;
pub mod risks;
mod rollback;
mod rollout;
mod several;
mod snap;
mod words;
