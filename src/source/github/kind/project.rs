//! `github.project`: so many items of an organisation's project are not done, none is hidden, and there are some.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{Fact, FactResult, GraphFact, JudgeStop},
        finding::{FindingDraft, count, either},
        judge_context::{JudgeContext, Page, gap},
        limits::{LimitProblems, Name, Number},
        query_template,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{Failure, FailureKind, Outcome};

/// What to do about a project that is not found: GitHub answers so to whoever may not see it as well.
pub(in super::super) const WHOSE_PROJECT: &str = "check `organization` and `number`; the token needs the organisation's \
     Projects: read, and a person's project cannot be asked";

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Project {
    organization: Name,
    number: Number,
    done: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
}

#[derive(Deserialize)]
struct Organization {
    #[serde(rename = "projectV2")]
    project: Option<ProjectNode>,
}

#[derive(Deserialize)]
struct ProjectNode {
    title: String,
    url: String,
    #[serde(default)]
    closed: bool,
    field: Option<Field>,
    items: Page<Item>,
}

#[derive(Deserialize)]
struct Field {
    options: Option<Vec<SingleSelectOption>>,
}

#[derive(Deserialize)]
struct SingleSelectOption {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    is_archived: bool,
    content: Option<Content>,
    field_value_by_name: Option<Value>,
}

#[derive(Deserialize)]
struct Content {
    number: Option<u64>,
    title: String,
    labels: Option<Labels>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Labels {
    total_count: u64,
    nodes: Vec<SingleSelectOption>,
}

#[derive(Deserialize)]
struct Value {
    name: Option<String>,
    text: Option<String>,
    title: Option<String>,
}

impl EvidenceKind for Project {
    const THING: &'static str = "project";
    const DESCRIPTION: Description = Description {
        proves: "all items of a project board are done",
        keys: &[
            ("organization", "whose project it is; a person's project cannot be asked"),
            ("number", "its number, as in its address"),
            ("done", "values of the field that mean done"),
            ("field", "the field that says so; `Status` by default"),
            ("label", "only items with this label"),
            ("at_most", "how many may be open; 0 by default"),
        ],
    };

    fn describe(&self) -> String {
        let label = self.label.as_ref().map(|label| format!(", labelled {label}")).unwrap_or_default();
        let most = self.at_most.unwrap_or(0);
        format!("{}/{}{label}: at most {most} not {}", self.organization, self.number, either(&self.done))
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        wrong.whole("done", &self.done);
        wrong.not_empty("done", &self.done);
    }
}

impl Judge for Project {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        let mut head = None;
        let items = case.pages("the project", |after| {
            let organization: Organization = case.read(&self.fact(after))?;
            let Some(found) = organization.project else { return Err(self.missing("")) };
            let page = found.items;
            head.get_or_insert((found.title, found.url, found.field, found.closed));
            Ok(page)
        })?;
        let Some((title, url, field, closed)) = head else { return Err(gap("the project")) };
        self.verify(field)?;
        self.settle(items, &title, &url, closed)
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/orgs/{}/projects/{}", case.web, self.organization, self.number)
    }
}

impl Project {
    fn field(&self) -> &str {
        self.field.as_ref().map_or("Status", Name::as_str)
    }

    fn fact(&self, after: Option<&str>) -> Fact {
        let variables = vec![
            ("login", json!(self.organization.as_str())),
            ("number", json!(self.number.get())),
            ("field", json!(self.field())),
            ("after", json!(after)),
        ];
        Fact::Graph(GraphFact { repo: None, shape: &query_template::PROJECT, variables })
    }

    fn missing(&self, what: &str) -> JudgeStop {
        let message = format!(
            "project {}/{} {what}does not exist, or this token cannot see it",
            self.organization, self.number
        );
        JudgeStop::Failed(Failure::new(FailureKind::NotFound, message).advise(WHOSE_PROJECT))
    }

    /// Field and values must exist, or everything would count as not done for ever, or nothing as it should.
    fn verify(&self, field: Option<Field>) -> FactResult<()> {
        let not_there = |message: String| {
            Err(JudgeStop::Failed(
                Failure::new(FailureKind::NotFound, message).advise("check `field` and `done`"),
            ))
        };
        let Some(field) = field else {
            return not_there(format!(
                "project {}/{} has no field `{}`",
                self.organization,
                self.number,
                self.field()
            ));
        };
        let Some(options) = field.options else { return Ok(()) };
        match self.done.iter().find(|done| !options.iter().any(|it| it.name == done.as_str())) {
            Some(done) => not_there(format!("the field `{}` has no value `{done}`", self.field())),
            None => Ok(()),
        }
    }

    fn settle(&self, items: Vec<Item>, title: &str, url: &str, closed: bool) -> FactResult {
        let (mut all, mut open) = (0, Vec::new());
        for item in items.into_iter().filter(|item| !item.is_archived) {
            let Some(content) = item.content else {
                let message = format!("project \"{title}\" has items that this token cannot see");
                return Err(JudgeStop::Failed(
                    Failure::new(FailureKind::Incomplete, message)
                        .advise("use a token that can read every repository of the project"),
                ));
            };
            if !self.is_labelled(&content)? {
                continue;
            }
            all += 1;
            let value = item.field_value_by_name.and_then(|it| it.name.or(it.text).or(it.title));
            if !value.as_ref().is_some_and(|value| self.done.iter().any(|done| done.as_str() == value)) {
                let number = content.number.map(|number| format!("#{number} ")).unwrap_or_default();
                open.push(format!("{number}{} ({})", content.title, value.as_deref().unwrap_or("no status")));
            }
        }
        let (number, most) = (open.len() as u64, self.at_most.unwrap_or(0));
        let (outcome, reason) = match (all, number <= most) {
            (0, _) => (Outcome::Unclear, format!("project \"{title}\" has none of these items")),
            (all, holds) => {
                let outcome = if holds { Outcome::Holds } else { Outcome::Fails };
                let which = either(&self.done);
                (outcome, format!("project \"{title}\": {number} of {} not {which}", count(all, "item")))
            }
        };
        let (outcome, reason) = match (outcome, closed) {
            (Outcome::Holds, true) => (
                Outcome::Unclear,
                format!(
                    "{reason}, but the project is closed, so nobody maintains it: open it, or name the one in use"
                ),
            ),
            (outcome, true) => (outcome, format!("{reason}; the project is closed")),
            (outcome, false) => (outcome, reason),
        };
        FindingDraft::new(outcome, reason).url(Some(url)).rows(open).from("graphql projectV2")
    }

    fn is_labelled(&self, content: &Content) -> FactResult<bool> {
        let Some(label) = &self.label else { return Ok(true) };
        let Some(labels) = &content.labels else { return Ok(false) };
        if labels.nodes.iter().any(|it| it.name.eq_ignore_ascii_case(label.as_str())) {
            return Ok(true);
        }
        if labels.total_count > labels.nodes.len() as u64 { Err(gap("an item's labels")) } else { Ok(false) }
    }
}
