//! Notion: a property of a page as a gate. A page that is not shared with the integration looks like none.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Declaration, DecodedLimits, Description, Thing, VariablePlaces,
    api::{Api, Depends, FindingResult, Poll, QuestionSource},
    connection::ServerForm,
    finding::finding,
    http::Scheme,
    setup::opened,
    spec::{LimitKeys, Spec, args},
};
use gonogo_domain::{Failure, FailureKind, Outcome, Question};
use gonogo_yaml::Spanned;

/// How its connection is written.
const SERVER: ServerForm =
    ServerForm::new("notion", "https://api.notion.com", "", "/v1").on("notion.", &["www."]);

/// What files may ask this source for, and which server answers.
pub static SOURCE: Declaration = Declaration {
    name: "notion",
    title: "Notion",
    things: &[Thing::of::<Keys>("page")],
    values: VariablePlaces { text: &["property", "done"], ..VariablePlaces::STRICT },
    servers: &[SERVER],
    open: |setup, connection| {
        opened(Notion {
            api: setup.api(&SERVER, connection, Scheme::Bearer)?.with("notion-version", VERSION),
        })
    },
    ..Declaration::PLAIN
};

/// The version of the API that these shapes are of.
const VERSION: &str = "2025-09-03";

/// One workspace, as far as it is shared with the integration.
struct Notion {
    api: Api,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    id: String,
    property: String,
    done: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    id: Spanned<String>,
    property: Spanned<String>,
    done: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
struct Page {
    object: String,
    id: String,
    url: Option<String>,
    in_trash: Option<bool>,
    archived: Option<bool>,
    is_archived: Option<bool>,
    properties: HashMap<String, Property>,
}

#[derive(Deserialize)]
struct Property {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    values: HashMap<String, Value>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a page says that it is approved",
        keys: &[
            ("id", "the page's id, as in its address"),
            ("property", "the property that says it, by name or id: a status, a select or a checkbox"),
            ("done", "the values that mean yes"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        if self.done.is_empty() {
            spec.lacks(
                "`done` lists no value, so nothing could pass",
                "write the values that mean done: [Done, Approved]",
            );
        }
        let wanted = Wanted {
            id: spec.text(&self.id, "the id"),
            property: spec.text(&self.property, "the property"),
            done: self.done.iter().map(|value| spec.text(value, "a value")).collect(),
        };
        let said = format!("{} of page {} is {}", wanted.property, wanted.id, wanted.done.join(" or "));
        spec.finish(wanted, said)
    }
}

/// An id without the dashes that it may be written with.
fn bare(id: &str) -> String {
    id.replace('-', "").to_ascii_lowercase()
}

fn shared(failure: Failure) -> Failure {
    if failure.kind == FailureKind::NotFound {
        return failure
            .advise("check the id; then share the page with the integration: open it, then Connections");
    }
    failure
}

fn judge(wanted: &Wanted, page: &Page) -> (Outcome, String) {
    if page.in_trash == Some(true) {
        return (Outcome::Unclear, "the page is in the trash".into());
    }
    if page.archived == Some(true) || page.is_archived == Some(true) {
        return (Outcome::Unclear, "the page is archived".into());
    }
    let by_id = || page.properties.values().find(|it| it.id.as_deref() == Some(&wanted.property));
    let Some(property) = page.properties.get(&wanted.property).or_else(by_id) else {
        return (
            Outcome::Unclear,
            format!("the page has no property {}: it may have been renamed", wanted.property),
        );
    };
    match value(property) {
        Ok(Some(value)) if wanted.done.contains(&value) => {
            (Outcome::Holds, format!("{} is {value}", wanted.property))
        }
        Ok(Some(value)) => {
            (Outcome::Fails, format!("{} is {value}, not {}", wanted.property, wanted.done.join(" or ")))
        }
        Ok(None) => (Outcome::Fails, format!("{} is not set", wanted.property)),
        Err(why) => (Outcome::Unclear, format!("{}: {why}", wanted.property)),
    }
}

/// The value in words; none if it is not set.
fn value(property: &Property) -> Result<Option<String>, String> {
    let missing = || "its value is not in the answer".to_owned();
    let found = property.values.get(&property.kind).ok_or_else(missing)?;
    match (property.kind.as_str(), found) {
        ("status" | "select", Value::Null) => Ok(None),
        ("status" | "select", option) => {
            option.get("name").and_then(Value::as_str).map(|name| Some(name.to_owned())).ok_or_else(missing)
        }
        ("checkbox", Value::Bool(value)) => Ok(Some(value.to_string())),
        ("checkbox", _) => Err(missing()),
        // What Notion computes may be incomplete in its API.
        (kind, _) => {
            Err(format!("a property of type {kind} cannot be compared: use a status, a select or a checkbox"))
        }
    }
}

impl QuestionSource for Notion {
    const NAME: &'static str = SOURCE.name;
    const DEPENDS: Depends = Depends::OnTheQuery;

    fn api(&self) -> Option<&Api> {
        Some(&self.api)
    }

    async fn answer(&self, question: &Question, poll: &Poll<'_>) -> FindingResult {
        let wanted: Wanted = args(question)?;
        let page: Page =
            self.api.get(poll, &["v1", "pages", &wanted.id], &[], "the page").await.map_err(shared)?;
        if page.object != "page" {
            return Err(Failure::new(FailureKind::Malformed, "the answer is not a page"));
        }
        if bare(&page.id) != bare(&wanted.id) {
            return Err(Failure::new(FailureKind::Malformed, "the answer is about another page"));
        }
        let (outcome, reason) = judge(&wanted, &page);
        let mut found = finding(outcome, reason, "page");
        let shown = page.url.filter(|url| !url.is_empty());
        found.url = Some(shown.unwrap_or_else(|| format!("https://www.notion.so/{}", bare(&page.id))).into());
        Ok(found)
    }
}
