//! `gonogo themes`.

use super::{Exit, options::ThemesArgs, output::print};
use crate::{
    app::{AppError, env},
    settings::Folders,
    text::clean,
    theme::{self, Theme},
};

/// Lists the themes, or one theme's warnings.
pub(super) fn run(args: &ThemesArgs) -> Result<Exit, AppError> {
    let user = Folders::from_env(&env).themes();
    let Some(name) = &args.name else {
        let names: String = theme::names(user.as_deref()).into_iter().map(|it| format!("{}\n", clean(&it))).collect();
        return Ok(print(&names, Exit::Go));
    };
    let (theme, warnings) = Theme::load(name, user.as_deref()).map_err(AppError::input)?;
    let warnings: String = warnings.iter().map(|it| format!("warning: {}\n", clean(&it.to_string()))).collect();
    let text = if warnings.is_empty() { format!("ok: {}\n", clean(theme.name())) } else { warnings };
    Ok(print(&text, Exit::Go))
}
