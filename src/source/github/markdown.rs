//! What people wrote, read as GitHub shows it: `CommonMark` with task lists, by a parser and not by guesses. Whatever is
//! doubtful counts against a go: a box that may be one is open, a line that may be something else says nothing.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Stands in a line for what is no plain text: code, HTML, an image.
const OTHER: char = '\u{fffc}';

/// One box and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TaskItem {
    pub(super) ticked: bool,
    pub(super) text: String,
}

/// Every box outside of code and of HTML comments. `[ ]` counts as an open one wherever it stands, also where GitHub
/// makes no box of it: a person who reads it sees one. So does any other mark (`[~]`, `[-]`, `[!]`) at the beginning of
/// an item: lists have legends of their own, and only a tick is a tick.
pub(super) fn tasks(body: &str) -> Vec<TaskItem> {
    let mut reader = Boxes::default();
    for event in parse(body, Options::empty()) {
        reader.take(event);
    }
    reader.end_line();
    reader.tasks
}

/// The lines that a person wrote as plain text: of paragraphs and headings outside lists, tables and quotes,
/// outside of code, and before any HTML (which may hide, strike or quote what follows). Bold and italic make no
/// difference; a line with anything else in it, such as a link, holds a character that no phrase has.
pub(super) fn lines(body: &str) -> Vec<String> {
    let mut reader = LineBuilder::default();
    for event in parse(body, Options::ENABLE_MATH) {
        reader.take(event);
        if reader.html {
            break;
        }
    }
    reader.lines
}

/// The lines that begin with `start`, wherever they stand but in a quote: for words that must not be overlooked. Marks
/// of lists, headings and bold before it are passed over, upper and lower case are the same.
pub(super) fn any_line_begins(body: &str, start: &str) -> bool {
    let marks = |c: char| c.is_whitespace() || "*_#-+~`".contains(c);
    let start = start.to_lowercase();
    let start = start.trim_start_matches(marks);
    body.lines().filter(|line| !line.trim_start().starts_with('>')).any(|line| {
        let line = line.to_lowercase();
        let rest = line.trim_start_matches(marks).strip_prefix(start);
        rest.is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_'))
    })
}

fn parse(body: &str, more: Options) -> Parser<'_> {
    let usual = Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(body, usual | more)
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

fn ends_inline(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

#[derive(Default)]
struct Boxes {
    tasks: Vec<TaskItem>,
    /// The box that GitHub makes at the beginning of this line.
    mark: Option<bool>,
    /// The line as it is shown, and without what is code.
    shown: String,
    plain: String,
    code: bool,
    html: String,
}

impl Boxes {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_line();
                self.code = true;
            }
            Event::End(TagEnd::CodeBlock) => self.code = false,
            Event::Text(_) if self.code => {}
            Event::Text(text) => {
                self.shown.push_str(&text);
                self.plain.push_str(&text);
            }
            Event::Code(text) => {
                self.shown.push_str(&text);
                self.plain.push(OTHER);
            }
            Event::InlineHtml(_) => self.plain.push(OTHER),
            Event::Html(text) => self.html.push_str(&text),
            Event::TaskListMarker(ticked) => {
                self.end_line();
                self.mark = Some(ticked);
            }
            Event::Start(tag) if is_inline(&tag) => {}
            Event::End(tag) if ends_inline(tag) => {}
            Event::End(TagEnd::HtmlBlock) => self.end_html(),
            _ => self.end_line(),
        }
    }

    fn end_line(&mut self) {
        let text = std::mem::take(&mut self.shown).trim().to_owned();
        let plain = std::mem::take(&mut self.plain);
        let open = has_open_box(&plain);
        if let Some(ticked) = self.mark.take() {
            self.tasks.push(TaskItem { ticked, text: text.clone() });
        }
        if open {
            self.tasks.push(TaskItem { ticked: false, text });
        }
    }

    /// Text inside HTML is text to people, unless it is in a comment that ends.
    fn end_html(&mut self) {
        let html = std::mem::take(&mut self.html);
        let lines = without_comments(&html);
        let open = lines.lines().filter(|line| has_open_box(line));
        self.tasks.extend(open.map(|line| TaskItem { ticked: false, text: line.trim().to_owned() }));
    }
}

/// Whether there is `[ ]` in a line, or `[]` at its beginning.
fn has_open_box(line: &str) -> bool {
    let bare = line.trim_start_matches(|c: char| c.is_whitespace() || "-*+>".contains(c));
    bare.starts_with("[]")
        || has_other_mark(bare)
        || line.split('[').skip(1).any(|rest| {
            let inside = rest.split_once(']').map(|(inside, _)| inside);
            inside.is_some_and(|inside| !inside.is_empty() && inside.trim().is_empty())
        })
}

/// Whether a line begins with one sign in brackets that is no tick. Digits are those of a reference.
fn has_other_mark(bare: &str) -> bool {
    let Some((inside, rest)) = bare.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return false;
    };
    let mut signs = inside.trim().chars().filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}'));
    let one = signs.next().filter(|_| signs.next().is_none());
    one.is_some_and(|sign| !matches!(sign, 'x' | 'X') && !sign.is_ascii_digit() && sign != OTHER)
        && rest.chars().next().is_none_or(char::is_whitespace)
}

/// An open comment hides nothing: what follows is kept.
fn without_comments(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        match after.split_once("-->") {
            Some((_, tail)) => rest = tail,
            None => {
                rest = after;
                break;
            }
        }
    }
    out.push_str(rest);
    out
}

#[derive(Default)]
struct LineBuilder {
    lines: Vec<String>,
    line: String,
    /// Blocks around this one that are neither paragraph nor heading.
    around: usize,
    /// Struck out, or a link or image.
    marked: usize,
    html: bool,
}

impl LineBuilder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => {
                self.line.push_str(&text);
                if self.marked > 0 {
                    self.line.push(OTHER);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => {
                self.end_line();
            }
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Paragraph | Tag::Heading { .. })
            | Event::End(TagEnd::Emphasis | TagEnd::Strong)
            | Event::Rule => {}
            Event::Html(_) | Event::InlineHtml(_) => self.html = true,
            Event::Start(tag) if is_inline(&tag) => self.marked += 1,
            Event::End(tag) if ends_inline(tag) => self.marked = self.marked.saturating_sub(1),
            Event::Start(_) => self.around += 1,
            Event::End(_) => {
                self.around = self.around.saturating_sub(1);
                self.line.clear();
            }
            _ => self.line.push(OTHER),
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if self.around == 0 {
            self.lines.push(line.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(text: &str) -> String {
        tasks(text).iter().map(|task| if task.ticked { 'x' } else { '.' }).collect()
    }

    #[test]
    fn every_kind_of_list_counts() {
        let kinds = ["- [ ] a\n- [x] b", "* [ ] a\n* [X] b", "1. [ ] a\n2. [x] b", "12) [ ] a\n13) [x] b"];
        for list in kinds {
            assert_eq!(boxes(list), ".x", "{list}");
        }
        assert_eq!(boxes("- [x] a\n  - [ ] deep\n\n> - [x] quoted"), "x.x");
        assert_eq!(tasks("- [x]  Ship `it` **now** ")[0].text, "Ship it now");
        assert_eq!(tasks("- [ ] a\n  more")[0].text, "a");
    }

    #[test]
    fn what_only_looks_ticked_is_not() {
        for text in ["[x] a", "-[x] a", "- [xx] a", "- [x](link)", "text - [x] a", "a - [x] b", "- [1] a"] {
            assert_eq!(boxes(text), "", "{text}");
        }
    }

    #[test]
    fn a_box_that_may_be_open_is() {
        for text in [
            "[ ] a",
            "-[ ] a",
            "- []",
            "- [] a",
            "- [ ]a",
            "- [ ]",
            "- [\u{a0}] a",
            "| a | [ ] |",
            "text [ ] a",
        ] {
            assert_eq!(boxes(text), ".", "{text}");
        }
        assert_eq!(boxes("- [x] a [ ] b"), "x.");
        assert_eq!(boxes("| a |\n|---|\n| [ ] |\n\n- [x] b"), ".x");
        assert_eq!(boxes("<details>\n- [ ] a\n</details>\n\n- [x] b"), ".x");
        assert_eq!(boxes("a list of Vec[] and f()[0]"), "", "no box for anybody");
    }

    #[test]
    fn other_marks_are_no_ticks() {
        let list = "- [x] Notes\n- [~] Packaging\n- [-] Mirrors\n- [!] Signing\n1. [/] Docs\n- [✓] Tests\n- [y] Site";
        assert_eq!(boxes(list), "x......");
        for text in ["- [~](https://example.com)", "> [!NOTE]\n> text", "- [^1] a", "- [RFC] a", "a [~] b"] {
            assert_eq!(boxes(text), "", "{text}");
        }
    }

    #[test]
    fn code_and_comments_are_left_out() {
        for text in [
            "```\n- [ ] a\n```\n- [x] b",
            "~~~~ md\n- [ ] a\n~~~\n- [ ] b\n~~~~\n- [x] c",
            "<!-- - [ ] a -->\n\n- [x] b <!-- [ ] -->",
            "    - [ ] a\n\n- [x] b",
            "- [x] b `[ ]`",
        ] {
            assert_eq!(boxes(text), "x", "{text}");
        }
    }

    #[test]
    fn what_looks_like_the_beginning_of_code_or_of_a_comment_hides_no_open_box() {
        for text in [
            "- [x] see `<!--` here\n- [ ] b\n- and `-->`",
            "- [x] ```inline``` code\n- [ ] b",
            "```inline``` and\n\n- [x] a\n- [ ] b",
            "- [x] a\n  ```\n  never closed\n- [ ] b",
            "- [x] a\n\n<!-- never closed\n- [ ] b",
            "- [x] a\n\n``` b`c\n- [ ] b",
        ] {
            assert!(boxes(text).contains('.'), "{text}: {}", boxes(text));
        }
    }

    #[test]
    fn plain_lines_are_those_that_people_wrote_themselves() {
        let written =
            ["/go", "Checked.\n/go", "Checked.\n\n  /go  ", "**/go**", "/go\n---", "# /go", "/go\n> quoted"];
        for text in written {
            assert!(lines(text).iter().any(|line| line == "/go"), "{text}: {:?}", lines(text));
        }
        let others = [
            "> /go",
            "> quoted\n/go",
            "- /go",
            "`/go`",
            "```\n/go\n```",
            "```\n~~~\n/go\n~~~\n```",
            "~~~\n```\n~~~\n~~~\n/go\n~~~",
            "text\n\n    /go",
            "<!-- /go -->",
            "<!--\n\n/go\n\n-->",
            "<!-- never closed\n\n/go",
            "<blockquote>\n\n/go\n\n</blockquote>",
            "a <s>b\n/go\nc</s>",
            "~~/go~~",
            "~~a\n/go\nb~~",
            "[/go](https://example.com)",
            "![a\n/go\nb](https://example.com/i.png)",
            "$$\n/go\n$$",
            "| /go |\n|---|",
            "/go? No, wait",
            "/go `now`",
            "[x]:\n/go",
        ];
        for text in others {
            assert!(!lines(text).iter().any(|line| line == "/go"), "{text}: {:?}", lines(text));
        }
    }

    #[test]
    fn a_line_that_begins_so_is_found_anywhere_but_in_a_quote() {
        for text in ["/no-go", "- /no-go: a bug", "**/No-Go**", "```\n/no-go\n```", "x\n  /no-go, sorry"] {
            assert!(any_line_begins(text, "/no-go"), "{text}");
        }
        for text in ["> /no-go", "/no-going", "I said /no-go before", "/go"] {
            assert!(!any_line_begins(text, "/no-go"), "{text}");
        }
    }
}
