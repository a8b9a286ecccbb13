//! The command line: what can be said, and which room is called for it.
//!
//! Promises: machine output on standard output, words on standard error; exit codes 0 GO, 1 NO-GO, 2 usage,
//! configuration or checklist, 3 HOLD, 4 internal or store error, mapped here by hand so that no error that bubbles
//! up becomes 1 (V13).

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod act;
mod ask;
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
mod readiness;
mod replay;
mod report;
mod review;
mod risk;
mod rollback;
mod schema;
mod settings;
mod sign;
mod stage;
mod themes;
mod trust;
mod typed;
mod unused;
mod validate;
mod verify;
mod vote;
mod waive;
mod who;
mod why;

use clap::error::ErrorKind;

use self::nothing::Here;
pub use self::{
    exit::Exit,
    options::{Cli, Verb},
};
use gonogo_app::{AppError, LaunchSelection, start_log};
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
        Some(verb) => answer(verb),
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

/// What a verb asks for.
fn answer(verb: Verb) -> Result<Exit, AppError> {
    match verb {
        Verb::Demo(args) => cockpit::demo(&args),
        Verb::Validate(args) => validate::run(args),
        Verb::Sign(args) => sign::run(args),
        Verb::Vote(args) => vote::run(args),
        Verb::Decide(args) => decide::run(args),
        Verb::Waive(args) => waive::run(args),
        Verb::Ask(args) => ask::run(args),
        Verb::NotNeeded(args) => not_needed::run(args),
        Verb::Confirm(args) => readiness::confirm(args),
        Verb::Readiness(args) => readiness::list(args),
        Verb::Who(args) => who::run(args),
        Verb::Review(args) => review::run(args),
        Verb::Close(args) => review::close(args),
        Verb::Reopen(args) => review::reopen(args),
        Verb::Stage(args) => stage::run(args),
        Verb::Rollback(args) => rollback::run(args),
        Verb::Incident(args) => incident::run(args),
        Verb::Message(args) => message::run(args),
        Verb::Risk(args) => risk::run(args),
        Verb::Act(args) => act::run(args),
        Verb::Guardrails(args) => guardrails::run(args),
        Verb::Attest(args) => attest::run(args),
        Verb::Minutes(args) => minutes::run(args),
        Verb::Report(args) => report::run(args),
        Verb::Replay(args) => replay::run(args),
        Verb::Doctor(args) => doctor::run(args),
        Verb::Journal(args) => journal::run(args),
        Verb::Verify(args) => verify::run(&args),
        Verb::Calendar(args) => calendar::run(args),
        Verb::Launches(args) => launches::run(args),
        Verb::History(args) => history::run(args),
        Verb::Themes(args) => themes::run(&args),
        Verb::Trust(args) => trust::run(args),
        Verb::Check(args) => check::run(args.launch, &args.check),
        Verb::Why(args) => why::run(args),
        Verb::Path(args) => why::path(args),
        Verb::Init(args) => init::run(args),
        Verb::Import(args) => import::run(args),
        Verb::Fmt(args) => fmt::run(args),
        Verb::Lint(args) => lint::run(args),
        Verb::Schema(args) => schema::run(&args),
        Verb::Settings(args) => settings::run(&args),
        Verb::Completions(args) => completions::run(args.shell),
        Verb::Man(args) => man::run(&args),
        Verb::Mcp(args) => mcp::run(args),
    }
}

/// A runtime for a mode; the cockpit's own thread stays the main one.
fn runtime() -> Result<tokio::runtime::Runtime, AppError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(AppError::Threads)
}

impl From<options::LaunchArgs> for LaunchSelection {
    fn from(args: options::LaunchArgs) -> Self {
        let options::LaunchArgs { files, store, replay, demo, rehearse } = args;
        let (options::FilesArgs { path, launch, set }, options::StoreArgs { journal, settings }) =
            (files, store);
        let set = set.into_iter().map(|it| (it.name.to_string(), it.value.to_string())).collect();
        Self { path: path.or(launch), set, journal, settings, replay, demo, rehearse }
    }
}
