//! `gonogo --check`.

use std::{
    collections::HashSet,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use tokio::signal::unix::{SignalKind, signal};

use super::{
    Exit,
    options::{CheckArgs, CheckFormat, LaunchArgs, ReportTo, UntilArg},
    output::{elsewhere, print, print_exactly, print_json, progress, replace_page, say},
    runtime,
    unused::refuse,
};
use gonogo_app::{
    self as app, AppError, CheckRequest, Checked, Opened, Publish, Published, WaitFor, WaitNews,
};
use gonogo_domain::WriteState;
use gonogo_report::{TextOptions, annotations, html, json_in, junit, metrics, summary, text};
use gonogo_text::clean;

/// Evaluates once, prints, and answers with the exit code.
pub(super) fn run(launch: LaunchArgs, args: &CheckArgs) -> Result<Exit, AppError> {
    if launch.rehearse {
        return Err(AppError::input(
            "--check answers for the launch, and nothing that is said in a rehearsal counts: leave out --rehearse, or \
             look at the rehearsal with gonogo --rehearse or gonogo report --rehearse",
        ));
    }
    refuse("it needs --wait", &[("--until", args.until.is_some() && args.wait.is_none())])?;
    let reports = reports(args)?;
    let opened = app::open(launch.into())?;
    say(&app::warnings(&opened.loaded));
    progress(&format!("asking about {} gates ...", opened.loaded.launch.gates.len()));
    let request = CheckRequest {
        only: args.only.clone(),
        evidence_only: args.evidence_only,
        timeout: args.wait_for.timeout,
        wait: args.wait,
        until: args.until.map(WaitFor::from).unwrap_or_default(),
        baseline: args.baseline.clone(),
        allow_untrusted: args.allow_untrusted_checklist,
    };
    let wanted = wanted(&opened, args)?;
    app::may_publish(&opened, &wanted)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(unless_ended(&opened, &request, &wanted));
    // A source that hangs must not keep the answer from its reader.
    runtime.shutdown_background();
    let checked = match ended {
        CheckEnd::Answer(answer) => answer,
        CheckEnd::Signal(number) => {
            say("ended before there was an answer: no verdict");
            return Ok(Exit::Signal(number));
        }
    };
    let (checked, published) = *checked;
    let checked = checked?;
    let written = write(&checked, args, &reports);
    let published = tell(published);
    let whole = written.is_ok() && published.is_ok();
    let exit = answer(&checked, args, whole, opened.chosen.path.as_deref());
    written.and(published).map(|()| exit)
}

/// The board, and what became of what was written beside it.
type CheckAnswer = (Result<Checked, AppError>, Result<Vec<Published>, AppError>);

enum CheckEnd {
    Answer(Box<CheckAnswer>),
    Signal(u8),
}

/// What is written on servers beside the answer.
fn wanted(opened: &Opened, args: &CheckArgs) -> Result<Vec<Publish>, AppError> {
    let comment = args.comment.then(|| Publish::comment(opened, args.pr)).transpose()?;
    Ok(comment.into_iter().chain(args.status.then_some(Publish::Status)).collect())
}

/// Tells what became of it; what is not known to be done is an error.
fn tell(published: Result<Vec<Published>, AppError>) -> Result<(), AppError> {
    let mut failed = None;
    for it in published? {
        let line = format!("{}: {}: {}", it.state.word(), it.subject, it.told);
        if it.state == WriteState::Done { say(&clean(&line)) } else { failed = Some(AppError::input(line)) }
    }
    failed.map_or(Ok(()), Err)
}

async fn ask(
    opened: &Opened,
    request: &CheckRequest,
    wanted: &[Publish],
    tell: &(dyn Fn(&WaitNews) + Sync),
) -> CheckAnswer {
    let checked = app::check_telling(opened, request, tell).await;
    let published = match &checked {
        Ok(checked) => app::publish(opened, checked, wanted, &say).await,
        Err(_) => Ok(Vec::new()),
    };
    (checked, published)
}

/// The answer, or the signal that came before it: then nothing is printed that could be taken for an answer.
async fn unless_ended(opened: &Opened, request: &CheckRequest, wanted: &[Publish]) -> CheckEnd {
    let quiet = !std::io::stderr().is_terminal();
    let tell = move |told: &WaitNews| match told {
        WaitNews::Change(line) => say(line),
        // Whoever reads a log later sees that it was alive; a terminal would only fill up.
        WaitNews::Still(line) if quiet => say(line),
        WaitNews::Still(_) => {}
    };
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
        // Without a listener a signal ends it as any program.
        return CheckEnd::Answer(Box::new(ask(opened, request, wanted, &tell).await));
    };
    tokio::select! {
        answer = ask(opened, request, wanted, &tell) => CheckEnd::Answer(Box::new(answer)),
        _ = interrupt.recv() => CheckEnd::Signal(2),
        _ = terminate.recv() => CheckEnd::Signal(15),
    }
}

/// What is written beside the answer.
fn reports(args: &CheckArgs) -> Result<Vec<ReportTo>, AppError> {
    let metrics =
        args.metrics.iter().map(|file| ReportTo { form: CheckFormat::Prometheus, file: file.clone() });
    let all: Vec<_> = args.reports.iter().cloned().chain(metrics).collect();
    let mut seen: HashSet<&PathBuf> = HashSet::new();
    match all.iter().find(|it| !seen.insert(&it.file)) {
        Some(twice) => Err(AppError::input(format!(
            "two reports would be written to {}, and one would be lost",
            twice.file.display()
        ))),
        None => Ok(all),
    }
}

/// Writes every report; the first one that fails is reported, and the others are still written.
fn write(checked: &Checked, args: &CheckArgs, reports: &[ReportTo]) -> Result<(), AppError> {
    let each =
        reports.iter().map(|it| replace_page(Path::new(&it.file), &page(checked, it.form, args.verbose)));
    let mut failed: Vec<_> = each.filter_map(Result::err).collect();
    let Some(last) = failed.pop() else { return Ok(()) };
    failed.iter().for_each(|error| say(&error.shown()));
    Err(last)
}

/// The answer in a form.
fn page(checked: &Checked, form: CheckFormat, verbose: bool) -> String {
    let (board, context) = (&checked.board, &checked.context);
    let options = TextOptions { verbose };
    match form {
        CheckFormat::Text => text(board, options) + &context.text(board),
        CheckFormat::Json => json_in(board, context),
        CheckFormat::Junit => junit(board, context),
        CheckFormat::Markdown => summary(board, context),
        CheckFormat::Github => annotations(board, context, options),
        CheckFormat::Html => html(board, context),
        CheckFormat::Prometheus => metrics(board, context),
    }
}

fn answer(checked: &Checked, args: &CheckArgs, whole: bool, launch: Option<&Path>) -> Exit {
    let exit = match checked.journal_broken {
        _ if !whole => Exit::Input,
        true => Exit::Internal,
        false => Exit::from(checked.board.word),
    };
    let page = page(checked, args.format, args.verbose);
    match args.format {
        CheckFormat::Text => {
            let printed = print(&page, exit);
            elsewhere(launch, &page);
            printed
        }
        CheckFormat::Markdown | CheckFormat::Prometheus => print(&page, exit),
        CheckFormat::Json => print_json(&page, exit),
        // Nothing in them is obeyed, or it is meant to be.
        CheckFormat::Junit | CheckFormat::Html | CheckFormat::Github => print_exactly(&page, exit),
    }
}

impl From<UntilArg> for WaitFor {
    fn from(it: UntilArg) -> Self {
        match it {
            UntilArg::Go => Self::Go,
            UntilArg::Settled => Self::Settled,
            UntilArg::Change => Self::Change,
        }
    }
}
