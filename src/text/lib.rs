//! The one sanitiser between foreign text and any output.
//!
//! Checklists, API answers, journal rows and the names of people were written by somebody else. Before such
//! text is drawn, printed, logged or exported it passes through here. What this room promises:
//!
//! - nothing that acts on a terminal survives: every control, format, invisible or private-use character is
//!   *shown* (`␛`, `␤`, `\u{202e}`) instead of sent;
//! - what takes no column cannot pile up or hide: at most [`MAX_MARKS`] marks sit on one base, and none on
//!   the edge of a line;
//! - columns are counted by grapheme, so that a cut never leaves half a letter;
//! - what a server repeats of a credential is hidden first, in every form ([`Veil`]);
//! - every function here is total, and cleaning twice is the same as cleaning once;
//! - a [`Link`] exists only if its address is plain `http` or `https` without credentials.
//!
//! Emoji stay. A variation selector behind an emoji and a joiner between two are left out: Unicode's own
//! fallback for terminals (UTS #51) draws the parts side by side, and then every terminal agrees on the width.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod class;
mod clean;
mod length;
mod link;
mod measure;
mod owned;
mod shell;
mod veil;

pub use clean::{MAX_MARKS, clean, clean_block};
pub use length::{age, age_changes, age_in_words, length, span};
pub use link::{Link, NotALink};
pub use measure::{ascii, cap, fit, fit_ascii, pad, pad_left, width};
pub use owned::owner_and_name;
pub use shell::shell_word;
pub use veil::Veil;
