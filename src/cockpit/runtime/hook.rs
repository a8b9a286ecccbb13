//! What happens when something panics while the terminal is ours.

use std::io::Write as _;

use color_eyre::config::{HookBuilder, Theme};

use super::guard;
use gonogo_text as text;

/// Installs the hooks for panics and error reports. A panic on the thread that draws gives the terminal back before
/// its report is printed. A panic anywhere else leaves the screen alone: whoever waits for that task says what it
/// means, and the report goes to the log.
///
/// # Errors
/// A hook for error reports is installed already.
pub fn install() -> color_eyre::Result<()> {
    // No colours: the report passes through the sanitiser, as panics may hold foreign text.
    let hooks = HookBuilder::default().theme(Theme::new()).display_env_section(false);
    let (panic_hook, report_hook) = hooks.into_hooks();
    report_hook.install()?;
    std::panic::set_hook(Box::new(move |info| {
        let report = panic_hook.panic_report(info).to_string();
        let report = text::clean_block(&report);
        if guard::is_entered() && !guard::on_ui_thread() {
            tracing::error!(report = %text::cap(&report, 4_000), "a task panicked");
            return;
        }
        guard::leave();
        // With the terminal gone there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "{report}");
    }));
    Ok(())
}
