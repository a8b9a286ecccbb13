//! Sheets: the first line names the columns.

use super::{
    ImportedText, Remark, RemarkKind,
    items::{ImportedSection, Item, MarkedText, SectionPart},
    markdown::unboxed,
};

/// Lines of a sheet that are read.
const MOST_LINES: usize = 5_000;

/// Which column says what.
#[derive(Debug, Default)]
pub(crate) struct CsvColumns {
    title: Option<usize>,
    group: Option<usize>,
    owner: Option<usize>,
    due: Option<usize>,
    notes: Vec<usize>,
    links: Vec<usize>,
    by_hand: Option<usize>,
    skipped: Vec<usize>,
    count: usize,
}

impl CsvColumns {
    /// Finds out by the headings.
    pub(crate) fn of<'h>(headings: impl Iterator<Item = &'h str>) -> Self {
        let mut columns = Self::default();
        for (at, heading) in headings.enumerate() {
            columns.count = at + 1;
            let heading = heading.trim().trim_start_matches('\u{feff}').to_lowercase();
            let is = |words: &[&str]| {
                words.iter().any(|word| heading == *word || heading.starts_with(&format!("{word} ")))
            };
            let first = |slot: &mut Option<usize>| {
                if slot.is_none() {
                    *slot = Some(at);
                    return true;
                }
                false
            };
            let found = (is(&[
                "task",
                "item",
                "title",
                "check",
                "step",
                "action",
                "to do",
                "todo",
                "activity",
                "what",
                "criteria",
                "criterion",
                "requirement",
                "tasks",
                "items",
                "steps",
                "actions",
                "name",
            ]) && first(&mut columns.title))
                || (is(&["section", "group", "phase", "category", "area", "stage", "workstream", "team"])
                    && first(&mut columns.group))
                || (is(&["owner", "who", "assignee", "assigned", "responsible", "role", "dri", "person"])
                    && first(&mut columns.owner))
                || (is(&["due", "when", "deadline", "date", "timing"]) && first(&mut columns.due))
                || (is(&["command", "commands", "script"]) && first(&mut columns.by_hand));
            if found {
                continue;
            }
            if is(&["link", "links", "url", "reference", "references", "doc", "docs"]) {
                columns.links.push(at);
            } else if is(&["status", "done", "complete", "completed", "state", "id", "#", "no", "nr", ""]) {
                columns.skipped.push(at);
            } else {
                columns.notes.push(at);
            }
        }
        columns
    }

    /// Whether it has a column for what is to be done.
    pub(crate) fn is_list(&self) -> bool {
        self.title.is_some()
    }

    /// Whether no heading says anything.
    fn is_nameless(&self) -> bool {
        let named = [self.title, self.group, self.owner, self.due, self.by_hand].iter().any(Option::is_some);
        !named && self.links.is_empty() && self.skipped.is_empty()
    }

    /// The group that a row is of.
    pub(crate) fn group_of<'c>(&self, cells: &[&'c str]) -> Option<&'c str> {
        self.group.and_then(|at| cells.get(at)).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// A row as an item; none: it says nothing.
    pub(crate) fn item(&self, cells: &[&str], headings: &[String]) -> Option<Item> {
        let cell = |at: usize| cells.get(at).map(|text| text.trim()).filter(|text| !text.is_empty());
        let boxed = (0..cells.len())
            .find(|at| cells.get(*at).is_some_and(|text| unboxed(text).is_some_and(|rest| !rest.is_empty())));
        let at = self.title.or(boxed).or_else(|| self.notes.first().copied()).unwrap_or(0);
        let text = cell(at)?;
        let text = unboxed(text).filter(|rest| !rest.is_empty()).unwrap_or(text);
        let note = |at: &usize| {
            let heading = headings.get(*at).map(|heading| format!("{heading}: ")).unwrap_or_default();
            cell(*at).filter(|text| unboxed(text).is_none()).map(|text| format!("{heading}{text}"))
        };
        let links = self.links.iter().filter_map(|at| cell(*at)).flat_map(str::split_whitespace);
        let links =
            links.filter(|text| text.contains("://")).map(|text| ("link".to_owned(), text.to_owned()));
        Some(Item {
            is_box: true,
            text: MarkedText { plain: text.to_owned(), links: links.collect(), ..MarkedText::default() },
            notes: self.notes.iter().filter(|other| **other != at).filter_map(note).collect(),
            by_hand: self.by_hand.and_then(cell).map(str::to_owned).into_iter().collect(),
            owner: self.owner.and_then(cell).map(str::to_owned),
            due: self.due.and_then(cell).map(str::to_owned),
            ..Item::default()
        })
    }
}

/// Reads a sheet.
pub(super) fn read(text: &str) -> Result<ImportedText, String> {
    let mut sheet = ::csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(text.as_bytes());
    let headings = sheet
        .headers()
        .map_err(|error| format!("it does not read as comma-separated values: {error}"))?
        .clone();
    let headings: Vec<String> = headings.iter().map(str::to_owned).collect();
    let mut columns = CsvColumns::of(headings.iter().map(String::as_str));
    let mut read = ImportedText::default();
    // A list of lines has no line of headings: its first line is an item like the others.
    let plain = || CsvColumns { title: Some(0), ..CsvColumns::default() };
    if let [first] = headings.as_slice()
        && columns.is_nameless()
        && let Some(item) = plain().item(&[first], &[])
    {
        let said = "not column names such as Task: read as the first item";
        read.remarks.push(Remark::new(RemarkKind::Guessed, first, said));
        read.boxes += 1;
        put(&mut read.root, None, item);
        columns = plain();
    }
    if columns.title.is_none() {
        columns.title = columns.notes.first().copied().or(Some(0));
        let named = columns.title.and_then(|at| headings.get(at)).cloned().unwrap_or_default();
        columns.notes.retain(|at| Some(*at) != columns.title);
        let said = "read as the items, since no column is called Task, Item or Title";
        read.remarks.push(Remark::new(RemarkKind::Guessed, &format!("column {named}"), said));
    }
    for at in &columns.skipped {
        let named = headings.get(*at).cloned().unwrap_or_default();
        let said = "left out: what is done is recorded in the journal";
        read.remarks.push(Remark::new(RemarkKind::Dropped, &format!("column {named}"), said));
    }
    let mut unsaid = Vec::new();
    for (at, row) in sheet.records().enumerate() {
        if at == MOST_LINES {
            let said = format!("everything after line {MOST_LINES}");
            read.remarks.push(Remark::new(RemarkKind::Dropped, "the end of the sheet", &said));
            break;
        }
        let row = row.map_err(|error| format!("a line cannot be read: {error}"))?;
        let cells: Vec<&str> = row.iter().collect();
        let Some(item) = columns.item(&cells, &headings) else {
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                unsaid.push(row.position().map_or(0, ::csv::Position::line).to_string());
            }
            continue;
        };
        read.boxes += 1;
        put(&mut read.root, columns.group_of(&cells), item);
    }
    if !unsaid.is_empty() {
        // As cells that were merged in the sheet.
        let lines = format!("line{} {}", if unsaid.len() > 1 { "s" } else { "" }, unsaid.join(", "));
        let said = "left out: the column of items is empty there";
        read.remarks.push(Remark::new(RemarkKind::Dropped, &lines, said));
    }
    Ok(read)
}

/// Puts an item where its group is.
pub(crate) fn put(root: &mut ImportedSection, group: Option<&str>, item: Item) {
    let Some(title) = group else {
        root.parts.push(SectionPart::Item(item));
        return;
    };
    for part in &mut root.parts {
        if let SectionPart::Section(section) = part
            && section.title == title
        {
            section.parts.push(SectionPart::Item(item));
            return;
        }
    }
    let section = ImportedSection {
        title: title.to_owned(),
        level: 1,
        parts: vec![SectionPart::Item(item)],
        ..ImportedSection::default()
    };
    root.parts.push(SectionPart::Section(section));
}
