//! The composition root: the only room that knows every room. It knows no rule and draws nothing: it puts together what the other
//! rooms do.
//!
//! - what all of it stands on: `open`, `opened`, `sources`, `store`, `session`, `settings_view`, `error`;
//! - modes: `check`, `interactive`, `chooser`, `doctor`, `guardrails`, `launches`, `demo`, `rehearsal`;
//! - acts of people: `sign`, `server_write`, `message`, `publish`, `hold_others`, by way of the `command_queue`;
//! - the past: `past`, `decided`, `reported`, `playback`, `journal_view`, `journal_admin`, `afterwards`;
//! - whose files and words these are: `origin`, `checkout`, `git`, `identity`, `trust`, `baseline`;
//! - files that it writes: `init`, `import`, `tidy`, `schema`.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod afterwards;
mod answered;
mod baseline;
mod browser;
mod check;
mod checkout;
mod chooser;
mod command_queue;
mod decided;
mod demo;
mod doctor;
mod error;
mod git;
mod guardrails;
mod hold_others;
mod identity;
mod import;
mod init;
mod interactive;
mod journal_admin;
mod journal_reader;
mod journal_view;
mod keymap;
mod kinds;
mod launches;
mod log;
mod message;
mod namesake;
mod open;
mod opened;
mod origin;
mod past;
mod picture;
mod playback;
mod player;
mod publish;
mod record;
mod rehearsal;
mod reported;
mod schema;
mod server_write;
mod session;
mod settings_view;
mod sign;
mod sources;
mod store;
mod teams;
mod tidy;
mod time;
mod tour;
mod trust;
mod wait;
mod why;
mod writer;

pub use self::{
    afterwards::{Afterwards, afterwards, figures, readiness_days, whom},
    check::{CheckRequest, Checked, check, check_telling, played},
    chooser::choose_launch,
    decided::{Decided, decided, recorded_history, so_far},
    doctor::{Diagnosis, doctor, page as doctor_page},
    error::{AppError, warnings},
    guardrails::guardrails,
    hold_others::{HeldLaunch, HoldOutcome, hold_others},
    import::{Import, ImportFrom, ImportRequest, import},
    init::{LaunchDraft, draft, init, no_launch_in, write_launch},
    interactive::{CockpitAccess, CockpitRequest, cockpit},
    journal_admin::{Archive, ChainProof, Unproven, copy, launch_here, prove_export},
    journal_view::{JournalView, clock, journal, journal_remarks},
    kinds::Registry,
    launches::{launch_folders, launches},
    log::{LogLevel, log_path, start_log, written_log},
    message::{SendRequest, send_message},
    open::{names_of, open, said_of},
    opened::{LaunchSelection, Opened, env},
    origin::from_the_top,
    past::{Happened, Happening, Past},
    picture::{Picture, picture},
    playback::{PlaybackClock, PlaybackStatus},
    publish::{Publish, Published, may_publish, publish},
    reported::{Reported, as_known, on_record, reported},
    schema::{FileForm, schema},
    server_write::{RequestedWrite, WriteOutcome, WriteRequest, act},
    session::Session,
    settings_view::{SettingsView, settings_view},
    sign::{
        ActPlanner, Confirm, ConfirmPrompt, PlannedActs, SignRequest, Signed, Situation, WaitNotice, preview,
        sign,
    },
    tidy::tidy_files,
    tour::tour,
    trust::{distrust, grants, trust},
    wait::{WaitFor, WaitNews},
    why::named_gate,
};
pub use gonogo_checklist::lint;
pub use gonogo_source::Keeps;
pub use gonogo_start::{ChecklistSyntax as ImportFormat, Remark, RemarkKind, Template, as_id};
