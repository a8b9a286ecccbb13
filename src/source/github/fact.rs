//! Facts: what is asked, and what came back. A gate's judgement is a pure function of facts; where one is missing it
//! says which, and is asked again when that has been fetched. Equal facts are fetched once per poll.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use serde_json::Value;

use super::{needs::Needs, query_template::QueryTemplate};
use gonogo_domain::{Failure, FailureKind, Finding};
use gonogo_text::owner_and_name;

/// `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Repo {
    pub(super) owner: String,
    pub(super) name: String,
}

impl Repo {
    /// Reads `owner/name`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (owner, name) = owner_and_name(text)?;
        Some(Self { owner: owner.into(), name: name.into() })
    }

    /// Whether this is its name, which GitHub compares without regard to case.
    pub(super) fn is(&self, name_with_owner: &str) -> bool {
        name_with_owner.eq_ignore_ascii_case(&self.to_string())
    }
}

impl fmt::Display for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// Something to find out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fact {
    /// By GraphQL, together with others.
    Graph(GraphFact),
    /// By REST, conditionally.
    Rest(RestFact),
}

/// A fixed question with its variables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct GraphFact {
    /// `None`: not about one repository.
    pub(super) repo: Option<Repo>,
    pub(super) shape: &'static QueryTemplate,
    /// Variables that are null are left out.
    pub(super) variables: Vec<(&'static str, Value)>,
}

/// A read below the API root, or below one repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RestFact {
    pub(super) repo: Option<Repo>,
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) take: Take,
    /// What is asked about, for messages.
    pub(super) what: &'static str,
    /// The permissions that a token needs for it.
    pub(super) needs: Needs,
}

/// What to make of a REST answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Take {
    /// The body.
    Whole,
    /// The list under this key of the first page.
    First(&'static str),
    /// Every page of the list: the body itself (`""`) or what stands under this key. Becomes a [`PagedList`].
    Pages(&'static str),
}

/// A list that was read page by page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub(super) struct PagedList<T> {
    pub(super) items: Vec<T>,
    /// There are more than were read.
    pub(super) more: bool,
}

/// What the facts of one poll are so far.
#[derive(Debug, Default)]
pub(super) struct Facts {
    known: HashMap<Fact, Result<Value, Failure>>,
    /// Repositories that now have another name.
    pub(super) renamed: BTreeMap<Repo, String>,
}

/// Why a judgement could not be finished.
#[derive(Debug)]
pub(super) enum JudgeStop {
    /// These facts are missing.
    Need(Vec<Fact>),
    /// There is none to be had.
    Failed(Failure),
}

/// A judgement.
pub(super) type FactResult<T = Finding> = Result<T, JudgeStop>;

impl From<Failure> for JudgeStop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl JudgeStop {
    /// A failure of a kind.
    pub(super) fn failed(kind: FailureKind, message: impl Into<String>) -> Self {
        Self::Failed(Failure::new(kind, message.into()))
    }
}

impl Facts {
    /// What is known about a fact.
    pub(super) fn get(&self, fact: &Fact) -> Option<&Result<Value, Failure>> {
        self.known.get(fact)
    }

    /// Takes in what was found out.
    pub(super) fn learn(&mut self, fact: Fact, answer: Result<Value, Failure>) {
        self.known.insert(fact, answer);
    }

    /// Nothing to do if all are known, else those that are not.
    pub(super) fn need<'f>(&self, facts: impl IntoIterator<Item = &'f Fact>) -> FactResult<()> {
        let missing: Vec<Fact> =
            facts.into_iter().filter(|fact| !self.known.contains_key(fact)).cloned().collect();
        if missing.is_empty() { Ok(()) } else { Err(JudgeStop::Need(missing)) }
    }
}

impl RestFact {
    /// A read below a repository.
    pub(super) fn of(repo: &Repo, path: &[&str], take: Take, what: &'static str, needs: Needs) -> Self {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        Self { repo: Some(repo.clone()), path, query: Vec::new(), take, what, needs }
    }

    /// A read below the API root.
    pub(super) fn root(path: &[&str], take: Take, what: &'static str, needs: Needs) -> Self {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        Self { repo: None, path, query: Vec::new(), take, what, needs }
    }

    /// With one more parameter.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_owner_and_name_make_a_repository() {
        assert!(Repo::parse("acme/checkout.js").is_some_and(|repo| repo.is("ACME/Checkout.JS")));
        for bad in
            ["acme", "acme/", "/x", "a/b/c", "a/..", "../b", "a b/c", "a/b?c", "a/b#", "acme/{{ x }}", "á/b"]
        {
            assert_eq!(Repo::parse(bad), None, "{bad}");
        }
    }
}
