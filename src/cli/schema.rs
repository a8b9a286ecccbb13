//! `gonogo schema`.

use super::{
    Exit,
    options::{SchemaArgs, SchemaOf},
    output::print_exactly,
};
use gonogo_app::{AppError, FileForm, schema};

/// Writes the schema of a file.
pub(super) fn run(args: &SchemaArgs) -> Result<Exit, AppError> {
    let form = match args.of {
        SchemaOf::Launch => FileForm::Launch,
        SchemaOf::Checklist => FileForm::Checklist,
        SchemaOf::Settings => FileForm::Settings,
        SchemaOf::Theme => FileForm::Theme,
        SchemaOf::Check => FileForm::Check,
    };
    Ok(print_exactly(&schema(form), Exit::Go))
}
