//! Checklists that people have, as gates: Markdown task lists, issue templates and forms, sheets.

mod code;
mod conditions;
mod csv;
mod form;
mod headline;
mod items;
mod known;
mod markdown;
mod phrases;
mod suggest;
mod write;

use items::ImportedSection;

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecklistSyntax {
    /// Markdown with boxes, a GitHub issue template included.
    Markdown,
    /// A GitHub issue form, in YAML.
    Form,
    /// Comma-separated values, with a line of headings.
    Csv,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The checklist's id.
    pub id: String,
    /// The checklist, as a file.
    pub checklist: String,
    /// A launch that lists it, as a file, for a folder that has none: `FILE` stands for the checklist's name.
    pub launch: String,
    /// Roles that its gates ask, by id.
    pub roles: Vec<String>,
    /// People, by GitHub login.
    pub people: Vec<String>,
    /// Variables that the launch must have.
    pub variables: Vec<String>,
    /// Gates that were made, each cell of a matrix counted and groups left out.
    pub gates: usize,
    /// Boxes that the file has.
    pub boxes: usize,
    /// What was guessed and what was dropped, in the order of the file.
    pub remarks: Vec<Remark>,
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    /// What became of it.
    pub kind: RemarkKind,
    /// What it is about: a gate's id, or the beginning of a text.
    pub about: String,
    /// What was done, and why.
    pub said: String,
}

/// What became of a part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkKind {
    /// It was read as something that it may not mean.
    Guessed,
    /// A machine could answer it.
    Suggested,
    /// It is not in the checklist.
    Dropped,
}

/// Reads a checklist. `name` is that of the file, for an id and a title where it has none.
///
/// # Errors
/// It cannot be read, or has no item at all; with what to do.
pub fn import(name: &str, text: &str, format: ChecklistSyntax) -> Result<Imported, String> {
    let read = match format {
        ChecklistSyntax::Markdown => markdown::read(text),
        ChecklistSyntax::Form => form::read(name, text)?,
        ChecklistSyntax::Csv => csv::read(text)?,
    };
    if read.root.is_empty() {
        return Err(match format {
            ChecklistSyntax::Csv => {
                "it has no items: the first line names the columns, such as Task,Owner,Due, and each line below is an item".into()
            }
            ChecklistSyntax::Form => "it has no checkboxes: write items as `- [ ] text`".into(),
            ChecklistSyntax::Markdown => {
                "it has neither checkboxes nor a list: write items as `- [ ] text`".into()
            }
        });
    }
    Ok(write::write(name, read))
}

/// What a reader found.
#[derive(Debug, Default)]
pub(crate) struct ImportedText {
    /// The title, if the file says one.
    title: Option<String>,
    /// Everything, in a section without a heading.
    root: ImportedSection,
    /// Boxes that were seen.
    boxes: usize,
    remarks: Vec<Remark>,
}

impl Remark {
    pub(crate) fn new(kind: RemarkKind, about: &str, said: impl Into<String>) -> Self {
        let about: String = about.chars().take(60).collect();
        Self { kind, about, said: said.into() }
    }
}

#[cfg(test)]
mod tests;
