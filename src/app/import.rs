//! Checklists that people have, as files of a launch.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    AppError, FileForm, Registry,
    error::failed,
    init::{create, has_launch},
    schema, sources,
};
use gonogo_checklist::{self as checklist, LaunchInput, LoadRequest};
use gonogo_clock::Clock;
use gonogo_files as files;
use gonogo_source::{Keeps, KeptChecklist};
use gonogo_start::{ChecklistSyntax, Imported, as_id, import as read};
use gonogo_text::clean;

/// The largest file that is read, in bytes.
const MOST_BYTES: u64 = 2 << 20;
/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is imported, and where to.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The checklist that people have.
    pub from: ImportFrom,
    /// What it is written in; none: by its name.
    pub format: Option<ChecklistSyntax>,
    /// The folder that the checklist is written into; none: it is only shown.
    pub into: Option<PathBuf>,
}

/// Where a checklist is.
#[derive(Clone, Debug)]
pub enum ImportFrom {
    /// In a file.
    File(PathBuf),
    /// On a server, by the name that it has there.
    Server(Keeps, String),
}

/// A text that holds a checklist.
struct ForeignText {
    /// The name of a file that it could be in: an id is made of it.
    name: String,
    text: String,
    /// What it is, for people.
    shown: String,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Import {
    /// What was read, and what was guessed and dropped.
    pub imported: Imported,
    /// Files that were written.
    pub written: Vec<PathBuf>,
    /// What has to be added to the launch that is there; none: a launch was written, or nothing was.
    pub to_add: Option<String>,
}

/// Reads a checklist, and writes it where it is wanted. Nothing that is there is written over.
///
/// # Errors
/// It cannot be read or seen, holds no item, or something is in the way.
pub async fn import(request: &ImportRequest) -> Result<Import, AppError> {
    let ForeignText { name, text, shown } = match &request.from {
        ImportFrom::File(file) => of_file(file)?,
        ImportFrom::Server(keeps, named) => of_server(*keeps, named).await?,
    };
    let format = request.format.unwrap_or_else(|| by_name(&name, &text));
    let mut imported =
        read(&name, &text, format).map_err(|said| AppError::input(format!("{shown}: {said}")))?;
    let file = format!("{}.yaml", imported.id);
    imported.launch = imported.launch.replace("{ file: FILE }", &format!("{{ file: {file} }}"));
    imported.launch = imported
        .launch
        .replace("t0: T0 ", &format!("t0: {} ", super::init::default_t0(Clock::system().read().wall)));
    loads(&imported, &file)?;
    let Some(folder) = &request.into else {
        return Ok(Import { imported, written: Vec::new(), to_add: None });
    };
    let (written, to_add) = write(folder, &imported, &file)?;
    Ok(Import { imported, written, to_add })
}

fn of_file(file: &Path) -> Result<ForeignText, AppError> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let shown = file.display().to_string();
    let text = files::read_text(file, MOST_BYTES)
        .map_err(|error| AppError::file(format!("{shown} cannot be read"), error))?;
    Ok(ForeignText { name, text, shown })
}

/// Its title is the heading around it.
async fn of_server(keeps: Keeps, named: &str) -> Result<ForeignText, AppError> {
    let source = sources::keeper(&sources::settings(None)?, keeps)?;
    let answer = tokio::time::timeout(PATIENCE, source.checklist(named)).await;
    let late = |_| AppError::input(format!("the server did not answer within {} s", PATIENCE.as_secs()));
    let KeptChecklist { title, markdown } = answer.map_err(late)?.map_err(failed)?;
    let title = clean(&title).replace('\n', " ");
    let name = format!("{}.md", as_id(&title).unwrap_or_else(|| "imported".into()));
    Ok(ForeignText { name, text: format!("# {title}\n\n{markdown}\n"), shown: named.to_owned() })
}

/// By the end of its name, and of YAML by what is in it.
fn by_name(name: &str, text: &str) -> ChecklistSyntax {
    let end =
        Path::new(name).extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "csv" => ChecklistSyntax::Csv,
        "yml" | "yaml" if text.lines().any(|line| line.starts_with("body:")) => ChecklistSyntax::Form,
        _ => ChecklistSyntax::Markdown,
    }
}

/// Nothing is handed over that gonogo itself would refuse.
fn loads(imported: &Imported, file: &str) -> Result<(), AppError> {
    let files = vec![
        ("launch.yaml".to_owned(), imported.launch.clone().into_bytes()),
        (file.to_owned(), imported.checklist.clone().into_bytes()),
    ];
    let request = LoadRequest { input: LaunchInput::Memory(files), set: Vec::new() };
    checklist::load(&request, &Registry).map(drop).map_err(AppError::diagnostics)
}

fn write(folder: &Path, imported: &Imported, file: &str) -> Result<(Vec<PathBuf>, Option<String>), AppError> {
    let (at, launch) = (folder.join(file), folder.join("launch.yaml"));
    if at.symlink_metadata().is_ok() {
        return Err(AppError::input(format!(
            "{} already exists and is not overwritten: move it away, or name another folder",
            at.display()
        )));
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| AppError::file(format!("{} cannot be created", folder.display()), error))?;
    create(&at, &format!("# yaml-language-server: $schema=checklist.schema.json\n{}", imported.checklist))?;
    let mut written = vec![at];
    let form = folder.join("checklist.schema.json");
    if form.symlink_metadata().is_err() {
        create(&form, &schema(FileForm::Checklist))?;
        written.push(form);
    }
    if launch.symlink_metadata().is_ok() {
        return Ok((written, Some(to_add(folder, imported, file))));
    }
    create(&launch, &imported.launch)?;
    written.push(launch);
    Ok((written, None))
}

/// What the launch that is there lacks.
fn to_add(folder: &Path, imported: &Imported, file: &str) -> String {
    let broken =
        if has_launch(folder) { "" } else { " (it does not load at the moment; gonogo validate says why)" };
    let people = if imported.people.is_empty() { "none".into() } else { imported.people.join(", ") };
    let variables = match imported.variables.as_slice() {
        [] => String::new(),
        some => format!("variables it needs: {}\n", some.join(", ")),
    };
    format!(
        "add to launch.yaml{broken}:\n  checklists:\n    - {{ file: {file} }}\n{variables}roles it needs: {}\npeople it names (GitHub): {people}\n",
        imported.roles.join(", ")
    )
}
