//! The bundled launch and its recorded day.

/// The recorded day, see [`crate::source::recorded`].
pub(super) const DAY: &str = include_str!("demo/day.jsonl");

macro_rules! bundled {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("../../checklists/", $name)).as_slice())),+]
    };
}

/// The bundled launch's files; the launch itself first.
pub(super) fn files() -> Vec<(String, Vec<u8>)> {
    bundled![
        "launch.yaml",
        "qa.yaml",
        "flags.yaml",
        "gtm.yaml",
        "support-macros.yaml",
        "comms.yaml",
        "rollback.yaml"
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
    .collect()
}
