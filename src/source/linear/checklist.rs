//! A project that is kept as a checklist: its text, then its issues as boxes.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    Linear,
    row::{Page, plain},
};
use crate::KeptChecklist;
use gonogo_domain::{Failure, FailureKind};

const QUERY: &str = include_str!("queries/project_checklist.graphql");

#[derive(Deserialize)]
struct Project {
    #[serde(deserialize_with = "plain")]
    name: String,
    #[serde(default)]
    description: String,
    content: Option<String>,
    issues: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    identifier: String,
    #[serde(deserialize_with = "plain")]
    title: String,
    url: String,
    due_date: Option<String>,
    state: State,
    assignee: Option<Person>,
}

#[derive(Deserialize)]
struct State {
    r#type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    #[serde(deserialize_with = "plain")]
    display_name: String,
}

/// The project of this name or id. Issues that are done are ticked, those that were given up are left out.
///
/// # Errors
/// The key sees no such project, several, or more issues than one answer holds.
pub(super) async fn read(linear: &Linear, name: &str) -> Result<KeptChecklist, Failure> {
    let found: Project = linear.project(QUERY, name, &CancellationToken::new()).await?;
    let Page { nodes, more, .. } = Page::<Issue>::read(&found.issues)?;
    if more {
        let message = format!("the project {} has more than 100 issues", found.name);
        return Err(Failure::new(FailureKind::Incomplete, message)
            .advise("import a list of those that the launch needs, or use one `linear` gate"));
    }
    let text = found.content.filter(|text| !text.trim().is_empty()).unwrap_or(found.description);
    let mut markdown = text.trim().to_owned();
    let there: Vec<_> =
        nodes.iter().filter(|it| !matches!(&*it.state.r#type, "canceled" | "duplicate")).collect();
    if !there.is_empty() {
        markdown.push_str("\n\n## Issues\n\n");
    }
    for issue in there {
        let done = if issue.state.r#type == "completed" { 'x' } else { ' ' };
        let _ = writeln!(
            markdown,
            "- [{done}] {} ([{}]({}))",
            escaped(&issue.title),
            escaped(&issue.identifier),
            issue.url
        );
        if let Some(person) = &issue.assignee {
            let _ = writeln!(markdown, "  - {} has it in Linear", escaped(&person.display_name));
        }
        if let Some(due) = &issue.due_date {
            let _ = writeln!(markdown, "  - due {} in Linear", escaped(due));
        }
    }
    Ok(KeptChecklist { title: found.name, markdown })
}

/// A title is text, whatever it looks like to Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if "\\`*_[]<>#|~!&@".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_stays_a_text() {
        assert_eq!(escaped("Fix [x](y)\n- [ ] no"), "Fix \\[x\\](y) - \\[ \\] no");
    }
}
