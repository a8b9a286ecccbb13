//! Markdown, read as GitHub reads it.

mod tree;

use super::{
    ImportedText, Remark, RemarkKind,
    items::{ImportedSection, Item, MarkedText, SectionPart},
    phrases,
};
use tree::{Block, CodeBlock, ListEntry, MarkdownTable};

/// The level of a line in bold that stands for a heading: below all that are headings.
const BOLD_LEVEL: u8 = 7;

/// Reads a file: the lines of its head first, if it is an issue template. Where nobody drew a box, each entry of a list is one.
pub(crate) fn read(text: &str) -> ImportedText {
    let boxed = read_as(text, Items::Boxes);
    if !boxed.root.is_empty() {
        return boxed;
    }
    let mut read = read_as(text, Items::Entries);
    if !read.root.is_empty() {
        let said = "it has no checkboxes, so every list entry is read as an item";
        read.remarks.insert(0, Remark::new(RemarkKind::Guessed, "the whole file", said));
    }
    read
}

fn read_as(text: &str, items: Items) -> ImportedText {
    let (head, body) = head(text);
    let title =
        head.iter().find(|(key, _)| key == "name").or_else(|| head.iter().find(|(key, _)| key == "title"));
    let mut read = ImportedText { title: title.map(|(_, value)| value.clone()), ..ImportedText::default() };
    let mut reader = MarkdownReader::new(&mut read, items);
    reader.nodes(tree::parse(body));
    let root = reader.close();
    read.root = root;
    read
}

/// As a part of another file: its items below what is there.
pub(crate) fn read_part(text: &str, read: &mut ImportedText) -> ImportedSection {
    let mut reader = MarkdownReader::new(read, Items::Boxes);
    reader.nodes(tree::parse(text));
    reader.close()
}

/// `key: value` lines between two `---`, and what follows.
fn head(text: &str) -> (Vec<(String, String)>, &str) {
    let nothing = (Vec::new(), text);
    let Some(rest) = text.trim_start_matches('\u{feff}').strip_prefix("---") else { return nothing };
    let Some((head, body)) = rest.split_once("\n---") else { return nothing };
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    let clean = |value: &str| value.trim().trim_matches(['"', '\'']).trim().to_owned();
    let pairs = pairs.map(|(key, value)| (key.trim().to_owned(), clean(value)));
    (pairs.filter(|(_, value)| !value.is_empty()).collect(), body)
}

/// What is an item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Items {
    /// What has a box.
    Boxes,
    /// Entries of lists as well, without any box.
    Entries,
}

struct MarkdownReader<'r> {
    read: &'r mut ImportedText,
    /// The sections that are open, the outermost first.
    open: Vec<ImportedSection>,
    items: Items,
    /// Boxes that somebody ticked.
    ticked: usize,
    /// What is read stands in a comment: somebody left it out.
    commented: bool,
}

impl<'r> MarkdownReader<'r> {
    fn new(read: &'r mut ImportedText, items: Items) -> Self {
        Self { read, open: vec![ImportedSection::default()], items, ticked: 0, commented: false }
    }

    fn close(mut self) -> ImportedSection {
        self.up_to(0);
        if self.ticked > 0 {
            let about =
                format!("{} that {} ticked", boxes(self.ticked), if self.ticked == 1 { "is" } else { "are" });
            let said = "still open here: what is done is recorded in the journal";
            self.read.remarks.push(Remark::new(RemarkKind::Dropped, &about, said));
        }
        self.open.pop().unwrap_or_default()
    }

    /// Closes sections of this level and deeper.
    fn up_to(&mut self, level: u8) {
        while self.open.len() > 1 && self.open.last().is_some_and(|section| section.level >= level.max(1)) {
            let Some(section) = self.open.pop() else { continue };
            let part = self.closed(section);
            self.here(part);
        }
    }

    /// A section that is whole. Where nobody drew a box, a numbered heading without a list is a step by itself.
    fn closed(&mut self, mut section: ImportedSection) -> SectionPart {
        let code = std::mem::take(&mut section.by_hand);
        if !(self.items == Items::Entries && section.is_empty() && phrases::is_step(&section.title)) {
            section.notes.extend(code);
            return SectionPart::Section(section);
        }
        self.read.boxes += 1;
        let text = MarkedText { plain: section.title, ..MarkedText::default() };
        let (notes, by_hand) = (section.notes, code);
        SectionPart::Item(Item { is_box: true, text, notes, by_hand, ..Item::default() })
    }

    fn here(&mut self, part: SectionPart) {
        if let Some(section) = self.open.last_mut() {
            section.parts.push(part);
        }
    }

    fn note(&mut self, text: &str) {
        if let Some(section) = self.open.last_mut().filter(|_| !text.trim().is_empty()) {
            section.notes.push(text.trim().to_owned());
        }
    }

    fn nodes(&mut self, nodes: Vec<Block>) {
        for node in nodes {
            match node {
                Block::Heading(level, words) => self.heading(level, words),
                Block::Text(words) => self.text(words),
                Block::Code(code) => self.code(&code),
                Block::List(lines) => {
                    for line in lines {
                        let mut item = self.item(line);
                        if self.items == Items::Entries && is_said(&item) {
                            item.is_box = true;
                            self.read.boxes += 1;
                        }
                        if item.has_boxes() {
                            self.here(SectionPart::Item(item));
                        } else {
                            self.plain(&item);
                        }
                    }
                }
                Block::Table(table) => self.table(&table),
                Block::Comment(text) => self.comment(&text),
                Block::Quote(inside) => self.nodes(inside),
            }
        }
    }

    /// A heading; one with a box is a group with a gate of its own.
    fn heading(&mut self, level: u8, words: MarkedText) {
        self.up_to(level);
        self.comments(&words);
        let boxed = unboxed(&words.plain).map(str::to_owned);
        let title = boxed.clone().unwrap_or_else(|| words.plain.trim().to_owned());
        self.open.push(ImportedSection { title, level, ..ImportedSection::default() });
        if let Some(plain) = boxed {
            self.read.boxes += 1;
            let text = MarkedText { plain, ..words };
            self.here(SectionPart::Item(Item {
                is_box: true,
                text,
                commented: self.commented,
                ..Item::default()
            }));
        }
    }

    /// Code says something about its section. Boxes in it were meant as boxes: they were only set too far to the right.
    fn code(&mut self, code: &CodeBlock) {
        match boxes_in_code(&code.text) {
            Some(nodes) => {
                let said = "checkboxes in a code block, read as items";
                self.read.remarks.push(Remark::new(RemarkKind::Guessed, code.text.trim(), said));
                self.nodes(nodes);
            }
            None if code.runs && self.open.len() > 1 => {
                if let Some(section) = self.open.last_mut() {
                    section.by_hand.push(code.text.trim_end().to_owned());
                }
            }
            None => self.note(&code.text),
        }
    }

    /// A list entry without a box anywhere in it says something about the section.
    fn plain(&mut self, item: &Item) {
        self.note(&flat(item));
    }

    /// A paragraph; lines that begin with a box are items, although no bullet stands before it.
    fn text(&mut self, words: MarkedText) {
        self.comments(&words);
        let boxed = |line: &str| unboxed(line).map(str::to_owned);
        if !words.plain.lines().any(|line| boxed(line).is_some()) {
            if in_bold(&words) {
                let plain = words.plain.trim().trim_end_matches(':').to_owned();
                self.heading(BOLD_LEVEL, MarkedText { plain, ..MarkedText::default() });
            } else {
                self.note(&words.plain);
            }
            return;
        }
        for line in words.plain.lines() {
            match boxed(line) {
                Some(text) => {
                    self.read.boxes += 1;
                    let text =
                        MarkedText { plain: text, links: words.links.clone(), ..MarkedText::default() };
                    self.here(SectionPart::Item(Item {
                        is_box: true,
                        text,
                        commented: self.commented,
                        ..Item::default()
                    }));
                }
                None => self.note(line),
            }
        }
    }

    fn comments(&mut self, words: &MarkedText) {
        words.comments.iter().for_each(|text| self.comment(text));
    }

    /// A comment: boxes in it are items that somebody left out, or that are for some launches only.
    fn comment(&mut self, text: &str) {
        let nodes = commented_out(text);
        if !has_boxes(&nodes) {
            if text.trim().len() > 2 {
                self.read.remarks.push(Remark::new(
                    RemarkKind::Dropped,
                    text.trim(),
                    "a comment without checkboxes",
                ));
            }
            return;
        }
        self.left_out(|reader| reader.nodes(nodes));
    }

    fn left_out(&mut self, read: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.commented, true);
        read(self);
        self.commented = before;
    }

    fn item(&mut self, line: ListEntry) -> Item {
        let mut item = Item { is_box: line.ticked.is_some(), commented: self.commented, ..Item::default() };
        self.read.boxes += usize::from(item.is_box);
        self.ticked += usize::from(line.ticked == Some(true));
        let mut first = true;
        for node in line.inside {
            match node {
                Block::Text(words) if first => {
                    first = false;
                    self.inner_comments(&words, &mut item);
                    if let Some(text) = unboxed(&words.plain).filter(|_| !item.is_box).map(str::to_owned) {
                        item.is_box = true;
                        self.read.boxes += 1;
                        item.text = MarkedText { plain: text, ..words };
                    } else {
                        item.text = words;
                    }
                }
                node => self.below(node, &mut item),
            }
        }
        item
    }

    fn inner_comments(&mut self, words: &MarkedText, item: &mut Item) {
        words.comments.iter().for_each(|text| self.inner_comment(text, item));
    }

    /// A comment at an item tells more about it, or holds further items.
    fn inner_comment(&mut self, text: &str, item: &mut Item) {
        let nodes = commented_out(text);
        if !has_boxes(&nodes) {
            push(&mut item.notes, text);
            return;
        }
        self.left_out(|reader| nodes.into_iter().for_each(|node| reader.below(node, item)));
    }

    /// What stands below an item: its items, and what tells more about it. Every kind of block has a place, so that no box and
    /// no line is lost.
    fn below(&mut self, node: Block, item: &mut Item) {
        match node {
            Block::Text(words) => {
                self.inner_comments(&words, item);
                item.text.links.extend(words.links.clone());
                for line in words.plain.lines() {
                    match unboxed(line) {
                        Some(text) => self.inner_box(text, item),
                        None => push(&mut item.notes, line),
                    }
                }
            }
            Block::Heading(_, words) => {
                self.inner_comments(&words, item);
                match unboxed(&words.plain) {
                    Some(text) => self.inner_box(text, item),
                    None => push(&mut item.notes, &words.plain),
                }
            }
            Block::Code(code) => match boxes_in_code(&code.text) {
                Some(nodes) => nodes.into_iter().for_each(|node| self.below(node, item)),
                None if code.runs && !self.commented => item.by_hand.push(code.text.trim_end().to_owned()),
                // What somebody left out, output and samples of files are not shown as something to run.
                None => push(&mut item.notes, &code.text),
            },
            Block::List(lines) => {
                for line in lines {
                    let inner = self.item(line);
                    if inner.has_boxes() {
                        item.inside.push(inner);
                    } else {
                        item.by_hand.extend(inner.by_hand.clone());
                        item.text.links.extend(inner.text.links.clone());
                        push(&mut item.notes, &flat(&inner));
                    }
                }
            }
            Block::Comment(text) => self.inner_comment(&text, item),
            Block::Quote(inside) => inside.into_iter().for_each(|node| self.below(node, item)),
            Block::Table(table) => match self.rows(&table) {
                Some(rows) => item.inside.extend(rows.into_iter().map(|(_, row)| row)),
                None => push(&mut item.notes, &table.flat()),
            },
        }
    }

    fn inner_box(&mut self, text: &str, item: &mut Item) {
        self.read.boxes += 1;
        let text = MarkedText { plain: text.to_owned(), ..MarkedText::default() };
        item.inside.push(Item { is_box: true, text, commented: self.commented, ..Item::default() });
    }

    fn table(&mut self, table: &MarkdownTable) {
        match self.rows(table) {
            Some(rows) => {
                let mut grouped = ImportedSection::default();
                rows.into_iter()
                    .for_each(|(group, row)| super::csv::put(&mut grouped, group.as_deref(), row));
                grouped.parts.into_iter().for_each(|part| self.here(part));
            }
            None => self.note(&table.flat()),
        }
    }

    /// A table with boxes in it, or with a column for what is to be done: a row is an item, beside the group that it is of.
    fn rows(&mut self, table: &MarkdownTable) -> Option<Vec<(Option<String>, Item)>> {
        let boxed = table.rows.iter().flatten().any(|cell| unboxed(&cell.plain).is_some());
        let columns = super::csv::CsvColumns::of(table.head.iter().map(|cell| cell.plain.as_str()));
        if !boxed && !columns.is_list() {
            return None;
        }
        let mut items = Vec::new();
        for row in table.rows.iter().flat_map(|row| one_box_each(row)) {
            let cells: Vec<&str> = row.iter().map(|cell| cell.plain.as_str()).collect();
            let Some(mut item) = columns.item(&cells, &table.head_words()) else {
                let said = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
                let said = said.collect::<Vec<_>>().join(" | ");
                if !said.is_empty() {
                    let why = "a row without an item";
                    self.read.remarks.push(Remark::new(RemarkKind::Dropped, &said, why));
                }
                continue;
            };
            item.text.links = row.iter().flat_map(|cell| cell.links.clone()).collect();
            item.text.stressed = row.iter().flat_map(|cell| cell.stressed.clone()).collect();
            item.commented = self.commented;
            self.read.boxes += 1;
            items.push((columns.group_of(&cells).map(str::to_owned), item));
        }
        Some(items)
    }
}

/// A row with several boxes in one cell as a row for each of them.
fn one_box_each(row: &[MarkedText]) -> Vec<Vec<MarkedText>> {
    let boxes = |cell: &MarkedText| cell.plain.lines().filter(|line| unboxed(line).is_some()).count();
    let Some(at) = row.iter().position(|cell| boxes(cell) > 1) else { return vec![row.to_vec()] };
    let lines = row.get(at).map(|cell| cell.plain.clone()).unwrap_or_default();
    let one = |line: &str| {
        let mut row = row.to_vec();
        if let Some(cell) = row.get_mut(at) {
            line.clone_into(&mut cell.plain);
        }
        row
    };
    lines.lines().filter(|line| unboxed(line).is_some()).map(one).collect()
}

/// Code that is a list with boxes, as what it was meant to be.
fn boxes_in_code(code: &str) -> Option<Vec<Block>> {
    let marks = ["- [ ]", "* [ ]", "+ [ ]", "- [x]", "* [x]"];
    let is_box = |line: &str| marks.iter().any(|mark| line.trim_start().starts_with(mark));
    if !code.lines().any(is_box) {
        return None;
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let least = code.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    let text: String =
        code.lines().map(|line| format!("{}\n", line.get(least..).unwrap_or_default())).collect();
    let nodes = tree::parse(&text);
    has_boxes(&nodes).then_some(nodes)
}

/// What stands in a comment. A comment ends at the first `-->`: another beginning within it begins nothing.
fn commented_out(text: &str) -> Vec<Block> {
    tree::parse(&on_lines(&text.replace("<!--", " ")))
}

/// A comment with each box at the beginning of its line: `ONLY FOR X - [ ] text` says behind the text what it is for.
fn on_lines(text: &str) -> String {
    let line = |line: &str| match line.find("- [ ]").map(|at| line.split_at(at)) {
        Some((before, rest)) if !before.trim().is_empty() && !before.trim().ends_with(['-', '>', '*']) => {
            format!("{rest} ({})\n", before.trim().trim_end_matches(':'))
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// A line that is nothing but bold: people write it where others write a heading.
fn in_bold(words: &MarkedText) -> bool {
    let line = words.plain.trim().trim_end_matches(':');
    let [stressed] = words.stressed.as_slice() else { return false };
    !line.is_empty() && !line.contains('\n') && stressed.trim_end_matches(':') == line
}

/// An entry that says something; one that only leads to another place of the page is of its contents.
fn is_said(item: &Item) -> bool {
    let text = item.text.plain.trim();
    let leads = |(label, to): &(String, String)| label.as_str() == text && to.starts_with('#');
    !text.is_empty() && !item.text.links.iter().any(leads)
}

fn boxes(count: usize) -> String {
    if count == 1 { "1 checkbox".to_owned() } else { format!("{count} checkboxes") }
}

fn push(notes: &mut Vec<String>, text: &str) {
    if !text.trim().is_empty() {
        notes.push(text.trim().to_owned());
    }
}

/// An item and all in it as one note.
fn flat(item: &Item) -> String {
    let mut lines = vec![item.text.plain.trim().to_owned()];
    lines.extend(item.notes.clone());
    lines.extend(item.inside.iter().map(flat));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// Whether there is a box anywhere in it.
fn has_boxes(nodes: &[Block]) -> bool {
    nodes.iter().any(|node| match node {
        Block::List(lines) => lines.iter().any(|line| line.ticked.is_some() || has_boxes(&line.inside)),
        Block::Quote(inside) => has_boxes(inside),
        Block::Text(words) => words.plain.lines().any(|line| unboxed(line).is_some()),
        Block::Comment(text) => has_boxes(&commented_out(text)),
        Block::Heading(_, words) => unboxed(&words.plain).is_some(),
        Block::Code(code) => boxes_in_code(&code.text).is_some(),
        Block::Table(table) => table.rows.iter().flatten().any(|cell| unboxed(&cell.plain).is_some()),
    })
}

/// The text behind a box that Markdown knows none of: `[]`, `[ ]` without a bullet, or a drawn one.
pub(crate) fn unboxed(text: &str) -> Option<&str> {
    const BOXES: &[&str] = &[
        "[ ]", "[]", "[x]", "[X]", "[x ]", "[ x]", "[ x ]", "-[ ]", "-[]", "-[x]", "*[ ]", "*[]", "*[x]",
        "\u{2610}", "\u{2611}", "\u{2705}", "\u{2b1c}", "\u{25a2}",
    ];
    let text = text.trim_start();
    let rest = BOXES.iter().find_map(|it| text.strip_prefix(it))?;
    // `[x](https://...)` is a link, and `[x]: ...` the address of one.
    if rest.starts_with(['(', ':', '[']) { None } else { Some(rest.trim_start()) }
}
