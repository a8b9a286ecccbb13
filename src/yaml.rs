//! The `yaml` room.
