//! The `cockpit` room.
