//! The forms of all files that gonogo reads or writes, for editors and validators.

use serde_json::Value;

use super::Registry;
use gonogo_checklist::{checklist_schema, launch_schema};

/// A form that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// `launch.yaml`.
    Launch,
    /// A checklist that a launch lists.
    Checklist,
    /// The user's settings.
    Settings,
    /// A theme.
    Theme,
    /// The JSON of `--check`.
    Check,
}

/// Its JSON Schema, ending with a line end. What is read has the schema of the declarations that it is read by.
pub fn schema(form: FileForm) -> String {
    let schema: Value = match form {
        FileForm::Launch => launch_schema(&Registry),
        FileForm::Checklist => checklist_schema(&Registry),
        FileForm::Settings => gonogo_settings::shape().page("gonogo settings"),
        FileForm::Theme => gonogo_theme::shape().page("gonogo theme"),
        FileForm::Check => return include_str!("check.schema.json").to_owned(),
    };
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
