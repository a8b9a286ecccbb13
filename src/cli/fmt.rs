//! `gonogo fmt`.

use super::{
    Exit,
    options::FmtArgs,
    output::print,
    unused::{origins, refuse},
};
use gonogo_app::{self as app, AppError};
use gonogo_text::clean;

/// Tidies the files of a launch; with `--check` it only tells which are not tidy, and ends with 2 if there are any.
pub(super) fn run(args: FmtArgs) -> Result<Exit, AppError> {
    refuse("fmt is about files on disk", &origins(&args.launch))?;
    let opened = app::open(args.launch.into())?;
    let untidy = app::tidy_files(&opened, !args.check)?;
    let word = if args.check { "not tidy" } else { "tidied" };
    let text: String = untidy.iter().map(|name| format!("{word}: {}\n", clean(name))).collect();
    let exit = if args.check && !untidy.is_empty() { Exit::Input } else { Exit::Go };
    Ok(print(if text.is_empty() { "ok: every file is tidy\n" } else { &text }, exit))
}
