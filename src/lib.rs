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
//! | [`report`] | the same board for machines and readers: text, JSON, SVG |
//! | [`files`] | files that others name: regular ones only, capped, never through a link when written |
//! | [`text`] | the one sanitiser between foreign text and any output |
//! | [`clock`] | the only caller of `now()` |
//! | [`app`] | the composition root, one file per mode |
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
//! `tests/architecture.rs` holds the table of which room may use which, and fails when a path breaks it.

pub mod app;
pub mod checklist;
pub mod cli;
pub mod clock;
pub mod cockpit;
pub mod domain;
pub mod files;
pub mod journal;
pub mod poller;
pub mod report;
pub mod settings;
pub mod source;
pub mod text;
pub mod theme;
pub mod yaml;
