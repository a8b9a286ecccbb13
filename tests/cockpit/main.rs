//! The cockpit from outside: messages in, pictures and effects out.

mod fixture;
mod look;
