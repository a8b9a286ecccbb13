//! A text that is being typed: one line, or several where people give reasons. The cursor stands between graphemes, never inside one.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::Action;

/// No field holds more characters.
pub(crate) const LONGEST: usize = 1_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextField {
    text: String,
    /// In bytes, on a grapheme boundary.
    cursor: usize,
    /// It may have several lines.
    lines: bool,
}

impl TextField {
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text, lines: false }
    }

    /// The same, of several lines if whoever types wants them.
    pub fn of_lines(text: impl Into<String>) -> Self {
        Self { lines: true, ..Self::new(text) }
    }

    /// Begins a line, where there may be several.
    pub fn break_line(&mut self) {
        if self.lines {
            self.insert("\n");
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before and behind the cursor.
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""))
    }

    /// Types or pastes. Tabs, and line breaks where there is one line, become one space each; other controls are left out.
    pub fn insert(&mut self, foreign: &str) {
        let room = LONGEST.saturating_sub(self.text.chars().count());
        let line = foreign.replace("\r\n", "\n");
        let line = line.chars().map(|c| match c {
            '\n' | '\r' if self.lines => '\n',
            '\n' | '\r' | '\t' => ' ',
            c => c,
        });
        let taken: String = line.filter(|c| *c == '\n' || !c.is_control()).take(room).collect();
        self.text.insert_str(self.cursor, &taken);
        // What was typed may join the letter behind it, a combining mark for one.
        self.cursor = self.boundary_at_or_after(self.cursor + taken.len());
    }

    /// Moves or deletes, if `action` is one that does; whether the text is another one now is the answer.
    pub fn edit(&mut self, action: Action) -> bool {
        let before = self.text.len();
        match action {
            Action::CursorLeft => self.left(),
            Action::CursorRight => self.right(),
            Action::CursorHome => self.home(),
            Action::CursorEnd => self.end(),
            Action::DeleteBack => self.delete_back(),
            Action::DeleteForward => self.delete_forward(),
            Action::DeleteWord => self.delete_word(),
            Action::DeleteAll => self.clear(),
            _ => {}
        }
        self.text.len() != before
    }

    pub fn left(&mut self) {
        self.cursor = self.before();
    }

    pub fn right(&mut self) {
        self.cursor = self.after();
    }

    pub fn home(&mut self) {
        self.cursor = 0;
    }

    pub fn end(&mut self) {
        self.cursor = self.text.len();
    }

    pub fn delete_back(&mut self) {
        let from = self.before();
        self.cut(from, self.cursor);
    }

    pub fn delete_forward(&mut self) {
        let to = self.after();
        self.cut(self.cursor, to);
    }

    pub fn delete_word(&mut self) {
        let (before, _) = self.halves();
        let kept = before.trim_end().rfind(char::is_whitespace).map_or(0, |at| {
            let width = before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            at + width
        });
        self.cut(kept, self.cursor);
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
    }

    fn cut(&mut self, from: usize, to: usize) {
        if from < to {
            self.text.replace_range(from..to, "");
        }
        self.cursor = self.boundary_at_or_after(from);
    }

    fn before(&self) -> usize {
        let (before, _) = self.halves();
        before.grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let (_, behind) = self.halves();
        self.cursor + behind.graphemes(true).next().map_or(0, str::len)
    }

    fn boundary_at_or_after(&self, at: usize) -> usize {
        let starts = self.text.grapheme_indices(true).map(|(start, _)| start);
        starts.chain([self.text.len()]).find(|start| *start >= at).unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_are_never_cut_in_half() {
        let mut field = TextField::new("ae\u{301}👩🏽\u{200d}💻z");
        field.left();
        field.delete_back();
        assert_eq!(field.text(), "ae\u{301}z");
        field.delete_back();
        assert_eq!(field.text(), "az");
        field.insert("世");
        assert_eq!(field.halves(), ("a世", "z"));
        field.home();
        field.delete_forward();
        assert_eq!(field.text(), "世z");
    }

    #[test]
    fn reasons_may_have_lines() {
        let mut field = TextField::of_lines("");
        field.insert("one\r\ntwo\rthree\tfour\u{7}");
        field.break_line();
        assert_eq!(field.text(), "one\ntwo\nthree four\n");
        field.delete_back();
        field.delete_word();
        assert_eq!(field.text(), "one\ntwo\nthree ");
        let mut field = TextField::default();
        field.break_line();
        assert_eq!(field.text(), "");
    }

    #[test]
    fn pasted_lines_become_one_and_controls_are_left_out() {
        let mut field = TextField::default();
        field.insert("one\r\ntwo\n\tthree\u{1b}[31m\u{7}");
        assert_eq!(field.text(), "one two  three[31m");
    }

    #[test]
    fn words_go_one_at_a_time() {
        let mut field = TextField::new("one two\u{3000}three  ");
        for left in ["one two\u{3000}", "one ", "", ""] {
            field.delete_word();
            assert_eq!(field.text(), left);
        }
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut field = TextField::default();
        field.insert(&"x".repeat(1_000_000));
        field.insert("y");
        assert_eq!(field.text().chars().count(), LONGEST);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]
        #[test]
        fn the_cursor_stays_between_letters(steps in prop::collection::vec((0_u8..9, any::<String>()), 0..40)) {
            let mut field = TextField::default();
            for (step, text) in steps {
                match step {
                    0 | 1 => field.insert(&text),
                    2 => field.left(),
                    3 => field.right(),
                    4 => field.delete_back(),
                    5 => field.delete_forward(),
                    6 => field.delete_word(),
                    7 => field.home(),
                    _ => field.end(),
                }
                let cursor = field.halves().0.len();
                let mut starts = field.text().grapheme_indices(true).map(|(at, _)| at).chain([field.text().len()]);
                prop_assert!(starts.any(|at| at == cursor));
            }
        }
    }
}
