//! `gonogo validate`.

use std::time::Duration;

use super::{
    Exit,
    options::{FindingsFormat, ValidateArgs},
    output::{print, print_json, progress, say},
    runtime,
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError, LaunchSelection, Opened};
use gonogo_domain::{Diagnostic, Severity};
use gonogo_report::{findings_json, sarif};
use gonogo_text::clean;

/// What `--ask` asks about, and how long it waits.
const A_DAY: Duration = Duration::from_secs(86_400);
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks the files, and contacts no server unless asked to.
pub(super) fn run(args: ValidateArgs) -> Result<Exit, AppError> {
    refuse("validate looks at files only", &origins(&args.launch)[..2])?;
    let chosen = LaunchSelection::from(args.launch);
    let path = chosen.path.clone();
    let page: fn(&[Diagnostic]) -> String = match args.format {
        FindingsFormat::Text => {
            let opened = app::open(chosen)?;
            say(&app::warnings(&opened.loaded));
            if args.ask {
                say(&asked(&opened)?.iter().map(|it| it.rendered.as_str()).collect::<String>());
            }
            return Ok(print(&passed(&opened), Exit::Go));
        }
        FindingsFormat::Json => findings_json,
        FindingsFormat::Sarif => sarif,
    };
    let (found, exit) = match app::open(chosen) {
        Ok(mut opened) => {
            let more = if args.ask { asked(&opened)? } else { Vec::new() };
            opened.loaded.warnings.extend(more);
            (opened.loaded.warnings, Exit::Go)
        }
        // What is wrong with the files is the answer; what is wrong with the settings is not about them.
        Err(AppError::Files { problems, of: None }) => (problems, Exit::Input),
        Err(error) => return Err(error),
    };
    Ok(print_json(&page(&app::from_the_top(path.as_deref(), found)), exit))
}

/// What the traffic of the last day says of the soaks. Those that the launch's own `expect_traffic` judges are judged with the
/// files.
fn asked(opened: &Opened) -> Result<Vec<Diagnostic>, AppError> {
    let launch = &opened.loaded.launch;
    let told = launch.rollout.as_ref().is_none_or(|it| it.expect_traffic.is_some());
    if launch.guardrails.is_empty() || told {
        return Ok(Vec::new());
    }
    progress("asking for the last day's traffic ...");
    let runtime = runtime()?;
    let page = runtime.block_on(app::guardrails(opened, A_DAY, PATIENCE));
    runtime.shutdown_background();
    let page = page?;
    let warning = |(message, why): (String, String)| Diagnostic {
        severity: Severity::Warning,
        code: "short-soak".to_owned(),
        rendered: format!("warning: {message}: {why}\n"),
        message: format!("{message}: {why}"),
        place: None,
        help: Some("soak longer, reach more people, or raise the limit of the guardrail".to_owned()),
    };
    Ok(page.doubts().into_iter().map(warning).collect())
}

fn passed(opened: &Opened) -> String {
    let launch = &opened.loaded.launch;
    let gates = launch.gates.iter().filter(|gate| !gate.is_group()).count();
    let sources: Vec<_> = opened.loaded.sources.iter().map(|it| it.as_str().to_owned()).collect();
    let asks = if sources.is_empty() { "only people".to_owned() } else { sources.join(", ") };
    format!(
        "ok: {} {}: {} in {}, {}; asks {asks}\n",
        clean(&launch.title),
        clean(&launch.version),
        count(gates, "gate"),
        count(launch.checklists.len(), "checklist"),
        count(opened.loaded.files.len(), "file"),
    )
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
