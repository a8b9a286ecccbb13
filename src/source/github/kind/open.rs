//! `github.issues` and `github.pull_requests`: so many are open.

use std::collections::BTreeMap;

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop},
        finding::{FindingDraft, count, either},
        judge_context::{JudgeContext, Page},
        limits::{Bounds, LimitProblems, Name},
        query_template::{self, QueryTemplate},
    },
    EvidenceKind, Judge, milestone,
};
use crate::{Description, lookalike::odd};
use gonogo_domain::{Failure, FailureKind, Outcome};

mod search;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Issues {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    milestone: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct PullRequests {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    milestone: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<u64>,
}

/// What both have in common.
struct OpenQuery<'a> {
    pulls: bool,
    labels: &'a [Name],
    milestone: Option<&'a Name>,
    search: Option<&'a Name>,
    base: Option<&'a Name>,
    bounds: Bounds,
}

impl Issues {
    fn query(&self) -> OpenQuery<'_> {
        OpenQuery {
            pulls: false,
            labels: &self.labels,
            milestone: self.milestone.as_ref(),
            search: self.search.as_ref(),
            base: None,
            bounds: Bounds::or_none(self.at_most, self.at_least),
        }
    }
}

impl PullRequests {
    fn query(&self) -> OpenQuery<'_> {
        OpenQuery {
            pulls: true,
            labels: &self.labels,
            milestone: self.milestone.as_ref(),
            search: self.search.as_ref(),
            base: self.base.as_ref(),
            bounds: Bounds::or_none(self.at_most, self.at_least),
        }
    }
}

impl EvidenceKind for Issues {
    const THING: &'static str = "issues";
    const DESCRIPTION: Description = Description {
        proves: "no issues of a kind are open",
        keys: &[
            ("labels", "with any of these labels"),
            ("milestone", "in this milestone, by its title"),
            ("search", "words and qualifiers of GitHub's search, without brackets, AND or OR"),
            ("at_most", "how many may be open; 0 unless a limit is given"),
            ("at_least", "how many must be open"),
        ],
    };

    fn describe(&self) -> String {
        self.query().describe()
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        self.query().check(wrong, "`labels`, `milestone` or `search`");
    }
}

impl EvidenceKind for PullRequests {
    const THING: &'static str = "pull_requests";
    const DESCRIPTION: Description = Description {
        proves: "no pull requests of a kind are open",
        keys: &[
            ("labels", "with any of these labels"),
            ("milestone", "in this milestone, by its title"),
            ("search", "words and qualifiers of GitHub's search, without brackets, AND or OR"),
            ("base", "into this branch"),
            ("at_most", "how many may be open; 0 unless a limit is given"),
            ("at_least", "how many must be open"),
        ],
    };

    fn describe(&self) -> String {
        self.query().describe()
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        self.query().check(wrong, "`labels`, `milestone`, `search` or `base`");
    }
}

impl Judge for Issues {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        self.query().judge(case)
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        self.query().page(case)
    }
}

impl Judge for PullRequests {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        self.query().judge(case)
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        self.query().page(case)
    }
}

/// An open issue or pull request.
#[derive(Clone, Debug, Deserialize)]
struct Item {
    number: u64,
    title: String,
    url: String,
}

#[derive(Deserialize)]
struct OfMilestone {
    open: Page<Item>,
}

/// A label or branch, by the name that it has there.
#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Named {
    /// Whether it is the one that was asked for; labels are compared without regard to case.
    fn is(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }
}

/// What was counted.
struct Counted {
    number: u64,
    items: Vec<Item>,
    lineage: &'static str,
}

impl OpenQuery<'_> {
    fn describe(&self) -> String {
        format!("{}, {}", self.which(), self.bounds)
    }

    /// `labelled a or b, of milestone m`.
    fn which(&self) -> String {
        let mut parts = Vec::new();
        if !self.labels.is_empty() {
            parts.push(format!("labelled {}", either(self.labels)));
        }
        if let Some(milestone) = self.milestone {
            parts.push(format!("of milestone {milestone}"));
        }
        if let Some(base) = self.base {
            parts.push(format!("into {base}"));
        }
        if let Some(search) = self.search {
            parts.push(format!("found by {search}"));
        }
        parts.join(", ")
    }

    fn check(&self, wrong: &mut LimitProblems<'_>, names: &str) {
        let nothing = self.labels.is_empty()
            && self.milestone.is_none()
            && self.search.is_none()
            && self.base.is_none();
        if nothing {
            wrong.say("", "it does not say which ones to count", format!("write at least one of {names}"));
        }
        if let Some(search) = self.search
            && let Some(word) = search::own_word(search.as_str())
        {
            wrong.say(
                "search",
                format!("the gate sets `{word}` itself"),
                "remove it: the gate searches for open ones in the component's repository",
            );
        }
        if let Some(search) = self.search
            && let Some(word) = search::combination(search.as_str())
        {
            let message = format!("`{word}` combines searches, and then labels cannot be checked");
            wrong.say("search", message, "make each its own gate, in `gates:` or `one_of:`");
        }
        if let Some(search) = self.search
            && let Some(word) = search::idle_word(search.as_str())
        {
            let message = format!("with `{word}` the search always finds nothing open, or everything");
            wrong.say("search", message, "remove it: the gate counts open ones");
        }
        wrong.bounds(self.bounds);
        wrong.whole("labels", self.labels);
    }

    /// The list's own page.
    fn page(&self, case: &JudgeContext<'_>) -> String {
        let list = format!("{}/{}", case.home(), if self.pulls { "pulls" } else { "issues" });
        let text = self.search.map(Name::as_str).unwrap_or_default();
        let asked = search::question(self, text, &case.repo.to_string());
        Url::parse_with_params(&list, [("q", asked)]).map_or(list, |url| url.to_string())
    }

    fn noun(&self) -> &'static str {
        if self.pulls { "open pull request" } else { "open issue" }
    }

    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let labels = self.verify(case)?;
        let counted = match self.search {
            Some(text) => search::count(self, text.as_str(), case)?,
            None => self.list(case, &labels)?,
        };
        let holds = self.bounds.hold(counted.number);
        let outcome = if holds { Outcome::Holds } else { Outcome::Fails };
        let rows: Vec<String> =
            counted.items.iter().map(|it| format!("#{} {}", it.number, it.title)).collect();
        let mut reason = format!("{} {}", count(counted.number, self.noun()), self.which());
        if !holds {
            reason += &format!(" ({} asked for)", self.bounds);
            if let Some(first) = rows.first() {
                reason += &format!(": {first}");
            }
        }
        let page = counted.items.first().filter(|_| !holds).map(|it| it.url.clone());
        let page = page.unwrap_or_else(|| self.page(case));
        FindingDraft::new(outcome, reason).url(Some(&page)).rows(rows).from(counted.lineage)
    }

    /// What is named must exist: nothing is labelled with a label that does not (V2). The gate's labels come back as they
    /// are written there: a list may tell upper from lower case where the look-up does not.
    fn verify(&self, case: &JudgeContext<'_>) -> FactResult<Vec<String>> {
        let (mut labels, mut milestones) =
            self.search.map(|text| search::named(text.as_str())).unwrap_or_default();
        labels.extend(self.labels.iter().map(ToString::to_string));
        milestones.extend(self.milestone.map(ToString::to_string));
        let facts: Vec<Fact> = labels.iter().map(|label| label_fact(case, label)).collect();
        let looked_up = milestones.iter().map(|title| milestone::lookup(case, title));
        let mut first: Vec<Fact> = facts.iter().cloned().chain(looked_up).collect();
        if self.search.is_none() && self.milestone.is_none() {
            let written: Vec<String> = self.labels.iter().map(ToString::to_string).collect();
            first.extend(self.lists(None, &written).iter().map(|list| list.fact(case, None)));
        }
        let base = self.base.map(ToString::to_string);
        let base = base.or_else(|| search::base(self.search?.as_str()));
        first.extend(base.iter().map(|base| base_fact(case, base)));
        case.need(&first)?;
        let mut known = Vec::new();
        for (label, fact) in labels.iter().zip(&facts) {
            match case.find::<Named>(fact)?.filter(|found| found.is(label)) {
                Some(found) => known.push(found.name),
                None => return Err(unknown(case, "label", label)),
            }
        }
        let known = known.split_off(known.len().saturating_sub(self.labels.len()));
        for title in &milestones {
            milestone::by_title(case, title)?;
        }
        let Some(base) = base else { return Ok(known) };
        match case.find::<Named>(&base_fact(case, &base))? {
            Some(found) if found.name == base => Ok(known),
            _ => Err(unknown(case, "branch", &base)),
        }
    }

    /// One list per label: an issue with several of them is counted once.
    fn list(&self, case: &JudgeContext<'_>, labels: &[String]) -> FactResult<Counted> {
        let milestone = match self.milestone {
            Some(title) => Some(milestone::by_title(case, title.as_str())?.number),
            None => None,
        };
        let lists = self.lists(milestone, labels);
        case.need(&lists.iter().map(|list| list.fact(case, None)).collect::<Vec<_>>())?;
        let mut found = BTreeMap::new();
        for list in &lists {
            for item in list.read(case)? {
                found.insert(item.number, item);
            }
        }
        let items: Vec<Item> = found.into_values().collect();
        let lineage = if self.pulls { "graphql pullRequests" } else { "graphql issues" };
        Ok(Counted { number: items.len() as u64, items, lineage })
    }

    fn lists(&self, milestone: Option<u64>, labels: &[String]) -> Vec<OpenList> {
        let shape = match (self.pulls, milestone) {
            (false, None) => &query_template::ISSUES,
            (false, Some(_)) => &query_template::MILESTONE_ISSUES,
            (true, None) => &query_template::PULL_REQUESTS,
            (true, Some(_)) => &query_template::MILESTONE_PULL_REQUESTS,
        };
        let base = self.base.map(ToString::to_string);
        let list =
            |label: Option<&String>| OpenList { shape, label: label.cloned(), milestone, base: base.clone() };
        if labels.is_empty() {
            return vec![list(None)];
        }
        labels.iter().map(|label| list(Some(label))).collect()
    }
}

/// One connection of open issues or pull requests.
struct OpenList {
    shape: &'static QueryTemplate,
    label: Option<String>,
    milestone: Option<u64>,
    base: Option<String>,
}

impl OpenList {
    fn fact(&self, case: &JudgeContext<'_>, after: Option<&str>) -> Fact {
        let labels = self.label.as_ref().map_or(Value::Null, |label| json!([label]));
        case.graph(
            self.shape,
            [
                ("labels", labels),
                ("milestone", json!(self.milestone)),
                ("base", json!(self.base)),
                ("after", json!(after)),
            ],
        )
    }

    fn read(&self, case: &JudgeContext<'_>) -> FactResult<Vec<Item>> {
        case.pages(self.shape.what, |after| {
            let fact = self.fact(case, after);
            if self.milestone.is_none() {
                return case.read(&fact);
            }
            case.read::<OfMilestone>(&fact).map(|it| it.open)
        })
    }
}

fn label_fact(case: &JudgeContext<'_>, label: &str) -> Fact {
    case.graph(&query_template::LABEL, [("label", json!(label))])
}

fn base_fact(case: &JudgeContext<'_>, base: &str) -> Fact {
    case.graph(&query_template::REF, [("ref", json!(format!("refs/heads/{base}")))])
}

fn unknown(case: &JudgeContext<'_>, what: &str, name: &str) -> JudgeStop {
    JudgeStop::Failed(
        Failure::new(FailureKind::NotFound, format!("{} has no {what} `{name}`{}", case.repo, odd(name)))
            .advise(format!("check the spelling of the {what}")),
    )
}
