//! What a single character does to an output.

use unicode_width::UnicodeWidthChar as _;

/// How a character behaves when it is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharClass {
    /// Takes at least one column of its own.
    Plain,
    /// Takes none and sits on the character before it: combining marks, joining parts of Hangul syllables.
    Mark,
    /// Acts on the terminal, reorders or hides text, or has no agreed look. Never written out as it is.
    Unfit,
}

/// The class of `c`.
pub(super) fn class(c: char) -> CharClass {
    if c.is_ascii_graphic() || c == ' ' {
        return CharClass::Plain;
    }
    if c.is_control() || is_format(c) || is_ignorable(c) || has_no_agreed_look(c) {
        return CharClass::Unfit;
    }
    // A width of none is given to controls only, and those are gone.
    if c.width() == Some(0) { CharClass::Mark } else { CharClass::Plain }
}

/// General categories Cf, Zl and Zp: bidi controls, zero-width characters, soft hyphen, separators, ...
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
}

/// Default-ignorable code points outside Cf: fillers, variation selectors, tags, and what is reserved for more.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}')
}

/// Private use (a font decides what it looks like) and noncharacters.
fn has_no_agreed_look(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether `c` is one of the symbols that emoji are made of. Letters and ASCII digits never are.
pub(super) fn is_pictograph(c: char) -> bool {
    matches!(c,
        '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | 'Ⓜ'
        | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '〰' | '〽' | '㊗'
        | '㊙' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use icu_properties::CodePointSetData;
    use icu_properties::props::{DefaultIgnorableCodePoint, EnumeratedProperty as _, GeneralCategory};

    /// Unicode's own tables are the oracle for the ranges typed in above.
    #[test]
    fn the_ranges_agree_with_the_unicode_tables() {
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let mut wrong = Vec::new();
        for c in '\0'..=char::MAX {
            let category = GeneralCategory::for_char(c);
            let unfit = matches!(
                category,
                GeneralCategory::Control
                    | GeneralCategory::Format
                    | GeneralCategory::LineSeparator
                    | GeneralCategory::ParagraphSeparator
                    | GeneralCategory::PrivateUse
                    | GeneralCategory::Surrogate
            ) || ignorable.contains(c);
            let nonchar = category == GeneralCategory::Unassigned && has_no_agreed_look(c);
            if !nonchar && unfit != (class(c) == CharClass::Unfit) {
                wrong.push((c, category));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn every_unicode_mark_without_a_width_is_a_mark() {
        for c in '\0'..=char::MAX {
            let nonspacing = matches!(
                GeneralCategory::for_char(c),
                GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
            );
            assert!(!nonspacing || class(c) != CharClass::Plain || c.width() > Some(0), "{c:?}");
        }
    }

    #[test]
    fn no_letter_is_a_pictograph() {
        let is_both = |c: &char| c.is_alphabetic() && is_pictograph(*c);
        assert_eq!(('\0'..='\u{ffff}').filter(is_both).collect::<String>(), "ℹⓂ");
    }
}
