//! `gonogo init`.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use super::{
    Exit,
    options::InitArgs,
    output::{print, say},
    runtime, typed,
};
use gonogo_app::{self as app, AppError, LaunchDraft};
use gonogo_text::{clean, shell_word};

/// Asks four questions, unless flags answer them, and writes a launch.
pub(super) fn run(args: InitArgs) -> Result<Exit, AppError> {
    let folder = args.path.clone().or_else(|| args.launch.clone()).unwrap_or_else(|| PathBuf::from("."));
    let asks = !args.yes && std::io::stdin().is_terminal();
    if !args.yes && !asks {
        return Err(AppError::input(
            "there is no terminal to ask questions on: add --yes, and set what you know with --title, --version, --t0 and --template",
        ));
    }
    app::no_launch_in(&folder)?;
    let runtime = runtime()?;
    let LaunchDraft { mut plan, told } = runtime.block_on(app::draft(&folder, args.settings.as_deref()))?;
    runtime.shutdown_background();
    if !told.is_empty() {
        say(&format!(
            "looked at:\n{}",
            told.iter().map(|line| format!("  {}\n", clean(line))).collect::<String>()
        ));
    }
    if let Some(template) = args.template {
        plan.template = template.into();
    }
    let answer = |given: Option<String>, question: &str, usual: &str| match given {
        Some(given) => given,
        None if asks => ask(question, usual),
        None => usual.to_owned(),
    };
    plan.title = answer(args.title, "What goes out?", &plan.title);
    plan.version = answer(args.version, "Which version?", &plan.version);
    plan.t0 = answer(args.t0, "When do the first users get it (T-0)?", &plan.t0);
    if let Some(zone) = args.timezone {
        plan.timezone = zone;
    }
    if args.template.is_none() && asks {
        let said = ask("How much is at stake: tiny, standard or high?", plan.template.name());
        plan.template = app::Template::of(said.trim())
            .ok_or_else(|| AppError::input(format!("{}: write tiny, standard or high", clean(&said))))?;
    }
    plan.id = app::as_id(&format!("{} {}", plan.title, plan.version)).unwrap_or(plan.id);
    let written = app::init(&folder, &plan)?;
    Ok(print(&page(&written, &folder), Exit::Go))
}

fn page(written: &[PathBuf], folder: &Path) -> String {
    let at = if folder == Path::new(".") {
        String::new()
    } else {
        format!(" {}", shell_word(&folder.display().to_string()))
    };
    let files = written.iter().map(|path| format!("wrote {}\n", clean(&path.display().to_string())));
    files.collect::<String>()
        + &format!(
            "next:\n  read it: every line says what it means\n  gonogo validate{at}   checks the files\n  gonogo doctor{at}     finds what keeps sources from \
             answering\n  gonogo{at}            opens the cockpit\n"
        )
}

/// One question with its usual answer; an empty line takes it.
fn ask(question: &str, usual: &str) -> String {
    let said = typed::answer(&format!("{question} [{}]", clean(usual))).unwrap_or_default();
    let said = said.trim();
    if said.is_empty() { usual.to_owned() } else { said.to_owned() }
}
