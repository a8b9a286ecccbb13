//! The composition root: the only room that knows every room. One file per mode.

mod kinds;
mod live;
mod playback;

pub use self::{kinds::Registry, live::Live, playback::Playback};
