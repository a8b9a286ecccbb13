//! The `settings` room.
