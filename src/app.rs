//! The composition root: the only room that knows every room. One file per mode.

mod archive;
mod baseline;
mod browser;
mod check;
mod checkout;
mod cockpit;
mod decided;
mod demo;
mod desk;
mod doctor;
mod error;
mod git;
mod kinds;
mod ledger;
mod live;
mod log;
mod open;
mod origin;
mod past;
mod playback;
mod player;
mod record;
mod rehearsal;
mod report;
mod sign;
mod sources;
mod store;
mod teams;
mod trust;
mod who;

pub use self::{
    archive::{Archive, Proof, Unproven, copy, launch_here, prove_export},
    check::{CheckRequest, Checked, check},
    cockpit::{CockpitRequest, cockpit},
    decided::{Decided, decided},
    doctor::{Diagnosis, doctor, page as doctor_page},
    error::{AppError, warnings},
    kinds::Registry,
    ledger::{JournalView, clock, journal},
    live::Live,
    log::{LogLevel, log_path, start_log, written_log},
    open::{Chosen, Opened, env, open},
    past::{Happened, Happening, Past},
    playback::{Playback, PlaybackStatus},
    report::{Picture, board, picture},
    sign::{Confirm, Plan, Planned, Question, SignRequest, Signed, Situation, preview, sign},
    trust::{distrust, grants, trust},
};
