//! The `checklist` room.
