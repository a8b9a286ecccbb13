//! gonogo: the release-readiness cockpit for the terminal. One live answer, GO / HOLD / NO-GO.
//!
//! # The map
//!
//! | room | what it does |
//! | --- | --- |
//! | [`domain`] | pure: launch, gates, evidence, history; [`domain::evaluate`] and [`domain::act`] |
//! | [`yaml`] | the only room that knows the YAML library: limits, spans, strictness |
//! | [`checklist`] | YAML to [`domain::Launch`]: variables, references, diagnostics |
//! | [`settings`] | the user's settings, identity and trust |
//! | [`source`] | where evidence comes from: GitHub, Linear, ..., recorded |
//! | [`poller`] | when to ask: interval, jitter, back-off, budgets, cancellation |
//! | [`journal`] | append, read, verify: the hash-chained record of what people did |
//! | [`cockpit`] | the terminal: model, message, update, effect, view, runtime |
//! | [`theme`] | colour roles, palettes, user themes with inheritance |
//! | [`start`] | a first launch from what a repository shows, and checklists from what people have |
//! | [`report`] | the same board for machines and readers: text, JSON, SVG, JUnit, Markdown, HTML, calendars |
//! | [`files`] | files that others name: regular ones only, capped, never through a link when written |
//! | [`text`] | the one sanitiser between foreign text and any output |
//! | [`clock`] | the only caller of `now()` |
//! | `mcp` | the protocol that agents speak; `cli` answers |
//! | [`app`] | the composition root: modes, acts and the past, one file each |
//! | [`cli`] | the command line: one file per command |
//!
//! # The data flows one way
//!
//! ```text
//! YAML ──checklist──▶ Launch ──────────────┐
//! GitHub, Linear ──source──▶ Evidence ─────┼─▶ domain::evaluate ─▶ Board ─▶ cockpit | report
//! journal ──fold──▶ History ───────────────┘
//!
//! people ──cockpit, cli──▶ Command ─▶ domain::act ─▶ Event | Refusal ─▶ journal ─▶ History
//! ```
//!
//! Each room is a crate below `src`, so that the compiler holds which may use which; `tests/architecture.rs` holds their
//! manifests to the plan. This crate is the binary, and the rooms under one name for the tests from outside.

pub use gonogo_app as app;
pub use gonogo_checklist as checklist;
pub use gonogo_cli as cli;
pub use gonogo_clock as clock;
pub use gonogo_cockpit as cockpit;
pub use gonogo_domain as domain;
pub use gonogo_files as files;
pub use gonogo_journal as journal;
pub use gonogo_poller as poller;
pub use gonogo_report as report;
pub use gonogo_settings as settings;
pub use gonogo_source as source;
pub use gonogo_start as start;
pub use gonogo_text as text;
pub use gonogo_theme as theme;
pub use gonogo_yaml as yaml;
