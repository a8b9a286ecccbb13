//! Finding what was meant by some of its letters.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

/// Words that are looked for: each of them has to be found. Capitals and accents make no difference.
pub(crate) struct Fuzzy {
    matcher: Matcher,
    words: Pattern,
    letters: Vec<char>,
}

/// How words are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finds {
    /// As they stand.
    Words,
    /// By their letters in this order, whatever is between them.
    Letters,
}

impl Fuzzy {
    /// Looks for all words of `query`.
    pub fn new(query: &str, finds: Finds) -> Self {
        let kind = match finds {
            Finds::Words => AtomKind::Substring,
            Finds::Letters => AtomKind::Fuzzy,
        };
        let words = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, kind);
        Self { matcher: Matcher::new(Config::DEFAULT), words, letters: Vec::new() }
    }

    /// How well they are found in `text`: more is better. `None`: they are not.
    pub fn score(&mut self, text: &str) -> Option<u32> {
        let Self { matcher, words, letters } = self;
        words.score(Utf32Str::new(text, letters), matcher)
    }

    /// Which letters of `text` were meant, counted from 0 by graphemes, in order; also where only some of the words are in it.
    pub fn marks(&mut self, text: &str) -> Vec<u32> {
        let Self { matcher, words, letters } = self;
        let mut marks = Vec::new();
        for word in &words.atoms {
            // What is added before it is known that the word is not there is taken back.
            let before = marks.len();
            if word.indices(Utf32Str::new(text, letters), matcher, &mut marks).is_none() {
                marks.truncate(before);
            }
        }
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_in_their_order_and_words_as_they_stand() {
        let mut letters = Fuzzy::new("nxtblk", Finds::Letters);
        assert!(letters.score("next blocker").is_some());
        assert_eq!(letters.marks("Next Blocker"), [0, 2, 3, 5, 6, 9]);
        assert_eq!(letters.score("blocker, next"), None);
        let mut words = Fuzzy::new("GATE smo", Finds::Words);
        assert_eq!(words.marks("smoke gate"), [0, 1, 2, 6, 7, 8, 9]);
        assert_eq!(words.score("smo ate"), None);
        assert_eq!(words.marks("smo ate"), [0, 1, 2], "what is there is marked");
        // Nothing that is typed is an operator.
        assert_eq!(Fuzzy::new("!x", Finds::Letters).score("abc"), None);
        assert_eq!(Fuzzy::new("^b", Finds::Words).score("b"), None);
    }

    #[test]
    fn marks_count_letters_as_they_are_drawn() {
        assert_eq!(Fuzzy::new("z", Finds::Letters).marks("e\u{301}👩🏽\u{200d}💻z"), [2]);
    }
}
