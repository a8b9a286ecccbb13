//! GitHub issue forms: `body` is a list of fields, of which some hold boxes.

use super::{
    ImportedText, Remark, RemarkKind,
    items::{ImportedSection, Item, MarkedText, SectionPart},
    markdown,
};
use gonogo_yaml::{Document, NodeId, NodeKind, parse};

/// Reads a form.
pub(super) fn read(name: &str, text: &str) -> Result<ImportedText, String> {
    let document = parse(name, text.as_bytes()).map_err(|rejected| {
        let first = rejected.problems.first();
        let place = first.and_then(|it| it.span).map(|at| format!("{}:{}:{}: ", name, at.line, at.column));
        let said = first.map(|it| it.message.clone()).unwrap_or_default();
        format!("{}{said}", place.unwrap_or_default())
    })?;
    let root = document.root();
    let Some(body) = document.get(root, "body").filter(|body| document.kind(*body) == NodeKind::List) else {
        return Err(format!("{name} is not an issue form: it has no list called `body`"));
    };
    let mut read = ImportedText { title: text_of(&document, root, "name"), ..ImportedText::default() };
    for field in document.items(body) {
        one(&document, *field, &mut read);
    }
    Ok(read)
}

fn text_of(document: &Document, map: NodeId, key: &str) -> Option<String> {
    if document.kind(map) != NodeKind::Map {
        return None;
    }
    document
        .get(map, key)
        .and_then(|node| document.text(node))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn one(document: &Document, field: NodeId, read: &mut ImportedText) {
    let sort = text_of(document, field, "type").unwrap_or_default();
    let within = (document.kind(field) == NodeKind::Map).then(|| document.get(field, "attributes")).flatten();
    let Some(within) = within.filter(|node| document.kind(*node) == NodeKind::Map) else { return };
    let label = text_of(document, within, "label").unwrap_or_default();
    match sort.as_str() {
        "markdown" => {
            let section = markdown::read_part(&text_of(document, within, "value").unwrap_or_default(), read);
            read.root.parts.extend(section.parts);
            read.root.notes.extend(section.notes);
        }
        "checkboxes" => {
            let section = boxes(document, within, label, read);
            read.root.parts.push(SectionPart::Section(section));
        }
        _ => {
            let value = text_of(document, within, "value").unwrap_or_default();
            let mut section = markdown::read_part(&value, read);
            if section.is_empty() {
                let said = format!("a field of the form ({sort}), not a checkbox");
                read.remarks.push(Remark::new(RemarkKind::Dropped, &label, said));
                return;
            }
            (section.title, section.level) = (label, 1);
            read.root.parts.push(SectionPart::Section(section));
        }
    }
}

fn boxes(document: &Document, within: NodeId, label: String, read: &mut ImportedText) -> ImportedSection {
    let mut section = ImportedSection { title: label, level: 1, ..ImportedSection::default() };
    section.notes.extend(text_of(document, within, "description"));
    let options = document.get(within, "options").filter(|node| document.kind(*node) == NodeKind::List);
    for option in options.map(|node| document.items(node).to_vec()).unwrap_or_default() {
        let Some(text) = text_of(document, option, "label") else { continue };
        read.boxes += 1;
        // A label is Markdown too, with links and people in it.
        let part =
            markdown::read_part(&format!("- [ ] {}", text.replace('\n', " ")), &mut ImportedText::default());
        let item = part.parts.into_iter().find_map(|part| match part {
            SectionPart::Item(item) => Some(item),
            SectionPart::Section(_) => None,
        });
        let plain = || Item {
            is_box: true,
            text: MarkedText { plain: text.clone(), ..MarkedText::default() },
            ..Item::default()
        };
        section.parts.push(SectionPart::Item(item.unwrap_or_else(plain)));
    }
    section
}
