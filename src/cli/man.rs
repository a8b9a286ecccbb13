//! `gonogo man`.

use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use super::{
    Exit,
    options::{ManArgs, command},
    output::{print, print_exactly, write_page},
};
use gonogo_app::AppError;

/// Writes the main page, or a page for each verb.
pub(super) fn run(args: &ManArgs) -> Result<Exit, AppError> {
    let mut whole = command().disable_help_subcommand(true);
    whole.build();
    let Some(folder) = &args.into else { return Ok(print_exactly(&page(whole)?.1, Exit::Go)) };
    let mut count = 0;
    write(whole, folder, &mut count)?;
    let text = format!("wrote {count} pages into {}\n", gonogo_text::clean(&folder.display().to_string()));
    Ok(print(&text, Exit::Go))
}

fn write(command: Command, folder: &Path, count: &mut usize) -> Result<(), AppError> {
    for verb in command.get_subcommands().filter(|it| !it.is_hide_set()).cloned() {
        write(verb, folder, count)?;
    }
    let (name, page) = page(command)?;
    write_page(&folder.join(name).display().to_string(), &page)?;
    *count += 1;
    Ok(())
}

/// The name of the page's file, and the page.
fn page(command: Command) -> Result<(String, String), AppError> {
    let man = Man::new(command);
    let mut page = Vec::new();
    man.render(&mut page).map_err(|_| AppError::Internal("the page could not be written"))?;
    Ok((man.get_filename(), String::from_utf8_lossy(&page).into_owned()))
}
