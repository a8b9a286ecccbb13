//! The fixed questions to GraphQL: one file of `queries/` each, a complete document that can be checked by itself.
//!
//! Nothing a user wrote ever becomes part of a document; it travels as a variable.

use super::needs::{self, Needs};
use std::{
    hash::{Hash, Hasher},
    sync::OnceLock,
};

/// One fixed question.
pub struct QueryTemplate {
    /// The file's stem, also what findings give as their lineage.
    pub name: &'static str,
    /// What is asked about, for messages.
    pub what: &'static str,
    /// The permissions that a token needs for it.
    pub needs: Needs,
    /// Asked in a request apart from the light ones.
    pub heavy: bool,
    text: &'static str,
    parts: OnceLock<Option<TemplateParts>>,
}

/// What a file is made of.
#[derive(Debug, PartialEq, Eq)]
pub struct TemplateParts {
    /// Variables of the selection with their types; `owner` and `name` of a repository are not among them.
    pub variables: Vec<(String, String)>,
    /// Whether the selection is inside a repository.
    pub in_repository: bool,
    /// The selection without its alias.
    pub selection: String,
    /// Fragments by name.
    pub fragments: Vec<(String, String)>,
}

macro_rules! shapes {
    ($($ident:ident $file:literal $weight:ident $what:literal [$($needs:ident),*])*) => {
        $(pub(super) static $ident: QueryTemplate = QueryTemplate {
            name: $file,
            what: $what,
            needs: &[$(&needs::$needs),*],
            heavy: shapes!(@$weight),
            text: include_str!(concat!("queries/", $file, ".graphql")),
            parts: OnceLock::new(),
        };)*
        /// Every shape there is.
        #[cfg(test)]
        pub(super) static ALL: &[&QueryTemplate] = &[$(&$ident),*];
    };
    (@light) => { false };
    (@heavy) => { true };
}

shapes! {
    REPOSITORY "repository" light "the repository" [METADATA]
    REF "ref" light "the branch or tag" [CONTENTS]
    DEFAULT_BRANCH "default_branch" light "the default branch" [CONTENTS]
    OBJECT "object" light "the commit" [CONTENTS]
    ROLLUP "rollup" heavy "the checks" [CHECKS, STATUSES, ACTIONS]
    PULL_REQUEST "pull_request" light "the pull request" [PULLS]
    PULL_REQUESTS_OF_BRANCH "pull_requests_of_branch" light "pull requests of the branch" [PULLS]
    REVIEWS "reviews" light "the reviews" [PULLS]
    REVIEW_REQUESTS "review_requests" light "review requests" [PULLS]
    LABEL "label" light "the label" [ISSUES]
    ISSUES "issues" light "open issues" [ISSUES]
    PULL_REQUESTS "pull_requests" light "open pull requests" [PULLS]
    MILESTONE_ISSUES "milestone_issues" light "open issues of the milestone" [ISSUES]
    MILESTONE_PULL_REQUESTS "milestone_pull_requests" light "open pull requests of the milestone" [PULLS]
    MILESTONES "milestones" light "milestones" [ISSUES, PULLS]
    ISSUE "issue" light "the issue" [ISSUES]
    ISSUE_REASON "issue_reason" light "the issue" [ISSUES]
    ISSUE_TASKS "issue_tasks" light "the issue" [ISSUES]
    ISSUE_PARTS "issue_parts" light "sub-issues" [ISSUES]
    SUB_ISSUES "sub_issues" light "sub-issues" [ISSUES]
    RELEASE "release" light "the release" [CONTENTS]
    RELEASES "releases" light "releases" [DRAFTS]
    ENVIRONMENT "environment" light "the environment" [ACTIONS]
    DEPLOYMENTS "deployments" light "deployments" [DEPLOYMENTS]
    FILE "file" light "the file" [CONTENTS]
    BRANCH_RULE "branch_rule" light "branch protection" [CONTENTS]
    PROJECT "project" light "the project" [PROJECTS]
    MERGE_QUEUE "merge_queue" light "the merge queue" [PULLS]
    COMMENTS "comments" light "comments" [ISSUES]
    VIEWER "viewer" light "the token's user" []
}

impl QueryTemplate {
    /// The parts; `None` if the file is not laid out as it must be, which a test rules out.
    pub fn parts(&self) -> Option<&TemplateParts> {
        self.parts.get_or_init(|| TemplateParts::read(self.text)).as_ref()
    }
}

impl PartialEq for QueryTemplate {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for QueryTemplate {}

impl Hash for QueryTemplate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl std::fmt::Debug for QueryTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl TemplateParts {
    fn read(text: &str) -> Option<Self> {
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .flat_map(|line| [line, "\n"])
            .collect();
        let head = code.split_once('{')?.0;
        let in_repository = code.contains("repository(owner: $owner, name: $name) {");
        let fact = code.split_once("fact: ")?.1;
        let selection = &fact[..end_of_selection(fact)?];
        Some(Self {
            variables: variables(head, in_repository),
            in_repository,
            selection: squeeze(selection),
            fragments: fragments(&code)?,
        })
    }
}

/// `($a: Int!, $b: String)` of an operation's head.
fn variables(head: &str, in_repository: bool) -> Vec<(String, String)> {
    let inside =
        head.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map_or("", |(inside, _)| inside);
    let pairs = inside.split(',').filter_map(|pair| pair.trim().strip_prefix('$')?.split_once(':'));
    pairs
        .map(|(name, kind)| (name.trim().to_owned(), kind.trim().to_owned()))
        .filter(|(name, _)| !(in_repository && matches!(name.as_str(), "owner" | "name")))
        .collect()
}

/// The end of a selection: the first line break outside of its brackets.
fn end_of_selection(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth -= 1,
            b'\n' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

fn fragments(code: &str) -> Option<Vec<(String, String)>> {
    let starts = code.match_indices("\nfragment ").map(|(at, _)| at + 1);
    starts
        .map(|at| {
            let text = &code[at..];
            let name = text.split_whitespace().nth(1)?;
            Some((name.to_owned(), squeeze(&text[..end_of_selection(text)?])))
        })
        .collect()
}

/// One blank wherever there is white space: less to send.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_file_is_laid_out_as_the_composer_needs_it() {
        let mut fragments = BTreeMap::new();
        for shape in ALL {
            let parts = shape.parts().unwrap_or_else(|| panic!("{shape:?} cannot be read"));
            for (name, kind) in &parts.variables {
                assert!(
                    parts.selection.contains(&format!("${name}")),
                    "{shape:?}: ${name}: {kind} is not used"
                );
            }
            for (name, text) in &parts.fragments {
                assert!(
                    !text.contains('$'),
                    "{shape:?}: fragment {name} uses a variable, which cannot be renamed"
                );
                let first = fragments.entry(name.clone()).or_insert_with(|| text.clone());
                assert_eq!(first, text, "two fragments are called {name}");
                assert!(shape.text.contains(&format!("...{name}")), "{shape:?}: {name} is not used");
            }
        }
    }

    #[test]
    fn the_names_are_unique() {
        let mut names: Vec<_> = ALL.iter().map(|shape| shape.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn a_file_falls_into_its_parts() {
        let parts = TemplateParts::read(
            "# words\nquery X($owner: String!, $name: String!, $n: Int!, $l: [String!]) {\n  repository(owner: $owner, name: $name) {\n    fact: issue(number: $n,\n labels: $l) {\n      ...A\n    }\n  }\n}\n\nfragment A on Issue {\n  x {\n    y\n  }\n}\n",
        )
        .unwrap();
        let text = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        assert_eq!(parts.variables, text(&[("n", "Int!"), ("l", "[String!]")]));
        assert_eq!(parts.selection, "issue(number: $n, labels: $l) { ...A }");
        assert_eq!(parts.fragments, text(&[("A", "fragment A on Issue { x { y } }")]));
        assert!(parts.in_repository);
    }
}
