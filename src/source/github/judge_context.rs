//! What a judgement is made from: the question's context and the facts that are known.

use serde::Deserialize;
use serde_json::Value;

use super::{
    OwnRun,
    fact::{Fact, FactResult, Facts, GraphFact, JudgeStop, Repo, RestFact, Take},
    needs,
    query_template::{self, QueryTemplate},
    target::{self, ResolvedTarget},
};
use crate::decode::{UnfitValue, decode};
use gonogo_domain::{Failure, FailureKind, Oid};

/// Most pages of one connection.
const MOST_PAGES: usize = 30;

/// One gate's question before the facts.
pub(super) struct JudgeContext<'a> {
    pub(super) repo: &'a Repo,
    /// Branch, tag or full commit id of the target.
    pub(super) git_ref: &'a str,
    /// The launch's version.
    pub(super) version: &'a str,
    /// The run that gonogo itself is in.
    pub(super) own: Option<&'a OwnRun>,
    /// Where people read this GitHub: `https://github.com`.
    pub(super) web: &'a str,
    pub(super) facts: &'a Facts,
}

impl<'a> JudgeContext<'a> {
    /// A question about the repository.
    pub(super) fn graph<const N: usize>(
        &self,
        shape: &'static QueryTemplate,
        variables: [(&'static str, Value); N],
    ) -> Fact {
        Fact::Graph(GraphFact { repo: Some(self.repo.clone()), shape, variables: variables.into() })
    }

    /// The target's commit.
    pub(super) fn target(&self) -> FactResult<ResolvedTarget> {
        target::resolve(self.facts, self.repo, self.git_ref)
    }

    /// Whether a commit is one of those that `whole` was made from, or itself. A list of changes is long: only the page
    /// behind its last one is asked for.
    pub(super) fn contains(&self, whole: &Oid, part: &Oid) -> FactResult<bool> {
        #[derive(Deserialize)]
        struct Comparison {
            status: String,
        }
        if whole == part {
            return Ok(true);
        }
        let range = format!("{part}...{whole}");
        let fact = RestFact::of(
            self.repo,
            &["compare", &range],
            Take::Whole,
            "the two commits",
            &[&needs::CONTENTS],
        )
        .with("per_page", "1")
        .with("page", "2");
        let compared: Comparison = self.rest(&fact)?;
        match compared.status.as_str() {
            "ahead" | "identical" => Ok(true),
            "behind" | "diverged" => Ok(false),
            _ => Err(gap("the two commits")),
        }
    }

    /// What finds out the target's commit: to be asked together with other things.
    pub(super) fn target_facts(&self) -> Vec<Fact> {
        target::facts(self.repo, self.git_ref)
    }

    /// Stops unless all of these are known, so that they are fetched together.
    pub(super) fn need(&self, facts: &[Fact]) -> FactResult<()> {
        self.facts.need(facts)
    }

    /// The answer to a fact, which may be null.
    pub(super) fn value(&self, fact: &Fact) -> FactResult<&'a Value> {
        match self.facts.get(fact) {
            None => Err(JudgeStop::Need(vec![fact.clone()])),
            Some(Err(failure)) => Err(JudgeStop::Failed(failure.clone())),
            Some(Ok(value)) => Ok(value),
        }
    }

    /// The answer to a fact as a type; null where data was asked is incomplete (V3).
    pub(super) fn read<T: Deserialize<'a>>(&self, fact: &Fact) -> FactResult<T> {
        let value = self.value(fact)?;
        decode(value).map_err(|unfit| JudgeStop::Failed(misshapen(fact, &unfit)))
    }

    /// As [`JudgeContext::read`], where null means that there is no such thing.
    pub(super) fn find<T: Deserialize<'a>>(&self, fact: &Fact) -> FactResult<Option<T>> {
        if self.value(fact)?.is_null() { Ok(None) } else { self.read(fact).map(Some) }
    }

    /// A REST answer. If there is none because the whole repository is not visible, the failure says that.
    pub(super) fn rest<T: Deserialize<'a>>(&self, fact: &RestFact) -> FactResult<T> {
        let fact = Fact::Rest(fact.clone());
        let repository = self.repository();
        self.need(&[fact.clone(), repository.clone()])?;
        self.value(&repository)?;
        self.read(&fact)
    }

    /// Whether a REST read found nothing, in a repository that is visible.
    pub(super) fn is_missing(&self, fact: &RestFact) -> bool {
        let failed = self.facts.get(&Fact::Rest(fact.clone()));
        matches!(failed, Some(Err(failure)) if failure.kind == FailureKind::NotFound)
            && matches!(self.facts.get(&self.repository()), Some(Ok(_)))
    }

    /// The repository's name as it is now.
    pub(super) fn repository(&self) -> Fact {
        self.graph(&query_template::REPOSITORY, [])
    }

    /// The repository's page.
    pub(super) fn home(&self) -> String {
        format!("{}/{}", self.web, self.facts.renamed.get(self.repo).unwrap_or(&self.repo.to_string()))
    }

    /// All pages of a connection. `page` makes the fact for the page after a cursor and reads the connection from it.
    pub(super) fn pages<T>(
        &self,
        what: &str,
        page: impl FnMut(Option<&str>) -> FactResult<Page<T>>,
    ) -> FactResult<Vec<T>> {
        self.pages_until(what, page, |_| false)
    }

    /// The pages of a connection up to the one with which there is enough.
    pub(super) fn pages_until<T>(
        &self,
        what: &str,
        mut page: impl FnMut(Option<&str>) -> FactResult<Page<T>>,
        enough: impl Fn(&[T]) -> bool,
    ) -> FactResult<Vec<T>> {
        let (mut items, mut after) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let Page { total_count, page_info, nodes } = page(after.as_deref())?;
            items.extend(nodes);
            if enough(&items) {
                return Ok(items);
            }
            if !page_info.has_next_page {
                let whole = total_count.is_none_or(|total| total == items.len() as u64);
                return if whole { Ok(items) } else { Err(gap(what)) };
            }
            match page_info.end_cursor {
                Some(cursor) if after.as_ref() != Some(&cursor) => after = Some(cursor),
                _ => return Err(gap(what)),
            }
        }
        Err(gap(what))
    }
}

/// One page of a connection. A null among the nodes is an error.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    /// `None` where it was not asked for.
    #[serde(default, deserialize_with = "present")]
    pub(super) total_count: Option<u64>,
    pub(super) page_info: PageInfo,
    pub(super) nodes: Vec<T>,
}

/// A value that may be left out, but is never null.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    u64::deserialize(from).map(Some)
}

/// Whether there is more, and where.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

/// Whether there is more before it, and where: of a list that is read from its end.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Backwards {
    pub(super) has_previous_page: bool,
    pub(super) start_cursor: Option<String>,
}

/// An answer that does not say what was asked.
pub(super) fn gap(what: &str) -> JudgeStop {
    JudgeStop::failed(FailureKind::Incomplete, format!("GitHub's answer about {what} is incomplete"))
}

/// Nulls and holes are incomplete; another shape is no answer of this API.
fn misshapen(fact: &Fact, unfit: &UnfitValue) -> Failure {
    let what = match fact {
        Fact::Graph(fact) => fact.shape.what,
        Fact::Rest(fact) => fact.what,
    };
    let (kind, lacks) = if unfit.hole {
        (FailureKind::Incomplete, "leaves out something that was asked for")
    } else {
        (FailureKind::Malformed, "is not in the form that was asked for")
    };
    Failure::new(kind, format!("GitHub's answer about {what} {lacks}"))
}
