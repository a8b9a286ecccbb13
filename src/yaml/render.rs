//! Problems as people see them: the line, a mark under it, and what to write instead.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::source::floor;
use super::{Problem, SourceText, Span};

/// Bytes of a long line that are shown before and after its mark.
const WINDOW: usize = 400;
const COLUMNS: usize = 120;

/// Draws the problems in the order of the file, without colour. Everything that comes from the file or its
/// name passes `clean` first, in pieces of at most a line: pass the sanitiser of the text room.
pub fn render(problems: &[Problem], source: &SourceText, clean: &dyn Fn(&str) -> String) -> String {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.span.map_or(0, |span| span.start));
    let renderer = Renderer::plain().term_width(COLUMNS);
    let draw = |problem: &&Problem| {
        let drawn = renderer.render(&[group(problem, source, clean)]);
        relocate(&drawn, problem.span, &clean(source.name()))
    };
    sorted.iter().map(draw).collect::<Vec<_>>().join("\n\n")
}

/// Cleaning and cutting a line moves its columns: puts the true ones into the arrow line.
fn relocate(drawn: &str, span: Option<Span>, name: &str) -> String {
    let Some(span) = span else { return drawn.to_owned() };
    let Some((head, tail)) = drawn.split_once("--> ") else { return drawn.to_owned() };
    let rest = tail.find('\n').map_or("", |at| &tail[at..]);
    format!("{head}--> {name}:{}:{}{rest}", span.line, span.column)
}

/// As [`render`] for text that is known to be harmless, such as files bundled with the program.
pub fn render_plain(problems: &[Problem], source: &SourceText) -> String {
    render(problems, source, &str::to_owned)
}

fn group<'a>(problem: &'a Problem, source: &SourceText, clean: &dyn Fn(&str) -> String) -> Group<'a> {
    let title = Level::ERROR.primary_title(clean(&problem.message)).id(problem.code);
    let mut group = Group::with_title(title);
    let Some(span) = problem.span else {
        return with_help(group.element(Origin::path(clean(source.name()))), problem, clean);
    };
    let also = problem.also.as_ref().filter(|(also, _)| also.line != span.line || also.start != span.start);
    let mut lines = vec![ShownLine::cut(source, span, clean)];
    if let Some((also, _)) = also
        && also.line != span.line
    {
        lines.push(ShownLine::cut(source, *also, clean));
    }
    for line in lines {
        let snippet = Snippet::source(line.text.clone()).path(clean(source.name()));
        let mut snippet = snippet.line_start(line.number as usize).fold(false);
        if line.number == span.line {
            let mark = AnnotationKind::Primary.span(line.mark(source, span, clean));
            snippet = snippet.annotation(mark.label(clean(&problem.label)));
        }
        if let Some((also, label)) = also.filter(|(also, _)| also.line == line.number) {
            let mark = AnnotationKind::Context.span(line.mark(source, *also, clean));
            snippet = snippet.annotation(mark.label(clean(label)));
        }
        group = group.element(snippet);
    }
    with_help(group, problem, clean)
}

fn with_help<'a>(group: Group<'a>, problem: &Problem, clean: &dyn Fn(&str) -> String) -> Group<'a> {
    match &problem.help {
        Some(help) => group.element(Level::HELP.message(clean(help))),
        None => group,
    }
}

/// One line of the source, cleaned and cut to what can be shown.
struct ShownLine {
    number: u32,
    /// Bytes of the source that are shown.
    start: usize,
    end: usize,
    /// What stands for what was cut off in front.
    lead: &'static str,
    text: String,
}

impl ShownLine {
    fn cut(source: &SourceText, span: Span, clean: &dyn Fn(&str) -> String) -> Self {
        let text = source.text();
        let at = floor(text, span.start);
        let breaks = ['\n', '\r'];
        // Never further than what is shown: a line may be as long as the file, and the file full of problems.
        let (low, high) = (floor(text, at.saturating_sub(WINDOW)), floor(text, at + WINDOW));
        let first = text[low..at].rfind(breaks).map(|found| low + found + 1);
        let whole = first.is_some() || low == 0 || text[..low].ends_with(breaks);
        let start = first.unwrap_or(low);
        let end = text[at..high].find(breaks).map_or(high, |length| at + length);
        let lead = if whole { "" } else { "…" };
        let shown = format!("{lead}{}", tabless(&clean(&text[start..end])));
        Self { number: span.line, start, end, lead, text: shown }
    }

    /// The range of the shown text that a span covers, on this line.
    fn mark(
        &self,
        source: &SourceText,
        span: Span,
        clean: &dyn Fn(&str) -> String,
    ) -> std::ops::Range<usize> {
        let text = source.text();
        let width = |from: usize, to: usize| tabless(&clean(&text[floor(text, from)..floor(text, to)])).len();
        let at = span.start.clamp(self.start, self.end);
        let end = span.end.clamp(at, self.end);
        let from = floor(&self.text, self.lead.len() + width(self.start, at));
        from..floor(&self.text, from + width(at, end)).max(from)
    }
}

/// A tab as wide as the marks under it.
fn tabless(text: &str) -> String {
    text.replace('\t', "    ")
}
