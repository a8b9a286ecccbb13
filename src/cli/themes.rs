//! `gonogo themes`.

use super::{Exit, options::ThemesArgs, output::print};
use gonogo_app::{AppError, env};
use gonogo_settings::Folders;
use gonogo_text::clean;
use gonogo_theme::{BUNDLED, Theme};

/// Lists the themes, or one theme's warnings.
pub(super) fn run(args: &ThemesArgs) -> Result<Exit, AppError> {
    let user = Folders::from_env(&env).themes();
    let Some(name) = &args.name else {
        let mut names: Vec<String> = BUNDLED.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.extend(
            user.as_deref().into_iter().flat_map(own).filter(|name| !BUNDLED.iter().any(|it| it.0 == name)),
        );
        let names: String = names.iter().map(|name| format!("{}\n", clean(name))).collect();
        return Ok(print(&names, Exit::Go));
    };
    let (theme, warnings) = Theme::load(name, user.as_deref())?;
    let warnings: String =
        warnings.iter().map(|it| format!("warning: {}\n", clean(&it.to_string()))).collect();
    let text = if warnings.is_empty() { format!("ok: {}\n", clean(theme.name())) } else { warnings };
    Ok(print(&text, Exit::Go))
}

/// The user's own themes, by name.
fn own(folder: &std::path::Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let themes = files.filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    let mut names: Vec<_> = themes.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names
}
