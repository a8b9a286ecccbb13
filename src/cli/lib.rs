//! The command line: what can be said, and which room is called for it.
//!
//! Promises: machine output on standard output, words on standard error; exit codes 0 GO, 1 NO-GO, 2 usage,
//! configuration or checklist, 3 HOLD, 4 internal or store error, mapped here by hand so that no error that bubbles
//! up becomes 1 (V13).

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod act;
mod attest;
mod calendar;
mod check;
mod cockpit;
mod completions;
mod confirm;
mod decide;
mod doctor;
mod exit;
mod fmt;
mod guardrails;
mod history;
mod import;
mod incident;
mod init;
mod journal;
mod launches;
mod lint;
mod man;
mod mcp;
mod message;
mod minutes;
mod not_needed;
mod nothing;
mod options;
mod output;
mod replay;
mod report;
mod risk;
mod rollback;
mod schema;
mod settings;
mod sign;
mod stage;
mod themes;
mod trust;
mod unused;
mod validate;
mod verify;
mod vote;
mod waive;
mod why;

use clap::error::ErrorKind;

use self::nothing::Here;
pub use self::{
    exit::Exit,
    options::{Cli, Verb},
};
use gonogo_app::{AppError, Chosen, start_log};
use gonogo_settings::Folders;
use gonogo_source::http::install_crypto;
use gonogo_text::clean_block;

/// Runs the program with the process's arguments.
pub fn main() -> Exit {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|it| it == gonogo_cockpit::KEEPER) {
        gonogo_cockpit::keep_terminal(&arguments.collect::<Vec<_>>());
        // It is asked nothing and says no word: whatever it ends with must not read as one (V13).
        return Exit::Internal;
    }
    let _ = gonogo_cockpit::install_panic_hook();
    install_crypto();
    if let Some(exit) = completions::asked() {
        return exit;
    }
    match options::parse(std::env::args_os()) {
        Ok(cli) => {
            start_log(&Folders::from_env(&gonogo_app::env), cli.log.into());
            run(cli)
        }
        Err(error) => refuse(&error),
    }
}

/// Help and version are answers; everything else is bad usage.
fn refuse(error: &clap::Error) -> Exit {
    if !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // It repeats the arguments, which may hold anything.
        output::say(&clean_block(&error.render().to_string()));
        return Exit::Input;
    }
    if error.print().is_ok() { Exit::Go } else { Exit::Internal }
}

fn run(cli: Cli) -> Exit {
    let result = match cli.verb {
        Some(Verb::Demo(args)) => cockpit::demo(&args),
        Some(Verb::Validate(args)) => validate::run(args),
        Some(Verb::Sign(args)) => sign::run(args),
        Some(Verb::Vote(args)) => vote::run(args),
        Some(Verb::Decide(args)) => decide::run(args),
        Some(Verb::Waive(args)) => waive::run(args),
        Some(Verb::NotNeeded(args)) => not_needed::run(args),
        Some(Verb::Stage(args)) => stage::run(args),
        Some(Verb::Rollback(args)) => rollback::run(args),
        Some(Verb::Incident(args)) => incident::run(args),
        Some(Verb::Risk(args)) => risk::run(args),
        Some(Verb::Act(args)) => act::run(args),
        Some(Verb::Message(args)) => message::run(args),
        Some(Verb::Guardrails(args)) => guardrails::run(args),
        Some(Verb::Attest(args)) => attest::run(args),
        Some(Verb::Minutes(args)) => minutes::run(args),
        Some(Verb::Report(args)) => report::run(args),
        Some(Verb::Replay(args)) => replay::run(args),
        Some(Verb::Doctor(args)) => doctor::run(args),
        Some(Verb::Journal(args)) => journal::run(args),
        Some(Verb::Verify(args)) => verify::run(&args),
        Some(Verb::Calendar(args)) => calendar::run(args),
        Some(Verb::Launches(args)) => launches::run(args),
        Some(Verb::History(args)) => history::run(args),
        Some(Verb::Themes(args)) => themes::run(&args),
        Some(Verb::Trust(args)) => trust::run(args),
        Some(Verb::Check(args)) => check::run(args.launch, &args.check),
        Some(Verb::Why(args)) => why::run(args),
        Some(Verb::Path(args)) => why::path(args),
        Some(Verb::Init(args)) => init::run(args),
        Some(Verb::Import(args)) => import::run(args),
        Some(Verb::Fmt(args)) => fmt::run(args),
        Some(Verb::Lint(args)) => lint::run(args),
        Some(Verb::Schema(args)) => schema::run(&args),
        Some(Verb::Settings(args)) => settings::run(&args),
        Some(Verb::Completions(args)) => completions::run(args.shell),
        Some(Verb::Man(args)) => man::run(&args),
        Some(Verb::Mcp(args)) => mcp::run(args),
        None if cli.check_now => check::run(cli.launch, &cli.check),
        None => match nothing::here(&cli.launch) {
            Here::Nothing(page) => {
                output::say(&page);
                return Exit::Input;
            }
            Here::Launches if cli.record.is_none() => launches::choose(cli.launch, &cli.look, cli.mode),
            Here::Launches | Here::Launch => cockpit::run(cli.launch, &cli.look, cli.mode, cli.record),
        },
    };
    result.unwrap_or_else(|error| {
        output::say(&error.shown());
        if error.is_about_input() { Exit::Input } else { Exit::Internal }
    })
}

/// A runtime for a mode; the cockpit's own thread stays the main one.
fn runtime() -> Result<tokio::runtime::Runtime, AppError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(AppError::Threads)
}

impl From<options::LaunchArgs> for Chosen {
    fn from(args: options::LaunchArgs) -> Self {
        let options::LaunchArgs { path, launch, set, journal, settings, replay, demo, rehearse } = args;
        let set = set.into_iter().map(|it| (it.name.to_string(), it.value.to_string())).collect();
        Self { path: path.or(launch), set, journal, settings, replay, demo, rehearse }
    }
}
