//! A page as its parts: written once, read as Markdown and as HTML. All text in it is foreign until it is written out.

use std::fmt::Write as _;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{document::document, markdown, svg::escape};
use gonogo_text::{Link, clean};

/// A page.
pub(super) struct ReportPage {
    /// What it is about, for the title.
    pub name: String,
    /// The first line.
    pub line: String,
    /// How the first line looks: a verdict's word.
    pub class: &'static str,
    /// Its name is what readers look for, and stands above the first line.
    pub named: bool,
    pub parts: Vec<PagePart>,
    /// When, and from what.
    pub foot: String,
}

/// A part of a page.
pub(super) enum PagePart {
    Heading(&'static str),
    Text(String),
    List(Vec<ListItem>),
    Table {
        head: Vec<&'static str>,
        rows: Vec<Vec<Cell>>,
    },
    /// Drawings are HTML already, and only HTML has them.
    Drawing(String),
    /// Markdown of ours, whose foreign words are escaped.
    Markdown(String),
}

/// An entry of a list.
#[derive(Default)]
pub(super) struct ListItem {
    /// Said first, and louder; may be empty.
    pub strong: String,
    pub text: String,
    /// Said last, and lower; may be empty.
    pub small: String,
}

/// A cell of a table.
#[derive(Default)]
pub(super) struct Cell {
    pub text: String,
    /// How it looks: a verdict's word.
    pub class: Option<&'static str>,
    pub link: Option<Link>,
    /// Lines below.
    pub more: Vec<String>,
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl ReportPage {
    /// As Markdown, ending with a line end.
    pub fn markdown(&self) -> String {
        let (first, second) = if self.named { (&self.name, &self.line) } else { (&self.line, &self.name) };
        let mut out = format!("# {}\n\n**{}**\n", markdown::escape(first), markdown::escape(second));
        // A heading over drawings alone has nothing below it here.
        let said: Vec<&PagePart> =
            self.parts.iter().filter(|part| !matches!(part, PagePart::Drawing(_))).collect();
        for (at, part) in said.iter().enumerate() {
            match part {
                PagePart::Heading(_) if matches!(said.get(at + 1), None | Some(PagePart::Heading(_))) => {}
                PagePart::Heading(text) => out.push_str(&format!("\n## {text}\n")),
                PagePart::Text(text) => out.push_str(&format!("\n{}\n", markdown::escape(text))),
                PagePart::List(items) => {
                    out.push('\n');
                    items.iter().for_each(|it| out.push_str(&it.markdown()));
                }
                PagePart::Table { head, rows } => table(&mut out, head, rows),
                PagePart::Drawing(_) => {}
                PagePart::Markdown(text) => out.push_str(&format!("\n{text}")),
            }
        }
        let _ = write!(out, "\n{}\n", markdown::escape(&self.foot));
        super::harmless(&out)
    }

    /// As HTML, ending with a line end.
    pub fn html(&self) -> String {
        let plain = |text: &str| escape(&clean(text));
        let (class, line, name) = (self.class, plain(&self.line), plain(&self.name));
        let mut out = if self.named {
            format!("<h1>{name}</h1>\n<p class=\"word {class}\">{line}</p>\n")
        } else {
            format!("<h1 class=\"{class}\">{line}</h1>\n<p><strong>{name}</strong></p>\n")
        };
        for part in &self.parts {
            match part {
                PagePart::Heading(text) => out.push_str(&format!("<h2>{text}</h2>\n")),
                PagePart::Text(text) => out.push_str(&format!("<p>{}</p>\n", plain(text))),
                PagePart::List(items) => {
                    out.push_str("<ul>\n");
                    items.iter().for_each(|it| out.push_str(&it.html()));
                    out.push_str("</ul>\n");
                }
                PagePart::Table { head, rows } => html_table(&mut out, head, rows),
                PagePart::Drawing(svg) => out.push_str(svg),
                PagePart::Markdown(text) => out.push_str(&html_of(text)),
            }
        }
        let _ = writeln!(out, "<p><small>{}</small></p>", plain(&self.foot));
        document(&format!("{} - {}", clean(&self.line), clean(&self.name)), &out)
    }
}

impl ListItem {
    fn markdown(&self) -> String {
        let strong = match markdown::escape(&self.strong) {
            text if text.is_empty() => text,
            text => format!("**{text}**: "),
        };
        let small = match markdown::escape(&self.small) {
            text if text.is_empty() => text,
            text => format!(" ({text})"),
        };
        format!("- {strong}{}{small}\n", markdown::escape(&self.text))
    }

    fn html(&self) -> String {
        let plain = |text: &str| escape(&clean(text));
        let strong = match self.strong.as_str() {
            "" => String::new(),
            text => format!("<strong>{}</strong>: ", plain(text)),
        };
        let small = match self.small.as_str() {
            "" => String::new(),
            text => format!(" <small>{}</small>", plain(text)),
        };
        format!("<li>{strong}{}{small}</li>\n", plain(&self.text))
    }
}

fn table(out: &mut String, head: &[&str], rows: &[Vec<Cell>]) {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.push('\n');
    out.push_str(&line(head.iter().map(ToString::to_string).collect()));
    out.push_str(&line(head.iter().map(|_| ":---".to_owned()).collect()));
    for row in rows {
        out.push_str(&line(row.iter().map(markdown_cell).collect()));
    }
}

fn markdown_cell(cell: &Cell) -> String {
    let text = markdown::escape(&cell.text);
    let text = match &cell.link {
        // What an address may hold is printable ASCII; these would end it, the cell or the address.
        Some(link) => {
            let address: String = link
                .as_str()
                .chars()
                .map(|c| match c {
                    '(' | ')' | '<' | '>' | '|' | '`' | '[' | ']' | '\\' | '*' | '_' | '~' => {
                        format!("%{:02X}", u32::from(c))
                    }
                    c => c.to_string(),
                })
                .collect();
            format!("[{text}]({address})")
        }
        None => text,
    };
    let more: String = cell.more.iter().map(|it| format!("<br>{}", markdown::escape(it))).collect();
    text + &more
}

fn html_table(out: &mut String, head: &[&str], rows: &[Vec<Cell>]) {
    let plain = |text: &str| escape(&clean(text));
    out.push_str("<table class=\"stack\">\n<thead><tr>");
    for title in head {
        let _ = write!(out, "<th>{title}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            let class = cell.class.map(|class| format!(" class=\"word {class}\"")).unwrap_or_default();
            let text = match &cell.link {
                Some(link) => format!(
                    "<a href=\"{}\" rel=\"noreferrer\">{}</a>",
                    escape(link.as_str()),
                    plain(&cell.text)
                ),
                None => plain(&cell.text),
            };
            let more: String =
                cell.more.iter().map(|it| format!("<br/><small>{}</small>", plain(it))).collect();
            let _ = write!(out, "<td{class}>{text}{more}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

/// A page of ours in Markdown as HTML. What a reader of Markdown would take for HTML of its own is shown, not passed on.
fn html_of(text: &str) -> String {
    let mut out = String::new();
    let mut in_head = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableHead) => {
                in_head = true;
                out.push_str("<thead><tr>");
            }
            Event::End(TagEnd::TableHead) => {
                in_head = false;
                out.push_str("</tr></thead><tbody>\n");
            }
            Event::Start(Tag::TableCell) => out.push_str(if in_head { "<th>" } else { "<td>" }),
            Event::End(TagEnd::TableCell) => out.push_str(if in_head { "</th>" } else { "</td>" }),
            Event::Start(tag) => out.push_str(opened(&tag)),
            Event::End(tag) => out.push_str(closed(tag)),
            Event::Text(text) => out.push_str(&escape(&clean(&whole(&text)))),
            Event::Code(text) => out.push_str(&format!("<code>{}</code>", escape(&clean(&whole(&text))))),
            Event::SoftBreak => out.push('\n'),
            Event::HardBreak => out.push_str("<br/>\n"),
            Event::InlineHtml(html) if &*html == "<br>" => out.push_str("<br/>"),
            Event::Html(html) | Event::InlineHtml(html) => out.push_str(&escape(&clean(&html))),
            Event::Rule => out.push_str("<hr/>\n"),
            _ => {}
        }
    }
    out
}

/// Without what breaks up references in Markdown: a page for browsers makes none of them, and shows what is not to be seen.
fn whole(text: &str) -> String {
    text.replace(markdown::JOINER, "")
}

/// What opens a part; what has no place on our pages opens nothing.
fn opened(tag: &Tag<'_>) -> &'static str {
    use pulldown_cmark::HeadingLevel::{H1, H2};
    match tag {
        Tag::Paragraph => "<p>",
        Tag::Heading { level: H1 | H2, .. } => "<h2>",
        Tag::Heading { .. } => "<h3>",
        Tag::BlockQuote(_) => "<blockquote>\n",
        Tag::List(Some(_)) => "<ol>\n",
        Tag::List(None) => "<ul>\n",
        Tag::Item => "<li>",
        Tag::Table(_) => "<table class=\"stack\">\n",
        Tag::TableRow => "<tr>",
        Tag::Emphasis => "<em>",
        Tag::Strong => "<strong>",
        _ => "",
    }
}

fn closed(tag: TagEnd) -> &'static str {
    use pulldown_cmark::HeadingLevel::{H1, H2};
    match tag {
        TagEnd::Paragraph => "</p>\n",
        TagEnd::Heading(H1 | H2) => "</h2>\n",
        TagEnd::Heading(_) => "</h3>\n",
        TagEnd::BlockQuote(_) => "</blockquote>\n",
        TagEnd::List(true) => "</ol>\n",
        TagEnd::List(false) => "</ul>\n",
        TagEnd::Item => "</li>\n",
        TagEnd::Table => "</tbody>\n</table>\n",
        TagEnd::TableRow => "</tr>\n",
        TagEnd::Emphasis => "</em>",
        TagEnd::Strong => "</strong>",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_ours_in_markdown_becomes_html_that_a_strict_reader_takes() {
        let foreign = "<b onclick=x> & `c` [a](javascript:b) ![i](https://x.example/p) @octo";
        let text = format!(
            "# A\n\n> **R**: x\n\n- one `code`\n- {}\n\n| a | b |\n| :--- | :--- |\n| {} | **d** |\n\n## B\n\nEnd.\n",
            markdown::escape(foreign),
            markdown::escape(foreign)
        );
        let html = html_of(&text);
        for told in [
            "<h2>A</h2>",
            "<li>one <code>code</code></li>",
            "<th>a</th>",
            "<strong>d</strong>",
            "&lt;b onclick=x&gt;",
        ] {
            assert!(html.contains(told), "{told}: {html}");
        }
        for live in ["<b", "<a", "<img"] {
            assert!(!html.replace("<br", "").replace("<blockquote", "").contains(live), "{live}: {html}");
        }
        assert!(!html.contains("2060"), "what breaks up references is not seen: {html}");
        let opens = html.matches("<td>").count();
        assert_eq!((opens, html.matches("</td>").count()), (2, 2), "{html}");
    }

    #[test]
    fn an_address_ends_neither_its_link_nor_its_cell() {
        let link = Link::parse("https://x.example/a)b|c?d=[e]").unwrap();
        let cell = Cell { link: Some(link), ..Cell::new("t|x") };
        assert_eq!(markdown_cell(&cell), "[t\\|x](https://x.example/a%29b%7Cc?d=%5Be%5D)");
    }
}
