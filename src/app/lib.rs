//! The composition root: the only room that knows every room. One file per mode.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

use crate as app;
use gonogo_checklist as checklist;
use gonogo_clock as clock;
use gonogo_cockpit as cockpit;
use gonogo_domain as domain;
use gonogo_files as files;
use gonogo_journal as journal;
use gonogo_poller as poller;
use gonogo_report as report;
use gonogo_settings as settings;
use gonogo_source as source;
use gonogo_text as text;
use gonogo_theme as theme;
use gonogo_yaml as yaml;

mod archive;
mod baseline;
mod browser;
mod check;
mod checkout;
mod decided;
mod demo;
mod desk;
mod doctor;
mod error;
mod git;
mod interactive;
mod kinds;
mod ledger;
mod live;
mod log;
mod open;
mod origin;
mod past;
mod picture;
mod playback;
mod player;
mod record;
mod rehearsal;
mod sign;
mod sources;
mod store;
mod teams;
mod trust;
mod who;
mod writer;

pub use self::{
    archive::{Archive, Proof, Unproven, copy, launch_here, prove_export},
    check::{CheckRequest, Checked, check},
    decided::{Decided, decided},
    doctor::{Diagnosis, doctor, page as doctor_page},
    error::{AppError, warnings},
    interactive::{CockpitRequest, cockpit},
    kinds::Registry,
    ledger::{JournalView, clock, journal},
    live::Live,
    log::{LogLevel, log_path, start_log, written_log},
    open::{Chosen, Opened, env, open},
    past::{Happened, Happening, Past},
    picture::{Picture, board, picture},
    playback::{Playback, PlaybackStatus},
    sign::{Confirm, Plan, Planned, Question, SignRequest, Signed, Situation, Waiting, preview, sign},
    trust::{distrust, grants, trust},
};
