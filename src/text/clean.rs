//! Foreign text in, harmless text out.

use super::class::{CharClass, class, is_pictograph};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The most marks that one base character keeps. Real writing needs three or four; a flood draws over the
/// rows around it. What is beyond is replaced by one `U+FFFD`.
pub const MAX_MARKS: usize = 8;

/// One line of foreign text, safe for any output: no control, format, invisible or private-use character is
/// left. They are shown instead, line breaks and tabs too (`␤`, `␉`).
///
/// Cleaning twice is the same as cleaning once. Length is not limited: see [`super::cap`] and [`super::fit`].
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_printable_ascii(text, false) {
        return Cow::Borrowed(text);
    }
    keep_if_equal(text, Cleaner::default().run(text, LineBreaks::Show))
}

/// As [`clean`], but line breaks stay line breaks: `\n`, and `\r\n` as `\n`. A lone `\r` is shown.
pub fn clean_block(text: &str) -> Cow<'_, str> {
    if is_printable_ascii(text, true) {
        return Cow::Borrowed(text);
    }
    keep_if_equal(text, Cleaner::default().run(text, LineBreaks::Keep))
}

fn is_printable_ascii(text: &str, newline: bool) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~') || newline && b == b'\n')
}

fn keep_if_equal(text: &str, cleaned: String) -> Cow<'_, str> {
    if cleaned == text { Cow::Borrowed(text) } else { Cow::Owned(cleaned) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LineBreaks {
    Show,
    Keep,
}

/// What has been written so far, and what the next mark would sit on.
#[derive(Default)]
struct Cleaner {
    out: String,
    /// None at the start of a line: a mark there would sit on whatever somebody else drew before us.
    base: Option<char>,
    marks: usize,
    /// A variation selector has been left out behind this base already. One is a habit, two are a message.
    selected: bool,
}

impl Cleaner {
    fn run(mut self, text: &str, lines: LineBreaks) -> String {
        self.out.reserve(text.len());
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let next = rest.clone().next();
            if lines == LineBreaks::Keep && (c == '\n' || c == '\r' && next == Some('\n')) {
                if c == '\n' {
                    self.line_break();
                }
                continue;
            }
            match class(c) {
                CharClass::Plain => self.plain(c),
                CharClass::Mark => self.mark(c),
                CharClass::Unfit if self.is_emoji_glue(c, next) => {}
                CharClass::Unfit => self.show(c),
            }
        }
        self.out
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        (self.base, self.marks, self.selected) = (None, 0, false);
    }

    fn plain(&mut self, c: char) {
        self.out.push(c);
        (self.base, self.marks, self.selected) = (Some(c), 0, false);
    }

    fn mark(&mut self, c: char) {
        if self.base.is_none() {
            self.plain('\u{25cc}'); // the dotted circle that stands for "no base"
        }
        self.marks += 1;
        if self.marks <= MAX_MARKS {
            self.out.push(c);
        } else if self.marks == MAX_MARKS + 1 {
            self.out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    /// Whether `c` only asks for another look of the emoji before it, so that leaving it out loses no word.
    fn is_emoji_glue(&mut self, c: char, next: Option<char>) -> bool {
        let on_emoji = self.base.is_some_and(is_pictograph);
        match c {
            '\u{fe0e}' | '\u{fe0f}' => {
                let keycap = next == Some('\u{20e3}')
                    && self.base.is_some_and(|b| b.is_ascii_digit() || matches!(b, '#' | '*'));
                let glue = (on_emoji || keycap) && !self.selected;
                self.selected |= glue;
                glue
            }
            '\u{200d}' => on_emoji && next.is_some_and(is_pictograph),
            _ => false,
        }
    }

    /// Writes the visible form of a character that is unfit to be written.
    fn show(&mut self, c: char) {
        match c {
            '\n' => self.out.push('␤'),
            '\u{7f}' => self.out.push('␡'),
            '\0'..='\u{1f}' => {
                self.out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // Writing to a String cannot fail.
            _ => drop(write!(self.out, "\\u{{{:x}}}", u32::from(c))),
        }
        (self.base, self.marks, self.selected) = (Some('}'), 0, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ascii;
    use crate::cap;
    use crate::fit;
    use crate::fit_ascii;
    use crate::pad;
    use crate::pad_left;
    use crate::width;
    use icu_properties::CodePointSetData;
    use icu_properties::props::{DefaultIgnorableCodePoint, EnumeratedProperty as _, GeneralCategory};
    use proptest::prelude::*;

    /// Judged by Unicode's tables, not by our own.
    fn assert_harmless(out: &str, input: &str) {
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        for c in out.chars().filter(|c| !c.is_ascii() || c.is_ascii_control()) {
            let category = GeneralCategory::for_char(c);
            let bad = matches!(
                category,
                GeneralCategory::Control
                    | GeneralCategory::Format
                    | GeneralCategory::LineSeparator
                    | GeneralCategory::ParagraphSeparator
                    | GeneralCategory::PrivateUse
            );
            assert!(!bad && !ignorable.contains(c), "{input:?} left {c:?} in {out:?}");
        }
    }

    fn check_all(input: &str, cols: usize) {
        let once = clean(input);
        assert_harmless(&once, input);
        assert_eq!(clean(&once), once, "not idempotent for {input:?}");
        let block = clean_block(input);
        assert_harmless(&block.replace('\n', ""), input);
        assert_eq!(clean_block(&block), block, "block not idempotent for {input:?}");
        for (out, exact) in [
            (fit(input, cols), false),
            (fit_ascii(input, cols), false),
            (pad(input, cols), true),
            (pad_left(input, cols), true),
        ] {
            assert_harmless(&out, input);
            let w = width(&out);
            assert!(w <= cols && (!exact || w == cols), "{input:?} at {cols}: {out:?} is {w} wide");
        }
        assert!(fit_ascii(input, cols).is_ascii() && ascii(input).is_ascii());
        assert_harmless(&ascii(input), input);
        assert_harmless(&cap(input, cols), input);
        assert!(cap(input, cols).chars().count() <= cols);
    }

    #[test]
    fn every_scalar_value_is_harmless_in_every_function() {
        let all: Vec<char> = ('\0'..=char::MAX).collect();
        assert_eq!(all.len(), 1_112_064);
        for (n, some) in all.chunks(64).enumerate() {
            let text: String = some.iter().flat_map(|c| [*c, 'a']).collect();
            // Wide enough that nothing is cut; what is cut is the same text, only shorter.
            for out in [
                &*clean(&text),
                &clean_block(&text),
                &pad(&text, 800),
                &fit_ascii(&text, 800),
                &cap(&text, 800),
            ] {
                assert!(!out.ends_with(['…', '~']));
                assert_harmless(&out.replace('\n', ""), &text);
            }
            assert_eq!(clean(&clean(&text)), clean(&text));
            check_all(&String::from_iter(&some[..4]), n % 12);
        }
    }

    #[test]
    fn every_scalar_value_is_harmless_between_emoji() {
        for c in '\0'..=char::MAX {
            let text = String::from_iter([c, '🚀', c, '🚀', c]);
            let once = clean(&text);
            assert_harmless(&once, &text);
            assert_eq!(clean(&once), once, "{c:?}");
        }
    }

    #[test]
    fn controls_are_shown() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}\u{7f}"), "a␛[31mred␇␡");
        assert_eq!(clean("one\ttwo\nthree\rfour\0"), "one␉two␤three␍four␀");
        assert_eq!(clean("\u{9b}31m\u{85}"), "\\u{9b}31m\\u{85}");
        assert_eq!(
            clean("GO\u{202e}OG-ON\u{2066}\u{ad}\u{200b}"),
            "GO\\u{202e}OG-ON\\u{2066}\\u{ad}\\u{200b}"
        );
        assert_eq!(clean("\u{e0041}\u{e000}\u{fdd0}"), "\\u{e0041}\\u{e000}\\u{fdd0}");
    }

    #[test]
    fn a_block_keeps_its_lines_and_nothing_else() {
        assert_eq!(clean_block("a\nb\r\nc\rd\te\u{2028}"), "a\nb\nc␍d␉e\\u{2028}");
        assert_eq!(clean_block("a\r\r\n\nb"), "a␍\n\nb");
    }

    #[test]
    fn ordinary_writing_is_left_alone_and_not_copied() {
        for text in [
            "QA stands behind it",
            "naïve Ångström",
            "リリース",
            "выпуск",
            "שלום",
            "🚀 e\u{301}\u{323}",
            "한글",
        ] {
            assert!(matches!(clean(text), Cow::Borrowed(t) if t == text), "{text}");
        }
    }

    #[test]
    fn emoji_stay_without_their_glue() {
        assert_eq!(
            clean("⚠\u{fe0f} 1\u{fe0f}\u{20e3} 👩🏽\u{200d}💻 🏳\u{fe0f}\u{200d}🌈"),
            "⚠ 1\u{20e3} 👩🏽💻 🏳🌈"
        );
    }

    #[test]
    fn glue_that_glues_nothing_is_shown() {
        assert_eq!(clean("a\u{fe0f}"), "a\\u{fe0f}");
        assert_eq!(clean("⚠\u{fe0f}\u{fe0f}\u{fe01}"), "⚠\\u{fe0f}\\u{fe01}");
        assert_eq!(clean("a\u{200d}b 🚀\u{200d}"), "a\\u{200d}b 🚀\\u{200d}");
    }

    #[test]
    fn marks_do_not_flood_and_never_sit_on_what_is_not_theirs() {
        let flood = format!("Z{}x", "\u{301}".repeat(5_000));
        assert_eq!(clean(&flood), format!("Z{}\u{fffd}x", "\u{301}".repeat(MAX_MARKS)));
        assert_eq!(clean("\u{301}a"), "\u{25cc}\u{301}a");
        assert_eq!(clean_block("a\n\u{301}"), "a\n\u{25cc}\u{301}");
    }

    /// Text made mostly of what hurts.
    fn hostile() -> impl Strategy<Value = String> {
        let sharp = prop::sample::select(vec![
            '\u{1b}',
            '\n',
            '\r',
            '\t',
            '\u{9b}',
            '\u{202e}',
            '\u{200d}',
            '\u{fe0f}',
            '\u{301}',
            '\u{20e3}',
            '🚀',
            '👩',
            '🏽',
            '🇩',
            '1',
            'ᄀ',
            '\u{1161}',
            'क',
            '\u{94d}',
            '\u{d4e}',
            '世',
            ' ',
            'a',
            '\u{e0061}',
            '\u{115f}',
            '\u{25cc}',
        ]);
        prop::collection::vec(prop_oneof![4 => sharp, 1 => any::<char>()], 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]
        #[test]
        fn hostile_text_is_harmless(text in hostile(), cols in 0_usize..30) {
            check_all(&text, cols);
        }

        #[test]
        fn cleaning_a_block_is_cleaning_its_lines(text in hostile()) {
            let whole = clean_block(&text);
            let lines: Vec<_> = text.replace("\r\n", "\n").split('\n').map(|l| clean(l).into_owned()).collect();
            prop_assert_eq!(whole, lines.join("\n"));
        }
    }
}
