//! What a query costs by Linear's published rule, so that the cap is never discovered by an error.
//!
//! A scalar costs 0.1, an object 1 and what is in it; a connection multiplies what is in it by `first`. Counted in
//! tenths, because the rule rounds up only once.

use super::document::fragment;

/// The most that one query may cost.
pub(super) const CAP: u64 = 10_000;

/// What the server assumes where a connection has no `first`.
const DEFAULT_PAGE: u64 = 50;

/// The cost of some fields, in tenths of a point.
pub(super) fn tenths(fields: &str) -> u64 {
    CostScanner { rest: fields }.selection().0
}

struct CostScanner<'a> {
    rest: &'a str,
}

impl<'a> CostScanner<'a> {
    /// Everything up to the closing brace or the end: its cost, and whether it is the inside of a connection.
    fn selection(&mut self) -> (u64, bool) {
        let (mut sum, mut connection) = (0, false);
        loop {
            self.skip_blanks();
            if self.rest.is_empty() || self.eat("}") {
                return (sum, connection);
            }
            if self.eat("...") {
                let (cost, inside) = Self { rest: fragment(self.word()).unwrap_or_default() }.selection();
                (sum, connection) = (sum + cost, connection || inside);
            } else {
                let (cost, name) = self.field();
                (sum, connection) = (sum + cost, connection || name == "nodes");
            }
        }
    }

    fn field(&mut self) -> (u64, &'a str) {
        let mut name = self.word();
        self.skip_blanks();
        if self.eat(":") {
            self.skip_blanks();
            name = self.word();
            self.skip_blanks();
        }
        let page = self.arguments();
        self.skip_blanks();
        if !self.eat("{") {
            return (1, name);
        }
        let (inside, connection) = self.selection();
        let cost = match page {
            Some(first) => first * inside,
            None if connection => DEFAULT_PAGE * inside,
            None => 10 + inside,
        };
        (cost, name)
    }

    /// Reads past the arguments; the value of `first`, if there.
    fn arguments(&mut self) -> Option<u64> {
        let inside = self.rest.strip_prefix('(')?;
        let (arguments, rest) = inside.split_once(')').unwrap_or((inside, ""));
        self.rest = rest;
        arguments.split(',').find_map(|argument| {
            let (name, value) = argument.split_once(':')?;
            (name.trim() == "first").then(|| value.trim().parse().ok())?
        })
    }

    /// A name. Anything else is skipped by one character, so that a walk always ends.
    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let end = if end == 0 { self.rest.chars().next().map_or(0, char::len_utf8) } else { end };
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn eat(&mut self, mark: &str) -> bool {
        let after = self.rest.strip_prefix(mark);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\t', '\r', ',']);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields that the rule was published with.
    fn gate(first: u32) -> String {
        format!(
            "g: issues(first: {first}, filter: $g) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ id identifier \
             title url updatedAt completedAt dueDate priority state {{ name type }} assignee {{ displayName }} }} }}"
        )
    }

    #[test]
    fn the_published_examples_come_out() {
        assert_eq!([10, 50, 250].map(|first| tenths(&gate(first))), [530, 2_650, 13_250]);
        assert_eq!(tenths(&gate(10).repeat(40)), 21_200);
        let projects = "projects(first: 10) { pageInfo { hasNextPage } nodes { id name slugId url targetDate progress \
             health healthUpdatedAt status { name type } lead { displayName } lastUpdate { health isStale createdAt \
             url } projectMilestones(first: 10) { nodes { name status progress targetDate } } } }";
        assert_eq!(tenths(projects), 2_060);
    }

    #[test]
    fn a_connection_without_first_costs_fifty_times() {
        assert_eq!(tenths("teams { nodes { key } }"), 50 * 11);
        assert_eq!(tenths("viewer { id }"), 11);
    }

    #[test]
    fn a_fragment_costs_what_is_in_it() {
        let row = 4 + 12 + 12;
        assert_eq!(tenths("issues(first: 10, filter: $0) { ...IssuePage }"), 10 * (12 + 10 + row));
    }
}
