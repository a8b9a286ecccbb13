//! The cockpit from outside: messages in, pictures and effects out.

mod acts;
mod ansi;
mod drive;
mod fixture;
mod look;
mod random;
mod snap;
mod words;
