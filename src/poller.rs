//! The `poller` room.
