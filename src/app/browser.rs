//! Opening a page where the user reads pages.

use std::process::{Command, Stdio};

use gonogo_text::Link;

/// Hands the address to the system's opener, as one argument and never through a shell.
pub(super) fn open(link: &Link) -> Result<(), String> {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(link.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("{opener} cannot be started ({error})"))?;
    // It is reaped when it ends; nobody waits for a browser.
    std::thread::spawn(move || drop(child.wait()));
    Ok(())
}
