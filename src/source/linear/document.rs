//! GraphQL documents: fields with aliases, user text only in variables, the fragments they use, and their cost.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::cost;

/// More aliases than this make an answer that is slow for everybody.
const MOST_ITEMS: usize = 250;

/// The alias of the workspace, and what is asked of it.
pub(super) const HOME: &str = "home";
const WORKSPACE: &str = "organization { urlKey }";

macro_rules! fragments {
    ($($name:literal $file:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("queries/", $file, ".graphql")))),*]
    };
}

/// Every fragment by name.
const FRAGMENTS: &[(&str, &str)] = fragments![
    "IssuePage" "issue_page",
    "IssueRow" "issue_row",
    "NamedIssues" "named_issues",
    "ProjectPage" "project_page",
    "ProjectFacts" "project_facts",
    "MilestoneFacts" "milestone_facts",
    "InitiativeFacts" "initiative_facts",
    "DocumentFacts" "document_facts",
    "ReleaseFacts" "release_facts",
];

/// What is between the outer braces of a fragment.
pub(super) fn fragment(name: &str) -> Option<&'static str> {
    let (_, body) = file(name)?.split_once('{')?;
    body.trim_end().strip_suffix('}')
}

fn file(name: &str) -> Option<&'static str> {
    FRAGMENTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// One field of the root, without its alias: `issues(first: 10, filter: $0) { ...IssuePage }`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DocumentField {
    /// The field; `$0`, `$1` stand for its variables.
    pub(super) text: String,
    /// Type and value of each variable.
    pub(super) variables: Vec<(&'static str, Value)>,
}

impl DocumentField {
    /// A field with one filter as one variable, so that a change of its parts' types breaks nothing.
    pub(super) fn list(
        field: &str,
        more: &str,
        filter_type: &'static str,
        filter: Value,
        body: &str,
    ) -> Self {
        Self {
            text: format!("{field}({more}, filter: $0) {{ {body} }}"),
            variables: vec![(filter_type, filter)],
        }
    }
}

/// Which items may share a document: an error in a root field nulls the whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BatchGroup {
    /// Everything that every workspace has.
    Common,
    /// Releases: a feature that a workspace may not have.
    Releases,
    /// A field that is an error when its thing is missing.
    Alone,
}

/// Items of several gates that are asked for in one request.
#[derive(Debug)]
pub(super) struct QueryDocument {
    company: BatchGroup,
    items: Vec<DocumentField>,
    tenths: u64,
    /// Whether the workspace is asked for its name, which makes links.
    pub(super) home: bool,
    /// For each gate (by its number in the caller's list) the items that are its own, in its order.
    pub(super) gates: Vec<(usize, Vec<usize>)>,
}

impl QueryDocument {
    fn new(company: BatchGroup) -> Self {
        Self { company, items: Vec::new(), tenths: 0, home: false, gates: Vec::new() }
    }

    /// Whether it asks for what every workspace has.
    pub(super) fn is_common(&self) -> bool {
        self.company == BatchGroup::Common
    }

    /// The name of an item in the answer.
    pub(super) fn alias(item: usize) -> String {
        format!("a{item}")
    }

    /// Whether an alias is one of its items.
    pub(super) fn asks(&self, alias: &str) -> bool {
        (self.home && alias == HOME) || (0..self.items.len()).any(|item| Self::alias(item) == alias)
    }

    /// The items that these do not share with what is here, and what they would add to the cost.
    fn added(&self, items: &[DocumentField]) -> (usize, u64) {
        let new = || items.iter().filter(|item| !self.items.contains(item));
        (new().count(), new().map(|item| cost::tenths(&item.text)).sum())
    }

    fn has_room(&self, company: BatchGroup, items: &[DocumentField]) -> bool {
        let (count, tenths) = self.added(items);
        self.company == company
            && company != BatchGroup::Alone
            && self.items.len() + count <= MOST_ITEMS
            && self.tenths + tenths + cost::tenths(WORKSPACE) <= cost::CAP * 10
    }

    fn add(&mut self, gate: usize, items: Vec<DocumentField>) {
        let places = items.into_iter().map(|item| {
            self.items.iter().position(|known| *known == item).unwrap_or_else(|| {
                self.tenths += cost::tenths(&item.text);
                self.items.push(item);
                self.items.len() - 1
            })
        });
        let places = places.collect();
        self.gates.push((gate, places));
    }

    /// Text and variables.
    pub(super) fn write(&self) -> (String, Value) {
        let (mut fields, mut declared, mut values) = (String::new(), Vec::new(), Map::new());
        for (number, item) in self.items.iter().enumerate() {
            let alias = Self::alias(number);
            let mut text = item.text.clone();
            for (place, (kind, value)) in item.variables.iter().enumerate() {
                let name = format!("{alias}x{place}");
                text = text.replace(&format!("${place}"), &format!("${name}"));
                declared.push(format!("${name}: {kind}"));
                values.insert(name, value.clone());
            }
            fields.extend(["  ", &alias, ": ", &text, "\n"]);
        }
        if self.home {
            fields.extend(["  ", HOME, ": ", WORKSPACE, "\n"]);
        }
        let query =
            format!("query Poll({}) {{\n{fields}}}\n{}", declared.join(", "), used_fragments(&fields));
        (query, Value::Object(values))
    }
}

/// The fragments that a text needs, and those that they need.
fn used_fragments(text: &str) -> String {
    let mut names = BTreeSet::new();
    let mut texts = vec![text];
    while let Some(text) = texts.pop() {
        for (name, file) in FRAGMENTS {
            if text.contains(&format!("...{name}")) && names.insert(*name) {
                texts.push(file);
            }
        }
    }
    names.into_iter().filter_map(file).collect()
}

/// Puts gates into as few documents as the cap allows. All items of one gate are in one document: they are true
/// at the same moment.
pub(super) fn pack(
    gates: impl IntoIterator<Item = (usize, BatchGroup, Vec<DocumentField>)>,
) -> Vec<QueryDocument> {
    let mut documents: Vec<QueryDocument> = Vec::new();
    for (gate, company, items) in gates {
        let at = documents.iter().position(|document| document.has_room(company, &items));
        let at = at.unwrap_or_else(|| {
            documents.push(QueryDocument::new(company));
            documents.len() - 1
        });
        if let Some(document) = documents.get_mut(at) {
            document.add(gate, items);
        }
    }
    documents.sort_by_key(|document| document.company);
    documents
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn gate(name: &str, first: u32) -> Vec<DocumentField> {
        let filter = json!({ "title": { "eq": name } });
        let team = DocumentField::list(
            "teams",
            "first: 1",
            "TeamFilter",
            json!({ "key": { "eq": "CHK" } }),
            "nodes { id }",
        );
        vec![
            team,
            DocumentField::list("issues", &format!("first: {first}"), "IssueFilter", filter, "...IssuePage"),
        ]
    }

    #[test]
    fn what_gates_share_is_asked_once_and_text_stays_in_variables() {
        let documents =
            pack([(0, BatchGroup::Common, gate("x\") { id }", 10)), (1, BatchGroup::Common, gate("y", 10))]);
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0].gates, [(0, vec![0, 1]), (1, vec![0, 2])]);
        let (text, variables) = documents[0].write();
        assert_eq!(text.matches("teams(").count(), 1);
        assert_eq!(text.matches("fragment ").count(), 2);
        assert!(text.contains("a2: issues(first: 10, filter: $a2x0)"), "{text}");
        assert_eq!(variables["a1x0"]["title"]["eq"], "x\") { id }");
        assert!(!text.contains("x\")"));
    }

    #[test]
    fn no_document_costs_more_than_the_cap() {
        let gates = (0..40).map(|number| (number, BatchGroup::Common, gate(&number.to_string(), 250)));
        let documents = pack(gates);
        assert!(documents.len() > 1);
        for document in &documents {
            let whole: u64 = document.items.iter().map(|item| cost::tenths(&item.text)).sum();
            assert_eq!(whole, document.tenths);
            assert!(whole <= cost::CAP * 10);
        }
        assert_eq!(documents.iter().map(|document| document.gates.len()).sum::<usize>(), 40);
    }

    #[test]
    fn a_feature_that_may_be_missing_takes_no_other_gate_down() {
        let documents = pack([
            (0, BatchGroup::Alone, gate("a", 1)),
            (1, BatchGroup::Releases, gate("b", 1)),
            (2, BatchGroup::Common, gate("c", 1)),
            (3, BatchGroup::Alone, gate("d", 1)),
        ]);
        let order: Vec<_> = documents.iter().map(|document| document.gates[0].0).collect();
        assert_eq!(order, [2, 1, 0, 3]);
    }

    #[test]
    fn every_fragment_says_its_own_name() {
        for (name, text) in FRAGMENTS {
            assert!(text.contains(&format!("fragment {name} on ")), "{name}");
        }
    }
}
