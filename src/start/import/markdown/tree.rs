//! The events of the Markdown parser as a tree.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::import::{code, items::MarkedText};

/// Parts within parts; deeper ones are read as text.
const DEEPEST: usize = 40;

/// A block.
#[derive(Debug)]
pub(super) enum Block {
    Heading(u8, MarkedText),
    Text(MarkedText),
    Code(CodeBlock),
    List(Vec<ListEntry>),
    Table(MarkdownTable),
    Comment(String),
    Quote(Vec<Block>),
}

/// A block of code.
#[derive(Debug)]
pub(super) struct CodeBlock {
    pub(super) text: String,
    /// It is something to run, by the language it names or else by its first line; output and samples of files are not.
    pub(super) runs: bool,
}

impl CodeBlock {
    fn new(text: String, kind: &CodeBlockKind<'_>) -> Self {
        const SHELLS: &[&str] = &[
            "sh",
            "bash",
            "shell",
            "zsh",
            "fish",
            "console",
            "shell-session",
            "shellsession",
            "terminal",
            "cmd",
            "bat",
            "powershell",
            "ps1",
            "pwsh",
        ];
        let language = match kind {
            CodeBlockKind::Fenced(info) => {
                info.split([' ', ',', '{']).next().unwrap_or_default().to_lowercase()
            }
            CodeBlockKind::Indented => String::new(),
        };
        let runs = SHELLS.contains(&language.as_str()) || (language.is_empty() && code::is_script(&text));
        Self { text, runs }
    }
}

/// An entry of a list.
#[derive(Debug, Default)]
pub(super) struct ListEntry {
    /// Whether its box is ticked; none: it has no box.
    pub(super) ticked: Option<bool>,
    pub(super) inside: Vec<Block>,
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct MarkdownTable {
    pub(super) head: Vec<MarkedText>,
    pub(super) rows: Vec<Vec<MarkedText>>,
}

impl MarkdownTable {
    /// As lines of text.
    pub(super) fn flat(&self) -> String {
        let row = |cells: &Vec<MarkedText>| {
            cells
                .iter()
                .map(|cell| cell.plain.trim())
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" | ")
        };
        std::iter::once(&self.head).chain(&self.rows).map(row).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn head_words(&self) -> Vec<String> {
        self.head.iter().map(|cell| cell.plain.trim().to_owned()).collect()
    }
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events = Parser::new_ext(text, options);
    blocks(&mut events, None, 0).0
}

/// Blocks up to the end of `until`, and the box that was met on the way.
fn blocks(events: &mut Parser<'_>, until: Option<TagEnd>, depth: usize) -> (Vec<Block>, Option<bool>) {
    let mut all = Vec::new();
    let mut ticked = None;
    // Text that stands in a list entry without a paragraph around it.
    let mut loose = MarkedText::default();
    while let Some(event) = events.next() {
        match event {
            Event::End(end) if Some(end) == until => break,
            Event::TaskListMarker(is) => ticked = Some(is),
            Event::Start(tag) if is_block(&tag) && depth < DEEPEST => {
                settle(&mut loose, &mut all);
                let (node, inner) = block(events, tag, depth);
                // A box may stand in a paragraph of its entry.
                ticked = ticked.or(inner);
                all.extend(node);
            }
            event => inline(events, event, &mut loose),
        }
    }
    settle(&mut loose, &mut all);
    (all, ticked)
}

fn settle(loose: &mut MarkedText, all: &mut Vec<Block>) {
    let words = std::mem::take(loose);
    if !words.plain.trim().is_empty() || !words.links.is_empty() {
        all.push(Block::Text(words));
    } else {
        all.extend(words.comments.into_iter().map(Block::Comment));
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::List(_)
            | Tag::Table(_)
    )
}

fn block(events: &mut Parser<'_>, tag: Tag<'_>, depth: usize) -> (Vec<Block>, Option<bool>) {
    let end = tag.to_end();
    match tag {
        Tag::Heading { level, .. } => (vec![Block::Heading(number(level), words(events, end).0)], None),
        Tag::Paragraph => {
            let (words, ticked) = words(events, end);
            (vec![Block::Text(words)], ticked)
        }
        Tag::BlockQuote(_) => {
            let (inside, ticked) = blocks(events, Some(end), depth + 1);
            (vec![Block::Quote(inside)], ticked)
        }
        Tag::CodeBlock(kind) => {
            let text = raw(events, end);
            (vec![Block::Code(CodeBlock::new(text, &kind))], None)
        }
        Tag::HtmlBlock => (html(&raw(events, end)), None),
        Tag::List(_) => (vec![Block::List(lines(events, end, depth))], None),
        Tag::Table(_) => (vec![Block::Table(table(events, end))], None),
        _ => (Vec::new(), None),
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn lines(events: &mut Parser<'_>, until: TagEnd, depth: usize) -> Vec<ListEntry> {
    let mut all = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::End(end) if end == until => break,
            Event::Start(Tag::Item) => {
                let (inside, ticked) = blocks(events, Some(TagEnd::Item), depth + 1);
                all.push(ListEntry { ticked, inside });
            }
            _ => {}
        }
    }
    all
}

fn table(events: &mut Parser<'_>, until: TagEnd) -> MarkdownTable {
    let mut table = MarkdownTable::default();
    let mut row = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::End(end) if end == until => break,
            Event::Start(Tag::TableCell) => row.push(words(events, TagEnd::TableCell).0),
            Event::End(TagEnd::TableHead) => table.head = std::mem::take(&mut row),
            Event::End(TagEnd::TableRow) => table.rows.push(std::mem::take(&mut row)),
            _ => {}
        }
    }
    table
}

/// Text as it stands, up to the end of a block.
fn raw(events: &mut Parser<'_>, until: TagEnd) -> String {
    let mut text = String::new();
    for event in events.by_ref() {
        match event {
            Event::End(end) if end == until => break,
            Event::Text(part) | Event::Html(part) => text.push_str(&part),
            _ => {}
        }
    }
    text
}

/// A block of HTML: its comments, and what is left of it as text.
fn html(text: &str) -> Vec<Block> {
    let mut words = MarkedText::default();
    markup(text, &mut words);
    let mut all: Vec<Block> = std::mem::take(&mut words.comments).into_iter().map(Block::Comment).collect();
    if !words.plain.trim().is_empty() {
        all.push(Block::Text(words));
    }
    all
}

/// Words up to the end of a block, and the box among them.
fn words(events: &mut Parser<'_>, until: TagEnd) -> (MarkedText, Option<bool>) {
    let mut words = MarkedText::default();
    let mut ticked = None;
    while let Some(event) = events.next() {
        match event {
            Event::End(end) if end == until => break,
            Event::TaskListMarker(is) => ticked = Some(is),
            event => inline(events, event, &mut words),
        }
    }
    (words, ticked)
}

fn inline(events: &mut Parser<'_>, event: Event<'_>, words: &mut MarkedText) {
    match event {
        Event::Text(text) => words.plain.push_str(&text),
        Event::Code(code) => {
            words.plain.push_str(&code);
            words.codes.push(code.into_string());
        }
        Event::SoftBreak | Event::HardBreak => words.plain.push('\n'),
        Event::InlineHtml(text) | Event::Html(text) => markup(&text, words),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            let inner = until_link(events);
            words.plain.push_str(&inner.plain);
            words.codes.extend(inner.codes);
            words.stressed.extend(inner.stressed);
            words.links.push((inner.plain.trim().to_owned(), dest_url.into_string()));
        }
        Event::Start(tag @ (Tag::Emphasis | Tag::Strong)) => {
            let (inner, _) = self::words(events, tag.to_end());
            words.plain.push_str(&inner.plain);
            words.codes.extend(inner.codes);
            words.links.extend(inner.links);
            words.stressed.push(inner.plain.trim().to_owned());
            words.stressed.extend(inner.stressed);
        }
        Event::Start(tag @ Tag::Strikethrough) => {
            let (inner, _) = self::words(events, tag.to_end());
            words.struck |= words.plain.trim().is_empty();
            words.plain.push_str(&inner.plain);
            words.codes.extend(inner.codes);
            words.links.extend(inner.links);
            words.stressed.extend(inner.stressed);
        }
        _ => {}
    }
}

fn until_link(events: &mut Parser<'_>) -> MarkedText {
    let mut words = MarkedText::default();
    while let Some(event) = events.next() {
        match event {
            Event::End(TagEnd::Link | TagEnd::Image) => break,
            event => inline(events, event, &mut words),
        }
    }
    words
}

/// HTML: comments apart, tags left out, the rest as text.
fn markup(text: &str, words: &mut MarkedText) {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        words.plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            let (inside, after) = comment.split_once("-->").unwrap_or((comment, ""));
            words.comments.push(inside.to_owned());
            rest = after;
        } else {
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let (tag, after) = rest.split_at(end);
            // `<PRODUCT>` is a blank to fill in, and no tag of HTML.
            match tag_name(tag) {
                Some(name) if ["br", "li", "p", "div", "tr"].contains(&name.as_str()) => {
                    words.plain.push('\n');
                }
                Some(_) => {}
                None => words.plain.push_str(tag),
            }
            rest = after;
        }
    }
    words.plain.push_str(rest);
}

/// The name of a tag that people write in Markdown.
fn tag_name(text: &str) -> Option<String> {
    const TAGS: &[&str] = &[
        "a", "b", "br", "code", "details", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
        "input", "kbd", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "summary", "sup", "table",
        "tbody", "td", "th", "thead", "tr", "u", "ul",
    ];
    let name = text.trim_start_matches('<').trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let name = name[..end].to_ascii_lowercase();
    TAGS.contains(&name.as_str()).then_some(name)
}
