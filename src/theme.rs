//! The `theme` room.
